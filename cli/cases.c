/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cases.h"

#include "cli/age.h"
#include "store/threads.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

struct words {
    const char *word, *shown; /* for scripts; for people */
};

static const struct words stages[] = {
    [STAGE_INTAKE] = { "intake", N_("intake") },
    [STAGE_ASSESSMENT] = { "assessment", N_("assessment") },
    [STAGE_PLAN] = { "plan", N_("plan") },
    [STAGE_INTERVENTION] = { "intervention", N_("intervention") },
    [STAGE_EVALUATION] = { "evaluation", N_("evaluation") },
    [STAGE_TERMINATION] = { "termination", N_("ended") },
    [STAGE_AFTERCARE] = { "aftercare", N_("after-care") },
    [STAGE_CLOSED] = { "closed", N_("closed") },
};

static const struct words sexes[] = {
    [SEX_UNKNOWN] = { "", N_("not told") },
    [SEX_MALE] = { "L", N_("male") },
    [SEX_FEMALE] = { "P", N_("female") },
};

const char *case_code_shown(const struct case_row *row) {
    return row->code[0] != '\0' ? row->code : _("(record not here yet)");
}

/* ---- Facts ---- */

static void put_age(struct output *out, const struct case_record *record) {
    const struct age age = { record->age, record->age_unit };
    char shown[AGE_SHOWN_BYTES];

    if (!record->has_age) {
        output_null(out, "age");
        output_null(out, "age_unit");
        output_null(out, "age_on");
        return;
    }
    age_show(&age, shown);
    output_integer(out, "age", record->age);
    output_cell(out, "age", shown);
    output_string(out, "age_unit", record->age_unit == AGE_YEARS ? "years" : "months");
    output_string(out, "age_on", record->age_on);
}

static void put_text_or_null(struct output *out, const char *key, const char *text) {
    if (text[0] != '\0') {
        output_string(out, key, text);
    } else {
        output_null(out, key);
    }
}

void case_put(struct output *out, const struct case_row *row) {
    const struct case_record *record = &row->record;

    assert(record->sex <= SEX_FEMALE && row->stage <= STAGE_CLOSED);
    output_hex(out, "case", span_of(row->circle, sizeof row->circle));
    output_integer(out, "number", row->number);
    put_text_or_null(out, "code", row->code);
    output_cell(out, "code", case_code_shown(row));
    put_text_or_null(out, "cluster", record->cluster);
    put_age(out, record);
    if (record->sex == SEX_UNKNOWN) {
        output_null(out, "sex");
    } else {
        output_word(out, "sex", sexes[record->sex].word, _(sexes[record->sex].shown));
    }
    output_word(out, "stage", stages[row->stage].word, _(stages[row->stage].shown));
    output_bool(out, "new_after_end", row->has_news_after_end);
    output_count(out, "percent", row->percent);
    output_count(out, "conflicts", row->conflicts);
    output_count(out, "flags", row->flags);
    put_text_or_null(out, "due", row->due);
    output_bool(out, "member", row->is_member);
    output_string(out, "owner", row->owner_name);
    output_hex(out, "owner_id", span_of(row->owner, sizeof row->owner));
    output_string(out, "responsible", row->responsible_name);
    output_hex(out, "responsible_id", span_of(row->responsible, sizeof row->responsible));
    output_count(out, "entry_count", row->entries);
    output_time(out, "last", row->last_ms);
}

const char *case_stage_shown(const struct case_row *row) {
    return row->has_news_after_end ? _("ended, new note") : _(stages[row->stage].shown);
}

void case_age_shown(const struct case_record *record, char out[static CASE_AGE_SHOWN_BYTES]) {
    const struct age age = { record->age, record->age_unit };
    char shown[AGE_SHOWN_BYTES];

    age_show(&age, shown);
    if (!record->has_age) {
        (void)snprintf(out, CASE_AGE_SHOWN_BYTES, "%s", _("not told"));
    } else if (record->age_on[0] == '\0') {
        (void)snprintf(out, CASE_AGE_SHOWN_BYTES, "%s", shown);
    } else {
        (void)snprintf(out, CASE_AGE_SHOWN_BYTES, _("%s (on %.2s/%.2s/%.4s)"), shown,
                       record->age_on + 8, record->age_on + 5, record->age_on);
    }
}

const char *case_sex_shown(const struct case_record *record) {
    return _(sexes[record->sex].shown);
}

void case_say(struct output *out, const struct case_row *row) {
    const struct case_record *record = &row->record;
    char age[CASE_AGE_SHOWN_BYTES];

    case_age_shown(record, age);
    output_heading(out, _("Case %" PRId64 ": %s"), row->number, case_code_shown(row));
    output_say(out, _("Age: %s"), age);
    output_say(out, _("Sex: %s"), case_sex_shown(record));
    output_say(out, _("Cluster: %s"), record->cluster[0] != '\0' ? record->cluster : _("not told"));
    output_say(out, _("Stage: %s; responsible: %s"), case_stage_shown(row),
               output_name(out, row->responsible_name));
    output_say(out, _("Complete: %u %%. What is missing: rembuk case check %" PRId64), row->percent,
               row->number);
    if (!row->is_member) {
        output_say(out, _("You do not belong to its team any more."));
    }
}

/* ---- Threads ---- */

static bool count_thread(void *count, const struct thread_row *row) {
    (void)row; /* Only counted. */
    ++*(size_t *)count;
    return true;
}

enum rb_status case_count_threads(struct context *context, const struct case_row *row,
                                  size_t *count) {
    size_t value = 0;

    enum rb_status status = thread_each(context->store, row->circle, count_thread, &value);
    if (status == RB_OK) {
        *count = value;
    }
    return status;
}

/* ---- Entries ---- */

void entry_reference(const struct entry_row *row, char out[static ENTRY_REFERENCE_BYTES]) {
    (void)snprintf(out, ENTRY_REFERENCE_BYTES, "%" PRId64 ".%" PRId64, row->case_number,
                   row->number);
}
