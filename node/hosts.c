/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/hosts.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* Where the port begins (":7437"), if the endpoint means any address; or NULL. */
static const char *port_of_any(const char *endpoint) {
    static const char *const any[] = { "tcp://0.0.0.0:", "tcp://[::]:", "tcp://*:" };

    for (size_t i = 0; i < sizeof any / sizeof any[0]; i++) {
        if (strncmp(endpoint, any[i], strlen(any[i])) == 0) {
            return endpoint + strlen(any[i]) - 1;
        }
    }
    return NULL;
}

static bool is_network(const struct ifaddrs *item) {
    return item->ifa_addr != NULL && item->ifa_addr->sa_family == AF_INET &&
           (item->ifa_flags & IFF_UP) != 0 && (item->ifa_flags & IFF_LOOPBACK) == 0;
}

static bool address_write(const struct ifaddrs *item, const char *port,
                          char out[static ADDRESS_BYTES_MAX + 1]) {
    const struct sockaddr_in *address = (const void *)item->ifa_addr;
    char host[INET_ADDRSTRLEN];

    return inet_ntop(AF_INET, &address->sin_addr, host, sizeof host) != NULL &&
           snprintf(out, ADDRESS_BYTES_MAX + 1, "tcp://%s%s", host, port) <= ADDRESS_BYTES_MAX;
}

size_t hosts_of_endpoint(const char *endpoint,
                         char out[static ADDRESSES_MAX][ADDRESS_BYTES_MAX + 1]) {
    const char *port = port_of_any(endpoint);
    struct ifaddrs *items = NULL;
    size_t count = 0;

    if (port == NULL) {
        return snprintf(out[0], ADDRESS_BYTES_MAX + 1, "%s", endpoint) <= ADDRESS_BYTES_MAX ? 1 : 0;
    }
    if (getifaddrs(&items) != 0) {
        return 0;
    }
    for (const struct ifaddrs *item = items; item != NULL && count < ADDRESSES_MAX;
         item = item->ifa_next) {
        count += is_network(item) && address_write(item, port, out[count]) ? 1 : 0;
    }
    freeifaddrs(items);
    return count;
}
