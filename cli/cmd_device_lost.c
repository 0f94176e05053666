/* SPDX-License-Identifier: GPL-3.0-or-later */
/* device lost: the drill for a computer that was lost or stolen.  What it could read is shown, it
 * is shut out, and the notice is drafted that the law asks for.  Of a colleague's computer: as far
 * as this home can, and who can do the rest. */
#include "cli/breach_notice.h"
#include "cli/devices.h"
#include "cli/invitees.h"
#include "cli/next.h"
#include "cli/offices.h"
#include "cli/question.h"
#include "cli/refer.h"
#include "cli/when.h"
#include "node/node.h"
#include "protocol/text.h"
#include "store/file.h"
#include "store/membership.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is known of a loss before anything is done about it. */
struct loss {
    bool is_own;
    struct contact contact; /* not of one's own */
    uint8_t person[HASH_BYTES];
    char name[NAME_BYTES_MAX + 1];
    struct devices devices;
    bool is_one; /* it is known which one: `index` */
    size_t index;
    struct held held;
    size_t letters; /* of the contact, which an office of this home can revoke */
};

static void loss_clear(struct loss *loss) {
    devices_clear(&loss->devices);
    held_clear(&loss->held);
}

static const struct device_row *lost_row(const struct loss *loss) {
    return &loss->devices.rows[loss->index];
}

/* ---- Which one ---- */

static enum rb_status read_person(struct context *context, const struct call *call,
                                  struct loss *loss) {
    const char *of = call_option(call, "of");
    struct object object;

    loss->is_own = of == NULL;
    if (loss->is_own) {
        memcpy(loss->person, store_self(context->store)->person, HASH_BYTES);
        return person_name(context->store, loss->person, loss->name);
    }
    enum rb_status status = refer_find(context, REF_CONTACT, of, &object);
    if (status == RB_OK) {
        status = contact_get(context->store, object.id, &loss->contact);
    }
    if (status == RB_OK) {
        status = letters_issued(context->store, loss->contact.person, &loss->letters);
    }
    if (status == RB_OK) {
        memcpy(loss->person, loss->contact.person, HASH_BYTES);
        memcpy(loss->name, loss->contact.name, sizeof loss->name);
    }
    return status;
}

/* The only one that can be meant, if nobody said which. */
static void guess_device(struct loss *loss) {
    size_t hits = 0;

    for (size_t i = 0; i < loss->devices.count; i++) {
        if (!loss->devices.rows[i].is_this && !loss->devices.rows[i].revoked) {
            loss->index = i;
            hits++;
        }
    }
    loss->is_one = hits == 1;
}

static enum rb_status fail_which(struct context *context, const struct loss *loss) {
    if (loss->devices.count < 2) {
        return failure_say(&context->failure, RB_NOT_FOUND, "no_other_device",
                           _("You have no other computer. For the computer of a colleague type: "
                             "rembuk device lost --of CONTACT. If you have lost your only one and "
                             "sit at a new one, telephone a colleague, who types that with your "
                             "name: the screen tells who can shut it out."));
    }
    return failure_say(&context->failure, RB_AMBIGUOUS, "which_device",
                       _("Which computer is it? Add its number, which stands in: rembuk device "
                         "list"));
}

static enum rb_status read_device(struct context *context, const struct call *call,
                                  struct loss *loss) {
    enum rb_status status = devices_read(context, loss->person, &loss->devices);

    if (status != RB_OK) {
        return status;
    }
    if (call->argument_count == 0) {
        guess_device(loss);
        return loss->is_one || !loss->is_own ? RB_OK : fail_which(context, loss);
    }
    loss->is_one = true;
    status = device_find(context, &loss->devices, call->typed[0], &loss->index);
    return status == RB_OK ? device_check_other(context, lost_row(loss)) : status;
}

/* The caller clears `loss`, whatever comes back. */
static enum rb_status read_loss(struct context *context, const struct call *call,
                                struct loss *loss) {
    const char *notice = call_option(call, "notice");

    *loss = (struct loss) { .is_own = true };
    enum rb_status status = read_person(context, call, loss);
    if (status == RB_OK) {
        status = read_device(context, call, loss);
    }
    if (status == RB_OK && notice != NULL) {
        status = check_file_is_new(context, notice);
    }
    return status == RB_OK ? held_read(context, loss->person,
                                       loss->is_one ? lost_row(loss)->cert : NULL, &loss->held)
                           : status;
}

