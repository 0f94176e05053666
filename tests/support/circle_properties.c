/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/circle_properties.h"

#include <string.h>

enum { EVERY_ORDER_OPS = 4, EVERY_ORDER_OPS_MAX = 6, RANDOM_ORDERS = 3, ROLE_TRIES = 4 };

/* ---- Orders ---- */

static bool order_holds(struct examination *examination, const size_t *order, size_t count) {
    for (size_t i = 0; i < count; i++) {
        examination->list[i] = *examination_op(examination, order[i]);
    }
    struct circle *circle = circle_fold(examination->list, count);
    bool same = circles_same_effect(circle, examination->whole) &&
                circles_same_verdict(circle, examination->whole) &&
                circle_waiting(circle) == circle_waiting(examination->whole);
    circle_destroy(&circle);
    return same;
}

static void swap(size_t *a, size_t *b) {
    size_t kept = *a;

    *a = *b;
    *b = kept;
}

/* Heap's algorithm, without recursion. */
static bool every_order_holds(struct examination *examination, size_t *order, size_t count) {
    size_t turns[EVERY_ORDER_OPS_MAX] = { 0 };
    size_t i = 0;

    while (i < count) {
        if (turns[i] == i) {
            turns[i++] = 0;
            continue;
        }
        swap(&order[i % 2 == 0 ? 0 : turns[i]], &order[i]);
        if (!order_holds(examination, order, count)) {
            return false;
        }
        turns[i]++;
        i = 0;
    }
    return true;
}

/* The 120 and 720 orders of five and six operations now and then. */
static bool order_changes_nothing(struct examination *examination) {
    size_t count = examination->made->count;
    size_t order[2 * MADE_OPS_MAX];

    for (size_t i = 0; i < count; i++) {
        order[i] = i;
    }
    if (count <= EVERY_ORDER_OPS || (count <= EVERY_ORDER_OPS_MAX &&
                                     examination_below(examination, count == 5 ? 20 : 100) == 1)) {
        return every_order_holds(examination, order, count);
    }
    for (size_t n = 0; n < RANDOM_ORDERS; n++) {
        for (size_t i = count; i > 1; i--) {
            swap(&order[i - 1], &order[examination_below(examination, i)]);
        }
        if (!order_holds(examination, order, count)) {
            return false;
        }
    }
    return true;
}

static bool twice_counts_once(struct examination *examination) {
    size_t order[2 * MADE_OPS_MAX];
    size_t count = examination->made->count;
    size_t copies = 1 + examination_below(examination, count);

    for (size_t i = 0; i < count + copies; i++) {
        order[i] = i < count ? i : examination_below(examination, count);
        swap(&order[i], &order[examination_below(examination, i + 1)]);
    }
    return order_holds(examination, order, count + copies);
}

static bool waiting_changes_nothing(struct examination *examination) {
    if (examination->ready == examination_all(examination)) {
        return true;
    }
    struct circle *circle = examination_fold(examination, examination->ready);
    bool same = circles_same_effect(circle, examination->whole) &&
                circles_same_verdict(circle, examination->whole);
    circle_destroy(&circle);
    return same;
}

/* ---- Seniority ---- */

/* In a circle that is anchored, or not, as all that one maker makes. */
static enum cert_rank rank_of(const struct examination *examination, const struct op *add) {
    if (!examination->made->anchored) {
        return RANK_WORKER;
    }
    return add->letter.exists && add->letter.root[0] == MADE_ROOT ? add->letter.rank : RANK_NONE;
}

static bool left_or_was_revoked(const struct examination *examination, const uint8_t *person) {
    for (size_t i = 0; i < examination->made->count; i++) {
        const struct op *op = examination_op(examination, i);
        bool leaves = op->type == OP_DECLINE || (op->type == OP_REMOVE && !op_is_removal(op));
        if ((leaves && same_person(op->author, person)) ||
            (op->type == OP_REVOKED && same_person(op->revocation.person, person))) {
            return true;
        }
    }
    return false;
}

/* The least that an ADD counts for: what it gives, but no more than what its author was given, and
 * nothing if he may have lost that again. */
static enum circle_role least_grade(const struct examination *examination, const struct op *add) {
    enum circle_role given = CIRCLE_READER;

