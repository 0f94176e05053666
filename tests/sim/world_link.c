/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In the place of node/link.c, link_socket.c and zap.c.
 *
 * A connection has two sides, 0 who dialled and 1 who listens, and two pipes; pipe 0 is written by
 * side 0.  A frame stands in its pipe until it arrives, which is when its last byte would: what is
 * cut before that is lost whole, as libzmq gives nobody half a message.  A frame that has arrived
 * waits in the inbox of the links. */
#include "tests/sim/world_link.h"

#include "tests/sim/world_queue.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    QUEUE_FRAMES = 64,    /* QUEUE_MESSAGES of link_socket.c */
    HEARTBEAT_MS = 45000, /* its ZMQ_HEARTBEAT_TIMEOUT */
    RETRY_MS_MIN = 1000,  /* its ZMQ_RECONNECT_IVL, doubling */
    RETRY_MS_MAX = 60000, /* ... _MAX */
    BUSY_RETRY_MS = 100,  /* libzmq's 5 ms would be 20 times as many passes */
    LISTENERS = LISTENERS_MAX + LINK_DOORS_MAX,
    ROUTE_BYTES = 8
};

struct pipe {
    struct queue queue;
    int64_t free_ms; /* when the next byte can go out */
};

/* What one side knows. */
struct side {
    struct links *links; /* NULL: it has gone, or has seen that the connection is lost */
    bool notices;        /* an EVENT_NOTICE is on its way */
};

struct connection {
    uint64_t number;
    const struct sim_node *nodes[2];
    struct side sides[2];
    struct pipe pipes[2];
    bool lost; /* nothing arrives any more */
    uint8_t client[BOX_PUBLIC_BYTES];
    uint64_t door;
    struct net_weather weather;
};

struct dialled {
    uint8_t peer[BOX_PUBLIC_BYTES];
    uint8_t client[BOX_PUBLIC_BYTES];
    char address[ADDRESS_BYTES_MAX + 1];
    uint64_t attempt; /* number of the EVENT_DIAL that is awaited; 0: none */
    int64_t retry_ms;
    uint64_t made;  /* the connection; 0: none */
    uint64_t shown; /* as links_connection tells: changes only within links_wait */
    bool refused;   /* for good: libzmq gives up */
};

struct listener {
    bool is_open;
    uint64_t door;
    uint8_t server[BOX_PUBLIC_BYTES];
    uint8_t client[BOX_PUBLIC_BYTES]; /* of a door: who may come in */
    char endpoint[LINK_ENDPOINT_BYTES_MAX];
};

struct links {
    struct links_setup setup;
    struct sim_node *node;
    struct net *net;
    struct dialled *dialled[LINK_DIALLED_MAX];
    size_t dialled_count;
    struct listener listeners[LISTENERS];
    struct queue inbox;
    uint64_t last_door;
    uint64_t refused;
    bool silent; /* its computer is dead: nothing goes out */
    bool busy;   /* a queue was full since the last wait */
    struct net_pass pass;
};

struct net {
    struct world *world;
    struct net_weather weather;
    struct connection **connections;
    size_t count, room;
    struct links *links[WORLD_NODES_MAX];
    uint64_t last_number;
    bool is_out[WORLD_NODES_MAX];
    struct net_spoiling spoilings[WORLD_NODES_MAX];
    struct writer replayed[WORLD_NODES_MAX]; /* a frame that a cheat sent before */
    int64_t blocked_until[WORLD_NODES_MAX][WORLD_NODES_MAX];
};

/* ---- The network ---- */

static const struct net_weather fine_weather = { .latency_ms = 20,
                                                 .bytes_per_s = 500000,
                                                 .queue_bytes = 4 << 20 };

struct net *net_new(struct world *world) {
    struct net *net = rb_alloc(1, sizeof *net);

    net->world = world;
    net->weather = fine_weather;
    return net;
}

static void connection_free(struct connection *connection) {
    queue_clear(&connection->pipes[0].queue);
    queue_clear(&connection->pipes[1].queue);
    free(connection);
}

