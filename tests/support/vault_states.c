/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/vault_states.h"

#include <errno.h>
#include <stdlib.h>

const char *const vault_file_paths[VAULT_FILES] = { SCENE_PATH, SCENE_WAL_PATH };

enum { PLAIN_WAL_HEADER = 32, PLAIN_FRAME_HEADER = 24 };

static void must(bool is_so) {
    if (!is_so) {
        abort();
    }
}

const struct keyfile *vault_states_key(const struct vault_states *states) {
    return states->sealed ? &states->key : NULL;
}

size_t vault_states_area(const struct vault_states *states) {
    return states->sealed ? VAULT_AREA_BYTES : PLAIN_WAL_HEADER;
}

size_t vault_states_frame(const struct vault_states *states) {
    return states->sealed ? VAULT_FRAME_BYTES : PLAIN_FRAME_HEADER + VAULT_PAGE_BYTES;
}

static size_t frames_now(const struct vault_states *states, const struct disk *disk) {
    const size_t len = disk_bytes(disk, vault_file_paths[VAULT_WAL]).len;

    return (len - vault_states_area(states)) / vault_states_frame(states);
}

/* What stands on the disk now; `commit` was the last one. */
static void take(struct vault_states *states, struct disk *disk, enum vault_state_name which,
                 const char *name, int commit) {
    struct vault_state *state = &states->states[which];

    *state = (struct vault_state) {
        .name = name,
        .image = disk_save(disk),
        .digest = states->digests[commit],
        .before = states->digests[commit - 1],
    };
    for (size_t file = 0; file < VAULT_FILES; file++) {
        state->lens[file] = disk_bytes(disk, vault_file_paths[file]).len;
    }
}

/* ---- Pages of each kind ---- */

/* The free page that lists the others: SQLite's file format, 1.3.  Read as SQLite does, in part. */
static size_t free_trunk(struct scene *scene) {
    sqlite3_file *file = NULL;
    uint8_t number[4];

    must(sqlite3_file_control(scene->sqlite, "main", SQLITE_FCNTL_FILE_POINTER, (void *)&file) ==
         SQLITE_OK);
    must(file->pMethods->xRead(file, number, sizeof number, 32) == SQLITE_OK);
    return (size_t)number[2] << 8 | number[3];
}

/* While nothing stands in the WAL alone. */
static void take_kinds(struct vault_states *states, struct scene *scene) {
    static const char *const queries[STATES_KINDS - 2] = {
        "SELECT pageno FROM dbstat WHERE name = 'cases' AND pagetype = 'leaf' LIMIT 1",
        "SELECT pageno FROM dbstat WHERE name = 'cases' AND pagetype = 'internal' LIMIT 1",
        "SELECT pageno FROM dbstat WHERE name = 'cases' AND pagetype = 'overflow' LIMIT 1",
        "SELECT pageno FROM dbstat WHERE name = 'cases_name' LIMIT 1",
        "SELECT pageno FROM dbstat WHERE name = 'search_content' AND pagetype = 'leaf' LIMIT 1",
        "SELECT pageno FROM dbstat WHERE name = 'search_data' LIMIT 1",
    };

    states->kinds[0] = 1;
    states->kinds[1] = free_trunk(scene);
    for (size_t i = 2; i < STATES_KINDS; i++) {
        states->kinds[i] = (size_t)scene_number(scene, queries[i - 2]);
    }
}

/* ---- The states ---- */

static uint64_t digest_now(struct scene *scene) {
    uint64_t digest = 0;

    must(scene_read(scene, &digest) == SQLITE_OK);
    return digest;
}

static void commit(struct vault_states *states, struct scene *scene, int number) {
    scene_commit(scene, number);
    states->digests[number] = digest_now(scene);
}

/* The fifth page that it writes meets an error: so far it has come. */
static void checkpoint_in_part(struct scene *scene, struct disk *disk) {
    const struct disk_failure failure = {
        .calls = DISK_WRITE, .file = SCENE_PATH, .after = 4, .error = EIO
    };

    disk_fail(disk, failure);
    must(sqlite3_exec(scene->sqlite, "PRAGMA wal_checkpoint", NULL, NULL, NULL) != SQLITE_OK);
    disk_mend(disk);
}

/* Pages that find no room in the cache go to the WAL before their commit, which never comes. */
static void write_tail(struct scene *scene, const struct disk *disk) {
    const uint64_t writes = disk_calls(disk, DISK_WRITE);

    scene_do(scene,
             "PRAGMA cache_size = 10; PRAGMA cache_spill = 1;"
             "BEGIN; UPDATE cases SET note = 'tidak pernah ' || note;");
    must(disk_calls(disk, DISK_WRITE) > writes);
}

void vault_states_make(struct vault_states *states, struct disk *disk, bool sealed) {
    struct scene scene;

    states->sealed = sealed;
    scene_key(&states->key, 0x51);
    scene_create(&scene, SCENE_PATH, vault_states_key(states));
    scene_fill(&scene);
    states->digests[0] = digest_now(&scene);
    scene_close(&scene, NULL);

    must(scene_open(&scene, SCENE_PATH, vault_states_key(states)) == SQLITE_OK);
    commit(states, &scene, 1);
    commit(states, &scene, 2);
    const size_t frames = frames_now(states, disk);
    commit(states, &scene, 3);
    take(states, disk, STATE_WAL, "WAL before a checkpoint", 3);
    states->states[STATE_WAL].first = frames + 1;
    states->states[STATE_WAL].last = frames_now(states, disk);
    checkpoint_in_part(&scene, disk);
    take(states, disk, STATE_CHECKPOINT, "in mid-checkpoint", 3);
    scene_do(&scene, "PRAGMA wal_checkpoint");
    take(states, disk, STATE_CHECKPOINTED, "after a finished checkpoint", 3);
    take_kinds(states, &scene);

    commit(states, &scene, 4);
    commit(states, &scene, 5);
    write_tail(&scene, disk);
    take(states, disk, STATE_RESTARTED, "WAL begun anew, with a tail", 5);
    scene_do(&scene, "ROLLBACK");
    scene_close(&scene, NULL);
    must(!disk_has(disk, vault_file_paths[VAULT_WAL]));
    take(states, disk, STATE_CLOSED, "closed", 5);
    disk_remove(disk, SCENE_PATH);
}

void vault_states_clear(struct vault_states *states) {
    for (size_t i = 0; i < STATE_COUNT; i++) {
        disk_image_destroy(&states->states[i].image);
    }
}
