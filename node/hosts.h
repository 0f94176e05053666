/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Under which addresses of this computer others might reach what listens here. */
#ifndef REMBUK_NODE_HOSTS_H
#define REMBUK_NODE_HOSTS_H

#include "protocol/bytes.h"
#include "protocol/limits.h"

/* Writes the addresses that somebody else can dial for an endpoint that is listened at: the
 * endpoint itself, or, if that means any address (tcp://0.0.0.0:PORT), one for each IPv4 address of
 * this computer's networks, the loopback left out.  At most ADDRESSES_MAX; 0 if there are none. */
size_t hosts_of_endpoint(const char *endpoint,
                         char out[static ADDRESSES_MAX][ADDRESS_BYTES_MAX + 1]);

#endif
