/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A random search of the rules for keys (circle.h).  Devices of a few people, each of which knows
 * and can open only a part of what has happened, invite, remove, leave, get new devices, revoke
 * stolen ones and write; thieves write too, and some clocks are wrong.  Then all is told to all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/key_book.h"

#include <stdlib.h>
#include <string.h>

enum {
    WORLDS = 600, /* REMBUK_WORLDS=n tries others */
    FLOODS = 200,
    STEPS = 300,
    PEOPLE_MIN = 3,
    OPS_BEFORE_EXCHANGE = 36,
    OPS_MAX = BOOK_OPS_MAX - 2, /* what one round writes still fits */
    FLOOD_KEYS = EPOCH_HEADS_MAX + 2,
    OPS_BEFORE_FLOODED_EXCHANGE = 28,
    STOLEN_MAX = 2,
    ACTORS_MAX = 3, /* of one round after the exchange, at the same time */
    ROUNDS_MAX = 40,
    ROTATIONS_MAX = 2
};

#define START_MS (20 * 365 * DAY_MS)

/* Of all worlds: what was tried at all. */
static struct tally {
    size_t worlds, full, operations, contents, rotations, grants, revoked, removed, thefts;
    size_t requests, pairs, wrapped_pairs, apart, lost;
} tally;

/* ---- What a device does ---- */

static enum granting any_granting(struct book *book) {
    return (enum granting)random_below(&book->random, GRANT_ALL + 1);
}

static void write_content(struct book *book, size_t node, struct view *view) {
    uint8_t use = view_prepare(book, node, view, any_granting(book));

    if (use != NO_KEY) {
        book->nodes[node].wrote |= bit_of(use);
        tally.contents++;
    }
}

/* For the rest its plan has been carried out, and `under` is the key. */

static bool may_add(const struct book *book, const struct view *view, size_t by, size_t whom,
                    enum circle_role role) {
    uint8_t author[HASH_BYTES], target[HASH_BYTES];

    made_person(author, book_letter(book, by));
    made_person(target, book_letter(book, whom));
    return circle_may_add(view->circle, author, target, role) == RULE_ALLOWED;
}

static void invite(struct book *book, size_t node, struct view *view, uint8_t under) {
    size_t target = random_below(&book->random, book->people);
    enum circle_role role = random_chance(&book->random, 70) ? CIRCLE_MANAGER : CIRCLE_WRITER;

    target += book->nodes[target].stolen ? book->people : 0; /* He comes with another device. */
    if (book->nodes[target].stolen || !may_add(book, view, node, target, role)) {
        return;
    }
    book->made->serial = book->serials[book_person(book, target)];
    uint64_t op = made_add(book->made, book_author(book, node), book_letter(book, target), role,
                           view_heads(book, view, node));
    book_enter_plain(book, node, op, under);
    if (random_chance(&book->random, 70)) {
        view_renew(book, node, view);
        (void)view_prepare(book, node, view, GRANT_ALL); /* There is a key: `under`. */
    }
}

/* Up to where he knows the other's logs. */
static uint64_t seq_known(const struct book *book, size_t node, size_t person) {
    uint64_t seq = 0;

    for (size_t i = 0; i < book->made->count; i++) {
        if (has(book->nodes[node].knows, i) && book_person(book, book->lines[i].node) == person) {
            seq = book->made->ops[i].seq;
        }
    }
    return seq;
}

enum { LOGS_OF_BOTH = 1U << 0 | 1U << MADE_OTHER_LOGS };

static void remove_somebody(struct book *book, size_t node, const struct view *view,
                            uint8_t under) {
    size_t target = random_below(&book->random, book->people);
    uint8_t author[HASH_BYTES], whom[HASH_BYTES];

    made_person(author, book_letter(book, node));
    made_person(whom, book_letter(book, target));
    if (circle_may_remove(view->circle, author, whom) != RULE_ALLOWED) {
        return;
    }
    uint64_t op = made_remove_locked(book->made, book_author(book, node), book_letter(book, target),
                                     LOGS_OF_BOTH, seq_known(book, node, target),
                                     view_heads(book, view, node));
    book_enter_plain(book, node, op, under);
    tally.removed++;
}

