/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What arrives while one types, as lines to be shown above the prompt. */
#ifndef REMBUK_CLI_NEWS_H
#define REMBUK_CLI_NEWS_H

#include "cli/place.h"
#include "cli/talk.h"

/* Appends printable lines of at most `width` columns, each with its end.  What does not belong to
 * `place` is cut to NEWS_LINES_ELSEWHERE lines; nothing if the message is not news. */
enum { NEWS_LINES_ELSEWHERE = 2 };
void news_write(struct writer *out, const struct message *message, const struct place *place,
                size_t width);

#endif
