/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/invite_scene.h"

#include <stdlib.h>
#include <string.h>

/* ---- Arranging ---- */

struct invite_keys keys;
struct invitation invitation;
size_t told;
int64_t told_last;

static void on_answered(void *context, int64_t number) {
    (void)context;
    told++;
    told_last = number;
}

static const struct store_observer observer = { .answered = on_answered };

int invite_scene_arrange(void **state) {
    (void)state;
    told = 0;
    worker_choose_address(&ani);
    worker_knows_address(&budi, &ani);
    store_observe(ani.store, &observer);
    return 0;
}

static bool is_open(void *context, const struct invitation *found) {
    int64_t *number = context;

    if (found->state == INVITATION_OPEN || found->state == INVITATION_ANSWERED) {
        *number = found->number;
    }
    return *number == 0;
}

static void cancel_all(void) {
    int64_t number;

    do {
        number = 0;
        assert_int_equal(invitations_each(ani.store, clock_now_ms(), is_open, &number), RB_OK);
    } while (number != 0 && invitation_cancel(ani.store, number, clock_now_ms()) == RB_OK);
    assert_int_equal(number, 0);
}

static void forget(struct worker *worker, const struct worker *who) {
    enum rb_status status =
        contact_remove(worker->store, store_self(who->store)->person, HOMES_NOW_MS);

    assert_true(status == RB_OK || status == RB_NOT_FOUND);
}

int invite_scene_clear(void **state) {
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        worker_stop(everybody[i]);
    }
    cancel_all();
    forget(&ani, &citra);
    forget(&citra, &ani);
    store_observe_no_more(ani.store, &observer);
    return 0;
}

void ani_invites_at(int64_t made_ms) {
    assert_int_equal(invitation_new(ani.store, NULL, made_ms, &keys, &invitation), RB_OK);
    if (ani.node != NULL) {
        assert_int_equal(node_invitations_changed(ani.node), RB_OK);
    }
}

void ani_invites(void) {
    ani_invites_at(clock_now_ms());
}

void ani_listens_and_invites(void) {
    worker_start(&ani);
    ani_invites();
}

void ani_cancels(void) {
    assert_int_equal(invitation_cancel(ani.store, invitation.number, clock_now_ms()), RB_OK);
    assert_int_equal(node_invitations_changed(ani.node), RB_OK);
}

size_t ani_doors(void) {
    const struct node_door *doors;

    return node_doors(ani.node, &doors);
}

const char *door_of(int64_t number) {
    const struct node_door *doors;
    size_t count = node_doors(ani.node, &doors);

    for (size_t i = 0; i < count; i++) {
        if (doors[i].number == number) {
            return doors[i].endpoint;
        }
    }
    fail_msg("no door for invitation %d", (int)number);
    return NULL;
}

unsigned port_of(const char *endpoint) {
    return (unsigned)strtoul(strrchr(endpoint, ':') + 1, NULL, 10);
}

size_t answers(int64_t number) {
    struct invitation now;

    assert_int_equal(invitation_get(ani.store, number, clock_now_ms(), &now), RB_OK);
    return now.answers;
}

void joins_at(struct worker *guest, const char *endpoint) {
    const struct span address = span_text(endpoint);

    if (guest->node == NULL) {
        worker_start(guest);
    }
    assert_int_equal(node_join_begin(guest->node, &keys, &address, 1), RB_OK);
}

static bool is_decided(void *guest) {
    return node_join_state(((struct worker *)guest)->node)->state != NODE_JOIN_WAITING;
}

enum node_join_state outcome_within(struct worker *guest, int64_t ms) {
    (void)workers_until(everybody, 3, ms, is_decided, guest);
    return node_join_state(guest->node)->state;
}

void joins_well(struct worker *guest) {
    joins_at(guest, door_of(invitation.number));
    assert_int_equal(outcome_within(guest, WORKERS_SOON_MS), NODE_JOIN_JOINED);
}

/* ---- Somebody who does not use a node ---- */

static bool nobody_is_allowed(void *context, const uint8_t peer[static BOX_PUBLIC_BYTES]) {
    (void)context;
    (void)peer;
    return false;
}

struct links *raw_open(const struct box_key *own) {
    struct links_setup setup = { .transport = own, .allowed = nobody_is_allowed };
    struct links *links = NULL;

    assert_int_equal(links_open(&links, &setup), RB_OK);
    return links;
}

void raw_wait(struct links *links, int64_t deadline_ms) {
    assert_true(clock_steady_ms() < deadline_ms);
    links_wait(links, 2, NULL, 0);
    workers_for(everybody, 3, 2);
}

void ani_refuses(const struct box_key *own, const uint8_t server[static BOX_PUBLIC_BYTES],
                 const char *endpoint) {
    int64_t deadline_ms = clock_steady_ms() + WORKERS_SOON_MS;
    struct links *links = raw_open(own);

    assert_int_equal(links_dial(links, server, endpoint), RB_OK);
    while (ani.refused == 0) {
        raw_wait(links, deadline_ms);
    }
    assert_int_equal(ani.refused, 1);
    links_wait(links, 50, NULL, 0);
    assert_int_equal(links_connection(links, server), 0);
    assert_int_equal(ani.opened, 0);
    links_close(&links);
}

struct links *raw_at_the_door(void) {
    int64_t deadline_ms = clock_steady_ms() + WORKERS_SOON_MS;
    struct links *links = raw_open(&keys.joiner);

    assert_int_equal(links_dial(links, keys.inviter.public, door_of(invitation.number)), RB_OK);
    while (links_connection(links, keys.inviter.public) == 0) {
        raw_wait(links, deadline_ms);
    }
    return links;
}

void raw_say(struct links *links, struct span frame) {
    struct link_id to = { .dialled = true };

    memcpy(to.peer, keys.inviter.public, sizeof to.peer);
    assert_int_equal(links_send(links, &to, frame), RB_OK);
}

void answer_of(struct worker *guest, const struct invite_keys *secret, struct writer *answer) {
    struct writer card;

    writer_init(&card, CARD_BYTES_MAX);
    writer_init(answer, INVITE_ANSWER_BYTES_MAX);
    assert_int_equal(store_card(guest->store, NULL, 0, clock_now_ms(), &card), RB_OK);
    assert_int_equal(answer_make(answer, secret, writer_view(&card)), RB_OK);
    writer_clear(&card);
}

void raw_join(struct links *links, struct span answer) {
    struct writer frame;

    writer_init(&frame, FRAME_BYTES_MAX);
    wire_join(&frame, answer);
    raw_say(links, writer_view(&frame));
    writer_clear(&frame);
}

struct heard raw_hears_within(struct links *links, int64_t ms) {
    int64_t deadline_ms = clock_steady_ms() + ms;
    struct link_message message;
    struct wire_frame frame;

    while (!links_receive(links, &message)) {
        if (clock_steady_ms() >= deadline_ms) {
            return (struct heard) { 0 };
        }
        links_wait(links, 2, NULL, 0);
        workers_for(everybody, 3, 2);
    }
    assert_int_equal(wire_decode(message.frame, &frame), RB_OK);
    link_message_free(&message); /* The numbers are copies. */
    return (struct heard) { frame.type, frame.type == WIRE_ERR ? frame.code : 0 };
}

void raw_is_told(struct links *links, enum wire_error code) {
    const struct heard heard = raw_hears_within(links, WORKERS_SOON_MS);

    assert_int_equal(heard.type, WIRE_ERR);
    assert_int_equal(heard.code, code);
}
