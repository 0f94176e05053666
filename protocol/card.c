/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cards and the addresses of credential.h. */
#include "protocol/credential.h"

#include "protocol/armour.h"
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
    return telephone.len <= TELEPHONE_BYTES_MAX && text_is_printable(telephone);
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

static const char armour_kind[] = "CARD";

void card_armour(struct writer *out, struct span card) {
    assert(card.len <= CARD_BYTES_MAX);
    armour_write(out, armour_kind, card);
}

enum rb_status card_unarmour(struct span text, struct writer *out) {
    return armour_read(text, armour_kind, CARD_BYTES_MAX, out);
}
