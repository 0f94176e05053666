/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/month.h"

#include "store/cases.h"
#include "store/membership.h"
#include "store/records.h"
#include "store/threads.h"
#include "tests/sim/invariants.h"
#include "tests/sim/model.h"
#include "tests/sim/month_computers.h"
#include "tests/sim/month_joining.h"
#include "tests/sim/world_link.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Subjects of EVENT_ACT: what shall happen, and to whom or as which act. */
enum turn {
    TURN_COME,
    TURN_GO,
    TURN_DOZE,
    TURN_PLUG,
    TURN_UNPLUG,
    TURN_GATHER,
    TURN_ACT,
    TURN_COMPUTER, /* month_computers.h */
    TURN_JOIN      /* month_joining.h */
};
enum { TURN_SHIFT = 32, TEXT_BYTES = 400, PICKED_MAX = 64 };

struct month {
    struct month_plan plan;
    bool rests;
    uint64_t acts;
    unsigned circles;
    struct month_figures figures;
    struct model *model;
};

const char *const month_act_names[ACT_SORTS] = {
    "found", "invite",  "answer", "leave", "remove", "thread", "post",
    "edit",  "retract", "case",   "share", "note",   "adopt",
};

/* What an act is done with. */
struct act {
    struct sim_node *node;
    struct store *store;
    struct random random;
    int64_t now_ms;
};

static struct month *month_of(const struct world *world) {
    return world->work;
}

const struct month_figures *month_figures(const struct world *world) {
    return &month_of(world)->figures;
}

/* ---- Picking one of what there is ---- */

struct picked {
    uint8_t ids[PICKED_MAX][HASH_BYTES];
    size_t count, seen;
    struct random *random;
    enum group_state state;
};

/* Each of those offered has the same chance to be in, however many they are. */
static void offer(struct picked *picked, const uint8_t *id, size_t len) {
    size_t place = picked->count;

    picked->seen++;
    if (picked->count == PICKED_MAX) {
        place = random_below(picked->random, picked->seen);
        if (place >= PICKED_MAX) {
            return;
        }
    } else {
        picked->count++;
    }
    memcpy(picked->ids[place], id, len);
}

static const uint8_t *pick(struct picked *picked) {
    return picked->count == 0 ? NULL : picked->ids[random_below(picked->random, picked->count)];
}

static bool offer_group(void *context, const struct group_row *row) {
    struct picked *picked = context;

    if (row->state == picked->state) {
        offer(picked, row->circle, HASH_BYTES);
    }
    return true;
}

static bool offer_case(void *context, const struct case_row *row) {
    offer(context, row->circle, HASH_BYTES);
    return true;
}

static bool offer_thread(void *context, const struct thread_row *row) {
    offer(context, row->ref, REF_BYTES);
    return true;
}

static bool offer_post(void *context, const struct post_row *row) {
    offer(context, row->ref, REF_BYTES);
    return true;
}

static bool offer_contact(void *context, const struct contact *contact) {
    offer(context, contact->person, HASH_BYTES);
    return true;
}

static bool offer_person(void *context, const struct group_person *person) {
    if (person->state == MEMBER_ACCEPTED || person->state == MEMBER_INVITED) {
        offer(context, person->person, HASH_BYTES);
    }
    return true;
}

static enum rb_status pick_group(struct act *act, enum group_state state, struct picked *picked) {
    *picked = (struct picked) { .random = &act->random, .state = state };
    const enum rb_status status = group_each(act->store, false, offer_group, picked);
    return status == RB_OK && picked->count == 0 ? RB_NOT_FOUND : status;
}

static enum rb_status pick_case(struct act *act, struct picked *picked) {
    *picked = (struct picked) { .random = &act->random };
    const enum rb_status status = case_each(act->store, false, offer_case, picked);
    return status == RB_OK && picked->count == 0 ? RB_NOT_FOUND : status;
}

static enum rb_status pick_circle(struct act *act, struct picked *picked) {
    return random_chance(&act->random, 70) ? pick_group(act, GROUP_ACCEPTED, picked)
                                           : pick_case(act, picked);
}

