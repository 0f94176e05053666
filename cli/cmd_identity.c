/* SPDX-License-Identifier: GPL-3.0-or-later */
/* identity: who the client is, under keys of its own (I14). */
#include "cli/access_log.h"
#include "cli/circles.h"
#include "cli/duplicates.h"
#include "cli/next.h"
#include "cli/parts.h"
#include "cli/posts.h"
#include "cli/question.h"
#include "node/node.h"
#include "protocol/casework/access.h"
#include "store/contacts.h"
#include "store/identity.h"

#include <inttypes.h>
#include <string.h>

/* ---- fill, relative ---- */

#define IDENTITY_MORE                                                                              \
    N_("Who belongs to the case does not read this by that: share it by itself (rembuk identity "  \
       "share). What you leave out stays as it is; \"\" empties it.")

static enum rb_status identity_fill_run(struct context *context, const struct call *call) {
    const uint8_t *circle = call->objects[0].id;
    struct filled filled;

    enum rb_status status = fill_options(context, call, &filled);
    if (status == RB_OK) {
        status = fill_write(context, circle, &filled);
    }
    if (status == RB_OK) {
        status = duplicates_say(context, circle);
    }
    return fill_end(context, status);
}

const struct command cmd_identity_fill = {
    .name = "identity fill",
    .name_id = "identitas isi",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") } },
    .form = FORM_IDENTITY,
    .summary = N_("write who the client is"),
    .help = N_("Writes who the client is into the identity part of a case."),
    .more = IDENTITY_MORE,
    .examples = N_("rembuk identity fill 4 --name \"Bunga Contoh\" --village 32.73.04.1002"),
    .needs = NEEDS_STORE,
    .check = fill_check,
    .run = identity_fill_run,
};

const struct command cmd_identity_relative = {
    .name = "identity relative",
    .name_id = "identitas kerabat",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") } },
    .form = FORM_RELATIVE,
    .help = N_("Adds a relative, by name, to the identity part of a case."),
    .more = IDENTITY_MORE,
    .examples = N_("rembuk identity relative 4 --name \"Ani Contoh\" --relation mother"),
    .needs = NEEDS_STORE,
    .check = fill_check,
    .run = fill_run,
};

/* ---- show ---- */

static enum rb_status identity_put(struct context *context, const struct oversight *oversight,
                                   const struct record *record) {
    size_t shown = 0;

    case_put(context->out, &oversight->row);
    output_heading(context->out, _("Case %" PRId64 ": who the client is"), oversight->row.number);
    return record_show(context, &oversight->row, record, &shown);
}

static enum rb_status identity_show_run(struct context *context, const struct call *call) {
    struct standing identity = { 0 };
    struct oversight oversight;

    enum rb_status status = oversight_begin(context, call->objects[0].id, &oversight);
    if (status != RB_OK) {
        return status;
    }
    status = access_open_identity(context, &oversight, call->texts[1],
                                  call_option(call, "emergency") != NULL, &identity);
    if (status == RB_OK) {
        status = identity_put(context, &oversight, &identity.record);
    }
    standing_clear(&identity);
    oversight_end(&oversight);
    return status;
}

const struct command cmd_identity_show = {
    .name = "identity show",
    .name_id = "buka identitas",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") },
                   { .sort = ARGUMENT_TEXT,
                     .label = N_("\"REASON\""),
                     .typing = text_typing,
                     .question = N_("Why do you open it? The team sees the reason.") } },
    .options = { { .name = "emergency",
                   .name_id = "darurat",
                   .help = N_("without an everyday part in the case: for 24 hours, and its "
                              "supervisors are told") } },
    .summary = N_("read who the client is"),
    .help = N_("Opens the identity part of a case. The team sees who opened it, when and why."),
    .examples = N_("rembuk identity show 4 \"Home visit tomorrow\""),
    .needs = NEEDS_STORE,
    .run = identity_show_run,
};

/* ---- share ---- */

struct identity_sharing {
    struct oversight oversight;
    struct contact contact;
};

static enum rb_status check_team(struct context *context, const struct identity_sharing *sharing) {
    struct group_person person;

