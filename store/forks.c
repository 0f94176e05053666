/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/forks.h"

#include "store/admission.h"
#include "store/block.h"
#include "store/db.h"
#include "store/ingest.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A row and all that continues it. */
#define PIECES_OF_ROW                                                                              \
    "WITH RECURSIVE piece (id) AS ("                                                               \
    "  SELECT ?1"                                                                                  \
    "  UNION ALL"                                                                                  \
    "  SELECT log.id FROM log JOIN piece ON log.parent = piece.id) "

enum {
    /* Two branches of 64 hashes and a signature each, with room for the CBOR around them. */
    PROOF_BYTES_MAX = 2 * (BLOCK_EVENTS * (HASH_BYTES + 2) + SIGNATURE_BYTES + 16) + 128
};

/* ---- The rows of one log ---- */

struct rows {
    struct log_row *items;
    size_t count;
};

static const struct log_row *rows_find(const struct rows *rows, const uint8_t *name) {
    for (size_t i = 0; i < rows->count; i++) {
        if (memcmp(rows->items[i].pk, name, LOG_PK_BYTES) == 0) {
            return &rows->items[i];
        }
    }
    return NULL;
}

static const struct log_row *rows_at(const struct rows *rows, int64_t id) {
    for (size_t i = 0; i < rows->count; i++) {
        if (rows->items[i].id == id) {
            return &rows->items[i];
        }
    }
    return NULL;
}

/* H of an event of a row. */
static enum rb_status row_hash(struct store *store, const struct log_row *row, uint64_t seq,
                               uint8_t hash[static HASH_BYTES]) {
    struct block block;

    if (seq == row->head.seq) {
        memcpy(hash, row->head.hash, HASH_BYTES);
        return RB_OK;
    }
    block_init(&block);
    enum rb_status status = block_load(store, row, seq, &block);
    if (status == RB_OK) {
        memcpy(hash, block.hashes[block_index(&block, seq)], HASH_BYTES);
    }
    block_clear(&block);
    return status;
}

/* Before the first event there is the trunk alone. */
static bool row_has(const struct log_row *row, uint64_t seq) {
    return seq == 0 ? row->parent == 0 : seq > row->base && seq <= row->head.seq;
}

/* The first event of a branch is in its name. */
static enum rb_status row_matches(struct store *store, const struct log_row *row, uint64_t seq,
                                  const uint8_t hash[static HASH_BYTES], bool *same) {
    uint8_t name[LOG_PK_BYTES], found[HASH_BYTES];

    if (row->parent != 0 && seq == row->base + 1) {
        branch_name(name, row->origin, seq, hash);
        *same = memcmp(name, row->pk, sizeof name) == 0;
        return RB_OK;
    }
    enum rb_status status = row_hash(store, row, seq, found);
    *same = status == RB_OK && memcmp(found, hash, sizeof found) == 0;
    return status;
}

/* The row that has this event; `*row` is NULL if none has. */
static enum rb_status rows_place(struct store *store, const struct rows *rows, uint64_t seq,
                                 const uint8_t hash[static HASH_BYTES],
                                 const struct log_row **row) {
    enum rb_status status = RB_OK;

    *row = NULL;
    for (size_t i = 0; i < rows->count && status == RB_OK && *row == NULL; i++) {
        bool same = row_has(&rows->items[i], seq);
        if (same && seq > 0) {
            status = row_matches(store, &rows->items[i], seq, hash, &same);
        }
        *row = same ? &rows->items[i] : NULL;
    }
    return status;
}

/* ---- Proofs in the table ---- */

static enum rb_status proof_insert(struct store *store, const struct fork *fork, int64_t *id) {
    static const char sql[] =
        "INSERT INTO fork (proof)"
        " VALUES (?1)";
    struct db_row *query = db_query(store_db(store), sql);
    struct writer proof;

    writer_init(&proof, PROOF_BYTES_MAX);
    fork_encode(&proof, fork);
    assert(!proof.failed);
    db_bind_blob(query, 1, writer_view(&proof));
    enum rb_status status = db_run(query);
    if (status == RB_OK) {
        *id = db_last_id(store_db(store));
    }
    writer_clear(&proof);
    return status;
}

