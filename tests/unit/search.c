/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/cases.h"
#include "store/contacts.h"
#include "store/db.h"
#include "store/posting.h"
#include "store/search.h"
#include "tests/support/people.h"

#include <stdio.h>
#include <string.h>

static struct people people;
static uint8_t circle[HASH_BYTES];
static uint8_t thread[REF_BYTES];
static char page[TRANSCRIPT_BYTES];
static bool more;

/* Ayu, Bayu and Citra; Ayu and Bayu in a group with one thread. */
static int a_thread(void **state) {
    (void)state;
    people_new(&people, 3);
    people_group(&people, 2, circle);
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rujukan"), people_now(&people), thread),
        RB_OK);
    people_meet(&people, AYU, BAYU);
    return 0;
}

static int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Helpers ---- */

static uint64_t left_of(size_t who) {
    uint64_t left = UINT64_MAX;

    assert_int_equal(search_left(people.stores[who], &left), RB_OK);
    return left;
}

/* Finishes the index; how many batches that took. */
static size_t finish_index(size_t who) {
    uint64_t left = left_of(who);
    size_t batches = 0;

    while (left > 0) {
        uint64_t before = left;
        assert_int_equal(search_index(people.stores[who], &left), RB_OK);
        assert_true(left < before);
        batches++;
    }
    assert_int_equal(left_of(who), 0);
    return batches;
}

static int64_t number_of(size_t who, const char *sql) {
    struct db_row *row = db_query(store_db(people.stores[who]), sql);
    int64_t number = -1;

    if (db_step(row)) {
        number = db_int(row, 0);
    }
    assert_int_equal(db_end(row), RB_OK);
    return number;
}

static int64_t indexed(size_t who) {
    static const char sql[] = "SELECT count(*) FROM search_docsize";

    return number_of(who, sql);
}

static void run_sql(size_t who, const char *sql) {
    assert_int_equal(store_write_begin(people.stores[who]), RB_OK);
    assert_int_equal(
        store_write_end(people.stores[who], db_execute(store_db(people.stores[who]), sql)), RB_OK);
}

/* "1.3 Ayu: text\n" per hit, with [ ] around what matched; "1.3 Ayu (Citra): text\n" if Ayu says
 * that Citra wrote it. */
static bool hit_add(void *context, const struct search_hit *hit) {
    size_t *len = context;
    const char *text = (const char *)hit->text.data;
    size_t match_end = hit->match + hit->match_len;

    assert_true(match_end <= hit->text.len && hit->match_len > 0);
    const char *quoted = hit->quoted_author;
    int written = snprintf(page + *len, sizeof page - *len, "%lld.%lld %s%s%s%s: %.*s[%.*s]%.*s\n",
                           (long long)hit->place_number, (long long)hit->number, hit->author_name,
                           quoted[0] != '\0' ? " (" : "", quoted, quoted[0] != '\0' ? ")" : "",
                           (int)hit->match, text, (int)hit->match_len, text + hit->match,
                           (int)(hit->text.len - match_end), text + match_end);
    assert_true(written > 0);
    *len += (size_t)written;
    assert_true(*len < sizeof page);
    return true;
}

/* Finds without finishing the index first. */
static const char *find_some(size_t who, const char *words, size_t limit) {
    size_t len = 0;

    page[0] = '\0';
    assert_int_equal(search_find(people.stores[who], span_text(words), limit, hit_add, &len, &more),
                     RB_OK);
    return page;
}

static const char *find(size_t who, const char *words) {
    (void)finish_index(who);
    return find_some(who, words, SEARCH_HITS_DEFAULT);
}

static enum rb_status find_status(const char *words, size_t len) {
    size_t page_len = 0;

    enum rb_status status =
        search_find(people.stores[AYU], span_of(words, len), 10, hit_add, &page_len, &more);
    assert_int_equal(search_check(span_of(words, len)), status);
    return status;
}

static void post(size_t who, const char *text, uint8_t ref[static REF_BYTES]) {
    people_post(&people, who, thread, text, ref);
}

static void say(size_t who, const char *text) {
    uint8_t ref[REF_BYTES];

    post(who, text, ref);
}

