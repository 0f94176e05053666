/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/month_computers.h"

#include "store/devices.h"
#include "tests/sim/byzantine.h"
#include "tests/sim/world_link.h"
#include "tests/sim/world_office.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AGAIN_MS = 20 * 60 * 1000, STORIES_MAX = 8, LOSE_PERCENT = 75, ABUSE_PERCENT = 30 };

/* What becomes of one spare computer, or of somebody's only one. */
struct story {
    struct sim_node *owner, *spare; /* `spare` NULL: he has one computer, and it gets lost */
    struct sim_node *lost;          /* once it is */
    enum computer_step next;
    int64_t at_ms[COMPUTER_STEPS]; /* not before; INT64_MAX: never */
    bool loses_first;
    bool writes_address; /* the card of the spare one says where it listens */
    struct random random;
    struct writer file;
};

struct computers {
    struct story stories[STORIES_MAX];
    size_t count;
    void (*again)(struct world *world, int64_t at_ms, uint64_t story);
    uint64_t done[COMPUTER_STEPS];
};

const char *const computer_step_names[COMPUTER_STEPS] = { "admit", "take", "lose", "revoke",
                                                          "abuse" };

static struct computers *computers_of(const struct world *world) {
    return world->computers;
}

const uint64_t *computers_done(const struct world *world) {
    return computers_of(world)->done;
}

/* ---- The steps; each gives RB_OK when it is done ---- */

static bool are_on(const struct sim_node *one, const struct sim_node *other) {
    return one->state == SIM_ON && other->state == SIM_ON;
}

static enum rb_status spare_card(const struct story *story, struct writer *card) {
    const struct span address = span_text(story->spare->address[0]);

    world_enter(story->spare->world, story->spare);
    const enum rb_status status =
        store_card(story->spare->store, &address, story->writes_address ? 1 : 0,
                   sim_now_ms(story->spare), card);
    world_enter(story->spare->world, NULL);
    return status;
}

static enum rb_status step_admit(struct story *story) {
    struct sim_node *owner = story->owner;
    const struct span address = span_text(owner->address[0]);
    struct writer card;

    sim_start(story->spare);
    if (!are_on(owner, story->spare)) {
        return RB_BUSY;
    }
    writer_init(&card, CARD_BYTES_MAX);
    enum rb_status status = spare_card(story, &card);
    if (sim_did(story->spare, status)) {
        world_enter(owner->world, owner);
        writer_reset(&story->file);
        status = device_admit(owner->store, writer_view(&card), span_text("laptop"), &address, 1,
                              sim_now_ms(owner), &story->file);
        if (status == RB_OK) {
            status = node_contacts_changed(owner->node);
        }
        world_enter(owner->world, NULL);
        (void)sim_did(owner, status);
    }
    writer_clear(&card);
    return status;
}

/* It is another person's from here on: its node begins anew.  They stand on one desk. */
static enum rb_status step_take(struct story *story) {
    struct sim_node *spare = story->spare;

    sim_start(spare);
    if (spare->state != SIM_ON) {
        return RB_BUSY;
    }
    world_enter(spare->world, spare);
    const enum rb_status status =
        device_take(spare->store, writer_view(&story->file), sim_now_ms(spare));
    world_enter(spare->world, NULL);
    if (!sim_did(spare, status)) {
        return status == RB_OK ? RB_BUSY
                               : status; /* The power went: whether it was, the next says. */
    }
    sim_stop(spare);
    spare->is_spare = false;
    spare->owner = story->owner->index;
    sim_start(spare);
    net_plug(spare->world->net, spare, true);
    net_plug(spare->world->net, story->owner, true);
    return RB_OK;
}

static bool is_other(void *context, const struct contact *contact) {
    (void)contact;
    *(bool *)context = true;
    return false;
}

/* Both know of each other, and the one that stays knows somebody else. */
static bool is_in_use(struct sim_node *node) {
    bool knows = false;

    if (node->state != SIM_ON) {
        return false;
    }
    world_enter(node->world, node);
    const enum rb_status status = contact_each(node->store, is_other, &knows);
    world_enter(node->world, NULL);
    return sim_did(node, status) && knows;
}

static enum rb_status step_lose(struct story *story) {
    struct sim_node *lost =
        story->spare == NULL || story->loses_first ? story->owner : story->spare;

    if (story->spare != NULL && !is_in_use(story->spare)) {
        return RB_BUSY;
    }
    story->lost = lost;
    lost->is_lost = true;
    lost->is_bad = true;
    world_tell(lost->world, "%s is lost, and somebody works with it", lost->name);
    return RB_OK;
}

static enum rb_status revoke_by_sister(struct sim_node *by, const struct sim_node *lost) {
    size_t circles = 0;

    if (by->state != SIM_ON) {
        return RB_BUSY;
    }
    world_enter(by->world, by);
    enum rb_status status = device_revoke(by->store, lost->device, sim_now_ms(by), &circles);
    if (status == RB_OK) {
        status = node_contacts_changed(by->node);
    }
    world_enter(by->world, NULL);
    (void)sim_did(by, status);
    return status == RB_EXISTS ? RB_OK : status;
}

static enum rb_status step_revoke(struct story *story) {
    return story->spare == NULL
               ? office_revokes(story->owner->world, story->lost)
               : revoke_by_sister(story->lost == story->owner ? story->spare : story->owner,
                                  story->lost);
}

/* Its own program would not write any more once it has heard of its end. */
static enum rb_status step_abuse(struct story *story) {
    static const enum bad_deed deeds[] = { BAD_COUP, BAD_BACKDATE, BAD_BACKDATE, BAD_SEAL };
    const enum bad_deed deed = deeds[random_below(&story->random, sizeof deeds / sizeof deeds[0])];

