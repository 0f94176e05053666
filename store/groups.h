/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Groups as people use them; each function is one transaction. */
#ifndef REMBUK_STORE_GROUPS_H
#define REMBUK_STORE_GROUPS_H

#include "protocol/casework/group.h"
#include "store/author.h"
#include "store/refs.h"

/* Where this home stands towards a group. */
enum group_state { GROUP_INVITED, GROUP_ACCEPTED, GROUP_DECLINED, GROUP_LEFT, GROUP_REMOVED };

struct group_row {
    uint8_t circle[HASH_BYTES];
    int64_t number;
    char name[NAME_BYTES_MAX + 1]; /* "" while its key has not come */
    enum group_state state;
    size_t members;                       /* accepted and invited */
    uint8_t parent[HASH_BYTES];           /* the circle that this group is a part of; zeros: none */
    char parent_name[NAME_BYTES_MAX + 1]; /* "" if that is not known here */
    size_t waiting; /* events that wait for a manager; 0 if one does not belong to it */
};

struct group_person {
    uint8_t person[HASH_BYTES];
    char name[NAME_BYTES_MAX + 1];
    enum circle_role role;
    enum cert_rank rank;
    enum member_state state;
    int64_t until_s; /* a guest's end; 0: none */
    bool has_letter; /* that the circle has seen; then from when until when, the longest */
    int64_t letter_from_s, letter_until_s;
    uint8_t by[HASH_BYTES]; /* who added him; MEMBER_REMOVED: who removed him */
    bool writes_twice;      /* a log of his has two histories here: a copied or restored home */
    bool formal;            /* the circle has an anchor, so that `rank` tells something */
};

/* RB_EXISTS: a group of that name is here; RB_MALFORMED: not a name.  `parent`: a group or case
 * that one belongs to (else RB_NOT_MEMBER), or NULL. */
enum rb_status group_new(struct store *store, struct span name, const uint8_t *parent,
                         int64_t now_ms, uint8_t circle[static HASH_BYTES]) RB_MUST_CHECK;
enum rb_status group_invite(struct store *store, const uint8_t circle[static HASH_BYTES],
                            const uint8_t person[static HASH_BYTES], int64_t now_ms) RB_MUST_CHECK;
enum rb_status group_accept(struct store *store, const uint8_t circle[static HASH_BYTES],
                            int64_t now_ms) RB_MUST_CHECK; /* RB_EXISTS: accepted before */
enum rb_status group_decline(struct store *store, const uint8_t circle[static HASH_BYTES],
                             int64_t now_ms)
    RB_MUST_CHECK; /* RB_REFUSED: accepted before, then it is `leave` */
enum rb_status group_leave(struct store *store, const uint8_t circle[static HASH_BYTES],
                           int64_t now_ms)
    RB_MUST_CHECK; /* RB_NOT_ACCEPTED: then it is `decline` */

enum rb_status group_get(struct store *store, const uint8_t circle[static HASH_BYTES],
                         struct group_row *row) RB_MUST_CHECK;

/* Invited and accepted groups, by number; declined and left ones too if `all`. */
enum rb_status group_each(struct store *store, bool all,
                          bool (*each)(void *context, const struct group_row *), void *context)
    RB_MUST_CHECK;
enum rb_status group_people(struct store *store, const uint8_t circle[static HASH_BYTES],
                            bool (*each)(void *context, const struct group_person *), void *context)
    RB_MUST_CHECK;

/* The people of a circle of any kind, senior first; those who are out at the end. */
enum rb_status people_each(struct store *store, const uint8_t circle[static HASH_BYTES],
                           bool (*each)(void *context, const struct group_person *), void *context)
    RB_MUST_CHECK;

#endif
