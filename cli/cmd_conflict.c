/* SPDX-License-Identifier: GPL-3.0-or-later */
/* change: one field anew; conflict list, choose: what two have written apart, and which of it
 * stands. */
#include "cli/fill.h"
#include "cli/form_words.h"
#include "cli/parts.h"
#include "cli/posts.h"
#include "cli/when.h"
#include "store/contacts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_BYTES_MAX = 4 * FIELD_TEXT_BYTES_MAX, NAMED_BYTES = 96 };

/* ---- change ---- */

/* `part` outlives the draft, which borrows the name of the item. */
static void draft_begin(const struct part_field *part, struct filled *filled) {
    *filled = (struct filled) { .draft.change.form = part->form };
    filled->draft.item = part->is_item ? part->item : NULL;
}

/* Stages, duties, answers are given by their commands, which ask the rules (docs/casework.md). */
static bool has_rules(const struct part_field *part) {
    switch (part->form->form) {
    case FORM_DUTY:
    case FORM_STAGE:
    case FORM_APPROVAL:
    case FORM_HANDOVER:
    case FORM_IDENTITY:
        return true;
    default:
        return false;
    }
}

static enum rb_status fail_rules(struct context *context) {
    return failure_say(&context->failure, RB_REFUSED, "has_rules",
                       _("That has a command of its own, which asks its rules: rembuk help all. "
                         "Nothing was written."));
}

static enum rb_status change_run(struct context *context, const struct call *call) {
    struct part_field part;
    struct filled filled;

    enum rb_status status = part_field_find(context, &call->objects[0], call->typed[1], &part);
    if (status != RB_OK) {
        return status;
    }
    if (has_rules(&part)) {
        return fail_rules(context);
    }
    char *typed = rb_strndup(call->texts[2]);
    draft_begin(&part, &filled);
    status = fill_value(context, part.field, typed, &filled);
    if (status == RB_OK) {
        status = fill_write(context, part.circle, &filled);
    }
    free(typed);
    return fill_end(context, status);
}

const struct command cmd_change = {
    .name = "change",
    .name_id = "ganti",
    .arguments = { { .sort = ARGUMENT_PART, .label = N_("PART") },
                   { .sort = ARGUMENT_WORD,
                     .label = N_("FIELD"),
                     .question = N_("Which field? Of 12.3 for example: state. Of a form that "
                                    "stands once: risk.level.") },
                   { .sort = ARGUMENT_TEXT,
                     .label = N_("\"TEXT\""),
                     .typing = text_typing,
                     .question = N_("What shall stand there?") } },
    .help = N_("Writes one field of a case anew."),
    .more = N_("What stood there before is kept in the history of the case. Entries are not "
               "changed; they are corrected by another one. An empty text empties the field."),
    .examples = N_("rembuk change 4.3 state done\nrembuk change 4 risk.level low"),
    .needs = NEEDS_STORE,
    .run = change_run,
};

/* ---- conflict list ---- */

struct conflicts {
    struct context *context;
    size_t count;
    struct writer text;
    enum rb_status status;
    char first[NAMED_BYTES]; /* how the first one is typed */
};

/* "12.3 state", "12 risk.level": as it is typed. */
static enum rb_status conflict_name(struct context *context, const struct case_row *row,
                                    const struct record_item *item, const struct field *field,
                                    char out[static NAMED_BYTES]) {
    const enum language language = context->settings->language;
    const struct form_words *words = form_words(item->form->form);
    char reference[PART_REFERENCE_BYTES];
    const char *name = field->name;

    for (const struct option *at = words->options; at->name != NULL; at++) {
        name = strcmp(at->name, field->name) == 0 ? option_name(at, language) : name;
    }
    if (item->first == NULL) {
        (void)snprintf(out, NAMED_BYTES, "%" PRId64 " %s.%s", row->number,
                       language == LANGUAGE_ENGLISH ? item->form->name : words->typed_id, name);
        for (char *blank = strchr(strchr(out, ' ') + 1, ' '); blank != NULL;
             blank = strchr(blank, ' ')) {
            *blank = '-';
        }
        return RB_OK;
    }
    enum rb_status status = part_reference(context, item->first->ref, reference);
    if (status == RB_OK) {
        (void)snprintf(out, NAMED_BYTES, "%s %s", reference, name);
    }
    return status;
}

