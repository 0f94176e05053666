# SPDX-License-Identifier: GPL-3.0-or-later
"""Circles that change: who is in, and who can read what.  Told from the stores themselves: the operations that stand
there are folded, and every key is tried on every event (readable.c)."""
import datetime
import hashlib
import time

from support import ACCEPTED, COUNTS, GROUP, LEFT, REMOVED, UNOPENED, WAITS, assert_same, circle_of, exchange, \
    make_team, mingle, opened_by, start_all, stop_all


# ---- Removal ----

def test_who_is_removed_while_he_writes_off_line_loses_nothing_and_reads_no_further(team):
    sari, budi, dewi, joko, _ = team
    start_all(sari, budi, dewi, joko)
    circle = circle_of(sari)
    budi.run("post", "Kabar", "luring satu")
    sari.run("--yes", "group", "remove", GROUP, budi.name)
    sari.run("post", "Kabar", "tanpa Budi")
    exchange(sari, dewi)
    budi.run("post", "Kabar", "luring dua")  # he has not heard of it
    exchange(sari, budi)
    budi.run("post", "Kabar", "luring tiga", exit=1)
    mingle(sari, dewi, joko)
    for member in (sari, dewi, joko):
        assert member.json("group", "members", GROUP)["waiting"] == 2
        assert [post[4] for post in member.posts("Kabar")] == ["awal", "tanpa Budi"]

    stop_all(sari, budi, dewi, joko)
    store = assert_same(circle, sari, dewi, joko)
    assert store.standing(circle, sari, budi, dewi, joko) == [ACCEPTED, REMOVED, ACCEPTED, ACCEPTED]
    assert budi.stored().standing(circle, sari, budi, dewi, joko) == [ACCEPTED, REMOVED, ACCEPTED, ACCEPTED]
    assert store.texts(circle, author=budi.made["person"]) == {"luring satu": WAITS, "luring dua": WAITS}
    assert budi.stored().texts(circle, author=budi.made["person"]).keys() == {"luring satu", "luring dua"}
    old = {GROUP, "Kabar", "awal", "luring satu", "luring dua"}
    assert opened_by(sari, circle, sari, dewi, budi) == [old | {"tanpa Budi"}, old | {"tanpa Budi"}, old]

    start_all(sari, budi, dewi, joko)
    dewi.run("--yes", "group", "adopt", GROUP)
    dewi.run("post", "Kabar", "sesudah diterima")
    mingle(sari, dewi, joko)
    exchange(sari, budi)
    everything = {"awal", "luring satu", "luring dua", "tanpa Budi", "sesudah diterima"}
    for member in (sari, dewi, joko):
        assert {post[4] for post in member.posts("Kabar")} == everything
        assert member.json("group", "members", GROUP)["waiting"] == 0
    stop_all(sari, budi, dewi, joko)
    store = assert_same(circle, sari, dewi, joko)
    assert set(store.texts(circle).values()) == {COUNTS}
    assert opened_by(sari, circle, budi) == [old]
    assert set(budi.stored().texts(circle)) == old


def test_who_removed_somebody_and_left_still_tells_him_and_nothing_of_what_came_after(team):
    sari, budi, dewi, _, _ = team
    start_all(sari, budi, dewi)
    circle = circle_of(sari)
    sari.run("--yes", "group", "remove", GROUP, budi.name)
    sari.run("post", "Kabar", "tanpa Budi")
    sari.run("--yes", "group", "leave", GROUP)
    budi.run("post", "Kabar", "luring")
    exchange(sari, budi)
    budi.run("post", "Kabar", "masih?", exit=1)
    exchange(sari, budi)
    exchange(sari, dewi)
    exchange(dewi, budi)
    stop_all(sari, budi, dewi)

    store = sari.stored()
    assert store.standing(circle, sari, budi, dewi) == [LEFT, REMOVED, ACCEPTED]
    assert budi.stored().standing(circle, sari, budi, dewi) == [ACCEPTED, REMOVED, ACCEPTED]  # that is all he may know
    assert "luring" not in store.texts(circle)  # she takes nothing any more, and he still brings it to who belongs
    assert dewi.stored().texts(circle)["luring"] == WAITS


