# SPDX-License-Identifier: GPL-3.0-or-later
"""Joining by twelve words, a file or a text, with real nodes; and what somebody gets who has the words and should not:
told from the stores themselves (readable.c), not only from what is printed."""
import re
import subprocess
import time

import pytest

from support import ACCEPTED, COUNTS, GROUP, INVITED, Failed, Proxy, Worker, at_once, circle_of, free_port, opened_by, \
    start_all, stop_all

FOUNDER, COLLEAGUE, THIEF = "Sari Umpama", "Budi Misal", "Ratna Seumpama"


@pytest.fixture(scope="module")
def strangers(tmp_path_factory):
    """Three who have nothing of each other; the first has founded GROUP and written in it.  Made once for all."""
    folder = tmp_path_factory.mktemp("strangers")
    workers = at_once(lambda name: Worker(folder, name), [FOUNDER, COLLEAGUE, THIEF])
    sari = workers[0]
    sari.start()
    sari.run("group", "new", GROUP)
    sari.run("thread", "new", GROUP, "Kabar")
    sari.run("post", "Kabar", "awal")
    sari.stop()
    return workers


@pytest.fixture
def three(strangers, tmp_path, until_the_end):
    return until_the_end([worker.copy(tmp_path) for worker in strangers])


# ---- What the steps are ----

def invite(sari, *options):
    """An invitation into the group, whose door stands open."""
    made = sari.json("invite", "new", "--group", GROUP, *options)
    assert made["state"] == "open" and made["address"] and len(made["words"].split()) == 12
    return made


def join(worker, invitation, address=None, **options):
    return worker.json("join", "words", address or invitation["address"], invitation["words"], **options)


def proxy_to(address):
    return Proxy(int(address.rpartition(":")[2]))


def listed(sari, invitation):
    """That invitation as the list has it."""
    return next(one for one in sari.json("invite", "list")["invitations"]
                if one["invitation"] == invitation["invitation"])


def contacts(worker):
    """Name and whether he is verified."""
    return {one["name"]: one["verified"] for one in worker.json("contact", "list")["contacts"]}


def assert_reads_the_group(sari, budi):
    """Whoever was confirmed gets the invitation with the next sync, accepts, and reads and writes."""
    assert budi.json("sync", "--timeout", "30")["left"] == 0
    assert [one["by_name"] for one in budi.json("today")["invitations"]] == [sari.name]
    budi.run("group", "accept", GROUP)
    assert [post[4] for post in budi.posts("Kabar")] == ["awal"]
    budi.run("post", "Kabar", "sudah masuk")
    assert budi.json("sync", "--timeout", "30")["left"] == 0
    stop_all(sari, budi)

    held, (circle,) = sari.stored(), budi.stored().shared()
    assert held.standing(circle, sari, budi) == [ACCEPTED, ACCEPTED]
    everything = {GROUP, "Kabar", "awal", "sudah masuk"}
    assert held.texts(circle) == budi.stored().texts(circle) == dict.fromkeys(everything, COUNTS)
    assert opened_by(sari, circle, budi) == [everything]


def assert_knows_nothing(worker, sari, circle):
    """Of the circle not even a sealed byte is in his store, he is no member, and none of his keys opens any of it."""
    assert worker.stored().all("circle", circle=circle) == worker.stored().all("event", circle=circle) == []
    assert sari.stored().standing(circle, worker) == [None]
    assert opened_by(sari, circle, worker) == [set()]


def assert_not_admitted(worker, sari):
    """ZAP ends his handshake with her node before a single message; he has her card and her address."""
    proxy = proxy_to(sari.endpoint)
    worker.address(sari, proxy.endpoint)
    result = worker.run("--json", "sync", "--timeout", "2", exit=4)
    assert '"reached": true' not in result.stdout and '"reached"' in result.stdout
    assert proxy.connections > 0 and b"READY" not in bytes(proxy.down)
    assert len(proxy.down) / proxy.connections <= 64 + 2 + 168 + 16  # greeting, WELCOME, at most an ERROR
    proxy.close()


# ---- Joining ----

