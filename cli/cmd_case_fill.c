/* SPDX-License-Identifier: GPL-3.0-or-later */
/* case fill: forms from a file, one JSON object a line, all of it or nothing:
 *
 *   {"form": "risk", "level": "high", "why": "..."}
 *   {"form": "step", "what": "...", "by": "2027-01-15"}      a new item
 *   {"form": "step", "item": "12.3", "state": "done"}        a change of one that is there
 *
 * Keys and values are the words of the form's options, in either language; null empties a field.
 * Empty lines count for nothing. */
#include "cli/cases.h"
#include "cli/fill.h"
#include "cli/form_words.h"
#include "cli/json.h"
#include "cli/refer.h"
#include "node/node.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct filing {
    struct context *context;
    const uint8_t *circle;
    size_t line_number, written;
};

static enum rb_status fail_line(struct filing *filing, const char *code, const char *sentence) {
    return failure_say(&filing->context->failure, RB_MALFORMED, code,
                       _("Line %zu cannot be taken: %s. Nothing was written; correct the line, "
                         "then try again."),
                       filing->line_number, _(sentence));
}

/* The value of an option, in whichever language its key is; NULL: it is not there.  Owned. */
static char *value_of(const struct json_line *line, const struct option *option, bool *is_text) {
    const char *const keys[] = { option->name, option->name_id };
    struct span text = { 0 };

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const enum json_field found = json_line_field(line, keys[i], &text);
        if (found != JSON_FIELD_ABSENT) {
            *is_text = found != JSON_FIELD_OTHER;
            return rb_strndup(found == JSON_FIELD_TEXT ? text : span_text(""));
        }
    }
    return NULL;
}

/* Texts borrowed by the change until it is written. */
struct kept_texts {
    char *texts[OPTIONS_MAX];
    size_t count;
};

static void texts_free(struct kept_texts *kept) {
    for (size_t i = 0; i < kept->count; i++) {
        free(kept->texts[i]);
    }
}

static enum rb_status fields_read(struct filing *filing, const struct json_line *line,
                                  struct filled *filled, struct kept_texts *kept) {
    const struct form_row *form = filled->draft.change.form;
    enum rb_status status = RB_OK;

    for (const struct option *at = form_words(form->form)->options;
         at->name != NULL && status == RB_OK; at++) {
        bool is_text = true;
        char *typed = value_of(line, at, &is_text);
        if (typed == NULL) {
            continue;
        }
        kept->texts[kept->count++] = typed;
        status = !is_text ? fail_line(filing, "bad_value", N_("a value stands without quotes"))
                          : fill_value(filing->context, form_field_name(form, span_text(at->name)),
                                       typed, filled);
    }
    return status;
}

static enum rb_status item_read(struct filing *filing, const struct json_line *line,
                                struct object *item, struct filled *filled, size_t *keys) {
    struct span typed;

    if (json_line_field(line, "item", &typed) != JSON_FIELD_TEXT) {
        return RB_OK;
    }
    char *reference = rb_strndup(typed);
    enum rb_status status = refer_find(filing->context, REF_PART, reference, item);
    free(reference);
    if (status == RB_OK && item->id_len != REF_BYTES) {
        return fail_line(filing, "bad_item", N_("\"item\" names no part of a case"));
    }
    filled->draft.item = item->id;
    ++*keys;
    return status;
}

/* Rules are asked by the commands of these forms (docs/casework.md). */
static bool is_filled_freely(const struct form_row *form) {
    switch (form->section) {
    case SECTION_CONSENT:
    case SECTION_OVERSIGHT:
    case SECTION_IDENTITY:
    case SECTION_REQUEST:
        return false;
    default:
        return form->form != FORM_DUTY;
    }
}

