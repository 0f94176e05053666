# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies on the disk of a stolen laptop: nothing that anybody wrote, nobody's name, no trace of a database; and
nothing at all outside of the home, but an empty socket and files that a person named himself."""
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from support import group_of

SCHEMA = Path(__file__).parents[2] / "store" / "schema.c"
MAGIC = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")  # of a WAL, at its beginning
SECTOR = 512
WORDS = {name: f"tanda{name}kuning" for name in (
    "kelompok", "utas", "kiriman", "panjang", "awal", "suntingan", "ditarik", "alasan", "catatan", "kutipan", "impor",
    "dicari", "riwayat", "naskah", "tempelan", "alamat", "tergesa")}
SARI, BUDI = "Sarimarka Umpamakata", "Budimarka Misalkata"
AREA = "3273041002"


# ---- Looking ----

def tables():
    """The names in the schema that are too long to come about by chance, and how the short ones stand in it."""
    names = set(re.findall(r"(?:TABLE|INDEX|search_\w+) (\w+)", SCHEMA.read_text(encoding="utf-8")))
    assert {"event", "setting", "case_record", "search_upto"} <= names
    return sorted(name if len(name) > 7 else f"table {name}" for name in names) + ["sqlite_autoindex", "create table"]


def needles(texts):
    """Each text as it could stand in a file, in small letters."""
    assert all(len(text) > 7 for text in texts)
    return {text.lower().encode(encoding): text for text in texts
            for encoding in ("utf-8", "utf-16-le", "utf-16-be")}


def found_in(path, wanted):
    """Everything of `wanted` in one file, and what tells a database."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return set()  # a file that had just been renamed
    small = content.lower()
    found = {text for needle, text in wanted.items() if needle in small}
    if any(content[at:at + 4] in MAGIC for at in range(0, len(content), SECTOR)):
        found.add("WAL")
    return found


def found_below(folder, wanted):
    return {(path.name, text) for path in sorted(folder.rglob("*")) if path.is_file()
            for text in found_in(path, wanted)}


def wanted_everywhere(more=()):
    return needles([*WORDS.values(), SARI, BUDI, *SARI.split(), *BUDI.split(), AREA, "SQLite format 3", *tables(),
                    *more])


# ---- Around the home ----

class Fence:
    """Where programs like to leave something behind: each of them a new, empty folder."""

    def __init__(self, folder):
        self.folder = folder
        self.places = {name: folder / name for name in ("HOME", "TMPDIR", "XDG_RUNTIME_DIR", "cwd")}
        for place in self.places.values():
            place.mkdir(mode=0o700)

    def check(self):
        """Nothing lies there but sockets, which have no content."""
        for path in self.folder.rglob("*"):
            facts = path.lstat()
            if not stat.S_ISDIR(facts.st_mode):
                assert stat.S_ISSOCK(facts.st_mode) and facts.st_size == 0, path
                assert path.parent == self.places["XDG_RUNTIME_DIR"] / "rembuk", path


@pytest.fixture
def fence(monkeypatch):
    folder = Path(tempfile.mkdtemp(prefix="rk", dir="/tmp"))  # short: a socket's path has its limit
    made = Fence(folder)
    for name in list(os.environ):
        if name.startswith("XDG_") or name in ("TMP", "TEMP", "SQLITE_TMPDIR"):
            monkeypatch.delenv(name)
    for name in ("HOME", "TMPDIR", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(made.places[name]))
    monkeypatch.chdir(made.places["cwd"])
    yield made
    monkeypatch.undo()
    shutil.rmtree(folder)


def written_files(pid):
    """Regular files that a process has open for writing; None: it lets nobody look."""
    files = []
    try:
        for entry in os.scandir(f"/proc/{pid}/fd"):
            flags = re.search(r"flags:\s*(\d+)", Path(f"/proc/{pid}/fdinfo/{entry.name}").read_text(encoding="ascii"))
            if stat.S_ISREG(os.stat(entry.path).st_mode) and int(flags[1], 8) & os.O_ACCMODE != os.O_RDONLY:
                files.append(os.readlink(entry.path))
    except PermissionError:
        assert os.geteuid() != 0
        return None
    return files


def check_open_files(pid, worker):
    files = written_files(pid)
    if files is None:
        return  # so it is with all that is not dumpable, but for root
    assert str(worker.home / "rembuk.db") in files, files
    assert all(name.startswith(str(worker.home) + "/") for name in files), files


# ---- What people do ----

def write_everything(sari, budi, folder):
    """Every kind of field that a command fills, and a sync; Sari's node runs from then on."""
    sari.meet(budi)
    group_of(sari, f"Kelompok {WORDS['kelompok']}", budi, endpoint="tcp://127.0.0.1:0")
    group = f"Kelompok {WORDS['kelompok']}"
    budi.address(sari, sari.start())
    thread = sari.json("thread", "new", group, f"Utas {WORDS['utas']}")["number"]
    for text in (WORDS["kiriman"], f"{WORDS['panjang']} " * 300, WORDS["awal"], WORDS["ditarik"]):
        sari.run("post", str(thread), text)
    sari.run("edit", f"{thread}.3", WORDS["suntingan"])
    sari.run("--yes", "retract", f"{thread}.4", "--reason", WORDS["alasan"])
    imported = folder / "impor.jsonl"
    imported.write_text(json.dumps({"id": "a", "author": f"Ratna {WORDS['kutipan']}", "reply_to": None,
                                    "text": f"isi {WORDS['impor']}"}) + "\n", encoding="utf-8")
    sari.run("thread", "import", group, "Dari berkas", str(imported))
    sari.run("case", "new", "--cluster", "ADK", "--age", "7", "--sex", "P")
    case = sari.json("case", "list")["cases"][0]
    sari.run("note", "1", WORDS["catatan"])
    sari.consent()
    sari.run("--yes", "case", "share", "1", BUDI)
    assert budi.json("sync")["left"] == 0
    check_open_files(sari.process.pid, sari)
    return case["code"]


