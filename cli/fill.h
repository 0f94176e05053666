/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Filling forms of the case record: from typed words to a change (protocol/casework/change.h), and
 * what is said when it was written, or was not. */
#ifndef REMBUK_CLI_FILL_H
#define REMBUK_CLI_FILL_H

#include "cli/when.h"
#include "store/records.h"
#include "cli/context.h"

/* A change and what it borrows from.  Texts borrow from the call. */
struct filled {
    struct record_draft draft;
    union {
        uint8_t id[HASH_BYTES];
        char text[WHEN_BYTES];
    } kept[FIELDS_MAX];
};

/* One value more; values stand by field, ascending. */
void draft_add(struct filled *filled, const struct field_value *value);

/* Adds one value as it was typed; "" empties the field.  Without a store, what is typed of persons
 * and parts of cases is not looked for.  Wrong words are wrong usage, with a sentence. */
enum rb_status fill_value(struct context *context, const struct field *field, const char *typed,
                          struct filled *filled) RB_MUST_CHECK;

/* All options of a row with a form. */
enum rb_status fill_options(struct context *context, const struct call *call, struct filled *filled)
    RB_MUST_CHECK;

/* A text that is typed by itself, such as a reason: it is told if it is empty or too long. */
enum rb_status fill_text_check(struct context *context, struct span text) RB_MUST_CHECK;

/* Writes it into the case, and tells what was written under which reference. */
enum rb_status fill_write(struct context *context, const uint8_t circle[static HASH_BYTES],
                          const struct filled *filled) RB_MUST_CHECK;

/* The last line of a command that has written: that it is to be sent.  Anything but RB_OK is given
 * back as it is. */
enum rb_status fill_end(struct context *context, enum rb_status status) RB_MUST_CHECK;

/* ---- Rows with a form, whose first argument is the case ---- */
enum rb_status fill_check(struct context *context, const struct call *call) RB_MUST_CHECK;
enum rb_status fill_run(struct context *context, const struct call *call) RB_MUST_CHECK;

#endif
