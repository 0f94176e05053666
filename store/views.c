/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/views.h"

static const struct view {
    enum kind_type kind;
    enum rb_status (*project)(struct store *store, const struct view_event *event);
    enum rb_status (*forget)(struct store *store, int64_t circle);
} views[] = {
    { KIND_GROUP, view_group_project, view_group_forget },
    { KIND_THREAD, view_thread_project, view_thread_forget },
    { KIND_POST, view_post_project, view_post_forget },
};

enum { VIEW_COUNT = sizeof views / sizeof views[0] };

enum rb_status views_project(struct store *store, const struct view_event *event) {
    for (size_t i = 0; i < VIEW_COUNT; i++) {
        if (event->payload->type == views[i].kind) {
            return views[i].project(store, event);
        }
    }
    return RB_OK;
}

enum rb_status views_forget(struct store *store, int64_t circle) {
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < VIEW_COUNT && status == RB_OK; i++) {
        status = views[i].forget(store, circle);
    }
    return status;
}
