/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is being done while something fails (sim_faults.c): transactions that are numbered from 0,
 * and other steps between them.  What each transaction leaves is known from plain SQLite in memory,
 * so any database can be asked how many of them it has. */
#ifndef REMBUK_TESTS_FAULT_WORK_H
#define REMBUK_TESTS_FAULT_WORK_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum work_sort {
    WORK_TRANSACTION,
    WORK_UNDONE,    /* a transaction that is rolled back */
    WORK_STATEMENT, /* outside of transactions; changes no content */
    WORK_REOPEN,
    WORK_REOPEN_WAL /* without a checkpoint at closing: the next opening recovers */
};

struct work_step {
    enum work_sort sort;
    const char *sql; /* without BEGIN and COMMIT */
};

enum { WORK_TRANSACTIONS_MAX = 200, WORK_SQL_MAX = 200 };

/* The steps are gone through `rounds` times.  Works out what is to be expected. */
void work_start(size_t rounds);
size_t work_step_count(void);
const struct work_step *work_step(size_t at);
size_t work_transaction_count(void);

/* The statement with which a transaction says that it was here; the attempts at it are numbered. */
void work_sign(size_t transaction, unsigned attempt, char out[static WORK_SQL_MAX]);

/* What stands in a database. */
struct work_found {
    size_t transactions; /* 0 to this - 1 */
    bool as_expected;    /* all they left, and nothing else, and one after another */
    unsigned attempts[WORK_TRANSACTIONS_MAX];
};

/* One of SQLite's result codes: reading may fail too. */
int work_look(sqlite3 *sqlite, struct work_found *found);

/* SQLite's own checks, and that of the search index. */
int work_check(sqlite3 *sqlite, bool *whole);

#endif
