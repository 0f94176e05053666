# SPDX-License-Identifier: GPL-3.0-or-later
"""A case record is reviewed: a worker and her supervisor, each at work while the other is off line, and at hand to each other for a
moment now and then.  What happens is in the order of the story; each part goes on from where the one before it left off."""


def at_hand(sari, budi):
    """Sari's computer is on for a moment while Budi's asks."""
    budi.address(sari, sari.start())
    assert budi.json("sync", "--timeout", "20")["left"] == 0
    sari.stop()


def waiting(person):
    said = person.run("--quiet", "inbox").stdout.splitlines()
    return [dict(zip(("kind", "number", "name", "unread"), line.split("\t"))) for line in said]


def openings(person):
    return [(row["author"], row["to"], row.get("as"), row.get("why")) for row in person.forms("access", "access-log")]


def a_case_with_a_supervisor(sari, budi):
    sari.json("case", "new", "--age", "9", "--sex", "L", "--cluster", "AJ")
    sari.consent()
    sari.json("--yes", "case", "share", "1", "Budi Misal", "--role", "manager")
    sari.json("case", "duty", "1", "Budi Misal", "supervisor")
    sari.json("assess", "fill", "1", "--summary", "Dapat kembali sekolah")
    sari.json("case", "stage", "1", "assessment")
    sari.json("approval", "request", "1", "assessment")
    sari.json("plan", "goal", "1", "--what", "Kembali sekolah")
    sari.json("plan", "add", "1", "--what", "Bicara dengan sekolah", "--who", "petugas", "--by", "2027-01-10")
    second = sari.json("plan", "add", "1", "--what", "Minta seragam")["ref"]
    asked = sari.json("approval", "request", "1", "plan")["ref"]
    assert sari.error("case", "stage", "1", "plan", exit=1)["code"] == "assessment_approval"
    at_hand(sari, budi)
    return second, asked


def the_supervisor_reads_it_and_returns_the_plan(budi, second, asked):
    assert "asks for your approval" in budi.run("today").stdout
    case = budi.json("case", "list")["cases"][0]["case"]
    assert budi.json("case", "show", case, "--reason", "Pengesahan rencana")["stage"] == "assessment"
    budi.json("case", "show", "1")  # the same day: told already
    budi.json("approve", "1")
    budi.json("comment", second, "Siapa, dan sampai kapan?")
    budi.json("return", asked, "Langkah 2 belum lengkap")


def the_worker_corrects_what_was_commented_on(sari, second):
    assert {row["kind"] for row in waiting(sari)} == {"case", "comments", "returned"}
    assert [row["text"] for row in sari.forms("comment")] == ["Siapa, dan sampai kapan?"]
    assert {row["of"]: row["answer"] for row in sari.forms("approval")} == {"assessment": "approved", "plan": "returned"}
    sari.json("case", "stage", "1", "plan")
    assert sari.error("case", "stage", "1", "intervention", exit=1)["code"] == "plan_approval"
    sari.json("change", second, "who", "keluarga")
    sari.json("change", second, "by", "2027-01-20")


def both_change_one_field_and_it_is_settled(sari, budi, second):
    budi.json("change", second, "by", "2027-01-31")  # while Sari writes another day
    at_hand(sari, budi)
    values = sari.json("conflict", "list", "1")["conflicts"][0]["values"]
    assert {value["author"]: value["value"] for value in values} == {"Sari Umpama": "2027-01-20", "Budi Misal": "2027-01-31"}
    letter = next(value["letter"] for value in values if value["author"] == "Budi Misal")
    sari.json("choose", second, "by", letter)
    assert sari.json("conflict", "list", "1")["conflicts"] == []


def the_plan_is_approved_as_it_then_stands(sari, budi, second):
    again = sari.json("approval", "request", "1", "plan")["ref"]
    sari.json("change", second, "state", "done")  # how far it is does not matter
    at_hand(sari, budi)
    assert budi.forms("step")[1]["by"] == "2027-01-31"
    assert {row["kind"] for row in waiting(budi)} == {"approval"}
    budi.json("approve", again)
    at_hand(sari, budi)
    sari.json("change", sari.forms("comment")[0]["ref"], "settled", "yes")
    assert waiting(sari) == [] and "Nobody waits" in sari.run("inbox").stdout
    sari.json("case", "stage", "1", "intervention")
    assert sari.json("case", "show", "1")["stage"] == "intervention"


def test_a_record_is_reviewed_from_the_request_to_the_approval(pair):
    sari, budi = pair
    second, asked = a_case_with_a_supervisor(sari, budi)
    the_supervisor_reads_it_and_returns_the_plan(budi, second, asked)
    at_hand(sari, budi)
    the_worker_corrects_what_was_commented_on(sari, second)
    both_change_one_field_and_it_is_settled(sari, budi, second)
    the_plan_is_approved_as_it_then_stands(sari, budi, second)

    sari.json("identity", "fill", "1", "--name", "Mawar Contoh")
    sari.json("--yes", "identity", "share", "1", "Budi Misal")
    at_hand(sari, budi)
    budi.json("identity", "show", "1", "Kunjungan bersama")
    sari.json("identity", "show", "1", "Surat ke sekolah")
    at_hand(sari, budi)
    for person in (sari, budi):
        assert openings(person) == [("Budi Misal", "case", "supervisor", "Pengesahan rencana"),
                                    ("Budi Misal", "identity", "supervisor", "Kunjungan bersama"),
                                    ("Sari Umpama", "identity", None, "Surat ke sekolah")]
