/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/refer.h"

#include "protocol/text.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

enum { LIST_BYTES_MAX = 8 * (NAME_BYTES_MAX * 8 + 64) };

/* What to say when nothing of that sort fits. */
static const char *not_found_sentence(enum ref_sort sort) {
    switch (sort) {
    case REF_CONTACT:
        return N_("There is no contact \"%s\". See who there is: rembuk contact list");
    case REF_GROUP:
        return N_("There is no group \"%s\". See what there is: rembuk group list");
    case REF_THREAD:
        return N_("There is no thread \"%s\". See what there is: rembuk thread list");
    case REF_POST:
        return N_(
            "There is no post \"%s\". Its reference, such as 12.3, stands in: "
            "rembuk thread show THREAD");
    }
    assert(false);
    return "";
}

/* Appends one line "  12  name" for each candidate. */
static void write_candidates(struct context *context, const struct ref_candidates *candidates,
                             struct writer *out) {
    char number[32];

    for (size_t i = 0; i < candidates->count; i++) {
        (void)snprintf(number, sizeof number, "\n  %" PRId64 "  ", candidates->rows[i].number);
        writer_span(out, span_text(number));
        writer_span(out, span_text(output_name(context->out, candidates->rows[i].name)));
    }
    writer_u8(out, '\0');
}

static enum rb_status fail_ambiguous(struct context *context, const char *typed,
                                     const struct ref_candidates *candidates) {
    struct writer list;

    writer_init(&list, LIST_BYTES_MAX);
    write_candidates(context, candidates, &list);
    enum rb_status status =
        failure_say(&context->failure, RB_AMBIGUOUS, NULL,
                    _("More than one fits \"%s\". Use the number of the one you mean:%s"), typed,
                    (const char *)writer_view(&list).data);
    writer_clear(&list);
    return status;
}

enum rb_status refer_find(struct context *context, enum ref_sort sort, const char *typed,
                          struct object *object) {
    struct ref_candidates candidates = { 0 };

    enum rb_status status = ref_find(context->store, sort, span_text(typed), object, &candidates);
    if (status == RB_AMBIGUOUS) {
        return fail_ambiguous(context, typed, &candidates);
    }
    if (status == RB_NOT_FOUND || status == RB_MALFORMED) {
        return failure_say(&context->failure, RB_NOT_FOUND, NULL, _(not_found_sentence(sort)),
                           typed);
    }
    return status;
}

enum rb_status refer_check_name(struct context *context, struct span name) {
    if (text_is_name(name)) {
        return RB_OK;
    }
    return failure_say(
        &context->failure, RB_MALFORMED, "bad_name",
        _("\"%s\" cannot be a name. A name has 1 to %d characters, not only digits, no "
          "blank at its ends and no \"-\" at its beginning."),
        output_line(context->out, name), NAME_CHARACTERS_MAX);
}
