# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases between people, and that a case is nothing to who does not belong to it; changed posts; search."""
import os
import re
import subprocess

import pytest

from support import PASSPHRASE, command_in, group_of

SECRET = "Ibu mengalihkan uang sekolah, anak ketakutan"


@pytest.fixture
def listening(pair):
    """Sari's node runs, and Budi knows where."""
    sari, budi = pair
    budi.address(sari, sari.start())
    return sari, budi


def exchange(*others):
    for other in others:
        assert other.json("sync", "--timeout", "20")["left"] == 0


# ---- The commands ----

def test_a_case_is_opened_listed_and_written_into_as_the_contract_says(pair):
    sari, budi = pair
    made = sari.json("case", "new", "--cluster", "ADK", "--age", "7", "--sex", "P", "--age-on", "25/11/2025")
    assert re.fullmatch(r"[0-9a-f]{64}", made["case"]) and made["number"] == 1
    assert re.fullmatch(r"(?:\d+-)?\d\d-[0-9A-Z]{4}", made["code"])
    listed = sari.json("case", "list")["cases"]
    assert len(listed) == 1
    wanted = {"case": made["case"], "number": 1, "code": made["code"], "cluster": "ADK", "age": 7,
              "age_on": "2025-11-25", "sex": "P", "stage": "intake"}
    assert {key: listed[0][key] for key in wanted} == wanted
    baby = sari.json("case", "new", "--age", "8m")
    assert (baby["number"], baby["age"], baby["age_unit"]) == (2, 8, "months")
    for reference in ("1", "#1", made["code"], made["code"].lower(), made["case"][:8], made["case"]):
        shown = sari.json("case", "show", reference)
        assert shown["case"] == made["case"]
        assert shown["entries"] == [] and [member["name"] for member in shown["team"]] == ["Sari Umpama"]
    noted = sari.json("note", "1", "-", stdin="kunjungan pertama\nibu ada\n")
    assert noted["ref"] == "1.1"
    entry = sari.json("case", "show", "1")["entries"][0]
    assert {key: entry[key] for key in ("entry", "ref", "author", "text")} == {
        "entry": noted["entry"], "ref": "1.1", "author": "Sari Umpama", "text": "kunjungan pertama\nibu ada"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)", entry["time"])


@pytest.mark.parametrize("option, value", [("--cluster", "XYZ"), ("--age", "tujuh"), ("--age", "900"),
                                           ("--sex", "X"), ("--age-on", "31/02/2026")])
def test_what_cannot_be_true_of_a_client_is_refused(pair, option, value):
    sari = pair[0]
    words = ["--age", "7"] if option == "--age-on" else []
    sari.error("case", "new", *words, option, value, exit=2)
    assert sari.json("case", "list")["cases"] == []


# ---- Sharing ----

def test_a_case_shared_with_a_verified_contact_is_read_and_written_by_both(listening):
    sari, budi = listening
    sari.run("case", "new", "--age", "7")
    sari.run("note", "1", SECRET)
    sari.run("thread", "new", sari.json("case", "show", "1")["code"], "Rencana")
    sari.consent()
    sari.error("case", "share", "1", "Budi Misal", exit=2)
    shared = sari.json("--yes", "case", "share", "1", "Budi Misal")
    assert [member["name"] for member in shared["team"]] == ["Sari Umpama", "Budi Misal"]
    assert sari.error("--yes", "case", "share", "1", "Budi Misal", exit=1)["code"] == "member_already"
    exchange(budi)
    case = budi.json("case", "list")["cases"][0]
    shown = budi.json("case", "show", case["code"])
    assert [entry["text"] for entry in shown["entries"]] == [SECRET]
    assert [thread["title"] for thread in shown["threads"]] == ["Rencana"]
    budi.run("note", case["code"], "Sudah saya baca")
    exchange(budi)
    for one in (sari, budi):
        entries = one.json("case", "show", case["code"])["entries"]
        assert [(entry["author"], entry["text"]) for entry in entries] == [
            ("Sari Umpama", SECRET), ("Budi Misal", "Sudah saya baca")]


def test_a_case_is_never_shared_with_a_contact_that_is_not_verified(people):
    sari, budi = people("Sari Umpama", "Budi Misal")
    sari.run("contact", "add", str(budi.card()))
    sari.run("case", "new")
    sari.consent()
    for words in ([], ["--yes"]):
        error = sari.error(*words, "case", "share", "1", "Budi Misal", exit=1)
        assert error["code"] == "not_verified"
    refused = sari.run("--yes", "case", "share", "1", "Budi Misal", exit=1, lang="id")
    assert "rekan cocokkan" in " ".join(refused.stderr.split())
    assert [member["name"] for member in sari.json("case", "show", "1")["team"]] == ["Sari Umpama"]


