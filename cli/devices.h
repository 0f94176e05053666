/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The computers of a person, and what they held, as several commands name and show them. */
#ifndef REMBUK_CLI_DEVICES_H
#define REMBUK_CLI_DEVICES_H

#include "cli/circles.h"
#include "store/devices.h"

/* ---- The computers ---- */

/* All of one person, the oldest first: rows[0] is number 1.  All zeros is empty. */
struct devices {
    struct device_row *rows; /* owned */
    size_t count;
};
void devices_clear(struct devices *devices);

/* `devices` is empty before. */
enum rb_status devices_read(struct context *context, const uint8_t person[static HASH_BYTES],
                            struct devices *devices) RB_MUST_CHECK;

/* A table, and the fact "devices". */
void devices_put(struct output *out, const struct devices *devices);

/* Facts of one of them, inside a row or at the top. */
void device_put(struct output *out, const struct devices *devices, size_t index);

/* The one that was typed: its number ("2", "#2"), its name, or 8 or more of its hex digits. */
enum rb_status device_find(struct context *context, const struct devices *devices,
                           const char *typed, size_t *index) RB_MUST_CHECK;

/* ---- Shutting one of one's own out ---- */

/* Refuses the one at which one sits. */
enum rb_status device_check_other(struct context *context, const struct device_row *row)
    RB_MUST_CHECK;

/* The part of a question that says what it means. */
void device_ask_revoke(struct writer *question);

/* Revokes it, and reads `devices` again; `circles`: in how many keys are changed. */
enum rb_status device_shut_out(struct context *context, struct devices *devices, size_t index,
                               size_t *circles) RB_MUST_CHECK;

/* What happens now, in sentences. */
void device_say_shut_out(struct context *context, const struct device_row *row, size_t number,
                         size_t circles);

/* ---- What they held ---- */

/* All zeros is empty. */
struct held {
    struct device_held *rows; /* owned; the cases first, then the groups */
    size_t count;
    size_t cases, groups; /* of `rows`; what is left are lists and notes of rembuk's own */
};
void held_clear(struct held *held);

/* `held` is empty before; `device` NULL: any computer of that person. */
enum rb_status held_read(struct context *context, const uint8_t person[static HASH_BYTES],
                         const uint8_t *device, struct held *held) RB_MUST_CHECK;

/* A table, and the fact "held". */
void held_put(struct output *out, const struct held *held);

/* How much it is, in one sentence, and the first ones by name. */
void held_ask(struct output *out, const struct held *held, struct writer *question);

#endif
