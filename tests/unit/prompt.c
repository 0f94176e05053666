/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/lang.h"
#include "cli/prompt.h"
#include "protocol/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { NARROW = 40, WIDE = 80 };

static const int64_t now_ms = INT64_C(1795403700000);
static const int64_t hour_ms = 3600 * 1000;

static const struct place nowhere = { .sort = PLACE_NONE };
static const struct place in_case = { .sort = PLACE_CASE, .number = 12, .name = "3273-26-K7QD" };
static const struct place in_thread = { .sort = PLACE_THREAD,
                                        .number = 12,
                                        .name = "Anak tanpa kelompok" };

/* Three own events are nowhere else; the last contact was two hours ago. */
static struct prompt_state late(void) {
    return (struct prompt_state) { .waiting = 3, .last_contact_ms = now_ms - 2 * hour_ms };
}

static void assert_prompt(enum language language, const struct place *place,
                          struct prompt_state state, size_t width, const char *expected) {
    char prompt[PROMPT_BYTES_MAX];

    language_set(language, REMBUK_LOCALEDIR);
    prompt_write(prompt, place, &state, now_ms, width);
    assert_string_equal(prompt, expected);
}

static void a_wide_prompt_tells_place_queue_and_last_contact(void **state) {
    (void)state;

    assert_prompt(LANGUAGE_INDONESIAN, &in_case, late(), WIDE,
                  "[Kasus 12 | 3 belum terkirim | tersambung 2 jam lalu] > ");
    assert_prompt(LANGUAGE_ENGLISH, &in_case, late(), WIDE,
                  "[Case 12 | 3 not sent yet | connected 2 hours ago] > ");
    assert_prompt(LANGUAGE_INDONESIAN, &in_thread, late(), WIDE,
                  "[Utas 12 | 3 belum terkirim | tersambung 2 jam lalu] > ");
    assert_prompt(LANGUAGE_ENGLISH, &nowhere, late(), WIDE,
                  "[rembuk | 3 not sent yet | connected 2 hours ago] > ");
}

static void a_narrow_prompt_tells_place_and_queue(void **state) {
    (void)state;

    assert_prompt(LANGUAGE_INDONESIAN, &in_case, late(), NARROW, "[Kasus 12 | kirim 3] > ");
    assert_prompt(LANGUAGE_ENGLISH, &in_thread, late(), NARROW, "[Thread 12 | send 3] > ");
    assert_prompt(LANGUAGE_ENGLISH, &nowhere, late(), NARROW, "[rembuk | send 3] > ");
}

static void below_sixty_columns_it_is_narrow(void **state) {
    (void)state;

    assert_prompt(LANGUAGE_ENGLISH, &in_case, late(), PROMPT_WIDE_COLUMNS_MIN - 1,
                  "[Case 12 | send 3] > ");
    assert_prompt(LANGUAGE_ENGLISH, &in_case, late(), PROMPT_WIDE_COLUMNS_MIN,
                  "[Case 12 | 3 not sent yet | connected 2 hours ago] > ");
}

static void nothing_is_said_of_an_empty_queue(void **state) {
    struct prompt_state sent = late();
    (void)state;

    sent.waiting = 0;
    assert_prompt(LANGUAGE_ENGLISH, &in_case, sent, WIDE, "[Case 12 | connected 2 hours ago] > ");
    assert_prompt(LANGUAGE_ENGLISH, &in_case, sent, NARROW, "[Case 12] > ");
    assert_prompt(LANGUAGE_ENGLISH, &nowhere, sent, NARROW, "[rembuk] > ");
}

static void who_is_connected_needs_no_time(void **state) {
    struct prompt_state connected = late();
    (void)state;

    connected.connected = 2;
    assert_prompt(LANGUAGE_INDONESIAN, &nowhere, connected, WIDE,
                  "[rembuk | 3 belum terkirim | tersambung] > ");
    connected.last_contact_ms = 0;
    assert_prompt(LANGUAGE_ENGLISH, &nowhere, connected, WIDE,
                  "[rembuk | 3 not sent yet | connected] > ");
}

static void who_was_never_connected_is_told_so(void **state) {
    struct prompt_state never = { .waiting = 1 };
    (void)state;

    assert_prompt(LANGUAGE_INDONESIAN, &nowhere, never, WIDE,
                  "[rembuk | 1 belum terkirim | belum pernah tersambung] > ");
    assert_prompt(LANGUAGE_ENGLISH, &nowhere, never, WIDE,
                  "[rembuk | 1 not sent yet | never connected yet] > ");
}

static void an_old_roster_stands_in_place_of_the_last_contact(void **state) {
    struct prompt_state old = late();
    (void)state;

    old.roster_days = 9;
    assert_prompt(LANGUAGE_ENGLISH, &in_case, old, WIDE,
                  "[Case 12 | 3 not sent yet | roster 9 days old] > ");
    assert_prompt(LANGUAGE_ENGLISH, &in_case, old, 2 * WIDE,
                  "[Case 12 | 3 not sent yet | connected 2 hours ago | roster 9 days old] > ");
    assert_prompt(LANGUAGE_ENGLISH, &in_case, old, NARROW, "[Case 12 | send 3] > ");
}

