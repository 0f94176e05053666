/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One block of a stored log with its chain, read again and checked against the head or checkpoint
 * that closes it.  Whoever needs an H below the head gets it here: 63 hashes at most.
 *
 * A log that is cut into branches (rows.h) may be cut within a block.  Then its row has a part of
 * the block only, and no signature of its own perhaps: block_load gives the part, and
 * block_load_signed the block along the chain of the row, on to the first signature. */
#ifndef REMBUK_STORE_BLOCK_H
#define REMBUK_STORE_BLOCK_H

#include "store/rows.h"

struct block {
    uint64_t first; /* seq, of the block or of the rest that was asked for */
    size_t count;   /* up to the head, or the end of the block */
    struct event_row rows[BLOCK_EVENTS];
    uint8_t before[HASH_BYTES]; /* H_{first-1} */
    uint8_t event_hashes[BLOCK_EVENTS][HASH_BYTES];
    uint8_t hashes[BLOCK_EVENTS][HASH_BYTES]; /* H_{first+i} */
    uint8_t signature[SIGNATURE_BYTES];       /* at the last seq */
    struct writer bodies;                     /* what the rows' bodies borrow from */
};

void block_init(struct block *block);
void block_clear(struct block *block);

/* Loads what the row has of the block of `seq`, base < seq <= log->head.seq, in place of what was
 * loaded before.  RB_DAMAGED if it is not what was signed.  `signature` is zeros if the row is cut
 * where nobody signed. */
enum rb_status block_load(struct store *store, const struct log_row *log, uint64_t seq,
                          struct block *block) RB_MUST_CHECK;

/* Only what follows from `first` on, if the H before it is known. */
enum rb_status block_load_rest(struct store *store, const struct log_row *log, uint64_t first,
                               const uint8_t before[static HASH_BYTES], struct block *block)
    RB_MUST_CHECK;

/* Loads the whole block of `seq` as it lies on the chain of the row, where 1 <= seq <=
 * log->head.seq, or the branches begin with `seq`: what is missing in front from its parents, and
 * behind, if it is cut where no signature is known, from the branch with the smallest name that has
 * events, and so on. */
enum rb_status block_load_signed(struct store *store, const struct log_row *log, uint64_t seq,
                                 struct block *block) RB_MUST_CHECK;

uint64_t block_last(const struct block *block);

/* H_{seq-1} and the place of `seq` within the block. */
const uint8_t *block_previous(const struct block *block, uint64_t seq);
size_t block_index(const struct block *block, uint64_t seq);

#endif
