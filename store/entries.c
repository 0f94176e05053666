/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/cases.h"

#include "store/contacts.h"
#include "store/db.h"
#include "store/posting.h"
#include "store/rows.h"

#include <stdlib.h>
#include <string.h>

/* ---- Entries and items of a case in their order: they share one series of numbers ---- */

struct listed {
    int64_t rcv;
    uint8_t ref[REF_BYTES];
    int64_t number; /* 0: not given yet */
    bool is_item;   /* of a form (records.h) */
};

struct listing {
    const uint8_t *circle;
    struct listed *rows; /* owned */
    size_t count;
};

/* As among posts, a clock that cannot be right says nothing about order: such an entry stands where
 * it arrived, at the hlc of that second. */
static enum rb_status listing_load(struct store *store, struct listing *listing) {
    static const char sql[] =
        "SELECT part.rcv, part.ref, coalesce(number.number, 0), part.is_item"
        " FROM case_part AS part"
        " LEFT JOIN number ON number.sort = ?1 AND number.object = part.ref"
        " WHERE part.circle = ?2"
        " ORDER BY CASE WHEN part.odd_time THEN"
        "    (SELECT event.arrived_s * 1000 << 16 FROM event WHERE event.rcv = part.rcv)"
        "    ELSE part.hlc END, part.ref";
    struct circle_row circle;
    size_t room = 0;

    enum rb_status status = circle_row_find(store, listing->circle, &circle);
    if (status != RB_OK) {
        return status;
    }
    struct db_row *query = db_query(store_db(store), sql);
    db_bind_int(query, 1, REF_ENTRY);
    db_bind_int(query, 2, circle.id);
    while (db_step(query)) {
        if (listing->count == room) {
            room = room == 0 ? 64 : 2 * room;
            listing->rows = rb_realloc(listing->rows, room, sizeof *listing->rows);
        }
        struct listed *listed = &listing->rows[listing->count++];
        *listed = (struct listed) { .rcv = db_int(query, 0),
                                    .number = db_int(query, 2),
                                    .is_item = db_int(query, 3) != 0 };
        db_copy(query, 1, listed->ref, sizeof listed->ref);
    }
    return db_end(query);
}

static enum rb_status entry_number(struct store *store, const uint8_t circle[static HASH_BYTES],
                                   const uint8_t ref[static REF_BYTES], int64_t *number) {
    return ref_number_in(store, REF_ENTRY, span_of(circle, HASH_BYTES), span_of(ref, REF_BYTES),
                         number);
}

/* Numbers for those that are seen for the first time, the oldest first. */
static enum rb_status listing_number(struct store *store, struct listing *listing) {
    bool own = false;

    enum rb_status status = store_write_enter(store, &own);
    if (status != RB_OK) {
        return status;
    }
    for (size_t i = 0; i < listing->count && status == RB_OK; i++) {
        struct listed *listed = &listing->rows[i];
        if (listed->number == 0) {
            status = entry_number(store, listing->circle, listed->ref, &listed->number);
        }
    }
    return store_write_leave(store, own, status);
}

static enum rb_status listing_load_numbered(struct store *store, struct listing *listing) {
    bool complete = true;

    enum rb_status status = listing_load(store, listing);
    for (size_t i = 0; i < listing->count; i++) {
        complete = complete && listing->rows[i].number != 0;
    }
    return status == RB_OK && !complete ? listing_number(store, listing) : status;
}

/* ---- One entry ---- */

/* Columns: ref, person, hlc, odd_time, text, whether it is elsewhere too, the body if it tells
 * more. */
static enum rb_status entry_read(struct db_row *query, struct entry_row *row, struct writer *text) {
    *row = (struct entry_row) {
        .time_ms = hlc_ms((uint64_t)db_int(query, 2)),
        .odd_time = db_int(query, 3) != 0,
        .delivered = db_int(query, 5) != 0,
    };
    db_copy(query, 0, row->ref, sizeof row->ref);
    db_copy(query, 1, row->author, sizeof row->author);
    writer_reset(text);
    if (!db_is_null(query, 6)) {
        writer_span(text, db_blob(query, 6));
        return entry_decode(writer_view(text), &row->entry) == RB_OK ? RB_OK : RB_DAMAGED;
    }
    writer_span(text, db_text(query, 4));
    row->entry = (struct entry) { .text = writer_view(text) };
    return RB_OK;
}

/* `row->entry` borrows from `text`. */
static enum rb_status entry_load(struct store *store, int64_t rcv, struct entry_row *row,
                                 struct writer *text) {
    static const char sql[] =
        "SELECT entry.ref, entry.person, entry.hlc, entry.odd_time, entry.text,"
        "  log.own = 0 OR EXISTS (SELECT 1 FROM acked"
        "    WHERE acked.log = log.id AND acked.seq >= entry.seq AND acked.person <> ?2),"
        "  entry.body"
        " FROM entry"
        " JOIN log ON log.id = entry.log"
        " WHERE entry.rcv = ?1";
    struct db_row *query = db_query(store_db(store), sql);
    enum rb_status found = RB_NOT_FOUND;

    db_bind_int(query, 1, rcv);
    db_bind_blob(query, 2, span_of(store_self(store)->person, HASH_BYTES));
    if (db_step(query)) {
        found = entry_read(query, row, text);
    }
    enum rb_status status = db_end(query);
    status = status == RB_OK ? found : status;
    return status == RB_OK ? person_name(store, row->author, row->author_name) : status;
}