static enum rb_status pick_thread(struct act *act, struct picked *picked) {
    *picked = (struct picked) { .random = &act->random };
    const enum rb_status status = thread_each(act->store, NULL, offer_thread, picked);
    return status == RB_OK && picked->count == 0 ? RB_NOT_FOUND : status;
}

/* A post of some thread; the thread is left in `thread`. */
static enum rb_status pick_post(struct act *act, uint8_t thread[static REF_BYTES],
                                struct picked *picked) {
    enum rb_status status = pick_thread(act, picked);

    if (status != RB_OK) {
        return status;
    }
    memcpy(thread, pick(picked), REF_BYTES);
    *picked = (struct picked) { .random = &act->random };
    status = thread_posts(act->store, thread, 0, offer_post, picked);
    return status == RB_OK && picked->count == 0 ? RB_NOT_FOUND : status;
}

/* ---- Words ---- */

static struct span words(struct act *act, const char *what, char out[static TEXT_BYTES]) {
    static const char filler[] =
        " keluarga sudah ditemui, kunjungan berikut disepakati, berkas masih dilengkapi";
    const size_t number = random_below(&act->random, 1000000);
    const size_t more = random_below(&act->random, sizeof filler);

    (void)snprintf(out, TEXT_BYTES, "%s %zu%.*s", what, number, (int)more, filler);
    return span_text(out);
}

static struct span title_of(struct act *act, char out[static TEXT_BYTES]) {
    (void)snprintf(out, TEXT_BYTES, "Rapat %zu", random_below(&act->random, 1000000));
    return span_text(out);
}

/* ---- The acts ---- */

/* What was done goes into the model; of what a disk interrupted nobody knows. */
static struct model *model_of(const struct act *act) {
    return month_of(act->node->world)->model;
}

static enum rb_status act_found(struct act *act) {
    struct month *month = month_of(act->node->world);
    uint8_t circle[HASH_BYTES];
    char name[TEXT_BYTES];

    if (month->circles >= month->plan.circles_max) {
        return RB_NOT_FOUND;
    }
    (void)snprintf(name, sizeof name, "Kelompok %" PRIu64, month->acts);
    const enum rb_status status = group_new(act->store, span_text(name), NULL, act->now_ms, circle);
    if (status == RB_OK) {
        month->circles++;
        model_circle(month->model, act->node, circle, CIRCLE_GROUP, name);
    }
    return status;
}

static enum circle_role some_role(struct act *act) {
    static const enum circle_role roles[] = { CIRCLE_WRITER, CIRCLE_WRITER, CIRCLE_MANAGER,
                                              CIRCLE_READER };

    return roles[random_below(&act->random, sizeof roles / sizeof roles[0])];
}

static enum rb_status act_invite(struct act *act) {
    struct picked circles, people = { .random = &act->random };
    struct refusal refusal = { 0 };
    const enum circle_role role = some_role(act);
    const int64_t hours = 1 + (int64_t)random_below(&act->random, 72);
    const bool is_guest = random_chance(&act->random, 25);
    const int64_t until_s = is_guest ? act->now_ms / 1000 + 3600 * hours : 0;
    enum rb_status status = pick_circle(act, &circles);

    if (status == RB_OK) {
        status = contact_each(act->store, offer_contact, &people);
    }
    if (status != RB_OK || people.count == 0) {
        return status;
    }
    const uint8_t *circle = pick(&circles), *person = pick(&people);
    status = membership_add(act->store, circle, person, role, until_s, act->now_ms, &refusal);
    if (status == RB_OK) {
        model_add(model_of(act), act->node, circle, person, role);
    }
    refusal_clear(&refusal);
    return status;
}

static enum rb_status act_answer(struct act *act) {
    struct picked groups;
    enum rb_status status = pick_group(act, GROUP_INVITED, &groups);

