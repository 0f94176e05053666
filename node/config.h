/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HOME/config.ini, which a person may write; none is needed.
 *     lang = id | en
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
};

/* No file: RB_OK and an empty configuration.  RB_MALFORMED: `*line` says where. */
enum rb_status config_read(const char *home, struct config *config, int *line) RB_MUST_CHECK;

#endif
