/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Certificates and the card that carries them (docs/protocol.md, 3).
 *
 *   CERT = [ bstr body, sig ]            body a map, signed as "rk.cert" ‖ body:
 *     0 version = 1       1 kind: 1 person, 2 device, 4 office (3 relay: later)
 *     2 subject Ed25519 pk                  4 T pk (device only)
 *     5 display name      6 role (person)   7 region, digits only, "" if unknown (person)
 *     8 not before (s)    9 not after (s)  10 [roles it may issue]     11 serial
 *    12 issuer id = id(issuer pk)          13 person id (device only)  14 cluster or "" (person)
 *    15 rank (office only)                  an office has 2, 5, 7 to 12 and 15
 *    16 bstr96 k1 ‖ k2 ‖ k3 (root only: an office of rank 0)
 *    17 number  18 date  19 scope of a letter of assignment: only in the certificate of a person by
 *       an office, and each may be missing
 *     Each kind has all of its fields up to 16 and none of the other's; newer versions add keys
 *     above 19.
 *     sig: bstr64 Ed25519_issuer, or, if a root is the issuer, as it is of itself, the bstr130 of
 *     root.h by two of its three keys.  A root has no key of its own: fields 2 and 12 are its id.
 *   cert id = BLAKE2b-128("rk.cid" ‖ CERT)
 *   XKEY = [ bstr body, bstr64 sig ]     sig = Ed25519_D("rk.xkey" ‖ body), body a map:
 *     0 device cert id16  1 generation  2 X pk  3 from (ms)
 *   REVOKE = [ bstr body, bstr64 sig ]   sig = Ed25519_issuer("rk.revoke" ‖ body), body a map:
 *     0 version = 1  1 cert id16  2 person id32  3 issuer pk32  4 at (s)
 *   CARD = [ bstr body, bstr64 sig ]     sig = Ed25519_D("rk.card" ‖ body), body an array:
 *     [ bstr person CERT, bstr device CERT, bstr XKEY, [addresses], telephone, issued (ms) ],
 *     or with a seventh item, the chain of his letter: [ bstr office CERT ... ]
 *   armoured: "-----BEGIN REMBUK CARD-----", base32 in lines of 60, "=" and 8 base32 characters of
 *     BLAKE2b-128("rk.sum" ‖ CARD), "-----END REMBUK CARD-----"
 *
 * A flat group needs no authority: a person certificate signed by its own key (issuer id =
 * id(subject pk)) has rank 4, and trust comes from comparing words. */
#ifndef REMBUK_PROTOCOL_CREDENTIAL_H
#define REMBUK_PROTOCOL_CREDENTIAL_H

#include "protocol/identity.h"
#include "protocol/limits.h"
#include "protocol/root.h"

enum { CERT_ID_BYTES = 16, REGION_BYTES_MAX = 10, CLUSTER_BYTES_MAX = 4, CHAIN_CERTS_MAX = 5 };

/* Standing in a network of offices, best first.  Offices carry theirs in the certificate; that of a
 * person follows from his role.  In a flat circle everybody has RANK_WORKER. */
enum cert_rank {
    RANK_ROOT = 0,
    RANK_PROVINCE = 1,
    RANK_DISTRICT = 2, /* kabupaten or kota */
    RANK_SUPERVISOR = 3,
    RANK_WORKER = 4,
    RANK_NONE = 5 /* volunteers, and who has no letter of the circle's network */
};

enum cert_kind { CERT_PERSON = 1, CERT_DEVICE = 2, CERT_OFFICE = 4 };

/* Codes on the wire: appended, never renumbered. */
enum person_role {
    ROLE_SAKTI_PEKSOS = 0,
    ROLE_TKSK = 1,
    ROLE_SUPERVISOR = 2,
    ROLE_OPERATOR = 3,
    ROLE_VOLUNTEER = 4,
    ROLE_COUNT
};

/* What an office writes into a letter of assignment; each may be "". */
struct letter_facts {
    struct span number; /* at most LETTER_NUMBER_BYTES_MAX, printable */
    struct span date;   /* YYYY-MM-DD */
    struct span scope;  /* what it is for: at most LETTER_SCOPE_BYTES_MAX, printable */
    /* For issuing alone; of what was decoded they are 0, and not_before_s and not_after_s tell. */
    int64_t from_s, until_s; /* 0: from now on; as long as a person's own certificate */
};

