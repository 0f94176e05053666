/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "node/inbound.h"
#include "node/link_socket.h"

enum { NOW_MS = 1000000, LATER_MS = NOW_MS + LINK_HANDSHAKE_MS + 1 };

static void those_in_handshake_take_nobodys_room(void **state) {
    struct inbound inbound = { 0 };
    (void)state;

    for (int descriptor = 10; descriptor < 500; descriptor++) {
        inbound_begin(&inbound, descriptor, NOW_MS);
    }
    assert_true(inbound_admit(&inbound, 3, NOW_MS));
    assert_true(inbound_admit(&inbound, 3, NOW_MS));
    assert_true(inbound_admit(&inbound, 3, NOW_MS));
    assert_false(inbound_admit(&inbound, 3, NOW_MS));
    inbound_clear(&inbound);
}

static void those_that_stay_take_room_until_they_end(void **state) {
    struct inbound inbound = { 0 };
    (void)state;

    inbound_begin(&inbound, 7, NOW_MS);
    inbound_begin(&inbound, 5, NOW_MS);
    assert_false(inbound_admit(&inbound, 2, LATER_MS));
    inbound_end(&inbound, 7);
    assert_true(inbound_admit(&inbound, 2, LATER_MS));
    assert_false(inbound_admit(&inbound, 2, LATER_MS));
    inbound_begin(&inbound, 7, LATER_MS); /* the same descriptor again, for somebody new */
    inbound_end(&inbound, 5);
    assert_true(inbound_admit(&inbound, 2, LATER_MS));
    inbound_clear(&inbound);
}

static void room_that_was_taken_and_given_back_is_free_after_a_handshake(void **state) {
    struct inbound inbound = { 0 };
    (void)state;

    inbound_begin(&inbound, 4, NOW_MS);
    assert_true(inbound_admit(&inbound, 1, NOW_MS));
    inbound_end(&inbound, 4);
    assert_false(inbound_admit(&inbound, 1, NOW_MS + LINK_HANDSHAKE_MS));
    assert_true(inbound_admit(&inbound, 1, LATER_MS));
    inbound_clear(&inbound);
}

static void what_is_no_descriptor_is_left_alone(void **state) {
    struct inbound inbound = { 0 };
    (void)state;

    inbound_begin(&inbound, -1, NOW_MS);
    inbound_begin(&inbound, INT32_MAX, NOW_MS);
    inbound_end(&inbound, -1);
    inbound_end(&inbound, 9);
    assert_int_equal(inbound.places, 0);
    assert_true(inbound_admit(&inbound, 1, LATER_MS));
    inbound_clear(&inbound);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(those_in_handshake_take_nobodys_room),
        cmocka_unit_test(those_that_stay_take_room_until_they_end),
        cmocka_unit_test(room_that_was_taken_and_given_back_is_free_after_a_handshake),
        cmocka_unit_test(what_is_no_descriptor_is_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
