/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/keys.h"

#include "protocol/crypt.h"
#include "protocol/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Both marks are ESC [ 2 0, one of two digits, ~.  ESC stands at their beginning only, so what was
 * held and turns out to be no mark cannot hide the beginning of one. */
enum {
    ESCAPE = 0x1B,
    MARK_BYTES = 6,
    MARK_DIGIT_AT = 4,
    CHARACTER_BYTES_MAX = 4,
    SEQUENCE_BYTES_MAX = 8, /* of one key: ESC [ 1 ; 5 D */
    TAB_BLANKS = 4
};

static const uint8_t mark_start[MARK_BYTES] = { ESCAPE, '[', '2', '0', '0', '~' };

/* A run of keys, or one block. */
struct segment {
    struct segment *next;
    struct writer bytes;
    size_t taken; /* keys: so many have been given out */
    size_t lines; /* block */
    bool is_block;
};

enum state { KEYS, BURST, PASTE, LATE, ALONE };

struct keys {
    enum state state;
    struct segment *first, *last; /* what can be taken, in order */
    struct segment *paste;        /* BURST, PASTE: the block that still comes in; else NULL */
    struct writer run;            /* of this feed, or held in ALONE: perhaps not keys */
    uint8_t held[MARK_BYTES];     /* the beginning of a mark, perhaps */
    size_t held_len;
    uint8_t character[CHARACTER_BYTES_MAX]; /* of the block: one that is not whole yet */
    size_t character_len;
    bool after_return; /* in the block: a line feed belongs to the carriage return before it */
    int64_t fed_ms;    /* when the last byte came */
};

/* ---- Segments ---- */

static struct segment *segment_new(bool is_block) {
    struct segment *segment = rb_alloc(1, sizeof *segment);

    segment->is_block = is_block;
    writer_init(&segment->bytes, DRAFT_BYTES_MAX);
    return segment;
}

static void segment_destroy(struct segment *segment) {
    writer_clear(&segment->bytes);
    free(segment);
}

static void segment_append(struct keys *keys, struct segment *segment) {
    if (keys->last != NULL) {
        keys->last->next = segment;
    } else {
        keys->first = segment;
    }
    keys->last = segment;
}

static void drop_first(struct keys *keys) {
    struct segment *first = keys->first;

    keys->first = first->next;
    if (keys->first == NULL) {
        keys->last = NULL;
    }
    segment_destroy(first);
}

static void put_key(struct keys *keys, uint8_t byte) {
    if (keys->last == NULL || keys->last->is_block) {
        segment_append(keys, segment_new(false));
    }
    writer_u8(&keys->last->bytes, byte);
}

/* ---- The text of a block ---- */

static void put_line_end(struct segment *block) {
    writer_u8(&block->bytes, '\n');
    block->lines++;
}

static bool is_line_end(uint32_t code_point) {
    return (code_point >= '\n' && code_point <= '\r') || code_point == 0x85 ||
           code_point == 0x2028 || code_point == 0x2029;
}

/* `bytes` is what `code_point` was read from. */
static void put_character(struct keys *keys, uint32_t code_point, struct span bytes) {
    struct segment *block = keys->paste;
    bool is_second_half = keys->after_return && code_point == '\n';

    keys->after_return = code_point == '\r';
    if (is_second_half) {
        return;
    }
    if (is_line_end(code_point)) {
        put_line_end(block);
    } else if (code_point == '\t') {
        writer_span(&block->bytes, span_of("    ", TAB_BLANKS));
    } else if (code_point == UINT32_MAX) {
        writer_span(&block->bytes, span_text("\xEF\xBF\xBD"));
    } else if (!text_is_unprintable(code_point)) {
        writer_span(&block->bytes, bytes);
    }
}

