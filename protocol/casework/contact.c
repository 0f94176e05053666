/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/contact.h"

#include "protocol/cbor.h"

enum { CONTACT_PERSON, CONTACT_STANDING, CONTACT_CARD };

#define BIT(field) (1u << (field))
#define NEEDED     (BIT(CONTACT_PERSON) | BIT(CONTACT_STANDING))

void contact_record_encode(struct writer *out, const struct contact_record *record) {
    cbor_write_map(out, record->card.len > 0 ? 3 : 2);
    cbor_write_uint(out, CONTACT_PERSON);
    cbor_write_bytes(out, span_of(record->person, sizeof record->person));
    cbor_write_uint(out, CONTACT_STANDING);
    cbor_write_uint(out, record->standing);
    if (record->card.len > 0) {
        cbor_write_uint(out, CONTACT_CARD);
        cbor_write_bytes(out, record->card);
    }
}

static void field_read(struct reader *reader, uint64_t key, struct contact_record *record) {
    switch (key) {
    case CONTACT_PERSON:
        cbor_read_fixed(reader, record->person, sizeof record->person);
        break;
    case CONTACT_STANDING:
        record->standing = (enum contact_standing)cbor_read_uint(reader, CONTACT_REMOVED);
        break;
    case CONTACT_CARD:
        record->card = cbor_read_bytes(reader, CONTACT_CARD_BYTES_MAX);
        break;
    default:
        cbor_skip(reader);
    }
}

/* A card that is left out is not there at all, and a removal never has one. */
static bool card_is_in_place(const struct contact_record *record, unsigned fields) {
    if ((fields & BIT(CONTACT_CARD)) == 0) {
        return true;
    }
    return record->card.len > 0 && record->standing != CONTACT_REMOVED;
}

enum rb_status contact_record_decode(struct span body, struct contact_record *record) {
    struct reader reader = reader_of(body);
    struct contact_record value = { 0 };
    unsigned fields = 0;
    uint64_t key;

    struct cbor_map map = cbor_read_map(&reader);
    while (cbor_map_next(&map, &reader, &key)) {
        fields |= key <= CONTACT_CARD ? BIT(key) : 0;
        field_read(&reader, key, &value);
    }
    if (reader_end(&reader) != RB_OK || (fields & NEEDED) != NEEDED ||
        !card_is_in_place(&value, fields)) {
        return RB_MALFORMED;
    }
    *record = value;
    return RB_OK;
}
