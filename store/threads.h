/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Threads and posts as people use them; each writing function is one transaction. */
#ifndef REMBUK_STORE_THREADS_H
#define REMBUK_STORE_THREADS_H

#include "protocol/casework/thread.h"
#include "store/groups.h"

struct thread_row {
    uint8_t ref[REF_BYTES];
    int64_t number;
    uint8_t circle[HASH_BYTES];
    char title[NAME_BYTES_MAX + 1];
    char group[NAME_BYTES_MAX + 1];
    int64_t group_number;
    size_t posts;
    int64_t last_ms; /* of the newest post, or of the thread */
};

/* Delivery (PRODUCT.md 5); AT_RELAY and READ come with their features. */
enum post_state { POST_QUEUED, POST_DELIVERED };

/* Spans are borrowed during the call of `each`. */
struct post_row {
    uint8_t ref[REF_BYTES];
    int64_t thread_number, number; /* shown as 12.3 */
    uint8_t author[HASH_BYTES];
    char author_name[NAME_BYTES_MAX + 1];
    struct span quoted_author; /* empty: none */
    bool is_reply;
    uint8_t reply_to[REF_BYTES];
    int64_t reply_number; /* 0: not here yet */
    struct span text;
    int64_t time_ms;
    bool odd_time; /* its clock is far ahead of ours, or before its circle began */
    enum post_state state;
};

/* RB_EXISTS: a thread of that title is in the group; RB_MALFORMED: not a title. */
enum rb_status thread_new(struct store *store, const uint8_t circle[static HASH_BYTES],
                          struct span title, int64_t now_ms, uint8_t ref[static REF_BYTES])
    RB_MUST_CHECK;

/* Of one group, or of all accepted groups (circle NULL), by number. */
enum rb_status thread_each(struct store *store, const uint8_t *circle,
                           bool (*each)(void *context, const struct thread_row *), void *context)
    RB_MUST_CHECK;
enum rb_status thread_get(struct store *store, const uint8_t ref[static REF_BYTES],
                          struct thread_row *row) RB_MUST_CHECK;

/* Posts in the order of the screen, those not before `since_ms`; gives numbers to posts seen for
 * the first time. */
enum rb_status thread_posts(struct store *store, const uint8_t ref[static REF_BYTES],
                            int64_t since_ms, bool (*each)(void *context, const struct post_row *),
                            void *context) RB_MUST_CHECK;

/* RB_MALFORMED: empty, not UTF-8 or with NUL; RB_TOO_LARGE: above TEXT_BYTES_MAX. */
enum rb_status post_add(struct store *store, const uint8_t thread[static REF_BYTES],
                        const uint8_t *reply_to /* a post of the same thread, or NULL */,
                        struct span text, int64_t now_ms, uint8_t ref[static REF_BYTES])
    RB_MUST_CHECK;
enum rb_status post_get(struct store *store, const uint8_t ref[static REF_BYTES],
                        struct post_row *row /* without spans */) RB_MUST_CHECK;

/* A discussion held elsewhere: the importer signs, each post quotes its author. */
struct import_post {
    struct span
        author; /* 1 to NAME_CHARACTERS_MAX characters; white space at the ends is cut off */
    struct span text;
    int64_t reply_index; /* of an earlier or later import_post, or -1 */
};

/* All or nothing.  Posts keep the order given; a reply to a later post is RB_REFUSED.  On failure
 * `*bad` is the index of the post at fault (or `count`, if it is none of them). */
enum rb_status thread_import(struct store *store, const uint8_t circle[static HASH_BYTES],
                             struct span title, const struct import_post *posts, size_t count,
                             int64_t now_ms, uint8_t ref[static REF_BYTES], size_t *bad)
    RB_MUST_CHECK;

#endif
