/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/place.h"

#include "protocol/text.h"

#include <string.h>

void place_write(struct message *message, const struct place *place) {
    message_add_number(message, place->sort);
    message_add_number(message, (uint64_t)place->number);
    message_add_text(message, span_of(place->object.id, place->object.id_len));
    message_add_text(message, span_text(place->name));
}

enum rb_status place_read(const struct message *message, size_t number_at, size_t text_at,
                          struct place *place) {
    uint64_t sort = message_number(message, number_at);
    uint64_t number = message_number(message, number_at + 1);
    struct span id = message_text(message, text_at);
    struct span name = message_text(message, text_at + 1);

    if (message->number_count < number_at + 2 || message->text_count < text_at + 2 ||
        sort > PLACE_THREAD || number > INT64_MAX || id.len > sizeof place->object.id ||
        name.len > NAME_BYTES_MAX || !text_is_utf8(name)) {
        return RB_MALFORMED;
    }
    *place = (struct place) { .sort = (enum place_sort)sort, .number = (int64_t)number };
    place->object.id_len = id.len;
    if (id.len > 0) {
        memcpy(place->object.id, id.data, id.len);
    }
    text_copy(place->name, sizeof place->name, name);
    return RB_OK;
}
