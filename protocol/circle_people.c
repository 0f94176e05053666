/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a fold says when all are decided: of people, their devices, the control heads, what is
 * adopted, and the verdict. */
#include "protocol/fold.h"

#include <stdlib.h>
#include <string.h>

/* ---- People ---- */

struct ranked {
    struct member member;
    uint32_t seat; /* by his live ADDs; by those that stand if he is out */
};

static int compare_ranked(const void *a, const void *b) {
    const struct ranked *left = a;
    const struct ranked *right = b;
    bool left_in = member_is_in(&left->member);
    bool right_in = member_is_in(&right->member);

    if (left_in != right_in) {
        return left_in ? -1 : 1;
    }
    return left->seat < right->seat ? -1 : 1;
}

/* Fills the line of a member, but for his role. */
static void member_fill(const struct circle *circle, uint32_t person, struct member *member) {
    bool is_first = true;
    bool has_end = true;

    member->state = MEMBER_INVITED;
    for (uint32_t a = circle->persons[person].adds.first; a != NONE; a = circle->acts[a].next) {
        const struct act *add = &circle->acts[a];
        if (!add_is_live(circle, circle->everything, a)) {
            continue;
        }
        if (is_first) {
            memcpy(member->by, circle->persons[add->author].id, HASH_BYTES);
            is_first = false;
        }
        if (add->is_accepted || circle->acts[0].target == person) {
            member->state = MEMBER_ACCEPTED;
        }
        has_end = has_end && add->until_s != 0;
        member->until_s = add->until_s > member->until_s ? add->until_s : member->until_s;
    }
    member->until_s = has_end ? member->until_s : 0;
}

