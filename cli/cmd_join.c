/* SPDX-License-Identifier: GPL-3.0-or-later */
/* join: answering an invitation, by its twelve words, its text or its file; over the network, or
 * with a file that goes back by hand. */
#include "cli/invitees.h"
#include "cli/offices.h"
#include "cli/progress.h"
#include "cli/when.h"
#include "node/node.h"
#include "protocol/invite.h"
#include "store/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JOIN_SECONDS = 60 };

/* ---- What is typed wrongly ---- */

/* "makan, malam, makam" of the words that are nearly like it. */
enum { NEAR_BYTES_MAX = 3 * (WORD_LETTERS_MAX + 2) + 1 };

static void near_write(const struct invite_typo *typo, char out[static NEAR_BYTES_MAX]) {
    out[0] = '\0';
    for (size_t i = 0; i < 3 && typo->near[i] != NULL; i++) {
        size_t len = strlen(out);
        (void)snprintf(out + len, NEAR_BYTES_MAX - len, "%s%s", i > 0 ? ", " : "", typo->near[i]);
    }
}

static enum rb_status fail_words(struct context *context, const struct invite_typo *typo) {
    char near[NEAR_BYTES_MAX];

    near_write(typo, near);
    if (typo->count != INVITE_WORDS) {
        return failure_say(&context->failure, RB_MALFORMED, "bad_words",
                           _("Twelve words are needed, and here are %zu. Type all of them, with a "
                             "blank between two: rembuk join words ADDRESS \"word1 ... word12\""),
                           typo->count);
    }
    if (typo->at == INVITE_WORDS) {
        return failure_say(
            &context->failure, RB_MALFORMED, "bad_words",
            _("One of the words is another one than was read out: all are in the "
              "list, but they do not fit together. Have them read out once more, one "
              "by one."));
    }
    if (near[0] == '\0') {
        return failure_say(&context->failure, RB_MALFORMED, "bad_words",
                           _("Word number %zu is not in the list. Have it read out once more."),
                           typo->at + 1);
    }
    return failure_say(&context->failure, RB_MALFORMED, "bad_words",
                       _("Word number %zu is not in the list. Perhaps it is: %s"), typo->at + 1,
                       near);
}

static enum rb_status fail_offer(struct context *context, enum rb_status status) {
    switch (status) {
    case RB_MALFORMED:
    case RB_TOO_LARGE:
        return failure_say(&context->failure, RB_MALFORMED, "bad_invitation",
                           _("This is not a whole invitation. Ask for it again, as a file or as "
                             "twelve words."));
    case RB_BAD_SIGNATURE:
        return failure_say(&context->failure, status, NULL,
                           _("The signature in this invitation is not right: it was changed or "
                             "forged. Do not use it; ask for it again another way."));
    default:
        return status;
    }
}

/* An invitation as it was read. */
struct reading {
    struct invite_keys *keys;
    struct writer bytes; /* what the offer borrows */
    struct offer offer;
};

static enum rb_status reading_begin(struct context *context, struct span text,
                                    struct reading *reading) {
    *reading = (struct reading) { .keys = crypt_secret_alloc(sizeof *reading->keys) };
    writer_init(&reading->bytes, OFFER_BYTES_MAX);
    return fail_offer(context, offer_read(text, &reading->bytes, reading->keys, &reading->offer));
}

static void reading_end(struct reading *reading) {
    writer_clear(&reading->bytes);
    crypt_secret_free(reading->keys);
}

/* ---- The other's card ---- */

static enum rb_status fail_card(struct context *context, enum rb_status status) {
    switch (status) {
    case RB_REFUSED:
        return failure_say(&context->failure, status, "own_invitation",
                           _("This is your own invitation. Give it to somebody else."));
    case RB_EXISTS:
        return fail_name_taken(context);
    default:
        return status;
    }
}

