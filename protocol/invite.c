/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/invite.h"

#include "protocol/armour.h"
#include "protocol/cbor.h"
#include "protocol/text.h"

#include <assert.h>
#include <string.h>

enum {
    FORMAT_VERSION = 1,
    ITEMS_MAX = 16, /* of an array of a newer version: it is only told apart */
    OFFER_ITEMS = 5,
    ANSWER_ITEMS = 4,
    SUM_BITS = 4,
    GROUP_LETTERS = 5,
    WORD_BYTES = INVITE_SECRET_BYTES + 1 /* the last one is half used */
};

_Static_assert(INVITE_WORDS *WORD_BITS == INVITE_SECRET_BYTES * 8 + SUM_BITS, "no bit is idle");

#define UNTIL_S_END ((UINT64_C(1) << 48) / 1000) /* clocks of events have 48 bits */

static const char offer_kind[] = "INVITATION";
static const char answer_kind[] = "ANSWER";

/* ---- Keys ---- */

static void key_derive(uint8_t out[static HASH_BYTES], const struct invite_keys *keys,
                       uint8_t number) {
    const struct span part = span_of(&number, 1);

    crypt_hash(out, HASH_BYTES, span_of(keys->secret, sizeof keys->secret), "rk.inv", &part, 1);
}

void invite_keys_derive(struct invite_keys *keys) {
    uint8_t key[HASH_BYTES];

    key_derive(key, keys, 0);
    crypt_box_from_seed(&keys->inviter, key);
    key_derive(key, keys, 1);
    crypt_box_from_seed(&keys->joiner, key);
    key_derive(key, keys, 2);
    memcpy(keys->name, key, sizeof keys->name);
    key_derive(keys->answer, keys, 3);
    crypt_wipe(key, sizeof key);
}

void invite_keys_new(struct invite_keys *keys) {
    crypt_random(keys->secret, sizeof keys->secret);
    invite_keys_derive(keys);
}

/* ---- As words ---- */

/* In the upper half of the byte. */
static uint8_t secret_sum(const uint8_t secret[static INVITE_SECRET_BYTES]) {
    const struct span part = span_of(secret, INVITE_SECRET_BYTES);
    uint8_t hash[SHORT_HASH_BYTES];

    crypt_hash(hash, sizeof hash, (struct span) { 0 }, "rk.invsum", &part, 1);
    return hash[0] & 0xF0;
}

void invite_words(struct writer *out, const struct invite_keys *keys) {
    uint8_t bytes[WORD_BYTES];

    memcpy(bytes, keys->secret, INVITE_SECRET_BYTES);
    bytes[INVITE_SECRET_BYTES] = secret_sum(keys->secret);
    words_write(out, span_of(bytes, sizeof bytes), INVITE_WORDS);
    crypt_wipe(bytes, sizeof bytes);
}

/* The next word of `text`, which moves on; empty at its end. */
static struct span word_next(struct span *text) {
    size_t start = 0;

    while (start < text->len && text_is_blank(text->data[start])) {
        start++;
    }
    size_t end = start;
    while (end < text->len && !text_is_blank(text->data[end])) {
        end++;
    }
    if (start == end) {
        *text = (struct span) { 0 };
        return *text;
    }
    const struct span word = span_of(text->data + start, end - start);
    *text = span_of(text->data + end, text->len - end);
    return word;
}

static void number_put(uint8_t bytes[static WORD_BYTES], size_t at, unsigned number) {
    for (size_t i = 0; i < WORD_BITS; i++) {
        const size_t bit = at * WORD_BITS + i;
        const unsigned value = number >> (WORD_BITS - 1 - i) & 1;
        bytes[bit / 8] = (uint8_t)(bytes[bit / 8] | value << (7 - bit % 8));
    }
}

/* All words are counted; those beyond the twelfth are not looked at. */
static void words_take(struct span typed, uint8_t bytes[static WORD_BYTES],
                       struct invite_typo *typo) {
    *typo = (struct invite_typo) { .at = INVITE_WORDS };
    for (struct span word = word_next(&typed); word.len > 0; word = word_next(&typed)) {
        const size_t at = typo->count++;
        const int number = at < INVITE_WORDS ? words_find(word) : 0;
        if (number < 0 && typo->at == INVITE_WORDS) {
            typo->at = at;
            (void)words_near(word, typo->near, INVITE_NEAR_MAX); /* The rest stays NULL. */
        }
        if (at < INVITE_WORDS && number >= 0) {
            number_put(bytes, at, (unsigned)number);
        }
    }
}

