/* SPDX-License-Identifier: GPL-3.0-or-later */
/* edit and retract: what one has written oneself. */
#include "cli/next.h"
#include "cli/posts.h"
#include "cli/question.h"
#include "cli/snippet.h"
#include "node/node.h"

#include <string.h>

static enum rb_status fail_foreign(struct context *context) {
    return failure_say(&context->failure, RB_REFUSED, "not_author",
                       _("Only who wrote a post can change it or take it back. Nothing was "
                         "changed. Answer it instead: rembuk reply POST \"TEXT\""));
}

static enum rb_status fail_retracted(struct context *context) {
    return failure_say(&context->failure, RB_EXISTS, "retracted",
                       _("This post is taken back already. Nothing was changed."));
}

/* ---- edit ---- */

static enum rb_status fail_edit(struct context *context, const struct call *call,
                                enum rb_status status) {
    struct post_row row;

    if (status == RB_REFUSED) {
        return fail_foreign(context);
    }
    if (status != RB_EXISTS) {
        return fail_writing(context, call->texts[1], status);
    }
    enum rb_status found = post_get(context->store, call->objects[0].id, &row);
    if (found != RB_OK) {
        return found;
    }
    return row.retracted ? fail_retracted(context)
                         : failure_say(&context->failure, status, "same_text",
                                       _("That is its text already. Nothing was changed."));
}

static enum rb_status edit_run(struct context *context, const struct call *call) {
    const uint8_t *post = call->objects[0].id;
    char reference[POST_REFERENCE_BYTES];
    struct post_row row;

    enum rb_status status = post_edit(context->store, post, call->texts[1], clock_now_ms());
    if (status != RB_OK) {
        return fail_edit(context, call, status);
    }
    status = post_put(context, post, &row, reference);
    if (status != RB_OK) {
        return status;
    }
    output_say(context->out, _("%s has its new text; the former one stays as history."), reference);
    return next_send(context, _("send it: rembuk sync"));
}

const struct command cmd_edit = {
    .name = "edit",
    .name_id = "ubah",
    .arguments = { { .sort = ARGUMENT_POST, .label = N_("POST") },
                   { .sort = ARGUMENT_TEXT,
                     .label = N_("\"TEXT\""),
                     .typing = text_typing,
                     .question = N_("What is the whole text from now on?") } },
    .summary = N_("change a post of yours"),
    .help = N_("Gives a post of yours another text; the former one stays as history."),
    .more = N_("The others see that it was edited, and what it said before: rembuk thread show "
               "THREAD --history"),
    .examples = N_("rembuk edit 12.3 \"I can, from Tuesday on.\""),
    .needs = NEEDS_STORE,
    .run = edit_run,
};

/* ---- retract ---- */

static enum rb_status fail_retract(struct context *context, const struct call *call,
                                   enum rb_status status) {
    const char *reason = call_option(call, "reason");

    switch (status) {
    case RB_REFUSED:
        return fail_foreign(context);
    case RB_EXISTS:
        return fail_retracted(context);
    case RB_TOO_LARGE:
        return failure_say(&context->failure, status, "reason_too_long",
                           _("The reason is too long: %d bytes at most. Nothing was changed."),
                           REASON_BYTES_MAX);
    default:
        return fail_writing(context, span_text(reason != NULL ? reason : ""), status);
    }
}

struct asking {
    struct context *context;
    struct writer *question;
    enum rb_status status;
};

/* Says what is to be taken back, or why that cannot be. */
static bool ask_about(void *opaque, const struct post_row *row) {
    struct asking *asking = opaque;
    struct context *context = asking->context;
    char reference[POST_REFERENCE_BYTES];
    struct writer snippet;

    if (memcmp(row->author, store_self(context->store)->person, HASH_BYTES) != 0) {
        asking->status = fail_foreign(context);
        return false;
    }
    if (row->retracted) {
        asking->status = fail_retracted(context);
        return false;
    }
    post_reference(row, reference);
    writer_init(&snippet, SNIPPET_BYTES_MAX);
    snippet_write(&snippet, row->text, 0, 0);
    question_say(asking->question, _("Your post %s is to be taken back: %s"), reference,
                 output_line(context->out, writer_view(&snippet)));
    writer_clear(&snippet);
    question_say(asking->question,
                 row->state == POST_QUEUED
                     ? _("It has not been sent yet. It still goes out, together with this: the "
                         "others are only shown that something was taken back.")
                     : _("Others may have read it already."));
    question_say(asking->question,
                 _("Its text is no longer shown on any computer that gets this news, but it stays "
                   "in the stores of those who have it. This cannot be undone."));
    question_say(asking->question, _("Take it back? [y/n]"));
    asking->status = writer_end(asking->question);
    return true;
}

static enum rb_status retract_question(struct context *context, const struct call *call,
                                       struct writer *question) {
    struct asking asking = { .context = context, .question = question };

    enum rb_status status = post_show_one(context->store, call->objects[0].id, ask_about, &asking);
    return status == RB_OK ? asking.status : status;
}

static enum rb_status retract_run(struct context *context, const struct call *call) {
    const uint8_t *post = call->objects[0].id;
    const char *reason = call_option(call, "reason");
    char reference[POST_REFERENCE_BYTES];
    struct post_row row;

    enum rb_status status =
        post_retract(context->store, post, span_text(reason != NULL ? reason : ""), clock_now_ms());
    if (status != RB_OK) {
        return fail_retract(context, call, status);
    }
    status = post_put(context, post, &row, reference);
    if (status != RB_OK) {
        return status;
    }
    output_say(context->out, _("%s is taken back."), reference);
    return next_send(context, _("tell the others: rembuk sync"));
}

const struct command cmd_retract = {
    .name = "retract",
    .name_id = "tarik",
    .arguments = { { .sort = ARGUMENT_POST, .label = N_("POST") } },
    .options = { { .name = "reason",
                   .name_id = "alasan",
                   .value = N_("\"TEXT\""),
                   .help = N_("why; the others see it") } },
    .summary = N_("take a post of yours back"),
    .help = N_("Takes a post of yours back: its text is shown no more."),
    .more =
        N_("Whoever has read it knows it, and it stays in the stores of those who have it; it is "
           "only shown no more."),
    .examples = N_("rembuk retract 12.3\nrembuk retract 12.3 --reason \"Wrong thread\""),
    .needs = NEEDS_STORE,
    .question = retract_question,
    .run = retract_run,
};
