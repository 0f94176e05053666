/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/own.h"

#include "protocol/casework/contact.h"
#include "store/author.h"
#include "store/contacts.h"
#include "store/db.h"
#include "store/opening.h"

#include <string.h>

/* ---- The circle ---- */

/* The one to write to; RB_NOT_FOUND. */
static enum rb_status own_find(struct store *store, uint8_t circle[static HASH_BYTES]) {
    static const char sql[] =
        "SELECT circle.circle"
        " FROM circle_view"
        " JOIN circle ON circle.id = circle_view.circle"
        " JOIN member AS own ON own.circle = circle.id AND own.person = ?1"
        " WHERE circle_view.kind = ?2"
        "   AND own.state = ?3"
        "   AND NOT EXISTS (SELECT 1 FROM member AS other"
        "     WHERE other.circle = circle.id AND other.person <> ?1)"
        " ORDER BY circle.circle"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);
    enum rb_status found = RB_NOT_FOUND;

    db_bind_blob(query, 1, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(query, 2, CIRCLE_OWN);
    db_bind_int(query, 3, MEMBER_ACCEPTED);
    if (db_step(query)) {
        db_copy(query, 0, circle, HASH_BYTES);
        found = RB_OK;
    }
    const enum rb_status status = db_end(query);
    return status == RB_OK ? found : status;
}

static enum rb_status record_write(struct store *store, const uint8_t circle[static HASH_BYTES],
                                   const struct contact_record *record, int64_t now_ms) {
    struct new_content draft = { .type = KIND_CONTACT };
    uint8_t ref[REF_BYTES];
    struct writer body;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    contact_record_encode(&body, record);
    draft.body = writer_view(&body);
    const enum rb_status status = author_write(store, circle, &draft, now_ms, ref);
    writer_clear(&body);
    return status;
}

/* ---- What does not stand there yet ---- */

struct unwritten {
    int64_t id; /* in the table of contacts */
    struct contact_record record;
    struct writer card; /* owned */
};

/* The first such contact after `after`, or that person only (else NULL); RB_NOT_FOUND.  A card that
 * is too large for a record is left out of it. */
static enum rb_status unwritten_find(struct store *store, int64_t after, const uint8_t *person,
                                     struct unwritten *unwritten) {
    static const char sql[] =
        "SELECT contact.id, contact.person, contact.verified,"
        "  iif(length(contact.card) <= ?3, contact.card, x'')"
        " FROM contact"
        " WHERE contact.id > ?1"
        "   AND (?2 IS NULL OR contact.person = ?2)"
        "   AND (contact.verified = 1 OR NOT EXISTS (SELECT 1 FROM contact_present AS present"
        "     WHERE present.person = contact.person"
        "       AND (present.card = contact.card OR length(contact.card) > ?3)))"
        " ORDER BY contact.id"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);
    enum rb_status found = RB_NOT_FOUND;

    db_bind_int(query, 1, after);
    if (person != NULL) {
        db_bind_blob(query, 2, span_of(person, HASH_BYTES));
    }
    db_bind_int(query, 3, CONTACT_CARD_BYTES_MAX);
    if (db_step(query)) {
        unwritten->id = db_int(query, 0);
        db_copy(query, 1, unwritten->record.person, HASH_BYTES);
        unwritten->record.standing = db_int(query, 2) != 0 ? CONTACT_VERIFIED : CONTACT_KNOWN;
        writer_clear(&unwritten->card);
        writer_init(&unwritten->card, CONTACT_CARD_BYTES_MAX);
        writer_span(&unwritten->card, db_blob(query, 3));
        unwritten->record.card = writer_view(&unwritten->card);
        found = RB_OK;
    }
    const enum rb_status status = db_end(query);
    return status == RB_OK ? found : status;
}

/* The column was all that a store of before had. */
static enum rb_status column_clear(struct store *store) {
    static const char sql[] =
        "UPDATE contact"
        " SET verified = 0"
        " WHERE verified = 1"
        "   AND person IN (SELECT person FROM contact_present WHERE standing = 1)";

    return db_run(db_query(store_db(store), sql));
}

/* Writes one contact; `*stands`: it counts there, now. */
static enum rb_status unwritten_write(struct store *store, const uint8_t circle[static HASH_BYTES],
                                      const struct unwritten *unwritten, int64_t now_ms,
                                      bool *stands) {
    struct unwritten again = { 0 };

    *stands = false;
    enum rb_status status = record_write(store, circle, &unwritten->record, now_ms);
    if (status != RB_OK) {
        return db_failed(status) ? status : RB_OK;
    }
    status = column_clear(store);
    if (status == RB_OK) {
        status = unwritten_find(store, 0, unwritten->record.person, &again);
        *stands = status == RB_NOT_FOUND;
    }
    writer_clear(&again.card);
    return status == RB_NOT_FOUND ? RB_OK : status;
}