static void leave(struct book *book, size_t node, const struct view *view, uint8_t under) {
    enum op_type type = random_chance(&book->random, 60) ? OP_REMOVE : OP_DECLINE;
    uint64_t op =
        made_end(book->made, type, book_author(book, node), LOGS_OF_BOTH,
                 seq_known(book, node, book_person(book, node)), view_heads(book, view, node));

    book_enter_plain(book, node, op, under);
}

/* His own second device, somebody else's, or a new seal key of the first. */
static void add_device(struct book *book, size_t node, const struct view *view, uint8_t under) {
    size_t person = random_chance(&book->random, 70) ? book_person(book, node)
                                                     : random_below(&book->random, book->people);
    size_t target = person + (random_chance(&book->random, 80) ? book->people : 0);

    book->made->serial = book->serials[person];
    uint64_t op = made_device_op(book->made, book_author(book, node), book_letter(book, target),
                                 view_heads(book, view, node));
    book_enter_plain(book, node, op, under);
}

/* Somebody has heard, outside of the circle, that a device was stolen.  Now and then the person's
 * certificate goes with it. */
static void revoke(struct book *book, size_t node, const struct view *view, uint8_t under) {
    size_t target = random_below(&book->random, book_nodes(book));
    size_t person = book_person(book, target);
    bool of_person = random_chance(&book->random, 15);

    if (!book->nodes[target].stolen) {
        return;
    }
    book->made->serial = book->serials[person];
    struct made_revocation what = {
        .of = book_letter(book, target),
        .of_person = of_person,
        .signer = of_person || random_chance(&book->random, 70)
                      ? MADE_HIMSELF
                      : (char)(book_letter(book, target) ^ 0x20),
        .numbers = 1,
        .seq = seq_known(book, node, person),
    };
    uint64_t op =
        made_revoked(book->made, book_author(book, node), what, view_heads(book, view, node));
    book_enter_plain(book, node, op, under);
    book->serials[person] = (uint8_t)(book->serials[person] + (of_person ? 1 : 0));
    tally.revoked++;
}

/* What a thief writes by hand: keys that he holds go to a stranger, and keys of his own making,
 * that wrap others, go to whom he likes. */
static void act_as_thief(struct book *book, size_t node, const struct view *view) {
    unsigned to = (unsigned)random_below(&book->random, 1U << book_nodes(book));
    uint64_t after = view_heads(book, view, node);
    uint64_t wraps = random_next(&book->random) & view->keys;
    size_t key = random_below(&book->random, book->made->count);

    if (random_chance(&book->random, 50)) {
        book_write_epoch(book, node, to | 1U << STRANGER, wraps, after);
    } else if (has(view->keys, key)) {
        book_write_grant(book, node, (uint8_t)key, 1U << STRANGER, after);
    }
    tally.thefts++;
}

static void act_as_member(struct book *book, size_t node, struct view *view) {
    size_t dice = random_below(&book->random, 100);

    if (dice < 50) {
        write_content(book, node, view);
        return;
    }
    uint8_t under = view_prepare(book, node, view, GRANT_OWN);
    if (under == NO_KEY || book->made->count >= OPS_MAX) {
        return;
    }
    view_renew(book, node, view);
    if (dice < 70) {
        invite(book, node, view, under);
    } else if (dice < 80) {
        remove_somebody(book, node, view, under);
    } else if (dice < 82) {
        leave(book, node, view, under);
    } else if (dice < 91) {
        add_device(book, node, view, under);
    } else {
        revoke(book, node, view, under);
    }
}

static void act(struct book *book, size_t node) {
    struct view view = view_make(book, node);

    if (view.keys != 0 && book->nodes[node].stolen && random_chance(&book->random, 10)) {
        act_as_thief(book, node, &view);
    } else if (view.keys != 0 && book_device_is_in(book, view.circle, node)) {
        act_as_member(book, node, &view);
    }
    circle_destroy(&view.circle);
}

/* ---- What happens between the acts ---- */

