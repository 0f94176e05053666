/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/ask.h"

#include "cli/layout.h"
#include "cli/passphrase.h"
#include "cli/terminal.h"
#include "protocol/crypt.h"
#include "protocol/text.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TYPED_BYTES_MAX = 32, SHOWN_BYTES_MAX = 4096 };

void passphrase_clear(struct passphrase *passphrase) {
    crypt_secret_free(passphrase->text);
    *passphrase = (struct passphrase) { 0 };
}

struct span passphrase_view(const struct passphrase *passphrase) {
    return span_of(passphrase->text, passphrase->len);
}

static void passphrase_init(struct passphrase *passphrase) {
    passphrase->text = crypt_secret_alloc(PASSPHRASE_BYTES_MAX);
    passphrase->len = 0;
}

/* ---- From a file ---- */

/* The first line, without its end, straight into guarded memory. */
static enum rb_status read_first_line(int file, struct passphrase *passphrase) {
    char byte = 0;
    ssize_t count = 0;

    while ((count = read(file, &byte, 1)) == 1 && byte != '\n') {
        if (passphrase->len == PASSPHRASE_BYTES_MAX) {
            return RB_TOO_LARGE;
        }
        passphrase->text[passphrase->len++] = byte;
    }
    if (count < 0) {
        return RB_STORAGE;
    }
    if (passphrase->len > 0 && passphrase->text[passphrase->len - 1] == '\r') {
        passphrase->len--; /* A file from Windows. */
    }
    return RB_OK;
}

static enum rb_status read_passphrase_file(struct context *context, const char *path,
                                           struct passphrase *passphrase) {
    enum rb_status status = RB_REFUSED;
    struct stat facts;
    int file = open(path, O_RDONLY | O_CLOEXEC);

    if (file < 0 || fstat(file, &facts) != 0) {
        status = failure_say(
            &context->failure, RB_REFUSED, "passphrase_file_unreadable",
            _("The passphrase file %s cannot be read. Check its name and its rights."), path);
        goto done;
    }
    if ((facts.st_mode & (S_IRGRP | S_IROTH)) != 0) {
        status = failure_say(
            &context->failure, RB_REFUSED, "passphrase_file_open_to_others",
            _("Others on this computer can read the passphrase file %s. Close it first: "
              "chmod 600 %s"),
            path, path);
        goto done;
    }
    status = read_first_line(file, passphrase);
    if (status != RB_OK) {
        status = failure_say(&context->failure, RB_REFUSED, "passphrase_file_unreadable",
                             _("The first line of %s cannot be read as a passphrase."), path);
    }
done:
    if (file >= 0) {
        (void)close(file); /* Only read from. */
    }
    return status;
}

/* ---- From the terminal ---- */

/* A question broken between words, a sentence with its line end. */
static void show_wrapped(struct context *context, int terminal, const char *text) {
    struct writer lines;

    writer_init(&lines, SHOWN_BYTES_MAX);
    layout_wrap(&lines, span_text(text), context->settings->width, 0);
    terminal_write(terminal, writer_view(&lines));
    writer_clear(&lines);
}

/* Asks behind the last word of the prompt. */
static enum rb_status ask_wrapped(struct context *context, int terminal, const char *prompt,
                                  bool hidden, char *line, size_t size, size_t *len) {
    struct writer lines;

    writer_init(&lines, SHOWN_BYTES_MAX);
    layout_wrap(&lines, span_text(prompt), context->settings->width - 1, 0);
    lines.len--; /* the last line end */
    writer_span(&lines, span_text(" "));
    writer_u8(&lines, '\0');
    enum rb_status status =
        terminal_ask(terminal, (const char *)writer_view(&lines).data, hidden, line, size, len);
    writer_clear(&lines);
    return status;
}

static enum rb_status open_terminal(struct context *context, int *terminal) {
    if (terminal_open(terminal) != RB_OK) {
        return failure_usage(
            &context->failure, "passphrase_needed",
            _("A passphrase is needed, and there is no terminal to ask on. Put it "
              "into a file that only you can read and add: --passphrase-file FILE"));
    }
    return RB_OK;
}

