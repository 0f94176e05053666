/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/line.h"

#include "cli/parse.h"
#include "protocol/crypt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define THREAD_ID "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c"
#define CASE_ID   "0404040404040404040404040404040404040404040404040404040404040404"

static struct place in_thread = { .sort = PLACE_THREAD, .number = 12, .object.id_len = 16 };
static struct place in_case = { .sort = PLACE_CASE, .number = 4, .object.id_len = 32 };

static struct line line;

static int make_places(void **state) {
    (void)state;
    memset(in_thread.object.id, 0x0c, 16);
    memset(in_case.object.id, 0x04, 32);
    return 0;
}

static int clear_line(void **state) {
    (void)state;
    line_clear(&line);
    return 0;
}

static void split_in(const char *typed, const struct place *place, enum language language) {
    line_clear(&line);
    line_split(&line, span_text(typed), place, language);
}

/* The words of the line, with | between, are these. */
static void assert_words(const char *expected) {
    char words[1024] = "";
    size_t len = 0;

    assert_int_equal(line.fault, LINE_OK);
    for (size_t i = 0; i < line.count; i++) {
        size_t word_len = strlen(line.words[i]);
        assert_true(len + word_len + 2 < sizeof words);
        words[len] = '|';
        memcpy(words + len + 1, line.words[i], word_len + 1);
        len += 1 + word_len;
    }
    assert_string_equal(words, expected);
}

static void assert_split_in(const char *typed, const struct place *place, const char *expected) {
    split_in(typed, place, LANGUAGE_INDONESIAN);
    assert_words(expected);
}

static void assert_split(const char *typed, const char *expected) {
    assert_split_in(typed, NULL, expected);
}

static void assert_fault(const char *typed, enum line_fault fault) {
    split_in(typed, NULL, LANGUAGE_INDONESIAN);
    assert_int_equal(line.fault, fault);
}

static bool has_hint(const struct command *row) {
    for (size_t i = 0; i < line.hint_count; i++) {
        if (line.hints[i] == row) {
            return true;
        }
    }
    return false;
}

/* ---- Words and quotes ---- */

static void words_stand_between_blanks(void **state) {
    (void)state;

    assert_split("  rekan \t alamat 2  tcp://10.0.0.1:41234 ",
                 "|rekan|alamat|2|tcp://10.0.0.1:41234");
    assert_ptr_equal(line.command, &cmd_contact_address);
    assert_false(line.has_text);
    assert_false(line.placed);
}

static void quotes_keep_words_together(void **state) {
    (void)state;

    assert_split("kelompok undang \"Diskusi Bandung 1\" \"Budi Misal\"",
                 "|kelompok|undang|Diskusi Bandung 1|Budi Misal");
    assert_split("mulai nama=\"Sari Umpama\" --peran \"tksk\"",
                 "|mulai|--nama=Sari Umpama|--peran=tksk");
    assert_split("rekan alamat 2 \"\"", "|rekan|alamat|2|");
}

static void a_quote_elsewhere_is_a_letter(void **state) {
    (void)state;

    assert_split("kelompok baru Layar 14\" Ma'ruf", "|kelompok|baru|Layar 14\" Ma'ruf");
}

static void faults_of_the_whole_line_are_named(void **state) {
    static char long_line[LINE_BYTES_MAX + 2];
    (void)state;

    memset(long_line, 'x', sizeof long_line - 1);
    assert_fault("", LINE_EMPTY);
    assert_fault(" \t ", LINE_EMPTY);
    assert_fault("kelompok baru \"Diskusi", LINE_OPEN_QUOTE);
    assert_fault("mulai nama=\"Sari", LINE_OPEN_QUOTE);
    assert_fault("mulai --nama \"Sari", LINE_OPEN_QUOTE);
    assert_fault(long_line, LINE_TOO_MANY_WORDS);
    assert_fault("rekan alamat 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24",
                 LINE_TOO_MANY_WORDS);
}

static void what_is_no_command_is_left_to_the_parser(void **state) {
    (void)state;

    assert_split("saya mau menulis sesuatu", "|saya");
    assert_null(line.command);
    assert_split("kelompok gabung 1", "|kelompok|gabung");
    assert_null(line.command);
    assert_split("kelompok", "|kelompok");
    assert_null(line.command);
}

/* ---- Shortened words ---- */

