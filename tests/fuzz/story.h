/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What members of a circle, honest or not, may bring to a home: a list of steps, each an event of
 * one of them or something that happens.  Whatever the bytes of a step say, its event is sealed
 * with a key of the circle, chained and signed by its author, so that it comes past all signatures
 * to what is behind them.
 *
 *     story_begin(&story, store, &cast, prelude);     a circle, and perhaps an ordinary beginning
 *     story_step(&story, &step);                      ...
 *     story_end(&story);                              all that was held back is delivered
 *     story_clear(&story);
 *
 * A status that no peer may cause (the disk's, a damaged file's) aborts. */
#ifndef REMBUK_TESTS_FUZZ_STORY_H
#define REMBUK_TESTS_FUZZ_STORY_H

#include "protocol/casework/kinds.h"
#include "protocol/log.h"
#include "tests/fuzz/cast.h"

enum {
    STEP_BYTES = 12,
    STORY_LINES = 2 * CAST_ALL_DEVICES,
    LINE_EVENTS_MAX = BLOCK_EVENTS + 16,
    REFS_KEPT_MAX = 128,
    EPOCHS_KEPT_MAX = 24,
    STORY_KINDS = 4 /* of circles */
};

enum verb {
    /* An event on a line: an operation, */
    VERB_LOGCERT,
    VERB_GENESIS,
    VERB_ADD,
    VERB_REMOVE,
    VERB_ACCEPT,
    VERB_DECLINE,
    VERB_EPOCH,
    VERB_KEYGRANT,
    VERB_DEVICE,
    VERB_REVOKED,
    VERB_ADOPT,
    /* or content, */
    VERB_GROUP,
    VERB_THREAD,
    VERB_POST,
    VERB_EDIT,
    VERB_RETRACT,
    VERB_CASE,
    VERB_ENTRY,
    VERB_CONTACT,
    VERB_ROSTER_DAY,
    VERB_MANY_POSTS, /* up to the end of a block, and beyond */
    VERBS_OF_EVENTS,
    /* or what happens. */
    VERB_FORK = VERBS_OF_EVENTS, /* the line goes on from an earlier event */
    VERB_PROOF,                  /* of that */
    VERB_DELIVER,                /* a part of a line, perhaps again, perhaps with stubs */
    VERB_FLUSH,                  /* the end of a batch */
    VERB_CLOCK,
    VERB_REOPEN,
    VERB_LOCAL, /* the home does something itself */
    VERB_COUNT
};

/* Each field is any byte: what is too large counts from the beginning again. */
struct step {
    uint8_t verb;
    uint8_t who;  /* person, device, line */
    uint8_t aim;  /* whom or what it is about */
    uint8_t what; /* role, kind, how many: by verb */
    uint8_t ctl;  /* 0: all heads */
    uint8_t key;  /* 0: the newest epoch */
    uint8_t time; /* 0: now */
    uint8_t deliver;
    uint8_t edit; /* 0: none; else how the event is spoilt before it is signed */
    uint8_t edit_value;
    uint16_t edit_place;
};

/* What is delivered of an event right after it was made. */
enum deliver {
    DELIVER_NOW, /* with all before it that was held back */
    DELIVER_HOLD,
    DELIVER_AND_COMMIT,
    DELIVER_BLOCK,         /* from the first event of its block on */
    DELIVER_STUB,          /* without its body */
    DELIVER_BAD_SIGNATURE, /* and from here on by somebody who cannot sign */
    DELIVER_SPOILT,        /* changed after it was signed */
    DELIVER_GAP,           /* without the one before */
    DELIVER_COUNT
};

/* One log, as its author has it.  Index 0 is seq 1, but hashes[k] is H_k. */
struct line {
    size_t person, device;
    struct sign_key key;
    size_t count, delivered;
    struct event events[LINE_EVENTS_MAX]; /* their bodies are owned */
    uint8_t hashes[LINE_EVENTS_MAX + 1][HASH_BYTES];
    uint8_t signatures[LINE_EVENTS_MAX + 1][SIGNATURE_BYTES];
    size_t common;             /* of the branch that was left, */
    struct fork_branch former; /* and what was beyond; no events: none */
};

struct refs {
    uint8_t refs[REFS_KEPT_MAX][REF_BYTES];
    size_t count;
};

struct story {
    const struct cast *cast;
    struct store *store;
    int64_t now_ms;
    uint64_t hlc;
    bool in_batch;
    uint8_t circle[HASH_BYTES];
    struct writer
        genesis; /* the payload that gives the circle its id; empty: the home founded it */
    struct epoch_key epochs[EPOCHS_KEPT_MAX];
    size_t epoch_count;
    struct refs ops, threads, contents;
    size_t heads_from; /* the ops from here on are named by no other */
    struct line lines[STORY_LINES];
};

/* The first byte of an input: whose circle of which kind, and what has happened in it. */
void story_begin(struct story *story, struct store *store, const struct cast *cast,
                 uint8_t prelude);
void story_step(struct story *story, const struct step *step);
void story_end(struct story *story);
void story_clear(struct story *story);

/* ---- Inside of it ---- */

/* story_event.c: makes the event of a step, with its LOGCERT if the line is new; and the first ones
 * of a circle, which gets its id by that. */
void story_found(struct story *story, const struct step *genesis);
void story_event(struct story *story, const struct step *step);
struct line *story_line(struct story *story, const struct step *step);
void story_know_epoch(struct story *story, const struct epoch_key *epoch);
void story_know_ref(struct refs *refs, const uint8_t ref[static REF_BYTES]);

/* story_body.c: the payload of a step but for its references to operations.  `to` gets the people
 * to whom a key body is sealed. */
struct recipients {
    uint8_t certs[CAST_ALL_DEVICES][CERT_ID_BYTES];
    uint8_t keys[CAST_ALL_DEVICES][BOX_PUBLIC_BYTES];
    size_t count;
};
void story_body(struct story *story, const struct step *step, const struct epoch_key *epoch,
                struct payload *payload, struct writer *body, struct recipients *to);

/* story_world.c: delivering, and what else happens. */
void story_deliver(struct story *story, struct line *line, enum deliver how);
void story_happening(struct story *story, const struct step *step);
void story_commit(struct story *story);
void story_must(enum rb_status status); /* anything but trouble with the store */

#endif
