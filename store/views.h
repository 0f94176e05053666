/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The views of content: one row per kind, saying which function projects its events into which
 * tables, and which empties them again.  Adding a kind is one file view_X.c and one row in views.c.
 *
 * A projecting function gets events in any order, each once, and leaves the same rows whatever the
 * order was.  It trusts the form of the payload: kind_judge has checked it. */
#ifndef REMBUK_STORE_VIEWS_H
#define REMBUK_STORE_VIEWS_H

#include "protocol/casework/kinds.h"
#include "store/store.h"

struct view_event {
    int64_t circle, log;      /* rows */
    const uint8_t *circle_id; /* HASH_BYTES, borrowed */
    int64_t rcv;
    uint64_t seq;
    uint8_t ref[REF_BYTES];
    uint8_t person[HASH_BYTES]; /* the author */
    const struct payload *payload;
    bool odd_time;      /* its clock was far ahead at arrival, or before its circle began */
    bool before_circle; /* the second of these */
    bool again;         /* views are being made again: this is no news */
};

/* A kind without a row here is shown nowhere yet: RB_OK. */
enum rb_status views_project(struct store *store, const struct view_event *event) RB_MUST_CHECK;

/* Empties the content views of one circle. */
enum rb_status views_forget(struct store *store, int64_t circle) RB_MUST_CHECK;

/* ---- view_name.c: the name of a circle, in circle_view ---- */

/* Of all names given, the one with the least (hlc, ref) counts that claims to be no older than the
 * circle itself: otherwise whoever dates his back far enough would name it.  `*counts`: it is
 * this one, so far. */
enum rb_status view_name_offer(struct store *store, const struct view_event *event,
                               struct span name, bool *counts) RB_MUST_CHECK;
enum rb_status view_name_forget(struct store *store, int64_t circle) RB_MUST_CHECK;

/* ---- view_group.c ---- */
enum rb_status view_group_project(struct store *store, const struct view_event *event)
    RB_MUST_CHECK;
enum rb_status view_group_forget(struct store *store, int64_t circle) RB_MUST_CHECK;

/* ---- view_thread.c ---- */
enum rb_status view_thread_project(struct store *store, const struct view_event *event)
    RB_MUST_CHECK;
enum rb_status view_thread_forget(struct store *store, int64_t circle) RB_MUST_CHECK;
enum rb_status view_post_project(struct store *store, const struct view_event *event) RB_MUST_CHECK;
enum rb_status view_post_forget(struct store *store, int64_t circle) RB_MUST_CHECK;

/* ---- view_change.c: what becomes of posts ---- */
enum rb_status view_edit_project(struct store *store, const struct view_event *event) RB_MUST_CHECK;
enum rb_status view_edit_forget(struct store *store, int64_t circle) RB_MUST_CHECK;
enum rb_status view_retract_project(struct store *store, const struct view_event *event)
    RB_MUST_CHECK;
enum rb_status view_retract_forget(struct store *store, int64_t circle) RB_MUST_CHECK;

/* ---- view_case.c ---- */
enum rb_status view_case_project(struct store *store, const struct view_event *event) RB_MUST_CHECK;
enum rb_status view_case_forget(struct store *store, int64_t circle) RB_MUST_CHECK;
enum rb_status view_entry_project(struct store *store, const struct view_event *event)
    RB_MUST_CHECK;
enum rb_status view_entry_forget(struct store *store, int64_t circle) RB_MUST_CHECK;

/* ---- view_record.c ---- */
enum rb_status view_record_project(struct store *store, const struct view_event *event)
    RB_MUST_CHECK;
enum rb_status view_record_forget(struct store *store, int64_t circle) RB_MUST_CHECK;

/* ---- view_contact.c: what stands in own circles (own.h) ---- */
enum rb_status view_contact_project(struct store *store, const struct view_event *event)
    RB_MUST_CHECK;
enum rb_status view_contact_forget(struct store *store, int64_t circle) RB_MUST_CHECK;

/* ---- view_roster.c ---- */
enum rb_status view_roster_project(struct store *store, const struct view_event *event)
    RB_MUST_CHECK;
enum rb_status view_roster_forget(struct store *store, int64_t circle) RB_MUST_CHECK;

#endif
