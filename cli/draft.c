/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/draft.h"

#include "node/message.h"
#include "protocol/text.h"

#include <assert.h>
#include <string.h>

enum {
    DRAFT_FORM = 2,                                          /* type of the message */
    MAY_BE_DONE_AT = 6,                                      /* number of the message */
    FORM_BYTES_MAX = 80 + 2 * (HASH_BYTES + NAME_BYTES_MAX), /* what is neither line nor block */
    LINE_KEPT_BYTES_MAX = LINE_BYTES_MAX - FORM_BYTES_MAX,
    WRITTEN_BYTES_MAX = DRAFT_BYTES_MAX + LINE_BYTES_MAX
};

void draft_clear(struct draft *draft) {
    writer_clear(&draft->line);
    writer_clear(&draft->block);
    *draft = (struct draft) { 0 };
}

bool draft_is_empty(const struct draft *draft) {
    return draft->line.len == 0 && draft->block.len == 0;
}

void draft_set_line(struct draft *draft, struct span line) {
    writer_clear(&draft->line);
    writer_init(&draft->line, LINE_KEPT_BYTES_MAX);
    writer_span(&draft->line, text_truncate(line, LINE_KEPT_BYTES_MAX));
}

/* ---- The block ---- */

static bool ends_a_line(struct span text) {
    return text.len > 0 && text.data[text.len - 1] == '\n';
}

static size_t count_lines(struct span text) {
    size_t lines = 0;

    for (size_t i = 0; i < text.len; i++) {
        lines += text.data[i] == '\n' ? 1 : 0;
    }
    return lines + (text.len > 0 && !ends_a_line(text) ? 1 : 0);
}

enum rb_status draft_append_block(struct draft *draft, struct span block) {
    struct span before = writer_view(&draft->block);
    bool is_open = before.len > 0 && !ends_a_line(before);

    if (block.len > DRAFT_BYTES_MAX - before.len ||
        block.len + (is_open ? 1 : 0) > DRAFT_BYTES_MAX - before.len) {
        return RB_TOO_LARGE;
    }
    if (before.len == 0) {
        writer_clear(&draft->block);
        writer_init(&draft->block, DRAFT_BYTES_MAX);
    }
    if (is_open) {
        writer_u8(&draft->block, '\n');
    }
    writer_span(&draft->block, block);
    draft->block_lines = count_lines(writer_view(&draft->block));
    return RB_OK;
}

void draft_drop_block(struct draft *draft) {
    writer_clear(&draft->block);
    draft->block_lines = 0;
}

/* ---- Kept, and found again ---- */

void draft_write(const struct draft *draft, struct writer *out) {
    struct message message = { .type = DRAFT_FORM };

    if (draft_is_empty(draft) && !draft->by_lock) {
        return;
    }
    message_add_number(&message, (uint64_t)draft->kept_ms);
    message_add_number(&message, draft->by_lock ? 1 : 0);
    message_add_text(&message, writer_view(&draft->line));
    message_add_text(&message, writer_view(&draft->block));
    place_write(&message, &draft->place);
    place_write(&message, &draft->outer);
    message_add_number(&message, draft->may_be_done ? 1 : 0);
    message_write(out, &message);
    message_clear(&message);
    assert(out->len <= WRITTEN_BYTES_MAX);
}

static bool is_typed(struct span text) {
    return text.len == 0 || (text_is_utf8(text) && memchr(text.data, '\0', text.len) == NULL);
}

enum rb_status draft_read(struct span bytes, struct draft *draft) {
    struct message message = { 0 };
    size_t used = 0;

    *draft = (struct draft) { 0 };
    enum rb_status status =
        bytes.len > WRITTEN_BYTES_MAX ? RB_TOO_LARGE : message_read(bytes, &message, &used);
    struct span line = message_text(&message, 0);
    struct span block = message_text(&message, 1);
    struct place place, outer;
    if (status != RB_OK || used != bytes.len || message.type != DRAFT_FORM ||
        message_number(&message, 0) > INT64_MAX || line.len > LINE_KEPT_BYTES_MAX ||
        !is_typed(line) || !is_typed(block) || place_read(&message, 2, 2, &place) != RB_OK ||
        place_read(&message, 4, 4, &outer) != RB_OK) {
        message_clear(&message);
        return RB_MALFORMED;
    }
    draft_set_line(draft, line);
    status = draft_append_block(draft, block);
    draft->kept_ms = (int64_t)message_number(&message, 0);
    draft->by_lock = message_number(&message, 1) != 0;
    draft->may_be_done = message_number(&message, MAY_BE_DONE_AT) != 0;
    draft->place = place;
    draft->outer = outer;
    message_clear(&message);
    if (status != RB_OK) {
        draft_clear(draft);
        return RB_MALFORMED;
    }
    return RB_OK;
}
