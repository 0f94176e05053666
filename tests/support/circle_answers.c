/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/circle_answers.h"

#include "tests/support/circle_oracle.h"

#include <stdlib.h>
#include <string.h>

#define AGO_MS (INT64_C(6000) * 24 * 3600 * 1000)

static size_t below(const struct chooser *chooser, size_t limit) {
    return chooser->below(chooser->context, limit);
}

static bool chance(const struct chooser *chooser, size_t percent) {
    return below(chooser, 100) < percent;
}

/* ---- Questions ---- */

enum { ROLE_QUESTIONS = 6, MAY_QUESTIONS = 4, PLAN_QUESTIONS = 3, CTL_MAX = 3 };

struct role_question {
    struct event_author author;
    uint8_t ctl[CTL_MAX][REF_BYTES];
    size_t ctl_count;
    enum rb_status status;
    enum circle_role role;
    enum rb_status former_status;
    enum circle_role former_role;
};

/* What one person may do to another. */
struct may_question {
    uint8_t author[HASH_BYTES];
    uint8_t target[HASH_BYTES];
    enum circle_role role;
    enum circle_rule add, remove, adopt;
};

/* The keys that a writer holds: eids, in any number of copies. */
struct held_keys {
    uint8_t ids[MADE_OPS_MAX][HASH_BYTES];
    size_t count;
};

struct plan_question {
    uint8_t device[CERT_ID_BYTES];
    struct held_keys held;
    int64_t now_ms;
    enum rb_status status;
    struct epoch_plan plan;
};

struct circle_answers {
    size_t waiting;
    size_t op_count;
    uint64_t granted; /* bit i is made_ref i */
    struct member people[ORACLE_NAMES_MAX];
    size_t people_count;
    uint8_t heads[ORACLE_OPS_MAX][REF_BYTES];
    size_t head_count;
    struct recipient recipients[ORACLE_NAMES_MAX];
    size_t recipient_count;
    struct op_lock adopted[ORACLE_LOCKS_MAX];
    size_t adopted_count;
    struct role_question roles[ROLE_QUESTIONS];
    struct may_question mays[MAY_QUESTIONS];
    struct plan_question plans[PLAN_QUESTIONS];
};

