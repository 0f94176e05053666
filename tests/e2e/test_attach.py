# SPDX-License-Identifier: GPL-3.0-or-later
"""One process owns a home, and every other command of the same person runs there."""
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pexpect
import pytest

from console import CTRL_D, environment, visible
from support import BINARY, command_in


def stranger(worker, **changes):
    """An environment that knows neither the passphrase nor where it stands."""
    return environment(worker, REMBUK_PASSPHRASE_FILE=None, **changes)


def attach(worker, *words, exit=0, stdin="", lang="en", cwd="/", **changes):
    """A command of another process, without a passphrase and without anybody to ask."""
    done = subprocess.run([BINARY, "--home", str(worker.home), "--lang", lang, *words], input=stdin, text=True,
                          capture_output=True, timeout=20, cwd=cwd, env=stranger(worker, **changes),
                          start_new_session=True)
    assert done.returncode == exit, (words, done.returncode, done.stdout, done.stderr)
    return done


def attach_json(worker, *words, **options):
    return json.loads(attach(worker, "--json", *words, **options).stdout)


def terminal(worker, *words):
    child = pexpect.spawn(BINARY, ["--home", str(worker.home), "--lang", "en", *words], dimensions=(24, 80),
                          encoding="utf-8", timeout=20, env=stranger(worker))
    child.delaybeforesend = None
    return child


@pytest.fixture(params=["node", "console"])
def owned(request, pair, console):
    """Sari's home, owned by a node or by a console; and Budi."""
    sari, budi = pair
    if request.param == "node":
        sari.start()
    else:
        (sari.home / "config.ini").write_text("[node]\nlisten = tcp://127.0.0.1:0\n")
        console(sari)
    return sari, budi


