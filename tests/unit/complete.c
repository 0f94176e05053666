/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/complete.h"

#include "protocol/crypt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct place in_thread = { .sort = PLACE_THREAD, .number = 12, .object.id_len = 16 };
static const struct place in_case = { .sort = PLACE_CASE, .number = 4, .object.id_len = 32 };

static struct names names;
static struct completions found;
static bool is_path;

static int add_names(void **state) {
    (void)state;
    names_add(&names, REF_CONTACT, 2, "Budi Misal");
    names_add(&names, REF_CONTACT, 3, "Dewi");
    names_add(&names, REF_GROUP, 1, "Diskusi Bandung 1");
    names_add(&names, REF_THREAD, 12, "Anak tanpa kelompok");
    names_add(&names, REF_THREAD, 13, "anak \"hilang\"");
    names_add(&names, REF_THREAD, 5, "Jadwal");
    names_add(&names, REF_THREAD, 6, "Jadwal");
    names_add(&names, REF_CASE, 4, "3273-26-K7QD");
    names_add_member(&names, REF_GROUP, 1, "Budi Misal");
    names_add_member(&names, REF_GROUP, 1, "Citra");
    names_add_member(&names, REF_GROUP, 1, "Citra");
    names_add_member(&names, REF_GROUP, 2, "Bram");
    names_add_member(&names, REF_CASE, 4, "Sari Umpama");
    return 0;
}

static int remove_names(void **state) {
    (void)state;
    completions_clear(&found);
    names_clear(&names);
    return 0;
}

static void find(const char *typed, const struct place *place, const struct argument *asked,
                 enum language language) {
    completions_clear(&found);
    complete(&found, span_text(typed), &names, place, asked, language, &is_path);
}

/* What the completions insert, with | in front of each, and where the word begins. */
static void assert_inserts(const char *expected, size_t word_begin) {
    char inserts[1024] = "";
    size_t len = 0;

    for (size_t i = 0; i < found.count; i++) {
        int added = snprintf(inserts + len, sizeof inserts - len, "|%s", found.rows[i].insert);
        assert_true(added > 0 && (size_t)added < sizeof inserts - len);
        len += (size_t)added;
    }
    assert_string_equal(inserts, expected);
    assert_int_equal(found.word_begin, word_begin);
}

static void assert_completes_in(const struct place *place, const char *typed, const char *expected,
                                size_t word_begin) {
    find(typed, place, NULL, LANGUAGE_INDONESIAN);
    assert_inserts(expected, word_begin);
    assert_false(is_path);
}

static void assert_completes(const char *typed, const char *expected, size_t word_begin) {
    assert_completes_in(NULL, typed, expected, word_begin);
}

/* ---- Commands ---- */

static void commands_and_verbs_are_completed(void **state) {
    (void)state;

    assert_completes("kel", "|kelompok |keluarga |keluar ", 0);
    assert_completes("kelompok t", "|terima |tolak |tinggalkan ", 9);
    assert_completes("  kelo t", "|terima |tolak |tinggalkan ", 7);
    assert_completes("kasus b", "|baru |bagikan ", 6);
    assert_completes("jerapah", "", 0);
    assert_completes("jerapah ke", "", 8);
}

static void the_chosen_language_comes_first(void **state) {
    (void)state;

    assert_completes("gro", "|group ", 0);
    assert_completes("group inv", "|invite ", 6);
    find("no", NULL, NULL, LANGUAGE_ENGLISH);
    assert_inserts("|note |node ", 0);
}

static void each_command_is_offered_once(void **state) {
    size_t kelompok = 0;
    (void)state;

    find("", NULL, NULL, LANGUAGE_INDONESIAN);
    assert_true(found.count > 15);
    for (size_t i = 0; i < found.count; i++) {
        kelompok += strcmp(found.rows[i].display, "kelompok") == 0;
    }
    assert_int_equal(kelompok, 1);
}

static void help_completes_commands(void **state) {
    (void)state;

    assert_completes("bantuan tul", "|tulis ", 8);
    assert_completes("bantuan kelompok und", "|undang ", 17);
}

/* ---- People of a group or case ---- */

static void people_are_those_of_the_group_that_was_named(void **state) {
    (void)state;

    assert_completes("kelompok keluarkan 1 ", "|\"Budi Misal\" |Citra ", 21);
    assert_completes("kelompok keluarkan \"diskusi bandung 1\" ", "|\"Budi Misal\" |Citra ", 39);
    assert_completes("kelompok akui #1 ci", "|Citra ", 17);
    assert_completes("kelompok keluarkan 1 br", "", 21);
    assert_completes("kelompok keluarkan 9 ", "", 21);
    assert_completes("kasus keluarkan 3273-26-k7qd s", "|\"Sari Umpama\" ", 29);
    assert_string_equal(found.rows[0].display, "Sari Umpama");
}

