/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/form.h"

#include <string.h>

/* ---- Words of choices: their places are on the wire; appended, never reordered ---- */

#define CHOICES(name, ...) static const char *const name[] = { __VA_ARGS__, NULL }

CHOICES(yes_words, "no", "yes");
CHOICES(sex_words, "male", "female");
CHOICES(source_words, "family", "client", "neighbour", "school", "police", "hospital",
        "institution", "worker", "media", "other");
CHOICES(education_words, "none", "preschool", "primary", "junior", "senior", "special",
        "dropped-out");
CHOICES(lives_words, "parents", "one-parent", "relatives", "foster", "institution", "street",
        "alone", "other");
CHOICES(duty_words, "supervisor", "co-worker", "adviser", "none");
CHOICES(said_words, "child", "family", "worker", "other");
CHOICES(work_words, "open", "done", "dropped");
CHOICES(strength_words, "weak", "medium", "strong");
CHOICES(risk_words, "low", "medium", "high", "emergency");
CHOICES(law_words, "offender", "victim", "witness");
CHOICES(law_stage_words, "report", "police", "prosecutor", "court", "diversion", "sentence",
        "over");
CHOICES(progress_words, "worse", "same", "better", "reached");
CHOICES(ending_words, "self-reliant", "handed-over", "moved", "refused", "died", "other");
CHOICES(stage_words, "intake", "assessment", "plan", "intervention", "evaluation", "termination",
        "aftercare", "closed");
CHOICES(basis_words, "guardian", "client", "guardian-absent", "guardian-suspected",
        "vital-interest", "legal-duty");
CHOICES(recipient_words, "team", "office", "partners", "all");
CHOICES(section_words, "assessment", "plan", "ending");
CHOICES(answer_words, "approved", "returned");
CHOICES(access_words, "case", "identity", "report");
CHOICES(handover_words, "accepted", "declined");

/* ---- Fields ---- */

static const struct field facts_fields[] = {
    { .number = FACTS_CATEGORY, .name = "category", .sort = FIELD_CODE, .list = LIST_CATEGORY },
    { .number = FACTS_CLUSTER, .name = "cluster", .sort = FIELD_CODE, .list = LIST_CLUSTER },
    { .number = FACTS_AGE, .name = "age", .sort = FIELD_AGE },
    { .number = FACTS_AGE_ON, .name = "age-on", .sort = FIELD_DATE },
    { .number = FACTS_SEX, .name = "sex", .sort = FIELD_CHOICE, .choices = sex_words },
    { .number = FACTS_SOURCE, .name = "source", .sort = FIELD_CHOICE, .choices = source_words },
    { .number = FACTS_CONTACT_ON, .name = "contact-on", .sort = FIELD_DATE },
    { .number = FACTS_SUMMARY, .name = "summary", .sort = FIELD_TEXT },
    { .number = FACTS_EDUCATION,
      .name = "education",
      .sort = FIELD_CHOICE,
      .choices = education_words },
    { .number = FACTS_LIVES_WITH,
      .name = "lives-with",
      .sort = FIELD_CHOICE,
      .choices = lives_words },
};

static const struct field duty_fields[] = {
    { .number = DUTY_PERSON,
      .name = "person",
      .sort = FIELD_PERSON,
      .is_first = true,
      .is_fixed = true },
    { .number = DUTY_AS,
      .name = "as",
      .sort = FIELD_CHOICE,
      .choices = duty_words,
      .is_first = true },
};

static const struct field contract_fields[] = {
    { .number = CONTRACT_ON, .name = "on", .sort = FIELD_DATE },
    { .number = CONTRACT_WITH, .name = "with", .sort = FIELD_CHOICE, .choices = said_words },
    { .number = CONTRACT_AGREED, .name = "agreed", .sort = FIELD_TEXT },
};

static const struct field problem_fields[] = {
    { .number = PROBLEM_WHAT, .name = "what", .sort = FIELD_TEXT, .is_first = true },
    { .number = PROBLEM_SAID_BY, .name = "said-by", .sort = FIELD_CHOICE, .choices = said_words },
    { .number = PROBLEM_SINCE, .name = "since", .sort = FIELD_LINE },
    { .number = PROBLEM_STATE,
      .name = "state",
      .is_progress = true,
      .sort = FIELD_CHOICE,
      .choices = work_words },
};

