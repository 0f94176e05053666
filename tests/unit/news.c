/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/layout.h"
#include "cli/news.h"
#include "cli/when.h"
#include "node/node.h"
#include "protocol/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { SHOWN_BYTES_MAX = 1 << 20, WIDTH = 60 };

static const struct place nowhere = { .sort = PLACE_NONE };
static const struct place in_thread = { .sort = PLACE_THREAD, .number = 12 };
static const struct place in_other_thread = { .sort = PLACE_THREAD, .number = 13 };
static const struct place in_case = { .sort = PLACE_CASE, .number = 12 };

static int set_jakarta(void **state) {
    (void)state;
    (void)setenv("TZ", "WIB-7", 1);
    tzset();
    language_set(LANGUAGE_ENGLISH, REMBUK_LOCALEDIR);
    return 0;
}

/* ---- Messages and what is shown of them ---- */

struct news {
    enum news_what what;
    int64_t time_ms, number;
    const char *reference, *author, *place, *text, *quoted_author;
};

/* An event of long ago, so that its time is told with the day: 25/11/2020 14:05. */
static struct news post(const char *text) {
    return (struct news) { .what = NEWS_POST,
                           .time_ms = INT64_C(1606287900000),
                           .number = 12,
                           .reference = "12.3",
                           .author = "Budi Misal",
                           .place = "Siapa mulai?",
                           .text = text };
}

/* NUL-terminated, until the next call. */
static const char *shown(const struct news *news, const struct place *place, size_t width) {
    static char text[1 << 18];
    struct message message = { .type = TALK_NEWS };
    const char *texts[] = { news->reference, news->author, news->place, news->text,
                            news->quoted_author };
    struct writer out;

    message_add_number(&message, news->what);
    message_add_number(&message, (uint64_t)news->time_ms);
    message_add_number(&message, (uint64_t)news->number);
    for (size_t i = 0; i < 5; i++) {
        message_add_text(&message, span_text(texts[i] != NULL ? texts[i] : ""));
    }
    writer_init(&out, SHOWN_BYTES_MAX);
    news_write(&out, &message, place, width);
    struct span written = writer_view(&out);
    assert_true(written.len < sizeof text);
    (void)snprintf(text, sizeof text, "%.*s", (int)written.len,
                   written.len > 0 ? (const char *)written.data : "");
    assert_int_equal(strlen(text), written.len);
    writer_clear(&out);
    message_clear(&message);
    return text;
}

static void assert_shown(struct news news, const struct place *place, const char *expected) {
    assert_string_equal(shown(&news, place, WIDTH), expected);
}

/* ---- Posts and entries ---- */

static void a_post_of_the_place_is_shown_whole(void **state) {
    (void)state;

    assert_shown(post("Saya bisa, mulai Senin.\n\nSiapa yang ikut?\nTidak perlu semua.\n"),
                 &in_thread,
                 "12.3  Budi Misal  25/11/2020 14:05\n"
                 "  Saya bisa, mulai Senin.\n"
                 "\n"
                 "  Siapa yang ikut?\n"
                 "  Tidak perlu semua.\n");
}

static void a_post_of_elsewhere_has_its_title_and_two_lines(void **state) {
    (void)state;

    assert_shown(post("Saya bisa, mulai Senin.\n\nSiapa yang ikut?\nTidak perlu semua.\n"),
                 &nowhere,
                 "12.3  Budi Misal  25/11/2020 14:05  Siapa mulai?\n"
                 "  Saya bisa, mulai Senin.\n"
                 "  Siapa yang ikut?...\n");
}

static void a_short_post_of_elsewhere_is_not_cut(void **state) {
    (void)state;

    assert_shown(post("Saya bisa.\n"), &in_other_thread,
                 "12.3  Budi Misal  25/11/2020 14:05  Siapa mulai?\n"
                 "  Saya bisa.\n");
    assert_shown(post("Saya bisa.\n\nMulai Senin.\n \n"), &in_other_thread,
                 "12.3  Budi Misal  25/11/2020 14:05  Siapa mulai?\n"
                 "  Saya bisa.\n"
                 "  Mulai Senin.\n");
}

