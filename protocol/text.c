/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/text.h"

#include "protocol/limits.h"

#include <assert.h>
#include <string.h>

#define ILL_FORMED UINT32_C(0xFFFFFFFF)

/* ---- UTF-8 ---- */

struct utf8_form {
    uint8_t lead_first, lead_last;
    uint8_t lead_mask;
    uint8_t len;
    uint32_t least; /* below this a shorter form exists */
};

static const struct utf8_form utf8_forms[] = {
    { 0x00, 0x7F, 0x7F, 1, 0 },
    { 0xC2, 0xDF, 0x1F, 2, 0x80 },
    { 0xE0, 0xEF, 0x0F, 3, 0x800 },
    { 0xF0, 0xF4, 0x07, 4, 0x10000 },
};

static const struct utf8_form *utf8_form_of(uint8_t lead) {
    for (size_t i = 0; i < sizeof utf8_forms / sizeof utf8_forms[0]; i++) {
        if (lead >= utf8_forms[i].lead_first && lead <= utf8_forms[i].lead_last) {
            return &utf8_forms[i];
        }
    }
    return NULL;
}

/* The code point at the front of `text` and its length; ILL_FORMED and 1 if there is none. */
static uint32_t utf8_decode(struct span text, size_t *len) {
    const struct utf8_form *form = utf8_form_of(text.data[0]);

    *len = 1;
    if (form == NULL || form->len > text.len) {
        return ILL_FORMED;
    }
    uint32_t code_point = text.data[0] & form->lead_mask;
    for (size_t i = 1; i < form->len; i++) {
        if ((text.data[i] & 0xC0) != 0x80) {
            return ILL_FORMED;
        }
        code_point = code_point << 6 | (text.data[i] & 0x3F);
    }
    bool is_surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
    if (code_point < form->least || is_surrogate || code_point > 0x10FFFF) {
        return ILL_FORMED;
    }
    *len = form->len;
    return code_point;
}

uint32_t text_next(struct span *text) {
    assert(text->len > 0);
    size_t len = 0;
    uint32_t code_point = utf8_decode(*text, &len);

    text->data += len;
    text->len -= len;
    return code_point;
}

enum { PLAIN_BYTES = 8 };

/* True if none of the next 8 bytes is zero or above 0x7F.  Taking 1 from each byte gives a high bit
 * to a zero; 1 to 0x7F stay below it, and borrow nothing from their neighbours. */
static bool is_plain(const uint8_t bytes[static PLAIN_BYTES]) {
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t word;

    memcpy(&word, bytes, sizeof word);
    return ((word | (word - ones)) & ones << 7) == 0;
}

/* Every text is checked several times on its way, and most of it is ASCII: that goes by words. */
bool text_is_utf8(struct span text) {
    while (text.len > 0) {
        if (text.len >= PLAIN_BYTES && is_plain(text.data)) {
            text.data += PLAIN_BYTES;
            text.len -= PLAIN_BYTES;
            continue;
        }
        uint32_t code_point = text_next(&text);
        if (code_point == ILL_FORMED || code_point == 0) {
            return false;
        }
    }
    return true;
}

size_t text_characters(struct span text) {
    size_t count = 0;

    while (text.len > 0) {
        (void)text_next(&text); /* Only counted. */
        count++;
    }
    return count;
}

struct span text_truncate(struct span text, size_t len_max) {
    struct span rest = text;
    size_t kept = 0;

    while (rest.len > 0) {
        (void)text_next(&rest); /* Only its length matters. */
        if (text.len - rest.len > len_max) {
            break;
        }
        kept = text.len - rest.len;
    }
    return span_of(text.data, kept);
}

void text_copy(char *out, size_t room, struct span text) {
    const struct span fitting = text_truncate(text, room - 1);

    if (fitting.len > 0) {
        memcpy(out, fitting.data, fitting.len);
    }
    out[fitting.len] = '\0';
}

/* ---- Kinds of characters ---- */

struct code_range {
    uint32_t first, last;
};

