/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the sync session share.  For nobody else.
 *
 *   sync.c         life, time, what comes out (sync_next)
 *   sync_store.c   what the node tells: offers, heads, runs, outcomes
 *   sync_frame.c   what the peer sends: a row for each frame
 *   sync_revokes.c revocations that go by themselves
 *   sync_circle.c  the book-keeping: circles, logs, what the peer has, what is left
 *   sync_list.c    growable lists, and a hash table that a hostile peer cannot degrade
 *
 * Circles and logs are named by their index in `circles` and `logs`, because those move when they
 * grow.  Neither is ever removed within a session; what goes away is marked (withdrawn, frozen). */
#ifndef REMBUK_PROTOCOL_SYNC_INTERNAL_H
#define REMBUK_PROTOCOL_SYNC_INTERNAL_H

#include "protocol/sync.h"

#define SYNC_NONE UINT32_MAX /* no circle, no log */

enum {
    SYNC_LOGS_MAX = 4 * LIST_CIRCLES_MAX, /* logs that the peer may name in one session: 60 MB */
    SYNC_REQUESTS_MAX =
        4 * WANT_ITEMS_MAX /* ranges the peer may be waiting for; more are forgotten */
};

/* ---- Lists ---- */

/* Items of one size; pushed at the end, popped at the front, reached by place. */
struct sync_list {
    uint8_t *items;
    size_t item_size;
    size_t first, count, room;
};
void sync_list_init(struct sync_list *list, size_t item_size);
void sync_list_clear(struct sync_list *list);
void sync_list_push(struct sync_list *list, const void *item);
bool sync_list_pop(struct sync_list *list, void *item); /* false: empty */
void *sync_list_at(const struct sync_list *list,
                   size_t place); /* valid until the next push or pop */
void sync_list_push_index(struct sync_list *list, uint32_t index);
uint32_t sync_list_pop_index(struct sync_list *list); /* SYNC_NONE: empty */

/* Keys of any length to indexes.  Places follow from a hash under a key that the peer does not
 * know, so that it cannot choose keys that fall together; two keys with one 128-bit hash do not
 * happen. */
struct sync_table {
    uint8_t key[SYNC_TABLE_KEY_BYTES];
    struct sync_slot *slots;
    size_t count, room;
};
void sync_table_init(struct sync_table *table, const uint8_t key[static SYNC_TABLE_KEY_BYTES]);
void sync_table_clear(struct sync_table *table);
uint32_t sync_table_get(const struct sync_table *table, struct span name);       /* or SYNC_NONE */
void sync_table_put(struct sync_table *table, struct span name, uint32_t index); /* a new name */

/* ---- Circles and logs ---- */

struct sync_circle {
    uint8_t id[HASH_BYTES]; /* zeros until `id_known` */
    uint8_t rid[RID_BYTES];
    uint8_t our_fp[FP_BYTES], their_fp[FP_BYTES];
    uint32_t our_handle, their_handle; /* valid once listed */
    uint32_t first_log;                /* chained by next_in_circle */
    struct sync_list wants; /* struct sync_want: asked of the peer when the circle is live */
    uint64_t awaited_since; /* how many PINGs we had sent when we began to wait */
    bool id_known;
    bool offered; /* by our node */
    bool whole;   /* and the peer is shown all of it */
    bool our_listed, their_listed;
    bool introduced; /* by the peer, and our node was told */
    bool withdrawn;
    bool compared; /* the fingerprints */
    bool same;
    bool heads_known;           /* our logs of it are all in `logs` */
    bool vector_known;          /* the peer's, too */
    bool vector_sent;           /* since the circle was found the same, if it was */
    bool vector_due, heads_due; /* for either, our node is asked for the heads */
    bool awaited;               /* listed by one side only: the other may be about to answer */
    bool unsettled;             /* counted in sync->unsettled */
    bool unanswered;            /* the peer was asked after his VECTOR, and has sent none */
    bool forked;                /* a log of it is in branches here, or was cut in this session */
    bool offer_queued, heads_queued, wants_queued, forks_queued;
};

