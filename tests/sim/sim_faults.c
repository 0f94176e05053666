/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Disks and memory that fail below the vault: `sim_faults --seeds N --first S`.
 *
 * For each way of failing (`modes`) the work of fault_work.c is done again and again, with the
 * first call failing, then the second, and so on, until the work needs no more calls.  One seed
 * takes every 16th call, and every 256th allocation, from that one on: `--seeds 16` takes all
 * calls, `--seeds 256` all allocations too.  ctest takes a few.  `--rounds R` makes the work
 * longer.  Required is that
 *
 *   - what failed says so, as a failure of the disk or of memory, never as damage;
 *   - what did not say so has happened, and stays, also if power fails next;
 *   - what said so has not happened, or, if it was the commit itself and the database is opened
 *     anew, happened wholly;
 *   - once the fault is over the next attempt goes well, in the same connection or a new one;
 *   - in the end the database is whole and nothing is damaged.
 *
 * `--control 1` demands the same of plain SQLite. */
#include "tests/sim/fault_memory.h"
#include "tests/sim/fault_work.h"
#include "tests/sim/sql_functions.h"
#include "tests/support/disk.h"

#include "protocol/crypt.h"
#include "store/vault.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVERY_CALL = 16, EVERY_ALLOCATION = 256, ROOM_STEP_BYTES = 700, ATTEMPTS_MAX = 64 };
static const char path[] = "/faults.db";

/* ---- Ways of failing, and ways on from there ---- */

enum way {
    WAY_SAME,   /* the connection is used on */
    WAY_REOPEN, /* it is closed while the fault is there, and opened when it is over */
    WAY_CUT     /* power fails next */
};

enum fault { FAULT_CALL, FAULT_ROOM, FAULT_MEMORY };

struct mode {
    const char *name;
    enum fault fault;
    unsigned calls; /* of FAULT_CALL; as the error */
    int error;
    bool lasts, partly;
    enum way way;
};

enum { MAKING = DISK_WRITE | DISK_CREATE };

static const struct mode modes[] = {
    { "any call", FAULT_CALL, DISK_ANY, EIO, false, false, WAY_SAME },
    { "any call, then closed", FAULT_CALL, DISK_ANY, EIO, false, false, WAY_REOPEN },
    { "any call, then a power cut", FAULT_CALL, DISK_ANY, EIO, false, false, WAY_CUT },
    { "all calls", FAULT_CALL, DISK_ANY, EIO, true, false, WAY_SAME },
    { "all calls, then closed", FAULT_CALL, DISK_ANY, EIO, true, false, WAY_REOPEN },
    { "all calls, then a power cut", FAULT_CALL, DISK_ANY, EIO, true, false, WAY_CUT },
    { "all reads", FAULT_CALL, DISK_READ, EIO, true, false, WAY_SAME },
    { "all writes", FAULT_CALL, DISK_WRITE, EIO, true, false, WAY_SAME },
    { "all writes, then a power cut", FAULT_CALL, DISK_WRITE, EIO, true, false, WAY_CUT },
    { "all syncs", FAULT_CALL, DISK_SYNC, EIO, true, false, WAY_SAME },
    { "all syncs, then closed", FAULT_CALL, DISK_SYNC, EIO, true, false, WAY_REOPEN },
    { "all syncs, then a power cut", FAULT_CALL, DISK_SYNC, EIO, true, false, WAY_CUT },
    { "a sync for want of room", FAULT_CALL, DISK_SYNC, ENOSPC, false, false, WAY_SAME },
    { "all truncations", FAULT_CALL, DISK_TRUNCATE, EIO, true, false, WAY_SAME },
    { "all openings", FAULT_CALL, DISK_OPEN | DISK_CREATE, EIO, true, false, WAY_SAME },
    { "all deletions", FAULT_CALL, DISK_DELETE, EIO, true, false, WAY_REOPEN },
    { "all sizes", FAULT_CALL, DISK_SIZE, EIO, true, false, WAY_SAME },
    { "all accesses", FAULT_CALL, DISK_ACCESS, EIO, true, false, WAY_SAME },
    { "all locks", FAULT_CALL, DISK_LOCK, EIO, true, false, WAY_SAME },
    { "a write for want of room", FAULT_CALL, MAKING, ENOSPC, false, false, WAY_SAME },
    { "all writes for want of room", FAULT_CALL, MAKING, ENOSPC, true, false, WAY_SAME },
    { "all writes for want of room, then closed", FAULT_CALL, MAKING, ENOSPC, true, false,
      WAY_REOPEN },
    { "a part of a write", FAULT_CALL, DISK_WRITE, EIO, false, true, WAY_SAME },
    { "a part of a write, then closed", FAULT_CALL, DISK_WRITE, ENOSPC, false, true, WAY_REOPEN },
    { "a part of all writes", FAULT_CALL, DISK_WRITE, ENOSPC, true, true, WAY_SAME },
    { "a part of all writes, then closed", FAULT_CALL, DISK_WRITE, ENOSPC, true, true, WAY_REOPEN },
    { "a part of a write, then a power cut", FAULT_CALL, DISK_WRITE, ENOSPC, false, true, WAY_CUT },
    { "a full disk", FAULT_ROOM, 0, ENOSPC, true, false, WAY_SAME },
    { "a full disk, then closed", FAULT_ROOM, 0, ENOSPC, true, false, WAY_REOPEN },
    { "a full disk, then a power cut", FAULT_ROOM, 0, ENOSPC, true, false, WAY_CUT },
    { "an allocation", FAULT_MEMORY, 0, ENOMEM, false, false, WAY_SAME },
    { "an allocation, then closed", FAULT_MEMORY, 0, ENOMEM, false, false, WAY_REOPEN },
    { "all allocations", FAULT_MEMORY, 0, ENOMEM, true, false, WAY_SAME },
    { "all allocations, then closed", FAULT_MEMORY, 0, ENOMEM, true, false, WAY_REOPEN },
};
enum { MODES = sizeof modes / sizeof modes[0] };

