/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/invariants_devices.h"

#include "store/db.h"
#include "store/operations.h"
#include "tests/sim/account.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ACCOUNT_BYTES_MAX = 1 << 20, REVOKED_MAX = 32 };

static void must_end(struct sim_node *node, struct db_row *row) {
    if (db_end(row) != RB_OK && !disk_is_off(node->disk)) {
        world_break(node->world, 0, "%s cannot be asked", node->name);
    }
}

/* ---- What a store knows to be revoked ---- */

struct revoked {
    uint8_t certs[REVOKED_MAX][CERT_ID_BYTES];
    size_t count;
};

static void revoked_read(struct sim_node *node, struct revoked *revoked) {
    struct db_row *row = db_query(store_db(node->store), "SELECT cert FROM revocation");

    revoked->count = 0;
    while (db_step(row) && revoked->count < REVOKED_MAX) {
        db_copy(row, 0, revoked->certs[revoked->count++], CERT_ID_BYTES);
    }
    must_end(node, row);
}

static bool is_among(const struct revoked *revoked, const uint8_t cert[static CERT_ID_BYTES]) {
    for (size_t i = 0; i < revoked->count; i++) {
        if (memcmp(revoked->certs[i], cert, CERT_ID_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

bool devices_is_revoked(struct sim_node *node, const uint8_t device[static CERT_ID_BYTES]) {
    struct revoked revoked;

    revoked_read(node, &revoked);
    return is_among(&revoked, device);
}

static int64_t circle_number(struct sim_node *node, const uint8_t circle[static HASH_BYTES]) {
    struct db_row *row =
        db_query(store_db(node->store), "SELECT id FROM circle WHERE circle.circle = ?1");

    db_bind_blob(row, 1, span_of(circle, HASH_BYTES));
    const int64_t id = db_step(row) ? db_int(row, 0) : 0;
    must_end(node, row);
    return id;
}

/* ---- I5 ---- */

static bool is_key(const struct op *op) {
    return op->type == OP_GENESIS || op->type == OP_EPOCH || op->type == OP_KEYGRANT;
}

static bool wraps_one(const struct op *op, const uint8_t (*keys)[HASH_BYTES], size_t count) {
    struct epoch_key wraps[WRAPS_PER_EPOCH_MAX];
    const size_t wrap_count = op->type == OP_EPOCH ? op_wraps(op, wraps, WRAPS_PER_EPOCH_MAX) : 0;

    for (size_t i = 0; i < wrap_count; i++) {
        for (size_t j = 0; j < count; j++) {
            if (memcmp(wraps[i].id, keys[j], HASH_BYTES) == 0) {
                return true;
            }
        }
    }
    return false;
}

static bool has_key(const uint8_t (*keys)[HASH_BYTES], size_t count,
                    const uint8_t eid[static HASH_BYTES]) {
    for (size_t i = 0; i < count; i++) {
        if (memcmp(keys[i], eid, HASH_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

/* Whoever has one of `keys` can open the first of them: it and all that wrap it, however far. */
static size_t keys_above(const struct operation_list *list, uint8_t (*keys)[HASH_BYTES]) {
    size_t count = 1;

    for (bool grew = true; grew;) {
        grew = false;
        for (size_t i = 0; i < list->count; i++) {
            const struct op *op = &list->ops[i];
            if (!has_key(keys, count, op->epoch) && wraps_one(op, keys, count)) {
                memcpy(keys[count++], op->epoch, HASH_BYTES);
                grew = true;
            }
        }
    }
    return count;
}

static bool is_sealed_to(const struct op *op, const struct revoked *revoked) {
    uint8_t to[SEALS_PER_KEY_BODY_MAX][CERT_ID_BYTES];
    const size_t count = op_recipients(op, to, SEALS_PER_KEY_BODY_MAX);

    for (size_t i = 0; i < count; i++) {
        if (is_among(revoked, to[i])) {
            return true;
        }
    }
    return is_among(revoked, op->author_device);
}

static bool find_epoch(const struct operation_list *list, const uint8_t eid8[static EID8_BYTES],
                       uint8_t eid[static HASH_BYTES]) {
    for (size_t i = 0; i < list->count; i++) {
        if (is_key(&list->ops[i]) && memcmp(list->ops[i].epoch, eid8, EID8_BYTES) == 0) {
            memcpy(eid, list->ops[i].epoch, HASH_BYTES);
            return true;
        }
    }
    return false;
}

/* Waiting operations are not left out: what they say of a key is true all the same. */
static void check_key(struct sim_node *node, const struct operation_list *list,
                      const uint8_t eid8[static EID8_BYTES], const struct revoked *revoked) {
    uint8_t(*keys)[HASH_BYTES] = rb_alloc(list->count + 1, sizeof *keys);

    if (find_epoch(list, eid8, keys[0])) {
        const size_t count = keys_above(list, keys);
        for (size_t i = 0; i < list->count; i++) {
            const struct op *op = &list->ops[i];
            if (is_key(op) && has_key(keys, count, op->epoch) && is_sealed_to(op, revoked)) {
                world_break(node->world, 5,
                            "%s writes under key %02x%02x.. of which it knows that a revoked "
                            "computer has it",
                            node->name, eid8[0], eid8[1]);
            }
        }
    }
    free(keys);
}

/* The key of what was written last there; one transaction has one. */
static bool content_key(struct sim_node *node, int64_t circle,
                        const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last,
                        uint8_t eid8[static EID8_BYTES]) {
    static const char sql[] =
        "SELECT substr(event.header, 5, 8)"
        " FROM log"
        " JOIN event ON event.log = log.id"
        " WHERE log.circle = ?1 AND log.pk = ?2 AND log.own = 1"
        "   AND event.seq BETWEEN ?3 AND ?4 AND event.control = 0"
        " ORDER BY event.seq DESC LIMIT 1";
    struct db_row *row = db_query(store_db(node->store), sql);

    db_bind_int(row, 1, circle);
    db_bind_blob(row, 2, span_of(log, LOG_PK_BYTES));
    db_bind_int(row, 3, (int64_t)first);
    db_bind_int(row, 4, (int64_t)last);
    const bool is_own = db_step(row);
    if (is_own) {
        db_copy(row, 0, eid8, EID8_BYTES);
    }
    must_end(node, row);
    return is_own;
}

void devices_check_written(struct sim_node *node, const uint8_t circle[static HASH_BYTES],
                           const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last) {
    struct operation_list list = { 0 };
    uint8_t eid8[EID8_BYTES];
    struct revoked revoked;

    revoked_read(node, &revoked);
    if (revoked.count == 0) {
        return;
    }
    const int64_t number = circle_number(node, circle);
    if (content_key(node, number, log, first, last, eid8) &&
        operations_load(node->store, number, &list) == RB_OK) {
        check_key(node, &list, eid8, &revoked);
    }
    operations_clear(&list);
}

/* ---- I1, I2: what two stores know ---- */

static bool is_looked_at(const struct sim_node *node) {
    return node->store != NULL && !node->is_bad && !node->is_spare;
}

/* One column of text; ?1 is the person. */
static bool differs(struct sim_node *one, struct sim_node *other, const char *sql,
                    char difference[static 128]) {
    struct sim_node *const nodes[2] = { one, other };
    struct writer lines[2];

    for (size_t i = 0; i < 2; i++) {
        struct db_row *row = db_query(store_db(nodes[i]->store), sql);
        writer_init(&lines[i], ACCOUNT_BYTES_MAX);
        db_bind_blob(row, 1, span_of(one->person, HASH_BYTES));
        while (db_step(row)) {
            writer_span(&lines[i], db_text(row, 0));
            writer_u8(&lines[i], '\n');
        }
        must_end(nodes[i], row);
    }
    const bool do_differ = !span_equal(writer_view(&lines[0]), writer_view(&lines[1]));
    (void)snprintf(difference, 128, "%zu and %zu bytes", lines[0].len, lines[1].len);
    writer_clear(&lines[0]);
    writer_clear(&lines[1]);
    return do_differ;
}

static bool sisters_agree(struct sim_node *one, struct sim_node *other, bool breaks) {
    static const char contacts[] =
        "SELECT hex(contact.person) || EXISTS (SELECT 1 FROM contact_present"
        "  WHERE contact_present.person = contact.person AND standing = 1)"
        " FROM contact"
        " WHERE contact.person <> ?1"
        " ORDER BY contact.person";
    /* In a group one gives nobody a key before one has accepted; nor is there anybody to do so
     * where one has left. */
    static const char circles[] =
        "SELECT hex(circle.circle) || member.state"
        " FROM circle"
        " JOIN member ON member.circle = circle.id"
        " JOIN circle_view ON circle_view.circle = circle.id"
        " WHERE member.person = ?1"
        "   AND (member.state = 1 OR (member.state = 0 AND circle_view.kind <> 1))"
        " ORDER BY circle.circle";
    static const struct {
        int invariant;
        const char *what, *sql;
    } accounts[] = { { 2, "circles", circles }, { 1, "contacts", contacts } };
    char how[128];

    for (size_t i = 0; i < sizeof accounts / sizeof accounts[0]; i++) {
        if (differs(one, other, accounts[i].sql, how)) {
            if (breaks) {
                world_break(one->world, accounts[i].invariant, "%s of one person at %s and %s: %s",
                            accounts[i].what, one->name, other->name, how);
            }
            return false;
        }
    }
    return true;
}

/* What can be proved goes to everybody who has to do with that person. */
static bool heard(struct sim_node *from, struct sim_node *node, bool breaks) {
    static const char sql[] = "SELECT cert, person FROM revocation WHERE place IS NOT NULL";
    struct db_row *row = db_query(store_db(from->store), sql);
    uint8_t cert[CERT_ID_BYTES], person[HASH_BYTES];
    struct revoked revoked;
    struct contact contact;
    bool has = true;

    revoked_read(node, &revoked);
    while (has && db_step(row)) {
        db_copy(row, 0, cert, sizeof cert);
        db_copy(row, 1, person, sizeof person);
        has = is_among(&revoked, cert) || (memcmp(person, node->person, HASH_BYTES) != 0 &&
                                           contact_get(node->store, person, &contact) != RB_OK);
    }
    must_end(from, row);
    if (!has && breaks) {
        world_break(node->world, 2, "%s has not heard that a computer of %02x%02x.. is revoked",
                    node->name, person[0], person[1]);
    }
    return has;
}

bool devices_agree(struct world *world, bool breaks) {
    bool agree = true;

    for (size_t i = 0; i < world->node_count && agree; i++) {
        struct sim_node *one = &world->nodes[i];
        for (size_t j = 0; j < world->node_count && agree && is_looked_at(one); j++) {
            struct sim_node *other = &world->nodes[j];
            if (i != j && is_looked_at(other)) {
                agree = heard(one, other, breaks) && (j < i || !sim_same_person(one, other) ||
                                                      sisters_agree(one, other, breaks));
            }
        }
    }
    return agree;
}

/* ---- I8 ---- */

/* Up to where something of that log counts. */
static uint64_t locked_at(const struct op *revoked, const uint8_t log[static LOG_PK_BYTES]) {
    static struct op_lock locks[OP_LOCKS_MAX];
    const size_t count = op_locks(revoked, locks, OP_LOCKS_MAX);

    for (size_t i = 0; i < count; i++) {
        if (memcmp(locks[i].log, log, LOG_PK_BYTES) == 0) {
            return locks[i].seq;
        }
    }
    return 0;
}

static bool is_adopted(const struct circle *fold, const uint8_t log[static LOG_PK_BYTES],
                       uint64_t seq) {
    const struct op_lock *heads = NULL;
    const size_t count = circle_adopted(fold, &heads);

    for (size_t i = 0; i < count; i++) {
        if (memcmp(heads[i].log, log, LOG_PK_BYTES) == 0 && heads[i].seq >= seq) {
            return true;
        }
    }
    return false;
}

/* What is shown of that device, against one revocation. */
static void check_shown(struct sim_node *node, int64_t circle, const struct circle *fold,
                        const struct op *revoked) {
    static const char sql[] =
        "SELECT log.pk, shown.seq"
        " FROM (SELECT circle, log, seq FROM post UNION ALL SELECT circle, log, seq FROM entry)"
        "  AS shown"
        " JOIN log ON log.id = shown.log"
        " JOIN author ON author.log = shown.log"
        " WHERE shown.circle = ?1 AND author.device_cert = ?2";
    struct db_row *row = db_query(store_db(node->store), sql);
    uint8_t log[LOG_PK_BYTES];

    db_bind_int(row, 1, circle);
    db_bind_blob(row, 2, span_of(revoked->revocation.cert_id, CERT_ID_BYTES));
    while (db_step(row)) {
        db_copy(row, 0, log, sizeof log);
        const uint64_t seq = (uint64_t)db_int(row, 1);
        if (seq > locked_at(revoked, log) && !is_adopted(fold, log, seq)) {
            world_break(node->world, 8,
                        "%s shows event %" PRIu64
                        " of log %02x%02x.., which a revoked computer wrote later",
                        node->name, seq, log[0], log[1]);
        }
    }
    must_end(node, row);
}

size_t devices_check_locks(struct sim_node *node, const uint8_t circle[static HASH_BYTES]) {
    struct operation_list list = { 0 };
    const int64_t number = circle_number(node, circle);
    size_t count = 0;

    if (operations_load(node->store, number, &list) != RB_OK) {
        return 0;
    }
    struct circle *fold = circle_fold(list.ops, list.count);
    for (size_t i = 0; i < list.count; i++) {
        const struct op *op = &list.ops[i];
        if (op->type == OP_REVOKED && circle_grants(fold, op->ref)) {
            check_shown(node, number, fold, op);
            count++;
        }
    }
    circle_destroy(&fold);
    operations_clear(&list);
    return count;
}
