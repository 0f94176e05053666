/* SPDX-License-Identifier: GPL-3.0-or-later */
/* contact: the people one knows, how far their keys are trusted, and where their nodes are. */
#include "cli/next.h"
#include "cli/offices.h"
#include "cli/people.h"
#include "cli/question.h"
#include "node/node.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void put_contact(struct output *out, const struct contact *contact) {
    output_hex(out, "contact", span_of(contact->person, sizeof contact->person));
    output_integer(out, "number", contact->number);
    output_string(out, "name", contact->name);
}

static void put_address(struct output *out, const struct contact *contact) {
    const char *address = contact_address(contact);

    if (address != NULL) {
        output_string(out, "address", address);
    } else {
        output_null(out, "address");
    }
}

/* The contact that argument 0 means. */
static enum rb_status get_contact(struct context *context, const struct call *call,
                                  struct contact *contact) {
    return contact_get(context->store, call->objects[0].id, contact);
}

static bool count_one(void *count, const struct contact *contact) {
    (void)contact; /* Only counted. */
    ++*(size_t *)count;
    return true;
}

/* ---- add ---- */

/* It came as it was made, and nobody should have made it. */
static enum rb_status fail_strange(struct context *context) {
    return failure_say(
        &context->failure, RB_MALFORMED, "bad_card",
        _("What this card says does not hold: an office has signed above its rank or "
          "outside its area, or the card was made wrongly. Do not use it; ask who "
          "gave it to you."));
}

static enum rb_status fail_expired(struct context *context, struct span bytes) {
    struct card card;
    const enum rb_status status = card_decode(bytes, &card);

    return status == RB_OK ? fail_letter(context, output_line(context->out, card.person.name),
                                         card.person.not_before_s, card.person.not_after_s)
                           : status;
}

/* Which of the three it is. */
static enum rb_status fail_refused(struct context *context, struct span bytes) {
    bool is_revoked = false;
    struct card card;

    enum rb_status status = card_decode(bytes, &card);
    if (status == RB_OK) {
        status = card_is_revoked(context->store, &card, &is_revoked);
    }
    if (status != RB_OK) {
        return status;
    }
    if (is_revoked) {
        return fail_revoked_card(context, output_line(context->out, card.person.name));
    }
    if (memcmp(card.person.person, store_self(context->store)->person, HASH_BYTES) == 0) {
        return failure_say(&context->failure, RB_REFUSED, "own_card",
                           _("This is your own card. Give it to others, and add theirs."));
    }
    return failure_say(&context->failure, RB_REFUSED, "key_of_another",
                       _("This card names a key that belongs to another contact, or to a computer "
                         "of yours. Do not use it; ask who gave it to you."));
}

static enum rb_status fail_add(struct context *context, enum rb_status status, struct span card) {
    switch (status) {
    case RB_EXPIRED:
        return fail_expired(context, card);
    case RB_MALFORMED:
    case RB_TOO_LARGE:
        return failure_say(&context->failure, RB_MALFORMED, "bad_card",
                           _("This is not a whole rembuk card. Ask for it again, as a file."));
    case RB_BAD_SIGNATURE:
        return fail_forged_card(context);
    case RB_REFUSED:
        return fail_refused(context, card);
    case RB_EXISTS:
        return fail_name_taken(context);
    default:
        return status;
    }
}

/* What a card did. */
enum added { ADDED_NEW, ADDED_RENEWED, ADDED_SAME };

static void say_added(struct output *out, const struct contact *contact, enum added added) {
    const char *name = output_name(out, contact->name);

    switch (added) {
    case ADDED_NEW:
        output_say(out, _("%s was added as contact %" PRId64 "."), name, contact->number);
        break;
    case ADDED_RENEWED:
        output_say(out, _("The card of %s was renewed (contact %" PRId64 ")."), name,
                   contact->number);
        break;
    case ADDED_SAME:
        output_say(out, _("%s is contact %" PRId64 " already; the card is the same."), name,
                   contact->number);
        break;
    }
}

static enum rb_status show_added(struct context *context, const struct contact *contact,
                                 enum added added) {
    struct output *out = context->out;
    char words[WORDS_BYTES_MAX];

    people_words(contact->person_pk, words);
    put_contact(out, contact);
    output_string(out, "words", words);
    output_bool(out, "verified", contact->verified);
    output_bool(out, "renewed", added == ADDED_RENEWED);
    output_quiet(out, "%" PRId64, contact->number);
    say_added(out, contact, added);
    if (contact->revoked) {
        next_other_card(out);
    } else if (contact->verified) {
        return next_invite(context, contact);
    } else {
        output_next(out, _("compare the eight words by telephone: rembuk contact verify %" PRId64),
                    contact->number);
    }
    return RB_OK;
}

