/* SPDX-License-Identifier: GPL-3.0-or-later */
/* thread: new, list, show, enter.  What is written into one is in cmd_post.c, cmd_change.c and
 * cmd_import.c. */
#include "cli/circles.h"
#include "cli/next.h"
#include "cli/posts.h"
#include "cli/when.h"
#include "node/node.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Why nothing can be begun there; else `status` as it is. */
static enum rb_status fail_place(struct context *context, const uint8_t circle[static HASH_BYTES],
                                 enum rb_status status) {
    struct circle_facts facts;

    if (circle_find(context, circle, &facts) != RB_OK) {
        return status;
    }
    return status == RB_REFUSED ? fail_reader(context, &facts, status)
                                : fail_change(context, &facts, status);
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
            _("There is a thread of this title here already. Choose another title."));
    }
    if (status == RB_OK) {
        status = thread_put(context, ref, &row);
    }
    if (status != RB_OK) {
        return fail_place(context, call->objects[0].id, status);
    }
    output_say(out, _("Thread %" PRId64 " \"%s\" is begun in \"%s\"."), row.number,
               output_name(out, row.title), output_name(out, row.group));
    output_next(out, _("write in it: rembuk post %" PRId64 " \"TEXT\""), row.number);
    return RB_OK;
}

const struct command cmd_thread_new = {
    .name = "thread new",
    .name_id = "utas baru",
    .arguments = { { .sort = ARGUMENT_CIRCLE, .label = N_("GROUP|CASE") },
                   { .sort = ARGUMENT_NAME,
                     .label = N_("TITLE"),
                     .question = N_("What is the discussion about? Its title:") } },
    .summary = N_("begin a discussion"),
    .help = N_("Begins a discussion thread in a group or in a case."),
    .more = N_("A case is named by its code here; its threads are read by its team."),
    .examples = N_("rembuk thread new \"Bandung discussion 1\" \"Who goes first?\"\n"
                   "rembuk thread new 3273-26-K7QD \"Next steps\""),
    .needs = NEEDS_STORE,
    .run = thread_new_run,
};

/* ---- list ---- */

struct listing {
    struct context *context;
    size_t count;
    enum rb_status status;
};

static bool list_one(void *opaque, const struct thread_row *row) {
    struct listing *listing = opaque;

    listing->count++;
    thread_put_row(listing->context->out, row);
    return true;
}

static enum rb_status say_listed(struct context *context) {
    enum rb_status status = next_say_invitation(context);

    if (status == RB_OK) {
        output_next(context->out, _("read one: rembuk thread show THREAD"));
    }
    return status;
}

/* Whoever looks for the threads of a group that he was removed from shall not think them lost. */
static bool say_removed(void *opaque, const struct group_row *row) {
    struct listing *listing = opaque;
    struct circle_facts facts;

    if (row->state == GROUP_REMOVED) {
        circle_facts_of_group(listing->context, row, &facts);
        listing->status = circle_say_removed(listing->context, &facts);
    }
    return listing->status == RB_OK;
}

static enum rb_status say_none(struct listing *listing) {
    struct context *context = listing->context;
    struct output *out = context->out;
    struct group_row row;

    enum rb_status status = group_each(context->store, true, say_removed, listing);
    if (status != RB_OK || listing->status != RB_OK) {
        return status != RB_OK ? status : listing->status;
    }
    status = next_invitation(context, &row);
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
    output_next(out, _("begin one: rembuk thread new GROUP|CASE \"TITLE\""));
    return RB_OK;
}

static enum rb_status fail_list(struct context *context, const uint8_t circle[static HASH_BYTES],
                                enum rb_status status) {
    struct circle_facts facts;

    enum rb_status found = circle_find(context, circle, &facts);
    return found == RB_OK ? fail_reading(context, &facts, status) : status;
}

static enum rb_status thread_list_run(struct context *context, const struct call *call) {
    const uint8_t *circle = call->argument_count > 0 ? call->objects[0].id : NULL;
    struct listing listing = { .context = context };

    output_list_begin(context->out, "threads", thread_columns, THREAD_COLUMNS);
    enum rb_status status = thread_each(context->store, circle, list_one, &listing);
    output_list_end(context->out);
    if (status != RB_OK) {
        return circle != NULL ? fail_list(context, circle, status) : status;
    }
    return listing.count > 0 ? say_listed(context) : say_none(&listing);
}

const struct command cmd_thread_list = {
    .name = "thread list",
    .name_id = "utas daftar",
    .arguments = { { .sort = ARGUMENT_CIRCLE, .label = N_("GROUP|CASE"), .optional = true } },
    .summary = N_("which discussions there are"),
    .help = N_("Lists the threads of your groups and cases, or of one."),
    .examples = N_("rembuk thread list\nrembuk thread list \"Bandung discussion 1\""),
    .needs = NEEDS_STORE,
    .run = thread_list_run,
};

