/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Worlds of whole nodes (world.h) through thousands of bad days:
 *
 *     sim_world --seeds N --first S --world day|month
 *
 * A seed chooses how many nodes there are, what people do (month.h) and what goes wrong (faults.h).
 * When the days are over all faults end, everybody meets everybody, and what must hold at rest is
 * checked (invariants.h).  The first seed that breaks an invariant ends the run: the schedule of
 * its faults is made as short as it gets while the same invariant breaks, and printed with the
 * command that shows it again.
 *
 *     --tell         prints what happens
 *     --no-shrink    leaves the schedule as it is
 *     --go-on        after a seed that breaks something, too; nothing is shrunk then
 *     --no-faults    everything goes well
 *     --without C    no faults of that class (faults.h); may stand several times
 *     --cheat D      somebody cheats in this way (byzantine.h), and in no other
 *     --plain        nobody gets a second computer, nobody comes later, there is no office
 *     --twice        runs each seed twice: the trace has to be the same
 *     --seeds-of F   the seeds of a file, one in each line, which ends in what it taught
 *     --mutate M     with a mistake put into the code (mutation.c)
 *     --expect I     some seed breaks invariant I; if none does, that is the failure */
#include "tests/sim/byzantine.h"
#include "tests/sim/faults.h"
#include "tests/sim/invariants.h"
#include "tests/sim/month.h"
#include "tests/sim/month_computers.h"
#include "tests/sim/month_joining.h"
#include "tests/sim/mutation.h"
#include "tests/sim/world_link.h"

#include <assert.h>
#include <inttypes.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    SETTLE_TURNS = 24, /* half hours until all heads must be the same */
    SHRINK_RUNS_MAX = 200,
    NODE_DAYS_MAX = 10 /* of a default seed */
};
#define CROWD_SEED UINT64_C(0x8DDE6E5FD29F0540)

struct options {
    uint64_t seeds, first;
    const char *seeds_of;
    bool month, plain, tells, no_shrink, no_faults, twice, goes_on;
    unsigned without;  /* a bit for each class of faults that does not happen */
    const char *cheat; /* NULL: as the seed has it */
    enum bad_deed deed;
    const char *mutation;
    int expected; /* -1: nothing breaks */
};

struct totals {
    uint64_t seeds;
    struct world_figures figures;
    uint64_t faults[FAULT_CLASSES];
    uint64_t checks[INVARIANTS];
    struct month_figures month;
    uint64_t computers[COMPUTER_STEPS], joinings[JOINING_STEPS];
    uint64_t posts; /* held against the model */
    clock_t began;
};

/* How a seed ended. */
struct outcome {
    bool failed;
    int broken;
    char failure[sizeof((struct world *)0)->failure];
    uint64_t trace;
};

static const char crypto[] = SIM_CRYPTO;
static struct world world; /* one at a time, and too large for the stack */
static uint64_t seed_now;

static void announce_seed(int number) {
    (void)number;
    (void)fprintf(stderr, "sim_world: seed %" PRIu64 "\n", seed_now);
}

/* ---- One seed ---- */

/* The long world is four weeks of an office; each fourth one is a week of a group of seventy. */
static bool is_large(const struct options *options, uint64_t seed) {
    return options->month && seed % 4 == 0;
}

static size_t nodes_of(const struct options *options, uint64_t seed) {
    struct random random = { .state = seed };
    const size_t few = 3 + random_below(&random, 6);

    return is_large(options, seed) ? 70 : options->month ? 20 : few;
}

/* In half of the seeds, to which those of seeds.txt do not belong, there are some of these: second
 * computers, newcomers, an office. */
static struct world_crowd crowd_of(const struct options *options, uint64_t seed, size_t nodes) {
    struct random random = { .state = seed ^ CROWD_SEED };
    struct world_crowd crowd = { .nodes = nodes };
    const size_t room = nodes > 20 ? 4 : nodes / 3;

    if (options->plain || random_chance(&random, 50)) {
        return crowd;
    }
    crowd.spares = random_below(&random, room + 1);
    crowd.newcomers = nodes > 3 && random_chance(&random, 30) ? 1 : 0;
    crowd.has_office = random_chance(&random, 50);
    return crowd;
}

static struct month_plan plan_of(const struct options *options, uint64_t seed, size_t nodes) {
    struct random random = { .state = seed ^ UINT64_C(0xD1B54A32D192ED03) };