static void a_word_may_be_shortened_while_one_fits(void **state) {
    (void)state;

    assert_split("kel und 1 2", "|kelompok|undang|1|2");
    assert_ptr_equal(line.command, &cmd_group_invite);
    assert_split("stat", "|status");
    assert_split("tul 12 halo", "|tulis|12|--|halo");
    assert_split("kelo", "|kelompok");
}

static void the_verb_chooses_among_commands_without_arguments(void **state) {
    (void)state;

    assert_split("kel und 1 2", "|kelompok|undang|1|2");
}

static void words_are_shortened_in_the_chosen_language_only(void **state) {
    (void)state;

    assert_split("gro inv 1 2", "|gro");
    assert_split("group und 1 2", "|group|undang|1|2");
    assert_split("group invite 1 2", "|group|invite|1|2");
    split_in("gro inv 1 2", NULL, LANGUAGE_ENGLISH);
    assert_words("|group|invite|1|2");
}

static void a_word_that_fits_several_is_not_guessed(void **state) {
    (void)state;

    assert_fault("ka", LINE_AMBIGUOUS);
    assert_true(has_hint(&cmd_card));
    assert_int_equal(line.hint_count, 2);
    assert_fault("kelompok t 1", LINE_AMBIGUOUS);
    assert_true(has_hint(&cmd_group_accept));
    assert_true(has_hint(&cmd_group_decline));
    assert_true(has_hint(&cmd_group_leave));
    assert_fault("t 12 halo", LINE_AMBIGUOUS);
    assert_true(has_hint(&cmd_post));
    assert_true(has_hint(&cmd_retract));
}

static void nobody_reaches_a_confirmed_command_by_a_slip(void **state) {
    (void)state;

    assert_fault("tar 12.3", LINE_NOT_SHORTENED);
    assert_int_equal(line.hint_count, 1);
    assert_ptr_equal(line.hints[0], &cmd_retract);
    assert_fault("kasus bag 4 2", LINE_NOT_SHORTENED);
    assert_ptr_equal(line.hints[0], &cmd_case_share);
    assert_fault("kas bagikan 4 2", LINE_NOT_SHORTENED);
    assert_split("kasus bagikan 4 2", "|kasus|bagikan|4|2");
    assert_split("case share 4 2", "|case|share|4|2");
}

/* Who wants to go must not be shown only how to put another one out. */
static void who_types_another_word_for_leaving_is_shown_both(void **state) {
    (void)state;

    assert_fault("kelompok keluar 1", LINE_AMBIGUOUS);
    assert_int_equal(line.hint_count, 2);
    assert_true(has_hint(&cmd_group_remove));
    assert_true(has_hint(&cmd_group_leave));
    assert_fault("kas keluar 4", LINE_AMBIGUOUS);
    assert_true(has_hint(&cmd_case_leave));
    assert_fault("kelompok keluark 1 2", LINE_NOT_SHORTENED);
    assert_fault("kelompok keluarkan", LINE_OK);
}

static void a_command_that_seldom_asks_may_be_shortened(void **state) {
    (void)state;

    assert_non_null(cmd_group_invite.question);
    assert_split("kel und 1 2", "|kelompok|undang|1|2");
}

/* ---- Options ---- */

static void options_have_three_forms(void **state) {
    (void)state;

    assert_split("utas lihat 12 sejak=kemarin", "|utas|lihat|12|--sejak=kemarin");
    assert_split("utas lihat --since kemarin 12", "|utas|lihat|--since=kemarin|12");
    assert_split("utas lihat since=\"2 jam\" 12", "|utas|lihat|--since=2 jam|12");
    assert_split("sinkron batas=5 --json", "|sinkron|--batas=5|--json");
    assert_split("--senyap status", "|--senyap|status");
}

static void an_option_has_no_other_option_as_its_value(void **state) {
    (void)state;

    assert_split("sinkron --batas --json", "|sinkron|--batas|--json");
    assert_split("sinkron --batas", "|sinkron|--batas");
    assert_split("tarik 12.3 --alasan \"--json\"", "|tarik|12.3|--alasan=--json");
}

