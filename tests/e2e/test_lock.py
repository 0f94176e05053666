# SPDX-License-Identifier: GPL-3.0-or-later
"""Locked: nothing to be seen, nothing in memory, and the passphrase goes on where one was.  Another passphrase."""
import json
import os
import random
import re
import shlex
import signal
import socket
import subprocess
import termios
import time

import pytest

from console import CTRL_C, CTRL_D, CTRL_U, CTRL_Z, UP, environment
from support import BINARY, PASSPHRASE, free_port
from test_attach import attach, attach_json

CLEARED = "\x1b[H\x1b[2J\x1b[3J"
ASKED = r"Passphrase \(not shown while you type\): \Z"
OTHER = "sawah luas di lereng"


def lock_by_command(at):
    """The console's own `lock`, until the passphrase is asked for."""
    at.expect_prompt()
    at.send_line("lock")
    at.expect(ASKED)


def unlock(at, passphrase=PASSPHRASE):
    at.send_line(passphrase)
    at.expect("Type a command")


def since_the_lock(at):
    """All bytes that were sent to the terminal since it was cleared last."""
    return at.record.getvalue().rpartition(CLEARED)[2]


def status(worker, **options):
    return json.loads(worker.run("--json", "status", **options).stdout)


# ---- The screen, and what comes back ----

def test_lock_clears_the_screen_tells_the_name_and_goes_on_after_the_passphrase(pair, console):
    sari, _ = pair
    at = console(sari)
    at.run("thread enter 1")
    at.run("thread show")
    at.expect_prompt()
    lock_by_command(at)
    assert CLEARED in at.record.getvalue()
    seen = since_the_lock(at)
    assert "Locked. Sari Umpama" in seen
    for word in ("Selamat", "Anak tanpa kelompok", "Diskusi", "Thread"):
        assert word not in seen
    at.send_line("salah sama sekali")
    at.expect("The passphrase is wrong.")
    at.expect(ASKED)
    unlock(at)
    at.expect_line(r"\[Thread 1\b.*\] > ")
    at.send_line("post sesudah dikunci")
    at.expect(r"Written as 1\.2")
    at.expect_line(r"\[Thread 1\b.*\] > ")
    at.type(UP + UP)  # the history is there, too
    at.expect_line(r"\[Thread 1\b.*\] > lock")
    at.end(CTRL_C + CTRL_D)
    assert sari.posts("1")[-1][-1] == "sesudah dikunci"


def test_in_indonesian_on_a_terminal_without_escape_codes(pair, console):
    at = console(pair[0], lang="id", ready=False, TERM="dumb")
    at.expect_line(r"\[rembuk.*\] > ")
    at.send_line("kunci")
    at.expect(r"Terkunci\. Sari Umpama")
    at.expect(r": \Z")
    seen = at.screen()
    assert "\x1b" not in at.record.getvalue()
    assert re.search(r"\n{60,}Terkunci\. Sari Umpama", seen.replace("\r", ""))
    at.end(CTRL_D)


def test_what_is_being_typed_or_was_pasted_is_there_again(pair, console):
    sari, _ = pair
    at = console(sari)
    at.run("thread enter 1")
    at.paste("satu\ndua\n")
    at.type("post belum selesai")
    at.expect_line(r".*\[2 lines pasted\] > post belum selesai")
    attach(sari, "lock")
    at.expect(ASKED)
    assert "belum selesai" not in since_the_lock(at)
    unlock(at)
    at.expect_line(r".*\[2 lines pasted\] > post belum selesai")
    at.send_line("")
    at.expect(r"Written as 1\.2")
    at.expect_line(r"\[Thread 1\b.*\] > ")
    at.end()
    assert sari.posts("1")[-1][-1] == "belum selesai\nsatu\ndua"


