/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/parts.h"

#include "cli/age.h"
#include "cli/form_words.h"
#include "cli/when.h"
#include "protocol/text.h"
#include "store/contacts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { VALUE_SHOWN_BYTES_MAX = 4 * FIELD_TEXT_BYTES_MAX };

/* ---- References ---- */

enum rb_status part_reference(struct context *context, const uint8_t ref[static REF_BYTES],
                              char out[static PART_REFERENCE_BYTES]) {
    struct item_place place;
    struct entry_row row;

    enum rb_status status = item_place(context->store, ref, &place);
    if (status == RB_OK) {
        (void)snprintf(out, PART_REFERENCE_BYTES, "%" PRId64 ".%" PRId64, place.case_number,
                       place.number);
        return RB_OK;
    }
    if (status == RB_NOT_FOUND) {
        status = entry_get(context->store, ref, &row);
    }
    if (status == RB_OK) {
        entry_reference(&row, out);
    }
    return status;
}

/* ---- Fields ---- */

static enum rb_status fail_field(struct context *context, const struct form_row *form,
                                 const char *typed) {
    const enum language language = context->settings->language;
    struct writer names;

    writer_init(&names, STANDARD_INPUT_BYTES_MAX);
    for (const struct option *at = form_words(form->form)->options; at->name != NULL; at++) {
        writer_span(&names, span_text(names.len > 0 ? ", " : ""));
        writer_span(&names, span_text(option_name(at, language)));
    }
    enum rb_status status = failure_say(&context->failure, RB_NOT_FOUND, "no_such_field",
                                        _("%s has nothing that is called \"%s\". It has: %s."),
                                        _(form_words(form->form)->shown), typed,
                                        output_line(context->out, writer_view(&names)));
    writer_clear(&names);
    return status;
}

static enum rb_status fail_form(struct context *context, const char *typed) {
    return failure_usage(&context->failure, "no_such_form",
                         _("\"%s\" names no field of a case. Of a form that stands once write both "
                           "names with a dot between: risk.level. Of an item write its number: "
                           "12.3 state."),
                         typed);
}

/* "risk.level" of a case. */
static enum rb_status single_field_find(struct context *context, const char *typed,
                                        struct part_field *field) {
    const char *dot = strchr(typed, '.');

    field->form = dot == NULL ? NULL : form_named(span_of(typed, (size_t)(dot - typed)));
    if (field->form == NULL || !field->form->is_single ||
        field->form->section == SECTION_IDENTITY) {
        return fail_form(context, typed);
    }
    field->field = form_field_typed(field->form->form, span_text(dot + 1));
    return field->field != NULL ? RB_OK : fail_field(context, field->form, dot + 1);
}

static enum rb_status item_field_find(struct context *context, const uint8_t ref[static REF_BYTES],
                                      const char *typed, struct part_field *field) {
    struct item_place place;

    enum rb_status status = item_place(context->store, ref, &place);
    if (status == RB_NOT_FOUND) {
        return failure_say(&context->failure, RB_REFUSED, "entry_is_fixed",
                           _("That is an entry, which is not changed: correct it by another one."));
    }
    if (status != RB_OK) {
        return status;
    }
    memcpy(field->circle, place.circle, sizeof field->circle);
    memcpy(field->item, ref, sizeof field->item);
    field->is_item = true;
    field->case_number = place.case_number;
    field->form = place.form;
    field->field = form_field_typed(place.form->form, span_text(typed));
    return field->field != NULL ? RB_OK : fail_field(context, place.form, typed);
}

enum rb_status part_field_find(struct context *context, const struct object *part,
                               const char *typed, struct part_field *field) {
    struct case_row row;

    *field = (struct part_field) { 0 };
    if (part->id_len == REF_BYTES) {
        return item_field_find(context, part->id, typed, field);
    }
    enum rb_status status = case_get(context->store, part->id, &row);
    if (status != RB_OK) {
        return status;
    }
    memcpy(field->circle, part->id, sizeof field->circle);
    field->case_number = row.number;
    return single_field_find(context, typed, field);
}

/* ---- Values ---- */

static enum rb_status person_show(struct context *context, const uint8_t *person,
                                  struct writer *out) {
    char name[NAME_BYTES_MAX + 1];

    enum rb_status status = person_name(context->store, person, name);
    writer_span(out, span_text(name));
    return status;
}

/* A part that is not here yet is named by the beginning of its identifier. */
static enum rb_status thing_show(struct context *context, const uint8_t *ref, struct writer *out) {
    char reference[PART_REFERENCE_BYTES];

