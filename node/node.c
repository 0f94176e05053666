/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loop: step the peers, wait, let the tasks look, take what came, commit, push.
 *
 * Two clocks: deadlines are of the steady one, what is written is of the other.  A jump between
 * them means that the machine slept. */
#include "node/node.h"

#include "node/doors.h"
#include "node/joining.h"
#include "node/peers.h"
#include "store/author.h"
#include "store/devices.h"
#include "store/revocation_proof.h"
#include "store/revocation_relay.h"
#include "store/revocations.h"
#include "store/roster.h"
#include "store/seals.h"
#include "store/search.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WAIT_MS_MAX = 1000,  /* a signal between the look at `stop` and the wait costs this much */
    FRAMES_A_PASS = 256, /* then sessions and `stop` get their turn */
    CLOCK_JUMP_MS = 60000,
    SETTLE_MS_MAX = 600000, /* revocations wait so long for what came with them */
    UPKEEP_MS = 60000,      /* what is written because time passes is looked at so often */
    IDLE_MS = 200           /* without a frame or a commit: then there is time to index */
};

/* Circles whose members changed and that have not been looked at yet; each once. */
struct circle_queue {
    uint8_t (*circles)[HASH_BYTES];
    size_t count, room;
};

struct node {
    struct exchange_tools tools;
    struct peers peers;
    struct doors doors;
    struct joining joining;
    struct node_task tasks[NODE_TASKS_MAX];
    size_t task_count;
    struct store_observer observer;
    struct circle_queue changed;
    bool news;            /* something was committed since the peers were stepped */
    uint64_t revocations; /* known when the contacts were read */
    bool contacts_due;    /* to be read again: another device of ours has changed them */
    bool devices_unsure;  /* people or devices of a circle have changed since they were counted */
    uint64_t devices;     /* known when the contacts were read */
    int64_t written;      /* store_written when revocations were last looked for */
    int64_t unsettled_ms; /* since when there are revocations whose circles still come; 0: none */
    int64_t active_ms;    /* when the last frame or commit was */
    bool search_unsure;   /* something was committed since `search_left` was asked for */
    uint64_t search_left; /* documents to be indexed */
    enum { INDEX_WORKS, INDEX_WAS_EMPTIED, INDEX_GIVEN_UP } index;
    const char *endpoints[LISTENERS_MAX];
    char endpoint_texts[LISTENERS_MAX][LINK_ENDPOINT_BYTES_MAX];
    size_t endpoint_count;
    int64_t upkeep_ms;       /* when the next upkeep is due */
    int64_t upkeep_after;    /* as author_upkeep_some left it */
    int64_t clock_offset_ms; /* between the two clocks, at the last pass */
    uint64_t refused_told;
};

/* ---- Observer: what has been committed, by the batch or by anybody else ---- */

static void note_news(struct node *node) {
    node->news = true;
    node->search_unsure = true;
    node->active_ms = clock_steady_ms();
}

