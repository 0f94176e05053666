/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/circle_trial.h"

#include "tests/support/circle_answers.h"
#include "tests/support/circle_oracle.h"
#include "tests/support/random.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FEW_OPS_MAX = 6, SOME_OPS_MAX = 16, MANY_OPS_MAX = 30, FEW_PEOPLE_MAX = 5 };

void circle_trial_init(struct circle_trial *trial) {
    *trial = (struct circle_trial) { .made = made_circle_new() };
}

void circle_trial_clear(struct circle_trial *trial) {
    made_circle_free(trial->made);
    trial->made = NULL;
}

const char *circle_sentence(size_t index) {
    return index == 0 ? "the fold answers as the oracle does"
                      : circle_properties[index - 1].sentence;
}

/* ---- What is interesting ---- */

static bool has_mutual_removal(const struct oracle *oracle) {
    for (size_t r = 0; r < oracle->count; r++) {
        for (size_t s = 0; op_set_has(oracle->endings, r) && s < oracle->count; s++) {
            if (is_removal(&oracle->ops[r]) && op_set_has(oracle->ready, s) &&
                is_removal(&oracle->ops[s]) &&
                same_id(oracle->ops[r].author, oracle->ops[s].target) &&
                same_id(oracle->ops[r].target, oracle->ops[s].author) &&
                oracle_concurrent(oracle, r, s)) {
                return true;
            }
        }
    }
    return false;
}

static op_set removals_that_count(const struct oracle *oracle) {
    op_set found = 0;

    for (size_t r = 0; r < oracle->count; r++) {
        bool counts = op_set_has(oracle->endings, r) && is_removal(&oracle->ops[r]);
        found |= counts ? op_set_of(r) : 0;
    }
    return found;
}

static bool is_void(struct oracle *oracle, size_t o) {
    enum op_type type = oracle->ops[o].type;
    bool can_be = type == OP_ADD || type == OP_ADOPT || is_removal(&oracle->ops[o]);

    return can_be && op_set_has(oracle->granted, o) && oracle_voided(oracle, o);
}

static bool is_member_by(struct oracle *oracle, size_t a) {
    const struct op *op = &oracle->ops[a];

    return is_naming(op) && op_set_has(oracle->granted, a) &&
           op_set_has(oracle_adds_in(oracle, op->person.person, oracle_everything(oracle)), a);
}

static bool is_return(struct oracle *oracle, size_t a) {
    op_set removals = removals_that_count(oracle) & oracle_past(oracle, a);

    for (size_t r = 0; r < oracle->count; r++) {
        if (op_set_has(removals, r) &&
            same_id(oracle->ops[r].target, oracle->ops[a].person.person)) {
            return is_member_by(oracle, a);
        }
    }
    return false;
}

static bool is_promotion(struct oracle *oracle, size_t a) {
    if (!is_member_by(oracle, a)) {
        return false;
    }
    for (size_t b = 0; b < oracle->count; b++) {
        if (is_member_by(oracle, b) && oracle->ops[a].role != oracle->ops[b].role &&
            same_id(oracle->ops[a].person.person, oracle->ops[b].person.person)) {
            return true;
        }
    }
    return false;
}

/* True if v ends an ADD that stands, or is about a device that did something. */
static bool has_effect(struct oracle *oracle, size_t v) {
    for (size_t i = 0; oracle->ops[v].type == OP_REVOKED && i < oracle->count; i++) {
        const struct op *op = &oracle->ops[i];
        if ((is_naming(op) && op_set_has(oracle->granted, i) && oracle_stands(oracle, i) &&
             oracle_ends(oracle, v, i)) ||
            (is_void(oracle, i) &&
             oracle_revokes_device(oracle, v, op->author, op->author_device))) {
            return true;
        }
    }
    return false;
}

