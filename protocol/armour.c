/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/armour.h"

#include "protocol/crypt.h"
#include "protocol/text.h"

#include <string.h>

enum { COLUMNS = 60, MARK_BYTES_MAX = 64 };

static size_t letters_of(size_t bytes) {
    return (bytes * 8 + 4) / 5;
}

/* "-----BEGIN REMBUK KIND-----" */
static void mark_write(struct writer *out, const char *end, const char *kind) {
    writer_span(out, span_text("-----"));
    writer_span(out, span_text(end));
    writer_span(out, span_text(" REMBUK "));
    writer_span(out, span_text(kind));
    writer_span(out, span_text("-----"));
}

void armour_sum(uint8_t sum[static ARMOUR_SUM_BYTES], struct span bytes) {
    uint8_t hash[SHORT_HASH_BYTES];

    crypt_hash(hash, sizeof hash, (struct span) { 0 }, "rk.sum", &bytes, 1);
    memcpy(sum, hash, ARMOUR_SUM_BYTES);
}

void armour_write(struct writer *out, const char *kind, struct span bytes) {
    uint8_t sum[ARMOUR_SUM_BYTES];
    struct writer letters;

    writer_init(&letters, letters_of(bytes.len));
    base32_write(&letters, bytes);
    mark_write(out, "BEGIN", kind);
    writer_u8(out, '\n');
    struct reader rest = reader_of(writer_view(&letters));
    while (rest.rest.len > 0) {
        writer_span(out, reader_span(&rest, rest.rest.len < COLUMNS ? rest.rest.len : COLUMNS));
        writer_u8(out, '\n');
    }
    armour_sum(sum, bytes);
    writer_u8(out, '=');
    base32_write(out, span_of(sum, sizeof sum));
    writer_u8(out, '\n');
    mark_write(out, "END", kind);
    writer_u8(out, '\n');
    writer_clear(&letters);
}

/* Moves the reader behind the first `mark` and returns what stood before it; fails without one. */
static struct span reader_until(struct reader *reader, struct span mark) {
    struct span rest = reader->rest;

    for (size_t at = 0; !reader->failed && at + mark.len <= rest.len; at++) {
        if (memcmp(rest.data + at, mark.data, mark.len) == 0) {
            struct span before = reader_span(reader, at);
            (void)reader_span(reader, mark.len); /* Just compared. */
            return before;
        }
    }
    reader->failed = true;
    return (struct span) { 0 };
}

/* What stands between the marks; fails without them. */
static struct span inside(struct reader *reader, const char *kind) {
    struct writer mark;

    writer_init(&mark, MARK_BYTES_MAX);
    mark_write(&mark, "BEGIN", kind);
    (void)reader_until(reader, writer_view(&mark)); /* Whatever stands before. */
    writer_reset(&mark);
    mark_write(&mark, "END", kind);
    struct span found = reader_until(reader, writer_view(&mark));
    writer_clear(&mark);
    return found;
}

void armour_letters(struct writer *letters, struct span text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!text_is_blank(text.data[i])) {
            writer_u8(letters, text.data[i]);
        }
    }
}

/* Appends to `bytes` what the letters mean; `letters` is for passing use. */
static enum rb_status letters_decode(struct writer *letters, struct span text,
                                     struct writer *bytes) {
    writer_reset(letters);
    armour_letters(letters, text);
    return writer_end(letters) == RB_OK ? base32_read(writer_view(letters), bytes) : RB_MALFORMED;
}

enum rb_status armour_read(struct span text, const char *kind, size_t bytes_max,
                           struct writer *out) {
    struct reader reader = reader_of(text);
    struct writer letters = { .max = letters_of(bytes_max) };
    struct writer bytes = { .max = bytes_max };
    struct writer sum = { .max = ARMOUR_SUM_BYTES };
    uint8_t expected[ARMOUR_SUM_BYTES];
    enum rb_status status = RB_MALFORMED;

    struct reader armour = reader_of(inside(&reader, kind));
    struct span body = reader_until(&armour, span_text("="));
    if (reader.failed || armour.failed || letters_decode(&letters, body, &bytes) != RB_OK ||
        letters_decode(&letters, armour.rest, &sum) != RB_OK) {
        goto done;
    }
    armour_sum(expected, writer_view(&bytes));
    if (!span_equal(writer_view(&sum), span_of(expected, sizeof expected))) {
        goto done;
    }
    writer_span(out, writer_view(&bytes));
    status = writer_end(out);
done:
    writer_clear(&sum);
    writer_clear(&bytes);
    writer_clear(&letters);
    return status;
}