/* ---- Showing ---- */

static enum rb_status case_of_member(struct store *store, const uint8_t circle[static HASH_BYTES],
                                     struct case_row *row) {
    enum rb_status status = case_get(store, circle, row);

    return status == RB_OK && !row->is_member ? RB_NOT_MEMBER : status;
}

static void case_put(struct entry_row *row, const struct case_row *case_row) {
    row->case_number = case_row->number;
    memcpy(row->case_code, case_row->code, sizeof row->case_code);
}

static enum rb_status listing_show(struct store *store, const struct listing *listing,
                                   const struct case_row *case_row,
                                   bool (*each)(void *context, const struct entry_row *),
                                   void *context) {
    enum rb_status status = RB_OK;
    struct writer text;
    bool go_on = true;

    writer_init(&text, EVENT_PAYLOAD_BYTES_MAX);
    for (size_t i = 0; i < listing->count && status == RB_OK && go_on; i++) {
        struct entry_row row;
        if (listing->rows[i].is_item) {
            continue;
        }
        status = entry_load(store, listing->rows[i].rcv, &row, &text);
        if (status == RB_OK) {
            case_put(&row, case_row);
            row.number = listing->rows[i].number;
            go_on = each(context, &row);
        }
    }
    writer_clear(&text);
    return status;
}

enum rb_status case_entries(struct store *store, const uint8_t circle[static HASH_BYTES],
                            bool (*each)(void *context, const struct entry_row *), void *context) {
    struct listing listing = { .circle = circle };
    struct case_row row;

    enum rb_status status = case_of_member(store, circle, &row);
    if (status == RB_OK) {
        status = listing_load_numbered(store, &listing);
    }
    if (status == RB_OK) {
        status = listing_show(store, &listing, &row, each, context);
    }
    free(listing.rows);
    return status;
}

/* ---- An entry by its ref ----
 * There is no index on refs: an entry that has been seen is found by the parent of its number, any
 * other by looking through all of them. */

enum rb_status entry_case(struct store *store, const uint8_t ref[static REF_BYTES],
                          uint8_t circle[static HASH_BYTES]) {
    static const char sql[] =
        "SELECT coalesce((SELECT parent FROM number WHERE sort = ?1 AND object = ?2),"
        "  (SELECT circle.circle FROM entry"
        "    JOIN circle ON circle.id = entry.circle WHERE entry.ref = ?2))";
    struct db_row *query = db_query(store_db(store), sql);
    bool found = false;

    db_bind_int(query, 1, REF_ENTRY);
    db_bind_blob(query, 2, span_of(ref, REF_BYTES));
    if (db_step(query) && !db_is_null(query, 0)) {
        found = true;
        db_copy(query, 0, circle, HASH_BYTES);
    }
    enum rb_status status = db_end(query);
    return status == RB_OK && !found ? RB_NOT_FOUND : status;
}

static enum rb_status entry_find(struct store *store, const uint8_t circle[static HASH_BYTES],
                                 const uint8_t ref[static REF_BYTES], int64_t *rcv) {
    static const char sql[] =
        "SELECT entry.rcv"
        " FROM circle"
        " JOIN entry ON entry.circle = circle.id"
        " WHERE circle.circle = ?1"
        "   AND entry.ref = ?2";
    struct db_row *query = db_query(store_db(store), sql);
    bool found = false;

    db_bind_blob(query, 1, span_of(circle, HASH_BYTES));
    db_bind_blob(query, 2, span_of(ref, REF_BYTES));
    if (db_step(query)) {
        found = true;
        *rcv = db_int(query, 0);
    }
    enum rb_status status = db_end(query);
    return status == RB_OK && !found ? RB_NOT_FOUND : status;
}

/* The whole entry, with its number; `row->text` borrows from `text`. */
static enum rb_status entry_fetch(struct store *store, const uint8_t ref[static REF_BYTES],
                                  struct entry_row *row, struct writer *text) {
    uint8_t circle[HASH_BYTES];
    struct case_row case_row;
    int64_t rcv = 0;

    enum rb_status status = entry_case(store, ref, circle);
    if (status == RB_OK) {
        status = case_of_member(store, circle, &case_row);
    }
    if (status == RB_OK) {
        status = entry_find(store, circle, ref, &rcv);
    }
    if (status == RB_OK) {
        status = entry_load(store, rcv, row, text);
    }
    if (status == RB_OK) {
        case_put(row, &case_row);
        status = entry_number(store, circle, ref, &row->number);
    }
    return status;
}

