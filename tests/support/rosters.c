/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/rosters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "store/letters.h"
#include "store/roster.h"

void rosters_found(struct people *people, struct office_row *office) {
    const struct office_facts facts = { span_text("Dinas Sosial Kota Contoh"), span_text("3273"),
                                        RANK_DISTRICT };
    struct founding founding;

    memset(&founding, 0, sizeof founding);
    assert_int_equal(
        founding_make(&founding, span_text("Jaringan Contoh"), &facts, people_now(people) / 1000),
        RB_OK);
    assert_int_equal(founding_save(people->stores[AYU], &founding, office), RB_OK);
    founding_clear(&founding);
}

void rosters_letter(struct people *people, const struct office_row *office, size_t who,
                    const char *number, struct writer *file) {
    const struct cert *self = &store_self(people->stores[who])->person_cert;
    const struct person_facts facts = { self->name, ROLE_TKSK, span_text("327304"), span_text("") };
    const struct letter_facts letter = { .number = span_text(number),
                                         .date = span_text("2026-01-01") };

    writer_init(file, LETTER_FILE_BYTES_MAX);
    assert_int_equal(letter_issue(people->stores[AYU], office, self->subject, &facts, &letter,
                                  people_now(people), file),
                     RB_OK);
}

void rosters_take(struct people *people, size_t who, struct writer *file) {
    struct span person, chain;

    assert_int_equal(letter_file_read(writer_view(file), &person, &chain), RB_OK);
    assert_int_equal(letters_take(people->stores[who], person, chain, people_now(people)), RB_OK);
    writer_clear(file);
}

void rosters_give(struct people *people, const struct office_row *office, size_t who,
                  const char *number) {
    struct writer file;

    rosters_letter(people, office, who, number, &file);
    rosters_take(people, who, &file);
}

size_t rosters_upkeep(struct people *people) {
    struct roster_waiting waiting;

    assert_int_equal(roster_upkeep(people->stores[AYU], people_now(people), &waiting), RB_OK);
    return waiting.letters;
}
