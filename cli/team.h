/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the people of a group or a case are shown by several commands. */
#ifndef REMBUK_CLI_TEAM_H
#define REMBUK_CLI_TEAM_H

#include "cli/circles.h"

/* "reader", "writer", "manager", "owner", and the Indonesian words; false for anything else. */
bool circle_role_parse(const char *word, enum circle_role *role);

const char *team_role_shown(enum ref_sort sort, enum circle_role role);

/* The people of a circle as the list "members" of a group, "team" of a case.  TEAM_UNSEEN: for
 * scripts alone.  TEAM_SHORT: names and state, which tells all that matters.  TEAM_WHOLE: number,
 * role and state, and the standing in a network of offices if there is one. */
enum team_form { TEAM_UNSEEN, TEAM_SHORT, TEAM_WHOLE };
enum rb_status team_put(struct context *context, enum ref_sort sort,
                        const uint8_t circle[static HASH_BYTES], enum team_form form) RB_MUST_CHECK;

/* A plain sentence for everybody whose device writes two histories: what seems to have happened,
 * and what to do. */
enum rb_status team_say_twice(struct context *context, const struct circle_facts *facts)
    RB_MUST_CHECK;

#endif