static void a_roster_of_a_week_is_not_old(void **state) {
    struct prompt_state fresh = late();
    (void)state;

    for (fresh.roster_days = 0; fresh.roster_days <= 7; fresh.roster_days++) {
        assert_prompt(LANGUAGE_ENGLISH, &in_case, fresh, WIDE,
                      "[Case 12 | 3 not sent yet | connected 2 hours ago] > ");
    }
}

static void an_old_roster_leaves_room_to_type(void **state) {
    struct prompt_state old = { .last_contact_ms = now_ms - 2 * hour_ms, .roster_days = 12 };
    char prompt[PROMPT_BYTES_MAX];
    (void)state;

    language_set(LANGUAGE_ENGLISH, REMBUK_LOCALEDIR);
    for (size_t width = PROMPT_WIDE_COLUMNS_MIN; width < 2 * WIDE; width++) {
        prompt_write(prompt, &nowhere, &old, now_ms, width);
        assert_non_null(strstr(prompt, "roster 12 days old"));
        assert_true(strlen(prompt) + PROMPT_TYPED_COLUMNS_MIN <= width);
    }
}

static void no_name_stands_in_a_prompt(void **state) {
    const struct place places[] = { nowhere, in_case, in_thread };
    const struct prompt_state late_state = late();
    char prompt[PROMPT_BYTES_MAX];
    (void)state;

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        for (size_t width = 1; width < 2 * WIDE; width++) {
            prompt_write(prompt, &places[i], &late_state, now_ms, width);
            assert_null(strstr(prompt, "K7QD"));
            assert_null(strstr(prompt, "Anak"));
        }
    }
}

static void assert_question(const char *question, size_t width, const char *expected,
                            bool is_whole) {
    char prompt[PROMPT_BYTES_MAX];

    assert_int_equal(prompt_write_question(prompt, span_text(question), width), is_whole);
    assert_string_equal(prompt, expected);
}

static void a_question_is_its_own_prompt(void **state) {
    (void)state;

    assert_question("Bagikan kasus ini? [y/t]", WIDE, "Bagikan kasus ini? [y/t] > ", true);
    assert_question("Bagikan kasus ini? [y/t]", 33, "Bagikan kasus ini? [y/t] > ", true);
    assert_question("Bagikan kasus ini? [y/t]", 32, "Bagikan kasus... [y/t] > ", false);
    assert_question("Bagikan kasus ini?", 26, "Bagikan kasus... > ", false);
    assert_question("", WIDE, " > ", true);
}

static void the_longest_question_fits_a_prompt(void **state) {
    char question[4 * PROMPT_BYTES_MAX], prompt[PROMPT_BYTES_MAX];
    (void)state;

    for (size_t i = 0; i + 1 < sizeof question; i += 3) {
        memcpy(question + i, "\xE5\xAD\xA6", 3);
    }
    for (size_t width = 1; width < sizeof question; width += 7) {
        struct span all = span_of(question, sizeof question - 1);
        assert_false(prompt_write_question(prompt, all, width));
        assert_true(text_is_utf8(span_text(prompt)));
        assert_string_equal(prompt + strlen(prompt) - strlen("... > "), "... > ");
    }
}

static void the_short_form_tells_the_place_alone(void **state) {
    char prompt[PROMPT_BYTES_MAX];
    (void)state;

    language_set(LANGUAGE_INDONESIAN, REMBUK_LOCALEDIR);
    prompt_write_place(prompt, &in_case);
    assert_string_equal(prompt, "[Kasus 12] ");
    prompt_write_place(prompt, &in_thread);
    assert_string_equal(prompt, "[Utas 12] ");
    prompt_write_place(prompt, &nowhere);
    assert_string_equal(prompt, "[rembuk] ");
}

static void the_largest_numbers_fit(void **state) {
    const struct place place = { .sort = PLACE_THREAD, .number = INT64_MAX };
    const struct prompt_state largest = { .waiting = UINT64_MAX,
                                          .last_contact_ms = 1,
                                          .roster_days = UINT64_MAX };
    char prompt[PROMPT_BYTES_MAX];
    (void)state;

    for (int language = LANGUAGE_INDONESIAN; language <= LANGUAGE_ENGLISH; language++) {
        language_set((enum language)language, REMBUK_LOCALEDIR);
        prompt_write(prompt, &place, &largest, INT64_MAX, WIDE);
        assert_string_equal(prompt + strlen(prompt) - 4, "] > ");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wide_prompt_tells_place_queue_and_last_contact),
        cmocka_unit_test(a_narrow_prompt_tells_place_and_queue),
        cmocka_unit_test(below_sixty_columns_it_is_narrow),
        cmocka_unit_test(nothing_is_said_of_an_empty_queue),
        cmocka_unit_test(who_is_connected_needs_no_time),
        cmocka_unit_test(who_was_never_connected_is_told_so),
        cmocka_unit_test(an_old_roster_stands_in_place_of_the_last_contact),
        cmocka_unit_test(a_roster_of_a_week_is_not_old),
        cmocka_unit_test(an_old_roster_leaves_room_to_type),
        cmocka_unit_test(no_name_stands_in_a_prompt),
        cmocka_unit_test(a_question_is_its_own_prompt),
        cmocka_unit_test(the_longest_question_fits_a_prompt),
        cmocka_unit_test(the_short_form_tells_the_place_alone),
        cmocka_unit_test(the_largest_numbers_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
