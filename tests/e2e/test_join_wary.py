# SPDX-License-Identifier: GPL-3.0-or-later
"""Invitations when somebody else is at work: cards that are not of who invites, addresses that somebody else would like to
set, confirmations that nobody has looked at, and files that are not ours."""
import base64
import hashlib
import os
import socket
import textwrap

import pytest

from support import Worker, at_once, free_port, start_all

INVITES, JOINS, HOSTILE = "Sari Umpama", "Budi Misal", "Dewi Andaikan"


@pytest.fixture(scope="module")
def strangers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("strangers")
    return at_once(lambda name: Worker(folder, name), [INVITES, JOINS, HOSTILE])


@pytest.fixture
def three(strangers, tmp_path, until_the_end):
    return until_the_end([worker.copy(tmp_path) for worker in strangers])


def contacts(worker):
    return {one["name"]: (one["verified"], one["address"]) for one in worker.json("contact", "list")["contacts"]}


def invitation_file(worker):
    path = str(worker.folder / f"{worker.home.name}.undangan")
    worker.run("invite", "new", "--out", path)
    return path


# ---- A file with the card of somebody else ----

def offer_bytes(path):
    lines = open(path, encoding="utf-8").read().split("\n")
    letters = "".join(lines[1:next(i for i, line in enumerate(lines) if line.startswith("="))]).upper()
    return base64.b32decode(letters + "=" * (-len(letters) % 8))


def card_at(offer):
    """Where the last item, a byte string of more than 255 bytes, begins."""
    return next(i for i in range(len(offer))
                if offer[i] == 0x59 and i + 3 + int.from_bytes(offer[i + 1:i + 3], "big") == len(offer))


def armoured(offer):
    checksum = hashlib.blake2b(b"rk.sum" + offer, digest_size=16).digest()[:5]
    letters = [base64.b32encode(part).decode().rstrip("=").lower() for part in (offer, checksum)]
    return "\n".join(["-----BEGIN REMBUK INVITATION-----", *textwrap.wrap(letters[0], 60), "=" + letters[1],
                      "-----END REMBUK INVITATION-----", ""])


def test_a_file_with_the_card_of_somebody_else_gives_no_contact(three):
    sari, budi, dewi = three
    start_all(sari, dewi)
    of_sari, of_dewi = (offer_bytes(invitation_file(worker)) for worker in (sari, dewi))
    spliced = budi.folder / "palsu.txt"
    spliced.write_text(armoured(of_dewi[:card_at(of_dewi)] + of_sari[card_at(of_sari):]))
    error = budi.error("join", "file", str(spliced), exit=1)
    assert error["code"] == "other_person" and f"Somebody else than {INVITES}" in error["message"]
    assert contacts(budi) == {}
    genuine = budi.folder / "asli.txt"
    genuine.write_text(armoured(of_dewi))
    assert budi.json("join", "file", str(genuine))["name"] == HOSTILE


# ---- An address that is known already ----

def test_a_join_leaves_the_address_and_the_trust_of_a_contact_as_they_are(three):
    sari, budi, _ = three
    budi.run("contact", "add", sari.card())
    budi.run("contact", "address", INVITES, "tcp://192.0.2.7:7437")
    budi.json("--yes", "contact", "verify", INVITES)
    start_all(sari)
    made = sari.json("invite", "new")
    told = budi.run("join", "words", made["address"], made["words"]).stdout
    assert contacts(budi) == {INVITES: (True, "tcp://192.0.2.7:7437")}
    assert "it stays: tcp://192.0.2.7:7437" in " ".join(told.split()) and sari.endpoint in told
    budi.run("contact", "address", INVITES, "")
    made = sari.json("invite", "new")
    budi.run("join", "words", made["address"], made["words"])
    assert contacts(budi) == {INVITES: (True, sari.endpoint)}


# ---- Confirming what was seen ----

def test_without_a_terminal_the_words_are_told_and_only_what_was_seen_is_confirmed(three):
    sari, budi, _ = three
    start_all(sari)
    made = sari.json("invite", "new")
    budi.run("join", "words", made["address"], made["words"])
    words = budi.made["words"]
    for typed in (("invite", "confirm", "1"), ("--yes", "invite", "confirm", "1"), ("invite", "confirm", "1", JOINS)):
        error = sari.error(*typed, exit=2)
        assert error["code"] == "confirmation_needed" and words in error["message"]
    assert [(one["name"], one["words"], one["contact"])
            for one in sari.json("invite", "list")["invitations"][0]["answers"]] == [
                (JOINS, words, budi.made["person"])]
    assert " ".join(words.split()) in " ".join(sari.run("invite", "list").stdout.split())
    error = sari.error("invite", "confirm", "1", "--words", sari.made["words"], exit=1)
    assert error["code"] == "words_differ" and contacts(sari) == {}
    assert sari.json("invite", "confirm", "1", "--words", words.upper())["contact"] == budi.made["person"]
    assert contacts(sari)[JOINS][0] is True