static void circle_note(struct node *node, const uint8_t circle[static HASH_BYTES]) {
    struct circle_queue *changed = &node->changed;

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

/* A revoked device that goes on writing is answered at once.  A store that cannot be read will say
 * so where it matters. */
static void revoked_note(struct node *node, const uint8_t circle[static HASH_BYTES],
                         const uint8_t log[static LOG_PK_BYTES]) {
    bool touches = false;

    if (revocation_touches(node->tools.store, circle, log, &touches) == RB_OK && touches) {
        circle_note(node, circle);
    }
}

static void on_stored(void *context, const uint8_t circle[static HASH_BYTES],
                      const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last) {
    struct node *node = context;

    note_news(node);
    revoked_note(node, circle, log);
    for (size_t i = 0; i < node->peers.count; i++) {
        peer_stored(node->peers.items[i], circle, log, first, last);
    }
}

static void on_cut(void *context, const uint8_t circle[static HASH_BYTES]) {
    struct node *node = context;

    note_news(node);
    for (size_t i = 0; i < node->peers.count; i++) {
        peer_cut(node->peers.items[i], circle);
    }
}

static void on_members(void *context, const uint8_t circle[static HASH_BYTES]) {
    struct node *node = context;

    note_news(node);
    node->devices_unsure = true;
    node->tools.people++;
    circle_note(node, circle);
}

static void on_contacts(void *context) {
    struct node *node = context;

    note_news(node);
    node->contacts_due = true;
}

/* ---- Opening ---- */

static enum rb_status contacts_read(struct node *node) {
    node->contacts_due = false;
    node->tools.people++;
    enum rb_status status = peers_read(&node->peers, &node->tools, clock_steady_ms());

    if (status == RB_OK) {
        status = revocations_known(node->tools.store, &node->revocations);
    }
    return status == RB_OK ? devices_known(node->tools.store, &node->devices) : status;
}

static bool contact_is_known(void *context, const uint8_t peer[static BOX_PUBLIC_BYTES]) {
    const struct node *node = context;

    return peers_find(&node->peers, peer) != NULL;
}

static enum rb_status listen_at(struct node *node, const char *address) {
    size_t at = node->endpoint_count;

    if (at == LISTENERS_MAX) {
        return RB_TOO_LARGE;
    }
    enum rb_status status = links_listen(node->tools.links, address, node->endpoint_texts[at]);
    if (status == RB_OK) {
        node->endpoints[at] = node->endpoint_texts[at];
        node->endpoint_count++;
    }
    return status;
}

/* Doors stand beside the first one. */
static enum rb_status doors_look(struct node *node) {
    return doors_renew(&node->doors, &node->tools, node->endpoints[0]);
}

enum rb_status node_listen(struct node *node, const char *address) {
    enum rb_status status = listen_at(node, address);

    return status == RB_OK ? doors_look(node) : status;
}

static enum rb_status listen_all(struct node *node, const struct node_setup *setup,
                                 size_t *bad_listen) {
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < setup->listen_count && status == RB_OK; i++) {
        *bad_listen = i;
        status = listen_at(node, setup->listen[i]);
    }
    return status;
}

enum rb_status node_open(struct node **node, const struct node_setup *setup, size_t *bad_listen) {
    struct node *opened = rb_alloc(1, sizeof *opened);
    struct links_setup links = {
        .transport = &store_self(setup->store)->identity->transport,
        .allowed = contact_is_known,
        .context = opened,
    };
    enum rb_status status;

    opened->tools.store = setup->store;
    opened->tools.log = setup->log;
    opened->tools.log_context = setup->log_context;
    opened->tools.batch = batch_new(setup->store);
    opened->active_ms = clock_steady_ms();
    opened->clock_offset_ms = clock_now_ms() - opened->active_ms;
    opened->written = -1;         /* nothing was looked for yet */
    opened->search_unsure = true; /* The last run may have ended before all was indexed. */
    opened->observer = (struct store_observer) {
        .stored = on_stored,
        .cut = on_cut,
        .members = on_members,
        .contacts = on_contacts,
        .context = opened,
    };
    store_observe(setup->store, &opened->observer);
    status = contacts_read(opened);
    if (status == RB_OK) {
        status = links_open(&opened->tools.links, &links);
    }
    if (status == RB_OK) {
        status = listen_all(opened, setup, bad_listen);
    }
    if (status == RB_OK) {
        status = doors_look(opened);
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

    for (size_t i = 0; i < node->peers.count && status == RB_OK; i++) {
        status = peer_bye(node->peers.items[i], WIRE_BYE_STOPPING, clock_steady_ms());
    }
}

void node_close(struct node **node) {
    struct node *closing = *node;

    if (closing == NULL) {
        return;
    }
    byes_say(closing);
    store_observe_no_more(closing->tools.store, &closing->observer);
    peers_clear(&closing->peers);
    joining_end(&closing->joining, &closing->tools);
    links_close(&closing->tools.links);
    batch_destroy(&closing->tools.batch);
    free(closing->changed.circles);
    free(closing);
    *node = NULL;
}

size_t node_listening(const struct node *node, const char *const **endpoints) {
    *endpoints = node->endpoints;
    return node->endpoint_count;
}

size_t node_peers(const struct node *node, const struct node_peer **peers) {
    return peers_reports(&node->peers, peers);
}

size_t node_connected(const struct node *node) {
    return peers_connected(&node->peers);
}

/* What waits is committed first, so that nobody is told anything while the peers change. */
enum rb_status node_contacts_changed(struct node *node) {
    enum rb_status status = batch_flush(node->tools.batch);

