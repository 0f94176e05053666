/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/invariants_keys.h"

#include "protocol/circle.h"
#include "store/db.h"
#include "store/keyring.h"

#include <stdlib.h>
#include <string.h>

/* A set of nodes, which are the people of a world. */
struct crowd {
    bool has[WORLD_NODES_MAX];
};

struct known_key {
    uint8_t circle[HASH_BYTES];
    uint8_t eid8[EID8_BYTES];
    struct crowd holders;
    struct crowd undisputed; /* of these: got it while nobody thought that they were out */
};

/* Who is in and who is out, as each node had it when it ran last: also those that are off. */
struct known_circle {
    uint8_t circle[HASH_BYTES];
    struct crowd in[WORLD_NODES_MAX], out[WORLD_NODES_MAX];
    struct crowd ever; /* in, in the view of anybody at any time */
};

struct key_oracle {
    struct world *world;
    struct known_circle *circles;
    size_t circle_count, circle_room;
    uint64_t *checks_4, *checks_5;
    struct known_key *keys;
    size_t count, room;
    int64_t seen[WORLD_NODES_MAX]; /* rows of secrets that have been looked at */
};

struct key_oracle *key_oracle_new(struct world *world, uint64_t *checks_4, uint64_t *checks_5) {
    struct key_oracle *oracle = rb_alloc(1, sizeof *oracle);

    oracle->world = world;
    oracle->checks_4 = checks_4;
    oracle->checks_5 = checks_5;
    return oracle;
}

void key_oracle_destroy(struct key_oracle **oracle) {
    if (*oracle != NULL) {
        free((*oracle)->keys);
        free((*oracle)->circles);
        free(*oracle);
        *oracle = NULL;
    }
}

static struct known_key *key_of(struct key_oracle *oracle, const uint8_t circle[static HASH_BYTES],
                                const uint8_t eid8[static EID8_BYTES]) {
    for (size_t i = oracle->count; i > 0; i--) {
        struct known_key *key = &oracle->keys[i - 1];
        if (memcmp(key->eid8, eid8, EID8_BYTES) == 0 &&
            memcmp(key->circle, circle, HASH_BYTES) == 0) {
            return key;
        }
    }
    if (oracle->count == oracle->room) {
        oracle->room = 2 * oracle->room + 16;
        oracle->keys = rb_realloc(oracle->keys, oracle->room, sizeof *oracle->keys);
    }
    struct known_key *key = &oracle->keys[oracle->count++];
    *key = (struct known_key) { 0 };
    memcpy(key->circle, circle, HASH_BYTES);
    memcpy(key->eid8, eid8, EID8_BYTES);
    return key;
}

static size_t person_of(const struct world *world, const uint8_t person[static HASH_BYTES]) {
    size_t i = 0;

    while (i < world->node_count && memcmp(world->nodes[i].person, person, HASH_BYTES) != 0) {
        i++;
    }
    return i;
}

/* ---- What nodes think of a circle ---- */

static struct known_circle *circle_of(struct key_oracle *oracle,
                                      const uint8_t circle[static HASH_BYTES]) {
    for (size_t i = 0; i < oracle->circle_count; i++) {
        if (memcmp(oracle->circles[i].circle, circle, HASH_BYTES) == 0) {
            return &oracle->circles[i];
        }
    }
    if (oracle->circle_count == oracle->circle_room) {
        oracle->circle_room = 2 * oracle->circle_room + 4;
        oracle->circles = rb_realloc(oracle->circles, oracle->circle_room, sizeof *oracle->circles);
    }
    struct known_circle *known = &oracle->circles[oracle->circle_count++];
    *known = (struct known_circle) { 0 };
    memcpy(known->circle, circle, HASH_BYTES);
    return known;
}

static bool is_in(int64_t state) {
    return state == MEMBER_INVITED || state == MEMBER_ACCEPTED;
}

static void views_forget(struct key_oracle *oracle, size_t node) {
    for (size_t i = 0; i < oracle->circle_count; i++) {
        oracle->circles[i].in[node] = oracle->circles[i].out[node] = (struct crowd) { 0 };
    }
}

