/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/consent.h"

#include <string.h>

static int compare_days(struct span a, struct span b) {
    return memcmp(a.data, b.data, DATE_BYTES); /* both are dates: their text sorts like days */
}

static bool is_adult_age(unsigned age, enum age_unit unit) {
    return age >= ADULT_YEARS && unit == AGE_YEARS;
}

bool client_is_adult(const struct record *record, const struct case_record *opened) {
    size_t count, told = 0;
    const struct record_value *live =
        item_live(record_single(record, FORM_FACTS), FACTS_AGE, &count);

    for (size_t i = 0; i < count; i++) {
        if (!live[i].value.is_empty) {
            enum age_unit unit;
            const unsigned age = age_of_value(live[i].value.number, &unit);
            if (!is_adult_age(age, unit)) {
                return false;
            }
            told++;
        }
    }
    return told > 0 || (opened->has_age && is_adult_age(opened->age, opened->age_unit));
}

bool consent_may_be_printed(const struct record_item *consent, bool is_adult) {
    return item_is(consent, CONSENT_BASIS, BASIS_GUARDIAN) ||
           (item_is(consent, CONSENT_BASIS, BASIS_CLIENT) && is_adult);
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

/* The live words of a withdrawal, which several may have written down; NULL: none. */
struct withdrawal {
    const struct record_value *newest;
    uint64_t first_hlc; /* the first word of any of them */
};

static struct withdrawal withdrawal_of(const struct record_item *consent) {
    struct withdrawal found = { 0 };
    size_t count;
    const struct record_value *live = item_live(consent, CONSENT_WITHDRAWN_ON, &count);

    for (size_t i = 0; i < count; i++) {
        if (!live[i].value.is_empty) {
            const bool is_first = found.newest == NULL || live[i].first_hlc < found.first_hlc;
            found.first_hlc = is_first ? live[i].first_hlc : found.first_hlc;
            found.newest = found.newest != NULL ? found.newest : &live[i];
        }
    }
    return found;
}

bool consent_is_withdrawn(const struct record_item *consent) {
    return withdrawal_of(consent).newest != NULL;
}

static bool is_expired(const struct record_item *consent, struct span day) {
    const struct span until = item_text(consent, CONSENT_UNTIL);

    return until.len > 0 && compare_days(until, day) < 0;
}

static bool covers(const struct record_item *consent, enum consent_recipients recipients) {
    uint64_t given;

    return item_number(consent, CONSENT_RECIPIENTS, &given) && given >= (uint64_t)recipients;
}

static bool names(const struct record_item *consent, const struct record_item *withdrawn) {
    return span_equal(item_text(consent, CONSENT_AFTER), span_of(withdrawn->first->ref, REF_BYTES));
}

static bool is_followed(const struct record *record, const struct record_item *withdrawn,
                        bool is_adult) {
    for (const struct record_item *item = record_next(record, FORM_CONSENT, NULL); item != NULL;
         item = record_next(record, FORM_CONSENT, item)) {
        if (names(item, withdrawn) && consent_is_valid(item, is_adult)) {
            return true;
        }
    }
    return false;
}

/* Given before some withdrawal, even one that has been answered: who withdrew would have to be
 * asked again.  The time only ever closes here; what opens is what names the withdrawal. */
static bool is_overtaken(const struct record *record, const struct record_item *consent) {
    for (const struct record_item *item = record_next(record, FORM_CONSENT, NULL); item != NULL;
         item = record_next(record, FORM_CONSENT, item)) {
        const struct withdrawal withdrawal = withdrawal_of(item);
        if (withdrawal.newest != NULL && withdrawal.newest->by->hlc > consent->first->hlc &&
            !names(consent, item)) {
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
        .act_until_ms = hlc_ms(withdrawal_of(withdrawn).first_hlc) + CONSENT_ACT_MS,
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
        if (consent_is_withdrawn(item) || is_overtaken(record, item) ||
            !consent_is_valid(item, is_adult) || !covers(item, recipients)) {
            continue;
        }
        if (!is_expired(item, day)) {
            return (struct consent) { .state = CONSENT_OPEN, .item = item };
        }
        found = (struct consent) { .state = CONSENT_EXPIRED, .item = item };
    }
    return found;
}
