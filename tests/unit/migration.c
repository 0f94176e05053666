/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A store of an older version goes on as if it had always been of this one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/db.h"
#include "store/schema.h"
#include "tests/support/people.h"

#include <stdio.h>
#include <string.h>

static struct people people;
static uint8_t circle[HASH_BYTES];
static uint8_t thread[REF_BYTES];
static char page[TRANSCRIPT_BYTES], other_page[TRANSCRIPT_BYTES];

static int a_group(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    people_new(&people, 2);
    people_group(&people, 2, circle);
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rujukan"), people_now(&people), thread),
        RB_OK);
    people_post(&people, AYU, thread, "satu", ref);
    people_meet(&people, AYU, BAYU);
    people_post(&people, BAYU, thread, "dua", ref);
    people_meet(&people, AYU, BAYU);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

static int64_t number_query(struct store *store, const char *sql) {
    struct db_row *row = db_query(store_db(store), sql);

    assert_true(db_step(row));
    int64_t value = db_int(row, 0);
    assert_int_equal(db_end(row), RB_OK);
    return value;
}

/* All that CREATE has ever made, in the words of CREATE. */
static void schema_dump(struct store *store, struct writer *dump) {
    struct db_row *row = db_query(store_db(store),
                                  "SELECT name || ': ' || coalesce(sql, '') FROM sqlite_schema"
                                  " ORDER BY name");

    writer_init(dump, 1 << 20);
    while (db_step(row)) {
        writer_span(dump, db_text(row, 0));
        writer_u8(dump, '\n');
    }
    assert_int_equal(db_end(row), RB_OK);
    assert_int_equal(writer_end(dump), RB_OK);
}

/* A table that the first version does not have; false if there is none. */
static bool later_table_find(struct store *store, char name[static 64]) {
    static const char sql[] =
        "SELECT name"
        " FROM sqlite_schema"
        " WHERE type = 'table'"
        "   AND instr(?1, 'CREATE TABLE ' || name || ' (') = 0"
        " ORDER BY sql LIKE 'CREATE VIRTUAL%' DESC"
        " LIMIT 1";
    struct db_row *row = db_query(store_db(store), sql);
    bool found;

    db_bind_text(row, 1, span_text(schema_migrations[0]));
    found = db_step(row);
    if (found) {
        (void)snprintf(name, 64, "%.*s", (int)db_text(row, 0).len,
                       (const char *)db_text(row, 0).data);
    }
    assert_int_equal(db_end(row), RB_OK);
    return found;
}

/* Runs a statement of the first version again, by how it begins. */
static void run_of_version_1(struct store *store, const char *beginning) {
    const char *sql = strstr(schema_migrations[0], beginning);
    char statement[1024];

    assert_non_null(sql);
    size_t len = strcspn(sql, ";");
    assert_true(len < sizeof statement);
    memcpy(statement, sql, len);
    statement[len] = '\0';
    assert_int_equal(db_execute(store_db(store), statement), RB_OK);
}

/* Tables that have other columns now; those that are made again stand empty. */
static void age_tables(struct store *store) {
    assert_int_equal(db_execute(store_db(store),
                                "DROP VIEW contact_present;"
                                "DROP VIEW case_part;"
                                "DROP TABLE cert;"
                                "DROP TABLE member;"
                                "DROP TABLE circle_view;"
                                "DROP TABLE operation;"
                                "DROP TABLE fork;"
                                "DROP INDEX event_quarantined;"
                                "DROP INDEX log_origin;"
                                "DROP INDEX log_parent;"
                                "ALTER TABLE contact DROP COLUMN brought;"
                                "ALTER TABLE log DROP COLUMN proof;"
                                "ALTER TABLE log DROP COLUMN base_hash;"
                                "ALTER TABLE log DROP COLUMN base;"
                                "ALTER TABLE log DROP COLUMN parent;"
                                "ALTER TABLE log DROP COLUMN origin;"),
                     RB_OK);
    run_of_version_1(store, "CREATE TABLE cert (");
    run_of_version_1(store, "CREATE INDEX cert_person ");
    run_of_version_1(store, "CREATE TABLE member (");
    run_of_version_1(store, "CREATE INDEX member_person ");
    run_of_version_1(store, "CREATE TABLE circle_view (");
    run_of_version_1(store, "CREATE TABLE operation (");
    run_of_version_1(store, "CREATE INDEX operation_log ");
    run_of_version_1(store, "CREATE TABLE fork (");
}

