/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/fill.h"

#include "cli/circles.h"
#include "cli/form_words.h"
#include "cli/next.h"
#include "cli/parts.h"
#include "cli/posts.h"
#include "cli/refer.h"
#include "cli/typed.h"
#include "node/node.h"
#include "protocol/text.h"
#include "store/identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- One value ---- */

static enum rb_status read_number(struct context *context, const char *typed,
                                  struct field_value *value) {
    const size_t len = strlen(typed);

    if (len == 0 || len > 10 || strspn(typed, "0123456789") != len) {
        return failure_usage(&context->failure, "bad_number",
                             _("\"%s\" is no whole number. Write digits only."), typed);
    }
    value->number = strtoull(typed, NULL, 10);
    return RB_OK;
}

static enum rb_status read_choice(struct context *context, enum form form,
                                  const struct field *field, const char *typed,
                                  struct field_value *value) {
    const enum language language = context->settings->language;
    const int choice = form_choice_typed(form, field, span_text(typed));
    struct writer words;

    if (choice >= 0) {
        value->number = (uint64_t)choice;
        return RB_OK;
    }
    writer_init(&words, STANDARD_INPUT_BYTES_MAX);
    for (size_t i = 0; i < field_choice_count(field); i++) {
        writer_span(&words, span_text(i > 0 ? ", " : ""));
        writer_span(&words, form_choice_shown(form, field, i, language));
    }
    enum rb_status status = failure_usage(&context->failure, "bad_choice",
                                          _("\"%s\" cannot be chosen here. Choose one: %s."), typed,
                                          output_line(context->out, writer_view(&words)));
    writer_clear(&words);
    return status;
}

static enum rb_status read_age(struct context *context, const char *typed,
                               struct field_value *value) {
    struct age age;

    enum rb_status status = typed_age(context, typed, &age);
    if (status == RB_OK) {
        value->number = age_value(age.number, age.unit);
    }
    return status;
}

/* Without the dots between its levels. */
static enum rb_status read_area(const char *typed, char *kept, struct field_value *value) {
    struct writer digits;

    writer_init(&digits, WHEN_BYTES - 1);
    if (area_parse(span_text(typed), &digits) == RB_OK) {
        text_copy(kept, WHEN_BYTES, writer_view(&digits));
        value->bytes = span_text(kept);
    }
    writer_clear(&digits);
    return RB_OK; /* else it is empty, which is no area */
}

/* Codes have capital letters. */
static void read_code(const char *typed, char *kept, struct field_value *value) {
    text_copy(kept, WHEN_BYTES, span_text(typed));
    for (char *byte = kept; *byte != '\0'; byte++) {
        *byte = (char)(*byte >= 'a' && *byte <= 'z' ? *byte - 'a' + 'A' : *byte);
    }
    value->bytes = span_text(kept);
}

static enum rb_status read_object(struct context *context, enum ref_sort sort, const char *typed,
                                  size_t len, uint8_t *kept, struct field_value *value) {
    struct object object = { .id_len = len };

    if (context->store != NULL) {
        enum rb_status status = refer_find(context, sort, typed, &object);
        if (status != RB_OK) {
            return status;
        }
    }
    memcpy(kept, object.id, HASH_BYTES);
    value->bytes = span_of(kept, object.id_len);
    return RB_OK;
}

static enum rb_status fail_value(struct context *context, const struct field *field,
                                 const char *typed) {
    switch (field->sort) {
    case FIELD_LINE:
        return failure_usage(&context->failure, "bad_text",
                             _("That is too long for this place, or has characters that cannot be "
                               "shown: one line of at most %d characters. Nothing was written."),
                             NAME_CHARACTERS_MAX);
    case FIELD_TEXT:
        return failure_usage(&context->failure, "bad_text",
                             _("That is too long for this place, or has characters that cannot be "
                               "read: at most %d bytes. Put the rest into an entry. Nothing was "
                               "written."),
                             FIELD_TEXT_BYTES_MAX);
    case FIELD_NUMBER:
        return failure_usage(&context->failure, "bad_number",
                             _("The number %s is too high: at most %d."), typed, FIELD_NUMBER_MAX);
    case FIELD_CASE:
        return failure_usage(&context->failure, "bad_code",
                             _("\"%s\" is no code of a case. It looks like 3273-26-K7QD."), typed);
    case FIELD_THING:
        return failure_usage(&context->failure, "bad_reference",
                             _("\"%s\" is no part of a case. It looks like 12.3."), typed);
    default:
        return failure_usage(&context->failure, "bad_code",
                             _("\"%s\" is no code. Codes are short, such as 2012:07 or AJ."),
                             typed);
    }
}

