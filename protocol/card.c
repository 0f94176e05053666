/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cards, the armour and the addresses of credential.h. */
#include "protocol/credential.h"

#include "protocol/cbor.h"
#include "protocol/envelope.h"
#include "protocol/text.h"

#include <assert.h>
#include <string.h>

enum { CARD_ITEMS = 6, CARD_ITEMS_MAX = 7 /* with a chain */ };

#define MILLIS_END                                                                                 \
    (INT64_C(1) << 48) /* what is not below is no time: clocks of events have 48 bits */

static const char card_label[] = "rk.card";

/* ---- Addresses and telephone ---- */

static bool is_letter_or_digit(uint8_t character) {
    return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
           (character >= 'A' && character <= 'Z');
}

/* A host name or an IPv4 address: labels of letters, digits and inner hyphens. */
static bool host_is_valid(struct span host) {
    uint8_t before = '.';

    for (size_t i = 0; i < host.len; i++) {
        uint8_t character = host.data[i];
        if (!is_letter_or_digit(character) && character != '-' && character != '.') {
            return false;
        }
        bool at_border = before == '.' || character == '.';
        if (at_border && (!is_letter_or_digit(before) && !is_letter_or_digit(character))) {
            return false;
        }
        before = character;
    }
    return is_letter_or_digit(before);
}

/* The characters of an IPv6 address without a zone, which would mean something here only.  Whether
 * the groups are right is for the resolver to say. */
static bool ipv6_is_valid(struct span host) {
    static const char allowed[] = "0123456789abcdefABCDEF:.";
    size_t colons = 0;

    for (size_t i = 0; i < host.len; i++) {
        if (memchr(allowed, host.data[i], sizeof allowed - 1) == NULL) {
            return false;
        }
        colons += host.data[i] == ':' ? 1 : 0;
    }
    return colons >= 2 && colons <= 7;
}

static bool port_is_valid(struct span port) {
    unsigned value = 0;

    if (port.len == 0 || port.len > 5 || port.data[0] == '0') {
        return false;
    }
    for (size_t i = 0; i < port.len; i++) {
        if (port.data[i] < '0' || port.data[i] > '9') {
            return false;
        }
        value = value * 10 + (unsigned)(port.data[i] - '0');
    }
    return value <= UINT16_MAX;
}

bool address_is_valid(struct span address) {
    struct reader reader = reader_of(address);
    struct span scheme = reader_span(&reader, strlen("tcp://"));

    if (address.len > ADDRESS_BYTES_MAX || !span_equal(scheme, span_text("tcp://"))) {
        return false;
    }
    size_t host_len = reader.rest.len;
    while (host_len > 0 && reader.rest.data[host_len - 1] != ':') {
        host_len--;
    }
    if (host_len < 2) {
        return false; /* No colon, or nothing before it. */
    }
    struct span host = reader_span(&reader, host_len - 1);
    bool in_brackets = host.len > 2 && host.data[0] == '[' && host.data[host.len - 1] == ']';
    bool valid_host =
        in_brackets ? ipv6_is_valid(span_of(host.data + 1, host.len - 2)) : host_is_valid(host);
    (void)reader_u8(&reader); /* The colon. */
    return valid_host && port_is_valid(reader.rest);
}

static bool telephone_is_valid(struct span telephone) {
    if (telephone.len > TELEPHONE_BYTES_MAX) {
        return false;
    }
    while (telephone.len > 0) {
        if (text_is_unprintable(text_next(&telephone))) {
            return false;
        }
    }
    return true;
}

/* ---- Cards ---- */

static enum rb_status contacts_check(const struct span *addresses, size_t address_count,
                                     struct span telephone) {
    bool valid = address_count <= ADDRESSES_MAX && telephone_is_valid(telephone);

    for (size_t i = 0; valid && i < address_count; i++) {
        valid = address_is_valid(addresses[i]);
    }
    return valid ? RB_OK : RB_MALFORMED;
}