def test_nothing_is_echoed_and_ctrl_d_and_ctrl_c_end_it(pair, console):
    for end, exit in ((CTRL_D, 0), (CTRL_C, None)):
        at = console(pair[0])
        lock_by_command(at)
        at.type("terlihat")
        assert "terlihat" not in at.read_for(0.3)
        at.type("\x15" + end)
        if exit is None:
            at.expect("It stays locked")
            while at.read(0.2):
                pass
            at.child.close()
            assert at.child.signalstatus == signal.SIGINT
        else:
            at.wait(exit)
        assert "Selamat" not in since_the_lock(at)
    assert status(pair[0])["node"]["running"] is False


def test_a_passphrase_file_does_not_open_the_lock(pair, console):
    at = console(pair[0])  # its environment names one
    lock_by_command(at)
    at.read_for(1)
    assert "Type a command" not in since_the_lock(at)
    at.send_line("")
    at.expect("wrong")
    at.expect(ASKED)
    at.end(CTRL_D)


def test_the_screen_is_cleared_also_if_the_settings_cannot_be_read_any_more(pair, console):
    sari, _ = pair
    at = console(sari)
    at.run("thread show 1")
    (sari.home / "config.ini").write_text("rusak\n")
    at.expect_prompt()
    at.send_line("lock")
    at.wait(exit=1)
    assert "Line 1 of" in since_the_lock(at)
    assert "Selamat" not in since_the_lock(at)


# ---- What is left in the process ----

PIECE, OVERLAP, REGION_MAX = 1 << 24, 64, 1 << 30


def pieces_of(pid):
    """All of its memory that can be read, but for the kernel's own and what a sanitizer reserves."""
    with open(f"/proc/{pid}/maps", encoding="utf-8") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            begin, end = (int(number, 16) for number in line.split()[0].split("-"))
            if line.split()[1][0] != "r" or end - begin > REGION_MAX:
                continue
            for at in range(begin, end, PIECE):
                try:
                    memory.seek(at)
                    yield memory.read(min(PIECE + OVERLAP, end - at))
                except (OSError, ValueError, OverflowError):
                    break


def found_in_memory(pid, words):
    found = set()
    for piece in pieces_of(pid):
        found.update(word for word in words if word in piece)
    return found


def test_the_memory_of_the_locked_process_holds_no_text_no_key_and_no_open_file(pair, console):
    sari, _ = pair
    at = console(sari, REMBUK_PASSPHRASE_FILE=None, ready=False)
    at.expect(ASKED)
    at.send_line(PASSPHRASE)
    at.expect_prompt()
    pid = at.child.pid
    try:
        open(f"/proc/{pid}/mem", "rb").close()
    except PermissionError:
        pytest.skip("the memory of a protected process is read by root only")
    at.run("thread show 1")
    at.run("case new --age 8")
    at.run("note 1 penandarahasia dalam catatan")
    at.type("note 1 penandaketikan")
    at.read_for(1.5)
    markers = {b"penandarahasia", b"penandaketikan", b"Selamat datang", b"Anak tanpa kelompok", b"Diskusi Contoh"}
    assert found_in_memory(pid, markers) == markers  # the search finds what is there
    attach(sari, "lock")
    at.expect(ASKED)
    assert found_in_memory(pid, {b"Sari Umpama"})
    assert found_in_memory(pid, markers | {PASSPHRASE.encode()}) == set()
    with open(f"/proc/{pid}/environ", "rb") as file:
        started_with = file.read()
    assert b"Sari Umpama" in started_with  # that and where to go on is told, and nothing else
    assert [marker for marker in markers if marker in started_with] == []
    with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
        assert file.read().strip() == "rembuk"
    files = {os.readlink(f"/proc/{pid}/fd/{number}") for number in os.listdir(f"/proc/{pid}/fd")}
    assert all(name.startswith(("/dev/pts/", "pipe:")) for name in files), files  # the pipe is its own
    at.send_line("penandasandi yang salah")
    at.expect("The passphrase is wrong.")
    at.expect(ASKED)
    assert found_in_memory(pid, {b"penandasandi"}) == set()
    unlock(at)
    at.expect_prompt("note 1 penandaketikan")
    at.end(CTRL_C + CTRL_D)


# ---- Who is locked ----

