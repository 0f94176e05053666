/* SPDX-License-Identifier: GPL-3.0-or-later */
/* note: writing an entry into a case (F5). */
#include "cli/cases.h"
#include "cli/circles.h"
#include "cli/entry_words.h"
#include "cli/fill.h"
#include "cli/next.h"
#include "cli/posts.h"
#include "cli/typed.h"
#include "node/node.h"

static enum rb_status fail_refused_note(struct context *context, const struct call *call) {
    struct circle_facts facts;

    enum rb_status status = circle_read(context, call, &facts);
    return status == RB_OK ? fail_reader(context, &facts, RB_REFUSED) : status;
}

/* ---- What it tells beside its text ---- */

/* What the entry borrows from. */
struct details {
    struct entry entry;
    char on[WHEN_BYTES], next_by[WHEN_BYTES];
};

static enum rb_status day_read(struct context *context, const char *typed, bool is_ahead,
                               char kept[static WHEN_BYTES], struct span *day) {
    if (typed == NULL) {
        return RB_OK;
    }
    const enum rb_status status = typed_day(context, typed, is_ahead, kept);
    *day = span_text(kept);
    return status;
}

static enum rb_status text_read(struct context *context, const char *typed, struct span *text) {
    if (typed == NULL) {
        return RB_OK;
    }
    *text = span_text(typed);
    return fill_text_check(context, *text);
}

static enum rb_status sort_read(struct context *context, const char *typed, struct entry *entry) {
    if (typed == NULL) {
        return RB_OK;
    }
    entry->sort = entry_sort_typed(span_text(typed));
    if (entry->sort == ENTRY_PLAIN) {
        return failure_usage(&context->failure, "bad_type",
                             _("\"%s\" is no type of entry. Choose one: visit, call, observation, "
                               "service, aid."),
                             typed);
    }
    return RB_OK;
}

static enum rb_status details_read(struct context *context, const struct call *call,
                                   struct details *details) {
    struct entry *entry = &details->entry;

    *details = (struct details) { .on = "" };
    enum rb_status status = sort_read(context, call_option(call, "type"), entry);
    if (status == RB_OK) {
        status = day_read(context, call_option(call, "on"), false, details->on, &entry->on);
    }
    if (status == RB_OK) {
        status = text_read(context, call_option(call, "outcome"), &entry->outcome);
    }
    if (status == RB_OK) {
        status = text_read(context, call_option(call, "next"), &entry->next_step);
    }
    if (status == RB_OK) {
        status = day_read(context, call_option(call, "next-by"), true, details->next_by,
                          &entry->next_by);
    }
    if (status == RB_OK && entry->next_by.len > 0 && entry->next_step.len == 0) {
        return failure_usage(&context->failure, "next_missing",
                             _("Say what is to be done by that day: --next TEXT"));
    }
    return status;
}

static enum rb_status note_check(struct context *context, const struct call *call) {
    struct details details;

    return details_read(context, call, &details);
}

/* ---- note ---- */

static enum rb_status note_run(struct context *context, const struct call *call) {
    struct output *out = context->out;
    uint8_t ref[REF_BYTES];
    struct entry_row row;
    char reference[ENTRY_REFERENCE_BYTES];
    struct details details;

    enum rb_status status = details_read(context, call, &details);
    if (status != RB_OK) {
        return status;
    }
    details.entry.text = call->texts[1];
    status =
        case_note_entry(context->store, call->objects[0].id, &details.entry, clock_now_ms(), ref);
    if (status == RB_NOT_MEMBER) {
        return failure_say(&context->failure, status, NULL,
                           _("You do not belong to the team of this case any more. Nothing was "
                             "written."));
    }
    if (status == RB_REFUSED) {
        return fail_refused_note(context, call);
    }
    if (status != RB_OK) {
        return fail_writing(context, call->texts[1], status);
    }
    status = entry_get(context->store, ref, &row);
    if (status != RB_OK) {
        return status;
    }
    entry_reference(&row, reference);
    output_hex(out, "entry", span_of(row.ref, sizeof row.ref));
    output_string(out, "ref", reference);
    output_quiet(out, "%s", reference);
    output_say(out, _("Written as entry %s."), reference);
    return next_send(context, _("send it: rembuk sync"));
}

const struct command cmd_note = {
    .name = "note",
    .name_id = "catat",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") },
                   { .sort = ARGUMENT_TEXT,
                     .label = N_("\"TEXT\""),
                     .typing = text_typing,
                     .question = N_("What is to be noted?") } },
    .options = { { .name = "type",
                   .name_id = "jenis",
                   .value = N_("TYPE"),
                   .choices = "visit|call|observation|service|aid",
                   .choices_id = "kunjungan|telepon|pengamatan|layanan|bantuan",
                   .help = N_("visit, call, observation, service or aid") },
                 { .name = "on",
                   .name_id = "pada",
                   .value = N_("DATE"),
                   .help = N_("the day on which it was") },
                 { .name = "outcome",
                   .name_id = "hasil",
                   .value = N_("TEXT"),
                   .help = N_("what came of it") },
                 { .name = "next",
                   .name_id = "lanjutan",
                   .value = N_("TEXT"),
                   .help = N_("the next step") },
                 { .name = "next-by",
                   .name_id = "sampai",
                   .value = N_("DATE"),
                   .help = N_("until when; it falls due until the next entry is written") } },
    .summary = N_("write an entry"),
    .help = N_("Writes an entry into a case."),
    .more = N_("An entry is not changed afterwards: correct it by another one."),
    .examples = N_("rembuk note 4 \"Home visit; the mother was there.\"\n"
                   "rembuk note 4 --type visit --next School --next-by friday "
                   "\"Met her\""),
    .needs = NEEDS_STORE,
    .check = note_check,
    .run = note_run,
};