static void the_mark_of_a_cut_fits_the_line(void **state) {
    (void)state;

    assert_shown(post("satu dua tiga empat lima enam tujuh delapan sembilan sepuluh "
                      "satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas"),
                 &nowhere,
                 "12.3  Budi Misal  25/11/2020 14:05  Siapa mulai?\n"
                 "  satu dua tiga empat lima enam tujuh delapan sembilan\n"
                 "  sepuluh satu dua tiga empat lima enam tujuh delapan...\n");
}

static void a_long_heading_of_elsewhere_is_cut_to_one_line(void **state) {
    struct news news = post("Ya.");
    (void)state;

    news.place = "Anak yang tidak cocok dengan kelompok mana pun";
    assert_shown(news, &nowhere,
                 "12.3  Budi Misal  25/11/2020 14:05  Anak yang tidak cocok...\n"
                 "  Ya.\n");
}

static void today_only_the_clock_is_told(void **state) {
    struct news news = post("Ya.");
    char expected[128], clock[WHEN_BYTES];
    (void)state;

    news.time_ms = clock_now_ms();
    when_brief(news.time_ms, news.time_ms, clock);
    (void)snprintf(expected, sizeof expected, "12.3  Budi Misal  %s\n  Ya.\n", clock);
    assert_int_equal(strlen(clock), strlen("14:05"));
    assert_shown(news, &in_thread, expected);
}

static void case_and_thread_of_one_number_are_different_places(void **state) {
    struct news entry = post("Kunjungan rumah.");
    (void)state;

    entry.what = NEWS_ENTRY;
    entry.place = "3273-26-K7QD";
    assert_shown(entry, &in_case,
                 "12.3  Budi Misal  25/11/2020 14:05\n"
                 "  Kunjungan rumah.\n");
    assert_shown(entry, &in_thread,
                 "12.3  Budi Misal  25/11/2020 14:05  3273-26-K7QD\n"
                 "  Kunjungan rumah.\n");
    assert_shown(post("Ya."), &in_case,
                 "12.3  Budi Misal  25/11/2020 14:05  Siapa mulai?\n"
                 "  Ya.\n");
}

static void a_copied_post_is_of_who_copied_it(void **state) {
    struct news news = post("Ya.");
    (void)state;

    news.quoted_author = "Dewi Andaikan";
    assert_shown(news, &in_thread,
                 "12.3  Dewi Andaikan (copied by Budi Misal)  25/11/2020 14:05\n"
                 "  Ya.\n");
}

/* A name made long on purpose would have its end in "Dewi Andaikan..." */
static void who_copied_a_post_is_never_cut_off(void **state) {
    struct news news = post("Ya.");
    (void)state;

    news.quoted_author = "Dewi Andaikan, ketua kelompok diskusi Bandung yang pertama";
    assert_shown(news, &nowhere,
                 "12.3  Dewi Andaikan, ketua kelompok diskusi Bandung yang\n"
                 "pertama (copied by Budi Misal)  25/11/2020 14:05  Siapa\n"
                 "mulai?\n"
                 "  Ya.\n");
}

static void news_of_an_owner_who_names_no_quoted_author_are_shown(void **state) {
    struct message message = { .type = TALK_NEWS };
    struct writer out;
    (void)state;

    message_add_number(&message, NEWS_POST);
    message_add_text(&message, span_text("12.3"));
    message_add_text(&message, span_text("Budi Misal"));
    writer_init(&out, SHOWN_BYTES_MAX);
    news_write(&out, &message, &in_thread, WIDTH);
    writer_u8(&out, '\0');
    assert_non_null(strstr((const char *)out.data, "12.3  Budi Misal  "));
    assert_null(strstr((const char *)out.data, "copied"));
    message_clear(&message);
    writer_clear(&out);
}

/* ---- The rest ---- */

static void a_shared_case_is_told_with_what_to_type(void **state) {
    const struct news news = {
        .what = NEWS_CASE, .number = 3, .author = "Sari Umpama", .place = "3273-26-K7QD"
    };
    (void)state;

    assert_string_equal(shown(&news, &nowhere, 100),
                        "Sari Umpama shares case 3 (3273-26-K7QD) with you. Look at it: case show "
                        "3\n");
    language_set(LANGUAGE_INDONESIAN, REMBUK_LOCALEDIR);
    assert_string_equal(shown(&news, &nowhere, 100),
                        "Sari Umpama membagikan kasus 3 (3273-26-K7QD) kepada Anda. Buka: kasus "
                        "lihat 3\n");
    language_set(LANGUAGE_ENGLISH, REMBUK_LOCALEDIR);
}

