/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints the vectors of invitations: invite.json.  Sari of the other vectors invites; the secrets
 * are fixed. */
#include "protocol/armour.h"
#include "protocol/invite.h"
#include "tests/support/sari.h"
#include "tests/vectors/json.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 2 * CARD_TEXT_BYTES_MAX, UNTIL_AT = 7 * 24 * 3600 };

static void must(enum rb_status status) {
    if (status != RB_OK) {
        abort();
    }
}

static void hex(const char *name, const void *bytes, size_t len) {
    json_hex(name, span_of(bytes, len));
}

static void keys_make(struct invite_keys *keys, uint8_t first, uint8_t step) {
    for (size_t i = 0; i < sizeof keys->secret; i++) {
        keys->secret[i] = (uint8_t)(first + i * step);
    }
    invite_keys_derive(keys);
}

/* ---- What follows from the secret ---- */

static void print_keys(const struct invite_keys *keys) {
    struct writer words = { .max = 256 };

    invite_words(&words, keys);
    json_open(NULL, '{');
    hex("secret", keys->secret, sizeof keys->secret);
    json_text("words", writer_view(&words));
    hex("name", keys->name, sizeof keys->name);
    hex("inviter_secret", keys->inviter.secret, BOX_SECRET_BYTES);
    hex("inviter_public", keys->inviter.public, BOX_PUBLIC_BYTES);
    hex("joiner_secret", keys->joiner.secret, BOX_SECRET_BYTES);
    hex("joiner_public", keys->joiner.public, BOX_PUBLIC_BYTES);
    hex("answer", keys->answer, sizeof keys->answer);
    json_close('}');
    writer_clear(&words);
}

static void print_secrets(void) {
    static const uint8_t samples[][2] = { { 0x00, 0 }, { 0xFF, 0 }, { 0x10, 1 }, { 0xA0, 7 } };
    struct invite_keys keys;

    json_open("secrets", '[');
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        keys_make(&keys, samples[i][0], samples[i][1]);
        print_keys(&keys);
    }
    json_close(']');
}

/* ---- Offers ---- */

static void print_lines(const char *name, const struct writer *text) {
    struct reader reader = reader_of(writer_view(text));

    json_open(name, '[');
    while (reader.rest.len > 0) {
        size_t len = 0;
        while (reader.rest.data[len] != '\n') {
            len++;
        }
        json_text(NULL, reader_span(&reader, len));
        (void)reader_u8(&reader); /* The line end. */
    }
    json_close(']');
}

static void print_offer(const struct offer *offer) {
    struct writer text = { .max = TEXT_MAX }, bytes = { .max = OFFER_BYTES_MAX };

    json_open(NULL, '{');
    hex("secret", offer->keys->secret, INVITE_SECRET_BYTES);
    json_number("until_s", (uint64_t)offer->until_s);
    json_open("addresses", '[');
    for (size_t i = 0; i < offer->address_count; i++) {
        json_text(NULL, offer->addresses[i]);
    }
    json_close(']');
    json_hex("card", offer->card);
    offer_armour(&text, offer);
    must(armour_read(writer_view(&text), "INVITATION", OFFER_BYTES_MAX, &bytes));
    json_hex("offer", writer_view(&bytes));
    print_lines("armour", &text);
    writer_reset(&text);
    offer_text(&text, offer);
    json_text("text", writer_view(&text));
    json_close('}');
    writer_clear(&bytes);
    writer_clear(&text);
}

static void print_offers(const struct sari *sari, struct invite_keys *keys) {
    struct offer offer = { .keys = keys, .until_s = SARI_NOW_S + UNTIL_AT };

    json_open("offers", '[');
    print_offer(&offer);
    offer.addresses[0] = span_text("tcp://contoh.example:7438");
    offer.address_count = 1;
    offer.card = writer_view(&sari->card);
    print_offer(&offer);
    offer.addresses[1] = span_text("tcp://[2001:db8::1]:7438");
    offer.addresses[2] = span_text(
        "tcp://balai-kesejahteraan-sosial-anak.kecamatan-contoh.kota-contoh.provinsi-contoh"
        ".jaringan-pekerja-sosial.contoh.example:7438");
    offer.addresses[3] = span_text(
        "tcp://kantor-kelurahan-dan-pos-rujukan-contoh.kecamatan-contoh.kota-contoh"
        ".provinsi-contoh.jaringan.contoh.example:65535");
    offer.address_count = 4; /* too much for a text: the last one is left out there */
    print_offer(&offer);
    json_close(']');
}

/* ---- Answers ---- */

static void print_answer(const struct sari *sari, const struct invite_keys *keys) {
    struct writer bytes = { .max = INVITE_ANSWER_BYTES_MAX }, text = { .max = TEXT_MAX };

    must(answer_make(&bytes, keys, writer_view(&sari->card)));
    answer_armour(&text, writer_view(&bytes));
    json_open("answer", '{');
    hex("secret", keys->secret, INVITE_SECRET_BYTES);
    json_hex("card", writer_view(&sari->card));
    json_hex("answer", writer_view(&bytes));
    print_lines("armour", &text);
    json_close('}');
    writer_clear(&text);
    writer_clear(&bytes);
}

int main(void) {
    struct invite_keys keys;
    struct sari inviter, joiner;

    must(crypt_start());
    keys_make(&keys, 0xA0, 7);
    sari_make(&inviter, 1);
    sari_make(&joiner, 11);
    json_open(NULL, '{');
    print_secrets();
    print_offers(&inviter, &keys);
    print_answer(&joiner, &keys);
    json_close('}');
    sari_clear(&joiner);
    sari_clear(&inviter);
    return 0;
}