/* A decoded certificate.  The spans point into the bytes it was decoded from. */
struct cert {
    struct span whole; /* the CERT, as signed */
    uint8_t id[CERT_ID_BYTES];
    enum cert_kind kind;
    uint8_t subject[SIGN_PUBLIC_BYTES];  /* of a root: its id, which is no key */
    uint8_t transport[BOX_PUBLIC_BYTES]; /* device */
    struct span name;
    enum person_role role;
    struct span region;
    struct span cluster;
    int64_t not_before_s, not_after_s;
    uint64_t serial;
    uint8_t issuer[HASH_BYTES];
    uint8_t person[HASH_BYTES]; /* person, office: id(subject); root: its id; device: field 13 */
    enum cert_rank rank;        /* office: field 15; person: by his role */
    struct span root_keys;      /* root: field 16; else empty */
    struct letter_facts assignment; /* person: fields 17 to 19 */
};

/* What the certificates above a person say: none (self-signed), or the standing and the root of the
 * chain.  A chain that is not good in every link does not decode. */
struct letter {
    bool exists;
    enum cert_rank rank;
    uint8_t root[HASH_BYTES]; /* its id */
};

/* A certificate that holds no more: by its person (P), by another device of the person, or, of a
 * person certificate, by the office that signed it.  Who of these it is, and whether he may, is
 * decided by circle.h. */
struct revocation {
    struct span whole;
    uint8_t cert_id[CERT_ID_BYTES]; /* of a person or a device */
    uint8_t person[HASH_BYTES];     /* whose */
    uint8_t issuer[SIGN_PUBLIC_BYTES];
    int64_t at_s;
};

struct seal_key {
    struct span whole;
    uint8_t device_cert[CERT_ID_BYTES];
    uint32_t generation;
    uint8_t public[BOX_PUBLIC_BYTES];
    int64_t from_ms;
};

struct card {
    struct cert person;
    struct cert device;
    struct seal_key seal;
    struct letter letter;
    struct span chain; /* the CBOR array of office certificates, or empty */
    struct span addresses[ADDRESSES_MAX];
    size_t address_count;
    struct span telephone;
    int64_t issued_ms;
};

/* What a person says of himself at init. */
struct person_facts {
    struct span name;
    enum person_role role;
    struct span region;  /* "", or digits as area_parse makes them */
    struct span cluster; /* "", or AJ ADK AMPK ABH BLT */
};

/* RB_OK for "", AJ, ADK, AMPK, ABH, BLT; RB_UNKNOWN for what only looks like a cluster: a newer
 * version may know it; else RB_MALFORMED. */
enum rb_status cluster_check(struct span cluster) RB_MUST_CHECK;

/* ---- Making.  `out` gets the bytes appended.  What P signs: RB_NO_KEY in an identity that is of
 * a further device. ---- */
enum rb_status cert_issue_person(struct writer *out, const struct identity *identity,
                                 const struct person_facts *facts, int64_t now_s) RB_MUST_CHECK;
enum rb_status cert_issue_device(struct writer *out, const struct identity *identity,
                                 struct span name, int64_t now_s) RB_MUST_CHECK;
/* Of another device of that person, with those keys. */
enum rb_status cert_issue_further(struct writer *out, const struct identity *identity,
                                  const uint8_t subject[static SIGN_PUBLIC_BYTES],
                                  const uint8_t transport[static BOX_PUBLIC_BYTES],
                                  struct span name, int64_t now_s) RB_MUST_CHECK;
enum rb_status seal_key_issue(struct writer *out, const struct identity *identity,
                              const uint8_t device_cert[static CERT_ID_BYTES], int64_t now_ms)
    RB_MUST_CHECK;
enum rb_status card_issue(struct writer *out, const struct identity *identity,
                          struct span person_cert, struct span device_cert, struct span seal_key,
                          struct span chain, const struct span *addresses, size_t address_count,
                          struct span telephone, int64_t now_ms) RB_MUST_CHECK;

/* ---- Offices: for whoever holds an office's key, or two of a root's ---- */

struct office_facts {
    struct span name;
    struct span region;
    enum cert_rank rank; /* RANK_PROVINCE to RANK_WORKER: no office is without rank */
};
/* A root's own certificate: the last of every chain of its network.  RB_MALFORMED if the name is
 * none; RB_REFUSED if `signer` is not of that root. */
enum rb_status cert_issue_root(struct writer *out, const struct root_keys *root,
                               const struct office_signer *signer, struct span name, int64_t now_s)
    RB_MUST_CHECK;
/* `subject` is the new office's key, `signer` the one above it. */
enum rb_status cert_issue_office(struct writer *out,
                                 const uint8_t subject[static SIGN_PUBLIC_BYTES],
                                 const struct office_signer *signer,
                                 const struct office_facts *facts, int64_t now_s) RB_MUST_CHECK;