/* Many at once. */
static void say_often(size_t who, const char *text, size_t times) {
    const struct post_draft draft = { .thread = thread, .text = span_text(text) };
    uint8_t ref[REF_BYTES];

    assert_int_equal(store_write_begin(people.stores[who]), RB_OK);
    for (size_t i = 0; i < times; i++) {
        assert_int_equal(post_write(people.stores[who], circle, &draft, people_now(&people), ref),
                         RB_OK);
    }
    assert_int_equal(store_write_commit(people.stores[who]), RB_OK);
}

/* ---- Words ---- */

static void a_part_of_a_word_is_found(void **state) {
    (void)state;

    say(AYU, "Anak dirujuk ke balai");
    say(AYU, "Belum ada kabar");
    assert_string_equal(find(AYU, "rujuk"), "1.1 Ayu: Anak di[rujuk] ke balai\n");
    assert_string_equal(find(AYU, "rujukan"), "");
    assert_false(more);
}

static void all_words_count_in_any_order(void **state) {
    (void)state;

    say(AYU, "Anak dirujuk ke balai");
    say(AYU, "Balai penuh");
    assert_string_equal(find(AYU, "balai anak"), "1.1 Ayu: [Anak] dirujuk ke balai\n");
    assert_string_equal(find(AYU, " \t\n balai \r anak "), "1.1 Ayu: [Anak] dirujuk ke balai\n");
    assert_string_equal(find(AYU, "balai anak penuh"), "");
}

/* The index says that all parts of 'mamak' are there; the text says that the word is not. */
static void parts_of_a_word_that_do_not_stand_together_are_not_found(void **state) {
    (void)state;

    say(AYU, "mamam, amak");
    assert_string_equal(find(AYU, "mamak"), "");
    assert_string_equal(find(AYU, "amak"), "1.1 Ayu: mamam, [amak]\n");
}

static void letters_a_to_z_are_found_in_either_case_and_all_others_as_typed(void **state) {
    (void)state;

    say(AYU, "RUJUKAN ke Café Étoile");
    assert_string_equal(find(AYU, "rujukan"), "1.1 Ayu: [RUJUKAN] ke Café Étoile\n");
    assert_string_equal(find(AYU, "ruJUKan CAFé"), "1.1 Ayu: [RUJUKAN] ke Café Étoile\n");
    assert_string_equal(find(AYU, "Étoile"), "1.1 Ayu: RUJUKAN ke Café [Étoile]\n");
    assert_string_equal(find(AYU, "étoile"), "");
    assert_string_equal(find(AYU, "cafe"), "");
}

static void signs_of_the_query_language_are_only_text(void **state) {
    static const char *const typed[] = {
        "\"",     "\"\"\"", "anak\"OR\"balai", "text:anak", "anak*",    "NEAR(anak", "^anak",
        "-anak*", "(anak)", "anak+balai",      "{text}",    "';DROP--", "AND",       "\"anak",
    };
    (void)state;

    say(AYU, "Anak ke balai, NOT atau OR");
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        assert_string_equal(find(AYU, typed[i]), "");
    }
    assert_string_equal(find(AYU, "NOT anak"), "1.1 Ayu: [Anak] ke balai, NOT atau OR\n");
    assert_string_equal(find(AYU, "anak OR xyz"), "");
    say(AYU, "kata \"anak\" (text:anak*) a\"b\"c");
    assert_string_equal(find(AYU, "\"anak\" text:anak* a\"b\"c"),
                        "1.2 Ayu: kata [\"anak\"] (text:anak*) a\"b\"c\n");
}

static void short_words_narrow_and_are_also_found_alone(void **state) {
    (void)state;

    say(AYU, "Anak di balai");
    say(AYU, "Anak ke balai");
    say(AYU, "日本");
    assert_string_equal(find(AYU, "anak KE"), "1.2 Ayu: [Anak] ke balai\n");
    assert_string_equal(find(AYU, "ke"), "1.2 Ayu: Anak [ke] balai\n");
    assert_string_equal(find(AYU, "日本"), "1.3 Ayu: [日本]\n");
    assert_string_equal(find(AYU, "k"), "1.2 Ayu: Ana[k] ke balai\n1.1 Ayu: Ana[k] di balai\n");
}

