/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cuts power under a store at random moments: `sim_power --seeds N --first S`.
 *
 * A seed makes a store and works with it as the program does (power_work.c): transactions short and
 * long, some larger than the page cache, savepoints, checkpoints of every kind, VACUUM, closing and
 * opening.  Power is cut in the midst of any of it, of the creation, of the recovery after a cut
 * and of the closing; the disk keeps what it wants of all that was not synchronised
 * (tests/support/disk.h).  Or the process is killed, and what it has written is there as it was.
 * Afterwards the store opens, every transaction that was acknowledged is there, the one that was
 * being committed is there wholly or not at all, and the checks that SQLite and FTS5 have of their
 * own find nothing.
 *
 *     --plain           on plain SQLite, which must pass too; where its page cache spills it goes
 *                       back to no savepoint, for it would lose commits (power_work.c)
 *     --unsafe-header   on a vault without one of its rules, which must not:
 *     --expect-failure  turns the outcome round; the first seed that fails is enough */
#include "tests/sim/power_world.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIVES = 10, STEPS = 40 };

static uint64_t seed;

static void announce_seed(int number) {
    (void)number;
    (void)fprintf(stderr, "sim_power: seed %" PRIu64 "\n", seed);
}

/* ---- Creation: cut off, it is begun again ---- */

static void remove_all(struct power *power) {
    disk_remove(power->disk, POWER_PATH);
    disk_remove(power->disk, POWER_WAL);
    disk_remove(power->disk, POWER_PATH "-journal");
}

static bool file_make(struct power *power) {
    enum { CALLS = 12 };

    for (;;) {
        power->phase = POWER_CREATION;
        if (random_chance(&power->random, 40)) {
            disk_cut_after(power->disk, DISK_ANY, random_below(&power->random, CALLS));
        }
        const enum rb_status status = power_store_make(&power->store);
        if (!disk_is_off(power->disk)) {
            disk_cut_never(power->disk);
            disk_sync_folder(power->disk);
            if (status != RB_OK) {
                power_fail(power, "vault_create fails");
            }
            return status == RB_OK;
        }
        power_end_life(power);
        remove_all(power);
    }
}

static bool schema_make(struct power *power) {
    int result = power_store_expect(&power->store, "PRAGMA user_version", "1");

    if (result == SQLITE_MISMATCH) {
        result = power_store_do(&power->store, "BEGIN IMMEDIATE");
    }
    if (result == SQLITE_OK && sqlite3_get_autocommit(power->store.sqlite) == 0) {
        result = power_store_do(&power->store, model_schema);
    }
    if (result == SQLITE_OK && sqlite3_get_autocommit(power->store.sqlite) == 0) {
        result = power_store_do(&power->store, "COMMIT");
    }
    return power_went(power, result, "the tables cannot be made");
}

/* From here on what stands on the disk must open, with its tables or without. */
static bool store_make(struct power *power) {
    while (!power->failed) {
        power->phase = POWER_CREATION;
        power_threaten(power, 40, 7);
        const int result = power_store_open(&power->store);
        if (power_went(power, result, "a new store does not open") && schema_make(power)) {
            disk_cut_never(power->disk);
            disk_sync_folder(power->disk); /* Plain SQLite leaves that to the program. */
            return true;
        }
        power_end_life(power);
    }
    return false;
}

/* ---- Lives ---- */

static void live(struct power *power) {
    bool goes_on = true;

    power_threaten(power, 90, 11);
    for (size_t i = 0; i < STEPS && goes_on; i++) {
        goes_on = power_step(power);
    }
    if (goes_on) {
        power->phase = POWER_CLOSE;
        power_threaten(power, 70, 7);
    }
    if (goes_on && random_chance(&power->random, 30)) {
        disk_cut(power->disk);
    }
    power_end_life(power);
    if (random_chance(&power->random, 20)) {
        disk_cut(power->disk); /* What the closing did not synchronise is at stake. */
        power_end_life(power);
    }
}

