/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The vault changes nothing of what SQLite does: `sim_sql --seeds N --first S --steps M`.
 *
 * A seed makes two databases, one in the vault and one of plain SQLite, and does the same random
 * things with both: statements of all kinds (sql_maker.c), queries that are half read while others
 * write, blobs piece by piece, closing with and without a checkpoint, opening.  After each step the
 * rows, the error codes and their messages are compared, and at every closing and opening each page
 * of the two files as SQLite sees it.  Refused by the vault alone are files beside it (ATTACH,
 * VACUUM INTO) and commits that plain SQLite would lose (check_lost_commit).
 *
 * ctest runs a few seconds; a long run is `sim_sql --seeds 2000 --first 1000 --steps 600`. */
#include "tests/sim/sql_maker.h"
#include "tests/sim/sql_side.h"
#include "tests/support/random.h"

#include "protocol/crypt.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KINDS_MAX = 256, PAGES_MAX = 2500, SEEDS_OF_ALL_KINDS = 20 };

static struct {
    uint64_t seed;
    size_t step;
    char sql[SQL_BYTES_MAX];
    char folder[SIDE_PATH_MAX / 2];
    bool control; /* plain SQLite on both sides: is the comparison itself right? */
} sim;

/* Over all seeds. */
static struct {
    uint64_t statements, failed, images, most_bytes, refused;
    uint64_t went_well[KINDS_MAX];
} tally;

struct pair {
    struct random random;
    struct sql_side sealed, plain;
    bool has_parted; /* rightly: see check_lost_commit */
};

/* ---- What a failure says ---- */

static void say_where(void) {
    (void)fprintf(stderr,
                  "sim_sql: seed %" PRIu64
                  ", step %zu: %s\n"
                  "Again with: sim_sql --seeds 1 --first %" PRIu64 "\n",
                  sim.seed, sim.step, sim.sql, sim.seed);
}

static void on_abort(int number) {
    (void)number;
    say_where();
}

static void describe(const char *name, const struct sql_side *side) {
    (void)fprintf(stderr, "%s: %d %s, %zu bytes of rows\n", name, side->result, side->message,
                  side->rows.len);
}

static void fail(const struct pair *pair, const char *what) {
    (void)fprintf(stderr, "sim_sql: %s\n", what);
    describe("vault", &pair->sealed);
    describe("plain", &pair->plain);
    abort(); /* A core or a debugger shows both sides. */
}

/* The vault never cuts a WAL short, so after a kill it finds frames again that had been copied: how
 * many there are, a checkpoint tells. */
static bool tells_of_wal(const char *sql) {
    static const char checkpoint[] = "PRAGMA wal_checkpoint";

    return strncmp(sql, checkpoint, sizeof checkpoint - 1) == 0;
}

static void compare(const struct pair *pair) {
    const struct sql_side *a = &pair->sealed, *b = &pair->plain;

    if (a->result != b->result || strcmp(a->message, b->message) != 0) {
        fail(pair, "different outcomes");
    }
    if (!tells_of_wal(sim.sql) && !span_equal(writer_view(&a->rows), writer_view(&b->rows))) {
        fail(pair, "different rows");
    }
}

/* ---- The one difference ---- */

/* The vault takes a commit back that plain SQLite acknowledges. */
static bool is_commit_refused(const struct pair *pair) {
    return !sim.control && pair->plain.result == SQLITE_OK &&
           (pair->sealed.result == SQLITE_IOERR_READ || pair->sealed.result == SQLITE_IOERR_FSYNC);
}

/* SQLite 3.40 loses such a commit at the next stop (store/vault_recovery.c), so the two may part
 * here, if that is what it is: a copy of the plain files recovers to just what the vault has. */
static void check_lost_commit(struct pair *pair) {
    struct sql_side recovered;

    side_copy(&recovered, &pair->plain, sim.folder, "recovered");
    side_open(&recovered);
    side_pages(&recovered);
    side_pages(&pair->sealed);
    if (!span_equal(writer_view(&recovered.rows), writer_view(&pair->sealed.rows))) {
        fail(pair, "a commit was refused that would not be lost");
    }
    side_close(&recovered, false);
    side_clear(&recovered);
    pair->has_parted = true;
    tally.refused++;
}