static enum rb_status keep_card(struct context *context, struct span bytes,
                                struct contact *contact) {
    struct card card;
    bool renewed = false, is_revoked = false;

    enum rb_status status = card_decode(bytes, &card);
    if (status == RB_OK) {
        status = card_is_revoked(context->store, &card, &is_revoked);
    }
    if (status == RB_OK && is_revoked) {
        return fail_revoked_card(context, output_line(context->out, card.person.name));
    }
    if (status == RB_OK) {
        status = contact_add(context->store, bytes, clock_now_ms(), contact, &renewed);
    }
    if (status == RB_EXPIRED) {
        return fail_letter(context, output_line(context->out, card.person.name),
                           card.person.not_before_s, card.person.not_after_s);
    }
    return fail_card(context, status);
}

/* tcp://HOST:PORT of the ordinary listener, which is on the host that was dialled; false if that is
 * no address. */
enum { TOLD_BYTES = ADDRESS_BYTES_MAX + 16 };

static bool address_told(struct span dialled, unsigned port, char told[static TOLD_BYTES]) {
    size_t host = dialled.len;

    while (host > 0 && dialled.data[host - 1] != ':') {
        host--;
    }
    (void)snprintf(told, TOLD_BYTES, "%.*s%u", (int)host, (const char *)dialled.data, port);
    return port > 0 && host > 0 && address_is_valid(span_text(told));
}

/* Whoever answers with somebody's card, which is public, must not lead his contacts astray: an
 * address that is there already stays, and both are told. */
static enum rb_status keep_address(struct context *context, struct span dialled, unsigned port,
                                   struct contact *contact) {
    const char *old = contact_address(contact);
    char told[TOLD_BYTES];

    if (!address_told(dialled, port, told) || (old != NULL && strcmp(old, told) == 0)) {
        return RB_OK;
    }
    if (old != NULL) {
        output_say(context->out,
                   _("You have an address of %s already, and it stays: %s. If it is out of date, "
                     "and you have compared words: rembuk contact address %" PRId64 " %s"),
                   output_name(context->out, contact->name), old, contact->number, told);
        return RB_OK;
    }
    enum rb_status status = contact_set_address(context->store, contact->person, span_text(told));
    return status == RB_OK ? contact_get(context->store, contact->person, contact) : status;
}

static void say_joined(struct context *context, const struct contact *contact) {
    struct output *out = context->out;
    const char *name = output_name(out, contact->name);
    char words[WORDS_BYTES_MAX];

    people_words(store_self(context->store)->identity->person.public, words);
    output_hex(out, "contact", span_of(contact->person, HASH_BYTES));
    output_integer(out, "number", contact->number);
    output_string(out, "name", contact->name);
    output_string(out, "words", words);
    output_quiet(out, "%" PRId64, contact->number);
    output_say(out, _("Read out your eight words by telephone, so that %s can compare them:"),
               name);
    output_paragraph(out, span_text(words));
}

/* ---- Over the network ---- */

static enum rb_status read_timeout(const struct call *call, int64_t *seconds) {
    const char *typed = call_option(call, "timeout");

    *seconds = JOIN_SECONDS;
    return typed != NULL ? when_seconds(span_text(typed), seconds) : RB_OK;
}

static enum rb_status join_check(struct context *context, const struct call *call) {
    int64_t ignored = 0;

    if (read_timeout(call, &ignored) != RB_OK) {
        return failure_usage(&context->failure, "bad_timeout",
                             _("\"%s\" is not a number of seconds, such as 60."),
                             call_option(call, "timeout"));
    }
    return RB_OK;
}

struct own {
    const struct invite_keys *typed;
    bool is_own;
};

static bool compare_own(void *opaque, const struct invitation *invitation,
                        const struct invite_keys *keys) {
    struct own *own = opaque;
    (void)invitation; /* The name is enough. */

    own->is_own = crypt_equal(keys->name, own->typed->name, sizeof keys->name);
    return !own->is_own;
}

/* One's own door would only say that it is not open to oneself. */
static enum rb_status check_not_own(struct context *context, const struct invite_keys *keys) {
    struct own own = { .typed = keys };

    enum rb_status status =
        invitations_open_each(context->store, clock_now_ms(), compare_own, &own);
    return status == RB_OK && own.is_own ? fail_card(context, RB_REFUSED) : status;
}

