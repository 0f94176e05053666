/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/attach.h"

#include "cli/ask.h"
#include "cli/bar.h"
#include "cli/input.h"
#include "cli/open_home.h"
#include "cli/signals.h"
#include "cli/talk.h"
#include "node/node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ID = 1, WORDS_BYTES_MAX = 16 << 20 /* more than a shell can give */, WAIT_MS = 500 };

/* Words that the owner's parser makes the same call of, in one buffer, each with its end. */
struct words {
    struct writer bytes;
    size_t begins[TALK_WORDS_MAX];
    size_t count;
};

struct attached {
    struct context *context;
    struct channel *channel;
    const struct call *call;
    const struct call_inputs *inputs;
    bool look;
    struct words *words;
    struct writer confirmed;
    bool is_welcome, is_cancelled, ended;
    struct bar bar;
    int exit_code;
    enum rb_status status;
};

/* ---- The call as words ---- */

static void begin_word(struct words *words) {
    words->begins[words->count++] = words->bytes.len;
}

static void add_word(struct words *words, struct span word) {
    begin_word(words);
    writer_span(&words->bytes, word);
}

static void add_command(struct words *words, const struct command *command) {
    const char *blank = strchr(command->name, ' ');
    size_t len = blank != NULL ? (size_t)(blank - command->name) : strlen(command->name);

    add_word(words, span_of(command->name, len));
    if (blank != NULL) {
        add_word(words, span_text(blank + 1));
    }
}

static void add_option(struct words *words, const struct option *option, const char *value) {
    begin_word(words);
    writer_span(&words->bytes, span_text("--"));
    writer_span(&words->bytes, span_text(option->name));
    if (option->value == NULL) {
        return;
    }
    writer_u8(&words->bytes, '=');
    if (option->is_file) {
        input_write_path(&words->bytes, value);
    } else {
        writer_span(&words->bytes, span_text(value));
    }
}

static void write_words(struct words *words, const struct call *call) {
    writer_init(&words->bytes, WORDS_BYTES_MAX);
    add_command(words, call->command);
    for (size_t i = 0; i < call->option_count; i++) {
        add_option(words, call->options[i].option, call->options[i].value);
    }
    add_word(words, span_text("--"));
    for (size_t i = 0; i < call->argument_count; i++) {
        add_word(words, span_text(call->typed[i]));
    }
}

static void add_words(struct talk_run *run, const struct words *words) {
    for (size_t i = 0; i < words->count; i++) {
        size_t end = i + 1 < words->count ? words->begins[i + 1] : words->bytes.len;
        run->words[run->word_count++] =
            span_of(words->bytes.data + words->begins[i], end - words->begins[i]);
    }
}

/* ---- Sending ---- */

static void add_inputs(struct talk_run *run, const struct call_inputs *inputs) {
    for (size_t i = 0; i < ARGUMENTS_MAX; i++) {
        if (inputs->given[i]) {
            run->inputs[run->input_count].argument = i;
            run->inputs[run->input_count].bytes = inputs->bytes[i];
            run->input_count++;
        }
    }
}

static unsigned flags_of(const struct attached *attached) {
    const struct settings *settings = attached->context->settings;
    unsigned flags = attached->look ? RUN_LOOK : 0;

    flags |= settings->yes ? RUN_YES : 0;
    flags |= settings->can_ask ? RUN_CAN_ASK : 0;
    flags |= settings->colour ? RUN_COLOUR : 0;
    return flags;
}

static void send_run(const struct attached *attached) {
    const struct settings *settings = attached->context->settings;
    struct message message = { 0 };
    struct talk_run run = {
        .id = ID,
        .flags = flags_of(attached),
        .language = settings->language,
        .form = settings->form,
        .width = settings->width,
        .confirmed = writer_view(&attached->confirmed),
    };

    add_words(&run, attached->words);
    add_inputs(&run, attached->inputs);
    talk_run_write(&message, &run);
    channel_send(attached->channel, &message);
    message_clear(&message);
}

static void send_cancel(const struct attached *attached) {
    struct message message = { .type = TALK_CANCEL };

    message_add_number(&message, ID);
    channel_send(attached->channel, &message);
    message_clear(&message);
}

static void send_hello(const struct attached *attached) {
    struct message message = { .type = TALK_HELLO };

    message_add_number(&message, 0);
    message_add_text(&message, span_text(attached->context->settings->version));
    channel_send(attached->channel, &message);
    message_clear(&message);
}

/* ---- What is answered ---- */

static void write_answer(struct attached *attached, FILE *file, struct span bytes) {
    bar_end(&attached->bar);
    if (bytes.len > 0 && fwrite(bytes.data, 1, bytes.len, file) != bytes.len &&
        attached->status == RB_OK) {
        attached->status = RB_STORAGE;
    }
}

static void answer_question(struct attached *attached, const struct message *message) {
    struct span question = message_text(message, 0);
    struct context *context = attached->context;

    bar_end(&attached->bar);
    bool agreed = ask_agreed(context, question);
    (void)signals_catch(); /* Asking gave them back. */
    if (agreed) {
        writer_reset(&attached->confirmed);
        writer_span(&attached->confirmed, question);
        send_run(attached);
        return;
    }
    char *declined = rb_strndup(message_text(message, 2));
    attached->status = ask_declined(context, declined);
    free(declined);
    attached->ended = true;
}