# What is typed, and the keys that the JSON must have (CLI.md).
COMMANDS = [
    (["status"], {"locked", "node", "waiting_to_send", "peers", "events", "bytes_stored"}),
    (["today"], set()),
    (["card"], {"card", "words"}),
    (["contact", "list"], {"contacts"}),
    (["contact", "address", "1", "tcp://127.0.0.1:1"], set()),
    (["contact", "address", "1", ""], set()),
    (["--yes", "contact", "verify", "1"], {"contact", "verified"}),
    (["invite", "new"], {"invitation", "state", "until", "words"}),
    (["invite", "list"], {"invitations"}),
    (["invite", "cancel", "1"], {"invitation", "cancelled"}),
    (["network", "show"], {"offices", "rosters"}),
    (["network", "people"], {"people", "rosters"}),
    (["credential", "show"], {"role"}),
    (["device", "list"], {"person", "devices"}),
    (["device", "lost", "--of", "1"], {"person", "held", "notice"}),
    (["group", "new", "Kelompok kedua"], {"group", "number", "name", "state", "members"}),
    (["group", "invite", "2", "1"], {"group", "members"}),
    (["group", "list"], {"groups"}),
    (["group", "show", "2"], {"group", "name", "members"}),
    (["group", "members", "2"], {"group", "members"}),
    (["group", "waiting", "2"], {"group", "events"}),
    (["thread", "new", "2", "Utas kedua"], {"thread", "number", "title"}),
    (["thread", "list"], {"threads"}),
    (["post", "2", "tulisan"], {"post", "ref", "state"}),
    (["reply", "2.1", "jawaban"], {"post", "ref", "state"}),
    (["edit", "2.2", "jawaban lain"], {"post", "ref", "state"}),
    (["--yes", "retract", "2.2", "--reason", "salah utas"], {"post", "ref", "state"}),
    (["thread", "show", "2"], {"thread", "number", "title", "group", "posts"}),
    (["case", "new", "--age", "8m"], {"case", "number", "code"}),
    (["case", "list"], {"cases"}),
    (["consent", "add", "1", "--basis", "guardian", "--on", "today", "--purpose", "x", "--recipients", "team"],
     {"case", "form", "item", "ref", "consent"}),
    (["consent", "show", "1"], {"case", "forms", "consent"}),
    (["--yes", "case", "share", "1", "1"], {"case", "team"}),
    (["case", "members", "1"], {"case", "team"}),
    (["case", "waiting"], {"cases"}),
    (["note", "1", "kunjungan"], {"entry", "ref"}),
    (["case", "facts", "1", "--category", "2012:03"], {"case", "form"}),
    (["case", "contract", "1", "--agreed", "tiap minggu"], {"case", "form"}),
    (["assess", "fill", "1", "--summary", "baik"], {"case", "form"}),
    (["assess", "problem", "1", "--what", "tidak sekolah"], {"case", "form", "item", "ref"}),
    (["assess", "need", "1", "--what", "seragam"], {"case", "form", "item", "ref"}),
    (["assess", "strength", "1", "--what", "rajin"], {"case", "form", "item", "ref"}),
    (["assess", "resource", "1", "--what", "rumah baca"], {"case", "form", "item", "ref"}),
    (["assess", "child", "1", "--says", "mau sekolah"], {"case", "form"}),
    (["assess", "family", "1", "--says", "tidak ada ongkos"], {"case", "form"}),
    (["assess", "risk", "1", "--level", "high"], {"case", "form"}),
    (["assess", "street", "1", "--hours-a-day", "6"], {"case", "form"}),
    (["assess", "disability", "1", "--aids", "kacamata"], {"case", "form"}),
    (["assess", "protection", "1", "--is-safe-now", "ya"], {"case", "form"}),
    (["assess", "law", "1", "--stands-as", "saksi"], {"case", "form"}),
    (["assess", "infant", "1", "--weight-grams", "7200"], {"case", "form"}),
    (["plan", "goal", "1", "--what", "kembali sekolah"], {"case", "form", "item", "ref"}),
    (["plan", "add", "1", "--what", "minta tempat"], {"case", "form", "item", "ref"}),
    (["service", "add", "1", "--what", "seragam"], {"case", "form", "item", "ref"}),
    (["family", "link", "1", "--relation", "kakak"], {"case", "form", "item", "ref"}),
    (["support", "add", "1", "--relation", "bibi"], {"case", "form", "item", "ref"}),
    (["partner", "add", "1", "--agency", "puskesmas"], {"case", "form", "item", "ref"}),
    (["evaluation", "add", "1", "--on", "today"], {"case", "form", "item", "ref"}),
    (["case", "ending", "1", "--why", "mandiri"], {"case", "form"}),
    (["aftercare", "add", "1", "--by", "2027-03-01"], {"case", "form", "item", "ref"}),
    (["change", "1.3", "state", "done"], {"case", "form", "item", "ref"}),
    (["comment", "1.3", "sejak kapan?"], {"case", "form", "item", "ref"}),
    (["flag", "1", "sebulan tanpa kontak"], {"case", "form", "item", "ref"}),
    (["unflag", "1.16", "sudah menelepon"], {"case", "form", "item", "ref"}),
    (["conflict", "list"], {"conflicts"}),
    (["case", "requests"], {"requests"}),
    (["inbox"], {"invitations", "answered", "cases", "case_work", "requests", "waiting_for_manager"}),
    (["case", "print", "1"], {"case", "identity", "report"}),
    (["case", "check", "1"], {"case", "missing", "warnings", "dues", "consent"}),
    (["case", "duty", "1", "Budi Misal", "supervisor"], {"case", "form", "item", "ref"}),
    (["approval", "request", "1", "plan"], {"case", "form", "item", "ref"}),
    (["case", "stage", "1", "assessment"], {"case", "form"}),
    (["identity", "fill", "1", "--name", "Bunga"], {"case", "form"}),
    (["identity", "relative", "1", "--name", "Ani", "--relation", "ibu"], {"case", "form"}),
    (["--yes", "identity", "share", "1", "1"], {"case"}),
    (["identity", "show", "1", "kunjungan"], {"case", "forms"}),
    (["access-log", "1"], {"case", "forms"}),
    (["consent", "withdraw", "1.1"], {"case", "form", "item", "ref", "consent"}),
    (["case", "show", "1"], {"case", "number", "code", "entries", "team"}),
    (["find", "tulisan"], {"hits"}),
    (["help", "post"], set()),
    (["--yes", "group", "leave", "2"], {"group", "state"}),
]
# In other tests, or not to be attached.
ELSEWHERE = {"device add", "device take", "device block", "invite confirm", "invite answer", "join words", "join file", "join text", "network new", "network request",
             "network grant", "network join", "credential issue", "credential take", "credential use", "credential revoke",
             "init", "node", "sync", "contact add", "contact remove", "group accept", "group decline", "thread import",
             "group remove", "group adopt", "case remove", "case leave", "case adopt", "case fill", "choose",
             "case end", "case resume", "case ask", "case refuse", "case hand-over", "hand-over accept", "hand-over decline", "approve", "return", "lock", "passphrase change", "vault check"}
