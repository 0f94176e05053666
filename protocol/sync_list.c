/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/sync_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- Lists ---- */

void sync_list_init(struct sync_list *list, size_t item_size) {
    *list = (struct sync_list) { .item_size = item_size };
}

void sync_list_clear(struct sync_list *list) {
    free(list->items);
    *list = (struct sync_list) { .item_size = list->item_size };
}

/* Moving to the front only when half is free keeps a push cheap on average. */
static void list_make_room(struct sync_list *list) {
    if (list->first + list->count < list->room) {
        return;
    }
    if (list->first > list->room / 2) {
        memmove(list->items, list->items + list->first * list->item_size,
                list->count * list->item_size);
        list->first = 0;
        return;
    }
    list->room = list->room == 0 ? 8 : 2 * list->room;
    list->items = rb_realloc(list->items, list->room, list->item_size);
}

void sync_list_push(struct sync_list *list, const void *item) {
    list_make_room(list);
    size_t place = list->first + list->count;
    memcpy(list->items + place * list->item_size, item, list->item_size);
    list->count++;
}

bool sync_list_pop(struct sync_list *list, void *item) {
    if (list->count == 0) {
        return false;
    }
    memcpy(item, list->items + list->first * list->item_size, list->item_size);
    list->first++;
    list->count--;
    if (list->count == 0) {
        list->first = 0;
    }
    return true;
}

void *sync_list_at(const struct sync_list *list, size_t place) {
    assert(place < list->count);
    return list->items + (list->first + place) * list->item_size;
}

void sync_list_push_index(struct sync_list *list, uint32_t index) {
    assert(list->item_size == sizeof index);
    sync_list_push(list, &index);
}

uint32_t sync_list_pop_index(struct sync_list *list) {
    uint32_t index = SYNC_NONE;

    assert(list->item_size == sizeof index);
    return sync_list_pop(list, &index) ? index : SYNC_NONE;
}

/* ---- The table: open addressing, at most half full, nothing is ever removed ---- */

struct sync_slot {
    uint8_t hash[SHORT_HASH_BYTES];
    uint32_t index_plus_one; /* 0: free */
};

void sync_table_init(struct sync_table *table, const uint8_t key[static SYNC_TABLE_KEY_BYTES]) {
    *table = (struct sync_table) { .count = 0 };
    memcpy(table->key, key, sizeof table->key);
}

void sync_table_clear(struct sync_table *table) {
    free(table->slots);
    *table = (struct sync_table) { .count = 0 };
}

static void name_hash(const struct sync_table *table, struct span name,
                      uint8_t hash[static SHORT_HASH_BYTES]) {
    crypt_hash(hash, SHORT_HASH_BYTES, span_of(table->key, sizeof table->key), "rk.table", &name,
               1);
}

/* The slot that has this hash, or the free one where it belongs.  `room` is a power of two. */
static struct sync_slot *slot_of(const struct sync_table *table,
                                 const uint8_t hash[static SHORT_HASH_BYTES]) {
    uint32_t start;

    memcpy(&start, hash, sizeof start);
    for (size_t step = 0;; step++) {
        struct sync_slot *slot = &table->slots[(start + step) & (table->room - 1)];
        if (slot->index_plus_one == 0 || memcmp(slot->hash, hash, SHORT_HASH_BYTES) == 0) {
            return slot;
        }
    }
}

static void table_grow(struct sync_table *table) {
    struct sync_slot *old = table->slots;
    size_t old_room = table->room;

    table->room = old_room == 0 ? 16 : 2 * old_room;
    table->slots = rb_alloc(table->room, sizeof *table->slots);
    for (size_t i = 0; i < old_room; i++) {
        if (old[i].index_plus_one != 0) {
            *slot_of(table, old[i].hash) = old[i];
        }
    }
    free(old);
}

uint32_t sync_table_get(const struct sync_table *table, struct span name) {
    uint8_t hash[SHORT_HASH_BYTES];

    if (table->count == 0) {
        return SYNC_NONE;
    }
    name_hash(table, name, hash);
    const struct sync_slot *slot = slot_of(table, hash);
    return slot->index_plus_one != 0 ? slot->index_plus_one - 1 : SYNC_NONE;
}

void sync_table_put(struct sync_table *table, struct span name, uint32_t index) {
    uint8_t hash[SHORT_HASH_BYTES];

    if (2 * (table->count + 1) > table->room) {
        table_grow(table);
    }
    name_hash(table, name, hash);
    struct sync_slot *slot = slot_of(table, hash);
    assert(slot->index_plus_one == 0);
    memcpy(slot->hash, hash, sizeof slot->hash);
    slot->index_plus_one = index + 1;
    table->count++;
}