void net_destroy(struct net **net) {
    if (*net != NULL) {
        for (size_t i = 0; i < (*net)->count; i++) {
            connection_free((*net)->connections[i]);
        }
        for (size_t i = 0; i < WORLD_NODES_MAX; i++) {
            writer_clear(&(*net)->replayed[i]);
        }
        free((*net)->connections);
        free(*net);
        *net = NULL;
    }
}

void net_set_weather(struct net *net, struct net_weather weather) {
    net->weather = weather;
}

static bool is_blocked(const struct net *net, const struct sim_node *from,
                       const struct sim_node *to) {
    return net->blocked_until[from->index][to->index] > net->world->now_ms;
}

static struct connection *connection_find(const struct net *net, uint64_t number) {
    for (size_t i = 0; i < net->count; i++) {
        if (net->connections[i]->number == number) {
            return net->connections[i];
        }
    }
    return NULL;
}

static uint64_t side_subject(const struct connection *connection, size_t side) {
    return 2 * connection->number + side;
}

/* ---- Connections that end ---- */

static void dial_soon(struct links *links, struct dialled *dialled, int64_t after_ms) {
    dialled->attempt = ++links->net->last_number;
    world_at(links->net->world, links->net->world->now_ms + after_ms, EVENT_DIAL, dialled->attempt);
}

/* This side knows now; who dialled tries again. */
static void side_ends(struct connection *connection, size_t side) {
    struct links *links = connection->sides[side].links;

    connection->sides[side].links = NULL;
    for (size_t i = 0; links != NULL && side == 0 && i < links->dialled_count; i++) {
        if (links->dialled[i]->made == connection->number) {
            links->dialled[i]->made = 0;
            links->dialled[i]->retry_ms = RETRY_MS_MIN;
            dial_soon(links, links->dialled[i], RETRY_MS_MIN);
        }
    }
    if (links != NULL) {
        sim_call(links->node);
    }
}

static void side_notices(struct net *net, struct connection *connection, size_t side,
                         int64_t after_ms) {
    struct side *own = &connection->sides[side];

    if (own->links != NULL && !own->notices) {
        own->notices = true;
        world_at(net->world, net->world->now_ms + after_ms, EVENT_NOTICE,
                 side_subject(connection, side));
    }
}

/* Sooner or later, as a reset comes through or a heartbeat is missed. */
static int64_t notice_ms(struct net *net) {
    const size_t most = random_chance(&net->world->random, 50) ? 500 : HEARTBEAT_MS;

    return (int64_t)random_below(&net->world->random, most);
}

static void connection_lose(struct net *net, struct connection *connection) {
    connection->lost = true;
    world_tell(net->world, "%s and %s lose their connection", connection->nodes[0]->name,
               connection->nodes[1]->name);
    queue_clear(&connection->pipes[0].queue);
    queue_clear(&connection->pipes[1].queue);
    side_notices(net, connection, 0, notice_ms(net));
    side_notices(net, connection, 1, notice_ms(net));
}

/* Forgets connections that nobody knows any more. */
static void connections_tidy(struct net *net) {
    size_t kept = 0;

    for (size_t i = 0; i < net->count; i++) {
        struct connection *connection = net->connections[i];
        if (connection->sides[0].links == NULL && connection->sides[1].links == NULL) {
            connection_free(connection);
        } else {
            net->connections[kept++] = connection;
        }
    }
    net->count = kept;
}

static void on_notice(struct world *world, uint64_t subject) {
    struct connection *connection = connection_find(world->net, subject / 2);

    if (connection != NULL) {
        side_ends(connection, subject % 2);
        connections_tidy(world->net);
    }
}

static bool is_between(const struct connection *connection, const struct sim_node *one,
                       const struct sim_node *other) {
    const struct sim_node *const *nodes = connection->nodes;

    return (nodes[0] == one && (other == NULL || nodes[1] == other)) ||
           (nodes[1] == one && (other == NULL || nodes[0] == other));
}

