/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/errors.h"

#include "cli/lang.h"
#include "cli/wording.h"
#include "protocol/limits.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { DAMAGE_BYTES_MAX = PATH_BYTES_MAX + 512 };

/* A new status?  Also a row here; the test of this file names the last status. */
static const struct error_row rows[] = {
    { RB_MALFORMED, EXIT_REFUSED, "not_valid",
      N_("This is not valid: it is incomplete or was changed on the way. Ask for it again.") },
    { RB_TOO_LARGE, EXIT_REFUSED, "too_large",
      N_("This is too large. Make it shorter or divide it, then try again.") },
    { RB_BAD_SIGNATURE, EXIT_REFUSED, "bad_signature",
      N_("The signature is not right, so this may be forged. Ask the owner for it again.") },
    { RB_NOT_FOUND, EXIT_REFUSED, "not_found",
      N_("There is no such thing here. Check the spelling; the lists show what there is.") },
    { RB_EXISTS, EXIT_REFUSED, "exists", N_("It is there already, so nothing was changed.") },
    { RB_AMBIGUOUS, EXIT_REFUSED, "ambiguous",
      N_("More than one fits. Use the number from the list.") },
    { RB_REFUSED, EXIT_REFUSED, "refused", N_("A rule does not allow this. Nothing was changed.") },
    { RB_EXPIRED, EXIT_REFUSED, "letter_ended",
      N_("A letter of assignment has ended, or does not hold yet. See which: rembuk contact list, "
         "rembuk credential show. Nothing was changed.") },
    { RB_NOT_MEMBER, EXIT_REFUSED, "not_member",
      N_("You are not a member of this group. Ask a member to invite you.") },
    { RB_NOT_ACCEPTED, EXIT_REFUSED, "not_accepted",
      N_("The invitation is not accepted yet. Accept it first: rembuk group accept GROUP") },
    { RB_NO_KEY, EXIT_REFUSED, "no_key",
      N_("The key of this group has not come yet. Get it from the others first: rembuk sync") },
    { RB_GAP, EXIT_REFUSED, "incomplete",
      N_("Something that comes before this has not come yet. Get it first: rembuk sync") },
    { RB_DUPLICATE, EXIT_REFUSED, "duplicate", N_("This is here already. Nothing was changed.") },
    { RB_SUSPECT, EXIT_REFUSED, "suspect",
      N_("This contradicts what is stored here, so it was not taken. Get it again: rembuk sync") },
    { RB_FORK, EXIT_REFUSED, "fork",
      N_("One writer has two different histories, so nothing more is taken from that device. "
         "Speak to its owner.") },
    { RB_UNKNOWN, EXIT_REFUSED, "newer_kind",
      N_("This comes from a newer version of rembuk. Install the newer version, then try again.") },
    { RB_WRONG_PASSPHRASE, EXIT_LOCKED, "wrong_passphrase",
      N_("The passphrase is wrong. Check capital and small letters.") },
    { RB_STORAGE, EXIT_STORE, "storage",
      N_("The disk could not be read or written. What was stored before is kept. Check the disk "
         "and the rights to the folder, then try again.") },
    { RB_FULL, EXIT_STORE, "disk_full",
      N_("The disk is full. Nothing was lost, and nothing new was stored. Make room, then try "
         "again.") },
    { RB_DAMAGED, EXIT_STORE, "damaged",
      N_("A file of your data folder is damaged. Nothing was deleted. Copy the whole folder to "
         "another disk, then see what is damaged: rembuk vault check") },
    { RB_NEWER, EXIT_STORE, "newer_store",
      N_("Your data was written by a newer version of rembuk. Install that version; the data was "
         "not touched.") },
    { RB_BUSY, EXIT_STORE, "home_in_use",
      N_("Another rembuk is using this home folder. Wait until it is done, then try again.") },
    { RB_UNREACHABLE, EXIT_UNREACHABLE, "unreachable",
      N_("The other side does not answer. Nothing is lost; try again later.") },
    { RB_IN_USE, EXIT_REFUSED, "address_in_use",
      N_("Another program uses this network address. Choose another port.") },
    { RB_UNSAFE, EXIT_REFUSED, "unsafe_platform",
      N_("This computer lacks what safe connections need (libzmq 4.3.3 or later with CURVE, "
         "libsodium). Ask for them to be installed.") },
};

