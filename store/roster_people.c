/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rosters as those see them who stand in them.  Declared in roster.h. */
#include "store/roster.h"

#include "protocol/text.h"
#include "store/contacts.h"
#include "store/db.h"
#include "store/letters.h"
#include "store/writing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- Rosters ---- */

struct roster_list {
    struct roster_row *rows; /* owned */
    size_t count;
};

/* Columns: circle, name, region, rank, root, whether it is ours, time. */
static void roster_read(struct db_row *query, int64_t now_ms, struct roster_row *roster) {
    *roster = (struct roster_row) {
        .rank = (enum cert_rank)db_int(query, 3),
        .is_ours = db_int(query, 5) != 0,
        .at_ms = db_int(query, 6) * 1000,
    };
    db_copy(query, 0, roster->circle, sizeof roster->circle);
    text_copy(roster->name, sizeof roster->name, db_text(query, 1));
    text_copy(roster->region, sizeof roster->region, db_text(query, 2));
    db_copy(query, 4, roster->root, sizeof roster->root);
    if (now_ms > roster->at_ms) {
        roster->days = (unsigned)((now_ms - roster->at_ms) / 1000 / ROSTER_DAY_S);
    }
}

/* The roots of one's letters, also of those that hold no more. */
struct root_look {
    const uint8_t *root; /* that is looked for */
    bool found;
};

static bool root_compare(void *context, const struct letter_row *letter) {
    struct root_look *look = context;

    look->found = memcmp(letter->letter.root, look->root, sizeof letter->letter.root) == 0;
    return !look->found;
}

/* An office of some network can add anybody to its roster: what counts is of one's own. */
static enum rb_status roster_counts(struct store *store, const struct roster_row *roster,
                                    int64_t now_ms, bool *counts) {
    struct root_look look = { .root = roster->root, .found = roster->is_ours };

    const enum rb_status status =
        look.found ? RB_OK : letters_each(store, now_ms, root_compare, &look);
    *counts = look.found;
    return status;
}

/* A day whose clock was ahead of ours is not younger than its arrival; the clock of an office that
 * refounded its roster tells which one it keeps. */
static enum rb_status rosters_load(struct store *store, int64_t now_ms, struct roster_list *list) {
    static const char sql[] =
        "SELECT circle.circle, day.name, day.region, day.rank, day.root,"
        "  EXISTS (SELECT 1 FROM office WHERE office.roster = circle.circle"
        "    AND office.pk = day.office),"
        "  max(iif(day.at_s <= ?2, day.at_s, min(day.at_s, event.arrived_s)))"
        " FROM roster_day AS day"
        " JOIN event ON event.rcv = day.rcv"
        " JOIN circle ON circle.id = day.circle"
        " JOIN member AS own ON own.circle = circle.id"
        " WHERE own.person = ?1"
        "   AND own.state IN (0, 1)"
        " GROUP BY day.office"
        " ORDER BY day.name COLLATE NOCASE, day.office";
    struct db_row *query = db_query(store_db(store), sql);
    struct roster_row roster;

    db_bind_blob(query, 1, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(query, 2, now_ms / 1000);
    while (db_step(query)) {
        roster_read(query, now_ms, &roster);
        list->rows = rb_realloc(list->rows, list->count + 1, sizeof *list->rows);
        list->rows[list->count++] = roster;
    }
    return db_end(query);
}

static enum rb_status rosters_leave_out(struct store *store, int64_t now_ms,
                                        struct roster_list *list) {
    enum rb_status status = RB_OK;
    size_t left = 0;

    for (size_t i = 0; i < list->count && status == RB_OK; i++) {
        bool counts = false;
        status = roster_counts(store, &list->rows[i], now_ms, &counts);
        if (counts) {
            list->rows[left++] = list->rows[i];
        }
    }
    list->count = left;
    return status;
}

enum rb_status rosters_each(struct store *store, int64_t now_ms,
                            bool (*each)(void *context, const struct roster_row *), void *context) {
    struct roster_list list = { 0 };

    enum rb_status status = rosters_load(store, now_ms, &list);
    if (status == RB_OK) {
        status = rosters_leave_out(store, now_ms, &list);
    }
    for (size_t i = 0; status == RB_OK && i < list.count && each(context, &list.rows[i]); i++) {
    }
    free(list.rows);
    return status;
}

static bool age_look(void *context, const struct roster_row *roster) {
    unsigned *days = context;

    if (!roster->is_ours && roster->days > *days) {
        *days = roster->days;
    }
    return true;
}

enum rb_status roster_age(struct store *store, int64_t now_ms, unsigned *days) {
    unsigned oldest = 0;

