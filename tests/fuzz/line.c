/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line of the console: whatever is typed, the words can be parsed, a text is never read for
 * options, no command that always asks is reached by a shortened word, and what completion inserts
 * can be split again. */
#include "tests/fuzz/fuzz.h"

#include "cli/complete.h"
#include "cli/line.h"
#include "cli/parse.h"
#include "protocol/text.h"

#include <assert.h>
#include <string.h>

static const struct place places[] = {
    { .sort = PLACE_NONE },
    { .sort = PLACE_CASE, .number = 4, .object.id_len = 32 },
    { .sort = PLACE_THREAD, .number = 12, .object.id_len = 16 },
};
enum { PLACES = sizeof places / sizeof places[0] };

static bool contains(struct span typed, struct span word) {
    for (size_t at = 0; word.len <= typed.len && at <= typed.len - word.len; at++) {
        if (span_equal(span_of(typed.data + at, word.len), word)) {
            return true;
        }
    }
    return false;
}

/* Each of the row's words was typed in full. */
static void check_confirmed(const struct command *row, struct span typed) {
    for (size_t i = 0; i < command_words(row); i++) {
        assert(contains(typed, command_word(row, i, LANGUAGE_INDONESIAN)) ||
               contains(typed, command_word(row, i, LANGUAGE_ENGLISH)));
    }
}

static void check_parsed(const struct line *line) {
    struct parsed parsed;

    parse_arguments(&parsed, line->count, line->words);
    assert(parsed.fault != FAULT_AFTER_TEXT);
    assert(parsed.fault != FAULT_NONE || parsed.call.command == line->command);
    if (line->has_text && parsed.fault == FAULT_NONE && parsed.globals[GLOBAL_HELP] == NULL) {
        assert(parsed.call.typed[parsed.call.argument_count - 1] == line->words[line->count - 1]);
    }
}

static void check_split(struct span typed, const struct place *place, enum language language) {
    struct line line;

    line_split(&line, typed, place, language);
    assert(line.count <= LINE_WORDS_MAX && line.hint_count <= LINE_HINTS_MAX);
    assert((line.fault != LINE_AMBIGUOUS && line.fault != LINE_NOT_SHORTENED) ||
           line.hint_count > 0);
    if (line.fault == LINE_OK) {
        check_parsed(&line);
        if (line.command != NULL && line.command->question != NULL && !line.command->asks_seldom) {
            check_confirmed(line.command, typed);
        }
    }
    line_clear(&line);
}

static bool has_open_quote(struct span typed, const struct place *place, enum language language) {
    struct line line;

    line_split(&line, typed, place, language);
    bool is_open = line.fault == LINE_OPEN_QUOTE;
    line_clear(&line);
    return is_open;
}

static void check_insert(struct span front, const char *insert, const struct place *place,
                         enum language language) {
    struct writer completed;

    assert(text_is_utf8(span_text(insert)));
    writer_init(&completed, front.len + strlen(insert));
    writer_span(&completed, front);
    writer_span(&completed, span_text(insert));
    assert(has_open_quote(front, place, language) ||
           !has_open_quote(writer_view(&completed), place, language));
    writer_clear(&completed);
}

static void check_complete(struct span typed, const struct place *place, enum language language) {
    struct names names = { 0 };
    struct completions found = { 0 };
    bool is_path = false;

    names_add(&names, REF_CONTACT, 2, "Budi Misal");
    names_add(&names, REF_GROUP, 1, "Diskusi Bandung 1");
    names_add(&names, REF_THREAD, 12, "Anak \"tanpa\" kelompok");
    names_add(&names, REF_CASE, 4, "3273-26-K7QD");
    complete(&found, typed, &names, place, NULL, language, &is_path);
    assert(found.word_begin <= typed.len);
    for (size_t i = 0; i < found.count; i++) {
        check_insert(span_of(typed.data, found.word_begin), found.rows[i].insert, place, language);
    }
    completions_clear(&found);
    names_clear(&names);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    if (len < 1) {
        return 0;
    }
    struct span typed = span_of(data + 1, len - 1);
    enum language language = data[0] & 1 ? LANGUAGE_ENGLISH : LANGUAGE_INDONESIAN;
    const struct place *place = &places[(data[0] >> 1) % PLACES];
    check_split(typed, place, language);
    check_complete(typed, place, language);
    return 0;
}
