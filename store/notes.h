/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the open transaction has changed: told to the observers after its commit, forgotten if it is
 * undone. */
#ifndef REMBUK_STORE_NOTES_H
#define REMBUK_STORE_NOTES_H

#include "store/store.h"

struct stored_note {
    uint8_t circle[HASH_BYTES];
    uint8_t log[LOG_PK_BYTES];
    uint64_t first, last;
};

struct members_note {
    uint8_t circle[HASH_BYTES];
};

struct shown_note {
    uint64_t type;
    uint8_t circle[HASH_BYTES];
    uint8_t ref[REF_BYTES];
};

/* All zeros is empty. */
struct notes {
    struct stored_note *stored;
    struct members_note *members;
    struct shown_note *shown; /* room for NEWS_POSTS_MAX */
    size_t stored_count, members_count, shown_count;
    uint64_t more; /* what `shown` had no room for */
};

/* Runs of one log that touch become one note. */
void notes_add_stored(struct notes *notes, const uint8_t circle[static HASH_BYTES],
                      const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last);

/* Each circle once. */
void notes_add_members(struct notes *notes, const uint8_t circle[static HASH_BYTES]);

/* The first NEWS_POSTS_MAX; the others are only counted. */
void notes_add_shown(struct notes *notes, uint64_t type, const uint8_t circle[static HASH_BYTES],
                     const uint8_t ref[static REF_BYTES]);

/* In the order of adding; all of what was stored first, then members, what is shown, and how much
 * more. */
void notes_tell(const struct notes *notes, const struct store_observer *observer);

/* Before the commit: what is to be shown.  Ends at the first failure. */
enum rb_status notes_show(const struct notes *notes, const struct store_observer *observer)
    RB_MUST_CHECK;

/* Frees; the notes are empty and usable again. */
void notes_clear(struct notes *notes);

#endif