static enum rb_status contact_add_run(struct context *context, const struct call *call) {
    struct contact contact;
    struct writer card;
    size_t before = 0, after = 0; /* contacts: whether this one is new */
    bool renewed = false;

    writer_init(&card, CARD_BYTES_MAX);
    enum rb_status status = card_unarmour(call->texts[0], &card);
    const bool is_whole = status == RB_OK;
    if (status == RB_OK) {
        status = contact_each(context->store, count_one, &before);
    }
    if (status == RB_OK) {
        status =
            contact_add(context->store, writer_view(&card), clock_now_ms(), &contact, &renewed);
    }
    status = status == RB_MALFORMED && is_whole ? fail_strange(context)
                                                : fail_add(context, status, writer_view(&card));
    writer_clear(&card);
    if (status != RB_OK) {
        return status;
    }
    status = contact_each(context->store, count_one, &after);
    if (status == RB_OK) {
        status = contacts_changed(context);
    }
    if (status == RB_OK) {
        enum added known = renewed ? ADDED_RENEWED : ADDED_SAME;
        status = show_added(context, &contact, after > before ? ADDED_NEW : known);
    }
    return status;
}

const struct command cmd_contact_add = {
    .name = "contact add",
    .name_id = "rekan tambah",
    .arguments = { { .sort = ARGUMENT_FILE,
                     .label = N_("FILE"),
                     .bytes_max = CARD_TEXT_BYTES_MAX,
                     .typing = N_("Paste the card, then press Enter and Ctrl-D.") } },
    .summary = N_("add a card received"),
    .help = N_("Adds a person by the card received, or renews it."),
    .examples = N_("rembuk contact add budi.card\nrembuk contact add - < budi.card"),
    .needs = NEEDS_STORE,
    .run = contact_add_run,
};

/* ---- verify ---- */

static size_t count_words(const char *text) {
    static const char blanks[] = " \t\r\n";
    size_t count = 0;

    for (text += strspn(text, blanks); *text != '\0'; text += strspn(text, blanks)) {
        text += strcspn(text, blanks);
        count++;
    }
    return count;
}

static enum rb_status check_words(struct context *context, const struct contact *contact,
                                  const char *typed) {
    size_t count = count_words(typed);

    if (count != FINGERPRINT_WORDS) {
        return failure_say(
            &context->failure, RB_REFUSED, "words_differ",
            _("Eight words are needed, and here are %zu. Put all of them in one pair "
              "of quotes: --words \"word1 word2 ... word8\""),
            count);
    }
    if (!identity_words_match(span_text(typed), contact->person_pk)) {
        return failure_say(
            &context->failure, RB_REFUSED, "words_differ",
            _("These are not the words of %s. Have them read out again; if they still differ, the "
              "card is not genuine: remove this contact: rembuk contact remove %" PRId64),
            output_name(context->out, contact->name), contact->number);
    }
    return RB_OK;
}

/* Both rows, so that each side can read out one and hear the other. */
struct word_rows {
    char own[WORDS_BYTES_MAX], other[WORDS_BYTES_MAX];
};

static void read_word_rows(struct context *context, const struct contact *contact,
                           struct word_rows *rows) {
    people_words(store_self(context->store)->identity->person.public, rows->own);
    people_words(contact->person_pk, rows->other);
}

/* Who types the words that he heard is not asked: they are compared here. */
static enum rb_status contact_verify_question(struct context *context, const struct call *call,
                                              struct writer *question) {
    struct contact contact;
    struct word_rows rows;

    if (call_option(call, "words") != NULL) {
        return RB_OK;
    }
    enum rb_status status = get_contact(context, call, &contact);
    if (status != RB_OK) {
        return status;
    }
    read_word_rows(context, &contact, &rows);
    question_say(question, _("Your words:"));
    question_say(question, "  %s", rows.own);
    question_say(question, _("The words of %s:"), output_name(context->out, contact.name));
    question_say(question, "  %s", rows.other);
    question_say(question,
                 _("Telephone. Are the words your colleague reads out the same as those of %s "
                   "above, and does your colleague see yours?"),
                 output_name(context->out, contact.name));
    question_say(question, _("Both the same? [y/n]")); /* Short: a prompt takes one line. */
    return writer_end(question);
}

/* `asked`: the rows have been seen already. */
static void show_words(struct context *context, const struct contact *contact, bool asked) {
    struct output *out = context->out;
    struct word_rows rows;

    read_word_rows(context, contact, &rows);
    output_string(out, "words", rows.other);
    output_string(out, "own_words", rows.own);
    if (asked) {
        return;
    }
    output_say(out, _("Your words:"));
    output_paragraph(out, span_text(rows.own));
    output_say(out, _("The words of %s:"), output_name(out, contact->name));
    output_paragraph(out, span_text(rows.other));
}

