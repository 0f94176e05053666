/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two homes of one person: the second is a copy of the first, made before the first event, so that
 * each writes logs of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/casework/contact.h"
#include "store/author.h"
#include "store/cases.h"
#include "store/contacts.h"
#include "store/db.h"
#include "store/groups.h"
#include "store/ingest.h"
#include "store/own.h"
#include "store/refs.h"
#include "store/sharing.h"
#include "store/writing.h"
#include "tests/support/homes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DESK, BAG, HOME_COUNT };
enum { FILE_BYTES_MAX = 1 << 20, OWN_CIRCLES_MAX = 4, LATER_MS = 1000 };

struct fixture {
    struct folder folder;
    struct store *stores[HOME_COUNT];
    struct stranger siti, made;
    int64_t now_ms;
    size_t told; /* how often an observer heard that the contacts have changed */
};

static const char *const home_names[] = { "desk", "bag" };
static struct folder first; /* the home that all are copies of */

static int make_first(void **state) {
    (void)state;
    if (crypt_start() != RB_OK) {
        return -1;
    }
    folder_new(&first);
    return home_create(folder_name(&first, "home"), "Dewi Andaikan") == RB_OK ? 0 : -1;
}

static int remove_first(void **state) {
    (void)state;
    folder_remove(&first);
    return 0;
}

static void file_copy(const struct fixture *fixture, size_t home, const char *file) {
    static uint8_t bytes[FILE_BYTES_MAX];
    char path[2 * HOMES_PATH_MAX];

    (void)snprintf(path, sizeof path, "%s/home/%s", first.path, file);
    const size_t len = file_load(path, bytes, sizeof bytes);
    (void)snprintf(path, sizeof path, "%s/%s/%s", fixture->folder.path, home_names[home], file);
    file_store(path, bytes, len);
}

/* One of the two homes, which is made when it is asked for. */
static struct store *at(struct fixture *fixture, size_t home) {
    char path[2 * HOMES_PATH_MAX];

    if (fixture->stores[home] == NULL) {
        (void)snprintf(path, sizeof path, "%s/%s", fixture->folder.path, home_names[home]);
        assert_int_equal(mkdir(path, 0700), 0);
        file_copy(fixture, home, "key");
        file_copy(fixture, home, "rembuk.db");
        fixture->stores[home] = home_open(path);
    }
    return fixture->stores[home];
}

static int set_up(void **state) {
    static struct fixture fixture;

    fixture = (struct fixture) { .now_ms = HOMES_NOW_MS };
    folder_new(&fixture.folder);
    stranger_new(&fixture.siti, "Siti Umpama");
    stranger_new(&fixture.made, "Made Misal");
    *state = &fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;

    for (size_t i = 0; i < HOME_COUNT; i++) {
        store_close(&fixture->stores[i]);
    }
    stranger_clear(&fixture->siti);
    stranger_clear(&fixture->made);
    folder_remove(&fixture->folder);
    return 0;
}

/* ---- Helpers ---- */

static int64_t now(struct fixture *fixture) {
    fixture->now_ms += LATER_MS;
    return fixture->now_ms;
}

static void card_of(struct fixture *fixture, const struct stranger *stranger, struct writer *card) {
    writer_init(card, CARD_BYTES_MAX);
    stranger_card(stranger, now(fixture), NULL, card);
}

static enum rb_status add_card(struct fixture *fixture, size_t home, struct span card) {
    struct contact contact;
    bool renewed;

    return contact_add(at(fixture, home), card, now(fixture), &contact, &renewed);
}

/* A card that is newer than any before it. */
static enum rb_status add(struct fixture *fixture, size_t home, const struct stranger *stranger) {
    struct writer card;

    card_of(fixture, stranger, &card);
    const enum rb_status status = add_card(fixture, home, writer_view(&card));
    writer_clear(&card);
    return status;
}

static void verify(struct fixture *fixture, size_t home, const struct stranger *stranger) {
    assert_int_equal(contact_set_verified(at(fixture, home), stranger->id, now(fixture)), RB_OK);
}