def test_a_lock_in_one_console_locks_all_and_each_comes_back_to_its_own(pair, console):
    sari, _ = pair
    sari.run("case", "new")
    owner = console(sari)
    other = console(sari, REMBUK_PASSPHRASE_FILE=None)
    owner.run("thread enter 1")
    other.run("case enter 1")
    owner.type("post dari yang pertama")
    owner.expect_line(r"\[Thread 1\b.*\] > post dari yang pertama")
    other.send_line("lock")
    for at in (owner, other):
        at.expect(r"Locked\. Sari Umpama")
        at.expect(ASKED)
    assert status(sari)["node"]["running"] is False  # a one-shot command opens the home as usual
    attach(sari, "status", exit=2)  # but not without the passphrase
    unlock(other)
    other.expect_line(r"\[Case 1\b.*\] > ")
    owner.send_line("salah sama sekali")  # the other one owns the home now, and nobody attaches without it
    owner.expect("The passphrase is wrong.")
    owner.expect(ASKED)
    unlock(owner)
    owner.expect_line(r"\[Thread 1\b.*\] > post dari yang pertama")
    owner.end(CTRL_C + CTRL_D)
    assert attach_json(sari, "status")["node"]["running"] is True
    other.end()


def test_two_consoles_that_are_unlocked_at_once_share_one_owner(pair, console):
    sari, _ = pair
    both = [console(sari), console(sari)]
    attach(sari, "lock")
    for at in both:
        at.expect(ASKED)
    for at in both:
        at.send_line(PASSPHRASE)
    for number, at in enumerate(both):
        at.expect("Type a command")
        at.run(f"post 1 dari {number}")
    for at in reversed(both):
        at.end() if at is both[1] else at.kill()


def test_a_node_without_a_console_ends(pair, console):
    sari, _ = pair
    sari.start()
    at = console(sari, REMBUK_PASSPHRASE_FILE=None)
    assert attach_json(sari, "lock") == {"locked": True}
    assert sari.process.wait(timeout=5) == 0
    sari.process = None
    at.expect(ASKED)
    unlock(at)
    at.expect_prompt()
    assert attach_json(sari, "status")["node"]["running"] is True
    at.end()


