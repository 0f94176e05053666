/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/check.h"

#include "store/db.h"
#include "store/search.h"

#include <string.h>

void check_begin(struct check *check) {
    *check = (struct check) { .state = CHECK_SETTLES };
}

static void enter(struct check *check, enum check_state state, uint64_t total) {
    check->state = state;
    check->done = 0;
    check->total = total;
}

/* ---- Pages ---- */

static void note_page(struct check *check, uint64_t number) {
    check->damaged_pages++;
    if (check->damage.part == DAMAGE_NONE) {
        check->damage = (struct damage) { .part = DAMAGE_PAGE, .place = number };
    }
}

/* Pages that come to the file later are of this session, which has just written them. */
static enum rb_status settle(struct check *check, struct db *db) {
    uint64_t pages = 0;
    enum rb_status status = db_settle(db);

    if (status == RB_DAMAGED) {
        check->damage = db_damage(db);
        check->records_unsound = true;
        enter(check, CHECK_ENDED, 0);
        return RB_OK;
    }
    if (status == RB_OK) {
        status = db_pages(db, &pages);
    }
    if (status == RB_DAMAGED) {
        note_page(check, pages + 1); /* The file ends there. */
        status = RB_OK;
    }
    if (status == RB_OK) {
        enter(check, CHECK_PAGES, pages);
    }
    return status;
}

static enum rb_status count_tables(struct db *db, uint64_t *count) {
    static const char sql[] =
        "SELECT 1 + count(*)" /* sqlite_schema itself */
        " FROM sqlite_schema"
        " WHERE type = 'table'"
        "   AND rootpage > 0";
    struct db_row *row = db_query(db, sql);
    uint64_t value = 0;

    if (db_step(row)) {
        value = (uint64_t)db_int(row, 0);
    }
    const enum rb_status status = db_end(row);
    if (status == RB_OK) {
        *count = value;
    }
    return status;
}

static enum rb_status end_pages(struct check *check, struct db *db) {
    uint64_t tables = 0;
    const enum rb_status status = count_tables(db, &tables);

    check->pages = check->done;
    if (status == RB_DAMAGED) {
        check->records_unsound = true;
        enter(check, CHECK_ENDED, 0);
        return RB_OK;
    }
    enter(check, CHECK_TABLES, tables);
    return status;
}

static enum rb_status read_pages(struct check *check, struct db *db) {
    for (size_t i = 0; i < CHECK_SLICE_PAGES && check->done < check->total; i++) {
        const enum rb_status status = db_page_check(db, check->done + 1);
        if (status == RB_DAMAGED) {
            note_page(check, check->done + 1);
        } else if (status != RB_OK) {
            return status;
        }
        check->done++;
    }
    return check->done < check->total ? RB_OK : end_pages(check, db);
}

/* ---- Tables ---- */

static void note_table(struct check *check, bool is_search) {
    if (is_search) {
        check->search_unsound = true;
    } else {
        check->records_unsound = true;
    }
}

/* RB_DAMAGED if table `number`, from 0, is not whole; `*is_search` all the same. */
static enum rb_status table_check(struct db *db, uint64_t number, bool *is_search) {
    static const char sql[] =
        "SELECT one.name LIKE 'search%', found.integrity_check"
        " FROM (SELECT 'sqlite_schema' AS name"
        "        UNION ALL"
        "       SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0"
        "        ORDER BY name"
        "        LIMIT 1 OFFSET ?1) AS one,"
        "      pragma_integrity_check(one.name) AS found";
    struct db_row *row = db_query(db, sql);
    bool is_whole = false;

    db_bind_int(row, 1, (int64_t)number);
    if (db_step(row)) {
        *is_search = db_int(row, 0) != 0;
        is_whole = span_equal(db_text(row, 1), span_text("ok"));
    }
    const enum rb_status status = db_end(row);
    return status == RB_OK && !is_whole ? RB_DAMAGED : status;
}

static enum rb_status look_at_table(struct check *check, struct db *db) {
    bool is_search = false;
    const enum rb_status status = table_check(db, check->done, &is_search);

    if (status == RB_DAMAGED) {
        note_table(check, is_search);
    } else if (status != RB_OK) {
        return status;
    }
    check->done++;
    if (check->done == check->total) {
        check->tables = check->done;
        enter(check, CHECK_SEARCH, 1);
    }
    return RB_OK;
}

/* ---- Search ---- */

static enum rb_status search_check_index(struct store *store) {
    const enum rb_status status = store_write_begin(store); /* It looks like a write to SQLite. */

    return status == RB_OK
               ? store_write_end(
                     store, db_execute(store_db(store),
                                       "INSERT INTO search (search) VALUES ('integrity-check')"))
               : status;
}

/* An index that FTS5 cannot even open is RB_STORAGE; a disk that fails is that, too, and then the
 * index cannot be emptied. */
static enum rb_status look_at_search(struct check *check, struct store *store) {
    const enum rb_status status = check->search_unsound ? RB_DAMAGED : search_check_index(store);

    if (status != RB_OK && status != RB_DAMAGED && status != RB_STORAGE) {
        return status;
    }
    check->search_unsound = status != RB_OK;
    if (check->search_unsound && !check->records_unsound) {
        check->search_was_emptied = search_empty(store) == RB_OK;
    }
    if (status == RB_STORAGE && !check->search_was_emptied) {
        return status;
    }
    enter(check, CHECK_ENDED, 0);
    return RB_OK;
}

/* ---- The whole ---- */

enum rb_status check_step(struct check *check, struct store *store) {
    struct db *db = store_db(store);

    if (db_in_transaction(db)) {
        return RB_OK;
    }
    switch (check->state) {
    case CHECK_SETTLES:
        return settle(check, db);
    case CHECK_PAGES:
        return read_pages(check, db);
    case CHECK_TABLES:
        return look_at_table(check, db);
    case CHECK_SEARCH:
        return look_at_search(check, store);
    case CHECK_ENDED:
        break;
    }
    return RB_OK;
}

bool check_is_sound(const struct check *check) {
    return check->damage.part == DAMAGE_NONE && !check->records_unsound &&
           (!check->search_unsound || check->search_was_emptied);
}

bool check_only_search(const struct check *check) {
    return check->search_unsound && !check->records_unsound;
}
