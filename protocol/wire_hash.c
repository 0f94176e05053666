/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hashes and signatures that both sides of a connection compute (formats: wire.h). */
#include "protocol/wire.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void u64_put(uint8_t out[static 8], uint64_t value) {
    for (size_t i = 0; i < 8; i++) {
        out[i] = (uint8_t)(value >> (8 * i));
    }
}

/* ---- PROOF ---- */

enum { PROOF_BYTES = 1 + 2 * BOX_PUBLIC_BYTES + 2 * HASH_BYTES };

static void hello_hash(uint8_t out[static HASH_BYTES], struct span hello) {
    crypt_hash(out, HASH_BYTES, span_of(NULL, 0), "rk.hello", &hello, 1);
}

/* What is signed: role ‖ signer's T ‖ verifier's T ‖ h(signer's HELLO) ‖ h(verifier's HELLO). */
static void proof_message(uint8_t out[static PROOF_BYTES], enum wire_role signer_role,
                          const uint8_t *signer_transport, const uint8_t *verifier_transport,
                          struct span signer_hello, struct span verifier_hello) {
    out[0] = (uint8_t)signer_role;
    memcpy(out + 1, signer_transport, BOX_PUBLIC_BYTES);
    memcpy(out + 1 + BOX_PUBLIC_BYTES, verifier_transport, BOX_PUBLIC_BYTES);
    hello_hash(out + 1 + 2 * BOX_PUBLIC_BYTES, signer_hello);
    hello_hash(out + 1 + 2 * BOX_PUBLIC_BYTES + HASH_BYTES, verifier_hello);
}

void wire_proof_sign(uint8_t signature[static SIGNATURE_BYTES], const struct sign_key *device,
                     enum wire_role own_role, const uint8_t own_transport[static 32],
                     const uint8_t peer_transport[static 32], struct span own_hello,
                     struct span peer_hello) {
    uint8_t message[PROOF_BYTES];

    proof_message(message, own_role, own_transport, peer_transport, own_hello, peer_hello);
    crypt_sign(signature, device, "rk.proof", span_of(message, sizeof message));
}

bool wire_proof_verify(const uint8_t signature[static SIGNATURE_BYTES],
                       const uint8_t device[static SIGN_PUBLIC_BYTES], enum wire_role signer_role,
                       const uint8_t signer_transport[static 32],
                       const uint8_t verifier_transport[static 32], struct span signer_hello,
                       struct span verifier_hello) {
    uint8_t message[PROOF_BYTES];

    proof_message(message, signer_role, signer_transport, verifier_transport, signer_hello,
                  verifier_hello);
    return crypt_verify(signature, device, "rk.proof", span_of(message, sizeof message));
}

/* ---- Circles ---- */

void wire_rid(uint8_t rid[static RID_BYTES], const uint8_t circle[static HASH_BYTES],
              const uint8_t dialler_nonce[static WIRE_NONCE_BYTES],
              const uint8_t listener_nonce[static WIRE_NONCE_BYTES]) {
    const struct span parts[] = {
        span_of(dialler_nonce, WIRE_NONCE_BYTES),
        span_of(listener_nonce, WIRE_NONCE_BYTES),
    };

    crypt_hash(rid, RID_BYTES, span_of(circle, HASH_BYTES), "rk.rid", parts, 2);
}

void wire_short(uint8_t out[static LOG8_BYTES], const uint8_t whole[static HASH_BYTES],
                const uint8_t dialler_nonce[static WIRE_NONCE_BYTES],
                const uint8_t listener_nonce[static WIRE_NONCE_BYTES]) {
    const struct span parts[] = {
        span_of(dialler_nonce, WIRE_NONCE_BYTES),
        span_of(listener_nonce, WIRE_NONCE_BYTES),
    };
    uint8_t hash[SHORT_HASH_BYTES];

    crypt_hash(hash, sizeof hash, span_of(whole, HASH_BYTES), "rk.short", parts, 2);
    memcpy(out, hash, LOG8_BYTES);
}

static int line_order(const void *a, const void *b) {
    const struct log_line *const *left = a;
    const struct log_line *const *right = b;
    return memcmp((*left)->log, (*right)->log, LOG_PK_BYTES);
}

void circle_fingerprint(uint8_t fp[static FP_BYTES], const struct log_line *lines, size_t count) {
    const struct log_line **sorted = rb_alloc(count + 1, sizeof *sorted);
    struct writer text;

    for (size_t i = 0; i < count; i++) {
        sorted[i] = &lines[i];
    }
    qsort(sorted, count, sizeof *sorted, line_order);

    writer_init(&text, count * (LOG_PK_BYTES + HASH_BYTES + 16));
    for (size_t i = 0; i < count; i++) {
        writer_span(&text, span_of(sorted[i]->log, LOG_PK_BYTES));
        writer_u64(&text, sorted[i]->head);
        writer_span(&text, span_of(sorted[i]->hash, HASH_BYTES));
        writer_u64(&text, sorted[i]->missing);
    }
    struct span whole = writer_view(&text);
    crypt_hash(fp, FP_BYTES, span_of(NULL, 0), "rk.circlefp", &whole, 1);
    writer_clear(&text);
    free(sorted);
}

/* ---- Arrival order ---- */

void arrival_hash_next(uint8_t hash[static 16], uint64_t rcv,
                       const uint8_t log[static LOG_PK_BYTES], uint64_t seq) {
    uint8_t before[16];
    uint8_t numbers[2][8];

    memcpy(before, hash, sizeof before);
    u64_put(numbers[0], rcv);
    u64_put(numbers[1], seq);
    const struct span parts[] = {
        span_of(before, sizeof before),
        span_of(numbers[0], 8),
        span_of(log, LOG_PK_BYTES),
        span_of(numbers[1], 8),
    };
    crypt_hash(hash, 16, span_of(NULL, 0), "rk.rcv", parts, 4);
}

static int id_order(const void *a, const void *b) {
    return memcmp(a, b, HASH_BYTES);
}

void subscription_hash(uint8_t out[static 8], const uint8_t (*circles)[HASH_BYTES], size_t count) {
    uint8_t(*sorted)[HASH_BYTES] = rb_alloc(count + 1, HASH_BYTES);
    uint8_t whole[SHORT_HASH_BYTES];

    for (size_t i = 0; i < count; i++) {
        memcpy(sorted[i], circles[i], HASH_BYTES);
    }
    qsort(sorted, count, HASH_BYTES, id_order);
    struct span ids = span_of(sorted, count * HASH_BYTES);
    crypt_hash(whole, sizeof whole, span_of(NULL, 0), "rk.sub", &ids, 1);
    memcpy(out, whole, 8);
    free(sorted);
}
