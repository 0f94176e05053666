/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A TCP proxy on the loopback, in a thread of its own, that counts what passes: bytes on the wire
 * as somebody outside of the program sees them. */
#ifndef REMBUK_BENCH_PROXY_H
#define REMBUK_BENCH_PROXY_H

#include <stdint.h>

struct proxy;

/* Forwards to 127.0.0.1:`port`. */
struct proxy *proxy_open(uint16_t port);
void proxy_close(struct proxy **proxy);

uint16_t proxy_port(const struct proxy *proxy);

/* Both ways together, since it was opened. */
uint64_t proxy_bytes(struct proxy *proxy);

#endif
