/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an entry tells beside its text (F5), as people type and see it. */
#ifndef REMBUK_CLI_ENTRY_WORDS_H
#define REMBUK_CLI_ENTRY_WORDS_H

#include "cli/context.h"
#include "protocol/casework/case_record.h"

/* The sort of that word, in either language; ENTRY_PLAIN: it is none. */
enum entry_sort entry_sort_typed(struct span typed);

/* Facts for scripts, each only if it is told. */
void entry_put_details(struct output *out, const struct entry *entry);

/* The same for people, one after the other: what it is called, and what stands there. */
void entry_details_each(const struct context *context, const struct entry *entry,
                        void (*each)(void *opaque, const char *label, struct span value),
                        void *opaque);

#endif
