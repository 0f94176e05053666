/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands in a case record, by the words of record.h alone and as slowly as they sound: every
 * value is looked at by itself, and whether anything replaces it. */
#ifndef REMBUK_TESTS_SUPPORT_RECORD_ORACLE_H
#define REMBUK_TESTS_SUPPORT_RECORD_ORACLE_H

#include "protocol/casework/record.h"

/* Whether the value that `event` writes into `field` is live, among these. */
bool oracle_is_live(const struct record_event *events, size_t count, size_t event, uint64_t field);

/* The name of what it writes into: the form, and of an item its ref. */
struct oracle_item {
    const struct form_row *form;
    uint8_t ref[REF_BYTES]; /* zeros: stands once */
};

/* False if it writes into nothing that stands here. */
bool oracle_item_of(const struct record_event *events, size_t count, size_t event,
                    struct oracle_item *item);

#endif
