/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/circle_chooser.h"

#include <string.h>

enum { LOGS = CHOSEN_LOGS };

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define NOW_MS CHOSEN_NOW_MS

static size_t below(const struct chooser *chooser, size_t limit) {
    return chooser->below(chooser->context, limit);
}

static bool chance(const struct chooser *chooser, size_t percent) {
    return below(chooser, 100) < percent;
}

/* ---- Names ---- */

char chosen_device(const struct chooser *chooser, size_t person_count) {
    char letter = (char)('a' + (int)below(chooser, person_count));

    return chance(chooser, 12) ? (char)(letter - 0x20) : letter;
}

uint64_t chosen_some(const struct chooser *chooser, uint64_t of) {
    uint64_t some = 0;

    for (size_t i = 0; of >> i != 0; i++) {
        uint64_t bit = of & UINT64_C(1) << i;
        some |= bit != 0 && chance(chooser, 50) ? bit : 0;
    }
    return some;
}

static bool is_person(const uint8_t *id, char letter) {
    return id[0] == (uint8_t)(letter | 0x20);
}

/* ---- What somebody knows ---- */

/* A circle in the making.  A person knows a set of operations with all that they depend on, and
 * what he does names the newest of these. */
struct scene {
    struct made_circle *made;
    const struct chooser *chooser;
    size_t people;
    size_t op_count;              /* when it will be done */
    uint64_t below[MADE_OPS_MAX]; /* all that an operation depends on */
    uint64_t knows[CHOSEN_PEOPLE_MAX];
    enum cert_rank ranks[CHOSEN_PEOPLE_MAX];
    char offices[CHOSEN_PEOPLE_MAX];
    bool is_wild;     /* the dependencies are any */
    bool is_orphaned; /* the founder made nobody a manager, and left */
};

static uint64_t with_below(const struct scene *scene, uint64_t ops) {
    uint64_t all = ops;

    for (size_t i = 0; ops >> i != 0; i++) {
        all |= (ops >> i & 1) != 0 ? scene->below[i] : 0;
    }
    return all;
}

/* The operations of a set on which no other of it depends. */
static uint64_t newest(const struct scene *scene, uint64_t known) {
    uint64_t heads = known;

    for (size_t i = 0; known >> i != 0; i++) {
        heads &= (known >> i & 1) != 0 ? ~scene->below[i] : ~UINT64_C(0);
    }
    return heads;
}

/* As far as he can see who knows `known` and is no judge of rules: the role of the person, or -1 if
 * he seems to be out. */
static int role_seen(const struct scene *scene, uint64_t known, char letter) {
    int role = -1;

    for (size_t i = 0; known >> i != 0; i++) {
        const struct op *op = &scene->made->ops[i];
        bool names = op->type == OP_GENESIS || op->type == OP_ADD;
        bool ends = (op->type == OP_REMOVE && is_person(op->target, letter)) ||
                    (op->type == OP_DECLINE && is_person(op->author, letter));
        if ((known >> i & 1) == 0) {
            continue;
        }
        if (names && is_person(op->person.person, letter) && (int)op->role > role) {
            role = (int)op->role;
        }
        role = ends ? -1 : role;
    }
    return role;
}

/* Somebody who seems to be in (or out), or anybody if it takes long to find one. */
static char choose_target(const struct scene *scene, uint64_t known, bool is_in) {
    char letter = 'a';

    for (size_t tries = 0; tries < 6; tries++) {
        letter = chosen_device(scene->chooser, scene->people);
        if ((role_seen(scene, known, letter) >= 0) == is_in) {
            break;
        }
    }
    return letter;
}

static size_t index_of_person(char letter) {
    return (size_t)((letter | 0x20) - 'a');
}

