/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/link.h"

#include "node/inbound.h"
#include "node/link_socket.h"
#include "node/node.h"
#include "node/zap.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum {
    SELF_TEST_MS = 2000,
    BUSY_RETRY_MS = 5,
    INBOUND_MAX = 2 * PEERS_MAX, /* a peer that reconnects has two for a moment */
    DOOR_INBOUND_MAX = 64,       /* one client is expected, who may come again and again */
    SOCKETS_MAX = 4 * PEERS_MAX, /* DEALER and both ends of its monitor, for each peer */
    FILES_WANTED = 8192,
    ROUTERS_MAX = 1 + LINK_DOORS_MAX,
    ROUTER_PARTS = 2,
    HERE_BYTES = LINK_ENDPOINT_BYTES_MAX + 16, /* a loopback address is longer than "any" */
};

_Static_assert((int)LINK_DOOR_FRAME_BYTES_MAX >= (int)INVITE_ANSWER_BYTES_MAX + 64,
               "a JOIN, sealed by CURVE");
_Static_assert((int)ROUTERS_MAX <= (int)ZAP_PLACES_MAX, "each ROUTER has a domain of its own");
_Static_assert(3 * ((int)LINK_DIALLED_MAX + (int)ROUTERS_MAX) < SOCKETS_MAX,
               "a socket and both ends of its monitor");

struct dialled {
    uint8_t peer[BOX_PUBLIC_BYTES];
    struct link_socket socket;
    uint64_t connection; /* 0: none */
};

struct router {
    struct link_socket socket;
    uint64_t door; /* its number; 0: the ordinary one */
    struct inbound inbound;
    uint8_t client[BOX_PUBLIC_BYTES];       /* of a door: who may come in */
    char endpoint[LINK_ENDPOINT_BYTES_MAX]; /* of a door */
};

struct links {
    struct links_setup setup;
    struct link_context context;
    void *zap;
    struct router routers[ROUTERS_MAX]; /* 0: the ordinary one, opened by the first links_listen */
    struct dialled dialled[LINK_DIALLED_MAX];
    size_t dialled_count;
    size_t turn;              /* the socket that is asked first for the next frame */
    uint64_t last_connection; /* numbers given to connections */
    uint64_t last_door;       /* numbers given to doors */
    uint64_t refused;
    bool busy;   /* a queue was full since the last wait */
    bool tested; /* the stranger has been refused by the ordinary ROUTER */
    uint8_t stranger[BOX_PUBLIC_BYTES];
    bool stranger_refused;
};

bool link_id_equal(const struct link_id *a, const struct link_id *b) {
    return a->dialled == b->dialled && a->door == b->door &&
           memcmp(a->peer, b->peer, sizeof a->peer) == 0 && a->route_len == b->route_len &&
           memcmp(a->route, b->route, a->route_len) == 0;
}

/* ---- ZAP: who may connect ---- */

static bool router_admits(struct links *links, const struct zap_request *request) {
    const int64_t now_ms = clock_steady_ms();
    struct router *router;

    if (request->place >= ROUTERS_MAX) {
        return false;
    }
    router = &links->routers[request->place];
    if (router->door != 0) {
        return memcmp(router->client, request->peer, sizeof router->client) == 0 &&
               inbound_admit(&router->inbound, DOOR_INBOUND_MAX, now_ms);
    }
    return request->place == 0 && links->setup.allowed(links->setup.context, request->peer) &&
           inbound_admit(&router->inbound, INBOUND_MAX, now_ms);
}

