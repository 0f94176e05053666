/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames as CBOR: each one's encoder beside its decoder.  RUN, which is binary, is in wire_run.c.
 *
 * Decoding is strict: the body is checked as a whole item of deterministic CBOR first, then read
 * field by field.  Fields with unknown numbers are skipped, so that later versions can add some. */
#include "protocol/wire_internal.h"

#include "protocol/cbor.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_ITEM_BYTES = RID_BYTES + FP_BYTES };

_Static_assert(LIST_ITEMS_MAX *LIST_ITEM_BYTES + 16 <= FRAME_BYTES_MAX, "a LIST fits a frame");
_Static_assert(VECTOR_LOGS_MAX * 30 + 64 <= FRAME_BYTES_MAX, "a VECTOR fits a frame");
_Static_assert(RUN_FRAME_BYTES_MAX <= FRAME_BYTES_MAX, "a RUN fits a frame");
_Static_assert(REVOKES_ITEMS_MAX *REVOKE_PROOF_BYTES_MAX + 32 <= FRAME_BYTES_MAX,
               "a REVOKES fits a frame");
_Static_assert((int)CIRCLE_LOGS_MAX <= (int)VECTOR_LOGS_MAX, "a circle's logs fit one VECTOR");

void wire_begin(struct writer *out, enum wire_type type) {
    writer_u8(out, (uint8_t)type);
    writer_u8(out, WIRE_VERSION);
}

/* ---- The fields of a map: which came, which must come ---- */

struct fields {
    struct cbor_map map;
    uint64_t key;  /* the field to read now */
    unsigned seen; /* bit k: field k came; fields above 31 are not for this version */
};

static struct fields fields_of(struct reader *reader) {
    return (struct fields) { .map = cbor_read_map(reader) };
}

static bool fields_next(struct fields *fields, struct reader *reader) {
    if (!cbor_map_next(&fields->map, reader, &fields->key)) {
        return false;
    }
    if (fields->key < 32) {
        fields->seen |= 1U << fields->key;
    }
    return true;
}

static bool fields_have(const struct fields *fields, unsigned required) {
    return (fields->seen & required) == required;
}

/* ---- HELLO ---- */

void wire_hello(struct writer *out, const struct wire_hello *hello) {
    wire_begin(out, WIRE_HELLO);
    cbor_write_map(out, 7);
    cbor_write_uint(out, 0);
    cbor_write_uint(out, hello->protocol);
    cbor_write_uint(out, 1);
    cbor_write_bytes(out, span_of(hello->device_cert, sizeof hello->device_cert));
    cbor_write_uint(out, 2);
    cbor_write_bytes(out, span_of(hello->nonce, sizeof hello->nonce));
    cbor_write_uint(out, 3);
    cbor_write_uint(out, hello->role);
    cbor_write_uint(out, 4);
    cbor_write_bytes(out, span_of(hello->store_inc, sizeof hello->store_inc));
    cbor_write_uint(out, 5);
    cbor_write_uint(out, hello->hlc);
    cbor_write_uint(out, 6);
    cbor_write_uint(out, hello->features);
}

static enum rb_status hello_read(struct reader *r, struct wire_frame *frame) {
    struct wire_hello *hello = &frame->hello;
    struct fields fields = fields_of(r);

    while (fields_next(&fields, r)) {
        switch (fields.key) {
        case 0:
            hello->protocol = cbor_read_uint(r, UINT64_MAX);
            break;
        case 1:
            cbor_read_fixed(r, hello->device_cert, sizeof hello->device_cert);
            break;
        case 2:
            cbor_read_fixed(r, hello->nonce, sizeof hello->nonce);
            break;
        case 3:
            hello->role = (enum wire_role)cbor_read_uint(r, WIRE_LISTENED);
            break;
        case 4:
            cbor_read_fixed(r, hello->store_inc, sizeof hello->store_inc);
            break;
        case 5:
            hello->hlc = cbor_read_uint(r, UINT64_MAX);
            break;
        case 6:
            hello->features = cbor_read_uint(r, UINT64_MAX);
            break;
        default:
            cbor_skip(r);
        }
    }
    return fields_have(&fields, 0x7f) ? RB_OK : RB_MALFORMED;
}

/* ---- PROOF ---- */

void wire_proof(struct writer *out, const uint8_t signature[static SIGNATURE_BYTES]) {
    wire_begin(out, WIRE_PROOF);
    cbor_write_bytes(out, span_of(signature, SIGNATURE_BYTES));
}

