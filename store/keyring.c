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
    struct epoch_key *epochs; /* crypt_secret_alloc; NULL if there is no room */
    size_t count, room;
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

enum rb_status keyring_remove(struct store *store, enum secret_sort sort, struct span name) {
    static const char sql[] =
        "DELETE FROM secret"
        " WHERE sort = ?1"
        "   AND name = ?2";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_int(row, 1, sort);
    db_bind_blob(row, 2, name);
    return db_run(row);
}

/* ---- Seal keys ---- */

struct span keyring_seal_name(uint32_t generation, uint8_t out[static SEAL_NAME_BYTES]) {
    for (size_t i = 0; i < SEAL_NAME_BYTES; i++) {
        out[i] = (uint8_t)(generation >> (8 * i));
    }
    return span_of(out, SEAL_NAME_BYTES);
}

static uint32_t generation_of(const uint8_t name[static SEAL_NAME_BYTES]) {
    uint32_t generation = 0;

    for (size_t i = 0; i < SEAL_NAME_BYTES; i++) {
        generation |= (uint32_t)name[i] << (8 * i);
    }
    return generation;
}

/* Into its place from the newest down; the oldest fall off the end. */
static void generation_insert(uint32_t *generations, size_t max, size_t *count, uint32_t next) {
    size_t place = *count < max ? *count : max;

    while (place > 0 && generations[place - 1] < next) {
        place--;
    }
    if (place == max) {
        return;
    }
    *count = *count < max ? *count + 1 : max;
    memmove(&generations[place + 1], &generations[place],
            (*count - place - 1) * sizeof *generations);
    generations[place] = next;
}

enum rb_status keyring_seals(struct store *store, uint32_t *generations, size_t max,
                             size_t *count) {
    static const char sql[] =
        "SELECT name"
        " FROM secret"
        " WHERE sort = ?1";
    struct db_row *row = db_query(store_db(store), sql);

    *count = 0;
    db_bind_int(row, 1, SECRET_SEAL);
    while (db_step(row)) {
        uint8_t name[SEAL_NAME_BYTES] = { 0 };
        db_copy(row, 0, name, sizeof name);
        generation_insert(generations, max, count, generation_of(name));
    }
    return db_end(row);
}

/* ---- Epoch keys ---- */