static bool zap_admits(struct links *links, const struct zap_request *request) {
    bool admitted = router_admits(links, request);

    if (memcmp(request->peer, links->stranger, BOX_PUBLIC_BYTES) == 0) {
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
    struct zap_request request;
    struct zap_reply reply;
    bool admitted;
    size_t count = parts_receive(links->zap, parts, ZAP_REQUEST_PARTS);

    if (count == 0) {
        return false;
    }
    for (size_t i = 0; i < count && i < ZAP_REQUEST_PARTS; i++) {
        views[i] = part_view(&parts[i]);
    }
    admitted = zap_request_read(views, count, &request) && zap_admits(links, &request);
    zap_reply_write(&reply, views[1], admitted ? request.peer : NULL);
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

    links->zap = zmq_socket(links->context.zmq, ZMQ_REP);
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
    opened->context.zmq = zmq_ctx_new();
    if (opened->context.zmq == NULL ||
        zmq_ctx_set(opened->context.zmq, ZMQ_MAX_SOCKETS, SOCKETS_MAX) != 0 || !zap_open(opened)) {
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
        link_socket_close(&closing->dialled[i].socket);
    }
    for (size_t i = 0; i < ROUTERS_MAX; i++) {
        link_socket_close(&closing->routers[i].socket);
        inbound_clear(&closing->routers[i].inbound);
    }
    if (closing->zap != NULL) {
        zmq_close(closing->zap);
    }
    if (closing->context.zmq != NULL) {
        while (zmq_ctx_term(closing->context.zmq) != 0 && errno == EINTR) {
        }
    }
    free(closing);
    *links = NULL;
}

/* ---- Dialling ---- */

/* The place of a dialled peer; dialled_count if there is none. */
static size_t dialled_find(const struct links *links, const uint8_t peer[static BOX_PUBLIC_BYTES]) {
    size_t i = 0;

    while (i < links->dialled_count &&
           memcmp(links->dialled[i].peer, peer, BOX_PUBLIC_BYTES) != 0) {
        i++;
    }
    return i;
}

enum rb_status links_dial_as(struct links *links, const struct box_key *client,
                             const uint8_t peer[static BOX_PUBLIC_BYTES], const char *address) {
    struct dialled dialled = { 0 };
    enum rb_status status;

    if (links_dialled(links, peer)) {
        return RB_EXISTS;
    }
    assert(links->dialled_count < LINK_DIALLED_MAX);
    if (!dealer_open(&links->context, client, peer, &dialled.socket)) {
        return RB_UNSAFE;
    }
    status = link_socket_connect(&dialled.socket, address);
    if (status != RB_OK) {
        link_socket_close(&dialled.socket);
        return status;
    }
    memcpy(dialled.peer, peer, sizeof dialled.peer);
    links->dialled[links->dialled_count++] = dialled;
    return RB_OK;
}

enum rb_status links_dial(struct links *links, const uint8_t peer[static BOX_PUBLIC_BYTES],
                          const char *address) {
    return links_dial_as(links, links->setup.transport, peer, address);
}

void links_hang_up(struct links *links, const uint8_t peer[static BOX_PUBLIC_BYTES]) {
    size_t i = dialled_find(links, peer);

    if (i < links->dialled_count) {
        link_socket_close(&links->dialled[i].socket);
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
static bool stranger_is_refused(struct links *links, const struct link_socket *stranger) {
    const int64_t deadline_ms = clock_steady_ms() + SELF_TEST_MS;
    zmq_pollitem_t items[] = { { links->zap, 0, ZMQ_POLLIN, 0 },
                               { stranger->monitor, 0, ZMQ_POLLIN, 0 } };

    for (int64_t left_ms = SELF_TEST_MS; left_ms > 0; left_ms = deadline_ms - clock_steady_ms()) {
        (void)zmq_poll(items, sizeof items / sizeof *items, (long)left_ms); /* The clock decides. */
        zap_serve(links);
        switch (link_socket_event(stranger).number) {
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

static bool self_test(struct links *links, const uint8_t server[static BOX_PUBLIC_BYTES],
                      const char *bound) {
    char here[HERE_BYTES];
    struct box_key key;
    struct link_socket stranger;
    bool refused = false;

    crypt_box_new(&key);
    memcpy(links->stranger, key.public, sizeof key.public);
    links->stranger_refused = false;
    endpoint_from_here(bound, here);
    if (dealer_open(&links->context, &key, server, &stranger)) {
        refused =
            link_socket_connect(&stranger, here) == RB_OK && stranger_is_refused(links, &stranger);
        link_socket_close(&stranger);
    }
    crypt_wipe(&key, sizeof key);
    return refused;
}

/* ---- Listening ---- */

enum rb_status links_listen(struct links *links, const char *address,
                            char endpoint[static LINK_ENDPOINT_BYTES_MAX]) {
    struct link_socket *socket = &links->routers[0].socket;
    const struct box_key *own = links->setup.transport;
    char bound[LINK_ENDPOINT_BYTES_MAX];
    char domain[ZAP_DOMAIN_CHARS + 1];
    enum rb_status status;

    zap_domain_write(domain, 0);
    if (socket->zmq == NULL &&
        !router_open(&links->context, own, domain, FRAME_BYTES_MAX, socket)) {
        return RB_UNSAFE;
    }
    status = link_socket_bind(socket, address, bound);
    if (status != RB_OK) {
        return status;
    }
    if (!links->tested && !self_test(links, own->public, bound)) {
        link_socket_close(socket);
        return RB_UNSAFE;
    }
    links->tested = true;
    memcpy(endpoint, bound, sizeof bound);
    return RB_OK;
}

/* ---- Doors ---- */

/* ROUTERS_MAX: there is none.  A free place is door 0. */
static size_t door_find(const struct links *links, uint64_t door) {
    size_t place = 1;

    while (place < ROUTERS_MAX && links->routers[place].door != door) {
        place++;
    }
    return place;
}

enum rb_status links_door_open(struct links *links, const struct box_key *server,
                               const uint8_t client[static BOX_PUBLIC_BYTES], const char *address,
                               char endpoint[static LINK_ENDPOINT_BYTES_MAX], uint64_t *door) {
    size_t place = door_find(links, 0);
    char domain[ZAP_DOMAIN_CHARS + 1];
    struct router *router;
    enum rb_status status;

    if (place == ROUTERS_MAX) {
        return RB_TOO_LARGE;
    }
    router = &links->routers[place];
    zap_domain_write(domain, place);
    if (!router_open(&links->context, server, domain, LINK_DOOR_FRAME_BYTES_MAX, &router->socket)) {
        return RB_UNSAFE;
    }
    router->door = ++links->last_door;
    memcpy(router->client, client, sizeof router->client);
    status = link_socket_bind(&router->socket, address, router->endpoint);
    if (status == RB_OK && !self_test(links, server->public, router->endpoint)) {
        status = RB_UNSAFE;
    }
    if (status != RB_OK) {
        links_door_close(links, router->door);
        return status;
    }
    memcpy(endpoint, router->endpoint, sizeof router->endpoint);
    *door = router->door;
    return RB_OK;
}

void links_door_close(struct links *links, uint64_t door) {
    size_t place;

    assert(door != 0);
    place = door_find(links, door);
    if (place < ROUTERS_MAX) {
        struct router *router = &links->routers[place];
        if (router->endpoint[0] != '\0') {
            link_socket_unbind(&router->socket, router->endpoint);
        }
        link_socket_close(&router->socket);
        inbound_clear(&router->inbound);
        *router = (struct router) { 0 };
    }
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

/* The socket of a link; NULL if it is gone. */
static void *link_find(const struct links *links, const struct link_id *link) {
    size_t place;

    if (link->dialled) {
        place = dialled_find(links, link->peer);
        return place == links->dialled_count ? NULL : links->dialled[place].socket.zmq;
    }
    place = link->door == 0 ? 0 : door_find(links, link->door);
    return place == ROUTERS_MAX ? NULL : links->routers[place].socket.zmq;
}

enum rb_status links_send(struct links *links, const struct link_id *to, struct span frame) {
    void *zmq = link_find(links, to);

    assert(frame.len > 0 && frame.len <= FRAME_BYTES_MAX);
    if (zmq == NULL) {
        return RB_UNREACHABLE;
    }
    if (!to->dialled && !part_send(zmq, span_of(to->route, to->route_len), ZMQ_SNDMORE)) {
        return send_failure(links);
    }
    return part_send(zmq, frame, 0) ? RB_OK : send_failure(links);
}

/* ---- Waiting ---- */

static void dialled_watch(struct links *links, struct dialled *dialled) {
    for (struct link_event event = link_socket_event(&dialled->socket); event.number != 0;
         event = link_socket_event(&dialled->socket)) {
        bool made = event.number == ZMQ_EVENT_HANDSHAKE_SUCCEEDED;
        dialled->connection = made ? ++links->last_connection : 0;
    }
}

static void router_watch(struct router *router) {
    const int64_t now_ms = clock_steady_ms();

    if (router->socket.zmq == NULL) {
        return;
    }
    for (struct link_event event = link_socket_event(&router->socket); event.number != 0;
         event = link_socket_event(&router->socket)) {
        if (event.number == ZMQ_EVENT_ACCEPTED) {
            inbound_begin(&router->inbound, event.descriptor, now_ms);
        } else if (event.number == ZMQ_EVENT_DISCONNECTED) {
            inbound_end(&router->inbound, event.descriptor);
        }
    }
}

static size_t socket_items(const struct link_socket *socket, zmq_pollitem_t items[static 2]) {
    items[0] = (zmq_pollitem_t) { socket->zmq, 0, ZMQ_POLLIN, 0 };
    items[1] = (zmq_pollitem_t) { socket->monitor, 0, ZMQ_POLLIN, 0 };
    return 2;
}

static size_t own_items(const struct links *links, zmq_pollitem_t *items) {
    size_t count = 0;

    items[count++] = (zmq_pollitem_t) { links->zap, 0, ZMQ_POLLIN, 0 };
    for (size_t i = 0; i < ROUTERS_MAX; i++) {
        if (links->routers[i].socket.zmq != NULL) {
            count += socket_items(&links->routers[i].socket, &items[count]);
        }
    }
    for (size_t i = 0; i < links->dialled_count; i++) {
        count += socket_items(&links->dialled[i].socket, &items[count]);
    }
    return count;
}

static zmq_pollitem_t foreign_item(const struct pollfd *watched) {
    short in = (watched->events & POLLIN) != 0 ? ZMQ_POLLIN : 0;
    short out = (watched->events & POLLOUT) != 0 ? ZMQ_POLLOUT : 0;

    return (zmq_pollitem_t) { NULL, watched->fd, (short)(in | out), 0 };
}

void links_wait(struct links *links, int64_t timeout_ms, const struct pollfd *fds, size_t count) {
    zmq_pollitem_t *items =
        rb_alloc(1 + 2 * (ROUTERS_MAX + links->dialled_count) + count, sizeof *items);
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
    for (size_t i = 0; i < ROUTERS_MAX; i++) {
        router_watch(&links->routers[i]);
    }
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

/* Looks at one socket: first are the ROUTERs, the dialled ones follow.  True if it had a good
 * frame; a bad one is dropped and sets `*again`, for there may be more behind it. */
static bool socket_receive(struct links *links, size_t index, struct link_message *message,
                           bool *again) {
    zmq_msg_t parts[ROUTER_PARTS];
    struct link_id from = { 0 };
    bool good;
    const struct dialled *dialled =
        index < ROUTERS_MAX ? NULL : &links->dialled[index - ROUTERS_MAX];
    void *zmq = dialled != NULL ? dialled->socket.zmq : links->routers[index].socket.zmq;
    size_t count = zmq == NULL ? 0 : parts_receive(zmq, parts, ROUTER_PARTS);

    if (count == 0) {
        return false;
    }
    if (dialled != NULL) {
        good = count == 1;
        from.dialled = true;
        memcpy(from.peer, dialled->peer, sizeof from.peer);
    } else {
        good = router_receive(parts, count, &from);
        from.door = links->routers[index].door;
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
    size_t sockets = ROUTERS_MAX + links->dialled_count;
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