void net_cut(struct net *net, const struct sim_node *one, const struct sim_node *other) {
    for (size_t i = 0; i < net->count; i++) {
        if (!net->connections[i]->lost && is_between(net->connections[i], one, other)) {
            connection_lose(net, net->connections[i]);
        }
    }
}

void net_block(struct net *net, const struct sim_node *from, const struct sim_node *to,
               int64_t until_ms) {
    int64_t *blocked = &net->blocked_until[from->index][to->index];

    *blocked = until_ms > *blocked ? until_ms : *blocked;
    if (until_ms - net->world->now_ms > HEARTBEAT_MS) {
        net_cut(net, from, to);
    }
}

/* Connections keep the weather they were made in. */
void net_calm(struct net *net) {
    net->weather = fine_weather;
}

void net_heal(struct net *net) {
    memset(net->blocked_until, 0, sizeof net->blocked_until);
    memset(net->spoilings, 0, sizeof net->spoilings);
    net_calm(net);
    for (size_t i = 0; i < net->count; i++) {
        net->connections[i]->weather = fine_weather;
    }
}

void net_silence(struct net *net, const struct sim_node *node) {
    struct links *links = net->links[node->index];

    if (links != NULL) {
        links->silent = true;
    }
    net_cut(net, node, NULL);
}

void net_asleep(struct net *net, const struct sim_node *node) {
    net_cut(net, node, NULL);
}

void net_awake(struct net *net, const struct sim_node *node) {
    struct links *links = net->links[node->index];

    for (size_t i = 0; links != NULL && i < links->dialled_count; i++) {
        if (links->dialled[i]->made == 0 && !links->dialled[i]->refused) {
            dial_soon(links, links->dialled[i], RETRY_MS_MIN);
        }
    }
}

void net_plug(struct net *net, const struct sim_node *node, bool is_in) {
    if (net->is_out[node->index] == is_in) {
        net->is_out[node->index] = !is_in;
        if (is_in) {
            net_awake(net, node);
        } else {
            net_cut(net, node, NULL);
        }
    }
}

struct net_pass net_pass_of(struct net *net, const struct sim_node *node) {
    return net->links[node->index]->pass;
}

/* ---- Connections that are made ---- */

static struct dialled *attempt_find(const struct net *net, uint64_t attempt, struct links **links) {
    for (size_t i = 0; i < net->world->node_count; i++) {
        *links = net->links[i];
        for (size_t j = 0; *links != NULL && j < (*links)->dialled_count; j++) {
            if ((*links)->dialled[j]->attempt == attempt) {
                return (*links)->dialled[j];
            }
        }
    }
    return NULL;
}

static struct listener *listener_find(const struct net *net, const char *endpoint,
                                      struct links **links) {
    for (size_t i = 0; i < net->world->node_count; i++) {
        *links = net->links[i];
        for (size_t j = 0; *links != NULL && j < LISTENERS; j++) {
            struct listener *listener = &(*links)->listeners[j];
            if (listener->is_open && strcmp(listener->endpoint, endpoint) == 0) {
                return listener;
            }
        }
    }
    return NULL;
}

static bool admits(struct links *links, const struct listener *listener,
                   const struct dialled *dialled) {
    struct sim_node *before = world_running();
    bool admitted = memcmp(listener->client, dialled->client, BOX_PUBLIC_BYTES) == 0;

    if (listener->door == 0) {
        world_enter(links->net->world, links->node);
        admitted = links->setup.allowed(links->setup.context, dialled->client);
        world_enter(links->net->world, before);
    }
    links->refused += admitted ? 0 : 1;
    return admitted;
}

static void connection_make(struct links *from, struct dialled *dialled, struct links *to,
                            uint64_t door) {
    struct net *net = from->net;
    struct connection *connection = rb_alloc(1, sizeof *connection);

    connection->number = ++net->last_number;
    connection->nodes[0] = from->node;
    connection->nodes[1] = to->node;
    connection->sides[0].links = from;
    connection->sides[1].links = to;
    connection->weather = net->weather;
    connection->door = door;
    memcpy(connection->client, dialled->client, sizeof connection->client);
    if (net->count == net->room) {
        net->room = 2 * net->room + 16;
        net->connections = rb_realloc(net->connections, net->room, sizeof(struct connection *));
    }
    net->connections[net->count++] = connection;
    dialled->made = connection->number;
    world_tell(net->world, "%s reaches %s", from->node->name, to->node->name);
    sim_call(from->node);
}