static enum rb_status begin(struct context *context, const struct call *call,
                            const struct invite_keys *keys, const struct span *addresses,
                            size_t count) {
    int64_t seconds = 0;

    enum rb_status status = read_timeout(call, &seconds);
    if (status == RB_OK) {
        status = check_not_own(context, keys);
    }
    if (status == RB_OK) {
        status = node_join_begin(context->node, keys, addresses, count);
    }
    if (status == RB_BUSY) {
        return failure_say(&context->failure, RB_REFUSED, "joining",
                           _("Another join is under way on this computer. Wait until it has "
                             "ended."));
    }
    if (status != RB_OK) {
        return status;
    }
    output_say(context->out, _("Calling who invited you, for at most %d seconds ..."),
               (int)seconds);
    output_flush(context->out);
    return RB_OK;
}

static enum rb_status join_words_run(struct context *context, const struct call *call) {
    struct invite_keys *keys = crypt_secret_alloc(sizeof *keys);
    char whole[ADDRESS_BYTES_MAX + 1];
    struct span address = address_whole(call->texts[0], whole);
    struct invite_typo typo = { 0 };

    enum rb_status status = check_address(context, address);
    if (status != RB_OK) {
        goto done;
    }
    status = invite_words_read(call->texts[1], keys, &typo);
    status = status == RB_OK ? begin(context, call, keys, &address, 1) : fail_words(context, &typo);
done:
    crypt_secret_free(keys);
    return status;
}

static enum rb_status fail_unanswered(struct context *context, bool reached) {
    return failure_say(
        &context->failure, RB_UNREACHABLE, NULL,
        reached ? _("Connected, but no answer came. Try again; if it happens once more, ask for a "
                    "new invitation.")
                : _("Not connected: the address or a word is not right, the invitation was used "
                    "already (then ask for a new one), or the computer of who invites is off or "
                    "does not listen. Check by telephone and try again."));
}

/* A file says whose invitation it is: whoever else answers has only its words. */
static enum rb_status check_same_person(struct context *context, const struct call *call,
                                        struct span answered) {
    struct card told, card;
    struct reading reading;

    if (call->command == &cmd_join_words) {
        return RB_OK;
    }
    enum rb_status status = reading_begin(context, call->texts[0], &reading);
    if (status != RB_OK || reading.offer.card.len == 0) {
        goto done;
    }
    status = card_decode(reading.offer.card, &told);
    if (status == RB_OK) {
        status = card_decode(answered, &card);
    }
    if (status == RB_OK &&
        !crypt_equal(told.person.person, card.person.person, sizeof card.person.person)) {
        status = failure_say(&context->failure, RB_BAD_SIGNATURE, "other_person",
                             _("Somebody else than %s has answered: the card that came is not of "
                               "the person in the invitation. Nothing was changed. Ask %s for a "
                               "new invitation, by telephone."),
                             output_line(context->out, told.person.name),
                             output_line(context->out, told.person.name));
    }
done:
    reading_end(&reading);
    return status;
}

static enum rb_status conclude(struct context *context, const struct call *call,
                               const struct node_join *join) {
    struct contact contact;

    switch (join->state) {
    case NODE_JOIN_WAITING:
        return fail_unanswered(context, join->reached);
    case NODE_JOIN_REFUSED:
        return failure_say(&context->failure, RB_REFUSED, "not_open",
                           _("This invitation holds no more: it was used or cancelled, is older "
                             "than seven days, or too many have answered it. Ask for a new one."));
    case NODE_JOIN_MALFORMED:
        return failure_say(&context->failure, RB_UNKNOWN, NULL,
                           _("The other side has a newer version of rembuk. Ask for its version "
                             "first."));
    case NODE_JOIN_JOINED:
        break;
    }
    enum rb_status status = check_same_person(context, call, join->card);
    if (status == RB_OK) {
        status = keep_card(context, join->card, &contact);
    }
    if (status == RB_OK) {
        status = keep_address(context, span_text(join->dialled), join->port, &contact);
    }
    if (status == RB_OK) {
        status = contacts_changed(context);
    }
    if (status != RB_OK) {
        return status;
    }
    output_say(context->out, _("%s has your card now, and you have that of %s."),
               output_name(context->out, contact.name), output_name(context->out, contact.name));
    say_joined(context, &contact);
    output_say(context->out,
               _("Have %s read out eight words, too, and compare them: rembuk contact verify "
                 "%" PRId64),
               output_name(context->out, contact.name), contact.number);
    output_next(context->out, _("when %s has confirmed, fetch what waits for you: rembuk sync"),
                output_name(context->out, contact.name));
    return RB_OK;
}

