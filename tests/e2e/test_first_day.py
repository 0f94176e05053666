# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of a newcomer: a home, cards, a group, a thread, and colleagues who read the same."""
import json
import os
import re
from pathlib import Path

import pytest

from support import group_of

INVENTED = Path(__file__).parent.parent / "data" / "utas-contoh.jsonl"


def field_thread():
    folder = os.environ.get("REMBUK_FIELD_DATA")
    if not folder:
        pytest.skip("skipped: REMBUK_FIELD_DATA is not set")
    return Path(folder) / "forum-tksk.jsonl"


def lines_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def test_init_makes_a_home_and_tells_the_words(people):
    sari = people("Sari Umpama")
    assert re.fullmatch(r"[0-9a-f]{64}", sari.made["person"])
    assert len(sari.made["words"].split() if isinstance(sari.made["words"], str) else sari.made["words"]) == 8
    assert sari.home.stat().st_mode & 0o777 == 0o700
    status = sari.json("status")
    assert status["node"]["running"] is False
    assert status["waiting_to_send"] == 0


def test_two_people_who_met_know_each_other_by_name(people):
    sari, budi = people("Sari Umpama", "Budi Misal")
    sari.meet(budi)
    rows = sari.json("contact", "list")["contacts"]
    assert [(row["name"], row["verified"], row["number"]) for row in rows] == [("Budi Misal", True, 1)]
    assert rows[0]["contact"] == budi.made["person"]


def test_an_invitation_shows_nothing_before_it_is_accepted_and_all_at_once_after(people):
    sari, budi = people("Sari Umpama", "Budi Misal")
    sari.meet(budi)
    sari.run("group", "new", "Diskusi Contoh")
    sari.run("group", "invite", "Diskusi Contoh", "Budi Misal")
    sari.run("thread", "new", "Diskusi Contoh", "Anak tanpa kelompok")
    sari.run("post", "Anak tanpa kelompok", "Siapa yang memegang lebih dulu?")
    budi.address(sari, sari.start())
    assert "group accept 1" in budi.run("sync").stdout  # tells of the invitation
    sari.stop()

    group = budi.json("group", "list")["groups"][0]
    assert (group["name"], group["state"]) == ("Diskusi Contoh", "invited")
    assert budi.json("thread", "list")["threads"] == []
    budi.error("thread", "show", "Anak tanpa kelompok", exit=1)

    budi.run("group", "accept", "Diskusi Contoh")  # no second meeting is needed
    assert [p["text"] for p in budi.thread("Anak tanpa kelompok")["posts"]] == ["Siapa yang memegang lebih dulu?"]


@pytest.mark.parametrize("source", ["invented", "field"])
def test_a_real_discussion_is_the_same_in_three_stores(people, source):
    path = INVENTED if source == "invented" else field_thread()
    lines = lines_of(path)
    sari, budi, dewi = people("Sari Umpama", "Budi Misal", "Dewi Andaikan")
    sari.meet(budi, dewi)
    group_of(sari, "Diskusi Contoh", budi, dewi, endpoint="tcp://127.0.0.1:0")
    imported = sari.json("thread", "import", "Diskusi Contoh", "Utas asli", str(path))
    assert imported["posts"] == len(lines)

    at = sari.start()
    for reader in (budi, dewi):
        reader.address(sari, at)
        assert reader.json("sync")["left"] == 0
    sari.stop()

    shown = sari.posts("Utas asli")
    assert shown == budi.posts("Utas asli") == dewi.posts("Utas asli")
    assert [post[4] for post in shown] == [line["text"] for line in lines]
    assert [post[2] for post in shown] == [line["author"].strip() for line in lines]
    assert {post[1] for post in shown} == {"Sari Umpama"}
    replies = {post[0]: post[3] for post in shown if post[3]}
    assert len(replies) == sum(line["reply_to"] is not None for line in lines)


