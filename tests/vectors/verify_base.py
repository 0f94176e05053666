#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Computes every value of base.json again, without the C code.

usage: verify_base.py base.json     fails with the name of the first value that does not agree
"""

import json
import sys
from pathlib import Path

import rembuk_formats as formats

checked = 0


def agree(what, found, computed):
    global checked
    checked += 1
    if found != computed:
        sys.exit(f"{what}: the file has {found!r}, computed was {computed!r}")


def unhex(text):
    return bytes.fromhex(text)


def verify_cbor(cases):
    for case in cases:
        data = unhex(case["bytes"])
        try:
            item = formats.cbor_decode(data)
        except formats.Malformed:
            agree(f"cbor {case['bytes']}", case["accepted"], False)
            continue
        agree(f"cbor {case['bytes']}", case["accepted"], True)
        agree(f"cbor {case['bytes']} again", data, formats.cbor_encode(item))


def verify_varint(cases):
    for case in cases:
        data = unhex(case["bytes"])
        agree("varint", data, formats.varint_encode(case["value"]))
        agree("varint", (case["value"], b""), formats.varint_decode(data))


def verify_base32(cases):
    for case in cases:
        agree("base32", case["text"], formats.base32_encode(unhex(case["bytes"])))
        agree("base32", unhex(case["bytes"]), formats.base32_decode(case["text"]))


def verify_hash(cases):
    for case in cases:
        found = unhex(case["hash"])
        parts = [unhex(part) for part in case["parts"]]
        agree("hash " + case["label"], found, formats.blake2b(
            case["label"].encode(), *parts, length=len(found), key=unhex(case["key"])))


def verify_sign(case):
    seed, label, message = unhex(case["seed"]), case["label"].encode(), unhex(case["message"])
    signature = unhex(case["signature"])
    agree("signature", signature, formats.sign(seed, label, message))
    agree("signature", True, formats.verify(formats.sign_public(seed), label, message, signature))
    agree("signature", False, formats.verify(
        formats.sign_public(seed), label, message + b"!", signature))


def verify_seal(case):
    agree("seal", unhex(case["sealed"]), formats.seal(
        unhex(case["key"]), unhex(case["nonce"]), unhex(case["ad"]), unhex(case["message"])))


def verify_box(case):
    agree("box", unhex(case["key"]), formats.box_open(unhex(case["secret"]), unhex(case["seal"])))


def verify_derive(cases):
    for case in cases:
        agree("derive", unhex(case["derived"]), formats.derive(
            unhex(case["key"]), case["context"].encode(), case["subkey"]))


def verify_passphrase(case):
    agree("passphrase", unhex(case["key"]), formats.passphrase_key(
        case["passphrase"].encode(), unhex(case["salt"]), case["memory_kib"], case["passes"]))


def verify_words(lines):
    words = [word for line in lines for word in line.split(" ")]
    agree("number of words", len(words), 2048)
    agree("order of words", words, sorted(words))
    agree("first four letters", len({word[:4] for word in words}), 2048)
    agree("letters", True, all(
        4 <= len(word) <= 8 and word.isascii() and word.isalpha() and word.islower()
        for word in words))
    return words


def verify_identity(case, words):
    person, device_seed = unhex(case["person_seed"]), unhex(case["device_seed"])
    public = formats.sign_public(person)
    agree("person", unhex(case["person_public"]), public)
    agree("person id", unhex(case["person_id"]), formats.person_id(public))
    agree("words", case["words"], formats.fingerprint_words(public, words))
    device = formats.derive(device_seed, b"rk.dev__", 1)
    transport = formats.box_secret(formats.derive(device_seed, b"rk.dev__", 2))
    agree("device", unhex(case["device_public"]), formats.sign_public(device))
    agree("transport", unhex(case["transport_secret"]), transport)
    agree("transport", unhex(case["transport_public"]), formats.box_public(transport))
    agree("seal", unhex(case["seal_public"]), formats.box_public(unhex(case["seal_secret"])))


def verify_credential(case, identity):
    person = unhex(identity["person_seed"])
    device = formats.derive(unhex(identity["device_seed"]), b"rk.dev__", 1)
    now = case["now_s"]

    person_cert = formats.person_cert(
        person, case["name"], case["role"], case["region"], case["cluster"], now,
        case["person_not_after_s"], now)
    device_cert = formats.device_cert(
        person, formats.sign_public(device), unhex(identity["transport_public"]),
        case["device_name"], now, case["device_not_after_s"], now)
    agree("device lifetime", case["device_not_after_s"], now + 400 * 24 * 3600)
    agree("person cert", unhex(case["person_cert"]), person_cert)
    agree("device cert", unhex(case["device_cert"]), device_cert)
    agree("person cert id", unhex(case["person_cert_id"]), formats.cert_id(person_cert))
    agree("device cert id", unhex(case["device_cert_id"]), formats.cert_id(device_cert))

    key = formats.seal_key(
        device, formats.cert_id(device_cert), identity["seal_generation"],
        unhex(identity["seal_public"]), now * 1000)
    agree("seal key", unhex(case["seal_key"]), key)
    card = formats.card(
        device, person_cert, device_cert, key, case["addresses"], case["telephone"], now * 1000)
    agree("card", unhex(case["card"]), card)
    agree("armour", case["armour"], formats.armour(card))


def verify_area(cases):
    for case in cases:
        digits = formats.area_digits(case["typed"])
        agree(f"area {case['typed']!r}", case["accepted"], digits is not None)
        agree(f"area {case['typed']!r}", case["digits"], digits or "")


def verify_case_code(cases):
    for case in cases:
        agree("case code", case["code"], formats.case_code(
            case["area"], case["year"], unhex(case["circle"])))


def main():
    vectors = json.loads(Path(sys.argv[1]).read_text())
    words = verify_words(vectors.pop("words"))
    identity = vectors.pop("identity")
    verify_identity(identity, words)
    verify_credential(vectors.pop("credential"), identity)
    for name, value in vectors.items():
        globals()["verify_" + name](value)
    print(f"verify_base: {checked} values agree.")


if __name__ == "__main__":
    main()
