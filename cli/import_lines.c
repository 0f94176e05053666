/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/import_lines.h"

#include "cli/lang.h"
#include "protocol/limits.h"
#include "protocol/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void import_clear(struct import *import) {
    for (size_t i = 0; i < import->count; i++) {
        json_line_destroy(&import->kept[i]);
    }
    free(import->posts);
    free(import->line_numbers);
    free(import->kept);
    free(import->ids);
    free(import->by_id);
    *import = (struct import) { 0 };
}

/* ---- Faults ---- */

enum fault_kind {
    LINE_NOT_JSON,
    LINE_TOO_LONG,
    LINE_BAD_ID,
    LINE_SAME_ID,
    LINE_BAD_AUTHOR,
    LINE_BAD_REPLY,
    LINE_UNKNOWN_REPLY,
    LINE_BAD_TEXT,
    LINE_TEXT_TOO_LONG,
    LINE_TOO_MANY,
    FILE_EMPTY
};

static const struct {
    enum rb_status status;
    const char *code, *sentence;
} faults[] = {
    [LINE_NOT_JSON] = { RB_MALFORMED, "not_json", N_("it is not a JSON object in UTF-8") },
    [LINE_TOO_LONG] = { RB_TOO_LARGE, "line_too_long", N_("it is too long") },
    [LINE_BAD_ID] = { RB_MALFORMED, "bad_id", N_("\"id\" is missing, empty or not a text") },
    [LINE_SAME_ID] = { RB_MALFORMED, "same_id", N_("an earlier line has the same \"id\"") },
    [LINE_BAD_AUTHOR] = { RB_MALFORMED, "bad_author",
                          N_("\"author\" is missing, empty, not a text or too long") },
    [LINE_BAD_REPLY] = { RB_MALFORMED, "bad_reply_to",
                         N_("\"reply_to\" is missing, or neither a text nor null") },
    [LINE_UNKNOWN_REPLY] = { RB_MALFORMED, "unknown_reply_to",
                             N_("\"reply_to\" names no earlier line") },
    [LINE_BAD_TEXT] = { RB_MALFORMED, "bad_text", N_("\"text\" is missing, empty or not a text") },
    [LINE_TEXT_TOO_LONG] = { RB_TOO_LARGE, "text_too_long", N_("\"text\" is too long") },
    [LINE_TOO_MANY] = { RB_TOO_LARGE, "too_many_posts", N_("there are too many posts") },
    [FILE_EMPTY] = { RB_MALFORMED, "no_posts", N_("there are no posts in it") },
};

static enum rb_status note(struct import_fault *fault, enum fault_kind kind, size_t line_number) {
    fault->line_number = line_number;
    fault->code = faults[kind].code;
    fault->sentence = faults[kind].sentence;
    return faults[kind].status;
}

/* ---- Ids: a sorted list of indexes, so that a large file does not take its square in time ---- */

