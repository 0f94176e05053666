# SPDX-License-Identifier: GPL-3.0-or-later
"""A revocation goes from node to node by itself, along a line of ten of whom only two are on line at a time; one of them
does not belong to the group.  Who is revoked has not heard of it, goes on writing, and calls."""
import json

import pytest

from support import GROUP, WAITS, Worker, at_once, circle_of, start_all, stop_all

NAMES = ["Ani Umpama", "Budi Misal", "Citra Contoh", "Dewi Andaikan", "Eka Perantara",
         "Fajar Umpama", "Gita Misal", "Hadi Contoh", "Indra Andaikan", "Joko Umpama"]
BESIDE = 4  # Eka belongs to the network, and not to the group: nothing of that goes past her
LATE = "ditulis sesudah surat dicabut"


def know(worker, *others):
    for other in others:
        worker.run("contact", "add", str(other.folder / (other.home.name + ".kartu")))


def meet(one, other, **options):
    """Two are on line, and nobody else."""
    one.start()
    other.address(one, one.endpoint)
    left = other.json("sync", "--timeout", "30", **options)["left"]
    other.address(one, "")
    one.stop()
    return left


def give_letters(folder, office, *workers):
    """An office of the first founds the network; the others have letters of it."""
    office.json("network", "new", "Jaringan Contoh", "--office", "Dinas Contoh", "--area", "32", "--out",
                str(folder / "kunci"))
    know(office, *workers)
    for worker in workers:
        office.run("--yes", "contact", "verify", worker.name)
        path = folder / f"surat-{worker.home.name}.txt"
        office.json("--yes", "credential", "issue", worker.name, "--number", "800/1/2026", "--date", "2026-11-20",
                    "--out", str(path))
        worker.json("credential", "take", str(path))
        worker.card()


def make_group(founder, thief, members):
    """All of them have accepted, through the founder's node, and have read the first post."""
    founder.run("group", "new", GROUP)
    for worker in [*members, thief]:
        founder.run("--yes", "group", "invite", GROUP, worker.name)
    founder.run("thread", "new", GROUP, "Kabar")
    founder.run("post", "Kabar", "awal")
    founder.start()

    def join(worker):
        worker.address(founder, founder.endpoint)
        worker.json("sync", "--timeout", "30")
        worker.run("group", "accept", GROUP)
        assert worker.json("sync", "--timeout", "30")["left"] == 0

    at_once(join, [*members, thief])
    at_once(lambda worker: worker.json("sync", "--timeout", "30"), [*members, thief])
    at_once(lambda worker: worker.address(founder, ""), [*members, thief])
    founder.stop()


@pytest.fixture(scope="module")
def line(tmp_path_factory):
    folder = tmp_path_factory.mktemp("barisan")
    *workers, thief = at_once(lambda name: Worker(folder, name, extra=["--area", "3273"]),
                               [*NAMES, "Tono Misal"])
    at_once(Worker.card, [*workers, thief])
    founder, others = workers[0], workers[1:]
    members = [worker for worker in others if worker is not workers[BESIDE]]
    give_letters(folder, founder, thief, workers[BESIDE])

    def know_the_neighbours(place):
        worker = workers[place]
        near = {0, place - 1, place + 1} - {place, len(workers), -1}
        know(worker, *(workers[i] for i in near), *([thief] if place != BESIDE else []))

    know(founder, *members, thief)  # the thief's card has his letter by now
    at_once(know_the_neighbours, range(len(workers)))
    know(thief, *workers)
    make_group(founder, thief, members)
    founder.json("--yes", "credential", "revoke", thief.name, "--reason", "pindah tugas")

    # He has not heard of it, nor has who meets him: one on each side of Eka, as far away as can be.
    thief.run("post", "Kabar", LATE)
    for unaware in (workers[BESIDE - 1], workers[-1]):
        assert meet(unaware, thief) == 0
        assert LATE in str(unaware.thread("Kabar")["posts"])

    # Along the line, and back for what the others have written down on the way.
    pairs = list(zip(workers, workers[1:]))
    for one, other in [*pairs, *reversed(pairs)]:
        assert meet(one, other) == 0
    yield workers, thief, circle_of(founder)
    for worker in [*workers, thief]:
        worker.kill()


def test_everybody_in_the_line_has_heard_also_past_who_is_not_in_the_group(line):
    workers, thief, _ = line
    for worker in workers:
        with worker.database(worker.folder) as db:
            found = db.execute("SELECT hex(person), place IS NOT NULL FROM revocation").fetchall()
        assert found == [(thief.made["person"].upper(), 1)], worker.name


def test_what_came_after_waits_everywhere_and_is_shown_nowhere(line):
    workers, _, circle = line
    for worker in workers:
        if worker is workers[BESIDE]:
            assert worker.stored().all("circle", circle=circle) == []
            continue
        texts = worker.stored().texts(circle)
        assert texts[LATE] == WAITS, (worker.name, texts)
        assert LATE not in str(worker.thread("Kabar")["posts"])
        assert "awal" in str(worker.thread("Kabar")["posts"])


def test_who_is_revoked_goes_on_writing_and_calling_and_nobody_answers(line):
    workers, thief, circle = line
    start_all(*workers)
    thief.run("post", "Kabar", "masih di sini")
    for worker in workers:
        thief.address(worker, worker.endpoint)
    thief.run("sync", "--timeout", "3", exit=4)
    stop_all(*workers)
    for worker in (workers[0], workers[-1]):
        assert "masih di sini" not in worker.stored().texts(circle)
