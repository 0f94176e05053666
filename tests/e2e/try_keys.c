/* SPDX-License-Identifier: GPL-3.0-or-later */
/* try_keys HOME OTHER CIRCLE PASSPHRASE
 *
 * Tries every key of the home HOME on every event of the circle (hex) as the home OTHER has it, and
 * prints "events E keys K seals S bodies B": so many events were tried with so many epoch keys (and
 * everything else that is a key), so many seals opened, so many bodies were read.  Both homes have
 * the same passphrase, and nobody uses them. */
#include "protocol/event.h"
#include "store/db.h"
#include "store/keyring.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 512, EID_AT = HASH_BYTES, NAME_BYTES = HASH_BYTES + HASH_BYTES };

/* Everything that HOME holds and that might open something. */
struct holder {
    struct store *store;
    struct epoch_key epochs[KEYS_MAX];
    size_t epoch_count;
    struct box_key boxes[KEYS_MAX];
    size_t box_count;
};

struct result {
    size_t events, seals, bodies;
};

static void need(bool holds, const char *what) {
    if (!holds) {
        (void)fprintf(stderr, "try_keys: %s\n", what);
        exit(2);
    }
}

/* ---- The keys ---- */

static void add_epoch(struct holder *holder, const uint8_t key[static KEY_BYTES]) {
    need(holder->epoch_count < KEYS_MAX, "too many keys");
    epoch_key_from(&holder->epochs[holder->epoch_count++], key);
}

static void add_box(struct holder *holder, const struct box_key *box) {
    need(holder->box_count < KEYS_MAX, "too many keys");
    holder->boxes[holder->box_count++] = *box;
}

/* A secret of another sort is tried as all that 32 bytes can be. */
static void add_secret(struct holder *holder, const uint8_t secret[static KEY_BYTES]) {
    struct box_key box;

    add_epoch(holder, secret);
    crypt_box_from_secret(&box, secret);
    add_box(holder, &box);
    crypt_box_from_seed(&box, secret);
    add_box(holder, &box);
}

struct name {
    enum secret_sort sort;
    uint8_t bytes[NAME_BYTES];
    size_t len;
};

static size_t read_names(struct store *store, struct name names[static KEYS_MAX]) {
    static const char sql[] =
        "SELECT sort, name"
        " FROM secret";
    struct db_row *row = db_query(store_db(store), sql);
    size_t count = 0;

    while (db_step(row)) {
        struct span bytes = db_blob(row, 1);
        need(count < KEYS_MAX && bytes.len <= NAME_BYTES, "too many secrets");
        names[count].sort = (enum secret_sort)db_int(row, 0);
        names[count].len = bytes.len;
        if (bytes.len > 0) {
            memcpy(names[count].bytes, bytes.data, bytes.len);
        }
        count++;
    }
    need(db_end(row) == RB_OK, "the secrets cannot be read");
    return count;
}

static void take_keys(struct holder *holder) {
    static struct name names[KEYS_MAX];
    size_t count = read_names(holder->store, names);
    uint8_t secret[KEY_BYTES];

    need(count > 0, "a home without a secret");
    for (size_t i = 0; i < count; i++) {
        struct span name = span_of(names[i].bytes, names[i].len);
        need(keyring_get(holder->store, names[i].sort, name, secret, sizeof secret) == RB_OK,
             "a secret cannot be read");
        add_secret(holder, secret);
        if (names[i].sort == SECRET_EPOCH) {
            const struct epoch_key *epoch = &holder->epochs[holder->epoch_count - 1];
            need(memcmp(epoch->id, names[i].bytes + EID_AT, HASH_BYTES) == 0, "not that key");
        }
    }
    add_secret(holder, store_key(holder->store));
}

/* ---- One event ---- */

static bool open_seal(struct holder *holder, const struct event_header *header, struct span body) {
    struct epoch_key epoch;

    for (size_t i = 0; i < holder->box_count; i++) {
        if (event_key_body_open(&epoch, header, body, &holder->boxes[i]) == RB_OK) {
            add_epoch(holder, epoch.key);
            return true;
        }
    }
    return false;
}

