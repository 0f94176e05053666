# SPDX-License-Identifier: GPL-3.0-or-later
"""A home that was copied and used twice, or restored from an old copy.  Told from the stores (readable.c)."""
import tempfile
from pathlib import Path

import pytest

from support import ACCEPTED, COUNTS, GROUP, LEFT, REMOVED, WAITS, assert_same, circle_of, exchange, mingle, \
    opened_by, start_all, stop_all


@pytest.fixture
def copied(tmp_path, until_the_end):
    """Copies a home as it is now, to be used elsewhere."""

    def copy(worker):
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        return until_the_end([worker.copy(folder)])[0]

    return copy


def logs_of(store, circle, author):
    return store.all("log", circle=circle, author=author.made["person"])


def log_with(store, circle, text):
    return store.one("event", circle=circle, open=True, text=text)["log"]


def test_what_two_copies_of_a_home_wrote_is_kept_and_counts_once_a_manager_adopts_it(team, copied):
    sari, budi, dewi, joko, ratna = team
    twin = copied(budi)
    start_all(*team, twin)
    circle = circle_of(sari)
    budi.run("post", "Kabar", "cabang satu")
    budi.run("--yes", "group", "remove", GROUP, joko.name)
    budi.run("post", "Kabar", "satu tanpa Joko")
    twin.run("post", "Kabar", "cabang dua")
    twin.run("group", "invite", GROUP, ratna.name)
    twin.run("post", "Kabar", "dua dengan Ratna")
    exchange(sari, budi)
    exchange(dewi, twin)
    mingle(sari, dewi)
    exchange(sari, budi)
    exchange(dewi, twin)
    budi.run("post", "Kabar", "lanjut satu")
    twin.run("post", "Kabar", "lanjut dua")
    exchange(sari, budi)
    exchange(dewi, twin)
    mingle(sari, dewi)
    exchange(sari, ratna)
    ratna.run("group", "accept", GROUP)
    mingle(sari, dewi, ratna)
    exchange(sari, budi)
    exchange(dewi, twin)
    branches = {"cabang satu", "satu tanpa Joko", "cabang dua", "dua dengan Ratna"}
    later = {"lanjut satu", "lanjut dua"}
    for member in (sari, dewi, ratna, budi, twin):
        assert {post[4] for post in member.posts("Kabar")} == {"awal"} | later, member.home
        flags = {one["name"]: one["writes_twice"] for one in member.json("group", "members", GROUP)["members"]}
        assert [name for name in flags if flags[name]] == [budi.name], member.home

    stop_all(*team, twin)
    store = assert_same(circle, sari, dewi, ratna, budi, twin)
    assert store.standing(circle, *team) == [ACCEPTED, ACCEPTED, ACCEPTED, REMOVED, ACCEPTED]
    assert {text for text, state in store.texts(circle).items() if state == WAITS} == branches
    trunk = [log for log in logs_of(store, circle, budi) if log["forked"]]
    assert len(trunk) == 1
    parts = [log for log in logs_of(store, circle, budi) if log["origin"] == trunk[0]["origin"]]
    assert {log["log"] for log in parts} == {trunk[0]["log"], log_with(store, circle, "cabang satu"),
                                             log_with(store, circle, "cabang dua")}
    assert {log["base"] for log in parts if log["forked"] == 0} == {trunk[0]["head"]}
    assert len({log_with(store, circle, text) for text in later} | {log["log"] for log in parts}) == 5
    old = {GROUP, "Kabar", "awal", "cabang satu", "cabang dua", "dua dengan Ratna"}
    assert opened_by(sari, circle, ratna, joko) == [old | branches | later, old]

    start_all(sari, budi, dewi, ratna, twin)
    dewi.run("--yes", "group", "adopt", GROUP, budi.name)
    mingle(sari, dewi, ratna)
    exchange(sari, budi)
    exchange(dewi, twin)
    for member in (sari, dewi, ratna, budi, twin):
        assert {post[4] for post in member.posts("Kabar")} == {"awal"} | branches | later, member.home
    stop_all(sari, budi, dewi, ratna, twin)
    store = assert_same(circle, sari, dewi, ratna, budi, twin)
    assert set(store.texts(circle).values()) == {COUNTS}