static void drop(struct fixture *fixture, size_t home, const struct stranger *stranger) {
    assert_int_equal(contact_remove(at(fixture, home), stranger->id, now(fixture)), RB_OK);
}

static bool is_known(struct fixture *fixture, size_t home, const struct stranger *stranger) {
    struct contact contact;

    return contact_get(at(fixture, home), stranger->id, &contact) == RB_OK;
}

static bool is_verified(struct fixture *fixture, size_t home, const struct stranger *stranger) {
    struct contact contact;

    assert_int_equal(contact_get(at(fixture, home), stranger->id, &contact), RB_OK);
    return contact.verified;
}

static uint64_t events(struct fixture *fixture, size_t home) {
    struct store_sizes sizes;

    assert_int_equal(store_sizes(at(fixture, home), &sizes), RB_OK);
    return sizes.events;
}

static int64_t number_of(struct store *store, const char *sql) {
    struct db_row *row = db_query(store_db(store), sql);

    assert_true(db_step(row));
    const int64_t number = db_int(row, 0);
    assert_int_equal(db_end(row), RB_OK);
    return number;
}

/* Circles of this kind by id. */
static size_t own_circles(struct store *store,
                          uint8_t circles[static OWN_CIRCLES_MAX][HASH_BYTES]) {
    struct db_row *row = db_query(store_db(store),
                                  "SELECT circle.circle FROM circle"
                                  " JOIN circle_view ON circle_view.circle = circle.id"
                                  " WHERE circle_view.kind = 4 ORDER BY circle.circle");
    size_t count = 0;

    while (db_step(row)) {
        assert_true(count < OWN_CIRCLES_MAX);
        db_copy(row, 0, circles[count++], HASH_BYTES);
    }
    assert_int_equal(db_end(row), RB_OK);
    return count;
}

static void run_carry(struct store *from, struct store *to, const uint8_t circle[static HASH_BYTES],
                      const struct log_line *line, uint64_t *seq, int64_t now_ms) {
    struct ingest_result result;
    struct writer bodies;
    struct run run;
    uint64_t upto;

    writer_init(&bodies, (size_t)RUN_EVENTS_MAX * EVENT_BODY_BYTES_MAX);
    assert_int_equal(run_load(from, circle, line->log, *seq, SEQ_MAX, &bodies, &run, &upto), RB_OK);
    assert_int_equal(ingest_begin(to), RB_OK);
    assert_int_equal(ingest_run(to, circle, &run, now_ms, &result), RB_OK);
    assert_int_equal(ingest_commit(to, now_ms), RB_OK);
    assert_true(result.status == RB_OK || result.status == RB_DUPLICATE);
    *seq = run.first + run.count;
    writer_clear(&bodies);
}

/* All of one circle, brought by `who`. */
static void circle_carry(struct fixture *fixture, size_t from, size_t to,
                         const uint8_t circle[static HASH_BYTES], const uint8_t *who) {
    struct log_line *lines = NULL;
    size_t count = 0;

    assert_int_equal(circle_remember(at(fixture, to), circle, who), RB_OK);
    assert_int_equal(circle_lines(at(fixture, from), circle, &lines, &count), RB_OK);
    for (size_t i = 0; i < count; i++) {
        uint64_t seq = 1;
        while (seq <= lines[i].head) {
            run_carry(at(fixture, from), at(fixture, to), circle, &lines[i], &seq, fixture->now_ms);
        }
    }
    free(lines);
}

static void carry(struct fixture *fixture, size_t from, size_t to) {
    uint8_t circles[OWN_CIRCLES_MAX][HASH_BYTES];
    const size_t count = own_circles(at(fixture, from), circles);

    for (size_t i = 0; i < count; i++) {
        circle_carry(fixture, from, to, circles[i], store_self(at(fixture, to))->person);
    }
}

static void meet(struct fixture *fixture) {
    carry(fixture, DESK, BAG);
    carry(fixture, BAG, DESK);
}

/* ---- Founding ---- */

static void who_has_verified_nobody_has_no_own_circle(void **state) {
    struct fixture *fixture = *state;

    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    assert_int_equal(add(fixture, DESK, &fixture->made), RB_OK);
    drop(fixture, DESK, &fixture->made);
    assert_int_equal(events(fixture, DESK), 0);
}