def test_who_joins_by_words_over_a_node_is_verified_and_reads_the_group_with_the_next_sync(three):
    sari, budi, _ = three
    start_all(sari)
    circle = circle_of(sari)
    made = invite(sari)
    joined = join(budi, made)
    assert joined["name"] == sari.name and joined["words"] == budi.made["words"]
    assert sari.error("join", "words", made["address"], made["words"], exit=1)["code"] == "own_invitation"
    assert contacts(budi) == {sari.name: False}
    assert contacts(sari) == {}  # not before she has compared
    assert listed(sari, made)["state"] == "answered"
    assert sari.json("today")["answered"] == [{"invitation": 1, "answered_by": budi.name}]
    assert sari.error("invite", "confirm", "1", exit=2)["code"] == "confirmation_needed"

    confirmed = sari.json("--yes", "invite", "confirm", "1", budi.name)
    assert confirmed["contact"] == budi.made["person"] and confirmed["words"] == sari.made["words"]
    assert contacts(sari) == {budi.name: True}
    assert (listed(sari, made)["state"], listed(sari, made)["address"]) == ("used", "")
    budi.json("--yes", "contact", "verify", sari.name)
    assert contacts(budi) == {sari.name: True}
    assert_reads_the_group(sari, budi)
    assert sari.stored().shared() == [circle]


def test_who_joins_by_two_files_needs_no_network_and_then_syncs_as_ever(three):
    sari, budi, _ = three
    invitation, answer = (str(sari.folder / name) for name in ("undangan.txt", "jawaban.txt"))
    assert sari.json("invite", "new", "--group", GROUP, "--out", invitation)["address"] == ""
    joined = budi.json("join", "file", invitation, "--answer", answer)
    assert (joined["name"], joined["words"]) == (sari.name, budi.made["words"])
    assert sari.json("invite", "answer", answer)["answered_by"] == budi.name
    sari.json("--yes", "invite", "confirm", "1", budi.name)
    assert (contacts(sari), contacts(budi)) == ({budi.name: True}, {sari.name: False})
    assert sari.stored().standing(circle_of(sari), budi) == [INVITED]
    start_all(sari)
    budi.address(sari, sari.endpoint)
    assert_reads_the_group(sari, budi)


@pytest.mark.parametrize("way", ["file", "text"])
def test_a_file_or_a_text_names_the_address_itself(three, way):
    sari, budi, _ = three
    start_all(sari)
    path = sari.folder / "undangan.txt"
    made = invite(sari, "--out", str(path))
    assert budi.json("join", way, str(path) if way == "file" else made["text"])["name"] == sari.name
    sari.json("--yes", "invite", "confirm", "1", budi.name)
    assert budi.json("sync", "--timeout", "30")["left"] == 0
    stop_all(sari)
    assert budi.stored().texts(circle_of(sari)).keys() == {GROUP, "Kabar", "awal"}


# ---- What is typed wrongly is noticed here, and nobody is called ----

def refusal(worker, address, words):
    """The error of a join that is refused at once."""
    return worker.error("join", "words", "--timeout", "5", address, words, exit=1)


def test_a_wrong_word_names_its_place_and_the_word_that_it_is_like_and_nothing_is_dialled(three):
    sari, budi, _ = three
    start_all(sari)
    made = invite(sari)
    proxy = proxy_to(made["address"])
    words = made["words"].split()
    typed = " ".join([*words[:6], words[6][:2] + "x" + words[6][2:], *words[7:]])
    error = refusal(budi, proxy.endpoint, typed)
    assert error["code"] == "bad_words"
    assert f"Word number 7 is not in the list. Perhaps it is: {words[6]}" in error["message"]
    told = budi.run("join", "words", proxy.endpoint, typed, exit=1, lang="id").stderr
    assert f"Kata nomor 7 tidak ada dalam daftar. Mungkin maksudnya: {words[6]}" in " ".join(told.split())
    error = refusal(budi, proxy.endpoint, " ".join(words[:11]))
    assert error["code"] == "bad_words" and "here are 11" in error["message"]
    assert proxy.connections == 0
    assert contacts(budi) == {} and listed(sari, made)["state"] == "open"

    made["words"] = " ".join(word[:4].upper() for word in words)
    join(budi, made, proxy.endpoint)
    assert proxy.connections > 0
    proxy.close()


