/* SPDX-License-Identifier: GPL-3.0-or-later */
/* invite: twelve words, a file or a text with which somebody joins; and the confirmation, which
 * alone gives him anything. */
#include "cli/circles.h"
#include "cli/invitees.h"
#include "cli/next.h"
#include "cli/offices.h"
#include "cli/question.h"
#include "cli/refer.h"
#include "cli/when.h"
#include "node/hosts.h"
#include "node/node.h"
#include "store/file.h"

#include <inttypes.h>
#include <string.h>

/* ---- What one invitation is like ---- */

/* The group into which it invites, if any. */
static enum rb_status put_group(struct context *context, const struct invitation *invitation,
                                struct circle_facts *facts) {
    if (!invitation->has_group) {
        output_null(context->out, "group");
        return RB_OK;
    }
    output_hex(context->out, "group", span_of(invitation->group, HASH_BYTES));
    return circle_find(context, invitation->group, facts);
}

static void put_invitation(struct output *out, const struct invitation *invitation) {
    output_integer(out, "invitation", invitation->number);
    output_word(out, "state", invitation_word(invitation->state),
                invitation_shown(invitation->state));
    output_time(out, "until", invitation->until_ms);
}

/* Where somebody can answer an invitation now. */
struct entrance {
    char addresses[ADDRESSES_MAX][ADDRESS_BYTES_MAX + 1];
    size_t count;
    bool moved; /* another program has its port: elsewhere after the next start */
};

static void entrance_find(struct context *context, int64_t number, struct entrance *entrance) {
    const struct node_door *doors = NULL;
    size_t count = context->node != NULL ? node_doors(context->node, &doors) : 0;

    *entrance = (struct entrance) { .count = 0 };
    for (size_t i = 0; i < count; i++) {
        if (doors[i].number == number) {
            entrance->count = hosts_of_endpoint(doors[i].endpoint, entrance->addresses);
            entrance->moved = doors[i].moved;
        }
    }
}

static void put_entrance(struct output *out, const struct entrance *entrance) {
    output_string(out, "address", entrance->count > 0 ? entrance->addresses[0] : "");
    output_bool(out, "address_moved", entrance->moved);
}

static void say_moved(struct output *out) {
    output_say(out, _("Another program on this computer has the port of an invitation, so its "
                      "address is another one until this node is started again. Then look at it "
                      "again (rembuk invite list), and tell your colleague."));
}

static enum rb_status invitations_changed(struct context *context) {
    return context->node != NULL ? node_invitations_changed(context->node) : RB_OK;
}

/* ---- new ---- */

/* A new invitation, and all ways of telling it. */
struct made {
    struct invitation invitation;
    struct invite_keys *keys;
    struct circle_facts group;
    struct entrance entrance;
};

static enum rb_status read_group(struct context *context, const struct call *call,
                                 struct object *group) {
    const char *typed = call_option(call, "group");

    return typed != NULL ? refer_find(context, REF_GROUP, typed, group) : RB_OK;
}

static enum rb_status fail_new(struct context *context, enum rb_status status) {
    switch (status) {
    case RB_TOO_LARGE:
        return failure_say(&context->failure, RB_REFUSED, "too_many_invitations",
                           _("%d invitations are open already. Cancel one first: rembuk invite "
                             "list, rembuk invite cancel NUMBER"),
                           (int)INVITATIONS_OPEN_MAX);
    case RB_NOT_MEMBER:
    case RB_NOT_ACCEPTED:
        return failure_say(&context->failure, status, NULL,
                           _("You cannot invite anybody into that group: accept its invitation "
                             "first, or ask one of its members. Nothing was changed."));
    case RB_REFUSED:
        return failure_say(&context->failure, status, "not_manager",
                           _("You cannot invite anybody into that group: only its managers can. "
                             "Nothing was changed."));
    default:
        return status;
    }
}

static void offer_of(const struct made *made, struct offer *offer) {
    *offer = (struct offer) {
        .keys = made->keys,
        .until_s = made->invitation.until_ms / 1000,
        .address_count = made->entrance.count,
    };
    for (size_t i = 0; i < made->entrance.count; i++) {
        offer->addresses[i] = span_text(made->entrance.addresses[i]);
    }
}

