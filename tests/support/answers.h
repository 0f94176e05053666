/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What commands answer and ask, word by word: each runs with the store of one of the people. */
#ifndef REMBUK_TESTS_ANSWERS_H
#define REMBUK_TESTS_ANSWERS_H

#include "cli/job.h"
#include "tests/support/people.h"

/* Of everybody; English, wide, and somebody is there to be asked. */
extern struct settings answers_settings;
void answers_begin(void);

#define WORDS(...) ((char *[]) { __VA_ARGS__, NULL })

/* What is answered or complained of, or the question that is asked; valid until the next one. */
const char *answer_to(struct people *people, size_t who, char *const *words);

/* What the file that a command names has in it; empty: no file is named. */
extern struct span answers_input;

/* The same, and how it ended: exit code of the last command, or -1 if it asked. */
extern int answer_exit;

/* Where the console is when they are typed there; and whether the last one left it. */
extern struct place answers_place;
extern bool answer_left_place;

/* Run with --json --yes, they are refused by a rule: exit code 1, this stable code, and a sentence
 * with `part`. */
void assert_answers_refusal(struct people *people, size_t who, char *const *words, const char *code,
                            const char *part);

void assert_has(const char *text, const char *part);
void assert_has_not(const char *text, const char *part);

#endif