static bool is_reachable(const struct net *net, const struct links *from, const struct links *to) {
    return to->node->state == SIM_ON && !to->silent && !net->is_out[to->node->index] &&
           !is_blocked(net, from->node, to->node) && !is_blocked(net, to->node, from->node);
}

static void on_dial(struct world *world, uint64_t attempt) {
    struct links *from = NULL, *to = NULL;
    struct dialled *dialled = attempt_find(world->net, attempt, &from);

    if (dialled == NULL || from->silent || from->node->state != SIM_ON ||
        world->net->is_out[from->node->index]) {
        return;
    }
    dialled->attempt = 0;
    const struct listener *listener = listener_find(world->net, dialled->address, &to);
    if (listener == NULL || to == from || !is_reachable(world->net, from, to) ||
        memcmp(listener->server, dialled->peer, BOX_PUBLIC_BYTES) != 0) {
        dial_soon(from, dialled, dialled->retry_ms);
        dialled->retry_ms =
            dialled->retry_ms < RETRY_MS_MAX / 2 ? 2 * dialled->retry_ms : RETRY_MS_MAX;
    } else if (!admits(to, listener, dialled)) {
        dialled->refused = true;
        world_tell(world, "%s is refused by %s", from->node->name, to->node->name);
    } else {
        connection_make(from, dialled, to, listener->door);
    }
}

/* ---- Arriving ---- */

static struct link_id id_of(const struct connection *connection, size_t side) {
    struct link_id id = { .dialled = side == 0 };

    if (side == 0) {
        const struct links *links = connection->sides[0].links;
        for (size_t i = 0; i < links->dialled_count; i++) {
            if (links->dialled[i]->made == connection->number) {
                memcpy(id.peer, links->dialled[i]->peer, sizeof id.peer);
            }
        }
        return id;
    }
    memcpy(id.peer, connection->client, sizeof id.peer);
    id.door = connection->door;
    id.route_len = ROUTE_BYTES;
    memcpy(id.route, &connection->number, ROUTE_BYTES);
    return id;
}

/* `subject`: the side that has written. */
static void on_frame(struct world *world, uint64_t subject) {
    struct connection *connection = connection_find(world->net, subject / 2);
    const size_t from = subject % 2, to = 1 - from;

    if (connection == NULL || connection->lost || connection->sides[to].links == NULL) {
        return;
    }
    struct links *links = connection->sides[to].links;
    struct queue *queue = &connection->pipes[from].queue;
    while (queue->first != NULL && queue->first->at_ms <= world->now_ms) {
        struct net_frame *frame = queue_take(queue);
        frame->from = id_of(connection, to);
        queue_put(&links->inbox, frame);
    }
    sim_call(links->node);
    if (connection->sides[from].links != NULL && connection->sides[from].links->busy) {
        sim_call(connection->sides[from].links->node);
    }
}

/* ---- link.h: opening and closing ---- */

bool link_id_equal(const struct link_id *a, const struct link_id *b) {
    return a->dialled == b->dialled && a->door == b->door &&
           memcmp(a->peer, b->peer, sizeof a->peer) == 0 && a->route_len == b->route_len &&
           memcmp(a->route, b->route, a->route_len) == 0;
}

enum rb_status links_open(struct links **links, const struct links_setup *setup) {
    struct sim_node *node = world_running();
    struct world *world = node->world;
    struct links *opened = rb_alloc(1, sizeof *opened);

    world->handlers[EVENT_FRAME] = on_frame;
    world->handlers[EVENT_DIAL] = on_dial;
    world->handlers[EVENT_NOTICE] = on_notice;
    opened->setup = *setup;
    opened->node = node;
    opened->net = world->net;
    world->net->links[node->index] = opened;
    *links = opened;
    return RB_OK;
}

