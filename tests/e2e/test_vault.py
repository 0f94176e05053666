# SPDX-License-Identifier: GPL-3.0-or-later
"""The vault as a person meets it: whole, damaged and healed, with the wrong passphrase, and when the program dies."""
import json
import os
import resource
import signal
import sqlite3
import subprocess

import pytest

from console import PROMPT

PAGE = 4096
WHOLE = {"en": r"Everything is whole: {} pages and {} tables were read.",
         "id": r"Semuanya utuh: {} halaman dan {} tabel sudah dibaca."}


def database(worker):
    return worker.home / "rembuk.db"


def flip(path, offset):
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 0x04]))


def files(worker):
    return {path.name: path.read_bytes() for path in worker.home.iterdir() if path.is_file()}


def check(worker, exit=0, **options):
    """Its answer, also if it says that something is damaged; then the error beside it."""
    done = worker.run("--json", "vault", "check", exit=exit, **options)
    return (json.loads(done.stdout) if done.stdout else None,
            json.loads(done.stderr)["error"] if exit else None)


# ---- Whole ----

def test_a_whole_vault_is_said_to_be_whole_in_both_languages(pair):
    sari = pair[0]
    answer, _ = check(sari)
    pages = database(sari).stat().st_size // PAGE
    assert answer == {"sound": True, "pages": pages, "tables": answer["tables"], "damaged_pages": 0,
                      "search": "sound"}
    for words, lang in ((("vault", "check"), "en"), (("brankas", "periksa"), "id")):
        assert sari.run(*words, lang=lang).stdout.strip() == WHOLE[lang].format(pages, answer["tables"])


def test_it_is_checked_while_the_node_runs_and_from_its_console(pair, console):
    sari, budi = pair
    budi.address(sari, sari.start())
    answer, _ = check(sari)
    assert answer["sound"]
    assert budi.json("sync")["left"] == 0
    sari.stop()
    at = console(sari)
    at.send_line("vault check")
    at.expect(r"Everything is whole: \d+ pages and \d+ tables were read\.")
    at.expect(PROMPT)
    at.end()


# ---- Damaged ----

def places(worker):
    """A byte of the first page, of one that opening a home does not need, and of the last one's seal."""
    return [0, 20 * PAGE + 2000, database(worker).stat().st_size - 1]


def test_one_flipped_bit_is_told_with_its_page_and_flipping_it_back_heals(pair):
    sari = pair[0]
    posts = sari.posts("Anak tanpa kelompok")
    opened = []
    for place in places(sari):
        flip(database(sari), place)
        damaged = files(sari)
        answer, error = check(sari, exit=5)
        opened.append(answer is not None)
        assert str(database(sari)) in error["message"]
        if answer is None:  # a page without which nothing can be opened: every command says so
            assert f"page {place // PAGE + 1} " in error["message"]
            assert sari.error("status", exit=5) == error
        else:
            assert not answer["sound"] and answer["damaged_pages"] == 1
            assert error["code"] == "search_damaged" or f"page {place // PAGE + 1} " in error["message"]
        assert files(sari) == damaged, "nothing is changed"
        flip(database(sari), place)
        assert check(sari)[0]["sound"]
    assert not opened[0] and opened[1]
    assert sari.posts("Anak tanpa kelompok") == posts


def test_a_bit_that_flips_under_a_running_node_is_found_there(pair):
    sari = pair[0]
    sari.start()
    assert check(sari)[0]["sound"]
    flip(database(sari), 2 * PAGE + 100)
    answer, error = check(sari, exit=5)
    assert answer["damaged_pages"] == 1 and error["exit"] == 5
    flip(database(sari), 2 * PAGE + 100)
    assert check(sari)[0]["sound"]
    sari.stop()


def test_a_damaged_wal_is_told_and_nothing_is_deleted(pair):
    sari = pair[0]
    sari.start()
    sari.run("post", "1", "ditulis sebelum mati")
    sari.kill()
    wal = sari.home / "rembuk.db-wal"
    before = files(sari)
    for slot in (0, 512):
        flip(wal, slot + 20)
    error = sari.error("status", exit=5)
    assert str(wal) in error["message"]
    for slot in (0, 512):
        flip(wal, slot + 20)
    assert files(sari) == before
    assert sari.posts("1")[-1][4] == "ditulis sebelum mati"


