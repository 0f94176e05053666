# SPDX-License-Identifier: GPL-3.0-or-later
import pytest

from console import Console
from support import Worker, group_of, make_team


@pytest.fixture
def people(tmp_path):
    """Makes invented workers, and ends what they left running."""
    made = []

    def make(*names, **options):
        workers = [Worker(tmp_path, name, **options) for name in names]
        made.extend(workers)
        return workers if len(workers) > 1 else workers[0]

    yield make
    for worker in made:
        worker.kill()


@pytest.fixture
def until_the_end():
    """Workers that were made in another way, and what they left running is ended, too."""
    kept = []

    def keep(workers):
        kept.extend(workers)
        return workers

    yield keep
    for worker in kept:
        worker.kill()


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """Sari and Budi, who have met and share group 1 with thread 1; made once for all tests of a file."""
    folder = tmp_path_factory.mktemp("originals")
    sari, budi = [Worker(folder, name) for name in ("Sari Umpama", "Budi Misal")]
    sari.meet(budi)
    group_of(sari, "Diskusi Contoh", budi, endpoint="tcp://127.0.0.1:0")
    sari.run("thread", "new", "Diskusi Contoh", "Anak tanpa kelompok")
    sari.run("post", "1", "Selamat datang")
    budi.address(sari, sari.start())
    assert budi.json("sync")["left"] == 0
    sari.stop()
    budi.address(sari, "")
    for one in (sari, budi):
        assert [post["ref"] for post in one.thread("Anak tanpa kelompok")["posts"]] == ["1.1"]
    return sari, budi


@pytest.fixture
def pair(originals, tmp_path):
    """The two as this test may have them."""
    workers = [worker.copy(tmp_path) for worker in originals]
    yield workers
    for worker in workers:
        worker.kill()


@pytest.fixture(scope="module")
def team_originals(tmp_path_factory):
    """Made once for all tests of a file."""
    return make_team(tmp_path_factory.mktemp("team"), "Sari Umpama", "Budi Misal", "Dewi Andaikan", "Joko Contoh",
                     guests=["Ratna Seumpama"])


@pytest.fixture
def team(team_originals, tmp_path, until_the_end):
    """Sari, who has founded GROUP, its members Budi, Dewi and Joko, and Ratna, who has met them all."""
    return until_the_end([worker.copy(tmp_path) for worker in team_originals])


@pytest.fixture
def console():
    """Opens consoles, and ends by pid what is still open."""
    opened = []

    def open_console(worker, *words, **options):
        opened.append(Console(worker, *words, **options))
        if options.get("ready", True):
            opened[-1].expect_prompt()
        return opened[-1]

    yield open_console
    for one in opened:
        one.kill()