/* What was sent still arrives, and the other side sees the end after it. */
static void side_leaves(struct net *net, struct connection *connection, size_t side) {
    int64_t last_ms = net->world->now_ms + connection->weather.latency_ms;

    if (connection->pipes[side].queue.last != NULL) {
        last_ms = connection->pipes[side].queue.last->at_ms;
    }
    connection->sides[side].links = NULL;
    side_notices(net, connection, 1 - side, last_ms - net->world->now_ms + 1);
}

static void all_leave(struct links *links) {
    for (size_t i = 0; i < links->net->count; i++) {
        struct connection *connection = links->net->connections[i];
        for (size_t side = 0; side < 2; side++) {
            if (connection->sides[side].links == links) {
                side_leaves(links->net, connection, side);
            }
        }
    }
    connections_tidy(links->net);
}

void links_close(struct links **links) {
    struct links *closing = *links;

    if (closing == NULL) {
        return;
    }
    all_leave(closing);
    closing->net->links[closing->node->index] = NULL;
    for (size_t i = 0; i < closing->dialled_count; i++) {
        free(closing->dialled[i]);
    }
    queue_clear(&closing->inbox);
    free(closing);
    *links = NULL;
}

/* ---- Listening ---- */

static enum rb_status listen_at(struct links *links, const char *address,
                                const uint8_t server[static BOX_PUBLIC_BYTES],
                                struct listener **listener) {
    struct links *other = NULL;

    if (listener_find(links->net, address, &other) != NULL) {
        return RB_IN_USE;
    }
    for (size_t i = 0; i < LISTENERS; i++) {
        if (!links->listeners[i].is_open) {
            *listener = &links->listeners[i];
            **listener = (struct listener) { .is_open = true };
            memcpy((*listener)->server, server, BOX_PUBLIC_BYTES);
            (void)snprintf((*listener)->endpoint, sizeof(*listener)->endpoint, "%s", address);
            return RB_OK;
        }
    }
    return RB_TOO_LARGE;
}

enum rb_status links_listen(struct links *links, const char *address,
                            char endpoint[static LINK_ENDPOINT_BYTES_MAX]) {
    struct listener *listener = NULL;
    const enum rb_status status =
        listen_at(links, address, links->setup.transport->public, &listener);

    if (status == RB_OK) {
        memcpy(endpoint, listener->endpoint, LINK_ENDPOINT_BYTES_MAX);
    }
    return status;
}

enum rb_status links_door_open(struct links *links, const struct box_key *server,
                               const uint8_t client[static BOX_PUBLIC_BYTES], const char *address,
                               char endpoint[static LINK_ENDPOINT_BYTES_MAX], uint64_t *door) {
    struct listener *listener = NULL;
    const enum rb_status status = listen_at(links, address, server->public, &listener);

    if (status == RB_OK) {
        listener->door = ++links->last_door;
        memcpy(listener->client, client, sizeof listener->client);
        memcpy(endpoint, listener->endpoint, LINK_ENDPOINT_BYTES_MAX);
        *door = listener->door;
    }
    return status;
}

void links_door_close(struct links *links, uint64_t door) {
    for (size_t i = 0; i < LISTENERS; i++) {
        if (links->listeners[i].is_open && links->listeners[i].door == door) {
            links->listeners[i].is_open = false;
        }
    }
    for (size_t i = 0; i < links->net->count; i++) {
        struct connection *connection = links->net->connections[i];
        if (connection->sides[1].links == links && connection->door == door) {
            side_leaves(links->net, connection, 1);
        }
    }
}

uint64_t links_refused(const struct links *links) {
    return links->refused;
}

/* ---- Dialling ---- */

static size_t dialled_find(const struct links *links, const uint8_t peer[static BOX_PUBLIC_BYTES]) {
    size_t i = 0;

    while (i < links->dialled_count &&
           memcmp(links->dialled[i]->peer, peer, BOX_PUBLIC_BYTES) != 0) {
        i++;
    }
    return i;
}

