/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The prompt: where one is, what has not left yet, when the last contact was.  Never a name of a
 * client, never a cluster.
 *     [Kasus 12 | 3 belum terkirim | tersambung 2 jam lalu] >
 *     [12 | kirim 3] >                                           below 60 columns */
#ifndef REMBUK_CLI_PROMPT_H
#define REMBUK_CLI_PROMPT_H

#include "cli/place.h"

enum { PROMPT_BYTES_MAX = 256, PROMPT_WIDE_COLUMNS_MIN = 60 };

struct prompt_state {
    uint64_t waiting;        /* own events that are nowhere else */
    int64_t last_contact_ms; /* 0: never */
    uint64_t connected;
};

/* In the language set; NUL-terminated, ends in a blank. */
void prompt_write(char out[static PROMPT_BYTES_MAX], const struct place *place,
                  const struct prompt_state *state, int64_t now_ms, size_t width);

#endif
