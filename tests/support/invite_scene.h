/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trio (trio.h) about an invitation: Ani invites and listens; Budi is her contact, Citra is
 * not.  Besides there is whoever comes with a key of his own and no node ("raw"). */
#ifndef REMBUK_TESTS_INVITE_SCENE_H
#define REMBUK_TESTS_INVITE_SCENE_H

#include "node/link.h"
#include "store/invitations.h"
#include "tests/support/trio.h"

extern struct invite_keys keys; /* of the invitation that Ani made last */
extern struct invitation invitation;
extern size_t told; /* how often Ani's home told of an answer */
extern int64_t told_last;

/* Around each test, within trio_make and trio_remove: the homes are those of all tests, and what
 * one leaves behind is cleared away. */
int invite_scene_arrange(void **state);
int invite_scene_clear(void **state);

void ani_invites_at(int64_t made_ms);
void ani_invites(void);
void ani_listens_and_invites(void);
void ani_cancels(void);
size_t ani_doors(void);

/* Where the door of that invitation is; it is there. */
const char *door_of(int64_t number);
unsigned port_of(const char *endpoint);
size_t answers(int64_t number); /* how many */

/* With a node, and `keys`. */
void joins_at(struct worker *guest, const char *endpoint);
enum node_join_state outcome_within(struct worker *guest, int64_t ms);
void joins_well(struct worker *guest);

/* Ani refuses whoever dials with that key, and says so. */
void ani_refuses(const struct box_key *own, const uint8_t server[static BOX_PUBLIC_BYTES],
                 const char *endpoint);

/* ---- Without a node ---- */
struct links *raw_open(const struct box_key *own);
struct links *raw_at_the_door(void); /* of the last invitation, with its one-time key */
void raw_wait(struct links *links, int64_t deadline_ms); /* a little; all nodes go on */
void raw_say(struct links *links, struct span frame);
void answer_of(struct worker *guest, const struct invite_keys *secret, struct writer *answer);
void raw_join(struct links *links, struct span answer);

/* The next frame's type, and if it is ERR, its code; 0: nothing came. */
struct heard {
    unsigned type;
    uint64_t code;
};
struct heard raw_hears_within(struct links *links, int64_t ms);
void raw_is_told(struct links *links, enum wire_error code);

#endif
