/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The circle that a unit test of the fold fills, and what must be true of it: each question folds
 * everything made so far. */
#ifndef REMBUK_TESTS_CIRCLE_SCENE_H
#define REMBUK_TESTS_CIRCLE_SCENE_H

#include "tests/support/circle_maker.h"

extern struct made_circle *made;

/* cmocka's setup and teardown: an empty circle for every test. */
int scene_begin(void **state);
int scene_end(void **state);

struct circle *fold(void);

/* The person's line; false if there is none. */
bool scene_member(char letter, struct member *member);

void assert_member(char letter, enum circle_role role, enum member_state state);
void assert_out(char letter, enum member_state state);
void assert_unheard_of(char letter);
void assert_by(char letter, char by);

/* The control heads, whatever their order: exactly these. */
void assert_heads(uint64_t ops);

size_t recipient_count(void);
bool is_recipient(char device);

/* Of what the device with that letter wrote in its log `number` at `seq`, knowing `op`. */
enum rb_status role_of_event(char device, uint8_t number, uint64_t seq, uint64_t op,
                             enum circle_role *role);

enum circle_rule may_add(char author, char target, enum circle_role role);
enum circle_rule may_remove(char author, char target);
enum circle_rule may_adopt(char author);

#endif