/* Before `target` is named: his usual letter, now and then another. */
static void choose_letter(struct scene *scene, char target) {
    struct made_circle *made = scene->made;
    const struct chooser *chooser = scene->chooser;
    size_t person = index_of_person(target);

    made->office = scene->offices[person];
    made->rank = scene->ranks[person];
    made->serial = chance(chooser, 12) ? (uint8_t)below(chooser, 2) : 0;
    made->foreign = chance(chooser, 3);
    made->until_s = chance(chooser, 20) ? 1 + (int64_t)below(chooser, 3) : 0;
    if (chance(chooser, 15)) {
        made->office = (char)('0' + (int)below(chooser, 3));
        made->office = made->office == '0' ? 0 : made->office;
        made->rank = (enum cert_rank)(RANK_PROVINCE + below(chooser, RANK_NONE));
    }
}

uint64_t chosen_keys(const struct made_circle *made) {
    uint64_t found = 0;

    for (size_t i = 0; i < made->count; i++) {
        enum op_type type = made->ops[i].type;
        bool carries = type == OP_GENESIS || type == OP_EPOCH || type == OP_KEYGRANT;
        found |= carries ? UINT64_C(1) << i : 0;
    }
    return found;
}

static void choose_to(const struct chooser *chooser, size_t person_count,
                      char to[static CHOSEN_PEOPLE_MAX + 1]) {
    size_t count = 1 + below(chooser, person_count);

    for (size_t i = 0; i < count; i++) {
        bool in_order = chance(chooser, 70);
        to[i] = in_order ? (char)('a' + (int)i) : chosen_device(chooser, person_count);
    }
    to[count] = '\0';
}

/* A new key, or one that somebody has made before. */
static struct epoch_key choose_key(const struct made_circle *made, const struct chooser *chooser,
                                   uint64_t known) {
    struct epoch_key key;
    uint64_t some = chosen_some(chooser, known);

    made_key(made, &key);
    return some == 0 || chance(chooser, 85) ? key : made->keys[made_index(some)];
}

static void choose_epoch(struct made_circle *made, const struct chooser *chooser, char author,
                         const char *to, uint64_t deps) {
    uint64_t known = chosen_keys(made);
    uint64_t parents = chance(chooser, 70) ? known : chosen_some(chooser, known);
    uint64_t wraps = chance(chooser, 80) ? parents : chosen_some(chooser, known);
    struct epoch_key key = choose_key(made, chooser, known);

    made_epoch_of(made, author, &key, to, parents, wraps, deps);
}

static void choose_key_op(struct made_circle *made, const struct chooser *chooser, char author,
                          size_t person_count, uint64_t deps) {
    uint64_t known = chosen_keys(made);
    uint64_t some = chosen_some(chooser, known);
    char to[CHOSEN_PEOPLE_MAX + 1];

    choose_to(chooser, person_count, to);
    if (known == 0 || chance(chooser, 60)) {
        choose_epoch(made, chooser, author, to, deps);
    } else {
        made_grant(made, author, some != 0 ? some : known, to, deps);
    }
}

/* ---- What somebody does ---- */

static unsigned choose_numbers(const struct chooser *chooser) {
    unsigned numbers = (unsigned)below(chooser, 1u << LOGS);

    return chance(chooser, 20) ? numbers | 1u << MADE_OTHER_LOGS : numbers;
}

/* Where locks end: often before or after everything. */
static uint64_t choose_end(const struct scene *scene) {
    size_t count = scene->made->count;

    return chance(scene->chooser, 60) ? below(scene->chooser, count + 2) : count;
}

static void do_add(struct scene *scene, char author, uint64_t known, uint64_t deps) {
    const struct chooser *chooser = scene->chooser;
    char target = choose_target(scene, known, chance(chooser, 25));
    int own = role_seen(scene, known, author);
    enum circle_role role = (enum circle_role)below(chooser, 4);

    if (chance(chooser, 50)) {
        role = CIRCLE_MANAGER;
    }
    if (own >= 0 && (int)role > own && chance(chooser, scene->is_orphaned ? 30 : 90)) {
        role = (enum circle_role)own;
    }
    choose_letter(scene, target);
    made_add(scene->made, author, target, role, deps);
    scene->made->ops[scene->made->count - 1].seal.generation = 1 + (uint32_t)below(chooser, 2);
}

