/* SPDX-License-Identifier: GPL-3.0-or-later */
/* case: opening, listing, sharing; note: writing into one.  Reading is in cmd_case_show.c. */
#include "cli/cases.h"
#include "cli/circles.h"
#include "cli/next.h"
#include "cli/offices.h"
#include "cli/oversight.h"
#include "cli/posts.h"
#include "cli/question.h"
#include "cli/team.h"
#include "cli/terms.h"
#include "cli/typed.h"
#include "node/node.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- new: what is told of the client ---- */

static enum rb_status read_cluster(struct context *context, const struct call *call,
                                   struct case_record *record) {
    const char *typed = call_option(call, "cluster");

    if (typed == NULL) {
        return RB_OK;
    }
    const char *cluster = cluster_parse(typed);
    if (cluster == NULL) {
        return failure_usage(
            &context->failure, "bad_cluster",
            _("The cluster \"%s\" is not known. Choose one: AJ, ADK, AMPK, ABH, BLT."), typed);
    }
    memcpy(record->cluster, cluster, strlen(cluster) + 1);
    return RB_OK;
}

static enum rb_status read_age(struct context *context, const struct call *call,
                               struct case_record *record) {
    const char *typed = call_option(call, "age");
    struct age age;

    if (typed == NULL) {
        return RB_OK;
    }
    enum rb_status status = typed_age(context, typed, &age);
    if (status == RB_OK) {
        record->has_age = true;
        record->age = age.number;
        record->age_unit = age.unit;
    }
    return status;
}

static enum rb_status read_age_day(struct context *context, const struct call *call,
                                   struct case_record *record) {
    const char *typed = call_option(call, "age-on");
    char day[WHEN_BYTES];

    if (typed != NULL && !record->has_age) {
        return failure_usage(&context->failure, "bad_age",
                             _("--age-on is the day on which the age was true: add --age too."));
    }
    if (!record->has_age) {
        return RB_OK;
    }
    enum rb_status status = typed_day(context, typed != NULL ? typed : "today", false, day);
    if (status == RB_OK) {
        memcpy(record->age_on, day, DATE_BYTES + 1);
    }
    return status;
}

static enum rb_status read_sex(struct context *context, const struct call *call,
                               struct case_record *record) {
    static const struct {
        const char *word;
        enum case_sex sex;
    } words[] = {
        { "L", SEX_MALE },   { "laki-laki", SEX_MALE },   { "male", SEX_MALE },
        { "P", SEX_FEMALE }, { "perempuan", SEX_FEMALE }, { "female", SEX_FEMALE },
    };
    const char *typed = call_option(call, "sex");

    for (size_t i = 0; typed != NULL && i < sizeof words / sizeof words[0]; i++) {
        if (strcasecmp(typed, words[i].word) == 0) {
            record->sex = words[i].sex;
        }
    }
    if (typed != NULL && record->sex == SEX_UNKNOWN) {
        return failure_usage(
            &context->failure, "bad_sex",
            _("\"%s\" is not known as sex. Write L (laki-laki, male) or P (perempuan, female)."),
            typed);
    }
    return RB_OK;
}

static enum rb_status read_record(struct context *context, const struct call *call,
                                  struct case_record *record) {
    *record = (struct case_record) { 0 };

    enum rb_status status = read_cluster(context, call, record);
    if (status == RB_OK) {
        status = read_age(context, call, record);
    }
    if (status == RB_OK) {
        status = read_age_day(context, call, record);
    }
    return status == RB_OK ? read_sex(context, call, record) : status;
}

static enum rb_status case_new_check(struct context *context, const struct call *call) {
    struct case_record record;

    return read_record(context, call, &record);
}

/* ---- new ---- */

/* What is unlikely is said and not refused: life may be like that. */
static void warn(struct output *out, const struct case_row *row) {
    const struct age age = { row->record.age, row->record.age_unit };
    char today[WHEN_BYTES];

    when_day(clock_now_ms(), today);
    if (row->record.has_age && age_is_adult(&age)) {
        output_say(out,
                   _("Note: the age is above 18 years. If that is a slip, write what is right: "
                     "rembuk note %" PRId64 " \"TEXT\""),
                   row->number);
    }
    if (row->record.has_age && strcmp(row->record.age_on, today) > 0) {
        output_say(out,
                   _("Note: the day of the age lies ahead. If that is a slip, write what is right: "
                     "rembuk note %" PRId64 " \"TEXT\""),
                   row->number);
    }
}