static enum rb_status lost_check(struct context *context, const struct call *call) {
    const char *reason = call_option(call, "reason");
    const struct span said = reason != NULL ? span_text(reason) : span_text("-");

    if (said.len == 0 || said.len > LETTER_SCOPE_BYTES_MAX || !text_is_printable(said)) {
        return failure_usage(&context->failure, "bad_text",
                             _("The text for --%s must have 1 to %zu characters, on one line."),
                             "reason", (size_t)LETTER_SCOPE_BYTES_MAX);
    }
    return RB_OK;
}

/* ---- The question ---- */

static void ask_own(struct context *context, const struct loss *loss, struct writer *question) {
    const struct device_row *row = lost_row(loss);
    char since[WHEN_BYTES];

    when_show(row->from_s * 1000, since);
    question_say(question, _("Computer %zu, \"%s\", yours since %s, is lost or stolen."),
                 loss->index + 1, output_name(context->out, row->name), since);
    held_ask(context->out, &loss->held, question);
    device_ask_revoke(question);
    question_say(question, _("Shut it out now? [y/n]"));
}

static void ask_letter(struct context *context, const struct loss *loss, struct writer *question) {
    const char *name = output_name(context->out, loss->name);

    question_say(question, _("A computer of %s is lost or stolen."), name);
    held_ask(context->out, &loss->held, question);
    question_say(question,
                 _("Your office has signed the letter of assignment of %s and can revoke it. That "
                   "shuts out all computers of %s, and %s needs a new letter and new invitations "
                   "afterwards. If %s has another computer that is safe, \"rembuk device lost\" "
                   "there shuts out the lost one alone."),
                 name, name, name, name);
    question_say(question, _("Revoke the letter now? [y/n]"));
}

/* What has been done already, or cannot be done from here, is not asked. */
static enum rb_status lost_question(struct context *context, const struct call *call,
                                    struct writer *question) {
    struct loss loss;

    enum rb_status status = read_loss(context, call, &loss);
    if (status == RB_OK && loss.is_own && !lost_row(&loss)->revoked) {
        ask_own(context, &loss, question);
        status = writer_end(question);
    } else if (status == RB_OK && !loss.is_own && loss.letters > 0) {
        ask_letter(context, &loss, question);
        status = writer_end(question);
    }
    loss_clear(&loss);
    return status;
}

/* ---- What is done ---- */

struct done {
    enum breach_act act;
    size_t circles;
    int64_t since_ms; /* when it was shut out, if that was before; else 0 */
};

/* From when on the law's time counts at the latest. */
static int64_t known_since(const struct done *done) {
    return done->since_ms > 0 ? done->since_ms : clock_now_ms();
}

/* A clock that ran ahead gives nobody more time. */
static enum rb_status read_since(struct context *context, const struct loss *loss,
                                 struct done *done) {
    int64_t since_ms = 0;
    const enum rb_status status =
        device_revoked_ms(context->store, loss->person, lost_row(loss)->cert, &since_ms);

    if (status == RB_OK && since_ms < clock_now_ms()) {
        done->since_ms = since_ms;
    }
    return status;
}

static enum rb_status shut_out(struct context *context, const struct call *call, struct loss *loss,
                               struct done *done) {
    const char *reason = call_option(call, "reason");
    enum rb_status status = RB_OK;

    if (loss->is_own && !lost_row(loss)->revoked) {
        done->act = BREACH_REVOKED_NOW;
        return device_shut_out(context, &loss->devices, loss->index, &done->circles);
    }
    if (loss->is_one && lost_row(loss)->revoked) {
        done->act = BREACH_REVOKED_BEFORE;
        status = read_since(context, loss, done);
    }
    if (status == RB_OK && !loss->is_own && loss->letters > 0) {
        done->act = BREACH_LETTER_REVOKED;
        status = letters_revoke(context->store, loss->person,
                                span_text(reason != NULL ? reason : _("a computer was lost")),
                                clock_now_ms(), &done->circles);
        if (status == RB_OK) {
            status = contacts_changed(context);
        }
    }
    return status;
}

