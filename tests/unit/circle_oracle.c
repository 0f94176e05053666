/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fold against a naive oracle, and against sentences that must be true of every circle, on
 * random operations in many orders.  script/oracle does the same for longer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/circle_trial.h"

#include <stdlib.h>

static struct circle_trial trial;

static uint64_t number_of(const char *name, uint64_t otherwise) {
    const char *text = getenv(name);

    return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

/* REMBUK_GRAPHS=n tries as many, REMBUK_SEED=n that one only. */
static int run_all(void **state) {
    uint64_t only = number_of("REMBUK_SEED", 0);
    uint64_t graphs = number_of("REMBUK_GRAPHS", REMBUK_GRAPHS);
    (void)state;

    circle_trial_init(&trial);
    if (only != 0) {
        circle_trial_run(&trial, only);
        return 0;
    }
    for (uint64_t seed = 1; seed <= graphs; seed++) {
        circle_trial_run(&trial, seed);
    }
    circle_tally_print(&trial.tally);
    return 0;
}

static int end_all(void **state) {
    (void)state;
    circle_trial_clear(&trial);
    return 0;
}

static void is_true_of_every_circle(void **state) {
    size_t sentence = *(size_t *)*state;

    if (trial.failed[sentence] != 0) {
        fail_msg("seed %llu: not true: %s (%s)", (unsigned long long)trial.failed[sentence],
                 circle_sentence(sentence), sentence == 0 ? trial.answered_otherwise : "-");
    }
}

/* Of so many circles in a hundred it must be true, or the test has come to look at nothing. */
static void the_circles_are_interesting(void **state) {
    const struct circle_tally *tally = &trial.tally;
    (void)state;

    if (tally->circles < 1000) {
        skip();
    }
    assert_true(tally->removals * 100 >= tally->circles * 30);
    assert_true(tally->voided * 100 >= tally->circles * 10);
    assert_true(tally->mutual_removals * 100 >= tally->circles * 5);
    assert_true(tally->returns * 100 >= tally->circles * 3);
    assert_true(tally->revocations * 100 >= tally->circles * 5);
    assert_true(tally->promotions * 100 >= tally->circles * 5);
    assert_true(tally->adoptions * 100 >= tally->circles * 5);
    assert_true(tally->forks * 100 >= tally->circles * 10);
    assert_true(tally->owners_by_seniority * 100 >= tally->circles * 3);
}

int main(void) {
    struct CMUnitTest tests[CIRCLE_SENTENCES + 1];
    size_t sentences[CIRCLE_SENTENCES];

    for (size_t i = 0; i < CIRCLE_SENTENCES; i++) {
        sentences[i] = i;
        tests[i] = (struct CMUnitTest) { .name = circle_sentence(i),
                                         .test_func = is_true_of_every_circle,
                                         .initial_state = &sentences[i] };
    }
    tests[CIRCLE_SENTENCES] = (struct CMUnitTest)cmocka_unit_test(the_circles_are_interesting);
    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, run_all, end_all);
}
