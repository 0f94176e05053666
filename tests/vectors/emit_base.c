/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints tests/vectors/base.json from fixed seeds: what a second implementation must agree with on
 * CBOR, hashes, keys, certificates, cards and codes.  ctest compares it with the committed file,
 * and verify_base.py computes that file's values again without this code. */
#include "protocol/casework/area.h"
#include "protocol/cbor.h"
#include "protocol/limits.h"
#include "protocol/text.h"
#include "tests/support/sari.h"
#include "tests/vectors/json.h"

#include <assert.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define BYTES(literal)                                                                             \
    { (const uint8_t *)(literal), sizeof(literal) - 1 }

/* ---- Encodings ---- */

static void emit_cbor(void) {
    static const struct span cases[] = {
        BYTES("\x00"),
        BYTES("\x17"),
        BYTES("\x18\x18"),
        BYTES("\x19\x01\x00"),
        BYTES("\x1A\x00\x01\x00\x00"),
        BYTES("\x1B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"),
        BYTES("\x20"),
        BYTES("\x3B\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"),
        BYTES("\x40"),
        BYTES("\x43\x00\x01\xFF"),
        BYTES("\x60"),
        BYTES("\x65halo!"),
        BYTES("\x62\xC3\xA9"),
        BYTES("\x80"),
        BYTES("\x83\x01\x82\xF4\xF5\xF6"),
        BYTES("\xA0"),
        BYTES("\xA2\x00\x80\x18\x18\xA1\x00\x20"),
        BYTES("\x81\x81\x81\x81\x81\x80"),
        BYTES(""),
        BYTES("\x18\x17"),
        BYTES("\x19\x00\xFF"),
        BYTES("\x1A\x00\x00\xFF\xFF"),
        BYTES("\x1B\x00\x00\x00\x00\xFF\xFF\xFF\xFF"),
        BYTES("\x3B\x80\x00\x00\x00\x00\x00\x00\x00"),
        BYTES("\x43\x00\x01"),
        BYTES("\x58\x01\x00"),
        BYTES("\x61\xFF"),
        BYTES("\x61\x00"),
        BYTES("\x62\xC0\x80"),
        BYTES("\x63\xED\xA0\x80"),
        BYTES("\x00\x00"),
        BYTES("\x82\x00"),
        BYTES("\xA2\x01\x00\x00\x00"),
        BYTES("\xA2\x01\x00\x01\x00"),
        BYTES("\xA1\x20\x00"),
        BYTES("\xA1\x61\x61\x00"),
        BYTES("\x81\x81\x81\x81\x81\x81\x80"),
        BYTES("\x9F\xFF"),
        BYTES("\xBF\xFF"),
        BYTES("\x5F\xFF"),
        BYTES("\xC0\x00"),
        BYTES("\xF7"),
        BYTES("\xF8\x20"),
        BYTES("\xF9\x3C\x00"),
        BYTES("\xFA\x3F\x80\x00\x00"),
        BYTES("\xFF"),
        BYTES("\x9B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"),
    };

    json_open("cbor", '[');
    for (size_t i = 0; i < COUNT(cases); i++) {
        json_open(NULL, '{');
        json_hex("bytes", cases[i]);
        json_bool("accepted", cbor_check(cases[i]) == RB_OK);
        json_close('}');
    }
    json_close(']');
}

static void emit_varint(void) {
    static const uint64_t cases[] = { 0, 1, 127, 128, 300, 16383, 16384, UINT32_MAX, UINT64_MAX };
    struct writer writer;

    writer_init(&writer, 16);
    json_open("varint", '[');
    for (size_t i = 0; i < COUNT(cases); i++) {
        writer_reset(&writer);
        writer_varint(&writer, cases[i]);
        json_open(NULL, '{');
        json_number("value", cases[i]);
        json_hex("bytes", writer_view(&writer));
        json_close('}');
    }
    json_close(']');
    writer_clear(&writer);
}

