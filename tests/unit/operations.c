/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Floods of operations, straight into the table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/cbor.h"
#include "store/db.h"
#include "store/members.h"
#include "tests/support/people.h"

#include <string.h>

enum {
    FLOOD_LOGS = 4096,
    FLOOD_LOG_OPERATIONS = 16,
    HONEST_OPERATIONS = 40,
    FLOOD_LOG_FIRST = 1001
};
enum { LONG_BYTES = EVENT_PAYLOAD_BYTES_MAX - 64 };
enum { LONG_COUNT = OPERATIONS_COST_MAX / LONG_BYTES + 100 };

static struct people people;
static uint8_t circle[HASH_BYTES];

/* Ayu, Bayu and Citra; Ayu and Bayu in a group. */
static int a_group(void **state) {
    (void)state;
    people_new(&people, 3);
    people_group(&people, 2, circle);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Helpers ---- */

static int64_t count_of(const char *sql) {
    struct db_row *row = db_query(store_db(people.stores[AYU]), sql);

    assert_true(db_step(row));
    int64_t count = db_int(row, 0);
    assert_int_equal(db_end(row), RB_OK);
    return count;
}

static int64_t circle_row(void) {
    static const char sql[] = "SELECT id FROM circle";

    return count_of(sql);
}

static int64_t own_log(void) {
    static const char sql[] = "SELECT id FROM log WHERE own = 1";

    return count_of(sql);
}

static size_t own_operations(void) {
    static const char sql[] =
        "SELECT count(*) FROM operation WHERE log IN (SELECT id FROM log WHERE own = 1)";

    return (size_t)count_of(sql);
}

/* Logs of one person, two of each of his devices. */
static void flood_logs_insert(size_t who) {
    static const char sql_logs[] =
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)"
        " INSERT INTO log (id, pk, origin, circle, head, hash, signature)"
        " SELECT ?3 + i, randomblob(32), randomblob(32), ?1, 0, x'', x'' FROM n";
    static const char sql_authors[] =
        "INSERT INTO author (log, person, device_cert)"
        " SELECT id, ?1, CAST(printf('%016d', id / 2) AS BLOB) FROM log WHERE id >= ?2";
    struct db *db = store_db(people.stores[AYU]);
    struct db_row *row = db_query(db, sql_logs);

    db_bind_int(row, 1, circle_row());
    db_bind_int(row, 2, FLOOD_LOGS);
    db_bind_int(row, 3, FLOOD_LOG_FIRST);
    assert_int_equal(db_run(row), RB_OK);
    row = db_query(db, sql_authors);
    db_bind_blob(row, 1, span_of(people_id(&people, who), HASH_BYTES));
    db_bind_int(row, 2, FLOOD_LOG_FIRST);
    assert_int_equal(db_run(row), RB_OK);
}

/* An ACCEPT with a field of so many bytes that nobody knows. */
static void accept_insert(int64_t log, uint64_t seq, size_t unknown_len) {
    static const uint8_t zeros[EVENT_BODY_BYTES_MAX];
    struct payload payload = { .type = OP_ACCEPT, .hlc = 5 };
    struct operation_row row = { .circle = circle_row(), .log = log, .seq = seq };
    struct writer body, bytes;

    writer_init(&body, EVENT_BODY_BYTES_MAX);
    writer_init(&bytes, EVENT_BODY_BYTES_MAX);
    cbor_write_map(&body, 1);
    cbor_write_uint(&body, 20);
    cbor_write_bytes(&body, span_of(zeros, unknown_len));
    payload.body = writer_view(&body);
    payload_encode(&bytes, &payload);
    row.payload = writer_view(&bytes);
    crypt_random(row.ref, sizeof row.ref);
    assert_int_equal(operation_insert(people.stores[AYU], &row), RB_OK);
    writer_clear(&bytes);
    writer_clear(&body);
}

/* Within a transaction, which is thrown away. */
static void flood_begin(size_t who, int count, size_t unknown_len) {
    assert_int_equal(store_write_begin(people.stores[AYU]), RB_OK);
    flood_logs_insert(who);
    for (int i = 0; i < count; i++) {
        accept_insert(FLOOD_LOG_FIRST + i / FLOOD_LOG_OPERATIONS,
                      2 + (uint64_t)i % FLOOD_LOG_OPERATIONS, unknown_len);
    }
}

static void flood_end(void) {
    assert_int_equal(store_write_end(people.stores[AYU], RB_REFUSED), RB_REFUSED);
}

static void honest_insert(void) {
    int64_t log = own_log();

    for (uint64_t i = 0; i < HONEST_OPERATIONS; i++) {
        accept_insert(log, 1000 + i, 0);
    }
}

static size_t operations_by(const struct operation_list *list, size_t who) {
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++) {
        count += memcmp(list->ops[i].author, people_id(&people, who), HASH_BYTES) == 0 ? 1 : 0;
    }
    return count;
}

static void verdict_of(uint8_t verdict[static HASH_BYTES]) {
    struct members members = { 0 };

    assert_int_equal(members_fold(people.stores[AYU], circle_row(), &members), RB_OK);
    memcpy(verdict, members.verdict, HASH_BYTES);
    members_clear(&members);
}

/* ---- Tests ---- */

static void who_has_many_devices_writes_nobody_out(void **state) {
    struct operation_list list;
    size_t honest = own_operations() + HONEST_OPERATIONS;
    (void)state;

    flood_begin(CITRA, FLOOD_LOGS * FLOOD_LOG_OPERATIONS, 0);
    honest_insert();
    assert_int_equal(operations_load(people.stores[AYU], circle_row(), &list), RB_OK);
    assert_int_equal(list.count, CIRCLE_OPERATIONS_MAX);
    assert_true(list.is_cut);
    assert_int_equal(operations_by(&list, AYU), honest);
    operations_clear(&list);
    flood_end();
}

/* Content may name what is pushed out, so it is judged again. */
static void long_operations_take_no_more_memory_and_write_nobody_out(void **state) {
    uint8_t small[HASH_BYTES], full[HASH_BYTES], more[HASH_BYTES];
    struct operation_list list;
    size_t honest = own_operations() + HONEST_OPERATIONS;
    (void)state;

    verdict_of(small);
    flood_begin(BAYU, LONG_COUNT, LONG_BYTES);
    verdict_of(full);
    assert_memory_not_equal(full, small, HASH_BYTES);
    honest_insert();
    verdict_of(more);
    assert_memory_not_equal(more, full, HASH_BYTES);
    assert_int_equal(operations_load(people.stores[AYU], circle_row(), &list), RB_OK);
    assert_true(list.is_cut);
    assert_in_range(list.payloads.len, OPERATIONS_COST_MAX / 10 * 9, OPERATIONS_COST_MAX);
    assert_in_range(list.count, OPERATIONS_COST_MAX / 10 * 9 / LONG_BYTES, LONG_COUNT);
    assert_int_equal(operations_by(&list, AYU), honest);
    operations_clear(&list);
    flood_end();
}

static void an_acceptance_does_not_change_the_verdict_while_nothing_is_left_out(void **state) {
    uint8_t before[HASH_BYTES], after[HASH_BYTES];
    (void)state;

    verdict_of(before);
    flood_begin(BAYU, 1, LONG_BYTES);
    verdict_of(after);
    assert_memory_equal(before, after, HASH_BYTES);
    flood_end();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_group, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(who_has_many_devices_writes_nobody_out),
        TEST(long_operations_take_no_more_memory_and_write_nobody_out),
        TEST(an_acceptance_does_not_change_the_verdict_while_nothing_is_left_out),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
