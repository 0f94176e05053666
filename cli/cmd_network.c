/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network new, network show: founding one, whose root is three keys on paper.  How other offices
 * come into it is in cmd_office.c. */
#include "cli/invitees.h"
#include "cli/offices.h"
#include "cli/refer.h"
#include "cli/rosters.h"
#include "node/node.h"
#include "protocol/armour.h"
#include "store/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- new ---- */

enum { FILES = ROOT_KEYS + 1, KEY_FILE_BYTES_MAX = 8192, WORDS_IN_LINE = 6 };

struct new_files {
    char paths[FILES][PATH_BYTES_MAX]; /* the last one is the network's */
    size_t written;
    size_t kept_len; /* folder_make */
};

/* The home is what is copied, backed up and stolen. */
static enum rb_status check_outside_home(struct context *context, const char *folder) {
    const struct span home = span_text(context->settings->home), path = span_text(folder);
    const bool is_inside = path.len >= home.len && span_equal(span_of(path.data, home.len), home) &&
                           (path.len == home.len || path.data[home.len] == '/');

    if (is_inside && home.len > 0) {
        return failure_say(&context->failure, RB_REFUSED, "inside_home",
                           _("The root keys must not lie in your data folder: choose another "
                             "folder, best on a USB stick."));
    }
    return RB_OK;
}

static enum rb_status files_plan(struct context *context, const char *folder,
                                 struct new_files *files) {
    static const char *const names[FILES] = { "kunci-akar-1.txt", "kunci-akar-2.txt",
                                              "kunci-akar-3.txt", "jaringan.txt" };
    enum rb_status status = check_outside_home(context, folder);

    for (size_t i = 0; i < FILES && status == RB_OK; i++) {
        status = file_path(files->paths[i], folder, names[i]);
        if (status == RB_OK) {
            status = check_file_is_new(context, files->paths[i]);
        }
    }
    if (status != RB_OK) {
        return status;
    }
    status = folder_make(folder, &files->kept_len);
    if (status != RB_OK) {
        folder_unmake(folder, files->kept_len);
    }
    return fail_file(context, status, folder);
}

/* Whoever founds nothing leaves nothing lying about. */
static void files_undo(const struct new_files *files, const char *folder) {
    for (size_t i = 0; i < files->written; i++) {
        (void)unlink(files->paths[i]); /* nothing else can be done about it */
    }
    folder_unmake(folder, files->kept_len);
}

static void write_line(struct writer *text, const char *line) {
    writer_span(text, span_text("# "));
    writer_span(text, span_text(line));
    writer_u8(text, '\n');
}

/* The 24 words in lines that fit on a small sheet. */
static void write_words(struct writer *text, const uint8_t seed[static SIGN_SEED_BYTES]) {
    const size_t from = text->len;
    size_t blanks = 0;

    root_words_write(text, seed);
    for (size_t i = from; i < text->len; i++) {
        if (text->data[i] == ' ' && ++blanks % WORDS_IN_LINE == 0) {
            text->data[i] = '\n';
        }
    }
    writer_u8(text, '\n');
}

static void write_key(struct writer *text, const struct founding *founding, size_t nth,
                      const char *network) {
    char title[NAME_BYTES_MAX + 128];

    (void)snprintf(title, sizeof title, _("rembuk: root key %d of %d of the network \"%s\""),
                   (int)nth + 1, (int)ROOT_KEYS, network);
    write_line(text, title);
    write_line(text, _("SECRET. Print it or put it on a USB stick, and give it to one person."));
    write_line(text, _("Any two of the three keys together make offices. One alone does nothing."));
    write_line(text, _("The 24 words are the key; the block below them is not secret."));
    writer_u8(text, '\n');
    write_words(text, founding->root[nth].seed);
    writer_u8(text, '\n');
    armour_write(text, "NETWORK", writer_view(&founding->root_cert));
}

static enum rb_status files_write(struct context *context, const struct founding *founding,
                                  const char *network, struct new_files *files) {
    enum rb_status status = RB_OK;
    struct writer text;

    for (size_t i = 0; i < FILES && status == RB_OK; i++) {
        writer_init(&text, KEY_FILE_BYTES_MAX);
        if (i < ROOT_KEYS) {
            write_key(&text, founding, i, network);
        } else {
            armour_write(&text, "NETWORK", writer_view(&founding->root_cert));
        }
        status = writer_end(&text);
        if (status == RB_OK) {
            status = fail_file(context, file_write_new(files->paths[i], writer_view(&text)),
                               files->paths[i]);
        }
        files->written += status == RB_OK ? 1 : 0;
        writer_clear(&text);
    }
    return status;
}

