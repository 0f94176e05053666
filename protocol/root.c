/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/root.h"

#include "protocol/identity.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A signature of a root as two of these, one after the other. */
enum { SIGNED_PLACE_BYTES = 1 + SIGNATURE_BYTES };

/* ---- The keys ---- */

static int compare_publics(const void *a, const void *b) {
    return memcmp(a, b, SIGN_PUBLIC_BYTES);
}

bool root_keys_are_sorted(const struct root_keys *keys) {
    for (size_t i = 1; i < ROOT_KEYS; i++) {
        if (compare_publics(keys->publics[i - 1], keys->publics[i]) >= 0) {
            return false;
        }
    }
    return true;
}

enum rb_status root_keys_sort(struct root_keys *keys) {
    struct root_keys value = *keys;

    qsort(value.publics, ROOT_KEYS, SIGN_PUBLIC_BYTES, compare_publics);
    if (!root_keys_are_sorted(&value)) {
        return RB_EXISTS;
    }
    *keys = value;
    return RB_OK;
}

/* A label of its own, although 96 bytes behind "rk.id" could not be 32: an id of a root must never
 * be that of one key, whatever is put behind these labels some day. */
void root_id(const struct root_keys *keys, uint8_t id[static HASH_BYTES]) {
    const struct span part = span_of(keys->publics, sizeof keys->publics);

    crypt_hash(id, HASH_BYTES, (struct span) { 0 }, "rk.root", &part, 1);
}

/* ROOT_KEYS if it is none of them. */
static uint8_t place_of(const struct root_keys *root, const struct sign_key *key) {
    uint8_t place = 0;

    while (place < ROOT_KEYS && compare_publics(root->publics[place], key->public) != 0) {
        place++;
    }
    return place;
}

/* ---- Who issues ---- */

void office_signer_one(struct office_signer *signer, const struct sign_key *key) {
    *signer = (struct office_signer) { .count = 1, .keys = { key } };
    identity_person_id(key->public, signer->id);
}

enum rb_status office_signer_root(struct office_signer *signer, const struct root_keys *root,
                                  const struct sign_key *one, const struct sign_key *other) {
    const uint8_t first = place_of(root, one);
    const uint8_t second = place_of(root, other);

    if (first == ROOT_KEYS || second == ROOT_KEYS) {
        return RB_NOT_FOUND;
    }
    if (first == second) {
        return RB_EXISTS;
    }
    *signer = first < second
                  ? (struct office_signer) { .keys = { one, other }, .places = { first, second } }
                  : (struct office_signer) { .keys = { other, one }, .places = { second, first } };
    signer->count = ROOT_SIGNERS;
    root_id(root, signer->id);
    return RB_OK;
}

void office_sign(struct writer *out, const struct office_signer *signer, const char *label,
                 struct span body) {
    assert(signer->count == 1 || signer->count == ROOT_SIGNERS);
    uint8_t signature[SIGNATURE_BYTES];

    for (size_t i = 0; i < signer->count; i++) {
        if (signer->count == ROOT_SIGNERS) {
            writer_u8(out, signer->places[i]);
        }
        crypt_sign(signature, signer->keys[i], label, body);
        writer_span(out, span_of(signature, sizeof signature));
    }
}

/* ---- Reading ---- */

bool root_signature_is_formed(struct span signature) {
    return signature.len == ROOT_SIGNATURE_BYTES &&
           signature.data[0] < signature.data[SIGNED_PLACE_BYTES] &&
           signature.data[SIGNED_PLACE_BYTES] < ROOT_KEYS;
}

enum rb_status root_verify(const struct root_keys *root, struct span signature, const char *label,
                           struct span body) {
    if (!root_signature_is_formed(signature)) {
        return RB_BAD_SIGNATURE;
    }
    for (size_t at = 0; at < ROOT_SIGNATURE_BYTES; at += SIGNED_PLACE_BYTES) {
        const uint8_t *key = root->publics[signature.data[at]];
        if (!crypt_verify(signature.data + at + 1, key, label, body)) {
            return RB_BAD_SIGNATURE;
        }
    }
    return RB_OK;
}
