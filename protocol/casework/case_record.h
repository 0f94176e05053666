/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The case record (kasus), first form.  A case is a circle of its own; nothing in it names the
 * client.
 *   CASE  body = map { 0 area, 1 year, 2 cluster, 3 age, 4 age unit, 5 age date, 6 sex }
 *         refs: none
 *         area: four digits, "0000" if unknown; year of opening: both of the case code (area.h).
 *         cluster, sex: left out if not told.  3, 4 and 5 stand together or not at all.
 *         age unit: 0 years, 1 months.  age date: the day on which the age was true, "YYYY-MM-DD".
 *   ENTRY body = map { 0 text, 1 sort, 2 day, 3 outcome, 4 next step, 5 its day }
 *         refs: none
 *         1 to 5 are left out if they are not told; 5 only with 4.
 * The CASE that counts is the one with the least (hlc, ref) that claims to be no older than its
 * circle.  An entry is never changed: a correction is a new entry. */
#ifndef REMBUK_CASEWORK_CASE_RECORD_H
#define REMBUK_CASEWORK_CASE_RECORD_H

#include "protocol/casework/area.h"
#include "protocol/casework/calendar.h"
#include "protocol/casework/kinds.h"

enum { CASE_AREA_BYTES = 4 };

/* Highest ages that are taken: F11 warns above 18 years, and a record may also be of an adult. */
enum { CASE_AGE_YEARS_MAX = 120, CASE_AGE_MONTHS_MAX = 60 };

enum age_unit { AGE_YEARS = 0, AGE_MONTHS = 1 };
enum case_sex { SEX_UNKNOWN = 0, SEX_MALE = 1, SEX_FEMALE = 2 }; /* L, P */

struct case_record {
    char area[CASE_AREA_BYTES + 1];
    unsigned year;
    char cluster[CLUSTER_BYTES_MAX + 1]; /* one of cluster_check, "" if not told */
    bool has_age;
    unsigned age;
    enum age_unit age_unit;
    char age_on[DATE_BYTES + 1]; /* "" without an age */
    enum case_sex sex;
};

/* The year of date_at. */
unsigned case_year_at(int64_t now_ms);

/* The area that a case has from its opener's region, which is digits of area_parse or "". */
void case_area(char out[static CASE_AREA_BYTES + 1], struct span region);

void case_record_encode(struct writer *out, const struct case_record *record);

/* RB_MALFORMED; RB_UNKNOWN: a cluster of a newer version (cluster_check). */
enum rb_status case_record_decode(struct span body, struct case_record *record) RB_MUST_CHECK;

/* What it was (F5). */
enum entry_sort {
    ENTRY_PLAIN,
    ENTRY_VISIT,
    ENTRY_CALL,
    ENTRY_OBSERVATION,
    ENTRY_SERVICE,
    ENTRY_AID
};

struct entry {
    struct span text; /* 1 to TEXT_BYTES_MAX bytes of UTF-8 without NUL */
    enum entry_sort sort;
    struct span on;      /* the day on which it was, "YYYY-MM-DD"; empty: not told, as all below */
    struct span outcome; /* 1 to FIELD_TEXT_BYTES_MAX bytes, as the text */
    struct span next_step; /* the same */
    struct span next_by;   /* a day: until when */
};

/* Whether it tells anything beside its text. */
bool entry_tells_more(const struct entry *entry);

/* As from somebody who types: RB_MALFORMED, RB_TOO_LARGE. */
enum rb_status entry_check(const struct entry *entry) RB_MUST_CHECK;
void entry_encode(struct writer *out, const struct entry *entry);
enum rb_status entry_decode(struct span body, struct entry *entry) RB_MUST_CHECK;

#endif
