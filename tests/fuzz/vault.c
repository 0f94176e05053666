/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes to a vault on the disk, by somebody without the key: the first byte chooses the state in
 * which it is found, each further five bytes are a change.  Opening it and reading everything never
 * crashes, and a second time neither.  While bits alone were changed, whatever is read was
 * committed once, as a whole.  Nothing more is asked once units of another state were put into
 * their own places, or a file was cut short: a whole file of older units, or a WAL that was
 * emptied, gives an older state, and single pages of one give a mixture, which seals do not hinder
 * (docs/vault.md). */
#include "tests/fuzz/fuzz.h"

#include "tests/support/repeat.h"
#include "tests/support/vault_states.h"

#include <assert.h>

enum { CHANGES_MAX = 64 };

enum change { CHANGE_DB, CHANGE_WAL, CHANGE_CUT, CHANGE_REPLAY, CHANGE_KINDS };

static struct disk *disk;
static struct vault_states states;

static void start(void) {
    if (disk == NULL) {
        repeat_start(1);
        disk = disk_new(1);
        vault_states_make(&states, disk, true);
    }
}

/* ---- Changes ---- */

static void flip(enum vault_file file, size_t place, uint8_t mask) {
    const size_t len = disk_bytes(disk, vault_file_paths[file]).len;

    if (len > 0) {
        disk_flip(disk, vault_file_paths[file], place % len, mask);
    }
}

static void cut(enum vault_file file, size_t place) {
    const struct span bytes = disk_bytes(disk, vault_file_paths[file]);
    struct writer kept;

    if (bytes.len == 0) {
        return;
    }
    writer_init(&kept, bytes.len);
    writer_span(&kept, span_of(bytes.data, place % bytes.len));
    disk_put(disk, vault_file_paths[file], writer_view(&kept));
    writer_clear(&kept);
}

/* Where the page, the frame or the sector begins in which `place` lies, and how long it is. */
static size_t unit_at(enum vault_file file, size_t place, size_t *len) {
    if (file == VAULT_DB) {
        *len = VAULT_PAGE_BYTES;
        return place / VAULT_PAGE_BYTES * VAULT_PAGE_BYTES;
    }
    if (place < VAULT_AREA_BYTES) {
        *len = VAULT_SECTOR_BYTES;
        return place / VAULT_SECTOR_BYTES * VAULT_SECTOR_BYTES;
    }
    *len = VAULT_FRAME_BYTES;
    return VAULT_AREA_BYTES +
           (place - VAULT_AREA_BYTES) / VAULT_FRAME_BYTES * (size_t)VAULT_FRAME_BYTES;
}

/* The unit at `place` as it stood in another state. */
static void replay(enum vault_file file, size_t place, enum vault_state_name from) {
    const char *path = vault_file_paths[file];
    struct disk_image *now = disk_save(disk);
    struct writer old, changed;
    size_t len = 0;

    writer_init(&old, SIZE_MAX);
    writer_init(&changed, SIZE_MAX);
    disk_restore(disk, states.states[from].image);
    writer_span(&old, disk_bytes(disk, path));
    disk_restore(disk, now);
    disk_image_destroy(&now);
    writer_span(&changed, disk_bytes(disk, path));
    const size_t shorter = old.len < changed.len ? old.len : changed.len;
    if (shorter > 0) {
        const size_t at = unit_at(file, place % shorter, &len);
        const size_t room = at + len <= shorter ? len : shorter - at;
        for (size_t i = 0; i < room; i++) {
            changed.data[at + i] = old.data[at + i];
        }
        disk_put(disk, path, writer_view(&changed));
    }
    writer_clear(&old);
    writer_clear(&changed);
}

/* True if only bits were changed. */
static bool change(struct reader *reader) {
    const uint8_t kind = reader_u8(reader);
    const size_t low = reader_u16(reader);
    const size_t place = low | (size_t)reader_u8(reader) << 16;
    const uint8_t value = reader_u8(reader);

    switch ((enum change)(kind % CHANGE_KINDS)) {
    case CHANGE_DB:
        flip(VAULT_DB, place, value);
        return true;
    case CHANGE_WAL:
        flip(VAULT_WAL, place, value);
        return true;
    case CHANGE_CUT:
        cut((enum vault_file)(value % VAULT_FILES), place);
        return false;
    default:
        replay((enum vault_file)(value % VAULT_FILES), place,
               (enum vault_state_name)(value / VAULT_FILES % STATE_COUNT));
        return false;
    }
}

/* ---- Reading ---- */

static bool was_committed(uint64_t digest) {
    for (size_t i = 0; i <= STATES_COMMITS; i++) {
        if (states.digests[i] == digest) {
            return true;
        }
    }
    return false;
}

static void read_all(bool bits_only) {
    struct scene scene;
    struct damage damage;
    uint64_t digest = 0;
    int result = scene_open(&scene, SCENE_PATH, vault_states_key(&states));

    if (result == SQLITE_OK) {
        result = scene_read(&scene, &digest);
    }
    scene_close(&scene, &damage);
    if (bits_only) {
        assert(result == SQLITE_OK ? was_committed(digest) : damage.part != DAMAGE_NONE);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    struct reader reader = reader_of(span_of(data, len));
    bool bits_only = true;

    start();
    disk_restore(disk, states.states[reader_u8(&reader) % STATE_COUNT].image);
    for (size_t i = 0; i < CHANGES_MAX && reader.rest.len >= 5; i++) {
        bits_only = change(&reader) && bits_only;
    }
    read_all(bits_only);
    read_all(bits_only);
    return 0;
}
