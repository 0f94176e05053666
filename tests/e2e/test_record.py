# SPDX-License-Identifier: GPL-3.0-or-later
"""The case record: forms that are filled, changed and read, apart and together."""
import time

import pytest

from support import PASSPHRASE


@pytest.fixture
def shared(pair):
    """A case of Sari's that Budi has, too; her node runs."""
    sari, budi = pair
    budi.address(sari, sari.start())
    sari.json("case", "new", "--sex", "P")
    sari.json("--yes", "contact", "verify", "1")
    sari.consent()
    sari.json("--yes", "case", "share", "1", "1")
    meet(budi)
    return sari, budi


def meet(budi):
    """All goes both ways; Budi sees what there is, which gives it its numbers."""
    assert budi.json("sync", "--timeout", "20")["left"] == 0
    budi.json("case", "show", budi.json("case", "list")["cases"][0]["case"])


def fields_of(person, form, ref=None):
    """The front value of each field of a form, or of an item."""
    for row in person.json("case", "show", "1")["forms"]:
        if row["form"] == form and row.get("ref") == ref:
            return {field["field"]: field["values"][0]["value"] for field in row["fields"]}
    return None


def test_what_is_filled_in_is_read_by_the_others(shared):
    sari, budi = shared
    sari.json("case", "facts", "1", "--category", "2012:03", "--lives-with", "kerabat", "--age", "8m")
    problem = sari.json("assess", "problem", "1", "--what", "Tidak sekolah", "--said-by", "child")
    assert problem["ref"] == "1.2" and problem["form"] == "problem"
    meet(budi)
    assert fields_of(budi, "facts") == {
        "category": "2012:03", "lives-with": "relatives", "age": 17, "age-on": time.strftime("%Y-%m-%d")}
    assert fields_of(budi, "problem", "1.2") == {"what": "Tidak sekolah", "said-by": "child"}


def test_one_field_is_changed_and_emptied_and_the_rest_stays(shared):
    sari, _ = shared
    sari.json("plan", "add", "1", "--what", "Minta tempat", "--by", "2027-01-15")
    sari.json("change", "1.2", "state", "selesai")
    sari.json("change", "1.2", "sampai", "")
    assert fields_of(sari, "step", "1.2") == {"what": "Minta tempat", "by": None, "state": "done"}


def test_words_of_both_languages_are_taken(shared):
    sari, _ = shared
    sari.json("asesmen", "risiko", "1", "--tingkat", "tinggi")
    assert fields_of(sari, "risk") == {"level": "high"}
    sari.json("ganti", "1", "risiko.tingkat", "medium")
    sari.json("change", "1", "risk.alasan", "Sendirian")
    assert fields_of(sari, "risk") == {"level": "medium", "why": "Sendirian"}


def test_what_two_write_apart_is_shown_as_both_and_settled_by_one(shared):
    sari, budi = shared
    sari.json("assess", "risk", "1", "--level", "high")
    budi.json("assess", "risk", "1", "--level", "low")
    meet(budi)
    found = budi.json("conflict", "list")["conflicts"]
    assert [(row["form"], row["field"]) for row in found] == [("risk", "level")]
    assert sorted(value["value"] for value in found[0]["values"]) == ["high", "low"]
    assert {value["author"] for value in found[0]["values"]} == {"Sari Umpama", "Budi Misal"}
    letter = next(value["letter"] for value in found[0]["values"] if value["value"] == "high")
    budi.json("choose", "1", "risk.level", letter)
    meet(budi)
    for person in (sari, budi):
        assert person.json("conflict", "list", "1")["conflicts"] == []
        assert fields_of(person, "risk") == {"level": "high"}


def test_a_comment_stands_at_its_place_and_a_flag_is_set_and_cleared_with_reasons(shared):
    sari, budi = shared
    entry = sari.json("note", "1", "Kunjungan")["entry"]
    meet(budi)
    budi.json("comment", "1.2", "Siapa yang ada di rumah?")
    budi.json("comment", "1", "--form", "risiko", "Mengapa belum diisi?")
    flag = budi.json("flag", "1", "Sebulan tanpa kontak")
    meet(budi)
    assert fields_of(sari, "comment", "1.3") == {"on-thing": entry, "text": "Siapa yang ada di rumah?"}
    assert fields_of(sari, "comment", "1.4")["on-form"] == 11
    sari.json("unflag", flag["ref"], "Sudah menelepon")
    assert fields_of(sari, "flag", flag["ref"]) == {"why": "Sebulan tanpa kontak", "cleared-why": "Sudah menelepon"}
    sari.error("change", "1.3", "text", "Bagus", exit=1)  # somebody else's words
    sari.error("unflag", "1.3", "Salah", exit=1)


