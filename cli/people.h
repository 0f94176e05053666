/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How people are shown by several commands. */
#ifndef REMBUK_CLI_PEOPLE_H
#define REMBUK_CLI_PEOPLE_H

#include "cli/context.h"
#include "store/contacts.h"

/* "sakti-peksos", "tksk", "supervisor", "operator", "relawan": for scripts and to be typed. */
const char *role_word(enum person_role role);

/* The words of role_word and role_shown, and "volunteer", in any letter case; false for anything
 * else. */
bool role_parse(const char *word, enum person_role *role);

/* "Sakti Peksos": for people, in their language. */
const char *role_shown(enum person_role role);

/* The cluster's code as it is written, for any letter case; NULL if it is none. */
const char *cluster_parse(const char *word);

/* The eight words of a person's key, NUL-terminated. */
enum { WORDS_BYTES_MAX = FINGERPRINT_WORDS * (WORD_LETTERS_MAX + 1) };
void people_words(const uint8_t person_pk[static SIGN_PUBLIC_BYTES],
                  char words[static WORDS_BYTES_MAX]);

/* How a contact can be typed behind a command, wherever that is pasted: the name, in quotes if it
 * has blanks; the number if the name has other characters than letters A to Z. */
enum { CONTACT_TYPED_BYTES = NAME_BYTES_MAX + 3 };
void contact_typed(const struct contact *contact, char out[static CONTACT_TYPED_BYTES]);

/* Contacts or their addresses have changed: tells the node, if one runs in this process. */
enum rb_status contacts_changed(struct context *context) RB_MUST_CHECK;

/* The first address of a contact, or NULL. */
const char *contact_address(const struct contact *contact);

/* What was typed without "tcp://", with it, in `out`; else `typed` itself. */
struct span address_whole(struct span typed, char out[static ADDRESS_BYTES_MAX + 1]);

/* "tcp://" stands in front. */
bool address_has_scheme(struct span address);

/* Refuses what is no address to dial, with an example of one. */
enum rb_status check_address(struct context *context, struct span address) RB_MUST_CHECK;

/* A contact of this name is somebody else: RB_EXISTS. */
enum rb_status fail_name_taken(struct context *context) RB_MUST_CHECK;

/* A card whose signature is not right: RB_BAD_SIGNATURE. */
enum rb_status fail_forged_card(struct context *context) RB_MUST_CHECK;

/* Nothing is to be done with a card that is revoked.  `name`: printable. */
enum rb_status fail_revoked_card(struct context *context, const char *name) RB_MUST_CHECK;

/* The same of a contact: either he himself is, or the computer of his card. */
enum rb_status fail_revoked_contact(struct context *context, const struct contact *contact)
    RB_MUST_CHECK;

/* The sentence for an address without it. */
enum rb_status fail_scheme(struct context *context, struct span address) RB_MUST_CHECK;

#endif
