#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Computes every value of invite.json again, without the C code.

usage: verify_invite.py invite.json     the words are those of base.json beside it
"""

import json
import sys
from pathlib import Path

import rembuk_formats as base
import rembuk_formats_invite as formats

checked = 0


def agree(what, found, computed):
    global checked
    checked += 1
    if found != computed:
        sys.exit(f"{what}: the file has {found!r}, computed was {computed!r}")


def unhex(text):
    return bytes.fromhex(text)


def verify_keys(case, words):
    secret = unhex(case["secret"])
    agree("words", case["words"], formats.words_of(secret, words))
    agree("number of words", len(case["words"].split()), 12)
    agree("secret of the words", secret, formats.secret_of(case["words"], words))
    agree("name", unhex(case["name"]), formats.key(secret, 2)[:16])
    for number, who in enumerate(("inviter", "joiner")):
        box = base.box_secret(formats.key(secret, number))
        agree(who, unhex(case[who + "_secret"]), box)
        agree(who + " public", unhex(case[who + "_public"]), base.box_public(box))
    agree("answer key", unhex(case["answer"]), formats.key(secret, 3))


def verify_offer(case):
    secret = unhex(case["secret"])
    offer = formats.offer(secret, case["until_s"], case["addresses"], unhex(case["card"]))
    agree("offer", unhex(case["offer"]), offer)
    agree("offer armour", case["armour"], base.armour(offer, "INVITATION"))
    text, count = formats.offer_text(secret, case["until_s"], case["addresses"])
    agree("offer text", case["text"], text)
    return count == len(case["addresses"])


def verify_answer(case):
    answer = formats.answer(unhex(case["secret"]), unhex(case["card"]))
    agree("answer", unhex(case["answer"]), answer)
    agree("answer armour", case["armour"], base.armour(answer, "ANSWER"))


def main():
    path = Path(sys.argv[1])
    vectors = json.loads(path.read_text())
    lines = json.loads(path.with_name("base.json").read_text())["words"]
    words = [word for line in lines for word in line.split(" ")]
    for case in vectors["secrets"]:
        verify_keys(case, words)
    whole = [verify_offer(case) for case in vectors["offers"]]
    agree("some texts leave an address out, some none", {True, False}, set(whole))
    verify_answer(vectors["answer"])
    print(f"verify_invite: {checked} values agree.")


if __name__ == "__main__":
    main()