    if (status == RB_OK) {
        status = contacts_read(node);
    }
    return status == RB_OK ? peers_report_anew(&node->peers, &node->tools) : status;
}

/* ---- Invitations ---- */

enum rb_status node_invitations_changed(struct node *node) {
    enum rb_status status = batch_flush(node->tools.batch);

    return status == RB_OK ? doors_look(node) : status;
}

size_t node_doors(struct node *node, const struct node_door **doors) {
    return doors_reports(&node->doors, doors);
}

enum rb_status node_join_begin(struct node *node, const struct invite_keys *keys,
                               const struct span *addresses, size_t count) {
    return joining_begin(&node->joining, &node->tools, keys, addresses, count, clock_steady_ms());
}

const struct node_join *node_join_state(const struct node *node) {
    assert(node->joining.own != NULL);
    return &node->joining.report;
}

void node_join_end(struct node *node) {
    joining_end(&node->joining, &node->tools);
}

/* ---- Tasks ---- */

void node_add_task(struct node *node, const struct node_task *task) {
    assert(node->task_count < NODE_TASKS_MAX);
    node->tasks[node->task_count++] = *task;
}

static size_t tasks_watch(const struct node *node,
                          struct pollfd fds[static NODE_TASKS_MAX * NODE_TASK_FDS_MAX]) {
    size_t count = 0;

    for (size_t i = 0; i < node->task_count; i++) {
        size_t added = node->tasks[i].watch(node->tasks[i].context, &fds[count]);
        assert(added <= NODE_TASK_FDS_MAX);
        count += added;
    }
    return count;
}

static int64_t tasks_deadline_ms(const struct node *node) {
    int64_t deadline_ms = INT64_MAX;

    for (size_t i = 0; i < node->task_count; i++) {
        int64_t mine_ms = node->tasks[i].deadline_ms(node->tasks[i].context);
        deadline_ms = mine_ms < deadline_ms ? mine_ms : deadline_ms;
    }
    return deadline_ms;
}

static enum rb_status tasks_step(struct node *node) {
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < node->task_count && status == RB_OK; i++) {
        status = node->tasks[i].step(node->tasks[i].context);
    }
    return status;
}

/* ---- One pass ---- */

static enum rb_status peers_step(struct node *node) {
    int64_t now_ms = clock_steady_ms();
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < node->peers.count && status == RB_OK; i++) {
        status = peer_step(node->peers.items[i], &node->tools, now_ms);
    }
    return status;
}

/* Writes what a change of members asks of us (grants for newcomers), then looks at who may have the
 * circle now. */
static enum rb_status circle_changed(struct node *node, const uint8_t circle[static HASH_BYTES]) {
    enum rb_status status = trouble_of(author_upkeep(node->tools.store, circle, clock_now_ms()));

    for (size_t i = 0; i < node->peers.count && status == RB_OK; i++) {
        status = peer_recheck(node->peers.items[i], circle);
    }
    return status;
}

/* What time alone makes due: own seal keys, guests whose time is over, the days of rosters,
 * invitations too. */
static enum rb_status upkeep_go_on(struct node *node) {
    int64_t now_ms = clock_steady_ms();
    struct roster_waiting letters_waiting; /* whoever gave them has been told */

    if (now_ms < node->upkeep_ms) {
        return RB_OK;
    }
    node->upkeep_ms = now_ms + UPKEEP_MS;
    enum rb_status status = trouble_of(seals_renew(node->tools.store, clock_now_ms()));
    if (status == RB_OK) {
        status =
            trouble_of(author_upkeep_some(node->tools.store, clock_now_ms(), &node->upkeep_after));
    }
    if (status == RB_OK) {
        status = trouble_of(roster_upkeep(node->tools.store, clock_now_ms(), &letters_waiting));
    }
    return status == RB_OK ? doors_look(node) : status;
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

/* Devices are only counted if a circle has changed, since that looks at all of them. */
static enum rb_status devices_look(struct node *node) {
    uint64_t devices = node->devices;
    enum rb_status status = RB_OK;

