# SPDX-License-Identifier: GPL-3.0-or-later
"""I14: who the client is stands in the identity part alone: in no list, prompt, log, search or export, and in nobody else's store."""
import json
import subprocess

import pytest

from support import read_line

MARKS = {"name": "Mawar Tandanama", "nickname": "Tandapanggilan", "born-in": "Tandalahir", "national-id": "TANDA327300",
         "address": "Jalan Tandaalamat 7", "school": "SD Tandasekolah", "telephone": "TANDA0812", "face": "Tandaciri di pipi",
         "born-on": "2017-03-07", "village": "3273041002"}
RELATIVE = {"name": "Ani Tandakerabat", "relation": "Tandaibu", "address": "Gang Tandakerabat 2", "telephone": "TANDA0813",
            "national-id": "TANDA327301", "note": "Tandaketerangan"}
SHOWN_OTHERWISE = ["07/03/2017", "32.73.04.1002"]


@pytest.fixture
def team(people):
    """Sari's case with the identity part; Budi belongs to the case, and not to that part."""
    sari, budi, dewi = people("Sari Umpama", "Budi Misal", "Dewi Andaikan")
    sari.meet(budi, dewi)
    at = sari.start()
    for other in (budi, dewi):
        other.address(sari, at)
    sari.json("case", "new", "--age", "9")
    sari.consent()
    for other in (budi, dewi):
        sari.json("--yes", "case", "share", "1", other.name)
    sari.json("identity", "fill", "1", *[word for field, text in MARKS.items() for word in (f"--{field}", text)])
    sari.json("identity", "relative", "1", *[word for field, text in RELATIVE.items() for word in (f"--{field}", text)])
    meet(budi, dewi)
    return sari, budi, dewi


def meet(*others):
    for other in others:
        assert other.json("sync", "--timeout", "20")["left"] == 0
        other.json("case", "show", other.json("case", "list")["cases"][0]["case"])


def marks_in(text):
    return [mark for mark in (*MARKS.values(), *RELATIVE.values(), *SHOWN_OTHERWISE) if mark.lower() in text.lower()]


def openings(person):
    """Of the identity part."""
    return [row for row in person.forms("access", "access-log") if row["to"] == "identity"]


# Whatever shows, lists or finds something.
SHOWING = [("case", "show", "1"), ("case", "list", "--all"), ("case", "check", "1"), ("case", "members", "1"), ("access-log", "1"),
           ("case", "print", "1"), ("case", "print", "1", "--html"), ("case", "requests"), ("conflict", "list"), ("consent", "show", "1"), ("today",), ("status",), ("find", "Tanda"), ("find", "Mawar"),
           ("device", "list"), ("device", "lost", "--of", "1"), ("group", "list"), ("thread", "list"), ("contact", "list"),
           ("network", "people"), ("case", "waiting"), ("help", "all")]


def test_every_field_of_the_identity_is_marked(team):
    sari, _, _ = team
    for command, marks in ((("identity", "fill"), MARKS), (("identity", "relative"), RELATIVE)):
        options = sari.json("help", *command)["options"]
        assert {option["option"].split()[0] for option in options if not option["option"].startswith("--yes")} == {
            f"--{field}" for field in marks}


@pytest.mark.parametrize("json_form", [False, True])
def test_nothing_but_the_explicit_command_shows_who_the_client_is(team, json_form):
    sari, budi, _ = team
    for person in (sari, budi):
        for words in SHOWING:
            shown = person.run(*(["--json"] if json_form else []), *words)
            assert marks_in(shown.stdout + shown.stderr) == [], words


def test_the_explicit_command_shows_it_and_the_team_sees_who_opened_it_and_why(team):
    sari, budi, _ = team
    shown = sari.json("identity", "show", "1", "Kunjungan rumah besok")
    assert len(marks_in(json.dumps(shown))) == len(MARKS) + len(RELATIVE)
    assert marks_in(sari.run("identity", "show", "1", "Sekali lagi").stdout) != []
    meet(budi)
    assert [(row["author"], row["why"]) for row in openings(budi)] == [("Sari Umpama", "Kunjungan rumah besok"),
                                                                      ("Sari Umpama", "Sekali lagi")]


def test_it_is_in_the_store_of_nobody_else(team):
    sari, budi, dewi = team
    assert budi.error("identity", "show", "1", "Ingin tahu", exit=1)["code"] == "no_identity"
    assert marks_in("\n".join(map(json.dumps, budi.stored().lines))) == []
    assert marks_in("\n".join(map(json.dumps, budi.stored(keys_of=budi).lines))) == []
    assert marks_in("\n".join(map(json.dumps, dewi.stored(keys_of=dewi).lines))) == []
    sari.stop()
    assert len(marks_in("\n".join(map(json.dumps, sari.stored().lines)))) > len(MARKS)  # the test can fail
    assert openings(budi) == []


def test_without_a_reason_nothing_is_opened(team):
    sari, _, _ = team
    assert sari.error("identity", "show", "1", "", exit=1)["code"] == "bad_text"
    sari.error("identity", "show", "1", exit=2)
    assert openings(sari) == []


