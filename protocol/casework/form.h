/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The forms of the case record (kasus): one table (form.c) that says which forms there are, which
 * fields each has, what may stand in them, and who may write them.  The same forms serve all five
 * clusters; an annex is a form that only one cluster fills.
 *
 * A form stands once in a case ("single": the assessment, the risk) or any number of times
 * ("items": problems, steps, services).  All of it is written as one kind of event, so that a new
 * form is a new row here and nothing else on the wire (docs/decisions/019). */
#ifndef REMBUK_CASEWORK_FORM_H
#define REMBUK_CASEWORK_FORM_H

#include "protocol/bytes.h"
#include "protocol/ops.h"

/* Numbers on the wire: appended, never reused. */
enum form {
    /* Intake */
    FORM_FACTS = 1,
    FORM_DUTY = 2,
    FORM_CONTRACT = 3,
    /* Assessment */
    FORM_PROBLEM = 4,
    FORM_NEED = 5,
    FORM_STRENGTH = 6,
    FORM_RESOURCE = 7,
    FORM_CHILD_VIEW = 8,
    FORM_FAMILY_VIEW = 9,
    FORM_ASSESSMENT = 10,
    FORM_RISK = 11,
    /* Annexes, one for each cluster */
    FORM_ANNEX_STREET = 12,
    FORM_ANNEX_DISABILITY = 13,
    FORM_ANNEX_PROTECTION = 14,
    FORM_ANNEX_LAW = 15,
    FORM_ANNEX_INFANT = 16,
    /* Plan and intervention */
    FORM_GOAL = 17,
    FORM_STEP = 18,
    FORM_SERVICE = 19,
    /* People and agencies around the client */
    FORM_FAMILY = 20,
    FORM_SUPPORT = 21,
    FORM_PARTNER = 22,
    /* Evaluation, ending, after-care */
    FORM_EVALUATION = 23,
    FORM_ENDING = 24,
    FORM_AFTERCARE = 25,
    FORM_STAGE = 26,
    /* Consent and oversight */
    FORM_CONSENT = 27,
    FORM_APPROVAL = 28,
    FORM_COMMENT = 29,
    FORM_FLAG = 30,
    FORM_ACCESS = 31,
    FORM_HANDOVER = 32,
    /* The identity part */
    FORM_IDENTITY = 33,
    FORM_RELATIVE = 34,
    /* Between two people */
    FORM_REQUEST = 35
};
enum { FORM_LAST = FORM_REQUEST };

/* What stands in a field, and its form on the wire (docs/decisions/019). */
enum field_sort {
    FIELD_LINE,   /* text of 1 to NAME_CHARACTERS_MAX printable characters */
    FIELD_TEXT,   /* text of 1 to FIELD_TEXT_BYTES_MAX bytes, line ends allowed */
    FIELD_DATE,   /* "YYYY-MM-DD" (date_is_valid) */
    FIELD_NUMBER, /* 0 to FIELD_NUMBER_MAX */
    FIELD_AGE,    /* 2 x number + enum age_unit; bounds of case_record.h */
    FIELD_CHOICE, /* index into `choices` */
    FIELD_CODE,   /* a code of a list, as text */
    FIELD_AREA,   /* digits of area_parse */
    FIELD_PERSON, /* a person's identifier, HASH_BYTES */
    FIELD_THING,  /* ref of an entry or item of the same case or its identity part, REF_BYTES */
    FIELD_CASE,   /* a case code, as text (area.h) */
    FIELD_HASH    /* HASH_BYTES, of what was looked at */
};

enum { FIELDS_MAX = 24 }; /* of one form; numbers are 0 to FIELDS_MAX - 1 */

/* Which code list a FIELD_CODE is of. */
enum code_list {
    LIST_NONE,
    LIST_CLUSTER,  /* of clusters.json: AJ, ADK, AMPK, ABH, BLT */
    LIST_CATEGORY, /* PMKS, "2012:07" */
    LIST_RESOURCE  /* PSKS, "2012:03" */
};