/* ---- One trial ---- */

static bool is_control;

static struct {
    const struct mode *mode;
    uint64_t after;
    struct disk *disk;
    struct vault *vault;
    sqlite3 *sqlite;
    uint64_t failed_before; /* allocations, in earlier trials */
    bool made;              /* the file is there, and durable */
    size_t step;
    int result;    /* of the last that was done */
    size_t stored; /* transactions that went well */
    unsigned attempts[WORK_TRANSACTIONS_MAX];
    unsigned attempt;  /* at the next one */
    uint64_t doubtful; /* attempts, as bits, whose commit failed */
    unsigned failures; /* told to the user */
} trial;

/* In this trial. */
static uint64_t faults(void) {
    return trial.mode->fault == FAULT_MEMORY ? memory_failures() - trial.failed_before
                                             : disk_failures(trial.disk);
}

static void say_where(void) {
    const struct work_step *step = work_step(trial.step);

    (void)fprintf(stderr,
                  "sim_faults: fails: %s, after %" PRIu64
                  " went well; step %zu, %zu stored: %s\n"
                  "Again with: sim_faults --mode %zu --at %" PRIu64 "\n",
                  trial.mode->name, trial.after, trial.step, trial.stored,
                  step->sql == NULL ? "close, open" : step->sql, (size_t)(trial.mode - modes),
                  trial.after);
}

static void fail(const char *what) {
    const struct damage damage =
        trial.vault == NULL ? (struct damage) { 0 } : vault_damage(trial.vault);

    (void)fprintf(stderr, "sim_faults: %s (result %d, damage %d at %" PRIu64 ")\n", what,
                  trial.result, (int)damage.part, damage.place);
    say_where();
    abort(); /* A core or a debugger shows the rest. */
}

static void mend(void) {
    memory_mend();
    disk_mend(trial.disk);
}

static void start_fault(void) {
    const struct mode *mode = trial.mode;

    switch (mode->fault) {
    case FAULT_CALL:
        disk_fail(trial.disk, (struct disk_failure) { .calls = mode->calls,
                                                      .after = trial.after,
                                                      .error = mode->error,
                                                      .lasts = mode->lasts,
                                                      .partly = mode->partly });
        break;
    case FAULT_ROOM:
        disk_set_room(trial.disk, (size_t)trial.after * ROOM_STEP_BYTES);
        break;
    case FAULT_MEMORY:
        memory_fail(trial.after, mode->lasts);
        break;
    }
}

