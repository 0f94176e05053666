/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/link.h"

#include "node/node.h"
#include "node/zap.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <zmq.h>

/* libzmq 4.3.4 accepts this option, but its header shows it to draft builds only.  Without it a
 * CURVE server whose ZAP handler does not answer lets every stranger in. */
enum { ZAP_ENFORCE_DOMAIN_OPTION = 93 };

enum {
    LINGER_MS = 300,
    HANDSHAKE_MS = 8000,
    HEARTBEAT_TTL_MS = 60000,
    QUEUE_MESSAGES = 64,
    SELF_TEST_MS = 2000,
    BUSY_RETRY_MS = 5,
    INBOUND_MAX = 2 * PEERS_MAX, /* a peer that reconnects has two for a moment */
    SOCKETS_MAX = 4 * PEERS_MAX, /* DEALER and both ends of its monitor, for each peer */
    FILES_WANTED = 8192,
    ROUTER_PARTS = 2,
    MONITOR_PARTS = 2,
    HERE_BYTES = LINK_ENDPOINT_BYTES_MAX + 16, /* a loopback address is longer than "any" */
};

_Static_assert(HEARTBEAT_TTL_MS <= 60000, "a longer one overflows in libzmq 4.3.4 (issue 4226)");
_Static_assert(FRAME_BYTES_MAX >= 276, "CURVE's own commands must fit (issue 4436)");

struct dialled {
    uint8_t peer[BOX_PUBLIC_BYTES];
    void *socket;
    void *monitor;
    uint64_t connection; /* 0: none */
};

struct links {
    struct links_setup setup;
    void *context;
    void *zap;
    void *router; /* NULL before the first links_listen */
    void *router_monitor;
    struct dialled dialled[PEERS_MAX];
    size_t dialled_count;
    size_t turn;              /* the socket that is asked first for the next frame */
    uint64_t last_connection; /* numbers given to connections */
    uint64_t monitors;        /* names given to monitors */
    uint64_t refused;
    uint64_t inbound; /* TCP connections at the ROUTER, in handshake or behind it */
    bool busy;        /* a queue was full since the last wait */
    bool tested;      /* the stranger has been refused */
    uint8_t stranger[BOX_PUBLIC_BYTES];
    bool stranger_refused;
};

bool link_id_equal(const struct link_id *a, const struct link_id *b) {
    return a->dialled == b->dialled && memcmp(a->peer, b->peer, sizeof a->peer) == 0 &&
           a->route_len == b->route_len && memcmp(a->route, b->route, a->route_len) == 0;
}

/* ---- Options ---- */

struct option {
    int name;
    int value;
};

static const struct option options_of_all[] = {
    { ZMQ_LINGER, LINGER_MS }, /* the default waits for ever at the end of the program */
    { ZMQ_SNDHWM, QUEUE_MESSAGES },
    { ZMQ_RCVHWM, QUEUE_MESSAGES },
    { ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS },
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

static bool options_set(void *socket, const struct option *options, size_t count) {
    for (size_t i = 0; i < count; i++) {
        int value = options[i].value;
        if (zmq_setsockopt(socket, options[i].name, &value, sizeof value) != 0) {
            return false;
        }
    }
    return true;
}

/* What both sorts of sockets need: `own` is the CURVE key of this side. */
static bool common_set(void *socket, const struct box_key *own) {
    const int64_t frame_bytes_max =
        FRAME_BYTES_MAX; /* the default allocates what a stranger says */

    return options_set(socket, options_of_all, sizeof options_of_all / sizeof *options_of_all) &&
           zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &frame_bytes_max, sizeof frame_bytes_max) == 0 &&
           zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, own->public, sizeof own->public) == 0 &&
           zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, own->secret, sizeof own->secret) == 0;
}

static bool ipv6_set(void *socket, const char *address) {
    const int ipv6 =
        strchr(address, '[') != NULL; /* else 127.0.0.1 is bound as [::ffff:127.0.0.1] */

    return zmq_setsockopt(socket, ZMQ_IPV6, &ipv6, sizeof ipv6) == 0;
}

static bool address_is_tcp(const char *address) {
    return strncmp(address, "tcp://", 6) == 0 && strlen(address) <= ADDRESS_BYTES_MAX;
}

/* ---- Messages ---- */

