/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RECORDs as they come out of a store, for tests of what they mean.  An event's ref is made of its
 * place, so that tests may name it; its time is its place, unless it is set. */
#ifndef REMBUK_TESTS_SUPPORT_RECORD_MAKER_H
#define REMBUK_TESTS_SUPPORT_RECORD_MAKER_H

#include "protocol/casework/record.h"

enum { RECORD_MAKER_EVENTS_MAX = 64 };

struct record_maker {
    struct record_event events[RECORD_MAKER_EVENTS_MAX]; /* as they were written */
    struct record_event sorted[RECORD_MAKER_EVENTS_MAX];
    uint8_t bodies[RECORD_MAKER_EVENTS_MAX][4096];
    size_t count;
    uint8_t person; /* who writes next: fills his identifier */
    struct record record;
};

void record_maker_init(struct record_maker *maker);
void record_maker_clear(struct record_maker *maker);

struct field_value value_text(uint64_t field, const char *text);
struct field_value value_number(uint64_t field, uint64_t number);
struct field_value value_bytes(uint64_t field, const uint8_t *bytes, size_t len);
struct field_value value_empty(uint64_t field);
void person_bytes(uint8_t out[static HASH_BYTES], uint8_t person);

/* One RECORD with these references, whatever they mean; gives its place. */
size_t record_maker_write(struct record_maker *maker, enum form form,
                          const struct field_value *values, size_t value_count, const size_t *refs,
                          size_t ref_count);

/* One value that replaces what is live now, of a form that stands once or of the item that began
 * at `item`. */
size_t record_maker_set(struct record_maker *maker, enum form form, struct field_value value);
size_t record_maker_change(struct record_maker *maker, size_t item, struct field_value value);
#define record_maker_begin(maker, form, ...)                                                       \
    record_maker_write((maker), (form), (const struct field_value[]) { __VA_ARGS__ },              \
                       sizeof((const struct field_value[]) { __VA_ARGS__ }) /                      \
                           sizeof(struct field_value),                                             \
                       NULL, 0)

/* What stands, of all that has been written so far; valid until the next call. */
const struct record *record_maker_build(struct record_maker *maker);
const struct record_item *record_maker_item(struct record_maker *maker, size_t item);

#endif
