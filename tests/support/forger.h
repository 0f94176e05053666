/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Logs that no honest store writes: sealed with a real key of a circle, but with whatever a test
 * wants in them. */
#ifndef REMBUK_TESTS_FORGER_H
#define REMBUK_TESTS_FORGER_H

#include "protocol/circle.h"
#include "protocol/log.h"
#include "store/store.h"

struct forger {
    struct sign_key log_key;
    struct log_head head;
    struct epoch_key epoch;
    struct writer body; /* what the last run borrows from */
};

/* A new log, sealed with the first key that `store` holds of the circle. */
void forger_new(struct forger *forger, struct store *store,
                const uint8_t circle[static HASH_BYTES]);
void forger_clear(struct forger *forger);

/* Another author of the same log, from the same head: forks it with the next event. */
void forger_twin(struct forger *twin, const struct forger *forger);

/* The next event of the log as a run; valid until the next event. */
void forger_event(struct forger *forger, enum event_class class, const struct payload *payload,
                  struct run *run);

/* A LOGCERT by the device of `store` that names `circle`. */
void forger_logcert(struct forger *forger, struct store *store,
                    const uint8_t circle[static HASH_BYTES], struct run *run);

/* An operation that names one head. */
void forger_operation(struct forger *forger, enum op_type type, struct span body,
                      const uint8_t ctl[static REF_BYTES], struct run *run);

/* An EPOCH of a new key, sealed to `to` and named in its list of recipients as the device of
 * `store`, that wraps `wraps` and names the first `parent_count` of them as its parents. */
void forger_epoch(struct forger *forger, struct store *store, struct store *to,
                  const struct epoch_key *wraps, size_t wrap_count, size_t parent_count,
                  const uint8_t ctl[static REF_BYTES], struct run *run);

/* A GENESIS of another circle by the device of `store`, with a new key that is sealed to `to`. */
void forger_genesis(struct forger *forger, struct store *store, struct store *to, struct run *run);

/* A post, or any type with the body of a post, judged at `ctl`. */
void forger_post(struct forger *forger, uint64_t type, const char *text,
                 const uint8_t thread[static REF_BYTES], const uint8_t ctl[static REF_BYTES],
                 uint64_t hlc, struct run *run);

/* A control head of the circle as `store` sees it. */
void forger_head(struct store *store, const uint8_t circle[static HASH_BYTES],
                 uint8_t ref[static REF_BYTES]);

#endif