static const struct field need_fields[] = {
    { .number = 0, .name = "what", .sort = FIELD_TEXT, .is_first = true },
    { .number = 1, .name = "said-by", .sort = FIELD_CHOICE, .choices = said_words },
    { .number = 2,
      .name = "state",
      .is_progress = true,
      .sort = FIELD_CHOICE,
      .choices = work_words },
};

static const struct field strength_fields[] = {
    { .number = 0, .name = "what", .sort = FIELD_TEXT, .is_first = true },
    { .number = 1, .name = "said-by", .sort = FIELD_CHOICE, .choices = said_words },
};

static const struct field resource_fields[] = {
    { .number = 0, .name = "what", .sort = FIELD_TEXT, .is_first = true },
    { .number = 1, .name = "kind", .sort = FIELD_CODE, .list = LIST_RESOURCE },
    { .number = 2, .name = "contact", .sort = FIELD_LINE },
};

static const struct field child_view_fields[] = {
    { .number = 0, .name = "says", .sort = FIELD_TEXT },
    { .number = 1, .name = "wants", .sort = FIELD_TEXT },
    { .number = 2, .name = "on", .sort = FIELD_DATE },
};

static const struct field family_view_fields[] = {
    { .number = 0, .name = "says", .sort = FIELD_TEXT },
    { .number = 1, .name = "wants", .sort = FIELD_TEXT },
    { .number = 2, .name = "on", .sort = FIELD_DATE },
};

static const struct field assessment_fields[] = {
    { .number = 0, .name = "summary", .sort = FIELD_TEXT },
    { .number = 1, .name = "tools", .sort = FIELD_LINE },
    { .number = 2, .name = "on", .sort = FIELD_DATE },
    { .number = 3, .name = "physical", .sort = FIELD_TEXT },
    { .number = 4, .name = "feelings", .sort = FIELD_TEXT },
    { .number = 5, .name = "social", .sort = FIELD_TEXT },
    { .number = 6, .name = "schooling", .sort = FIELD_TEXT },
    { .number = 7, .name = "family", .sort = FIELD_TEXT },
};

static const struct field risk_fields[] = {
    { .number = RISK_LEVEL, .name = "level", .sort = FIELD_CHOICE, .choices = risk_words },
    { .number = RISK_REASON, .name = "why", .sort = FIELD_TEXT },
    { .number = RISK_ON, .name = "on", .sort = FIELD_DATE },
};

static const struct field annex_street_fields[] = {
    { .number = 0, .name = "works-as", .sort = FIELD_LINE },
    { .number = 1, .name = "hours-a-day", .sort = FIELD_NUMBER },
    { .number = 2, .name = "sleeps-at", .sort = FIELD_LINE },
    { .number = 3, .name = "contact-with-family", .sort = FIELD_LINE },
    { .number = 4, .name = "dangers", .sort = FIELD_TEXT },
};

static const struct field annex_disability_fields[] = {
    { .number = 0, .name = "disability", .sort = FIELD_LINE },
    { .number = 1, .name = "since", .sort = FIELD_LINE },
    { .number = 2, .name = "aids", .sort = FIELD_LINE },
    { .number = 3, .name = "can-do", .sort = FIELD_TEXT },
    { .number = 4, .name = "needs-help-with", .sort = FIELD_TEXT },
    { .number = 5, .name = "therapy", .sort = FIELD_TEXT },
};

static const struct field annex_protection_fields[] = {
    { .number = 0, .name = "kind-of-harm", .sort = FIELD_LINE },
    { .number = 1, .name = "since", .sort = FIELD_LINE },
    { .number = 2, .name = "is-safe-now", .sort = FIELD_CHOICE, .choices = yes_words },
    { .number = 3, .name = "safety-plan", .sort = FIELD_TEXT },
    { .number = 4, .name = "reported-on", .sort = FIELD_DATE },
    { .number = 5, .name = "medical", .sort = FIELD_TEXT },
};