static void the_first_verification_signs_all_contacts_into_the_own_circle(void **state) {
    struct fixture *fixture = *state;
    struct store *desk = at(fixture, DESK);

    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    assert_int_equal(add(fixture, DESK, &fixture->made), RB_OK);
    verify(fixture, DESK, &fixture->siti);
    assert_true(is_verified(fixture, DESK, &fixture->siti));
    assert_false(is_verified(fixture, DESK, &fixture->made));
    assert_int_equal(events(fixture, DESK), 4); /* LOGCERT, GENESIS, two contacts */
    assert_int_equal(number_of(desk, "SELECT count(*) FROM contact_present"), 2);
    assert_int_equal(number_of(desk, "SELECT sum(verified) FROM contact"), 0);
}

static void what_is_said_again_writes_nothing(void **state) {
    struct fixture *fixture = *state;
    struct writer card;

    card_of(fixture, &fixture->siti, &card);
    assert_int_equal(add_card(fixture, DESK, writer_view(&card)), RB_OK);
    verify(fixture, DESK, &fixture->siti);
    const uint64_t before = events(fixture, DESK);

    assert_int_equal(add_card(fixture, DESK, writer_view(&card)), RB_OK);
    verify(fixture, DESK, &fixture->siti);
    store_close(&fixture->stores[DESK]);
    fixture->stores[DESK] = home_open(folder_name(&fixture->folder, "desk"));
    uint8_t circles[OWN_CIRCLES_MAX][HASH_BYTES];
    assert_int_equal(own_circles(at(fixture, DESK), circles), 1);
    assert_int_equal(author_upkeep(at(fixture, DESK), circles[0], now(fixture)), RB_OK);
    assert_int_equal(events(fixture, DESK), before);
    writer_clear(&card);
}

static void a_newer_card_of_a_verified_person_is_written_and_stays_verified(void **state) {
    struct fixture *fixture = *state;

    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    verify(fixture, DESK, &fixture->siti);
    const uint64_t before = events(fixture, DESK);

    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    assert_true(is_verified(fixture, DESK, &fixture->siti));
    assert_int_equal(events(fixture, DESK), before + 1);
}

static void who_was_removed_and_comes_again_is_not_verified(void **state) {
    struct fixture *fixture = *state;

    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    verify(fixture, DESK, &fixture->siti);
    drop(fixture, DESK, &fixture->siti);
    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    assert_false(is_verified(fixture, DESK, &fixture->siti));
}

/* As version 10 left it: the column alone says so. */
static void what_an_older_version_verified_is_written_with_the_next_one(void **state) {
    struct fixture *fixture = *state;
    struct store *desk = at(fixture, DESK);

    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    assert_int_equal(add(fixture, DESK, &fixture->made), RB_OK);
    assert_int_equal(store_write_begin(desk), RB_OK);
    assert_int_equal(db_execute(store_db(desk), "UPDATE contact SET verified = 1 WHERE id = 1"),
                     RB_OK);
    assert_int_equal(store_write_commit(desk), RB_OK);
    assert_true(is_verified(fixture, DESK, &fixture->siti));

    verify(fixture, DESK, &fixture->made);
    assert_true(is_verified(fixture, DESK, &fixture->siti));
    assert_int_equal(number_of(desk, "SELECT sum(verified) FROM contact"), 0);
    carry(fixture, DESK, BAG);
    assert_true(is_verified(fixture, BAG, &fixture->siti));
}

/* ---- Another device ---- */

static void note_told(void *context) {
    struct fixture *fixture = context;

    fixture->told++;
}

