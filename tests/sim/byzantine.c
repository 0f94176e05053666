/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/byzantine.h"

#include "protocol/casework/kinds.h"
#include "store/block.h"
#include "store/cases.h"
#include "store/db.h"
#include "store/ingest.h"
#include "store/membership.h"
#include "store/sharing.h"
#include "store/threads.h"
#include "tests/sim/account.h"
#include "tests/sim/invariants.h"
#include "tests/sim/world_link.h"
#include "tests/support/forger.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const bad_names[BAD_DEEDS] = { "coup",   "backdate", "seal",   "fork",
                                                  "flood",  "tamper",   "replay", "withhold",
                                                  "prefix", "accuse" };

bool bad_deed_read(const char *name, enum bad_deed *deed) {
    for (size_t i = 0; i < BAD_DEEDS; i++) {
        if (strcmp(bad_names[i], name) == 0) {
            *deed = (enum bad_deed)i;
            return true;
        }
    }
    return false;
}

/* A circle to which the cheat belongs, and his new log in it. */
struct plot {
    struct sim_node *node;
    struct random *random;
    uint8_t circle[HASH_BYTES];
    size_t choices;
    uint8_t head[REF_BYTES];
    struct forger forger;
    struct run run;
};

/* ---- Preparing ---- */

static void choose_circle(struct plot *plot, const uint8_t circle[static HASH_BYTES],
                          const char *name) {
    if (name[0] != '\0' && random_below(plot->random, ++plot->choices) == 0) {
        memcpy(plot->circle, circle, HASH_BYTES);
    }
}

static bool choose_group(void *context, const struct group_row *row) {
    choose_circle(context, row->circle, row->name);
    return true;
}

static bool choose_case(void *context, const struct case_row *row) {
    choose_circle(context, row->circle, row->code);
    return true;
}

static bool store_takes(struct sim_node *node, const uint8_t circle[static HASH_BYTES],
                        const struct run *run) {
    const int64_t now_ms = sim_now_ms(node);
    struct ingest_result result = { .status = RB_REFUSED };
    enum rb_status status;

    world_enter(node->world, node);
    status = ingest_begin(node->store);
    if (status == RB_OK) {
        status = ingest_run(node->store, circle, run, now_ms, &result);
        if (status == RB_OK) {
            status = ingest_commit(node->store, now_ms);
        } else {
            ingest_abort(node->store);
        }
    }
    world_enter(node->world, NULL);
    return sim_did(node, status) && result.status == RB_OK;
}

static bool plot_takes(struct plot *plot) {
    return store_takes(plot->node, plot->circle, &plot->run);
}

/* False: he belongs to no group or case of which he holds a key, or his disk fails. */
static bool plot_begin(struct plot *plot, struct sim_node *node, struct random *random) {
    *plot = (struct plot) { .node = node, .random = random };
    world_enter(node->world, node);
    const bool can = group_each(node->store, false, choose_group, plot) == RB_OK &&
                     case_each(node->store, false, choose_case, plot) == RB_OK && plot->choices > 0;
    if (can) {
        forger_head(node->store, plot->circle, plot->head);
        forger_new(&plot->forger, node->store, plot->circle);
        forger_logcert(&plot->forger, node->store, plot->circle, &plot->run);
    }
    world_enter(node->world, NULL);
    return can && plot_takes(plot);
}

static void plot_end(struct plot *plot) {
    forger_clear(&plot->forger);
}

static bool plot_operation(struct plot *plot, enum op_type type, struct writer *body) {
    forger_operation(&plot->forger, type, writer_view(body), plot->head, &plot->run);
    writer_clear(body);
    return plot_takes(plot);
}

/* Somebody else who is on and knows the circle, or NULL. */
static struct sim_node *plot_victim(const struct plot *plot) {
    struct world *world = plot->node->world;
    struct sim_node *victim = NULL;
    struct circle_row row;
    size_t seen = 0;

    for (size_t i = 0; i < world->acquainted; i++) {
        struct sim_node *node = &world->nodes[i];
        if (node != plot->node && node->store != NULL &&
            circle_row_find(node->store, plot->circle, &row) == RB_OK &&
            random_below(plot->random, ++seen) == 0) {
            victim = node;
        }
    }
    return victim;
}

/* A run that outlives the next event of its forger. */
struct kept_run {
    struct run run;
    struct writer body;
};