/* One that tells of branches after this row. */
static enum rb_status proof_of_row(struct store *store, int64_t row, struct fork *fork) {
    static const char sql[] =
        "SELECT fork.proof"
        " FROM log"
        " JOIN fork ON fork.id = log.proof"
        " WHERE log.parent = ?1"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);
    enum rb_status read = RB_DAMAGED;

    db_bind_int(query, 1, row);
    if (db_step(query)) {
        read = fork_decode(db_blob(query, 0), fork);
    }
    enum rb_status status = db_end(query);
    if (status != RB_OK) {
        return status;
    }
    return read == RB_OK ? RB_OK : RB_DAMAGED;
}

/* ---- Cutting ---- */

/* A row that is being cut, after event `cut`. */
struct cutting {
    struct opening *opening;
    const struct fork *fork;
    struct log_row row;  /* that has the last common event */
    struct log_row rest; /* what it has beyond becomes this row; pk is zeros if it has nothing */
    int64_t proof;
};

static enum rb_status count_missing(struct store *store, int64_t log, uint64_t after,
                                    uint64_t *missing) {
    static const char sql[] =
        "SELECT count(*)"
        " FROM event"
        " WHERE log = ?1"
        "   AND seq > ?2"
        "   AND stub = 1";
    struct db_row *query = db_query(store_db(store), sql);

    *missing = 0;
    db_bind_int(query, 1, log);
    db_bind_int(query, 2, (int64_t)after);
    if (db_step(query)) {
        *missing = (uint64_t)db_int(query, 0);
    }
    return db_end(query);
}

/* Everything that names the row and an event after the cut: of the whole row also who writes it, if
 * it has its LOGCERT no more.  What people have acknowledged of it they acknowledge again by its
 * new name. */
static enum rb_status rest_move(const struct cutting *cutting) {
    static const char farewells[] =
        "INSERT INTO farewell (circle, person, log, seq)"
        " SELECT circle, person, ?2, seq FROM farewell WHERE log = ?1 AND seq > ?3";
    static const char *const moves[] = {
        "UPDATE event SET log = ?2 WHERE log = ?1 AND seq > ?3",
        "UPDATE checkpoint SET log = ?2 WHERE log = ?1 AND seq > ?3",
        "UPDATE operation SET log = ?2 WHERE log = ?1 AND seq > ?3",
        "UPDATE log SET parent = ?2 WHERE parent = ?1 AND id <> ?2 AND base > ?3",
        "UPDATE acked SET seq = ?3 WHERE log = ?1 AND seq > ?3 AND ?2 > 0",
        "UPDATE author SET log = ?2 WHERE log = ?1 AND ?3 = 0",
        farewells,
        "UPDATE farewell SET seq = ?3 WHERE log = ?1 AND seq > ?3 AND ?2 > 0",
    };
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < sizeof moves / sizeof moves[0] && status == RB_OK; i++) {
        struct db_row *query = db_query(store_db(cutting->opening->store), moves[i]);
        db_bind_int(query, 1, cutting->row.id);
        db_bind_int(query, 2, cutting->rest.id);
        db_bind_int(query, 3, (int64_t)cutting->fork->common_seq);
        status = db_run(query);
    }
    return status;
}

/* What the row becomes: it ends at the cut, and has a signature there only between two blocks. */
static enum rb_status trunk_end(struct cutting *cutting) {
    struct log_row *row = &cutting->row;
    struct log_head end = { .seq = cutting->fork->common_seq };
    enum rb_status status = RB_OK;

    memcpy(end.hash, cutting->fork->common_hash, sizeof end.hash);
    if (end.seq > row->base && end.seq % BLOCK_EVENTS == 0) {
        status = checkpoint_load(cutting->opening->store, row->id, end.seq, &end);
    }
    row->head = end;
    row->missing -= cutting->rest.missing;
    return status;
}

static enum rb_status rest_cut_off(struct cutting *cutting) {
    struct store *store = cutting->opening->store;
    struct log_row *rest = &cutting->rest;

    rest->proof = cutting->proof;
    enum rb_status status =
        count_missing(store, cutting->row.id, cutting->fork->common_seq, &rest->missing);
    if (status == RB_OK) {
        status = log_row_save(store, rest);
    }
    if (status == RB_OK) {
        status = rest_move(cutting);
    }
    return status == RB_OK ? trunk_end(cutting) : status;
}

