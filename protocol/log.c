/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Why rule V gives every reader the same valid events, whatever arrived first.
 *
 * A signature S at seq h is over H_h, and H_h names e_1 ... e_h, since the chain is a hash of
 * hashes.  So "S is good and its chain contains e_k" is a fact about S and the events, not about
 * who asks or when.  Rule V is built from such facts only, with "exists" and without "not": (i)
 * every earlier block has a good signature at its last seq, (ii) some good signature at h >= k in
 * k's own block covers e_k.  A further signature can make an event valid and can never make one
 * invalid; hence two readers who have seen the same signatures agree, and one who has seen fewer
 * has a prefix of what the other has.  An author who signs a bad H at 5 and a good one at 10 has
 * not signed at 5, no more: nobody stops there, because a bad signature is evidence of nothing.
 * Leaving out a block's last signature stops the log at that block for everybody alike.  The rule
 * looks at one block at a time, so that a reader keeps one signature per block and the newest, and
 * can still convince the next reader of all of it.
 *
 * run_accept keeps to this by two habits: it stores nothing that the signature at the end of its
 * run does not cover, and it goes into a block only from the verified last seq of the one before.
 * What it refuses it forgets, so a bad run leaves no trace that could make a later good one look
 * different.  Two good signatures whose chains disagree are the one case in which "the" log does
 * not exist: that is fork.c's. */
#include "protocol/log.h"

#include "protocol/cbor.h"

#include <assert.h>
#include <string.h>

void log_head_empty(struct log_head *head, const uint8_t log[static LOG_PK_BYTES]) {
    *head = (struct log_head) { 0 };
    log_hash_first(head->hash, log);
}

/* ---- Runs ---- */

static uint64_t run_last(const struct run *run) {
    return run->first + run->count - 1;
}

static uint64_t block_of(uint64_t seq) {
    return (seq - 1) / BLOCK_EVENTS;
}

static bool event_is_well_formed(const struct event *event) {
    uint8_t hash[HASH_BYTES];

    if (event->header.class >= EVENT_CLASS_COUNT || event->header.body_len == 0 ||
        event->header.body_len > EVENT_BODY_BYTES_MAX) {
        return false;
    }
    if (event->stub) {
        return event->body.len == 0;
    }
    if (event->body.len != event->header.body_len) {
        return false;
    }
    event_body_hash(hash, event->body);
    return memcmp(hash, event->body_hash, sizeof hash) == 0;
}

enum rb_status run_check(const struct run *run) {
    if (run->count == 0 || run->count > RUN_EVENTS_MAX) {
        return RB_MALFORMED;
    }
    if (run->first == 0 || run->first > SEQ_MAX || run_last(run) > SEQ_MAX ||
        block_of(run->first) != block_of(run_last(run))) {
        return RB_MALFORMED;
    }
    for (size_t i = 0; i < run->count; i++) {
        if (!event_is_well_formed(&run->events[i])) {
            return RB_MALFORMED;
        }
    }
    return RB_OK;
}

/* The e of every event, and H after it, upwards from `before`. */
static void run_chain(const struct run *run, const uint8_t before[static HASH_BYTES],
                      uint8_t (*event_hashes)[HASH_BYTES], uint8_t (*hashes)[HASH_BYTES]) {
    const uint8_t *previous = before;

    for (size_t i = 0; i < run->count; i++) {
        const struct event *event = &run->events[i];
        event_hash(event_hashes[i], &event->header, event->body_hash);
        log_hash_next(hashes[i], run->first + i, previous, event_hashes[i]);
        previous = hashes[i];
    }
}

/* How many events of the run are known already; `run->first` is at most one after the head. */
static size_t known_count(const struct log_head *head, const struct run *run) {
    uint64_t known = head->seq - (run->first - 1);

    return known < run->count ? (size_t)known : run->count;
}

enum rb_status run_accept(const struct log_head *head, const struct run *run,
                          const struct log_overlap *overlap, struct run_result *result) {
    struct run_result value = { 0 };
    uint8_t event_hashes[RUN_EVENTS_MAX][HASH_BYTES];

    if (run_check(run) != RB_OK) {
        return RB_MALFORMED;
    }
    if (run->first > head->seq + 1) {
        return RB_GAP;
    }
    size_t known = known_count(head, run);
    assert(known == 0 || (overlap != NULL && overlap->count == known));

    const uint8_t *before = known == 0 ? head->hash : overlap->before;
    if (memcmp(run->previous8, before, sizeof run->previous8) != 0) {
        return RB_SUSPECT;
    }
    run_chain(run, before, event_hashes, value.hashes);
    for (size_t i = 0; i < known; i++) {
        if (memcmp(event_hashes[i], overlap->event_hashes[i], HASH_BYTES) != 0) {
            return RB_SUSPECT;
        }
        value.fill[i] = !run->events[i].stub;
    }
    value.head = *head;
    value.new_first = run->first + known;
    if (known == run->count) {
        *result = value;
        return RB_DUPLICATE;
    }
    const uint8_t *last_hash = value.hashes[run->count - 1];
    if (!log_head_verify(run->signature, run->log, run_last(run), last_hash)) {
        return RB_SUSPECT;
    }
    value.head.seq = run_last(run);
    memcpy(value.head.hash, last_hash, sizeof value.head.hash);
    memcpy(value.head.signature, run->signature, sizeof value.head.signature);
    *result = value;
    return RB_OK;
}

