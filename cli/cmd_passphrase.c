/* SPDX-License-Identifier: GPL-3.0-or-later */
/* passphrase change: another passphrase for the same data. */
#include "cli/ask.h"
#include "cli/open_home.h"
#include "cli/passphrase.h"
#include "cli/terminal.h"

/* Told at once if it is wrong, before anybody thinks of a new one; on a terminal up to three
 * times. */
static enum rb_status ask_old(struct context *context, struct passphrase *old) {
    const struct settings *settings = context->settings;
    size_t tries = 0;
    enum rb_status status;

    do {
        passphrase_clear(old);
        status = ask_passphrase(context,
                                _("The passphrase as it is now (not shown while you type):"), old);
        if (status == RB_OK) {
            status = passphrase_check(settings->home, passphrase_view(old));
        }
        tries++;
    } while (status == RB_WRONG_PASSPHRASE && ask_may_retry(context, settings->passphrase_file,
                                                            tries, _(error_row(status)->sentence)));
    return ask_give_up(context, status);
}

/* What is typed is shown again when nothing more is asked for: not while the old one is checked. */
static enum rb_status ask_both(struct context *context, const char *new_file,
                               struct passphrase *from, struct passphrase *to) {
    if (context->settings->passphrase_file == NULL) {
        terminal_hide_typing(NULL);
    }
    enum rb_status status = ask_old(context, from);
    if (status == RB_OK) {
        status = ask_new_passphrase(context, new_file, to);
    }
    terminal_show_typing();
    return status;
}

static enum rb_status change_run(struct context *context, const struct call *call) {
    struct passphrase from = { 0 }, to = { 0 };
    enum rb_status status;

    if (context->settings->console || context->node != NULL) { /* It asks where it is typed. */
        return failure_usage(&context->failure, "shell_only",
                             _("This command is not for the console. End the console first "
                               "(Ctrl-D), then type it."));
    }
    status = home_check(context);
    if (status == RB_OK) {
        status = ask_both(context, call_option(call, "new-passphrase-file"), &from, &to);
    }
    if (status == RB_OK) {
        status = passphrase_change(context->settings->home, passphrase_view(&from),
                                   passphrase_view(&to));
    }
    if (status == RB_OK) {
        output_bool(context->out, "changed", true);
        output_say(context->out, "%s", _(passphrase_changed));
    }
    passphrase_clear(&from);
    passphrase_clear(&to);
    return status;
}

const struct command cmd_passphrase_change = {
    .name = "passphrase change",
    .name_id = "sandi ganti",
    .options = { { .name = "new-passphrase-file",
                   .name_id = "berkas-sandi-baru",
                   .value = N_("FILE"),
                   .help = N_("take the new passphrase from the first line of this file"),
                   .is_file = true } },
    .summary = N_("another passphrase"),
    .help = N_("Puts a new passphrase in the place of the old one."),
    .more = N_("Asks for the old one, and twice for the new one of at least 8 characters. Your "
               "data stays as it is, also while a node runs. If somebody has a copy of your "
               "folder from before, the old passphrase still opens that copy. There is no way "
               "around a forgotten passphrase."),
    .examples = N_("rembuk passphrase change\n"
                   "rembuk passphrase change --passphrase-file old --new-passphrase-file new"),
    .run = change_run,
};