static void another_device_learns_who_was_added_verified_and_removed(void **state) {
    struct fixture *fixture = *state;
    const struct store_observer observer = { .contacts = note_told, .context = fixture };

    store_observe(at(fixture, BAG), &observer);
    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    assert_int_equal(add(fixture, DESK, &fixture->made), RB_OK);
    verify(fixture, DESK, &fixture->siti);
    carry(fixture, DESK, BAG);
    assert_true(fixture->told > 0);
    assert_true(is_verified(fixture, BAG, &fixture->siti));
    assert_false(is_verified(fixture, BAG, &fixture->made));

    fixture->told = 0;
    carry(fixture, DESK, BAG); /* once more: nothing new */
    assert_int_equal(fixture->told, 0);
    drop(fixture, DESK, &fixture->siti);
    carry(fixture, DESK, BAG);
    assert_int_equal(fixture->told, 1);
    assert_false(is_known(fixture, BAG, &fixture->siti));
    assert_true(is_known(fixture, BAG, &fixture->made));
    store_observe_no_more(at(fixture, BAG), &observer);
}

static void a_newer_card_reaches_the_other_device(void **state) {
    struct fixture *fixture = *state;

    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    verify(fixture, DESK, &fixture->siti);
    carry(fixture, DESK, BAG);
    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    carry(fixture, DESK, BAG);
    assert_int_equal(number_of(at(fixture, BAG), "SELECT max(issued_ms) FROM contact"),
                     number_of(at(fixture, DESK), "SELECT max(issued_ms) FROM contact"));
    assert_true(is_verified(fixture, BAG, &fixture->siti));
}

static void of_a_removal_and_a_verification_the_newer_counts_on_both(void **state) {
    struct fixture *fixture = *state;

    for (size_t i = 0; i < HOME_COUNT; i++) {
        assert_int_equal(add(fixture, i, &fixture->siti), RB_OK);
        assert_int_equal(add(fixture, i, &fixture->made), RB_OK);
    }
    verify(fixture, DESK, &fixture->siti);
    verify(fixture, DESK, &fixture->made);
    meet(fixture);
    drop(fixture, BAG, &fixture->siti);
    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    drop(fixture, DESK, &fixture->made);
    assert_int_equal(add(fixture, DESK, &fixture->made), RB_OK);
    verify(fixture, DESK, &fixture->made);
    drop(fixture, BAG, &fixture->made);
    meet(fixture);
    for (size_t i = 0; i < HOME_COUNT; i++) {
        assert_true(is_known(fixture, i, &fixture->siti));
        assert_false(is_verified(fixture, i, &fixture->siti));
        assert_false(is_known(fixture, i, &fixture->made));
    }
}

static void a_card_added_elsewhere_later_takes_no_verification_away(void **state) {
    struct fixture *fixture = *state;

    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    verify(fixture, DESK, &fixture->siti);
    assert_int_equal(add(fixture, BAG, &fixture->made), RB_OK);
    verify(fixture, BAG, &fixture->made);
    assert_int_equal(add(fixture, BAG, &fixture->siti), RB_OK);
    meet(fixture);
    for (size_t i = 0; i < HOME_COUNT; i++) {
        assert_true(is_verified(fixture, i, &fixture->siti));
        assert_true(is_verified(fixture, i, &fixture->made));
    }
}

static void two_own_circles_count_together_and_the_smallest_is_written_on(void **state) {
    struct fixture *fixture = *state;
    uint8_t circles[OWN_CIRCLES_MAX][HASH_BYTES], chosen[HASH_BYTES];

    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    verify(fixture, DESK, &fixture->siti);
    assert_int_equal(add(fixture, BAG, &fixture->made), RB_OK);
    verify(fixture, BAG, &fixture->made);
    meet(fixture);
    for (size_t i = 0; i < HOME_COUNT; i++) {
        assert_int_equal(own_circles(at(fixture, i), circles), 2);
        assert_int_equal(store_write_begin(at(fixture, i)), RB_OK);
        assert_int_equal(own_circle(at(fixture, i), now(fixture), chosen), RB_OK);
        assert_int_equal(store_write_commit(at(fixture, i)), RB_OK);
        assert_memory_equal(chosen, circles[0], HASH_BYTES);
        assert_true(is_verified(fixture, i, &fixture->siti));
        assert_true(is_verified(fixture, i, &fixture->made));
    }
}

