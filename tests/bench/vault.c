/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the vault costs beside plain SQLite with the same settings, in one run on one file system.
 *
 * usage: vault [ROWS=100000]
 *
 * Both do everything in turns, so that what else the machine does meets both.  Figures are medians;
 * behind them the least and the greatest of the ratios of single turns.  Reading is out of the
 * system's cache where nothing else is said: then sealing weighs most. */
#include "tests/bench/support/database.h"
#include "tests/bench/support/meeting.h"

#include "tests/support/random.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    ROWS = 100000,
    READ_TIMES = 3, /* the store that is read is so much larger than the one that is filled */
    READS = 200000,
    OPEN_ROWS = 20000,
    WAL_FRAMES = 4000, /* as many as store/db.c lets it have */
    INSERT_TRIES = 7,
    READ_TRIES = 5,
    OPEN_TRIES = 41,
    TRIES_MAX = 64,
    CACHE_KIB_MAX = 65536
};

static struct folder folder;

static const char *file_of(enum database_sort sort, const char *name) {
    static char path[DATABASE_PATH_MAX];

    (void)snprintf(path, sizeof path, "%s/%s.%s", folder.path, name,
                   sort == DATABASE_VAULT ? "vault" : "plain");
    return path;
}

/* ---- Turns ---- */

typedef double (*measure)(enum database_sort sort, const void *context);

static double ratio_of(const double times[DATABASE_SORTS][TRIES_MAX], size_t at) {
    return times[DATABASE_VAULT][at] / times[DATABASE_PLAIN][at];
}

/* `most` is the budget; 0: there is none. */
static void turns(const char *what, size_t tries, measure take, const void *context, double most) {
    double times[DATABASE_SORTS][TRIES_MAX], ratios[TRIES_MAX];
    char budget[32] = "";

    for (size_t i = 0; i < tries; i++) {
        for (size_t k = 0; k < DATABASE_SORTS; k++) {
            const size_t sort = (i + k) % DATABASE_SORTS; /* each is the first every other time */
            times[sort][i] = 1000 * take((enum database_sort)sort, context);
        }
        ratios[i] = ratio_of(times, i);
    }
    const double plain = quantile(times[DATABASE_PLAIN], tries, 0.5);
    const double vault = quantile(times[DATABASE_VAULT], tries, 0.5);
    (void)quantile(ratios, tries, 0.5); /* sorts them */
    if (most > 0) {
        (void)snprintf(budget, sizeof budget, "at most %.1f", most);
    }
    (void)printf("%-52s %9.2f ms %9.2f ms   %.2f x (%.2f to %.2f)  %s\n", what, plain, vault,
                 vault / plain, ratios[0], ratios[tries - 1], budget);
    (void)fflush(stdout);
}

/* ---- Inserting ---- */

/* Until it is closed: then nothing is left in the WAL. */
static double insert_time(enum database_sort sort, const void *context) {
    const uint64_t *rows = context;
    struct database database;

    database_create(&database, sort, file_of(sort, "insert"));
    sync(); /* What was written before is not measured. */
    const double started = seconds();
    database_insert(&database, 1, *rows);
    database_close(&database);
    return seconds() - started;
}

/* ---- Reading ---- */

struct reading {
    uint64_t rows; /* of the store */
    uint64_t near; /* rows that are read, from the first */
    int cache_kib;
    bool cold; /* not in the system's cache either */
};

static void system_cache_drop(const char *path) {
    const int file = open(path, O_RDONLY);

    must(file >= 0 && posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) == 0, "fadvise");
    close(file);
}

static double scan_time(enum database_sort sort, const void *context) {
    const struct reading *reading = context;
    struct database database;

    if (reading->cold) {
        system_cache_drop(file_of(sort, "read"));
    }
    database_open(&database, sort, file_of(sort, "read"), reading->cache_kib);
    const double started = seconds();
    database_scan(&database, reading->rows);
    const double took = seconds() - started;
    database_close(&database);
    return took;
}

static double get_time(enum database_sort sort, const void *context) {
    const struct reading *reading = context;
    struct random random = { reading->near };
    struct database database;

    database_open(&database, sort, file_of(sort, "read"), reading->cache_kib);
    const double started = seconds();
    for (size_t i = 0; i < READS; i++) {
        database_get(&database, 1 + random_below(&random, (size_t)reading->near));
    }
    const double took = seconds() - started;
    database_close(&database);
    return took;
}

