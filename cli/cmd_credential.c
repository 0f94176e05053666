/* SPDX-License-Identifier: GPL-3.0-or-later */
/* credential: letters of assignment, which an office signs and any node verifies offline. */
#include "cli/invitees.h"
#include "cli/offices.h"
#include "cli/question.h"
#include "cli/rosters.h"
#include "cli/when.h"
#include "node/node.h"
#include "protocol/text.h"
#include "store/contacts.h"

#include <inttypes.h>
#include <string.h>

/* ---- issue ---- */

/* As long as a letter lasts that says nothing of it. */
#define TERM_MS_MAX (INT64_C(20) * 365 * 24 * 3600 * 1000)

/* A letter that is to be issued, and what its facts borrow. */
struct issue {
    bool own; /* for oneself: no contact was named */
    struct contact contact;
    uint8_t pk[SIGN_PUBLIC_BYTES];
    struct person_facts facts;
    struct letter_facts letter;
    char date[WHEN_BYTES];
    struct writer area;
    struct office_row office;
};

static enum rb_status read_role(struct context *context, const struct call *call,
                                struct issue *issue) {
    const char *word = call_option(call, "role");

    if (word != NULL && !role_parse(word, &issue->facts.role)) {
        return failure_usage(
            &context->failure, "bad_role",
            _("The role \"%s\" is not known. Choose one: sakti-peksos, tksk, supervisor, "
              "operator, relawan."),
            word);
    }
    return RB_OK;
}

static enum rb_status read_date(struct context *context, const struct call *call,
                                struct issue *issue) {
    const char *typed = call_option(call, "date");
    int64_t ms = 0;

    if (when_parse(span_text(typed), clock_now_ms(), &ms) != RB_OK) {
        return failure_usage(&context->failure, "bad_date",
                             _("\"%s\" is not a date. Type it like this: 25/11/2026"), typed);
    }
    when_day(ms, issue->date);
    issue->letter.date = span_text(issue->date);
    return RB_OK;
}

static enum rb_status fail_term(struct context *context, const char *typed) {
    return failure_usage(
        &context->failure, "bad_date",
        _("\"%s\" does not fit: a letter begins on a day, and ends on a later one that is still to "
          "come, at most 20 years from now. Type days like this: 25/11/2026"),
        typed);
}

/* From the first second of a day to the last second of another. */
static enum rb_status read_term(struct context *context, const struct call *call,
                                struct issue *issue) {
    const char *from = call_option(call, "from"), *until = call_option(call, "until");
    const int64_t now_ms = clock_now_ms();
    int64_t from_ms = 0, until_ms = 0;

    if (from != NULL && (when_parse(span_text(from), now_ms, &from_ms) != RB_OK || from_ms <= 0 ||
                         from_ms > now_ms + TERM_MS_MAX)) {
        return fail_term(context, from);
    }
    if (until != NULL &&
        (when_parse_end(span_text(until), now_ms, &until_ms) != RB_OK || until_ms <= now_ms ||
         until_ms > now_ms + TERM_MS_MAX || until_ms / 1000 <= from_ms / 1000)) {
        return fail_term(context, until);
    }
    issue->letter.from_s = from_ms / 1000;
    issue->letter.until_s = until_ms / 1000;
    return RB_OK;
}

static enum rb_status read_stated(struct context *context, const struct call *call,
                                  const char *option, size_t bytes_max, struct span *stated) {
    const char *typed = call_option(call, option);

    if (typed == NULL) {
        return RB_OK;
    }
    *stated = span_text(typed);
    if (stated->len == 0 || stated->len > bytes_max || !text_is_printable(*stated)) {
        return failure_usage(&context->failure, "bad_text",
                             _("The text for --%s must have 1 to %zu characters, on one line."),
                             option, bytes_max);
    }
    return RB_OK;
}

