# SPDX-License-Identifier: GPL-3.0-or-later
"""The console as a person uses it, with the node inside, at a real terminal."""
import contextlib
import json
import re
import shlex
import signal
import socket
import threading
import time

import pytest

from console import CTRL_C, CTRL_D, CTRL_Z, PROMPT, TAB, UP
from support import BINARY, PASSPHRASE, free_port

LINES_30 = [f"baris {number} dari kunjungan" for number in range(1, 31)]


def texts(worker, reference="1"):
    return [post["text"] for post in worker.thread(reference)["posts"]]


def listen(worker):
    """The console's node listens where the configuration says."""
    at = f"tcp://127.0.0.1:{free_port()}"
    (worker.home / "config.ini").write_text(f"[node]\nlisten = {at}\n")
    return at


# ---- What comes while one types ----

def test_what_is_typed_stays_untouched_while_100_posts_arrive_and_none_is_shown_twice(pair, console):
    sari, budi = pair
    sari.address(budi, budi.start())
    at = console(sari)
    at.expect_line(r"\[rembuk.* \| connected\] > ")
    at.run("thread enter 1")

    def write():
        for number in range(100):
            budi.run("post", "1", f"kabar {number} selesai")

    writer = threading.Thread(target=write)
    writer.start()
    typed = "post Saya sedang mengetik, dan tidak mau diganggu"
    for letter in typed:
        at.type(letter)
        at.read_for(0.05)
    writer.join(60)
    assert not writer.is_alive()

    def seen():
        screen = at.screen()
        counts = [len(re.findall(rf"\bkabar {number} selesai\b", screen)) for number in range(100)]
        more = sum(int(count) for count in re.findall(r"(\d+) further posts", screen))
        return counts, more

    limit = time.monotonic() + 20
    while sum(seen()[0]) + seen()[1] < 100 and time.monotonic() < limit:
        at.read_for(0.2)
    counts, more = seen()
    assert max(counts) == 1
    assert sum(counts) + more == 100
    at.expect_prompt(typed)
    at.type("\r")
    at.expect(r"Written as 1\.\d+")
    at.expect_prompt()
    assert typed.removeprefix("post ") in texts(sari)
    assert len(texts(sari)) == 102
    at.end()


def test_a_line_longer_than_the_window_survives_what_arrives(pair, console):
    sari, budi = pair
    sari.address(budi, budi.start())
    at = console(sari)
    at.expect_line(r"\[rembuk.* \| connected\] > ")
    text = "Kalimat yang panjang, dengan é dan ñ, " * 6 + "selesai"
    for number, part in enumerate(re.findall(".{1,30}", "post 1 " + text)):
        at.type(part)
        budi.run("post", "1", f"kabar {number} selesai")
        at.expect(f"kabar {number} selesai")
    at.type("\r")
    at.expect(r"Written as 1\.\d+")
    at.expect_prompt()
    assert text in texts(sari)
    at.end()


def test_news_come_during_a_question_a_guided_entry_and_a_search_in_the_history(pair, console):
    sari, budi = pair
    sari.address(budi, budi.start())
    sari.run("case", "new")
    sari.consent()
    at = console(sari)
    at.expect_line(r"\[rembuk.* \| connected\] > ")
    at.send_line("case share 1 1")
    at.expect_line(r"Share it\? \[y/n\] > ")
    budi.run("post", "1", "kabar di tengah pertanyaan: hapus? [y/n]")
    assert "kabar" not in at.read_for(2)  # it waits, so that nothing stands above the answer but its question
    at.expect_line(r"Share it\? \[y/n\] > ")
    at.send_line("y")
    at.expect("kabar di tengah pertanyaan")
    at.expect("Case 1 is shared with Budi Misal")
    at.expect_prompt()
    at.send_line("thread show")
    at.expect("Which thread")
    budi.run("post", "1", "kabar di tengah isian")
    at.expect("kabar di tengah isian")
    at.send_line("1")
    at.expect("Selamat datang")
    at.expect_prompt()
    at.type("\x12share")  # Ctrl-R
    at.settle()
    budi.run("post", "1", "kabar di tengah pencarian")
    at.read_for(1)
    at.type("\x1b")
    at.expect("kabar di tengah pencarian")
    at.expect_prompt("case share 1 1")
    at.end(CTRL_C + CTRL_D)


