/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a running command has at hand. */
#ifndef REMBUK_CLI_CONTEXT_H
#define REMBUK_CLI_CONTEXT_H

#include "cli/command.h"
#include "cli/errors.h"
#include "cli/output.h"
#include "cli/place.h"
#include "cli/progress.h"
#include "node/config.h"
#include "protocol/limits.h"
#include "store/check.h"

/* What options, environment and configuration decide, before any command runs. */
struct settings {
    char home[PATH_BYTES_MAX]; /* "" if nothing tells where */
    enum language language;
    enum output_form form;
    size_t width;                /* of the terminal, in columns */
    bool colour;                 /* the terminal has it, and nobody asked for none */
    bool yes;                    /* --yes */
    bool can_ask;                /* somebody is there to be asked */
    bool console;                /* typed at a console */
    bool log;                    /* facts about links go to standard error */
    const char *passphrase_file; /* NULL: ask */
    const char *version;
    const char *locale_dir;
    char *const *arguments; /* all with which the program was started; ends with NULL */
    struct config config;
    enum rb_status config_status; /* of reading the configuration; told when a command needs it */
    int config_line;
};

/* What a command does to where one is in the console. */
enum place_change { PLACE_STAYS, PLACE_ENTERED, PLACE_LEFT };

struct context {
    const struct settings *settings;
    struct output *out;
    struct failure failure;
    struct store *store; /* open if the row needs it */
    struct node *node;   /* the one that runs in this process; NULL: none */
    struct progress progress;
    enum place_change place_change; /* told to the console when the command is done */
    struct place place;             /* PLACE_ENTERED */
    bool locks;                     /* the command: whoever owns the home is to lock it */
    struct place where;             /* where the console is now */
    bool cancelled;                 /* go_on: the person waits no longer; end with what there is */
    struct check check;             /* go_on of "vault check": how far it has come */
    int64_t began_ms;               /* when `run` was called, by clock_steady_ms: for go_on */
};

#endif