/* Sequence numbers: 0 is before the first event. */
struct sync_log {
    uint8_t log8[LOG8_BYTES];  /* sync_short of `log` */
    uint8_t log[LOG_PK_BYTES]; /* zeros until `known` */
    uint64_t ours;             /* durable here */
    uint64_t base;             /* ours when the circle was offered */
    uint64_t theirs;           /* at the peer, by its own word: VECTOR, fingerprint, ACK or a RUN */
    uint64_t durable;          /* the same without RUN */
    uint64_t told;             /* SYNC_ACKED was given up to here */
    uint64_t sent;             /* pushed up to here, or needless to push */
    uint64_t unwanted;         /* pushed up to here, answered, and not acknowledged: refused */
    uint64_t ungiven;          /* at the peer up to here, asked after, and not sent */
    uint64_t ack;              /* to acknowledge; 0: nothing */
    uint64_t gap_asked;        /* 1 + the head with which a VECTOR was sent because of a gap */
    uint64_t suspect_from;     /* the first event of the earliest block that was asked for */
    uint64_t wanted_to;        /* missing bodies have been asked for up to here */
    uint64_t left_out, left_in; /* counted in the sums of the session */
    uint64_t our_hash_seq, their_hash_seq;
    uint8_t our_hash8[8], their_hash8[8];
    uint64_t begins; /* of a branch: the seq up to which it continues its parent */
    uint64_t proof;  /* of a branch that is known here: log_line.proof */
    uint32_t parent; /* or SYNC_NONE */
    uint32_t circle;
    uint32_t next_in_circle;
    bool known;  /* the whole key */
    bool placed; /* the numbers above mean something: see sync_log_place */
    bool frozen; /* refused: neither pushed nor taken nor counted */
    bool cut;    /* whole here: it goes on in branches */
    bool listed; /* in the peer's VECTOR, or he has sent or acknowledged a run of it */
    bool proof_sent;
    bool push_queued, ack_queued;
};

struct sync_want {
    uint32_t log;
    uint64_t from, to;
};

/* What the peer asked for with WANT. */
struct sync_request {
    uint32_t circle;
    struct wire_want want;
};

/* An action to be given by sync_next. */
struct sync_notice {
    enum sync_action_type type;
    uint32_t circle, log;
    uint64_t number;   /* SYNC_ACKED, SYNC_REVOKES_GOT: seq.  SYNC_STORE: rcv_upto.  SYNC_HLC: hlc.
                          SYNC_REVOKES: 1 if they are the last */
    struct span bytes; /* SYNC_STORE, SYNC_FORK, SYNC_KEYREQ, SYNC_REVOKES */
    uint8_t eid8[EID8_BYTES];
};

struct sync_queued {
    struct writer frame;
    uint32_t circle; /* or SYNC_NONE */
    bool run;
};

/* Places are numbers that the sender gives his revocations, from 1. */
struct sync_revokes {
    uint64_t ours;        /* the newest here */
    uint64_t sent;        /* up to here, in this session or an earlier one */
    uint64_t most;        /* the greatest that was sent in this session */
    uint64_t since;       /* how many PINGs we had sent when the last REVOKES went */
    uint64_t taken_upto;  /* the place of the last of the peer's that came */
    uint64_t items;       /* how many came, since we asked for all */
    uint64_t given;       /* how many went, since he asked for all */
    uint64_t asked_out;   /* how often we asked for all, */
    uint64_t asked_in;    /* and he */
    uint64_t again_since; /* how many PINGs we had sent when we asked for all */
    uint64_t in_since;    /* how many PINGs we had sent when we answered, or asked, last */
    bool begun;
    bool asked;   /* our node for the next ones */
    bool open;    /* a REVOKES is not confirmed */
    bool wanted;  /* all of them, by the peer: an empty answer is one, too */
    bool all;     /* our node was asked for the first of all of them */
    bool refused; /* the peer confirms none: nothing more is sent in this session */
    bool taking;  /* our node has not answered */
    bool more;    /* the peer has not sent his last ones */
    bool again;   /* we asked for all, and he may still be sending what he had to send before */
};

enum sync_state { STATE_GREETING, STATE_PROVING, STATE_OPEN, STATE_CLOSED };