    enum rb_status status =
        circle_person(context, sharing->oversight.row.circle, sharing->contact.person, &person);
    if (status == RB_NOT_FOUND ||
        (status == RB_OK && person.state != MEMBER_INVITED && person.state != MEMBER_ACCEPTED)) {
        return failure_say(&context->failure, RB_REFUSED, "not_in_team",
                           _("%s does not belong to the team of case %" PRId64
                             ". Share the case first: rembuk case share"),
                           output_name(context->out, sharing->contact.name),
                           sharing->oversight.row.number);
    }
    return status;
}

static enum rb_status check_sharing(struct context *context,
                                    const struct identity_sharing *sharing) {
    const int64_t number = sharing->oversight.row.number;

    if (!sharing->contact.verified) {
        return failure_say(&context->failure, RB_REFUSED, "not_verified",
                           _("The identity part of case %" PRId64
                             " was not shared: the contact is not verified yet."),
                           number);
    }
    if (oversight_consent(&sharing->oversight, RECIPIENTS_TEAM).state != CONSENT_OPEN) {
        return failure_say(&context->failure, RB_REFUSED, "no_consent",
                           _("The identity part of case %" PRId64
                             " was not shared: there is no consent that holds. See: rembuk consent "
                             "show %" PRId64),
                           number, number);
    }
    return check_team(context, sharing);
}

/* Refuses before anybody is asked. */
static enum rb_status sharing_read(struct context *context, const struct call *call,
                                   struct identity_sharing *sharing) {
    enum rb_status status = oversight_begin(context, call->objects[0].id, &sharing->oversight);

    if (status != RB_OK) {
        return status;
    }
    status = contact_get(context->store, call->objects[1].id, &sharing->contact);
    if (status == RB_OK) {
        status = check_sharing(context, sharing);
    }
    if (status != RB_OK) {
        oversight_end(&sharing->oversight);
    }
    return status;
}

static enum rb_status identity_share_question(struct context *context, const struct call *call,
                                              struct writer *question) {
    struct identity_sharing sharing;

    enum rb_status status = sharing_read(context, call, &sharing);
    if (status != RB_OK) {
        return status;
    }
    const char *name = output_name(context->out, sharing.contact.name);
    question_say(question,
                 _("%s will read who the client of case %" PRId64
                   " is: names, address, school. What has arrived there cannot be taken back."),
                 name, sharing.oversight.row.number);
    question_say(question, _("Share it? [y/n]"));
    oversight_end(&sharing.oversight);
    return writer_end(question);
}

static enum rb_status fail_identity_share(struct context *context,
                                          const struct identity_sharing *sharing,
                                          enum rb_status status) {
    switch (status) {
    case RB_NOT_FOUND:
        return fail_no_identity(context, &sharing->oversight);
    case RB_EXISTS:
        return failure_say(&context->failure, status, "member_already",
                           _("It is shared with %s already. Nothing was changed."),
                           output_name(context->out, sharing->contact.name));
    case RB_REFUSED:
        return failure_say(&context->failure, status, "not_manager",
                           _("Only who has written the identity part shares it. Nothing was "
                             "changed."));
    default:
        return status;
    }
}

static enum rb_status identity_share_run(struct context *context, const struct call *call) {
    struct identity_sharing sharing;

    enum rb_status status = sharing_read(context, call, &sharing);
    if (status != RB_OK) {
        return status;
    }
    status = identity_share(context->store, sharing.oversight.row.circle, sharing.contact.person,
                            clock_now_ms());
    if (status == RB_OK) {
        case_put(context->out, &sharing.oversight.row);
        output_say(context->out, _("The identity part of case %" PRId64 " is shared with %s."),
                   sharing.oversight.row.number, output_name(context->out, sharing.contact.name));
    } else {
        status = fail_identity_share(context, &sharing, status);
    }
    oversight_end(&sharing.oversight);
    return fill_end(context, status);
}

const struct command cmd_identity_share = {
    .name = "identity share",
    .name_id = "identitas bagikan",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") },
                   { .sort = ARGUMENT_CONTACT, .label = N_("CONTACT") } },
    .help = N_("Lets somebody of the team read and write who the client is."),
    .more = N_("Only for whom it is needed: the case itself can be worked on without it."),
    .examples = N_("rembuk identity share 4 \"Budi Misal\""),
    .needs = NEEDS_STORE,
    .question = identity_share_question,
    .run = identity_share_run,
};
