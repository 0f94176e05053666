/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be done next, where that depends on what is stored: nobody is told to type a command
 * that will be refused. */
#ifndef REMBUK_CLI_NEXT_H
#define REMBUK_CLI_NEXT_H

#include "cli/context.h"
#include "store/contacts.h"
#include "store/groups.h"

enum reach {
    REACH_NOBODY, /* no contact */
    REACH_WAITS,  /* contacts, but no address: they must call */
    REACH_CALLS   /* a contact has an address */
};
enum rb_status next_reach(struct context *context, enum reach *reach) RB_MUST_CHECK;

/* How what was written gets to the others: `calling` (a translated hint at sync) if somebody can be
 * called, else what has to be done for that.  A node in this process calls by itself. */
enum rb_status next_send(struct context *context, const char *calling) RB_MUST_CHECK;

/* The first contact: by a card, or by an invitation. */
void next_first_contact(struct output *out);

/* The computer of a contact's card was shut out: what another one of that person says counts. */
void next_other_card(struct output *out);

/* What can be done with a verified contact: accept an invitation that waits, fetch one, invite
 * him, or first make a group. */
enum rb_status next_invite(struct context *context, const struct contact *contact) RB_MUST_CHECK;

/* The console is in that very thing: commands leave it out there. */
bool next_is_here(const struct context *context, struct span identifier);

/* The first invitation that waits for an answer; RB_NOT_FOUND if none does.  It is easily
 * overlooked: nothing of its group is shown before it is accepted. */
enum rb_status next_invitation(struct context *context, struct group_row *row) RB_MUST_CHECK;

/* Who invites to that group, and how to accept it. */
enum rb_status next_say_invited(struct context *context, const struct group_row *row) RB_MUST_CHECK;

/* The same of the first invitation that waits, if there is one. */
enum rb_status next_say_invitation(struct context *context) RB_MUST_CHECK;

#endif