struct sync {
    struct sync_setup setup;
    enum sync_state state;
    int64_t started_ms, now_ms, last_in_ms, last_out_ms;
    struct writer our_hello, their_hello; /* whole frames: PROOF signs them */
    struct wire_hello peer;
    enum rb_status close_status;
    enum wire_bye close_bye;
    bool close_given;
    unsigned bad_frames;

    struct sync_list circles; /* struct sync_circle */
    struct sync_list logs;    /* struct sync_log */
    struct sync_table by_rid, by_log;
    struct sync_list our_handles, their_handles; /* handle -> circle */
    bool our_complete, their_complete;           /* the lists */
    bool list_due, listed_once;

    struct sync_list notices; /* struct sync_notice */
    size_t borrowing;         /* how many of them borrow from the frame that came last */
    struct sync_list queued;  /* struct sync_queued: frames ready to go */
    struct writer taken;      /* the frame that sync_next gave last */
    struct sync_list offers;  /* circles for the next LIST */
    struct sync_list lonely;  /* ours, to be introduced when the peer's list is complete */
    struct sync_list heads;   /* circles whose heads our node is to be asked for */
    struct sync_list wanting; /* circles with wants that can be sent */
    struct sync_list forks;   /* circles in which the peer may lack a proof */
    struct sync_list pushes;  /* logs with something to push */
    struct sync_list acks;    /* logs with something to acknowledge */
    struct sync_list requests;

    uint32_t asked_heads; /* circle, or SYNC_NONE */
    uint32_t asked_fork;  /* log, or SYNC_NONE */
    struct {
        uint32_t log; /* or SYNC_NONE */
        uint64_t from, to;
        bool request; /* for the first of `requests` */
    } asked_run;

    int64_t credit_out; /* we may send RUNs while it is above 0 */
    int64_t credit_in;  /* and so may the peer */
    uint64_t to_grant;
    uint64_t storing; /* bytes of runs that our node has not answered yet */
    uint64_t cursor;

    uint64_t pings, pongs, pongs_due;
    bool ping_due;
    bool run_open;       /* a RUN was sent, and no PONG has come to a PING after it */
    uint64_t run_since;  /* how many PINGs we had sent when the last RUN went */
    bool want_open;      /* a WANT, KEYREQ or FORK was sent, and no PONG came to a PING after it */
    uint64_t want_since; /* how many PINGs we had sent when the last of them went */

    bool quiet;           /* a PING was sent, and nothing but PING and PONG went either way since */
    uint64_t quiet_since; /* how many PINGs we had sent with it */

    struct sync_revokes revokes;

    size_t unsettled, awaited; /* circles */
    uint64_t left_out, left_in;
    struct run run;
};

/* ---- sync.c ---- */

/* Tells the peer why, and closes with `status`. */
void sync_fail(struct sync *sync, enum wire_error code, enum rb_status status);

/* Closes without a word: the peer said goodbye, or is silent. */
void sync_end(struct sync *sync, enum rb_status status, enum wire_bye bye);

/* A new frame at the end of the queue; write it, then sync_queue_end. */
struct writer *sync_queue_begin(struct sync *sync, uint32_t circle, bool run);
void sync_queue_end(struct sync *sync);
void sync_notify(struct sync *sync, struct sync_notice notice);
void sync_ack_write(struct sync *sync, struct writer *out);

/* BAD_FRAMES_MAX of these close the session. */
void sync_count_bad(struct sync *sync);

/* A RUN; its credit is used. */
void sync_run_queue(struct sync *sync, uint32_t circle, const struct run *run, uint64_t rcv_upto);

/* ---- sync_revokes.c ---- */
bool sync_revokes_next(struct sync *sync, struct sync_action *action);
void sync_revokes_take(struct sync *sync, const struct wire_frame *frame);
void sync_revokes_take_got(struct sync *sync, const struct wire_frame *frame);
void sync_revokes_pong(struct sync *sync);
bool sync_revokes_wait(const struct sync *sync); /* for a frame of the peer */
bool sync_revokes_owe(const struct sync *sync);  /* an answer, which goes before the next PONG */
bool sync_revokes_are_done(const struct sync *sync);