/* Stops where one does not count: the next would not either. */
static enum rb_status write_all(struct store *store, const uint8_t circle[static HASH_BYTES],
                                const uint8_t *person, int64_t now_ms) {
    struct unwritten unwritten = { 0 };
    bool stands = true;

    enum rb_status status = unwritten_find(store, 0, person, &unwritten);
    while (status == RB_OK && stands) {
        status = unwritten_write(store, circle, &unwritten, now_ms, &stands);
        if (status == RB_OK && stands) {
            status = unwritten_find(store, unwritten.id, person, &unwritten);
        }
    }
    writer_clear(&unwritten.card);
    return status == RB_NOT_FOUND ? RB_OK : status;
}

enum rb_status own_circle(struct store *store, int64_t now_ms, uint8_t circle[static HASH_BYTES]) {
    enum rb_status status = own_find(store, circle);

    if (status == RB_NOT_FOUND) {
        status = author_found(store, CIRCLE_OWN, NULL, now_ms, circle);
    }
    return status == RB_OK ? write_all(store, circle, NULL, now_ms) : status;
}

enum rb_status own_contact_write(struct store *store, const uint8_t person[static HASH_BYTES],
                                 int64_t now_ms) {
    uint8_t circle[HASH_BYTES];

    const enum rb_status status = own_find(store, circle);
    if (status != RB_OK) {
        return status == RB_NOT_FOUND ? RB_OK : status;
    }
    return write_all(store, circle, person, now_ms);
}

/* ---- Removing ---- */

static enum rb_status is_present(struct store *store, const uint8_t person[static HASH_BYTES],
                                 bool *present) {
    static const char sql[] =
        "SELECT 1"
        " FROM contact_present"
        " WHERE person = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(person, HASH_BYTES));
    *present = db_step(query);
    return db_end(query);
}

enum rb_status own_contact_remove(struct store *store, const uint8_t person[static HASH_BYTES],
                                  int64_t now_ms) {
    struct contact_record record = { .standing = CONTACT_REMOVED };
    uint8_t circle[HASH_BYTES];
    bool present = false;

    enum rb_status status = is_present(store, person, &present);
    if (status == RB_OK && present) {
        status = own_circle(store, now_ms, circle);
    }
    if (status != RB_OK || !present) {
        return status;
    }
    memcpy(record.person, person, sizeof record.person);
    return record_write(store, circle, &record, now_ms);
}

/* ---- What another device has written ---- */

/* Also whom a device has brought of which it turned out later that it was stolen. */
static enum rb_status removed_drop(struct store *store) {
    static const char sql[] =
        "DELETE FROM contact"
        " WHERE (brought = 1 OR person IN (SELECT person FROM contact_state))"
        "   AND person NOT IN (SELECT person FROM contact_present)";

    const enum rb_status status = db_run(db_query(store_db(store), sql));
    if (status == RB_OK && db_changes(store_db(store)) > 0) {
        store_note_contacts(store);
    }
    return status;
}

/* The cards that are not held here, the newest record last, each with the person whom its record is
 * about and its length in front. */
static enum rb_status cards_load(struct store *store, struct writer *cards) {
    static const char sql[] =
        "SELECT present.card, present.person"
        " FROM contact_present AS present"
        " LEFT JOIN contact ON contact.person = present.person"
        " WHERE present.card IS NOT NULL"
        "   AND present.card IS NOT contact.card"
        " ORDER BY present.hlc, present.ref";
    struct db_row *query = db_query(store_db(store), sql);

    while (db_step(query)) {
        const struct span card = db_blob(query, 0);
        uint8_t person[HASH_BYTES];
        db_copy(query, 1, person, sizeof person);
        writer_span(cards, span_of(person, sizeof person));
        writer_u32(cards, (uint32_t)card.len);
        writer_span(cards, card);
    }
    return db_end(query);
}

/* A name that another contact has here, one's own card, one of somebody else, or one that nobody
 * has signed: that one is left out, and the others are not. */
static enum rb_status card_take(struct store *store, const uint8_t person[static HASH_BYTES],
                                struct span card, int64_t now_ms) {
    bool kept = false;

    const enum rb_status status = contact_take(store, person, card, now_ms, &kept);
    if (status == RB_OK && kept) {
        store_note_contacts(store);
    }
    return db_failed(status) ? status : RB_OK;
}

enum rb_status own_contacts_take(struct store *store, int64_t now_ms) {
    struct opening *opening = opening_of(store);
    struct writer cards;

    opening->contacts_due = false;
    opening->contacts_again = false;
    writer_init(&cards, SIZE_MAX);
    enum rb_status status = removed_drop(store);
    if (status == RB_OK) {
        status = cards_load(store, &cards);
    }
    struct reader reader = reader_of(writer_view(&cards));
    while (status == RB_OK && reader.rest.len > 0) {
        const uint8_t *person = reader_span(&reader, HASH_BYTES).data;
        const size_t len = reader_u32(&reader);
        status = card_take(store, person, reader_span(&reader, len), now_ms);
    }
    writer_clear(&cards);
    return status;
}