/* The rest as a row, not saved yet: a branch of its own, with all that the row is now. */
static enum rb_status rest_make(struct cutting *cutting) {
    const struct fork *fork = cutting->fork;
    struct log_row *rest = &cutting->rest;
    uint8_t hash[HASH_BYTES];

    *rest = (struct log_row) { 0 };
    if (cutting->row.head.seq == fork->common_seq) {
        return RB_OK;
    }
    enum rb_status status =
        row_hash(cutting->opening->store, &cutting->row, fork->common_seq + 1, hash);
    if (status != RB_OK) {
        return status;
    }
    *rest = cutting->row;
    rest->id = 0;
    rest->ahead = 0;
    rest->parent = cutting->row.id;
    rest->base = fork->common_seq;
    memcpy(rest->base_hash, fork->common_hash, sizeof rest->base_hash);
    branch_name(rest->pk, rest->origin, fork->common_seq + 1, hash);
    return RB_OK;
}

/* The rest is neither of the branches of the proof: this store proves it itself. */
static enum rb_status rest_prove(struct cutting *cutting) {
    struct store *store = cutting->opening->store;
    const struct fork *fork = cutting->fork;
    struct fork_branch mine = { 0 };
    struct fork own;
    struct block block;

    block_init(&block);
    enum rb_status status = block_load_signed(store, &cutting->rest, fork->common_seq + 1, &block);
    if (status == RB_OK) {
        size_t first = block_index(&block, fork->common_seq + 1);
        mine.count = block.count - first;
        memcpy(mine.event_hashes, block.event_hashes[first], mine.count * HASH_BYTES);
        memcpy(mine.signature, block.signature, sizeof mine.signature);
        status = fork_make(&own, fork->log, fork->common_seq, fork->common_hash, &mine,
                           &fork->branches[0]);
        status = status == RB_OK ? proof_insert(store, &own, &cutting->rest.proof) : RB_DAMAGED;
    }
    block_clear(&block);
    return status == RB_OK ? log_row_save(store, &cutting->rest) : status;
}

static enum rb_status branch_insert(const struct cutting *cutting,
                                    const uint8_t name[static LOG_PK_BYTES]) {
    struct store *store = cutting->opening->store;
    const struct fork *fork = cutting->fork;
    struct log_author author;
    struct log_row row = {
        .circle = cutting->row.circle,
        .parent = cutting->row.id,
        .base = fork->common_seq,
        .proof = cutting->proof,
        .head.seq = fork->common_seq,
        .own = cutting->row.own,
    };

    memcpy(row.pk, name, sizeof row.pk);
    memcpy(row.origin, fork->log, sizeof row.origin);
    memcpy(row.base_hash, fork->common_hash, sizeof row.base_hash);
    memcpy(row.head.hash, fork->common_hash, sizeof row.head.hash);
    enum rb_status status = log_row_save(store, &row);
    return status == RB_OK ? log_author_find(store, row.id, &author) : status;
}

/* ---- Afterwards ---- */

/* That a log is nobody's follows from its LOGCERT, or from a GENESIS behind it: after a fork
 * between the two it is concluded anew for the one and for the other. */
static enum rb_status nobody_forget(const struct cutting *cutting) {
    static const char *const forget[] = {
        PIECES_OF_ROW "UPDATE event SET state = 0 WHERE log IN (SELECT id FROM piece)",
        PIECES_OF_ROW "DELETE FROM author WHERE log IN (SELECT id FROM piece)",
    };
    struct store *store = cutting->opening->store;
    struct arrivals *arrivals = opening_arrivals(cutting->opening);
    struct log_author author;

    if (cutting->fork->common_seq != 1) {
        return RB_OK;
    }
    enum rb_status status = log_author_find(store, cutting->row.id, &author);
    if (status != RB_OK || author.state != AUTHOR_NOBODY) {
        return status;
    }
    arrivals->control = true;
    arrivals->material = true;
    for (size_t i = 0; i < sizeof forget / sizeof forget[0] && status == RB_OK; i++) {
        struct db_row *query = db_query(store_db(store), forget[i]);
        db_bind_int(query, 1, cutting->row.id);
        status = db_run(query);
    }
    return status;
}

