/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/people.h"

#include "protocol/text.h"
#include "store/contacts.h"
#include "store/db.h"
#include "store/keyring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[PEOPLE_MAX] = { "Ayu", "Bayu", "Citra", "Dimas", "Eka", "Fajar" };

static const char *home_of(const struct people *people, size_t who) {
    return folder_name(&people->folder, names[who]);
}

static void introduce(struct people *people, size_t to, size_t whom) {
    struct contact contact;
    struct writer card;
    bool renewed;

    writer_init(&card, CARD_BYTES_MAX);
    assert_int_equal(store_card(people->stores[whom], NULL, 0, people->now_ms, &card), RB_OK);
    assert_int_equal(
        contact_add(people->stores[to], writer_view(&card), people->now_ms, &contact, &renewed),
        RB_OK);
    writer_clear(&card);
}

void people_new(struct people *people, size_t count) {
    *people = (struct people) { .count = count, .now_ms = HOMES_NOW_MS };
    folder_new(&people->folder);
    for (size_t i = 0; i < count; i++) {
        people->stores[i] = home_new(home_of(people, i), names[i]);
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            if (i != j) {
                introduce(people, i, j);
            }
        }
    }
}

void people_end(struct people *people) {
    for (size_t i = 0; i < people->count; i++) {
        store_close(&people->stores[i]);
    }
    folder_remove(&people->folder);
}

int64_t people_now(struct people *people) {
    people->now_ms += 1000;
    return people->now_ms;
}

const uint8_t *people_id(const struct people *people, size_t who) {
    return store_self(people->stores[who])->person;
}

const char *people_name(size_t who) {
    return names[who];
}

void people_reopen(struct people *people, size_t who) {
    store_close(&people->stores[who]);
    people->stores[who] = home_open(home_of(people, who));
}

/* ---- Carrying runs ---- */

void people_load(struct people *people, size_t who, const uint8_t circle[static HASH_BYTES],
                 const uint8_t log[static LOG_PK_BYTES], uint64_t first, struct writer *bodies,
                 struct run *run) {
    uint64_t rcv_upto;

    writer_init(bodies, (size_t)RUN_EVENTS_MAX * EVENT_BODY_BYTES_MAX);
    assert_int_equal(
        run_load(people->stores[who], circle, log, first, SEQ_MAX, bodies, run, &rcv_upto), RB_OK);
}

struct ingest_result people_ingest(struct people *people, size_t who,
                                   const uint8_t circle[static HASH_BYTES], const struct run *run) {
    struct store *store = people->stores[who];
    struct ingest_result result;

    assert_int_equal(ingest_begin(store), RB_OK);
    assert_int_equal(ingest_run(store, circle, run, people->now_ms, &result), RB_OK);
    assert_int_equal(ingest_commit(store, people->now_ms), RB_OK);
    return result;
}

struct ingest_result people_carry(struct people *people, size_t from, size_t to,
                                  const uint8_t circle[static HASH_BYTES],
                                  const uint8_t log[static LOG_PK_BYTES], uint64_t first) {
    struct writer bodies;
    struct run run;

    people_load(people, from, circle, log, first, &bodies, &run);
    struct ingest_result result = people_ingest(people, to, circle, &run);
    writer_clear(&bodies);
    return result;
}

/* ---- Meeting ---- */

struct circle_list {
    uint8_t ids[64][HASH_BYTES];
    size_t count;
};

static void circle_collect(void *context, const uint8_t circle[static HASH_BYTES],
                           const uint8_t fp[static FP_BYTES], bool whole) {
    struct circle_list *list = context;
    (void)fp;
    (void)whole;

    assert_true(list->count < 64);
    memcpy(list->ids[list->count++], circle, HASH_BYTES);
}

static uint64_t head_in(const struct log_line *lines, size_t count,
                        const uint8_t log[static LOG_PK_BYTES]) {
    for (size_t i = 0; i < count; i++) {
        if (memcmp(lines[i].log, log, LOG_PK_BYTES) == 0) {
            return lines[i].head;
        }
    }
    return 0;
}

