/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One who is attached, in the eyes of the owner: who he is, and the command that runs for him.  A
 * part of serve.c. */
#ifndef REMBUK_CLI_CLIENT_H
#define REMBUK_CLI_CLIENT_H

#include "cli/job.h"
#include "cli/talk.h"

/* A stream into memory whose bytes are taken out piece by piece. */
struct spool {
    FILE *file;
    char *bytes;
    size_t len, taken;
};

/* All zeros is nobody. */
struct client {
    bool is_here, greeted, is_console;
    bool has_handed_over;   /* the draft, since the owner locks */
    int64_t heard_ms;       /* by clock_elapsed_ms: the last message */
    size_t draft;           /* a console: the number of his (store/console_memory.h) */
    struct job *job;        /* NULL: none runs */
    bool has_ended;         /* it is done, and only its answer is still on its way */
    uint64_t id;            /* of that command */
    enum language language; /* of the last one: so he is spoken to in between, too */
    struct spool out, err;
    struct message run;  /* what is being run, with its own copy of the bytes */
    struct writer bytes; /* of `run` */
    char *words[TALK_WORDS_MAX];
    size_t word_count;
};

/* What a command is run with. */
struct client_tools {
    const struct settings *settings;
    struct store *store;
    struct node *node;
    struct progress progress;
};

/* Forgets the command that runs, and him. */
void client_clear(struct client *client);

/* Begins a command.  RB_MALFORMED: nobody sends this; RB_BUSY: one runs already. */
enum rb_status client_begin(struct client *client, const struct message *message,
                            const struct client_tools *tools) RB_MUST_CHECK;

/* The command is at its end, and has been told about. */
void client_end(struct client *client);

/* The next piece of what the command has written, SPOOL_PIECE_BYTES at most; empty: nothing more
 * by now.  Valid until the command writes. */
enum { SPOOL_PIECE_BYTES = 1 << 20 };
struct span spool_take(struct spool *spool);

#endif
