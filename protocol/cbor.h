/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deterministic CBOR (RFC 8949 section 4.2.1), the subset that rembuk signs and seals: unsigned and
 * negative integers, byte strings, text strings (valid UTF-8), arrays, maps with unsigned keys in
 * strictly ascending order, true, false, null.  Refused: floats, tags, indefinite lengths, lengths
 * that are not the shortest, duplicate keys, depth above CBOR_DEPTH_MAX, bytes after the end.
 *
 * For every x that cbor_check accepts, writing what was read gives x again: a fuzz target
 * proves it.
 *
 * Reading.  Check a whole item once at the border with cbor_check; then read its fields.  The
 * reader's error sticks.  A map is read as:
 *
 *     struct cbor_map map = cbor_read_map(&reader);
 *     uint64_t key;
 *     while (cbor_map_next(&map, &reader, &key)) {
 *         switch (key) {
 *         case 0:  value.kind = cbor_read_uint(&reader, KIND_MAX); break;
 *         default: cbor_skip(&reader);                 // unknown keys are for newer versions
 *         }
 *     }
 */
#ifndef REMBUK_PROTOCOL_CBOR_H
#define REMBUK_PROTOCOL_CBOR_H

#include "protocol/bytes.h"

enum { CBOR_DEPTH_MAX = 6 }; /* arrays and maps within each other; the outermost is 1 */

/* RB_OK if `bytes` is exactly one item of the subset, else RB_MALFORMED. */
enum rb_status cbor_check(struct span bytes) RB_MUST_CHECK;

/* ---- Writing: the caller writes keys in ascending order and as many items as announced ---- */
void cbor_write_uint(struct writer *writer, uint64_t value);
void cbor_write_int(struct writer *writer, int64_t value);
void cbor_write_bytes(struct writer *writer, struct span bytes);
void cbor_write_text(struct writer *writer, struct span utf8);
void cbor_write_array(struct writer *writer, uint64_t items);
void cbor_write_map(struct writer *writer, uint64_t pairs);
void cbor_write_bool(struct writer *writer, bool value);
void cbor_write_null(struct writer *writer);

/* ---- Reading: a wrong type, or a value above its maximum, makes the reader fail ---- */
uint64_t cbor_read_uint(struct reader *reader, uint64_t max);
int64_t cbor_read_int(struct reader *reader);
struct span cbor_read_bytes(struct reader *reader, size_t len_max);
struct span cbor_read_text(struct reader *reader, size_t len_max);
void cbor_read_fixed(struct reader *reader, uint8_t *out,
                     size_t len); /* a byte string of exactly len */
uint64_t cbor_read_array(struct reader *reader, uint64_t items_max); /* how many items follow */
bool cbor_read_bool(struct reader *reader);

/* True, and the null is taken, if the next item is null; false, and nothing is taken, if not. */
bool cbor_read_null(struct reader *reader);

/* Takes one whole item of any kind and returns its bytes. */
struct span cbor_read_item(struct reader *reader);
void cbor_skip(struct reader *reader);

struct cbor_map {
    uint64_t left;
    uint64_t last_key;
    bool begun;
};
struct cbor_map cbor_read_map(struct reader *reader);
bool cbor_map_next(struct cbor_map *map, struct reader *reader, uint64_t *key);

#endif
