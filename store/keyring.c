/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/keyring.h"

#include "store/db.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    SECRET_BYTES = 32, /* of every sort */
    NAME_MAX_BYTES = 2 * HASH_BYTES,
    SEALED_BYTES = NONCE_BYTES + SECRET_BYTES + TAG_BYTES
};

/* The epoch keys of one circle, opened, sorted by id. */
struct keyring_cache {
    uint8_t circle[HASH_BYTES];
    struct epoch_key *epochs; /* crypt_secret_alloc; NULL if there are none */
    size_t count;
};

/* ---- Sealing ---- */

/* What a secret is bound to: u8 sort ‖ name. */
struct binding {
    uint8_t bytes[1 + NAME_MAX_BYTES];
    size_t len;
};

static struct binding binding_of(enum secret_sort sort, struct span name) {
    assert(name.len <= NAME_MAX_BYTES);
    struct binding binding = { .bytes = { (uint8_t)sort }, .len = 1 + name.len };

    if (name.len > 0) {
        memcpy(binding.bytes + 1, name.data, name.len);
    }
    return binding;
}

static void ring_key(const struct store *store, uint8_t out[static KEY_BYTES]) {
    crypt_hash(out, KEY_BYTES, span_of(store_key(store), KEY_BYTES), "rk.ring", NULL, 0);
}

static void seal(const struct store *store, const struct binding *binding, struct span secret,
                 uint8_t out[static SEALED_BYTES]) {
    uint8_t wrap[KEY_BYTES];

    ring_key(store, wrap);
    crypt_random(out, NONCE_BYTES);
    crypt_seal(out + NONCE_BYTES, wrap, out, span_of(binding->bytes, binding->len), secret);
    crypt_wipe(wrap, sizeof wrap);
}

/* RB_DAMAGED if it is not what was sealed under this name. */
static enum rb_status unseal(const struct store *store, const struct binding *binding,
                             struct span sealed, uint8_t secret[static SECRET_BYTES]) {
    uint8_t wrap[KEY_BYTES];

    if (sealed.len != SEALED_BYTES) {
        return RB_DAMAGED;
    }
    ring_key(store, wrap);
    const struct span rest = span_of(sealed.data + NONCE_BYTES, sealed.len - NONCE_BYTES);
    const enum rb_status status =
        crypt_open(secret, wrap, sealed.data, span_of(binding->bytes, binding->len), rest);
    crypt_wipe(wrap, sizeof wrap);
    return status == RB_OK ? RB_OK : RB_DAMAGED;
}

/* ---- One secret ---- */

enum rb_status keyring_put(struct store *store, enum secret_sort sort, struct span name,
                           struct span secret) {
    assert(secret.len == SECRET_BYTES);
    static const char sql[] =
        "INSERT INTO secret (sort, name, sealed)"
        " VALUES (?1, ?2, ?3)"
        " ON CONFLICT (sort, name) DO NOTHING";
    const struct binding binding = binding_of(sort, name);
    uint8_t sealed[SEALED_BYTES];

    seal(store, &binding, secret, sealed);
    struct db_row *row = db_query(store_db(store), sql);
    db_bind_int(row, 1, sort);
    db_bind_blob(row, 2, name);
    db_bind_blob(row, 3, span_of(sealed, sizeof sealed));
    const enum rb_status status = db_run(row);
    if (status != RB_OK) {
        return status;
    }
    return db_changes(store_db(store)) == 1 ? RB_OK : RB_EXISTS;
}

enum rb_status keyring_get(struct store *store, enum secret_sort sort, struct span name,
                           uint8_t *secret, size_t len) {
    assert(len == SECRET_BYTES);
    static const char sql[] =
        "SELECT sealed"
        " FROM secret"
        " WHERE sort = ?1"
        "   AND name = ?2";
    const struct binding binding = binding_of(sort, name);
    enum rb_status found = RB_NOT_FOUND;
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_int(row, 1, sort);
    db_bind_blob(row, 2, name);
    if (db_step(row)) {
        found = unseal(store, &binding, db_blob(row, 0), secret);
    }
    const enum rb_status status = db_end(row);
    return status == RB_OK ? found : status;
}

/* ---- Epoch keys ---- */

static void epoch_name(uint8_t out[static NAME_MAX_BYTES], const uint8_t circle[static HASH_BYTES],
                       const uint8_t id[static HASH_BYTES]) {
    memcpy(out, circle, HASH_BYTES);
    memcpy(out + HASH_BYTES, id, HASH_BYTES);
}

