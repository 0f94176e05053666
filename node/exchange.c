/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames that the link does not take now wait here.  As long as any wait, no further run is loaded,
 * so that what waits stays small; but frames of the peer are still taken, else two nodes whose
 * queues are full would wait for each other for ever. */
#include "node/exchange.h"

#include "protocol/text.h"
#include "store/key_requests.h"
#include "store/revocation_relay.h"
#include "store/sharing.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A peer that lets so much wait does not read. */
enum { WAITING_BYTES_MAX = CREDIT_BYTES_MAX };

/* What waits for keys is looked at no more often. */
enum { KEYS_LOOK_MS = 5000 };

struct waiting {
    struct waiting *next;
    size_t len;
    uint8_t bytes[];
};

/* A log that got events after its circle had been offered and before the peer compared. */
struct touched {
    uint8_t log[LOG_PK_BYTES];
    uint64_t first;
};
enum { TOUCHED_MAX = 64 };

struct exchange {
    const struct exchange_tools *tools;
    struct sync *sync;
    struct link_id link;
    struct node_peer *report;
    uint8_t person[HASH_BYTES];
    uint8_t device[CERT_ID_BYTES];
    bool keys_unsure; /* something came since the last look at what waits for keys */
    int64_t keys_looked_ms;
    struct relay_peer relay;
    uint64_t revocations;   /* of the tools, as the session was told last, */
    uint64_t people;        /* and when it was last looked whether any were missed */
    bool revocations_again; /* all were asked for, and have not come yet */

    struct waiting *waiting, **waiting_end;
    size_t waiting_bytes;
    struct sync_action asked; /* the SYNC_ASK_RUN that waits for them */
    bool run_asked;

    struct touched touched[TOUCHED_MAX];
    size_t touched_count; /* TOUCHED_MAX: perhaps others too */

    struct writer bodies; /* of `run` */
    struct run run;       /* the one that is sent */
    int64_t now_ms;       /* of the last call */
    int64_t opened_ms;
    struct exchange_end end;
};

/* ---- Life ---- */

static struct sync_setup setup_of(const struct exchange_tools *tools, const struct contact *contact,
                                  const struct link_id *link) {
    const struct store_self *self = store_self(tools->store);
    struct sync_setup setup = {
        .role = link->dialled ? WIRE_DIALLED : WIRE_LISTENED,
        .identity = self->identity,
        .hlc = store_hlc(tools->store),
    };

    memcpy(setup.device_cert, self->device_cert.id, sizeof setup.device_cert);
    memcpy(setup.store_inc, self->store_inc, sizeof setup.store_inc);
    crypt_random(setup.nonce, sizeof setup.nonce);
    crypt_random(setup.table_key, sizeof setup.table_key);
    memcpy(setup.peer_device, contact->device_pk, sizeof setup.peer_device);
    memcpy(setup.peer_device_cert, contact->device_cert, sizeof setup.peer_device_cert);
    memcpy(setup.peer_transport, contact->transport, sizeof setup.peer_transport);
    return setup;
}

struct exchange *exchange_new(const struct exchange_tools *tools, const struct contact *contact,
                              const struct link_id *link, struct node_peer *report,
                              int64_t now_ms) {
    struct exchange *exchange = rb_alloc(1, sizeof *exchange);
    struct sync_setup setup = setup_of(tools, contact, link);

    exchange->tools = tools;
    exchange->link = *link;
    exchange->report = report;
    exchange->waiting_end = &exchange->waiting;
    memcpy(exchange->person, contact->person, sizeof exchange->person);
    memcpy(exchange->device, contact->device_cert, sizeof exchange->device);
    memcpy(exchange->relay.device, contact->device_cert, sizeof exchange->relay.device);
    exchange->keys_unsure = true;
    exchange->keys_looked_ms = now_ms - KEYS_LOOK_MS;
    writer_init(&exchange->bodies, RUN_FRAME_BYTES_MAX);
    exchange->sync = sync_new(&setup, now_ms);
    return exchange;
}

