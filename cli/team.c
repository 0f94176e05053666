/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/team.h"

#include "cli/offices.h"
#include "cli/when.h"
#include "node/node.h"
#include "store/contacts.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- Words ---- */

struct words {
    const char *word, *shown; /* for scripts; for people */
};

static const struct {
    const char *word, *word_id, *in_group, *in_case, *does; /* does: of a case, in its short list */
} roles[] = {
    [CIRCLE_READER] = { "reader", "pembaca", N_("reader"), N_("reader"), N_("reads along") },
    [CIRCLE_WRITER] = { "writer", "penulis", N_("writer"), N_("writer"), N_("reads and writes") },
    [CIRCLE_MANAGER] = { "manager", "pengelola", N_("manager"), N_("manager"),
                         N_("reads, writes and shares") },
    [CIRCLE_OWNER] = { "owner", "pemilik", N_("founder"), N_("responsible"), N_("responsible") },
};

/* Nobody accepts a case: whoever writes into it has done so. */
static const struct {
    const char *word, *in_group, *in_case;
} states[] = {
    [MEMBER_INVITED] = { "invited", N_("invited"), N_("has written nothing yet") },
    [MEMBER_ACCEPTED] = { "accepted", N_("member"), N_("member") },
    [MEMBER_DECLINED] = { "declined", N_("declined"), N_("left") },
    [MEMBER_LEFT] = { "left", N_("left"), N_("left") },
    [MEMBER_REMOVED] = { "removed", N_("removed"), N_("removed") },
    [MEMBER_REVOKED] = { "revoked", N_("letter revoked"), N_("letter revoked") },
};

/* Standing in a network of offices; of a person follows from his letter. */
static const struct words standings[] = {
    [RANK_ROOT] = { "centre", N_("national office") },
    [RANK_PROVINCE] = { "province", N_("province") },
    [RANK_DISTRICT] = { "district", N_("district") },
    [RANK_SUPERVISOR] = { "supervisor", N_("supervisor") },
    [RANK_WORKER] = { "worker", N_("worker") },
    [RANK_NONE] = { "none", N_("no letter") },
};

bool circle_role_parse(const char *word, enum circle_role *role) {
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        if (strcasecmp(word, roles[i].word) == 0 || strcasecmp(word, roles[i].word_id) == 0) {
            *role = (enum circle_role)i;
            return true;
        }
    }
    return false;
}

const char *team_role_shown(enum ref_sort sort, enum circle_role role) {
    return _(sort == REF_CASE ? roles[role].in_case : roles[role].in_group);
}

/* ---- One person ---- */

struct team {
    struct context *context;
    enum ref_sort sort;        /* REF_GROUP or REF_CASE */
    bool is_detailed;          /* the table has columns of its own for role and standing */
    uint8_t owner[HASH_BYTES]; /* of a case: who is responsible for it now */
    enum rb_status status;
};

enum { STATE_SHOWN_BYTES = 8 * NAME_BYTES_MAX + 128 };

static bool is_in(const struct group_person *person) {
    return person->state == MEMBER_INVITED || person->state == MEMBER_ACCEPTED;
}

/* When who was responsible for a case has left, somebody else is, whom nobody made its owner. */
static enum circle_role role_now(const struct team *team, const struct group_person *person) {
    bool is_owner = team->sort == REF_CASE && memcmp(person->person, team->owner, HASH_BYTES) == 0;

    return is_owner ? CIRCLE_OWNER : person->role;
}

/* "guest until 25/11/2026 14:05 WIB"; of a group also whether he has accepted. */
static void show_guest(const struct team *team, const struct group_person *person,
                       char out[static STATE_SHOWN_BYTES]) {
    bool is_invited = team->sort == REF_GROUP && person->state == MEMBER_INVITED;
    int64_t until_ms = person->until_s * 1000;
    char when[WHEN_BYTES];

    when_show(until_ms, when);
    if (until_ms < clock_now_ms()) {
        (void)snprintf(out, STATE_SHOWN_BYTES,
                       is_invited ? _("invited as guest, ended %s") : _("guest, ended %s"), when);
    } else {
        (void)snprintf(out, STATE_SHOWN_BYTES,
                       is_invited ? _("invited as guest until %s") : _("guest until %s"), when);
    }
}

