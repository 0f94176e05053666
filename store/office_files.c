/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/office_files.h"

#include "protocol/cbor.h"
#include "protocol/envelope.h"
#include "protocol/text.h"

#include <string.h>

/* ---- What an office may ---- */

enum cert_rank office_rank_of(struct span region) {
    switch (region.len) {
    case 0:
    case 2:
        return RANK_PROVINCE;
    case 4:
        return RANK_DISTRICT;
    case 6:
        return RANK_SUPERVISOR;
    default:
        return RANK_WORKER;
    }
}

static bool is_within(struct span region, struct span whole) {
    return region.len >= whole.len && span_equal(span_of(region.data, whole.len), whole);
}

enum office_rule office_rule(const struct cert *office, enum cert_rank rank, struct span region) {
    if (rank <= office->rank) {
        return OFFICE_RANK;
    }
    return is_within(region, office->region) ? OFFICE_MAY : OFFICE_REGION;
}

/* ---- Root keys ---- */

enum { ROOT_KEY_BYTES = SIGN_SEED_BYTES + 1 };

_Static_assert(8 * ROOT_KEY_BYTES == WORD_BITS * ROOT_KEY_WORDS, "the words hold all, and no more");

static uint8_t sum_of(const uint8_t seed[static SIGN_SEED_BYTES]) {
    const struct span secret = span_of(seed, SIGN_SEED_BYTES);
    uint8_t hash[SHORT_HASH_BYTES];

    crypt_hash(hash, sizeof hash, (struct span) { 0 }, "rk.rootkey", &secret, 1);
    const uint8_t sum = hash[0];
    crypt_wipe(hash, sizeof hash);
    return sum;
}

void root_words_write(struct writer *out, const uint8_t seed[static SIGN_SEED_BYTES]) {
    uint8_t key[ROOT_KEY_BYTES];

    memcpy(key, seed, SIGN_SEED_BYTES);
    key[SIGN_SEED_BYTES] = sum_of(seed);
    words_write(out, span_of(key, sizeof key), ROOT_KEY_WORDS);
    crypt_wipe(key, sizeof key);
}

/* The line at the front of `text`, which moves on. */
static struct span line_take(struct span *text) {
    size_t len = 0;

    while (len < text->len && text->data[len] != '\n') {
        len++;
    }
    const struct span line = span_of(text->data, len);
    const size_t taken = len < text->len ? len + 1 : len;
    *text = span_of(text->data + taken, text->len - taken);
    return line;
}

/* The next run of characters that are no blanks; empty at the end. */
static struct span word_take(struct span *line) {
    size_t at = 0, end;

    while (at < line->len && text_is_blank(line->data[at])) {
        at++;
    }
    for (end = at; end < line->len && !text_is_blank(line->data[end]); end++) {
    }
    const struct span word = span_of(line->data + at, end - at);
    *line = span_of(line->data + end, line->len - end);
    return word;
}

static bool begins_with(struct span text, const char *front) {
    const struct span wanted = span_text(front);

    return text.len >= wanted.len && span_equal(span_of(text.data, wanted.len), wanted);
}

/* Puts the 11 bits of the word that is number `nth`, from 0, at their place. */
static void bits_put(uint8_t key[static ROOT_KEY_BYTES], size_t nth, unsigned word) {
    for (size_t i = 0; i < WORD_BITS; i++) {
        const size_t bit = nth * WORD_BITS + i;
        if ((word >> (WORD_BITS - 1 - i) & 1U) != 0) {
            key[bit / 8] = (uint8_t)(key[bit / 8] | (0x80U >> bit % 8));
        }
    }
}

struct words_reading {
    uint8_t key[ROOT_KEY_BYTES];
    size_t count;
    size_t wrong; /* the first word that is not in the list, from 1; 0: none */
    bool armoured;
};

static void words_read_line(struct words_reading *reading, struct span line) {
    for (struct span word = word_take(&line); word.len > 0; word = word_take(&line)) {
        const int number = words_find(word);
        if (number < 0 && reading->wrong == 0) {
            reading->wrong = reading->count + 1;
        }
        if (number >= 0 && reading->count < ROOT_KEY_WORDS) {
            bits_put(reading->key, reading->count, (unsigned)number);
        }
        reading->count++;
    }
}

static enum rb_status words_judge(const struct words_reading *reading, size_t *nth) {
    if (reading->count != ROOT_KEY_WORDS) {
        return RB_MALFORMED;
    }
    if (reading->wrong != 0) {
        *nth = reading->wrong;
        return RB_NOT_FOUND;
    }
    return sum_of(reading->key) == reading->key[SIGN_SEED_BYTES] ? RB_OK : RB_BAD_SIGNATURE;
}

enum rb_status root_words_read(struct span text, uint8_t seed[static SIGN_SEED_BYTES],
                               size_t *nth) {
    struct words_reading reading = { .count = 0 };

    while (text.len > 0) {
        const struct span line = line_take(&text);
        const bool is_mark = begins_with(line, "-----");
        if (!is_mark && !reading.armoured && !begins_with(line, "#")) {
            words_read_line(&reading, line);
        }
        reading.armoured = is_mark ? begins_with(line, "-----BEGIN ") : reading.armoured;
    }
    const enum rb_status status = words_judge(&reading, nth);
    if (status == RB_OK) {
        memcpy(seed, reading.key, SIGN_SEED_BYTES);
    }
    crypt_wipe(&reading, sizeof reading);
    return status;
}

/* ---- Requests ---- */

enum { REQUEST_VERSION = 1 };

static const char request_label[] = "rk.office";

