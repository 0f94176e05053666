# SPDX-License-Identifier: GPL-3.0-or-later
"""Invitations as docs/protocol.md, 12, describes them, written from the document and not from the C
code.
"""

import rembuk_formats as base

TEXT_MAX = 600


def key(secret, number):
    return base.blake2b(b"rk.inv", bytes([number]), key=secret)


def secret_bits(secret):
    """The 132 bits that the words say."""
    summed = base.blake2b(b"rk.invsum", secret, length=16)
    return "".join(f"{byte:08b}" for byte in secret) + f"{summed[0]:08b}"[:4]


def words_of(secret, words):
    bits = secret_bits(secret)
    return " ".join(words[int(bits[at:at + 11], 2)] for at in range(0, len(bits), 11))


def secret_of(text, words):
    """Of twelve words; None if their checksum does not fit."""
    bits = "".join(f"{words.index(word):011b}" for word in text.split())
    secret = int(bits[:128], 2).to_bytes(16, "big")
    return secret if secret_bits(secret) == bits else None


def offer(secret, until_s, addresses, card):
    return base.cbor_encode([1, secret, until_s, addresses, card or None])


def checksum(data):
    return base.blake2b(b"rk.sum", data, length=16)[:5]


def grouped(data):
    letters = base.base32_encode(data + checksum(data))
    return " ".join(letters[at:at + 5] for at in range(0, len(letters), 5))


def offer_text(secret, until_s, addresses):
    """Without the last addresses, as many as make it too long."""
    for count in range(len(addresses), -1, -1):
        text = grouped(offer(secret, until_s, addresses[:count], None))
        if len(text) <= TEXT_MAX:
            return text, count
    raise ValueError("too long without any address")


def answer(secret, card):
    tag = base.blake2b(b"rk.invans", card, key=key(secret, 3))
    return base.cbor_encode([1, key(secret, 2)[:16], card, tag])