static void flush_character(struct keys *keys) {
    struct span rest = span_of(keys->character, keys->character_len);

    while (rest.len > 0) {
        const uint8_t *start = rest.data;
        uint32_t code_point = text_next(&rest);
        put_character(keys, code_point, span_of(start, (size_t)(rest.data - start)));
    }
    keys->character_len = 0;
}

/* How many bytes a character has that begins so. */
static size_t character_bytes(uint8_t lead) {
    if (lead >= 0xF0) {
        return 4;
    }
    if (lead >= 0xE0) {
        return 3;
    }
    return lead >= 0xC0 ? 2 : 1;
}

static void put_pasted(struct keys *keys, uint8_t byte) {
    bool goes_on = (byte & 0xC0) == 0x80;

    if (!goes_on) {
        flush_character(keys);
    }
    keys->character[keys->character_len++] = byte;
    if (keys->character_len >= character_bytes(keys->character[0])) {
        flush_character(keys);
    }
}

/* ---- The states ---- */

static void begin_paste(struct keys *keys, enum state state) {
    keys->state = state;
    keys->paste = segment_new(true);
    keys->after_return = false;
}

static void end_paste(struct keys *keys, enum state next) {
    struct segment *block = keys->paste;

    flush_character(keys);
    keys->state = next;
    keys->paste = NULL;
    if (block->bytes.len == 0) {
        segment_destroy(block);
        return;
    }
    if (block->bytes.data[block->bytes.len - 1] != '\n') {
        block->lines++;
    }
    segment_append(keys, block);
}

/* Typed at once are at most a line and a part of the next; Enter alone may be held down. */
static bool is_pasted(struct span run) {
    size_t line_ends = 0, text = 0;

    for (size_t i = 0; i < run.len; i++) {
        bool is_second_half = run.data[i] == '\n' && i > 0 && run.data[i - 1] == '\r';
        bool ends_line = run.data[i] == '\n' || run.data[i] == '\r';
        line_ends += ends_line && !is_second_half ? 1 : 0;
        text += ends_line ? 0 : 1;
    }
    return line_ends > 1 && text > 0;
}

/* Makes the run keys, or the beginning of the block that comes in. */
static void settle_run(struct keys *keys) {
    struct span run = writer_view(&keys->run);

    if (keys->paste == NULL && is_pasted(run)) {
        begin_paste(keys, BURST);
    }
    for (size_t i = 0; i < run.len; i++) {
        if (keys->paste != NULL) {
            put_pasted(keys, run.data[i]);
        } else {
            put_key(keys, run.data[i]);
        }
    }
    writer_clear(&keys->run);
}

static void put_byte(struct keys *keys, uint8_t byte) {
    if (keys->paste != NULL) {
        put_pasted(keys, byte);
    } else {
        writer_u8(&keys->run, byte);
    }
}

/* What was held is no mark. */
static void release(struct keys *keys) {
    for (size_t i = 0; i < keys->held_len; i++) {
        put_byte(keys, keys->held[i]);
    }
    keys->held_len = 0;
}

static void take_start(struct keys *keys) {
    if (keys->state == PASTE) {
        return;
    }
    settle_run(keys);
    if (keys->state == BURST) {
        end_paste(keys, KEYS);
    }
    begin_paste(keys, PASTE);
}

static void take_end(struct keys *keys) {
    if (keys->state == PASTE) {
        end_paste(keys, KEYS);
    } else if (keys->state != BURST) {
        keys->state = KEYS;
    }
}

static void take_mark(struct keys *keys) {
    bool is_start = keys->held[MARK_DIGIT_AT] == '0';

    keys->held_len = 0;
    if (is_start) {
        take_start(keys);
    } else {
        take_end(keys);
    }
}

static bool continues_mark(const struct keys *keys, uint8_t byte) {
    bool is_end_digit = keys->held_len == MARK_DIGIT_AT && byte == '1';

    return is_end_digit || byte == mark_start[keys->held_len];
}