/* "removed by Sari Umpama" */
static enum rb_status show_removed(struct context *context, const struct group_person *person,
                                   char out[static STATE_SHOWN_BYTES]) {
    char name[NAME_BYTES_MAX + 1];

    enum rb_status status = person_name(context->store, person->by, name);
    if (status == RB_OK) {
        (void)snprintf(out, STATE_SHOWN_BYTES, _("removed by %s"), output_name(context->out, name));
    }
    return status;
}

static enum rb_status show_state(const struct team *team, const struct group_person *person,
                                 char out[static STATE_SHOWN_BYTES]) {
    bool is_case = team->sort == REF_CASE;
    enum circle_role role = role_now(team, person);
    bool is_reader = person->state == MEMBER_INVITED && role == CIRCLE_READER; /* never writes */
    bool is_at_work = person->state == MEMBER_ACCEPTED || role == CIRCLE_OWNER || is_reader;
    const char *state = is_case ? states[person->state].in_case : states[person->state].in_group;

    if (is_in(person) && person->until_s != 0) {
        show_guest(team, person, out);
    } else if (person->state == MEMBER_REMOVED) {
        return show_removed(team->context, person, out);
    } else if (is_case && !team->is_detailed && is_in(person) && is_at_work) {
        (void)snprintf(out, STATE_SHOWN_BYTES, "%s", _(roles[role].does));
    } else if (is_case && is_reader) {
        (void)snprintf(out, STATE_SHOWN_BYTES, "%s", _(states[MEMBER_ACCEPTED].in_case));
    } else {
        (void)snprintf(out, STATE_SHOWN_BYTES, "%s", _(state));
    }
    return RB_OK;
}

/* The number by which he can be typed; oneself and strangers have none. */
static enum rb_status put_number(const struct team *team, const struct group_person *person) {
    struct contact contact;

    enum rb_status status = contact_get(team->context->store, person->person, &contact);
    if (status == RB_OK) {
        output_integer(team->context->out, "number", contact.number);
    } else if (status == RB_NOT_FOUND) {
        output_null(team->context->out, "number");
        output_cell(team->context->out, "number", "");
    }
    return status == RB_NOT_FOUND ? RB_OK : status;
}

static void put_name(const struct team *team, const struct group_person *person) {
    struct output *out = team->context->out;
    char shown[STATE_SHOWN_BYTES];

    output_string(out, "name", person->name);
    if (team->is_detailed &&
        memcmp(person->person, store_self(team->context->store)->person, HASH_BYTES) == 0) {
        (void)snprintf(shown, sizeof shown, _("%s (you)"), output_name(out, person->name));
        output_cell(out, "name", shown);
    }
}

/* A letter that has ended takes nothing from him here: it is for people to know. */
static void put_standing(const struct team *team, const struct group_person *person) {
    const struct words *standing = &standings[person->rank];
    struct output *out = team->context->out;
    char shown[STATE_SHOWN_BYTES], state[LETTER_STATE_BYTES];

    letter_state_shown(person->letter_from_s, person->letter_until_s, 0, state);
    (void)snprintf(shown, sizeof shown, _("%s (letter %s)"), _(standing->shown), state);
    const bool holds = letter_validity(person->letter_from_s, person->letter_until_s,
                                       clock_now_ms() / 1000) == CERT_HOLDS;
    if (person->formal) {
        output_word(out, "standing", standing->word,
                    person->has_letter && !holds ? shown : _(standing->shown));
    } else {
        output_null(out, "standing");
    }
}

/* For people: who is out has no office any more. */
static void put_role(const struct team *team, const struct group_person *person) {
    output_word(team->context->out, "role", roles[person->role].word,
                is_in(person) ? team_role_shown(team->sort, role_now(team, person)) : "");
}

static bool put_person(void *opaque, const struct group_person *person) {
    struct team *team = opaque;
    struct output *out = team->context->out;
    char state[STATE_SHOWN_BYTES] = "";

    assert(person->role <= CIRCLE_OWNER && person->state <= MEMBER_REVOKED);
    assert(person->rank <= RANK_NONE);
    output_row_begin(out);
    output_hex(out, "contact", span_of(person->person, sizeof person->person));
    team->status = put_number(team, person);
    if (team->status == RB_OK) {
        team->status = show_state(team, person, state);
    }
    put_name(team, person);
    put_role(team, person);
    output_word(out, "state", states[person->state].word, state);
    put_standing(team, person);
    output_time(out, "until", person->until_s * 1000);
    output_bool(out, "writes_twice", person->writes_twice);
    output_time(out, "letter_until", person->has_letter ? person->letter_until_s * 1000 : 0);
    output_row_end(out);
    return team->status == RB_OK;
}