static void a_value_of_several_words_needs_no_quotes_where_no_argument_is_left(void **state) {
    (void)state;

    assert_split("tarik 12.3 alasan=salah utas ?", "|tarik|12.3|--alasan=salah utas ?");
    assert_false(line.asks_help);
    assert_split("mulai --nama Sari Umpama peran=tksk", "|mulai|--nama=Sari Umpama|--peran=tksk");
    assert_split("tarik alasan=salah 12.3", "|tarik|--alasan=salah|12.3");
    assert_split("tarik alasan=salah 12.3 utas", "|tarik|--alasan=salah|12.3|utas");
    assert_split("tarik 12.3 alasan=\"salah\" utas", "|tarik|12.3|--alasan=salah|utas");
    assert_split("kasus daftar --semua aktif", "|kasus|daftar|--semua|aktif");
}

static void a_word_with_equals_is_an_option_only_by_its_name(void **state) {
    (void)state;

    assert_split("kelompok baru a=b", "|kelompok|baru|a=b");
    assert_split("kelompok baru json=ya", "|kelompok|baru|json=ya");
    assert_split("tulis 12 alasan=x teks", "|tulis|12|--|alasan=x teks");
}

/* ---- Text ---- */

static void everything_behind_the_last_argument_is_the_text(void **state) {
    (void)state;

    assert_split("tulis 12 Siapa bisa   --json?  ", "|tulis|12|--|Siapa bisa   --json?");
    assert_true(line.has_text);
    assert_split("balas 12.3 \"ya\" kata dia", "|balas|12.3|--|\"ya\" kata dia");
    assert_split("tulis 12 dia bilang \"ya", "|tulis|12|--|dia bilang \"ya");
    assert_split("tulis 12 --- catatan", "|tulis|12|--|--- catatan");
    assert_split("cari rujuk sekolah", "|cari|--|rujuk sekolah");
    assert_split("tulis 12 satu\ndua\n", "|tulis|12|--|satu\ndua");
}

static void quotes_around_the_whole_text_are_taken_away(void **state) {
    (void)state;

    assert_split("tulis 12 \"halo semua\"", "|tulis|12|--|halo semua");
    assert_split("tulis 12 \"a\" dan \"b\"", "|tulis|12|--|\"a\" dan \"b\"");
    assert_split("tulis 12 \"", "|tulis|12|--|\"");
    assert_split("tulis 12 \"\"", "|tulis|12|--|");
}

static void an_option_in_front_of_the_text_is_one(void **state) {
    (void)state;

    assert_split("cari lebih=200 uang sekolah", "|cari|--lebih=200|--|uang sekolah");
    assert_split("tulis 12 --json halo", "|tulis|12|--json|--|halo");
    assert_split("tulis 12 -- --json", "|tulis|12|--|--json");
    assert_split("tulis -- 12 halo", "|tulis|--|12|halo");
}

static void a_text_that_is_missing_is_not_there(void **state) {
    (void)state;

    assert_split("tulis 12 ", "|tulis|12");
    assert_false(line.has_text);
    assert_split("tulis", "|tulis");
    assert_ptr_equal(line.command, &cmd_post);
}

static void the_parser_takes_what_was_split(void **state) {
    struct parsed parsed;
    (void)state;

    split_in("cari lebih=200 --json itu", NULL, LANGUAGE_INDONESIAN);
    parse_arguments(&parsed, line.count, line.words);
    assert_int_equal(parsed.fault, FAULT_NONE);
    assert_string_equal(call_option(&parsed.call, "more"), "200");
    assert_non_null(parsed.globals[GLOBAL_JSON]);
    assert_string_equal(parsed.call.typed[0], "itu");
}

/* ---- Names of several words ---- */

static void the_last_name_needs_no_quotes(void **state) {
    (void)state;

    assert_split("kelompok baru Diskusi  Bandung 1", "|kelompok|baru|Diskusi Bandung 1");
    assert_split("utas baru 1 Anak tanpa kelompok", "|utas|baru|1|Anak tanpa kelompok");
    assert_split("kelompok undang 1 Budi Misal --json", "|kelompok|undang|1|Budi Misal|--json");
    assert_split("utas lihat Siapa duluan ? sejak=kemarin",
                 "|utas|lihat|Siapa duluan ?|--sejak=kemarin");
    assert_split("kelompok baru -- Diskusi --json", "|kelompok|baru|--|Diskusi --json");
}

static void a_name_in_quotes_takes_nothing_more(void **state) {
    (void)state;

    assert_split("kelompok baru \"Diskusi\" Bandung", "|kelompok|baru|Diskusi|Bandung");
    assert_split("kelompok baru Diskusi \"Bandung\"", "|kelompok|baru|Diskusi|Bandung");
}

