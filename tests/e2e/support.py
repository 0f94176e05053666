# SPDX-License-Identifier: GPL-3.0-or-later
"""Invented workers with a home each, and a TCP proxy between them that records, delays and cuts.

Everything stays on loopback, is bounded in time, and is ended by pid."""
import concurrent.futures
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
READABLE = os.environ["REMBUK_READABLE"]
LETTERS = os.environ["REMBUK_LETTERS"]
INSIST = os.environ["REMBUK_INSIST"]
PASSPHRASE = "pagar bambu tujuh lapis"

# What is started from here opens its home at once, under the sanitizers too.
os.environ["LD_PRELOAD"] = os.environ["REMBUK_QUICK_PASSPHRASE"]
os.environ["ASAN_OPTIONS"] = "verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", "")


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

    def consent(self, case="1"):
        """Without it no case is shared."""
        return self.json("consent", "add", case, "--basis", "guardian", "--on", "today", "--purpose", "Pendampingan",
                         "--recipients", "team")

    def forms(self, form, *command):
        """What stands in the items of a form, as `case show` tells it or another command."""
        rows = self.json(*(command or ("case", "show")), "1")["forms"]
        return [{"ref": row.get("ref"), "author": row.get("author"),
                 **{field["field"]: field["values"][0]["value"] for field in row["fields"]}}
                for row in rows if row["form"] == form]

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
        self.endpoint = ready[0] if ready else None
        return self.endpoint

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

    # ---- what no command does; nobody has the home open ----
    def take_letter(self, rank):
        """A letter of an office that all tests share; cards given out before know nothing of it."""
        subprocess.run([LETTERS, str(self.home), PASSPHRASE, "--office", "contoh", "--rank", rank], check=True,
                       stdout=subprocess.DEVNULL, timeout=60)

    def insist_on_removing(self, circle, other):
        """Writes what the rules forbid, as a program that was changed could."""
        subprocess.run([INSIST, str(self.home), PASSPHRASE, circle, other.made["person"]], check=True, timeout=60)

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

    def stored(self, keys_of=None):
        """What stands here, opened with the keys of this home or of another; nobody has them open."""
        words = [READABLE, str(self.home), str((keys_of or self).home), PASSPHRASE]
        done = subprocess.run(words, stdout=subprocess.PIPE, check=True, timeout=60)
        return Stored([json.loads(line) for line in done.stdout.splitlines()])

    def thread(self, reference):
        return self.json("thread", "show", reference)

    def posts(self, reference):
        """What must be equal in every store: order, texts, authors, replies."""
        posts = self.thread(reference)["posts"]
        return [(p["post"], p["author"], p["quoted_author"], p["reply_to"], p["text"]) for p in posts]


CONTENT_FROM = 64  # types below are operations
UNOPENED, COUNTS, NEVER, WAITS = range(4)  # states of an event; WAITS for a manager
INVITED, ACCEPTED, DECLINED, LEFT, REMOVED, REVOKED = range(6)  # states of a member


class Stored:
    """The lines of readable.c."""

    def __init__(self, lines):
        self.lines = lines

    def all(self, sort, **where):
        """The lines of a sort that have these values."""
        return [line for line in self.lines
                if line["line"] == sort and all(line.get(name) == value for name, value in where.items())]

    def of(self, circle):
        return [line for line in self.lines if line["circle"] == circle]

    def shared(self):
        """The circles in which there is somebody else: all but a worker's own."""
        return [one["circle"] for one in self.all("circle") if len(self.all("member", circle=one["circle"])) > 1]

    def one(self, sort, **where):
        found = self.all(sort, **where)
        assert len(found) == 1, (sort, where, found)
        return found[0]

    def texts(self, circle, **where):
        """What people wrote that could be opened, posts and entries and titles, each with its state."""
        return {event["text"]: event["state"] for event in self.all("event", circle=circle, open=True, **where)
                if event["type"] >= CONTENT_FROM}

    def standing(self, circle, *workers):
        """The state of each of these people, None where nobody ever added him."""
        states = {line["person"]: line["state"] for line in self.all("member", circle=circle)}
        return [states.get(worker.made["person"]) for worker in workers]

    def heads(self, circle):
        return self.one("circle", circle=circle)["fp"]

    def whole(self, circle):
        """Every event is here with its body, and open; no key could be found that the keyring lacks."""
        one = self.one("circle", circle=circle)
        return all(event["present"] and event["open"] for event in self.all("event", circle=circle)) and \
            one["unopened"] == one["more_keys"] == one["stuck"] == 0


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


# ---- Several people whose nodes run all the time, and who meet when the test says so ----

def at_once(act, workers):
    """The same with several, side by side; gives what each gave."""
    with concurrent.futures.ThreadPoolExecutor(len(workers)) as pool:
        return list(pool.map(act, workers))


def start_all(*workers):
    at_once(Worker.start, workers)


def stop_all(*workers):
    at_once(Worker.stop, [worker for worker in workers if worker.process is not None])


def exchange(one, *others):
    """Each of the others calls the one, until neither has anything left for the other, and hangs up."""
    for other in others:
        other.address(one, one.endpoint)
        assert other.json("sync", "--timeout", "30")["left"] == 0
        other.address(one, "")


GROUP = "Diskusi Contoh"


def make_team(folder, *names, guests=(), ranks=()):
    """People who have all met; the first has founded GROUP with all but the guests, with the thread "Kabar" and the
    post "awal" in it.  Nobody's node runs at the end.  `ranks`: the letters of the first ones."""
    workers = at_once(lambda name: Worker(folder, name), [*names, *guests])
    founder, members = workers[0], workers[1:len(names)]
    for worker, rank in zip(workers, ranks):
        worker.take_letter(rank)
    start_all(*workers)
    cards = [worker.card() for worker in workers]
    for worker, (other, card) in itertools.product(workers, zip(workers, cards)):
        if other is not worker:
            worker.run("contact", "add", str(card))
            worker.run("--yes", "contact", "verify", other.name)
    founder.run("group", "new", GROUP)
    for member in members:
        founder.run("group", "invite", GROUP, member.name)
    exchange(founder, *members)
    for member in members:
        member.run("group", "accept", GROUP)
    exchange(founder, *members)
    founder.run("thread", "new", GROUP, "Kabar")
    founder.run("post", "Kabar", "awal")
    exchange(founder, *members)
    stop_all(*workers)
    return workers


def circle_of(worker):
    """The id of that group."""
    return worker.json("group", "show", GROUP)["group"]


def mingle(*workers):
    """Everybody meets everybody, until all have heard of what the others' nodes wrote when they heard the first."""
    for _ in range(2):
        for one, other in itertools.combinations(workers, 2):
            exchange(one, other)


def opened_by(holder, circle, *workers):
    """For each of them, the texts of the holder's store that his keys open."""
    return [set(holder.stored(keys_of=worker).texts(circle)) for worker in workers]


def assert_same(circle, *workers):
    """All have the same heads and the same members, and each can open everything."""
    stores = [worker.stored() for worker in workers]
    assert len({store.heads(circle) for store in stores}) == 1
    assert len({str(store.all("member", circle=circle)) for store in stores}) == 1
    for worker, store in zip(workers, stores):
        assert store.whole(circle), (worker.name, store.one("circle", circle=circle))
    return stores[0]


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
