/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cases as people use them; each writing function is one transaction.
 *
 * A case has a circle of its own.  Who opens it owns it; with whom it is shared may read from the
 * beginning and write entries, but not share it further.  Nobody is asked whether he takes a case:
 * it can be read at once, and whoever writes into it has accepted it by that (author_write). */
#ifndef REMBUK_STORE_CASES_H
#define REMBUK_STORE_CASES_H

#include "protocol/casework/case_record.h"
#include "protocol/casework/form.h"
#include "store/author.h"
#include "store/groups.h"

enum { CATEGORY_BYTES_MAX = 16 };

struct case_row {
    uint8_t circle[HASH_BYTES];
    int64_t number;
    char code[CASE_CODE_BYTES + 1]; /* "" while its record has not come */
    struct case_record record;      /* as told at the opening, or in a form since then */
    enum stage stage;
    char category[CATEGORY_BYTES_MAX + 1]; /* "" if not told */
    bool has_risk;
    enum risk_level risk; /* if has_risk */
    unsigned percent;     /* how complete it is */
    size_t conflicts, flags;
    size_t comments;         /* of others, that nobody has settled */
    bool is_returned;        /* what I asked approval for was returned, and not asked for again */
    bool asks_for_approval;  /* somebody asks me, who supervises it */
    bool asks_to_take_over;  /* it is handed over to me, and I have not answered */
    int64_t glass_ms;        /* of the newest opening of the identity part in an emergency that I am
                                 told of; 0: none */
    bool has_news_after_end; /* "ended, new note" */
    char due[DATE_BYTES + 1]; /* the earliest day to come or overdue; "": none */
    bool is_member;           /* false: one has left, or was taken out */
    uint8_t owner[HASH_BYTES];
    char owner_name[NAME_BYTES_MAX + 1];
    uint8_t opener[HASH_BYTES];      /* who opened it; zeros while its record has not come */
    uint8_t responsible[HASH_BYTES]; /* the owner, or whom the case was handed over to */
    char responsible_name[NAME_BYTES_MAX + 1];
    size_t members; /* in the team, oneself included */
    bool is_taken;  /* one owns it, or has written into it */
    size_t waiting; /* what waits for a manager, of those that one belongs to */
    size_t entries;
    size_t unread;   /* entries and items never shown here, one's own left out */
    int64_t last_ms; /* of the newest entry, or of the record; 0: neither is here */
};

struct entry_row {
    uint8_t ref[REF_BYTES];
    int64_t case_number, number; /* shown as 12.3 */
    char case_code[CASE_CODE_BYTES + 1];
    uint8_t author[HASH_BYTES];
    char author_name[NAME_BYTES_MAX + 1];
    struct entry entry; /* borrowed during the call of `each` */
    int64_t time_ms;
    bool odd_time;
    bool delivered; /* written by others, or durable at somebody's node (posts: POST_DELIVERED) */
};

/* `record.area` and `record.year` are filled here, from one's own area and `now_ms`; the rest must
 * be valid (RB_MALFORMED). */
enum rb_status case_new(struct store *store, const struct case_record *record, int64_t now_ms,
                        uint8_t circle[static HASH_BYTES]) RB_MUST_CHECK;

/* The cases that one belongs to and whose record is here, by number; `all`: also the others. */
enum rb_status case_each(struct store *store, bool all,
                         bool (*each)(void *context, const struct case_row *), void *context)
    RB_MUST_CHECK;
enum rb_status case_get(struct store *store, const uint8_t circle[static HASH_BYTES],
                        struct case_row *row) RB_MUST_CHECK;

/* A case of that code to which that person belongs, as far as is known here; RB_NOT_FOUND. */
enum rb_status case_of_code(struct store *store, struct span code,
                            const uint8_t person[static HASH_BYTES],
                            uint8_t circle[static HASH_BYTES]) RB_MUST_CHECK;

/* The people of a case, senior first. */
enum rb_status case_people(struct store *store, const uint8_t circle[static HASH_BYTES],
                           bool (*each)(void *context, const struct group_person *), void *context)
    RB_MUST_CHECK;

/* Whether one may share it with that contact, in this order: RB_NOT_FOUND (no such case),
 * RB_NOT_MEMBER, RB_REFUSED (one is not the owner or a manager), RB_EXISTS (he belongs to the
 * team), RB_NOT_FOUND (no such contact), RB_UNSAFE (the contact is not verified). */
enum rb_status case_check_share(struct store *store, const uint8_t circle[static HASH_BYTES],
                                const uint8_t person[static HASH_BYTES]) RB_MUST_CHECK;

/* Checks as above, then gives him the role of a writer and the keys. */
enum rb_status case_share(struct store *store, const uint8_t circle[static HASH_BYTES],
                          const uint8_t person[static HASH_BYTES], int64_t now_ms) RB_MUST_CHECK;

/* Of all below: RB_NOT_FOUND, or RB_NOT_MEMBER if one belongs to the case no more.
 *
 * Entries in the order of (hlc, ref), one with an odd time where it arrived; gives numbers to
 * entries seen for the first time. */
enum rb_status case_entries(struct store *store, const uint8_t circle[static HASH_BYTES],
                            bool (*each)(void *context, const struct entry_row *), void *context)
    RB_MUST_CHECK;

/* Gives numbers to all entries and items that have none: they are about to be shown; and who writes
 * into a case has it before him, so that a number is never missing for what was written
 * (docs/decisions/004). */
enum rb_status case_seen(struct store *store, const uint8_t circle[static HASH_BYTES])
    RB_MUST_CHECK;

/* RB_MALFORMED, RB_TOO_LARGE: of entry_check. */
enum rb_status case_note_entry(struct store *store, const uint8_t circle[static HASH_BYTES],
                               const struct entry *entry, int64_t now_ms,
                               uint8_t ref[static REF_BYTES]) RB_MUST_CHECK;

/* The same of a text alone. */
enum rb_status case_note(struct store *store, const uint8_t circle[static HASH_BYTES],
                         struct span text, int64_t now_ms, uint8_t ref[static REF_BYTES])
    RB_MUST_CHECK;
enum rb_status entry_get(struct store *store, const uint8_t ref[static REF_BYTES],
                         struct entry_row *row /* without text */) RB_MUST_CHECK;

/* The case that an entry stands in; RB_NOT_FOUND. */
enum rb_status entry_case(struct store *store, const uint8_t ref[static REF_BYTES],
                          uint8_t circle[static HASH_BYTES]) RB_MUST_CHECK;

/* The same with its text.  Both give it its number. */
enum rb_status entry_show_one(struct store *store, const uint8_t ref[static REF_BYTES],
                              bool (*each)(void *context, const struct entry_row *), void *context)
    RB_MUST_CHECK;

/* ---- Inside the store layer ---- */

/* Gives a number to an entry by the row of its event, and to its case.  `*is_new`: it had none.
 * RB_NOT_FOUND: it may not be shown. */
enum rb_status entry_number_arrived(struct store *store, int64_t rcv, bool *is_new) RB_MUST_CHECK;

#endif
