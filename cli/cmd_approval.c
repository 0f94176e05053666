/* SPDX-License-Identifier: GPL-3.0-or-later */
/* approval request, approve, return: the supervisor's approval of a part of a case (F8). */
#include "cli/form_words.h"
#include "cli/oversight.h"
#include "cli/parts.h"
#include "cli/posts.h"

#include <inttypes.h>
#include <string.h>

/* ---- request ---- */

static enum rb_status request(struct context *context, const struct oversight *oversight,
                              enum approval_of of) {
    struct filled filled = { .draft.change.form = form_find(FORM_APPROVAL) };
    uint8_t hash[HASH_BYTES];

    approval_hash(&oversight->standing.record, of, hash);
    const struct field_value values[] = {
        { .field = APPROVAL_OF, .number = (uint64_t)of },
        { .field = APPROVAL_ASKED_ON, .bytes = span_of(oversight->today, DATE_BYTES) },
        { .field = APPROVAL_STATE_HASH, .bytes = span_of(hash, sizeof hash) },
    };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        draft_add(&filled, &values[i]);
    }
    return fill_write(context, oversight->row.circle, &filled);
}

static enum rb_status request_if_due(struct context *context, const struct oversight *oversight,
                                     enum approval_of of) {
    const struct approval approval = approval_look(&oversight->standing.record, of);

    if (approval.state == APPROVAL_GIVEN) {
        return failure_say(&context->failure, RB_EXISTS, "approved",
                           _("That is approved already, as it stands now. Nothing was written."));
    }
    if (approval.state == APPROVAL_ASKED) {
        return failure_say(&context->failure, RB_EXISTS, "asked",
                           _("That has been asked already, and nobody has answered yet. Nothing "
                             "was written."));
    }
    enum rb_status status = request(context, oversight, of);
    if (status == RB_OK && !record_has_any_duty(&oversight->standing.record, DUTY_SUPERVISOR)) {
        output_say(context->out,
                   _("Nobody supervises case %" PRId64 " yet. Name somebody: rembuk case duty "
                     "%" PRId64 " PERSON supervisor"),
                   oversight->row.number, oversight->row.number);
    }
    return status;
}

static enum rb_status approval_request_run(struct context *context, const struct call *call) {
    const struct field *field = form_field(form_find(FORM_APPROVAL), APPROVAL_OF);
    const int of = form_choice_typed(FORM_APPROVAL, field, span_text(call->typed[1]));
    struct oversight oversight;

    if (of < 0) {
        return failure_usage(&context->failure, "bad_choice",
                             _("\"%s\" cannot be approved. Choose one: assessment, plan, ending."),
                             call->typed[1]);
    }
    enum rb_status status = oversight_begin(context, call->objects[0].id, &oversight);
    if (status == RB_OK) {
        status = request_if_due(context, &oversight, (enum approval_of)of);
        oversight_end(&oversight);
    }
    return fill_end(context, status);
}

const struct command cmd_approval_request = {
    .name = "approval request",
    .name_id = "pengesahan minta",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") },
                   { .sort = ARGUMENT_WORD,
                     .label = N_("SECTION"),
                     .question = N_("Of what: assessment, plan or ending?") } },
    .summary = N_("ask for approval"),
    .help = N_("Asks the supervisor to approve the assessment, the plan or the ending of a case."),
    .more = N_("The approval holds for what stands there now: whoever changes it later has to ask "
               "again. How far a step is may be changed without that."),
    .examples = N_("rembuk approval request 4 plan"),
    .needs = NEEDS_STORE,
    .run = approval_request_run,
};

/* ---- approve, return ---- */

/* The words in front of a number name a request; a case that has one open, that one. */
static const struct record_item *request_of(const struct oversight *oversight,
                                            const struct object *part) {
    const struct record *record = &oversight->standing.record;

    if (part->id_len == REF_BYTES) {
        const struct record_item *item = record_item(record, part->id);
        return item != NULL && item->form->form == FORM_APPROVAL ? item : NULL;
    }
    for (int of = APPROVAL_ASSESSMENT; of <= APPROVAL_ENDING; of++) {
        const struct record_item *open = approval_open(record, (enum approval_of)of);
        if (open != NULL) {
            return open;
        }
    }
    return NULL;
}