def test_posts_and_replies_of_everybody_reach_everybody(people):
    sari, budi, dewi = people("Sari Umpama", "Budi Misal", "Dewi Andaikan")
    sari.meet(budi, dewi)
    group_of(sari, "Diskusi Contoh", budi, dewi, endpoint="tcp://127.0.0.1:0")
    sari.run("thread", "new", "Diskusi Contoh", "Giliran")
    sari.run("post", "Giliran", "Siapa memimpin besok?")
    at = sari.start()
    for member in (budi, dewi):
        member.address(sari, at)
        member.json("sync")
        reference = member.thread("Giliran")["posts"][0]["ref"]
        answered = member.json("reply", reference, f"Saya, kata {member.name}")
        assert answered["state"] == "queued"
        member.json("sync")
        assert member.thread("Giliran")["posts"][-1]["state"] == "delivered"
    budi.json("sync")
    sari.stop()
    assert sari.posts("Giliran")[0][4] == "Siapa memimpin besok?"
    assert sorted(sari.posts("Giliran")) == sorted(budi.posts("Giliran")) == sorted(dewi.posts("Giliran"))
    assert len(sari.posts("Giliran")) == 3


def test_a_post_arrives_live_on_a_kept_connection(people):
    sari, budi, dewi = people("Sari Umpama", "Budi Misal", "Dewi Andaikan")
    sari.meet(budi, dewi)
    group_of(sari, "Diskusi Contoh", budi, dewi, endpoint="tcp://127.0.0.1:0")
    sari.run("thread", "new", "Diskusi Contoh", "Kabar")
    at = sari.start()
    for member in (budi, dewi):
        member.address(sari, at)
        member.json("sync")
    dewi.start(listen=None)
    budi.run("post", "Kabar", "Perahu datang pukul sepuluh")
    budi.json("sync")  # ends when Sari's node has it; hers pushes it on to Dewi's
    dewi_has = False
    for _ in range(20):
        dewi.stop()
        dewi_has = any("Perahu" in post[4] for post in dewi.posts("Kabar"))
        if dewi_has:
            break
        dewi.start(listen=None)
    assert dewi_has


def test_declining_and_leaving_are_seen_by_the_others(people):
    sari, budi, dewi = people("Sari Umpama", "Budi Misal", "Dewi Andaikan")
    sari.meet(budi, dewi)
    sari.run("group", "new", "Diskusi Contoh")
    for member in (budi, dewi):
        sari.run("group", "invite", "Diskusi Contoh", member.name)
    at = sari.start()
    for member, word in ((budi, "accept"), (dewi, "decline")):
        member.address(sari, at)
        member.json("sync")
        member.run("--yes", "group", word, "Diskusi Contoh")
        member.json("sync")
    budi.run("--yes", "group", "leave", "Diskusi Contoh")
    budi.json("sync")
    sari.stop()
    members = {m["name"]: m["state"] for m in sari.json("group", "show", "Diskusi Contoh")["members"]}
    assert members == {"Sari Umpama": "accepted", "Budi Misal": "left", "Dewi Andaikan": "declined"}


def test_two_nodes_that_dial_each_other_do_not_send_twice(people):
    sari, budi = people("Sari Umpama", "Budi Misal")
    sari.meet(budi)
    group_of(sari, "Diskusi Contoh", budi, endpoint="tcp://127.0.0.1:0")
    sari.run("thread", "import", "Diskusi Contoh", "Utas asli", str(INVENTED))
    at_budi = budi.start()
    sari.address(budi, at_budi)
    result = sari.json("sync")
    assert result["left"] == 0
    budi.stop()
    assert len(budi.posts("Utas asli")) == 42
    events = sari.json("status")["events"]
    assert events == budi.json("status")["events"]


def test_what_an_unreached_contact_still_lacks_is_told(people):
    sari, budi = people("Sari Umpama", "Budi Misal")
    sari.meet(budi)
    sari.run("group", "new", "Diskusi Contoh")
    sari.run("group", "invite", "Diskusi Contoh", "Budi Misal")
    sari.address(budi, "tcp://127.0.0.1:1")
    waiting = sari.json("status")["waiting_to_send"]
    assert waiting > 0
    result = sari.json("sync", "--timeout", "1", exit=4)
    assert result["peers"][0]["reached"] is False
    assert result["left"] == result["peers"][0]["left"] == waiting
