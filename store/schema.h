/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Numbered migrations: appended, never edited.  Enduring tables first, views second. */
#ifndef REMBUK_STORE_SCHEMA_H
#define REMBUK_STORE_SCHEMA_H

#include <stddef.h>
#include <stdint.h>

enum { SCHEMA_APPLICATION_ID = 0x524B4231 }; /* "RKB1" */

/* migrations[v] takes a store of user_version v to v + 1, and sets that at its end. */
extern const char *const schema_migrations[];
extern const int schema_version; /* what this program writes and reads */

/* After migrations: an older version may have passed over events of kinds that it did not know, so
 * the views are to be made again (store_open) until they are. */
extern const char *const schema_views_are_stale;
extern const char *const schema_views_are_made;

/* Empties every view, in an order that foreign keys allow (views_rebuild). */
extern const char *const schema_empty_views;

#endif