static void waiting_pop(struct exchange *exchange) {
    struct waiting *first = exchange->waiting;

    exchange->waiting = first->next;
    exchange->waiting_bytes -= first->len;
    if (exchange->waiting == NULL) {
        exchange->waiting_end = &exchange->waiting;
    }
    free(first);
}

const struct link_id *exchange_link(const struct exchange *exchange) {
    return &exchange->link;
}

bool exchange_is_open(const struct exchange *exchange) {
    return exchange->end.was_open && !exchange->end.ended;
}

const struct exchange_end *exchange_end(const struct exchange *exchange) {
    return &exchange->end;
}

/* ---- Log: `event` and whom it is about; the rest are numbers ---- */

static void tell(const struct exchange *exchange, const char *event, int status) {
    char person[2 * 4 + 1];
    char line[160];

    if (exchange->tools->log == NULL) {
        return;
    }
    hex_write(span_of(exchange->person, 4), person);
    (void)snprintf(line, sizeof line,
                   "event=%s peer=%s dialled=%d status=%d sent=%" PRIu64 " received=%" PRIu64,
                   event, person, exchange->link.dialled, status, exchange->report->events_sent,
                   exchange->report->events_received);
    exchange->tools->log(exchange->tools->log_context, line);
}

/* ---- The end ---- */

static void end_with(struct exchange *exchange, enum rb_status status, enum wire_bye bye) {
    if (!exchange->end.ended) {
        exchange->end.ended = true;
        exchange->end.status = status;
        exchange->end.bye = bye;
        exchange->end.open_ms = exchange->end.was_open ? exchange->now_ms - exchange->opened_ms : 0;
        tell(exchange, exchange->end.was_open ? "close" : "failed", (int)status);
    }
}

void exchange_destroy(struct exchange **exchange) {
    struct exchange *going = *exchange;

    if (going == NULL) {
        return;
    }
    end_with(going, RB_UNREACHABLE, WIRE_BYE_DONE);
    while (going->waiting != NULL) {
        waiting_pop(going);
    }
    batch_forget(going->tools->batch, going->sync);
    sync_destroy(&going->sync);
    writer_clear(&going->bodies);
    free(going);
    *exchange = NULL;
}

/* ---- Frames out ---- */

static void frame_keep(struct exchange *exchange, struct span frame) {
    struct waiting *waiting;

    if (exchange->waiting_bytes + frame.len > WAITING_BYTES_MAX) {
        end_with(exchange, RB_UNREACHABLE, WIRE_BYE_DONE);
        return;
    }
    waiting = rb_alloc(1, sizeof *waiting + frame.len);
    memcpy(waiting->bytes, frame.data, frame.len);
    waiting->len = frame.len;
    *exchange->waiting_end = waiting;
    exchange->waiting_end = &waiting->next;
    exchange->waiting_bytes += frame.len;
}

/* False: the link takes nothing now, or is gone. */
static bool frame_send(struct exchange *exchange, struct span frame) {
    enum rb_status status = links_send(exchange->tools->links, &exchange->link, frame);

    if (status == RB_UNREACHABLE) {
        end_with(exchange, RB_UNREACHABLE, WIRE_BYE_DONE);
    } else if (status == RB_OK) {
        exchange->report->bytes_sent += frame.len;
    }
    return status == RB_OK;
}

static void waiting_send(struct exchange *exchange) {
    while (exchange->waiting != NULL && !exchange->end.ended) {
        if (!frame_send(exchange, span_of(exchange->waiting->bytes, exchange->waiting->len))) {
            return;
        }
        waiting_pop(exchange);
    }
}

static enum rb_status perform_send(struct exchange *exchange, const struct sync_action *action) {
    if (exchange->waiting != NULL || !frame_send(exchange, action->frame)) {
        frame_keep(exchange, action->frame);
    }
    return RB_OK;
}

/* ---- Questions of the session ---- */

static enum rb_status perform_ask_heads(struct exchange *exchange,
                                        const struct sync_action *action) {
    struct log_line *lines = NULL;
    size_t count = 0;
    enum rb_status status = batch_commit(exchange->tools->batch); /* A VECTOR means durable. */

    if (status == RB_OK) {
        status =
            circle_shown(exchange->tools->store, action->circle, exchange->person, &lines, &count);
    }
    if (status == RB_OK) {
        sync_heads(exchange->sync, action->circle, lines, count);
    }
    free(lines);
    return status;
}

