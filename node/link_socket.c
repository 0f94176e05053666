/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/link_socket.h"

#include "node/node.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* libzmq 4.3.4 accepts this option, but its header shows it to draft builds only.  Without it a
 * CURVE server whose ZAP handler does not answer lets every stranger in. */
enum { ZAP_ENFORCE_DOMAIN_OPTION = 93 };

enum {
    LINGER_MS = 300,
    HEARTBEAT_TTL_MS = 60000,
    QUEUE_MESSAGES = 64,
    UNBIND_MS = 500,
    MONITOR_PARTS = 2
};

_Static_assert(HEARTBEAT_TTL_MS <= 60000, "a longer one overflows in libzmq 4.3.4 (issue 4226)");
_Static_assert(FRAME_BYTES_MAX >= 276, "CURVE's own commands must fit (issue 4436)");

/* ---- Options ---- */

struct option {
    int name;
    int value;
};

static const struct option options_of_all[] = {
    { ZMQ_LINGER, LINGER_MS }, /* the default waits for ever at the end of the program */
    { ZMQ_SNDHWM, QUEUE_MESSAGES },
    { ZMQ_RCVHWM, QUEUE_MESSAGES },
    { ZMQ_HANDSHAKE_IVL, LINK_HANDSHAKE_MS },
    { ZMQ_HEARTBEAT_IVL, 20000 },
    { ZMQ_HEARTBEAT_TIMEOUT, 45000 },
    { ZMQ_HEARTBEAT_TTL, HEARTBEAT_TTL_MS },
    { ZMQ_TCP_KEEPALIVE, 1 },
};

/* No ZMQ_ROUTING_ID anywhere: an identity chosen by the peer proves nothing and can collide. */
static const struct option options_of_router[] = {
    { ZMQ_CURVE_SERVER, 1 },     { ZAP_ENFORCE_DOMAIN_OPTION, 1 },
    { ZMQ_ROUTER_MANDATORY, 1 }, /* else frames to a lost or slow peer vanish without a word */
    { ZMQ_ROUTER_HANDOVER, 0 },  { ZMQ_BACKLOG, 256 },
};

static const struct option options_of_dealer[] = {
    { ZMQ_IMMEDIATE, 1 }, /* frames queue only for a finished handshake */
    { ZMQ_RECONNECT_IVL, 1000 },
    { ZMQ_RECONNECT_IVL_MAX, 60000 },
    { ZMQ_CONNECT_TIMEOUT, 10000 },
};

static bool options_set(void *zmq, const struct option *options, size_t count) {
    for (size_t i = 0; i < count; i++) {
        int value = options[i].value;
        if (zmq_setsockopt(zmq, options[i].name, &value, sizeof value) != 0) {
            return false;
        }
    }
    return true;
}

/* What both sorts of sockets need.  The default of the largest frame allocates what a stranger
 * says. */
static bool common_set(void *zmq, const struct box_key *own, int64_t frame_bytes_max) {
    return options_set(zmq, options_of_all, sizeof options_of_all / sizeof *options_of_all) &&
           zmq_setsockopt(zmq, ZMQ_MAXMSGSIZE, &frame_bytes_max, sizeof frame_bytes_max) == 0 &&
           zmq_setsockopt(zmq, ZMQ_CURVE_PUBLICKEY, own->public, sizeof own->public) == 0 &&
           zmq_setsockopt(zmq, ZMQ_CURVE_SECRETKEY, own->secret, sizeof own->secret) == 0;
}

static bool ipv6_set(void *zmq, const char *address) {
    const int ipv6 =
        strchr(address, '[') != NULL; /* else 127.0.0.1 is bound as [::ffff:127.0.0.1] */

    return zmq_setsockopt(zmq, ZMQ_IPV6, &ipv6, sizeof ipv6) == 0;
}

/* ---- Opening and closing ---- */

static void *monitor_open(struct link_context *context, void *zmq, int events) {
    const int unlimited = 0; /* a full queue here would stop libzmq's I/O thread */
    char name[48];
    void *monitor = NULL;

    (void)snprintf(name, sizeof name, "inproc://rembuk.monitor.%" PRIu64, context->monitors++);
    if (zmq_socket_monitor(zmq, name, events) != 0) {
        return NULL;
    }
    monitor = zmq_socket(context->zmq, ZMQ_PAIR);
    if (monitor == NULL || zmq_setsockopt(monitor, ZMQ_RCVHWM, &unlimited, sizeof unlimited) != 0 ||
        zmq_connect(monitor, name) != 0) {
        zmq_socket_monitor(zmq, NULL, 0);
        if (monitor != NULL) {
            zmq_close(monitor);
        }
        return NULL;
    }
    return monitor;
}

void link_socket_close(struct link_socket *socket) {
    if (socket->monitor != NULL) {
        zmq_socket_monitor(socket->zmq, NULL, 0);
        zmq_close(socket->monitor);
    }
    if (socket->zmq != NULL) {
        zmq_close(socket->zmq);
    }
    *socket = (struct link_socket) { 0 };
}

bool router_open(struct link_context *context, const struct box_key *own, const char *domain,
                 int64_t frame_bytes_max, struct link_socket *router) {
    const int events = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CLOSED;
    struct link_socket opened = { .zmq = zmq_socket(context->zmq, ZMQ_ROUTER) };

    if (opened.zmq != NULL && common_set(opened.zmq, own, frame_bytes_max) &&
        zmq_setsockopt(opened.zmq, ZMQ_ZAP_DOMAIN, domain, strlen(domain)) == 0 &&
        options_set(opened.zmq, options_of_router,
                    sizeof options_of_router / sizeof *options_of_router)) {
        opened.monitor = monitor_open(context, opened.zmq, events);
    }
    if (opened.monitor == NULL) {
        link_socket_close(&opened);
        return false;
    }
    *router = opened;
    return true;
}