static const struct field annex_law_fields[] = {
    { .number = 0, .name = "stands-as", .sort = FIELD_CHOICE, .choices = law_words },
    { .number = 1, .name = "matter", .sort = FIELD_LINE },
    { .number = 2, .name = "stage-of-law", .sort = FIELD_CHOICE, .choices = law_stage_words },
    { .number = 3, .name = "next-hearing", .sort = FIELD_DATE, .is_ahead = true },
    { .number = 4, .name = "diversion", .sort = FIELD_TEXT },
    { .number = 5, .name = "companion", .sort = FIELD_LINE },
};

static const struct field annex_infant_fields[] = {
    { .number = 0, .name = "weight-grams", .sort = FIELD_NUMBER },
    { .number = 1, .name = "height-mm", .sort = FIELD_NUMBER },
    { .number = 2, .name = "measured-on", .sort = FIELD_DATE },
    { .number = 3, .name = "immunisation", .sort = FIELD_LINE },
    { .number = 4, .name = "feeding", .sort = FIELD_TEXT },
    { .number = 5, .name = "development", .sort = FIELD_TEXT },
};

static const struct field goal_fields[] = {
    { .number = GOAL_WHAT, .name = "what", .sort = FIELD_TEXT, .is_first = true },
    { .number = GOAL_BY, .name = "by", .sort = FIELD_DATE, .is_ahead = true },
    { .number = GOAL_STATE,
      .name = "state",
      .is_progress = true,
      .sort = FIELD_CHOICE,
      .choices = work_words },
    { .number = GOAL_NOTE, .name = "note", .is_progress = true, .sort = FIELD_TEXT },
};

static const struct field step_fields[] = {
    { .number = STEP_GOAL, .name = "goal", .sort = FIELD_THING },
    { .number = STEP_WHAT, .name = "what", .sort = FIELD_TEXT, .is_first = true },
    { .number = STEP_WHO, .name = "who", .sort = FIELD_LINE },
    { .number = STEP_BY, .name = "by", .sort = FIELD_DATE, .is_ahead = true },
    { .number = STEP_STATE,
      .name = "state",
      .is_progress = true,
      .sort = FIELD_CHOICE,
      .choices = work_words },
    { .number = STEP_DONE_ON, .name = "done-on", .is_progress = true, .sort = FIELD_DATE },
    { .number = STEP_NOTE, .name = "note", .is_progress = true, .sort = FIELD_TEXT },
};

static const struct field service_fields[] = {
    { .number = 0, .name = "what", .sort = FIELD_TEXT, .is_first = true },
    { .number = 1, .name = "on", .sort = FIELD_DATE },
    { .number = 2, .name = "given-by", .sort = FIELD_LINE },
    { .number = 3, .name = "amount", .sort = FIELD_LINE },
    { .number = 4, .name = "outcome", .sort = FIELD_TEXT },
    { .number = 5, .name = "step", .sort = FIELD_THING },
};

static const struct field family_fields[] = {
    { .number = 0, .name = "relation", .sort = FIELD_LINE, .is_first = true },
    { .number = 1, .name = "case", .sort = FIELD_CASE },
    { .number = 2, .name = "lives-with", .sort = FIELD_CHOICE, .choices = yes_words },
    { .number = 3, .name = "note", .sort = FIELD_TEXT },
};

static const struct field support_fields[] = {
    { .number = 0, .name = "relation", .sort = FIELD_LINE, .is_first = true },
    { .number = 1, .name = "helps-with", .sort = FIELD_TEXT },
    { .number = 2, .name = "strength", .sort = FIELD_CHOICE, .choices = strength_words },
};

static const struct field partner_fields[] = {
    { .number = 0, .name = "agency", .sort = FIELD_LINE, .is_first = true },
    { .number = 1, .name = "kind", .sort = FIELD_CODE, .list = LIST_RESOURCE },
    { .number = 2, .name = "does", .sort = FIELD_TEXT },
    { .number = 3, .name = "contact", .sort = FIELD_LINE },
};

