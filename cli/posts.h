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

/* "Budi Misal", or "Dewi Andaikan (copied by Budi Misal)": whoever signed a post is always named,
 * since anybody can say of anything that somebody else wrote it.  Not printable yet. */
enum { AUTHOR_SHOWN_BYTES = 2 * NAME_BYTES_MAX + 64 };
void post_author_shown(struct span author, struct span quoted_author,
                       char out[static AUTHOR_SHOWN_BYTES]);

/* Facts of who signed a post and who is quoted in it, and what stands in the column. */
void post_put_author(struct output *out, const char *author, struct span quoted_author);

/* What a person who types a text at a terminal is told; not translated yet. */
extern const char text_typing[];

/* Facts of a new thread or import: thread, number, title, posts. */
enum rb_status thread_put(struct context *context, const uint8_t ref[static REF_BYTES],
                          struct thread_row *row) RB_MUST_CHECK;

/* Facts of where a thread stands: group and its name, or case and its code. */
void thread_put_place(struct output *out, const struct thread_row *row);

/* A row of a list of threads; its columns. */
enum { THREAD_COLUMNS = 6 };
extern const struct column thread_columns[THREAD_COLUMNS];
void thread_put_row(struct output *out, const struct thread_row *row);

/* Facts of a post that was written or changed just now, and the reference when quiet. */
enum rb_status post_put(struct context *context, const uint8_t ref[static REF_BYTES],
                        struct post_row *row, char reference[static POST_REFERENCE_BYTES])
    RB_MUST_CHECK;

/* The sentence for a text that cannot be written, else `status` as it is. */
enum rb_status fail_writing(struct context *context, struct span text, enum rb_status status);

#endif
