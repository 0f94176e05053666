# SPDX-License-Identifier: GPL-3.0-or-later
"""Logs and events as docs/protocol.md describes them, written from the document and not from the C
code.  Everything goes from values to bytes: a verifier rebuilds what a vector should be and compares.
"""

import struct

from rembuk_formats import blake2b, cbor_encode, cbor_head, seal as aead_seal

PADDED_BYTES_MIN = 128
KEY_BODY_FLAG = 2
CLOCK_AHEAD_MS_MAX = 3600 * 1000


def u64(value):
    return struct.pack("<Q", value)


# ---- Events ----

def epoch_id(key):
    return blake2b(b"rk.eid", key)


def padded_length(content_length):
    """Padme of the content and its mark."""
    length = content_length + 1
    exponent = length.bit_length() - 1
    zeros = exponent - exponent.bit_length()
    step = 1 << max(zeros, 0)
    return max(-(-length // step) * step, PADDED_BYTES_MIN)


def pad(payload_bytes):
    content = b"\x00" + payload_bytes
    return (content + b"\x80").ljust(padded_length(len(content)), b"\x00")


def header(event_class, is_key_body, eid, body_length):
    flags = KEY_BODY_FLAG if is_key_body else 0
    return struct.pack("<BBH8sI", 1, event_class, flags, eid[:8], body_length)


def payload(event_type, hlc, body, refs, ctl):
    """`body` is CBOR already."""
    fields = [(0, cbor_encode(event_type)), (1, cbor_encode(hlc)), (2, body)]
    if refs:
        fields.append((3, cbor_encode(refs)))
    if ctl:
        fields.append((4, cbor_encode(ctl)))
    pairs = b"".join(cbor_encode(key) + item for key, item in fields)
    return cbor_head(5, len(fields)) + pairs


def seal(event_class, log, seq, previous, key, payload_bytes, seals=b""):
    """(header, body); `seals` is empty or the count byte and the sealed keys."""
    eid = epoch_id(key)
    padded = pad(payload_bytes)
    front = eid + seals if seals else b""
    head = header(event_class, bool(seals), eid, len(front) + 24 + len(padded) + 16)
    ad = head + log + u64(seq) + previous + eid + seals
    nonce = blake2b(b"", ad, padded, key=blake2b(b"rk.siv", key=key), length=24)
    return head, front + nonce + aead_seal(blake2b(b"rk.ev", key=key), nonce, ad, padded)


# ---- Chain ----

def body_hash(body):
    return blake2b(b"", body)


def event_hash(head, body_digest):
    return blake2b(b"rk.e", head, body_digest)


def first_hash(log):
    return blake2b(b"rk.h0", log)


def next_hash(seq, previous, event_digest):
    return blake2b(b"rk.h", u64(seq), previous, event_digest)


def head_message(log, seq, digest):
    return log + u64(seq) + digest


def event_ref(log, seq, digest):
    return blake2b(b"rk.ref", head_message(log, seq, digest), length=16)


def chain(seq, digest, event_digests):
    """The seq and H of the head after the events that follow `seq`."""
    for event_digest in event_digests:
        seq += 1
        digest = next_hash(seq, digest, event_digest)
    return seq, digest


def branch_name(log, seq, digest):
    """Of the branch whose first event is `seq`, with H `digest`."""
    return blake2b(b"rk.branch", log, u64(seq), digest)


# ---- Clock ----

def hlc_next(last, now_ms):
    return max(last + 1, now_ms << 16)


def hlc_merge(last, seen, now_ms):
    return last if (seen >> 16) > now_ms + CLOCK_AHEAD_MS_MAX else max(last, seen)
