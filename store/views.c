/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/views.h"

#include "store/search.h"

#include <string.h>

static const struct view {
    enum kind_type kind;
    enum rb_status (*project)(struct store *store, const struct view_event *event);
    enum rb_status (*forget)(struct store *store, int64_t circle);
    bool is_news; /* told to whoever shows what comes */
    bool is_text; /* a document of search */
} views[] = {
    { KIND_GROUP, view_group_project, view_group_forget, false, false },
    { KIND_THREAD, view_thread_project, view_thread_forget, true, false },
    { KIND_POST, view_post_project, view_post_forget, true, true },
    { KIND_EDIT, view_edit_project, view_edit_forget, false, true },
    { KIND_RETRACT, view_retract_project, view_retract_forget, false, false },
    { KIND_CASE, view_case_project, view_case_forget, true, false },
    { KIND_ENTRY, view_entry_project, view_entry_forget, true, true },
    { KIND_CONTACT, view_contact_project, view_contact_forget, false, false },
    { KIND_ROSTER_DAY, view_roster_project, view_roster_forget, false, false },
    { KIND_RECORD, view_record_project, view_record_forget, false, true },
};

enum { VIEW_COUNT = sizeof views / sizeof views[0] };

static const struct view *view_find(uint64_t kind) {
    for (size_t i = 0; i < VIEW_COUNT; i++) {
        if (kind == views[i].kind) {
            return &views[i];
        }
    }
    return NULL;
}

static void note_shown(struct store *store, const struct view_event *event) {
    struct shown_note note = { .type = event->payload->type, .rcv = event->rcv };

    memcpy(note.circle, event->circle_id, sizeof note.circle);
    memcpy(note.ref, event->ref, sizeof note.ref);
    store_note_shown(store, &note);
}

enum rb_status views_project(struct store *store, const struct view_event *event) {
    const struct view *view = view_find(event->payload->type);

    if (view == NULL) {
        return RB_OK;
    }
    enum rb_status status = view->project(store, event);
    if (status == RB_OK && view->is_text) {
        status = search_note_late(store, event->rcv);
    }
    if (status == RB_OK && view->is_news && !event->again) {
        note_shown(store, event);
    }
    return status;
}

enum rb_status views_forget(struct store *store, int64_t circle) {
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < VIEW_COUNT && status == RB_OK; i++) {
        status = views[i].forget(store, circle);
    }
    return status;
}