static enum rb_status write_offer(struct context *context, const struct made *made,
                                  const char *path) {
    struct writer card, text;
    struct offer offer;

    offer_of(made, &offer);
    writer_init(&card, CARD_BYTES_MAX);
    writer_init(&text, INVITE_FILE_BYTES_MAX);
    enum rb_status status = store_card(context->store, NULL, 0, clock_now_ms(), &card);
    if (status == RB_OK) {
        offer.card = writer_view(&card);
        offer_armour(&text, &offer);
        status = writer_end(&text);
    }
    if (status == RB_OK) {
        status = fail_file(context, file_write_new(path, writer_view(&text)), path);
    }
    writer_clear(&text);
    writer_clear(&card);
    return status;
}

static void put_words(struct output *out, const struct made *made, bool is_shown) {
    struct writer words;

    writer_init(&words, INVITE_WORDS * (WORD_LETTERS_MAX + 1));
    invite_words(&words, made->keys);
    output_text(out, "words", writer_view(&words));
    if (is_shown) {
        output_paragraph(out, writer_view(&words));
    }
    writer_clear(&words);
}

static void put_text(struct output *out, const struct made *made) {
    struct writer text;
    struct offer offer;

    offer_of(made, &offer);
    writer_init(&text, INVITE_TEXT_BYTES_MAX);
    offer_text(&text, &offer);
    output_text(out, "text", writer_view(&text));
    writer_clear(&text);
}

/* By hand: people need neither the address nor the words, which are in the file. */
static void say_by_hand(struct output *out, const char *path) {
    output_say(out,
               _("It is in the file %s. Whoever has the file can answer, so give it to "
                 "your colleague alone, and keep no copy."),
               path);
    output_say(out, _("Your colleague answers with: rembuk join file FILE --answer FILE"));
    output_next(out, _("when the answer has come back: rembuk invite answer FILE"));
}

static void say_by_telephone(struct output *out, const struct made *made) {
    if (made->entrance.count > 0) {
        output_say(out, _("Read out to your colleague by telephone, address first, then the twelve "
                          "words:"));
    } else {
        output_say(out, _("This computer does not listen, so nobody can answer over the network "
                          "yet. Let it listen: rembuk node --listen tcp://0.0.0.0:7437. The "
                          "address then stands here: rembuk invite list"));
        output_say(out, _("The twelve words:"));
    }
    for (size_t i = 0; i < made->entrance.count; i++) {
        output_paragraph(out, span_text(made->entrance.addresses[i]));
    }
    put_words(out, made, true);
    output_say(out, _("The words are secret, for one person. They let nobody in before you have "
                      "confirmed who answers."));
    output_next(out, _("when your colleague has answered: rembuk invite confirm %" PRId64),
                made->invitation.number);
}

static enum rb_status show_made(struct context *context, struct made *made, const char *path) {
    struct output *out = context->out;
    char until[WHEN_BYTES];

    enum rb_status status = put_group(context, &made->invitation, &made->group);
    if (status != RB_OK) {
        return status;
    }
    put_invitation(out, &made->invitation);
    output_quiet(out, "%" PRId64, made->invitation.number);
    when_show(made->invitation.until_ms, until);
    output_say(out, _("Invitation %" PRId64 " is open, for one person, until %s."),
               made->invitation.number, until);
    if (made->invitation.has_group) {
        output_say(out, _("Who is confirmed is invited into %s, too."), made->group.shown);
    }
    put_entrance(out, &made->entrance);
    put_text(out, made);
    if (path != NULL) {
        put_words(out, made, false);
        say_by_hand(out, path);
    } else {
        say_by_telephone(out, made);
    }
    if (made->entrance.moved) {
        say_moved(out);
    }
    return RB_OK;
}

/* An invitation that nobody can be given is not left open. */
static enum rb_status write_or_cancel(struct context *context, const struct made *made,
                                      const char *path) {
    enum rb_status status = write_offer(context, made, path);

    if (status != RB_OK) {
        enum rb_status undone =
            invitation_cancel(context->store, made->invitation.number, clock_now_ms());
        if (undone == RB_OK) {
            undone = invitations_changed(context);
        }
        status = undone == RB_OK ? status : undone;
    }
    return status;
}

