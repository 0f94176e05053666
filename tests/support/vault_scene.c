/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/vault_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 90, LONG_ROW_EVERY = 30, LONG_ROW_BYTES = 9000 };

static void must(bool is_so) {
    if (!is_so) {
        abort();
    }
}

void scene_key(struct keyfile *key, uint8_t seed) {
    memset(key->store_key, seed, sizeof key->store_key);
    memset(key->vault_id, seed ^ 0xFF, sizeof key->vault_id);
}

/* ---- Opening ---- */

/* A test that fails does not come back to close its scenes. */
enum { OPEN_MAX = 4 };
static struct scene open_scenes[OPEN_MAX];

static void remember(const struct scene *scene) {
    size_t place = 0;

    while (place < OPEN_MAX && open_scenes[place].sqlite != NULL) {
        place++;
    }
    must(place < OPEN_MAX);
    open_scenes[place] = *scene;
}

static void forget(const struct scene *scene) {
    for (size_t i = 0; i < OPEN_MAX; i++) {
        if (open_scenes[i].sqlite == scene->sqlite) {
            open_scenes[i] = (struct scene) { 0 };
        }
    }
}

void scene_close_rest(void) {
    for (size_t i = 0; i < OPEN_MAX; i++) {
        struct scene left = open_scenes[i];
        if (left.sqlite != NULL) {
            scene_close(&left, NULL);
        }
    }
}

static int configure(sqlite3 *sqlite) {
    static const char *const pragmas[] = {
        "PRAGMA locking_mode = EXCLUSIVE", "PRAGMA page_size = 4096",
        "PRAGMA journal_mode = WAL",       "PRAGMA synchronous = FULL",
        "PRAGMA temp_store = MEMORY",      "PRAGMA wal_autocheckpoint = 0",
    };
    int result = SQLITE_OK;

    for (size_t i = 0; i < sizeof pragmas / sizeof pragmas[0] && result == SQLITE_OK; i++) {
        result = sqlite3_exec(sqlite, pragmas[i], NULL, NULL, NULL);
    }
    return result;
}

int scene_open(struct scene *scene, const char *path, const struct keyfile *key) {
    const int flags = SQLITE_OPEN_READWRITE | (key == NULL ? SQLITE_OPEN_CREATE : 0);
    const char *vfs = NULL;

    *scene = (struct scene) { 0 };
    if (key != NULL) {
        scene->vault = vault_new(key);
        vfs = vault_vfs_name(scene->vault);
    }
    int result = sqlite3_open_v2(path, &scene->sqlite, flags, vfs);
    must(scene->sqlite != NULL);
    remember(scene);
    if (result == SQLITE_OK) {
        (void)sqlite3_extended_result_codes(scene->sqlite, 1);
        result = configure(scene->sqlite);
    }
    return result;
}

void scene_close(struct scene *scene, struct damage *damage) {
    forget(scene);
    must(sqlite3_close(scene->sqlite) == SQLITE_OK);
    if (damage != NULL) {
        *damage = (struct damage) { 0 };
    }
    if (damage != NULL && scene->vault != NULL) {
        *damage = vault_damage(scene->vault);
    }
    vault_destroy(&scene->vault);
    scene->sqlite = NULL;
}

void scene_create(struct scene *scene, const char *path, const struct keyfile *key) {
    if (key != NULL) {
        struct vault *vault = vault_new(key);
        must(vault_create(vault, path) == RB_OK);
        vault_destroy(&vault);
    }
    must(scene_open(scene, path, key) == SQLITE_OK);
}

/* ---- Writing ---- */

static void give_up(const struct scene *scene, const char *sql) {
    (void)fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(scene->sqlite));
    abort();
}

void scene_do(struct scene *scene, const char *sql) {
    if (sqlite3_exec(scene->sqlite, sql, NULL, NULL, NULL) != SQLITE_OK) {
        give_up(scene, sql);
    }
}

int64_t scene_number(struct scene *scene, const char *sql) {
    sqlite3_stmt *stmt = NULL;

    if (sqlite3_prepare_v2(scene->sqlite, sql, -1, &stmt, NULL) != SQLITE_OK ||
        sqlite3_step(stmt) != SQLITE_ROW) {
        give_up(scene, sql);
    }
    const int64_t number = sqlite3_column_int64(stmt, 0);
    must(sqlite3_finalize(stmt) == SQLITE_OK);
    return number;
}

static void insert_rows(struct scene *scene) {
    static const char sql[] =
        "INSERT INTO cases (name, region, note)"
        " VALUES (printf('Kasus Umpama %03d', ?1), 3273 + ?1 % 7,"
        "         substr(replace(hex(zeroblob(?2)), '00', printf('kunjungan %d, ', ?1)), 1, ?2))";
    sqlite3_stmt *stmt = NULL;

    must(sqlite3_prepare_v2(scene->sqlite, sql, sizeof sql, &stmt, NULL) == SQLITE_OK);
    for (int row = 1; row <= ROWS; row++) {
        must(sqlite3_bind_int(stmt, 1, row) == SQLITE_OK);
        must(sqlite3_bind_int(stmt, 2, row % LONG_ROW_EVERY == 0 ? LONG_ROW_BYTES : 120) ==
             SQLITE_OK);
        must(sqlite3_step(stmt) == SQLITE_DONE);
        must(sqlite3_reset(stmt) == SQLITE_OK);
    }
    must(sqlite3_finalize(stmt) == SQLITE_OK);
}

