/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/contacts.h"

#include "protocol/text.h"
#include "store/db.h"
#include "store/device_own.h"
#include "store/own.h"
#include "store/refs.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- Reading ---- */

static void fill_from_card(struct contact *contact, const struct card *card) {
    memcpy(contact->person, card->person.person, sizeof contact->person);
    memcpy(contact->person_pk, card->person.subject, sizeof contact->person_pk);
    memcpy(contact->device_cert, card->device.id, sizeof contact->device_cert);
    memcpy(contact->device_pk, card->device.subject, sizeof contact->device_pk);
    memcpy(contact->transport, card->device.transport, sizeof contact->transport);
    contact->has_letter = card->letter.exists;
    contact->letter_from_s = card->person.not_before_s;
    contact->letter_until_s = card->person.not_after_s;
    contact->role = card->person.role;
    text_copy(contact->name, sizeof contact->name, card->person.name);
    text_copy(contact->region, sizeof contact->region, card->person.region);
    text_copy(contact->cluster, sizeof contact->cluster, card->person.cluster);
}

/* What was set here stands instead of what the card says. */
static void fill_addresses(struct contact *contact, const struct card *card,
                           const struct span *set_here) {
    const struct span *addresses = set_here == NULL ? card->addresses : set_here;
    const size_t count = set_here == NULL ? card->address_count : set_here->len > 0;

    for (size_t i = 0; i < count; i++) {
        text_copy(contact->addresses[i], sizeof contact->addresses[i], addresses[i]);
    }
    contact->address_count = count;
}

enum rb_status card_is_revoked(struct store *store, const struct card *card, bool *revoked) {
    static const char sql[] =
        "SELECT 1"
        " FROM revocation"
        " WHERE cert IN (?1, ?2)"
        "   AND person = ?3";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_blob(row, 1, span_of(card->person.id, CERT_ID_BYTES));
    db_bind_blob(row, 2, span_of(card->device.id, CERT_ID_BYTES));
    db_bind_blob(row, 3, span_of(card->person.person, HASH_BYTES));
    *revoked = db_step(row);
    return db_end(row);
}

/* The card was verified when it came; it is again, for a file can be tampered with. */
static enum rb_status contact_read(struct store *store, struct db_row *row,
                                   struct contact *contact) {
    struct card card;
    const struct span set_here = db_text(row, 2);

    if (card_decode(db_blob(row, 0), &card) != RB_OK) {
        return RB_DAMAGED;
    }
    *contact = (struct contact) { 0 };
    fill_from_card(contact, &card);
    fill_addresses(contact, &card, db_is_null(row, 2) ? NULL : &set_here);
    contact->verified = db_int(row, 1) != 0;
    contact->last_seen_ms = db_int(row, 3);
    contact->number = db_int(row, 4);
    const enum rb_status status = card_is_revoked(store, &card, &contact->revoked);
    return status == RB_OK ? cert_is_known_revoked(store, card.person.id, card.person.person,
                                                   &contact->person_revoked)
                           : status;
}

enum rb_status contact_get(struct store *store, const uint8_t person[static HASH_BYTES],
                           struct contact *contact) {
    static const char sql[] =
        "SELECT contact.card, contact.verified OR EXISTS (SELECT 1 FROM contact_present AS present"
        "    WHERE present.person = contact.person AND present.standing = 1),"
        "  contact.address, contact.seen_ms, number.number"
        " FROM contact"
        " JOIN number ON number.sort = ?2 AND number.object = contact.person"
        " WHERE contact.person = ?1";
    enum rb_status found = RB_NOT_FOUND;
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_blob(row, 1, span_of(person, HASH_BYTES));
    db_bind_int(row, 2, REF_CONTACT);
    if (db_step(row)) {
        found = contact_read(store, row, contact);
    }
    const enum rb_status status = db_end(row);
    return status == RB_OK ? found : status;
}

/* All persons by number, appended; the memory of the writer is their list. */
static enum rb_status persons_list(struct store *store, struct writer *persons) {
    static const char sql[] =
        "SELECT contact.person"
        " FROM contact"
        " JOIN number ON number.sort = ?1 AND number.object = contact.person"
        " ORDER BY number.number";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_int(row, 1, REF_CONTACT);
    while (db_step(row)) {
        uint8_t person[HASH_BYTES];
        db_copy(row, 0, person, sizeof person);
        writer_span(persons, span_of(person, sizeof person));
    }
    return db_end(row);
}

