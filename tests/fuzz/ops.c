/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body of any operation: the first byte chooses the type, the rest is the body.  What decodes
 * has lists within their bounds, and wraps that are what they say.  A body is looked at as that of
 * a LOGCERT besides. */
#include "tests/fuzz/fuzz.h"

#include "protocol/cbor.h"
#include "protocol/log.h"
#include "protocol/ops.h"

#include <assert.h>
#include <string.h>

static void check_lists(const struct op *op) {
    uint8_t to[SEALS_PER_KEY_BODY_MAX][CERT_ID_BYTES];
    uint8_t parents[WRAPS_PER_EPOCH_MAX][HASH_BYTES];
    struct epoch_key wraps[WRAPS_PER_EPOCH_MAX];
    struct op_lock locks[OP_LOCKS_MAX + 1];
    bool has_locks = op->type == OP_REMOVE || op->type == OP_DECLINE || op->type == OP_REVOKED ||
                     op->type == OP_ADOPT;
    bool is_key = op->type == OP_GENESIS || op->type == OP_EPOCH || op->type == OP_KEYGRANT;
    size_t to_count = op_recipients(op, to, SEALS_PER_KEY_BODY_MAX);
    size_t wrap_count = op_wraps(op, wraps, WRAPS_PER_EPOCH_MAX);

    assert(is_key ? to_count > 0 : to_count == 0);
    assert(op_parents(op, parents, WRAPS_PER_EPOCH_MAX) <= WRAPS_PER_EPOCH_MAX);
    assert(op_locks(op, locks, OP_LOCKS_MAX + 1) <= (has_locks ? OP_LOCKS_MAX : 0));
    for (size_t i = 0; i < wrap_count; i++) {
        struct epoch_key again;
        epoch_key_from(&again, wraps[i].key);
        assert(memcmp(again.id, wraps[i].id, HASH_BYTES) == 0);
    }
}

static void check_people(const struct op *op) {
    assert(op->until_s >= 0);
    assert(op->until_s == 0 || op->type == OP_ADD);
    assert(!op->letter.exists || op->letter.rank >= RANK_SUPERVISOR);
    if (op->type == OP_REVOKED) {
        struct revocation again;
        enum rb_status status = revoke_decode(op->revocation.whole, &again);
        assert(status == RB_OK);
    }
}

/* One form only, whoever signed it. */
static void logcert_again(struct span body) {
    struct writer again = { .max = EVENT_PAYLOAD_BYTES_MAX };
    struct logcert cert;

    if (logcert_decode(body, &cert) == RB_OK) {
        logcert_encode(&again, &cert);
        assert(again.len <= body.len); /* only fields of newer versions are lost */
        struct logcert twice;
        const enum rb_status status = logcert_decode(writer_view(&again), &twice);
        assert(status == RB_OK);
        assert(memcmp(&twice, &cert, sizeof cert) == 0);
        (void)logcert_verify(&cert, cert.log); /* It only must not fail badly. */
    }
    writer_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    struct op op;

    if (len == 0) {
        return 0;
    }
    struct payload payload = { .type = data[0] % 16u, .body = span_of(data + 1, len - 1) };
    /* payload_decode lets only CBOR through. */
    if (cbor_check(payload.body) != RB_OK) {
        return 0;
    }
    logcert_again(payload.body);
    if (op_decode(&payload, &op) == RB_OK) {
        check_lists(&op);
        check_people(&op);
    }
    return 0;
}