static void other_arguments_are_not_joined(void **state) {
    (void)state;

    assert_split("rekan alamat 2 tcp://a:1 x", "|rekan|alamat|2|tcp://a:1|x");
    assert_split("tarik 12.3 salah", "|tarik|12.3|salah");
    assert_split("bantuan kelompok undang", "|bantuan|kelompok|undang");
    assert_split("status sekarang", "|status|sekarang");
}

static void a_name_that_may_go_on_is_told(void **state) {
    (void)state;

    split_in("utas lihat Anak tanpa ", NULL, LANGUAGE_INDONESIAN);
    assert_int_equal(line.joins_at, 11);
    split_in("utas lihat \"Anak tanpa\" ", NULL, LANGUAGE_INDONESIAN);
    assert_true(line.joins_at == SIZE_MAX);
    split_in("utas lihat Anak sejak=kemarin ", NULL, LANGUAGE_INDONESIAN);
    assert_true(line.joins_at == SIZE_MAX);
}

/* ---- Places ---- */

static void in_a_place_a_text_needs_no_reference(void **state) {
    (void)state;

    assert_split_in("tulis 5 anak", &in_thread, "|tulis|" THREAD_ID "|--|5 anak");
    assert_true(line.placed);
    assert_split_in("catat --json kunjungan", &in_case, "|catat|" CASE_ID "|--json|--|kunjungan");
    assert_split_in("tul", &in_thread, "|tulis|" THREAD_ID);
}

static void a_line_copied_from_a_shell_means_the_same(void **state) {
    (void)state;

    assert_split_in("rembuk tulis 12 halo", NULL, "|tulis|12|--|halo");
    assert_split_in("rembuk", NULL, "|rembuk");
}

static void in_a_case_a_new_thread_needs_its_title_only(void **state) {
    (void)state;

    assert_split_in("utas baru Kunjungan ke rumah", &in_case,
                    "|utas|baru|" CASE_ID "|Kunjungan ke rumah");
    assert_split_in("utas baru 1 Kunjungan", &in_case, "|utas|baru|" CASE_ID "|1 Kunjungan");
}

static void a_place_of_another_sort_is_not_put_in(void **state) {
    (void)state;

    assert_split_in("tulis 5 anak", &in_case, "|tulis|5|--|anak");
    assert_split_in("catat 4 x", &in_thread, "|catat|4|--|x");
    assert_split_in("kelompok lihat", &in_case, "|kelompok|lihat");
    assert_split_in("status", &in_thread, "|status");
    assert_split_in("cari rujuk", &in_thread, "|cari|--|rujuk");
    assert_false(line.placed);
}

static void without_a_text_the_place_is_put_in_where_it_is_missing(void **state) {
    (void)state;

    assert_split_in("utas lihat", &in_thread, "|utas|lihat|" THREAD_ID);
    assert_split_in("utas lihat sejak=kemarin", &in_thread,
                    "|utas|lihat|" THREAD_ID "|--sejak=kemarin");
    assert_split_in("utas lihat --sejak kemarin", &in_thread,
                    "|utas|lihat|" THREAD_ID "|--sejak=kemarin");
    assert_split_in("utas lihat 5", &in_thread, "|utas|lihat|5");
    assert_split_in("kasus lihat", &in_case, "|kasus|lihat|" CASE_ID);
    assert_split_in("utas daftar", &in_case, "|utas|daftar|" CASE_ID);
    assert_split_in("kasus bagikan 2", &in_case, "|kasus|bagikan|" CASE_ID "|2");
    assert_split_in("kasus bagikan 5 2", &in_case, "|kasus|bagikan|5|2");
}

static void a_word_without_a_digit_is_no_case(void **state) {
    (void)state;

    assert_split_in("kasus bagikan Budi Misal", &in_case, "|kasus|bagikan|" CASE_ID "|Budi Misal");
    assert_split_in("kasus lihat Budi", &in_case, "|kasus|lihat|Budi");
    assert_split_in("kasus keluarkan Budi Misal", &in_case,
                    "|kasus|keluarkan|" CASE_ID "|Budi Misal");
    assert_split_in("kasus keluarkan 2", &in_case, "|kasus|keluarkan|" CASE_ID "|2");
    assert_split_in("kasus akui Budi", &in_case, "|kasus|akui|" CASE_ID "|Budi");
    assert_split_in("kasus menunggu", &in_case, "|kasus|menunggu|" CASE_ID);
}