    for (size_t i = 0; i < examination->made->count; i++) {
        const struct op *op = examination_op(examination, i);
        if (op_is_add_of(op, add->author) && op->role > given) {
            given = op->role;
        }
    }
    if (left_or_was_revoked(examination, add->author)) {
        given = CIRCLE_READER;
    }
    return add->role < given ? add->role : given;
}

/* True if one of the ADDs of x gives him no worse a place than some of those of y: a better rank,
 * or the same rank and no lower role than these count for. */
static bool may_be_senior(const struct examination *examination, const uint8_t *x,
                          const uint8_t *y) {
    for (size_t i = 0; i < examination->made->count; i++) {
        for (size_t j = 0; j < examination->made->count; j++) {
            const struct op *one = examination_op(examination, i);
            const struct op *other = examination_op(examination, j);
            if (!op_is_add_of(one, x) || !op_is_add_of(other, y)) {
                continue;
            }
            enum cert_rank ranks[2] = { rank_of(examination, one), rank_of(examination, other) };
            if (ranks[0] < ranks[1] ||
                (ranks[0] == ranks[1] && one->role >= least_grade(examination, other))) {
                return true;
            }
        }
    }
    return false;
}

/* True if somebody removed the person who may be his senior. */
static bool was_removed_by_senior(const struct examination *examination, const uint8_t *person) {
    for (size_t i = 0; i < examination->made->count; i++) {
        const struct op *op = examination_op(examination, i);
        if (op_is_removal(op) && same_person(op->target, person) &&
            may_be_senior(examination, op->author, person)) {
            return true;
        }
    }
    return false;
}

static bool no_junior_removes(struct examination *examination) {
    const struct member *people;
    size_t count = circle_people(examination->whole, &people);

    for (size_t i = 0; i < count; i++) {
        if (people[i].state == MEMBER_REMOVED &&
            !left_or_was_revoked(examination, people[i].person) &&
            !was_removed_by_senior(examination, people[i].person)) {
            return false;
        }
    }
    return true;
}

static bool somebody_manages(struct examination *examination) {
    const struct member *people;
    size_t count = circle_people(examination->whole, &people);

    for (size_t i = 0; i < count; i++) {
        if (member_is_in(&people[i]) && people[i].role >= CIRCLE_MANAGER) {
            return true;
        }
    }
    return count == 0 || !member_is_in(&people[0]);
}

/* Whether the removal r was allowed as far as its author knew. */
static enum circle_rule rule_for(struct examination *examination, size_t r) {
    struct circle *circle = examination_fold(examination, examination->below[r]);
    const struct op *op = examination_op(examination, r);
    enum circle_rule rule = circle_may_remove(circle, op->author, op->target);

    circle_destroy(&circle);
    return rule;
}

/* The only two endings of the circle, if there are two and they are removals. */
static bool find_two_removals(const struct examination *examination, size_t found[2]) {
    size_t count = 0;

    for (size_t i = 0; i < examination->made->count; i++) {
        const struct op *op = examination_op(examination, i);
        bool ends = op->type == OP_REMOVE || op->type == OP_DECLINE || op->type == OP_REVOKED;
        if (!set_has(examination->ready, i) || !ends) {
            continue;
        }
        if (count == 2 || !op_is_removal(op) || !circle_grants(examination->whole, op->ref)) {
            return false;
        }
        found[count++] = i;
    }
    return count == 2;
}

/* At least one of them may remove the other, who only may be his junior. */
static bool one_may_remove(struct examination *examination, const size_t r[static 2]) {
    enum circle_rule one = rule_for(examination, r[0]);
    enum circle_rule other = rule_for(examination, r[1]);

    return (one == RULE_ALLOWED && (other == RULE_ALLOWED || other == RULE_SENIOR)) ||
           (one == RULE_SENIOR && other == RULE_ALLOWED);
}

static bool one_of_two_stays(struct examination *examination) {
    size_t r[2];

    if (!find_two_removals(examination, r)) {
        return true;
    }
    const struct op *one = examination_op(examination, r[0]);
    const struct op *other = examination_op(examination, r[1]);
    uint64_t known = examination->below[r[0]] & examination->below[r[1]];
    if (!same_person(one->author, other->target) || !same_person(one->target, other->author) ||
        set_has(examination->below[r[0]], r[1]) || set_has(examination->below[r[1]], r[0]) ||
        examination_names(examination, examination->ready & ~known, one->author) ||
        examination_names(examination, examination->ready & ~known, one->target) ||
        !one_may_remove(examination, r)) {
        return true;
    }
    return circle_has(examination->whole, one->author) !=
           circle_has(examination->whole, one->target);
}