/* The list comes first, so that `each` may do anything with the store. */
enum rb_status contact_each(struct store *store,
                            bool (*each)(void *context, const struct contact *), void *context) {
    struct writer persons;
    bool more = true;

    writer_init(&persons, SIZE_MAX);
    enum rb_status status = persons_list(store, &persons);
    struct reader reader = reader_of(writer_view(&persons));
    while (status == RB_OK && more && reader.rest.len > 0) {
        struct contact contact;
        status = contact_get(store, reader_span(&reader, HASH_BYTES).data, &contact);
        more = status == RB_OK && each(context, &contact);
    }
    writer_clear(&persons);
    return status;
}

enum rb_status revocations_known(struct store *store, uint64_t *count) {
    static const char sql[] =
        "SELECT count(*)"
        " FROM revocation"
        " WHERE person = ?1"
        "   OR person IN (SELECT person FROM contact)";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_blob(row, 1, span_of(store_self(store)->person, HASH_BYTES));
    *count = db_step(row) ? (uint64_t)db_int(row, 0) : 0;
    return db_end(row);
}

/* The bytes of the card, copied. */
static enum rb_status card_load(struct store *store, const uint8_t person[static HASH_BYTES],
                                struct writer *card) {
    static const char sql[] =
        "SELECT card"
        " FROM contact"
        " WHERE person = ?1";
    enum rb_status found = RB_NOT_FOUND;
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_blob(row, 1, span_of(person, HASH_BYTES));
    if (db_step(row)) {
        writer_span(card, db_blob(row, 0));
        found = writer_end(card) == RB_OK ? RB_OK : RB_DAMAGED;
    }
    const enum rb_status status = db_end(row);
    return status == RB_OK ? found : status;
}

enum rb_status contact_pair(struct store *store, const uint8_t person[static HASH_BYTES],
                            struct writer *bytes, struct op_pair *pair) {
    assert(bytes->len == 0);
    struct card card;
    enum rb_status status = card_load(store, person, bytes);

    if (status != RB_OK) {
        return status;
    }
    if (card_decode(writer_view(bytes), &card) != RB_OK) {
        return RB_DAMAGED;
    }
    *pair = (struct op_pair) {
        .person_cert = card.person.whole,
        .device_cert = card.device.whole,
        .seal_key = card.seal.whole,
        .chain = card.chain,
    };
    return RB_OK;
}

/* ---- Adding and renewing ---- */

/* What is held of the person of a card. */
struct held {
    bool known;
    bool same_card;
    int64_t issued_ms;
};

static enum rb_status held_get(struct store *store, const uint8_t person[static HASH_BYTES],
                               struct span card, struct held *held) {
    static const char sql[] =
        "SELECT issued_ms, card"
        " FROM contact"
        " WHERE person = ?1";
    struct held value = { 0 };
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_blob(row, 1, span_of(person, HASH_BYTES));
    if (db_step(row)) {
        value.known = true;
        value.issued_ms = db_int(row, 0);
        value.same_card = span_equal(db_blob(row, 1), card);
    }
    const enum rb_status status = db_end(row);
    if (status == RB_OK) {
        *held = value;
    }
    return status;
}

/* RB_EXISTS if another person has that name here.  NOCASE folds the letters A to Z. */
static enum rb_status name_check(struct store *store, const struct card *card) {
    static const char sql[] =
        "SELECT 1"
        " FROM contact"
        " WHERE name = ?1 COLLATE NOCASE"
        "   AND person <> ?2";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_text(row, 1, card->person.name);
    db_bind_blob(row, 2, span_of(card->person.person, HASH_BYTES));
    const bool taken = db_step(row);
    const enum rb_status status = db_end(row);
    if (status != RB_OK) {
        return status;
    }
    return taken ? RB_EXISTS : RB_OK;
}

/* RB_REFUSED if somebody else's transport key is named: nothing in a card proves that its person
 * has the secret half, and a connection is told whose it is by this key. */
static enum rb_status transport_check(struct store *store, const struct card *card) {
    static const char sql[] =
        "SELECT 1"
        " FROM contact"
        " WHERE transport = ?1"
        "   AND person <> ?2"
        " UNION ALL"
        " SELECT 1" /* of another device of oneself */
        " FROM own_device"
        " WHERE transport = ?1";
    const uint8_t *own = store_self(store)->device_cert.transport;
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_blob(row, 1, span_of(card->device.transport, BOX_PUBLIC_BYTES));
    db_bind_blob(row, 2, span_of(card->person.person, HASH_BYTES));
    const bool taken = db_step(row) || crypt_equal(card->device.transport, own, BOX_PUBLIC_BYTES);
    const enum rb_status status = db_end(row);
    if (status != RB_OK) {
        return status;
    }
    return taken ? RB_REFUSED : RB_OK;
}

