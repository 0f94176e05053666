/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vault check: reads everything that is stored, and says whether it is whole. */
#include "cli/context.h"
#include "store/check.h"

#include <inttypes.h>

static enum rb_status check_run(struct context *context, const struct call *call) {
    (void)call; /* No arguments. */
    check_begin(&context->check);
    return RB_OK;
}

/* ---- The result ---- */

static const char *search_word(const struct check *check) {
    if (!check->search_unsound) {
        return "sound";
    }
    return check->search_was_emptied ? "emptied" : "damaged";
}

static void put_result(struct output *out, const struct check *check) {
    output_bool(out, "sound", check_is_sound(check));
    output_count(out, "pages", check->pages);
    output_count(out, "tables", check->tables);
    output_count(out, "damaged_pages", check->damaged_pages);
    output_string(out, "search", search_word(check));
}

static void say_sound(struct output *out, const struct check *check) {
    output_say(out, _("Everything is whole: %" PRIu64 " pages and %" PRIu64 " tables were read."),
               check->pages, check->tables);
    if (check->search_was_emptied) {
        output_say(out, _("Only the search index was damaged. It was emptied and makes itself "
                          "again; nothing that was written is lost."));
    }
}

static enum rb_status say_search(struct context *context, const struct check *check) {
    return failure_say(
        &context->failure, RB_DAMAGED, "search_damaged",
        _("Only the search index in %s/rembuk.db is damaged (damaged pages: %" PRIu64
          "). All that was written and received is whole: you can go on writing and reading, only "
          "searching may fail. The disk may be failing: copy the whole folder to another disk, "
          "then ask whoever looks after this computer."),
        context->settings->home, check->damaged_pages);
}

/* What was read is told also if it is damaged: hence the answer comes first. */
static enum rb_status conclude(struct context *context) {
    const struct check *check = &context->check;

    progress_end(&context->progress);
    put_result(context->out, check);
    if (check_is_sound(check)) {
        say_sound(context->out, check);
        return RB_OK;
    }
    enum rb_status status = output_finish(context->out);
    if (status != RB_OK) {
        return status;
    }
    return check_only_search(check)
               ? say_search(context, check)
               : failure_damage(&context->failure, context->settings->home, &check->damage);
}

/* ---- On the way ---- */

static void tell_progress(struct context *context) {
    const struct check *check = &context->check;

    switch (check->state) {
    case CHECK_PAGES:
        progress_tell(&context->progress, check->done, check->total, _("Reading all pages"));
        break;
    case CHECK_TABLES:
        progress_tell(&context->progress, check->done, check->total, _("Checking the tables"));
        break;
    default:
        break;
    }
}

static enum rb_status say_stopped(struct context *context) {
    return failure_say(&context->failure, RB_REFUSED, "stopped",
                       context->check.damaged_pages == 0
                           ? _("The check was stopped before its end. It had found no damage so "
                               "far. Begin again: rembuk vault check")
                           : _("The check was stopped before its end. It had found damage; let it "
                               "come to its end: rembuk vault check"));
}

static enum rb_status check_go_on(struct context *context, const struct call *call, bool *done) {
    (void)call;
    if (context->cancelled) {
        return say_stopped(context);
    }
    enum rb_status status = check_step(&context->check, context->store);
    if (status != RB_OK) {
        return status;
    }
    if (context->check.state == CHECK_ENDED) {
        *done = true;
        return conclude(context);
    }
    tell_progress(context);
    return RB_OK;
}

const struct command cmd_vault_check = {
    .name = "vault check",
    .name_id = "brankas periksa",
    .summary = N_("is everything stored whole"),
    .help = N_("Reads everything that is stored and says whether it is whole."),
    .more = N_("The vault is the encrypted database in your data folder. Every page of it is read "
               "and its seal is checked, then every table, then the search index. Nothing of yours "
               "is changed; a search index that contradicts itself is emptied and makes itself "
               "again. Do this when "
               "a disk or a computer seems to fail, and before you make a copy. Ctrl-C stops it."),
    .examples = N_("rembuk vault check\nrembuk vault check --json"),
    .needs = NEEDS_STORE,
    .run = check_run,
    .go_on = check_go_on,
};
