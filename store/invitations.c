/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/invitations.h"

#include "protocol/text.h"
#include "store/contacts.h"
#include "store/db.h"
#include "store/groups.h"
#include "store/keyring.h"
#include "store/writing.h"

#include <stdlib.h>
#include <string.h>

#define LIFE_MS ((int64_t)INVITE_DAYS * 24 * 3600 * 1000)

/* ---- Secrets ---- */

/* What the keyring holds of every sort: the secret, and zeros. */
enum { HELD_BYTES = 32 };

static struct span secret_name(const uint8_t name[static INVITE_NAME_BYTES]) {
    return span_of(name, INVITE_NAME_BYTES);
}

static enum rb_status keys_put(struct store *store, const struct invite_keys *keys) {
    uint8_t held[HELD_BYTES] = { 0 };

    memcpy(held, keys->secret, sizeof keys->secret);
    const enum rb_status status =
        keyring_put(store, SECRET_INVITATION, secret_name(keys->name), span_of(held, sizeof held));
    crypt_wipe(held, sizeof held);
    return status;
}

static enum rb_status keys_get(struct store *store, const uint8_t name[static INVITE_NAME_BYTES],
                               struct invite_keys *keys) {
    uint8_t held[HELD_BYTES];

    const enum rb_status status =
        keyring_get(store, SECRET_INVITATION, secret_name(name), held, sizeof held);
    if (status == RB_OK) {
        memcpy(keys->secret, held, sizeof keys->secret);
        invite_keys_derive(keys);
    }
    crypt_wipe(held, sizeof held);
    return status == RB_NOT_FOUND ? RB_DAMAGED : status;
}

/* ---- Rows ---- */

struct invitation_row {
    struct invitation shown;
    uint8_t name[INVITE_NAME_BYTES];
};

/* Those of one number (0: any), of one name (NULL: any); only those that are open. */
struct filter {
    int64_t number;
    const uint8_t *name;
    bool open;
};

static void row_read(struct db_row *query, struct invitation_row *row) {
    struct invitation *shown = &row->shown;

    *row = (struct invitation_row) {
        .shown = {
            .number = db_int(query, 0),
            .state = (enum invitation_state)db_int(query, 1),
            .made_ms = db_int(query, 2),
            .until_ms = db_int(query, 3),
            .answers = (size_t)db_int(query, 7),
            .slot = (unsigned)db_int(query, 8) % INVITATIONS_OPEN_MAX,
        },
    };
    db_copy(query, 4, row->name, sizeof row->name);
    shown->has_group = !db_is_null(query, 5);
    if (shown->has_group) {
        db_copy(query, 5, shown->group, sizeof shown->group);
    }
    shown->has_person = !db_is_null(query, 6);
    if (shown->has_person) {
        db_copy(query, 6, shown->person, sizeof shown->person);
    }
}

/* Newest first; the caller frees. */
static enum rb_status rows_load(struct store *store, const struct filter *filter,
                                struct invitation_row **rows, size_t *count) {
    static const char sql[] =
        "SELECT number, state, made_ms, until_ms, name, circle, person,"
        "  (SELECT count(*) FROM invitation_answer WHERE invitation = number), slot"
        " FROM invitation"
        " WHERE (?1 = 0 OR number = ?1)"
        "   AND (?2 IS NULL OR name = ?2)"
        "   AND (?3 = 0 OR state IN (0, 1))"
        " ORDER BY number DESC";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, filter->number);
    if (filter->name == NULL) {
        db_bind_null(query, 2);
    } else {
        db_bind_blob(query, 2, secret_name(filter->name));
    }
    db_bind_int(query, 3, filter->open ? 1 : 0);
    while (db_step(query)) {
        *rows = rb_realloc(*rows, *count + 1, sizeof **rows);
        row_read(query, &(*rows)[*count]);
        (*count)++;
    }
    return db_end(query);
}

static enum rb_status row_get(struct store *store, const struct filter *filter,
                              struct invitation_row *row) {
    struct invitation_row *rows = NULL;
    size_t count = 0;

    enum rb_status status = rows_load(store, filter, &rows, &count);
    if (status == RB_OK && count == 0) {
        status = RB_NOT_FOUND;
    }
    if (status == RB_OK) {
        *row = rows[0];
    }
    free(rows);
    return status;
}

/* ---- Changing ---- */

