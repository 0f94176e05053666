/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/consent.h"

#include <string.h>

static int compare_days(struct span a, struct span b) {
    return memcmp(a.data, b.data, DATE_BYTES); /* both are dates: their text sorts like days */
}

bool client_is_adult(const struct record *record, const struct case_record *opened) {
    enum age_unit unit = opened->age_unit;
    unsigned number = opened->has_age ? opened->age : 0;
    uint64_t age;

    if (item_number(record_single(record, FORM_FACTS), FACTS_AGE, &age)) {
        number = age_of_value(age, &unit);
    }
    return number >= ADULT_YEARS && unit == AGE_YEARS;
}

bool consent_is_without_guardian(const struct record_item *consent) {
    return item_is(consent, CONSENT_BASIS, BASIS_GUARDIAN_ABSENT) ||
           item_is(consent, CONSENT_BASIS, BASIS_GUARDIAN_SUSPECTED);
}

bool consent_is_valid(const struct record_item *consent, bool is_adult) {
    uint64_t basis;

    if (!item_number(consent, CONSENT_BASIS, &basis)) {
        return false;
    }
    switch ((enum consent_basis)basis) {
    case BASIS_GUARDIAN:
        return true;
    case BASIS_CLIENT:
        return is_adult;
    case BASIS_GUARDIAN_ABSENT:
    case BASIS_GUARDIAN_SUSPECTED:
    case BASIS_VITAL_INTEREST:
    case BASIS_LEGAL_DUTY:
        return item_text(consent, CONSENT_WHY).len > 0;
    }
    return false;
}

/* The newest live word of a withdrawal; NULL: there is none. */
static const struct record_value *withdrawal(const struct record_item *consent) {
    size_t count;
    const struct record_value *live = item_live(consent, CONSENT_WITHDRAWN_ON, &count);

    for (size_t i = 0; i < count; i++) {
        if (!live[i].value.is_empty) {
            return &live[i];
        }
    }
    return NULL;
}

bool consent_is_withdrawn(const struct record_item *consent) {
    return withdrawal(consent) != NULL;
}

static bool is_expired(const struct record_item *consent, struct span day) {
    const struct span until = item_text(consent, CONSENT_UNTIL);

    return until.len > 0 && compare_days(until, day) < 0;
}

static bool covers(const struct record_item *consent, enum consent_recipients recipients) {
    uint64_t given;

    return item_number(consent, CONSENT_RECIPIENTS, &given) && given >= (uint64_t)recipients;
}

static bool is_followed(const struct record *record, const struct record_item *withdrawn,
                        bool is_adult) {
    for (const struct record_item *item = record_next(record, FORM_CONSENT, NULL); item != NULL;
         item = record_next(record, FORM_CONSENT, item)) {
        if (span_equal(item_text(item, CONSENT_AFTER), span_of(withdrawn->first->ref, REF_BYTES)) &&
            consent_is_valid(item, is_adult)) {
            return true;
        }
    }
    return false;
}

const struct record_item *consent_unanswered(const struct record *record, bool is_adult) {
    for (const struct record_item *item = record_next(record, FORM_CONSENT, NULL); item != NULL;
         item = record_next(record, FORM_CONSENT, item)) {
        if (consent_is_withdrawn(item) && !is_followed(record, item, is_adult)) {
            return item;
        }
    }
    return NULL;
}

static struct consent frozen(const struct record_item *withdrawn) {
    return (struct consent) {
        .state = CONSENT_WITHDRAWN,
        .item = withdrawn,
        .act_until_ms = hlc_ms(withdrawal(withdrawn)->by->hlc) + CONSENT_ACT_MS,
        .is_acted_on = item_value(withdrawn, CONSENT_ACTED_ON) != NULL,
    };
}

struct consent consent_look(const struct record *record, enum consent_recipients recipients,
                            struct span day, bool is_adult) {
    const struct record_item *withdrawn = consent_unanswered(record, is_adult);
    struct consent found = { .state = CONSENT_NONE };

    if (withdrawn != NULL) {
        return frozen(withdrawn);
    }
    for (const struct record_item *item = record_next(record, FORM_CONSENT, NULL); item != NULL;
         item = record_next(record, FORM_CONSENT, item)) {
        if (consent_is_withdrawn(item) || !consent_is_valid(item, is_adult) ||
            !covers(item, recipients)) {
            continue;
        }
        if (!is_expired(item, day)) {
            return (struct consent) { .state = CONSENT_OPEN, .item = item };
        }
        found = (struct consent) { .state = CONSENT_EXPIRED, .item = item };
    }
    return found;
}
