/* SPDX-License-Identifier: GPL-3.0-or-later */
/* thread: new, list, show.  What is written into one is in cmd_post.c and cmd_import.c. */
#include "cli/next.h"
#include "cli/posts.h"
#include "cli/when.h"
#include "node/node.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* An invitation that is not accepted is named, so that it can be; else `status` as it is. */
static enum rb_status fail_group(struct context *context, const uint8_t circle[static HASH_BYTES],
                                 enum rb_status status) {
    struct group_row row;

    if (status != RB_NOT_ACCEPTED || group_get(context->store, circle, &row) != RB_OK) {
        return status;
    }
    return failure_say(&context->failure, status, NULL,
                       _("You have not accepted the invitation to group %" PRId64
                         " yet. Accept it first: rembuk group accept %" PRId64),
                       row.number, row.number);
}

/* ---- new ---- */

static enum rb_status thread_new_run(struct context *context, const struct call *call) {
    struct output *out = context->out;
    uint8_t ref[REF_BYTES];
    struct thread_row row;

    enum rb_status status =
        thread_new(context->store, call->objects[0].id, call->texts[1], clock_now_ms(), ref);
    if (status == RB_EXISTS) {
        return failure_say(
            &context->failure, status, "title_taken",
            _("The group has a thread of this title already. Choose another title."));
    }
    if (status == RB_OK) {
        status = thread_put(context, ref, &row);
    }
    if (status != RB_OK) {
        return fail_group(context, call->objects[0].id, status);
    }
    output_say(out, _("Thread %" PRId64 " \"%s\" is begun in \"%s\"."), row.number,
               output_name(out, row.title), output_name(out, row.group));
    output_next(out, _("write in it: rembuk post %" PRId64 " \"TEXT\""), row.number);
    return RB_OK;
}

const struct command cmd_thread_new = {
    .name = "thread new",
    .name_id = "utas baru",
    .arguments = { { .sort = ARGUMENT_GROUP, .label = N_("GROUP") },
                   { .sort = ARGUMENT_NAME, .label = N_("TITLE") } },
    .summary = N_("begin a discussion"),
    .help = N_("Begins a discussion thread in a group."),
    .examples = N_("rembuk thread new \"Bandung discussion 1\" \"Who goes first?\""),
    .needs = NEEDS_STORE,
    .run = thread_new_run,
};

/* ---- list ---- */

struct listing {
    struct output *out;
    size_t count;
};

static bool list_one(void *opaque, const struct thread_row *row) {
    struct listing *listing = opaque;
    struct output *out = listing->out;

    listing->count++;
    output_row_begin(out);
    output_hex(out, "thread", span_of(row->ref, sizeof row->ref));
    output_integer(out, "number", row->number);
    output_string(out, "title", row->title);
    output_hex(out, "group", span_of(row->circle, sizeof row->circle));
    output_string(out, "group_name", row->group);
    output_count(out, "posts", row->posts);
    output_time(out, "last", row->last_ms);
    output_row_end(out);
    return true;
}

static enum rb_status say_listed(struct context *context) {
    enum rb_status status = next_say_invitation(context);

    if (status == RB_OK) {
        output_next(context->out, _("read one: rembuk thread show THREAD"));
    }
    return status;
}

static enum rb_status say_none(struct context *context) {
    struct output *out = context->out;
    struct group_row row;

    enum rb_status status = next_invitation(context, &row);
    if (status == RB_OK) {
        output_say(out, _("You have not accepted the invitation to group %" PRId64 " yet."),
                   row.number);
        output_next(out, _("accept it: rembuk group accept %" PRId64), row.number);
        return RB_OK;
    }
    if (status != RB_NOT_FOUND) {
        return status;
    }
    output_say(out, _("There are no threads here yet."));
    output_next(out, _("begin one: rembuk thread new GROUP \"TITLE\""));
    return RB_OK;
}

static enum rb_status thread_list_run(struct context *context, const struct call *call) {
    static const struct column columns[] = {
        { "number", N_("No.") },  { "title", N_("Title") }, { "group_name", N_("Group") },
        { "posts", N_("Posts") }, { "last", N_("Newest") },
    };
    const uint8_t *circle = call->argument_count > 0 ? call->objects[0].id : NULL;
    struct listing listing = { .out = context->out };

