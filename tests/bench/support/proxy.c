/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/support/proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAIRS_MAX = 8, CHUNK_BYTES = 256 * 1024, LOOK_MS = 20 };

struct proxy {
    pthread_t thread;
    int listener;
    uint16_t port, target;
    atomic_bool stop;
    atomic_uint_fast64_t bytes;
    int ends[2 * PAIRS_MAX]; /* 2i and 2i + 1 belong together; -1: free */
    uint8_t chunk[CHUNK_BYTES];
};

static void must(bool good, const char *what) {
    if (!good) {
        perror(what);
        exit(1);
    }
}

static struct sockaddr_in loopback(uint16_t port) {
    struct sockaddr_in place = { .sin_family = AF_INET, .sin_port = htons(port) };

    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return place;
}

static void without_delay(int end) {
    const int yes = 1;

    must(setsockopt(end, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) == 0, "TCP_NODELAY");
}

/* What the target refuses is refused. */
static void pair_accept(struct proxy *proxy) {
    struct sockaddr_in place = loopback(proxy->target);
    int near = accept(proxy->listener, NULL, NULL);
    int far = socket(AF_INET, SOCK_STREAM, 0);
    size_t i = 0;

    while (i < PAIRS_MAX && proxy->ends[2 * i] >= 0) {
        i++;
    }
    must(near >= 0 && far >= 0 && i < PAIRS_MAX, "proxy");
    if (connect(far, (struct sockaddr *)&place, sizeof place) != 0) {
        close(near);
        close(far);
        return;
    }
    without_delay(near);
    without_delay(far);
    proxy->ends[2 * i] = near;
    proxy->ends[2 * i + 1] = far;
}

static void pair_close(struct proxy *proxy, size_t end) {
    close(proxy->ends[end & ~(size_t)1]);
    close(proxy->ends[end | 1]);
    proxy->ends[end & ~(size_t)1] = proxy->ends[end | 1] = -1;
}

static void forward(struct proxy *proxy, size_t end) {
    ssize_t len = read(proxy->ends[end], proxy->chunk, sizeof proxy->chunk);
    ssize_t done = 0;

    while (done < len) {
        ssize_t part =
            send(proxy->ends[end ^ 1], proxy->chunk + done, (size_t)(len - done), MSG_NOSIGNAL);
        if (part < 0) {
            break;
        }
        done += part;
    }
    if (len <= 0 || done < len) {
        pair_close(proxy, end);
        return;
    }
    atomic_fetch_add(&proxy->bytes, (uint_fast64_t)len);
}

static void *proxy_run(void *context) {
    struct proxy *proxy = context;

    while (!atomic_load(&proxy->stop)) {
        struct pollfd items[2 * PAIRS_MAX + 1];
        for (size_t i = 0; i < 2 * PAIRS_MAX; i++) {
            items[i] = (struct pollfd) { .fd = proxy->ends[i], .events = POLLIN };
        }
        items[2 * PAIRS_MAX] = (struct pollfd) { .fd = proxy->listener, .events = POLLIN };
        if (poll(items, 2 * PAIRS_MAX + 1, LOOK_MS) <= 0) {
            continue;
        }
        for (size_t i = 0; i < 2 * PAIRS_MAX; i++) {
            if (items[i].revents != 0 && proxy->ends[i] >= 0) {
                forward(proxy, i);
            }
        }
        if (items[2 * PAIRS_MAX].revents != 0) {
            pair_accept(proxy);
        }
    }
    return NULL;
}

struct proxy *proxy_open(uint16_t port) {
    struct proxy *proxy = calloc(1, sizeof *proxy);
    struct sockaddr_in place = loopback(0);
    socklen_t len = sizeof place;

    must(proxy != NULL, "memory");
    proxy->target = port;
    memset(proxy->ends, 0xff, sizeof proxy->ends);
    proxy->listener = socket(AF_INET, SOCK_STREAM, 0);
    must(bind(proxy->listener, (struct sockaddr *)&place, sizeof place) == 0, "bind");
    must(getsockname(proxy->listener, (struct sockaddr *)&place, &len) == 0, "getsockname");
    must(listen(proxy->listener, PAIRS_MAX) == 0, "listen");
    proxy->port = ntohs(place.sin_port);
    must(pthread_create(&proxy->thread, NULL, proxy_run, proxy) == 0, "thread");
    return proxy;
}

void proxy_close(struct proxy **proxy) {
    atomic_store(&(*proxy)->stop, true);
    must(pthread_join((*proxy)->thread, NULL) == 0, "thread");
    for (size_t i = 0; i < 2 * PAIRS_MAX; i += 2) {
        if ((*proxy)->ends[i] >= 0) {
            pair_close(*proxy, i);
        }
    }
    close((*proxy)->listener);
    free(*proxy);
    *proxy = NULL;
}

uint16_t proxy_port(const struct proxy *proxy) {
    return proxy->port;
}

uint64_t proxy_bytes(struct proxy *proxy) {
    return atomic_load(&proxy->bytes);
}
