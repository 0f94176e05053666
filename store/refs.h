/* SPDX-License-Identifier: GPL-3.0-or-later */
/* References that people type (CLI.md): 12, #12, 12.3, a name or title, 8 or more hex digits.
 * Short numbers: one series per sort, given at first sight, enduring, never reused. */
#ifndef REMBUK_STORE_REFS_H
#define REMBUK_STORE_REFS_H

#include "store/store.h"

/* Stored numbers: appended, never reused. */
enum ref_sort {
    REF_CONTACT = 1,
    REF_GROUP = 2,
    REF_THREAD = 3,
    REF_POST = 4,
    REF_CASE = 5,
    REF_ENTRY = 6,  /* or an item of a form (records.h) */
    REF_CIRCLE = 7, /* typed only: a group, or a case by anything but its number */
    REF_PART = 8    /* typed only: 12.3, an entry or item of case 12, or the case itself */
};

/* Identifiers are 32 bytes (person, circle) or 16 (thread, post, entry). */
struct object {
    uint8_t id[HASH_BYTES];
    size_t id_len;
};

enum { CANDIDATES_MAX = 8 };
struct ref_candidates {
    size_t count;
    struct {
        int64_t number;
        char name[NAME_BYTES_MAX + 1];
    } rows[CANDIDATES_MAX];
};

/* RB_NOT_FOUND, RB_AMBIGUOUS (candidates filled), RB_MALFORMED (not a reference of this sort).
 * Groups: also invitations.  Threads and posts: of accepted groups and of cases only.  Cases: also
 * by code, in any letter case. */
enum rb_status ref_find(struct store *store, enum ref_sort sort, struct span typed,
                        struct object *object, struct ref_candidates *candidates) RB_MUST_CHECK;

/* The short number of an object, given now if it has none (in an open transaction or its own). */
enum rb_status ref_number(struct store *store, enum ref_sort sort, struct span id, int64_t *number)
    RB_MUST_CHECK;

/* The same in a series of its own for each parent: posts, whose parent is their thread's
 * ref, and entries, whose parent is their case's circle. */
enum rb_status ref_number_in(struct store *store, enum ref_sort sort, struct span parent,
                             struct span id, int64_t *number) RB_MUST_CHECK;

#endif
