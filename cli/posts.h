/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands about threads and posts have in common. */
#ifndef REMBUK_CLI_POSTS_H
#define REMBUK_CLI_POSTS_H

#include "cli/context.h"
#include "store/threads.h"

enum { POST_REFERENCE_BYTES = 48 };

/* "12.3" */
void post_reference(const struct post_row *row, char out[static POST_REFERENCE_BYTES]);

/* "queued", "delivered": for scripts. */
const char *post_state_word(enum post_state state);

/* "queued", "delivered": for people, in their language. */
const char *post_state_shown(enum post_state state);

/* Facts of a new thread or import: thread, number, title, posts. */
enum rb_status thread_put(struct context *context, const uint8_t ref[static REF_BYTES],
                          struct thread_row *row) RB_MUST_CHECK;

/* The sentence for a text that cannot be written, else `status` as it is. */
enum rb_status fail_writing(struct context *context, struct span text, enum rb_status status);

#endif
