/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/author.h"

#include "store/contacts.h"
#include "store/db.h"
#include "store/device_own.h"
#include "store/revocations.h"
#include "store/revokers.h"
#include "store/writing.h"

#include <assert.h>
#include <string.h>

enum { GUESTS_AT_ONCE = 64 };

static const uint8_t *self_of(const struct writing *writing) {
    return store_self(writing->opening->store)->person;
}

/* Before one's own first act in a case, in the same transaction; after writing_prepare. */
static enum rb_status accept_if_due(struct writing *writing) {
    struct writer body;

    if (!writing_accepts_by_acting(writing)) {
        return RB_OK;
    }
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_empty_encode(&body);
    enum rb_status status = writing_operation(writing, OP_ACCEPT, writer_view(&body));
    writer_clear(&body);
    return status;
}

enum rb_status author_found(struct store *store, enum circle_kind kind, const uint8_t *parent,
                            int64_t now_ms, uint8_t circle[static HASH_BYTES]) {
    struct writing writing;

    enum rb_status status = writing_found(&writing, store, kind, parent, now_ms);
    if (status == RB_OK) {
        memcpy(circle, writing.opening->circle.circle, HASH_BYTES);
    }
    writing_end(&writing);
    return status;
}

enum rb_status author_write(struct store *store, const uint8_t circle[static HASH_BYTES],
                            const struct new_content *draft, int64_t now_ms,
                            uint8_t ref[static REF_BYTES]) {
    struct writing writing;

    enum rb_status status = writing_begin(&writing, store, circle, now_ms);
    if (status == RB_OK) {
        status = writing_may_act(&writing);
    }
    if (status == RB_OK) {
        status = writing_prepare(&writing, GRANTS_USED);
    }
    if (status == RB_OK) {
        status = accept_if_due(&writing);
    }
    if (status == RB_OK) {
        status = writing_content(&writing, draft, ref);
    }
    writing_end(&writing);
    return status;
}

/* ---- Operations about others ---- */

static enum rb_status add_append(struct writing *writing, const uint8_t person[static HASH_BYTES],
                                 enum circle_role role, int64_t until_s) {
    struct writer body, card;
    struct op_pair pair;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    writer_init(&card, CARD_BYTES_MAX);
    enum rb_status status = contact_pair(writing->opening->store, person, &card, &pair);
    if (status == RB_OK) {
        op_add_encode(&body, role, &pair, until_s);
        status = writing_operation(writing, OP_ADD, writer_view(&body));
    }
    writer_clear(&card);
    writer_clear(&body);
    return status;
}

/* Whoever invites vouches for the letter and the device that the ADD names. */
static enum rb_status card_check(struct store *store, const uint8_t person[static HASH_BYTES],
                                 int64_t now_ms) {
    struct contact contact;

    const enum rb_status status = contact_get(store, person, &contact);
    if (status == RB_OK && contact.revoked) {
        return RB_REFUSED;
    }
    if (status != RB_OK || !contact.has_letter) {
        return status;
    }
    return letter_validity(contact.letter_from_s, contact.letter_until_s, now_ms / 1000) ==
                   CERT_HOLDS
               ? RB_OK
               : RB_EXPIRED;
}

static enum rb_status may_invite(const struct writing *writing,
                                 const uint8_t person[static HASH_BYTES], enum circle_role role) {
    enum rb_status status = writing_may_act(writing);

    if (status != RB_OK) {
        return status;
    }
    if (writing->opening->members.kind == CIRCLE_OWN) {
        return RB_REFUSED; /* nobody else belongs to one's own circle */
    }
    switch (circle_may_add(writing->opening->members.fold, self_of(writing), person, role)) {
    case RULE_ALLOWED:
        return RB_OK;
    case RULE_PRESENT:
        return RB_EXISTS;
    default:
        return RB_REFUSED;
    }
}

enum rb_status author_invite(struct store *store, const uint8_t circle[static HASH_BYTES],
                             const uint8_t person[static HASH_BYTES], enum circle_role role,
                             int64_t until_s, int64_t now_ms) {
    struct writing writing;

    enum rb_status status = writing_begin(&writing, store, circle, now_ms);
    if (status == RB_OK) {
        status = may_invite(&writing, person, role);
    }
    if (status == RB_OK) {
        status = card_check(store, person, now_ms);
    }
    if (status == RB_OK) {
        status = writing_prepare(&writing, GRANTS_OWN);
    }
    if (status == RB_OK) {
        status = accept_if_due(&writing);
    }
    if (status == RB_OK) {
        status = add_append(&writing, person, role, until_s);
    }
    if (status == RB_OK) {
        status = writing_prepare(&writing, GRANTS_ALL);
    }
    writing_end(&writing);
    return status;
}

