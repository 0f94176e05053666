/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/news.h"

#include "cli/layout.h"
#include "cli/posts.h"
#include "cli/when.h"
#include "node/node.h"
#include "protocol/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

enum {
    TEXT_INDENT = 2,
    ROOM_COLUMNS_MIN = 10,     /* below that a line would hold no word */
    SENTENCE_BYTES_MAX = 2048, /* three names and a sentence of ours */
    ESCAPED_BYTES_PER_BYTE = 8 /* \u{XXXX} for a line feed */
};
static const char cut_mark[] = "...";
enum { CUT_COLUMNS = sizeof cut_mark - 1 };

/* ---- Lines ---- */

/* The last line that may be written: what does not fit in it is left out, visibly. */
static void write_last_line(struct writer *out, struct span text, size_t room) {
    struct span rest = text;
    struct span line = layout_line(&rest, room);

    if (rest.len > 0 && layout_columns(line) + CUT_COLUMNS > room) {
        line = layout_line(&text, room - CUT_COLUMNS);
    }
    writer_span(out, line);
    writer_span(out, span_text(rest.len > 0 ? cut_mark : ""));
}

static struct span without_line_feeds(struct span text) {
    while (text.len > 0 && text.data[0] == '\n') {
        text.data++;
        text.len--;
    }
    return text;
}

/* At most `lines_max` lines of printable text, which does not end in a line feed; empty lines are
 * left out. */
static void write_first_lines(struct writer *out, struct span text, size_t width, size_t indent,
                              size_t lines_max) {
    size_t room = width > indent + ROOM_COLUMNS_MIN ? width - indent : ROOM_COLUMNS_MIN;

    for (size_t left = lines_max; left > 0 && text.len > 0; left--) {
        text = without_line_feeds(text);
        for (size_t i = 0; i < indent; i++) {
            writer_u8(out, ' ');
        }
        if (left == 1) {
            write_last_line(out, text, room);
        } else {
            writer_span(out, layout_line(&text, room));
        }
        writer_u8(out, '\n');
    }
}

/* ---- What was written, and by whom ---- */

/* A text of the message as a part of a sentence: no name or code is longer.  Never NULL. */
static struct span name_at(const struct message *message, size_t index) {
    struct span text = message_text(message, index);

    return text.len > 0 ? text_truncate(text, NAME_BYTES_MAX) : span_text("");
}

/* Appends a sentence of ours with foreign names in it, printable: all of it, or as much as fits
 * one line. */
static void say(struct writer *out, size_t width, bool is_cut, const char *sentence, ...)
    __attribute__((format(printf, 4, 5)));

static void say(struct writer *out, size_t width, bool is_cut, const char *sentence, ...) {
    char said[SENTENCE_BYTES_MAX];
    struct writer escaped;
    va_list arguments;

    va_start(arguments, sentence);
    (void)vsnprintf(said, sizeof said, sentence, arguments);
    va_end(arguments);
    writer_init(&escaped, SENTENCE_BYTES_MAX * ESCAPED_BYTES_PER_BYTE);
    text_escape(&escaped, span_text(said), false);
    if (is_cut) {
        write_first_lines(out, writer_view(&escaped), width, 0, 1);
    } else {
        layout_wrap(out, writer_view(&escaped), width, 0);
    }
    writer_clear(&escaped);
}

static struct span without_end(struct span text) {
    while (text.len > 0 && strchr(" \t\r\n", text.data[text.len - 1]) != NULL) {
        text.len--;
    }
    return text;
}

static void write_text(struct writer *out, struct span text, size_t width, bool is_cut) {
    struct writer escaped;

    writer_init(&escaped, TEXT_BYTES_MAX * ESCAPED_BYTES_PER_BYTE);
    text_escape(&escaped, without_end(text_truncate(text, TEXT_BYTES_MAX)), true);
    if (is_cut) {
        write_first_lines(out, writer_view(&escaped), width, TEXT_INDENT, NEWS_LINES_ELSEWHERE);
    } else {
        layout_wrap(out, writer_view(&escaped), width, TEXT_INDENT);
    }
    writer_clear(&escaped);
}

/* A post or an entry; `home` is the sort of place it stands in. */
static void write_writing(struct writer *out, const struct message *message,
                          const struct place *place, enum place_sort home, size_t width) {
    bool is_here = place->sort == home && place->number == (int64_t)message_number(message, 2);
    struct span reference = name_at(message, 0);
    struct span quoted_author = name_at(message, 4);
    struct span title = is_here ? span_text("") : name_at(message, 2);
    bool is_cut = !is_here && quoted_author.len == 0; /* Who copied it must not be cut off. */
    char author[AUTHOR_SHOWN_BYTES], when[WHEN_BYTES];

    post_author_shown(name_at(message, 1), quoted_author, author);
    when_brief((int64_t)message_number(message, 1), clock_now_ms(), when);
    say(out, width, is_cut, "%.*s  %s  %s%s%.*s", (int)reference.len, (const char *)reference.data,
        author, when, title.len > 0 ? "  " : "", (int)title.len, (const char *)title.data);
    write_text(out, message_text(message, 3), width, !is_here);
}

