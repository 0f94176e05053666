/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/invariants_forks.h"

#include "store/block.h"
#include "store/db.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PROOF_BYTES_MAX = 16384 };

static void must(struct sim_node *node, enum rb_status status) {
    if (status != RB_OK && !disk_is_off(node->disk)) {
        world_break(node->world, 0, "%s cannot be asked about its logs: status %d", node->name,
                    (int)status);
    }
}

/* The logs of a circle at one node. */
struct shelf {
    struct sim_node *node;
    struct log_row *rows;
    size_t count;
};

static void shelf_read(struct shelf *shelf, struct sim_node *node,
                       const uint8_t circle[static HASH_BYTES]) {
    struct circle_row row;

    *shelf = (struct shelf) { .node = node };
    enum rb_status status = circle_row_find(node->store, circle, &row);
    if (status == RB_OK) {
        status = log_rows_of_circle(node->store, row.id, &shelf->rows, &shelf->count);
    }
    must(node, status == RB_NOT_FOUND ? RB_OK : status);
}

/* ---- One history under one name ---- */

/* H of an event of a row; false if it cannot be read. */
static bool hash_at(struct sim_node *node, const struct log_row *row, uint64_t seq,
                    uint8_t hash[static HASH_BYTES]) {
    struct block block;

    if (seq == row->head.seq) {
        memcpy(hash, row->head.hash, HASH_BYTES);
        return true;
    }
    block_init(&block);
    const enum rb_status status = block_load(node->store, row, seq, &block);
    if (status == RB_OK) {
        memcpy(hash, block.hashes[block_index(&block, seq)], HASH_BYTES);
    }
    block_clear(&block);
    must(node, status);
    return status == RB_OK;
}

static const struct log_row *row_named(const struct shelf *shelf,
                                       const uint8_t name[static LOG_PK_BYTES]) {
    for (size_t i = 0; i < shelf->count; i++) {
        if (memcmp(shelf->rows[i].pk, name, LOG_PK_BYTES) == 0) {
            return &shelf->rows[i];
        }
    }
    return NULL;
}

/* Two nodes that have another H at the same place of one name: nobody has proven it. */
static void check_pair(const struct shelf *one, const struct shelf *other) {
    uint8_t a[HASH_BYTES], b[HASH_BYTES];

    for (size_t i = 0; i < one->count && !one->node->world->failed; i++) {
        const struct log_row *mine = &one->rows[i], *his = row_named(other, mine->pk);
        if (his == NULL) {
            continue;
        }
        const uint64_t seq = mine->head.seq < his->head.seq ? mine->head.seq : his->head.seq;
        if (seq > mine->base && hash_at(one->node, mine, seq, a) &&
            hash_at(other->node, his, seq, b) && memcmp(a, b, sizeof a) != 0) {
            world_break(one->node->world, 7,
                        "%s and %s have two histories of log %02x%02x.., and neither knows it",
                        one->node->name, other->node->name, mine->pk[0], mine->pk[1]);
        }
    }
}

/* ---- Where logs are cut ---- */

static bool row_is_whole(struct sim_node *node, const struct log_row *row) {
    static const char sql[] = "SELECT count(*) FROM event WHERE log = ?1 AND seq BETWEEN ?2 AND ?3";
    struct db_row *query = db_query(store_db(node->store), sql);

    db_bind_int(query, 1, row->id);
    db_bind_int(query, 2, (int64_t)row->base + 1);
    db_bind_int(query, 3, (int64_t)row->head.seq);
    const uint64_t count = db_step(query) ? (uint64_t)db_int(query, 0) : 0;
    must(node, db_end(query));
    return count == row->head.seq - row->base;
}

/* The proof by which a branch is known is one, of this log at this place. */
static bool row_is_proven(struct sim_node *node, const uint8_t circle[static HASH_BYTES],
                          const struct log_row *row) {
    struct writer proof;
    struct fork fork;

    writer_init(&proof, PROOF_BYTES_MAX);
    enum rb_status status = fork_load(node->store, circle, row->pk, &proof);
    if (status == RB_OK) {
        status = fork_decode(writer_view(&proof), &fork);
    }
    writer_clear(&proof);
    return status == RB_OK && memcmp(fork.log, row->origin, sizeof fork.log) == 0 &&
           fork.common_seq == row->base &&
           memcmp(fork.common_hash, row->base_hash, sizeof fork.common_hash) == 0;
}

static void check_pieces(const struct shelf *shelf, const uint8_t circle[static HASH_BYTES]) {
    struct sim_node *node = shelf->node;

    for (size_t i = 0; i < shelf->count && !node->world->failed; i++) {
        const struct log_row *row = &shelf->rows[i];
        if (row->parent == 0 && row->forked == 0) {
            continue;
        }
        if (!row_is_whole(node, row)) {
            world_break(node->world, 7, "%s has lost events of forked log %02x%02x..", node->name,
                        row->origin[0], row->origin[1]);
        } else if (row->parent != 0 && !row_is_proven(node, circle, row)) {
            world_break(node->world, 7, "%s cannot prove that log %02x%02x.. forks", node->name,
                        row->origin[0], row->origin[1]);
        }
    }
}

static void check_place(const struct shelf *shelf, const struct forked_log *fork) {
    const struct log_row *trunk = row_named(shelf, fork->log);

    if (trunk != NULL && trunk->forked != 0 && trunk->forked != fork->common_seq + 1) {
        world_break(shelf->node->world, 7,
                    "%s cuts log %02x%02x.. after event %" PRIu64 ", and it forks after %" PRIu64,
                    shelf->node->name, fork->log[0], fork->log[1], trunk->forked - 1,
                    fork->common_seq);
    }
}

