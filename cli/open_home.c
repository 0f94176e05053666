/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/open_home.h"

#include "cli/ask.h"
#include "node/control.h"
#include "node/node.h"
#include "store/home.h"

#include <unistd.h>

enum { LOOK_AGAIN_MS = 50 };

enum rb_status home_check(struct context *context) {
    const struct settings *settings = context->settings;
    struct home home;

    if (settings->home[0] == '\0') {
        return failure_say(&context->failure, RB_NOT_FOUND, "no_home",
                           _("It is not known where your data is. Add: --home DIR"));
    }
    enum rb_status status = home_at(&home, settings->home);
    if (status != RB_OK) {
        return status;
    }
    if (!file_exists(home.key)) {
        return failure_say(
            &context->failure, RB_NOT_FOUND, "no_home",
            _("There is no data in %s yet. Begin with: rembuk init --name NAME --role ROLE"),
            settings->home);
    }
    if (settings->config_status == RB_MALFORMED) {
        return failure_say(
            &context->failure, settings->config_status, "bad_configuration",
            _("Line %d of %s/config.ini cannot be understood. Correct it or remove the "
              "line."),
            settings->config_line, settings->home);
    }
    return settings->config_status;
}

static enum rb_status fail_attach(struct context *context, enum rb_status status) {
    if (status == RB_UNSAFE) {
        return failure_say(&context->failure, status, "unsafe_runtime_folder",
                           _("The folder for the connection to a running rembuk (rembuk in "
                             "XDG_RUNTIME_DIR, else /tmp/rembuk-%ld) belongs to somebody else or "
                             "is open to others. Somebody might pose as your node. Ask whoever "
                             "looks after this computer to remove it."),
                           (long)geteuid());
    }
    return status;
}

/* The lock is taken before the passphrase is asked, the socket opened after: in between there is
 * an owner whom nobody can reach. */
enum rb_status home_attach(struct context *context, struct channel **channel) {
    const char *home = context->settings->home;
    int64_t end_ms = clock_steady_ms() + HOME_WAIT_MS;
    enum rb_status status = control_connect(home, channel);

    while (status == RB_NOT_FOUND && node_is_running(home)) {
        if (clock_steady_ms() >= end_ms) {
            return failure_say(&context->failure, RB_BUSY, NULL,
                               _("Another rembuk has just been started in this data folder and "
                                 "waits, perhaps for its passphrase. Go on there, or end it."));
        }
        clock_sleep_ms(LOOK_AGAIN_MS);
        status = control_connect(home, channel);
    }
    return status == RB_NOT_FOUND ? status : fail_attach(context, status);
}

enum rb_status home_fail_version(struct context *context) {
    return failure_say(
        &context->failure, RB_BUSY, "other_version",
        _("The rembuk that is running here is of another version. Stop it, then type the command "
          "again."));
}

enum rb_status home_fail_unwelcome(struct context *context) {
    return failure_say(
        &context->failure, RB_BUSY, "owner_busy",
        _("The rembuk that is running here does not answer: it is suspended or about to end, it "
          "has much to do, or too many are attached to it. Nothing was done. Type the command "
          "again later."));
}

static enum rb_status try_open(struct context *context) {
    struct passphrase passphrase = { 0 };

    enum rb_status status = ask_passphrase(context, &passphrase);
    if (status == RB_OK) {
        status = store_open(&context->store, context->settings->home, passphrase_view(&passphrase),
                            HOME_WAIT_MS, NULL);
    }
    passphrase_clear(&passphrase);
    return status;
}

enum rb_status home_unlock(struct context *context) {
    enum rb_status status = try_open(context);

    for (size_t tries = 1; status == RB_WRONG_PASSPHRASE &&
                           ask_may_retry(context, tries, _(error_row(status)->sentence));
         tries++) {
        status = try_open(context);
    }
    return status;
}