static void epoch_name(uint8_t out[static NAME_MAX_BYTES], const uint8_t circle[static HASH_BYTES],
                       const uint8_t id[static HASH_BYTES]) {
    memcpy(out, circle, HASH_BYTES);
    memcpy(out + HASH_BYTES, id, HASH_BYTES);
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

static enum rb_status epochs_count(struct store *store, const struct name_range *range,
                                   size_t *count) {
    static const char sql[] =
        "SELECT count(*)"
        " FROM secret"
        " WHERE sort = ?1"
        "   AND name BETWEEN ?2 AND ?3";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_int(row, 1, SECRET_EPOCH);
    db_bind_blob(row, 2, span_of(range->first, sizeof range->first));
    db_bind_blob(row, 3, span_of(range->last, sizeof range->last));
    if (db_step(row)) {
        *count = (size_t)db_int(row, 0);
    }
    return db_end(row);
}

/* Opens the keys of the range into a cache that has room for them, by id.  One that does not open
 * is left out: what is sealed under it waits, as for a key that has not come. */
static enum rb_status epochs_load(struct store *store, const struct name_range *range,
                                  struct keyring_cache *cache) {
    static const char sql[] =
        "SELECT name, sealed"
        " FROM secret"
        " WHERE sort = ?1"
        "   AND name BETWEEN ?2 AND ?3"
        " ORDER BY name";
    uint8_t opened[SECRET_BYTES];
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_int(row, 1, SECRET_EPOCH);
    db_bind_blob(row, 2, span_of(range->first, sizeof range->first));
    db_bind_blob(row, 3, span_of(range->last, sizeof range->last));
    while (cache->count < cache->room && db_step(row)) {
        uint8_t name[NAME_MAX_BYTES];
        db_copy(row, 0, name, sizeof name);
        const struct binding binding = binding_of(SECRET_EPOCH, span_of(name, sizeof name));
        if (unseal(store, &binding, db_blob(row, 1), opened) == RB_OK) {
            epoch_key_from(&cache->epochs[cache->count], opened);
            cache->count++;
        }
    }
    crypt_wipe(opened, sizeof opened);
    return db_end(row);
}

static bool cache_is_of(const struct keyring_cache *cache,
                        const uint8_t circle[static HASH_BYTES]) {
    return cache != NULL && crypt_equal(cache->circle, circle, HASH_BYTES);
}

/* The keys of a circle, loaded if another one was asked for last. */
static enum rb_status cache_take(struct store *store, const uint8_t circle[static HASH_BYTES]) {
    struct keyring_cache **cache = store_keyring_cache(store);
    const struct name_range range = names_of(circle);
    size_t room = 0;

    if (cache_is_of(*cache, circle)) {
        return RB_OK;
    }
    keyring_forget(store);
    enum rb_status status = epochs_count(store, &range, &room);
    if (status != RB_OK) {
        return status;
    }
    *cache = rb_alloc(1, sizeof **cache);
    memcpy((*cache)->circle, circle, HASH_BYTES);
    if (room > 0) {
        (*cache)->epochs = crypt_secret_alloc(room * sizeof *(*cache)->epochs);
        (*cache)->room = room;
        status = epochs_load(store, &range, *cache);
    }
    if (status != RB_OK) {
        keyring_forget(store);
    }
    return status;
}

/* The first place whose id does not stand before these `len` bytes.  Ids are not secret. */
static size_t cache_place(const struct keyring_cache *cache, const uint8_t *id, size_t len) {
    size_t first = 0, end = cache->count;

    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (memcmp(cache->epochs[middle].id, id, len) < 0) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    return first;
}

static void cache_insert(struct keyring_cache *cache, const struct epoch_key *epoch) {
    size_t place = cache_place(cache, epoch->id, HASH_BYTES);

    if (cache->count == cache->room) {
        size_t room = cache->room == 0 ? 16 : 2 * cache->room;
        struct epoch_key *epochs = crypt_secret_alloc(room * sizeof *epochs);
        if (cache->count > 0) {
            memcpy(epochs, cache->epochs, cache->count * sizeof *epochs);
        }
        crypt_secret_free(cache->epochs);
        cache->epochs = epochs;
        cache->room = room;
    }
    memmove(&cache->epochs[place + 1], &cache->epochs[place],
            (cache->count - place) * sizeof *cache->epochs);
    cache->epochs[place] = *epoch;
    cache->count++;
}

enum rb_status keyring_put_epoch(struct store *store, const uint8_t circle[static HASH_BYTES],
                                 const struct epoch_key *epoch) {
    struct keyring_cache *cache = *store_keyring_cache(store);
    uint8_t name[NAME_MAX_BYTES];

    epoch_name(name, circle, epoch->id);
    const enum rb_status status = keyring_put(store, SECRET_EPOCH, span_of(name, sizeof name),
                                              span_of(epoch->key, sizeof epoch->key));
    if (status == RB_OK && cache_is_of(cache, circle)) {
        cache_insert(cache, epoch);
    }
    return status == RB_EXISTS ? RB_OK : status;
}

enum rb_status keyring_epochs(struct store *store, const uint8_t circle[static HASH_BYTES],
                              const uint8_t *eid8, const struct epoch_key **epochs, size_t *count) {
    const enum rb_status status = cache_take(store, circle);

    if (status != RB_OK) {
        return status;
    }
    const struct keyring_cache *cache = *store_keyring_cache(store);
    size_t first = eid8 == NULL ? 0 : cache_place(cache, eid8, EID8_BYTES);
    size_t end = eid8 == NULL ? cache->count : first;
    while (end < cache->count && memcmp(cache->epochs[end].id, eid8, EID8_BYTES) == 0) {
        end++;
    }
    *epochs = cache->epochs == NULL ? NULL : cache->epochs + first;
    *count = end - first;
    return RB_OK;
}

enum rb_status keyring_epoch(struct store *store, const uint8_t circle[static HASH_BYTES],
                             const uint8_t eid[static HASH_BYTES], const struct epoch_key **epoch) {
    const struct epoch_key *epochs;
    size_t count = 0;

    const enum rb_status status = keyring_epochs(store, circle, eid, &epochs, &count);
    if (status != RB_OK) {
        return status;
    }
    *epoch = NULL;
    for (size_t i = 0; i < count && *epoch == NULL; i++) {
        if (memcmp(epochs[i].id, eid, HASH_BYTES) == 0) {
            *epoch = &epochs[i];
        }
    }
    return RB_OK;
}

void keyring_forget(struct store *store) {
    struct keyring_cache **cache = store_keyring_cache(store);

    if (*cache != NULL) {
        crypt_secret_free((*cache)->epochs);
        free(*cache);
        *cache = NULL;
    }
}
