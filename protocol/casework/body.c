/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/body.h"

#include "protocol/cbor.h"

enum { BODY_TEXT };

void body_text_encode(struct writer *out, struct span text) {
    cbor_write_map(out, 1);
    cbor_write_uint(out, BODY_TEXT);
    cbor_write_text(out, text);
}

enum rb_status body_text_decode(struct span body, size_t len_max, struct span *text) {
    struct reader reader = reader_of(body);
    struct span value = { 0 };
    uint64_t key;

    struct cbor_map map = cbor_read_map(&reader);
    while (cbor_map_next(&map, &reader, &key)) {
        switch (key) {
        case BODY_TEXT:
            value = cbor_read_text(&reader, len_max);
            break;
        default:
            cbor_skip(&reader);
        }
    }
    if (reader_end(&reader) != RB_OK || value.len == 0) {
        return RB_MALFORMED;
    }
    *text = value;
    return RB_OK;
}
