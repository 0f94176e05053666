/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Simulates two to five nodes whose connections come and go: `sim_sync --seeds N --first S`.
 *
 * A seed decides who belongs to which circle, who writes what, which pairs are connected (also
 * twice at once), which frame arrives next, when a store commits or answers, and where a connection
 * breaks.  Then the world comes to rest: everybody is connected to everybody, nothing breaks any
 * more.  At rest every member of a circle has the same heads (I2), every connection says at both
 * ends that it is done, and sync_world.c has checked on the way that nothing was stored twice or
 * acknowledged too early (I3).
 *
 * In half of the worlds the first log of circle 0 has two to four histories: a device with copies.
 * Some nodes know proofs from the start, and copies go on writing as long as they do not know of
 * each other.  At rest all members have all branches, and the same proofs (I7).
 *
 * Some connections come to rest with a circle of which one side gives no more, because the other's
 * person departs in their midst, or of which it shows a part only, because he has departed before:
 * they must say too that they are done. */
#include "tests/support/sync_world.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 600, REST_STEPS = 20000 };

static uint64_t seed;

static void fail(const char *what) {
    (void)fprintf(stderr, "sim_sync: %s.  Again with: sim_sync --seeds 1 --first %" PRIu64 "\n",
                  what, seed);
    abort(); /* A core or a debugger shows the world. */
}

static void announce_seed(int number) {
    (void)number;
    (void)fprintf(stderr, "sim_sync: seed %" PRIu64 "\n", seed);
}

/* ---- The people ---- */

static void make_members(struct world *world) {
    struct random *random = &world->random;

    for (size_t c = 0; c < world->circle_count; c++) {
        size_t founder = random_below(random, world->node_count);
        for (size_t n = 0; n < world->node_count; n++) {
            world->member[c][n] = n == founder || random_chance(random, 70);
            world->nodes[n].knows[c] =
                n == founder || (world->member[c][n] && random_chance(random, 40));
        }
    }
}

/* What they have from earlier days: of each log somebody has more and somebody less. */
static void make_past(struct world *world) {
    struct random *random = &world->random;

    for (size_t c = 0; c < world->circle_count; c++) {
        for (size_t log = 0; log < world->node_count; log++) {
            if (world->forked != NULL && c == 0 && log == 0) {
                continue;
            }
            size_t written = random_chance(random, 60) ? random_below(random, 150) : 0;
            for (size_t n = 0; n < world->node_count && world->member[c][log]; n++) {
                bool all = n == log || random_chance(random, 50);
                if (world->nodes[n].knows[c] && world->nodes[log].knows[c]) {
                    world_give(world, n, c, log, all ? written : random_below(random, written + 1));
                }
            }
        }
    }
}

/* Where histories part: anywhere, also before the first event and between two blocks. */
static void make_forked(struct world *world, struct forked_log *log) {
    static const size_t places[] = { 0, 1, 5, 63, 64, 65, 70, 127, 128, 130 };
    struct random *random = &world->random;
    size_t common[HISTORIES_MAX] = { 0 };
    size_t count = 2 + random_below(random, HISTORIES_MAX - 1);

    for (size_t i = 1; i < count; i++) {
        common[i] = places[random_below(random, sizeof places / sizeof places[0])];
    }
    forked_log_new(log, 99, common, count);
    world_fork(world, log);
}

/* Everybody has followed one of the histories so far; some know more. */
static void make_forked_past(struct world *world) {
    struct random *random = &world->random;
    size_t count = world->forked->count;

    for (size_t n = 0; n < world->node_count; n++) {
        if (!world->nodes[n].knows[0]) {
            continue;
        }
        world_give_history(world, n, random_below(random, count), random_below(random, 150));
        if (random_chance(random, 30)) {
            world_give_proof(world, n, random_below(random, count), random_below(random, count));
            world_give_proof(world, n, random_below(random, count), random_below(random, count));
        }
    }
}

/* ---- What can happen ---- */

static struct world_end *any_end(struct world *world) {
    struct world_end *end =
        &world->ends[random_below(&world->random, 8)][random_below(&world->random, 2)];
    return end->sync != NULL ? end : NULL;
}

static size_t links_open(const struct world *world) {
    size_t open = 0;

    for (size_t i = 0; i < WORLD_LINKS_MAX; i++) {
        open += world->ends[i][0].sync != NULL ? 1 : 0;
    }
    return open;
}

static void try_connect(struct world *world) {
    size_t dialler = random_below(&world->random, world->node_count);
    size_t listener = random_below(&world->random, world->node_count);

    if (dialler != listener && links_open(world) < 8) {
        (void)world_connect(world, dialler, listener);
    }
}

static void try_write_history(struct world *world, size_t node) {
    const struct forked_store *store = &world->nodes[node].forked_staged;
    size_t history = node % world->forked->count;
    uint64_t head = store->known[history] + 1 + random_below(&world->random, 3);

    if (forked_may_write(store, history)) {
        world_give_history(world, node, history, head < MADE_EVENTS_MAX ? head : MADE_EVENTS_MAX);
    }
}

