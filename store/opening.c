/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/opening.h"

#include "store/block.h"
#include "store/control_event.h"
#include "store/db.h"
#include "store/judging.h"
#include "store/keyring.h"
#include "store/views.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct opening *opening_of(struct store *store) {
    struct opening **slot = store_opening(store);

    if (*slot == NULL) {
        *slot = rb_alloc(1, sizeof **slot);
        (*slot)->store = store;
        writer_init(&(*slot)->payload, EVENT_BODY_BYTES_MAX);
    }
    return *slot;
}

static void log_drop(struct opening *opening) {
    free(opening->log.operations);
    opening->log = (struct open_log) { .control_waits = UINT64_MAX, .next_adopted = UINT64_MAX };
}

/* Those that left the hand first go, until all that are kept are no more than one full circle. */
static void kept_shrink(struct opening *opening) {
    size_t total = 0;

    for (size_t i = 1; i <= KEPT_MEMBERS; i++) {
        size_t place = (opening->next_kept + KEPT_MEMBERS - i) % KEPT_MEMBERS;
        struct kept_members *kept = &opening->kept[place];
        total += kept->members.operation_count;
        if (total > CIRCLE_OPERATIONS_MAX) {
            members_clear(&kept->members);
            kept->circle = 0;
        }
    }
}

/* A folded circle leaves the hand, and is kept in the place of the one that left it first. */
static void members_keep(struct opening *opening) {
    struct kept_members *kept = &opening->kept[opening->next_kept];

    if (opening->members.fold == NULL) {
        return;
    }
    members_clear(&kept->members);
    *kept = (struct kept_members) { opening->circle.id, opening->members };
    opening->members = (struct members) { 0 };
    opening->next_kept = (opening->next_kept + 1) % KEPT_MEMBERS;
    kept_shrink(opening);
}

static void members_take(struct opening *opening) {
    for (size_t i = 0; i < KEPT_MEMBERS; i++) {
        struct kept_members *kept = &opening->kept[i];
        if (kept->circle == opening->circle.id) {
            opening->members = kept->members;
            *kept = (struct kept_members) { 0 };
            return;
        }
    }
}

static void circle_drop(struct opening *opening) {
    log_drop(opening);
    members_keep(opening);
    opening->circle = (struct circle_row) { 0 };
}

static void members_forget(struct opening *opening) {
    for (size_t i = 0; i < KEPT_MEMBERS; i++) {
        members_clear(&opening->kept[i].members);
        opening->kept[i].circle = 0;
    }
}

void opening_forget(struct opening *opening) {
    if (opening == NULL) {
        return;
    }
    circle_drop(opening);
    members_forget(opening);
    free(opening->arrivals);
    opening->arrivals = NULL;
    opening->arrival_count = 0;
    opening->rcv = 0;
    opening->rcv_saved = 0;
    memset(opening->starts, 0, sizeof opening->starts);
    writer_clear(&opening->payload);
}

void opening_destroy(struct opening **opening) {
    opening_forget(*opening);
    free(*opening);
    *opening = NULL;
}

/* ---- Arrival numbers ---- */

static enum rb_status rcv_load(struct opening *opening) {
    static const char sql[] =
        "SELECT value"
        " FROM setting"
        " WHERE name = 'rcv'";
    struct db_row *query = db_query(store_db(opening->store), sql);
    int64_t value = 0;

    if (db_step(query)) {
        value = db_int(query, 0);
    }
    enum rb_status status = db_end(query);
    if (status == RB_OK) {
        opening->rcv = value;
        opening->rcv_saved = value;
    }
    return status;
}

enum rb_status opening_next_rcv(struct opening *opening, int64_t *rcv) {
    enum rb_status status = opening->rcv == 0 ? rcv_load(opening) : RB_OK;

    if (status != RB_OK) {
        return status;
    }
    opening->rcv++;
    *rcv = opening->rcv;
    return RB_OK;
}

enum rb_status opening_save_rcv(struct opening *opening) {
    static const char sql[] =
        "INSERT INTO setting (name, value)"
        " VALUES ('rcv', ?1)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value";

    if (opening->rcv == opening->rcv_saved) {
        return RB_OK;
    }
    struct db_row *query = db_query(store_db(opening->store), sql);
    db_bind_int(query, 1, opening->rcv);
    enum rb_status status = db_run(query);
    if (status == RB_OK) {
        opening->rcv_saved = opening->rcv;
    }
    return status;
}

/* ---- In hand ---- */