/* After writing_prepare.  The head of each log is as far as it is known here: what he wrote beyond
 * waits for a manager. */
static enum rb_status remove_append(struct writing *writing,
                                    const uint8_t person[static HASH_BYTES]) {
    struct op_lock locks[OP_LOCKS_MAX];
    size_t count = 0;
    struct writer body;

    enum rb_status status = writing_locks(writing, person, NULL, locks, &count);
    if (status != RB_OK) {
        return status;
    }
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_remove_encode(&body, person, locks, count);
    status = writing_operation(writing, OP_REMOVE, writer_view(&body));
    writer_clear(&body);
    return status;
}

static enum rb_status may_remove(const struct writing *writing,
                                 const uint8_t person[static HASH_BYTES]) {
    enum rb_status status = writing_may_act(writing);

    if (status != RB_OK) {
        return status;
    }
    return circle_may_remove(writing->opening->members.fold, self_of(writing), person) ==
                   RULE_ALLOWED
               ? RB_OK
               : RB_REFUSED;
}

enum rb_status author_remove(struct store *store, const uint8_t circle[static HASH_BYTES],
                             const uint8_t person[static HASH_BYTES], int64_t now_ms) {
    struct writing writing;

    enum rb_status status = writing_begin(&writing, store, circle, now_ms);
    if (status == RB_OK) {
        status = may_remove(&writing, person);
    }
    if (status == RB_OK) {
        status = writing_prepare(&writing, GRANTS_NONE);
    }
    if (status == RB_OK) {
        status = accept_if_due(&writing);
    }
    if (status == RB_OK) {
        status = remove_append(&writing, person);
    }
    writing_end(&writing);
    return status;
}

/* ---- Adopting ---- */

static enum rb_status adopt_append(struct writing *writing, const struct op_lock *heads,
                                   size_t count) {
    struct writer body;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_adopt_encode(&body, heads, count);
    enum rb_status status = writing_operation(writing, OP_ADOPT, writer_view(&body));
    writer_clear(&body);
    return status;
}

static enum rb_status may_adopt(const struct writing *writing) {
    enum rb_status status = writing_may_act(writing);

    if (status != RB_OK) {
        return status;
    }
    return circle_may_adopt(writing->opening->members.fold, self_of(writing)) == RULE_ALLOWED
               ? RB_OK
               : RB_REFUSED;
}

enum rb_status author_adopt(struct store *store, const uint8_t circle[static HASH_BYTES],
                            const struct op_lock *heads, size_t count, int64_t now_ms) {
    struct writing writing;

    enum rb_status status = writing_begin(&writing, store, circle, now_ms);
    if (status == RB_OK) {
        status = may_adopt(&writing);
    }
    if (status == RB_OK) {
        status = writing_prepare(&writing, GRANTS_USED);
    }
    if (status == RB_OK) {
        status = accept_if_due(&writing);
    }
    for (size_t i = 0; i < count && status == RB_OK; i += OP_LOCKS_MAX) {
        size_t rest = count - i;
        status = adopt_append(&writing, &heads[i], rest < OP_LOCKS_MAX ? rest : OP_LOCKS_MAX);
    }
    writing_end(&writing);
    return status;
}

/* ---- Operations about oneself ---- */

/* The body of an operation about oneself; the own log is in hand. */
static enum rb_status self_encode(const struct writing *writing, enum op_type type,
                                  struct writer *body) {
    struct op_lock locks[OP_LOCKS_MAX];
    size_t count = 0;

    if (type == OP_ACCEPT) {
        op_empty_encode(body);
        return RB_OK;
    }
    enum rb_status status = writing_locks(writing, self_of(writing), NULL, locks, &count);
    if (status != RB_OK) {
        return status;
    }
    if (type == OP_DECLINE) {
        op_decline_encode(body, locks, count);
    } else {
        op_remove_encode(body, self_of(writing), locks, count);
    }
    return writer_end(body);
}

