/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/group.h"

#include "protocol/casework/body.h"
#include "protocol/text.h"

void group_encode(struct writer *out, const struct group *group) {
    body_text_encode(out, group->name);
}

enum rb_status group_decode(struct span body, struct group *group) {
    struct span name;

    enum rb_status status = body_text_decode(body, NAME_BYTES_MAX, &name);
    if (status != RB_OK || !text_is_name(name)) {
        return RB_MALFORMED;
    }
    group->name = name;
    return RB_OK;
}