/* Reads how a node sees all its circles now. */
static void views_read(struct key_oracle *oracle, struct sim_node *node) {
    static const char sql[] =
        "SELECT circle.circle, member.person, member.state"
        " FROM member"
        " JOIN circle ON circle.id = member.circle";
    struct db_row *row = db_query(store_db(node->store), sql);
    uint8_t circle[HASH_BYTES], person[HASH_BYTES];

    views_forget(oracle, node->index);
    while (db_step(row)) {
        db_copy(row, 0, circle, sizeof circle);
        db_copy(row, 1, person, sizeof person);
        const size_t who = person_of(node->world, person);
        struct known_circle *known = circle_of(oracle, circle);
        if (who == node->world->node_count) {
            continue;
        }
        if (is_in(db_int(row, 2))) {
            known->in[node->index].has[who] = true;
            known->ever.has[who] = true;
        } else {
            known->out[node->index].has[who] = true;
        }
    }
    if (db_end(row) != RB_OK && !disk_is_off(node->disk)) {
        world_break(node->world, 0, "%s cannot tell who belongs where", node->name);
    }
}

/* In the view of anybody. */
static bool anybody(const struct key_oracle *oracle, const struct crowd *views, size_t who) {
    for (size_t i = 0; i < oracle->world->node_count; i++) {
        if (views[i].has[who]) {
            return true;
        }
    }
    return false;
}

/* ---- I5 ---- */

static void check_written(struct key_oracle *oracle, struct sim_node *node,
                          const uint8_t circle[static HASH_BYTES],
                          const uint8_t eid8[static EID8_BYTES]) {
    struct known_key *key = key_of(oracle, circle, eid8);
    const struct known_circle *known = circle_of(oracle, circle);

    (*oracle->checks_5)++;
    for (size_t i = 0; i < oracle->world->node_count; i++) {
        if (!known->out[node->index].has[i]) {
            continue;
        }
        if (key->undisputed.has[i]) {
            world_break(oracle->world, 5,
                        "%s writes under key %02x%02x.. which %s holds, who is out", node->name,
                        eid8[0], eid8[1], oracle->world->nodes[i].name);
        }
    }
}

void key_oracle_stored(struct key_oracle *oracle, struct sim_node *node,
                       const uint8_t circle[static HASH_BYTES],
                       const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last) {
    static const char sql[] =
        "SELECT substr(event.header, 5, 8)"
        " FROM circle"
        " JOIN log ON log.circle = circle.id"
        " JOIN event ON event.log = log.id"
        " WHERE circle.circle = ?1 AND log.pk = ?2 AND log.own = 1"
        "   AND event.seq BETWEEN ?3 AND ?4 AND event.control = 0"
        " ORDER BY event.seq DESC LIMIT 1"; /* one transaction, and so one key */
    struct db_row *row = db_query(store_db(node->store), sql);
    uint8_t eid8[EID8_BYTES];

    db_bind_blob(row, 1, span_of(circle, HASH_BYTES));
    db_bind_blob(row, 2, span_of(log, LOG_PK_BYTES));
    db_bind_int(row, 3, (int64_t)first);
    db_bind_int(row, 4, (int64_t)last);
    const bool is_own = db_step(row);
    if (is_own) {
        db_copy(row, 0, eid8, sizeof eid8);
    }
    if (db_end(row) == RB_OK && is_own) {
        views_read(oracle, node);
        check_written(oracle, node, circle, eid8);
    }
}

/* ---- I4 ---- */

static void check_held(struct key_oracle *oracle, struct known_key *key, size_t holder) {
    const struct known_circle *known = circle_of(oracle, key->circle);

    (*oracle->checks_4)++;
    key->undisputed.has[holder] = !anybody(oracle, known->out, holder);
    if (!known->ever.has[holder]) {
        world_break(oracle->world, 4,
                    "%s holds key %02x%02x.. of a circle to which nobody added him",
                    oracle->world->nodes[holder].name, key->eid8[0], key->eid8[1]);
    }
}

void key_oracle_look(struct key_oracle *oracle, struct sim_node *node, bool anew) {
    static const char sql[] =
        "SELECT rowid, substr(name, 1, 32), substr(name, 33, 8)"
        " FROM secret"
        " WHERE rowid > ?1 AND sort = ?2"
        " ORDER BY rowid";
    uint8_t circle[HASH_BYTES], eid8[EID8_BYTES];

    views_read(oracle, node);
    struct db_row *row = db_query(store_db(node->store), sql);
    db_bind_int(row, 1, anew ? 0 : oracle->seen[node->index]);
    db_bind_int(row, 2, SECRET_EPOCH);
    while (db_step(row)) {
        oracle->seen[node->index] = db_int(row, 0);
        db_copy(row, 1, circle, sizeof circle);
        db_copy(row, 2, eid8, sizeof eid8);
        struct known_key *key = key_of(oracle, circle, eid8);
        if (!key->holders.has[node->index]) {
            key->holders.has[node->index] = true;
            check_held(oracle, key, node->index);
        }
    }
    if (db_end(row) != RB_OK && !disk_is_off(node->disk)) {
        world_break(oracle->world, 0, "%s cannot tell its keys", node->name);
    }
}
