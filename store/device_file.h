/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file by which a further device is admitted (docs/protocol.md, 14).  It tells nobody anything
 * that a card would not; who has it without the keys that it names can do nothing with it.
 *
 *   [DEVICE] = [ bstr person CERT, bstr chain or x'', bstr device CERT, bstr CARD of who admits ]
 */
#ifndef REMBUK_STORE_DEVICE_FILE_H
#define REMBUK_STORE_DEVICE_FILE_H

#include "protocol/credential.h"

/* Borrowed from the bytes. */
struct device_file {
    struct span person_cert, chain, device_cert, card;
};
void device_file_write(struct writer *out, const struct device_file *file);

/* The same verified: every certificate, and that the card is of that person, of another device. */
struct device_admission {
    struct device_file file;
    struct cert person, device;
    struct card by;
};

/* RB_MALFORMED, RB_UNKNOWN, RB_BAD_SIGNATURE. */
enum rb_status device_file_read(struct span bytes, struct device_admission *out) RB_MUST_CHECK;

#endif