    if (options->month) {
        return (struct month_plan) {
            .days = is_large(options, seed) ? 7 : 28,
            .acts_a_day = 6,
            .circles_max = 12,
            .change_percent = 10,
            .everybody = true,
        };
    }
    return (struct month_plan) {
        .days = 1 + (unsigned)random_below(&random, NODE_DAYS_MAX / nodes),
        .acts_a_day = 8 + (unsigned)random_below(&random, 24),
        .circles_max = 1 + (unsigned)random_below(&random, 4),
        .change_percent = (unsigned)random_below(&random, 50),
    };
}

static void settle(void) {
    for (size_t i = 0; i < SETTLE_TURNS && !world.failed; i++) {
        world_run(&world, world.now_ms + HOUR_MS / 2);
        if (!world.failed && invariants_settled(&world)) {
            break;
        }
    }
}

/* Until all heads are the same; then what must hold at rest.  How many posts were held against the
 * model. */
static size_t rest(void) {
    faults_cease(&world);
    month_rest(&world);
    settle();
    if (!world.failed && (world.crowd.spares > 0 || world.crowd.has_office)) {
        month_greet(&world);
        settle();
    }
    if (!world.failed) {
        invariants_at_rest(&world);
    }
    return world.failed ? 0 : month_check(&world);
}

static void totals_add(struct totals *totals) {
    const struct world_figures *figures = &world.figures;

    totals->seeds++;
    totals->figures.events += figures->events;
    totals->figures.passes += figures->passes;
    totals->figures.frames += figures->frames;
    totals->figures.frame_bytes += figures->frame_bytes;
    totals->figures.node_ms += figures->node_ms;
    totals->figures.starts += figures->starts;
    for (size_t i = 0; i < FAULT_CLASSES; i++) {
        totals->faults[i] += faults_injected(&world)[i];
    }
    for (size_t i = 0; i < INVARIANTS; i++) {
        totals->checks[i] += invariants_checks(&world)[i];
    }
    for (size_t i = 0; i < ACT_SORTS; i++) {
        totals->month.done[i] += month_figures(&world)->done[i];
        totals->month.refused[i] += month_figures(&world)->refused[i];
    }
    for (size_t i = 0; i < COMPUTER_STEPS; i++) {
        totals->computers[i] += computers_done(&world)[i];
    }
    for (size_t i = 0; i < JOINING_STEPS; i++) {
        totals->joinings[i] += joining_done(&world)[i];
    }
}

static struct outcome run(const struct options *options, uint64_t seed,
                          const struct fault_plan *faults, bool tells, struct totals *totals) {
    const size_t nodes = nodes_of(options, seed);
    const struct month_plan plan = plan_of(options, seed, nodes);
    const struct world_crowd crowd = crowd_of(options, seed, nodes);
    struct outcome outcome = { 0 };

    world_new(&world, seed, &crowd);
    world.tells = tells;
    invariants_begin(&world);
    faults_begin(&world, faults);
    month_begin(&world, &plan);
    world_run(&world, plan.days * DAY_MS);
    const size_t posts = world.failed ? 0 : rest();
    if (totals != NULL) {
        totals_add(totals);
        totals->posts += posts;
    }
    outcome.failed = world.failed;
    outcome.broken = world.broken;
    outcome.trace = world.trace;
    memcpy(outcome.failure, world.failure, sizeof outcome.failure);
    month_end(&world);
    faults_end(&world);
    world_clear(&world);
    return outcome;
}

/* ---- Shrinking: leaves out as many faults as possible ---- */

static void leave_out(struct fault_plan *plan, size_t from, size_t count) {
    for (size_t i = from; i < from + count && i < plan->count; i++) {
        plan->faults[i].is_left_out = true;
    }
}

static bool is_out(const struct fault_plan *plan, size_t from, size_t count) {
    for (size_t i = from; i < from + count && i < plan->count; i++) {
        if (!plan->faults[i].is_left_out) {
            return false;
        }
    }
    return true;
}

