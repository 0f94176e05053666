/* SPDX-License-Identifier: GPL-3.0-or-later */
/* case show and case enter: reading a case. */
#include "cli/access_log.h"
#include "cli/entry_words.h"
#include "cli/next.h"
#include "cli/parts.h"
#include "cli/posts.h"
#include "cli/team.h"
#include "cli/when.h"

#include <inttypes.h>
#include <string.h>

/* ---- Its threads ---- */

struct listing {
    struct output *out;
    size_t count;
};

static bool put_thread(void *opaque, const struct thread_row *row) {
    struct listing *listing = opaque;

    listing->count++;
    thread_put_row(listing->out, row);
    return true;
}

static enum rb_status put_threads(struct context *context, const struct case_row *row,
                                  bool is_quiet) {
    static const struct column columns[] = {
        { "number", N_("No.") },
        { "title", N_("Thread") },
        { "posts", N_("Posts") },
        { "unread", N_("Unread") },
    };
    struct listing listing = { .out = context->out };

    output_list_begin(context->out, "threads", columns,
                      is_quiet ? 0 : sizeof columns / sizeof columns[0]);
    enum rb_status status = thread_each(context->store, row->circle, put_thread, &listing);
    output_list_end(context->out);
    if (listing.count > 0) {
        output_gap(context->out);
    }
    return status;
}

/* ---- Its entries ---- */

struct reading {
    const struct context *context;
    struct output *out;
    const uint8_t *self; /* one's own person id */
    size_t count;
};

static void put_entry(struct output *out, const struct entry_row *row, const char *reference) {
    output_row_begin(out);
    output_hex(out, "entry", span_of(row->ref, sizeof row->ref));
    output_string(out, "ref", reference);
    output_string(out, "author", row->author_name);
    output_hex(out, "author_id", span_of(row->author, sizeof row->author));
    output_time(out, "time", row->time_ms);
    output_text(out, "text", row->entry.text);
    entry_put_details(out, &row->entry);
    output_word(out, "state", post_state_word(row->delivered ? POST_DELIVERED : POST_QUEUED), "");
    output_row_end(out);
}

/* "12.3  Sari Umpama  25/11/2026 14:05 WIB  (delivered)" */
static void say_heading(struct reading *reading, const struct entry_row *row,
                        const char *reference) {
    bool is_own = memcmp(row->author, reading->self, HASH_BYTES) == 0;
    const char *author = output_name(reading->out, row->author_name);
    char time[WHEN_BYTES];

    when_show(row->time_ms, time);
    if (row->odd_time) {
        output_heading(reading->out, "%s  %s  %s  (%s)", reference, author, time,
                       _("the clock of the writer's computer is wrong"));
    } else if (is_own) {
        output_heading(reading->out, "%s  %s  %s  (%s)", reference, author, time,
                       post_state_shown(row->delivered ? POST_DELIVERED : POST_QUEUED));
    } else {
        output_heading(reading->out, "%s  %s  %s", reference, author, time);
    }
}

static void say_detail(void *opaque, const char *label, struct span value) {
    struct output *out = opaque;

    output_say(out, "  %s: %s", label, output_line(out, value));
}

static bool show_entry(void *opaque, const struct entry_row *row) {
    struct reading *reading = opaque;
    char reference[ENTRY_REFERENCE_BYTES];

    reading->count++;
    entry_reference(row, reference);
    put_entry(reading->out, row, reference);
    say_heading(reading, row, reference);
    output_paragraph(reading->out, row->entry.text);
    entry_details_each(reading->context, &row->entry, say_detail, reading->out);
    output_gap(reading->out);
    return true;
}

static enum rb_status show_entries(struct context *context, const struct case_row *row,
                                   bool is_quiet, size_t forms) {
    static const struct column quiet_columns[] = {
        { "ref", N_("Entry") },
        { "author", N_("Author") },
        { "text", N_("Text") },
    };
    struct reading reading = { .context = context,
                               .out = context->out,
                               .self = store_self(context->store)->person };

    output_list_begin(context->out, "entries", quiet_columns, is_quiet ? 3 : 0);
    enum rb_status status = case_entries(context->store, row->circle, show_entry, &reading);
    output_list_end(context->out);
    if (status == RB_OK && reading.count == 0 && forms == 0) {
        output_say(context->out, _("Nothing has been written here yet."));
    }
    return status;
}

/* ---- Its forms ---- */

static enum rb_status show_forms(struct context *context, const struct oversight *oversight,
                                 size_t *shown) {
    enum rb_status status =
        record_show(context, &oversight->row, &oversight->standing.record, shown);

    if (*shown > 0) {
        output_gap(context->out);
    }
    return status;
}

/* ---- show ---- */

/* Whether one was put out, and what waits for a manager. */
static enum rb_status say_standing(struct context *context, const struct case_row *row) {
    struct circle_facts facts;