def test_of_two_who_share_a_name_the_words_tell_which_one_is_meant(three, until_the_end):
    sari, budi, _ = three
    (sari.folder / "lain").mkdir()
    thief = until_the_end([Worker(sari.folder / "lain", JOINS)])[0]
    start_all(sari)
    made = sari.json("invite", "new")
    for worker in (thief, budi):
        worker.run("join", "words", made["address"], made["words"])
    error = sari.error("--yes", "invite", "confirm", "1", exit=1)
    assert error["code"] == "several_answers"
    assert all(worker.made["words"] in error["message"] for worker in (thief, budi))
    confirmed = sari.json("invite", "confirm", "1", JOINS, "--words", budi.made["words"])
    assert confirmed["contact"] == budi.made["person"]


@pytest.mark.parametrize("name", ["Budi\u200b Misal", "\u3164", "Budi\u00a0Misal", "Budi\u00ad Misal"])
def test_nobody_can_call_himself_what_looks_like_somebody_else(tmp_path, three, name):
    _, budi, _ = three
    error = budi.error("--home", str(tmp_path / "baru"), "init", "--name", name, "--role", "tksk", exit=1)
    assert error["code"] == "bad_name" and not (tmp_path / "baru").exists()


# ---- Strangers at the door ----

def test_connections_that_say_nothing_do_not_keep_the_right_one_out(three):
    sari, budi, _ = three
    start_all(sari)
    made = sari.json("invite", "new")
    port = int(made["address"].rpartition(":")[2])
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(300)]
    assert budi.json("join", "words", "--timeout", "15", made["address"], made["words"])["name"] == INVITES
    for one in idle:
        one.close()


# ---- Ports ----

def test_an_invitation_keeps_its_address_when_others_come_and_go_and_the_node_starts_again(three):
    sari, budi, _ = three
    port = free_port()
    sari.start(f"tcp://127.0.0.1:{port}")
    first = sari.json("invite", "new")
    for number in range(2, 9):
        sari.run("invite", "new")
        sari.run("invite", "cancel", str(number))
    ninth = sari.json("invite", "new")
    assert first["address"] != ninth["address"]
    sari.stop()
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", int(first["address"].rpartition(":")[2])))
        taken.listen()
        sari.start(f"tcp://127.0.0.1:{port}")
        told = sari.json("invite", "list")["invitations"]
        moved = {one["invitation"]: one["address_moved"] for one in told if one["state"] == "open"}
        assert moved == {1: True, 9: ninth["address_moved"]}
        assert "Another program on this computer has the port" in " ".join(sari.run("invite", "list").stdout.split())
        sari.stop()
    sari.start(f"tcp://127.0.0.1:{port}")
    again = {one["invitation"]: one["address"] for one in sari.json("invite", "list")["invitations"] if one["address"]}
    for made in (first, ninth):
        assert made["address_moved"] or again[made["invitation"]] == made["address"]
    budi.run("join", "words", again[1], first["words"])


# ---- Files ----

def test_a_file_that_cannot_be_written_leaves_no_invitation_open_and_nothing_of_others_is_touched(three):
    sari, budi, _ = three
    folder = sari.folder / "kerja"
    folder.mkdir()
    (folder / "u.part").write_text("punya orang")
    for _ in range(9):
        assert sari.error("invite", "new", "--out", str(folder / "tiada" / "u"), exit=1)["code"] == "file_not_written"
    assert {one["state"] for one in sari.json("invite", "list")["invitations"]} <= {"cancelled"}
    sari.run("invite", "new", "--out", str(folder / "u"))
    budi.run("join", "file", str(folder / "u"), "--answer", str(folder / "j"))
    sari.run("card", "--out", str(folder / "u2"))
    assert (folder / "u.part").read_text() == "punya orang"
    assert sorted(path.name for path in folder.iterdir()) == ["j", "u", "u.part", "u2"]

    os.mkfifo(folder / "pipa")
    for typed in (("invite", "new", "--out"), ("join", "file", str(folder / "u"), "--answer"), ("card", "--out")):
        assert sari.error(*typed, str(folder / "pipa"), exit=1, timeout=20)["code"] in ("file_exists", "own_invitation")
