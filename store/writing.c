/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/writing.h"

#include "store/arrival.h"
#include "store/control_event.h"
#include "store/keyring.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPERATION_HEADS_MAX = DEPS_MAX - 1, /* the own operation before may not be among them */
    CONTENT_HEADS_MAX = 16,             /* beside TEXT_BYTES_MAX there is room for about 20 */
    EPOCH_RECIPIENTS_MAX = 32,          /* parents and wraps stand in the same body */
    PREPARE_STEPS_MAX = 256             /* far more than CIRCLE_RECIPIENTS_MAX needs */
};

/* What an event is sealed with; `recipients` of a key body only. */
struct sealing {
    enum event_class class;
    const struct epoch_key *epoch;
    const uint8_t (*recipients)[BOX_PUBLIC_BYTES];
    size_t recipient_count;
};

enum rb_status writing_begin(struct writing *writing, struct store *store,
                             const uint8_t circle[static HASH_BYTES], int64_t now_ms) {
    *writing = (struct writing) { .opening = opening_of(store), .now_ms = now_ms };
    enum rb_status status = opening_take_circle(writing->opening, circle);

    return status == RB_OK ? opening_members(writing->opening) : status;
}

void writing_end(struct writing *writing) {
    if (writing->opening != NULL) {
        writer_clear(&writing->opening->payload);
    }
    crypt_wipe(writing, sizeof *writing);
}

const struct member *writing_self(const struct writing *writing) {
    const struct opening *opening = writing->opening;

    return circle_member(opening->members.fold, store_self(opening->store)->person);
}

static const struct store_self *self_of(const struct writing *writing) {
    return store_self(writing->opening->store);
}

/* ---- Appending ---- */

static enum rb_status event_make(const struct writing *writing, const struct sealing *sealing,
                                 struct span payload, struct writer *body, struct event *event) {
    const struct log_row *log = &writing->opening->log.row;
    struct event_place place = { .seq = log->head.seq + 1 };
    enum rb_status status;

    memcpy(place.log, log->pk, sizeof place.log);
    memcpy(place.previous, log->head.hash, sizeof place.previous);
    event->header.class = sealing->class;
    if (sealing->recipient_count == 0) {
        status = event_seal(body, &event->header, &place, sealing->epoch, payload);
    } else {
        status = event_seal_key_body(body, &event->header, &place, sealing->epoch,
                                     sealing->recipients, sealing->recipient_count, payload);
    }
    event->body = writer_view(body);
    event_body_hash(event->body_hash, event->body);
    return status;
}

/* Seals, chains, signs, stores and opens one event of the own log, like any that a peer sends. */
static enum rb_status append(struct writing *writing, const struct sealing *sealing,
                             struct span payload, uint8_t ref[static REF_BYTES]) {
    struct opening *opening = writing->opening;
    const struct log_row *log = &opening->log.row;
    struct run run = { .first = log->head.seq + 1, .count = 1 };
    struct run_result result;
    struct writer body;

    writer_init(&body, EVENT_BODY_BYTES_MAX);
    memcpy(run.log, log->pk, sizeof run.log);
    enum rb_status status = event_make(writing, sealing, payload, &body, &run.events[0]);
    if (status == RB_OK) {
        log_append(&log->head, &writing->log_key, &run, &result);
        event_ref(ref, log->pk, run.first, result.head.hash);
        status = arrival_store(opening, &run, &result, writing->now_ms);
    }
    if (status == RB_OK && sealing->class == EVENT_CONTROL) {
        status = opening_settle(opening);
    }
    if (status == RB_OK) {
        status = opening_members(opening);
    }
    if (status == RB_OK) {
        status = opening_save_rcv(opening);
    }
    writer_clear(&body);
    return status;
}

/* Above everything written or seen; what is used is not used again. */
static uint64_t clock_next(struct writing *writing) {
    struct store *store = writing->opening->store;
    uint64_t hlc = hlc_next(store_hlc(store), writing->now_ms);

    store_hlc_seen(store, hlc, hlc_ms(hlc));
    return hlc;
}