static enum rb_status proof_read(struct reader *r, struct wire_frame *frame) {
    cbor_read_fixed(r, frame->proof, sizeof frame->proof);
    return RB_OK;
}

/* ---- LIST ---- */

void wire_list(struct writer *out, const struct wire_list_item *items, size_t count, bool last) {
    struct writer joined;
    assert(count <= LIST_ITEMS_MAX);

    writer_init(&joined, LIST_ITEMS_MAX * LIST_ITEM_BYTES);
    for (size_t i = 0; i < count; i++) {
        writer_span(&joined, span_of(items[i].rid, RID_BYTES));
        writer_span(&joined, span_of(items[i].fp, FP_BYTES));
    }
    wire_begin(out, WIRE_LIST);
    cbor_write_array(out, 2);
    cbor_write_bool(out, last);
    cbor_write_bytes(out, writer_view(&joined));
    writer_clear(&joined);
}

static enum rb_status list_read(struct reader *r, struct wire_frame *frame) {
    uint64_t fields = cbor_read_array(r, 2);

    frame->last = cbor_read_bool(r);
    frame->items = cbor_read_bytes(r, FRAME_BYTES_MAX);
    if (fields != 2 || frame->items.len % LIST_ITEM_BYTES != 0) {
        return RB_MALFORMED;
    }
    return wire_list_count(frame) <= LIST_ITEMS_MAX ? RB_OK : RB_TOO_LARGE;
}

size_t wire_list_count(const struct wire_frame *frame) {
    return frame->items.len / LIST_ITEM_BYTES;
}

struct wire_list_item wire_list_at(const struct wire_frame *frame, size_t index) {
    assert(index < wire_list_count(frame));
    struct reader r = reader_of(frame->items);
    struct wire_list_item item;

    (void)reader_span(&r, index * LIST_ITEM_BYTES); /* The assert says that it is there. */
    reader_copy(&r, item.rid, sizeof item.rid);
    reader_copy(&r, item.fp, sizeof item.fp);
    return item;
}

/* ---- Rows: the lists of VECTOR, WANT and ACK ---- */

/* Takes one row; a row that breaks a rule makes the reader fail. */
typedef void (*row_check)(struct reader *r);

static void row_require(struct reader *r, bool rule) {
    r->failed = r->failed || !rule;
}

/* Leaves `frame->rows` at the first row and `r` behind the last. */
static void rows_read(struct reader *r, struct wire_frame *frame, row_check check) {
    uint64_t count = cbor_read_array(r, FRAME_BYTES_MAX);

    frame->rows = *r;
    frame->row_count = (size_t)count;
    for (uint64_t i = 0; i < count && !r->failed; i++) {
        check(r);
    }
}

/* ---- VECTOR ---- */

static void vector_row_write(struct writer *out, const struct wire_log *log) {
    cbor_write_array(out, 4);
    cbor_write_bytes(out, span_of(log->log8, sizeof log->log8));
    cbor_write_uint(out, log->head);
    cbor_write_bytes(out, span_of(log->hash8, sizeof log->hash8));
    cbor_write_uint(out, log->missing);
}

static struct wire_log vector_row_read(struct reader *r) {
    struct wire_log log = { .head = 0 };

    row_require(r, cbor_read_array(r, 4) == 4);
    cbor_read_fixed(r, log.log8, sizeof log.log8);
    log.head = cbor_read_uint(r, SEQ_MAX);
    cbor_read_fixed(r, log.hash8, sizeof log.hash8);
    log.missing = cbor_read_uint(r, log.head);
    return log;
}

static void vector_row_check(struct reader *r) {
    (void)vector_row_read(r); /* Only whether it can be read. */
}

void wire_vector(struct writer *out, const uint8_t rid[static RID_BYTES],
                 const uint8_t *introduced_circle, const struct wire_log *logs, size_t count) {
    assert(count <= VECTOR_LOGS_MAX);
    wire_begin(out, WIRE_VECTOR);
    cbor_write_map(out, introduced_circle != NULL ? 3 : 2);
    cbor_write_uint(out, 0);
    cbor_write_bytes(out, span_of(rid, RID_BYTES));
    if (introduced_circle != NULL) {
        cbor_write_uint(out, 1);
        cbor_write_bytes(out, span_of(introduced_circle, HASH_BYTES));
    }
    cbor_write_uint(out, 2);
    cbor_write_array(out, count);
    for (size_t i = 0; i < count; i++) {
        vector_row_write(out, &logs[i]);
    }
}

