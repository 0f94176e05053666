/* SPDX-License-Identifier: GPL-3.0-or-later */
/* card: what others need in order to know one and to reach one.  It is public. */
#include "cli/addresses.h"
#include "cli/next.h"
#include "cli/people.h"
#include "node/node.h"
#include "store/file.h"

#include <stdlib.h>
#include <string.h>

static enum rb_status make_card(struct context *context, struct writer *text) {
    struct span addresses[ADDRESSES_MAX];
    size_t count = addresses_configured(&context->settings->config, addresses);
    struct writer card;

    writer_init(&card, CARD_BYTES_MAX);
    enum rb_status status = store_card(context->store, addresses, count, clock_now_ms(), &card);
    if (status == RB_OK) {
        card_armour(text, writer_view(&card));
        status = writer_end(text);
    }
    writer_clear(&card);
    return status;
}

/* RB_OK if there is no such file, or one that holds a card: nothing else is overwritten. */
static enum rb_status check_replaceable(const char *path) {
    uint8_t *old = rb_alloc(1, CARD_TEXT_BYTES_MAX);
    struct writer card;
    size_t len = 0;

    writer_init(&card, CARD_BYTES_MAX);
    enum rb_status status = file_read(path, old, CARD_TEXT_BYTES_MAX, &len);
    if (status == RB_OK) {
        status = card_unarmour(span_of(old, len), &card);
    } else if (status == RB_NOT_FOUND) {
        status = RB_OK;
    }
    writer_clear(&card);
    free(old);
    return status;
}

static enum rb_status write_card(struct context *context, const char *path, struct span text) {
    if (check_replaceable(path) != RB_OK) {
        return failure_say(
            &context->failure, RB_EXISTS, "file_exists",
            _("The file %s is there already and is no card, so it was left as it is. "
              "Choose another name."),
            path);
    }
    enum rb_status status = file_replace(path, text);
    if (status == RB_NOT_FOUND || status == RB_STORAGE) {
        return failure_say(
            &context->failure, RB_REFUSED, "file_not_written",
            _("The file %s could not be written. Check the folder and your rights to it."), path);
    }
    return status;
}

static void show_words(struct context *context) {
    struct output *out = context->out;
    char words[WORDS_BYTES_MAX];

    people_words(store_self(context->store)->identity->person.public, words);
    output_string(out, "words", words);
    output_say(out, _("Your eight words, to be read out to your contacts:"));
    output_paragraph(out, span_text(words));
}

static enum rb_status say_next(struct context *context) {
    enum reach reach = REACH_NOBODY;
    const enum rb_status status = next_reach(context, &reach);

    if (status != RB_OK) {
        return status;
    }
    output_next(context->out,
                _("give it to your contacts, and add theirs: rembuk contact add FILE"));
    if (reach == REACH_NOBODY) {
        output_say(context->out, _("If this is your second computer, take the file to the first "
                                   "one: rembuk device add FILE"));
    }
    return RB_OK;
}

static enum rb_status card_run(struct context *context, const struct call *call) {
    const char *path = call_option(call, "out");
    struct output *out = context->out;
    struct writer text;

    if (path != NULL && strcmp(path, "-") == 0) {
        path = NULL; /* Standard output, as everywhere else. */
    }
    writer_init(&text, CARD_TEXT_BYTES_MAX);
    enum rb_status status = make_card(context, &text);
    if (status == RB_OK && path != NULL) {
        status = write_card(context, path, writer_view(&text));
    }
    if (status != RB_OK) {
        goto done;
    }
    output_text(out, "card", writer_view(&text));
    if (path == NULL) {
        output_plain(out, writer_view(&text));
    } else {
        output_say(out, _("Your card is in the file %s."), path);
        output_quiet(out, "%s", path);
    }
    show_words(context);
    status = say_next(context);
done:
    writer_clear(&text);
    return status;
}

const struct command cmd_card = {
    .name = "card",
    .name_id = "kartu-nama",
    .options = { { .name = "out",
                   .name_id = "ke-berkas",
                   .value = N_("FILE"),
                   .help = N_("write it into this file; only an older card is overwritten"),
                   .is_file = true } },
    .summary = N_("your card, to give away"),
    .help = N_("Shows your card, which others add as their contact."),
    .more = N_("A card holds nothing secret: send it any way you like. Your contacts then compare "
               "your eight words with you, best by telephone."),
    .examples = N_("rembuk card --out sari.card\nrembuk card"),
    .needs = NEEDS_STORE,
    .run = card_run,
};
