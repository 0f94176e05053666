/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Five invented people of whom a fuzz target has every secret, with two devices each, so that it
 * can sign and seal whatever it likes in their names.  The first one is whoever has the home. */
#ifndef REMBUK_TESTS_FUZZ_CAST_H
#define REMBUK_TESTS_FUZZ_CAST_H

#include "protocol/ops.h"
#include "store/store.h"

enum { CAST_PEOPLE = 5, CAST_DEVICES = 2, CAST_ALL_DEVICES = CAST_PEOPLE * CAST_DEVICES };
enum { CAST_OWNER = 0 };

struct cast_device {
    struct identity identity;
    struct writer cert, seal_key;
    uint8_t cert_id[CERT_ID_BYTES];
};

struct cast_person {
    uint8_t id[HASH_BYTES];
    uint8_t cert_id[CERT_ID_BYTES]; /* of what he has signed himself */
    struct writer cert, letter;
    struct cast_device devices[CAST_DEVICES];
};

struct cast {
    struct cast_person people[CAST_PEOPLE];
    struct writer chain;        /* above all the letters */
    uint8_t anchor[HASH_BYTES]; /* the root of that */
    struct sign_key office;     /* that has signed the letters */
};

/* All in the same way each time, but for the first device of the first person, which is that of
 * `own`.  What is made lasts until the process ends. */
void cast_make(struct cast *cast, const struct store *own);

/* The contacts of `own`: everybody else, by his first device. */
void cast_introduce(const struct cast *cast, struct store *own);

/* As an operation names somebody: with his letter, or as he has signed himself. */
struct op_pair cast_pair(const struct cast *cast, size_t person, size_t device, bool letter);

#endif
