/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the owner of a home tells consoles without being asked, and keeps for them. */
#include "tests/support/owner_scene.h"

#include "cli/names.h"
#include "store/membership.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { QUIET_MS = 700 }; /* longer than state and names ever wait */

static struct owner_scene scene;

static int begin(void **state) {
    (void)state;
    owner_begin(&scene);
    return 0;
}

static int end(void **state) {
    (void)state;
    owner_end(&scene);
    return 0;
}

/* ---- Coming ---- */

static void a_console_is_told_state_and_names_when_it_comes(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    struct names names = { 0 };
    (void)state;

    names_read(&names, client_hears(&scene, console, TALK_NAMES));
    assert_int_equal(names.count, 4);
    assert_string_equal(names.rows[0].text, "Bayu");
    assert_string_equal(names.rows[1].text, "Balai Melati");
    assert_string_equal(names.rows[2].text, "Rapat Senin");
    assert_string_equal(names.rows[3].text, "Bayu");
    assert_true(names.rows[3].is_member && names.rows[3].sort == REF_GROUP);
    names_clear(&names);
    const struct message *told = client_hears(&scene, console, TALK_STATE);
    assert_int_equal(message_number(told, 0), 0);
    assert_int_equal(message_number(told, 2), 0);
    channel_destroy(&console);
}

static void a_second_console_is_told_the_same(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    (void)state;

    owner_step_for(&scene, console, QUIET_MS);
    struct channel *other = owner_welcomes(&scene, true);
    (void)client_hears(&scene, other, TALK_NAMES);
    (void)client_hears(&scene, other, TALK_STATE);
    channel_destroy(&console);
    channel_destroy(&other);
}

static void a_shell_is_told_nothing_that_it_did_not_ask_for(void **state) {
    struct channel *shell = owner_welcomes(&scene, false);
    struct channel *console = owner_welcomes(&scene, true);
    (void)state;

    bayu_posts(&scene, "halo");
    (void)client_hears(&scene, console, TALK_NEWS);
    assert_int_equal(client_counts(&scene, shell, TALK_NEWS, QUIET_MS), 0);
    CLIENT_RUNS(shell, 1, 0, "group", "list");
    assert_int_equal(client_hears_answer(&scene, shell, 1), 0);
    channel_destroy(&shell);
    channel_destroy(&console);
}

static void what_waits_to_be_sent_is_told_when_it_changes(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    uint8_t ref[REF_BYTES];
    (void)state;

    (void)client_hears(&scene, console, TALK_STATE);
    assert_int_equal(client_counts(&scene, console, TALK_STATE, QUIET_MS), 0);
    people_post(&scene.people, AYU, scene.thread, "tunggu", ref);
    assert_int_equal(message_number(client_hears(&scene, console, TALK_STATE), 0), 1);
    channel_destroy(&console);
}

/* ---- Memory ---- */

static void lines_and_drafts_are_kept_for_the_next_console(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    (void)state;

    client_says(console, TALK_HISTORY, 0, "group list");
    client_says(console, TALK_HISTORY, 0, "today");
    client_says(console, TALK_DRAFT, 0, "setengah kalimat");
    owner_step_for(&scene, console, 20);
    channel_destroy(&console);
    console = owner_attach(&scene);
    client_says(console, TALK_HELLO, 1, "1.0");
    const struct message *welcome = client_hears(&scene, console, TALK_WELCOME);
    assert_true(span_equal(message_text(welcome, 0), span_text("1.0")));
    assert_true(span_equal(message_text(welcome, 2), span_text("setengah kalimat")));
    assert_int_equal(welcome->text_count, 5);
    assert_true(span_equal(message_text(welcome, 3), span_text("group list")));
    assert_true(span_equal(message_text(welcome, 4), span_text("today")));
    channel_destroy(&console);
}

/* A console that greets, with the draft that it is given. */
static struct channel *console_given(const char *draft) {
    struct channel *console = owner_attach(&scene);

