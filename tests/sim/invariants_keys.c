/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/invariants_keys.h"

#include "protocol/circle.h"
#include "store/db.h"
#include "store/keyring.h"
#include "store/opening.h"
#include "tests/sim/invariants_devices.h"

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
    struct crowd entitled;   /* it was made by them, sealed to them, or wrapped in such a key */
};

/* Whoever has key `outer` has `inner`; places in the list of keys. */
struct known_wrap {
    size_t outer, inner;
};

/* Whose a seal key is. */
struct known_seal {
    uint8_t key[BOX_PUBLIC_BYTES];
    uint8_t device[CERT_ID_BYTES];
    size_t node;
};

/* Who is in and who is out, as each node had it when it ran last: also those that are off. */
struct known_circle {
    uint8_t circle[HASH_BYTES];
    struct crowd in[WORLD_NODES_MAX], out[WORLD_NODES_MAX];
    struct crowd before;   /* in, in the view that is being read, when it was read last */
    struct crowd ever_out; /* out, or in no more, in the view of anybody at any time */
};

struct key_oracle {
    struct world *world;
    struct known_circle *circles;
    size_t circle_count, circle_room;
    uint64_t *checks_4, *checks_5;
    struct known_key *keys;
    size_t count, room;
    struct known_wrap *wraps;
    size_t wrap_count, wrap_room;
    struct known_seal *seals;
    size_t seal_count, seal_room;
    int64_t seen[WORLD_NODES_MAX]; /* rows of secrets that have been looked at */
    bool began[WORLD_NODES_MAX];   /* has been looked at */
};

static struct key_oracle *watching; /* what is sealed, in the one world that there is */

struct key_oracle *key_oracle_new(struct world *world, uint64_t *checks_4, uint64_t *checks_5) {
    struct key_oracle *oracle = rb_alloc(1, sizeof *oracle);

    oracle->world = world;
    oracle->checks_4 = checks_4;
    oracle->checks_5 = checks_5;
    watching = oracle;
    return oracle;
}

void key_oracle_destroy(struct key_oracle **oracle) {
    watching = NULL;
    if (*oracle != NULL) {
        free((*oracle)->keys);
        free((*oracle)->wraps);
        free((*oracle)->seals);
        free((*oracle)->circles);
        free(*oracle);
        *oracle = NULL;
    }
}

static size_t key_place(struct key_oracle *oracle, const uint8_t circle[static HASH_BYTES],
                        const uint8_t eid8[static EID8_BYTES]) {
    for (size_t i = oracle->count; i > 0; i--) {
        struct known_key *key = &oracle->keys[i - 1];
        if (memcmp(key->eid8, eid8, EID8_BYTES) == 0) {
            return i - 1;
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
    return oracle->count - 1;
}

static struct known_key *key_of(struct key_oracle *oracle, const uint8_t circle[static HASH_BYTES],
                                const uint8_t eid8[static EID8_BYTES]) {
    const size_t place = key_place(oracle, circle, eid8); /* which may move the list */

    return &oracle->keys[place];
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
        struct known_circle *known = &oracle->circles[i];
        known->before = known->in[node];
        known->in[node] = known->out[node] = (struct crowd) { 0 };
    }
}

/* Who is out now, or has gone without a trace: his ADD does not stand any more. */
static void views_compare(struct key_oracle *oracle, size_t node) {
    for (size_t i = 0; i < oracle->circle_count; i++) {
        struct known_circle *known = &oracle->circles[i];
        for (size_t who = 0; who < oracle->world->node_count; who++) {
            if (known->out[node].has[who] ||
                (known->before.has[who] && !known->in[node].has[who])) {
                known->ever_out.has[who] = true;
            }
        }
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
        } else {
            known->out[node->index].has[who] = true;
        }
    }
    if (db_end(row) != RB_OK && !disk_is_off(node->disk)) {
        world_break(node->world, 0, "%s cannot tell who belongs where", node->name);
    }
    views_compare(oracle, node->index);
}