    if (status != RB_OK) {
        return status;
    }
    const bool accepts = random_chance(&act->random, 90);
    const uint8_t *circle = pick(&groups);
    status = accepts ? group_accept(act->store, circle, act->now_ms)
                     : group_decline(act->store, circle, act->now_ms);
    if (status == RB_OK && accepts) {
        model_accept(model_of(act), act->node, circle);
    }
    return status;
}

static enum rb_status act_leave(struct act *act) {
    struct picked groups;
    const enum rb_status status = pick_group(act, GROUP_ACCEPTED, &groups);

    if (status != RB_OK) {
        return status;
    }
    const uint8_t *circle = pick(&groups);
    invariants_left(act->node, circle);
    return group_leave(act->store, circle, act->now_ms);
}

static enum rb_status act_remove(struct act *act) {
    struct picked circles, people = { .random = &act->random };
    struct refusal refusal = { 0 };
    enum rb_status status = pick_circle(act, &circles);

    if (status != RB_OK) {
        return status;
    }
    const uint8_t *circle = pick(&circles);
    status = people_each(act->store, circle, offer_person, &people);
    const uint8_t *person = pick(&people);
    if (status != RB_OK || person == NULL || memcmp(person, act->node->person, HASH_BYTES) == 0) {
        return status == RB_OK ? RB_NOT_FOUND : status;
    }
    status = membership_remove(act->store, circle, person, act->now_ms, &refusal);
    refusal_clear(&refusal);
    return status;
}

static enum rb_status act_thread(struct act *act) {
    struct picked circles;
    uint8_t ref[REF_BYTES];
    char buffer[TEXT_BYTES];
    enum rb_status status = pick_circle(act, &circles);

    if (status != RB_OK) {
        return status;
    }
    const struct span title = title_of(act, buffer);
    const uint8_t *circle = pick(&circles);
    status = thread_new(act->store, circle, title, act->now_ms, ref);
    if (status == RB_OK) {
        model_thread(model_of(act), act->node, circle, ref, title);
    }
    return status;
}

static enum rb_status post_in(struct act *act, const uint8_t thread[static REF_BYTES],
                              const uint8_t *reply_to, const char *what) {
    char buffer[TEXT_BYTES];
    const struct span text = words(act, what, buffer);
    uint8_t ref[REF_BYTES], circle[HASH_BYTES];
    enum rb_status status = thread_circle(act->store, thread, circle);

    if (status == RB_OK) {
        status = post_add(act->store, thread, reply_to, text, act->now_ms, ref);
    }
    if (status == RB_OK) {
        model_post(model_of(act), act->node, circle, thread, reply_to, ref, text);
    }
    return status;
}

static enum rb_status act_post(struct act *act) {
    struct picked picked;
    uint8_t thread[REF_BYTES];
    enum rb_status status;

    if (random_chance(&act->random, 60)) {
        status = pick_thread(act, &picked);
        return status == RB_OK ? post_in(act, pick(&picked), NULL, "Catatan") : status;
    }
    status = pick_post(act, thread, &picked);
    return status == RB_OK ? post_in(act, thread, pick(&picked), "Jawaban") : status;
}

static enum rb_status edit(struct act *act, const uint8_t post[static REF_BYTES]) {
    char buffer[TEXT_BYTES];
    const struct span text = words(act, "Ralat", buffer);
    const enum rb_status status = post_edit(act->store, post, text, act->now_ms);

    if (status == RB_OK) {
        model_edit(model_of(act), post, text);
    }
    return status;
}

/* Who corrects something often finds another mistake in it. */
static enum rb_status act_edit(struct act *act) {
    struct picked posts;
    uint8_t thread[REF_BYTES];
    enum rb_status status = pick_post(act, thread, &posts);

    if (status != RB_OK) {
        return status;
    }
    const uint8_t *post = pick(&posts);
    status = edit(act, post);
    return status == RB_OK && random_chance(&act->random, 30) ? edit(act, post) : status;
}

static enum rb_status act_retract(struct act *act) {
    struct picked posts;
    uint8_t thread[REF_BYTES];
    enum rb_status status = pick_post(act, thread, &posts);

