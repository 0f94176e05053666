/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The states in which a vault may be found on the disk (tests/support/disk.h), each with what was
 * committed by then: of a sealed one, or of plain SQLite for comparison. */
#ifndef REMBUK_TESTS_VAULT_STATES_H
#define REMBUK_TESTS_VAULT_STATES_H

#include "tests/support/disk.h"
#include "tests/support/vault_scene.h"

enum vault_state_name {
    STATE_WAL,          /* three commits in the WAL alone */
    STATE_CHECKPOINT,   /* the same, four pages of them copied */
    STATE_CHECKPOINTED, /* the same, all copied */
    STATE_RESTARTED, /* two more over the first ones, and some of a transaction that never ends */
    STATE_CLOSED,
    STATE_COUNT
};

enum vault_file { VAULT_DB, VAULT_WAL, VAULT_FILES };
extern const char *const vault_file_paths[VAULT_FILES];

struct vault_state {
    const char *name;
    struct disk_image *image;
    size_t lens[VAULT_FILES];
    uint64_t digest;    /* of the last commit */
    uint64_t before;    /* of the one before */
    size_t first, last; /* frames of the last commit, where that may go; else 0 */
};

enum { STATES_COMMITS = 5, STATES_KINDS = 8 };

struct vault_states {
    bool sealed;
    struct keyfile key;
    uint64_t digests[STATES_COMMITS + 1]; /* [0] of what was there before the first commit */
    struct vault_state states[STATE_COUNT];
    size_t kinds[STATES_KINDS]; /* one page of each kind */
};

/* Leaves nothing on the disk. */
void vault_states_make(struct vault_states *states, struct disk *disk, bool sealed);
void vault_states_clear(struct vault_states *states);

/* For scene_open: NULL for plain SQLite. */
const struct keyfile *vault_states_key(const struct vault_states *states);

/* Of the WAL: bytes before the first frame, and of one frame. */
size_t vault_states_area(const struct vault_states *states);
size_t vault_states_frame(const struct vault_states *states);

#endif
