/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writing threads and posts within a transaction: what thread_new, post_add and thread_import
 * share. Inside the store layer. */
#ifndef REMBUK_STORE_POSTING_H
#define REMBUK_STORE_POSTING_H

#include "store/threads.h"

/* Before a transaction: RB_MALFORMED (no title), RB_NOT_FOUND, RB_NOT_ACCEPTED or RB_NOT_MEMBER
 * (the group or case), RB_EXISTS (a thread of that title). */
enum rb_status thread_check_new(struct store *store, const uint8_t circle[static HASH_BYTES],
                                struct span title) RB_MUST_CHECK;
enum rb_status thread_write(struct store *store, const uint8_t circle[static HASH_BYTES],
                            struct span title, int64_t now_ms, uint8_t ref[static REF_BYTES])
    RB_MUST_CHECK;

/* As thread_get, but nothing is counted: posts and unread stay 0, last_ms is the thread's own. */
enum rb_status thread_find(struct store *store, const uint8_t ref[static REF_BYTES],
                           struct thread_row *row) RB_MUST_CHECK;

struct post_draft {
    const uint8_t *thread;   /* ref */
    const uint8_t *reply_to; /* ref, or NULL */
    struct span text;
    struct span quoted_author; /* empty: none */
};

/* RB_MALFORMED or RB_TOO_LARGE. */
enum rb_status post_check_text(struct span text) RB_MUST_CHECK;
enum rb_status post_write(struct store *store, const uint8_t circle[static HASH_BYTES],
                          const struct post_draft *post, int64_t now_ms,
                          uint8_t ref[static REF_BYTES]) RB_MUST_CHECK;

/* Who writes into a thread has it before him: its posts get their numbers in the same step, so that
 * a number is never missing for what was written (docs/decisions/004). */
enum rb_status posts_seen(struct store *store, const uint8_t thread[static REF_BYTES])
    RB_MUST_CHECK;

/* The same when one post was just written, without looking at all of them if only that one has no
 * number. */
enum rb_status post_seen(struct store *store, const uint8_t thread[static REF_BYTES],
                         const uint8_t written[static REF_BYTES]) RB_MUST_CHECK;

#endif