static void try_write(struct world *world) {
    size_t node = random_below(&world->random, world->node_count);
    size_t circle = random_below(&world->random, world->circle_count);

    if (!world->nodes[node].knows[circle] || !world->member[circle][node]) {
        return;
    }
    if (world->forked != NULL && circle == 0) {
        try_write_history(world, node);
    }
    if (circle == 0 && node == 0 && world->forked != NULL) {
        return;
    }
    world_write(world, node, circle, 1 + random_below(&world->random, 3));
}

/* Somebody signs a revocation, or is handed one. */
static void try_revoke(struct world *world) {
    size_t node = random_below(&world->random, world->node_count);

    world_revoke(world, node, (uint8_t)random_below(&world->random, WORLD_REVOKES_MAX));
}

/* A circle that somebody learnt of by another way: the invitation came on paper. */
static void try_learn(struct world *world) {
    size_t node = random_below(&world->random, world->node_count);
    size_t circle = random_below(&world->random, world->circle_count);

    if (!world->member[circle][node] || world->nodes[node].knows[circle]) {
        return;
    }
    world->nodes[node].knows[circle] = true;
    for (size_t i = 0; i < WORLD_LINKS_MAX; i++) {
        for (size_t side = 0; side < 2; side++) {
            struct world_end *end = &world->ends[i][side];
            if (end->sync != NULL && end->node == node && world->member[circle][end->other->node]) {
                world_offer(end, circle);
                sync_offered(end->sync);
            }
        }
    }
}

static void try_withdraw(struct world *world, struct world_end *end) {
    size_t circle = random_below(&world->random, world->circle_count);
    uint8_t id[HASH_BYTES];

    world_circle_id(id, circle);
    sync_withdraw(end->sync, id);
    world_act(end);
    if (world->nodes[end->node].knows[circle] && world->member[circle][end->other->node]) {
        end->withdrawn[circle] = true;
    }
}

static void try_offer_again(struct world *world, struct world_end *end) {
    for (size_t c = 0; c < world->circle_count; c++) {
        if (end->withdrawn[c]) {
            end->withdrawn[c] = false;
            world_offer(end, c);
            sync_offered(end->sync);
        }
    }
    world_act(end);
}

static void one_end_moves(struct world *world, struct world_end *end) {
    size_t choice = random_below(&world->random, 100);

    if (choice < 80) {
        (void)world_deliver(end); /* Nothing may have come. */
    } else if (choice < 92) {
        (void)world_answer(end); /* Nothing may have been asked. */
    } else if (choice < 94) {
        try_withdraw(world, end);
    } else if (choice < 96) {
        try_offer_again(world, end);
    } else if (choice < 97) {
        sync_bye(end->sync, WIRE_BYE_DONE);
        world_act(end);
    } else if (choice < 98) {
        world_cut(world, end);
    } else if (choice < 99) {
        world->now_ms += SYNC_ACK_MS;
        sync_tick(end->sync, world->now_ms);
        world_act(end);
    } else {
        world_act(end);
    }
}

static void step(struct world *world) {
    size_t choice = random_below(&world->random, 100);
    struct world_end *end = any_end(world);

    world->now_ms += (int64_t)random_below(&world->random, 20);
    if (choice < 3) {
        try_connect(world);
    } else if (choice < 8) {
        try_write(world);
    } else if (choice < 9) {
        try_learn(world);
    } else if (choice < 10) {
        try_revoke(world);
    } else if (choice < 20) {
        world_commit(world, random_below(&world->random, world->node_count));
    } else if (end != NULL) {
        one_end_moves(world, end);
    }
}

/* ---- Rest ---- */

/* Closed connections go; open ones may stay as they are, and of what is withdrawn most is offered
 * again. */
static void calm_down(struct world *world) {
    for (size_t i = 0; i < WORLD_LINKS_MAX; i++) {
        struct world_end *ends = world->ends[i];
        if (ends[0].sync != NULL &&
            (ends[0].closed || ends[1].closed || random_chance(&world->random, 30))) {
            world_cut(world, &ends[0]);
        }
        for (size_t side = 0; side < 2 && ends[0].sync != NULL; side++) {
            (void)world_answer(&ends[side]);
            if (random_chance(&world->random, 70)) {
                try_offer_again(world, &ends[side]);
            }
        }
    }
    world->put_off = 0;
    for (size_t a = 0; a < world->node_count; a++) {
        for (size_t b = a + 1; b < world->node_count; b++) {
            (void)world_connect(world, a, b);
        }
    }
}

/* A further connection of two, in the midst of which one of them is given no more of a circle, or
 * in which he is shown a part of it only. */
static void someone_departs(struct world *world) {
    struct random *random = &world->random;
    size_t dialler = random_below(random, world->node_count);
    size_t listener =
        (dialler + 1 + random_below(random, world->node_count - 1)) % world->node_count;
    struct world_end *end = world_connect(world, dialler, listener);

    if (random_chance(random, 50)) {
        world_depart(random_chance(random, 50) ? end : end->other,
                     random_below(random, world->circle_count));
        return;
    }
    for (size_t frames = random_below(random, 40); frames > 0; frames--) {
        (void)world_deliver(random_chance(random, 50) ? end : end->other); /* All may have come. */
    }
    try_withdraw(world, random_chance(random, 50) ? end : end->other);
}

