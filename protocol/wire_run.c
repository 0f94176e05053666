/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RUN, the frame that carries events.  It is binary, and leaves out whatever follows from the rest:
 * sequence numbers, chain hashes, hashes of bodies that are there, repeated epoch ids.
 *
 *   body  = varint handle ‖ log pk32 ‖ varint first ‖ varint n ‖ prev8 ‖ varint rcv_upto
 *           ‖ sig64 ‖ n events
 *   event = u8 bits ‖ [ eid8 ] ‖ varint blen ‖ body, or body hash32 of a stub
 *   bits  = 0-2 class, 3 key body, 4 stub, 5 an eid8 follows; 6 and 7 are 0
 *
 * Every run has one form only: an eid8 follows where it differs from the one before, and nowhere
 * else. */
#include "protocol/wire_internal.h"

#include <assert.h>
#include <string.h>

enum run_bits {
    BITS_CLASS = 0x07,
    BITS_KEY_BODY = 0x08,
    BITS_STUB = 0x10,
    BITS_EID8 = 0x20,
    BITS_KNOWN = 0x3f
};

_Static_assert(EVENT_CLASS_COUNT <= BITS_CLASS + 1, "a class fits its bits");

/* ---- Before the events ---- */

struct run_head {
    uint64_t handle;
    uint64_t rcv_upto;
    uint64_t first;
    uint64_t count;
};

static bool run_head_is_valid(const struct run_head *head) {
    if (head->count < 1 || head->count > RUN_EVENTS_MAX) {
        return false;
    }
    if (head->first < 1 || head->first > SEQ_MAX - (head->count - 1)) {
        return false;
    }
    uint64_t last = head->first + head->count - 1;
    return (head->first - 1) / BLOCK_EVENTS == (last - 1) / BLOCK_EVENTS;
}

/* Reads up to the signature; a head that is not valid makes the reader fail. */
static struct run_head run_head_read(struct reader *r, uint8_t log[static LOG_PK_BYTES],
                                     uint8_t previous8[static 8],
                                     uint8_t signature[static SIGNATURE_BYTES]) {
    struct run_head head;

    head.handle = reader_varint(r);
    reader_copy(r, log, LOG_PK_BYTES);
    head.first = reader_varint(r);
    head.count = reader_varint(r);
    reader_copy(r, previous8, 8);
    head.rcv_upto = reader_varint(r);
    reader_copy(r, signature, SIGNATURE_BYTES);
    r->failed = r->failed || !run_head_is_valid(&head);
    return head;
}

enum rb_status wire_run_head(struct span body, struct wire_frame *frame) {
    struct reader r = reader_of(body);
    uint8_t log[LOG_PK_BYTES];
    uint8_t previous8[8];
    uint8_t signature[SIGNATURE_BYTES];

    struct run_head head = run_head_read(&r, log, previous8, signature);
    if (r.failed) {
        return RB_MALFORMED;
    }
    *frame =
        (struct wire_frame) { .type = WIRE_RUN, .handle = head.handle, .rcv_upto = head.rcv_upto };
    return RB_OK;
}

/* ---- Events ---- */

static void event_write(struct writer *out, const struct event *event, const uint8_t *eid8_before) {
    const struct event_header *header = &event->header;
    unsigned bits = (unsigned)header->class;
    bool new_eid8 = eid8_before == NULL || memcmp(eid8_before, header->eid8, EID8_BYTES) != 0;

    bits |= header->key_body ? BITS_KEY_BODY : 0;
    bits |= event->stub ? BITS_STUB : 0;
    bits |= new_eid8 ? BITS_EID8 : 0;
    writer_u8(out, (uint8_t)bits);
    if (new_eid8) {
        writer_span(out, span_of(header->eid8, EID8_BYTES));
    }
    writer_varint(out, header->body_len);
    if (event->stub) {
        writer_span(out, span_of(event->body_hash, HASH_BYTES));
    } else {
        assert(event->body.len == header->body_len);
        writer_span(out, event->body);
    }
}

