/* SPDX-License-Identifier: GPL-3.0-or-later */
/* init: one's own person, device and data folder. */
#include "cli/ask.h"
#include "cli/passphrase.h"
#include "cli/people.h"
#include "cli/refer.h"
#include "node/node.h"
#include "protocol/casework/area.h"
#include "store/home.h"

enum { STORE_WAIT_MS = 10000 };

/* ---- What a person says of himself ---- */

static enum rb_status read_role(struct context *context, const struct call *call,
                                struct person_facts *facts) {
    const char *word = call_option(call, "role");

    if (!role_parse(word, &facts->role)) {
        return failure_usage(
            &context->failure, "bad_role",
            _("The role \"%s\" is not known. Choose one: sakti-peksos, tksk, supervisor, "
              "operator, relawan."),
            word);
    }
    return RB_OK;
}

static enum rb_status read_cluster(struct context *context, const struct call *call,
                                   struct person_facts *facts) {
    const char *word = call_option(call, "cluster");

    if (word == NULL) {
        return RB_OK;
    }
    const char *cluster = cluster_parse(word);
    if (cluster != NULL) {
        facts->cluster = span_text(cluster);
        return RB_OK;
    }
    return failure_usage(&context->failure, "bad_cluster",
                         _("The cluster \"%s\" is not known. Choose one: AJ, ADK, AMPK, ABH, BLT."),
                         word);
}

/* `digits` holds what facts->region borrows. */
static enum rb_status read_area(struct context *context, const struct call *call,
                                struct person_facts *facts, struct writer *digits) {
    const char *code = call_option(call, "area");

    if (code == NULL) {
        return RB_OK;
    }
    if (area_parse(span_text(code), digits) != RB_OK) {
        return failure_usage(
            &context->failure, "bad_area",
            _("\"%s\" is not an area code. It has 2, 4, 6 or 10 digits, for example 32, "
              "32.73, 32.73.04 or 32.73.04.1002."),
            code);
    }
    facts->region = writer_view(digits);
    return RB_OK;
}

static bool is_area(struct span typed) {
    struct writer digits;

    writer_init(&digits, REGION_BYTES_MAX);
    const bool holds = area_parse(typed, &digits) == RB_OK;
    writer_clear(&digits);
    return holds;
}

static enum rb_status read_facts(struct context *context, const struct call *call,
                                 struct person_facts *facts, struct writer *digits) {
    facts->name = span_text(call_option(call, "name"));

    enum rb_status status = refer_check_person_name(context, facts->name);
    if (status == RB_OK) {
        status = read_role(context, call, facts);
    }
    if (status == RB_OK) {
        status = read_cluster(context, call, facts);
    }
    return status == RB_OK ? read_area(context, call, facts, digits) : status;
}

/* ---- Creation ---- */

/* Before the passphrase is asked: a home that is there is never touched. */
static enum rb_status check_free(struct context *context) {
    const char *folder = context->settings->home;
    struct home home;

    if (folder[0] == '\0') {
        return failure_say(&context->failure, RB_NOT_FOUND, "no_home",
                           _("It is not known where your data is to be. Add: --home DIR"));
    }
    enum rb_status status = home_at(&home, folder);
    if (status == RB_OK && file_exists(home.key)) {
        return failure_say(
            &context->failure, RB_EXISTS, "home_exists",
            _("Your data is in %s already. Nothing was changed. For another person take "
              "another folder: --home DIR"),
            folder);
    }
    return status;
}

static enum rb_status create(struct context *context, const struct person_facts *facts,
                             const struct passphrase *passphrase) {
    const struct store_new created = {
        .home = context->settings->home,
        .passphrase = passphrase_view(passphrase),
        .passes = passphrase_passes(),
        .facts = *facts,
        .now_ms = clock_now_ms(),
    };
    enum rb_status status = store_create(&created);

    if (status == RB_EXISTS) {
        return failure_say(
            &context->failure, status, "home_not_empty",
            _("The folder %s is not empty. Nothing was changed. Take an empty or a new "
              "folder: --home DIR"),
            context->settings->home);
    }
    return status == RB_OK ? store_open(&context->store, context->settings->home,
                                        passphrase_view(passphrase), STORE_WAIT_MS, NULL)
                           : status;
}

