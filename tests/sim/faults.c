/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/faults.h"

#include "tests/sim/byzantine.h"
#include "tests/sim/invariants.h"
#include "tests/sim/world_link.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLOCK_ZERO = 1 << 30 };

struct faults {
    const struct fault_plan *plan;
    struct disk_image **images; /* of FAULT_ROLLBACK, by the number of the fault */
    uint64_t injected[FAULT_CLASSES];
    bool ceased;
};

const char *const fault_names[FAULT_CLASSES] = {
    "cut",  "stall", "partition", "weather",  "sleep",     "clock",
    "kill", "power", "full",      "rollback", "byzantine",
};

static struct faults *faults_of(const struct world *world) {
    return world->faults;
}

const uint64_t *faults_injected(const struct world *world) {
    return faults_of(world)->injected;
}

/* ---- The schedule ---- */

/* How often each class happens where it happens at all, and how long it lasts. */
static const struct {
    unsigned weight;
    int64_t ms_min, ms_max;
    uint32_t amount_min, amount_max;
} habits[FAULT_CLASSES] = {
    [FAULT_CUT] = { 6, 0, 1, 0, 1 },
    [FAULT_STALL] = { 6, 1000, 40000, 0, 1 },
    [FAULT_PARTITION] = { 3, 60000, 3 * HOUR_MS, 0, 1 },
    [FAULT_WEATHER] = { 1, 60000, 2 * HOUR_MS, 0, 1000 },
    [FAULT_SLEEP] = { 3, 1000, 2 * HOUR_MS, 0, 1 },
    [FAULT_CLOCK] = { 1, 60000, 6 * HOUR_MS, CLOCK_ZERO - 500000, CLOCK_ZERO + 500000 },
    [FAULT_KILL] = { 3, 1000, HOUR_MS, 0, 1 },
    [FAULT_POWER] = { 6, 1000, HOUR_MS, 0, 200 },
    [FAULT_FULL] = { 1, 60000, HOUR_MS, 0, 100000 },
    [FAULT_ROLLBACK] = { 1, HOUR_MS, 5 * HOUR_MS, 0, 1 },
    [FAULT_BYZANTINE] = { 2, 0, 1, 0, BAD_DEEDS },
};

static enum fault_class some_class(struct random *random, unsigned classes) {
    unsigned all = 0, chosen = 0;

    for (unsigned i = 0; i < FAULT_CLASSES; i++) {
        all += (classes & 1U << i) != 0 ? habits[i].weight : 0;
    }
    size_t left = random_below(random, all);
    while ((classes & 1U << chosen) == 0 || left >= habits[chosen].weight) {
        left -= (classes & 1U << chosen) != 0 ? habits[chosen].weight : 0;
        chosen++;
    }
    return (enum fault_class)chosen;
}

static int by_time(const void *a, const void *b) {
    const struct fault *one = a, *other = b;

    return one->at_ms < other->at_ms ? -1 : one->at_ms > other->at_ms;
}

static struct fault some_fault(struct random *random, unsigned classes_on, size_t nodes,
                               int64_t length_ms) {
    struct fault fault = { .class = some_class(random, classes_on) };
    const int64_t spread_ms = habits[fault.class].ms_max - habits[fault.class].ms_min;

    /* At work, mostly: a world that sleeps has little to lose. */
    fault.at_ms = (int64_t)random_below(random, (size_t)(length_ms / DAY_MS)) * DAY_MS +
                  3 * HOUR_MS + (int64_t)random_below(random, 11 * HOUR_MS);
    fault.ms = habits[fault.class].ms_min + (int64_t)random_below(random, (size_t)spread_ms);
    fault.one = (uint16_t)random_below(random, nodes);
    fault.other = (uint16_t)((fault.one + 1 + random_below(random, nodes - 1)) % nodes);
    fault.amount = habits[fault.class].amount_min +
                   (uint32_t)random_below(random, habits[fault.class].amount_max -
                                                      habits[fault.class].amount_min);
    return fault;
}

void faults_plan(struct fault_plan *plan, uint64_t seed, size_t nodes, int64_t length_ms,
                 unsigned a_day) {
    struct random swarm = { .state = ~seed * 3 }, random = { .state = ~seed };
    const size_t wanted = (size_t)(length_ms / DAY_MS) * nodes * a_day;

    *plan = (struct fault_plan) { 0 };
    for (unsigned i = 0; i < FAULT_CLASSES; i++) {
        plan->classes |= random_chance(&swarm, 50) ? 1U << i : 0;
    }
    if (plan->classes == 0) {
        return;
    }
    plan->faults = rb_alloc(wanted, sizeof *plan->faults);
    for (size_t i = 0; i < wanted; i++) {
        plan->faults[i] = some_fault(&random, plan->classes, nodes, length_ms);
    }
    plan->count = wanted;
    qsort(plan->faults, plan->count, sizeof *plan->faults, by_time);
}