static void do_remove(struct scene *scene, char author, char target, uint64_t deps) {
    unsigned numbers = choose_numbers(scene->chooser);

    made_remove_locked(scene->made, author, target, numbers, choose_end(scene), deps);
}

static void do_leave(struct scene *scene, char author, uint64_t deps) {
    unsigned numbers = choose_numbers(scene->chooser);
    enum op_type type = chance(scene->chooser, 70) ? OP_REMOVE : OP_DECLINE;

    made_end(scene->made, type, author, numbers, choose_end(scene), deps);
}

/* One of the operations that name the person, or NULL. */
static const struct op *choose_naming(const struct scene *scene, char letter) {
    const struct op *found = NULL;

    for (size_t i = 0; i < scene->made->count; i++) {
        const struct op *op = &scene->made->ops[i];
        bool names = op->type == OP_GENESIS || op->type == OP_ADD || op->type == OP_DEVICE;
        if (names && is_person(op->person.person, letter) &&
            (found == NULL || chance(scene->chooser, 50))) {
            found = op;
        }
    }
    return found;
}

static char choose_signer(const struct scene *scene, char of) {
    size_t dice = below(scene->chooser, 100);

    if (dice < 45) {
        return MADE_HIMSELF;
    }
    if (dice < 60) {
        return (char)(of ^ 0x20);
    }
    if (dice < 85) {
        return scene->offices[index_of_person(of)] != 0 ? scene->offices[index_of_person(of)] : '1';
    }
    return dice < 92 ? chosen_device(scene->chooser, scene->people) : of;
}

static void do_revoke(struct scene *scene, char author, uint64_t known, uint64_t deps) {
    const struct chooser *chooser = scene->chooser;
    char of = chance(chooser, 30) ? author : choose_target(scene, known, true);
    const struct op *naming = choose_naming(scene, of);
    struct made_revocation what = { of, chance(chooser, 50), choose_signer(scene, of),
                                    choose_numbers(chooser), choose_end(scene) };

    made_revoked(scene->made, author, what, deps);
    struct revocation *revocation = &scene->made->ops[scene->made->count - 1].revocation;
    if (what.of_person && naming != NULL) {
        memcpy(revocation->cert_id, naming->person.id, CERT_ID_BYTES);
    }
    if (chance(chooser, 4)) { /* his own key, under his own name: of another's certificate */
        made_person(revocation->person, author);
        made_signer(revocation->issuer, MADE_HIMSELF, author);
    }
}

static void do_adopt(struct scene *scene, char author, uint64_t deps) {
    char of = chosen_device(scene->chooser, scene->people);
    struct made_locks locks = { of, choose_numbers(scene->chooser), choose_end(scene) };

    made_adopt(scene->made, author, locks, deps);
}

static void do_device(struct scene *scene, char author, uint64_t deps) {
    char letter =
        chance(scene->chooser, 70) ? author : chosen_device(scene->chooser, scene->people);

    letter = chance(scene->chooser, 60) ? (char)(letter & ~0x20) : letter;
    choose_letter(scene, letter);
    made_device_op(scene->made, author, letter, deps);
    scene->made->ops[scene->made->count - 1].seal.generation =
        1 + (uint32_t)below(scene->chooser, 3);
}

/* Somebody who seems to be in, mostly one whom the founder added later. */
static char choose_victim(const struct scene *scene, uint64_t known, char author) {
    char victim = choose_target(scene, known, chance(scene->chooser, 92));

    for (size_t tries = 0; tries < 2 && (victim | 0x20) <= (author | 0x20); tries++) {
        victim = choose_target(scene, known, true);
    }
    return victim;
}