static enum rb_status ask_hidden(struct context *context, int terminal, const char *prompt,
                                 struct passphrase *passphrase) {
    enum rb_status status = ask_wrapped(context, terminal, prompt, true, passphrase->text,
                                        PASSPHRASE_BYTES_MAX, &passphrase->len);

    if (status == RB_TOO_LARGE) {
        return failure_say(&context->failure, status, "passphrase_too_long",
                           _("The passphrase is too long: %d bytes at most."),
                           PASSPHRASE_BYTES_MAX);
    }
    return status;
}

static enum rb_status fail_without(struct context *context, enum rb_status status) {
    return status == RB_NOT_FOUND
               ? failure_usage(&context->failure, "passphrase_needed",
                               _("No passphrase was typed. Nothing was changed."))
               : status;
}

enum rb_status ask_typed_passphrase(struct context *context, const char *prompt,
                                    struct passphrase *passphrase) {
    int terminal = -1;

    passphrase_init(passphrase);
    enum rb_status status = open_terminal(context, &terminal);
    if (status == RB_OK) {
        status = ask_hidden(context, terminal, prompt, passphrase);
        (void)close(terminal); /* Nothing was written that could be lost. */
    }
    return status;
}

enum rb_status ask_passphrase(struct context *context, const char *prompt,
                              struct passphrase *passphrase) {
    const char *file = context->settings->passphrase_file;

    if (file != NULL) {
        passphrase_init(passphrase);
        return read_passphrase_file(context, file, passphrase);
    }
    return fail_without(context, ask_typed_passphrase(context, prompt, passphrase));
}

const char *ask_if_forgotten(void) {
    return _(
        "A forgotten passphrase cannot be recovered, and nobody can open the data here "
        "without it; what you have exchanged is with your colleagues, too. If you are sure "
        "of it, the file \"key\" in your data folder may be damaged: ask whoever looks after "
        "this computer for a copy of it.");
}

enum rb_status ask_give_up(struct context *context, enum rb_status status) {
    if (status != RB_WRONG_PASSPHRASE || context->settings->passphrase_file != NULL) {
        return status;
    }
    return failure_say(&context->failure, status, NULL,
                       _("The passphrase was wrong %d times, so this ends here. Nothing was "
                         "changed. %s"),
                       ASK_TRIES_MAX, ask_if_forgotten());
}

bool ask_may_retry(struct context *context, const char *file, size_t tries, const char *sentence) {
    int terminal = -1;

    if (tries >= ASK_TRIES_MAX || file != NULL || terminal_open(&terminal) != RB_OK) {
        return false;
    }
    show_wrapped(context, terminal, sentence);
    (void)close(terminal); /* Nothing was written that could be lost. */
    failure_clear(&context->failure);
    return true;
}

static enum rb_status check_length(struct context *context, const struct passphrase *passphrase) {
    if (passphrase_is_long_enough(passphrase_view(passphrase))) {
        return RB_OK;
    }
    return failure_say(
        &context->failure, RB_REFUSED, "passphrase_too_short",
        _("The passphrase is too short: take at least %d characters, for example four "
          "words."),
        PASSPHRASE_BYTES_MIN);
}

static enum rb_status compare_again(struct context *context, int terminal,
                                    const struct passphrase *passphrase, bool *slip) {
    struct passphrase again;

    passphrase_init(&again);
    enum rb_status status = fail_without(
        context, ask_hidden(context, terminal, _("The same passphrase again:"), &again));
    if (status == RB_OK &&
        (again.len != passphrase->len || !crypt_equal(again.text, passphrase->text, again.len))) {
        *slip = true;
        status = failure_say(&context->failure, RB_REFUSED, "passphrases_differ",
                             _("The two passphrases are not the same."));
    }
    passphrase_clear(&again);
    return status;
}

/* `slip`: it failed because of what was typed, and could be typed better. */
static enum rb_status ask_twice(struct context *context, int terminal,
                                struct passphrase *passphrase, bool *slip) {
    *slip = false;
    enum rb_status status = fail_without(
        context, ask_hidden(context, terminal,
                            _("New passphrase (at least 8 characters, not shown while you type):"),
                            passphrase));
    if (status == RB_OK) {
        status = check_length(context, passphrase);
        *slip = status != RB_OK;
    }
    return status == RB_OK ? compare_again(context, terminal, passphrase, slip) : status;
}

