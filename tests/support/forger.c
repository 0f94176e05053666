/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/forger.h"

#include "protocol/casework/thread.h"
#include "store/keyring.h"
#include "store/opening.h"

#include <string.h>

void forger_new(struct forger *forger, struct store *store,
                const uint8_t circle[static HASH_BYTES]) {
    const struct epoch_key *epochs;
    size_t count;

    *forger = (struct forger) { 0 };
    assert_int_equal(keyring_epochs(store, circle, NULL, &epochs, &count), RB_OK);
    assert_true(count > 0);
    forger->epoch = epochs[0];
    crypt_sign_new(&forger->log_key);
    log_head_empty(&forger->head, forger->log_key.public);
    writer_init(&forger->body, EVENT_BODY_BYTES_MAX);
}

void forger_clear(struct forger *forger) {
    writer_clear(&forger->body);
}

void forger_twin(struct forger *twin, const struct forger *forger) {
    *twin = *forger;
    writer_init(&twin->body, EVENT_BODY_BYTES_MAX);
}

/* Chains and signs an event whose header and body are ready. */
static void event_append(struct forger *forger, struct run *run) {
    struct event *event = &run->events[0];
    struct run_result result;

    event->body = writer_view(&forger->body);
    event_body_hash(event->body_hash, event->body);
    log_append(&forger->head, &forger->log_key, run, &result);
    forger->head = result.head;
}

/* A run of one event, and the place of that. */
static struct event_place run_begin(const struct forger *forger, enum event_class class,
                                    struct run *run) {
    struct event_place place = { .seq = forger->head.seq + 1 };

    memcpy(place.log, forger->log_key.public, sizeof place.log);
    memcpy(place.previous, forger->head.hash, sizeof place.previous);
    *run = (struct run) { .first = place.seq, .count = 1 };
    memcpy(run->log, place.log, sizeof run->log);
    run->events[0].header.class = class;
    return place;
}

void forger_event(struct forger *forger, enum event_class class, const struct payload *payload,
                  struct run *run) {
    struct event_place place = run_begin(forger, class, run);
    struct writer bytes;

    writer_init(&bytes, EVENT_BODY_BYTES_MAX);
    payload_encode(&bytes, payload);
    writer_reset(&forger->body);
    assert_int_equal(event_seal(&forger->body, &run->events[0].header, &place, &forger->epoch,
                                writer_view(&bytes)),
                     RB_OK);
    writer_clear(&bytes);
    event_append(forger, run);
}

void forger_operation(struct forger *forger, enum op_type type, struct span body,
                      const uint8_t ctl[static REF_BYTES], struct run *run) {
    struct payload payload = { .type = type, .hlc = 5, .body = body, .ctl_count = 1 };

    memcpy(payload.ctl[0], ctl, REF_BYTES);
    forger_event(forger, EVENT_CONTROL, &payload, run);
}

/* An operation with a new key, sealed to `to`. */
static void key_event(struct forger *forger, const struct payload *payload, struct store *to,
                      struct run *run) {
    const uint8_t(*seal_key)[BOX_PUBLIC_BYTES] = &store_self(to)->seal.public;
    struct event_place place = run_begin(forger, EVENT_CONTROL, run);
    struct epoch_key epoch;
    struct writer bytes;

    epoch_key_new(&epoch);
    writer_init(&bytes, EVENT_BODY_BYTES_MAX);
    payload_encode(&bytes, payload);
    writer_reset(&forger->body);
    assert_int_equal(event_seal_key_body(&forger->body, &run->events[0].header, &place, &epoch,
                                         seal_key, 1, writer_view(&bytes)),
                     RB_OK);
    writer_clear(&bytes);
    event_append(forger, run);
}

void forger_epoch(struct forger *forger, struct store *store, struct store *to,
                  const struct epoch_key *wraps, size_t wrap_count, size_t parent_count,
                  const uint8_t ctl[static REF_BYTES], struct run *run) {
    const uint8_t(*device)[CERT_ID_BYTES] = &store_self(store)->device_cert.id;
    struct payload payload = { .type = OP_EPOCH, .hlc = 5, .ctl_count = 1 };
    uint8_t parents[WRAPS_PER_EPOCH_MAX][HASH_BYTES];
    struct writer body;

    for (size_t i = 0; i < parent_count; i++) {
        memcpy(parents[i], wraps[i].id, HASH_BYTES);
    }
    writer_init(&body, EVENT_BODY_BYTES_MAX);
    op_epoch_encode(&body, parents, parent_count, device, 1, wraps, wrap_count);
    payload.body = writer_view(&body);
    memcpy(payload.ctl[0], ctl, REF_BYTES);
    key_event(forger, &payload, to, run);
    writer_clear(&body);
}

void forger_genesis(struct forger *forger, struct store *store, struct store *to, struct run *run) {
    const struct store_self *self = store_self(store);
    const struct op_pair pair = { .person_cert = self->person_cert.whole,
                                  .device_cert = self->device_cert.whole,
                                  .seal_key = self->seal.whole };
    const struct op_genesis genesis = { .kind = CIRCLE_GROUP };
    struct payload payload = { .type = OP_GENESIS, .hlc = 5 };
    struct writer body;

    writer_init(&body, EVENT_BODY_BYTES_MAX);
    op_genesis_encode(&body, &genesis, &pair);
    payload.body = writer_view(&body);
    key_event(forger, &payload, to, run);
    writer_clear(&body);
}

void forger_logcert(struct forger *forger, struct store *store,
                    const uint8_t circle[static HASH_BYTES], struct run *run) {
    const struct store_self *self = store_self(store);
    struct payload payload = { .type = OP_LOGCERT, .hlc = 1 };
    struct logcert cert = { .number = 1 };
    struct writer body;

    memcpy(cert.device_cert, self->device_cert.id, sizeof cert.device_cert);
    memcpy(cert.circle, circle, sizeof cert.circle);
    memcpy(cert.log, forger->log_key.public, sizeof cert.log);
    logcert_sign(&cert, &self->identity->device);
    writer_init(&body, EVENT_BODY_BYTES_MAX);
    logcert_encode(&body, &cert);
    payload.body = writer_view(&body);
    forger_event(forger, EVENT_CONTROL, &payload, run);
    writer_clear(&body);
}

void forger_post(struct forger *forger, uint64_t type, const char *text,
                 const uint8_t thread[static REF_BYTES], const uint8_t ctl[static REF_BYTES],
                 uint64_t hlc, struct run *run) {
    struct payload payload = { .type = type, .hlc = hlc, .ref_count = 1, .ctl_count = 1 };
    const struct post post = { .text = span_text(text) };
    struct writer body;

    memcpy(payload.refs[0], thread, REF_BYTES);
    memcpy(payload.ctl[0], ctl, REF_BYTES);
    writer_init(&body, EVENT_BODY_BYTES_MAX);
    post_encode(&body, &post);
    payload.body = writer_view(&body);
    forger_event(forger, EVENT_CONTENT, &payload, run);
    writer_clear(&body);
}

void forger_head(struct store *store, const uint8_t circle[static HASH_BYTES],
                 uint8_t ref[static REF_BYTES]) {
    struct opening *opening = opening_of(store);

    assert_int_equal(opening_take_circle(opening, circle), RB_OK);
    assert_int_equal(opening_members(opening), RB_OK);
    assert_true(circle_heads(opening->members.fold, (uint8_t(*)[REF_BYTES])ref, 1) == 1);
}
