/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "node/channel.h"
#include "protocol/crypt.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LARGE = 5 << 20, STEPS_MAX = 10000 };

/* ---- Arranging: two ends, of which `raw` may be a bare socket instead ---- */

static struct channel *one, *other;
static int raw = -1;

static int make_pair(void **state) {
    (void)state;
    return channel_pair(&one, &other) == RB_OK ? 0 : -1;
}

static int make_raw(void **state) {
    int ends[2];
    (void)state;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
        return -1;
    }
    one = channel_new(ends[0]);
    raw = ends[1];
    return 0;
}

static int clear_ends(void **state) {
    (void)state;
    channel_destroy(&one);
    channel_destroy(&other);
    if (raw >= 0) {
        close(raw);
    }
    raw = -1;
    return 0;
}

static void say(struct channel *channel, uint64_t type, struct span text) {
    struct message message = { .type = type };

    message_add_text(&message, text);
    channel_send(channel, &message);
    message_clear(&message);
}

/* Steps both ends until `channel` has a message. */
static const struct message *hear(struct channel *channel) {
    const struct message *message = NULL;

    for (int i = 0; i < STEPS_MAX && !channel_receive(channel, &message); i++) {
        struct channel *ends[] = { one, other };
        for (size_t end = 0; end < 2; end++) {
            enum rb_status status = ends[end] == NULL ? RB_OK : channel_step(ends[end]);
            assert_true(status == RB_OK || status == RB_UNREACHABLE);
        }
    }
    assert_non_null(message);
    return message;
}

static void raw_write(const void *bytes, size_t len) {
    assert_int_equal(send(raw, bytes, len, MSG_NOSIGNAL), len);
}

static const uint8_t small_frame[] = { 0, 0, 0, 4, 0x83, 0x09, 0x80, 0x80 };

/* ---- Messages ---- */

static void messages_arrive_in_order_and_whole(void **state) {
    (void)state;
    say(one, 1, span_text("satu"));
    say(one, 2, span_text("dua"));
    const struct message *message = hear(other);
    assert_int_equal(message->type, 1);
    assert_true(span_equal(message_text(message, 0), span_text("satu")));
    message = hear(other);
    assert_int_equal(message->type, 2);
    assert_true(span_equal(message_text(message, 0), span_text("dua")));
    assert_false(channel_receive(other, &message));
}

static void a_message_can_be_answered_while_it_is_read(void **state) {
    (void)state;
    say(one, 1, span_text("tanya"));
    const struct message *message = hear(other);
    say(other, 2, message_text(message, 0));
    assert_true(span_equal(message_text(message, 0), span_text("tanya")));
    assert_true(span_equal(message_text(hear(one), 0), span_text("tanya")));
}

static void large_messages_cross_in_both_directions(void **state) {
    uint8_t *there = malloc(LARGE), *back = malloc(LARGE);
    (void)state;

    crypt_random(there, LARGE);
    crypt_random(back, LARGE);
    say(one, 1, span_of(there, LARGE));
    say(other, 2, span_of(back, LARGE));
    assert_true(channel_waiting(one) > LARGE);
    assert_true(span_equal(message_text(hear(other), 0), span_of(there, LARGE)));
    assert_true(span_equal(message_text(hear(one), 0), span_of(back, LARGE)));
    assert_int_equal(channel_waiting(one), 0);
    say(one, 3, span_text("kecil"));
    assert_true(span_equal(message_text(hear(other), 0), span_text("kecil")));
    free(there);
    free(back);
}

static void many_small_messages_arrive(void **state) {
    (void)state;
    for (uint64_t i = 0; i < 20000; i++) {
        say(one, i, span_text("kabar dari balai"));
    }
    for (uint64_t i = 0; i < 20000; i++) {
        assert_int_equal(hear(other)->type, i);
    }
}

static void a_frame_that_comes_byte_by_byte_is_put_together(void **state) {
    const struct message *message;
    (void)state;

    for (size_t i = 0; i < sizeof small_frame; i++) {
        assert_int_equal(channel_step(one), RB_OK);
        assert_false(channel_receive(one, &message));
        raw_write(&small_frame[i], 1);
    }
    assert_int_equal(channel_step(one), RB_OK);
    assert_true(channel_receive(one, &message));
    assert_int_equal(message->type, 9);
}