static void emit_base32(void) {
    static const struct span cases[] = {
        BYTES(""),    BYTES("\x00"), BYTES("\xFF"),  BYTES("fo"),
        BYTES("foo"), BYTES("foob"), BYTES("fooba"), BYTES("\x00\x44\x32\x14\xC7\x42\x54\xB6"),
    };
    struct writer writer;

    writer_init(&writer, 64);
    json_open("base32", '[');
    for (size_t i = 0; i < COUNT(cases); i++) {
        writer_reset(&writer);
        base32_write(&writer, cases[i]);
        json_open(NULL, '{');
        json_hex("bytes", cases[i]);
        json_text("text", writer_view(&writer));
        json_close('}');
    }
    json_close(']');
    writer_clear(&writer);
}

/* ---- Cryptography ---- */

static void emit_one_hash(size_t len, struct span key, const char *label, const struct span *parts,
                          size_t part_count) {
    uint8_t hash[64];

    crypt_hash(hash, len, key, label, parts, part_count);
    json_open(NULL, '{');
    json_hex("key", key);
    json_text("label", span_text(label));
    json_open("parts", '[');
    for (size_t i = 0; i < part_count; i++) {
        json_hex(NULL, parts[i]);
    }
    json_close(']');
    json_hex("hash", span_of(hash, len));
    json_close('}');
}

static void emit_hash(void) {
    static const uint8_t key[KEY_BYTES] = { 1, 2, 3 };
    static const struct span parts[] = { BYTES("satu"), { NULL, 0 }, BYTES("\x00\xFF") };
    const struct span none = { 0 };

    json_open("hash", '[');
    emit_one_hash(HASH_BYTES, none, "rk.id", parts, 1);
    emit_one_hash(HASH_BYTES, span_of(key, sizeof key), "rk.ev", NULL, 0);
    emit_one_hash(SHORT_HASH_BYTES, none, "rk.cid", parts, 3);
    emit_one_hash(64, span_of(key, 17), "", parts, 3);
    json_close(']');
}

static void emit_sign(const struct identity *identity) {
    static const struct span message = BYTES("pesan contoh");
    uint8_t signature[SIGNATURE_BYTES];

    crypt_sign(signature, &identity->person, "rk.test", message);
    json_open("sign", '{');
    json_hex("seed", span_of(identity->person.seed, SIGN_SEED_BYTES));
    json_text("label", span_text("rk.test"));
    json_hex("message", message);
    json_hex("signature", span_of(signature, sizeof signature));
    json_close('}');
}

static void emit_seal(void) {
    static const uint8_t key[KEY_BYTES] = { 4, 5, 6 };
    static const uint8_t nonce[NONCE_BYTES] = { 7, 8, 9 };
    static const struct span message = BYTES("pesan contoh");
    static const struct span ad = BYTES("kepala");
    uint8_t sealed[12 + TAG_BYTES];

    crypt_seal(sealed, key, nonce, ad, message);
    json_open("seal", '{');
    json_hex("key", span_of(key, sizeof key));
    json_hex("nonce", span_of(nonce, sizeof nonce));
    json_hex("ad", ad);
    json_hex("message", message);
    json_hex("sealed", span_of(sealed, sizeof sealed));
    json_close('}');
}

/* A seal is made with a key of its own that nobody keeps, so this one was made once, elsewhere;
 * what counts is what it opens to. */
static void emit_box(const struct identity *identity) {
    static const uint8_t seal[BOX_SEAL_BYTES] = {
        0x57, 0xdb, 0x4b, 0x35, 0x9f, 0x23, 0xae, 0x5e, 0x14, 0x6e, 0x4e, 0x25, 0x12, 0x05,
        0x67, 0x04, 0x72, 0x25, 0x06, 0x34, 0x8c, 0x15, 0x0c, 0x14, 0x75, 0x3d, 0x0c, 0x93,
        0x3d, 0x04, 0xd4, 0x21, 0xe7, 0x1a, 0x83, 0x17, 0x07, 0x77, 0x01, 0xac, 0xf8, 0xce,
        0xc6, 0x87, 0x31, 0x5c, 0xb8, 0xca, 0xa1, 0xa7, 0x30, 0x18, 0xd5, 0xc0, 0xac, 0x30,
        0x10, 0x20, 0x4f, 0x3a, 0xa4, 0xf4, 0x6a, 0xb4, 0x4c, 0x36, 0x47, 0xb2, 0x7d, 0x14,
        0x99, 0x38, 0x83, 0xb9, 0x69, 0x63, 0x14, 0x7c, 0x77, 0xa9
    };
    uint8_t key[KEY_BYTES];

    enum rb_status status = crypt_box_open(key, &identity->seal, seal);
    assert(status == RB_OK);
    json_open("box", '{');
    json_hex("secret", span_of(identity->seal.secret, BOX_SECRET_BYTES));
    json_hex("seal", span_of(seal, sizeof seal));
    json_hex("key", span_of(key, sizeof key));
    json_close('}');
}