static void choose_settings(struct power *power) {
    static const int checkpoint_pages[] = { 5, 20, 100, 400, 4000 };
    struct random *random = &power->random;

    disk_set_sector_bytes(power->disk, random_chance(random, 50) ? 512 : 4096);
    random_fill(random, &power->store.key, sizeof power->store.key);
    power->store.cache_pages = random_chance(random, 50) ? 0 : 5 + (int)random_below(random, 60);
    power->store.checkpoint_pages = checkpoint_pages[random_below(random, 5)];
}

static void simulate(enum power_below below, struct power_figures *figures) {
    static struct power power; /* Large. */

    power = (struct power) { .seed = seed,
                             .random.state = seed,
                             .store.below = below,
                             .figures = figures,
                             .disk = disk_new(seed + (UINT64_C(1) << 32)) };
    choose_settings(&power);
    bool goes_on = file_make(&power) && store_make(&power);
    power_end_life(&power);
    for (size_t i = 0; i < LIVES && goes_on; i++) {
        goes_on = power_begin_life(&power);
        if (goes_on) {
            live(&power);
        }
        goes_on = !power.failed;
    }
    goes_on = goes_on && power_begin_life(&power);
    (void)power_store_close(&power.store);
    figures->seeds_failed += power.failed ? 1 : 0;
    disk_destroy(&power.disk);
}

/* ---- The program ---- */

struct options {
    uint64_t seeds, first;
    enum power_below below;
    bool failure_expected;
};

static void usage(void) {
    (void)fputs(
        "usage: sim_power [--seeds N] [--first S] [--plain | --unsafe-header]"
        " [--expect-failure]\n",
        stderr);
    exit(EXIT_FAILURE);
}

static uint64_t number_of(const char *text) {
    char *end = NULL;
    const unsigned long long value = text == NULL ? 0 : strtoull(text, &end, 10);

    if (end == NULL || *text == '\0' || *end != '\0') {
        usage();
    }
    return value;
}

static struct options options_of(char **argv) {
    struct options options = { .seeds = 20, .first = 1 };

    for (char **at = argv + 1; *at != NULL; at++) {
        if (strcmp(*at, "--seeds") == 0) {
            options.seeds = number_of(*++at);
        } else if (strcmp(*at, "--first") == 0) {
            options.first = number_of(*++at);
        } else if (strcmp(*at, "--plain") == 0) {
            options.below = POWER_PLAIN;
        } else if (strcmp(*at, "--unsafe-header") == 0) {
            options.below = POWER_UNSAFE_HEADER;
        } else if (strcmp(*at, "--expect-failure") == 0) {
            options.failure_expected = true;
        } else {
            usage();
        }
    }
    return options;
}

static void tell(const struct options *options, const struct power_figures *figures) {
    uint64_t cuts = 0;

    for (size_t i = 0; i < POWER_PHASES; i++) {
        cuts += figures->cuts[i];
    }
    (void)printf("%" PRIu64 " seeds from %" PRIu64 ": %" PRIu64 " power cuts, %" PRIu64
                 " kills, %" PRIu64 " commits acknowledged, %" PRIu64 " refused, %" PRIu64
                 " seeds failed\n",
                 seed - options->first, options->first, cuts, figures->kills, figures->commits,
                 figures->refused, figures->seeds_failed);
    for (size_t i = 0; i < POWER_PHASES; i++) {
        (void)printf("  %-12s %8" PRIu64 "\n", power_phase_names[i], figures->cuts[i]);
    }
}

int main(int argc, char **argv) {
    struct power_figures figures = { 0 };

    (void)argc;
    const struct options options = options_of(argv);
    if (crypt_start() != RB_OK) {
        return EXIT_FAILURE;
    }
    (void)signal(SIGABRT, announce_seed); /* A failed assert names the seed too. */
    seed = options.first;
    while (seed < options.first + options.seeds &&
           !(options.failure_expected && figures.seeds_failed > 0)) {
        simulate(options.below, &figures);
        seed++;
    }
    tell(&options, &figures);
    return (figures.seeds_failed > 0) == options.failure_expected ? EXIT_SUCCESS : EXIT_FAILURE;
}
