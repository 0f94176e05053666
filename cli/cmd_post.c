/* SPDX-License-Identifier: GPL-3.0-or-later */
/* post and reply: writing into a thread. */
#include "cli/circles.h"
#include "cli/next.h"
#include "cli/posts.h"
#include "node/node.h"

#include <inttypes.h>
#include <stdio.h>

/* Facts of a post that was written just now. */
static enum rb_status answer(struct context *context, const uint8_t ref[static REF_BYTES]) {
    char reference[POST_REFERENCE_BYTES];
    struct post_row row;

    enum rb_status status = post_put(context, ref, &row, reference);
    if (status != RB_OK) {
        return status;
    }
    output_say(context->out, _("Written as %s (%s)."), reference, post_state_shown(row.state));
    return next_send(context, _("send it: rembuk sync"));
}

/* Why one may not write in a thread. */
static enum rb_status fail_refused(struct context *context,
                                   const uint8_t thread[static REF_BYTES]) {
    struct circle_facts facts;
    struct thread_row row;

    enum rb_status status = thread_get(context->store, thread, &row);
    if (status == RB_OK) {
        status = circle_find(context, row.circle, &facts);
    }
    return status == RB_OK ? fail_reader(context, &facts, RB_REFUSED) : status;
}

static enum rb_status write_post(struct context *context, const uint8_t thread[static REF_BYTES],
                                 const uint8_t *reply_to, struct span text) {
    uint8_t ref[REF_BYTES];

    enum rb_status status = post_add(context->store, thread, reply_to, text, clock_now_ms(), ref);
    if (status == RB_REFUSED) {
        return fail_refused(context, thread);
    }
    if (status != RB_OK) {
        return fail_writing(context, text, status);
    }
    return answer(context, ref);
}

static enum rb_status post_run(struct context *context, const struct call *call) {
    return write_post(context, call->objects[0].id, NULL, call->texts[1]);
}

const struct command cmd_post = {
    .name = "post",
    .name_id = "tulis",
    .arguments = { { .sort = ARGUMENT_THREAD, .label = N_("THREAD") },
                   { .sort = ARGUMENT_TEXT, .label = N_("\"TEXT\""), .typing = text_typing } },
    .summary = N_("write in it"),
    .help = N_("Writes a post in a thread."),
    .more = N_("With - in the place of the text it is typed at the keyboard or comes from another "
               "program."),
    .examples = N_("rembuk post 12 \"Who can take this case?\"\nrembuk post 12 - < report.txt"),
    .needs = NEEDS_STORE,
    .run = post_run,
};

static enum rb_status reply_run(struct context *context, const struct call *call) {
    const uint8_t *post = call->objects[0].id;
    struct post_row row;

    enum rb_status status = post_get(context->store, post, &row);
    if (status != RB_OK) {
        return status;
    }
    return write_post(context, row.thread, post, call->texts[1]);
}

const struct command cmd_reply = {
    .name = "reply",
    .name_id = "balas",
    .arguments = { { .sort = ARGUMENT_POST, .label = N_("POST") },
                   { .sort = ARGUMENT_TEXT, .label = N_("\"TEXT\""), .typing = text_typing } },
    .summary = N_("answer a post"),
    .help = N_("Answers a post."),
    .examples = N_("rembuk reply 12.3 \"I can, from Monday on.\""),
    .needs = NEEDS_STORE,
    .run = reply_run,
};