/* ---- Steps ---- */

static void run(struct pair *pair, const char *sql) {
    if (pair->has_parted) {
        return;
    }
    side_run(&pair->sealed, sql);
    side_run(&pair->plain, sql);
    if (is_commit_refused(pair)) {
        check_lost_commit(pair);
    } else {
        compare(pair);
    }
}

static void step_statement(struct pair *pair) {
    const size_t kind = sql_make(&pair->random, sim.sql);

    run(pair, sim.sql);
    tally.statements++;
    tally.failed += pair->plain.result == SQLITE_OK ? 0 : 1;
    tally.went_well[kind] += pair->plain.result == SQLITE_OK ? 1 : 0;
}

static void step_cursor(struct pair *pair) {
    const size_t steps = random_below(&pair->random, 20);

    sql_fill(&pair->random, "SELECT rowid, a, b, length(c) FROM @r WHERE a > @k ORDER BY a",
             sim.sql);
    side_cursor(&pair->sealed, sim.sql, steps);
    side_cursor(&pair->plain, sim.sql, steps);
    compare(pair);
    if (random_chance(&pair->random, 25)) {
        side_cursor_end(&pair->sealed);
        side_cursor_end(&pair->plain);
    }
}

static void blob_move(struct pair *pair) {
    uint8_t bytes[9000];
    const int size = pair->plain.blob == NULL ? 0 : sqlite3_blob_bytes(pair->plain.blob);
    const int at = (int)random_below(&pair->random, (size_t)size + 2);
    const size_t len = random_below(&pair->random, sizeof bytes);

    if (random_chance(&pair->random, 50)) {
        side_blob_read(&pair->sealed, at, (int)len);
        side_blob_read(&pair->plain, at, (int)len);
    } else {
        random_fill(&pair->random, bytes, len);
        side_blob_write(&pair->sealed, at, span_of(bytes, len));
        side_blob_write(&pair->plain, at, span_of(bytes, len));
    }
    compare(pair);
}

static void step_blob(struct pair *pair) {
    const int64_t row = 1 + (int64_t)random_below(&pair->random, 60);
    const bool writes = random_chance(&pair->random, 70);
    const size_t moves = random_below(&pair->random, 5);

    sql_fill(&pair->random, "@r", sim.sql);
    side_blob_open(&pair->sealed, sim.sql, row, writes);
    side_blob_open(&pair->plain, sim.sql, row, writes);
    compare(pair);
    for (size_t i = 0; i < moves && pair->plain.blob != NULL; i++) {
        blob_move(pair);
    }
    if (pair->plain.blob != NULL && random_chance(&pair->random, 70)) {
        side_blob_close(&pair->sealed);
        side_blob_close(&pair->plain);
        compare(pair);
    }
}

/* Another file would be another vault, or a plain copy: neither comes to be, and the vault goes on
 * as plain SQLite does that could not open one (its folder is missing). */
static void step_beside(struct pair *pair) {
    const bool attach = random_chance(&pair->random, 50);
    const char *form = attach ? "ATTACH '%s%s' AS other" : "VACUUM INTO '%s%s'";
    char path[SIDE_PATH_MAX];

    (void)snprintf(path, sizeof path, "%s/beside.db", sim.folder);
    (void)snprintf(sim.sql, sizeof sim.sql, form, path, "/missing");
    side_run(&pair->plain, sim.sql);
    (void)snprintf(sim.sql, sizeof sim.sql, form, path, sim.control ? "/missing" : "");
    side_run(&pair->sealed, sim.sql);
    if (pair->sealed.result == SQLITE_OK || pair->sealed.result != pair->plain.result ||
        access(path, F_OK) == 0) {
        fail(pair, "a file beside the vault");
    }
}