/* Whose change of a field counts, unless it is fixed.  Of HAND_EACH and HAND_OTHER nobody replaces
 * another's words, only his own: several stand beside each other, which is no conflict, and a rule
 * says what they come to. */
enum field_hand {
    HAND_TEAM,   /* everybody who may write the form */
    HAND_EACH,   /* the same, each for himself: a withdrawal */
    HAND_AUTHOR, /* who began the item */
    HAND_OTHER,  /* anybody but him, each for himself: an answer */
    HAND_NAMED   /* the person in the item's first FIELD_PERSON */
};

struct field {
    uint8_t number;   /* on the wire: appended, never reused */
    const char *name; /* English, for JSON and typed words: "who", "by"; no two alike in a form */
    enum field_sort sort;
    enum field_hand hand;
    bool is_first;    /* an item cannot be begun without it */
    bool is_fixed;    /* set when the item is begun, and never changed */
    bool is_progress; /* tells how far it is, and is not part of what is approved */
    bool is_ahead;    /* FIELD_DATE: a day to come, when it is written; else one that has been */
    enum code_list list;
    const char *const *choices; /* ends with NULL; English words */
};

enum form_section {
    SECTION_INTAKE,
    SECTION_ASSESSMENT,
    SECTION_PLAN,
    SECTION_INTERVENTION,
    SECTION_EVALUATION,
    SECTION_ENDING,
    SECTION_CONSENT,
    SECTION_OVERSIGHT,
    SECTION_IDENTITY, /* a circle of its own, under its own keys: a part of the case's */
    SECTION_REQUEST   /* a circle of its own, of who asks and who is asked: no part of a case */
};

struct form_row {
    enum form form;
    const char *name; /* English, one or two words: "child view" */
    enum form_section section;
    bool is_single;
    enum circle_role may; /* the least role that may write a single form, or begin an item; who
                                may write at all may change it, within enum field_hand */
    const char *cluster;  /* of an annex: the code of its cluster; else NULL */
    const struct field *fields;
    size_t field_count;
};

/* NULL: of a newer version. */
const struct form_row *form_find(uint64_t form);
const struct form_row *form_find_name(struct span name);

/* All, in the order of the printed record. */
size_t forms_all(const struct form_row **rows);

/* The sort of circle that the form stands in. */
enum circle_kind form_circle(const struct form_row *form);

/* NULL if the form has none of that number or name. */
const struct field *form_field(const struct form_row *form, uint64_t number);
const struct field *form_field_name(const struct form_row *form, struct span name);

/* Nobody replaces another's words there. */
bool field_is_each_ones(const struct field *field);

/* How many choices; the index of a word, or -1. */
size_t field_choice_count(const struct field *field);
int field_choice_find(const struct field *field, struct span word);

