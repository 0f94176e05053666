/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words, offers and answers from strangers.  No fuzzer finds a checksum, so the bytes are read both
 * as they are and within an armour and a grouped text that fit; what is read says the same again
 * when it is written. */
#include "tests/fuzz/fuzz.h"

#include "protocol/armour.h"
#include "protocol/invite.h"
#include "protocol/text.h"

#include <assert.h>
#include <string.h>

enum { TEXT_MAX = 4 * CARD_TEXT_BYTES_MAX };

static void words_read(struct span typed) {
    struct writer told = { .max = 256 };
    struct invite_keys keys, again;
    struct invite_typo typo;

    if (invite_words_read(typed, &keys, &typo) == RB_OK) {
        assert(typo.count == INVITE_WORDS);
        invite_words(&told, &keys);
        enum rb_status status = invite_words_read(writer_view(&told), &again, &typo);
        assert(status == RB_OK);
        assert(memcmp(&keys, &again, sizeof keys) == 0);
    }
    assert(typo.at <= INVITE_WORDS);
    writer_clear(&told);
}

/* The armour of what was read, read again. */
static void offer_again(const struct offer *offer) {
    struct writer text = { .max = TEXT_MAX }, bytes = { .max = OFFER_BYTES_MAX };
    struct invite_keys keys;
    struct offer again;

    offer_armour(&text, offer);
    enum rb_status status = offer_read(writer_view(&text), &bytes, &keys, &again);
    assert(status == RB_OK);
    assert(memcmp(&keys, offer->keys, sizeof keys) == 0);
    assert(again.until_s == offer->until_s);
    assert(again.address_count == offer->address_count);
    assert(span_equal(again.card, offer->card));
    writer_reset(&text);
    offer_text(&text, offer);
    assert(text.len <= INVITE_TEXT_BYTES_MAX);
    writer_reset(&bytes);
    status = offer_read(writer_view(&text), &bytes, &keys, &again);
    assert(status == RB_OK);
    assert(again.address_count <= offer->address_count);
    writer_clear(&bytes);
    writer_clear(&text);
}

static void offer_of(struct span text) {
    struct writer bytes = { .max = OFFER_BYTES_MAX };
    struct invite_keys keys;
    struct offer offer;

    if (offer_read(text, &bytes, &keys, &offer) == RB_OK) {
        assert(offer.address_count <= ADDRESSES_MAX);
        offer_again(&offer);
    }
    writer_clear(&bytes);
}

static void offers_of(struct span bytes) {
    struct writer text = { .max = TEXT_MAX }, summed = { .max = TEXT_MAX };
    uint8_t sum[ARMOUR_SUM_BYTES];

    offer_of(bytes);
    armour_write(&text, "INVITATION", bytes);
    offer_of(writer_view(&text));
    writer_reset(&text);
    armour_sum(sum, bytes);
    writer_span(&summed, bytes);
    writer_span(&summed, span_of(sum, sizeof sum));
    base32_write(&text, writer_view(&summed));
    offer_of(writer_view(&text));
    writer_clear(&summed);
    writer_clear(&text);
}

static void answer_of(struct span bytes) {
    struct writer again = { .max = INVITE_ANSWER_BYTES_MAX };
    static struct invite_keys keys; /* all zeros: what follows from it is another matter */
    struct invite_answer answer;

    if (answer_decode(bytes, &answer) == RB_OK) {
        enum rb_status status = answer_verify(&answer, &keys);
        assert(status == RB_OK || status == RB_BAD_SIGNATURE);
        status = answer_make(&again, &keys, answer.card);
        assert(status == RB_OK);
        assert(again.len == bytes.len); /* one form only */
    }
    writer_reset(&again);
    (void)answer_unarmour(bytes, &again); /* It only must not read outside. */
    writer_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    const struct span bytes = span_of(data, len);

    if (crypt_start() != RB_OK) {
        return 0;
    }
    if (len > 0 && text_is_blank(data[0])) { /* to look for near words takes long */
        words_read(bytes);
        return 0;
    }
    offers_of(bytes);
    answer_of(bytes);
    return 0;
}