enum request_field {
    REQUEST_FIELD_VERSION = 0,
    REQUEST_FIELD_KEY = 1,
    REQUEST_FIELD_NAME = 2,
    REQUEST_FIELD_REGION = 3,
    REQUEST_FIELD_RANK = 4,
    REQUEST_PAIRS
};

#define BIT(field) (1U << (field))

static bool region_is_valid(struct span region) {
    for (size_t i = 0; i < region.len; i++) {
        if (region.data[i] < '0' || region.data[i] > '9') {
            return false;
        }
    }
    return region.len == 10 || (region.len <= 6 && region.len % 2 == 0);
}

static bool facts_are_valid(const struct office_facts *facts) {
    return text_is_name(facts->name) && region_is_valid(facts->region) &&
           facts->rank >= RANK_PROVINCE && facts->rank <= RANK_WORKER;
}

enum rb_status office_request_write(struct writer *out, const struct sign_key *key,
                                    const struct office_facts *facts) {
    struct writer body;

    if (!facts_are_valid(facts)) {
        return RB_MALFORMED;
    }
    writer_init(&body, CERT_BYTES_MAX);
    cbor_write_map(&body, REQUEST_PAIRS);
    cbor_write_uint(&body, REQUEST_FIELD_VERSION);
    cbor_write_uint(&body, REQUEST_VERSION);
    cbor_write_uint(&body, REQUEST_FIELD_KEY);
    cbor_write_bytes(&body, span_of(key->public, SIGN_PUBLIC_BYTES));
    cbor_write_uint(&body, REQUEST_FIELD_NAME);
    cbor_write_text(&body, facts->name);
    cbor_write_uint(&body, REQUEST_FIELD_REGION);
    cbor_write_text(&body, facts->region);
    cbor_write_uint(&body, REQUEST_FIELD_RANK);
    cbor_write_uint(&body, facts->rank);
    envelope_write(out, key, request_label, writer_view(&body));
    writer_clear(&body);
    return writer_end(out);
}

static void request_read_field(struct reader *reader, uint64_t field,
                               struct office_request *value) {
    switch (field) {
    case REQUEST_FIELD_KEY:
        cbor_read_fixed(reader, value->pk, sizeof value->pk);
        break;
    case REQUEST_FIELD_NAME:
        value->facts.name = cbor_read_text(reader, NAME_BYTES_MAX);
        break;
    case REQUEST_FIELD_REGION:
        value->facts.region = cbor_read_text(reader, REGION_BYTES_MAX);
        break;
    case REQUEST_FIELD_RANK:
        value->facts.rank = (enum cert_rank)cbor_read_uint(reader, RANK_WORKER);
        break;
    default:
        cbor_skip(reader);
        break;
    }
}

static enum rb_status request_read_body(struct span body, struct office_request *value) {
    struct reader reader = reader_of(body);
    struct cbor_map map = cbor_read_map(&reader);
    unsigned seen = BIT(REQUEST_FIELD_VERSION);
    uint64_t field = 0;

    if (!cbor_map_next(&map, &reader, &field) || field != REQUEST_FIELD_VERSION) {
        return RB_MALFORMED;
    }
    const uint64_t version = cbor_read_uint(&reader, UINT64_MAX);
    if (version != REQUEST_VERSION) {
        return version > REQUEST_VERSION ? RB_UNKNOWN : RB_MALFORMED;
    }
    while (cbor_map_next(&map, &reader, &field)) {
        request_read_field(&reader, field, value);
        seen |= field < REQUEST_PAIRS ? BIT(field) : 0;
    }
    const bool is_whole = reader_end(&reader) == RB_OK && seen == BIT(REQUEST_PAIRS) - 1;
    return is_whole && facts_are_valid(&value->facts) ? RB_OK : RB_MALFORMED;
}

enum rb_status office_request_read(struct span bytes, struct office_request *request) {
    struct envelope envelope;
    struct office_request value = { .facts = { .rank = RANK_ROOT } };
    enum rb_status status = envelope_decode(bytes, CERT_BYTES_MAX, &envelope);

    if (status == RB_OK) {
        status = request_read_body(envelope.body, &value);
    }
    if (status == RB_OK) {
        status = envelope_verify(bytes, CERT_BYTES_MAX, request_label, value.pk);
    }
    if (status == RB_OK) {
        *request = value;
    }
    return status;
}

/* ---- Letters ---- */

void letter_file_write(struct writer *out, struct span person_cert, struct span chain) {
    cbor_write_array(out, 2);
    cbor_write_bytes(out, person_cert);
    cbor_write_bytes(out, chain);
}

enum rb_status letter_file_read(struct span bytes, struct span *person_cert, struct span *chain) {
    struct reader reader = reader_of(bytes);

    if (cbor_check(bytes) != RB_OK || cbor_read_array(&reader, 2) != 2) {
        return RB_MALFORMED;
    }
    const struct span cert = cbor_read_bytes(&reader, CERT_BYTES_MAX);
    const struct span above = cbor_read_bytes(&reader, CHAIN_BYTES_MAX);
    if (reader_end(&reader) != RB_OK || above.len == 0) {
        return RB_MALFORMED;
    }
    *person_cert = cert;
    *chain = above;
    return RB_OK;
}

/* ---- Chains ---- */

enum rb_status chain_put_first(struct writer *out, struct span cert, struct span chain) {
    struct reader reader = reader_of(chain);
    const uint64_t above = cbor_read_array(&reader, CHAIN_CERTS_MAX);

    if (reader.failed) {
        return RB_MALFORMED;
    }
    if (above == CHAIN_CERTS_MAX) {
        return RB_TOO_LARGE;
    }
    cbor_write_array(out, above + 1);
    cbor_write_bytes(out, cert);
    writer_span(out, reader.rest);
    return writer_end(out);
}
