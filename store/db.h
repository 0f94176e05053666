/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The only door to SQLite, but for the vault below it (vault.h).  One connection, WAL,
 * synchronous=FULL, locking_mode=EXCLUSIVE, temp_store=MEMORY, foreign keys on, secure_delete on.
 * Statements are prepared once and kept: the text is a string literal, and its address is the key
 * of the cache.
 *
 * Every write happens between db_begin and db_commit or db_rollback; only store.c's store_write
 * calls them, and an assert says so.  Errors become RB_STORAGE, RB_FULL, RB_DAMAGED, RB_NEWER or
 * RB_BUSY. */
#ifndef REMBUK_STORE_DB_H
#define REMBUK_STORE_DB_H

#include "store/vault.h"

struct db;
struct db_row; /* a prepared statement that is being run */

/* Makes PATH, mode 0600, as db_open then finds it.  RB_EXISTS, RB_FULL, RB_STORAGE.  A creation
 * that fails leaves its files to the caller (home.h). */
enum rb_status db_create(const char *path, const struct keyfile *key) RB_MUST_CHECK;

/* Opens PATH.  Waits up to `wait_ms` for another process, then RB_BUSY.  Checks application_id and
 * user_version and migrates (schema.c).  RB_NOT_FOUND if there is no file.  RB_DAMAGED: `*damage`
 * says where, as far as the vault has met it (else DAMAGE_NONE). */
enum rb_status db_open(struct db **db, const char *path, const struct keyfile *key, int wait_ms,
                       struct damage *damage) RB_MUST_CHECK;
void db_close(struct db **db);

/* The first damage that the vault has met since db_open. */
struct damage db_damage(const struct db *db);

enum rb_status db_begin(struct db *db) RB_MUST_CHECK;
enum rb_status db_commit(struct db *db) RB_MUST_CHECK;
void db_rollback(struct db *db);
bool db_in_transaction(const struct db *db);

/* Runs statements without parameters or rows (schema.c). */
enum rb_status db_execute(struct db *db, const char *sql) RB_MUST_CHECK;

/* ---- One statement ----
 *     struct db_row *row = db_query(db, "SELECT ... WHERE pk = ?1");
 *     db_bind_blob(row, 1, span);
 *     while (db_step(row)) { ... db_int(row, 0) ... }
 *     status = db_end(row);
 * Errors stick in the row and come out of db_end, which also makes the statement ready again.  A
 * text may be in use only once at a time.  Column spans are borrowed until the next db_step or
 * db_end. */
struct db_row *db_query(struct db *db, const char *sql);
void db_bind_int(struct db_row *row, int index, int64_t value);
void db_bind_blob(struct db_row *row, int index, struct span bytes); /* borrowed until db_end */
void db_bind_text(struct db_row *row, int index, struct span text);  /* borrowed until db_end */
void db_bind_null(struct db_row *row, int index);
bool db_step(struct db_row *row);
int64_t db_int(struct db_row *row, int column);
struct span db_blob(struct db_row *row, int column); /* empty for NULL */
struct span db_text(struct db_row *row, int column);
bool db_is_null(struct db_row *row, int column);

/* Copies a blob of exactly `len` bytes; another length in our own file is damage: the row fails. */
void db_copy(struct db_row *row, int column, uint8_t *out, size_t len);
enum rb_status db_end(struct db_row *row) RB_MUST_CHECK;

/* For a statement without rows: steps once and ends. */
enum rb_status db_run(struct db_row *row) RB_MUST_CHECK;
/* What ends a transaction: RB_STORAGE, RB_FULL, RB_DAMAGED, RB_BUSY.  Any other status is an answer
 * to somebody. */
bool db_failed(enum rb_status status);
int64_t db_changes(const struct db *db);
int64_t db_changes_ever(const struct db *db); /* of rows, since it was opened */
int64_t db_last_id(const struct db *db);

/* ---- For check.c ---- */

/* Copies the WAL into the database file and empties it, so that every newest page stands there; and
 * lets go of the pages kept in memory, so that the next look at them comes from the file.  Outside
 * of transactions.  Also RB_DAMAGED (db_damage). */
enum rb_status db_settle(struct db *db) RB_MUST_CHECK;

/* Pages in the file, a last one that is cut off included.  RB_DAMAGED: fewer than the database has;
 * `*count` is told all the same. */
enum rb_status db_pages(struct db *db, uint64_t *count) RB_MUST_CHECK;

/* Reads page `number`, from 1 to db_pages, from the file.  RB_DAMAGED if it does not
 * authenticate. */
enum rb_status db_page_check(struct db *db, uint64_t number) RB_MUST_CHECK;

#endif
