/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/month_joining.h"

#include "node/link.h"
#include "store/groups.h"
#include "store/invitations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AGAIN_MS = 5 * 60 * 1000, STORIES_MAX = 4 };

/* How one newcomer is brought in. */
struct story {
    struct sim_node *host, *guest;
    enum joining_step next; /* JOINING_STEPS: the story is over */
    int64_t at_ms[JOINING_STEPS];
    struct random random;
    struct invite_keys keys; /* the words, as the host told them */
    int64_t number;
    char door[LINK_ENDPOINT_BYTES_MAX];
    uint64_t knocking; /* the opening of the guest's node in which he began to knock; 0: none */
};

struct joinings {
    struct story stories[STORIES_MAX];
    size_t count;
    void (*again)(struct world *world, int64_t at_ms, uint64_t story);
    uint64_t done[JOINING_STEPS];
};

const char *const joining_step_names[JOINING_STEPS] = { "invite", "knock", "confirm" };

static struct joinings *joinings_of(const struct world *world) {
    return world->joining;
}

const uint64_t *joining_done(const struct world *world) {
    return joinings_of(world)->done;
}

/* ---- Inviting ---- */

struct choice {
    struct random *random;
    size_t seen;
    uint8_t circle[HASH_BYTES];
};

static bool choose_own(void *context, const struct group_row *row) {
    struct choice *choice = context;

    if (row->state == GROUP_ACCEPTED && random_below(choice->random, ++choice->seen) == 0) {
        memcpy(choice->circle, row->circle, HASH_BYTES);
    }
    return true;
}

/* The door stands only while the node runs, at the same port each time. */
static bool door_note(struct story *story) {
    const struct node_door *doors = NULL;
    const size_t count = node_doors(story->host->node, &doors);

    for (size_t i = 0; i < count; i++) {
        if (doors[i].number == story->number) {
            (void)snprintf(story->door, sizeof story->door, "%s", doors[i].endpoint);
            return true;
        }
    }
    return false;
}

/* Into a group, if he manages the one that was chosen. */
static enum rb_status invitation_make(struct story *story) {
    struct sim_node *host = story->host;
    struct choice choice = { .random = &story->random };
    struct invitation invitation = { 0 };

    enum rb_status status = group_each(host->store, false, choose_own, &choice);
    if (status == RB_OK && choice.seen > 0) {
        status =
            invitation_new(host->store, choice.circle, sim_now_ms(host), &story->keys, &invitation);
    }
    if (choice.seen == 0 || status == RB_REFUSED) {
        status = invitation_new(host->store, NULL, sim_now_ms(host), &story->keys, &invitation);
    }
    story->number = status == RB_OK ? invitation.number : 0;
    return status;
}

static enum rb_status step_invite(struct story *story) {
    struct sim_node *host = story->host;

    if (host->state != SIM_ON) {
        return RB_BUSY;
    }
    world_enter(host->world, host);
    enum rb_status status = story->number == 0 ? invitation_make(story) : RB_OK;
    if (status == RB_OK) {
        status = node_invitations_changed(host->node);
    }
    const bool stands = status == RB_OK && door_note(story);
    world_enter(host->world, NULL);
    return sim_did(host, status) ? stands ? RB_OK : RB_BUSY : status;
}

/* ---- Knocking ---- */

static enum rb_status begin_to_knock(struct story *story) {
    struct sim_node *guest = story->guest;
    const struct span door = span_text(story->door);

    const enum rb_status status = node_join_begin(guest->node, &story->keys, &door, 1);
    story->knocking = status == RB_OK ? guest->starts : 0;
    return status;
}

static enum rb_status keep_card(struct story *story, struct span card) {
    struct sim_node *guest = story->guest;
    struct contact contact;
    bool renewed = false;

    enum rb_status status = contact_add(guest->store, card, sim_now_ms(guest), &contact, &renewed);
    if (status == RB_OK) {
        status =
            contact_set_address(guest->store, contact.person, span_text(story->host->address[0]));
    }
    if (status == RB_OK) {
        status = contact_set_verified(guest->store, contact.person, sim_now_ms(guest));
    }
    return status == RB_OK ? node_contacts_changed(guest->node) : status;
}

/* RB_BUSY as long as nobody has answered. */
static enum rb_status knock(struct story *story, bool *is_in) {
    struct sim_node *guest = story->guest;