static void emit_derive(void) {
    static const uint8_t key[KEY_BYTES] = { 10, 11, 12 };
    uint8_t derived[KEY_BYTES];

    json_open("derive", '[');
    for (uint64_t subkey = 1; subkey <= 2; subkey++) {
        crypt_derive(derived, key, "rk.dev__", subkey);
        json_open(NULL, '{');
        json_hex("key", span_of(key, sizeof key));
        json_text("context", span_text("rk.dev__"));
        json_number("subkey", subkey);
        json_hex("derived", span_of(derived, sizeof derived));
        json_close('}');
    }
    json_close(']');
}

static void emit_passphrase(void) {
    static const uint8_t salt[SALT_BYTES] = { 13, 14, 15 };
    const struct span passphrase = span_text("kata sandi contoh");
    uint8_t key[KEY_BYTES];

    enum rb_status status = crypt_passphrase_key(key, passphrase, salt, 256, 2);
    assert(status == RB_OK);
    json_open("passphrase", '{');
    json_text("passphrase", passphrase);
    json_hex("salt", span_of(salt, sizeof salt));
    json_number("memory_kib", 256);
    json_number("passes", 2);
    json_hex("key", span_of(key, sizeof key));
    json_close('}');
}

/* ---- Persons ---- */

static void emit_words(void) {
    struct writer line;

    writer_init(&line, 16 * (WORD_LETTERS_MAX + 1));
    json_open("words", '[');
    for (unsigned i = 0; i < WORDS_COUNT; i += 16) {
        writer_reset(&line);
        for (unsigned word = i; word < i + 16; word++) {
            writer_span(&line, span_text(word == i ? "" : " "));
            writer_span(&line, span_text(words_at(word)));
        }
        json_text(NULL, writer_view(&line));
    }
    json_close(']');
    writer_clear(&line);
}

static void emit_identity(const struct identity *identity) {
    uint8_t id[HASH_BYTES];
    struct writer words;

    identity_person_id(identity->person.public, id);
    writer_init(&words, FINGERPRINT_WORDS * (WORD_LETTERS_MAX + 1));
    identity_words(&words, identity->person.public);
    json_open("identity", '{');
    json_hex("person_seed", span_of(identity->person.seed, SIGN_SEED_BYTES));
    json_hex("person_public", span_of(identity->person.public, SIGN_PUBLIC_BYTES));
    json_hex("person_id", span_of(id, sizeof id));
    json_text("words", writer_view(&words));
    json_hex("device_seed", span_of(identity->device_seed, sizeof identity->device_seed));
    json_hex("device_public", span_of(identity->device.public, SIGN_PUBLIC_BYTES));
    json_hex("transport_secret", span_of(identity->transport.secret, BOX_SECRET_BYTES));
    json_hex("transport_public", span_of(identity->transport.public, BOX_PUBLIC_BYTES));
    json_hex("seal_secret", span_of(identity->seal.secret, BOX_SECRET_BYTES));
    json_hex("seal_public", span_of(identity->seal.public, BOX_PUBLIC_BYTES));
    json_number("seal_generation", identity->seal_generation);
    json_close('}');
    writer_clear(&words);
}