static enum rb_status list_variant(struct conflicts *conflicts, const struct form_row *form,
                                   const struct record_value *variant, size_t index) {
    struct output *out = conflicts->context->out;
    const char letter[] = { (char)('a' + index), '\0' };
    char name[NAME_BYTES_MAX + 1], time[WHEN_BYTES];

    enum rb_status status = person_name(conflicts->context->store, variant->by->person, name);
    writer_reset(&conflicts->text);
    if (status == RB_OK) {
        status = value_show(conflicts->context, form, &variant->value, &conflicts->text);
    }
    when_show(hlc_ms(variant->by->hlc), time);
    output_row_begin(out);
    output_string(out, "letter", letter);
    value_put(out, form_field(form, variant->value.field), &variant->value);
    output_string(out, "author", name);
    output_time(out, "time", hlc_ms(variant->by->hlc));
    output_row_end(out);
    output_say(out, "  %s  %s  (%s, %s)", letter, output_line(out, writer_view(&conflicts->text)),
               output_name(out, name), time);
    return status;
}

static enum rb_status list_conflict(struct conflicts *conflicts, const struct case_row *row,
                                    const struct record_item *item, const struct field *field) {
    const struct record_value *variants[VARIANTS_MAX];
    const size_t count = item_variants(item, field->number, variants);
    struct output *out = conflicts->context->out;
    char named[NAMED_BYTES];

    enum rb_status status = conflict_name(conflicts->context, row, item, field, named);
    if (conflicts->count++ == 0) {
        memcpy(conflicts->first, named, sizeof named);
    }
    output_row_begin(out);
    output_hex(out, "case", span_of(row->circle, sizeof row->circle));
    output_string(out, "form", item->form->name);
    if (item->first != NULL) {
        output_hex(out, "item", span_of(item->first->ref, REF_BYTES));
    }
    output_string(out, "field", field->name);
    output_heading(out, "%s  (%s)", named, _(form_words(item->form->form)->shown));
    output_quiet(out, "%s", named);
    output_list_begin(out, "values", NULL, 0);
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = list_variant(conflicts, item->form, variants[i], i);
    }
    output_list_end(out);
    output_row_end(out);
    return status;
}

static enum rb_status list_item(struct conflicts *conflicts, const struct case_row *row,
                                const struct record_item *item) {
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < item->form->field_count && status == RB_OK; i++) {
        if (item_differs(item, item->form->fields[i].number)) {
            status = list_conflict(conflicts, row, item, &item->form->fields[i]);
        }
    }
    return status;
}

static bool list_case(void *opaque, const struct case_row *row) {
    struct conflicts *conflicts = opaque;
    struct standing standing = { 0 };

    conflicts->status = standing_load(conflicts->context->store, row->circle, &standing);
    for (size_t i = 0; i < standing.record.item_count && conflicts->status == RB_OK; i++) {
        conflicts->status = list_item(conflicts, row, &standing.record.items[i]);
    }
    standing_clear(&standing);
    return conflicts->status == RB_OK;
}

static enum rb_status list_wanted(struct conflicts *conflicts, const struct call *call) {
    struct case_row row;

    if (call->argument_count == 0) {
        return case_each(conflicts->context->store, false, list_case, conflicts);
    }
    enum rb_status status = case_get(conflicts->context->store, call->objects[0].id, &row);
    if (status == RB_OK && !row.is_member) {
        return failure_say(&conflicts->context->failure, RB_NOT_MEMBER, NULL,
                           _("You do not belong to the team of case %" PRId64 " any more."),
                           row.number);
    }
    if (status == RB_OK) {
        (void)list_case(conflicts, &row); /* there is no other; its status stands in conflicts */
    }
    return status;
}

static enum rb_status conflict_list_run(struct context *context, const struct call *call) {
    struct conflicts conflicts = { .context = context };