static enum rb_status case_new_run(struct context *context, const struct call *call) {
    struct output *out = context->out;
    struct case_record record;
    uint8_t circle[HASH_BYTES];
    struct case_row row;

    enum rb_status status = read_record(context, call, &record);
    if (status == RB_OK) {
        status = case_new(context->store, &record, clock_now_ms(), circle);
    }
    if (status == RB_OK) {
        status = case_get(context->store, circle, &row);
    }
    if (status != RB_OK) {
        return status;
    }
    case_put(out, &row);
    output_quiet(out, "%" PRId64, row.number);
    output_say(out, _("Case %" PRId64 " is opened; its code is %s."), row.number, row.code);
    output_say(out, _("Only you can read it, until you share it."));
    warn(out, &row);
    output_next(out, _("write the first entry: rembuk note %" PRId64 " \"TEXT\""), row.number);
    return RB_OK;
}

const struct command cmd_case_new = {
    .name = "case new",
    .name_id = "kasus baru",
    .options = { { .name = "cluster",
                   .name_id = "klaster",
                   .value = N_("AJ|ADK|AMPK|ABH|BLT"),
                   .help = N_("AJ, ADK, AMPK, ABH or BLT"),
                   .question = N_("Which cluster: AJ, ADK, AMPK, ABH or BLT?") },
                 { .name = "age",
                   .name_id = "usia",
                   .value = N_("AGE"),
                   .help = N_("in years (7), of a baby in months (8m)"),
                   .question = N_("How old? In years, such as 7; of a baby in months, such as "
                                  "8m.") },
                 { .name = "age-on",
                   .name_id = "usia-pada",
                   .value = N_("DATE"),
                   .help = N_("the day on which the age was true (today)") },
                 { .name = "sex",
                   .name_id = "kelamin",
                   .value = N_("L|P"),
                   .help = N_("L: male (laki-laki), P: female (perempuan)"),
                   .question = N_("Male (L) or female (P)?") } },
    .summary = N_("open a case"),
    .help = N_("Opens a case."),
    .more = N_("A case has a code instead of a name. What you do not know yet can be left out. "
               "Only you can read the case until you share it."),
    .examples = N_("rembuk case new --cluster ADK --age 7 --sex P\n"
                   "rembuk case new --age 8m --age-on 25/11/2026"),
    .needs = NEEDS_STORE,
    .check = case_new_check,
    .run = case_new_run,
};

/* ---- list ---- */

enum { SHOWN_CODE_BYTES = 128 };

struct listing {
    struct output *out;
    size_t count;
};

/* The code stands in the column, with a word behind it if one does not belong there any more, or
 * something waits for a manager. */
static void put_code(struct output *out, const struct case_row *row) {
    char code[SHOWN_CODE_BYTES];

    if (!row->is_member) {
        (void)snprintf(code, sizeof code, _("%s (left)"), case_code_shown(row));
        output_cell(out, "code", code);
    } else if (row->waiting > 0) {
        (void)snprintf(code, sizeof code, _("%s (waiting: %zu)"), case_code_shown(row),
                       row->waiting);
        output_cell(out, "code", code);
    }
}

static bool list_one(void *opaque, const struct case_row *row) {
    struct listing *listing = opaque;

    listing->count++;
    output_row_begin(listing->out);
    case_put(listing->out, row);
    output_count(listing->out, "waiting", row->waiting);
    put_code(listing->out, row);
    output_row_end(listing->out);
    return true;
}

static bool look_if_left(void *opaque, const struct case_row *row) {
    *(bool *)opaque = !row->is_member;
    return row->is_member; /* One is enough. */
}

static enum rb_status say_no_cases(struct context *context) {
    struct output *out = context->out;
    bool has_left = false;

    enum rb_status status = case_each(context->store, true, look_if_left, &has_left);
    if (status != RB_OK) {
        return status;
    }
    if (has_left) {
        output_say(out, _("You do not belong to any case now. Also those of before: rembuk case "
                          "list --all"));
    } else {
        output_say(out, _("There are no cases here yet."));
    }
    output_next(out, _("open one: rembuk case new"));
    return RB_OK;
}

