/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The letters of assignment of the person whose home this is: several roles, offices and networks,
 * all for the same key.  One of them is chosen by its owner: it is what store_self shows.  Whatever
 * is given to others carries the one that fits there:
 *
 *   in a circle with an anchor    of those that hold and whose root is the anchor that of the best
 *                                 rank, of equal ones the later by its serial
 *   on cards, in other circles    the one that is chosen
 *   if that does not hold         of those that hold that of the best rank, of equal ones the later
 *   if none holds                 his own certificate, without a letter; where that was never kept,
 *                                 the chosen one all the same
 *
 * A letter holds if it has begun, has not ended, and is not known to be revoked. */
#ifndef REMBUK_STORE_LETTERS_H
#define REMBUK_STORE_LETTERS_H

#include "protocol/ops.h"
#include "store/store.h"

enum { LETTERS_MAX = 32 }; /* one more, and the first that was taken is forgotten */

/* A copy. */
struct letter_row {
    int64_t number; /* 1, 2, ... in the order in which they were taken; 0: his own certificate */
    uint8_t cert[CERT_BYTES_MAX];
    size_t cert_len;
    uint8_t chain[CHAIN_BYTES_MAX]; /* empty in his own */
    size_t chain_len;
    struct letter letter;
    int64_t from_s, until_s;
    uint64_t serial;
    enum cert_validity validity;
    int64_t revoked_ms; /* since when that is known; 0: it is not revoked */
    bool is_chosen;
};
struct span letter_row_cert(const struct letter_row *row);
struct span letter_row_chain(const struct letter_row *row);
bool letter_row_holds(const struct letter_row *row);

/* Verifies a letter, keeps it and chooses it, in a transaction of its own; then nothing that was
 * borrowed of the own certificates is valid any more.  RB_REFUSED: it is for somebody else, or
 * revoked; RB_EXPIRED: it has ended or not begun; RB_MALFORMED, RB_UNKNOWN, RB_BAD_SIGNATURE. */
enum rb_status letters_take(struct store *store, struct span cert, struct span chain,
                            int64_t now_ms) RB_MUST_CHECK;

/* Chooses the letter of that number; 0: none, he goes by what he says of himself.  The same then.
 * RB_NOT_FOUND; RB_EXPIRED; RB_REFUSED: it is revoked. */
enum rb_status letters_use(struct store *store, int64_t number, int64_t now_ms) RB_MUST_CHECK;

/* The letters by number, without his own certificate, until `each` gives false. */
enum rb_status letters_each(struct store *store, int64_t now_ms,
                            bool (*each)(void *context, const struct letter_row *), void *context)
    RB_MUST_CHECK;

/* The one that fits in a circle with that anchor, or, NULL, on cards and in circles without. */
enum rb_status letters_choose(struct store *store, const uint8_t *anchor, int64_t now_ms,
                              struct letter_row *row) RB_MUST_CHECK;

/* ... with the device and its seal key, as a GENESIS, an ADD or a DEVICE carries them.  `row` is
 * what the pair borrows of it. */
enum rb_status letters_pair(struct store *store, const uint8_t *anchor, int64_t now_ms,
                            struct letter_row *row, struct op_pair *pair) RB_MUST_CHECK;

/* ---- For self.c, in the transaction of the caller ---- */

/* Remembers what has been verified; what was remembered before stays. */
enum rb_status letters_keep(struct store *store, struct span cert, struct span chain) RB_MUST_CHECK;

/* Forgets all: this home is another person's from now on. */
enum rb_status letters_forget(struct store *store) RB_MUST_CHECK;

#endif
