/* SPDX-License-Identifier: GPL-3.0-or-later */
/* credential show, credential use: letters of assignment as they are kept. */
#include "cli/offices.h"
#include "cli/when.h"
#include "node/node.h"
#include "store/contacts.h"

#include <inttypes.h>

/* ---- show ---- */

static enum rb_status show_contact(struct context *context,
                                   const uint8_t person[static HASH_BYTES]) {
    struct letter_view view;
    struct op_pair pair;
    struct writer card;

    writer_init(&card, CARD_BYTES_MAX);
    enum rb_status status = contact_pair(context->store, person, &card, &pair);
    if (status == RB_OK) {
        status = letter_view_read(context, pair.person_cert, pair.chain, &view);
    }
    if (status == RB_OK) {
        letter_put(context->out, &view);
        letter_say(context->out, &view);
    }
    writer_clear(&card);
    return status;
}

/* ---- Several letters of one's own ---- */

struct letters {
    struct context *context;
    int64_t used;         /* its number */
    size_t count, others; /* all; those that hold, but for the one used */
    enum rb_status status;
};

static void put_row(struct output *out, const struct letter_row *row,
                    const struct letter_view *view, bool is_used) {
    const struct cert *root = &view->offices[view->office_count - 1];
    char state[LETTER_STATE_BYTES];

    letter_state_shown(row->from_s, row->until_s, row->revoked_ms, state);
    output_row_begin(out);
    output_integer(out, "number", row->number);
    output_word(out, "role", role_word(view->person.role), role_shown(view->person.role));
    output_text(out, "area", view->person.region);
    output_cell(out, "area", area_shown(out, view->person.region));
    output_text(out, "network", root->name);
    output_time(out, "from", row->from_s * 1000);
    output_time(out, "until", row->until_s * 1000);
    output_word(out, "state", letter_state_word(row->validity, row->revoked_ms), state);
    output_bool(out, "chosen", row->is_chosen);
    output_bool(out, "used", is_used);
    output_cell(out, "used", is_used ? _("yes") : "");
    output_row_end(out);
}

static bool list_letter(void *opaque, const struct letter_row *row) {
    struct letters *letters = opaque;
    struct context *context = letters->context;
    struct letter_view view;

    letters->status = letter_view_read(context, letter_row_cert(row), letter_row_chain(row), &view);
    if (letters->status == RB_OK) {
        put_row(context->out, row, &view, row->number == letters->used);
    }
    return letters->status == RB_OK;
}

static bool count_letter(void *opaque, const struct letter_row *row) {
    struct letters *letters = opaque;

    letters->count++;
    letters->others += letter_row_holds(row) && row->number != letters->used ? 1 : 0;
    return true;
}

static enum rb_status put_letters(struct letters *letters) {
    static const struct column columns[] = {
        { "number", N_("No.") },      { "role", N_("Role") },   { "area", N_("Area") },
        { "network", N_("Network") }, { "state", N_("State") }, { "used", N_("Used") },
    };
    struct context *context = letters->context;

    if (letters->count > 0) {
        output_gap(context->out);
    }
    output_list_begin(context->out, "letters", columns, sizeof columns / sizeof columns[0]);
    enum rb_status status = letters_each(context->store, clock_now_ms(), list_letter, letters);
    output_list_end(context->out);
    return status == RB_OK ? letters->status : status;
}

static void say_none_used(struct output *out) {
    output_say(out, _("No letter of assignment is used now. Contacts know you by your eight "
                      "words."));
}

static void say_used(struct output *out, const struct letters *letters,
                     const struct letter_view *view) {
    if (view->office_count > 0) {
        letter_say(out, view);
    } else if (letters->count > 0) {
        say_none_used(out);
    } else {
        output_say(out, _("You have no letter of assignment. Contacts know you by your eight "
                          "words. If you need one, ask your office for it."));
    }
}

static void say_choice(struct output *out, const struct letters *letters) {
    if (letters->others > 0 && letters->used > 0) {
        output_next(out, _("choose another letter: rembuk credential use NUMBER"));
    } else if (letters->others > 0) {
        output_next(out, _("choose a letter: rembuk credential use NUMBER"));
    }
}

/* What is used now, and all that are kept. */
static enum rb_status show_own(struct context *context) {
    struct letters letters = { .context = context };
    struct letter_view view;
    struct letter_row row;

