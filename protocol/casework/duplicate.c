/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/duplicate.h"

#include "protocol/text.h"

#include <string.h>

enum {
    WORDS_MAX = 12,      /* of a name and a nickname; further ones are left out */
    WORD_BYTES_MAX = 24, /* the rest of a longer word is left out */
    LONG_WORD = 5,
    YEAR_DAYS = 365
};

struct word {
    char letters[WORD_BYTES_MAX + 1];
    size_t len;
};

struct words {
    struct word list[WORDS_MAX];
    size_t count;
};

/* ---- Words of a name ---- */

/* Of the spelling before 1972, and what is heard alike. */
static const struct {
    const char *old, *now;
} spellings[] = { { "oe", "u" },  { "dj", "j" },  { "tj", "c" }, { "nj", "ny" },
                  { "sj", "sy" }, { "ch", "kh" }, { "ph", "f" }, { "v", "f" } };

static const char *const muhammads[] = { "muhammad", "muhamad", "mohammad", "mohamad",
                                         "mohamed",  "muhamed", "moh",      "muh",
                                         "mhd",      "moch",    "m" };

static void letter_add(struct word *word, char letter) {
    const bool is_doubled = word->len > 0 && word->letters[word->len - 1] == letter;

    if (!is_doubled && word->len < WORD_BYTES_MAX) {
        word->letters[word->len++] = letter;
    }
}

/* What stands at `at` in today's spelling; gives how many letters of `text` that is. */
static size_t spelling_add(struct word *word, const char *text) {
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        const size_t len = strlen(spellings[i].old);
        if (strncmp(text, spellings[i].old, len) == 0) {
            for (const char *letter = spellings[i].now; *letter != '\0'; letter++) {
                letter_add(word, *letter);
            }
            return len;
        }
    }
    letter_add(word, *text);
    return 1;
}