static bool is_forked(struct oracle *oracle, size_t i) {
    for (size_t j = 0; j < i; j++) {
        if (oracle->ops[i].seq == oracle->ops[j].seq &&
            memcmp(oracle->ops[i].log, oracle->ops[j].log, LOG_PK_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

static bool owner_is_the_senior(struct oracle *oracle) {
    struct member people[ORACLE_NAMES_MAX];
    size_t count = oracle_people(oracle, people);

    return count > 0 && member_is_in(&people[0]) && people[0].role == CIRCLE_OWNER &&
           oracle_highest(oracle, oracle_adds_in(oracle, people[0].person,
                                                 oracle_everything(oracle))) < CIRCLE_MANAGER;
}

static bool any(struct oracle *oracle, bool (*is_so)(struct oracle *oracle, size_t i)) {
    for (size_t i = 0; i < oracle->count; i++) {
        if (is_so(oracle, i)) {
            return true;
        }
    }
    return false;
}

static void tally_add(struct circle_tally *tally, const struct made_circle *made) {
    struct oracle oracle = oracle_of(made->ops, made->count);
    struct op_lock adopted[ORACLE_LOCKS_MAX];

    tally->circles++;
    tally->removals += removals_that_count(&oracle) != 0;
    tally->voided += any(&oracle, is_void);
    tally->mutual_removals += has_mutual_removal(&oracle);
    tally->returns += any(&oracle, is_return);
    tally->revocations += any(&oracle, has_effect);
    tally->promotions += any(&oracle, is_promotion);
    tally->adoptions += oracle_adopted(&oracle, adopted) > 0;
    tally->forks += any(&oracle, is_forked);
    tally->owners_by_seniority += owner_is_the_senior(&oracle);
}

void circle_tally_print(const struct circle_tally *tally) {
    const struct {
        uint64_t count;
        const char *what;
    } lines[] = {
        { tally->circles, "circles, of these with" },
        { tally->removals, "a removal that counts" },
        { tally->voided, "a void operation" },
        { tally->mutual_removals, "two people who remove each other" },
        { tally->returns, "a member again after a removal" },
        { tally->revocations, "a revocation that has an effect" },
        { tally->promotions, "a promotion" },
        { tally->adoptions, "an adoption" },
        { tally->forks, "a fork" },
        { tally->owners_by_seniority, "an owner by seniority" },
    };

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        (void)printf("%10" PRIu64 " %s\n", lines[i].count, lines[i].what);
    }
}

/* ---- One circle ---- */

static size_t random_choice(void *context, size_t limit) {
    return random_below(context, limit);
}

/* Mostly few operations: what breaks, breaks there, and can be read. */
static size_t choose_op_count(struct random *random) {
    size_t dice = random_below(random, 100);

    if (dice < 20) {
        return 2 + random_below(random, FEW_OPS_MAX - 1);
    }
    return 7 + random_below(random, (dice < 97 ? SOME_OPS_MAX : MANY_OPS_MAX) - 6);
}

static size_t choose_person_count(struct random *random, size_t op_count) {
    return 2 + random_below(random,
                            op_count > SOME_OPS_MAX ? CHOSEN_PEOPLE_MAX - 1 : FEW_PEOPLE_MAX - 1);
}

static void failed(struct circle_trial *trial, size_t sentence, uint64_t seed) {
    if (trial->failed[sentence] == 0) {
        trial->failed[sentence] = seed;
    }
}

void circle_trial_run(struct circle_trial *trial, uint64_t seed) {
    struct random random = { .state = seed };
    struct chooser chooser = { .below = random_choice, .context = &random };
    size_t op_count = choose_op_count(&random);
    size_t person_count = choose_person_count(&random, op_count);

    made_circle_reset(trial->made);
    chosen_circle(trial->made, &chooser, op_count, person_count);
    tally_add(&trial->tally, trial->made);

    struct circle_answers *answers = circle_answers_new(trial->made, &chooser, person_count);
    struct examination *examination = examination_new(trial->made, &chooser, person_count);
    const char *difference = circle_answers_differ(answers, examination->whole);
    if (difference != NULL && trial->failed[0] == 0) {
        trial->answered_otherwise = difference;
        failed(trial, 0, seed);
    }
    for (size_t i = 0; i < CIRCLE_PROPERTIES; i++) {
        if (!circle_properties[i].holds(examination)) {
            failed(trial, i + 1, seed);
        }
    }
    examination_free(examination);
    circle_answers_free(answers);
}