static enum rb_status fail_request(struct context *context) {
    return failure_say(&context->failure, RB_REFUSED, "no_request",
                       _("There is no request for approval. It has a number, such as 12.3; it "
                         "stands in: rembuk case show CASE"));
}

static enum rb_status check_answer(struct context *context, const struct oversight *oversight,
                                   const struct record_item *item, enum approval_answer answer) {
    const uint8_t *self = store_self(context->store)->person;
    uint8_t now[HASH_BYTES];
    uint64_t of = 0;

    if (!record_has_duty(&oversight->standing.record, self, DUTY_SUPERVISOR)) {
        return failure_say(
            &context->failure, RB_REFUSED, "not_supervisor",
            _("Only a supervisor of case %" PRId64 " answers that. Nothing was written."),
            oversight->row.number);
    }
    if (memcmp(item->first->person, self, HASH_BYTES) == 0) {
        return failure_say(&context->failure, RB_REFUSED, "own_request",
                           _("Nobody answers what he has asked himself. Nothing was written."));
    }
    (void)item_number(item, APPROVAL_OF, &of); /* first and fixed: it is there */
    approval_hash(&oversight->standing.record, (enum approval_of)of, now);
    if (answer == ANSWER_APPROVED &&
        !span_equal(item_text(item, APPROVAL_STATE_HASH), span_of(now, sizeof now))) {
        return failure_say(&context->failure, RB_REFUSED, "outdated",
                           _("That has been changed since it was asked for. Let it be asked for "
                             "again, or return it. Nothing was written."));
    }
    return RB_OK;
}

static enum rb_status answer(struct context *context, const struct call *call,
                             enum approval_answer given, struct span why) {
    struct filled filled = { .draft.change.form = form_find(FORM_APPROVAL) };
    const struct field_value said = { .field = APPROVAL_ANSWER, .number = (uint64_t)given };
    const struct field_value reason = { .field = APPROVAL_WHY, .bytes = why };
    uint8_t circle[HASH_BYTES];
    struct oversight oversight;

    enum rb_status status = RB_OK;
    memcpy(circle, call->objects[0].id, sizeof circle);
    if (call->objects[0].id_len == REF_BYTES) {
        status = part_case(context->store, call->objects[0].id, circle);
    }
    if (status == RB_OK) {
        status = oversight_begin(context, circle, &oversight);
    }
    if (status != RB_OK) {
        return status;
    }
    const struct record_item *item = request_of(&oversight, &call->objects[0]);
    status = item == NULL ? fail_request(context) : check_answer(context, &oversight, item, given);
    if (status == RB_OK) {
        filled.draft.item = item->first->ref;
        draft_add(&filled, &said);
        if (why.len > 0) {
            draft_add(&filled, &reason);
        }
        status = fill_write(context, circle, &filled);
    }
    oversight_end(&oversight);
    return fill_end(context, status);
}

static enum rb_status approve_run(struct context *context, const struct call *call) {
    return answer(context, call, ANSWER_APPROVED, (struct span) { 0 });
}

const struct command cmd_approve = {
    .name = "approve",
    .name_id = "sahkan",
    .arguments = { { .sort = ARGUMENT_PART, .label = N_("PART") } },
    .help = N_("Approves what was asked for, as a supervisor of the case."),
    .examples = N_("rembuk approve 4.6\nrembuk approve 4"),
    .needs = NEEDS_STORE,
    .run = approve_run,
};

static enum rb_status return_run(struct context *context, const struct call *call) {
    enum rb_status status = fill_text_check(context, call->texts[1]);

    return status == RB_OK ? answer(context, call, ANSWER_RETURNED, call->texts[1]) : status;
}

const struct command cmd_return = {
    .name = "return",
    .name_id = "kembalikan",
    .arguments = { { .sort = ARGUMENT_PART, .label = N_("PART") },
                   { .sort = ARGUMENT_TEXT,
                     .label = N_("\"REASON\""),
                     .typing = text_typing,
                     .question = N_("What has to be better?") } },
    .help = N_("Returns what was asked for, with the reason, as a supervisor of the case."),
    .examples = N_("rembuk return 4.6 \"Step 2: by when?\""),
    .needs = NEEDS_STORE,
    .run = return_run,
};
