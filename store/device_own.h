/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The other devices of oneself as this home knows them: those that were admitted here, and those
 * that operations of circles name.  Whatever is kept of one was signed by the own person's key.
 * Inside the store layer. */
#ifndef REMBUK_STORE_DEVICE_OWN_H
#define REMBUK_STORE_DEVICE_OWN_H

#include "store/devices.h"

/* More than CIRCLE_DEVICES_MAX, since revoked ones stay. */
enum { OWN_DEVICES_KEPT_MAX = 64 };

/* In a query with `circle`, whose ?1 is the own person: whether the circle lacks an own device that
 * keys could be sealed to. */
#define CIRCLE_LACKS_OWN_DEVICE                                                                    \
    "EXISTS (SELECT 1 FROM own_device"                                                             \
    "  WHERE own_device.seal IS NOT NULL"                                                          \
    "    AND own_device.cert NOT IN (SELECT cert FROM revocation WHERE person = ?1)"               \
    "    AND NOT EXISTS (SELECT 1 FROM cert"                                                       \
    "      WHERE cert.circle = circle.id AND cert.device = own_device.cert))"

/* A copy. */
struct own_device {
    struct device_row row;
    uint8_t whole[CERT_BYTES_MAX]; /* its certificate */
    size_t whole_len;
    uint8_t seal[CERT_BYTES_MAX]; /* its newest XKEY that is known */
    size_t seal_len;              /* 0: none is, and nothing can be sealed to it */
};

/* An operation of a circle names this device, with this seal key, both verified.  Nothing is kept
 * of others' devices nor of this one.  In the caller's transaction. */
enum rb_status own_device_heard(struct store *store, const struct cert *device,
                                const struct seal_key *seal) RB_MUST_CHECK;

/* Keeps what is newer of a device: its certificate and, unless NULL, its seal key and its card.  In
 * the caller's transaction.  RB_TOO_LARGE: OWN_DEVICES_KEPT_MAX. */
enum rb_status own_device_keep(struct store *store, const struct cert *device,
                               const struct seal_key *seal, const struct span *card,
                               int64_t card_ms) RB_MUST_CHECK;

/* RB_NOT_FOUND. */
enum rb_status own_device_find(struct store *store, const uint8_t cert[static CERT_ID_BYTES],
                               struct own_device *device) RB_MUST_CHECK;

/* All but this one, the oldest first; `*devices` is allocated, the caller frees. */
enum rb_status own_devices_load(struct store *store, struct own_device **devices, size_t *count)
    RB_MUST_CHECK;

/* Appends the card of a device, for its addresses; nothing if none is here. */
enum rb_status own_device_card(struct store *store, const uint8_t cert[static CERT_ID_BYTES],
                               struct writer *card) RB_MUST_CHECK;

/* Whether a certificate of this person's is known to be revoked. */
enum rb_status cert_is_known_revoked(struct store *store, const uint8_t cert[static CERT_ID_BYTES],
                                     const uint8_t person[static HASH_BYTES], bool *revoked)
    RB_MUST_CHECK;

#endif
