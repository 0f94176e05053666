/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "node/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char home[] = "/tmp/rembuk-config-XXXXXX";
static char path[sizeof home + sizeof "/config.ini"];

static int make_home(void **state) {
    (void)state;
    if (mkdtemp(home) == NULL) {
        return -1;
    }
    (void)snprintf(path, sizeof path, "%s/config.ini", home);
    return 0;
}

static int remove_home(void **state) {
    (void)state;
    (void)unlink(path);
    return rmdir(home);
}

static enum rb_status read_text(const char *text, struct config *config, int *line) {
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return config_read(home, config, line);
}

static void no_file_is_an_empty_configuration(void **state) {
    struct config config;
    int line = 0;
    (void)state;

    (void)unlink(path);
    assert_int_equal(config_read(home, &config, &line), RB_OK);
    assert_string_equal(config.language, "");
    assert_int_equal(config.listen_count, 0);
}

static void every_key_is_read(void **state) {
    struct config config;
    int line = 0;
    (void)state;

    assert_int_equal(read_text("# bahasa\nlang = en\n\n[node]\n"
                               "listen = tcp://127.0.0.1:7437\nlisten=tcp://[::1]:*\n",
                               &config, &line),
                     RB_OK);
    assert_string_equal(config.language, "en");
    assert_int_equal(config.listen_count, 2);
    assert_string_equal(config.listen[0], "tcp://127.0.0.1:7437");
    assert_string_equal(config.listen[1], "tcp://[::1]:*");
}

static void what_is_not_known_is_malformed_at_its_line(void **state) {
    static const struct {
        const char *text;
        int line;
    } rows[] = {
        { "bahasa = id\n", 1 },
        { "lang = jv\n", 1 },
        { "lang = id\nlang = en\n", 2 },
        { "lang = id\nlisten = tcp://127.0.0.1:1\n", 2 },
        { "[node]\n\nport = 7437\n", 3 },
        { "[nodes]\nlisten = tcp://127.0.0.1:1\n", 2 },
        { "[node]\nlang = id\n", 2 },
        { "[node]\nlisten = 127.0.0.1:1\n", 2 },
        { "[node]\nlisten = ipc:///tmp/x\n", 2 },
        { "[node]\nlisten = tcp://127.0.0.1\n", 2 },
        { "[node]\nlisten\n", 2 },
        { "[node\nlang = id\n", 1 },
        { "[node]\nlock_after = 5\n", 2 },
    };
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct config config;
        int line = 0;
        assert_int_equal(read_text(rows[i].text, &config, &line), RB_MALFORMED);
        assert_int_equal(line, rows[i].line);
    }
}

static void a_console_locks_after_ten_minutes_if_nothing_else_is_told(void **state) {
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {
        { "lang = id\n", 600000 },           { "lock_after = 1\n", 60000 },
        { "lock_after = 0\n", 0 },           { "lock_after = 1440\n", 86400000 },
        { "lock_after = 3s\n", 3000 },       { "lock_after = 86400s\n", 86400000 },
        { "lock_after = 0s\nlang=id\n", 0 },
    };
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct config config;
        int line = 0;
        assert_int_equal(read_text(rows[i].text, &config, &line), RB_OK);
        assert_true(config.lock_after_ms == rows[i].ms);
    }
}

static void another_time_than_that_is_refused_at_its_line(void **state) {
    static const char *const values[] = {
        "",    "-1",   "1441", "86401s", "999999999999999999999", "10 menit", "10m", "s",
        "1,5", "0x10", "1s ",  "ten",
    };
    (void)state;

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct config config;
        char text[64];
        int line = 0;
        (void)snprintf(text, sizeof text, "lang = id\nlock_after = %s\n", values[i]);
        bool is_trimmed = strcmp(values[i], "1s ") == 0;
        assert_int_equal(read_text(text, &config, &line), is_trimmed ? RB_OK : RB_REFUSED);
        assert_int_equal(line, is_trimmed ? 0 : 2);
    }
    struct config config;
    int line = 0;
    assert_int_equal(read_text("lock_after = 1\nlock_after = 2\n", &config, &line), RB_REFUSED);
    assert_int_equal(line, 2);
    assert_int_equal(read_text("lang = jv\nlock_after = ten\n", &config, &line), RB_MALFORMED);
    assert_int_equal(line, 1);
}

static void a_line_too_long_for_the_parser_is_malformed(void **state) {
    char text[400];
    struct config config;
    int line = 0;
    (void)state;

    (void)snprintf(text, sizeof text, "lang = id\n# %0300d\n", 0);
    assert_int_equal(read_text(text, &config, &line), RB_MALFORMED);
    assert_int_equal(line, 2);
}

static void more_addresses_than_the_limit_are_malformed(void **state) {
    char text[400] = "[node]\n";
    struct config config;
    int line = 0;
    (void)state;

    for (size_t i = 0; i <= LISTENERS_MAX; i++) {
        size_t len = strlen(text);
        (void)snprintf(text + len, sizeof text - len, "listen = tcp://127.0.0.1:%zu\n", i + 1);
    }
    assert_int_equal(read_text(text, &config, &line), RB_MALFORMED);
    assert_int_equal(line, 2 + LISTENERS_MAX);
}

static void an_address_to_listen_at_is_known_as_such(void **state) {
    char longest[ADDRESS_BYTES_MAX + 16] = "tcp://";
    (void)state;

    assert_true(listen_is_valid("tcp://127.0.0.1:7437"));
    assert_true(listen_is_valid("tcp://[::1]:*"));
    assert_true(listen_is_valid("tcp://0.0.0.0:0"));
    assert_false(listen_is_valid("ipc:///tmp/x"));
    assert_false(listen_is_valid(""));
    memset(longest + 6, 'x', sizeof longest - 9);
    memcpy(longest + sizeof longest - 3, ":0", 3);
    assert_false(listen_is_valid(longest));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_file_is_an_empty_configuration),
        cmocka_unit_test(an_address_to_listen_at_is_known_as_such),
        cmocka_unit_test(every_key_is_read),
        cmocka_unit_test(what_is_not_known_is_malformed_at_its_line),
        cmocka_unit_test(a_console_locks_after_ten_minutes_if_nothing_else_is_told),
        cmocka_unit_test(another_time_than_that_is_refused_at_its_line),
        cmocka_unit_test(a_line_too_long_for_the_parser_is_malformed),
        cmocka_unit_test(more_addresses_than_the_limit_are_malformed),
    };

    return cmocka_run_group_tests(tests, make_home, remove_home);
}
