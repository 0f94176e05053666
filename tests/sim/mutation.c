/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/mutation.h"

#include "protocol/casework/kinds.h"
#include "protocol/fold.h"
#include "store/sharing.h"
#include "store/views.h"
#include "tests/sim/world.h"

#include <sqlite3.h>
#include <string.h>

enum mutation {
    MUTATION_NONE,
    MUTATION_VIEWS_BY_ARRIVAL, /* I1 */
    MUTATION_LOG_WITHHELD,     /* I2 */
    MUTATION_NO_SYNC,          /* I3 */
    MUTATION_NO_ROTATION,      /* I5 */
    MUTATION_OWN_JUDGEMENT,    /* I8 */
    MUTATION_JUNIORS_FIRST,    /* I9 */
    MUTATION_LOST_AT_REBUILD,  /* I12 */
    MUTATIONS
};

static const char *const names[MUTATIONS] = {
    "none",        "views-by-arrival", "log-withheld",  "no-sync",
    "no-rotation", "own-judgement",    "juniors-first", "lost-at-rebuild",
};

static enum mutation chosen;

bool mutation_choose(const char *name) {
    for (size_t i = 0; i < MUTATIONS; i++) {
        if (strcmp(names[i], name) == 0) {
            chosen = (enum mutation)i;
            return true;
        }
    }
    return false;
}

/* The names are the linker's. */
enum rb_status __real_view_post_project(struct store *store, const struct view_event *event);
enum rb_status __wrap_view_post_project(struct store *store, const struct view_event *event);
enum rb_status __real_view_edit_project(struct store *store, const struct view_event *event);
enum rb_status __wrap_view_edit_project(struct store *store, const struct view_event *event);
enum rb_status __real_circle_gives(struct store *store, const uint8_t circle[static HASH_BYTES],
                                   const uint8_t person[static HASH_BYTES],
                                   const uint8_t log[static LOG_PK_BYTES], uint64_t *upto);
enum rb_status __wrap_circle_gives(struct store *store, const uint8_t circle[static HASH_BYTES],
                                   const uint8_t person[static HASH_BYTES],
                                   const uint8_t log[static LOG_PK_BYTES], uint64_t *upto);
int __real_sqlite3_exec(sqlite3 *sqlite, const char *sql,
                        int (*each)(void *, int, char **, char **), void *context, char **error);
int __wrap_sqlite3_exec(sqlite3 *sqlite, const char *sql,
                        int (*each)(void *, int, char **, char **), void *context, char **error);
enum rb_status __real_epoch_plan(const struct circle *circle,
                                 const uint8_t self_device[static CERT_ID_BYTES], epoch_held held,
                                 void *context, int64_t now_ms, struct epoch_plan *plan);
enum rb_status __wrap_epoch_plan(const struct circle *circle,
                                 const uint8_t self_device[static CERT_ID_BYTES], epoch_held held,
                                 void *context, int64_t now_ms, struct epoch_plan *plan);
enum rb_status __real_kind_judge(const struct payload *payload, enum circle_kind circle,
                                 enum circle_role role);
enum rb_status __wrap_kind_judge(const struct payload *payload, enum circle_kind circle,
                                 enum circle_role role);
void __real_adds_clear(struct circle *circle);
void __wrap_adds_clear(struct circle *circle);

/* Every seventh event to arrive is not shown. */
enum rb_status __wrap_view_post_project(struct store *store, const struct view_event *event) {
    if (chosen == MUTATION_VIEWS_BY_ARRIVAL && event->rcv % 7 == 0) {
        return RB_OK;
    }
    return __real_view_post_project(store, event);
}

/* An edit counts only as news. */
enum rb_status __wrap_view_edit_project(struct store *store, const struct view_event *event) {
    if (chosen == MUTATION_LOST_AT_REBUILD && event->again) {
        return RB_OK;
    }
    return __real_view_edit_project(store, event);
}

/* One log in eight is kept back, and never asked for again. */
enum rb_status __wrap_circle_gives(struct store *store, const uint8_t circle[static HASH_BYTES],
                                   const uint8_t person[static HASH_BYTES],
                                   const uint8_t log[static LOG_PK_BYTES], uint64_t *upto) {
    if (chosen == MUTATION_LOG_WITHHELD && log[0] % 8 == 0) {
        return RB_NOT_MEMBER;
    }
    return __real_circle_gives(store, circle, person, log, upto);
}

/* Commits reach the disk when they like. */
int __wrap_sqlite3_exec(sqlite3 *sqlite, const char *sql,
                        int (*each)(void *, int, char **, char **), void *context, char **error) {
    const int result = __real_sqlite3_exec(sqlite, sql, each, context, error);

    if (chosen == MUTATION_NO_SYNC && result == SQLITE_OK &&
        strstr(sql, "synchronous = FULL") != NULL) {
        return __real_sqlite3_exec(sqlite, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
    }
    return result;
}

/* The first head will do, whoever has its key. */
enum rb_status __wrap_epoch_plan(const struct circle *circle,
                                 const uint8_t self_device[static CERT_ID_BYTES], epoch_held held,
                                 void *context, int64_t now_ms, struct epoch_plan *plan) {
    const enum rb_status status =
        __real_epoch_plan(circle, self_device, held, context, now_ms, plan);

    if (chosen == MUTATION_NO_ROTATION && status == RB_OK && plan->rotate && plan->head_count > 0) {
        plan->rotate = false;
        plan->grant_count = 0;
        memcpy(plan->use, plan->heads[0], sizeof plan->use);
    }
    return status;
}

/* Every third node knows better. */
enum rb_status __wrap_kind_judge(const struct payload *payload, enum circle_kind circle,
                                 enum circle_role role) {
    if (chosen == MUTATION_OWN_JUDGEMENT && payload->type == KIND_POST &&
        world_running()->index % 3 == 1 && payload->hlc % 5 == 0) {
        return RB_REFUSED;
    }
    return __real_kind_judge(payload, circle, role);
}

/* Who came last is senior. */
void __wrap_adds_clear(struct circle *circle) {
    const uint32_t count = chosen == MUTATION_JUNIORS_FIRST ? circle->seat_count : 0;

    for (uint32_t i = 0; i < count / 2; i++) {
        const uint32_t kept = circle->seats[i];
        circle->seats[i] = circle->seats[count - 1 - i];
        circle->seats[count - 1 - i] = kept;
    }
    for (uint32_t i = 0; i < count; i++) {
        circle->acts[circle->seats[i]].seat = i;
    }
    __real_adds_clear(circle);
}
