/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record with which a case was opened, out of a row.  Inside the store layer. */
#ifndef REMBUK_STORE_CASE_ROW_H
#define REMBUK_STORE_CASE_ROW_H

#include "protocol/casework/case_record.h"
#include "store/db.h"

/* Columns from `at` on: area, year, cluster, age, age_unit, age_on, sex.  NULLs are as an empty
 * record. */
void case_record_read(struct db_row *query, int at, struct case_record *record);

#endif
