/* SPDX-License-Identifier: GPL-3.0-or-later */
/* today: what waits for oneself, each with the command to type; inbox: what of it others want. */
#include "cli/cases.h"
#include "cli/departures.h"
#include "cli/invitees.h"
#include "cli/next.h"
#include "cli/offices.h"
#include "cli/requests.h"
#include "cli/rosters.h"
#include "cli/when.h"
#include "node/node.h"
#include "store/event_log.h"
#include "store/threads.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* So long before its end the next letter is asked for. */
#define LETTER_SOON_S (INT64_C(30) * 24 * 3600)

struct today {
    struct context *context;
    struct output *out;
    bool is_inbox;   /* only what others want */
    size_t waiting;  /* things that were told */
    bool is_sending; /* among them: what has not been sent yet */
    int64_t last_seen_ms;
    enum rb_status status; /* of what was looked up for a row */
};

/* For pipes: what it is, its number, its name, how many. */
static const struct column quiet_columns[] = {
    { "kind", N_("Kind") },
    { "number", N_("No.") },
    { "name", N_("Name") },
    { "unread", N_("Unread") },
};

static void begin_list(struct output *out, const char *key) {
    bool is_quiet = output_form(out) == OUTPUT_QUIET; /* People read sentences. */

    output_list_begin(out, key, quiet_columns,
                      is_quiet ? sizeof quiet_columns / sizeof quiet_columns[0] : 0);
}

/* One thing that waits, as the row of a list; the sentence about it follows. */
struct thing {
    const char *kind, *id_key, *name_key, *name;
    struct span id;
    int64_t number;
    const struct case_row *record; /* of a case, which has facts of its own; else NULL */
    const uint8_t *by;             /* of an invitation: who invites; else NULL */
    bool has_unread;
    size_t unread;
};

static void put_person(struct today *today, const uint8_t person[static HASH_BYTES]) {
    char name[NAME_BYTES_MAX + 1] = "";

    today->status = person_name(today->context->store, person, name);
    output_hex(today->out, "by", span_of(person, HASH_BYTES));
    output_string(today->out, "by_name", name);
}

static void put_thing(struct today *today, const struct thing *thing) {
    struct output *out = today->out;

    today->waiting++;
    output_row_begin(out);
    if (thing->record != NULL) {
        case_put(out, thing->record);
    } else {
        output_hex(out, thing->id_key, thing->id);
        output_integer(out, "number", thing->number);
        output_string(out, thing->name_key, thing->name);
    }
    if (thing->by != NULL) {
        put_person(today, thing->by);
    }
    if (thing->has_unread) {
        output_count(out, "unread", thing->unread);
    }
    output_cell(out, "kind", thing->kind);
    output_cell(out, "name", thing->name);
    output_row_end(out);
}

/* ---- Invitations ---- */

static bool put_invitation(void *opaque, const struct group_row *row) {
    struct today *today = opaque;
    struct group_person self;

    if (row->state != GROUP_INVITED) {
        return true;
    }
    today->status = circle_self(today->context, row->circle, &self);
    if (today->status != RB_OK) {
        return false;
    }
    put_thing(today, &(struct thing) { .kind = "invitation",
                                       .id_key = "group",
                                       .id = span_of(row->circle, sizeof row->circle),
                                       .number = row->number,
                                       .name_key = "name",
                                       .name = row->name,
                                       .by = self.by });
    if (today->status == RB_OK) {
        today->status = next_say_invited(today->context, row);
    }
    return today->status == RB_OK;
}

/* ---- Own invitations that somebody has answered ---- */

static bool put_answered(void *opaque, const struct invitation *invitation) {
    struct today *today = opaque;
    char who[INVITEES_SHOWN_BYTES];

    if (invitation->state != INVITATION_ANSWERED) {
        return true;
    }
    today->waiting++;
    invitees_write(today->context, invitation, who);
    output_row_begin(today->out);
    output_integer(today->out, "invitation", invitation->number);
    output_string(today->out, "answered_by", who);
    output_cell(today->out, "kind", "answered");
    output_cell(today->out, "name", who);
    output_row_end(today->out);
    output_say(today->out,
               _("Invitation %" PRId64 " was answered by: %s. Telephone, compare eight words, and "
                 "confirm: rembuk invite confirm %" PRId64),
               invitation->number, who, invitation->number);
    return true;
}

