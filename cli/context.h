/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a running command has at hand. */
#ifndef REMBUK_CLI_CONTEXT_H
#define REMBUK_CLI_CONTEXT_H

#include "cli/command.h"
#include "cli/errors.h"
#include "cli/output.h"
#include "node/config.h"
#include "protocol/limits.h"

/* What options, environment and configuration decide, before any command runs. */
struct settings {
    char home[PATH_BYTES_MAX]; /* "" if nothing tells where */
    enum language language;
    enum output_form form;
    size_t width;                /* of the terminal, in columns */
    bool yes;                    /* --yes */
    bool log;                    /* facts about links go to standard error */
    const char *passphrase_file; /* NULL: ask */
    const char *version;
    struct config config;
    enum rb_status config_status; /* of reading the configuration; told when a command needs it */
    int config_line;
};

struct context {
    const struct settings *settings;
    struct output *out;
    struct failure failure;
    struct store *store; /* open if the row needs it */
};

#endif
