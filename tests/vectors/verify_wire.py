#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes every frame and hash of wire.json again, without the C code.

usage: verify_wire.py wire.json     fails with the name of the first value that does not agree
"""

import json
import sys
from pathlib import Path

import nacl.bindings as sodium

import rembuk_formats as formats

VERSION = 1
HELLO, PROOF, LIST, VECTOR, WANT, RUN, ACK, CREDIT = 1, 2, 5, 6, 7, 8, 9, 10
FORK, PING, PONG, ERR, BYE, KEYREQ, JOIN, JOINED = 12, 15, 16, 17, 18, 19, 20, 21
REVOKES, REVOKES_GOT = 22, 23

checked = 0


def agree(what, found, computed):
    global checked
    checked += 1
    if found != computed:
        sys.exit(f"{what}: the file has {found!r}, computed was {computed!r}")


def unhex(text):
    return bytes.fromhex(text)


def u64(value):
    return value.to_bytes(8, "little")


def frame(kind, item):
    return bytes([kind, VERSION]) + formats.cbor_encode(item)


def agree_frame(what, case, computed):
    agree(what, unhex(case["frame"]), computed)


# ---- Greeting ----

def verify_hello(case):
    agree_frame("hello", case, frame(HELLO, {
        0: case["protocol"], 1: unhex(case["device_cert"]), 2: unhex(case["nonce"]),
        3: case["role"], 4: unhex(case["store_inc"]), 5: case["hlc"], 6: case["features"]}))


def verify_proof(case):
    def hello_hash(name):
        return formats.blake2b(b"rk.hello", unhex(case[name]), length=32)
    message = b"".join([
        b"rk.proof", bytes([case["role"]]), unhex(case["own_transport"]),
        unhex(case["peer_transport"]), hello_hash("own_hello"), hello_hash("peer_hello")])
    public, secret = sodium.crypto_sign_seed_keypair(unhex(case["device_seed"]))
    agree("proof key", unhex(case["device_public"]), public)
    signature = sodium.crypto_sign(message, secret)[:64]
    agree("proof signature", unhex(case["signature"]), signature)
    agree_frame("proof", case, frame(PROOF, signature))


def verify_rid(case):
    agree("rid", unhex(case["rid"]), formats.blake2b(
        b"rk.rid", unhex(case["dialler_nonce"]), unhex(case["listener_nonce"]), length=16,
        key=unhex(case["circle"])))
    agree("log8", unhex(case["log8"]), formats.blake2b(
        b"rk.short", unhex(case["dialler_nonce"]), unhex(case["listener_nonce"]), length=16,
        key=unhex(case["circle"]))[:8])


# ---- Circles ----

def verify_list(case):
    items = b"".join(unhex(item["rid"]) + unhex(item["fp"]) for item in case["items"])
    agree_frame("list", case, frame(LIST, [case["last"], items]))


def verify_vector(case):
    body = {0: unhex(case["rid"]), 2: [
        [unhex(log["log8"]), log["head"], unhex(log["hash8"]), log["missing"]]
        for log in case["logs"]]}
    if case["circle"]:
        body[1] = unhex(case["circle"])
    agree_frame("vector", case, frame(VECTOR, body))


def verify_want(case):
    agree_frame("want", case, frame(WANT, {0: unhex(case["rid"]), 1: [
        [unhex(want["log8"]), want["from"], want["to"]] for want in case["wants"]]}))


def verify_ack(case):
    agree_frame("ack", case, frame(ACK, {0: [
        [ack["handle"], unhex(ack["log8"]), ack["seq"]] for ack in case["acks"]],
        1: case["cursor"]}))


# ---- Runs ----

def run_event(event, eid8_before):
    new_eid8 = unhex(event["eid8"]) != eid8_before
    bits = event["class"] | event["key_body"] << 3 | event["stub"] << 4 | new_eid8 << 5
    out = bytes([bits]) + (unhex(event["eid8"]) if new_eid8 else b"")
    out += formats.varint_encode(event["body_len"])
    if event["stub"]:
        return out + unhex(event["body_hash"])
    agree("body hash", unhex(event["body_hash"]), formats.blake2b(unhex(event["body"]), length=32))
    agree("body length", event["body_len"], len(unhex(event["body"])))
    return out + unhex(event["body"])


def verify_run(case):
    out = bytes([RUN, VERSION]) + formats.varint_encode(case["handle"]) + unhex(case["log"])
    out += formats.varint_encode(case["first"]) + formats.varint_encode(len(case["events"]))
    out += unhex(case["previous8"]) + formats.varint_encode(case["rcv_upto"])
    out += unhex(case["signature"])
    eid8_before = None
    for event in case["events"]:
        out += run_event(event, eid8_before)
        eid8_before = unhex(event["eid8"])
    agree_frame("run", case, out)


# ---- Small frames ----

def verify_small(vectors):
    case = vectors["credit"]
    agree_frame("credit", case, frame(CREDIT, case["bytes"]))
    case = vectors["keyreq"]
    fields = {0: unhex(case["rid"]), 1: unhex(case["eid8"]), 2: unhex(case["seal_key"])}
    agree_frame("keyreq", case, frame(KEYREQ, fields))
    case = vectors["fork"]
    agree_frame("fork", case, frame(FORK, {0: unhex(case["rid"]), 1: unhex(case["proof"])}))
    for name, kind in (("ping", PING), ("pong", PONG)):
        case = vectors[name]
        agree_frame(name, case, frame(kind, {0: case["hlc"], 1: case["queue"]}))
    case = vectors["err"]
    agree_frame("err", case, frame(ERR, {0: case["code"], 1: case["retry_s"]}))
    case = vectors["bye"]
    agree_frame("bye", case, frame(BYE, {0: case["reason"]}))
    case = vectors["join"]
    agree_frame("join", case, frame(JOIN, unhex(case["answer"])))
    case = vectors["joined"]
    agree_frame("joined", case, frame(JOINED, {0: unhex(case["card"]), 1: case["port"]}))


# ---- Revocations ----

def verify_revokes(vectors):
    case = vectors["revokes"]
    items = [[unhex(item[name]) or None for name in ("revoke", "person", "device", "issuer", "chain")]
             for item in case["items"]]
    agree_frame("revokes", case, frame(REVOKES, {0: case["upto"], 1: items, 2: case["last"]}))
    case = vectors["revokes_got"]
    agree_frame("revokes_got", case, frame(REVOKES_GOT, {0: case["upto"]}))


# ---- Hashes ----

def verify_fingerprint(case):
    lines = sorted(case["lines"], key=lambda line: unhex(line["log"]))
    parts = [unhex(line["log"]) + u64(line["head"]) + unhex(line["hash"]) + u64(line["missing"])
             for line in lines]
    agree("fingerprint", unhex(case["fp"]), formats.blake2b(b"rk.circlefp", *parts, length=16))


def verify_arrivals(cases):
    last = bytes(16)
    for case in cases:
        last = formats.blake2b(b"rk.rcv", last, u64(case["rcv"]), unhex(case["log"]),
                               u64(case["seq"]), length=16)
        agree("arrival", unhex(case["hash"]), last)


def verify_subscription(case):
    circles = sorted(unhex(circle) for circle in case["circles"])
    agree("subscription", unhex(case["hash"]),
          formats.blake2b(b"rk.sub", *circles, length=16)[:8])


MEMBERS = {
    "hello": verify_hello, "proof": verify_proof, "list": verify_list, "vector": verify_vector,
    "want": verify_want, "run": verify_run, "ack": verify_ack, "fingerprint": verify_fingerprint,
    "subscription": verify_subscription,
}


def main(path):
    vectors = json.loads(Path(path).read_text())
    for name, verify in MEMBERS.items():
        for case in vectors[name]:
            verify(case)
    verify_rid(vectors["rid"])
    verify_arrivals(vectors["arrival"])
    verify_small(vectors)
    verify_revokes(vectors)
    print(f"{checked} values agree")


if __name__ == "__main__":
    main(sys.argv[1])
