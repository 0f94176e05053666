#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recomputes log.json from its seeds and the specification.

usage: verify_log.py log.json
"""

import json
import sys

import rembuk_formats as base
import rembuk_formats_log as formats


class Different(Exception):
    pass


def same(what, found, expected):
    if found != expected:
        raise Different(f"{what}\n  vector   {found}\n  computed {expected}")


def unhex(value):
    """The vectors with every hexadecimal string as bytes, but names as they are."""
    if isinstance(value, dict):
        return {name: item if name in ("name", "call") else unhex(item)
                for name, item in value.items()}
    if isinstance(value, list):
        return [unhex(item) for item in value]
    return bytes.fromhex(value) if isinstance(value, str) else value


def check_keys(keys):
    same("log key", keys["log_public"], base.sign_public(keys["log_seed"]))
    same("H_0", keys["log_first_hash"], formats.first_hash(keys["log_public"]))
    same("device key", keys["device_public"], base.sign_public(keys["device_seed"]))
    for epoch in keys["epochs"]:
        same("epoch id", epoch["id"], formats.epoch_id(epoch["key"]))
    for recipient in keys["recipients"]:
        same("recipient", recipient["public"], base.box_public(recipient["secret"]))
    same("device certificate id", keys["recipients"][0]["cert_id"],
         base.cert_id(keys["device_cert"]))


def person_id(keys):
    body, _signature = base.cbor_decode(keys["person_cert"])
    return base.person_id(base.cbor_decode(body)[2])


def logcert(keys, circle):
    device = keys["recipients"][0]["cert_id"]
    number = 0x0123456789abcdef
    message = device + circle + formats.u64(number) + keys["log_public"]
    signature = base.sign(keys["device_seed"], b"rk.logcert", message)
    return {0: device, 1: circle, 2: number, 3: keys["log_public"], 4: signature}


def expected_bodies(keys, circle):
    """What each event of the log says, in its order."""
    devices = [recipient["cert_id"] for recipient in keys["recipients"]]
    pair = [keys["person_cert"], keys["device_cert"], keys["seal_key"]]
    old = keys["epochs"][0]
    locks = [[b"\x77" * 32, 12, b"\x78" * 32], [b"\x88" * 32, 70000, b"\x89" * 32]]
    return [
        ("LOGCERT", 1, logcert(keys, circle)),
        ("GENESIS", 2, {0: 1, 1: False, 2: None, 3: b"\x66" * 16, 4: pair, 5: devices[:1]}),
        ("ADD", 3, {0: 2, 1: pair}),
        ("ACCEPT", 5, {}),
        ("KEYGRANT", 8, {0: old["id"], 1: devices[1:]}),
        ("EPOCH", 7, {0: [old["id"]], 1: devices, 2: [[old["id"], old["key"]]]}),
        ("DECLINE", 6, {1: locks[:1]}),
        ("REMOVE", 4, {0: person_id(keys), 1: locks}),
        ("group", 64, {0: "Pendamping PKH Pacitan"}),
        ("thread", 65, {0: "Jadwal kunjungan"}),
        ("post", 66, {0: "Besok pagi ke Arjosari.\nSiapa ikut?"}),
        ("post with a quoted author", 66, {0: "Saya ikut.", 1: "Budi Santoso"}),
        ("edit", 67, {0: "Lusa pagi ke Arjosari."}),
        ("retract", 68, {}),
        ("retract with a reason", 68, {0: "Salah utas."}),
        ("case", 69, {0: "3501", 1: 2024, 2: "AMPK", 3: 30, 4: 1, 5: "2024-02-29", 6: 2}),
        ("case of which little is told", 69, {0: "0000", 1: 2026}),
        ("entry", 70, {0: "Ibu sudah ditemui.\nAkta belum ada."}),
        ("entry of a visit", 70, {0: "Bersama kader.", 1: 1, 2: "2024-02-29", 3: "Setuju.", 4: "Urus akta.", 5: "2024-03-07"}),
        ("contact", 71, {0: b"\x55" * 32, 1: 1, 2: b"(card)"}),
        ("contact who was removed", 71, {0: b"\x55" * 32, 1: 2}),
    ]


# What an event refers to, as places in the log from 0 on.
EXPECTED_REFS = {
    "post": [9],
    "post with a quoted author": [9, 10],
    "edit": [10],
    "retract": [10],
    "retract with a reason": [11],
}


def check_meaning(event, expected, refs):
    name, event_type, body = expected
    same("name", event["name"], name)
    same(f"{name}: type", event["type"], event_type)
    same(f"{name}: class", event["class"], 1 if event_type < 64 else 0)
    same(f"{name}: body", event["body"], base.cbor_encode(body))
    same(f"{name}: refs", event["refs"], [refs[index] for index in EXPECTED_REFS.get(name, [])])
    for ref in event["ctl"]:
        same(f"{name}: ctl is earlier", ref in refs, True)


def check_seals(event, key, recipients):
    """The count byte and the seals of a key body, after each was opened by its recipient."""
    if not recipients:
        return b""
    seals = event["sealed"][32:33 + 80 * len(recipients)]
    same("number of seals", seals[0], len(recipients))
    for index, recipient in enumerate(recipients):
        sealed = seals[1 + 80 * index:81 + 80 * index]
        same("sealed key", base.box_open(recipient["secret"], sealed), key)
    return seals


def check_event(event, keys, previous):
    name, seq, log = event["name"], event["seq"], keys["log_public"]
    key = keys["epochs"][event["epoch"]]["key"]
    first = event["recipient"]
    recipients = keys["recipients"][first:first + event["recipients"]]

    payload = formats.payload(
        event["type"], event["hlc"], event["body"], event["refs"], event["ctl"])
    same(f"{name}: payload", event["payload"], payload)
    seals = check_seals(event, key, recipients)
    head, body = formats.seal(event["class"], log, seq, previous, key, payload, seals)
    same(f"{name}: header", event["header"], head)
    same(f"{name}: sealed body", event["sealed"], body)
    same(f"{name}: body hash", event["body_hash"], formats.body_hash(body))
    same(f"{name}: e", event["event_hash"], formats.event_hash(head, event["body_hash"]))
    digest = formats.next_hash(seq, previous, event["event_hash"])
    same(f"{name}: H", event["hash"], digest)
    signature = base.sign(
        keys["log_seed"], b"rk.head1", formats.head_message(log, seq, digest))
    same(f"{name}: S", event["signature"], signature)
    same(f"{name}: ref", event["ref"], formats.event_ref(log, seq, digest))
    return digest


def check_log(vectors):
    keys, events = vectors["keys"], vectors["events"]
    expected = expected_bodies(keys, vectors["circle_id"])
    digest, refs, clock = keys["log_first_hash"], [], 0

    same("number of events", len(events), len(expected))
    for index, event in enumerate(events):
        same("seq", event["seq"], index + 1)
        same("clock rises", event["hlc"] > clock, True)
        check_meaning(event, expected[index], refs)
        digest = check_event(event, keys, digest)
        refs.append(event["ref"])
        clock = event["hlc"]
    same("circle id", vectors["circle_id"], base.blake2b(b"rk.circle", events[1]["payload"]))


def check_fork(vectors):
    fork, events, log = vectors["fork"], vectors["events"], vectors["keys"]["log_public"]
    branches = [fork["first"], fork["second"]]
    seq, digest = fork["common_seq"], fork["common_hash"]

    same("common H", digest, events[seq - 1]["hash"])
    for branch in branches:
        head = formats.chain(seq, digest, branch["event_hashes"])
        message = formats.head_message(log, *head)
        same("branch", base.verify(log, b"rk.head1", message, branch["signature"]), True)
        first = formats.chain(seq, digest, branch["event_hashes"][:1])
        same("name of branch", branch["log_name"], formats.branch_name(log, *first))
    same("order", branches[0]["event_hashes"][0] < branches[1]["event_hashes"][0], True)
    own = [event["event_hash"] for event in events[seq:]]
    same("own branch", own in [branch["event_hashes"] for branch in branches], True)
    proof = [1, log, seq, digest] + [
        [branch["event_hashes"], branch["signature"]] for branch in branches]
    same("proof", fork["proof"], base.cbor_encode(proof))


def check_numbers(vectors):
    for row in vectors["padded_lengths"]:
        same(f"padded length of {row['content']}", row["padded"],
             formats.padded_length(row["content"]))
    for row in vectors["clocks"]:
        if row["call"] == "next":
            result = formats.hlc_next(row["last"], row["now_ms"])
        else:
            result = formats.hlc_merge(row["last"], row["seen"], row["now_ms"])
        same(f"clock {row}", row["result"], result)


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__)
    with open(arguments[0], encoding="ascii") as file:
        vectors = unhex(json.load(file))
    try:
        check_keys(vectors["keys"])
        check_log(vectors)
        check_fork(vectors)
        check_numbers(vectors)
    except Different as difference:
        sys.exit(f"different: {difference}")
    print(f"{len(vectors['events'])} events and the rest of {arguments[0]} recomputed")


if __name__ == "__main__":
    main(sys.argv[1:])
