/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network request, network grant, network join: how an office of another computer comes into a
 * network. */
#include "cli/invitees.h"
#include "cli/offices.h"
#include "cli/question.h"
#include "node/node.h"
#include "protocol/armour.h"
#include "store/file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- request ---- */

static enum rb_status network_request_run(struct context *context, const struct call *call) {
    const char *path = call_option(call, "out");
    struct office_facts facts = { .name = call->texts[0] };
    struct office_request request;
    struct output *out = context->out;
    char words[WORDS_BYTES_MAX];
    struct writer area, bytes;

    writer_init(&area, REGION_BYTES_MAX);
    writer_init(&bytes, CERT_BYTES_MAX);
    enum rb_status status = area_read(context, call, &area, &facts.region);
    if (status == RB_OK) {
        status = check_file_is_new(context, path);
    }
    if (status != RB_OK) {
        goto done;
    }
    facts.rank = office_rank_of(facts.region);
    status = office_ask(context->store, &facts, &bytes);
    if (status == RB_OK) {
        status = armoured_write(context, path, "REQUEST", writer_view(&bytes));
    }
    if (status == RB_OK) {
        status = office_request_read(writer_view(&bytes), &request);
    }
    if (status != RB_OK) {
        goto done;
    }
    people_words(request.pk, words);
    office_put(out, facts.name, facts.region, facts.rank);
    output_string(out, "words", words);
    output_string(out, "file", path);
    output_quiet(out, "%s", path);
    output_say(out, _("The request of \"%s\" (%s, %s) is in the file %s. It is not secret."),
               output_line(out, facts.name), office_rank_shown(facts.rank),
               area_shown(out, facts.region), path);
    output_say(out, _("Its eight words, which the office above will compare with you:"));
    output_paragraph(out, span_text(words));
    output_next(out, _("take it to the office above, which signs it: rembuk network grant FILE "
                       "--out FILE"));
done:
    writer_clear(&bytes);
    writer_clear(&area);
    return status;
}

const struct command cmd_network_request = {
    .name = "network request",
    .name_id = "jaringan minta",
    .arguments = { { .sort = ARGUMENT_NAME, .label = N_("NAME") } },
    .options = { { .name = "area",
                   .name_id = "wilayah",
                   .value = N_("CODE"),
                   .help = N_("area of the office: 2 digits for a province, 4 for a district, 6 "
                              "for a sub-district, 10 for a village; none: everywhere") },
                 { .name = "out",
                   .name_id = "ke-berkas",
                   .value = N_("FILE"),
                   .help = N_("write the request into this file"),
                   .required = true,
                   .is_file = true,
                   .question = N_("Into which file shall the request be written?") } },
    .help = N_("Asks for an office on this computer: a key is made, and a request for it."),
    .examples = N_("rembuk network request \"Dinas Contoh\" --area 32.73 --out request.txt"),
    .needs = NEEDS_STORE,
    .run = network_request_run,
};

/* ---- grant ---- */

struct granting {
    struct writer bytes; /* of the request */
    struct office_request request;
};

static enum rb_status granting_begin(struct context *context, const struct call *call,
                                     struct granting *granting) {
    writer_init(&granting->bytes, CERT_BYTES_MAX);
    enum rb_status status =
        armoured_read(context, call->texts[0], "REQUEST", CERT_BYTES_MAX, &granting->bytes);

    return status == RB_OK
               ? fail_content(context, office_request_read(writer_view(&granting->bytes),
                                                           &granting->request))
               : status;
}

static size_t count_keys(const struct call *call) {
    size_t count = 0;

    for (size_t i = 0; i < call->option_count; i++) {
        count += strcmp(call->options[i].option->name, "key") == 0 ? 1 : 0;
    }
    return count;
}

/* The office here that may. */
static enum rb_status choose_granter(struct context *context, const struct office_facts *facts,
                                     struct office_row *office) {
    enum office_rule rule = OFFICE_MAY;

    enum rb_status status =
        office_choose(context->store, facts->rank, facts->region, office, &rule);
    return status == RB_OK ? RB_OK : fail_office(context, status, rule, office);
}