/* In the caller's transaction.  `person` or NULL. */
static enum rb_status state_set(struct store *store, int64_t number, enum invitation_state state,
                                const uint8_t *person) {
    static const char sql[] =
        "UPDATE invitation"
        " SET state = ?2, person = ?3"
        " WHERE number = ?1";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_int(row, 1, number);
    db_bind_int(row, 2, state);
    if (person == NULL) {
        db_bind_null(row, 3);
    } else {
        db_bind_blob(row, 3, span_of(person, HASH_BYTES));
    }
    return db_run(row);
}

/* It is over, and its secret is destroyed.  In the caller's transaction. */
static enum rb_status end_in(struct store *store, const struct invitation_row *row,
                             enum invitation_state state, const uint8_t *person) {
    enum rb_status status = state_set(store, row->shown.number, state, person);

    return status == RB_OK ? keyring_remove(store, SECRET_INVITATION, secret_name(row->name))
                           : status;
}

static enum rb_status end(struct store *store, const struct invitation_row *row,
                          enum invitation_state state) {
    bool own = false;

    enum rb_status status = store_write_enter(store, &own);
    if (status != RB_OK) {
        return status;
    }
    return store_write_leave(store, own, end_in(store, row, state, NULL));
}

/* One that was made in the future was made by a clock that was wrong: nobody knows its end. */
static bool is_over(const struct invitation *invitation, int64_t now_ms) {
    return invitation->until_ms <= now_ms || invitation->made_ms - CLOCK_AHEAD_MS_MAX > now_ms;
}

/* The open ones, newest first, once those whose time is over have been ended.  The caller frees. */
static enum rb_status open_load(struct store *store, int64_t now_ms, struct invitation_row **rows,
                                size_t *count) {
    const struct filter filter = { .open = true };
    size_t kept = 0;

    enum rb_status status = rows_load(store, &filter, rows, count);
    for (size_t i = 0; i < *count && status == RB_OK; i++) {
        if (is_over(&(*rows)[i].shown, now_ms)) {
            status = end(store, &(*rows)[i], INVITATION_EXPIRED);
        } else {
            (*rows)[kept++] = (*rows)[i];
        }
    }
    *count = kept;
    return status;
}

/* Ends those whose time is over. */
static enum rb_status expire(struct store *store, int64_t now_ms) {
    struct invitation_row *rows = NULL;
    size_t open = 0;

    enum rb_status status = open_load(store, now_ms, &rows, &open);
    free(rows);
    return status;
}

/* The first place that no open one has.  RB_TOO_LARGE: there is none. */
static enum rb_status slot_find(struct store *store, int64_t now_ms, unsigned *slot) {
    struct invitation_row *rows = NULL;
    bool taken[INVITATIONS_OPEN_MAX] = { false };
    size_t count = 0;
    unsigned found = 0;

    enum rb_status status = open_load(store, now_ms, &rows, &count);
    for (size_t i = 0; i < count; i++) {
        taken[rows[i].shown.slot] = true;
    }
    free(rows);
    while (found < INVITATIONS_OPEN_MAX && taken[found]) {
        found++;
    }
    if (status == RB_OK && (count >= INVITATIONS_OPEN_MAX || found == INVITATIONS_OPEN_MAX)) {
        status = RB_TOO_LARGE;
    }
    if (status == RB_OK) {
        *slot = found;
    }
    return status;
}

/* ---- Giving out ---- */

/* Whether we could invite somebody who is not there yet. */
static enum rb_status may_invite(struct store *store, const uint8_t group[static HASH_BYTES]) {
    static const uint8_t nobody[HASH_BYTES] = { 0 };
    struct writing writing;

    enum rb_status status = writing_begin(&writing, store, group, 0);
    if (status == RB_OK) {
        status = writing_may_act(&writing);
    }
    if (status == RB_OK && circle_may_add(writing.opening->members.fold, store_self(store)->person,
                                          nobody, CIRCLE_MANAGER) != RULE_ALLOWED) {
        status = RB_REFUSED;
    }
    writing_end(&writing);
    return status;
}

static enum rb_status group_check(struct store *store, const uint8_t *group) {
    struct group_row row;

    if (group == NULL) {
        return RB_OK;
    }
    enum rb_status status = group_get(store, group, &row);
    return status == RB_OK ? may_invite(store, group) : status;
}

static enum rb_status row_insert(struct store *store, const uint8_t *group, unsigned slot,
                                 int64_t now_ms, const struct invite_keys *keys) {
    static const char sql[] =
        "INSERT INTO invitation (name, state, made_ms, until_ms, circle, slot)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_blob(row, 1, secret_name(keys->name));
    db_bind_int(row, 2, INVITATION_OPEN);
    db_bind_int(row, 3, now_ms);
    db_bind_int(row, 4, now_ms + LIFE_MS);
    if (group == NULL) {
        db_bind_null(row, 5);
    } else {
        db_bind_blob(row, 5, span_of(group, HASH_BYTES));
    }
    db_bind_int(row, 6, slot);
    return db_run(row);
}

