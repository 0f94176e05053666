/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes as text that survives a mail, a message and a printer:
 *
 *   -----BEGIN REMBUK KIND-----
 *   base32 in lines of 60
 *   = and 8 base32 characters of the first 5 bytes of H128("rk.sum" ‖ bytes)
 *   -----END REMBUK KIND-----
 *
 * The checksum finds slips, not forgers. */
#ifndef REMBUK_PROTOCOL_ARMOUR_H
#define REMBUK_PROTOCOL_ARMOUR_H

#include "protocol/bytes.h"

enum { ARMOUR_SUM_BYTES = 5 };

/* `kind` in capitals: CARD, INVITATION, ANSWER. */
void armour_write(struct writer *out, const char *kind, struct span bytes);

/* Finds the armour of that kind in `text` (any text before and after it, any line ends and blanks
 * within it) and appends the bytes, `bytes_max` at most.  RB_MALFORMED also when the checksum does
 * not fit; RB_TOO_LARGE if `out` has no room. */
enum rb_status armour_read(struct span text, const char *kind, size_t bytes_max, struct writer *out)
    RB_MUST_CHECK;

/* The checksum alone, and text without its blanks and line ends, for other forms of text. */
void armour_sum(uint8_t sum[static ARMOUR_SUM_BYTES], struct span bytes);
void armour_letters(struct writer *letters, struct span text);

#endif