/* Pieces half as long in each round; a piece that is not needed stays out. */
static void shrink(const struct options *options, uint64_t seed, int broken,
                   struct fault_plan *plan) {
    struct fault *before = rb_alloc(plan->count + 1, sizeof *before);
    size_t runs = 0;

    for (size_t piece = plan->count; piece > 0; piece /= 2) {
        for (size_t at = 0; at < plan->count && runs < SHRINK_RUNS_MAX; at += piece) {
            if (is_out(plan, at, piece)) {
                continue;
            }
            memcpy(before, plan->faults, plan->count * sizeof *before);
            leave_out(plan, at, piece);
            runs++;
            const struct outcome outcome = run(options, seed, plan, false, NULL);
            if (!outcome.failed || outcome.broken != broken) {
                memcpy(plan->faults, before, plan->count * sizeof *before);
            }
        }
    }
    free(before);
}

/* ---- Telling ---- */

static void print_failure(const struct options *options, uint64_t seed,
                          const struct outcome *outcome) {
    (void)printf("seed %" PRIu64 " breaks I%d: %s\n", seed, outcome->broken, outcome->failure);
    (void)printf("again: script/sim --crypto %s --world %s --first %" PRIu64 " --seeds 1 --tell",
                 crypto, options->month ? "month" : "day", seed);
    for (unsigned i = 0; i < FAULT_CLASSES; i++) {
        if ((options->without & 1U << i) != 0) {
            (void)printf(" --without %s", fault_names[i]);
        }
    }
    (void)printf(
        "%s%s%s%s%s%s\n", options->plain ? " --plain" : "",
        options->no_faults ? " --no-faults" : "", options->cheat != NULL ? " --cheat " : "",
        options->cheat != NULL ? options->cheat : "", options->mutation != NULL ? " --mutate " : "",
        options->mutation != NULL ? options->mutation : "");
}

static void explain(const struct options *options, uint64_t seed, const struct outcome *outcome,
                    struct fault_plan *plan) {
    print_failure(options, seed, outcome);
    if (!options->no_shrink && !options->goes_on) {
        shrink(options, seed, outcome->broken, plan);
        (void)printf("the faults that are needed:\n");
        faults_print(plan);
        (void)printf("what happens then:\n");
        (void)run(options, seed, plan, true, NULL);
    }
}

static void print_counts(const char *what, const char *const *names, const uint64_t *counts,
                         size_t count) {
    (void)printf("%-10s", what);
    for (size_t i = 0; i < count; i++) {
        (void)printf(" %s %" PRIu64, names[i], counts[i]);
    }
    (void)printf("\n");
}

static void print_totals(const struct totals *totals) {
    const double days = (double)totals->figures.node_ms / (double)DAY_MS;
    const double minutes = (double)(clock() - totals->began) / CLOCKS_PER_SEC / 60;

    (void)printf("sim_world (%s cryptography): %" PRIu64
                 " seeds, %.0f node-days, %.0f in a CPU "
                 "minute\n",
                 crypto, totals->seeds, days, days / minutes);
    (void)printf("%-10s events %" PRIu64 " passes %" PRIu64 " frames %" PRIu64 " bytes %" PRIu64
                 " openings %" PRIu64 "\n",
                 "world", totals->figures.events, totals->figures.passes, totals->figures.frames,
                 totals->figures.frame_bytes, totals->figures.starts);
    print_counts("done", month_act_names, totals->month.done, ACT_SORTS);
    print_counts("refused", month_act_names, totals->month.refused, ACT_SORTS);
    print_counts("computers", computer_step_names, totals->computers, COMPUTER_STEPS);
    print_counts("joining", joining_step_names, totals->joinings, JOINING_STEPS);
    print_counts("faults", fault_names, totals->faults, FAULT_CLASSES);
    (void)printf("%-10s", "checks");
    for (size_t i = 0; i < INVARIANTS; i++) {
        if (totals->checks[i] > 0) {
            (void)printf(" I%zu %" PRIu64, i, totals->checks[i]);
        }
    }
    (void)printf(" posts against the model %" PRIu64 "\n", totals->posts);
}

/* ---- Many seeds ---- */

static bool seed_holds(const struct options *options, uint64_t seed, struct totals *totals) {
    const size_t nodes = nodes_of(options, seed);
    const int64_t length_ms = plan_of(options, seed, nodes).days * DAY_MS;
    struct fault_plan plan = { 0 };

    seed_now = seed;
    if (!options->no_faults) {
        faults_plan(&plan, seed, nodes, length_ms, options->month ? 1 : 4);
        faults_leave_out(&plan, options->without);
        if (options->cheat != NULL) {
            faults_cheat(&plan, options->deed);
        }
    }
    const struct outcome outcome = run(options, seed, &plan, options->tells, totals);
    bool holds = !outcome.failed;
    if (!holds && options->expected < 0) {
        explain(options, seed, &outcome, &plan);
    } else if (!holds) {
        print_failure(options, seed, &outcome);
    } else if (options->twice) {
        holds = run(options, seed, &plan, false, NULL).trace == outcome.trace;
        if (!holds) {
            (void)printf("seed %" PRIu64 " is not the same twice\n", seed);
        }
    }
    faults_clear(&plan);
    return options->expected < 0 ? holds : !outcome.failed || outcome.broken != options->expected;
}

