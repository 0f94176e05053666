/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a question that is asked before a command acts (command.h). */
#ifndef REMBUK_CLI_QUESTION_H
#define REMBUK_CLI_QUESTION_H

#include "protocol/bytes.h"

/* Appends a line, translated, printf form.  What others have named stands in it by output_name. */
void question_say(struct writer *question, const char *sentence, ...)
    __attribute__((format(printf, 2, 3)));

#endif