def test_who_is_removed_gets_not_even_sealed_what_is_written_after_that(team):
    sari, budi, dewi, _, _ = team
    start_all(sari, budi, dewi)
    circle = circle_of(sari)
    sari.run("--yes", "group", "remove", GROUP, budi.name)
    sari.run("post", "Kabar", "tanpa Budi")
    exchange(sari, budi)
    dewi.run("post", "Kabar", "dari Dewi")
    mingle(sari, dewi)
    exchange(sari, budi)
    stop_all(sari, budi, dewi)

    removal = sari.stored().one("event", circle=circle, type=4)
    known = [event["seq"] for event in budi.stored().all("event", circle=circle, log=removal["log"])]
    assert max(known) == removal["seq"]
    assert budi.stored().standing(circle, budi) == [REMOVED]


def test_two_people_removed_at_once_from_two_sides_are_both_out(team):
    sari, budi, dewi, joko, _ = team
    start_all(sari, budi, dewi, joko)
    circle = circle_of(sari)
    sari.run("--yes", "group", "remove", GROUP, budi.name)
    sari.run("post", "Kabar", "dari Sari tanpa Budi")
    dewi.run("--yes", "group", "remove", GROUP, joko.name)
    dewi.run("post", "Kabar", "dari Dewi tanpa Joko")
    exchange(sari, joko)  # each of the two sees only the removal of the other
    exchange(dewi, budi)
    mingle(sari, dewi)
    sari.run("post", "Kabar", "tanpa keduanya")
    mingle(sari, dewi)
    mingle(sari, budi)
    mingle(dewi, joko)
    stop_all(sari, budi, dewi, joko)

    store = assert_same(circle, sari, dewi)
    assert store.standing(circle, sari, budi, dewi, joko) == [ACCEPTED, REMOVED, ACCEPTED, REMOVED]
    for gone in (budi, joko):
        assert gone.stored().standing(circle, sari, budi, dewi, joko) == [ACCEPTED, REMOVED, ACCEPTED, REMOVED]
    both = {GROUP, "Kabar", "awal"}
    everything = both | {"dari Sari tanpa Budi", "dari Dewi tanpa Joko", "tanpa keduanya"}
    assert set(store.texts(circle).values()) == {COUNTS}
    assert opened_by(sari, circle, sari, dewi) == [everything, everything]
    assert opened_by(sari, circle, budi, joko) == [both | {"dari Dewi tanpa Joko"}, both | {"dari Sari tanpa Budi"}]


def remove_each_other(stays, goes, hub, other):
    """Two who have not heard of each other remove each other, which the program refuses to the junior: he has another.
    The hub hears of his removal first, the other of the senior's."""
    start_all(stays, hub, other)
    circle = circle_of(hub)
    stays.run("--yes", "group", "remove", GROUP, goes.name)
    stays.run("post", "Kabar", f"dari {stays.name}")
    goes.insist_on_removing(circle, stays)
    start_all(goes)
    goes.run("post", "Kabar", f"dari {goes.name}")
    exchange(hub, goes)
    exchange(other, stays)
    stop_all(hub, other)
    assert hub.stored().standing(circle, stays, goes) == [ACCEPTED, ACCEPTED]
    assert other.stored().standing(circle, stays, goes) == [ACCEPTED, REMOVED]
    start_all(hub, other)
    mingle(hub, other)
    mingle(hub, other, stays)
    hub.run("post", "Kabar", "sesudah semua")
    mingle(hub, other, stays)
    exchange(hub, goes)
    stop_all(stays, goes, hub, other)
    return circle


def assert_one_stays(circle, stays, goes, hub, other):
    store = assert_same(circle, hub, other, stays)
    assert store.standing(circle, hub, stays, goes, other) == [ACCEPTED, ACCEPTED, REMOVED, ACCEPTED]
    assert goes.stored().standing(circle, stays, goes) == [ACCEPTED, REMOVED]
    assert len(store.all("event", circle=circle, type=4)) == 2  # both removals are known to all
    texts = store.texts(circle)
    assert texts.pop(f"dari {goes.name}") == WAITS
    assert set(texts.values()) == {COUNTS}
    own = {GROUP, "Kabar", "awal", f"dari {goes.name}"}
    everything = own | {f"dari {stays.name}", "sesudah semua"}
    assert opened_by(hub, circle, stays, other, goes) == [everything, everything, own]
    return store