/* Whether content of the rest is in any view. */
static enum rb_status rest_is_shown(const struct cutting *cutting, bool *shown) {
    static const char sql[] =
        "SELECT 1"
        " FROM event"
        " WHERE log = ?1"
        "   AND control = 0"
        "   AND state = 1"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(cutting->opening->store), sql);

    db_bind_int(query, 1, cutting->rest.id);
    *shown = db_step(query);
    return db_end(query);
}

/* Content of the rest stands on a branch now.  Nothing else is judged in another way, so that a
 * proof costs the whole circle only what it takes out of the views. */
static enum rb_status rest_unjudge(const struct cutting *cutting) {
    static const char sql[] =
        "UPDATE event"
        " SET state = 0"
        " WHERE log = ?1"
        "   AND control = 0"
        "   AND state <> 0";
    struct store *store = cutting->opening->store;
    struct arrivals *arrivals = opening_arrivals(cutting->opening);
    struct log_author author;
    bool shown = false;

    enum rb_status status = log_author_find(store, cutting->rest.id, &author);
    if (status == RB_OK) {
        status = rest_is_shown(cutting, &shown);
    }
    if (status != RB_OK || shown) {
        arrivals->rejudge = arrivals->rejudge || shown;
        return status;
    }
    struct db_row *query = db_query(store_db(store), sql);
    db_bind_int(query, 1, cutting->rest.id);
    status = db_run(query);
    arrivals->material = arrivals->material || (status == RB_OK && db_changes(store_db(store)) > 0);
    return status;
}

/* The log in hand may be another now: the same name is taken again. */
static enum rb_status hand_renew(struct opening *opening) {
    struct log_row row;

    if (opening->log.row.id == 0) {
        return RB_OK;
    }
    enum rb_status status =
        log_row_find(opening->store, opening->circle.id, opening->log.row.pk, &row);
    return status == RB_OK ? opening_take_log(opening, &row) : status;
}

static enum rb_status after_cut(const struct cutting *cutting) {
    store_note_cut(cutting->opening->store, cutting->opening->circle.circle);
    enum rb_status status = nobody_forget(cutting);
    if (status == RB_OK && cutting->rest.id != 0) {
        status = rest_unjudge(cutting);
    }
    return status == RB_OK ? hand_renew(cutting->opening) : status;
}

/* ---- Keeping a proof ---- */

/* Which branches of the proof have no row yet, counting the rest. */
static size_t names_missing(const struct rows *rows, const struct cutting *cutting,
                            const uint8_t (*names)[LOG_PK_BYTES], bool missing[static 2]) {
    size_t count = 0;

    for (size_t i = 0; i < 2; i++) {
        missing[i] = rows_find(rows, names[i]) == NULL &&
                     memcmp(cutting->rest.pk, names[i], LOG_PK_BYTES) != 0;
        count += missing[i] ? 1 : 0;
    }
    return count;
}

static enum rb_status cut(struct cutting *cutting, const uint8_t (*names)[LOG_PK_BYTES],
                          const bool missing[static 2]) {
    struct store *store = cutting->opening->store;
    bool has_rest = cutting->rest.parent != 0;

    enum rb_status status = proof_insert(store, cutting->fork, &cutting->proof);
    if (status == RB_OK && has_rest) {
        status = rest_cut_off(cutting);
    }
    cutting->row.forked = cutting->fork->common_seq + 1;
    if (status == RB_OK) {
        status = log_row_save(store, &cutting->row);
    }
    if (status == RB_OK && has_rest && missing[0] && missing[1]) {
        status = rest_prove(cutting);
    }
    for (size_t i = 0; i < 2 && status == RB_OK; i++) {
        if (missing[i]) {
            status = branch_insert(cutting, names[i]);
        }
    }
    return status == RB_OK ? after_cut(cutting) : status;
}

static enum rb_status row_cut(struct opening *opening, const struct rows *rows,
                              const struct log_row *row, const struct fork *fork,
                              const uint8_t (*names)[LOG_PK_BYTES]) {
    struct cutting cutting = { .opening = opening, .fork = fork, .row = *row };
    bool missing[2];

    enum rb_status status = rest_make(&cutting);
    if (status != RB_OK) {
        return status;
    }
    size_t fresh = names_missing(rows, &cutting, names, missing);
    fresh += cutting.rest.parent != 0 ? 1 : 0;
    assert(fresh > 0);
    status = admission_of_branches(opening, fork->log, fresh);
    return status == RB_OK ? cut(&cutting, names, missing) : status;
}

