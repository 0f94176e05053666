/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The case record as it stands (protocol/casework/record.h), and writing into it.  It is folded in
 * memory, case by case, from the rows that view_record.c keeps. */
#ifndef REMBUK_STORE_RECORDS_H
#define REMBUK_STORE_RECORDS_H

#include "protocol/casework/record.h"
#include "store/store.h"

/* The record of a circle with all that it borrows from.  Owned: standing_clear; an all-zero one
 * is fine. */
struct standing {
    struct record record;
    struct record_event *events;
    size_t event_count, event_room;
    struct writer bodies;
};

/* RB_NOT_FOUND: no such circle.  An empty record is RB_OK. */
enum rb_status standing_load(struct store *store, const uint8_t circle[static HASH_BYTES],
                             struct standing *standing) RB_MUST_CHECK;
void standing_clear(struct standing *standing);

/* The same step by step, for a record that stands in several circles: begin, add each circle by its
 * row, fold. */
void standing_begin(struct standing *standing);
enum rb_status standing_add(struct store *store, int64_t circle, struct standing *standing)
    RB_MUST_CHECK;
void standing_fold(struct standing *standing);

/* What is to be written: into a form that stands once, or into `item` (REF_BYTES), or, if that is
 * NULL, a new item.  Values by field, ascending. */
struct record_draft {
    struct change change;
    const uint8_t *item;
};

/* One change, in one transaction, which replaces all that stands in its fields.  `ref` is its own:
 * the name of a new item.  RB_MALFORMED; RB_NOT_FOUND: no such circle or item; RB_REFUSED: the role
 * is too low, or the field does not take one's hand; RB_NOT_MEMBER, RB_NO_KEY, RB_TOO_LARGE. */
enum rb_status record_write(struct store *store, const uint8_t circle[static HASH_BYTES],
                            const struct record_draft *draft, int64_t now_ms,
                            uint8_t ref[static REF_BYTES]) RB_MUST_CHECK;

/* ---- Items by their name ---- */

struct item_place {
    uint8_t circle[HASH_BYTES];
    int64_t case_number, number; /* shown as 12.3; given now if it has none */
    const struct form_row *form;
};

/* RB_NOT_FOUND: no such item, or none that has a number. */
enum rb_status item_place(struct store *store, const uint8_t ref[static REF_BYTES],
                          struct item_place *place) RB_MUST_CHECK;

/* The case of an entry or item; RB_NOT_FOUND. */
enum rb_status part_case(struct store *store, const uint8_t ref[static REF_BYTES],
                         uint8_t circle[static HASH_BYTES]) RB_MUST_CHECK;

/* Openings of a case are many and nobody speaks of them, and the identity part is not spoken of:
 * they have no numbers. */
bool form_has_numbers(const struct form_row *form);

#endif