    output_list_begin(context->out, "threads", columns, sizeof columns / sizeof columns[0]);
    enum rb_status status = thread_each(context->store, circle, list_one, &listing);
    output_list_end(context->out);
    if (status != RB_OK) {
        return circle != NULL ? fail_group(context, circle, status) : status;
    }
    return listing.count > 0 ? say_listed(context) : say_none(context);
}

const struct command cmd_thread_list = {
    .name = "thread list",
    .name_id = "utas daftar",
    .arguments = { { .sort = ARGUMENT_GROUP, .label = N_("GROUP"), .optional = true } },
    .summary = N_("which discussions there are"),
    .help = N_("Lists the threads of your groups, or of one group."),
    .examples = N_("rembuk thread list\nrembuk thread list \"Bandung discussion 1\""),
    .needs = NEEDS_STORE,
    .run = thread_list_run,
};

/* ---- show ---- */

enum { REMARK_BYTES_MAX = 128, REMARKS_BYTES_MAX = 512 };

struct showing {
    struct output *out;
    const uint8_t *self; /* one's own person id */
    size_t count;
};

static void put_post(struct output *out, const struct post_row *row, const char *reference) {
    output_row_begin(out);
    output_hex(out, "post", span_of(row->ref, sizeof row->ref));
    output_string(out, "ref", reference);
    output_string(out, "author", row->author_name);
    output_hex(out, "author_id", span_of(row->author, sizeof row->author));
    if (row->quoted_author.len > 0) {
        output_text(out, "quoted_author", row->quoted_author);
        output_cell(out, "author", output_line(out, row->quoted_author));
    } else {
        output_null(out, "quoted_author");
    }
    if (row->is_reply) {
        output_hex(out, "reply_to", span_of(row->reply_to, sizeof row->reply_to));
    } else {
        output_null(out, "reply_to");
    }
    output_text(out, "text", row->text);
    output_time(out, "time", row->time_ms);
    output_bool(out, "edited", false); /* Editing and retracting come with their commands. */
    output_bool(out, "retracted", false);
    output_word(out, "state", post_state_word(row->state), "");
    output_row_end(out);
}

static void add_remark(struct writer *remarks, const char *remark) {
    writer_span(remarks, span_text(remarks->len > 0 ? ", " : ""));
    writer_span(remarks, span_text(remark));
}

/* "reply to 12.1, delivered"; empty if there is nothing to say. */
static void write_remarks(struct showing *showing, const struct post_row *row,
                          struct writer *remarks) {
    char reply[REMARK_BYTES_MAX];

    if (row->is_reply && row->reply_number > 0) {
        (void)snprintf(reply, sizeof reply, _("reply to %" PRId64 ".%" PRId64), row->thread_number,
                       row->reply_number);
        add_remark(remarks, reply);
    } else if (row->is_reply) {
        add_remark(remarks, _("reply to a post that has not come yet"));
    }
    if (row->odd_time) {
        add_remark(remarks, _("the clock of the writer's computer is wrong"));
    }
    if (memcmp(row->author, showing->self, HASH_BYTES) == 0) {
        add_remark(remarks, post_state_shown(row->state));
    }
}

/* The line above a post: "12.3  Sari Umpama  25/11/2026 14:05 WIB  (reply to 12.1)". */
static void say_heading(struct showing *showing, const struct post_row *row,
                        const char *reference) {
    struct output *out = showing->out;
    const char *author = output_name(out, row->author_name);
    char time[WHEN_BYTES];
    struct writer remarks;

    writer_init(&remarks, REMARKS_BYTES_MAX);
    write_remarks(showing, row, &remarks);
    when_show(row->time_ms, time);
    const char *begin = remarks.len > 0 ? "  (" : "";
    const char *remark = output_line(out, writer_view(&remarks));
    const char *end = remarks.len > 0 ? ")" : "";
    if (row->quoted_author.len > 0) {
        output_say(out, _("%s  %s (copied by %s)  %s%s%s%s"), reference,
                   output_line(out, row->quoted_author), author, time, begin, remark, end);
    } else {
        output_say(out, "%s  %s  %s%s%s%s", reference, author, time, begin, remark, end);
    }
    writer_clear(&remarks);
}