enum rb_status opening_take_circle(struct opening *opening,
                                   const uint8_t circle[static HASH_BYTES]) {
    struct circle_row row;

    if (opening->circle.id != 0 && memcmp(opening->circle.circle, circle, HASH_BYTES) == 0) {
        return RB_OK;
    }
    enum rb_status status = circle_row_find(opening->store, circle, &row);
    if (status == RB_OK) {
        circle_drop(opening);
        opening->circle = row;
        members_take(opening);
    }
    return status;
}

/* Reads again what the tables say of the log in hand. */
static enum rb_status log_refresh(struct opening *opening) {
    struct open_log *log = &opening->log;

    free(log->operations);
    log->operations = NULL;
    log->operation_count = 0;
    log->judgement.valid = false;
    log->adoption.valid = false;
    enum rb_status status = log_author_find(opening->store, log->row.id, &log->author);
    if (status == RB_OK) {
        status =
            operations_of_log(opening->store, log->row.id, &log->operations, &log->operation_count);
    }
    if (status == RB_OK) {
        status = control_chain_waiting(opening->store, &log->row, &log->control_waits);
    }
    return status;
}

/* The first place above the head that an ADOPT names: when it comes, what waited below it counts.
 * */
static enum rb_status next_adopted_find(struct opening *opening) {
    static const char sql[] =
        "SELECT min(seq)"
        " FROM adopted"
        " WHERE circle = ?1"
        "   AND log = ?2"
        "   AND seq > ?3";
    struct open_log *log = &opening->log;
    struct db_row *query = db_query(store_db(opening->store), sql);

    log->next_adopted = UINT64_MAX;
    db_bind_int(query, 1, opening->circle.id);
    db_bind_blob(query, 2, span_of(log->row.origin, sizeof log->row.origin));
    db_bind_int(query, 3, (int64_t)log->row.head.seq);
    if (db_step(query) && !db_is_null(query, 0)) {
        log->next_adopted = (uint64_t)db_int(query, 0);
    }
    return db_end(query);
}

enum rb_status opening_take_log(struct opening *opening, const struct log_row *row) {
    struct log_row taken = *row; /* it may be the one in hand */

    assert(row->circle == opening->circle.id);
    log_drop(opening);
    opening->log.row = taken;
    if (!opening->circle.opened) {
        return RB_OK; /* without any key there is nothing to know about it */
    }
    enum rb_status status = next_adopted_find(opening);
    return status == RB_OK && taken.id != 0 ? log_refresh(opening) : status;
}

enum rb_status opening_members(struct opening *opening) {
    if (opening->members.fold == NULL) {
        opening->log.judgement.valid = false;
        opening->log.adoption.valid = false;
    }
    return members_fold(opening->store, opening->circle.id, &opening->members);
}

struct arrivals *opening_arrivals(struct opening *opening) {
    const uint8_t *circle = opening->circle.circle;

    assert(opening->circle.id != 0);
    for (size_t i = 0; i < opening->arrival_count; i++) {
        if (memcmp(opening->arrivals[i].circle, circle, HASH_BYTES) == 0) {
            return &opening->arrivals[i];
        }
    }
    opening->arrivals =
        rb_realloc(opening->arrivals, opening->arrival_count + 1, sizeof *opening->arrivals);
    struct arrivals *arrivals = &opening->arrivals[opening->arrival_count];
    opening->arrival_count++;
    *arrivals = (struct arrivals) { 0 };
    memcpy(arrivals->circle, circle, sizeof arrivals->circle);
    return arrivals;
}

/* ---- Beginnings of runs ---- */

void opening_note_start(struct opening *opening, int64_t log, uint64_t first,
                        const uint8_t before[static HASH_BYTES]) {
    struct run_start *start = &opening->starts[opening->next_start];

    opening->next_start = (opening->next_start + 1) % RUN_STARTS;
    *start = (struct run_start) { .log = log, .first = first };
    memcpy(start->before, before, sizeof start->before);
    if (opening->log.row.id == log && opening->log.row.head.seq >= opening->log.next_adopted) {
        opening->log.next_adopted = UINT64_MAX;
        opening_arrivals(opening)->rejudge = true;
    }
}

const uint8_t *opening_find_start(const struct opening *opening, int64_t log, uint64_t first) {
    for (size_t i = 0; i < RUN_STARTS; i++) {
        const struct run_start *start = &opening->starts[i];
        if (start->log == log && start->first == first) {
            return start->before;
        }
    }
    return NULL;
}

/* ---- One event ---- */

