/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file with the key of a home, changed by somebody without the passphrase: the input as it is,
 * or (first byte odd) changes to a good file, three bytes each.  What opens is the good file, to
 * the key that is in it; and no file asks for more memory and time than the limits allow. */
#include "tests/fuzz/fuzz.h"

#include "store/keyfile.h"
#include "tests/support/homes.h"
#include "tests/support/repeat.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct folder folder;
static char path[2 * HOMES_PATH_MAX];
static uint8_t good[KEYFILE_BYTES];
static struct keyfile good_key;

static void folder_forget(void) {
    folder_remove(&folder);
}

static void start(void) {
    uint8_t bytes[KEYFILE_BYTES + 1];

    if (path[0] != '\0') {
        return;
    }
    repeat_start(1);
    folder_new(&folder);
    (void)atexit(folder_forget);
    (void)snprintf(path, sizeof path, "%s", folder_name(&folder, "key"));
    const enum rb_status status = keyfile_create(path, span_text(HOMES_PASSPHRASE), 1, &good_key);
    assert(status == RB_OK);
    const size_t len = file_load(path, bytes, sizeof bytes);
    assert(len == KEYFILE_BYTES);
    memcpy(good, bytes, sizeof good);
}

static void try_file(struct span bytes) {
    const bool is_good = span_equal(bytes, span_of(good, sizeof good));
    struct keyfile key;

    file_store(path, bytes.len > 0 ? bytes.data : good, bytes.len);
    const enum rb_status status = keyfile_open(path, span_text(HOMES_PASSPHRASE), &key);
    assert(is_good == (status == RB_OK));
    assert(!is_good || memcmp(&key, &good_key, sizeof key) == 0);
    assert(is_good || status == RB_DAMAGED || status == RB_NEWER || status == RB_WRONG_PASSPHRASE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    uint8_t bytes[KEYFILE_BYTES];

    start();
    if (len == 0) {
        return 0;
    }
    if (data[0] % 2 == 0) {
        try_file(span_of(data + 1, len - 1));
        return 0;
    }
    struct reader reader = reader_of(span_of(data + 1, len - 1));
    memcpy(bytes, good, sizeof bytes);
    while (reader.rest.len >= 3) {
        const uint16_t place = reader_u16(&reader);
        bytes[place % sizeof bytes] ^= reader_u8(&reader);
    }
    try_file(span_of(bytes, sizeof bytes));
    return 0;
}
