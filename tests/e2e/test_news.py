# SPDX-License-Identifier: GPL-3.0-or-later
"""What people are told of each other's comings and goings: by `sync`, `today` and the console."""
import re

from console import UP
from support import GROUP, exchange, free_port, start_all, stop_all


def test_who_is_removed_while_he_types_in_a_thread_is_told_so_and_keeps_his_text(team, console):
    sari, budi = team[:2]
    at = f"tcp://127.0.0.1:{free_port()}"
    budi.address(sari, at)
    sari.start(at)
    typing = console(budi)
    typing.expect_line(r"\[rembuk.* \| connected\] > ")
    typing.run("thread enter 1")
    typing.type("post Saya sedang mengetik")
    sari.run("--yes", "group", "remove", GROUP, budi.name)
    typing.expect("Sari Umpama has removed you from group 1")
    typing.expect_prompt("post Saya sedang mengetik")
    typing.type("\r")
    typing.expect("You do not belong to group 1")
    typing.expect("the up arrow brings it back")
    typing.expect_line(r"\[rembuk.*\] > ")
    assert not re.search(r"[0-9a-f]{16}", typing.screen())
    typing.type(UP)
    typing.expect_prompt("post Saya sedang mengetik")
    typing.type("\x03")
    typing.run("thread list")
    assert "There are no threads here yet." in typing.screen()
    typing.end()


def test_who_was_off_line_hears_of_it_afterwards_and_who_did_it_hears_how_far_it_got(team):
    sari, budi, dewi, joko, _ = team
    start_all(sari)
    sari.run("--yes", "group", "remove", GROUP, budi.name)
    budi.run("post", "Kabar", "luring")
    exchange(sari, budi, dewi)
    assert f'Sari Umpama has removed Budi Misal from group 1 "{GROUP}".' in dewi.run("today").stdout
    row = dewi.json("today")["departed"][0]
    assert (row["who"], row["how"], row["by_name"], row["reached"]) == (budi.name, "removed", sari.name, None)
    row = sari.json("today")["departed"][0]
    assert (row["others"], row["reached"]) == (2, 1)
    exchange(sari, joko)
    assert "All the others there know it." in sari.run("today").stdout
    own = budi.json("today")["removed"][0]
    assert (own["by_name"], own["waiting"]) == (sari.name, 1)
    assert "Ask Sari Umpama." in budi.run("status").stdout
    stop_all(sari)


def test_a_sync_tells_who_did_not_answer_and_who_invites(team):
    sari, _, dewi, _, ratna = team
    at = sari.start()
    ratna.address(sari, at)
    sari.run("group", "invite", GROUP, ratna.name)
    answer = ratna.run("sync").stdout
    assert f'Sari Umpama invites you to group 1 "{GROUP}". Accept it: rembuk group accept 1' in answer
    ratna.address(dewi, f"tcp://127.0.0.1:{free_port()}")
    failed = ratna.run("sync", "--timeout", "3", exit=4).stderr
    assert "Everything is exchanged with those who answered. No answer from: Dewi Andaikan." in " ".join(failed.split())
    sari.stop()
