/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/judging.h"

#include "store/forks.h"
#include "store/views.h"

#include <string.h>

/* ---- Who its author was ---- */

/* The author's last operation before `seq`, or NULL. */
static const uint8_t *operation_before(const struct open_log *log, uint64_t seq) {
    size_t count = log->operation_count;

    while (count > 0 && log->operations[count - 1].seq > seq) {
        count--;
    }
    return count == 0 ? NULL : log->operations[count - 1].ref;
}

static bool is_judged(const struct opening *opening, const struct payload *payload,
                      const uint8_t *own, uint64_t seq) {
    const struct judgement *last = &opening->log.judgement;
    size_t count = payload->ctl_count;

    if (!last->valid || seq < last->from || seq > last->upto ||
        last->ref_count != count + (own != NULL) ||
        memcmp(last->refs, payload->ctl, count * REF_BYTES) != 0) {
        return false;
    }
    return own == NULL || memcmp(last->refs[count], own, REF_BYTES) == 0;
}

/* Asks at one place of the log in hand. */
static enum rb_status role_ask(const struct opening *opening, uint64_t seq,
                               enum circle_role *role) {
    const struct open_log *log = &opening->log;
    const struct judgement *last = &log->judgement;
    struct event_author author = { .seq = seq };

    memcpy(author.person, log->author.person, sizeof author.person);
    memcpy(author.device, log->author.device, sizeof author.device);
    memcpy(author.log, log->row.origin, sizeof author.log);
    return circle_role_at(opening->members.fold, &author, last->refs, last->ref_count, role);
}

/* What an ending forbids at one place it forbids at all later ones; and what is allowed at the last
 * place is at all before it. */
static void role_judge(struct opening *opening, uint64_t seq) {
    struct judgement *last = &opening->log.judgement;
    enum circle_role at_end;

    last->status = role_ask(opening, seq, &last->role);
    last->from = seq;
    last->upto = SEQ_MAX;
    last->valid = true;
    if (last->status != RB_OK) {
        return;
    }
    if (role_ask(opening, SEQ_MAX, &at_end) == RB_OK) {
        last->from = 0;
    } else {
        last->upto = seq;
    }
}

/* The author's role in the view that his event names: circle_role_at with a memory. */
static enum rb_status role_find(struct opening *opening, const struct payload *payload,
                                uint64_t seq, enum circle_role *role) {
    struct judgement *last = &opening->log.judgement;
    const uint8_t *own = operation_before(&opening->log, seq);

    if (!is_judged(opening, payload, own, seq)) {
        last->ref_count = payload->ctl_count;
        memcpy(last->refs, payload->ctl, payload->ctl_count * REF_BYTES);
        if (own != NULL) {
            memcpy(last->refs[last->ref_count], own, REF_BYTES);
            last->ref_count++;
        }
        role_judge(opening, seq);
    }
    *role = last->role;
    return last->status;
}

/* ---- Adoption ---- */

/* Asks the adopted heads about a place; `*upto`: how far the one that covers it does. */
static enum rb_status adopted_ask(struct opening *opening, uint64_t seq, bool *adopted,
                                  uint64_t *upto) {
    const struct log_row *row = &opening->log.row;
    const struct op_lock *heads;
    enum rb_status status = RB_OK;

    size_t count = circle_adopted(opening->members.fold, &heads);
    *adopted = false;
    for (size_t i = 0; i < count && status == RB_OK && !*adopted; i++) {
        if (memcmp(heads[i].log, row->origin, sizeof row->origin) == 0) {
            status = branch_covers(opening, &heads[i], row, seq, adopted);
            *upto = heads[i].seq;
        }
    }
    return status;
}

/* Whether an ADOPT that counts covers this place of the log in hand.  A run that is just arriving
 * is not stored yet, so that its hashes cannot be compared: if an adopted head is in it, all of the
 * circle is judged again (opening_note_start). */
static enum rb_status is_adopted(struct opening *opening, uint64_t seq, bool *adopted) {
    struct adoption *known = &opening->log.adoption;

    *adopted = false;
    if (!opening->settling) {
        return RB_OK;
    }
    if (!known->valid) {
        *known = (struct adoption) { .valid = true, .from = UINT64_MAX };
    }
    if (seq <= known->upto || seq >= known->from) {
        *adopted = seq <= known->upto;
        return RB_OK;
    }
    uint64_t upto = 0;
    enum rb_status status = adopted_ask(opening, seq, adopted, &upto);
    if (status != RB_OK) {
        return status;
    }
    if (*adopted) {
        known->upto = upto; /* beyond the end of this row there is nothing to ask about */
    } else {
        known->from = seq;
    }
    return RB_OK;
}