static void compare_pages(struct pair *pair) {
    (void)snprintf(sim.sql, sizeof sim.sql, "all pages");
    side_pages(&pair->sealed);
    side_pages(&pair->plain);
    compare(pair);
    tally.images++;
    if (tally.most_bytes < pair->plain.rows.len) {
        tally.most_bytes = pair->plain.rows.len;
    }
}

static void step_reopen(struct pair *pair) {
    const bool keep_wal = random_chance(&pair->random, 50);

    compare_pages(pair);
    (void)snprintf(sim.sql, sizeof sim.sql, "close, open");
    side_close(&pair->sealed, keep_wal);
    side_close(&pair->plain, keep_wal);
    side_open(&pair->sealed);
    side_open(&pair->plain);
    compare_pages(pair);
    run(pair, "CREATE TEMP TABLE aside (id INTEGER PRIMARY KEY, b TEXT)");
}

static int64_t page_count(sqlite3 *sqlite) {
    int64_t pages = 0;
    sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v2(sqlite, "PRAGMA page_count", -1, &stmt, NULL) == SQLITE_OK &&
        sqlite3_step(stmt) == SQLITE_ROW) {
        pages = sqlite3_column_int64(stmt, 0);
    }
    (void)sqlite3_finalize(stmt); /* It repeats the error. */
    return pages;
}

/* Small enough that many seeds fit into a minute. */
static void keep_small(struct pair *pair) {
    (void)snprintf(sim.sql, sizeof sim.sql, "DELETE FROM t0; DELETE FROM t1; DELETE FROM s0");
    /* Both are asked: in a transaction that is the first look into the file. */
    if (page_count(pair->sealed.sqlite) != page_count(pair->plain.sqlite)) {
        fail(pair, "different sizes");
    }
    if (page_count(pair->plain.sqlite) > PAGES_MAX) {
        run(pair, sim.sql);
        run(pair, "COMMIT");
        run(pair, "VACUUM");
    }
}

static void step(struct pair *pair) {
    const size_t choice = random_below(&pair->random, 1000);

    if (choice < 920) {
        step_statement(pair);
    } else if (choice < 945) {
        step_cursor(pair);
    } else if (choice < 975) {
        step_blob(pair);
    } else if (choice < 985) {
        step_beside(pair);
    } else if (choice < 994) {
        step_reopen(pair);
    } else {
        keep_small(pair);
    }
}

/* ---- A seed ---- */

static void check_end(struct pair *pair) {
    side_cursor_end(&pair->sealed);
    side_cursor_end(&pair->plain);
    step_reopen(pair);
    run(pair,
        "PRAGMA integrity_check; PRAGMA foreign_key_check;"
        "INSERT INTO page (page) VALUES ('integrity-check')");
    if (pair->plain.result != SQLITE_OK) {
        fail(pair, "not whole");
    }
}

static void pair_begin(struct pair *pair) {
    side_make(&pair->sealed, sim.folder, "sealed", !sim.control);
    side_make(&pair->plain, sim.folder, "plain", false);
    side_open(&pair->sealed);
    side_open(&pair->plain);
}

static void pair_end(struct pair *pair) {
    side_close(&pair->sealed, false);
    side_close(&pair->plain, false);
    side_clear(&pair->sealed);
    side_clear(&pair->plain);
}

static void simulate(size_t steps) {
    struct pair pair = { .random = { .state = sim.seed } };

    pair_begin(&pair);
    (void)snprintf(sim.sql, sizeof sim.sql, "the tables");
    run(&pair, sql_schema);
    if (pair.plain.result != SQLITE_OK) {
        fail(&pair, "no tables");
    }
    for (sim.step = 0; sim.step < steps && !pair.has_parted; sim.step++) {
        step(&pair);
    }
    if (!pair.has_parted) {
        check_end(&pair);
    }
    pair_end(&pair);
}

/* Chance finds this in one of twenty seeds: a transaction writes pages to a WAL that it has begun
 * anew, and writes them again, which SQLite notes; takes them back, and begins the WAL once more.
 * The note leads to a commit without a checksum. */
