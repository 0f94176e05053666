/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who belongs to a circle, as people change it: adding, removing, what waits because its author was
 * removed or his device wrote twice, and adopting that.  For groups and cases alike; each writing
 * function is one transaction. */
#ifndef REMBUK_STORE_MEMBERSHIP_H
#define REMBUK_STORE_MEMBERSHIP_H

#include "store/author.h"
#include "store/groups.h"

/* A change that a rule forbids: which rule, and who could do it instead. */
struct refusal {
    enum circle_rule rule;
    size_t could_count; /* members who could, senior first */
    struct group_person *could;
};
void refusal_clear(struct refusal *refusal); /* an all-zero one is fine */

/* RB_REFUSED with `refusal` filled (the caller clears it), and nothing changed; RB_NOT_FOUND: no
 * such circle or contact; RB_NOT_MEMBER: one belongs to it no more; RB_NOT_ACCEPTED: one is only
 * invited to the group; RB_NO_KEY; RB_UNSAFE: a case, and the contact is not verified.  The role is
 * `role` of an ADD, and `until_s` the end of a guest's time (0: none).  Whoever belongs to it
 * already can be given a higher role and a later end; he keeps what he has of both.  What would
 * give him neither is RULE_PRESENT: a time is never made shorter.  To remove oneself is to leave.
 */
enum rb_status membership_add(struct store *store, const uint8_t circle[static HASH_BYTES],
                              const uint8_t person[static HASH_BYTES], enum circle_role role,
                              int64_t until_s, int64_t now_ms, struct refusal *refusal)
    RB_MUST_CHECK;
enum rb_status membership_remove(struct store *store, const uint8_t circle[static HASH_BYTES],
                                 const uint8_t person[static HASH_BYTES], int64_t now_ms,
                                 struct refusal *refusal) RB_MUST_CHECK;

/* The same questions without doing anything, before a person is asked for confirmation. */
enum rb_status membership_check_add(struct store *store, const uint8_t circle[static HASH_BYTES],
                                    const uint8_t person[static HASH_BYTES], enum circle_role role,
                                    int64_t until_s, struct refusal *refusal) RB_MUST_CHECK;
enum rb_status membership_check_remove(struct store *store, const uint8_t circle[static HASH_BYTES],
                                       const uint8_t person[static HASH_BYTES],
                                       struct refusal *refusal) RB_MUST_CHECK;

/* Why content waits for a manager. */
enum waiting_reason {
    WAITING_REMOVED, /* its author had left or been removed, or his device was revoked */
    WAITING_FORK     /* his device wrote two histories of one log: a copied or restored home */
};

struct waiting_row {
    uint8_t ref[REF_BYTES];
    uint8_t person[HASH_BYTES];
    char name[NAME_BYTES_MAX + 1];
    enum waiting_reason reason;
    int64_t time_ms;   /* by its author's clock */
    uint16_t type;     /* enum kind_type, or of a newer version */
    struct span title; /* name, title or first words of its text; borrowed during the call */
};

/* How much waits in each group and case where anything does, in the order in which they came. */
enum rb_status waiting_circles(struct store *store,
                               bool (*each)(void *context, const uint8_t circle[static HASH_BYTES],
                                            size_t waiting),
                               void *context) RB_MUST_CHECK;

/* What waits in a circle, in the order of (hlc, ref), until `each` gives false.  Members only. */
enum rb_status waiting_each(struct store *store, const uint8_t circle[static HASH_BYTES],
                            bool (*each)(void *context, const struct waiting_row *), void *context)
    RB_MUST_CHECK;
enum rb_status waiting_count(struct store *store, const uint8_t circle[static HASH_BYTES],
                             size_t *count) RB_MUST_CHECK;

/* Adopts all that waits, or all of one person (NULL: everybody); `*count`: events that count now.
 * RB_REFUSED with `refusal`; RB_NOT_FOUND: nothing of that waits. */
enum rb_status waiting_adopt(struct store *store, const uint8_t circle[static HASH_BYTES],
                             const uint8_t *person, int64_t now_ms, size_t *count,
                             struct refusal *refusal) RB_MUST_CHECK;

#endif
