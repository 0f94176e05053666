/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One message between the process that owns a home and one that is attached to it.  What types,
 * numbers and texts mean is decided above (cli/talk.h); here they are only bytes.
 *
 *   frame = u32 length (big-endian) ‖ message
 *   message = deterministic CBOR [ uint type, [ uint numbers ... ], [ bstr texts ... ] ]
 *
 * At most CONTROL_NUMBERS_MAX numbers, CONTROL_TEXTS_MAX texts, CONTROL_MESSAGE_BYTES_MAX in all.
 * Pure. */
#ifndef REMBUK_NODE_MESSAGE_H
#define REMBUK_NODE_MESSAGE_H

#include "protocol/bytes.h"
#include "protocol/limits.h"

/* All zeros is empty. */
struct message {
    uint64_t type;
    uint64_t numbers[CONTROL_NUMBERS_MAX];
    size_t number_count;
    struct span *texts; /* owned array of borrowed bytes */
    size_t text_count;
};
void message_clear(struct message *message);

/* Both assert that there is room. */
void message_add_number(struct message *message, uint64_t number);
void message_add_text(struct message *message, struct span text);

/* 0 and an empty span if it is not there: a reader need not count. */
uint64_t message_number(const struct message *message, size_t index);
struct span message_text(const struct message *message, size_t index);

/* Appends a frame; asserts that the message is not larger than CONTROL_MESSAGE_BYTES_MAX: whoever
 * sends much sends it in pieces. */
void message_write(struct writer *out, const struct message *message);

/* Reads the first frame of `bytes`: RB_OK and `*used`, RB_GAP (more bytes are needed), or
 * RB_MALFORMED, RB_TOO_LARGE: nothing behind it can be read.  Texts borrow from `bytes`; `message`
 * is empty before. */
enum rb_status message_read(struct span bytes, struct message *message, size_t *used) RB_MUST_CHECK;

#endif
