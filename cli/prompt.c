/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/prompt.h"

#include "cli/lang.h"
#include "cli/layout.h"
#include "cli/when.h"
#include "protocol/text.h"
#include "store/roster.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

enum { PART_BYTES_MAX = 96 };
_Static_assert(PROMPT_BYTES_MAX >= 4 * PART_BYTES_MAX, "four parts, which never fill theirs");
enum { ANSWER_COLUMNS = 6 /* "tidak" */, CHOICE_BYTES_MAX = 8 /* "[y/n]" */ };

static const char behind[] = " > ", cut_mark[] = "...";

/* Each part begins with what parts it from the one before, or is empty. */

/* Also where it is narrow: a bare number would not tell a case from a thread of a group. */
static void write_place(char out[static PART_BYTES_MAX], const struct place *place) {
    if (place->sort == PLACE_NONE) {
        (void)snprintf(out, PART_BYTES_MAX, "rembuk");
    } else if (place->sort == PLACE_CASE) {
        (void)snprintf(out, PART_BYTES_MAX, _("Case %" PRId64), place->number);
    } else {
        (void)snprintf(out, PART_BYTES_MAX, _("Thread %" PRId64), place->number);
    }
}

static void write_waiting(char out[static PART_BYTES_MAX], uint64_t waiting, bool is_wide) {
    out[0] = '\0';
    if (waiting > 0 && is_wide) {
        (void)snprintf(out, PART_BYTES_MAX, _(" | %" PRIu64 " not sent yet"), waiting);
    } else if (waiting > 0) {
        (void)snprintf(out, PART_BYTES_MAX, _(" | send %" PRIu64), waiting);
    }
}

static void write_contact(char out[static PART_BYTES_MAX], const struct prompt_state *state,
                          int64_t now_ms) {
    char ago[WHEN_BYTES];

    if (state->connected > 0) {
        (void)snprintf(out, PART_BYTES_MAX, "%s", _(" | connected"));
    } else if (state->last_contact_ms == 0) {
        (void)snprintf(out, PART_BYTES_MAX, "%s", _(" | never connected yet"));
    } else {
        when_ago(state->last_contact_ms, now_ms, ago);
        (void)snprintf(out, PART_BYTES_MAX, _(" | connected %s"), ago);
    }
}

static void write_roster(char out[static PART_BYTES_MAX], uint64_t days) {
    out[0] = '\0';
    if (days > ROSTER_OLD_DAYS) {
        (void)snprintf(out, PART_BYTES_MAX, _(" | roster %" PRIu64 " days old"), days);
    }
}

void prompt_write(char out[static PROMPT_BYTES_MAX], const struct place *place,
                  const struct prompt_state *state, int64_t now_ms, size_t width) {
    bool is_wide = width >= PROMPT_WIDE_COLUMNS_MIN;
    char where[PART_BYTES_MAX], waiting[PART_BYTES_MAX];
    char contact[PART_BYTES_MAX] = "", roster[PART_BYTES_MAX] = "";

    write_place(where, place);
    write_waiting(waiting, state->waiting, is_wide);
    if (is_wide) {
        write_contact(contact, state, now_ms);
        write_roster(roster, state->roster_days);
    }
    int len = snprintf(out, PROMPT_BYTES_MAX, "[%s%s%s%s] > ", where, waiting, contact, roster);
    if (roster[0] != '\0' && layout_columns(span_text(out)) + PROMPT_TYPED_COLUMNS_MIN > width) {
        len = snprintf(out, PROMPT_BYTES_MAX, "[%s%s%s] > ", where, waiting, roster);
    }
    assert(len < PROMPT_BYTES_MAX); /* Numbers and our own words only. */
}

void prompt_write_place(char out[static PROMPT_BYTES_MAX], const struct place *place) {
    char where[PART_BYTES_MAX];

    write_place(where, place);
    (void)snprintf(out, PROMPT_BYTES_MAX, "[%s] ", where);
}

/* What can be answered, at the end of the question, with the blank before it; empty: it does not
 * say. */
static struct span choice_of(struct span question) {
    size_t begin = question.len;

    while (begin > 0 && question.data[begin - 1] != '[') {
        begin--;
    }
    if (begin < 2 || question.len - begin >= CHOICE_BYTES_MAX) {
        return span_text("");
    }
    return span_of(question.data + begin - 2, question.len - begin + 2);
}

bool prompt_write_question(char out[static PROMPT_BYTES_MAX], struct span question, size_t width) {
    const size_t bytes_max = PROMPT_BYTES_MAX - sizeof behind;
    size_t taken = sizeof behind - 1 + ANSWER_COLUMNS;
    size_t room = width > taken ? width - taken : 1;
    struct span choice = choice_of(question), rest = question;

    if (layout_columns(question) <= room && question.len <= bytes_max) {
        (void)snprintf(out, PROMPT_BYTES_MAX, "%.*s%s", (int)question.len,
                       (const char *)question.data, behind);
        return true;
    }
    taken = sizeof cut_mark - 1 + choice.len;
    struct span begin = layout_line(&rest, room > taken ? room - taken : 1);
    begin = text_truncate(begin, bytes_max - taken);
    (void)snprintf(out, PROMPT_BYTES_MAX, "%.*s%s%.*s%s", (int)begin.len, (const char *)begin.data,
                   cut_mark, (int)choice.len, (const char *)choice.data, behind);
    return false;
}