def test_what_others_write_moves_nothing_on_the_screen(pair, console):
    sari, budi = pair
    sari.address(budi, budi.start())
    at = console(sari)
    at.expect_line(r"\[rembuk.* \| connected\] > ")
    budi.run("post", "1", "judul \x1b]0;palsu\x07 dan \x1b[2J\x1b[H layar \r\n[rembuk] > case share 1 1")
    at.expect("judul")
    at.expect_prompt()
    at.run("thread show 1")
    at.end()
    for sequence in ("\x1b]0;", "\x1b[2J", "\x1b[H", "\n[rembuk] > case"):
        assert sequence not in at.record.getvalue()


def test_what_one_imports_oneself_is_no_news(pair, console, tmp_path):
    lines = [{"id": f"p{number}", "author": "Ratna Umpama", "reply_to": None, "text": "lama"} for number in range(200)]
    (tmp_path / "utas.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    at = console(pair[0])
    said = at.run(f"thread import 1 Lama {tmp_path}/utas.jsonl")
    assert "200 posts were imported" in said
    assert "further posts" not in said + at.read_for(1)
    at.end()


def test_what_is_typed_ahead_is_done_in_order(pair, console):
    sari = pair[0]
    at = console(sari)
    for number in range(10):  # the next line comes while this one is carried out; two at once are a paste
        at.send_line(f"post 1 nomor {number} é 学")
        at.expect(rf"nomor {number} é 学\s*\n")
    at.expect(r"Written as 1\.11")
    at.expect_prompt()
    assert texts(sari)[1:] == [f"nomor {number} é 学" for number in range(10)]
    at.end()


@contextlib.contextmanager
def busy(worker):
    """The process that owns the home does something else for a while, as a test sees it."""
    worker.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        worker.process.send_signal(signal.SIGCONT)


def test_what_is_typed_ahead_answers_no_question(pair, console):
    sari = pair[0]
    sari.run("case", "new")
    sari.start()
    sari.consent()
    at = console(sari)
    with busy(sari):
        at.send_line("case share 1 1")
        at.expect(r"case share 1 1\s*\n")
        at.send_line("y")
        at.settle()
    at.expect_line(r"Share it\? \[y/n\] > ")
    at.send_line("?")
    at.expect("y does it")
    at.expect_line(r"Share it\? \[y/n\] > ")
    at.send_line("n")
    at.expect("Not confirmed")
    at.expect_prompt()
    assert len(sari.json("case", "show", "1")["team"]) == 1
    at.end()


def test_what_is_typed_ahead_of_a_failure_goes_nowhere(pair, console):
    sari = pair[0]
    sari.start()
    at = console(sari)
    at.run("thread enter 1")
    with busy(sari):
        at.send_line("thread enter 77")
        at.expect(r"thread enter 77\s*\n")
        at.send_line("post ini untuk utas 77")
        at.settle()
    at.expect("77")
    at.expect_prompt()
    at.run("post ini untuk utas 1")
    assert texts(sari) == ["Selamat datang", "ini untuk utas 1"]
    at.end()


def test_a_terminal_that_does_not_read_stops_nobody_else(pair, console, tmp_path):
    sari = pair[0]
    lines = [{"id": f"p{number}", "author": "Ratna Umpama", "reply_to": None, "text": f"kata {number} " + "kata " * 700}
             for number in range(1000)]
    (tmp_path / "utas.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    sari.run("thread", "import", "1", "Lama", tmp_path / "utas.jsonl")
    at = console(sari)
    at.type("thread show 2\r")
    time.sleep(2)  # nothing is read here
    began = time.monotonic()
    assert sari.json("status")["node"]["running"] is True
    sari.run("post", "1", "dari samping")
    assert time.monotonic() - began < 5
    at.expect_prompt(timeout=60)
    assert [number for number in range(1000) if f"kata {number} " not in at.screen()] == []
    at.end()


def test_a_terminal_that_does_not_read_is_left_all_the_same(pair, console, tmp_path):
    sari = pair[0]
    lines = [{"id": f"p{number}", "author": "Ratna Umpama", "reply_to": None, "text": "kata " * 700}
             for number in range(1000)]
    (tmp_path / "utas.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    sari.run("thread", "import", "1", "Lama", tmp_path / "utas.jsonl")
    at = console(sari)
    at.type("thread show 2\r")
    time.sleep(1)
    at.child.kill(signal.SIGTERM)
    time.sleep(4)  # nothing is read here
    assert sari.json("status")["node"]["running"] is False
    at.wait()


def test_a_thread_entered_from_a_case_is_left_for_the_case(pair, console):
    sari = pair[0]
    sari.run("case", "new")
    at = console(sari)
    at.run("case enter 1")
    at.run("thread enter 1")
    at.expect_line(r"\[Thread 1\b.*\] > ")
    at.run("leave")
    at.expect_line(r"\[Case 1\b.*\] > ")
    at.run("leave")
    at.expect_line(r"\[rembuk\b.*\] > ")
    at.end()


# ---- Completion ----

@pytest.mark.parametrize("typed, completed", [
    ("thr", "thread "),
    ("thread en", "thread enter "),
    ("uta", "utas "),
    ("utas mas", "utas masuk "),
    ("thread enter Ana", 'thread enter "Anak tanpa kelompok" '),
    ("group show 1", "group show 1 "),
    ("contact address Bud", 'contact address "Budi Misal" '),
    ("thread show 1 --sin", "thread show 1 --since="),
    ("case new cl", "case new cluster="),
    ("case new --se", "case new --sex="),
])
def test_tab_completes(pair, console, typed, completed):
    at = console(pair[0])
    at.type(typed + TAB)
    at.expect_prompt(completed)


def test_tab_completes_words_of_the_other_language_too(pair, console):
    at = console(pair[0], lang="id")
    at.type("kasus ba" + TAB)
    at.expect_prompt("kasus ba")  # baru, bagikan
    at.type("r" + TAB)
    at.expect_prompt("kasus baru ")
    at.type(CTRL_C)
    at.type("stat" + TAB)
    at.expect_prompt("status ")
    at.type(CTRL_C)
    at.type("thread ent" + TAB)
    at.expect_prompt("thread enter ")


def test_tab_shows_what_there_is(pair, console):
    sari = pair[0]
    sari.run("thread", "new", "1", "Anak jalanan")
    at = console(sari)
    at.type("thread show Anak" + TAB + TAB)
    at.expect(r"1  Anak tanpa kelompok")
    at.expect_prompt('thread show "Anak ')
    at.type(CTRL_C)
    at.expect_prompt()
    at.type("case new sex=" + TAB + TAB)
    at.expect(r"\bL\s+P\b")
    at.expect_prompt("case new sex=")
    at.type("P" + TAB)
    at.expect_prompt("case new sex=P ")


# ---- The window ----

def test_a_window_made_narrow_and_wide_again_keeps_the_line(pair, console):
    sari = pair[0]
    at = console(sari)
    typed = "post 1 setengah kalimat"
    at.type(typed)
    at.expect_prompt(typed)
    at.resize(40)
    at.expect_line(r"\[rembuk( \| send \d+)?\] > " + typed)
    at.resize(80)
    at.expect_line(r"\[rembuk[^\]]*\| connected [^\]]+\] > " + typed)
    at.send_line(", lalu seluruhnya")
    at.expect("Written as 1.2")
    assert texts(sari)[-1] == "setengah kalimat, lalu seluruhnya"
    at.end()


@pytest.mark.parametrize("columns", [80, 40])
def test_no_line_is_longer_than_the_window(pair, console, columns):
    sari = pair[0]
    sari.run("group", "new", "Kelompok dengan nama yang panjang sekali untuk satu baris di layar kecil")
    at = console(sari, columns=columns, lang="id")
    for line in ("?", "bantuan semua", "hari-ini", "status", "kelompok daftar", "utas lihat 1", "rekan daftar",
                 "kasus baru usia=8m", "kasus lihat 1", "kasus daftar", "cari datang", "utas masuk 1"):
        at.run(line)
    at.end()
    assert [line for line in at.screen().splitlines() if len(line.rstrip()) > columns] == []


# ---- Pasting ----

def test_10000_pasted_lines_are_counted_refused_and_kept_until_dropped(pair, console):
    sari = pair[0]
    at = console(sari)
    began = time.monotonic()
    at.paste("".join(f"baris {number} disalin\n" for number in range(10000)))
    at.expect_line(r"\[rembuk.*\] \[10000 lines pasted\] > ", timeout=5)
    assert time.monotonic() - began < 5
    at.send_line("")
    at.expect(r"Nothing was sent\. Type where the pasted text belongs: post\s+THREAD, or note CASE\.")
    at.expect_line(r"\[rembuk.*\] \[10000 lines pasted\] > ")
    at.send_line("post 1")
    at.expect(r"too long|too large")
    at.expect_line(r"\[rembuk.*\] \[10000 lines pasted\] > post 1")
    at.type(CTRL_C)
    at.expect_line(r"\[rembuk.*\] \[10000 lines pasted\] > ")
    at.type(CTRL_C)
    at.expect_prompt()
    at.paste("\n".join(LINES_30))
    at.expect_line(r"\[rembuk.*\] \[30 lines pasted\] > ")
    at.end()
    at = console(sari, ready=False)
    at.expect_line(r"\[rembuk.*\] \[30 lines pasted\] > ")
    at.type(CTRL_C)
    assert texts(sari) == ["Selamat datang"]
    at.end()


@pytest.mark.parametrize("ending", ["\n", ""])
def test_30_pasted_lines_are_one_post(pair, console, ending):
    sari = pair[0]
    at = console(sari)
    at.type("post 1 ")
    at.paste("\n".join(LINES_30) + ending)
    at.expect_line(r"\[rembuk.*\] \[30 lines pasted\] > post 1 ")
    at.type("\r")
    at.expect("Written as 1.2")
    at.expect_prompt()
    assert texts(sari) == ["Selamat datang", "\n".join(LINES_30)]
    at.end()


@pytest.mark.parametrize("count", [3, 100])
def test_lines_pasted_at_a_terminal_without_marks_are_a_block_and_no_commands(pair, console, count):
    sari = pair[0]
    lines = [f"post 1 jangan {number}" for number in range(count)]
    at = console(sari)
    at.type("".join(line + "\r" for line in lines))
    at.expect_line(rf"\[rembuk.*\] \[{count} lines pasted\] > ")
    at.send_line("post 1")
    at.expect(r"Written as 1\.2")
    at.expect_prompt()
    assert texts(sari) == ["Selamat datang", "\n".join(lines)]
    at.end()


def test_after_a_paste_without_an_end_its_rest_is_pasted_and_one_key_and_a_pause_are_typed(pair, console):
    sari = pair[0]
    at = console(sari)
    at.paste("satu\ndua\n", end=False)
    at.expect_line(r"\[rembuk.*\] \[2 lines pasted\] > ")
    for letter in "post 1 x\rpost 1 y\r":
        at.type(letter)
        at.read_for(0.02)
    at.expect_line(r"\[rembuk.*\] \[4 lines pasted\] > ")
    at.type("p")
    at.expect_line(r"\[rembuk.*\] \[4 lines pasted\] > p")
    at.send_line("ost 1")
    at.expect(r"Written as 1\.2")
    at.expect_prompt()
    assert texts(sari) == ["Selamat datang", "satu\ndua\npost 1 x\npost 1 y"]
    at.end()


def test_a_paste_without_an_end_stops_nothing(pair, console):
    sari, budi = pair
    budi.address(sari, listen(sari))
    budi.run("post", "1", "dari Budi")
    at = console(sari)
    goes_on = threading.Event()

    def paste():
        at.paste("satu\ndua\n", end=False)
        while not goes_on.wait(0.5):
            at.type("lagi\r")

    paster = threading.Thread(target=paste)
    paster.start()
    try:
        began = time.monotonic()
        assert sari.json("status")["node"]["running"] is True
        assert time.monotonic() - began < 2
        assert budi.json("sync", "--timeout", "20")["left"] == 0
        assert texts(sari)[-1] == "dari Budi"
    finally:
        goes_on.set()
        paster.join(10)
    at.expect(r"\[\d+ lines pasted\] ", timeout=5)  # no end for two seconds: what came is the block
    at.type(CTRL_C)
    at.expect_prompt()
    at.end()


# ---- Ctrl-C ----

def test_ctrl_c_in_a_question_changes_nothing(pair, console):
    sari = pair[0]
    sari.run("case", "new")
    sari.consent()
    at = console(sari)
    at.send_line("case share 1 1")
    at.expect_line(r"Share it\? \[y/n\] > ")
    at.type(CTRL_C)
    at.expect(r"Cancelled\. Nothing was changed\.")
    at.expect_prompt()
    assert len(sari.json("case", "show", "1")["team"]) == 1
    at.end()


def test_ctrl_c_in_a_guided_entry_changes_nothing(pair, console):
    sari = pair[0]
    at = console(sari)
    at.send_line("case new")
    at.expect("Which cluster")
    at.send_line("ADK")
    at.expect("How old")
    at.type("7" + CTRL_C)
    at.expect(r"Cancelled\. Nothing was changed\.")
    at.expect_prompt()
    assert sari.json("case", "list")["cases"] == []
    at.end()


def test_ctrl_c_ends_a_running_sync(pair, console):
    sari, budi = pair
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the call and says nothing
        sari.address(budi, f"tcp://127.0.0.1:{silent.getsockname()[1]}")
        at = console(sari)
        at.send_line("sync --timeout 60")
        at.read_for(1.5)
        assert "] > " not in at.line()
        began = time.monotonic()
        at.type(CTRL_C)
        at.expect_prompt(timeout=5)
        assert time.monotonic() - began < 3
        at.end()


def test_ctrl_c_at_the_prompt_drops_the_line_and_goes_on(pair, console):
    sari = pair[0]
    at = console(sari)
    at.type("post 1 ini jangan" + CTRL_C)
    at.expect_prompt()
    at.type("\r")
    at.run("post 1 ini saja")
    assert texts(sari) == ["Selamat datang", "ini saja"]
    at.end()


# ---- What was not sent ----

def hang_up(at):
    at.hang_up()


def kill_later(at):
    at.read_for(2)
    at.child.kill(signal.SIGKILL)
    at.child.close(force=True)


@pytest.mark.parametrize("end", [hang_up, kill_later])
def test_what_was_typed_when_the_console_was_killed_is_there_again(pair, console, end):
    sari = pair[0]
    at = console(sari)
    at.type("post 1 belum selesai")
    at.expect_prompt("post 1 belum selesai")
    end(at)
    at = console(sari, ready=False)
    at.expect(r"You typed or pasted this on .* and did not\s+send it")
    at.expect_prompt("post 1 belum selesai")
    at.send_line(", sekarang selesai")
    at.expect("Written as 1.2")
    at.end()
    at = console(sari)
    at.expect_prompt()
    assert texts(sari)[-1] == "belum selesai, sekarang selesai"
    at.end()


@pytest.mark.parametrize("end", [hang_up, kill_later])
def test_what_was_pasted_when_the_console_was_killed_is_there_again(pair, console, end):
    sari = pair[0]
    at = console(sari)
    at.paste("\n".join(LINES_30) + "\n")
    at.type("post 1")
    at.expect_line(r"\[rembuk.*\] \[30 lines pasted\] > post 1")
    end(at)
    at = console(sari, ready=False)
    at.expect_line(r"\[rembuk.*\] \[30 lines pasted\] > post 1")
    at.type("\r")
    at.expect("Written as 1.2")
    assert texts(sari)[-1] == "\n".join(LINES_30)
    at.end()


# ---- Coming and going ----

def test_the_console_asks_for_the_passphrase_and_shows_nothing_of_it(pair, console):
    at = console(pair[0], ready=False, REMBUK_PASSPHRASE_FILE=None)
    at.expect("(?i)passphrase.*: ?$")
    at.send_line("salah sama sekali")
    at.expect("(?i)wrong.*")
    at.expect("(?i)passphrase.*: ?$")
    at.send_line(PASSPHRASE)
    at.expect_prompt()
    at.type(UP)
    at.expect_prompt()
    at.end()
    assert PASSPHRASE not in at.screen() and "salah" not in at.screen()


def test_the_console_is_not_opened_with_a_wrong_passphrase(pair, console):
    at = console(pair[0], ready=False, REMBUK_PASSPHRASE_FILE=None)
    for _ in range(3):
        at.expect("(?i)passphrase.*: ?$")
        at.send_line("salah sama sekali")
    at.wait(exit=3)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGQUIT, signal.SIGINT])
def test_a_signal_ends_the_console_in_order_and_keeps_the_draft(pair, console, end):
    sari = pair[0]
    at = console(sari)
    at.type("post 1 belum")
    at.expect_prompt("post 1 belum")
    if end != signal.SIGINT:
        at.child.kill(end)
        at.wait()
        at = console(sari, ready=False)
        at.expect_prompt("post 1 belum")
    else:
        at.child.kill(end)  # as Ctrl-C: drops the line
        at.expect_prompt()
    at.end(CTRL_C + CTRL_D)


def test_ctrl_backslash_is_no_key_that_ends(pair, console):
    at = console(pair[0])
    at.type("status\x1c")
    at.settle()
    at.type(CTRL_C)
    at.expect_prompt()
    at.run("status")
    at.end()


def test_ctrl_d_ends_and_so_does_quit(pair, console):
    for typed in (CTRL_D, "quit\r", "keluar\r"):
        console(pair[0]).end(typed)


def test_ctrl_d_in_a_line_does_not_end(pair, console):
    at = console(pair[0])
    at.type("status" + CTRL_D)
    at.expect_prompt("status")
    at.type("\r")
    at.expect("(?i)events|peers|node")
    at.expect_prompt()
    at.end()


def test_ctrl_z_suspends_and_fg_shows_prompt_and_line_again(pair, console):
    sari = pair[0]
    at = console(sari, program=["/bin/bash", "--norc", "--noprofile", "-i"], ready=False, PS1="shell: ",
                 HISTFILE=None)
    at.expect(r"shell: \Z")
    at.send_line(shlex.join([BINARY, "--home", str(sari.home), "--lang", "en"]))
    at.expect_prompt()
    at.type("post 1 separuh")
    at.expect_prompt("post 1 separuh")
    at.type(CTRL_Z)
    at.expect("Stopped")
    at.expect(r"shell: \Z")
    at.send_line("echo di $((6 * 7))")
    at.expect("di 42")
    at.send_line("fg")
    at.expect_prompt("post 1 separuh")
    at.send_line(" jalan")
    at.expect("Written as 1.2")
    at.expect_prompt()
    at.type(CTRL_D)
    at.expect(r"shell: \Z")
    at.send_line("stty -a | tr ' ' '\\n' | grep -x -e echo -e icanon | sort | tr '\\n' ' '")
    at.expect("echo icanon ")  # the terminal is as it was
    at.send_line("exit")
    at.wait()
    assert texts(sari)[-1] == "separuh jalan"


# ---- Guided entry ----

def test_a_command_that_lacks_something_asks(pair, console):
    sari = pair[0]
    at = console(sari)
    at.send_line("case new")
    at.expect(r"\? explains, < goes back, Ctrl-C ends this\.")
    at.expect("Which cluster: AJ, ADK, AMPK, ABH or BLT")
    at.expect_line("(?i)cluster > ")
    at.send_line("?")
    at.expect("AJ, ADK, AMPK, ABH or BLT")
    at.expect("Which cluster")
    at.send_line("ABH")
    at.expect("How old")
    at.send_line("<")
    at.expect("Which cluster")
    at.send_line("ADK")
    at.expect("How old")
    at.send_line("7")
    at.expect(r"Male \(L\) or female \(P\)")
    at.send_line("P")
    at.expect("Case 1 is opened")
    at.expect_prompt()
    at.send_line("case")
    at.expect("Choose one: .*list")
    at.send_line("share")
    at.expect("Which case")
    at.send_line("<")
    at.expect("Choose one")
    at.send_line("<")
    at.expect("Cancelled")
    at.expect_prompt()
    at.end()
    case = sari.json("case", "list")["cases"][0]
    assert (case["cluster"], case["age"], case["sex"]) == ("ADK", 7, "P")


# ---- History ----

def test_the_last_line_comes_back_with_up_and_no_plain_file_holds_it(pair, console, tmp_path):
    sari = pair[0]
    home = tmp_path / "rumah"
    home.mkdir()
    at = console(sari, HOME=str(home))
    at.run("thread list")
    at.run("post 1 kata yang diingat")
    at.end()
    at = console(sari, HOME=str(home))
    at.type(UP)
    at.expect_prompt("post 1 kata yang diingat")
    at.type(UP)
    at.expect_prompt("thread list")
    at.type(CTRL_C)
    at.end()
    assert list(home.rglob("*")) == []
    for path in sari.home.rglob("*"):
        assert path.name.startswith("rembuk.db") or b"kata yang diingat" not in path.read_bytes()


# ---- Plain terminals ----

def test_a_dumb_terminal_gets_no_escape_sequence(pair, console):
    at = console(pair[0], TERM="dumb")
    at.run("thread show 1")
    at.run("psot")
    at.paste("satu baris")
    at.type(CTRL_C)
    at.expect_prompt()
    at.end()
    assert "\x1b" not in at.record.getvalue()


def test_without_colour_nothing_is_coloured(pair, console):
    at = console(pair[0], NO_COLOR="1")
    at.run("thread show 1")
    at.run("psot")
    at.end()
    assert not re.search(r"\x1b\[[0-9;]*m", at.record.getvalue())


# ---- Help ----

def test_help_is_at_hand(pair, console):
    at = console(pair[0])
    pages = {typed: at.run(typed) for typed in ("?", "help post", "bantuan tulis", "post ?", "help all", "help case",
                                                "case new ?", "help sync")}
    at.end()
    assert "thread enter THREAD" in pages["?"]
    for typed in ("help post", "bantuan tulis", "post ?"):
        assert "post THREAD" in pages[typed]
    for typed, page in pages.items():  # what stands there can be typed here
        assert not re.search(r"\brembuk [a-zA-Z]", page), typed


def test_no_blank_line_stands_between_what_is_said_and_the_prompt(pair, console):
    at = console(pair[0])
    for typed in ("psot", "case enter 9", "node", "thread show", "<", "thread show 1", "status"):
        at.send_line(typed)
        at.settle()
    at.end()
    assert not re.search(r"\n\r?\n" + PROMPT, at.screen())


@pytest.mark.parametrize("typed, meant", [("psot 1 x", '"post"'), ("thread shwo 1", '"thread show"')])
def test_an_unknown_command_gets_a_suggestion_that_can_be_typed_here(pair, console, typed, meant):
    at = console(pair[0])
    said = at.run(typed)
    assert meant in said
    assert "rembuk " not in said
    at.end()


# ---- Places ----

def test_in_a_thread_and_in_a_case_their_names_are_left_out(pair, console):
    sari = pair[0]
    sari.run("case", "new")
    at = console(sari)
    at.run("thread enter 1")
    at.expect_line(r"\[Thread 1\b.*\] > ")
    at.run("post hello")
    at.run("post 5 anak datang")
    at.run("leave")
    at.expect_line(r"\[rembuk\b.*\] > ")
    at.run("case enter 1")
    at.expect_line(r"\[Case 1\b.*\] > ")
    at.run("note kunjungan rumah")
    assert texts(sari)[1:] == ["hello", "5 anak datang"]
    at.end()
    assert [entry["text"] for entry in sari.json("case", "show", "1")["entries"]] == ["kunjungan rumah"]


def test_the_console_speaks_indonesian(pair, console):
    sari = pair[0]
    at = console(sari, lang="id")
    at.expect_line(r"\[rembuk[^\]]*\] > ")
    assert not re.search(r"Type a command|connected|not sent", at.screen())
    at.run("kasus baru usia=7")
    at.run("utas masuk 1")
    at.expect_line(r"\[Utas 1\b.*\] > ")
    at.run("tulis halo")
    at.expect_line(r"\[Utas 1 \| \d+ belum terkirim \| .*\] > ")
    at.run("kasus masuk 1")
    at.expect_line(r"\[Kasus 1\b.*\] > ")
    at.run("catat kunjungan pertama")
    at.run("kembali")
    at.expect_line(r"\[rembuk\b.*\] > ")
    assert texts(sari)[-1] == "halo"
    at.end()
