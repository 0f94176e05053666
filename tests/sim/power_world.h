/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One seed of sim_power: a disk, a store on it, and what the store has promised to hold.
 *
 * Every function here says whether life goes on: false after a power cut, and after a failure that
 * no cut explains (then `failed` is set and told). */
#ifndef REMBUK_TESTS_POWER_WORLD_H
#define REMBUK_TESTS_POWER_WORLD_H

#include "tests/sim/power_model.h"
#include "tests/sim/power_store.h"

/* What was going on when power was cut. */
enum power_phase {
    POWER_CREATION,
    POWER_OPENING,    /* with the recovery after the last cut */
    POWER_READING,    /* all of it, to see what is there */
    POWER_STATEMENT,  /* within a transaction: the page cache spills */
    POWER_COMMIT,     /* frames and their sync */
    POWER_CHECKPOINT, /* pages, marker and their syncs; of a commit, or asked for */
    POWER_RESTART,    /* the header of the WAL */
    POWER_VACUUM,
    POWER_CLOSE,
    POWER_IDLE, /* between two calls */
    POWER_PHASES
};
extern const char *const power_phase_names[POWER_PHASES];

struct power_figures {
    uint64_t cuts[POWER_PHASES];
    uint64_t kills;
    uint64_t commits; /* acknowledged */
    uint64_t refused; /* by the vault, since no recovery would find them */
    uint64_t seeds_failed;
};

enum { POWER_SAVEPOINTS = 3 };

struct power {
    uint64_t seed;
    struct random random;
    struct disk *disk;
    struct power_store store;
    enum power_phase phase;
    enum power_phase last_cut;
    struct model committed;
    struct model pending; /* with the transaction that is open */
    bool in_flight;       /* COMMIT was asked for: it may have become what is committed */
    struct model savepoints[POWER_SAVEPOINTS];
    size_t savepoint_count;
    bool went_back; /* to one of them, in this transaction */
    struct power_figures *figures;
    bool failed;
};

void power_fail(struct power *power, const char *what);

/* SQLite's result for `what`: it may fail only when power is off. */
bool power_went(struct power *power, int result, const char *what);
bool power_do(struct power *power, const char *sql);

/* Power is cut within some of the next changes, `percent` times of a hundred. */
void power_threaten(struct power *power, unsigned percent, unsigned changes_log2);

/* One thing that a program does: a transaction, a checkpoint, VACUUM ... (power_work.c) */
bool power_step(struct power *power);

/* COMMIT of the open transaction; with OK the store has promised `pending`. */
bool power_commit(struct power *power);

/* Closes the store or, while power is on, half the times kills its process; turns power on again if
 * it is off. */
void power_end_life(struct power *power);

/* Opens, and opens again while power is cut, and looks whether all is there. */
bool power_begin_life(struct power *power);

#endif