/* ---- Fields that rules ask for by number ---- */
enum facts_field {
    FACTS_CATEGORY,
    FACTS_CLUSTER,
    FACTS_AGE,
    FACTS_AGE_ON,
    FACTS_SEX,
    FACTS_SOURCE,
    FACTS_CONTACT_ON,
    FACTS_SUMMARY,
    FACTS_EDUCATION,
    FACTS_LIVES_WITH
};
enum duty_field { DUTY_PERSON, DUTY_AS };
enum duty { DUTY_SUPERVISOR, DUTY_CO_WORKER, DUTY_ADVISER, DUTY_NONE };
enum contract_field { CONTRACT_ON, CONTRACT_WITH, CONTRACT_AGREED };
enum problem_field { PROBLEM_WHAT, PROBLEM_SAID_BY, PROBLEM_SINCE, PROBLEM_STATE };
enum risk_field { RISK_LEVEL, RISK_REASON, RISK_ON };
enum risk_level { RISK_LOW, RISK_MEDIUM, RISK_HIGH, RISK_EMERGENCY };
enum goal_field { GOAL_WHAT, GOAL_BY, GOAL_STATE, GOAL_NOTE };
enum step_field { STEP_GOAL, STEP_WHAT, STEP_WHO, STEP_BY, STEP_STATE, STEP_DONE_ON, STEP_NOTE };
enum work_state { WORK_OPEN, WORK_DONE, WORK_DROPPED }; /* of goals, steps, problems */
enum aftercare_field { AFTERCARE_BY, AFTERCARE_DONE_ON, AFTERCARE_FOUND };
enum ending_field { ENDING_WHY, ENDING_CRITERION, ENDING_ON, ENDING_NOTE };
enum ending_why {
    ENDING_SELF_RELIANT,
    ENDING_HANDED_OVER,
    ENDING_MOVED,
    ENDING_REFUSED,
    ENDING_DIED,
    ENDING_OTHER
};
enum stage_field { STAGE_NOW };
enum stage {
    STAGE_INTAKE,
    STAGE_ASSESSMENT,
    STAGE_PLAN,
    STAGE_INTERVENTION,
    STAGE_EVALUATION,
    STAGE_TERMINATION,
    STAGE_AFTERCARE,
    STAGE_CLOSED
};
enum consent_field {
    CONSENT_BASIS,
    CONSENT_BY,
    CONSENT_RELATION,
    CONSENT_ON,
    CONSENT_PURPOSE,
    CONSENT_RECIPIENTS,
    CONSENT_UNTIL,
    CONSENT_PROOF,
    CONSENT_WHY,
    CONSENT_WITHDRAWN_ON,
    CONSENT_WITHDRAWN_BY,
    CONSENT_WITHDRAWN_WHY,
    CONSENT_ACTED_ON,
    CONSENT_AFTER /* the withdrawn consent that this one comes after */
};
/* With and without the guardian (Law 27/2022, articles 20 and 25; Law 35/2014, article 59). */
enum consent_basis {
    BASIS_GUARDIAN,
    BASIS_CLIENT,
    BASIS_GUARDIAN_ABSENT,
    BASIS_GUARDIAN_SUSPECTED,
    BASIS_VITAL_INTEREST,
    BASIS_LEGAL_DUTY
};
enum consent_recipients { RECIPIENTS_TEAM, RECIPIENTS_OFFICE, RECIPIENTS_PARTNERS, RECIPIENTS_ALL };
enum approval_field {
    APPROVAL_OF,
    APPROVAL_ASKED_ON,
    APPROVAL_STATE_HASH,
    APPROVAL_ANSWER,
    APPROVAL_WHY,
    APPROVAL_NOTE
};
enum approval_of { APPROVAL_ASSESSMENT, APPROVAL_PLAN, APPROVAL_ENDING };
enum approval_answer { ANSWER_APPROVED, ANSWER_RETURNED };
enum comment_field { COMMENT_ON_THING, COMMENT_ON_FORM, COMMENT_TEXT, COMMENT_SETTLED };
enum flag_field { FLAG_WHY, FLAG_CLEARED_WHY };
enum access_field {
    ACCESS_TO,
    ACCESS_WHY,
    ACCESS_UNTIL_MIN, /* since 1970 */
    ACCESS_GLASS,
    ACCESS_AS /* the duty by which it was opened; left out by who had none */
};
enum access_to { ACCESS_CASE, ACCESS_IDENTITY, ACCESS_REPORT };
enum handover_field {
    HANDOVER_TO,
    HANDOVER_WHY,
    HANDOVER_ANSWER,
    HANDOVER_ANSWER_WHY,
    HANDOVER_AFTER /* the hand-over by which the giver had the case; left out by who opened it */
};
enum handover_answer { HANDOVER_ACCEPTED, HANDOVER_DECLINED };
enum request_field {
    REQUEST_TO,
    REQUEST_CASE, /* the code of a case held by another */
    REQUEST_WHY,
    REQUEST_DECLINED_WHY
};

#endif
