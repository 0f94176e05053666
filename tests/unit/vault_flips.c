/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One flipped bit on the disk, anywhere: whoever reads everything back gets an error that names the
 * place, or the right data, or, while the last commit stands in the WAL alone and nothing after it,
 * the commit before.  Never anything else.
 *
 * usage: vault_flips                   a sample (--seed S, --flips N of each state)
 *        vault_flips --all [I N]       all of them, or the I-th of N parts (from 0)
 *
 * "All" is every bit of the WAL's three sectors, of the frame headers that matter and of one page
 * of each kind, and one bit of every byte elsewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/random.h"
#include "tests/support/repeat.h"
#include "tests/support/vault_states.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FRAME_HEAD = 32, /* stamp and SQLite's header */
    FRAME_TAIL = 40, /* tag and nonce */
    STRETCHES_MAX = 256,
    AROUND = 16,
    SAMPLE_DEFAULT = 240,
    CONTROL_SHARE = 4 /* a quarter of the sample is enough to find wrong data without the vault */
};

static struct {
    bool all;
    size_t part, parts;
    uint64_t seed;
    size_t flips;
} options = { .parts = 1, .seed = 1, .flips = SAMPLE_DEFAULT };

static struct disk *disk;
static struct vault_states sealed_states, plain_states;

/* ---- Where to flip ---- */

/* Bytes of one file, `to` not among them. */
struct stretch {
    enum vault_file file;
    size_t from, to;
    bool every_bit;
};

struct plan {
    struct stretch stretches[STRETCHES_MAX];
    size_t count;
};

struct flip {
    enum vault_file file;
    size_t offset;
    unsigned bit;
};

static void plan_add(struct plan *plan, enum vault_file file, size_t from, size_t to,
                     bool every_bit) {
    if (from < to) {
        assert_true(plan->count < STRETCHES_MAX);
        plan->stretches[plan->count++] =
            (struct stretch) { .file = file, .from = from, .to = to, .every_bit = every_bit };
    }
}

static bool is_kind(const struct vault_states *states, size_t page) {
    for (size_t i = 0; i < STATES_KINDS; i++) {
        if (states->kinds[i] == page) {
            return true;
        }
    }
    return false;
}

static void plan_db(struct plan *plan, const struct vault_states *states, size_t len) {
    const size_t bytes = VAULT_PAGE_BYTES;

    for (size_t page = 1; page <= len / bytes; page++) {
        plan_add(plan, VAULT_DB, (page - 1) * bytes, page * bytes, is_kind(states, page));
    }
}

/* Headers in full: of the first frame, and of the first and the last one of the last commit. */
static void plan_wal(struct plan *plan, const struct vault_states *states,
                     const struct vault_state *state) {
    const size_t area = vault_states_area(states), bytes = vault_states_frame(states);
    const size_t sectors = states->sealed ? VAULT_SECTORS * VAULT_SECTOR_BYTES : area;
    const size_t head = states->sealed ? FRAME_HEAD : bytes - VAULT_PAGE_BYTES;
    const size_t len = state->lens[VAULT_WAL];

    if (len == 0) {
        return;
    }
    plan_add(plan, VAULT_WAL, 0, sectors, true);
    plan_add(plan, VAULT_WAL, sectors, area, false);
    for (size_t frame = 1; frame <= (len - area) / bytes; frame++) {
        const size_t at = area + (frame - 1) * bytes;
        const bool fully = frame == 1 || frame == state->first || frame == state->last;
        plan_add(plan, VAULT_WAL, at, at + head, fully);
        plan_add(plan, VAULT_WAL, at + head, at + bytes - FRAME_TAIL, false);
        plan_add(plan, VAULT_WAL, at + bytes - FRAME_TAIL, at + bytes, fully);
    }
}

/* ---- One flip ---- */

enum outcome { RIGHT, ERROR, ROLLED_BACK, WRONG, OUTCOMES };

