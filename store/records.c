/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/records.h"

#include "store/author.h"
#include "store/cases.h"
#include "store/db.h"
#include "store/refs.h"

#include <stdlib.h>
#include <string.h>

bool form_has_numbers(const struct form_row *form) {
    return !form->is_single && form->form != FORM_ACCESS && form_circle(form) == CIRCLE_CASE;
}

/* ---- What stands ---- */

static void refs_read(struct db_row *query, int column, struct record_event *event) {
    const struct span refs = db_blob(query, column);

    event->ref_count = refs.len / REF_BYTES < REFS_MAX ? refs.len / REF_BYTES : REFS_MAX;
    if (event->ref_count > 0) {
        memcpy(event->refs, refs.data, event->ref_count * REF_BYTES);
    }
}

/* The body's place is known only when all have come: until then its length alone is. */
static void event_read(struct db_row *query, struct standing *standing) {
    struct record_event *event = &standing->events[standing->event_count++];
    const struct span body = db_blob(query, 4);

    *event = (struct record_event) { .hlc = (uint64_t)db_int(query, 2), .body.len = body.len };
    db_copy(query, 0, event->ref, REF_BYTES);
    db_copy(query, 1, event->person, HASH_BYTES);
    refs_read(query, 3, event);
    writer_span(&standing->bodies, body);
}

static void bodies_place(struct standing *standing) {
    const uint8_t *body = standing->bodies.data;

    for (size_t i = 0; i < standing->event_count; i++) {
        standing->events[i].body.data = body;
        body += standing->events[i].body.len;
    }
}

enum rb_status standing_add(struct store *store, int64_t circle, struct standing *standing) {
    static const char sql[] =
        "SELECT ref, person, hlc, refs, body"
        " FROM record_event"
        " WHERE circle = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    while (db_step(query)) {
        if (standing->event_count == standing->event_room) {
            standing->event_room = 2 * standing->event_room + 64;
            standing->events =
                rb_realloc(standing->events, standing->event_room, sizeof *standing->events);
        }
        event_read(query, standing);
    }
    return db_end(query);
}

static enum rb_status circle_find(struct store *store, const uint8_t circle[static HASH_BYTES],
                                  int64_t *id) {
    static const char sql[] =
        "SELECT id"
        " FROM circle"
        " WHERE circle = ?1";
    struct db_row *query = db_query(store_db(store), sql);
    bool found = false;

    db_bind_blob(query, 1, span_of(circle, HASH_BYTES));
    if (db_step(query)) {
        found = true;
        *id = db_int(query, 0);
    }
    enum rb_status status = db_end(query);
    return status == RB_OK && !found ? RB_NOT_FOUND : status;
}

enum rb_status standing_load(struct store *store, const uint8_t circle[static HASH_BYTES],
                             struct standing *standing) {
    int64_t id = 0;

    standing_begin(standing);
    enum rb_status status = circle_find(store, circle, &id);
    if (status == RB_OK) {
        status = standing_add(store, id, standing);
    }
    if (status != RB_OK) {
        standing_clear(standing);
        return status;
    }
    standing_fold(standing);
    return RB_OK;
}

void standing_begin(struct standing *standing) {
    *standing = (struct standing) { 0 };
    writer_init(&standing->bodies, SIZE_MAX); /* rows of our own file */
}

void standing_fold(struct standing *standing) {
    bodies_place(standing);
    record_build(&standing->record, standing->events, standing->event_count);
}

void standing_clear(struct standing *standing) {
    record_clear(&standing->record);
    free(standing->events);
    writer_clear(&standing->bodies);
    *standing = (struct standing) { 0 };
}

/* ---- Writing ---- */

static bool hand_is_taken(struct store *store, const struct record_item *item,
                          const struct change *change) {
    for (size_t i = 0; item != NULL && i < change->value_count; i++) {
        if (!item_takes(item, change->values[i].field, store_self(store)->person)) {
            return false;
        }
    }
    return true;
}

static enum rb_status values_check(const struct change *change) {
    enum rb_status status = change->value_count > 0 ? RB_OK : RB_MALFORMED;

    for (size_t i = 0; i < change->value_count && status == RB_OK; i++) {
        status = field_value_check(form_field(change->form, change->values[i].field),
                                   &change->values[i]);
    }
    return status == RB_OK ? RB_OK : RB_MALFORMED;
}

