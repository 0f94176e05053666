/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/terms.h"

#include "cli/team.h"
#include "cli/when.h"
#include "node/node.h"

static enum rb_status fail_when(struct context *context, const char *typed, enum rb_status status) {
    if (status == RB_REFUSED) {
        return failure_usage(&context->failure, "bad_time",
                             _("In \"%s\" the unit is not clear. Write it in full, for example "
                               "3days or 2hours."),
                             typed);
    }
    return failure_usage(&context->failure, "bad_time",
                         _("\"%s\" is no time that is understood here. Examples: 25/11, friday, "
                           "tomorrow, 3days, 2026-11-25T14:00."),
                         typed);
}

static enum rb_status read_until(struct context *context, const struct call *call,
                                 struct terms *terms) {
    const char *typed = call_option(call, "until");
    int64_t now_ms = clock_now_ms();
    int64_t ms = 0;

    if (typed == NULL) {
        return RB_OK;
    }
    enum rb_status status = when_parse_end(span_text(typed), now_ms, &ms);
    if (status != RB_OK) {
        return fail_when(context, typed, status);
    }
    if (ms <= now_ms) {
        return failure_usage(&context->failure, "bad_time",
                             _("The time \"%s\" is over already. A guest's time must lie ahead."),
                             typed);
    }
    terms->until_s = ms / 1000;
    return RB_OK;
}

static enum rb_status read_role(struct context *context, const struct call *call,
                                struct terms *terms) {
    const char *typed = call_option(call, "role");
    enum circle_role role;

    if (typed == NULL) {
        return RB_OK;
    }
    if (!circle_role_parse(typed, &role) || role == CIRCLE_OWNER) {
        return failure_usage(&context->failure, "bad_role",
                             _("\"%s\" is no role here. Choose one: reader, writer, manager."),
                             typed);
    }
    terms->role = role;
    return RB_OK;
}

enum rb_status terms_read(struct context *context, const struct call *call, struct terms *terms) {
    enum rb_status status = read_role(context, call, terms);

    return status == RB_OK ? read_until(context, call, terms) : status;
}

enum rb_status terms_check(struct context *context, const struct call *call) {
    struct terms terms = { 0 };

    return terms_read(context, call, &terms);
}