/* A part of what one has reaches another, in any order: dependencies may be missing. */
static void tell(struct book *book) {
    size_t from = random_below(&book->random, book_nodes(book));
    size_t to = random_below(&book->random, book_nodes(book));
    bool all = random_chance(&book->random, 50);

    for (size_t i = 0; i < book->made->count; i++) {
        if (all || random_chance(&book->random, 60)) {
            book->nodes[to].knows |= book->nodes[from].knows & bit_of(i);
        }
    }
}

static void tell_all(struct book *book) {
    for (size_t n = 0; n < book_nodes(book); n++) {
        book->nodes[n].knows = bit_of(book->made->count) - 1;
    }
}

static void steal(struct book *book) {
    size_t node = random_below(&book->random, book_nodes(book));

    if (book->stolen_count < book->stolen_max && !book->nodes[node].stolen) {
        book->nodes[node].stolen = true;
        book->stolen_count++;
    }
}

static void step(struct book *book) {
    size_t dice = random_below(&book->random, 100);

    if (dice < 48) {
        tell(book);
    } else if (dice < 50) {
        steal(book);
    } else if (dice < 53) {
        book->now_ms += (int64_t)random_below(&book->random, 100) * DAY_MS;
    } else {
        act(book, random_below(&book->random, book_nodes(book)));
    }
}

/* ---- After the exchange ---- */

/* Who belongs to it, by all that there is: devices, and those of them that can know it and hold a
 * key.  Views by node. */
struct end {
    unsigned in, active;
    struct view views[NODES_MAX];
};

static void end_fill(struct book *book, struct end *end) {
    struct circle *truth = book_fold(book, UINT64_MAX);

    *end = (struct end) { 0 };
    for (size_t n = 0; n < book_nodes(book); n++) {
        end->views[n] = view_make(book, n);
        bool is_in = book_device_is_in(book, truth, n);
        bool knows = book_device_is_in(book, end->views[n].circle, n);
        end->in |= is_in ? 1U << n : 0;
        end->active |= is_in && knows && end->views[n].keys != 0 ? 1U << n : 0;
    }
    circle_destroy(&truth);
}

static void end_clear(struct end *end, const struct book *book) {
    for (size_t n = 0; n < book_nodes(book); n++) {
        circle_destroy(&end->views[n].circle);
    }
}

static bool has_work(const struct book *book, const struct end *end, size_t node,
                     struct epoch_plan *plan) {
    return (end->active >> node & 1) != 0 &&
           view_plan(book, &end->views[node], node, plan) == RB_OK &&
           (plan->rotate || plan->grant_count > 0);
}

/* All can open the same.  Until then the exchange is not over: who knows less rotates on less. */
static bool all_know_all(const struct book *book, const struct end *end) {
    uint64_t opened = 0;

    for (size_t n = 0; n < book_nodes(book); n++) {
        bool counts = (end->active >> n & 1) != 0;
        if (counts && opened != 0 && end->views[n].opened != opened) {
            return false;
        }
        opened = counts ? end->views[n].opened : opened;
    }
    return true;
}

/* Some of those who have something to write do it, knowing nothing of each other.  False: nobody
 * has. */
static bool round_of_plans(struct book *book, const struct end *end, size_t *rotations) {
    size_t first = random_below(&book->random, book_nodes(book));
    size_t actors = 1 + random_below(&book->random, ACTORS_MAX);
    bool rotated = false;
    bool worked = false;

    for (size_t i = 0; i < book_nodes(book) && actors > 0; i++) {
        size_t node = (first + i) % book_nodes(book);
        struct epoch_plan plan;
        if (book->made->count >= OPS_MAX || !has_work(book, end, node, &plan)) {
            continue;
        }
        if (plan.rotate) {
            view_rotate(book, node, &end->views[node], &plan);
            rotated = true;
        } else {
            view_grant(book, node, &end->views[node], &plan, GRANT_ALL);
        }
        worked = true;
        actors--;
    }
    *rotations += rotated && all_know_all(book, end) ? 1 : 0;
    return worked;
}

/* Somebody who holds a key that a device asks for, and knows the device as one of a member's. */
static size_t holder_of(const struct book *book, const struct end *end, uint8_t key, size_t node) {
    for (size_t n = 0; n < book_nodes(book); n++) {
        if ((end->active >> n & 1) != 0 && has(end->views[n].keys, key) &&
            book_device_is_in(book, end->views[n].circle, node)) {
            return n;
        }
    }
    return STRANGER;
}

