/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Joining over whole nodes, loopback only.  Every wait has a deadline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "node/joining.h"
#include "tests/support/invite_scene.h"

#include <stdio.h>
#include <string.h>

enum { SILENCE_MS = 500 };

/* ---- Joining ---- */

static bool take_answer(void *context, const struct invitation_answer *answer) {
    *(struct invitation_answer *)context = *answer;
    return true;
}

static void who_was_told_the_words_gets_a_card_and_leaves_his(void **state) {
    struct invitation_answer answer = { 0 };
    const struct node_join *join;
    struct invite_typo typo;
    struct writer words;
    struct card card;
    (void)state;

    ani_listens_and_invites();
    writer_init(&words, 1024);
    invite_words(&words, &keys);
    memset(&keys, 0, sizeof keys);
    assert_int_equal(invite_words_read(writer_view(&words), &keys, &typo), RB_OK);
    writer_clear(&words);
    joins_well(&citra);

    join = node_join_state(citra.node);
    assert_true(join->reached);
    assert_int_equal(join->address, 0);
    assert_string_equal(join->dialled, door_of(invitation.number));
    assert_int_equal(join->port, port_of(ani.address));
    assert_int_equal(card_decode(join->card, &card), RB_OK);
    assert_memory_equal(card.person.person, store_self(ani.store)->person, HASH_BYTES);
    assert_int_equal(answers(invitation.number), 1);
    assert_int_equal(invitation_answers_each(ani.store, invitation.number, take_answer, &answer),
                     RB_OK);
    assert_memory_equal(answer.person, store_self(citra.store)->person, HASH_BYTES);
    assert_int_equal(told, 1);
    assert_int_equal(told_last, invitation.number);
}

static void joining_alone_makes_no_contact_and_no_session(void **state) {
    struct contact contact;
    (void)state;

    ani_listens_and_invites();
    joins_well(&citra);
    workers_for(everybody, 3, 300);
    assert_int_equal(contact_get(ani.store, store_self(citra.store)->person, &contact),
                     RB_NOT_FOUND);
    assert_int_equal(contact_get(citra.store, store_self(ani.store)->person, &contact),
                     RB_NOT_FOUND);
    assert_int_equal(ani.opened, 0);
    assert_int_equal(citra.opened, 0);
}

static void who_comes_before_the_node_runs_waits_for_it(void **state) {
    char place[LINK_ENDPOINT_BYTES_MAX];
    (void)state;

    ani_listens_and_invites();
    (void)snprintf(place, sizeof place, "%s", door_of(invitation.number));
    worker_stop(&ani);
    joins_at(&citra, place);
    assert_int_equal(outcome_within(&citra, 300), NODE_JOIN_WAITING);
    assert_false(node_join_state(citra.node)->reached);
    worker_start(&ani);
    if (strcmp(place, door_of(invitation.number)) != 0) {
        skip(); /* Somebody else has taken the port meanwhile. */
    }
    assert_int_equal(outcome_within(&citra, WORKERS_SOON_MS), NODE_JOIN_JOINED);
}

static void the_same_person_answers_again_and_counts_once(void **state) {
    struct links *links;
    struct writer answer;
    (void)state;

    ani_listens_and_invites();
    answer_of(&citra, &keys, &answer);
    links = raw_at_the_door();
    raw_join(links, writer_view(&answer));
    links_close(&links); /* The line is cut before anything has come back. */
    writer_clear(&answer);
    joins_well(&citra);
    node_join_end(citra.node);
    joins_well(&citra);
    assert_int_equal(answers(invitation.number), 1);
    assert_int_equal(told, 1);
}

static void two_people_who_have_the_words_are_both_known(void **state) {
    (void)state;
    ani_listens_and_invites();
    joins_well(&citra);
    joins_well(&budi);
    assert_int_equal(answers(invitation.number), 2);
    assert_int_equal(told, 2);
}

static void one_joins_at_one_door_at_a_time(void **state) {
    const struct span addresses[ADDRESSES_MAX + 1] = { span_text("tcp://127.0.0.1:1") };
    const struct span wrong = span_text("127.0.0.1:7437");
    (void)state;

    invite_keys_new(&keys);
    worker_start(&citra);
    assert_int_equal(node_join_begin(citra.node, &keys, &wrong, 1), RB_MALFORMED);
    assert_int_equal(node_join_begin(citra.node, &keys, addresses, 0), RB_MALFORMED);
    assert_int_equal(node_join_begin(citra.node, &keys, addresses, ADDRESSES_MAX + 1),
                     RB_MALFORMED);
    assert_int_equal(node_join_begin(citra.node, &keys, addresses, 1), RB_OK);
    assert_int_equal(node_join_begin(citra.node, &keys, addresses, 1), RB_BUSY);
    node_join_end(citra.node);
    node_join_end(citra.node); /* none is fine */
    assert_int_equal(node_join_begin(citra.node, &keys, addresses, 1), RB_OK);
}

/* ---- Somebody else behind the door, who has the words ---- */

static struct links *raw_door(char endpoint[static LINK_ENDPOINT_BYTES_MAX]) {
    struct links *links = raw_open(&store_self(budi.store)->identity->transport);
    uint64_t door;

    invite_keys_new(&keys);
    assert_int_equal(links_door_open(links, &keys.inviter, keys.joiner.public, "tcp://127.0.0.1:*",
                                     endpoint, &door),
                     RB_OK);
    return links;
}

