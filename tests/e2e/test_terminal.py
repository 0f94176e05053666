# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked at a real terminal, in Indonesian, at 80x24."""
import os
import re
import signal
import termios
import time

import pexpect
import pytest

from support import BINARY, PASSPHRASE


def terminal(worker, *words, passphrase_file=False, env=None):
    arguments = ["--home", str(worker.home)]
    if passphrase_file:
        arguments += ["--passphrase-file", str(worker.passphrase_file)]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("REMBUK_")}
    child = pexpect.spawn(BINARY, [*arguments, *words], dimensions=(24, 80), encoding="utf-8", timeout=20,
                          env={**clean, "TERM": "xterm", **(env or {})})
    child.delaybeforesend = None  # What is typed while a passphrase is checked has to come at once.
    return child


def ends(child, exit):
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == exit, child.before


def test_init_asks_for_the_passphrase_twice_without_showing_it(tmp_path):
    class Newcomer:
        home = tmp_path / "rumah"
    child = terminal(Newcomer, "mulai", "--nama", "Sari Umpama", "--peran", "tksk")
    for _ in range(2):
        child.expect("(?i)sandi.*: ?$")
        child.sendline(PASSPHRASE)
    child.expect(pexpect.EOF)
    assert PASSPHRASE not in child.before
    child.close()
    assert child.exitstatus == 0
    assert (Newcomer.home / "rembuk.db").exists()


PROMPT = "(?i)sandi.*: ?$"


@pytest.mark.parametrize("first, second", [("pendek", None), (PASSPHRASE, PASSPHRASE + "x")])
def test_init_refuses_a_short_or_mistyped_passphrase_and_leaves_nothing(tmp_path, first, second):
    class Newcomer:
        home = tmp_path / "rumah"
    child = terminal(Newcomer, "mulai", "--nama", "Sari Umpama", "--peran", "tksk")
    for _ in range(4):  # as often as one likes
        for typed in [first] if second is None else [first, second]:
            child.expect(PROMPT)
            child.sendline(typed)
    child.expect(PROMPT)
    child.sendeof()
    child.expect("sandi tidak diketik. Tidak ada yang berubah.")
    ends(child, 2)
    assert not Newcomer.home.exists() or not list(Newcomer.home.iterdir())


def test_a_slip_at_init_is_no_misfortune(tmp_path):
    class Newcomer:
        home = tmp_path / "rumah"
    child = terminal(Newcomer, "mulai", "--nama", "Sari Umpama", "--peran", "Sakti Peksos")
    for typed in ("pendek", PASSPHRASE, PASSPHRASE + "x", PASSPHRASE, PASSPHRASE):
        child.expect(PROMPT)
        child.sendline(typed)
    ends(child, 0)
    assert (Newcomer.home / "rembuk.db").exists()


def test_a_command_asks_for_the_passphrase_three_times_and_refuses_a_wrong_one(people):
    sari = people("Sari Umpama")
    child = terminal(sari, "status")
    for _ in range(3):
        child.expect(PROMPT)
        child.sendline("salah sama sekali")
    child.expect(pexpect.EOF)
    assert re.search("wrong 3 times|salah 3 kali", " ".join(child.before.split()))
    ends(child, 3)
    child = terminal(sari, "status")
    for typed in ("salah sama sekali", PASSPHRASE):
        child.expect(PROMPT)
        child.sendline(typed)
    ends(child, 0)


def test_what_is_typed_while_a_passphrase_is_checked_is_never_seen(people, monkeypatch):
    sari = people("Sari Umpama")
    monkeypatch.setenv("PASSPHRASE_TAKES_MS", "500")
    child = terminal(sari, "status")
    child.expect(PROMPT)
    child.sendline("salah sama sekali")
    for _ in range(5):  # it is checked meanwhile
        time.sleep(0.01)
        assert child.getecho() is False
    child.send("terlihat")
    child.expect("salah.*" + r"andi.*: ?$")
    assert "terlihat" not in child.before + child.after
    child.sendline("\x15" + PASSPHRASE)
    time.sleep(0.01)
    child.send("terlihat\rterlihat")
    child.expect(pexpect.EOF)
    assert "terlihat" not in child.before
    ends(child, 0)


