/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/membership.h"

#include "store/contacts.h"
#include "store/identity.h"
#include "store/waiting.h"
#include "store/writing.h"

#include <stdlib.h>
#include <string.h>

void refusal_clear(struct refusal *refusal) {
    free(refusal->could);
    *refusal = (struct refusal) { 0 };
}

/* ---- Asking the rules ---- */

/* What somebody would do. */
struct asked {
    enum { CHANGE_ADD, CHANGE_REMOVE, CHANGE_ADOPT } act;
    const uint8_t *target;
    enum circle_role role;
    int64_t until_s; /* of an ADD */
};

/* An ADD gives what he lacks: who belongs to it keeps the higher role and the later end. */
static bool gives_more(const struct asked *change, const struct member *target) {
    bool is_longer =
        target->until_s != 0 && (change->until_s == 0 || change->until_s > target->until_s);

    return change->role > target->role || is_longer;
}

static enum circle_rule add_rule(const struct asked *change, const struct circle *fold,
                                 const uint8_t author[static HASH_BYTES]) {
    const struct member *target = circle_member(fold, change->target);
    enum circle_rule rule = circle_may_add(fold, author, change->target, change->role);

    return rule == RULE_ALLOWED && member_is_in(target) && !gives_more(change, target)
               ? RULE_PRESENT
               : rule;
}

static enum circle_rule change_rule(const struct asked *change, const struct circle *fold,
                                    const uint8_t author[static HASH_BYTES]) {
    switch (change->act) {
    case CHANGE_ADD:
        return add_rule(change, fold, author);
    case CHANGE_REMOVE:
        return circle_may_remove(fold, author, change->target);
    default:
        return circle_may_adopt(fold, author);
    }
}

struct search {
    const struct asked *change;
    const struct circle *fold;
    struct refusal *refusal;
    bool invited_act; /* in a case: nobody accepts it first */
};

/* Who asks because only managers may is told the managers, though just now there be nobody to add
 * or to remove. */
static bool could(const struct search *search, const uint8_t person[static HASH_BYTES]) {
    enum circle_rule rule = change_rule(search->change, search->fold, person);
    bool is_idle = rule == RULE_PRESENT || rule == RULE_ABSENT;

    return rule == RULE_ALLOWED || (is_idle && search->refusal->rule == RULE_MANAGERS);
}

static bool could_collect(void *context, const struct group_person *person) {
    const struct search *search = context;
    struct refusal *refusal = search->refusal;

    /* Whoever it is about could leave by himself; that is not asked. */
    if (search->change->target != NULL &&
        memcmp(search->change->target, person->person, HASH_BYTES) == 0) {
        return true;
    }
    bool may_act = person->state == MEMBER_ACCEPTED || search->invited_act;
    if (may_act && could(search, person->person)) {
        refusal->could =
            rb_realloc(refusal->could, refusal->could_count + 1, sizeof *refusal->could);
        refusal->could[refusal->could_count++] = *person;
    }
    return true;
}

/* RB_OK if we may; RB_REFUSED with the rule, and the members who could.  Writes nothing. */
static enum rb_status change_check(struct store *store, const uint8_t circle[static HASH_BYTES],
                                   const struct asked *change, struct refusal *refusal) {
    struct search search = { .change = change, .refusal = refusal };
    struct writing writing;

    *refusal = (struct refusal) { 0 };
    enum rb_status status = writing_begin(&writing, store, circle, 0);
    if (status == RB_OK) {
        status = writing_may_act(&writing);
    }
    if (status != RB_OK) {
        goto done;
    }
    search.fold = writing.opening->members.fold;
    search.invited_act = writing.opening->members.kind == CIRCLE_CASE;
    refusal->rule = change_rule(change, search.fold, store_self(store)->person);
    if (refusal->rule != RULE_ALLOWED) {
        status = people_each(store, circle, could_collect, &search);
        status = status == RB_OK ? RB_REFUSED : status;
    }
done:
    writing_end(&writing);
    return status;
}

/* ---- Adding ---- */

