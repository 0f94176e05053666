/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from people: UTF-8 that is checked once where it enters, names that are fit to be names, and
 * a form of any foreign text that is safe on a terminal. */
#ifndef REMBUK_PROTOCOL_TEXT_H
#define REMBUK_PROTOCOL_TEXT_H

#include "protocol/bytes.h"

/* Well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms, at most U+10FFFF), no NUL. */
bool text_is_utf8(struct span text);

/* How many characters (code points); `text` is valid UTF-8. */
size_t text_characters(struct span text);

/* A name or title as CLI.md has it: 1 to NAME_CHARACTERS_MAX characters, no control characters or
 * bidirectional controls, not all digits, no leading '-', no white space at either end. */
bool text_is_name(struct span text);

/* A name by which people, offices and networks are told apart: besides, nothing in it is invisible
 * (joiners, soft hyphens, fillers, variation selectors), and its only white space is the blank. */
bool text_is_proper_name(struct span text);

/* The longest prefix of at most `len_max` bytes that ends between characters. */
struct span text_truncate(struct span text, size_t len_max);

/* Copies what fits into `room` bytes with a NUL behind it, cut between characters. */
void text_copy(char *out, size_t room, struct span text);

/* A blank, a tab or a line end: U+0009 to U+000D and U+0020. */
bool text_is_blank(uint8_t byte);

/* One code point from the front of `*text`, which moves on; an ill-formed byte gives 0xFFFFFFFF and
 * moves one byte.  `text->len` > 0. */
uint32_t text_next(struct span *text);

/* True for what must not reach a terminal raw: C0 and C1 controls, DEL, bidirectional overrides,
 * embeddings, isolates and marks (U+061C, U+200E, U+200F, U+202A-202E, U+2066-2069), line and
 * paragraph separators, the byte order mark, tag characters, noncharacters. */
bool text_is_unprintable(uint32_t code_point);

/* No such character and nothing ill-formed, in any length. */
bool text_is_printable(struct span text);

/* Appends `text` with every unprintable character and ill-formed byte shown as \u{XXXX} or \x{XX};
 * a line feed is kept if `lines`, else escaped too. */
void text_escape(struct writer *writer, struct span text, bool lines);

/* RFC 4648 base32, lower case, no padding. */
void base32_write(struct writer *writer, struct span bytes);

/* Reads base32 of either letter case; RB_MALFORMED on any other character, an impossible length or
 * non-zero left-over bits.  Appends to `out`. */
enum rb_status base32_read(struct span text, struct writer *out) RB_MUST_CHECK;

/* Lower-case hexadecimal of `bytes`; `out` has room for 2 * len + 1 and is NUL-terminated. */
void hex_write(struct span bytes, char *out);

#endif