static bool key_is_held(void *context, const uint8_t eid[static HASH_BYTES]) {
    const struct held_keys *held = context;

    for (size_t i = 0; i < held->count; i++) {
        if (memcmp(held->ids[i], eid, HASH_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

static void ask_role(struct role_question *question, struct oracle *oracle,
                     const struct chooser *chooser, size_t person_count) {
    struct event_author *author = &question->author;
    char letter = chosen_device(chooser, person_count);

    made_person(author->person, letter);
    made_device(author->device, letter);
    made_log(author->log, letter, (uint8_t)below(chooser, CHOSEN_LOGS));
    author->seq = 1 + below(chooser, oracle->count + 1);
    question->ctl_count = below(chooser, CTL_MAX + 1);
    for (size_t i = 0; i < question->ctl_count; i++) {
        made_ref(question->ctl[i], below(chooser, oracle->count));
    }
    question->status = oracle_role_at(oracle, author, (const uint8_t(*)[REF_BYTES])question->ctl,
                                      question->ctl_count, &question->role);
    question->former_status = oracle_former_role(oracle, author->person, &question->former_role);
}

static void ask_may(struct may_question *question, struct oracle *oracle,
                    const struct chooser *chooser, size_t person_count) {
    size_t author = below(chooser, person_count);
    size_t target = below(chooser, person_count);

    made_person(question->author, (char)('a' + (int)author));
    made_person(question->target, (char)('a' + (int)target));
    question->role = (enum circle_role)below(chooser, 4);
    question->add = oracle_may_add(oracle, question->author, question->target, question->role);
    question->remove = oracle_may_remove(oracle, question->author, question->target);
    question->adopt = oracle_may_adopt(oracle, question->author);
}

static void ask_plan(struct plan_question *question, struct oracle *oracle,
                     const struct made_circle *made, const struct chooser *chooser,
                     size_t person_count) {
    uint64_t known = chosen_keys(made);
    uint64_t some = chance(chooser, 40) ? known : chosen_some(chooser, known);

    for (size_t i = 0; i < made->count; i++) {
        if ((some >> i & 1) != 0) {
            memcpy(question->held.ids[question->held.count++], made->ops[i].epoch, HASH_BYTES);
        }
    }
    made_device(question->device, chance(chooser, 50) ? 'a' : chosen_device(chooser, person_count));
    question->now_ms = CHOSEN_NOW_MS - (chance(chooser, 10) ? AGO_MS : 0);
    question->status = oracle_plan(oracle, question->device, key_is_held, &question->held,
                                   question->now_ms, &question->plan);
}

struct circle_answers *circle_answers_new(const struct made_circle *made,
                                          const struct chooser *chooser, size_t person_count) {
    struct circle_answers *answers = rb_alloc(1, sizeof *answers);
    struct oracle oracle = oracle_of(made->ops, made->count);

    answers->waiting = oracle_waiting(&oracle);
    answers->op_count = made->count;
    answers->granted = oracle.granted;
    answers->people_count = oracle_people(&oracle, answers->people);
    answers->head_count = oracle_heads(&oracle, answers->heads);
    answers->recipient_count = oracle_recipients(&oracle, answers->recipients);
    for (size_t i = 0; i < ROLE_QUESTIONS; i++) {
        ask_role(&answers->roles[i], &oracle, chooser, person_count);
    }
    answers->adopted_count = oracle_adopted(&oracle, answers->adopted);
    for (size_t i = 0; i < MAY_QUESTIONS; i++) {
        ask_may(&answers->mays[i], &oracle, chooser, person_count);
    }
    for (size_t i = 0; i < PLAN_QUESTIONS; i++) {
        ask_plan(&answers->plans[i], &oracle, made, chooser, person_count);
    }
    return answers;
}

void circle_answers_free(struct circle_answers *answers) {
    free(answers);
}

/* ---- Comparison ---- */

static bool people_agree(const struct circle_answers *answers, const struct circle *circle) {
    const struct member *people;

    if (circle_people(circle, &people) != answers->people_count) {
        return false;
    }
    for (size_t i = 0; i < answers->people_count; i++) {
        const struct member *expected = &answers->people[i];
        if (memcmp(people[i].person, expected->person, HASH_BYTES) != 0 ||
            memcmp(people[i].by, expected->by, HASH_BYTES) != 0 ||
            people[i].role != expected->role || people[i].rank != expected->rank ||
            people[i].state != expected->state || people[i].until_s != expected->until_s) {
            return false;
        }
    }
    return true;
}

static bool grants_agree(const struct circle_answers *answers, const struct circle *circle) {
    for (size_t i = 0; i <= answers->op_count; i++) { /* the last is not there */
        uint8_t ref[REF_BYTES];
        made_ref(ref, i);
        if (circle_grants(circle, ref) != op_set_has(answers->granted, i)) {
            return false;
        }
    }
    return true;
}

static bool heads_agree(const struct circle_answers *answers, const struct circle *circle) {
    uint8_t heads[ORACLE_OPS_MAX][REF_BYTES];
    size_t count = circle_heads(circle, heads, ORACLE_OPS_MAX);

    return count == answers->head_count && memcmp(heads, answers->heads, count * REF_BYTES) == 0;
}

static bool recipients_agree(const struct circle_answers *answers, const struct circle *circle) {
    const struct recipient *recipients;
    size_t count = circle_recipients(circle, &recipients);

    /* Nothing but arrays of bytes: no padding. */
    return count == answers->recipient_count &&
           memcmp(recipients, answers->recipients, count * sizeof *recipients) == 0;
}

static bool adopted_agree(const struct circle_answers *answers, const struct circle *circle) {
    const struct op_lock *heads;
    size_t count = circle_adopted(circle, &heads);
    bool agree = count == answers->adopted_count;

    for (size_t i = 0; agree && i < count; i++) {
        const struct op_lock *expected = &answers->adopted[i];
        agree = memcmp(heads[i].log, expected->log, LOG_PK_BYTES) == 0 &&
                heads[i].seq == expected->seq &&
                memcmp(heads[i].hash, expected->hash, HASH_BYTES) == 0;
    }
    return agree;
}

static bool role_agrees(const struct role_question *question, const struct circle *circle) {
    enum circle_role role = CIRCLE_READER;
    enum rb_status status =
        circle_role_at(circle, &question->author, (const uint8_t(*)[REF_BYTES])question->ctl,
                       question->ctl_count, &role);

    return status == question->status && (status != RB_OK || role == question->role);
}

static bool former_agrees(const struct role_question *question, const struct circle *circle) {
    enum circle_role role = CIRCLE_READER;
    enum rb_status status = circle_former_role(circle, question->author.person, &role);

    return status == question->former_status && (status != RB_OK || role == question->former_role);
}

static bool may_agrees(const struct may_question *question, const struct circle *circle) {
    return circle_may_add(circle, question->author, question->target, question->role) ==
               question->add &&
           circle_may_remove(circle, question->author, question->target) == question->remove &&
           circle_may_adopt(circle, question->author) == question->adopt;
}

static bool key_grants_agree(const struct epoch_grant *a, const struct epoch_grant *b) {
    return memcmp(a->epoch, b->epoch, HASH_BYTES) == 0 && a->authored_here == b->authored_here &&
           a->missing_count == b->missing_count &&
           memcmp(a->missing, b->missing, a->missing_count * sizeof a->missing[0]) == 0;
}

static bool plans_agree(const struct epoch_plan *a, const struct epoch_plan *b) {
    if (a->rotate != b->rotate || (!a->rotate && memcmp(a->use, b->use, HASH_BYTES) != 0) ||
        a->head_count != b->head_count || a->grant_count != b->grant_count) {
        return false;
    }
    for (size_t i = 0; i < a->grant_count; i++) {
        if (!key_grants_agree(&a->grants[i], &b->grants[i])) {
            return false;
        }
    }
    return memcmp(a->heads, b->heads, a->head_count * HASH_BYTES) == 0;
}

static bool plan_agrees(const struct plan_question *question, const struct circle *circle) {
    struct held_keys held = question->held;
    struct epoch_plan plan = { 0 };
    enum rb_status status =
        epoch_plan(circle, question->device, key_is_held, &held, question->now_ms, &plan);

    return status == question->status && (status != RB_OK || plans_agree(&plan, &question->plan));
}

const char *circle_answers_differ(const struct circle_answers *answers,
                                  const struct circle *circle) {
    if (circle_waiting(circle) != answers->waiting) {
        return "waiting";
    }
    if (!grants_agree(answers, circle)) {
        return "what is granted";
    }
    if (!people_agree(answers, circle)) {
        return "people";
    }
    if (!heads_agree(answers, circle)) {
        return "heads";
    }
    if (!recipients_agree(answers, circle)) {
        return "recipients";
    }
    if (!adopted_agree(answers, circle)) {
        return "adopted";
    }
    for (size_t i = 0; i < ROLE_QUESTIONS; i++) {
        if (!role_agrees(&answers->roles[i], circle)) {
            return "role at";
        }
        if (!former_agrees(&answers->roles[i], circle)) {
            return "former role";
        }
    }
    for (size_t i = 0; i < MAY_QUESTIONS; i++) {
        if (!may_agrees(&answers->mays[i], circle)) {
            return "may";
        }
    }
    for (size_t i = 0; i < PLAN_QUESTIONS; i++) {
        if (!plan_agrees(&answers->plans[i], circle)) {
            return "plan";
        }
    }
    return NULL;
}
