# SPDX-License-Identifier: GPL-3.0-or-later
"""The formats of docs/protocol.md written a second time, from the document and not from the C code.

The verifiers of golden vectors lean on this file alone, so that a mistake must be made twice to go
unnoticed.  Cryptography comes from PyNaCl and hashlib.
"""

import hashlib

import nacl.bindings as sodium
import nacl.exceptions
import nacl.pwhash

# ---- Deterministic CBOR, the subset ----

CBOR_DEPTH_MAX = 6


class Malformed(Exception):
    """Bytes that are not what their format says."""


def cbor_head(major, value):
    if value < 24:
        return bytes([major << 5 | value])
    for info, width in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if value < 1 << (8 * width):
            return bytes([major << 5 | info]) + value.to_bytes(width, "big")
    raise ValueError("above 64 bits")


def cbor_encode(item):
    """int, bytes, str, list, dict with int keys, bool and None."""
    if item is None or isinstance(item, bool):
        return bytes([{False: 0xF4, True: 0xF5, None: 0xF6}[item]])
    if isinstance(item, int):
        return cbor_head(0, item) if item >= 0 else cbor_head(1, -1 - item)
    if isinstance(item, bytes):
        return cbor_head(2, len(item)) + item
    if isinstance(item, str):
        text = item.encode()
        return cbor_head(3, len(text)) + text
    if isinstance(item, list):
        return cbor_head(4, len(item)) + b"".join(cbor_encode(part) for part in item)
    if isinstance(item, dict):
        pairs = b"".join(cbor_encode(key) + cbor_encode(item[key]) for key in sorted(item))
        return cbor_head(5, len(item)) + pairs
    raise TypeError(type(item))


class CborReader:
    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, count):
        if count > len(self.data) - self.at:
            raise Malformed("cut")
        self.at += count
        return self.data[self.at - count:self.at]

    def head(self):
        first = self.take(1)[0]
        major, info = first >> 5, first & 31
        if info < 24:
            return major, info
        if info > 27:
            raise Malformed("indefinite or reserved")
        width = 1 << (info - 24)
        value = int.from_bytes(self.take(width), "big")
        if cbor_head(major, value)[0] & 31 != info:
            raise Malformed("not the shortest form")
        return major, value

    def item(self, depth=0):
        start = self.data[self.at:self.at + 1]
        major, value = self.head()
        if major == 0:
            return value
        if major == 1 and value < 1 << 63:
            return -1 - value
        if major == 2:
            return self.take(value)
        if major == 3:
            return self.text(value)
        if major in (4, 5) and depth < CBOR_DEPTH_MAX:
            return self.array(value, depth) if major == 4 else self.map(value, depth)
        if start in (b"\xf4", b"\xf5", b"\xf6"):
            return {20: False, 21: True, 22: None}[value]
        raise Malformed("outside the subset")

    def text(self, length):
        try:
            text = self.take(length).decode()
        except UnicodeDecodeError as error:
            raise Malformed("not UTF-8") from error
        if "\0" in text:
            raise Malformed("NUL in text")
        return text

    def array(self, length, depth):
        items = []
        while len(items) < length:
            items.append(self.item(depth + 1))
        return items

    def map(self, length, depth):
        pairs = {}
        last = -1
        while len(pairs) < length:
            major, key = self.head()
            if major != 0 or key <= last:
                raise Malformed("keys are unsigned and ascend")
            pairs[key] = self.item(depth + 1)
            last = key
        return pairs


def cbor_decode(data):
    reader = CborReader(data)
    item = reader.item()
    if reader.at != len(data):
        raise Malformed("bytes after the end")
    return item


# ---- Other encodings ----

