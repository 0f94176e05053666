/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/seals.h"

#include "store/db.h"
#include "store/keyring.h"
#include "store/self.h"

#include <string.h>

/* ---- Opening ---- */

/* With one that is not the newest. */
static enum rb_status older_open(struct store *store, uint32_t generation,
                                 const struct event *event, struct epoch_key *epoch) {
    uint8_t name[SEAL_NAME_BYTES];
    uint8_t secret[BOX_SECRET_BYTES];
    struct box_key seal;

    enum rb_status status =
        keyring_get(store, SECRET_SEAL, keyring_seal_name(generation, name), secret, sizeof secret);
    if (status != RB_OK) {
        return status == RB_NOT_FOUND ? RB_NO_KEY : status;
    }
    crypt_box_from_secret(&seal, secret);
    status = event_key_body_open(epoch, &event->header, event->body, &seal);
    crypt_wipe(&seal, sizeof seal);
    crypt_wipe(secret, sizeof secret);
    return status;
}

enum rb_status seals_open(struct store *store, const struct event *event, struct epoch_key *epoch) {
    const struct identity *identity = store_self(store)->identity;
    uint32_t generations[SEALS_HELD_MAX];
    size_t count = 0;

    enum rb_status status =
        event_key_body_open(epoch, &event->header, event->body, &identity->seal);
    if (status != RB_NO_KEY) {
        return status;
    }
    status = keyring_seals(store, generations, SEALS_HELD_MAX, &count);
    if (status != RB_OK) {
        return status;
    }
    status = RB_NO_KEY;
    for (size_t i = 0; i < count && status == RB_NO_KEY; i++) {
        if (generations[i] != identity->seal_generation) {
            status = older_open(store, generations[i], event, epoch);
        }
    }
    return status;
}

/* ---- Renewing ---- */

static enum rb_status body_is_missing(struct store *store, bool *missing) {
    static const char sql[] =
        "SELECT 1"
        " FROM event"
        " WHERE stub = 1"
        "   AND control = 1"
        " LIMIT 1";
    struct db_row *row = db_query(store_db(store), sql);

    *missing = db_step(row);
    return db_end(row);
}

/* Those below `first`. */
static enum rb_status seals_destroy(struct store *store, uint32_t first,
                                    const uint32_t *generations, size_t count) {
    enum rb_status status = store_write_begin(store);

    if (status != RB_OK) {
        return status;
    }
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        uint8_t name[SEAL_NAME_BYTES];
        if (generations[i] < first) {
            status = keyring_remove(store, SECRET_SEAL, keyring_seal_name(generations[i], name));
        }
    }
    return store_write_end(store, status);
}

static enum rb_status older_end(struct store *store) {
    const struct identity *identity = store_self(store)->identity;
    uint32_t generations[SEALS_HELD_MAX];
    bool missing = false;
    size_t count = 0;

    enum rb_status status = keyring_seals(store, generations, SEALS_HELD_MAX, &count);
    if (status == RB_OK) {
        status = body_is_missing(store, &missing);
    }
    if (status != RB_OK) {
        return status;
    }
    const uint32_t first = identity->seal_generation - (missing ? 1 : 0);
    const bool due = count > 0 && generations[count - 1] < first;
    return due ? seals_destroy(store, first, generations, count) : RB_OK;
}

enum rb_status seals_renew(struct store *store, int64_t now_ms) {
    const int64_t age_ms = now_ms - store_self(store)->seal.from_ms;
    enum rb_status status = RB_OK;

    if (age_ms >= SEAL_KEPT_MS_MIN) {
        status = older_end(store);
    }
    return status == RB_OK && age_ms >= SEAL_AGE_MS_MAX ? self_renew_seal(store, now_ms) : status;
}