static enum rb_status operation_append(struct writing *writing, const struct sealing *sealing,
                                       enum op_type type, struct span body) {
    const struct circle *fold = writing->opening->members.fold;
    struct payload payload = { .type = type, .hlc = clock_next(writing), .body = body };
    struct writer bytes;
    uint8_t ref[REF_BYTES];

    payload.ctl_count = circle_heads(fold, payload.ctl, OPERATION_HEADS_MAX);
    writer_init(&bytes, EVENT_BODY_BYTES_MAX);
    payload_encode(&bytes, &payload);
    enum rb_status status = writer_end(&bytes);
    if (status == RB_OK) {
        status = append(writing, sealing, writer_view(&bytes), ref);
    }
    writer_clear(&bytes);
    return status;
}

enum rb_status writing_operation(struct writing *writing, enum op_type type, struct span body) {
    const struct sealing sealing = { .class = EVENT_CONTROL, .epoch = &writing->epoch };

    return operation_append(writing, &sealing, type, body);
}

/* More heads than an event has room for are joined by an operation that says nothing new: that one
 * has accepted. */
static enum rb_status heads_join(struct writing *writing) {
    uint8_t refs[CONTENT_HEADS_MAX + 1][REF_BYTES];
    enum rb_status status = RB_OK;
    struct writer body;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_empty_encode(&body);
    for (int step = 0; step < PREPARE_STEPS_MAX && status == RB_OK; step++) {
        size_t count = circle_heads(writing->opening->members.fold, refs, CONTENT_HEADS_MAX + 1);
        if (count <= CONTENT_HEADS_MAX) {
            break;
        }
        status = writing_operation(writing, OP_ACCEPT, writer_view(&body));
    }
    writer_clear(&body);
    return status;
}

enum rb_status writing_content(struct writing *writing, const struct new_content *draft,
                               uint8_t ref[static REF_BYTES]) {
    const struct kind *kind = kind_find(draft->type);
    struct sealing sealing = { .epoch = &writing->epoch };
    struct writer bytes;

    assert(kind != NULL);
    sealing.class = kind->class;
    enum rb_status status = heads_join(writing);
    if (status != RB_OK) {
        return status;
    }
    const struct members *members = &writing->opening->members;
    struct payload payload = { .type = draft->type,
                               .hlc = clock_next(writing),
                               .body = draft->body };
    payload.ref_count = draft->ref_count;
    memcpy(payload.refs, draft->refs, draft->ref_count * REF_BYTES);
    payload.ctl_count = circle_heads(members->fold, payload.ctl, CONTENT_HEADS_MAX);
    status = kind_judge(&payload, members->kind, writing_self(writing)->role);
    if (status != RB_OK) {
        return status;
    }
    writer_init(&bytes, EVENT_BODY_BYTES_MAX + REFS_MAX * EVENT_BODY_BYTES_MAX);
    payload_encode(&bytes, &payload);
    status = append(writing, &sealing, writer_view(&bytes), ref);
    writer_clear(&bytes);
    return status;
}

/* ---- The own log ---- */

static enum rb_status logcert_append(struct writing *writing) {
    const struct store_self *self = self_of(writing);
    const struct sealing sealing = { .class = EVENT_CONTROL, .epoch = &writing->epoch };
    struct payload payload = { .type = OP_LOGCERT, .hlc = clock_next(writing) };
    struct logcert cert = { 0 };
    struct writer body, bytes;
    uint8_t ref[REF_BYTES];

    memcpy(cert.device_cert, self->device_cert.id, sizeof cert.device_cert);
    memcpy(cert.circle, writing->opening->circle.circle, sizeof cert.circle);
    memcpy(cert.log, writing->log_key.public, sizeof cert.log);
    crypt_random(&cert.number, sizeof cert.number);
    logcert_sign(&cert, &self->identity->device);

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    writer_init(&bytes, EVENT_PAYLOAD_BYTES_MAX);
    logcert_encode(&body, &cert);
    payload.body = writer_view(&body);
    payload_encode(&bytes, &payload);
    enum rb_status status = append(writing, &sealing, writer_view(&bytes), ref);
    writer_clear(&bytes);
    writer_clear(&body);
    return status;
}

