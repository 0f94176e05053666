/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/forks.h"

#include "store/block.h"
#include "store/db.h"
#include "store/ingest.h"

#include <assert.h>
#include <string.h>

/* Two branches of 64 hashes and a signature each, with room for the CBOR around them. */
enum { PROOF_BYTES_MAX = 2 * (BLOCK_EVENTS * (HASH_BYTES + 2) + SIGNATURE_BYTES + 16) + 128 };

static enum rb_status proof_save(struct opening *opening, const struct fork *fork) {
    static const char sql[] =
        "INSERT INTO fork (log, proof)"
        " VALUES (?1, ?2)"
        " ON CONFLICT (log) DO UPDATE SET proof = excluded.proof";
    struct db_row *query = db_query(store_db(opening->store), sql);
    struct writer proof;

    writer_init(&proof, PROOF_BYTES_MAX);
    fork_encode(&proof, fork);
    assert(!proof.failed);
    db_bind_int(query, 1, opening->log.row.id);
    db_bind_blob(query, 2, writer_view(&proof));
    enum rb_status status = db_run(query);
    writer_clear(&proof);
    return status;
}

/* Whether content of the log in hand from `first` on, and before `end` unless that is 0, is in the
 * views, or could be. */
static enum rb_status content_is_judged(struct opening *opening, uint64_t first, uint64_t end,
                                        bool *judged) {
    static const char sql[] =
        "SELECT 1"
        " FROM event"
        " WHERE log = ?1"
        "   AND seq >= ?2"
        "   AND (seq < ?3 OR ?3 = 0)"
        "   AND control = 0"
        "   AND state = ?4"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(opening->store), sql);

    db_bind_int(query, 1, opening->log.row.id);
    db_bind_int(query, 2, (int64_t)first);
    db_bind_int(query, 3, (int64_t)end);
    db_bind_int(query, 4, EVENT_DONE);
    *judged = db_step(query);
    return db_end(query);
}

/* One proof for a log is enough, the one that freezes it earliest: others, of which a hostile
 * author can make any number, tell nothing new. */
enum rb_status fork_keep(struct opening *opening, const struct fork *fork) {
    struct log_row *log = &opening->log.row;
    uint64_t frozen = fork->common_seq + 1, before = log->forked;
    bool judged = false;

    assert(memcmp(fork->log, log->pk, sizeof log->pk) == 0);
    if (before != 0 && before <= frozen) {
        return RB_OK;
    }
    enum rb_status status = proof_save(opening, fork);
    if (status == RB_OK) {
        log->forked = frozen;
        status = log_row_save(opening->store, log);
    }
    if (status == RB_OK) {
        status = content_is_judged(opening, frozen, before, &judged);
    }
    if (status == RB_OK && judged) {
        opening_arrivals(opening)->rejudge = true;
    }
    return status;
}

bool log_is_frozen(const struct log_row *log) {
    return log->forked != 0 && log->head.seq + 1 >= log->forked;
}

/* ---- Looking for a fork ---- */

static enum rb_status fork_search_block(struct opening *opening, const struct run *run,
                                        struct block *block, uint64_t *ask) {
    struct fork_branch known = { 0 };
    struct fork fork;

    enum rb_status status = block_load(opening->store, &opening->log.row, run->first, block);
    if (status != RB_OK) {
        return status;
    }
    known.count = block->count;
    memcpy(known.event_hashes, block->event_hashes, block->count * HASH_BYTES);
    memcpy(known.signature, block->signature, sizeof known.signature);
    status = run_contradicts(block->before, &known, run, &fork);
    switch (status) {
    case RB_FORK:
        status = fork_keep(opening, &fork);
        return status == RB_OK ? RB_FORK : status;
    case RB_SUSPECT:
        *ask = run->first - 1;
        return RB_SUSPECT;
    case RB_OK:
        return RB_MALFORMED; /* it agrees, and was suspect for what it says of the seq before it */
    default:
        return status;
    }
}

enum rb_status fork_search(struct opening *opening, const struct run *run, uint64_t *ask) {
    const struct log_row *log = &opening->log.row;
    struct block block;

    if (run->first > log->head.seq) {
        bool same_past = memcmp(run->previous8, log->head.hash, sizeof run->previous8) == 0;
        if (same_past && run->first % BLOCK_EVENTS == 1) {
            return RB_BAD_SIGNATURE; /* nothing of this block is known that it could contradict */
        }
        *ask = log->head.seq;
        return log->head.seq == 0 ? RB_BAD_SIGNATURE : RB_SUSPECT;
    }
    if (run->first % BLOCK_EVENTS != 1) {
        *ask = run->first;
        return RB_SUSPECT;
    }
    block_init(&block);
    enum rb_status status = fork_search_block(opening, run, &block, ask);
    block_clear(&block);
    return status;
}

/* ---- Proofs from peers ---- */

/* What is known of the log up to the point where the branches part must be what the proof says;
 * RB_SUSPECT if it is not: then the log forks earlier, which runs will show.  RB_GAP: that point is
 * not known yet, so that the proof can say nothing of what is here. */
static enum rb_status proof_compare(struct opening *opening, const struct fork *fork) {
    const struct log_row *log = &opening->log.row;
    struct block block;

    if (fork->common_seq > log->head.seq) {
        return RB_GAP;
    }
    if (fork->common_seq == 0) {
        return RB_OK;
    }
    block_init(&block);
    enum rb_status status = block_load(opening->store, log, fork->common_seq, &block);
    if (status == RB_OK) {
        const uint8_t *known = block.hashes[block_index(&block, fork->common_seq)];
        status = memcmp(known, fork->common_hash, HASH_BYTES) == 0 ? RB_OK : RB_SUSPECT;
    }
    block_clear(&block);
    return status;
}

static enum rb_status proof_take(struct opening *opening, const uint8_t circle[static HASH_BYTES],
                                 const struct fork *fork) {
    struct log_row row;

    enum rb_status status = opening_take_circle(opening, circle);
    if (status == RB_OK) {
        status = log_row_find(opening->store, opening->circle.id, fork->log, &row);
    }
    if (status == RB_OK) {
        status = opening_take_log(opening, &row);
    }
    if (status == RB_OK) {
        status = proof_compare(opening, fork);
    }
    if (status == RB_OK) {
        status = fork_keep(opening, fork);
    }
    return status;
}

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
    status = proof_take(opening, circle, &fork);
    if (status == RB_OK) {
        status = opening_settle_all(opening);
    }
    return store_write_end(store, status);
}