    client_says(console, TALK_HELLO, 1, "1.0");
    const struct message *welcome = client_hears(&scene, console, TALK_WELCOME);
    assert_true(span_equal(message_text(welcome, 2), span_text(draft)));
    return console;
}

static void leaves(struct channel **console) {
    struct channel *other = owner_attach(&scene);

    channel_destroy(console);
    owner_step_for(&scene, other, 20);
    channel_destroy(&other);
}

static void keeps(struct channel *console, const char *draft) {
    client_says(console, TALK_DRAFT, 0, draft);
    owner_step_for(&scene, console, 20);
}

static void the_draft_of_a_console_is_neither_given_to_another_nor_overwritten(void **state) {
    struct channel *first = console_given("");
    (void)state;

    keeps(first, "milik yang pertama");
    struct channel *second = console_given("");
    keeps(second, "milik yang kedua");
    keeps(second, "");
    leaves(&second);
    leaves(&first);
    first = console_given("milik yang pertama");
    channel_destroy(&first);
}

static void the_draft_goes_to_whoever_comes_when_its_console_has_gone(void **state) {
    struct channel *first = console_given("");
    struct channel *second = console_given("");
    (void)state;

    keeps(first, "milik yang pertama");
    leaves(&first);
    keeps(second, "milik yang kedua"); /* He never saw the other. */
    struct channel *third = console_given("milik yang pertama");
    keeps(third, "milik yang ketiga");
    leaves(&third);
    third = console_given("milik yang ketiga");
    channel_destroy(&second);
    channel_destroy(&third);
}

static void who_has_nothing_to_keep_leaves_the_place_to_another(void **state) {
    struct channel *first = console_given("");
    struct channel *second = console_given("");
    (void)state;

    keeps(first, "segera dikirim");
    keeps(first, "");
    keeps(second, "milik yang kedua");
    keeps(first, "");
    leaves(&first);
    leaves(&second);
    second = console_given("milik yang kedua");
    channel_destroy(&second);
}

static void who_stays_when_the_first_has_left_nothing_keeps_his_own(void **state) {
    struct channel *first = console_given("");
    struct channel *second = console_given("");
    (void)state;

    leaves(&first);
    keeps(second, "milik yang kedua");
    leaves(&second);
    second = console_given("milik yang kedua");
    channel_destroy(&second);
}

static void a_shell_is_not_told_what_was_typed_before(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    (void)state;

    client_says(console, TALK_HISTORY, 0, "group list");
    owner_step_for(&scene, console, 20);
    struct channel *shell = owner_attach(&scene);
    client_says(shell, TALK_HELLO, 0, "1.0");
    assert_int_equal(client_hears(&scene, shell, TALK_WELCOME)->text_count, 1);
    channel_destroy(&console);
    channel_destroy(&shell);
}

static void a_line_that_is_no_text_is_not_kept_and_ends_nothing(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    (void)state;

    client_says(console, TALK_HISTORY, 0, "rusak \xff");
    assert_int_equal(client_counts(&scene, console, TALK_ERR, 100), 0);
    CLIENT_RUNS(console, 1, RUN_CONSOLE, "group", "list");
    assert_int_equal(client_hears_answer(&scene, console, 1), 0);
    channel_destroy(&console);
}

/* ---- News ---- */

static void a_post_of_somebody_else_is_news(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    (void)state;

    bayu_posts(&scene, "saya datang jam sembilan");
    const struct message *news = client_hears(&scene, console, TALK_NEWS);
    assert_int_equal(message_number(news, 0), NEWS_POST);
    assert_true(message_number(news, 1) > HOMES_NOW_MS);
    assert_int_equal(message_number(news, 2), 1);
    assert_true(span_equal(message_text(news, 0), span_text("1.1")));
    assert_true(span_equal(message_text(news, 1), span_text("Bayu")));
    assert_true(span_equal(message_text(news, 2), span_text("Rapat Senin")));
    assert_true(span_equal(message_text(news, 3), span_text("saya datang jam sembilan")));
    assert_int_equal(message_text(news, 4).len, 0);
    channel_destroy(&console);
}