/* ---- Cases with something that I have not read ---- */

static void say_case(struct output *out, const struct case_row *row) {
    if (row->unread > 0) {
        output_say(out,
                   _("Case %" PRId64 " (%s), unread entries: %zu. Read it: rembuk case show "
                     "%" PRId64),
                   row->number, row->code, row->unread, row->number);
    } else {
        output_say(out,
                   _("Case %" PRId64 " (%s), shared by %s. Read it: rembuk case show %" PRId64),
                   row->number, row->code, output_name(out, row->owner_name), row->number);
    }
}

/* One that was shared and has no entries yet waits until something is written into it. */
static void put_case(struct today *today, const struct case_row *row) {
    if (row->unread == 0 && (row->is_taken || row->entries > 0)) {
        return;
    }
    put_thing(today, &(struct thing) { .kind = "case",
                                       .record = row,
                                       .name = row->code,
                                       .has_unread = true,
                                       .unread = row->unread });
    say_case(today->out, row);
}

/* ---- Cases in which something waits for me ---- */

/* So long an emergency opening is told. */
#define GLASS_TOLD_MS (INT64_C(7) * 24 * 3600 * 1000)

struct waiting_words {
    bool waits;
    const char *kind, *sentence; /* with the number of the case, twice */
};

static bool is_overdue(const struct case_row *row) {
    char day[WHEN_BYTES];

    when_day(clock_now_ms(), day);
    return row->due[0] != '\0' && strcmp(row->due, day) < 0;
}

static void put_waiting_words(struct today *today, const struct case_row *row,
                              const struct waiting_words *words, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (words[i].waits) {
            put_thing(today,
                      &(struct thing) { .kind = words[i].kind, .record = row, .name = row->code });
            output_say(today->out, _(words[i].sentence), row->number, row->number);
        }
    }
}

/* What others want of me in a case. */
static void put_wanted(struct today *today, const struct case_row *row, bool is_mine) {
    const struct waiting_words all[] = {
        { row->asks_to_take_over, "handover",
          N_("Case %" PRId64 " is handed over to you. Take it: rembuk hand-over accept %" PRId64) },
        { row->asks_for_approval, "approval",
          N_("Case %" PRId64 " asks for your approval. Read it: rembuk case show %" PRId64) },
        { row->is_returned, "returned",
          N_("Case %" PRId64 ": what you asked approval for was returned. Why: rembuk case show "
             "%" PRId64) },
        { is_mine && row->comments > 0, "comments",
          N_("Case %" PRId64 " has comments that are not settled. Read them: rembuk case show "
             "%" PRId64) },
        { clock_now_ms() - row->glass_ms < GLASS_TOLD_MS, "emergency",
          N_("Case %" PRId64 ": the identity part was opened in an emergency. Who, and why: rembuk "
             "access-log %" PRId64) },
    };
    put_waiting_words(today, row, all, sizeof all / sizeof all[0]);
}

/* What there is to do in a case for which I am responsible. */
static void put_duties(struct today *today, const struct case_row *row) {
    const struct waiting_words all[] = {
        { is_overdue(row), "overdue",
          N_("Case %" PRId64 ": something is overdue. See: rembuk case check %" PRId64) },
        { row->conflicts > 0, "conflict",
          N_("Case %" PRId64 ": two have written different things. Choose: rembuk conflict list "
             "%" PRId64) },
        { row->has_news_after_end, "new_after_end",
          N_("Case %" PRId64 " is ended, and something new was written. Read it: rembuk case show "
             "%" PRId64) },
    };
    put_waiting_words(today, row, all, sizeof all / sizeof all[0]);
}

static void put_case_work(struct today *today, const struct case_row *row) {
    const uint8_t *self = store_self(today->context->store)->person;
    const bool is_mine = memcmp(row->responsible, self, HASH_BYTES) == 0;

    put_wanted(today, row, is_mine);
    if (is_mine && !today->is_inbox) {
        put_duties(today, row);
    }
}

/* Read once for both lists: there may be thousands. */
struct cases {
    struct case_row *rows;
    size_t count, room;
};

static bool keep_case(void *opaque, const struct case_row *row) {
    struct cases *cases = opaque;

    if (cases->count == cases->room) {
        cases->room = 2 * cases->room + 16;
        cases->rows = rb_realloc(cases->rows, cases->room, sizeof *cases->rows);
    }
    cases->rows[cases->count++] = *row;
    return true;
}

