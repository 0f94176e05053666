/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/requests.h"

#include "store/author.h"
#include "store/cases.h"
#include "store/contacts.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

/* ---- Reading ---- */

struct place {
    int64_t id;
    uint8_t circle[HASH_BYTES];
};

static enum rb_status places_load(struct store *store, struct place **places, size_t *count) {
    static const char sql[] =
        "SELECT circle.id, circle.circle"
        " FROM circle_view"
        " JOIN circle ON circle.id = circle_view.circle"
        " JOIN member AS own ON own.circle = circle.id AND own.person = ?2"
        " WHERE circle_view.kind = ?1"
        "   AND own.state IN (?3, ?4)"
        " ORDER BY circle.id";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, CIRCLE_REQUEST);
    db_bind_blob(query, 2, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(query, 3, MEMBER_INVITED);
    db_bind_int(query, 4, MEMBER_ACCEPTED);
    while (db_step(query)) {
        *places = rb_realloc(*places, *count + 1, sizeof **places);
        (*places)[*count].id = db_int(query, 0);
        db_copy(query, 1, (*places)[*count].circle, HASH_BYTES);
        ++*count;
    }
    return db_end(query);
}

static enum rb_status state_find(struct store *store, struct request *request) {
    uint8_t circle[HASH_BYTES];

    enum rb_status status = case_of_code(store, span_text(request->code), request->asker, circle);
    request->state = status == RB_OK                 ? REQUEST_SHARED
                     : request->declined_why.len > 0 ? REQUEST_DECLINED
                                                     : REQUEST_OPEN;
    return status == RB_NOT_FOUND ? RB_OK : status;
}

static void request_read(const struct record_item *item, const struct place *place,
                         struct request *request) {
    const struct span code = item_text(item, REQUEST_CASE);

    *request = (struct request) {
        .why = item_text(item, REQUEST_WHY),
        .declined_why = item_text(item, REQUEST_DECLINED_WHY),
        .time_ms = hlc_ms(item->first->hlc),
    };
    memcpy(request->circle, place->circle, HASH_BYTES);
    memcpy(request->ref, item->first->ref, REF_BYTES);
    memcpy(request->asker, item->first->person, HASH_BYTES);
    memcpy(request->asked, item_text(item, REQUEST_TO).data, HASH_BYTES); /* first: it is there */
    memcpy(request->code, code.data, code.len); /* of CASE_CODE_BYTES: it was checked */
}

struct walk {
    struct store *store;
    bool (*each)(void *context, const struct request *);
    void *context;
    bool is_over;
};

static enum rb_status item_tell(struct walk *walk, const struct record_item *item,
                                const struct place *place) {
    const uint8_t *self = store_self(walk->store)->person;
    struct request request;

    request_read(item, place, &request);
    if (memcmp(request.asker, self, HASH_BYTES) != 0 &&
        memcmp(request.asked, self, HASH_BYTES) != 0) {
        return RB_OK;
    }
    enum rb_status status = state_find(walk->store, &request);
    if (status == RB_OK) {
        walk->is_over = !walk->each(walk->context, &request);
    }
    return status;
}

static enum rb_status place_tell(struct walk *walk, const struct place *place) {
    struct standing standing;

    standing_begin(&standing);
    enum rb_status status = standing_add(walk->store, place->id, &standing);
    if (status == RB_OK) {
        standing_fold(&standing);
    }
    for (const struct record_item *item = record_next(&standing.record, FORM_REQUEST, NULL);
         item != NULL && status == RB_OK && !walk->is_over;
         item = record_next(&standing.record, FORM_REQUEST, item)) {
        status = item_tell(walk, item, place);
    }
    standing_clear(&standing);
    return status;
}

enum rb_status requests_each(struct store *store,
                             bool (*each)(void *context, const struct request *), void *context) {
    struct walk walk = { .store = store, .each = each, .context = context };
    struct place *places = NULL;
    size_t count = 0;

    enum rb_status status = places_load(store, &places, &count);
    for (size_t i = 0; i < count && status == RB_OK && !walk.is_over; i++) {
        status = place_tell(&walk, &places[i]);
    }
    free(places);
    return status;
}

/* ---- The open one of a person for a code ---- */

struct search {
    const uint8_t *asker, *asked;
    struct span code;
    bool found;
    uint8_t circle[HASH_BYTES], ref[REF_BYTES];
};

static bool compare(void *opaque, const struct request *request) {
    struct search *search = opaque;

    search->found = request->state == REQUEST_OPEN &&
                    memcmp(request->asker, search->asker, HASH_BYTES) == 0 &&
                    memcmp(request->asked, search->asked, HASH_BYTES) == 0 &&
                    span_equal(span_text(request->code), search->code);
    memcpy(search->circle, request->circle, HASH_BYTES);
    memcpy(search->ref, request->ref, REF_BYTES);
    return !search->found;
}

