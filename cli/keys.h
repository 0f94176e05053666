/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the terminal sends, divided into keys and pasted blocks.  readline's own handling of a paste
 * waits for its end and would stop the node.
 *
 *   state    leaves it by
 *   KEYS     ESC [ 200 ~                                      -> PASTE
 *            two line ends or more, and text, in one feed     -> BURST, with all of it
 *   BURST    ESC [ 200 ~                                      -> PASTE, the block is whole
 *            keys_timeout: nothing for KEYS_BURST_MS          -> KEYS, the block is whole
 *   PASTE    ESC [ 201 ~                                      -> KEYS, the block is whole
 *            keys_timeout: nothing for PASTE_MS_MAX           -> LATE, what came counts as a block
 *   LATE     ESC [ 201 ~                                      -> KEYS
 *            one key                                          -> ALONE, the key is held
 *            a larger piece: what was stuck on the way        -> PASTE
 *   ALONE    whatever comes                                   -> PASTE, it and the key are of it
 *            keys_timeout: nothing for KEYS_ALONE_MS          -> KEYS, it was pressed by a person
 *
 * PASTE is marked by the terminal (bracketed paste).  So a paste whose end never comes does not
 * lock the keyboard: one key and a pause give it back.  And the rest of one that stalls on a bad
 * link is not taken for typed commands, even if it comes byte by byte.
 *
 * BURST is for terminals that mark nothing (the Linux console, old PCs).  Lines that a person types
 * ahead over a slow link, or while nobody reads, look the same, and nothing tells them apart.
 * They become a block too: that costs him Ctrl-C and typing them again, while a line of somebody's
 * report that is run as a command cannot be taken back.  One line end, with or without text behind
 * it, remains keys, for so fast does everybody type; and so do line ends alone: Enter, held down.
 *
 * A part of a mark at the end of what has come is kept until the rest comes or keys_timeout lets it
 * pass as keys (a lone ESC).  A mark where it says nothing is dropped: a start within a marked
 * block, an end outside.  Of a block only text is kept: line ends of all kinds become "\n", a tab
 * becomes four blanks, ill-formed UTF-8 becomes U+FFFD, what else is unprintable (text.h) is
 * dropped; above DRAFT_BYTES_MAX the rest is dropped and `too_long` set.  A block of nothing is
 * none.  Keys that nobody takes are kept up to DRAFT_BYTES_MAX.  Pure. */
#ifndef REMBUK_CLI_KEYS_H
#define REMBUK_CLI_KEYS_H

#include "protocol/bytes.h"
#include "protocol/limits.h"

struct keys;

enum { KEYS_MARK_MS = 50, KEYS_BURST_MS = 50, KEYS_ALONE_MS = 200, PASTE_MS_MAX = 2000 };

struct keys *keys_new(void);
void keys_destroy(struct keys **keys); /* wipes; NULL is fine */

/* Bytes came at `now_ms`, at once: what one read gave. */
void keys_feed(struct keys *keys, struct span bytes, int64_t now_ms);

/* When keys_timeout wants to be called; INT64_MAX: never. */
int64_t keys_deadline_ms(const struct keys *keys);
void keys_timeout(struct keys *keys, int64_t now_ms);

/* The next key byte for readline; false: none now, or a block comes first. */
bool keys_next(struct keys *keys, uint8_t *byte);

/* A block that is whole and stands before the next key; valid until keys_drop_block. */
struct block {
    struct span text;
    size_t lines; /* at least 1; a line end at the end begins no further one */
    bool too_long;
};
bool keys_block(const struct keys *keys, struct block *block);
void keys_drop_block(struct keys *keys);

/* Forgets all that has come whole: keys, also the one of ALONE, and blocks behind them.  A block
 * that still comes in goes on: its rest must not be taken for keys. */
void keys_drop(struct keys *keys);

#endif