def read_everything(worker):
    """All of it as the program shows it: the words are in the store indeed."""
    shown = [worker.run("find", "tanda").stdout, worker.run("contact", "list").stdout]
    for thread in worker.json("thread", "list")["threads"]:
        shown.append(worker.run("--json", "thread", "show", str(thread["number"]), "--history").stdout)
    shown.append(worker.run("--json", "case", "show", "1").stdout)
    shown.append(worker.run("--json", "group", "list").stdout)
    return "".join(shown)


def import_and_kill(worker, folder, seconds):
    """Many posts, and SIGKILL somewhere while they are written."""
    many = folder / "banyak.jsonl"
    many.write_text("".join(json.dumps({"id": f"p{number}", "author": "Ratna", "reply_to": None,
                                        "text": f"{WORDS['tergesa']} {number} " * 20}) + "\n"
                            for number in range(1500)), encoding="utf-8")
    process = subprocess.Popen(worker.command("thread", "import", f"Kelompok {WORDS['kelompok']}",
                                              f"Tergesa {seconds}", str(many)),
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(seconds)
    process.kill()
    process.wait(timeout=10)


def test_nothing_that_was_written_stands_in_any_file(people, fence, console, tmp_path):
    sari, budi = people(SARI, BUDI, extra=("--area", AREA))
    code = write_everything(sari, budi, tmp_path)
    wanted = wanted_everywhere([code])
    homes = (sari.home, budi.home)

    def check():
        assert not set().union(*(found_below(home, wanted) for home in homes))
        fence.check()

    check()  # with a node that runs
    sari.address(budi, f"tcp://{WORDS['alamat']}.invalid:7437")
    shown = read_everything(sari)
    sari.kill()
    check()
    unseen = {"ditarik", "dicari", "riwayat", "naskah", "tempelan", "tergesa"}  # hidden, or written later
    for name in WORDS.keys() - unseen:
        assert WORDS[name] in shown, name
    assert len(budi.json("find", WORDS["catatan"])["hits"]) == 1

    at = console(sari)
    at.send_line(f"find {WORDS['dicari']}")
    at.expect("Nothing was found")
    at.send_line(f"post 1 {WORDS['riwayat']}")
    at.expect("Written as")
    at.expect_prompt()
    at.paste(f"{WORDS['tempelan']}\nbaris dua\n")
    at.type(f"post 1 {WORDS['naskah']}")
    at.read_for(2)
    check_open_files(at.child.pid, sari)
    check()  # with a console that is open
    os.kill(at.child.pid, signal.SIGKILL)
    at.kill()
    check()

    chance = random.Random(4)
    for _ in range(3):
        import_and_kill(sari, tmp_path, round(chance.uniform(0.5, 1.5), 2))
        check()
    at = console(sari, ready=False)
    at.expect(WORDS["naskah"])  # the draft was in the store, and so was all else
    at.kill()
    check()


def test_the_making_of_a_home_leaves_no_name_when_it_is_killed(people, fence, tmp_path):
    worker = people(SARI)
    wanted = wanted_everywhere()
    for seconds in (0.05, 0.3, 0.6, 0.9, 1.2):
        home = tmp_path / f"baru-{seconds}"
        words = ["init", "--name", SARI, "--role", "tksk", "--area", AREA]
        command = [word if word != str(worker.home) else str(home) for word in worker.command(*words)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        process.kill()
        process.wait(timeout=10)
        assert not found_below(home, wanted)
        fence.check()


# ---- The control: those who look can see ----

@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_word_is_found_wherever_it_stands_in_a_file(tmp_path, encoding):
    wanted = wanted_everywhere()
    for text in set(wanted.values()):
        path = tmp_path / "berkas"
        path.write_bytes(random.randbytes(5000) + text.upper().encode(encoding) + random.randbytes(777))
        assert text in found_in(path, wanted)


def test_a_plain_database_is_found_out_by_its_header_its_wal_its_tables_and_its_words(tmp_path):
    plain = sqlite3.connect(tmp_path / "polos.db", isolation_level=None)
    plain.execute("PRAGMA journal_mode = WAL")
    plain.execute("CREATE TABLE case_record (area TEXT)")
    plain.execute("PRAGMA wal_checkpoint")
    plain.execute("INSERT INTO case_record VALUES (?)", (f"{WORDS['catatan']} {AREA}",))
    found = found_below(tmp_path, wanted_everywhere())
    plain.close()
    assert {("polos.db", "SQLite format 3"), ("polos.db", "case_record"), ("polos.db-wal", "WAL"),
            ("polos.db-wal", WORDS["catatan"]), ("polos.db-wal", AREA)} <= found


def test_the_fence_sees_a_file_and_the_look_at_open_files_sees_one_outside(fence, people, tmp_path):
    worker = people(SARI)
    outside = tmp_path / "luar"
    with outside.open("w", encoding="ascii"):
        assert str(outside) in written_files(os.getpid())
        with pytest.raises(AssertionError):
            check_open_files(os.getpid(), worker)
    for place in fence.places.values():
        (place / "sisa").touch()
        with pytest.raises(AssertionError):
            fence.check()
        (place / "sisa").unlink()
    fence.check()
