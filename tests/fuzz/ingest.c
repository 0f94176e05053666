/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What peers bring to a home, past all signatures: an input is a prelude and steps (story.h), whose
 * events are sealed and signed anew by a small cast, so that whatever is changed in them comes to
 * the fold, to opening and to the views.  The home lies on a disk in memory, as it was before, for
 * every input.  Afterwards everything can be looked at, each log is what its author signed, and the
 * views made again are the same, also in a home that was closed and opened. */
#include "tests/fuzz/fuzz.h"

#include "protocol/text.h"
#include "store/cases.h"
#include "store/db.h"
#include "store/ingest.h"
#include "store/membership.h"
#include "store/search.h"
#include "store/sharing.h"
#include "store/threads.h"
#include "tests/fuzz/story.h"
#include "tests/fuzz/view_dump.h"
#include "tests/support/disk.h"
#include "tests/support/homes.h"
#include "tests/support/random.h"
#include "tests/support/repeat.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PRELUDE_BYTES = 1, STEPS_MAX = 40, DUMP_BYTES_MAX = 16 << 20 };

static struct folder folder;
static char home[HOMES_PATH_MAX];
static struct disk *disk;
static struct disk_image *clean;
static struct cast cast;
static struct story story;

/* ---- The home ---- */

static void folder_forget(void) {
    folder_remove(&folder);
}

static void start(void) {
    if (disk != NULL) {
        return;
    }
    repeat_start(1);
    folder_new(&folder);
    (void)atexit(folder_forget);
    (void)snprintf(home, sizeof home, "%s", folder_name(&folder, "home"));
    disk = disk_new(1);
    struct store *store = home_new(home, "Sari Umpama");
    cast_make(&cast, store);
    cast_introduce(&cast, store);
    store_close(&store);
    clean = disk_save(disk);
}

static struct store *home_as_before(void) {
    repeat_from(1);
    disk_restore(disk, clean);
    disk_reseed(disk, 1);
    return home_open(home);
}

/* ---- Looking at everything ---- */

static bool on_post(void *context, const struct post_row *row) {
    (void)context;
    assert(text_is_utf8(row->text) && text_is_utf8(row->reason));
    return true;
}

static bool on_thread(void *context, const struct thread_row *row) {
    (void)context;
    story_must(thread_posts(story.store, row->ref, 0, on_post, NULL));
    return true;
}

static bool on_person(void *context, const struct group_person *person) {
    size_t *count = context;

    assert(person->role <= CIRCLE_OWNER && person->rank <= RANK_NONE);
    (*count)++;
    return true;
}

static bool on_group(void *context, const struct group_row *row) {
    size_t count = 0;
    (void)context;

    story_must(group_people(story.store, row->circle, on_person, &count));
    assert(row->members <= count);
    return true;
}

static bool on_entry(void *context, const struct entry_row *row) {
    (void)context;
    assert(entry_check(&row->entry) == RB_OK);
    return true;
}

static bool on_case(void *context, const struct case_row *row) {
    (void)context;
    story_must(case_entries(story.store, row->circle, on_entry, NULL));
    return true;
}

static bool on_waiting(void *context, const struct waiting_row *row) {
    (void)context;
    assert(text_is_utf8(row->title));
    return true;
}

static bool on_hit(void *context, const struct search_hit *hit) {
    (void)context;
    assert(hit->match_len <= hit->text.len && hit->match <= hit->text.len - hit->match_len);
    return true;
}

static void everything_is_shown(void) {
    uint8_t fp[FP_BYTES];
    bool more = false;

    story_must(group_each(story.store, true, on_group, NULL));
    story_must(case_each(story.store, true, on_case, NULL));
    story_must(thread_each(story.store, NULL, on_thread, NULL));
    story_must(waiting_each(story.store, story.circle, on_waiting, NULL));
    story_must(search_find(story.store, span_text("kabar"), 10, on_hit, NULL, &more));
    for (size_t i = 0; i < CAST_PEOPLE; i++) {
        story_must(circle_shared(story.store, story.circle, cast.people[i].id, fp, NULL));
    }
}

/* ---- What is kept is what was signed ---- */

