/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one error type of every layer.  A function that can fail returns it; outputs come last and
 * change only on RB_OK.  Codes travel up unchanged: only cli makes sentences and exit codes. */
#ifndef REMBUK_PROTOCOL_STATUS_H
#define REMBUK_PROTOCOL_STATUS_H

#define RB_MUST_CHECK __attribute__((warn_unused_result))

enum rb_status {
    RB_OK = 0,
    RB_MALFORMED,        /* bytes that are not what their format says */
    RB_TOO_LARGE,        /* above a maximum of limits.h */
    RB_BAD_SIGNATURE,    /* well-formed, but not signed by whom it names */
    RB_NOT_FOUND,        /* the thing named does not exist here */
    RB_EXISTS,           /* there already, or a second of the same name */
    RB_AMBIGUOUS,        /* a reference with more than one hit */
    RB_REFUSED,          /* a rule of the protocol or of casework forbids it */
    RB_EXPIRED,          /* a letter of assignment that has ended, or not begun */
    RB_NOT_MEMBER,       /* the rule that the author must be a member of the circle */
    RB_NOT_ACCEPTED,     /* an invitation must be accepted first */
    RB_NO_KEY,           /* the epoch key (or seal key) is not known here */
    RB_GAP,              /* a run that begins after what is known of its log */
    RB_DUPLICATE,        /* a run that is known already */
    RB_SUSPECT,          /* a run that contradicts what is known; ask for its whole block */
    RB_FORK,             /* proven: one log, two histories */
    RB_UNKNOWN,          /* valid, but of a newer kind or version than this program knows */
    RB_WRONG_PASSPHRASE, /* the passphrase does not open the key file */
    RB_STORAGE,          /* SQLite or the file system failed */
    RB_FULL,             /* the disk is full */
    RB_DAMAGED,          /* a file of the home is not what was written */
    RB_NEWER,            /* the store was written by a newer version */
    RB_BUSY,             /* another process owns the home */
    RB_UNREACHABLE,      /* the peer does not answer */
    RB_IN_USE,           /* the network address is taken */
    RB_UNSAFE            /* the platform lacks what safety needs (libzmq version, CURVE, ZAP) */
};

#endif
