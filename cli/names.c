/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/names.h"

#include "protocol/crypt.h"
#include "protocol/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_BYTES = 8, HEAD_BYTES = 1 + NUMBER_BYTES, MEMBER_BIT = 0x80 };

_Static_assert((int)NAMES_MAX <= (int)CONTROL_TEXTS_MAX, "all names fit one message");

static void wipe_rows(struct names *names) {
    if (names->rows != NULL) {
        crypt_wipe(names->rows, names->count * sizeof *names->rows);
        free(names->rows);
    }
}

void names_clear(struct names *names) {
    wipe_rows(names);
    *names = (struct names) { 0 };
}

/* Twice the room, and no copy of a name left behind. */
static void grow(struct names *names) {
    size_t room = names->count == 0 ? 1 : 2 * names->count;
    struct name *rows = rb_alloc(room, sizeof *rows);

    if (names->rows != NULL) {
        memcpy(rows, names->rows, names->count * sizeof *rows);
    }
    wipe_rows(names);
    names->rows = rows;
}

static bool has_names(enum ref_sort sort) {
    return sort == REF_CONTACT || sort == REF_GROUP || sort == REF_CASE || sort == REF_THREAD;
}

static bool has_members(enum ref_sort sort) {
    return sort == REF_GROUP || sort == REF_CASE;
}

static void add(struct names *names, enum ref_sort sort, bool is_member, int64_t number,
                struct span text) {
    bool is_known = is_member ? has_members(sort) : has_names(sort);
    size_t count = names->count;

    if (count == NAMES_MAX || !is_known || number <= 0 || !text_is_name(text)) {
        return;
    }
    if ((count & (count - 1)) == 0) { /* 0 and powers of two: the array is full */
        grow(names);
    }
    struct name *row = &names->rows[names->count++];
    *row = (struct name) { .sort = sort, .is_member = is_member, .number = number };
    memcpy(row->text, text.data, text.len); /* a name has at most NAME_BYTES_MAX */
}

void names_add(struct names *names, enum ref_sort sort, int64_t number, const char *text) {
    add(names, sort, false, number, span_text(text));
}

void names_add_member(struct names *names, enum ref_sort sort, int64_t number, const char *text) {
    add(names, sort, true, number, span_text(text));
}

/* ---- As texts of a message ---- */

static void write_one(struct writer *bytes, const struct name *name) {
    writer_u8(bytes, (uint8_t)(name->sort | (name->is_member ? MEMBER_BIT : 0)));
    for (size_t i = NUMBER_BYTES; i > 0; i--) {
        writer_u8(bytes, (uint8_t)((uint64_t)name->number >> (8 * (i - 1))));
    }
    writer_span(bytes, span_text(name->text));
}

/* Texts borrow from `bytes`, so all of them are written before the first one is named. */
void names_write(const struct names *names, struct message *message, struct writer *bytes) {
    size_t at = 0;

    assert(bytes->data == NULL);
    writer_init(bytes, names->count * (HEAD_BYTES + NAME_BYTES_MAX));
    for (size_t i = 0; i < names->count; i++) {
        write_one(bytes, &names->rows[i]);
    }
    for (size_t i = 0; i < names->count; i++) {
        size_t len = HEAD_BYTES + strlen(names->rows[i].text);
        message_add_text(message, span_of(bytes->data + at, len));
        at += len;
    }
}

void names_read(struct names *names, const struct message *message) {
    for (size_t i = 0; i < message->text_count; i++) {
        struct reader reader = reader_of(message->texts[i]);
        unsigned head = reader_u8(&reader);
        enum ref_sort sort = (enum ref_sort)(head & ~(unsigned)MEMBER_BIT);
        uint64_t number = 0;

        for (size_t j = 0; j < NUMBER_BYTES; j++) {
            number = number << 8 | reader_u8(&reader);
        }
        if (!reader.failed && number <= INT64_MAX) {
            add(names, sort, (head & MEMBER_BIT) != 0, (int64_t)number, reader.rest);
        }
    }
}