def varint_encode(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def varint_decode(data):
    """The value and what follows it."""
    value = 0
    for index, byte in enumerate(data[:10]):
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            if value >= 1 << 64 or varint_encode(value) != data[:index + 1]:
                raise Malformed("varint")
            return value, data[index + 1:]
    raise Malformed("varint")


BASE32_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


def base32_encode(data):
    bits = "".join(f"{byte:08b}" for byte in data)
    bits += "0" * (-len(bits) % 5)
    return "".join(BASE32_LETTERS[int(bits[at:at + 5], 2)] for at in range(0, len(bits), 5))


def base32_decode(text):
    if any(letter not in BASE32_LETTERS for letter in text.lower()):
        raise Malformed("base32")
    bits = "".join(f"{BASE32_LETTERS.index(letter):05b}" for letter in text.lower())
    whole = len(bits) // 8 * 8
    data = bytes(int(bits[at:at + 8], 2) for at in range(0, whole, 8))
    if base32_encode(data) != text.lower():
        raise Malformed("base32")
    return data


# ---- Cryptography ----

def blake2b(label, *parts, length=32, key=b""):
    """BLAKE2b of 8 * length bits, of the label and the parts one after another."""
    return hashlib.blake2b(label + b"".join(parts), digest_size=length, key=key).digest()


def derive(key, context, subkey):
    """crypto_kdf_derive_from_key of 32 bytes: BLAKE2b with salt and personalisation."""
    return hashlib.blake2b(
        b"", digest_size=32, key=key, salt=subkey.to_bytes(8, "little").ljust(16, b"\0"),
        person=context.ljust(16, b"\0")).digest()


def sign_public(seed):
    return sodium.crypto_sign_seed_keypair(seed)[0]


def sign(seed, label, message):
    secret = sodium.crypto_sign_seed_keypair(seed)[1]
    return sodium.crypto_sign(label + message, secret)[:64]


def verify(public, label, message, signature):
    try:
        sodium.crypto_sign_open(signature + label + message, public)
        return True
    except nacl.exceptions.BadSignatureError:
        return False


def box_secret(seed):
    """The secret key that crypto_box_seed_keypair makes of a seed."""
    return hashlib.sha512(seed).digest()[:32]


def box_public(secret):
    return sodium.crypto_scalarmult_base(secret)


def box_open(secret, seal):
    """crypto_box_seal_open, from its parts: ephemeral key, box under a nonce made of both keys."""
    ephemeral, boxed = seal[:32], seal[32:]
    nonce = blake2b(ephemeral, box_public(secret), length=24)
    return sodium.crypto_box_open(boxed, nonce, ephemeral, secret)


def seal(key, nonce, ad, message):
    return sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(message, ad, nonce, key)


def unseal(key, nonce, ad, sealed):
    return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, ad, nonce, key)


def passphrase_key(passphrase, salt, memory_kib, passes):
    return nacl.pwhash.argon2id.kdf(
        32, passphrase, salt, opslimit=passes, memlimit=memory_kib * 1024)


# ---- Persons, certificates, cards ----

def person_id(public):
    return blake2b(b"rk.id", public)


def bits_to_words(data, words, count):
    bits = "".join(f"{byte:08b}" for byte in data)
    return " ".join(words[int(bits[11 * i:11 * i + 11], 2)] for i in range(count))


def fingerprint_words(public, words):
    value = hashlib.blake2b(public + b"rk.fp" + b"\x01").digest()
    for _ in range(999):
        value = hashlib.blake2b(value + public).digest()
    return bits_to_words(value, words, 8)


def envelope(seed, label, body):
    return cbor_encode([body, sign(seed, label, body)])


def envelope_open(public, label, data):
    body, signature = cbor_decode(data)
    if not verify(public, label, body, signature):
        raise Malformed("signature")
    return cbor_decode(body)


def person_cert(seed, name, role, region, cluster, not_before, not_after, serial):
    public = sign_public(seed)
    return envelope(seed, b"rk.cert", cbor_encode({
        0: 1, 1: 1, 2: public, 5: name, 6: role, 7: region, 8: not_before, 9: not_after,
        10: [], 11: serial, 12: person_id(public), 14: cluster}))


def device_cert(seed, device, transport, name, not_before, not_after, serial):
    issuer = person_id(sign_public(seed))
    return envelope(seed, b"rk.cert", cbor_encode({
        0: 1, 1: 2, 2: device, 4: transport, 5: name, 8: not_before, 9: not_after,
        10: [], 11: serial, 12: issuer, 13: issuer}))


def cert_id(cert):
    return blake2b(b"rk.cid", cert, length=16)


def seal_key(device_seed, device_cert_id, generation, public, from_ms):
    return envelope(device_seed, b"rk.xkey", cbor_encode({
        0: device_cert_id, 1: generation, 2: public, 3: from_ms}))


def card(device_seed, person, device, key, addresses, telephone, issued_ms):
    return envelope(device_seed, b"rk.card", cbor_encode([
        person, device, key, addresses, telephone, issued_ms]))


def armour(data, kind="CARD"):
    letters = base32_encode(data)
    lines = [letters[at:at + 60] for at in range(0, len(letters), 60)]
    checksum = base32_encode(blake2b(b"rk.sum", data, length=16)[:5])
    begin, end = (f"-----{mark} REMBUK {kind}-----" for mark in ("BEGIN", "END"))
    return [begin, *lines, "=" + checksum, end]


# ---- Codes ----

def area_digits(typed):
    """The digits of an area code as typed, or None."""
    parts = [2, 2, 2, 4]
    rest = typed
    digits = ""
    for width in parts:
        if rest[:1] == "." and digits:
            rest = rest[1:]
        elif not rest and digits:
            break
        level = rest[:width]
        if len(level) != width or not (level.isascii() and level.isdigit()):
            return None
        digits += level
        rest = rest[width:]
    return digits if not rest else None


def case_code(area, year, circle):
    area4 = (area[:4] + "0000")[:4]
    return f"{area4}-{year % 100:02d}-{base32_encode(circle)[:4].upper()}"