static void show_self(struct context *context) {
    const struct store_self *self = store_self(context->store);
    struct output *out = context->out;
    char words[WORDS_BYTES_MAX];

    people_words(self->identity->person.public, words);
    output_hex(out, "person", span_of(self->person, sizeof self->person));
    output_hex(out, "device", span_of(self->device_cert.id, sizeof self->device_cert.id));
    output_string(out, "words", words);
    output_quiet(out, "%s", words);
    output_say(out, _("Your data folder is ready: %s"), context->settings->home);
    output_say(out, _("If you forget the passphrase, nobody can open this again. Keep it safe."));
    output_say(out, _("Your eight words, by which contacts recognise you:"));
    output_paragraph(out, span_text(words));
    output_next(out, _("make your card, give it to your contacts, and add theirs: "
                       "rembuk card --out my.card"));
}

static enum rb_status init_run(struct context *context, const struct call *call) {
    struct person_facts facts = { 0 };
    struct passphrase passphrase = { 0 };
    struct writer digits;

    writer_init(&digits, REGION_BYTES_MAX);
    enum rb_status status = read_facts(context, call, &facts, &digits);
    if (status != RB_OK) {
        goto done;
    }
    status = check_free(context);
    if (status != RB_OK) {
        goto done;
    }
    status = ask_new_passphrase(context, context->settings->passphrase_file, &passphrase);
    if (status != RB_OK) {
        goto done;
    }
    status = create(context, &facts, &passphrase);
    if (status == RB_OK) {
        show_self(context);
    }
done:
    store_close(&context->store);
    passphrase_clear(&passphrase);
    writer_clear(&digits);
    return status;
}

const struct command cmd_init = {
    .name = "init",
    .name_id = "mulai",
    .options = { { .name = "name",
                   .name_id = "nama",
                   .value = N_("NAME"),
                   .help = N_("your name, as colleagues will see it"),
                   .required = true,
                   .question = N_("What is your name, as colleagues will see it?") },
                 { .name = "role",
                   .name_id = "peran",
                   .value = N_("ROLE"),
                   .choices = "sakti-peksos|tksk|supervisor|operator|relawan",
                   .help = N_("sakti-peksos (works with children), tksk (works in a sub-district), "
                              "supervisor, operator (looks after an office's computer), relawan "
                              "(volunteer)"),
                   .required = true,
                   .question = N_("What is your role? sakti-peksos, tksk, supervisor, operator or "
                                  "relawan (volunteer)") },
                 { .name = "cluster",
                   .name_id = "klaster",
                   .value = N_("CLUSTER"),
                   .choices = "AJ|ADK|AMPK|ABH|BLT",
                   .help = N_("AJ (neglected and street children), ADK (children with a "
                              "disability), AMPK (children who need special protection), ABH "
                              "(children in conflict with the law) or BLT (under-fives)"),
                   .question = N_("Which cluster do you work in: AJ, ADK, AMPK, ABH or BLT? Enter "
                                  "if none.") },
                 { .name = "area",
                   .name_id = "wilayah",
                   .value = N_("CODE"),
                   .help = N_("area code of 2, 4, 6 or 10 digits, for example 32.73.04; it begins "
                              "the codes of your cases"),
                   .takes = is_area,
                   .question = N_("Which area do you work in? Its code, for example 32.73 for "
                                  "Kota Bandung. Enter if you do not know it.") } },
    .summary = N_("begin: your data folder"),
    .help = N_("Makes your data folder and your keys; done once."),
    .more = N_("Asks twice for a new passphrase of at least 8 characters. The folder must be new "
               "or empty."),
    .examples = N_("rembuk init --name \"Sari Umpama\" --role sakti-peksos --area 32.73\n"
                   "rembuk init --name \"Budi Misal\" --role tksk --home ~/rembuk-budi"),
    .needs = NEEDS_SHELL,
    .run = init_run,
};