/* Two keys of a circle may share the 8 bytes by which events name them: somebody went to the
 * trouble of making that so.  An ordinary body that does not open may so be sealed under a key that
 * is not here, and waits for it like any other: were it passed over, the operations after it would
 * follow another one where that key came first.  A key body names all of its key. */
static enum rb_status event_try(struct opening *opening, const struct event *event,
                                const struct event_place *place, const struct epoch_key *epoch) {
    writer_reset(&opening->payload);
    enum rb_status status =
        event_open(&opening->payload, &event->header, place, epoch, event->body);
    return status == RB_MALFORMED && !event->header.key_body ? RB_NO_KEY : status;
}

enum rb_status opening_decrypt(struct opening *opening, const struct sealed *sealed,
                               struct payload *payload) {
    const struct event *event = &sealed->row->event;
    struct event_place place = { .seq = sealed->row->seq };
    const struct epoch_key *epochs;
    size_t count = 0;

    memcpy(place.log, opening->log.row.origin, sizeof place.log);
    memcpy(place.previous, sealed->previous, sizeof place.previous);
    enum rb_status status =
        keyring_epochs(opening->store, opening->circle.circle, event->header.eid8, &epochs, &count);
    if (status != RB_OK) {
        return status;
    }
    status = RB_NO_KEY;
    for (size_t i = 0; i < count && status == RB_NO_KEY; i++) {
        status = event_try(opening, event, &place, &epochs[i]);
    }
    if (status == RB_OK) {
        status = payload_decode(writer_view(&opening->payload), payload);
    }
    if (status == RB_OK && opening->now_ms > 0) {
        store_hlc_seen(opening->store, payload->hlc, opening->now_ms);
    }
    return status;
}

enum rb_status opening_content(struct opening *opening, const struct sealed *sealed,
                               enum event_state *state) {
    const struct open_log *log = &opening->log;
    struct payload payload;

    *state = log->author.state == AUTHOR_NOBODY ? EVENT_UNREADABLE : EVENT_WAITING;
    if (log->author.state != AUTHOR_KNOWN || sealed->row->event.stub ||
        sealed->row->seq > log->control_waits) {
        return RB_OK;
    }
    enum rb_status status = opening_decrypt(opening, sealed, &payload);
    switch (status) {
    case RB_OK:
        return judging_content(opening, sealed, &payload, state);
    case RB_NO_KEY:
        return RB_OK;
    case RB_UNKNOWN:
        *state = EVENT_DONE; /* a newer codec */
        return RB_OK;
    default:
        *state = EVENT_UNREADABLE;
        return db_failed(status) ? status : RB_OK;
    }
}

/* ---- Settling: control events ---- */

/* Those of one block, from `seq` on. */
static enum rb_status block_settle_control(struct opening *opening, const struct block *block,
                                           uint64_t seq, bool *held_up, bool *progress) {
    for (size_t i = block_index(block, seq); i < block->count; i++) {
        const struct event_row *row = &block->rows[i];
        struct sealed sealed = { row, block_previous(block, row->seq), block->hashes[i] };
        enum event_state state = EVENT_WAITING;
        if (row->event.header.class != EVENT_CONTROL || row->state != EVENT_WAITING) {
            continue;
        }
        enum rb_status status = RB_OK;
        if (!row->event.stub) {
            status = control_event_open(opening, &sealed, *held_up, &state, progress);
        }
        if (status == RB_OK && state != EVENT_WAITING) {
            status = event_row_set_state(opening->store, row->rcv, state);
            *progress = true; /* also if it counts for nothing: content has waited behind it */
        }
        if (status != RB_OK || opening->log.author.state == AUTHOR_NOBODY) {
            return status;
        }
        *held_up = *held_up || state == EVENT_WAITING;
    }
    return RB_OK;
}

static enum rb_status log_settle_control(struct opening *opening, const struct log_row *row,
                                         struct block *block, bool *progress) {
    bool held_up = false;
    uint64_t seq = 1;

    enum rb_status status = opening_take_log(opening, row);
    if (status == RB_OK) {
        status = control_parents_wait(opening->store, row, &held_up);
    }
    while (status == RB_OK && opening->log.author.state != AUTHOR_NOBODY) {
        status = control_row_waiting(opening->store, row->id, seq, &seq);
        if (status != RB_OK || seq == UINT64_MAX) {
            break;
        }
        status = block_load(opening->store, row, seq, block);
        if (status == RB_OK) {
            status = block_settle_control(opening, block, seq, &held_up, progress);
            seq = block_last(block) + 1;
        }
    }
    return status;
}

