/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who has answered an invitation, as several commands show it. */
#ifndef REMBUK_CLI_INVITEES_H
#define REMBUK_CLI_INVITEES_H

#include "cli/circles.h"
#include "cli/people.h"
#include "store/invitations.h"

/* A file with an invitation or an answer, armoured. */
enum { INVITE_FILE_BYTES_MAX = 2 * OFFER_BYTES_MAX };

enum {
    INVITEES_SHOWN_BYTES = INVITATION_ANSWERS_MAX * (8 * NAME_BYTES_MAX + 2) + 1,
    INVITEES_WORDS_BYTES =
        INVITATION_ANSWERS_MAX * (8 * NAME_BYTES_MAX + (int)WORDS_BYTES_MAX + 5) + 1
};

/* "open", "answered", "used", "cancelled", "expired": for scripts; and for people. */
const char *invitation_word(enum invitation_state state);
const char *invitation_shown(enum invitation_state state);

/* "Budi Misal, Dewi Andaikan"; "" if nobody has answered. */
void invitees_write(struct context *context, const struct invitation *invitation,
                    char out[static INVITEES_SHOWN_BYTES]);

/* "Budi Misal (word1 ... word8); Dewi Andaikan (...)". */
void invitees_write_words(struct context *context, const struct invitation *invitation,
                          char out[static INVITEES_WORDS_BYTES]);

/* The first invitation that somebody has answered and nobody confirmed; RB_NOT_FOUND. */
enum rb_status invitee_waiting(struct context *context, struct invitation *invitation)
    RB_MUST_CHECK;

/* The invitation whose number was typed ("2", "#2"). */
enum rb_status invitation_read(struct context *context, struct span typed,
                               struct invitation *invitation) RB_MUST_CHECK;

/* Who is to be confirmed: of the invitation of argument 0 the only one who answered, or the one
 * whom argument 1 names, or whose eight words stand behind --words. */
struct invitee {
    struct invitation invitation;
    struct invitation_answer answer;
    struct circle_facts group; /* if it has one */
};
enum rb_status invitee_read(struct context *context, const struct call *call,
                            struct invitee *invitee) RB_MUST_CHECK;

/* It is used, cancelled or expired. */
enum rb_status fail_settled(struct context *context, int64_t number) RB_MUST_CHECK;

/* Nothing is overwritten: refuses a path where something is already, whatever it is. */
enum rb_status check_file_is_new(struct context *context, const char *path) RB_MUST_CHECK;

/* The sentence for a file that could not be written; RB_OK as it is. */
enum rb_status fail_file(struct context *context, enum rb_status status, const char *path)
    RB_MUST_CHECK;

#endif
