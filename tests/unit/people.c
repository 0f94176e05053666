/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/people.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* How a contact of that name, number 12, is typed; valid until the next call. */
static const char *typed_as(const char *name) {
    static char typed[CONTACT_TYPED_BYTES];
    struct contact contact = { .number = 12 };

    memcpy(contact.name, name, strlen(name) + 1);
    contact_typed(&contact, typed);
    return typed;
}

static void a_plain_name_is_typed_as_it_is(void **state) {
    (void)state;

    assert_string_equal(typed_as("Budi"), "Budi");
    assert_string_equal(typed_as("Budi Misal"), "\"Budi Misal\"");
}

static void a_name_that_a_shell_would_read_is_typed_as_a_number(void **state) {
    static const char *const names[] = { "Budi\" --yes \"", "$(reboot)", "Budi; ls", "`ls`", "B!",
                                         "S\xC3\xA9rgio",   "Budi 2" };
    (void)state;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_string_equal(typed_as(names[i]), "12");
    }
}

static void clusters_are_known_in_any_letter_case(void **state) {
    (void)state;

    assert_string_equal(cluster_parse("abh"), "ABH");
    assert_string_equal(cluster_parse("AmPk"), "AMPK");
    assert_null(cluster_parse(""));
    assert_null(cluster_parse("AB"));
    assert_null(cluster_parse("ABHX"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_name_is_typed_as_it_is),
        cmocka_unit_test(a_name_that_a_shell_would_read_is_typed_as_a_number),
        cmocka_unit_test(clusters_are_known_in_any_letter_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
