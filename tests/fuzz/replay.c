/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fuzz target without libFuzzer, for the daily tests: every input that is kept in a folder, and
 * after each of them RUNS more that are made of it, the same ones each time.
 *
 *     fuzz_NAME RUNS FOLDER
 */
#include "tests/fuzz/fuzz.h"

#include "protocol/bytes.h"
#include "tests/support/random.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_BYTES_MAX = 16384, PATH_MAX_BYTES = 4096, INPUTS_MAX = 512 };

/* Of targets whose inputs have a structure. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t len, size_t room, unsigned seed)
    __attribute__((weak));

static struct random chance = { .state = 1 };

static size_t byte_change(uint8_t *data, size_t len, size_t room) {
    const size_t at = len > 0 ? random_below(&chance, len) : 0;

    switch (random_below(&chance, len > 0 ? 4 : 1)) {
    case 0: /* one more */
        if (len == room) {
            return len;
        }
        memmove(data + at + 1, data + at, len - at);
        data[at] = (uint8_t)random_below(&chance, 256);
        return len + 1;
    case 1: /* one less */
        memmove(data + at, data + at + 1, len - at - 1);
        return len - 1;
    case 2:
        data[at] ^= (uint8_t)(1U << random_below(&chance, 8));
        return len;
    default:
        data[at] = (uint8_t)random_below(&chance, 256);
        return len;
    }
}

size_t LLVMFuzzerMutate(uint8_t *data, size_t len, size_t room) {
    for (size_t i = 1 + random_below(&chance, 4); i > 0; i--) {
        len = byte_change(data, len, room);
    }
    return len;
}

static size_t change(uint8_t *data, size_t len, size_t room) {
    const unsigned seed = (unsigned)random_next(&chance);

    return LLVMFuzzerCustomMutator != NULL ? LLVMFuzzerCustomMutator(data, len, room, seed)
                                           : LLVMFuzzerMutate(data, len, room);
}

/* A copy of exactly its length, so that a sanitizer sees the end. */
static void run(const uint8_t *data, size_t len) {
    uint8_t *copy = rb_alloc(len + 1, 1);

    memcpy(copy + 1, data, len);
    (void)LLVMFuzzerTestOneInput(copy + 1, len); /* It always gives 0. */
    free(copy);
}

static void run_file(const char *folder, const char *name, size_t runs) {
    static uint8_t kept[INPUT_BYTES_MAX], data[INPUT_BYTES_MAX];
    char path[PATH_MAX_BYTES];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        abort();
    }
    const size_t len = fread(kept, 1, sizeof kept, file);
    (void)fclose(file);
    run(kept, len);
    for (size_t i = 0; i < runs; i++) {
        memcpy(data, kept, len);
        run(data, change(data, len, sizeof data));
    }
}

static int compare_names(const void *a, const void *b) {
    const char *const *one = a, *const *other = b;

    return strcmp(*one, *other);
}

/* In the order of their names: the order of a folder is not the same everywhere. */
static size_t names_find(const char *folder, char *names[static INPUTS_MAX]) {
    const struct dirent *entry;
    DIR *listing = opendir(folder);
    size_t count = 0;

    while (listing != NULL && (entry = readdir(listing)) != NULL) {
        if (entry->d_name[0] != '.' && count < INPUTS_MAX) {
            names[count] = rb_alloc(strlen(entry->d_name) + 1, 1);
            memcpy(names[count++], entry->d_name, strlen(entry->d_name));
        }
    }
    if (listing != NULL) {
        (void)closedir(listing);
    }
    qsort(names, count, sizeof names[0], compare_names);
    return count;
}

int main(int argc, char **argv) {
    char *names[INPUTS_MAX];

    if (argc != 3) {
        (void)fprintf(stderr, "usage: %s RUNS FOLDER\n", argv[0]);
        return 2;
    }
    const size_t runs = strtoul(argv[1], NULL, 10);
    const size_t count = names_find(argv[2], names);
    for (size_t i = 0; i < count; i++) {
        run_file(argv[2], names[i], runs);
        free(names[i]);
    }
    (void)printf("%zu inputs, %zu made of each\n", count, runs);
    return count > 0 ? 0 : 1;
}
