/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Invitations that this home gave out: what was promised to whom, who answered, and the decision of
 * the person.  The secret of an invitation is kept as long as it is open, then it is destroyed.
 *
 *   OPEN       given out; the node listens for an answer
 *   ANSWERED   somebody who has the words answered; the person compares words with him.  Others may
 *              still answer, or the same person from another device: that is an alarm, and all of
 *              them are shown
 *   SETTLED    confirmed for one of those who answered: used, and of no use to anybody any more
 *   CANCELLED  by the person
 *   EXPIRED    seven days have passed without a confirmation; or the clock stands before its
 *              beginning, so that nobody knows when they have
 *
 * Whatever takes `now_ms` first ends those whose time is over. */
#ifndef REMBUK_STORE_INVITATIONS_H
#define REMBUK_STORE_INVITATIONS_H

#include "protocol/invite.h"
#include "store/store.h"

/* Appended, never renumbered. */
enum invitation_state {
    INVITATION_OPEN,
    INVITATION_ANSWERED,
    INVITATION_SETTLED,
    INVITATION_CANCELLED,
    INVITATION_EXPIRED
};

struct invitation {
    int64_t number; /* 1, 2, ... of this home, never reused */
    unsigned slot;  /* below INVITATIONS_OPEN_MAX; its own while it is open */
    enum invitation_state state;
    int64_t made_ms, until_ms;
    bool has_group;
    uint8_t group[HASH_BYTES]; /* into which he is invited with the confirmation */
    size_t answers;            /* different people, or devices of them, who answered */
    bool has_person;           /* SETTLED */
    uint8_t person[HASH_BYTES];
};

/* `group` or NULL.  RB_TOO_LARGE: INVITATIONS_OPEN_MAX are open or answered; RB_NOT_FOUND: no such
 * group; RB_NOT_MEMBER, RB_NOT_ACCEPTED, RB_REFUSED (only managers invite): one cannot invite into
 * it.  `keys` in locked memory. */
enum rb_status invitation_new(struct store *store, const uint8_t *group, int64_t now_ms,
                              struct invite_keys *keys, struct invitation *invitation)
    RB_MUST_CHECK;

/* Open and answered ones come with their keys, newest first.  Calls `each` until it gives false;
 * `keys` is wiped afterwards. */
enum rb_status invitations_open_each(struct store *store, int64_t now_ms,
                                     bool (*each)(void *context, const struct invitation *,
                                                  const struct invite_keys *keys),
                                     void *context) RB_MUST_CHECK;

/* All of them, newest first, until `each` gives false. */
enum rb_status invitations_each(struct store *store, int64_t now_ms,
                                bool (*each)(void *context, const struct invitation *),
                                void *context) RB_MUST_CHECK;
enum rb_status invitation_get(struct store *store, int64_t number, int64_t now_ms,
                              struct invitation *invitation) RB_MUST_CHECK;

/* Somebody answered, over the network or by a file: the bytes of an ANSWER.  `invitation` gets the
 * one it belongs to, `is_new` whether this person had not answered it before with this device.
 * RB_NOT_FOUND: to no open invitation (used, expired, cancelled, or never made here); RB_REFUSED:
 * one's own card, or one that is known to be revoked, or INVITATION_ANSWERS_MAX others have
 * answered; RB_MALFORMED, RB_UNKNOWN, RB_BAD_SIGNATURE.  Of a device that answers again the newest
 * card is kept. */
enum rb_status invitation_answer(struct store *store, struct span answer, int64_t now_ms,
                                 struct invitation *invitation, bool *is_new) RB_MUST_CHECK;

struct invitation_answer {
    uint8_t person[HASH_BYTES];
    uint8_t person_pk[SIGN_PUBLIC_BYTES]; /* for the words */
    uint8_t device[CERT_ID_BYTES];
    char name[NAME_BYTES_MAX + 1];
    enum person_role role;
    bool has_letter; /* and from when until when it holds: letter_validity */
    int64_t letter_from_s, letter_until_s;
    int64_t at_ms;
};
/* Who answered, in the order in which they did. */
enum rb_status invitation_answers_each(struct store *store, int64_t number,
                                       bool (*each)(void *context,
                                                    const struct invitation_answer *),
                                       void *context) RB_MUST_CHECK;

/* The person has compared words with who answered: he becomes a verified contact, and is invited
 * into the group unless he belongs to it; the secret is destroyed.  One transaction: on any error
 * nothing has changed.  `person` and `device` are those of the answer that he was shown.
 * RB_NOT_FOUND: no such open invitation, or they did not answer it; RB_AMBIGUOUS: he answered from
 * another device, too; RB_EXISTS: a contact of that name is somebody else; RB_REFUSED: a rule of
 * the group forbids it now, or his card is revoked or names the transport key of another contact;
 * RB_EXPIRED: his letter has ended or not begun: who answered is seen all the same, and can answer
 * again with a new card; RB_NOT_MEMBER: one belongs to the group no more; RB_NO_KEY. */
enum rb_status invitation_confirm(struct store *store, int64_t number,
                                  const uint8_t person[static HASH_BYTES],
                                  const uint8_t device[static CERT_ID_BYTES], int64_t now_ms)
    RB_MUST_CHECK;

/* Never mind: the secret is destroyed.  RB_NOT_FOUND: none that is open. */
enum rb_status invitation_cancel(struct store *store, int64_t number, int64_t now_ms) RB_MUST_CHECK;

#endif