void faults_leave_out(struct fault_plan *plan, unsigned classes_out) {
    for (size_t i = 0; i < plan->count; i++) {
        if ((classes_out & 1U << plan->faults[i].class) != 0) {
            plan->faults[i].is_left_out = true;
        }
    }
}

void faults_cheat(struct fault_plan *plan, uint32_t deed) {
    for (size_t i = 0; i < plan->count; i++) {
        struct fault *fault = &plan->faults[i];
        if (i % 4 == 0 || fault->class == FAULT_BYZANTINE) {
            fault->class = FAULT_BYZANTINE;
            fault->amount = deed;
        }
    }
}

bool fault_class_read(const char *name, unsigned *classes_read) {
    for (unsigned i = 0; i < FAULT_CLASSES; i++) {
        if (strcmp(fault_names[i], name) == 0) {
            *classes_read |= 1U << i;
            return true;
        }
    }
    return false;
}

void faults_clear(struct fault_plan *plan) {
    free(plan->faults);
    *plan = (struct fault_plan) { 0 };
}

void faults_print(const struct fault_plan *plan) {
    for (size_t i = 0; i < plan->count; i++) {
        const struct fault *fault = &plan->faults[i];
        if (!fault->is_left_out) {
            const int64_t s = fault->at_ms / 1000;
            (void)printf("  day %" PRId64 " %02" PRId64 ":%02" PRId64 ":%02" PRId64
                         "  %-9s %" PRIu16 ", %" PRIu16 ", %" PRId64 " s, %" PRIu32 "\n",
                         s / 86400 + 1, s / 3600 % 24, s / 60 % 60, s % 60,
                         fault_names[fault->class], fault->one, fault->other, fault->ms / 1000,
                         fault->amount);
        }
    }
}

/* ---- Each class: how it begins; true if it took effect ---- */

static bool begin_cut(struct world *world, const struct fault *fault, size_t number) {
    (void)number;
    net_cut(world->net, &world->nodes[fault->one], &world->nodes[fault->other]);
    return true;
}

static bool begin_block(struct world *world, const struct fault *fault, size_t number) {
    struct sim_node *one = &world->nodes[fault->one], *other = &world->nodes[fault->other];

    net_block(world->net, one, other, world->now_ms + fault->ms);
    if (number % 2 == 0) {
        net_block(world->net, other, one, world->now_ms + fault->ms);
    }
    return true;
}

static bool begin_weather(struct world *world, const struct fault *fault, size_t number) {
    struct random random = { .state = fault->amount };

    (void)number;
    net_set_weather(world->net, (struct net_weather) {
                                    .latency_ms = 1 + (int64_t)random_below(&random, 3000),
                                    .bytes_per_s = 500 + random_below(&random, 100000),
                                    .queue_bytes = 1000 + random_below(&random, 100000),
                                    .duplicate_percent = (unsigned)random_below(&random, 10),
                                });
    return true;
}

static bool begin_sleep(struct world *world, const struct fault *fault, size_t number) {
    struct sim_node *node = &world->nodes[fault->one];
    const bool awake = node->state == SIM_ON;

    (void)number;
    sim_sleep(node);
    return awake;
}

static bool begin_clock(struct world *world, const struct fault *fault, size_t number) {
    struct sim_node *node = &world->nodes[fault->one];

    (void)number;
    node->ahead_ms = ((int64_t)fault->amount - CLOCK_ZERO) * 1000;
    world_tell(world, "%s: clock set %" PRId64 " s ahead", node->name, node->ahead_ms / 1000);
    return true;
}

static bool begin_kill(struct world *world, const struct fault *fault, size_t number) {
    struct sim_node *node = &world->nodes[fault->one];
    const bool runs = node->state != SIM_OFF;

    (void)number;
    sim_kill(node);
    return runs;
}

static bool begin_power(struct world *world, const struct fault *fault, size_t number) {
    struct sim_node *node = &world->nodes[fault->one];

    (void)number;
    disk_cut_after(node->disk, DISK_CHANGES, fault->amount);
    return node->state != SIM_OFF;
}

static bool begin_full(struct world *world, const struct fault *fault, size_t number) {
    struct sim_node *node = &world->nodes[fault->one];

    (void)number;
    node->disk_fails = true;
    disk_set_room(node->disk, disk_used(node->disk) + fault->amount);
    return node->state != SIM_OFF;
}

static bool begin_rollback(struct world *world, const struct fault *fault, size_t number) {
    struct sim_node *node = &world->nodes[fault->one];

    sim_stop(node); /* A copy of a home that is open is none. */
    if (disk_is_off(node->disk)) {
        disk_power_up(node->disk);
    }
    faults_of(world)->images[number] = disk_save(node->disk);
    sim_start(node);
    return true;
}

/* In a world of honest people there is one who is not: the last of those who know each other.  If
 * he cannot do it now, he waits for a better hour. */