static enum rb_status put_cases(struct today *today) {
    struct cases cases = { 0 };

    enum rb_status status = case_each(today->context->store, false, keep_case, &cases);
    begin_list(today->out, "cases");
    for (size_t i = 0; i < cases.count; i++) {
        put_case(today, &cases.rows[i]);
    }
    output_list_end(today->out);
    begin_list(today->out, "case_work");
    for (size_t i = 0; i < cases.count; i++) {
        put_case_work(today, &cases.rows[i]);
    }
    output_list_end(today->out);
    free(cases.rows);
    return status;
}

static enum rb_status put_requests(struct today *today) {
    size_t shown = 0;

    enum rb_status status = requests_show(today->context, true, &shown);
    today->waiting += shown;
    return status;
}

/* ---- Unread posts ---- */

static bool put_unread(void *opaque, const struct thread_row *row) {
    struct today *today = opaque;

    if (row->unread == 0) {
        return true;
    }
    put_thing(today, &(struct thing) { .kind = "thread",
                                       .id_key = "thread",
                                       .id = span_of(row->ref, sizeof row->ref),
                                       .number = row->number,
                                       .name_key = "title",
                                       .name = row->title,
                                       .has_unread = true,
                                       .unread = row->unread });
    output_say(today->out,
               _("Thread %" PRId64 " \"%s\", unread: %zu. Read it: rembuk thread show %" PRId64),
               row->number, output_name(today->out, row->title), row->unread, row->number);
    return true;
}

/* ---- Contacts ---- */

static bool put_contact(void *opaque, const struct contact *contact) {
    struct today *today = opaque;

    if (contact->last_seen_ms > today->last_seen_ms) {
        today->last_seen_ms = contact->last_seen_ms;
    }
    if (contact->verified) {
        return true;
    }
    put_thing(today, &(struct thing) { .kind = "contact",
                                       .id_key = "contact",
                                       .id = span_of(contact->person, sizeof contact->person),
                                       .number = contact->number,
                                       .name_key = "name",
                                       .name = contact->name });
    output_say(today->out,
               _("Contact %s is not verified yet. Compare the words: rembuk contact verify "
                 "%" PRId64),
               output_name(today->out, contact->name), contact->number);
    return true;
}

/* ---- The own letter of assignment ---- */

/* Of the letter that is chosen: that it does not hold, or soon holds no more. */
static bool put_letter(void *opaque, const struct letter_row *row) {
    const int64_t ends_in_s = row->until_s - clock_now_ms() / 1000;
    struct today *today = opaque;
    struct output *out = today->out;
    char state[LETTER_STATE_BYTES];

    if (!row->is_chosen || (letter_row_holds(row) && ends_in_s > LETTER_SOON_S)) {
        return true;
    }
    today->waiting++;
    letter_state_shown(row->from_s, row->until_s, row->revoked_ms, state);
    output_row_begin(out);
    output_integer(out, "letter", row->number);
    output_string(out, "state", letter_state_word(row->validity, row->revoked_ms));
    output_time(out, "until", row->until_s * 1000);
    output_cell(out, "kind", "letter");
    output_integer(out, "number", row->number);
    output_cell(out, "name", state);
    output_row_end(out);
    if (letter_row_holds(row)) {
        output_say(out,
                   _("Your letter of assignment %s. Ask the office for the next one now, and take "
                     "it in: rembuk credential take FILE"),
                   state);
    } else {
        output_say(out,
                   _("Your letter of assignment does not count: %s. Ask the office for a new one, "
                     "choose another, or go without one: rembuk credential show, rembuk credential "
                     "use 0"),
                   state);
    }
    return true;
}

/* ---- Rosters that nobody has brought for long ---- */

static bool put_old_roster(void *opaque, const struct roster_row *roster) {
    struct today *today = opaque;
    struct output *out = today->out;

    if (roster->is_ours || roster->days <= ROSTER_OLD_DAYS) {
        return true;
    }
    today->waiting++;
    output_row_begin(out);
    roster_put(out, roster);
    output_cell(out, "kind", "roster");
    output_cell(out, "name", roster->name);
    output_row_end(out);
    output_say(out, _("The roster of %s is %u days old. Fetch a newer one: rembuk sync"),
               output_name(out, roster->name), roster->days);
    return true;
}