static void words_are_checked_before_they_are_sought(void **state) {
    char long_words[SEARCH_WORDS_MAX * (SEARCH_WORD_BYTES_MAX + 1) + 2];
    const size_t most = SEARCH_WORDS_MAX * (SEARCH_WORD_BYTES_MAX + 1) - 1;
    (void)state;

    memset(long_words, 'a', sizeof long_words);
    for (size_t i = 1; i <= SEARCH_WORDS_MAX; i++) {
        long_words[i * (SEARCH_WORD_BYTES_MAX + 1) - 1] = ' ';
    }
    assert_int_equal(find_status("", 0), RB_MALFORMED);
    assert_int_equal(find_status(" \n\t", 3), RB_MALFORMED);
    assert_int_equal(find_status("anak\xFF", 5), RB_MALFORMED);
    assert_int_equal(find_status("anak\0balai", 10), RB_MALFORMED);
    assert_int_equal(find_status(long_words, most), RB_OK);
    assert_int_equal(find_status(long_words, most + 2), RB_TOO_LARGE); /* one word more */
    memset(long_words, 'a', SEARCH_WORD_BYTES_MAX + 1);
    assert_int_equal(find_status(long_words, SEARCH_WORD_BYTES_MAX + 1), RB_TOO_LARGE);
}

/* ---- Which hits, and in what order ---- */

static void the_newest_come_first_and_more_are_told(void **state) {
    (void)state;

    say(AYU, "kabar satu");
    people_meet(&people, AYU, BAYU);
    say(BAYU, "kabar dua");
    people_meet(&people, AYU, BAYU);
    say(AYU, "kabar tiga");
    assert_string_equal(find(AYU, "kabar"),
                        "1.3 Ayu: [kabar] tiga\n1.2 Bayu: [kabar] dua\n1.1 Ayu: [kabar] satu\n");
    assert_false(more);
    assert_string_equal(find_some(AYU, "kabar", 2),
                        "1.3 Ayu: [kabar] tiga\n1.2 Bayu: [kabar] dua\n");
    assert_true(more);
    assert_string_equal(find_some(AYU, "kabar", 3), find_some(AYU, "kabar", 4));
    assert_false(more);
}

/* Logs come one after the other, so what arrives last is not the newest. */
static void the_order_is_that_of_writing_not_of_arrival(void **state) {
    (void)state;

    for (size_t i = 0; i < 3; i++) {
        say(AYU, "kabar Ayu");
        people_now(&people);
        say(BAYU, "kabar Bayu");
    }
    people_meet(&people, AYU, BAYU);
    /* Bayu gave numbers to his own when he wrote them. */
    assert_string_equal(find(BAYU, "kabar"),
                        "1.3 Bayu: [kabar] Bayu\n1.6 Ayu: [kabar] Ayu\n"
                        "1.2 Bayu: [kabar] Bayu\n1.5 Ayu: [kabar] Ayu\n"
                        "1.1 Bayu: [kabar] Bayu\n1.4 Ayu: [kabar] Ayu\n");
}

static void a_clock_far_ahead_is_not_first_for_ever(void **state) {
    int64_t now_ms = people_now(&people);
    (void)state;

    people.now_ms = now_ms + 5 * CLOCK_AHEAD_MS_MAX;
    say(AYU, "kabar dari masa depan");
    people.now_ms = now_ms;
    people_meet(&people, AYU, BAYU);
    say(BAYU, "kabar hari ini");
    assert_string_equal(find(BAYU, "kabar"),
                        "1.2 Bayu: [kabar] hari ini\n1.1 Ayu: [kabar] dari masa depan\n");
}

static void of_very_many_hits_those_that_arrived_last_are_shown(void **state) {
    (void)state;

    say_often(AYU, "kabar lama", 100);
    say_often(AYU, "kabar baru", SEARCH_WINDOW);
    (void)finish_index(AYU);
    assert_string_equal(find_some(AYU, "kabar", 1), "1.1 Ayu: [kabar] baru\n");
    assert_true(more);
    (void)find_some(AYU, "kabar", SEARCH_HITS_MAX);
    assert_false(more);
    assert_non_null(strstr(page, "1.2 Ayu: [kabar] lama\n"));
}

static bool hit_stop(void *context, const struct search_hit *hit) {
    (void)hit;
    ++*(size_t *)context;
    return false;
}

