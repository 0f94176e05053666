/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/circle_chooser.h"

#include "tests/support/circle_oracle.h"

#include <stdlib.h>
#include <string.h>

enum { LOGS = 3 }; /* of one person */

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define NOW_MS (INT64_C(20000) * DAY_MS)

static size_t below(const struct chooser *chooser, size_t limit) {
    return chooser->below(chooser->context, limit);
}

static bool chance(const struct chooser *chooser, size_t percent) {
    return below(chooser, 100) < percent;
}

/* ---- Circles ---- */

static char choose_device(const struct chooser *chooser, size_t person_count) {
    char letter = (char)('a' + (int)below(chooser, person_count));

    return chance(chooser, 15) ? (char)(letter - 0x20) : letter;
}

static uint64_t choose_some(const struct chooser *chooser, uint64_t of) {
    uint64_t some = 0;

    for (size_t i = 0; i < 64; i++) {
        uint64_t bit = of & UINT64_C(1) << i;
        some |= bit != 0 && chance(chooser, 50) ? bit : 0;
    }
    return some;
}

/* All before; the last only; some; now and then one that is absent or not yet there. */
static uint64_t choose_deps(const struct chooser *chooser, size_t index, size_t op_count) {
    uint64_t earlier = (UINT64_C(1) << index) - 1;
    uint64_t deps = choose_some(chooser, earlier);

    if (chance(chooser, 40)) {
        deps = earlier;
    } else if (chance(chooser, 25) && index > 0) {
        deps = UINT64_C(1) << (index - 1);
    }
    if (chance(chooser, 2)) {
        deps |= MADE_ABSENT;
    }
    if (chance(chooser, 2)) {
        deps |= UINT64_C(1) << (index + below(chooser, op_count - index));
    }
    return deps;
}

/* The operations so far that carry a key. */
static uint64_t carriers(const struct made_circle *made) {
    uint64_t found = 0;

    for (size_t i = 0; i < made->count; i++) {
        enum op_type type = made->ops[i].type;
        bool carries = type == OP_GENESIS || type == OP_EPOCH || type == OP_KEYGRANT;
        found |= carries ? UINT64_C(1) << i : 0;
    }
    return found;
}

static void choose_to(const struct chooser *chooser, size_t person_count, char to[static 8]) {
    size_t count = 1 + below(chooser, person_count);

    for (size_t i = 0; i < count; i++) {
        bool in_order = chance(chooser, 70);
        to[i] = in_order ? (char)('a' + (int)i) : choose_device(chooser, person_count);
    }
    to[count] = '\0';
}

/* A new key, or one that somebody has made before. */
static struct epoch_key choose_key(const struct made_circle *made, const struct chooser *chooser,
                                   uint64_t known) {
    struct epoch_key key;
    uint64_t some = choose_some(chooser, known);

    made_key(made, &key);
    return some == 0 || chance(chooser, 85) ? key : made->keys[made_index(some)];
}

static void choose_epoch(struct made_circle *made, const struct chooser *chooser, char author,
                         const char *to, uint64_t deps) {
    uint64_t known = carriers(made);
    uint64_t parents = chance(chooser, 70) ? known : choose_some(chooser, known);
    uint64_t wraps = chance(chooser, 80) ? parents : choose_some(chooser, known);
    struct epoch_key key = choose_key(made, chooser, known);

    made_epoch_of(made, author, &key, to, parents, wraps, deps);
}

static void choose_key_op(struct made_circle *made, const struct chooser *chooser, char author,
                          size_t person_count, uint64_t deps) {
    uint64_t known = carriers(made);
    uint64_t some = choose_some(chooser, known);
    char to[8];

    choose_to(chooser, person_count, to);
    if (known == 0 || chance(chooser, 60)) {
        choose_epoch(made, chooser, author, to, deps);
    } else {
        made_grant(made, author, some != 0 ? some : known, to, deps);
    }
}

/* Locks of some logs, which end anywhere. */
static void choose_end(struct made_circle *made, const struct chooser *chooser, enum op_type type,
                       char author, uint64_t deps) {
    unsigned numbers = (unsigned)below(chooser, 1u << LOGS);

    made_end(made, type, author, numbers, below(chooser, made->count + 2), deps);
}

static void choose_op(struct made_circle *made, const struct chooser *chooser, char author,
                      size_t person_count, uint64_t deps) {
    size_t dice = below(chooser, 100);

    if (dice < 38) {
        char target = choose_device(chooser, person_count);
        enum circle_role role = (enum circle_role)below(chooser, 4);
        made_add(made, author, target, role, deps);
        made->ops[made->count - 1].seal.generation = 1 + (uint32_t)below(chooser, 2);
    } else if (dice < 50) {
        choose_end(made, chooser, OP_REMOVE, author, deps);
    } else if (dice < 53) {
        made_remove(made, author, choose_device(chooser, person_count), deps);
    } else if (dice < 58) {
        choose_end(made, chooser, OP_DECLINE, author, deps);
    } else if (dice < 70) {
        made_accept(made, author, deps);
    } else if (dice < 73) {
        made_genesis(made, author, chance(chooser, 50) ? 0 : deps);
    } else {
        choose_key_op(made, chooser, author, person_count, deps);
    }
}