void scene_fill(struct scene *scene) {
    scene_do(scene,
             "BEGIN;"
             "CREATE TABLE cases (id INTEGER PRIMARY KEY, name TEXT, region INTEGER, note TEXT);"
             "CREATE INDEX cases_name ON cases (name, region);"
             "CREATE VIRTUAL TABLE search USING fts5 (text);"
             "CREATE TABLE gone (bytes BLOB);"
             "INSERT INTO gone VALUES (zeroblob(12000));");
    insert_rows(scene);
    scene_do(scene,
             "INSERT INTO search (rowid, text)"
             " SELECT id, name || ' ' || substr(note, 1, 60) FROM cases;"
             "DROP TABLE gone;"
             "PRAGMA user_version = 0;"
             "COMMIT");
}

void scene_commit(struct scene *scene, int number) {
    char sql[1024];

    (void)snprintf(sql, sizeof sql,
                   "BEGIN;"
                   "UPDATE cases SET note = 'catatan ke-%d ' || note WHERE id %% 45 = %d;"
                   "INSERT INTO cases (name, region, note) VALUES"
                   " ('Kasus Misal %d', 3500, 'rujukan %d');"
                   "INSERT INTO search (rowid, text)"
                   " VALUES (last_insert_rowid(), 'Kasus Misal %d rujukan');"
                   "UPDATE search SET text = text || ' tindak lanjut' WHERE rowid = %d;"
                   "PRAGMA user_version = %d;"
                   "COMMIT",
                   number, number % 45, number, number, number, number, number);
    scene_do(scene, sql);
}

/* ---- Reading ---- */

/* FNV-1a. */
static uint64_t digest_add(uint64_t digest, const void *bytes, size_t len) {
    const uint8_t *byte = bytes;

    for (size_t i = 0; i < len; i++) {
        digest = (digest ^ byte[i]) * UINT64_C(0x100000001b3);
    }
    return digest;
}

static uint64_t row_digest(sqlite3_stmt *stmt, uint64_t digest) {
    for (int column = 0; column < sqlite3_column_count(stmt); column++) {
        const int type = sqlite3_column_type(stmt, column);
        const void *bytes = sqlite3_column_blob(stmt, column);
        const int len = sqlite3_column_bytes(stmt, column);
        digest = digest_add(digest, &type, sizeof type);
        digest = digest_add(digest, &len, sizeof len);
        if (len > 0) {
            digest = digest_add(digest, bytes, (size_t)len);
        }
    }
    return digest;
}

static int query_read(struct scene *scene, const char *sql, uint64_t *digest) {
    sqlite3_stmt *stmt = NULL;
    int result = sqlite3_prepare_v2(scene->sqlite, sql, -1, &stmt, NULL);

    while (result == SQLITE_OK && (result = sqlite3_step(stmt)) == SQLITE_ROW) {
        *digest = row_digest(stmt, *digest);
        result = SQLITE_OK;
    }
    (void)sqlite3_finalize(stmt); /* It repeats the error of the last step. */
    return result == SQLITE_DONE ? SQLITE_OK : result;
}

static int integrity_read(struct scene *scene) {
    sqlite3_stmt *stmt = NULL;
    int result = sqlite3_prepare_v2(scene->sqlite, "PRAGMA integrity_check", -1, &stmt, NULL);

    if (result == SQLITE_OK) {
        result = sqlite3_step(stmt);
    }
    const char *answer =
        result == SQLITE_ROW ? (const char *)sqlite3_column_text(stmt, 0) : "nothing";
    if (result == SQLITE_ROW) {
        result = answer != NULL && strcmp(answer, "ok") == 0 ? SQLITE_OK : SQLITE_CORRUPT;
    }
    (void)sqlite3_finalize(stmt); /* As above. */
    return result;
}

int scene_read(struct scene *scene, uint64_t *digest) {
    static const char *const queries[] = {
        "PRAGMA user_version",
        "SELECT id, name, region, note FROM cases ORDER BY id",
        "SELECT name, region, id FROM cases INDEXED BY cases_name ORDER BY name, region, id",
        "SELECT rowid, text FROM search ORDER BY rowid",
        "SELECT rowid FROM search WHERE search MATCH 'kunjungan' ORDER BY rank, rowid",
        "SELECT rowid FROM search WHERE search MATCH 'tindak OR umpama' ORDER BY rowid",
        "PRAGMA freelist_count",
    };
    uint64_t sum = UINT64_C(0xcbf29ce484222325);
    int result = SQLITE_OK;

    for (size_t i = 0; i < sizeof queries / sizeof queries[0] && result == SQLITE_OK; i++) {
        result = query_read(scene, queries[i], &sum);
    }
    if (result == SQLITE_OK) {
        result = integrity_read(scene);
    }
    if (result == SQLITE_OK) {
        *digest = sum;
    }
    return result;
}
