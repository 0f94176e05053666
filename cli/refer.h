/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What people type to name things: references to what is there, names for what is new.  What does
 * not fit becomes a sentence that helps to type a better one. */
#ifndef REMBUK_CLI_REFER_H
#define REMBUK_CLI_REFER_H

#include "cli/context.h"

enum rb_status refer_find(struct context *context, enum ref_sort sort, const char *typed,
                          struct object *object) RB_MUST_CHECK;

/* A person of the group or case `circle` (REF_GROUP, REF_CASE): by name, by the number of the
 * contact, by identifier; also one who has left, if nobody else fits.  Else a contact. */
enum rb_status refer_person(struct context *context, enum ref_sort sort,
                            const uint8_t circle[static HASH_BYTES], const char *typed,
                            struct object *object) RB_MUST_CHECK;

/* RB_OK if `name` can be the name or title of something. */
enum rb_status refer_check_name(struct context *context, struct span name) RB_MUST_CHECK;

/* The same for the name of a person or an office. */
enum rb_status refer_check_person_name(struct context *context, struct span name) RB_MUST_CHECK;

#endif
