/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Control operations for tests of the fold, made without logs and certificates.
 *
 * A letter names a person with a device: 'a' is person a with the first device, 'A' the same person
 * with the second.  An operation is named by its bit; a sum of bits says what it depends on, and
 * nothing is implied:
 *
 *     uint64_t g = made_genesis(made, 'a', 0);
 *     uint64_t b = made_add(made, 'a', 'b', CIRCLE_WRITER, g);
 *     made_leave(made, 'b', g | b);
 *
 * Every person writes in a log of his own for each number in `log`, 0 at first; the place in it is
 * the number of the operation, from 1. */
#ifndef REMBUK_TESTS_CIRCLE_MAKER_H
#define REMBUK_TESTS_CIRCLE_MAKER_H

#include "protocol/circle.h"

enum { MADE_OPS_MAX = 64 };

struct made_circle {
    struct op ops[MADE_OPS_MAX];
    struct writer bodies[MADE_OPS_MAX];  /* what the spans of the operations borrow from */
    struct epoch_key keys[MADE_OPS_MAX]; /* the key that the operation carries */
    size_t count;
    int64_t now_ms; /* the clock of who writes next */
    uint8_t log;    /* which of his logs he writes in */
    bool anchored;  /* the next GENESIS names an anchor */
    /* The person certificates that are named from here on; all zero: self-signed ones */
    uint8_t serial;      /* another number, another certificate */
    char office;         /* '1' to '9': a letter by this office; 0: self-signed */
    enum cert_rank rank; /* of the letter */
    bool foreign;        /* the letter's root is not the anchor */
    int64_t until_s;     /* of the next ADDs; 0: they may stay */
};

#define MADE_ROOT   'R' /* begins the anchor, and the root of letters that are not foreign */
#define MADE_ABSENT (UINT64_C(1) << 63) /* an operation that nobody has */

struct made_circle *made_circle_new(void);
void made_circle_reset(struct made_circle *made); /* empty again */
void made_circle_free(struct made_circle *made);

/* The first byte of a person id is the small letter, so that people sort by their letters. */
void made_person(uint8_t id[static HASH_BYTES], char letter);
void made_device(uint8_t id[static CERT_ID_BYTES], char letter);
void made_ref(uint8_t ref[static REF_BYTES], size_t index);
size_t made_index(uint64_t op);
void made_log(uint8_t log[static LOG_PK_BYTES], char letter, uint8_t number);

/* The person certificate that an ADD of this person would name now. */
void made_cert(uint8_t id[static CERT_ID_BYTES], const struct made_circle *made, char letter);

/* The public key of who signs: a letter is that device, a digit that office, MADE_HIMSELF the
 * person `of`. */
#define MADE_HIMSELF '*'
void made_signer(uint8_t public[static SIGN_PUBLIC_BYTES], char signer, char of);

/* Locks for the logs of a person whose bits are set in `numbers`, each up to `seq`: bit 0 is log 0
 * of the device with that very letter; from bit MADE_OTHER_LOGS on, the logs of the other. */
enum { MADE_OTHER_LOGS = 8 };
struct made_locks {
    char of;
    unsigned numbers;
    uint64_t seq;
};

uint64_t made_genesis(struct made_circle *made, char author, uint64_t after);
uint64_t made_add(struct made_circle *made, char author, char target, enum circle_role role,
                  uint64_t after);
uint64_t made_remove(struct made_circle *made, char author, char target, uint64_t after);
uint64_t made_remove_locked(struct made_circle *made, char author, char target, unsigned numbers,
                            uint64_t seq, uint64_t after);
uint64_t made_leave(struct made_circle *made, char author, uint64_t after);
uint64_t made_accept(struct made_circle *made, char author, uint64_t after);
uint64_t made_decline(struct made_circle *made, char author, uint64_t after);

/* A REMOVE or DECLINE of oneself that lists the author's logs. */
uint64_t made_end(struct made_circle *made, enum op_type type, char author, unsigned numbers,
                  uint64_t seq, uint64_t after);

/* A DEVICE: a further device of a person, or the same with a new seal key. */
uint64_t made_device_op(struct made_circle *made, char author, char target, uint64_t after);

/* A REVOKED of the device `of`, or of his person certificate (made_cert, as it is now). */
struct made_revocation {
    char of;
    bool of_person;
    char signer;
    unsigned numbers; /* locks, as in struct made_locks */
    uint64_t seq;
};
uint64_t made_revoked(struct made_circle *made, char author, struct made_revocation what,
                      uint64_t after);

uint64_t made_adopt(struct made_circle *made, char author, struct made_locks locks, uint64_t after);

/* A new key for the devices in `to`; `parents` are GENESIS and EPOCH operations, all wrapped. */
uint64_t made_epoch(struct made_circle *made, char author, const char *to, uint64_t parents,
                    uint64_t after);

/* The key of the operation `of`, for the devices in `to`. */
uint64_t made_grant(struct made_circle *made, char author, uint64_t of, const char *to,
                    uint64_t after);

/* The key that the next operation would make. */
void made_key(const struct made_circle *made, struct epoch_key *key);

/* An EPOCH in all its possible oddity: of any key, with parents that are not wrapped and wraps of
 * what is no parent. */
uint64_t made_epoch_of(struct made_circle *made, char author, const struct epoch_key *key,
                       const char *to, uint64_t parents, uint64_t wraps, uint64_t after);

#endif
