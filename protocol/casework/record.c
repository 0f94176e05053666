/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/record.h"

#include <stdlib.h>
#include <string.h>

#define NOWHERE SIZE_MAX

/* One value of one RECORD. */
struct setting {
    size_t item; /* place in building.items */
    struct record_value value;
    bool is_replaced;
};

/* What a RECORD comes to.  Its settings lie together. */
struct written {
    struct change change; /* form NULL: none that this version reads */
    size_t item;          /* place in building.items; NOWHERE: it counts for nothing */
    size_t first, end;    /* of building.settings */
};

struct building {
    const struct record_event *events; /* by ref */
    size_t event_count;
    struct written *written; /* of each event */
    struct record_item *items;
    size_t item_count;
    struct setting *settings;
    size_t setting_count, setting_room;
};

/* ---- Order ---- */

static int compare_refs(const void *a, const void *b) {
    const struct record_event *left = a;
    const struct record_event *right = b;

    return memcmp(left->ref, right->ref, REF_BYTES);
}

/* By (hlc, ref). */
static int compare_age(const struct record_event *a, const struct record_event *b) {
    if (a->hlc != b->hlc) {
        return a->hlc < b->hlc ? -1 : 1;
    }
    return memcmp(a->ref, b->ref, REF_BYTES);
}

/* As in the printed record. */
static int compare_items(const void *a, const void *b) {
    const struct record_item *left = a;
    const struct record_item *right = b;

    if (left->form != right->form) {
        return left->form < right->form ? -1 : 1; /* rows of one table, in that order */
    }
    return compare_age(left->first, right->first); /* only items come more than once */
}

/* By item, by field, the newest first. */
static int compare_settings(const void *a, const void *b) {
    const struct setting *left = a;
    const struct setting *right = b;

    if (left->item != right->item) {
        return left->item < right->item ? -1 : 1;
    }
    if (left->value.value.field != right->value.value.field) {
        return left->value.value.field < right->value.value.field ? -1 : 1;
    }
    return compare_age(right->value.by, left->value.by);
}

/* ---- Items ---- */

static size_t event_find(const struct building *building, const uint8_t ref[static REF_BYTES]) {
    struct record_event key;

    memcpy(key.ref, ref, REF_BYTES);
    const struct record_event *found =
        bsearch(&key, building->events, building->event_count, sizeof key, compare_refs);
    return found == NULL ? NOWHERE : (size_t)(found - building->events);
}

static size_t item_add(struct building *building, const struct form_row *form,
                       const struct record_event *first) {
    building->items[building->item_count] = (struct record_item) { .form = form, .first = first };
    return building->item_count++;
}

static size_t single_place(struct building *building, const struct form_row *form) {
    for (size_t i = 0; i < building->item_count; i++) {
        if (building->items[i].form == form) {
            return i;
        }
    }
    return item_add(building, form, NULL);
}

/* Forms that stand once, and what begins an item, whatever is made of it later. */
static void items_begin(struct building *building) {
    for (size_t i = 0; i < building->event_count; i++) {
        const struct record_event *event = &building->events[i];
        struct written *written = &building->written[i];
        written->item = NOWHERE;
        if (change_decode(event->body, &written->change) != RB_OK) {
            written->change.form = NULL;
        } else if (written->change.form->is_single) {
            written->item = single_place(building, written->change.form);
        } else if (change_begins(&written->change, event->ref_count)) {
            written->item = item_add(building, written->change.form, event);
        }
    }
}

/* The item that a RECORD with references names first. */
static size_t item_named(const struct building *building, size_t event) {
    const struct form_row *form = building->written[event].change.form;
    const size_t first = event_find(building, building->events[event].refs[0]);

    if (first == NOWHERE || building->written[first].change.form != form ||
        building->events[first].ref_count > 0) {
        return NOWHERE;
    }
    return building->written[first].item;
}

static void items_join(struct building *building) {
    for (size_t i = 0; i < building->event_count; i++) {
        struct written *written = &building->written[i];
        if (written->change.form != NULL && written->item == NOWHERE) {
            written->item = item_named(building, i);
        }
    }
}

/* ---- Values ---- */

/* Whom an item names is fixed, so the event that began it says it. */
static bool is_named_person(const struct change *beginning,
                            const uint8_t person[static HASH_BYTES]) {
    for (size_t i = 0; i < beginning->form->field_count; i++) {
        if (beginning->form->fields[i].sort == FIELD_PERSON) {
            const struct field_value *named =
                change_value(beginning, beginning->form->fields[i].number);
            return named != NULL && span_equal(named->bytes, span_of(person, HASH_BYTES));
        }
    }
    return false;
}

static bool hand_is_good(enum field_hand hand, const struct record_event *first,
                         const struct change *beginning, const uint8_t person[static HASH_BYTES]) {
    switch (hand) {
    case HAND_TEAM:
    case HAND_EACH:
        return true;
    case HAND_AUTHOR:
        return memcmp(person, first->person, HASH_BYTES) == 0;
    case HAND_OTHER:
        return memcmp(person, first->person, HASH_BYTES) != 0;
    case HAND_NAMED:
        return is_named_person(beginning, person);
    }
    return false;
}