enum rb_status ask_new_passphrase(struct context *context, const char *file,
                                  struct passphrase *passphrase) {
    int terminal = -1;
    bool slip = false;

    passphrase_init(passphrase);
    if (file != NULL) {
        enum rb_status status = read_passphrase_file(context, file, passphrase);
        return status == RB_OK ? check_length(context, passphrase) : status;
    }
    enum rb_status status = open_terminal(context, &terminal);
    if (status != RB_OK) {
        return status;
    }
    terminal_hide_typing(NULL);
    do {
        status = ask_twice(context, terminal, passphrase, &slip);
    } while (slip && ask_may_retry(context, NULL, 1, context->failure.sentence));
    terminal_show_typing();
    (void)close(terminal); /* Nothing was written that could be lost. */
    return status;
}

/* ---- Confirmation ---- */

enum answer answer_of(struct span typed) {
    static const struct {
        const char *word;
        enum answer answer;
    } words[] = {
        { "y", ANSWER_YES },        { "ya", ANSWER_YES },    { "yes", ANSWER_YES },
        { "t", ANSWER_NO },         { "n", ANSWER_NO },      { "tidak", ANSWER_NO },
        { "no", ANSWER_NO },        { "?", ANSWER_HELP },    { "<", ANSWER_HELP },
        { "bantuan", ANSWER_HELP }, { "help", ANSWER_HELP },
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i].word) == typed.len &&
            strncasecmp((const char *)typed.data, words[i].word, typed.len) == 0) {
            return words[i].answer;
        }
    }
    return ANSWER_UNCLEAR;
}

bool ask_is_possible(void) {
    int terminal = -1;

    if (terminal_open(&terminal) != RB_OK) {
        return false;
    }
    (void)close(terminal); /* Nothing was written that could be lost. */
    return true;
}

/* The lines above the last one, which is the question itself. */
static struct span show_preamble(struct context *context, int terminal, struct span question) {
    size_t begin = question.len;

    while (begin > 0 && question.data[begin - 1] != '\n') {
        begin--;
    }
    if (begin > 0) {
        struct writer lines;
        writer_init(&lines, SHOWN_BYTES_MAX);
        layout_wrap(&lines, span_of(question.data, begin - 1), context->settings->width, 0);
        terminal_write(terminal, writer_view(&lines));
        writer_clear(&lines);
    }
    return span_of(question.data + begin, question.len - begin);
}

/* One answer; the end of what can be typed is a no. */
static enum answer ask_once(struct context *context, int terminal, const char *prompt) {
    char typed[TYPED_BYTES_MAX];
    size_t len = 0;

    enum rb_status status =
        ask_wrapped(context, terminal, prompt, false, typed, sizeof typed, &len);
    if (status == RB_OK) {
        return answer_of(span_of(typed, len));
    }
    return status == RB_TOO_LARGE ? ANSWER_UNCLEAR : ANSWER_NO;
}

/* The whole question; what the answers do if that was asked for. */
static enum answer ask_whole(struct context *context, int terminal, struct span question,
                             bool explains) {
    char asked[SHOWN_BYTES_MAX];

    terminal_drop_typed(terminal);
    struct span last = text_truncate(show_preamble(context, terminal, question), sizeof asked - 1);
    memcpy(asked, last.data, last.len);
    asked[last.len] = '\0';
    if (explains) {
        show_wrapped(context, terminal, ask_explanation());
    }
    return ask_once(context, terminal, asked);
}

const char *ask_explanation(void) {
    return _("y does it. n, or Ctrl-C, changes nothing.");
}

bool ask_agreed(struct context *context, struct span question) {
    int terminal = -1;

    if (terminal_open(&terminal) != RB_OK) {
        return false;
    }
    enum answer answer = ask_whole(context, terminal, question, false);
    for (size_t tries = 1; tries < ASK_TRIES_MAX; tries++) {
        if (answer == ANSWER_HELP) {
            answer = ask_whole(context, terminal, question, true);
        } else if (answer == ANSWER_UNCLEAR) {
            answer = ask_once(context, terminal, _("Answer y or n. [y/n]"));
        }
    }
    (void)close(terminal); /* Nothing was written that could be lost. */
    return answer == ANSWER_YES;
}

enum rb_status ask_declined(struct context *context, const char *declined) {
    return failure_say(&context->failure, RB_REFUSED, "not_confirmed", "%s%s%s",
                       _("Not confirmed. Nothing was changed."), declined[0] != '\0' ? " " : "",
                       declined);
}
