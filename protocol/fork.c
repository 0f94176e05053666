/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Forks: the proof that one author wrote two histories of one log.  Declared in log.h.
 *
 * A proof stands on itself: it names the last common H and the e of both branches up to a signed
 * head each, so anybody, a relay too, can recompute both heads and check both signatures against
 * the log's key.  It does not matter whether the common H is that of a valid log: one key has
 * signed two things that cannot both be its only history, and the cost falls on that key's own log
 * alone. */
#include "protocol/log.h"

#include "protocol/cbor.h"

#include <assert.h>
#include <string.h>

enum { FORK_VERSION = 1, FORK_ITEMS = 6, FORK_BRANCH_ITEMS = 2 };

/* ---- Verification ---- */

/* True if the branch's signature is good over its chain from `before`, the H of the seq before it.
 * */
static bool branch_verify(const struct fork_branch *branch, const uint8_t log[static LOG_PK_BYTES],
                          uint64_t before_seq, const uint8_t before[static HASH_BYTES]) {
    uint8_t hash[HASH_BYTES];

    memcpy(hash, before, sizeof hash);
    for (size_t i = 0; i < branch->count; i++) {
        log_hash_next(hash, before_seq + 1 + i, hash, branch->event_hashes[i]);
    }
    return log_head_verify(branch->signature, log, before_seq + branch->count, hash);
}

/* Which of two branches stands first.  Their first e differ, or there is no fork between them. */
static int branch_compare(const struct fork_branch *a, const struct fork_branch *b) {
    return memcmp(a->event_hashes[0], b->event_hashes[0], HASH_BYTES);
}

/* Both branches not empty and within the block of common_seq + 1. */
static bool fork_is_well_formed(const struct fork *fork) {
    size_t room = BLOCK_EVENTS - (size_t)(fork->common_seq % BLOCK_EVENTS);
    uint8_t first[HASH_BYTES];

    for (size_t i = 0; i < 2; i++) {
        if (fork->branches[i].count == 0 || fork->branches[i].count > room) {
            return false;
        }
    }
    if (fork->common_seq == 0) {
        log_hash_first(first, fork->log);
        if (memcmp(first, fork->common_hash, sizeof first) != 0) {
            return false;
        }
    }
    return branch_compare(&fork->branches[0], &fork->branches[1]) < 0;
}

/* ---- Finding ---- */

static void branch_of_run(struct fork_branch *branch, const struct run *run) {
    branch->count = run->count;
    for (size_t i = 0; i < run->count; i++) {
        event_hash(branch->event_hashes[i], &run->events[i].header, run->events[i].body_hash);
    }
    memcpy(branch->signature, run->signature, sizeof branch->signature);
}

static size_t common_count(const struct fork_branch *a, const struct fork_branch *b) {
    size_t limit = a->count < b->count ? a->count : b->count;
    size_t count = 0;

    while (count < limit &&
           memcmp(a->event_hashes[count], b->event_hashes[count], HASH_BYTES) == 0) {
        count++;
    }
    return count;
}

/* The branch without its first `count` events. */
static void branch_copy_after(struct fork_branch *out, const struct fork_branch *branch,
                              size_t count) {
    assert(count < branch->count);
    *out = (struct fork_branch) { .count = branch->count - count };
    memcpy(out->event_hashes, branch->event_hashes[count], out->count * HASH_BYTES);
    memcpy(out->signature, branch->signature, sizeof out->signature);
}

enum rb_status fork_make(struct fork *fork, const uint8_t log[static LOG_PK_BYTES],
                         uint64_t common_seq, const uint8_t common_hash[static HASH_BYTES],
                         const struct fork_branch *one, const struct fork_branch *other) {
    struct fork value = { .common_seq = common_seq };

    memcpy(value.log, log, sizeof value.log);
    memcpy(value.common_hash, common_hash, sizeof value.common_hash);
    bool in_order = branch_compare(one, other) < 0;
    value.branches[0] = in_order ? *one : *other;
    value.branches[1] = in_order ? *other : *one;
    if (!fork_is_well_formed(&value)) {
        return RB_MALFORMED;
    }
    *fork = value;
    return RB_OK;
}

/* The proof from two branches of one block that part after `common` events. */
static enum rb_status fork_build(struct fork *fork, const struct run *run,
                                 const uint8_t before[static HASH_BYTES], size_t common,
                                 const struct fork_branch *known, const struct fork_branch *seen) {
    struct fork_branch one, other;
    uint8_t hash[HASH_BYTES];

    memcpy(hash, before, sizeof hash);
    for (size_t i = 0; i < common; i++) {
        log_hash_next(hash, run->first + i, hash, known->event_hashes[i]);
    }
    branch_copy_after(&one, known, common);
    branch_copy_after(&other, seen, common);
    return fork_make(fork, run->log, run->first - 1 + common, hash, &one, &other);
}

