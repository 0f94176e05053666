/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The doors of who invites, over whole nodes, loopback only: when they are open, for whom, and what
 * is said there.  Every wait has a deadline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/invite_scene.h"

#include <stdio.h>
#include <string.h>

enum { SILENCE_MS = 500, DAY_MS = 24 * 3600 * 1000 };

/* ---- Who is refused ---- */

static void whoever_does_not_have_the_words_does_not_get_in(void **state) {
    struct box_key stranger;
    (void)state;

    ani_listens_and_invites();
    crypt_box_new(&stranger);
    ani_refuses(&stranger, keys.inviter.public, door_of(invitation.number));
}

static void wrong_words_reach_nobody(void **state) {
    struct invite_keys right;
    (void)state;

    ani_listens_and_invites();
    right = keys;
    invite_keys_new(&keys);
    joins_at(&citra, door_of(invitation.number));
    assert_int_equal(outcome_within(&citra, SILENCE_MS), NODE_JOIN_WAITING);
    assert_false(node_join_state(citra.node)->reached);
    assert_int_equal(answers(invitation.number), 0);
    node_join_end(citra.node);
    keys = right;
    joins_well(&citra);
}

/* A contact has an ordinary place to come to; a door is for one key. */
static void a_contact_with_his_own_key_is_refused_at_a_door(void **state) {
    (void)state;
    ani_listens_and_invites();
    ani_refuses(&store_self(budi.store)->identity->transport, keys.inviter.public,
                door_of(invitation.number));
}

static void the_one_time_key_opens_no_session_at_the_ordinary_place(void **state) {
    (void)state;
    ani_listens_and_invites();
    ani_refuses(&keys.joiner, store_self(ani.store)->identity->transport.public, ani.address);
}

static void contacts_go_on_while_doors_open_and_close(void **state) {
    struct worker *const only_budi[] = { &budi };
    struct writer answer;
    struct links *links;
    (void)state;

    ani_and_budi_confer();
    ani_invites();
    links = raw_at_the_door();
    answer_of(&citra, &keys, &answer);
    worker_post(&budi, thread, "bersamaan"); /* These come to Ani in one pass, in some order. */
    raw_join(links, writer_view(&answer));
    raw_join(links, writer_view(&answer));
    links_wait(links, 50, NULL, 0);
    workers_for(only_budi, 1, 100);
    assert_int_equal(raw_hears_within(links, WORKERS_SOON_MS).type, WIRE_JOINED);
    assert_int_equal(raw_hears_within(links, WORKERS_SOON_MS).type, WIRE_JOINED);
    assert_true(soon(ani_sees, "bersamaan"));
    ani_cancels();
    worker_post(&ani, thread, "masih tersambung");
    assert_true(soon(budi_sees, "masih tersambung"));
    assert_int_equal(ani.opened, 1);
    assert_int_equal(ani.closed, 0);
    writer_clear(&answer);
    links_close(&links);
}

/* ---- What is said at a door ---- */

static void an_answer_to_another_invitation_is_not_taken(void **state) {
    struct invite_keys first;
    struct writer answer;
    struct links *links;
    int64_t first_number;
    (void)state;

    ani_listens_and_invites();
    first = keys;
    first_number = invitation.number;
    ani_invites();
    links = raw_at_the_door();
    answer_of(&citra, &first, &answer);
    raw_join(links, writer_view(&answer));
    raw_is_told(links, WIRE_ERR_NOT_OPEN);
    assert_int_equal(answers(first_number), 0);
    assert_int_equal(answers(invitation.number), 0);
    assert_int_equal(told, 0);
    writer_clear(&answer);
    links_close(&links);
}

static void what_is_no_answer_is_told_so(void **state) {
    struct writer answer;
    struct links *links;
    (void)state;

    ani_listens_and_invites();
    links = raw_at_the_door();
    answer_of(&citra, &keys, &answer);
    raw_join(links, span_of(answer.data, answer.len - 1));
    raw_is_told(links, WIRE_ERR_FORM);
    answer.data[answer.len - 1] ^= 1; /* of the tag */
    raw_join(links, writer_view(&answer));
    raw_is_told(links, WIRE_ERR_FORM);
    answer.data[1] = 2; /* its version */
    raw_join(links, writer_view(&answer));
    raw_is_told(links, WIRE_ERR_VERSION);
    assert_int_equal(answers(invitation.number), 0);
    writer_clear(&answer);
    links_close(&links);
}

static void there_are_no_sessions_at_a_door(void **state) {
    static const uint8_t nonsense[] = { 0xff, 0xff, 0xff };
    struct wire_hello hello = { .protocol = WIRE_PROTOCOL, .role = WIRE_DIALLED };
    struct writer frame;
    struct links *links;
    (void)state;

    ani_listens_and_invites();
    links = raw_at_the_door();
    memcpy(hello.device_cert, store_self(budi.store)->device_cert.id, sizeof hello.device_cert);
    writer_init(&frame, FRAME_BYTES_MAX);
    wire_hello(&frame, &hello);
    raw_say(links, writer_view(&frame));
    raw_is_told(links, WIRE_ERR_NEED_HELLO);
    raw_say(links, span_of(nonsense, sizeof nonsense));
    raw_is_told(links, WIRE_ERR_NEED_HELLO);
    writer_reset(&frame);
    wire_err(&frame, WIRE_ERR_FORM, 0);
    raw_say(links, writer_view(&frame));
    assert_int_equal(raw_hears_within(links, 200).type, 0); /* No ERR is answered by another. */
    assert_int_equal(ani.opened, 0);
    writer_clear(&frame);
    links_close(&links);
}

