/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/block.h"

#include "store/db.h"

#include <assert.h>
#include <string.h>

void block_init(struct block *block) {
    *block = (struct block) { 0 };
    writer_init(&block->bodies, (size_t)BLOCK_EVENTS * EVENT_BODY_BYTES_MAX);
}

void block_clear(struct block *block) {
    writer_clear(&block->bodies);
}

uint64_t block_last(const struct block *block) {
    return block->first + block->count - 1;
}

size_t block_index(const struct block *block, uint64_t seq) {
    assert(seq >= block->first);
    assert(seq <= block_last(block));
    return (size_t)(seq - block->first);
}

const uint8_t *block_previous(const struct block *block, uint64_t seq) {
    size_t index = block_index(block, seq);

    return index == 0 ? block->before : block->hashes[index - 1];
}

/* Columns: rcv, seq, state, stub, arrived_s, header, body.  The body goes into block->bodies, and
 * its length into the row: where it is, is known when all of them are there. */
static enum rb_status row_read(struct db_row *query, struct block *block, struct event_row *row) {
    uint8_t header[EVENT_HEADER_BYTES];
    struct span body = db_blob(query, 6);

    *row = (struct event_row) {
        .rcv = db_int(query, 0),
        .seq = (uint64_t)db_int(query, 1),
        .state = (enum event_state)db_int(query, 2),
        .arrived_s = db_int(query, 4),
        .event.stub = db_int(query, 3) != 0,
    };
    db_copy(query, 5, header, sizeof header);
    if (event_header_read(header, &row->event.header) != RB_OK) {
        return RB_DAMAGED;
    }
    if (row->event.stub) {
        db_copy(query, 6, row->event.body_hash, sizeof row->event.body_hash);
        return RB_OK;
    }
    if (body.len != row->event.header.body_len) {
        return RB_DAMAGED;
    }
    writer_span(&block->bodies, body);
    row->event.body.len = body.len;
    return RB_OK;
}

/* Appends `part` rows that follow those that are there. */
static enum rb_status rows_load(struct store *store, const struct log_row *log, size_t part,
                                struct block *block) {
    static const char sql[] =
        "SELECT rcv, seq, state, stub, arrived_s, header, body"
        " FROM event"
        " WHERE log = ?1"
        "   AND seq BETWEEN ?2 AND ?3"
        " ORDER BY seq";
    struct db_row *query = db_query(store_db(store), sql);
    enum rb_status read = RB_OK;
    size_t count = block->count;

    block->count += part;
    db_bind_int(query, 1, log->id);
    db_bind_int(query, 2, (int64_t)(block->first + count));
    db_bind_int(query, 3, (int64_t)block_last(block));
    while (read == RB_OK && count < block->count && db_step(query)) {
        read = row_read(query, block, &block->rows[count]);
        if (block->rows[count].seq != block->first + count) {
            read = RB_DAMAGED;
        }
        count++;
    }
    enum rb_status status = db_end(query);
    if (status != RB_OK) {
        return status;
    }
    return count == block->count ? read : RB_DAMAGED;
}

static void bodies_place(struct block *block) {
    struct reader reader = reader_of(writer_view(&block->bodies));

    for (size_t i = 0; i < block->count; i++) {
        struct span *body = &block->rows[i].event.body;
        *body = reader_span(&reader, body->len);
    }
    assert(!reader.failed);
}

static void chain_compute(struct block *block) {
    const uint8_t *previous = block->before;

    for (size_t i = 0; i < block->count; i++) {
        struct event *event = &block->rows[i].event;
        if (!event->stub) {
            event_body_hash(event->body_hash, event->body);
        }
        event_hash(block->event_hashes[i], &event->header, event->body_hash);
        log_hash_next(block->hashes[i], block->first + i, previous, block->event_hashes[i]);
        previous = block->hashes[i];
    }
}

/* H before the block; `log` is the row in which it begins. */
static enum rb_status before_load(struct store *store, const struct log_row *log,
                                  struct block *block) {
    struct log_head head;

    if (block->first == log->base + 1) {
        memcpy(block->before, log->base_hash, sizeof block->before);
        return RB_OK;
    }
    enum rb_status status = checkpoint_load(store, log->id, block->first - 1, &head);
    if (status == RB_OK) {
        memcpy(block->before, head.hash, sizeof block->before);
    }
    return status;
}

/* What was signed at the end of the block must be what stands in it; `log` is the row in which it
 * ends. */
static enum rb_status end_check(struct store *store, const struct log_row *log,
                                struct block *block) {
    struct log_head end = log->head;

    if (block_last(block) != log->head.seq) {
        enum rb_status status = checkpoint_load(store, log->id, block_last(block), &end);
        if (status != RB_OK) {
            return status;
        }
    }
    if (memcmp(end.hash, block->hashes[block->count - 1], sizeof end.hash) != 0) {
        return RB_DAMAGED;
    }
    memcpy(block->signature, end.signature, sizeof block->signature);
    return RB_OK;
}

