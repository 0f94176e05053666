/* SPDX-License-Identifier: GPL-3.0-or-later */
/* comment, flag, unflag: words about a case at the exact place (F9). */
#include "cli/fill.h"
#include "cli/form_words.h"
#include "cli/parts.h"
#include "cli/posts.h"

#include <string.h>

static void draft_text(struct filled *filled, uint8_t field, struct span text) {
    filled->draft.change.values[filled->draft.change.value_count++] =
        (struct field_value) { .field = field, .bytes = text };
}

/* The case of a part; for an entry too. */
static enum rb_status part_circle(struct context *context, const struct object *part,
                                  uint8_t circle[static HASH_BYTES]) {
    if (part->id_len == HASH_BYTES) {
        memcpy(circle, part->id, HASH_BYTES);
        return RB_OK;
    }
    return part_case(context->store, part->id, circle);
}

/* ---- comment ---- */

static enum rb_status comment_place(struct context *context, const struct call *call,
                                    struct filled *filled) {
    const char *typed = call_option(call, "form");
    struct change *change = &filled->draft.change;

    if (call->objects[0].id_len == REF_BYTES) {
        change->values[change->value_count++] =
            (struct field_value) { .field = COMMENT_ON_THING,
                                   .bytes = span_of(call->objects[0].id, REF_BYTES) };
    }
    if (typed == NULL) {
        return RB_OK;
    }
    const struct form_row *form = form_named(span_text(typed));
    if (form == NULL || form_circle(form) != CIRCLE_CASE) {
        return failure_usage(&context->failure, "no_such_form",
                             _("\"%s\" is no form of a case. For example: risk, plan, ending."),
                             typed);
    }
    change->values[change->value_count++] =
        (struct field_value) { .field = COMMENT_ON_FORM, .number = (uint64_t)form->form };
    return RB_OK;
}

static enum rb_status comment_run(struct context *context, const struct call *call) {
    struct filled filled = { .draft.change.form = form_find(FORM_COMMENT) };
    uint8_t circle[HASH_BYTES];

    enum rb_status status = fill_text_check(context, call->texts[1]);
    if (status == RB_OK) {
        status = comment_place(context, call, &filled);
    }
    if (status == RB_OK) {
        status = part_circle(context, &call->objects[0], circle);
    }
    if (status != RB_OK) {
        return status;
    }
    draft_text(&filled, COMMENT_TEXT, call->texts[1]);
    return fill_end(context, fill_write(context, circle, &filled));
}

const struct command cmd_comment = {
    .name = "comment",
    .name_id = "komentar",
    .arguments = { { .sort = ARGUMENT_PART, .label = N_("PART") },
                   { .sort = ARGUMENT_TEXT,
                     .label = N_("\"TEXT\""),
                     .typing = text_typing,
                     .question = N_("What do you want to say about it?") } },
    .options = { { .name = "form",
                   .name_id = "lembar",
                   .value = N_("FORM"),
                   .help = N_("about a form that stands once: risk, assessment, ending") } },
    .summary = N_("comment on a part"),
    .help = N_("Comments on one entry, item or form of a case, or on the whole case."),
    .examples = N_("rembuk comment 4.3 \"By when?\"\n"
                   "rembuk comment 4 --form risk \"Why high?\""),
    .needs = NEEDS_STORE,
    .run = comment_run,
};

/* ---- flag, unflag ---- */

static enum rb_status flag_run(struct context *context, const struct call *call) {
    struct filled filled = { .draft.change.form = form_find(FORM_FLAG) };

    enum rb_status status = fill_text_check(context, call->texts[1]);
    if (status != RB_OK) {
        return status;
    }
    draft_text(&filled, FLAG_WHY, call->texts[1]);
    return fill_end(context, fill_write(context, call->objects[0].id, &filled));
}

const struct command cmd_flag = {
    .name = "flag",
    .name_id = "tandai",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") },
                   { .sort = ARGUMENT_TEXT,
                     .label = N_("\"REASON\""),
                     .typing = text_typing,
                     .question = N_("Why is the case flagged?") } },
    .help = N_("Flags a case, with a reason: the whole team sees it."),
    .examples = N_("rembuk flag 4 \"No contact for a month\""),
    .needs = NEEDS_STORE,
    .run = flag_run,
};

static enum rb_status unflag_run(struct context *context, const struct call *call) {
    struct filled filled = { .draft.change.form = form_find(FORM_FLAG) };
    struct item_place place;

    enum rb_status status = fill_text_check(context, call->texts[1]);
    if (status != RB_OK) {
        return status;
    }
    status = call->objects[0].id_len == REF_BYTES
                 ? item_place(context->store, call->objects[0].id, &place)
                 : RB_NOT_FOUND;
    if (status == RB_NOT_FOUND || (status == RB_OK && place.form->form != FORM_FLAG)) {
        return failure_say(&context->failure, RB_REFUSED, "no_flag",
                           _("That is no flag. A flag has a number, such as 12.3; it stands in: "
                             "rembuk case show CASE"));
    }
    if (status != RB_OK) {
        return status;
    }
    filled.draft.item = call->objects[0].id;
    draft_text(&filled, FLAG_CLEARED_WHY, call->texts[1]);
    return fill_end(context, fill_write(context, place.circle, &filled));
}

const struct command cmd_unflag = {
    .name = "unflag",
    .name_id = "lepas-tanda",
    .arguments = { { .sort = ARGUMENT_PART, .label = N_("PART") },
                   { .sort = ARGUMENT_TEXT,
                     .label = N_("\"REASON\""),
                     .typing = text_typing,
                     .question = N_("Why is the flag taken away?") } },
    .help = N_("Takes a flag away, with a reason."),
    .examples = N_("rembuk unflag 4.7 \"The family has called\""),
    .needs = NEEDS_STORE,
    .run = unflag_run,
};