    enum rb_status status = part_reference(context, ref, reference);
    if (status == RB_NOT_FOUND) {
        hex_write(span_of(ref, 4), reference);
        status = RB_OK;
    }
    writer_span(out, span_text(reference));
    return status;
}

/* A form may be named by another one of a newer version. */
static void form_show(uint64_t form, struct writer *out) {
    const struct form_row *row = form_find(form);

    writer_span(out, span_text(row == NULL ? "?" : _(form_words(row->form)->shown)));
}

/* "2026-11-25" as people write it: 25/11/2026. */
static void date_show(struct span date, struct writer *out) {
    char shown[DATE_BYTES + 1];

    (void)snprintf(shown, sizeof shown, "%.2s/%.2s/%.4s", (const char *)date.data + 8,
                   (const char *)date.data + 5, (const char *)date.data);
    writer_span(out, span_text(shown));
}

static void number_show(const struct field *field, uint64_t number, struct writer *out) {
    char shown[AGE_SHOWN_BYTES];
    struct age age;

    if (field->sort == FIELD_AGE) {
        age.number = age_of_value(number, &age.unit);
        age_show(&age, shown);
    } else {
        (void)snprintf(shown, sizeof shown, "%" PRIu64, number);
    }
    writer_span(out, span_text(shown));
}

enum rb_status value_show(struct context *context, const struct form_row *form,
                          const struct field_value *value, struct writer *out) {
    const struct field *field = form_field(form, value->field);

    if (value->is_empty) {
        writer_span(out, span_text(_("(emptied)")));
        return RB_OK;
    }
    switch (field->sort) {
    case FIELD_PERSON:
        return person_show(context, value->bytes.data, out);
    case FIELD_THING:
        return thing_show(context, value->bytes.data, out);
    case FIELD_CHOICE:
        writer_span(
            out, form_choice_shown(form->form, field, value->number, context->settings->language));
        return RB_OK;
    case FIELD_NUMBER:
        if (form->form == FORM_COMMENT && field->number == COMMENT_ON_FORM) {
            form_show(value->number, out);
            return RB_OK;
        }
        number_show(field, value->number, out);
        return RB_OK;
    case FIELD_AGE:
        number_show(field, value->number, out);
        return RB_OK;
    case FIELD_DATE:
        date_show(value->bytes, out);
        return RB_OK;
    default:
        writer_span(out, value->bytes);
        return RB_OK;
    }
}

void value_put(struct output *out, const struct field *field, const struct field_value *value) {
    if (value->is_empty) {
        output_null(out, "value");
    } else if (field->sort == FIELD_CHOICE) {
        output_string(out, "value", field->choices[value->number]);
    } else if (field->sort == FIELD_NUMBER || field->sort == FIELD_AGE) {
        output_count(out, "value", value->number);
    } else if (field->sort == FIELD_PERSON || field->sort == FIELD_THING ||
               field->sort == FIELD_HASH) {
        output_hex(out, "value", value->bytes);
    } else {
        output_text(out, "value", value->bytes);
    }
}

size_t item_variants(const struct record_item *item, uint64_t field,
                     const struct record_value *variants[static VARIANTS_MAX]) {
    size_t live_count, count = 0;
    const struct record_value *live = item_live(item, field, &live_count);

    for (size_t i = 0; i < live_count && count < VARIANTS_MAX; i++) {
        bool is_new = true;
        for (size_t k = 0; k < count; k++) {
            is_new = is_new && !field_value_equal(&live[i].value, &variants[k]->value);
        }
        if (is_new) {
            variants[count++] = &live[i];
        }
    }
    return count;
}

/* ---- The whole record ---- */

struct showing {
    struct context *context;
    const struct case_row *row;
    struct writer text;
};

static enum rb_status put_variant(struct showing *showing, const struct field *field,
                                  const struct record_value *variant) {
    struct output *out = showing->context->out;
    char name[NAME_BYTES_MAX + 1];

    enum rb_status status = person_name(showing->context->store, variant->by->person, name);
    output_row_begin(out);
    value_put(out, field, &variant->value);
    output_string(out, "author", name);
    output_hex(out, "author_id", span_of(variant->by->person, HASH_BYTES));
    output_time(out, "time", hlc_ms(variant->by->hlc));
    output_row_end(out);
    return status;
}

