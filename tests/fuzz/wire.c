/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a frame.  What is accepted can be read to its end, and a RUN has one form only:
 * encoding what was decoded gives the same bytes. */
#include "tests/fuzz/fuzz.h"

#include "protocol/wire.h"

#include <assert.h>
#include <string.h>

static void read_rows(struct wire_frame *frame) {
    for (size_t i = 0; i < frame->row_count; i++) {
        if (frame->type == WIRE_VECTOR) { /* a branch after the beginning has no head yet: 0 */
            const struct wire_log log = wire_next_log(frame);
            assert(log.head <= SEQ_MAX && log.missing <= log.head);
        } else if (frame->type == WIRE_WANT) {
            const struct wire_want want = wire_next_want(frame);
            assert(want.from > 0 && want.from <= want.to);
        } else {
            assert(wire_next_ack(frame).seq > 0);
        }
    }
    for (size_t i = 0; frame->type == WIRE_LIST && i < wire_list_count(frame); i++) {
        (void)wire_list_at(frame, i); /* Only that it can be read. */
    }
}

/* Each has one form only. */
static void read_proved(const struct wire_frame *frame) {
    struct reader reader = reader_of(frame->items);
    struct revoke_claim claim;
    struct writer again;

    writer_init(&again, FRAME_BYTES_MAX);
    for (size_t i = 0; i < frame->row_count; i++) {
        struct revoke_proof proof = revoke_proof_read(&reader);
        revoke_proof_write(&again, &proof);
        if (revoke_proof_claim(&proof, &claim) == RB_OK &&
            revoke_proof_verify(&proof, &claim) == RB_OK && claim.has_root) {
            (void)revoke_proof_verify_chain(&proof, &claim); /* Only that it can be read. */
        }
    }
    assert(reader_end(&reader) == RB_OK);
    assert(span_equal(frame->items, writer_view(&again)));
    writer_clear(&again);
}

static void run_again(struct span bytes, uint64_t handle, uint64_t rcv_upto,
                      const struct run *run) {
    struct writer again;

    writer_init(&again, FRAME_BYTES_MAX);
    wire_run(&again, handle, rcv_upto, run);
    assert(writer_end(&again) == RB_OK);
    assert(span_equal(bytes, writer_view(&again)));
    writer_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    struct span bytes = span_of(data, len);
    struct wire_frame frame;
    struct run run;
    uint64_t handle, rcv_upto;

    if (wire_decode(bytes, &frame) == RB_OK) {
        if (frame.type == WIRE_REVOKES) {
            read_proved(&frame);
        } else {
            read_rows(&frame);
        }
    }
    if (wire_decode_run(bytes, &handle, &rcv_upto, &run) == RB_OK) {
        assert(frame.type == WIRE_RUN);
        run_again(bytes, handle, rcv_upto, &run);
    }
    return 0;
}
