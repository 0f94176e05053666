/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/ask.h"

#include "cli/terminal.h"
#include "protocol/crypt.h"
#include "protocol/text.h"

#include <errno.h>
#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ANSWER_BYTES_MAX = 32 };

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

static enum rb_status read_passphrase_file(struct context *context, struct passphrase *passphrase) {
    const char *path = context->settings->passphrase_file;
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
    enum rb_status status = terminal_ask(terminal, prompt, true, passphrase->text,
                                         PASSPHRASE_BYTES_MAX, &passphrase->len);

    if (status == RB_NOT_FOUND) {
        return failure_usage(&context->failure, "passphrase_needed",
                             _("No passphrase was typed. Nothing was changed."));
    }
    if (status == RB_TOO_LARGE) {
        return failure_say(&context->failure, status, "passphrase_too_long",
                           _("The passphrase is too long: %d bytes at most."),
                           PASSPHRASE_BYTES_MAX);
    }
    return status;
}

enum rb_status ask_passphrase(struct context *context, struct passphrase *passphrase) {
    int terminal = -1;

    passphrase_init(passphrase);
    if (context->settings->passphrase_file != NULL) {
        return read_passphrase_file(context, passphrase);
    }
    enum rb_status status = open_terminal(context, &terminal);
    if (status == RB_OK) {
        status = ask_hidden(context, terminal, _("Passphrase: "), passphrase);
        (void)close(terminal); /* Nothing was written that could be lost. */
    }
    return status;
}

static enum rb_status check_length(struct context *context, const struct passphrase *passphrase) {
    if (text_characters(passphrase_view(passphrase)) >= PASSPHRASE_BYTES_MIN) {
        return RB_OK;
    }
    return failure_say(
        &context->failure, RB_REFUSED, "passphrase_too_short",
        _("The passphrase is too short: take at least %d characters, for example four "
          "words. Nothing was created."),
        PASSPHRASE_BYTES_MIN);
}

static enum rb_status ask_again(struct context *context, int terminal,
                                const struct passphrase *passphrase) {
    struct passphrase again;

    passphrase_init(&again);
    enum rb_status status = ask_hidden(context, terminal, _("The same passphrase again: "), &again);
    if (status == RB_OK &&
        (again.len != passphrase->len || !crypt_equal(again.text, passphrase->text, again.len))) {
        status =
            failure_say(&context->failure, RB_REFUSED, "passphrases_differ",
                        _("The two passphrases are not the same. Nothing was created; try again."));
    }
    passphrase_clear(&again);
    return status;
}

enum rb_status ask_new_passphrase(struct context *context, struct passphrase *passphrase) {
    int terminal = -1;
    enum rb_status status = RB_OK;

    passphrase_init(passphrase);
    if (context->settings->passphrase_file != NULL) {
        status = read_passphrase_file(context, passphrase);
        return status == RB_OK ? check_length(context, passphrase) : status;
    }
    status = open_terminal(context, &terminal);
    if (status != RB_OK) {
        return status;
    }
    status =
        ask_hidden(context, terminal, _("New passphrase (at least 8 characters): "), passphrase);
    if (status == RB_OK) {
        status = check_length(context, passphrase);
    }
    if (status == RB_OK) {
        status = ask_again(context, terminal, passphrase);
    }
    (void)close(terminal); /* Nothing was written that could be lost. */
    return status;
}

/* ---- Confirmation ---- */

static bool means_yes(const char *answer, size_t len) {
    static const char *const words[] = { "y", "ya", "yes" };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (span_text(words[i]).len == len && strncasecmp(answer, words[i], len) == 0) {
            return true;
        }
    }
    return false;
}

static enum rb_status refuse_unasked(struct context *context, const char *instead) {
    return failure_usage(
        &context->failure, "confirmation_needed",
        _("This has to be confirmed, and there is nobody to ask. Nothing was changed. "
          "%s"),
        instead != NULL ? instead : _("Add --yes if you are sure."));
}

enum rb_status ask_confirm(struct context *context, const char *question, const char *instead) {
    char answer[ANSWER_BYTES_MAX];
    size_t len = 0;
    int terminal = -1;

    if (context->settings->yes) {
        return RB_OK;
    }
    if (context->settings->form == OUTPUT_JSON || terminal_open(&terminal) != RB_OK) {
        return refuse_unasked(context, instead);
    }
    enum rb_status status = terminal_ask(terminal, question, false, answer, sizeof answer, &len);
    (void)close(terminal); /* Nothing was written that could be lost. */
    if (status == RB_OK && means_yes(answer, len)) {
        return RB_OK;
    }
    return failure_say(&context->failure, RB_REFUSED, "not_confirmed",
                       _("Not confirmed. Nothing was changed."));
}
