/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The people whose cards this home holds, how far they are trusted, where their nodes are, and what
 * they have acknowledged. */
#ifndef REMBUK_STORE_CONTACTS_H
#define REMBUK_STORE_CONTACTS_H

#include "protocol/ops.h"
#include "store/store.h"

/* Copies: valid until the next call that fills the same struct. */
struct contact {
    uint8_t person[HASH_BYTES];
    uint8_t person_pk[SIGN_PUBLIC_BYTES];
    int64_t number; /* short number of this home */
    char name[NAME_BYTES_MAX + 1];
    enum person_role role;
    char region[REGION_BYTES_MAX + 1];
    char cluster[CLUSTER_BYTES_MAX + 1];
    bool verified;
    bool revoked; /* his device, or he himself, as far as is known here: nothing is exchanged */
    bool person_revoked; /* he himself: then no device of his is let in */
    bool has_letter;     /* and from when until when it holds: letter_validity */
    int64_t letter_from_s, letter_until_s;
    uint8_t device_cert[CERT_ID_BYTES];
    uint8_t device_pk[SIGN_PUBLIC_BYTES];
    uint8_t transport[BOX_PUBLIC_BYTES];
    char addresses[ADDRESSES_MAX][ADDRESS_BYTES_MAX + 1]; /* of the card, or set here instead */
    size_t address_count;
    int64_t last_seen_ms; /* 0: never */
};

/* Adds or renews from the bytes of a card (card_unarmour).  RB_REFUSED: one's own card, or one that
 * names the transport key of somebody else, or is revoked.  RB_EXPIRED: its letter has ended or not
 * begun; what is held of the person stays.  RB_EXISTS: a contact of this name (letters A to Z of
 * either case) is another person (nothing changes).  An older card of the same person than the one
 * held changes nothing and is RB_OK.  Also RB_MALFORMED, RB_BAD_SIGNATURE, RB_UNKNOWN. */
enum rb_status contact_add(struct store *store, struct span card, int64_t now_ms,
                           struct contact *contact, bool *renewed) RB_MUST_CHECK;

/* The same for a card that another device of ours has written down as that person's (own.h); it is
 * written nowhere else, and neither the end of its letter nor a revocation keeps it out.  `*kept`:
 * it was new.  RB_REFUSED also if it is somebody else's.  In an open transaction. */
enum rb_status contact_take(struct store *store, const uint8_t person[static HASH_BYTES],
                            struct span card, int64_t now_ms, bool *kept) RB_MUST_CHECK;

enum rb_status contact_get(struct store *store, const uint8_t person[static HASH_BYTES],
                           struct contact *contact) RB_MUST_CHECK;

/* Calls `each` for all, by number, until it gives false. */
enum rb_status contact_each(struct store *store,
                            bool (*each)(void *context, const struct contact *), void *context)
    RB_MUST_CHECK;

/* Whether a certificate of the card is known to hold no more. */
enum rb_status card_is_revoked(struct store *store, const struct card *card, bool *revoked)
    RB_MUST_CHECK;

/* How many revocations of contacts, and of oneself, are known: when it has changed, contacts may be
 * revoked that were not. */
enum rb_status revocations_known(struct store *store, uint64_t *count) RB_MUST_CHECK;

/* Signs into the own circle (own.h) that the person's words were compared; it holds for every card
 * of his, until he is removed.  RB_NOT_FOUND. */
enum rb_status contact_set_verified(struct store *store, const uint8_t person[static HASH_BYTES],
                                    int64_t now_ms) RB_MUST_CHECK;

/* An empty address removes what was set here (and the card's addresses stay unused). */
enum rb_status contact_set_address(struct store *store, const uint8_t person[static HASH_BYTES],
                                   struct span address) RB_MUST_CHECK;
enum rb_status contact_remove(struct store *store, const uint8_t person[static HASH_BYTES],
                              int64_t now_ms) RB_MUST_CHECK;
enum rb_status contact_seen(struct store *store, const uint8_t person[static HASH_BYTES],
                            int64_t now_ms) RB_MUST_CHECK;

/* The certificates and seal key of a contact, for ADD.  `bytes`, empty and with room for a card,
 * gets his card; `pair` borrows from it. */
enum rb_status contact_pair(struct store *store, const uint8_t person[static HASH_BYTES],
                            struct writer *bytes, struct op_pair *pair) RB_MUST_CHECK;

/* The name by which a person is shown: own name, contact's name, or the name in the certificates of
 * an operation of a circle; RB_NOT_FOUND if never heard of.  NUL-terminated. */
enum rb_status person_name(struct store *store, const uint8_t person[static HASH_BYTES],
                           char name[static NAME_BYTES_MAX + 1]) RB_MUST_CHECK;

/* ---- What is durable elsewhere ---- */

/* That person has the events of a log of that circle up to `seq`.  A log that is not here: RB_OK,
 * and nothing is kept. */
enum rb_status acked_set(struct store *store, const uint8_t person[static HASH_BYTES],
                         const uint8_t circle[static HASH_BYTES],
                         const uint8_t log[static LOG_PK_BYTES], uint64_t seq) RB_MUST_CHECK;

#endif
