/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in a case record, from all RECORDs of the case (change.h), in any order.
 *
 * Each field of a form, or of an item, is a multi-value register.  A RECORD replaces, in every
 * field that it sets, the RECORDs that it names and that set the same field there.  What nobody
 * has replaced is live.  Several live values that are not all equal are a conflict (F45), which
 * stands until somebody writes a value that replaces them all: no clock decides.  Of the live ones,
 * the one with the greatest (hlc, ref) stands in front.
 *
 * In some fields nobody replaces another's words, only his own (enum field_hand).
 *
 * As if it had not been written: a value by a hand that the field does not take (enum field_hand);
 * a change of an item that has not begun here, or of another form. */
#ifndef REMBUK_CASEWORK_RECORD_H
#define REMBUK_CASEWORK_RECORD_H

#include "protocol/casework/change.h"

/* A RECORD that counts in its circle.  The body is borrowed by whatever is made of it. */
struct record_event {
    uint8_t ref[REF_BYTES];
    uint8_t person[HASH_BYTES]; /* its author */
    uint64_t hlc;
    uint8_t refs[REFS_MAX][REF_BYTES];
    size_t ref_count;
    struct span body;
};

/* One live value. */
struct record_value {
    const struct record_event *by;
    struct field_value value;
    uint64_t first_hlc; /* of the oldest word of his that was ever written there, not emptying it */
};

/* A form that stands once and has been written into, or an item. */
struct record_item {
    const struct form_row *form;
    const struct record_event *first;  /* that began the item; NULL of a form that stands once */
    const struct record_value *values; /* all live ones: by field, in each the newest first */
    size_t value_count;
    uint64_t hlc; /* of the newest RECORD that is live in it */
};

/* Owned: record_clear.  All pointers into it, and the bodies, live as long as it and its events. */
struct record {
    struct record_item *items; /* in the order of the printed record, items by (hlc, ref) */
    size_t item_count;
    struct record_value *values;
};

/* `events` is put into the order of their refs; it and the bodies must outlive the record.  Each
 * body is one that change_decode took once; others are passed over. */
void record_build(struct record *record, struct record_event *events, size_t count);
void record_clear(struct record *record);

/* ---- Looking.  An item may be NULL: then nothing stands in it. ---- */

/* The form that stands once, or NULL if nothing has been written into it. */
const struct record_item *record_single(const struct record *record, enum form form);

/* The item of that name, or NULL. */
const struct record_item *record_item(const struct record *record,
                                      const uint8_t ref[static REF_BYTES]);

/* The item of that form after `item`; NULL: the first, or no further one. */
const struct record_item *record_next(const struct record *record, enum form form,
                                      const struct record_item *item);

/* All live values of the field; NULL and a count of 0 if it was never set. */
const struct record_value *item_live(const struct record_item *item, uint64_t field, size_t *count);

/* The one in front, or NULL if the field was never set or is empty. */
const struct record_value *item_value(const struct record_item *item, uint64_t field);

/* Its text, or an empty span. */
struct span item_text(const struct record_item *item, uint64_t field);

/* Whether it stands there; then its number. */
bool item_number(const struct record_item *item, uint64_t field, uint64_t *number);

/* Whether it is that number. */
bool item_is(const struct record_item *item, uint64_t field, uint64_t number);

/* Whether live values of the field differ, where that is a conflict. */
bool item_differs(const struct record_item *item, uint64_t field);

/* Fields with a conflict in the whole record. */
size_t record_conflicts(const struct record *record);

/* Appends the words (change_write_words) of the values by that RECORD that are live. */
void record_write_words(struct writer *out, const struct record *record,
                        const uint8_t ref[static REF_BYTES]);

/* ---- Writing ---- */

/* Whether a value that this person writes there counts.  The form has the field. */
bool item_takes(const struct record_item *item, uint64_t field,
                const uint8_t person[static HASH_BYTES]);

/* The references of a RECORD that sets these fields of `item`, all that is live in them replaced:
 * at most REFS_MAX, so that of a conflict of more values than fit some are left standing.
 * `item` may be NULL for a form that stands once.  Gives how many. */
size_t item_refs(const struct record_item *item, const struct field_value *values,
                 size_t value_count, uint8_t refs[static REFS_MAX][REF_BYTES]);

#endif
