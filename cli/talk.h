/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said between whoever types commands (a console, or a one-shot command that is attached)
 * and the process that owns the home.  Each message is one of node/message.h; `id` is chosen by the
 * attached side, one command at a time.
 *
 *   to the owner       numbers                                   texts
 *   HELLO              is console, number of his draft           version of the program
 *   RUN                id, flags, language, form, width, words,  confirmed question or "", place,
 *                      place (where one is)                      words, then for each word that
 *                                                                stands for an input: its argument,
 *                                                                its bytes
 *   CANCEL             id
 *   HISTORY                                                      a line to be remembered
 *   DRAFT                                                        the draft; empty: none
 *   LOCK                                                         (nobody types any more)
 *
 *   to the attached    numbers                                   texts
 *   WELCOME            number of his draft                       version; to a console also the
 *                                                                person's name, the draft, then the
 *                                                                lines of history
 *   REFUSED                                                      version: another than his
 *   OUT, ERR           id                                        bytes for standard output, error
 *   QUESTION           id                                        the question; what to type
 *                                                                instead; what to say after a no
 *   PROGRESS           id, done, total                           what is being done
 *   DONE               id, exit code, sort of place, its number  its identifier, its name; without
 *                                                                them the place stays; an empty
 *                                                                one: one is nowhere now
 *   STATE              waiting, last contact (ms), connected, days of the oldest roster
 *   NAMES                                                        names (names.h)
 *   NEWS               what (enum news_what), time (ms), number  reference, who signed it, place,
 *                      of the place                              text, whom he quotes or ""
 *   BYE                                                          the owner ends
 *   LOCKED             1: a command of his runs                  he locks, and then says BYE: a
 *                                                                console hands over its draft and
 *                                                                goes; where the node listened
 *
 * Drafts are numbered from 1; 0 asks for any.  A console that locks (lock.h) comes back for its
 * own. */
#ifndef REMBUK_CLI_TALK_H
#define REMBUK_CLI_TALK_H

#include "cli/lang.h"
#include "cli/output.h"
#include "cli/place.h"
#include "node/message.h"

enum talk {
    TALK_HELLO = 1,
    TALK_RUN,
    TALK_CANCEL,
    TALK_HISTORY,
    TALK_DRAFT,
    TALK_LOCK,
    TALK_WELCOME = 32,
    TALK_REFUSED,
    TALK_OUT,
    TALK_ERR,
    TALK_QUESTION,
    TALK_PROGRESS,
    TALK_DONE,
    TALK_STATE,
    TALK_NAMES,
    TALK_NEWS,
    TALK_BYE,
    TALK_LOCKED
};

enum talk_run_flag {
    RUN_YES = 1,     /* --yes */
    RUN_CAN_ASK = 2, /* somebody is there to be asked */
    RUN_LOOK = 4,    /* find what the references mean, and do no more */
    RUN_COLOUR = 8,
    RUN_CONSOLE = 16 /* typed at a console */
};

enum { TALK_WORDS_MAX = 40 };

/* A command as it is sent.  Everything is borrowed. */
struct talk_run {
    uint64_t id;
    unsigned flags;
    enum language language;
    enum output_form form;
    size_t width;
    struct span confirmed; /* the question that was answered with yes; empty: none was */
    struct place place;    /* in the console */
    struct span words[TALK_WORDS_MAX];
    size_t word_count;
    struct talk_input {
        size_t argument; /* which argument of the command */
        struct span bytes;
    } inputs[4];
    size_t input_count;
};
void talk_run_write(struct message *message, const struct talk_run *run);

/* RB_MALFORMED: numbers or texts that nobody sends. */
enum rb_status talk_run_read(const struct message *message, struct talk_run *run) RB_MUST_CHECK;

enum news_what {
    NEWS_POST,          /* reference 12.3, author, title of the thread, text, quoted author */
    NEWS_ENTRY,         /* reference 12.3, author, code of the case, text */
    NEWS_CASE,          /* number of the case, who shared it, its code */
    NEWS_INVITED,       /* number of the group, who invites, its name */
    NEWS_MORE,          /* so many further posts and entries, as number and as reference */
    NEWS_GROUP_REMOVED, /* number of the group, who removed, its name, whom; "": oneself */
    NEWS_CASE_REMOVED,  /* number of the case, who removed, its code, whom; "": oneself */
    NEWS_GROUP_GUEST,   /* the same, of a guest whose time was over */
    NEWS_CASE_GUEST,
    NEWS_ANSWERED /* number of an invitation, who has answered it */
};

#endif