bool key_oracle_ever_out(struct key_oracle *oracle, const uint8_t circle[static HASH_BYTES],
                         const uint8_t person[static HASH_BYTES]) {
    const size_t who = person_of(oracle->world, person);

    return who < oracle->world->node_count && circle_of(oracle, circle)->ever_out.has[who];
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
        const size_t person = person_of(oracle->world, oracle->world->nodes[i].person);
        if (known->out[node->index].has[person] && key->undisputed.has[i]) {
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

/* ---- I4: who is given a key ---- */

/* He has that key, and so all that it wraps. */
static void entitle(struct key_oracle *oracle, size_t key, size_t person) {
    size_t *work = rb_alloc(oracle->wrap_count + 1, sizeof *work);
    size_t count = 0;

    work[count++] = key;
    while (count > 0) {
        const size_t outer = work[--count];
        if (oracle->keys[outer].entitled.has[person]) {
            continue;
        }
        oracle->keys[outer].entitled.has[person] = true;
        for (size_t i = 0; i < oracle->wrap_count; i++) {
            const struct known_wrap *wrap = &oracle->wraps[i];
            if (wrap->outer == outer && !oracle->keys[wrap->inner].entitled.has[person]) {
                work[count++] = wrap->inner;
            }
        }
    }
    free(work);
}

static void wrap_note(struct key_oracle *oracle, size_t outer, size_t inner) {
    if (oracle->wrap_count == oracle->wrap_room) {
        oracle->wrap_room = 2 * oracle->wrap_room + 16;
        oracle->wraps = rb_realloc(oracle->wraps, oracle->wrap_room, sizeof *oracle->wraps);
    }
    oracle->wraps[oracle->wrap_count++] = (struct known_wrap) { outer, inner };
    for (size_t i = 0; i < oracle->world->node_count; i++) {
        if (oracle->keys[outer].entitled.has[i]) {
            entitle(oracle, inner, i);
        }
    }
}

static void wraps_note(struct key_oracle *oracle, const uint8_t circle[static HASH_BYTES],
                       size_t key, const struct op *op) {
    struct epoch_key wraps[WRAPS_PER_EPOCH_MAX];
    const size_t count = op_wraps(op, wraps, WRAPS_PER_EPOCH_MAX);

    for (size_t i = 0; i < count; i++) {
        wrap_note(oracle, key, key_place(oracle, circle, wraps[i].id));
    }
}

/* `device` NULL: whatever it is. */
static const struct known_seal *seal_of(const struct key_oracle *oracle,
                                        const uint8_t key[static BOX_PUBLIC_BYTES],
                                        const uint8_t *device) {
    for (size_t i = oracle->seal_count; i > 0; i--) {
        const struct known_seal *seal = &oracle->seals[i - 1];
        if (memcmp(seal->key, key, BOX_PUBLIC_BYTES) == 0 &&
            (device == NULL || memcmp(seal->device, device, CERT_ID_BYTES) == 0)) {
            return seal;
        }
    }
    return NULL;
}

static const struct known_seal *seal_add(struct key_oracle *oracle,
                                         const uint8_t key[static BOX_PUBLIC_BYTES],
                                         const uint8_t device[static CERT_ID_BYTES], size_t node) {
    if (oracle->seal_count == oracle->seal_room) {
        oracle->seal_room = 2 * oracle->seal_room + 16;
        oracle->seals = rb_realloc(oracle->seals, oracle->seal_room, sizeof *oracle->seals);
    }
    struct known_seal *seal = &oracle->seals[oracle->seal_count++];
    memcpy(seal->key, key, sizeof seal->key);
    memcpy(seal->device, device, sizeof seal->device);
    seal->node = node;
    return seal;
}

/* Of a node that has not run yet, but whose card went about, there is one that was believed. */
static void seal_learn(struct key_oracle *oracle, const struct sim_node *node) {
    const struct store_self *self = store_self(node->store);

    if (seal_of(oracle, self->seal.public, self->device_cert.id) != NULL) {
        return;
    }
    for (size_t i = 0; i < oracle->seal_count && !oracle->began[node->index]; i++) {
        if (oracle->seals[i].node == node->index) {
            world_break(oracle->world, 4, "what was sealed to %s was sealed to another key",
                        node->name);
        }
    }
    (void)seal_add(oracle, self->seal.public, self->device_cert.id, node->index);
}

static const struct known_seal *seal_believe(struct key_oracle *oracle,
                                             const uint8_t key[static BOX_PUBLIC_BYTES],
                                             const uint8_t device[static CERT_ID_BYTES]) {
    const struct known_seal *seal = seal_of(oracle, key, NULL);

    for (size_t i = 0; i < oracle->world->node_count && seal == NULL; i++) {
        if (!oracle->began[i] &&
            memcmp(oracle->world->nodes[i].device, device, CERT_ID_BYTES) == 0) {
            seal = seal_add(oracle, key, device, i);
        }
    }
    return seal;
}

/* A key as it is sealed, and by whom in which circle. */
struct sealing_seen {
    struct sim_node *author;
    const struct opening *opening;
    const struct epoch_key *epoch;
    const uint8_t (*recipients)[BOX_PUBLIC_BYTES];
    size_t recipient_count;
    const struct op *op;
};

/* What forbids the author to seal the key to that recipient, or NULL. */
static const char *seal_objection(const struct sealing_seen *seen, const struct known_seal *seal,
                                  const uint8_t to[static CERT_ID_BYTES]) {
    const struct world *world = seen->author->world;

    if (seal == NULL) {
        return "a device of nobody";
    }
    if (seal_of(watching, seal->key, to) == NULL) {
        return "another device than he says";
    }
    if (devices_is_revoked(seen->author, to)) {
        return "a computer of which he knows that it is revoked";
    }
    const uint8_t *person = world->nodes[seal->node].person;
    if (memcmp(person, seen->author->person, HASH_BYTES) == 0 ||
        member_is_in(circle_member(seen->opening->members.fold, person))) {
        return NULL;
    }
    return world->nodes[seal->node].name;
}

/* At the moment when it is sealed, and so in the view of who seals it. */
static void check_sealed(struct key_oracle *oracle, const struct sealing_seen *seen, size_t key) {
    uint8_t to[SEALS_PER_KEY_BODY_MAX][CERT_ID_BYTES] = { { 0 } };

    (void)op_recipients(seen->op, to, SEALS_PER_KEY_BODY_MAX);
    entitle(oracle, key, seen->author->index);
    for (size_t i = 0; i < seen->recipient_count; i++) {
        const struct known_seal *seal = seal_believe(oracle, seen->recipients[i], to[i]);
        const char *objection = seen->author->is_bad ? NULL : seal_objection(seen, seal, to[i]);
        (*oracle->checks_4)++;
        if (objection != NULL) {
            world_break(oracle->world, 4,
                        "%s seals key %02x%02x.. to %s, to whom he may not give it",
                        seen->author->name, seen->epoch->id[0], seen->epoch->id[1], objection);
        }
        if (seal != NULL) {
            entitle(oracle, key, seal->node);
        }
    }
}

/* The names are the linker's: whatever is sealed, by the store or by a forger, comes by here. */
enum rb_status __real_event_seal_key_body(struct writer *body, struct event_header *header,
                                          const struct event_place *place,
                                          const struct epoch_key *epoch,
                                          const uint8_t (*recipients)[BOX_PUBLIC_BYTES],
                                          size_t recipient_count, struct span payload);
enum rb_status __wrap_event_seal_key_body(struct writer *body, struct event_header *header,
                                          const struct event_place *place,
                                          const struct epoch_key *epoch,
                                          const uint8_t (*recipients)[BOX_PUBLIC_BYTES],
                                          size_t recipient_count, struct span payload);

static void sealing_note(const struct sealing_seen *sealing, struct span bytes) {
    const uint8_t *circle = sealing->opening->circle.circle;
    const size_t key = key_place(watching, circle, sealing->epoch->id);
    struct sealing_seen seen = *sealing;
    struct payload payload;
    struct op op;

    if (payload_decode(bytes, &payload) != RB_OK || op_decode_again(&payload, &op) != RB_OK) {
        world_break(watching->world, 4, "%s seals a key beside what is no operation",
                    seen.author->name);
        return;
    }
    seen.op = &op;
    check_sealed(watching, &seen, key);
    if (op.type == OP_EPOCH) {
        wraps_note(watching, circle, key, &op);
    }
}

enum rb_status __wrap_event_seal_key_body(struct writer *body, struct event_header *header,
                                          const struct event_place *place,
                                          const struct epoch_key *epoch,
                                          const uint8_t (*recipients)[BOX_PUBLIC_BYTES],
                                          size_t recipient_count, struct span payload) {
    struct sim_node *node = world_running();
    const enum rb_status status = __real_event_seal_key_body(body, header, place, epoch, recipients,
                                                             recipient_count, payload);

    if (status == RB_OK && watching != NULL && node != NULL && node->store != NULL) {
        sealing_note(&(struct sealing_seen) { .author = node,
                                              .opening = opening_of(node->store),
                                              .epoch = epoch,
                                              .recipients = recipients,
                                              .recipient_count = recipient_count },
                     payload);
    }
    return status;
}

/* ---- I4: who holds one ---- */

static void check_held(struct key_oracle *oracle, struct known_key *key, size_t holder) {
    const struct known_circle *known = circle_of(oracle, key->circle);
    const size_t person = person_of(oracle->world, oracle->world->nodes[holder].person);

    (*oracle->checks_4)++;
    key->undisputed.has[holder] = !anybody(oracle, known->out, person);
    if (!key->entitled.has[holder]) {
        world_break(oracle->world, 4, "%s holds key %02x%02x.. which nobody has given him",
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

    seal_learn(oracle, node);
    views_read(oracle, node);
    struct db_row *row = db_query(store_db(node->store), sql);
    db_bind_int(row, 1, anew ? 0 : oracle->seen[node->index]);
    db_bind_int(row, 2, SECRET_EPOCH);
    while (db_step(row)) {
        oracle->seen[node->index] = db_int(row, 0);
        db_copy(row, 1, circle, sizeof circle);
        db_copy(row, 2, eid8, sizeof eid8);
        const size_t place = key_place(oracle, circle, eid8);
        /* A forger seals while his store has any circle in hand. */
        memcpy(oracle->keys[place].circle, circle, HASH_BYTES);
        if (!oracle->began[node->index]) {
            entitle(oracle, place, node->index); /* made when its home was */
        }
        if (!oracle->keys[place].holders.has[node->index]) {
            oracle->keys[place].holders.has[node->index] = true;
            check_held(oracle, &oracle->keys[place], node->index);
        }
    }
    oracle->began[node->index] = true;
    if (db_end(row) != RB_OK && !disk_is_off(node->disk)) {
        world_break(oracle->world, 0, "%s cannot tell its keys", node->name);
    }
}