def test_words_in_the_wrong_place_do_not_fit_together_and_nothing_is_dialled(three):
    sari, budi, _ = three
    start_all(sari)
    made = invite(sari)
    words = made["words"].split()
    for at in range(11):  # one of 16 such slips is not seen, and calls in vain
        proxy = proxy_to(made["address"])
        typed = [*words[:at], words[at + 1], words[at], *words[at + 2:]]
        try:
            error = refusal(budi, proxy.endpoint, " ".join(typed))
            assert error["code"] == "bad_words" and "they do not fit together" in error["message"]
            assert proxy.connections == 0
            break
        except Failed:
            assert typed == words or proxy.connections > 0
        finally:
            proxy.close()
    else:
        pytest.fail("no slip was seen")
    assert contacts(budi) == {} and listed(sari, made)["state"] == "open"


# ---- What holds no more ----

def test_a_used_and_a_cancelled_invitation_let_nobody_in(three):
    sari, budi, ratna = three
    start_all(sari)
    used, cancelled = invite(sari), invite(sari)
    join(budi, used)
    sari.json("--yes", "invite", "confirm", "1", budi.name)
    assert sari.json("invite", "cancel", "2")["cancelled"] is True
    for made, state in ((used, "used"), (cancelled, "cancelled")):
        error = ratna.error("join", "words", "--timeout", "1", made["address"], made["words"], exit=4)
        assert "the invitation was used" in error["message"]
        assert (listed(sari, made)["state"], listed(sari, made)["address"]) == (state, "")
        for words in (("--yes", "invite", "confirm"), ("invite", "cancel")):
            assert sari.error(*words, str(made["invitation"]), exit=1)["code"] == "not_open"
            assert 'no invitation "9"' in sari.error(*words, "9", exit=1)["message"]
    assert contacts(ratna) == {} and contacts(sari) == {budi.name: True}
    error = sari.error("sync", exit=1)  # Nobody can be called, and nothing has to be done about it.
    assert error["code"] == "no_address" and "This computer listens" in error["message"]
    stop_all(sari)


def test_what_answers_by_file_a_used_cancelled_or_expired_invitation_is_refused(three):
    sari, budi, ratna = three
    files = [(str(sari.folder / f"undangan{i}"), str(sari.folder / f"jawaban{i}")) for i in range(3)]
    for invitation, answer in files:
        sari.run("invite", "new", "--group", GROUP, "--out", invitation)
        ratna.run("join", "file", invitation, "--answer", answer)
    budi.run("join", "file", files[0][0], "--answer", str(sari.folder / "jawaban"))
    sari.run("invite", "answer", str(sari.folder / "jawaban"))
    sari.run("--yes", "invite", "confirm", "1", budi.name)
    sari.run("invite", "cancel", "2")
    sari.in_vault("do", "UPDATE invitation SET made_ms = made_ms - 604800000, until_ms = until_ms - 604800000"
                        " WHERE number = 3")
    assert [one["state"] for one in sari.json("invite", "list")["invitations"]] == ["expired", "cancelled", "used"]
    for _, answer in files:
        assert sari.error("invite", "answer", answer, exit=1)["code"] == "not_open"
    assert contacts(sari) == {budi.name: True}
    assert sari.stored().standing(circle_of(sari), budi, ratna) == [INVITED, None]


def test_an_invitation_whose_file_cannot_be_written_is_not_left_open(three):
    sari = three[0]
    nowhere = str(sari.folder / "tidak ada" / "undangan.txt")
    assert sari.error("invite", "new", "--out", nowhere, exit=1)["code"] == "file_not_written"
    assert [one["state"] for one in sari.json("invite", "list")["invitations"]] == ["cancelled"]


# ---- Words that somebody else has heard ----

