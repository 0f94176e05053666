/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The draft of the notice after a computer was lost: what stands in it, what never does. */
#include "cli/breach_notice.h"
#include "cli/when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { NOW_S = 1795000000 }; /* 18/11/2026 */

static struct device_held rows[] = {
    { .kind = CIRCLE_CASE, .name = "3273-26-K7QD", .people = 3, .records = 12 },
    { .kind = CIRCLE_CASE, .name = "", .people = 2, .records = 1 },
    { .kind = CIRCLE_GROUP, .name = "Anak Joko Rahasia", .people = 4, .records = 40 },
    { .kind = CIRCLE_GROUP, .name = "Balai", .people = 5, .records = 2 },
    { .kind = CIRCLE_OWN, .name = "", .people = 1, .records = 7 },
};
static const struct held held = {
    .rows = rows, .count = sizeof rows / sizeof rows[0], .cases = 2, .groups = 2
};
static const struct breach_notice stolen = {
    .now_ms = (int64_t)NOW_S * 1000,
    .owner = "Sari Umpama",
    .computer = "laptop lapangan",
    .how = "dicuri di bus",
    .from_s = NOW_S - 86400,
    .last_seen_ms = (int64_t)(NOW_S - 3600) * 1000,
    .act = BREACH_REVOKED_NOW,
    .held = &held,
};

/* The draft in that language, blanks and line ends taken for one blank; until the next one. */
static const char *draft(enum language language, const struct breach_notice *notice) {
    static char text[8192];
    struct writer out;
    size_t len = 0;

    language_set(language, REMBUK_LOCALEDIR);
    writer_init(&out, BREACH_NOTICE_BYTES_MAX);
    breach_notice_write(&out, notice);
    assert_int_equal(writer_end(&out), RB_OK);
    for (size_t i = 0; i < out.len; i++) {
        const char letter = out.data[i] == '\n' ? ' ' : (char)out.data[i];
        if (letter != ' ' || (len > 0 && text[len - 1] != ' ')) {
            assert_true(len + 1 < sizeof text);
            text[len++] = letter;
        }
    }
    text[len] = '\0';
    writer_clear(&out);
    return text;
}

static const char *english(const struct breach_notice *notice) {
    return draft(LANGUAGE_ENGLISH, notice);
}

#define ASSERT_SAYS(text, part)                                                                    \
    do {                                                                                           \
        if (strstr(text, part) == NULL) {                                                          \
            fail_msg("\"%s\" does not say \"%s\"", text, part);                                    \
        }                                                                                          \
    } while (0)

static void it_names_the_article_and_the_three_things_that_it_asks_for(void **state) {
    (void)state;

    const char *text = english(&stolen);
    ASSERT_SAYS(text, "Law 27 of 2022");
    ASSERT_SAYS(text, "article 46");
    ASSERT_SAYS(text, "1. Personal data that has been disclosed, or may be");
    ASSERT_SAYS(text, "2. When and how it happened");
    ASSERT_SAYS(text, "3. What was done, and what will be done");
    ASSERT_SAYS(text, "the person whose data it is");
    ASSERT_SAYS(text, "the institution for the protection of personal data");
}

static void the_time_limit_is_three_days_after_the_draft(void **state) {
    (void)state;

    assert_int_equal(breach_notice_until(1000), 1000 + 72 * 60 * 60 * 1000);
    const char *text = english(&stolen);
    ASSERT_SAYS(text, "TIME LIMIT: at the latest 21/11/2026 ");
    ASSERT_SAYS(text, "this draft was made (18/11/2026 ");
}

static void cases_stand_in_it_by_their_codes(void **state) {
    (void)state;

    const char *text = english(&stolen);
    ASSERT_SAYS(text, "- case 3273-26-K7QD (records: 12, people in the team: 3)");
    ASSERT_SAYS(text, "- case (its code is not known here) (records: 1, people in the team: 2)");
    ASSERT_SAYS(text, "Number of cases: 2");
    ASSERT_SAYS(text, "- of these cases also: age, sex and cluster of the client");
}

static void nothing_is_promised_that_this_computer_does_not_know(void **state) {
    (void)state;

    const char *text = english(&stolen);
    ASSERT_SAYS(text,
                "cases that only that computer had, are lost. (Strike out what does not "
                "fit.)");
    ASSERT_SAYS(text, "Order: 1. your office, 2. the police, 3. fill in, 4. send.");
}

static void the_second_line_of_an_item_stands_below_its_words(void **state) {
    struct writer out;
    size_t found = 0;
    (void)state;

    language_set(LANGUAGE_ENGLISH, REMBUK_LOCALEDIR);
    writer_init(&out, BREACH_NOTICE_BYTES_MAX);
    breach_notice_write(&out, &stolen);
    writer_u8(&out, '\0');
    for (const char *at = (const char *)writer_view(&out).data;
         (at = strstr(at, "\n     ")) != NULL; at++) {
        assert_int_not_equal(at[6], ' ');
        found++;
    }
    assert_true(found > 3);
    writer_clear(&out);
}

static void names_of_groups_never_stand_in_it(void **state) {
    (void)state;

    const char *text = english(&stolen);
    ASSERT_SAYS(text, "(groups: 2, posts: 42)");
    assert_null(strstr(text, "Joko"));
    assert_null(strstr(text, "Balai"));
    ASSERT_SAYS(text, "- the owner's list of contacts");
}

