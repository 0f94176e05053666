/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/requests.h"

#include "cli/when.h"
#include "store/cases.h"
#include "store/contacts.h"
#include "store/requests.h"

#include <inttypes.h>
#include <string.h>

static const char *const states[] = {
    [REQUEST_OPEN] = "open",
    [REQUEST_DECLINED] = "declined",
    [REQUEST_SHARED] = "shared",
};

struct listing {
    struct context *context;
    bool only_asked;
    size_t shown;
    enum rb_status status;
};

static void put_request(struct output *out, const struct request *request, const char *other) {
    output_hex(out, "request", span_of(request->ref, sizeof request->ref));
    output_string(out, "code", request->code);
    output_hex(out, "asker", span_of(request->asker, sizeof request->asker));
    output_hex(out, "asked", span_of(request->asked, sizeof request->asked));
    output_string(out, "other", other);
    output_word(out, "state", states[request->state], "");
    output_text(out, "why", request->why);
    if (request->declined_why.len > 0) {
        output_text(out, "declined_why", request->declined_why);
    }
    output_time(out, "time", request->time_ms);
}

/* Of what is asked of oneself, and open. */
static enum rb_status say_what_to_do(struct context *context, const struct request *request,
                                     const char *name) {
    uint8_t circle[HASH_BYTES];
    struct case_row row;

    enum rb_status status = case_of_code(context->store, span_text(request->code),
                                         store_self(context->store)->person, circle);
    if (status == RB_OK) {
        status = case_get(context->store, circle, &row);
    }
    if (status == RB_OK) {
        output_next(context->out,
                    _("share it: rembuk case share %" PRId64 " \"%s\"; or say why not: rembuk case "
                      "refuse \"%s\" %s \"REASON\""),
                    row.number, name, name, request->code);
    } else if (status == RB_NOT_FOUND) {
        output_next(context->out,
                    _("it is not here; say so: rembuk case refuse \"%s\" %s \"REASON\""), name,
                    request->code);
        status = RB_OK;
    }
    return status;
}

static enum rb_status say_asked_of_me(struct context *context, const struct request *request,
                                      const char *name) {
    struct output *out = context->out;

    output_heading(out, _("%s asks you for case %s:"), name, request->code);
    output_paragraph(out, request->why);
    if (request->state == REQUEST_DECLINED) {
        output_say(out, _("You have said why not:"));
        output_paragraph(out, request->declined_why);
    } else if (request->state == REQUEST_SHARED) {
        output_say(out, _("It is shared with %s."), name);
    }
    return request->state == REQUEST_OPEN ? say_what_to_do(context, request, name) : RB_OK;
}

static void say_asked_by_me(struct output *out, const struct request *request, const char *name) {
    switch (request->state) {
    case REQUEST_OPEN:
        output_heading(out, _("You have asked %s for case %s; no answer yet."), name,
                       request->code);
        break;
    case REQUEST_SHARED:
        output_heading(out, _("You have asked for case %s, and it is here: rembuk case show %s"),
                       request->code, request->code);
        break;
    case REQUEST_DECLINED:
        output_heading(out, _("You have asked %s for case %s. It is not shared:"), name,
                       request->code);
        output_paragraph(out, request->declined_why);
        break;
    }
}

static bool show_request(void *opaque, const struct request *request) {
    struct listing *listing = opaque;
    struct context *context = listing->context;
    const bool is_own = memcmp(request->asker, store_self(context->store)->person, HASH_BYTES) == 0;
    char name[NAME_BYTES_MAX + 1];

    if (listing->only_asked && (is_own || request->state != REQUEST_OPEN)) {
        return true;
    }
    listing->shown++;
    listing->status = person_name(context->store, is_own ? request->asked : request->asker, name);
    if (listing->status != RB_OK) {
        return false;
    }
    output_row_begin(context->out);
    put_request(context->out, request, name);
    output_row_end(context->out);
    if (is_own) {
        say_asked_by_me(context->out, request, output_name(context->out, name));
    } else {
        listing->status = say_asked_of_me(context, request, output_name(context->out, name));
    }
    return listing->status == RB_OK;
}

enum rb_status requests_show(struct context *context, bool only_asked, size_t *shown) {
    struct listing listing = { .context = context, .only_asked = only_asked };

    output_list_begin(context->out, "requests", NULL, 0);
    enum rb_status status = requests_each(context->store, show_request, &listing);
    output_list_end(context->out);
    *shown = listing.shown;
    return status == RB_OK ? listing.status : status;
}