enum rb_status invite_words_read(struct span typed, struct invite_keys *keys,
                                 struct invite_typo *typo) {
    enum rb_status status = RB_MALFORMED;
    uint8_t bytes[WORD_BYTES] = { 0 };
    struct invite_typo found;

    words_take(typed, bytes, &found);
    if (found.count == INVITE_WORDS && found.at == INVITE_WORDS &&
        secret_sum(bytes) == bytes[INVITE_SECRET_BYTES]) {
        memcpy(keys->secret, bytes, sizeof keys->secret);
        invite_keys_derive(keys);
        status = RB_OK;
    }
    crypt_wipe(bytes, sizeof bytes);
    *typo = found;
    return status;
}

/* ---- Both formats: an array that begins with its version ---- */

static enum rb_status array_begin(struct reader *reader, uint64_t items) {
    if (cbor_check(reader->rest) != RB_OK) {
        return RB_MALFORMED;
    }
    const uint64_t found = cbor_read_array(reader, ITEMS_MAX);
    const uint64_t version = cbor_read_uint(reader, UINT64_MAX);
    if (reader->failed || version == 0) {
        return RB_MALFORMED;
    }
    if (version > FORMAT_VERSION) {
        return RB_UNKNOWN;
    }
    return found == items ? RB_OK : RB_MALFORMED;
}

/* ---- As a file or text ---- */

static void offer_write(struct writer *out, const struct offer *offer, size_t address_count,
                        struct span card) {
    assert(offer->until_s >= 0);
    assert((uint64_t)offer->until_s < UNTIL_S_END);
    assert(card.len <= CARD_BYTES_MAX);
    cbor_write_array(out, OFFER_ITEMS);
    cbor_write_uint(out, FORMAT_VERSION);
    cbor_write_bytes(out, span_of(offer->keys->secret, sizeof offer->keys->secret));
    cbor_write_uint(out, (uint64_t)offer->until_s);
    cbor_write_array(out, address_count);
    for (size_t i = 0; i < address_count; i++) {
        cbor_write_text(out, offer->addresses[i]);
    }
    if (card.len == 0) {
        cbor_write_null(out);
    } else {
        cbor_write_bytes(out, card);
    }
}

void offer_armour(struct writer *out, const struct offer *offer) {
    assert(offer->address_count <= ADDRESSES_MAX);
    struct writer bytes;

    writer_init(&bytes, OFFER_BYTES_MAX);
    offer_write(&bytes, offer, offer->address_count, offer->card);
    assert(!bytes.failed);
    armour_write(out, offer_kind, writer_view(&bytes));
    writer_clear(&bytes);
}

static bool text_fits(size_t bytes) {
    const size_t letters = ((bytes + ARMOUR_SUM_BYTES) * 8 + 4) / 5;

    return letters + (letters - 1) / GROUP_LETTERS <= INVITE_TEXT_BYTES_MAX;
}

static void groups_write(struct writer *out, struct span letters) {
    for (size_t i = 0; i < letters.len; i++) {
        if (i > 0 && i % GROUP_LETTERS == 0) {
            writer_u8(out, ' ');
        }
        writer_u8(out, letters.data[i]);
    }
}

void offer_text(struct writer *out, const struct offer *offer) {
    assert(offer->address_count <= ADDRESSES_MAX);
    uint8_t sum[ARMOUR_SUM_BYTES];
    size_t count = offer->address_count;
    struct writer bytes, letters;

    writer_init(&bytes, OFFER_BYTES_MAX);
    writer_init(&letters, INVITE_TEXT_BYTES_MAX);
    offer_write(&bytes, offer, count, (struct span) { 0 });
    while (count > 0 && !text_fits(bytes.len)) {
        writer_reset(&bytes);
        offer_write(&bytes, offer, --count, (struct span) { 0 });
    }
    armour_sum(sum, writer_view(&bytes));
    writer_span(&bytes, span_of(sum, sizeof sum));
    base32_write(&letters, writer_view(&bytes));
    assert(!letters.failed);
    groups_write(out, writer_view(&letters));
    writer_clear(&letters);
    writer_clear(&bytes);
}

/* Appends to `bytes` the OFFER that the grouped text says. */
static enum rb_status groups_read(struct span text, struct writer *bytes) {
    struct writer letters = { .max = INVITE_TEXT_BYTES_MAX };
    struct writer whole = { .max = INVITE_TEXT_BYTES_MAX };
    uint8_t sum[ARMOUR_SUM_BYTES];
    enum rb_status status = RB_MALFORMED;

    armour_letters(&letters, text);
    if (writer_end(&letters) != RB_OK || base32_read(writer_view(&letters), &whole) != RB_OK ||
        whole.len < ARMOUR_SUM_BYTES) {
        goto done;
    }
    const struct span offer = span_of(whole.data, whole.len - ARMOUR_SUM_BYTES);
    armour_sum(sum, offer);
    if (span_equal(span_of(sum, sizeof sum), span_of(whole.data + offer.len, ARMOUR_SUM_BYTES))) {
        writer_span(bytes, offer);
        status = writer_end(bytes);
    }
done:
    writer_clear(&whole);
    writer_clear(&letters);
    return status;
}

