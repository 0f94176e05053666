/* SPDX-License-Identifier: GPL-3.0-or-later */
/* case print: the report of a case on paper. */
#include "cli/access_log.h"
#include "cli/case_report.h"
#include "cli/invitees.h"
#include "cli/next.h"
#include "protocol/casework/access.h"
#include "store/file.h"

#include <inttypes.h>

struct printing {
    struct oversight oversight;
    struct standing identity; /* empty without --identity */
    bool has_identity;
    struct writer text;
};

static enum rb_status case_print_check(struct context *context, const struct call *call) {
    if (call_option(call, "identity") != NULL && call_option(call, "reason") == NULL) {
        return failure_usage(&context->failure, "reason_missing",
                             _("To print who the client is, say why: --reason TEXT"));
    }
    return RB_OK;
}

/* Everything that may be refused, before anything is written into the case. */
static enum rb_status printing_begin(struct context *context, const struct call *call,
                                     struct printing *printing) {
    const char *path = call_option(call, "out");
    const char *why = call_option(call, "reason");

    enum rb_status status = path == NULL ? RB_OK : check_file_is_new(context, path);
    if (status == RB_OK && why != NULL) {
        status = fill_text_check(context, span_text(why));
    }
    if (status == RB_OK && printing->has_identity) {
        status = access_open_identity(context, &printing->oversight, span_text(why),
                                      call_option(call, "emergency") != NULL, &printing->identity);
    }
    return status;
}

static enum rb_status report_put(struct context *context, const struct call *call,
                                 const struct printing *printing) {
    const struct span text = writer_view(&printing->text);
    const char *path = call_option(call, "out");

    case_put(context->out, &printing->oversight.row);
    output_bool(context->out, "identity", printing->has_identity);
    if (path == NULL) {
        output_text(context->out, "report", text);
        output_plain(context->out, text);
        return RB_OK;
    }
    enum rb_status status = fail_file(context, file_write_new(path, text), path);
    if (status == RB_OK) {
        output_string(context->out, "file", path);
        output_quiet(context->out, "%s", path);
        output_say(context->out,
                   _("The report is in the file %s. It is not encrypted: print it, "
                     "then delete it."),
                   path);
    }
    return status;
}

static enum rb_status print(struct context *context, const struct call *call,
                            struct printing *printing) {
    const char *why = call_option(call, "reason");
    const struct document_style *style =
        call_option(call, "html") != NULL ? &document_html : &document_text;

    enum rb_status status = printing_begin(context, call, printing);
    if (status == RB_OK) {
        status = case_report_write(context, &printing->oversight,
                                   printing->has_identity ? &printing->identity.record : NULL,
                                   style, &printing->text);
    }
    if (status == RB_OK) { /* it is told before it is shown */
        status = access_write(context, &printing->oversight, ACCESS_REPORT,
                              why != NULL ? span_text(why) : (struct span) { 0 }, false);
    }
    return status == RB_OK ? report_put(context, call, printing) : status;
}

static enum rb_status case_print_run(struct context *context, const struct call *call) {
    struct printing printing = { .has_identity = call_option(call, "identity") != NULL };

    enum rb_status status = oversight_begin(context, call->objects[0].id, &printing.oversight);
    if (status != RB_OK) {
        return status;
    }
    writer_init(&printing.text, CASE_REPORT_BYTES_MAX);
    status = print(context, call, &printing);
    writer_clear(&printing.text);
    standing_clear(&printing.identity);
    oversight_end(&printing.oversight);
    return status;
}

const struct command cmd_case_print = {
    .name = "case print",
    .name_id = "kasus cetak",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") } },
    .options = { { .name = "html",
                   .name_id = "html",
                   .help = N_("a page for a browser, in place of plain text") },
                 { .name = "out",
                   .name_id = "ke-berkas",
                   .value = N_("FILE"),
                   .help = N_("write it into this new file"),
                   .is_file = true },
                 { .name = "identity",
                   .name_id = "identitas",
                   .help = N_("with who the client is; say why with --reason") },
                 { .name = "emergency",
                   .name_id = "darurat",
                   .help = N_("without an everyday part in the case: for 24 hours, and its "
                              "supervisors are told") },
                 { .name = "reason",
                   .name_id = "alasan",
                   .value = N_("TEXT"),
                   .help = N_("why it is printed; the team sees it") } },
    .summary = N_("a report on paper"),
    .help = N_("Prints the report of a case: all that stands in its forms, and its entries."),
    .more = N_("Comments, flags and whatever was decided without the guardian are left out. The "
               "team sees in the access log who has printed it."),
    .examples = N_("rembuk case print 4\n"
                   "rembuk case print 4 --html --out report.html --reason \"Conference\""),
    .needs = NEEDS_STORE,
    .check = case_print_check,
    .run = case_print_run,
};