static enum rb_status card_put(struct store *store, const struct card *card, struct span bytes,
                               int64_t issued_ms) {
    static const char sql[] =
        "INSERT INTO contact (person, transport, name, card, issued_ms, brought)"
        " VALUES (?1, ?2, ?3, ?4, ?5, 1)"
        " ON CONFLICT (person) DO UPDATE"
        " SET transport = excluded.transport,"
        "     name = excluded.name,"
        "     card = excluded.card,"
        "     issued_ms = excluded.issued_ms";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_blob(row, 1, span_of(card->person.person, HASH_BYTES));
    db_bind_blob(row, 2, span_of(card->device.transport, BOX_PUBLIC_BYTES));
    db_bind_text(row, 3, card->person.name);
    db_bind_blob(row, 4, bytes);
    db_bind_int(row, 5, issued_ms);
    return db_run(row);
}

/* The card, and the number of a new contact. */
static enum rb_status card_keep(struct store *store, const struct card *card, struct span bytes,
                                int64_t issued_ms) {
    int64_t number = 0;

    enum rb_status status = name_check(store, card);
    if (status == RB_OK) {
        status = transport_check(store, card);
    }
    if (status == RB_OK) {
        status = card_put(store, card, bytes, issued_ms);
    }
    if (status == RB_OK) {
        status = ref_number(store, REF_CONTACT, span_of(card->person.person, HASH_BYTES), &number);
    }
    return status;
}

/* What came of a card. */
struct taken {
    bool kept, renewed;
};

/* Whether a letter that has ended, or a revocation, keeps the card out: what another device of ours
 * has let in is in already. */
enum door { DOOR_ASKED, DOOR_PASSED };

static enum rb_status door_check(struct store *store, const struct card *card, int64_t now_ms) {
    bool revoked = false;

    if (cert_validity(&card->person, now_ms / 1000) != CERT_HOLDS) {
        return RB_EXPIRED;
    }
    const enum rb_status status = card_is_revoked(store, card, &revoked);
    return status == RB_OK && revoked ? RB_REFUSED : status;
}

/* `card` has been verified, of `bytes`.  One from a clock that runs ahead counts as issued now, or
 * no later card could replace it. */
static enum rb_status card_take(struct store *store, const struct card *card, struct span bytes,
                                int64_t now_ms, enum door door, struct taken *taken) {
    struct held held;

    if (crypt_equal(card->person.person, store_self(store)->person, HASH_BYTES)) {
        return RB_REFUSED;
    }
    enum rb_status status = held_get(store, card->person.person, bytes, &held);
    if (status != RB_OK) {
        return status;
    }
    const int64_t issued_ms = card->issued_ms < now_ms ? card->issued_ms : now_ms;
    const bool keep = !held.known || (issued_ms > held.issued_ms && !held.same_card);
    if (keep && door == DOOR_ASKED) {
        status = door_check(store, card, now_ms);
    }
    if (status == RB_OK && keep) {
        status = card_keep(store, card, bytes, issued_ms);
    }
    if (status == RB_OK) {
        *taken = (struct taken) { .kept = keep, .renewed = keep && held.known };
    }
    return status;
}

enum rb_status contact_take(struct store *store, const uint8_t person[static HASH_BYTES],
                            struct span bytes, int64_t now_ms, bool *kept) {
    struct taken taken;
    struct card card;
    enum rb_status status = card_decode(bytes, &card);

    if (status == RB_OK && !crypt_equal(card.person.person, person, HASH_BYTES)) {
        return RB_REFUSED;
    }
    if (status == RB_OK) {
        status = card_take(store, &card, bytes, now_ms, DOOR_PASSED, &taken);
    }
    if (status == RB_OK) {
        *kept = taken.kept;
    }
    return status;
}

static enum rb_status added_here(struct store *store, const uint8_t person[static HASH_BYTES]) {
    static const char sql[] =
        "UPDATE contact"
        " SET brought = 0"
        " WHERE person = ?1";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_blob(row, 1, span_of(person, HASH_BYTES));
    return db_run(row);
}

enum rb_status contact_add(struct store *store, struct span bytes, int64_t now_ms,
                           struct contact *contact, bool *renewed) {
    struct taken taken;
    struct card card;
    bool own = false;
    enum rb_status status = card_decode(bytes, &card);

    if (status == RB_OK) {
        status = store_write_enter(store, &own);
    }
    if (status != RB_OK) {
        return status;
    }
    status = card_take(store, &card, bytes, now_ms, DOOR_ASKED, &taken);
    if (status == RB_OK) {
        status = added_here(store, card.person.person);
    }
    if (status == RB_OK && taken.kept) {
        status = own_contact_write(store, card.person.person, now_ms);
    }
    status = store_write_leave(store, own, status);
    if (status == RB_OK) {
        status = contact_get(store, card.person.person, contact);
    }
    if (status == RB_OK) {
        *renewed = taken.renewed;
    }
    return status;
}