/* Something failed, and that is what is said. */
static void check_honest(void) {
    const int kind = trial.result & 0xFF;
    const bool is_memory = kind == SQLITE_NOMEM || trial.result == SQLITE_IOERR_NOMEM;
    const bool is_disk = kind == SQLITE_IOERR || kind == SQLITE_FULL || kind == SQLITE_CANTOPEN;

    trial.failures++;
    if (faults() == 0) {
        fail("an error without a fault");
    }
    if (trial.vault != NULL && vault_damage(trial.vault).part != DAMAGE_NONE) {
        fail("a fault was taken for damage");
    }
    if (trial.result == SQLITE_IOERR_DATA || trial.result == SQLITE_IOERR_CORRUPTFS ||
        !(trial.mode->fault == FAULT_MEMORY ? is_memory : is_disk)) {
        fail("an error of another kind");
    }
}

/* ---- Opening and closing ---- */

static void close_database(void) {
    if (sqlite3_close(trial.sqlite) != SQLITE_OK) { /* NULL is fine. */
        fail("it does not close");
    }
    trial.sqlite = NULL;
}

/* As the creation of a home does: what is not finished is removed. */
static int make_database(void) {
    if (disk_has(trial.disk, path)) {
        disk_remove(trial.disk, path);
    }
    const enum rb_status status = vault_create(trial.vault, path);
    const bool is_full = trial.mode->error == ENOSPC;

    if (status == RB_OK) {
        disk_sync_folder(trial.disk);
        trial.made = true;
        return SQLITE_OK;
    }
    if (trial.mode->fault == FAULT_MEMORY) {
        return SQLITE_NOMEM;
    }
    if (status != (is_full ? RB_FULL : RB_STORAGE)) {
        fail("a creation that fails in another way");
    }
    return SQLITE_CANTOPEN;
}

static int take_mode(void *context, int columns, char **values, char **names) {
    (void)names;
    *(bool *)context = columns == 1 && strcmp(values[0], "wal") == 0;
    return 0;
}

/* As store/db.c has it, but with a small cache. */
static int configure(void) {
    static const char first[] =
        "PRAGMA locking_mode = EXCLUSIVE;"
        "PRAGMA trusted_schema = OFF;"
        "PRAGMA cell_size_check = ON;"
        "PRAGMA temp_store = MEMORY";
    static const char then[] =
        "PRAGMA synchronous = FULL;"
        "PRAGMA foreign_keys = ON;"
        "PRAGMA secure_delete = ON;"
        "PRAGMA cache_size = 8;"
        "PRAGMA wal_autocheckpoint = 25";
    bool is_wal = false;
    int result = sql_functions_add(trial.sqlite);

    if (result == SQLITE_OK) {
        result = sqlite3_exec(trial.sqlite, first, NULL, NULL, NULL);
    }
    if (result == SQLITE_OK) {
        result = sqlite3_exec(trial.sqlite, "PRAGMA journal_mode = WAL", take_mode, &is_wal, NULL);
    }
    if (result == SQLITE_OK) {
        result = sqlite3_exec(trial.sqlite, then, NULL, NULL, NULL);
    }
    return result == SQLITE_OK && !is_wal ? SQLITE_IOERR : result;
}

static int open_database(void) {
    const int create = is_control ? SQLITE_OPEN_CREATE : 0;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | create;
    int result = trial.made || is_control ? SQLITE_OK : make_database();

    if (result == SQLITE_OK) {
        result = sqlite3_open_v2(path, &trial.sqlite, flags,
                                 is_control ? NULL : vault_vfs_name(trial.vault));
    }
    if (result == SQLITE_OK) {
        result = configure();
    }
    if (result == SQLITE_OK && is_control) {
        disk_sync_folder(trial.disk);
    }
    if (result != SQLITE_OK) {
        close_database();
    }
    return result;
}

/* ---- Steps ---- */

static int execute(const char *sql) {
    return sqlite3_exec(trial.sqlite, sql, NULL, NULL, NULL);
}

/* After most errors SQLite has rolled back itself. */
static void roll_back(bool must) {
    if (trial.sqlite != NULL && sqlite3_get_autocommit(trial.sqlite) == 0) {
        const int result = execute("ROLLBACK");
        if (must && (result != SQLITE_OK || sqlite3_get_autocommit(trial.sqlite) == 0)) {
            fail("it does not roll back");
        }
    }
}

