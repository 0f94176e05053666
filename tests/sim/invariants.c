/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/invariants.h"

#include "store/db.h"
#include "store/ingest.h"
#include "tests/sim/account.h"
#include "tests/sim/invariants_devices.h"
#include "tests/sim/invariants_forks.h"
#include "tests/sim/invariants_keys.h"
#include "tests/sim/invariants_rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ACCOUNT_BYTES_MAX = 16 << 20, LINE_SHOWN = 100 };

struct watch {
    struct sim_node *node;
    struct store_observer observer;
    struct stored_event *promises; /* the newest of each log: somebody may have been told of it */
    size_t count, room;
    bool is_new; /* something was committed since invariants_look */
};

struct leaving {
    uint8_t circle[HASH_BYTES];
    uint8_t person[HASH_BYTES];
};

struct place {
    uint8_t circle[HASH_BYTES];
    enum sim_standing standing[WORLD_NODES_MAX];
};

struct invariants {
    struct key_oracle *keys;
    struct leaving *leavings;
    size_t leaving_count, leaving_room;
    struct forked_log *forks;
    size_t fork_count, fork_room;
    struct watch watches[WORLD_NODES_MAX];
    uint64_t checks[INVARIANTS];
    struct place *places; /* while the world is at rest */
    size_t place_count, place_room;
};

static struct invariants *invariants_of(const struct world *world) {
    return world->invariants;
}

const uint64_t *invariants_checks(const struct world *world) {
    return invariants_of(world)->checks;
}

/* ---- Every hour ---- */