static enum rb_status vector_read(struct reader *r, struct wire_frame *frame) {
    struct fields fields = fields_of(r);

    while (fields_next(&fields, r)) {
        switch (fields.key) {
        case 0:
            cbor_read_fixed(r, frame->rid, sizeof frame->rid);
            break;
        case 1:
            cbor_read_fixed(r, frame->circle, sizeof frame->circle);
            frame->introduces = true;
            break;
        case 2:
            rows_read(r, frame, vector_row_check);
            break;
        default:
            cbor_skip(r);
        }
    }
    if (frame->row_count > VECTOR_LOGS_MAX) {
        return RB_TOO_LARGE;
    }
    return fields_have(&fields, 1U << 0 | 1U << 2) ? RB_OK : RB_MALFORMED;
}

struct wire_log wire_next_log(struct wire_frame *frame) {
    assert(frame->type == WIRE_VECTOR);
    struct wire_log log = vector_row_read(&frame->rows);

    assert(!frame->rows.failed);
    return log;
}

/* ---- WANT ---- */

static void want_row_write(struct writer *out, const struct wire_want *want) {
    cbor_write_array(out, 3);
    cbor_write_bytes(out, span_of(want->log8, sizeof want->log8));
    cbor_write_uint(out, want->from);
    cbor_write_uint(out, want->to);
}

static struct wire_want want_row_read(struct reader *r) {
    struct wire_want want = { .from = 0 };

    row_require(r, cbor_read_array(r, 3) == 3);
    cbor_read_fixed(r, want.log8, sizeof want.log8);
    want.from = cbor_read_uint(r, SEQ_MAX);
    want.to = cbor_read_uint(r, SEQ_MAX);
    row_require(r, want.from > 0 && want.from <= want.to);
    return want;
}

static void want_row_check(struct reader *r) {
    (void)want_row_read(r); /* Only whether it can be read. */
}

void wire_want(struct writer *out, const uint8_t rid[static RID_BYTES],
               const struct wire_want *wants, size_t count) {
    assert(count <= WANT_ITEMS_MAX);
    wire_begin(out, WIRE_WANT);
    cbor_write_map(out, 2);
    cbor_write_uint(out, 0);
    cbor_write_bytes(out, span_of(rid, RID_BYTES));
    cbor_write_uint(out, 1);
    cbor_write_array(out, count);
    for (size_t i = 0; i < count; i++) {
        want_row_write(out, &wants[i]);
    }
}

static enum rb_status want_read(struct reader *r, struct wire_frame *frame) {
    struct fields fields = fields_of(r);

    while (fields_next(&fields, r)) {
        switch (fields.key) {
        case 0:
            cbor_read_fixed(r, frame->rid, sizeof frame->rid);
            break;
        case 1:
            rows_read(r, frame, want_row_check);
            break;
        default:
            cbor_skip(r);
        }
    }
    if (frame->row_count > WANT_ITEMS_MAX) {
        return RB_TOO_LARGE;
    }
    return fields_have(&fields, 1U << 0 | 1U << 1) ? RB_OK : RB_MALFORMED;
}

struct wire_want wire_next_want(struct wire_frame *frame) {
    assert(frame->type == WIRE_WANT);
    struct wire_want want = want_row_read(&frame->rows);

    assert(!frame->rows.failed);
    return want;
}

/* ---- ACK ---- */

static void ack_row_write(struct writer *out, const struct wire_ack *ack) {
    cbor_write_array(out, 3);
    cbor_write_uint(out, ack->handle);
    cbor_write_bytes(out, span_of(ack->log8, sizeof ack->log8));
    cbor_write_uint(out, ack->seq);
}

static struct wire_ack ack_row_read(struct reader *r) {
    struct wire_ack ack = { .handle = 0 };

    row_require(r, cbor_read_array(r, 3) == 3);
    ack.handle = cbor_read_uint(r, LIST_CIRCLES_MAX - 1);
    cbor_read_fixed(r, ack.log8, sizeof ack.log8);
    ack.seq = cbor_read_uint(r, SEQ_MAX);
    row_require(r, ack.seq > 0);
    return ack;
}

static void ack_row_check(struct reader *r) {
    (void)ack_row_read(r); /* Only whether it can be read. */
}

