/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In the place of store/home.c, keyfile.c and file.c: a home lies on the simulated disk of the node
 * that runs.  The key file is not wrapped: passphrases and power cuts of key files have tests of
 * their own, and Argon2id would take nearly all of the time.  Creation meets no faults here, and
 * every home begins as a copy of one whose tables are made: to migrate each took a sixth of the
 * time. */
#include "tests/sim/world_home.h"

#include "store/db.h"
#include "store/home.h"
#include "store/keyfile.h"
#include "tests/sim/world.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Calls from other objects land here (the linker's --wrap). */
enum rb_status __real_db_create(const char *path, const struct keyfile *key) RB_MUST_CHECK;
enum rb_status __wrap_db_create(const char *path, const struct keyfile *key) RB_MUST_CHECK;

/* The same for all: what differs is written to each home by its own node. */
static struct keyfile first_key;
static struct writer first_db;

static struct disk *own_disk(void) {
    return world_running()->disk;
}

enum rb_status file_status(int code) {
    return code == ENOENT ? RB_NOT_FOUND : code == ENOSPC || code == EDQUOT ? RB_FULL : RB_STORAGE;
}

/* The vault makes it. */
enum rb_status file_make(const char *path) {
    return disk_has(own_disk(), path) ? RB_EXISTS : RB_OK;
}

enum rb_status home_at(struct home *home, const char *folder) {
    *home = (struct home) { .kept_len = strlen(folder) };
    (void)snprintf(home->folder, sizeof home->folder, "%s", folder);
    (void)snprintf(home->key, sizeof home->key, "%s/key", folder);
    (void)snprintf(home->key_new, sizeof home->key_new, "%s/key.new", folder);
    (void)snprintf(home->db, sizeof home->db, "%s/rembuk.db", folder);
    return RB_OK;
}

enum rb_status home_make(struct home *home) {
    return disk_has(own_disk(), home->key) ? RB_EXISTS : RB_OK;
}

enum rb_status home_finish(const struct home *home) {
    const struct span made = disk_bytes(own_disk(), home->key_new);
    struct keyfile key;

    assert(made.len == sizeof key);
    memcpy(&key, made.data, sizeof key);
    disk_put(own_disk(), home->key, span_of(&key, sizeof key));
    disk_remove(own_disk(), home->key_new);
    return RB_OK;
}

void home_unmake(const struct home *home) {
    disk_remove(own_disk(), home->db);
    disk_remove(own_disk(), home->key_new);
}

enum rb_status keyfile_create(const char *path, struct span passphrase, uint32_t passes,
                              struct keyfile *key) {
    (void)passphrase;
    (void)passes;
    *key = first_key;
    disk_put(own_disk(), path, span_of(key, sizeof *key));
    return RB_OK;
}

enum rb_status keyfile_open(const char *path, struct span passphrase, struct keyfile *key) {
    const struct span bytes = disk_bytes(own_disk(), path);

    (void)passphrase;
    if (bytes.len != sizeof *key) {
        return RB_NOT_FOUND;
    }
    memcpy(key, bytes.data, sizeof *key);
    return RB_OK;
}

/* ---- The first home ---- */

static enum rb_status first_make(struct disk *disk) {
    static const char path[] = "first";
    struct damage damage;
    struct db *db = NULL;

    enum rb_status status = __real_db_create(path, &first_key);
    if (status == RB_OK) {
        status = db_open(&db, path, &first_key, 0, &damage);
    }
    db_close(&db);
    writer_init(&first_db, SIZE_MAX);
    writer_span(&first_db, disk_bytes(disk, path));
    return status;
}

/* Its own disk and its own chance, so that no world depends on those before it. */
enum rb_status world_home_first(void) {
    struct world nowhere = { 0 };
    struct sim_node nobody = { .world = &nowhere };

    if (first_db.len > 0) {
        return RB_OK;
    }
    nobody.disk = disk_new(0);
    world_enter(&nowhere, &nobody);
    const enum rb_status status = first_make(nobody.disk);
    world_enter(&nowhere, NULL);
    disk_destroy(&nobody.disk);
    return status;
}

enum rb_status __wrap_db_create(const char *path, const struct keyfile *key) {
    (void)key;
    disk_put(own_disk(), path, writer_view(&first_db));
    return RB_OK;
}
