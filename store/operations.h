/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has been opened of a circle's control events: who writes each log, the certificates that its
 * operations name, and the operations themselves, kept to be folded (protocol/circle.h).  All of it
 * can be made again from the log.  Inside the store layer.
 *
 * Payloads stand sealed in the table, since an EPOCH's payload contains keys:
 *   XChaCha20-Poly1305(key = BLAKE2b-256(key = store key, "rk.operation"),
 *                      nonce = ref16 ‖ zeros8, ad = ref)
 * A ref is a hash over its event, so a nonce comes back with the same payload only. */
#ifndef REMBUK_STORE_OPERATIONS_H
#define REMBUK_STORE_OPERATIONS_H

#include "protocol/circle.h"
#include "store/store.h"

/* ---- Who writes a log ---- */
enum author_state {
    AUTHOR_UNKNOWN, /* its LOGCERT, or the certificate that this names, has not come */
    AUTHOR_KNOWN,
    AUTHOR_NOBODY /* its LOGCERT is wrong: none of its events will ever count */
};

struct log_author {
    enum author_state state;
    uint8_t person[HASH_BYTES];
    uint8_t device[CERT_ID_BYTES];
};
enum rb_status log_author_save(struct store *store, int64_t log, const struct log_author *author)
    RB_MUST_CHECK;
enum rb_status log_author_find(struct store *store, int64_t log, struct log_author *author)
    RB_MUST_CHECK; /* or AUTHOR_UNKNOWN; of a branch that of what it continues, and it is noted */

/* ---- Certificates ---- */

/* `*added` is true if this device was not known in the circle. */
enum rb_status cert_row_add(struct store *store, int64_t circle, const struct cert *person,
                            const struct cert *device, bool *added) RB_MUST_CHECK;

/* The person and the signing key of a device; RB_NOT_FOUND. */
enum rb_status cert_row_find(struct store *store, int64_t circle,
                             const uint8_t device[static CERT_ID_BYTES],
                             uint8_t person[static HASH_BYTES],
                             uint8_t pk[static SIGN_PUBLIC_BYTES]) RB_MUST_CHECK;

/* ---- Operations ---- */

/* The first ones of a log are kept, on each of its branches if it is forked.  A log is a chain, so
 * everybody keeps the same; an own log that comes near is written no more (log_row_find_own). */
enum { LOG_OPERATIONS_MAX = 1024 };

struct operation_row {
    int64_t circle, log;
    uint64_t seq;
    uint8_t ref[REF_BYTES];
    const uint8_t *epoch; /* 32 bytes of a key body, or NULL */
    struct span payload;
};
enum rb_status operation_insert(struct store *store, const struct operation_row *row) RB_MUST_CHECK;

/* How many operations stand before `seq` on the chain of a log. */
enum rb_status operations_before(struct store *store, int64_t log, uint64_t seq, size_t *count)
    RB_MUST_CHECK;

/* Where the operations on the chain of a log stand, by seq; `*places` is allocated, the caller
 * frees. */
struct operation_place {
    uint64_t seq;
    uint8_t ref[REF_BYTES];
};
enum rb_status operations_of_log(struct store *store, int64_t log, struct operation_place **places,
                                 size_t *count) RB_MUST_CHECK;

/* What an operation costs are the bytes of its payload, but at least so many: CIRCLE_OPERATIONS_MAX
 * short ones are taken, and fewer long ones, in 64 MiB. */
enum {
    OPERATION_COST_MIN = 1024,
    OPERATIONS_COST_MAX = CIRCLE_OPERATIONS_MAX * OPERATION_COST_MIN
};

/* All operations of a circle, decoded, each with its author and the dependency on his operation
 * before it on the same branch of his log, in the order of (log key, seq).  Those that cost
 * OPERATIONS_COST_MAX at most, shared among the people who write. */
struct operation_list {
    struct op *ops; /* owned */
    size_t count;
    bool is_cut;            /* there are more */
    struct writer payloads; /* what they borrow from */
};
enum rb_status operations_load(struct store *store, int64_t circle, struct operation_list *list)
    RB_MUST_CHECK;
void operations_clear(struct operation_list *list); /* wipes; an all-zero list is fine */

#endif
