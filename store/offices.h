/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The offices whose keys this home holds, what they sign, and what they have signed.
 *
 *   ASKED     the key is here, no office has signed it yet; it can sign nothing
 *   GRANTED   its chain is here: it signs letters and the offices below it
 *
 * A home can hold several.  The keys of a root are never kept: they are made in memory by
 * founding_make and live on paper. */
#ifndef REMBUK_STORE_OFFICES_H
#define REMBUK_STORE_OFFICES_H

#include "protocol/casework/roster.h"
#include "store/office_files.h"
#include "store/store.h"

/* A copy. */
struct office_row {
    int64_t number; /* 1, 2, ... of this home, never reused */
    uint8_t pk[SIGN_PUBLIC_BYTES];
    bool granted;
    char name[NAME_BYTES_MAX + 1];
    char region[REGION_BYTES_MAX + 1];
    enum cert_rank rank;
    uint8_t chain[CHAIN_BYTES_MAX]; /* GRANTED */
    size_t chain_len;
};

/* Its chain; empty if it is not granted. */
struct span office_row_chain(const struct office_row *office);

/* ---- Founding a network ---- */

/* All zeros is empty.  Holds secrets: keep it in crypt_secret_alloc memory. */
struct founding {
    struct root_keys publics;
    struct sign_key root[ROOT_KEYS]; /* in the order of `publics` */
    struct sign_key office;
    struct writer root_cert, chain; /* of the root; of the first office */
};
void founding_clear(struct founding *founding); /* wipes */

/* Makes a root of three keys and its first office, in memory only.  RB_MALFORMED for a name or an
 * area that is none. */
enum rb_status founding_make(struct founding *founding, struct span network,
                             const struct office_facts *office, int64_t now_s) RB_MUST_CHECK;

/* Keeps the office, not the root. */
enum rb_status founding_save(struct store *store, const struct founding *founding,
                             struct office_row *office) RB_MUST_CHECK;

/* ---- Offices of other homes ---- */

/* A new key, kept here; appends the request for it.  Who asks for the very same again, before it is
 * granted, gets the same request again: a file may be lost.  RB_MALFORMED: facts that no office
 * has. */
enum rb_status office_ask(struct store *store, const struct office_facts *facts,
                          struct writer *request) RB_MUST_CHECK;

/* Appends the chain of the office that asked, signed by an office of this home.  RB_REFUSED: that
 * office may not (office_rule). */
enum rb_status office_grant(struct store *store, const struct office_row *by,
                            const struct office_request *request, int64_t now_s,
                            struct writer *chain) RB_MUST_CHECK;

/* ... or by two keys of a root, in any order.  RB_NOT_FOUND: one is none of its three; RB_EXISTS:
 * they are the same; RB_MALFORMED, RB_BAD_SIGNATURE: `root_cert` is no root. */
enum rb_status office_grant_by_root(struct span root_cert, const struct sign_key *one,
                                    const struct sign_key *other,
                                    const struct office_request *request, int64_t now_s,
                                    struct writer *chain) RB_MUST_CHECK;

/* Verifies the chain and keeps it for the office that asked.  RB_NOT_FOUND: it is for a key that is
 * not here; RB_EXISTS: the office has another one already; RB_REFUSED: it is for another name, area
 * or rank than was asked; RB_MALFORMED, RB_UNKNOWN, RB_BAD_SIGNATURE. */
enum rb_status office_join(struct store *store, struct span chain, struct office_row *office)
    RB_MUST_CHECK;

/* ---- Looking ---- */

/* All of them, by number, until `each` gives false. */
enum rb_status offices_each(struct store *store,
                            bool (*each)(void *context, const struct office_row *), void *context)
    RB_MUST_CHECK;

/* The granted office that may sign for that rank and area, the lowest of those that may.
 * RB_NOT_FOUND: no office of this home is granted.  RB_REFUSED: none of them may; `*rule` then says
 * why the one that came nearest, which is `office`, may not. */
enum rb_status office_choose(struct store *store, enum cert_rank rank, struct span region,
                             struct office_row *office, enum office_rule *rule) RB_MUST_CHECK;

/* Signs the day of the roster of a granted office, whose circle that is (casework/roster.h); the
 * chain borrows from `office`. */
enum rb_status office_sign_day(struct store *store, const struct office_row *office,
                               const uint8_t circle[static HASH_BYTES], int64_t at_s,
                               struct roster_day *day) RB_MUST_CHECK;

/* ---- Letters ---- */

/* A letter for the person with that key by an office of this home: appends what is between the
 * armour of its file, and remembers it for letters_revoke.  RB_REFUSED: the office may not.
 * RB_MALFORMED: facts that are none. */
enum rb_status letter_issue(struct store *store, const struct office_row *by,
                            const uint8_t person[static SIGN_PUBLIC_BYTES],
                            const struct person_facts *facts, const struct letter_facts *letter,
                            int64_t now_ms, struct writer *file) RB_MUST_CHECK;

/* How many letters that were issued here a person has, which nobody has revoked. */
enum rb_status letters_issued(struct store *store, const uint8_t person[static HASH_BYTES],
                              size_t *count) RB_MUST_CHECK;

/* Revokes all of those; of more than REVOCATIONS_PER_ISSUER_MAX the newest, and the others are
 * still counted above.  `circles` gets in how many groups and cases of this home such a letter
 * stands.  RB_NOT_FOUND: there is none; RB_REFUSED: so many have been revoked already. */
enum rb_status letters_revoke(struct store *store, const uint8_t person[static HASH_BYTES],
                              struct span reason, int64_t now_ms, size_t *circles) RB_MUST_CHECK;

/* Since when this home knows that a letter is revoked, by who may; 0: it is not. */
enum rb_status letter_revoked_ms(struct store *store, const struct cert *letter, int64_t *ms)
    RB_MUST_CHECK;

#endif