enum rb_status card_issue(struct writer *out, const struct identity *identity,
                          struct span person_cert, struct span device_cert, struct span seal_key,
                          struct span chain, const struct span *addresses, size_t address_count,
                          struct span telephone, int64_t now_ms) {
    assert(now_ms >= 0);
    assert(now_ms < MILLIS_END);
    struct writer body;
    struct writer whole;
    struct card card;
    enum rb_status status = contacts_check(addresses, address_count, telephone);

    if (status != RB_OK) {
        return status;
    }
    writer_init(&body, CARD_BYTES_MAX);
    writer_init(&whole, CARD_BYTES_MAX);
    cbor_write_array(&body, chain.len == 0 ? CARD_ITEMS : CARD_ITEMS_MAX);
    cbor_write_bytes(&body, person_cert);
    cbor_write_bytes(&body, device_cert);
    cbor_write_bytes(&body, seal_key);
    cbor_write_array(&body, address_count);
    for (size_t i = 0; i < address_count; i++) {
        cbor_write_text(&body, addresses[i]);
    }
    cbor_write_text(&body, telephone);
    cbor_write_uint(&body, (uint64_t)now_ms);
    writer_span(&body, chain);
    envelope_write(&whole, &identity->device, card_label, writer_view(&body));
    /* What leaves the house is a card that anybody can verify. */
    status = card_decode(writer_view(&whole), &card);
    if (status == RB_OK) {
        writer_span(out, writer_view(&whole));
        status = writer_end(out);
    }
    writer_clear(&whole);
    writer_clear(&body);
    return status;
}

/* The parts of a card as they stand in its body. */
struct card_parts {
    struct span person, device, seal;
};

static enum rb_status card_read_body(struct span body, struct card_parts *parts,
                                     struct card *card) {
    struct reader reader = reader_of(body);

    uint64_t items = cbor_read_array(&reader, CARD_ITEMS_MAX);
    parts->person = cbor_read_bytes(&reader, CERT_BYTES_MAX);
    parts->device = cbor_read_bytes(&reader, CERT_BYTES_MAX);
    parts->seal = cbor_read_bytes(&reader, CERT_BYTES_MAX);
    card->address_count = (size_t)cbor_read_array(&reader, ADDRESSES_MAX);
    for (size_t i = 0; i < card->address_count; i++) {
        card->addresses[i] = cbor_read_text(&reader, ADDRESS_BYTES_MAX);
    }
    card->telephone = cbor_read_text(&reader, TELEPHONE_BYTES_MAX);
    card->issued_ms = (int64_t)cbor_read_uint(&reader, MILLIS_END - 1);
    if (items == CARD_ITEMS_MAX) {
        card->chain = cbor_read_item(&reader);
    }
    if (reader_end(&reader) != RB_OK || items < CARD_ITEMS) {
        return RB_MALFORMED;
    }
    return contacts_check(card->addresses, card->address_count, card->telephone);
}

static enum rb_status card_decode_parts(const struct card_parts *parts, struct card *card) {
    enum rb_status status = cert_decode(parts->person, &card->person);

    if (status == RB_OK) {
        status = cert_decode(parts->device, &card->device);
    }
    if (status == RB_OK) {
        status = seal_key_decode(parts->seal, &card->seal);
    }
    return status;
}

static enum rb_status card_verify(struct span bytes, struct card *card) {
    enum rb_status status =
        cert_verify_chain(&card->person, &card->device, card->chain, &card->letter);

    if (status == RB_OK) {
        status = seal_key_verify(&card->seal, &card->device);
    }
    if (status == RB_OK) {
        status = envelope_verify(bytes, CARD_BYTES_MAX, card_label, card->device.subject);
    }
    return status;
}

enum rb_status card_decode(struct span bytes, struct card *card) {
    struct envelope envelope;
    struct card_parts parts;
    struct card value = { 0 };

    enum rb_status status = envelope_decode(bytes, CARD_BYTES_MAX, &envelope);
    if (status == RB_OK) {
        status = card_read_body(envelope.body, &parts, &value);
    }
    if (status == RB_OK) {
        status = card_decode_parts(&parts, &value);
    }
    if (status == RB_OK) {
        status = card_verify(bytes, &value);
    }
    if (status != RB_OK) {
        return status;
    }
    *card = value;
    return RB_OK;
}

