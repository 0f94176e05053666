/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where others can call this home. */
#ifndef REMBUK_CLI_ADDRESSES_H
#define REMBUK_CLI_ADDRESSES_H

#include "cli/context.h"

/* Addresses of the configuration at which others could really call: not "any address of this
 * computer", not a port that is chosen anew at every start.  Borrowed from `config`. */
size_t addresses_configured(const struct config *config,
                            struct span addresses[static ADDRESSES_MAX]);

/* Those, else the ones at which a node in this process can be reached now. */
struct own_addresses {
    struct span addresses[ADDRESSES_MAX]; /* borrowed from the configuration, or from `texts` */
    size_t count;
    char texts[ADDRESSES_MAX][ADDRESS_BYTES_MAX + 1];
};
void addresses_now(struct context *context, struct own_addresses *own);

#endif
