/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One post as it stands now: its own words, or those of its author's newest edit, or none if he
 * took it back.  Inside the store layer. */
#ifndef REMBUK_STORE_POST_ROW_H
#define REMBUK_STORE_POST_ROW_H

#include "store/threads.h"

/* A post with the bytes that its spans borrow. */
struct post_bytes {
    struct post_row row;
    struct writer text, quoted, reason;
};
void post_bytes_init(struct post_bytes *post);
void post_bytes_clear(struct post_bytes *post);

/* By the row of its event; without numbers and names.  RB_NOT_FOUND. */
enum rb_status post_load(struct store *store, int64_t rcv, struct post_bytes *post) RB_MUST_CHECK;

/* The row of a post of a known thread; RB_NOT_FOUND. */
enum rb_status post_find(struct store *store, const uint8_t thread[static REF_BYTES],
                         const uint8_t ref[static REF_BYTES], int64_t *rcv) RB_MUST_CHECK;

/* A post that may be shown, whole, with its thread; gives it a number.  RB_NOT_FOUND. */
struct post_found {
    struct post_bytes post;
    struct thread_row thread;
    int64_t rcv;
};
enum rb_status post_fetch(struct store *store, const uint8_t ref[static REF_BYTES],
                          struct post_found *found) RB_MUST_CHECK;

enum rb_status post_number(struct store *store, const uint8_t thread[static REF_BYTES],
                           const uint8_t ref[static REF_BYTES], int64_t *number) RB_MUST_CHECK;

/* Gives a number to a post by the row of its event, and to its thread.  `*is_new`: it had none.
 * RB_NOT_FOUND: it may not be shown. */
enum rb_status post_number_arrived(struct store *store, int64_t rcv, bool *is_new) RB_MUST_CHECK;

#endif