/* The change that began the item; NULL of a form that stands once, where every hand is good. */
static const struct change *beginning_of(const struct building *building,
                                         const struct record_item *item) {
    return item->first == NULL ? NULL : &building->written[item->first - building->events].change;
}

static void setting_add(struct building *building, size_t item, const struct record_event *event,
                        const struct field_value *value) {
    if (building->setting_count == building->setting_room) {
        building->setting_room = 2 * building->setting_room + 64;
        building->settings =
            rb_realloc(building->settings, building->setting_room, sizeof *building->settings);
    }
    building->settings[building->setting_count++] = (struct setting) {
        .item = item,
        .value = { .by = event, .value = *value },
    };
}

static void event_set(struct building *building, size_t event) {
    struct written *written = &building->written[event];

    written->first = building->setting_count;
    for (size_t i = 0; written->item != NOWHERE && i < written->change.value_count; i++) {
        const struct field_value *value = &written->change.values[i];
        const struct field *field = form_field(written->change.form, value->field);
        const struct record_item *item = &building->items[written->item];
        if (hand_is_good(field->hand, item->first, beginning_of(building, item),
                         building->events[event].person)) {
            setting_add(building, written->item, &building->events[event], value);
        }
    }
    written->end = building->setting_count;
}

static bool is_by_same(const struct record_value *a, const struct record_value *b) {
    return memcmp(a->by->person, b->by->person, HASH_BYTES) == 0;
}

static void replace(struct building *building, const struct written *newer,
                    const struct written *older) {
    for (size_t i = newer->first; i < newer->end; i++) {
        const struct record_value *value = &building->settings[i].value;
        const struct field *field = form_field(newer->change.form, value->value.field);
        for (size_t k = older->first; k < older->end; k++) {
            struct setting *setting = &building->settings[k];
            if (setting->value.value.field == value->value.field &&
                (!field_is_each_ones(field) || is_by_same(value, &setting->value))) {
                setting->is_replaced = true;
            }
        }
    }
}

/* The first reference of what changes an item is the item. */
static void event_replace(struct building *building, size_t event) {
    const struct record_event *newer = &building->events[event];
    const struct written *written = &building->written[event];

    if (written->item == NOWHERE) {
        return;
    }
    for (size_t i = written->change.form->is_single ? 0 : 1; i < newer->ref_count; i++) {
        const size_t older = event_find(building, newer->refs[i]);
        if (older != NOWHERE && older != event && building->written[older].item == written->item) {
            replace(building, written, &building->written[older]);
        }
    }
}

/* ---- What is left ---- */

/* The settings stand by item and field, the newest first. */
static uint64_t first_hlc(const struct building *building, size_t at) {
    const struct setting *last = &building->settings[at];
    uint64_t hlc = last->value.by->hlc;

    for (size_t i = at + 1; i < building->setting_count; i++) {
        const struct setting *older = &building->settings[i];
        if (older->item != last->item || older->value.value.field != last->value.value.field) {
            break;
        }
        if (!older->value.value.is_empty && is_by_same(&older->value, &last->value)) {
            hlc = older->value.by->hlc;
        }
    }
    return hlc;
}

static void value_keep(struct building *building, struct record *record, size_t *count, size_t at) {
    const struct setting *setting = &building->settings[at];
    struct record_item *item = &building->items[setting->item];
    struct record_value *value = &record->values[(*count)++];

    *value = setting->value;
    value->first_hlc = first_hlc(building, at);
    if (item->value_count++ == 0) {
        item->values = value;
    }
    item->hlc = value->by->hlc > item->hlc ? value->by->hlc : item->hlc;
}

static void values_keep(struct building *building, struct record *record) {
    size_t count = 0;

    if (building->setting_count == 0) {
        return;
    }
    qsort(building->settings, building->setting_count, sizeof *building->settings,
          compare_settings);
    record->values = rb_alloc(building->setting_count, sizeof *record->values);
    for (size_t i = 0; i < building->setting_count; i++) {
        if (!building->settings[i].is_replaced) {
            value_keep(building, record, &count, i);
        }
    }
}

void record_build(struct record *record, struct record_event *events, size_t count) {
    struct building building = { .events = events, .event_count = count };

    *record = (struct record) { 0 };
    if (count == 0) {
        return;
    }
    qsort(events, count, sizeof *events, compare_refs);
    building.written = rb_alloc(count, sizeof *building.written);
    building.items = rb_alloc(count, sizeof *building.items);
    items_begin(&building);
    items_join(&building);
    for (size_t i = 0; i < count; i++) {
        event_set(&building, i);
    }
    for (size_t i = 0; i < count; i++) {
        event_replace(&building, i);
    }
    values_keep(&building, record);
    record->items = building.items;
    record->item_count = building.item_count;
    qsort(record->items, record->item_count, sizeof *record->items, compare_items);
    free(building.settings);
    free(building.written);
}

