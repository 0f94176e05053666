/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as what comes over a control connection.  What is accepted lies within the bytes and
 * has one form only: writing what was read gives the same bytes. */
#include "tests/fuzz/fuzz.h"

#include "node/message.h"

#include <assert.h>

static void write_again(struct span bytes, const struct message *message) {
    struct writer again;

    writer_init(&again, bytes.len);
    message_write(&again, message);
    assert(span_equal(bytes, writer_view(&again)));
    writer_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    struct span rest = span_of(data, len);
    struct message message = { 0 };
    size_t used = 0;

    while (message_read(rest, &message, &used) == RB_OK) {
        assert(used > 4 && used <= rest.len);
        write_again(span_of(rest.data, used), &message);
        rest = span_of(rest.data + used, rest.len - used);
        message_clear(&message);
    }
    assert(message.texts == NULL && message.text_count == 0);
    return 0;
}
