/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/addresses.h"

#include "node/hosts.h"
#include "node/node.h"
#include "protocol/credential.h"

#include <string.h>

static bool can_be_dialled(const char *address) {
    static const char *const any[] = { "tcp://0.0.0.0:", "tcp://[::]:", "tcp://*:" };

    for (size_t i = 0; i < sizeof any / sizeof any[0]; i++) {
        if (strncmp(address, any[i], strlen(any[i])) == 0) {
            return false;
        }
    }
    return address_is_valid(span_text(address));
}

size_t addresses_configured(const struct config *config,
                            struct span addresses[static ADDRESSES_MAX]) {
    size_t count = 0;

    for (size_t i = 0; i < config->listen_count && count < ADDRESSES_MAX; i++) {
        if (can_be_dialled(config->listen[i])) {
            addresses[count++] = span_text(config->listen[i]);
        }
    }
    return count;
}

/* Of one endpoint: what there is room for. */
static void add_hosts(struct own_addresses *own, const char *endpoint) {
    char hosts[ADDRESSES_MAX][ADDRESS_BYTES_MAX + 1];
    const size_t found = hosts_of_endpoint(endpoint, hosts);

    for (size_t i = 0; i < found && own->count < ADDRESSES_MAX; i++) {
        memcpy(own->texts[own->count], hosts[i], sizeof hosts[i]);
        own->addresses[own->count] = span_text(own->texts[own->count]);
        own->count++;
    }
}

void addresses_now(struct context *context, struct own_addresses *own) {
    const char *const *endpoints = NULL;
    const size_t count = context->node != NULL ? node_listening(context->node, &endpoints) : 0;

    own->count = addresses_configured(&context->settings->config, own->addresses);
    for (size_t i = 0; i < count && own->count == 0; i++) {
        add_hosts(own, endpoints[i]);
    }
}
