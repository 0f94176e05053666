/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proofs of a fork from a stranger: as they come (first byte even), or a good proof with edits
 * (odd). A proof that is accepted is written as the same bytes, and edits never give another good
 * one. */
#include "tests/fuzz/fuzz.h"

#include "tests/support/log_maker.h"
#include "tests/support/repeat.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { COMMON = 3, PROOF_BYTES_MAX = 8192 };

static struct writer good;

static void start(void) {
    if (good.len > 0) {
        return;
    }
    repeat_start(1);
    struct made_log *left = made_log_new(1, 5);
    struct made_log *right = made_log_new_branch(1, 6, COMMON, 9);
    struct fork_branch known;
    struct fork fork;
    struct run run;
    made_log_block(left, 5, &known);
    made_log_run(right, 1, 6, &run);
    if (run_contradicts(left->hashes[0], &known, &run, &fork) != RB_FORK) {
        abort();
    }
    writer_init(&good, PROOF_BYTES_MAX);
    fork_encode(&good, &fork);
    made_log_free(left);
    made_log_free(right);
}

static bool try_proof(struct span bytes) {
    struct writer again;
    struct fork fork;

    if (fork_decode(bytes, &fork) != RB_OK) {
        return false;
    }
    writer_init(&again, PROOF_BYTES_MAX);
    fork_encode(&again, &fork);
    assert(span_equal(writer_view(&again), bytes));
    writer_clear(&again);
    return true;
}

/* Each three bytes are a place and what is changed there. */
static void try_edits(struct span edits) {
    uint8_t bytes[PROOF_BYTES_MAX];
    struct reader reader = reader_of(edits);

    memcpy(bytes, good.data, good.len);
    while (reader.rest.len >= 3) {
        uint16_t place = reader_u16(&reader);
        bytes[place % good.len] ^= reader_u8(&reader);
    }
    bool is_good = try_proof(span_of(bytes, good.len));
    assert(is_good == (memcmp(bytes, good.data, good.len) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    start();
    if (len == 0) {
        return 0;
    }
    struct span rest = span_of(data + 1, len - 1);
    if (data[0] % 2 == 0) {
        (void)try_proof(rest); /* good or not, it came through */
    } else {
        try_edits(rest);
    }
    return 0;
}