static enum rb_status invite_new_run(struct context *context, const struct call *call) {
    const char *path = call_option(call, "out");
    struct object group = { .id_len = 0 };
    struct made made = { .keys = crypt_secret_alloc(sizeof *made.keys) };

    enum rb_status status = read_group(context, call, &group);
    if (status == RB_OK && path != NULL) {
        status = check_file_is_new(context, path);
    }
    if (status != RB_OK) {
        goto done;
    }
    status = fail_new(context, invitation_new(context->store, group.id_len > 0 ? group.id : NULL,
                                              clock_now_ms(), made.keys, &made.invitation));
    if (status == RB_OK) {
        status = invitations_changed(context);
    }
    if (status != RB_OK) {
        goto done;
    }
    entrance_find(context, made.invitation.number, &made.entrance);
    if (path != NULL) {
        status = write_or_cancel(context, &made, path);
    }
    if (status == RB_OK) {
        status = show_made(context, &made, path);
    }
done:
    crypt_secret_free(made.keys);
    return status;
}

const struct command cmd_invite_new = {
    .name = "invite new",
    .name_id = "undang buat",
    .options = { { .name = "group",
                   .name_id = "kelompok",
                   .value = N_("GROUP"),
                   .names_circle = true,
                   .help = N_("also invite into this group, once confirmed") },
                 { .name = "out",
                   .name_id = "ke-berkas",
                   .value = N_("FILE"),
                   .help = N_("write it into this file, to be carried by hand"),
                   .is_file = true } },
    .summary = N_("invite by telephone, with twelve words"),
    .help = N_("Makes an invitation: twelve words with which one person can answer."),
    .more = N_("The words hold for seven days and for one person. Whoever knows them can only "
               "answer and show a card: you compare eight words with that person and confirm, and "
               "only then anything is shared. This computer must listen meanwhile (rembuk node "
               "--listen tcp://0.0.0.0:7437); without any network, carry the file."),
    .examples = N_("rembuk invite new\n"
                   "rembuk invite new --group 1\n"
                   "rembuk invite new --out invitation.txt"),
    .needs = NEEDS_STORE,
    .run = invite_new_run,
};

/* ---- list ---- */

struct listing {
    struct context *context;
    bool has_moved;
};

static bool put_answer(void *opaque, const struct invitation_answer *answer) {
    struct output *out = opaque;
    char words[WORDS_BYTES_MAX];

    people_words(answer->person_pk, words);
    output_row_begin(out);
    output_hex(out, "contact", span_of(answer->person, HASH_BYTES));
    output_string(out, "name", answer->name);
    output_string(out, "words", words);
    output_row_end(out);
    return true;
}

static bool list_one(void *opaque, const struct invitation *invitation) {
    struct listing *listing = opaque;
    struct context *context = listing->context;
    struct output *out = context->out;
    struct entrance entrance;
    char who[INVITEES_SHOWN_BYTES];

    entrance_find(context, invitation->number, &entrance);
    output_row_begin(out);
    put_invitation(out, invitation);
    put_entrance(out, &entrance);
    invitees_write(context, invitation, who);
    output_string(out, "answered_by", who);
    output_list_begin(out, "answers", NULL, 0);
    enum rb_status status =
        invitation_answers_each(context->store, invitation->number, put_answer, out);
    output_list_end(out);
    output_row_end(out);
    listing->has_moved = listing->has_moved || entrance.moved;
    return status == RB_OK;
}

static bool say_answer(void *opaque, const struct invitation_answer *answer) {
    struct output *out = opaque;
    char words[WORDS_BYTES_MAX];

    people_words(answer->person_pk, words);
    output_say(out, _("The words of %s:"), output_name(out, answer->name));
    output_paragraph(out, span_text(words));
    return true;
}

static enum rb_status count_waiting(struct context *context, int64_t *number) {
    struct invitation first;

    enum rb_status status = invitee_waiting(context, &first);
    *number = status == RB_OK ? first.number : 0;
    return status == RB_NOT_FOUND ? RB_OK : status;
}