/* ---- Armour ---- */

enum { ARMOUR_COLUMNS = 60, CHECKSUM_BYTES = 5, CHECKSUM_LETTERS = 8 };
enum { CARD_LETTERS_MAX = (CARD_BYTES_MAX * 8 + 4) / 5 };

static const char armour_begin[] = "-----BEGIN REMBUK CARD-----";
static const char armour_end[] = "-----END REMBUK CARD-----";

static void checksum(uint8_t sum[static SHORT_HASH_BYTES], struct span card) {
    crypt_hash(sum, SHORT_HASH_BYTES, (struct span) { 0 }, "rk.sum", &card, 1);
}

static void line_write(struct writer *writer, struct span line) {
    writer_span(writer, line);
    writer_u8(writer, '\n');
}

void card_armour(struct writer *out, struct span card) {
    assert(card.len <= CARD_BYTES_MAX);
    uint8_t sum[SHORT_HASH_BYTES];
    struct writer letters;

    writer_init(&letters, CARD_LETTERS_MAX);
    base32_write(&letters, card);
    line_write(out, span_text(armour_begin));
    struct reader rest = reader_of(writer_view(&letters));
    while (rest.rest.len > 0) {
        size_t len = rest.rest.len < ARMOUR_COLUMNS ? rest.rest.len : ARMOUR_COLUMNS;
        line_write(out, reader_span(&rest, len));
    }
    checksum(sum, card);
    writer_u8(out, '=');
    base32_write(out, span_of(sum, CHECKSUM_BYTES));
    writer_u8(out, '\n');
    line_write(out, span_text(armour_end));
    writer_clear(&letters);
}

/* Moves the reader behind the first `mark` and returns what stood before it; fails without one. */
static struct span reader_until(struct reader *reader, struct span mark) {
    struct span rest = reader->rest;

    for (size_t at = 0; !reader->failed && at + mark.len <= rest.len; at++) {
        if (memcmp(rest.data + at, mark.data, mark.len) == 0) {
            struct span before = reader_span(reader, at);
            (void)reader_span(reader, mark.len); /* Just compared. */
            return before;
        }
    }
    reader->failed = true;
    return (struct span) { 0 };
}

/* `text` without blanks and line ends. */
static void letters_write(struct writer *letters, struct span text) {
    for (size_t i = 0; i < text.len; i++) {
        if (!text_is_blank(text.data[i])) {
            writer_u8(letters, text.data[i]);
        }
    }
}

/* Appends to `bytes` what the letters mean; `letters` is for passing use. */
static enum rb_status letters_decode(struct writer *letters, struct span text,
                                     struct writer *bytes) {
    writer_reset(letters);
    letters_write(letters, text);
    return writer_end(letters) == RB_OK ? base32_read(writer_view(letters), bytes) : RB_MALFORMED;
}

enum rb_status card_unarmour(struct span text, struct writer *out) {
    struct reader reader = reader_of(text);
    struct writer letters = { .max = CARD_LETTERS_MAX };
    struct writer card = { .max = CARD_BYTES_MAX };
    struct writer sum = { .max = CHECKSUM_BYTES };
    uint8_t expected[SHORT_HASH_BYTES];
    enum rb_status status = RB_MALFORMED;

    (void)reader_until(&reader, span_text(armour_begin)); /* Whatever stands before. */
    struct reader armour = reader_of(reader_until(&reader, span_text(armour_end)));
    struct span body = reader_until(&armour, span_text("="));
    if (reader.failed || armour.failed || letters_decode(&letters, body, &card) != RB_OK ||
        letters_decode(&letters, armour.rest, &sum) != RB_OK) {
        goto done;
    }
    checksum(expected, writer_view(&card));
    if (!span_equal(writer_view(&sum), span_of(expected, CHECKSUM_BYTES))) {
        goto done;
    }
    writer_span(out, writer_view(&card));
    status = writer_end(out);
done:
    writer_clear(&sum);
    writer_clear(&card);
    writer_clear(&letters);
    return status;
}