/* ---- The notice ---- */

static void write_notice(struct context *context, const struct call *call, const struct loss *loss,
                         const struct done *done, int64_t now_ms, struct writer *text) {
    const struct device_row *row = loss->is_one ? lost_row(loss) : NULL;
    const char *reason = call_option(call, "reason");

    breach_notice_write(text,
                        &(struct breach_notice) {
                            .now_ms = now_ms,
                            .since_ms = done->act == BREACH_REVOKED_BEFORE ? done->since_ms : 0,
                            .owner = output_name(context->out, loss->name),
                            .computer = row != NULL ? output_name(context->out, row->name) : NULL,
                            .how = reason,
                            .from_s = row != NULL ? row->from_s : 0,
                            .last_seen_ms = row != NULL ? row->last_seen_ms : 0,
                            .act = done->act,
                            .held = &loss->held,
                        });
}

/* It is shut out by now, whatever becomes of the file. */
static enum rb_status fail_notice(struct context *context, enum rb_status status,
                                  const struct done *done, const char *path) {
    if (status == RB_OK || done->act == BREACH_OPEN) {
        return fail_file(context, status, path);
    }
    return failure_say(&context->failure, RB_REFUSED, "file_not_written",
                       _("It is shut out, but the notice could not be written into %s. Type the "
                         "same command again with another file."),
                       path);
}

static enum rb_status save_notice(struct context *context, const struct call *call,
                                  const struct loss *loss, const struct done *done) {
    const char *path = call_option(call, "notice");
    struct output *out = context->out;
    const int64_t now_ms = clock_now_ms();
    struct writer text;

    if (path == NULL) {
        output_null(out, "notice");
        output_null(out, "until");
        return RB_OK;
    }
    writer_init(&text, BREACH_NOTICE_BYTES_MAX);
    write_notice(context, call, loss, done, now_ms, &text);
    enum rb_status status = writer_end(&text);
    if (status == RB_OK) {
        status = file_write_new(path, writer_view(&text));
    }
    writer_clear(&text);
    status = fail_notice(context, status, done, path);
    if (status == RB_OK) {
        output_string(out, "notice", path);
        output_time(out, "until", breach_notice_until(known_since(done)));
    }
    return status;
}

static void say_notice(struct context *context, const struct call *call, const struct done *done) {
    const char *path = call_option(call, "notice");
    struct output *out = context->out;
    char until[WHEN_BYTES];

    when_show(breach_notice_until(known_since(done)), until);
    output_gap(out);
    if (path != NULL) {
        output_say(out,
                   _("The draft of the notice is in %s. Fill in its blanks; it must be sent "
                     "before %s."),
                   path, until);
    } else {
        output_say(out,
                   _("The law (27/2022, article 46) asks for a written notice within 3 x 24 "
                     "hours, that is before %s. For a draft, add to the same command: --notice "
                     "FILE"),
                   until);
    }
}

/* ---- What is said ---- */

static void say_disk(struct output *out) {
    output_say(out, _("What it has on its disk stays there, encrypted. Nobody reads it without the "
                      "passphrase, if the passphrase is strong and the computer was switched off "
                      "or rembuk was locked."));
}

/* Whoever opens the first computer of a person can add others. */
static void say_first(struct context *context, const struct loss *loss) {
    if (loss->index == 0 && store_self(context->store)->identity->is_further) {
        output_say(context->out,
                   _("It was your first computer: only that one can add others. If somebody could "
                     "know its passphrase, tell your office today, and begin anew with a new home "
                     "and new invitations."));
    }
}

static void say_own(struct context *context, const struct loss *loss, const struct done *done) {
    const struct device_row *row = lost_row(loss);

    if (done->act == BREACH_REVOKED_BEFORE) {
        output_say(context->out, _("Computer %zu, \"%s\", was shut out before."), loss->index + 1,
                   output_name(context->out, row->name));
    } else {
        device_say_shut_out(context, row, loss->index + 1, done->circles);
    }
    say_disk(context->out);
    say_first(context, loss);
}