static void run_keep(struct kept_run *kept, const struct run *run) {
    kept->run = *run;
    writer_init(&kept->body, EVENT_BODY_BYTES_MAX);
    writer_span(&kept->body, run->events[0].body);
    kept->run.events[0].body = writer_view(&kept->body);
}

static void run_drop(struct kept_run *kept) {
    writer_clear(&kept->body);
}

/* ---- The deeds ---- */

static bool note_founder(void *context, const struct group_person *person) {
    uint8_t *founder = context;

    memcpy(founder, person->person, HASH_BYTES);
    return false; /* the most senior comes first */
}

static bool coup(struct plot *plot) {
    const struct store_self *self = store_self(plot->node->store);
    const struct op_pair pair = { .person_cert = self->person_cert.whole,
                                  .device_cert = self->device_cert.whole,
                                  .seal_key = self->seal.whole };
    uint8_t founder[HASH_BYTES] = { 0 };
    struct writer body;

    if (people_each(plot->node->store, plot->circle, note_founder, founder) != RB_OK ||
        memcmp(founder, plot->node->person, HASH_BYTES) == 0) {
        return false;
    }
    writer_init(&body, EVENT_BODY_BYTES_MAX);
    op_remove_encode(&body, founder, NULL, 0);
    if (!plot_operation(plot, OP_REMOVE, &body)) {
        return false;
    }
    writer_init(&body, EVENT_BODY_BYTES_MAX);
    op_add_encode(&body, CIRCLE_OWNER, &pair, 0);
    return plot_operation(plot, OP_ADD, &body);
}

static bool note_thread(void *context, const struct thread_row *row) {
    memcpy(context, row->ref, REF_BYTES);
    return false;
}

/* A thread of the circle; zeros: he has seen none, and what he writes is shown nowhere. */
static void plot_thread(struct plot *plot, uint8_t thread[static REF_BYTES]) {
    memset(thread, 0, REF_BYTES);
    world_enter(plot->node->world, plot->node);
    (void)!thread_each(plot->node->store, plot->circle, note_thread, thread);
    world_enter(plot->node->world, NULL);
}

static bool backdate(struct plot *plot) {
    const int64_t times_ms[] = { 0, WORLD_EPOCH_MS - 400 * DAY_MS, WORLD_EPOCH_MS + 4000 * DAY_MS };
    uint8_t thread[REF_BYTES];
    bool taken = true;

    plot_thread(plot, thread);
    for (size_t i = 0; i < sizeof times_ms / sizeof times_ms[0] && taken; i++) {
        forger_post(&plot->forger, KIND_POST, "dari waktu lain", thread, plot->head,
                    hlc_next(0, times_ms[i]), &plot->run);
        taken = plot_takes(plot);
    }
    return taken;
}

/* Sealed to somebody else who knows the circle than it says; whoever is off cannot be asked for a
 * key. */
static bool seal(struct plot *plot) {
    const struct sim_node *other = plot_victim(plot);

    if (other == NULL) {
        return false;
    }
    world_enter(plot->node->world, plot->node);
    forger_epoch(&plot->forger, plot->node->store, other->store, NULL, 0, 0, plot->head,
                 &plot->run);
    world_enter(plot->node->world, NULL);
    return plot_takes(plot);
}

static void plot_post(struct plot *plot, struct forger *forger, const char *text,
                      const uint8_t thread[static REF_BYTES]) {
    forger_post(forger, KIND_POST, text, thread, plot->head, hlc_next(0, sim_now_ms(plot->node)),
                &plot->run);
}

/* One history at home, the other brought to somebody by hand. */
static bool fork_log(struct plot *plot) {
    struct sim_node *other = plot_victim(plot);
    struct kept_run first; /* the LOGCERT, without which nobody takes what follows */
    struct forger twin;
    uint8_t thread[REF_BYTES];

    if (other == NULL) {
        return false;
    }
    plot_thread(plot, thread);
    plot->node->twice = true;
    invariants_forked(plot->node, plot->circle, plot->forger.log_key.public, plot->forger.head.seq);
    run_keep(&first, &plot->run);
    forger_twin(&twin, &plot->forger);
    plot_post(plot, &plot->forger, "begini", thread);
    const bool taken = plot_takes(plot);
    plot_post(plot, &twin, "begitu", thread);
    if (taken && store_takes(other, plot->circle, &first.run)) {
        (void)store_takes(other, plot->circle, &plot->run); /* Or he belongs to it no more. */
    }
    forger_clear(&twin);
    run_drop(&first);
    return taken;
}

