/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/offices.h"

#include "cli/invitees.h"
#include "cli/when.h"
#include "node/node.h"
#include "protocol/armour.h"
#include "protocol/casework/area.h"
#include "store/file.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* ---- Words ---- */

static const struct {
    const char *word, *shown;
} ranks[] = {
    [RANK_ROOT] = { "root", N_("root of the network") },
    [RANK_PROVINCE] = { "province", N_("province office") },
    [RANK_DISTRICT] = { "district", N_("district office") },
    [RANK_SUPERVISOR] = { "supervisor", N_("sub-district office") },
    [RANK_WORKER] = { "worker", N_("village office") },
};

const char *office_rank_word(enum cert_rank rank) {
    assert(rank <= RANK_WORKER);
    return ranks[rank].word;
}

const char *office_rank_shown(enum cert_rank rank) {
    assert(rank <= RANK_WORKER);
    return _(ranks[rank].shown);
}

const char *area_shown(struct output *out, struct span region) {
    return region.len > 0 ? output_line(out, region) : _("everywhere");
}

void day_shown(struct span day, char out[static DAY_SHOWN_BYTES]) {
    assert(day.len == sizeof "2026-11-25" - 1);
    const char *text = (const char *)day.data;

    (void)snprintf(out, DAY_SHOWN_BYTES, "%.2s/%.2s/%.4s", text + 8, text + 5, text);
}

enum rb_status area_read(struct context *context, const struct call *call, struct writer *digits,
                         struct span *region) {
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
    *region = writer_view(digits);
    return RB_OK;
}

/* ---- Facts ---- */

void office_put(struct output *out, struct span name, struct span region, enum cert_rank rank) {
    output_text(out, "name", name);
    output_text(out, "area", region);
    output_cell(out, "area", area_shown(out, region));
    output_word(out, "rank", office_rank_word(rank), office_rank_shown(rank));
}

void office_row_put(struct output *out, const struct office_row *office) {
    output_integer(out, "office", office->number);
    office_put(out, span_text(office->name), span_text(office->region), office->rank);
}

void chain_put(struct output *out, const struct cert *offices, size_t count) {
    assert(count > 0);
    const struct cert *root = &offices[count - 1];
    char words[WORDS_BYTES_MAX];

    people_words(root->subject, words);
    output_text(out, "network", root->name);
    output_hex(out, "root", span_of(root->person, sizeof root->person));
    output_string(out, "words", words);
    output_list_begin(out, "chain", NULL, 0);
    for (size_t i = 0; i < count; i++) {
        output_row_begin(out);
        office_put(out, offices[i].name, offices[i].region, offices[i].rank);
        output_row_end(out);
    }
    output_list_end(out);
}

void chain_say(struct output *out, const struct cert *offices, size_t count, size_t from) {
    char words[WORDS_BYTES_MAX];

    for (size_t i = from; i + 1 < count; i++) {
        output_say(out, _("Signed by: %s (%s, %s)"), output_line(out, offices[i].name),
                   office_rank_shown(offices[i].rank), area_shown(out, offices[i].region));
    }
    assert(count > 0);
    people_words(offices[count - 1].subject, words);
    output_say(out, _("Network: %s (two of its three root keys have signed)"),
               output_line(out, offices[count - 1].name));
    output_say(out, _("The network's eight words:"));
    output_paragraph(out, span_text(words));
}

/* ---- Letters ---- */

enum rb_status letter_view_read(struct context *context, struct span person_cert, struct span chain,
                                struct letter_view *view) {
    enum rb_status status = cert_decode(person_cert, &view->person);

    view->office_count = 0;
    view->revoked_ms = 0;
    view->validity = CERT_HOLDS;
    if (status == RB_OK) {
        view->validity = cert_validity(&view->person, clock_now_ms() / 1000);
    }
    if (status == RB_OK && chain.len > 0) {
        status = chain_decode(chain, view->offices, &view->office_count);
    }
    return status == RB_OK ? letter_revoked_ms(context->store, &view->person, &view->revoked_ms)
                           : status;
}

enum rb_status letter_view_used(struct context *context, struct letter_row *row,
                                struct letter_view *view) {
    const enum rb_status status = letters_choose(context->store, NULL, clock_now_ms(), row);

    return status == RB_OK
               ? letter_view_read(context, letter_row_cert(row), letter_row_chain(row), view)
               : status;
}

const char *letter_state_word(enum cert_validity validity, int64_t revoked_ms) {
    if (revoked_ms > 0) {
        return "revoked";
    }
    switch (validity) {
    case CERT_NOT_YET:
        return "not_yet";
    case CERT_ENDED:
        return "ended";
    default:
        return "holds";
    }
}