enum rb_status run_contradicts(const uint8_t before[static HASH_BYTES],
                               const struct fork_branch *known, const struct run *run,
                               struct fork *fork) {
    struct fork_branch seen;

    assert(known->count > 0);
    assert(known->count <= BLOCK_EVENTS);
    if (run_check(run) != RB_OK || run->first % BLOCK_EVENTS != 1) {
        return RB_MALFORMED;
    }
    if (memcmp(run->previous8, before, sizeof run->previous8) != 0) {
        return run->first == 1 ? RB_MALFORMED : RB_SUSPECT; /* H_0 follows from the log's key */
    }
    branch_of_run(&seen, run);
    if (!branch_verify(&seen, run->log, run->first - 1, before)) {
        return RB_BAD_SIGNATURE;
    }
    size_t common = common_count(known, &seen);
    if (common == known->count || common == seen.count) {
        return RB_OK;
    }
    if (!branch_verify(known, run->log, run->first - 1, before)) {
        return RB_DAMAGED;
    }
    enum rb_status status = fork_build(fork, run, before, common, known, &seen);
    return status == RB_OK ? RB_FORK : status;
}

/* ---- Names ---- */

void branch_name(uint8_t name[static LOG_PK_BYTES], const uint8_t log[static LOG_PK_BYTES],
                 uint64_t first, const uint8_t hash[static HASH_BYTES]) {
    struct writer text;

    writer_init(&text, LOG_PK_BYTES + 8 + HASH_BYTES);
    writer_span(&text, span_of(log, LOG_PK_BYTES));
    writer_u64(&text, first);
    writer_span(&text, span_of(hash, HASH_BYTES));
    const struct span whole = writer_view(&text);
    crypt_hash(name, LOG_PK_BYTES, span_of(NULL, 0), "rk.branch", &whole, 1);
    writer_clear(&text);
}

void fork_branch_hash(const struct fork *fork, size_t branch, uint8_t hash[static HASH_BYTES]) {
    log_hash_next(hash, fork->common_seq + 1, fork->common_hash,
                  fork->branches[branch].event_hashes[0]);
}

void fork_branch_name(const struct fork *fork, size_t branch, uint8_t name[static LOG_PK_BYTES]) {
    uint8_t hash[HASH_BYTES];

    fork_branch_hash(fork, branch, hash);
    branch_name(name, fork->log, fork->common_seq + 1, hash);
}

/* ---- Proofs ---- */

static void branch_encode(struct writer *out, const struct fork_branch *branch) {
    cbor_write_array(out, FORK_BRANCH_ITEMS);
    cbor_write_array(out, branch->count);
    for (size_t i = 0; i < branch->count; i++) {
        cbor_write_bytes(out, span_of(branch->event_hashes[i], HASH_BYTES));
    }
    cbor_write_bytes(out, span_of(branch->signature, sizeof branch->signature));
}

void fork_encode(struct writer *out, const struct fork *fork) {
    assert(fork_is_well_formed(fork));
    cbor_write_array(out, FORK_ITEMS);
    cbor_write_uint(out, FORK_VERSION);
    cbor_write_bytes(out, span_of(fork->log, sizeof fork->log));
    cbor_write_uint(out, fork->common_seq);
    cbor_write_bytes(out, span_of(fork->common_hash, sizeof fork->common_hash));
    branch_encode(out, &fork->branches[0]);
    branch_encode(out, &fork->branches[1]);
}

/* Fails unless the next item is an array of exactly `items`. */
static void array_expect(struct reader *reader, uint64_t items) {
    if (cbor_read_array(reader, items) != items) {
        reader->failed = true;
    }
}

static void branch_decode(struct reader *reader, struct fork_branch *branch) {
    array_expect(reader, FORK_BRANCH_ITEMS);
    branch->count = (size_t)cbor_read_array(reader, BLOCK_EVENTS);
    for (size_t i = 0; i < branch->count; i++) {
        cbor_read_fixed(reader, branch->event_hashes[i], HASH_BYTES);
    }
    cbor_read_fixed(reader, branch->signature, sizeof branch->signature);
}

enum rb_status fork_decode(struct span bytes, struct fork *fork) {
    struct reader reader = reader_of(bytes);
    struct fork value = { 0 };

    array_expect(&reader, FORK_ITEMS);
    uint64_t version = cbor_read_uint(&reader, FORK_VERSION);
    cbor_read_fixed(&reader, value.log, sizeof value.log);
    value.common_seq = cbor_read_uint(&reader, SEQ_MAX - 1);
    cbor_read_fixed(&reader, value.common_hash, sizeof value.common_hash);
    branch_decode(&reader, &value.branches[0]);
    branch_decode(&reader, &value.branches[1]);
    if (reader_end(&reader) != RB_OK || version != FORK_VERSION || !fork_is_well_formed(&value)) {
        return RB_MALFORMED;
    }
    for (size_t i = 0; i < 2; i++) {
        if (!branch_verify(&value.branches[i], value.log, value.common_seq, value.common_hash)) {
            return RB_BAD_SIGNATURE;
        }
    }
    *fork = value;
    return RB_OK;
}
