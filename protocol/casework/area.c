/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/area.h"

#include "protocol/text.h"

#include <assert.h>
#include <string.h>

enum { AREA_DIGITS_MAX = 10, CODE_AREA_DIGITS = 4, CODE_TAIL_LETTERS = 4 };

/* True after province, kabupaten and kecamatan: where a code may end or have a dot. */
static bool is_level_end(size_t digits) {
    return digits == 2 || digits == 4 || digits == 6;
}

enum rb_status area_parse(struct span typed, struct writer *digits) {
    uint8_t found[AREA_DIGITS_MAX];
    size_t count = 0;
    bool after_dot = false;

    for (size_t i = 0; i < typed.len; i++) {
        uint8_t character = typed.data[i];
        bool is_digit = character >= '0' && character <= '9';
        if (is_digit && count < sizeof found) {
            found[count++] = character;
        } else if (character != '.' || after_dot || !is_level_end(count)) {
            return RB_MALFORMED;
        }
        after_dot = !is_digit;
    }
    if (after_dot || (!is_level_end(count) && count != AREA_DIGITS_MAX)) {
        return RB_MALFORMED;
    }
    writer_span(digits, span_of(found, count));
    return writer_end(digits);
}

static char upper(uint8_t letter) {
    return (char)(letter >= 'a' && letter <= 'z' ? letter - 'a' + 'A' : letter);
}

/* The first four base32 characters, which are 20 bits, of the circle's identifier. */
static void tail_write(char *out, const uint8_t circle_id[static HASH_BYTES]) {
    struct writer letters;

    writer_init(&letters, SHORT_HASH_BYTES);
    base32_write(&letters, span_of(circle_id, 3));
    for (size_t i = 0; i < CODE_TAIL_LETTERS; i++) {
        out[i] = upper(letters.data[i]);
    }
    writer_clear(&letters);
}

void case_code(char out[static CASE_CODE_BYTES + 1], struct span area, unsigned year,
               const uint8_t circle_id[static HASH_BYTES]) {
    assert(area.len == 0 || area.len >= 2);
    size_t area_len = area.len < CODE_AREA_DIGITS ? area.len : CODE_AREA_DIGITS;

    memcpy(out, "0000-00-", 8);
    if (area_len > 0) {
        memcpy(out, area.data, area_len);
    }
    out[5] = (char)('0' + year / 10 % 10);
    out[6] = (char)('0' + year % 10);
    tail_write(out + 8, circle_id);
    out[CASE_CODE_BYTES] = '\0';
}
