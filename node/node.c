/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loop: step the peers, wait, take what came, commit, push.
 *
 * Two clocks: deadlines are of the steady one, what is written is of the other.  A jump between
 * them means that the machine slept. */
#include "node/node.h"

#include "node/peer.h"
#include "store/author.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WAIT_MS_MAX = 1000,  /* a signal between the look at `stop` and the wait costs this much */
    FRAMES_A_PASS = 256, /* then sessions and `stop` get their turn */
    CLOCK_JUMP_MS = 60000
};

/* Circles whose members changed and that have not been looked at yet; each once. */
struct circle_queue {
    uint8_t (*circles)[HASH_BYTES];
    size_t count, room;
};

struct node {
    struct exchange_tools tools;
    struct peer *peers;
    struct node_peer *reports; /* as many as peers; those with an address first */
    size_t peer_count, report_count;
    struct circle_queue changed;
    bool news; /* something was committed since the peers were stepped */
    const char *endpoints[LISTENERS_MAX];
    char endpoint_texts[LISTENERS_MAX][LINK_ENDPOINT_BYTES_MAX];
    size_t endpoint_count;
    int64_t clock_offset_ms; /* between the two clocks, at the last pass */
    uint64_t refused_told;
};

/* ---- Observer: what has been committed, by the batch or by anybody else ---- */

static void on_stored(void *context, const uint8_t circle[static HASH_BYTES],
                      const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last) {
    struct node *node = context;

    node->news = true;
    for (size_t i = 0; i < node->peer_count; i++) {
        peer_stored(&node->peers[i], circle, log, first, last);
    }
}

static void on_members(void *context, const uint8_t circle[static HASH_BYTES]) {
    struct node *node = context;
    struct circle_queue *changed = &node->changed;

    node->news = true;
    for (size_t i = 0; i < changed->count; i++) {
        if (memcmp(changed->circles[i], circle, HASH_BYTES) == 0) {
            return;
        }
    }
    if (changed->count == changed->room) {
        changed->room = 2 * changed->room + 16;
        changed->circles = rb_realloc(changed->circles, changed->room, sizeof *changed->circles);
    }
    memcpy(changed->circles[changed->count++], circle, HASH_BYTES);
}

/* ---- Opening ---- */

struct contacts {
    struct contact *rows;
    size_t count;
};

static bool contact_keep(void *context, const struct contact *contact) {
    struct contacts *contacts = context;

    contacts->rows = rb_realloc(contacts->rows, contacts->count + 1, sizeof *contacts->rows);
    contacts->rows[contacts->count++] = *contact;
    return contacts->count < PEERS_MAX;
}

static enum rb_status peers_read(struct node *node) {
    struct contacts contacts = { 0 };
    enum rb_status status = contact_each(node->tools.store, contact_keep, &contacts);
    size_t without_address;

    if (status != RB_OK) {
        goto done;
    }
    for (size_t i = 0; i < contacts.count; i++) {
        node->report_count += contacts.rows[i].address_count > 0;
    }
    node->peer_count = contacts.count;
    node->peers = rb_alloc(contacts.count + 1, sizeof *node->peers);
    node->reports = rb_alloc(contacts.count + 1, sizeof *node->reports);
    without_address = node->report_count;
    for (size_t i = 0, with_address = 0; i < contacts.count && status == RB_OK; i++) {
        size_t place = contacts.rows[i].address_count > 0 ? with_address++ : without_address++;
        struct node_peer *report = &node->reports[place];
        peer_init(&node->peers[i], &node->tools, &contacts.rows[i], report);
        status = events_waiting_for(node->tools.store, report->person, &report->left);
    }
done:
    free(contacts.rows);
    return status;
}

static struct peer *peer_find(struct node *node, const uint8_t transport[static BOX_PUBLIC_BYTES]) {
    for (size_t i = 0; i < node->peer_count; i++) {
        if (memcmp(node->peers[i].contact.transport, transport, BOX_PUBLIC_BYTES) == 0) {
            return &node->peers[i];
        }
    }
    return NULL;
}

static bool contact_is_known(void *context, const uint8_t peer[static BOX_PUBLIC_BYTES]) {
    return peer_find(context, peer) != NULL;
}

