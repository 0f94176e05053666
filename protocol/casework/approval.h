/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The supervisor's approval of a part of the record (F8): asked for what stood there then, told by
 * its hash, and answered by a supervisor of the case who did not ask.
 *
 *   hash = BLAKE2b-256("rk.approved" ‖ values)
 *   values: of each item of the part, by form and ref, of each field that does not tell progress,
 *           by number, each different live value, smallest first:
 *           u8 form ‖ ref or zeros ‖ u8 field ‖ u8 empty ‖ u64 number ‖ u32 length ‖ bytes
 *
 * An approval holds for that content alone.  Approved by one and returned by another, each without
 * knowing of the other: it is returned, whether they answered one request or two about the same
 * content.  A return is undone by an approval of what was asked for after it. */
#ifndef REMBUK_CASEWORK_APPROVAL_H
#define REMBUK_CASEWORK_APPROVAL_H

#include "protocol/casework/duty.h"

enum approval_state {
    APPROVAL_NONE,  /* never asked */
    APPROVAL_ASKED, /* for what stands now, and not answered */
    APPROVAL_GIVEN, /* for what stands now */
    APPROVAL_RETURNED,
    APPROVAL_OUTDATED /* the newest request was for what stood before */
};

struct approval {
    enum approval_state state;
    const struct record_item *item; /* the request that decides, whose APPROVAL_WHY tells why it was
                                       returned; NULL: APPROVAL_NONE */
};

void approval_hash(const struct record *record, enum approval_of of,
                   uint8_t hash[static HASH_BYTES]);

struct approval approval_look(const struct record *record, enum approval_of of);

/* A request of that part that is not answered, whatever stands now; NULL: none. */
const struct record_item *approval_open(const struct record *record, enum approval_of of);

#endif
