/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line of the console into the words that parse.h takes:
 *
 *   COMMAND [VERB] [REF...] [name=value | --name value]... [TEXT to the end of the line]
 *
 * Other than for a shell: a word may be shortened as long as one command of the language fits
 * (never one that is confirmed), where a verb decides among commands that have verbs; name=value is
 * an option if the command, or every command, has one of that name with a value; and behind the
 * last argument that is not TEXT, and options there, everything to the end of the line is the text,
 * as it stands (quotes around the whole of it, and none in it, are taken away).  The text is put
 * behind "--", so that nothing in it is an option.
 *
 * A quote (") at the beginning of a word, or behind the "=" of an option, keeps several words
 * together up to the next quote; elsewhere it is a letter.  A name or a reference that is the last
 * argument needs none: what follows it up to an option belongs to it ("kelompok baru Diskusi
 * Bandung 1").  So does what follows an option where no argument is left ("alasan=salah utas").
 *
 * In a place (place.h) a command whose first argument is of that sort goes without it: always where
 * a text or a new name follows (in thread 12 "tulis 5 anak" writes "5 anak" there), else where it
 * would be missing (also an optional one; and a word without a digit is no case, if another
 * argument may be meant).  The place is put in by its identifier.  Commands of the console alone,
 * which go to places, are left as they are.  In a thread a bare number for a post is a post of that
 * thread.
 *
 * A line copied from where commands are typed at a shell may begin with "rembuk".
 *
 * What stands behind a NUL is not read.  Pure. */
#ifndef REMBUK_CLI_LINE_H
#define REMBUK_CLI_LINE_H

#include "cli/command.h"
#include "cli/place.h"

enum { LINE_WORDS_MAX = 24, LINE_HINTS_MAX = 8 };

enum line_fault {
    LINE_OK,
    LINE_EMPTY,          /* blanks only */
    LINE_OPEN_QUOTE,     /* a quote has no end */
    LINE_TOO_MANY_WORDS, /* or longer than LINE_BYTES_MAX */
    LINE_AMBIGUOUS,      /* a shortened word fits several: `hints` */
    LINE_NOT_SHORTENED   /* fits only a command that is confirmed: `hints[0]` */
};

struct line {
    enum line_fault fault;
    char *words[LINE_WORDS_MAX]; /* borrow from `bytes` */
    size_t count;
    const struct command *command; /* NULL: no row is called so (yet) */
    bool has_text;                 /* the last word is TEXT */
    bool placed;                   /* the place was put in */
    bool asks_help;                /* "?" stands where a word or a reference would */
    const struct command *hints[LINE_HINTS_MAX];
    size_t hint_count;
    size_t joins_at; /* in what was typed: where the last argument begins, if a further word would
                        belong to it; else SIZE_MAX */
    struct writer bytes; /* owned */
};

/* `place` may be NULL.  Always fills `line`; line_clear afterwards. */
void line_split(struct line *line, struct span typed, const struct place *place,
                enum language language);
void line_clear(struct line *line);

#endif
