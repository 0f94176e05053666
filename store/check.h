/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks through a whole open store, a little at a time, while it goes on being used.
 *
 *   state     does, in check_step                                              then
 *   settles   copies the WAL into the database file                            -> pages
 *   pages     reads and authenticates every page, CHECK_SLICE_PAGES a step     -> tables
 *   tables    SQLite's integrity_check of one table and its indexes a step     -> search
 *   search    FTS5's check of the search index; if nothing else is wrong, an
 *             index that is, is emptied: it is a view, and is made again       -> ended
 *
 * A transaction that is open (a batch that is being received) is waited for: the step then does
 * nothing.  Damage never stops it before the end, but for a WAL that cannot be copied.  The tables
 * are checked one by one, since SQLite checks a whole database in one piece: so the list of free
 * pages is not looked at, only the pages on it are.
 * SQLite cannot be stopped within a table, nor FTS5 within its index: these steps grow with the
 * store (40,000 posts, 74 MB: 0.3 s and 0.6 s), all others do not.
 *
 * A plain value: nothing to free. */
#ifndef REMBUK_STORE_CHECK_H
#define REMBUK_STORE_CHECK_H

#include "store/store.h"

enum { CHECK_SLICE_PAGES = 4096 };

enum check_state { CHECK_SETTLES, CHECK_PAGES, CHECK_TABLES, CHECK_SEARCH, CHECK_ENDED };

struct check {
    enum check_state state;
    uint64_t done, total; /* of what the state does: pages, tables */

    /* The result, when it has ended. */
    uint64_t pages, tables; /* that were looked at */
    uint64_t damaged_pages;
    struct damage damage;    /* the first, if a file is damaged */
    bool records_unsound;    /* in a table that is not of the search index */
    bool search_unsound;     /* in the index, */
    bool search_was_emptied; /* and it could be emptied, so that now it is sound */
};

/* An all-zero struct is the same. */
void check_begin(struct check *check);

/* What the disk says but for damage: RB_STORAGE, RB_FULL; then the check has failed. */
enum rb_status check_step(struct check *check, struct store *store) RB_MUST_CHECK;

/* After the end.  Nothing is wrong, or not any more. */
bool check_is_sound(const struct check *check);

/* Nothing but the search index is wrong, which can be made again. */
bool check_only_search(const struct check *check);

#endif