static enum rb_status line_write(struct filing *filing, const struct json_line *line,
                                 const struct form_row *form, struct kept_texts *kept) {
    struct filled filled = { .draft.change.form = form };
    struct object item = { .id_len = 0 };
    size_t keys = 1; /* the form */
    uint8_t ref[REF_BYTES];

    enum rb_status status = item_read(filing, line, &item, &filled, &keys);
    if (status == RB_OK) {
        status = fields_read(filing, line, &filled, kept);
    }
    if (status == RB_OK && json_line_size(line) != keys + kept->count) {
        return fail_line(filing, "unknown_field", N_("the form has no such field"));
    }
    if (status != RB_OK) {
        return status;
    }
    status =
        record_write(filing->context->store, filing->circle, &filled.draft, clock_now_ms(), ref);
    if (status == RB_MALFORMED || status == RB_NOT_FOUND) {
        return fail_line(filing, "incomplete", N_("something is missing, or cannot be changed"));
    }
    return status;
}

static enum rb_status line_take(struct filing *filing, struct span text) {
    struct kept_texts kept = { .count = 0 };
    struct json_line *line = NULL;
    struct span name;

    if (json_line_read(text, &line) != RB_OK) {
        return fail_line(filing, "bad_line", N_("it is no JSON object"));
    }
    const struct form_row *form =
        json_line_field(line, "form", &name) == JSON_FIELD_TEXT ? form_named(name) : NULL;
    enum rb_status status =
        form == NULL || !is_filled_freely(form)
            ? fail_line(filing, "bad_form", N_("\"form\" names no form that can be filled so"))
            : line_write(filing, line, form, &kept);
    texts_free(&kept);
    json_line_destroy(&line);
    filing->written += status == RB_OK ? 1 : 0;
    return status;
}

static bool is_blank(struct span text) {
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] != ' ' && text.data[i] != '\t' && text.data[i] != '\r') {
            return false;
        }
    }
    return true;
}

static enum rb_status lines_take(struct filing *filing, struct span file) {
    enum rb_status status = RB_OK;

    while (file.len > 0 && status == RB_OK) {
        const uint8_t *end = memchr(file.data, '\n', file.len);
        const size_t len = end == NULL ? file.len : (size_t)(end - file.data);
        const size_t taken = end == NULL ? len : len + 1;
        filing->line_number++;
        if (!is_blank(span_of(file.data, len))) {
            status = line_take(filing, span_of(file.data, len));
        }
        file = span_of(file.data + taken, file.len - taken);
    }
    return status;
}

static enum rb_status case_fill_run(struct context *context, const struct call *call) {
    struct filing filing = { .context = context, .circle = call->objects[0].id };
    struct case_row row;
    bool own = false;

    enum rb_status status = store_write_enter(context->store, &own);
    if (status != RB_OK) {
        return status;
    }
    status = store_write_leave(context->store, own, lines_take(&filing, call->texts[1]));
    if (status == RB_OK) {
        status = case_get(context->store, filing.circle, &row);
    }
    if (status != RB_OK) {
        return status;
    }
    case_put(context->out, &row);
    output_count(context->out, "written", filing.written);
    output_say(context->out, _("Written into case %" PRId64 ": %zu lines."), row.number,
               filing.written);
    return fill_end(context, RB_OK);
}

const struct command cmd_case_fill = {
    .name = "case fill",
    .name_id = "kasus isi",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") },
                   { .sort = ARGUMENT_FILE,
                     .label = N_("FILE"),
                     .bytes_max = STANDARD_INPUT_BYTES_MAX,
                     .typing = N_("Paste the lines, then press Enter and Ctrl-D.") } },
    .help = N_("Fills forms of a case from a file, all of it or nothing."),
    .more = N_("Every line of the file is a JSON object: {\"form\": \"risk\", \"level\": "
               "\"high\"}. Its keys and values are the words of the options that fill the form. "
               "With \"item\": \"12.3\" it changes a part that is there."),
    .examples = N_("rembuk case fill 4 assessment.jsonl"),
    .needs = NEEDS_STORE,
    .run = case_fill_run,
};
