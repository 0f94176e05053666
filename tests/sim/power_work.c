/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/power_world.h"

/* ---- Statements with parameters ---- */

struct values {
    int64_t first, second, third, fourth;
    struct span bytes; /* ?5, a blob */
    const char *text;  /* ?6 */
};

/* Parameters that the statement has not are left out. */
static bool run(struct power *power, const char *sql, const struct values *values) {
    const int64_t numbers[] = { values->first, values->second, values->third, values->fourth };
    sqlite3_stmt *stmt = NULL;
    int result = sqlite3_prepare_v2(power->store.sqlite, sql, -1, &stmt, NULL);

    if (result != SQLITE_OK) {
        return power_went(power, result, sql);
    }
    const int count = sqlite3_bind_parameter_count(stmt);
    for (int i = 0; i < 4 && i < count; i++) {
        (void)sqlite3_bind_int64(stmt, i + 1, numbers[i]); /* The index is in range. */
    }
    if (count >= 5) {
        (void)sqlite3_bind_blob64(stmt, 5, values->bytes.data, values->bytes.len, SQLITE_STATIC);
    }
    if (count >= 6) {
        (void)sqlite3_bind_text(stmt, 6, values->text, -1, SQLITE_STATIC);
    }
    (void)sqlite3_step(stmt); /* sqlite3_finalize repeats its error. */
    result = sqlite3_finalize(stmt);
    return power_went(power, result, sql);
}

/* ---- Changes within a transaction ---- */

static bool row_insert(struct power *power, size_t i) {
    struct model_row *row = &power->pending.rows[i];

    model_choose_row(row, &power->random);
    const struct values values = { .first = (int64_t)i + 1,
                                   .second = row->parent,
                                   .third = row->body_at,
                                   .fourth = row->words,
                                   .bytes = model_body(row),
                                   .text = model_text(row->words) };
    return run(power,
               "INSERT INTO note (id, parent, body_at, words, body)"
               " VALUES (?1, ?2, ?3, ?4, ?5)",
               &values) &&
           run(power,
               "INSERT INTO search (rowid, text)"
               " VALUES (?1, ?6)",
               &values);
}

/* The words stay: a text without positions can only leave the index as it came. */
static bool row_update(struct power *power, size_t i) {
    struct model_row *row = &power->pending.rows[i];
    const uint32_t words = row->words;

    model_choose_row(row, &power->random);
    row->words = words;
    const struct values values = { .first = (int64_t)i + 1,
                                   .second = row->parent,
                                   .third = row->body_at,
                                   .bytes = model_body(row) };
    return run(power,
               "UPDATE note"
               " SET parent = ?2, body_at = ?3, body = ?5"
               " WHERE id = ?1",
               &values);
}

static bool row_delete(struct power *power, size_t i) {
    struct model_row *row = &power->pending.rows[i];
    const struct values values = { .first = (int64_t)i + 1, .text = model_text(row->words) };

    *row = (struct model_row) { 0 };
    return run(power,
               "DELETE FROM note"
               " WHERE id = ?1",
               &values) &&
           run(power,
               "INSERT INTO search (search, rowid, text)"
               " VALUES ('delete', ?1, ?6)",
               &values);
}

static bool mark_set(struct power *power) {
    const uint8_t name = (uint8_t)random_below(&power->random, MODEL_MARKS);
    const uint32_t value = 1 + (uint32_t)random_below(&power->random, 1000000);
    const struct values values = { .first = value, .bytes = span_of(&name, sizeof name) };

    power->pending.marks[name] = value;
    return run(power,
               "INSERT INTO mark (name, value)"
               " VALUES (?5, ?1)"
               " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
               &values);
}

/* Without a vault nothing is rolled back to a savepoint where the page cache spills: SQLite 3.40
 * may then write frames of the rest of the transaction without their checksums, and what was
 * committed is lost at the next recovery (sqlite3WalSavepointUndo leaves Wal.iReCksum behind the
 * last frame).  The vault refuses such a commit. */