static void ones_own_post_is_none(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    (void)state;

    CLIENT_RUNS(console, 1, RUN_CONSOLE, "post", "1", "dari saya");
    assert_int_equal(client_counts(&scene, console, TALK_NEWS, QUIET_MS), 0);
    channel_destroy(&console);
}

static void what_one_imports_is_none_however_much_it_is(void **state) {
    enum { POSTS = 3 * NEWS_POSTS_MAX };
    static const char line[] =
        "{\"id\": \"p%d\", \"author\": \"Ratna Umpama\","
        " \"reply_to\": null, \"text\": \"lama\"}\n";
    struct channel *console = owner_welcomes(&scene, true);
    char file[POSTS * sizeof line];
    size_t len = 0;
    (void)state;

    for (int i = 0; i < POSTS; i++) {
        len += (size_t)snprintf(file + len, sizeof file - len, line, i);
    }
    const struct talk_run import = { .id = 1,
                                     .flags = RUN_CONSOLE,
                                     .width = 80,
                                     .inputs = { { 2, span_of(file, len) } },
                                     .input_count = 1 };
    client_runs(console, &import,
                (const char *[]) { "thread", "import", "1", "Lama", "/lama.jsonl", NULL });
    assert_int_equal(client_hears_answer(&scene, console, 1), 0);
    assert_int_equal(client_counts(&scene, console, TALK_NEWS, QUIET_MS), 0);
    channel_destroy(&console);
}

static void every_console_hears_the_news_and_each_only_once(void **state) {
    struct channel *one = owner_welcomes(&scene, true), *other = owner_welcomes(&scene, true);
    (void)state;

    bayu_posts(&scene, "satu");
    bayu_posts(&scene, "dua");
    assert_int_equal(client_counts(&scene, one, TALK_NEWS, QUIET_MS), 2);
    assert_int_equal(client_counts(&scene, other, TALK_NEWS, QUIET_MS), 2);
    channel_destroy(&one);
    channel_destroy(&other);
}

static void what_came_before_the_console_is_no_news(void **state) {
    (void)state;

    bayu_posts(&scene, "kemarin");
    assert_int_equal(node_step(scene.node, 2), RB_OK);
    struct channel *console = owner_welcomes(&scene, true);
    assert_int_equal(client_counts(&scene, console, TALK_NEWS, QUIET_MS), 0);
    channel_destroy(&console);
}

static size_t unread(void) {
    struct thread_row row;

    assert_int_equal(thread_get(scene.people.stores[AYU], scene.thread, &row), RB_OK);
    return row.unread;
}

static void bayu_posts_many(size_t count) {
    uint8_t ref[REF_BYTES];

    for (size_t i = 0; i < count; i++) {
        people_post(&scene.people, BAYU, scene.thread, "lagi", ref);
    }
    people_meet(&scene.people, AYU, BAYU); /* Blocks of 64, each in a commit of its own. */
}

static void hears_more(struct channel *console, uint64_t count, const char *shown) {
    const struct message *more = client_hears(&scene, console, TALK_NEWS);

    assert_int_equal(message_number(more, 0), NEWS_MORE);
    assert_int_equal(message_number(more, 2), count);
    assert_true(span_equal(message_text(more, 0), span_text(shown)));
}

static void hears_posts(struct channel *console, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct message *news = client_hears(&scene, console, TALK_NEWS);
        assert_int_equal(message_number(news, 0), NEWS_POST);
    }
}

static void above_a_number_posts_are_only_counted_and_stay_unread(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    (void)state;

    bayu_posts_many(NEWS_POSTS_MAX + 6);
    hears_posts(console, NEWS_POSTS_MAX);
    hears_more(console, 6, "6");
    assert_int_equal(unread(), 6);
    channel_destroy(&console);
}