static enum rb_status invitation_put(struct store *store, const uint8_t *group, unsigned slot,
                                     int64_t now_ms, const struct invite_keys *keys,
                                     struct invitation_row *row) {
    enum rb_status status = store_write_begin(store);

    if (status != RB_OK) {
        return status;
    }
    status = row_insert(store, group, slot, now_ms, keys);
    if (status == RB_OK) {
        const struct filter filter = { .number = db_last_id(store_db(store)) };
        status = row_get(store, &filter, row);
    }
    if (status == RB_OK) {
        status = keys_put(store, keys);
    }
    return store_write_end(store, status);
}

enum rb_status invitation_new(struct store *store, const uint8_t *group, int64_t now_ms,
                              struct invite_keys *keys, struct invitation *invitation) {
    struct invite_keys *fresh = crypt_secret_alloc(sizeof *fresh);
    struct invitation_row row;
    unsigned slot = 0;

    enum rb_status status = slot_find(store, now_ms, &slot);
    if (status == RB_OK) {
        status = group_check(store, group);
    }
    if (status == RB_OK) {
        invite_keys_new(fresh);
        status = invitation_put(store, group, slot, now_ms, fresh, &row);
    }
    if (status == RB_OK) {
        *keys = *fresh;
        *invitation = row.shown;
    }
    crypt_secret_free(fresh);
    return status;
}

/* ---- Reading ---- */

enum rb_status invitations_open_each(struct store *store, int64_t now_ms,
                                     bool (*each)(void *context, const struct invitation *,
                                                  const struct invite_keys *keys),
                                     void *context) {
    struct invite_keys *keys = crypt_secret_alloc(sizeof *keys);
    struct invitation_row *rows = NULL;
    size_t count = 0;
    bool more = true;

    enum rb_status status = open_load(store, now_ms, &rows, &count);
    for (size_t i = 0; i < count && more && status == RB_OK; i++) {
        status = keys_get(store, rows[i].name, keys);
        more = status == RB_OK && each(context, &rows[i].shown, keys);
    }
    free(rows);
    crypt_secret_free(keys);
    return status;
}

enum rb_status invitations_each(struct store *store, int64_t now_ms,
                                bool (*each)(void *context, const struct invitation *),
                                void *context) {
    const struct filter filter = { 0 };
    struct invitation_row *rows = NULL;
    size_t count = 0;

    enum rb_status status = expire(store, now_ms);
    if (status == RB_OK) {
        status = rows_load(store, &filter, &rows, &count);
    }
    for (size_t i = 0; status == RB_OK && i < count && each(context, &rows[i].shown); i++) {
    }
    free(rows);
    return status;
}

/* The one that the filter finds, once those whose time is over have been ended. */
static enum rb_status row_now(struct store *store, const struct filter *filter, int64_t now_ms,
                              struct invitation_row *row) {
    enum rb_status status = expire(store, now_ms);

    return status == RB_OK ? row_get(store, filter, row) : status;
}

enum rb_status invitation_get(struct store *store, int64_t number, int64_t now_ms,
                              struct invitation *invitation) {
    const struct filter filter = { .number = number };
    struct invitation_row row;

    if (number <= 0) {
        return RB_NOT_FOUND;
    }
    enum rb_status status = row_now(store, &filter, now_ms, &row);
    if (status == RB_OK) {
        *invitation = row.shown;
    }
    return status;
}

/* ---- Answers ---- */

static enum rb_status answer_check(struct store *store, const struct invitation_row *row,
                                   const struct invite_answer *answer, struct card *card) {
    struct invite_keys *keys = crypt_secret_alloc(sizeof *keys);
    bool is_revoked = false;

    enum rb_status status = keys_get(store, row->name, keys);
    if (status == RB_OK) {
        status = answer_verify(answer, keys);
    }
    if (status == RB_OK) {
        status = card_decode(answer->card, card);
    }
    if (status == RB_OK) {
        status = card_is_revoked(store, card, &is_revoked);
    }
    if (status == RB_OK &&
        (is_revoked || crypt_equal(card->person.person, store_self(store)->person, HASH_BYTES))) {
        status = RB_REFUSED;
    }
    crypt_secret_free(keys);
    return status;
}

