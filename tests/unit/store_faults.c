/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store on a disk that fails, and short of memory: rembuk.db and its WAL lie on the disk of
 * tests/support/disk.h, the key file in a real folder.  What costs a key derivation is tried at
 * some calls only; `test_store_faults all` tries every one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/search.h"
#include "store/threads.h"
#include "tests/sim/fault_memory.h"
#include "tests/support/disk.h"
#include "tests/support/homes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { POSTS_MAX = 2000, TEXT_ROOM = 6000, LONG_TEXT = 5000 };

struct fixture {
    struct folder folder;
    char home[HOMES_PATH_MAX];
    char db[HOMES_PATH_MAX + 16];
    struct disk *disk;
    struct store *store;
    uint8_t circle[HASH_BYTES];
    uint8_t thread[REF_BYTES];
    unsigned groups, threads; /* made */
    unsigned attempts;        /* number of posts tried: each has its own text */
    unsigned cuts;            /* of power, each after a post that was perhaps not stored */
    unsigned posts;           /* stored */
    unsigned kept[POSTS_MAX]; /* their numbers */
};

static int set_up(void **state) {
    static struct fixture fixture;

    memset(&fixture, 0, sizeof fixture);
    folder_new(&fixture.folder);
    (void)snprintf(fixture.home, sizeof fixture.home, "%s", folder_name(&fixture.folder, "home"));
    (void)snprintf(fixture.db, sizeof fixture.db, "%s/rembuk.db", fixture.home);
    fixture.disk = disk_new(7);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;

    store_close(&fixture->store);
    disk_destroy(&fixture->disk);
    folder_remove(&fixture->folder);
    return 0;
}

/* ---- Ways of failing ---- */

struct fault {
    const char *name;
    unsigned calls; /* 0: allocations of SQLite */
    int error;
    bool lasts, partly;
};

static const struct fault faults[] = {
    { "a call", DISK_ANY, EIO, false, false },
    { "all calls", DISK_ANY, EIO, true, false },
    { "all syncs", DISK_SYNC, EIO, true, false },
    { "no room once", DISK_WRITE | DISK_CREATE, ENOSPC, false, false },
    { "no room", DISK_WRITE | DISK_CREATE, ENOSPC, true, false },
    { "no room at a sync", DISK_SYNC, ENOSPC, false, false },
    { "a quota", DISK_WRITE | DISK_CREATE, EDQUOT, true, false },
    { "a part of a write", DISK_WRITE, ENOSPC, false, true },
    { "a part of all writes", DISK_WRITE, ENOSPC, true, true },
    { "an allocation", 0, ENOMEM, false, false },
    { "all allocations", 0, ENOMEM, true, false },
};
enum { FAULTS = sizeof faults / sizeof faults[0] };

static void start_fault(const struct fixture *fixture, const struct fault *fault, uint64_t after) {
    if (fault->calls == 0) {
        memory_fail(after, fault->lasts);
        return;
    }
    disk_fail(fixture->disk, (struct disk_failure) { .calls = fault->calls,
                                                     .after = after,
                                                     .error = fault->error,
                                                     .lasts = fault->lasts,
                                                     .partly = fault->partly });
}

static void mend(const struct fixture *fixture) {
    memory_mend();
    disk_mend(fixture->disk);
}

static uint64_t failures(const struct fixture *fixture, const struct fault *fault) {
    return fault->calls == 0 ? memory_failures() : disk_failures(fixture->disk);
}

static enum rb_status status_expected(const struct fault *fault) {
    return fault->error == ENOSPC || fault->error == EDQUOT ? RB_FULL : RB_STORAGE;
}

/* ---- What is done ---- */

static enum rb_status open_store(struct fixture *fixture) {
    return store_open(&fixture->store, fixture->home, span_text(HOMES_PASSPHRASE), 0, NULL);
}

static enum rb_status create_home(const struct fixture *fixture) {
    return home_create(fixture->home, "Sari Umpama");
}

/* Every fourth is long: it does not fit into one page. */
static void text_of(unsigned attempt, char out[static TEXT_ROOM]) {
    const size_t len = attempt % 4 == 0 ? LONG_TEXT : 40;

    memset(out, 'a', len);
    out[len] = '\0';
    (void)snprintf(out + len, TEXT_ROOM - len, " ke-%u", attempt);
}