void record_clear(struct record *record) {
    free(record->items);
    free(record->values);
    *record = (struct record) { 0 };
}

/* ---- Looking ---- */

const struct record_item *record_next(const struct record *record, enum form form,
                                      const struct record_item *item) {
    for (size_t i = item == NULL ? 0 : (size_t)(item - record->items) + 1; i < record->item_count;
         i++) {
        if (record->items[i].form->form == form) {
            return &record->items[i];
        }
    }
    return NULL;
}

const struct record_item *record_single(const struct record *record, enum form form) {
    return record_next(record, form, NULL);
}

const struct record_item *record_item(const struct record *record,
                                      const uint8_t ref[static REF_BYTES]) {
    for (size_t i = 0; i < record->item_count; i++) {
        const struct record_event *first = record->items[i].first;
        if (first != NULL && memcmp(first->ref, ref, REF_BYTES) == 0) {
            return &record->items[i];
        }
    }
    return NULL;
}

const struct record_value *item_live(const struct record_item *item, uint64_t field,
                                     size_t *count) {
    const struct record_value *first = NULL;

    *count = 0;
    for (size_t i = 0; item != NULL && i < item->value_count; i++) {
        if (item->values[i].value.field == field) {
            first = first == NULL ? &item->values[i] : first;
            ++*count;
        }
    }
    return first;
}

const struct record_value *item_value(const struct record_item *item, uint64_t field) {
    size_t count;
    const struct record_value *live = item_live(item, field, &count);

    return live == NULL || live->value.is_empty ? NULL : live;
}

struct span item_text(const struct record_item *item, uint64_t field) {
    const struct record_value *value = item_value(item, field);

    return value == NULL ? (struct span) { 0 } : value->value.bytes;
}

bool item_number(const struct record_item *item, uint64_t field, uint64_t *number) {
    const struct record_value *value = item_value(item, field);

    if (value != NULL) {
        *number = value->value.number;
    }
    return value != NULL;
}

bool item_is(const struct record_item *item, uint64_t field, uint64_t number) {
    uint64_t stands;

    return item_number(item, field, &stands) && stands == number;
}

bool item_differs(const struct record_item *item, uint64_t field) {
    size_t count;
    const struct record_value *live = item_live(item, field, &count);

    if (count > 0 && field_is_each_ones(form_field(item->form, field))) {
        return false;
    }
    for (size_t i = 1; i < count; i++) {
        if (!field_value_equal(&live[0].value, &live[i].value)) {
            return true;
        }
    }
    return false;
}

size_t record_conflicts(const struct record *record) {
    size_t conflicts = 0;

    for (size_t i = 0; i < record->item_count; i++) {
        const struct record_item *item = &record->items[i];
        for (size_t k = 0; k < item->form->field_count; k++) {
            conflicts += item_differs(item, item->form->fields[k].number) ? 1 : 0;
        }
    }
    return conflicts;
}

void record_write_words(struct writer *out, const struct record *record,
                        const uint8_t ref[static REF_BYTES]) {
    for (size_t i = 0; i < record->item_count; i++) {
        const struct record_item *item = &record->items[i];
        for (size_t k = 0; k < item->value_count; k++) {
            if (memcmp(item->values[k].by->ref, ref, REF_BYTES) == 0) {
                value_write_words(out, item->form, &item->values[k].value);
            }
        }
    }
}

/* ---- Writing ---- */

bool item_takes(const struct record_item *item, uint64_t field,
                const uint8_t person[static HASH_BYTES]) {
    struct change beginning;

    if (item->first == NULL) {
        return true;
    }
    return change_decode(item->first->body, &beginning) == RB_OK &&
           hand_is_good(form_field(item->form, field)->hand, item->first, &beginning, person);
}

static bool is_named(uint8_t refs[][REF_BYTES], size_t from, size_t count,
                     const uint8_t ref[static REF_BYTES]) {
    for (size_t i = from; i < count; i++) {
        if (memcmp(refs[i], ref, REF_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

size_t item_refs(const struct record_item *item, const struct field_value *values,
                 size_t value_count, uint8_t refs[static REFS_MAX][REF_BYTES]) {
    size_t count = 0;

    if (item != NULL && item->first != NULL) {
        memcpy(refs[count++], item->first->ref, REF_BYTES);
    }
    const size_t from = count;
    for (size_t i = 0; i < value_count; i++) {
        size_t live_count;
        const struct record_value *live = item_live(item, values[i].field, &live_count);
        for (size_t k = 0; k < live_count && count < REFS_MAX; k++) {
            if (!is_named(refs, from, count, live[k].by->ref)) {
                memcpy(refs[count++], live[k].by->ref, REF_BYTES);
            }
        }
    }
    return count;
}