/* What managers do, and members; sums up to 100. */
static void do_something(struct scene *scene, char author, uint64_t known, uint64_t deps) {
    bool is_manager = role_seen(scene, known, author) >= (int)CIRCLE_MANAGER ||
                      (scene->is_orphaned && chance(scene->chooser, 60));
    size_t dice = below(scene->chooser, 100);

    if (!is_manager && dice < 50 && chance(scene->chooser, 80)) {
        dice = 50 + dice / 2; /* He may not do it, and knows. */
    }
    if (dice < 26) {
        do_add(scene, author, known, deps);
    } else if (dice < 54) {
        do_remove(scene, author, choose_victim(scene, known, author), deps);
    } else if (dice < 58) {
        do_adopt(scene, author, deps);
    } else if (dice < 64) {
        do_leave(scene, author, deps);
    } else if (dice < 73) {
        do_revoke(scene, author, known, deps);
    } else if (dice < 78) {
        do_device(scene, author, deps);
    } else if (dice < 87) {
        made_accept(scene->made, author, deps);
    } else if (dice == 87 && chance(scene->chooser, 30)) {
        made_genesis(scene->made, author, chance(scene->chooser, 50) ? 0 : deps);
    } else {
        choose_key_op(scene->made, scene->chooser, author, scene->people, deps);
    }
}

/* ---- Circles ---- */

/* All before; the last only; some; now and then one that is absent or not yet there. */
static uint64_t choose_deps(const struct scene *scene) {
    const struct chooser *chooser = scene->chooser;
    size_t index = scene->made->count;
    uint64_t earlier = (UINT64_C(1) << index) - 1;
    uint64_t deps = chosen_some(chooser, earlier);

    if (chance(chooser, 40)) {
        deps = earlier;
    } else if (chance(chooser, 25) && index > 0) {
        deps = UINT64_C(1) << (index - 1);
    }
    if (chance(chooser, 2)) {
        deps |= MADE_ABSENT;
    }
    if (chance(chooser, 2)) {
        deps |= UINT64_C(1) << (index + below(chooser, scene->op_count - index));
    }
    return deps;
}

/* The last operation is seen by its author, and often by others. */
static void tell(struct scene *scene, char author) {
    size_t last = scene->made->count - 1;
    uint64_t all = with_below(scene, UINT64_C(1) << last);

    scene->knows[index_of_person(author)] |= all;
    bool by_all = chance(scene->chooser, 40);
    for (size_t p = 0; p < scene->people; p++) {
        scene->knows[p] |= by_all || chance(scene->chooser, 15) ? all : 0;
    }
}

static void choose_time(struct scene *scene) {
    static const int64_t ages_ms[] = { DAY_MS, DAY_MS, 89 * DAY_MS, 91 * DAY_MS, -400 * DAY_MS };

    scene->made->now_ms = NOW_MS - ages_ms[below(scene->chooser, sizeof ages_ms / sizeof *ages_ms)];
    scene->made->log = chance(scene->chooser, 15) ? (uint8_t)below(scene->chooser, LOGS) : 0;
}

/* One more operation has been made, by `author`, who named `deps`. */
static void step_end(struct scene *scene, char author, uint64_t deps) {
    struct made_circle *made = scene->made;
    size_t last = made->count - 1;

    scene->below[last] = with_below(scene, deps & ((UINT64_C(1) << last) - 1));
    if (last > 0 && chance(scene->chooser, 4)) { /* a fork */
        const struct op *other = &made->ops[below(scene->chooser, last)];
        made->ops[last].seq = other->seq;
        memcpy(made->ops[last].log, other->log, LOG_PK_BYTES);
        memcpy(made->ops[last].author, other->author, HASH_BYTES);
        memcpy(made->ops[last].author_device, other->author_device, CERT_ID_BYTES);
    }
    tell(scene, author);
}