static enum rb_status read_value(struct context *context, const struct field *field,
                                 const char *typed, struct filled *filled,
                                 struct field_value *value) {
    const size_t at = filled->draft.change.value_count;
    const enum form form = filled->draft.change.form->form;
    enum rb_status status = RB_OK;

    switch (field->sort) {
    case FIELD_LINE:
    case FIELD_TEXT:
        value->bytes = span_text(typed);
        return RB_OK;
    case FIELD_DATE:
        status = typed_day(context, typed, field->is_ahead, filled->kept[at].text);
        value->bytes = span_text(filled->kept[at].text);
        return status;
    case FIELD_NUMBER:
        return read_number(context, typed, value);
    case FIELD_AGE:
        return read_age(context, typed, value);
    case FIELD_CHOICE:
        return read_choice(context, form, field, typed, value);
    case FIELD_AREA:
        return read_area(typed, filled->kept[at].text, value);
    case FIELD_CODE:
    case FIELD_CASE:
        read_code(typed, filled->kept[at].text, value);
        return RB_OK;
    case FIELD_PERSON:
        return read_object(context, REF_CONTACT, typed, HASH_BYTES, filled->kept[at].id, value);
    case FIELD_THING:
        return read_object(context, REF_PART, typed, REF_BYTES, filled->kept[at].id, value);
    case FIELD_HASH:
        break; /* never typed */
    }
    return RB_REFUSED;
}

void draft_add(struct filled *filled, const struct field_value *value) {
    struct change *change = &filled->draft.change;
    size_t at = change->value_count++;

    for (; at > 0 && change->values[at - 1].field > value->field; at--) {
        change->values[at] = change->values[at - 1];
    }
    change->values[at] = *value;
}

enum rb_status fill_value(struct context *context, const struct field *field, const char *typed,
                          struct filled *filled) {
    struct field_value value = { .field = field->number, .is_empty = typed[0] == '\0' };

    enum rb_status status =
        value.is_empty ? RB_OK : read_value(context, field, typed, filled, &value);
    if (status == RB_OK && field_value_check(field, &value) != RB_OK) {
        status = fail_value(context, field, typed);
    }
    if (status == RB_OK) {
        draft_add(filled, &value);
    }
    return status;
}

/* An age is true on a day: today, if nothing else is told. */
static enum rb_status fill_age_day(struct context *context, struct filled *filled) {
    const struct change *change = &filled->draft.change;
    const struct field_value *age = change_value(change, FACTS_AGE);

    if (age == NULL || age->is_empty || change_value(change, FACTS_AGE_ON) != NULL) {
        return RB_OK;
    }
    return fill_value(context, form_field(change->form, FACTS_AGE_ON), "today", filled);
}

enum rb_status fill_options(struct context *context, const struct call *call,
                            struct filled *filled) {
    const struct form_row *form = form_find((uint64_t)call->command->form);
    enum rb_status status = RB_OK;

    *filled = (struct filled) { .draft.change.form = form };
    for (size_t i = 0; i < form->field_count && status == RB_OK; i++) {
        const char *typed = call_option(call, form->fields[i].name);
        if (typed != NULL) {
            status = fill_value(context, &form->fields[i], typed, filled);
        }
    }
    if (status == RB_OK && form->form == FORM_FACTS) {
        status = fill_age_day(context, filled);
    }
    if (status == RB_OK && filled->draft.change.value_count == 0) {
        return failure_usage(&context->failure, "nothing_told",
                             _("Nothing was told, so nothing was written. What can be told shows: "
                               "rembuk help %s"),
                             command_name(call->command, context->settings->language));
    }
    return status;
}