static enum rb_status grant_question(struct context *context, const struct call *call,
                                     struct writer *question) {
    struct granting granting;
    struct office_row office;
    char words[WORDS_BYTES_MAX];

    enum rb_status status = granting_begin(context, call, &granting);
    const struct office_facts *facts = &granting.request.facts;
    if (status == RB_OK && count_keys(call) == 0) {
        status = choose_granter(context, facts, &office);
    }
    if (status != RB_OK) {
        goto done;
    }
    people_words(granting.request.pk, words);
    question_say(question, _("\"%s\" asks to be %s (%s)."), output_line(context->out, facts->name),
                 office_rank_shown(facts->rank), area_shown(context->out, facts->region));
    if (count_keys(call) == 0) {
        question_say(question,
                     _("Your office \"%s\" will have signed for it: it can then give "
                       "letters and sign offices within that area."),
                     output_name(context->out, office.name));
    }
    question_say(question, _("Its eight words:"));
    question_say(question, "  %s", words);
    question_say(question, _("Telephone that office. Are these the words that you hear? [y/n]"));
    status = writer_end(question);
done:
    writer_clear(&granting.bytes);
    return status;
}

/* ---- grant: by two root keys ---- */

struct key_files {
    struct sign_key keys[ROOT_SIGNERS];
    size_t count;
    struct writer network; /* CERT of the root, if one of the files has it */
};

static enum rb_status fail_key(struct context *context, enum rb_status status, const char *path,
                               size_t nth) {
    switch (status) {
    case RB_MALFORMED:
        return failure_say(&context->failure, RB_MALFORMED, "bad_root_key",
                           _("The file %s has not the 24 words of a root key."), path);
    case RB_NOT_FOUND:
        return failure_say(&context->failure, RB_MALFORMED, "bad_root_key",
                           _("In %s word %zu is not in the list of words. Compare it with the "
                             "paper."),
                           path, nth);
    case RB_BAD_SIGNATURE:
        return failure_say(&context->failure, RB_MALFORMED, "bad_root_key",
                           _("The 24 words in %s do not fit together: one of them is another word. "
                             "Compare them with the paper."),
                           path);
    default:
        return status;
    }
}

static enum rb_status fail_key_file(struct context *context, enum rb_status status,
                                    const char *path) {
    return failure_say(&context->failure, status == RB_NOT_FOUND ? status : RB_REFUSED,
                       "file_unreadable",
                       _("The file %s is not there, cannot be read, or is too large."), path);
}

/* `text` is wiped by the caller. */
static enum rb_status key_take(struct context *context, const char *path, struct span text,
                               struct key_files *files) {
    uint8_t seed[SIGN_SEED_BYTES];
    size_t nth = 0;

    enum rb_status status = root_words_read(text, seed, &nth);
    status = fail_key(context, status, path, nth);
    if (status == RB_OK) {
        crypt_sign_from_seed(&files->keys[files->count++], seed);
    }
    crypt_wipe(seed, sizeof seed);
    if (status == RB_OK && files->network.len == 0 &&
        armour_read(text, "NETWORK", CERT_BYTES_MAX, &files->network) != RB_OK) {
        writer_reset(&files->network); /* Typed from paper: it has the words alone. */
    }
    return status;
}

static enum rb_status key_read(struct context *context, const char *path, struct key_files *files) {
    uint8_t *text = rb_alloc(1, OFFICE_FILE_TEXT_BYTES_MAX);
    size_t len = 0;

    enum rb_status status = file_read(path, text, OFFICE_FILE_TEXT_BYTES_MAX, &len);
    if (status == RB_OK) {
        status = key_take(context, path, span_of(text, len), files);
    } else {
        status = fail_key_file(context, status, path);
    }
    crypt_wipe(text, OFFICE_FILE_TEXT_BYTES_MAX);
    free(text);
    return status;
}