/* Who is being removed, and does not know it, often does something at the same time. */
static bool retort(struct scene *scene) {
    const struct op *last = &scene->made->ops[scene->made->count - 1];
    uint64_t known = scene->below[scene->made->count - 1];
    char author = (char)last->target[0];
    char remover = (char)last->author[0];

    if (last->type != OP_REMOVE || author == remover || !chance(scene->chooser, 40)) {
        return false;
    }
    choose_time(scene);
    known |= scene->knows[index_of_person(author)] & ~(UINT64_C(1) << (scene->made->count - 1));
    uint64_t deps = newest(scene, known);
    if (chance(scene->chooser, 55)) {
        do_remove(scene, author, remover, deps);
    } else {
        do_something(scene, author, known, deps);
    }
    step_end(scene, author, deps);
    return true;
}

static void step(struct scene *scene) {
    const struct chooser *chooser = scene->chooser;
    char author = chance(chooser, 20) ? 'a' : chosen_device(chooser, scene->people);
    uint64_t *knows = &scene->knows[index_of_person(author)];

    choose_time(scene);
    if (role_seen(scene, *knows, author) < 0 && chance(chooser, 70)) {
        author = 'a'; /* Strangers do little. */
        knows = &scene->knows[0];
    }
    if (chance(chooser, 15) && !scene->is_wild) { /* One device is behind the other. */
        uint64_t known = with_below(scene, chosen_some(chooser, *knows));
        uint64_t behind = newest(scene, known);
        do_something(scene, author, known, behind);
        step_end(scene, author, behind);
        return;
    }
    uint64_t deps = scene->is_wild ? choose_deps(scene) : newest(scene, *knows);
    deps |= chance(chooser, 1) ? MADE_ABSENT : 0;
    do_something(scene, author, *knows, deps);
    step_end(scene, author, deps);
}

/* The creator and some whom he invites, of which all know. */
static void begin(struct scene *scene) {
    struct made_circle *made = scene->made;

    choose_time(scene);
    choose_letter(scene, 'a');
    uint64_t last = made_genesis(made, 'a', 0);
    scene->below[0] = 0;
    tell(scene, 'a');
    for (size_t p = 1; p < scene->people && made->count + 2 < scene->op_count; p++) {
        if (chance(scene->chooser, 65)) {
            char letter = (char)('a' + (int)p);
            enum circle_role role = chance(scene->chooser, 75)
                                        ? CIRCLE_MANAGER
                                        : (enum circle_role)below(scene->chooser, 4);
            role = scene->is_orphaned ? (enum circle_role)(role % CIRCLE_MANAGER) : role;
            choose_letter(scene, letter);
            last = made_add(made, 'a', letter, role, last);
            scene->below[made->count - 1] = (UINT64_C(1) << (made->count - 1)) - 1;
        }
    }
    if (scene->is_orphaned) {
        last = made_leave(made, 'a', last);
        scene->below[made->count - 1] = (UINT64_C(1) << (made->count - 1)) - 1;
    }
    for (size_t p = 0; p < scene->people; p++) {
        scene->knows[p] = (UINT64_C(1) << made->count) - 1;
    }
}

static void people_begin(struct scene *scene) {
    for (size_t p = 0; p < scene->people; p++) {
        size_t dice = below(scene->chooser, 10);
        scene->offices[p] = scene->made->anchored && dice < 8 ? (char)('1' + (int)(dice % 2)) : 0;
        scene->ranks[p] = dice < 6 ? RANK_WORKER : (enum cert_rank)(RANK_PROVINCE + dice % 3);
    }
}

void chosen_circle(struct made_circle *made, const struct chooser *chooser, size_t op_count,
                   size_t person_count) {
    struct scene scene = {
        .made = made, .chooser = chooser, .people = person_count, .op_count = op_count
    };

    scene.is_wild = chance(chooser, 8);
    scene.is_orphaned = op_count > 3 && chance(chooser, 10);
    made->anchored = chance(chooser, 40);
    people_begin(&scene);
    if (!chance(chooser, 3)) {
        begin(&scene);
    }
    while (made->count < op_count) {
        if (made->count == 0 || !retort(&scene)) {
            step(&scene);
        }
    }
}