/* 25/11/2026, in the zone of this computer. */
static void second_shown(int64_t s, char out[static DAY_SHOWN_BYTES]) {
    char day[WHEN_BYTES];

    when_day(s * 1000, day);
    day_shown(span_text(day), out);
}

void letter_state_shown(int64_t from_s, int64_t until_s, int64_t revoked_ms,
                        char out[static LETTER_STATE_BYTES]) {
    char day[DAY_SHOWN_BYTES];

    if (revoked_ms > 0) {
        (void)snprintf(out, LETTER_STATE_BYTES, "%s", _("revoked"));
        return;
    }
    switch (letter_validity(from_s, until_s, clock_now_ms() / 1000)) {
    case CERT_NOT_YET:
        second_shown(from_s, day);
        (void)snprintf(out, LETTER_STATE_BYTES, _("holds from %s"), day);
        break;
    case CERT_ENDED:
        second_shown(until_s, day);
        (void)snprintf(out, LETTER_STATE_BYTES, _("ended on %s"), day);
        break;
    default:
        second_shown(until_s, day);
        (void)snprintf(out, LETTER_STATE_BYTES, _("holds until %s"), day);
        break;
    }
}

static void put_stated(struct output *out, const char *key, struct span stated) {
    if (stated.len > 0) {
        output_text(out, key, stated);
    } else {
        output_null(out, key);
    }
}

void letter_put(struct output *out, const struct letter_view *view) {
    const struct cert *person = &view->person;

    output_hex(out, "person", span_of(person->person, sizeof person->person));
    output_text(out, "name", person->name);
    output_bool(out, "letter", view->office_count > 0);
    output_word(out, "role", role_word(person->role), role_shown(person->role));
    output_text(out, "area", person->region);
    put_stated(out, "number", person->assignment.number);
    put_stated(out, "date", person->assignment.date);
    put_stated(out, "scope", person->assignment.scope);
    output_time(out, "from", person->not_before_s * 1000);
    output_time(out, "until", person->not_after_s * 1000);
    output_time(out, "revoked", view->revoked_ms);
    if (view->office_count > 0) {
        output_string(out, "state", letter_state_word(view->validity, view->revoked_ms));
        chain_put(out, view->offices, view->office_count);
    }
}

static void say_assignment(struct output *out, const struct letter_facts *letter) {
    char day[DAY_SHOWN_BYTES];

    if (letter->number.len > 0) {
        output_say(out, _("Number: %s"), output_line(out, letter->number));
    }
    if (letter->date.len > 0) {
        day_shown(letter->date, day);
        output_say(out, _("Date: %s"), day);
    }
    if (letter->scope.len > 0) {
        output_say(out, _("For: %s"), output_line(out, letter->scope));
    }
}

static void say_validity(struct output *out, const struct letter_view *view) {
    const int64_t now_s = clock_now_ms() / 1000;
    char from[DAY_SHOWN_BYTES], until[DAY_SHOWN_BYTES], today[DAY_SHOWN_BYTES], when[WHEN_BYTES];

    second_shown(view->person.not_before_s, from);
    second_shown(view->person.not_after_s, until);
    second_shown(now_s, today);
    if (view->validity == CERT_ENDED) {
        output_say(out, _("ENDED on %s. On this computer it is %s today."), until, today);
    } else if (view->validity == CERT_NOT_YET) {
        output_say(out, _("HOLDS ONLY FROM %s. On this computer it is %s today."), from, today);
    } else {
        output_say(out, _("Holds until: %s, or until it is revoked"), until);
    }
    if (view->revoked_ms > 0) {
        when_show(view->revoked_ms, when);
        output_say(out, _("REVOKED. This computer knows of it since %s."), when);
    }
}

void letter_say(struct output *out, const struct letter_view *view) {
    const struct cert *person = &view->person;

    if (view->office_count == 0) {
        output_say(out,
                   _("%s has no letter of assignment: name, role and area are what this person "
                     "says. What you can trust are the eight words that you have compared."),
                   output_line(out, person->name));
        return;
    }
    output_say(out, _("Letter of assignment of %s"), output_line(out, person->name));
    say_assignment(out, &person->assignment);
    output_say(out, _("Role: %s"), role_shown(person->role));
    output_say(out, _("Area: %s"), area_shown(out, person->region));
    say_validity(out, view);
    chain_say(out, view->offices, view->office_count, 0);
}

void letter_next_card(struct output *out) {
    output_next(out, _("make your card again, which has changed, and give it to your contacts: "
                       "rembuk card --out FILE"));
}

/* ---- Refusals ---- */