static void who_asks_may_stop(void **state) {
    size_t count = 0;
    (void)state;

    say(AYU, "kabar satu");
    say(AYU, "kabar dua");
    (void)finish_index(AYU);
    assert_int_equal(
        search_find(people.stores[AYU], span_text("kabar"), 10, hit_stop, &count, &more), RB_OK);
    assert_int_equal(count, 1);
}

static void by_a_hit_only_the_post_that_was_found_has_been_seen(void **state) {
    struct thread_row row;
    (void)state;

    say(AYU, "satu");
    say(AYU, "dua");
    say(AYU, "tiga");
    people_meet(&people, AYU, BAYU);
    assert_string_equal(find(BAYU, "tiga"), "1.1 Ayu: [tiga]\n");
    assert_string_equal(find(BAYU, "tiga"), "1.1 Ayu: [tiga]\n");
    assert_int_equal(thread_get(people.stores[BAYU], thread, &row), RB_OK);
    assert_int_equal(row.unread, 2);
}

/* Whoever copies a post cannot make it look as if somebody else had signed it. */
static void an_imported_post_is_of_who_copied_it_and_quotes_its_author(void **state) {
    const struct import_post imported = { .author = span_text("Bayu"),
                                          .text = span_text("Anak dirujuk"),
                                          .reply_index = -1 };
    uint8_t ref[REF_BYTES];
    size_t bad = 0;
    (void)state;

    assert_int_equal(thread_import(people.stores[AYU], circle, span_text("Arsip"),
                                   &(const struct import_list) { .posts = &imported, .count = 1 },
                                   people_now(&people), ref, &bad),
                     RB_OK);
    assert_string_equal(find(AYU, "dirujuk"), "1.1 Ayu (Bayu): Anak [dirujuk]\n");
}

/* ---- Changed posts ---- */

static void of_an_edited_post_only_the_newest_text_is_found(void **state) {
    uint8_t ref[REF_BYTES];
    (void)state;

    post(AYU, "kabar pertama", ref);
    say(AYU, "sesudahnya");
    (void)finish_index(AYU);
    assert_int_equal(
        post_edit(people.stores[AYU], ref, span_text("kabar kedua"), people_now(&people)), RB_OK);
    assert_int_equal(
        post_edit(people.stores[AYU], ref, span_text("kabar ketiga"), people_now(&people)), RB_OK);
    people_meet(&people, AYU, BAYU);
    for (size_t who = AYU; who <= BAYU; who++) {
        assert_string_equal(find(who, "pertama"), "");
        assert_string_equal(find(who, "kedua"), "");
        assert_string_equal(find(who, "ketiga"), "1.1 Ayu: kabar [ketiga]\n");
        assert_string_equal(find(who, "kabar"), "1.1 Ayu: [kabar] ketiga\n");
        assert_string_equal(find(who, "ke"), "1.1 Ayu: kabar [ke]tiga\n");
    }
}

static void an_edit_of_somebody_else_changes_nothing(void **state) {
    (void)state;

    say(AYU, "kabar pertama");
    run_sql(AYU,
            "INSERT INTO post_edit (rcv, ref, post, circle, person, hlc, text)"
            " SELECT rcv + 1000, randomblob(16), ref, circle, randomblob(32), hlc + 1,"
            "   'kabar palsu' FROM post");
    assert_string_equal(find(AYU, "palsu"), "");
    assert_string_equal(find(AYU, "pertama"), "1.1 Ayu: kabar [pertama]\n");
}

static void a_retracted_post_is_not_found(void **state) {
    uint8_t ref[REF_BYTES], edited[REF_BYTES];
    struct store *ayu = people.stores[AYU];
    (void)state;

    post(AYU, "kabar rahasia", ref);
    post(AYU, "kabar lain", edited);
    assert_int_equal(post_edit(ayu, edited, span_text("kabar rahasia"), people_now(&people)),
                     RB_OK);
    assert_string_equal(find(AYU, "rahasia"),
                        "1.2 Ayu: kabar [rahasia]\n1.1 Ayu: kabar [rahasia]\n");
    assert_int_equal(post_retract(ayu, ref, span_text("salah"), people_now(&people)), RB_OK);
    assert_int_equal(post_retract(ayu, edited, span_text(""), people_now(&people)), RB_OK);
    assert_string_equal(find(AYU, "kabar"), "");
    assert_string_equal(find(AYU, "ka"), "");
}

/* ---- Where is searched ---- */

