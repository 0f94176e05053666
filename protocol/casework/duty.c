/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/duty.h"

#include <string.h>

static bool is_person(const uint8_t *a, const uint8_t *b) {
    return memcmp(a, b, HASH_BYTES) == 0;
}

/* Whom a hand-over is to. */
static const uint8_t *taker(const struct record_item *handover) {
    return item_text(handover, HANDOVER_TO).data; /* first and fixed: it is there */
}

static const struct record_item *giver_handover(const struct record *record,
                                                const struct record_item *handover) {
    const struct span after = item_text(handover, HANDOVER_AFTER);
    const struct record_item *item = after.len > 0 ? record_item(record, after.data) : NULL;

    return item != NULL && item->form->form == FORM_HANDOVER ? item : NULL;
}

/* Each hand-over is begun after the one that it names, whose ref it could not know before: the walk
 * ends. */
static bool is_accepted(const struct record *record, const uint8_t *opener,
                        const struct record_item *handover) {
    for (;;) {
        const struct record_item *before = giver_handover(record, handover);
        const uint8_t *giver = before != NULL ? taker(before) : opener;
        if (!item_is(handover, HANDOVER_ANSWER, HANDOVER_ACCEPTED) ||
            !is_person(handover->first->person, giver)) {
            return false;
        }
        if (before == NULL) {
            return item_text(handover, HANDOVER_AFTER).len == 0;
        }
        handover = before;
    }
}

/* Whether who has the case by that hand-over (NULL: who opened it) has given it on. */
static bool is_given_on(const struct record *record, const uint8_t *opener,
                        const struct record_item *handover) {
    for (const struct record_item *next = record_next(record, FORM_HANDOVER, NULL); next != NULL;
         next = record_next(record, FORM_HANDOVER, next)) {
        if (is_accepted(record, opener, next) && giver_handover(record, next) == handover) {
            return true;
        }
    }
    return false;
}

static bool is_among(const uint8_t *const *people, size_t count, const uint8_t *person) {
    for (size_t i = 0; i < count; i++) {
        if (is_person(people[i], person)) {
            return true;
        }
    }
    return false;
}

size_t record_responsible(const struct record *record, const uint8_t *opener,
                          const uint8_t *people[static RESPONSIBLE_MAX]) {
    size_t count = 0;

    if (!is_given_on(record, opener, NULL)) {
        people[count++] = opener;
    }
    for (const struct record_item *item = record_next(record, FORM_HANDOVER, NULL);
         item != NULL && count < RESPONSIBLE_MAX; item = record_next(record, FORM_HANDOVER, item)) {
        if (is_accepted(record, opener, item) && !is_given_on(record, opener, item) &&
            !is_among(people, count, taker(item))) {
            people[count++] = taker(item);
        }
    }
    return count;
}

const struct record_item *record_handover_of(const struct record *record, const uint8_t *opener,
                                             const uint8_t *person) {
    for (const struct record_item *item = record_next(record, FORM_HANDOVER, NULL); item != NULL;
         item = record_next(record, FORM_HANDOVER, item)) {
        if (is_accepted(record, opener, item) && is_person(taker(item), person) &&
            !is_given_on(record, opener, item)) {
            return item;
        }
    }
    return NULL;
}

bool record_is_responsible(const struct record *record, const uint8_t *opener,
                           const uint8_t *person) {
    return (is_person(opener, person) && !is_given_on(record, opener, NULL)) ||
           record_handover_of(record, opener, person) != NULL;
}

static bool is_answered(const struct record_item *handover) {
    return item_value(handover, HANDOVER_ANSWER) != NULL;
}

const struct record_item *record_handover_open(const struct record *record, const uint8_t *opener,
                                               const uint8_t *person) {
    for (const struct record_item *item = record_next(record, FORM_HANDOVER, NULL); item != NULL;
         item = record_next(record, FORM_HANDOVER, item)) {
        if (!is_answered(item) && is_person(taker(item), person) &&
            record_is_responsible(record, opener, item->first->person)) {
            return item;
        }
    }
    return NULL;
}

bool record_has_duty(const struct record *record, const uint8_t *person, enum duty duty) {
    for (const struct record_item *item = record_next(record, FORM_DUTY, NULL); item != NULL;
         item = record_next(record, FORM_DUTY, item)) {
        if (item_is(item, DUTY_AS, duty) && is_person(item_text(item, DUTY_PERSON).data, person)) {
            return true;
        }
    }
    return false;
}

enum duty record_duty(const struct record *record, const uint8_t *person) {
    enum duty duty = DUTY_SUPERVISOR;

    while (duty != DUTY_NONE && !record_has_duty(record, person, duty)) {
        duty++;
    }
    return duty;
}

bool record_has_any_duty(const struct record *record, enum duty duty) {
    for (const struct record_item *item = record_next(record, FORM_DUTY, NULL); item != NULL;
         item = record_next(record, FORM_DUTY, item)) {
        if (item_is(item, DUTY_AS, duty)) {
            return true;
        }
    }
    return false;
}
