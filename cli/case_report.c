/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/case_report.h"

#include "cli/entry_words.h"
#include "cli/form_words.h"
#include "cli/parts.h"
#include "node/node.h"
#include "protocol/casework/completeness.h"
#include "store/cases.h"
#include "store/contacts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct report {
    struct context *context;
    const struct oversight *oversight;
    const struct document_style *style;
    struct writer *out;
    struct writer text; /* of the part that is being written */
    enum rb_status status;
};

static struct span view_of(const char *text) {
    return span_text(text);
}

static void write_field(struct report *report, const char *label, const char *value) {
    report->style->field(report->out, view_of(label), view_of(value));
}

/* ---- The head ---- */

static void write_supervisors(struct report *report) {
    const struct record *record = &report->oversight->standing.record;
    char name[NAME_BYTES_MAX + 1];

    for (const struct record_item *item = record_next(record, FORM_DUTY, NULL);
         item != NULL && report->status == RB_OK; item = record_next(record, FORM_DUTY, item)) {
        if (item_is(item, DUTY_AS, DUTY_SUPERVISOR)) {
            report->status =
                person_name(report->context->store, item_text(item, DUTY_PERSON).data, name);
            write_field(report, _("Supervisor"), name);
        }
    }
}

static void write_head(struct report *report, bool has_identity) {
    const struct case_row *row = &report->oversight->row;
    char age[CASE_AGE_SHOWN_BYTES], printed[WHEN_BYTES], title[64];

    (void)snprintf(title, sizeof title, _("Case report %s"), row->code);
    report->style->begin(report->out, report->context->settings->language, view_of(title));
    report->style->paragraph(
        report->out,
        view_of(has_identity
                    ? _("SECRET. This report names the client. Only for whom the consent names; "
                        "not to be copied, photographed or sent on.")
                    : _("SECRET. Only for whom the consent names; not to be copied, photographed "
                        "or sent on.")));
    if (oversight_consent(report->oversight, RECIPIENTS_TEAM).state != CONSENT_OPEN) {
        report->style->paragraph(
            report->out, view_of(_("There is no consent that holds: this report may be given to "
                                   "nobody.")));
    }
    case_age_shown(&row->record, age);
    when_show(clock_now_ms(), printed);
    write_field(report, _("Cluster"),
                row->record.cluster[0] != '\0' ? row->record.cluster : _("not told"));
    write_field(report, _("Age"), age);
    write_field(report, _("Sex"), case_sex_shown(&row->record));
    write_field(report, _("Stage"), case_stage_shown(row));
    write_field(report, _("Responsible"), row->responsible_name);
    write_supervisors(report);
    write_field(report, _("Printed"), printed);
}

/* ---- Forms ---- */

/* " (Sari Umpama, 25/11/2026 14:05 WIB)" */
static enum rb_status append_author(struct report *report, const struct record_event *by) {
    char name[NAME_BYTES_MAX + 1], time[WHEN_BYTES];

    const enum rb_status status = person_name(report->context->store, by->person, name);
    when_show(hlc_ms(by->hlc), time);
    writer_span(&report->text, view_of(" ("));
    writer_span(&report->text, view_of(name));
    writer_span(&report->text, view_of(", "));
    writer_span(&report->text, view_of(time));
    writer_span(&report->text, view_of(")"));
    return status;
}

static enum rb_status write_values(struct report *report, const struct record_item *item,
                                   const struct field *field) {
    const struct record_value *variants[VARIANTS_MAX];
    const size_t count = item_variants(item, field->number, variants);
    char label[FIELD_SHOWN_BYTES];
    enum rb_status status = RB_OK;

    if (count == 0 || field->sort == FIELD_HASH || (count == 1 && variants[0]->value.is_empty)) {
        return RB_OK;
    }
    writer_reset(&report->text);
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        writer_span(&report->text, view_of(i > 0 ? "\n" : ""));
        status = value_show(report->context, item->form, &variants[i]->value, &report->text);
        if (status == RB_OK && count > 1) {
            status = append_author(report, variants[i]->by);
        }
    }
    form_field_shown(item->form->form, field, report->context->settings->language, label);
    report->style->field(report->out, view_of(label), writer_view(&report->text));
    return status;
}

/* "12.3  Step (Sari Umpama, 25/11/2026 14:05 WIB)"; the title alone of a form that stands once. */
static enum rb_status write_item_heading(struct report *report, const struct record_item *item) {
    char reference[PART_REFERENCE_BYTES] = "";
    enum rb_status status = RB_OK;

    writer_reset(&report->text);
    if (item->first != NULL && form_has_numbers(item->form)) {
        status = part_reference(report->context, item->first->ref, reference);
        writer_span(&report->text, view_of(reference));
        writer_span(&report->text, view_of("  "));
    }
    writer_span(&report->text, view_of(_(form_words(item->form->form)->shown)));
    if (status == RB_OK && item->first != NULL) {
        status = append_author(report, item->first);
    }
    report->style->heading(report->out, writer_view(&report->text));
    return status;
}

static enum rb_status write_item(struct report *report, const struct record_item *item) {
    enum rb_status status = write_item_heading(report, item);

    for (size_t i = 0; i < item->form->field_count && status == RB_OK; i++) {
        status = write_values(report, item, &item->form->fields[i]);
    }
    return status;
}

