/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Invented people with homes of their own, who hold each other's cards and meet without a network:
 * runs are carried from store to store as a sync session would. */
#ifndef REMBUK_TESTS_PEOPLE_H
#define REMBUK_TESTS_PEOPLE_H

#include "store/groups.h"
#include "store/ingest.h"
#include "store/sharing.h"
#include "store/threads.h"
#include "tests/support/homes.h"

enum { PEOPLE_MAX = 6 };
enum { AYU, BAYU, CITRA, DIMAS, EKA, FAJAR };

struct people {
    struct folder folder;
    struct store *stores[PEOPLE_MAX];
    size_t count;
    int64_t now_ms; /* a second goes by with every people_now */
};

void people_new(struct people *people, size_t count);
void people_end(struct people *people);
int64_t people_now(struct people *people);
const uint8_t *people_id(const struct people *people, size_t who);
const char *people_name(size_t who);

/* Closes a home and opens it again. */
void people_reopen(struct people *people, size_t who);

/* ---- Meeting ---- */

/* Everything that is shared goes both ways, until nothing new comes; both learn what the other has.
 * Returns how many events have been carried. */
size_t people_meet(struct people *people, size_t one, size_t other);
void people_meet_all(struct people *people); /* until all have all */

/* One run: from `first` of a log on, up to its end or that of its block. */
struct ingest_result people_carry(struct people *people, size_t from, size_t to,
                                  const uint8_t circle[static HASH_BYTES],
                                  const uint8_t log[static LOG_PK_BYTES], uint64_t first);

/* A run as it is stored; `bodies` is initialised here and cleared by the caller. */
void people_load(struct people *people, size_t who, const uint8_t circle[static HASH_BYTES],
                 const uint8_t log[static LOG_PK_BYTES], uint64_t first, struct writer *bodies,
                 struct run *run);

/* Takes one run in a batch of its own. */
struct ingest_result people_ingest(struct people *people, size_t who,
                                   const uint8_t circle[static HASH_BYTES], const struct run *run);

/* The log that a person writes in a circle; false if there is none yet. */
bool people_own_log(struct people *people, size_t who, const uint8_t circle[static HASH_BYTES],
                    struct log_line *line);

/* Whether anything that `who` holds opens the event `seq` of a log (0: the last one of the log that
 * `owner` writes), as it is stored at `owner`. */
bool people_opens(struct people *people, size_t who, size_t owner,
                  const uint8_t circle[static HASH_BYTES], uint64_t seq);

/* How many events a home has. */
uint64_t people_events(struct people *people, size_t who);

/* ---- Groups and threads ---- */

/* A group of the first `members` people, made by AYU, all of whom have accepted and met. */
void people_group(struct people *people, size_t members, uint8_t circle[static HASH_BYTES]);

/* What a thread says, post after post: "Ayu: text\n".  NUL-terminated. */
enum { TRANSCRIPT_BYTES = 1 << 16 };
void people_transcript(struct people *people, size_t who, const uint8_t thread[static REF_BYTES],
                       char out[static TRANSCRIPT_BYTES]);

/* Who belongs to a group: "Ayu 3 accepted\n".  NUL-terminated. */
void people_roll(struct people *people, size_t who, const uint8_t circle[static HASH_BYTES],
                 char out[static TRANSCRIPT_BYTES]);

void people_post(struct people *people, size_t who, const uint8_t thread[static REF_BYTES],
                 const char *text, uint8_t ref[static REF_BYTES]);

#endif
