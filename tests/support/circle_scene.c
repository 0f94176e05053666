/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/circle_scene.h"

#include <string.h>

struct made_circle *made;

int scene_begin(void **state) {
    (void)state;
    made = made_circle_new();
    return 0;
}

int scene_end(void **state) {
    (void)state;
    made_circle_free(made);
    made = NULL;
    return 0;
}

struct circle *fold(void) {
    return circle_fold(made->ops, made->count);
}

/* ---- People ---- */

bool scene_member(char letter, struct member *member) {
    struct circle *circle = fold();
    uint8_t person[HASH_BYTES];

    made_person(person, letter);
    const struct member *found = circle_member(circle, person);
    bool is_listed = found != NULL;
    if (is_listed) {
        *member = *found;
    }
    circle_destroy(&circle);
    return is_listed;
}

void assert_member(char letter, enum circle_role role, enum member_state state) {
    struct member member;

    assert_true(scene_member(letter, &member));
    assert_int_equal(member.state, state);
    assert_int_equal(member.role, role);
}

void assert_out(char letter, enum member_state state) {
    struct member member;

    assert_true(scene_member(letter, &member));
    assert_int_equal(member.state, state);
}

void assert_unheard_of(char letter) {
    struct member member;

    assert_false(scene_member(letter, &member));
}

void assert_by(char letter, char by) {
    struct member member;
    uint8_t person[HASH_BYTES];

    made_person(person, by);
    assert_true(scene_member(letter, &member));
    assert_memory_equal(member.by, person, HASH_BYTES);
}

/* ---- Heads and recipients ---- */

void assert_heads(uint64_t ops) {
    struct circle *circle = fold();
    uint8_t heads[MADE_OPS_MAX][REF_BYTES];
    size_t count = circle_heads(circle, heads, MADE_OPS_MAX);
    size_t expected = 0;

    for (size_t i = 0; i < made->count; i++) {
        if ((ops >> i & 1) == 0) {
            continue;
        }
        bool found = false;
        for (size_t h = 0; h < count; h++) {
            found = found || memcmp(heads[h], made->ops[i].ref, REF_BYTES) == 0;
        }
        assert_true(found);
        expected++;
    }
    assert_int_equal(count, expected);
    circle_destroy(&circle);
}

size_t recipient_count(void) {
    const struct recipient *recipients;
    struct circle *circle = fold();
    size_t count = circle_recipients(circle, &recipients);

    circle_destroy(&circle);
    return count;
}

bool is_recipient(char device) {
    const struct recipient *recipients;
    struct circle *circle = fold();
    size_t count = circle_recipients(circle, &recipients);
    uint8_t id[CERT_ID_BYTES];
    bool found = false;

    made_device(id, device);
    for (size_t i = 0; i < count; i++) {
        found = found || memcmp(recipients[i].device, id, CERT_ID_BYTES) == 0;
    }
    circle_destroy(&circle);
    return found;
}

/* ---- Questions ---- */

enum rb_status role_of_event(char device, uint8_t number, uint64_t seq, uint64_t op,
                             enum circle_role *role) {
    struct circle *circle = fold();
    struct event_author author = { .seq = seq };
    uint8_t ctl[1][REF_BYTES];

    made_person(author.person, device);
    made_device(author.device, device);
    made_log(author.log, device, number);
    made_ref(ctl[0], made_index(op));
    enum rb_status status =
        circle_role_at(circle, &author, (const uint8_t(*)[REF_BYTES])ctl, 1, role);
    circle_destroy(&circle);
    return status;
}

enum circle_rule may_add(char author, char target, enum circle_role role) {
    struct circle *circle = fold();
    uint8_t own[HASH_BYTES];
    uint8_t other[HASH_BYTES];

    made_person(own, author);
    made_person(other, target);
    enum circle_rule rule = circle_may_add(circle, own, other, role);
    circle_destroy(&circle);
    return rule;
}

enum circle_rule may_remove(char author, char target) {
    struct circle *circle = fold();
    uint8_t own[HASH_BYTES];
    uint8_t other[HASH_BYTES];

    made_person(own, author);
    made_person(other, target);
    enum circle_rule rule = circle_may_remove(circle, own, other);
    circle_destroy(&circle);
    return rule;
}

enum circle_rule may_adopt(char author) {
    struct circle *circle = fold();
    uint8_t own[HASH_BYTES];

    made_person(own, author);
    enum circle_rule rule = circle_may_adopt(circle, own);
    circle_destroy(&circle);
    return rule;
}