static enum rb_status add_post(struct fixture *fixture) {
    char text[TEXT_ROOM];
    uint8_t ref[REF_BYTES];
    const unsigned attempt = fixture->attempts++;

    text_of(attempt, text);
    const enum rb_status status = post_add(fixture->store, fixture->thread, NULL, span_text(text),
                                           HOMES_NOW_MS + attempt, ref);
    if (status == RB_OK) {
        assert_true(fixture->posts < POSTS_MAX);
        fixture->kept[fixture->posts++] = attempt;
    }
    return status;
}

/* Names are taken once they are stored, and only then: a failed attempt has the same name again. */
static enum rb_status add_group(struct fixture *fixture) {
    char name[TEXT_ROOM];

    text_of(4 * fixture->groups + 1, name);
    const enum rb_status status =
        group_new(fixture->store, span_text(name), NULL, HOMES_NOW_MS, fixture->circle);
    fixture->groups += status == RB_OK ? 1 : 0;
    return status;
}

static enum rb_status add_thread(struct fixture *fixture) {
    char title[TEXT_ROOM];

    text_of(4 * fixture->threads + 1, title);
    const enum rb_status status = thread_new(fixture->store, fixture->circle, span_text(title),
                                             HOMES_NOW_MS, fixture->thread);
    fixture->threads += status == RB_OK ? 1 : 0;
    return status;
}

/* An index that was made already needs no call, so there is always a post to be indexed. */
static enum rb_status post_and_index(struct fixture *fixture) {
    uint64_t left = 0;
    const enum rb_status status = add_post(fixture);

    return status == RB_OK ? search_index(fixture->store, &left) : status;
}

static enum rb_status open_and_close(struct fixture *fixture) {
    const enum rb_status status = open_store(fixture);

    store_close(&fixture->store); /* NULL is fine. */
    return status;
}

static void remove_file(struct disk *disk, const char *file) {
    if (disk_has(disk, file)) {
        disk_remove(disk, file);
    }
}

/* The database is not in the folder from which a failed creation removes it. */
static enum rb_status create_and_remove_home(struct fixture *fixture) {
    char wal[sizeof fixture->db + 8];
    const enum rb_status status = create_home(fixture);

    (void)snprintf(wal, sizeof wal, "%s-wal", fixture->db);
    remove_file(fixture->disk, fixture->db);
    remove_file(fixture->disk, wal);
    folder_remove(&fixture->folder);
    return status;
}

/* ---- What is there ---- */

struct reading {
    const struct fixture *fixture;
    unsigned seen, strange;
};

static bool see_post(void *context, const struct post_row *row) {
    struct reading *reading = context;
    const struct fixture *fixture = reading->fixture;
    char text[TEXT_ROOM];

    if (reading->seen < fixture->posts) {
        text_of(fixture->kept[reading->seen], text);
    }
    if (reading->seen < fixture->posts && span_equal(row->text, span_text(text))) {
        reading->seen++;
    } else {
        reading->strange++;
    }
    return true;
}

static enum rb_status read_posts(struct fixture *fixture, struct reading *reading) {
    *reading = (struct reading) { .fixture = fixture };
    return thread_posts(fixture->store, fixture->thread, 0, see_post, reading);
}

static enum rb_status just_read_posts(struct fixture *fixture) {
    struct reading reading;
    return read_posts(fixture, &reading);
}

/* All that were stored, in their order, and no other. */
static void check_posts(struct fixture *fixture) {
    struct reading reading;

    assert_int_equal(read_posts(fixture, &reading), RB_OK);
    assert_int_equal(reading.seen, fixture->posts);
    assert_int_equal(reading.strange, 0);
}

/* A commit that failed may turn out to be there after a stop, whole; but nothing is missing. */
static void check_posts_after_stop(struct fixture *fixture) {
    struct reading reading;

    assert_int_equal(read_posts(fixture, &reading), RB_OK);
    assert_int_equal(reading.seen, fixture->posts);
    assert_true(reading.strange <= fixture->cuts);
}

static bool count_hit(void *context, const struct search_hit *hit) {
    size_t *hits = context;

    (void)hit;
    ++*hits;
    return true;
}

static void reopen(struct fixture *fixture) {
    store_close(&fixture->store);
    assert_int_equal(open_store(fixture), RB_OK);
}