static enum rb_status has_answered(struct store *store, int64_t number, const struct card *card,
                                   bool *answered) {
    static const char sql[] =
        "SELECT 1"
        " FROM invitation_answer"
        " WHERE invitation = ?1"
        "   AND person = ?2"
        "   AND device = ?3";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_int(row, 1, number);
    db_bind_blob(row, 2, span_of(card->person.person, HASH_BYTES));
    db_bind_blob(row, 3, span_of(card->device.id, CERT_ID_BYTES));
    *answered = db_step(row);
    return db_end(row);
}

/* The newest card of each device that answered, and when it first did; one from a clock that runs
 * ahead counts as issued now, or no later one could replace it.  Cards of two devices of one person
 * stand side by side: whoever has taken his keys must not take his place unseen. */
static enum rb_status answer_put(struct store *store, int64_t number, const struct card *card,
                                 struct span bytes, int64_t now_ms) {
    static const char sql[] =
        "INSERT INTO invitation_answer (invitation, person, device, card, issued_ms, at_ms)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT (invitation, person, device) DO UPDATE"
        " SET card = excluded.card,"
        "     issued_ms = excluded.issued_ms"
        " WHERE excluded.issued_ms > issued_ms";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_int(row, 1, number);
    db_bind_blob(row, 2, span_of(card->person.person, HASH_BYTES));
    db_bind_blob(row, 3, span_of(card->device.id, CERT_ID_BYTES));
    db_bind_blob(row, 4, bytes);
    db_bind_int(row, 5, card->issued_ms < now_ms ? card->issued_ms : now_ms);
    db_bind_int(row, 6, now_ms);
    return db_run(row);
}

static enum rb_status answer_keep(struct store *store, struct invitation_row *row,
                                  const struct card *card, struct span bytes, int64_t now_ms) {
    const struct filter filter = { .number = row->shown.number };
    const size_t before = row->shown.answers;
    bool own = false;

    enum rb_status status = store_write_enter(store, &own);
    if (status != RB_OK) {
        return status;
    }
    status = answer_put(store, row->shown.number, card, bytes, now_ms);
    if (status == RB_OK) {
        status = state_set(store, row->shown.number, INVITATION_ANSWERED, NULL);
    }
    if (status == RB_OK) {
        status = row_get(store, &filter, row);
    }
    if (status == RB_OK && row->shown.answers > before) {
        store_note_answered(store, row->shown.number);
    }
    return store_write_leave(store, own, status);
}

enum rb_status invitation_answer(struct store *store, struct span bytes, int64_t now_ms,
                                 struct invitation *invitation, bool *is_new) {
    struct filter filter = { .open = true };
    struct invitation_row row;
    struct invite_answer answer;
    bool answered = false;
    struct card card;

    enum rb_status status = answer_decode(bytes, &answer);
    if (status == RB_OK) {
        filter.name = answer.name;
        status = row_now(store, &filter, now_ms, &row);
    }
    if (status == RB_OK) {
        status = answer_check(store, &row, &answer, &card);
    }
    if (status == RB_OK) {
        status = has_answered(store, row.shown.number, &card, &answered);
    }
    if (status == RB_OK && !answered && row.shown.answers >= INVITATION_ANSWERS_MAX) {
        status = RB_REFUSED;
    }
    if (status == RB_OK) {
        status = answer_keep(store, &row, &card, answer.card, now_ms);
    }
    if (status == RB_OK) {
        *invitation = row.shown;
        *is_new = !answered;
    }
    return status;
}

/* Verified when it came, and again now, for a file can be tampered with. */
static enum rb_status answer_read(struct db_row *row, struct invitation_answer *answer) {
    struct card card;

    if (card_decode(db_blob(row, 0), &card) != RB_OK) {
        return RB_DAMAGED;
    }
    *answer = (struct invitation_answer) {
        .role = card.person.role,
        .has_letter = card.letter.exists,
        .letter_from_s = card.person.not_before_s,
        .letter_until_s = card.person.not_after_s,
        .at_ms = db_int(row, 1),
    };
    memcpy(answer->person, card.person.person, sizeof answer->person);
    memcpy(answer->person_pk, card.person.subject, sizeof answer->person_pk);
    memcpy(answer->device, card.device.id, sizeof answer->device);
    text_copy(answer->name, sizeof answer->name, card.person.name);
    return RB_OK;
}