/* Every device asks for the keys of what it cannot open (KEYREQ).  False: nobody got any. */
static bool round_of_requests(struct book *book, const struct end *end) {
    size_t count = book->made->count;

    for (size_t node = 0; node < book_nodes(book); node++) {
        uint64_t keys = end->views[node].keys;
        for (size_t i = 0; i < count && (end->in >> node & 1) != 0; i++) {
            uint8_t key = book->lines[i].under;
            size_t holder = has(keys, key) ? STRANGER : holder_of(book, end, key, node);
            if (holder != STRANGER && book->made->count < OPS_MAX) {
                book_write_grant(book, holder, key, 1U << node,
                                 view_heads(book, &end->views[holder], holder));
                keys |= bit_of(key);
                tally.requests++;
            }
        }
    }
    return book->made->count > count;
}

/* One round; then all is told.  False: nobody had anything to do. */
static bool round_of_all(struct book *book, size_t *rotations) {
    struct end end;

    end_fill(book, &end);
    bool worked = round_of_plans(book, &end, rotations);
    if (!worked && round_of_requests(book, &end)) {
        /* Only what somebody sealed by hand, to some and not to others, is not granted. */
        book_check(book, ASKED_BECAUSE_OF_THIEVES, book->stolen_count > 0 || book->is_flooded);
        worked = true;
    }
    end_clear(&end, book);
    tell_all(book);
    return worked;
}

/* One device whom another knows has every key that this one has: of epochs that are written under,
 * and of all that were. */
static void check_pair(const struct book *book, const struct end *end, size_t one, size_t other) {
    uint64_t keys = end->views[one].keys;
    uint64_t lacks = keys & ~end->views[other].keys;

    for (size_t key = 0; key < book->made->count; key++) {
        bool was_written = false;
        for (size_t n = 0; n < book_nodes(book); n++) {
            was_written = was_written || has(book->nodes[n].wrote, key);
        }
        if (has(keys, key) && was_written) {
            tally.pairs++;
            tally.wrapped_pairs += (book->lines[key].to >> other & 1) == 0 ? 1 : 0;
            book_check(book, WRITTEN_KEYS_ARE_SHARED, !has(lacks, key));
        }
    }
}

static bool has_odd_clock(const struct book *book, size_t node) {
    return book->nodes[node].clock != CLOCK_RIGHT;
}

static bool same_heads(const struct epoch_plan *left, const struct epoch_plan *right) {
    return left->head_count == right->head_count &&
           memcmp(left->heads, right->heads, sizeof left->heads) == 0;
}

static void check_plans(const struct book *book, const struct end *end, size_t one, size_t other) {
    struct epoch_plan left, right;
    bool both = view_plan(book, &end->views[one], one, &left) == RB_OK &&
                view_plan(book, &end->views[other], other, &right) == RB_OK;
    bool rests = both && !left.rotate && left.grant_count == 0;

    book_check(book, ALL_COMES_TO_REST, rests);
    if (!rests) {
        return;
    }
    view_check_use(book, one, &end->views[one], book_key(book, left.use));
    book_check(book, HEADS_ARE_SHARED, same_heads(&left, &right));
    if (!has_odd_clock(book, one) && !has_odd_clock(book, other)) {
        book_check(book, ALL_USE_ONE, memcmp(left.use, right.use, HASH_BYTES) == 0);
    }
}

/* Whoever knows of another has all in common with him.  What only those could open who are out now
 * nobody knows: by it, two may not know of each other, or not that somebody else is out. */
static void check_agreement(struct book *book) {
    struct end end;

    end_fill(book, &end);
    for (size_t one = 0; one < book_nodes(book); one++) {
        for (size_t other = 0; other < book_nodes(book); other++) {
            if ((end.active >> one & 1) == 0 || (end.in >> other & 1) == 0) {
                continue;
            }
            if (!book_device_is_in(book, end.views[one].circle, other)) {
                tally.apart++;
                continue;
            }
            check_pair(book, &end, one, other);
            check_plans(book, &end, one, other);
        }
    }
    tally.lost += end.active == 0 ? 1 : 0;
    end_clear(&end, book);
}