/* Each line of the file begins with a seed, or is a comment. */
static bool file_holds(const struct options *options, struct totals *totals) {
    FILE *file = fopen(options->seeds_of, "r");
    char line[512];
    bool holds = file != NULL;

    while ((holds || options->goes_on) && file != NULL && fgets(line, sizeof line, file) != NULL) {
        char *end = NULL;
        const uint64_t seed = strtoull(line, &end, 10);
        holds = (end == line || seed_holds(options, seed, totals)) && holds;
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return holds;
}

static bool range_holds(const struct options *options, struct totals *totals) {
    bool holds = true;

    for (uint64_t i = 0; i < options->seeds && (holds || options->goes_on); i++) {
        holds = seed_holds(options, options->first + i, totals) && holds;
    }
    return holds;
}

static bool all_hold(const struct options *options, struct totals *totals) {
    return options->seeds_of != NULL ? file_holds(options, totals) : range_holds(options, totals);
}

/* ---- Options ---- */

static bool flag_read(struct options *options, const char *name) {
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {
        { "--tell", &options->tells },          { "--no-shrink", &options->no_shrink },
        { "--no-faults", &options->no_faults }, { "--twice", &options->twice },
        { "--go-on", &options->goes_on },       { "--plain", &options->plain },
    };

    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (strcmp(name, flags[i].name) == 0) {
            *flags[i].flag = true;
            return true;
        }
    }
    return false;
}

static bool value_read(struct options *options, const char *name, const char *value) {
    if (strcmp(name, "--seeds") == 0) {
        options->seeds = strtoull(value, NULL, 10);
    } else if (strcmp(name, "--first") == 0) {
        options->first = strtoull(value, NULL, 10);
    } else if (strcmp(name, "--seeds-of") == 0) {
        options->seeds_of = value;
    } else if (strcmp(name, "--expect") == 0) {
        options->expected = (int)strtol(value, NULL, 10);
    } else if (strcmp(name, "--mutate") == 0) {
        options->mutation = value;
        return mutation_choose(value);
    } else if (strcmp(name, "--cheat") == 0) {
        options->cheat = value;
        return bad_deed_read(value, &options->deed);
    } else if (strcmp(name, "--without") == 0) {
        return fault_class_read(value, &options->without);
    } else if (strcmp(name, "--world") == 0) {
        options->month = strcmp(value, "month") == 0;
        return options->month || strcmp(value, "day") == 0;
    } else {
        return false;
    }
    return true;
}

static bool options_read(struct options *options, int argc, char **argv) {
    *options = (struct options) { .seeds = 1, .first = 1, .expected = -1 };
    for (int i = 1; i < argc; i++) {
        if (flag_read(options, argv[i])) {
            continue;
        }
        if (i + 1 == argc || !value_read(options, argv[i], argv[i + 1])) {
            return false;
        }
        i++;
    }
    return true;
}

int main(int argc, char **argv) {
    struct totals totals = { .began = clock() };
    struct options options;

    if (!options_read(&options, argc, argv)) {
        (void)fprintf(stderr,
                      "usage: sim_world [--seeds N] [--first S] [--world day|month]"
                      " [--tell] [--no-shrink] [--go-on] [--no-faults] [--plain] [--twice]"
                      " [--seeds-of FILE]"
                      " [--without FAULT] [--cheat DEED] [--mutate M] [--expect I]\n");
        return EXIT_FAILURE;
    }
    (void)signal(SIGABRT, announce_seed);
    /* One thread; and nobody asks SQLite what it has allocated. */
    (void)sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    const bool hold = all_hold(&options, &totals);
    const bool is_right = hold == (options.expected < 0) && totals.seeds > 0;
    print_totals(&totals);
    return is_right ? EXIT_SUCCESS : EXIT_FAILURE;
}
