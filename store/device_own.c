/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/device_own.h"

#include "protocol/text.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

enum rb_status cert_is_known_revoked(struct store *store, const uint8_t cert[static CERT_ID_BYTES],
                                     const uint8_t person[static HASH_BYTES], bool *revoked) {
    static const char sql[] =
        "SELECT 1"
        " FROM revocation"
        " WHERE cert = ?1"
        "   AND person = ?2";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(cert, CERT_ID_BYTES));
    db_bind_blob(query, 2, span_of(person, HASH_BYTES));
    const bool found = db_step(query);
    const enum rb_status status = db_end(query);
    if (status == RB_OK) {
        *revoked = found;
    }
    return status;
}

/* ---- Reading ---- */

static bool bytes_take(struct span from, uint8_t to[static CERT_BYTES_MAX], size_t *len) {
    if (from.len > CERT_BYTES_MAX) {
        return false;
    }
    if (from.len > 0) {
        memcpy(to, from.data, from.len);
    }
    *len = from.len;
    return true;
}

/* Columns: cert, pk, transport, name, from_s, seen_ms, whole, seal, whether it is revoked. */
static enum rb_status device_read(struct db_row *query, struct own_device *device) {
    *device = (struct own_device) { 0 };
    struct device_row *row = &device->row;

    db_copy(query, 0, row->cert, sizeof row->cert);
    db_copy(query, 1, row->pk, sizeof row->pk);
    db_copy(query, 2, row->transport, sizeof row->transport);
    text_copy(row->name, sizeof row->name, db_text(query, 3));
    row->from_s = db_int(query, 4);
    row->last_seen_ms = db_int(query, 5);
    row->revoked = db_int(query, 8) != 0;
    const bool fits = bytes_take(db_blob(query, 6), device->whole, &device->whole_len) &&
                      bytes_take(db_blob(query, 7), device->seal, &device->seal_len);
    return fits ? RB_OK : RB_DAMAGED;
}

enum rb_status own_devices_load(struct store *store, struct own_device **devices, size_t *count) {
    static const char sql[] =
        "SELECT cert, pk, transport, name, from_s, seen_ms, whole, seal,"
        "  EXISTS (SELECT 1 FROM revocation"
        "    WHERE revocation.cert = own_device.cert AND revocation.person = ?1)"
        " FROM own_device"
        " ORDER BY from_s, cert"
        " LIMIT ?2";
    struct db_row *query = db_query(store_db(store), sql);
    struct own_device *found = rb_alloc(OWN_DEVICES_KEPT_MAX, sizeof *found);
    enum rb_status read = RB_OK;
    size_t found_count = 0;

    db_bind_blob(query, 1, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(query, 2, OWN_DEVICES_KEPT_MAX);
    while (read == RB_OK && db_step(query)) {
        read = device_read(query, &found[found_count++]);
    }
    enum rb_status status = db_end(query);
    if (status == RB_OK) {
        status = read;
    }
    if (status != RB_OK) {
        free(found);
        return status;
    }
    *devices = found;
    *count = found_count;
    return RB_OK;
}

enum rb_status own_device_find(struct store *store, const uint8_t cert[static CERT_ID_BYTES],
                               struct own_device *device) {
    struct own_device *devices = NULL;
    size_t count = 0, at = 0;

    const enum rb_status status = own_devices_load(store, &devices, &count);
    if (status != RB_OK) {
        return status;
    }
    while (at < count && memcmp(devices[at].row.cert, cert, CERT_ID_BYTES) != 0) {
        at++;
    }
    if (at < count) {
        *device = devices[at];
    }
    free(devices);
    return at < count ? RB_OK : RB_NOT_FOUND;
}

enum rb_status own_device_card(struct store *store, const uint8_t cert[static CERT_ID_BYTES],
                               struct writer *card) {
    static const char sql[] =
        "SELECT card"
        " FROM own_device"
        " WHERE cert = ?1"
        "   AND card IS NOT NULL";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(cert, CERT_ID_BYTES));
    if (db_step(query)) {
        writer_span(card, db_blob(query, 0));
    }
    const enum rb_status status = db_end(query);
    if (status != RB_OK) {
        return status;
    }
    return writer_end(card) == RB_OK ? RB_OK : RB_DAMAGED;
}

/* ---- Keeping ---- */

static enum rb_status device_insert(struct store *store, const struct cert *device) {
    static const char sql[] =
        "INSERT INTO own_device (cert, pk, transport, name, from_s, whole)"
        " SELECT ?1, ?2, ?3, ?4, ?5, ?6"
        " WHERE (SELECT count(*) FROM own_device) < ?7"
        "    OR EXISTS (SELECT 1 FROM own_device WHERE cert = ?1)"
        " ON CONFLICT (cert) DO UPDATE SET from_s = excluded.from_s"; /* counts as a change */
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(device->id, sizeof device->id));
    db_bind_blob(query, 2, span_of(device->subject, sizeof device->subject));
    db_bind_blob(query, 3, span_of(device->transport, sizeof device->transport));
    db_bind_text(query, 4, device->name);
    db_bind_int(query, 5, device->not_before_s);
    db_bind_blob(query, 6, device->whole);
    db_bind_int(query, 7, OWN_DEVICES_KEPT_MAX);
    const enum rb_status status = db_run(query);
    return status == RB_OK && db_changes(store_db(store)) == 0 ? RB_TOO_LARGE : status;
}

static enum rb_status seal_put(struct store *store, const uint8_t cert[static CERT_ID_BYTES],
                               const struct seal_key *seal) {
    static const char sql[] =
        "UPDATE own_device"
        " SET seal = ?2, generation = ?3"
        " WHERE cert = ?1"
        "   AND generation < ?3";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(cert, CERT_ID_BYTES));
    db_bind_blob(query, 2, seal->whole);
    db_bind_int(query, 3, seal->generation);
    return db_run(query);
}

static enum rb_status card_put(struct store *store, const uint8_t cert[static CERT_ID_BYTES],
                               struct span card, int64_t card_ms) {
    static const char sql[] =
        "UPDATE own_device"
        " SET card = ?2, card_ms = ?3"
        " WHERE cert = ?1"
        "   AND card_ms <= ?3";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(cert, CERT_ID_BYTES));
    db_bind_blob(query, 2, card);
    db_bind_int(query, 3, card_ms);
    return db_run(query);
}

enum rb_status own_device_keep(struct store *store, const struct cert *device,
                               const struct seal_key *seal, const struct span *card,
                               int64_t card_ms) {
    enum rb_status status = device_insert(store, device);

    if (status == RB_OK && seal != NULL) {
        status = seal_put(store, device->id, seal);
    }
    if (status == RB_OK && card != NULL) {
        status = card_put(store, device->id, *card, card_ms);
    }
    return status;
}

/* One that finds no room is left to those who know it. */
enum rb_status own_device_heard(struct store *store, const struct cert *device,
                                const struct seal_key *seal) {
    const struct store_self *self = store_self(store);

    if (memcmp(device->person, self->person, HASH_BYTES) != 0 ||
        memcmp(device->id, self->device_cert.id, CERT_ID_BYTES) == 0) {
        return RB_OK;
    }
    const enum rb_status status = own_device_keep(store, device, seal, NULL, 0);
    return status == RB_TOO_LARGE ? RB_OK : status;
}