static enum rb_status case_list_run(struct context *context, const struct call *call) {
    static const struct column columns[] = {
        { "number", N_("No.") },  { "code", N_("Code") },       { "age", N_("Age") },
        { "sex", N_("Sex") },     { "cluster", N_("Cluster") }, { "entry_count", N_("Entries") },
        { "last", N_("Newest") },
    };
    struct output *out = context->out;
    struct listing listing = { .out = out };

    output_list_begin(out, "cases", columns, sizeof columns / sizeof columns[0]);
    enum rb_status status =
        case_each(context->store, call_option(call, "all") != NULL, list_one, &listing);
    output_list_end(out);
    if (status != RB_OK) {
        return status;
    }
    if (listing.count == 0) {
        return say_no_cases(context);
    }
    output_next(out, _("read one: rembuk case show CASE"));
    return RB_OK;
}

const struct command cmd_case_list = {
    .name = "case list",
    .name_id = "kasus daftar",
    .options = { { .name = "all",
                   .name_id = "semua",
                   .help = N_("also cases whose team you have left, and those whose record has "
                              "not come yet") } },
    .summary = N_("which cases there are"),
    .help = N_("Lists your cases and those shared with you."),
    .examples = N_("rembuk case list\nrembuk case list --all"),
    .needs = NEEDS_STORE,
    .run = case_list_run,
};

/* ---- share ---- */

struct sharing {
    struct case_row row;
    struct circle_facts facts;
    struct contact contact;
    struct terms terms;
    struct terms_change change; /* for who belongs to the team already */
};

static enum rb_status fail_unverified(struct context *context, const struct sharing *sharing) {
    const char *name = output_name(context->out, sharing->contact.name);
    char typed[CONTACT_TYPED_BYTES];

    contact_typed(&sharing->contact, typed);
    return failure_say(&context->failure, RB_REFUSED, "not_verified",
                       _("Case %" PRId64 " was not shared: contact %s is not verified yet. Type: "
                         "rembuk contact verify %s"),
                       sharing->row.number, name, typed);
}

static enum rb_status fail_share(struct context *context, const struct sharing *sharing,
                                 enum rb_status status) {
    const char *name = output_name(context->out, sharing->contact.name);

    switch (status) {
    case RB_UNSAFE:
        return fail_unverified(context, sharing);
    case RB_EXISTS:
        return failure_say(&context->failure, status, "member_already",
                           _("Case %" PRId64 " is shared with %s already. Nothing was changed."),
                           sharing->row.number, name);
    case RB_REFUSED:
        return fail_not_manager(context, &sharing->facts, ACT_ADD);
    case RB_NOT_MEMBER:
        return failure_say(&context->failure, status, NULL,
                           _("Case %" PRId64 " was not shared: you do not belong to its team any "
                             "more."),
                           sharing->row.number);
    default:
        return status;
    }
}

/* Who belongs to the team may be given a higher role, or a later end, by sharing once more; a role
 * that is not named stays. */
static enum rb_status check_present(struct context *context, const struct call *call,
                                    struct sharing *sharing) {
    const struct terms *before = &sharing->change.before;
    struct terms *after = &sharing->terms;

    if (call_option(call, "role") == NULL) {
        after->role = before->role;
    }
    bool is_later =
        before->until_s != 0 && (after->until_s == 0 || after->until_s > before->until_s);
    if (terms_are_shorter(&sharing->change, after)) {
        return fail_shorter(context, &sharing->facts, &sharing->contact, &sharing->change);
    }
    if (after->role < before->role || (after->role == before->role && !is_later)) {
        return fail_share(context, sharing, RB_EXISTS);
    }
    return sharing->contact.verified ? RB_OK : fail_share(context, sharing, RB_UNSAFE);
}

/* Who is responsible for a case decides who else may share it. */
static enum rb_status check_manager(struct context *context, const struct sharing *sharing) {
    bool is_owner = memcmp(sharing->row.owner, store_self(context->store)->person, HASH_BYTES) == 0;

    if (sharing->terms.role < CIRCLE_MANAGER || is_owner) {
        return RB_OK;
    }
    return failure_say(&context->failure, RB_REFUSED, "not_owner",
                       _("Only %s, who is responsible for case %" PRId64
                         ", can make somebody a manager of it. Nothing was changed."),
                       output_name(context->out, sharing->row.owner_name), sharing->row.number);
}

