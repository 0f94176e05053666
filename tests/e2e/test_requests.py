# SPDX-License-Identifier: GPL-3.0-or-later
"""A worker asks a colleague for a case that he holds: he shares it, or says why not."""
import pytest


@pytest.fixture
def two(pair):
    """Budi has a case; Sari knows its code."""
    sari, budi = pair
    code = budi.json("case", "new", "--age", "9")["code"]
    budi.address(sari, sari.start())
    return sari, budi, code


def meet(budi):
    assert budi.json("sync", "--timeout", "20")["left"] == 0


def states(person):
    return [(row["other"], row["code"], row["state"]) for row in person.json("case", "requests")["requests"]]


def test_who_holds_the_case_shares_it_once_consent_is_there(two):
    sari, budi, code = two
    assert "Nobody asks" in sari.run("case", "requests").stdout
    asked = sari.json("case", "ask", "Budi Misal", code.lower(), "Kakaknya klien saya")
    assert asked["code"] == code
    meet(budi)
    assert states(budi) == [("Sari Umpama", code, "open")]
    said = budi.run("case", "requests").stdout
    assert "Kakaknya klien saya" in said and 'rembuk case share 1 "Sari Umpama"' in said
    assert "asks you for case" in budi.run("today").stdout
    assert budi.error("--yes", "case", "share", "1", "Sari Umpama", exit=1)["code"] == "no_consent"
    budi.consent()
    budi.json("--yes", "case", "share", "1", "Sari Umpama")
    assert "asks you for case" not in budi.run("today").stdout
    meet(budi)
    assert states(sari) == [("Budi Misal", code, "shared")]
    assert sari.error("case", "ask", "Budi Misal", code, "Lagi", exit=1)["code"] == "case_is_here"


def test_who_does_not_share_it_says_why(two):
    sari, budi, code = two
    sari.json("case", "ask", "Budi Misal", code, "Kakaknya klien saya")
    assert sari.error("case", "ask", "Budi Misal", code, "Lagi", exit=1)["code"] == "asked"
    assert budi.error("case", "refuse", "Sari Umpama", code, "Belum", exit=1)["code"] == "no_request"
    meet(budi)
    budi.json("case", "refuse", "Sari Umpama", code, "Walinya belum setuju")
    meet(budi)
    assert states(sari) == [("Budi Misal", code, "declined")]
    assert "Walinya belum setuju" in sari.run("case", "requests").stdout
    assert "no answer yet" not in sari.run("case", "requests").stdout


def test_what_is_typed_wrong_is_told(two):
    sari, _, code = two
    assert sari.error("case", "ask", "Budi Misal", "3273", "Perlu", exit=2)["code"] == "bad_code"
    assert sari.error("case", "ask", "Budi Misal", code, "", exit=1)["code"] == "bad_text"
    assert sari.error("case", "ask", "Budi Misal", code, "x" * 2049, exit=1)["code"] == "text_too_long"
    assert sari.error("case", "ask", "Siapa Ini", code, "Perlu", exit=1)["code"] == "not_found"
    assert states(sari) == []
