/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/answers.h"

#include "cli/errors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct settings answers_settings;
int answer_exit;
struct span answers_input;
struct place answers_place;
bool answer_left_place;

void answers_begin(void) {
    answers_place = (struct place) { .sort = PLACE_NONE };
    answers_input = (struct span) { 0 };
    answers_settings = (struct settings) {
        .language = LANGUAGE_ENGLISH,
        .width = 200,
        .can_ask = true,
        .version = "1.0",
        .locale_dir = REMBUK_LOCALEDIR,
    };
}

const char *answer_to(struct people *people, size_t who, char *const *words) {
    static char answered[1 << 16];
    char *said = NULL;
    size_t said_len = 0;
    FILE *out = open_memstream(&said, &said_len);
    struct job_setup setup = {
        .settings = &answers_settings,
        .store = people->stores[who],
        .out = out,
        .err = out,
        .words = words,
        .inputs = { answers_input },
        .place = answers_place,
    };

    assert_non_null(out);
    while (words[setup.word_count] != NULL) {
        setup.word_count++;
    }
    struct job *job = job_new(&setup);
    enum job_state state = job_step(job);
    while (state == JOB_GOES_ON) {
        state = job_step(job);
    }
    assert_int_equal(fclose(out), 0);
    struct span text = state == JOB_ASKS ? job_question(job) : span_of((uint8_t *)said, said_len);
    assert_true(text.len < sizeof answered);
    (void)snprintf(answered, sizeof answered, "%.*s", (int)text.len,
                   text.len > 0 ? (const char *)text.data : "");
    answer_exit = state == JOB_ASKS ? -1 : job_exit_code(job);
    answer_left_place = job_context(job)->place_change == PLACE_LEFT;
    job_destroy(&job);
    free(said);
    return answered;
}

void assert_has(const char *text, const char *part) {
    if (strstr(text, part) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", part, text);
    }
}

void assert_has_not(const char *text, const char *part) {
    if (strstr(text, part) != NULL) {
        fail_msg("\"%s\" is in \"%s\"", part, text);
    }
}

void assert_answers_refusal(struct people *people, size_t who, char *const *words, const char *code,
                            const char *part) {
    char *json[24] = { "--json", "--yes" };
    char quoted[64];

    for (size_t i = 0; words[i] != NULL; i++) {
        assert_true(i + 3 < sizeof json / sizeof json[0]);
        json[i + 2] = words[i];
    }
    const char *complaint = answer_to(people, who, json);
    (void)snprintf(quoted, sizeof quoted, "\"code\": \"%s\"", code);
    assert_has(complaint, quoted);
    assert_has(complaint, "\"exit\": 1");
    assert_has(complaint, part);
    assert_int_equal(answer_exit, EXIT_REFUSED);
}
