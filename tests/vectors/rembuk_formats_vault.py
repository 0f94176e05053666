# SPDX-License-Identifier: GPL-3.0-or-later
"""The key file and the vault, from docs/vault.md and SQLite's file format, as rembuk_formats.py."""

import rembuk_formats as formats

PAGE_BYTES = 4096
SEAL_BYTES = 40
CONTENT_BYTES = PAGE_BYTES - SEAL_BYTES
SECTOR_BYTES = 512
AREA_BYTES = 4096
FRAME_BYTES = 4128

PAGE, FRAME, SLOT, MARKER = 1, 2, 3, 4


def u32(value):
    return value.to_bytes(4, "little")


def u64(value):
    return value.to_bytes(8, "little")


def big(value, width=4):
    return value.to_bytes(width, "big")


# ---- Key file ----

def key_file(passphrase, memory_kib, passes, salt, nonce, store_key, vault_id):
    head = b"RKK1" + u32(memory_kib) + u32(passes) + salt + nonce
    wrap = formats.passphrase_key(passphrase, salt, memory_kib, passes)
    return head + formats.seal(wrap, nonce, head, store_key + vault_id)


# ---- One sealed unit ----

def page_key(store_key):
    return formats.blake2b(b"rk.vault", key=store_key)


def unit_ad(kind, place, vault_id):
    return bytes([1, kind]) + bytes(6) + u64(place) + vault_id


def unit(key, kind, place, vault_id, plain, nonce):
    return formats.seal(key, nonce, unit_ad(kind, place, vault_id), plain) + nonce


# ---- What SQLite would see: its file format, 1.3, 1.6 and 4.1 ----

def first_page(user_version):
    """Of a database without tables, in WAL mode."""
    header = b"".join([
        b"SQLite format 3\0", big(PAGE_BYTES, 2), bytes([2, 2, SEAL_BYTES, 64, 32, 32]),
        big(0), big(1),  # changes, pages
        bytes(28), big(user_version), bytes(36)])
    leaf = bytes([13]) + bytes(4) + big(CONTENT_BYTES, 2) + bytes(1)
    return (header + leaf).ljust(PAGE_BYTES, b"\0")


def wal_sum(data, start=(0, 0)):
    first, second = start
    for at in range(0, len(data), 8):
        first = first + int.from_bytes(data[at:at + 4], "little") + second & 0xFFFFFFFF
        second = second + int.from_bytes(data[at + 4:at + 8], "little") + first & 0xFFFFFFFF
    return first, second


def wal_header(checkpoints, salts):
    head = big(0x377F0682) + big(3007000) + big(PAGE_BYTES) + big(checkpoints) + salts
    first, second = wal_sum(head)
    return head + big(first) + big(second)


def frame_header(number, pages, salts, page, start):
    """The header, and the sum that the next frame goes on with."""
    head = big(number) + big(pages)
    sums = wal_sum(head + page, start)
    return head + salts + big(sums[0]) + big(sums[1]), sums


# ---- What stands on the disk ----

def slot_plain(generation, header):
    return (u32(generation) + header).ljust(SECTOR_BYTES - SEAL_BYTES, b"\0")


def marker_plain(generation, commit):
    return (u32(generation) + u32(commit)).ljust(SECTOR_BYTES - SEAL_BYTES, b"\0")


def frame_plain(generation, synced, header, page):
    return u32(generation) + u32(synced) + header + page[:CONTENT_BYTES]
