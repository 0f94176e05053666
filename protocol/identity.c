/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/identity.h"

#include "protocol/text.h"

enum { WIDE_HASH_BYTES = 64, FINGERPRINT_ROUNDS = 1000, FINGERPRINT_VERSION = 1 };
enum { SUBKEY_DEVICE = 1, SUBKEY_TRANSPORT = 2 };

static const char device_context[] = "rk.dev__";

void identity_new(struct identity *identity) {
    *identity = (struct identity) { .seal_generation = 1 };
    crypt_sign_new(&identity->person);
    crypt_random(identity->device_seed, sizeof identity->device_seed);
    crypt_box_new(&identity->seal);
    identity_derive(identity);
}

void identity_derive(struct identity *identity) {
    uint8_t seed[KEY_BYTES];

    crypt_derive(seed, identity->device_seed, device_context, SUBKEY_DEVICE);
    crypt_sign_from_seed(&identity->device, seed);
    crypt_derive(seed, identity->device_seed, device_context, SUBKEY_TRANSPORT);
    crypt_box_from_seed(&identity->transport, seed);
    crypt_wipe(seed, sizeof seed);

    if (!identity->is_further) {
        crypt_sign_from_seed(&identity->person, identity->person.seed);
    }
    crypt_box_from_secret(&identity->seal, identity->seal.secret);
}

void identity_person_id(const uint8_t public[static SIGN_PUBLIC_BYTES],
                        uint8_t id[static HASH_BYTES]) {
    struct span part = span_of(public, SIGN_PUBLIC_BYTES);

    crypt_hash(id, HASH_BYTES, (struct span) { 0 }, "rk.id", &part, 1);
}

/* ---- Fingerprint ---- */

/* h_999.  A thousand hashes cost us nothing, and ten bits of work to whoever searches a key with
 * the same words. */
static void fingerprint(uint8_t hash[static WIDE_HASH_BYTES],
                        const uint8_t public[static SIGN_PUBLIC_BYTES]) {
    const uint8_t version = FINGERPRINT_VERSION;
    const struct span none = { 0 };
    const struct span key = span_of(public, SIGN_PUBLIC_BYTES);
    const struct span first[] = { key, span_text("rk.fp"), span_of(&version, 1) };
    const struct span next[] = { span_of(hash, WIDE_HASH_BYTES), key };

    crypt_hash(hash, WIDE_HASH_BYTES, none, "", first, 3);
    for (unsigned round = 1; round < FINGERPRINT_ROUNDS; round++) {
        crypt_hash(hash, WIDE_HASH_BYTES, none, "", next, 2);
    }
}

void identity_words(struct writer *out, const uint8_t public[static SIGN_PUBLIC_BYTES]) {
    uint8_t hash[WIDE_HASH_BYTES];

    fingerprint(hash, public);
    words_write(out, span_of(hash, sizeof hash), FINGERPRINT_WORDS);
}

/* The next word; empty at the end. */
static struct span word_take(struct reader *text) {
    while (text->rest.len > 0 && text_is_blank(text->rest.data[0])) {
        (void)reader_u8(text); /* Known to be a blank. */
    }
    size_t len = 0;
    while (len < text->rest.len && !text_is_blank(text->rest.data[len])) {
        len++;
    }
    return reader_span(text, len);
}

bool identity_words_match(struct span typed, const uint8_t public[static SIGN_PUBLIC_BYTES]) {
    struct writer words;
    bool match = true;

    writer_init(&words, FINGERPRINT_WORDS * (WORD_LETTERS_MAX + 1));
    identity_words(&words, public);
    struct reader said = reader_of(typed);
    struct reader expected = reader_of(writer_view(&words));
    for (unsigned i = 0; match && i < FINGERPRINT_WORDS; i++) {
        match = words_find(word_take(&said)) == words_find(word_take(&expected));
    }
    match = match && word_take(&said).len == 0;
    writer_clear(&words);
    return match;
}