/* As the first version left it: the tables of later migrations are taken away again. */
static void age_to_version_1(struct store *store) {
    char name[64], sql[128];
    size_t dropped = 0;

    assert_int_equal(store_write_begin(store), RB_OK);
    while (later_table_find(store, name)) {
        (void)snprintf(sql, sizeof sql, "DROP TABLE %s", name);
        assert_int_equal(db_execute(store_db(store), sql), RB_OK);
        dropped++;
    }
    age_tables(store);
    assert_int_equal(db_execute(store_db(store), "PRAGMA user_version = 1"), RB_OK);
    assert_int_equal(store_write_commit(store), RB_OK);
    assert_true(dropped >= 8);
}

static void a_store_of_version_1_is_migrated_to_the_schema_of_a_new_one(void **state) {
    struct writer before, after;
    (void)state;

    schema_dump(people.stores[AYU], &before);
    age_to_version_1(people.stores[AYU]);
    people_reopen(&people, AYU);
    schema_dump(people.stores[AYU], &after);
    assert_int_equal(number_query(people.stores[AYU], "PRAGMA user_version"), schema_version);
    assert_int_equal(before.len, after.len);
    assert_memory_equal(before.data, after.data, before.len);
    writer_clear(&before);
    writer_clear(&after);
}

static void a_migrated_store_keeps_everything_and_works_on(void **state) {
    uint8_t ref[REF_BYTES];
    struct store_sizes before, after;
    struct thread_row row;
    (void)state;

    people_transcript(&people, AYU, thread, page);
    assert_int_equal(store_sizes(people.stores[AYU], &before), RB_OK);
    age_to_version_1(people.stores[AYU]);
    people_reopen(&people, AYU);
    struct store *ayu = people.stores[AYU];
    assert_int_equal(store_sizes(ayu, &after), RB_OK);
    assert_int_equal(before.events, after.events);
    people_transcript(&people, AYU, thread, other_page);
    assert_string_equal(page, other_page);
    assert_int_equal(thread_get(ayu, thread, &row), RB_OK);
    assert_int_equal(row.number, 1);
    assert_int_equal(row.unread, 0);

    people_post(&people, AYU, thread, "tiga", ref);
    assert_int_equal(post_edit(ayu, ref, span_text("empat"), people_now(&people)), RB_OK);
    people_meet(&people, AYU, BAYU);
    people_transcript(&people, BAYU, thread, page);
    assert_string_equal(page, "Ayu: satu\nBayu: dua\nAyu: empat\n");
    assert_int_equal(views_rebuild(ayu), RB_OK);
    people_transcript(&people, AYU, thread, other_page);
    assert_string_equal(page, other_page);
}

static void what_an_older_version_passed_over_is_shown_after_the_migration(void **state) {
    (void)state;

    people_transcript(&people, AYU, thread, page);
    struct store *ayu = people.stores[AYU];
    assert_int_equal(store_write_begin(ayu), RB_OK);
    assert_int_equal(db_execute(store_db(ayu), "DELETE FROM post"), RB_OK);
    assert_int_equal(store_write_commit(ayu), RB_OK);
    people_transcript(&people, AYU, thread, other_page);
    assert_string_equal(other_page, "");

    age_to_version_1(ayu);
    people_reopen(&people, AYU);
    people_transcript(&people, AYU, thread, other_page);
    assert_string_equal(page, other_page);
    assert_int_equal(number_query(people.stores[AYU],
                                  "SELECT count(*) FROM setting WHERE name = 'views_are_stale'"),
                     0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_group, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_store_of_version_1_is_migrated_to_the_schema_of_a_new_one),
        TEST(a_migrated_store_keeps_everything_and_works_on),
        TEST(what_an_older_version_passed_over_is_shown_after_the_migration),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
