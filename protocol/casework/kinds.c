/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/kinds.h"

#include "protocol/casework/case_record.h"
#include "protocol/casework/change.h"
#include "protocol/casework/contact.h"
#include "protocol/casework/group.h"
#include "protocol/casework/roster.h"
#include "protocol/casework/thread.h"

static enum rb_status check_group(const struct payload *payload) {
    struct group group;

    return group_decode(payload->body, &group);
}

static enum rb_status check_thread(const struct payload *payload) {
    struct thread thread;

    return thread_decode(payload->body, &thread);
}

static enum rb_status check_post(const struct payload *payload) {
    struct post post;

    return post_decode(payload->body, &post);
}

static enum rb_status check_edit(const struct payload *payload) {
    struct edit edit;

    return edit_decode(payload->body, &edit);
}

static enum rb_status check_retract(const struct payload *payload) {
    struct retract retract;

    return retract_decode(payload->body, &retract);
}

static enum rb_status check_case(const struct payload *payload) {
    struct case_record record;

    return case_record_decode(payload->body, &record);
}

static enum rb_status check_entry(const struct payload *payload) {
    struct entry entry;

    return entry_decode(payload->body, &entry);
}

static enum rb_status check_contact(const struct payload *payload) {
    struct contact_record record;

    return contact_record_decode(payload->body, &record);
}

static enum rb_status check_roster_day(const struct payload *payload) {
    struct roster_day day;

    return roster_day_decode(payload->body, &day);
}

static enum rb_status check_record(const struct payload *payload) {
    struct change change;

    return change_decode(payload->body, &change);
}

static enum rb_status judge_record(const struct payload *payload, enum circle_kind circle,
                                   enum circle_role role) {
    struct change change;

    enum rb_status status = change_decode(payload->body, &change);
    return status == RB_OK ? change_judge(&change, payload->ref_count, circle, role) : status;
}

/* Adding a kind?  Also its number in kinds.h, its vector, its view in store, its command in cli. */
static const struct kind kinds[] = {
    {
        .type = KIND_GROUP,
        .name = "group",
        .class = EVENT_CONTENT,
        .circles = { CIRCLE_GROUP },
        .may = CIRCLE_MANAGER,
        .check = check_group,
    },
    {
        .type = KIND_THREAD,
        .name = "thread",
        .class = EVENT_CONTENT,
        .circles = { CIRCLE_GROUP, CIRCLE_CASE },
        .may = CIRCLE_WRITER,
        .check = check_thread,
    },
    {
        .type = KIND_POST,
        .name = "post",
        .class = EVENT_CONTENT,
        .circles = { CIRCLE_GROUP, CIRCLE_CASE },
        .may = CIRCLE_WRITER,
        .refs_min = 1,
        .refs_max = 2,
        .check = check_post,
    },
    {
        .type = KIND_EDIT,
        .name = "edit",
        .class = EVENT_CONTENT,
        .circles = { CIRCLE_GROUP, CIRCLE_CASE },
        .may = CIRCLE_WRITER,
        .refs_min = 1,
        .refs_max = 1,
        .check = check_edit,
    },
    {
        .type = KIND_RETRACT,
        .name = "retract",
        .class = EVENT_CONTENT,
        .circles = { CIRCLE_GROUP, CIRCLE_CASE },
        .may = CIRCLE_WRITER,
        .refs_min = 1,
        .refs_max = 1,
        .check = check_retract,
    },
    {
        .type = KIND_CASE,
        .name = "case",
        .class = EVENT_CONTENT,
        .circles = { CIRCLE_CASE },
        .may = CIRCLE_OWNER,
        .check = check_case,
    },
    {
        .type = KIND_ENTRY,
        .name = "entry",
        .class = EVENT_CONTENT,
        .circles = { CIRCLE_CASE },
        .may = CIRCLE_WRITER,
        .check = check_entry,
    },
    {
        .type = KIND_CONTACT,
        .name = "contact",
        .class = EVENT_CONTENT,
        .circles = { CIRCLE_OWN },
        .may = CIRCLE_OWNER,
        .check = check_contact,
    },
    {
        .type = KIND_ROSTER_DAY,
        .name = "roster day",
        .class = EVENT_CONTENT,
        .circles = { CIRCLE_ROSTER },
        .may = CIRCLE_MANAGER,
        .check = check_roster_day,
    },
    {
        .type = KIND_RECORD,
        .name = "record",
        .class = EVENT_CONTENT,
        .circles = { CIRCLE_CASE, CIRCLE_IDENTITY, CIRCLE_REQUEST },
        .may = CIRCLE_READER,
        .refs_max = REFS_MAX,
        .check = check_record,
        .judge = judge_record,
    },
};

enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

const struct kind *kind_find(uint64_t type) {
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (kinds[i].type == type) {
            return &kinds[i];
        }
    }
    return NULL;
}

size_t kinds_all(const struct kind **rows) {
    *rows = kinds;
    return KIND_COUNT;
}

static bool kind_stands_in(const struct kind *kind, enum circle_kind circle) {
    for (size_t i = 0; i < sizeof kind->circles / sizeof kind->circles[0]; i++) {
        if (kind->circles[i] == circle) {
            return true;
        }
    }
    return false;
}

enum rb_status kind_judge(const struct payload *payload, enum circle_kind circle,
                          enum circle_role role) {
    const struct kind *kind = kind_find(payload->type);

    if (kind == NULL) {
        return RB_UNKNOWN;
    }
    if (!kind_stands_in(kind, circle) || role < kind->may) {
        return RB_REFUSED;
    }
    if (payload->ref_count < kind->refs_min || payload->ref_count > kind->refs_max) {
        return RB_MALFORMED;
    }
    enum rb_status status = kind->check(payload);
    if (status == RB_OK && kind->judge != NULL) {
        status = kind->judge(payload, circle, role);
    }
    return status;
}