enum rb_status links_dial_as(struct links *links, const struct box_key *client,
                             const uint8_t peer[static BOX_PUBLIC_BYTES], const char *address) {
    struct dialled *dialled;

    if (links_dialled(links, peer)) {
        return RB_EXISTS;
    }
    assert(links->dialled_count < LINK_DIALLED_MAX);
    dialled = rb_alloc(1, sizeof *dialled);
    memcpy(dialled->peer, peer, sizeof dialled->peer);
    memcpy(dialled->client, client->public, sizeof dialled->client);
    (void)snprintf(dialled->address, sizeof dialled->address, "%s", address);
    dialled->retry_ms = RETRY_MS_MIN;
    links->dialled[links->dialled_count++] = dialled;
    dial_soon(links, dialled, 3 * links->net->weather.latency_ms);
    return RB_OK;
}

enum rb_status links_dial(struct links *links, const uint8_t peer[static BOX_PUBLIC_BYTES],
                          const char *address) {
    return links_dial_as(links, links->setup.transport, peer, address);
}

void links_hang_up(struct links *links, const uint8_t peer[static BOX_PUBLIC_BYTES]) {
    const size_t place = dialled_find(links, peer);

    if (place == links->dialled_count) {
        return;
    }
    struct connection *connection = connection_find(links->net, links->dialled[place]->made);
    if (connection != NULL) {
        side_leaves(links->net, connection, 0);
    }
    free(links->dialled[place]);
    links->dialled[place] = links->dialled[--links->dialled_count];
}

bool links_dialled(const struct links *links, const uint8_t peer[static BOX_PUBLIC_BYTES]) {
    return dialled_find(links, peer) < links->dialled_count;
}

uint64_t links_connection(const struct links *links, const uint8_t peer[static BOX_PUBLIC_BYTES]) {
    const size_t place = dialled_find(links, peer);

    return place == links->dialled_count ? 0 : links->dialled[place]->shown;
}

/* ---- Sending ---- */

/* Side and connection of a link; RB_BUSY: it is dialled, and nobody has answered. */
static enum rb_status link_find(const struct links *links, const struct link_id *link,
                                struct connection **connection) {
    uint64_t number = 0;

    if (link->dialled) {
        const size_t place = dialled_find(links, link->peer);
        if (place == links->dialled_count) {
            return RB_UNREACHABLE;
        }
        number = links->dialled[place]->made;
        if (number == 0) {
            return RB_BUSY;
        }
    } else {
        memcpy(&number, link->route, ROUTE_BYTES);
    }
    *connection = connection_find(links->net, number);
    return *connection == NULL || (*connection)->sides[link->dialled ? 0 : 1].links != links
               ? RB_UNREACHABLE
               : RB_OK;
}

static void frame_send(struct net *net, struct connection *connection, size_t side,
                       struct span bytes) {
    struct pipe *pipe = &connection->pipes[side];
    const struct net_weather *weather = &connection->weather;
    const size_t spread = 2 * (size_t)weather->latency_ms + 1;
    const int64_t open_ms =
        net->blocked_until[connection->nodes[side]->index][connection->nodes[1 - side]->index];
    struct net_frame *frame = rb_alloc(1, sizeof *frame + bytes.len);
    int64_t begin_ms = pipe->free_ms > net->world->now_ms ? pipe->free_ms : net->world->now_ms;

    begin_ms = open_ms > begin_ms ? open_ms : begin_ms;
    pipe->free_ms = begin_ms + (int64_t)(bytes.len * 1000 / weather->bytes_per_s);
    frame->at_ms =
        pipe->free_ms + weather->latency_ms + (int64_t)random_below(&net->world->random, spread);
    if (pipe->queue.last != NULL && frame->at_ms < pipe->queue.last->at_ms) {
        frame->at_ms = pipe->queue.last->at_ms;
    }
    frame->len = bytes.len;
    memcpy(frame->bytes, bytes.data, bytes.len);
    queue_put(&pipe->queue, frame);
    world_at(net->world, frame->at_ms, EVENT_FRAME, side_subject(connection, side));
}

