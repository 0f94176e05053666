/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The computers of a person (docs/decisions/018).  One home is one device; all devices of a person
 * have his standing in every circle, and his own circle (own.h) carries from one to the others what
 * concerns him alone.  The person's secret key stays where the person was made: that home alone can
 * admit further devices.
 *
 *   on the new computer  rembuk init, and its card in a file       (card)
 *   on the first one     device_admit: signs, and gives a file     [DEVICE]
 *   on the new one       device_take: from then on it is a device of that person
 *
 *   [DEVICE] = [ bstr person CERT, bstr chain or x'', bstr device CERT, bstr CARD of who admits ]
 *
 * Every other device of the person, and every circle, learns of it by a DEVICE operation.  That
 * needs a seal key of the new device, which it makes when it takes the file: the others learn it
 * when it asks for the first key (KEYREQ), or from its new card, given to device_admit. */
#ifndef REMBUK_STORE_DEVICES_H
#define REMBUK_STORE_DEVICES_H

#include "store/contacts.h"

#define DEVICE_FILE_ARMOUR "DEVICE" /* armour.h */

enum {
    DEVICE_FILE_BYTES_MAX = 2 * CERT_BYTES_MAX + CHAIN_BYTES_MAX + CARD_BYTES_MAX + 32,
    DEVICE_FILE_TEXT_BYTES_MAX = 32768 /* with what people wrote around it */
};

/* A copy. */
struct device_row {
    uint8_t cert[CERT_ID_BYTES];
    uint8_t pk[SIGN_PUBLIC_BYTES];
    uint8_t transport[BOX_PUBLIC_BYTES];
    char name[NAME_BYTES_MAX + 1];
    bool is_this; /* the one whose home this is */
    bool revoked;
    int64_t from_s;       /* since when its certificate holds */
    int64_t last_seen_ms; /* 0: never */
};

/* All devices of a person, oneself or another, as far as they are known here, the oldest first,
 * until `each` gives false. */
enum rb_status devices_each(struct store *store, const uint8_t person[static HASH_BYTES],
                            bool (*each)(void *context, const struct device_row *), void *context)
    RB_MUST_CHECK;

/* Whoever the node admits and dials: the other devices of oneself, and each device of each contact,
 * as a contact with the keys of that device; with the addresses, if it is the one of his card or
 * one of oneself, which goes by its own name.  No two have one transport key, and none has that of
 * this home: own devices come first, then those of cards, then those that circles name.  Left out
 * is what is revoked. */
enum rb_status devices_reachable(struct store *store,
                                 bool (*each)(void *context, const struct contact *), void *context)
    RB_MUST_CHECK;

/* Changes whenever another device than before may be reachable, but for revocations and contacts
 * that come and go.  (Whoever calls device_admit, device_take or device_revoke while a node runs
 * tells it: node_contacts_changed.) */
enum rb_status devices_known(struct store *store, uint64_t *count) RB_MUST_CHECK;

/* A session with another device of oneself was open; of contacts' see contact_seen. */
enum rb_status device_seen(struct store *store, const uint8_t device[static CERT_ID_BYTES],
                           int64_t now_ms) RB_MUST_CHECK;

/* ---- Another computer of one's own ---- */

/* Signs a certificate for the device of that card, called `name`, keeps it, and appends the bytes
 * of the [DEVICE] file, with the own card (as store_card makes it, with these addresses).  The same
 * card again gives a file again, under its first name; so does the card that the device has from
 * then on, which also renews its addresses here.
 * RB_NO_KEY: the person's secret is not in this home.  RB_REFUSED: the card is of this home, or of
 * a contact, or names a contact's keys, or a device that was revoked.  RB_TOO_LARGE:
 * CIRCLE_DEVICES_MAX.  RB_EXISTS: another device of oneself is called that.  Also RB_MALFORMED,
 * RB_UNKNOWN, RB_BAD_SIGNATURE. */
enum rb_status device_admit(struct store *store, struct span card, struct span name,
                            const struct span *addresses, size_t address_count, int64_t now_ms,
                            struct writer *file) RB_MUST_CHECK;

/* Makes this home a device of the person in that file: his certificate, his letter, a new device
 * certificate and seal key; the device that admitted us becomes known with its addresses.  The own
 * secret person key of this home is destroyed.  RB_EXISTS: this home has been used already (it has
 * a contact, a circle, an invitation or an office), and nothing changes; RB_NOT_FOUND: the file is
 * for another computer; RB_MALFORMED, RB_UNKNOWN, RB_BAD_SIGNATURE.  RB_OK also if it was taken
 * before.  Afterwards nothing that was borrowed of the own certificates is valid any more. */
enum rb_status device_take(struct store *store, struct span file, int64_t now_ms) RB_MUST_CHECK;

/* What device_take would say of that file; changes nothing. */
enum rb_status device_check_take(struct store *store, struct span file) RB_MUST_CHECK;

/* Writes DEVICE, and grants the keys, for each own device that a circle does not know yet, in every
 * circle in which one can; what cannot be done now is done before the next event there and by
 * author_upkeep.  `*circles`: in how many it was done. */
enum rb_status devices_announce(struct store *store, int64_t now_ms, size_t *circles) RB_MUST_CHECK;

/* ---- A lost one ---- */

/* What a device could read: one row for each circle of which it was given a key, or, `device`
 * NULL, any device of that person, as far as it is known here. */
struct device_held {
    uint8_t circle[HASH_BYTES];
    enum circle_kind kind;
    char name[NAME_BYTES_MAX + 1]; /* code of a case, name of a group, or "" */
    uint64_t people;               /* who belong to it */
    uint64_t records;              /* posts and entries under keys that it had */
};
enum rb_status device_held_each(struct store *store, const uint8_t person[static HASH_BYTES],
                                const uint8_t *device,
                                bool (*each)(void *context, const struct device_held *),
                                void *context) RB_MUST_CHECK;

/* When a device was revoked as far as is known here, by the clock of who did it; 0: it is not. */
enum rb_status device_revoked_ms(struct store *store, const uint8_t person[static HASH_BYTES],
                                 const uint8_t device[static CERT_ID_BYTES], int64_t *at_ms)
    RB_MUST_CHECK;

/* Revokes another device of oneself, by the person's key if it is here, else by that of this
 * device.  `circles`: in how many the certificate stands: REVOKED is written there, and the keys
 * are changed, before the next event.  RB_REFUSED: it is this device, or there is no room for it
 * (REVOCATIONS_PER_ISSUER_MAX).  RB_EXISTS: revoked already.  RB_NOT_FOUND. */
enum rb_status device_revoke(struct store *store, const uint8_t device[static CERT_ID_BYTES],
                             int64_t now_ms, size_t *circles) RB_MUST_CHECK;

#endif
