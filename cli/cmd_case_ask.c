/* SPDX-License-Identifier: GPL-3.0-or-later */
/* case ask, case refuse, case requests: asking a colleague for a case that he holds (F22). */
#include "cli/cases.h"
#include "cli/fill.h"
#include "cli/form_words.h"
#include "cli/next.h"
#include "cli/people.h"
#include "cli/posts.h"
#include "cli/requests.h"
#include "node/node.h"
#include "protocol/text.h"
#include "store/cases.h"
#include "store/contacts.h"
#include "store/requests.h"

#include <inttypes.h>
#include <string.h>

/* What both rows are typed with. */
struct asking {
    char code[CASE_CODE_BYTES + 1];
    struct contact contact;
    struct span why;
};

#define ASKING_ARGUMENTS(question_of_reason)                                                       \
    {                                                                                              \
        { .sort = ARGUMENT_CONTACT, .label = N_("CONTACT") },                                      \
            { .sort = ARGUMENT_WORD,                                                               \
              .label = N_("CODE"),                                                                 \
              .question = N_("Which case? Its code, such as 3273-26-K7QD.") },                     \
        {                                                                                          \
            .sort = ARGUMENT_TEXT, .label = N_("\"REASON\""), .typing = text_typing,               \
            .question = (question_of_reason)                                                       \
        }                                                                                          \
    }

static enum rb_status code_read(struct context *context, const char *typed,
                                char code[static CASE_CODE_BYTES + 1]) {
    struct filled filled = { .draft.change.form = form_find(FORM_REQUEST) };
    const struct field *field = form_field(filled.draft.change.form, REQUEST_CASE);

    enum rb_status status = fill_value(context, field, typed, &filled);
    if (status == RB_OK) {
        text_copy(code, CASE_CODE_BYTES + 1, filled.draft.change.values[0].bytes);
    }
    return status;
}

static enum rb_status asking_read(struct context *context, const struct call *call,
                                  struct asking *asking) {
    asking->why = call->texts[2];
    enum rb_status status = code_read(context, call->typed[1], asking->code);
    if (status == RB_OK) {
        status = fill_text_check(context, asking->why);
    }
    return status == RB_OK ? contact_get(context->store, call->objects[0].id, &asking->contact)
                           : status;
}

static enum rb_status asking_end(struct context *context, const struct asking *asking) {
    output_hex(context->out, "contact", span_of(asking->contact.person, HASH_BYTES));
    output_string(context->out, "code", asking->code);
    return next_send(context, _("send it: rembuk sync"));
}

static enum rb_status case_ask_check(struct context *context, const struct call *call) {
    char code[CASE_CODE_BYTES + 1];

    return code_read(context, call->typed[1], code);
}

/* ---- ask ---- */

/* What is here need not be asked for. */
static enum rb_status check_absent(struct context *context, const char *code) {
    uint8_t circle[HASH_BYTES];

    enum rb_status status =
        case_of_code(context->store, span_text(code), store_self(context->store)->person, circle);
    if (status == RB_OK) {
        return failure_say(&context->failure, RB_EXISTS, "case_is_here",
                           _("Case %s is here already. Read it: rembuk case show %s"), code, code);
    }
    return status == RB_NOT_FOUND ? RB_OK : status;
}

static enum rb_status fail_ask(struct context *context, const struct contact *contact,
                               const char *code, enum rb_status status) {
    const char *name = output_name(context->out, contact->name);
    char typed[CONTACT_TYPED_BYTES];

    contact_typed(contact, typed);
    switch (status) {
    case RB_UNSAFE:
        return failure_say(&context->failure, RB_REFUSED, "not_verified",
                           _("%s was not asked: the contact is not verified yet. Type: rembuk "
                             "contact verify %s"),
                           name, typed);
    case RB_EXISTS:
        return failure_say(&context->failure, status, "asked",
                           _("%s is asked for case %s already, and has not answered yet. Nothing "
                             "was written."),
                           name, code);
    default:
        return status;
    }
}

static enum rb_status case_ask_run(struct context *context, const struct call *call) {
    struct asking asking;

    enum rb_status status = asking_read(context, call, &asking);
    if (status == RB_OK && asking.contact.revoked) {
        status = fail_revoked_contact(context, &asking.contact);
    }
    if (status == RB_OK) {
        status = check_absent(context, asking.code);
    }
    if (status != RB_OK) {
        return status;
    }
    status = request_write(context->store, asking.contact.person, span_text(asking.code),
                           asking.why, clock_now_ms());
    if (status != RB_OK) {
        return status == RB_MALFORMED ? fail_writing(context, asking.why, status)
                                      : fail_ask(context, &asking.contact, asking.code, status);
    }
    output_say(context->out, _("%s is asked for case %s."),
               output_name(context->out, asking.contact.name), asking.code);
    return asking_end(context, &asking);
}

const struct command cmd_case_ask = {
    .name = "case ask",
    .name_id = "kasus minta",
    .arguments = ASKING_ARGUMENTS(N_("Why do you need it?")),
    .help = N_("Asks a colleague for a case that he holds."),
    .more = N_("Only the two of you read the request. Your colleague shares the case, or says why "
               "not; the consent of the client counts as for every sharing. Write no names of "
               "clients."),
    .examples = N_("rembuk case ask \"Budi Misal\" 3273-26-K7QD \"His brother is my case\""),
    .needs = NEEDS_STORE,
    .check = case_ask_check,
    .run = case_ask_run,
};

/* ---- refuse ---- */

static enum rb_status case_refuse_run(struct context *context, const struct call *call) {
    struct asking asking;

    enum rb_status status = asking_read(context, call, &asking);
    if (status != RB_OK) {
        return status;
    }
    const char *name = output_name(context->out, asking.contact.name);
    status = request_decline(context->store, asking.contact.person, span_text(asking.code),
                             asking.why, clock_now_ms());
    if (status == RB_NOT_FOUND) {
        return failure_say(&context->failure, status, "no_request",
                           _("%s does not ask you for case %s. See who does: rembuk case requests"),
                           name, asking.code);
    }
    if (status != RB_OK) {
        return status == RB_MALFORMED ? fail_writing(context, asking.why, status) : status;
    }
    output_say(context->out, _("%s is told why case %s is not shared."), name, asking.code);
    return asking_end(context, &asking);
}

const struct command cmd_case_refuse = {
    .name = "case refuse",
    .name_id = "kasus tolak",
    .arguments = ASKING_ARGUMENTS(N_("Why not?")),
    .help = N_("Tells a colleague why you do not share the case that he asks for."),
    .examples = N_("rembuk case refuse \"Sari Umpama\" 3273-26-K7QD \"Ask Dewi, she has it\""),
    .needs = NEEDS_STORE,
    .check = case_ask_check,
    .run = case_refuse_run,
};

/* ---- requests ---- */

static enum rb_status case_requests_run(struct context *context, const struct call *call) {
    size_t shown = 0;
    (void)call;

    enum rb_status status = requests_show(context, false, &shown);
    if (status == RB_OK && shown == 0) {
        output_say(context->out, _("Nobody asks you for a case, and you have not asked for any."));
    }
    return status;
}

const struct command cmd_case_requests = {
    .name = "case requests",
    .name_id = "kasus permintaan",
    .help = N_("Lists who asks you for a case, and for which ones you have asked."),
    .examples = N_("rembuk case requests"),
    .needs = NEEDS_STORE,
    .run = case_requests_run,
};