/* ---- show ---- */

enum { REMARK_BYTES_MAX = 128, REMARKS_BYTES_MAX = 512 };

struct showing {
    struct context *context;
    struct output *out;
    const uint8_t *self; /* one's own person id */
    size_t skip;         /* that many are not shown again */
    bool history;        /* with the former texts of what was edited */
    size_t count;
    enum rb_status status;
};

static void put_post(struct output *out, const struct post_row *row, const char *reference) {
    output_hex(out, "post", span_of(row->ref, sizeof row->ref));
    output_string(out, "ref", reference);
    post_put_author(out, row->author_name, row->quoted_author);
    output_hex(out, "author_id", span_of(row->author, sizeof row->author));
    if (row->is_reply) {
        output_hex(out, "reply_to", span_of(row->reply_to, sizeof row->reply_to));
    } else {
        output_null(out, "reply_to");
    }
    output_text(out, "text", row->text);
    output_time(out, "time", row->time_ms);
    output_bool(out, "edited", row->edited);
    output_bool(out, "retracted", row->retracted);
    if (row->reason.len > 0) {
        output_text(out, "reason", row->reason);
    }
    output_word(out, "state", post_state_word(row->state), "");
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
    if (row->edited && !row->retracted) {
        add_remark(remarks, _("edited"));
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
    char author[AUTHOR_SHOWN_BYTES], time[WHEN_BYTES];
    struct writer remarks;

    post_author_shown(span_text(row->author_name), row->quoted_author, author);
    writer_init(&remarks, REMARKS_BYTES_MAX);
    write_remarks(showing, row, &remarks);
    when_show(row->time_ms, time);
    const char *begin = remarks.len > 0 ? "  (" : "";
    const char *remark = output_line(out, writer_view(&remarks));
    const char *end = remarks.len > 0 ? ")" : "";
    output_heading(out, "%s  %s  %s%s%s%s", reference, output_name(out, author), time, begin,
                   remark, end);
    writer_clear(&remarks);
}

static void say_text(struct output *out, const struct post_row *row) {
    if (!row->retracted) {
        output_paragraph(out, row->text);
    } else if (row->reason.len > 0) {
        output_say(out, _("  (taken back: %s)"), output_line(out, row->reason));
    } else {
        output_say(out, _("  (taken back)"));
    }
}

static bool show_version(void *opaque, const struct post_version *version) {
    struct output *out = opaque;
    char time[WHEN_BYTES];

    when_show(version->time_ms, time);
    output_row_begin(out);
    output_time(out, "time", version->time_ms);
    output_text(out, "text", version->text);
    output_row_end(out);
    output_say(out, _("  Before that, %s:"), time);
    output_paragraph(out, version->text);
    return true;
}

static enum rb_status show_history(struct showing *showing, const struct post_row *row) {
    enum rb_status status = RB_OK;

    output_list_begin(showing->out, "versions", NULL, 0);
    if (row->edited) {
        status = post_versions(showing->context->store, row->ref, show_version, showing->out);
    }
    output_list_end(showing->out);
    return status;
}

static bool show_one(void *opaque, const struct post_row *row) {
    struct showing *showing = opaque;
    struct output *out = showing->out;
    char reference[POST_REFERENCE_BYTES];

    if (showing->count++ < showing->skip) {
        return true;
    }
    post_reference(row, reference);
    output_row_begin(out);
    put_post(out, row, reference);
    say_heading(showing, row, reference);
    say_text(out, row);
    if (showing->history) {
        showing->status = show_history(showing, row);
    }
    output_row_end(out);
    output_gap(out);
    return showing->status == RB_OK;
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

static enum rb_status show_posts(struct showing *showing, const struct thread_row *row,
                                 int64_t since_ms) {
    static const struct column quiet_columns[] = {
        { "ref", N_("Post") },
        { "author", N_("Author") },
        { "text", N_("Text") },
    };
    struct output *out = showing->out;
    size_t columns = output_form(out) == OUTPUT_QUIET ? 3 : 0; /* People read posts, not a table. */

    showing->self = store_self(showing->context->store)->person;
    output_list_begin(out, "posts", quiet_columns, columns);
    enum rb_status status =
        thread_posts(showing->context->store, row->ref, since_ms, show_one, showing);
    output_list_end(out);
    if (status == RB_OK) {
        status = showing->status;
    }
    if (status == RB_OK && showing->count == 0) {
        output_say(out, since_ms == 0 ? _("Nothing has been written here yet.")
                                      : _("Nothing has been written since then."));
    }
    return status;
}

static void say_thread(struct output *out, const struct thread_row *row) {
    output_hex(out, "thread", span_of(row->ref, sizeof row->ref));
    output_integer(out, "number", row->number);
    output_string(out, "title", row->title);
    thread_put_place(out, row);
    output_heading(out, _("Thread %" PRId64 ": %s"), row->number, output_name(out, row->title));
    output_say(out,
               row->kind == CIRCLE_CASE ? _("Case %" PRId64 ": %s") : _("Group %" PRId64 ": %s"),
               row->group_number, output_name(out, row->group));
    output_gap(out);
}

static enum rb_status thread_show_run(struct context *context, const struct call *call) {
    struct output *out = context->out;
    struct showing showing = {
        .context = context,
        .out = out,
        .history = call_option(call, "history") != NULL,
    };
    struct thread_row row;
    int64_t since_ms = 0;

    enum rb_status status = read_since(call, &since_ms);
    if (status == RB_OK) {
        status = thread_get(context->store, call->objects[0].id, &row);
    }
    if (status != RB_OK) {
        return status;
    }
    say_thread(out, &row);
    status = show_posts(&showing, &row, since_ms);
    if (status != RB_OK) {
        return status;
    }
    if (next_is_here(context, span_of(row.ref, sizeof row.ref))) {
        output_next(out, _("write: rembuk post TEXT; answer: rembuk reply POST TEXT"));
    } else if (showing.count > 0) {
        output_next(out,
                    _("write: rembuk post %" PRId64 " \"TEXT\"; answer: rembuk reply POST "
                      "\"TEXT\""),
                    row.number);
    } else {
        output_next(out, _("write: rembuk post %" PRId64 " \"TEXT\""), row.number);
    }
    return RB_OK;
}

const struct command cmd_thread_show = {
    .name = "thread show",
    .name_id = "utas lihat",
    .arguments = { { .sort = ARGUMENT_THREAD, .label = N_("THREAD") } },
    .options = { { .name = "since",
                   .name_id = "sejak",
                   .value = N_("TIME"),
                   .help = N_("only posts from then on: 25/11, monday, yesterday, 3days, 2hours, "
                              "2026-11-25T14:05") },
                 { .name = "history",
                   .name_id = "riwayat",
                   .help = N_("with the former texts of edited posts") } },
    .summary = N_("read one"),
    .help = N_("Shows a thread with its posts."),
    .examples = N_("rembuk thread show 12\nrembuk thread show 12 --since yesterday"),
    .needs = NEEDS_STORE,
    .check = thread_show_check,
    .run = thread_show_run,
};

/* ---- enter ---- */

enum { ENTER_POSTS = 10 };

/* The last posts, and all that were not read yet. */
static size_t posts_to_skip(const struct thread_row *row) {
    size_t wanted = row->unread > ENTER_POSTS ? row->unread : ENTER_POSTS;

    return row->posts > wanted ? row->posts - wanted : 0;
}

static enum rb_status thread_enter_run(struct context *context, const struct call *call) {
    struct output *out = context->out;
    struct showing showing = { .context = context, .out = out };
    struct thread_row row;

    enum rb_status status = thread_get(context->store, call->objects[0].id, &row);
    if (status != RB_OK) {
        return status;
    }
    showing.skip = posts_to_skip(&row);
    say_thread(out, &row);
    status = show_posts(&showing, &row, 0);
    if (status != RB_OK) {
        return status;
    }
    if (showing.skip > 0) {
        output_say(out, _("Before these: %zu. Read them: rembuk thread show"), showing.skip);
    }
    output_next(out, _("write: rembuk post TEXT; answer: rembuk reply POST TEXT; go back: rembuk "
                       "leave"));
    context->place_change = PLACE_ENTERED;
    context->place = (struct place) {
        .sort = PLACE_THREAD,
        .number = row.number,
        .object = call->objects[0],
    };
    memcpy(context->place.name, row.title, sizeof row.title);
    return RB_OK;
}

const struct command cmd_thread_enter = {
    .name = "thread enter",
    .name_id = "utas masuk",
    .arguments = { { .sort = ARGUMENT_THREAD, .label = N_("THREAD") } },
    .summary = N_("go into a thread"),
    .help = N_("Makes a thread the place where you are: commands then leave its number out."),
    .more = N_("In the console only. Shows the newest posts; \"leave\" goes back."),
    .examples = N_("rembuk thread enter 12"),
    .needs = NEEDS_STORE | NEEDS_CONSOLE,
    .run = thread_enter_run,
};