static const struct field evaluation_fields[] = {
    { .number = 0, .name = "on", .sort = FIELD_DATE, .is_first = true },
    { .number = 1, .name = "progress", .sort = FIELD_CHOICE, .choices = progress_words },
    { .number = 2, .name = "found", .sort = FIELD_TEXT },
    { .number = 3, .name = "next", .sort = FIELD_TEXT },
};

static const struct field ending_fields[] = {
    { .number = ENDING_WHY, .name = "why", .sort = FIELD_CHOICE, .choices = ending_words },
    { .number = ENDING_CRITERION, .name = "criterion", .sort = FIELD_TEXT },
    { .number = ENDING_ON, .name = "on", .sort = FIELD_DATE },
    { .number = ENDING_NOTE, .name = "note", .sort = FIELD_TEXT },
};

static const struct field aftercare_fields[] = {
    { .number = AFTERCARE_BY,
      .name = "by",
      .sort = FIELD_DATE,
      .is_ahead = true,
      .is_first = true },
    { .number = AFTERCARE_DONE_ON, .name = "done-on", .is_progress = true, .sort = FIELD_DATE },
    { .number = AFTERCARE_FOUND, .name = "found", .is_progress = true, .sort = FIELD_TEXT },
};

static const struct field stage_fields[] = {
    { .number = STAGE_NOW, .name = "now", .sort = FIELD_CHOICE, .choices = stage_words },
};

static const struct field consent_fields[] = {
    { .number = CONSENT_BASIS,
      .name = "basis",
      .sort = FIELD_CHOICE,
      .choices = basis_words,
      .is_first = true,
      .is_fixed = true },
    { .number = CONSENT_BY, .name = "by", .sort = FIELD_THING, .is_fixed = true },
    { .number = CONSENT_RELATION, .name = "relation", .sort = FIELD_LINE, .is_fixed = true },
    { .number = CONSENT_ON, .name = "on", .sort = FIELD_DATE, .is_first = true, .is_fixed = true },
    { .number = CONSENT_PURPOSE,
      .name = "purpose",
      .sort = FIELD_TEXT,
      .is_first = true,
      .is_fixed = true },
    { .number = CONSENT_RECIPIENTS,
      .name = "recipients",
      .sort = FIELD_CHOICE,
      .choices = recipient_words,
      .is_first = true,
      .is_fixed = true },
    { .number = CONSENT_UNTIL,
      .name = "until",
      .sort = FIELD_DATE,
      .is_ahead = true,
      .is_fixed = true },
    { .number = CONSENT_PROOF, .name = "proof", .sort = FIELD_LINE, .is_fixed = true },
    { .number = CONSENT_WHY, .name = "why", .sort = FIELD_TEXT, .is_fixed = true },
    { .number = CONSENT_WITHDRAWN_ON,
      .name = "withdrawn-on",
      .sort = FIELD_DATE,
      .hand = HAND_EACH },
    { .number = CONSENT_WITHDRAWN_BY,
      .name = "withdrawn-by",
      .sort = FIELD_THING,
      .hand = HAND_EACH },
    { .number = CONSENT_WITHDRAWN_WHY,
      .name = "withdrawn-why",
      .sort = FIELD_TEXT,
      .hand = HAND_EACH },
    { .number = CONSENT_ACTED_ON, .name = "acted-on", .sort = FIELD_DATE },
    { .number = CONSENT_AFTER, .name = "after", .sort = FIELD_THING, .is_fixed = true },
};

static const struct field approval_fields[] = {
    { .number = APPROVAL_OF,
      .name = "of",
      .sort = FIELD_CHOICE,
      .choices = section_words,
      .is_first = true,
      .is_fixed = true },
    { .number = APPROVAL_ASKED_ON,
      .name = "asked-on",
      .sort = FIELD_DATE,
      .is_first = true,
      .is_fixed = true },
    { .number = APPROVAL_STATE_HASH,
      .name = "state-hash",
      .sort = FIELD_HASH,
      .is_first = true,
      .is_fixed = true },
    { .number = APPROVAL_ANSWER,
      .name = "answer",
      .sort = FIELD_CHOICE,
      .choices = answer_words,
      .hand = HAND_OTHER },
    { .number = APPROVAL_WHY, .name = "why", .sort = FIELD_TEXT, .hand = HAND_OTHER },
    { .number = APPROVAL_NOTE, .name = "note", .sort = FIELD_TEXT, .is_fixed = true },
};