/* ---- Changing ---- */

/* Runs the one statement of a change; RB_NOT_FOUND if it met no contact. */
static enum rb_status change(struct store *store, struct db_row *row) {
    const enum rb_status status = db_run(row);

    if (status != RB_OK) {
        return status;
    }
    return db_changes(store_db(store)) == 1 ? RB_OK : RB_NOT_FOUND;
}

/* The column says so until it stands in the own circle: own.c clears it then. */
static enum rb_status verify(struct store *store, const uint8_t person[static HASH_BYTES],
                             int64_t now_ms) {
    static const char sql[] =
        "UPDATE contact"
        " SET verified = 1"
        " WHERE person = ?1";
    uint8_t circle[HASH_BYTES];
    struct contact contact;

    enum rb_status status = contact_get(store, person, &contact);
    if (status != RB_OK || contact.verified) {
        return status;
    }
    struct db_row *row = db_query(store_db(store), sql);
    db_bind_blob(row, 1, span_of(person, HASH_BYTES));
    status = change(store, row);
    return status == RB_OK ? own_circle(store, now_ms, circle) : status;
}

enum rb_status contact_set_verified(struct store *store, const uint8_t person[static HASH_BYTES],
                                    int64_t now_ms) {
    bool own = false;
    const enum rb_status status = store_write_enter(store, &own);

    return status == RB_OK ? store_write_leave(store, own, verify(store, person, now_ms)) : status;
}

enum rb_status contact_set_address(struct store *store, const uint8_t person[static HASH_BYTES],
                                   struct span address) {
    static const char sql[] =
        "UPDATE contact"
        " SET address = ?2"
        " WHERE person = ?1";
    bool own = false;

    if (address.len > 0 && !address_is_valid(address)) {
        return RB_MALFORMED;
    }
    const enum rb_status status = store_write_enter(store, &own);
    if (status != RB_OK) {
        return status;
    }
    struct db_row *row = db_query(store_db(store), sql);
    db_bind_blob(row, 1, span_of(person, HASH_BYTES));
    db_bind_text(row, 2, address);
    return store_write_leave(store, own, change(store, row));
}

/* The number stays in its table: the same person gets it again, and nobody else. */
enum rb_status contact_remove(struct store *store, const uint8_t person[static HASH_BYTES],
                              int64_t now_ms) {
    static const char sql[] =
        "DELETE FROM contact"
        " WHERE person = ?1";
    bool own = false;
    enum rb_status status = store_write_enter(store, &own);

    if (status != RB_OK) {
        return status;
    }
    struct db_row *row = db_query(store_db(store), sql);
    db_bind_blob(row, 1, span_of(person, HASH_BYTES));
    status = change(store, row);
    if (status == RB_OK) {
        status = own_contact_remove(store, person, now_ms);
    }
    return store_write_leave(store, own, status);
}

enum rb_status contact_seen(struct store *store, const uint8_t person[static HASH_BYTES],
                            int64_t now_ms) {
    static const char sql[] =
        "UPDATE contact"
        " SET seen_ms = ?2"
        " WHERE person = ?1";
    bool own = false;
    const enum rb_status status = store_write_enter(store, &own);

    if (status != RB_OK) {
        return status;
    }
    struct db_row *row = db_query(store_db(store), sql);
    db_bind_blob(row, 1, span_of(person, HASH_BYTES));
    db_bind_int(row, 2, now_ms);
    return store_write_leave(store, own, change(store, row));
}

/* ---- Names ---- */

static enum rb_status name_known(struct store *store, const uint8_t person[static HASH_BYTES],
                                 char name[static NAME_BYTES_MAX + 1]) {
    static const char sql[] =
        "SELECT coalesce((SELECT name FROM contact WHERE person = ?1),"
        "  (SELECT min(name) FROM cert WHERE person = ?1))";
    enum rb_status found = RB_NOT_FOUND;
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_blob(row, 1, span_of(person, HASH_BYTES));
    if (db_step(row) && !db_is_null(row, 0)) {
        text_copy(name, NAME_BYTES_MAX + 1, db_text(row, 0));
        found = RB_OK;
    }
    const enum rb_status status = db_end(row);
    return status == RB_OK ? found : status;
}

enum rb_status person_name(struct store *store, const uint8_t person[static HASH_BYTES],
                           char name[static NAME_BYTES_MAX + 1]) {
    const struct store_self *self = store_self(store);

    if (crypt_equal(person, self->person, HASH_BYTES)) {
        text_copy(name, NAME_BYTES_MAX + 1, self->person_cert.name);
        return RB_OK;
    }
    return name_known(store, person, name);
}