def test_a_home_restored_from_an_old_copy_takes_back_what_it_wrote_and_goes_on_in_a_new_log(team, copied):
    sari, budi, dewi, _, _ = team
    start_all(sari, budi, dewi)
    circle = circle_of(sari)
    budi.run("post", "Kabar", "satu")
    budi.stop()
    restored = copied(budi)  # "satu" has been sent to nobody yet, as far as it knows
    budi.start()
    budi.run("post", "Kabar", "dua")
    budi.run("post", "Kabar", "tiga")
    exchange(sari, budi)
    exchange(dewi, budi)
    budi.kill()

    restored.address(sari, sari.endpoint)
    peer = restored.json("sync")["peers"][0]  # no node runs: the sync is all that happens
    assert (peer["events_sent"], peer["events_received"], peer["left"]) == (0, 2, 0)
    restored.address(sari, "")
    restored.start()
    assert [post[4] for post in restored.posts("Kabar")] == ["awal", "satu", "dua", "tiga"]
    restored.run("post", "Kabar", "empat")
    mingle(sari, restored, dewi)
    for member in (sari, restored, dewi):
        assert [post[4] for post in member.posts("Kabar")] == ["awal", "satu", "dua", "tiga", "empat"]
        assert not any(one["writes_twice"] for one in member.json("group", "members", GROUP)["members"])
    stop_all(sari, dewi, restored)
    store = assert_same(circle, sari, dewi, restored)
    assert set(store.texts(circle).values()) == {COUNTS}
    assert not any(log["forked"] for log in store.all("log", circle=circle))
    assert log_with(store, circle, "satu") == log_with(store, circle, "tiga") != log_with(store, circle, "empat")


def test_a_restored_home_that_writes_before_it_meets_anybody_loses_neither_history(team, copied):
    sari, budi, dewi, _, _ = team
    start_all(sari, budi)
    circle = circle_of(sari)
    budi.stop()
    restored = copied(budi)
    budi.start()
    budi.run("post", "Kabar", "hilang dari salinan")
    exchange(sari, budi)
    budi.kill()

    start_all(restored, dewi)
    restored.run("post", "Kabar", "dari salinan")
    exchange(sari, restored)
    restored.run("post", "Kabar", "lanjut")
    mingle(sari, restored, dewi)
    dewi.run("--yes", "group", "adopt", GROUP)
    mingle(sari, restored, dewi)
    stop_all(sari, restored, dewi)
    store = assert_same(circle, sari, restored, dewi)
    assert store.texts(circle, author=budi.made["person"]) == {
        "hilang dari salinan": COUNTS, "dari salinan": COUNTS, "lanjut": COUNTS}
    assert len(logs_of(store, circle, budi)) == 4  # what both share, the two that follow, a new one
    assert opened_by(sari, circle, restored, dewi) == [set(store.texts(circle))] * 2


def test_who_left_before_he_heard_of_a_fork_hands_over_what_he_wrote(team, copied):
    sari, budi, dewi, _, _ = team
    twin = copied(budi)
    start_all(sari, budi, dewi, twin)
    circle = circle_of(sari)
    budi.run("post", "Kabar", "cabang satu")
    twin.run("post", "Kabar", "cabang dua")
    exchange(sari, twin, budi)
    dewi.run("post", "Kabar", "sebelum pergi")
    dewi.run("group", "leave", GROUP)
    exchange(sari, dewi)
    stop_all(sari, budi, dewi, twin)
    store = assert_same(circle, sari)
    assert store.standing(circle, budi, dewi) == [ACCEPTED, LEFT]
    assert store.texts(circle, author=dewi.made["person"]) == {"sebelum pergi": COUNTS}
    assert store.texts(circle, author=budi.made["person"]) == {"cabang satu": WAITS, "cabang dua": WAITS}


def test_a_home_restored_from_before_its_owner_was_removed_hears_of_it_again(team, copied):
    sari, budi, _, _, _ = team
    restored = copied(budi)
    start_all(sari, budi, restored)
    circle = circle_of(sari)
    sari.run("--yes", "group", "remove", GROUP, budi.name)
    exchange(sari, budi)
    exchange(sari, restored)
    stop_all(sari, budi, restored)
    assert budi.stored().standing(circle, sari, budi) == restored.stored().standing(circle, sari, budi) \
        == [ACCEPTED, REMOVED]