/* From block->first, whose `before` is in place, to the head or the end of the block. */
static enum rb_status rest_load(struct store *store, const struct log_row *log,
                                struct block *block) {
    uint64_t last = (block->first - 1) / BLOCK_EVENTS * BLOCK_EVENTS + BLOCK_EVENTS;

    if (last > log->head.seq) {
        last = log->head.seq;
    }
    block->count = 0;
    writer_reset(&block->bodies);
    enum rb_status status = rows_load(store, log, (size_t)(last - block->first + 1), block);
    if (status != RB_OK) {
        return status;
    }
    bodies_place(block);
    chain_compute(block);
    return end_check(store, log, block);
}

enum rb_status block_load(struct store *store, const struct log_row *log, uint64_t seq,
                          struct block *block) {
    assert(seq > log->base);
    assert(seq <= log->head.seq);
    block->first = (seq - 1) / BLOCK_EVENTS * BLOCK_EVENTS + 1;
    if (block->first <= log->base) {
        block->first = log->base + 1;
    }
    enum rb_status status = before_load(store, log, block);
    return status == RB_OK ? rest_load(store, log, block) : status;
}

/* ---- Across rows ---- */

/* The rows from that in which `first` lies down to `log`; of an empty branch, which has no
 * signature, to what it continues. */
struct row_path {
    struct log_row rows[BLOCK_EVENTS + 2]; /* each but the ends has an event of the block */
    size_t count;
};

static enum rb_status path_load(struct store *store, const struct log_row *log, uint64_t first,
                                struct row_path *path) {
    enum rb_status status = RB_OK;

    path->rows[0] = *log;
    path->count = 1;
    while (status == RB_OK && path->rows[0].parent != 0 &&
           path->rows[0].head.seq == path->rows[0].base) {
        status = log_row_load(store, path->rows[0].parent, &path->rows[0]);
    }
    while (status == RB_OK && path->rows[path->count - 1].base >= first) {
        if (path->count == BLOCK_EVENTS + 2) {
            return RB_DAMAGED; /* they continue each other */
        }
        status = log_row_load(store, path->rows[path->count - 1].parent, &path->rows[path->count]);
        path->count++;
    }
    return status == RB_NOT_FOUND ? RB_DAMAGED : status;
}

/* What a row has of the block, behind what is there. */
static enum rb_status part_load(struct store *store, const struct log_row *log, uint64_t end,
                                struct block *block) {
    uint64_t next = block->first + block->count;
    uint64_t last = log->head.seq < end ? log->head.seq : end;

    return next > last ? RB_OK : rows_load(store, log, (size_t)(last - next + 1), block);
}

static bool is_signed(const struct log_row *log) {
    static const uint8_t zeros[SIGNATURE_BYTES];

    return memcmp(log->head.signature, zeros, sizeof zeros) != 0;
}

/* `log` goes from the row in which the block begins to that in which it ends. */
static enum rb_status chain_load(struct store *store, struct row_path *path, struct block *block,
                                 struct log_row *log) {
    uint64_t end = block->first + BLOCK_EVENTS - 1;
    enum rb_status status = RB_OK;

    *log = path->rows[path->count - 1];
    for (size_t i = path->count; i > 0 && status == RB_OK; i--) {
        *log = path->rows[i - 1];
        status = part_load(store, log, end, block);
        if (log->head.seq >= end) {
            return status;
        }
    }
    for (size_t i = 0; i < BLOCK_EVENTS + 2 && status == RB_OK; i++) {
        if (log->head.seq >= end || log->forked == 0 || is_signed(log)) {
            return RB_OK;
        }
        status = log_row_find_next(store, log->id, log);
        if (status == RB_OK) {
            status = part_load(store, log, end, block);
        }
    }
    return status == RB_NOT_FOUND || status == RB_OK ? RB_DAMAGED : status;
}

enum rb_status block_load_signed(struct store *store, const struct log_row *log, uint64_t seq,
                                 struct block *block) {
    struct row_path path;
    struct log_row last;

    assert(seq >= 1);
    assert(seq <= log->head.seq || seq == log->forked);
    block->first = (seq - 1) / BLOCK_EVENTS * BLOCK_EVENTS + 1;
    block->count = 0;
    writer_reset(&block->bodies);
    enum rb_status status = path_load(store, log, block->first, &path);
    if (status == RB_OK) {
        status = before_load(store, &path.rows[path.count - 1], block);
    }
    if (status == RB_OK) {
        status = chain_load(store, &path, block, &last);
    }
    if (status != RB_OK) {
        return status;
    }
    bodies_place(block);
    chain_compute(block);
    return end_check(store, &last, block);
}

enum rb_status block_load_rest(struct store *store, const struct log_row *log, uint64_t first,
                               const uint8_t before[static HASH_BYTES], struct block *block) {
    assert(first > log->base);
    assert(first <= log->head.seq);
    block->first = first;
    memcpy(block->before, before, sizeof block->before);
    return rest_load(store, log, block);
}