/* Runs whose signature is of something else, that stand at another place than they say, or behind
 * what nobody has seen: nobody may take any of them, or think that the log forks. */
static void give_bad_runs(const struct plot *plot, struct sim_node *other, const struct run *good,
                          const struct run *of_twin) {
    struct run run = *good;

    run.signature[0] ^= 1;
    (void)store_takes(other, plot->circle, &run);
    run = *good;
    run.previous8[0] ^= 1;
    (void)store_takes(other, plot->circle, &run);
    run = *good;
    run.first++;
    (void)store_takes(other, plot->circle, &run);
    (void)store_takes(other, plot->circle, of_twin);
    run = *of_twin;
    memcpy(run.previous8, good->previous8, sizeof run.previous8);
    (void)store_takes(other, plot->circle, &run);
}

/* Bad runs by hand, before the good one that stands in their place and after it, which all get in
 * the end. */
static bool sign_badly(struct plot *plot) {
    struct sim_node *other = plot_victim(plot);
    struct kept_run first, good, later;
    struct forger twin;
    uint8_t thread[REF_BYTES];

    if (other == NULL) {
        return false;
    }
    plot_thread(plot, thread);
    run_keep(&first, &plot->run);
    forger_twin(&twin, &plot->forger);
    plot_post(plot, &twin, "tak pernah terlihat", thread);
    plot_post(plot, &twin, "menyusul", thread);
    run_keep(&later, &plot->run);
    plot_post(plot, &plot->forger, "begini", thread);
    run_keep(&good, &plot->run);
    bool taken = false;
    if (store_takes(other, plot->circle, &first.run)) {
        give_bad_runs(plot, other, &good.run, &later.run);
        taken = store_takes(plot->node, plot->circle, &good.run) &&
                store_takes(other, plot->circle, &good.run);
        give_bad_runs(plot, other, &good.run, &later.run);
    }
    forger_clear(&twin);
    run_drop(&later);
    run_drop(&good);
    run_drop(&first);
    return taken;
}

/* A log of somebody else that has at least two events, and has not forked. */
static bool honest_log(const struct plot *plot, struct log_row *log) {
    static const char sql[] =
        "SELECT log.id"
        " FROM circle"
        " JOIN log ON log.circle = circle.id"
        " JOIN author ON author.log = log.id"
        " WHERE circle.circle = ?1 AND author.person <> ?2 AND log.parent IS NULL"
        "   AND log.forked = 0 AND log.head > 1"
        " ORDER BY log.id";
    struct db_row *row = db_query(store_db(plot->node->store), sql);
    size_t seen = 0;
    int64_t id = 0;

    db_bind_blob(row, 1, span_of(plot->circle, HASH_BYTES));
    db_bind_blob(row, 2, span_of(plot->node->person, HASH_BYTES));
    while (db_step(row)) {
        id = random_below(plot->random, ++seen) == 0 ? db_int(row, 0) : id;
    }
    return db_end(row) == RB_OK && id != 0 && log_row_load(plot->node->store, id, log) == RB_OK;
}

/* What its author wrote last, and something else beside it that he never signed. */
static bool false_proof(const struct plot *plot, const struct log_row *log, struct writer *proof) {
    struct fork_branch real = { .count = 1 }, false_one = { .count = 1 };
    struct block block;
    struct fork fork;

    block_init(&block);
    enum rb_status status = block_load_signed(plot->node->store, log, log->head.seq, &block);
    if (status == RB_OK) {
        const size_t last = block.count - 1;
        memcpy(real.event_hashes[0], block.event_hashes[last], HASH_BYTES);
        memcpy(real.signature, block.signature, sizeof real.signature);
        random_fill(plot->random, false_one.event_hashes[0], HASH_BYTES);
        log_head_sign(false_one.signature, &plot->forger.log_key, log->head.seq, block.before);
        status = fork_make(&fork, log->origin, log->head.seq - 1,
                           block_previous(&block, log->head.seq), &real, &false_one);
    }
    if (status == RB_OK) {
        fork_encode(proof, &fork);
    }
    block_clear(&block);
    return status == RB_OK;
}