def test_of_two_equals_who_remove_each_other_the_one_who_came_first_stays(team):
    sari, budi, dewi, joko, _ = team
    circle = remove_each_other(budi, dewi, sari, joko)
    assert_one_stays(circle, budi, dewi, sari, joko)


def test_of_two_of_different_rank_the_supervisor_stays_even_against_the_founder(tmp_path, until_the_end):
    names = ("Sari Umpama", "Budi Misal", "Dewi Andaikan", "Joko Contoh")
    sari, budi, dewi, joko = until_the_end(make_team(tmp_path, *names, ranks=("worker", "worker", "supervisor")))
    circle = remove_each_other(dewi, sari, joko, budi)
    store = assert_one_stays(circle, dewi, sari, joko, budi)
    ranks = {line["person"]: line["rank"] for line in store.all("member", circle=circle)}
    assert [ranks[worker.made["person"]] for worker in (sari, budi, dewi, joko)] == [4, 4, 3, 5]

    start_all(budi)
    error = budi.error("--yes", "group", "remove", GROUP, dewi.name, exit=1)
    stop_all(budi)
    assert error["code"] == "senior"
    assert budi.stored().of(circle) == store.of(circle)


def test_an_entry_of_who_was_put_out_of_a_case_counts_once_its_owner_says_so(team):
    sari, budi, dewi, _, _ = team
    start_all(sari, budi, dewi)
    circle = sari.json("case", "new", "--cluster", "ADK", "--age", "7", "--sex", "P")["case"]
    sari.consent(circle)
    for member in (budi, dewi):
        sari.run("--yes", "case", "share", circle, member.name)
    sari.run("note", circle, "pertama")
    exchange(sari, budi, dewi)
    dewi.run("note", circle, "dari Dewi")
    budi.run("note", circle, "luring")
    sari.run("--yes", "case", "remove", circle, budi.name)
    sari.run("note", circle, "tanpa Budi")
    exchange(sari, budi)
    mingle(sari, dewi)
    error = dewi.error("--yes", "case", "adopt", circle, exit=1)
    assert error["code"] == "not_manager" and sari.name in error["message"]
    dewi.run("--yes", "case", "leave", circle)
    mingle(sari, dewi)
    assert sari.json("--yes", "case", "adopt", circle, budi.name)["adopted"] == 1
    sari.run("note", circle, "hanya Sari")
    exchange(sari, budi, dewi)
    assert [entry["text"] for entry in sari.json("case", "show", circle)["entries"]] == [
        "pertama", "dari Dewi", "luring", "tanpa Budi", "hanya Sari"]
    stop_all(sari, budi, dewi)

    store = assert_same(circle, sari)
    assert store.standing(circle, sari, budi, dewi) == [ACCEPTED, REMOVED, LEFT]
    assert set(store.texts(circle).values()) == {COUNTS}
    texts = {event["text"] for event in store.all("event", circle=circle, type=70)}
    assert texts == {"pertama", "dari Dewi", "luring", "tanpa Budi", "hanya Sari"}
    old = {"pertama", "dari Dewi", "luring"}
    assert [texts & opened for opened in opened_by(sari, circle, budi, dewi)] == [old, old | {"tanpa Budi"}]


# ---- Coming back, and coming late ----

def test_who_is_removed_and_added_again_reads_all_and_writes_in_a_new_log(team):
    sari, budi, dewi, _, _ = team
    start_all(sari, budi, dewi)
    circle = circle_of(sari)
    budi.run("post", "Kabar", "dulu")
    exchange(sari, budi)
    sari.run("--yes", "group", "remove", GROUP, budi.name)
    sari.run("post", "Kabar", "tanpa Budi")
    budi.run("post", "Kabar", "luring")
    exchange(sari, budi)
    sari.run("group", "invite", GROUP, budi.name)
    mingle(sari, budi, dewi)
    budi.run("group", "accept", GROUP)
    budi.run("post", "Kabar", "kembali")
    mingle(sari, budi, dewi)
    stop_all(sari, budi, dewi)

    store = assert_same(circle, sari, budi, dewi)
    assert store.standing(circle, budi) == [ACCEPTED]
    assert store.texts(circle, author=budi.made["person"]) == {"dulu": COUNTS, "luring": WAITS, "kembali": COUNTS}
    logs = {event["text"]: event["log"] for event in store.all("event", circle=circle, author=budi.made["person"])
            if event["text"]}
    assert logs["dulu"] == logs["luring"] != logs["kembali"]
    everything = {GROUP, "Kabar", "awal", "dulu", "tanpa Budi", "luring", "kembali"}
    assert opened_by(sari, circle, budi, dewi) == [everything, everything]