static void a_name_that_is_taken_there_is_left_out_alone(void **state) {
    struct fixture *fixture = *state;
    struct stranger namesake;

    stranger_new(&namesake, "Siti Umpama");
    assert_int_equal(add(fixture, BAG, &namesake), RB_OK);
    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    assert_int_equal(add(fixture, DESK, &fixture->made), RB_OK);
    verify(fixture, DESK, &fixture->siti);
    verify(fixture, DESK, &fixture->made);
    carry(fixture, DESK, BAG);
    assert_false(is_known(fixture, BAG, &fixture->siti));
    assert_true(is_known(fixture, BAG, &namesake));
    assert_true(is_verified(fixture, BAG, &fixture->made));

    /* When there is room for him, his card says again who he is: he was verified all the time. */
    drop(fixture, BAG, &namesake);
    assert_int_equal(add(fixture, BAG, &fixture->siti), RB_OK);
    assert_true(is_verified(fixture, BAG, &fixture->siti));
    stranger_clear(&namesake);
}

static void record_write(struct fixture *fixture, size_t home,
                         const uint8_t circle[static HASH_BYTES],
                         const struct contact_record *record) {
    struct new_content draft = { .type = KIND_CONTACT };
    uint8_t ref[REF_BYTES];
    struct writer body;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    contact_record_encode(&body, record);
    draft.body = writer_view(&body);
    assert_int_equal(store_write_begin(at(fixture, home)), RB_OK);
    assert_int_equal(author_write(at(fixture, home), circle, &draft, now(fixture), ref), RB_OK);
    assert_int_equal(store_write_commit(at(fixture, home)), RB_OK);
    writer_clear(&body);
}

static void a_card_that_nobody_signed_is_left_out(void **state) {
    struct fixture *fixture = *state;
    struct contact_record record = { .standing = CONTACT_VERIFIED };
    uint8_t circles[OWN_CIRCLES_MAX][HASH_BYTES];
    struct writer card;

    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    verify(fixture, DESK, &fixture->siti);
    assert_int_equal(own_circles(at(fixture, DESK), circles), 1);
    card_of(fixture, &fixture->made, &card);
    card.data[card.len - 1] ^= 1;
    memcpy(record.person, fixture->made.id, sizeof record.person);
    record.card = writer_view(&card);
    record_write(fixture, DESK, circles[0], &record);
    carry(fixture, DESK, BAG);
    assert_false(is_known(fixture, BAG, &fixture->made));
    assert_true(is_verified(fixture, BAG, &fixture->siti));
    writer_clear(&card);
}

static void a_card_of_somebody_else_is_left_out(void **state) {
    struct fixture *fixture = *state;
    struct contact_record record = { .standing = CONTACT_VERIFIED };
    uint8_t circles[OWN_CIRCLES_MAX][HASH_BYTES];
    struct stranger other;
    struct writer card;

    stranger_new(&other, "Rekan Misal");
    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    verify(fixture, DESK, &fixture->siti);
    assert_int_equal(own_circles(at(fixture, DESK), circles), 1);
    card_of(fixture, &other, &card);
    memcpy(record.person, fixture->made.id, sizeof record.person);
    record.card = writer_view(&card);
    record_write(fixture, DESK, circles[0], &record);
    carry(fixture, DESK, BAG);
    assert_false(is_known(fixture, BAG, &fixture->made));
    assert_false(is_known(fixture, BAG, &other));
    assert_true(is_verified(fixture, BAG, &fixture->siti));
    writer_clear(&card);
    stranger_clear(&other);
}

/* A card may be too large for a record: the person can be added there by hand. */
static void a_record_without_a_card_verifies_whoever_is_added_later(void **state) {
    struct fixture *fixture = *state;
    struct contact_record record = { .standing = CONTACT_VERIFIED };
    uint8_t circles[OWN_CIRCLES_MAX][HASH_BYTES];

    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    verify(fixture, DESK, &fixture->siti);
    assert_int_equal(own_circles(at(fixture, DESK), circles), 1);
    memcpy(record.person, fixture->made.id, sizeof record.person);
    record_write(fixture, DESK, circles[0], &record);
    carry(fixture, DESK, BAG);
    assert_false(is_known(fixture, BAG, &fixture->made));
    assert_int_equal(add(fixture, BAG, &fixture->made), RB_OK);
    assert_true(is_verified(fixture, BAG, &fixture->made));
}

/* ---- What it is not ---- */

