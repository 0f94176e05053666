/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/access.h"

#include <string.h>

enum { GLASS_BROKEN = 1 }; /* of yes and no */

static bool is_by(const struct record_item *item, const uint8_t *person) {
    return memcmp(item->first->person, person, HASH_BYTES) == 0;
}

/* A time limit longer than the longest is none. */
static bool has_glass(const struct record *record, const uint8_t *person, int64_t now_min) {
    uint64_t until;

    for (const struct record_item *item = record_next(record, FORM_ACCESS, NULL); item != NULL;
         item = record_next(record, FORM_ACCESS, item)) {
        if (is_by(item, person) && item_is(item, ACCESS_GLASS, GLASS_BROKEN) &&
            item_number(item, ACCESS_UNTIL_MIN, &until) && (int64_t)until > now_min &&
            (int64_t)until <= now_min + GLASS_MIN) {
            return true;
        }
    }
    return false;
}

enum access_need access_need(const struct record *record, const uint8_t *opener,
                             const uint8_t *person, enum consent_state sharing, int64_t now_min) {
    const bool takes_part = record_has_duty(record, person, DUTY_SUPERVISOR) ||
                            record_has_duty(record, person, DUTY_CO_WORKER);

    if (record_is_responsible(record, opener, person) || (takes_part && sharing == CONSENT_OPEN) ||
        has_glass(record, person, now_min)) {
        return ACCESS_NEEDS_REASON;
    }
    return ACCESS_NEEDS_GLASS;
}

/* What stands too far ahead was written under a wrong clock, and keeps nothing quiet. */
static bool is_of_today(const struct record_item *item, int64_t now_ms) {
    const int64_t at_ms = hlc_ms(item->first->hlc);

    return at_ms > now_ms - ACCESS_AGAIN_MS && at_ms < now_ms + ACCESS_AGAIN_MS;
}

bool access_is_due(const struct record *record, const uint8_t *opener, const uint8_t *person,
                   int64_t now_ms) {
    if (record_is_responsible(record, opener, person)) {
        return false;
    }
    for (const struct record_item *item = record_next(record, FORM_ACCESS, NULL); item != NULL;
         item = record_next(record, FORM_ACCESS, item)) {
        if (is_by(item, person) && item_is(item, ACCESS_TO, ACCESS_CASE) &&
            is_of_today(item, now_ms)) {
            return false;
        }
    }
    return true;
}

const struct record_item *access_glass(const struct record *record, const uint8_t *person) {
    const struct record_item *newest = NULL;

    for (const struct record_item *item = record_next(record, FORM_ACCESS, NULL); item != NULL;
         item = record_next(record, FORM_ACCESS, item)) {
        if (!is_by(item, person) && item_is(item, ACCESS_GLASS, GLASS_BROKEN)) {
            newest = item;
        }
    }
    return newest;
}
