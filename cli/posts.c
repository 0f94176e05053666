/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/posts.h"

#include "protocol/text.h"

#include <inttypes.h>
#include <stdio.h>

static const struct {
    const char *word, *shown;
} states[] = {
    [POST_QUEUED] = { "queued", N_("queued") },
    [POST_DELIVERED] = { "delivered", N_("delivered") },
};

const char text_typing[] = N_("Type the text. When it is done: press Enter, then Ctrl-D.");

const struct column thread_columns[THREAD_COLUMNS] = {
    { "number", N_("No.") },  { "title", N_("Title") },   { "place", N_("Group or case") },
    { "posts", N_("Posts") }, { "unread", N_("Unread") }, { "last", N_("Newest") },
};

void post_reference(const struct post_row *row, char out[static POST_REFERENCE_BYTES]) {
    (void)snprintf(out, POST_REFERENCE_BYTES, "%" PRId64 ".%" PRId64, row->thread_number,
                   row->number);
}

const char *post_state_word(enum post_state state) {
    return states[state].word;
}

const char *post_state_shown(enum post_state state) {
    return _(states[state].shown);
}

void post_author_shown(struct span author, struct span quoted_author,
                       char out[static AUTHOR_SHOWN_BYTES]) {
    char name[NAME_BYTES_MAX + 1], quoted[NAME_BYTES_MAX + 1];

    text_copy(name, sizeof name, author);
    text_copy(quoted, sizeof quoted, quoted_author);
    if (quoted_author.len > 0) {
        (void)snprintf(out, AUTHOR_SHOWN_BYTES, _("%s (copied by %s)"), quoted, name);
    } else {
        (void)snprintf(out, AUTHOR_SHOWN_BYTES, "%s", name);
    }
}

void post_put_author(struct output *out, const char *author, struct span quoted_author) {
    char shown[AUTHOR_SHOWN_BYTES];

    output_string(out, "author", author);
    if (quoted_author.len > 0) {
        output_text(out, "quoted_author", quoted_author);
    } else {
        output_null(out, "quoted_author");
    }
    post_author_shown(span_text(author), quoted_author, shown);
    output_cell(out, "author", shown);
}

enum rb_status thread_put(struct context *context, const uint8_t ref[static REF_BYTES],
                          struct thread_row *row) {
    struct output *out = context->out;

    enum rb_status status = thread_get(context->store, ref, row);
    if (status != RB_OK) {
        return status;
    }
    output_hex(out, "thread", span_of(row->ref, sizeof row->ref));
    output_integer(out, "number", row->number);
    output_string(out, "title", row->title);
    output_count(out, "posts", row->posts);
    output_quiet(out, "%" PRId64, row->number);
    return RB_OK;
}

void thread_put_place(struct output *out, const struct thread_row *row) {
    struct span circle = span_of(row->circle, sizeof row->circle);

    if (row->kind == CIRCLE_CASE) {
        output_null(out, "group");
        output_null(out, "group_name");
        output_hex(out, "case", circle);
        output_string(out, "case_code", row->group);
    } else {
        output_hex(out, "group", circle);
        output_string(out, "group_name", row->group);
        output_null(out, "case");
        output_null(out, "case_code");
    }
    output_cell(out, "place", output_name(out, row->group));
}

void thread_put_row(struct output *out, const struct thread_row *row) {
    output_row_begin(out);
    output_hex(out, "thread", span_of(row->ref, sizeof row->ref));
    output_integer(out, "number", row->number);
    output_string(out, "title", row->title);
    thread_put_place(out, row);
    output_count(out, "posts", row->posts);
    output_count(out, "unread", row->unread);
    output_time(out, "last", row->last_ms);
    output_row_end(out);
}

enum rb_status post_put(struct context *context, const uint8_t ref[static REF_BYTES],
                        struct post_row *row, char reference[static POST_REFERENCE_BYTES]) {
    struct output *out = context->out;

    enum rb_status status = post_get(context->store, ref, row);
    if (status != RB_OK) {
        return status;
    }
    post_reference(row, reference);
    output_hex(out, "post", span_of(row->ref, sizeof row->ref));
    output_string(out, "ref", reference);
    output_word(out, "state", post_state_word(row->state), "");
    output_quiet(out, "%s", reference);
    return RB_OK;
}

enum rb_status fail_writing(struct context *context, struct span text, enum rb_status status) {
    if (status == RB_MALFORMED && text.len == 0) {
        return failure_say(&context->failure, status, "bad_text",
                           _("The text is empty. Nothing was written."));
    }
    if (status == RB_MALFORMED) {
        return failure_say(&context->failure, status, "bad_text",
                           _("The text has characters that cannot be read here. Nothing was "
                             "written. If it comes from a file, save the file as UTF-8."));
    }
    if (status == RB_TOO_LARGE) {
        return failure_say(
            &context->failure, status, "text_too_long",
            _("The text is too long: %d bytes at most. Divide it. Nothing was written."),
            TEXT_BYTES_MAX);
    }
    return status;
}