static int do_transaction(const struct work_step *step) {
    char sign[WORK_SQL_MAX];
    int result = execute("BEGIN IMMEDIATE");

    if (trial.attempt >= ATTEMPTS_MAX) {
        fail("too many attempts");
    }
    if (result == SQLITE_OK) {
        result = execute(step->sql);
    }
    if (result == SQLITE_OK) {
        work_sign(trial.stored, trial.attempt, sign);
        result = execute(sign);
    }
    if (result == SQLITE_OK) {
        result = execute("COMMIT");
        trial.doubtful |= result == SQLITE_OK ? 0 : UINT64_C(1) << trial.attempt;
    }
    if (result != SQLITE_OK) {
        trial.attempt++;
        roll_back(false);
        return result;
    }
    trial.attempts[trial.stored++] = trial.attempt;
    trial.attempt = 0;
    trial.doubtful = 0;
    return SQLITE_OK;
}

static int do_undone(const struct work_step *step) {
    int result = execute("BEGIN IMMEDIATE");

    if (result == SQLITE_OK) {
        result = execute(step->sql);
    }
    if (result == SQLITE_OK) {
        result = execute("ROLLBACK");
    }
    roll_back(false);
    return result;
}

static int do_reopen(bool keep_wal) {
    if (trial.sqlite != NULL) {
        (void)sqlite3_db_config(trial.sqlite, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep_wal ? 1 : 0,
                                NULL); /* It cannot fail. */
        close_database();
    }
    return open_database();
}

static int do_step(void) {
    const struct work_step *step = work_step(trial.step);
    int result = trial.sqlite == NULL ? open_database() : SQLITE_OK;

    if (result == SQLITE_OK) {
        switch (step->sort) {
        case WORK_TRANSACTION:
            result = do_transaction(step);
            break;
        case WORK_UNDONE:
            result = do_undone(step);
            break;
        case WORK_STATEMENT:
            result = execute(step->sql);
            break;
        case WORK_REOPEN:
        case WORK_REOPEN_WAL:
            result = do_reopen(step->sort == WORK_REOPEN_WAL);
            break;
        }
    }
    trial.result = result;
    return result;
}

/* ---- After a failure ---- */

/* The attempts that count are those that said so; at the commit, after a stop, also the last. */
static void check_content(bool was_stopped) {
    struct work_found found;

    trial.result = work_look(trial.sqlite, &found);
    if (trial.result != SQLITE_OK) {
        fail("it cannot be read");
    }
    if (was_stopped && found.transactions == trial.stored + 1) {
        const unsigned attempt = found.attempts[trial.stored];
        if (attempt >= ATTEMPTS_MAX || (trial.doubtful & UINT64_C(1) << attempt) == 0) {
            fail("there is what never happened");
        }
        trial.attempts[trial.stored++] = attempt;
        trial.attempt = 0;
    }
    trial.doubtful = was_stopped ? 0 : trial.doubtful;
    if (found.transactions != trial.stored || !found.as_expected) {
        (void)fprintf(stderr, "found %zu transactions\n", found.transactions);
        fail("not the content that it had");
    }
    if (memcmp(found.attempts, trial.attempts, trial.stored * sizeof trial.attempts[0]) != 0) {
        fail("an attempt that had failed");
    }
}

static void must_open(void) {
    trial.result = trial.sqlite == NULL ? open_database() : SQLITE_OK;
    if (trial.result != SQLITE_OK) {
        fail("it does not open when the fault is over");
    }
}

static void go_on(void) {
    const enum way way = trial.mode->way;
    const bool is_stopped = way != WAY_SAME || trial.sqlite == NULL;

    if (way == WAY_CUT) {
        disk_cut(trial.disk);
    }
    if (way != WAY_SAME) {
        close_database();
    }
    if (way == WAY_CUT) {
        disk_power_up(trial.disk);
    }
    mend();
    must_open();
    roll_back(true);
    check_content(is_stopped);
}

/* Whether the step is done: after a stop its transaction may turn out to be. */
static bool is_done_after_all(size_t stored_before) {
    return trial.stored > stored_before;
}