static void log_is_signed(const struct log_line *line) {
    struct log_head head;
    struct writer bodies;

    log_head_empty(&head, line->log);
    writer_init(&bodies, (size_t)RUN_EVENTS_MAX * EVENT_BODY_BYTES_MAX);
    while (head.seq < line->head) {
        struct run_result result;
        struct run run;
        uint64_t upto;
        enum rb_status status = run_load(story.store, story.circle, line->log, head.seq + 1,
                                         SEQ_MAX, &bodies, &run, &upto);
        assert(status == RB_OK);
        status = run_accept(&head, &run, NULL, &result);
        assert(status == RB_OK);
        head = result.head;
    }
    /* One that is cut is given up to a signature, which stands in a branch. */
    assert(line->cut || head.seq == line->head);
    assert(line->cut || memcmp(head.hash, line->hash, HASH_BYTES) == 0);
    writer_clear(&bodies);
}

/* Branches of a log are given from where they begin: those are looked at by the store alone. */
static void logs_are_signed(void) {
    struct log_line *lines = NULL;
    size_t count = 0;

    story_must(circle_lines(story.store, story.circle, &lines, &count));
    for (size_t i = 0; i < count; i++) {
        if (lines[i].proof == 0) {
            log_is_signed(&lines[i]);
        }
    }
    free(lines);
}

/* ---- The same again ---- */

static void views_are_the_same_again(void) {
    struct writer before, after;

    writer_init(&before, DUMP_BYTES_MAX);
    writer_init(&after, DUMP_BYTES_MAX);
    view_dump(story.store, &before);
    const enum rb_status status = views_rebuild(story.store);
    assert(status == RB_OK);
    view_dump(story.store, &after);
    view_dumps_are_equal(&before, &after);
    writer_clear(&after);
    writer_clear(&before);
}

static void home_reopen(void) {
    story_commit(&story);
    store_close(&story.store);
    story.store = home_open(home);
}

/* ---- Inputs ---- */

static void step_read(const uint8_t *bytes, struct step *step) {
    *step = (struct step) {
        .verb = bytes[0],
        .who = bytes[1],
        .aim = bytes[2],
        .what = bytes[3],
        .ctl = bytes[4],
        .key = bytes[5],
        .time = bytes[6],
        .deliver = bytes[7],
        .edit = bytes[8],
        .edit_value = bytes[9],
        .edit_place = (uint16_t)(bytes[10] | bytes[11] << 8),
    };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    struct step step;

    start();
    if (len < PRELUDE_BYTES) {
        return 0;
    }
    story_begin(&story, home_as_before(), &cast, data[0]);
    const size_t count = (len - PRELUDE_BYTES) / STEP_BYTES;
    for (size_t i = 0; i < count && i < STEPS_MAX; i++) {
        step_read(data + PRELUDE_BYTES + i * STEP_BYTES, &step);
        if (step.verb % VERB_COUNT == VERB_REOPEN) {
            home_reopen();
        } else {
            story_step(&story, &step);
        }
    }
    story_end(&story);
    everything_is_shown();
    logs_are_signed();
    views_are_the_same_again();
    store_close(&story.store);
    story_clear(&story);
    return 0;
}

/* ---- Changing inputs ---- */

static size_t steps_in(size_t len) {
    return len < PRELUDE_BYTES ? 0 : (len - PRELUDE_BYTES) / STEP_BYTES;
}

static uint8_t *step_at(uint8_t *data, size_t index) {
    return data + PRELUDE_BYTES + index * STEP_BYTES;
}

/* Most steps are of somebody known, about something known, and right. */
static void step_make(uint8_t *step, struct random *random) {
    memset(step, 0, STEP_BYTES);
    step[0] = (uint8_t)random_below(random, VERB_COUNT);
    step[1] = (uint8_t)random_below(random, random_chance(random, 80) ? CAST_PEOPLE : STORY_LINES);
    step[2] = (uint8_t)random_below(random, random_chance(random, 80) ? CAST_PEOPLE : 256);
    step[3] = (uint8_t)random_below(random, 256);
    step[4] = (uint8_t)(random_chance(random, 70) ? 0 : random_below(random, 32));
    step[5] = (uint8_t)(random_chance(random, 60) ? 0 : random_below(random, 12));
    step[6] = (uint8_t)(random_chance(random, 90) ? 0 : random_below(random, 256));
    step[7] = (uint8_t)(random_chance(random, 70) ? 0 : random_below(random, DELIVER_COUNT));
}

