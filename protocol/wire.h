/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames between two peers (docs/protocol.md, 8).  One frame is one ZeroMQ message:
 *
 *   frame  = u8 type ‖ u8 version = 1 ‖ body
 *   HELLO  1  map { 0 protocol, 1 device cert id16, 2 nonce16, 3 role (0 dialled, 1 listened),
 *                   4 store incarnation8, 5 hlc, 6 features }
 *   PROOF  2  bstr64 sig_D("rk.proof" ‖ u8 own role ‖ own T pk ‖ peer's T pk ‖ h(own HELLO)
 *             ‖ h(peer's HELLO)), h(frame) = BLAKE2b-256("rk.hello" ‖ frame)
 *   LIST   5  [ last (bool), bstr of (rid16 ‖ fp16)... ]
 *   VECTOR 6  map { 0 rid16, 1 circle id32 (only to introduce a circle),
 *                   2 [ [log8, head, H8, missing]... ] }
 *   WANT   7  map { 0 rid16, 1 [ [log8, from, to]... ] }
 *   RUN    8  varint handle ‖ log pk32 ‖ varint first ‖ varint n ‖ prev8 ‖ varint rcv_upto
 *             ‖ sig64 ‖ n events
 *     event   u8 bits (0-2 class, 3 key body, 4 stub, 5 an eid8 follows; else it is the one before)
 *             [ eid8 ] ‖ varint blen ‖ body, or body hash32 of a stub
 *   ACK    9  map { 0 [ [handle, log8, seq]... ], 1 cursor }   handle: of him who sent the runs
 *   CREDIT 10 uint bytes
 *   FORK   12 map { 0 rid16, 1 bstr proof (log.h) }
 *   PING   15 map { 0 hlc, 1 queue }      PONG 16 the same
 *   ERR    17 map { 0 code, 1 retry after (s) }
 *   BYE    18 map { 0 reason }
 *   KEYREQ 19 map { 0 rid16, 1 eid8, 2 bstr XKEY }   XKEY: the sender's newest (credential.h)
 *   JOIN   20 bstr ANSWER (invite.h)
 *   JOINED 21 map { 0 bstr CARD of who invites, 1 port of his ordinary listener (0: not told) }
 *   REVOKES 22 map { 0 upto, 1 [ PROVED... ] (revoke_proof.h), 2 last (bool) }
 *                  upto: place of the last of them among those of their sender, from 1
 *   REVOKES_GOT 23 map { 0 upto }   0: give them all again
 *   JOIN, JOINED, ERR and BYE alone pass over the one-time connection of an invitation.
 *
 *   rid    = BLAKE2b-128(key = circle id, "rk.rid" ‖ dialler's nonce ‖ listener's nonce)
 *   fp     = BLAKE2b-128("rk.circlefp" ‖ (log pk ‖ u64 head ‖ H_head ‖ u64 missing)...), sorted by
 *            log pk
 *   handle = place of the circle in its sender's LISTs, from 0
 * The numbers left out belong to later messages (PROTOCOL.md D.5). */
#ifndef REMBUK_PROTOCOL_WIRE_H
#define REMBUK_PROTOCOL_WIRE_H

#include "protocol/log.h"
#include "protocol/revoke_proof.h"

enum wire_type {
    WIRE_HELLO = 1,
    WIRE_PROOF = 2,
    WIRE_LIST = 5,
    WIRE_VECTOR = 6,
    WIRE_WANT = 7,
    WIRE_RUN = 8,
    WIRE_ACK = 9,
    WIRE_CREDIT = 10,
    WIRE_FORK = 12,
    WIRE_PING = 15,
    WIRE_PONG = 16,
    WIRE_ERR = 17,
    WIRE_BYE = 18,
    WIRE_KEYREQ = 19,
    WIRE_JOIN = 20,
    WIRE_JOINED = 21,
    WIRE_REVOKES = 22,
    WIRE_REVOKES_GOT = 23
};

enum {
    WIRE_VERSION = 1,
    WIRE_PROTOCOL = 1,
    WIRE_NONCE_BYTES = 16,
    STORE_INC_BYTES = 8,
    RID_BYTES = 16,
    FP_BYTES = 16,
    LOG8_BYTES = 8
};

enum wire_role { WIRE_DIALLED = 0, WIRE_LISTENED = 1 };

enum wire_error {
    WIRE_ERR_NEED_HELLO = 1, /* no session here: begin again */
    WIRE_ERR_VERSION = 2,    /* protocol or frame version */
    WIRE_ERR_IDENTITY = 3,   /* HELLO or PROOF is not of the device that this connection is for */
    WIRE_ERR_FORM = 4,       /* a frame that is not valid, or not in its place */
    WIRE_ERR_LIMIT = 5,      /* more than limits.h or the credit allows */
    WIRE_ERR_NOT_OPEN = 6    /* the invitation is used up, taken back, over, or was none */
};

enum wire_bye {
    WIRE_BYE_DONE = 0,
    WIRE_BYE_DUPLICATE = 1,
    WIRE_BYE_STOPPING = 2,
    WIRE_BYE_BUSY = 3
};

struct wire_hello {
    uint64_t protocol;
    uint8_t device_cert[16];
    uint8_t nonce[WIRE_NONCE_BYTES];
    enum wire_role role;
    uint8_t store_inc[STORE_INC_BYTES];
    uint64_t hlc;
    uint64_t features;
};

struct wire_list_item {
    uint8_t rid[RID_BYTES];
    uint8_t fp[FP_BYTES];
};

struct wire_log { /* one line of a VECTOR */
    uint8_t log8[LOG8_BYTES];
    uint64_t head;
    uint8_t hash8[8];
    uint64_t missing;
};

struct wire_want {
    uint8_t log8[LOG8_BYTES];
    uint64_t from, to;
};

struct wire_ack {
    uint64_t handle;
    uint8_t log8[LOG8_BYTES];
    uint64_t seq;
};

/* Decoded lists stay as CBOR and are read one after the other with wire_next_... */
struct wire_frame {
    enum wire_type type;
    struct wire_hello hello;
    uint8_t proof[SIGNATURE_BYTES];
    bool last;              /* LIST, REVOKES */
    struct span items;      /* LIST, REVOKES: the concatenation */
    uint8_t rid[RID_BYTES]; /* VECTOR, WANT, FORK, KEYREQ */
    bool introduces;        /* VECTOR */
    uint8_t circle[HASH_BYTES];
    struct reader rows; /* VECTOR, WANT, ACK: the rows, checked */
    size_t row_count;
    uint64_t handle;          /* RUN */
    uint64_t rcv_upto;        /* RUN */
    uint64_t cursor;          /* ACK */
    uint64_t upto;            /* REVOKES, REVOKES_GOT */
    uint64_t credit;          /* CREDIT */
    uint64_t code;            /* ERR, BYE */
    uint64_t retry_s;         /* ERR */
    uint64_t hlc, queue;      /* PING, PONG */
    struct span proof_bytes;  /* FORK */
    uint8_t eid8[EID8_BYTES]; /* KEYREQ */
    struct span seal_key;     /* KEYREQ */
    struct span answer;       /* JOIN */
    struct span card;         /* JOINED */
    uint16_t port;            /* JOINED: 0 if it is not told */
};

/* Decodes any frame but the events of a RUN; all lists are checked to their end.  RB_TOO_LARGE
 * above FRAME_BYTES_MAX or a list's maximum, RB_UNKNOWN for a newer version or type, else
 * RB_MALFORMED. */
enum rb_status wire_decode(struct span bytes, struct wire_frame *frame) RB_MUST_CHECK;

/* Decodes the whole RUN frame `bytes` into `run`, whose bodies borrow from it; handle and rcv_upto
 * as in wire_frame.  Hashes of present bodies are computed.  On failure `run` is undefined. */
enum rb_status wire_decode_run(struct span bytes, uint64_t *handle, uint64_t *rcv_upto,
                               struct run *run) RB_MUST_CHECK;

struct wire_list_item wire_list_at(const struct wire_frame *frame, size_t index);
size_t wire_list_count(const struct wire_frame *frame);
struct wire_log wire_next_log(struct wire_frame *frame);
struct wire_want wire_next_want(struct wire_frame *frame);
struct wire_ack wire_next_ack(struct wire_frame *frame);

/* ---- Encoding: appends one whole frame to `out` ---- */
void wire_hello(struct writer *out, const struct wire_hello *hello);
void wire_proof(struct writer *out, const uint8_t signature[static SIGNATURE_BYTES]);
void wire_list(struct writer *out, const struct wire_list_item *items, size_t count, bool last);
void wire_vector(struct writer *out, const uint8_t rid[static RID_BYTES],
                 const uint8_t *introduced_circle /* 32 bytes, or NULL */,
                 const struct wire_log *logs, size_t count);
void wire_want(struct writer *out, const uint8_t rid[static RID_BYTES],
               const struct wire_want *wants, size_t count);
void wire_run(struct writer *out, uint64_t handle, uint64_t rcv_upto, const struct run *run);
void wire_ack(struct writer *out, const struct wire_ack *acks, size_t count, uint64_t cursor);
void wire_credit(struct writer *out, uint64_t bytes);
void wire_fork(struct writer *out, const uint8_t rid[static RID_BYTES], struct span proof);
void wire_keyreq(struct writer *out, const uint8_t rid[static RID_BYTES],
                 const uint8_t eid8[static EID8_BYTES], struct span seal_key);
void wire_ping(struct writer *out, enum wire_type ping_or_pong, uint64_t hlc, uint64_t queue);
void wire_err(struct writer *out, enum wire_error code, uint64_t retry_s);
void wire_bye(struct writer *out, enum wire_bye reason);
void wire_join(struct writer *out, struct span answer);
void wire_joined(struct writer *out, struct span card, unsigned port);
void wire_revokes(struct writer *out, uint64_t upto, struct span items /* `count` of PROVED */,
                  size_t count, bool last);
void wire_revokes_got(struct writer *out, uint64_t upto);

/* ---- What both sides compute ---- */
void wire_proof_sign(uint8_t signature[static SIGNATURE_BYTES], const struct sign_key *device,
                     enum wire_role own_role, const uint8_t own_transport[static 32],
                     const uint8_t peer_transport[static 32], struct span own_hello,
                     struct span peer_hello);
bool wire_proof_verify(const uint8_t signature[static SIGNATURE_BYTES],
                       const uint8_t device[static SIGN_PUBLIC_BYTES], enum wire_role signer_role,
                       const uint8_t signer_transport[static 32],
                       const uint8_t verifier_transport[static 32], struct span signer_hello,
                       struct span verifier_hello);
void wire_rid(uint8_t rid[static RID_BYTES], const uint8_t circle[static HASH_BYTES],
              const uint8_t dialler_nonce[static WIRE_NONCE_BYTES],
              const uint8_t listener_nonce[static WIRE_NONCE_BYTES]);

/* What stands for the name of a log (log8) and for an H (H8) on one connection.  Who writes the log
 * chooses both, but not before he knows the nonces: so he makes no two that look the same. */
void wire_short(uint8_t out[static LOG8_BYTES], const uint8_t whole[static HASH_BYTES],
                const uint8_t dialler_nonce[static WIRE_NONCE_BYTES],
                const uint8_t listener_nonce[static WIRE_NONCE_BYTES]);

/* One log's line in a fingerprint or a vector.  A branch of a forked log (log.h) is a log like any
 * other; it may be empty, and then its head is the last event before it. */
struct log_line {
    uint8_t log[LOG_PK_BYTES]; /* its public key, or the name of the branch */
    uint64_t head;
    uint8_t hash[HASH_BYTES];
    uint64_t missing;
    /* Not in either: */
    uint8_t parent[LOG_PK_BYTES]; /* of a branch: the log that it continues, */
    uint64_t base;                /* the seq up to which it does, */
    uint64_t proof;               /* and a number for the proof that tells of it; 0: no branch */
    bool cut;                     /* whole: it goes on in branches */
};
void circle_fingerprint(uint8_t fp[static FP_BYTES], const struct log_line *lines,
                        size_t count); /* any order */

/* ---- Arrival order (for the cursor that comes later; the formats are settled now) ----
 * Every node numbers what it stores: rcv = 1, 2, ... never reused.  h_0 = zeros,
 * h_rcv = BLAKE2b-128("rk.rcv" ‖ h_{rcv-1} ‖ u64 rcv ‖ log pk ‖ u64 seq); H8 is its first 8 bytes.
 * A subscription set hashes as BLAKE2b-128("rk.sub" ‖ circle ids, sorted), first 8 bytes. */
void arrival_hash_next(uint8_t hash[static 16], uint64_t rcv,
                       const uint8_t log[static LOG_PK_BYTES], uint64_t seq);
void subscription_hash(uint8_t out[static 8], const uint8_t (*circles)[HASH_BYTES], size_t count);

#endif
