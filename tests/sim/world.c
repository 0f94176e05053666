/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/world.h"

#include "tests/sim/invariants.h"
#include "tests/sim/world_clock.h"
#include "tests/sim/world_home.h"
#include "tests/sim/world_link.h"
#include "tests/sim/world_office.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WAIT_MS_MAX = 1000,      /* node.c's: it wants nothing before, but looks at its stop flag */
    RESTLESS_MS_MAX = 64000, /* so long an idle node's pass may be put off */
};

struct world_entry {
    int64_t at_ms;
    uint64_t serial; /* of two at the same time the older one goes first */
    enum world_event event;
    uint64_t subject;
};

static struct sim_node *running;

/* ---- The heap ---- */

static bool is_before(const struct world_entry *a, const struct world_entry *b) {
    return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->serial < b->serial;
}

static void swap(struct world_entry *a, struct world_entry *b) {
    const struct world_entry kept = *a;

    *a = *b;
    *b = kept;
}

void world_at(struct world *world, int64_t at_ms, enum world_event event, uint64_t subject) {
    size_t place = world->heap_count++;

    if (place == world->heap_room) {
        world->heap_room = 2 * world->heap_room + 256;
        world->heap = rb_realloc(world->heap, world->heap_room, sizeof *world->heap);
    }
    world->heap[place] = (struct world_entry) {
        .at_ms = at_ms > world->now_ms ? at_ms : world->now_ms,
        .serial = ++world->serial,
        .event = event,
        .subject = subject,
    };
    while (place > 0 && is_before(&world->heap[place], &world->heap[(place - 1) / 2])) {
        swap(&world->heap[place], &world->heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
}

static struct world_entry heap_take(struct world *world) {
    const struct world_entry first = world->heap[0];
    size_t place = 0;

    world->heap[0] = world->heap[--world->heap_count];
    for (;;) {
        size_t least = place;
        for (size_t child = 2 * place + 1; child <= 2 * place + 2; child++) {
            if (child < world->heap_count && is_before(&world->heap[child], &world->heap[least])) {
                least = child;
            }
        }
        if (least == place) {
            return first;
        }
        swap(&world->heap[place], &world->heap[least]);
        place = least;
    }
}

/* ---- Telling ---- */

void world_mix(struct world *world, const void *bytes, size_t len) {
    const uint8_t *at = bytes;

    for (size_t i = 0; i < len; i++) {
        world->trace = (world->trace ^ at[i]) * UINT64_C(0x100000001B3);
    }
}

static void print_time(const struct world *world) {
    const int64_t s = world->now_ms / 1000;

    (void)printf("day %" PRId64 " %02" PRId64 ":%02" PRId64 ":%02" PRId64 ".%03" PRId64 "  ",
                 s / 86400 + 1, s / 3600 % 24, s / 60 % 60, s % 60, world->now_ms % 1000);
}

void world_tell(struct world *world, const char *format, ...) {
    char line[256];
    va_list list;

    va_start(list, format);
    (void)vsnprintf(line, sizeof line, format, list);
    va_end(list);
    world_mix(world, &world->now_ms, sizeof world->now_ms);
    world_mix(world, line, strlen(line));
    if (world->tells) {
        print_time(world);
        (void)printf("%s\n", line);
    }
}

void world_break(struct world *world, int invariant, const char *format, ...) {
    va_list list;

    if (world->failed) {
        return; /* What follows from the first says less. */
    }
    world->failed = true;
    world->broken = invariant;
    va_start(list, format);
    (void)vsnprintf(world->failure, sizeof world->failure, format, list);
    va_end(list);
    world_tell(world, "BROKEN I%d: %s", invariant, world->failure);
}

/* ---- Who runs ---- */

struct sim_node *world_running(void) {
    return running;
}

void world_enter(struct world *world, struct sim_node *node) {
    (void)world;
    running = node;
}

int64_t sim_now_ms(const struct sim_node *node) {
    return WORLD_EPOCH_MS + node->world->now_ms + node->ahead_ms;
}

void sim_call_at(struct sim_node *node, int64_t at_ms) {
    if (node->state == SIM_ON && (node->wake_ms < 0 || at_ms < node->wake_ms)) {
        node->wake_ms = at_ms;
        world_at(node->world, at_ms, EVENT_PASS, node->index);
    }
}

void sim_call(struct sim_node *node) {
    node->restless_ms = WAIT_MS_MAX;
    sim_call_at(node, node->world->now_ms);
}

/* ---- The life of a node ---- */

static void close_all(struct sim_node *node) {
    world_enter(node->world, node);
    node_close(&node->node);
    if (node->store != NULL && node->world->invariants != NULL) {
        invariants_watch_no_more(node);
    }
    store_close(&node->store);
    world_enter(node->world, NULL);
    node->state = SIM_OFF;
    node->wake_ms = -1;
}

void sim_stop(struct sim_node *node) {
    if (node->state == SIM_ASLEEP) {
        sim_wake(node);
    }
    if (node->state == SIM_ON) {
        world_tell(node->world, "%s stops", node->name);
        close_all(node);
    }
}

void sim_kill(struct sim_node *node) {
    if (node->state == SIM_OFF) {
        return;
    }
    struct disk_image *image = disk_save(node->disk);
    world_tell(node->world, "%s is killed", node->name);
    net_silence(node->world->net, node);
    disk_cut(node->disk); /* What closing writes is written by nobody. */
    close_all(node);
    disk_restore(node->disk, image);
    disk_image_destroy(&image);
}

void sim_power_off(struct sim_node *node) {
    if (node->state == SIM_OFF) {
        return;
    }
    world_tell(node->world, "%s loses power", node->name);
    net_silence(node->world->net, node);
    if (!disk_is_off(node->disk)) {
        disk_cut(node->disk);
    }
    close_all(node);
}

static bool may_fail(const struct sim_node *node, enum rb_status status) {
    return node->disk_fails && (status == RB_FULL || status == RB_STORAGE);
}

/* What its log says. */
static void on_line(void *context, const char *line) {
    const struct sim_node *node = context;

    world_tell(node->world, "  %s: %s", node->name, line);
}

void sim_name(struct sim_node *node) {
    const struct store_self *self = store_self(node->store);

    memcpy(node->person, self->person, sizeof node->person);
    memcpy(node->device, self->device_cert.id, sizeof node->device);
}

bool sim_same_person(const struct sim_node *one, const struct sim_node *other) {
    return memcmp(one->person, other->person, HASH_BYTES) == 0;
}

static enum rb_status open_all(struct sim_node *node) {
    struct node_setup setup = {
        .listen = node->address, .listen_count = 1, .log = on_line, .log_context = node
    };
    size_t bad_listen = 0;
    enum rb_status status = store_open(&node->store, node->home, span_text(""), 0, NULL);

    if (status == RB_OK) {
        sim_name(node);
        invariants_watch(node);
        setup.store = node->store;
        status = node_open(&node->node, &setup, &bad_listen);
    }
    return status;
}

void sim_start(struct sim_node *node) {
    if (node->state != SIM_OFF) {
        return;
    }
    if (disk_is_off(node->disk)) {
        disk_power_up(node->disk);
    }
    disk_use(node->disk);
    world_enter(node->world, node);
    const enum rb_status status = open_all(node);
    world_enter(node->world, NULL);
    node->state = SIM_ON;
    node->starts++;
    node->world->figures.starts++;
    world_tell(node->world, "%s starts", node->name);
    if (status == RB_OK) {
        sim_call(node);
    } else if (disk_is_off(node->disk)) {
        sim_power_off(node);
    } else if (may_fail(node, status)) {
        sim_stop(node);
    } else {
        /* Whatever happened to it, a home must open. */
        world_break(node->world, 3, "%s does not open: status %d", node->name, (int)status);
    }
}

void sim_sleep(struct sim_node *node) {
    if (node->state == SIM_ON) {
        world_tell(node->world, "%s falls asleep", node->name);
        node->state = SIM_ASLEEP;
        node->asleep_since_ms = node->world->now_ms;
        node->wake_ms = -1;
        net_asleep(node->world->net, node);
    }
}

void sim_wake(struct sim_node *node) {
    if (node->state == SIM_ASLEEP) {
        world_tell(node->world, "%s wakes up", node->name);
        node->state = SIM_ON;
        node->slept_ms += node->world->now_ms - node->asleep_since_ms;
        net_awake(node->world->net, node);
        sim_call(node);
    }
}

/* A node ends by itself only when its disk fails. */
static void ended(struct sim_node *node, enum rb_status status) {
    if (disk_is_off(node->disk)) {
        sim_power_off(node);
    } else if (may_fail(node, status)) {
        sim_stop(node);
    } else {
        world_break(node->world, 0, "%s ends with status %d", node->name, (int)status);
    }
}

bool sim_did(struct sim_node *node, enum rb_status status) {
    if (disk_is_off(node->disk) && node->state != SIM_OFF) {
        sim_power_off(node);
        return false;
    }
    const bool is_bad =
        status == RB_STORAGE || status == RB_DAMAGED || status == RB_FULL || status == RB_MALFORMED;
    if (is_bad && !may_fail(node, status)) {
        world_break(node->world, 0, "%s: what a person did ended with status %d", node->name,
                    (int)status);
    }
    if (node->state == SIM_ON) {
        invariants_look(node);
        sim_call(node);
    }
    return status == RB_OK;
}

/* As soon as it wants to look again; one that only idles is looked at less and less often. */
static void pass_again(struct sim_node *node) {
    const struct net_pass pass = net_pass_of(node->world->net, node);
    int64_t wait_ms = pass.wait_ms;

    if (pass.busy) {
        node->restless_ms = WAIT_MS_MAX;
        wait_ms = 1;
    } else if (wait_ms == WAIT_MS_MAX) {
        wait_ms = node->restless_ms;
        node->restless_ms =
            node->restless_ms < RESTLESS_MS_MAX ? 2 * node->restless_ms : RESTLESS_MS_MAX;
    }
    sim_call_at(node, node->world->now_ms + (wait_ms > 0 ? wait_ms : 1));
}

static void on_pass(struct world *world, uint64_t subject) {
    struct sim_node *node = &world->nodes[subject];

    if (node->state != SIM_ON || node->wake_ms != world->now_ms) {
        return;
    }
    node->wake_ms = -1;
    world->figures.passes++;
    world_enter(world, node);
    const enum rb_status status = node_step(node->node, WAIT_MS_MAX);
    world_enter(world, NULL);
    if (status == RB_OK && !disk_is_off(node->disk)) {
        invariants_look(node);
        pass_again(node);
    } else {
        ended(node, status);
    }
}

/* ---- The world ---- */

static const char *const names[] = { "Sari", "Budi", "Dewi", "Agus", "Rina", "Joko", "Wati",
                                     "Eko",  "Lina", "Hadi", "Mega", "Tono", "Yuni", "Doni" };
enum { NAMES = sizeof names / sizeof names[0] };

static void must(enum rb_status status) {
    if (status != RB_OK) {
        (void)fprintf(stderr, "the world cannot be made: status %d\n", (int)status);
        abort();
    }
}

static void node_make(struct world *world, size_t index) {
    struct sim_node *node = &world->nodes[index];

    *node = (struct sim_node) { .world = world, .index = index, .owner = index, .wake_ms = -1 };
    (void)snprintf(node->name, sizeof node->name, "%s %s%zu", names[index % NAMES],
                   index < NAMES ? "Umpama" : "Misal", index);
    (void)snprintf(node->home, sizeof node->home, "home%zu", index);
    (void)snprintf(node->address[0], sizeof node->address[0], "tcp://10.0.0.%zu:7437", index + 1);
    node->random.state = random_next(&world->random);
    node->disk = disk_new(random_next(&world->random));
    world_enter(world, node);
    const struct store_new facts = {
        .home = node->home,
        .passphrase = span_text(""),
        .passes = 1,
        .facts = { .name = span_text(node->name),
                   .role = ROLE_SAKTI_PEKSOS,
                   .region = span_text("3273"),
                   .cluster = span_text("ABH") },
        .now_ms = sim_now_ms(node),
    };
    must(store_create(&facts));
    disk_sync_folder(node->disk);
    must(store_open(&node->store, node->home, facts.passphrase, 0, NULL));
    sim_name(node);
    world_enter(world, NULL);
}

enum rb_status world_card_give(struct sim_node *from, struct sim_node *to, bool with_address) {
    const struct span address = span_text(from->address[0]);
    struct contact contact;
    struct writer card;
    bool renewed = false;

    writer_init(&card, CARD_BYTES_MAX);
    world_enter(from->world, from);
    must(store_card(from->store, &address, with_address ? 1 : 0, sim_now_ms(from), &card));
    world_enter(to->world, to);
    enum rb_status status =
        contact_add(to->store, writer_view(&card), sim_now_ms(to), &contact, &renewed);
    if (status == RB_OK) {
        status = contact_set_verified(to->store, from->person, sim_now_ms(to));
    }
    world_enter(to->world, NULL);
    writer_clear(&card);
    return status;
}

/* The first one is an office: everybody can call it. */
static void all_meet(struct world *world) {
    for (size_t i = 0; i < world->acquainted; i++) {
        for (size_t j = i + 1; j < world->acquainted; j++) {
            struct sim_node *one = &world->nodes[i], *other = &world->nodes[j];
            must(world_card_give(one, other, i == 0 || random_chance(&world->random, 40)));
            must(world_card_give(other, one, random_chance(&world->random, 10)));
        }
    }
}

/* Whom he does not know, or whose other computer he knows, he cannot call. */
static void address_tell(struct sim_node *node, const struct sim_node *whom) {
    const enum rb_status status =
        contact_set_address(node->store, whom->person, span_text(whom->address[0]));

    if (status != RB_NOT_FOUND || node->index < node->world->acquainted) {
        must(status);
    }
}

/* Nobody was there when they came; and whose first computer is lost gives the card of the other. */
static void latecomers_meet(struct world *world) {
    for (size_t i = world->acquainted; i < world->node_count; i++) {
        struct sim_node *late = &world->nodes[i];
        const bool is_known = late->owner != i && !world->nodes[late->owner].is_lost;
        for (size_t j = 0; j < i && !late->is_spare && !is_known; j++) {
            struct sim_node *other = &world->nodes[j];
            if (late->state != SIM_ON || other->state != SIM_ON || other->is_spare ||
                other->is_lost || late->is_lost || sim_same_person(late, other)) {
                continue;
            }
            (void)sim_did(other, world_card_give(late, other, false));
            if (other->owner == j) {
                (void)sim_did(late, world_card_give(other, late, true));
            }
        }
    }
}

void world_acquaint(struct world *world) {
    latecomers_meet(world);
    for (size_t i = 0; i < world->node_count; i++) {
        struct sim_node *node = &world->nodes[i];
        world_enter(world, node);
        for (size_t j = 0; j < i && node->state == SIM_ON && !node->is_spare; j++) {
            if (!world->nodes[j].is_spare && world->nodes[j].owner == j) {
                address_tell(node, &world->nodes[j]);
            }
        }
        if (node->state == SIM_ON) {
            must(node_contacts_changed(node->node));
            sim_call(node);
        }
    }
    world_enter(world, NULL);
}

void world_new(struct world *world, uint64_t seed, const struct world_crowd *crowd) {
    assert(crowd->nodes <= WORLD_NODES_MAX);
    *world = (struct world) { .seed = seed, .random.state = seed, .node_count = crowd->nodes };
    world->crowd = *crowd;
    world->acquainted = crowd->nodes - crowd->newcomers - crowd->spares;
    world->net = net_new(world);
    world->handlers[EVENT_PASS] = on_pass;
    world_clock_start(seed);
    must(world_home_first());
    for (size_t i = 0; i < crowd->nodes; i++) {
        node_make(world, i);
        world->nodes[i].is_spare = i >= crowd->nodes - crowd->spares;
    }
    if (crowd->has_office) {
        office_gives_letters(world);
    }
    all_meet(world);
    for (size_t i = 0; i < crowd->nodes; i++) {
        close_all(&world->nodes[i]);
    }
}

void world_clear(struct world *world) {
    for (size_t i = 0; i < world->node_count; i++) {
        close_all(&world->nodes[i]);
    }
    invariants_end(world);
    for (size_t i = world->node_count; i > 0; i--) {
        disk_destroy(&world->nodes[i - 1].disk);
    }
    net_destroy(&world->net);
    free(world->heap);
    world->heap = NULL;
}

void world_run(struct world *world, int64_t until_ms) {
    const int64_t began_ms = world->now_ms;

    while (!world->failed && world->heap_count > 0 && world->heap[0].at_ms <= until_ms) {
        const struct world_entry entry = heap_take(world);
        world->now_ms = entry.at_ms;
        world->figures.events++;
        if (world->handlers[entry.event] != NULL) {
            world->handlers[entry.event](world, entry.subject);
        }
    }
    if (!world->failed) {
        world->now_ms = until_ms;
    }
    world->figures.node_ms += (world->now_ms - began_ms) * (int64_t)world->node_count;
}
