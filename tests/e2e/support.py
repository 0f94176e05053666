# SPDX-License-Identifier: GPL-3.0-or-later
"""Invented workers with a home each, and a TCP proxy between them that records, delays and cuts.

Everything stays on loopback, is bounded in time, and is ended by pid."""
import contextlib
import itertools
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from pathlib import Path

BINARY = os.environ["REMBUK_BIN"]
OPEN_VAULT = os.environ["REMBUK_OPEN_VAULT"]
PASSPHRASE = "pagar bambu tujuh lapis"


class Failed(Exception):
    """A command ended with another exit code than the test expected."""


class Worker:
    def __init__(self, folder, name, role="sakti-peksos", extra=()):
        self.name = name
        self.folder = folder
        self.home = folder / name.split()[0].lower()
        self.passphrase_file = folder / (self.home.name + ".sandi")
        self.passphrase_file.write_text(PASSPHRASE + "\n")
        self.passphrase_file.chmod(0o600)
        self.process = None
        self.made = self.json("init", "--name", name, "--role", role, *extra)

    def copy(self, folder):
        """The same person with the same home in another folder, to save the making.

        Only one of the copies may be used, so the original stays untouched."""
        other = object.__new__(Worker)
        other.__dict__.update(self.__dict__, folder=folder, home=folder / self.home.name,
                              passphrase_file=folder / self.passphrase_file.name, process=None)
        shutil.copytree(self.home, other.home)
        shutil.copy2(self.passphrase_file, other.passphrase_file)
        return other

    # ---- one-shot commands ----
    def command(self, *words):
        return [BINARY, "--home", str(self.home), "--passphrase-file", str(self.passphrase_file), *words]

    def run(self, *words, exit=0, stdin=None, lang="en", timeout=60, env=None):
        done = subprocess.run(self.command("--lang", lang, *words), input=stdin, text=True, timeout=timeout,
                              stdin=subprocess.DEVNULL if stdin is None else None,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env={**os.environ, **(env or {})})
        if done.returncode != exit:
            raise Failed(f"{words}: exit {done.returncode}, expected {exit}\n{done.stdout}\n{done.stderr}")
        return done

    def json(self, *words, **options):
        return json.loads(self.run("--json", *words, **options).stdout)

    def error(self, *words, exit, **options):
        """The "error" object of a command that must fail with `exit`."""
        failed = self.run("--json", *words, exit=exit, **options)
        assert failed.stdout == ""
        error = json.loads(failed.stderr)["error"]
        assert error["exit"] == exit
        return error

    # ---- contacts ----
    def card(self):
        path = self.folder / (self.home.name + ".kartu")
        self.run("card", "--out", str(path))
        return path

    def meet(self, *others):
        for other in others:
            self.run("contact", "add", str(other.card()))
            self.run("--yes", "contact", "verify", other.name)
            other.run("contact", "add", str(self.card()))
            other.run("--yes", "contact", "verify", self.name)

    def address(self, other, endpoint):
        self.run("contact", "address", other.name, endpoint)

    # ---- a running node ----
    def start(self, listen="tcp://127.0.0.1:0"):
        """Starts `node` and gives the address it listens at (None without one)."""
        words = ["node"] + (["--listen", listen] if listen else [])
        self.process = subprocess.Popen(self.command("--json", *words), stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = read_line(self.process.stdout, 20)
        if not line:
            raise Failed(f"node did not start: {self.process.communicate(timeout=10)[1]}")
        ready = json.loads(line)["ready"]
        return ready[0] if ready else None

    def stop(self):
        """SIGTERM, and the exit code must be 0 within 5 s."""
        process, self.process = self.process, None
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        code = process.wait(timeout=10)
        assert code == 0, process.communicate()[1]
        assert time.monotonic() - began < 5.5

    def kill(self):
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            process.wait(timeout=10)

    # ---- what is held ----
    def in_vault(self, *words):
        """open_vault.c; nobody has the home open."""
        subprocess.run([OPEN_VAULT, str(self.home), PASSPHRASE, *words], check=True, timeout=60)

    def database(self, folder):
        """What stands in the store, as an ordinary database in that folder."""
        path = Path(folder) / f"{self.home.name}.db"
        path.unlink(missing_ok=True)
        self.in_vault("copy", str(path))
        return contextlib.closing(sqlite3.connect(path))

    def thread(self, reference):
        return self.json("thread", "show", reference)

    def posts(self, reference):
        """What must be equal in every store: order, texts, authors, replies."""
        posts = self.thread(reference)["posts"]
        return [(p["post"], p["author"], p["quoted_author"], p["reply_to"], p["text"]) for p in posts]


def command_in(usage):
    """The command's own words in the line that shows how it is typed."""
    words = usage.split()
    return " ".join(itertools.takewhile(lambda word: re.fullmatch(r"[a-z][a-z-]*", word), words))


def read_line(stream, seconds):
    result = []
    reader = threading.Thread(target=lambda: result.append(stream.readline()), daemon=True)
    reader.start()
    reader.join(seconds)
    return result[0] if result else ""


def group_of(owner, name, *members, endpoint):
    """A group whose members have accepted, all of them through the owner's running node at `endpoint`.

    The owner's node must be stopped when this is called; it is stopped again at the end."""
    owner.run("group", "new", name)
    for member in members:
        owner.run("group", "invite", name, member.name)
    at = owner.start(endpoint)
    for member in members:
        member.address(owner, at)
        member.json("sync")
        member.run("group", "accept", name)
        member.json("sync")
    owner.stop()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Proxy:
    """Forwards one port to another, keeps every byte, and cuts when told."""

    def __init__(self, target_port):
        self.target_port = target_port
        self.up, self.down = bytearray(), bytearray()  # client to server, server to client
        self.connections = 0
        self.pairs = []
        self.cut_after = None  # bytes in both directions together
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.endpoint = f"tcp://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.target_port), timeout=5)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            self.connections += 1
            self.pairs.append((client, server))
            for source, sink, record in ((client, server, self.up), (server, client, self.down)):
                threading.Thread(target=self._pump, args=(source, sink, record), daemon=True).start()

    def _pump(self, source, sink, record):
        try:
            while data := source.recv(65536):
                record += data
                if self.cut_after is not None and len(self.up) + len(self.down) > self.cut_after:
                    self.cut()
                    return
                sink.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, sink):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def cut(self):
        for pair in self.pairs:
            for end in pair:
                try:
                    end.close()
                except OSError:
                    pass
        self.pairs = []

    def close(self):
        self.listener.close()
        self.cut()

    @property
    def bytes(self):
        return len(self.up) + len(self.down)