/* One operation about oneself, who is `expected` now. */
static enum rb_status about_self(struct store *store, const uint8_t circle[static HASH_BYTES],
                                 enum member_state expected, enum op_type type, int64_t now_ms) {
    struct writing writing;
    struct writer body;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    enum rb_status status = writing_begin(&writing, store, circle, now_ms);
    if (status == RB_OK) {
        status = writing_expect(&writing, expected);
    }
    if (status == RB_OK) {
        status = writing_prepare(&writing, GRANTS_OWN);
    }
    if (status == RB_OK) {
        status = self_encode(&writing, type, &body);
    }
    if (status == RB_OK) {
        status = writing_operation(&writing, type, writer_view(&body));
    }
    writing_end(&writing);
    writer_clear(&body);
    return status;
}

enum rb_status author_accept(struct store *store, const uint8_t circle[static HASH_BYTES],
                             int64_t now_ms) {
    return about_self(store, circle, MEMBER_INVITED, OP_ACCEPT, now_ms);
}

enum rb_status author_decline(struct store *store, const uint8_t circle[static HASH_BYTES],
                              int64_t now_ms) {
    return about_self(store, circle, MEMBER_INVITED, OP_DECLINE, now_ms);
}

enum rb_status author_leave(struct store *store, const uint8_t circle[static HASH_BYTES],
                            int64_t now_ms) {
    return about_self(store, circle, MEMBER_ACCEPTED, OP_REMOVE, now_ms);
}

/* ---- Granting ---- */

enum rb_status author_grant(struct store *store, const uint8_t circle[static HASH_BYTES],
                            const uint8_t device[static CERT_ID_BYTES], int64_t now_ms) {
    struct writing writing;

    enum rb_status status = store_write_begin(store);
    if (status != RB_OK) {
        return status;
    }
    status = writing_begin(&writing, store, circle, now_ms);
    if (status == RB_OK) {
        status = writing_grant(&writing, device);
    }
    writing_end(&writing);
    return store_write_end(store, status);
}

/* ---- Other devices of oneself ---- */

enum rb_status author_devices(struct store *store, const uint8_t circle[static HASH_BYTES],
                              int64_t now_ms, bool *written) {
    struct writing writing;
    bool due = false, is_first;

    enum rb_status status = writing_begin(&writing, store, circle, now_ms);
    if (status == RB_OK) {
        status = writing_may_act(&writing);
    }
    if (status == RB_OK) {
        status = writing_further_due(&writing, &due, &is_first);
    }
    if (status == RB_OK && due) {
        status = store_write_begin(store);
        if (status == RB_OK) {
            status = store_write_end(store, writing_prepare(&writing, GRANTS_OWN));
        }
    }
    writing_end(&writing);
    if (status == RB_OK) {
        *written = due;
    }
    return status;
}

/* ---- Upkeep ---- */

/* Whether it is for us, and now, to end the time of a guest. */
static bool guest_is_due(const struct writing *writing, const struct member *guest) {
    bool is_mine = memcmp(guest->by, self_of(writing), HASH_BYTES) == 0;
    int64_t now_s = writing->now_ms / 1000;

    return member_is_in(guest) && guest->until_s > 0 && guest->until_s <= now_s &&
           (is_mine || now_s - guest->until_s >= GUEST_GRACE_S) &&
           may_remove(writing, guest->person) == RB_OK;
}

/* The first of them; false if there is none. */
static bool guest_find(const struct writing *writing, uint8_t person[static HASH_BYTES]) {
    const struct member *people;
    size_t count = circle_people(writing->opening->members.fold, &people);

    for (size_t i = 0; i < count; i++) {
        if (guest_is_due(writing, &people[i])) {
            memcpy(person, people[i].person, HASH_BYTES);
            return true;
        }
    }
    return false;
}

/* Whoever is removed here is found no more; so many at a time, whatever happens. */
static enum rb_status guests_end(struct writing *writing) {
    enum rb_status status = RB_OK;
    uint8_t person[HASH_BYTES];

    for (int i = 0; i < GUESTS_AT_ONCE && status == RB_OK && guest_find(writing, person); i++) {
        status = writing_prepare(writing, GRANTS_NONE);
        if (status == RB_OK) {
            status = accept_if_due(writing);
        }
        if (status == RB_OK) {
            status = remove_append(writing, person);
        }
    }
    return status;
}

/* Another device of oneself that cannot be looked up is no reason to write. */
static bool further_is_due(struct writing *writing) {
    bool due = false, is_first = false;

    return writing_further_due(writing, &due, &is_first) == RB_OK && due && is_first;
}