/* The bits, and the eid8 that they speak of. */
static void event_header_take(struct reader *r, struct event *event, const uint8_t *eid8_before) {
    struct event_header *header = &event->header;
    unsigned bits = reader_u8(r);

    header->class = (enum event_class)(bits & BITS_CLASS);
    header->key_body = (bits & BITS_KEY_BODY) != 0;
    event->stub = (bits & BITS_STUB) != 0;
    if ((bits & ~(unsigned)BITS_KNOWN) != 0 || header->class >= EVENT_CLASS_COUNT) {
        r->failed = true;
    }
    if ((bits & BITS_EID8) == 0) {
        r->failed = r->failed || eid8_before == NULL;
        memcpy(header->eid8, eid8_before != NULL ? eid8_before : header->eid8, EID8_BYTES);
        return;
    }
    reader_copy(r, header->eid8, EID8_BYTES);
    if (eid8_before != NULL && memcmp(eid8_before, header->eid8, EID8_BYTES) == 0) {
        r->failed = true;
    }
}

static void event_take(struct reader *r, struct event *event, const uint8_t *eid8_before) {
    event_header_take(r, event, eid8_before);
    uint64_t body_len = reader_varint(r);
    if (r->failed || body_len < 1 || body_len > EVENT_BODY_BYTES_MAX) {
        r->failed = true;
        return;
    }
    event->header.body_len = (uint32_t)body_len;
    if (event->stub) {
        reader_copy(r, event->body_hash, HASH_BYTES);
        return;
    }
    event->body = reader_span(r, (size_t)body_len);
    if (!r->failed) {
        event_body_hash(event->body_hash, event->body);
    }
}

/* ---- The whole frame ---- */

void wire_run(struct writer *out, uint64_t handle, uint64_t rcv_upto, const struct run *run) {
    const uint8_t *eid8_before = NULL;
    struct run_head head = { handle, rcv_upto, run->first, run->count };
    assert(run_head_is_valid(&head));

    wire_begin(out, WIRE_RUN);
    writer_varint(out, handle);
    writer_span(out, span_of(run->log, LOG_PK_BYTES));
    writer_varint(out, run->first);
    writer_varint(out, run->count);
    writer_span(out, span_of(run->previous8, sizeof run->previous8));
    writer_varint(out, rcv_upto);
    writer_span(out, span_of(run->signature, SIGNATURE_BYTES));
    for (size_t i = 0; i < run->count; i++) {
        event_write(out, &run->events[i], eid8_before);
        eid8_before = run->events[i].header.eid8;
    }
}

/* The events are decoded in place, so `run` is undefined on failure, like a buffer that was too
 * small to be copied: 64 events are 6 KB, and this is the busiest decoder of the program. */
static enum rb_status run_read(struct reader *r, struct run_head *head, struct run *run) {
    const uint8_t *eid8_before = NULL;

    *head = run_head_read(r, run->log, run->previous8, run->signature);
    if (r->failed) {
        return RB_MALFORMED;
    }
    run->first = head->first;
    run->count = (size_t)head->count;
    for (size_t i = 0; i < run->count && !r->failed; i++) {
        run->events[i] = (struct event) { .stub = false };
        event_take(r, &run->events[i], eid8_before);
        eid8_before = run->events[i].header.eid8;
    }
    return reader_end(r);
}

enum rb_status wire_decode_run(struct span bytes, uint64_t *handle, uint64_t *rcv_upto,
                               struct run *run) {
    struct reader r = reader_of(bytes);
    struct run_head head;

    if (bytes.len > RUN_FRAME_BYTES_MAX) {
        return RB_TOO_LARGE;
    }
    uint8_t type = reader_u8(&r);
    uint8_t version = reader_u8(&r);
    if (r.failed || type != WIRE_RUN || version == 0) {
        return RB_MALFORMED;
    }
    if (version != WIRE_VERSION) {
        return RB_UNKNOWN;
    }
    enum rb_status status = run_read(&r, &head, run);
    if (status != RB_OK) {
        return status;
    }
    *handle = head.handle;
    *rcv_upto = head.rcv_upto;
    return RB_OK;
}
