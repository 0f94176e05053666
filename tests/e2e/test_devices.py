# SPDX-License-Identifier: GPL-3.0-or-later
"""The second laptop of a person: how it comes, what it can do, and what happens when it is stolen."""
import re
import shlex
import shutil
import stat
import subprocess
import time
from pathlib import Path

import pytest

from support import BINARY

PAGES = {"id": "laptop-hilang.md", "en": "lost-laptop.md"}


def case_texts(worker, code):
    return [entry["text"] for entry in worker.json("case", "show", code)["entries"]]


def revoked(worker, *contact):
    return {row["computer"]: row["revoked"] for row in worker.json("device", "list", *contact)["devices"]}


def until(true, seconds=15):
    """What a node does by itself takes a moment."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_second_laptop_works_for_its_owner_until_it_is_stolen(people, tmp_path):
    sari, budi, laptop = people("Sari Umpama", "Budi Misal", "Laptop Kedua")
    sari.meet(budi)
    code = sari.json("case", "new", "--age", "8")["code"]
    sari.run("note", "1", "kunjungan pertama")
    sari.consent()
    sari.run("--yes", "case", "share", "1", budi.name)
    sari.run("group", "new", "Keluarga Rahasia")
    at = sari.start()

    # It comes.
    answer, notice = str(tmp_path / "jawaban.txt"), tmp_path / "surat.txt"
    added = sari.json("--yes", "device", "add", str(laptop.card()), "--name", "laptop kantor", "--out", answer)
    assert (added["computer"], added["this"], added["revoked"]) == ("laptop kantor", False, False)
    taken = laptop.json("--yes", "device", "take", answer)
    assert (taken["person"], taken["name"], taken["this"]) == (sari.made["person"], sari.name, True)
    assert laptop.json("card")["words"] == sari.made["words"]
    until(lambda: laptop.json("sync")["left"] == 0 and laptop.json("case", "list")["cases"] != [])
    until(lambda: laptop.json("sync") and case_texts(laptop, code) == ["kunjungan pertama"])

    # It writes, and Budi reads it as Sari's.
    laptop.run("note", code, "dari laptop kantor")
    laptop.run("sync")
    budi.address(sari, at)
    budi.run("sync")
    assert case_texts(budi, code) == ["kunjungan pertama", "dari laptop kantor"]
    assert {entry["author"] for entry in budi.json("case", "show", code)["entries"]} == {sari.name}
    assert revoked(budi, sari.name) == {sari.name: False, "laptop kantor": False}

    # It is stolen.
    lost = sari.json("--yes", "device", "lost", str(added["number"]), "--notice", str(notice), "--reason", "dicuri di bus")
    assert lost["revoked"] and lost["circles"] >= 2
    held = {(row["kind"], row["name"]): row for row in lost["held"]}
    assert held["case", code]["records"] == 2 and ("group", "Keluarga Rahasia") in held
    assert_notice(notice, code)
    assert revoked(sari) == {sari.name: False, "laptop kantor": True}

    # Whoever has heard of it has nothing to do with it any more.
    budi.run("sync")
    assert revoked(budi, sari.name) == {sari.name: False, "laptop kantor": True}
    sari.run("note", "1", "sesudah dicuri")
    budi.run("sync")
    laptop.run("note", code, "tulisan pencuri")
    there = budi.start()
    laptop.address(budi, there)
    laptop.run("sync", "--timeout", "3", exit=4)
    expected = ["kunjungan pertama", "dari laptop kantor", "sesudah dicuri"]
    assert case_texts(budi, code) == case_texts(sari, code) == expected

    # Nor do its keys open what was written since, wherever it comes from.
    budi.stop()
    sari.stop()
    circle = budi.json("case", "show", code)["case"]
    assert "sesudah dicuri" in sari.stored().texts(circle)
    opened = sari.stored(keys_of=laptop).texts(circle)
    assert "dari laptop kantor" in opened and "sesudah dicuri" not in opened


def assert_notice(path, code):
    """The draft, in English here: what is known stands in it, and no name that people gave to a group."""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = " ".join(path.read_text(encoding="utf-8").split())
    assert f"- case {code} (records: 2, people in the team: 2)" in text
    for part in ("article 46", "TIME LIMIT: ", "laptop kantor", "dicuri di bus", "the computer was shut out",
                 "XChaCha20-Poly1305", "Number of people whose data it is: ____"):
        assert part in text, part
    assert "Rahasia" not in text
    made, limit = (time.mktime(time.strptime(day, "%d/%m/%Y")) for day in
                   (re.search(r"draft was made \((\d\d/\d\d/\d{4})", text)[1],
                    re.search(r"TIME LIMIT: at the latest (\d\d/\d\d/\d{4})", text)[1]))
    assert round((limit - made) / 86400) == 3


def page(language):
    """The commands of each step; the first ones in English set the language."""
    text = (Path(__file__).parent.parent.parent / "docs/panduan" / PAGES[language]).read_text(encoding="utf-8")
    lines = [[line[2:] for line in block.splitlines()] for block in re.findall(r"```console\n(.*?)```", text, re.S)]
    return lines[1:] if language == "en" else lines


def typed(worker, line, language, **changes):
    """Types a line of the page at that computer; whatever is asked is answered with yes."""
    words = shlex.split(line)
    assert words[0] == "rembuk", line
    words = ["--yes", *(changes.get(word, word) for word in words[1:])]
    return subprocess.run([BINARY, "--home", str(worker.home), "--passphrase-file", str(worker.passphrase_file),
                           "--lang", language, *words], cwd=worker.folder, text=True, check=True, timeout=60,
                          stdin=subprocess.DEVNULL, capture_output=True).stdout


@pytest.mark.parametrize("language", PAGES)
def test_who_has_only_the_page_gets_a_new_laptop_and_shuts_a_lost_one_out(people, language):
    sari, budi, laptop = people("Sari Umpama", "Budi Misal", "Laptop Kedua")
    sari.meet(budi)
    code = sari.json("case", "new", "--age", "8")["code"]
    shut_out, colleague, make, add, take = page(language)
    shutil.rmtree(laptop.home)
    sari.start()
    for line in make:
        typed(laptop, line, language)
    said = typed(sari, add[0], language)
    number = re.search(r"(?:nomor|is computer) (\d+)", said)[1]
    assert re.search(r"rembuk (?:perangkat ambil|device take)", said)
    for line in take:
        said = typed(laptop, line, language)
    until(lambda: [row["code"] for row in laptop.json("case", "list")["cases"]] == [code])
    said = [typed(sari, line, language, **{"2": number}) for line in shut_out[:2]]
    name = shlex.split(add[0])[-3]
    assert name in said[0] and code in said[1]
    assert code in (sari.folder / shlex.split(shut_out[1])[5]).read_text(encoding="utf-8")
    said = typed(sari, colleague[0].replace(".txt", "-2.txt"), language)
    assert budi.name in said