static void simulate_lost_commit(void) {
    static const char sql[] =
        "CREATE TABLE big (id INTEGER PRIMARY KEY, a, c);"
        "INSERT INTO big VALUES (1000, 1, 1);"
        "PRAGMA cache_size = 2;"
        "PRAGMA wal_checkpoint(FULL);"
        "BEGIN;"
        "SAVEPOINT one;"
        "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 20)"
        " INSERT INTO big SELECT i, i, noise(i, 3000) FROM n;"
        "UPDATE big SET a = a + 1 WHERE id >= 7;"
        "ROLLBACK TO one;"
        "INSERT INTO big (a) VALUES (2);"
        "COMMIT";
    struct pair pair = { 0 };

    pair_begin(&pair);
    (void)snprintf(sim.sql, sizeof sim.sql, "simulate_lost_commit");
    run(&pair, sql);
    pair_end(&pair);
}

/* A kind that never goes well tests nothing.  (Some are there to fail.) */
static bool all_kinds_went_well(void) {
    bool all = true;

    for (size_t i = 0; i < sql_kinds(); i++) {
        const char *text = sql_template(i);
        if (tally.went_well[i] == 0 && strstr(text, "not a number") == NULL &&
            strstr(text, "'{'") == NULL) {
            (void)fprintf(stderr, "sim_sql: never went well: %s\n", text);
            all = false;
        }
    }
    return all;
}

/* ---- The program ---- */

static uint64_t number_of(const char *text) {
    char *end = NULL;
    const unsigned long long value = strtoull(text, &end, 10);

    if (*text == '\0' || *end != '\0') {
        (void)fputs("usage: sim_sql [--seeds N] [--first S] [--steps M] [--control 1]\n", stderr);
        exit(EXIT_FAILURE);
    }
    return value;
}

/* In memory if there is such a place: what a sync costs is not the question here. */
static void make_folder(void) {
    const char *parents[] = { getenv("TMPDIR"), "/dev/shm", "/tmp" };
    bool made = false;

    for (size_t i = 0; i < sizeof parents / sizeof parents[0] && !made; i++) {
        if (parents[i] != NULL) {
            (void)snprintf(sim.folder, sizeof sim.folder, "%s/rembuk-sql-XXXXXX", parents[i]);
            made = mkdtemp(sim.folder) != NULL;
        }
    }
    if (!made) {
        (void)fputs("sim_sql: no folder to work in\n", stderr);
        exit(EXIT_FAILURE);
    }
}

int main(int argc, char **argv) {
    uint64_t seeds = SEEDS_OF_ALL_KINDS, first = 1, steps = 400;

    for (int i = 1; i + 1 < argc; i += 2) {
        const uint64_t value = number_of(argv[i + 1]);
        seeds = strcmp(argv[i], "--seeds") == 0 ? value : seeds;
        first = strcmp(argv[i], "--first") == 0 ? value : first;
        steps = strcmp(argv[i], "--steps") == 0 ? value : steps;
        sim.control = strcmp(argv[i], "--control") == 0 ? value != 0 : sim.control;
    }
    if (crypt_start() != RB_OK) {
        return EXIT_FAILURE;
    }
    (void)signal(SIGABRT, on_abort); /* A failed assert names the seed too. */
    make_folder();
    simulate_lost_commit();
    for (sim.seed = first; sim.seed < first + seeds; sim.seed++) {
        simulate((size_t)steps);
    }
    (void)rmdir(sim.folder);
    (void)printf("%" PRIu64 " seeds from %" PRIu64 ": %" PRIu64 " statements (%" PRIu64
                 " failed on both sides) and %" PRIu64 " images of up to %" PRIu64
                 " bytes without a difference, %" PRIu64 " commits refused that would be lost\n",
                 seeds, first, tally.statements, tally.failed, tally.images, tally.most_bytes,
                 tally.refused);
    return seeds < SEEDS_OF_ALL_KINDS || all_kinds_went_well() ? EXIT_SUCCESS : EXIT_FAILURE;
}