void net_spoil(struct net *net, const struct sim_node *node, struct net_spoiling spoiling) {
    net->spoilings[node->index] = spoiling;
}

/* One bit of it is another one. */
static void frame_tamper(struct net *net, struct connection *connection, size_t side,
                         struct span frame) {
    struct random *random = &net->world->random;
    struct writer spoilt;

    writer_init(&spoilt, frame.len);
    writer_span(&spoilt, frame);
    spoilt.data[random_below(random, frame.len)] ^= (uint8_t)(1U << random_below(random, 8));
    frame_send(net, connection, side, writer_view(&spoilt));
    writer_clear(&spoilt);
}

/* A frame goes out, as it is but for cheats. */
static void frame_leave(struct net *net, struct connection *connection, size_t side,
                        struct span frame) {
    const size_t sender = connection->nodes[side]->index;
    const struct net_spoiling *spoiling = &net->spoilings[sender];
    struct random *random = &net->world->random;

    if (random_chance(random, spoiling->withhold_percent)) {
        return;
    }
    if (net->replayed[sender].len > 0 && random_chance(random, spoiling->replay_percent)) {
        frame_send(net, connection, side, writer_view(&net->replayed[sender]));
    }
    if (random_chance(random, spoiling->tamper_percent)) {
        frame_tamper(net, connection, side, frame);
    } else {
        frame_send(net, connection, side, frame);
    }
    if (spoiling->replay_percent > 0 && random_chance(random, 20)) {
        writer_clear(&net->replayed[sender]);
        writer_init(&net->replayed[sender], frame.len);
        writer_span(&net->replayed[sender], frame);
    }
}

static void frame_note(struct links *links, struct span frame) {
    struct world *world = links->net->world;

    links->pass.busy = true;
    world->figures.frames++;
    world->figures.frame_bytes += frame.len;
    world_mix(world, frame.data, frame.len);
}

enum rb_status links_send(struct links *links, const struct link_id *to, struct span frame) {
    struct connection *connection = NULL;
    const size_t side = to->dialled ? 0 : 1;

    assert(frame.len > 0 && frame.len <= FRAME_BYTES_MAX);
    const enum rb_status status = link_find(links, to, &connection);
    if (status != RB_OK) {
        links->busy = links->busy || status == RB_BUSY;
        return status;
    }
    const struct queue *queue = &connection->pipes[side].queue;
    if (queue->count >= QUEUE_FRAMES ||
        (queue->count > 0 && queue->bytes + frame.len > connection->weather.queue_bytes)) {
        links->busy = true;
        return RB_BUSY;
    }
    frame_note(links, frame);
    if (!connection->lost && !links->silent) {
        frame_leave(links->net, connection, side, frame);
        if (random_chance(&links->net->world->random, connection->weather.duplicate_percent)) {
            frame_leave(links->net, connection, side, frame);
        }
    }
    return RB_OK;
}

/* ---- Waiting and receiving ---- */

void links_wait(struct links *links, int64_t timeout_ms, const struct pollfd *fds, size_t count) {
    (void)fds;
    assert(count == 0); /* Nothing of the world is a file. */
    links->pass.wait_ms = links->busy && timeout_ms > BUSY_RETRY_MS ? BUSY_RETRY_MS : timeout_ms;
    links->pass.busy = links->inbox.first != NULL;
    links->busy = false;
    for (size_t i = 0; i < links->dialled_count; i++) {
        links->pass.busy = links->pass.busy || links->dialled[i]->shown != links->dialled[i]->made;
        links->dialled[i]->shown = links->dialled[i]->made;
    }
}

bool links_receive(struct links *links, struct link_message *message) {
    struct net_frame *frame = queue_take(&links->inbox);

    if (frame == NULL) {
        return false;
    }
    *message = (struct link_message) { .from = frame->from,
                                       .frame = span_of(frame->bytes, frame->len),
                                       .keep = frame };
    return true;
}

void link_message_free(struct link_message *message) {
    free(message->keep);
    *message = (struct link_message) { 0 };
}