/* Once through all logs of which something waits. */
static enum rb_status logs_settle_control(struct opening *opening, struct block *block,
                                          bool *progress) {
    struct log_row *rows = NULL;
    size_t count = 0;

    enum rb_status status =
        log_rows_waiting(opening->store, opening->circle.id, true, &rows, &count);
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = log_settle_control(opening, &rows[i], block, progress);
    }
    free(rows);
    return status;
}

/* Round after round, since one log may hold the key or the author of another. */
static enum rb_status settle_control(struct opening *opening, struct block *block, bool *news) {
    enum rb_status status = RB_OK;
    bool progress = true;

    while (progress && status == RB_OK) {
        progress = false;
        status = logs_settle_control(opening, block, &progress);
        *news = *news || progress;
    }
    return status;
}

/* ---- Settling: content ---- */

/* The first content event from `seq` on that waits and whose key is held; UINT64_MAX if none. */
static enum rb_status content_find(struct opening *opening, int64_t log, uint64_t seq,
                                   uint64_t *found) {
    static const char sql[] =
        "SELECT seq, header"
        " FROM event"
        " WHERE log = ?1"
        "   AND control = 0"
        "   AND state = 0"
        "   AND stub = 0"
        "   AND seq >= ?2"
        " ORDER BY seq";
    struct db_row *query = db_query(store_db(opening->store), sql);
    uint8_t bytes[EVENT_HEADER_BYTES];
    struct event_header header;
    enum rb_status keys = RB_OK;

    *found = UINT64_MAX;
    db_bind_int(query, 1, log);
    db_bind_int(query, 2, (int64_t)seq);
    while (keys == RB_OK && *found == UINT64_MAX && db_step(query)) {
        const struct epoch_key *epochs;
        size_t count = 0;
        db_copy(query, 1, bytes, sizeof bytes);
        if (event_header_read(bytes, &header) == RB_OK) {
            keys = keyring_epochs(opening->store, opening->circle.circle, header.eid8, &epochs,
                                  &count);
        }
        if (count > 0) {
            *found = (uint64_t)db_int(query, 0);
        }
    }
    enum rb_status status = db_end(query);
    return status == RB_OK ? keys : status;
}

static enum rb_status block_settle_content(struct opening *opening, const struct block *block,
                                           uint64_t seq) {
    enum rb_status status = RB_OK;

    for (size_t i = block_index(block, seq); i < block->count && status == RB_OK; i++) {
        const struct event_row *row = &block->rows[i];
        struct sealed sealed = { row, block_previous(block, row->seq), block->hashes[i] };
        enum event_state state;
        if (row->event.header.class == EVENT_CONTROL || row->state != EVENT_WAITING) {
            continue;
        }
        status = opening_content(opening, &sealed, &state);
        if (status == RB_OK && state != EVENT_WAITING) {
            status = event_row_set_state(opening->store, row->rcv, state);
        }
    }
    return status;
}

static enum rb_status log_settle_content(struct opening *opening, const struct log_row *row,
                                         struct block *block) {
    uint64_t seq = 1;

    enum rb_status status = opening_take_log(opening, row);
    while (status == RB_OK && opening->log.author.state == AUTHOR_KNOWN) {
        status = content_find(opening, row->id, seq, &seq);
        if (status != RB_OK || seq > opening->log.control_waits || seq == UINT64_MAX) {
            break;
        }
        status = block_load(opening->store, row, seq, block);
        if (status == RB_OK) {
            status = block_settle_content(opening, block, seq);
            seq = block_last(block) + 1;
        }
    }
    return status;
}

static enum rb_status settle_content(struct opening *opening, struct block *block) {
    struct log_row *rows = NULL;
    size_t count = 0;

    enum rb_status status =
        log_rows_waiting(opening->store, opening->circle.id, false, &rows, &count);
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = log_settle_content(opening, &rows[i], block);
    }
    free(rows);
    return status;
}

/* What waits now, or has waited for a manager, is not judged again but for the first time. */
static enum rb_status first_time_find(struct opening *opening) {
    static const char sql[] =
        "SELECT rcv"
        " FROM event"
        " WHERE control = 0"
        "   AND state IN (0, 3)"
        "   AND stub = 0"
        "   AND log IN (SELECT id FROM log WHERE circle = ?1)"
        " ORDER BY state, rcv DESC"
        " LIMIT ?2";
    struct db_row *query = db_query(store_db(opening->store), sql);

    opening->first_time_count = 0;
    db_bind_int(query, 1, opening->circle.id);
    db_bind_int(query, 2, NEWS_POSTS_MAX);
    while (db_step(query)) {
        opening->first_time[opening->first_time_count++] = db_int(query, 0);
    }
    return db_end(query);
}

