/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The names and numbers that can be completed: what the owner tells a console. */
#ifndef REMBUK_CLI_NAMES_H
#define REMBUK_CLI_NAMES_H

#include "node/message.h"
#include "store/refs.h"

struct name {
    enum ref_sort sort; /* contact, group, case, thread */
    bool is_member;     /* a person of the group or case of that sort and number */
    int64_t number;
    char text[NAME_BYTES_MAX + 1]; /* of a case its code */
};

/* All zeros is empty. */
struct names {
    struct name *rows; /* owned */
    size_t count;
};
void names_clear(struct names *names);

/* Above NAMES_MAX nothing is added, and nothing that is no name (text_is_name): what stands here
 * can be shown as it is. */
void names_add(struct names *names, enum ref_sort sort, int64_t number, const char *text);

/* The name of somebody who belongs to a group or case: its sort and number. */
void names_add_member(struct names *names, enum ref_sort sort, int64_t number, const char *text);

/* Into the texts of a message and back.  One text = u8 sort, of a member 128 more ‖ u64 number,
 * big-endian ‖ name.
 * `bytes` is empty before and keeps what the texts borrow: writer_clear it after the message.  What
 * is no name is left out. */
void names_write(const struct names *names, struct message *message, struct writer *bytes);
void names_read(struct names *names, const struct message *message);

#endif