static enum rb_status log_new(struct writing *writing) {
    struct opening *opening = writing->opening;
    struct log_row row = { .circle = opening->circle.id, .own = true };
    size_t count = 0;

    enum rb_status status = log_rows_count(opening->store, opening->circle.id, &count);
    if (status != RB_OK) {
        return status;
    }
    if (count >= CIRCLE_LOGS_MAX) {
        return RB_TOO_LARGE;
    }
    crypt_sign_new(&writing->log_key);
    memcpy(row.pk, writing->log_key.public, sizeof row.pk);
    log_head_empty(&row.head, row.pk);
    status = keyring_put(opening->store, SECRET_LOG, span_of(row.pk, sizeof row.pk),
                         span_of(writing->log_key.seed, SIGN_SEED_BYTES));
    if (status == RB_OK) {
        status = opening_take_log(opening, &row);
    }
    return status == RB_OK ? logcert_append(writing) : status;
}

/* Takes the own log of the circle in hand, with its key; makes it at the first write. */
static enum rb_status log_take(struct writing *writing) {
    struct opening *opening = writing->opening;
    struct log_row row;
    uint8_t seed[SIGN_SEED_BYTES];

    enum rb_status status = log_row_find_own(opening->store, opening->circle.id, &row);
    if (status == RB_NOT_FOUND) {
        return log_new(writing);
    }
    if (status == RB_OK && opening->log.row.id != row.id) {
        status = opening_take_log(opening, &row);
    }
    if (status == RB_OK) {
        status = keyring_get(opening->store, SECRET_LOG, span_of(row.pk, sizeof row.pk), seed,
                             sizeof seed);
    }
    if (status == RB_OK) {
        crypt_sign_from_seed(&writing->log_key, seed);
    }
    crypt_wipe(seed, sizeof seed);
    return status;
}

/* ---- Keys ---- */

/* The key of that id, borrowed until the next call on the keyring; RB_OK and NULL if it is not
 * held. */
static enum rb_status epoch_find(const struct writing *writing,
                                 const uint8_t eid[static HASH_BYTES],
                                 const struct epoch_key **epoch) {
    const struct opening *opening = writing->opening;

    return keyring_epoch(opening->store, opening->circle.circle, eid, epoch);
}

/* What epoch_plan asks the keyring, and whether the keyring could answer. */
struct key_question {
    const struct writing *writing;
    enum rb_status status;
};

static bool epoch_is_held(void *context, const uint8_t eid[static HASH_BYTES]) {
    struct key_question *question = context;
    const struct epoch_key *epoch = NULL;

    enum rb_status status = epoch_find(question->writing, eid, &epoch);
    if (status != RB_OK) {
        question->status = status;
    }
    return status == RB_OK && epoch != NULL;
}

static enum rb_status plan_make(struct writing *writing, struct epoch_plan *plan) {
    struct key_question question = { writing, RB_OK };

    enum rb_status status =
        epoch_plan(writing->opening->members.fold, self_of(writing)->device_cert.id, epoch_is_held,
                   &question, writing->now_ms, plan);
    return question.status == RB_OK ? status : question.status;
}

/* Devices of a key body: what `to` names, and what the seals are made for, in one order. */
struct recipient_list {
    uint8_t to[SEALS_PER_KEY_BODY_MAX][CERT_ID_BYTES];
    uint8_t keys[SEALS_PER_KEY_BODY_MAX][BOX_PUBLIC_BYTES];
    size_t count;
};

static void recipient_append(struct recipient_list *list, const struct recipient *recipient) {
    assert(list->count < SEALS_PER_KEY_BODY_MAX);
    memcpy(list->to[list->count], recipient->device, CERT_ID_BYTES);
    memcpy(list->keys[list->count], recipient->seal_key, BOX_PUBLIC_BYTES);
    list->count++;
}