/* ---- Worlds ---- */

/* The creator invites everybody and gives him the key. */
static void run_beginning(struct book *book) {
    uint64_t genesis = made_genesis(book->made, book_author(book, 0), 0);

    book_enter(book, 0, genesis, (struct line) { .to = 1 });
    for (size_t p = 1; p < book->people; p++) {
        uint64_t op = made_add(book->made, book_author(book, 0), book_letter(book, p),
                               CIRCLE_MANAGER, book->nodes[0].last);
        book_enter_plain(book, 0, op, 0);
    }
    struct view view = view_make(book, 0);
    (void)view_prepare(book, 0, &view, GRANT_ALL); /* His key is the first. */
    circle_destroy(&view.circle);
    tell_all(book);
}

/* One member makes many keys and seals each to one other member alone. */
static void run_flood(struct book *book) {
    size_t flooder = random_below(&book->random, book->people);
    size_t victim = random_below(&book->random, book->people);
    uint64_t heads = book->nodes[0].last;

    for (size_t i = 0; i < FLOOD_KEYS; i++) {
        book_write_epoch(book, flooder, 1U << victim, 0, heads);
    }
    book->nodes[victim].knows |= book->nodes[flooder].knows;
}

static void run_steps(struct book *book, size_t ops_max) {
    for (size_t i = 0; i < STEPS && book->made->count < ops_max; i++) {
        step(book);
    }
}

/* Each odd clock may cost one more, since to its owner the others' keys are too old, or his to
 * them. */
static void run_exchange(struct book *book) {
    size_t rotations = 0;
    size_t rounds = 0;

    tell_all(book);
    while (rounds < ROUNDS_MAX && round_of_all(book, &rotations)) {
        book_check(book, ROTATION_STOPS,
                   rotations <= ROTATIONS_MAX || rotations <= 1 + book->odd_clocks);
        rounds++;
    }
    book_check(book, ALL_COMES_TO_REST, rounds < ROUNDS_MAX);
}

static void clocks_set(struct book *book) {
    size_t first = random_below(&book->random, book->people);

    if (random_chance(&book->random, 30)) {
        book->nodes[first].clock = CLOCK_LONG_AGO;
        book->odd_clocks++;
    }
    if (random_chance(&book->random, 20)) {
        book->nodes[(first + 1) % book->people].clock = CLOCK_FAR_AHEAD;
        book->odd_clocks++;
    }
}

static void run(uint64_t seed, bool with_flood) {
    struct book *book = rb_alloc(1, sizeof *book);

    book->seed = seed;
    book->is_flooded = with_flood;
    book->random.state = seed;
    book->made = made_circle_new();
    book->now_ms = START_MS;
    book->people = PEOPLE_MIN + random_below(&book->random, BOOK_PEOPLE_MAX - PEOPLE_MIN + 1);
    book->stolen_max = random_below(&book->random, STOLEN_MAX + 1);
    clocks_set(book);
    run_beginning(book);
    if (with_flood) {
        run_flood(book);
    }
    run_steps(book, with_flood ? OPS_BEFORE_FLOODED_EXCHANGE : OPS_BEFORE_EXCHANGE);
    run_exchange(book);
    tally.worlds++;
    tally.operations += book->made->count;
    tally.rotations += book->counts.rotations;
    tally.grants += book->counts.grants;
    if (book->made->count < OPS_MAX) {
        check_agreement(book);
    } else {
        tally.full++; /* There was no room to end in. */
    }
    made_circle_free(book->made);
    free(book);
}

static uint64_t number_from(const char *name, uint64_t otherwise) {
    const char *value = getenv(name);

    return value != NULL ? strtoull(value, NULL, 10) : otherwise;
}

static void tally_print(void) {
    print_message(
        "worlds %zu (%zu without room), operations %zu, contents %zu, rotations %zu, "
        "grants %zu, keys asked for %zu, removals %zu, revocations %zu, thefts %zu, keys of others "
        "%zu (%zu not sealed when made), pairs apart %zu, lost %zu\n",
        tally.worlds, tally.full, tally.operations, tally.contents, tally.rotations, tally.grants,
        tally.requests, tally.removed, tally.revoked, tally.thefts, tally.pairs,
        tally.wrapped_pairs, tally.apart, tally.lost);
}