static bool savepoint_move(struct power *power) {
    if (power->savepoint_count < POWER_SAVEPOINTS && random_chance(&power->random, 50)) {
        power->savepoints[power->savepoint_count++] = power->pending;
        return power_do(power, "SAVEPOINT here");
    }
    if (power->savepoint_count == 0) {
        return true;
    }
    if ((power->store.cache_pages == 0 || power->store.below != POWER_PLAIN) &&
        random_chance(&power->random, 50)) {
        power->pending = power->savepoints[power->savepoint_count - 1];
        power->went_back = true;
        return power_do(power, "ROLLBACK TO here");
    }
    power->savepoint_count--;
    return power_do(power, "RELEASE here");
}

/* A full cache does the same at its own time. */
static bool cache_spill(struct power *power) {
    return power->store.cache_pages == 0 ||
           power_went(power, sqlite3_db_cacheflush(power->store.sqlite), "sqlite3_db_cacheflush");
}

static bool change(struct power *power) {
    const size_t choice = random_below(&power->random, 100);
    const size_t i = random_below(&power->random, MODEL_ROWS);
    const bool stands = power->pending.rows[i].stands;

    if (choice < 20) {
        return mark_set(power);
    }
    if (choice < 28) {
        return savepoint_move(power);
    }
    if (choice < 30) {
        return cache_spill(power);
    }
    if (!stands) {
        return row_insert(power, i);
    }
    return choice < 65 ? row_update(power, i) : row_delete(power, i);
}

static bool transaction(struct power *power) {
    const size_t changes = 1 + random_below(&power->random, 1U << random_below(&power->random, 7));

    power->phase = POWER_STATEMENT;
    power->pending = power->committed;
    power->savepoint_count = 0;
    power->went_back = false;
    if (!power_do(power, "BEGIN IMMEDIATE")) {
        return false;
    }
    for (size_t i = 0; i < changes; i++) {
        if (!change(power)) {
            return false;
        }
    }
    return random_chance(&power->random, 8) ? power_do(power, "ROLLBACK") : power_commit(power);
}

/* ---- Other things ---- */

static bool checkpoint(struct power *power) {
    static const int modes[] = { SQLITE_CHECKPOINT_PASSIVE, SQLITE_CHECKPOINT_FULL,
                                 SQLITE_CHECKPOINT_RESTART, SQLITE_CHECKPOINT_TRUNCATE };
    const int mode = modes[random_below(&power->random, sizeof modes / sizeof *modes)];

    power->phase = POWER_CHECKPOINT;
    power_threaten(power, 25, 7);
    return power_went(power, sqlite3_wal_checkpoint_v2(power->store.sqlite, NULL, mode, NULL, NULL),
                      "sqlite3_wal_checkpoint_v2");
}

static bool vacuum(struct power *power) {
    power->phase = POWER_VACUUM;
    power_threaten(power, 40, 10);
    return power_do(power, "VACUUM");
}

/* The index writes itself anew; nothing that it holds changes. */
static bool index_merge(struct power *power) {
    power->phase = POWER_STATEMENT;
    power->pending = power->committed;
    return power_do(power, "BEGIN IMMEDIATE") &&
           power_do(power, random_chance(&power->random, 50)
                               ? "INSERT INTO search (search) VALUES ('optimize')"
                               : "INSERT INTO search (search, rank) VALUES ('merge', 16)") &&
           power_commit(power);
}

static bool reopen(struct power *power) {
    power->phase = POWER_CLOSE;
    power_threaten(power, 50, 7);
    power_end_life(power);
    return power_begin_life(power);
}

bool power_step(struct power *power) {
    const size_t choice = random_below(&power->random, 100);

    if (choice < 5) {
        return checkpoint(power);
    }
    if (choice < 7) {
        return vacuum(power);
    }
    if (choice < 9) {
        return reopen(power);
    }
    return choice < 11 ? index_merge(power) : transaction(power);
}
