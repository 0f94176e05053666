/* SPDX-License-Identifier: GPL-3.0-or-later */
/* case check: what a record lacks, what in it is unlikely, and what falls due. */
#include "cli/duplicates.h"
#include "cli/form_words.h"
#include "cli/oversight.h"
#include "cli/parts.h"
#include "cli/when.h"
#include "node/node.h"
#include "protocol/casework/completeness.h"
#include "protocol/casework/dues.h"
#include "protocol/casework/warnings.h"
#include "protocol/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct checking {
    struct context *context;
    struct output *out;
    const struct case_row *row;
    char today[WHEN_BYTES];
    size_t count; /* rows of the list that is being written */
    enum rb_status status;
};

static void put_place(struct checking *checking, const struct form_row *form,
                      const struct field *field) {
    output_string(checking->out, "form", form->name);
    if (field == NULL) {
        output_null(checking->out, "field");
    } else {
        output_string(checking->out, "field", field->name);
    }
}

/* "Facts: Category", or the title alone. */
static void place_shown(struct checking *checking, const struct form_row *form,
                        const struct field *field, struct writer *out) {
    char shown[FIELD_SHOWN_BYTES];

    writer_reset(out);
    writer_span(out, span_text(_(form_words(form->form)->shown)));
    if (field != NULL) {
        form_field_shown(form->form, field, checking->context->settings->language, shown);
        writer_span(out, span_text(": "));
        writer_span(out, span_text(shown));
    }
    writer_u8(out, '\0');
}

static void say_place(struct checking *checking, const struct form_row *form,
                      const struct field *field, const char *behind) {
    struct writer shown;

    writer_init(&shown, STANDARD_INPUT_BYTES_MAX);
    place_shown(checking, form, field, &shown);
    output_say(checking->out, "  %s%s", (const char *)shown.data, behind);
    writer_clear(&shown);
}

/* ---- What is missing ---- */

static bool tell_missing(void *opaque, const struct part_row *part) {
    struct checking *checking = opaque;
    const struct form_row *form = form_find((uint64_t)part->form);
    const struct field *field =
        part->field == ANY_FIELD ? NULL : form_field(form, (uint64_t)part->field);

    if (checking->count++ == 0) {
        output_heading(checking->out, _("Missing"));
    }
    output_row_begin(checking->out);
    put_place(checking, form, field);
    output_row_end(checking->out);
    say_place(checking, form, field, "");
    return true;
}

static void check_missing(struct checking *checking, const struct record *record) {
    const struct completeness found = completeness_look(record, &checking->row->record);

    output_say(checking->out, _("Complete: %u %% (%zu of %zu parts)"), found.percent, found.have,
               found.all);
    checking->count = 0;
    output_list_begin(checking->out, "missing", NULL, 0);
    completeness_missing(record, &checking->row->record, tell_missing, checking);
    output_list_end(checking->out);
}

/* ---- What is unlikely ---- */

static const struct {
    const char *word, *shown;
} warnings[] = {
    [WARNING_AGE] = { "age", N_("does not fit the category") },
    [WARNING_CLUSTER] = { "cluster", N_("the category belongs to another cluster") },
    [WARNING_CODE] = { "code", N_("stands in no list that is known here") },
    [WARNING_FUTURE] = { "future", N_("the day lies ahead") },
    [WARNING_ADULT] = { "adult", N_("above 18 years") },
};

static bool tell_warning(void *opaque, const struct warning *warning) {
    struct checking *checking = opaque;
    char behind[256];

    if (checking->count++ == 0) {
        output_heading(checking->out, _("Perhaps a slip (it can stay as it is)"));
    }
    output_row_begin(checking->out);
    output_string(checking->out, "warning", warnings[warning->sort].word);
    put_place(checking, warning->item->form, warning->field);
    output_row_end(checking->out);
    (void)snprintf(behind, sizeof behind, " (%s)", _(warnings[warning->sort].shown));
    say_place(checking, warning->item->form, warning->field, behind);
    return true;
}

static void check_warnings(struct checking *checking, const struct record *record) {
    checking->count = 0;
    output_list_begin(checking->out, "warnings", NULL, 0);
    warnings_each(record, span_of(checking->today, DATE_BYTES), tell_warning, checking);
    output_list_end(checking->out);
}

/* ---- What falls due ---- */