void chosen_circle(struct made_circle *made, const struct chooser *chooser, size_t op_count,
                   size_t person_count) {
    for (size_t i = 0; i < op_count; i++) {
        made->log = chance(chooser, 25) ? (uint8_t)below(chooser, LOGS) : 0;
        int64_t ages_ms[] = { DAY_MS, DAY_MS, 89 * DAY_MS, 91 * DAY_MS, -400 * DAY_MS };
        made->now_ms = NOW_MS - ages_ms[below(chooser, sizeof ages_ms / sizeof ages_ms[0])];
        if (i == 0 && chance(chooser, 95)) {
            made_genesis(made, 'a', 0);
            continue;
        }
        char author = chance(chooser, 30) ? 'a' : choose_device(chooser, person_count);
        choose_op(made, chooser, author, person_count, choose_deps(chooser, i, op_count));
    }
}

/* ---- Questions ---- */

enum { ROLE_QUESTIONS = 4, PLAN_QUESTIONS = 4, CTL_MAX = 3 };

struct role_question {
    uint8_t person[HASH_BYTES];
    uint8_t log[LOG_PK_BYTES];
    uint64_t seq;
    uint8_t ctl[CTL_MAX][REF_BYTES];
    size_t ctl_count;
    enum rb_status status;
    enum circle_role role;
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
    struct member people[ORACLE_NAMES_MAX];
    size_t people_count;
    uint8_t heads[ORACLE_OPS_MAX][REF_BYTES];
    size_t head_count;
    struct recipient recipients[ORACLE_NAMES_MAX];
    size_t recipient_count;
    struct role_question roles[ROLE_QUESTIONS];
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
    char letter = choose_device(chooser, person_count);

    made_person(question->person, letter);
    made_log(question->log, letter, (uint8_t)below(chooser, LOGS));
    question->seq = 1 + below(chooser, oracle->count + 1);
    question->ctl_count = below(chooser, CTL_MAX + 1);
    for (size_t i = 0; i < question->ctl_count; i++) {
        made_ref(question->ctl[i], below(chooser, oracle->count));
    }
    question->status = oracle_role_at(oracle, question->person, question->log, question->seq,
                                      (const uint8_t(*)[REF_BYTES])question->ctl,
                                      question->ctl_count, &question->role);
}

static void ask_plan(struct plan_question *question, struct oracle *oracle,
                     const struct made_circle *made, const struct chooser *chooser,
                     size_t person_count) {
    uint64_t known = carriers(made);
    uint64_t some = chance(chooser, 40) ? known : choose_some(chooser, known);

    for (size_t i = 0; i < made->count; i++) {
        if ((some >> i & 1) != 0) {
            memcpy(question->held.ids[question->held.count++], made->ops[i].epoch, HASH_BYTES);
        }
    }
    made_device(question->device, chance(chooser, 50) ? 'a' : choose_device(chooser, person_count));
    question->now_ms = NOW_MS - (chance(chooser, 10) ? 6000 * DAY_MS : 0);
    question->status = oracle_plan(oracle, question->device, key_is_held, &question->held,
                                   question->now_ms, &question->plan);
}

struct circle_answers *circle_answers_new(const struct made_circle *made,
                                          const struct chooser *chooser, size_t person_count) {
    struct circle_answers *answers = rb_alloc(1, sizeof *answers);
    struct oracle oracle = oracle_of(made->ops, made->count);

    answers->waiting = oracle_waiting(&oracle);
    answers->people_count = oracle_people(&oracle, answers->people);
    answers->head_count = oracle_heads(&oracle, answers->heads);
    answers->recipient_count = oracle_recipients(&oracle, answers->recipients);
    for (size_t i = 0; i < ROLE_QUESTIONS; i++) {
        ask_role(&answers->roles[i], &oracle, chooser, person_count);
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
            people[i].role != expected->role || people[i].state != expected->state) {
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

static bool role_agrees(const struct role_question *question, const struct circle *circle) {
    enum circle_role role = CIRCLE_READER;
    enum rb_status status =
        circle_role_at(circle, question->person, question->log, question->seq,
                       (const uint8_t(*)[REF_BYTES])question->ctl, question->ctl_count, &role);

    return status == question->status && (status != RB_OK || role == question->role);
}

static bool grants_agree(const struct epoch_grant *a, const struct epoch_grant *b) {
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
        if (!grants_agree(&a->grants[i], &b->grants[i])) {
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

static const char *difference(const struct circle_answers *answers, const struct circle *circle) {
    if (circle_waiting(circle) != answers->waiting) {
        return "waiting";
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
    for (size_t i = 0; i < ROLE_QUESTIONS; i++) {
        if (!role_agrees(&answers->roles[i], circle)) {
            return "role";
        }
    }
    for (size_t i = 0; i < PLAN_QUESTIONS; i++) {
        if (!plan_agrees(&answers->plans[i], circle)) {
            return "plan";
        }
    }
    return NULL;
}

const char *circle_answers_differ(const struct circle_answers *answers, const struct op *ops,
                                  size_t count) {
    struct circle *circle = circle_fold(ops, count);
    const char *found = difference(answers, circle);

    circle_destroy(&circle);
    return found;
}