static enum rb_status draft_fit(struct store *store, const struct record *record,
                                const struct record_draft *draft, struct new_content *content) {
    const struct change *change = &draft->change;
    const struct record_item *item = NULL;

    if (change->form->is_single) {
        item = record_single(record, change->form->form);
    } else if (draft->item != NULL) {
        item = record_item(record, draft->item);
        if (item == NULL || item->form != change->form) {
            return RB_NOT_FOUND;
        }
    }
    if (!hand_is_taken(store, item, change)) {
        return RB_REFUSED;
    }
    content->ref_count = item_refs(item, change->values, change->value_count, content->refs);
    return RB_OK;
}

static enum rb_status draft_write(struct store *store, const uint8_t circle[static HASH_BYTES],
                                  const struct record_draft *draft, int64_t now_ms,
                                  uint8_t ref[static REF_BYTES]) {
    struct new_content content = { .type = KIND_RECORD };
    struct standing standing;
    struct writer body;

    enum rb_status status = standing_load(store, circle, &standing);
    if (status != RB_OK) {
        return status;
    }
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    status = draft_fit(store, &standing.record, draft, &content);
    if (status == RB_OK) {
        change_encode(&body, &draft->change);
        status = writer_end(&body);
    }
    if (status == RB_OK) {
        content.body = writer_view(&body);
        status = author_write(store, circle, &content, now_ms, ref);
    }
    writer_clear(&body);
    standing_clear(&standing);
    return status;
}

/* Who writes into a case has it before him (docs/decisions/004). */
static enum rb_status draft_number(struct store *store, const uint8_t circle[static HASH_BYTES],
                                   const struct record_draft *draft) {
    if (draft->item != NULL || !form_has_numbers(draft->change.form)) {
        return RB_OK;
    }
    return case_seen(store, circle);
}

enum rb_status record_write(struct store *store, const uint8_t circle[static HASH_BYTES],
                            const struct record_draft *draft, int64_t now_ms,
                            uint8_t ref[static REF_BYTES]) {
    bool own = false;

    enum rb_status status = values_check(&draft->change);
    if (status == RB_OK) {
        status = store_write_enter(store, &own);
    }
    if (status != RB_OK) {
        return status;
    }
    status = draft_write(store, circle, draft, now_ms, ref);
    if (status == RB_OK) {
        status = draft_number(store, circle, draft);
    }
    return store_write_leave(store, own, status);
}

/* ---- Parts by their name ---- */

static enum rb_status place_find(struct store *store, const uint8_t ref[static REF_BYTES],
                                 struct item_place *place) {
    static const char sql[] =
        "SELECT circle.circle, record_event.form"
        " FROM record_event"
        " JOIN circle ON circle.id = record_event.circle"
        " WHERE record_event.ref = ?1"
        "   AND record_event.numbered = 1";
    struct db_row *query = db_query(store_db(store), sql);
    bool found = false;

    db_bind_blob(query, 1, span_of(ref, REF_BYTES));
    if (db_step(query)) {
        db_copy(query, 0, place->circle, HASH_BYTES);
        place->form = form_find((uint64_t)db_int(query, 1));
        found = place->form != NULL;
    }
    enum rb_status status = db_end(query);
    return status == RB_OK && !found ? RB_NOT_FOUND : status;
}

enum rb_status part_case(struct store *store, const uint8_t ref[static REF_BYTES],
                         uint8_t circle[static HASH_BYTES]) {
    struct item_place place;

    enum rb_status status = place_find(store, ref, &place);
    if (status == RB_OK) {
        memcpy(circle, place.circle, HASH_BYTES);
    }
    return status == RB_NOT_FOUND ? entry_case(store, ref, circle) : status;
}

enum rb_status item_place(struct store *store, const uint8_t ref[static REF_BYTES],
                          struct item_place *place) {
    struct item_place value = { 0 };

    enum rb_status status = place_find(store, ref, &value);
    if (status == RB_OK) {
        status = ref_number(store, REF_CASE, span_of(value.circle, HASH_BYTES), &value.case_number);
    }
    if (status == RB_OK) {
        status = ref_number_in(store, REF_ENTRY, span_of(value.circle, HASH_BYTES),
                               span_of(ref, REF_BYTES), &value.number);
    }
    if (status == RB_OK) {
        *place = value;
    }
    return status;
}