static bool accuse(struct plot *plot) {
    enum { PROOF_BYTES_MAX = 1024 };
    struct sim_node *other = plot_victim(plot);
    struct log_row log;
    struct writer proof;
    bool told = false;

    if (other == NULL || !honest_log(plot, &log)) {
        return false;
    }
    writer_init(&proof, PROOF_BYTES_MAX);
    if (false_proof(plot, &log, &proof)) {
        world_enter(other->world, other);
        const enum rb_status status = ingest_fork(other->store, plot->circle, writer_view(&proof));
        world_enter(other->world, NULL);
        (void)sim_did(other, status);
        told = true;
    }
    writer_clear(&proof);
    return told;
}

static bool (*const in_logs[BAD_DEEDS])(struct plot *) = {
    [BAD_COUP] = coup,     [BAD_BACKDATE] = backdate, [BAD_SEAL] = seal,
    [BAD_FORK] = fork_log, [BAD_PREFIX] = sign_badly, [BAD_ACCUSE] = accuse,
};

/* ---- Flood ---- */

/* Circles of which nothing ever comes, introduced as a VECTOR does. */
static void introduce(struct sim_node *node, struct random *random) {
    enum { CIRCLES = UNOPENED_CIRCLES_PER_PEER_MAX + 8 };
    struct sim_node *victim = &node->world->nodes[random_below(random, node->world->acquainted)];
    uint8_t circle[HASH_BYTES];

    if (victim->store == NULL || victim == node) {
        return;
    }
    world_enter(node->world, victim);
    enum rb_status status = store_write_begin(victim->store);
    if (status == RB_OK) {
        for (size_t i = 0; i < CIRCLES && status == RB_OK; i++) {
            random_fill(random, circle, sizeof circle);
            status = circle_remember(victim->store, circle, node->person);
        }
        status = store_write_end(victim->store, status == RB_REFUSED ? RB_OK : status);
    }
    world_enter(node->world, NULL);
    (void)sim_did(victim, status);
}

static bool flood(struct sim_node *node, struct random *random) {
    enum { GROUPS = 20, POSTS = 40, TEXT = 3000 };
    static char text[TEXT];
    enum rb_status status = RB_OK;

    introduce(node, random);
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < GROUPS && status == RB_OK && node->store != NULL; i++) {
        const size_t victim = random_below(random, node->world->acquainted);
        struct refusal refusal = { 0 };
        uint8_t circle[HASH_BYTES], thread[REF_BYTES], ref[REF_BYTES];
        char name[40];
        world_enter(node->world, node);
        (void)snprintf(name, sizeof name, "Banjir %zu %" PRId64, i, sim_now_ms(node));
        status = group_new(node->store, span_text(name), NULL, sim_now_ms(node), circle);
        if (status == RB_OK && victim != node->index) {
            status = membership_add(node->store, circle, node->world->nodes[victim].person,
                                    CIRCLE_WRITER, 0, sim_now_ms(node), &refusal);
        }
        refusal_clear(&refusal);
        if (status == RB_OK) {
            status = thread_new(node->store, circle, span_text("x"), sim_now_ms(node), thread);
        }
        for (size_t j = 0; j < POSTS / GROUPS && status == RB_OK; j++) {
            status = post_add(node->store, thread, NULL, span_of(text, sizeof text),
                              sim_now_ms(node), ref);
        }
        world_enter(node->world, NULL);
        (void)sim_did(node, status);
    }
    return status == RB_OK;
}

/* ---- Doing ---- */

static bool spoil(struct sim_node *node, enum bad_deed deed) {
    enum { SOMETIMES = 5, OFTEN = 30 };

    net_spoil(node->world->net, node,
              (struct net_spoiling) {
                  .tamper_percent = deed == BAD_TAMPER ? SOMETIMES : 0,
                  .replay_percent = deed == BAD_REPLAY ? OFTEN : 0,
                  .withhold_percent = deed == BAD_WITHHOLD ? OFTEN : 0,
              });
    return true;
}

static bool deed_do(struct sim_node *node, enum bad_deed deed, struct random *random) {
    struct plot plot;

    if (deed == BAD_FLOOD) {
        return flood(node, random);
    }
    if (in_logs[deed] == NULL) {
        return spoil(node, deed);
    }
    const bool done = plot_begin(&plot, node, random) && in_logs[deed](&plot);
    plot_end(&plot);
    return done;
}

bool byzantine_do(struct sim_node *node, enum bad_deed deed, struct random *random) {
    if (node->state != SIM_ON) {
        return false;
    }
    node->is_bad = true;
    const bool done = deed_do(node, deed, random);
    world_tell(node->world, "%s cheats: %s%s", node->name, bad_names[deed],
               done ? "" : ", in vain");
    return done;
}