/* True if the ending ends one of the person's ADDs that stand. */
static bool is_his_end(const struct circle *circle, uint32_t person, uint32_t ending) {
    const struct act *end = &circle->acts[ending];
    uint32_t a = circle->persons[person].adds.first;

    if (end->type != OP_REVOKED) {
        return end->counts;
    }
    for (; a != NONE; a = circle->acts[a].next) {
        const struct act *add = &circle->acts[a];
        if (add->stands && memcmp(add->cert, end->cert, CERT_ID_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

static enum member_state state_after(const struct act *ending) {
    if (ending->type == OP_REVOKED) {
        return MEMBER_REVOKED;
    }
    if (ending->type == OP_DECLINE) {
        return MEMBER_DECLINED;
    }
    return ending->leaves ? MEMBER_LEFT : MEMBER_REMOVED;
}

/* Fills the line of somebody who is out: at least one ADD stands, and something ends it. */
static void member_fill_out(const struct circle *circle, uint32_t person, struct member *member) {
    uint32_t added_by = NONE;
    uint32_t by = NONE;

    for (uint32_t a = circle->persons[person].adds.first; a != NONE; a = circle->acts[a].next) {
        const struct act *add = &circle->acts[a];
        if (add->stands) {
            added_by = added_by == NONE ? add->author : added_by;
            member->role = add->role > member->role ? add->role : member->role;
        }
    }
    for (uint32_t r = circle->persons[person].endings.first; r != NONE; r = circle->acts[r].next) {
        if (is_his_end(circle, person, r)) {
            member->state = state_after(&circle->acts[r]);
            by = member->state == MEMBER_REMOVED ? circle->acts[r].author : added_by;
        }
    }
    memcpy(member->by, circle->persons[by].id, HASH_BYTES);
}

static void ranked_fill(const struct circle *circle, uint32_t person, struct ranked *ranked) {
    struct member *member = &ranked->member;

    memcpy(member->person, circle->persons[person].id, HASH_BYTES);
    if (circle->persons[person].is_present) {
        (void)role_in(circle, circle->everything, person, &member->role);
        ranked->seat = seat_in(circle, circle->everything, person);
        member_fill(circle, person, member);
    } else {
        ranked->seat = seat_standing(circle, person);
        member_fill_out(circle, person, member);
    }
    member->rank = circle->acts[circle->seats[ranked->seat]].rank;
}

void people_collect(struct circle *circle) {
    struct ranked *ranked = rb_alloc(circle->added_count, sizeof *ranked);

    for (uint32_t i = 0; i < circle->added_count; i++) {
        circle->persons[circle->added[i]].is_present =
            is_in(circle, circle->everything, circle->added[i]);
        if (seat_standing(circle, circle->added[i]) != NONE) {
            ranked_fill(circle, circle->added[i], &ranked[circle->people_count++]);
        }
    }
    qsort(ranked, circle->people_count, sizeof *ranked, compare_ranked);
    circle->people = rb_alloc(circle->people_count, sizeof *circle->people);
    for (size_t i = 0; i < circle->people_count; i++) {
        circle->people[i] = ranked[i].member;
    }
    free(ranked);
}

/* ---- Recipients ---- */

/* By device; of one device, what counts first. */
static int compare_devices(const void *a, const void *b) {
    const struct named_device *const *left = a;
    const struct named_device *const *right = b;
    int order = memcmp((*left)->id, (*right)->id, CERT_ID_BYTES);

    if (order != 0) {
        return order;
    }
    if ((*left)->seal_generation != (*right)->seal_generation) {
        return (*left)->seal_generation > (*right)->seal_generation ? -1 : 1;
    }
    return (*left)->place > (*right)->place ? -1 : 1;
}

static bool device_is_revoked(const struct circle *circle, uint32_t person,
                              const uint8_t device[static CERT_ID_BYTES]) {
    uint32_t v = circle->persons[person].endings.first;

    while (v != NONE && !(circle->acts[v].type == OP_REVOKED &&
                          memcmp(circle->acts[v].cert, device, CERT_ID_BYTES) == 0)) {
        v = circle->acts[v].next;
    }
    return v != NONE;
}

static bool device_may_read(const struct circle *circle, const struct named_device *device) {
    bool is_named = device->act == NONE ? circle->persons[device->person].is_present
                                        : add_is_live(circle, circle->everything, device->act);

    return is_named && !device->is_void && !device_is_revoked(circle, device->person, device->id);
}

/* A device that may read. */
struct reader_device {
    const struct named_device *named; /* with its newest seal key */
    bool is_added;  /* an ADD names it, so that it does not count against others */
    uint32_t since; /* the place of the first that names it */
};

/* By person; of one person, those first that ADDs name, then as they came. */
static int compare_readers(const void *a, const void *b) {
    const struct reader_device *left = a;
    const struct reader_device *right = b;

    if (left->named->person != right->named->person) {
        return left->named->person < right->named->person ? -1 : 1;
    }
    if (left->is_added != right->is_added) {
        return left->is_added ? -1 : 1;
    }
    return (left->since > right->since) - (left->since < right->since);
}

/* All that may read, each device once. */
static size_t readers_find(const struct circle *circle, struct reader_device *readers) {
    const struct named_device **devices = rb_alloc(circle->device_count, sizeof *devices);
    size_t device_count = 0;
    size_t count = 0;

    for (uint32_t i = 0; i < circle->device_count; i++) {
        if (device_may_read(circle, &circle->devices[i])) {
            devices[device_count++] = &circle->devices[i];
        }
    }
    qsort(devices, device_count, sizeof *devices, compare_devices);
    for (size_t i = 0; i < device_count; i++) {
        if (i == 0 || memcmp(devices[i]->id, devices[i - 1]->id, CERT_ID_BYTES) != 0) {
            readers[count++] = (struct reader_device) { devices[i], false, devices[i]->place };
        }
        struct reader_device *reader = &readers[count - 1];
        reader->is_added = reader->is_added || devices[i]->act != NONE;
        reader->since = devices[i]->place < reader->since ? devices[i]->place : reader->since;
    }
    free(devices);
    return count;
}

static int compare_recipients(const void *a, const void *b) {
    const struct recipient *left = a;
    const struct recipient *right = b;

    return memcmp(left->device, right->device, CERT_ID_BYTES);
}

void recipients_collect(struct circle *circle) {
    struct reader_device *readers = rb_alloc(circle->device_count, sizeof *readers);
    size_t count = readers_find(circle, readers);
    uint32_t of_person = 0;

    qsort(readers, count, sizeof *readers, compare_readers);
    circle->recipients = rb_alloc(count, sizeof *circle->recipients);
    for (size_t i = 0; i < count; i++) {
        const struct named_device *named = readers[i].named;
        bool is_same = i > 0 && named->person == readers[i - 1].named->person;
        of_person = (is_same ? of_person : 0) + (readers[i].is_added ? 0 : 1);
        if (of_person > CIRCLE_DEVICES_MAX) {
            continue;
        }
        struct recipient *recipient = &circle->recipients[circle->recipient_count++];
        memcpy(recipient->device, named->id, CERT_ID_BYTES);
        memcpy(recipient->person, circle->persons[named->person].id, HASH_BYTES);
        memcpy(recipient->seal_key, named->seal_key, BOX_PUBLIC_BYTES);
    }
    qsort(circle->recipients, circle->recipient_count, sizeof *circle->recipients,
          compare_recipients);
    free(readers);
}

static int compare_device_to_recipient(const void *device, const void *recipient) {
    const struct recipient *right = recipient;

    return memcmp(device, right->device, CERT_ID_BYTES);
}

uint32_t recipient_find(const struct circle *circle, const uint8_t device[static CERT_ID_BYTES]) {
    const struct recipient *found =
        bsearch(device, circle->recipients, circle->recipient_count, sizeof *circle->recipients,
                compare_device_to_recipient);

    return found == NULL ? NONE : (uint32_t)(found - circle->recipients);
}

/* ---- What is adopted ---- */

static int compare_locks(const void *a, const void *b) {
    const struct op_lock *left = a;
    const struct op_lock *right = b;
    int order = memcmp(left->log, right->log, LOG_PK_BYTES);

    if (order != 0) {
        return order;
    }
    if (left->seq != right->seq) {
        return left->seq < right->seq ? -1 : 1;
    }
    return memcmp(left->hash, right->hash, HASH_BYTES);
}

void adopted_collect(struct circle *circle) {
    struct op_lock *heads = rb_alloc(circle->lock_count, sizeof *heads);
    size_t count = 0;

    for (uint32_t i = 0; i < circle->act_count; i++) {
        const struct act *act = &circle->acts[i];
        for (uint32_t k = 0; act->type == OP_ADOPT && act->counts && k < act->locks.count; k++) {
            heads[count++] = circle->locks[act->locks.first + k];
        }
    }
    qsort(heads, count, sizeof *heads, compare_locks);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || compare_locks(&heads[i], &heads[i - 1]) != 0) {
            heads[circle->adopted_count++] = heads[i];
        }
    }
    circle->adopted = heads;
}

/* ---- Control heads ---- */

/* What goes first.  Leavings, and REVOKEDs of who is no manager, anybody can write without end:
 * they must not crowd out what managers do.  Leavings of who was never in go last: they matter only
 * to who would add him. */
enum head_class { HEAD_MANAGED, HEAD_ENDING, HEAD_ACCEPT, HEAD_KEY, HEAD_OF_STRANGER, HEAD_NONE };

static enum head_class class_of_act(const struct circle *circle, const struct act *act) {
    switch (act->type) {
    case OP_GENESIS:
    case OP_ADD:
        return act->stands ? HEAD_MANAGED : HEAD_NONE;
    case OP_REVOKED:
        return act->is_by_manager ? HEAD_MANAGED : HEAD_ENDING;
    case OP_ADOPT:
        return act->counts ? HEAD_MANAGED : HEAD_NONE;
    default:
        break;
    }
    if (!act->counts) {
        return HEAD_NONE;
    }
    if (!act->leaves) {
        return HEAD_MANAGED;
    }
    return seat_standing(circle, act->target) == NONE ? HEAD_OF_STRANGER : HEAD_ENDING;
}

static enum head_class class_of_op(const struct circle *circle, enum op_type type, uint32_t place) {
    if (!circle->granted[place]) {
        return HEAD_NONE;
    }
    if (circle->act_at[place] != NONE) {
        return class_of_act(circle, &circle->acts[circle->act_at[place]]);
    }
    if (!is_in(circle, circle->everything, circle->authors[place])) {
        return HEAD_NONE;
    }
    return type == OP_ACCEPT ? HEAD_ACCEPT : HEAD_KEY;
}

struct head {
    enum head_class class;
    uint8_t ref[REF_BYTES];
};

static int compare_heads(const void *a, const void *b) {
    const struct head *left = a;
    const struct head *right = b;

    if (left->class != right->class) {
        return left->class < right->class ? -1 : 1;
    }
    return memcmp(left->ref, right->ref, REF_BYTES);
}

/* From the end to the beginning: an operation is below one with an effect if such a one, or one
 * that is below such a one, names it. */
void heads_collect(struct circle *circle, const struct graph *graph) {
    struct head *heads = rb_alloc(circle->op_count, sizeof *heads);
    bool *below = rb_alloc(circle->op_count, sizeof *below);

    for (uint32_t place = circle->op_count; place-- > 0;) {
        enum head_class class = class_of_op(circle, graph->ops[place]->type, place);
        if (class != HEAD_NONE && !below[place]) {
            struct head *head = &heads[circle->head_count++];
            head->class = class;
            memcpy(head->ref, graph->ops[place]->ref, REF_BYTES);
        }
        if (class == HEAD_NONE && !below[place]) {
            continue;
        }
        for (uint32_t d = graph->first_dep[place]; d < graph->first_dep[place + 1]; d++) {
            below[graph->deps[d]] = true;
        }
    }
    qsort(heads, circle->head_count, sizeof *heads, compare_heads);
    circle->heads = rb_alloc(circle->head_count, sizeof *circle->heads);
    for (size_t i = 0; i < circle->head_count; i++) {
        memcpy(circle->heads[i], heads[i].ref, REF_BYTES);
    }
    free(heads);
    free(below);
}

/* ---- The verdict ---- */

/* What an act says to the verdict, or 0.  ADDs that stand say nothing: they only give a role to
 * those who name them. */
static uint8_t verdict_on(const struct act *act) {
    switch (act->type) {
    case OP_GENESIS:
        return 0;
    case OP_ADD:
        return act->stands ? 0 : 1;
    case OP_REVOKED:
        return 2;
    default:
        return act->counts ? 3 : 0;
    }
}

static bool is_at_bound(const struct circle *circle) {
    return circle->is_full || circle->op_count == CIRCLE_OPERATIONS_MAX;
}

void verdict_make(struct circle *circle) {
    size_t most = ((size_t)circle->act_count + 1) * 2 * (REF_BYTES + 1);
    struct writer said = { 0 };

    writer_init(&said, most);
    for (uint32_t i = 0; i < circle->act_count; i++) {
        uint8_t kind = verdict_on(&circle->acts[i]);
        if (kind != 0) {
            writer_u8(&said, kind);
            writer_span(&said, span_of(circle->acts[i].ref, REF_BYTES));
        }
    }
    /* Once a bound is reached, whatever comes may push out something else: then all that is granted
     * is said. */
    for (uint32_t i = 0; i < circle->act_count && is_at_bound(circle); i++) {
        writer_u8(&said, 4);
        writer_span(&said, span_of(circle->acts[i].ref, REF_BYTES));
    }
    struct span view = writer_view(&said);
    crypt_hash(circle->verdict, HASH_BYTES, span_of(NULL, 0), "rk.verdict", &view, 1);
    writer_clear(&said);
}
