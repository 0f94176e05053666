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
    enum circle_kind kind;          /* what the thread stands in */
    char group[NAME_BYTES_MAX + 1]; /* name of the group, or code of the case */
    int64_t group_number;           /* of the group or the case, each in its own series */
    size_t posts;
    size_t unread;   /* posts never shown here, those of one's own left out */
    int64_t last_ms; /* of the newest post, or of the thread */
};

/* Delivery (PRODUCT.md 5); AT_RELAY and READ come with their features. */
enum post_state { POST_QUEUED, POST_DELIVERED };

/* Spans are borrowed during the call of `each`. */
struct post_row {
    uint8_t ref[REF_BYTES];
    uint8_t thread[REF_BYTES];
    int64_t thread_number, number; /* shown as 12.3 */
    const char *thread_title;      /* borrowed like the spans */
    uint8_t author[HASH_BYTES];
    char author_name[NAME_BYTES_MAX + 1];
    struct span quoted_author; /* empty: none */
    bool is_reply;
    uint8_t reply_to[REF_BYTES];
    int64_t reply_number; /* 0: not here yet, or not shown yet */
    struct span text;
    int64_t time_ms;
    bool odd_time; /* its clock is far ahead of ours, or before its circle began */
    bool edited;   /* `text` is that of the newest edit */
    bool retracted;
    struct span reason; /* of a retracted post, whose `text` is empty; empty: none was given */
    enum post_state state;
};

/* RB_EXISTS: a thread of that title is in the group or case; RB_MALFORMED: not a title. */
enum rb_status thread_new(struct store *store, const uint8_t circle[static HASH_BYTES],
                          struct span title, int64_t now_ms, uint8_t ref[static REF_BYTES])
    RB_MUST_CHECK;

/* Of one group or case, or of all accepted groups and all cases that one belongs to (circle NULL),
 * by number.  RB_NOT_FOUND; RB_NOT_ACCEPTED: invited to the group only; RB_NOT_MEMBER. */
enum rb_status thread_each(struct store *store, const uint8_t *circle,
                           bool (*each)(void *context, const struct thread_row *), void *context)
    RB_MUST_CHECK;
enum rb_status thread_get(struct store *store, const uint8_t ref[static REF_BYTES],
                          struct thread_row *row) RB_MUST_CHECK;

/* The group or case that a thread stands in, also if one belongs to that no more and the thread is
 * not shown.  RB_NOT_FOUND. */
enum rb_status thread_circle(struct store *store, const uint8_t ref[static REF_BYTES],
                             uint8_t circle[static HASH_BYTES]) RB_MUST_CHECK;

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

/* Earlier texts of a post, oldest first, without the one that counts; none of a retracted post. */
struct post_version {
    struct span text;
    int64_t time_ms;
};
enum rb_status post_versions(struct store *store, const uint8_t ref[static REF_BYTES],
                             bool (*each)(void *context, const struct post_version *),
                             void *context) RB_MUST_CHECK;

/* Own posts only (RB_REFUSED).  RB_MALFORMED, RB_TOO_LARGE as of a post, or of the reason.
 * RB_EXISTS: that is its text already; it is retracted already (both). */
enum rb_status post_edit(struct store *store, const uint8_t post[static REF_BYTES],
                         struct span text, int64_t now_ms) RB_MUST_CHECK;
enum rb_status post_retract(struct store *store, const uint8_t post[static REF_BYTES],
                            struct span reason /* or empty */, int64_t now_ms) RB_MUST_CHECK;

/* One post with its words and its number, which it gets if it has none, as by thread_posts.
 * RB_NOT_FOUND. */
enum rb_status post_show_one(struct store *store, const uint8_t ref[static REF_BYTES],
                             bool (*each)(void *context, const struct post_row *), void *context)
    RB_MUST_CHECK;

/* A discussion held elsewhere: the importer signs, each post quotes its author. */
struct import_post {
    struct span
        author; /* 1 to NAME_CHARACTERS_MAX characters; white space at the ends is cut off */
    struct span text;
    int64_t reply_index; /* of an earlier or later import_post, or -1 */
};

struct import_list {
    const struct import_post *posts;
    size_t count;
    /* How far it has come, while it is being written; leaves the store alone.  May be NULL. */
    void (*tell)(void *context, size_t done, size_t total);
    void *context;
};

/* All or nothing.  Posts keep the order given; a reply to a later post is RB_REFUSED.  On failure
 * `*bad` is the index of the post at fault (or `count`, if it is none of them). */
enum rb_status thread_import(struct store *store, const uint8_t circle[static HASH_BYTES],
                             struct span title, const struct import_list *list, int64_t now_ms,
                             uint8_t ref[static REF_BYTES], size_t *bad) RB_MUST_CHECK;

#endif
