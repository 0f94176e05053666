/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs: heads, runs, rule V, forks (docs/protocol.md, 5).  Pure: the caller loads a log's state,
 * gives it a run, and stores what comes back in one transaction.
 *
 * Rule V: event k is valid if every earlier block has a valid signature at its last seq, and a
 * valid signature exists at some h >= k in the same block whose chain contains e_k.  A run
 * therefore lies in one block and ends in a signature, and whatever is stored is signed.
 *
 * Invariants:
 *  1. `head` is verified: `signature` signs (log, seq, hash); hash chains every stored e from H_0.
 *  2. A checkpoint exists for every multiple of BLOCK_EVENTS up to head.seq.
 *  3. Own events enter by log_append only, and leave the node only after COMMIT. */
#ifndef REMBUK_PROTOCOL_LOG_H
#define REMBUK_PROTOCOL_LOG_H

#include "protocol/event.h"

struct log_head {
    uint64_t seq;                       /* 0: empty, then hash = H_0 and signature is zeros */
    uint8_t hash[HASH_BYTES];           /* H_seq */
    uint8_t signature[SIGNATURE_BYTES]; /* S_seq */
};
void log_head_empty(struct log_head *head, const uint8_t log[static LOG_PK_BYTES]);

/* A run as it came off the wire: contiguous events that end in a signature. */
struct run {
    uint8_t log[LOG_PK_BYTES];
    uint64_t first;
    size_t count; /* 1 to RUN_EVENTS_MAX */
    uint8_t previous8[8];
    uint8_t signature[SIGNATURE_BYTES]; /* at first + count - 1 */
    struct event events[RUN_EVENTS_MAX];
};

/* The form of a run, whatever is known of its log: 1 to RUN_EVENTS_MAX events of one block, seqs
 * from 1 to SEQ_MAX, stubs without a body, every other body as long as its header says and with the
 * hash that stands beside it (the one who filled `body_hash` is not trusted).  RB_MALFORMED if
 * not.  run_accept, log_append and run_contradicts begin with it. */
enum rb_status run_check(const struct run *run) RB_MUST_CHECK;

/* What is known of the part of a log that a run overlaps: e_first ... e_{head or last}, and H
 * before it.  The caller fills it from its store if run.first <= head.seq (after run_check, which
 * knows that there is a first). */
struct log_overlap {
    uint8_t before[HASH_BYTES]; /* H_{first-1} */
    uint8_t event_hashes[RUN_EVENTS_MAX][HASH_BYTES];
    size_t count;
};

/* What to store.  Hashes are H_{first} ... for the whole run: events can be opened at once. */
struct run_result {
    struct log_head head;      /* the new head */
    uint64_t new_first;        /* the first event that is new; first + count if none */
    bool fill[RUN_EVENTS_MAX]; /* DUPLICATE or overlap: this body may fill a missing one */
    uint8_t hashes[RUN_EVENTS_MAX][HASH_BYTES]; /* H_{first + i} */
};

/* Checks a run against a log.  `overlap` may be NULL if run->first == head->seq + 1.
 *   RB_OK         new events: insert [new_first..], set the head, keep S if the last seq is a
 *                 multiple of BLOCK_EVENTS; bodies marked `fill` may fill missing ones before that
 *   RB_DUPLICATE  nothing new; `fill` as above
 *   RB_GAP        run->first > head->seq + 1
 *   RB_SUSPECT    contradicts what is known, or its signature is bad: ask for the block from its
 *                 first event, then run_contradicts decides
 *   RB_MALFORMED  the sender broke a rule of form (two blocks, sizes, seq above SEQ_MAX)
 * Costs one signature check and the hashing of the run, whatever its contents. */
enum rb_status run_accept(const struct log_head *head, const struct run *run,
                          const struct log_overlap *overlap, struct run_result *result)
    RB_MUST_CHECK;

/* Own append: the events of `run` (first = head.seq + 1, log, events filled with their body hashes;
 * count may cross no block end) are chained and signed.  Fills run->previous8, run->signature and
 * the result. */
void log_append(const struct log_head *head, const struct sign_key *log_key, struct run *run,
                struct run_result *result);

