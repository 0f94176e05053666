/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The roster of an office (daftar petugas): a circle whose people are those to whom the office gave
 * a letter.  Who they are says the circle itself; the one record in it says how fresh that is.
 *   ROSTER_DAY body = map { 0 at (s), 1 bstr chain, 2 bstr64 sig }        refs: none
 *         at: by the clock of the office.
 *         chain: that of the office, [ bstr office CERT ... ], its own first, the root last.
 *         sig = Ed25519_office("rk.roster" ‖ circle id32 ‖ u64 at)
 * Anybody can found a circle of this kind: the signature says whose roster it is.  So kinds.c
 * checks the form alone, and roster_day_verify all of it, where the circle is known. */
#ifndef REMBUK_CASEWORK_ROSTER_H
#define REMBUK_CASEWORK_ROSTER_H

#include "protocol/casework/kinds.h"

/* Decoded, the chain points into the body. */
struct roster_day {
    int64_t at_s;
    struct span chain;
    uint8_t signature[SIGNATURE_BYTES];
};
void roster_day_encode(struct writer *out, const struct roster_day *day);
enum rb_status roster_day_decode(struct span body, struct roster_day *day) RB_MUST_CHECK;

/* Fills the signature over what else is in `day`. */
void roster_day_sign(struct roster_day *day, const uint8_t circle[static HASH_BYTES],
                     const struct sign_key *office);

/* The offices of its chain, the one that signed first, the root last; they borrow from `day`.
 * RB_BAD_SIGNATURE, RB_MALFORMED, RB_UNKNOWN. */
enum rb_status roster_day_verify(const struct roster_day *day,
                                 const uint8_t circle[static HASH_BYTES],
                                 struct cert offices[static CHAIN_CERTS_MAX], size_t *count)
    RB_MUST_CHECK;

#endif
