#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes every byte of vault.json again, without the C code: only the random salts and nonces are
taken from the file.

usage: verify_vault.py vault.json     fails with the name of the first value that does not agree
"""

import json
import sys
from pathlib import Path

import rembuk_formats_vault as vault

checked = 0


def agree(what, found, computed):
    global checked
    checked += 1
    if found != computed:
        sys.exit(f"{what}: the file has {found!r}, computed was {computed!r}")


def unhex(text):
    return bytes.fromhex(text)


class Units:
    """Seals with the nonce that the file has."""

    def __init__(self, key_file):
        self.key = vault.page_key(unhex(key_file["store_key"]))
        self.vault_id = unhex(key_file["vault_id"])
        self.nonces = set()

    def agree(self, what, sealed, kind, place, plain):
        nonce = sealed[-24:]
        agree(f"{what}, a nonce of its own", nonce in self.nonces, False)
        self.nonces.add(nonce)
        agree(what, sealed, vault.unit(self.key, kind, place, self.vault_id, plain, nonce))


def verify_key_file(case):
    data = unhex(case["bytes"])
    agree("key file", data, vault.key_file(
        case["passphrase"].encode(), case["memory_kib"], case["passes"], data[12:28], data[28:52],
        unhex(case["store_key"]), unhex(case["vault_id"])))


def salts(first):
    return bytes([first] * 4 + [first + 1] * 4)


def verify_frames(units, cases, header):
    """Each is a commit of page 1, synchronised before the next one is written."""
    sums = tuple(int.from_bytes(header[at:at + 4], "big") for at in (24, 28))
    for number, case in enumerate(cases, 1):
        page = vault.first_page(case["user_version"])
        head, sums = vault.frame_header(1, 1, salts(0x21), page, sums)
        plain = vault.frame_plain(1, number - 1, head, page)
        units.agree(f"frame {number}", unhex(case["sealed"]), vault.FRAME, number, plain)


def verify_sectors(units, sectors, headers, commits):
    """The headers take the slots in turn; the checkpoint was between them."""
    def sector(number):
        return sectors[number * vault.SECTOR_BYTES:(number + 1) * vault.SECTOR_BYTES]
    for slot, header in enumerate(headers):
        units.agree(f"slot {slot}", sector(slot), vault.SLOT, slot,
                    vault.slot_plain(slot + 1, header))
    units.agree("marker", sector(2), vault.MARKER, 0, vault.marker_plain(1, commits))
    agree("sectors", len(sectors), 3 * vault.SECTOR_BYTES)


def verify_page(units, what, sealed, user_version):
    page = vault.first_page(user_version)
    agree(f"{what}, bytes left for the seal", page[vault.CONTENT_BYTES:], bytes(vault.SEAL_BYTES))
    units.agree(what, unhex(sealed), vault.PAGE, 1, page[:vault.CONTENT_BYTES])


def main(path):
    vectors = json.loads(Path(path).read_text())
    verify_key_file(vectors["key_file"])
    case = vectors["vault"]
    units = Units(vectors["key_file"])
    headers = [vault.wal_header(0, salts(0x21)),
               vault.wal_header(case["checkpoints"], salts(0x41))]
    verify_page(units, "new database", case["new_database"], 0)
    verify_frames(units, case["frames"], headers[0])
    verify_page(units, "database", case["database"], case["frames"][-1]["user_version"])
    verify_sectors(units, unhex(case["sectors"]), headers, len(case["frames"]))
    agree("length of the WAL", case["wal_bytes"],
          vault.AREA_BYTES + len(case["frames"]) * vault.FRAME_BYTES)
    print(f"{checked} values agree")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