    if (node->devices_unsure) {
        node->devices_unsure = false;
        status = devices_known(node->tools.store, &devices);
    }
    node->contacts_due = node->contacts_due || devices != node->devices;
    return status;
}

/* Whoever is revoked is let go, and let in no more; so is whoever another device of ours removed,
 * and whom it added is dialled from here too.  A device that a circle names is let in. */
static enum rb_status contacts_follow(struct node *node) {
    uint64_t known = 0;
    enum rb_status status = revocations_known(node->tools.store, &known);

    if (status == RB_OK) {
        status = devices_look(node);
    }
    const bool is_due = node->contacts_due || known != node->revocations;
    return status == RB_OK && is_due ? contacts_read(node) : status;
}

/* Nothing more is to come from anybody who was reached, also not after a connection that broke. */
static bool peers_are_quiet(const struct node *node) {
    for (size_t i = 0; i < node->peers.count; i++) {
        const struct node_peer *report = &node->peers.items[i]->report;
        if (report->reached && !report->done) {
            return false;
        }
    }
    return true;
}

/* A revocation comes ahead of what its bringer had of the circles when he heard of it.  Who never
 * comes to an end puts it off for SETTLE_MS_MAX. */
static enum rb_status revocations_wait(struct node *node) {
    const int64_t now_ms = clock_steady_ms();
    bool unsettled = false;
    enum rb_status status = revocations_are_unsettled(node->tools.store, &unsettled);

    if (status != RB_OK || !unsettled) {
        node->unsettled_ms = 0;
        return status;
    }
    node->unsettled_ms = node->unsettled_ms == 0 ? now_ms : node->unsettled_ms;
    if (!peers_are_quiet(node) && now_ms - node->unsettled_ms < SETTLE_MS_MAX) {
        return RB_OK;
    }
    return revocations_settle(node->tools.store);
}

/* Whoever learnt of one, by a peer, a circle or a command: it goes to all peers with the next step
 * of their exchanges. */
static enum rb_status revocations_take(struct node *node) {
    const uint64_t before = node->tools.revocations;
    const int64_t written = store_written(node->tools.store);

    if (written == node->written && node->unsettled_ms == 0) {
        return RB_OK;
    }
    node->written = written; /* what is written here comes to be looked at once more */
    enum rb_status status = revocations_wait(node);

    if (status == RB_OK) {
        status = revocations_prove(node->tools.store);
    }
    if (status == RB_OK) {
        status = relay_place(node->tools.store, &node->tools.revocations);
    }
    node->news = node->news || node->tools.revocations != before;
    return status;
}

static enum rb_status commit_and_push_once(struct node *node) {
    enum rb_status status = batch_commit(node->tools.batch);