void wire_ack(struct writer *out, const struct wire_ack *acks, size_t count, uint64_t cursor) {
    assert(count <= ACK_ITEMS_MAX);
    wire_begin(out, WIRE_ACK);
    cbor_write_map(out, 2);
    cbor_write_uint(out, 0);
    cbor_write_array(out, count);
    for (size_t i = 0; i < count; i++) {
        ack_row_write(out, &acks[i]);
    }
    cbor_write_uint(out, 1);
    cbor_write_uint(out, cursor);
}

static enum rb_status ack_read(struct reader *r, struct wire_frame *frame) {
    struct fields fields = fields_of(r);

    while (fields_next(&fields, r)) {
        switch (fields.key) {
        case 0:
            rows_read(r, frame, ack_row_check);
            break;
        case 1:
            frame->cursor = cbor_read_uint(r, UINT64_MAX);
            break;
        default:
            cbor_skip(r);
        }
    }
    if (frame->row_count > ACK_ITEMS_MAX) {
        return RB_TOO_LARGE;
    }
    return fields_have(&fields, 1U << 0 | 1U << 1) ? RB_OK : RB_MALFORMED;
}

struct wire_ack wire_next_ack(struct wire_frame *frame) {
    assert(frame->type == WIRE_ACK);
    struct wire_ack ack = ack_row_read(&frame->rows);

    assert(!frame->rows.failed);
    return ack;
}

/* ---- CREDIT ---- */

void wire_credit(struct writer *out, uint64_t bytes) {
    wire_begin(out, WIRE_CREDIT);
    cbor_write_uint(out, bytes);
}

static enum rb_status credit_read(struct reader *r, struct wire_frame *frame) {
    frame->credit = cbor_read_uint(r, UINT64_MAX);
    return RB_OK;
}

/* ---- FORK ---- */

void wire_fork(struct writer *out, const uint8_t rid[static RID_BYTES], struct span proof) {
    wire_begin(out, WIRE_FORK);
    cbor_write_map(out, 2);
    cbor_write_uint(out, 0);
    cbor_write_bytes(out, span_of(rid, RID_BYTES));
    cbor_write_uint(out, 1);
    cbor_write_bytes(out, proof);
}

static enum rb_status fork_read(struct reader *r, struct wire_frame *frame) {
    struct fields fields = fields_of(r);

    while (fields_next(&fields, r)) {
        switch (fields.key) {
        case 0:
            cbor_read_fixed(r, frame->rid, sizeof frame->rid);
            break;
        case 1:
            frame->proof_bytes = cbor_read_bytes(r, FRAME_BYTES_MAX);
            break;
        default:
            cbor_skip(r);
        }
    }
    return fields_have(&fields, 1U << 0 | 1U << 1) ? RB_OK : RB_MALFORMED;
}

/* ---- KEYREQ ---- */

void wire_keyreq(struct writer *out, const uint8_t rid[static RID_BYTES],
                 const uint8_t eid8[static EID8_BYTES], struct span seal_key) {
    assert(seal_key.len <= CERT_BYTES_MAX);
    wire_begin(out, WIRE_KEYREQ);
    cbor_write_map(out, 3);
    cbor_write_uint(out, 0);
    cbor_write_bytes(out, span_of(rid, RID_BYTES));
    cbor_write_uint(out, 1);
    cbor_write_bytes(out, span_of(eid8, EID8_BYTES));
    cbor_write_uint(out, 2);
    cbor_write_bytes(out, seal_key);
}

static enum rb_status keyreq_read(struct reader *r, struct wire_frame *frame) {
    struct fields fields = fields_of(r);

    while (fields_next(&fields, r)) {
        switch (fields.key) {
        case 0:
            cbor_read_fixed(r, frame->rid, sizeof frame->rid);
            break;
        case 1:
            cbor_read_fixed(r, frame->eid8, sizeof frame->eid8);
            break;
        case 2:
            frame->seal_key = cbor_read_bytes(r, CERT_BYTES_MAX);
            break;
        default:
            cbor_skip(r);
        }
    }
    return fields_have(&fields, 1U << 0 | 1U << 1 | 1U << 2) ? RB_OK : RB_MALFORMED;
}

/* ---- PING and PONG ---- */