static enum rb_status invite_list_run(struct context *context, const struct call *call) {
    static const struct column columns[] = {
        { "invitation", N_("No.") },
        { "state", N_("State") },
        { "until", N_("Until") },
        { "address", N_("Address") },
        { "answered_by", N_("Answered by") },
    };
    struct listing listing = { .context = context };
    int64_t number = 0;
    (void)call; /* No arguments. */

    output_list_begin(context->out, "invitations", columns, sizeof columns / sizeof columns[0]);
    enum rb_status status = invitations_each(context->store, clock_now_ms(), list_one, &listing);
    output_list_end(context->out);
    if (status == RB_OK) {
        status = count_waiting(context, &number);
    }
    if (status == RB_OK && number > 0) {
        status = invitation_answers_each(context->store, number, say_answer, context->out);
    }
    if (status != RB_OK) {
        return status;
    }
    if (listing.has_moved) {
        say_moved(context->out);
    }
    if (number > 0) {
        output_next(context->out,
                    _("compare words by telephone and confirm: rembuk invite confirm "
                      "%" PRId64),
                    number);
    } else {
        output_next(context->out, _("invite somebody: rembuk invite new"));
    }
    return RB_OK;
}

const struct command cmd_invite_list = {
    .name = "invite list",
    .name_id = "undang daftar",
    .help = N_("Lists your invitations and who has answered them."),
    .examples = N_("rembuk invite list"),
    .needs = NEEDS_STORE,
    .run = invite_list_run,
};

/* ---- confirm ---- */

/* With nobody to be asked the words are told all the same: what was seen can be confirmed. */
static enum rb_status fail_unasked(struct context *context, const struct invitee *invitee) {
    const char *name = output_name(context->out, invitee->answer.name);
    char words[WORDS_BYTES_MAX];

    people_words(invitee->answer.person_pk, words);
    return failure_usage(
        &context->failure, "confirmation_needed",
        _("%s (%s) has answered invitation %" PRId64 ". The words of %s: %s. Nothing was changed. "
          "Compare them by telephone; if they are the same, add the words that you hear (--words "
          "\"word1 ... word8\"), or the name and --yes."),
        name, role_shown(invitee->answer.role), invitee->invitation.number, name, words);
}

/* Before anybody telephones. */
static enum rb_status check_letter(struct context *context, const struct invitee *invitee) {
    const struct invitation_answer *answer = &invitee->answer;

    if (!answer->has_letter || letter_validity(answer->letter_from_s, answer->letter_until_s,
                                               clock_now_ms() / 1000) == CERT_HOLDS) {
        return RB_OK;
    }
    return fail_letter(context, output_name(context->out, answer->name), answer->letter_from_s,
                       answer->letter_until_s);
}

/* Who types the words that he heard is not asked: they have been compared. */
static enum rb_status confirm_question(struct context *context, const struct call *call,
                                       struct writer *question) {
    struct invitee invitee;

    enum rb_status status = invitee_read(context, call, &invitee);
    if (status == RB_OK) {
        status = check_letter(context, &invitee);
    }
    if (status != RB_OK || call_option(call, "words") != NULL) {
        return status;
    }
    if (!context->settings->can_ask) {
        return fail_unasked(context, &invitee);
    }
    const char *name = output_name(context->out, invitee.answer.name);
    char words[WORDS_BYTES_MAX];
    people_words(invitee.answer.person_pk, words);
    question_say(question, _("%s (%s) has answered invitation %" PRId64 "."), name,
                 role_shown(invitee.answer.role), invitee.invitation.number);
    if (invitee.invitation.answers > 1) {
        question_say(question,
                     _("Careful: %zu different people have answered it, so somebody else has heard "
                       "the words."),
                     invitee.invitation.answers);
    }
    question_say(question, _("The words of %s:"), name);
    question_say(question, "  %s", words);
    if (invitee.invitation.has_group) {
        question_say(question,
                     _("Once confirmed, %s is invited into %s and reads all of it from its "
                       "beginning."),
                     name, invitee.group.shown);
    }
    question_say(question, _("Telephone your colleague. Are these the words that you hear? [y/n]"));
    return writer_end(question);
}