/* How often that was told. */
struct told {
    size_t ways, dead_ends;
};

/* How one shuts a person out of one group or case, or whom to ask, or how to go on without. */
static enum rb_status say_removal(struct context *context, const struct loss *loss,
                                  const struct device_held *row, struct told *told) {
    static const struct circle_hint remove = {
        N_("- of %s: rembuk group remove %" PRId64 " %s"),
        N_("- of %s: rembuk case remove %" PRId64 " %s"),
    };
    struct output *out = context->out;
    struct refusal refusal = { 0 };
    struct circle_facts facts;
    char typed[CONTACT_TYPED_BYTES];

    enum rb_status status = circle_find(context, row->circle, &facts);
    if (status == RB_OK) {
        status = membership_check_remove(context->store, row->circle, loss->person, &refusal);
    }
    const bool may = status == RB_OK;
    const bool can_ask = status == RB_REFUSED && refusal.could_count > 0;
    if ((may || can_ask) && ++told->ways == 1) {
        output_say(out,
                   _("Who manages a group or case can remove %s from it, with all computers, and "
                     "add the person again later:"),
                   output_name(out, loss->name));
    }
    contact_typed(&loss->contact, typed);
    if (may) {
        output_say(out, circle_hint(&facts, remove), facts.shown, facts.number, typed);
    } else if (can_ask) {
        output_say(out, _("- of %s: ask %s"), facts.shown, output_name(out, refusal.could[0].name));
    }
    if (status == RB_REFUSED && !can_ask &&
        (refusal.rule == RULE_SENIOR || refusal.rule == RULE_MANAGERS)) {
        told->dead_ends++;
        circle_say_unremovable(out, &facts, output_name(out, loss->name));
    }
    refusal_clear(&refusal);
    /* Whoever is out of it, or oneself is, needs no removing. */
    return status == RB_REFUSED || status == RB_NOT_FOUND || status == RB_NOT_MEMBER ||
                   status == RB_NOT_ACCEPTED
               ? RB_OK
               : status;
}

static enum rb_status say_removals(struct context *context, const struct loss *loss) {
    enum rb_status status = RB_OK;
    struct told told = { 0 };

    for (size_t i = 0; i < loss->held.count && status == RB_OK; i++) {
        if (loss->held.rows[i].kind == CIRCLE_GROUP || loss->held.rows[i].kind == CIRCLE_CASE) {
            status = say_removal(context, loss, &loss->held.rows[i], &told);
        }
    }
    if (status == RB_OK && told.dead_ends > 0) {
        output_say(context->out, _("From today on write nothing there any more."));
    } else if (status == RB_OK && told.ways == 0 && loss->held.cases + loss->held.groups > 0) {
        output_say(context->out, _("Nobody else can remove %s from these groups and cases."),
                   output_name(context->out, loss->name));
    }
    return status;
}

/* The office that signed his letter. */
static enum rb_status say_office(struct context *context, const struct loss *loss) {
    struct output *out = context->out;
    struct letter_view view;
    struct op_pair pair;
    struct writer card;

    writer_init(&card, CARD_BYTES_MAX);
    enum rb_status status = contact_pair(context->store, loss->person, &card, &pair);
    if (status == RB_OK) {
        status = letter_view_read(context, pair.person_cert, pair.chain, &view);
    }
    if (status == RB_OK && view.office_count > 0) {
        output_say(out,
                   _("- \"%s\", the office that signed the letter of assignment, on its computer: "
                     "rembuk device lost --of CONTACT"),
                   output_line(out, view.offices[0].name));
    }
    writer_clear(&card);
    return status;
}

static enum rb_status say_who_can(struct context *context, const struct loss *loss) {
    struct output *out = context->out;
    const char *name = output_name(out, loss->name);

    output_say(out, _("This computer cannot shut it out. These can:"));
    output_say(out,
               _("- %s, on another computer of the same person, if there is one: rembuk device "
                 "lost"),
               name);
    enum rb_status status = say_office(context, loss);
    return status == RB_OK ? say_removals(context, loss) : status;
}