static struct link_id raw_hears_join(struct links *links) {
    int64_t deadline_ms = clock_steady_ms() + WORKERS_SOON_MS;
    struct link_message message;
    struct wire_frame frame;

    while (!links_receive(links, &message)) {
        raw_wait(links, deadline_ms);
    }
    assert_int_equal(wire_decode(message.frame, &frame), RB_OK);
    assert_int_equal(frame.type, WIRE_JOIN);
    const struct link_id from = message.from;
    link_message_free(&message);
    return from;
}

static void join_is_said_again_over_a_new_connection(void **state) {
    char endpoint[LINK_ENDPOINT_BYTES_MAX];
    struct links *links = raw_door(endpoint);
    char place[LINK_ENDPOINT_BYTES_MAX];
    struct link_id from;
    (void)state;

    joins_at(&citra, endpoint);
    from = raw_hears_join(links);
    memcpy(place, endpoint, sizeof place);
    links_door_close(links, from.door);
    assert_int_equal(
        links_door_open(links, &keys.inviter, keys.joiner.public, place, endpoint, &from.door),
        RB_OK);
    (void)raw_hears_join(links);
    links_close(&links);
}

/* Citra says JOIN there, and gets `frame` for it. */
static enum node_join_state outcome_of(struct span frame) {
    char endpoint[LINK_ENDPOINT_BYTES_MAX];
    struct links *links = raw_door(endpoint);

    joins_at(&citra, endpoint);
    const struct link_id from = raw_hears_join(links);
    assert_int_equal(links_send(links, &from, frame), RB_OK);
    const enum node_join_state state = outcome_within(&citra, SILENCE_MS);
    node_join_end(citra.node);
    links_close(&links);
    return state;
}

static void what_is_no_card_is_malformed(void **state) {
    static const uint8_t nonsense[] = { 0xff, 0xff };
    struct writer frame, card;
    (void)state;

    assert_int_equal(outcome_of(span_of(nonsense, sizeof nonsense)), NODE_JOIN_MALFORMED);
    writer_init(&frame, FRAME_BYTES_MAX);
    writer_init(&card, CARD_BYTES_MAX);
    assert_int_equal(store_card(budi.store, NULL, 0, clock_now_ms(), &card), RB_OK);
    card.data[card.len - 1] ^= 1; /* of its signature */
    wire_joined(&frame, writer_view(&card), 7437);
    assert_int_equal(outcome_of(writer_view(&frame)), NODE_JOIN_MALFORMED);
    writer_reset(&frame);
    wire_ping(&frame, WIRE_PING, 0, 0);
    assert_int_equal(outcome_of(writer_view(&frame)), NODE_JOIN_MALFORMED);
    writer_reset(&frame);
    wire_err(&frame, WIRE_ERR_VERSION, 0);
    assert_int_equal(outcome_of(writer_view(&frame)), NODE_JOIN_MALFORMED);
    writer_reset(&frame);
    wire_bye(&frame, WIRE_BYE_STOPPING);
    assert_int_equal(outcome_of(writer_view(&frame)), NODE_JOIN_WAITING);
    writer_clear(&frame);
    writer_clear(&card);
}

/* ---- Patience, without a clock ---- */

static void who_gets_no_answer_tries_the_next_address(void **state) {
    const struct span addresses[] = { span_text("tcp://127.0.0.1:1"),
                                      span_text("tcp://127.0.0.1:2") };
    struct exchange_tools tools = { .store = citra.store };
    struct joining joining = { 0 };
    (void)state;

    invite_keys_new(&keys);
    assert_int_equal(joining_deadline_ms(&joining), INT64_MAX);
    tools.links = raw_open(&store_self(citra.store)->identity->transport);
    assert_int_equal(joining_begin(&joining, &tools, &keys, addresses, 2, 1000), RB_OK);
    assert_int_equal(joining_deadline_ms(&joining), 11000);
    joining_step(&joining, &tools, 10999);
    assert_int_equal(joining.report.address, 0);
    joining_step(&joining, &tools, 11000);
    assert_int_equal(joining.report.address, 1);
    assert_true(links_dialled(tools.links, keys.inviter.public));
    joining_step(&joining, &tools, 21000);
    assert_int_equal(joining.report.address, 0);
    joining_end(&joining, &tools);
    assert_false(links_dialled(tools.links, keys.inviter.public));
    links_close(&tools.links);
}

#define JOIN_TEST(name) cmocka_unit_test_setup_teardown(name, arrange, clear_away)

static int start(void **state) {
    return crypt_start() == RB_OK ? trio_make(state) : -1;
}

#define SCENE_TEST(name)                                                                           \
    cmocka_unit_test_setup_teardown(name, invite_scene_arrange, invite_scene_clear)

int main(void) {
    const struct CMUnitTest tests[] = {
        SCENE_TEST(who_was_told_the_words_gets_a_card_and_leaves_his),
        SCENE_TEST(joining_alone_makes_no_contact_and_no_session),
        SCENE_TEST(who_comes_before_the_node_runs_waits_for_it),
        SCENE_TEST(the_same_person_answers_again_and_counts_once),
        SCENE_TEST(two_people_who_have_the_words_are_both_known),
        SCENE_TEST(one_joins_at_one_door_at_a_time),
        SCENE_TEST(join_is_said_again_over_a_new_connection),
        SCENE_TEST(what_is_no_card_is_malformed),
        SCENE_TEST(who_gets_no_answer_tries_the_next_address),
    };

    return cmocka_run_group_tests(tests, start, trio_remove);
}