/* ---- Writing ---- */

static enum rb_status circle_find(struct store *store, const uint8_t asked[static HASH_BYTES],
                                  uint8_t circle[static HASH_BYTES]) {
    static const char sql[] =
        "SELECT circle.circle"
        " FROM circle_view"
        " JOIN circle ON circle.id = circle_view.circle"
        " JOIN member AS own ON own.circle = circle.id AND own.person = ?2"
        " JOIN member AS other ON other.circle = circle.id AND other.person = ?3"
        " WHERE circle_view.kind = ?1"
        "   AND own.role = ?4"
        "   AND own.state = ?6"
        "   AND other.state IN (?5, ?6)"
        " ORDER BY circle.circle"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);
    enum rb_status found = RB_NOT_FOUND;

    db_bind_int(query, 1, CIRCLE_REQUEST);
    db_bind_blob(query, 2, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_blob(query, 3, span_of(asked, HASH_BYTES));
    db_bind_int(query, 4, CIRCLE_OWNER);
    db_bind_int(query, 5, MEMBER_INVITED);
    db_bind_int(query, 6, MEMBER_ACCEPTED);
    if (db_step(query)) {
        db_copy(query, 0, circle, HASH_BYTES);
        found = RB_OK;
    }
    const enum rb_status status = db_end(query);
    return status == RB_OK ? found : status;
}

static enum rb_status circle_open(struct store *store, const uint8_t asked[static HASH_BYTES],
                                  int64_t now_ms, uint8_t circle[static HASH_BYTES]) {
    enum rb_status status = circle_find(store, asked, circle);

    if (status != RB_NOT_FOUND) {
        return status;
    }
    status = author_found(store, CIRCLE_REQUEST, NULL, now_ms, circle);
    return status == RB_OK ? author_invite(store, circle, asked, CIRCLE_WRITER, 0, now_ms) : status;
}

static enum rb_status check_new(struct store *store, const uint8_t asked[static HASH_BYTES],
                                struct span code) {
    struct search search = { store_self(store)->person, asked, code, false, { 0 }, { 0 } };
    struct contact contact;

    enum rb_status status = contact_get(store, asked, &contact);
    if (status == RB_OK && !contact.verified) {
        status = RB_UNSAFE;
    }
    if (status == RB_OK) {
        status = requests_each(store, compare, &search);
    }
    return status == RB_OK && search.found ? RB_EXISTS : status;
}

static enum rb_status new_write(struct store *store, const uint8_t asked[static HASH_BYTES],
                                struct span code, struct span why, int64_t now_ms) {
    const struct field_value values[] = {
        { .field = REQUEST_TO, .bytes = span_of(asked, HASH_BYTES) },
        { .field = REQUEST_CASE, .bytes = code },
        { .field = REQUEST_WHY, .bytes = why },
    };
    struct record_draft draft = { .change.form = form_find(FORM_REQUEST) };
    uint8_t circle[HASH_BYTES], ref[REF_BYTES];

    memcpy(draft.change.values, values, sizeof values);
    draft.change.value_count = sizeof values / sizeof values[0];
    enum rb_status status = circle_open(store, asked, now_ms, circle);
    return status == RB_OK ? record_write(store, circle, &draft, now_ms, ref) : status;
}

enum rb_status request_write(struct store *store, const uint8_t asked[static HASH_BYTES],
                             struct span code, struct span why, int64_t now_ms) {
    bool own = false;

    enum rb_status status = check_new(store, asked, code);
    if (status == RB_OK) {
        status = store_write_enter(store, &own);
    }
    if (status != RB_OK) {
        return status;
    }
    status = new_write(store, asked, code, why, now_ms);
    return store_write_leave(store, own, status);
}

enum rb_status request_decline(struct store *store, const uint8_t asker[static HASH_BYTES],
                               struct span code, struct span why, int64_t now_ms) {
    struct search search = { asker, store_self(store)->person, code, false, { 0 }, { 0 } };
    struct record_draft draft = { .change.form = form_find(FORM_REQUEST), .item = search.ref };
    uint8_t ref[REF_BYTES];

    draft.change.values[0] = (struct field_value) { .field = REQUEST_DECLINED_WHY, .bytes = why };
    draft.change.value_count = 1;
    enum rb_status status = requests_each(store, compare, &search);
    if (status == RB_OK && !search.found) {
        status = RB_NOT_FOUND;
    }
    return status == RB_OK ? record_write(store, search.circle, &draft, now_ms, ref) : status;
}
