# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a case on paper: whole, without talk between colleagues, without what was decided behind the guardian's back, and
without the identity unless that is asked for with a reason."""
import html.parser
import json
import stat

import pytest


@pytest.fixture
def case(pair):
    sari, _ = pair
    sari.json("case", "new", "--age", "9", "--sex", "L", "--cluster", "AJ")
    sari.json("consent", "add", "1", "--basis", "guardian", "--on", "today", "--purpose", "Pendampingan", "--recipients", "team")
    sari.json("assess", "fill", "1", "--summary", "Dapat <kembali> sekolah & bermain")
    sari.json("plan", "add", "1", "--what", "Minta seragam", "--by", "2027-01-10")
    sari.json("comment", "1.2", "Bicara dulu dengan saya")
    sari.json("flag", "1", "Tandabahaya")
    sari.json("note", "1", "Kunjungan rumah pertama")
    sari.json("identity", "fill", "1", "--name", "Mawar Tandanama")
    return sari


def openings(person):
    return [(row["to"], row.get("why")) for row in person.forms("access", "access-log")]


def test_the_report_has_the_whole_record_and_no_talk(case):
    shown = case.run("case", "print", "1").stdout
    for part in ("SECRET", "Dapat <kembali> sekolah & bermain", "1.2  Step", "10/01/2027", "Kunjungan rumah pertama", "Guardian",
                 "Sari Umpama", "Seen by"):
        assert part.lower() in shown.lower(), part
    for part in ("Bicara dulu", "Tandabahaya", "Tandanama"):
        assert part not in shown, part
    assert max(map(len, shown.splitlines())) <= 78
    assert openings(case) == [("report", None)]
    assert "RAHASIA" in case.run("case", "print", "1", lang="id").stdout


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.text, self.open = "", []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_a_page_for_a_browser_is_whole_and_goes_into_a_new_file(case, tmp_path):
    path = tmp_path / "laporan.html"
    made = case.json("case", "print", "1", "--html", "--out", str(path), "--reason", "Konferensi")
    assert made["file"] == str(path) and made["identity"] is False
    page = Page(path.read_text())
    assert page.open == [] and "Dapat <kembali> sekolah & bermain" in page.text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert openings(case) == [("report", "Konferensi")]
    before = path.read_text()
    case.error("case", "print", "1", "--out", str(path), exit=1)
    assert path.read_text() == before and len(openings(case)) == 1


def test_who_the_client_is_stands_in_it_with_a_reason_only(case):
    assert case.error("case", "print", "1", "--identity", exit=2)["code"] == "reason_missing"
    assert case.error("case", "print", "1", "--identity", "--reason", "", exit=1)["code"] == "bad_text"
    assert openings(case) == []
    report = case.json("case", "print", "1", "--identity", "--reason", "Surat ke sekolah")
    assert "Mawar Tandanama" in report["report"] and report["identity"] is True
    assert openings(case) == [("identity", "Surat ke sekolah"), ("report", "Surat ke sekolah")]
    assert "Tandanama" not in json.dumps(case.json("access-log", "1"))


def test_what_was_decided_without_the_guardian_is_not_in_it(case):
    case.json("consent", "add", "1", "--basis", "guardian-suspected", "--on", "today", "--purpose", "Perlindungan", "--recipients",
              "team", "--why", "Diduga pelaku")
    shown = case.run("case", "print", "1").stdout
    assert "Pendampingan" in shown
    assert "Diduga pelaku" not in shown and "Perlindungan" not in shown


def test_without_consent_the_report_says_that_nobody_may_have_it(pair):
    sari, budi = pair
    sari.json("case", "new", "--age", "9")
    assert "given to nobody" in " ".join(sari.run("case", "print", "1").stdout.split())
    assert budi.error("case", "print", "1", exit=1)["code"] == "not_found"
