/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/record_oracle.h"

#include <string.h>

static const struct record_event *named(const struct record_event *events, size_t count,
                                        const uint8_t *ref) {
    for (size_t i = 0; i < count; i++) {
        if (memcmp(events[i].ref, ref, REF_BYTES) == 0) {
            return &events[i];
        }
    }
    return NULL;
}

bool oracle_item_of(const struct record_event *events, size_t count, size_t event,
                    struct oracle_item *item) {
    struct change change, beginning;

    if (change_decode(events[event].body, &change) != RB_OK) {
        return false;
    }
    *item = (struct oracle_item) { .form = change.form };
    if (change.form->is_single) {
        return true;
    }
    const struct record_event *first =
        events[event].ref_count == 0 ? &events[event] : named(events, count, events[event].refs[0]);
    if (first == NULL || first->ref_count > 0 || change_decode(first->body, &beginning) != RB_OK ||
        beginning.form != change.form) {
        return false;
    }
    memcpy(item->ref, first->ref, REF_BYTES);
    return true;
}

static bool is_same_item(const struct oracle_item *a, const struct oracle_item *b) {
    return a->form == b->form && memcmp(a->ref, b->ref, REF_BYTES) == 0;
}

static bool is_named_person(const struct record_event *first, const uint8_t *person) {
    struct change change;

    if (change_decode(first->body, &change) != RB_OK) {
        return false;
    }
    for (size_t i = 0; i < change.form->field_count; i++) {
        if (change.form->fields[i].sort == FIELD_PERSON) {
            const struct field_value *value = change_value(&change, change.form->fields[i].number);
            return value != NULL && span_equal(value->bytes, span_of(person, HASH_BYTES));
        }
    }
    return false;
}

/* Whether the event sets that field, and by a hand that the field takes. */
static bool sets(const struct record_event *events, size_t count, size_t event, uint64_t field,
                 struct oracle_item *item) {
    struct change change;

    if (!oracle_item_of(events, count, event, item) ||
        change_decode(events[event].body, &change) != RB_OK ||
        change_value(&change, field) == NULL) {
        return false;
    }
    const enum field_hand hand = form_field(change.form, field)->hand;
    if (hand == HAND_TEAM || hand == HAND_EACH) {
        return true;
    }
    const struct record_event *first = named(events, count, item->ref);
    const uint8_t *person = events[event].person;
    if (hand == HAND_NAMED) {
        return is_named_person(first, person);
    }
    return (memcmp(first->person, person, HASH_BYTES) == 0) == (hand == HAND_AUTHOR);
}

bool oracle_is_live(const struct record_event *events, size_t count, size_t event, uint64_t field) {
    struct oracle_item item, other;

    if (!sets(events, count, event, field, &item)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (i == event || !sets(events, count, i, field, &other) || !is_same_item(&item, &other)) {
            continue;
        }
        const enum field_hand hand = form_field(item.form, field)->hand;
        if ((hand == HAND_EACH || hand == HAND_OTHER) &&
            memcmp(events[i].person, events[event].person, HASH_BYTES) != 0) {
            continue;
        }
        for (size_t k = item.form->is_single ? 0 : 1; k < events[i].ref_count; k++) {
            if (memcmp(events[i].refs[k], events[event].ref, REF_BYTES) == 0) {
                return false;
            }
        }
    }
    return true;
}