def test_forms_are_filled_from_a_file_all_of_it_or_nothing(shared):
    sari, _ = shared
    lines = ['{"form": "risk", "level": "high", "why": "Sendirian"}', "",
             '{"form": "langkah", "apa": "Minta tempat", "sampai": "2027-01-15"}']
    assert sari.json("case", "fill", "1", "-", stdin="\n".join(lines))["written"] == 2
    assert fields_of(sari, "risk") == {"level": "high", "why": "Sendirian"}
    assert fields_of(sari, "step", "1.2") == {"what": "Minta tempat", "by": "2027-01-15"}
    sari.json("case", "fill", "1", "-", stdin='{"form": "step", "item": "1.2", "by": null, "state": "done"}\n')
    assert fields_of(sari, "step", "1.2") == {"what": "Minta tempat", "by": None, "state": "done"}
    before = sari.json("status")["events"]
    for bad in ("[]", "{", '{"form": "lagu"}', '{"form": "risk", "level": 3}', '{"form": "risk", "colour": "red"}',
                '{"form": "risk", "level": "red"}', '{"form": "step"}', '{"form": "step", "item": "1.77", "state": "done"}',
                '{"form": "consent", "basis": "guardian"}', '{"form": "identity", "name": "Bunga"}',
                '{"form": "stage", "now": "closed"}', '{"form": "problem", "item": "1.2", "state": "done"}'):
        sari.run("case", "fill", "1", "-", stdin=lines[0] + "\n" + bad, exit=2 if '"level": "red"' in bad else 1)
        assert sari.json("status")["events"] == before, bad


@pytest.mark.parametrize("words, exit", [
    (("assess", "risk", "1", "--level", "merah"), 2),
    (("assess", "risk", "1"), 2),
    (("assess", "risk", "1", "--on", "31/02/2026"), 2),
    (("assess", "street", "1", "--hours-a-day", "enam"), 2),
    (("assess", "street", "1", "--hours-a-day", "9999999999"), 2),
    (("assess", "problem", "1"), 2),
    (("assess", "problem", "1", "--what", ""), 1),
    (("case", "facts", "1", "--category", "anak jalanan"), 2),
    (("case", "facts", "1", "--age", "900"), 2),
    (("family", "link", "1", "--relation", "kakak", "--case", "12"), 2),
    (("plan", "add", "1", "--what", "x", "--goal", "1.77"), 1),
    (("plan", "add", "1", "--what", "x", "--who", "x" * 81), 2),
    (("plan", "add", "1", "--what", "x" * 2049), 2),
    (("change", "1", "risk.colour", "x"), 1),
    (("change", "1", "colour", "x"), 2),
    (("change", "1.77", "state", "done"), 1),
    (("choose", "1", "risk.level", "a"), 1),
    (("comment", "1", "--form", "lagu", "x"), 2),
    (("flag", "1", ""), 1),
])
def test_what_cannot_stand_in_a_form_is_refused_and_nothing_is_written(shared, words, exit):
    sari, _ = shared
    before = sari.json("status")["events"]
    sari.error(*words, exit=exit)
    assert sari.json("status")["events"] == before


def test_who_only_reads_fills_nothing_in(pair):
    sari, budi = pair
    budi.address(sari, sari.start())
    sari.json("case", "new")
    sari.json("--yes", "contact", "verify", "1")
    sari.consent()
    sari.json("--yes", "case", "share", "1", "1", "--role", "reader")
    meet(budi)
    budi.error("assess", "risk", "1", "--level", "low", exit=1)
    assert [row["form"] for row in budi.json("case", "show", "1")["forms"]] == ["consent"]


def test_an_entry_tells_what_it_was_what_came_of_it_and_what_is_next(shared):
    sari, budi = shared
    assert sari.error("note", "1", "--type", "mimpi", "Rumah", exit=2)["code"] == "bad_type"
    assert sari.error("note", "1", "--next-by", "2027-01-10", "Rumah", exit=2)["code"] == "next_missing"
    assert sari.error("note", "1", "--on", "kapan-kapan", "Rumah", exit=2)["code"] == "bad_date"
    first = sari.json("note", "--type", "kunjungan", "--on", "2026-01-05", "--outcome", "Ibu setuju", "--next", "Urus akta",
                      "--next-by", "2026-01-10", "1", "Bertemu ibu dan kader")["ref"]
    meet(budi)
    entry = budi.json("case", "show", "1")["entries"][0]
    assert {key: entry[key] for key in ("type", "on", "outcome", "next", "next_by", "text")} == {
        "type": "visit", "on": "2026-01-05", "outcome": "Ibu setuju", "next": "Urus akta", "next_by": "2026-01-10",
        "text": "Bertemu ibu dan kader"}
    shown = budi.run("case", "show", "1", lang="id").stdout
    assert "Jenis: kunjungan" in shown and "Hasil: Ibu setuju" in shown and "10/01/2026" in shown
    assert [(row["form"], row["ref"], row["day"], row["overdue"]) for row in sari.json("case", "check", "1")["dues"]] == [
        ("entry", first, "2026-01-10", True)]
    assert "overdue" in sari.run("today").stdout
    sari.json("note", "1", "Akta sudah diurus")  # the next entry
    assert sari.json("case", "check", "1")["dues"] == []
    assert "overdue" not in sari.run("today").stdout
    assert "type" not in sari.json("case", "show", "1")["entries"][1]