static enum rb_status keys_read(struct context *context, const struct call *call,
                                struct key_files *files) {
    enum rb_status status = RB_OK;

    if (count_keys(call) != ROOT_SIGNERS) {
        return failure_say(&context->failure, RB_REFUSED, "two_root_keys",
                           _("Two of the three root keys are needed, each in a file of its own: "
                             "--key FILE --key FILE. Nothing was signed."));
    }
    for (size_t i = 0; i < call->option_count && status == RB_OK; i++) {
        if (strcmp(call->options[i].option->name, "key") == 0) {
            status = key_read(context, call->options[i].value, files);
        }
    }
    return status;
}

/* The root above the first office that has one: for keys that were typed from paper. */
static bool take_root(void *opaque, const struct office_row *office) {
    struct writer *network = opaque;
    struct cert offices[CHAIN_CERTS_MAX];
    size_t count = 0;

    if (!office->granted || chain_decode(office_row_chain(office), offices, &count) != RB_OK) {
        return true;
    }
    writer_span(network, offices[count - 1].whole);
    return false;
}

static enum rb_status fail_root(struct context *context, enum rb_status status) {
    switch (status) {
    case RB_NOT_FOUND:
        return failure_say(&context->failure, RB_REFUSED, "not_root_key",
                           _("At least one of these keys is no root key of this network. Nothing "
                             "was signed."));
    case RB_EXISTS:
        return failure_say(&context->failure, RB_REFUSED, "two_root_keys",
                           _("These two files hold the same key. Two different ones are needed. "
                             "Nothing was signed."));
    default:
        return fail_content(context, status);
    }
}

static enum rb_status grant_by_keys(struct context *context, const struct call *call,
                                    const struct office_request *request, struct writer *chain) {
    struct key_files *files = crypt_secret_alloc(sizeof *files);

    writer_init(&files->network, CERT_BYTES_MAX);
    enum rb_status status = keys_read(context, call, files);
    if (status == RB_OK && files->network.len == 0) {
        status = offices_each(context->store, take_root, &files->network);
    }
    if (status == RB_OK && files->network.len == 0) {
        status = failure_say(&context->failure, RB_REFUSED, "no_network",
                             _("Which network it is stands in neither file: add the block \"BEGIN "
                               "REMBUK NETWORK\" (jaringan.txt) below the words of one."));
    }
    if (status == RB_OK) {
        status = fail_root(context, office_grant_by_root(writer_view(&files->network),
                                                         &files->keys[0], &files->keys[1], request,
                                                         clock_now_ms() / 1000, chain));
    }
    writer_clear(&files->network);
    crypt_secret_free(files);
    return status;
}

static enum rb_status grant_by_office(struct context *context, const struct office_request *request,
                                      struct writer *chain) {
    struct office_row office;

    enum rb_status status = choose_granter(context, &request->facts, &office);
    return status == RB_OK
               ? office_grant(context->store, &office, request, clock_now_ms() / 1000, chain)
               : status;
}

static enum rb_status network_grant_run(struct context *context, const struct call *call) {
    const char *path = call_option(call, "out");
    struct output *out = context->out;
    struct granting granting;
    struct writer chain;

    writer_init(&chain, CHAIN_BYTES_MAX);
    enum rb_status status = granting_begin(context, call, &granting);
    const struct office_facts *facts = &granting.request.facts;
    if (status == RB_OK) {
        status = count_keys(call) > 0 ? grant_by_keys(context, call, &granting.request, &chain)
                                      : grant_by_office(context, &granting.request, &chain);
    }
    if (status == RB_OK) {
        status = armoured_write(context, path, "OFFICE", writer_view(&chain));
    }
    if (status != RB_OK) {
        goto done;
    }
    office_put(out, facts->name, facts->region, facts->rank);
    output_string(out, "file", path);
    output_quiet(out, "%s", path);
    output_say(out, _("\"%s\" (%s, %s) is signed; the file %s is not secret."),
               output_line(out, facts->name), office_rank_shown(facts->rank),
               area_shown(out, facts->region), path);
    output_next(out, _("give it back to that office, which takes it in: rembuk network join FILE"));
done:
    writer_clear(&chain);
    writer_clear(&granting.bytes);
    return status;
}

