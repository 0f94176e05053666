/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What writing.c and preparing.c share. */
#ifndef REMBUK_STORE_WRITING_INTERNAL_H
#define REMBUK_STORE_WRITING_INTERNAL_H

#include "store/writing.h"

enum {
    PREPARE_STEPS_MAX = 256
}; /* far more than CIRCLE_PEOPLE_MAX people with CIRCLE_DEVICES_MAX need */

/* What an event is sealed with; `recipients` of a key body only. */
struct sealing {
    enum event_class class;
    const struct epoch_key *epoch;
    const uint8_t (*recipients)[BOX_PUBLIC_BYTES];
    size_t recipient_count;
};

/* Appends one operation to the own log, which is in hand. */
enum rb_status writing_append_operation(struct writing *writing, const struct sealing *sealing,
                                        enum op_type type, struct span body) RB_MUST_CHECK;

/* Takes the own log of the circle in hand, with its key; makes it at the first write. */
enum rb_status writing_take_log(struct writing *writing) RB_MUST_CHECK;

#endif
