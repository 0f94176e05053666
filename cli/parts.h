/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parts of a case as people see and name them: forms, items, values, conflicts. */
#ifndef REMBUK_CLI_PARTS_H
#define REMBUK_CLI_PARTS_H

#include "cli/cases.h"
#include "cli/context.h"
#include "store/records.h"

/* "12.3", of an entry or an item; RB_NOT_FOUND. */
enum { PART_REFERENCE_BYTES = ENTRY_REFERENCE_BYTES };
enum rb_status part_reference(struct context *context, const uint8_t ref[static REF_BYTES],
                              char out[static PART_REFERENCE_BYTES]) RB_MUST_CHECK;

/* A field that somebody typed: "12.3 state", or "12 risk.level" of a form that stands once. */
struct part_field {
    uint8_t circle[HASH_BYTES];
    int64_t case_number;
    bool is_item;
    uint8_t item[REF_BYTES];
    const struct form_row *form;
    const struct field *field;
};

/* `part` is an ARGUMENT_PART that was found.  What is typed wrong is told, with what could be. */
enum rb_status part_field_find(struct context *context, const struct object *part,
                               const char *typed, struct part_field *field) RB_MUST_CHECK;

/* How a value is shown; appended to `out`. */
enum rb_status value_show(struct context *context, const struct form_row *form,
                          const struct field_value *value, struct writer *out) RB_MUST_CHECK;

/* The same for scripts, under "value": the words of the form, identifiers as hex. */
void value_put(struct output *out, const struct field *field, const struct field_value *value);

/* The live values of a field that differ, the front one first: each once, by its newest author. */
enum { VARIANTS_MAX = 26 }; /* a to z */
size_t item_variants(const struct record_item *item, uint64_t field,
                     const struct record_value *variants[static VARIANTS_MAX]);

/* All forms with what stands in them: JSON, and sentences for people.  `*shown`: how many. */
enum rb_status record_show(struct context *context, const struct case_row *row,
                           const struct record *record, size_t *shown) RB_MUST_CHECK;

/* The same of one form only; 0: of all. */
enum rb_status record_show_form(struct context *context, const struct case_row *row,
                                const struct record *record, enum form form, size_t *shown)
    RB_MUST_CHECK;

#endif