/* ---- sync_circle.c ---- */
struct sync_circle *sync_circle_at(const struct sync *sync, uint32_t circle);
struct sync_log *sync_log_at(const struct sync *sync, uint32_t log);

void sync_circle_rid(const struct sync *sync, uint8_t rid[static RID_BYTES],
                     const uint8_t id[static HASH_BYTES]);
uint32_t sync_circle_by_rid(const struct sync *sync, const uint8_t rid[static RID_BYTES]);
uint32_t sync_circle_find(const struct sync *sync, const uint8_t id[static HASH_BYTES]);
uint32_t sync_circle_add(struct sync *sync, const uint8_t rid[static RID_BYTES]);

/* Both have it in their lists, and it was not withdrawn. */
bool sync_circle_is_shared(const struct sync_circle *circle);

/* Shared, and known what the peer has: events may go. */
bool sync_circle_is_live(const struct sync_circle *circle);

/* After a LIST of either side: same, different, or to be introduced. */
void sync_circle_compare(struct sync *sync, uint32_t circle);
void sync_circle_ask_heads(struct sync *sync, uint32_t circle);

/* The peer is to get this; above SYNC_REQUESTS_MAX it does not. */
void sync_circle_request(struct sync *sync, uint32_t circle, struct wire_want want);

/* Begins to wait for the peer's answer to a circle that one side only has listed, or stops. */
void sync_circle_await(struct sync *sync, uint32_t circle, bool awaited);

/* Counts anew and queues what can go now.  To be called whenever a field of the circle changed. */
void sync_circle_refresh(struct sync *sync, uint32_t circle);

/* What stands for a name or an H on this connection. */
void sync_short(const struct sync *sync, uint8_t out[static LOG8_BYTES],
                const uint8_t whole[static HASH_BYTES]);

/* By what the peer calls it, or by its name; SYNC_NONE if there is none. */
uint32_t sync_log_find(const struct sync *sync, uint32_t circle,
                       const uint8_t log8[static LOG8_BYTES]);
uint32_t sync_log_named(const struct sync *sync, uint32_t circle,
                        const uint8_t log[static LOG_PK_BYTES]);

/* The log, made if need be; its key becomes known.  SYNC_NONE if another log of the circle has the
 * same log8, which does not happen on the next connection. */
uint32_t sync_log_get(struct sync *sync, uint32_t circle, const uint8_t log[static LOG_PK_BYTES]);
uint32_t sync_log_add(struct sync *sync, uint32_t circle, const uint8_t log8[static LOG8_BYTES]);

/* The first word about a log says that nothing happened to it up to `seq` since the circle was
 * offered.  Of a circle that is SAME both sides then have it up to there. */
void sync_log_place(struct sync *sync, uint32_t log, uint64_t seq);

/* The peer has answered every RUN: what it has not acknowledged it does not want. */
void sync_logs_unwanted(struct sync *sync);

/* The peer has answered all that he answers: what he has and has not sent he does not give, and a
 * circle without his VECTOR he does not exchange any more. */
void sync_peer_is_silent(struct sync *sync);

/* Not refused; and of a branch the peer knows that it exists. */
bool sync_log_goes_out(const struct sync_log *log);

/* How far a log goes from here by its name.  One that forks before its first event goes to whoever
 * does not know of it with the beginning of a branch. */
uint64_t sync_log_ours(const struct sync_log *log);

/* A branch that we know and the peer, who has what it continues, seems not to. */
bool sync_log_lacks_proof(const struct sync *sync, const struct sync_log *log);

/* The same for a log as sync_circle_refresh for a circle. */
void sync_log_refresh(struct sync *sync, uint32_t log);

uint64_t sync_block_first(uint64_t seq); /* of the block in which `seq` lies; 0 lies in the first */

/* Asks for the block that ends in or after `head`; false if that was done before. */
bool sync_log_suspect(struct sync *sync, uint32_t log, uint64_t head);
void sync_log_want(struct sync *sync, uint32_t log, uint64_t from, uint64_t to);

/* ---- sync_frame.c ---- */
void sync_frame_take(struct sync *sync, struct span bytes);

#endif