def test_who_comes_late_reads_from_the_genesis_on_through_every_change_of_keys(team):
    sari, budi, dewi, joko, ratna = team
    start_all(*team)
    circle = circle_of(sari)
    for gone, text in ((joko, "tanpa Joko"), (dewi, "tanpa Dewi")):
        sari.run("--yes", "group", "remove", GROUP, gone.name)
        sari.run("post", "Kabar", text)
        exchange(sari, budi)
    budi.run("group", "invite", GROUP, ratna.name)  # somebody else than the founder
    exchange(budi, ratna)
    ratna.run("group", "accept", GROUP)
    mingle(budi, ratna)
    assert [post[4] for post in ratna.posts("Kabar")] == ["awal", "tanpa Joko", "tanpa Dewi"]
    ratna.run("post", "Kabar", "dari Ratna")
    mingle(sari, budi, ratna)
    stop_all(*team)

    store = assert_same(circle, sari, budi, ratna)
    assert store.standing(circle, *team) == [ACCEPTED, ACCEPTED, REMOVED, REMOVED, ACCEPTED]
    assert len(store.all("event", circle=circle, type=7)) == 2  # a new key after each removal
    old = {GROUP, "Kabar", "awal"}
    everything = old | {"tanpa Joko", "tanpa Dewi", "dari Ratna"}
    assert opened_by(sari, circle, ratna, dewi, joko) == [everything, old | {"tanpa Joko"}, old]


def test_who_joins_a_child_circle_reads_nothing_of_its_parent(team):
    sari, _, _, _, ratna = team
    start_all(sari, ratna)
    circle = circle_of(sari)
    child = sari.json("group", "new", "Bagian", "--part-of", GROUP)["group"]
    sari.run("group", "invite", "Bagian", ratna.name)
    sari.run("thread", "new", "Bagian", "Rapat")
    sari.run("post", "Rapat", "hanya bagian ini")
    exchange(sari, ratna)
    ratna.run("group", "accept", "Bagian")
    mingle(sari, ratna)
    stop_all(sari, ratna)

    store = ratna.stored()
    assert store.shared() == [child]  # of the parent she does not even have the bytes
    assert store.whole(child)
    assert opened_by(sari, child, ratna) == [{"Bagian", "Rapat", "hanya bagian ini"}]
    assert opened_by(sari, circle, ratna) == [set()]


# ---- Guests ----

def test_a_guest_is_removed_when_his_time_ends_and_reads_what_was_before(team):
    sari, budi, _, _, ratna = team
    start_all(sari, budi, ratna)
    circle = circle_of(sari)
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=5)
    sari.run("group", "invite", GROUP, ratna.name, "--until", end.strftime("%Y-%m-%dT%H:%M:%SZ"))
    exchange(sari, ratna)
    ratna.run("group", "accept", GROUP)
    ratna.run("post", "Kabar", "dari tamu")
    mingle(sari, budi, ratna)
    sari.run("post", "Kabar", "bersama tamu")
    mingle(sari, budi, ratna)
    time.sleep(max(0, (end - datetime.datetime.now(datetime.timezone.utc)).total_seconds()) + 0.2)
    assert "accepted" in [one["state"] for one in sari.json("group", "members", GROUP)["members"] if one["until"]]
    sari.stop()
    sari.start()  # a node looks after its guests when it starts, and every minute
    sari.run("post", "Kabar", "tanpa tamu")
    mingle(sari, budi)
    exchange(sari, ratna)
    ratna.run("post", "Kabar", "masih?", exit=1)
    stop_all(sari, budi, ratna)

    store = assert_same(circle, sari, budi)
    assert store.standing(circle, ratna) == ratna.stored().standing(circle, ratna) == [REMOVED]
    assert set(store.texts(circle).values()) == {COUNTS}
    together = {GROUP, "Kabar", "awal", "dari tamu", "bersama tamu"}
    assert opened_by(sari, circle, budi, ratna) == [together | {"tanpa tamu"}, together]