static void who_says_join_without_end_is_not_heard_without_end(void **state) {
    struct writer answer;
    struct links *links;
    size_t heard = 0;
    (void)state;

    ani_listens_and_invites();
    links = raw_at_the_door();
    answer_of(&citra, &keys, &answer);
    while (heard < 1000) {
        raw_join(links, writer_view(&answer));
        if (raw_hears_within(links, 300).type != WIRE_JOINED) {
            break;
        }
        heard++;
    }
    assert_int_equal(heard, 64);
    assert_int_equal(node_invitations_changed(ani.node), RB_OK); /* as the next minute does */
    raw_join(links, writer_view(&answer));
    assert_int_equal(raw_hears_within(links, WORKERS_SOON_MS).type, WIRE_JOINED);
    writer_clear(&answer);
    links_close(&links);
}

/* ---- When doors are open ---- */

static void a_door_closes_with_its_invitation(void **state) {
    char place[LINK_ENDPOINT_BYTES_MAX];
    (void)state;

    ani_listens_and_invites();
    (void)snprintf(place, sizeof place, "%s", door_of(invitation.number));
    ani_cancels();
    assert_int_equal(ani_doors(), 0);
    joins_at(&citra, place);
    assert_int_equal(outcome_within(&citra, SILENCE_MS), NODE_JOIN_WAITING);
    assert_false(node_join_state(citra.node)->reached);
}

static void who_comes_to_a_door_too_late_is_told_so(void **state) {
    (void)state;
    ani_listens_and_invites();
    workers_for(everybody, 3, 20); /* She has looked, and does so again in a minute. */
    assert_int_equal(invitation_cancel(ani.store, invitation.number, clock_now_ms()), RB_OK);
    joins_at(&citra, door_of(invitation.number));
    assert_int_equal(outcome_within(&citra, WORKERS_SOON_MS), NODE_JOIN_REFUSED);
    assert_true(node_join_state(citra.node)->reached);
}

/* Now and then, and for the first time in its first pass. */
static void a_node_looks_by_itself_which_doors_are_due(void **state) {
    (void)state;
    ani_listens_and_invites();
    assert_int_equal(ani_doors(), 1);
    assert_int_equal(invitation_cancel(ani.store, invitation.number, clock_now_ms()), RB_OK);
    workers_for(everybody, 3, 20);
    assert_int_equal(ani_doors(), 0);
}

static void an_invitation_that_expires_closes_its_door(void **state) {
    (void)state;
    worker_start(&ani);
    ani_invites_at(clock_now_ms() - (int64_t)INVITE_DAYS * DAY_MS + 700);
    assert_int_equal(ani_doors(), 1);
    workers_for(everybody, 3, 800);
    joins_at(&citra, door_of(invitation.number));
    assert_int_equal(outcome_within(&citra, WORKERS_SOON_MS), NODE_JOIN_REFUSED);
    assert_int_equal(node_invitations_changed(ani.node), RB_OK);
    assert_int_equal(ani_doors(), 0);
}

static void a_confirmed_invitation_lets_its_guest_in_as_a_contact(void **state) {
    (void)state;
    ani_listens_and_invites();
    joins_well(&citra);
    assert_int_equal(invitation_confirm(ani.store, invitation.number,
                                        store_self(citra.store)->person,
                                        store_self(citra.store)->device_cert.id, clock_now_ms()),
                     RB_OK);
    assert_int_equal(node_invitations_changed(ani.node), RB_OK);
    assert_int_equal(node_contacts_changed(ani.node), RB_OK);
    assert_int_equal(ani_doors(), 0);

    struct contact contact;
    bool renewed;
    assert_int_equal(contact_add(citra.store, node_join_state(citra.node)->card, clock_now_ms(),
                                 &contact, &renewed),
                     RB_OK);
    worker_knows_address(&citra, &ani);
    node_join_end(citra.node);
    assert_int_equal(node_contacts_changed(citra.node), RB_OK);
    assert_true(soon(is_connected, &citra));
    assert_true(soon(is_connected, &ani));
}

/* Ani listens where the port of her first invitation is free; `port` gets it. */
static void ani_stands_where_there_is_room(unsigned *port) {
    for (int tries = 0; tries < 10; tries++) {
        worker_choose_address(&ani);
        worker_start(&ani);
        *port = port_of(ani.address) + 1 + invitation.slot;
        if (port_of(door_of(invitation.number)) == *port) {
            return;
        }
        worker_stop(&ani);
    }
    fail_msg("no room beside any port");
}