static void what_is_known_of_the_computer_and_the_loss_is_filled_in(void **state) {
    (void)state;

    const char *text = english(&stolen);
    ASSERT_SAYS(text, "\"laptop lapangan\" of Sari Umpama, in use since 17/11/2026");
    ASSERT_SAYS(text, "Last connected with the computer of this draft: 18/11/2026");
    ASSERT_SAYS(text, "How: dicuri di bus");
    ASSERT_SAYS(text, "(for experts: XChaCha20-Poly1305, Argon2id)");
}

static void what_only_a_person_knows_is_a_blank(void **state) {
    struct breach_notice notice = stolen;
    (void)state;

    notice.how = NULL;
    notice.computer = NULL;
    const char *text = english(&notice);
    ASSERT_SAYS(text, "How: ____");
    ASSERT_SAYS(text, "Where: ____");
    ASSERT_SAYS(text, "Number of people whose data it is: ____");
    ASSERT_SAYS(text, "Computer: one of Sari Umpama");
}

static void it_says_only_what_has_been_done(void **state) {
    struct breach_notice notice = stolen;
    (void)state;

    ASSERT_SAYS(english(&notice), ": the computer was shut out.");
    notice.act = BREACH_LETTER_REVOKED;
    ASSERT_SAYS(english(&notice), "the letter of assignment of Sari Umpama was revoked");
    ASSERT_SAYS(english(&notice), "that were joined with this letter");
    notice.act = BREACH_REVOKED_BEFORE;
    ASSERT_SAYS(english(&notice), "has been shut out since: ____");
    notice.act = BREACH_OPEN;
    const char *text = english(&notice);
    ASSERT_SAYS(text, "was shut out of all groups and cases on: ____");
    assert_null(strstr(text, "changes the keys"));
}

/* Three days do not begin anew with every draft. */
static void the_time_limit_of_a_later_draft_counts_from_the_revocation(void **state) {
    struct breach_notice notice = stolen;
    char until[WHEN_BYTES], revoked[WHEN_BYTES], said[4 * WHEN_BYTES];
    (void)state;

    notice.act = BREACH_REVOKED_BEFORE;
    notice.since_ms = notice.now_ms - INT64_C(5) * 24 * 3600 * 1000;
    const char *text = english(&notice);
    when_show(breach_notice_until(notice.since_ms), until);
    when_show(notice.since_ms, revoked);
    (void)snprintf(said, sizeof said,
                   "TIME LIMIT: at the latest %s, which is 3 x 24 hours after the computer "
                   "was shut out (%s); or earlier:",
                   until, revoked);
    ASSERT_SAYS(text, said);
    (void)snprintf(said, sizeof said, "- %s: the computer was shut out.", revoked);
    ASSERT_SAYS(text, said);
}

static void a_computer_that_held_nothing_is_told_as_such(void **state) {
    const struct held nothing = { 0 };
    struct breach_notice notice = stolen;
    (void)state;

    notice.held = &nothing;
    ASSERT_SAYS(english(&notice), "as far as is known here: no case and no group");
}

/* Office workers print it: no line wider than a page. */
static void it_fits_on_a_page_in_both_languages(void **state) {
    (void)state;

    for (int language = LANGUAGE_INDONESIAN; language <= LANGUAGE_ENGLISH; language++) {
        struct writer out;
        size_t column = 0;
        language_set((enum language)language, REMBUK_LOCALEDIR);
        writer_init(&out, BREACH_NOTICE_BYTES_MAX);
        breach_notice_write(&out, &stolen);
        for (size_t i = 0; i < out.len; i++) {
            column = out.data[i] == '\n' ? 0 : column + 1;
            assert_true(column <= 76);
        }
        assert_true(out.len > 2000);
        writer_clear(&out);
    }
}

static void it_is_written_in_indonesian_first(void **state) {
    (void)state;

    const char *text = draft(LANGUAGE_INDONESIAN, &stolen);
    ASSERT_SAYS(text, "Pasal 46");
    ASSERT_SAYS(text, "3 x 24 jam");
    ASSERT_SAYS(text, "kasus 3273-26-K7QD");
    assert_null(strstr(text, "Joko"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_names_the_article_and_the_three_things_that_it_asks_for),
        cmocka_unit_test(the_time_limit_is_three_days_after_the_draft),
        cmocka_unit_test(cases_stand_in_it_by_their_codes),
        cmocka_unit_test(nothing_is_promised_that_this_computer_does_not_know),
        cmocka_unit_test(the_second_line_of_an_item_stands_below_its_words),
        cmocka_unit_test(names_of_groups_never_stand_in_it),
        cmocka_unit_test(what_is_known_of_the_computer_and_the_loss_is_filled_in),
        cmocka_unit_test(what_only_a_person_knows_is_a_blank),
        cmocka_unit_test(it_says_only_what_has_been_done),
        cmocka_unit_test(the_time_limit_of_a_later_draft_counts_from_the_revocation),
        cmocka_unit_test(a_computer_that_held_nothing_is_told_as_such),
        cmocka_unit_test(it_fits_on_a_page_in_both_languages),
        cmocka_unit_test(it_is_written_in_indonesian_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