/* A letter: the certificate of the person with that key, by an office that is another's.
 * RB_MALFORMED, as above, for facts that do not fit; and for times of which the end is over, not
 * after the beginning, or later than that of a person's own certificate would be. */
enum rb_status cert_issue_letter(struct writer *out, const uint8_t person[static SIGN_PUBLIC_BYTES],
                                 const struct office_signer *signer,
                                 const struct person_facts *facts,
                                 const struct letter_facts *letter, int64_t now_s) RB_MUST_CHECK;

void revoke_issue(struct writer *out, const uint8_t cert_id[static CERT_ID_BYTES],
                  const uint8_t person[static HASH_BYTES], const struct sign_key *issuer,
                  int64_t at_s);

/* ---- Reading: RB_MALFORMED, RB_UNKNOWN (a newer version) or RB_BAD_SIGNATURE ---- */

/* Decodes without looking at the signature: that of a device needs its person's key. */
enum rb_status cert_decode(struct span bytes, struct cert *cert) RB_MUST_CHECK;

/* ---- Time: membership asks no clock; doors and screens do ---- */

enum cert_validity { CERT_HOLDS, CERT_NOT_YET, CERT_ENDED };

/* A letter ends when it says so, and begins up to CLOCK_AHEAD_MS_MAX earlier, since clocks of
 * offices may run ahead.  A device is given as long again as its certificate lasts: it may have
 * been without a link.  What a person says of himself has no end: nobody could renew it. */
enum cert_validity cert_validity(const struct cert *cert, int64_t now_s);

/* The same of a letter whose two times were kept. */
enum cert_validity letter_validity(int64_t not_before_s, int64_t not_after_s, int64_t now_s);

/* The three keys that the certificate of a root names. */
void root_keys_read(const struct cert *root, struct root_keys *keys);

/* RB_OK if `cert` is signed by this one key and names it as its issuer. */
enum rb_status cert_verify(const struct cert *cert, const uint8_t issuer[static SIGN_PUBLIC_BYTES])
    RB_MUST_CHECK;

/* The same with the certificate of the issuing office: by its key, or, if it is a root, by two of
 * its three.  RB_BAD_SIGNATURE also for a signature of the other form. */
enum rb_status cert_verify_office(const struct cert *cert, const struct cert *office) RB_MUST_CHECK;

/* The offices of a chain, the lowest first, with every link verified as cert_verify_chain does it.
 * The last is the root. */
enum rb_status chain_decode(struct span chain, struct cert offices[static CHAIN_CERTS_MAX],
                            size_t *count) RB_MUST_CHECK;

/* RB_OK if `device` is signed by `person`, and `person` by himself (an empty chain) or by the first
 * office of `chain`, each office by the next, and the last, a root, by itself; at most
 * CHAIN_CERTS_MAX, ranks ascending, the region of each within that of its issuer ("" is
 * everywhere).  No clock: letters are judged by revocation.  Fills `letter`. */
enum rb_status cert_verify_chain(const struct cert *person, const struct cert *device,
                                 struct span chain, struct letter *letter) RB_MUST_CHECK;

/* The same of certificates that cert_verify_chain has taken before: no signature is checked. */
enum rb_status cert_read_chain(const struct cert *person, const struct cert *device,
                               struct span chain, struct letter *letter) RB_MUST_CHECK;

/* Decodes and verifies the signature by the issuer that it names. */
enum rb_status revoke_decode(struct span bytes, struct revocation *revocation) RB_MUST_CHECK;

enum rb_status seal_key_decode(struct span bytes, struct seal_key *key) RB_MUST_CHECK;
/* RB_BAD_SIGNATURE; RB_MALFORMED for a key to which nothing can be sealed (of low order). */
enum rb_status seal_key_verify(const struct seal_key *key, const struct cert *device) RB_MUST_CHECK;

/* Decodes and verifies all of a card: both certificates, the seal key, the card's own signature. */
enum rb_status card_decode(struct span bytes, struct card *card) RB_MUST_CHECK;

/* ---- Armour ---- */
void card_armour(struct writer *out, struct span card);

/* Finds the armour in `text` (any text before and after it, any line ends and blanks within it) and
 * appends the bytes of the card.  RB_MALFORMED also when the checksum does not fit. */
enum rb_status card_unarmour(struct span text, struct writer *out) RB_MUST_CHECK;

/* ---- Addresses: "tcp://HOST:PORT", IPv6 in brackets, port 1 to 65535 ---- */
bool address_is_valid(struct span address);

#endif