void log_append(const struct log_head *head, const struct sign_key *log_key, struct run *run,
                struct run_result *result) {
    struct run_result value = { 0 };
    uint8_t event_hashes[RUN_EVENTS_MAX][HASH_BYTES];

    assert(crypt_equal(run->log, log_key->public, sizeof run->log));
    assert(run->first == head->seq + 1);
    assert(run_check(run) == RB_OK);
    run_chain(run, head->hash, event_hashes, value.hashes);
    memcpy(run->previous8, head->hash, sizeof run->previous8);
    value.head.seq = run_last(run);
    memcpy(value.head.hash, value.hashes[run->count - 1], sizeof value.head.hash);
    log_head_sign(value.head.signature, log_key, value.head.seq, value.head.hash);
    memcpy(run->signature, value.head.signature, sizeof run->signature);
    value.new_first = run->first;
    *result = value;
}

/* ---- LOGCERT ---- */

enum { LOGCERT_DEVICE, LOGCERT_CIRCLE, LOGCERT_NUMBER, LOGCERT_LOG, LOGCERT_SIGNATURE };

enum { LOGCERT_SIGNED_BYTES = 16 + HASH_BYTES + 8 + LOG_PK_BYTES };

/* What a device signs, appended to `out`. */
static void logcert_write_signed(struct writer *out, const struct logcert *cert) {
    writer_span(out, span_of(cert->device_cert, sizeof cert->device_cert));
    writer_span(out, span_of(cert->circle, sizeof cert->circle));
    writer_u64(out, cert->number);
    writer_span(out, span_of(cert->log, sizeof cert->log));
}

void logcert_sign(struct logcert *cert, const struct sign_key *device) {
    struct writer message;

    writer_init(&message, LOGCERT_SIGNED_BYTES);
    logcert_write_signed(&message, cert);
    crypt_sign(cert->signature, device, "rk.logcert", writer_view(&message));
    writer_clear(&message);
}

bool logcert_verify(const struct logcert *cert, const uint8_t device[static SIGN_PUBLIC_BYTES]) {
    struct writer message;

    writer_init(&message, LOGCERT_SIGNED_BYTES);
    logcert_write_signed(&message, cert);
    bool valid = crypt_verify(cert->signature, device, "rk.logcert", writer_view(&message));
    writer_clear(&message);
    return valid;
}

void logcert_encode(struct writer *out, const struct logcert *cert) {
    cbor_write_map(out, 5);
    cbor_write_uint(out, LOGCERT_DEVICE);
    cbor_write_bytes(out, span_of(cert->device_cert, sizeof cert->device_cert));
    cbor_write_uint(out, LOGCERT_CIRCLE);
    cbor_write_bytes(out, span_of(cert->circle, sizeof cert->circle));
    cbor_write_uint(out, LOGCERT_NUMBER);
    cbor_write_uint(out, cert->number);
    cbor_write_uint(out, LOGCERT_LOG);
    cbor_write_bytes(out, span_of(cert->log, sizeof cert->log));
    cbor_write_uint(out, LOGCERT_SIGNATURE);
    cbor_write_bytes(out, span_of(cert->signature, sizeof cert->signature));
}

enum rb_status logcert_decode(struct span body, struct logcert *cert) {
    struct reader reader = reader_of(body);
    struct logcert value = { 0 };
    unsigned found = 0;
    uint64_t key;

    struct cbor_map map = cbor_read_map(&reader);
    while (cbor_map_next(&map, &reader, &key)) {
        switch (key) {
        case LOGCERT_DEVICE:
            cbor_read_fixed(&reader, value.device_cert, sizeof value.device_cert);
            break;
        case LOGCERT_CIRCLE:
            cbor_read_fixed(&reader, value.circle, sizeof value.circle);
            break;
        case LOGCERT_NUMBER:
            value.number = cbor_read_uint(&reader, UINT64_MAX);
            break;
        case LOGCERT_LOG:
            cbor_read_fixed(&reader, value.log, sizeof value.log);
            break;
        case LOGCERT_SIGNATURE:
            cbor_read_fixed(&reader, value.signature, sizeof value.signature);
            break;
        default:
            cbor_skip(&reader); /* for newer versions, which sign it themselves */
        }
        found |= key <= LOGCERT_SIGNATURE ? 1u << key : 0;
    }
    if (reader_end(&reader) != RB_OK || found != 31) {
        return RB_MALFORMED; /* no field is ever absent */
    }
    *cert = value;
    return RB_OK;
}