/* Nothing is shared without consent or a legal basis (F14); who belongs to the team already has it
 * by the consent of then. */
static enum rb_status check_consent(struct context *context, const struct sharing *sharing) {
    struct oversight oversight;

    enum rb_status status = oversight_begin(context, sharing->row.circle, &oversight);
    if (status != RB_OK) {
        return status;
    }
    const struct consent consent = oversight_consent(&oversight, RECIPIENTS_TEAM);
    oversight_end(&oversight);
    if (consent.state == CONSENT_OPEN) {
        return RB_OK;
    }
    return failure_say(&context->failure, RB_REFUSED, "no_consent",
                       consent.state == CONSENT_WITHDRAWN
                           ? _("Case %" PRId64 " was not shared: the consent was withdrawn. What "
                               "that means shows: rembuk consent show %" PRId64)
                           : _("Case %" PRId64
                               " was not shared: there is no consent for it, and no "
                               "legal basis. Write it down first: rembuk consent add %" PRId64),
                       sharing->row.number, sharing->row.number);
}

/* Refuses before anybody is asked, and before anything is done: --yes is no verification. */
static enum rb_status read_sharing(struct context *context, const struct call *call,
                                   struct sharing *sharing) {
    const uint8_t *circle = call->objects[0].id;
    const uint8_t *person = call->objects[1].id;

    *sharing = (struct sharing) { .terms = { .role = CIRCLE_WRITER } };
    enum rb_status status = terms_read(context, call, &sharing->terms);
    if (status == RB_OK) {
        status = case_get(context->store, circle, &sharing->row);
    }
    if (status == RB_OK) {
        status = contact_get(context->store, person, &sharing->contact);
    }
    if (status == RB_OK && sharing->contact.revoked) {
        status = fail_revoked_contact(context, &sharing->contact);
    }
    if (status != RB_OK) {
        return status;
    }
    circle_facts_of_case(context, &sharing->row, &sharing->facts);
    status = terms_compare(context, &sharing->facts, person, &sharing->change);
    if (status != RB_OK) {
        return status;
    }
    status = case_check_share(context->store, circle, person);
    status = status == RB_EXISTS ? check_present(context, call, sharing)
             : status == RB_OK   ? check_consent(context, sharing)
                                 : fail_share(context, sharing, status);
    return status == RB_OK ? check_manager(context, sharing) : status;
}

/* Two contacts may bear one name: how the words begin that were compared tells them apart. */
static void ask_about_contact(struct context *context, const struct sharing *sharing,
                              struct writer *question) {
    char words[WORDS_BYTES_MAX];

    people_words(sharing->contact.person_pk, words);
    size_t first_len = strcspn(words, " ");
    size_t both_len = first_len + 1 + strcspn(words + first_len + 1, " ");
    question_say(question,
                 _("Case %" PRId64 " (%s) is to be shared with %s (contact %" PRId64
                   ", words: %.*s ...), %s."),
                 sharing->row.number, case_code_shown(&sharing->row),
                 output_name(context->out, sharing->contact.name), sharing->contact.number,
                 (int)both_len, words, role_shown(sharing->contact.role));
}

/* What is not as usual. */
static void ask_about_terms(const struct sharing *sharing, const char *name,
                            struct writer *question) {
    char when[WHEN_BYTES];

    if (sharing->terms.role == CIRCLE_READER) {
        question_say(question, _("%s can only read it, and write nothing."), name);
    }
    if (sharing->terms.role == CIRCLE_MANAGER) {
        question_say(question,
                     _("As a manager %s can share it with others, and remove whoever came later."),
                     name);
    }
    if (sharing->terms.until_s != 0) {
        when_show(sharing->terms.until_s * 1000, when);
        question_say(question,
                     _("It ends on %s: from then on nothing new can be read. What has arrived "
                       "stays."),
                     when);
    }
}

