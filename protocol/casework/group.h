/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A discussion group (kelompok): flat, any member may invite (ADD gives the role manager).
 *   GROUP body = map { 0 name }        refs: none
 * The name that counts is the one with the least (hlc, ref); renaming comes as its own kind. */
#ifndef REMBUK_CASEWORK_GROUP_H
#define REMBUK_CASEWORK_GROUP_H

#include "protocol/casework/kinds.h"

struct group {
    struct span name;
};
void group_encode(struct writer *out, const struct group *group);
enum rb_status group_decode(struct span body, struct group *group) RB_MUST_CHECK;

#endif
