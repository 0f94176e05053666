# SPDX-License-Identifier: GPL-3.0-or-later
"""What a case's rules let whom do: approval, consent and its withdrawal, hand-over, the end.  The whole way of a review is
test_story_review.py."""
import pytest


@pytest.fixture
def team(pair):
    """Sari's case; Budi supervises it.  Her node runs whenever he calls it."""
    sari, budi = pair
    budi.address(sari, sari.start())
    sari.json("case", "new", "--age", "9", "--sex", "L", "--cluster", "AJ")
    sari.json("--yes", "contact", "verify", "1")
    sari.consent()
    sari.json("--yes", "case", "share", "1", "1", "--role", "manager")
    sari.json("case", "duty", "1", "Budi Misal", "supervisor")
    meet(budi)
    return sari, budi


def meet(budi):
    assert budi.json("sync", "--timeout", "20")["left"] == 0
    budi.json("case", "show", budi.json("case", "list")["cases"][0]["case"])


def test_a_request_is_answered_once_and_by_a_supervisor(team):
    sari, budi = team
    sari.json("plan", "add", "1", "--what", "Minta seragam")
    asked = sari.json("approval", "request", "1", "plan")["ref"]
    assert sari.error("approval", "request", "1", "plan", exit=1)["code"] == "asked"
    assert budi.error("approval", "request", "1", "lagu", exit=2)["code"] == "bad_choice"
    assert sari.error("approve", asked, exit=1)["code"] == "not_supervisor"
    assert sari.error("change", asked, "answer", "approved", exit=1)["code"] == "has_rules"
    meet(budi)
    budi.json("approve", asked)
    meet(budi)
    assert sari.error("choose", asked, "answer", "a", exit=1)["code"] == "has_rules"
    assert budi.error("approve", "1", exit=1)["code"] == "no_request"


def test_what_was_changed_after_the_request_is_not_approved(team):
    sari, budi = team
    step = sari.json("plan", "add", "1", "--what", "Satu")["ref"]
    asked = sari.json("approval", "request", "1", "plan")["ref"]
    meet(budi)
    budi.json("change", step, "what", "Dua")
    assert budi.error("approve", asked, exit=1)["code"] == "outdated"


def test_without_consent_nothing_is_shared_and_a_withdrawal_freezes_it(people):
    sari, budi, dewi = people("Sari Umpama", "Budi Misal", "Dewi Andaikan")
    sari.meet(budi, dewi)
    sari.json("case", "new", "--age", "9")
    assert sari.error("--yes", "case", "share", "1", "Budi Misal", exit=1)["code"] == "no_consent"
    add = ("consent", "add", "1", "--on", "today", "--purpose", "Pendampingan", "--recipients", "team", "--basis")
    assert sari.json(*add, "client")["consent"] == "none"  # a child alone
    assert sari.error(*add, "guardian-suspected", exit=2)["code"] == "reason_missing"
    given = sari.json(*add, "guardian-suspected", "--why", "Diduga pelaku")
    assert given["consent"] == "open"
    sari.json("--yes", "case", "share", "1", "Budi Misal")
    withdrawn = sari.json("consent", "withdraw", given["ref"], "Minta berhenti")
    assert withdrawn["consent"] == "withdrawn" and withdrawn["acted_on"] is False and withdrawn["act_until"]
    assert sari.error("--yes", "case", "share", "1", "Dewi Andaikan", exit=1)["code"] == "no_consent"
    sari.json("change", given["ref"], "acted-on", "today")
    assert sari.json("consent", "show", "1")["acted_on"] is True
    assert sari.json(*add, "guardian")["consent"] == "open"
    sari.json("--yes", "case", "share", "1", "Dewi Andaikan")
    assert sari.error("consent", "withdraw", "1", exit=1)["code"] == "no_consent"