/* ---- What waits for a manager ---- */

/* Only where one may let it count. */
static bool put_decision(struct today *today, const struct circle_facts *facts, size_t waiting) {
    static const struct circle_hint hint = {
        N_("Waiting for a manager in %s: %zu. See it: rembuk group waiting %" PRId64),
        N_("Waiting for a manager in %s: %zu. See it: rembuk case waiting %" PRId64),
    };
    struct output *out = today->out;
    size_t count = 0;

    today->status = circle_to_decide(today->context, facts->id, waiting, &count);
    if (today->status == RB_OK && count > 0) {
        today->waiting++;
        output_row_begin(out);
        circle_put(out, facts);
        output_count(out, "waiting", count);
        output_cell(out, "kind", facts->sort == REF_GROUP ? "group_waiting" : "case_waiting");
        output_cell(out, "name", facts->name);
        output_row_end(out);
        output_say(out, circle_hint(facts, hint), facts->shown, count, facts->number);
    }
    return today->status == RB_OK;
}

static bool put_circle_decision(void *opaque, const uint8_t *circle, size_t waiting) {
    struct today *today = opaque;
    struct circle_facts facts;

    today->status = circle_find(today->context, circle, &facts);
    return today->status == RB_OK && put_decision(today, &facts, waiting);
}

static enum rb_status put_decisions(struct today *today) {
    begin_list(today->out, "waiting_for_manager");
    enum rb_status status = waiting_circles(today->context->store, put_circle_decision, today);
    output_list_end(today->out);
    return status == RB_OK ? today->status : status;
}

/* ---- Who has gone out lately ---- */

/* From where somebody has removed one, and what became of what one wrote after that. */
static enum rb_status put_removal(void *opaque, const struct circle_facts *facts,
                                  const struct departure *row) {
    struct today *today = opaque;
    struct output *out = today->out;
    size_t waiting = 0;

    output_row_begin(out);
    circle_put(out, facts);
    output_cell(out, "kind", "removed");
    output_cell(out, "name", facts->name);
    enum rb_status status = departure_put(today->context, row);
    if (status == RB_OK) {
        status = departure_say(today->context, facts, row);
    }
    if (status == RB_OK) {
        status = departure_say_waiting(today->context, facts, row, &waiting);
    }
    output_count(out, "waiting", waiting);
    output_row_end(out);
    today->waiting += waiting > 0 ? 1 : 0;
    return status;
}

static enum rb_status put_departure(void *opaque, const struct circle_facts *facts,
                                    const struct departure *row) {
    struct today *today = opaque;
    struct output *out = today->out;

    output_row_begin(out);
    circle_put(out, facts);
    output_cell(out, "kind", "departed");
    output_cell(out, "name", facts->name);
    enum rb_status status = departure_put(today->context, row);
    output_row_end(out);
    return status == RB_OK ? departure_say(today->context, facts, row) : status;
}

static enum rb_status put_departures(struct today *today) {
    begin_list(today->out, "removed");
    enum rb_status status = departures_look(today->context, DEPARTURES_OWN, put_removal, today);
    output_list_end(today->out);
    begin_list(today->out, "departed");
    if (status == RB_OK) {
        status = departures_look(today->context, DEPARTURES_OTHERS, put_departure, today);
    }
    output_list_end(today->out);
    return status;
}

/* ---- What goes out ---- */

static enum rb_status put_waiting(struct today *today) {
    uint64_t waiting = 0;

    enum rb_status status = events_waiting(today->context->store, &waiting);
    if (status != RB_OK) {
        return status;
    }
    output_count(today->out, "waiting_to_send", waiting);
    output_quiet(today->out, "waiting_to_send %" PRIu64, waiting);
    if (waiting > 0) {
        today->waiting++;
        today->is_sending = true;
        output_say(today->out, _("Not sent yet: %" PRIu64), waiting);
    }
    return RB_OK;
}

static void put_last_contact(struct today *today) {
    char ago[WHEN_BYTES];

    output_time(today->out, "last_contact", today->last_seen_ms);
    if (today->last_seen_ms > 0) {
        when_ago(today->last_seen_ms, clock_now_ms(), ago);
        output_say(today->out, _("Last contact with others: %s."), ago);
    } else {
        output_say(today->out, _("There was no contact with colleagues yet."));
    }
}