static enum rb_status case_share_question(struct context *context, const struct call *call,
                                          struct writer *question) {
    struct sharing sharing;
    size_t threads = 0;

    enum rb_status status = read_sharing(context, call, &sharing);
    if (status == RB_OK) {
        status = case_count_threads(context, &sharing.row, &threads);
    }
    if (status != RB_OK) {
        return status;
    }
    const char *name = output_name(context->out, sharing.contact.name);
    if (sharing.change.is_in) {
        terms_ask(question, &sharing.facts, name, &sharing.change, &sharing.terms);
        return writer_end(question);
    }
    ask_about_contact(context, &sharing, question);
    question_say(question,
                 _("%s will read the whole record from its beginning (entries: %zu, threads: %zu) "
                   "and all that will be written in it."),
                 name, sharing.row.entries, threads);
    if (sharing.change.was_in) {
        question_say(question,
                     _("%s then reads it from its beginning, also what was written in between."),
                     name);
    }
    ask_about_terms(&sharing, name, question);
    question_say(question, _("What has arrived on the computer of %s cannot be taken back."), name);
    question_say(question, _("Share it? [y/n]"));
    return writer_end(question);
}

static enum rb_status share(struct context *context, const struct sharing *sharing) {
    struct refusal refusal = { 0 };

    enum rb_status status =
        membership_add(context->store, sharing->row.circle, sharing->contact.person,
                       sharing->terms.role, sharing->terms.until_s, clock_now_ms(), &refusal);
    if (status == RB_REFUSED) {
        status = fail_rule(context, &sharing->facts, ACT_ADD,
                           output_name(context->out, sharing->contact.name), &refusal);
    } else if (status == RB_EXPIRED) {
        status = fail_letter(context, output_name(context->out, sharing->contact.name),
                             sharing->contact.letter_from_s, sharing->contact.letter_until_s);
    } else {
        status = fail_change(context, &sharing->facts, status);
    }
    refusal_clear(&refusal);
    return status;
}

static void say_shared(struct output *out, const struct sharing *sharing) {
    const char *name = output_name(out, sharing->contact.name);
    char when[WHEN_BYTES];

    if (sharing->change.is_in) {
        terms_say_changed(out, &sharing->facts, name, &sharing->change, &sharing->terms);
        return;
    }
    output_say(out, _("Case %" PRId64 " is shared with %s."), sharing->row.number, name);
    if (sharing->terms.until_s != 0) {
        when_show(sharing->terms.until_s * 1000, when);
        output_say(out, _("That ends on %s."), when);
    }
}

static enum rb_status case_share_run(struct context *context, const struct call *call) {
    struct output *out = context->out;
    struct sharing sharing;

    enum rb_status status = read_sharing(context, call, &sharing);
    if (status == RB_OK) {
        status = share(context, &sharing);
    }
    if (status == RB_OK) {
        status = case_get(context->store, sharing.row.circle, &sharing.row);
    }
    if (status == RB_OK) {
        case_put(out, &sharing.row);
        status = team_put(context, REF_CASE, sharing.row.circle, TEAM_UNSEEN);
    }
    if (status != RB_OK) {
        return status;
    }
    output_quiet(out, "%" PRId64, sharing.row.number);
    say_shared(out, &sharing);
    return next_send(context, _("send it: rembuk sync"));
}

const struct command cmd_case_share = {
    .name = "case share",
    .name_id = "kasus bagikan",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") },
                   { .sort = ARGUMENT_CONTACT, .label = N_("CONTACT") } },
    .options = { { .name = "role",
                   .name_id = "peran",
                   .value = N_("ROLE"),
                   .choices = N_("reader|writer|manager"),
                   .help = N_("reader, writer (usual) or manager, who may share it, too") },
                 { .name = "until",
                   .name_id = "sampai",
                   .value = N_("TIME"),
                   .help = N_("only until then: 25/11, friday, 3days") } },
    .summary = N_("let a contact read it"),
    .help = N_("Lets a contact read a case and write in it."),
    .more = N_("The contact must be verified; --yes does not replace that. Who joins reads the "
               "case from its beginning, and what has arrived there cannot be taken back. Share it "
               "once more to give a higher role or a later end. For a lower role or an earlier end "
               "remove that person first, then share it anew."),
    .examples = N_("rembuk case share 3273-26-K7QD \"Budi Misal\"\n"
                   "rembuk case share 4 2 --role reader --until 25/11"),
    .needs = NEEDS_STORE,
    .check = terms_check,
    .question = case_share_question,
    .run = case_share_run,
};
