/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/begin.h"

#include "cli/guide.h"
#include "cli/oneshot.h"
#include "cli/terminal.h"
#include "protocol/text.h"

#include <string.h>
#include <unistd.h>

enum { TYPED_BYTES_MAX = 512, PROMPT_BYTES_MAX = 96 };

/* One answer to the question that stands.  False: no more come. */
static bool ask(const struct guide *guide, int terminal, char *typed, size_t *len) {
    char prompt[PROMPT_BYTES_MAX + 4];
    const struct guide_question *question = guide_ask(guide);
    struct span label = text_truncate(span_text(question->label), PROMPT_BYTES_MAX);

    memcpy(prompt, label.data, label.len);
    memcpy(prompt + label.len, " > ", sizeof " > ");
    enum rb_status status = terminal_ask(terminal, prompt, false, typed, TYPED_BYTES_MAX, len);
    *len = status == RB_OK ? *len : 0; /* Too long counts as empty: it is asked again. */
    return status == RB_OK || status == RB_TOO_LARGE;
}

static enum rb_status ask_all(struct context *context, struct guide *guide, int terminal) {
    enum guide_step step = GUIDE_ASKS;
    char typed[TYPED_BYTES_MAX];
    size_t len = 0;

    while (step == GUIDE_ASKS || step == GUIDE_HELPS) {
        const struct guide_question *question = guide_ask(guide);
        output_say(context->out, "%s", step == GUIDE_HELPS ? question->help : question->sentence);
        if (step == GUIDE_HELPS && question->can_skip) {
            output_say(context->out, _("Type it, or Enter if you do not know it yet."));
        }
        output_flush(context->out);
        if (!ask(guide, terminal, typed, &len)) {
            step = GUIDE_OUT;
            break;
        }
        step = guide_answer(guide, span_of(typed, len));
    }
    return step == GUIDE_READY ? RB_OK
                               : failure_say(&context->failure, RB_REFUSED, "cancelled",
                                             _("Cancelled. Nothing was changed."));
}

static enum rb_status make(struct context *context, const struct guide *guide, int *exit_code) {
    struct parsed parsed;
    char *const *words = NULL;
    size_t count = guide_words(guide, &words);

    parse_arguments(&parsed, count, words);
    return oneshot_run(context, &parsed, count, words, exit_code);
}

static void greet(struct context *context) {
    struct output *out = context->out;

    output_say(out, _("rembuk: confer about cases and supervision, also without a network."));
    output_say(out, _("You have no data folder on this computer yet. A few questions make it. "
                      "? explains, < goes back, Ctrl-C cancels."));
    output_gap(out);
}

enum rb_status begin_ask(struct context *context, int *exit_code) {
    struct parsed parsed;
    struct guide *guide = NULL;
    struct line line;
    int terminal = -1;

    enum rb_status status = terminal_open(&terminal);
    if (status != RB_OK) {
        return status;
    }
    greet(context);
    line_split(&line, span_text(cmd_init.name), NULL, context->settings->language);
    parse_arguments(&parsed, line.count, line.words);
    guide = guide_new(&line, &parsed, NULL, context->settings->language);
    status = ask_all(context, guide, terminal);
    if (status == RB_OK) {
        status = make(context, guide, exit_code);
    }
    guide_destroy(&guide);
    line_clear(&line);
    (void)close(terminal); /* Nothing was written that could be lost. */
    return status;
}
