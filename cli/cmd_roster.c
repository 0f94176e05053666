/* SPDX-License-Identifier: GPL-3.0-or-later */
/* network people: who has a letter of the offices in whose rosters one stands. */
#include "cli/offices.h"
#include "cli/rosters.h"
#include "cli/when.h"
#include "node/node.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

struct listing {
    struct context *context;
    struct span word; /* that is looked for; empty: everybody */
    const struct roster_row *roster;
    int64_t now_ms;
    size_t rosters, people;
    bool has_letters, has_letter; /* some are kept; one is used */
    unsigned oldest;              /* days, of those that others keep */
    enum rb_status status;
};

/* ---- Looking for a word ---- */

/* Letters A to Z of either case. */
static bool has_word(const char *text, struct span word) {
    for (size_t len = strlen(text); len >= word.len; len--, text++) {
        if (strncasecmp(text, (const char *)word.data, word.len) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_wanted(const struct listing *listing, const struct roster_person *person) {
    const struct span word = listing->word;

    return word.len == 0 || has_word(person->name, word) || has_word(person->number, word) ||
           has_word(role_word(person->role), word) || has_word(role_shown(person->role), word) ||
           strncmp(person->region, (const char *)word.data, word.len) == 0;
}

/* ---- Rows ---- */

static void put_state(struct listing *listing, const struct roster_person *person) {
    struct output *out = listing->context->out;

    if (person->is_revoked) {
        output_word(out, "state", "revoked", _("revoked"));
    } else if (person->until_ms < listing->now_ms) {
        output_word(out, "state", "ended", _("letter has ended"));
    } else if (person->is_self) {
        output_word(out, "state", "self", _("you"));
    } else if (person->is_verified) {
        output_word(out, "state", "verified", _("words compared"));
    } else if (person->is_contact) {
        output_word(out, "state", "contact", _("not compared yet"));
    } else {
        output_word(out, "state", "unknown", _("no contact"));
    }
}

static bool put_person(void *opaque, const struct roster_person *person) {
    struct listing *listing = opaque;
    struct output *out = listing->context->out;

    if (!is_wanted(listing, person)) {
        return true;
    }
    listing->people++;
    output_row_begin(out);
    output_hex(out, "person", span_of(person->person, sizeof person->person));
    output_string(out, "name", person->name);
    output_word(out, "role", role_word(person->role), role_shown(person->role));
    output_string(out, "area", person->region);
    output_string(out, "number", person->number);
    output_time(out, "from", person->from_ms);
    output_time(out, "until", person->until_ms);
    output_bool(out, "verified", person->is_verified);
    output_time(out, "revoked", person->is_revoked ? person->revoked_ms : 0);
    put_state(listing, person);
    output_string(out, "office", listing->roster->name);
    output_row_end(out);
    return true;
}

static bool put_roster(void *opaque, const struct roster_row *roster) {
    struct listing *listing = opaque;

    listing->roster = roster;
    listing->status =
        roster_people_each(listing->context->store, roster, listing->now_ms, put_person, listing);
    return listing->status == RB_OK;
}

static bool count_roster(void *opaque, const struct roster_row *roster) {
    struct listing *listing = opaque;

    listing->rosters++;
    if (!roster->is_ours && roster->days > listing->oldest) {
        listing->oldest = roster->days;
    }
    return true;
}

static bool note_letter(void *opaque, const struct letter_row *row) {
    struct listing *listing = opaque;
    (void)row;

    listing->has_letters = true;
    return false; /* One is enough. */
}

/* The office stands in the table if there are several. */
static enum rb_status put_people(struct listing *listing) {
    static const struct column columns[] = {
        { "name", N_("Name") },     { "role", N_("Role") },   { "area", N_("Area") },
        { "number", N_("Letter") }, { "state", N_("State") }, { "office", N_("Office") },
    };
    const size_t count = sizeof columns / sizeof columns[0];
    struct output *out = listing->context->out;

    output_list_begin(out, "people", columns, listing->rosters > 1 ? count : count - 1);
    const enum rb_status status =
        rosters_each(listing->context->store, listing->now_ms, put_roster, listing);
    output_list_end(out);
    return status == RB_OK ? listing->status : status;
}

/* ---- Sentences ---- */

static void say_more(const struct listing *listing) {
    struct output *out = listing->context->out;

    if (listing->rosters == 0 && !listing->has_letters) {
        output_say(out, _("You stand in no roster: you have no letter of assignment."));
        output_next(out, _("ask your office for one, and take it in: rembuk credential take FILE"));
    } else if (listing->rosters == 0 && !listing->has_letter) {
        output_say(out, _("You stand in no roster: no letter of assignment is used now."));
        output_next(out, _("see your letters: rembuk credential show"));
    } else if (listing->rosters == 0) {
        output_say(out, _("You stand in no roster yet. Whoever has a letter of an office gets its "
                          "roster by himself."));
        output_next(out, _("fetch it: rembuk sync"));
    } else if (listing->people == 0 && listing->word.len > 0) {
        output_say(out, _("Nobody in the roster fits \"%s\"."), output_line(out, listing->word));
        output_next(out, _("see all: rembuk network people"));
    } else if (listing->oldest > ROSTER_OLD_DAYS) {
        output_next(out, _("it is old; fetch a newer one: rembuk sync"));
    }
}

static enum rb_status network_people_run(struct context *context, const struct call *call) {
    struct listing listing = { .context = context, .now_ms = clock_now_ms() };
    struct letter_view view;
    struct letter_row row;

    if (call->argument_count > 0) {
        listing.word = call->texts[0];
    }
    enum rb_status status = letter_view_used(context, &row, &view);
    if (status == RB_OK) {
        listing.has_letter = view.office_count > 0;
        status = letters_each(context->store, listing.now_ms, note_letter, &listing);
    }
    if (status == RB_OK) {
        status = rosters_each(context->store, listing.now_ms, count_roster, &listing);
    }
    if (status == RB_OK) {
        status = put_people(&listing);
    }
    if (listing.people > 0) {
        output_gap(context->out);
    }
    if (status == RB_OK) {
        status = rosters_put(context);
    }
    if (status == RB_OK) {
        say_more(&listing);
    }
    return status;
}

const struct command cmd_network_people = {
    .name = "network people",
    .name_id = "jaringan petugas",
    .arguments = { { .sort = ARGUMENT_WORD, .label = N_("WORD"), .optional = true } },
    .help = N_("Lists the people who have a letter of your office: the roster."),
    .more = N_("It comes by itself to everybody who stands in it, and needs no network to be read. "
               "WORD is a part of a name, a role, a letter's number, or the beginning of an area. "
               "Whoever was revoked is shown as such for 30 days. A letter says who somebody is in "
               "the office; that it is really he on the other computer you know when you have "
               "compared words."),
    .examples = N_("rembuk network people\nrembuk network people Budi\nrembuk network people 3273"),
    .needs = NEEDS_STORE,
    .run = network_people_run,
};
