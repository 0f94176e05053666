/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/lock.h"

#include "cli/colour.h"
#include "cli/layout.h"
#include "cli/terminal.h"
#include "protocol/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum {
    NOTE_BYTES_MAX = 32 + NAME_BYTES_MAX + LISTENERS_MAX * (ADDRESS_BYTES_MAX + 1),
    SHOWN_BYTES_MAX = 4096,
    EMPTY_LINES = 100, /* more than a screen has, where it cannot be cleared */
    DIGITS_MAX = 4
};

static const char variable[] = "REMBUK_LOCKED";

/* The link leads to this very program, also after another version was installed in its place. */
static const char ourselves[] = "/proc/self/exe";

/* ---- The note ---- */

void lock_note_listen(struct lock_note *note, struct span address) {
    if (note->listen_count < LISTENERS_MAX && address.len > 0 && address.len <= ADDRESS_BYTES_MAX) {
        text_copy(note->listen[note->listen_count++], sizeof note->listen[0], address);
    }
}

void lock_note_write(const struct lock_note *note, struct writer *out) {
    char digits[24];

    (void)snprintf(digits, sizeof digits, "%" PRIu64 "\n%d", note->draft,
                   note->owner_stays ? 1 : 0); /* It has the room. */
    writer_span(out, span_text(digits));
    writer_u8(out, '\n');
    writer_span(out, span_text(note->name));
    for (size_t i = 0; i < note->listen_count; i++) {
        writer_u8(out, '\n');
        writer_span(out, span_text(note->listen[i]));
    }
}

/* Up to the next line end, which is taken away too. */
static struct span take_line(struct span *rest) {
    const uint8_t *end = rest->len > 0 ? memchr(rest->data, '\n', rest->len) : NULL;
    size_t len = end != NULL ? (size_t)(end - rest->data) : rest->len;
    size_t taken = end != NULL ? len + 1 : len;
    struct span line = span_of(rest->data, len);

    *rest = span_of(rest->data + taken, rest->len - taken);
    return line;
}

static bool read_number(struct span digits, uint64_t *number) {
    uint64_t value = 0;

    for (size_t i = 0; i < digits.len; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9') {
            return false;
        }
        value = 10 * value + (digits.data[i] - '0');
    }
    *number = value;
    return digits.len > 0 && digits.len <= DIGITS_MAX;
}

void lock_note_read(struct span text, struct lock_note *note) {
    struct lock_note value = { .is_locked = true };
    uint64_t owner_stays = 0;

    *note = (struct lock_note) { 0 };
    bool is_valid = text.len <= NOTE_BYTES_MAX && text_is_utf8(text) &&
                    read_number(take_line(&text), &value.draft) &&
                    read_number(take_line(&text), &owner_stays);
    struct span name = take_line(&text);
    if (!is_valid || name.len > NAME_BYTES_MAX) {
        return;
    }
    value.owner_stays = owner_stays != 0;
    text_copy(value.name, sizeof value.name, name);
    while (text.len > 0) {
        lock_note_listen(&value, take_line(&text));
    }
    *note = value;
}

void lock_note_take(struct lock_note *note) {
    const char *text = getenv(variable);

    *note = (struct lock_note) { 0 };
    if (text != NULL) {
        lock_note_read(span_text(text), note);
        (void)unsetenv(variable);           /* The name is valid. */
        (void)prctl(PR_SET_NAME, "rembuk"); /* For `ps` it is called as the link was. */
    }
}

/* ---- The terminal ---- */

static void write_wrapped(const struct context *context, int terminal, const char *text) {
    struct writer escaped, lines;

    writer_init(&escaped, SHOWN_BYTES_MAX);
    writer_init(&lines, 2 * SHOWN_BYTES_MAX);
    text_escape(&escaped, span_text(text), true);
    layout_wrap(&lines, writer_view(&escaped), context->settings->width, 0);
    terminal_write(terminal, writer_view(&lines));
    writer_clear(&escaped);
    writer_clear(&lines);
}

/* Some terminals move what they clear to where it can be scrolled back to, so that goes last. */
static void clear_screen(int terminal) {
    if (!colour_is_dumb()) {
        terminal_write(terminal, span_text("\033[H\033[2J\033[3J"));
        return;
    }
    for (int i = 0; i < EMPTY_LINES; i++) {
        terminal_write(terminal, span_text("\n"));
    }
}

void lock_show(const struct context *context, const struct lock_note *note) {
    char said[SHOWN_BYTES_MAX];
    int terminal = -1;

    if (terminal_open(&terminal) != RB_OK) {
        return; /* Nobody is there; lock_ask finds that, too. */
    }
    terminal_hide_typing(_("It stays locked, and rembuk has ended. Open it again: rembuk"));
    clear_screen(terminal);
    (void)snprintf(said, sizeof said, _("Locked. %s"), note->name);
    write_wrapped(context, terminal, said);
    if (note->owner_stays) {
        write_wrapped(context, terminal,
                      _("rembuk is still open in another window, or as a node. To lock all: rembuk "
                        "lock"));
    }
    write_wrapped(context, terminal,
                  _("What you were typing is kept. Type the passphrase to go on; Ctrl-D ends "
                    "rembuk."));
    terminal_drop_arriving();
    (void)close(terminal); /* Nothing was written that could be lost. */
}

enum rb_status lock_ask(struct context *context, struct passphrase *passphrase) {
    enum rb_status status =
        ask_typed_passphrase(context, _("Passphrase (not shown while you type):"), passphrase);

    if (status == RB_OK || status == RB_TOO_LARGE) {
        return status;
    }
    failure_clear(&context->failure); /* Whatever it was, the terminal gives no more. */
    return RB_NOT_FOUND;
}

void lock_say_failure(struct context *context, enum rb_status status, const char *besides) {
    int terminal = -1;

    failure_complete(&context->failure, status);
    if (terminal_open(&terminal) == RB_OK) {
        write_wrapped(context, terminal, context->failure.sentence);
        if (besides[0] != '\0') {
            write_wrapped(context, terminal, besides);
        }
        (void)close(terminal); /* Nothing was written that could be lost. */
    }
    failure_clear(&context->failure);
}

/* ---- The new program ---- */

enum rb_status lock_begin(struct context *context, const struct lock_note *note) {
    struct writer text;

    writer_init(&text, NOTE_BYTES_MAX);
    lock_note_write(note, &text);
    writer_u8(&text, '\0');
    if (setenv(variable, (const char *)writer_view(&text).data, 1) == 0) {
        (void)execv(ourselves, context->settings->arguments); /* It returns by failure only. */
    }
    writer_clear(&text);
    lock_show(context, note);
    return failure_say(
        &context->failure, RB_WRONG_PASSPHRASE, "locked",
        _("rembuk is locked, and could not be started again by itself. Everything is "
          "kept. Open it again: rembuk"));
}