static bool see_group(void *context, const struct group_row *row) {
    (void)context;
    (void)row;
    fail();
    return false;
}

static bool see_case(void *context, const struct case_row *row) {
    (void)context;
    (void)row;
    fail();
    return false;
}

static void the_own_circle_is_no_group_no_case_and_not_to_be_referred_to(void **state) {
    static const enum ref_sort sorts[] = { REF_GROUP, REF_CASE, REF_CIRCLE };
    struct fixture *fixture = *state;
    struct store *desk = at(fixture, DESK);
    uint8_t circles[OWN_CIRCLES_MAX][HASH_BYTES];
    struct ref_candidates candidates;
    struct object object;
    char typed[2 * HASH_BYTES + 1];
    uint64_t waiting = 1;

    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    verify(fixture, DESK, &fixture->siti);
    assert_int_equal(own_circles(desk, circles), 1);
    assert_int_equal(group_each(desk, true, see_group, NULL), RB_OK);
    assert_int_equal(case_each(desk, true, see_case, NULL), RB_OK);
    assert_int_equal(events_waiting(desk, &waiting), RB_OK);
    assert_int_equal(waiting, 0);
    for (size_t i = 0; i < HASH_BYTES; i++) {
        (void)snprintf(typed + 2 * i, 3, "%02x", circles[0][i]);
    }
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++) {
        assert_int_equal(ref_find(desk, sorts[i], span_text(typed), &object, &candidates),
                         RB_NOT_FOUND);
    }
}

static void nobody_is_invited_to_the_own_circle(void **state) {
    struct fixture *fixture = *state;
    struct store *desk = at(fixture, DESK);
    uint8_t circles[OWN_CIRCLES_MAX][HASH_BYTES];

    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    verify(fixture, DESK, &fixture->siti);
    assert_int_equal(own_circles(desk, circles), 1);
    assert_int_equal(store_write_begin(desk), RB_OK);
    assert_int_equal(
        author_invite(desk, circles[0], fixture->siti.id, CIRCLE_READER, 0, now(fixture)),
        RB_REFUSED);
    store_write_abort(desk);
}

/* As a stolen device might. */
static void add_by_force(struct fixture *fixture, const uint8_t circle[static HASH_BYTES],
                         const struct stranger *stranger) {
    struct store *desk = at(fixture, DESK);
    struct writer body, card;
    struct writing writing;
    struct op_pair pair;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    writer_init(&card, CARD_BYTES_MAX);
    assert_int_equal(contact_pair(desk, stranger->id, &card, &pair), RB_OK);
    op_add_encode(&body, CIRCLE_OWNER, &pair, 0);
    assert_int_equal(store_write_begin(desk), RB_OK);
    assert_int_equal(writing_begin(&writing, desk, circle, now(fixture)), RB_OK);
    assert_int_equal(writing_prepare(&writing, GRANTS_OWN), RB_OK);
    assert_int_equal(writing_operation(&writing, OP_ADD, writer_view(&body)), RB_OK);
    writing_end(&writing);
    assert_int_equal(store_write_commit(desk), RB_OK);
    writer_clear(&card);
    writer_clear(&body);
}

static void
an_own_circle_with_somebody_else_in_it_is_neither_given_nor_written_any_more(void **state) {
    struct fixture *fixture = *state;
    struct store *desk = at(fixture, DESK);
    uint8_t circles[OWN_CIRCLES_MAX][HASH_BYTES], spoilt[HASH_BYTES], chosen[HASH_BYTES];
    uint8_t fp[FP_BYTES];

    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    verify(fixture, DESK, &fixture->siti);
    assert_int_equal(own_circles(desk, circles), 1);
    memcpy(spoilt, circles[0], sizeof spoilt);
    add_by_force(fixture, spoilt, &fixture->siti);
    assert_int_equal(circle_shared(desk, spoilt, fixture->siti.id, fp, NULL), RB_NOT_MEMBER);
    assert_int_equal(add(fixture, DESK, &fixture->made), RB_OK);
    verify(fixture, DESK, &fixture->made);

    assert_int_equal(own_circles(desk, circles), 2);
    assert_int_equal(store_write_begin(desk), RB_OK);
    assert_int_equal(own_circle(desk, now(fixture), chosen), RB_OK);
    assert_int_equal(store_write_commit(desk), RB_OK);
    assert_memory_not_equal(chosen, spoilt, sizeof chosen);
    assert_true(is_verified(fixture, DESK, &fixture->siti)); /* we said so ourselves */
    assert_true(is_verified(fixture, DESK, &fixture->made));
}

