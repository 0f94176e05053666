/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ayu, who has a group with Bayu and buys a second computer; without a network. */
#ifndef REMBUK_TESTS_LAPTOP_H
#define REMBUK_TESTS_LAPTOP_H

#include "store/devices.h"
#include "tests/support/people.h"

enum { LAPTOP = 2 }; /* a home beside those of Ayu and Bayu, of whom nobody has heard */

extern struct people people;
extern uint8_t circle[HASH_BYTES], thread[REF_BYTES]; /* the group, and a thread in it */

int ayu_buys_a_laptop(void **state);
int go_home(void **state);

/* ---- Admission ---- */

void card_of(size_t who, struct writer *card); /* initialised here, cleared by the caller */
enum rb_status admit(size_t by, size_t whom, const char *name, struct writer *file); /* as above */
enum rb_status admit_only(size_t by, size_t whom, const char *name);
void laptop_is_admitted(void);
void laptop_is_a_device(void); /* that has met Ayu's, and Bayu has heard of it */

/* ---- What happens ---- */

void asks(size_t who, size_t whom); /* for the keys that he lacks */
void devices_meet(size_t one, size_t other);
void posts(size_t who, const char *text);
enum rb_status tries_to_post(size_t who);
size_t revoke(size_t by, size_t whom);

/* ---- What is so ---- */

bool sees(size_t who, const char *line);
uint64_t head_of(size_t who);
const uint8_t *device_of(size_t who);

struct reachable {
    size_t count, own, of_ayu;
    bool laptop;
    size_t addresses; /* of the laptop */
};
struct reachable reach(size_t who);

#endif