static void only_accepted_groups_are_searched(void **state) {
    (void)state;

    say(AYU, "kabar untuk semua");
    assert_int_equal(
        group_invite(people.stores[AYU], circle, people_id(&people, CITRA), people_now(&people)),
        RB_OK);
    people_meet(&people, AYU, CITRA);
    assert_string_equal(find(CITRA, "kabar"), "");
    assert_string_equal(find(CITRA, "un"), "");
    assert_int_equal(group_accept(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    assert_string_equal(find(CITRA, "kabar"), "1.1 Ayu: [kabar] untuk semua\n");
    assert_string_equal(find(CITRA, "un"), "1.1 Ayu: kabar [un]tuk semua\n");
    assert_int_equal(group_leave(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    assert_string_equal(find(CITRA, "kabar"), "");
    assert_string_equal(find(CITRA, "un"), "");
}

static void a_declined_group_is_not_searched(void **state) {
    (void)state;

    say(AYU, "kabar untuk semua");
    assert_int_equal(
        group_invite(people.stores[AYU], circle, people_id(&people, CITRA), people_now(&people)),
        RB_OK);
    people_meet(&people, AYU, CITRA);
    assert_int_equal(group_decline(people.stores[CITRA], circle, people_now(&people)), RB_OK);
    assert_string_equal(find(CITRA, "kabar"), "");
}

static void a_post_in_a_thread_of_another_group_is_not_found(void **state) {
    const struct post_draft draft = { .thread = thread, .text = span_text("salah alamat") };
    uint8_t elsewhere[HASH_BYTES], ref[REF_BYTES];
    struct store *ayu = people.stores[AYU];
    (void)state;

    assert_int_equal(group_new(ayu, span_text("Lain"), NULL, people_now(&people), elsewhere),
                     RB_OK);
    assert_int_equal(store_write_begin(ayu), RB_OK);
    assert_int_equal(
        store_write_end(ayu, post_write(ayu, elsewhere, &draft, people_now(&people), ref)), RB_OK);
    assert_string_equal(find(AYU, "salah"), "");
}

/* ---- Cases ---- */

static void a_case_of_ayu(uint8_t case_circle[static HASH_BYTES]) {
    const struct case_record record = { .cluster = "" };

    assert_int_equal(case_new(people.stores[AYU], &record, people_now(&people), case_circle),
                     RB_OK);
}

static void note(size_t who, const uint8_t case_circle[static HASH_BYTES], const char *text) {
    uint8_t ref[REF_BYTES];

    assert_int_equal(
        case_note(people.stores[who], case_circle, span_text(text), people_now(&people), ref),
        RB_OK);
}

static void entries_of_a_case_are_found_by_its_team(void **state) {
    uint8_t case_circle[HASH_BYTES];
    (void)state;

    a_case_of_ayu(case_circle);
    note(AYU, case_circle, "kunjungan pertama");
    note(AYU, case_circle, "kunjungan kedua");
    people_meet(&people, AYU, BAYU);
    assert_string_equal(find(BAYU, "kunjungan"), "");
    assert_int_equal(
        contact_set_verified(people.stores[AYU], people_id(&people, BAYU), people.now_ms), RB_OK);
    assert_int_equal(
        case_share(people.stores[AYU], case_circle, people_id(&people, BAYU), people_now(&people)),
        RB_OK);
    people_meet(&people, AYU, BAYU);
    for (size_t who = AYU; who <= BAYU; who++) { /* Bayu was not asked, and need not accept. */
        assert_string_equal(find(who, "kunjungan"),
                            "1.2 Ayu: [kunjungan] kedua\n1.1 Ayu: [kunjungan] pertama\n");
    }
}

static void a_case_that_one_does_not_belong_to_any_more_is_not_searched(void **state) {
    uint8_t case_circle[HASH_BYTES];
    (void)state;

    a_case_of_ayu(case_circle);
    note(AYU, case_circle, "kunjungan");
    (void)finish_index(AYU);
    run_sql(AYU,
            "UPDATE member SET state = 3" /* MEMBER_LEFT */
            " WHERE circle IN (SELECT circle FROM circle_view WHERE kind = 2)");
    assert_string_equal(find(AYU, "kunjungan"), "");
}

static bool hit_keep(void *context, const struct search_hit *hit) {
    *(struct search_hit *)context = *hit;
    return true;
}

static void a_hit_tells_what_it_is_and_where_it_stands(void **state) {
    uint8_t case_circle[HASH_BYTES], ref[REF_BYTES];
    struct search_hit hit;
    struct case_row row;
    (void)state;

    a_case_of_ayu(case_circle);
    note(AYU, case_circle, "kunjungan");
    post(AYU, "rapat", ref);
    (void)finish_index(AYU);
    assert_int_equal(
        search_find(people.stores[AYU], span_text("kunjungan"), 1, hit_keep, &hit, &more), RB_OK);
    assert_int_equal(case_get(people.stores[AYU], case_circle, &row), RB_OK);
    assert_int_equal(hit.sort, SEARCH_ENTRY);
    assert_string_equal(hit.place, row.code);
    assert_int_equal(hit.place_number, row.number);
    assert_int_equal(search_find(people.stores[AYU], span_text("rapat"), 1, hit_keep, &hit, &more),
                     RB_OK);
    assert_int_equal(hit.sort, SEARCH_POST);
    assert_string_equal(hit.place, "Rujukan");
    assert_memory_equal(hit.ref, ref, sizeof ref);
    assert_memory_equal(hit.author, people_id(&people, AYU), HASH_BYTES);
    assert_int_equal(hit.time_ms, people.now_ms);
}

/* ---- Filling the index ---- */

static void the_index_is_complete_after_its_batches(void **state) {
    uint64_t left;
    (void)state;

    say_often(AYU, "kabar", 1200);
    assert_true(left_of(AYU) >= 1200);
    assert_int_equal(search_index(people.stores[AYU], &left), RB_OK);
    assert_true(left >= 1 && indexed(AYU) >= 1 && indexed(AYU) < 1200);
    people_reopen(&people, AYU); /* and goes on where it was */
    assert_int_equal(left_of(AYU), left);
    assert_true(finish_index(AYU) >= 2);
    assert_int_equal(indexed(AYU), 1200);
    assert_int_equal(search_index(people.stores[AYU], &left), RB_OK);
    assert_int_equal(left, 0);
}

static void long_texts_make_smaller_batches(void **state) {
    static char text[TEXT_BYTES_MAX + 1];
    uint64_t left;
    (void)state;

    memset(text, 'a', TEXT_BYTES_MAX);
    say_often(AYU, text, 100);
    assert_int_equal(search_index(people.stores[AYU], &left), RB_OK);
    assert_int_equal(indexed(AYU), BATCH_BYTES / TEXT_BYTES_MAX + 1);
    (void)finish_index(AYU);
    assert_int_equal(indexed(AYU), 100);
}

/* Bayu's log reaches Citra before she has its key; meanwhile her index goes on. */
static void what_can_be_read_late_is_found_too(void **state) {
    uint8_t own_circle[HASH_BYTES], own_thread[REF_BYTES], ref[REF_BYTES];
    struct store *citra = people.stores[CITRA];
    struct log_line line;
    (void)state;

    say(BAYU, "kabar yang terlambat");
    people_meet(&people, AYU, BAYU);
    assert_true(people_own_log(&people, BAYU, circle, &line));
    assert_int_equal(circle_remember(citra, circle, people_id(&people, AYU)), RB_OK);
    assert_int_equal(people_carry(&people, BAYU, CITRA, circle, line.log, 1).status, RB_OK);
    assert_int_equal(group_new(citra, span_text("Lain"), NULL, people_now(&people), own_circle),
                     RB_OK);
    assert_int_equal(
        thread_new(citra, own_circle, span_text("Lain"), people_now(&people), own_thread), RB_OK);
    people_post(&people, CITRA, own_thread, "kabar sendiri", ref);
    assert_string_equal(find(CITRA, "kabar"), "1.1 Citra: [kabar] sendiri\n");

    assert_int_equal(
        group_invite(people.stores[AYU], circle, people_id(&people, CITRA), people_now(&people)),
        RB_OK);
    people_meet(&people, AYU, CITRA);
    assert_int_equal(group_accept(citra, circle, people_now(&people)), RB_OK);
    assert_int_equal(left_of(CITRA), 1);
    assert_string_equal(find(CITRA, "kabar"),
                        "1.1 Citra: [kabar] sendiri\n2.1 Bayu: [kabar] yang terlambat\n");
}

/* The queue survives the end of the process, and does not take what the index has. */
static void the_queue_of_late_documents_endures(void **state) {
    (void)state;

    say(AYU, "kabar satu");
    say(AYU, "kabar dua");
    (void)finish_index(AYU);
    assert_int_equal(store_write_begin(people.stores[AYU]), RB_OK);
    assert_int_equal(search_note_late(people.stores[AYU], 1), RB_OK);
    assert_int_equal(
        search_note_late(people.stores[AYU], number_of(AYU, "SELECT min(rcv) FROM post")), RB_OK);
    assert_int_equal(search_note_late(people.stores[AYU], 1000000), RB_OK);
    assert_int_equal(store_write_commit(people.stores[AYU]), RB_OK);
    people_reopen(&people, AYU);
    assert_int_equal(left_of(AYU), 1); /* rcv 1 alone, and that is no document */
    assert_int_equal(finish_index(AYU), 1);
    assert_int_equal(indexed(AYU), 2);
}

static void a_batch_that_fails_leaves_all_as_it_was(void **state) {
    uint64_t left, before;
    (void)state;

    say(AYU, "kabar satu");
    (void)finish_index(AYU);
    say(AYU, "kabar dua");
    before = left_of(AYU);
    run_sql(AYU,
            "CREATE TRIGGER no_room BEFORE INSERT ON search_upto"
            " BEGIN SELECT raise(ABORT, 'no room'); END");
    assert_int_equal(search_index(people.stores[AYU], &left), RB_STORAGE);
    assert_int_equal(left_of(AYU), before);
    assert_string_equal(find_some(AYU, "kabar", 10), "1.1 Ayu: [kabar] satu\n");
    run_sql(AYU, "DROP TRIGGER no_room");
    assert_string_equal(find(AYU, "kabar"), "1.2 Ayu: [kabar] dua\n1.1 Ayu: [kabar] satu\n");
    assert_int_equal(indexed(AYU), 2);
}

/* The structure of the index, as FTS5 keeps it: a row of a fixed number. */
static void a_damaged_index_is_emptied_and_made_again(void **state) {
    uint64_t left;
    (void)state;

    say(AYU, "kabar satu");
    (void)finish_index(AYU);
    run_sql(AYU, "UPDATE search_data SET block = x'00000001ff' WHERE id = 10");
    people_reopen(&people, AYU);
    say(AYU, "kabar dua");
    assert_int_equal(search_index(people.stores[AYU], &left), RB_DAMAGED);
    assert_int_equal(search_empty(people.stores[AYU]), RB_OK);
    assert_true(left_of(AYU) > 0);
    assert_string_equal(find(AYU, "kabar"), "1.2 Ayu: [kabar] dua\n1.1 Ayu: [kabar] satu\n");
    assert_int_equal(indexed(AYU), 2);
}

static void what_was_rolled_back_is_not_found_and_its_place_is_used_again(void **state) {
    const struct post_draft draft = { .thread = thread, .text = span_text("kabar batal") };
    struct store *ayu = people.stores[AYU];
    uint8_t ref[REF_BYTES];
    (void)state;

    (void)finish_index(AYU);
    assert_int_equal(store_write_begin(ayu), RB_OK);
    assert_int_equal(post_write(ayu, circle, &draft, people_now(&people), ref), RB_OK);
    store_write_abort(ayu);
    assert_string_equal(find(AYU, "kabar"), "");
    say(AYU, "kabar jadi"); /* under the same rcv */
    assert_string_equal(find(AYU, "kabar"), "1.1 Ayu: [kabar] jadi\n");
}

/* A rebuild that is undone: what came of the index before must still count as indexed. */
static void after_an_undone_rebuild_late_documents_are_still_queued(void **state) {
    struct store *ayu = people.stores[AYU];
    (void)state;

    say(AYU, "kabar satu");
    (void)finish_index(AYU);
    assert_int_equal(store_write_begin(ayu), RB_OK);
    search_forget(ayu);
    assert_int_equal(db_execute(store_db(ayu), "DELETE FROM search_upto"), RB_OK);
    assert_int_equal(search_note_late(ayu, 1), RB_OK);
    store_write_abort(ayu);
    assert_int_equal(store_write_begin(ayu), RB_OK);
    assert_int_equal(search_note_late(ayu, 1), RB_OK);
    assert_int_equal(store_write_commit(ayu), RB_OK);
    assert_int_equal(left_of(AYU), 1);
}

static void rebuilt_views_give_the_same_hits(void **state) {
    static char before[TRANSCRIPT_BYTES];
    uint8_t ref[REF_BYTES], gone[REF_BYTES];
    (void)state;

    post(AYU, "kabar lama", ref);
    post(AYU, "kabar batal", gone);
    say(AYU, "kabar biasa");
    assert_int_equal(
        post_edit(people.stores[AYU], ref, span_text("kabar baru"), people_now(&people)), RB_OK);
    assert_int_equal(post_retract(people.stores[AYU], gone, span_text(""), people_now(&people)),
                     RB_OK);
    (void)snprintf(before, sizeof before, "%s", find(AYU, "kabar"));
    const int64_t documents = indexed(AYU);
    assert_int_equal(views_rebuild(people.stores[AYU]), RB_OK);
    assert_true(left_of(AYU) > 0);
    assert_int_equal(indexed(AYU), 0);
    assert_string_equal(find(AYU, "kabar"), before);
    assert_int_equal(indexed(AYU), documents);
    assert_string_equal(before, "1.3 Ayu: [kabar] biasa\n1.1 Ayu: [kabar] baru\n");
}

/* When somebody leaves, the views of the circle are made again. */
static void a_circle_that_is_judged_again_does_not_enter_the_index_twice(void **state) {
    (void)state;

    say(AYU, "kabar Ayu");
    say(BAYU, "kabar Bayu");
    people_meet(&people, AYU, BAYU);
    (void)finish_index(AYU);
    assert_int_equal(group_leave(people.stores[BAYU], circle, people_now(&people)), RB_OK);
    people_meet(&people, AYU, BAYU);
    assert_int_equal(left_of(AYU), 0);
    assert_int_equal(indexed(AYU), 2);
    assert_string_equal(find(AYU, "kabar"), "1.2 Bayu: [kabar] Bayu\n1.1 Ayu: [kabar] Ayu\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, a_thread, go_home)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_part_of_a_word_is_found),
        TEST(all_words_count_in_any_order),
        TEST(parts_of_a_word_that_do_not_stand_together_are_not_found),
        TEST(letters_a_to_z_are_found_in_either_case_and_all_others_as_typed),
        TEST(signs_of_the_query_language_are_only_text),
        TEST(short_words_narrow_and_are_also_found_alone),
        TEST(words_are_checked_before_they_are_sought),
        TEST(the_newest_come_first_and_more_are_told),
        TEST(the_order_is_that_of_writing_not_of_arrival),
        TEST(a_clock_far_ahead_is_not_first_for_ever),
        TEST(of_very_many_hits_those_that_arrived_last_are_shown),
        TEST(who_asks_may_stop),
        TEST(by_a_hit_only_the_post_that_was_found_has_been_seen),
        TEST(an_imported_post_is_of_who_copied_it_and_quotes_its_author),
        TEST(of_an_edited_post_only_the_newest_text_is_found),
        TEST(an_edit_of_somebody_else_changes_nothing),
        TEST(a_retracted_post_is_not_found),
        TEST(only_accepted_groups_are_searched),
        TEST(a_declined_group_is_not_searched),
        TEST(a_post_in_a_thread_of_another_group_is_not_found),
        TEST(entries_of_a_case_are_found_by_its_team),
        TEST(a_case_that_one_does_not_belong_to_any_more_is_not_searched),
        TEST(a_hit_tells_what_it_is_and_where_it_stands),
        TEST(the_index_is_complete_after_its_batches),
        TEST(long_texts_make_smaller_batches),
        TEST(what_can_be_read_late_is_found_too),
        TEST(the_queue_of_late_documents_endures),
        TEST(a_batch_that_fails_leaves_all_as_it_was),
        TEST(a_damaged_index_is_emptied_and_made_again),
        TEST(what_was_rolled_back_is_not_found_and_its_place_is_used_again),
        TEST(after_an_undone_rebuild_late_documents_are_still_queued),
        TEST(rebuilt_views_give_the_same_hits),
        TEST(a_circle_that_is_judged_again_does_not_enter_the_index_twice),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