/* ---- Together ---- */

/* What others want of oneself. */
static enum rb_status put_wants(struct today *today) {
    struct store *store = today->context->store;
    struct output *out = today->out;

    begin_list(out, "invitations");
    enum rb_status status = group_each(store, false, put_invitation, today);
    status = status == RB_OK ? today->status : status;
    output_list_end(out);
    begin_list(out, "answered");
    if (status == RB_OK) {
        status = invitations_each(store, clock_now_ms(), put_answered, today);
    }
    output_list_end(out);
    if (status == RB_OK) {
        status = put_cases(today);
    }
    return status == RB_OK ? put_requests(today) : status;
}

static enum rb_status put_lists(struct today *today) {
    struct store *store = today->context->store;
    struct output *out = today->out;

    enum rb_status status = put_wants(today);
    begin_list(out, "unread");
    if (status == RB_OK) {
        status = thread_each(store, NULL, put_unread, today);
    }
    output_list_end(out);
    begin_list(out, "unverified");
    if (status == RB_OK) {
        status = contact_each(store, put_contact, today);
    }
    output_list_end(out);
    begin_list(out, "letters");
    if (status == RB_OK) {
        status = letters_each(store, clock_now_ms(), put_letter, today);
    }
    output_list_end(out);
    begin_list(out, "old_rosters");
    if (status == RB_OK) {
        status = rosters_each(store, clock_now_ms(), put_old_roster, today);
    }
    output_list_end(out);
    if (status == RB_OK) {
        status = put_decisions(today);
    }
    return status == RB_OK ? put_departures(today) : status;
}

static enum rb_status say_nothing_waits(struct context *context) {
    enum reach reach = REACH_NOBODY;

    enum rb_status status = next_reach(context, &reach);
    if (status != RB_OK) {
        return status;
    }
    output_say(context->out, _("Nothing waits for you. You have done what there was to do."));
    if (reach == REACH_NOBODY) {
        next_first_contact(context->out);
    } else {
        output_next(context->out, _("see your cases: rembuk case list"));
    }
    return RB_OK;
}

static enum rb_status today_run(struct context *context, const struct call *call) {
    struct today today = { .context = context, .out = context->out };
    (void)call; /* No arguments. */

    enum rb_status status = put_lists(&today);
    if (status == RB_OK) {
        status = put_waiting(&today);
    }
    if (status != RB_OK) {
        return status;
    }
    if (context->node != NULL && node_connected(context->node) > 0) {
        today.last_seen_ms = clock_now_ms(); /* Also of an own computer; stored when it ends. */
    }
    put_last_contact(&today);
    if (today.is_sending) {
        return next_send(context, _("send it: rembuk sync"));
    }
    return today.waiting == 0 ? say_nothing_waits(context) : RB_OK;
}

const struct command cmd_today = {
    .name = "today",
    .name_id = "hari-ini",
    .summary = N_("what waits for you"),
    .help = N_("Shows what waits for you: invitations, cases, unread posts, contacts."),
    .more = N_("Unread is what was never shown on this computer. Also what waits for a manager, if "
               "you are one, who left or was removed in the last 7 days, and a letter of "
               "assignment that ends within 30 days."),
    .examples = N_("rembuk today"),
    .needs = NEEDS_STORE,
    .run = today_run,
};

static enum rb_status inbox_run(struct context *context, const struct call *call) {
    struct today today = { .context = context, .out = context->out, .is_inbox = true };
    (void)call; /* No arguments. */

    enum rb_status status = put_wants(&today);
    if (status == RB_OK) {
        status = put_decisions(&today);
    }
    if (status == RB_OK && today.waiting == 0) {
        output_say(context->out, _("Nobody waits for anything of you."));
        output_next(context->out, _("see what there is to do: rembuk today"));
    }
    return status;
}

const struct command cmd_inbox = {
    .name = "inbox",
    .name_id = "kotak-masuk",
    .help = N_("Shows what others want of you: invitations, cases shared with you, approvals, "
               "hand-overs, requests, comments."),
    .examples = N_("rembuk inbox"),
    .needs = NEEDS_STORE,
    .run = inbox_run,
};