/* What the options say; it is looked at before anything is opened, too. */
static enum rb_status read_options(struct context *context, const struct call *call,
                                   struct issue *issue) {
    enum rb_status status =
        read_stated(context, call, "number", LETTER_NUMBER_BYTES_MAX, &issue->letter.number);

    if (status == RB_OK) {
        status = read_stated(context, call, "scope", LETTER_SCOPE_BYTES_MAX, &issue->letter.scope);
    }
    if (status == RB_OK) {
        status = read_date(context, call, issue);
    }
    if (status == RB_OK) {
        status = read_term(context, call, issue);
    }
    if (status == RB_OK) {
        status = read_role(context, call, issue);
    }
    return status == RB_OK ? area_read(context, call, &issue->area, &issue->facts.region) : status;
}

static enum rb_status issue_check(struct context *context, const struct call *call) {
    struct issue issue = { .own = false };

    writer_init(&issue.area, REGION_BYTES_MAX);
    enum rb_status status = read_options(context, call, &issue);
    writer_clear(&issue.area);
    if (status == RB_OK && call->argument_count > 0 && call_option(call, "out") == NULL) {
        status = failure_usage(&context->failure, "missing_option",
                               _("Add into which file the letter is to be written: --out FILE"));
    }
    return status;
}

static enum rb_status read_contact(struct context *context, const struct call *call,
                                   struct issue *issue) {
    struct contact *contact = &issue->contact;
    enum rb_status status = contact_get(context->store, call->objects[0].id, contact);

    if (status != RB_OK) {
        return status;
    }
    if (!contact->verified) {
        return failure_say(
            &context->failure, RB_REFUSED, "not_verified",
            _("No letter was made: the words of %s have not been compared yet. Type: "
              "rembuk contact verify %" PRId64),
            output_name(context->out, contact->name), contact->number);
    }
    memcpy(issue->pk, contact->person_pk, sizeof issue->pk);
    issue->facts = (struct person_facts) {
        .name = span_text(contact->name),
        .role = contact->role,
        .region = span_text(contact->region),
        .cluster = span_text(contact->cluster),
    };
    return RB_OK;
}

static void read_self(struct context *context, struct issue *issue) {
    const struct cert *self = &store_self(context->store)->person_cert;

    memcpy(issue->pk, self->subject, sizeof issue->pk);
    issue->facts = (struct person_facts) { self->name, self->role, self->region, self->cluster };
}

/* The rank that a role gives, as certificates have it. */
static enum cert_rank rank_of(enum person_role role) {
    switch (role) {
    case ROLE_SUPERVISOR:
        return RANK_SUPERVISOR;
    case ROLE_VOLUNTEER:
        return RANK_NONE;
    default:
        return RANK_WORKER;
    }
}

static enum rb_status choose_office(struct context *context, struct issue *issue) {
    enum office_rule rule = OFFICE_MAY;
    enum rb_status status = office_choose(context->store, rank_of(issue->facts.role),
                                          issue->facts.region, &issue->office, &rule);

    return status == RB_OK ? RB_OK : fail_office(context, status, rule, &issue->office);
}

/* The caller clears `issue->area`, whatever comes back. */
static enum rb_status read_issue(struct context *context, const struct call *call,
                                 struct issue *issue) {
    enum rb_status status = RB_OK;

    *issue = (struct issue) { .own = call->argument_count == 0 };
    writer_init(&issue->area, REGION_BYTES_MAX);
    if (issue->own) {
        read_self(context, issue);
    } else {
        status = read_contact(context, call, issue);
    }
    if (status == RB_OK) {
        status = read_options(context, call, issue);
    }
    if (status == RB_OK && issue->own && issue->letter.from_s > clock_now_ms() / 1000) {
        /* It is taken at once. */
        return fail_letter(context, NULL, issue->letter.from_s, issue->letter.from_s + 1);
    }
    return status == RB_OK ? choose_office(context, issue) : status;
}

static void ask_term(const struct issue *issue, struct writer *question) {
    char day[WHEN_BYTES], shown[DAY_SHOWN_BYTES];

    if (issue->letter.from_s > 0) {
        when_day(issue->letter.from_s * 1000, day);
        day_shown(span_text(day), shown);
        question_say(question, _("Holds from: %s"), shown);
    }
    if (issue->letter.until_s > 0) {
        when_day(issue->letter.until_s * 1000, day);
        day_shown(span_text(day), shown);
        question_say(question, _("Holds until: %s"), shown);
    }
}

