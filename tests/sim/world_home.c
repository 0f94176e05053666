/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In the place of store/home.c, keyfile.c and file.c: a home lies on the simulated disk of the node
 * that runs.  The key file is not wrapped: passphrases and power cuts of key files have tests of
 * their own, and Argon2id would take nearly all of the time.  Creation meets no faults here. */
#include "store/home.h"

#include "store/keyfile.h"
#include "tests/sim/world.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

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
    crypt_random(key->store_key, sizeof key->store_key);
    crypt_random(key->vault_id, sizeof key->vault_id);
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