struct trial {
    const struct vault_states *states;
    const struct vault_state *state;
    struct flip flip;
    uint8_t around[AROUND]; /* what stands there then */
    enum outcome outcome;
    int result;
    struct damage damage;
};

static void flip_bit(const struct flip *flip) {
    disk_flip(disk, vault_file_paths[flip->file], flip->offset, (uint8_t)(1U << flip->bit));
}

/* Aligned as all lengths of the vault are. */
static const uint8_t *bytes_around(const struct flip *flip) {
    return disk_bytes(disk, vault_file_paths[flip->file]).data + flip->offset / AROUND * AROUND;
}

static void trial_run(struct trial *trial) {
    const struct vault_state *state = trial->state;
    struct scene scene;
    uint64_t digest = 0;

    disk_restore(disk, state->image);
    flip_bit(&trial->flip);
    if (trial->states->sealed) {
        memcpy(trial->around, bytes_around(&trial->flip), AROUND);
    }
    trial->result = scene_open(&scene, SCENE_PATH, vault_states_key(trial->states));
    if (trial->result == SQLITE_OK) {
        trial->result = scene_read(&scene, &digest);
    }
    scene_close(&scene, &trial->damage);
    trial->outcome = trial->result != SQLITE_OK ? ERROR
                     : digest == state->digest  ? RIGHT
                     : digest == state->before  ? ROLLED_BACK
                                                : WRONG;
}

static size_t flipped_frame(const struct trial *trial) {
    const size_t area = vault_states_area(trial->states);

    return trial->flip.file != VAULT_WAL || trial->flip.offset < area
               ? 0
               : (trial->flip.offset - area) / vault_states_frame(trial->states) + 1;
}

/* An error is clear if it names what was flipped.  A header that is gone may show in the frames. */
static bool error_is_clear(const struct trial *trial) {
    const struct damage *damage = &trial->damage;
    const size_t frame = flipped_frame(trial);

    if (trial->flip.file == VAULT_DB) {
        return damage->part == DAMAGE_PAGE &&
               damage->place == trial->flip.offset / VAULT_PAGE_BYTES + 1;
    }
    if (frame > 0) {
        return damage->part == DAMAGE_FRAME && damage->place == frame;
    }
    return trial->flip.offset / VAULT_SECTOR_BYTES == VAULT_MARKER_SECTOR
               ? damage->part == DAMAGE_WAL_MARKER
               : damage->part == DAMAGE_WAL_HEADER || damage->part == DAMAGE_FRAME;
}

static bool may_roll_back(const struct trial *trial) {
    const size_t frame = flipped_frame(trial);

    return frame > 0 && frame >= trial->state->first && frame <= trial->state->last;
}

static bool trial_is_good(const struct trial *trial) {
    switch (trial->outcome) {
    case RIGHT:
        return true;
    case ERROR:
        return error_is_clear(trial);
    case ROLLED_BACK:
        return may_roll_back(trial);
    default:
        return false;
    }
}

/* Or has it been written anew? */
static bool is_still_flipped(const struct trial *trial) {
    const struct flip *flip = &trial->flip;

    return flip->offset < disk_bytes(disk, vault_file_paths[flip->file]).len &&
           memcmp(bytes_around(flip), trial->around, AROUND) == 0;
}

/* After an error nothing is lost: once the bit is right again all is there. */
static bool error_costs_nothing(const struct trial *trial) {
    struct scene scene;
    uint64_t digest = 0;

    if (is_still_flipped(trial)) {
        flip_bit(&trial->flip);
    }
    int result = scene_open(&scene, SCENE_PATH, vault_states_key(trial->states));
    if (result == SQLITE_OK) {
        result = scene_read(&scene, &digest);
    }
    scene_close(&scene, NULL);
    return result == SQLITE_OK && digest == trial->state->digest;
}

/* ---- Many flips ---- */

struct tally {
    size_t outcomes[OUTCOMES];
    size_t healed; /* errors after which all was there again */
    size_t bad;    /* that break the promise above */
};

