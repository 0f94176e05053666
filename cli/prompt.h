/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The prompt: where one is, what has not left yet, when the last contact was, and that the roster
 * is old.  Never a name of a client, never a cluster.
 *     [Kasus 12 | 3 belum terkirim | tersambung 2 jam lalu] >
 *     [Kasus 12 | 3 belum terkirim | daftar petugas 9 hari] >          the roster is old
 *     [Kasus 12 | kirim 3] >                                           below 60 columns
 * Where there is room for it and for PROMPT_TYPED_COLUMNS_MIN besides, an old roster stands behind
 * the last contact, else in its place: it is the rarer of the two, and `status` tells the other. */
#ifndef REMBUK_CLI_PROMPT_H
#define REMBUK_CLI_PROMPT_H

#include "cli/place.h"

enum { PROMPT_BYTES_MAX = 384, PROMPT_WIDE_COLUMNS_MIN = 60, PROMPT_TYPED_COLUMNS_MIN = 24 };

struct prompt_state {
    uint64_t waiting;        /* own events that are nowhere else */
    int64_t last_contact_ms; /* 0: never */
    uint64_t connected;
    uint64_t roster_days; /* how old the roster is that one got; told above ROSTER_OLD_DAYS */
};

/* The same without what changes: "[Kasus 12] ". */
void prompt_write_place(char out[static PROMPT_BYTES_MAX], const struct place *place);

/* Of a question, so that it names what is answered: "Bagikan kasus ini? [y/t] > ".  `question` is
 * one printable line; false: it does not fit `width`, its end was cut before the "[y/t]". */
bool prompt_write_question(char out[static PROMPT_BYTES_MAX], struct span question, size_t width);

/* In the language set; NUL-terminated, ends in a blank. */
void prompt_write(char out[static PROMPT_BYTES_MAX], const struct place *place,
                  const struct prompt_state *state, int64_t now_ms, size_t width);

#endif
