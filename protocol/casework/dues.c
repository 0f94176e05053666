/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/dues.h"

#include "protocol/casework/consent.h"

#include <string.h>

/* Done, dropped, or ended in another way. */
static bool is_over(const struct record_item *item) {
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
        return consent_is_withdrawn(item);
    default:
        return false;
    }
}

void dues_each(const struct record *record, bool (*each)(void *context, const struct due *),
               void *context) {
    for (size_t i = 0; i < record->item_count; i++) {
        const struct record_item *item = &record->items[i];
        for (size_t k = 0; k < item->form->field_count && !is_over(item); k++) {
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

    if (next->item == NULL || memcmp(due->day.data, next->day.data, DATE_BYTES) < 0) {
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