enum rb_status keyring_put_epoch(struct store *store, const uint8_t circle[static HASH_BYTES],
                                 const struct epoch_key *epoch) {
    uint8_t name[NAME_MAX_BYTES];

    epoch_name(name, circle, epoch->id);
    const enum rb_status status = keyring_put(store, SECRET_EPOCH, span_of(name, sizeof name),
                                              span_of(epoch->key, sizeof epoch->key));
    if (status == RB_OK) {
        keyring_forget(store);
    }
    return status == RB_EXISTS ? RB_OK : status;
}

/* The least and the greatest name that an epoch key of the circle can have. */
struct name_range {
    uint8_t first[NAME_MAX_BYTES], last[NAME_MAX_BYTES];
};

static struct name_range names_of(const uint8_t circle[static HASH_BYTES]) {
    struct name_range range = { { 0 }, { 0 } };

    memcpy(range.first, circle, HASH_BYTES);
    memcpy(range.last, circle, HASH_BYTES);
    memset(range.last + HASH_BYTES, 0xFF, HASH_BYTES);
    return range;
}

static size_t epochs_count(struct store *store, const struct name_range *range) {
    static const char sql[] =
        "SELECT count(*)"
        " FROM secret"
        " WHERE sort = ?1"
        "   AND name BETWEEN ?2 AND ?3";
    size_t count = 0;
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_int(row, 1, SECRET_EPOCH);
    db_bind_blob(row, 2, span_of(range->first, sizeof range->first));
    db_bind_blob(row, 3, span_of(range->last, sizeof range->last));
    if (db_step(row)) {
        count = (size_t)db_int(row, 0);
    }
    return db_end(row) == RB_OK ? count : 0;
}

/* Opens up to `room` keys of the range into `epochs`, by id.  One that does not open is left out:
 * what is sealed under it waits, as for a key that has not come. */
static size_t epochs_load(struct store *store, const struct name_range *range,
                          struct epoch_key *epochs, size_t room) {
    static const char sql[] =
        "SELECT name, sealed"
        " FROM secret"
        " WHERE sort = ?1"
        "   AND name BETWEEN ?2 AND ?3"
        " ORDER BY name";
    uint8_t opened[SECRET_BYTES];
    size_t count = 0;
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_int(row, 1, SECRET_EPOCH);
    db_bind_blob(row, 2, span_of(range->first, sizeof range->first));
    db_bind_blob(row, 3, span_of(range->last, sizeof range->last));
    while (count < room && db_step(row)) {
        uint8_t name[NAME_MAX_BYTES];
        db_copy(row, 0, name, sizeof name);
        const struct binding binding = binding_of(SECRET_EPOCH, span_of(name, sizeof name));
        if (unseal(store, &binding, db_blob(row, 1), opened) == RB_OK) {
            epoch_key_from(&epochs[count], opened);
            count++;
        }
    }
    crypt_wipe(opened, sizeof opened);
    return db_end(row) == RB_OK ? count : 0;
}

static struct keyring_cache *cache_of(struct store *store,
                                      const uint8_t circle[static HASH_BYTES]) {
    struct keyring_cache **cache = store_keyring_cache(store);

    if (*cache != NULL && crypt_equal((*cache)->circle, circle, HASH_BYTES)) {
        return *cache;
    }
    keyring_forget(store);
    *cache = rb_alloc(1, sizeof **cache);
    memcpy((*cache)->circle, circle, HASH_BYTES);
    const struct name_range range = names_of(circle);
    const size_t room = epochs_count(store, &range);
    if (room > 0) {
        (*cache)->epochs = crypt_secret_alloc(room * sizeof *(*cache)->epochs);
        (*cache)->count = epochs_load(store, &range, (*cache)->epochs, room);
    }
    return *cache;
}

size_t keyring_epochs(struct store *store, const uint8_t circle[static HASH_BYTES],
                      const uint8_t *eid8, const struct epoch_key **epochs) {
    const struct keyring_cache *cache = cache_of(store, circle);
    size_t first = 0;

    *epochs = cache->epochs;
    if (eid8 == NULL || cache->count == 0) {
        return cache->count;
    }
    /* Sorted by id, so those with the same beginning stand together.  Ids are not secret. */
    while (first < cache->count && memcmp(cache->epochs[first].id, eid8, EID8_BYTES) != 0) {
        first++;
    }
    size_t end = first;
    while (end < cache->count && memcmp(cache->epochs[end].id, eid8, EID8_BYTES) == 0) {
        end++;
    }
    *epochs = cache->epochs + first;
    return end - first;
}

void keyring_forget(struct store *store) {
    struct keyring_cache **cache = store_keyring_cache(store);

    if (*cache != NULL) {
        crypt_secret_free((*cache)->epochs);
        free(*cache);
        *cache = NULL;
    }
}
