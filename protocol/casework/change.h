/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One change of a form of the case record (form.h): what is written into some of its fields.
 *   RECORD body = map { 0 form, 1 map { field: value } }
 *          value: text, uint or bytes by the field's sort (enum field_sort); null: it is emptied
 *          refs:  of a form that stands once: the RECORDs that it replaces, none or more
 *                 of an item: none: it begins the item, whose name is its ref;
 *                             or [ item, the RECORDs that it replaces ... ]
 * At least one field is set.  An item is begun with all fields that are first, and nothing empty;
 * what is fixed is set then or never, and what is first is never emptied. */
#ifndef REMBUK_CASEWORK_CHANGE_H
#define REMBUK_CASEWORK_CHANGE_H

#include "protocol/casework/case_record.h"
#include "protocol/casework/form.h"

struct field_value {
    uint8_t field;
    bool is_empty;     /* the field is emptied: the next two say nothing */
    uint64_t number;   /* FIELD_NUMBER, FIELD_AGE, FIELD_CHOICE */
    struct span bytes; /* of the other sorts; borrowed */
};

struct change {
    const struct form_row *form;
    struct field_value values[FIELDS_MAX]; /* by field, ascending */
    size_t value_count;
};

/* FIELD_AGE: 2 x number + unit. */
uint64_t age_value(unsigned age, enum age_unit unit);
unsigned age_of_value(uint64_t value, enum age_unit *unit);

bool field_value_equal(const struct field_value *a, const struct field_value *b);

/* RB_OK if such a value may stand in the field; RB_MALFORMED, or RB_UNKNOWN for a choice of a newer
 * version.  A code is only looked at for its form: lists grow, and rules lock nobody out. */
enum rb_status field_value_check(const struct field *field, const struct field_value *value)
    RB_MUST_CHECK;

/* The value of that field, or NULL if the change does not set it. */
const struct field_value *change_value(const struct change *change, uint64_t field);

/* The change is one that change_decode would give. */
void change_encode(struct writer *out, const struct change *change);

/* Fields of a newer version are passed over.  RB_MALFORMED; RB_UNKNOWN: a form or a choice of a
 * newer version. */
enum rb_status change_decode(struct span body, struct change *change) RB_MUST_CHECK;

/* Whether it begins an item, with such references: then its ref is the name of the item. */
bool change_begins(const struct change *change, size_t ref_count);

/* What change_decode cannot know: whether it fits its references; whether the form stands in such
 * a circle, and `role` may write it.  RB_MALFORMED, RB_REFUSED. */
enum rb_status change_judge(const struct change *change, size_t ref_count, enum circle_kind circle,
                            enum circle_role role) RB_MUST_CHECK;

/* What people can look for in it: its texts, a line each.  Appends nothing of a form that stands
 * outside of the case's own circle, nor of openings. */
void change_write_words(struct writer *out, const struct change *change);

/* The same of one value of a form. */
void value_write_words(struct writer *out, const struct form_row *form,
                       const struct field_value *value);

#endif