static void step_spoil(uint8_t *step, struct random *random) {
    step[8] = (uint8_t)(random_chance(random, 25) ? 0 : random_below(random, 32));
    random_fill(random, step + 9, 3);
    step[11] = (uint8_t)(random_chance(random, 80) ? 0 : step[11] & 7);
}

/* Makes room for a step at `index`; false if there is none. */
static bool step_insert(uint8_t *data, size_t *count, size_t index, size_t room) {
    if (*count >= STEPS_MAX || PRELUDE_BYTES + (*count + 1) * STEP_BYTES > room) {
        return false;
    }
    memmove(step_at(data, index + 1), step_at(data, index), (*count - index) * STEP_BYTES);
    (*count)++;
    return true;
}

static void step_remove(uint8_t *data, size_t *count, size_t index) {
    memmove(step_at(data, index), step_at(data, index + 1), (*count - index - 1) * STEP_BYTES);
    (*count)--;
}

enum change {
    CHANGE_PRELUDE,
    CHANGE_REMOVE,
    CHANGE_SWAP,
    CHANGE_FIELD,
    CHANGE_SPOIL,
    CHANGE_BYTES,
    CHANGE_COUNT
};

static void change_one(uint8_t *data, size_t *count, size_t index, struct random *random) {
    uint8_t *step = step_at(data, index), kept[STEP_BYTES];
    uint8_t *other = step_at(data, random_below(random, *count));
    const size_t field = random_below(random, 8);

    switch ((enum change)random_below(random, CHANGE_COUNT)) {
    case CHANGE_REMOVE:
        step_remove(data, count, index);
        break;
    case CHANGE_SWAP:
        memcpy(kept, step, sizeof kept);
        memcpy(step, other, sizeof kept);
        memcpy(other, kept, sizeof kept);
        break;
    case CHANGE_FIELD:
        step_make(kept, random);
        step[field] = kept[field];
        break;
    case CHANGE_SPOIL:
        step_spoil(step, random);
        break;
    case CHANGE_BYTES:
        (void)LLVMFuzzerMutate(step, STEP_BYTES, STEP_BYTES); /* Shorter: the rest stays. */
        break;
    default:
        data[0] = (uint8_t)random_below(random, 64);
        break;
    }
}

static void change(uint8_t *data, size_t *count, size_t room, struct random *random) {
    const size_t index = random_below(random, *count + 1);
    uint8_t kept[STEP_BYTES];

    if (*count > 0 && index < *count && random_chance(random, 60)) {
        change_one(data, count, index, random);
        return;
    }
    step_make(kept, random);
    if (*count > 0 && random_chance(random, 25)) {
        memcpy(kept, step_at(data, random_below(random, *count)), sizeof kept);
    }
    if (step_insert(data, count, index, room)) {
        memcpy(step_at(data, index), kept, sizeof kept);
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t room, unsigned seed) {
    struct random random = { .state = seed };
    size_t count = steps_in(len);

    if (room < PRELUDE_BYTES) {
        return 0;
    }
    data[0] = len == 0 ? (uint8_t)random_below(&random, 64) : data[0];
    count = count > STEPS_MAX ? STEPS_MAX : count;
    for (size_t i = 1 + random_below(&random, 4); i > 0; i--) {
        change(data, &count, room, &random);
    }
    return PRELUDE_BYTES + count * STEP_BYTES;
}

/* The beginning of one and the end of the other. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *one, size_t one_len, const uint8_t *other,
                                 size_t other_len, uint8_t *out, size_t room, unsigned seed) {
    struct random random = { .state = seed };
    const size_t front = random_below(&random, steps_in(one_len) + 1);
    const size_t from = random_below(&random, steps_in(other_len) + 1);
    size_t count = front + steps_in(other_len) - from;

    if (one_len == 0 || other_len == 0 || front > STEPS_MAX ||
        PRELUDE_BYTES + count * STEP_BYTES > room) {
        return 0;
    }
    memcpy(out, one, PRELUDE_BYTES + front * STEP_BYTES);
    memcpy(step_at(out, front), other + PRELUDE_BYTES + from * STEP_BYTES,
           (count - front) * STEP_BYTES);
    count = count > STEPS_MAX ? STEPS_MAX : count;
    return PRELUDE_BYTES + count * STEP_BYTES;
}