/* In a row that has its form and field already; `shown` is what both are called. */
static void put_due(struct checking *checking, const char *reference, struct span due,
                    const char *shown) {
    const bool is_overdue = memcmp(due.data, checking->today, DATE_BYTES) < 0;
    const char *day = (const char *)due.data;

    if (reference[0] != '\0') {
        output_string(checking->out, "ref", reference);
    }
    output_text(checking->out, "day", due);
    output_bool(checking->out, "overdue", is_overdue);
    output_row_end(checking->out);
    if (checking->count++ == 0) {
        output_heading(checking->out, _("Falls due"));
    }
    output_say(checking->out, "  %.2s/%.2s/%.4s  %s %s%s", day + 8, day + 5, day, reference, shown,
               is_overdue ? _("  (overdue)") : "");
}

static bool tell_due(void *opaque, const struct due *due) {
    struct checking *checking = opaque;
    char reference[PART_REFERENCE_BYTES] = "";
    struct writer shown;

    if (due->item->first != NULL) {
        checking->status = part_reference(checking->context, due->item->first->ref, reference);
    }
    writer_init(&shown, STANDARD_INPUT_BYTES_MAX);
    place_shown(checking, due->item->form, due->field, &shown);
    output_row_begin(checking->out);
    put_place(checking, due->item->form, due->field);
    put_due(checking, reference, due->day, (const char *)shown.data);
    writer_clear(&shown);
    return checking->status == RB_OK;
}

/* The last one that was shown: its next step falls due until another entry is written. */
struct last_entry {
    char reference[ENTRY_REFERENCE_BYTES], next_by[DATE_BYTES + 1];
};

static bool keep_entry(void *opaque, const struct entry_row *row) {
    struct last_entry *last = opaque;

    entry_reference(row, last->reference);
    text_copy(last->next_by, sizeof last->next_by, row->entry.next_by);
    return true;
}

static enum rb_status check_next_step(struct checking *checking, const struct record *record) {
    struct last_entry last = { .next_by = "" };

    if (record_stage(record) == STAGE_CLOSED) {
        return RB_OK;
    }
    enum rb_status status =
        case_entries(checking->context->store, checking->row->circle, keep_entry, &last);
    if (status == RB_OK && last.next_by[0] != '\0') {
        output_row_begin(checking->out);
        output_string(checking->out, "form", "entry");
        output_string(checking->out, "field", "next");
        put_due(checking, last.reference, span_text(last.next_by), _("Next step"));
    }
    return status;
}

static enum rb_status check_dues(struct checking *checking, const struct record *record) {
    checking->count = 0;
    output_list_begin(checking->out, "dues", NULL, 0);
    dues_each(record, tell_due, checking);
    if (checking->status == RB_OK) {
        checking->status = check_next_step(checking, record);
    }
    output_list_end(checking->out);
    return checking->status;
}

/* ---- check ---- */

static enum rb_status case_check_run(struct context *context, const struct call *call) {
    struct checking checking = { .context = context, .out = context->out };
    struct oversight oversight;

    enum rb_status status = oversight_begin(context, call->objects[0].id, &oversight);
    if (status != RB_OK) {
        return status;
    }
    checking.row = &oversight.row;
    memcpy(checking.today, oversight.today, sizeof checking.today);
    case_put(context->out, &oversight.row);
    output_heading(context->out, _("Case %" PRId64 ": %s"), oversight.row.number,
                   case_code_shown(&oversight.row));
    check_missing(&checking, &oversight.standing.record);
    check_warnings(&checking, &oversight.standing.record);
    status = check_dues(&checking, &oversight.standing.record);
    if (status == RB_OK) {
        status = consent_say(context, &oversight);
    }
    if (status == RB_OK) {
        status = duplicates_say(context, oversight.row.circle);
    }
    if (oversight.row.conflicts > 0) {
        output_say(context->out,
                   _("Written differently by two: %zu. See: rembuk conflict list %" PRId64),
                   oversight.row.conflicts, oversight.row.number);
    }
    oversight_end(&oversight);
    return status;
}

const struct command cmd_case_check = {
    .name = "case check",
    .name_id = "kasus periksa",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") } },
    .summary = N_("what is missing in it"),
    .help = N_("Shows how complete a case is, what is missing, and what falls due."),
    .more = N_("What counts depends on the stage of the case and on its cluster. What looks like a "
               "slip is only told: you decide."),
    .examples = N_("rembuk case check 4"),
    .needs = NEEDS_STORE,
    .run = case_check_run,
};