static const struct field comment_fields[] = {
    { .number = COMMENT_ON_THING, .name = "on-thing", .sort = FIELD_THING, .is_fixed = true },
    { .number = COMMENT_ON_FORM, .name = "on-form", .sort = FIELD_NUMBER, .is_fixed = true },
    { .number = COMMENT_TEXT,
      .name = "text",
      .sort = FIELD_TEXT,
      .hand = HAND_AUTHOR,
      .is_first = true },
    { .number = COMMENT_SETTLED, .name = "settled", .sort = FIELD_CHOICE, .choices = yes_words },
};

static const struct field flag_fields[] = {
    { .number = FLAG_WHY, .name = "why", .sort = FIELD_TEXT, .is_first = true, .is_fixed = true },
    { .number = FLAG_CLEARED_WHY, .name = "cleared-why", .sort = FIELD_TEXT },
};

static const struct field access_fields[] = {
    { .number = ACCESS_TO,
      .name = "to",
      .sort = FIELD_CHOICE,
      .choices = access_words,
      .is_first = true,
      .is_fixed = true },
    { .number = ACCESS_WHY, .name = "why", .sort = FIELD_TEXT, .is_fixed = true },
    { .number = ACCESS_UNTIL_MIN, .name = "until", .sort = FIELD_NUMBER, .is_fixed = true },
    { .number = ACCESS_GLASS,
      .name = "glass",
      .sort = FIELD_CHOICE,
      .choices = yes_words,
      .is_fixed = true },
    { .number = ACCESS_AS,
      .name = "as",
      .sort = FIELD_CHOICE,
      .choices = duty_words,
      .is_fixed = true },
};

static const struct field handover_fields[] = {
    { .number = HANDOVER_TO,
      .name = "to",
      .sort = FIELD_PERSON,
      .is_first = true,
      .is_fixed = true },
    { .number = HANDOVER_WHY,
      .name = "why",
      .sort = FIELD_TEXT,
      .is_first = true,
      .is_fixed = true },
    { .number = HANDOVER_ANSWER,
      .name = "answer",
      .sort = FIELD_CHOICE,
      .choices = handover_words,
      .hand = HAND_NAMED },
    { .number = HANDOVER_ANSWER_WHY, .name = "answer-why", .sort = FIELD_TEXT, .hand = HAND_NAMED },
    { .number = HANDOVER_AFTER, .name = "after", .sort = FIELD_THING, .is_fixed = true },
};

static const struct field identity_fields[] = {
    { .number = 0, .name = "name", .sort = FIELD_LINE },
    { .number = 1, .name = "nickname", .sort = FIELD_LINE },
    { .number = 2, .name = "born-on", .sort = FIELD_DATE },
    { .number = 3, .name = "born-in", .sort = FIELD_LINE },
    { .number = 4, .name = "national-id", .sort = FIELD_LINE },
    { .number = 5, .name = "address", .sort = FIELD_TEXT },
    { .number = 6, .name = "village", .sort = FIELD_AREA },
    { .number = 7, .name = "school", .sort = FIELD_LINE },
    { .number = 8, .name = "telephone", .sort = FIELD_LINE },
    { .number = 9, .name = "face", .sort = FIELD_TEXT },
};

static const struct field relative_fields[] = {
    { .number = 0, .name = "name", .sort = FIELD_LINE, .is_first = true },
    { .number = 1, .name = "relation", .sort = FIELD_LINE, .is_first = true },
    { .number = 2, .name = "address", .sort = FIELD_TEXT },
    { .number = 3, .name = "telephone", .sort = FIELD_LINE },
    { .number = 4, .name = "national-id", .sort = FIELD_LINE },
    { .number = 5, .name = "note", .sort = FIELD_TEXT },
};

