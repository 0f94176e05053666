/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/group.h"

#include "protocol/cbor.h"
#include "protocol/text.h"

enum { GROUP_NAME };

void group_encode(struct writer *out, const struct group *group) {
    cbor_write_map(out, 1);
    cbor_write_uint(out, GROUP_NAME);
    cbor_write_text(out, group->name);
}

enum rb_status group_decode(struct span body, struct group *group) {
    struct reader reader = reader_of(body);
    struct group value = { 0 };
    uint64_t key;

    struct cbor_map map = cbor_read_map(&reader);
    while (cbor_map_next(&map, &reader, &key)) {
        switch (key) {
        case GROUP_NAME:
            value.name = cbor_read_text(&reader, NAME_BYTES_MAX);
            break;
        default:
            cbor_skip(&reader);
        }
    }
    if (reader_end(&reader) != RB_OK || !text_is_name(value.name)) {
        return RB_MALFORMED;
    }
    *group = value;
    return RB_OK;
}