static enum rb_status fail_confirm(struct context *context, const struct invitee *invitee,
                                   enum rb_status status) {
    switch (status) {
    case RB_EXISTS:
        return fail_name_taken(context);
    case RB_REFUSED:
    case RB_NOT_MEMBER:
    case RB_NOT_ACCEPTED:
        return failure_say(&context->failure, status, NULL,
                           _("That is not possible: you can no longer invite into the group of "
                             "this invitation, or the card of %s is not genuine. Nothing was "
                             "changed. Cancel the invitation, and make a new one: rembuk invite "
                             "new"),
                           output_name(context->out, invitee->answer.name));
    default:
        return status;
    }
}

/* The other side compares, too: who has the twelve words could also pose as who invites. */
static enum rb_status show_confirmed(struct context *context, const struct invitee *invitee,
                                     const struct contact *contact) {
    struct output *out = context->out;
    const char *name = output_name(out, contact->name);
    char words[WORDS_BYTES_MAX];

    people_words(store_self(context->store)->identity->person.public, words);
    output_integer(out, "invitation", invitee->invitation.number);
    output_hex(out, "contact", span_of(contact->person, HASH_BYTES));
    output_integer(out, "number", contact->number);
    output_string(out, "name", contact->name);
    output_bool(out, "verified", true);
    output_string(out, "words", words);
    output_quiet(out, "%" PRId64, contact->number);
    output_say(out, _("%s is your contact %" PRId64 " now, and verified."), name, contact->number);
    output_say(out, _("Read out your own eight words, too, so that %s can compare them:"), name);
    output_paragraph(out, span_text(words));
    if (invitee->invitation.has_group) {
        output_say(out, _("%s was invited into %s; the invitation arrives with the next sync."),
                   name, invitee->group.shown);
        return RB_OK;
    }
    return next_invite(context, contact);
}

static enum rb_status invite_confirm_run(struct context *context, const struct call *call) {
    struct invitee invitee;
    struct contact contact;

    enum rb_status status = invitee_read(context, call, &invitee);
    if (status == RB_OK) {
        status = check_letter(context, &invitee);
    }
    if (status != RB_OK) {
        return status;
    }
    if (context->settings->yes && call->argument_count < 2 && call_option(call, "words") == NULL) {
        return fail_unasked(context, &invitee); /* --yes to whom? */
    }
    status = invitation_confirm(context->store, invitee.invitation.number, invitee.answer.person,
                                invitee.answer.device, clock_now_ms());
    if (status != RB_OK) {
        return fail_confirm(context, &invitee, status);
    }
    status = contact_get(context->store, invitee.answer.person, &contact);
    if (status == RB_OK) {
        status = contacts_changed(context);
    }
    if (status == RB_OK) {
        status = invitations_changed(context);
    }
    if (status == RB_OK) {
        status = show_confirmed(context, &invitee, &contact);
    }
    return status;
}

const struct command cmd_invite_confirm = {
    .name = "invite confirm",
    .name_id = "undang konfirmasi",
    .arguments = { { .sort = ARGUMENT_WORD,
                     .label = N_("NUMBER"),
                     .question = N_("Which invitation (its number)?") },
                   { .sort = ARGUMENT_WORD, .label = N_("NAME"), .optional = true } },
    .options = { { .name = "words",
                   .name_id = "kata",
                   .value = N_("\"WORDS\""),
                   .help = N_("the eight words that you hear; they are checked") } },
    .summary = N_("confirm who answered an invitation"),
    .help = N_("Confirms who has answered an invitation, after comparing eight words."),
    .more = N_("Until then whoever answered has nothing but your card. If the words differ, cancel "
               "the invitation: somebody else has heard them."),
    .examples = N_("rembuk invite confirm 1\nrembuk invite confirm 1 \"Budi Misal\"\n"
                   "rembuk invite confirm 1 --words \"word1 word2 ... word8\""),
    .needs = NEEDS_STORE,
    .question = confirm_question,
    .unasked = N_("Compare the words, then add the name and --yes."),
    .declined = N_("If the words differ, somebody else has heard the twelve words: cancel the "
                   "invitation (rembuk invite cancel NUMBER) and make a new one."),
    .run = invite_confirm_run,
};