GROUPED = ("contact", "invite", "join", "network", "credential", "device", "group", "thread", "case", "assess", "plan", "service", "family", "support", "partner",
           "evaluation", "aftercare", "conflict",
           "consent", "approval", "hand-over", "identity")
CONSOLE_ONLY = {"case enter", "thread enter", "leave", "quit"}


def name_of(words):
    words = [word for word in words if not word.startswith("--")]
    return " ".join(words[:2]) if words[0] in GROUPED else words[0]


def test_every_command_works_from_another_process_without_a_passphrase(owned):
    sari, _ = owned
    for words, keys in COMMANDS:
        found = attach_json(sari, *words)
        assert keys <= set(found), (words, sorted(found))
    rows = {command_in(row["usage"]) for row in attach_json(sari, "help", "all")["commands"]}
    assert rows == {name_of(words) for words, _ in COMMANDS} | ELSEWHERE | CONSOLE_ONLY
    assert attach_json(sari, "find", "tulisan")["hits"] == []  # its group was left


def test_another_language_files_and_standard_input_are_those_of_who_types(owned, tmp_path):
    sari, budi = owned
    folder = tmp_path / "folder lain"
    folder.mkdir()
    assert "Anggota" in attach(sari, "group", "list", lang="id").stdout
    assert "Members" in attach(sari, "kelompok", "daftar", lang="en").stdout
    attach(sari, "post", "1", "-", stdin="baris satu\nbaris dua\n")
    line = {"id": "a", "author": "Ratna Umpama", "reply_to": None, "text": "disalin"}
    (folder / "utas.jsonl").write_text(json.dumps(line) + "\n")
    made = attach_json(sari, "thread", "import", "1", "Utas lama", "utas.jsonl", cwd=folder)
    assert made["posts"] == 1
    attach(sari, "card", "--out", "kartu saya", cwd=folder)
    assert "BEGIN REMBUK CARD" in (folder / "kartu saya").read_text()
    shutil.copy(budi.card(), folder / "budi.kartu")
    assert attach_json(sari, "contact", "add", "budi.kartu", cwd=folder)["name"] == "Budi Misal"
    missing = attach(sari, "contact", "add", "tidak ada", cwd=folder, exit=1)
    assert "tidak ada" in missing.stderr
    assert [post["text"] for post in attach_json(sari, "thread", "show", "1")["posts"]][-1] == "baris satu\nbaris dua"


def test_status_says_that_a_node_runs_and_where_it_listens(owned):
    node = attach_json(owned[0], "status")["node"]
    assert node["running"] is True
    assert [at.rsplit(":", 1)[0] for at in node["listening"]] == ["tcp://127.0.0.1"]


def test_a_second_node_is_refused_at_once(owned):
    began = time.monotonic()
    refused = attach(owned[0], "node", exit=1)
    assert time.monotonic() - began < 2
    assert "already" in refused.stderr
    assert "sandi" not in refused.stderr and "assphrase" not in refused.stderr


