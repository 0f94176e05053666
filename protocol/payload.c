/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands inside an event's seal, and the clock that it carries.  Declared in event.h. */
#include "protocol/event.h"

#include "protocol/cbor.h"

#include <assert.h>

enum { PAYLOAD_TYPE, PAYLOAD_HLC, PAYLOAD_BODY, PAYLOAD_REFS, PAYLOAD_CTL };

enum { HLC_COUNTER_BITS = 16 };

static const int64_t HLC_MS_MAX = (INT64_C(1) << 48) - 1;

/* ---- Payload ---- */

static void refs_write(struct writer *out, uint64_t key, const uint8_t (*refs)[REF_BYTES],
                       size_t count) {
    if (count == 0) {
        return; /* absent if empty, so that there is one form only */
    }
    cbor_write_uint(out, key);
    cbor_write_array(out, count);
    for (size_t i = 0; i < count; i++) {
        cbor_write_bytes(out, span_of(refs[i], REF_BYTES));
    }
}

/* Returns how many; an empty array makes the reader fail. */
static size_t refs_read(struct reader *reader, uint8_t (*refs)[REF_BYTES], size_t count_max) {
    size_t count = (size_t)cbor_read_array(reader, count_max);

    if (count == 0) {
        reader->failed = true;
    }
    for (size_t i = 0; i < count && !reader->failed; i++) {
        cbor_read_fixed(reader, refs[i], REF_BYTES);
    }
    return count;
}

void payload_encode(struct writer *out, const struct payload *payload) {
    assert(payload->ref_count <= REFS_MAX);
    assert(payload->ctl_count <= DEPS_MAX);
    assert(payload->body.len > 0);
    cbor_write_map(out, UINT64_C(3) + (payload->ref_count > 0) + (payload->ctl_count > 0));
    cbor_write_uint(out, PAYLOAD_TYPE);
    cbor_write_uint(out, payload->type);
    cbor_write_uint(out, PAYLOAD_HLC);
    cbor_write_uint(out, payload->hlc);
    cbor_write_uint(out, PAYLOAD_BODY);
    writer_span(out, payload->body);
    refs_write(out, PAYLOAD_REFS, payload->refs, payload->ref_count);
    refs_write(out, PAYLOAD_CTL, payload->ctl, payload->ctl_count);
}

enum rb_status payload_decode(struct span bytes, struct payload *payload) {
    struct reader reader = reader_of(bytes);
    struct payload value = { 0 };
    unsigned found = 0;
    uint64_t key;

    if (cbor_check(bytes) != RB_OK) {
        return RB_MALFORMED;
    }
    struct cbor_map map = cbor_read_map(&reader);
    while (cbor_map_next(&map, &reader, &key)) {
        switch (key) {
        case PAYLOAD_TYPE:
            value.type = cbor_read_uint(&reader, UINT64_MAX);
            break;
        case PAYLOAD_HLC:
            value.hlc = cbor_read_uint(&reader, UINT64_MAX);
            break;
        case PAYLOAD_BODY:
            value.body = cbor_read_item(&reader);
            break;
        case PAYLOAD_REFS:
            value.ref_count = refs_read(&reader, value.refs, REFS_MAX);
            break;
        case PAYLOAD_CTL:
            value.ctl_count = refs_read(&reader, value.ctl, DEPS_MAX);
            break;
        default:
            cbor_skip(&reader);
        }
        found |= key <= PAYLOAD_BODY ? 1u << key : 0;
    }
    if (reader_end(&reader) != RB_OK || found != 7) {
        return RB_MALFORMED; /* type, hlc and body are never absent */
    }
    *payload = value;
    return RB_OK;
}

/* ---- Hybrid logical clock ---- */

/* A wall clock before 1970 or after the year 10,000 is as good as none. */
static int64_t ms_clamp(int64_t now_ms) {
    if (now_ms < 0) {
        return 0;
    }
    return now_ms > HLC_MS_MAX ? HLC_MS_MAX : now_ms;
}

uint64_t hlc_next(uint64_t last, int64_t now_ms) {
    uint64_t now = (uint64_t)ms_clamp(now_ms) << HLC_COUNTER_BITS;

    if (now > last) {
        return now;
    }
    return last == UINT64_MAX ? last : last + 1; /* the end of time: better equal than zero */
}

uint64_t hlc_merge(uint64_t last, uint64_t seen, int64_t now_ms) {
    if (hlc_ms(seen) > ms_clamp(now_ms) + CLOCK_AHEAD_MS_MAX) {
        return last;
    }
    return seen > last ? seen : last;
}

int64_t hlc_ms(uint64_t hlc) {
    return (int64_t)(hlc >> HLC_COUNTER_BITS);
}