def test_who_has_the_words_first_and_is_not_the_one_is_seen_and_gets_nothing(three, console):
    sari, budi, ratna = three
    start_all(sari)
    circle = circle_of(sari)
    made = invite(sari)
    assert join(ratna, made)["name"] == sari.name  # her card, which is public
    join(budi, made)
    assert listed(sari, made)["answered_by"] == f"{ratna.name}, {budi.name}"
    error = sari.error("--yes", "invite", "confirm", "1", exit=1)
    assert error["code"] == "several_answers" and "Somebody else has heard the words" in error["message"]
    assert budi.name in error["message"] and ratna.name in error["message"]
    assert_not_admitted(ratna, sari)

    screen = console(sari, "invite", "confirm", "1", budi.name, ready=False)
    screen.expect(r"Careful: 2 different people have answered it")
    screen.expect(re.escape(budi.made["words"].split()[0]))
    screen.expect(r"Are these the words that you hear\? \[y/n\]")
    screen.send_line("y")
    screen.expect(r"Budi Misal is your contact 1 now, and verified\.")
    screen.end()
    assert contacts(sari) == {budi.name: True} and contacts(ratna) == {sari.name: False}
    assert sari.error("--yes", "invite", "confirm", "1", ratna.name, exit=1)["code"] == "not_open"
    assert_not_admitted(ratna, sari)
    assert_reads_the_group(sari, budi)
    assert_knows_nothing(ratna, sari, circle)
    assert budi.name not in str(ratna.stored().lines)


def test_a_thief_of_the_same_name_cannot_be_taken_for_the_right_one(three, until_the_end):
    sari, budi, _ = three
    (sari.folder / "lain").mkdir()
    thief = until_the_end([Worker(sari.folder / "lain", budi.name)])[0]
    start_all(sari)
    made = invite(sari)
    join(thief, made)
    join(budi, made)
    for words in (("1",), ("1", budi.name)):
        error = sari.error("--yes", "invite", "confirm", *words, exit=1)
        assert error["code"] == "several_answers" and "invite cancel 1" in error["message"]
    sari.run("invite", "cancel", "1")
    assert contacts(sari) == {}
    circle = circle_of(sari)
    assert_not_admitted(thief, sari)
    stop_all(sari)
    for worker in (thief, budi):
        assert_knows_nothing(worker, sari, circle)


# ---- What goes wrong on the way ----

def wait_for(holds, seconds=20):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def join_and_die(sari, worker, invitation, cut_after):
    """His answer arrives, and his command is killed before her card does.  Gives how he was connected."""
    proxy = proxy_to(invitation["address"])
    proxy.cut_after = cut_after
    joiner = subprocess.Popen(worker.command("join", "words", proxy.endpoint, invitation["words"]),
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: proxy.bytes > cut_after and listed(sari, invitation)["answered_by"])
    finally:
        joiner.kill()
        joiner.wait(timeout=10)
    assert contacts(worker) == {}
    proxy.cut_after = None
    return proxy


def test_a_line_that_is_cut_between_answer_and_card_costs_nothing(three):
    sari, budi, ratna = three
    start_all(sari)
    spare, made = invite(sari), invite(sari)
    proxy = proxy_to(spare["address"])
    join(ratna, spare, proxy.endpoint)
    proxy.close()
    within_her_card = proxy.bytes - 200

    join_and_die(sari, budi, made, within_her_card).close()
    budi.start(None)
    proxy = join_and_die(sari, budi, made, within_her_card)  # carried out by his node, which goes on
    assert join(budi, made, proxy.endpoint)["name"] == sari.name
    assert listed(sari, made)["answered_by"] == budi.name  # once
    proxy.close()
    sari.json("--yes", "invite", "confirm", "2", budi.name)
    assert_reads_the_group(sari, budi)


def test_inviting_without_a_listening_node_says_what_to_do_and_the_door_opens_with_it(three):
    sari, budi, _ = three
    told = sari.run("invite", "new", "--group", GROUP, lang="id")
    assert "Buat ia mendengarkan: rembuk layani --dengar tcp://0.0.0.0:7437" in " ".join(told.stdout.split())
    words = re.search(r"^  ((?:[a-z]+ ){11}[a-z]+)$", told.stdout, re.M)[1]
    assert sari.json("invite", "list")["invitations"][0]["address"] == ""
    port = free_port()
    sari.start(f"tcp://127.0.0.1:{port}")
    made = dict(sari.json("invite", "list")["invitations"][0], words=words)
    assert made["address"].startswith("tcp://127.0.0.1:")
    assert join(budi, made)["name"] == sari.name
    sari.stop()
    sari.start(f"tcp://127.0.0.1:{port}")  # the door outlives a restart
    assert made["address_moved"] or listed(sari, made)["address"] == made["address"]  # unless its port was taken
    sari.json("--yes", "invite", "confirm", "1", budi.name)
    assert_reads_the_group(sari, budi)