/* The front of the epoch's id in the header would spare the attempt: it is tried with both. */
static bool open_body(const struct holder *holder, const struct event_header *header,
                      const struct event_place *place, struct span body) {
    bool is_open = false;
    struct writer payload;

    writer_init(&payload, EVENT_BODY_BYTES_MAX);
    for (size_t i = 0; i < holder->epoch_count && !is_open; i++) {
        const struct epoch_key *epoch = &holder->epochs[i];
        struct event_header changed = *header;
        memcpy(changed.eid8, epoch->id, sizeof changed.eid8);
        writer_reset(&payload);
        is_open = event_open(&payload, header, place, epoch, body) == RB_OK ||
                  event_open(&payload, &changed, place, epoch, body) == RB_OK;
    }
    writer_clear(&payload);
    return is_open;
}

/* ---- All events, log by log, so that the chain can be followed ---- */

/* `place` is that of the event; moves on to the next one. */
static void try_event(struct holder *holder, struct db_row *row, struct event_place *place,
                      struct result *result) {
    uint8_t bytes[EVENT_HEADER_BYTES], body_hash[HASH_BYTES], hash[HASH_BYTES];
    struct span body = db_blob(row, 3);
    struct event_header header;

    db_copy(row, 2, bytes, sizeof bytes);
    need(event_header_read(bytes, &header) == RB_OK && body.len == header.body_len,
         "an event that is none, or has no body");
    result->events++;
    result->seals += header.key_body && open_seal(holder, &header, body) ? 1 : 0;
    result->bodies += open_body(holder, &header, place, body) ? 1 : 0;
    event_body_hash(body_hash, body);
    event_hash(hash, &header, body_hash);
    log_hash_next(place->previous, place->seq, place->previous, hash);
    place->seq++;
}

static struct result try_events(struct holder *holder, struct store *other, struct span circle) {
    static const char sql[] =
        "SELECT log.pk, event.seq, event.header, event.body"
        " FROM event"
        " JOIN log ON log.id = event.log"
        " JOIN circle ON circle.id = log.circle"
        " WHERE circle.circle = ?1"
        " ORDER BY log.id, event.seq";
    struct db_row *row = db_query(store_db(other), sql);
    struct event_place place = { .seq = 1 };
    struct result result = { 0 };

    db_bind_blob(row, 1, circle);
    while (db_step(row)) {
        if (db_int(row, 1) == 1) {
            db_copy(row, 0, place.log, sizeof place.log);
            log_hash_first(place.previous, place.log);
            place.seq = 1;
        }
        need((uint64_t)db_int(row, 1) == place.seq, "an event is missing");
        try_event(holder, row, &place, &result);
    }
    need(db_end(row) == RB_OK, "the events cannot be read");
    return result;
}

/* ---- The whole ---- */

static struct store *open_home(const char *home, const char *passphrase) {
    struct store *store = NULL;

    need(store_open(&store, home, span_text(passphrase), 0, NULL) == RB_OK,
         "a home cannot be opened");
    return store;
}

static void read_hex(const char *hex, uint8_t out[static HASH_BYTES]) {
    need(strlen(hex) == 2 * HASH_BYTES, "CIRCLE is 64 hex digits");
    for (size_t i = 0; i < HASH_BYTES; i++) {
        const char digits[3] = { hex[2 * i], hex[2 * i + 1], '\0' };
        char *end = NULL;
        out[i] = (uint8_t)strtoul(digits, &end, 16);
        need(*end == '\0', "CIRCLE is 64 hex digits");
    }
}

int main(int count, char **words) {
    static struct holder holder;
    uint8_t circle[HASH_BYTES];

    need(count == 5, "usage: try_keys HOME OTHER CIRCLE PASSPHRASE");
    need(crypt_start() == RB_OK, "libsodium cannot start");
    bool is_own = strcmp(words[1], words[2]) == 0;
    holder.store = open_home(words[1], words[4]);
    struct store *other = is_own ? holder.store : open_home(words[2], words[4]);
    read_hex(words[3], circle);
    take_keys(&holder);
    size_t keys = holder.epoch_count;
    struct result result = try_events(&holder, other, span_of(circle, sizeof circle));
    (void)printf("events %zu keys %zu seals %zu bodies %zu\n", result.events, keys, result.seals,
                 result.bodies);
    if (!is_own) {
        store_close(&other);
    }
    store_close(&holder.store);
    crypt_wipe(&holder, sizeof holder);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
