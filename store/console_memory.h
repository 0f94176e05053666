/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the console remembers from one time to the next: the lines typed, and what was typed or
 * pasted and not sent.  It stands in the store, never in a plain file: it is as secret as what was
 * sent.  Each function is one transaction. */
#ifndef REMBUK_STORE_CONSOLE_MEMORY_H
#define REMBUK_STORE_CONSOLE_MEMORY_H

#include "store/store.h"

/* Keeps the last HISTORY_LINES_MAX; the same line twice in a row is kept once.  RB_TOO_LARGE above
 * LINE_BYTES_MAX, RB_MALFORMED if it is empty or not UTF-8. */
enum rb_status history_add(struct store *store, struct span line) RB_MUST_CHECK;

/* Oldest first; `each` must leave the store alone. */
enum rb_status history_each(struct store *store, bool (*each)(void *context, struct span line),
                            void *context) RB_MUST_CHECK;

/* Drafts, one for each console that may be attached: their number is below DRAFTS_MAX, their bytes
 * are of the console's form; an empty one forgets it.  RB_TOO_LARGE above DRAFT_BYTES_MAX +
 * LINE_BYTES_MAX.  Loading appends nothing where none is kept. */
enum { DRAFTS_MAX = CONTROL_CLIENTS_MAX + 1 };
enum rb_status draft_keep(struct store *store, size_t number, struct span draft) RB_MUST_CHECK;
enum rb_status draft_load(struct store *store, size_t number, struct writer *draft) RB_MUST_CHECK;

#endif