/* The answer is a file that is carried back: nobody is called. */
static bool is_by_hand(const struct call *call) {
    return call_option(call, "answer") != NULL;
}

static void join_abandon(struct context *context, const struct call *call) {
    if (!is_by_hand(call)) {
        node_join_end(context->node);
    }
}

/* Stopped by the person, it is told as one that ran out of time. */
static enum rb_status join_go_on(struct context *context, const struct call *call, bool *done) {
    int64_t seconds = 0;

    if (is_by_hand(call)) {
        *done = true;
        return RB_OK;
    }
    enum rb_status status = read_timeout(call, &seconds);
    if (status != RB_OK) {
        return status;
    }
    const struct node_join *join = node_join_state(context->node);
    if (join->state == NODE_JOIN_WAITING && !context->cancelled &&
        clock_steady_ms() - context->began_ms < seconds * 1000) {
        progress_tell(&context->progress, join->reached ? 1 : 0, 2, _("Calling"));
        return RB_OK;
    }
    *done = true;
    progress_end(&context->progress);
    status = conclude(context, call, join);
    node_join_end(context->node);
    return status;
}

const struct command cmd_join_words = {
    .name = "join words",
    .name_id = "gabung kata",
    .arguments = { { .sort = ARGUMENT_ADDRESS,
                     .label = N_("ADDRESS"),
                     .question = N_("The address that was read out (tcp://...)?") },
                   { .sort = ARGUMENT_TEXT,
                     .label = N_("WORDS"),
                     .typing = N_("Type the twelve words, then press Enter and Ctrl-D."),
                     .question = N_("The twelve words?") } },
    .options = { { .name = "timeout",
                   .name_id = "batas",
                   .value = N_("SECONDS"),
                   .help = N_("give up after so long (60)") } },
    .summary = N_("join with twelve words"),
    .help = N_("Answers an invitation with the twelve words that were read out to you."),
    .more =
        N_("The first four letters of each word are enough. With - instead of the words they "
           "are asked for, so that they stand in no history. Your card goes to who invites, and "
           "the other's comes to you; then that person compares your eight words with you and "
           "confirms."),
    .examples = N_("rembuk join words tcp://192.0.2.7:7438 \"word1 word2 ... word12\""),
    .needs = NEEDS_STORE | NEEDS_LINKS,
    .check = join_check,
    .run = join_words_run,
    .go_on = join_go_on,
    .abandon = join_abandon,
};

/* ---- With a file or a text ---- */

static enum rb_status write_answer(struct context *context, const struct reading *reading,
                                   const char *path) {
    struct writer card, answer, text;

    writer_init(&card, CARD_BYTES_MAX);
    writer_init(&answer, INVITE_ANSWER_BYTES_MAX);
    writer_init(&text, INVITE_FILE_BYTES_MAX);
    enum rb_status status = store_card(context->store, NULL, 0, clock_now_ms(), &card);
    if (status == RB_OK) {
        status = answer_make(&answer, reading->keys, writer_view(&card));
    }
    if (status == RB_OK) {
        answer_armour(&text, writer_view(&answer));
        status = writer_end(&text);
    }
    if (status == RB_OK) {
        status = fail_file(context, file_write_new(path, writer_view(&text)), path);
    }
    writer_clear(&text);
    writer_clear(&answer);
    writer_clear(&card);
    return status;
}

