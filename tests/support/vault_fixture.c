/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/vault_fixture.h"

#include <stdlib.h>
#include <string.h>

int fixture_set_up(void **state) {
    static struct vault_fixture fixture;

    fixture.disk = disk_new(1);
    scene_key(&fixture.key, 0x51);
    *state = &fixture;
    return 0;
}

int fixture_tear_down(void **state) {
    struct vault_fixture *fixture = *state;

    scene_close_rest();
    disk_destroy(&fixture->disk);
    return 0;
}

/* ---- What the tests do ---- */

int read_all(const struct keyfile *key, uint64_t *digest, struct damage *damage) {
    struct scene scene;
    int result = scene_open(&scene, SCENE_PATH, key);

    if (result == SQLITE_OK) {
        result = scene_read(&scene, digest);
    }
    scene_close(&scene, damage);
    return result;
}

uint64_t digest_of(struct scene *scene) {
    uint64_t digest = 0;

    assert_int_equal(scene_read(scene, &digest), SQLITE_OK);
    return digest;
}

void check_all_is_there(const struct vault_fixture *fixture, uint64_t expected) {
    uint64_t digest = 0;
    struct damage damage;

    assert_int_equal(read_all(&fixture->key, &digest, &damage), SQLITE_OK);
    assert_true(digest == expected);
    assert_int_equal(damage.part, DAMAGE_NONE);
}

void check_damage(const struct keyfile *key, enum damage_part part, uint64_t place) {
    uint64_t digest = 0;
    struct damage damage;

    assert_int_not_equal(read_all(key, &digest, &damage), SQLITE_OK);
    assert_int_equal(damage.part, part);
    assert_int_equal(damage.place, place);
}

uint64_t make_closed(const struct vault_fixture *fixture) {
    struct scene scene;

    disk_remove(fixture->disk, SCENE_PATH);
    disk_remove(fixture->disk, SCENE_WAL_PATH);
    scene_create(&scene, SCENE_PATH, &fixture->key);
    scene_fill(&scene);
    scene_commit(&scene, 1);
    const uint64_t digest = digest_of(&scene);
    scene_close(&scene, NULL);
    return digest;
}

void stop(const struct vault_fixture *fixture, struct scene *scene) {
    struct disk_image *image = disk_save(fixture->disk);

    scene_close(scene, NULL);
    disk_restore(fixture->disk, image);
    disk_image_destroy(&image);
}

uint64_t make_stopped(const struct vault_fixture *fixture, int commits, const char *sql) {
    struct scene scene;

    (void)make_closed(fixture);
    assert_int_equal(scene_open(&scene, SCENE_PATH, &fixture->key), SQLITE_OK);
    for (int number = 2; number < 2 + commits; number++) {
        scene_commit(&scene, number);
    }
    scene_do(&scene, sql);
    const uint64_t digest = digest_of(&scene);
    stop(fixture, &scene);
    return digest;
}

struct span copy_of(const struct vault_fixture *fixture, const char *file) {
    const struct span bytes = disk_bytes(fixture->disk, file);
    uint8_t *copy = malloc(bytes.len + 1);

    assert_non_null(copy);
    if (bytes.len > 0) {
        memcpy(copy, bytes.data, bytes.len);
    }
    return span_of(copy, bytes.len);
}

void copy_free(struct span copy) {
    free((void *)(uintptr_t)copy.data);
}

void check_same(const struct vault_fixture *fixture, const char *file, struct span copy) {
    assert_true(span_equal(disk_bytes(fixture->disk, file), copy));
}

void cut_file(const struct vault_fixture *fixture, const char *file, size_t len) {
    struct span copy = copy_of(fixture, file);

    assert_true(len <= copy.len);
    disk_put(fixture->disk, file, span_of(copy.data, len));
    copy_free(copy);
}

void copy_bytes(const struct vault_fixture *fixture, const char *file, size_t to, size_t from,
                struct span source, size_t len) {
    struct span copy = copy_of(fixture, file);

    assert_true(to + len <= copy.len && from + len <= source.len);
    memcpy((uint8_t *)(uintptr_t)copy.data + to, source.data + from, len);
    disk_put(fixture->disk, file, copy);
    copy_free(copy);
}

void exchange(const struct vault_fixture *fixture, const char *file, size_t a, size_t b,
              size_t len) {
    struct span copy = copy_of(fixture, file);

    copy_bytes(fixture, file, a, b, copy, len);
    copy_bytes(fixture, file, b, a, copy, len);
    copy_free(copy);
}
