/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/message.h"

#include "protocol/cbor.h"

#include <assert.h>
#include <stdlib.h>

enum { LENGTH_BYTES = 4, MESSAGE_FIELDS = 3 };

_Static_assert(CONTROL_MESSAGE_BYTES_MAX <= UINT32_MAX, "the length of a frame has 32 bits");

void message_clear(struct message *message) {
    free(message->texts);
    *message = (struct message) { 0 };
}

void message_add_number(struct message *message, uint64_t number) {
    assert(message->number_count < CONTROL_NUMBERS_MAX);
    message->numbers[message->number_count++] = number;
}

void message_add_text(struct message *message, struct span text) {
    size_t count = message->text_count;

    assert(count < CONTROL_TEXTS_MAX);
    if ((count & (count - 1)) == 0) { /* 0 and powers of two: the array is full */
        size_t room = count == 0 ? 1 : 2 * count;
        message->texts = rb_realloc(message->texts, room, sizeof *message->texts);
    }
    message->texts[message->text_count++] = text;
}

uint64_t message_number(const struct message *message, size_t index) {
    return index < message->number_count ? message->numbers[index] : 0;
}

struct span message_text(const struct message *message, size_t index) {
    return index < message->text_count ? message->texts[index] : (struct span) { 0 };
}

/* ---- Writing ---- */

static void body_write(struct writer *out, const struct message *message) {
    cbor_write_array(out, MESSAGE_FIELDS);
    cbor_write_uint(out, message->type);
    cbor_write_array(out, message->number_count);
    for (size_t i = 0; i < message->number_count; i++) {
        cbor_write_uint(out, message->numbers[i]);
    }
    cbor_write_array(out, message->text_count);
    for (size_t i = 0; i < message->text_count; i++) {
        cbor_write_bytes(out, message->texts[i]);
    }
}

/* The length stands in front of what it measures, so its place is filled last. */
void message_write(struct writer *out, const struct message *message) {
    size_t start = out->len;

    (void)writer_reserve(out, LENGTH_BYTES); /* If it did not fit, `out` has failed. */
    body_write(out, message);
    if (out->failed) {
        return;
    }
    size_t len = out->len - start - LENGTH_BYTES;
    assert(len <= CONTROL_MESSAGE_BYTES_MAX);
    for (size_t i = 0; i < LENGTH_BYTES; i++) {
        out->data[start + i] = (uint8_t)(len >> (8 * (LENGTH_BYTES - 1 - i)));
    }
}

/* ---- Reading ---- */

static size_t length_read(struct reader *reader) {
    size_t len = 0;

    for (size_t i = 0; i < LENGTH_BYTES; i++) {
        len = len << 8 | reader_u8(reader);
    }
    return len;
}

static void numbers_read(struct reader *reader, struct message *message) {
    uint64_t count = cbor_read_array(reader, CONTROL_NUMBERS_MAX);

    for (uint64_t i = 0; i < count && !reader->failed; i++) {
        message_add_number(message, cbor_read_uint(reader, UINT64_MAX));
    }
}

static void texts_read(struct reader *reader, struct message *message) {
    uint64_t count = cbor_read_array(reader, CONTROL_TEXTS_MAX);

    for (uint64_t i = 0; i < count && !reader->failed; i++) {
        message_add_text(message, cbor_read_bytes(reader, CONTROL_MESSAGE_BYTES_MAX));
    }
}

static enum rb_status body_read(struct span body, struct message *message) {
    struct reader reader = reader_of(body);
    struct message value = { 0 };

    if (cbor_read_array(&reader, MESSAGE_FIELDS) != MESSAGE_FIELDS) {
        return RB_MALFORMED;
    }
    value.type = cbor_read_uint(&reader, UINT64_MAX);
    numbers_read(&reader, &value);
    texts_read(&reader, &value);
    if (reader_end(&reader) != RB_OK) {
        message_clear(&value);
        return RB_MALFORMED;
    }
    *message = value;
    return RB_OK;
}

enum rb_status message_read(struct span bytes, struct message *message, size_t *used) {
    struct reader reader = reader_of(bytes);
    size_t len = length_read(&reader);

    assert(message->texts == NULL);
    if (reader.failed) {
        return RB_GAP;
    }
    if (len > CONTROL_MESSAGE_BYTES_MAX) {
        return RB_TOO_LARGE;
    }
    if (len > reader.rest.len) {
        return RB_GAP;
    }
    enum rb_status status = body_read(span_of(reader.rest.data, len), message);
    if (status == RB_OK) {
        *used = LENGTH_BYTES + len;
    }
    return status;
}
