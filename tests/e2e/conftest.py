# SPDX-License-Identifier: GPL-3.0-or-later
import pytest

from support import Worker


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
