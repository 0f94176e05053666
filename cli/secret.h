/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A line that is typed unseen: from keys to bytes in guarded memory, without the line editor, which
 * would keep copies (to undo, to put back, to search).
 *
 *   key                       what it does
 *   Enter                     the line is whole
 *   Backspace, Ctrl-H         takes the last character back
 *   Ctrl-U                    takes all back
 *   Ctrl-D with nothing typed the end
 *   other control characters, arrows and their like: nothing
 *
 * Pure. */
#ifndef REMBUK_CLI_SECRET_H
#define REMBUK_CLI_SECRET_H

#include "protocol/bytes.h"

struct secret;

struct secret *secret_new(void);
void secret_destroy(struct secret **secret); /* wipes; NULL is fine */

enum secret_step { SECRET_GOES_ON, SECRET_ENTERED, SECRET_ENDED };
enum secret_step secret_key(struct secret *secret, uint8_t byte);

/* What was pasted counts as typed, up to its first line end. */
void secret_paste(struct secret *secret, struct span text);

/* What has been typed by now; `*too_long`: more than a passphrase may have.  Borrowed. */
struct span secret_typed(const struct secret *secret, bool *too_long);
void secret_forget(struct secret *secret); /* for the next line; wipes */

#endif