    writer_init(&conflicts.text, SHOWN_BYTES_MAX);
    output_list_begin(context->out, "conflicts", NULL, 0);
    enum rb_status status = list_wanted(&conflicts, call);
    output_list_end(context->out);
    writer_clear(&conflicts.text);
    if (status != RB_OK || conflicts.status != RB_OK) {
        return status != RB_OK ? status : conflicts.status;
    }
    if (conflicts.count == 0) {
        output_say(context->out, _("Nobody has written different things in the same place."));
        return RB_OK;
    }
    output_next(context->out,
                _("keep one: rembuk choose %s a; write something else: rembuk change %s \"TEXT\""),
                conflicts.first, conflicts.first);
    return RB_OK;
}

const struct command cmd_conflict_list = {
    .name = "conflict list",
    .name_id = "beda-isi daftar",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE"), .optional = true } },
    .help = N_("Lists what people have written differently in the same place of a case."),
    .more = N_("That happens when two write without having seen each other's. Both stay until "
               "somebody of the team chooses."),
    .examples = N_("rembuk conflict list\nrembuk conflict list 4"),
    .needs = NEEDS_STORE,
    .run = conflict_list_run,
};

/* ---- choose ---- */

static enum rb_status fail_letter(struct context *context, const char *typed, size_t count) {
    if (count < 2) {
        return failure_say(&context->failure, RB_REFUSED, "no_conflict",
                           _("There is nothing to choose: only one value stands there, or none."));
    }
    return failure_usage(&context->failure, "bad_choice",
                         _("\"%s\" is none of the values. Choose a letter from a to %c."), typed,
                         (int)('a' + count - 1));
}

static const struct record_item *part_item(const struct record *record,
                                           const struct part_field *part) {
    return part->is_item ? record_item(record, part->item)
                         : record_single(record, part->form->form);
}

static enum rb_status choose(struct context *context, const struct record *record,
                             const struct part_field *part, const char *typed) {
    const struct record_value *variants[VARIANTS_MAX];
    const size_t count = item_variants(part_item(record, part), part->field->number, variants);
    struct filled filled;

    const size_t letter =
        typed[0] >= 'a' && typed[0] <= 'z' ? (size_t)(typed[0] - 'a') : (size_t)VARIANTS_MAX;
    if (count < 2 || letter >= count || typed[1] != '\0') {
        return fail_letter(context, typed, count);
    }
    draft_begin(part, &filled);
    filled.draft.change.values[0] = variants[letter]->value;
    filled.draft.change.value_count = 1;
    return fill_write(context, part->circle, &filled);
}

static enum rb_status choose_run(struct context *context, const struct call *call) {
    struct part_field part;
    struct standing standing;

    enum rb_status status = part_field_find(context, &call->objects[0], call->typed[1], &part);
    /* Of two stages that were set apart one may be chosen; an answer is never chosen. */
    if (status == RB_OK && has_rules(&part) && part.form->form != FORM_STAGE) {
        status = fail_rules(context);
    }
    if (status == RB_OK) {
        status = standing_load(context->store, part.circle, &standing);
    }
    if (status != RB_OK) {
        return status;
    }
    status = choose(context, &standing.record, &part, call->typed[2]);
    standing_clear(&standing);
    return fill_end(context, status);
}

const struct command cmd_choose = {
    .name = "choose",
    .name_id = "pakai",
    .arguments = { { .sort = ARGUMENT_PART, .label = N_("PART") },
                   { .sort = ARGUMENT_WORD,
                     .label = N_("FIELD"),
                     .question = N_("Which field? As \"conflict list\" shows it.") },
                   { .sort = ARGUMENT_WORD,
                     .label = N_("LETTER"),
                     .question = N_("Which of the values? Type its letter.") } },
    .help = N_("Chooses which of several values stands."),
    .more = N_("See first what there is: rembuk conflict list. To write something else instead: "
               "rembuk change."),
    .examples = N_("rembuk choose 4 risk.level a\nrembuk choose 4.3 state b"),
    .needs = NEEDS_STORE,
    .run = choose_run,
};