def test_a_node_says_that_it_was_locked(pair):
    sari, _ = pair
    node = subprocess.Popen(sari.command("--lang", "en", "node"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)
    assert node.stdout.readline().startswith("ready")
    assert "Locked." in attach(sari, "lock").stdout
    said, complained = node.communicate(timeout=5)
    assert node.returncode == 0 and complained == ""
    assert "Locked: the node has stopped" in said


def test_without_anything_open_there_is_nothing_to_lock(pair):
    sari, _ = pair
    assert attach_json(sari, "lock") == {"locked": True}
    assert "nothing to lock" in attach(sari, "kunci").stdout


def test_a_command_on_its_way_is_told_that_it_was_locked(pair, console):
    sari, budi = pair
    sari.start()
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the call and says nothing
        sari.address(budi, f"tcp://127.0.0.1:{silent.getsockname()[1]}")
        sync = subprocess.Popen([BINARY, "--home", str(sari.home), "--json", "sync"], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                env=environment(sari, REMBUK_PASSPHRASE_FILE=None), start_new_session=True)
        time.sleep(0.5)
        assert sync.poll() is None
        attach(sari, "lock")
        error = json.loads(sync.communicate(timeout=10)[1])["error"]
    assert (error["code"], error["exit"], sync.returncode) == ("locked", 3, 3)
    assert sari.process.wait(timeout=5) == 0
    sari.process = None


def test_the_node_listens_again_where_it_listened(pair, console):
    sari, budi = pair
    (sari.home / "config.ini").write_text("[node]\nlisten = tcp://127.0.0.1:0\n")
    at = console(sari)
    told = f"tcp://127.0.0.1:{free_port()}"
    at.run(f"node --listen {told}")
    before = attach_json(sari, "status")["node"]["listening"]
    assert told in before and len(before) == 2
    lock_by_command(at)
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", int(told.rpartition(":")[2])), timeout=2)
    unlock(at)
    at.expect_prompt()
    assert attach_json(sari, "status")["node"]["listening"] == before
    budi.address(sari, told)
    assert budi.json("sync")["peers"][0]["reached"] is True
    at.end()


# ---- Nobody types ----

def test_a_console_where_nobody_types_says_so_and_locks(pair, console):
    sari, _ = pair
    (sari.home / "config.ini").write_text("lock_after = 3s\n")
    at = console(sari)
    at.type("post 1 belum")
    at.expect(r"Locked in 2 seconds\. Press any key to stay open\.")
    at.expect_prompt("post 1 belum")
    at.type(" dikirim")
    assert "Locked." not in at.read_for(1.0)
    at.expect(r"Locked in 2 seconds")
    at.expect(r"Locked\. Sari Umpama", timeout=5)
    at.expect(ASKED)
    (sari.home / "config.ini").write_text("lock_after = 0\n")
    unlock(at)
    at.expect_prompt("post 1 belum dikirim")  # the process that runs has read its settings
    at.end(CTRL_C + CTRL_D)


def test_an_attached_console_locks_only_itself_and_the_owner_waits_for_it(pair, console):
    sari, _ = pair
    sari.start()
    (sari.home / "config.ini").write_text("lock_after = 2s\n")
    at = console(sari, REMBUK_PASSPHRASE_FILE=None)
    at.expect(r"Locked\. Sari Umpama", timeout=10)
    at.expect(ASKED)
    assert attach_json(sari, "status")["node"]["running"] is True
    unlock(at)
    at.expect_prompt()
    at.end()
    sari.stop()


@pytest.mark.parametrize("value", ["1441", "-1", "sepuluh", "10 menit"])
def test_a_time_that_cannot_be_is_refused_with_a_sentence(pair, value):
    sari, _ = pair
    (sari.home / "config.ini").write_text(f"lang = id\nlock_after = {value}\n")
    error = sari.error("status", exit=1)
    assert error["code"] == "bad_configuration"
    assert "lock_after = 5" in error["message"] and "1440" in error["message"] and "2" in error["message"]


# ---- What happens to a locked console ----

def test_killed_while_locked_nothing_is_lost(pair, console):
    sari, _ = pair
    at = console(sari)
    at.type("post 1 belum dikirim")
    at.expect_prompt("post 1 belum dikirim")
    attach(sari, "lock")
    at.expect(ASKED)
    at.kill()
    again = console(sari, ready=False)
    again.expect_prompt("post 1 belum dikirim")
    again.end(CTRL_C + CTRL_D)


def test_the_window_is_closed_while_locked(pair, console):
    sari, _ = pair
    at = console(sari)
    lock_by_command(at)
    at.hang_up()
    console(sari).end()


def test_suspended_while_locked_it_still_hides_what_is_typed(pair, console):
    sari, _ = pair
    at = console(sari, program=["/bin/bash", "--norc", "--noprofile", "-i"], ready=False, PS1="shell: ",
                 HISTFILE=None)
    at.expect(r"shell: \Z")
    at.send_line(shlex.join([BINARY, "--home", str(sari.home), "--lang", "en"]))
    lock_by_command(at)
    at.type(CTRL_Z)
    at.expect("Stopped")
    at.expect(r"shell: \Z")
    at.send_line("fg")
    at.expect(ASKED)
    unlock(at)
    assert PASSPHRASE not in at.screen()
    at.expect_prompt()
    at.type(CTRL_D)
    at.expect(r"shell: \Z")
    at.send_line("stty -a | tr ' ' '\\n' | grep -x -e echo -e icanon | sort | tr '\\n' ' '")
    at.expect("echo icanon ")  # the terminal is as it was
    at.send_line("exit")
    at.wait()


# ---- Too late, too early, or in between ----

def settings(worker, text):
    (worker.home / "config.ini").write_text(text)


def test_a_key_after_the_time_is_up_does_not_keep_it_open(pair, console):
    sari, _ = pair
    sari.start()
    for owns in (False, True):
        if owns:
            sari.stop()
        settings(sari, "lock_after = 3s\n")
        at = console(sari, **({} if owns else {"REMBUK_PASSPHRASE_FILE": None}))
        os.kill(at.child.pid, signal.SIGSTOP)  # the lid is closed
        time.sleep(3.5)
        at.type("lihat ini")
        os.kill(at.child.pid, signal.SIGCONT)
        at.expect(r"Locked\. Sari Umpama", timeout=5)
        at.expect(ASKED)
        settings(sari, "")
        unlock(at)
        at.expect_prompt()  # what was typed too late is nowhere
        at.end()


def test_ctrl_z_and_fg_after_the_time_is_up_lock_it(pair, console):
    sari, _ = pair
    settings(sari, "lock_after = 3s\n")
    at = console(sari, program=["/bin/bash", "--norc", "--noprofile", "-i"], ready=False, PS1="shell: ",
                 HISTFILE=None)
    at.expect(r"shell: \Z")
    at.send_line(shlex.join([BINARY, "--home", str(sari.home), "--lang", "en"]))
    at.expect_prompt()
    at.type(CTRL_Z)
    at.expect("Stopped")
    at.expect(r"shell: \Z")
    time.sleep(3.2)
    at.type("fg\rlihat ini")
    at.expect(r"Locked\. Sari Umpama", timeout=5)
    at.expect(ASKED)
    at.type(CTRL_D)
    at.expect(r"shell: \Z")
    at.send_line("exit")
    at.wait()


def test_an_attached_console_that_locks_itself_says_who_stays_open(pair, console):
    sari, _ = pair
    sari.start()
    settings(sari, "lock_after = 1s\n")
    at = console(sari, REMBUK_PASSPHRASE_FILE=None, ready=False)
    at.expect(r"still open in another window, or as a node\. To lock all: rembuk\s+lock", timeout=10)
    at.expect(ASKED)
    assert attach_json(sari, "lock") == {"locked": True}
    at.end(CTRL_D)
    assert sari.process.wait(timeout=5) == 0
    sari.process = None


def test_what_was_typed_right_before_ctrl_z_is_kept(pair, console):
    sari, _ = pair
    sari.start()
    at = console(sari, program=["/bin/bash", "--norc", "--noprofile", "-i"], ready=False, PS1="shell: ",
                 HISTFILE=None, REMBUK_PASSPHRASE_FILE=None)
    at.expect(r"shell: \Z")
    at.send_line(shlex.join([BINARY, "--home", str(sari.home), "--lang", "en"]))
    at.expect_prompt()
    at.type("post 1 berhenti")
    at.expect("post 1 berhenti")
    at.type(CTRL_Z)
    at.expect("Stopped")
    attach(sari, "lock")  # nothing is heard of the one that is suspended
    assert sari.process.wait(timeout=5) == 0
    sari.process = None
    again = console(sari, ready=False)
    again.expect_prompt("post 1 berhenti")
    again.end(CTRL_C + CTRL_D)
    at.kill()


def test_a_home_that_has_gone_while_locked_is_not_begun_anew(pair, console):
    sari, _ = pair
    at = console(sari)
    sari.home.rename(sari.folder / "dipindah")
    at.expect_prompt()
    at.send_line("lock")
    at.expect("There is no data in")
    at.wait(exit=1)
    assert "ame" not in since_the_lock(at).partition("There is no data")[0].replace("Umpama", "")
    (sari.folder / "dipindah").rename(sari.home)


def test_of_a_paste_that_is_still_coming_what_has_come_is_kept(pair, console):
    sari, _ = pair
    at = console(sari)
    at.paste("satu\ndua\n", end=False)
    at.read_for(0.3)
    attach(sari, "lock")
    at.expect(ASKED)
    unlock(at)
    at.expect_line(r".*\[2 lines pasted\] > ")
    at.type(CTRL_C)
    at.end(CTRL_D)


def test_a_text_that_is_typed_for_a_command_outlives_the_lock(pair, console):
    sari, _ = pair
    for begins_again in (False, True):
        sari.start()
        at = console(sari, "post", "1", "-", REMBUK_PASSPHRASE_FILE=None, ready=False)
        at.expect("Type the text")
        at.send_line(f"yang panjang {begins_again}")
        attach(sari, "lock")
        assert sari.process.wait(timeout=5) == 0
        sari.process = None
        if begins_again:
            sari.start()
        at.type(CTRL_D)
        if not begins_again:
            at.expect("was locked or ended here meanwhile")
            at.expect(ASKED)
            at.send_line(PASSPHRASE)
        at.expect("Written as")
        at.wait()
        if begins_again:
            sari.stop()
        assert sari.posts("1")[-1][-1] == f"yang panjang {begins_again}"


def test_while_another_stands_at_its_passphrase_there_is_nothing_to_lock(pair, console):
    sari, _ = pair
    at = console(sari, REMBUK_PASSPHRASE_FILE=None, ready=False)
    at.expect(ASKED)
    began = time.monotonic()
    assert "nothing to lock" in attach(sari, "lock").stdout
    assert time.monotonic() - began < 5
    at.kill()


def test_a_suspended_owner_is_not_called_locked(pair, console):
    sari, _ = pair
    at = console(sari)
    os.kill(at.child.pid, signal.SIGSTOP)
    try:
        said = " ".join(attach(sari, "lock", exit=5).stderr.split())
        assert "It is not locked" in said and "fg" in said
    finally:
        os.kill(at.child.pid, signal.SIGCONT)
    at.end()


# ---- Another passphrase ----

def secret_file(folder, name, passphrase, mode=0o600):
    path = folder / name
    path.write_text(passphrase + "\n")
    path.chmod(mode)
    return path


def change(worker, new, **options):
    return worker.run("passphrase", "change", "--new-passphrase-file", str(new), **options)


def opens(worker, passphrase):
    file = secret_file(worker.folder, "coba", passphrase)
    done = subprocess.run([BINARY, "--home", str(worker.home), "--passphrase-file", str(file), "status"],
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
    assert done.returncode in (0, 3), done.stderr
    return done.returncode == 0


def test_the_passphrase_is_changed_from_files(pair, tmp_path):
    sari, _ = pair
    database = (sari.home / "rembuk.db").read_bytes()
    new = secret_file(tmp_path, "baru", OTHER)
    assert sari.json("sandi", "ganti", "--berkas-sandi-baru", str(new)) == {"changed": True}
    assert (sari.home / "rembuk.db").read_bytes() == database  # only the key file is written
    assert (sari.home / "key").stat().st_mode & 0o777 == 0o600
    assert opens(sari, OTHER) and not opens(sari, PASSPHRASE)


def test_what_is_not_right_changes_nothing(pair, tmp_path):
    sari, _ = pair
    key = (sari.home / "key").read_bytes()
    assert "assphrase is too short" in change(sari, secret_file(tmp_path, "pendek", "tujuh77"), exit=1).stderr
    open_to_others = secret_file(tmp_path, "terbuka", OTHER, 0o644)
    assert "chmod 600" in change(sari, open_to_others, exit=1).stderr
    assert "cannot be read" in change(sari, tmp_path / "tiada", exit=1).stderr
    sari.passphrase_file.write_text("salah sama sekali\n")
    error = json.loads(sari.run("--json", "passphrase", "change", "--new-passphrase-file",
                                str(secret_file(tmp_path, "baru", OTHER)), exit=3).stderr)["error"]
    assert (error["code"], error["exit"]) == ("wrong_passphrase", 3)
    attach(sari, "passphrase", "change", exit=2)  # nobody to ask
    assert (sari.home / "key").read_bytes() == key
    assert opens(sari, PASSPHRASE)


def test_the_passphrase_is_changed_while_a_node_runs(pair, console, tmp_path):
    sari, _ = pair
    sari.start()
    change(sari, secret_file(tmp_path, "baru", OTHER))
    attach(sari, "post", "1", "sesudah sandi diganti")
    at = console(sari, REMBUK_PASSPHRASE_FILE=None)
    attach(sari, "lock")
    at.expect(ASKED)
    sari.process.wait(timeout=5)
    sari.process = None
    at.send_line(PASSPHRASE)
    at.expect("The passphrase is wrong.")
    at.expect(ASKED)
    unlock(at, OTHER)
    at.expect_prompt()
    assert "sesudah sandi diganti" in at.run("thread show 1")
    at.end()


def test_the_passphrase_is_changed_in_the_console_unseen(pair, console):
    sari, _ = pair
    owner = console(sari)
    at = console(sari, REMBUK_PASSPHRASE_FILE=None)  # attached: it needs nothing of the owner
    at.send_line("passphrase change")
    for label, typed in (("old", "salah sama sekali"), ("old", PASSPHRASE), ("new", "pendek"), ("new", OTHER)):
        at.expect(label + r" passphrase > \Z")
        at.send_line(typed)
    at.expect(r"the same again > \Z")
    at.paste(OTHER)
    at.send_line("")
    at.expect(r"The new passphrase is in force\.")
    at.expect_prompt()
    at.type(UP)
    at.expect_prompt("passphrase change")
    at.type(UP + "\x19")  # nothing is in the line editor's memory
    at.expect_prompt("passphrase change")
    for typed in ("salah sama", PASSPHRASE, OTHER, "pendek"):
        assert typed not in at.screen()
    at.end(CTRL_C + CTRL_D)
    owner.run("post 1 masih terbuka")
    owner.end()
    assert opens(sari, OTHER) and not opens(sari, PASSPHRASE)


def test_ctrl_c_changes_nothing(pair, console):
    sari, _ = pair
    at = console(sari)
    for typed in ([], [PASSPHRASE], [PASSPHRASE, OTHER]):
        at.send_line("passphrase change")
        for line in typed:
            at.expect(r"passphrase > \Z")
            at.send_line(line)
        at.expect(r"(passphrase|again) > \Z")
        at.type("separuh" + CTRL_C)
        at.expect(r"Cancelled\. Nothing was changed\.")
        at.expect_prompt()
    at.end()
    assert opens(sari, PASSPHRASE)


def test_sigkill_in_mid_change_leaves_the_old_or_the_new_one(pair, tmp_path):
    sari, _ = pair
    chance = random.Random(4)
    files = [secret_file(tmp_path, "satu", PASSPHRASE), secret_file(tmp_path, "dua", OTHER)]
    now = 0
    for _ in range(4):
        process = subprocess.Popen([BINARY, "--home", str(sari.home), "--passphrase-file", str(files[now]),
                                    "passphrase", "change", "--new-passphrase-file", str(files[1 - now])],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0, 2.0))
        process.kill()
        process.wait()
        opened = [opens(sari, passphrase) for passphrase in (PASSPHRASE, OTHER)]
        assert sorted(opened) == [False, True]
        now = opened.index(True)


# ---- What is typed while the passphrase is being checked, or as the lock comes ----

def test_the_next_passphrase_is_unseen_while_the_last_one_is_checked(pair, console):
    at = console(pair[0])
    lock_by_command(at)
    at.send_line("salah sama sekali")
    for _ in range(5):  # it is checked meanwhile
        time.sleep(0.01)
        assert at.child.getecho() is False
    at.type("terlihat")
    at.expect("The passphrase is wrong.")
    at.expect(ASKED)
    assert "terlihat" not in at.screen()
    at.type(CTRL_U)
    unlock(at)
    at.expect_prompt()
    at.end()


def test_the_console_begins_with_nothing_of_what_was_typed_at_the_lock_screen(pair, console):
    at = console(pair[0], PASSPHRASE_TAKES_MS="500")
    lock_by_command(at)
    at.send_line(PASSPHRASE)
    time.sleep(0.01)
    at.type("terlihat\rterlihat")
    at.expect("Type a command")
    at.expect_prompt()
    assert "terlihat" not in at.screen()
    at.end()


def test_ctrl_c_at_the_lock_screen_says_that_it_stays_locked(pair, console):
    for before in ("", "salah sama sekali\r"):  # asked, or just being checked
        at = console(pair[0], PASSPHRASE_TAKES_MS="500")
        lock_by_command(at)
        terminal = os.open(f"/proc/{at.child.pid}/fd/0", os.O_RDWR | os.O_NOCTTY)
        at.type(before)
        time.sleep(0.05 if before else 0)
        at.type(CTRL_C)
        at.expect(r"It stays locked, and rembuk has ended\. Open it again: rembuk")
        while at.read(0.2):
            pass
        assert termios.tcgetattr(terminal)[3] & termios.ECHO
        os.close(terminal)
        at.child.close()
        assert at.child.signalstatus == signal.SIGINT
        assert "Nothing was changed" not in since_the_lock(at)


def test_a_paste_that_still_comes_in_as_it_locks_is_no_passphrase(pair, console):
    sari, _ = pair
    at = console(sari)
    at.paste("baris pertama\n", end=False)
    attach(sari, "lock")
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        at.type("terlihat sekali\r")
        at.read(0.02)
    at.type("terlihat lagi\x1b[201~")
    at.expect(r"Locked\. Sari Umpama")
    at.expect(ASKED)
    assert "terlihat" not in since_the_lock(at)
    assert "wrong" not in since_the_lock(at)
    at.send_line("\x1b[201~" + PASSPHRASE)  # its end comes late
    at.expect("Type a command")
    assert "wrong" not in since_the_lock(at)
    at.expect_line(r"\[rembuk.*\] > .*")
    at.end(CTRL_C + CTRL_C + CTRL_D)


def test_it_is_suspended_while_a_passphrase_is_checked(pair, console):
    sari, _ = pair
    at = console(sari, program=["/bin/bash", "--norc", "--noprofile", "-i"], ready=False, PS1="shell: ",
                 HISTFILE=None, PASSPHRASE_TAKES_MS="500")
    at.expect(r"shell: \Z")
    at.send_line(shlex.join([BINARY, "--home", str(sari.home), "--lang", "en"]))
    lock_by_command(at)
    at.send_line("salah sama sekali")
    time.sleep(0.01)
    at.type(CTRL_Z)
    at.expect("Stopped")
    at.expect(r"shell: \Z")
    at.send_line("fg")
    at.expect("The passphrase is wrong.")
    at.expect(ASKED)
    assert at.child.getecho() is False
    unlock(at)
    at.expect_prompt()
    at.type(CTRL_D)
    at.expect(r"shell: \Z")
    at.send_line("stty -a | tr ' ' '\\n' | grep -x -e echo -e icanon | sort | tr '\\n' ' '")
    at.expect("echo icanon ")
    at.send_line("exit")
    at.wait()


def test_another_width_does_not_cut_a_new_passphrase_in_two(pair, console):
    sari, _ = pair
    at = console(sari)
    at.send_line("passphrase change")
    at.expect(r"old passphrase > \Z")
    at.send_line(PASSPHRASE)
    at.expect(r"new passphrase > \Z")
    at.type("sawah luas ")
    at.settle()
    at.resize(70)
    at.expect(r"new passphrase \(go on typing; Ctrl-U: begin again\) > \Z")
    at.send_line("di lereng")
    at.expect(r"the same again > \Z")
    at.send_line(OTHER)
    at.expect(r"The new passphrase is in force\.")
    at.expect_prompt()
    at.end()
    assert opens(sari, OTHER) and not opens(sari, PASSPHRASE)


def test_lines_that_come_at_once_answer_one_question_each(pair, console):
    sari, _ = pair
    at = console(sari)
    at.send_line("passphrase change")
    at.expect(r"old passphrase > \Z")
    at.type(f"{PASSPHRASE}\r{OTHER}\r")
    at.expect(r"the same again > \Z")
    at.send_line(OTHER)
    at.expect(r"The new passphrase is in force\.")
    at.expect_prompt()
    at.end()
    assert opens(sari, OTHER) and not opens(sari, PASSPHRASE)