/* Without any network: the answer is a file. */
static enum rb_status answer_by_hand(struct context *context, const struct reading *reading,
                                     const char *path) {
    struct output *out = context->out;
    struct contact contact;

    enum rb_status status = check_file_is_new(context, path);
    if (status != RB_OK) {
        return status;
    }
    if (reading->offer.card.len == 0) {
        return failure_say(&context->failure, RB_REFUSED, "no_card",
                           _("By hand only an invitation in a file can be answered: ask for the "
                             "file (rembuk invite new --out FILE)."));
    }
    status = keep_card(context, reading->offer.card, &contact);
    if (status == RB_OK) {
        status = contacts_changed(context);
    }
    if (status == RB_OK) {
        status = write_answer(context, reading, path);
    }
    if (status != RB_OK) {
        return status;
    }
    say_joined(context, &contact);
    output_say(out,
               _("Have %s read out eight words, too, and compare them: rembuk contact verify "
                 "%" PRId64),
               output_name(out, contact.name), contact.number);
    output_string(out, "answer", path);
    output_say(out,
               _("Your answer is in the file %s. Take it to %s, who takes it in: rembuk invite "
                 "answer FILE"),
               path, output_name(out, contact.name));
    output_next(out,
                _("when you can be connected: rembuk contact address %" PRId64
                  " tcp://HOST:PORT, then rembuk sync"),
                contact.number);
    return RB_OK;
}

static enum rb_status join_offer_run(struct context *context, const struct call *call) {
    const char *path = call_option(call, "answer");
    struct reading reading;

    enum rb_status status = reading_begin(context, call->texts[0], &reading);
    if (status != RB_OK) {
        goto done;
    }
    if (reading.offer.until_s < clock_now_ms() / 1000) { /* By this clock, which may be wrong. */
        output_say(context->out, _("The time of this invitation is over; it is tried all the same. "
                                   "Perhaps you need a new one."));
    }
    if (path != NULL) {
        status = answer_by_hand(context, &reading, path);
    } else if (reading.offer.address_count == 0) {
        status = failure_say(&context->failure, RB_NOT_FOUND, "no_address",
                             _("This invitation names no address. Answer it with a file: rembuk "
                               "join file FILE --answer FILE"));
    } else {
        status = begin(context, call, reading.keys, reading.offer.addresses,
                       reading.offer.address_count);
    }
done:
    reading_end(&reading);
    return status;
}

const struct command cmd_join_file = {
    .name = "join file",
    .name_id = "gabung berkas",
    .arguments = { { .sort = ARGUMENT_FILE,
                     .label = N_("FILE"),
                     .bytes_max = INVITE_FILE_BYTES_MAX,
                     .typing = N_("Paste the invitation, then press Enter and Ctrl-D.") } },
    .options = { { .name = "answer",
                   .name_id = "jawaban",
                   .value = N_("FILE"),
                   .help = N_("do not call: write the answer into this file, to be carried back"),
                   .is_file = true },
                 { .name = "timeout",
                   .name_id = "batas",
                   .value = N_("SECONDS"),
                   .help = N_("give up after so long (60)") } },
    .help = N_("Answers an invitation in a file, over the network or by hand."),
    .examples = N_("rembuk join file invitation.txt\n"
                   "rembuk join file invitation.txt --answer answer.txt"),
    .needs = NEEDS_STORE | NEEDS_LINKS,
    .check = join_check,
    .run = join_offer_run,
    .go_on = join_go_on,
    .abandon = join_abandon,
};

const struct command cmd_join_text = {
    .name = "join text",
    .name_id = "gabung teks",
    .arguments = { { .sort = ARGUMENT_TEXT,
                     .label = N_("TEXT"),
                     .typing = N_("Paste the invitation, then press Enter and Ctrl-D."),
                     .question = N_("The text of the invitation?") } },
    .options = { { .name = "timeout",
                   .name_id = "batas",
                   .value = N_("SECONDS"),
                   .help = N_("give up after so long (60)") } },
    .help = N_("Answers an invitation that came as a text in groups of five letters."),
    .examples = N_("rembuk join text \"ABCDE FGHIJ ...\""),
    .needs = NEEDS_STORE | NEEDS_LINKS,
    .check = join_check,
    .run = join_offer_run,
    .go_on = join_go_on,
    .abandon = join_abandon,
};
