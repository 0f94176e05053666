/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two things that a command line ever asks for: the passphrase, and a confirmation.  Off a
 * terminal nothing is asked: a passphrase file or --yes answers, else the command is refused with
 * exit code 2. */
#ifndef REMBUK_CLI_ASK_H
#define REMBUK_CLI_ASK_H

#include "cli/context.h"

struct passphrase {
    char *text; /* crypt_secret_alloc; not NUL-terminated */
    size_t len;
};
void passphrase_clear(struct passphrase *passphrase); /* wipes; all-zero is fine */
struct span passphrase_view(const struct passphrase *passphrase);

/* From the passphrase file, else from the terminal.  Refusals are noted in the context.  If it is
 * wrong, the caller may ask again after ask_may_retry. */
enum rb_status ask_passphrase(struct context *context, const char *prompt,
                              struct passphrase *passphrase) RB_MUST_CHECK;

/* After the last try: notes, if it was wrong all the time, that this ends here.  Gives `status`. */
enum rb_status ask_give_up(struct context *context, enum rb_status status);

/* What to know who has forgotten it. */
const char *ask_if_forgotten(void);

/* From the terminal, whatever the settings say.  RB_NOT_FOUND: the end of what is typed came
 * instead. */
enum rb_status ask_typed_passphrase(struct context *context, const char *prompt,
                                    struct passphrase *passphrase) RB_MUST_CHECK;

/* A new one, from `file`, else (NULL) typed twice on a terminal, until it is well typed or the
 * person ends it (refused): at least PASSPHRASE_BYTES_MIN characters. */
enum rb_status ask_new_passphrase(struct context *context, const char *file,
                                  struct passphrase *passphrase) RB_MUST_CHECK;

/* True if a person at a terminal may try again after `tries` of ASK_TRIES_MAX, since no `file`
 * (NULL) gave what was wrong: then `sentence` was shown there, and what was noted in the context is
 * forgotten. */
enum { ASK_TRIES_MAX = 3 };
bool ask_may_retry(struct context *context, const char *file, size_t tries, const char *sentence);

/* A terminal is there to ask on. */
bool ask_is_possible(void);

/* Shows the question, which may have several lines, and waits for yes or no.  An answer that is
 * neither is asked for again; none is a no.  What was typed before it was shown is no answer. */
bool ask_agreed(struct context *context, struct span question);

/* Notes what a no means: nothing was changed, and what else `declined` says ("": nothing). */
enum rb_status ask_declined(struct context *context, const char *declined);

/* The words that mean yes and no, of both languages; and those by which a person asks what they
 * do. */
enum answer { ANSWER_UNCLEAR, ANSWER_YES, ANSWER_NO, ANSWER_HELP };
enum answer answer_of(struct span typed);
const char *ask_explanation(void); /* what they do, translated */

#endif