/* Nobody waits longer than for the answers to what he asks after a second. */
static void come_to_rest(struct world *world) {
    for (size_t seconds = 0; seconds < 4; seconds++) {
        world_settle(world, REST_STEPS);
        world->now_ms += SYNC_ACK_MS;
        for (size_t i = 0; i < WORLD_LINKS_MAX; i++) {
            for (size_t side = 0; side < 2 && world->ends[i][0].sync != NULL; side++) {
                sync_tick(world->ends[i][side].sync, world->now_ms);
            }
        }
    }
    world_settle(world, REST_STEPS);
}

static void check_heads(const struct world *world) {
    for (size_t c = 0; c < world->circle_count; c++) {
        for (size_t log = 0; log < world->node_count; log++) {
            uint64_t head = world->nodes[log].durable[c][log];
            if (world->forked != NULL && c == 0 && log == 0) {
                continue;
            }
            for (size_t n = 0; n < world->node_count; n++) {
                uint64_t expected = world->member[c][n] ? head : 0;
                if (world->nodes[n].durable[c][log] != expected) {
                    fail("members have different heads");
                }
            }
        }
    }
}

static void check_histories(const struct world *world) {
    size_t first = SIZE_MAX;

    for (size_t n = 0; n < world->node_count; n++) {
        const struct forked_store *store = &world->nodes[n].forked;
        if (!world->member[0][n]) {
            continue;
        }
        first = first == SIZE_MAX ? n : first;
        if (memcmp(store->known, world->nodes[first].forked.known, sizeof store->known) != 0) {
            fail("members have different histories");
        }
        if (!world_agrees(world, first, n)) {
            fail("members have different branches");
        }
    }
}

static void check_revokes(const struct world *world) {
    for (size_t n = 0; n < world->node_count; n++) {
        for (size_t i = 0; i < world->nodes[n].revoke_count; i++) {
            uint8_t what = world->nodes[n].revokes[i];
            for (size_t other = 0; other < world->node_count; other++) {
                if (!world_knows_revoked(world, other, what)) {
                    fail("somebody has not heard of a revocation");
                }
            }
        }
    }
}

static void check_ends(const struct world *world) {
    for (size_t i = 0; i < WORLD_LINKS_MAX; i++) {
        for (size_t side = 0; side < 2; side++) {
            const struct world_end *end = &world->ends[i][side];
            if (end->sync == NULL) {
                continue;
            }
            if (end->closed) {
                fail("a connection closed at rest");
            }
            if (!sync_is_done(end->sync)) {
                fail("a connection is not done at rest");
            }
        }
    }
}

static void simulate(void) {
    static struct world world; /* Large. */
    struct random random = { .state = seed };
    struct forked_log forked = { 0 };

    world_init(&world, seed, 2 + random_below(&random, 4),
               1 + random_below(&random, WORLD_CIRCLES_MAX));
    world.put_off = (unsigned)random_below(&random, 60);
    world.commits_late = random_chance(&random, 70);
    make_members(&world);
    if (random_chance(&world.random, 50)) {
        make_forked(&world, &forked);
        make_forked_past(&world);
    }
    make_past(&world);
    for (size_t i = 0; i < STEPS; i++) {
        step(&world);
    }
    calm_down(&world);
    for (size_t departing = random_below(&world.random, 3); departing > 0; departing--) {
        someone_departs(&world);
    }
    come_to_rest(&world);
    check_heads(&world);
    check_revokes(&world);
    if (world.forked != NULL) {
        check_histories(&world);
    }
    check_ends(&world);
    world_clear(&world);
    forked_log_clear(&forked);
}

/* ---- The program ---- */

static uint64_t number_of(const char *text) {
    char *end = NULL;
    unsigned long long value = strtoull(text, &end, 10);

    if (*text == '\0' || *end != '\0') {
        (void)fputs("usage: sim_sync [--seeds N] [--first S]\n", stderr);
        exit(EXIT_FAILURE);
    }
    return value;
}

int main(int argc, char **argv) {
    uint64_t seeds = 200, first = 1;

    for (int i = 1; i + 1 < argc; i += 2) {
        uint64_t value = number_of(argv[i + 1]);
        seeds = strcmp(argv[i], "--seeds") == 0 ? value : seeds;
        first = strcmp(argv[i], "--first") == 0 ? value : first;
    }
    if (crypt_start() != RB_OK) {
        return EXIT_FAILURE;
    }
    (void)signal(SIGABRT, announce_seed); /* A failed assert names the seed too. */
    for (seed = first; seed < first + seeds; seed++) {
        simulate();
    }
    world_forget_logs();
    (void)printf("%" PRIu64 " seeds from %" PRIu64 ": converged\n", seeds, first);
    return EXIT_SUCCESS;
}
