/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HOME/config.ini, which a person may write; none is needed.
 *     lang = id | en
 *     lock_after = MINUTES            (0 to 1440, 10 if it is not told; 0: never; 90s: seconds)
 *     [node]
 *     listen = tcp://ADDR:PORT        (may stand several times) */
#ifndef REMBUK_NODE_CONFIG_H
#define REMBUK_NODE_CONFIG_H

#include "protocol/limits.h"
#include "protocol/bytes.h"

struct config {
    char language[3]; /* "id", "en" or "" */
    char listen[LISTENERS_MAX][ADDRESS_BYTES_MAX + 1];
    size_t listen_count;
    int64_t lock_after_ms; /* a console where nobody types locks itself; 0: never */
};
enum { LOCK_AFTER_MINUTES = 10, LOCK_AFTER_MINUTES_MAX = 1440 };

/* An address to listen at: as on a card, or one with port 0 or *: any free port. */
bool listen_is_valid(const char *address);

/* No file: RB_OK and an empty configuration.  RB_MALFORMED: `*line` says where.  RB_REFUSED: so it
 * does where lock_after is not what stands above. */
enum rb_status config_read(const char *home, struct config *config, int *line) RB_MUST_CHECK;

#endif