/* Else a long exchange would fill the screen, a commit's first posts at a time. */
static void as_long_as_many_come_none_is_told_by_name(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    (void)state;

    bayu_posts_many(NEWS_POSTS_MAX + 6);
    hears_posts(console, NEWS_POSTS_MAX);
    hears_more(console, 6, "6");
    bayu_posts_many(NEWS_POSTS_MAX + 1);
    hears_more(console, NEWS_POSTS_MAX + 1, "257");
    bayu_posts_many(1);
    hears_more(console, 1, "1");
    assert_int_equal(unread(), 6 + NEWS_POSTS_MAX + 1 + 1);
    bayu_posts(&scene, "tenang lagi");
    hears_posts(console, 1);
    channel_destroy(&console);
}

static void who_reads_again_is_told_how_much_he_missed(void **state) {
    enum { POSTS = 1200, BIG = TEXT_BYTES_MAX - 512 };
    static char text[TEXT_BYTES_MAX + 1];
    struct import_post *posts = rb_alloc(POSTS, sizeof *posts);
    uint8_t ref[REF_BYTES];
    size_t bad = 0;
    (void)state;

    memset(text, '\a', BIG);
    for (size_t i = 0; i < POSTS; i++) {
        posts[i] = (struct import_post) { span_text("Ratna Umpama"), span_of(text, BIG), -1 };
    }
    assert_int_equal(thread_import(scene.people.stores[AYU], scene.circle, span_text("Lama"),
                                   &(const struct import_list) { .posts = posts, .count = POSTS },
                                   people_now(&scene.people), ref, &bad),
                     RB_OK);
    free(posts);
    struct channel *console = owner_welcomes(&scene, true);
    CLIENT_RUNS(console, 1, RUN_CONSOLE, "--json", "thread", "show", "Lama");
    channel_flush(console);
    for (int i = 0; i < 10; i++) { /* He reads nothing of the answer. */
        assert_int_equal(node_step(scene.node, 2), RB_OK);
    }
    bayu_posts(&scene, "satu");
    assert_int_equal(node_step(scene.node, 2), RB_OK);
    bayu_posts(&scene, "dua");
    assert_int_equal(node_step(scene.node, 2), RB_OK);
    hears_more(console, 2, "2");
    bayu_posts(&scene, "tiga");
    hears_posts(console, 1);
    channel_destroy(&console);
}

static void a_copied_post_is_told_with_who_copied_it(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    const struct import_post old = { span_text("Ratna Umpama"), span_text("dari surat lama"), -1 };
    struct store *bayu = scene.people.stores[BAYU];
    uint8_t ref[REF_BYTES];
    size_t bad = 0;
    (void)state;

    assert_int_equal(thread_import(bayu, scene.circle, span_text("Lama"),
                                   &(const struct import_list) { .posts = &old, .count = 1 },
                                   people_now(&scene.people), ref, &bad),
                     RB_OK);
    people_meet(&scene.people, AYU, BAYU);
    const struct message *news = client_hears(&scene, console, TALK_NEWS);
    assert_true(span_equal(message_text(news, 1), span_text("Bayu")));
    assert_true(span_equal(message_text(news, 3), span_text("dari surat lama")));
    assert_true(span_equal(message_text(news, 4), span_text("Ratna Umpama")));
    channel_destroy(&console);
}

static void a_post_that_was_taken_back_before_is_no_news(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    uint8_t ref[REF_BYTES];
    (void)state;

    people_post(&scene.people, BAYU, scene.thread, "salah", ref);
    assert_int_equal(
        post_retract(scene.people.stores[BAYU], ref, span_text(""), people_now(&scene.people)),
        RB_OK);
    people_meet(&scene.people, AYU, BAYU);
    assert_int_equal(client_counts(&scene, console, TALK_NEWS, QUIET_MS), 0);
    channel_destroy(&console);
}

/* ---- Invitations ---- */

