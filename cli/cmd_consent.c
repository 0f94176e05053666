/* SPDX-License-Identifier: GPL-3.0-or-later */
/* consent: writing down who consents to what, and its withdrawal (F14). */
#include "cli/form_words.h"
#include "cli/oversight.h"
#include "cli/parts.h"
#include "cli/posts.h"
#include "node/node.h"

#include <string.h>

/* ---- add ---- */

static enum rb_status fail_reason(struct context *context) {
    return failure_usage(&context->failure, "reason_missing",
                         _("Without the guardian's consent the reason has to stand there: add "
                           "--why \"TEXT\". Nothing was written."));
}

/* A basis that needs a reason to count would otherwise be written and not count. */
static bool lacks_reason(const struct filled *filled) {
    const struct field_value *basis = change_value(&filled->draft.change, CONSENT_BASIS);

    return basis != NULL && basis->number >= BASIS_GUARDIAN_ABSENT &&
           change_value(&filled->draft.change, CONSENT_WHY) == NULL;
}

static enum rb_status consent_add_check(struct context *context, const struct call *call) {
    struct filled filled;

    enum rb_status status = fill_options(context, call, &filled);
    return status == RB_OK && lacks_reason(&filled) ? fail_reason(context) : status;
}

/* A new consent names the withdrawal that stands, so that it opens again.  NULL: none stands. */
static const struct record_item *follow_withdrawal(const struct oversight *oversight,
                                                   struct filled *filled) {
    const struct record *record = &oversight->standing.record;
    const struct record_item *withdrawn =
        consent_unanswered(record, client_is_adult(record, &oversight->row.record));

    if (withdrawn != NULL) {
        const struct field_value after = { .field = CONSENT_AFTER,
                                           .bytes = span_of(withdrawn->first->ref, REF_BYTES) };
        draft_add(filled, &after);
    }
    return withdrawn;
}

/* Writes it once more for each further withdrawal that stands; `last`: the one that it followed.
 * What answers none of them, because it does not count, is not written again. */
static enum rb_status follow_others(struct context *context, const uint8_t *circle,
                                    const struct filled *consent, uint8_t last[static REF_BYTES]) {
    enum rb_status status = RB_OK;

    for (bool is_another = true; is_another && status == RB_OK;) {
        struct filled filled = *consent;
        struct oversight oversight;
        uint8_t ref[REF_BYTES];

        status = oversight_begin(context, circle, &oversight);
        if (status != RB_OK) {
            return status;
        }
        const struct record_item *withdrawn = follow_withdrawal(&oversight, &filled);
        is_another = withdrawn != NULL && memcmp(withdrawn->first->ref, last, REF_BYTES) != 0;
        if (is_another) {
            memcpy(last, withdrawn->first->ref, REF_BYTES);
            status = record_write(context->store, circle, &filled.draft, clock_now_ms(), ref);
        }
        oversight_end(&oversight);
    }
    return status;
}

static enum rb_status consent_write(struct context *context, const uint8_t *circle,
                                    const struct filled *consent) {
    struct filled filled = *consent;
    struct oversight oversight;
    uint8_t last[REF_BYTES];

    enum rb_status status = oversight_begin(context, circle, &oversight);
    if (status != RB_OK) {
        return status;
    }
    const struct record_item *withdrawn = follow_withdrawal(&oversight, &filled);
    const bool follows = withdrawn != NULL;
    if (follows) {
        memcpy(last, withdrawn->first->ref, REF_BYTES);
    }
    status = fill_write(context, circle, &filled);
    oversight_end(&oversight);
    return status == RB_OK && follows ? follow_others(context, circle, consent, last) : status;
}

static enum rb_status say_consent(struct context *context,
                                  const uint8_t circle[static HASH_BYTES]) {
    struct oversight oversight;

    enum rb_status status = oversight_begin(context, circle, &oversight);
    if (status == RB_OK) {
        status = consent_say(context, &oversight);
        oversight_end(&oversight);
    }
    return status;
}

static enum rb_status consent_add_run(struct context *context, const struct call *call) {
    const uint8_t *circle = call->objects[0].id;
    struct filled filled;

