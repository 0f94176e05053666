/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only code that touches bytes from outside.  `span` borrows bytes, `reader` takes fields from
 * a span, `writer` builds bytes in memory that it owns and that never grows above its maximum.
 * Errors of reader and writer stick, so a decoder or encoder is a list of fields and one check at
 * its end.  All fixed-width integers are little-endian. */
#ifndef REMBUK_PROTOCOL_BYTES_H
#define REMBUK_PROTOCOL_BYTES_H

#include "protocol/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes: valid as long as their owner.  `data` may be NULL only if `len` is 0. */
struct span {
    const uint8_t *data;
    size_t len;
};

struct span span_of(const void *data, size_t len);
struct span span_text(const char *text);       /* without the NUL */
bool span_equal(struct span a, struct span b); /* not for secrets: crypt_equal */

/* ---- Reader ---- */

struct reader {
    struct span rest; /* what has not been read yet */
    bool failed;      /* sticks; all further reads give zeros and empty spans */
};

struct reader reader_of(struct span bytes);
uint8_t reader_u8(struct reader *reader);
uint16_t reader_u16(struct reader *reader);
uint32_t reader_u32(struct reader *reader);
uint64_t reader_u64(struct reader *reader);

/* LEB128, at most 10 bytes; a form that is not the shortest fails. */
uint64_t reader_varint(struct reader *reader);

/* The next `len` bytes, borrowed; fails if fewer are left. */
struct span reader_span(struct reader *reader, size_t len);

/* Copies exactly `len` bytes to `out`; on failure `out` is zeroed. */
void reader_copy(struct reader *reader, uint8_t *out, size_t len);

/* RB_OK if nothing failed and nothing is left, else RB_MALFORMED. */
enum rb_status reader_end(const struct reader *reader) RB_MUST_CHECK;

/* ---- Writer ---- */

struct writer {
    uint8_t *data; /* owned; NULL while empty */
    size_t len;
    size_t max; /* never more than this many bytes; see limits.h */
    size_t room;
    bool failed; /* sticks: something would have passed `max` */
};

/* `max` in bytes.  Allocates nothing until the first byte. */
void writer_init(struct writer *writer, size_t max);

/* Wipes and frees; the writer is empty and usable again.  An all-zero writer is fine. */
void writer_clear(struct writer *writer);

/* Forgets the bytes but keeps the memory and the maximum, for reuse in loops. */
void writer_reset(struct writer *writer);

void writer_u8(struct writer *writer, uint8_t value);
void writer_u16(struct writer *writer, uint16_t value);
void writer_u32(struct writer *writer, uint32_t value);
void writer_u64(struct writer *writer, uint64_t value);
void writer_varint(struct writer *writer, uint64_t value);
void writer_span(struct writer *writer, struct span bytes);

/* Appends `len` zero bytes and returns their place, to be filled by the caller before the next call
 * on this writer; NULL if that would pass the maximum. */
uint8_t *writer_reserve(struct writer *writer, size_t len);

/* What has been written, borrowed until the next call that writes. */
struct span writer_view(const struct writer *writer);

/* RB_OK, or RB_TOO_LARGE if something did not fit. */
enum rb_status writer_end(const struct writer *writer) RB_MUST_CHECK;

/* ---- Memory ---- */

/* Zeroed memory, never NULL: out of memory ends the program here, in one place.  Every size that
 * comes from outside is compared with limits.h before it gets here. */
void *rb_alloc(size_t count, size_t size);
void *rb_realloc(void *memory, size_t count, size_t size); /* new bytes are not zeroed */
char *rb_strndup(struct span text);                        /* NUL-terminated copy; caller frees */

#endif