    if (status == RB_OK) {
        status = changes_take(node);
    }
    if (status == RB_OK) {
        status = revocations_take(node);
    }
    if (status == RB_OK && node->news) {
        status = contacts_follow(node);
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
    struct peer *peer;

    node->active_ms = clock_steady_ms();
    if (message->from.door != 0) {
        return doors_frame(&node->doors, &node->tools, node->endpoints[0], message);
    }
    if (joining_is_from(&node->joining, &message->from)) {
        joining_frame(&node->joining, &node->tools, message->frame);
        return RB_OK;
    }
    peer = peers_find(&node->peers, message->from.peer);
    if (peer == NULL) {
        return RB_OK; /* ZAP admits nobody else; this one was a contact until just now. */
    }
    return peer_frame(peer, &node->tools, node->active_ms, message);
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
    for (size_t i = 0; i < node->peers.count; i++) {
        peer_redial(node->peers.items[i], &node->tools, now_ms);
    }
    joining_redial(&node->joining, &node->tools, now_ms);
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

static void index_tell(const struct node *node, const char *line) {
    if (node->tools.log != NULL) {
        node->tools.log(node->tools.log_context, line);
    }
}

/* The index is only a view: one that is damaged is made again once, and if that does not help, the
 * node goes on without. */
static void index_repair(struct node *node) {
    if (node->index == INDEX_WORKS && search_empty(node->tools.store) == RB_OK) {
        node->index = INDEX_WAS_EMPTIED;
        node->search_unsure = true;
        index_tell(node, "event=index emptied=1");
        return;
    }
    node->index = INDEX_GIVEN_UP;
    node->search_unsure = false;
    node->search_left = 0;
    index_tell(node, "event=index given_up=1");
}

static enum rb_status index_go_on(struct node *node) {
    enum rb_status status = RB_OK;

    if (node->search_unsure) {
        node->search_unsure = false;
        status = search_left(node->tools.store, &node->search_left);
    }
    uint64_t before = node->search_left;
    if (status == RB_OK && before > 0) {
        status = search_index(node->tools.store, &node->search_left);
    }
    if (status != RB_OK || node->search_left >= before) {
        node->search_left = 0; /* It does not get on; after the next commit it is tried again. */
    }
    return status;
}

/* One batch of the index in each pass that finds the node idle, which is all that replication ever
 * waits for. */
static enum rb_status search_go_on(struct node *node) {
    if (node->index == INDEX_GIVEN_UP || clock_steady_ms() - node->active_ms < IDLE_MS) {
        return RB_OK;
    }
    enum rb_status status = index_go_on(node);
    if (status == RB_DAMAGED || status == RB_STORAGE) {
        index_repair(node);
        return RB_OK;
    }
    return trouble_of(status);
}

static int64_t search_deadline_ms(const struct node *node) {
    bool due = node->search_unsure || node->search_left > 0;

    return due && node->index != INDEX_GIVEN_UP ? node->active_ms + IDLE_MS : INT64_MAX;
}

static int64_t earlier(int64_t a_ms, int64_t b_ms) {
    return a_ms < b_ms ? a_ms : b_ms;
}

static int64_t wait_ms(const struct node *node, int64_t timeout_ms) {
    int64_t wait = timeout_ms < 0 || timeout_ms > WAIT_MS_MAX ? WAIT_MS_MAX : timeout_ms;
    int64_t deadline_ms = earlier(tasks_deadline_ms(node), search_deadline_ms(node));

    deadline_ms = earlier(deadline_ms, joining_deadline_ms(&node->joining));
    for (size_t i = 0; i < node->peers.count; i++) {
        deadline_ms =
            earlier(deadline_ms, peer_deadline_ms(node->peers.items[i], node->tools.links));
    }
    wait = earlier(wait, deadline_ms - clock_steady_ms());
    return wait > 0 ? wait : 0;
}

static void wait_for_something(struct node *node, int64_t timeout_ms) {
    struct pollfd fds[NODE_TASKS_MAX * NODE_TASK_FDS_MAX];
    size_t count = tasks_watch(node, fds);

    links_wait(node->tools.links, wait_ms(node, timeout_ms), fds, count);
}

enum rb_status node_step(struct node *node, int64_t timeout_ms) {
    enum rb_status status = commit_and_push(node); /* Of what others wrote since the last pass. */

    if (status != RB_OK) {
        return status;
    }
    wait_for_something(node, timeout_ms);
    wake_up(node);
    refusals_tell(node);
    joining_step(&node->joining, &node->tools, clock_steady_ms());
    status = upkeep_go_on(node); /* While no batch is open. */
    if (status == RB_OK) {
        status = tasks_step(node); /* They write, too. */
    }
    if (status == RB_OK) {
        status = frames_take(node);
    }
    if (status == RB_OK) {
        status = commit_and_push(node);
    }
    return status == RB_OK ? search_go_on(node) : status;
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

enum rb_status node_sync_begin(struct node *node) {
    return peers_call(&node->peers, &node->tools, clock_steady_ms());
}

bool node_sync_done(const struct node *node) {
    return peers_are_done(&node->peers, clock_steady_ms()) && node->changed.count == 0;
}

enum rb_status node_sync(struct node *node, int64_t timeout_ms, const volatile int *stop) {
    int64_t deadline_ms = clock_steady_ms() + timeout_ms;
    enum rb_status status = node_sync_begin(node);

    while (status == RB_OK && !node_sync_done(node)) {
        int64_t left_ms = deadline_ms - clock_steady_ms();
        if (left_ms <= 0 || is_stopped(stop)) {
            return RB_UNREACHABLE;
        }
        status = node_step(node, left_ms);
    }
    return status;
}
