/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether two cases may be about the same person (F13), by what their identity parts and facts
 * tell.  It is a guess that warns and decides nothing:
 *
 *   no      if both tell a sex and it differs, or if their ages differ by more than a year
 *   yes     if the NIK is the same; or
 *           if the day of birth is the same and a word of the names is alike; or
 *           if the names are alike (every word of the shorter one is in the other one), and the
 *           village or the place of birth is the same, or one of both tells neither
 *
 * Words are alike as people write names: letter case, doubled letters and the old spelling (oe, dj,
 * tj, nj, sj, ch) do not count, every short form of Muhammad is the same, and words of five letters
 * and more may differ in one.  A nickname counts as a word of the name. */
#ifndef REMBUK_CASEWORK_DUPLICATE_H
#define REMBUK_CASEWORK_DUPLICATE_H

#include "protocol/casework/case_record.h"
#include "protocol/casework/record.h"

enum identity_field {
    IDENTITY_NAME,
    IDENTITY_NICKNAME,
    IDENTITY_BORN_ON,
    IDENTITY_BORN_IN,
    IDENTITY_NATIONAL_ID,
    IDENTITY_ADDRESS,
    IDENTITY_VILLAGE
};

/* What is compared; empty spans: not told. */
struct likeness {
    struct span name, nickname, born_on, born_in, national_id, village;
    enum case_sex sex;
    bool has_age;
    int32_t born_from, born_until; /* if it has an age: days of date_days */
};

/* Borrows from both. */
struct likeness likeness_of(const struct record *identity, const struct case_record *facts);

/* Why they may be the same; 0: they are not taken for it. */
enum duplicate_why {
    DUPLICATE_NAME = 1,
    DUPLICATE_BORN_ON = 2,
    DUPLICATE_PLACE = 4,
    DUPLICATE_NATIONAL_ID = 8
};
unsigned duplicate_look(const struct likeness *a, const struct likeness *b);

#endif