    const enum rb_status status = rosters_each(store, now_ms, age_look, &oldest);
    if (status == RB_OK) {
        *days = oldest;
    }
    return status;
}

/* ---- People ---- */

/* A look at one roster: the letters that its ADDs name, newest last of each person. */
struct roster_look {
    struct store *store;
    const struct roster_row *roster;
    int64_t now_ms;
    const struct circle *fold;
    struct operation_list operations;
    const struct op **letters; /* owned; borrowed from `operations` */
    size_t letter_count;
    struct roster_person *people; /* owned */
    size_t count;
};

/* The ADD of somebody whom nobody but a manager can have added, by a letter of that network. */
static bool is_letter(const struct roster_look *look, const struct op *op) {
    return (op->type == OP_GENESIS || op->type == OP_ADD) && op->letter.exists &&
           memcmp(op->letter.root, look->roster->root, HASH_BYTES) == 0 &&
           circle_grants(look->fold, op->ref);
}

static int compare_letters(const void *a, const void *b) {
    const struct op *left = *(const struct op *const *)a, *right = *(const struct op *const *)b;
    const int by_person = memcmp(left->person.person, right->person.person, HASH_BYTES);

    if (by_person != 0) {
        return by_person;
    }
    return (left->person.serial > right->person.serial) -
           (left->person.serial < right->person.serial);
}

static void letters_collect(struct roster_look *look) {
    for (size_t i = 0; i < look->operations.count; i++) {
        const struct op *op = &look->operations.ops[i];
        if (is_letter(look, op)) {
            look->letters =
                rb_realloc(look->letters, look->letter_count + 1, sizeof *look->letters);
            look->letters[look->letter_count++] = op;
        }
    }
    if (look->letter_count > 0) {
        qsort(look->letters, look->letter_count, sizeof *look->letters, compare_letters);
    }
}

static void person_fill(struct roster_person *person, const struct cert *letter) {
    *person = (struct roster_person) {
        .role = letter->role,
        .from_ms = letter->not_before_s * 1000,
        .until_ms = letter->not_after_s * 1000,
    };
    memcpy(person->person, letter->person, sizeof person->person);
    text_copy(person->name, sizeof person->name, letter->name);
    text_copy(person->region, sizeof person->region, letter->region);
    text_copy(person->number, sizeof person->number, letter->assignment.number);
}

/* How far he is trusted here. */
static enum rb_status person_compare(const struct roster_look *look, struct roster_person *person) {
    struct contact contact;

    person->is_self = memcmp(person->person, store_self(look->store)->person, HASH_BYTES) == 0;
    if (person->is_self) {
        return RB_OK;
    }
    const enum rb_status status = contact_get(look->store, person->person, &contact);
    if (status == RB_NOT_FOUND) {
        return RB_OK;
    }
    person->is_contact = status == RB_OK;
    person->is_verified = status == RB_OK && contact.verified;
    return status;
}

/* Somebody whose letter holds no more stands there for a while, so that people learn of it; by a
 * clock that is behind he stands there longer. */
static bool is_shown(const struct roster_look *look, const struct roster_person *person,
                     const struct member *member) {
    const int64_t shown_ms = INT64_C(1000) * ROSTER_REVOKED_DAYS * ROSTER_DAY_S;

    if (!person->is_revoked) {
        return member_is_in(member);
    }
    return person->revoked_ms == 0 || look->now_ms - person->revoked_ms < shown_ms;
}

static enum rb_status person_add(struct roster_look *look, const struct cert *letter) {
    const struct member *member = circle_member(look->fold, letter->person);
    struct roster_person person;

    if (member == NULL) {
        return RB_OK; /* his ADD does not stand */
    }
    person_fill(&person, letter);
    enum rb_status status = letter_revoked_ms(look->store, letter, &person.revoked_ms);
    if (status == RB_OK) {
        status = person_compare(look, &person);
    }
    person.is_revoked = member->state == MEMBER_REVOKED || person.revoked_ms > 0;
    if (status == RB_OK && is_shown(look, &person, member)) {
        look->people = rb_realloc(look->people, look->count + 1, sizeof *look->people);
        look->people[look->count++] = person;
    }
    return status;
}

static int compare_people(const void *a, const void *b) {
    const struct roster_person *left = a, *right = b;
    const int by_name = strcasecmp(left->name, right->name);

    return by_name != 0 ? by_name : memcmp(left->person, right->person, HASH_BYTES);
}

static bool is_newest(const struct roster_look *look, size_t at) {
    return at + 1 == look->letter_count ||
           memcmp(look->letters[at]->person.person, look->letters[at + 1]->person.person,
                  HASH_BYTES) != 0;
}

static enum rb_status people_collect(struct roster_look *look) {
    enum rb_status status = RB_OK;

    letters_collect(look);
    for (size_t i = 0; i < look->letter_count && status == RB_OK; i++) {
        if (is_newest(look, i)) {
            status = person_add(look, &look->letters[i]->person);
        }
    }
    if (look->count > 0) {
        qsort(look->people, look->count, sizeof *look->people, compare_people);
    }
    return status;
}

enum rb_status roster_people_each(struct store *store, const struct roster_row *roster,
                                  int64_t now_ms,
                                  bool (*each)(void *context, const struct roster_person *),
                                  void *context) {
    struct roster_look look = { .store = store, .roster = roster, .now_ms = now_ms };
    struct writing writing;

    enum rb_status status = writing_begin(&writing, store, roster->circle, now_ms);
    if (status == RB_OK) {
        look.fold = writing.opening->members.fold;
        status = operations_load(store, writing.opening->circle.id, &look.operations);
    }
    if (status == RB_OK) {
        status = people_collect(&look);
    }
    writing_end(&writing);
    for (size_t i = 0; status == RB_OK && i < look.count && each(context, &look.people[i]); i++) {
    }
    operations_clear(&look.operations);
    free(look.letters);
    free(look.people);
    return status;
}
