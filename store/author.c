/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/author.h"

#include "store/contacts.h"
#include "store/db.h"
#include "store/writing.h"

#include <assert.h>
#include <string.h>

/* What one must be to do something. */
static enum rb_status self_expect(const struct writing *writing, enum member_state state) {
    const struct member *self = writing_self(writing);

    if (!member_is_in(self)) {
        return RB_NOT_MEMBER;
    }
    if (self->state == state) {
        return RB_OK;
    }
    return state == MEMBER_ACCEPTED ? RB_NOT_ACCEPTED : RB_REFUSED;
}

/* Nobody is asked whether he takes a case: whoever does something in it has accepted it by that. */
static bool accepts_by_acting(const struct writing *writing) {
    const struct member *self = writing_self(writing);

    return writing->opening->members.kind == CIRCLE_CASE && self != NULL &&
           self->state == MEMBER_INVITED;
}

static enum rb_status may_act(const struct writing *writing) {
    return accepts_by_acting(writing) ? RB_OK : self_expect(writing, MEMBER_ACCEPTED);
}

/* Before one's own first act in a case, in the same transaction; after writing_prepare. */
static enum rb_status accept_if_due(struct writing *writing) {
    struct writer body;

    if (!accepts_by_acting(writing)) {
        return RB_OK;
    }
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_empty_encode(&body);
    enum rb_status status = writing_operation(writing, OP_ACCEPT, writer_view(&body));
    writer_clear(&body);
    return status;
}

enum rb_status author_found(struct store *store, enum circle_kind kind, int64_t now_ms,
                            uint8_t circle[static HASH_BYTES]) {
    struct writing writing;

    enum rb_status status = writing_found(&writing, store, kind, now_ms);
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
        status = may_act(&writing);
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

/* ---- Operations ---- */

static enum rb_status add_append(struct writing *writing, const uint8_t person[static HASH_BYTES],
                                 enum circle_role role) {
    struct writer body, person_cert, device_cert, seal_key;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    writer_init(&person_cert, CERT_BYTES_MAX);
    writer_init(&device_cert, CERT_BYTES_MAX);
    writer_init(&seal_key, CERT_BYTES_MAX);
    enum rb_status status =
        contact_pair(writing->opening->store, person, &person_cert, &device_cert, &seal_key);
    if (status == RB_OK) {
        op_add_encode(&body, role, writer_view(&person_cert), writer_view(&device_cert),
                      writer_view(&seal_key));
        status = writing_operation(writing, OP_ADD, writer_view(&body));
    }
    writer_clear(&seal_key);
    writer_clear(&device_cert);
    writer_clear(&person_cert);
    writer_clear(&body);
    return status;
}

static enum rb_status may_invite(const struct writing *writing,
                                 const uint8_t person[static HASH_BYTES], enum circle_role role) {
    enum rb_status status = may_act(writing);

    if (status != RB_OK) {
        return status;
    }
    if (member_is_in(circle_member(writing->opening->members.fold, person))) {
        return RB_EXISTS;
    }
    enum circle_role own = writing_self(writing)->role;
    return own >= CIRCLE_MANAGER && own >= role ? RB_OK : RB_REFUSED;
}

enum rb_status author_invite(struct store *store, const uint8_t circle[static HASH_BYTES],
                             const uint8_t person[static HASH_BYTES], enum circle_role role,
                             int64_t now_ms) {
    struct writing writing;

    enum rb_status status = writing_begin(&writing, store, circle, now_ms);
    if (status == RB_OK) {
        status = may_invite(&writing, person, role);
    }
    if (status == RB_OK) {
        status = writing_prepare(&writing, GRANTS_OWN);
    }
    if (status == RB_OK) {
        status = accept_if_due(&writing);
    }
    if (status == RB_OK) {
        status = add_append(&writing, person, role);
    }
    if (status == RB_OK) {
        status = writing_prepare(&writing, GRANTS_ALL);
    }
    writing_end(&writing);
    return status;
}

/* The person's other logs of the circle in hand, as far as they are known here: nothing above
 * counts once he has left.  Of more than an operation names, the newest. */
static enum rb_status locks_load(const struct writing *writing,
                                 struct op_lock locks[static OP_LOCKS_MAX], size_t *count) {
    static const char sql[] =
        "SELECT log.pk, log.head, log.hash"
        " FROM log"
        " JOIN author ON author.log = log.id"
        " WHERE log.circle = ?1"
        "   AND author.person = ?2"
        "   AND log.id <> ?3"
        " ORDER BY log.id DESC"
        " LIMIT ?4";
    struct opening *opening = writing->opening;
    struct db_row *query = db_query(store_db(opening->store), sql);

    *count = 0;
    db_bind_int(query, 1, opening->circle.id);
    db_bind_blob(query, 2, span_of(store_self(opening->store)->person, HASH_BYTES));
    db_bind_int(query, 3, opening->log.row.id);
    db_bind_int(query, 4, OP_LOCKS_MAX);
    while (db_step(query)) {
        struct op_lock *lock = &locks[*count];
        db_copy(query, 0, lock->log, sizeof lock->log);
        lock->seq = (uint64_t)db_int(query, 1);
        db_copy(query, 2, lock->hash, sizeof lock->hash);
        (*count)++;
    }
    return db_end(query);
}

/* The body of an operation about oneself; the own log is in hand. */
static enum rb_status self_encode(const struct writing *writing, enum op_type type,
                                  struct writer *body) {
    struct op_lock locks[OP_LOCKS_MAX];
    size_t count = 0;

    if (type == OP_ACCEPT) {
        op_empty_encode(body);
        return RB_OK;
    }
    enum rb_status status = locks_load(writing, locks, &count);
    if (status != RB_OK) {
        return status;
    }
    if (type == OP_DECLINE) {
        op_decline_encode(body, locks, count);
    } else {
        op_remove_encode(body, store_self(writing->opening->store)->person, locks, count);
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
        status = self_expect(&writing, expected);
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

/* ---- Upkeep ---- */

enum rb_status author_upkeep(struct store *store, const uint8_t circle[static HASH_BYTES],
                             int64_t now_ms) {
    struct writing writing;

    enum rb_status status = writing_begin(&writing, store, circle, now_ms);
    if (status == RB_NOT_FOUND) {
        return RB_OK;
    }
    if (status != RB_OK || !writing_grants_due(&writing)) {
        goto done;
    }
    status = store_write_begin(store);
    if (status == RB_OK) {
        status = store_write_end(store, writing_prepare(&writing, GRANTS_OWN));
    }
done:
    writing_end(&writing);
    return status;
}