static void report_bad(const struct trial *trial, const char *what) {
    print_error("%s: file %d, byte %zu, bit %u: outcome %d, result %d, damage %d at %" PRIu64 "\n",
                what, (int)trial->flip.file, trial->flip.offset, trial->flip.bit,
                (int)trial->outcome, trial->result, (int)trial->damage.part, trial->damage.place);
}

static void try_flip(struct trial *trial, struct tally *tally, size_t ordinal) {
    enum { HEAL_EVERY = 8, REPORTS_MAX = 10 };

    trial_run(trial);
    tally->outcomes[trial->outcome]++;
    const char *bad = trial_is_good(trial) ? NULL : "bad";
    if (trial->outcome == ERROR && trial->states->sealed && ordinal % HEAL_EVERY == 0) {
        const bool healed = error_costs_nothing(trial);
        tally->healed += healed;
        bad = healed ? bad : "lost by an error";
    }
    if (bad != NULL && tally->bad++ < REPORTS_MAX && trial->states->sealed) {
        report_bad(trial, bad);
    }
}

static void try_all(struct trial *trial, const struct plan *plan, struct tally *tally) {
    size_t ordinal = 0;

    for (size_t i = 0; i < plan->count; i++) {
        const struct stretch *stretch = &plan->stretches[i];
        const size_t step = stretch->every_bit ? 1 : 8;
        for (size_t at = 8 * stretch->from; at < 8 * stretch->to; at += step, ordinal++) {
            const unsigned bit = (unsigned)(stretch->every_bit ? at % 8 : at / 8 % 8);
            trial->flip = (struct flip) { .file = stretch->file, .offset = at / 8, .bit = bit };
            if (ordinal % options.parts == options.part) {
                try_flip(trial, tally, ordinal / options.parts);
            }
        }
    }
}

static void try_sample(struct trial *trial, const struct plan *plan, struct tally *tally) {
    struct random random = { .state = options.seed };
    const size_t flips = trial->states->sealed ? options.flips : options.flips / CONTROL_SHARE;

    for (size_t ordinal = 0; ordinal < flips; ordinal++) {
        const struct stretch *stretch = &plan->stretches[random_below(&random, plan->count)];
        trial->flip = (struct flip) {
            .file = stretch->file,
            .offset = stretch->from + random_below(&random, stretch->to - stretch->from),
            .bit = (unsigned)random_below(&random, 8),
        };
        try_flip(trial, tally, ordinal);
    }
}

static struct tally try_state(const struct vault_states *states, enum vault_state_name name) {
    const struct vault_state *state = &states->states[name];
    struct trial trial = { .states = states, .state = state };
    struct tally tally = { 0 };
    struct plan plan = { 0 };

    plan_db(&plan, states, state->lens[VAULT_DB]);
    plan_wal(&plan, states, state);
    if (options.all && states->sealed) {
        try_all(&trial, &plan, &tally);
    } else {
        try_sample(&trial, &plan, &tally);
    }
    print_message("%s, %s: %zu right, %zu errors, %zu rolled back, %zu wrong; %zu healed\n",
                  states->sealed ? "vault" : "plain SQLite", state->name, tally.outcomes[RIGHT],
                  tally.outcomes[ERROR], tally.outcomes[ROLLED_BACK], tally.outcomes[WRONG],
                  tally.healed);
    return tally;
}

static void check_state(enum vault_state_name name) {
    const struct tally tally = try_state(&sealed_states, name);

    assert_int_equal(tally.bad, 0);
    assert_int_equal(tally.outcomes[WRONG], 0);
    assert_true(tally.outcomes[ERROR] > 0);
}

/* ---- The tests ---- */