static enum rb_status fail_own_letter(struct context *context, bool is_early, const char *day,
                                      const char *today) {
    if (is_early) {
        return failure_say(
            &context->failure, RB_EXPIRED, "letter_not_yet",
            _("Your letter of assignment holds only from %s; on this computer it is %s "
              "today. Nothing was changed. Wait until then, or, if the date is "
              "wrong, set the clock of this computer."),
            day, today);
    }
    return failure_say(&context->failure, RB_EXPIRED, "letter_ended",
                       _("Your letter of assignment ended on %s; on this computer it is %s today. "
                         "Nothing was changed. Ask the office for a new one, or, if the date is "
                         "wrong, set the clock of this computer."),
                       day, today);
}

enum rb_status fail_letter(struct context *context, const char *name, int64_t from_s,
                           int64_t until_s) {
    const int64_t now_s = clock_now_ms() / 1000;
    const bool is_early = letter_validity(from_s, until_s, now_s) == CERT_NOT_YET;
    char day[DAY_SHOWN_BYTES], today[DAY_SHOWN_BYTES];

    second_shown(is_early ? from_s : until_s, day);
    second_shown(now_s, today);
    if (name == NULL) {
        return fail_own_letter(context, is_early, day, today);
    }
    if (is_early) {
        return failure_say(&context->failure, RB_EXPIRED, "letter_not_yet",
                           _("The letter of assignment of %s holds only from %s; on this computer "
                             "it is %s today. Nothing was changed. Wait until then, or, if the "
                             "date is wrong, set the clock of this computer."),
                           name, day, today);
    }
    return failure_say(&context->failure, RB_EXPIRED, "letter_ended",
                       _("The letter of assignment of %s ended on %s; on this computer it is %s "
                         "today. Nothing was changed. Ask %s for a new card, made with a letter "
                         "that holds or without one; or, if the date is wrong, set the clock of "
                         "this computer."),
                       name, day, today, name);
}

enum rb_status fail_revoked_letter(struct context *context) {
    return failure_say(&context->failure, RB_REFUSED, "letter_revoked",
                       _("This letter is revoked. Nothing was changed. Choose another: rembuk "
                         "credential show"));
}

enum rb_status fail_office(struct context *context, enum rb_status status, enum office_rule rule,
                           const struct office_row *nearest) {
    struct output *out = context->out;

    if (status == RB_NOT_FOUND) {
        return failure_say(&context->failure, status, "no_office",
                           _("No office is held on this computer that could sign. See: rembuk "
                             "network show"));
    }
    if (status != RB_REFUSED) {
        return status;
    }
    if (rule == OFFICE_REGION) {
        return failure_say(&context->failure, status, "region_rule",
                           _("Rule of areas: %s signs only within its own area (%s). Nothing was "
                             "signed."),
                           output_name(out, nearest->name),
                           area_shown(out, span_text(nearest->region)));
    }
    return failure_say(&context->failure, status, "rank_rule",
                       _("Rule of ranks: %s (%s) signs only for who stands below it. Nothing was "
                         "signed."),
                       output_name(out, nearest->name), office_rank_shown(nearest->rank));
}

/* ---- Files ---- */

enum rb_status armoured_read(struct context *context, struct span text, const char *kind,
                             size_t bytes_max, struct writer *bytes) {
    const enum rb_status status = armour_read(text, kind, bytes_max, bytes);

    if (status == RB_OK) {
        return RB_OK;
    }
    return failure_say(
        &context->failure, RB_MALFORMED, "bad_file",
        _("This is not a whole file of the right sort (\"BEGIN REMBUK %s\"). Ask for "
          "it again, as a file."),
        kind);
}

enum rb_status armoured_write(struct context *context, const char *path, const char *kind,
                              struct span bytes) {
    struct writer text;
    enum rb_status status = check_file_is_new(context, path);

    if (status != RB_OK) {
        return status;
    }
    writer_init(&text, OFFICE_FILE_TEXT_BYTES_MAX);
    armour_write(&text, kind, bytes);
    status = writer_end(&text);
    if (status == RB_OK) {
        status = fail_file(context, file_write_new(path, writer_view(&text)), path);
    }
    writer_clear(&text);
    return status;
}

enum rb_status fail_content(struct context *context, enum rb_status status) {
    switch (status) {
    case RB_MALFORMED:
    case RB_TOO_LARGE:
        return failure_say(&context->failure, RB_MALFORMED, "not_valid",
                           _("What is in this file does not hold: it is damaged, or an office has "
                             "signed above its rank or outside its area. Nothing was changed."));
    case RB_BAD_SIGNATURE:
        return failure_say(&context->failure, status, NULL,
                           _("A signature in this file is not right: it was changed or forged. Do "
                             "not use it; ask for it again another way."));
    default:
        return status;
    }
}