static void an_invitation_is_told_with_what_to_type(void **state) {
    const struct news news = {
        .what = NEWS_INVITED, .number = 4, .author = "Sari Umpama", .place = "Diskusi Contoh"
    };
    (void)state;

    assert_shown(news, &in_thread,
                 "Sari Umpama invites you to group 4 (Diskusi Contoh). Accept\n"
                 "it: group accept 4\n");
}

static void who_was_removed_is_told_with_by_whom(void **state) {
    struct news news = { .what = NEWS_GROUP_REMOVED,
                         .number = 4,
                         .author = "Sari Umpama",
                         .place = "Diskusi Contoh",
                         .text = "Budi Misal" };
    (void)state;

    assert_string_equal(shown(&news, &nowhere, 100),
                        "Sari Umpama has removed Budi Misal from group 4 (Diskusi Contoh).\n");
    news.what = NEWS_CASE_REMOVED;
    news.place = "3273-26-K7QD";
    assert_string_equal(shown(&news, &in_thread, 100),
                        "Sari Umpama has removed Budi Misal from case 4 (3273-26-K7QD).\n");
}

static void who_was_removed_himself_is_told_so(void **state) {
    struct news news = { .what = NEWS_GROUP_REMOVED,
                         .number = 4,
                         .author = "Sari Umpama",
                         .place = "Diskusi Contoh" };
    (void)state;

    assert_string_equal(shown(&news, &nowhere, 100),
                        "Sari Umpama has removed you from group 4 (Diskusi Contoh).\n");
    news.what = NEWS_CASE_REMOVED;
    news.place = "3273-26-K7QD";
    assert_string_equal(shown(&news, &nowhere, 100),
                        "Sari Umpama has removed you from case 4 (3273-26-K7QD).\n");
}

static void of_a_guest_it_is_his_time_that_is_over(void **state) {
    struct news news = { .what = NEWS_GROUP_GUEST,
                         .number = 4,
                         .author = "Sari Umpama",
                         .place = "Diskusi Contoh",
                         .text = "Budi Misal" };
    (void)state;

    assert_string_equal(shown(&news, &nowhere, 100),
                        "The time of Budi Misal as a guest in group 4 (Diskusi Contoh) is over.\n");
    news.text = NULL;
    assert_string_equal(shown(&news, &nowhere, 100),
                        "Your time as a guest in group 4 (Diskusi Contoh) is over.\n");
    news.what = NEWS_CASE_GUEST;
    news.place = "3273-26-K7QD";
    assert_string_equal(shown(&news, &nowhere, 100),
                        "Your time as a guest in case 4 (3273-26-K7QD) is over.\n");
    news.text = "Budi Misal";
    assert_string_equal(shown(&news, &nowhere, 100),
                        "The time of Budi Misal as a guest in case 4 (3273-26-K7QD) is over.\n");
}

static void what_is_too_much_is_counted(void **state) {
    const struct news news = { .what = NEWS_MORE, .reference = "70" };
    (void)state;

    assert_shown(news, &nowhere, "70 further posts and entries have come. See: today\n");
}

static void what_is_no_news_shows_nothing(void **state) {
    const struct news unknown = { .what = (enum news_what)77, .text = "Ya." };
    struct message other = { .type = TALK_OUT };
    struct writer out;
    (void)state;

    assert_shown(unknown, &nowhere, "");
    writer_init(&out, SHOWN_BYTES_MAX);
    message_add_number(&other, NEWS_POST);
    message_add_text(&other, span_text("12.3"));
    news_write(&out, &other, &nowhere, WIDTH);
    assert_int_equal(writer_view(&out).len, 0);
    message_clear(&other);
    writer_clear(&out);
}

/* ---- Foreign text ---- */

static void assert_printable(const char *lines) {
    struct span rest = span_text(lines);

    while (rest.len > 0) {
        uint32_t code_point = text_next(&rest);
        assert_true(code_point == '\n' || !text_is_unprintable(code_point));
    }
}

