/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "node/zap.h"

#include <string.h>

static const uint8_t client[BOX_PUBLIC_BYTES] = { 0xab, 0x01, 0xff };

static void request_of(struct span parts[static ZAP_REQUEST_PARTS]) {
    parts[0] = span_text("1.0");
    parts[1] = span_text("17");
    parts[2] = span_text(ZAP_DOMAIN "0");
    parts[3] = span_text("127.0.0.1");
    parts[4] = (struct span) { 0 };
    parts[5] = span_text("CURVE");
    parts[6] = span_of(client, sizeof client);
}

static void a_curve_client_is_read(void **state) {
    struct span parts[ZAP_REQUEST_PARTS];
    struct zap_request request;
    (void)state;

    request_of(parts);
    assert_true(zap_request_read(parts, ZAP_REQUEST_PARTS, &request));
    assert_int_equal(request.place, 0);
    assert_memory_equal(request.peer, client, sizeof request.peer);
}

static void each_place_has_a_domain_of_its_own(void **state) {
    struct span parts[ZAP_REQUEST_PARTS];
    char domain[ZAP_DOMAIN_CHARS + 1];
    struct zap_request request;
    (void)state;

    request_of(parts);
    for (size_t place = 0; place < ZAP_PLACES_MAX; place++) {
        zap_domain_write(domain, place);
        parts[2] = span_text(domain);
        assert_true(zap_request_read(parts, ZAP_REQUEST_PARTS, &request));
        assert_int_equal(request.place, place);
    }
}

static void a_domain_that_is_nearly_ours_is_not(void **state) {
    static const char *const wrong[] = { "", "rembuk", "rembuk:", "rembuk00", "Rembuk0", "0" };
    struct span parts[ZAP_REQUEST_PARTS];
    struct zap_request request;
    (void)state;

    request_of(parts);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        parts[2] = span_text(wrong[i]);
        assert_false(zap_request_read(parts, ZAP_REQUEST_PARTS, &request));
    }
}

static void any_other_request_is_not(void **state) {
    struct span wrong[ZAP_REQUEST_PARTS];
    struct zap_request request;
    (void)state;

    wrong[0] = span_text("2.0");
    wrong[2] = span_text("global");
    wrong[5] = span_text("PLAIN");
    wrong[6] = span_of(client, sizeof client - 1);
    for (size_t i = 0; i < ZAP_REQUEST_PARTS; i++) {
        struct span parts[ZAP_REQUEST_PARTS];
        request_of(parts);
        if (i != 1 && i != 3 && i != 4) {
            parts[i] = wrong[i];
            assert_false(zap_request_read(parts, ZAP_REQUEST_PARTS, &request));
        }
        assert_false(zap_request_read(parts, i, &request));
    }
}

static void an_admitted_client_is_named_by_its_key(void **state) {
    struct zap_reply reply;
    uint8_t peer[BOX_PUBLIC_BYTES];
    (void)state;

    zap_reply_write(&reply, span_text("17"), client);
    assert_true(span_equal(reply.parts[1], span_text("17")));
    assert_true(span_equal(reply.parts[2], span_text("200")));
    assert_int_equal(zap_user_id_read(reply.parts[4], peer), RB_OK);
    assert_memory_equal(peer, client, sizeof peer);
}

static void a_refused_client_has_no_name(void **state) {
    struct zap_reply reply;
    (void)state;

    zap_reply_write(&reply, span_text("17"), NULL);
    assert_true(span_equal(reply.parts[2], span_text("400")));
    assert_int_equal(reply.parts[4].len, 0);
}

static void a_user_id_that_is_not_a_key_is_malformed(void **state) {
    char text[ZAP_USER_ID_CHARS + 2];
    uint8_t peer[BOX_PUBLIC_BYTES];
    (void)state;

    memset(text, 'a', sizeof text);
    assert_int_equal(zap_user_id_read(span_of(text, ZAP_USER_ID_CHARS), peer), RB_OK);
    assert_int_equal(zap_user_id_read(span_of(text, ZAP_USER_ID_CHARS - 1), peer), RB_MALFORMED);
    assert_int_equal(zap_user_id_read(span_of(text, ZAP_USER_ID_CHARS + 1), peer), RB_MALFORMED);
    text[9] = 'g';
    assert_int_equal(zap_user_id_read(span_of(text, ZAP_USER_ID_CHARS), peer), RB_MALFORMED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_curve_client_is_read),
        cmocka_unit_test(each_place_has_a_domain_of_its_own),
        cmocka_unit_test(a_domain_that_is_nearly_ours_is_not),
        cmocka_unit_test(any_other_request_is_not),
        cmocka_unit_test(an_admitted_client_is_named_by_its_key),
        cmocka_unit_test(a_refused_client_has_no_name),
        cmocka_unit_test(a_user_id_that_is_not_a_key_is_malformed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
