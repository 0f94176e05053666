/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Invitations: how two people who have nothing of each other come to hold each other's cards
 * (docs/protocol.md, 12).
 *
 *   secret       16 random bytes, for one person, seven days
 *   words        12 of words.h: secret ‖ the first 4 bits of H128("rk.invsum" ‖ secret)
 *   k(i)         H256(key = secret, "rk.inv" ‖ u8 i)
 *     0, 1       seeds of the one-time CURVE keys of who invites (he listens) and of who joins
 *     2          the first 16 bytes name the invitation: they tell nothing of the secret
 *     3          key of the answer
 *   OFFER        CBOR [ 1, bstr16 secret, until (s), [addresses], bstr CARD or null ]
 *   ANSWER       CBOR [ 1, bstr16 name, bstr CARD, bstr32 H256(key = k(3), "rk.invans" ‖ CARD) ]
 *
 * An OFFER is given as a file (armoured, with the card of who invites, for joining with or without
 * a network) or as grouped text (without it): base32 of OFFER ‖ the first 5 bytes of H128("rk.sum"
 * ‖ OFFER), in groups of 5.  An ANSWER goes back over the one-time connection (the wire's JOIN), or
 * as an armoured file.
 *
 * Whoever has the secret can answer once; what that gives him is the card of who invites, which is
 * public, and nothing else.  It gives membership only when who invites has compared words with the
 * person and says so. */
#ifndef REMBUK_PROTOCOL_INVITE_H
#define REMBUK_PROTOCOL_INVITE_H

#include "protocol/credential.h"

enum {
    INVITE_SECRET_BYTES = 16,
    INVITE_NAME_BYTES = 16,
    INVITE_WORDS = 12,
    INVITE_DAYS = 7,
    INVITE_NEAR_MAX = 3
};

/* A secret and what follows from it.  Plain value: keep it in crypt_secret_alloc memory, or wipe
 * it. */
struct invite_keys {
    uint8_t secret[INVITE_SECRET_BYTES];
    uint8_t name[INVITE_NAME_BYTES];
    struct box_key inviter; /* CURVE server */
    struct box_key joiner;  /* CURVE client */
    uint8_t answer[32];
};
void invite_keys_new(struct invite_keys *keys);
void invite_keys_derive(struct invite_keys *keys); /* from keys->secret, which is in place */

/* ---- As words ---- */
void invite_words(struct writer *out, const struct invite_keys *keys);

/* What is wrong with words that were typed. */
struct invite_typo {
    size_t count; /* how many were typed */
    size_t at;    /* from 0: the first of these twelve that is none of the list, or INVITE_WORDS */
    const char *near[INVITE_NEAR_MAX]; /* words that are nearly like it, nearest first; or NULL */
};

/* Any white space, any letter case, first four letters suffice.  Fills the secret and all that
 * follows from it.  RB_MALFORMED: `typo`, which is filled always, says it: a wrong number of words;
 * a word that is not in the list; else (`at` = INVITE_WORDS) some word is another one than was
 * told.  One of 16 such slips is not seen. */
enum rb_status invite_words_read(struct span typed, struct invite_keys *keys,
                                 struct invite_typo *typo) RB_MUST_CHECK;

/* ---- As a file or text ---- */
struct offer {
    struct invite_keys *keys; /* filled by reading; borrowed */
    int64_t until_s;
    struct span addresses[ADDRESSES_MAX]; /* where the one-time connection listens; may be none */
    size_t address_count;
    struct span card; /* verified, or empty */
};

/* Appends the OFFER armoured ("-----BEGIN REMBUK INVITATION-----", as a card is). */
void offer_armour(struct writer *out, const struct offer *offer);
/* Appends the OFFER without its card in groups of 5, one blank between them, and without its last
 * addresses, as many as it takes to stay within INVITE_TEXT_BYTES_MAX. */
void offer_text(struct writer *out, const struct offer *offer);

/* Reads either: armour with any text around it, or grouped text (blanks and line ends anywhere, any
 * letter case).  `keys` gets the secret and what follows; `bytes`, empty and with room for
 * OFFER_BYTES_MAX, gets what `offer` borrows from: it holds the secret too, until writer_clear.
 * Time is not looked at.  RB_MALFORMED, RB_UNKNOWN (a newer version), RB_BAD_SIGNATURE (of the
 * card). */
enum rb_status offer_read(struct span text, struct writer *bytes, struct invite_keys *keys,
                          struct offer *offer) RB_MUST_CHECK;

/* ---- The answer ---- */
struct invite_answer {
    uint8_t name[INVITE_NAME_BYTES];
    struct span card;
    uint8_t tag[32];
};

/* Appends the ANSWER with that card. */
enum rb_status answer_make(struct writer *out, const struct invite_keys *keys, struct span card)
    RB_MUST_CHECK;
/* RB_MALFORMED, RB_UNKNOWN.  The card is not looked at. */
enum rb_status answer_decode(struct span bytes, struct invite_answer *answer) RB_MUST_CHECK;
/* RB_BAD_SIGNATURE: not made by who has the secret. */
enum rb_status answer_verify(const struct invite_answer *answer, const struct invite_keys *keys)
    RB_MUST_CHECK;

/* Armour "-----BEGIN REMBUK ANSWER-----". */
void answer_armour(struct writer *out, struct span answer);
enum rb_status answer_unarmour(struct span text, struct writer *out) RB_MUST_CHECK;

#endif