    if (status != RB_OK) {
        return status;
    }
    const uint8_t *post = pick(&posts);
    const struct span reason = span_text("keliru");
    status = post_retract(act->store, post, reason, act->now_ms);
    if (status == RB_OK) {
        model_retract(model_of(act), post, reason);
    }
    return status;
}

static enum rb_status act_case(struct act *act) {
    struct month *month = month_of(act->node->world);
    const struct case_record record = { .cluster = "ABH", .sex = SEX_UNKNOWN };
    uint8_t circle[HASH_BYTES];
    struct case_row row;

    if (month->circles >= month->plan.circles_max) {
        return RB_NOT_FOUND;
    }
    enum rb_status status = case_new(act->store, &record, act->now_ms, circle);
    month->circles += status == RB_OK ? 1 : 0;
    if (status == RB_OK) {
        status = case_get(act->store, circle, &row);
    }
    if (status == RB_OK) {
        model_circle(month->model, act->node, circle, CIRCLE_CASE, row.code);
    }
    return status;
}

static enum rb_status act_share(struct act *act) {
    struct picked cases, people = { .random = &act->random };
    enum rb_status status = pick_case(act, &cases);

    if (status == RB_OK) {
        status = contact_each(act->store, offer_contact, &people);
    }
    if (status != RB_OK || people.count == 0) {
        return status;
    }
    const uint8_t *circle = pick(&cases), *person = pick(&people);
    status = case_share(act->store, circle, person, act->now_ms);
    if (status == RB_OK) {
        model_add(model_of(act), act->node, circle, person, CIRCLE_WRITER);
    }
    return status;
}

/* A form that stands once, a new item, or a change of one that is there. */
static void some_change(struct act *act, const struct record *record, struct record_draft *draft,
                        struct span text) {
    const struct record_item *problem = record_next(record, FORM_PROBLEM, NULL);
    struct field_value *value = &draft->change.values[0];
    const size_t sort = random_below(&act->random, problem != NULL ? 4 : 3);

    draft->change.value_count = 1;
    if (sort == 0) {
        draft->change.form = form_find(FORM_RISK);
        *value =
            (struct field_value) { .field = RISK_LEVEL, .number = random_below(&act->random, 3) };
    } else if (sort == 1) {
        draft->change.form = form_find(FORM_STAGE);
        *value = (struct field_value) { .field = STAGE_NOW,
                                        .number = random_below(&act->random, STAGE_CLOSED + 1) };
    } else {
        draft->change.form = form_find(FORM_PROBLEM);
        draft->item = sort == 3 ? problem->first->ref : NULL;
        *value = (struct field_value) { .field = PROBLEM_WHAT, .bytes = text };
    }
}

static enum rb_status change_record(struct act *act, const uint8_t *circle, struct span text) {
    struct record_draft draft = { 0 };
    struct standing standing;
    uint8_t ref[REF_BYTES];

    enum rb_status status = standing_load(act->store, circle, &standing);
    if (status == RB_OK) {
        some_change(act, &standing.record, &draft, text);
        status = record_write(act->store, circle, &draft, act->now_ms, ref);
        standing_clear(&standing);
    }
    return status;
}

/* An entry, or a change of a form. */
static enum rb_status act_note(struct act *act) {
    struct picked cases;
    uint8_t ref[REF_BYTES];
    char buffer[TEXT_BYTES];
    enum rb_status status = pick_case(act, &cases);

    if (status != RB_OK) {
        return status;
    }
    const struct span text = words(act, "Kunjungan", buffer);
    const uint8_t *circle = pick(&cases);
    if (random_chance(&act->random, 40)) {
        return change_record(act, circle, text);
    }
    status = case_note(act->store, circle, text, act->now_ms, ref);
    if (status == RB_OK) {
        model_note(model_of(act), act->node, circle, ref, text);
    }
    return status;
}

