/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the open transaction has changed: told to the observer after its commit, forgotten if it is
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

/* All zeros is empty. */
struct notes {
    struct stored_note *stored;
    struct members_note *members;
    size_t stored_count, members_count;
};

/* Runs of one log that touch become one note. */
void notes_add_stored(struct notes *notes, const uint8_t circle[static HASH_BYTES],
                      const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last);

/* Each circle once. */
void notes_add_members(struct notes *notes, const uint8_t circle[static HASH_BYTES]);

/* In the order of adding; all of what was stored first. */
void notes_tell(const struct notes *notes, const struct store_observer *observer);

/* Frees; the notes are empty and usable again. */
void notes_clear(struct notes *notes);

#endif