/* ---- At every call ---- */

typedef enum rb_status (*deed)(struct fixture *);

static void fail_with(const struct fault *fault, uint64_t after, enum rb_status status) {
    print_error("%s, after %u went well: status %d\n", fault->name, (unsigned)after, (int)status);
    fail();
}

/* Every how many calls, and allocations, one is to fail: `test_store_faults all` spares none. */
struct stride {
    uint64_t call, allocation;
};
static bool spares_none;

static uint64_t stride_of(const struct fault *fault, struct stride stride) {
    return spares_none ? 1 : fault->calls == 0 ? stride.allocation : stride.call;
}

/* Does it with the first call failing, then a later one, until none is left; each time it works
 * when the fault is over.  Returns how often a failure was told. */
static unsigned fail_everywhere(struct fixture *fixture, const struct fault *fault, deed act,
                                struct stride stride) {
    unsigned told = 0;
    bool failed = true;

    for (uint64_t after = 0; failed; after += stride_of(fault, stride)) {
        const uint64_t before = failures(fixture, fault);
        start_fault(fixture, fault, after);
        const enum rb_status status = act(fixture);
        failed = failures(fixture, fault) > before;
        mend(fixture);
        if (status == RB_OK) {
            continue;
        }
        if (!failed || status != status_expected(fault)) {
            fail_with(fault, after, status);
        }
        told++;
        const enum rb_status again = act(fixture);
        if (again != RB_OK) {
            fail_with(fault, after, again);
        }
    }
    return told;
}

/* ---- Tests ---- */

/* What derives no key is quick. */
static const struct stride often = { .call = 1, .allocation = 5 };
static const struct stride seldom = { .call = 13, .allocation = 2999 };

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static int start(void **state) {
    (void)state;
    return crypt_start() == RB_OK ? 0 : -1;
}

static void begin_with_a_thread(struct fixture *fixture) {
    assert_int_equal(create_home(fixture), RB_OK);
    assert_int_equal(open_store(fixture), RB_OK);
    assert_int_equal(add_group(fixture), RB_OK);
    assert_int_equal(add_thread(fixture), RB_OK);
}

static void a_post_that_could_not_be_stored_says_so_and_the_next_is_stored(void **state) {
    struct fixture *fixture = *state;

    begin_with_a_thread(fixture);
    for (size_t i = 0; i < FAULTS; i++) {
        assert_true(fail_everywhere(fixture, &faults[i], add_post, often) > 0);
        check_posts(fixture);
    }
    reopen(fixture);
    check_posts(fixture);
}

static void a_group_and_a_thread_that_could_not_be_made_are_made_later(void **state) {
    struct fixture *fixture = *state;

    assert_int_equal(create_home(fixture), RB_OK);
    assert_int_equal(open_store(fixture), RB_OK);
    for (size_t i = 0; i < FAULTS; i++) {
        assert_true(fail_everywhere(fixture, &faults[i], add_group, often) > 0);
        assert_true(fail_everywhere(fixture, &faults[i], add_thread, often) > 0);
    }
    reopen(fixture);
    assert_int_equal(add_post(fixture), RB_OK);
    check_posts(fixture);
}

static void posts_are_read_again_when_the_fault_is_over(void **state) {
    struct fixture *fixture = *state;

    begin_with_a_thread(fixture);
    for (size_t i = 0; i < FAULTS; i++) {
        for (size_t k = 0; k < 5; k++) {
            assert_int_equal(add_post(fixture), RB_OK);
        }
        reopen(fixture); /* So that pages and statements are not known yet. */
        const unsigned told = fail_everywhere(fixture, &faults[i], just_read_posts, often);
        assert_true(told > 0 || (faults[i].calls & DISK_READ) == 0);
        check_posts(fixture);
    }
}

static void posts_are_indexed_and_found_when_the_fault_is_over(void **state) {
    struct fixture *fixture = *state;
    size_t hits = 0;
    bool more = false;

    begin_with_a_thread(fixture);
    for (size_t i = 0; i < FAULTS; i++) {
        (void)fail_everywhere(fixture, &faults[i], post_and_index, often);
    }
    const enum rb_status status =
        search_find(fixture->store, span_text("ke-"), POSTS_MAX, count_hit, &hits, &more);
    assert_int_equal(status, RB_OK);
    assert_int_equal(hits, fixture->posts);
}