static void one_goes_to_a_place_by_naming_it(void **state) {
    (void)state;

    assert_split_in("kasus masuk", &in_case, "|kasus|masuk");
    assert_split_in("utas masuk", &in_thread, "|utas|masuk");
}

static void in_a_thread_a_bare_number_is_its_post(void **state) {
    (void)state;

    assert_split_in("balas 3 teks", &in_thread, "|balas|12.3|--|teks");
    assert_split_in("ubah 3 teks", &in_thread, "|ubah|12.3|--|teks");
    assert_split_in("tarik 3 alasan=salah", &in_thread, "|tarik|12.3|--alasan=salah");
    assert_split_in("balas 7.3 teks", &in_thread, "|balas|7.3|--|teks");
    assert_split_in("balas 3 teks", &in_case, "|balas|3|--|teks");
}

/* ---- Help ---- */

static void assert_asks_help(const char *typed, bool expected) {
    split_in(typed, NULL, LANGUAGE_INDONESIAN);
    assert_int_equal(line.asks_help, expected);
}

static void a_question_mark_asks_for_help_where_a_word_would_stand(void **state) {
    (void)state;

    assert_asks_help("?", true);
    assert_asks_help("kelompok ?", true);
    assert_asks_help("kel und ?", true);
    assert_ptr_equal(line.command, &cmd_group_invite);
    assert_asks_help("kelompok undang 1 ?", true);
    assert_asks_help("tulis ?", true);
    assert_asks_help("status ?", true);
    assert_asks_help("tulis 12 ?", false);
    assert_asks_help("kelompok baru ?", false);
    assert_asks_help("kelompok undang ? 1", false);
    assert_asks_help("tulis \"?\"", false);
}

#define LINE_TEST(test) cmocka_unit_test_teardown(test, clear_line)

int main(void) {
    const struct CMUnitTest tests[] = {
        LINE_TEST(words_stand_between_blanks),
        LINE_TEST(quotes_keep_words_together),
        LINE_TEST(a_quote_elsewhere_is_a_letter),
        LINE_TEST(faults_of_the_whole_line_are_named),
        LINE_TEST(what_is_no_command_is_left_to_the_parser),
        LINE_TEST(a_word_may_be_shortened_while_one_fits),
        LINE_TEST(the_verb_chooses_among_commands_without_arguments),
        LINE_TEST(words_are_shortened_in_the_chosen_language_only),
        LINE_TEST(a_word_that_fits_several_is_not_guessed),
        LINE_TEST(nobody_reaches_a_confirmed_command_by_a_slip),
        LINE_TEST(who_types_another_word_for_leaving_is_shown_both),
        LINE_TEST(a_command_that_seldom_asks_may_be_shortened),
        LINE_TEST(options_have_three_forms),
        LINE_TEST(an_option_has_no_other_option_as_its_value),
        LINE_TEST(a_value_of_several_words_needs_no_quotes_where_no_argument_is_left),
        LINE_TEST(a_word_with_equals_is_an_option_only_by_its_name),
        LINE_TEST(everything_behind_the_last_argument_is_the_text),
        LINE_TEST(quotes_around_the_whole_text_are_taken_away),
        LINE_TEST(an_option_in_front_of_the_text_is_one),
        LINE_TEST(a_text_that_is_missing_is_not_there),
        LINE_TEST(the_parser_takes_what_was_split),
        LINE_TEST(the_last_name_needs_no_quotes),
        LINE_TEST(a_name_in_quotes_takes_nothing_more),
        LINE_TEST(other_arguments_are_not_joined),
        LINE_TEST(a_name_that_may_go_on_is_told),
        LINE_TEST(in_a_place_a_text_needs_no_reference),
        LINE_TEST(a_line_copied_from_a_shell_means_the_same),
        LINE_TEST(in_a_case_a_new_thread_needs_its_title_only),
        LINE_TEST(a_place_of_another_sort_is_not_put_in),
        LINE_TEST(without_a_text_the_place_is_put_in_where_it_is_missing),
        LINE_TEST(a_word_without_a_digit_is_no_case),
        LINE_TEST(one_goes_to_a_place_by_naming_it),
        LINE_TEST(in_a_thread_a_bare_number_is_its_post),
        LINE_TEST(a_question_mark_asks_for_help_where_a_word_would_stand),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, make_places, NULL) : 1;
}