static void take_byte(struct keys *keys, uint8_t byte) {
    if (!continues_mark(keys, byte)) {
        release(keys);
        if (byte != ESCAPE) {
            put_byte(keys, byte);
            return;
        }
    }
    keys->held[keys->held_len++] = byte;
    if (keys->held_len == MARK_BYTES) {
        take_mark(keys);
    }
}

/* ---- In and out ---- */

struct keys *keys_new(void) {
    struct keys *keys = rb_alloc(1, sizeof *keys);

    keys->state = KEYS;
    writer_init(&keys->run, DRAFT_BYTES_MAX);
    return keys;
}

void keys_destroy(struct keys **keys) {
    struct keys *self = *keys;

    if (self == NULL) {
        return;
    }
    keys_drop(self);
    if (self->paste != NULL) {
        segment_destroy(self->paste);
    }
    crypt_wipe(self, sizeof *self);
    free(self);
    *keys = NULL;
}

/* A person presses one key at a time; what comes in larger pieces is still being pasted. */
static bool is_one_key(struct span bytes) {
    return bytes.data[0] == ESCAPE ? bytes.len <= SEQUENCE_BYTES_MAX
                                   : bytes.len <= character_bytes(bytes.data[0]);
}

/* More comes of a paste whose end has not come, or so it seems. */
static void go_on(struct keys *keys, struct span bytes) {
    if (keys->state == LATE && is_one_key(bytes)) {
        keys->state = ALONE;
        return;
    }
    begin_paste(keys, PASTE);
    settle_run(keys);
}

void keys_feed(struct keys *keys, struct span bytes, int64_t now_ms) {
    if (bytes.len == 0) {
        return;
    }
    keys->fed_ms = now_ms;
    if (keys->state == LATE || keys->state == ALONE) {
        go_on(keys, bytes);
    }
    for (size_t i = 0; i < bytes.len; i++) {
        take_byte(keys, bytes.data[i]);
    }
    if (keys->state != ALONE) {
        settle_run(keys);
    }
}

int64_t keys_deadline_ms(const struct keys *keys) {
    switch (keys->state) {
    case BURST:
        return keys->fed_ms + KEYS_BURST_MS;
    case PASTE:
        return keys->fed_ms + PASTE_MS_MAX;
    case ALONE:
        return keys->fed_ms + KEYS_ALONE_MS;
    default: /* Nothing is held in LATE. */
        return keys->held_len > 0 ? keys->fed_ms + KEYS_MARK_MS : INT64_MAX;
    }
}

void keys_timeout(struct keys *keys, int64_t now_ms) {
    if (now_ms < keys_deadline_ms(keys)) {
        return;
    }
    release(keys);
    if (keys->paste != NULL) {
        end_paste(keys, keys->state == PASTE ? LATE : KEYS);
    } else {
        keys->state = KEYS;
        settle_run(keys);
    }
}

bool keys_next(struct keys *keys, uint8_t *byte) {
    struct segment *first = keys->first;

    if (first == NULL || first->is_block) {
        return false;
    }
    assert(first->taken < first->bytes.len);
    *byte = first->bytes.data[first->taken++];
    if (first->taken == first->bytes.len) {
        drop_first(keys);
    }
    return true;
}

bool keys_block(const struct keys *keys, struct block *block) {
    const struct segment *first = keys->first;

    if (first == NULL || !first->is_block) {
        return false;
    }
    *block = (struct block) {
        .text = writer_view(&first->bytes),
        .lines = first->lines,
        .too_long = first->bytes.failed,
    };
    return true;
}

void keys_drop_block(struct keys *keys) {
    assert(keys->first != NULL && keys->first->is_block);
    drop_first(keys);
}

void keys_drop(struct keys *keys) {
    while (keys->first != NULL) {
        drop_first(keys);
    }
    writer_clear(&keys->run);
    if (keys->state == ALONE && keys->held_len == 0) {
        keys->state = LATE;
    }
}