static enum rb_status show_founded(struct context *context, const struct office_row *office,
                                   const struct new_files *files) {
    struct cert offices[CHAIN_CERTS_MAX];
    struct output *out = context->out;
    size_t count = 0;

    enum rb_status status = chain_decode(office_row_chain(office), offices, &count);
    if (status != RB_OK) {
        return status;
    }
    office_row_put(out, office);
    chain_put(out, offices, count);
    output_list_begin(out, "files", NULL, 0);
    for (size_t i = 0; i < FILES; i++) {
        output_string(out, NULL, files->paths[i]);
    }
    output_list_end(out);
    output_quiet(out, "%" PRId64, office->number);
    output_say(out, _("The network \"%s\" is founded. Its three root keys are in these files:"),
               output_line(out, offices[count - 1].name));
    for (size_t i = 0; i < ROOT_KEYS; i++) {
        output_paragraph(out, span_text(files->paths[i]));
    }
    output_say(out, _("Give them to three people, one each, on paper or USB, and then delete these "
                      "files: this computer keeps none of the keys. Any two of them together make "
                      "new offices; whoever has two can do so in your name."));
    output_say(out, _("The first office, \"%s\" (%s, %s), is on this computer."),
               output_name(out, office->name), office_rank_shown(office->rank),
               area_shown(out, span_text(office->region)));
    chain_say(out, offices, count, count - 1);
    output_next(out, _("give letters of assignment: rembuk credential issue CONTACT --number N "
                       "--date D --out FILE"));
    return RB_OK;
}

/* `area` holds what `facts` borrow. */
static enum rb_status read_first_office(struct context *context, const struct call *call,
                                        struct writer *area, struct office_facts *facts) {
    const char *office = call_option(call, "office");

    facts->name = office != NULL ? span_text(office) : call->texts[0];
    enum rb_status status = refer_check_person_name(context, facts->name);
    if (status == RB_OK) {
        status = area_read(context, call, area, &facts->region);
    }
    facts->rank = office_rank_of(facts->region);
    return status;
}

static enum rb_status found(struct context *context, const struct call *call,
                            const struct office_facts *facts, struct new_files *files) {
    struct founding *founding = crypt_secret_alloc(sizeof *founding);
    const char *folder = call_option(call, "out");
    struct office_row office;

    enum rb_status status = founding_make(founding, call->texts[0], facts, clock_now_ms() / 1000);
    if (status == RB_OK) {
        status = files_write(context, founding, output_line(context->out, call->texts[0]), files);
    }
    if (status == RB_OK) {
        status = founding_save(context->store, founding, &office);
    }
    if (status != RB_OK) {
        files_undo(files, folder);
    }
    founding_clear(founding);
    crypt_secret_free(founding);
    return status == RB_OK ? show_founded(context, &office, files) : status;
}

static enum rb_status network_new_run(struct context *context, const struct call *call) {
    struct new_files *files = rb_alloc(1, sizeof *files);
    struct office_facts facts = { .rank = RANK_ROOT };
    struct writer area;

    writer_init(&area, REGION_BYTES_MAX);
    enum rb_status status = read_first_office(context, call, &area, &facts);
    if (status == RB_OK) {
        status = files_plan(context, call_option(call, "out"), files);
    }
    if (status == RB_OK) {
        status = found(context, call, &facts, files);
    }
    writer_clear(&area);
    free(files);
    return status;
}

const struct command cmd_network_new = {
    .name = "network new",
    .name_id = "jaringan baru",
    .arguments = { { .sort = ARGUMENT_NAME, .label = N_("NAME") } },
    .options = { { .name = "area",
                   .name_id = "wilayah",
                   .value = N_("CODE"),
                   .help = N_("area of the first office: 2 digits for a province, 4 for a "
                              "district; none: everywhere") },
                 { .name = "office",
                   .name_id = "kantor",
                   .value = N_("NAME"),
                   .help = N_("name of the first office, if it is another than the network's") },
                 { .name = "out",
                   .name_id = "ke-folder",
                   .value = N_("FOLDER"),
                   .help = N_("where the files with the root keys are written"),
                   .is_file = true,
                   .required = true,
                   .question = N_("Into which folder shall the root keys be written? Best on a USB "
                                  "stick.") } },
    .help = N_("Founds a network of offices: three root keys for three people, and a first "
               "office here."),
    .more = N_("The root keys are written into files and nowhere else. Two of the three are needed "
               "for a new office at the top; the office on this computer signs all others below "
               "it. A group of colleagues needs no network."),
    .examples = N_("rembuk network new \"Jaringan Contoh\" --area 32 --out /media/usb/keys"),
    .needs = NEEDS_STORE,
    .run = network_new_run,
};