/* REMBUK_SEED=n begins there; with REMBUK_WORLDS=1 that is the only one. */
static void run_many(uint64_t count, bool with_flood) {
    uint64_t first = number_from("REMBUK_SEED", 1);

    count = number_from("REMBUK_WORLDS", count);
    tally = (struct tally) { 0 };
    book_forget();
    for (uint64_t seed = first; seed < first + count; seed++) {
        run(seed, with_flood);
    }
    tally_print();
}

static int worlds(void **state) {
    (void)state;
    run_many(WORLDS, false);
    return 0;
}

static int flooded_worlds(void **state) {
    (void)state;
    run_many(FLOODS, true);
    return 0;
}

/* ---- What must be true ---- */

/* It was looked at, or the search is not worth its name. */
static void expect(enum property property) {
    struct finding found = book_found(property);

    if (found.seed != 0) {
        fail_msg("not true with seed %llu", (unsigned long long)found.seed);
    }
    assert_true(found.looked > 0);
}

static void nobody_outside_gets_a_key_from_a_writer_who_knew(void **state) {
    (void)state;
    expect(GIVEN_TO_NOBODY_OUTSIDE);
}

static void a_writer_wraps_keys_that_he_holds(void **state) {
    (void)state;
    expect(WRAPS_WHAT_IS_HELD);
}

static void nothing_is_written_under_a_key_that_somebody_outside_can_open(void **state) {
    (void)state;
    expect(UNDER_A_KEY_OF_MEMBERS);
}

static void nothing_is_written_under_a_key_of_more_than_90_days(void **state) {
    (void)state;
    expect(UNDER_A_KEY_OF_TODAY);
}

static void everybody_allowed_can_open_every_key_that_was_ever_written_under(void **state) {
    (void)state;
    expect(WRITTEN_KEYS_ARE_SHARED);
}

static void everybody_allowed_holds_every_maximal_key(void **state) {
    (void)state;
    expect(HEADS_ARE_SHARED);
}

static void all_whose_clocks_are_right_write_under_one_key(void **state) {
    (void)state;
    expect(ALL_USE_ONE);
}

static void rotation_stops_within_two_epochs(void **state) {
    (void)state;
    expect(ROTATION_STOPS);
}

static void all_comes_to_rest(void **state) {
    (void)state;
    expect(ALL_COMES_TO_REST);
}

/* With one world alone there may have been nobody to ask. */
static void keys_are_asked_for_only_where_somebody_seals_by_hand(void **state) {
    (void)state;
    assert_int_equal(book_found(ASKED_BECAUSE_OF_THIEVES).seed, 0);
}

static void hardly_a_world_has_no_room_to_end_in(void **state) {
    (void)state;
    assert_true(tally.full * 20 <= tally.worlds);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_outside_gets_a_key_from_a_writer_who_knew),
        cmocka_unit_test(a_writer_wraps_keys_that_he_holds),
        cmocka_unit_test(nothing_is_written_under_a_key_that_somebody_outside_can_open),
        cmocka_unit_test(nothing_is_written_under_a_key_of_more_than_90_days),
        cmocka_unit_test(everybody_allowed_can_open_every_key_that_was_ever_written_under),
        cmocka_unit_test(everybody_allowed_holds_every_maximal_key),
        cmocka_unit_test(all_whose_clocks_are_right_write_under_one_key),
        cmocka_unit_test(rotation_stops_within_two_epochs),
        cmocka_unit_test(all_comes_to_rest),
        cmocka_unit_test(keys_are_asked_for_only_where_somebody_seals_by_hand),
        cmocka_unit_test(hardly_a_world_has_no_room_to_end_in),
    };

    assert_int_equal(crypt_start(), RB_OK);
    int failed = cmocka_run_group_tests_name("worlds", tests, worlds, NULL);
    return failed + cmocka_run_group_tests_name("a flood of keys for one member", tests,
                                                flooded_worlds, NULL);
}
