/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/batch.h"

#include "node/node.h"

#include <assert.h>
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

/* What a person has of a log; seq 0: he was met. */
struct batch_note {
    uint8_t person[HASH_BYTES];
    uint8_t log[LOG_PK_BYTES];
    uint64_t seq;
};

struct batch {
    struct store *store;
    struct batch_item *items;
    struct batch_note *notes;
    size_t item_count, item_room;
    size_t note_count, note_room;
    size_t bytes;
    int64_t opened_ms; /* of the first run */
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
    batch->note_count = 0;
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
    free((*batch)->notes);
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

static struct batch_note *note_add(struct batch *batch, const uint8_t person[static HASH_BYTES]) {
    struct batch_note *note;

    batch->notes = grown(batch->notes, sizeof *batch->notes, batch->note_count, &batch->note_room);
    note = &batch->notes[batch->note_count++];
    *note = (struct batch_note) { 0 };
    memcpy(note->person, person, sizeof note->person);
    return note;
}

void batch_seen(struct batch *batch, const uint8_t person[static HASH_BYTES]) {
    (void)note_add(batch, person); /* seq 0 says it. */
}

void batch_acked(struct batch *batch, const uint8_t person[static HASH_BYTES],
                 const uint8_t log[static LOG_PK_BYTES], uint64_t seq) {
    struct batch_note *note = note_add(batch, person);

    assert(seq > 0);
    memcpy(note->log, log, sizeof note->log);
    note->seq = seq;
}

bool batch_is_full(const struct batch *batch) {
    if (batch->note_count >= ACK_ITEMS_MAX || batch->bytes >= BATCH_BYTES) {
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

static enum rb_status notes_write(struct batch *batch) {
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < batch->note_count && status == RB_OK; i++) {
        const struct batch_note *note = &batch->notes[i];
        status = note->seq == 0 ? contact_seen(batch->store, note->person, clock_now_ms())
                                : acked_set(batch->store, note->person, note->log, note->seq);
        status = trouble_of(status); /* A contact may have been removed. */
    }
    return status;
}

static enum rb_status items_commit(struct batch *batch) {
    enum rb_status status = notes_write(batch);

    if (status != RB_OK) {
        ingest_abort(batch->store);
        return status;
    }
    return ingest_commit(batch->store, clock_now_ms());
}

static enum rb_status notes_commit(struct batch *batch) {
    enum rb_status status = store_write_begin(batch->store);

    return status == RB_OK ? store_write_end(batch->store, notes_write(batch)) : status;
}

enum rb_status batch_commit(struct batch *batch) {
    enum rb_status status = RB_OK;

    if (batch->item_count > 0) {
        status = items_commit(batch);
    } else if (batch->note_count > 0) {
        status = notes_commit(batch);
    }
    for (size_t i = 0; i < batch->item_count && status == RB_OK; i++) {
        if (batch->items[i].sync != NULL) {
            item_tell(&batch->items[i]);
        }
    }
    batch_reset(batch);
    return status;
}

void batch_forget(struct batch *batch, const struct sync *sync) {
    for (size_t i = 0; i < batch->item_count; i++) {
        if (batch->items[i].sync == sync) {
            batch->items[i].sync = NULL;
        }
    }
}