static void ask_what(struct context *context, const struct issue *issue, struct writer *question) {
    struct output *out = context->out;
    char day[DAY_SHOWN_BYTES];

    day_shown(issue->letter.date, day);
    question_say(question, _("Letter of assignment for %s"), output_line(out, issue->facts.name));
    question_say(question, _("Number: %s"), output_line(out, issue->letter.number));
    question_say(question, _("Date: %s"), day);
    if (issue->letter.scope.len > 0) {
        question_say(question, _("For: %s"), output_line(out, issue->letter.scope));
    }
    ask_term(issue, question);
    question_say(question, _("Role: %s"), role_shown(issue->facts.role));
    question_say(question, _("Area: %s"), area_shown(out, issue->facts.region));
    question_say(question, _("Signed by: %s (%s, %s)"), output_name(out, issue->office.name),
                 office_rank_shown(issue->office.rank),
                 area_shown(out, span_text(issue->office.region)));
}

static enum rb_status issue_question(struct context *context, const struct call *call,
                                     struct writer *question) {
    struct issue issue;
    enum rb_status status = read_issue(context, call, &issue);

    if (status == RB_OK) {
        ask_what(context, &issue, question);
        if (issue.own) {
            question_say(question, _("This letter is for yourself."));
        }
        question_say(question, _("Sign it? [y/n]"));
        status = writer_end(question);
    }
    writer_clear(&issue.area);
    return status;
}

/* Takes apart a letter and looks whether all of it holds. */
static enum rb_status read_letter(struct context *context, struct span file,
                                  struct letter_view *view, struct span *chain) {
    struct span person;
    enum rb_status status = letter_file_read(file, &person, chain);

    return status == RB_OK ? letter_view_read(context, person, *chain, view) : status;
}

static enum rb_status take_letter(struct context *context, struct span file,
                                  struct letter_view *view) {
    struct span chain;
    enum rb_status status = read_letter(context, file, view, &chain);

    if (status == RB_OK) {
        status = letters_take(context->store, view->person.whole, chain, clock_now_ms());
    }
    return status == RB_EXPIRED
               ? fail_letter(context, NULL, view->person.not_before_s, view->person.not_after_s)
               : status;
}

/* Of a letter for oneself, what `issue` borrowed is gone by now. */
static void show_issued(struct context *context, const struct issue *issue,
                        const struct letter_view *view, const char *path) {
    struct output *out = context->out;

    letter_put(out, view);
    if (path != NULL) {
        output_string(out, "file", path);
        output_quiet(out, "%s", path);
        output_say(out, _("The letter of %s is in the file %s. It is not secret."),
                   output_line(out, view->person.name), path);
    }
    if (issue->own) {
        output_say(out, _("The letter is yours and counts from now on."));
        letter_next_card(out);
    } else {
        output_next(out, _("give the file to %s, who takes it in: rembuk credential take FILE"),
                    output_line(out, view->person.name));
    }
}

static enum rb_status issue_letter(struct context *context, const struct issue *issue,
                                   const char *path) {
    struct letter_view view;
    struct span chain;
    struct writer file;

    writer_init(&file, LETTER_FILE_BYTES_MAX);
    enum rb_status status = letter_issue(context->store, &issue->office, issue->pk, &issue->facts,
                                         &issue->letter, clock_now_ms(), &file);
    if (status == RB_OK && path != NULL) {
        status = armoured_write(context, path, "LETTER", writer_view(&file));
    }
    if (status == RB_OK && issue->own) {
        status = take_letter(context, writer_view(&file), &view);
    } else if (status == RB_OK) {
        status = read_letter(context, writer_view(&file), &view, &chain);
    }
    if (status == RB_OK) {
        show_issued(context, issue, &view, path);
        status = rosters_keep(context);
    }
    writer_clear(&file);
    return status;
}

static enum rb_status credential_issue_run(struct context *context, const struct call *call) {
    const char *path = call_option(call, "out");
    struct issue issue;

    enum rb_status status = read_issue(context, call, &issue);
    if (status == RB_OK && path != NULL) {
        status = check_file_is_new(context, path);
    }
    if (status == RB_OK) {
        status = issue_letter(context, &issue, path);
    }
    writer_clear(&issue.area);
    return status;
}