/* ---- show ---- */

struct showing {
    struct context *context;
    enum rb_status status;
    size_t granted, asked;
    struct office_row first; /* that is granted */
};

static bool show_one(void *opaque, const struct office_row *office) {
    struct showing *showing = opaque;
    struct cert offices[CHAIN_CERTS_MAX];
    struct output *out = showing->context->out;
    size_t count = 0;

    if (office->granted) {
        showing->status = chain_decode(office_row_chain(office), offices, &count);
    }
    if (showing->status != RB_OK) {
        return false;
    }
    output_row_begin(out);
    office_row_put(out, office);
    output_word(out, "state", office->granted ? "granted" : "asked",
                office->granted ? _("signed") : _("asked for, not signed yet"));
    if (office->granted) {
        chain_put(out, offices, count);
        showing->first = showing->granted == 0 ? *office : showing->first;
        showing->granted++;
    } else {
        showing->asked++;
    }
    output_row_end(out);
    return true;
}

static enum rb_status show_offices(struct showing *showing) {
    static const struct column columns[] = {
        { "office", N_("No.") }, { "name", N_("Name") },   { "rank", N_("Rank") },
        { "area", N_("Area") },  { "state", N_("State") }, { "network", N_("Network") },
    };
    struct context *context = showing->context;

    output_list_begin(context->out, "offices", columns, sizeof columns / sizeof columns[0]);
    enum rb_status status = offices_each(context->store, show_one, showing);
    output_list_end(context->out);
    return status == RB_OK ? showing->status : status;
}

static enum rb_status show_letter(struct context *context, bool is_first) {
    struct letter_view view;
    struct letter_row row;

    enum rb_status status = letter_view_used(context, &row, &view);
    if (status != RB_OK) {
        return status;
    }
    if (view.office_count == 0) {
        output_null(context->out, "letter");
        output_say(context->out, _("You have no letter of assignment."));
        return RB_OK;
    }
    output_object_begin(context->out, "letter");
    letter_put(context->out, &view);
    output_object_end(context->out);
    if (!is_first) {
        output_gap(context->out);
    }
    letter_say(context->out, &view);
    return RB_OK;
}

static enum rb_status say_first(struct showing *showing) {
    struct cert offices[CHAIN_CERTS_MAX];
    size_t count = 0;

    if (showing->granted == 0) {
        return RB_OK;
    }
    enum rb_status status = chain_decode(office_row_chain(&showing->first), offices, &count);
    if (status == RB_OK) {
        output_gap(showing->context->out);
        output_say(showing->context->out, _("Office %" PRId64 ": %s"), showing->first.number,
                   output_name(showing->context->out, showing->first.name));
        chain_say(showing->context->out, offices, count, 1);
    }
    return status;
}

static enum rb_status network_show_run(struct context *context, const struct call *call) {
    struct showing showing = { .context = context, .status = RB_OK };
    (void)call; /* No arguments. */

    enum rb_status status = show_offices(&showing);
    if (status == RB_OK) {
        status = say_first(&showing);
    }
    if (status == RB_OK) {
        status = show_letter(context, showing.granted == 0 && showing.asked == 0);
    }
    if (status == RB_OK) {
        status = rosters_put(context);
    }
    if (status != RB_OK) {
        return status;
    }
    if (showing.granted == 0 && showing.asked == 0) {
        output_say(context->out, _("No office is held on this computer. Groups and cases need "
                                   "none."));
    }
    return RB_OK;
}

const struct command cmd_network_show = {
    .name = "network show",
    .name_id = "jaringan lihat",
    .help = N_("Shows the offices held on this computer, their network, your own letter, and how "
               "old your roster is."),
    .more = N_("For managers of an office; you do not need it in order to confer."),
    .examples = N_("rembuk network show"),
    .needs = NEEDS_STORE,
    .run = network_show_run,
};
