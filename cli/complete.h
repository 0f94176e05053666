/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the word at the cursor can become: commands and verbs, references and names, options and
 * their values, in the chosen language first, in the other one if nothing fits.  Pure. */
#ifndef REMBUK_CLI_COMPLETE_H
#define REMBUK_CLI_COMPLETE_H

#include "cli/names.h"
#include "cli/place.h"
#include "cli/command.h"

/* One way to go on. */
struct completion {
    char *insert;  /* what takes the place of the word: quoted if it has to be, with a blank, "="
                      or nothing behind it as fits */
    char *display; /* what the list shows: "12  Anak tanpa kelompok" */
};

enum { COMPLETIONS_MAX = 256 };

/* All zeros is empty. */
struct completions {
    struct completion *rows; /* owned */
    size_t count;
    bool more;         /* than COMPLETIONS_MAX */
    size_t word_begin; /* the word goes from here to the cursor */
};

/* What can stand at the end of `typed` (the line up to the cursor).  `asked`: the whole line
 * answers a question for this argument (guide.h), so that nothing needs quotes; else NULL.  Nothing
 * inside TEXT.  A name that two things have, or that has a quote in it, is written as its number.
 * File names are not completed here: `is_path` is set, and the word (with an opening quote, if
 * there is one) begins at word_begin.  `completions` is empty before. */
void complete(struct completions *completions, struct span typed, const struct names *names,
              const struct place *place, const struct argument *asked, enum language language,
              bool *is_path);
void completions_clear(struct completions *completions);

#endif
