/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fold against a naive oracle, on random operations delivered in many orders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/circle_chooser.h"
#include "tests/support/random.h"

#include <stdlib.h>
#include <string.h>

enum {
    GRAPHS = 16000,
    OPS_MIN = 2,
    OPS_MAX = 8,
    ALL_ORDERS_OPS_MAX = 5, /* above, not every order is tried */
    RANDOM_ORDERS = 8
};

static size_t random_choice(void *context, size_t limit) {
    return random_below(context, limit);
}

struct delivery {
    const struct made_circle *made;
    const struct circle_answers *answers;
    uint64_t seed;
    struct op ops[OPS_MAX]; /* in the order of this delivery */
};

static void check_order(struct delivery *delivery, const size_t order[static OPS_MAX]) {
    for (size_t i = 0; i < delivery->made->count; i++) {
        delivery->ops[i] = delivery->made->ops[order[i]];
    }
    const char *difference =
        circle_answers_differ(delivery->answers, delivery->ops, delivery->made->count);
    if (difference != NULL) {
        fail_msg("seed %llu: the fold answers otherwise about %s",
                 (unsigned long long)delivery->seed, difference);
    }
}

static void swap(size_t *a, size_t *b) {
    size_t kept = *a;

    *a = *b;
    *b = kept;
}

/* Heap's algorithm, without recursion. */
static void check_all_orders(struct delivery *delivery) {
    size_t order[OPS_MAX] = { 0, 1, 2, 3, 4, 5, 6, 7 };
    size_t turns[OPS_MAX] = { 0 };
    size_t i = 0;

    check_order(delivery, order);
    while (i < delivery->made->count) {
        if (turns[i] == i) {
            turns[i++] = 0;
            continue;
        }
        swap(&order[i % 2 == 0 ? 0 : turns[i]], &order[i]);
        check_order(delivery, order);
        turns[i]++;
        i = 0;
    }
}

static void check_random_orders(struct delivery *delivery, struct random *random) {
    size_t order[OPS_MAX] = { 0, 1, 2, 3, 4, 5, 6, 7 };

    for (size_t n = 0; n < RANDOM_ORDERS; n++) {
        for (size_t i = delivery->made->count; i > 1; i--) {
            swap(&order[i - 1], &order[random_below(random, i)]);
        }
        check_order(delivery, order);
    }
}

static void check_seed(uint64_t seed) {
    struct random random = { .state = seed };
    struct chooser chooser = { .below = random_choice, .context = &random };
    struct made_circle *made = made_circle_new();
    size_t person_count = 2 + random_below(&random, 4);
    size_t op_count = OPS_MIN + random_below(&random, OPS_MAX - OPS_MIN + 1);

    chosen_circle(made, &chooser, op_count, person_count);
    struct circle_answers *answers = circle_answers_new(made, &chooser, person_count);
    struct delivery delivery = { .made = made, .answers = answers, .seed = seed };
    if (op_count <= ALL_ORDERS_OPS_MAX) {
        check_all_orders(&delivery);
    } else {
        check_random_orders(&delivery, &random);
    }
    circle_answers_free(answers);
    made_circle_free(made);
}

/* REMBUK_SEED=n tries one graph only. */
static void fold_agrees_with_the_oracle_in_every_order(void **state) {
    const char *only = getenv("REMBUK_SEED");
    (void)state;

    if (only != NULL) {
        check_seed(strtoull(only, NULL, 10));
        return;
    }
    for (uint64_t seed = 1; seed <= GRAPHS; seed++) {
        check_seed(seed);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fold_agrees_with_the_oracle_in_every_order),
    };

    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