static enum rb_status listen_all(struct node *node, const struct node_setup *setup,
                                 size_t *bad_listen) {
    assert(setup->listen_count <= LISTENERS_MAX);
    for (size_t i = 0; i < setup->listen_count; i++) {
        enum rb_status status =
            links_listen(node->tools.links, setup->listen[i], node->endpoint_texts[i]);
        if (status != RB_OK) {
            *bad_listen = i;
            return status;
        }
        node->endpoints[i] = node->endpoint_texts[i];
        node->endpoint_count++;
    }
    return RB_OK;
}

enum rb_status node_open(struct node **node, const struct node_setup *setup, size_t *bad_listen) {
    struct node *opened = rb_alloc(1, sizeof *opened);
    struct links_setup links = {
        .transport = &store_self(setup->store)->identity->transport,
        .allowed = contact_is_known,
        .context = opened,
    };
    struct store_observer observer = {
        .stored = on_stored,
        .members = on_members,
        .context = opened,
    };
    enum rb_status status;

    opened->tools.store = setup->store;
    opened->tools.log = setup->log;
    opened->tools.log_context = setup->log_context;
    opened->tools.batch = batch_new(setup->store);
    opened->clock_offset_ms = clock_now_ms() - clock_steady_ms();
    store_observe(setup->store, &observer);
    status = peers_read(opened);
    if (status == RB_OK) {
        status = links_open(&opened->tools.links, &links);
    }
    if (status == RB_OK) {
        status = listen_all(opened, setup, bad_listen);
    }
    if (status != RB_OK) {
        node_close(&opened);
        return status;
    }
    *node = opened;
    return RB_OK;
}

static void byes_say(struct node *node) {
    enum rb_status status = batch_flush(node->tools.batch);

    for (size_t i = 0; i < node->peer_count && status == RB_OK; i++) {
        status = peer_bye(&node->peers[i], WIRE_BYE_STOPPING, clock_steady_ms());
    }
}

void node_close(struct node **node) {
    struct node *closing = *node;

    if (closing == NULL) {
        return;
    }
    byes_say(closing);
    store_observe(closing->tools.store, NULL);
    for (size_t i = 0; i < closing->peer_count; i++) {
        peer_clear(&closing->peers[i]);
    }
    links_close(&closing->tools.links);
    batch_destroy(&closing->tools.batch);
    free(closing->peers);
    free(closing->reports);
    free(closing->changed.circles);
    free(closing);
    *node = NULL;
}

size_t node_listening(const struct node *node, const char *const **endpoints) {
    *endpoints = node->endpoints;
    return node->endpoint_count;
}

size_t node_peers(const struct node *node, const struct node_peer **peers) {
    *peers = node->reports;
    return node->report_count;
}

/* ---- One pass ---- */

static enum rb_status peers_step(struct node *node) {
    int64_t now_ms = clock_steady_ms();
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < node->peer_count && status == RB_OK; i++) {
        status = peer_step(&node->peers[i], &node->tools, now_ms);
    }
    return status;
}

/* Writes what a change of members asks of us (grants for newcomers), then looks at who may have the
 * circle now. */
static enum rb_status circle_changed(struct node *node, const uint8_t circle[static HASH_BYTES]) {
    enum rb_status status = trouble_of(author_upkeep(node->tools.store, circle, clock_now_ms()));

    for (size_t i = 0; i < node->peer_count && status == RB_OK; i++) {
        status = peer_recheck(&node->peers[i], circle);
    }
    return status;
}

static enum rb_status changes_take(struct node *node) {
    struct circle_queue changed = node->changed;
    enum rb_status status = RB_OK;

    node->changed = (struct circle_queue) { 0 };
    for (size_t i = 0; i < changed.count && status == RB_OK; i++) {
        status = circle_changed(node, changed.circles[i]);
    }
    free(changed.circles);
    return status;
}

static enum rb_status commit_and_push_once(struct node *node) {
    enum rb_status status = batch_commit(node->tools.batch);

    if (status == RB_OK) {
        status = changes_take(node);
    }
    node->news = false;
    return status == RB_OK ? peers_step(node) : status;
}

