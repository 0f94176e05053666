/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/sql_functions.h"

#include "protocol/bytes.h"
#include "tests/support/random.h"

#include <stdlib.h>

static void noise(sqlite3_context *context, int count, sqlite3_value **values) {
    struct random random = { .state = (uint64_t)sqlite3_value_int64(values[0]) };
    const int len = sqlite3_value_int(values[1]);
    uint8_t *bytes = rb_alloc((size_t)len + 1, 1);

    (void)count;
    random_fill(&random, bytes, (size_t)len);
    sqlite3_result_blob(context, bytes, len, free);
}

static void words(sqlite3_context *context, int count, sqlite3_value **values) {
    static const char *const parts[] = { "ru",   "juk", "an",  "pen", "damp", "ing", "ke",
                                         "luar", "ga",  "a",   "nak", "ba",   "lai", "si",
                                         "da",   "ng",  "per", "lin", "du",   "ngan" };
    struct random random = { .state = (uint64_t)sqlite3_value_int64(values[0]) };
    const int wanted = sqlite3_value_int(values[1]);
    struct writer text;

    (void)count;
    writer_init(&text, 1 << 20);
    for (int i = 0; i < wanted; i++) {
        const size_t syllables = 1 + random_below(&random, 4);
        for (size_t s = 0; s < syllables; s++) {
            writer_span(&text, span_text(parts[random_below(&random, 20)]));
        }
        writer_u8(&text, ' ');
    }
    const struct span all = writer_view(&text);
    sqlite3_result_text(context, all.len == 0 ? "" : (const char *)all.data, (int)all.len,
                        SQLITE_TRANSIENT);
    writer_clear(&text);
}

int sql_functions_add(sqlite3 *sqlite) {
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    const int result = sqlite3_create_function(sqlite, "noise", 2, flags, NULL, noise, NULL, NULL);

    return result == SQLITE_OK
               ? sqlite3_create_function(sqlite, "words", 2, flags, NULL, words, NULL, NULL)
               : result;
}