static enum rb_status act_adopt(struct act *act) {
    struct picked circles;
    struct refusal refusal = { 0 };
    size_t count = 0;
    enum rb_status status = pick_circle(act, &circles);

    if (status == RB_OK) {
        status = waiting_adopt(act->store, pick(&circles), NULL, act->now_ms, &count, &refusal);
        refusal_clear(&refusal);
    }
    return status;
}

static enum rb_status (*const acts[ACT_SORTS])(struct act *) = {
    [ACT_FOUND] = act_found, [ACT_INVITE] = act_invite, [ACT_ANSWER] = act_answer,
    [ACT_LEAVE] = act_leave, [ACT_REMOVE] = act_remove, [ACT_THREAD] = act_thread,
    [ACT_POST] = act_post,   [ACT_EDIT] = act_edit,     [ACT_RETRACT] = act_retract,
    [ACT_CASE] = act_case,   [ACT_SHARE] = act_share,   [ACT_NOTE] = act_note,
    [ACT_ADOPT] = act_adopt,
};

/* ---- Who does what when ---- */

static enum month_act some_act(const struct month *month, struct random *random) {
    static const enum month_act changes[] = { ACT_INVITE, ACT_INVITE, ACT_INVITE, ACT_SHARE,
                                              ACT_SHARE,  ACT_REMOVE, ACT_REMOVE, ACT_ADOPT,
                                              ACT_ADOPT,  ACT_LEAVE };
    static const enum month_act work[] = { ACT_FOUND, ACT_CASE, ACT_THREAD,  ACT_THREAD,
                                           ACT_POST,  ACT_POST, ACT_POST,    ACT_POST,
                                           ACT_POST,  ACT_NOTE, ACT_NOTE,    ACT_NOTE,
                                           ACT_EDIT,  ACT_EDIT, ACT_RETRACT, ACT_ANSWER,
                                           ACT_ANSWER };

    return random_chance(random, month->plan.change_percent)
               ? changes[random_below(random, sizeof changes / sizeof changes[0])]
               : work[random_below(random, sizeof work / sizeof work[0])];
}

/* Whoever has no thread to write in, or nobody to invite, does something else. */
static enum rb_status act_try(const struct month *month, struct act *act, enum month_act *sort) {
    enum { TRIES = 6 };
    enum rb_status status = RB_NOT_FOUND;

    for (size_t i = 0; i < TRIES && status == RB_NOT_FOUND; i++) {
        *sort = some_act(month, &act->random);
        status = acts[*sort](act);
    }
    return status;
}

static void act_do(struct world *world, uint64_t number) {
    struct month *month = month_of(world);
    struct random random = { .state = world->seed * UINT64_C(0x9E3779B97F4A7C15) + number };
    struct sim_node *node = &world->nodes[random_below(&random, world->node_count)];
    enum month_act sort = ACT_FOUND;

    month->acts = number;
    if (node->state != SIM_ON || node->is_spare) {
        return;
    }
    struct act act = {
        .node = node, .store = node->store, .random = random, .now_ms = sim_now_ms(node)
    };
    world_enter(world, node);
    const enum rb_status status = act_try(month, &act, &sort);
    world_enter(world, NULL);
    world_tell(world, "%s: %s, status %d", node->name, month_act_names[sort], (int)status);
    month->figures.done[sort] += status == RB_OK ? 1 : 0;
    month->figures.refused[sort] += status == RB_OK ? 0 : 1;
    if (disk_is_off(node->disk) || node->disk_fails) {
        model_doubt(month->model, node);
    }
    (void)sim_did(node, status);
}

static enum rb_status gather_one(struct act *act, const uint8_t circle[static HASH_BYTES],
                                 const uint8_t person[static HASH_BYTES]) {
    const enum circle_role role = some_role(act);
    struct refusal refusal = { 0 };
    const enum rb_status status =
        membership_add(act->node->store, circle, person, role, 0, sim_now_ms(act->node), &refusal);

    if (status == RB_OK) {
        model_add(model_of(act), act->node, circle, person, role);
    }
    refusal_clear(&refusal);
    return status;
}