/* ---- Removal ---- */

/* True if r removed its target when nothing was known that came after it. */
static bool removal_counted(struct examination *examination, size_t r) {
    uint64_t others = examination->ready & ~examination_above(examination, r) & ~set_of(r);
    struct circle *without = examination_fold(examination, others);
    struct circle *with = examination_fold(examination, others | set_of(r));
    const struct op *op = examination_op(examination, r);
    bool counted = circle_has(without, op->target) && !circle_has(with, op->target);

    circle_destroy(&without);
    circle_destroy(&with);
    return counted;
}

/* The highest role that somebody gave him after r, or -1. */
static int role_after(const struct examination *examination, size_t r) {
    uint64_t later = examination_above(examination, r);
    int role = -1;

    for (size_t i = 0; i < examination->made->count; i++) {
        const struct op *op = examination_op(examination, i);
        if (set_has(later, i) && op_is_add_of(op, examination_op(examination, r)->target) &&
            (int)op->role > role) {
            role = (int)op->role;
        }
    }
    return role;
}

static bool others_manage(const struct circle *circle, const uint8_t *person) {
    const struct member *people;
    size_t count = circle_people(circle, &people);

    for (size_t i = 0; i < count; i++) {
        if (member_is_in(&people[i]) && people[i].role >= CIRCLE_MANAGER &&
            !same_person(people[i].person, person)) {
            return true;
        }
    }
    return false;
}

static bool removed_is_out_until_added(struct examination *examination) {
    size_t r = examination_choose(examination);

    if (r == examination->made->count || !op_is_removal(examination_op(examination, r)) ||
        !removal_counted(examination, r)) {
        return true;
    }
    const uint8_t *target = examination_op(examination, r)->target;
    const struct member *member = circle_member(examination->whole, target);
    int role = role_after(examination, r);
    return !member_is_in(member) ||
           (role >= 0 && ((int)member->role <= role || !others_manage(examination->whole, target)));
}

/* The removal by which somebody is out, or `count`.  It is told by its author: if there is another
 * of his, none. */
static size_t removal_of(const struct examination *examination, const uint8_t *person) {
    const struct member *member = circle_member(examination->whole, person);
    size_t found = examination->made->count;

    if (member == NULL || member->state != MEMBER_REMOVED) {
        return found;
    }
    for (size_t i = 0; i < examination->made->count; i++) {
        const struct op *op = examination_op(examination, i);
        if (op_is_removal(op) && same_person(op->target, person) &&
            same_person(op->author, member->by)) {
            if (found < examination->made->count) {
                return examination->made->count;
            }
            found = i;
        }
    }
    return found;
}

/* True if somebody removed the author of o, o knows it, and nobody added him again. */
static bool follows_removal(const struct examination *examination, size_t o) {
    const uint8_t *author = examination_op(examination, o)->author;
    size_t removal = removal_of(examination, author);

    return removal < examination->made->count && set_has(examination->below[o], removal) &&
           !examination_names(examination, examination_above(examination, removal), author);
}

/* True if somebody removed the author of o, and neither knows of the other. */
static bool is_beside_removal(const struct examination *examination, size_t o) {
    size_t removal = removal_of(examination, examination_op(examination, o)->author);

    return removal < examination->made->count && removal != o &&
           !set_has(examination->below[o], removal) && !set_has(examination->below[removal], o);
}

/* True if o adds somebody with a better letter than all that its author was added with. */
static bool raises(const struct examination *examination, size_t o) {
    const struct op *op = examination_op(examination, o);

    for (size_t i = 0; op->type == OP_ADD && i < examination->made->count; i++) {
        const struct op *add = examination_op(examination, i);
        if (set_has(examination->below[o], i) && op_is_add_of(add, op->author) &&
            rank_of(examination, add) <= rank_of(examination, op)) {
            return false;
        }
    }
    return op->type == OP_ADD;
}