    enum rb_status status = fill_options(context, call, &filled);
    if (status == RB_OK) {
        status = consent_write(context, circle, &filled);
    }
    if (status == RB_OK) {
        status = say_consent(context, circle);
    }
    return fill_end(context, status);
}

const struct command cmd_consent_add = {
    .name = "consent add",
    .name_id = "izin catat",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") } },
    .form = FORM_CONSENT,
    .summary = N_("write down consent"),
    .help = N_("Writes down the consent to share a case, or the legal basis that stands for it."),
    .more = N_("Nothing is shared without it. For a child the guardian consents; if the guardian "
               "cannot be found or is suspected, write that as the basis with the reason: it is "
               "never printed. Write no names."),
    .examples =
        N_("rembuk consent add 4 --basis client --recipients all --on 25/11 --purpose Help"),
    .needs = NEEDS_STORE,
    .check = consent_add_check,
    .run = consent_add_run,
};

/* ---- withdraw ---- */

static enum rb_status fail_no_consent(struct context *context) {
    return failure_say(&context->failure, RB_REFUSED, "no_consent",
                       _("That is no consent that stands. A consent has a number, such as 12.3; it "
                         "stands in: rembuk consent show CASE"));
}

static enum rb_status withdraw(struct context *context, const struct call *call,
                               const struct item_place *place) {
    const struct form_row *form = form_find(FORM_CONSENT);
    const char *day = call_option(call, "on");
    struct filled filled = { .draft = { .change.form = form, .item = call->objects[0].id } };

    enum rb_status status = fill_value(context, form_field(form, CONSENT_WITHDRAWN_ON),
                                       day != NULL ? day : "today", &filled);
    if (status == RB_OK && call->argument_count > 1) {
        const struct field_value why = { .field = CONSENT_WITHDRAWN_WHY, .bytes = call->texts[1] };
        draft_add(&filled, &why);
    }
    return status == RB_OK ? fill_write(context, place->circle, &filled) : status;
}

static enum rb_status consent_withdraw_run(struct context *context, const struct call *call) {
    struct item_place place;

    enum rb_status status = call->objects[0].id_len == REF_BYTES
                                ? item_place(context->store, call->objects[0].id, &place)
                                : RB_NOT_FOUND;
    if (status == RB_NOT_FOUND || (status == RB_OK && place.form->form != FORM_CONSENT)) {
        return fail_no_consent(context);
    }
    if (status == RB_OK) {
        status = withdraw(context, call, &place);
    }
    if (status == RB_OK) {
        status = say_consent(context, place.circle);
    }
    return fill_end(context, status);
}

const struct command cmd_consent_withdraw = {
    .name = "consent withdraw",
    .name_id = "izin cabut",
    .arguments = { { .sort = ARGUMENT_PART, .label = N_("PART") },
                   { .sort = ARGUMENT_TEXT,
                     .label = N_("\"REASON\""),
                     .optional = true,
                     .typing = text_typing } },
    .options = { { .name = "on",
                   .name_id = "pada",
                   .value = N_("DATE"),
                   .help = N_("the day on which it was withdrawn (today)") } },
    .help = N_("Writes down that a consent was withdrawn: from then on nothing is shared."),
    .more = N_("Nobody has to say why. What the withdrawal asks for must be done within 72 hours; "
               "the case shows until when."),
    .examples = N_("rembuk consent withdraw 4.2"),
    .needs = NEEDS_STORE,
    .run = consent_withdraw_run,
};

/* ---- show ---- */

static enum rb_status consent_show_run(struct context *context, const struct call *call) {
    struct oversight oversight;
    size_t shown = 0;

    enum rb_status status = oversight_begin(context, call->objects[0].id, &oversight);
    if (status != RB_OK) {
        return status;
    }
    case_put(context->out, &oversight.row);
    status =
        record_show_form(context, &oversight.row, &oversight.standing.record, FORM_CONSENT, &shown);
    if (status == RB_OK) {
        status = consent_say(context, &oversight);
    }
    oversight_end(&oversight);
    return status;
}

const struct command cmd_consent_show = {
    .name = "consent show",
    .name_id = "izin lihat",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") } },
    .help = N_("Shows all consents of a case, and whether it may be shared."),
    .examples = N_("rembuk consent show 4"),
    .needs = NEEDS_STORE,
    .run = consent_show_run,
};
