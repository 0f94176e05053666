/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/dues.h"

#include "protocol/casework/stage.h"

#include <string.h>

static bool is_before(struct span a, struct span b) {
    return memcmp(a.data, b.data, DATE_BYTES) < 0; /* both are dates: their text sorts like days */
}

static bool lasts_longer(const struct record_item *consent, struct span until) {
    const struct span other = item_text(consent, CONSENT_UNTIL);

    return other.len == 0 || is_before(until, other);
}

/* Whether a later one does all that this consent with an end does, for longer.  Whether who
 * consented alone is an adult is not known here: he may renew what he gave, and not what a guardian
 * gave. */
static bool is_renewed(const struct record *record, const struct record_item *consent) {
    const bool is_adult = item_is(consent, CONSENT_BASIS, BASIS_CLIENT);
    const struct span until = item_text(consent, CONSENT_UNTIL);
    uint64_t asked, given;

    if (until.len == 0 || !item_number(consent, CONSENT_RECIPIENTS, &asked)) {
        return false;
    }
    for (const struct record_item *later = record_next(record, FORM_CONSENT, consent);
         later != NULL; later = record_next(record, FORM_CONSENT, later)) {
        if (consent_is_valid(later, is_adult) && !consent_is_withdrawn(later) &&
            item_number(later, CONSENT_RECIPIENTS, &given) && given >= asked &&
            lasts_longer(later, until)) {
            return true;
        }
    }
    return false;
}

/* Done, dropped, or ended in another way. */
static bool is_over(const struct record *record, const struct record_item *item) {
    uint64_t state;

    switch (item->form->form) {
    case FORM_GOAL:
        return item_number(item, GOAL_STATE, &state) && state != WORK_OPEN;
    case FORM_STEP:
        return (item_number(item, STEP_STATE, &state) && state != WORK_OPEN) ||
               item_value(item, STEP_DONE_ON) != NULL;
    case FORM_AFTERCARE:
        return item_value(item, AFTERCARE_DONE_ON) != NULL;
    case FORM_CONSENT:
        return consent_is_withdrawn(item) || is_renewed(record, item);
    default:
        return false;
    }
}

void dues_each(const struct record *record, bool (*each)(void *context, const struct due *),
               void *context) {
    if (record_stage(record) == STAGE_CLOSED) {
        return;
    }
    for (size_t i = 0; i < record->item_count; i++) {
        const struct record_item *item = &record->items[i];
        for (size_t k = 0; k < item->form->field_count && !is_over(record, item); k++) {
            const struct field *field = &item->form->fields[k];
            const struct due due = { item, field, item_text(item, field->number) };
            if (field->is_ahead && due.day.len > 0 && !each(context, &due)) {
                return;
            }
        }
    }
}

static bool keep_earliest(void *context, const struct due *due) {
    struct due *next = context;

    if (next->item == NULL || is_before(due->day, next->day)) {
        *next = *due;
    }
    return true;
}

bool dues_next(const struct record *record, struct due *next) {
    struct due earliest = { 0 };

    dues_each(record, keep_earliest, &earliest);
    if (earliest.item != NULL) {
        *next = earliest;
    }
    return earliest.item != NULL;
}
