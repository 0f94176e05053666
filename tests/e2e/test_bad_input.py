# SPDX-License-Identifier: GPL-3.0-or-later
"""Each bad input gets one clear sentence and its exit code, and loses nothing."""
import json
import socket

import pytest

from support import PASSPHRASE, group_of


def one_sentence(failed):
    """What a person sees: something on standard error, one or two lines, nothing unprintable."""
    text = failed.stderr.strip()
    assert text and len(text.splitlines()) <= 3, text
    assert all(character.isprintable() or character == "\n" for character in text), repr(text)
    return text


def test_a_card_with_a_broken_signature_is_refused(people, tmp_path):
    sari, budi = people("Sari Umpama", "Budi Misal")
    lines = budi.card().read_text().splitlines()
    body = lines[5]
    lines[5] = body[:10] + ("a" if body[10] != "a" else "b") + body[11:]
    broken = tmp_path / "rusak.kartu"
    broken.write_text("\n".join(lines) + "\n")
    one_sentence(sari.run("contact", "add", str(broken), exit=1))
    assert sari.json("contact", "list")["contacts"] == []


def test_ones_own_card_is_refused(people):
    sari = people("Sari Umpama")
    assert sari.error("contact", "add", str(sari.card()), exit=1)["code"]


def test_every_cut_of_a_card_is_refused(people, tmp_path):
    sari, budi = people("Sari Umpama", "Budi Misal")
    text = budi.card().read_text()
    cut = tmp_path / "potong.kartu"
    for length in range(0, len(text) - 30, max(1, len(text) // 12)):
        cut.write_text(text[:length])
        sari.run("contact", "add", str(cut), exit=1)
    assert sari.json("contact", "list")["contacts"] == []


@pytest.mark.parametrize("line, why", [
    ("bukan json", "not JSON"),
    ('{"id":"p9","author":"Ratna","reply_to":"p77","text":"halo"}', "unknown reply_to"),
    ('{"id":"p1","author":"Ratna","reply_to":null,"text":"halo"}', "an id twice"),
    ('{"id":"p9","author":"Ratna","reply_to":null}', "no text"),
    ('{"id":"p9","author":"","reply_to":null,"text":"halo"}', "no author"),
    ('{"id":"p9","author":"Ratna","reply_to":null,"text":7}', "text is a number"),
    ('{"id":"p9","author":"Ratna","reply_to":null,"text":"' + "x" * 9000 + '"}', "too long"),
    ('["p9","Ratna",null,"halo"]', "an array"),
])
def test_a_bad_import_line_is_named_and_nothing_is_imported(people, tmp_path, line, why):
    sari = people("Sari Umpama")
    sari.run("group", "new", "Diskusi Contoh")
    path = tmp_path / "utas.jsonl"
    path.write_text('{"id":"p1","author":"Ratna","reply_to":null,"text":"satu"}\n' + line + "\n")
    before = sari.json("status")["events"]
    text = one_sentence(sari.run("thread", "import", "Diskusi Contoh", "Utas", str(path), exit=1))
    assert "2" in text, why
    assert sari.json("thread", "list")["threads"] == []
    assert sari.json("status")["events"] == before


def test_controls_and_overrides_of_others_are_shown_escaped(people):
    evil = "halo \u202eetihw\u202c \x1b[2Jhapus \x07 \u2066x\u2069"
    sari, budi = people("Sari Umpama", "Budi Misal")
    sari.meet(budi)
    group_of(sari, "Diskusi Contoh", budi, endpoint="tcp://127.0.0.1:0")
    sari.run("thread", "new", "Diskusi Contoh", "Utas")
    sari.run("post", "Utas", evil)
    budi.address(sari, sari.start())
    budi.run("sync")
    sari.stop()
    shown = budi.run("thread", "show", "Utas").stdout
    for raw in ("\u202e", "\u2066", "\x1b[2J", "\x07"):
        assert raw not in shown
    assert "202e" in shown.lower()
    assert budi.thread("Utas")["posts"][0]["text"] == evil  # JSON is raw


def test_a_second_node_on_the_same_home_says_so(people):
    sari = people("Sari Umpama")
    sari.start()
    one_sentence(sari.run("node", exit=1))
    sari.run("status")
    sari.stop()
    sari.run("status")


def test_a_port_in_use_says_so(people):
    sari = people("Sari Umpama")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert str(port) in one_sentence(sari.run("node", "--listen", f"tcp://127.0.0.1:{port}", exit=1))


def test_a_store_of_a_newer_version_is_left_alone(people, tmp_path):
    sari = people("Sari Umpama")
    with sari.database(tmp_path) as database:
        version, = database.execute("PRAGMA user_version").fetchone()
    sari.in_vault("do", "PRAGMA user_version = 9999")
    one_sentence(sari.run("status", exit=5))
    with sari.database(tmp_path) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (9999,)
    sari.in_vault("do", f"PRAGMA user_version = {version}")
    sari.run("status")


def test_a_wrong_passphrase_is_exit_3(people, tmp_path):
    sari = people("Sari Umpama")
    wrong = tmp_path / "salah"
    wrong.write_text("bukan sandi saya\n")
    wrong.chmod(0o600)
    one_sentence(sari.run("--passphrase-file", str(wrong), "status", exit=3))


def test_a_passphrase_file_that_others_can_read_is_refused(people):
    sari = people("Sari Umpama")
    sari.passphrase_file.chmod(0o644)
    one_sentence(sari.run("status", exit=1))
    sari.passphrase_file.chmod(0o600)
    sari.run("status")


def test_a_home_that_is_not_empty_is_not_touched(people, tmp_path):
    sari = people("Sari Umpama")
    other = tmp_path / "penuh"
    other.mkdir()
    (other / "surat.txt").write_text("penting")
    one_sentence(sari.run("--home", str(other), "init", "--name", "Budi Misal", "--role", "tksk", exit=1))
    assert [path.name for path in other.iterdir()] == ["surat.txt"]


def test_a_full_disk_is_exit_5_and_loses_nothing(people):
    """RLIMIT_FSIZE stands in for a disk on which a file cannot grow."""
    import resource
    import subprocess
    sari = people("Sari Umpama")
    sari.run("group", "new", "Diskusi Contoh")
    sari.run("thread", "new", "Diskusi Contoh", "Utas")
    sari.run("post", "Utas", "sebelum")
    limit = max(path.stat().st_size for path in sari.home.iterdir())

    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    failed = None
    for number in range(40):
        done = subprocess.run(sari.command("post", "Utas", f"nomor {number} " + "x" * 6000), preexec_fn=small,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=30)
        if done.returncode != 0:
            failed = done
            break
    assert failed is not None and failed.returncode == 5, failed
    one_sentence(failed)
    kept = [post["text"] for post in sari.thread("Utas")["posts"]]
    assert kept[0] == "sebelum" and len(kept) == number + 1
    sari.run("post", "Utas", "sesudah")
    assert sari.thread("Utas")["posts"][-1]["text"] == "sesudah"


@pytest.mark.parametrize("words, exit", [
    (["gabut"], 2), (["group"], 2), (["group", "baru"], 2), (["post"], 2), (["status", "--aneh"], 2),
    (["thread", "show", "99"], 1), (["post", "99", "halo"], 1), (["group", "accept", "Tidak Ada"], 1),
    (["group", "new", "123"], 1), (["group", "new", ""], 1), (["group", "new", "x" * 81], 1),
    (["contact", "address", "Siapa", "tcp://127.0.0.1:1"], 1), (["sync"], 1),
    (["thread", "show", "1", "--since", "3h"], 2),
])
def test_wrong_words_say_what_why_and_what_to_do(people, words, exit):
    sari = people("Sari Umpama")
    failed = sari.run(*words, exit=exit)
    assert failed.stdout == ""
    one_sentence(failed)
    if exit == 1:
        assert json.loads(sari.run("--json", *words, exit=exit).stderr)["error"]["exit"] == 1


def test_confirmation_off_a_terminal_needs_yes_or_the_right_words(people):
    sari, budi = people("Sari Umpama", "Budi Misal")
    sari.run("contact", "add", str(budi.card()))
    words = budi.made["words"].split()
    for options in ([], ["--words", " ".join(reversed(words))]):
        failed = sari.run("contact", "verify", "Budi Misal", *options, exit=1 if options else 2)
        one_sentence(failed)
        assert sari.json("contact", "list")["contacts"][0]["verified"] is False
    sari.run("contact", "verify", "Budi Misal", "--words", " ".join(word[:4].upper() for word in words))
    assert sari.json("contact", "list")["contacts"][0]["verified"] is True


def test_a_second_group_of_the_same_name_is_refused(people):
    sari = people("Sari Umpama")
    sari.run("group", "new", "Diskusi Contoh")
    sari.error("group", "new", "diskusi contoh", exit=1)


def test_the_same_words_work_in_indonesian(people):
    sari = people("Sari Umpama")
    sari.run("kelompok", "baru", "Diskusi Contoh", lang="id")
    sari.run("utas", "baru", "Diskusi Contoh", "Utas", lang="id")
    sari.run("tulis", "Utas", "-", stdin="baris satu\nbaris dua", lang="id")
    assert sari.thread("Utas")["posts"][0]["text"] == "baris satu\nbaris dua"
    failed = sari.run("kelompok", "terima", "Tidak Ada", lang="id", exit=1)
    assert "Tidak Ada" in failed.stderr and "not" not in failed.stderr.lower()
    assert PASSPHRASE not in failed.stderr