/* What a case tells is not given to a stranger who calls himself by a known name. */
static enum rb_status contact_check(struct store *store, const uint8_t circle[static HASH_BYTES],
                                    const uint8_t person[static HASH_BYTES]) {
    struct contact contact;
    struct group_row group;

    enum rb_status status = contact_get(store, person, &contact);
    if (status != RB_OK || contact.verified) {
        return status;
    }
    status = group_get(store, circle, &group);
    return status == RB_NOT_FOUND ? RB_UNSAFE : status;
}

enum rb_status membership_check_add(struct store *store, const uint8_t circle[static HASH_BYTES],
                                    const uint8_t person[static HASH_BYTES], enum circle_role role,
                                    int64_t until_s, struct refusal *refusal) {
    const struct asked change = { CHANGE_ADD, person, role, until_s };

    enum rb_status status = change_check(store, circle, &change, refusal);
    return status == RB_OK ? contact_check(store, circle, person) : status;
}

enum rb_status membership_add(struct store *store, const uint8_t circle[static HASH_BYTES],
                              const uint8_t person[static HASH_BYTES], enum circle_role role,
                              int64_t until_s, int64_t now_ms, struct refusal *refusal) {
    enum rb_status status = membership_check_add(store, circle, person, role, until_s, refusal);

    if (status == RB_OK) {
        status = store_write_begin(store);
    }
    if (status != RB_OK) {
        return status;
    }
    return store_write_end(store, author_invite(store, circle, person, role, until_s, now_ms));
}

/* ---- Removing ---- */

enum rb_status membership_check_remove(struct store *store, const uint8_t circle[static HASH_BYTES],
                                       const uint8_t person[static HASH_BYTES],
                                       struct refusal *refusal) {
    const struct asked change = { CHANGE_REMOVE, person, CIRCLE_READER, 0 };

    return change_check(store, circle, &change, refusal);
}

enum rb_status membership_remove(struct store *store, const uint8_t circle[static HASH_BYTES],
                                 const uint8_t person[static HASH_BYTES], int64_t now_ms,
                                 struct refusal *refusal) {
    bool is_self = memcmp(person, store_self(store)->person, HASH_BYTES) == 0;

    *refusal = (struct refusal) { 0 };
    enum rb_status status =
        is_self ? RB_OK : membership_check_remove(store, circle, person, refusal);
    if (status == RB_OK) {
        status = store_write_begin(store);
    }
    if (status != RB_OK) {
        return status;
    }
    status = identity_part(store, circle, person, now_ms);
    if (status == RB_OK) {
        status = is_self ? author_leave(store, circle, now_ms)
                         : author_remove(store, circle, person, now_ms);
    }
    return store_write_end(store, status);
}

/* ---- Adopting ---- */

static enum rb_status adopt(struct store *store, const uint8_t circle[static HASH_BYTES],
                            const uint8_t *person, int64_t now_ms, size_t *count) {
    size_t head_count = 0, before = 0, after = 0;
    struct op_lock *heads = NULL;

    enum rb_status status = waiting_heads(store, circle, person, &heads, &head_count);
    if (status == RB_OK) {
        status = waiting_count_of(store, circle, person, &before);
    }
    if (status == RB_OK && head_count == 0) {
        status = RB_NOT_FOUND;
    }
    if (status == RB_OK) {
        status = author_adopt(store, circle, heads, head_count, now_ms);
    }
    if (status == RB_OK) {
        status = waiting_count_of(store, circle, person, &after);
    }
    if (status == RB_OK) {
        *count = before - after;
    }
    free(heads);
    return status;
}

enum rb_status waiting_adopt(struct store *store, const uint8_t circle[static HASH_BYTES],
                             const uint8_t *person, int64_t now_ms, size_t *count,
                             struct refusal *refusal) {
    const struct asked change = { CHANGE_ADOPT, NULL, CIRCLE_READER, 0 };

    enum rb_status status = change_check(store, circle, &change, refusal);
    if (status == RB_OK) {
        status = store_write_begin(store);
    }
    if (status != RB_OK) {
        return status;
    }
    return store_write_end(store, adopt(store, circle, person, now_ms, count));
}