static void in_a_case_people_are_those_of_its_team(void **state) {
    (void)state;

    assert_completes_in(&in_case, "kasus keluarkan sar", "|\"Sari Umpama\" ", 16);
    assert_completes_in(&in_case, "kasus keluarkan Sari um", "|\"Sari Umpama\" ", 16);
}

static void people_are_no_groups_and_no_contacts(void **state) {
    (void)state;

    assert_completes("kelompok lihat cit", "", 15);
    assert_completes("kelompok undang 1 cit", "", 18);
}

/* A question does not know which group was named: people of all are offered, each once. */
static void whoever_is_asked_for_a_person_is_offered_people(void **state) {
    (void)state;

    find("b", NULL, &cmd_group_remove.arguments[1], LANGUAGE_INDONESIAN);
    assert_inserts("|Budi Misal|Bram", 0);
    find("", NULL, &cmd_group_adopt.arguments[1], LANGUAGE_INDONESIAN);
    assert_inserts("|Budi Misal|Citra|Bram", 0);
    find("", NULL, &cmd_case_remove.arguments[1], LANGUAGE_INDONESIAN);
    assert_inserts("|Sari Umpama", 0);
}

static void a_group_to_be_a_part_of_is_completed(void **state) {
    (void)state;

    assert_completes("kelompok baru Kecil bagian-dari=dis", "|\"Diskusi Bandung 1\" ", 32);
    assert_completes("kelompok baru Kecil --bagian-dari 32", "|3273-26-K7QD ", 34);
}

/* ---- References ---- */

static void references_are_completed_by_name_and_by_number(void **state) {
    (void)state;

    assert_completes("utas lihat anak", "|\"Anak tanpa kelompok\" |13 ", 11);
    assert_string_equal(found.rows[0].display, "12  Anak tanpa kelompok");
    assert_completes("utas lihat 1", "|12 |13 ", 11);
    assert_string_equal(found.rows[1].display, "13  anak \"hilang\"");
    assert_completes("utas lihat #5", "|5 ", 11);
    assert_completes("kelompok undang 1 ", "|\"Budi Misal\" |Dewi ", 18);
    assert_completes("kasus lihat 3273", "|3273-26-K7QD ", 12);
    assert_completes("kasus lihat 4", "|4 ", 12);
}

static void a_name_that_two_have_becomes_a_number(void **state) {
    (void)state;

    assert_completes("utas lihat Jad", "|5 |6 ", 11);
}

static void a_name_goes_on_behind_blanks(void **state) {
    (void)state;

    assert_completes("utas lihat Anak tan", "|\"Anak tanpa kelompok\" ", 11);
    assert_completes("utas lihat \"Anak tan", "|\"Anak tanpa kelompok\" ", 11);
    assert_completes("kelompok undang 1 Budi ", "|\"Budi Misal\" ", 18);
}

static void a_place_is_a_group_or_a_case_by_its_code(void **state) {
    (void)state;

    assert_completes("utas baru ", "|\"Diskusi Bandung 1\" |3273-26-K7QD ", 10);
    assert_completes("utas baru 1", "|1 ", 10);
    assert_completes("utas baru 4", "", 10);
}

static void a_post_is_completed_up_to_its_own_number(void **state) {
    (void)state;

    assert_completes("balas 12", "|12.", 6);
    assert_completes("balas Anak", "|12.|13.", 6);
    assert_completes("balas 12.", "", 6);
    assert_completes("tarik J", "|5.|6.", 6);
}

static void nothing_is_offered_in_a_text_or_a_new_name(void **state) {
    (void)state;

    assert_completes("tulis 12 An", "", 9);
    assert_completes("tulis 12 halo An", "", 14);
    assert_completes("kelompok baru Dis", "", 14);
    assert_completes("cari leb", "", 5);
}

static void in_a_place_what_is_left_out_may_be_told(void **state) {
    (void)state;

    assert_completes_in(&in_thread, "utas lihat J", "|5 |6 ", 11);
    assert_completes_in(&in_thread, "tulis J", "", 6);
    assert_completes_in(&in_case, "kasus bagikan ", "|3273-26-K7QD |\"Budi Misal\" |Dewi ", 14);
    assert_completes_in(&in_case, "kasus bagikan Bu", "|\"Budi Misal\" ", 14);
}

static void there_are_never_more_than_so_many(void **state) {
    char text[32];
    (void)state;

    for (int i = 0; i <= COMPLETIONS_MAX; i++) {
        (void)snprintf(text, sizeof text, "Rekan %d", i); /* It has the room. */
        names_add(&names, REF_CONTACT, 100 + i, text);
    }
    find("rekan lihat Re", NULL, NULL, LANGUAGE_INDONESIAN);
    assert_int_equal(found.count, 0);
    find("rekan hapus Re", NULL, NULL, LANGUAGE_INDONESIAN);
    assert_int_equal(found.count, COMPLETIONS_MAX);
    assert_true(found.more);
}