def test_an_error_keeps_its_code_and_its_form(owned):
    sari, _ = owned
    failed = attach(sari, "--json", "thread", "show", "99", exit=1)
    assert failed.stdout == ""
    error = json.loads(failed.stderr)["error"]
    assert (error["exit"], error["code"]) == (1, "not_found")
    attach(sari, "case", "enter", "1", exit=2)
    attach(sari, "psot", exit=2)


def test_sync_is_done_by_the_one_that_runs(owned):
    sari, budi = owned
    sari.run("post", "1", "untuk Budi")
    sari.address(budi, budi.start())
    done = attach_json(sari, "sync", "--timeout", "20")
    assert done["left"] == 0
    assert [(peer["reached"], peer["left"]) for peer in done["peers"]] == [(True, 0)]
    assert budi.thread("1")["posts"][-1]["text"] == "untuk Budi"


def test_the_side_that_attaches_is_asked(owned):
    sari, _ = owned
    attach(sari, "case", "new")
    sari.consent()
    refused = attach(sari, "case", "share", "1", "1", exit=2)
    assert "--yes" in refused.stderr
    assert attach(sari, "--json", "case", "share", "1", "1", exit=2).stdout == ""
    for answer, exit, members in (("n", 1, 1), ("y", 0, 2)):
        child = terminal(sari, "case", "share", "1", "1")
        child.expect(r"Share it\? \[y/n\]")
        child.send(answer + "\r")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == exit, child.before
        assert len(attach_json(sari, "case", "show", "1")["team"]) == members


def test_a_text_is_typed_at_the_side_that_attaches_once_its_place_is_known(owned):
    sari, _ = owned
    child = terminal(sari, "post", "99", "-")
    child.expect("There is no thread")
    child.expect(pexpect.EOF)
    child = terminal(sari, "post", "1", "-")
    child.expect("Type the text")
    child.send("baris satu\rbaris dua\r\x04")
    child.expect("Written as")
    child.expect(pexpect.EOF)
    assert attach_json(sari, "thread", "show", "1")["posts"][-1]["text"] == "baris satu\nbaris dua"


def test_commands_of_many_processes_at_once_are_all_done(owned):
    sari, _ = owned
    running = [subprocess.Popen([BINARY, "--home", str(sari.home), "post", "1", f"nomor {number}"],
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                env=stranger(sari), start_new_session=True) for number in range(12)]
    for process in running:
        said = process.communicate(timeout=20)[1]
        assert process.returncode == 0, said
    shown = [post["text"] for post in attach_json(sari, "thread", "show", "1")["posts"]]
    assert sorted(shown[1:]) == sorted(f"nomor {number}" for number in range(12))


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_an_attached_sync_that_is_broken_off_leaves_the_owner_at_work(owned, end):
    sari, budi = owned
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the call and says nothing
        sari.address(budi, f"tcp://127.0.0.1:{silent.getsockname()[1]}")
        sync = subprocess.Popen([BINARY, "--home", str(sari.home), "sync"], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=stranger(sari))
        time.sleep(0.7)
        assert sync.poll() is None
        sync.send_signal(end)
        sync.communicate(timeout=5)
        assert sync.returncode != 0
        assert attach_json(sari, "status")["node"]["running"] is True


# ---- Two consoles ----

def test_consoles_that_are_opened_at_once_share_one_owner(pair, console):
    sari, _ = pair
    opened = [console(sari, ready=False) for _ in range(4)]
    for at in opened:
        at.expect_prompt()
    for number, at in enumerate(opened):
        at.run(f"post 1 dari jendela {number}")
    shown = [post["text"] for post in attach_json(sari, "thread", "show", "1")["posts"]]
    assert shown[1:] == [f"dari jendela {number}" for number in range(4)]


def is_told_of_the_end(at):
    at.expect(r"The rembuk that .* has ended")
    at.wait(exit=4)
    assert at.screen().count("has ended") == 1