def test_a_key_file_that_cannot_be_is_told_and_one_flipped_bit_of_its_secret_is_a_wrong_passphrase(pair):
    sari = pair[0]
    key = sari.home / "key"
    flip(key, 0)
    assert str(key) in sari.error("status", exit=5)["message"]
    flip(key, 0)
    flip(key, 115)
    assert sari.error("status", exit=3)["code"] == "wrong_passphrase"
    flip(key, 115)
    sari.run("status")


def test_a_plain_database_of_an_early_trial_version_is_refused_and_not_touched(pair):
    sari = pair[0]
    database(sari).unlink()
    with sqlite3.connect(database(sari)) as plain:
        plain.execute("CREATE TABLE setting (name TEXT)")
    plain.close()
    before = files(sari)
    error = sari.error("status", exit=5)
    assert error["code"] == "not_encrypted" and "rembuk --home" in error["message"]
    assert "tidak terenkripsi" in sari.error("status", exit=5, lang="id")["message"]
    assert files(sari) == before


# ---- The passphrase ----

def test_a_wrong_passphrase_changes_nothing_and_says_nothing_else(pair, tmp_path):
    sari = pair[0]
    sari.start()
    sari.run("post", "1", "ditulis sebelum mati")
    sari.kill()
    before = files(sari)
    assert len(before["rembuk.db-wal"]) > PAGE
    wrong = tmp_path / "salah.sandi"
    wrong.write_text("pagar bambu delapan lapis\n")
    wrong.chmod(0o600)
    right, sari.passphrase_file = sari.passphrase_file, wrong
    for words in (("status",), ("vault", "check")):
        assert sari.error(*words, exit=3)["code"] == "wrong_passphrase"
        assert files(sari) == before
    sari.passphrase_file = right
    assert sari.posts("1")[-1][4] == "ditulis sebelum mati"


# ---- No memory on the disk ----

def dies_of(command, number, folder):
    """Ends a process with everything allowed to it that makes core files; what wait() says of it."""
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    most = unlimited if hard == resource.RLIM_INFINITY else (hard, hard)
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True,
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, most))
    process.stdout.readline()  # it is there
    limits = read_limits(process.pid)
    os.kill(process.pid, number)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = status
    process.stdout.close()
    return status, limits


def read_limits(pid):
    """Soft and hard limit of a core file; None: it is hidden, as of all that is not dumpable."""
    try:
        with open(f"/proc/{pid}/limits", encoding="ascii") as file:
            line = next(line for line in file if line.startswith("Max core file size"))
    except PermissionError:
        assert os.geteuid() != 0
        return None
    return line.split()[4:6]


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV])
def test_no_core_file_is_made_of_a_process_that_holds_the_keys(pair, tmp_path, number):
    sari = pair[0]
    folder = tmp_path / "kosong"
    folder.mkdir()
    status, limits = dies_of(sari.command("--json", "node"), number, folder)
    assert not os.WIFEXITED(status) or os.WEXITSTATUS(status) != 0
    assert not (os.WIFSIGNALED(status) and os.WCOREDUMP(status))
    assert limits in (None, ["0", "0"])
    assert list(folder.iterdir()) == []


def test_the_look_at_core_files_sees_one_where_they_are_made(tmp_path):
    """The control of the test before."""
    with open("/proc/sys/kernel/core_pattern", encoding="ascii") as file:
        pattern = file.read().strip()
    if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0 or pattern.startswith(("|", "/")):
        pytest.skip("this computer makes no core files where it is told to")
    status, limits = dies_of(["/bin/sh", "-c", "echo; exec sleep 60"], signal.SIGABRT, tmp_path)
    assert limits is not None and limits != ["0", "0"]
    assert os.WIFSIGNALED(status) and os.WCOREDUMP(status)
    assert [path.name.startswith("core") for path in tmp_path.iterdir()] == [True]
