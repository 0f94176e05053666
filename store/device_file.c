/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/device_file.h"

#include "protocol/cbor.h"

#include <string.h>

enum { DEVICE_FILE_ITEMS = 4 };

void device_file_write(struct writer *out, const struct device_file *file) {
    cbor_write_array(out, DEVICE_FILE_ITEMS);
    cbor_write_bytes(out, file->person_cert);
    cbor_write_bytes(out, file->chain);
    cbor_write_bytes(out, file->device_cert);
    cbor_write_bytes(out, file->card);
}

static enum rb_status file_split(struct span bytes, struct device_file *file) {
    struct reader reader = reader_of(bytes);

    if (cbor_check(bytes) != RB_OK ||
        cbor_read_array(&reader, DEVICE_FILE_ITEMS) != DEVICE_FILE_ITEMS) {
        return RB_MALFORMED;
    }
    file->person_cert = cbor_read_bytes(&reader, CERT_BYTES_MAX);
    file->chain = cbor_read_bytes(&reader, CHAIN_BYTES_MAX);
    file->device_cert = cbor_read_bytes(&reader, CERT_BYTES_MAX);
    file->card = cbor_read_bytes(&reader, CARD_BYTES_MAX);
    return reader_end(&reader);
}

/* The card may carry another letter of the person than the file does, but no other person. */
static enum rb_status file_conclude(const struct device_admission *value) {
    const struct cert *by = &value->by.device;

    if (memcmp(value->by.person.person, value->person.person, HASH_BYTES) != 0 ||
        memcmp(by->subject, value->device.subject, sizeof by->subject) == 0 ||
        memcmp(by->transport, value->device.transport, sizeof by->transport) == 0) {
        return RB_MALFORMED;
    }
    return RB_OK;
}

enum rb_status device_file_read(struct span bytes, struct device_admission *out) {
    struct device_admission value;
    struct letter letter;

    enum rb_status status = file_split(bytes, &value.file);
    if (status == RB_OK) {
        status = cert_decode(value.file.person_cert, &value.person);
    }
    if (status == RB_OK) {
        status = cert_decode(value.file.device_cert, &value.device);
    }
    if (status == RB_OK) {
        status = cert_verify_chain(&value.person, &value.device, value.file.chain, &letter);
    }
    if (status == RB_OK) {
        status = card_decode(value.file.card, &value.by);
    }
    if (status == RB_OK) {
        status = file_conclude(&value);
    }
    if (status == RB_OK) {
        *out = value;
    }
    return status;
}