static bool begin_byzantine(struct world *world, const struct fault *fault, size_t number) {
    struct sim_node *cheat = &world->nodes[world->acquainted - 1];
    struct random random = { .state = world->seed + number };
    const bool done = byzantine_do(cheat, (enum bad_deed)fault->amount, &random);

    if (!done) {
        world_at(world, world->now_ms + HOUR_MS, EVENT_FAULT, number);
    }
    return done;
}

/* ---- ... and how it ends ---- */

static void end_weather(struct world *world, const struct fault *fault, size_t number) {
    (void)fault;
    (void)number;
    net_calm(world->net);
}

static void end_sleep(struct world *world, const struct fault *fault, size_t number) {
    (void)number;
    sim_wake(&world->nodes[fault->one]);
}

static void end_clock(struct world *world, const struct fault *fault, size_t number) {
    (void)number;
    world->nodes[fault->one].ahead_ms = 0;
}

static void end_kill(struct world *world, const struct fault *fault, size_t number) {
    (void)number;
    sim_start(&world->nodes[fault->one]);
}

static void end_power(struct world *world, const struct fault *fault, size_t number) {
    struct sim_node *node = &world->nodes[fault->one];

    (void)number;
    disk_cut_never(node->disk);
    sim_power_off(node);
    sim_start(node);
}

static void end_full(struct world *world, const struct fault *fault, size_t number) {
    struct sim_node *node = &world->nodes[fault->one];

    (void)number;
    node->disk_fails = false;
    disk_mend(node->disk);
    sim_start(node);
}

static void end_rollback(struct world *world, const struct fault *fault, size_t number) {
    struct sim_node *node = &world->nodes[fault->one];
    struct disk_image **image = &faults_of(world)->images[number];

    if (*image == NULL) {
        return;
    }
    sim_stop(node);
    disk_restore(node->disk, *image);
    disk_image_destroy(image);
    world_tell(world, "%s is put back by %" PRId64 " s", node->name, fault->ms / 1000);
    invariants_forget(node);
    node->twice = true;
    sim_start(node);
}

static const struct {
    bool (*begin)(struct world *world, const struct fault *fault, size_t number);
    void (*end)(struct world *world, const struct fault *fault,
                size_t number); /* NULL: by itself */
} classes[FAULT_CLASSES] = {
    [FAULT_CUT] = { begin_cut, NULL },
    [FAULT_STALL] = { begin_block, NULL },
    [FAULT_PARTITION] = { begin_block, NULL },
    [FAULT_WEATHER] = { begin_weather, end_weather },
    [FAULT_SLEEP] = { begin_sleep, end_sleep },
    [FAULT_CLOCK] = { begin_clock, end_clock },
    [FAULT_KILL] = { begin_kill, end_kill },
    [FAULT_POWER] = { begin_power, end_power },
    [FAULT_FULL] = { begin_full, end_full },
    [FAULT_ROLLBACK] = { begin_rollback, end_rollback },
    [FAULT_BYZANTINE] = { begin_byzantine, NULL },
};

/* ---- The run ---- */

static void on_fault(struct world *world, uint64_t number) {
    struct faults *faults = faults_of(world);
    const struct fault *fault = &faults->plan->faults[number];

    if (faults->ceased) {
        return;
    }
    world_tell(world, "fault %s: %s, %s", fault_names[fault->class], world->nodes[fault->one].name,
               world->nodes[fault->other].name);
    if (classes[fault->class].begin(world, fault, number)) {
        faults->injected[fault->class]++;
    }
    if (classes[fault->class].end != NULL) {
        world_at(world, world->now_ms + fault->ms, EVENT_RELIEF, number);
    }
}

static void on_relief(struct world *world, uint64_t number) {
    const struct faults *faults = faults_of(world);
    const struct fault *fault = &faults->plan->faults[number];

    if (!faults->ceased) {
        classes[fault->class].end(world, fault, number);
    }
}

void faults_begin(struct world *world, const struct fault_plan *plan) {
    struct faults *faults = rb_alloc(1, sizeof *faults);

    faults->plan = plan;
    faults->images = rb_alloc(plan->count + 1, sizeof(struct disk_image *));
    world->faults = faults;
    world->handlers[EVENT_FAULT] = on_fault;
    world->handlers[EVENT_RELIEF] = on_relief;
    for (size_t i = 0; i < plan->count; i++) {
        if (!plan->faults[i].is_left_out) {
            world_at(world, plan->faults[i].at_ms, EVENT_FAULT, i);
        }
    }
}

void faults_cease(struct world *world) {
    faults_of(world)->ceased = true;
    net_heal(world->net);
    for (size_t i = 0; i < world->node_count; i++) {
        struct sim_node *node = &world->nodes[i];
        node->ahead_ms = 0;
        node->disk_fails = false;
        disk_cut_never(node->disk);
        disk_mend(node->disk);
    }
}

void faults_end(struct world *world) {
    struct faults *faults = faults_of(world);

    for (size_t i = 0; i < faults->plan->count; i++) {
        disk_image_destroy(&faults->images[i]);
    }
    free(faults->images);
    free(faults);
    world->faults = NULL;
}