    /* He looks for whoever has not heard of it yet. */
    sim_wake(story->lost);
    sim_start(story->lost);
    net_plug(story->lost->world->net, story->lost, true);
    return byzantine_do(story->lost, deed, &story->random) ? RB_OK : RB_NOT_FOUND;
}

static enum rb_status (*const steps[COMPUTER_STEPS])(struct story *) = {
    [COMPUTER_ADMIT] = step_admit,   [COMPUTER_TAKE] = step_take,   [COMPUTER_LOSE] = step_lose,
    [COMPUTER_REVOKE] = step_revoke, [COMPUTER_ABUSE] = step_abuse,
};

/* ---- When ---- */

static enum rb_status step(struct world *world, struct story *story, enum computer_step next) {
    const enum rb_status status = steps[next](story);

    world_tell(world, "%s: %s a computer, status %d", story->owner->name, computer_step_names[next],
               (int)status);
    computers_of(world)->done[next] += status == RB_OK ? 1 : 0;
    return status;
}

void computers_go_on(struct world *world, uint64_t number) {
    struct computers *computers = computers_of(world);
    struct story *story = &computers->stories[number];

    if (story->next < COMPUTER_ABUSE && world->now_ms >= story->at_ms[story->next]) {
        story->next += step(world, story, story->next) == RB_OK ? 1 : 0;
    }
    if (story->lost != NULL && random_chance(&story->random, ABUSE_PERCENT)) {
        (void)step(world, story, COMPUTER_ABUSE);
    }
    if (story->at_ms[story->next] < INT64_MAX) {
        const int64_t soon_ms = world->now_ms + AGAIN_MS;
        const int64_t due_ms = story->lost == NULL ? story->at_ms[story->next] : soon_ms;
        computers->again(world, due_ms > soon_ms ? due_ms : soon_ms, number);
    }
}

static int64_t about(struct random *random, int64_t spread_ms) {
    return (int64_t)random_below(random, (size_t)spread_ms);
}

/* While people are at work, and so that something happens afterwards. */
static void story_plan(struct story *story, int64_t days_ms, struct random *random) {
    const int64_t begin_ms = 4 * HOUR_MS + about(random, (days_ms / DAY_MS + 1) / 2) * DAY_MS +
                             about(random, 3 * HOUR_MS);
    const int64_t lost_ms = begin_ms + HOUR_MS / 2 + about(random, days_ms / 8);

    story->writes_address = random_chance(random, 50);
    story->loses_first = random_chance(random, 50);
    story->at_ms[COMPUTER_ADMIT] = begin_ms;
    story->at_ms[COMPUTER_TAKE] = begin_ms + about(random, HOUR_MS);
    story->at_ms[COMPUTER_LOSE] = random_chance(random, LOSE_PERCENT) ? lost_ms : INT64_MAX;
    story->at_ms[COMPUTER_REVOKE] = lost_ms + about(random, 3 * HOUR_MS);
    story->next = story->spare == NULL ? COMPUTER_LOSE : COMPUTER_ADMIT;
    story->random.state = random_next(random);
    writer_init(&story->file, DEVICE_FILE_BYTES_MAX);
}

/* Not the one who cheats, and nobody twice. */
static struct sim_node *some_owner(struct world *world, struct random *random) {
    const struct computers *computers = computers_of(world);
    struct sim_node *owner = &world->nodes[random_below(random, world->acquainted - 1)];

    for (size_t i = 0; i < computers->count; i++) {
        if (computers->stories[i].owner == owner) {
            return NULL;
        }
    }
    return owner;
}

static void story_add(struct world *world, struct sim_node *owner, struct sim_node *spare,
                      int64_t days_ms, struct random *random) {
    struct computers *computers = computers_of(world);
    struct story *story = &computers->stories[computers->count];

    story->owner = owner;
    story->spare = spare;
    story_plan(story, days_ms, random);
    if (story->at_ms[story->next] < INT64_MAX) {
        computers->again(world, story->at_ms[story->next], computers->count);
    }
    computers->count++;
}

void computers_begin(struct world *world, int64_t days_ms,
                     void (*again)(struct world *world, int64_t at_ms, uint64_t story)) {
    struct random random = { .state = world->seed ^ UINT64_C(0xA0761D6478BD642F) };
    struct computers *computers = rb_alloc(1, sizeof *computers);

    world->computers = computers;
    computers->again = again;
    for (size_t i = 0; i < world->crowd.spares && computers->count < STORIES_MAX; i++) {
        struct sim_node *spare = &world->nodes[world->node_count - 1 - i];
        struct sim_node *owner = some_owner(world, &random);
        if (owner != NULL) {
            story_add(world, owner, spare, days_ms, &random);
        }
    }
    struct sim_node *unlucky = world->crowd.has_office ? some_owner(world, &random) : NULL;
    if (unlucky != NULL && unlucky->index > 0 && computers->count < STORIES_MAX) {
        story_add(world, unlucky, NULL, days_ms, &random);
    }
}

void computers_rest(struct world *world) {
    struct computers *computers = computers_of(world);

    for (size_t i = 0; i < computers->count; i++) {
        if (computers->stories[i].next == COMPUTER_REVOKE) {
            (void)step(world, &computers->stories[i], COMPUTER_REVOKE);
        }
    }
}

void computers_end(struct world *world) {
    struct computers *computers = computers_of(world);

    for (size_t i = 0; i < computers->count; i++) {
        writer_clear(&computers->stories[i].file);
    }
    free(computers);
    world->computers = NULL;
}