const struct error_row *error_row(enum rb_status status) {
    size_t count = sizeof rows / sizeof rows[0];
    size_t at = 0;

    while (at < count && rows[at].status != status) {
        at++;
    }
    assert(at < count);
    return &rows[at];
}

void failure_clear(struct failure *failure) {
    free(failure->sentence);
    *failure = (struct failure) { 0 };
}

static void note(struct failure *failure, enum exit_code exit, const char *code,
                 const char *sentence, va_list values) {
    char *said = wording_of(sentence);
    va_list again;
    va_copy(again, values);
    int len = vsnprintf(NULL, 0, said, again);
    va_end(again);
    assert(len >= 0);

    failure_clear(failure);
    failure->code = code;
    failure->exit = exit;
    failure->sentence = rb_alloc((size_t)len + 1, 1);
    (void)vsnprintf(failure->sentence, (size_t)len + 1, said, values);
    free(said);
}

enum rb_status failure_say(struct failure *failure, enum rb_status status, const char *code,
                           const char *sentence, ...) {
    const struct error_row *row = error_row(status);
    va_list values;

    va_start(values, sentence);
    note(failure, row->exit, code != NULL ? code : row->code, sentence, values);
    va_end(values);
    return status;
}

enum rb_status failure_usage(struct failure *failure, const char *code, const char *sentence, ...) {
    va_list values;

    va_start(values, sentence);
    note(failure, EXIT_USAGE, code, sentence, values);
    va_end(values);
    return RB_REFUSED;
}

/* ---- Damage ---- */

/* Written to `out`, which is longer than any path. */
static void damage_where(char out[static DAMAGE_BYTES_MAX], const char *home,
                         const struct damage *damage) {
    const char *sentence = NULL;

    switch (damage->part) {
    case DAMAGE_NONE:
        sentence = _("What stands in the database %s/rembuk.db contradicts itself.");
        break;
    case DAMAGE_PAGE:
        sentence = _("The database %s/rembuk.db is damaged: its page %" PRIu64
                     " is not as it was written.");
        break;
    case DAMAGE_FRAME:
        sentence = _("The newest changes, in %s/rembuk.db-wal, are damaged: record %" PRIu64
                     " is not as it was written.");
        break;
    case DAMAGE_WAL_HEADER:
    case DAMAGE_WAL_MARKER:
        sentence =
            _("The newest changes, in %s/rembuk.db-wal, are damaged: the beginning of the "
              "file is not as it was written.");
        break;
    case DAMAGE_SIZE:
        sentence = _("The database %s/rembuk.db is missing or was cut off.");
        break;
    case DAMAGE_KEY_FILE:
        sentence = _("The key file %s/key is missing, or it was cut off or changed.");
        break;
    case DAMAGE_PLAIN:
        sentence = _("The database %s/rembuk.db is not encrypted.");
        break;
    }
    (void)snprintf(out, DAMAGE_BYTES_MAX, sentence, home, damage->place);
}

/* A plain database comes from an early trial version, or from somebody who put it there. */
enum rb_status failure_damage(struct failure *failure, const char *home,
                              const struct damage *damage) {
    char where[DAMAGE_BYTES_MAX];

    damage_where(where, home, damage);
    if (damage->part == DAMAGE_PLAIN) {
        return failure_say(failure, RB_DAMAGED, "not_encrypted",
                           _("%s It was made by an early trial version, so it is not opened, and "
                             "nothing was changed. Begin anew in another folder: rembuk --home DIR "
                             "init --name NAME --role ROLE"),
                           where);
    }
    return failure_say(failure, RB_DAMAGED, NULL,
                       _("%s Nothing was deleted. Before you do anything else, copy the whole "
                         "folder %s to another disk; then ask whoever looks after this computer. "
                         "What you have exchanged is with your colleagues, too."),
                       where, home);
}

void failure_complete(struct failure *failure, enum rb_status status) {
    if (status != RB_OK && failure->code == NULL) {
        char *said = wording_of(_(error_row(status)->sentence));
        (void)failure_say(failure, status, NULL, "%s", said); /* It is noted. */
        free(said);
    }
}