/* ---- Content ---- */

static bool is_odd_time(const struct opening *opening, const struct event_row *row, uint64_t hlc) {
    return hlc_ms(hlc) / 1000 > row->arrived_s + CLOCK_AHEAD_MS_MAX / 1000 ||
           hlc < opening->members.genesis_hlc;
}

/* Views are being made again, and this event was in them: it is no news. */
static bool is_judged_again(const struct opening *opening, int64_t rcv) {
    for (size_t i = 0; i < opening->first_time_count; i++) {
        if (opening->first_time[i] == rcv) {
            return false;
        }
    }
    return opening->again;
}

static enum rb_status content_project(struct opening *opening, const struct sealed *sealed,
                                      const struct payload *payload) {
    const struct open_log *log = &opening->log;
    struct view_event event = {
        .circle = opening->circle.id,
        .circle_id = opening->circle.circle,
        .log = log->row.id,
        .rcv = sealed->row->rcv,
        .seq = sealed->row->seq,
        .payload = payload,
        .odd_time = is_odd_time(opening, sealed->row, payload->hlc),
        .before_circle = payload->hlc < opening->members.genesis_hlc,
        .again = is_judged_again(opening, sealed->row->rcv),
    };

    event_ref(event.ref, log->row.origin, event.seq, sealed->hash);
    memcpy(event.person, log->author.person, sizeof event.person);
    return views_project(opening->store, &event);
}

/* Whether the form is right, and its author may write this kind with that role. */
static bool content_is_lawful(const struct opening *opening, const struct sealed *sealed,
                              const struct payload *payload, enum circle_role role) {
    const struct kind *kind = kind_find(payload->type);

    return kind == NULL || /* a newer version will know it, and make its views */
           (kind->class == sealed->row->event.header.class &&
            kind_judge(payload, opening->members.kind, role) == RB_OK);
}

static enum rb_status content_count(struct opening *opening, const struct sealed *sealed,
                                    const struct payload *payload, enum circle_role role,
                                    enum event_state *state) {
    *state = EVENT_UNREADABLE;
    if (!content_is_lawful(opening, sealed, payload, role)) {
        return RB_OK;
    }
    *state = EVENT_DONE;
    return kind_find(payload->type) == NULL ? RB_OK : content_project(opening, sealed, payload);
}

/* Content of somebody who had been removed, or of a log with two histories: a manager decides.  It
 * waits whatever its author's role was: that may rise by an ADD that comes later, which changes no
 * verdict.  What nobody may write at all never waits. */
static enum rb_status content_quarantine(struct opening *opening, const struct sealed *sealed,
                                         const struct payload *payload, enum event_state *state) {
    enum circle_role role;
    bool adopted = false;

    *state = EVENT_UNREADABLE;
    if (!content_is_lawful(opening, sealed, payload, CIRCLE_OWNER)) {
        return RB_OK;
    }
    enum rb_status status = is_adopted(opening, sealed->row->seq, &adopted);
    if (status != RB_OK) {
        return status;
    }
    if (!adopted) {
        *state = EVENT_QUARANTINED;
        return RB_OK;
    }
    status = circle_former_role(opening->members.fold, opening->log.author.person, &role);
    return status == RB_OK ? content_count(opening, sealed, payload, role, state) : RB_OK;
}

enum rb_status judging_content(struct opening *opening, const struct sealed *sealed,
                               const struct payload *payload, enum event_state *state) {
    enum circle_role role;

    enum rb_status status = opening_members(opening);
    if (status != RB_OK) {
        return status;
    }
    status = role_find(opening, payload, sealed->row->seq, &role);
    switch (status) {
    case RB_NOT_FOUND:
        return RB_OK; /* waits for an operation */
    case RB_NOT_MEMBER:
        *state = EVENT_UNREADABLE; /* nobody had added him: kept, and shown to nobody */
        return RB_OK;
    case RB_REFUSED:
        return content_quarantine(opening, sealed, payload, state);
    default:
        break;
    }
    return log_is_branch(&opening->log.row) ? content_quarantine(opening, sealed, payload, state)
                                            : content_count(opening, sealed, payload, role, state);
}
