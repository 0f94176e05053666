# SPDX-License-Identifier: GPL-3.0-or-later
"""SIGKILL in mid-sync at random moments, on either side: nothing acknowledged is lost, the sync finishes,
nothing comes twice.  REMBUK_KILL_SEED repeats a run."""
import json
import os
import random
import signal
import subprocess
import time

from support import group_of

MOMENTS = 50
LINES = 1500


def make_thread(path):
    with path.open("w", encoding="utf-8") as file:
        for number in range(LINES):
            text = f"Catatan {number}: " + "jalan rusak, anak tetap belajar di rumah. " * 6
            file.write(json.dumps({"id": f"p{number}", "author": "Ratna Umpama",
                                   "reply_to": f"p{number - 1}" if number % 5 == 4 else None, "text": text}) + "\n")


def test_sigkill_at_fifty_moments_loses_nothing(people, tmp_path):
    seed = int(os.environ.get("REMBUK_KILL_SEED", time.time()))
    print(f"REMBUK_KILL_SEED={seed}")
    chance = random.Random(seed)
    sari, budi = people("Sari Umpama", "Budi Misal")
    sari.meet(budi)
    group_of(sari, "Diskusi Contoh", budi, endpoint="tcp://127.0.0.1:0")
    make_thread(tmp_path / "utas.jsonl")
    sari.run("thread", "import", "Diskusi Contoh", "Utas panjang", str(tmp_path / "utas.jsonl"))
    budi.run("thread", "new", "Diskusi Contoh", "Dari Budi")

    at = sari.start()
    budi.address(sari, at)
    acknowledged = 0
    for moment in range(MOMENTS):
        sync = subprocess.Popen(budi.command("--json", "sync"), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(chance.uniform(0.0, 0.9))
        if moment % 5 == 4:  # now and then the listening side dies
            sari.process.send_signal(signal.SIGKILL)
            sari.process.wait(timeout=10)
            sync.kill()
            sync.wait(timeout=10)
            assert sari.start(at) == at
        elif sync.poll() is None:
            sync.kill()
            sync.wait(timeout=10)
        sync.communicate()
        if moment % 10 == 9:
            posts = len(budi.thread("Utas panjang")["posts"])
            assert posts >= acknowledged, "what was durable is gone"
            acknowledged = posts
            budi.run("post", "Dari Budi", f"kabar {moment}")

    assert budi.json("sync")["left"] == 0
    sari.stop()
    assert sari.posts("Utas panjang") == budi.posts("Utas panjang")
    assert len(budi.posts("Utas panjang")) == LINES
    assert [post[4] for post in sari.posts("Dari Budi")] == [f"kabar {m}" for m in range(9, MOMENTS, 10)]
    assert len({post[0] for post in budi.posts("Utas panjang")}) == LINES