/* RB_NOT_MEMBER: somebody else may have introduced the circle since.  When it is to be exchanged
 * with this peer again, exchange_recheck begins anew from the heads. */
static enum rb_status run_answer(struct exchange *exchange) {
    const struct sync_action *asked = &exchange->asked;
    struct store *store = exchange->tools->store;
    uint64_t rcv_upto = 0, upto = 0;

    enum rb_status status = circle_gives(store, asked->circle, exchange->person, asked->log, &upto);
    if (status == RB_OK && asked->from > upto) {
        status = RB_NOT_FOUND;
    }
    if (status == RB_OK) {
        status = run_load(store, asked->circle, asked->log, asked->from,
                          asked->to < upto ? asked->to : upto, &exchange->bodies, &exchange->run,
                          &rcv_upto);
    }
    exchange->run_asked = false;
    if (status == RB_NOT_MEMBER) {
        sync_withdraw(exchange->sync, asked->circle);
        return RB_OK;
    }
    if (status == RB_NOT_FOUND) {
        sync_run(exchange->sync, asked->circle, asked->log, NULL, 0);
        return RB_OK;
    }
    if (status == RB_OK) {
        exchange->report->events_sent += exchange->run.count;
        sync_run(exchange->sync, asked->circle, asked->log, &exchange->run, rcv_upto);
    }
    return status;
}

static enum rb_status perform_ask_run(struct exchange *exchange, const struct sync_action *action) {
    exchange->asked = *action;
    exchange->run_asked = true;
    return exchange->waiting == NULL ? run_answer(exchange) : RB_OK;
}

/* ---- What the peer brings ---- */

static enum rb_status perform_store(struct exchange *exchange, const struct sync_action *action) {
    enum rb_status outcome = RB_OK;

    enum rb_status status = circle_takes(exchange->tools->store, action->circle, exchange->person);
    if (status == RB_NOT_MEMBER) {
        sync_refused(exchange->sync, action->circle, action->log, RB_REFUSED, 0, action->frame.len);
        return RB_OK;
    }
    if (status == RB_OK) {
        status = batch_run(exchange->tools->batch, exchange->sync, action, &outcome);
    }
    if (status == RB_OK && outcome == RB_OK) {
        exchange->report->events_received += action->run->count;
    }
    return status;
}

static enum rb_status perform_hlc(struct exchange *exchange, const struct sync_action *action) {
    store_hlc_seen(exchange->tools->store, action->hlc, clock_now_ms());
    return RB_OK;
}

/* Branches for which there is no room are left alone. */
static void branches_freeze(struct exchange *exchange, const struct sync_action *action) {
    uint8_t name[LOG_PK_BYTES];
    struct fork fork;

    if (fork_decode(action->frame, &fork) != RB_OK) {
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        fork_branch_name(&fork, i, name);
        sync_freeze(exchange->sync, action->circle, name);
    }
}

/* What it cuts, all sessions hear of (exchange_cut); a proof that proves nothing is dropped. */
static enum rb_status perform_fork(struct exchange *exchange, const struct sync_action *action) {
    enum rb_status status = batch_commit(exchange->tools->batch);

    if (status != RB_OK) {
        return status;
    }
    status = ingest_fork(exchange->tools->store, action->circle, action->frame);
    if (status == RB_REFUSED) {
        branches_freeze(exchange, action);
    }
    return trouble_of(status);
}

static enum rb_status perform_ask_fork(struct exchange *exchange,
                                       const struct sync_action *action) {
    struct store *store = exchange->tools->store;
    struct writer proof;
    uint64_t upto = 0;

    writer_init(&proof, FRAME_BYTES_MAX);
    enum rb_status status =
        circle_gives(store, action->circle, exchange->person, action->log, &upto);
    if (status == RB_OK) {
        status = fork_load(store, action->circle, action->log, &proof);
    }
    if (status == RB_NOT_MEMBER) {
        sync_withdraw(exchange->sync, action->circle);
    } else if (status == RB_OK || status == RB_NOT_FOUND) {
        sync_fork(exchange->sync, action->circle, action->log, writer_view(&proof));
    }
    writer_clear(&proof);
    return trouble_of(status);
}