static enum rb_status contact_verify_run(struct context *context, const struct call *call) {
    const char *typed = call_option(call, "words");
    struct output *out = context->out;
    struct contact contact;

    enum rb_status status = get_contact(context, call, &contact);
    if (status != RB_OK) {
        return status;
    }
    put_contact(out, &contact);
    show_words(context, &contact, typed == NULL && !context->settings->yes);
    if (typed != NULL) {
        status = check_words(context, &contact, typed);
    }
    if (status == RB_OK) {
        status = contact_set_verified(context->store, contact.person, clock_now_ms());
    }
    if (status != RB_OK) {
        return status;
    }
    output_bool(out, "verified", true);
    output_quiet(out, "%" PRId64, contact.number);
    output_say(out, _("%s is verified now."), output_name(out, contact.name));
    return next_invite(context, &contact);
}

const struct command cmd_contact_verify = {
    .name = "contact verify",
    .name_id = "rekan cocokkan",
    .arguments = { { .sort = ARGUMENT_CONTACT, .label = N_("CONTACT") } },
    .options = { { .name = "words",
                   .name_id = "kata",
                   .value = N_("\"WORDS\""),
                   .help = N_("the eight words that the contact read out; they are checked") } },
    .summary = N_("compare words by telephone"),
    .help = N_("Compares the eight words, so that nobody can pose as your contact."),
    .more = N_("Telephone or meet: each reads out the own words, the other looks whether they are "
               "the same."),
    .examples = N_("rembuk contact verify \"Budi Misal\"\n"
                   "rembuk contact verify 2 --words \"word1 word2 ... word8\""),
    .needs = NEEDS_STORE,
    .question = contact_verify_question,
    .unasked = N_("Add --words \"the contact's eight words\", or --yes."),
    .declined = N_("If the words differ, the card may be forged: do not invite this person, and "
                   "ask for the card again, face to face."),
    .run = contact_verify_run,
};

/* ---- list ---- */

static enum cert_validity contact_letter(const struct contact *contact) {
    return letter_validity(contact->letter_from_s, contact->letter_until_s, clock_now_ms() / 1000);
}

/* A letter that holds is no news. */
static void trust_shown(const struct contact *contact, char out[static LETTER_STATE_BYTES]) {
    char state[LETTER_STATE_BYTES] = "";

    if (contact->has_letter && contact_letter(contact) != CERT_HOLDS) {
        letter_state_shown(contact->letter_from_s, contact->letter_until_s, 0, state);
    }
    if (contact->revoked) {
        (void)snprintf(out, LETTER_STATE_BYTES, "%s",
                       contact->person_revoked ? _("revoked: shut out") : _("computer shut out"));
    } else if (state[0] != '\0') {
        (void)snprintf(out, LETTER_STATE_BYTES,
                       contact->verified ? _("yes; letter: %s") : _("no; letter: %s"), state);
    } else {
        (void)snprintf(out, LETTER_STATE_BYTES, "%s", contact->verified ? _("yes") : _("no"));
    }
}

static void put_letter(struct output *out, const struct contact *contact) {
    if (contact->has_letter) {
        output_string(out, "letter", letter_state_word(contact_letter(contact), 0));
        output_time(out, "letter_until", contact->letter_until_s * 1000);
    } else {
        output_null(out, "letter");
        output_null(out, "letter_until");
    }
}

struct listing {
    struct output *out;
    size_t count, unverified;
    size_t shut_out; /* of their computers the one of the card, and not they themselves */
};

static bool list_one(void *opaque, const struct contact *contact) {
    struct listing *listing = opaque;
    struct output *out = listing->out;
    char trust[LETTER_STATE_BYTES];

    listing->count++;
    listing->unverified += contact->verified || contact->revoked ? 0 : 1;
    listing->shut_out += contact->revoked && !contact->person_revoked ? 1 : 0;

    trust_shown(contact, trust);
    output_row_begin(out);
    put_contact(out, contact);
    output_word(out, "role", role_word(contact->role), role_shown(contact->role));
    output_bool(out, "verified", contact->verified);
    output_bool(out, "revoked", contact->revoked);
    output_cell(out, "trust", trust);
    put_letter(out, contact);
    put_address(out, contact);
    output_time(out, "last_seen", contact->last_seen_ms);
    output_row_end(out);
    return true;
}

