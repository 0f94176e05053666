/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/open_home.h"

#include "cli/ask.h"
#include "cli/passphrase.h"
#include "cli/terminal.h"
#include "node/control.h"
#include "node/node.h"
#include "store/home.h"

#include <unistd.h>

enum { LOOK_AGAIN_MS = 50, ENTER_TRIES_MAX = 3 };

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
    if (!file_exists(home.key) && file_exists(home.db)) {
        const struct damage damage = { .part = DAMAGE_KEY_FILE };
        return failure_damage(&context->failure, settings->home, &damage);
    }
    if (!file_exists(home.key)) {
        return failure_say(
            &context->failure, RB_NOT_FOUND, "no_home",
            _("There is no data in %s yet. Begin with: rembuk init --name NAME --role ROLE"),
            settings->home);
    }
    if (settings->config_status == RB_REFUSED) {
        return failure_say(
            &context->failure, settings->config_status, "bad_configuration",
            _("Line %d of %s/config.ini: lock_after is the number of minutes after which a console "
              "where nobody types is locked, from 1 to %d, or 0 for never. For example: "
              "lock_after = 5"),
            settings->config_line, settings->home, LOCK_AFTER_MINUTES_MAX);
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

static enum rb_status open_store(struct context *context, struct span passphrase) {
    const char *home = context->settings->home;
    struct damage damage = { 0 };
    enum rb_status status = store_open(&context->store, home, passphrase, HOME_WAIT_MS, &damage);

    return status == RB_DAMAGED ? failure_damage(&context->failure, home, &damage) : status;
}

static enum rb_status try_open(struct context *context) {
    struct passphrase passphrase = { 0 };

    enum rb_status status =
        ask_passphrase(context, _("Passphrase (not shown while you type):"), &passphrase);
    if (status == RB_OK) {
        status = open_store(context, passphrase_view(&passphrase));
    }
    passphrase_clear(&passphrase);
    return status;
}

enum rb_status home_unlock(struct context *context) {
    if (context->settings->passphrase_file == NULL) {
        terminal_hide_typing(NULL);
    }
    enum rb_status status = try_open(context);
    for (size_t tries = 1;
         status == RB_WRONG_PASSPHRASE && ask_may_retry(context, context->settings->passphrase_file,
                                                        tries, _(error_row(status)->sentence));
         tries++) {
        status = try_open(context);
    }
    terminal_show_typing();
    return ask_give_up(context, status);
}

/* ---- A console's way in ---- */

static bool nobody_owns(const struct context *context, enum rb_status status) {
    return status == RB_NOT_FOUND && context->failure.code == NULL;
}

/* RB_BUSY, not noted: somebody else has become the owner in this very moment. */
static enum rb_status enter_as_owner(struct context *context, const struct span *passphrase,
                                     struct home_way *way) {
    int lock = -1;

    enum rb_status status = node_lock(context->settings->home, &lock);
    if (status != RB_OK) {
        return status;
    }
    status = passphrase != NULL ? open_store(context, *passphrase) : home_unlock(context);
    if (status != RB_OK) {
        failure_complete(&context->failure, status);
        node_unlock(lock);
        return status;
    }
    way->lock = lock;
    return RB_OK;
}

static enum rb_status enter(struct context *context, const struct span *passphrase,
                            struct home_way *way) {
    enum rb_status status = RB_BUSY;

    *way = (struct home_way) { .lock = -1 };
    for (int i = 0; i < ENTER_TRIES_MAX && status == RB_BUSY && context->failure.code == NULL;
         i++) {
        status = home_attach(context, &way->channel);
        if (nobody_owns(context, status)) {
            status = enter_as_owner(context, passphrase, way);
        }
    }
    return status;
}

enum rb_status home_enter(struct context *context, struct home_way *way) {
    return enter(context, NULL, way);
}

enum rb_status home_enter_with(struct context *context, struct span passphrase,
                               struct home_way *way) {
    enum rb_status status = enter(context, &passphrase, way);

    if (status == RB_OK && way->channel != NULL) {
        status = passphrase_check(context->settings->home, passphrase);
        if (status != RB_OK) {
            channel_destroy(&way->channel);
        }
    }
    return status;
}