static bool is_printed(const struct report *report, const struct record_item *item) {
    const struct oversight *oversight = report->oversight;

    switch (item->form->form) {
    case FORM_DUTY:  /* the supervisors stand in the head */
    case FORM_STAGE: /* so does the stage */
    case FORM_COMMENT:
    case FORM_FLAG:
    case FORM_ACCESS:
    case FORM_HANDOVER:
        return false;
    case FORM_CONSENT:
        return consent_may_be_printed(
            item, client_is_adult(&oversight->standing.record, &oversight->row.record));
    default:
        return true;
    }
}

static const char *const sections[] = {
    [SECTION_IDENTITY] = N_("Identity"),
    [SECTION_INTAKE] = N_("Intake"),
    [SECTION_ASSESSMENT] = N_("Assessment"),
    [SECTION_PLAN] = N_("Plan"),
    [SECTION_INTERVENTION] = N_("Intervention"),
    [SECTION_EVALUATION] = N_("Evaluation"),
    [SECTION_ENDING] = N_("Ending and after-care"),
    [SECTION_CONSENT] = N_("Consent"),
    [SECTION_OVERSIGHT] = N_("Approval"),
};

static void write_section(struct report *report, const struct record *record,
                          enum form_section section) {
    bool is_begun = false;

    for (size_t i = 0; i < record->item_count && report->status == RB_OK; i++) {
        const struct record_item *item = &record->items[i];
        if (item->form->section != section || !is_printed(report, item)) {
            continue;
        }
        if (!is_begun) {
            report->style->section(report->out, view_of(_(sections[section])));
            is_begun = true;
        }
        report->status = write_item(report, item);
    }
}

/* ---- Entries ---- */

static void write_detail(void *opaque, const char *label, struct span value) {
    struct report *report = opaque;

    report->style->field(report->out, view_of(label), value);
}

static bool write_entry(void *opaque, const struct entry_row *row) {
    struct report *report = opaque;
    char heading[ENTRY_REFERENCE_BYTES + NAME_BYTES_MAX + WHEN_BYTES + 8];
    char reference[ENTRY_REFERENCE_BYTES], time[WHEN_BYTES];

    entry_reference(row, reference);
    when_show(row->time_ms, time);
    (void)snprintf(heading, sizeof heading, "%s  %s, %s", reference, row->author_name, time);
    report->style->heading(report->out, view_of(heading));
    report->style->paragraph(report->out, row->entry.text);
    entry_details_each(report->context, &row->entry, write_detail, report);
    return true;
}

static void write_entries(struct report *report) {
    const struct case_row *row = &report->oversight->row;

    if (report->status == RB_OK && row->entries > 0) {
        report->style->section(report->out, view_of(_("Entries")));
        report->status = case_entries(report->context->store, row->circle, write_entry, report);
    }
}

/* ---- What is missing, and who signs ---- */

static bool write_missing(void *opaque, const struct part_row *part) {
    struct report *report = opaque;
    const struct form_row *form = form_find((uint64_t)part->form);
    char label[FIELD_SHOWN_BYTES];

    if (part->field == ANY_FIELD) {
        report->style->paragraph(report->out, view_of(_(form_words(part->form)->shown)));
        return true;
    }
    form_field_shown(part->form, form_field(form, (uint64_t)part->field),
                     report->context->settings->language, label);
    write_field(report, _(form_words(part->form)->shown), label);
    return true;
}

static void write_completeness(struct report *report) {
    const struct record *record = &report->oversight->standing.record;
    const struct case_record *opened = &report->oversight->row.record;
    const struct completeness found = completeness_look(record, opened);
    char title[64];

    (void)snprintf(title, sizeof title, _("Complete: %u %%"), found.percent);
    report->style->section(report->out, view_of(title));
    if (found.have < found.all) {
        report->style->paragraph(report->out, view_of(_("Missing:")));
        completeness_missing(record, opened, write_missing, report);
    }
}

static void write_signatures(struct report *report) {
    const struct signature who[SIGNATURES] = {
        { .above = _("Seen by"), .role = _("Supervisor"), .name = "" },
        { .above = "", .role = _("Responsible"), .name = report->oversight->row.responsible_name },
    };
    report->style->sign(report->out, view_of("______________________, ____________ 20__"), who);
    report->style->end(report->out);
}

enum rb_status case_report_write(struct context *context, const struct oversight *oversight,
                                 const struct record *identity, const struct document_style *style,
                                 struct writer *out) {
    const struct record *record = &oversight->standing.record;
    struct report report = {
        .context = context, .oversight = oversight, .style = style, .out = out, .status = RB_OK
    };

    writer_init(&report.text, CASE_REPORT_BYTES_MAX);
    write_head(&report, identity != NULL);
    if (identity != NULL) {
        write_section(&report, identity, SECTION_IDENTITY);
    }
    for (int section = SECTION_INTAKE; section <= SECTION_OVERSIGHT; section++) {
        write_section(&report, record, (enum form_section)section);
    }
    write_entries(&report);
    write_completeness(&report);
    write_signatures(&report);
    writer_clear(&report.text);
    return report.status == RB_OK ? writer_end(out) : report.status;
}
