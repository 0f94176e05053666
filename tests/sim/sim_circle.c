/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Random circles, as many as one likes: the fold against the naive oracle, and against sentences
 * that must be true of every circle.  Ends at the first that is not. */
#include "tests/support/circle_trial.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile uint64_t seed;

enum { CIRCLE_SECONDS_MAX = 30 };

static void announce_seed(int signal_number) {
    (void)signal_number;
    (void)fprintf(stderr, "seed %" PRIu64 ": stopped\n", seed);
    _exit(EXIT_FAILURE);
}

static uint64_t number_of(const char *text) {
    char *end = NULL;
    unsigned long long value = strtoull(text, &end, 10);

    if (*text == '\0' || *end != '\0' || value == 0) {
        (void)fputs("usage: sim_circle [--seeds N] [--first S]\n", stderr);
        exit(EXIT_FAILURE);
    }
    return value;
}

/* True if all was true of the circle of this seed. */
static bool is_good(const struct circle_trial *trial) {
    for (size_t i = 0; i < CIRCLE_SENTENCES; i++) {
        if (trial->failed[i] != 0) {
            (void)printf("seed %" PRIu64 ": not true: %s", seed, circle_sentence(i));
            (void)printf(i == 0 ? " (%s)\n" : "\n", trial->answered_otherwise);
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv) {
    uint64_t seeds = 1000, first = 1;
    struct circle_trial trial;
    bool good = true;

    for (int i = 1; i + 1 < argc; i += 2) {
        uint64_t value = number_of(argv[i + 1]);
        seeds = strcmp(argv[i], "--seeds") == 0 ? value : seeds;
        first = strcmp(argv[i], "--first") == 0 ? value : first;
    }
    if (crypt_start() != RB_OK) {
        return EXIT_FAILURE;
    }
    (void)signal(SIGABRT, announce_seed); /* A failed assert names the seed too, */
    (void)signal(SIGALRM, announce_seed); /* and a fold that never ends. */
    circle_trial_init(&trial);
    for (seed = first; good && seed < first + seeds; seed++) {
        (void)alarm(CIRCLE_SECONDS_MAX);
        circle_trial_run(&trial, seed);
        good = is_good(&trial);
    }
    circle_tally_print(&trial.tally);
    (void)printf("%10d sentences looked at in each: %s\n", (int)CIRCLE_SENTENCES,
                 good ? "all true" : "not all true");
    circle_trial_clear(&trial);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