/* "  Level: high", or of a conflict "  Level: high / low (two say different things)". */
static enum rb_status say_field(struct showing *showing, const struct record_item *item,
                                const struct field *field,
                                const struct record_value *const *variants, size_t count) {
    struct output *out = showing->context->out;
    char label[FIELD_SHOWN_BYTES];
    enum rb_status status = RB_OK;

    if (field->sort == FIELD_HASH || (count == 1 && variants[0]->value.is_empty)) {
        return RB_OK;
    }
    form_field_shown(item->form->form, field, showing->context->settings->language, label);
    writer_reset(&showing->text);
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        writer_span(&showing->text, span_text(i > 0 ? " / " : ""));
        status = value_show(showing->context, item->form, &variants[i]->value, &showing->text);
    }
    if (item_differs(item, field->number)) {
        output_say(out, _("  %s: %s  (differs; see: rembuk conflict list %" PRId64 ")"), label,
                   output_line(out, writer_view(&showing->text)), showing->row->number);
    } else {
        output_say(out, "  %s: %s", label, output_line(out, writer_view(&showing->text)));
    }
    return status;
}

static enum rb_status show_field(struct showing *showing, const struct record_item *item,
                                 const struct field *field) {
    const struct record_value *variants[VARIANTS_MAX];
    const size_t count = item_variants(item, field->number, variants);
    struct output *out = showing->context->out;
    enum rb_status status = RB_OK;

    if (count == 0) {
        return RB_OK;
    }
    output_row_begin(out);
    output_string(out, "field", field->name);
    output_list_begin(out, "values", NULL, 0);
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = put_variant(showing, field, variants[i]);
    }
    output_list_end(out);
    output_row_end(out);
    return status == RB_OK ? say_field(showing, item, field, variants, count) : status;
}

/* "12.5  Comment  Sari Umpama  25/11/2026 14:05 WIB" */
static enum rb_status put_item(struct showing *showing, const struct record_item *item) {
    struct output *out = showing->context->out;
    char reference[PART_REFERENCE_BYTES] = "", name[NAME_BYTES_MAX + 1], time[WHEN_BYTES];

    enum rb_status status = person_name(showing->context->store, item->first->person, name);
    if (status == RB_OK && form_has_numbers(item->form)) {
        status = part_reference(showing->context, item->first->ref, reference);
    }
    if (status != RB_OK) {
        return status;
    }
    when_show(hlc_ms(item->first->hlc), time);
    output_hex(out, "item", span_of(item->first->ref, REF_BYTES));
    if (reference[0] != '\0') {
        output_string(out, "ref", reference);
    }
    output_string(out, "author", name);
    output_hex(out, "author_id", span_of(item->first->person, HASH_BYTES));
    output_time(out, "time", hlc_ms(item->first->hlc));
    output_heading(out, "%s%s%s  %s  %s", reference, reference[0] != '\0' ? "  " : "",
                   _(form_words(item->form->form)->shown), output_name(out, name), time);
    return RB_OK;
}

static enum rb_status show_item(struct showing *showing, const struct record_item *item) {
    struct output *out = showing->context->out;
    enum rb_status status = RB_OK;

    output_row_begin(out);
    output_string(out, "form", item->form->name);
    if (item->first != NULL) {
        status = put_item(showing, item);
    } else {
        output_heading(out, "%s", _(form_words(item->form->form)->shown));
    }
    output_list_begin(out, "fields", NULL, 0);
    for (size_t i = 0; i < item->form->field_count && status == RB_OK; i++) {
        status = show_field(showing, item, &item->form->fields[i]);
    }
    output_list_end(out);
    output_row_end(out);
    return status;
}

/* Who opened what has a list of its own. */
static bool is_shown(const struct record_item *item, enum form form) {
    return form != 0 ? item->form->form == form : item->form->form != FORM_ACCESS;
}

enum rb_status record_show_form(struct context *context, const struct case_row *row,
                                const struct record *record, enum form form, size_t *shown) {
    struct showing showing = { .context = context, .row = row };
    enum rb_status status = RB_OK;

    *shown = 0;
    writer_init(&showing.text, VALUE_SHOWN_BYTES_MAX);
    output_list_begin(context->out, "forms", NULL, 0);
    for (size_t i = 0; i < record->item_count && status == RB_OK; i++) {
        if (is_shown(&record->items[i], form)) {
            status = show_item(&showing, &record->items[i]);
            ++*shown;
        }
    }
    output_list_end(context->out);
    writer_clear(&showing.text);
    return status;
}

enum rb_status record_show(struct context *context, const struct case_row *row,
                           const struct record *record, size_t *shown) {
    return record_show_form(context, row, record, 0, shown);
}
