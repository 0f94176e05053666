/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `passphrase change` in the console: asks for the passphrase as it is, and twice for the new one.
 *
 *   asked for     leaves it by
 *   old           the right one                                            -> new
 *   new           one that is long enough                                  -> new again
 *   new again     the same                                                 -> READY, it is changed
 *                 another                                                  -> new
 *   any of them   Ctrl-C, Ctrl-D                                           -> READY, nothing is */
#include "cli/dialogue_internal.h"
#include "cli/passphrase.h"
#include "protocol/crypt.h"

#include <string.h>

void secrets_clear(struct secrets *secrets) {
    secret_destroy(&secrets->typed);
    passphrase_clear(&secrets->from);
    passphrase_clear(&secrets->to);
}

static const char *label_of(const struct dialogue *dialogue) {
    if (dialogue->secrets.from.text == NULL) {
        return _("old passphrase");
    }
    return dialogue->secrets.to.text == NULL ? _("new passphrase") : _("the same again");
}

static void keep(struct passphrase *kept, struct span typed) {
    passphrase_clear(kept);
    kept->text = crypt_secret_alloc(PASSPHRASE_BYTES_MAX);
    kept->len = typed.len;
    if (typed.len > 0) {
        memcpy(kept->text, typed.data, typed.len);
    }
}

static void show_prompt(struct dialogue *dialogue) {
    bool too_long = false;

    dialogue_end_line(dialogue);
    dialogue_show(dialogue, span_text(label_of(dialogue)));
    if (secret_typed(dialogue->secrets.typed, &too_long).len > 0) {
        dialogue_show(dialogue, span_text(" "));
        dialogue_show(dialogue, span_text(_("(go on typing; Ctrl-U: begin again)")));
    }
    dialogue_show(dialogue, span_text(" > "));
}

static void ask(struct dialogue *dialogue) {
    secret_forget(dialogue->secrets.typed);
    show_prompt(dialogue);
}

void dialogue_ask_secret_again(struct dialogue *dialogue) {
    if (dialogue->state == DIALOGUE_SECRET) {
        show_prompt(dialogue);
    }
}

void dialogue_change_passphrase(struct dialogue *dialogue) {
    dialogue->secrets.typed = secret_new();
    dialogue_set_state(dialogue, DIALOGUE_SECRET);
    dialogue_say(dialogue, "%s",
                 _("Type your passphrase as it is now. What you type here is not shown; Ctrl-C "
                   "ends this."));
    ask(dialogue);
}

void dialogue_end_secret(struct dialogue *dialogue) {
    secrets_clear(&dialogue->secrets);
    dialogue_end_line(dialogue);
    dialogue_set_state(dialogue, DIALOGUE_READY);
}

/* False: it is told, and another one is asked for, or nothing more. */
static bool is_done(struct dialogue *dialogue, enum rb_status status) {
    struct failure failure = { 0 };

    if (status == RB_OK) {
        return true;
    }
    failure_complete(&failure, status);
    dialogue_say_failure(dialogue, &failure);
    failure_clear(&failure);
    if (status != RB_WRONG_PASSPHRASE) {
        dialogue_end_secret(dialogue);
    }
    return false;
}

static void take_old(struct dialogue *dialogue, struct span typed) {
    const struct dialogue_setup *setup = &dialogue->setup;

    if (is_done(dialogue, setup->check_passphrase(setup->context, typed))) {
        keep(&dialogue->secrets.from, typed);
        dialogue_say(dialogue, "%s",
                     _("Now the new one: at least 8 characters, for example four words."));
    }
}

static void take_new(struct dialogue *dialogue, struct span typed) {
    if (!passphrase_is_long_enough(typed)) {
        dialogue_say(dialogue,
                     _("The passphrase is too short: take at least %d characters, for example four "
                       "words."),
                     PASSPHRASE_BYTES_MIN);
        return;
    }
    keep(&dialogue->secrets.to, typed);
}

static void change(struct dialogue *dialogue) {
    const struct dialogue_setup *setup = &dialogue->setup;
    const struct secrets *secrets = &dialogue->secrets;

    if (is_done(dialogue, setup->change_passphrase(setup->context, passphrase_view(&secrets->from),
                                                   passphrase_view(&secrets->to)))) {
        dialogue_say(dialogue, "%s", _(passphrase_changed));
        dialogue_end_secret(dialogue);
    }
}

static void take_again(struct dialogue *dialogue, struct span typed) {
    struct passphrase *to = &dialogue->secrets.to;

    if (typed.len == to->len && crypt_equal(typed.data, to->text, to->len)) {
        change(dialogue);
        return;
    }
    passphrase_clear(to);
    dialogue_say(dialogue, "%s", _("The two passphrases are not the same."));
}

static void enter(struct dialogue *dialogue) {
    bool too_long = false;
    struct span typed = secret_typed(dialogue->secrets.typed, &too_long);

    dialogue_end_line(dialogue);
    if (too_long) {
        dialogue_say(dialogue, _("The passphrase is too long: %d bytes at most."),
                     PASSPHRASE_BYTES_MAX);
    } else if (dialogue->secrets.from.text == NULL) {
        take_old(dialogue, typed);
    } else if (dialogue->secrets.to.text == NULL) {
        take_new(dialogue, typed);
    } else {
        take_again(dialogue, typed);
    }
    if (dialogue->state == DIALOGUE_SECRET) { /* Again, or for the next one. */
        ask(dialogue);
    }
}

static int answered(const struct dialogue *dialogue) {
    return (dialogue->secrets.from.text != NULL) + (dialogue->secrets.to.text != NULL);
}

/* A whole report that is pasted here by mistake is not tried line by line. */
void dialogue_paste_secret(struct dialogue *dialogue, struct span text, int64_t now_ms) {
    int before = -1;

    while (text.len > 0 && dialogue->state == DIALOGUE_SECRET && answered(dialogue) > before) {
        const uint8_t *end = memchr(text.data, '\n', text.len);
        size_t len = end != NULL ? (size_t)(end - text.data) : text.len;
        size_t taken = end != NULL ? len + 1 : len;
        before = answered(dialogue);
        secret_paste(dialogue->secrets.typed, span_of(text.data, len));
        if (end != NULL) {
            dialogue_secret_key(dialogue, '\n', now_ms);
        }
        text = span_of(text.data + taken, text.len - taken);
    }
}

void dialogue_secret_key(struct dialogue *dialogue, uint8_t byte, int64_t now_ms) {
    switch (secret_key(dialogue->secrets.typed, byte)) {
    case SECRET_GOES_ON:
        break;
    case SECRET_ENTERED:
        enter(dialogue);
        break;
    case SECRET_ENDED:
        dialogue_interrupt(dialogue, now_ms);
        break;
    }
}