def test_one_new_consent_answers_all_withdrawals_that_stand(pair):
    sari, _ = pair
    sari.json("case", "new", "--age", "9")
    for given in [sari.consent()["ref"] for _ in range(3)]:
        sari.json("consent", "withdraw", given, "Minta berhenti")
    assert sari.json("consent", "show", "1")["consent"] == "withdrawn"
    add = ("consent", "add", "1", "--on", "today", "--purpose", "Pendampingan", "--recipients", "team", "--basis")
    assert sari.json(*add, "client")["consent"] == "withdrawn"  # a child alone answers nothing
    assert sari.json(*add, "guardian")["consent"] == "open"


def test_a_case_changes_hands_once_it_is_accepted(team):
    sari, budi = team
    assert budi.error("case", "hand-over", "1", "Sari Umpama", "Coba", exit=1)["code"] == "not_responsible"
    assert sari.error("case", "hand-over", "1", "Budi Misal", "x" * 2049, exit=1)["code"] == "text_too_long"
    sari.json("case", "hand-over", "1", "Budi Misal", "Pindah kabupaten")
    assert sari.json("case", "show", "1")["responsible"] == "Sari Umpama"
    meet(budi)
    assert "is handed over to you" in budi.run("today").stdout
    budi.json("hand-over", "accept", "1")
    assert "is handed over to you" not in budi.run("today").stdout
    assert budi.error("hand-over", "accept", "1", exit=1)["code"] == "no_handover"
    meet(budi)
    for person in (sari, budi):
        assert person.json("case", "show", "1")["responsible"] == "Budi Misal"
    assert sari.error("case", "hand-over", "1", "Budi Misal", "Coba", exit=1)["code"] == "not_responsible"
    budi.json("case", "hand-over", "1", "Sari Umpama", "Kembali")
    meet(budi)
    sari.json("hand-over", "decline", "1", "Cuti")
    meet(budi)
    assert budi.json("case", "show", "1")["responsible"] == "Budi Misal"


def test_a_case_ends_with_what_an_end_needs_and_is_taken_up_again(pair):
    sari, _ = pair
    sari.json("case", "new", "--age", "9")
    assert sari.error("case", "end", "1", exit=1)["code"] == "criterion"
    assert sari.error("case", "stage", "1", "evaluation", exit=1)["code"] == "not_next"
    assert sari.error("case", "stage", "1", "selesai", exit=2)["code"] == "bad_stage"
    sari.json("case", "ending", "1", "--why", "self-reliant", "--criterion", "Sekolah sendiri")
    visit = sari.json("aftercare", "add", "1", "--by", "2027-03-01")["ref"]
    sari.json("case", "end", "1")
    shown = sari.json("case", "show", "1")
    assert shown["stage"] == "termination" and shown["due"] == "2027-03-01" and not shown["new_after_end"]
    sari.json("note", "1", "Kembali ke jalan")
    assert sari.json("case", "list")["cases"][0]["new_after_end"]
    sari.json("case", "stage", "1", "aftercare")
    assert sari.error("case", "stage", "1", "closed", exit=1)["code"] == "aftercare_done"
    sari.json("change", visit, "done-on", "today")
    sari.json("case", "resume", "1")
    assert sari.json("case", "show", "1")["stage"] == "assessment"


def test_a_check_tells_what_is_missing_unlikely_and_due(pair):
    sari, _ = pair
    sari.json("case", "new", "--age", "9")
    sari.json("case", "facts", "1", "--category", "2012:03", "--cluster", "ADK", "--contact-on", "2027-12-31")
    sari.json("plan", "add", "1", "--what", "Lama", "--by", "2026-01-01")
    found = sari.json("case", "check", "1")
    assert {"form": "facts", "field": "sex"} in found["missing"]
    assert {"form": "facts", "field": "cluster"} not in found["missing"]
    assert {row["warning"] for row in found["warnings"]} == {"cluster", "future"}
    assert [(row["form"], row["day"], row["overdue"]) for row in found["dues"]] == [("step", "2026-01-01", True)]
    assert found["consent"] == "none"
    assert "overdue" in sari.run("today").stdout
    sari.json("case", "facts", "1", "--age", "9")
    assert "age" in {row["warning"] for row in sari.json("case", "check", "1")["warnings"]}