/* ---- All of them ---- */

static bool look_if_formal(void *is_formal, const struct group_person *person) {
    *(bool *)is_formal = person->formal; /* Of all or of none. */
    return false;
}

/* The columns of the table, or none. */
static size_t choose_columns(enum ref_sort sort, enum team_form form, bool is_formal,
                             const struct column **columns) {
    static const struct column of_group[] = { { "name", N_("Name") }, { "state", N_("State") } };
    static const struct column of_case[] = { { "name", N_("Team") }, { "state", N_("State") } };
    static const struct column whole[] = {
        { "number", N_("No.") },  { "name", N_("Name") },         { "role", N_("Role") },
        { "state", N_("State") }, { "standing", N_("Standing") },
    };

    if (form == TEAM_WHOLE) {
        *columns = whole;
        return sizeof whole / sizeof whole[0] - (is_formal ? 0 : 1);
    }
    *columns = sort == REF_GROUP ? of_group : of_case;
    return form == TEAM_SHORT ? 2 : 0;
}

static enum rb_status find_owner(struct team *team, const uint8_t circle[static HASH_BYTES]) {
    struct case_row row;

    if (team->sort != REF_CASE) {
        return RB_OK;
    }
    enum rb_status status = case_get(team->context->store, circle, &row);
    if (status == RB_OK) {
        memcpy(team->owner, row.owner, sizeof team->owner);
    }
    return status;
}

enum rb_status team_put(struct context *context, enum ref_sort sort,
                        const uint8_t circle[static HASH_BYTES], enum team_form form) {
    struct team team = { .context = context, .sort = sort, .is_detailed = form == TEAM_WHOLE };
    const struct column *columns;
    bool is_formal = false;

    enum rb_status status = find_owner(&team, circle);
    if (status == RB_OK) {
        status = people_each(context->store, circle, look_if_formal, &is_formal);
    }
    if (status != RB_OK) {
        return status;
    }
    size_t count = choose_columns(sort, form, is_formal, &columns);
    output_list_begin(context->out, sort == REF_GROUP ? "members" : "team", columns, count);
    status = people_each(context->store, circle, put_person, &team);
    output_list_end(context->out);
    return status == RB_OK ? team.status : status;
}

/* ---- Whose device writes twice ---- */

struct telling {
    struct context *context;
    const struct circle_facts *facts;
    size_t waiting; /* for a manager, all together */
};

static bool say_twice(void *opaque, const struct group_person *person) {
    static const struct circle_hint hint = {
        N_("What both have written since then is kept and waits for a manager: rembuk group "
           "waiting %" PRId64),
        N_("What both have written since then is kept and waits for a manager: rembuk case "
           "waiting %" PRId64),
    };
    const struct telling *telling = opaque;
    struct output *out = telling->context->out;

    if (!person->writes_twice) {
        return true;
    }
    const char *name = output_name(out, person->name);
    if (memcmp(person->person, store_self(telling->context->store)->person, HASH_BYTES) == 0) {
        output_say(out, _("Your own computer seems to exist twice: your data folder was copied, or "
                          "brought back from an old copy, and both have written. Use only one of "
                          "them from now on, and delete the other."));
    } else {
        output_say(out,
                   _("The computer of %s seems to exist twice: the data folder was copied, or "
                     "brought back from an old copy, and both have written. Call %s: only one of "
                     "them may be used from now on. If %s knows of no copy, the computer may have "
                     "been stolen."),
                   name, name, name);
    }
    if (telling->waiting > 0) {
        output_say(out, circle_hint(telling->facts, hint), telling->facts->number);
    }
    return true;
}

enum rb_status team_say_twice(struct context *context, const struct circle_facts *facts) {
    struct telling telling = { .context = context, .facts = facts };

    if (facts->is_member) {
        enum rb_status status = waiting_count(context->store, facts->id, &telling.waiting);
        if (status != RB_OK) {
            return status;
        }
    }
    return people_each(context->store, facts->id, say_twice, &telling);
}