def test_a_second_console_attaches_hears_the_same_news_and_is_told_of_the_end(pair, console):
    sari, budi = pair
    sari.address(budi, budi.start())
    owner = console(sari)
    owner.expect_line(r"\[rembuk.* \| connected\] > ")
    other = console(sari, REMBUK_PASSPHRASE_FILE=None)
    budi.run("post", "1", "kabar dari Budi")
    for at in (owner, other):
        at.expect(r"1\.2  Budi Misal .*Anak tanpa kelompok")
        at.expect("kabar dari Budi")
    other.run("post 1 dari jendela kedua")
    owner.run("post 1 dari jendela pertama")
    assert [post["text"] for post in budi.thread("1")["posts"]][:2] == ["Selamat datang", "kabar dari Budi"]
    other.type("post 1 belum dikirim")
    other.read_for(1.5)
    owner.end()
    is_told_of_the_end(other)
    again = console(sari, ready=False)
    again.expect_prompt("post 1 belum dikirim")
    shown = [post["text"] for post in sari.thread("1")["posts"]]
    assert sorted(shown[2:]) == ["dari jendela kedua", "dari jendela pertama"]


def test_a_node_that_ends_tells_the_console_attached_to_it(pair, console):
    sari, _ = pair
    sari.start()
    at = console(sari, REMBUK_PASSPHRASE_FILE=None)
    sari.stop()
    is_told_of_the_end(at)


def test_an_attached_console_that_ends_leaves_the_owner_alone(pair, console):
    sari, _ = pair
    sari.start()
    console(sari, REMBUK_PASSPHRASE_FILE=None).end(CTRL_D)
    assert attach_json(sari, "status")["node"]["running"] is True
    sari.stop()


def test_an_owner_that_is_suspended_is_told_of_after_a_while(pair, console):
    sari, _ = pair
    owner = console(sari)
    os.kill(owner.child.pid, signal.SIGSTOP)  # as Ctrl-Z does
    try:
        began = time.monotonic()
        refused = attach(sari, "post", "1", "tidak sampai", exit=5)
        assert time.monotonic() - began < 15 and refused.stderr
    finally:
        os.kill(owner.child.pid, signal.SIGCONT)
    owner.run("status")
    assert [post["text"] for post in sari.thread("1")["posts"]] == ["Selamat datang"]


# ---- Runtime folder ----

@pytest.fixture
def runtime():
    """A short path: names of sockets have at most 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="rembuk-e2e-"))
    yield folder
    shutil.rmtree(folder)


def test_a_socket_left_by_a_killed_owner_does_no_harm(pair, console, runtime):
    sari, _ = pair
    env = {"XDG_RUNTIME_DIR": str(runtime)}
    owner = console(sari, **env)
    left = list((runtime / "rembuk").iterdir())
    assert len(left) == 1 and left[0].is_socket()
    assert (runtime / "rembuk").stat().st_mode & 0o777 == 0o700
    assert left[0].stat().st_mode & 0o077 == 0
    os.kill(owner.child.pid, signal.SIGKILL)
    owner.child.close(force=True)
    assert left[0].is_socket()
    assert json.loads(sari.run("--json", "status", env=env).stdout)["node"]["running"] is False
    again = console(sari, **env)
    assert attach_json(sari, "status", **env)["node"]["running"] is True
    again.end()
    assert list((runtime / "rembuk").iterdir()) == []


def test_a_runtime_folder_that_is_open_to_others_is_refused_with_a_sentence(pair, console, runtime):
    sari, _ = pair
    env = {"XDG_RUNTIME_DIR": str(runtime)}
    (runtime / "rembuk").mkdir()
    (runtime / "rembuk").chmod(0o777)
    refused = sari.run("status", exit=1, env=env)
    assert "Somebody might pose as your node" in " ".join(refused.stderr.split())
    at = console(sari, ready=False, **env)
    at.wait(exit=1)
    assert "might pose as your node" in " ".join(visible(at.screen()).split())
    (runtime / "rembuk").chmod(0o700)
    sari.run("status", env=env)