static enum rb_status answers_load(struct store *store, int64_t number,
                                   struct invitation_answer answers[static INVITATION_ANSWERS_MAX],
                                   size_t *count) {
    static const char sql[] =
        "SELECT card, at_ms"
        " FROM invitation_answer"
        " WHERE invitation = ?1"
        " ORDER BY id";
    enum rb_status read = RB_OK;
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_int(row, 1, number);
    while (read == RB_OK && *count < INVITATION_ANSWERS_MAX && db_step(row)) {
        read = answer_read(row, &answers[*count]);
        *count += read == RB_OK ? 1 : 0;
    }
    const enum rb_status status = db_end(row);
    return status == RB_OK ? read : status;
}

enum rb_status invitation_answers_each(struct store *store, int64_t number,
                                       bool (*each)(void *context,
                                                    const struct invitation_answer *),
                                       void *context) {
    struct invitation_answer answers[INVITATION_ANSWERS_MAX];
    size_t count = 0;

    enum rb_status status = answers_load(store, number, answers, &count);
    for (size_t i = 0; status == RB_OK && i < count && each(context, &answers[i]); i++) {
    }
    return status;
}

/* ---- Deciding ---- */

/* RB_AMBIGUOUS: he answered from two devices. */
static enum rb_status answered_card(struct store *store, int64_t number,
                                    const uint8_t person[static HASH_BYTES], struct writer *card) {
    static const char sql[] =
        "SELECT card"
        " FROM invitation_answer"
        " WHERE invitation = ?1"
        "   AND person = ?2";
    enum rb_status found = RB_NOT_FOUND;
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_int(row, 1, number);
    db_bind_blob(row, 2, span_of(person, HASH_BYTES));
    if (db_step(row)) {
        writer_span(card, db_blob(row, 0));
        found = writer_end(card) == RB_OK ? RB_OK : RB_DAMAGED;
    }
    if (found == RB_OK && db_step(row)) {
        found = RB_AMBIGUOUS;
    }
    const enum rb_status status = db_end(row);
    return status == RB_OK ? found : status;
}

static enum rb_status device_check(struct span bytes, const uint8_t device[static CERT_ID_BYTES]) {
    struct card card;

    if (card_decode(bytes, &card) != RB_OK) {
        return RB_DAMAGED;
    }
    return crypt_equal(card.device.id, device, CERT_ID_BYTES) ? RB_OK : RB_NOT_FOUND;
}

/* Who belongs to the group already needs no invitation into it. */
static enum rb_status group_add(struct store *store, const struct invitation *invitation,
                                const uint8_t person[static HASH_BYTES], int64_t now_ms) {
    if (!invitation->has_group) {
        return RB_OK;
    }
    const enum rb_status status =
        author_invite(store, invitation->group, person, CIRCLE_MANAGER, 0, now_ms);
    return status == RB_EXISTS ? RB_OK : status;
}

static enum rb_status settle(struct store *store, const struct invitation_row *row,
                             const uint8_t person[static HASH_BYTES], struct span card,
                             int64_t now_ms) {
    struct contact contact;
    bool renewed = false;

    enum rb_status status = contact_add(store, card, now_ms, &contact, &renewed);
    if (status == RB_OK && contact.revoked) {
        status = RB_REFUSED;
    }
    if (status == RB_OK) {
        status = contact_set_verified(store, person, now_ms);
    }
    if (status == RB_OK) {
        status = group_add(store, &row->shown, person, now_ms);
    }
    return status == RB_OK ? end_in(store, row, INVITATION_SETTLED, person) : status;
}

enum rb_status invitation_confirm(struct store *store, int64_t number,
                                  const uint8_t person[static HASH_BYTES],
                                  const uint8_t device[static CERT_ID_BYTES], int64_t now_ms) {
    const struct filter filter = { .number = number, .open = true };
    struct invitation_row row;
    struct writer card;

    writer_init(&card, CARD_BYTES_MAX);
    enum rb_status status = number > 0 ? row_now(store, &filter, now_ms, &row) : RB_NOT_FOUND;
    if (status == RB_OK) {
        status = answered_card(store, number, person, &card);
    }
    if (status == RB_OK) {
        status = device_check(writer_view(&card), device);
    }
    if (status == RB_OK) {
        status = store_write_begin(store);
        if (status == RB_OK) {
            status =
                store_write_end(store, settle(store, &row, person, writer_view(&card), now_ms));
        }
    }
    writer_clear(&card);
    return status;
}

enum rb_status invitation_cancel(struct store *store, int64_t number, int64_t now_ms) {
    const struct filter filter = { .number = number, .open = true };
    struct invitation_row row;

    enum rb_status status = number > 0 ? row_now(store, &filter, now_ms, &row) : RB_NOT_FOUND;
    return status == RB_OK ? end(store, &row, INVITATION_CANCELLED) : status;
}
