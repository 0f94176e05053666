/* SPDX-License-Identifier: GPL-3.0-or-later */
/* case stage, end, resume: where a case stands among the stages of help (F3). */
#include "cli/form_words.h"
#include "cli/oversight.h"

#include <inttypes.h>
#include <string.h>

/* ---- What is missing ---- */

static const struct {
    enum stage_lack lack;
    const char *word, *shown;
} lacks[] = {
    { LACKS_SUMMARY, "summary", N_("the assessment: rembuk assess fill %" PRId64) },
    { LACKS_ASSESSMENT, "assessment_approval",
      N_("the approval of the assessment: rembuk approval request %" PRId64 " assessment") },
    { LACKS_STEP, "step", N_("a step of the plan: rembuk plan add %" PRId64) },
    { LACKS_PLAN, "plan_approval",
      N_("the approval of the plan: rembuk approval request %" PRId64 " plan") },
    { LACKS_CONSENT, "consent", N_("the consent: rembuk consent add %" PRId64) },
    { LACKS_CRITERION, "criterion",
      N_("by what one sees that help is needed no more: rembuk case ending %" PRId64) },
    { LACKS_AFTERCARE, "aftercare",
      N_("a day on which the client is seen again: rembuk aftercare add %" PRId64) },
    { LACKS_ENDING, "ending_approval",
      N_("the approval of the ending: rembuk approval request %" PRId64 " ending") },
    { LACKS_AFTERCARE_DONE, "aftercare_done",
      N_("the visits after the end that are not done yet: rembuk case check %" PRId64) },
};

/* One line for each thing, so that the next step can be copied. */
static enum rb_status fail_lacks(struct context *context, const struct oversight *oversight,
                                 unsigned lacking) {
    const int64_t number = oversight->row.number;
    size_t count = 0, first = 0;

    for (size_t i = sizeof lacks / sizeof lacks[0]; i > 0; i--) {
        if ((lacking & (unsigned)lacks[i - 1].lack) != 0) {
            first = i - 1;
            count++;
        }
    }
    for (size_t i = 0; i < sizeof lacks / sizeof lacks[0]; i++) {
        if ((lacking & (unsigned)lacks[i].lack) != 0) {
            output_say(context->out, _(lacks[i].shown), number);
        }
    }
    return failure_say(
        &context->failure, RB_REFUSED, lacks[first].word,
        _("Case %" PRId64 " stays at its stage: what stands above is missing (%zu)."), number,
        count);
}

static enum rb_status fail_order(struct context *context, const struct oversight *oversight) {
    return failure_say(&context->failure, RB_REFUSED, "not_next",
                       _("Stages come one after the other: case %" PRId64
                         " is at \"%s\". Back to an earlier one is always possible."),
                       oversight->row.number, case_stage_shown(&oversight->row));
}

/* ---- Going on ---- */

static enum rb_status stage_write(struct context *context, const struct oversight *oversight,
                                  enum stage next) {
    struct filled filled = { .draft.change.form = form_find(FORM_STAGE) };
    const struct field_value now = { .field = STAGE_NOW, .number = (uint64_t)next };

    draft_add(&filled, &now);
    return fill_write(context, oversight->row.circle, &filled);
}

static enum rb_status stage_go(struct context *context, const uint8_t circle[static HASH_BYTES],
                               enum stage next) {
    struct oversight oversight;

    enum rb_status status = oversight_begin(context, circle, &oversight);
    if (status != RB_OK) {
        return status;
    }
    const struct record *record = &oversight.standing.record;
    const unsigned lacking =
        stage_lacks(record, &oversight.row.record, next, span_of(oversight.today, DATE_BYTES));
    const bool differs = item_differs(record_single(record, FORM_STAGE), STAGE_NOW);
    if (!differs && !stage_follows(record_stage(record), next)) {
        status = fail_order(context, &oversight);
    } else if (lacking != 0) {
        status = fail_lacks(context, &oversight, lacking);
    } else {
        status = stage_write(context, &oversight, next);
    }
    oversight_end(&oversight);
    return fill_end(context, status);
}

static enum rb_status case_stage_run(struct context *context, const struct call *call) {
    const struct field *field = form_field(form_find(FORM_STAGE), STAGE_NOW);
    const int next = form_choice_typed(FORM_STAGE, field, span_text(call->typed[1]));

    if (next < 0) {
        return failure_usage(&context->failure, "bad_stage",
                             _("\"%s\" is no stage. Choose one: intake, assessment, plan, "
                               "intervention, evaluation, termination, aftercare, closed."),
                             call->typed[1]);
    }
    return stage_go(context, call->objects[0].id, (enum stage)next);
}

const struct command cmd_case_stage = {
    .name = "case stage",
    .name_id = "kasus tahap",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") },
                   { .sort = ARGUMENT_WORD,
                     .label = N_("STAGE"),
                     .question = N_("To which stage: intake, assessment, plan, intervention, "
                                    "evaluation, termination, aftercare, closed?") } },
    .help = N_("Takes a case to another stage of help."),
    .more = N_("Onwards it goes one by one, and what a stage needs must be there; back it goes "
               "freely. Where a supervisor is named for the case, assessment, plan and ending need "
               "the approval."),
    .examples = N_("rembuk case stage 4 plan"),
    .needs = NEEDS_STORE,
    .run = case_stage_run,
};

static enum rb_status case_end_run(struct context *context, const struct call *call) {
    return stage_go(context, call->objects[0].id, STAGE_TERMINATION);
}

const struct command cmd_case_end = {
    .name = "case end",
    .name_id = "kasus akhiri",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") } },
    .help = N_("Ends a case."),
    .more = N_("Write first why, and by what one sees that help is needed no more (rembuk case "
               "ending), and when the client is seen again (rembuk aftercare add)."),
    .examples = N_("rembuk case end 4"),
    .needs = NEEDS_STORE,
    .run = case_end_run,
};

static enum rb_status case_resume_run(struct context *context, const struct call *call) {
    return stage_go(context, call->objects[0].id, STAGE_ASSESSMENT);
}

const struct command cmd_case_resume = {
    .name = "case resume",
    .name_id = "kasus lanjutkan",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") } },
    .help = N_("Takes an ended case up again, at the assessment."),
    .examples = N_("rembuk case resume 4"),
    .needs = NEEDS_STORE,
    .run = case_resume_run,
};
