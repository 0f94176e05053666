# SPDX-License-Identifier: GPL-3.0-or-later
"""README's 'A first day', typed word for word in two homes; only the address of the other computer is put in."""
import os
import re
import shlex
import subprocess
from pathlib import Path

from support import BINARY, PASSPHRASE, free_port, read_line

README = Path(__file__).parent.parent.parent / "README.md"


def blocks():
    section = README.read_text(encoding="utf-8").split("## A first day")[1].split("\n## ")[0]
    found = re.findall(r"```console\n(.*?)```", section, re.S)
    assert len(found) == 4
    return [[re.sub(r"\s{2,}#.*", "", line[2:]) for line in block.splitlines()] for block in found]


class Person:
    def __init__(self, folder, name):
        self.folder = folder
        (folder / f"{name}.sandi").write_text(PASSPHRASE + "\n")
        (folder / f"{name}.sandi").chmod(0o600)
        self.environment = {**os.environ, "REMBUK_HOME": str(folder / name),
                            "REMBUK_PASSPHRASE_FILE": str(folder / f"{name}.sandi"),
                            "PATH": f"{Path(BINARY).parent}:{os.environ['PATH']}"}

    def words(self, line):
        words = shlex.split(line)
        assert words[0] == "rembuk", line
        # At a terminal the words are compared and the question is answered with yes.
        return [*words, "--yes"] if "cocokkan" in words else words

    def types(self, line):
        done = subprocess.run(self.words(line), cwd=self.folder, env=self.environment, text=True, timeout=60,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert done.returncode == 0, (line, done.stdout)
        return done.stdout


def test_the_first_day_works_word_for_word(tmp_path):
    path, both, for_sari, for_budi = blocks()
    assert path == ['export PATH="$PWD/build/release:$PATH"']
    sari, budi = Person(tmp_path, "sari"), Person(tmp_path, "budi")
    for line in both:
        sari.types(line)
        budi.types(line.replace("Sari Umpama", "Budi Misal").replace("sari.kartu", "budi.kartu"))
    for line in for_sari[:-1]:
        sari.types(line)

    port = free_port()
    node = subprocess.Popen(sari.words(for_sari[-1].replace("0.0.0.0:7437", f"127.0.0.1:{port}")), cwd=tmp_path,
                            env=sari.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        assert read_line(node.stdout, 20).strip() == f"siap tcp://127.0.0.1:{port}"
        shown = [budi.types(line.replace("192.0.2.7:7437", f"127.0.0.1:{port}")) for line in for_budi]
        assert any("Siapa yang memegang lebih dulu?" in text for text in shown)
    finally:
        node.terminate()
        assert node.wait(timeout=10) == 0
    assert "sampai ada yang sanggup" in sari.types('rembuk utas lihat "Anak tanpa kelompok"')
