/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fold and the plans against the oracle, and against the sentences of circle_properties.h, on
 * operations that the bytes choose. */
#include "tests/fuzz/fuzz.h"

#include "tests/support/circle_answers.h"
#include "tests/support/circle_properties.h"

#include <stdlib.h>

enum { OPS_MAX = 14, PEOPLE_MAX = 6 };

struct choices {
    const uint8_t *data;
    size_t len;
};

/* The next byte; zeros when the bytes are used up. */
static size_t next_choice(void *context, size_t limit) {
    struct choices *choices = context;

    if (choices->len == 0) {
        return 0;
    }
    choices->len--;
    return *choices->data++ % limit;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    struct choices choices = { .data = data, .len = len };
    struct chooser chooser = { .below = next_choice, .context = &choices };
    struct made_circle *made = made_circle_new();
    size_t op_count = 1 + next_choice(&choices, OPS_MAX);
    size_t person_count = 2 + next_choice(&choices, PEOPLE_MAX - 1);

    chosen_circle(made, &chooser, op_count, person_count);
    struct circle_answers *answers = circle_answers_new(made, &chooser, person_count);
    struct examination *examination = examination_new(made, &chooser, person_count);
    if (circle_answers_differ(answers, examination->whole) != NULL) {
        abort();
    }
    for (size_t i = 0; i < CIRCLE_PROPERTIES; i++) {
        if (!circle_properties[i].holds(examination)) {
            abort();
        }
    }
    examination_free(examination);
    circle_answers_free(answers);
    made_circle_free(made);
    return 0;
}
