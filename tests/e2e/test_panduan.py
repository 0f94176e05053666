# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/panduan, played by somebody who has nothing but that page: every command line is typed as it stands there, with
the address, the words and the number that the screen shows."""
import contextlib
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pexpect
import pytest

from support import BINARY, PASSPHRASE, free_port, read_line

TOP = Path(__file__).parent.parent.parent
PAGES = {"id": "bergabung.md", "en": "joining.md"}
ADDRESS, LISTENER = "tcp://192.0.2.7:7438", "tcp://192.0.2.7:7437"
CTRL_D = "\x04"


def page(language):
    return (TOP / "docs/panduan" / PAGES[language]).read_text(encoding="utf-8")


def blocks(language):
    """The commands of each step, without the remarks behind them."""
    found = re.findall(r"```console\n(.*?)```", page(language), re.S)
    lines = [[re.sub(r"\s{2,}#.*", "", line[2:]) for line in block.splitlines()] for block in found]
    if language == "en":
        assert lines.pop(0) == ["export REMBUK_LANG=en"]
    assert [len(block) for block in lines] == [1, 1, 1, 1, 1, 1, 2, 3, 3, 2]
    return lines


class Person:
    def __init__(self, folder, name, language):
        self.folder = folder / name.split()[0].lower()
        self.folder.mkdir()
        self.name = name
        self.passphrase_file = self.folder / "sandi"
        self.passphrase_file.write_text(PASSPHRASE + "\n")
        self.passphrase_file.chmod(0o600)
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(("REMBUK_", "LC_"))}
        self.environment.update(REMBUK_HOME=str(self.folder / "rumah"), REMBUK_LANG=language, LC_ALL="C.UTF-8",
                                PATH=f"{Path(BINARY).parent}:{os.environ['PATH']}")

    def begins(self, line):
        """Types the line at a terminal, and answers what the page says that it asks."""
        words = shlex.split(line)
        child = pexpect.spawn(words[0], words[1:], cwd=str(self.folder), env={**self.environment, "TERM": "xterm"},
                              dimensions=(24, 80), encoding="utf-8", timeout=20)
        for answer in (self.name, "tksk", "", ""):
            child.expect(r"\w+ > ")
            child.sendline(answer)
        for _ in range(3):
            child.expect(r"(?i)(sandi|passphrase)[^\r\n]*: ?$")
            child.sendline(PASSPHRASE)
        prompt = re.search(r"Behind `(.*?) ?>`|Di belakang `(.*?) ?>`", page(self.environment["REMBUK_LANG"]), re.S)
        child.expect_exact(" ".join((prompt[1] or prompt[2]).split()))
        child.send(CTRL_D)
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0

    def command(self, line):
        words = shlex.split(line)
        assert words[0] == "rembuk", line
        asks = {"konfirmasi", "confirm", "cocokkan", "verify"} & set(words)  # a terminal asks, and the answer is yes
        named = [*words, "Budi Misal"] if words[2:3] in (["konfirmasi"], ["confirm"]) and len(words) == 4 else words
        return [*named, *(["--yes"] if asks else [])]

    def types(self, line):
        done = subprocess.run(self.command(line), cwd=self.folder, text=True, timeout=60, stdin=subprocess.DEVNULL,
                              env={**self.environment, "REMBUK_PASSPHRASE_FILE": str(self.passphrase_file)},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert done.returncode == 0, (line, done.stdout)
        return done.stdout

    @contextlib.contextmanager
    def listens(self, line, port):
        words = self.command(line.replace("0.0.0.0:7437", f"127.0.0.1:{port}"))
        node = subprocess.Popen(words, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                                env={**self.environment, "REMBUK_PASSPHRASE_FILE": str(self.passphrase_file)})
        try:
            assert f"tcp://127.0.0.1:{port}" in read_line(node.stdout, 20)
            yield
        finally:
            node.terminate()
            assert node.wait(timeout=10) == 0


def make_sari(folder, language):
    """Who invites, with a group of the name that the page uses and a thread in it."""
    sari = Person(folder, "Sari Umpama", language)
    group = re.search(r'--(?:kelompok|group) "(.*?)"', page(language))[1]
    sari.types(f'rembuk init --name "{sari.name}" --role sakti-peksos')
    with sari.listens("rembuk node --listen tcp://0.0.0.0:7437", free_port()):
        sari.types(f'rembuk group new "{group}"')
        sari.types(f'rembuk thread new "{group}" "Kabar"')
        sari.types('rembuk post "Kabar" "Selamat datang"')
    return sari


def shown(text):
    """The lines that are to be read out."""
    return re.findall(r"^  (\S.*)$", text, re.M)


@pytest.mark.parametrize("language", PAGES)
def test_who_has_only_the_page_joins_by_telephone(tmp_path, language):
    begin, listen, invite, join, confirm, compare, fetch, accept, _, _ = blocks(language)
    sari, budi = make_sari(tmp_path, language), Person(tmp_path, "Budi Misal", language)
    budi.begins(begin[0])
    with sari.listens(listen[0], free_port()):
        address, words = shown(sari.types(invite[0]))
        mine = shown(budi.types(re.sub('".*"', f'"{words}"', join[0]).replace(ADDRESS, address)))
        theirs = shown(sari.types(confirm[0]))
        assert len(mine[0].split()) == len(theirs[0].split()) == 8 and mine != theirs
        budi.types(compare[0])
        assert accept[0] in [budi.types(line) for line in fetch][-1]
        assert "Kabar" in [budi.types(line) for line in accept][-1]
        show = re.search(r"`(rembuk (?:utas lihat|thread show) 1)`", page(language))[1]
        assert "Selamat datang" in budi.types(show)


@pytest.mark.parametrize("language", PAGES)
def test_who_has_only_the_page_joins_with_two_files(tmp_path, language):
    begin, listen, _, _, confirm, compare, fetch, accept, (invite, join, answer), (where, sync) = blocks(language)
    sari, budi = make_sari(tmp_path, language), Person(tmp_path, "Budi Misal", language)
    budi.types(f'{begin[0]} init --name "{budi.name}" --role tksk')
    file = answer.split()[-1]
    assert join.split()[-1] == file
    sari.types(invite)
    shutil.copy(sari.folder / invite.split()[-1], budi.folder)
    budi.types(join)
    shutil.copy(budi.folder / file, sari.folder)
    sari.types(answer)
    sari.types(confirm[0])
    budi.types(compare[0])
    port = free_port()
    with sari.listens(listen[0], port):
        budi.types(where.replace(LISTENER, f"tcp://127.0.0.1:{port}"))
        budi.types(sync)
        assert accept[0] in budi.types(fetch[-1])
        assert "Kabar" in [budi.types(line) for line in accept][-1]


@pytest.mark.parametrize("language", PAGES)
def test_what_the_page_quotes_from_the_screen_is_said_there(language):
    sort = {"id": "msgstr", "en": "msgid"}[language]
    catalogue = (TOP / "po/id.po").read_text(encoding="utf-8")
    said = ["".join(re.findall(r'"(.*)"', entry)) for entry in
            re.findall(rf'^{sort} ((?:".*"\n?)+)', catalogue, re.M)]
    quoted = re.findall(r'^\| "(.*?)" \|', page(language), re.M)
    assert len(quoted) == 5
    for sentence in quoted:
        assert any(sentence.replace("7", "%zu") in one for one in said), sentence
