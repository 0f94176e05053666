/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/sql_maker.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* In templates:
 *
 *   @t  a table with columns a, b, c      @r  one that has a rowid too
 *   @i  an id                             @x  any number
 *   @k  0 to 9                            @n  1 to 60
 *   @l  length of a blob, up to 300 kB    @m  length of one of many, up to 3 kB
 *   @j  1 to 300, rows at once
 *   @s  a savepoint                       @c  pages of a small cache
 *   @g  three letters to search */
const char sql_schema[] =
    "CREATE TABLE t0 (id INTEGER PRIMARY KEY, a INTEGER, b TEXT, c BLOB);"
    "CREATE TABLE t1 (id INTEGER PRIMARY KEY, a INTEGER, b TEXT, c BLOB);"
    "CREATE TABLE t2 (id INTEGER PRIMARY KEY AUTOINCREMENT, a INTEGER, b TEXT UNIQUE, c BLOB);"
    "CREATE TABLE s0 (id INTEGER PRIMARY KEY, a INT, b TEXT, c BLOB, d REAL, e ANY) STRICT;"
    "CREATE TABLE w0 (id INTEGER, a INTEGER, b TEXT, c BLOB, PRIMARY KEY (a, b)) WITHOUT ROWID;"
    "CREATE TABLE parent (id INTEGER PRIMARY KEY, b TEXT);"
    "CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES parent (id)"
    " ON DELETE CASCADE ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED, b TEXT);"
    "CREATE INDEX child_parent ON child (parent);"
    "CREATE TABLE doc (id INTEGER PRIMARY KEY, doc TEXT);"
    "CREATE TABLE noted (at INTEGER PRIMARY KEY, what TEXT, row INTEGER, len INTEGER);"
    "CREATE INDEX t0_a ON t0 (a);"
    "CREATE INDEX t1_ab ON t1 (a, b);"
    "CREATE VIRTUAL TABLE sought USING fts5(text, content = '', tokenize = 'trigram',"
    " detail = none);"
    "CREATE VIRTUAL TABLE page USING fts5(title, body);"
    "CREATE TEMP TABLE aside (id INTEGER PRIMARY KEY, b TEXT)";

struct kind {
    unsigned weight;
    const char *text;
};