static int compare_ids(struct span a, struct span b) {
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len > 0 ? memcmp(a.data, b.data, len) : 0;

    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/* Where `id` stands in by_id, or where it would have to stand. */
static bool find_id(const struct import *import, struct span id, size_t *place) {
    size_t low = 0, high = import->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare_ids(import->ids[import->by_id[middle]], id);
        if (order == 0) {
            *place = middle;
            return true;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *place = low;
    return false;
}

/* ---- One line ---- */

static struct span trim(struct span text) {
    static const char white[] = " \t\r\n";

    while (text.len > 0 && memchr(white, text.data[0], sizeof white - 1) != NULL) {
        text.data++;
        text.len--;
    }
    while (text.len > 0 && memchr(white, text.data[text.len - 1], sizeof white - 1) != NULL) {
        text.len--;
    }
    return text;
}

static bool has_text(const struct json_line *line, const char *name, struct span *text) {
    return json_line_field(line, name, text) == JSON_FIELD_TEXT && text->len > 0;
}

/* The index of the earlier post that this line answers, or -1. */
static enum rb_status read_reply(const struct import *import, const struct json_line *line,
                                 int64_t *index, struct import_fault *fault, size_t number) {
    struct span reply_to;
    size_t place = 0;

    switch (json_line_field(line, "reply_to", &reply_to)) {
    case JSON_FIELD_NULL:
        *index = -1;
        return RB_OK;
    case JSON_FIELD_TEXT:
        break;
    default:
        return note(fault, LINE_BAD_REPLY, number);
    }
    if (!find_id(import, reply_to, &place)) {
        return note(fault, LINE_UNKNOWN_REPLY, number);
    }
    *index = (int64_t)import->by_id[place];
    return RB_OK;
}

static enum rb_status read_post(const struct import *import, const struct json_line *line,
                                struct import_post *post, struct import_fault *fault,
                                size_t number) {
    if (!has_text(line, "author", &post->author)) {
        return note(fault, LINE_BAD_AUTHOR, number);
    }
    post->author = trim(post->author);
    if (post->author.len == 0 || text_characters(post->author) > NAME_CHARACTERS_MAX) {
        return note(fault, LINE_BAD_AUTHOR, number);
    }
    if (!has_text(line, "text", &post->text)) {
        return note(fault, LINE_BAD_TEXT, number);
    }
    if (post->text.len > TEXT_BYTES_MAX) {
        return note(fault, LINE_TEXT_TOO_LONG, number);
    }
    return read_reply(import, line, &post->reply_index, fault, number);
}

static void make_room(struct import *import) {
    if (import->count < import->room) {
        return;
    }
    size_t room = import->room * 2 + 64;
    import->posts = rb_realloc(import->posts, room, sizeof *import->posts);
    import->line_numbers = rb_realloc(import->line_numbers, room, sizeof *import->line_numbers);
    import->kept = rb_realloc(import->kept, room, sizeof(struct json_line *));
    import->ids = rb_realloc(import->ids, room, sizeof *import->ids);
    import->by_id = rb_realloc(import->by_id, room, sizeof *import->by_id);
    import->room = room;
}

/* Takes over `line` if it is good. */
static enum rb_status add_line(struct import *import, struct json_line *line,
                               struct import_fault *fault, size_t number) {
    struct import_post post = { .reply_index = -1 };
    struct span id;
    size_t place = 0;

    if (!has_text(line, "id", &id)) {
        return note(fault, LINE_BAD_ID, number);
    }
    if (find_id(import, id, &place)) {
        return note(fault, LINE_SAME_ID, number);
    }
    enum rb_status status = read_post(import, line, &post, fault, number);
    if (status != RB_OK) {
        return status;
    }
    make_room(import);
    import->posts[import->count] = post;
    import->line_numbers[import->count] = number;
    import->kept[import->count] = line;
    import->ids[import->count] = id;
    memmove(import->by_id + place + 1, import->by_id + place,
            (import->count - place) * sizeof *import->by_id);
    import->by_id[place] = import->count;
    import->count++;
    return RB_OK;
}

static enum rb_status read_line(struct import *import, struct span text, struct import_fault *fault,
                                size_t number) {
    struct json_line *line = NULL;

    if (trim(text).len == 0) {
        return RB_OK;
    }
    if (text.len > IMPORT_LINE_BYTES_MAX) {
        return note(fault, LINE_TOO_LONG, number);
    }
    if (import->count == IMPORT_POSTS_MAX) {
        return note(fault, LINE_TOO_MANY, number);
    }
    if (json_line_read(text, &line) != RB_OK) {
        return note(fault, LINE_NOT_JSON, number);
    }
    enum rb_status status = add_line(import, line, fault, number);
    if (status != RB_OK) {
        json_line_destroy(&line);
    }
    return status;
}

/* ---- The file ---- */

static struct span take_line(struct span *rest) {
    const uint8_t *end = memchr(rest->data, '\n', rest->len);
    size_t len = end != NULL ? (size_t)(end - rest->data) : rest->len;
    struct span line = span_of(rest->data, len);
    size_t taken = end != NULL ? len + 1 : len;

    rest->data += taken;
    rest->len -= taken;
    return line;
}

enum rb_status import_read(struct span file, struct import *import, struct import_fault *fault) {
    static const uint8_t byte_order_mark[] = { 0xEF, 0xBB, 0xBF };
    size_t mark = sizeof byte_order_mark;
    enum rb_status status = RB_OK;
    size_t number = 0;

    *import = (struct import) { 0 };
    if (file.len >= mark && memcmp(file.data, byte_order_mark, mark) == 0) {
        file = span_of(file.data + mark, file.len - mark);
    }
    while (status == RB_OK && file.len > 0) {
        struct span line = take_line(&file);
        status = read_line(import, line, fault, ++number);
    }
    if (status == RB_OK && import->count == 0) {
        status = note(fault, FILE_EMPTY, 0);
    }
    if (status != RB_OK) {
        import_clear(import);
    }
    return status;
}
