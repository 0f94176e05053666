/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the owner of a home tells the consoles without being asked: what has come, what still
 * waits, which names there are.  It listens to the store, and says what it heard when it is asked
 * to: after a commit, not within one. */
#ifndef REMBUK_CLI_ANNOUNCE_H
#define REMBUK_CLI_ANNOUNCE_H

#include "cli/talk.h"
#include "node/node.h"

struct announcer;

struct announce_setup {
    struct store *store; /* borrowed, as the node */
    struct node *node;
    void (*tell)(void *context, const struct message *message); /* to every console */
    void *context;
};

struct announcer *announcer_new(const struct announce_setup *setup);
void announcer_destroy(struct announcer **announcer); /* NULL is fine */

/* News that say only how much there is; the message borrows `digits`. */
enum { NEWS_DIGITS_BYTES = 24 };
void news_more_write(struct message *message, uint64_t count,
                     char digits[static NEWS_DIGITS_BYTES]);

/* How many posts, entries, cases and invitations a message tells of; 0: it is no news. */
uint64_t news_count(const struct message *message);

/* A command of this person runs, or does no longer: what it writes beyond NEWS_POSTS_MAX posts is
 * not counted as news. */
void announcer_note_own(struct announcer *announcer, bool is_own);

/* A command is done: what waits to be sent may be more, and contacts others. */
void announcer_note_change(struct announcer *announcer);

/* Somebody has just come: names and state are told at the next step whether they changed or not. */
void announcer_note_console(struct announcer *announcer);

/* Tells what there is to tell, state and names not more often than twice a second.  Of posts and
 * entries at most NEWS_POSTS_MAX within two seconds are told by name, and have their numbers then;
 * of what comes faster only the count is told, every two seconds, and it stays unread.  Without
 * `is_heard` nothing is told, and all that comes stays unread. */
enum rb_status announcer_step(struct announcer *announcer, bool is_heard) RB_MUST_CHECK;
int64_t announcer_deadline_ms(const struct announcer *announcer);

#endif
