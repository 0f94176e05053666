/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/rosters.h"

#include "cli/offices.h"
#include "cli/when.h"
#include "node/node.h"

#include <stdio.h>

void roster_age_shown(const struct roster_row *roster, char out[static ROSTER_AGE_BYTES]) {
    if (roster->days == 0) {
        (void)snprintf(out, ROSTER_AGE_BYTES, "%s", _("today"));
    } else if (roster->days == 1) {
        (void)snprintf(out, ROSTER_AGE_BYTES, "%s", _("1 day old"));
    } else {
        (void)snprintf(out, ROSTER_AGE_BYTES, _("%u days old"), roster->days);
    }
}

void roster_put(struct output *out, const struct roster_row *roster) {
    output_hex(out, "circle", span_of(roster->circle, sizeof roster->circle));
    output_string(out, "office", roster->name);
    output_string(out, "area", roster->region);
    output_word(out, "rank", office_rank_word(roster->rank), office_rank_shown(roster->rank));
    output_bool(out, "kept_here", roster->is_ours);
    output_time(out, "at", roster->at_ms);
    output_count(out, "days", roster->days);
}

static bool put_one(void *opaque, const struct roster_row *roster) {
    struct output *out = opaque;
    char age[ROSTER_AGE_BYTES], when[WHEN_BYTES];

    output_row_begin(out);
    roster_put(out, roster);
    output_row_end(out);
    roster_age_shown(roster, age);
    when_show(roster->at_ms, when);
    output_say(out, _("Roster of %s: as of %s (%s)."), output_name(out, roster->name), when, age);
    return true;
}

enum rb_status rosters_put(struct context *context) {
    output_list_begin(context->out, "rosters", NULL, 0);
    const enum rb_status status =
        rosters_each(context->store, clock_now_ms(), put_one, context->out);
    output_list_end(context->out);
    return status;
}

enum rb_status rosters_keep(struct context *context) {
    struct roster_waiting waiting; /* for the next time, mostly without anybody's doing */

    const enum rb_status status = roster_upkeep(context->store, clock_now_ms(), &waiting);
    if (status == RB_OK && waiting.without_room > 0) {
        output_say(context->out,
                   _("The roster of your office is full: %zu letters are not in it. These letters "
                     "count all the same."),
                   waiting.without_room);
        output_next(context->out, _("found an office below yours and let it give letters: rembuk "
                                    "network request NAME --out FILE"));
    }
    if (status == RB_OK && waiting.letters > 0 && !store_self(context->store)->letter.exists) {
        output_say(context->out,
                   _("The roster of your office begins when you have a letter yourself."));
        output_next(context->out, _("give yourself one: rembuk credential issue --number N "
                                    "--date D --area A"));
    }
    return status;
}