static enum rb_status say_other(struct context *context, const struct loss *loss,
                                const struct done *done) {
    struct output *out = context->out;
    const char *name = output_name(out, loss->name);
    enum rb_status status = RB_OK;

    switch (done->act) {
    case BREACH_LETTER_REVOKED:
        output_say(out,
                   _("The letter of assignment of %s is revoked. It stands in %zu groups and cases "
                     "here; the next entry there shuts out all computers of %s."),
                   name, done->circles, name);
        if (done->circles < loss->held.cases + loss->held.groups) {
            status = say_removals(context, loss);
        }
        break;
    case BREACH_REVOKED_BEFORE:
        output_say(out, _("This computer of %s is shut out already."), name);
        break;
    default:
        status = say_who_can(context, loss);
    }
    if (status == RB_OK) {
        say_disk(out);
    }
    return status;
}

static void put_loss(struct context *context, const struct loss *loss, const struct done *done) {
    struct output *out = context->out;

    output_hex(out, "person", span_of(loss->person, HASH_BYTES));
    output_string(out, "name", loss->name);
    if (loss->is_one) {
        device_put(out, &loss->devices, loss->index);
    } else {
        output_bool(out, "revoked", false);
    }
    output_bool(out, "letter_revoked", done->act == BREACH_LETTER_REVOKED);
    output_count(out, "circles", done->circles);
    if (loss->held.cases + loss->held.groups > 0) {
        output_heading(out, _("What it could read, as far as is known here:"));
    } else {
        output_say(out, _("As far as is known here, it could read no case and no group."));
    }
    held_put(out, &loss->held);
    output_gap(out);
}

static enum rb_status device_lost_run(struct context *context, const struct call *call) {
    struct done done = { .act = BREACH_OPEN };
    struct loss loss;

    enum rb_status status = read_loss(context, call, &loss);
    if (status == RB_OK) {
        status = shut_out(context, call, &loss, &done);
    }
    if (status == RB_OK) {
        put_loss(context, &loss, &done);
        status = save_notice(context, call, &loss, &done);
    }
    if (status == RB_OK && loss.is_own) {
        say_own(context, &loss, &done);
    } else if (status == RB_OK) {
        status = say_other(context, &loss, &done);
    }
    if (status == RB_OK) {
        say_notice(context, call, &done);
    }
    if (status == RB_OK && (done.act == BREACH_REVOKED_NOW || done.act == BREACH_LETTER_REVOKED)) {
        status = next_send(context, _("tell the others: rembuk sync"));
    }
    loss_clear(&loss);
    return status;
}

const struct command cmd_device_lost = {
    .name = "device lost",
    .name_id = "perangkat hilang",
    .arguments = { { .sort = ARGUMENT_WORD, .label = N_("NUMBER"), .optional = true } },
    .options = { { .name = "of",
                   .name_id = "milik",
                   .value = N_("CONTACT"),
                   .help = N_("the computer of a colleague, not one of yours"),
                   .names_contact = true },
                 { .name = "notice",
                   .name_id = "surat",
                   .value = N_("FILE"),
                   .help = N_("write a draft of the notice that the law asks for into this file"),
                   .is_file = true,
                   .question = N_("Into which file shall the draft of the notice be written?") },
                 { .name = "reason",
                   .name_id = "alasan",
                   .value = N_("TEXT"),
                   .help = N_("how it was lost; it stands in the draft"),
                   .question = N_("How was it lost? In a few words, without names.") } },
    .summary = N_("a laptop was lost or stolen: shut it out"),
    .help = N_("For a laptop that was lost or stolen: shows what it could read, shuts it out, and "
               "drafts the notice."),
    .more = N_("Type it at another computer of yours, as soon as you can. A computer that is not "
               "yours is shut out by its owner, by the office that signed the owner's letter, or "
               "by those who manage the groups and cases: --of CONTACT tells who can."),
    .examples = N_("rembuk device lost 2 --notice notice.txt --reason \"stolen on the bus\"\n"
                   "rembuk device lost --of \"Budi Misal\""),
    .needs = NEEDS_STORE,
    .check = lost_check,
    .question = lost_question,
    .run = device_lost_run,
};