/* A new key on account of the guests that went waits for the next content. */
static bool keys_are_due(struct writing *writing) {
    return writing_grants_due(writing) ||
           ((writing_device_due(writing) || further_is_due(writing)) &&
            writing_may_act(writing) == RB_OK);
}

/* By a device of which the circle must be told first. */
static bool revoker_presses(const struct opening *opening) {
    struct writer body;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    const enum rb_status status =
        revoker_find(opening->store, opening->circle.id, opening->members.fold, false, &body);
    writer_clear(&body);
    return status == RB_OK;
}

/* Whoever is revoked goes on writing, and nothing in the circle says yet that it does not count. */
static bool revocation_is_due(const struct writing *writing) {
    const struct opening *opening = writing->opening;
    bool presses = false;

    const enum rb_status status =
        revocation_presses(opening->store, opening->circle.id, opening->members.fold, &presses);
    return status == RB_OK && (presses || revoker_presses(opening)) &&
           writing_may_act(writing) == RB_OK;
}

static bool upkeep_is_due(struct writing *writing) {
    return keys_are_due(writing) || revocation_is_due(writing);
}

static enum rb_status upkeep_write(struct writing *writing) {
    enum rb_status status = guests_end(writing);

    return status == RB_OK && upkeep_is_due(writing) ? writing_prepare(writing, GRANTS_OWN)
                                                     : status;
}

enum rb_status author_upkeep(struct store *store, const uint8_t circle[static HASH_BYTES],
                             int64_t now_ms) {
    uint8_t guest[HASH_BYTES];
    struct writing writing;

    enum rb_status status = writing_begin(&writing, store, circle, now_ms);
    if (status == RB_NOT_FOUND) {
        return RB_OK;
    }
    if (status != RB_OK || (!upkeep_is_due(&writing) && !guest_find(&writing, guest))) {
        goto done;
    }
    status = store_write_begin(store);
    if (status == RB_OK) {
        status = store_write_end(store, upkeep_write(&writing));
    }
done:
    writing_end(&writing);
    return status;
}

/* ---- Upkeep that time asks for ---- */

struct due_circle {
    int64_t id;
    uint8_t circle[HASH_BYTES];
};

static enum rb_status due_load(struct store *store, int64_t now_ms, int64_t after,
                               struct due_circle due[static UPKEEP_CIRCLES], size_t *count) {
    static const char sql[] =
        "SELECT circle.id, circle.circle"
        " FROM member AS own"
        " JOIN circle ON circle.id = own.circle"
        " JOIN circle_view ON circle_view.circle = circle.id"
        " WHERE own.person = ?1"
        "   AND own.state IN (0, 1)"
        "   AND circle.id > ?2"
        "   AND (circle_view.own_seal NOT IN (x'', ?3)"
        "     OR " CIRCLE_LACKS_OWN_DEVICE
        "     OR EXISTS (SELECT 1 FROM member AS guest WHERE guest.circle = circle.id"
        "       AND guest.state IN (0, 1) AND guest.until_s > 0"
        "       AND guest.until_s + iif(guest.by = ?1, 0, ?5) <= ?4 AND own.role >= ?6))"
        " ORDER BY circle.id"
        " LIMIT ?7";
    struct db_row *query = db_query(store_db(store), sql);

    *count = 0;
    db_bind_blob(query, 1, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(query, 2, after);
    db_bind_blob(query, 3, span_of(store_self(store)->seal.public, BOX_PUBLIC_BYTES));
    db_bind_int(query, 4, now_ms / 1000);
    db_bind_int(query, 5, GUEST_GRACE_S);
    db_bind_int(query, 6, CIRCLE_MANAGER);
    db_bind_int(query, 7, UPKEEP_CIRCLES);
    while (db_step(query)) {
        due[*count].id = db_int(query, 0);
        db_copy(query, 1, due[*count].circle, HASH_BYTES);
        (*count)++;
    }
    return db_end(query);
}

enum rb_status author_upkeep_some(struct store *store, int64_t now_ms, int64_t *after) {
    struct due_circle due[UPKEEP_CIRCLES];
    size_t count = 0;

    enum rb_status status = due_load(store, now_ms, *after, due, &count);
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = author_upkeep(store, due[i].circle, now_ms);
        if (!db_failed(status)) {
            status = RB_OK; /* it could not be done there: no key yet, for one */
        }
    }
    if (status == RB_OK) {
        *after = count < UPKEEP_CIRCLES ? 0 : due[count - 1].id;
    }
    return status;
}