# ---- Who does not belong to it ----

def events_of(worker, circle):
    with worker.database(worker.home.parent) as db:
        return db.execute("SELECT count(*) FROM event JOIN log ON log.id = event.log"
                          " JOIN circle ON circle.id = log.circle WHERE circle.circle = ?",
                          [bytes.fromhex(circle)]).fetchone()[0]


def knows_of(worker, circle):
    """Where in the database the circle is named, or anything belongs to it."""
    with worker.database(worker.home.parent) as db:
        tables = [name for name, in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'"
                                               " AND name NOT LIKE 'search%'")]
        needle = bytes.fromhex(circle)
        return [table for table in tables for row in db.execute(f"SELECT * FROM {table}")
                if any(isinstance(value, bytes) and needle in value for value in row)]


def try_keys(holder, other, circle):
    """What opens when all keys of `holder` are tried on the events that `other` has of the circle."""
    done = subprocess.run([os.environ["REMBUK_TRY_KEYS"], str(holder.home), str(other.home), circle, PASSPHRASE],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    words = done.stdout.split()
    return dict(zip(words[::2], map(int, words[1::2])))


def test_who_is_in_the_group_but_not_in_the_case_can_open_nothing_of_it(people):
    sari, budi, dewi = people("Sari Umpama", "Budi Misal", "Dewi Andaikan")
    sari.meet(budi, dewi)
    group_of(sari, "Diskusi Contoh", budi, dewi, endpoint="tcp://127.0.0.1:0")
    code = sari.json("case", "new", "--age", "7")["code"]
    sari.run("note", "1", SECRET)
    sari.run("thread", "new", "Diskusi Contoh", "Terbuka")
    sari.run("post", "Terbuka", "ini untuk semua")
    sari.consent()
    circle = sari.json("--yes", "case", "share", "1", "Budi Misal")["case"]
    at = sari.start()
    for one in (budi, dewi):
        one.address(sari, at)
        exchange(one)
    budi.run("note", code, SECRET + ", kata Budi")
    exchange(budi, dewi, budi)
    sari.stop()

    # What Dewi has at all.
    assert dewi.posts("Terbuka") == sari.posts("Terbuka")
    assert dewi.json("case", "list", "--all")["cases"] == []
    dewi.error("case", "show", code, exit=1)
    assert dewi.json("find", "ketakutan")["hits"] == []
    assert events_of(sari, circle) == events_of(budi, circle) > 0
    assert events_of(dewi, circle) == 0
    assert knows_of(sari, circle) != [] and knows_of(dewi, circle) == []
    for path in dewi.home.rglob("*"):
        held = path.read_bytes()
        assert SECRET.encode() not in held and code.encode() not in held and bytes.fromhex(circle) not in held

    # What she could do with what somebody copied for her.
    for member in (sari, budi):
        opened = try_keys(member, sari, circle)
        assert opened["bodies"] == opened["events"] == events_of(sari, circle)
        assert opened["seals"] > 0
    closed = try_keys(dewi, sari, circle)
    assert closed["events"] == events_of(sari, circle) and closed["keys"] > 0
    assert (closed["seals"], closed["bodies"]) == (0, 0)
    group = sari.json("group", "list")["groups"][0]["group"]
    assert try_keys(dewi, sari, group)["bodies"] > 0  # her keys are good for what is hers


# ---- Changed posts ----

def test_an_edited_post_has_its_new_text_everywhere_and_its_history(listening):
    sari, budi = listening
    exchange(budi)
    edited = sari.json("edit", "1.1", "Selamat datang semua")
    assert edited["ref"] == "1.1" and edited["state"]
    budi.error("edit", "1.1", "bukan tulisan saya", exit=1)
    exchange(budi)
    for one in (sari, budi):
        post = one.json("thread", "show", "1", "--history")["posts"][0]
        assert (post["text"], post["edited"], post["retracted"]) == ("Selamat datang semua", True, False)
        assert [version["text"] for version in post["versions"]] == ["Selamat datang"]
    plain = budi.run("thread", "show", "1").stdout
    assert "Selamat datang semua" in plain and "(edited" in plain.replace("  ", " ")


def test_a_retracted_post_is_gone_everywhere(listening):
    sari, budi = listening
    exchange(budi)
    assert budi.error("--yes", "retract", "1.1", exit=1)["code"] == "not_author"
    sari.error("retract", "1.1", exit=2)
    sari.run("--yes", "retract", "1.1", "--reason", "salah utas")
    assert sari.error("--yes", "retract", "1.1", exit=1)["exit"] == 1
    assert sari.error("edit", "1.1", "hidup lagi", exit=1)["exit"] == 1
    exchange(budi)
    for one in (sari, budi):
        shown = one.json("thread", "show", "1", "--history")["posts"]
        assert (shown[0]["retracted"], shown[0]["text"], shown[0]["reason"]) == (True, "", "salah utas")
        assert "Selamat datang" not in one.run("thread", "show", "1", "--history").stdout
        assert one.json("find", "Selamat")["hits"] == []


# ---- Search ----

def test_what_stands_in_the_forms_of_a_case_is_found_under_its_part(pair):
    sari = pair[0]
    sari.run("case", "new")
    step = sari.json("plan", "add", "1", "--what", "Minta seragam")["ref"]
    sari.run("assess", "risk", "1", "--level", "high", "--why", "Sendirian di rumah")
    assert [(hit["kind"], hit["form"], hit["ref"], hit["snippet"]) for hit in sari.json("find", "seragam")["hits"]] == [
        ("form", "step", step, "Minta seragam")]
    assert [(hit["form"], hit["ref"]) for hit in sari.json("find", "sendiri")["hits"]] == [("risk", "1")]
    assert "Langkah" in sari.run("find", "seragam", lang="id").stdout
    sari.run("change", step, "what", "Minta sepatu")
    assert sari.json("find", "seragam")["hits"] == []


def test_a_part_of_a_word_is_found_in_posts_and_in_entries(pair):
    sari = pair[0]
    sari.run("case", "new")
    sari.run("note", "1", "Anak dirujuk ke puskesmas kecamatan")
    sari.run("post", "1", "Siapa pernah merujuk ke rumah sakit?")
    sari.run("post", "1", "Tidak ada hubungannya")
    hits = sari.json("find", "rujuk")["hits"]
    assert {(hit["kind"], hit["ref"]) for hit in hits} == {("entry", "1.1"), ("post", "1.2")}
    assert all("rujuk" in hit["snippet"] for hit in hits)
    assert [hit["ref"] for hit in sari.json("find", "puskesmas rujuk")["hits"]] == ["1.1"]
    assert sari.json("find", "rujuk gajah")["hits"] == []
    for number in range(60):
        sari_post = f"kata kunci nomor {number}"
        sari.process or sari.start(listen=None)
        sari.run("post", "1", sari_post)
    found = sari.json("find", "kunci")
    assert (len(found["hits"]), found["more"]) == (50, True)
    assert len(sari.json("find", "--more", "200", "kunci")["hits"]) == 60
    assert len(sari.json("find", "--more", "1", "rujuk")["hits"]) == 1
    sari.error("find", "--more", "0", "rujuk", exit=2)


# ---- The table of commands ----

def test_every_command_has_help_under_its_words_of_both_languages(pair):
    """The texts of the two languages differ everywhere: nothing was left untranslated."""
    sari = pair[0]
    sari.start(listen=None)
    same = []
    rows = {lang: sari.json("help", "all", lang=lang)["commands"] for lang in ("en", "id")}
    assert len(rows["en"]) == len(rows["id"]) > 30
    for english, indonesian in zip(rows["en"], rows["id"]):
        names = [command_in(english["usage"]), command_in(indonesian["usage"])]
        pages = {lang: [sari.run("help", *name.split(), lang=lang).stdout for name in names] for lang in rows}
        for page, other in pages.values():
            assert page == other, names
        said = sari.json("help", *names[1].split())
        assert [said["command"], said["command_id"]] == names
        is_same_word = names[0] == names[1]  # "status"
        lines = {line for line in pages["en"][0].splitlines() if re.search(r"[a-z]{3} .*[a-z]{3}", line)
                 and not (is_same_word and line.lstrip().startswith(f"rembuk {names[0]}"))}
        same += [f"{names[0]}: {line}" for line in pages["id"][0].splitlines() if line in lines]
        same += [names[0]] if english["help"] == indonesian["help"] else []
    assert same == []