/* ---- What the peer has ---- */

static enum rb_status perform_acked(struct exchange *exchange, const struct sync_action *action) {
    batch_acked(exchange->tools->batch, exchange->person, action->circle, action->log, action->seq);
    return RB_OK;
}

static const struct touched *touched_find(const struct exchange *exchange,
                                          const uint8_t log[static LOG_PK_BYTES]) {
    for (size_t i = 0; i < exchange->touched_count; i++) {
        if (memcmp(exchange->touched[i].log, log, LOG_PK_BYTES) == 0) {
            return &exchange->touched[i];
        }
    }
    return NULL;
}

static void touched_add(struct exchange *exchange, const uint8_t log[static LOG_PK_BYTES],
                        uint64_t first) {
    struct touched *touched;

    if (exchange->touched_count == TOUCHED_MAX || touched_find(exchange, log) != NULL) {
        return;
    }
    touched = &exchange->touched[exchange->touched_count++];
    memcpy(touched->log, log, LOG_PK_BYTES);
    touched->first = first;
}

/* What the peer had of a log when it was offered.  One that was not shown to its head then has
 * grown beyond what is shown. */
static uint64_t had_of(const struct exchange *exchange, const struct log_line *line) {
    const struct touched *touched = touched_find(exchange, line->log);

    return touched == NULL || touched->first > line->head ? line->head : touched->first - 1;
}

/* The peer has the heads that were offered: those of now, but for what was stored since.  If so
 * much was stored that we do not know what, nothing is noted: its acknowledgements, or the next
 * meeting, will. */
static enum rb_status perform_same(struct exchange *exchange, const struct sync_action *action) {
    struct log_line *lines = NULL;
    size_t count = 0;
    enum rb_status status = RB_OK;

    if (exchange->touched_count < TOUCHED_MAX) {
        status =
            circle_shown(exchange->tools->store, action->circle, exchange->person, &lines, &count);
    }
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        uint64_t had = had_of(exchange, &lines[i]);
        if (had > 0) {
            batch_acked(exchange->tools->batch, exchange->person, action->circle, lines[i].log,
                        had);
        }
    }
    free(lines);
    return status;
}

/* ---- Circles ---- */

enum rb_status exchange_recheck(struct exchange *exchange,
                                const uint8_t circle[static HASH_BYTES]) {
    uint8_t fp[FP_BYTES];
    bool whole = false;
    enum rb_status status;

    if (!exchange_is_open(exchange)) {
        return RB_OK; /* SYNC_READY looks at all of them. */
    }
    status = circle_shared(exchange->tools->store, circle, exchange->person, fp, &whole);
    if (status == RB_OK) {
        sync_offer(exchange->sync, circle, fp, whole);
        sync_offered(exchange->sync);
    } else if (status == RB_NOT_MEMBER) {
        sync_withdraw(exchange->sync, circle);
        status = RB_OK;
    }
    return status;
}

/* RB_REFUSED: he has introduced too many whose key never came. */
static enum rb_status perform_circle(struct exchange *exchange, const struct sync_action *action) {
    enum rb_status status = batch_commit(exchange->tools->batch);

    if (status == RB_OK) {
        status = circle_remember(exchange->tools->store, action->circle, exchange->person);
    }
    if (status == RB_OK) {
        status = exchange_recheck(exchange, action->circle);
    }
    return trouble_of(status);
}

struct offered {
    struct sync *sync;
    uint8_t (*circles)[HASH_BYTES];
    size_t count, room;
};

static void offer_one(void *context, const uint8_t circle[static HASH_BYTES],
                      const uint8_t fp[static FP_BYTES], bool whole) {
    struct offered *offered = context;

    if (offered->count == offered->room) {
        offered->room = 2 * offered->room + 16;
        offered->circles = rb_realloc(offered->circles, offered->room, sizeof *offered->circles);
    }
    memcpy(offered->circles[offered->count++], circle, HASH_BYTES);
    sync_offer(offered->sync, circle, fp, whole);
}