/* A group into which its founder brings others at once, most of them or, if so planned, all. */
static void gather(struct world *world, struct sim_node *node) {
    struct month *month = month_of(world);
    struct act act = { .node = node, .random.state = world->seed + node->index };
    uint8_t circle[HASH_BYTES];
    char name[TEXT_BYTES];

    if (node->state != SIM_ON) {
        return;
    }
    world_enter(world, node);
    (void)snprintf(name, sizeof name, "Tim %zu %u", node->index, month->circles);
    enum rb_status status = group_new(node->store, span_text(name), NULL, sim_now_ms(node), circle);
    if (status == RB_OK) {
        month->circles++;
        model_circle(month->model, node, circle, CIRCLE_GROUP, name);
    }
    for (size_t i = 0; i < world->acquainted && status == RB_OK; i++) {
        if (i != node->index && (month->plan.everybody || random_chance(&act.random, 75))) {
            status = gather_one(&act, circle, world->nodes[i].person);
        }
    }
    world_enter(world, NULL);
    if (disk_is_off(node->disk) || node->disk_fails) {
        model_doubt(month->model, node);
    }
    world_tell(world, "%s gathers a group, status %d", node->name, (int)status);
    (void)sim_did(node, status);
}

static void on_act(struct world *world, uint64_t subject) {
    const uint64_t whom = subject & UINT32_MAX;

    if (month_of(world)->rests) {
        return;
    }
    switch ((enum turn)(subject >> TURN_SHIFT)) {
    case TURN_COME:
        sim_wake(&world->nodes[whom]);
        sim_start(&world->nodes[whom]);
        break;
    case TURN_GO:
        sim_stop(&world->nodes[whom]);
        break;
    case TURN_DOZE:
        sim_sleep(&world->nodes[whom]);
        break;
    case TURN_PLUG:
    case TURN_UNPLUG:
        net_plug(world->net, &world->nodes[whom], subject >> TURN_SHIFT == TURN_PLUG);
        break;
    case TURN_GATHER:
        gather(world, &world->nodes[whom]);
        break;
    case TURN_ACT:
        act_do(world, whom);
        break;
    case TURN_COMPUTER:
        computers_go_on(world, whom);
        break;
    case TURN_JOIN:
        joining_go_on(world, whom);
        break;
    }
}

static void plan_turn(struct world *world, int64_t at_ms, enum turn turn, uint64_t whom) {
    world_at(world, at_ms, EVENT_ACT, (uint64_t)turn << TURN_SHIFT | whom);
}

static void computer_again(struct world *world, int64_t at_ms, uint64_t story) {
    plan_turn(world, at_ms, TURN_COMPUTER, story);
}

static void join_again(struct world *world, int64_t at_ms, uint64_t story) {
    plan_turn(world, at_ms, TURN_JOIN, story);
}

static int64_t about(struct random *random, int64_t from_ms, int64_t spread_ms) {
    return from_ms + (int64_t)random_below(random, (size_t)spread_ms);
}

/* People in the field have a network now and then; the office always has. */
static void plan_network(struct world *world, int64_t day_ms, size_t index, struct random *random) {
    const size_t times = 1 + random_below(random, 5);

    if (index == 0) {
        return;
    }
    plan_turn(world, day_ms, TURN_UNPLUG, index);
    for (size_t i = 0; i < times; i++) {
        const int64_t at_ms = day_ms + about(random, 3 * HOUR_MS, 10 * HOUR_MS);
        plan_turn(world, at_ms, TURN_PLUG, index);
        plan_turn(world, about(random, at_ms, HOUR_MS), TURN_UNPLUG, index);
    }
}

