/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What changes of membership cost a home that has much: one revocation that touches every circle,
 * and folding a circle whose people came and went.
 *
 * usage: circles [CIRCLES=4000 [OPERATIONS=2000]] */
#include "tests/bench/support/meeting.h"

#include "store/author.h"
#include "store/contacts.h"
#include "store/db.h"
#include "store/members.h"
#include "store/revocations.h"
#include "store/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CIRCLES = 4000, OPERATIONS = 2000, CIRCLES_AT_ONCE = 50, LOG_OPERATIONS = 500, TRIES = 5 };

struct home {
    struct folder folder;
    struct store *store;
    struct stranger guest; /* who is in every circle, and whose device is stolen */
    int64_t now_ms;
};

static void contact_make(struct home *home, const struct stranger *stranger) {
    struct contact contact;
    struct writer card;
    bool renewed;

    writer_init(&card, CARD_BYTES_MAX);
    stranger_card(stranger, home->now_ms, NULL, &card);
    must(contact_add(home->store, writer_view(&card), home->now_ms, &contact, &renewed) == RB_OK,
         "contact");
    writer_clear(&card);
}

static void home_begin(struct home *home) {
    *home = (struct home) { .now_ms = HOMES_NOW_MS };
    folder_new(&home->folder);
    home->store = home_new(folder_name(&home->folder, "Sari"), "Sari Umpama");
    stranger_new(&home->guest, "Budi Misal");
    contact_make(home, &home->guest);
}

static void home_end(struct home *home) {
    stranger_clear(&home->guest);
    store_close(&home->store);
    folder_remove(&home->folder);
}

/* ---- One revocation, many circles ---- */

static void post_write(struct home *home, const uint8_t circle[static HASH_BYTES]) {
    const struct group group = { .name = span_text("Balai") };
    struct new_content draft = { .type = KIND_GROUP };
    uint8_t ref[REF_BYTES];
    struct writer body;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    group_encode(&body, &group);
    draft.body = writer_view(&body);
    home->now_ms += 1000;
    must(author_write(home->store, circle, &draft, home->now_ms, ref) == RB_OK, "write");
    writer_clear(&body);
}

static void circle_make(struct home *home, uint8_t circle[static HASH_BYTES]) {
    must(author_found(home->store, CIRCLE_GROUP, NULL, home->now_ms, circle) == RB_OK, "found");
    must(author_invite(home->store, circle, home->guest.id, CIRCLE_MANAGER, 0, home->now_ms) ==
             RB_OK,
         "invite");
    post_write(home, circle);
}

/* `circle` becomes the last one. */
static void circles_make(struct home *home, size_t count, uint8_t circle[static HASH_BYTES]) {
    for (size_t made = 0; made < count;) {
        must(store_write_begin(home->store) == RB_OK, "begin");
        for (size_t i = 0; i < CIRCLES_AT_ONCE && made < count; i++, made++) {
            circle_make(home, circle);
        }
        must(store_write_commit(home->store) == RB_OK, "commit");
    }
}

struct cost {
    double time_s;
    int64_t events, revocations, bytes;
};

/* Events and revocations, and what stands in their rows. */
static struct cost stored(struct home *home) {
    static const char sql[] =
        "SELECT (SELECT count(*) FROM event),"
        "  (SELECT count(*) FROM revocation),"
        "  (SELECT sum(length(header) + length(body)) FROM event)"
        "  + (SELECT coalesce(sum(length(whole)), 0) FROM revocation)";
    struct db_row *row = db_query(store_db(home->store), sql);
    struct cost cost = { 0 };

    must(db_step(row), "row");
    cost.events = db_int(row, 0);
    cost.revocations = db_int(row, 1);
    cost.bytes = db_int(row, 2);
    must(db_end(row) == RB_OK, "sizes");
    return cost;
}

static struct cost cost_of(struct home *home, double started, const struct cost *before) {
    const double ended = seconds();
    struct cost after = stored(home);

    return (struct cost) { ended - started, after.events - before->events,
                           after.revocations - before->revocations, after.bytes - before->bytes };
}

static struct cost write_cost(struct home *home, const uint8_t circle[static HASH_BYTES]) {
    const struct cost before = stored(home);
    const double started = seconds();

    must(store_write_begin(home->store) == RB_OK, "begin");
    post_write(home, circle);
    must(store_write_commit(home->store) == RB_OK, "commit");
    return cost_of(home, started, &before);
}

static struct cost revocation_cost(struct home *home) {
    const struct cost before = stored(home);
    struct cert device;
    struct writer whole;

    must(cert_decode(writer_view(&home->guest.device_cert), &device) == RB_OK, "certificate");
    writer_init(&whole, CERT_BYTES_MAX);
    revoke_issue(&whole, device.id, home->guest.id, &home->guest.identity.person,
                 home->now_ms / 1000);
    const double started = seconds();
    must(revocation_add(home->store, writer_view(&whole), home->now_ms) == RB_OK, "revocation");
    struct cost cost = cost_of(home, started, &before);
    writer_clear(&whole);
    return cost;
}

static void cost_print(const char *what, const struct cost *cost) {
    (void)printf("%-48s %8.2f ms %3" PRId64 " events %3" PRId64 " revocations %6" PRId64 " bytes\n",
                 what, 1000 * cost->time_s, cost->events, cost->revocations, cost->bytes);
}

