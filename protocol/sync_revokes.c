/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Revocations that go by themselves: one REVOKES at a time is unconfirmed in each direction, the
 * first goes before anything that is said of circles, and each further one before any run. */
#include "protocol/sync_internal.h"

#include <assert.h>

/* ---- Out ---- */

void sync_revokes(struct sync *sync, uint64_t got, uint64_t upto) {
    struct sync_revokes *revokes = &sync->revokes;

    if (sync->state != STATE_OPEN) {
        return;
    }
    if (!revokes->begun) {
        revokes->begun = true;
        revokes->sent = got <= upto ? got : 0; /* Else our places are not those he spoke of. */
    }
    revokes->ours = upto > revokes->ours ? upto : revokes->ours;
}

static bool are_due(const struct sync_revokes *revokes) {
    return !revokes->refused && (revokes->ours > revokes->sent || revokes->wanted);
}

/* What the peer takes in one session is bounded, too: the rest goes in the next one. */
static void given_add(struct sync_revokes *revokes, size_t count) {
    revokes->given += count > 0 ? count : 1;
    if (revokes->given > REVOKES_SESSION_MAX - 2 * REVOKES_ITEMS_MAX) {
        revokes->refused = true;
    }
}

bool sync_revokes_next(struct sync *sync, struct sync_action *action) {
    struct sync_revokes *revokes = &sync->revokes;

    if (revokes->asked || revokes->open || !are_due(revokes)) {
        return false;
    }
    if (revokes->wanted) {
        revokes->wanted = false;
        revokes->all = true;
        revokes->sent = 0;
        revokes->given = 0;
    }
    revokes->asked = true;
    action->type = SYNC_ASK_REVOKES;
    action->from = revokes->sent + 1;
    return true;
}

void sync_revokes_give(struct sync *sync, struct span items, size_t count, uint64_t upto) {
    struct sync_revokes *revokes = &sync->revokes;

    if (sync->state != STATE_OPEN) {
        return;
    }
    assert(revokes->asked);
    const bool is_answer = revokes->all;
    revokes->asked = false;
    revokes->all = false;
    revokes->ours = upto > revokes->ours ? upto : revokes->ours;
    if (count == 0 && !is_answer) {
        revokes->sent = revokes->ours;
        return;
    }
    revokes->sent = count == 0 ? revokes->ours : upto;
    revokes->most = revokes->sent > revokes->most ? revokes->sent : revokes->most;
    revokes->open = revokes->sent > 0;
    revokes->since = sync->pings;
    given_add(revokes, count);
    wire_revokes(sync_queue_begin(sync, SYNC_NONE, false), revokes->sent, items, count,
                 revokes->sent == revokes->ours);
    sync_queue_end(sync);
}

/* ---- In ---- */

void sync_revokes_took(struct sync *sync, enum rb_status status) {
    struct sync_revokes *revokes = &sync->revokes;

    if (sync->state != STATE_OPEN) {
        return;
    }
    assert(revokes->taking);
    revokes->taking = false;
    if (status != RB_OK) {
        sync_count_bad(sync);
        return;
    }
    if (revokes->taken_upto > 0) { /* Else he has none. */
        wire_revokes_got(sync_queue_begin(sync, SYNC_NONE, false), revokes->taken_upto);
        sync_queue_end(sync);
    }
    revokes->in_since = sync->pings;
}

void sync_revokes_again(struct sync *sync) {
    struct sync_revokes *revokes = &sync->revokes;

    if (sync->state != STATE_OPEN || revokes->again || revokes->asked_out == REVOKES_AGAIN_MAX) {
        return;
    }
    wire_revokes_got(sync_queue_begin(sync, SYNC_NONE, false), 0);
    sync_queue_end(sync);
    revokes->asked_out++;
    revokes->items = 0;
    revokes->more = true;
    revokes->in_since = sync->pings;
    revokes->again = true;
    revokes->again_since = sync->pings;
}

bool sync_revokes_are_asked(const struct sync *sync) {
    return sync->revokes.again;
}

/* ---- What the peer sends ---- */

/* Whoever does not wait for what he sent to be taken wants to fill us. */
void sync_revokes_take(struct sync *sync, const struct wire_frame *frame) {
    struct sync_revokes *revokes = &sync->revokes;

    revokes->items += frame->row_count > 0 ? frame->row_count : 1;
    if (revokes->taking || revokes->items > REVOKES_SESSION_MAX) {
        sync_fail(sync, WIRE_ERR_LIMIT, RB_TOO_LARGE);
        return;
    }
    revokes->taking = true;
    revokes->taken_upto = frame->upto;
    revokes->more = !frame->last;
    sync_notify(sync, (struct sync_notice) { .type = SYNC_REVOKES,
                                             .circle = SYNC_NONE,
                                             .number = frame->last ? 1 : 0,
                                             .bytes = frame->items });
}

/* He gets them when what is on its way is confirmed; what he asks again before that is the same. */
static bool all_are_wanted(struct sync *sync) {
    struct sync_revokes *revokes = &sync->revokes;

    if (revokes->wanted) {
        return false;
    }
    revokes->asked_in++;
    if (revokes->asked_in > REVOKES_AGAIN_MAX) {
        sync_fail(sync, WIRE_ERR_LIMIT, RB_TOO_LARGE);
        return false;
    }
    revokes->wanted = true;
    revokes->refused = false;
    return true;
}

/* Only what was sent last is confirmed, once: our node writes it down each time. */
void sync_revokes_take_got(struct sync *sync, const struct wire_frame *frame) {
    struct sync_revokes *revokes = &sync->revokes;
    bool is_news = false;

    if (frame->upto > revokes->most) {
        sync_fail(sync, WIRE_ERR_FORM, RB_MALFORMED);
        return;
    }
    if (frame->upto == 0) {
        is_news = all_are_wanted(sync);
    } else if (revokes->open && frame->upto == revokes->sent) {
        revokes->open = false;
        is_news = !revokes->wanted; /* Else he has said that he has not all of them. */
    }
    if (is_news) {
        sync_notify(sync, (struct sync_notice) { .type = SYNC_REVOKES_GOT,
                                                 .circle = SYNC_NONE,
                                                 .number = frame->upto });
    }
}

/* The peer has answered all that came before one of our PINGs: what went before that is answered by
 * nothing.  A program that does not know these frames passes over them. */
void sync_revokes_pong(struct sync *sync) {
    struct sync_revokes *revokes = &sync->revokes;

    if (revokes->open && revokes->since < sync->pongs) {
        revokes->open = false;
        revokes->refused = true;
    }
    if (revokes->more && !revokes->taking && revokes->in_since < sync->pongs) {
        revokes->more = false;
    }
    if (revokes->again && !revokes->more && revokes->again_since < sync->pongs) {
        revokes->again = false;
    }
}

bool sync_revokes_owe(const struct sync *sync) {
    const struct sync_revokes *revokes = &sync->revokes;

    return revokes->asked || revokes->taking || (revokes->wanted && !revokes->refused);
}

bool sync_revokes_wait(const struct sync *sync) {
    return sync->revokes.open || sync->revokes.more || sync->revokes.again;
}

bool sync_revokes_are_done(const struct sync *sync) {
    const struct sync_revokes *revokes = &sync->revokes;

    return !revokes->asked && !revokes->taking && !sync_revokes_wait(sync) && !are_due(revokes);
}