static enum rb_status addresses_read(struct reader *reader, struct offer *offer) {
    offer->address_count = (size_t)cbor_read_array(reader, ADDRESSES_MAX);
    for (size_t i = 0; i < offer->address_count; i++) {
        offer->addresses[i] = cbor_read_text(reader, ADDRESS_BYTES_MAX);
        if (!address_is_valid(offer->addresses[i])) {
            return RB_MALFORMED;
        }
    }
    return RB_OK;
}

/* All but what follows from the secret. */
static enum rb_status offer_decode(struct span bytes, uint8_t secret[static INVITE_SECRET_BYTES],
                                   struct offer *offer) {
    struct reader reader = reader_of(bytes);
    struct card card;

    enum rb_status status = array_begin(&reader, OFFER_ITEMS);
    if (status != RB_OK) {
        return status;
    }
    cbor_read_fixed(&reader, secret, INVITE_SECRET_BYTES);
    offer->until_s = (int64_t)cbor_read_uint(&reader, UNTIL_S_END - 1);
    status = addresses_read(&reader, offer);
    const bool has_card = !cbor_read_null(&reader);
    if (has_card) {
        offer->card = cbor_read_bytes(&reader, CARD_BYTES_MAX);
    }
    if (status != RB_OK || reader_end(&reader) != RB_OK) {
        return RB_MALFORMED;
    }
    return has_card ? card_decode(offer->card, &card) : RB_OK;
}

enum rb_status offer_read(struct span text, struct writer *bytes, struct invite_keys *keys,
                          struct offer *offer) {
    assert(bytes->len == 0);
    uint8_t secret[INVITE_SECRET_BYTES] = { 0 };
    struct offer value = { .keys = keys };

    enum rb_status status = armour_read(text, offer_kind, OFFER_BYTES_MAX, bytes);
    if (status == RB_MALFORMED) {
        status = groups_read(text, bytes);
    }
    if (status == RB_OK) {
        status = offer_decode(writer_view(bytes), secret, &value);
    }
    if (status == RB_OK) {
        memcpy(keys->secret, secret, sizeof keys->secret);
        invite_keys_derive(keys);
        *offer = value;
    } else {
        writer_reset(bytes);
    }
    crypt_wipe(secret, sizeof secret);
    return status;
}

/* ---- The answer ---- */

static void answer_tag(uint8_t tag[static HASH_BYTES], const struct invite_keys *keys,
                       struct span card) {
    crypt_hash(tag, HASH_BYTES, span_of(keys->answer, sizeof keys->answer), "rk.invans", &card, 1);
}

enum rb_status answer_make(struct writer *out, const struct invite_keys *keys, struct span card) {
    assert(card.len <= CARD_BYTES_MAX);
    uint8_t tag[HASH_BYTES];

    answer_tag(tag, keys, card);
    cbor_write_array(out, ANSWER_ITEMS);
    cbor_write_uint(out, FORMAT_VERSION);
    cbor_write_bytes(out, span_of(keys->name, sizeof keys->name));
    cbor_write_bytes(out, card);
    cbor_write_bytes(out, span_of(tag, sizeof tag));
    return writer_end(out);
}

enum rb_status answer_decode(struct span bytes, struct invite_answer *answer) {
    struct reader reader = reader_of(bytes);
    struct invite_answer value;

    enum rb_status status = array_begin(&reader, ANSWER_ITEMS);
    if (status != RB_OK) {
        return status;
    }
    cbor_read_fixed(&reader, value.name, sizeof value.name);
    value.card = cbor_read_bytes(&reader, CARD_BYTES_MAX);
    cbor_read_fixed(&reader, value.tag, sizeof value.tag);
    status = reader_end(&reader);
    if (status == RB_OK) {
        *answer = value;
    }
    return status;
}

enum rb_status answer_verify(const struct invite_answer *answer, const struct invite_keys *keys) {
    uint8_t tag[HASH_BYTES];

    answer_tag(tag, keys, answer->card);
    return crypt_equal(tag, answer->tag, sizeof tag) &&
                   crypt_equal(keys->name, answer->name, sizeof keys->name)
               ? RB_OK
               : RB_BAD_SIGNATURE;
}

void answer_armour(struct writer *out, struct span answer) {
    assert(answer.len <= INVITE_ANSWER_BYTES_MAX);
    armour_write(out, answer_kind, answer);
}

enum rb_status answer_unarmour(struct span text, struct writer *out) {
    return armour_read(text, answer_kind, INVITE_ANSWER_BYTES_MAX, out);
}