struct wanted {
    struct exchange *exchange;
    const uint8_t *circle;
    enum rb_status status;
};

/* Who is asked for a body learns that it exists. */
static void want_one(void *context, const uint8_t log[static LOG_PK_BYTES], uint64_t from,
                     uint64_t to) {
    struct wanted *wanted = context;
    struct exchange *exchange = wanted->exchange;
    uint64_t upto = 0;

    if (wanted->status != RB_OK) {
        return;
    }
    enum rb_status status =
        circle_gives(exchange->tools->store, wanted->circle, exchange->person, log, &upto);
    if (status == RB_OK && from <= upto) {
        sync_want(exchange->sync, wanted->circle, log, from, to < upto ? to : upto);
    }
    wanted->status = status == RB_NOT_FOUND || status == RB_NOT_MEMBER ? RB_OK : status;
}

static enum rb_status circles_offer(struct exchange *exchange) {
    struct store *store = exchange->tools->store;
    struct offered offered = { .sync = exchange->sync };
    enum rb_status status = circles_shared(store, exchange->person, offer_one, &offered);

    if (status == RB_OK) {
        sync_offered(exchange->sync);
    }
    for (size_t i = 0; i < offered.count && status == RB_OK; i++) {
        struct wanted wanted = { .exchange = exchange, .circle = offered.circles[i] };
        status = bodies_missing(store, offered.circles[i], want_one, &wanted);
        status = status == RB_OK ? wanted.status : status;
    }
    free(offered.circles);
    return status;
}

/* ---- Revocations ---- */

/* People have become known of whom the peer has brought what was of no use then. */
static enum rb_status missed_look(struct exchange *exchange) {
    bool missed = false;
    enum rb_status status = relay_missed(exchange->tools->store, &exchange->relay, &missed);

    exchange->people = exchange->tools->people;
    if (status == RB_OK && missed) {
        sync_revokes_again(exchange->sync);
        exchange->revocations_again = sync_revokes_are_asked(exchange->sync);
    }
    return status;
}

/* Before anything is said of circles. */
static enum rb_status revocations_begin(struct exchange *exchange) {
    struct store *store = exchange->tools->store;
    uint64_t got = 0;

    enum rb_status status = relay_got(store, &exchange->relay, &got);
    if (status != RB_OK) {
        return status;
    }
    exchange->revocations = exchange->tools->revocations;
    sync_revokes(exchange->sync, got, exchange->revocations);
    return missed_look(exchange);
}

/* All of them have come.  Of whom has become known on the way, it may have come before that: then
 * nothing is forgotten, and all are asked for once more. */
static enum rb_status missed_settle(struct exchange *exchange) {
    const struct exchange_tools *tools = exchange->tools;

    exchange->revocations_again = false;
    if (tools->people != exchange->people) {
        return RB_OK;
    }
    return trouble_of(relay_forget_missed(tools->store, &exchange->relay));
}

static enum rb_status revocations_look(struct exchange *exchange) {
    const struct exchange_tools *tools = exchange->tools;
    enum rb_status status = RB_OK;

    if (!exchange_is_open(exchange)) {
        return RB_OK;
    }
    if (tools->revocations > exchange->revocations) {
        exchange->revocations = tools->revocations;
        sync_revokes(exchange->sync, 0, exchange->revocations);
    }
    if (exchange->revocations_again && !sync_revokes_are_asked(exchange->sync)) {
        status = missed_settle(exchange);
    }
    if (status == RB_OK && tools->people != exchange->people && !exchange->revocations_again) {
        status = missed_look(exchange);
    }
    return status;
}

/* What he brought himself is not given to him, and need not be looked for again. */
static enum rb_status nothing_for_him(struct exchange *exchange, uint64_t upto) {
    struct store *store = exchange->tools->store;
    uint64_t got = 0;

    enum rb_status status = relay_got(store, &exchange->relay, &got);
    if (status == RB_OK && upto > got) {
        status = batch_commit(exchange->tools->batch);
        status = status == RB_OK ? relay_set_got(store, &exchange->relay, upto) : status;
    }
    return trouble_of(status);
}

