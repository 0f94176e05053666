# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked at a real terminal, in Indonesian, at 80x24."""
import os

import pexpect
import pytest

from support import BINARY, PASSPHRASE


def terminal(worker, *words, passphrase_file=False, env=None):
    arguments = ["--home", str(worker.home)]
    if passphrase_file:
        arguments += ["--passphrase-file", str(worker.passphrase_file)]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("REMBUK_")}
    return pexpect.spawn(BINARY, [*arguments, *words], dimensions=(24, 80), encoding="utf-8", timeout=20,
                         env={**clean, "TERM": "xterm", **(env or {})})


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


@pytest.mark.parametrize("first, second", [("pendek", "pendek"), (PASSPHRASE, PASSPHRASE + "x")])
def test_init_refuses_a_short_or_mistyped_passphrase_and_leaves_nothing(tmp_path, first, second):
    class Newcomer:
        home = tmp_path / "rumah"
    child = terminal(Newcomer, "mulai", "--nama", "Sari Umpama", "--peran", "tksk")
    child.expect("(?i)sandi.*: ?$")
    child.sendline(first)
    if child.expect(["(?i)sandi.*: ?$", pexpect.EOF]) == 0:
        child.sendline(second)
        if child.expect(["(?i)sandi.*: ?$", pexpect.EOF]) == 0:  # asked again: a person gives up
            child.sendintr()
            child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus != 0
    assert not Newcomer.home.exists() or not list(Newcomer.home.iterdir())


def test_a_command_asks_for_the_passphrase_and_refuses_a_wrong_one(people):
    sari = people("Sari Umpama")
    child = terminal(sari, "status")
    child.expect("(?i)sandi.*: ?$")
    child.sendline("salah sama sekali")
    ends(child, 3)
    child = terminal(sari, "status")
    child.expect("(?i)sandi.*: ?$")
    child.sendline(PASSPHRASE)
    ends(child, 0)


def test_verify_shows_both_sides_words_and_asks(people):
    sari, budi = people("Sari Umpama", "Budi Misal")
    sari.run("contact", "add", str(budi.card()))
    words = budi.made["words"] if isinstance(budi.made["words"], list) else budi.made["words"].split()
    child = terminal(sari, "rekan", "cocokkan", "Budi Misal", passphrase_file=True)
    child.expect(words[0])
    child.sendline("tidak")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus != 0
    assert sari.json("contact", "list")["contacts"][0]["verified"] is False
    child = terminal(sari, "rekan", "cocokkan", "Budi Misal", passphrase_file=True)
    child.expect(words[7])
    child.sendline("ya")
    ends(child, 0)
    assert sari.json("contact", "list")["contacts"][0]["verified"] is True


@pytest.mark.parametrize("columns", [80, 40])
def test_lists_fit_the_terminal(people, columns):
    sari, budi = people("Sari Umpama", "Budi Misal")
    sari.meet(budi)
    sari.run("group", "new", "Kelompok dengan nama yang panjang sekali untuk satu baris di layar kecil")
    for words in (["kelompok", "daftar"], ["rekan", "daftar"], ["status"], ["bantuan"]):
        child = pexpect.spawn(BINARY, ["--home", str(sari.home), "--passphrase-file", str(sari.passphrase_file),
                                       *words], dimensions=(24, columns), encoding="utf-8", timeout=20)
        child.expect(pexpect.EOF)
        for line in child.before.splitlines():
            assert len(line.rstrip()) <= columns, (words, line)