static void invite_ayu(const char *name, uint8_t circle[static HASH_BYTES]) {
    struct store *bayu = scene.people.stores[BAYU];

    assert_int_equal(group_new(bayu, span_text(name), NULL, people_now(&scene.people), circle),
                     RB_OK);
    assert_int_equal(
        group_invite(bayu, circle, people_id(&scene.people, AYU), people_now(&scene.people)),
        RB_OK);
    people_meet(&scene.people, AYU, BAYU);
}

static void an_invitation_is_told_once(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    uint8_t circle[HASH_BYTES];
    (void)state;

    invite_ayu("Tim Kota", circle);
    const struct message *news = client_hears(&scene, console, TALK_NEWS);
    assert_int_equal(message_number(news, 0), NEWS_INVITED);
    assert_int_equal(message_number(news, 2), 2);
    assert_true(span_equal(message_text(news, 1), span_text("Bayu")));
    assert_true(span_equal(message_text(news, 2), span_text("Tim Kota")));
    assert_int_equal(client_counts(&scene, console, TALK_NEWS, QUIET_MS), 0);
    channel_destroy(&console);
}

static void an_invitation_is_told_beside_many_posts(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    uint8_t ref[REF_BYTES], circle[HASH_BYTES];
    const struct message *news = NULL;
    (void)state;

    for (int i = 0; i < NEWS_POSTS_MAX + 1; i++) {
        people_post(&scene.people, BAYU, scene.thread, "lagi", ref);
    }
    people_meet(&scene.people, AYU, BAYU);
    invite_ayu("Tim Kota", circle);
    do {
        news = client_hears(&scene, console, TALK_NEWS);
    } while (message_number(news, 0) != NEWS_INVITED);
    channel_destroy(&console);
}

static void new_names_can_be_completed_at_once(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    struct channel *shell = owner_welcomes(&scene, false);
    struct names names = { 0 };
    (void)state;

    (void)client_hears(&scene, console, TALK_NAMES);
    CLIENT_RUNS(shell, 1, 0, "group", "new", "Tim Kota");
    assert_int_equal(client_hears_answer(&scene, shell, 1), 0);
    names_read(&names, client_hears(&scene, console, TALK_NAMES));
    assert_int_equal(names.count, 5);
    names_clear(&names);
    CLIENT_RUNS(shell, 2, 0, "group", "list");
    assert_int_equal(client_hears_answer(&scene, shell, 2), 0);
    assert_int_equal(client_counts(&scene, console, TALK_NAMES, QUIET_MS), 0);
    channel_destroy(&console);
    channel_destroy(&shell);
}

static void a_contact_that_is_gone_is_completed_no_more(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    struct names names = { 0 };
    (void)state;

    (void)client_hears(&scene, console, TALK_NAMES);
    CLIENT_RUNS(console, 1, RUN_CONSOLE | RUN_YES, "contact", "remove", "Bayu");
    assert_int_equal(client_hears_answer(&scene, console, 1), 0);
    names_read(&names, client_hears(&scene, console, TALK_NAMES));
    assert_int_equal(names.count, 3); /* He stays in the group. */
    assert_false(names.rows[0].sort == REF_CONTACT);
    names_clear(&names);
    channel_destroy(&console);
}

/* ---- Removals ---- */

static void to_be_removed_is_news(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    struct store *ayu = scene.people.stores[AYU], *bayu = scene.people.stores[BAYU];
    struct refusal refusal = { 0 };
    uint8_t circle[HASH_BYTES];
    (void)state;

    invite_ayu("Tim Kota", circle);
    (void)client_hears(&scene, console, TALK_NEWS); /* the invitation */
    assert_int_equal(group_accept(ayu, circle, people_now(&scene.people)), RB_OK);
    people_meet(&scene.people, AYU, BAYU);
    assert_int_equal(client_counts(&scene, console, TALK_NEWS, QUIET_MS), 0);
    assert_int_equal(membership_remove(bayu, circle, people_id(&scene.people, AYU),
                                       people_now(&scene.people), &refusal),
                     RB_OK);
    people_meet(&scene.people, AYU, BAYU);
    const struct message *news = client_hears(&scene, console, TALK_NEWS);
    assert_int_equal(message_number(news, 0), NEWS_GROUP_REMOVED);
    assert_int_equal(message_number(news, 2), 2);
    assert_true(span_equal(message_text(news, 1), span_text("Bayu")));
    assert_true(span_equal(message_text(news, 2), span_text("Tim Kota")));
    assert_true(span_equal(message_text(news, 3), span_text("")));
    assert_int_equal(client_counts(&scene, console, TALK_NEWS, QUIET_MS), 0);
    refusal_clear(&refusal);
    channel_destroy(&console);
}

