/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How own events are written: the own log of a circle, the epoch key that the writing rule allows
 * (epoch_plan), and appending.  What they say is decided in author.c.  Inside the store layer, in
 * the transaction of the caller. */
#ifndef REMBUK_STORE_WRITING_H
#define REMBUK_STORE_WRITING_H

#include "store/author.h"
#include "store/opening.h"

/* Holds secrets: begins with writing_begin or writing_found, ends with writing_end. */
struct writing {
    struct opening *opening; /* the circle is in hand; once prepared, the own log too */
    int64_t now_ms;
    struct sign_key log_key; /* of the own log */
    struct epoch_key epoch;  /* what the next event is sealed under */
};

/* Takes a circle in hand, with its members.  RB_NOT_FOUND: no such circle. */
enum rb_status writing_begin(struct writing *writing, struct store *store,
                             const uint8_t circle[static HASH_BYTES], int64_t now_ms) RB_MUST_CHECK;
void writing_end(struct writing *writing); /* wipes; an all-zero one is fine */

/* New circle: its first key, its log with LOGCERT and GENESIS.  Begins `writing`. */
enum rb_status writing_found(struct writing *writing, struct store *store, enum circle_kind kind,
                             int64_t now_ms) RB_MUST_CHECK;

/* Oneself among the members, or NULL. */
const struct member *writing_self(const struct writing *writing);

/* For whom keys are granted on the way. */
enum writing_grants {
    GRANTS_OWN,  /* of epochs that were made here */
    GRANTS_USED, /* besides, of the epoch that is written under: whoever belongs can read it */
    GRANTS_ALL   /* of every key held that is in use: after an invitation */
};

/* What must be written before the next event: a new EPOCH if the rule asks for one, LOGCERT in a
 * new log, KEYGRANTs.  RB_NOT_MEMBER, or RB_NO_KEY: no key has been granted yet. */
enum rb_status writing_prepare(struct writing *writing, enum writing_grants grants) RB_MUST_CHECK;

/* True if writing_prepare(GRANTS_OWN) would grant something.  Writes nothing. */
bool writing_grants_due(struct writing *writing);

/* Appends one event, after writing_prepare. */
enum rb_status writing_operation(struct writing *writing, enum op_type type, struct span body)
    RB_MUST_CHECK;

/* RB_REFUSED, RB_MALFORMED: by kind_judge.  RB_TOO_LARGE. */
enum rb_status writing_content(struct writing *writing, const struct new_content *draft,
                               uint8_t ref[static REF_BYTES]) RB_MUST_CHECK;

#endif