bool dealer_open(struct link_context *context, const struct box_key *own,
                 const uint8_t server[static BOX_PUBLIC_BYTES], struct link_socket *dealer) {
    const int events = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                       ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                       ZMQ_EVENT_DISCONNECTED;
    struct link_socket opened = { .zmq = zmq_socket(context->zmq, ZMQ_DEALER) };

    if (opened.zmq != NULL && common_set(opened.zmq, own, FRAME_BYTES_MAX) &&
        options_set(opened.zmq, options_of_dealer,
                    sizeof options_of_dealer / sizeof *options_of_dealer) &&
        zmq_setsockopt(opened.zmq, ZMQ_CURVE_SERVERKEY, server, BOX_PUBLIC_BYTES) == 0) {
        opened.monitor = monitor_open(context, opened.zmq, events);
    }
    if (opened.monitor == NULL) {
        link_socket_close(&opened);
        return false;
    }
    *dealer = opened;
    return true;
}

/* ---- Places ---- */

static bool address_is_tcp(const char *address) {
    return strncmp(address, "tcp://", 6) == 0 && strlen(address) <= ADDRESS_BYTES_MAX;
}

static enum rb_status bind_failure(void) {
    switch (errno) {
    case EADDRINUSE:
        return RB_IN_USE;
    case EACCES:
    case EPERM:
        return RB_REFUSED;
    default:
        return RB_MALFORMED;
    }
}

enum rb_status link_socket_bind(const struct link_socket *socket, const char *address,
                                char endpoint[static LINK_ENDPOINT_BYTES_MAX]) {
    char bound[LINK_ENDPOINT_BYTES_MAX];
    size_t bound_len = sizeof bound;

    if (!address_is_tcp(address)) {
        return RB_MALFORMED;
    }
    if (!ipv6_set(socket->zmq, address) || zmq_bind(socket->zmq, address) != 0) {
        return bind_failure();
    }
    if (zmq_getsockopt(socket->zmq, ZMQ_LAST_ENDPOINT, bound, &bound_len) != 0) {
        return RB_MALFORMED;
    }
    memcpy(endpoint, bound, bound_len);
    return RB_OK;
}

enum rb_status link_socket_connect(const struct link_socket *socket, const char *address) {
    bool connects = address_is_tcp(address) && ipv6_set(socket->zmq, address) &&
                    zmq_connect(socket->zmq, address) == 0;

    return connects ? RB_OK : RB_MALFORMED;
}

/* libzmq closes the listening descriptor in its own thread, and says so. */
void link_socket_unbind(const struct link_socket *socket,
                        const char endpoint[static LINK_ENDPOINT_BYTES_MAX]) {
    const int64_t deadline_ms = clock_steady_ms() + UNBIND_MS;
    zmq_pollitem_t item = { socket->monitor, 0, ZMQ_POLLIN, 0 };
    bool closed = zmq_unbind(socket->zmq, endpoint) != 0;

    for (int64_t left_ms = UNBIND_MS; !closed && left_ms > 0;
         left_ms = deadline_ms - clock_steady_ms()) {
        (void)zmq_poll(&item, 1, (long)left_ms); /* The clock decides. */
        closed = link_socket_event(socket).number == ZMQ_EVENT_CLOSED;
    }
}

/* ---- Messages ---- */

static bool part_receive(void *zmq, zmq_msg_t *part) {
    int len;

    do {
        len = zmq_msg_recv(part, zmq, ZMQ_DONTWAIT);
    } while (len < 0 && errno == EINTR);
    return len >= 0;
}

size_t parts_receive(void *zmq, zmq_msg_t *parts, size_t max) {
    size_t count = 0;
    bool more = true;

    while (more) {
        zmq_msg_t part;
        zmq_msg_init(&part);
        if (!part_receive(zmq, &part)) {
            break; /* Only at the first part: a message comes whole or not at all. */
        }
        more = zmq_msg_more(&part) != 0;
        if (count < max) {
            zmq_msg_init(&parts[count]);
            zmq_msg_move(&parts[count], &part);
        }
        zmq_msg_close(&part);
        count++;
    }
    return count;
}

void parts_close(zmq_msg_t *parts, size_t count, size_t max) {
    for (size_t i = 0; i < count && i < max; i++) {
        zmq_msg_close(&parts[i]);
    }
}

struct span part_view(zmq_msg_t *part) {
    return span_of(zmq_msg_data(part), zmq_msg_size(part));
}

bool part_send(void *zmq, struct span part, int more) {
    int sent;

    do {
        sent = zmq_send(zmq, part.data, part.len, ZMQ_DONTWAIT | more);
    } while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

/* The next event: u16 number ‖ i32 value, and the endpoint as a second part. */
struct link_event link_socket_event(const struct link_socket *socket) {
    zmq_msg_t parts[MONITOR_PARTS];
    size_t count = parts_receive(socket->monitor, parts, MONITOR_PARTS);
    uint16_t number = 0;
    int32_t value = -1;

    if (count == MONITOR_PARTS && zmq_msg_size(&parts[0]) >= sizeof number + sizeof value) {
        const uint8_t *event = zmq_msg_data(&parts[0]);
        memcpy(&number, event, sizeof number);
        memcpy(&value, event + sizeof number, sizeof value);
    }
    parts_close(parts, count, MONITOR_PARTS);
    return (struct link_event) { number, value };
}