/* Before anything of the log is here nobody has admitted it: a key that is made for it proves what
 * it likes. */
static enum rb_status rows_prove(struct opening *opening, const struct rows *rows,
                                 const struct fork *fork) {
    const struct log_row *row = NULL;
    uint8_t names[2][LOG_PK_BYTES];

    fork_branch_name(fork, 0, names[0]);
    fork_branch_name(fork, 1, names[1]);
    if (rows_find(rows, names[0]) != NULL && rows_find(rows, names[1]) != NULL) {
        return RB_OK;
    }
    enum rb_status status =
        rows_place(opening->store, rows, fork->common_seq, fork->common_hash, &row);
    if (status != RB_OK) {
        return status;
    }
    return row == NULL ? RB_GAP
                       : row_cut(opening, rows, row, fork, (const uint8_t(*)[LOG_PK_BYTES])names);
}

enum rb_status fork_keep(struct opening *opening, const struct fork *fork) {
    struct rows rows = { 0 };

    enum rb_status status =
        log_rows_of_origin(opening->store, opening->circle.id, fork->log, &rows.items, &rows.count);
    if (status == RB_OK) {
        status = rows_prove(opening, &rows, fork);
    }
    free(rows.items);
    return status;
}

enum rb_status fork_take_common(struct opening *opening, const struct fork *fork) {
    struct rows rows = { 0 };
    const struct log_row *row = NULL;

    enum rb_status status =
        log_rows_of_origin(opening->store, opening->circle.id, fork->log, &rows.items, &rows.count);
    if (status == RB_OK) {
        status = rows_place(opening->store, &rows, fork->common_seq, fork->common_hash, &row);
    }
    if (status == RB_OK) {
        status = row == NULL ? RB_GAP : opening_take_log(opening, row);
    }
    free(rows.items);
    return status;
}

/* ---- Looking for a fork ---- */

static enum rb_status fork_search_block(struct opening *opening, const struct run *run,
                                        struct block *block, struct fork *fork, uint64_t *ask) {
    struct fork_branch known = { 0 };

    enum rb_status status = block_load_signed(opening->store, &opening->log.row, run->first, block);
    if (status != RB_OK) {
        return status;
    }
    known.count = block->count;
    memcpy(known.event_hashes, block->event_hashes, block->count * HASH_BYTES);
    memcpy(known.signature, block->signature, sizeof known.signature);
    status = run_contradicts(block->before, &known, run, fork);
    switch (status) {
    case RB_BAD_SIGNATURE: /* or another H before the block, that begins with the same 8 bytes */
        if (run->first == 1) {
            return status;
        }
        *ask = run->first - 1;
        return RB_SUSPECT;
    case RB_SUSPECT:
        *ask = run->first - 1;
        return RB_SUSPECT;
    case RB_OK:
        return RB_MALFORMED; /* it agrees, and was suspect for what it says of the seq before it */
    default:
        return status;
    }
}

enum rb_status fork_search(struct opening *opening, const struct run *run, struct fork *fork,
                           uint64_t *ask) {
    const struct log_row *log = &opening->log.row;
    struct block block;

    if (run->first > log->head.seq) {
        *ask = log->head.seq;
        return log->head.seq == 0 ? RB_BAD_SIGNATURE : RB_SUSPECT;
    }
    if (run->first % BLOCK_EVENTS != 1) {
        *ask = run->first;
        return RB_SUSPECT;
    }
    block_init(&block);
    enum rb_status status = fork_search_block(opening, run, &block, fork, ask);
    block_clear(&block);
    return status;
}

/* ---- Following a run into a branch ---- */

/* The branch of a run that has been verified up to its end, from event `first` on. */
static void run_branch(const struct run *run, uint64_t first, struct fork_branch *branch) {
    size_t skip = (size_t)(first - run->first);

    *branch = (struct fork_branch) { .count = run->count - skip };
    for (size_t i = 0; i < branch->count; i++) {
        const struct event *event = &run->events[skip + i];
        event_hash(branch->event_hashes[i], &event->header, event->body_hash);
    }
    memcpy(branch->signature, run->signature, sizeof branch->signature);
}

