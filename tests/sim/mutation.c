/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/mutation.h"

#include "protocol/casework/kinds.h"
#include "protocol/casework/thread.h"
#include "protocol/fold.h"
#include "store/forks.h"
#include "store/ingest.h"
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
    MUTATION_REVOKED_UNSAID,   /* I5 */
    MUTATION_REVOKED_COUNTS,   /* I8 */
    MUTATION_TEXTS_CUT, /* I1, and so the next five: the same everywhere, and not as it was */
    MUTATION_POSTS_LOST,
    MUTATION_EDITS_BACKWARDS,
    MUTATION_RETRACTIONS_LOST,
    MUTATION_NOTES_LOST,
    MUTATION_ROLES_LOWERED,
    MUTATION_SYNC_LATE,         /* I3 */
    MUTATION_SEALED_TO_REMOVED, /* I4 */
    MUTATION_PROOFS_IGNORED,    /* I7 */
    MUTATION_PROOFS_BELIEVED,   /* I7 */
    MUTATION_BRANCHES_COUNTED,  /* I7 */
    MUTATION_RUNS_UNSIGNED,     /* I8 */
    MUTATION_NO_BOUND,          /* I11 */
    MUTATIONS
};

static const char *const names[MUTATIONS] = {
    [MUTATION_NONE] = "none",
    [MUTATION_VIEWS_BY_ARRIVAL] = "views-by-arrival",
    [MUTATION_LOG_WITHHELD] = "log-withheld",
    [MUTATION_NO_SYNC] = "no-sync",
    [MUTATION_NO_ROTATION] = "no-rotation",
    [MUTATION_OWN_JUDGEMENT] = "own-judgement",
    [MUTATION_JUNIORS_FIRST] = "juniors-first",
    [MUTATION_LOST_AT_REBUILD] = "lost-at-rebuild",
    [MUTATION_REVOKED_UNSAID] = "revoked-unsaid",
    [MUTATION_REVOKED_COUNTS] = "revoked-counts",
    [MUTATION_TEXTS_CUT] = "texts-cut",
    [MUTATION_POSTS_LOST] = "posts-lost",
    [MUTATION_EDITS_BACKWARDS] = "edits-backwards",
    [MUTATION_RETRACTIONS_LOST] = "retractions-lost",
    [MUTATION_NOTES_LOST] = "notes-lost",
    [MUTATION_ROLES_LOWERED] = "roles-lowered",
    [MUTATION_SYNC_LATE] = "sync-late",
    [MUTATION_SEALED_TO_REMOVED] = "sealed-to-removed",
    [MUTATION_PROOFS_IGNORED] = "proofs-ignored",
    [MUTATION_PROOFS_BELIEVED] = "proofs-believed",
    [MUTATION_BRANCHES_COUNTED] = "branches-counted",
    [MUTATION_RUNS_UNSIGNED] = "runs-unsigned",
    [MUTATION_NO_BOUND] = "no-bound",
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

/* Every third node. */
static bool is_third(void) {
    return world_running() != NULL && world_running()->index % 3 == 1;
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
enum rb_status __real_view_retract_project(struct store *store, const struct view_event *event);
enum rb_status __wrap_view_retract_project(struct store *store, const struct view_event *event);
enum rb_status __real_view_entry_project(struct store *store, const struct view_event *event);
enum rb_status __wrap_view_entry_project(struct store *store, const struct view_event *event);
enum rb_status __real_post_decode(struct span bytes, struct post *post);
enum rb_status __wrap_post_decode(struct span bytes, struct post *post);
enum rb_status __real_author_invite(struct store *store, const uint8_t circle[static HASH_BYTES],
                                    const uint8_t person[static HASH_BYTES], enum circle_role role,
                                    int64_t until_s, int64_t now_ms);
enum rb_status __wrap_author_invite(struct store *store, const uint8_t circle[static HASH_BYTES],
                                    const uint8_t person[static HASH_BYTES], enum circle_role role,
                                    int64_t until_s, int64_t now_ms);
size_t __real_circle_recipients(const struct circle *circle, const struct recipient **recipients);
size_t __wrap_circle_recipients(const struct circle *circle, const struct recipient **recipients);
enum rb_status __real_ingest_fork(struct store *store, const uint8_t circle[static HASH_BYTES],
                                  struct span proof);
enum rb_status __wrap_ingest_fork(struct store *store, const uint8_t circle[static HASH_BYTES],
                                  struct span proof);
enum rb_status __real_fork_search(struct opening *opening, const struct run *run, struct fork *fork,
                                  uint64_t *ask);
enum rb_status __wrap_fork_search(struct opening *opening, const struct run *run, struct fork *fork,
                                  uint64_t *ask);
bool __real_log_head_verify(const uint8_t signature[static SIGNATURE_BYTES],
                            const uint8_t log[static LOG_PK_BYTES], uint64_t seq,
                            const uint8_t hash[static HASH_BYTES]);
bool __wrap_log_head_verify(const uint8_t signature[static SIGNATURE_BYTES],
                            const uint8_t log[static LOG_PK_BYTES], uint64_t seq,
                            const uint8_t hash[static HASH_BYTES]);
enum rb_status __real_fork_decode(struct span bytes, struct fork *fork);
enum rb_status __wrap_fork_decode(struct span bytes, struct fork *fork);
enum rb_status __real_run_accept(const struct log_head *head, const struct run *run,
                                 const struct log_overlap *overlap, struct run_result *result);
enum rb_status __wrap_run_accept(const struct log_head *head, const struct run *run,
                                 const struct log_overlap *overlap, struct run_result *result);
bool __real_log_is_branch(const struct log_row *log);
bool __wrap_log_is_branch(const struct log_row *log);
enum rb_status __real_circle_remember(struct store *store, const uint8_t circle[static HASH_BYTES],
                                      const uint8_t *introducer);
enum rb_status __wrap_circle_remember(struct store *store, const uint8_t circle[static HASH_BYTES],
                                      const uint8_t *introducer);
enum rb_status __real_revocation_due(struct store *store, int64_t circle, const struct circle *fold,
                                     struct writer *whole);
enum rb_status __wrap_revocation_due(struct store *store, int64_t circle, const struct circle *fold,
                                     struct writer *whole);

enum rb_status __real_circle_role_at(const struct circle *circle, const struct event_author *author,
                                     const uint8_t (*ctl)[REF_BYTES], size_t ctl_count,
                                     enum circle_role *role);
enum rb_status __wrap_circle_role_at(const struct circle *circle, const struct event_author *author,
                                     const uint8_t (*ctl)[REF_BYTES], size_t ctl_count,
                                     enum circle_role *role);

/* What was written on a computer that is out waits for nobody, at all the same. */
enum rb_status __wrap_circle_role_at(const struct circle *circle, const struct event_author *author,
                                     const uint8_t (*ctl)[REF_BYTES], size_t ctl_count,
                                     enum circle_role *role) {
    const enum rb_status status = __real_circle_role_at(circle, author, ctl, ctl_count, role);

    if (chosen == MUTATION_REVOKED_COUNTS && status == RB_REFUSED &&
        circle_recipient(circle, author->device) == NULL) {
        *role = CIRCLE_WRITER;
        return RB_OK;
    }
    return status;
}

/* Who is lost is let in no more, and no circle is told so. */
enum rb_status __wrap_revocation_due(struct store *store, int64_t circle, const struct circle *fold,
                                     struct writer *whole) {
    return chosen == MUTATION_REVOKED_UNSAID ? RB_NOT_FOUND
                                             : __real_revocation_due(store, circle, fold, whole);
}

/* Every seventh event to arrive is not shown; or one of five posts, everywhere the same. */
enum rb_status __wrap_view_post_project(struct store *store, const struct view_event *event) {
    const bool is_lost = (chosen == MUTATION_VIEWS_BY_ARRIVAL && event->rcv % 7 == 0) ||
                         (chosen == MUTATION_POSTS_LOST && event->ref[0] % 5 == 0);

    return is_lost ? RB_OK : __real_view_post_project(store, event);
}

/* An edit counts only as news; or the first one counts, as if it were the last. */
enum rb_status __wrap_view_edit_project(struct store *store, const struct view_event *event) {
    struct payload payload = *event->payload;
    struct view_event turned = *event;

    if (chosen == MUTATION_LOST_AT_REBUILD && event->again) {
        return RB_OK;
    }
    if (chosen == MUTATION_EDITS_BACKWARDS) {
        payload.hlc = INT64_MAX - payload.hlc;
        turned.payload = &payload;
    }
    return __real_view_edit_project(store, &turned);
}

enum rb_status __wrap_view_retract_project(struct store *store, const struct view_event *event) {
    return chosen == MUTATION_RETRACTIONS_LOST ? RB_OK : __real_view_retract_project(store, event);
}

enum rb_status __wrap_view_entry_project(struct store *store, const struct view_event *event) {
    const bool is_lost = chosen == MUTATION_NOTES_LOST && event->ref[0] % 5 == 0;

    return is_lost ? RB_OK : __real_view_entry_project(store, event);
}

enum rb_status __wrap_post_decode(struct span bytes, struct post *post) {
    enum { FEW = 30 };
    const enum rb_status status = __real_post_decode(bytes, post);

    if (chosen == MUTATION_TEXTS_CUT && status == RB_OK && post->text.len > FEW) {
        post->text.len = FEW;
    }
    return status;
}

/* Whoever is added may read, and nothing else. */
enum rb_status __wrap_author_invite(struct store *store, const uint8_t circle[static HASH_BYTES],
                                    const uint8_t person[static HASH_BYTES], enum circle_role role,
                                    int64_t until_s, int64_t now_ms) {
    return __real_author_invite(store, circle, person,
                                chosen == MUTATION_ROLES_LOWERED ? CIRCLE_READER : role, until_s,
                                now_ms);
}

/* One log in eight is kept back, and never asked for again. */
enum rb_status __wrap_circle_gives(struct store *store, const uint8_t circle[static HASH_BYTES],
                                   const uint8_t person[static HASH_BYTES],
                                   const uint8_t log[static LOG_PK_BYTES], uint64_t *upto) {
    if (chosen == MUTATION_LOG_WITHHELD && log[0] % 8 == 0) {
        return RB_NOT_FOUND;
    }
    return __real_circle_gives(store, circle, person, log, upto);
}

/* Commits reach the disk when they like; or when the WAL has grown long. */
int __wrap_sqlite3_exec(sqlite3 *sqlite, const char *sql,
                        int (*each)(void *, int, char **, char **), void *context, char **error) {
    const int result = __real_sqlite3_exec(sqlite, sql, each, context, error);

    if (result != SQLITE_OK || strstr(sql, "synchronous = FULL") == NULL) {
        return result;
    }
    switch (chosen) {
    case MUTATION_NO_SYNC:
        return __real_sqlite3_exec(sqlite, "PRAGMA synchronous = OFF", NULL, NULL, NULL);
    case MUTATION_SYNC_LATE:
        return __real_sqlite3_exec(sqlite, "PRAGMA synchronous = NORMAL", NULL, NULL, NULL);
    default:
        return result;
    }
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

/* Those to whom keys can be sealed, in whatever circle that was seen. */
static struct recipient seen[WORLD_NODES_MAX];
static size_t seen_count;

static const struct recipient *recipient_seen(const uint8_t person[static HASH_BYTES]) {
    for (size_t i = 0; i < seen_count; i++) {
        if (memcmp(seen[i].person, person, HASH_BYTES) == 0) {
            return &seen[i];
        }
    }
    return NULL;
}

static void recipients_see(const struct recipient *recipients, size_t count) {
    for (size_t i = 0; i < count && seen_count < WORLD_NODES_MAX; i++) {
        if (recipient_seen(recipients[i].person) == NULL) {
            seen[seen_count++] = recipients[i];
        }
    }
}

/* The first who is out stays one of those for whom keys are sealed. */
size_t __wrap_circle_recipients(const struct circle *circle, const struct recipient **recipients) {
    static struct recipient more[SEALS_PER_KEY_BODY_MAX];
    const struct member *people;
    size_t count = __real_circle_recipients(circle, recipients);

    if (chosen != MUTATION_SEALED_TO_REMOVED || count >= SEALS_PER_KEY_BODY_MAX) {
        return count;
    }
    recipients_see(*recipients, count);
    memcpy(more, *recipients, count * sizeof *more);
    const size_t people_count = circle_people(circle, &people);
    for (size_t i = 0; i < people_count; i++) {
        const struct recipient *known = recipient_seen(people[i].person);
        if (!member_is_in(&people[i]) && known != NULL) {
            more[count++] = *known;
            break;
        }
    }
    *recipients = more;
    return count;
}

/* Every third node takes no proof of a fork, and finds none. */
enum rb_status __wrap_ingest_fork(struct store *store, const uint8_t circle[static HASH_BYTES],
                                  struct span proof) {
    return chosen == MUTATION_PROOFS_IGNORED && is_third()
               ? RB_OK
               : __real_ingest_fork(store, circle, proof);
}

enum rb_status __wrap_fork_search(struct opening *opening, const struct run *run, struct fork *fork,
                                  uint64_t *ask) {
    return chosen == MUTATION_PROOFS_IGNORED && is_third()
               ? RB_REFUSED
               : __real_fork_search(opening, run, fork, ask);
}

/* Signatures of proofs, or of runs, are not looked at. */
static bool is_credulous;

bool __wrap_log_head_verify(const uint8_t signature[static SIGNATURE_BYTES],
                            const uint8_t log[static LOG_PK_BYTES], uint64_t seq,
                            const uint8_t hash[static HASH_BYTES]) {
    return is_credulous || __real_log_head_verify(signature, log, seq, hash);
}

enum rb_status __wrap_fork_decode(struct span bytes, struct fork *fork) {
    is_credulous = chosen == MUTATION_PROOFS_BELIEVED;
    const enum rb_status status = __real_fork_decode(bytes, fork);

    is_credulous = false;
    return status;
}

enum rb_status __wrap_run_accept(const struct log_head *head, const struct run *run,
                                 const struct log_overlap *overlap, struct run_result *result) {
    is_credulous = chosen == MUTATION_RUNS_UNSIGNED;
    const enum rb_status status = __real_run_accept(head, run, overlap, result);

    is_credulous = false;
    return status;
}

/* What is behind a fork counts like all the rest. */
bool __wrap_log_is_branch(const struct log_row *log) {
    return chosen != MUTATION_BRANCHES_COUNTED && __real_log_is_branch(log);
}

/* Who introduces circles has room for as many as he likes. */
enum rb_status __wrap_circle_remember(struct store *store, const uint8_t circle[static HASH_BYTES],
                                      const uint8_t *introducer) {
    bool own = false;
    enum rb_status status = __real_circle_remember(store, circle, introducer);

    if (chosen != MUTATION_NO_BOUND || status != RB_REFUSED) {
        return status;
    }
    status = store_write_enter(store, &own);
    if (status == RB_OK) {
        status = store_write_leave(store, own, circle_row_insert(store, circle, introducer));
    }
    return status;
}

/* Every third node knows better. */
enum rb_status __wrap_kind_judge(const struct payload *payload, enum circle_kind circle,
                                 enum circle_role role) {
    if (chosen == MUTATION_OWN_JUDGEMENT && payload->type == KIND_POST && is_third() &&
        payload->hlc % 5 == 0) {
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