static bool show_one(void *opaque, const struct post_row *row) {
    struct showing *showing = opaque;
    char reference[POST_REFERENCE_BYTES];

    showing->count++;
    post_reference(row, reference);
    put_post(showing->out, row, reference);
    say_heading(showing, row, reference);
    output_paragraph(showing->out, row->text);
    output_gap(showing->out);
    return true;
}

/* 0 without --since: everything. */
static enum rb_status read_since(const struct call *call, int64_t *ms) {
    const char *typed = call_option(call, "since");

    *ms = 0;
    return typed != NULL ? when_parse(span_text(typed), clock_now_ms(), ms) : RB_OK;
}

static enum rb_status thread_show_check(struct context *context, const struct call *call) {
    int64_t ignored = 0;

    switch (read_since(call, &ignored)) {
    case RB_OK:
        return RB_OK;
    case RB_REFUSED:
        return failure_usage(&context->failure, "bad_time",
                             _("\"%s\" can be understood in two ways. Write the unit out: 3days, "
                               "2hours, 30min."),
                             call_option(call, "since"));
    default:
        return failure_usage(&context->failure, "bad_time",
                             _("\"%s\" is no time that is understood here. Examples: 25/11, "
                               "25/11/2026, monday, yesterday, 3days, 2hours, 30min, "
                               "2026-11-25T14:05."),
                             call_option(call, "since"));
    }
}

static enum rb_status show_posts(struct context *context, const struct thread_row *row,
                                 int64_t since_ms) {
    static const struct column quiet_columns[] = {
        { "ref", N_("Post") },
        { "author", N_("Author") },
        { "text", N_("Text") },
    };
    struct output *out = context->out;
    struct showing showing = { .out = out, .self = store_self(context->store)->person };
    size_t columns = output_form(out) == OUTPUT_QUIET ? 3 : 0; /* People read posts, not a table. */

    output_list_begin(out, "posts", quiet_columns, columns);
    enum rb_status status = thread_posts(context->store, row->ref, since_ms, show_one, &showing);
    output_list_end(out);
    if (status != RB_OK) {
        return status;
    }
    if (showing.count > 0) {
        output_next(out,
                    _("write: rembuk post %" PRId64 " \"TEXT\"; answer: rembuk reply POST "
                      "\"TEXT\""),
                    row->number);
        return RB_OK;
    }
    output_say(out, since_ms == 0 ? _("Nothing has been written here yet.")
                                  : _("Nothing has been written since then."));
    output_next(out, _("write: rembuk post %" PRId64 " \"TEXT\""), row->number);
    return RB_OK;
}

static enum rb_status thread_show_run(struct context *context, const struct call *call) {
    struct output *out = context->out;
    struct thread_row row;
    int64_t since_ms = 0;

    enum rb_status status = read_since(call, &since_ms);
    if (status == RB_OK) {
        status = thread_get(context->store, call->objects[0].id, &row);
    }
    if (status != RB_OK) {
        return status;
    }
    output_hex(out, "thread", span_of(row.ref, sizeof row.ref));
    output_integer(out, "number", row.number);
    output_string(out, "title", row.title);
    output_hex(out, "group", span_of(row.circle, sizeof row.circle));
    output_string(out, "group_name", row.group);
    output_say(out, _("Thread %" PRId64 ": %s"), row.number, output_name(out, row.title));
    output_say(out, _("Group %" PRId64 ": %s"), row.group_number, output_name(out, row.group));
    output_gap(out);
    return show_posts(context, &row, since_ms);
}

const struct command cmd_thread_show = {
    .name = "thread show",
    .name_id = "utas lihat",
    .arguments = { { .sort = ARGUMENT_THREAD, .label = N_("THREAD") } },
    .options = { { .name = "since",
                   .name_id = "sejak",
                   .value = N_("TIME"),
                   .help = N_("only posts from then on: 25/11, monday, yesterday, 3days, 2hours, "
                              "2026-11-25T14:05") } },
    .summary = N_("read one"),
    .help = N_("Shows a thread with its posts."),
    .examples = N_("rembuk thread show 12\nrembuk thread show 12 --since yesterday"),
    .needs = NEEDS_STORE,
    .check = thread_show_check,
    .run = thread_show_run,
};