static bool is_muhammad(const char *text) {
    for (size_t i = 0; i < sizeof muhammads / sizeof muhammads[0]; i++) {
        if (strcmp(text, muhammads[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* `text`: letters in lower case. */
static void word_add(struct words *words, const char *text) {
    if (words->count == WORDS_MAX || text[0] == '\0') {
        return;
    }
    struct word *word = &words->list[words->count++];
    *word = (struct word) { .len = 0 };
    for (const char *at = is_muhammad(text) ? "muhamad" : text; *at != '\0';) {
        at += spelling_add(word, at);
    }
    word->letters[word->len] = '\0';
}

static bool is_letter(uint8_t byte) {
    return (byte >= 'a' && byte <= 'z') || byte >= 0x80 || byte == '\'';
}

static void words_read(struct words *words, struct span text) {
    char word[WORD_BYTES_MAX + 1];
    size_t len = 0;

    for (size_t i = 0; i <= text.len; i++) {
        uint8_t byte = i < text.len ? text.data[i] : ' ';
        byte = byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte - 'A' + 'a') : byte;
        if (is_letter(byte)) {
            if (byte != '\'' && len < WORD_BYTES_MAX) {
                word[len++] = (char)byte;
            }
            continue;
        }
        word[len] = '\0';
        word_add(words, word);
        len = 0;
    }
}

/* At most one letter more, less or other. */
static bool differs_in_one(const struct word *a, const struct word *b) {
    const struct word *longer = a->len >= b->len ? a : b;
    const struct word *shorter = longer == a ? b : a;
    size_t i = 0;

    if (longer->len - shorter->len > 1) {
        return false;
    }
    while (i < shorter->len && longer->letters[i] == shorter->letters[i]) {
        i++;
    }
    const size_t rest = longer->len == shorter->len ? i + 1 : i;
    return i == shorter->len || strcmp(longer->letters + i + 1, shorter->letters + rest) == 0;
}

static bool is_alike(const struct word *a, const struct word *b) {
    if (strcmp(a->letters, b->letters) == 0) {
        return true;
    }
    return a->len >= LONG_WORD && b->len >= LONG_WORD && differs_in_one(a, b);
}

static size_t count_alike(const struct words *of, const struct words *in) {
    size_t count = 0;

    for (size_t i = 0; i < of->count; i++) {
        bool is_found = false;
        for (size_t k = 0; k < in->count && !is_found; k++) {
            is_found = is_alike(&of->list[i], &in->list[k]);
        }
        count += is_found ? 1 : 0;
    }
    return count;
}

/* ---- Comparing ---- */

static void names_read(const struct likeness *likeness, struct words *name, struct words *all) {
    *name = (struct words) { .count = 0 };
    words_read(name, likeness->name);
    *all = *name;
    words_read(all, likeness->nickname);
}

static bool ages_fit(const struct likeness *a, const struct likeness *b) {
    if (!a->has_age || !b->has_age) {
        return true;
    }
    return a->born_from <= b->born_until + YEAR_DAYS && b->born_from <= a->born_until + YEAR_DAYS;
}

static bool is_same_text(struct span a, struct span b) {
    struct words left = { .count = 0 }, right = { .count = 0 };

    words_read(&left, a);
    words_read(&right, b);
    return left.count > 0 && left.count == right.count && count_alike(&left, &right) == left.count;
}

static bool is_same_place(const struct likeness *a, const struct likeness *b) {
    return (a->village.len > 0 && span_equal(a->village, b->village)) ||
           is_same_text(a->born_in, b->born_in);
}

static bool tells_no_place(const struct likeness *likeness) {
    return likeness->village.len == 0 && likeness->born_in.len == 0;
}

static unsigned look_at_names(const struct likeness *a, const struct likeness *b) {
    const bool is_same_day = a->born_on.len > 0 && span_equal(a->born_on, b->born_on);
    const bool is_place = is_same_place(a, b);
    struct words name_a, name_b, all_a, all_b;

    names_read(a, &name_a, &all_a);
    names_read(b, &name_b, &all_b);
    const struct words *shorter = name_a.count <= name_b.count ? &name_a : &name_b;
    const struct words *other = shorter == &name_a ? &all_b : &all_a;
    const bool is_whole = shorter->count > 0 && count_alike(shorter, other) == shorter->count;
    const unsigned place = is_place ? DUPLICATE_PLACE : 0;

    if (is_same_day && count_alike(&all_a, &all_b) > 0) {
        return DUPLICATE_NAME | DUPLICATE_BORN_ON | place;
    }
    if (is_whole && (is_place || tells_no_place(a) || tells_no_place(b))) {
        return DUPLICATE_NAME | place;
    }
    return 0;
}

unsigned duplicate_look(const struct likeness *a, const struct likeness *b) {
    const bool is_same_id = a->national_id.len > 0 && span_equal(a->national_id, b->national_id);

    if (is_same_id) {
        return DUPLICATE_NATIONAL_ID;
    }
    if ((a->sex != SEX_UNKNOWN && b->sex != SEX_UNKNOWN && a->sex != b->sex) || !ages_fit(a, b)) {
        return 0;
    }
    return look_at_names(a, b);
}

/* ---- What is compared ---- */

/* An age of nine is one from nine to ten years before the day on which it was true. */
static void age_read(struct likeness *likeness, const struct case_record *facts) {
    const int32_t unit_days = facts->age_unit == AGE_MONTHS ? 31 : YEAR_DAYS + 1;
    const struct span on = span_text(facts->age_on);

    if (likeness->born_on.len > 0) {
        likeness->has_age = true;
        likeness->born_from = date_days(likeness->born_on);
        likeness->born_until = likeness->born_from;
    } else if (facts->has_age && on.len > 0) {
        likeness->has_age = true;
        likeness->born_from = date_days(on) - (int32_t)(facts->age + 1) * unit_days;
        likeness->born_until = date_days(on) - (int32_t)facts->age * (unit_days - 3);
    }
}

struct likeness likeness_of(const struct record *identity, const struct case_record *facts) {
    const struct record_item *told = record_single(identity, FORM_IDENTITY);
    struct likeness likeness = {
        .name = item_text(told, IDENTITY_NAME),
        .nickname = item_text(told, IDENTITY_NICKNAME),
        .born_on = item_text(told, IDENTITY_BORN_ON),
        .born_in = item_text(told, IDENTITY_BORN_IN),
        .national_id = item_text(told, IDENTITY_NATIONAL_ID),
        .village = item_text(told, IDENTITY_VILLAGE),
        .sex = facts->sex,
    };

    age_read(&likeness, facts);
    return likeness;
}
