/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/byzantine.h"

#include "protocol/casework/kinds.h"
#include "store/ingest.h"
#include "store/membership.h"
#include "store/threads.h"
#include "tests/sim/account.h"
#include "tests/sim/world_link.h"
#include "tests/support/forger.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const bad_names[BAD_DEEDS] = { "coup",  "backdate", "seal",   "fork",
                                                  "flood", "tamper",   "replay", "withhold" };

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

static void choose_circle(void *context, const uint8_t circle[static HASH_BYTES],
                          enum standing standing) {
    struct plot *plot = context;

    if (standing != STANDING_OUT && random_below(plot->random, ++plot->choices) == 0) {
        memcpy(plot->circle, circle, HASH_BYTES);
    }
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

/* False: he belongs to no circle of which he holds a key, or his disk fails. */
static bool plot_begin(struct plot *plot, struct sim_node *node, struct random *random) {
    struct group_row row;

    *plot = (struct plot) { .node = node, .random = random };
    world_enter(node->world, node);
    const bool can = account_circles(node->store, choose_circle, plot) == RB_OK &&
                     plot->choices > 0 && group_get(node->store, plot->circle, &row) == RB_OK &&
                     row.name[0] != '\0';
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

static bool plot_thread(struct plot *plot, uint8_t thread[static REF_BYTES]) {
    memset(thread, 0, REF_BYTES);
    return thread_each(plot->node->store, plot->circle, note_thread, thread) == RB_OK;
}

static bool backdate(struct plot *plot) {
    const int64_t times_ms[] = { 0, WORLD_EPOCH_MS - 400 * DAY_MS, WORLD_EPOCH_MS + 4000 * DAY_MS };
    uint8_t thread[REF_BYTES];
    bool taken = plot_thread(plot, thread);

    for (size_t i = 0; i < sizeof times_ms / sizeof times_ms[0] && taken; i++) {
        forger_post(&plot->forger, KIND_POST, "dari waktu lain", thread, plot->head,
                    hlc_next(0, times_ms[i]), &plot->run);
        taken = plot_takes(plot);
    }
    return taken;
}

/* Sealed to somebody else of the circle than it says; whoever is off cannot be asked for a key. */
static bool seal(struct plot *plot) {
    const struct world *world = plot->node->world;
    const struct sim_node *other = &world->nodes[random_below(plot->random, world->node_count)];
    struct group_row row;

    if (other->store == NULL || group_get(other->store, plot->circle, &row) != RB_OK ||
        (row.state != GROUP_ACCEPTED && row.state != GROUP_INVITED)) {
        return false;
    }
    world_enter(plot->node->world, plot->node);
    forger_epoch(&plot->forger, plot->node->store, other->store, NULL, 0, 0, plot->head,
                 &plot->run);
    world_enter(plot->node->world, NULL);
    return plot_takes(plot);
}

/* One history at home, the other brought to somebody by hand. */
static bool fork_log(struct plot *plot) {
    struct world *world = plot->node->world;
    struct sim_node *other = &world->nodes[random_below(plot->random, world->node_count)];
    struct forger twin;
    uint8_t thread[REF_BYTES];
    struct run first;
    struct writer kept;

    if (other->store == NULL || other == plot->node || !plot_thread(plot, thread)) {
        return false;
    }
    plot->node->twice = true;
    first = plot->run; /* the LOGCERT, without which nobody takes what follows */
    writer_init(&kept, EVENT_BODY_BYTES_MAX);
    writer_span(&kept, first.events[0].body);
    first.events[0].body = writer_view(&kept);
    forger_twin(&twin, &plot->forger);
    forger_post(&plot->forger, KIND_POST, "begini", thread, plot->head,
                hlc_next(0, sim_now_ms(plot->node)), &plot->run);
    const bool taken = plot_takes(plot);
    forger_post(&twin, KIND_POST, "begitu", thread, plot->head, hlc_next(0, sim_now_ms(plot->node)),
                &plot->run);
    if (taken && store_takes(other, plot->circle, &first)) {
        (void)store_takes(other, plot->circle, &plot->run); /* Or he belongs to it no more. */
    }
    forger_clear(&twin);
    writer_clear(&kept);
    return taken;
}

static bool (*const in_logs[BAD_DEEDS])(struct plot *) = {
    [BAD_COUP] = coup, [BAD_BACKDATE] = backdate, [BAD_SEAL] = seal, [BAD_FORK] = fork_log
};

/* ---- Flood ---- */

static bool flood(struct sim_node *node, struct random *random) {
    enum { GROUPS = 20, POSTS = 40, TEXT = 3000 };
    static char text[TEXT];
    enum rb_status status = RB_OK;

    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < GROUPS && status == RB_OK && node->store != NULL; i++) {
        const size_t victim = random_below(random, node->world->node_count);
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

bool byzantine_do(struct sim_node *node, enum bad_deed deed, struct random *random) {
    struct plot plot;
    bool done = false;

    if (node->state != SIM_ON) {
        return false;
    }
    node->is_bad = true;
    world_tell(node->world, "%s cheats: %s", node->name, bad_names[deed]);
    if (deed == BAD_FLOOD) {
        return flood(node, random);
    }
    if (in_logs[deed] == NULL) {
        return spoil(node, deed);
    }
    if (plot_begin(&plot, node, random)) {
        done = in_logs[deed](&plot);
    }
    plot_end(&plot);
    return done;
}