static void revocation_measure(size_t circles) {
    uint8_t circle[HASH_BYTES];
    struct home home;

    home_begin(&home);
    circles_make(&home, circles, circle);
    struct cost usual = write_cost(&home, circle);
    struct cost known = revocation_cost(&home);
    struct cost next = write_cost(&home, circle);
    struct cost later = write_cost(&home, circle);
    (void)printf("circles that have the certificate: %zu\n", circles);
    cost_print("a write before", &usual);
    cost_print("to know of the revocation", &known);
    cost_print("the next write in one of them (REVOKED, new key)", &next);
    cost_print("the write after that", &later);
    home_end(&home);
}

/* ---- Folding ---- */

/* Operations of the founder, each naming the one before it, straight into the table that is folded:
 * written one by one, each would be folded on its own. */
struct chain {
    struct home *home;
    int64_t circle;
    struct log_row log;
    uint8_t last[REF_BYTES]; /* of all logs */
    uint64_t seq, hlc;
};

static void log_begin(struct chain *chain) {
    const struct store_self *self = store_self(chain->home->store);
    struct log_author author = { .state = AUTHOR_KNOWN };
    uint8_t pk[LOG_PK_BYTES];

    crypt_random(pk, sizeof pk);
    memcpy(author.person, self->person, sizeof author.person);
    memcpy(author.device, self->device_cert.id, sizeof author.device);
    log_row_new(&chain->log, chain->circle, pk);
    chain->log.head.seq = LOG_OPERATIONS + 1;
    chain->seq = 1;
    must(log_row_save(chain->home->store, &chain->log) == RB_OK, "log");
    must(log_author_save(chain->home->store, chain->log.id, &author) == RB_OK, "author");
}

static void operation_add(struct chain *chain, enum op_type type, struct span body) {
    struct payload payload = { .type = type, .hlc = chain->hlc++, .body = body, .ctl_count = 1 };
    struct operation_row row = { .circle = chain->circle };
    struct writer bytes;

    if (chain->log.id == 0 || chain->seq > LOG_OPERATIONS) {
        log_begin(chain);
    }
    memcpy(payload.ctl[0], chain->last, REF_BYTES);
    writer_init(&bytes, EVENT_BODY_BYTES_MAX);
    payload_encode(&bytes, &payload);
    row.log = chain->log.id;
    row.seq = ++chain->seq;
    row.payload = writer_view(&bytes);
    crypt_random(row.ref, sizeof row.ref);
    must(operation_insert(chain->home->store, &row) == RB_OK, "operation");
    memcpy(chain->last, row.ref, REF_BYTES);
    writer_clear(&bytes);
}

/* Somebody comes and goes. */
static void person_pass(struct chain *chain, size_t number) {
    struct stranger stranger;
    struct writer body;
    char name[32];

    (void)snprintf(name, sizeof name, "Warga %zu", number);
    stranger_new(&stranger, name);
    const struct op_pair pair = { .person_cert = writer_view(&stranger.person_cert),
                                  .device_cert = writer_view(&stranger.device_cert),
                                  .seal_key = writer_view(&stranger.seal_key) };
    writer_init(&body, EVENT_BODY_BYTES_MAX);
    op_add_encode(&body, CIRCLE_WRITER, &pair, 0);
    operation_add(chain, OP_ADD, writer_view(&body));
    writer_reset(&body);
    op_remove_encode(&body, stranger.id, NULL, 0);
    operation_add(chain, OP_REMOVE, writer_view(&body));
    writer_clear(&body);
    stranger_clear(&stranger);
}

static void chain_begin(struct chain *chain, struct home *home) {
    uint8_t circle[HASH_BYTES];
    struct members members = { 0 };
    struct circle_row row;

    *chain = (struct chain) { .home = home, .hlc = (uint64_t)home->now_ms << 16 };
    must(author_found(home->store, CIRCLE_GROUP, NULL, home->now_ms, circle) == RB_OK, "found");
    must(circle_row_find(home->store, circle, &row) == RB_OK, "circle");
    chain->circle = row.id;
    must(members_fold(home->store, row.id, &members) == RB_OK, "fold");
    must(circle_heads(members.fold, (uint8_t(*)[REF_BYTES])chain->last, 1) == 1, "head");
    members_clear(&members);
}

static void fold_measure(size_t operations) {
    struct chain chain;
    struct home home;
    double best_s = 0;
    size_t people = 0;

    home_begin(&home);
    must(store_write_begin(home.store) == RB_OK, "begin");
    chain_begin(&chain, &home);
    for (size_t i = 0; i < operations / 2; i++) {
        person_pass(&chain, i + 1);
    }
    must(store_write_commit(home.store) == RB_OK, "commit");
    for (size_t i = 0; i < TRIES; i++) {
        const struct member *list;
        struct members members = { 0 };
        const double started = seconds();
        must(members_fold(home.store, chain.circle, &members) == RB_OK, "fold");
        const double took = seconds() - started;
        best_s = best_s == 0 || took < best_s ? took : best_s;
        people = circle_people(members.fold, &list);
        members_clear(&members);
    }
    (void)printf("authority operations: %zu, people ever: %zu\n", operations, people);
    (void)printf("%-52s %8.2f ms\n", "one rebuild (load, verify, fold; best of 5)", 1000 * best_s);
    home_end(&home);
}

int main(int argc, char **argv) {
    const size_t circles = argc > 1 ? strtoul(argv[1], NULL, 10) : CIRCLES;
    const size_t operations = argc > 2 ? strtoul(argv[2], NULL, 10) : OPERATIONS;

    must(crypt_start() == RB_OK, "crypt");
    revocation_measure(circles);
    fold_measure(operations);
    return 0;
}