static void the_end_of_a_guest_is_told_as_such(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    struct store *ayu = scene.people.stores[AYU], *bayu = scene.people.stores[BAYU];
    int64_t until_s = people_now(&scene.people) / 1000 + 3600;
    const uint8_t *self = people_id(&scene.people, AYU);
    struct refusal refusal = { 0 };
    uint8_t circle[HASH_BYTES];
    (void)state;

    assert_int_equal(
        group_new(bayu, span_text("Tim Kota"), NULL, people_now(&scene.people), circle), RB_OK);
    assert_int_equal(membership_add(bayu, circle, self, CIRCLE_WRITER, until_s,
                                    people_now(&scene.people), &refusal),
                     RB_OK);
    people_meet(&scene.people, AYU, BAYU);
    (void)client_hears(&scene, console, TALK_NEWS); /* the invitation */
    assert_int_equal(group_accept(ayu, circle, people_now(&scene.people)), RB_OK);
    scene.people.now_ms = until_s * 1000;
    people_meet(&scene.people, AYU, BAYU);
    assert_int_equal(membership_remove(bayu, circle, self, people_now(&scene.people), &refusal),
                     RB_OK);
    people_meet(&scene.people, AYU, BAYU);
    const struct message *news = client_hears(&scene, console, TALK_NEWS);
    assert_int_equal(message_number(news, 0), NEWS_GROUP_GUEST);
    assert_true(span_equal(message_text(news, 2), span_text("Tim Kota")));
    assert_true(span_equal(message_text(news, 3), span_text("")));
    refusal_clear(&refusal);
    channel_destroy(&console);
}

static void whom_one_removes_oneself_is_no_news(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    struct channel *shell = owner_welcomes(&scene, false);
    (void)state;

    (void)client_hears(&scene, console, TALK_NAMES);
    CLIENT_RUNS(shell, 1, RUN_YES, "group", "remove", "1", "Bayu");
    assert_int_equal(client_hears_answer(&scene, shell, 1), 0);
    assert_int_equal(client_counts(&scene, console, TALK_NEWS, QUIET_MS), 0);
    people_meet(&scene.people, AYU, BAYU);
    assert_int_equal(client_counts(&scene, console, TALK_NEWS, QUIET_MS), 0);
    channel_destroy(&console);
    channel_destroy(&shell);
}

/* ---- Where one is ---- */

static void who_enters_a_thread_is_told_where_he_is(void **state) {
    struct channel *console = owner_welcomes(&scene, true);
    (void)state;

    CLIENT_RUNS(console, 1, RUN_CONSOLE, "thread", "enter", "1");
    assert_int_equal(client_hears_answer(&scene, console, 1), 0);
    assert_int_equal(scene.answer.number_count, 4);
    assert_int_equal(scene.answer.numbers[2], PLACE_THREAD);
    assert_int_equal(scene.answer.numbers[3], 1);
    assert_true(span_equal(writer_view(&scene.texts[0]), span_of(scene.thread, REF_BYTES)));
    assert_true(span_equal(writer_view(&scene.texts[1]), span_text("Rapat Senin")));
    CLIENT_RUNS(console, 2, RUN_CONSOLE, "leave");
    assert_int_equal(client_hears_answer(&scene, console, 2), 0);
    assert_int_equal(scene.answer.number_count, 4);
    assert_int_equal(scene.answer.numbers[2], PLACE_NONE);
    channel_destroy(&console);
}