static void a_store_opens_when_the_fault_is_over(void **state) {
    struct fixture *fixture = *state;

    begin_with_a_thread(fixture);
    assert_int_equal(add_post(fixture), RB_OK);
    store_close(&fixture->store);
    for (size_t i = 0; i < FAULTS; i++) {
        (void)fail_everywhere(fixture, &faults[i], open_and_close, seldom);
    }
    assert_int_equal(open_store(fixture), RB_OK);
    check_posts(fixture);
}

/* Calls of a closing or of a post: one for each fault, another for each; or all. */
enum { LAST_CALLS = 12 };

static uint64_t first_of(size_t fault) {
    return spares_none ? 0 : fault % LAST_CALLS;
}

static uint64_t step_of(void) {
    return spares_none ? 1 : LAST_CALLS;
}

/* What was stored stands in the WAL: closing copies it if it can, and if not the next opening has
 * it. */
static void a_store_that_could_not_be_closed_well_loses_nothing(void **state) {
    struct fixture *fixture = *state;

    begin_with_a_thread(fixture);
    for (size_t i = 0; i < FAULTS; i++) {
        for (uint64_t after = first_of(i); after < LAST_CALLS; after += step_of()) {
            assert_int_equal(add_post(fixture), RB_OK);
            start_fault(fixture, &faults[i], after);
            store_close(&fixture->store);
            mend(fixture);
            assert_int_equal(open_store(fixture), RB_OK);
            check_posts(fixture);
        }
    }
}

/* The commit that fails is the only one about which a stop may decide. */
static void after_a_failed_post_a_power_cut_loses_nothing(void **state) {
    struct fixture *fixture = *state;

    begin_with_a_thread(fixture);
    for (size_t i = 0; i < FAULTS; i++) {
        for (uint64_t after = first_of(i); faults[i].calls != 0 && after < LAST_CALLS;
             after += step_of()) {
            assert_int_equal(add_post(fixture), RB_OK);
            start_fault(fixture, &faults[i], after);
            (void)add_post(fixture);
            disk_power_up(fixture->disk);
            fixture->cuts++;
            mend(fixture);
            reopen(fixture);
            check_posts_after_stop(fixture);
        }
    }
}

static void a_home_that_could_not_be_made_is_made_later(void **state) {
    struct fixture *fixture = *state;

    for (size_t i = 0; i < FAULTS; i++) {
        (void)fail_everywhere(fixture, &faults[i], create_and_remove_home, seldom);
    }
    begin_with_a_thread(fixture);
    assert_int_equal(add_post(fixture), RB_OK);
    check_posts(fixture);
}

/* A disk that is full to the last byte, and room for one more post at a time. */
static void a_full_disk_stores_again_when_there_is_room(void **state) {
    struct fixture *fixture = *state;
    unsigned full = 0;

    begin_with_a_thread(fixture);
    for (size_t room = 0; room < 40000; room += 1000) {
        disk_set_room(fixture->disk, disk_used(fixture->disk) + room);
        const enum rb_status status = add_post(fixture);
        full += status == RB_FULL ? 1 : 0;
        assert_true(status == RB_OK || status == RB_FULL);
        disk_mend(fixture->disk);
        assert_int_equal(add_post(fixture), RB_OK);
    }
    assert_true(full > 0);
    check_posts(fixture);
    reopen(fixture);
    check_posts(fixture);
}

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        TEST(a_post_that_could_not_be_stored_says_so_and_the_next_is_stored),
        TEST(a_group_and_a_thread_that_could_not_be_made_are_made_later),
        TEST(posts_are_read_again_when_the_fault_is_over),
        TEST(posts_are_indexed_and_found_when_the_fault_is_over),
        TEST(a_store_opens_when_the_fault_is_over),
        TEST(a_store_that_could_not_be_closed_well_loses_nothing),
        TEST(after_a_failed_post_a_power_cut_loses_nothing),
        TEST(a_home_that_could_not_be_made_is_made_later),
        TEST(a_full_disk_stores_again_when_there_is_room),
    };

    spares_none = argc > 1 && strcmp(argv[1], "all") == 0;
    memory_start();
    return cmocka_run_group_tests(tests, start, NULL);
}