enum rb_status entry_get(struct store *store, const uint8_t ref[static REF_BYTES],
                         struct entry_row *row) {
    struct entry_row value = { 0 };
    struct writer text;

    writer_init(&text, EVENT_PAYLOAD_BYTES_MAX);
    enum rb_status status = entry_fetch(store, ref, &value, &text);
    if (status == RB_OK) {
        value.entry = (struct entry) { .sort = ENTRY_PLAIN };
        *row = value;
    }
    writer_clear(&text);
    return status;
}

enum rb_status entry_show_one(struct store *store, const uint8_t ref[static REF_BYTES],
                              bool (*each)(void *context, const struct entry_row *),
                              void *context) {
    struct entry_row row = { 0 };
    struct writer text;

    writer_init(&text, EVENT_PAYLOAD_BYTES_MAX);
    enum rb_status status = entry_fetch(store, ref, &row, &text);
    if (status == RB_OK) {
        (void)each(context, &row); /* There is no other to go on with. */
    }
    writer_clear(&text);
    return status;
}

/* ---- An entry that has just come ---- */

static enum rb_status arrived_find(struct store *store, int64_t rcv, uint8_t ref[static REF_BYTES],
                                   uint8_t circle[static HASH_BYTES], bool *has_number) {
    static const char sql[] =
        "SELECT entry.ref, circle.circle,"
        "  EXISTS (SELECT 1 FROM number WHERE number.sort = ?2 AND number.object = entry.ref)"
        " FROM entry"
        " JOIN circle ON circle.id = entry.circle"
        " JOIN circle_view ON circle_view.circle = entry.circle AND circle_view.kind = ?4"
        " JOIN member AS own ON own.circle = entry.circle AND own.person = ?3"
        " WHERE entry.rcv = ?1"
        "   AND own.state IN (?5, ?6)";
    struct db_row *query = db_query(store_db(store), sql);
    bool found = false;

    db_bind_int(query, 1, rcv);
    db_bind_int(query, 2, REF_ENTRY);
    db_bind_blob(query, 3, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(query, 4, CIRCLE_CASE);
    db_bind_int(query, 5, MEMBER_INVITED);
    db_bind_int(query, 6, MEMBER_ACCEPTED);
    if (db_step(query)) {
        found = true;
        db_copy(query, 0, ref, REF_BYTES);
        db_copy(query, 1, circle, HASH_BYTES);
        *has_number = db_int(query, 2) != 0;
    }
    enum rb_status status = db_end(query);
    return status == RB_OK && !found ? RB_NOT_FOUND : status;
}

enum rb_status entry_number_arrived(struct store *store, int64_t rcv, bool *is_new) {
    uint8_t ref[REF_BYTES], circle[HASH_BYTES];
    bool has_number = false;
    int64_t number = 0;

    enum rb_status status = arrived_find(store, rcv, ref, circle, &has_number);
    if (status == RB_OK) {
        status = ref_number(store, REF_CASE, span_of(circle, HASH_BYTES), &number);
    }
    if (status == RB_OK) {
        status = entry_number(store, circle, ref, &number);
    }
    if (status == RB_OK) {
        *is_new = !has_number;
    }
    return status;
}

/* ---- Writing ---- */

static enum rb_status entry_write(struct store *store, const uint8_t circle[static HASH_BYTES],
                                  const struct entry *entry, int64_t now_ms,
                                  uint8_t ref[static REF_BYTES]) {
    struct new_content draft = { .type = KIND_ENTRY };
    struct writer body;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    entry_encode(&body, entry);
    draft.body = writer_view(&body);
    enum rb_status status = author_write(store, circle, &draft, now_ms, ref);
    writer_clear(&body);
    return status;
}

enum rb_status case_seen(struct store *store, const uint8_t circle[static HASH_BYTES]) {
    struct listing listing = { .circle = circle };

    enum rb_status status = listing_load_numbered(store, &listing);
    free(listing.rows);
    return status;
}

enum rb_status case_note_entry(struct store *store, const uint8_t circle[static HASH_BYTES],
                               const struct entry *entry, int64_t now_ms,
                               uint8_t ref[static REF_BYTES]) {
    struct case_row row;

    enum rb_status status = entry_check(entry);
    if (status == RB_OK) {
        status = case_of_member(store, circle, &row);
    }
    if (status == RB_OK) {
        status = store_write_begin(store);
    }
    if (status != RB_OK) {
        return status;
    }
    status = entry_write(store, circle, entry, now_ms, ref);
    if (status == RB_OK) {
        status = case_seen(store, circle);
    }
    return store_write_end(store, status);
}

enum rb_status case_note(struct store *store, const uint8_t circle[static HASH_BYTES],
                         struct span text, int64_t now_ms, uint8_t ref[static REF_BYTES]) {
    const struct entry entry = { .text = text };

    return case_note_entry(store, circle, &entry, now_ms, ref);
}