static void an_own_circle_is_taken_from_ones_own_devices_only(void **state) {
    struct fixture *fixture = *state;
    uint8_t circles[OWN_CIRCLES_MAX][HASH_BYTES];

    assert_int_equal(add(fixture, BAG, &fixture->made), RB_OK);
    verify(fixture, BAG, &fixture->made);
    assert_int_equal(own_circles(at(fixture, BAG), circles), 1);
    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    circle_carry(fixture, BAG, DESK, circles[0], fixture->siti.id);
    assert_int_equal(own_circles(at(fixture, DESK), circles), 0);
    assert_false(is_known(fixture, DESK, &fixture->made));
}

/* ---- Views ---- */

static void the_views_of_own_circles_are_made_again_the_same(void **state) {
    static const char sql[] =
        "SELECT count(*) || group_concat(quote(circle) || quote(person) || quote(standing) ||"
        " quote(hlc) || quote(ref) || quote(card)) FROM contact_state";
    struct fixture *fixture = *state;
    struct writer dumps[2];

    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    assert_int_equal(add(fixture, DESK, &fixture->made), RB_OK);
    verify(fixture, DESK, &fixture->siti);
    verify(fixture, DESK, &fixture->made);
    assert_int_equal(add(fixture, DESK, &fixture->siti), RB_OK);
    drop(fixture, DESK, &fixture->made);
    for (size_t i = 0; i < 2; i++) {
        struct db_row *row = db_query(store_db(at(fixture, DESK)), sql);
        writer_init(&dumps[i], SIZE_MAX);
        assert_true(db_step(row));
        writer_span(&dumps[i], db_text(row, 0));
        assert_int_equal(db_end(row), RB_OK);
        assert_int_equal(views_rebuild(at(fixture, DESK)), RB_OK);
    }
    assert_int_equal(dumps[0].data[0], '5'); /* two standings of one, three of the other */
    assert_true(span_equal(writer_view(&dumps[0]), writer_view(&dumps[1])));
    assert_true(is_verified(fixture, DESK, &fixture->siti));
    assert_false(is_known(fixture, DESK, &fixture->made));
    writer_clear(&dumps[0]);
    writer_clear(&dumps[1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(who_has_verified_nobody_has_no_own_circle),
        TEST(the_first_verification_signs_all_contacts_into_the_own_circle),
        TEST(what_is_said_again_writes_nothing),
        TEST(a_newer_card_of_a_verified_person_is_written_and_stays_verified),
        TEST(who_was_removed_and_comes_again_is_not_verified),
        TEST(what_an_older_version_verified_is_written_with_the_next_one),
        TEST(another_device_learns_who_was_added_verified_and_removed),
        TEST(a_newer_card_reaches_the_other_device),
        TEST(of_a_removal_and_a_verification_the_newer_counts_on_both),
        TEST(a_card_added_elsewhere_later_takes_no_verification_away),
        TEST(two_own_circles_count_together_and_the_smallest_is_written_on),
        TEST(a_name_that_is_taken_there_is_left_out_alone),
        TEST(a_card_that_nobody_signed_is_left_out),
        TEST(a_card_of_somebody_else_is_left_out),
        TEST(a_record_without_a_card_verifies_whoever_is_added_later),
        TEST(the_own_circle_is_no_group_no_case_and_not_to_be_referred_to),
        TEST(nobody_is_invited_to_the_own_circle),
        TEST(an_own_circle_with_somebody_else_in_it_is_neither_given_nor_written_any_more),
        TEST(an_own_circle_is_taken_from_ones_own_devices_only),
        TEST(the_views_of_own_circles_are_made_again_the_same),
    };

    return cmocka_run_group_tests(tests, make_first, remove_first);
}
