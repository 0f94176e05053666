/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/invariants_rules.h"

#include "protocol/circle.h"
#include "store/db.h"

#include <inttypes.h>
#include <string.h>

static void must_end(struct sim_node *node, struct db_row *row) {
    if (db_end(row) != RB_OK && !disk_is_off(node->disk)) {
        world_break(node->world, 0, "%s cannot be asked", node->name);
    }
}

/* ---- I7 ---- */

/* One of his computers is. */
static bool is_twice(const struct world *world, const uint8_t person[static HASH_BYTES]) {
    bool twice = false;

    for (size_t i = 0; i < world->node_count; i++) {
        const struct sim_node *node = &world->nodes[i];
        twice = twice || (node->twice && memcmp(node->person, person, HASH_BYTES) == 0);
    }
    return twice;
}

void rules_check_forks(struct sim_node *node) {
    static const char sql[] =
        "SELECT DISTINCT author.person"
        " FROM log"
        " JOIN log AS first ON first.circle = log.circle AND first.pk = log.origin"
        " JOIN author ON author.log = first.id"
        " WHERE log.parent IS NOT NULL AND length(author.person) = 32";
    struct db_row *row = db_query(store_db(node->store), sql);
    uint8_t person[HASH_BYTES];

    while (db_step(row)) {
        db_copy(row, 0, person, sizeof person);
        if (!is_twice(node->world, person)) {
            world_break(node->world, 7, "%s says of an honest person %02x%02x.. that he forked",
                        node->name, person[0], person[1]);
        }
    }
    must_end(node, row);
}

void rules_check_branches(struct sim_node *node) {
    static const char sql[] =
        "SELECT log.origin, event.seq"
        " FROM log"
        " JOIN event ON event.log = log.id"
        " WHERE log.parent IS NOT NULL AND event.control = 0 AND event.state = 1"
        "   AND NOT EXISTS (SELECT 1 FROM adopted WHERE adopted.circle = log.circle"
        "     AND adopted.log = log.origin AND adopted.seq >= event.seq)";
    struct db_row *row = db_query(store_db(node->store), sql);
    uint8_t log[LOG_PK_BYTES];

    while (db_step(row)) {
        db_copy(row, 0, log, sizeof log);
        world_break(node->world, 7,
                    "%s counts event %" PRId64 " of log %02x%02x.., which is behind a fork",
                    node->name, db_int(row, 1), log[0], log[1]);
    }
    must_end(node, row);
}

/* ---- I9 ---- */

void rules_check_removals(struct sim_node *node,
                          bool (*has_left)(void *context, const uint8_t circle[static HASH_BYTES],
                                           const uint8_t person[static HASH_BYTES]),
                          void *context) {
    static const char sql[] =
        "SELECT circle.circle, member.person"
        " FROM member"
        " JOIN circle ON circle.id = member.circle"
        " WHERE member.state = ?1 AND member.role = ?2 AND member.by <> member.person"
        /* Whose letter stands higher is senior to the founder. */
        "   AND NOT EXISTS (SELECT 1 FROM member AS remover"
        "     WHERE remover.circle = member.circle AND remover.person = member.by"
        "       AND remover.rank < member.rank)";
    struct db_row *row = db_query(store_db(node->store), sql);
    uint8_t circle[HASH_BYTES], person[HASH_BYTES];

    db_bind_int(row, 1, MEMBER_REMOVED);
    db_bind_int(row, 2, CIRCLE_OWNER);
    while (db_step(row)) {
        db_copy(row, 0, circle, sizeof circle);
        db_copy(row, 1, person, sizeof person);
        if (!has_left(context, circle, person)) {
            world_break(node->world, 9, "%s thinks that the founder of %02x%02x.. was removed",
                        node->name, circle[0], circle[1]);
        }
    }
    must_end(node, row);
}

/* ---- I11 ---- */

void rules_check_bounds(struct sim_node *node) {
    static const char sql[] =
        "SELECT (SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM circle"
        "          WHERE opened = 0 AND introducer IS NOT NULL GROUP BY introducer)),"
        "       (SELECT coalesce(max(n), 0) FROM (SELECT sum(bytes) AS n FROM guest"
        "          GROUP BY person)),"
        "       (SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM log"
        "          GROUP BY circle))";
    struct db_row *row = db_query(store_db(node->store), sql);

    if (db_step(row)) {
        const int64_t circles = db_int(row, 0), bytes = db_int(row, 1), logs = db_int(row, 2);
        if (circles > UNOPENED_CIRCLES_PER_PEER_MAX || bytes > UNOPENED_BYTES_PER_PEER_MAX ||
            logs > CIRCLE_LOGS_MAX) {
            world_break(node->world, 11,
                        "%s keeps %" PRId64 " circles and %" PRId64 " bytes of one peer, %" PRId64
                        " logs in a circle",
                        node->name, circles, bytes, logs);
        }
    }
    must_end(node, row);
}