static bool part_receive(void *socket, zmq_msg_t *part) {
    int len;

    do {
        len = zmq_msg_recv(part, socket, ZMQ_DONTWAIT);
    } while (len < 0 && errno == EINTR);
    return len >= 0;
}

/* Takes one message if there is one.  Gives the number of its parts, 0 if there is none; the first
 * `max` of them are in `parts`, to be closed by parts_close, the others are dropped. */
static size_t parts_receive(void *socket, zmq_msg_t *parts, size_t max) {
    size_t count = 0;
    bool more = true;

    while (more) {
        zmq_msg_t part;
        zmq_msg_init(&part);
        if (!part_receive(socket, &part)) {
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

static void parts_close(zmq_msg_t *parts, size_t count, size_t max) {
    for (size_t i = 0; i < count && i < max; i++) {
        zmq_msg_close(&parts[i]);
    }
}

static struct span part_view(zmq_msg_t *part) {
    return span_of(zmq_msg_data(part), zmq_msg_size(part));
}

/* Never waits. */
static bool part_send(void *socket, struct span part, int more) {
    int sent;

    do {
        sent = zmq_send(socket, part.data, part.len, ZMQ_DONTWAIT | more);
    } while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

/* ---- Monitors: what libzmq does to the connections of one socket ---- */

static void *monitor_open(struct links *links, void *socket, int events) {
    const int unlimited = 0; /* a full queue here would stop libzmq's I/O thread */
    char name[48];
    void *monitor = NULL;

    (void)snprintf(name, sizeof name, "inproc://rembuk.monitor.%" PRIu64, links->monitors++);
    if (zmq_socket_monitor(socket, name, events) != 0) {
        return NULL;
    }
    monitor = zmq_socket(links->context, ZMQ_PAIR);
    if (monitor == NULL || zmq_setsockopt(monitor, ZMQ_RCVHWM, &unlimited, sizeof unlimited) != 0 ||
        zmq_connect(monitor, name) != 0) {
        zmq_socket_monitor(socket, NULL, 0);
        if (monitor != NULL) {
            zmq_close(monitor);
        }
        return NULL;
    }
    return monitor;
}

/* The next event: u16 number ‖ u32 value, and the endpoint as a second part.  0: none. */
static unsigned monitor_next(void *monitor) {
    zmq_msg_t parts[MONITOR_PARTS];
    size_t count = parts_receive(monitor, parts, MONITOR_PARTS);
    uint16_t event = 0;

    if (count == MONITOR_PARTS && zmq_msg_size(&parts[0]) >= sizeof event) {
        memcpy(&event, zmq_msg_data(&parts[0]), sizeof event);
    }
    parts_close(parts, count, MONITOR_PARTS);
    return event;
}

static void monitored_close(void **socket, void **monitor) {
    if (*monitor != NULL) {
        zmq_socket_monitor(*socket, NULL, 0);
        zmq_close(*monitor);
        *monitor = NULL;
    }
    if (*socket != NULL) {
        zmq_close(*socket);
        *socket = NULL;
    }
}

/* ---- ZAP: who may connect ---- */

static bool zap_admits(struct links *links, const uint8_t peer[static BOX_PUBLIC_BYTES]) {
    bool admitted =
        links->inbound <= INBOUND_MAX && links->setup.allowed(links->setup.context, peer);

    if (memcmp(peer, links->stranger, BOX_PUBLIC_BYTES) == 0) {
        links->stranger_refused = !admitted;
    } else if (!admitted) {
        links->refused++;
    }
    return admitted;
}

/* Answers one request; false if there is none. */
static bool zap_serve_one(struct links *links) {
    zmq_msg_t parts[ZAP_REQUEST_PARTS];
    struct span views[ZAP_REQUEST_PARTS] = { 0 };
    uint8_t peer[BOX_PUBLIC_BYTES];
    struct zap_reply reply;
    bool admitted;
    size_t count = parts_receive(links->zap, parts, ZAP_REQUEST_PARTS);

    if (count == 0) {
        return false;
    }
    for (size_t i = 0; i < count && i < ZAP_REQUEST_PARTS; i++) {
        views[i] = part_view(&parts[i]);
    }
    admitted = zap_request_read(views, count, peer) && zap_admits(links, peer);
    zap_reply_write(&reply, views[1], admitted ? peer : NULL);
    for (size_t i = 0; i < ZAP_REPLY_PARTS; i++) {
        /* A reply that cannot be sent is a connection that is not admitted. */
        (void)part_send(links->zap, reply.parts[i], i + 1 < ZAP_REPLY_PARTS ? ZMQ_SNDMORE : 0);
    }
    parts_close(parts, count, ZAP_REQUEST_PARTS);
    return true;
}

static void zap_serve(struct links *links) {
    while (zap_serve_one(links)) {
    }
}

/* ---- Opening ---- */

/* Each connection costs a descriptor and each dialled socket some more; at the limit a ROUTER
 * spins. */
static void files_allow_more(void) {
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= FILES_WANTED) {
        return;
    }
    limit.rlim_cur = limit.rlim_max < FILES_WANTED ? limit.rlim_max : FILES_WANTED;
    (void)setrlimit(RLIMIT_NOFILE, &limit); /* Fewer peers then; nothing else breaks. */
}

bool links_version_is_safe(int major, int minor, int patch) {
    if (major != 4) {
        return major > 4;
    }
    return minor > 3 || (minor == 3 && patch >= 3);
}

static bool library_is_safe(void) {
    int major, minor, patch;

    zmq_version(&major, &minor, &patch);
    return links_version_is_safe(major, minor, patch) && zmq_has("curve") == 1;
}

static bool zap_open(struct links *links) {
    const int linger_ms = 0;

    links->zap = zmq_socket(links->context, ZMQ_REP);
    return links->zap != NULL &&
           zmq_setsockopt(links->zap, ZMQ_LINGER, &linger_ms, sizeof linger_ms) == 0 &&
           zmq_bind(links->zap, "inproc://zeromq.zap.01") == 0;
}

enum rb_status links_open(struct links **links, const struct links_setup *setup) {
    enum rb_status status = RB_UNSAFE;
    struct links *opened = NULL;

    assert(setup->transport != NULL && setup->allowed != NULL);
    if (!library_is_safe()) {
        return RB_UNSAFE;
    }
    files_allow_more();
    opened = rb_alloc(1, sizeof *opened);
    opened->setup = *setup;
    opened->context = zmq_ctx_new();
    if (opened->context == NULL ||
        zmq_ctx_set(opened->context, ZMQ_MAX_SOCKETS, SOCKETS_MAX) != 0 || !zap_open(opened)) {
        goto done;
    }
    *links = opened;
    opened = NULL;
    status = RB_OK;
done:
    links_close(&opened);
    return status;
}

void links_close(struct links **links) {
    struct links *closing = *links;

    if (closing == NULL) {
        return;
    }
    for (size_t i = 0; i < closing->dialled_count; i++) {
        monitored_close(&closing->dialled[i].socket, &closing->dialled[i].monitor);
    }
    monitored_close(&closing->router, &closing->router_monitor);
    if (closing->zap != NULL) {
        zmq_close(closing->zap);
    }
    if (closing->context != NULL) {
        while (zmq_ctx_term(closing->context) != 0 && errno == EINTR) {
        }
    }
    free(closing);
    *links = NULL;
}

/* ---- Dialling ---- */

/* A DEALER for the server key `peer`, not yet connected; false, and nothing is open, if it fails.
 * */
static bool dealer_open(struct links *links, const struct box_key *own,
                        const uint8_t peer[static BOX_PUBLIC_BYTES], struct dialled *dialled) {
    const int events = ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                       ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                       ZMQ_EVENT_DISCONNECTED;

    *dialled = (struct dialled) { 0 };
    memcpy(dialled->peer, peer, BOX_PUBLIC_BYTES);
    dialled->socket = zmq_socket(links->context, ZMQ_DEALER);
    if (dialled->socket == NULL || !common_set(dialled->socket, own) ||
        !options_set(dialled->socket, options_of_dealer,
                     sizeof options_of_dealer / sizeof *options_of_dealer) ||
        zmq_setsockopt(dialled->socket, ZMQ_CURVE_SERVERKEY, peer, BOX_PUBLIC_BYTES) != 0) {
        goto failed;
    }
    dialled->monitor = monitor_open(links, dialled->socket, events);
    if (dialled->monitor == NULL) {
        goto failed;
    }
    return true;
failed:
    monitored_close(&dialled->socket, &dialled->monitor);
    return false;
}

/* The place of a dialled peer; dialled_count if there is none. */
static size_t dialled_find(const struct links *links, const uint8_t peer[static BOX_PUBLIC_BYTES]) {
    size_t i = 0;

    while (i < links->dialled_count &&
           memcmp(links->dialled[i].peer, peer, BOX_PUBLIC_BYTES) != 0) {
        i++;
    }
    return i;
}

enum rb_status links_dial(struct links *links, const uint8_t peer[static BOX_PUBLIC_BYTES],
                          const char *address) {
    struct dialled dialled;

    if (links_dialled(links, peer)) {
        return RB_EXISTS;
    }
    assert(links->dialled_count < PEERS_MAX);
    if (!address_is_tcp(address)) {
        return RB_MALFORMED;
    }
    if (!dealer_open(links, links->setup.transport, peer, &dialled)) {
        return RB_UNSAFE;
    }
    if (!ipv6_set(dialled.socket, address) || zmq_connect(dialled.socket, address) != 0) {
        monitored_close(&dialled.socket, &dialled.monitor);
        return RB_MALFORMED;
    }
    links->dialled[links->dialled_count++] = dialled;
    return RB_OK;
}

void links_hang_up(struct links *links, const uint8_t peer[static BOX_PUBLIC_BYTES]) {
    size_t i = dialled_find(links, peer);

    if (i < links->dialled_count) {
        monitored_close(&links->dialled[i].socket, &links->dialled[i].monitor);
        links->dialled[i] = links->dialled[--links->dialled_count];
    }
}

bool links_dialled(const struct links *links, const uint8_t peer[static BOX_PUBLIC_BYTES]) {
    return dialled_find(links, peer) < links->dialled_count;
}

uint64_t links_connection(const struct links *links, const uint8_t peer[static BOX_PUBLIC_BYTES]) {
    size_t i = dialled_find(links, peer);

    return i == links->dialled_count ? 0 : links->dialled[i].connection;
}

/* ---- Self-test: is a stranger really refused? ---- */

/* The same place as seen from this machine: nobody can dial "any address". */
static void endpoint_from_here(const char *bound, char here[static HERE_BYTES]) {
    static const struct {
        const char *any, *loopback;
    } places[] = { { "tcp://0.0.0.0:", "tcp://127.0.0.1:" }, { "tcp://[::]:", "tcp://[::1]:" } };

    (void)snprintf(here, HERE_BYTES, "%s", bound);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        size_t len = strlen(places[i].any);
        if (strncmp(bound, places[i].any, len) == 0) {
            (void)snprintf(here, HERE_BYTES, "%s%s", places[i].loopback, bound + len);
        }
    }
}

/* Waits until the stranger's handshake has ended.  True if it failed, and failed because our own
 * ZAP answer said so: a handshake that fails for another reason proves nothing. */
static bool stranger_is_refused(struct links *links, void *monitor) {
    const int64_t deadline_ms = clock_steady_ms() + SELF_TEST_MS;
    zmq_pollitem_t items[] = { { links->zap, 0, ZMQ_POLLIN, 0 }, { monitor, 0, ZMQ_POLLIN, 0 } };

    for (int64_t left_ms = SELF_TEST_MS; left_ms > 0; left_ms = deadline_ms - clock_steady_ms()) {
        (void)zmq_poll(items, sizeof items / sizeof *items, (long)left_ms); /* The clock decides. */
        zap_serve(links);
        switch (monitor_next(monitor)) {
        case 0:
            break;
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
            return links->stranger_refused;
        default:
            return false;
        }
    }
    return false;
}

static bool self_test(struct links *links, const char *bound) {
    char here[HERE_BYTES];
    struct box_key stranger;
    struct dialled dialled;
    bool refused = false;

    crypt_box_new(&stranger);
    memcpy(links->stranger, stranger.public, sizeof stranger.public);
    endpoint_from_here(bound, here);
    if (dealer_open(links, &stranger, links->setup.transport->public, &dialled)) {
        refused = ipv6_set(dialled.socket, here) && zmq_connect(dialled.socket, here) == 0 &&
                  stranger_is_refused(links, dialled.monitor);
        monitored_close(&dialled.socket, &dialled.monitor);
    }
    crypt_wipe(&stranger, sizeof stranger);
    return refused;
}

/* ---- Listening ---- */

static bool router_open(struct links *links) {
    const int events = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED;

    links->router = zmq_socket(links->context, ZMQ_ROUTER);
    if (links->router == NULL || !common_set(links->router, links->setup.transport) ||
        zmq_setsockopt(links->router, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN, strlen(ZAP_DOMAIN)) != 0 ||
        !options_set(links->router, options_of_router,
                     sizeof options_of_router / sizeof *options_of_router)) {
        monitored_close(&links->router, &links->router_monitor);
        return false;
    }
    links->router_monitor = monitor_open(links, links->router, events);
    if (links->router_monitor == NULL) {
        monitored_close(&links->router, &links->router_monitor);
        return false;
    }
    return true;
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

enum rb_status links_listen(struct links *links, const char *address,
                            char endpoint[static LINK_ENDPOINT_BYTES_MAX]) {
    char bound[LINK_ENDPOINT_BYTES_MAX];
    size_t bound_len = sizeof bound;

    if (!address_is_tcp(address)) {
        return RB_MALFORMED;
    }
    if (links->router == NULL && !router_open(links)) {
        return RB_UNSAFE;
    }
    if (!ipv6_set(links->router, address) || zmq_bind(links->router, address) != 0) {
        return bind_failure();
    }
    if (zmq_getsockopt(links->router, ZMQ_LAST_ENDPOINT, bound, &bound_len) != 0) {
        return RB_MALFORMED;
    }
    if (!links->tested && !self_test(links, bound)) {
        monitored_close(&links->router, &links->router_monitor);
        return RB_UNSAFE;
    }
    links->tested = true;
    memcpy(endpoint, bound, bound_len);
    return RB_OK;
}

uint64_t links_refused(const struct links *links) {
    return links->refused;
}

/* ---- Sending ---- */

static enum rb_status send_failure(struct links *links) {
    if (errno != EAGAIN) {
        return RB_UNREACHABLE;
    }
    links->busy = true;
    return RB_BUSY;
}

static void *dialled_socket(const struct links *links,
                            const uint8_t peer[static BOX_PUBLIC_BYTES]) {
    size_t i = dialled_find(links, peer);

    return i == links->dialled_count ? NULL : links->dialled[i].socket;
}

enum rb_status links_send(struct links *links, const struct link_id *to, struct span frame) {
    void *socket = to->dialled ? dialled_socket(links, to->peer) : links->router;

    assert(frame.len > 0 && frame.len <= FRAME_BYTES_MAX);
    if (socket == NULL) {
        return RB_UNREACHABLE;
    }
    if (!to->dialled && !part_send(socket, span_of(to->route, to->route_len), ZMQ_SNDMORE)) {
        return send_failure(links);
    }
    return part_send(socket, frame, 0) ? RB_OK : send_failure(links);
}

/* ---- Waiting ---- */

static void dialled_watch(struct links *links, struct dialled *dialled) {
    for (unsigned event = monitor_next(dialled->monitor); event != 0;
         event = monitor_next(dialled->monitor)) {
        bool made = event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
        dialled->connection = made ? ++links->last_connection : 0;
    }
}

static void router_watch(struct links *links) {
    if (links->router_monitor == NULL) {
        return;
    }
    for (unsigned event = monitor_next(links->router_monitor); event != 0;
         event = monitor_next(links->router_monitor)) {
        if (event == ZMQ_EVENT_ACCEPTED) {
            links->inbound++;
        } else if (links->inbound > 0) {
            links->inbound--;
        }
    }
}

static size_t own_items(const struct links *links, zmq_pollitem_t *items) {
    size_t count = 0;

    items[count++] = (zmq_pollitem_t) { links->zap, 0, ZMQ_POLLIN, 0 };
    if (links->router != NULL) {
        items[count++] = (zmq_pollitem_t) { links->router, 0, ZMQ_POLLIN, 0 };
        items[count++] = (zmq_pollitem_t) { links->router_monitor, 0, ZMQ_POLLIN, 0 };
    }
    for (size_t i = 0; i < links->dialled_count; i++) {
        items[count++] = (zmq_pollitem_t) { links->dialled[i].socket, 0, ZMQ_POLLIN, 0 };
        items[count++] = (zmq_pollitem_t) { links->dialled[i].monitor, 0, ZMQ_POLLIN, 0 };
    }
    return count;
}

static zmq_pollitem_t foreign_item(const struct pollfd *watched) {
    short in = (watched->events & POLLIN) != 0 ? ZMQ_POLLIN : 0;
    short out = (watched->events & POLLOUT) != 0 ? ZMQ_POLLOUT : 0;

    return (zmq_pollitem_t) { NULL, watched->fd, (short)(in | out), 0 };
}

void links_wait(struct links *links, int64_t timeout_ms, const struct pollfd *fds, size_t count) {
    zmq_pollitem_t *items = rb_alloc(2 * links->dialled_count + 3 + count, sizeof *items);
    size_t item_count = own_items(links, items);

    for (size_t i = 0; i < count; i++) {
        items[item_count++] = foreign_item(&fds[i]);
    }

    /* A full queue cannot be polled for: a ROUTER says writable if any of its peers is. */
    if (links->busy && (timeout_ms < 0 || timeout_ms > BUSY_RETRY_MS)) {
        timeout_ms = BUSY_RETRY_MS;
    }
    links->busy = false;
    (void)zmq_poll(items, (int)item_count, timeout_ms < 0 ? -1 : (long)timeout_ms);
    free(items);
    router_watch(links);
    zap_serve(links);
    for (size_t i = 0; i < links->dialled_count; i++) {
        dialled_watch(links, &links->dialled[i]);
    }
}

/* ---- Receiving ---- */

/* [ routing id ][ frame ].  The User-Id stands at the payload: 4.3.4 leaves it out of the first
 * part. */
static bool router_receive(zmq_msg_t *parts, size_t count, struct link_id *from) {
    const char *user_id;
    size_t route_len;

    if (count != ROUTER_PARTS) {
        return false;
    }
    user_id = zmq_msg_gets(&parts[1], "User-Id");
    route_len = zmq_msg_size(&parts[0]);
    if (user_id == NULL || route_len == 0 || route_len > LINK_ROUTE_BYTES_MAX ||
        zap_user_id_read(span_text(user_id), from->peer) != RB_OK) {
        return false;
    }
    from->dialled = false;
    from->route_len = route_len;
    memcpy(from->route, zmq_msg_data(&parts[0]), route_len);
    return true;
}

static void message_keep(struct link_message *message, zmq_msg_t *frame) {
    zmq_msg_t *kept = rb_alloc(1, sizeof *kept);

    zmq_msg_init(kept);
    zmq_msg_move(kept, frame);
    message->frame = part_view(kept);
    message->keep = kept;
}

/* Looks at one socket: 0 is the ROUTER, the dialled ones follow.  True if it had a good frame; a
 * bad one is dropped and sets `*again`, for there may be more behind it. */
static bool socket_receive(struct links *links, size_t index, struct link_message *message,
                           bool *again) {
    zmq_msg_t parts[ROUTER_PARTS];
    struct link_id from = { 0 };
    bool good;
    const struct dialled *dialled = index == 0 ? NULL : &links->dialled[index - 1];
    void *socket = index == 0 ? links->router : dialled->socket;
    size_t count = socket == NULL ? 0 : parts_receive(socket, parts, ROUTER_PARTS);

    if (count == 0) {
        return false;
    }
    if (dialled != NULL) {
        good = count == 1;
        from.dialled = true;
        memcpy(from.peer, dialled->peer, sizeof from.peer);
    } else {
        good = router_receive(parts, count, &from);
    }
    if (good) {
        message->from = from;
        message_keep(message, &parts[count - 1]);
    }
    *again = !good;
    parts_close(parts, count, ROUTER_PARTS);
    return good;
}

bool links_receive(struct links *links, struct link_message *message) {
    size_t sockets = 1 + links->dialled_count;
    size_t silent = 0;

    while (silent < sockets) {
        size_t index = links->turn % sockets;
        bool again = false;
        bool good = socket_receive(links, index, message, &again);
        links->turn = index + 1;
        if (good) {
            return true;
        }
        silent = again ? 0 : silent + 1;
    }
    return false;
}

void link_message_free(struct link_message *message) {
    if (message->keep != NULL) {
        zmq_msg_close(message->keep);
        free(message->keep);
    }
    *message = (struct link_message) { 0 };
}