    enum rb_status status = letter_view_used(context, &row, &view);
    if (status != RB_OK) {
        return status;
    }
    letters.used = row.number;
    status = letters_each(context->store, clock_now_ms(), count_letter, &letters);
    if (status != RB_OK) {
        return status;
    }
    letter_put(context->out, &view);
    say_used(context->out, &letters, &view);
    status = put_letters(&letters);
    if (status == RB_OK) {
        say_choice(context->out, &letters);
    }
    return status;
}

static enum rb_status credential_show_run(struct context *context, const struct call *call) {
    return call->argument_count > 0 ? show_contact(context, call->objects[0].id)
                                    : show_own(context);
}

const struct command cmd_credential_show = {
    .name = "credential show",
    .name_id = "surat lihat",
    .arguments = { { .sort = ARGUMENT_CONTACT, .label = N_("CONTACT"), .optional = true } },
    .help = N_("Shows the letter of assignment of a contact, or your own: what it says and who "
               "signed."),
    .more = N_("If you have several letters, all of them are listed, and which of them is used. A "
               "letter that has ended or is revoked is not used while another one holds."),
    .examples = N_("rembuk credential show\nrembuk credential show \"Budi Misal\""),
    .needs = NEEDS_STORE,
    .run = credential_show_run,
};

/* ---- use ---- */

/* "0" to "9999" */
static bool read_number(struct span typed, int64_t *number) {
    int64_t value = 0;

    if (typed.len == 0 || typed.len > 4) {
        return false;
    }
    for (size_t i = 0; i < typed.len; i++) {
        if (typed.data[i] < '0' || typed.data[i] > '9') {
            return false;
        }
        value = 10 * value + (typed.data[i] - '0');
    }
    *number = value;
    return true;
}

struct sought {
    int64_t number;
    struct letter_row *row;
};

static bool seek_letter(void *opaque, const struct letter_row *row) {
    struct sought *sought = opaque;

    if (row->number == sought->number) {
        *sought->row = *row;
    }
    return row->number != sought->number;
}

static enum rb_status fail_use(struct context *context, enum rb_status status, int64_t number) {
    struct letter_row row = { 0 };
    struct sought sought = { number, &row };

    switch (status) {
    case RB_NOT_FOUND:
        return failure_say(&context->failure, status, "no_letter",
                           _("You have no letter with this number. See which you have: rembuk "
                             "credential show"));
    case RB_REFUSED:
        return fail_revoked_letter(context);
    case RB_EXPIRED:
        status = letters_each(context->store, clock_now_ms(), seek_letter, &sought);
        return status == RB_OK ? fail_letter(context, NULL, row.from_s, row.until_s) : status;
    default:
        return status;
    }
}

static enum rb_status credential_use_run(struct context *context, const struct call *call) {
    struct output *out = context->out;
    struct letter_view view;
    struct letter_row row;
    int64_t number = 0;

    enum rb_status status = read_number(call->texts[0], &number)
                                ? letters_use(context->store, number, clock_now_ms())
                                : RB_NOT_FOUND;
    if (status != RB_OK) {
        return fail_use(context, status, number);
    }
    status = letter_view_used(context, &row, &view);
    if (status != RB_OK) {
        return status;
    }
    output_integer(out, "used", row.number);
    output_quiet(out, "%" PRId64, row.number);
    letter_put(out, &view);
    if (view.office_count > 0) {
        letter_say(out, &view);
    } else {
        say_none_used(out);
    }
    letter_next_card(out);
    return RB_OK;
}

const struct command cmd_credential_use = {
    .name = "credential use",
    .name_id = "surat pakai",
    .arguments = { { .sort = ARGUMENT_WORD,
                     .label = N_("NUMBER"),
                     .question = N_("Which letter (its number)?") } },
    .help = N_("Chooses which of your letters of assignment is used."),
    .more = N_("It stands on your card, and the groups and cases that you found from now on belong "
               "to its network. In a group of a network your best letter of that network is used. "
               "Number 0: none of them; then your name and role are only what you say yourself."),
    .examples = N_("rembuk credential use 2\nrembuk credential use 0"),
    .needs = NEEDS_STORE,
    .run = credential_use_run,
};