/* ---- The console of the owner's own process ---- */

static void the_console_of_this_process_is_served_like_any_other(void **state) {
    struct channel *own = NULL;
    (void)state;

    assert_int_equal(server_adopt(scene.server, &own), RB_OK);
    client_says(own, TALK_HELLO, 1, "1.0");
    (void)client_hears(&scene, own, TALK_WELCOME);
    CLIENT_RUNS(own, 3, RUN_CONSOLE, "group", "list");
    assert_int_equal(client_hears_answer(&scene, own, 3), 0);
    bayu_posts(&scene, "halo");
    (void)client_hears(&scene, own, TALK_NEWS);
    channel_destroy(&own);
    assert_int_equal(node_step(scene.node, 2), RB_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_console_is_told_state_and_names_when_it_comes, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_second_console_is_told_the_same, begin, end),
        cmocka_unit_test_setup_teardown(a_shell_is_told_nothing_that_it_did_not_ask_for, begin,
                                        end),
        cmocka_unit_test_setup_teardown(what_waits_to_be_sent_is_told_when_it_changes, begin, end),
        cmocka_unit_test_setup_teardown(lines_and_drafts_are_kept_for_the_next_console, begin, end),
        cmocka_unit_test_setup_teardown(
            the_draft_of_a_console_is_neither_given_to_another_nor_overwritten, begin, end),
        cmocka_unit_test_setup_teardown(the_draft_goes_to_whoever_comes_when_its_console_has_gone,
                                        begin, end),
        cmocka_unit_test_setup_teardown(who_has_nothing_to_keep_leaves_the_place_to_another, begin,
                                        end),
        cmocka_unit_test_setup_teardown(who_stays_when_the_first_has_left_nothing_keeps_his_own,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_shell_is_not_told_what_was_typed_before, begin, end),
        cmocka_unit_test_setup_teardown(a_line_that_is_no_text_is_not_kept_and_ends_nothing, begin,
                                        end),
        cmocka_unit_test_setup_teardown(a_post_of_somebody_else_is_news, begin, end),
        cmocka_unit_test_setup_teardown(ones_own_post_is_none, begin, end),
        cmocka_unit_test_setup_teardown(what_one_imports_is_none_however_much_it_is, begin, end),
        cmocka_unit_test_setup_teardown(every_console_hears_the_news_and_each_only_once, begin,
                                        end),
        cmocka_unit_test_setup_teardown(what_came_before_the_console_is_no_news, begin, end),
        cmocka_unit_test_setup_teardown(above_a_number_posts_are_only_counted_and_stay_unread,
                                        begin, end),
        cmocka_unit_test_setup_teardown(as_long_as_many_come_none_is_told_by_name, begin, end),
        cmocka_unit_test_setup_teardown(who_reads_again_is_told_how_much_he_missed, begin, end),
        cmocka_unit_test_setup_teardown(a_copied_post_is_told_with_who_copied_it, begin, end),
        cmocka_unit_test_setup_teardown(a_post_that_was_taken_back_before_is_no_news, begin, end),
        cmocka_unit_test_setup_teardown(an_invitation_is_told_once, begin, end),
        cmocka_unit_test_setup_teardown(an_invitation_is_told_beside_many_posts, begin, end),
        cmocka_unit_test_setup_teardown(new_names_can_be_completed_at_once, begin, end),
        cmocka_unit_test_setup_teardown(a_contact_that_is_gone_is_completed_no_more, begin, end),
        cmocka_unit_test_setup_teardown(to_be_removed_is_news, begin, end),
        cmocka_unit_test_setup_teardown(the_end_of_a_guest_is_told_as_such, begin, end),
        cmocka_unit_test_setup_teardown(whom_one_removes_oneself_is_no_news, begin, end),
        cmocka_unit_test_setup_teardown(who_enters_a_thread_is_told_where_he_is, begin, end),
        cmocka_unit_test_setup_teardown(the_console_of_this_process_is_served_like_any_other, begin,
                                        end),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