/* ---- The rest ---- */

static void write_case(struct writer *out, const struct message *message, size_t width) {
    int64_t number = (int64_t)message_number(message, 2);
    struct span author = name_at(message, 1);
    struct span code = name_at(message, 2);

    say(out, width, false,
        _("%.*s shares case %" PRId64 " (%.*s) with you. Look at it: case show %" PRId64),
        (int)author.len, (const char *)author.data, number, (int)code.len, (const char *)code.data,
        number);
}

static void write_invitation(struct writer *out, const struct message *message, size_t width) {
    int64_t number = (int64_t)message_number(message, 2);
    struct span author = name_at(message, 1);
    struct span name = name_at(message, 2);

    say(out, width, false,
        _("%.*s invites you to group %" PRId64 " (%.*s). Accept it: group accept %" PRId64),
        (int)author.len, (const char *)author.data, number, (int)name.len, (const char *)name.data,
        number);
}

/* Somebody, or oneself, was removed from a group or a case. */
static void write_removal(struct writer *out, const struct message *message, bool is_case,
                          size_t width) {
    int64_t number = (int64_t)message_number(message, 2);
    struct span by = name_at(message, 1);
    struct span name = name_at(message, 2);
    struct span whom = name_at(message, 3);

    if (whom.len == 0) {
        say(out, width, false,
            is_case ? _("%.*s has removed you from case %" PRId64 " (%.*s).")
                    : _("%.*s has removed you from group %" PRId64 " (%.*s)."),
            (int)by.len, (const char *)by.data, number, (int)name.len, (const char *)name.data);
        return;
    }
    say(out, width, false,
        is_case ? _("%.*s has removed %.*s from case %" PRId64 " (%.*s).")
                : _("%.*s has removed %.*s from group %" PRId64 " (%.*s)."),
        (int)by.len, (const char *)by.data, (int)whom.len, (const char *)whom.data, number,
        (int)name.len, (const char *)name.data);
}

/* The time of a guest, or one's own as a guest, has come to its end: nobody is blamed for that. */
static void write_guest(struct writer *out, const struct message *message, bool is_case,
                        size_t width) {
    int64_t number = (int64_t)message_number(message, 2);
    struct span name = name_at(message, 2);
    struct span whom = name_at(message, 3);

    if (whom.len == 0) {
        say(out, width, false,
            is_case ? _("Your time as a guest in case %" PRId64 " (%.*s) is over.")
                    : _("Your time as a guest in group %" PRId64 " (%.*s) is over."),
            number, (int)name.len, (const char *)name.data);
        return;
    }
    say(out, width, false,
        is_case ? _("The time of %.*s as a guest in case %" PRId64 " (%.*s) is over.")
                : _("The time of %.*s as a guest in group %" PRId64 " (%.*s) is over."),
        (int)whom.len, (const char *)whom.data, number, (int)name.len, (const char *)name.data);
}

static void write_answer(struct writer *out, const struct message *message, size_t width) {
    int64_t number = (int64_t)message_number(message, 2);
    struct span who = name_at(message, 1);

    say(out, width, false,
        _("%.*s answers invitation %" PRId64 ". Telephone, compare eight words, and confirm: "
          "invite confirm %" PRId64),
        (int)who.len, (const char *)who.data, number, number);
}

static void write_count(struct writer *out, const struct message *message, size_t width) {
    struct span count = name_at(message, 0);

    say(out, width, false, _("%.*s further posts and entries have come. See: today"),
        (int)count.len, (const char *)count.data);
}

void news_write(struct writer *out, const struct message *message, const struct place *place,
                size_t width) {
    if (message->type != TALK_NEWS) {
        return;
    }
    switch (message_number(message, 0)) {
    case NEWS_POST:
        write_writing(out, message, place, PLACE_THREAD, width);
        break;
    case NEWS_ENTRY:
        write_writing(out, message, place, PLACE_CASE, width);
        break;
    case NEWS_CASE:
        write_case(out, message, width);
        break;
    case NEWS_INVITED:
        write_invitation(out, message, width);
        break;
    case NEWS_MORE:
        write_count(out, message, width);
        break;
    case NEWS_GROUP_REMOVED:
    case NEWS_CASE_REMOVED:
        write_removal(out, message, message_number(message, 0) == NEWS_CASE_REMOVED, width);
        break;
    case NEWS_GROUP_GUEST:
    case NEWS_CASE_GUEST:
        write_guest(out, message, message_number(message, 0) == NEWS_CASE_GUEST, width);
        break;
    case NEWS_ANSWERED:
        write_answer(out, message, width);
        break;
    default:
        break; /* Of a newer version: nothing that we could say. */
    }
}
