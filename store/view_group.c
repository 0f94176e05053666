/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A group has nothing but its name. */
#include "store/views.h"

#include "protocol/casework/group.h"

enum rb_status view_group_project(struct store *store, const struct view_event *event) {
    struct group group;
    bool counts;

    enum rb_status status = group_decode(event->payload->body, &group);
    return status == RB_OK ? view_name_offer(store, event, group.name, &counts) : status;
}

enum rb_status view_group_forget(struct store *store, int64_t circle) {
    return view_name_forget(store, circle);
}