const struct command cmd_credential_issue = {
    .name = "credential issue",
    .name_id = "surat terbitkan",
    .arguments = { { .sort = ARGUMENT_CONTACT, .label = N_("CONTACT"), .optional = true } },
    .options = { { .name = "number",
                   .name_id = "nomor",
                   .value = N_("TEXT"),
                   .help = N_("the letter's number, as it stands on paper"),
                   .required = true,
                   .question = N_("What is the letter's number?") },
                 { .name = "date",
                   .name_id = "tanggal",
                   .value = N_("DATE"),
                   .help = N_("the letter's date, for example 25/11/2026"),
                   .required = true,
                   .question = N_("What is the letter's date? For example 25/11/2026") },
                 { .name = "scope",
                   .name_id = "untuk",
                   .value = N_("TEXT"),
                   .help = N_("what the letter is for, in a few words") },
                 { .name = "from",
                   .name_id = "mulai",
                   .value = N_("DATE"),
                   .help = N_("the first day on which it holds (today)") },
                 { .name = "until",
                   .name_id = "sampai",
                   .value = N_("DATE"),
                   .help = N_("the last day on which it holds, for example 31/12/2026") },
                 { .name = "role",
                   .name_id = "peran",
                   .value = N_("ROLE"),
                   .choices = "sakti-peksos|tksk|supervisor|operator|relawan",
                   .help = N_("another role than the contact's card says") },
                 { .name = "area",
                   .name_id = "wilayah",
                   .value = N_("CODE"),
                   .help = N_("another area than the contact's card says") },
                 { .name = "out",
                   .name_id = "ke-berkas",
                   .value = N_("FILE"),
                   .help = N_("write the letter into this file; needed for a contact"),
                   .is_file = true } },
    .help = N_("Signs a letter of assignment for a verified contact, by the office held here."),
    .more = N_("An office signs only for people below its own rank and within its own area. The "
               "letter gives the person standing in all groups and cases of this network, and any "
               "computer verifies it without a network. Without CONTACT the letter is for "
               "yourself and is taken at once. Without --until it holds for 20 years."),
    .examples = N_("rembuk credential issue Budi --number 800/12 --date 25/11/2026 --out budi.txt\n"
                   "rembuk credential issue --number 800/1 --date 2/1/2026 --role supervisor\n"
                   "rembuk credential issue --number 9 --date 2/1/2027 --until 31/12/2027"),
    .needs = NEEDS_STORE,
    .check = issue_check,
    .question = issue_question,
    .run = credential_issue_run,
};

/* ---- take ---- */

static enum rb_status fail_take(struct context *context, enum rb_status status,
                                const struct letter_view *view) {
    if (status == RB_REFUSED && view->revoked_ms > 0) {
        return fail_revoked_letter(context);
    }
    if (status == RB_REFUSED) {
        return failure_say(&context->failure, status, "not_yours",
                           _("This letter is for somebody else. Nothing was changed."));
    }
    return fail_content(context, status);
}

static enum rb_status credential_take_run(struct context *context, const struct call *call) {
    struct letter_view view = { .revoked_ms = 0 };
    struct writer file;

    writer_init(&file, LETTER_FILE_BYTES_MAX);
    enum rb_status status =
        armoured_read(context, call->texts[0], "LETTER", LETTER_FILE_BYTES_MAX, &file);
    if (status == RB_OK) {
        status = take_letter(context, writer_view(&file), &view);
        status = fail_take(context, status, &view);
    }
    if (status == RB_OK) {
        letter_put(context->out, &view);
        letter_say(context->out, &view);
        letter_next_card(context->out);
        status = rosters_keep(context);
    }
    writer_clear(&file);
    return status;
}

const struct command cmd_credential_take = {
    .name = "credential take",
    .name_id = "surat terima",
    .arguments = { { .sort = ARGUMENT_FILE,
                     .label = N_("FILE"),
                     .bytes_max = OFFICE_FILE_TEXT_BYTES_MAX,
                     .typing = N_("Paste the letter, then press Enter and Ctrl-D.") } },
    .help = N_("Takes in your letter of assignment, which counts from now on."),
    .more = N_("Everything in it is verified first. Letters that you had before are kept: see "
               "rembuk credential show, and choose with rembuk credential use. Groups and cases to "
               "which you belong already may still know the card that you had then."),
    .examples = N_("rembuk credential take letter.txt"),
    .needs = NEEDS_STORE,
    .run = credential_take_run,
};

