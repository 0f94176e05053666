/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/devices.h"

#include "cli/people.h"
#include "cli/question.h"
#include "cli/when.h"
#include "node/node.h"
#include "protocol/text.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- The computers ---- */

void devices_clear(struct devices *devices) {
    free(devices->rows);
    *devices = (struct devices) { 0 };
}

static bool add_device(void *opaque, const struct device_row *row) {
    struct devices *devices = opaque;

    devices->rows = rb_realloc(devices->rows, devices->count + 1, sizeof *devices->rows);
    devices->rows[devices->count++] = *row;
    return true;
}

enum rb_status devices_read(struct context *context, const uint8_t person[static HASH_BYTES],
                            struct devices *devices) {
    assert(devices->count == 0);
    const enum rb_status status = devices_each(context->store, person, add_device, devices);

    if (status != RB_OK) {
        devices_clear(devices);
    }
    return status;
}

static void put_state(struct output *out, const struct device_row *row) {
    if (row->revoked) {
        output_word(out, "state", "revoked", _("shut out"));
    } else if (row->is_this) {
        output_word(out, "state", "this", _("this computer"));
    } else {
        output_word(out, "state", "valid", _("valid"));
    }
}

void device_put(struct output *out, const struct devices *devices, size_t index) {
    const struct device_row *row = &devices->rows[index];

    output_hex(out, "device", span_of(row->cert, sizeof row->cert));
    output_count(out, "number", index + 1);
    output_string(out, "computer", row->name);
    output_bool(out, "this", row->is_this);
    output_time(out, "since", row->from_s * 1000);
    output_time(out, "last_seen", row->last_seen_ms);
    output_bool(out, "revoked", row->revoked);
    put_state(out, row);
}

/* The day is enough for a table; who sits at this computer sees it all the time. */
static void put_cells(struct output *out, const struct device_row *row) {
    char day[WHEN_BYTES], seen[WHEN_BYTES];

    when_brief(row->from_s * 1000, clock_now_ms(), day);
    output_cell(out, "since", day);
    if (row->is_this) {
        output_cell(out, "last_seen", _("now"));
    } else if (row->last_seen_ms > 0) {
        when_brief(row->last_seen_ms, clock_now_ms(), seen);
        output_cell(out, "last_seen", seen);
    } else {
        output_cell(out, "last_seen", _("never"));
    }
}

void devices_put(struct output *out, const struct devices *devices) {
    static const struct column columns[] = {
        { "number", N_("No.") },          { "computer", N_("Computer") }, { "since", N_("Since") },
        { "last_seen", N_("Last seen") }, { "state", N_("State") },
    };

    output_list_begin(out, "devices", columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < devices->count; i++) {
        output_row_begin(out);
        device_put(out, devices, i);
        put_cells(out, &devices->rows[i]);
        output_row_end(out);
    }
    output_list_end(out);
}

enum { DEVICE_HEX_MIN = 8 };

static bool is_called(const struct device_row *row, size_t number, const char *typed) {
    char digits[24], hex[2 * CERT_ID_BYTES + 1];
    const size_t len = strlen(typed);

    (void)snprintf(digits, sizeof digits, "%zu", number);
    hex_write(span_of(row->cert, sizeof row->cert), hex);
    return strcmp(digits, typed[0] == '#' ? typed + 1 : typed) == 0 ||
           strcasecmp(row->name, typed) == 0 ||
           (len >= DEVICE_HEX_MIN && strncasecmp(hex, typed, len) == 0);
}

enum rb_status device_find(struct context *context, const struct devices *devices,
                           const char *typed, size_t *index) {
    size_t hits = 0;

    for (size_t i = 0; i < devices->count; i++) {
        if (is_called(&devices->rows[i], i + 1, typed)) {
            *index = i;
            hits++;
        }
    }
    if (hits == 1) {
        return RB_OK;
    }
    const char *shown = output_name(context->out, typed);
    if (hits > 1) {
        return failure_say(&context->failure, RB_AMBIGUOUS, NULL,
                           _("Several computers are called \"%s\". Type the number instead; see: "
                             "rembuk device list"),
                           shown);
    }
    return failure_say(&context->failure, RB_NOT_FOUND, "no_device",
                       _("There is no computer \"%s\". See which there are: rembuk device list"),
                       shown);
}

/* ---- Shutting one of one's own out ---- */

enum rb_status device_check_other(struct context *context, const struct device_row *row) {
    if (!row->is_this) {
        return RB_OK;
    }
    return failure_say(&context->failure, RB_REFUSED, "this_computer",
                       _("That is the computer at which you are typing. Only another computer of "
                         "yours can shut it out, or the office that signed your letter of "
                         "assignment. Nothing was changed."));
}

void device_ask_revoke(struct writer *question) {
    question_say(question, _("It gets nothing new from anybody who has heard of it, and what it "
                             "writes from now on is not shown. This cannot be taken back: to use "
                             "it again, rembuk must be set up anew on it."));
}

