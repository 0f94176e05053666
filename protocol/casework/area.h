/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Codes that stand in for places and cases (docs/protocol.md, 9).
 *
 * Area code: the home ministry's code of 2 (province), 4 (kabupaten or kota), 6 (kecamatan) or 10
 * digits (desa, kelurahan); dots between the levels are optional when typed and never stored.
 *
 * Case code: AREA4-YY-XXXX, e.g. 3273-24-K7QD: the first four digits of the opener's area (his
 * province and "00" if he gave no more, "0000" if none), the last two digits of the year of
 * opening, and four base32 characters (upper case) of the case circle's identifier.  It never tells
 * the cluster. */
#ifndef REMBUK_CASEWORK_AREA_H
#define REMBUK_CASEWORK_AREA_H

#include "protocol/credential.h"

enum { CASE_CODE_BYTES = 12 };

/* Appends the 2, 4, 6 or 10 digits of a typed code such as "32.73.04.1002"; RB_MALFORMED otherwise.
 * Dots, where there are any, stand between levels only: 32.73.04.1002. */
enum rb_status area_parse(struct span typed, struct writer *digits) RB_MUST_CHECK;

/* `area` is digits of area_parse or empty; `year` of the Gregorian calendar. */
void case_code(char out[static CASE_CODE_BYTES + 1], struct span area, unsigned year,
               const uint8_t circle_id[static HASH_BYTES]);

#endif
