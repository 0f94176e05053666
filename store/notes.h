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

struct circle_note {
    uint8_t circle[HASH_BYTES];
};

/* All zeros is empty. */
struct notes {
    struct stored_note *stored;
    struct circle_note *cut, *members;
    struct shown_note *shown;
    int64_t *answered; /* numbers of invitations */
    size_t stored_count, cut_count, members_count, shown_count, shown_room, answered_count;
    size_t posts;  /* of `shown`: posts and entries */
    uint64_t more; /* what is not in `shown` */
    bool contacts;
};

/* Runs of one log that touch become one note. */
void notes_add_stored(struct notes *notes, const uint8_t circle[static HASH_BYTES],
                      const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last);

/* Each circle once. */
void notes_add_cut(struct notes *notes, const uint8_t circle[static HASH_BYTES]);
void notes_add_members(struct notes *notes, const uint8_t circle[static HASH_BYTES]);

void notes_add_answered(struct notes *notes, int64_t number);

/* The first NEWS_POSTS_MAX posts and entries, and whatever else there is, since that is little; the
 * others are only counted. */
enum { NOTES_PLACES_MAX = 4096 };
void notes_add_shown(struct notes *notes, const struct shown_note *shown);

/* Before the commit: numbers for posts and entries that may be shown and have none, `*left` at
 * most, which becomes less by them.  Those that may not be shown are dropped, those beyond are only
 * counted.  What has failed is to be undone. */
enum rb_status notes_number(struct notes *notes, struct store *store, size_t *left) RB_MUST_CHECK;

/* In the order of adding; all of what was stored first, then cuts, members, what is shown, how much
 * more, answers, and contacts. */
void notes_tell(const struct notes *notes, const struct store_observer *observer);

/* Frees; the notes are empty and usable again. */
void notes_clear(struct notes *notes);

#endif
