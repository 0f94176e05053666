/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words of a command line into a call:
 *
 *   rembuk [GLOBAL] COMMAND [VERB] [REF...] [--option VALUE]... [TEXT|-]
 *
 * Global options may stand anywhere before TEXT; "--" ends options; TEXT is one argument and the
 * last.  Words are whole words of either language.  Pure: nothing is opened, read or printed.  The
 * first fault sticks; global options behind it still count, so that it can be told in the language
 * asked for. */
#ifndef REMBUK_CLI_PARSE_H
#define REMBUK_CLI_PARSE_H

#include "cli/command.h"

enum global {
    GLOBAL_HOME,
    GLOBAL_LANGUAGE,
    GLOBAL_JSON,
    GLOBAL_QUIET,
    GLOBAL_YES,
    GLOBAL_PASSPHRASE_FILE,
    GLOBAL_HELP,
    GLOBAL_VERSION,
    GLOBAL_COUNT
};
extern const struct option global_options[GLOBAL_COUNT];

enum fault {
    FAULT_NONE,
    FAULT_UNKNOWN_COMMAND,
    FAULT_UNKNOWN_VERB,
    FAULT_MISSING_VERB,
    FAULT_UNKNOWN_OPTION,
    FAULT_MISSING_VALUE,    /* of an option */
    FAULT_UNEXPECTED_VALUE, /* of a switch */
    FAULT_MISSING_ARGUMENT,
    FAULT_MISSING_OPTION, /* a required one */
    FAULT_UNEXPECTED_ARGUMENT,
    FAULT_AFTER_TEXT /* TEXT was not one argument, or an option stands behind it */
};

struct parsed {
    const char *globals[GLOBAL_COUNT]; /* NULL: not given; a switch that was given is "" */
    const char *family;                /* the command's word as typed; NULL: none */
    struct call call;
    enum fault fault;
    const char *fault_word; /* as typed: the unknown word, the option, the argument too many */
    const struct option *fault_option;     /* MISSING_VALUE, UNEXPECTED_VALUE, MISSING_OPTION */
    const struct argument *fault_argument; /* MISSING_ARGUMENT */
};

/* `arguments` are those behind the program's name; borrowed as long as `parsed` is used. */
void parse_arguments(struct parsed *parsed, size_t count, char *const *arguments);

#endif
