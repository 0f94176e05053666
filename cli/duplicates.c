/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/duplicates.h"

#include "cli/oversight.h"
#include "node/node.h"
#include "protocol/casework/access.h"
#include "protocol/casework/duplicate.h"
#include "store/identity.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A case that was found alike. */
struct alike {
    uint8_t circle[HASH_BYTES];
    unsigned why;
};

struct comparing {
    struct context *context;
    const uint8_t *circle; /* the case that is compared with all others */
    struct likeness likeness;
    struct alike *found; /* owned */
    size_t count;
    enum rb_status status;
};

static bool compare(void *opaque, const uint8_t *circle, const struct record *identity) {
    struct comparing *comparing = opaque;
    struct case_row row;

    if (memcmp(circle, comparing->circle, HASH_BYTES) == 0) {
        return true;
    }
    comparing->status = case_get(comparing->context->store, circle, &row);
    if (comparing->status != RB_OK) {
        return false;
    }
    const struct likeness other = likeness_of(identity, &row.record);
    const unsigned why = duplicate_look(&comparing->likeness, &other);
    if (why != 0) {
        comparing->found =
            rb_realloc(comparing->found, comparing->count + 1, sizeof *comparing->found);
        comparing->found[comparing->count] = (struct alike) { .why = why };
        memcpy(comparing->found[comparing->count++].circle, circle, HASH_BYTES);
    }
    return true;
}

static bool needs_a_reason_only(struct context *context, const struct oversight *oversight) {
    return access_need(&oversight->standing.record, oversight->row.opener,
                       store_self(context->store)->person,
                       oversight_consent(oversight, RECIPIENTS_TEAM).state,
                       clock_now_ms() / 60000) == ACCESS_NEEDS_REASON;
}

/* Another part of the same case has been found alike before. */
static bool is_repeated(const struct comparing *comparing, size_t at) {
    for (size_t i = 0; i < at; i++) {
        if (memcmp(comparing->found[i].circle, comparing->found[at].circle, HASH_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

static const struct {
    unsigned why;
    const char *word, *shown;
} reasons[] = {
    { DUPLICATE_NATIONAL_ID, "national_id", N_("the same NIK") },
    { DUPLICATE_BORN_ON, "born_on", N_("the same day of birth") },
    { DUPLICATE_NAME, "name", N_("a similar name") },
    { DUPLICATE_PLACE, "place", N_("the same place") },
};

static void tell(struct context *context, const struct case_row *row, unsigned why) {
    struct output *out = context->out;
    char shown[256] = "";

    output_row_begin(out);
    output_hex(out, "case", span_of(row->circle, HASH_BYTES));
    output_integer(out, "number", row->number);
    output_string(out, "code", row->code);
    output_list_begin(out, "why", NULL, 0);
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if ((why & reasons[i].why) != 0) {
            const size_t len = strlen(shown);
            output_row_begin(out);
            output_string(out, "field", reasons[i].word);
            output_row_end(out);
            (void)snprintf(shown + len, sizeof shown - len, "%s%s", len > 0 ? ", " : "",
                           _(reasons[i].shown));
        }
    }
    output_list_end(out);
    output_row_end(out);
    output_say(out,
               _("Perhaps the same person as in case %" PRId64 " (%s): %s. Compare: rembuk "
                 "identity show %" PRId64),
               row->number, row->code, shown, row->number);
}

static enum rb_status tell_one(struct comparing *comparing, size_t at) {
    struct oversight oversight;

    if (is_repeated(comparing, at)) {
        return RB_OK;
    }
    enum rb_status status =
        oversight_begin(comparing->context, comparing->found[at].circle, &oversight);
    if (status != RB_OK) {
        return status;
    }
    if (needs_a_reason_only(comparing->context, &oversight)) {
        tell(comparing->context, &oversight.row, comparing->found[at].why);
    }
    oversight_end(&oversight);
    return RB_OK;
}

static enum rb_status compare_all(struct comparing *comparing, const struct oversight *oversight,
                                  const struct record *identity) {
    comparing->likeness = likeness_of(identity, &oversight->row.record);
    enum rb_status status = identity_each(comparing->context->store, compare, comparing);

    status = status == RB_OK ? comparing->status : status;
    for (size_t i = 0; i < comparing->count && status == RB_OK; i++) {
        status = tell_one(comparing, i);
    }
    free(comparing->found);
    return status;
}

static enum rb_status duplicates_tell(struct context *context, const struct oversight *oversight) {
    struct comparing comparing = { .context = context,
                                   .circle = oversight->row.circle,
                                   .status = RB_OK };
    struct standing identity;

    if (!needs_a_reason_only(context, oversight)) {
        return RB_OK;
    }
    enum rb_status status = identity_load(context->store, oversight->row.circle, &identity);
    if (status == RB_OK) {
        status = compare_all(&comparing, oversight, &identity.record);
        standing_clear(&identity);
    }
    return status == RB_NOT_FOUND ? RB_OK : status;
}

enum rb_status duplicates_say(struct context *context, const uint8_t circle[static HASH_BYTES]) {
    struct oversight oversight;

    enum rb_status status = oversight_begin(context, circle, &oversight);
    if (status != RB_OK) {
        return status;
    }
    output_list_begin(context->out, "duplicates", NULL, 0);
    status = duplicates_tell(context, &oversight);
    output_list_end(context->out);
    oversight_end(&oversight);
    return status;
}