static void check_as_it_stands(const struct vault_states *states, const struct vault_state *state) {
    struct scene scene;
    uint64_t digest = 0;

    disk_restore(disk, state->image);
    assert_int_equal(scene_open(&scene, SCENE_PATH, vault_states_key(states)), SQLITE_OK);
    assert_int_equal(scene_read(&scene, &digest), SQLITE_OK);
    scene_close(&scene, NULL);
    assert_true(digest == state->digest);
    assert_true(digest != state->before);
}

static void every_state_is_right_as_it_stands(void **state) {
    (void)state;
    for (size_t name = 0; name < STATE_COUNT; name++) {
        check_as_it_stands(&sealed_states, &sealed_states.states[name]);
        check_as_it_stands(&plain_states, &plain_states.states[name]);
    }
}

static void a_flip_in_a_closed_vault_is_an_error_or_touches_nothing(void **state) {
    (void)state;
    check_state(STATE_CLOSED);
}

static void a_flip_before_a_checkpoint_costs_at_most_the_last_commit(void **state) {
    (void)state;
    check_state(STATE_WAL);
}

static void a_flip_in_mid_checkpoint_is_an_error_or_touches_nothing(void **state) {
    (void)state;
    check_state(STATE_CHECKPOINT);
}

static void a_flip_after_a_checkpoint_is_an_error_or_touches_nothing(void **state) {
    (void)state;
    check_state(STATE_CHECKPOINTED);
}

static void a_flip_before_an_unfinished_tail_is_an_error_or_touches_nothing(void **state) {
    (void)state;
    check_state(STATE_RESTARTED);
}

/* A sample of the same on plain SQLite: wrong data, or commits gone, without a word. */
static void control_plain_sqlite_gives_wrong_data(void **state) {
    size_t wrong = 0;
    (void)state;

    for (size_t name = 0; name < STATE_COUNT; name++) {
        const struct tally tally = try_state(&plain_states, (enum vault_state_name)name);
        wrong += tally.outcomes[WRONG];
    }
    assert_true(wrong > 0);
}

/* ---- Running ---- */

static int start(void **state) {
    (void)state;
    repeat_start(options.seed);
    disk = disk_new(options.seed);
    vault_states_make(&sealed_states, disk, true);
    vault_states_make(&plain_states, disk, false);
    return 0;
}

static int stop(void **state) {
    (void)state;
    vault_states_clear(&sealed_states);
    vault_states_clear(&plain_states);
    disk_destroy(&disk);
    return 0;
}

static bool options_read(int count, char **words) {
    for (int at = 1; at < count; at++) {
        const bool has_number = at + 1 < count;
        if (strcmp(words[at], "--all") == 0) {
            options.all = true;
            if (at + 2 < count) {
                options.part = strtoul(words[++at], NULL, 10);
                options.parts = strtoul(words[++at], NULL, 10);
            }
        } else if (strcmp(words[at], "--seed") == 0 && has_number) {
            options.seed = strtoull(words[++at], NULL, 10);
        } else if (strcmp(words[at], "--flips") == 0 && has_number) {
            options.flips = strtoul(words[++at], NULL, 10);
        } else {
            return false;
        }
    }
    return options.part < options.parts;
}

int main(int count, char **words) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_is_right_as_it_stands),
        cmocka_unit_test(a_flip_in_a_closed_vault_is_an_error_or_touches_nothing),
        cmocka_unit_test(a_flip_before_a_checkpoint_costs_at_most_the_last_commit),
        cmocka_unit_test(a_flip_in_mid_checkpoint_is_an_error_or_touches_nothing),
        cmocka_unit_test(a_flip_after_a_checkpoint_is_an_error_or_touches_nothing),
        cmocka_unit_test(a_flip_before_an_unfinished_tail_is_an_error_or_touches_nothing),
        cmocka_unit_test(control_plain_sqlite_gives_wrong_data),
    };

    if (!options_read(count, words)) {
        (void)fprintf(stderr, "usage: vault_flips [--seed S] [--flips N] [--all [I N]]\n");
        return 2;
    }
    return cmocka_run_group_tests(tests, start, stop);
}