/* ---- cancel ---- */

static enum rb_status invite_cancel_run(struct context *context, const struct call *call) {
    struct invitation invitation;

    enum rb_status status = invitation_read(context, call->texts[0], &invitation);
    if (status != RB_OK) {
        return status;
    }
    status = invitation_cancel(context->store, invitation.number, clock_now_ms());
    if (status == RB_NOT_FOUND) {
        return fail_settled(context, invitation.number);
    }
    if (status == RB_OK) {
        status = invitations_changed(context);
    }
    if (status != RB_OK) {
        return status;
    }
    output_integer(context->out, "invitation", invitation.number);
    output_bool(context->out, "cancelled", true);
    output_quiet(context->out, "%" PRId64, invitation.number);
    output_say(context->out,
               _("Invitation %" PRId64 " is cancelled: its words are of no use to "
                 "anybody any more."),
               invitation.number);
    output_next(context->out, _("invite anew: rembuk invite new"));
    return RB_OK;
}

const struct command cmd_invite_cancel = {
    .name = "invite cancel",
    .name_id = "undang batal",
    .arguments = { { .sort = ARGUMENT_WORD,
                     .label = N_("NUMBER"),
                     .question = N_("Which invitation (its number)?") } },
    .help = N_("Cancels an invitation: its words are of no use any more."),
    .examples = N_("rembuk invite cancel 1"),
    .needs = NEEDS_STORE,
    .run = invite_cancel_run,
};

/* ---- answer ---- */

static enum rb_status fail_answer(struct context *context, enum rb_status status) {
    switch (status) {
    case RB_MALFORMED:
    case RB_TOO_LARGE:
        return failure_say(&context->failure, RB_MALFORMED, "bad_answer",
                           _("This is not a whole answer to an invitation. Ask for it again, as a "
                             "file."));
    case RB_BAD_SIGNATURE:
        return failure_say(&context->failure, status, NULL,
                           _("This answer was not made by somebody who has the invitation, or it "
                             "was changed on the way. Nothing was changed."));
    case RB_NOT_FOUND:
        return failure_say(&context->failure, status, "not_open",
                           _("This answers no invitation of yours that is open: it was used or "
                             "cancelled, or is older than seven days. Make a new one: rembuk "
                             "invite new"));
    case RB_REFUSED:
        return failure_say(&context->failure, status, NULL,
                           _("This is your own card, or too many people have answered that "
                             "invitation. Cancel it, and make a new one: rembuk invite list"));
    default:
        return status;
    }
}

static enum rb_status invite_answer_run(struct context *context, const struct call *call) {
    struct output *out = context->out;
    struct invitation invitation;
    struct writer bytes;
    bool is_new = false;

    writer_init(&bytes, INVITE_ANSWER_BYTES_MAX);
    enum rb_status status = answer_unarmour(call->texts[0], &bytes);
    if (status == RB_OK) {
        status = invitation_answer(context->store, writer_view(&bytes), clock_now_ms(), &invitation,
                                   &is_new);
    }
    writer_clear(&bytes);
    if (status != RB_OK) {
        return fail_answer(context, status);
    }
    put_invitation(out, &invitation);
    output_quiet(out, "%" PRId64, invitation.number);
    char who[INVITEES_SHOWN_BYTES];
    invitees_write(context, &invitation, who);
    output_string(out, "answered_by", who);
    output_say(out, _("Invitation %" PRId64 " was answered by: %s."), invitation.number, who);
    output_next(out, _("compare words by telephone and confirm: rembuk invite confirm %" PRId64),
                invitation.number);
    return RB_OK;
}

const struct command cmd_invite_answer = {
    .name = "invite answer",
    .name_id = "undang jawaban",
    .arguments = { { .sort = ARGUMENT_FILE,
                     .label = N_("FILE"),
                     .bytes_max = INVITE_FILE_BYTES_MAX,
                     .typing = N_("Paste the answer, then press Enter and Ctrl-D.") } },
    .help = N_("Takes in the answer to an invitation that was carried by hand."),
    .examples = N_("rembuk invite answer answer.txt"),
    .needs = NEEDS_STORE,
    .run = invite_answer_run,
};