/* Computers of offices run through the night; others are closed, or shut down, or forgotten. */
static void plan_day_of(struct world *world, int64_t day_ms, size_t index, struct random *random) {
    const int64_t come_ms = day_ms + about(random, 3 * HOUR_MS, 2 * HOUR_MS);
    const int64_t noon_ms = day_ms + about(random, 7 * HOUR_MS, HOUR_MS);
    const int64_t go_ms = day_ms + about(random, 10 * HOUR_MS, 4 * HOUR_MS);

    if (random_chance(random, 10)) {
        return; /* A day off. */
    }
    plan_turn(world, come_ms, TURN_COME, index);
    if (random_chance(random, 60)) {
        plan_turn(world, noon_ms, TURN_DOZE, index);
        plan_turn(world, about(random, noon_ms, 2 * HOUR_MS), TURN_COME, index);
    }
    if (random_chance(random, 85)) {
        plan_turn(world, go_ms, random_chance(random, 50) ? TURN_GO : TURN_DOZE, index);
    }
}

void month_begin(struct world *world, const struct month_plan *plan) {
    struct month *month = rb_alloc(1, sizeof *month);
    uint64_t number = 0;

    month->plan = *plan;
    month->model = model_new();
    world->work = month;
    world->handlers[EVENT_ACT] = on_act;
    for (unsigned i = 0; i < (plan->circles_max + 1) / 2; i++) {
        const size_t who = i == 0 ? 0 : random_below(&world->random, world->acquainted);
        plan_turn(world, about(&world->random, 3 * HOUR_MS, HOUR_MS), TURN_COME, who);
        plan_turn(world, 4 * HOUR_MS + i * 1000, TURN_GATHER, who);
    }
    for (unsigned day = 0; day < plan->days; day++) {
        const int64_t day_ms = (int64_t)day * DAY_MS;
        for (size_t i = 0; i < world->node_count; i++) {
            plan_day_of(world, day_ms, i, &world->random);
            plan_network(world, day_ms, i, &world->random);
            for (unsigned j = 0; j < plan->acts_a_day; j++) {
                plan_turn(world, day_ms + about(&world->random, 3 * HOUR_MS, 11 * HOUR_MS),
                          TURN_ACT, number++);
            }
        }
    }
    computers_begin(world, plan->days * DAY_MS, computer_again);
    joining_plan(world, plan->days * DAY_MS, join_again);
}

void month_rest(struct world *world) {
    month_of(world)->rests = true;
    for (size_t i = 0; i < world->node_count; i++) {
        sim_wake(&world->nodes[i]);
        sim_start(&world->nodes[i]);
        net_plug(world->net, &world->nodes[i], true);
    }
    computers_rest(world);
    world_acquaint(world);
}

/* In every thread that he sees; what he may not, he does not. */
static void greet(struct world *world, struct sim_node *node) {
    struct act act = { .node = node,
                       .store = node->store,
                       .random.state = world->seed + node->index,
                       .now_ms = sim_now_ms(node) };
    struct picked threads = { .random = &act.random };

    world_enter(world, node);
    bool goes_on = sim_did(node, thread_each(node->store, NULL, offer_thread, &threads));
    for (size_t i = 0; i < threads.count && goes_on; i++) {
        world_enter(world, node);
        const enum rb_status status = post_in(&act, threads.ids[i], NULL, "Salam");
        world_enter(world, NULL);
        (void)sim_did(node, status);
        goes_on = !world->failed;
    }
}

void month_greet(struct world *world) {
    for (size_t i = 0; i < world->node_count && !world->failed; i++) {
        struct sim_node *node = &world->nodes[i];
        if (node->state == SIM_ON && !node->is_spare && (!node->is_bad || node->is_lost)) {
            greet(world, node);
        }
    }
}

size_t month_check(struct world *world) {
    size_t count = 0;

    for (size_t i = 0; i < world->node_count && !world->failed; i++) {
        if (world->nodes[i].state == SIM_ON && !world->nodes[i].is_bad) {
            count += model_check(month_of(world)->model, &world->nodes[i]);
        }
    }
    return count;
}

void month_end(struct world *world) {
    joining_forget(world);
    computers_end(world);
    model_destroy(&month_of(world)->model);
    free(world->work);
    world->work = NULL;
}
