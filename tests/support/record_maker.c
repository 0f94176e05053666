/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/record_maker.h"

#include <assert.h>
#include <string.h>

void record_maker_init(struct record_maker *maker) {
    *maker = (struct record_maker) { .person = 1 };
}

void record_maker_clear(struct record_maker *maker) {
    record_clear(&maker->record);
}

struct field_value value_text(uint64_t field, const char *text) {
    return (struct field_value) { .field = (uint8_t)field, .bytes = span_text(text) };
}

struct field_value value_number(uint64_t field, uint64_t number) {
    return (struct field_value) { .field = (uint8_t)field, .number = number };
}

struct field_value value_bytes(uint64_t field, const uint8_t *bytes, size_t len) {
    return (struct field_value) { .field = (uint8_t)field, .bytes = span_of(bytes, len) };
}

struct field_value value_empty(uint64_t field) {
    return (struct field_value) { .field = (uint8_t)field, .is_empty = true };
}

void person_bytes(uint8_t out[static HASH_BYTES], uint8_t person) {
    memset(out, person, HASH_BYTES);
}

static int compare_fields(const struct field_value *a, const struct field_value *b) {
    return (int)a->field - (int)b->field;
}

/* By field, as they have to stand. */
static void values_take(struct change *change, const struct field_value *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        size_t place = change->value_count++;
        while (place > 0 && compare_fields(&values[i], &change->values[place - 1]) < 0) {
            change->values[place] = change->values[place - 1];
            place--;
        }
        change->values[place] = values[i];
    }
}

static struct span body_write(struct record_maker *maker, const struct change *change) {
    struct writer out;

    writer_init(&out, sizeof maker->bodies[0]);
    change_encode(&out, change);
    assert(writer_end(&out) == RB_OK);
    memcpy(maker->bodies[maker->count], out.data, out.len);
    const struct span body = span_of(maker->bodies[maker->count], out.len);
    writer_clear(&out);
    return body;
}

/* Not in the order of their places. */
static void ref_make(uint8_t ref[static REF_BYTES], size_t place) {
    memset(ref, 0, REF_BYTES);
    ref[0] = (uint8_t)(place * 151 + 17);
    ref[1] = (uint8_t)place;
}

size_t record_maker_write(struct record_maker *maker, enum form form,
                          const struct field_value *values, size_t value_count, const size_t *refs,
                          size_t ref_count) {
    struct record_event *event = &maker->events[maker->count];
    struct change change = { .form = form_find((uint64_t)form) };

    assert(maker->count < RECORD_MAKER_EVENTS_MAX && ref_count <= REFS_MAX);
    values_take(&change, values, value_count);
    *event = (struct record_event) { .hlc = maker->count, .ref_count = ref_count };
    event->body = body_write(maker, &change);
    ref_make(event->ref, maker->count);
    person_bytes(event->person, maker->person);
    for (size_t i = 0; i < ref_count; i++) {
        ref_make(event->refs[i], refs[i]);
    }
    return maker->count++;
}

static size_t value_write(struct record_maker *maker, enum form form,
                          const struct record_item *item, struct field_value value) {
    uint8_t refs[REFS_MAX][REF_BYTES];
    const size_t ref_count = item_refs(item, &value, 1, refs);
    const size_t place = record_maker_write(maker, form, &value, 1, NULL, 0);

    memcpy(maker->events[place].refs, refs, ref_count * REF_BYTES);
    maker->events[place].ref_count = ref_count;
    return place;
}

size_t record_maker_set(struct record_maker *maker, enum form form, struct field_value value) {
    return value_write(maker, form, record_single(record_maker_build(maker), form), value);
}

size_t record_maker_change(struct record_maker *maker, size_t item, struct field_value value) {
    const struct record_item *found = record_maker_item(maker, item);

    assert(found != NULL);
    return value_write(maker, found->form->form, found, value);
}

const struct record *record_maker_build(struct record_maker *maker) {
    record_clear(&maker->record);
    memcpy(maker->sorted, maker->events, sizeof maker->events);
    record_build(&maker->record, maker->sorted, maker->count);
    return &maker->record;
}

const struct record_item *record_maker_item(struct record_maker *maker, size_t item) {
    return record_item(record_maker_build(maker), maker->events[item].ref);
}
