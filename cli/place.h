/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where one is in the console: nowhere, in a case, in a thread.  Commands that would name it leave
 * it out there. */
#ifndef REMBUK_CLI_PLACE_H
#define REMBUK_CLI_PLACE_H

#include "node/message.h"
#include "store/refs.h"

enum place_sort { PLACE_NONE, PLACE_CASE, PLACE_THREAD };

struct place {
    enum place_sort sort;
    int64_t number;
    struct object object;
    char name[NAME_BYTES_MAX + 1]; /* code of the case, title of the thread */
};

/* As a part of a message: sort and number; identifier and name. */
void place_write(struct message *message, const struct place *place);

/* RB_MALFORMED: there is none at these places, or one that nobody writes. */
enum rb_status place_read(const struct message *message, size_t number_at, size_t text_at,
                          struct place *place) RB_MUST_CHECK;

#endif