/* As long as one message has not been taken, the sender's queue fills instead of our memory. */
static void what_is_not_taken_holds_the_rest_back(void **state) {
    uint8_t *large = calloc(1, LARGE);
    (void)state;

    for (uint64_t i = 0; i < 4; i++) {
        say(one, i, span_of(large, LARGE));
    }
    for (int i = 0; i < 500; i++) {
        assert_int_equal(channel_step(one), RB_OK);
        assert_int_equal(channel_step(other), RB_OK);
    }
    assert_true(channel_waiting(one) > 2 * LARGE);
    for (uint64_t i = 0; i < 4; i++) {
        assert_int_equal(hear(other)->type, i);
    }
    free(large);
}

/* ---- The other end does not behave ---- */

static void what_came_before_the_end_is_received(void **state) {
    const struct message *message;
    (void)state;

    say(one, 1, span_text("selamat jalan"));
    assert_int_equal(channel_step(one), RB_OK);
    channel_destroy(&one);
    say(other, 2, span_text("tak sampai"));
    assert_true(span_equal(message_text(hear(other), 0), span_text("selamat jalan")));
    assert_int_equal(channel_step(other), RB_UNREACHABLE);
    assert_int_equal(channel_waiting(other), 0);
    assert_false(channel_receive(other, &message));
    assert_int_equal(channel_watch(other).fd, -1);
    channel_wait(other, -1);
}

static void an_end_in_mid_frame_is_an_end(void **state) {
    const struct message *message;
    (void)state;

    raw_write(small_frame, sizeof small_frame);
    raw_write(small_frame, sizeof small_frame - 1);
    close(raw);
    raw = -1;
    assert_int_equal(hear(one)->type, 9);
    assert_int_equal(channel_step(one), RB_UNREACHABLE);
    assert_false(channel_receive(one, &message));
}

static void garbage_ends_the_channel(void **state) {
    const struct message *message;
    uint8_t byte;
    (void)state;

    raw_write("GET / HTTP/1.1\r\n\r\n", 18);
    assert_int_equal(channel_step(one), RB_UNREACHABLE);
    assert_false(channel_receive(one, &message));
    assert_int_equal(channel_step(one), RB_UNREACHABLE);
    assert_int_equal(recv(raw, &byte, 1, 0), 0);
}

static void garbage_behind_a_message_wakes_whoever_waits(void **state) {
    const struct message *message;
    (void)state;

    raw_write(small_frame, sizeof small_frame);
    raw_write("\0\0\0\1\xff", 5);
    assert_int_equal(hear(one)->type, 9);
    assert_false(channel_receive(one, &message));
    channel_wait(one, -1);
    assert_int_equal(channel_step(one), RB_UNREACHABLE);
}

static void an_end_that_does_not_read_is_given_up(void **state) {
    uint8_t *large = calloc(1, 8 << 20);
    size_t said = 0;
    (void)state;

    while (said <= CHANNEL_WAITING_BYTES_MAX) {
        assert_int_equal(channel_step(one), RB_OK);
        say(one, 1, span_of(large, 8 << 20));
        said += 8 << 20;
    }
    channel_wait(one, -1);
    assert_int_equal(channel_step(one), RB_UNREACHABLE);
    assert_int_equal(channel_waiting(one), 0);
    free(large);
}

static void an_end_that_takes_nothing_more_is_an_end(void **state) {
    (void)state;
    assert_int_equal(shutdown(raw, SHUT_RD), 0);
    say(one, 1, span_text("tak diterima"));
    assert_int_equal(channel_step(one), RB_UNREACHABLE);
}

static int start(void **state) {
    (void)state;
    return crypt_start() == RB_OK ? 0 : -1;
}

#define PAIR_TEST(name) cmocka_unit_test_setup_teardown(name, make_pair, clear_ends)
#define RAW_TEST(name)  cmocka_unit_test_setup_teardown(name, make_raw, clear_ends)

int main(void) {
    const struct CMUnitTest tests[] = {
        PAIR_TEST(messages_arrive_in_order_and_whole),
        PAIR_TEST(a_message_can_be_answered_while_it_is_read),
        PAIR_TEST(large_messages_cross_in_both_directions),
        PAIR_TEST(many_small_messages_arrive),
        RAW_TEST(a_frame_that_comes_byte_by_byte_is_put_together),
        PAIR_TEST(what_is_not_taken_holds_the_rest_back),
        PAIR_TEST(what_came_before_the_end_is_received),
        RAW_TEST(an_end_in_mid_frame_is_an_end),
        RAW_TEST(garbage_ends_the_channel),
        RAW_TEST(garbage_behind_a_message_wakes_whoever_waits),
        RAW_TEST(an_end_that_does_not_read_is_given_up),
        RAW_TEST(an_end_that_takes_nothing_more_is_an_end),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
