/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/writing_internal.h"

#include "store/arrival.h"
#include "store/control_event.h"
#include "store/keyring.h"
#include "store/letters.h"
#include "store/own.h"
#include "store/sharing.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPERATION_HEADS_MAX = DEPS_MAX - 1, /* the own operation before may not be among them */
    CONTENT_HEADS_MAX = 16              /* beside TEXT_BYTES_MAX there is room for about 20 */
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

enum rb_status writing_expect(const struct writing *writing, enum member_state state) {
    const struct member *self = writing_self(writing);

    if (!member_is_in(self)) {
        return RB_NOT_MEMBER;
    }
    if (self->state == state) {
        return RB_OK;
    }
    return state == MEMBER_ACCEPTED ? RB_NOT_ACCEPTED : RB_REFUSED;
}

bool writing_accepts_by_acting(const struct writing *writing) {
    const enum circle_kind kind = writing->opening->members.kind;
    const struct member *self = writing_self(writing);

    return (kind == CIRCLE_CASE || kind == CIRCLE_ROSTER || kind == CIRCLE_IDENTITY ||
            kind == CIRCLE_REQUEST) &&
           self != NULL && self->state == MEMBER_INVITED;
}

enum rb_status writing_may_act(const struct writing *writing) {
    return writing_accepts_by_acting(writing) ? RB_OK : writing_expect(writing, MEMBER_ACCEPTED);
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
    /* A revocation may have taken back what a device of oneself has said. */
    if (status == RB_OK && opening->contacts_again) {
        status = own_contacts_take(opening->store, writing->now_ms);
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

enum rb_status writing_append_operation(struct writing *writing, const struct sealing *sealing,
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

    return writing_append_operation(writing, &sealing, type, body);
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
    struct log_row row;
    size_t count = 0;

    enum rb_status status = log_rows_count(opening->store, opening->circle.id, &count);
    if (status != RB_OK) {
        return status;
    }
    if (count >= CIRCLE_LOGS_MAX) {
        return RB_TOO_LARGE;
    }
    crypt_sign_new(&writing->log_key);
    log_row_new(&row, opening->circle.id, writing->log_key.public);
    row.own = true;
    status = keyring_put(opening->store, SECRET_LOG, span_of(row.pk, sizeof row.pk),
                         span_of(writing->log_key.seed, SIGN_SEED_BYTES));
    if (status == RB_OK) {
        status = opening_take_log(opening, &row);
    }
    return status == RB_OK ? logcert_append(writing) : status;
}

/* Whether somebody ended what this log was written for: who is added again begins a new one, so
 * that all of this one stays what it was locked to.  It is judged where it began. */
static bool log_is_locked(const struct opening *opening) {
    const struct open_log *log = &opening->log;
    struct event_author author = { .seq = log->row.head.seq + 1 };
    enum circle_role role;

    if (log->operation_count == 0) {
        return false;
    }
    memcpy(author.person, log->author.person, sizeof author.person);
    memcpy(author.device, log->author.device, sizeof author.device);
    memcpy(author.log, log->row.origin, sizeof author.log);
    return circle_role_at(opening->members.fold, &author,
                          (const uint8_t(*)[REF_BYTES])log->operations[0].ref, 1,
                          &role) == RB_REFUSED;
}

static enum rb_status log_key_take(struct writing *writing) {
    const struct log_row *row = &writing->opening->log.row;
    uint8_t seed[SIGN_SEED_BYTES];

    enum rb_status status = keyring_get(writing->opening->store, SECRET_LOG,
                                        span_of(row->pk, sizeof row->pk), seed, sizeof seed);
    if (status == RB_OK) {
        crypt_sign_from_seed(&writing->log_key, seed);
    }
    crypt_wipe(seed, sizeof seed);
    return status;
}

enum rb_status writing_take_log(struct writing *writing) {
    struct opening *opening = writing->opening;
    struct log_row row;

    enum rb_status status = log_row_find_own(opening->store, opening->circle.id, &row);
    if (status == RB_NOT_FOUND) {
        return log_new(writing);
    }
    if (status == RB_OK && opening->log.row.id != row.id) {
        status = opening_take_log(opening, &row);
    }
    if (status != RB_OK) {
        return status;
    }
    return log_is_locked(opening) ? log_new(writing) : log_key_take(writing);
}

/* ---- A new circle ---- */

/* GENESIS' payload, whose hash is the name of the circle.  The network of the letter that is used
 * now, if it holds, is the one whose letters give rank. */
static enum rb_status genesis_encode(struct store *store, enum circle_kind kind,
                                     const uint8_t *parent, uint64_t hlc, int64_t now_ms,
                                     struct writer *bytes) {
    struct payload payload = { .type = OP_GENESIS, .hlc = hlc };
    struct letter_row used, letter;
    struct op_pair pair;
    struct writer body;

    enum rb_status status = letters_choose(store, NULL, now_ms, &used);
    if (status != RB_OK) {
        return status;
    }
    const bool formal = used.letter.exists && letter_row_holds(&used);
    struct op_genesis genesis = {
        .kind = kind,
        .parent = parent,
        .anchor = formal ? used.letter.root : NULL,
    };
    status = letters_pair(store, genesis.anchor, now_ms, &letter, &pair);
    if (status != RB_OK) {
        return status;
    }
    crypt_random(genesis.nonce, sizeof genesis.nonce);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_genesis_encode(&body, &genesis, &pair);
    payload.body = writer_view(&body);
    payload_encode(bytes, &payload);
    assert(!bytes->failed);
    writer_clear(&body);
    return RB_OK;
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
                             const uint8_t *parent, int64_t now_ms) {
    const struct store_self *self = store_self(store);
    const uint8_t(*seal_key)[BOX_PUBLIC_BYTES] = &self->seal.public;
    uint64_t hlc = hlc_next(store_hlc(store), now_ms);
    uint8_t ref[REF_BYTES];
    struct writer genesis;

    store_hlc_seen(store, hlc, hlc_ms(hlc));
    *writing = (struct writing) { 0 };
    writer_init(&genesis, EVENT_PAYLOAD_BYTES_MAX);
    enum rb_status status = genesis_encode(store, kind, parent, hlc, now_ms, &genesis);
    if (status == RB_OK) {
        status = circle_begin(writing, store, writer_view(&genesis), now_ms);
    }
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