def test_it_does_not_land_in_the_shell_either(people, monkeypatch):
    sari = people("Sari Umpama")
    monkeypatch.setenv("PASSPHRASE_TAKES_MS", "500")
    child = pexpect.spawn("/bin/sh", ["-c", f"'{BINARY}' --home '{sari.home}' status; echo selesai; read x; echo [$x]"],
                          dimensions=(24, 80), encoding="utf-8", timeout=20,
                          env={name: value for name, value in os.environ.items() if not name.startswith("REMBUK_")})
    child.delaybeforesend = None
    child.expect(PROMPT)
    child.sendline(PASSPHRASE)
    time.sleep(0.01)
    child.send("terlihat\r")
    child.expect("selesai")
    child.sendline("ya")
    child.expect(r"\[ya\]")
    ends(child, 0)


def test_the_new_passphrase_is_unseen_while_the_old_one_is_checked(people):
    sari = people("Sari Umpama")
    child = terminal(sari, "--lang", "en", "passphrase", "change")
    child.expect("assphrase as it is now.*: ?$")
    child.sendline(PASSPHRASE)
    for _ in range(5):
        time.sleep(0.01)
        assert child.getecho() is False
    child.send("terlihat sekali\r")
    asked = 1
    while asked != 0:  # On a quick machine it was still taken for the new one, and then is asked again.
        asked = child.expect([pexpect.EOF, "New passphrase.*: ?$", "same passphrase again.*: ?$"])
        assert "terlihat" not in child.before
        if asked != 0:
            child.sendline("sawah luas di lereng")
    ends(child, 0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_while_it_is_checked_leaves_the_terminal_as_it_was(people, number):
    child = terminal(people("Sari Umpama"), "status")
    child.expect(PROMPT)
    terminal_of_it = os.open(f"/proc/{child.pid}/fd/0", os.O_RDWR | os.O_NOCTTY)
    child.sendline("salah sama sekali")
    time.sleep(0.01)
    assert child.getecho() is False
    os.kill(child.pid, number)
    child.expect("Dibatalkan. Tidak ada yang berubah.")
    child.wait()
    assert termios.tcgetattr(terminal_of_it)[3] & termios.ECHO
    os.close(terminal_of_it)
    assert child.signalstatus == (signal.SIGTERM if number == signal.SIGQUIT else number)


def test_ctrl_c_at_the_passphrase_says_that_nothing_changed(people):
    child = terminal(people("Sari Umpama"), "status")
    child.expect(PROMPT)
    child.sendintr()
    child.expect("Dibatalkan. Tidak ada yang berubah.")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus != 0


@pytest.mark.parametrize("wrong", [[], ["salah sama sekali"]])
def test_a_passphrase_never_lands_in_a_post(people, wrong):
    """One Ctrl-D ends the text, and the passphrase is asked before it."""
    sari = people("Sari Umpama")
    sari.run("group", "new", "Diskusi Contoh")
    sari.run("thread", "new", "Diskusi Contoh", "Utas")
    child = terminal(sari, "tulis", "Utas", "-")
    for typed in [*wrong, PASSPHRASE]:
        child.expect(PROMPT)
        child.sendline(typed)
    child.expect("Ketik teksnya. Selesai: tekan Enter, lalu Ctrl-D.")
    child.sendline("baris satu")
    child.sendline("baris dua")
    child.sendeof()
    child.expect("Ditulis sebagai")
    ends(child, 0)
    assert [post["text"] for post in sari.thread("Utas")["posts"]] == ["baris satu\nbaris dua"]


def test_what_is_typed_too_early_or_behind_the_end_is_no_text(people):
    sari = people("Sari Umpama")
    sari.run("group", "new", "Diskusi Contoh")
    sari.run("thread", "new", "Diskusi Contoh", "Utas")
    child = terminal(sari, "tulis", "Utas", "-")
    child.expect(PROMPT)
    child.sendline("salah sama sekali")
    child.send(PASSPHRASE + "\r" + PASSPHRASE + "\r")  # before it is asked again
    child.expect("salah.*" + r"andi.*: ?$")
    child.sendline(PASSPHRASE)
    child.expect("Ctrl-D.")
    child.sendline("isi")
    child.sendeof()
    child.send(PASSPHRASE + "\r")
    ends(child, 0)
    assert [post["text"] for post in sari.thread("Utas")["posts"]] == ["isi"]


def test_a_card_is_pasted_at_the_terminal(people):
    sari, budi = people("Sari Umpama", "Budi Misal")
    file = budi.card()
    child = terminal(sari, "rekan", "tambah", "-")
    child.expect(PROMPT)
    child.sendline(PASSPHRASE)
    child.expect("Tempel kartu nama, lalu tekan Enter dan Ctrl-D.")
    child.send(file.read_text().rstrip("\n") + "\n")
    child.sendeof()
    child.expect("ditambahkan sebagai rekan 1")
    ends(child, 0)
    again = sari.run("rekan", "tambah", str(file), lang="id")
    assert "Budi Misal sudah menjadi rekan 1; kartunya sama." in again.stdout


def test_verify_shows_both_sides_words_and_asks(people):
    sari, budi = people("Sari Umpama", "Budi Misal")
    sari.run("contact", "add", str(budi.card()))
    words = budi.made["words"] if isinstance(budi.made["words"], list) else budi.made["words"].split()
    child = terminal(sari, "rekan", "cocokkan", "Budi Misal", passphrase_file=True)
    child.expect(words[0])
    child.expect(r"\[y/t\]")
    child.sendline("mungkin")
    child.expect(r"Jawab.*\[y/t\]")
    child.sendline("tidak")
    child.expect(r"mungkin\s+palsu")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus != 0
    assert sari.json("contact", "list")["contacts"][0]["verified"] is False
    child = terminal(sari, "rekan", "cocokkan", "Budi Misal", passphrase_file=True)
    child.expect(words[7])
    child.sendline("ya")
    ends(child, 0)
    assert sari.json("contact", "list")["contacts"][0]["verified"] is True


def test_what_is_typed_ahead_answers_no_question(people):
    sari, budi = people("Sari Umpama", "Budi Misal")
    sari.meet(budi)
    sari.run("case", "new")
    sari.consent()
    child = terminal(sari, "kasus", "bagikan", "1", "Budi Misal", passphrase_file=True)
    child.sendline("y")  # nothing has been asked by now
    child.expect(r"Bagikan kasus ini\? \[y/t\]")
    child.sendline("?")
    child.expect(r"Bagikan kasus ini\? \[y/t\]")
    child.sendline("t")
    child.expect("Tidak ada yang berubah")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus != 0
    assert len(sari.json("case", "show", "1")["team"]) == 1


@pytest.mark.parametrize("columns", [80, 40])
def test_lists_fit_the_terminal(people, columns):
    sari, budi = people("Sari Umpama", "Budi Misal")
    sari.meet(budi)
    sari.run("group", "new", "Kelompok dengan nama yang panjang sekali untuk satu baris di layar kecil")
    for words in (["kelompok", "daftar"], ["rekan", "daftar"], ["status"], ["bantuan"], ["bantuan", "semua"], ["hari-ini"]):
        child = pexpect.spawn(BINARY, ["--home", str(sari.home), "--passphrase-file", str(sari.passphrase_file),
                                       *words], dimensions=(24, columns), encoding="utf-8", timeout=20)
        child.expect(pexpect.EOF)
        for line in child.before.splitlines():
            assert len(line.rstrip()) <= columns, (words, line)


def test_help_fits_one_screen(people):
    child = terminal(people("Sari Umpama"), "bantuan")
    child.expect(pexpect.EOF)
    assert 10 < len(child.before.splitlines()) < 24


def test_a_node_at_a_terminal_says_how_to_go_on(people):
    child = terminal(people("Sari Umpama"), "layani", "--dengar", "tcp://127.0.0.1:0", passphrase_file=True)
    child.expect(r"^siap tcp://127\.0\.0\.1:\d+\r\n")
    child.expect("Biarkan jendela ini terbuka.*Ctrl-C")
    child.sendintr()
    child.expect("Node sudah berhenti. Lihat yang baru: rembuk hari-ini")
    ends(child, 0)


def test_what_is_not_right_with_a_text_is_said(people):
    sari = people("Sari Umpama")
    sari.run("group", "new", "Diskusi Contoh")
    sari.run("thread", "new", "Diskusi Contoh", "Utas")
    sari.run("tulis", "1", "Halo")
    for words, said in ((["tulis", "1"], 'Ketik: rembuk tulis 1 "TEKS"'),
                        (["balas", "1", "Ya"], '"1" adalah nomor utas. Sebut tulisannya, misalnya 1.2'),
                        (["tulis", "1", ""], "Teksnya kosong."),
                        (["tulis", "1", b"\xff"], "simpan berkasnya sebagai UTF-8")):
        failed = sari.run(*words, exit=2 if len(words) == 2 else 1, lang="id")
        assert said in " ".join(failed.stderr.split())
