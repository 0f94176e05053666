/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/settings.h"

#include "cli/colour.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_MIN = 20 };

static const char *environment(const char *name) {
    const char *value = getenv(name);

    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* RB_TOO_LARGE if the path would be longer than any path may be. */
static enum rb_status set_home(struct settings *settings, const char *folder, const char *rest) {
    int len = snprintf(settings->home, sizeof settings->home, "%s%s", folder, rest);

    if (len < 0 || (size_t)len >= sizeof settings->home) {
        settings->home[0] = '\0';
        return RB_TOO_LARGE;
    }
    return RB_OK;
}

static enum rb_status find_home(struct settings *settings, const char *option) {
    const char *own = option != NULL && option[0] != '\0' ? option : environment("REMBUK_HOME");
    const char *data = environment("XDG_DATA_HOME");
    const char *user = environment("HOME");

    settings->home[0] = '\0';
    if (own != NULL) {
        return set_home(settings, own, "");
    }
    if (data != NULL && data[0] == '/') { /* XDG: a relative path is to be ignored. */
        return set_home(settings, data, "/rembuk");
    }
    return user != NULL ? set_home(settings, user, "/.local/share/rembuk") : RB_OK;
}

/* An unreadable environment or configuration leaves the default; only the option is answered for.
 * */
static bool find_language(struct settings *settings, const char *option) {
    const char *variable = environment("REMBUK_LANG");

    settings->language = LANGUAGE_INDONESIAN;
    if (variable == NULL || !language_parse(variable, &settings->language)) {
        (void)language_parse(settings->config.language, &settings->language);
    }
    return option == NULL || language_parse(option, &settings->language);
}

static size_t find_width(void) {
    const char *typed = environment("COLUMNS");
    struct winsize size;
    long columns = typed != NULL ? strtol(typed, NULL, 10) : 0;

    if (columns <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) {
        columns = size.ws_col;
    }
    if (columns <= 0 || columns >= WIDTH_UNLIMITED) {
        return WIDTH_UNLIMITED;
    }
    return columns < WIDTH_MIN ? WIDTH_MIN : (size_t)columns;
}

static enum output_form find_form(const char *const globals[GLOBAL_COUNT]) {
    if (globals[GLOBAL_JSON] != NULL) {
        return OUTPUT_JSON;
    }
    return globals[GLOBAL_QUIET] != NULL ? OUTPUT_QUIET : OUTPUT_TABLE;
}

enum rb_status settings_read(struct settings *settings, const char *const globals[GLOBAL_COUNT],
                             const char *locale_dir, struct failure *failure) {
    const char *log = environment("REMBUK_LOG");
    const char *passphrase_file = globals[GLOBAL_PASSPHRASE_FILE];

    *settings = (struct settings) {
        .form = find_form(globals),
        .width = find_width(),
        .colour = colour_has(STDOUT_FILENO),
        .locale_dir = locale_dir,
    };
    settings->yes = globals[GLOBAL_YES] != NULL;
    settings->log = log != NULL && strcmp(log, "1") == 0;
    settings->passphrase_file =
        passphrase_file != NULL ? passphrase_file : environment("REMBUK_PASSPHRASE_FILE");

    enum rb_status home_status = find_home(settings, globals[GLOBAL_HOME]);
    if (settings->home[0] != '\0') {
        settings->config_status =
            config_read(settings->home, &settings->config, &settings->config_line);
    }
    bool language_known = find_language(settings, globals[GLOBAL_LANGUAGE]);
    language_set(settings->language, locale_dir);

    if (home_status != RB_OK) {
        return failure_say(failure, home_status, "bad_home",
                           _("The path of the data folder is too long."));
    }
    if (!language_known) {
        return failure_usage(
            failure, "bad_language",
            _("The language \"%s\" is not known. Choose id (Indonesian) or en (English)."),
            globals[GLOBAL_LANGUAGE]);
    }
    return RB_OK;
}

void settings_of_command(struct settings *settings, const char *const globals[GLOBAL_COUNT]) {
    if (globals[GLOBAL_JSON] != NULL || globals[GLOBAL_QUIET] != NULL) {
        settings->form = find_form(globals);
    }
    if (globals[GLOBAL_LANGUAGE] != NULL) {
        (void)language_parse(globals[GLOBAL_LANGUAGE], &settings->language); /* else as it is */
    }
    settings->yes = settings->yes || globals[GLOBAL_YES] != NULL;
    settings->can_ask = settings->can_ask && settings->form != OUTPUT_JSON;
}