/* Against any branch that is known here. */
static enum rb_status run_prove(struct opening *opening, const struct run *run) {
    const struct log_row *log = &opening->log.row;
    struct fork_branch mine;
    struct fork known, fork;

    enum rb_status status = proof_of_row(opening->store, log->id, &known);
    if (status != RB_OK) {
        return status;
    }
    run_branch(run, log->head.seq + 1, &mine);
    status =
        fork_make(&fork, log->origin, log->head.seq, log->head.hash, &mine, &known.branches[0]);
    return status == RB_OK ? fork_keep(opening, &fork) : RB_DAMAGED;
}

enum rb_status fork_follow(struct opening *opening, const struct run *run,
                           const struct run_result *result) {
    const struct log_row *log = &opening->log.row;
    uint64_t first = log->head.seq + 1;
    uint8_t name[LOG_PK_BYTES];
    struct log_row row;

    assert(log->forked == first);
    branch_name(name, log->origin, first, result->hashes[first - run->first]);
    enum rb_status status = log_row_find(opening->store, opening->circle.id, name, &row);
    if (status == RB_NOT_FOUND) {
        status = run_prove(opening, run);
        if (status == RB_OK) {
            status = log_row_find(opening->store, opening->circle.id, name, &row);
        }
    }
    return status == RB_OK ? opening_take_log(opening, &row) : status;
}

/* ---- Proofs from peers ---- */

enum rb_status ingest_fork(struct store *store, const uint8_t circle[static HASH_BYTES],
                           struct span proof) {
    struct opening *opening = opening_of(store);
    struct fork fork;

    enum rb_status status = fork_decode(proof, &fork);
    if (status != RB_OK) {
        return status;
    }
    status = store_write_begin(store);
    if (status != RB_OK) {
        return status;
    }
    enum rb_status kept = opening_take_circle(opening, circle);
    if (kept == RB_OK) {
        kept = fork_keep(opening, &fork);
    }
    if (kept == RB_OK) {
        kept = opening_settle_all(opening);
    }
    /* To roll nothing back would be as dear as to fold the circle anew. */
    bool nothing = kept == RB_GAP || kept == RB_REFUSED || kept == RB_NOT_FOUND;
    status = store_write_end(store, nothing ? RB_OK : kept);
    return status == RB_OK ? kept : status;
}

/* ---- For those who judge and show ---- */

bool log_is_branch(const struct log_row *log) {
    return log->parent != 0;
}

/* Whether `log` is `row` or one that it continues. */
static bool row_continues(const struct rows *rows, const struct log_row *row, int64_t log) {
    for (size_t i = 0; i < rows->count && row != NULL && row->id != log; i++) {
        row = rows_at(rows, row->parent);
    }
    return row != NULL && row->id == log;
}

enum rb_status branch_covers(struct opening *opening, const struct op_lock *head,
                             const struct log_row *log, uint64_t seq, bool *covers) {
    struct rows rows = { 0 };
    const struct log_row *row = NULL;

    *covers = false;
    if (log->id == 0 || seq > head->seq ||
        memcmp(head->log, log->origin, sizeof log->origin) != 0) {
        return RB_OK;
    }
    enum rb_status status =
        log_rows_of_origin(opening->store, log->circle, log->origin, &rows.items, &rows.count);
    if (status == RB_OK) {
        status = rows_place(opening->store, &rows, head->seq, head->hash, &row);
    }
    if (status == RB_OK) {
        *covers = row != NULL && row_continues(&rows, row, log->id);
    }
    free(rows.items);
    return status;
}

enum rb_status devices_forked(struct store *store, const uint8_t circle[static HASH_BYTES],
                              const uint8_t person[static HASH_BYTES], bool *forked) {
    static const char sql[] =
        "SELECT 1"
        " FROM circle"
        " JOIN log ON log.circle = circle.id"
        " JOIN author ON author.log = log.id"
        " WHERE circle.circle = ?1"
        "   AND author.person = ?2"
        "   AND (log.forked > 0 OR log.parent IS NOT NULL)"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(circle, HASH_BYTES));
    db_bind_blob(query, 2, span_of(person, HASH_BYTES));
    *forked = db_step(query);
    return db_end(query);
}