static void reading_measure(uint64_t rows) {
    static const int caches_kib[] = { 2048, DATABASE_CACHE_KIB, 16384, CACHE_KIB_MAX };
    struct reading reading = { .rows = READ_TIMES * rows };
    char what[64];

    for (size_t i = 0; i < sizeof caches_kib / sizeof *caches_kib; i++) {
        const int mib = caches_kib[i] / 1024;
        reading.cache_kib = caches_kib[i];
        (void)snprintf(what, sizeof what, "scan of %llu rows, cache of %d MiB",
                       (unsigned long long)reading.rows, mib);
        turns(what, READ_TRIES, scan_time, &reading, 3.3);
        reading.near = rows;
        (void)snprintf(what, sizeof what, "%d reads among %llu rows, %d MiB", READS,
                       (unsigned long long)reading.near, mib);
        turns(what, READ_TRIES, get_time, &reading, caches_kib[i] == CACHE_KIB_MAX ? 1.2 : 0);
        reading.near = reading.rows;
        (void)snprintf(what, sizeof what, "%d reads among %llu rows, %d MiB", READS,
                       (unsigned long long)reading.near, mib);
        turns(what, READ_TRIES, get_time, &reading, 0);
    }
    reading.cache_kib = DATABASE_CACHE_KIB;
    reading.cold = true;
    turns("the same scan off the disk, cache of 8 MiB", READ_TRIES, scan_time, &reading, 3.3);
}

static void store_make(enum database_sort sort, const char *name, uint64_t rows) {
    struct database database;

    database_create(&database, sort, file_of(sort, name));
    database_insert(&database, 1, rows);
    database_close(&database);
}

/* ---- Opening ---- */

struct opening {
    const char *name;
    bool close; /* the next one finds it closed; else killed again */
};

static double open_and_get(enum database_sort sort, const struct opening *opening) {
    struct database database;
    const double started = seconds();

    database_open(&database, sort, file_of(sort, opening->name), DATABASE_CACHE_KIB);
    database_get(&database, OPEN_ROWS);
    const double took = seconds() - started;
    if (opening->close) {
        database_close(&database);
    }
    return took;
}

/* In a process of its own, which ends without closing what is to stay as it is. */
static double open_time(enum database_sort sort, const void *context) {
    int ends[2], how = 0;
    double took = 0;

    must(pipe(ends) == 0, "pipe");
    const pid_t child = fork();
    must(child >= 0, "fork");
    if (child == 0) {
        took = open_and_get(sort, context);
        _exit(write(ends[1], &took, sizeof took) == sizeof took ? 0 : 1);
    }
    must(read(ends[0], &took, sizeof took) == sizeof took, "time");
    must(waitpid(child, &how, 0) == child && how == 0, "opening");
    close(ends[0]);
    close(ends[1]);
    return took;
}

/* Leaves a WAL behind, as a power cut does. */
static void store_kill(enum database_sort sort, const char *name) {
    int how = 0;
    const pid_t child = fork();

    must(child >= 0, "fork");
    if (child == 0) {
        struct database database;
        database_open(&database, sort, file_of(sort, name), DATABASE_CACHE_KIB);
        (void)database_fill_wal(&database, OPEN_ROWS + 1, WAL_FRAMES);
        (void)raise(SIGKILL);
    }
    must(waitpid(child, &how, 0) == child && WIFSIGNALED(how), "kill");
}

static void opening_measure(void) {
    const struct opening closed = { .name = "closed", .close = true };
    const struct opening killed = { .name = "killed", .close = false };

    for (int sort = 0; sort < DATABASE_SORTS; sort++) {
        store_make((enum database_sort)sort, closed.name, OPEN_ROWS);
        store_make((enum database_sort)sort, killed.name, OPEN_ROWS);
        store_kill((enum database_sort)sort, killed.name);
    }
    turns("open to first row, closed cleanly", OPEN_TRIES, open_time, &closed, 1.5);
    turns("open to first row, killed with a WAL of 4,000 frames", OPEN_TRIES, open_time, &killed,
          0);
}

int main(int argc, char **argv) {
    const uint64_t rows = argc > 1 ? strtoul(argv[1], NULL, 10) : ROWS;

    must(crypt_start() == RB_OK && rows > 0, "start");
    database_start();
    folder_new(&folder);
    (void)printf("%-52s %12s %12s\n", "median", "plain", "vault");
    opening_measure(); /* forks: comes while the process is small */
    turns("insert rows of 512 B, 256 KiB a transaction", INSERT_TRIES, insert_time, &rows, 1.5);
    for (int sort = 0; sort < DATABASE_SORTS; sort++) {
        store_make((enum database_sort)sort, "read", READ_TIMES * rows);
    }
    reading_measure(rows);
    folder_remove(&folder);
    return 0;
}
