/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/check.h"
#include "store/db.h"
#include "tests/support/homes.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096, FLIPPED_AT = 1000, STEPS_MAX = 1000 };

struct fixture {
    struct folder folder;
    char home[2 * HOMES_PATH_MAX];
    char path[3 * HOMES_PATH_MAX]; /* of the database */
    struct store *store;
};

static int set_up(void **state) {
    static struct fixture fixture;

    folder_new(&fixture.folder);
    (void)snprintf(fixture.home, sizeof fixture.home, "%s", folder_name(&fixture.folder, "home"));
    (void)snprintf(fixture.path, sizeof fixture.path, "%s/rembuk.db", fixture.home);
    fixture.store = home_new(fixture.home, "Sari Umpama");
    *state = &fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;

    store_close(&fixture->store);
    folder_remove(&fixture->folder);
    return 0;
}

/* ---- Helpers ---- */

static struct check checked(struct fixture *fixture) {
    struct check check;
    int steps = 0;

    check_begin(&check);
    while (check.state != CHECK_ENDED) {
        assert_true(++steps < STEPS_MAX);
        assert_int_equal(check_step(&check, fixture->store), RB_OK);
    }
    return check;
}

static uint64_t pages_of(const struct fixture *fixture) {
    struct stat facts;

    assert_int_equal(stat(fixture->path, &facts), 0);
    return (uint64_t)facts.st_size / PAGE_BYTES;
}

static void page_flip(const struct fixture *fixture, uint64_t page) {
    file_flip(fixture->path, (size_t)(page - 1) * PAGE_BYTES + FLIPPED_AT, 0x10);
}

static void run_sql(struct fixture *fixture, const char *sql) {
    assert_int_equal(store_write_begin(fixture->store), RB_OK);
    assert_int_equal(store_write_end(fixture->store, db_execute(store_db(fixture->store), sql)),
                     RB_OK);
}

static int64_t number_of(struct fixture *fixture, const char *sql) {
    struct db_row *row = db_query(store_db(fixture->store), sql);

    assert_true(db_step(row));
    const int64_t number = db_int(row, 0);
    assert_int_equal(db_end(row), RB_OK);
    return number;
}

static void reopen(struct fixture *fixture) {
    store_close(&fixture->store);
    fixture->store = home_open(fixture->home);
}

/* ---- Sound ---- */

static void a_store_in_use_is_sound_and_wholly_looked_at(void **state) {
    struct fixture *fixture = *state;
    const struct check check = checked(fixture);

    assert_true(check_is_sound(&check));
    assert_int_equal(check.pages, pages_of(fixture));
    assert_int_equal(check.tables, 1 + number_of(fixture,
                                                 "SELECT count(*) FROM sqlite_schema"
                                                 " WHERE type = 'table' AND name <> 'search'"));
}

static void what_stands_in_the_wal_is_looked_at_too(void **state) {
    struct fixture *fixture = *state;
    const uint64_t before = checked(fixture).pages;

    /* Twice as much as is asked for: some of it goes into pages that are free. */
    run_sql(fixture, "INSERT INTO setting (name, value) VALUES ('large', zeroblob(200000))");
    assert_true(checked(fixture).pages >= before + 100000 / PAGE_BYTES);
}

static void it_waits_while_a_transaction_is_open(void **state) {
    struct fixture *fixture = *state;
    struct check check;

    check_begin(&check);
    assert_int_equal(store_write_begin(fixture->store), RB_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(check_step(&check, fixture->store), RB_OK);
        assert_int_equal(check.state, CHECK_SETTLES);
    }
    store_write_abort(fixture->store);
    assert_int_equal(check_step(&check, fixture->store), RB_OK);
    assert_int_equal(check.state, CHECK_PAGES);
}

static void the_store_may_be_written_between_two_steps(void **state) {
    struct fixture *fixture = *state;
    struct check check;
    int steps = 0;

    check_begin(&check);
    while (check.state != CHECK_ENDED) {
        assert_int_equal(check_step(&check, fixture->store), RB_OK);
        run_sql(fixture, "INSERT INTO history (line) VALUES (hex(zeroblob(10000)))");
        steps++;
    }
    assert_true(steps > 3);
    assert_true(check_is_sound(&check));
}

/* ---- Damaged ---- */