const struct command cmd_network_grant = {
    .name = "network grant",
    .name_id = "jaringan beri",
    .arguments = { { .sort = ARGUMENT_FILE,
                     .label = N_("FILE"),
                     .bytes_max = OFFICE_FILE_TEXT_BYTES_MAX,
                     .typing = N_("Paste the request, then press Enter and Ctrl-D.") } },
    .options = { { .name = "out",
                   .name_id = "ke-berkas",
                   .value = N_("FILE"),
                   .help = N_("write the answer into this file"),
                   .required = true,
                   .is_file = true,
                   .question = N_("Into which file shall the answer be written?") },
                 { .name = "key",
                   .name_id = "kunci-akar",
                   .value = N_("FILE"),
                   .help = N_("sign with root keys instead of an office: twice, two different "
                              "ones"),
                   .repeated = true,
                   .is_file = true } },
    .help = N_("Signs the request of another office, with the office held here or with two root "
               "keys."),
    .more = N_("An office signs only for offices below its own rank and within its own area. A "
               "file with a root key needs its 24 words; lines that begin with # do not count."),
    .examples = N_("rembuk network grant request.txt --out office.txt\n"
                   "rembuk network grant request.txt --out office.txt --key k1.txt --key k3.txt"),
    .needs = NEEDS_STORE,
    .question = grant_question,
    .run = network_grant_run,
};

/* ---- join ---- */

static enum rb_status fail_join(struct context *context, enum rb_status status) {
    switch (status) {
    case RB_NOT_FOUND:
        return failure_say(&context->failure, status, "not_asked",
                           _("This answers a request of another computer. Take it in where the "
                             "request was made."));
    case RB_EXISTS:
        return failure_say(&context->failure, status, NULL,
                           _("This office has been signed for already. Nothing was changed."));
    case RB_REFUSED:
        return failure_say(&context->failure, status, "not_as_asked",
                           _("It is signed for another name, area or rank than was asked for. "
                             "Nothing was changed."));
    default:
        return fail_content(context, status);
    }
}

static enum rb_status network_join_run(struct context *context, const struct call *call) {
    struct cert offices[CHAIN_CERTS_MAX];
    struct output *out = context->out;
    struct office_row office;
    struct writer chain;
    size_t count = 0;

    writer_init(&chain, CHAIN_BYTES_MAX);
    enum rb_status status =
        armoured_read(context, call->texts[0], "OFFICE", CHAIN_BYTES_MAX, &chain);
    if (status == RB_OK) {
        status = fail_join(context, office_join(context->store, writer_view(&chain), &office));
    }
    writer_clear(&chain);
    if (status == RB_OK) {
        status = chain_decode(office_row_chain(&office), offices, &count);
    }
    if (status != RB_OK) {
        return status;
    }
    office_row_put(out, &office);
    chain_put(out, offices, count);
    output_quiet(out, "%" PRId64, office.number);
    output_say(out, _("\"%s\" (%s, %s) is an office of the network now."),
               output_name(out, office.name), office_rank_shown(office.rank),
               area_shown(out, span_text(office.region)));
    chain_say(out, offices, count, 1);
    output_next(out, _("give letters of assignment: rembuk credential issue CONTACT --number N "
                       "--date D --out FILE"));
    return RB_OK;
}

const struct command cmd_network_join = {
    .name = "network join",
    .name_id = "jaringan ikut",
    .arguments = { { .sort = ARGUMENT_FILE,
                     .label = N_("FILE"),
                     .bytes_max = OFFICE_FILE_TEXT_BYTES_MAX,
                     .typing = N_("Paste the answer, then press Enter and Ctrl-D.") } },
    .help = N_("Takes in the answer to a request: this computer holds the office then."),
    .examples = N_("rembuk network join office.txt"),
    .needs = NEEDS_STORE,
    .run = network_join_run,
};