static const struct field request_fields[] = {
    { .number = REQUEST_TO,
      .name = "to",
      .sort = FIELD_PERSON,
      .is_first = true,
      .is_fixed = true },
    { .number = REQUEST_CASE,
      .name = "case",
      .sort = FIELD_CASE,
      .is_first = true,
      .is_fixed = true },
    { .number = REQUEST_WHY,
      .name = "why",
      .sort = FIELD_TEXT,
      .is_first = true,
      .is_fixed = true },
    { .number = REQUEST_DECLINED_WHY,
      .name = "declined-why",
      .sort = FIELD_TEXT,
      .hand = HAND_NAMED },
};

/* ---- Forms, in the order of the printed record ---- */

#define FORM_ROW(id, words, part, single, role, code, list)                                        \
    {                                                                                              \
        .form = (id), .name = (words), .section = (part), .is_single = (single), .may = (role),    \
        .cluster = (code), .fields = (list), .field_count = sizeof(list) / sizeof(list)[0]         \
    }

static const struct form_row rows[] = {
    FORM_ROW(FORM_FACTS, "facts", SECTION_INTAKE, true, CIRCLE_WRITER, NULL, facts_fields),
    FORM_ROW(FORM_DUTY, "duty", SECTION_INTAKE, false, CIRCLE_MANAGER, NULL, duty_fields),
    FORM_ROW(FORM_CONTRACT, "contract", SECTION_INTAKE, true, CIRCLE_WRITER, NULL, contract_fields),
    FORM_ROW(FORM_PROBLEM, "problem", SECTION_ASSESSMENT, false, CIRCLE_WRITER, NULL,
             problem_fields),
    FORM_ROW(FORM_NEED, "need", SECTION_ASSESSMENT, false, CIRCLE_WRITER, NULL, need_fields),
    FORM_ROW(FORM_STRENGTH, "strength", SECTION_ASSESSMENT, false, CIRCLE_WRITER, NULL,
             strength_fields),
    FORM_ROW(FORM_RESOURCE, "resource", SECTION_ASSESSMENT, false, CIRCLE_WRITER, NULL,
             resource_fields),
    FORM_ROW(FORM_CHILD_VIEW, "child view", SECTION_ASSESSMENT, true, CIRCLE_WRITER, NULL,
             child_view_fields),
    FORM_ROW(FORM_FAMILY_VIEW, "family view", SECTION_ASSESSMENT, true, CIRCLE_WRITER, NULL,
             family_view_fields),
    FORM_ROW(FORM_ASSESSMENT, "assessment", SECTION_ASSESSMENT, true, CIRCLE_WRITER, NULL,
             assessment_fields),
    FORM_ROW(FORM_RISK, "risk", SECTION_ASSESSMENT, true, CIRCLE_WRITER, NULL, risk_fields),
    FORM_ROW(FORM_ANNEX_STREET, "street annex", SECTION_ASSESSMENT, true, CIRCLE_WRITER, "AJ",
             annex_street_fields),
    FORM_ROW(FORM_ANNEX_DISABILITY, "disability annex", SECTION_ASSESSMENT, true, CIRCLE_WRITER,
             "ADK", annex_disability_fields),
    FORM_ROW(FORM_ANNEX_PROTECTION, "protection annex", SECTION_ASSESSMENT, true, CIRCLE_WRITER,
             "AMPK", annex_protection_fields),
    FORM_ROW(FORM_ANNEX_LAW, "law annex", SECTION_ASSESSMENT, true, CIRCLE_WRITER, "ABH",
             annex_law_fields),
    FORM_ROW(FORM_ANNEX_INFANT, "infant annex", SECTION_ASSESSMENT, true, CIRCLE_WRITER, "BLT",
             annex_infant_fields),
    FORM_ROW(FORM_GOAL, "goal", SECTION_PLAN, false, CIRCLE_WRITER, NULL, goal_fields),
    FORM_ROW(FORM_STEP, "step", SECTION_PLAN, false, CIRCLE_WRITER, NULL, step_fields),
    FORM_ROW(FORM_SERVICE, "service", SECTION_INTERVENTION, false, CIRCLE_WRITER, NULL,
             service_fields),
    FORM_ROW(FORM_FAMILY, "family", SECTION_INTAKE, false, CIRCLE_WRITER, NULL, family_fields),
    FORM_ROW(FORM_SUPPORT, "support", SECTION_ASSESSMENT, false, CIRCLE_WRITER, NULL,
             support_fields),
    FORM_ROW(FORM_PARTNER, "partner", SECTION_INTERVENTION, false, CIRCLE_WRITER, NULL,
             partner_fields),
    FORM_ROW(FORM_EVALUATION, "evaluation", SECTION_EVALUATION, false, CIRCLE_WRITER, NULL,
             evaluation_fields),
    FORM_ROW(FORM_ENDING, "ending", SECTION_ENDING, true, CIRCLE_WRITER, NULL, ending_fields),
    FORM_ROW(FORM_AFTERCARE, "aftercare", SECTION_ENDING, false, CIRCLE_WRITER, NULL,
             aftercare_fields),
    FORM_ROW(FORM_STAGE, "stage", SECTION_OVERSIGHT, true, CIRCLE_WRITER, NULL, stage_fields),
    FORM_ROW(FORM_CONSENT, "consent", SECTION_CONSENT, false, CIRCLE_WRITER, NULL, consent_fields),
    FORM_ROW(FORM_APPROVAL, "approval", SECTION_OVERSIGHT, false, CIRCLE_WRITER, NULL,
             approval_fields),
    FORM_ROW(FORM_COMMENT, "comment", SECTION_OVERSIGHT, false, CIRCLE_WRITER, NULL,
             comment_fields),
    FORM_ROW(FORM_FLAG, "flag", SECTION_OVERSIGHT, false, CIRCLE_WRITER, NULL, flag_fields),
    FORM_ROW(FORM_ACCESS, "access", SECTION_OVERSIGHT, false, CIRCLE_READER, NULL, access_fields),
    FORM_ROW(FORM_HANDOVER, "hand-over", SECTION_OVERSIGHT, false, CIRCLE_MANAGER, NULL,
             handover_fields),
    FORM_ROW(FORM_IDENTITY, "identity", SECTION_IDENTITY, true, CIRCLE_WRITER, NULL,
             identity_fields),
    FORM_ROW(FORM_RELATIVE, "relative", SECTION_IDENTITY, false, CIRCLE_WRITER, NULL,
             relative_fields),
    FORM_ROW(FORM_REQUEST, "request", SECTION_REQUEST, false, CIRCLE_OWNER, NULL, request_fields),
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

size_t forms_all(const struct form_row **all) {
    *all = rows;
    return ROW_COUNT;
}

const struct form_row *form_find(uint64_t form) {
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if ((uint64_t)rows[i].form == form) {
            return &rows[i];
        }
    }
    return NULL;
}