static void a_flip_in_any_page_is_found_and_healed_by_flipping_back(void **state) {
    struct fixture *fixture = *state;
    const uint64_t pages = checked(fixture).pages;

    assert_true(pages > 20);
    for (uint64_t page = 1; page <= pages; page++) {
        page_flip(fixture, page);
        const struct check check = checked(fixture);
        assert_false(check_is_sound(&check));
        assert_int_equal(check.damaged_pages, 1);
        assert_int_equal(check.damage.part, DAMAGE_PAGE);
        assert_int_equal(check.damage.place, page);
        page_flip(fixture, page);
    }
    const struct check healed = checked(fixture);
    assert_true(check_is_sound(&healed));
}

static void every_damaged_page_is_counted_and_the_first_is_named(void **state) {
    struct fixture *fixture = *state;
    const uint64_t pages = checked(fixture).pages;

    page_flip(fixture, 7);
    page_flip(fixture, pages);
    const struct check check = checked(fixture);
    assert_int_equal(check.damaged_pages, 2);
    assert_int_equal(check.damage.place, 7);
}

static void a_file_that_was_cut_off_is_damaged_where_it_ends(void **state) {
    struct fixture *fixture = *state;
    const uint64_t pages = checked(fixture).pages;

    assert_int_equal(truncate(fixture->path, (off_t)((pages - 1) * PAGE_BYTES)), 0);
    struct check check = checked(fixture);
    assert_int_equal(check.damage.place, pages);
    assert_int_equal(truncate(fixture->path, (off_t)((pages - 1) * PAGE_BYTES + 100)), 0);
    check = checked(fixture);
    assert_int_equal(check.damage.place, pages);
}

static void a_table_whose_index_lacks_a_row_is_unsound(void **state) {
    struct fixture *fixture = *state;

    run_sql(fixture,
            "INSERT INTO number (sort, parent, number, object) VALUES (9, x'', 1, x'AA');"
            "PRAGMA writable_schema = ON;"
            "UPDATE sqlite_schema"
            "   SET rootpage = (SELECT rootpage FROM sqlite_schema"
            "                    WHERE name = 'contact_transport')"
            " WHERE name = 'number_object'");
    reopen(fixture);
    const struct check check = checked(fixture);
    assert_true(check.records_unsound);
    assert_int_equal(check.damaged_pages, 0);
    assert_false(check_is_sound(&check));
    assert_false(check_only_search(&check));
}

/* ---- The search index ---- */

static void a_page_of_the_index_alone_leaves_the_records_sound(void **state) {
    struct fixture *fixture = *state;

    (void)checked(fixture); /* All stands in the file. */
    page_flip(fixture, (uint64_t)number_of(fixture,
                                           "SELECT rootpage FROM sqlite_schema"
                                           " WHERE name = 'search_data'"));
    const struct check check = checked(fixture);
    assert_true(check_only_search(&check));
    assert_false(check.search_was_emptied); /* Not even that: the page would have to be read. */
    assert_false(check_is_sound(&check));
}

static void an_index_that_contradicts_itself_is_emptied(void **state) {
    struct fixture *fixture = *state;

    run_sql(fixture, "UPDATE search_data SET block = x'00000001ff' WHERE id = 10");
    reopen(fixture);
    struct check check = checked(fixture);
    assert_true(check.search_unsound);
    assert_true(check.search_was_emptied);
    assert_true(check_is_sound(&check));
    check = checked(fixture);
    assert_false(check.search_unsound);
}

static void the_tables_of_the_index_are_those_with_its_name(void **state) {
    struct fixture *fixture = *state;

    assert_int_equal(number_of(fixture,
                               "SELECT count(*) FROM sqlite_schema"
                               " WHERE type = 'table' AND name LIKE 'search%'"),
                     1 + 4 + 3);
}

static int start(void **state) {
    (void)state;
    return crypt_start() == RB_OK ? 0 : -1;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_store_in_use_is_sound_and_wholly_looked_at),
        TEST(what_stands_in_the_wal_is_looked_at_too),
        TEST(it_waits_while_a_transaction_is_open),
        TEST(the_store_may_be_written_between_two_steps),
        TEST(a_flip_in_any_page_is_found_and_healed_by_flipping_back),
        TEST(every_damaged_page_is_counted_and_the_first_is_named),
        TEST(a_file_that_was_cut_off_is_damaged_where_it_ends),
        TEST(a_table_whose_index_lacks_a_row_is_unsound),
        TEST(a_page_of_the_index_alone_leaves_the_records_sound),
        TEST(an_index_that_contradicts_itself_is_emptied),
        TEST(the_tables_of_the_index_are_those_with_its_name),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