void wire_ping(struct writer *out, enum wire_type ping_or_pong, uint64_t hlc, uint64_t queue) {
    assert(ping_or_pong == WIRE_PING || ping_or_pong == WIRE_PONG);
    wire_begin(out, ping_or_pong);
    cbor_write_map(out, 2);
    cbor_write_uint(out, 0);
    cbor_write_uint(out, hlc);
    cbor_write_uint(out, 1);
    cbor_write_uint(out, queue);
}

static enum rb_status ping_read(struct reader *r, struct wire_frame *frame) {
    struct fields fields = fields_of(r);

    while (fields_next(&fields, r)) {
        switch (fields.key) {
        case 0:
            frame->hlc = cbor_read_uint(r, UINT64_MAX);
            break;
        case 1:
            frame->queue = cbor_read_uint(r, UINT64_MAX);
            break;
        default:
            cbor_skip(r);
        }
    }
    return fields_have(&fields, 1U << 0 | 1U << 1) ? RB_OK : RB_MALFORMED;
}

/* ---- ERR ---- */

void wire_err(struct writer *out, enum wire_error code, uint64_t retry_s) {
    wire_begin(out, WIRE_ERR);
    cbor_write_map(out, 2);
    cbor_write_uint(out, 0);
    cbor_write_uint(out, code);
    cbor_write_uint(out, 1);
    cbor_write_uint(out, retry_s);
}

/* A code that is not known here is fine: whatever it means, the connection is over. */
static enum rb_status err_read(struct reader *r, struct wire_frame *frame) {
    struct fields fields = fields_of(r);

    while (fields_next(&fields, r)) {
        switch (fields.key) {
        case 0:
            frame->code = cbor_read_uint(r, UINT64_MAX);
            break;
        case 1:
            frame->retry_s = cbor_read_uint(r, UINT64_MAX);
            break;
        default:
            cbor_skip(r);
        }
    }
    return fields_have(&fields, 1U << 0 | 1U << 1) ? RB_OK : RB_MALFORMED;
}

/* ---- BYE ---- */

void wire_bye(struct writer *out, enum wire_bye reason) {
    wire_begin(out, WIRE_BYE);
    cbor_write_map(out, 1);
    cbor_write_uint(out, 0);
    cbor_write_uint(out, reason);
}

static enum rb_status bye_read(struct reader *r, struct wire_frame *frame) {
    struct fields fields = fields_of(r);

    while (fields_next(&fields, r)) {
        if (fields.key == 0) {
            frame->code = cbor_read_uint(r, UINT64_MAX);
        } else {
            cbor_skip(r);
        }
    }
    return fields_have(&fields, 1U << 0) ? RB_OK : RB_MALFORMED;
}

/* ---- JOIN ---- */

void wire_join(struct writer *out, struct span answer) {
    assert(answer.len <= INVITE_ANSWER_BYTES_MAX);
    wire_begin(out, WIRE_JOIN);
    cbor_write_bytes(out, answer);
}

static enum rb_status join_read(struct reader *r, struct wire_frame *frame) {
    frame->answer = cbor_read_bytes(r, INVITE_ANSWER_BYTES_MAX);
    return RB_OK;
}

/* ---- JOINED ---- */

void wire_joined(struct writer *out, struct span card, unsigned port) {
    assert(card.len <= CARD_BYTES_MAX);
    assert(port <= UINT16_MAX);
    wire_begin(out, WIRE_JOINED);
    cbor_write_map(out, 2);
    cbor_write_uint(out, 0);
    cbor_write_bytes(out, card);
    cbor_write_uint(out, 1);
    cbor_write_uint(out, port);
}

static enum rb_status joined_read(struct reader *r, struct wire_frame *frame) {
    struct fields fields = fields_of(r);

    while (fields_next(&fields, r)) {
        switch (fields.key) {
        case 0:
            frame->card = cbor_read_bytes(r, CARD_BYTES_MAX);
            break;
        case 1:
            frame->port = (uint16_t)cbor_read_uint(r, UINT16_MAX);
            break;
        default:
            cbor_skip(r);
        }
    }
    return fields_have(&fields, 1U << 0 | 1U << 1) ? RB_OK : RB_MALFORMED;
}

/* ---- REVOKES ---- */

void wire_revokes(struct writer *out, uint64_t upto, struct span items, size_t count, bool last) {
    assert(count <= REVOKES_ITEMS_MAX);
    wire_begin(out, WIRE_REVOKES);
    cbor_write_map(out, 3);
    cbor_write_uint(out, 0);
    cbor_write_uint(out, upto);
    cbor_write_uint(out, 1);
    cbor_write_array(out, count);
    writer_span(out, items);
    cbor_write_uint(out, 2);
    cbor_write_bool(out, last);
}