/* Until nothing new is committed on the way: a grant that we owe, a run that one peer made us
 * commit when another had been stepped already. */
static enum rb_status commit_and_push(struct node *node) {
    enum rb_status status;

    do {
        status = commit_and_push_once(node);
    } while (status == RB_OK && node->news);
    return status;
}

static enum rb_status message_take(struct node *node, const struct link_message *message) {
    struct peer *peer = peer_find(node, message->from.peer);

    if (peer == NULL) {
        return RB_OK; /* ZAP admits nobody else. */
    }
    return peer_frame(peer, &node->tools, clock_steady_ms(), message);
}

/* Takes frames until none waits or the batch is full. */
static enum rb_status frames_take(struct node *node) {
    struct link_message message;
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < FRAMES_A_PASS && status == RB_OK && !batch_is_full(node->tools.batch) &&
                       links_receive(node->tools.links, &message);
         i++) {
        status = message_take(node, &message);
        link_message_free(&message);
    }
    return status;
}

/* The steady clock stands still while the machine sleeps, and connections made before are dead. */
static void wake_up(struct node *node) {
    int64_t now_ms = clock_steady_ms();
    int64_t offset_ms = clock_now_ms() - now_ms;
    int64_t jump_ms = offset_ms - node->clock_offset_ms;

    node->clock_offset_ms = offset_ms;
    if (jump_ms < CLOCK_JUMP_MS && jump_ms > -CLOCK_JUMP_MS) {
        return;
    }
    for (size_t i = 0; i < node->peer_count; i++) {
        peer_redial(&node->peers[i], &node->tools, now_ms);
    }
}

static void refusals_tell(struct node *node) {
    uint64_t refused = links_refused(node->tools.links);
    char line[64];

    if (refused == node->refused_told || node->tools.log == NULL) {
        return;
    }
    node->refused_told = refused;
    (void)snprintf(line, sizeof line, "event=refused count=%" PRIu64, refused);
    node->tools.log(node->tools.log_context, line);
}

static int64_t wait_ms(const struct node *node, int64_t timeout_ms) {
    int64_t now_ms = clock_steady_ms();
    int64_t wait = timeout_ms < 0 || timeout_ms > WAIT_MS_MAX ? WAIT_MS_MAX : timeout_ms;

    for (size_t i = 0; i < node->peer_count; i++) {
        int64_t left_ms = peer_deadline_ms(&node->peers[i], node->tools.links) - now_ms;
        wait = left_ms < wait ? left_ms : wait;
    }
    return wait > 0 ? wait : 0;
}

enum rb_status node_step(struct node *node, int64_t timeout_ms) {
    enum rb_status status = commit_and_push(node); /* Of what others wrote since the last pass. */

    if (status != RB_OK) {
        return status;
    }
    links_wait(node->tools.links, wait_ms(node, timeout_ms), -1);
    wake_up(node);
    refusals_tell(node);
    status = frames_take(node);
    return status == RB_OK ? commit_and_push(node) : status;
}

/* ---- Running ---- */

static bool is_stopped(const volatile int *stop) {
    return stop != NULL && *stop != 0;
}

enum rb_status node_run(struct node *node, const volatile int *stop) {
    enum rb_status status = RB_OK;

    while (status == RB_OK && !is_stopped(stop)) {
        status = node_step(node, WAIT_MS_MAX);
    }
    return status;
}

static bool all_done(const struct node *node) {
    for (size_t i = 0; i < node->report_count; i++) {
        if (!node->reports[i].reached || !node->reports[i].done) {
            return false;
        }
    }
    return node->changed.count == 0;
}

enum rb_status node_sync(struct node *node, int64_t timeout_ms, const volatile int *stop) {
    int64_t deadline_ms = clock_steady_ms() + timeout_ms;
    enum rb_status status = RB_OK;

    if (node->report_count == 0) {
        return RB_NOT_FOUND;
    }
    while (status == RB_OK && !all_done(node)) {
        int64_t left_ms = deadline_ms - clock_steady_ms();
        if (left_ms <= 0 || is_stopped(stop)) {
            return RB_UNREACHABLE;
        }
        status = node_step(node, left_ms);
    }
    return status;
}