enum rb_status fill_text_check(struct context *context, struct span text) {
    if (text.len == 0) {
        return fail_writing(context, text, RB_MALFORMED);
    }
    if (text.len > FIELD_TEXT_BYTES_MAX) {
        return failure_say(&context->failure, RB_TOO_LARGE, "text_too_long",
                           _("The text is too long: %d bytes at most. Divide it. Nothing was "
                             "written."),
                           FIELD_TEXT_BYTES_MAX);
    }
    return RB_OK;
}

/* ---- Writing ---- */

static enum rb_status fail_fill(struct context *context, const uint8_t circle[static HASH_BYTES],
                                const struct filled *filled, enum rb_status status) {
    struct circle_facts facts;
    struct group_person self;

    if (status == RB_NOT_MEMBER) {
        return failure_say(&context->failure, status, NULL,
                           _("You do not belong to the team of this case any more. Nothing was "
                             "written."));
    }
    if (status == RB_TOO_LARGE) {
        return failure_say(&context->failure, status, "text_too_long",
                           _("That is too much at once. Tell it in two parts. Nothing was "
                             "written."));
    }
    if (status == RB_MALFORMED) {
        return failure_say(&context->failure, status, "fixed",
                           _("That cannot be changed or emptied any more. Nothing was written."));
    }
    if (status != RB_REFUSED || circle_find(context, circle, &facts) != RB_OK ||
        circle_self(context, circle, &self) != RB_OK) {
        return status;
    }
    if (self.role < filled->draft.change.form->may) {
        return fail_reader(context, &facts, status);
    }
    return failure_say(&context->failure, status, "not_yours",
                       _("That is somebody else's to write. Nothing was written."));
}

static void say_written(struct context *context, const struct case_row *row,
                        const struct filled *filled, const char *reference) {
    const char *shown = _(form_words(filled->draft.change.form->form)->shown);

    if (reference[0] == '\0') {
        output_quiet(context->out, "%" PRId64, row->number);
        output_say(context->out, _("Written into case %" PRId64 ": %s."), row->number, shown);
    } else {
        output_quiet(context->out, "%s", reference);
        output_say(context->out, _("Written as %s: %s."), reference, shown);
    }
}

/* What is written of an item is shown under the item's reference, else under that of the new one;
 * a form that stands once has none. */
static enum rb_status put_written(struct context *context, const uint8_t circle[static HASH_BYTES],
                                  const struct filled *filled, const uint8_t *ref) {
    const struct record_draft *draft = &filled->draft;
    char reference[PART_REFERENCE_BYTES] = "";
    struct case_row row;

    enum rb_status status = case_get(context->store, circle, &row);
    if (status == RB_OK && form_has_numbers(draft->change.form)) {
        status = part_reference(context, draft->item != NULL ? draft->item : ref, reference);
    }
    if (status != RB_OK) {
        return status;
    }
    case_put(context->out, &row);
    output_string(context->out, "form", draft->change.form->name);
    if (reference[0] != '\0') {
        output_hex(context->out, "item",
                   span_of(draft->item != NULL ? draft->item : ref, REF_BYTES));
        output_string(context->out, "ref", reference);
    }
    say_written(context, &row, filled, reference);
    return RB_OK;
}

enum rb_status fill_write(struct context *context, const uint8_t circle[static HASH_BYTES],
                          const struct filled *filled) {
    uint8_t ref[REF_BYTES];

    const bool is_identity = filled->draft.change.form->section == SECTION_IDENTITY;
    enum rb_status status =
        is_identity ? identity_write(context->store, circle, &filled->draft, clock_now_ms(), ref)
                    : record_write(context->store, circle, &filled->draft, clock_now_ms(), ref);
    if (status != RB_OK) {
        return fail_fill(context, circle, filled, status);
    }
    return put_written(context, circle, filled, ref);
}

enum rb_status fill_end(struct context *context, enum rb_status status) {
    return status == RB_OK ? next_send(context, _("send it: rembuk sync")) : status;
}

/* ---- Rows with a form ---- */

enum rb_status fill_check(struct context *context, const struct call *call) {
    struct filled filled;

    return fill_options(context, call, &filled);
}

enum rb_status fill_run(struct context *context, const struct call *call) {
    struct filled filled;

    enum rb_status status = fill_options(context, call, &filled);
    if (status == RB_OK) {
        status = fill_write(context, call->objects[0].id, &filled);
    }
    return fill_end(context, status);
}