static enum rb_status perform_ask_revokes(struct exchange *exchange,
                                          const struct sync_action *action) {
    struct writer items;
    size_t count = 0;
    uint64_t upto = 0;

    writer_init(&items, REVOKES_ITEMS_MAX * REVOKE_PROOF_BYTES_MAX);
    enum rb_status status =
        relay_give(exchange->tools->store, &exchange->relay, action->from, &items, &count, &upto);
    if (status == RB_OK) {
        sync_revokes_give(exchange->sync, writer_view(&items), count, upto);
    }
    writer_clear(&items);
    return status == RB_OK && count == 0 ? nothing_for_him(exchange, upto) : status;
}

static enum rb_status perform_revokes(struct exchange *exchange, const struct sync_action *action) {
    struct store *store = exchange->tools->store;
    enum rb_status status = batch_commit(exchange->tools->batch);

    if (status != RB_OK) {
        return status;
    }
    status = relay_take(store, &exchange->relay, action->frame, clock_now_ms());
    if (trouble_of(status) != RB_OK) {
        return status;
    }
    sync_revokes_took(exchange->sync, status);
    return RB_OK;
}

static enum rb_status perform_revokes_got(struct exchange *exchange,
                                          const struct sync_action *action) {
    enum rb_status status = batch_commit(exchange->tools->batch);

    return status == RB_OK ? relay_set_got(exchange->tools->store, &exchange->relay, action->seq)
                           : status;
}

/* ---- Open and closed ---- */

static enum rb_status perform_ready(struct exchange *exchange, const struct sync_action *action) {
    enum rb_status status = batch_commit(exchange->tools->batch); /* An offer means durable. */

    exchange->end.was_open = true;
    exchange->opened_ms = exchange->now_ms;
    exchange->report->reached = true;
    memcpy(exchange->relay.store_inc, action->store_inc, sizeof exchange->relay.store_inc);
    tell(exchange, "open", 0);
    batch_seen(exchange->tools->batch, exchange->person);
    if (status == RB_OK) {
        status = revocations_begin(exchange);
    }
    return status == RB_OK ? circles_offer(exchange) : status;
}

static enum rb_status perform_close(struct exchange *exchange, const struct sync_action *action) {
    end_with(exchange, action->status, action->bye);
    return RB_OK;
}

/* ---- Keys ---- */

static enum rb_status perform_keyreq(struct exchange *exchange, const struct sync_action *action) {
    struct key_request request = { .seal_key = action->frame };
    enum rb_status status = batch_commit(exchange->tools->batch);

    memcpy(request.circle, action->circle, sizeof request.circle);
    memcpy(request.eid8, action->eid8, sizeof request.eid8);
    memcpy(request.person, exchange->person, sizeof request.person);
    memcpy(request.device, exchange->device, sizeof request.device);
    if (status == RB_OK) {
        status = key_request_answer(exchange->tools->store, &request, clock_now_ms());
    }
    return trouble_of(status);
}

static bool key_ask(void *context, const uint8_t circle[static HASH_BYTES],
                    const uint8_t eid8[static EID8_BYTES]) {
    struct exchange *exchange = context;

    return sync_ask_key(exchange->sync, circle, eid8,
                        store_self(exchange->tools->store)->seal.whole);
}

/* When all has come that was to come, and not everything opens. */
static bool keys_are_due(const struct exchange *exchange) {
    struct sync_progress progress = sync_progress(exchange->sync);

    return exchange_is_open(exchange) && exchange->keys_unsure && progress.settled &&
           progress.left_in == 0;
}

static enum rb_status keys_look(struct exchange *exchange) {
    if (!keys_are_due(exchange) || exchange->now_ms - exchange->keys_looked_ms < KEYS_LOOK_MS) {
        return RB_OK;
    }
    enum rb_status status = batch_commit(exchange->tools->batch);
    exchange->keys_unsure = false;
    exchange->keys_looked_ms = exchange->now_ms;
    if (status == RB_OK) {
        status = key_requests_each(exchange->tools->store, exchange->person, exchange->device,
                                   clock_now_ms(), key_ask, exchange);
    }
    return trouble_of(status);
}