static void go_through(void) {
    for (trial.step = 0; trial.step < work_step_count(); trial.step++) {
        const size_t stored = trial.stored;
        if (do_step() == SQLITE_OK) {
            continue;
        }
        check_honest();
        if (trial.mode->lasts && do_step() == SQLITE_OK) {
            continue; /* Not all that lasts hinders everything. */
        }
        go_on();
        if (!is_done_after_all(stored) && do_step() != SQLITE_OK) {
            fail("it does not work when the fault is over");
        }
    }
}

static void check_end(void) {
    bool whole = false;

    mend();
    close_database();
    must_open();
    check_content(true);
    trial.result = work_check(trial.sqlite, &whole);
    if (trial.result != SQLITE_OK || !whole || trial.stored != work_transaction_count()) {
        fail("not whole in the end");
    }
    close_database();
    if (trial.vault != NULL && vault_damage(trial.vault).part != DAMAGE_NONE) {
        fail("damage in the end");
    }
}

/* Whether there was a call to fail. */
static bool try_at(const struct mode *mode, uint64_t after, unsigned *told) {
    struct keyfile key;

    memset(&trial, 0, sizeof trial);
    memset(&key, 0x5a, sizeof key);
    trial.mode = mode;
    trial.after = after;
    trial.failed_before = memory_failures();
    trial.disk = disk_new(1 + after);
    trial.vault = is_control ? NULL : vault_new(&key);
    start_fault();
    go_through();
    check_end();
    const bool happened = faults() > 0;
    *told += trial.failures;
    vault_destroy(&trial.vault);
    disk_destroy(&trial.disk);
    return happened;
}

/* A seed's share of the calls. */
static void try_some(const struct mode *mode, uint64_t seed) {
    const uint64_t every = mode->fault == FAULT_MEMORY ? EVERY_ALLOCATION : EVERY_CALL;
    uint64_t trials = 0, after = seed;
    unsigned told = 0;

    while (seed < every && try_at(mode, after, &told)) {
        trials++;
        after += every;
    }
    (void)printf("%-42s %6" PRIu64 " faults, %6u told\n", mode->name, trials, told);
}

/* ---- The program ---- */

static uint64_t number_of(const char *text) {
    char *end = NULL;
    const unsigned long long value = strtoull(text, &end, 10);

    if (*text == '\0' || *end != '\0') {
        (void)fputs(
            "usage: sim_faults [--seeds N] [--first S] [--rounds R] [--control 1]"
            " [--mode M [--at N]]\n",
            stderr);
        exit(EXIT_FAILURE);
    }
    return value;
}

struct options {
    uint64_t seeds, first, rounds, mode, at;
};

static struct options options_of(int argc, char **argv) {
    struct options options = { .seeds = EVERY_CALL, .rounds = 1, .mode = MODES, .at = UINT64_MAX };

    for (int i = 1; i + 1 < argc; i += 2) {
        const uint64_t value = number_of(argv[i + 1]);
        options.seeds = strcmp(argv[i], "--seeds") == 0 ? value : options.seeds;
        options.first = strcmp(argv[i], "--first") == 0 ? value : options.first;
        options.rounds = strcmp(argv[i], "--rounds") == 0 ? value : options.rounds;
        options.mode = strcmp(argv[i], "--mode") == 0 ? value : options.mode;
        options.at = strcmp(argv[i], "--at") == 0 ? value : options.at;
        is_control = strcmp(argv[i], "--control") == 0 ? value != 0 : is_control;
    }
    return options;
}

int main(int argc, char **argv) {
    const struct options options = options_of(argc, argv);
    unsigned told = 0;

    memory_start();
    if (crypt_start() != RB_OK) {
        return EXIT_FAILURE;
    }
    work_start((size_t)options.rounds);
    if (options.mode < MODES && options.at != UINT64_MAX) {
        (void)try_at(&modes[options.mode], options.at, &told);
        return EXIT_SUCCESS;
    }
    for (uint64_t seed = options.first; seed < options.first + options.seeds; seed++) {
        for (size_t i = 0; i < MODES; i++) {
            if (options.mode >= MODES || options.mode == i) {
                try_some(&modes[i], seed);
            }
        }
    }
    return EXIT_SUCCESS;
}
