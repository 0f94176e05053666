/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connection to one peer as a pure machine: frames, time and answers of the store go in,
 * actions come out (docs/protocol.md, 9).  It knows no socket, clock or database, so the node and
 * the simulator drive the same code.
 *
 *   state        leaves it by
 *   GREETING     a valid HELLO of the expected device        -> PROVING, sends PROOF
 *   PROVING      a valid PROOF                               -> OPEN, action SYNC_READY
 *   OPEN         BYE, ERR, a broken rule, sync_bye           -> CLOSED, action SYNC_CLOSE
 *   any          no frame for SYNC_SILENCE_MS                -> CLOSED
 *
 * In OPEN each circle goes through:
 *   offered by one or both (LIST) -> same fingerprint: SAME
 *                                 -> both, different:  both send VECTOR -> LIVE
 *                                 -> by us alone, their LIST is complete: VECTOR with the circle
 *                                    id introduces it -> they list it and answer with their VECTOR
 *                                    -> LIVE
 * In SAME and LIVE we know what the peer has of each log, and push whatever is newer (RUN, within
 * the credit that the peer grants), at once and for as long as the connection lives.  ACK, VECTOR
 * and equal fingerprints say what is durable at the peer; nothing else does.  A VECTOR that comes
 * in SAME is answered with ours: then the circle is LIVE.
 *
 * Branches of a forked log (log.h) are logs like any other.  A branch goes to a peer only when he
 * knows of it: it stands in his VECTOR, or he sent a run of it.  As soon as he has what it
 * continues, he gets the proof (FORK) and our VECTOR; FORK is always answered with a VECTOR.  A run
 * of a log that is cut here may go on into a branch, up to the signature that it needs; for a peer
 * without the proof the log is one chain.
 *
 * Revocations go by themselves, before anything is said of circles: whatever the peer has not
 * confirmed (REVOKES_GOT) in this session or an earlier one, by the places that our node gave them.
 *
 * Invariants:
 *  1.  Before PROOF only HELLO, PROOF, ERR and BYE are answered.
 *  2.  A RUN frame is sent only while credit is left (the last one may overdraw it), and only for a
 *     circle that both sides have listed.
 *  3.  ACK and CREDIT go out only after sync_committed: they mean durable (I3).
 *  4.  Memory is bounded by limits.h whatever the peer sends (I11).
 *  5.  PONG goes out only after the runs that were wanted before its PING, after those that credit
 *      allows, and after the node's answers to all frames before it. */
#ifndef REMBUK_PROTOCOL_SYNC_H
#define REMBUK_PROTOCOL_SYNC_H

#include "protocol/credential.h"
#include "protocol/wire.h"

enum { SYNC_PING_MS = 30000, SYNC_SILENCE_MS = 75000, SYNC_GREETING_MS = 15000 };
/* A run without ACK for so long may have been refused, and what has not come for so long may not be
 * given: PING asks. */
enum { SYNC_ACK_MS = 1000 };
enum { SYNC_TABLE_KEY_BYTES = 16 };

struct sync;

struct sync_setup {
    enum wire_role role;
    const struct identity *identity;         /* borrowed; outlives the session */
    uint8_t device_cert[CERT_ID_BYTES];      /* own */
    uint8_t store_inc[STORE_INC_BYTES];      /* own */
    uint8_t nonce[WIRE_NONCE_BYTES];         /* fresh randomness */
    uint8_t table_key[SYNC_TABLE_KEY_BYTES]; /* fresh randomness, never told to anybody */
    uint64_t hlc;                            /* own clock, told to the peer; later: sync_clock */
    /* The device that this connection must be with, by its transport key. */
    uint8_t peer_device[SIGN_PUBLIC_BYTES];
    uint8_t peer_device_cert[CERT_ID_BYTES];
    uint8_t peer_transport[BOX_PUBLIC_BYTES];
};

enum sync_action_type {
    /* frame: hand it to the transport. */
    SYNC_SEND,

    /* Proven.  store_inc is the peer's: another one than before voids what is remembered of it.
     * Now call sync_offer for every shared circle, then sync_offered. */
    SYNC_READY,

    /* circle: answer with sync_heads. */
    SYNC_ASK_HEADS,

    /* circle, log, from, to: load events from .. at most `to`, within one block, and answer with
     * sync_run.  A run ends where a signature is: at the end of its block or at the head. */
    SYNC_ASK_RUN,