static enum rb_status key_body_append(struct writing *writing, enum op_type type,
                                      const struct epoch_key *epoch,
                                      const struct recipient_list *list, struct span body) {
    const struct sealing sealing = {
        .class = EVENT_CONTROL,
        .epoch = epoch,
        .recipients = list->keys,
        .recipient_count = list->count,
    };

    return operation_append(writing, &sealing, type, body);
}

/* The keys of a plan's heads, as far as they are held.  The caller wipes them. */
static enum rb_status wraps_collect(const struct writing *writing, const struct epoch_plan *plan,
                                    struct epoch_key wraps[static EPOCH_HEADS_MAX], size_t *count) {
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < plan->head_count && status == RB_OK; i++) {
        const struct epoch_key *held = NULL;
        status = epoch_find(writing, plan->heads[i], &held);
        if (held != NULL) {
            wraps[*count] = *held;
            (*count)++;
        }
    }
    return status;
}

static enum rb_status epoch_append(struct writing *writing, const struct epoch_plan *plan) {
    struct epoch_key wraps[EPOCH_HEADS_MAX];
    const struct recipient *recipients;
    struct recipient_list list = { 0 };
    size_t wrap_count = 0;
    struct writer body;

    enum rb_status status = wraps_collect(writing, plan, wraps, &wrap_count);
    if (status != RB_OK) {
        crypt_wipe(wraps, sizeof wraps);
        return status;
    }
    size_t count = circle_recipients(writing->opening->members.fold, &recipients);
    for (size_t i = 0; i < count && list.count < EPOCH_RECIPIENTS_MAX; i++) {
        recipient_append(&list, &recipients[i]);
    }
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_epoch_encode(&body, plan->heads, plan->head_count, list.to, list.count, wraps, wrap_count);
    status = writer_end(&body);
    if (status == RB_OK) {
        status = key_body_append(writing, OP_EPOCH, &writing->epoch, &list, writer_view(&body));
    }
    crypt_wipe(wraps, sizeof wraps);
    writer_clear(&body);
    return status;
}

/* A new key, sealed to the devices of the present members: the first of them, grants do the
 * rest. */
static enum rb_status rotate(struct writing *writing, const struct epoch_plan *plan) {
    epoch_key_new(&writing->epoch);
    enum rb_status status = control_event_take_key(writing->opening, &writing->epoch);

    if (status == RB_OK) {
        status = log_take(writing);
    }
    return status == RB_OK ? epoch_append(writing, plan) : status;
}

static enum rb_status grant_append(struct writing *writing, const struct epoch_grant *grant) {
    struct recipient_list list = { 0 };
    const struct recipient *recipients;
    struct epoch_key epoch;
    const struct epoch_key *held = NULL;
    struct writer body;

    enum rb_status status = epoch_find(writing, grant->epoch, &held);
    if (status != RB_OK || held == NULL) {
        return status == RB_OK ? RB_NO_KEY : status;
    }
    epoch = *held;
    (void)circle_recipients(writing->opening->members.fold, &recipients);
    for (size_t i = 0; i < grant->missing_count; i++) {
        recipient_append(&list, &recipients[grant->missing[i]]);
    }
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_keygrant_encode(&body, epoch.id, list.to, list.count);
    status = key_body_append(writing, OP_KEYGRANT, &epoch, &list, writer_view(&body));
    crypt_wipe(&epoch, sizeof epoch);
    writer_clear(&body);
    return status;
}

/* The first grant of a plan that is due, or NULL. */
static const struct epoch_grant *grant_due(const struct epoch_plan *plan,
                                           enum writing_grants grants) {
    for (size_t i = 0; i < plan->grant_count; i++) {
        const struct epoch_grant *grant = &plan->grants[i];
        bool is_used = memcmp(grant->epoch, plan->use, sizeof plan->use) == 0;
        if (grants == GRANTS_ALL || grant->authored_here || (grants == GRANTS_USED && is_used)) {
            return grant;
        }
    }
    return NULL;
}

