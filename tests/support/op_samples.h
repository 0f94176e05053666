/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two people with their certificates, and a body of every type of operation: from fixed keys. */
#ifndef REMBUK_TESTS_OP_SAMPLES_H
#define REMBUK_TESTS_OP_SAMPLES_H

#include "protocol/ops.h"

#define SAMPLES_NOW_MS INT64_C(1750000000000)

struct party {
    struct identity identity;
    struct writer person_cert;
    struct writer device_cert;
    struct writer seal_key;
    struct writer letter; /* the person's certificate by the root of offices_usual */
    struct writer chain;  /* the root alone */
};
extern struct party rina, bayu;

/* Set-up and clean-up of a group of tests. */
int parties_make(void **state);
int parties_forget(void **state);

struct op_pair party_pair(const struct party *party);        /* signed by himself */
struct op_pair party_letter_pair(const struct party *party); /* by the root */

extern const uint8_t some_person[HASH_BYTES];
extern const uint8_t some_parent[HASH_BYTES];
extern const uint8_t some_anchor[HASH_BYTES];
extern const uint8_t some_devices[2][CERT_ID_BYTES];
extern const struct op_lock some_locks[2];
struct epoch_key key_of(uint8_t byte);

/* A body of a type, with every list filled; `rich`: and with all that may be left out. */
struct sample {
    enum op_type type;
    bool rich;
};
void sample_write(struct writer *out, const struct sample *sample);
void body_write(struct writer *out, enum op_type type); /* not rich */

/* A REVOKED by Rina, of some certificate. */
void revoked_write(struct writer *out, const struct op_lock *named, size_t count);

enum rb_status body_decode(enum op_type type, struct span body, struct op *op);

/* Runs `check` with every sample. */
void body_each(void (*check)(enum op_type type, struct span body));

#endif