static void say_after_list(const struct listing *listing) {
    struct output *out = listing->out;

    if (listing->count == 0) {
        output_say(out, _("You have no contacts yet."));
        output_next(out, _("add one by the card received: rembuk contact add FILE; or, with an "
                           "invitation: rembuk join words"));
    } else if (listing->shut_out > 0) {
        next_other_card(out);
    } else if (listing->unverified > 0) {
        output_next(out, _("compare words: rembuk contact verify CONTACT; invite: rembuk group "
                           "invite GROUP CONTACT"));
    } else {
        output_next(out, _("invite to a group: rembuk group invite GROUP CONTACT"));
    }
}

static enum rb_status contact_list_run(struct context *context, const struct call *call) {
    static const struct column columns[] = {
        { "number", N_("No.") },      { "name", N_("Name") },
        { "role", N_("Role") },       { "trust", N_("Verified") },
        { "address", N_("Address") }, { "last_seen", N_("Last contact") },
    };
    struct output *out = context->out;
    struct listing listing = { .out = out };
    (void)call; /* No arguments. */

    output_list_begin(out, "contacts", columns, sizeof columns / sizeof columns[0]);
    const enum rb_status status = contact_each(context->store, list_one, &listing);
    output_list_end(out);
    if (status == RB_OK) {
        say_after_list(&listing);
    }
    return status;
}

const struct command cmd_contact_list = {
    .name = "contact list",
    .name_id = "rekan daftar",
    .help = N_("Lists your contacts."),
    .examples = N_("rembuk contact list"),
    .needs = NEEDS_STORE,
    .run = contact_list_run,
};

/* ---- address ---- */

static enum rb_status contact_address_run(struct context *context, const struct call *call) {
    char whole[ADDRESS_BYTES_MAX + 1];
    struct span address = address_whole(call->texts[1], whole);
    struct output *out = context->out;
    struct contact contact;

    enum rb_status status = address.len > 0 ? check_address(context, address) : RB_OK;
    if (status == RB_OK) {
        status = contact_set_address(context->store, call->objects[0].id, address);
    }
    if (status == RB_OK) {
        status = contacts_changed(context);
    }
    if (status == RB_OK) {
        status = get_contact(context, call, &contact);
    }
    if (status != RB_OK) {
        return status;
    }
    put_contact(out, &contact);
    put_address(out, &contact);
    output_quiet(out, "%" PRId64, contact.number);
    if (address.len == 0) {
        output_say(out, _("%s has no address any more and is not called."),
                   output_name(out, contact.name));
        output_next(out, _("set another: rembuk contact address %" PRId64 " tcp://HOST:PORT"),
                    contact.number);
        return RB_OK;
    }
    output_say(out, _("%s is called at %s."), output_name(out, contact.name),
               output_line(out, address));
    output_next(out, _("exchange what is new: rembuk sync"));
    return RB_OK;
}

const struct command cmd_contact_address = {
    .name = "contact address",
    .name_id = "rekan alamat",
    .arguments = { { .sort = ARGUMENT_CONTACT, .label = N_("CONTACT") },
                   { .sort = ARGUMENT_ADDRESS, .label = N_("ADDRESS") } },
    .help = N_("Sets where a contact's node is; \"\" removes the address."),
    .more = N_("An address is tcp://HOST:PORT; IPv6 stands in brackets."),
    .examples = N_("rembuk contact address Budi tcp://192.0.2.7:7437\n"
                   "rembuk contact address Budi \"\""),
    .needs = NEEDS_STORE,
    .run = contact_address_run,
};

/* ---- remove ---- */

static enum rb_status contact_remove_run(struct context *context, const struct call *call) {
    struct output *out = context->out;
    struct contact contact;

    enum rb_status status = get_contact(context, call, &contact);
    if (status == RB_OK) {
        status = contact_remove(context->store, contact.person, clock_now_ms());
    }
    if (status == RB_OK) {
        status = contacts_changed(context);
    }
    if (status != RB_OK) {
        return status;
    }
    put_contact(out, &contact);
    output_bool(out, "removed", true);
    output_quiet(out, "%" PRId64, contact.number);
    output_say(out,
               _("%s is no contact any more: your nodes do not exchange anything now. What was "
                 "written before stays."),
               output_name(out, contact.name));
    output_next(out, _("to undo this, add the card again: rembuk contact add FILE"));
    return RB_OK;
}

const struct command cmd_contact_remove = {
    .name = "contact remove",
    .name_id = "rekan hapus",
    .arguments = { { .sort = ARGUMENT_CONTACT, .label = N_("CONTACT") } },
    .help = N_("Removes a contact; nothing is exchanged with that person any more."),
    .examples = N_("rembuk contact remove \"Budi Misal\""),
    .needs = NEEDS_STORE,
    .run = contact_remove_run,
};
