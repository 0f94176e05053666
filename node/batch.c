/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/batch.h"

#include "node/node.h"

#include <stdlib.h>
#include <string.h>

/* A run that waits for the commit. */
struct batch_item {
    struct sync *sync; /* NULL: forgotten */
    uint8_t circle[HASH_BYTES];
    uint8_t log[LOG_PK_BYTES];
    uint64_t rcv_upto;
    size_t bytes;
    struct ingest_result result;
};

struct batch_ack {
    uint8_t person[HASH_BYTES];
    uint8_t circle[HASH_BYTES];
    uint8_t log[LOG_PK_BYTES];
    uint64_t seq;
};

struct batch_person {
    uint8_t person[HASH_BYTES];
};

enum { SEEN_MS = 1000 };

struct batch {
    struct store *store;
    struct batch_item *items;
    struct batch_ack *acks;
    struct batch_person *seen;
    size_t item_count, item_room;
    size_t ack_count, ack_room;
    size_t seen_count, seen_room;
    size_t bytes;
    int64_t opened_ms; /* of the first run */
    int64_t seen_ms;   /* of the first person seen */
};

enum rb_status trouble_of(enum rb_status status) {
    switch (status) {
    case RB_STORAGE:
    case RB_FULL:
    case RB_DAMAGED:
    case RB_BUSY:
        return status;
    default:
        return RB_OK;
    }
}

struct batch *batch_new(struct store *store) {
    struct batch *batch = rb_alloc(1, sizeof *batch);

    batch->store = store;
    return batch;
}

static void batch_reset(struct batch *batch) {
    batch->item_count = 0;
    batch->ack_count = 0;
    batch->bytes = 0;
}

/* The transaction is open as long as there are items. */
static void batch_abort(struct batch *batch) {
    if (batch->item_count > 0) {
        ingest_abort(batch->store);
    }
    batch_reset(batch);
}

void batch_destroy(struct batch **batch) {
    if (*batch == NULL) {
        return;
    }
    batch_abort(*batch);
    free((*batch)->items);
    free((*batch)->acks);
    free((*batch)->seen);
    free(*batch);
    *batch = NULL;
}

/* Room for one more of `count` things; `*room` counts things. */
static void *grown(void *things, size_t size, size_t count, size_t *room) {
    if (count < *room) {
        return things;
    }
    *room = *room == 0 ? 64 : 2 * *room;
    return rb_realloc(things, *room, size);
}

enum rb_status batch_run(struct batch *batch, struct sync *sync, const struct sync_action *action,
                         enum rb_status *outcome) {
    struct batch_item item = {
        .sync = sync,
        .rcv_upto = action->rcv_upto,
        .bytes = action->frame.len,
    };
    enum rb_status status = RB_OK;

    if (batch->item_count == 0) {
        status = ingest_begin(batch->store);
        batch->opened_ms = clock_steady_ms();
    }
    if (status != RB_OK) {
        return status;
    }
    memcpy(item.circle, action->circle, sizeof item.circle);
    memcpy(item.log, action->log, sizeof item.log);
    status = ingest_run(batch->store, action->circle, action->run, clock_now_ms(), &item.result);
    if (status != RB_OK) {
        ingest_abort(batch->store);
        batch_reset(batch);
        return status;
    }
    batch->items = grown(batch->items, sizeof *batch->items, batch->item_count, &batch->item_room);
    batch->items[batch->item_count++] = item;
    batch->bytes += item.bytes;
    *outcome = item.result.status;
    return RB_OK;
}

void batch_seen(struct batch *batch, const uint8_t person[static HASH_BYTES]) {
    if (batch->seen_count == 0) {
        batch->seen_ms = clock_steady_ms();
    }
    batch->seen = grown(batch->seen, sizeof *batch->seen, batch->seen_count, &batch->seen_room);
    memcpy(batch->seen[batch->seen_count++].person, person, HASH_BYTES);
}

void batch_acked(struct batch *batch, const uint8_t person[static HASH_BYTES],
                 const uint8_t circle[static HASH_BYTES], const uint8_t log[static LOG_PK_BYTES],
                 uint64_t seq) {
    struct batch_ack ack = { .seq = seq };

    memcpy(ack.person, person, sizeof ack.person);
    memcpy(ack.circle, circle, sizeof ack.circle);
    memcpy(ack.log, log, sizeof ack.log);
    batch->acks = grown(batch->acks, sizeof *batch->acks, batch->ack_count, &batch->ack_room);
    batch->acks[batch->ack_count++] = ack;
}

bool batch_is_full(const struct batch *batch) {
    if (batch->ack_count >= ACK_ITEMS_MAX || batch->bytes >= BATCH_BYTES) {
        return true;
    }
    return batch->item_count > 0 && clock_steady_ms() - batch->opened_ms >= BATCH_MS;
}

static void item_tell(const struct batch_item *item) {
    switch (item->result.status) {
    case RB_OK:
    case RB_DUPLICATE:
        sync_committed(item->sync, item->circle, item->log, item->result.head, item->rcv_upto,
                       item->bytes);
        break;
    default:
        sync_refused(item->sync, item->circle, item->log, item->result.status, item->result.head,
                     item->bytes);
    }
}

static enum rb_status acks_write(struct batch *batch) {
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < batch->ack_count && status == RB_OK; i++) {
        const struct batch_ack *ack = &batch->acks[i];
        status = acked_set(batch->store, ack->person, ack->circle, ack->log, ack->seq);
    }
    return status;
}

static enum rb_status seen_write(struct batch *batch) {
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < batch->seen_count && status == RB_OK; i++) {
        /* A contact may have been removed meanwhile. */
        status = trouble_of(contact_seen(batch->store, batch->seen[i].person, clock_now_ms()));
    }
    batch->seen_count = 0;
    return status;
}

static enum rb_status items_commit(struct batch *batch) {
    enum rb_status status = acks_write(batch);

    if (status == RB_OK) {
        status = seen_write(batch);
    }
    if (status != RB_OK) {
        ingest_abort(batch->store);
        return status;
    }
    return ingest_commit(batch->store, clock_now_ms());
}

/* Acknowledgements that say nothing new change nothing, and such a commit is free. */
static enum rb_status notes_commit(struct batch *batch, bool with_seen) {
    enum rb_status status = store_write_begin(batch->store);

    if (status != RB_OK) {
        return status;
    }
    status = acks_write(batch);
    if (status == RB_OK && with_seen) {
        status = seen_write(batch);
    }
    return store_write_end(batch->store, status);
}

static void items_tell(const struct batch *batch) {
    for (size_t i = 0; i < batch->item_count; i++) {
        if (batch->items[i].sync != NULL) {
            item_tell(&batch->items[i]);
        }
    }
}

enum rb_status batch_commit(struct batch *batch) {
    bool seen_is_due = batch->seen_count > 0 && clock_steady_ms() - batch->seen_ms >= SEEN_MS;
    enum rb_status status = RB_OK;

    if (batch->item_count > 0) {
        status = items_commit(batch);
    } else if (batch->ack_count > 0 || seen_is_due) {
        status = notes_commit(batch, seen_is_due);
    }
    if (status == RB_OK) {
        items_tell(batch);
    }
    batch_reset(batch);
    return status;
}

enum rb_status batch_flush(struct batch *batch) {
    batch->seen_ms = 0; /* Long ago. */
    return batch_commit(batch);
}

void batch_forget(struct batch *batch, const struct sync *sync) {
    for (size_t i = 0; i < batch->item_count; i++) {
        if (batch->items[i].sync == sync) {
            batch->items[i].sync = NULL;
        }
    }
}
