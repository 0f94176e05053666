/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where one is in the console: nowhere, in a case, in a thread.  Commands that would name it leave
 * it out there. */
#ifndef REMBUK_CLI_PLACE_H
#define REMBUK_CLI_PLACE_H

#include "store/refs.h"

enum place_sort { PLACE_NONE, PLACE_CASE, PLACE_THREAD };

struct place {
    enum place_sort sort;
    int64_t number;
    struct object object;
    char name[NAME_BYTES_MAX + 1]; /* code of the case, title of the thread */
};

#endif
