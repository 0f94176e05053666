/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From sealed events to views.  Whatever comes into the log, from a peer or from oneself, goes
 * through here, so that the views of one event never depend on where it came from.
 *
 *     key body ───────> an own seal opens: the key is kept           as soon as it arrives
 *     control events ─> certificates, wrapped keys, authors,         opening_settle, until nothing
 *                       operations -> members                        new comes out of any of them
 *     content ────────> judged at its author's ctl -> views          at once if nothing is missing,
 *                       or quarantined until a manager adopts it     else in opening_settle
 *
 * Why the result does not depend on the order of arrival:
 *  1. Operations of a log are taken in order; one that waits holds up those after it, and all
 *     content after it.  So an author's own earlier operations are known when he is judged.
 *  2. Content is judged by operations that it names, all of which must be here.
 *  3. What waits is tried again whenever its circle got a key, an operation, an author or a body.
 *
 * One circle and one log are kept in hand, so that a run of events costs no look-ups per event.
 * Inside the store layer; all of it in the transaction of the caller. */
#ifndef REMBUK_STORE_OPENING_H
#define REMBUK_STORE_OPENING_H

#include "store/members.h"
#include "store/rows.h"

/* How an author's role was judged last: most events of a run name the same operations.  Who may
 * write at a place may at every place before it, so that two answers hold for all between them. */
struct judgement {
    bool valid;
    uint8_t refs[DEPS_MAX + 1][REF_BYTES]; /* ctl, and his own operation before the event */
    size_t ref_count;
    uint64_t from, upto; /* the places for which it holds */
    enum rb_status status;
    enum circle_role role;
};

/* How far the log is known to be adopted by managers; what is adopted is adopted from the beginning
 * on. */
struct adoption {
    bool valid;
    uint64_t upto; /* this event and all before it */
    uint64_t from; /* not this one, nor any after it */
};

/* The log in hand. */
struct open_log {
    struct log_row row; /* id 0: none, or not stored yet */
    struct log_author author;
    struct operation_place *operations; /* owned, by seq */
    size_t operation_count;
    uint64_t control_waits; /* seq of the first control event that waits, or UINT64_MAX */
    uint64_t next_adopted;  /* the first place above the head that an ADOPT names, or UINT64_MAX */
    struct judgement judgement;
    struct adoption adoption;
};

/* What has come of a circle since it was settled last. */
struct arrivals {
    uint8_t circle[HASH_BYTES];
    bool control;       /* control events that wait */
    bool material;      /* keys, or bodies: all that waits may be ready */
    bool rejudge;       /* a fork was proven, or an adopted head came: content is judged again */
    bool settled_early; /* in the middle of the batch (admission.c); once is enough */
};

/* Where the last runs of some logs began: what is pushed to peers begins there too, and needs the H
 * before it. */
struct run_start {
    int64_t log;
    uint64_t first;
    uint8_t before[HASH_BYTES]; /* H_{first-1} */
};

enum { RUN_STARTS = 8 };

/* Folding a circle takes a while: the last ones are kept folded, of which one alone or all together
 * have at most CIRCLE_OPERATIONS_MAX operations. */
struct kept_members {
    int64_t circle; /* circle_row.id; 0: none */
    struct members members;
};

enum { KEPT_MEMBERS = 8 };

struct opening {
    struct store *store;
    int64_t now_ms;           /* of this arrival; merges the clocks of others into ours */
    int64_t rcv, rcv_saved;   /* the last arrival number given and stored; 0: not loaded */
    struct circle_row circle; /* in hand; id 0: none */
    struct members members;   /* of that circle */
    struct kept_members kept[KEPT_MEMBERS]; /* of others; a ring */
    size_t next_kept;
    struct open_log log;                /* in hand */
    bool settling;                      /* opening_settle is at work */
    bool again;                         /* content that was judged before is judged again, */
    int64_t first_time[NEWS_POSTS_MAX]; /* but for the newest of what had waited: their rcv */
    size_t first_time_count;
    bool contacts_due;         /* records about contacts came since own_contacts_take, */
    bool contacts_again;       /* or those of before were judged anew */
    struct writer payload;     /* of the event being opened */
    struct arrivals *arrivals; /* owned */
    size_t arrival_count;
    struct run_start starts[RUN_STARTS]; /* a ring */
    size_t next_start;
};

/* The one of this store, made at first use; never NULL. */
struct opening *opening_of(struct store *store);
void opening_destroy(struct opening **opening); /* wipes; a pointer to NULL is fine */

/* Drops everything cached: after a roll-back.  NULL is fine. */
void opening_forget(struct opening *opening);

/* ---- Arrival numbers ---- */
enum rb_status opening_next_rcv(struct opening *opening, int64_t *rcv) RB_MUST_CHECK;
enum rb_status opening_save_rcv(struct opening *opening) RB_MUST_CHECK; /* before a commit */

/* ---- In hand ---- */
enum rb_status opening_take_circle(struct opening *opening, const uint8_t circle[static HASH_BYTES])
    RB_MUST_CHECK;

/* A log of the circle in hand, stored or new. */
enum rb_status opening_take_log(struct opening *opening, const struct log_row *row) RB_MUST_CHECK;

/* The members of the circle in hand, folded. */
enum rb_status opening_members(struct opening *opening) RB_MUST_CHECK;

/* What has come for the circle in hand; valid until the next call. */
struct arrivals *opening_arrivals(struct opening *opening);

/* ---- Beginnings of runs ---- */
void opening_note_start(struct opening *opening, int64_t log, uint64_t first,
                        const uint8_t before[static HASH_BYTES]);

/* H_{first-1}, or NULL if no late run of that log began there. */
const uint8_t *opening_find_start(const struct opening *opening, int64_t log, uint64_t first);

/* ---- Events of the log in hand ---- */
struct sealed {
    const struct event_row *row;
    const uint8_t *previous; /* H_{seq-1} */
    const uint8_t *hash;     /* H_seq */
};

/* Decrypts and decodes; `payload` borrows from opening->payload.  RB_NO_KEY (also if it opens under
 * none of those that are held), RB_MALFORMED, RB_UNKNOWN (a newer codec), or what db_failed
 * tells. */
enum rb_status opening_decrypt(struct opening *opening, const struct sealed *sealed,
                               struct payload *payload) RB_MUST_CHECK;

/* Opens, judges and projects an event of content, if nothing is missing for it.  Its author may
 * have been removed, or its log may have two histories: then it is quarantined, until an ADOPT that
 * counts covers it. */
enum rb_status opening_content(struct opening *opening, const struct sealed *sealed,
                               enum event_state *state) RB_MUST_CHECK;

/* Opens what can be opened of the circle in hand after what has come, until nothing new comes
 * out. */
enum rb_status opening_settle(struct opening *opening) RB_MUST_CHECK;

/* Settles every circle for which something has come. */
enum rb_status opening_settle_all(struct opening *opening) RB_MUST_CHECK;

#endif