    circle_facts_of_case(context, row, &facts);
    if (!row->is_member) {
        return circle_say_removed(context, &facts);
    }
    output_count(context->out, "waiting", row->waiting);
    if (row->waiting > 0) {
        output_say(context->out,
                   _("Waiting for a manager: %zu. See it: rembuk case waiting %" PRId64),
                   row->waiting, row->number);
    }
    return RB_OK;
}

static enum rb_status fail_left(struct context *context, const struct case_row *row) {
    return failure_say(&context->failure, RB_NOT_MEMBER, NULL,
                       _("You do not belong to the team of case %" PRId64 " any more, so its "
                         "entries and threads are not shown."),
                       row->number);
}

static void say_next(struct context *context, const struct case_row *row) {
    if (next_is_here(context, span_of(row->circle, sizeof row->circle))) {
        output_next(context->out, _("write an entry: rembuk note TEXT"));
    } else {
        output_next(context->out, _("write an entry: rembuk note %" PRId64 " \"TEXT\""),
                    row->number);
    }
}

/* Threads, forms and entries: what only the team reads, and what its team is told of. */
static enum rb_status show_content(struct context *context, const uint8_t *circle, const char *why,
                                   bool is_quiet) {
    struct oversight oversight;
    size_t forms = 0;

    enum rb_status status = oversight_begin(context, circle, &oversight);
    if (status != RB_OK) {
        return status;
    }
    status = access_tell(context, &oversight, why);
    if (status == RB_OK) {
        status = put_threads(context, &oversight.row, is_quiet);
    }
    if (status == RB_OK) {
        status = show_forms(context, &oversight, &forms);
    }
    if (status == RB_OK) {
        status = show_entries(context, &oversight.row, is_quiet, forms);
    }
    if (status == RB_OK) {
        say_next(context, &oversight.row);
    }
    oversight_end(&oversight);
    return status;
}

static enum rb_status case_show_run(struct context *context, const struct call *call) {
    struct output *out = context->out;
    bool is_quiet = output_form(out) == OUTPUT_QUIET; /* For pipes: the entries alone. */
    struct case_row row;

    enum rb_status status = case_get(context->store, call->objects[0].id, &row);
    if (status != RB_OK) {
        return status;
    }
    case_put(out, &row);
    case_say(out, &row);
    status = say_standing(context, &row);
    output_gap(out);
    if (status != RB_OK) {
        return status;
    }
    status = team_put(context, REF_CASE, row.circle, is_quiet ? TEAM_UNSEEN : TEAM_SHORT);
    output_gap(out);
    if (status != RB_OK) {
        return status;
    }
    return row.is_member ? show_content(context, row.circle, call_option(call, "reason"), is_quiet)
                         : fail_left(context, &row);
}

const struct command cmd_case_show = {
    .name = "case show",
    .name_id = "kasus lihat",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") } },
    .summary = N_("read a case"),
    .options = { { .name = "reason",
                   .name_id = "alasan",
                   .value = N_("TEXT"),
                   .help = N_("why you open it; the team sees it") } },
    .help = N_("Shows a case: its team, its threads, its forms and its entries."),
    .more = N_("Of everybody but who is responsible the team sees that he has opened the case, "
               "once in 24 hours: rembuk access-log CASE"),
    .examples = N_("rembuk case show 4\nrembuk case show 3273-26-K7QD --reason \"Review\""),
    .needs = NEEDS_STORE,
    .run = case_show_run,
};

/* ---- enter ---- */

static enum rb_status case_enter_run(struct context *context, const struct call *call) {
    struct output *out = context->out;
    struct case_row row;
    size_t threads = 0;

    enum rb_status status = case_get(context->store, call->objects[0].id, &row);
    if (status == RB_OK) {
        status = case_count_threads(context, &row, &threads);
    }
    if (status != RB_OK) {
        return status;
    }
    case_put(out, &row);
    output_count(out, "thread_count", threads);
    case_say(out, &row);
    output_say(out, _("Entries: %zu, threads: %zu"), row.entries, threads);
    output_say(out, _("An entry cannot be changed or deleted; it is corrected by another one."));
    output_next(out, _("read it: rembuk case show; write: rembuk note TEXT; go back: rembuk "
                       "leave"));
    context->place_change = PLACE_ENTERED;
    context->place = (struct place) {
        .sort = PLACE_CASE,
        .number = row.number,
        .object = call->objects[0],
    };
    memcpy(context->place.name, row.code, sizeof row.code);
    return RB_OK;
}

const struct command cmd_case_enter = {
    .name = "case enter",
    .name_id = "kasus masuk",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") } },
    .summary = N_("go into a case"),
    .help = N_("Makes a case the place where you are: commands then leave its name out."),
    .more = N_("In the console only. \"leave\" goes back."),
    .examples = N_("rembuk case enter 4"),
    .needs = NEEDS_STORE | NEEDS_CONSOLE,
    .run = case_enter_run,
};