/* ---- Options ---- */

static void options_are_completed_with_what_follows_them(void **state) {
    (void)state;

    assert_completes("kasus baru ke", "|kelamin=", 11);
    assert_completes("kasus baru kl", "|klaster=", 11);
    assert_completes("kasus baru --kl", "|--klaster=", 11);
    assert_completes("kasus baru --clu", "|--cluster=", 11);
    assert_completes("kasus daftar ", "|--semua ", 13);
    assert_completes("utas lihat 12 sej", "|sejak=", 14);
    assert_completes("tulis 12 --js", "|--json ", 9);
    assert_completes("status --se", "|--senyap ", 7);
}

static void an_option_that_is_given_is_not_offered_again(void **state) {
    (void)state;

    assert_completes("tarik 12.3 ", "|alasan=", 11);
    assert_completes("tarik 12.3 alasan=x ", "", 20);
}

static void known_values_are_completed(void **state) {
    (void)state;

    assert_completes("kasus baru kelamin=", "|L |P ", 19);
    assert_completes("kasus baru --sex=\"p", "|P ", 17);
    assert_completes("kasus baru --sex l", "|L ", 17);
    assert_completes("utas lihat 12 sejak=ke", "", 20);
}

static void an_option_that_names_a_contact_offers_contacts(void **state) {
    (void)state;

    assert_completes("perangkat hilang --milik bu", "|\"Budi Misal\" ", 25);
    assert_completes("perangkat hilang milik=diskusi", "", 23);
}

static void paths_are_left_to_whoever_knows_files(void **state) {
    (void)state;

    find("rekan tambah /tmp/ka", NULL, NULL, LANGUAGE_INDONESIAN);
    assert_true(is_path);
    assert_inserts("", 13);
    find("kartu-nama ke-berkas=/tmp/ka", NULL, NULL, LANGUAGE_INDONESIAN);
    assert_true(is_path);
    assert_inserts("", 21);
}

/* ---- Answers ---- */

static void an_answer_needs_no_quotes(void **state) {
    (void)state;

    find("Anak tan", NULL, &cmd_post.arguments[0], LANGUAGE_INDONESIAN);
    assert_inserts("|Anak tanpa kelompok", 0);
    find(" 12", NULL, &cmd_reply.arguments[0], LANGUAGE_INDONESIAN);
    assert_inserts("|12.", 1);
    find("Anak", NULL, &cmd_post.arguments[1], LANGUAGE_INDONESIAN);
    assert_inserts("", 0);
    find("", NULL, &cmd_contact_add.arguments[0], LANGUAGE_INDONESIAN);
    assert_true(is_path);
}

#define COMPLETE_TEST(test) cmocka_unit_test_setup_teardown(test, add_names, remove_names)

int main(void) {
    const struct CMUnitTest tests[] = {
        COMPLETE_TEST(commands_and_verbs_are_completed),
        COMPLETE_TEST(the_chosen_language_comes_first),
        COMPLETE_TEST(each_command_is_offered_once),
        COMPLETE_TEST(help_completes_commands),
        COMPLETE_TEST(people_are_those_of_the_group_that_was_named),
        COMPLETE_TEST(in_a_case_people_are_those_of_its_team),
        COMPLETE_TEST(people_are_no_groups_and_no_contacts),
        COMPLETE_TEST(whoever_is_asked_for_a_person_is_offered_people),
        COMPLETE_TEST(a_group_to_be_a_part_of_is_completed),
        COMPLETE_TEST(references_are_completed_by_name_and_by_number),
        COMPLETE_TEST(a_name_that_two_have_becomes_a_number),
        COMPLETE_TEST(a_name_goes_on_behind_blanks),
        COMPLETE_TEST(a_place_is_a_group_or_a_case_by_its_code),
        COMPLETE_TEST(a_post_is_completed_up_to_its_own_number),
        COMPLETE_TEST(nothing_is_offered_in_a_text_or_a_new_name),
        COMPLETE_TEST(in_a_place_what_is_left_out_may_be_told),
        COMPLETE_TEST(there_are_never_more_than_so_many),
        COMPLETE_TEST(options_are_completed_with_what_follows_them),
        COMPLETE_TEST(an_option_that_is_given_is_not_offered_again),
        COMPLETE_TEST(known_values_are_completed),
        COMPLETE_TEST(an_option_that_names_a_contact_offers_contacts),
        COMPLETE_TEST(paths_are_left_to_whoever_knows_files),
        COMPLETE_TEST(an_answer_needs_no_quotes),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