/* ---- Forks: two verified heads of one log that are not on one chain ----
 *   FORK = [ 1, bstr32 log_pk, uint common_seq, bstr32 H_common, BRANCH, BRANCH ]
 *   BRANCH = [ [ bstr32 e ... ], bstr64 signature ]     the e of common_seq + 1 ... its head
 * Both branches lie in one block; the branch with the smaller first e stands first.
 *
 * Whoever keeps a proof cuts the log there: up to common_seq it is the log as before, and each
 * branch is a log of its own from then on, which may be cut again:
 *   name = BLAKE2b-256("rk.branch" ‖ log_pk ‖ u64 first ‖ H_first)     first = common_seq + 1
 * So a name never depends on what else is known.  Chain and signatures are those of the log. */
struct fork_branch {
    uint8_t event_hashes[BLOCK_EVENTS][HASH_BYTES];
    size_t count;
    uint8_t signature[SIGNATURE_BYTES];
};
struct fork {
    uint8_t log[LOG_PK_BYTES];
    uint64_t common_seq;
    uint8_t common_hash[HASH_BYTES];
    struct fork_branch branches[2];
};

/* `known` is our block from its first event to its head (or its checkpoint) with the signature
 * there; `run` is the peer's version of the same block, from the same first event.  RB_FORK and a
 * proof if both verify and differ; RB_BAD_SIGNATURE if the run's does not verify (count it against
 * the sender); RB_OK if they agree on their common part.  Also RB_MALFORMED if the run has no good
 * form, does not begin its block, or names an H_0 that is not its log's; RB_SUSPECT if it names
 * another H before a later block (ask for the block before); RB_DAMAGED if `known` itself does not
 * verify. */
enum rb_status run_contradicts(const uint8_t before[static HASH_BYTES],
                               const struct fork_branch *known, const struct run *run,
                               struct fork *fork) RB_MUST_CHECK;

/* The proof out of two branches that part right after the common point; RB_MALFORMED if they do
 * not, or lie in two blocks. */
enum rb_status fork_make(struct fork *fork, const uint8_t log[static LOG_PK_BYTES],
                         uint64_t common_seq, const uint8_t common_hash[static HASH_BYTES],
                         const struct fork_branch *one, const struct fork_branch *other)
    RB_MUST_CHECK;

/* H of the first event of a branch (0 or 1), and the name of the log that it is. */
void fork_branch_hash(const struct fork *fork, size_t branch, uint8_t hash[static HASH_BYTES]);
void fork_branch_name(const struct fork *fork, size_t branch, uint8_t name[static LOG_PK_BYTES]);
void branch_name(uint8_t name[static LOG_PK_BYTES], const uint8_t log[static LOG_PK_BYTES],
                 uint64_t first, const uint8_t hash[static HASH_BYTES]);

void fork_encode(struct writer *out, const struct fork *fork);

/* Decodes and verifies anybody's proof: RB_MALFORMED or RB_BAD_SIGNATURE if it proves nothing. */
enum rb_status fork_decode(struct span bytes, struct fork *fork) RB_MUST_CHECK;

/* ---- LOGCERT: the only content of event 1 of every log: whose log of which circle this is ----
 *   body = map { 0 device cert id16, 1 circle id32, 2 log number, 3 log pk32, 4 sig_D }
 *   sig_D = Ed25519_D("rk.logcert" ‖ device cert id ‖ circle id ‖ u64 log number ‖ log pk)
 * The log key's own consent is the head signature over a chain that contains this event. */
struct logcert {
    uint8_t device_cert[16];
    uint8_t circle[HASH_BYTES];
    uint64_t number; /* random: tells a device's logs of one circle apart */
    uint8_t log[LOG_PK_BYTES];
    uint8_t signature[SIGNATURE_BYTES];
};
void logcert_sign(struct logcert *cert, const struct sign_key *device);
bool logcert_verify(const struct logcert *cert, const uint8_t device[static SIGN_PUBLIC_BYTES]);
void logcert_encode(struct writer *out, const struct logcert *cert);
enum rb_status logcert_decode(struct span body, struct logcert *cert) RB_MUST_CHECK;

#endif