/* What does not count in the end can still make a raising ADD fall (circle.h). */
static bool another_is_raised(const struct examination *examination, size_t o) {
    for (size_t i = 0; i < examination->made->count; i++) {
        if (i != o && set_has(examination->ready, i) && raises(examination, i)) {
            return true;
        }
    }
    return false;
}

/* Who is out can still say that a key of his is lost, and name devices: their persons sign. */
static bool removed_does_nothing(struct examination *examination) {
    size_t o = examination_choose(examination);

    if (o == examination->made->count || examination_above(examination, o) != 0 ||
        examination_op(examination, o)->type == OP_REVOKED ||
        examination_op(examination, o)->type == OP_DEVICE || another_is_raised(examination, o) ||
        !follows_removal(examination, o)) {
        return true;
    }
    struct circle *without =
        examination_fold(examination, examination_all(examination) & ~set_of(o));
    bool same = circles_same_effect(without, examination->whole);
    circle_destroy(&without);
    return same;
}

/* (Who had left before, and wrote within his own locks, is another case.) */
static bool beside_removal_nothing_counts(struct examination *examination) {
    size_t o = examination_choose(examination);

    if (o == examination->made->count || examination_above(examination, o) != 0 ||
        !is_beside_removal(examination, o) || another_is_raised(examination, o) ||
        left_or_was_revoked(examination, examination_op(examination, o)->author)) {
        return true;
    }
    const struct op *op = examination_op(examination, o);
    if (op->type != OP_ADD && op->type != OP_ADOPT && !op_is_removal(op)) {
        return true;
    }
    struct circle *without =
        examination_fold(examination, examination_all(examination) & ~set_of(o));
    bool same = circles_same_effect(without, examination->whole);
    circle_destroy(&without);
    return same;
}

/* ---- What has an effect, and on whom ---- */