static bool has_left(void *context, const uint8_t circle[static HASH_BYTES],
                     const uint8_t person[static HASH_BYTES]) {
    const struct invariants *invariants = context;

    for (size_t i = 0; i < invariants->leaving_count; i++) {
        if (memcmp(invariants->leavings[i].circle, circle, HASH_BYTES) == 0 &&
            memcmp(invariants->leavings[i].person, person, HASH_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

void invariants_left(struct sim_node *node, const uint8_t circle[static HASH_BYTES]) {
    struct invariants *invariants = invariants_of(node->world);
    const size_t place = invariants->leaving_count++;

    if (place == invariants->leaving_room) {
        invariants->leaving_room = 2 * place + 16;
        invariants->leavings = rb_realloc(invariants->leavings, invariants->leaving_room,
                                          sizeof *invariants->leavings);
    }
    memcpy(invariants->leavings[place].circle, circle, HASH_BYTES);
    memcpy(invariants->leavings[place].person, node->person, HASH_BYTES);
}

void invariants_forked(struct sim_node *node, const uint8_t circle[static HASH_BYTES],
                       const uint8_t log[static LOG_PK_BYTES], uint64_t common_seq) {
    struct invariants *invariants = invariants_of(node->world);

    if (invariants->fork_count == invariants->fork_room) {
        invariants->fork_room = 2 * invariants->fork_room + 4;
        invariants->forks =
            rb_realloc(invariants->forks, invariants->fork_room, sizeof *invariants->forks);
    }
    struct forked_log *fork = &invariants->forks[invariants->fork_count++];
    memcpy(fork->circle, circle, sizeof fork->circle);
    memcpy(fork->log, log, sizeof fork->log);
    fork->common_seq = common_seq;
}

static void check_rules(struct sim_node *node) {
    uint64_t *checks = invariants_of(node->world)->checks;

    checks[7]++;
    rules_check_forks(node);
    rules_check_branches(node);
    checks[9]++;
    rules_check_removals(node, has_left, invariants_of(node->world));
    checks[11]++;
    rules_check_bounds(node);
}

static void on_look(struct world *world, uint64_t subject) {
    (void)subject;
    for (size_t i = 0; i < world->node_count; i++) {
        if (world->nodes[i].store != NULL && !world->nodes[i].is_bad) {
            check_rules(&world->nodes[i]);
        }
    }
    world_at(world, world->now_ms + HOUR_MS, EVENT_LOOK, 0);
}

void invariants_begin(struct world *world) {
    struct invariants *invariants = rb_alloc(1, sizeof *invariants);

    world->invariants = invariants;
    invariants->keys = key_oracle_new(world, &invariants->checks[4], &invariants->checks[5]);
    world->handlers[EVENT_LOOK] = on_look;
    world_at(world, HOUR_MS, EVENT_LOOK, 0);
    for (size_t i = 0; i < world->node_count; i++) {
        invariants->watches[i].node = &world->nodes[i];
    }
}

void invariants_end(struct world *world) {
    struct invariants *invariants = invariants_of(world);

    for (size_t i = 0; i < world->node_count; i++) {
        free(invariants->watches[i].promises);
    }
    key_oracle_destroy(&invariants->keys);
    free(invariants->places);
    free(invariants->leavings);
    free(invariants->forks);
    free(invariants);
    world->invariants = NULL;
}

static struct watch *watch_of(const struct sim_node *node) {
    return &invariants_of(node->world)->watches[node->index];
}

/* ---- I3: what was committed stays ---- */

/* Somebody may write two histories of one log: then it matters which of them is kept. */
static bool may_fork(const struct world *world) {
    bool may = false;

    for (size_t i = 0; i < world->node_count; i++) {
        may = may || world->nodes[i].is_bad || world->nodes[i].twice;
    }
    return may;
}

static struct stored_event *promise_of(struct watch *watch, const uint8_t circle[static HASH_BYTES],
                                       const uint8_t log[static LOG_PK_BYTES]) {
    for (size_t i = watch->count; i > 0; i--) {
        struct stored_event *promise = &watch->promises[i - 1];
        if (memcmp(promise->log, log, LOG_PK_BYTES) == 0 &&
            memcmp(promise->circle, circle, HASH_BYTES) == 0) {
            return promise;
        }
    }
    if (watch->count == watch->room) {
        watch->room = 2 * watch->room + 16;
        watch->promises = rb_realloc(watch->promises, watch->room, sizeof *watch->promises);
    }
    struct stored_event *promise = &watch->promises[watch->count++];
    *promise = (struct stored_event) { 0 };
    memcpy(promise->circle, circle, HASH_BYTES);
    memcpy(promise->log, log, LOG_PK_BYTES);
    return promise;
}

static void promise_note(struct watch *watch, const uint8_t circle[static HASH_BYTES],
                         const uint8_t log[static LOG_PK_BYTES], uint64_t seq) {
    struct stored_event *promise = promise_of(watch, circle, log);

    if (seq >= promise->seq) {
        promise->seq = seq;
        memset(promise->hash, 0, sizeof promise->hash);
        if (may_fork(watch->node->world)) {
            (void)forks_hash(watch->node, promise);
        }
    }
}

/* Nothing is ever revoked elsewhere, and looking is dear. */
static bool has_lost_ones(const struct world *world) {
    return world->crowd.spares > 0 || world->crowd.has_office;
}

static void on_stored(void *context, const uint8_t circle[static HASH_BYTES],
                      const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last) {
    struct watch *watch = context;

    promise_note(watch, circle, log, last);
    watch->is_new = true;
    if (!watch->node->is_bad) {
        key_oracle_stored(invariants_of(watch->node->world)->keys, watch->node, circle, log, first,
                          last);
        if (has_lost_ones(watch->node->world)) {
            devices_check_written(watch->node, circle, log, first, last);
        }
    }
}

void invariants_look(struct sim_node *node) {
    struct watch *watch = watch_of(node);

    if (watch->is_new && node->store != NULL) {
        watch->is_new = false;
        key_oracle_look(invariants_of(node->world)->keys, node, false);
    }
}

static void check_promises(struct sim_node *node) {
    const struct watch *watch = watch_of(node);

    for (size_t i = 0; i < watch->count && !node->world->failed; i++) {
        const struct stored_event *promise = &watch->promises[i];
        bool is_cut = false;
        invariants_of(node->world)->checks[3]++;
        if (!forks_has(node, promise, &is_cut) && !disk_is_off(node->disk)) {
            world_break(node->world, is_cut ? 7 : 3,
                        "%s has lost event %" PRIu64 " of log %02x%02x..", node->name, promise->seq,
                        promise->log[0], promise->log[1]);
        }
    }
}

void invariants_watch(struct sim_node *node) {
    struct watch *watch = watch_of(node);
    struct invariants *invariants = invariants_of(node->world);

    watch->observer = (struct store_observer) { .stored = on_stored, .context = watch };
    store_observe(node->store, &watch->observer);
    key_oracle_look(invariants->keys, node, true);
    check_promises(node);
}

void invariants_watch_no_more(struct sim_node *node) {
    store_observe_no_more(node->store, &watch_of(node)->observer);
}

void invariants_forget(struct sim_node *node) {
    watch_of(node)->count = 0;
}

/* ---- At rest: who should agree ---- */

struct gathering {
    struct invariants *invariants;
    size_t node;
};

static void place_note(void *context, const uint8_t circle[static HASH_BYTES],
                       enum sim_standing standing) {
    const struct gathering *gathering = context;
    struct invariants *invariants = gathering->invariants;
    size_t i = 0;

    while (i < invariants->place_count &&
           memcmp(invariants->places[i].circle, circle, HASH_BYTES) != 0) {
        i++;
    }
    if (i == invariants->place_room) {
        invariants->place_room = 2 * i + 16;
        invariants->places =
            rb_realloc(invariants->places, invariants->place_room, sizeof *invariants->places);
    }
    if (i == invariants->place_count) {
        invariants->places[i] = (struct place) { 0 };
        memcpy(invariants->places[i].circle, circle, HASH_BYTES);
        invariants->place_count++;
    }
    invariants->places[i].standing[gathering->node] = standing;
}

/* Whoever was brought in by somebody who had been taken out already thinks that he belongs to it;
 * no member thinks so, and none tells him. */
static bool is_shut_out(struct world *world, const struct place *place, size_t who) {
    bool shut_out = false;

    for (size_t i = 0; i < world->node_count && !shut_out; i++) {
        struct sim_node *other = &world->nodes[i];
        if (i != who && other->store != NULL && !other->is_bad &&
            place->standing[i] != STANDING_OUT &&
            account_shuts_out(other->store, place->circle, world->nodes[who].person, &shut_out) !=
                RB_OK) {
            world_break(world, 0, "%s cannot tell who belongs to a circle", other->name);
        }
    }
    return shut_out;
}

static void shut_out_deluded(struct world *world, struct place *place) {
    bool shut_out[WORLD_NODES_MAX] = { false };

    for (size_t i = 0; i < world->node_count; i++) {
        shut_out[i] = place->standing[i] != STANDING_OUT && is_shut_out(world, place, i);
    }
    for (size_t i = 0; i < world->node_count; i++) {
        place->standing[i] = shut_out[i] ? STANDING_OUT : place->standing[i];
    }
}

static void gather(struct world *world) {
    struct invariants *invariants = invariants_of(world);

    invariants->place_count = 0;
    for (size_t i = 0; i < world->node_count; i++) {
        struct gathering gathering = { .invariants = invariants, .node = i };
        if (world->nodes[i].store != NULL &&
            account_circles(world->nodes[i].store, place_note, &gathering) != RB_OK) {
            world_break(world, 0, "%s cannot list its circles", world->nodes[i].name);
        }
    }
    for (size_t i = 0; i < invariants->place_count; i++) {
        shut_out_deluded(world, &invariants->places[i]);
    }
}

enum sim_standing invariants_standing(const struct sim_node *node,
                                      const uint8_t circle[static HASH_BYTES]) {
    const struct invariants *invariants = invariants_of(node->world);

    for (size_t i = 0; i < invariants->place_count; i++) {
        if (memcmp(invariants->places[i].circle, circle, HASH_BYTES) == 0) {
            return invariants->places[i].standing[node->index];
        }
    }
    return STANDING_OUT;
}

bool invariants_ever_out(const struct world *world, const uint8_t circle[static HASH_BYTES],
                         const uint8_t person[static HASH_BYTES]) {
    return key_oracle_ever_out(invariants_of(world)->keys, circle, person);
}

/* ---- Accounts ---- */

static void account_of(struct sim_node *node, enum account_part part, const struct place *place,
                       struct writer *out) {
    writer_init(out, ACCOUNT_BYTES_MAX);
    if (account_write(node->store, part, place->circle, out) != RB_OK || writer_end(out) != RB_OK) {
        world_break(node->world, 0, "%s gives no account", node->name);
    }
}

static struct span line_of(const struct writer *account, size_t at) {
    const uint8_t *begin = account->data + at;
    const uint8_t *end = at < account->len ? memchr(begin, '\n', account->len - at) : NULL;

    return end == NULL ? span_text("(nothing)") : span_of(begin, (size_t)(end - begin));
}

/* The place where the first line begins that differs. */
static size_t first_difference(const struct writer *a, const struct writer *b) {
    size_t begin = 0;

    for (size_t i = 0; i < a->len && i < b->len && a->data[i] == b->data[i]; i++) {
        begin = a->data[i] == '\n' ? i + 1 : begin;
    }
    return begin;
}

static void tell_difference(struct world *world, int invariant, const char *what,
                            const struct writer *a, const struct writer *b) {
    const size_t at = first_difference(a, b);
    const struct span one = line_of(a, at), other = line_of(b, at);

    world_break(world, invariant, "%s: %.*s | %.*s", what,
                (int)(one.len < LINE_SHOWN ? one.len : LINE_SHOWN), (const char *)one.data,
                (int)(other.len < LINE_SHOWN ? other.len : LINE_SHOWN), (const char *)other.data);
}

static bool accounts_equal(const struct writer *a, const struct writer *b) {
    return span_equal(writer_view(a), writer_view(b));
}

/* Heads are the same at all who belong to a circle; the rest at those who have accepted.  Who is
 * only invited has no voice: if he alone holds a key, the others wait for him. */
static bool is_asked(const struct sim_node *node, const struct place *place,
                     enum account_part part) {
    const bool is_of_logs = part == ACCOUNT_HEADS || part == ACCOUNT_FORKS;
    const enum sim_standing least = is_of_logs ? STANDING_INVITED : STANDING_ACCEPTED;

    return node->store != NULL && !node->is_bad && place->standing[node->index] >= least;
}

/* All who are asked against the first of them. */
static bool place_agrees(struct world *world, const struct place *place, enum account_part part,
                         int invariant /* to be broken; -1: only asked */) {
    struct sim_node *first = NULL;
    struct writer wanted = { 0 };
    bool agrees = true;

    for (size_t i = 0; i < world->node_count && agrees; i++) {
        struct writer own = { 0 };
        if (!is_asked(&world->nodes[i], place, part)) {
            continue;
        }
        account_of(&world->nodes[i], part, place, first == NULL ? &wanted : &own);
        agrees = first == NULL || accounts_equal(&wanted, &own);
        if (!agrees && invariant >= 0) {
            char what[96];
            (void)snprintf(what, sizeof what, "%s of %02x%02x.. at %s and %s", account_names[part],
                           place->circle[0], place->circle[1], first->name, world->nodes[i].name);
            tell_difference(world, invariant, what, &wanted, &own);
        }
        first = first == NULL ? &world->nodes[i] : first;
        writer_clear(&own);
    }
    writer_clear(&wanted);
    return agrees;
}

bool invariants_settled(struct world *world) {
    struct invariants *invariants = invariants_of(world);
    bool settled = true;

    gather(world);
    for (size_t i = 0; i < invariants->place_count && settled; i++) {
        settled = place_agrees(world, &invariants->places[i], ACCOUNT_HEADS, -1) &&
                  place_agrees(world, &invariants->places[i], ACCOUNT_VERDICTS, -1);
    }
    return settled && (!has_lost_ones(world) || devices_agree(world, false));
}

/* What a revoked computer wrote. */
static void check_locks(struct world *world, const struct place *place) {
    for (size_t i = 0; i < world->node_count && has_lost_ones(world); i++) {
        if (is_asked(&world->nodes[i], place, ACCOUNT_VIEWS)) {
            invariants_of(world)->checks[8] += devices_check_locks(&world->nodes[i], place->circle);
        }
    }
}

static void check_forks(struct world *world, const struct place *place) {
    struct invariants *invariants = invariants_of(world);
    struct sim_node *asked[WORLD_NODES_MAX];
    size_t count = 0;

    for (size_t i = 0; i < world->node_count; i++) {
        if (is_asked(&world->nodes[i], place, ACCOUNT_HEADS)) {
            asked[count++] = &world->nodes[i];
        }
    }
    forks_check(world, place->circle, asked, count, invariants->forks, invariants->fork_count);
}

static void check_place(struct world *world, const struct place *place) {
    static const int numbers[ACCOUNT_PARTS] = { 7, 2, 8, 1, 1 };

    check_forks(world, place);
    for (size_t part = 0; part < ACCOUNT_PARTS && !world->failed; part++) {
        invariants_of(world)->checks[numbers[part]]++;
        (void)place_agrees(world, place, (enum account_part)part, numbers[part]);
    }
    check_locks(world, place);
}

/* Whoever does not cheat has no reason to sign anything badly, and to look is dear. */
static void check_cheats(struct sim_node *node) {
    struct world *world = node->world;

    for (size_t i = 0; i < world->node_count && !world->failed; i++) {
        if (world->nodes[i].is_bad) {
            invariants_of(world)->checks[8] += forks_check_signed(node, world->nodes[i].person);
        }
    }
}

/* ---- I12 ---- */

static void all_accounts(struct sim_node *node, struct writer *out) {
    const struct invariants *invariants = invariants_of(node->world);

    writer_init(out, ACCOUNT_BYTES_MAX);
    for (size_t i = 0; i < invariants->place_count; i++) {
        for (size_t part = 0; part < ACCOUNT_PARTS; part++) {
            if (account_write(node->store, (enum account_part)part, invariants->places[i].circle,
                              out) != RB_OK) {
                world_break(node->world, 0, "%s gives no account", node->name);
            }
        }
    }
}

static void check_rebuilt(struct sim_node *node) {
    struct writer before, after;

    invariants_of(node->world)->checks[12]++;
    all_accounts(node, &before);
    world_enter(node->world, node);
    if (views_rebuild(node->store) != RB_OK) {
        world_break(node->world, 12, "%s: views cannot be made again", node->name);
    }
    world_enter(node->world, NULL);
    all_accounts(node, &after);
    if (!accounts_equal(&before, &after)) {
        char what[64];
        (void)snprintf(what, sizeof what, "views made again at %s", node->name);
        tell_difference(node->world, 12, what, &before, &after);
    }
    writer_clear(&before);
    writer_clear(&after);
}

void invariants_at_rest(struct world *world) {
    struct invariants *invariants = invariants_of(world);

    gather(world);
    for (size_t i = 0; i < invariants->place_count && !world->failed; i++) {
        check_place(world, &invariants->places[i]);
    }
    if (has_lost_ones(world) && !world->failed) {
        invariants->checks[2]++;
        (void)devices_agree(world, true);
    }
    for (size_t i = 0; i < world->node_count && !world->failed; i++) {
        if (world->nodes[i].store != NULL && !world->nodes[i].is_bad) {
            check_rules(&world->nodes[i]);
            check_promises(&world->nodes[i]);
            check_cheats(&world->nodes[i]);
            check_rebuilt(&world->nodes[i]);
        }
    }
}