/* ---- revoke ---- */

static enum rb_status fail_revoke(struct context *context, enum rb_status status,
                                  const char *name) {
    if (status == RB_NOT_FOUND) {
        return failure_say(&context->failure, status, "no_letter",
                           _("No office on this computer has given %s a letter that holds. Only "
                             "the office that signed it can revoke it. Nothing was changed."),
                           output_name(context->out, name));
    }
    return status;
}

/* Refuses if there is nothing to revoke. */
static enum rb_status read_revoked(struct context *context, const struct call *call,
                                   struct contact *contact) {
    size_t count = 0;
    enum rb_status status = contact_get(context->store, call->objects[0].id, contact);

    if (status == RB_OK) {
        status = letters_issued(context->store, contact->person, &count);
    }
    if (status == RB_OK && count == 0) {
        status = fail_revoke(context, RB_NOT_FOUND, contact->name);
    }
    return status;
}

static enum rb_status revoke_question(struct context *context, const struct call *call,
                                      struct writer *question) {
    struct contact contact;
    enum rb_status status = read_revoked(context, call, &contact);

    if (status != RB_OK) {
        return status;
    }
    const char *name = output_name(context->out, contact.name);
    question_say(question, _("The letter of assignment of %s is to be revoked."), name);
    question_say(question,
                 _("That shuts %s out of every group and case in which this letter was used, as "
                   "soon as the next member writes there. It cannot be taken back: whoever is to "
                   "come back needs a new letter and a new invitation."),
                 name);
    question_say(question, _("Revoke it? [y/n]"));
    return writer_end(question);
}

static enum rb_status revoke_check(struct context *context, const struct call *call) {
    struct span reason = { 0 };

    return read_stated(context, call, "reason", LETTER_SCOPE_BYTES_MAX, &reason);
}

static enum rb_status credential_revoke_run(struct context *context, const struct call *call) {
    const char *reason = call_option(call, "reason");
    struct output *out = context->out;
    struct contact contact;
    size_t circles = 0;

    enum rb_status status = read_revoked(context, call, &contact);
    if (status == RB_OK) {
        status = fail_revoke(context,
                             letters_revoke(context->store, contact.person, span_text(reason),
                                            clock_now_ms(), &circles),
                             contact.name);
    }
    if (status != RB_OK) {
        return status;
    }
    output_hex(out, "contact", span_of(contact.person, sizeof contact.person));
    output_string(out, "name", contact.name);
    output_bool(out, "revoked", true);
    output_string(out, "reason", reason);
    output_count(out, "circles", circles);
    output_quiet(out, "%" PRId64, contact.number);
    output_say(out, _("The letter of %s is revoked. The reason stays on this computer."),
               output_name(out, contact.name));
    if (circles > 0) {
        output_say(
            out,
            _("It stands in %zu groups and cases here; the next entry there shuts %s out, and "
              "the other members learn it with that entry."),
            circles, output_name(out, contact.name));
    } else {
        output_say(out, _("No group or case on this computer uses it yet. If one does later, it is "
                          "revoked there as well."));
    }
    output_next(out, _("tell the others: rembuk sync"));
    return rosters_keep(context);
}

const struct command cmd_credential_revoke = {
    .name = "credential revoke",
    .name_id = "surat cabut",
    .arguments = { { .sort = ARGUMENT_CONTACT, .label = N_("CONTACT") } },
    .options = { { .name = "reason",
                   .name_id = "alasan",
                   .value = N_("TEXT"),
                   .help = N_("why; it is kept on this computer"),
                   .required = true,
                   .question = N_("Why is the letter revoked?") } },
    .help = N_("Revokes the letters of assignment that the office held here has given a contact."),
    .examples = N_("rembuk credential revoke \"Budi Misal\" --reason \"assignment has ended\""),
    .needs = NEEDS_STORE,
    .check = revoke_check,
    .question = revoke_question,
    .run = credential_revoke_run,
};