static bool has_moved(int64_t number) {
    const struct node_door *doors;
    const size_t count = node_doors(ani.node, &doors);
    size_t i = 0;

    while (i < count && doors[i].number != number) {
        i++;
    }
    assert_true(i < count);
    return doors[i].moved;
}

static void an_invitation_keeps_its_port_over_a_restart(void **state) {
    unsigned port;
    (void)state;

    ani_invites();
    ani_invites();
    ani_stands_where_there_is_room(&port);
    assert_int_equal(ani_doors(), 2);
    worker_stop(&ani);
    worker_start(&ani);
    assert_int_equal(port_of(door_of(invitation.number)), port);
    assert_false(has_moved(invitation.number));
    joins_well(&citra);
}

/* The first and the ninth are open, the others were cancelled. */
static void two_open_invitations_never_want_the_same_port(void **state) {
    struct invitation first;
    unsigned port;
    char place[LINK_ENDPOINT_BYTES_MAX];
    (void)state;

    ani_invites();
    first = invitation;
    ani_stands_where_there_is_room(&port);
    for (size_t i = 0; i < INVITATIONS_OPEN_MAX; i++) {
        ani_invites();
        if (i + 1 < INVITATIONS_OPEN_MAX) {
            ani_cancels();
        }
    }
    assert_int_equal(invitation.number - first.number, INVITATIONS_OPEN_MAX);
    (void)snprintf(place, sizeof place, "%s", door_of(invitation.number));
    worker_stop(&ani);
    worker_start(&ani);
    assert_int_equal(port_of(door_of(first.number)), port);
    if (port_of(place) == port_of(ani.address) + 1 + invitation.slot) { /* Nobody else had it. */
        assert_string_equal(door_of(invitation.number), place);
    }
    assert_int_not_equal(invitation.slot, first.slot);
}

static void a_door_whose_port_is_taken_stands_elsewhere(void **state) {
    unsigned port;
    char place[LINK_ENDPOINT_BYTES_MAX];
    char taken[LINK_ENDPOINT_BYTES_MAX];
    struct links *links;
    (void)state;

    ani_invites();
    ani_stands_where_there_is_room(&port);
    worker_stop(&ani);
    links = raw_open(&store_self(budi.store)->identity->transport);
    (void)snprintf(place, sizeof place, "tcp://127.0.0.1:%u", port);
    assert_int_equal(links_listen(links, place, taken), RB_OK);
    worker_start(&ani);
    assert_int_not_equal(port_of(door_of(invitation.number)), port);
    assert_true(has_moved(invitation.number));
    joins_well(&citra);
    links_close(&links);
}

static void who_listens_nowhere_has_no_doors(void **state) {
    (void)state;
    ani_invites();
    ani.address[0] = '\0';
    worker_start(&ani);
    assert_int_equal(ani_doors(), 0);
    assert_int_equal(node_listen(ani.node, "tcp://127.0.0.1:*"), RB_OK);
    assert_int_equal(ani_doors(), 1);
    joins_well(&citra);
}

static void as_many_doors_stand_as_there_may_be_open_invitations(void **state) {
    (void)state;
    worker_start(&ani);
    for (size_t i = 0; i < INVITATIONS_OPEN_MAX; i++) {
        ani_invites();
    }
    assert_int_equal(ani_doors(), INVITATIONS_OPEN_MAX);
    joins_well(&citra);
}

static int start(void **state) {
    return crypt_start() == RB_OK ? trio_make(state) : -1;
}

#define SCENE_TEST(name)                                                                           \
    cmocka_unit_test_setup_teardown(name, invite_scene_arrange, invite_scene_clear)

int main(void) {
    const struct CMUnitTest tests[] = {
        SCENE_TEST(whoever_does_not_have_the_words_does_not_get_in),
        SCENE_TEST(wrong_words_reach_nobody),
        SCENE_TEST(a_contact_with_his_own_key_is_refused_at_a_door),
        SCENE_TEST(the_one_time_key_opens_no_session_at_the_ordinary_place),
        SCENE_TEST(contacts_go_on_while_doors_open_and_close),
        SCENE_TEST(an_answer_to_another_invitation_is_not_taken),
        SCENE_TEST(what_is_no_answer_is_told_so),
        SCENE_TEST(there_are_no_sessions_at_a_door),
        SCENE_TEST(who_says_join_without_end_is_not_heard_without_end),
        SCENE_TEST(a_door_closes_with_its_invitation),
        SCENE_TEST(who_comes_to_a_door_too_late_is_told_so),
        SCENE_TEST(a_node_looks_by_itself_which_doors_are_due),
        SCENE_TEST(an_invitation_that_expires_closes_its_door),
        SCENE_TEST(a_confirmed_invitation_lets_its_guest_in_as_a_contact),
        SCENE_TEST(an_invitation_keeps_its_port_over_a_restart),
        SCENE_TEST(two_open_invitations_never_want_the_same_port),
        SCENE_TEST(a_door_whose_port_is_taken_stands_elsewhere),
        SCENE_TEST(who_listens_nowhere_has_no_doors),
        SCENE_TEST(as_many_doors_stand_as_there_may_be_open_invitations),
    };

    return cmocka_run_group_tests(tests, start, trio_remove);
}