static void nothing_unprintable_reaches_the_terminal(void **state) {
    static const char evil[] = "a\033[2Jb\u202ec\nd\xffz\r";
    static const enum news_what whats[] = { NEWS_POST,         NEWS_ENTRY,       NEWS_CASE,
                                            NEWS_INVITED,      NEWS_MORE,        NEWS_GROUP_REMOVED,
                                            NEWS_CASE_REMOVED, NEWS_GROUP_GUEST, NEWS_CASE_GUEST };
    (void)state;

    for (size_t i = 0; i < sizeof whats / sizeof whats[0]; i++) {
        struct news news = { .what = whats[i],
                             .number = 12,
                             .reference = evil,
                             .author = evil,
                             .place = evil,
                             .text = evil,
                             .quoted_author = evil };
        assert_printable(shown(&news, &in_thread, 400));
        news.quoted_author = NULL;
        assert_printable(shown(&news, &in_thread, 400));
        const char *elsewhere = shown(&news, &nowhere, 400);
        assert_printable(elsewhere);
        assert_non_null(strstr(elsewhere, "a\\u{001B}[2Jb\\u{202E}c\\u{000A}d\\x{FF}z\\u{000D}"));
    }
}

static void assert_width(const char *lines, size_t width) {
    struct span rest = span_text(lines);

    while (rest.len > 0) {
        const char *line = (const char *)rest.data;
        size_t len = strcspn(line, "\n");
        assert_int_equal(line[len], '\n');
        assert_true(layout_columns(span_of(line, len)) <= width);
        rest = span_text(line + len + 1);
    }
}

static void no_line_is_wider_than_the_terminal(void **state) {
    struct news news = post(
        "Kata-kata yang panjangsekalisampaitidakmuat di satu baris \033\033\n"
        "dan lagi satu baris yang panjang, dengan angka 1234567890.");
    (void)state;

    news.author = "Sari Umpama yang namanya panjang sekali";
    for (size_t width = 14; width < 100; width++) {
        assert_width(shown(&news, &nowhere, width), width);
        assert_width(shown(&news, &in_thread, width), width);
    }
}

static void endless_texts_are_bounded(void **state) {
    static char endless[4 * TEXT_BYTES_MAX];
    struct news news = post(endless);
    (void)state;

    memset(endless, '\033', sizeof endless - 1);
    news.author = news.place = news.reference = news.quoted_author = endless;
    assert_true(strlen(shown(&news, &in_thread, WIDTH)) < 16 * TEXT_BYTES_MAX);
    assert_printable(shown(&news, &nowhere, WIDTH));
    assert_width(shown(&news, &nowhere, WIDTH), WIDTH);
    news.what = NEWS_CASE;
    assert_width(shown(&news, &nowhere, WIDTH), WIDTH);
    news.what = NEWS_GROUP_REMOVED;
    assert_width(shown(&news, &nowhere, WIDTH), WIDTH);
    news.what = NEWS_GROUP_GUEST;
    assert_width(shown(&news, &nowhere, WIDTH), WIDTH);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_post_of_the_place_is_shown_whole),
        cmocka_unit_test(a_post_of_elsewhere_has_its_title_and_two_lines),
        cmocka_unit_test(a_short_post_of_elsewhere_is_not_cut),
        cmocka_unit_test(the_mark_of_a_cut_fits_the_line),
        cmocka_unit_test(a_long_heading_of_elsewhere_is_cut_to_one_line),
        cmocka_unit_test(today_only_the_clock_is_told),
        cmocka_unit_test(case_and_thread_of_one_number_are_different_places),
        cmocka_unit_test(a_copied_post_is_of_who_copied_it),
        cmocka_unit_test(who_copied_a_post_is_never_cut_off),
        cmocka_unit_test(news_of_an_owner_who_names_no_quoted_author_are_shown),
        cmocka_unit_test(a_shared_case_is_told_with_what_to_type),
        cmocka_unit_test(an_invitation_is_told_with_what_to_type),
        cmocka_unit_test(who_was_removed_is_told_with_by_whom),
        cmocka_unit_test(who_was_removed_himself_is_told_so),
        cmocka_unit_test(of_a_guest_it_is_his_time_that_is_over),
        cmocka_unit_test(what_is_too_much_is_counted),
        cmocka_unit_test(what_is_no_news_shows_nothing),
        cmocka_unit_test(nothing_unprintable_reaches_the_terminal),
        cmocka_unit_test(no_line_is_wider_than_the_terminal),
        cmocka_unit_test(endless_texts_are_bounded),
    };

    return cmocka_run_group_tests(tests, set_jakarta, NULL);
}
