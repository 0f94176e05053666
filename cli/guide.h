/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Guided entry: a command that lacks something becomes plain questions, one after the other.
 *
 *   answer          what it does
 *   ?               explains what is wanted, and the question stands
 *   <               back to the question before; at the first one: out
 *   (empty)         leaves out what need not be told; else the question stands
 *   batal, cancel   out; but a text or the name of something new may be this word
 *   anything else   is the answer; a choice ("L|P") that is none explains, and the question stands
 *
 * Only a text is taken as it stands: of all else blanks and quotes around are taken away.  Ctrl-C
 * ends it anywhere: nothing has been done.  Pure: who asks, shows and reads is console.c. */
#ifndef REMBUK_CLI_GUIDE_H
#define REMBUK_CLI_GUIDE_H

#include "cli/line.h"
#include "cli/parse.h"

struct guide;

/* What the words lack, as parse.h found it, can be asked for: a verb, an argument, a required
 * option or its value; or the row has options with questions and none of them was given. */
bool guide_can_help(const struct parsed *parsed, const struct line *line);

/* Copies what the line has; never NULL.  `place` may be NULL: in a thread a bare number names a
 * post of it, as in line.h.  Asserts that guide_can_help. */
struct guide *guide_new(const struct line *line, const struct parsed *parsed,
                        const struct place *place, enum language language);
void guide_destroy(struct guide **guide); /* NULL is fine */

/* The question that stands: a sentence (translated), the label for the prompt ("THREAD"), and what
 * is asked for (both NULL for a verb).  `can_skip`: an empty answer leaves it out. */
struct guide_question {
    const char *sentence;
    const char *label;
    const char *help;
    const struct argument *argument;
    const struct option *option;
    bool can_skip;
};
const struct guide_question *guide_ask(const struct guide *guide);

enum guide_step {
    GUIDE_ASKS,  /* the next question, or the same one again */
    GUIDE_HELPS, /* show guide_ask()->help, then ask again */
    GUIDE_READY, /* all is there: guide_words */
    GUIDE_OUT    /* gone back beyond the first question, or called off */
};

/* Not again after GUIDE_READY. */
enum guide_step guide_answer(struct guide *guide, struct span typed);

/* After GUIDE_READY: the whole command in words for parse.h, at most TALK_WORDS_MAX; borrowed. */
size_t guide_words(const struct guide *guide, char *const **words);

/* All that has been told so far as a line to be typed, for the draft: appended to `out`. */
void guide_line(const struct guide *guide, struct writer *out);

#endif