static bool is_in(const struct log_line *lines, size_t count,
                  const uint8_t log[static LOG_PK_BYTES]) {
    for (size_t i = 0; i < count; i++) {
        if (memcmp(lines[i].log, log, LOG_PK_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

static size_t log_carry(struct people *people, size_t from, size_t to,
                        const uint8_t circle[static HASH_BYTES], const struct log_line *line,
                        uint64_t head) {
    uint64_t seq = head;

    while (seq < line->head) {
        struct ingest_result result = people_carry(people, from, to, circle, line->log, seq + 1);
        while (result.status == RB_SUSPECT) {
            result = people_carry(people, from, to, circle, line->log,
                                  (result.head - 1) / BLOCK_EVENTS * BLOCK_EVENTS + 1);
        }
        if (result.status == RB_DUPLICATE || result.head < seq) {
            break; /* it has been cut there: the rest goes by another name */
        }
        assert_int_equal(result.status, RB_OK);
        seq = result.head;
    }
    if (seq < head) {
        return 0;
    }
    uint64_t known = line->head < head ? line->head : head;
    if (seq > known) {
        known = seq;
    }
    assert_int_equal(
        acked_set(people->stores[from], people_id(people, to), circle, line->log, known), RB_OK);
    return (size_t)(seq - head);
}

/* Logs that fork before their first event, of which the other has nothing: the beginning of one of
 * their branches, so that he takes the proofs. */
static void beginnings_carry(struct people *people, size_t from, size_t to,
                             const uint8_t circle[static HASH_BYTES], const struct log_line *lines,
                             size_t count) {
    struct log_line *known = NULL;
    size_t known_count = 0;

    assert_int_equal(circle_lines(people->stores[to], circle, &known, &known_count), RB_OK);
    for (size_t i = 0; i < count; i++) {
        if (lines[i].cut && lines[i].head == 0 && !is_in(known, known_count, lines[i].log)) {
            (void)people_carry(people, from, to, circle, lines[i].log, 1); /* Perhaps no room. */
        }
    }
    free(known);
}

/* Branches that the other does not know of: their proofs.  Some only help when he has more. */
static bool proofs_carry(struct people *people, size_t from, size_t to,
                         const uint8_t circle[static HASH_BYTES], const struct log_line *lines,
                         size_t count) {
    size_t known_count = 0;
    bool carried = false;

    for (size_t i = 0; i < count; i++) {
        struct log_line *known = NULL;
        struct writer proof;
        assert_int_equal(circle_lines(people->stores[to], circle, &known, &known_count), RB_OK);
        if (lines[i].proof != 0 && !is_in(known, known_count, lines[i].log)) {
            writer_init(&proof, FRAME_BYTES_MAX);
            assert_int_equal(fork_load(people->stores[from], circle, lines[i].log, &proof), RB_OK);
            carried =
                ingest_fork(people->stores[to], circle, writer_view(&proof)) == RB_OK || carried;
            writer_clear(&proof);
        }
        free(known);
    }
    return carried;
}

static size_t circle_carry(struct people *people, size_t from, size_t to,
                           const uint8_t circle[static HASH_BYTES]) {
    struct log_line *lines = NULL, *known = NULL;
    size_t count = 0, known_count = 0, carried = 0;

    assert_int_equal(circle_lines(people->stores[from], circle, &lines, &count), RB_OK);
    beginnings_carry(people, from, to, circle, lines, count);
    carried += proofs_carry(people, from, to, circle, lines, count) ? 1 : 0;
    assert_int_equal(circle_lines(people->stores[to], circle, &known, &known_count), RB_OK);
    for (size_t i = 0; i < count; i++) {
        if (lines[i].proof != 0 && !is_in(known, known_count, lines[i].log)) {
            continue;
        }
        carried += log_carry(people, from, to, circle, &lines[i],
                             head_in(known, known_count, lines[i].log));
    }
    free(lines);
    free(known);
    return carried;
}

/* What a session does with a circle that the peer offers: remember it, and see whether to take
 * it. */
static bool takes(struct people *people, size_t from, size_t to,
                  const uint8_t circle[static HASH_BYTES]) {
    struct store *store = people->stores[to];
    uint8_t fp[FP_BYTES];

    if (circle_shared(store, circle, people_id(people, from), fp, NULL) == RB_OK) {
        return true;
    }
    return circle_remember(store, circle, people_id(people, from)) == RB_OK &&
           circle_shared(store, circle, people_id(people, from), fp, NULL) == RB_OK;
}

static size_t carry_all(struct people *people, size_t from, size_t to) {
    struct circle_list list = { .count = 0 };
    size_t carried = 0;

    assert_int_equal(
        circles_shared(people->stores[from], people_id(people, to), circle_collect, &list), RB_OK);
    for (size_t i = 0; i < list.count; i++) {
        if (takes(people, from, to, list.ids[i])) {
            carried += circle_carry(people, from, to, list.ids[i]);
        }
    }
    return carried;
}

size_t people_meet(struct people *people, size_t one, size_t other) {
    size_t carried = 0, before;

    people->now_ms += 1000;
    do {
        before = carried;
        carried += carry_all(people, one, other);
        carried += carry_all(people, other, one);
    } while (carried != before);
    return carried;
}

void people_meet_all(struct people *people) {
    size_t carried;

    do {
        carried = 0;
        for (size_t i = 0; i < people->count; i++) {
            for (size_t j = i + 1; j < people->count; j++) {
                carried += people_meet(people, i, j);
            }
        }
    } while (carried != 0);
}

bool people_own_log(struct people *people, size_t who, const uint8_t circle[static HASH_BYTES],
                    struct log_line *line) {
    static const char sql[] =
        "SELECT log.pk, log.head, log.hash"
        " FROM circle"
        " JOIN log ON log.circle = circle.id"
        " WHERE circle.circle = ?1"
        "   AND log.own = 1"
        " ORDER BY log.id DESC";
    struct db_row *row = db_query(store_db(people->stores[who]), sql);
    bool found = false;

    *line = (struct log_line) { 0 };
    db_bind_blob(row, 1, span_of(circle, HASH_BYTES));
    if (db_step(row)) {
        found = true;
        db_copy(row, 0, line->log, sizeof line->log);
        line->head = (uint64_t)db_int(row, 1);
        db_copy(row, 2, line->hash, sizeof line->hash);
    }
    assert_int_equal(db_end(row), RB_OK);
    return found;
}

/* ---- Keys ---- */

/* H_{seq-1} of a log as it is stored at `owner`. */
static void hash_before(struct people *people, size_t owner,
                        const uint8_t circle[static HASH_BYTES], struct event_place *place) {
    struct log_head head;

    log_head_empty(&head, place->log);
    while (head.seq + 1 < place->seq) {
        struct run_result result;
        struct writer bodies;
        struct run run;
        people_load(people, owner, circle, place->log, head.seq + 1, &bodies, &run);
        assert_int_equal(run_accept(&head, &run, NULL, &result), RB_OK);
        writer_clear(&bodies);
        if (result.head.seq >= place->seq) {
            memcpy(place->previous, result.hashes[place->seq - run.first - 1],
                   sizeof place->previous);
            return;
        }
        head = result.head;
    }
    memcpy(place->previous, head.hash, sizeof place->previous);
}

static bool key_opens(const struct event *event, const struct event_place *place,
                      const struct epoch_key *epoch) {
    struct event_header header = event->header;
    struct writer payload;

    writer_init(&payload, EVENT_BODY_BYTES_MAX);
    bool opened = event_open(&payload, &header, place, epoch, event->body) == RB_OK;
    memcpy(header.eid8, epoch->id, EID8_BYTES); /* as if it were under this key */
    writer_reset(&payload);
    opened = opened || event_open(&payload, &header, place, epoch, event->body) == RB_OK;
    writer_clear(&payload);
    return opened;
}

bool people_opens(struct people *people, size_t who, size_t owner,
                  const uint8_t circle[static HASH_BYTES], uint64_t seq) {
    struct event_place place = { 0 };
    const struct epoch_key *epochs;
    struct log_line line;
    struct writer bodies;
    struct run run;
    bool opened = false;
    size_t count = 0;

    assert_true(people_own_log(people, owner, circle, &line));
    place.seq = seq == 0 ? line.head : seq;
    memcpy(place.log, line.log, sizeof place.log);
    hash_before(people, owner, circle, &place);
    people_load(people, owner, circle, line.log, place.seq, &bodies, &run);
    assert_int_equal(keyring_epochs(people->stores[who], circle, NULL, &epochs, &count), RB_OK);
    for (size_t i = 0; i < count && !opened; i++) {
        opened = key_opens(&run.events[0], &place, &epochs[i]);
    }
    writer_clear(&bodies);
    return opened;
}

uint64_t people_events(struct people *people, size_t who) {
    struct store_sizes sizes;

    assert_int_equal(store_sizes(people->stores[who], &sizes), RB_OK);
    return sizes.events;
}

/* ---- Groups and threads ---- */

void people_group(struct people *people, size_t members, uint8_t circle[static HASH_BYTES]) {
    struct store *ayu = people->stores[AYU];

    assert_int_equal(group_new(ayu, span_text("Balai Melati"), NULL, people_now(people), circle),
                     RB_OK);
    for (size_t i = 1; i < members; i++) {
        assert_int_equal(group_invite(ayu, circle, people_id(people, i), people_now(people)),
                         RB_OK);
        people_meet(people, AYU, i);
        assert_int_equal(group_accept(people->stores[i], circle, people_now(people)), RB_OK);
        people_meet(people, AYU, i);
    }
    for (size_t i = 1; i < members; i++) {
        people_meet(people, AYU, i);
    }
}

/* Text that grows at its end. */
struct page {
    char *text;
    size_t len;
};

static void page_add(struct page *page, const char *name, const char *rest, size_t rest_len) {
    int written = snprintf(page->text + page->len, TRANSCRIPT_BYTES - page->len, "%s%.*s\n", name,
                           (int)rest_len, rest);

    assert_true(written > 0);
    page->len += (size_t)written;
    assert_true(page->len < TRANSCRIPT_BYTES);
}

static bool post_add_to_page(void *context, const struct post_row *row) {
    struct page *page = context;

    page_add(page, row->author_name, ": ", 2);
    page->len--; /* the text stands in the same line */
    page_add(page, "", (const char *)row->text.data, row->text.len);
    return true;
}

void people_transcript(struct people *people, size_t who, const uint8_t thread[static REF_BYTES],
                       char out[static TRANSCRIPT_BYTES]) {
    struct page page = { .text = out };

    out[0] = '\0';
    assert_int_equal(thread_posts(people->stores[who], thread, 0, post_add_to_page, &page), RB_OK);
}

static bool person_add_to_page(void *context, const struct group_person *person) {
    static const char *const states[] = { "invited", "accepted", "declined",
                                          "left",    "removed",  "revoked" };
    char line[64];

    (void)snprintf(line, sizeof line, " %d %s", (int)person->role, states[person->state]);
    page_add(context, person->name, line, strlen(line));
    return true;
}

void people_roll(struct people *people, size_t who, const uint8_t circle[static HASH_BYTES],
                 char out[static TRANSCRIPT_BYTES]) {
    struct page page = { .text = out };

    out[0] = '\0';
    assert_int_equal(group_people(people->stores[who], circle, person_add_to_page, &page), RB_OK);
}

void people_post(struct people *people, size_t who, const uint8_t thread[static REF_BYTES],
                 const char *text, uint8_t ref[static REF_BYTES]) {
    assert_int_equal(
        post_add(people->stores[who], thread, NULL, span_text(text), people_now(people), ref),
        RB_OK);
}