static void check_shelf(const struct shelf *shelf, const uint8_t circle[static HASH_BYTES],
                        const struct forked_log *forks, size_t fork_count) {
    check_pieces(shelf, circle);
    for (size_t i = 0; i < fork_count && !shelf->node->world->failed; i++) {
        if (memcmp(forks[i].circle, circle, HASH_BYTES) == 0) {
            check_place(shelf, &forks[i]);
        }
    }
}

void forks_check(struct world *world, const uint8_t circle[static HASH_BYTES],
                 struct sim_node *const *nodes, size_t node_count, const struct forked_log *forks,
                 size_t fork_count) {
    struct shelf first = { 0 };

    for (size_t i = 0; i < node_count && !world->failed; i++) {
        struct shelf shelf;
        shelf_read(&shelf, nodes[i], circle);
        check_shelf(&shelf, circle, forks, fork_count);
        if (i == 0) {
            first = shelf;
            continue;
        }
        check_pair(&first, &shelf);
        free(shelf.rows);
    }
    free(first.rows);
}

/* ---- Rule V ---- */

static void check_signed(struct sim_node *node, const struct log_row *row) {
    struct block block;

    block_init(&block);
    for (uint64_t seq = row->base + 1; seq <= row->head.seq && !node->world->failed;) {
        const enum rb_status status = block_load_signed(node->store, row, seq, &block);
        if (status != RB_OK || !log_head_verify(block.signature, row->origin, block_last(&block),
                                                block.hashes[block.count - 1])) {
            world_break(node->world, 8,
                        "%s has taken log %02x%02x.. beyond event %" PRIu64 ", which nobody signed",
                        node->name, row->origin[0], row->origin[1], seq - 1);
        }
        seq = status == RB_OK ? block_last(&block) + 1 : UINT64_MAX;
    }
    block_clear(&block);
}

size_t forks_check_signed(struct sim_node *node, const uint8_t person[static HASH_BYTES]) {
    static const char sql[] = "SELECT log FROM author WHERE person = ?1 AND length(person) = 32";
    struct db_row *query = db_query(store_db(node->store), sql);
    int64_t *logs = NULL;
    size_t count = 0;

    db_bind_blob(query, 1, span_of(person, HASH_BYTES));
    while (db_step(query)) {
        logs = rb_realloc(logs, count + 1, sizeof *logs);
        logs[count++] = db_int(query, 0);
    }
    must(node, db_end(query));
    for (size_t i = 0; i < count && !node->world->failed; i++) {
        struct log_row row;
        const enum rb_status status = log_row_load(node->store, logs[i], &row);
        must(node, status);
        if (status == RB_OK) {
            check_signed(node, &row);
        }
    }
    free(logs);
    return count;
}

/* ---- What was stored ---- */

bool forks_hash(struct sim_node *node, struct stored_event *event) {
    static const char sql[] =
        "SELECT log.hash"
        " FROM circle"
        " JOIN log ON log.circle = circle.id"
        " WHERE circle.circle = ?1 AND log.pk = ?2 AND log.head = ?3";
    struct db_row *query = db_query(store_db(node->store), sql);

    db_bind_blob(query, 1, span_of(event->circle, HASH_BYTES));
    db_bind_blob(query, 2, span_of(event->log, LOG_PK_BYTES));
    db_bind_int(query, 3, (int64_t)event->seq);
    const bool found = db_step(query);
    if (found) {
        db_copy(query, 0, event->hash, sizeof event->hash);
    }
    must(node, db_end(query));
    return found;
}

/* Whether a row has that event itself. */
static bool row_keeps(struct sim_node *node, const struct log_row *row,
                      const struct stored_event *event) {
    static const char sql[] = "SELECT 1 FROM event WHERE log = ?1 AND seq = ?2";
    static const uint8_t unknown[HASH_BYTES];
    uint8_t hash[HASH_BYTES];

    if (event->seq <= row->base || event->seq > row->head.seq) {
        return false;
    }
    struct db_row *query = db_query(store_db(node->store), sql);
    db_bind_int(query, 1, row->id);
    db_bind_int(query, 2, (int64_t)event->seq);
    const bool is_there = db_step(query);
    must(node, db_end(query));
    return is_there &&
           (memcmp(event->hash, unknown, sizeof unknown) == 0 ||
            (hash_at(node, row, event->seq, hash) && memcmp(event->hash, hash, sizeof hash) == 0));
}

bool forks_has(struct sim_node *node, const struct stored_event *event, bool *is_cut) {
    struct log_row *rows = NULL, named;
    struct circle_row circle;
    size_t count = 0;
    bool has = false;

    *is_cut = false;
    enum rb_status status = circle_row_find(node->store, event->circle, &circle);
    if (status == RB_OK) {
        status = log_row_find(node->store, circle.id, event->log, &named);
    }
    if (status == RB_OK) {
        *is_cut = named.forked != 0 || named.parent != 0;
        has = row_keeps(node, &named, event);
    }
    if (status == RB_OK && !has && *is_cut) {
        status = log_rows_of_origin(node->store, circle.id, named.origin, &rows, &count);
    }
    for (size_t i = 0; i < count && !has && status == RB_OK; i++) {
        has = row_keeps(node, &rows[i], event);
    }
    free(rows);
    return has;
}