/* ---- In ---- */

typedef enum rb_status (*action_performer)(struct exchange *exchange,
                                           const struct sync_action *action);

static const action_performer performers[] = {
    [SYNC_SEND] = perform_send,           [SYNC_READY] = perform_ready,
    [SYNC_ASK_HEADS] = perform_ask_heads, [SYNC_ASK_RUN] = perform_ask_run,
    [SYNC_STORE] = perform_store,         [SYNC_CIRCLE] = perform_circle,
    [SYNC_ACKED] = perform_acked,         [SYNC_SAME] = perform_same,
    [SYNC_FORK] = perform_fork,           [SYNC_ASK_FORK] = perform_ask_fork,
    [SYNC_KEYREQ] = perform_keyreq,       [SYNC_HLC] = perform_hlc,
    [SYNC_CLOSE] = perform_close,         [SYNC_ASK_REVOKES] = perform_ask_revokes,
    [SYNC_REVOKES] = perform_revokes,     [SYNC_REVOKES_GOT] = perform_revokes_got,
};

void exchange_report(struct exchange *exchange) {
    struct sync_progress progress = sync_progress(exchange->sync);

    if (exchange_is_open(exchange)) {
        exchange->report->reached = true;
        exchange->report->left = progress.left_out + progress.left_in;
        exchange->report->done = sync_is_done(exchange->sync);
    }
}

static enum rb_status perform_pending(struct exchange *exchange) {
    struct sync_action action;
    enum rb_status status = RB_OK;

    while (status == RB_OK && !exchange->end.ended && sync_next(exchange->sync, &action)) {
        status = performers[action.type](exchange, &action);
    }
    return status;
}

static enum rb_status perform_all(struct exchange *exchange) {
    sync_clock(exchange->sync, store_hlc(exchange->tools->store));
    enum rb_status status = revocations_look(exchange);
    if (status == RB_OK) {
        status = perform_pending(exchange);
    }
    if (status == RB_OK) {
        status = keys_look(exchange);
    }
    if (status == RB_OK) {
        status = perform_pending(exchange); /* Keys may have been asked for. */
    }
    if (status == RB_OK) {
        exchange_report(exchange);
    }
    return status;
}

enum rb_status exchange_frame(struct exchange *exchange, int64_t now_ms, struct span frame) {
    assert(!exchange->end.ended);
    exchange->now_ms = now_ms;
    exchange->report->bytes_received += frame.len;
    sync_frame(exchange->sync, now_ms, frame);
    return perform_all(exchange);
}

enum rb_status exchange_step(struct exchange *exchange, int64_t now_ms) {
    enum rb_status status = RB_OK;

    exchange->now_ms = now_ms;
    waiting_send(exchange);
    if (exchange->run_asked && exchange->waiting == NULL) {
        status = run_answer(exchange);
    }
    sync_tick(exchange->sync, now_ms);
    return status == RB_OK ? perform_all(exchange) : status;
}

int64_t exchange_deadline_ms(const struct exchange *exchange) {
    int64_t sync_ms = sync_deadline_ms(exchange->sync);
    int64_t keys_ms = keys_are_due(exchange) ? exchange->keys_looked_ms + KEYS_LOOK_MS : INT64_MAX;

    return sync_ms < keys_ms ? sync_ms : keys_ms;
}

void exchange_stored(struct exchange *exchange, const uint8_t circle[static HASH_BYTES],
                     const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last) {
    if (sync_progress(exchange->sync).settled) {
        exchange->touched_count = 0;
    } else {
        touched_add(exchange, log, first);
    }
    exchange->keys_unsure = true;
    sync_stored(exchange->sync, circle, log, first, last);
}

void exchange_cut(struct exchange *exchange, const uint8_t circle[static HASH_BYTES]) {
    sync_cut(exchange->sync, circle);
}

void exchange_bye(struct exchange *exchange, enum wire_bye reason) {
    sync_bye(exchange->sync, reason);
}