enum circle_kind form_circle(const struct form_row *form) {
    switch (form->section) {
    case SECTION_IDENTITY:
        return CIRCLE_IDENTITY;
    case SECTION_REQUEST:
        return CIRCLE_REQUEST;
    default:
        return CIRCLE_CASE;
    }
}

static bool is_word(const char *word, struct span typed) {
    return strlen(word) == typed.len && memcmp(word, typed.data, typed.len) == 0;
}

const struct form_row *form_find_name(struct span name) {
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (is_word(rows[i].name, name)) {
            return &rows[i];
        }
    }
    return NULL;
}

const struct field *form_field(const struct form_row *form, uint64_t number) {
    for (size_t i = 0; i < form->field_count; i++) {
        if (form->fields[i].number == number) {
            return &form->fields[i];
        }
    }
    return NULL;
}

const struct field *form_field_name(const struct form_row *form, struct span name) {
    for (size_t i = 0; i < form->field_count; i++) {
        if (is_word(form->fields[i].name, name)) {
            return &form->fields[i];
        }
    }
    return NULL;
}

bool field_is_each_ones(const struct field *field) {
    return field->hand == HAND_EACH || field->hand == HAND_OTHER;
}

size_t field_choice_count(const struct field *field) {
    size_t count = 0;

    while (field->choices != NULL && field->choices[count] != NULL) {
        count++;
    }
    return count;
}

int field_choice_find(const struct field *field, struct span word) {
    const size_t count = field_choice_count(field);

    for (size_t i = 0; i < count; i++) {
        if (is_word(field->choices[i], word)) {
            return (int)i;
        }
    }
    return -1;
}
