/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/completeness.h"

/* What a complete record has. */
static const struct part_row parts[] = {
    { FORM_FACTS, FACTS_CATEGORY, STAGE_INTAKE },
    { FORM_FACTS, FACTS_CLUSTER, STAGE_INTAKE },
    { FORM_FACTS, FACTS_AGE, STAGE_INTAKE },
    { FORM_FACTS, FACTS_SEX, STAGE_INTAKE },
    { FORM_FACTS, FACTS_SOURCE, STAGE_INTAKE },
    { FORM_FACTS, FACTS_CONTACT_ON, STAGE_INTAKE },
    { FORM_FACTS, FACTS_SUMMARY, STAGE_INTAKE },
    { FORM_DUTY, DUTY_PERSON, STAGE_ASSESSMENT },
    { FORM_CONTRACT, CONTRACT_AGREED, STAGE_ASSESSMENT },
    { FORM_PROBLEM, PROBLEM_WHAT, STAGE_ASSESSMENT },
    { FORM_NEED, ANY_FIELD, STAGE_ASSESSMENT },
    { FORM_STRENGTH, ANY_FIELD, STAGE_ASSESSMENT },
    { FORM_RESOURCE, ANY_FIELD, STAGE_ASSESSMENT },
    { FORM_CHILD_VIEW, 0, STAGE_ASSESSMENT },
    { FORM_FAMILY_VIEW, 0, STAGE_ASSESSMENT },
    { FORM_ASSESSMENT, 0, STAGE_ASSESSMENT },
    { FORM_RISK, RISK_LEVEL, STAGE_ASSESSMENT },
    { FORM_RISK, RISK_REASON, STAGE_ASSESSMENT },
    { FORM_ANNEX_STREET, ANY_FIELD, STAGE_ASSESSMENT },
    { FORM_ANNEX_DISABILITY, ANY_FIELD, STAGE_ASSESSMENT },
    { FORM_ANNEX_PROTECTION, ANY_FIELD, STAGE_ASSESSMENT },
    { FORM_ANNEX_LAW, ANY_FIELD, STAGE_ASSESSMENT },
    { FORM_ANNEX_INFANT, ANY_FIELD, STAGE_ASSESSMENT },
    { FORM_GOAL, GOAL_WHAT, STAGE_PLAN },
    { FORM_STEP, STEP_WHAT, STAGE_PLAN },
    { FORM_STEP, STEP_WHO, STAGE_PLAN },
    { FORM_STEP, STEP_BY, STAGE_PLAN },
    { FORM_SERVICE, ANY_FIELD, STAGE_INTERVENTION },
    { FORM_EVALUATION, ANY_FIELD, STAGE_EVALUATION },
    { FORM_ENDING, ENDING_WHY, STAGE_TERMINATION },
    { FORM_ENDING, ENDING_CRITERION, STAGE_TERMINATION },
    { FORM_AFTERCARE, ANY_FIELD, STAGE_TERMINATION },
    { FORM_CONSENT, CONSENT_BASIS, STAGE_ASSESSMENT },
};

enum { PART_COUNT = sizeof parts / sizeof parts[0] };

static struct span cluster_of(const struct record *record, const struct case_record *opened) {
    const struct span told = item_text(record_single(record, FORM_FACTS), FACTS_CLUSTER);

    return told.len > 0 ? told : span_text(opened->cluster);
}

static bool is_waived(const struct record *record, const struct part_row *part) {
    const bool is_of_return = part->form == FORM_AFTERCARE ||
                              (part->form == FORM_ENDING && part->field == ENDING_CRITERION);

    return is_of_return && record_is_broken_off(record);
}

static bool is_wanted(const struct record *record, const struct case_record *opened,
                      const struct part_row *part) {
    const char *cluster = form_find((uint64_t)part->form)->cluster;

    return part->stage <= record_stage(record) && !is_waived(record, part) &&
           (cluster == NULL || span_equal(span_text(cluster), cluster_of(record, opened)));
}

static bool is_told_at_opening(const struct case_record *opened, const struct part_row *part) {
    if (part->form != FORM_FACTS) {
        return false;
    }
    switch (part->field) {
    case FACTS_CLUSTER:
        return opened->cluster[0] != '\0';
    case FACTS_AGE:
        return opened->has_age;
    case FACTS_SEX:
        return opened->sex != SEX_UNKNOWN;
    default:
        return false;
    }
}

/* Every item has to have it: a plan with one step that nobody does is not complete. */
static bool is_told(const struct record *record, const struct part_row *part) {
    const struct record_item *item = record_next(record, part->form, NULL);

    if (part->form == FORM_DUTY) {
        return record_has_any_duty(record, DUTY_SUPERVISOR);
    }
    if (item == NULL || part->field == ANY_FIELD) {
        return item != NULL;
    }
    for (; item != NULL; item = record_next(record, part->form, item)) {
        if (item_value(item, (uint64_t)part->field) == NULL) {
            return false;
        }
    }
    return true;
}

static bool is_missing(const struct record *record, const struct case_record *opened,
                       const struct part_row *part) {
    return is_wanted(record, opened, part) && !is_told(record, part) &&
           !is_told_at_opening(opened, part);
}

struct completeness completeness_look(const struct record *record,
                                      const struct case_record *opened) {
    struct completeness found = { 0 };

    for (size_t i = 0; i < PART_COUNT; i++) {
        found.all += is_wanted(record, opened, &parts[i]) ? 1 : 0;
        found.have +=
            is_wanted(record, opened, &parts[i]) && !is_missing(record, opened, &parts[i]) ? 1 : 0;
    }
    found.percent = (unsigned)(100 * found.have / found.all); /* the intake always counts */
    return found;
}

void completeness_missing(const struct record *record, const struct case_record *opened,
                          bool (*each)(void *context, const struct part_row *), void *context) {
    for (size_t i = 0; i < PART_COUNT; i++) {
        if (is_missing(record, opened, &parts[i]) && !each(context, &parts[i])) {
            return;
        }
    }
}