# ---- Bodies that somebody withholds ----

def make_stubs(worker, events):
    """Of these events the store has only the hashes of their bodies, as if it had never had more."""
    changes = []
    with worker.database(worker.folder) as database:
        for event in events:
            (rcv, log, body), = database.execute(
                "SELECT event.rcv, log.id, event.body FROM event JOIN log ON log.id = event.log"
                " WHERE log.pk = ? AND event.seq = ?", (bytes.fromhex(event["log"]), event["seq"])).fetchall()
            body_hash = hashlib.blake2b(body, digest_size=32).hexdigest()
            changes += [f"UPDATE event SET stub = 1, body = x'{body_hash}' WHERE rcv = {rcv}",
                        f"UPDATE log SET missing = missing + 1 WHERE id = {log}"]
    worker.in_vault("do", ";".join(changes))


def test_bodies_that_a_peer_withholds_are_missing_not_erased_until_an_honest_one_brings_them(team):
    sari, _, dewi, _, ratna = team
    start_all(sari, dewi)
    circle = circle_of(sari)
    sari.run("post", "Kabar", "kedua")
    sari.run("group", "invite", GROUP, ratna.name)
    exchange(sari, dewi)
    stop_all(sari, dewi)
    honest = sari.stored()
    withheld = [event for event in honest.all("event", circle=circle) if event["text"] in ("awal", "kedua")]
    make_stubs(dewi, withheld)

    start_all(dewi, ratna)
    exchange(dewi, ratna)
    ratna.run("group", "accept", GROUP)
    mingle(dewi, ratna)
    assert ratna.thread("Kabar")["posts"] == []
    stop_all(dewi, ratna)
    store = ratna.stored()
    missing = store.all("event", circle=circle, present=False)
    assert [(event["ref"], event["state"]) for event in missing] == [(event["ref"], UNOPENED) for event in withheld]
    assert store.texts(circle).keys() == {GROUP, "Kabar"}
    log = {"circle": circle, "log": withheld[0]["log"]}
    same = ("head", "hash")
    assert [store.one("log", **log)[name] for name in same] == [honest.one("log", **log)[name] for name in same]
    assert (store.one("log", **log)["missing"], honest.one("log", **log)["missing"]) == (2, 0)
    assert store.heads(circle) == dewi.stored().heads(circle)

    start_all(sari, dewi, ratna)
    exchange(sari, ratna)
    assert [post[4] for post in ratna.posts("Kabar")] == ["awal", "kedua"]
    mingle(sari, dewi, ratna)
    stop_all(sari, dewi, ratna)
    assert_same(circle, sari, dewi, ratna)


# ---- What a rule forbids ----

def test_what_a_rule_forbids_changes_nothing_and_says_who_could(team):
    sari, budi, dewi, joko, ratna = team
    start_all(sari, budi)
    case = sari.json("case", "new", "--cluster", "ADK", "--age", "7", "--sex", "P")["case"]
    sari.consent(case)
    sari.run("--yes", "case", "share", case, budi.name)
    exchange(sari, budi)
    budi.run("note", case, "catatan Budi")
    exchange(sari, budi)
    stop_all(sari, budi)
    before = [worker.stored().lines for worker in (sari, budi)]

    start_all(sari, budi)
    for worker, words, code, who in (
            (budi, ("case", "share", case, dewi.name), "not_manager", sari.name),
            (budi, ("case", "remove", case, sari.name), "not_manager", None),
            (budi, ("group", "remove", GROUP, sari.name), "senior", None),
            (sari, ("group", "remove", GROUP, ratna.name), "not_a_member", None),
            (sari, ("group", "invite", GROUP, joko.name), "member_already", None)):
        error = worker.error("--yes", *words, exit=1)
        assert error["code"] == code, words
        assert who is None or who in error["message"], words
    stop_all(sari, budi)
    assert [worker.stored().lines for worker in (sari, budi)] == before