def test_it_is_shared_by_itself_and_read_with_a_part_in_the_case_or_in_an_emergency(team):
    sari, budi, dewi = team
    sari.json("case", "duty", "1", "Budi Misal", "supervisor")
    sari.error("identity", "share", "1", "Budi Misal", exit=2)  # it asks
    for other in (budi, dewi):
        sari.json("--yes", "identity", "share", "1", other.name)
    assert sari.error("--yes", "identity", "share", "1", "Budi Misal", exit=1)["code"] == "member_already"
    meet(budi, dewi)
    assert len(marks_in(json.dumps(budi.json("identity", "show", "1", "Supervisi")))) == len(MARKS) + len(RELATIVE)
    assert dewi.error("identity", "show", "1", "Ingin tahu", exit=1)["code"] == "needs_emergency"
    opened = dewi.json("identity", "show", "--emergency", "1", "Anak hilang")
    assert marks_in(json.dumps(opened)) != []
    dewi.json("identity", "show", "1", "Masih dicari")  # for a day
    meet(dewi, budi)
    told = budi.run("today").stdout
    assert "emergency" in told


def test_a_withdrawal_keeps_it_from_being_shared_and_opened(team):
    sari, budi, _ = team
    sari.json("case", "duty", "1", "Budi Misal", "supervisor")
    sari.json("--yes", "identity", "share", "1", "Budi Misal")
    sari.json("consent", "withdraw", "1.1")
    meet(budi)
    assert budi.error("identity", "show", "1", "Supervisi", exit=1)["code"] == "needs_emergency"
    assert sari.error("--yes", "identity", "share", "1", "Dewi Andaikan", exit=1)["code"] == "no_consent"
    assert marks_in(json.dumps(sari.json("identity", "show", "1", "Tindak lanjut"))) != []


def test_who_goes_out_of_the_case_goes_out_of_the_identity_part(team):
    sari, budi, _ = team
    sari.json("--yes", "identity", "share", "1", "Budi Misal")
    meet(budi)
    sari.json("--yes", "case", "remove", "1", "Budi Misal")
    sari.json("identity", "fill", "1", "--nickname", "Sesudahkeluar")
    budi.run("sync", "--timeout", "20")
    assert "Sesudahkeluar" not in "\n".join(map(json.dumps, budi.stored(keys_of=budi).lines))


def test_a_client_may_be_old(team):
    sari, _, _ = team
    sari.json("case", "new", "--age", "71")
    sari.json("identity", "fill", "2", "--born-on", "17/8/1955")
    assert "17/08/1955" in sari.run("identity", "show", "2", "Kunjungan").stdout
    assert sari.error("identity", "fill", "2", "--born-on", "17/8/1855", exit=2)["code"] == "bad_date"


def test_a_case_about_the_same_person_is_told_with_nothing_of_the_identity(team):
    sari, budi, _ = team
    sari.json("case", "new", "--age", "9")
    filled = sari.json("identity", "fill", "2", "--name", "TANDANAMA Mawar", "--born-in", "Tandalahir")
    assert [(row["number"], [why["field"] for why in row["why"]]) for row in filled["duplicates"]] == [(1, ["name", "place"])]
    assert marks_in(json.dumps(filled)) == []
    assert sari.json("case", "check", "1")["duplicates"][0]["number"] == 2
    said = sari.run("case", "check", "2").stdout
    assert "Perhaps the same person as in case 1" in said and marks_in(said) == []
    assert budi.json("case", "check", "1")["duplicates"] == []  # he has no identity part
    sari.json("identity", "fill", "2", "--name", "Melati Contoh")
    assert sari.json("case", "check", "2")["duplicates"] == []


def test_who_would_have_to_break_the_glass_is_told_of_no_other_case(team):
    sari, budi, _ = team
    for number in ("1", "2"):
        if number == "2":
            sari.json("case", "new", "--age", "9")
            sari.json("identity", "fill", "2", "--name", MARKS["name"])
            sari.consent("2")
            sari.json("--yes", "case", "share", "2", "Budi Misal")
        sari.json("--yes", "identity", "share", number, "Budi Misal")
    meet(budi)
    assert sari.json("case", "check", "2")["duplicates"] != []
    for number in ("1", "2"):
        assert budi.json("case", "check", number)["duplicates"] == []


def test_no_screen_and_no_log_shows_who_the_client_is(team, console, tmp_path):
    """A console in the case, with its prompt, completions and refusals; what the node says of itself; files that are written."""
    sari, _, _ = team
    sari.stop()
    one = console(sari)
    for line in ("case enter 1", "case show", "today", "inbox", "find Mawar", "identity share Mawar", "note Tanda", "access-log",
                 "case check", "case print", "identity fill --siapa Mawar"):
        one.run(line)
    one.type("identity show \t\t")  # completion
    one.read_for(0.5)
    one.type("\x15")
    one.end()
    assert marks_in(one.record.getvalue()) == []
    node = subprocess.Popen(sari.command("node", "--listen", "tcp://127.0.0.1:0"), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert "tcp://" in read_line(node.stdout, 20)
    sari.run("case", "show", "1")
    node.terminate()
    assert marks_in(node.communicate(timeout=10)[0]) == []
    for words in (("case", "print", "1", "--out", str(tmp_path / "a.txt")), ("case", "print", "1", "--html", "--out", str(tmp_path / "a.html")),
                  ("card", "--out", str(tmp_path / "kartu"))):
        sari.run(*words)
    assert marks_in("\n".join(path.read_text(errors="replace") for path in tmp_path.iterdir() if path.is_file())) == []
