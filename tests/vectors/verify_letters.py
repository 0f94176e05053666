#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Computes every value of letters.json again, without the C code.

usage: verify_letters.py letters.json
"""

import json
import sys
from pathlib import Path

import rembuk_formats as base
import rembuk_formats_letters as formats

TEXTS = ("name", "region", "cluster", "telephone", "number", "date", "scope")

checked = 0


def agree(what, found, computed):
    global checked
    checked += 1
    if found != computed:
        sys.exit(f"{what}: the file has {found!r}, computed was {computed!r}")


def unhex(value):
    if isinstance(value, dict):
        return {name: item if name in TEXTS else unhex(item) for name, item in value.items()}
    if isinstance(value, list):
        return [unhex(item) for item in value]
    return bytes.fromhex(value) if isinstance(value, str) else value


def verify_offices(vectors):
    for office in vectors["offices"]:
        cert = formats.office_cert(
            office["seeds"], office["issuer_seeds"], office["name"], office["region"],
            office["rank"], office["not_before_s"], office["not_after_s"])
        agree(office["name"], office["cert"], cert)
        agree(office["name"] + ": cert id", office["cert_id"], base.cert_id(cert))
        agree(office["name"] + ": id", office["id"], formats.issuer_id(office["seeds"]))
        agree("lifetime", office["not_after_s"] - office["not_before_s"], 20 * 365 * 24 * 3600)
    certs = [office["cert"] for office in vectors["offices"]]
    agree("chain", vectors["chain"], base.cbor_encode(certs))
    return certs


def verify_letter(letter, vectors):
    cert = formats.letter(
        base.sign_public(letter["person_seed"]), vectors["offices"][0]["seeds"], letter["name"],
        letter["role"], letter["region"], letter["cluster"], letter["not_before_s"],
        letter["not_after_s"], (letter["number"], letter["date"], letter["scope"]))
    agree("letter", letter["cert"], cert)
    agree("lifetime", letter["not_after_s"] - letter["not_before_s"], 20 * 365 * 24 * 3600)
    rank, root = formats.verify_chain(cert, vectors["chain"])
    agree("rank", letter["rank"], rank)
    agree("root", letter["root"], root)
    agree("root", root, vectors["offices"][-1]["id"])


def verify_card(card, letter, chain):
    agree("card", card["card"], formats.card(
        card["device_seed"], letter["cert"], card["device_cert"], card["seal_key"],
        card["telephone"], card["issued_ms"], chain))


def verify_chain_cases(cases):
    for case in cases:
        accepted, signature = True, False
        try:
            formats.verify_chain(case["cert"], case["chain"])
        except base.Malformed:
            accepted = False
        except formats.BadSignature:
            accepted, signature = False, True
        agree(case["name"], case["accepted"], accepted)
        agree(case["name"] + ": signature", case["signature"], signature)
    agree("some hold", any(case["accepted"] for case in cases), True)


def verify_cert_cases(cases):
    for case in cases:
        accepted = True
        try:
            formats.check_cert(case["cert"])
        except base.Malformed:
            accepted = False
        agree(case["name"], case["accepted"], accepted)


def verify_revokes(revokes, person):
    for revoke in revokes:
        agree(revoke["name"], revoke["revoke"], formats.revoke(
            revoke["cert_id"], revoke["person"], revoke["issuer_seed"], revoke["at_s"]))
        agree(revoke["name"] + ": person", revoke["person"], person)


def expected_operations(vectors, chain):
    card, letter, revoke = vectors["card"], vectors["letter"], vectors["revokes"][0]
    pair = [letter["cert"], card["device_cert"], card["seal_key"], chain]
    to = [base.cert_id(card["device_cert"])]
    locks = [[b"\x77" * 32, 12, b"\x78" * 32], [b"\x88" * 32, 70000, b"\x89" * 32]]
    genesis = {0: 2, 1: False, 2: None, 3: b"\x66" * 16, 4: pair, 5: to, 6: letter["root"]}
    return [
        ("GENESIS with an anchor", 2, genesis),
        ("GENESIS with a parent and an anchor", 2, {**genesis, 2: b"\x99" * 32}),
        ("ADD with a letter", 3, {0: 1, 1: pair}),
        ("ADD of a guest", 3, {0: 0, 1: pair, 2: letter["not_before_s"] - 7 + 86400}),
        ("DEVICE", 9, {1: pair}),
        ("REVOKED", 10, {0: revoke["revoke"], 1: locks}),
        ("ADOPT", 11, {1: locks}),
    ]


def verify_operations(vectors, chain):
    expected = expected_operations(vectors, chain)
    agree("number of operations", len(vectors["operations"]), len(expected))
    for operation, (name, op_type, body) in zip(vectors["operations"], expected):
        agree("name", operation["name"], name)
        agree(name + ": type", operation["type"], op_type)
        agree(name + ": body", operation["body"], base.cbor_encode(body))


def verify_roster_day(day, chain_bytes):
    signed = day["circle"] + day["at_s"].to_bytes(8, "little")
    signature = base.sign(day["office_seed"], b"rk.roster", signed)
    agree("roster day", day["body"], base.cbor_encode({0: day["at_s"], 1: chain_bytes, 2: signature}))
    agree("roster day: type", day["type"], 72)


def main():
    vectors = unhex(json.loads(Path(sys.argv[1]).read_text()))
    person = base.person_id(base.sign_public(vectors["letter"]["person_seed"]))
    chain = verify_offices(vectors)
    verify_letter(vectors["letter"], vectors)
    verify_card(vectors["card"], vectors["letter"], chain)
    agree("ranks", vectors["ranks"], formats.RANK_OF_ROLE)
    verify_chain_cases(vectors["chain_cases"])
    verify_cert_cases(vectors["cert_cases"])
    verify_revokes(vectors["revokes"], person)
    verify_operations(vectors, chain)
    verify_roster_day(vectors["roster_day"], base.cbor_encode(chain))
    print(f"verify_letters: {checked} values agree.")


if __name__ == "__main__":
    main()
