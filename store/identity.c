/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/identity.h"

#include "store/cases.h"
#include "store/contacts.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

struct part {
    int64_t id;
    uint8_t circle[HASH_BYTES]; /* its own, or of its case */
};

/* Those that one belongs to, by identifier. */
static enum rb_status parts_load(struct store *store, const uint8_t circle[static HASH_BYTES],
                                 struct part **parts, size_t *count) {
    static const char sql[] =
        "SELECT circle.id, circle.circle"
        " FROM circle_view"
        " JOIN circle ON circle.id = circle_view.circle"
        " JOIN member AS own ON own.circle = circle.id AND own.person = ?3"
        " WHERE circle_view.kind = ?1"
        "   AND circle_view.parent = ?2"
        "   AND own.state IN (?4, ?5)"
        " ORDER BY circle.circle";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, CIRCLE_IDENTITY);
    db_bind_blob(query, 2, span_of(circle, HASH_BYTES));
    db_bind_blob(query, 3, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(query, 4, MEMBER_INVITED);
    db_bind_int(query, 5, MEMBER_ACCEPTED);
    while (db_step(query)) {
        *parts = rb_realloc(*parts, *count + 1, sizeof **parts);
        (*parts)[*count].id = db_int(query, 0);
        db_copy(query, 1, (*parts)[*count].circle, HASH_BYTES);
        ++*count;
    }
    return db_end(query);
}

/* ---- Reading ---- */

enum rb_status identity_load(struct store *store, const uint8_t circle[static HASH_BYTES],
                             struct standing *standing) {
    struct part *parts = NULL;
    size_t count = 0;

    standing_begin(standing);
    enum rb_status status = parts_load(store, circle, &parts, &count);
    if (status == RB_OK && count == 0) {
        status = RB_NOT_FOUND;
    }
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = standing_add(store, parts[i].id, standing);
    }
    free(parts);
    if (status != RB_OK) {
        standing_clear(standing);
        return status;
    }
    standing_fold(standing);
    return RB_OK;
}

/* By their case. */
static enum rb_status all_parts_load(struct store *store, struct part **parts, size_t *count) {
    static const char sql[] =
        "SELECT circle.id, circle_view.parent"
        " FROM circle_view"
        " JOIN circle ON circle.id = circle_view.circle"
        " JOIN member AS own ON own.circle = circle.id AND own.person = ?2"
        " JOIN circle AS parent ON parent.circle = circle_view.parent"
        " JOIN member AS own_parent ON own_parent.circle = parent.id AND own_parent.person = ?2"
        " WHERE circle_view.kind = ?1"
        "   AND own.state IN (?3, ?4)"
        "   AND own_parent.state IN (?3, ?4)"
        " ORDER BY parent.id, circle.id";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, CIRCLE_IDENTITY);
    db_bind_blob(query, 2, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(query, 3, MEMBER_INVITED);
    db_bind_int(query, 4, MEMBER_ACCEPTED);
    while (db_step(query)) {
        *parts = rb_realloc(*parts, *count + 1, sizeof **parts);
        (*parts)[*count].id = db_int(query, 0);
        db_copy(query, 1, (*parts)[*count].circle, HASH_BYTES);
        ++*count;
    }
    return db_end(query);
}

enum rb_status identity_each(struct store *store,
                             bool (*each)(void *context, const uint8_t circle[static HASH_BYTES],
                                          const struct record *identity),
                             void *context) {
    struct part *parts = NULL;
    size_t count = 0;
    bool go_on = true;

    enum rb_status status = all_parts_load(store, &parts, &count);
    for (size_t i = 0; i < count && status == RB_OK && go_on; i++) {
        struct standing standing;
        standing_begin(&standing);
        status = standing_add(store, parts[i].id, &standing);
        if (status == RB_OK) {
            standing_fold(&standing);
            go_on = each(context, parts[i].circle, &standing.record);
        }
        standing_clear(&standing);
    }
    free(parts);
    return status;
}

/* ---- Writing ---- */

static enum rb_status part_open(struct store *store, const uint8_t circle[static HASH_BYTES],
                                int64_t now_ms, uint8_t part[static HASH_BYTES]) {
    struct part *parts = NULL;
    size_t count = 0;

    enum rb_status status = parts_load(store, circle, &parts, &count);
    if (status == RB_OK && count == 0) {
        status = author_found(store, CIRCLE_IDENTITY, circle, now_ms, part);
    } else if (status == RB_OK) {
        memcpy(part, parts[0].circle, HASH_BYTES);
    }
    free(parts);
    return status;
}

enum rb_status identity_write(struct store *store, const uint8_t circle[static HASH_BYTES],
                              const struct record_draft *draft, int64_t now_ms,
                              uint8_t ref[static REF_BYTES]) {
    uint8_t part[HASH_BYTES];
    struct case_row row;
    bool own = false;

    enum rb_status status = case_get(store, circle, &row);
    if (status == RB_OK && !row.is_member) {
        status = RB_NOT_MEMBER;
    }
    if (status == RB_OK) {
        status = store_write_enter(store, &own);
    }
    if (status != RB_OK) {
        return status;
    }
    status = part_open(store, circle, now_ms, part);
    if (status == RB_OK) {
        status = record_write(store, part, draft, now_ms, ref);
    }
    return store_write_leave(store, own, status);
}

/* ---- Who belongs to it ---- */

static enum rb_status parts_share(struct store *store, const struct part *parts, size_t count,
                                  const uint8_t person[static HASH_BYTES], int64_t now_ms) {
    enum rb_status status = RB_NOT_FOUND;
    size_t shared = 0;

    for (size_t i = 0; i < count; i++) {
        status = author_invite(store, parts[i].circle, person, CIRCLE_WRITER, 0, now_ms);
        if (status == RB_OK) {
            shared++;
        } else if (status != RB_EXISTS && status != RB_REFUSED) {
            return status;
        }
    }
    return shared > 0 ? RB_OK : status;
}

enum rb_status identity_share(struct store *store, const uint8_t circle[static HASH_BYTES],
                              const uint8_t person[static HASH_BYTES], int64_t now_ms) {
    struct part *parts = NULL;
    struct contact contact;
    size_t count = 0;
    bool own = false;

    enum rb_status status = contact_get(store, person, &contact);
    if (status == RB_OK && !contact.verified) {
        status = RB_UNSAFE;
    }
    if (status == RB_OK) {
        status = store_write_enter(store, &own);
    }
    if (status != RB_OK) {
        return status;
    }
    status = parts_load(store, circle, &parts, &count);
    if (status == RB_OK) {
        status = parts_share(store, parts, count, person, now_ms);
    }
    free(parts);
    return store_write_leave(store, own, status);
}

/* Whom one may not remove there, or who is not there, stays as he is. */
enum rb_status identity_part(struct store *store, const uint8_t circle[static HASH_BYTES],
                             const uint8_t person[static HASH_BYTES], int64_t now_ms) {
    const bool is_self = memcmp(person, store_self(store)->person, HASH_BYTES) == 0;
    struct part *parts = NULL;
    size_t count = 0;

    enum rb_status status = parts_load(store, circle, &parts, &count);
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = is_self ? author_leave(store, parts[i].circle, now_ms)
                         : author_remove(store, parts[i].circle, person, now_ms);
        if (!db_failed(status)) {
            status = RB_OK;
        }
    }
    free(parts);
    return status;
}
