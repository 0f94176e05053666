/* SPDX-License-Identifier: GPL-3.0-or-later */
/* insist HOME PASSPHRASE CIRCLE PERSON   (ids in hex)
 *
 * Removes a person from a circle without asking whether the rules allow it, as a program that was
 * changed could.  Nobody else uses the home meanwhile. */
#include "store/writing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void need(bool holds, const char *what) {
    if (!holds) {
        (void)fprintf(stderr, "insist: %s\n", what);
        exit(2);
    }
}

static void read_hex(const char *hex, uint8_t out[static HASH_BYTES]) {
    need(strlen(hex) == 2 * HASH_BYTES, "an id has 64 hex digits");
    for (size_t i = 0; i < HASH_BYTES; i++) {
        const char digits[3] = { hex[2 * i], hex[2 * i + 1], '\0' };
        char *end = NULL;
        out[i] = (uint8_t)strtoul(digits, &end, 16);
        need(*end == '\0', "an id has 64 hex digits");
    }
}

static enum rb_status remove_person(struct writing *writing,
                                    const uint8_t person[static HASH_BYTES]) {
    struct op_lock locks[OP_LOCKS_MAX];
    struct writer body;
    size_t count = 0;

    enum rb_status status = writing_prepare(writing, GRANTS_NONE);
    if (status == RB_OK) {
        status = writing_locks(writing, person, NULL, locks, &count);
    }
    if (status != RB_OK) {
        return status;
    }
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_remove_encode(&body, person, locks, count);
    status = writing_operation(writing, OP_REMOVE, writer_view(&body));
    writer_clear(&body);
    return status;
}

int main(int argc, char **argv) {
    uint8_t circle[HASH_BYTES], person[HASH_BYTES];
    struct store *store = NULL;
    struct writing writing = { 0 };

    need(argc == 5 && crypt_start() == RB_OK, "HOME PASSPHRASE CIRCLE PERSON");
    read_hex(argv[3], circle);
    read_hex(argv[4], person);
    need(store_open(&store, argv[1], span_text(argv[2]), 0, NULL) == RB_OK &&
             store_write_begin(store) == RB_OK,
         "the home cannot be opened");
    enum rb_status status = writing_begin(&writing, store, circle, (int64_t)time(NULL) * 1000);
    if (status == RB_OK) {
        status = remove_person(&writing, person);
    }
    writing_end(&writing);
    need(store_write_end(store, status) == RB_OK, "it cannot be written");
    store_close(&store);
    return 0;
}