static const struct kind kinds[] = {
    /* ---- Rows come ---- */
    { 30, "INSERT INTO @t (a, b, c) VALUES (@x % 1000, words(@x, @k), noise(@x, @l))" },
    { 20,
      "WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < @j)"
      " INSERT INTO @t (a, b, c)"
      " SELECT i * 37 % 1000, words(i + @x, @k), noise(i + @x, @m) FROM n" },
    { 8,
      "INSERT OR REPLACE INTO @t (id, a, b, c)"
      " VALUES (@i, @i, words(@x, @k), noise(@x, @l)), (@i, @i, words(@x, 2), zeroblob(@l))" },
    { 8,
      "INSERT INTO @r (id, a, b) VALUES (@i, @i, words(@x, 3)) ON CONFLICT (id)"
      " DO UPDATE SET a = a + excluded.a, b = excluded.b RETURNING id, a, length(c)" },
    { 3, "INSERT OR FAIL INTO @r (id, a) SELECT id + 1, a FROM @r WHERE id > @i ORDER BY id DESC" },
    { 2, "INSERT OR ROLLBACK INTO @r (id, a) SELECT id + 3, a FROM @r WHERE id > @i" },
    { 2, "INSERT OR IGNORE INTO t2 (a, b) SELECT a, b FROM @t WHERE a > @i LIMIT 40" },
    { 3, "INSERT INTO s0 (a, d, e) VALUES (@x, @x / 7.0, words(@x, 1)), (@k, 1e300 * @k, @x)" },
    { 1, "INSERT INTO s0 (a) VALUES ('not a number')" },
    /* ---- Rows change ---- */
    { 12, "UPDATE @t SET a = a + @k, b = words(a + @x, @k) WHERE a BETWEEN @i AND @i + 60" },
    { 8, "UPDATE @t SET c = noise(a + @x, @m) WHERE a % 7 = @k" },
    { 6, "UPDATE @r SET c = noise(@x, @l) WHERE id = @i" },
    { 4, "UPDATE @r SET c = substr(c, @m, @l) WHERE id BETWEEN @i AND @i + 9 RETURNING id" },
    { 3, "UPDATE OR REPLACE @r SET id = id + @k + 1 WHERE id BETWEEN @i AND @i + 20" },
    { 3, "UPDATE t0 SET b = x.b FROM (SELECT id, b FROM @t WHERE a > @i) AS x WHERE x.id = t0.id" },
    { 2, "UPDATE @t SET b = b || b || b || b WHERE a % 11 = @k AND length(b) < 9000" },
    /* ---- Rows go ---- */
    { 10, "DELETE FROM @t WHERE a BETWEEN @i AND @i + 90" },
    { 6, "DELETE FROM @r WHERE id BETWEEN @i AND @i + 50 RETURNING id, a" },
    { 5, "DELETE FROM @t WHERE length(c) > @m" },
    { 1, "DELETE FROM @t" },
    { 3, "DELETE FROM noted" },
    /* ---- Reading ---- */
    { 8, "SELECT id, a, b, c FROM @t WHERE a BETWEEN @i AND @i + 100 ORDER BY a, id" },
    { 4, "SELECT count(*), sum(length(c)), min(a), max(b), total(id) FROM @t" },
    { 4, "SELECT x.id, y.id FROM @t AS x JOIN @t AS y ON x.a = y.a WHERE x.a < @i LIMIT 200" },
    { 3, "SELECT a % 10, group_concat(b), count(DISTINCT b) FROM @t GROUP BY 1 ORDER BY 1" },
    { 3,
      "SELECT id, row_number() OVER (PARTITION BY a % 5 ORDER BY b, id), lag(a) OVER (ORDER BY"
      " b, id) FROM @t" },
    { 3, "SELECT * FROM @t WHERE b LIKE '%@g%' ORDER BY b DESC, c" },
    { 2, "SELECT b FROM @t EXCEPT SELECT b FROM @t ORDER BY 1" },
    { 2, "SELECT substr(c, @l, 50), hex(substr(c, -20)) FROM @r WHERE length(c) > 4000" },
    { 2, "SELECT name, type, rootpage FROM sqlite_schema ORDER BY rootpage, name" },
    /* ---- Transactions ---- */
    { 26, "BEGIN" },
    { 8, "BEGIN IMMEDIATE" },
    { 30, "COMMIT" },
    { 8, "ROLLBACK" },
    { 14, "SAVEPOINT @s" },
    { 12, "ROLLBACK TO @s" },
    { 12, "RELEASE @s" },
    /* ---- The shape of tables ---- */
    { 2, "CREATE INDEX IF NOT EXISTS ix@k ON @t (b, a)" },
    { 2, "CREATE UNIQUE INDEX IF NOT EXISTS ix@k ON @r (id, c) WHERE a > @i" },
    { 1, "CREATE INDEX IF NOT EXISTS ix@k ON @t (length(c), substr(b, 2, 9))" },
    { 3, "DROP INDEX IF EXISTS ix@k" },
    { 1, "DROP TABLE @t" },
    { 3,
      "CREATE TABLE IF NOT EXISTS t0 (id INTEGER PRIMARY KEY, a INTEGER, b TEXT, c BLOB);"
      "CREATE TABLE IF NOT EXISTS t1 (id INTEGER PRIMARY KEY, a INTEGER, b TEXT, c BLOB);"
      "CREATE TABLE IF NOT EXISTS s0 (id INTEGER PRIMARY KEY, a INT, b TEXT, c BLOB, d REAL,"
      " e ANY) STRICT;"
      "CREATE TABLE IF NOT EXISTS w0 (id INTEGER, a INTEGER, b TEXT, c BLOB,"
      " PRIMARY KEY (a, b)) WITHOUT ROWID" },
    { 3,
      "CREATE TABLE IF NOT EXISTS t2 (id INTEGER PRIMARY KEY AUTOINCREMENT, a INTEGER,"
      " b TEXT UNIQUE, c BLOB)" },
    { 1, "CREATE TABLE copy@k AS SELECT * FROM @t WHERE a < @i" },
    { 2, "DROP TABLE IF EXISTS copy@k" },
    { 2, "ALTER TABLE @t ADD COLUMN more@k TEXT DEFAULT 'some'" },
    { 2, "ALTER TABLE t1 ADD COLUMN more1 BLOB; UPDATE t1 SET more1 = noise(id, @m)" },
    { 2, "ALTER TABLE t1 DROP COLUMN more1" },
    { 1, "ALTER TABLE t1 RENAME COLUMN more1 TO more2" },
    { 1, "ALTER TABLE t2 RENAME TO t9" },
    { 4, "ALTER TABLE t9 RENAME TO t2" },
    { 1, "DROP TABLE IF EXISTS t9" },
    { 1, "CREATE VIEW IF NOT EXISTS many AS SELECT a, count(*) AS n FROM t0 GROUP BY a" },
    { 1, "SELECT * FROM many WHERE n > 1" },
    { 1, "DROP VIEW IF EXISTS many" },
    /* ---- Triggers, keys of others, JSON ---- */
    { 2,
      "CREATE TRIGGER IF NOT EXISTS t0_in AFTER INSERT ON t0 BEGIN INSERT INTO noted (what, row,"
      " len) VALUES (new.b, new.id, length(new.c)); END" },
    { 2,
      "CREATE TRIGGER IF NOT EXISTS t1_out BEFORE DELETE ON t1 WHEN old.a % 3 = 0 BEGIN"
      " UPDATE t0 SET a = a + 1 WHERE id = old.id; INSERT INTO noted (what) VALUES (old.b); END" },
    { 1,
      "CREATE TRIGGER IF NOT EXISTS s0_no BEFORE UPDATE ON s0 WHEN new.a % 13 = 0 BEGIN"
      " SELECT raise(ABORT, 'refused'); END" },
    { 1, "DROP TRIGGER IF EXISTS t0_in; DROP TRIGGER IF EXISTS s0_no" },
    { 4, "INSERT OR IGNORE INTO parent VALUES (@n, words(@x, 2)), (@n, words(@x, 2))" },
    { 5, "INSERT INTO child (parent, b) VALUES (@n, words(@x, @k))" },
    { 2, "UPDATE parent SET id = id + 100 WHERE id = @n" },
    { 2, "DELETE FROM parent WHERE id % 10 = @k" },
    { 1, "PRAGMA foreign_key_check" },
    { 4,
      "INSERT INTO doc (doc) VALUES (json_object('a', @x, 'b', json_array(@k, words(@x, @k)),"
      " 'c', json_object('d', @i)))" },
    { 3,
      "UPDATE doc SET doc = json_set(doc, '$.c.d', @i, '$.e[0]', words(@x, 2)) WHERE id % 5 = 1" },
    { 2,
      "SELECT doc ->> '$.a', json_extract(doc, '$.c.d'), key, value FROM doc,"
      " json_each(doc, '$.b')" },
    { 1, "SELECT json_group_array(a) FROM (SELECT a FROM @t ORDER BY a LIMIT 30)" },
    { 1, "INSERT INTO doc (doc) VALUES (json('{'))" },
    /* ---- Search ---- */
    { 8, "INSERT INTO sought (rowid, text) VALUES (@x, words(@x, 40))" },
    { 4, "SELECT rowid FROM sought WHERE sought MATCH '@g' ORDER BY rowid DESC LIMIT 50" },
    { 1, "INSERT INTO sought (sought) VALUES ('optimize')" },
    { 1, "INSERT INTO sought (sought, rank) VALUES ('merge', 16)" },
    { 1, "INSERT INTO sought (sought) VALUES ('delete-all')" },
    { 8, "INSERT INTO page (title, body) SELECT words(@x, 3), words(@x + a, 60) FROM @t LIMIT @k" },
    { 3, "UPDATE page SET body = words(rowid + @x, @n) WHERE rowid % 9 = @k" },
    { 3, "DELETE FROM page WHERE rowid % 9 = @k" },
    { 4,
      "SELECT rowid, title, snippet(page, 1, '[', ']', '...', 5), bm25(page) FROM page"
      " WHERE page MATCH '@g*' ORDER BY rank, rowid LIMIT 20" },
    { 1, "INSERT INTO page (page) VALUES ('rebuild')" },
    { 1, "INSERT INTO page (page) VALUES ('integrity-check')" },
    /* ---- The whole file ---- */
    { 4, "VACUUM" },
    { 1, "REINDEX" },
    { 1, "REINDEX @t" },
    { 1, "ANALYZE" },
    { 1, "PRAGMA optimize" },
    { 3, "PRAGMA wal_checkpoint(PASSIVE)" },
    { 2, "PRAGMA wal_checkpoint(FULL)" },
    { 2, "PRAGMA wal_checkpoint(RESTART)" },
    { 2, "PRAGMA wal_checkpoint(TRUNCATE)" },
    { 3, "PRAGMA wal_autocheckpoint = @n" },
    { 1, "PRAGMA journal_size_limit = @l" },
    { 5, "PRAGMA cache_size = @c" },
    { 1, "PRAGMA shrink_memory" },
    { 1, "PRAGMA secure_delete = ON" },
    { 1, "PRAGMA secure_delete = OFF" },
    { 2, "PRAGMA page_count; PRAGMA freelist_count; PRAGMA journal_mode; PRAGMA page_size" },
    { 1, "PRAGMA quick_check" },
    { 1, "PRAGMA page_size = 8192; PRAGMA auto_vacuum = FULL; PRAGMA auto_vacuum" },
    { 2, "PRAGMA user_version = @x; PRAGMA user_version" },
    /* ---- In memory, beside the file ---- */
    { 2, "INSERT INTO aside (b) SELECT b FROM @t LIMIT 100" },
    { 1, "SELECT count(*), max(b) FROM aside; DELETE FROM aside" },
    { 1, "ATTACH ':memory:' AS beside; CREATE TABLE beside.x AS SELECT * FROM @t" },
    { 1, "INSERT INTO t0 (a, b) SELECT a, b FROM beside.x LIMIT 50" },
    { 2, "DETACH beside" },
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

size_t sql_kinds(void) {
    return KINDS;
}

const char *sql_template(size_t kind) {
    assert(kind < KINDS);
    return kinds[kind].text;
}

/* ---- Filling in ---- */

static size_t blob_len(struct random *random) {
    const size_t choice = random_below(random, 100);

    if (choice < 50) {
        return random_below(random, 100);
    }
    return random_below(random, choice < 80 ? 5000 : choice < 96 ? 20000 : 300000);
}

static uint64_t number_of(struct random *random, char letter) {
    switch (letter) {
    case 'i':
        return 1 + random_below(random, 600);
    case 'k':
        return random_below(random, 10);
    case 'n':
        return 1 + random_below(random, 60);
    case 'j':
        return 1 + random_below(random, 300);
    case 'l':
        return blob_len(random);
    case 'm':
        return random_below(random, random_chance(random, 70) ? 300 : 3000);
    case 'c':
        return 2 + random_below(random, random_chance(random, 60) ? 15 : 300);
    default:
        assert(letter == 'x');
        return random_below(random, INT32_MAX);
    }
}

static const char *name_of(struct random *random, char letter) {
    static const char *const tables[] = { "t0", "t1", "t2", "s0", "w0" };
    static const char *const savepoints[] = { "one", "two", "three" };
    static const char *const parts[] = { "ruj", "juk", "pen", "damp", "ngan", "lin", "ba", "xyz" };

    switch (letter) {
    case 't':
        return tables[random_below(random, 5)];
    case 'r':
        return tables[random_below(random, 4)];
    case 's':
        return savepoints[random_below(random, 3)];
    case 'g':
        return parts[random_below(random, 8)];
    default:
        return NULL;
    }
}

void sql_fill(struct random *random, const char *pattern, char out[static SQL_BYTES_MAX]) {
    size_t len = 0;

    for (const char *at = pattern; *at != '\0'; at++) {
        const size_t room = SQL_BYTES_MAX - len;
        const char *name = *at == '@' ? name_of(random, at[1]) : NULL;
        int put = 0;
        if (*at != '@') {
            put = snprintf(out + len, room, "%c", *at);
        } else if (name != NULL) {
            put = snprintf(out + len, room, "%s", name);
        } else {
            put = snprintf(out + len, room, "%" PRIu64, number_of(random, at[1]));
        }
        at += *at == '@' ? 1 : 0;
        assert(put > 0 && (size_t)put < room);
        len += (size_t)put;
    }
}

size_t sql_make(struct random *random, char out[static SQL_BYTES_MAX]) {
    size_t total = 0;
    size_t kind = 0;

    for (size_t i = 0; i < KINDS; i++) {
        total += kinds[i].weight;
    }
    for (size_t at = random_below(random, total); at >= kinds[kind].weight; kind++) {
        at -= kinds[kind].weight;
    }
    sql_fill(random, kinds[kind].text, out);
    return kind;
}