    /* circle, log, run, rcv_upto: verify, store, commit, then sync_committed or sync_refused, once,
     * with frame.len as `bytes`.  The bodies of `run` borrow from the frame that was given to
     * sync_frame last; `run` is valid until the next sync_frame. */
    SYNC_STORE,

    /* circle: the peer introduces it.  Remember it, then sync_offer and sync_offered; or do not. */
    SYNC_CIRCLE,

    /* circle, log, seq: durable at the peer up to seq. */
    SYNC_ACKED,

    /* circle: durable at the peer up to the heads that its fingerprint was taken of, by the last
     * sync_offer before its LIST; not up to what was stored since. */
    SYNC_SAME,

    /* circle, frame = a proof that has not been verified yet: take it (then sync_cut follows, or
     * sync_freeze for the names of the branches that there is no room for). */
    SYNC_FORK,

    /* circle, log = a branch: answer with sync_fork. */
    SYNC_ASK_FORK,

    /* circle, eid8, frame = an XKEY that has not been verified yet: the peer lacks the key and
     * holds events under it. */
    SYNC_KEYREQ,

    /* hlc: the peer's clock. */
    SYNC_HLC,

    /* from: answer with sync_revokes_give. */
    SYNC_ASK_REVOKES,

    /* frame: PROVEDs, one after the other (revoke_proof.h), that have been decoded and not verified
     * yet; last: nothing is on its way behind them.  Keep what is wanted, commit, then
     * sync_revokes_took. */
    SYNC_REVOKES,

    /* seq: the peer's node has dealt with all up to this place; 0: it wants all again. */
    SYNC_REVOKES_GOT,

    /* status: drop the connection.  The last action.  RB_OK after a BYE (bye: why); RB_UNREACHABLE:
     * begin again; RB_STORAGE, RB_FULL: as sync_refused was told; anything else: a rule was broken,
     * do not dial for a while. */
    SYNC_CLOSE
};

struct sync_action {
    enum sync_action_type type;
    struct span frame; /* valid until the next call on this session */
    uint8_t store_inc[STORE_INC_BYTES];
    uint8_t circle[HASH_BYTES];
    uint8_t log[LOG_PK_BYTES];
    uint8_t eid8[EID8_BYTES];
    uint64_t from, to, seq, hlc;
    const struct run *run;
    uint64_t rcv_upto;
    bool last;
    enum rb_status status;
    enum wire_bye bye;
};

/* Never NULL.  The dialling side's first action is its HELLO. */
struct sync *sync_new(const struct sync_setup *setup, int64_t now_ms);
void sync_destroy(struct sync **sync);

/* ---- In ---- */

/* A frame came.  Take all actions first: some borrow from the frame before. */
void sync_frame(struct sync *sync, int64_t now_ms, struct span frame);
void sync_tick(struct sync *sync, int64_t now_ms);

/* Our own hlc now, for the PINGs and PONGs from here on. */
void sync_clock(struct sync *sync, uint64_t hlc);

/* A circle that the peer's person belongs to (at any time while OPEN; again after its logs changed
 * before the peer was offered it: the newest counts; once it is in a LIST, only after
 * sync_withdraw).  Then sync_offered sends the LIST.  Circles above LIST_CIRCLES_MAX are left out.
 * `whole`: he is shown all of it, not only what was his while he belonged to it; when that has
 * become so since the last offer, he gets our VECTOR anew. */
void sync_offer(struct sync *sync, const uint8_t circle[static HASH_BYTES],
                const uint8_t fp[static FP_BYTES], bool whole);
void sync_offered(struct sync *sync);

/* The peer's person no longer belongs to it: nothing more of it is sent.  What he still sends in
 * this session is taken and acknowledged, so that he can deliver his last words, his leaving above
 * all. */
void sync_withdraw(struct sync *sync, const uint8_t circle[static HASH_BYTES]);

/* Logs above CIRCLE_LOGS_MAX are left out: they are not offered in this session. */
void sync_heads(struct sync *sync, const uint8_t circle[static HASH_BYTES],
                const struct log_line *lines, size_t count);

/* `run` begins at the `from` that was asked for.  NULL: there is nothing to load after all. */
void sync_run(struct sync *sync, const uint8_t circle[static HASH_BYTES],
              const uint8_t log[static LOG_PK_BYTES], const struct run *run, uint64_t rcv_upto);

/* Events first .. last of a log have been committed here, from whatever source (also this peer). */
void sync_stored(struct sync *sync, const uint8_t circle[static HASH_BYTES],
                 const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last);