static bool is_head(const struct examination *examination, size_t o) {
    uint8_t heads[MADE_OPS_MAX][REF_BYTES];
    size_t count = circle_heads(examination->whole, heads, MADE_OPS_MAX);

    for (size_t i = 0; i < count; i++) {
        if (memcmp(heads[i], examination_op(examination, o)->ref, REF_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

/* What nothing depends on has an effect if it is a head; or if it is a DEVICE, whoever wrote it. */
static bool without_effect_changes_nothing(struct examination *examination) {
    size_t o = examination_choose(examination);

    if (o == examination->made->count || examination_above(examination, o) != 0 ||
        is_head(examination, o) || another_is_raised(examination, examination->made->count) ||
        examination_op(examination, o)->type == OP_DEVICE) {
        return true;
    }
    struct circle *without =
        examination_fold(examination, examination_all(examination) & ~set_of(o));
    bool same = circles_same_effect(without, examination->whole);
    circle_destroy(&without);
    return same;
}

/* What `after` an operation of this kind may be otherwise than `before` it, for one person. */
static bool change_is_lawful(const struct op *op, const uint8_t *person, bool before, bool after) {
    if (before == after) {
        return true;
    }
    switch (op->type) {
    case OP_GENESIS:
    case OP_ADD:
        return after && same_person(op->person.person, person);
    case OP_REMOVE:
        return before && same_person(op->target, person);
    case OP_DECLINE:
        return before && same_person(op->author, person);
    case OP_REVOKED:
        return before && same_person(op->revocation.person, person);
    default:
        return false;
    }
}

static bool knowing_all_touches_only_whom_it_names(struct examination *examination) {
    size_t o = examination_choose(examination);
    bool lawful = true;

    if (o == examination->made->count) {
        return true;
    }
    struct circle *before = examination_fold(examination, examination->below[o]);
    struct circle *after = examination_fold(examination, examination->below[o] | set_of(o));
    for (size_t p = 0; p < examination->person_count && lawful; p++) {
        uint8_t person[HASH_BYTES];
        made_person(person, (char)('a' + (int)p));
        lawful = change_is_lawful(examination_op(examination, o), person,
                                  circle_has(before, person), circle_has(after, person));
    }
    circle_destroy(&before);
    circle_destroy(&after);
    return lawful;
}

/* ---- What may be done ---- */

/* The control heads, and the last operation of the author. */
static size_t fill_deps(const struct examination *examination, struct op *op) {
    uint8_t heads[MADE_OPS_MAX][REF_BYTES];
    size_t count = circle_heads(examination->whole, heads, MADE_OPS_MAX);

    memcpy(op->deps, heads, count * REF_BYTES);
    for (size_t i = examination->made->count; i > 0; i--) {
        if (set_has(examination->ready, i - 1) &&
            same_person(examination_op(examination, i - 1)->author, op->author)) {
            memcpy(op->deps[count], examination_op(examination, i - 1)->ref, REF_BYTES);
            return count + 1;
        }
    }
    return count;
}

/* A device of the person that holds, or 0. */
static char device_of(const struct circle *circle, const uint8_t *person) {
    const struct recipient *recipients;
    size_t count = circle_recipients(circle, &recipients);

    for (size_t i = 0; i < count; i++) {
        if (same_person(recipients[i].person, person)) {
            return (char)recipients[i].device[0];
        }
    }
    return 0;
}

/* The circle, and one more operation by the device `author`, in a log of its own. */
static struct circle *fold_with(struct examination *examination, struct op *op, char author) {
    size_t count = examination->made->count;

    made_ref(op->ref, MADE_OPS_MAX);
    made_person(op->author, author);
    made_device(op->author_device, author);
    made_log(op->log, author, CHOSEN_LOGS);
    op->seq = 1;
    op->dep_count = fill_deps(examination, op);
    memcpy(examination->list, examination->made->ops, count * sizeof *op);
    examination->list[count] = *op;
    return circle_fold(examination->list, count + 1);
}

static char choose_author(const struct examination *examination) {
    uint8_t person[HASH_BYTES];

    made_person(person,
                (char)('a' + (int)examination_below(examination, examination->person_count)));
    return device_of(examination->whole, person);
}

static bool what_may_be_added_is_in(struct examination *examination) {
    char author = choose_author(examination);
    char target = (char)('a' + (int)examination_below(examination, examination->person_count));
    uint8_t ids[2][HASH_BYTES];

    made_person(ids[0], author != 0 ? author : 'a');
    made_person(ids[1], target);
    if (author == 0) {
        return true;
    }
    enum circle_role role = (enum circle_role)examination_below(examination, 4);
    enum circle_rule rule = circle_may_add(examination->whole, ids[0], ids[1], role);
    struct made_circle *added = made_circle_new();
    added->serial = UINT8_MAX; /* a certificate that nobody has revoked */
    (void)made_add(added, author, target, role, 0);
    struct circle *circle = fold_with(examination, &added->ops[0], author);
    const struct member *member = circle_member(circle, ids[1]);
    bool holds = rule == RULE_ALLOWED
                     ? member_is_in(member) && member->role >= role
                     : rule == RULE_PRESENT || circles_same_people(circle, examination->whole);
    circle_destroy(&circle);
    made_circle_free(added);
    return holds;
}

static bool who_may_be_removed_is_out(struct examination *examination) {
    char author = choose_author(examination);
    struct op op = { .type = OP_REMOVE };
    uint8_t id[HASH_BYTES];

    made_person(op.target,
                (char)('a' + (int)examination_below(examination, examination->person_count)));
    made_person(id, author != 0 ? author : 'a');
    if (author == 0 || same_person(id, op.target)) {
        return true;
    }
    enum circle_rule rule = circle_may_remove(examination->whole, id, op.target);
    struct circle *circle = fold_with(examination, &op, author);
    bool holds = rule == RULE_ALLOWED ? !circle_has(circle, op.target)
                                      : circles_same_members(circle, examination->whole);
    circle_destroy(&circle);
    return holds;
}

static bool adopts(const struct circle *circle, const struct op_lock *lock) {
    const struct op_lock *heads;
    size_t count = circle_adopted(circle, &heads);

    for (size_t i = 0; i < count; i++) {
        if (memcmp(heads[i].log, lock->log, LOG_PK_BYTES) == 0 && heads[i].seq == lock->seq) {
            return true;
        }
    }
    return false;
}

static bool who_may_adopt_adopts(struct examination *examination) {
    char author = choose_author(examination);
    struct op_lock lock = { .seq = UINT8_MAX };
    uint8_t id[HASH_BYTES];

    if (author == 0) {
        return true;
    }
    made_person(id, author);
    made_log(lock.log, author, 0);
    struct made_circle *made = made_circle_new();
    (void)made_adopt(made, author, (struct made_locks) { author, 1, lock.seq }, 0);
    struct circle *circle = fold_with(examination, &made->ops[0], author);
    bool allowed = circle_may_adopt(examination->whole, id) == RULE_ALLOWED;
    bool holds =
        adopts(circle, &lock) == allowed && circles_same_people(circle, examination->whole);
    circle_destroy(&circle);
    made_circle_free(made);
    return holds;
}

/* ---- Content ---- */

static bool same_judgement(struct examination *examination, const struct circle *without,
                           uint64_t ctl) {
    struct event_author author = { .seq = 1 + examination_below(examination,
                                                                examination->made->count + 1) };
    char letter = chosen_device(examination->chooser, examination->person_count);
    uint8_t refs[1][REF_BYTES];
    enum circle_role roles[2] = { CIRCLE_READER, CIRCLE_READER };

    made_person(author.person, letter);
    made_device(author.device, letter);
    made_log(author.log, letter, (uint8_t)examination_below(examination, CHOSEN_LOGS));
    made_ref(refs[0], made_index(ctl));
    enum rb_status before =
        circle_role_at(without, &author, (const uint8_t(*)[REF_BYTES])refs, 1, &roles[0]);
    enum rb_status after = circle_role_at(examination->whole, &author,
                                          (const uint8_t(*)[REF_BYTES])refs, 1, &roles[1]);
    return before == after && roles[0] == roles[1];
}

/* With and without an operation on which nothing depends. */
static bool judgement_changes_with_verdict(struct examination *examination) {
    size_t o = examination_choose(examination);
    uint64_t others = examination->ready & ~set_of(o);
    bool holds = true;

    if (o == examination->made->count || examination_above(examination, o) != 0 || others == 0 ||
        examination_op(examination, o)->type == OP_GENESIS) {
        return true;
    }
    struct circle *without = examination_fold(examination, others);
    bool is_same = circles_same_verdict(without, examination->whole);
    for (size_t n = 0; n < ROLE_TRIES && holds && is_same; n++) {
        uint64_t some = chosen_some(examination->chooser, others);
        holds = some == 0 || same_judgement(examination, without, some);
    }
    circle_destroy(&without);
    return holds;
}

/* A key, an acceptance, an invitation of somebody new: nothing known is judged otherwise. */
static bool plain_operation_keeps_verdict(struct examination *examination) {
    size_t o = examination_choose(examination);
    uint64_t others = examination->ready & ~set_of(o);

    if (o == examination->made->count || examination_above(examination, o) != 0) {
        return true;
    }
    const struct op *op = examination_op(examination, o);
    bool is_key = op->type == OP_EPOCH || op->type == OP_KEYGRANT;
    bool is_new = op->type == OP_ADD && is_head(examination, o) &&
                  !examination_names(examination, others, op->person.person);
    if (!is_key && !is_new && op->type != OP_ACCEPT) {
        return true;
    }
    struct circle *without = examination_fold(examination, others);
    bool same = circles_same_verdict(without, examination->whole);
    circle_destroy(&without);
    return same;
}

const struct circle_property circle_properties[CIRCLE_PROPERTIES] = {
    { "the order in which operations come changes nothing", order_changes_nothing },
    { "what comes twice counts once", twice_counts_once },
    { "what waits changes nothing", waiting_changes_nothing },
    { "no junior removes a senior", no_junior_removes },
    { "a circle that has a member has a manager", somebody_manages },
    { "of two who remove each other exactly one stays", one_of_two_stays },
    { "whoever was removed is out until he is added again", removed_is_out_until_added },
    { "what somebody does who knows that he was removed changes nothing", removed_does_nothing },
    { "what somebody does who does not know that he was removed changes nothing",
      beside_removal_nothing_counts },
    { "what has no effect can be left out", without_effect_changes_nothing },
    { "what knows everything touches only whom it names", knowing_all_touches_only_whom_it_names },
    { "whom somebody may add is in, and otherwise not", what_may_be_added_is_in },
    { "whom somebody may remove is out, and otherwise not", who_may_be_removed_is_out },
    { "who may adopt does, and nobody else", who_may_adopt_adopts },
    { "content is judged otherwise only with another verdict", judgement_changes_with_verdict },
    { "a plain operation changes no verdict", plain_operation_keeps_verdict },
};