/* After a fork, a removal, an adoption: all content of the circle in hand is judged again. */
static enum rb_status content_unjudge(struct opening *opening) {
    static const char sql[] =
        "UPDATE event"
        " SET state = 0"
        " WHERE control = 0"
        "   AND state <> 0"
        "   AND log IN (SELECT id FROM log WHERE circle = ?1)"
        "   AND log NOT IN (SELECT log FROM author WHERE person = x'')"; /* nobody's stays so */

    /* The second time in one settling, everything waits. */
    enum rb_status status = opening->again ? RB_OK : first_time_find(opening);
    if (status == RB_OK) {
        status = views_forget(opening->store, opening->circle.id);
    }
    if (status != RB_OK) {
        return status;
    }
    struct db_row *query = db_query(store_db(opening->store), sql);
    db_bind_int(query, 1, opening->circle.id);
    status = db_run(query);
    if (status == RB_OK && db_changes(store_db(opening->store)) > 0) {
        opening->again = true; /* where nothing was judged yet, all is news */
    }
    return status;
}

/* What was adopted and did not count with its author's highest role may do so after another ADD. */
static enum rb_status adopted_unjudge(struct opening *opening) {
    static const char sql[] =
        "UPDATE event"
        " SET state = 0"
        " FROM log, adopted"
        " WHERE adopted.circle = ?1"
        "   AND log.circle = adopted.circle"
        "   AND log.origin = adopted.log"
        "   AND event.log = log.id"
        "   AND event.seq <= adopted.seq"
        "   AND event.control = 0"
        "   AND event.state = 2";
    struct db_row *query = db_query(store_db(opening->store), sql);

    db_bind_int(query, 1, opening->circle.id);
    return db_run(query);
}

/* ---- Settling: a circle ---- */

/* What somebody wrote who had left was perhaps judged before his leaving was heard of. */
static enum rb_status settle_members(struct opening *opening) {
    bool overturned = false;

    enum rb_status status = opening_members(opening);

    if (status == RB_OK) {
        status = members_project(opening->store, opening->circle.id, opening->circle.circle,
                                 &opening->members, &overturned);
    }
    if (status != RB_OK) {
        return status;
    }
    return overturned ? content_unjudge(opening) : adopted_unjudge(opening);
}

static enum rb_status settle_logs(struct opening *opening, bool material, struct block *block) {
    bool news = material;

    enum rb_status status = settle_control(opening, block, &news);
    if (status == RB_OK && news) {
        status = settle_members(opening);
    }
    if (status == RB_OK && news) {
        status = settle_content(opening, block);
    }
    return status;
}

static enum rb_status settle(struct opening *opening) {
    struct arrivals *arrivals = opening_arrivals(opening);
    struct log_row in_hand = opening->log.row;
    struct arrivals came = *arrivals;
    enum rb_status status = RB_OK;
    struct block block;

    arrivals->control = false;
    arrivals->material = false;
    arrivals->rejudge = false;
    if (!opening->circle.opened || !(came.control || came.material || came.rejudge)) {
        return RB_OK;
    }
    block_init(&block);
    if (came.rejudge) {
        status = content_unjudge(opening);
    }
    if (status == RB_OK) {
        status = settle_logs(opening, came.material || came.rejudge, &block);
    }
    opening->again = false;
    opening->first_time_count = 0;
    block_clear(&block);
    /* Keys that came out meanwhile have been used. */
    opening_arrivals(opening)->material = false;
    log_drop(opening); /* the one that was settled last is not what it was when it was taken */
    return status == RB_OK && in_hand.id != 0 ? opening_take_log(opening, &in_hand) : status;
}

enum rb_status opening_settle(struct opening *opening) {
    opening->settling = true;
    enum rb_status status = settle(opening);

    opening->settling = false;
    writer_clear(&opening->payload); /* what was opened last is not left lying about */
    return status;
}

enum rb_status opening_settle_all(struct opening *opening) {
    enum rb_status status = RB_OK;

    /* The list does not grow meanwhile: every circle of which something comes is in it. */
    for (size_t i = 0; i < opening->arrival_count && status == RB_OK; i++) {
        uint8_t circle[HASH_BYTES];
        memcpy(circle, opening->arrivals[i].circle, sizeof circle);
        status = opening_take_circle(opening, circle);
        if (status == RB_OK) {
            status = opening_settle(opening);
        }
    }
    opening->arrival_count = 0;
    writer_clear(&opening->payload);
    return status;
}