static void emit_facts(const struct sari *sari) {
    const struct person_facts facts = sari_facts();
    struct cert person, device;

    enum rb_status status = cert_decode(writer_view(&sari->person), &person);
    assert(status == RB_OK);
    status = cert_decode(writer_view(&sari->device), &device);
    assert(status == RB_OK);
    json_text("name", facts.name);
    json_number("role", facts.role);
    json_text("region", facts.region);
    json_text("cluster", facts.cluster);
    json_text("device_name", device.name);
    json_number("now_s", (uint64_t)SARI_NOW_S);
    json_number("person_not_after_s", (uint64_t)person.not_after_s);
    json_number("device_not_after_s", (uint64_t)device.not_after_s);
    json_hex("person_cert_id", span_of(person.id, sizeof person.id));
    json_hex("device_cert_id", span_of(device.id, sizeof device.id));
}

static void emit_armour(const struct sari *sari) {
    struct writer armour;

    writer_init(&armour, CARD_TEXT_BYTES_MAX);
    card_armour(&armour, writer_view(&sari->card));
    json_open("armour", '[');
    struct span rest = writer_view(&armour);
    while (rest.len > 0) {
        const uint8_t *end = memchr(rest.data, '\n', rest.len);
        assert(end != NULL);
        struct span line = span_of(rest.data, (size_t)(end - rest.data));
        json_text(NULL, line);
        rest = span_of(end + 1, rest.len - line.len - 1);
    }
    json_close(']');
    writer_clear(&armour);
}

static void emit_credentials(const struct sari *sari) {
    struct card card;
    enum rb_status status = card_decode(writer_view(&sari->card), &card);

    assert(status == RB_OK);
    json_open("credential", '{');
    emit_facts(sari);
    json_open("addresses", '[');
    for (size_t i = 0; i < card.address_count; i++) {
        json_text(NULL, card.addresses[i]);
    }
    json_close(']');
    json_text("telephone", card.telephone);
    json_hex("person_cert", writer_view(&sari->person));
    json_hex("device_cert", writer_view(&sari->device));
    json_hex("seal_key", writer_view(&sari->seal));
    json_hex("card", writer_view(&sari->card));
    emit_armour(sari);
    json_close('}');
}

/* ---- Codes ---- */

static void emit_area(void) {
    static const char *const cases[] = {
        "32",  "3273", "32.73", "327304", "32.73.04.1002", "3273041002",     "",     "3", "327",
        "32.", ".32",  "3.273", "32..73", "32730410",      "32.73.04.10.02", "32 73"
    };
    struct writer digits;

    writer_init(&digits, REGION_BYTES_MAX);
    json_open("area", '[');
    for (size_t i = 0; i < COUNT(cases); i++) {
        writer_reset(&digits);
        enum rb_status status = area_parse(span_text(cases[i]), &digits);
        json_open(NULL, '{');
        json_text("typed", span_text(cases[i]));
        json_bool("accepted", status == RB_OK);
        json_text("digits", writer_view(&digits));
        json_close('}');
    }
    json_close(']');
    writer_clear(&digits);
}

static void emit_case_code(void) {
    static const char *const areas[] = { "3273041002", "3273", "32", "" };
    static const uint8_t circle[HASH_BYTES] = { 0x57, 0xE0, 0x3A, 0x11 };
    char code[CASE_CODE_BYTES + 1];

    json_open("case_code", '[');
    for (unsigned i = 0; i < COUNT(areas); i++) {
        case_code(code, span_text(areas[i]), 1998 + 13 * i, circle);
        json_open(NULL, '{');
        json_text("area", span_text(areas[i]));
        json_number("year", 1998 + 13 * i);
        json_hex("circle", span_of(circle, sizeof circle));
        json_text("code", span_text(code));
        json_close('}');
    }
    json_close(']');
}

int main(void) {
    struct sari sari;

    if (crypt_start() != RB_OK) {
        return 1;
    }
    sari_make(&sari, 1);
    json_open(NULL, '{');
    emit_cbor();
    emit_varint();
    emit_base32();
    emit_hash();
    emit_sign(&sari.identity);
    emit_seal();
    emit_box(&sari.identity);
    emit_derive();
    emit_passphrase();
    emit_identity(&sari.identity);
    emit_credentials(&sari);
    emit_area();
    emit_case_code();
    emit_words();
    json_close('}');
    sari_clear(&sari);
    return 0;
}