static void revoke_row_check(struct reader *r) {
    (void)revoke_proof_read(r); /* Only whether it can be read. */
}

static void revokes_rows_read(struct reader *r, struct wire_frame *frame) {
    rows_read(r, frame, revoke_row_check);
    frame->items = span_of(frame->rows.rest.data, frame->rows.rest.len - r->rest.len);
}

static enum rb_status revokes_read(struct reader *r, struct wire_frame *frame) {
    struct fields fields = fields_of(r);

    while (fields_next(&fields, r)) {
        switch (fields.key) {
        case 0:
            frame->upto = cbor_read_uint(r, INT64_MAX);
            break;
        case 1:
            revokes_rows_read(r, frame);
            break;
        case 2:
            frame->last = cbor_read_bool(r);
            break;
        default:
            cbor_skip(r);
        }
    }
    if (frame->row_count > REVOKES_ITEMS_MAX) {
        return RB_TOO_LARGE;
    }
    return fields_have(&fields, 1U << 0 | 1U << 1 | 1U << 2) ? RB_OK : RB_MALFORMED;
}

/* ---- REVOKES_GOT ---- */

void wire_revokes_got(struct writer *out, uint64_t upto) {
    wire_begin(out, WIRE_REVOKES_GOT);
    cbor_write_map(out, 1);
    cbor_write_uint(out, 0);
    cbor_write_uint(out, upto);
}

static enum rb_status revokes_got_read(struct reader *r, struct wire_frame *frame) {
    struct fields fields = fields_of(r);

    while (fields_next(&fields, r)) {
        if (fields.key == 0) {
            frame->upto = cbor_read_uint(r, INT64_MAX);
        } else {
            cbor_skip(r);
        }
    }
    return fields_have(&fields, 1U << 0) ? RB_OK : RB_MALFORMED;
}

/* ---- Any frame ---- */

/* A frame type that is added gets a row here, an encoder and a decoder above. */
static const struct frame_format {
    enum wire_type type;
    enum rb_status (*read)(struct reader *r, struct wire_frame *frame);
} formats[] = {
    { WIRE_HELLO, hello_read },
    { WIRE_PROOF, proof_read },
    { WIRE_LIST, list_read },
    { WIRE_VECTOR, vector_read },
    { WIRE_WANT, want_read },
    { WIRE_ACK, ack_read },
    { WIRE_CREDIT, credit_read },
    { WIRE_FORK, fork_read },
    { WIRE_PING, ping_read },
    { WIRE_PONG, ping_read },
    { WIRE_ERR, err_read },
    { WIRE_BYE, bye_read },
    { WIRE_KEYREQ, keyreq_read },
    { WIRE_JOIN, join_read },
    { WIRE_JOINED, joined_read },
    { WIRE_REVOKES, revokes_read },
    { WIRE_REVOKES_GOT, revokes_got_read },
};

static const struct frame_format *format_of(uint8_t type) {
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (type == (uint8_t)formats[i].type) {
            return &formats[i];
        }
    }
    return NULL;
}

static enum rb_status body_decode(const struct frame_format *format, struct span body,
                                  struct wire_frame *frame) {
    struct wire_frame value = { .type = format->type };
    struct reader r = reader_of(body);

    enum rb_status status = cbor_check(body);
    if (status != RB_OK) {
        return RB_MALFORMED;
    }
    status = format->read(&r, &value);
    if (status == RB_OK) {
        status = reader_end(&r);
    }
    if (status == RB_OK) {
        *frame = value;
    }
    return status;
}

enum rb_status wire_decode(struct span bytes, struct wire_frame *frame) {
    struct reader r = reader_of(bytes);

    if (bytes.len > FRAME_BYTES_MAX) {
        return RB_TOO_LARGE;
    }
    uint8_t type = reader_u8(&r);
    uint8_t version = reader_u8(&r);
    if (r.failed || version == 0) {
        return RB_MALFORMED;
    }
    if (version != WIRE_VERSION) {
        return RB_UNKNOWN;
    }
    if (type == WIRE_RUN) {
        return wire_run_head(r.rest, frame);
    }
    const struct frame_format *format = format_of(type);
    return format != NULL ? body_decode(format, r.rest, frame) : RB_UNKNOWN;
}