    if (story->knocking != guest->starts) {
        return begin_to_knock(story);
    }
    const struct node_join *join = node_join_state(guest->node);
    if (join->state == NODE_JOIN_WAITING) {
        return RB_OK;
    }
    const enum rb_status status =
        join->state == NODE_JOIN_JOINED ? keep_card(story, join->card) : RB_NOT_FOUND;
    *is_in = status == RB_OK;
    node_join_end(guest->node);
    story->knocking = 0;
    return status;
}

static enum rb_status step_knock(struct story *story) {
    struct sim_node *guest = story->guest;
    bool is_in = false;

    if (guest->state != SIM_ON) {
        return RB_BUSY;
    }
    world_enter(guest->world, guest);
    const enum rb_status status = knock(story, &is_in);
    world_enter(guest->world, NULL);
    return sim_did(guest, status) ? is_in ? RB_OK : RB_BUSY : status;
}

/* ---- Confirming ---- */

static bool note_answer(void *context, const struct invitation_answer *answer) {
    *(struct invitation_answer *)context = *answer;
    return true;
}

static enum rb_status step_confirm(struct story *story) {
    struct sim_node *host = story->host;
    struct invitation_answer answer = { .name = "" };

    if (host->state != SIM_ON) {
        return RB_BUSY;
    }
    world_enter(host->world, host);
    enum rb_status status =
        invitation_answers_each(host->store, story->number, note_answer, &answer);
    if (status == RB_OK) {
        status = invitation_confirm(host->store, story->number, answer.person, answer.device,
                                    sim_now_ms(host));
    }
    if (status == RB_OK) {
        status = node_invitations_changed(host->node);
    }
    if (status == RB_OK) {
        status = node_contacts_changed(host->node);
    }
    world_enter(host->world, NULL);
    (void)sim_did(host, status);
    return status;
}

static enum rb_status (*const steps[JOINING_STEPS])(struct story *) = {
    [JOINING_INVITE] = step_invite,
    [JOINING_KNOCK] = step_knock,
    [JOINING_CONFIRM] = step_confirm,
};

/* ---- When ---- */

void joining_go_on(struct world *world, uint64_t number) {
    struct joinings *joinings = joinings_of(world);
    struct story *story = &joinings->stories[number];

    if (story->next < JOINING_STEPS && world->now_ms >= story->at_ms[story->next]) {
        const enum rb_status status = steps[story->next](story);
        world_tell(world, "%s, %s: %s, status %d", story->host->name, story->guest->name,
                   joining_step_names[story->next], (int)status);
        joinings->done[story->next] += status == RB_OK ? 1 : 0;
        story->next += status == RB_OK ? 1 : 0;
    }
    if (story->next < JOINING_STEPS) {
        const int64_t soon_ms = world->now_ms + AGAIN_MS;
        const int64_t due_ms = story->at_ms[story->next];
        joinings->again(world, due_ms > soon_ms ? due_ms : soon_ms, number);
    }
}

static void story_plan(struct story *story, struct world *world, int64_t days_ms,
                       struct random *random) {
    const int64_t begin_ms = 4 * HOUR_MS + (int64_t)random_below(random, (size_t)days_ms / 3);

    /* Mostly the office, which is there when the newcomer is. */
    story->host =
        &world->nodes[random_chance(random, 60) ? 0 : random_below(random, world->acquainted - 1)];
    story->random.state = random_next(random);
    story->at_ms[JOINING_INVITE] = begin_ms;
    story->at_ms[JOINING_KNOCK] = begin_ms + (int64_t)random_below(random, HOUR_MS);
    story->at_ms[JOINING_CONFIRM] =
        story->at_ms[JOINING_KNOCK] + (int64_t)random_below(random, 2 * HOUR_MS);
}

void joining_plan(struct world *world, int64_t days_ms,
                  void (*again)(struct world *world, int64_t at_ms, uint64_t story)) {
    struct random random = { .state = world->seed ^ UINT64_C(0xE7037ED1A0B428DB) };
    struct joinings *joinings = rb_alloc(1, sizeof *joinings);

    world->joining = joinings;
    joinings->again = again;
    for (size_t i = 0; i < world->crowd.newcomers && i < STORIES_MAX; i++) {
        struct story *story = &joinings->stories[joinings->count++];
        story->guest = &world->nodes[world->acquainted + i];
        story_plan(story, world, days_ms, &random);
        again(world, story->at_ms[JOINING_INVITE], i);
    }
}

void joining_forget(struct world *world) {
    free(world->joining);
    world->joining = NULL;
}
