/* SPDX-License-Identifier: GPL-3.0-or-later */
/* thread import: a discussion held elsewhere becomes a thread, all of it or nothing. */
#include "cli/import_lines.h"
#include "cli/posts.h"
#include "node/node.h"

#include <inttypes.h>

static enum rb_status fail_line(struct context *context, enum rb_status status,
                                const struct import_fault *fault) {
    if (fault->line_number == 0) {
        return failure_say(&context->failure, status, fault->code,
                           _("The file cannot be imported: %s. Nothing was imported."),
                           _(fault->sentence));
    }
    return failure_say(
        &context->failure, status, fault->code,
        _("Line %zu cannot be imported: %s. Nothing was imported; correct the line, then "
          "import again."),
        fault->line_number, _(fault->sentence));
}

/* Refused by the store: `bad` is the post at fault, or the count if it is none of them. */
static enum rb_status fail_import(struct context *context, enum rb_status status,
                                  const struct import *import, size_t bad) {
    if (status == RB_EXISTS) {
        return failure_say(
            &context->failure, status, "title_taken",
            _("There is a thread of this title here already. Nothing was imported. Choose "
              "another title."));
    }
    if (bad < import->count) {
        return failure_say(
            &context->failure, status, NULL,
            _("Line %zu cannot be imported. Nothing was imported; correct the line, then "
              "import again."),
            import->line_numbers[bad]);
    }
    return status;
}

static enum rb_status answer(struct context *context, const uint8_t ref[static REF_BYTES]) {
    struct output *out = context->out;
    struct thread_row row;

    enum rb_status status = thread_put(context, ref, &row);
    if (status != RB_OK) {
        return status;
    }
    output_say(out,
               ngettext("%zu post was imported as thread %" PRId64 " \"%s\".",
                        "%zu posts were imported as thread %" PRId64 " \"%s\".", row.posts),
               row.posts, row.number, output_name(out, row.title));
    output_next(out, _("read it: rembuk thread show %" PRId64), row.number);
    return RB_OK;
}

static void tell_progress(void *opaque, size_t done, size_t total) {
    struct context *context = opaque;

    progress_tell(&context->progress, done, total, _("Importing"));
}

static enum rb_status thread_import_run(struct context *context, const struct call *call) {
    const uint8_t *circle = call->objects[0].id;
    struct import import;
    struct import_fault fault;
    uint8_t ref[REF_BYTES];

    enum rb_status status = import_read(call->texts[2], &import, &fault);
    if (status != RB_OK) {
        return fail_line(context, status, &fault);
    }
    const struct import_list list = {
        .posts = import.posts,
        .count = import.count,
        .tell = tell_progress,
        .context = context,
    };
    size_t bad = import.count;
    status =
        thread_import(context->store, circle, call->texts[1], &list, clock_now_ms(), ref, &bad);
    if (status != RB_OK) {
        status = fail_import(context, status, &import, bad);
    }
    import_clear(&import);
    progress_end(&context->progress);
    return status == RB_OK ? answer(context, ref) : status;
}

const struct command cmd_thread_import = {
    .name = "thread import",
    .name_id = "utas impor",
    .arguments = { { .sort = ARGUMENT_CIRCLE, .label = N_("GROUP|CASE") },
                   { .sort = ARGUMENT_NAME, .label = N_("TITLE") },
                   { .sort = ARGUMENT_FILE,
                     .label = N_("FILE"),
                     .bytes_max = IMPORT_FILE_BYTES_MAX,
                     .typing = N_("Paste the lines, then press Enter and Ctrl-D.") } },
    .help = N_("Makes a thread of a discussion held elsewhere."),
    .more = N_("Every line of the file is a JSON object {\"id\", \"author\", \"reply_to\", "
               "\"text\"}; reply_to is null or the id of an earlier line. You sign the posts; the "
               "authors of the lines stand in them as quoted. If one line is wrong, nothing is "
               "imported."),
    .examples = N_("rembuk thread import \"Bandung discussion 1\" \"From the forum\" forum.jsonl"),
    .needs = NEEDS_STORE,
    .run = thread_import_run,
};
