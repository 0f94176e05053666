/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/notes.h"

#include "store/cases.h"
#include "store/post_row.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool touches(const struct stored_note *note, const uint8_t log[static LOG_PK_BYTES],
                    uint64_t first, uint64_t last) {
    return memcmp(note->log, log, LOG_PK_BYTES) == 0 && first <= note->last + 1 &&
           note->first <= last + 1;
}

/* Inserts are grouped by log, so the note to join stands at or near the end. */
void notes_add_stored(struct notes *notes, const uint8_t circle[static HASH_BYTES],
                      const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last) {
    assert(first <= last);

    for (size_t i = notes->stored_count; i > 0; i--) {
        struct stored_note *note = &notes->stored[i - 1];
        if (touches(note, log, first, last)) {
            note->first = first < note->first ? first : note->first;
            note->last = last > note->last ? last : note->last;
            return;
        }
    }
    notes->stored = rb_realloc(notes->stored, notes->stored_count + 1, sizeof *notes->stored);
    struct stored_note *note = &notes->stored[notes->stored_count++];
    memcpy(note->circle, circle, sizeof note->circle);
    memcpy(note->log, log, sizeof note->log);
    note->first = first;
    note->last = last;
}

static void circle_add(struct circle_note **circles, size_t *count,
                       const uint8_t circle[static HASH_BYTES]) {
    for (size_t i = 0; i < *count; i++) {
        if (memcmp((*circles)[i].circle, circle, HASH_BYTES) == 0) {
            return;
        }
    }
    *circles = rb_realloc(*circles, *count + 1, sizeof **circles);
    memcpy((*circles)[*count].circle, circle, HASH_BYTES);
    (*count)++;
}

void notes_add_cut(struct notes *notes, const uint8_t circle[static HASH_BYTES]) {
    circle_add(&notes->cut, &notes->cut_count, circle);
}

void notes_add_members(struct notes *notes, const uint8_t circle[static HASH_BYTES]) {
    circle_add(&notes->members, &notes->members_count, circle);
}

void notes_add_answered(struct notes *notes, int64_t number) {
    notes->answered =
        rb_realloc(notes->answered, notes->answered_count + 1, sizeof *notes->answered);
    notes->answered[notes->answered_count++] = number;
}

static bool is_writing(const struct shown_note *note) {
    return note->type == KIND_POST || note->type == KIND_ENTRY;
}

void notes_add_shown(struct notes *notes, const struct shown_note *shown) {
    size_t others = notes->shown_count - notes->posts;

    if (is_writing(shown) ? notes->posts == NEWS_POSTS_MAX : others == NOTES_PLACES_MAX) {
        notes->more++;
        return;
    }
    if (notes->shown_count == notes->shown_room) {
        notes->shown_room = 2 * notes->shown_room + 16;
        notes->shown = rb_realloc(notes->shown, notes->shown_room, sizeof *notes->shown);
    }
    notes->posts += is_writing(shown);
    notes->shown[notes->shown_count++] = *shown;
}

/* RB_NOT_FOUND: nobody may be shown it. */
static enum rb_status writing_number(const struct shown_note *note, struct store *store,
                                     size_t *left) {
    bool is_new = false;

    enum rb_status status = note->type == KIND_POST
                                ? post_number_arrived(store, note->rcv, &is_new)
                                : entry_number_arrived(store, note->rcv, &is_new);
    *left -= is_new;
    return status;
}

enum rb_status notes_number(struct notes *notes, struct store *store, size_t *left) {
    enum rb_status status = RB_OK;
    size_t kept = 0;

    for (size_t i = 0; i < notes->shown_count; i++) {
        const struct shown_note *note = &notes->shown[i];
        if (is_writing(note) && *left == 0) {
            notes->more++;
            continue;
        }
        status = is_writing(note) ? writing_number(note, store, left) : RB_OK;
        if (status != RB_OK && status != RB_NOT_FOUND) {
            return status;
        }
        if (status == RB_OK) {
            notes->shown[kept++] = *note;
        }
    }
    notes->shown_count = kept;
    return RB_OK;
}

static void tell_shown(const struct notes *notes, const struct store_observer *observer) {
    for (size_t i = 0; i < notes->shown_count && observer->shown != NULL; i++) {
        const struct shown_note *note = &notes->shown[i];
        observer->shown(observer->context, note->type, note->circle, note->ref);
    }
    if (notes->more > 0 && observer->more != NULL) {
        observer->more(observer->context, notes->more);
    }
}

void notes_tell(const struct notes *notes, const struct store_observer *observer) {
    for (size_t i = 0; i < notes->stored_count && observer->stored != NULL; i++) {
        const struct stored_note *note = &notes->stored[i];
        observer->stored(observer->context, note->circle, note->log, note->first, note->last);
    }
    for (size_t i = 0; i < notes->cut_count && observer->cut != NULL; i++) {
        observer->cut(observer->context, notes->cut[i].circle);
    }
    for (size_t i = 0; i < notes->members_count && observer->members != NULL; i++) {
        observer->members(observer->context, notes->members[i].circle);
    }
    tell_shown(notes, observer);
    for (size_t i = 0; i < notes->answered_count && observer->answered != NULL; i++) {
        observer->answered(observer->context, notes->answered[i]);
    }
    if (notes->contacts && observer->contacts != NULL) {
        observer->contacts(observer->context);
    }
}

void notes_clear(struct notes *notes) {
    free(notes->stored);
    free(notes->cut);
    free(notes->members);
    free(notes->shown);
    free(notes->answered);
    *notes = (struct notes) { 0 };
}