static bool is_within(uint32_t code_point, const struct code_range *ranges, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (code_point >= ranges[i].first && code_point <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

bool text_is_unprintable(uint32_t code_point) {
    static const struct code_range ranges[] = {
        { 0x0000, 0x001F },                 /* C0 */
        { 0x007F, 0x009F },                 /* DEL, C1 */
        { 0x061C, 0x061C },                 /* Arabic letter mark */
        { 0x200E, 0x200F },                 /* left-to-right and right-to-left mark */
        { 0x2028, 0x202E },                 /* line, paragraph; embeddings and overrides */
        { 0x2066, 0x2069 },                 /* isolates */
        { 0xFDD0, 0xFDEF },                 /* noncharacters */
        { 0xFEFF, 0xFEFF },                 /* byte order mark */
        { 0xE0000, 0xE007F },               /* tags */
        { 0x110000, UINT32_C(0xFFFFFFFF) }, /* not Unicode */
    };
    bool ends_its_plane = (code_point & 0xFFFE) == 0xFFFE; /* U+FFFE, U+FFFF, U+1FFFE, ... */

    return ends_its_plane || is_within(code_point, ranges, sizeof ranges / sizeof ranges[0]);
}

bool text_is_printable(struct span text) {
    while (text.len > 0) {
        if (text_is_unprintable(text_next(&text))) {
            return false;
        }
    }
    return true;
}

bool text_is_blank(uint8_t byte) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool is_white_space(uint32_t code_point) {
    static const struct code_range ranges[] = {
        { 0x0009, 0x000D }, { 0x0020, 0x0020 }, { 0x0085, 0x0085 }, { 0x00A0, 0x00A0 },
        { 0x1680, 0x1680 }, { 0x2000, 0x200A }, { 0x2028, 0x2029 }, { 0x202F, 0x202F },
        { 0x205F, 0x205F }, { 0x3000, 0x3000 },
    };

    return is_within(code_point, ranges, sizeof ranges / sizeof ranges[0]);
}

static bool is_digit(uint32_t code_point) {
    return code_point >= '0' && code_point <= '9';
}

bool text_is_name(struct span text) {
    bool digits_only = true;
    uint32_t last = 0;
    size_t characters = 0;

    if (text.len == 0 || text.len > NAME_BYTES_MAX || text.data[0] == '-') {
        return false;
    }
    while (text.len > 0) {
        last = text_next(&text);
        if (text_is_unprintable(last) || (characters == 0 && is_white_space(last))) {
            return false;
        }
        digits_only = digits_only && is_digit(last);
        characters++;
    }
    return characters <= NAME_CHARACTERS_MAX && !digits_only && !is_white_space(last);
}

/* What Unicode has rendered as nothing (Default_Ignorable_Code_Point), and the blank Braille
 * pattern.  Titles may have joiners and selectors, as pictures need them. */
static bool is_invisible(uint32_t code_point) {
    static const struct code_range ranges[] = {
        { 0x00AD, 0x00AD },   /* soft hyphen */
        { 0x034F, 0x034F },   /* grapheme joiner */
        { 0x061C, 0x061C },   /* Arabic letter mark */
        { 0x115F, 0x1160 },   /* Hangul fillers */
        { 0x17B4, 0x17B5 },   /* Khmer inherent vowels */
        { 0x180B, 0x180F },   /* Mongolian selectors and separator */
        { 0x200B, 0x200F },   /* zero width space, joiners, marks */
        { 0x202A, 0x202E },   /* embeddings and overrides */
        { 0x2060, 0x206F },   /* word joiner, invisible operators, isolates */
        { 0x2800, 0x2800 },   /* Braille pattern without dots */
        { 0x3164, 0x3164 },   /* Hangul filler */
        { 0xFE00, 0xFE0F },   /* variation selectors */
        { 0xFEFF, 0xFEFF },   /* zero width no-break space */
        { 0xFFA0, 0xFFA0 },   /* halfwidth Hangul filler */
        { 0xFFF0, 0xFFF8 },   /* unassigned */
        { 0x1BCA0, 0x1BCA3 }, /* shorthand format controls */
        { 0x1D173, 0x1D17A }, /* musical format controls */
        { 0xE0000, 0xE0FFF }, /* tags, more variation selectors */
    };

    return is_within(code_point, ranges, sizeof ranges / sizeof ranges[0]);
}

bool text_is_proper_name(struct span text) {
    if (!text_is_name(text)) {
        return false;
    }
    while (text.len > 0) {
        const uint32_t code_point = text_next(&text);
        if (is_invisible(code_point) || (is_white_space(code_point) && code_point != ' ')) {
            return false;
        }
    }
    return true;
}

/* ---- Showing ---- */

/* \u{XXXX}, or \x{XX} with two digits. */
static void escape_write(struct writer *writer, char kind, uint32_t value, unsigned digits_min) {
    static const char digits[] = "0123456789ABCDEF";
    unsigned count = digits_min;

    while (count < 8 && value >> (4 * count) != 0) {
        count++;
    }
    writer_u8(writer, '\\');
    writer_u8(writer, (uint8_t)kind);
    writer_u8(writer, '{');
    for (unsigned i = count; i > 0; i--) {
        writer_u8(writer, (uint8_t)digits[value >> (4 * (i - 1)) & 0xF]);
    }
    writer_u8(writer, '}');
}

void text_escape(struct writer *writer, struct span text, bool lines) {
    while (text.len > 0) {
        const uint8_t *start = text.data;
        uint32_t code_point = text_next(&text);

        if (code_point == ILL_FORMED) {
            escape_write(writer, 'x', *start, 2);
        } else if (text_is_unprintable(code_point) && !(lines && code_point == '\n')) {
            escape_write(writer, 'u', code_point, 4);
        } else {
            writer_span(writer, span_of(start, (size_t)(text.data - start)));
        }
    }
}

/* ---- Base32 and hexadecimal ---- */

void base32_write(struct writer *writer, struct span bytes) {
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    uint32_t bits = 0;
    unsigned bit_count = 0;

    for (size_t i = 0; i < bytes.len; i++) {
        bits = (bits << 8 | bytes.data[i]) & 0xFFFF;
        for (bit_count += 8; bit_count >= 5; bit_count -= 5) {
            writer_u8(writer, (uint8_t)letters[bits >> (bit_count - 5) & 0x1F]);
        }
    }
    if (bit_count > 0) {
        writer_u8(writer, (uint8_t)letters[bits << (5 - bit_count) & 0x1F]);
    }
}

/* The five bits of a character, or -1. */
static int base32_value(uint8_t character) {
    if (character >= 'a' && character <= 'z') {
        return character - 'a';
    }
    if (character >= 'A' && character <= 'Z') {
        return character - 'A';
    }
    if (character >= '2' && character <= '7') {
        return character - '2' + 26;
    }
    return -1;
}

static bool base32_is_valid(struct span text) {
    unsigned left_over = (unsigned)(text.len * 5 % 8);

    /* As many bits as a whole character: that character said nothing. */
    if (left_over >= 5) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (base32_value(text.data[i]) < 0) {
            return false;
        }
    }
    unsigned last = text.len == 0 ? 0 : (unsigned)base32_value(text.data[text.len - 1]);
    return (last & ((1U << left_over) - 1)) == 0;
}

enum rb_status base32_read(struct span text, struct writer *out) {
    uint32_t bits = 0;
    unsigned bit_count = 0;

    if (!base32_is_valid(text)) {
        return RB_MALFORMED;
    }
    for (size_t i = 0; i < text.len; i++) {
        bits = (bits << 5 | (uint32_t)base32_value(text.data[i])) & 0xFFFF;
        bit_count += 5;
        if (bit_count >= 8) {
            bit_count -= 8;
            writer_u8(out, (uint8_t)(bits >> bit_count));
        }
    }
    return writer_end(out);
}

void hex_write(struct span bytes, char *out) {
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < bytes.len; i++) {
        *out++ = digits[bytes.data[i] >> 4];
        *out++ = digits[bytes.data[i] & 0xF];
    }
    *out = '\0';
}
