/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the terminal can do besides showing text, as the person and terminfo tell it. */
#ifndef REMBUK_CLI_COLOUR_H
#define REMBUK_CLI_COLOUR_H

#include <stdbool.h>

/* True if `fd` is a terminal that has colours, and nobody asked for none: NO_COLOR is unset or
 * empty. */
bool colour_has(int fd);

/* True if the terminal takes plain text only: no escape sequence may be sent to it. */
bool colour_is_dumb(void);

#endif