/* The outcome of SYNC_STORE: durable up to `head`; `bytes` of the RUN frame are credited back. */
void sync_committed(struct sync *sync, const uint8_t circle[static HASH_BYTES],
                    const uint8_t log[static LOG_PK_BYTES], uint64_t head, uint64_t rcv_upto,
                    size_t bytes);

/* ... or not:
 *   RB_GAP        `head` is ours: a VECTOR asks for what is between
 *   RB_SUSPECT    WANT asks for the whole block in which `head` lies; it comes as another
 *                 SYNC_STORE, which run_contradicts decides.  A second RB_SUSPECT of that block,
 *                 when the WANT has been answered, counts against the peer; one of an
 *                 earlier block goes on backwards
 *   RB_REFUSED    the log is not wanted, which is no fault of the peer: as sync_freeze
 *   RB_STORAGE, RB_FULL   our own trouble: BYE
 *   anything else counts against the peer; BAD_FRAMES_MAX of those close the session. */
void sync_refused(struct sync *sync, const uint8_t circle[static HASH_BYTES],
                  const uint8_t log[static LOG_PK_BYTES], enum rb_status why, uint64_t head,
                  size_t bytes);

/* The proof that tells of the branch that was asked for; empty: there is none.  It goes to the peer
 * once in a session, with a VECTOR behind it, and he answers with his. */
void sync_fork(struct sync *sync, const uint8_t circle[static HASH_BYTES],
               const uint8_t log[static LOG_PK_BYTES], struct span proof);

/* A log of that circle has been cut into branches here, whoever brought the proof: what was noted
 * of our logs is asked for again. */
void sync_cut(struct sync *sync, const uint8_t circle[static HASH_BYTES]);

/* A log that is not wanted: nothing of it is pushed, taken or counted any more. */
void sync_freeze(struct sync *sync, const uint8_t circle[static HASH_BYTES],
                 const uint8_t log[static LOG_PK_BYTES]);

/* Bodies that we lack: asks the peer for them once per session.  Ranges of one log in ascending
 * order: what is below an earlier `to` is left out. */
void sync_want(struct sync *sync, const uint8_t circle[static HASH_BYTES],
               const uint8_t log[static LOG_PK_BYTES], uint64_t from, uint64_t to);

/* A key that we lack: asks the peer for it, and tells him our seal key.  False: that circle is not
 * exchanged with him, at least not yet. */
bool sync_ask_key(struct sync *sync, const uint8_t circle[static HASH_BYTES],
                  const uint8_t eid8[static EID8_BYTES], struct span seal_key);

/* Revocations are known here up to this place (from 1, ascending with what is learnt); the peer has
 * those up to `got`, by what he said before this session.  After SYNC_READY, before sync_offered,
 * and whenever there is a new one; `got` counts at the first time. */
void sync_revokes(struct sync *sync, uint64_t got, uint64_t upto);

/* The next `count` PROVEDs, REVOKES_ITEMS_MAX at most, one after the other; `upto`: place of the
 * last; none: there are no more. */
void sync_revokes_give(struct sync *sync, struct span items, size_t count, uint64_t upto);

/* The outcome of SYNC_REVOKES.  RB_OK: what is kept of them is durable; else one of them proves
 * nothing, which counts against the peer. */
void sync_revokes_took(struct sync *sync, enum rb_status status);

/* Some that were of no use here are now: asks the peer for all of them, REVOKES_AGAIN_MAX times in
 * a session at most. */
void sync_revokes_again(struct sync *sync);

/* False when he has given all that he was asked for, or is not going to. */
bool sync_revokes_are_asked(const struct sync *sync);

void sync_bye(struct sync *sync, enum wire_bye reason);

/* ---- Out ---- */

/* The next thing to do; false if there is none now. */
bool sync_next(struct sync *sync, struct sync_action *action);

/* When to call sync_tick at the latest. */
int64_t sync_deadline_ms(const struct sync *sync);

struct sync_progress {
    bool open;         /* proven */
    bool settled;      /* both lists are complete and compared, all vectors are known */
    uint64_t left_out; /* events that the peer has neither acknowledged nor refused yet */
    uint64_t left_in;  /* events that the peer has and gives, and we have not stored yet */
};
struct sync_progress sync_progress(const struct sync *sync);

/* Nothing left either way, and every WANT was answered: its runs have been stored or refused, or
 * the peer has none to send.  A peer that asks for more later makes it false again. */
bool sync_is_done(const struct sync *sync);

#endif
