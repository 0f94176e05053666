/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/casework/thread.h"
#include "tests/support/random.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t THREAD[] = { 0xa1, 0x00, 0x65, 'B', 'a', 'n', 's', 'o' };
static const uint8_t QUOTED[] = { 0xa2, 0x00, 0x62, 'y', 'a', 0x01, 0x63, 'S', 'r', 'i' };

/* ---- THREAD ---- */

static void a_thread_has_these_bytes(void **state) {
    struct thread thread = { .title = span_text("Banso") }, again;
    struct writer out;
    (void)state;

    writer_init(&out, 100);
    thread_encode(&out, &thread);
    assert_true(span_equal(writer_view(&out), span_of(THREAD, sizeof THREAD)));
    assert_int_equal(thread_decode(writer_view(&out), &again), RB_OK);
    assert_true(span_equal(again.title, thread.title));
    writer_clear(&out);
}

static void every_cut_of_a_thread_is_malformed(void **state) {
    struct thread thread;
    (void)state;

    for (size_t cut = 0; cut < sizeof THREAD; cut++) {
        assert_int_equal(thread_decode(span_of(THREAD, cut), &thread), RB_MALFORMED);
    }
}

static void a_flipped_bit_of_a_thread_is_malformed_or_another_title(void **state) {
    (void)state;

    for (size_t bit = 0; bit < 8 * sizeof THREAD; bit++) {
        uint8_t flipped[sizeof THREAD];
        struct thread thread;
        memcpy(flipped, THREAD, sizeof flipped);
        flipped[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (thread_decode(span_of(flipped, sizeof flipped), &thread) == RB_OK) {
            assert_false(span_equal(thread.title, span_text("Banso")));
        }
    }
}

static void a_thread_without_a_proper_title_is_malformed(void **state) {
    const uint8_t empty[] = { 0xa1, 0x00, 0x60 };
    const uint8_t digits[] = { 0xa1, 0x00, 0x62, '1', '2' };
    const uint8_t bytes[] = { 0xa1, 0x00, 0x42, 'y', 'a' };
    struct thread thread;
    (void)state;

    assert_int_equal(thread_decode(span_of(empty, sizeof empty), &thread), RB_MALFORMED);
    assert_int_equal(thread_decode(span_of(digits, sizeof digits), &thread), RB_MALFORMED);
    assert_int_equal(thread_decode(span_of(bytes, sizeof bytes), &thread), RB_MALFORMED);
}

/* ---- POST ---- */

static enum rb_status post_round_trip(struct span text, struct span quoted_author) {
    struct post post = { .text = text, .quoted_author = quoted_author }, again;
    struct writer out;

    writer_init(&out, 16384);
    post_encode(&out, &post);
    enum rb_status status = post_decode(writer_view(&out), &again);
    if (status == RB_OK) {
        assert_true(span_equal(again.text, text));
        assert_true(span_equal(again.quoted_author, quoted_author));
    }
    writer_clear(&out);
    return status;
}

static void a_quoting_post_has_these_bytes(void **state) {
    struct post post = { .text = span_text("ya"), .quoted_author = span_text("Sri") };
    struct writer out;
    (void)state;

    writer_init(&out, 100);
    post_encode(&out, &post);
    assert_true(span_equal(writer_view(&out), span_of(QUOTED, sizeof QUOTED)));
    writer_clear(&out);
}

static void posts_read_back(void **state) {
    (void)state;

    assert_int_equal(post_round_trip(span_text("ya"), span_text("Sri")), RB_OK);
    assert_int_equal(post_round_trip(span_text("baris satu\nbaris dua\t\x1b"), span_of(NULL, 0)),
                     RB_OK);
}

static void every_cut_of_a_post_is_malformed(void **state) {
    struct post post;
    (void)state;

    for (size_t cut = 0; cut < sizeof QUOTED; cut++) {
        assert_int_equal(post_decode(span_of(QUOTED, cut), &post), RB_MALFORMED);
    }
}

static void a_flipped_bit_of_a_post_is_malformed_or_another_post(void **state) {
    (void)state;

    for (size_t bit = 0; bit < 8 * sizeof QUOTED; bit++) {
        uint8_t flipped[sizeof QUOTED];
        struct post post;
        memcpy(flipped, QUOTED, sizeof flipped);
        flipped[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (post_decode(span_of(flipped, sizeof flipped), &post) == RB_OK) {
            assert_false(span_equal(post.text, span_text("ya")) &&
                         span_equal(post.quoted_author, span_text("Sri")));
        }
    }
}

static void a_post_is_as_long_as_the_limit_and_no_longer(void **state) {
    char text[TEXT_BYTES_MAX + 1];
    (void)state;

    memset(text, 'a', sizeof text);
    assert_int_equal(post_round_trip(span_of(text, TEXT_BYTES_MAX), span_of(NULL, 0)), RB_OK);
    assert_int_equal(post_round_trip(span_of(text, TEXT_BYTES_MAX + 1), span_of(NULL, 0)),
                     RB_MALFORMED);
    assert_int_equal(post_round_trip(span_of(text, 0), span_of(NULL, 0)), RB_MALFORMED);
}

static void a_quoted_author_is_a_name_of_at_most_80_characters(void **state) {
    char name[2 * (NAME_CHARACTERS_MAX + 1)];
    const uint8_t empty[] = { 0xa2, 0x00, 0x62, 'y', 'a', 0x01, 0x60 };
    struct post post;
    (void)state;

    for (size_t i = 0; i < sizeof name; i += 2) {
        memcpy(name + i, "\xc3\xa9", 2);
    }
    assert_int_equal(post_round_trip(span_text("ya"), span_of(name, sizeof name - 2)), RB_OK);
    assert_int_equal(post_round_trip(span_text("ya"), span_of(name, sizeof name)), RB_MALFORMED);
    assert_int_equal(post_decode(span_of(empty, sizeof empty), &post), RB_MALFORMED);
}

static void a_post_with_a_nul_is_malformed(void **state) {
    const uint8_t body[] = { 0xa1, 0x00, 0x63, 'a', 0, 'b' };
    struct post post;
    (void)state;

    assert_int_equal(post_decode(span_of(body, sizeof body), &post), RB_MALFORMED);
}

/* ---- EDIT ---- */

static enum rb_status edit_round_trip(struct span text) {
    const struct edit edit = { .text = text };
    struct edit again;
    struct writer out;

    writer_init(&out, 16384);
    edit_encode(&out, &edit);
    enum rb_status status = edit_decode(writer_view(&out), &again);
    if (status == RB_OK) {
        assert_true(span_equal(again.text, text));
    }
    writer_clear(&out);
    return status;
}

static void an_edit_has_these_bytes(void **state) {
    const struct edit edit = { .text = span_text("Banso") };
    struct writer out;
    (void)state;

    writer_init(&out, 100);
    edit_encode(&out, &edit);
    assert_true(span_equal(writer_view(&out), span_of(THREAD, sizeof THREAD)));
    writer_clear(&out);
}

static void an_edit_is_as_long_as_a_post(void **state) {
    char text[TEXT_BYTES_MAX + 1];
    (void)state;

    memset(text, 'a', sizeof text);
    assert_int_equal(edit_round_trip(span_of(text, TEXT_BYTES_MAX)), RB_OK);
    assert_int_equal(edit_round_trip(span_of(text, TEXT_BYTES_MAX + 1)), RB_MALFORMED);
    assert_int_equal(edit_round_trip(span_of(text, 0)), RB_MALFORMED);
}

static void every_cut_of_an_edit_is_malformed(void **state) {
    struct edit edit;
    (void)state;

    for (size_t cut = 0; cut < sizeof THREAD; cut++) {
        assert_int_equal(edit_decode(span_of(THREAD, cut), &edit), RB_MALFORMED);
    }
}

/* ---- RETRACT ---- */

static enum rb_status retract_round_trip(struct span reason) {
    const struct retract retract = { .reason = reason };
    struct retract again;
    struct writer out;

    writer_init(&out, 16384);
    retract_encode(&out, &retract);
    enum rb_status status = retract_decode(writer_view(&out), &again);
    if (status == RB_OK) {
        assert_true(span_equal(again.reason, reason));
    }
    writer_clear(&out);
    return status;
}

static void a_retraction_has_these_bytes(void **state) {
    const uint8_t nothing[] = { 0xa0 };
    const struct retract bare = { 0 }, reasoned = { .reason = span_text("Banso") };
    struct writer out;
    (void)state;

    writer_init(&out, 100);
    retract_encode(&out, &bare);
    assert_true(span_equal(writer_view(&out), span_of(nothing, sizeof nothing)));
    writer_reset(&out);
    retract_encode(&out, &reasoned);
    assert_true(span_equal(writer_view(&out), span_of(THREAD, sizeof THREAD)));
    writer_clear(&out);
}

static void a_reason_is_left_out_or_as_long_as_the_limit(void **state) {
    const uint8_t empty[] = { 0xa1, 0x00, 0x60 };
    char reason[REASON_BYTES_MAX + 1];
    struct retract retract;
    (void)state;

    memset(reason, 'a', sizeof reason);
    assert_int_equal(retract_round_trip(span_of(NULL, 0)), RB_OK);
    assert_int_equal(retract_round_trip(span_of(reason, REASON_BYTES_MAX)), RB_OK);
    assert_int_equal(retract_round_trip(span_of(reason, REASON_BYTES_MAX + 1)), RB_MALFORMED);
    assert_int_equal(retract_decode(span_of(empty, sizeof empty), &retract), RB_MALFORMED);
}

static void every_cut_of_a_retraction_is_malformed(void **state) {
    struct retract retract;
    (void)state;

    for (size_t cut = 0; cut < sizeof THREAD; cut++) {
        assert_int_equal(retract_decode(span_of(THREAD, cut), &retract), RB_MALFORMED);
    }
}

/* Both are maps of one text: what one flipped bit leaves of them is the same. */
static void a_flipped_bit_of_a_change_is_malformed_or_another_text(void **state) {
    (void)state;

    for (size_t bit = 0; bit < 8 * sizeof THREAD; bit++) {
        uint8_t flipped[sizeof THREAD];
        struct retract retract;
        struct edit edit;
        memcpy(flipped, THREAD, sizeof flipped);
        flipped[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (edit_decode(span_of(flipped, sizeof flipped), &edit) == RB_OK) {
            assert_false(span_equal(edit.text, span_text("Banso")));
        }
        if (retract_decode(span_of(flipped, sizeof flipped), &retract) == RB_OK) {
            assert_false(span_equal(retract.reason, span_text("Banso")));
        }
    }
}

/* ---- Order ---- */

static struct post_order post_at(uint64_t hlc, uint8_t name, uint8_t reply_to) {
    struct post_order post = { .hlc = hlc, .is_reply = reply_to != 0, .index = name };

    memset(post.ref, name, sizeof post.ref);
    memset(post.reply_to, reply_to, sizeof post.reply_to);
    return post;
}

/* Sorts and compares with the names expected, a letter each. */
static void assert_order(struct post_order *posts, size_t count, const char *expected) {
    assert_int_equal(count, strlen(expected));
    post_order_sort(posts, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(posts[i].index, expected[i]);
    }
}

static void posts_stand_in_the_order_of_their_clocks(void **state) {
    struct post_order posts[] = { post_at(30, 'c', 0), post_at(10, 'a', 0), post_at(20, 'b', 'a') };
    (void)state;

    assert_order(posts, 3, "abc");
}

static void equal_clocks_are_ordered_by_ref(void **state) {
    struct post_order posts[] = { post_at(5, 'b', 0), post_at(5, 'c', 0), post_at(5, 'a', 0) };
    (void)state;

    assert_order(posts, 3, "abc");
}

static void a_reply_from_a_slow_clock_follows_what_it_replies_to(void **state) {
    struct post_order posts[] = { post_at(10, 'a', 0), post_at(50, 'd', 'a'), post_at(60, 'f', 0),
                                  post_at(5, 'e', 'd'), post_at(20, 'b', 0) };
    (void)state;

    assert_order(posts, 5, "abdef");
}

static void slow_replies_are_followed_by_their_own(void **state) {
    struct post_order posts[] = { post_at(50, 'a', 0),   post_at(40, 'b', 'a'),
                                  post_at(42, 'd', 'a'), post_at(1, 'c', 'b'),
                                  post_at(2, 'e', 'd'),  post_at(60, 'f', 'c') };
    (void)state;

    assert_order(posts, 6, "abcdef");
}

static void a_reply_to_what_is_not_there_stands_by_its_own_clock(void **state) {
    struct post_order posts[] = { post_at(20, 'b', 'x'), post_at(10, 'a', 0), post_at(30, 'c', 0) };
    (void)state;

    assert_order(posts, 3, "abc");
}

static void posts_that_reply_to_each_other_are_not_lost(void **state) {
    struct post_order posts[] = { post_at(10, 'c', 'd'), post_at(20, 'd', 'c'),
                                  post_at(30, 'e', 'e'), post_at(5, 'a', 0), post_at(40, 'b', 0) };
    (void)state;

    assert_order(posts, 5, "abcde");
}

static void no_posts_and_one_post_are_sorted(void **state) {
    struct post_order post = post_at(1, 'a', 'a');
    (void)state;

    post_order_sort(NULL, 0);
    assert_order(&post, 1, "a");
}

/* The model: `at` waits if its target stands after it by clock, or waits itself for such a one; its
 * path is that of its target and itself, else itself alone; posts are ordered by their paths. */
enum { MODEL_POSTS = 24 };

struct path {
    struct post_order steps[MODEL_POSTS];
    size_t len;
};

static int compare_keys(const struct post_order *a, const struct post_order *b) {
    if (a->hlc != b->hlc) {
        return a->hlc < b->hlc ? -1 : 1;
    }
    return memcmp(a->ref, b->ref, REF_BYTES);
}

/* Targets have smaller indexes, so their paths are made already. */
static void model_path(struct path *paths, const struct post_order *posts, size_t at) {
    struct path *path = &paths[at];
    path->len = 0;

    for (size_t target = 0; target < at && posts[at].is_reply; target++) {
        bool is_target = memcmp(posts[target].ref, posts[at].reply_to, REF_BYTES) == 0;
        if (is_target && compare_keys(&posts[at], &paths[target].steps[0]) < 0) {
            *path = paths[target];
        }
    }
    path->steps[path->len++] = posts[at];
}

static int compare_paths(const void *a, const void *b) {
    const struct path *left = a, *right = b;

    for (size_t i = 0; i < left->len && i < right->len; i++) {
        int order = compare_keys(&left->steps[i], &right->steps[i]);
        if (order != 0) {
            return order;
        }
    }
    return left->len < right->len ? -1 : left->len > right->len;
}

static void assert_sorted_as_by_the_model(struct post_order *posts, size_t count) {
    static struct path paths[MODEL_POSTS];

    for (size_t i = 0; i < count; i++) {
        model_path(paths, posts, i);
    }
    qsort(paths, count, sizeof paths[0], compare_paths);
    post_order_sort(posts, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(posts[i].index, paths[i].steps[paths[i].len - 1].index);
    }
}

static void random_posts_are_sorted_as_by_the_model(void **state) {
    (void)state;

    for (uint64_t seed = 1; seed <= 2000; seed++) {
        struct random random = { seed };
        struct post_order posts[MODEL_POSTS];
        size_t count = 1 + random_below(&random, MODEL_POSTS);
        for (size_t i = 0; i < count; i++) {
            uint8_t target = i == 0 ? 0 : (uint8_t)random_below(&random, i + 1);
            posts[i] = post_at(random_below(&random, 30), (uint8_t)(i + 1), target);
        }
        assert_sorted_as_by_the_model(posts, count);
    }
}

static void the_order_does_not_depend_on_arrival(void **state) {
    struct random random = { 7 };
    struct post_order posts[MODEL_POSTS], shuffled[MODEL_POSTS];
    (void)state;

    for (size_t i = 0; i < MODEL_POSTS; i++) {
        posts[i] = post_at(random_below(&random, 9), (uint8_t)(i + 1), (uint8_t)(i / 2));
        size_t place = random_below(&random, i + 1);
        shuffled[i] = shuffled[place];
        shuffled[place] = posts[i];
    }
    post_order_sort(posts, MODEL_POSTS);
    post_order_sort(shuffled, MODEL_POSTS);
    for (size_t i = 0; i < MODEL_POSTS; i++) {
        assert_int_equal(posts[i].index, shuffled[i].index);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_has_these_bytes),
        cmocka_unit_test(every_cut_of_a_thread_is_malformed),
        cmocka_unit_test(a_flipped_bit_of_a_thread_is_malformed_or_another_title),
        cmocka_unit_test(a_thread_without_a_proper_title_is_malformed),
        cmocka_unit_test(a_quoting_post_has_these_bytes),
        cmocka_unit_test(posts_read_back),
        cmocka_unit_test(every_cut_of_a_post_is_malformed),
        cmocka_unit_test(a_flipped_bit_of_a_post_is_malformed_or_another_post),
        cmocka_unit_test(a_post_is_as_long_as_the_limit_and_no_longer),
        cmocka_unit_test(a_quoted_author_is_a_name_of_at_most_80_characters),
        cmocka_unit_test(a_post_with_a_nul_is_malformed),
        cmocka_unit_test(an_edit_has_these_bytes),
        cmocka_unit_test(an_edit_is_as_long_as_a_post),
        cmocka_unit_test(every_cut_of_an_edit_is_malformed),
        cmocka_unit_test(a_retraction_has_these_bytes),
        cmocka_unit_test(a_reason_is_left_out_or_as_long_as_the_limit),
        cmocka_unit_test(every_cut_of_a_retraction_is_malformed),
        cmocka_unit_test(a_flipped_bit_of_a_change_is_malformed_or_another_text),
        cmocka_unit_test(posts_stand_in_the_order_of_their_clocks),
        cmocka_unit_test(equal_clocks_are_ordered_by_ref),
        cmocka_unit_test(a_reply_from_a_slow_clock_follows_what_it_replies_to),
        cmocka_unit_test(slow_replies_are_followed_by_their_own),
        cmocka_unit_test(a_reply_to_what_is_not_there_stands_by_its_own_clock),
        cmocka_unit_test(posts_that_reply_to_each_other_are_not_lost),
        cmocka_unit_test(no_posts_and_one_post_are_sorted),
        cmocka_unit_test(random_posts_are_sorted_as_by_the_model),
        cmocka_unit_test(the_order_does_not_depend_on_arrival),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