bool writing_grants_due(struct writing *writing) {
    struct epoch_plan plan;

    return plan_make(writing, &plan) == RB_OK && !plan.rotate &&
           grant_due(&plan, GRANTS_OWN) != NULL;
}

/* One event of what is missing, or `*ready`. */
static enum rb_status prepare_step(struct writing *writing, enum writing_grants grants,
                                   bool *ready) {
    const struct epoch_key *held = NULL;
    struct epoch_plan plan;

    enum rb_status status = plan_make(writing, &plan);
    if (status != RB_OK) {
        return status;
    }
    if (plan.rotate) {
        return rotate(writing, &plan);
    }
    status = epoch_find(writing, plan.use, &held);
    if (status != RB_OK || held == NULL) {
        return status == RB_OK ? RB_NO_KEY : status;
    }
    writing->epoch = *held;
    status = log_take(writing);
    if (status != RB_OK) {
        return status;
    }
    const struct epoch_grant *grant = grant_due(&plan, grants);
    *ready = grant == NULL;
    return grant == NULL ? RB_OK : grant_append(writing, grant);
}

enum rb_status writing_prepare(struct writing *writing, enum writing_grants grants) {
    bool ready = false;

    for (int step = 0; step < PREPARE_STEPS_MAX; step++) {
        enum rb_status status = prepare_step(writing, grants, &ready);
        if (status != RB_OK || ready) {
            return status;
        }
    }
    return RB_REFUSED; /* members come faster than keys can be granted */
}

/* ---- A new circle ---- */

/* GENESIS' payload, whose hash is the name of the circle. */
static void genesis_encode(const struct store_self *self, enum circle_kind kind, uint64_t hlc,
                           struct writer *bytes) {
    struct payload payload = { .type = OP_GENESIS, .hlc = hlc };
    struct writer body;
    uint8_t nonce[16];

    crypt_random(nonce, sizeof nonce);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_genesis_encode(&body, kind, nonce, self->person_cert.whole, self->device_cert.whole,
                      self->seal.whole);
    payload.body = writer_view(&body);
    payload_encode(bytes, &payload);
    assert(!bytes->failed);
    writer_clear(&body);
}

static enum rb_status circle_begin(struct writing *writing, struct store *store,
                                   struct span genesis, int64_t now_ms) {
    uint8_t id[HASH_BYTES];

    circle_id(id, genesis);
    enum rb_status status = circle_remember(store, id, NULL);
    if (status == RB_OK) {
        status = writing_begin(writing, store, id, now_ms);
    }
    if (status == RB_OK) {
        epoch_key_new(&writing->epoch);
        status = control_event_take_key(writing->opening, &writing->epoch);
    }
    return status;
}

enum rb_status writing_found(struct writing *writing, struct store *store, enum circle_kind kind,
                             int64_t now_ms) {
    const struct store_self *self = store_self(store);
    const uint8_t(*seal_key)[BOX_PUBLIC_BYTES] = &self->seal.public;
    uint64_t hlc = hlc_next(store_hlc(store), now_ms);
    uint8_t ref[REF_BYTES];
    struct writer genesis;

    store_hlc_seen(store, hlc, hlc_ms(hlc));
    *writing = (struct writing) { 0 };
    writer_init(&genesis, EVENT_PAYLOAD_BYTES_MAX);
    genesis_encode(self, kind, hlc, &genesis);
    enum rb_status status = circle_begin(writing, store, writer_view(&genesis), now_ms);
    if (status == RB_OK) {
        status = log_new(writing);
    }
    if (status == RB_OK) {
        const struct sealing sealing = { EVENT_CONTROL, &writing->epoch, seal_key, 1 };
        status = append(writing, &sealing, writer_view(&genesis), ref);
    }
    writer_clear(&genesis);
    return status;
}
