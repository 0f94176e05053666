/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/input.h"

#include "protocol/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- Paths ---- */

/* Valid until the next call. */
static const char *whole(const char *path) {
    static char text[2 * PATH_BYTES_MAX];
    struct writer out;

    writer_init(&out, sizeof text - 1);
    input_write_path(&out, path);
    assert_int_equal(writer_end(&out), RB_OK);
    (void)snprintf(text, sizeof text, "%.*s", (int)out.len, (const char *)out.data);
    writer_clear(&out);
    return text;
}

static void a_path_means_the_same_in_every_process(void **state) {
    char folder[PATH_BYTES_MAX], expected[2 * PATH_BYTES_MAX];
    (void)state;

    assert_non_null(getcwd(folder, sizeof folder));
    (void)snprintf(expected, sizeof expected, "%s/kartu saya", folder);
    assert_string_equal(whole("kartu saya"), expected);
    (void)snprintf(expected, sizeof expected, "%s/../budi", folder);
    assert_string_equal(whole("../budi"), expected);
    assert_string_equal(whole("/tmp/budi"), "/tmp/budi");
    assert_string_equal(whole("-"), "-");
}

static void a_tilde_is_the_home_of_the_person(void **state) {
    char folder[PATH_BYTES_MAX], expected[2 * PATH_BYTES_MAX];
    (void)state;

    assert_non_null(getcwd(folder, sizeof folder));
    assert_int_equal(setenv("HOME", "/home/sari", 1), 0);
    assert_string_equal(whole("~/budi.card"), "/home/sari/budi.card");
    (void)snprintf(expected, sizeof expected, "%s/~budi", folder);
    assert_string_equal(whole("~budi"), expected);
    assert_int_equal(unsetenv("HOME"), 0);
    (void)snprintf(expected, sizeof expected, "%s/~/budi.card", folder);
    assert_string_equal(whole("~/budi.card"), expected);
}

/* ---- What cannot be read ---- */

static void assert_fails(const char *path, size_t max, enum rb_status expected, const char *said) {
    struct failure failure = { 0 };
    struct writer out;

    writer_init(&out, max);
    enum rb_status status = input_read_file(path, max, &out);
    assert_int_not_equal(status, RB_OK);
    assert_int_equal(input_fail(&failure, status, path), expected);
    assert_string_equal(failure.sentence, said);
    failure_clear(&failure);
    writer_clear(&out);
}

static void what_cannot_be_read_is_told_with_its_name(void **state) {
    static const char stored[] = REMBUK_TESTS_DIR "/CMakeLists.txt";
    char said[PATH_BYTES_MAX];
    (void)state;

    assert_fails("/tidak/ada", 10, RB_NOT_FOUND, "There is no file /tidak/ada.");
    (void)snprintf(said, sizeof said,
                   "%s is too large to be what is asked for here. Nothing was read.", stored);
    assert_fails(stored, 1, RB_TOO_LARGE, said);
    assert_fails("/dev/null", 10, RB_REFUSED,
                 "/dev/null cannot be read. Check whether it is a file and whether you may read "
                 "it.");
}

static void standard_input_has_a_name_of_its_own(void **state) {
    struct failure failure = { 0 };
    (void)state;

    assert_int_equal(input_fail(&failure, RB_TOO_LARGE, "-"), RB_TOO_LARGE);
    assert_non_null(strstr(failure.sentence, "Standard input is too large"));
    failure_clear(&failure);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_means_the_same_in_every_process),
        cmocka_unit_test(a_tilde_is_the_home_of_the_person),
        cmocka_unit_test(what_cannot_be_read_is_told_with_its_name),
        cmocka_unit_test(standard_input_has_a_name_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