enum rb_status device_shut_out(struct context *context, struct devices *devices, size_t index,
                               size_t *circles) {
    const uint8_t *person = store_self(context->store)->person;
    struct devices after = { 0 };

    enum rb_status status =
        device_revoke(context->store, devices->rows[index].cert, clock_now_ms(), circles);
    if (status == RB_REFUSED) {
        return failure_say(
            &context->failure, status, "not_known_yet",
            _("This computer is so new that no group and no case knows it, so nobody "
              "would believe it. Nothing was changed. Do it at another computer of "
              "yours, or ask the office that signed your letter of assignment."));
    }
    if (status == RB_OK) {
        status = contacts_changed(context);
    }
    if (status == RB_OK) {
        status = devices_read(context, person, &after);
    }
    if (status == RB_OK && after.count != devices->count) {
        status = RB_DAMAGED; /* Revoking takes no row away. */
    }
    if (status != RB_OK) {
        devices_clear(&after);
        return status;
    }
    devices_clear(devices);
    *devices = after;
    return RB_OK;
}

void device_say_shut_out(struct context *context, const struct device_row *row, size_t number,
                         size_t circles) {
    struct output *out = context->out;

    output_say(out, _("Computer %zu, \"%s\", is shut out."), number, output_name(out, row->name));
    if (circles > 0) {
        output_say(out, _("The keys of its groups and cases are changed before anything new is "
                          "written there, by you or by anybody who has heard of it. It cannot read "
                          "what is new."));
    }
    if (context->node != NULL && node_connected(context->node) > 0) {
        output_say(out, _("Those who are connected hear of it now. The others hear of it when they "
                          "are connected again; until then they still exchange with it."));
    } else {
        output_say(out, _("So far only this computer knows. The others hear of it when they are "
                          "connected; until then they still exchange with it."));
    }
}

/* ---- What they held ---- */

void held_clear(struct held *held) {
    free(held->rows);
    *held = (struct held) { 0 };
}

static bool add_held(void *opaque, const struct device_held *row) {
    struct held *held = opaque;

    held->rows = rb_realloc(held->rows, held->count + 1, sizeof *held->rows);
    held->rows[held->count++] = *row;
    held->cases += row->kind == CIRCLE_CASE ? 1 : 0;
    held->groups += row->kind == CIRCLE_GROUP ? 1 : 0;
    return true;
}

static int kind_order(enum circle_kind kind) {
    return kind == CIRCLE_CASE ? 0 : (int)kind + 1;
}

static int compare_held(const void *left, const void *right) {
    const struct device_held *a = left, *b = right;

    if (a->kind != b->kind) {
        return kind_order(a->kind) < kind_order(b->kind) ? -1 : 1;
    }
    const int names = strcmp(a->name, b->name);
    return names != 0 ? names : memcmp(a->circle, b->circle, sizeof a->circle);
}

enum rb_status held_read(struct context *context, const uint8_t person[static HASH_BYTES],
                         const uint8_t *device, struct held *held) {
    assert(held->count == 0);
    const enum rb_status status = device_held_each(context->store, person, device, add_held, held);

    if (status != RB_OK) {
        held_clear(held);
        return status;
    }
    if (held->count > 0) {
        qsort(held->rows, held->count, sizeof *held->rows, compare_held);
    }
    return RB_OK;
}

static const struct {
    const char *word, *shown;
} kinds[] = {
    [CIRCLE_GROUP] = { "group", N_("group") },
    [CIRCLE_CASE] = { "case", N_("case") },
    [CIRCLE_ROSTER] = { "roster", N_("list of workers") },
    [CIRCLE_OWN] = { "own", N_("list of contacts") },
    [CIRCLE_IDENTITY] = { "identity", N_("identity part of a case") },
    [CIRCLE_REQUEST] = { "request", N_("request") },
};

void held_put(struct output *out, const struct held *held) {
    static const struct column columns[] = {
        { "kind", N_("What") },
        { "name", N_("Name") },
        { "people", N_("People") },
        { "records", N_("Records") },
    };

    output_list_begin(out, "held", held->count > 0 ? columns : NULL,
                      held->count > 0 ? sizeof columns / sizeof columns[0] : 0);
    for (size_t i = 0; i < held->count; i++) {
        const struct device_held *row = &held->rows[i];
        output_row_begin(out);
        output_hex(out, "circle", span_of(row->circle, sizeof row->circle));
        output_word(out, "kind", kinds[row->kind].word, _(kinds[row->kind].shown));
        output_string(out, "name", row->name);
        output_count(out, "people", row->people);
        output_count(out, "records", row->records);
        output_row_end(out);
    }
    output_list_end(out);
}

static void ask_row(struct output *out, const struct device_held *row, struct writer *question) {
    if (row->kind == CIRCLE_CASE) {
        question_say(question, _("  case %s (records: %" PRIu64 ", people: %" PRIu64 ")"),
                     row->name[0] != '\0' ? output_name(out, row->name) : "?", row->records,
                     row->people);
    } else {
        question_say(question, _("  group \"%s\" (records: %" PRIu64 ", people: %" PRIu64 ")"),
                     output_name(out, row->name), row->records, row->people);
    }
}

void held_ask(struct output *out, const struct held *held, struct writer *question) {
    enum { NAMED_MAX = 6 }; /* the question is to stay on a small screen */
    const size_t all = held->cases + held->groups;

    if (all == 0) {
        question_say(question, _("As far as is known here, it could read no case and no group."));
        return;
    }
    question_say(question, _("It could read (cases: %zu, groups: %zu):"), held->cases,
                 held->groups);
    for (size_t i = 0; i < held->count && i < all && i < NAMED_MAX; i++) {
        ask_row(out, &held->rows[i], question);
    }
    if (all > NAMED_MAX) {
        question_say(question, _("  and %zu more"), all - NAMED_MAX);
    }
}
