# SPDX-License-Identifier: GPL-3.0-or-later
"""Offices, letters and revocations as docs/protocol.md describes them, written from the document and
not from the C code.
"""

import rembuk_formats as base

CHAIN_CERTS_MAX = 5
CHAIN_BYTES_MAX = 3072
RANK_ROOT, RANK_SUPERVISOR, RANK_WORKER, RANK_NONE = 0, 3, 4, 5

# By role: Sakti Peksos, TKSK, supervisor, operator, volunteer.
RANK_OF_ROLE = [RANK_WORKER, RANK_WORKER, RANK_SUPERVISOR, RANK_WORKER, RANK_NONE]


class BadSignature(Exception):
    """Well-formed, but not signed by whom it names."""


def office_cert(seed, issuer_seed, name, region, rank, not_before, not_after):
    return base.envelope(issuer_seed, b"rk.cert", base.cbor_encode({
        0: 1, 1: 4, 2: base.sign_public(seed), 5: name, 7: region, 8: not_before, 9: not_after,
        10: [], 11: not_before, 12: base.person_id(base.sign_public(issuer_seed)), 15: rank}))


def letter(person, issuer_seed, name, role, region, cluster, not_before, not_after):
    """`person` is the public key."""
    return base.envelope(issuer_seed, b"rk.cert", base.cbor_encode({
        0: 1, 1: 1, 2: person, 5: name, 6: role, 7: region, 8: not_before, 9: not_after,
        10: [], 11: not_before, 12: base.person_id(base.sign_public(issuer_seed)), 14: cluster}))


def revoke(cert_id, person, issuer_seed, at):
    return base.envelope(issuer_seed, b"rk.revoke", base.cbor_encode({
        0: 1, 1: cert_id, 2: person, 3: base.sign_public(issuer_seed), 4: at}))


def card(device_seed, person, device, key, telephone, issued_ms, chain):
    """Without addresses; `chain` is a list of certificates."""
    return base.envelope(device_seed, b"rk.card", base.cbor_encode([
        person, device, key, [], telephone, issued_ms, chain]))


# ---- The rules of a chain ----

def fields(cert):
    return base.cbor_decode(base.cbor_decode(cert)[0])


def rank_of(body):
    return body[15] if body[1] == 4 else RANK_OF_ROLE[body[6]]


def verify_signature(cert, issuer_public):
    body, signature = base.cbor_decode(cert)
    if fields(cert)[12] != base.person_id(issuer_public):
        raise BadSignature("another issuer")
    if not base.verify(issuer_public, b"rk.cert", body, signature):
        raise BadSignature("signature")


def verify_link(cert, office):
    subject, issuer = fields(cert), fields(office)
    if rank_of(subject) <= rank_of(issuer):
        raise base.Malformed("rank")
    if not subject[7].startswith(issuer[7]):
        raise base.Malformed("region")
    verify_signature(cert, issuer[2])


def verify_chain(person, chain_bytes):
    """(rank, root id) of a letter; Malformed or BadSignature."""
    chain = base.cbor_decode(chain_bytes)
    if not 1 <= len(chain) <= CHAIN_CERTS_MAX or len(chain_bytes) > CHAIN_BYTES_MAX:
        raise base.Malformed("length of the chain")
    if any(fields(office)[1] != 4 for office in chain):
        raise base.Malformed("not an office")
    for cert, office in zip([person, *chain], chain):
        verify_link(cert, office)
    root = fields(chain[-1])
    if root[15] != RANK_ROOT:
        raise base.Malformed("not a root")
    verify_signature(chain[-1], root[2])
    return rank_of(fields(person)), base.person_id(root[2])
