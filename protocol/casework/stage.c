/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/stage.h"

enum stage record_stage(const struct record *record) {
    uint64_t stage = STAGE_INTAKE;

    (void)item_number(record_single(record, FORM_STAGE), STAGE_NOW, &stage); /* else as it is */
    return (enum stage)stage;
}

bool stage_follows(enum stage now, enum stage next) {
    if (next == now) {
        return false;
    }
    return next < now || next == now + 1 || next == STAGE_TERMINATION;
}

static unsigned lacks_approval(const struct record *record, enum approval_of of,
                               enum stage_lack lack) {
    if (!record_has_any_duty(record, DUTY_SUPERVISOR) ||
        approval_look(record, of).state == APPROVAL_GIVEN) {
        return 0;
    }
    return lack;
}

static unsigned lacks_text(const struct record *record, enum form form, uint64_t field,
                           enum stage_lack lack) {
    return item_value(record_single(record, form), field) != NULL ? 0 : lack;
}

static unsigned lacks_item(const struct record *record, enum form form, enum stage_lack lack) {
    return record_next(record, form, NULL) != NULL ? 0 : lack;
}

static unsigned lacks_consent(const struct record *record, const struct case_record *opened,
                              struct span day) {
    const struct consent consent =
        consent_look(record, RECIPIENTS_TEAM, day, client_is_adult(record, opened));

    return consent.state == CONSENT_OPEN ? 0 : LACKS_CONSENT;
}

bool record_is_broken_off(const struct record *record) {
    const struct record_item *ending = record_single(record, FORM_ENDING);

    return item_is(ending, ENDING_WHY, ENDING_DIED) || item_is(ending, ENDING_WHY, ENDING_REFUSED);
}

static unsigned lacks_ending(const struct record *record) {
    if (record_is_broken_off(record)) {
        return 0;
    }
    return lacks_text(record, FORM_ENDING, ENDING_CRITERION, LACKS_CRITERION) |
           lacks_item(record, FORM_AFTERCARE, LACKS_AFTERCARE);
}

static unsigned lacks_aftercare_done(const struct record *record) {
    if (record_is_broken_off(record)) {
        return 0;
    }
    for (const struct record_item *item = record_next(record, FORM_AFTERCARE, NULL); item != NULL;
         item = record_next(record, FORM_AFTERCARE, item)) {
        if (item_value(item, AFTERCARE_DONE_ON) == NULL) {
            return LACKS_AFTERCARE_DONE;
        }
    }
    return 0;
}

unsigned stage_lacks(const struct record *record, const struct case_record *opened, enum stage next,
                     struct span day) {
    if (next <= record_stage(record)) {
        return 0;
    }
    switch (next) {
    case STAGE_PLAN:
        return lacks_text(record, FORM_ASSESSMENT, 0, LACKS_SUMMARY) |
               lacks_approval(record, APPROVAL_ASSESSMENT, LACKS_ASSESSMENT);
    case STAGE_INTERVENTION:
        return lacks_item(record, FORM_STEP, LACKS_STEP) |
               lacks_approval(record, APPROVAL_PLAN, LACKS_PLAN) |
               lacks_consent(record, opened, day);
    case STAGE_TERMINATION:
        return lacks_ending(record) | lacks_approval(record, APPROVAL_ENDING, LACKS_ENDING);
    case STAGE_CLOSED:
        return lacks_ending(record) | lacks_aftercare_done(record);
    case STAGE_INTAKE:
    case STAGE_ASSESSMENT:
    case STAGE_EVALUATION:
    case STAGE_AFTERCARE:
        return 0;
    }
    return 0;
}

bool record_is_ended(const struct record *record) {
    return record_stage(record) >= STAGE_TERMINATION;
}

/* What belongs to an ended case is no news: its end, what follows it, and who looked. */
static bool is_after_end(const struct form_row *form) {
    return form->section == SECTION_ENDING || form->section == SECTION_OVERSIGHT ||
           form->section == SECTION_CONSENT;
}

/* When the case was ended; of several who ended it apart the first, since the others may not have
 * seen what was written after him.  An ended case. */
static uint64_t end_hlc(const struct record *record) {
    size_t count;
    const struct record_value *live =
        item_live(record_single(record, FORM_STAGE), STAGE_NOW, &count);
    uint64_t hlc = live[0].by->hlc;

    for (size_t i = 1; i < count; i++) {
        if (!live[i].value.is_empty && live[i].value.number >= STAGE_TERMINATION) {
            hlc = live[i].by->hlc; /* the newest come first */
        }
    }
    return hlc;
}

bool record_has_news_after_end(const struct record *record, uint64_t entry_hlc) {
    if (!record_is_ended(record)) {
        return false;
    }
    const uint64_t ended = end_hlc(record);
    for (size_t i = 0; i < record->item_count; i++) {
        if (record->items[i].hlc > ended && !is_after_end(record->items[i].form)) {
            return true;
        }
    }
    return entry_hlc > ended;
}
