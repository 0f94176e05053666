# SPDX-License-Identifier: GPL-3.0-or-later
"""Offices, letters and revocations as docs/protocol.md describes them, written from the document and
not from the C code.
"""

import datetime
import unicodedata

import rembuk_formats as base

CHAIN_CERTS_MAX = 5
CHAIN_BYTES_MAX = 3072
RANK_ROOT, RANK_SUPERVISOR, RANK_WORKER, RANK_NONE = 0, 3, 4, 5

# By role: Sakti Peksos, TKSK, supervisor, operator, volunteer.
RANK_OF_ROLE = [RANK_WORKER, RANK_WORKER, RANK_SUPERVISOR, RANK_WORKER, RANK_NONE]


class BadSignature(Exception):
    """Well-formed, but not signed by whom it names."""


# ---- Who issues ----

ROOT_KEYS = 3
ROOT_FORM = 2 * (1 + 64)


def root_id(keys):
    """`keys` are the three public keys, one after the other."""
    return base.blake2b(b"rk.root", keys)


def public_keys(seeds):
    return sorted(base.sign_public(seed) for seed in seeds)


def issuer_id(seeds):
    """Of an office (one seed) or a root (three)."""
    if len(seeds) == 1:
        return base.person_id(base.sign_public(seeds[0]))
    return root_id(b"".join(public_keys(seeds)))


def issue(seeds, body):
    """A certificate: a root signs with the first and the last of its keys."""
    if len(seeds) == 1:
        return base.envelope(seeds[0], b"rk.cert", body)
    ordered = sorted(seeds, key=base.sign_public)
    signature = b"".join(bytes([place]) + base.sign(ordered[place], b"rk.cert", body)
                         for place in (0, 2))
    return base.cbor_encode([body, signature])


# ---- What they issue ----

def office_cert(seeds, issuer_seeds, name, region, rank, not_before, not_after):
    body = {
        0: 1, 1: 4, 2: base.sign_public(seeds[0]), 5: name, 7: region, 8: not_before,
        9: not_after, 10: [], 11: not_before, 12: issuer_id(issuer_seeds), 15: rank}
    if rank == RANK_ROOT:
        body[2] = issuer_id(seeds)
        body[16] = b"".join(public_keys(seeds))
    return issue(issuer_seeds, base.cbor_encode(body))


def letter(person, issuer_seeds, name, role, region, cluster, not_before, not_after, said):
    """`person` is the public key, `said` number, date and scope."""
    body = {
        0: 1, 1: 1, 2: person, 5: name, 6: role, 7: region, 8: not_before, 9: not_after,
        10: [], 11: not_before, 12: issuer_id(issuer_seeds), 14: cluster}
    body.update({17 + i: text for i, text in enumerate(said) if text})
    return issue(issuer_seeds, base.cbor_encode(body))


def revoke(cert_id, person, issuer_seed, at):
    return base.envelope(issuer_seed, b"rk.revoke", base.cbor_encode({
        0: 1, 1: cert_id, 2: person, 3: base.sign_public(issuer_seed), 4: at}))


def card(device_seed, person, device, key, telephone, issued_ms, chain):
    """Without addresses; `chain` is a list of certificates."""
    return base.envelope(device_seed, b"rk.card", base.cbor_encode([
        person, device, key, [], telephone, issued_ms, chain]))


# ---- The rules of a certificate ----

COMMON = {0, 1, 2, 5, 8, 9, 10, 11, 12}
FIELDS = {1: COMMON | {6, 7, 14}, 2: COMMON | {4, 13}, 4: COMMON | {7, 15}}
KNOWN = set(range(20)) - {3}
NUMBER_MAX, SCOPE_MAX = 64, 200


def need(holds, what):
    if not holds:
        raise base.Malformed(what)


def fields(cert):
    return base.cbor_decode(base.cbor_decode(cert)[0])


def is_root(body):
    return body[1] == 4 and body[15] == RANK_ROOT


def own_id(body):
    return body[2] if is_root(body) else base.person_id(body[2])


def check_signature_form(signature):
    if len(signature) != 64:
        need(len(signature) == ROOT_FORM, "length of the signature")
        need(signature[0] < signature[65] < ROOT_KEYS, "places of the signature")


def check_root(body):
    keys = [body[16][at:at + 32] for at in range(0, len(body[16]), 32)]
    need(len(body[16]) == 32 * ROOT_KEYS, "number of keys")
    need(keys[0] < keys[1] < keys[2], "order of the keys")
    need(body[2] == root_id(body[16]), "the id of a root")
    need(body[7] == "", "a root is everywhere")


def check_said(text, most):
    need(1 <= len(text.encode()) <= most, "length")
    need(not any(unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp") for letter in text),
         "unprintable")


def check_assignment(body):
    said = body.keys() & {17, 18, 19}
    need(not said or (body[1] == 1 and body[12] != own_id(body)), "an assignment of one's own")
    if 17 in said:
        check_said(body[17], NUMBER_MAX)
    if 18 in said:
        try:
            need(datetime.date.fromisoformat(body[18]).isoformat() == body[18], "form of the date")
        except ValueError:
            raise base.Malformed("date") from None
    if 19 in said:
        check_said(body[19], SCOPE_MAX)


def check_cert(cert):
    """The form: what a reader knows before it looks at a key."""
    body, signature = base.cbor_decode(cert)
    check_signature_form(signature)
    body = base.cbor_decode(body)
    wanted = FIELDS[body[1]] | ({16} if is_root(body) else set())
    need(body.keys() & KNOWN - {17, 18, 19} == wanted, "fields of the kind")
    if is_root(body):
        check_root(body)
    check_assignment(body)


# ---- The rules of a chain ----

def rank_of(body):
    return body[15] if body[1] == 4 else RANK_OF_ROLE[body[6]]


def signed_by_root(body, signature, keys):
    if len(signature) != ROOT_FORM:
        return False
    parts = signature[:65], signature[65:]
    return all(base.verify(keys[32 * part[0]:32 * part[0] + 32], b"rk.cert", body, part[1:])
               for part in parts)


def verify_signature(cert, issuer):
    body, signature = base.cbor_decode(cert)
    if fields(cert)[12] != own_id(issuer):
        raise BadSignature("another issuer")
    if is_root(issuer):
        good = signed_by_root(body, signature, issuer[16])
    else:
        good = len(signature) == 64 and base.verify(issuer[2], b"rk.cert", body, signature)
    if not good:
        raise BadSignature("signature")


def verify_link(cert, office):
    subject, issuer = fields(cert), fields(office)
    if rank_of(subject) <= rank_of(issuer):
        raise base.Malformed("rank")
    if not subject[7].startswith(issuer[7]):
        raise base.Malformed("region")
    verify_signature(cert, issuer)


def verify_chain(person, chain_bytes):
    """(rank, root id) of a letter; Malformed or BadSignature."""
    check_cert(person)
    chain = base.cbor_decode(chain_bytes)
    if not 1 <= len(chain) <= CHAIN_CERTS_MAX or len(chain_bytes) > CHAIN_BYTES_MAX:
        raise base.Malformed("length of the chain")
    for office in chain:
        check_cert(office)
    if any(fields(office)[1] != 4 for office in chain):
        raise base.Malformed("not an office")
    for cert, office in zip([person, *chain], chain):
        verify_link(cert, office)
    root = fields(chain[-1])
    if root[15] != RANK_ROOT:
        raise base.Malformed("not a root")
    verify_signature(chain[-1], root)
    return rank_of(fields(person)), own_id(root)
