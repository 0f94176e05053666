/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/homes.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- Folders and files ---- */

void folder_new(struct folder *folder) {
    const char *parent = getenv("TMPDIR");

    (void)snprintf(folder->path, sizeof folder->path, "%s/rembuk-test-XXXXXX",
                   parent == NULL ? "/tmp" : parent);
    assert_non_null(mkdtemp(folder->path));
}

/* What tests make is two or three folders deep. */
static void remove_all(const char *path) {
    const struct dirent *entry = NULL;
    DIR *folder = opendir(path);

    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        char inner[2 * HOMES_PATH_MAX];
        (void)snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            unlink(inner) != 0) {
            remove_all(inner);
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    (void)rmdir(path);
}

void folder_remove(const struct folder *folder) {
    remove_all(folder->path);
}

const char *folder_name(const struct folder *folder, const char *name) {
    static char path[2 * HOMES_PATH_MAX];

    (void)snprintf(path, sizeof path, "%s/%s", folder->path, name);
    return path;
}

size_t folder_entries(const char *path) {
    size_t count = 0;
    DIR *folder = opendir(path);

    assert_non_null(folder);
    while (readdir(folder) != NULL) {
        count++;
    }
    (void)closedir(folder);
    return count - 2;
}

size_t file_load(const char *path, uint8_t *out, size_t room) {
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    const size_t len = fread(out, 1, room, file);
    assert_true(len < room);
    (void)fclose(file);
    return len;
}

void file_store(const char *path, const void *bytes, size_t len) {
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

void file_flip(const char *path, size_t offset, uint8_t bits) {
    FILE *file = fopen(path, "r+b");

    assert_non_null(file);
    assert_int_equal(fseek(file, (long)offset, SEEK_SET), 0);
    const int byte = fgetc(file);
    assert_int_not_equal(byte, EOF);
    assert_int_equal(fseek(file, (long)offset, SEEK_SET), 0);
    assert_int_not_equal(fputc(byte ^ bits, file), EOF);
    assert_int_equal(fclose(file), 0);
}

/* ---- Homes ---- */

enum rb_status home_create(const char *home, const char *name) {
    const struct store_new facts = {
        .home = home,
        .passphrase = span_text(HOMES_PASSPHRASE),
        .passes = 1,
        .facts = { .name = span_text(name),
                   .role = ROLE_SAKTI_PEKSOS,
                   .region = span_text("3273"),
                   .cluster = span_text("ABH") },
        .now_ms = HOMES_NOW_MS,
    };
    return store_create(&facts);
}

struct store *home_open(const char *home) {
    struct store *store = NULL;

    assert_int_equal(store_open(&store, home, span_text(HOMES_PASSPHRASE), 0, NULL), RB_OK);
    return store;
}

struct store *home_new(const char *home, const char *name) {
    assert_int_equal(home_create(home, name), RB_OK);
    return home_open(home);
}

/* ---- Other people ---- */

void stranger_new(struct stranger *stranger, const char *name) {
    const struct person_facts facts = { .name = span_text(name), .role = ROLE_TKSK };
    struct cert device;

    identity_new(&stranger->identity);
    identity_person_id(stranger->identity.person.public, stranger->id);
    writer_init(&stranger->person_cert, CERT_BYTES_MAX);
    writer_init(&stranger->device_cert, CERT_BYTES_MAX);
    writer_init(&stranger->seal_key, CERT_BYTES_MAX);
    assert_int_equal(
        cert_issue_person(&stranger->person_cert, &stranger->identity, &facts, HOMES_NOW_MS / 1000),
        RB_OK);
    assert_int_equal(cert_issue_device(&stranger->device_cert, &stranger->identity, facts.name,
                                       HOMES_NOW_MS / 1000),
                     RB_OK);
    assert_int_equal(cert_decode(writer_view(&stranger->device_cert), &device), RB_OK);
    assert_int_equal(
        seal_key_issue(&stranger->seal_key, &stranger->identity, device.id, HOMES_NOW_MS), RB_OK);
}

void stranger_clear(struct stranger *stranger) {
    writer_clear(&stranger->person_cert);
    writer_clear(&stranger->device_cert);
    writer_clear(&stranger->seal_key);
    crypt_wipe(&stranger->identity, sizeof stranger->identity);
}

void stranger_card(const struct stranger *stranger, int64_t issued_ms, const char *address,
                   struct writer *card) {
    const struct span no_telephone = { 0 }, no_chain = { 0 };
    const struct span addresses[] = { span_text(address == NULL ? "" : address) };

    assert_int_equal(card_issue(card, &stranger->identity, writer_view(&stranger->person_cert),
                                writer_view(&stranger->device_cert),
                                writer_view(&stranger->seal_key), no_chain, addresses,
                                address != NULL, no_telephone, issued_ms),
                     RB_OK);
}