enum rb_status attach_fail_unwelcome(struct context *context, const struct command *command) {
    if (command != &cmd_lock) {
        return home_fail_unwelcome(context);
    }
    return failure_say(&context->failure, RB_BUSY, "owner_busy",
                       _("It is not locked: the rembuk that is running here is suspended or busy. "
                         "In its window type fg, then lock."));
}

static void fail_unwelcome(struct attached *attached) {
    attached->ended = true;
    attached->status = attach_fail_unwelcome(attached->context, attached->call->command);
}

/* He locks or has gone, and what was to be done has not begun. */
static void shut(struct attached *attached) {
    if (attached->is_cancelled) { /* Nor is it to begin elsewhere. */
        fail_unwelcome(attached);
        return;
    }
    attached->ended = true;
    attached->status = RB_NOT_FOUND;
}

static void fail_gone(struct attached *attached) {
    attached->ended = true;
    attached->status = failure_say(
        &attached->context->failure, RB_UNREACHABLE, "owner_gone",
        _("The rembuk that was running here ended before it answered. Look whether the command "
          "was carried out, then type it again if it was not."));
}

static void take_lock(struct attached *attached, const struct message *message) {
    if (message_number(message, 0) == 0) {
        shut(attached);
        return;
    }
    attached->ended = true;
    attached->status = failure_say(
        &attached->context->failure, RB_WRONG_PASSPHRASE, "locked",
        _("The rembuk that was running here was locked before it answered. Look whether the "
          "command was carried out, then type it again if it was not."));
}

static void show_progress(struct attached *attached, const struct message *message) {
    char *what = rb_strndup(message_text(message, 0));

    bar_show(&attached->bar, message_number(message, 1), message_number(message, 2), what);
    free(what);
}

static void take_answer(struct attached *attached, const struct message *message) {
    switch (message->type) {
    case TALK_WELCOME:
        attached->is_welcome = true;
        send_run(attached);
        break;
    case TALK_REFUSED:
        attached->ended = true;
        attached->status = home_fail_version(attached->context);
        break;
    case TALK_OUT:
        write_answer(attached, stdout, message_text(message, 0));
        break;
    case TALK_ERR:
        (void)fflush(stdout); /* In the order in which it was said. */
        write_answer(attached, stderr, message_text(message, 0));
        break;
    case TALK_QUESTION:
        answer_question(attached, message);
        break;
    case TALK_PROGRESS:
        show_progress(attached, message);
        break;
    case TALK_DONE:
        attached->ended = true;
        attached->exit_code = (int)message_number(message, 1);
        break;
    case TALK_LOCKED:
        take_lock(attached, message);
        break;
    default:
        break; /* BYE: the end of the channel follows. */
    }
}

static void step(struct attached *attached) {
    const struct message *message = NULL;

    enum rb_status status = channel_step(attached->channel);
    while (!attached->ended && channel_receive(attached->channel, &message)) {
        take_answer(attached, message);
    }
    if (status != RB_OK && !attached->ended && attached->is_welcome) {
        fail_gone(attached);
    } else if (status != RB_OK && !attached->ended) {
        shut(attached);
    }
}

/* The first wish to end goes to the command, which tells what it has reached; with the second one
 * the person waits for that no longer. */
static void stop(struct attached *attached) {
    signals_take();
    if (!attached->is_cancelled) {
        attached->is_cancelled = true;
        send_cancel(attached);
        return;
    }
    attached->ended = true;
    attached->status =
        failure_say(&attached->context->failure, RB_UNREACHABLE, "not_awaited",
                    _("The answer was not waited for. Look whether the command was carried out, "
                      "then type it again if it was not."));
}

/* The answer was carried out, and does not arrive: that must not look like success. */
static enum rb_status finish(struct attached *attached) {
    bar_end(&attached->bar);
    if (fflush(stdout) != 0 && attached->status == RB_OK) {
        attached->status = RB_STORAGE;
    }
    if (attached->status == RB_STORAGE) {
        return failure_say(&attached->context->failure, RB_STORAGE, "output",
                           _("The command was carried out, but its answer could not be written."));
    }
    return attached->status;
}

/* Until the command has ended, or nobody answers any more. */
static void talk(struct attached *attached) {
    const volatile int *stopped = signals_catch();
    int64_t welcome_ms = clock_steady_ms() + HOME_WAIT_MS;

    writer_init(&attached->confirmed, CONTROL_MESSAGE_BYTES_MAX);
    send_hello(attached);
    step(attached);
    while (!attached->ended) {
        channel_wait(attached->channel, WAIT_MS);
        if (*stopped != 0) {
            stop(attached);
        }
        step(attached);
        if (!attached->ended && !attached->is_welcome && clock_steady_ms() >= welcome_ms) {
            fail_unwelcome(attached);
        }
    }
    signals_release();
    writer_clear(&attached->confirmed);
}

enum rb_status attach_run(struct context *context, struct channel *channel,
                          const struct parsed *parsed, const struct call_inputs *inputs, bool look,
                          int *exit_code) {
    struct attached attached = {
        .context = context,
        .channel = channel,
        .call = &parsed->call,
        .inputs = inputs,
        .look = look,
        .bar = { .settings = context->settings },
    };
    struct words words = { .count = 0 };

    write_words(&words, &parsed->call);
    enum rb_status status = writer_end(&words.bytes);
    if (status == RB_OK) {
        attached.words = &words;
        talk(&attached);
        status = finish(&attached);
    }
    writer_clear(&words.bytes);
    if (status == RB_OK) {
        *exit_code = attached.exit_code;
    }
    return status;
}
