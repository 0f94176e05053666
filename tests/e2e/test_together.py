# SPDX-License-Identifier: GPL-3.0-or-later
"""Longer stories of several people: leaving and coming back, and a mesh of nodes that all dial each other."""
import time

from support import free_port, group_of


def test_who_leaves_and_is_invited_again_reads_what_was_written_meanwhile(people):
    sari, budi, dewi = people("Sari Umpama", "Budi Misal", "Dewi Andaikan")
    sari.meet(budi, dewi)
    group_of(sari, "Diskusi Contoh", budi, dewi, endpoint="tcp://127.0.0.1:0")
    sari.run("thread", "new", "Diskusi Contoh", "Kabar")
    sari.run("post", "Kabar", "satu")
    at = sari.start()
    for member in (budi, dewi):
        member.address(sari, at)
        member.json("sync")
    budi.run("group", "leave", "Diskusi Contoh")
    budi.json("sync")
    dewi.json("sync")
    dewi.run("post", "Kabar", "dua")
    dewi.json("sync")
    budi.json("sync")
    budi.error("thread", "show", "Kabar", exit=1)
    sari.stop()

    sari.run("group", "invite", "Diskusi Contoh", "Budi Misal")
    sari.start(at)
    assert budi.json("sync")["left"] == 0
    budi.run("group", "accept", "Diskusi Contoh")
    assert [post["text"] for post in budi.thread("Kabar")["posts"]] == ["satu", "dua"]
    budi.run("post", "Kabar", "tiga")
    budi.json("sync")
    dewi.json("sync")
    sari.stop()
    assert dewi.thread("Kabar")["posts"][-1]["text"] == "tiga"


def test_three_nodes_that_all_dial_each_other_converge_and_hold_nothing_twice(people):
    workers = sari, budi, dewi = people("Sari Umpama", "Budi Misal", "Dewi Andaikan")
    sari.meet(budi, dewi)
    budi.meet(dewi)
    group_of(sari, "Diskusi Contoh", budi, dewi, endpoint="tcp://127.0.0.1:0")
    sari.run("thread", "new", "Diskusi Contoh", "Kabar")
    at = sari.start()
    for member in (budi, dewi):
        member.address(sari, at)
        member.json("sync")
    sari.stop()

    endpoints = [f"tcp://127.0.0.1:{free_port()}" for _ in workers]
    for worker in workers:
        worker.run("post", "Kabar", f"dari {worker.name}")
        for other, endpoint in zip(workers, endpoints):
            if other is not worker:
                worker.address(other, endpoint)
    for _ in range(6):
        for worker, endpoint in zip(workers, endpoints):
            worker.start(endpoint)
        time.sleep(3)
        for worker in workers:
            worker.stop()
        if sari.posts("Kabar") == budi.posts("Kabar") == dewi.posts("Kabar"):
            break
    assert sari.posts("Kabar") == budi.posts("Kabar") == dewi.posts("Kabar")
    assert len(sari.posts("Kabar")) == 3
    assert len({worker.json("status")["events"] for worker in workers}) == 1
