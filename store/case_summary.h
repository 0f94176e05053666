/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lists show of a case, kept in one row so that no list folds thousands of records.  The row
 * is made from the record when a list asks, and thrown away when that changes.  Nothing in it
 * depends on the day: what is overdue is decided by whoever reads it.  Inside the store layer. */
#ifndef REMBUK_STORE_CASE_SUMMARY_H
#define REMBUK_STORE_CASE_SUMMARY_H

#include "store/store.h"

/* Makes the rows that are missing: of one case, or of all (circle NULL).  Outside of a transaction
 * it has one of its own, if any is missing. */
enum rb_status case_summaries_make(struct store *store, const uint8_t *circle) RB_MUST_CHECK;

/* The record of that circle, its entries or its people have changed. */
enum rb_status case_summary_forget(struct store *store, int64_t circle) RB_MUST_CHECK;

#endif
