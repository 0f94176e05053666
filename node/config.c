/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/config.h"

#include "protocol/credential.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>

enum { FINE = 1, WRONG = 0 }; /* what inih wants to hear of a line */
enum { SECOND_MS = 1000, MINUTE_MS = 60 * SECOND_MS, LOCK_AFTER_DIGITS_MAX = 5 };

struct lines {
    FILE *file;
    struct config config;
    int number;   /* of the line read last */
    int too_long; /* the first line that inih would cut in two; 0: none */
    int bad_lock; /* the line of a lock_after that cannot be; 0: none */
    bool has_lock;
};

/* inih splits what is longer than its buffer into two lines; here that is an error of the first. */
static char *line_read(char *line, int size, void *context) {
    struct lines *lines = context;

    if (fgets(line, size, lines->file) == NULL) {
        return NULL;
    }
    lines->number++;
    if (strchr(line, '\n') == NULL && !feof(lines->file) && lines->too_long == 0) {
        lines->too_long = lines->number;
    }
    return line;
}

static bool ends_with(const char *text, const char *end) {
    size_t len = strlen(text), end_len = strlen(end);

    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

bool listen_is_valid(const char *address) {
    return strlen(address) <= ADDRESS_BYTES_MAX &&
           (address_is_valid(span_text(address)) ||
            (strncmp(address, "tcp://", 6) == 0 &&
             (ends_with(address, ":0") || ends_with(address, ":*"))));
}

static int listen_take(struct lines *lines, const char *address) {
    struct config *config = &lines->config;

    if (config->listen_count == LISTENERS_MAX || !listen_is_valid(address)) {
        return WRONG;
    }
    (void)snprintf(config->listen[config->listen_count++], sizeof config->listen[0], "%s", address);
    return FINE;
}

static int language_take(struct lines *lines, const char *language) {
    struct config *config = &lines->config;

    if (config->language[0] != '\0' ||
        (strcmp(language, "id") != 0 && strcmp(language, "en") != 0)) {
        return WRONG;
    }
    (void)snprintf(config->language, sizeof config->language, "%s", language);
    return FINE;
}

/* "10" or "90s": all digits, so that nothing else is taken for a number. */
static bool lock_after_read(const char *value, int64_t *ms) {
    size_t digits = strspn(value, "0123456789");
    bool is_seconds = strcmp(value + digits, "s") == 0;
    int64_t unit_ms = is_seconds ? SECOND_MS : MINUTE_MS, count = 0;

    if (digits == 0 || digits > LOCK_AFTER_DIGITS_MAX || (!is_seconds && value[digits] != '\0')) {
        return false;
    }
    for (size_t i = 0; i < digits; i++) {
        count = 10 * count + (value[i] - '0');
    }
    *ms = count * unit_ms;
    return *ms <= LOCK_AFTER_MINUTES_MAX * (int64_t)MINUTE_MS;
}

static int lock_after_take(struct lines *lines, const char *value) {
    if (lines->has_lock || !lock_after_read(value, &lines->config.lock_after_ms)) {
        lines->bad_lock = lines->bad_lock == 0 ? lines->number : lines->bad_lock;
        return WRONG;
    }
    lines->has_lock = true;
    return FINE;
}

static int line_take(void *context, const char *section, const char *name, const char *value) {
    static const struct {
        const char *section, *name;
        int (*take)(struct lines *lines, const char *value);
    } rows[] = { { "", "lang", language_take },
                 { "", "lock_after", lock_after_take },
                 { "node", "listen", listen_take } };
    struct lines *lines = context;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].section, section) == 0 && strcmp(rows[i].name, name) == 0) {
            return rows[i].take(lines, value);
        }
    }
    return WRONG;
}

enum rb_status config_read(const char *home, struct config *config, int *line) {
    char path[PATH_BYTES_MAX];
    struct lines lines = { .config.lock_after_ms = LOCK_AFTER_MINUTES * (int64_t)MINUTE_MS };
    int len = snprintf(path, sizeof path, "%s/config.ini", home);
    int wrong;

    if (len < 0 || (size_t)len >= sizeof path) {
        return RB_STORAGE;
    }
    lines.file = fopen(path, "r");
    if (lines.file == NULL && errno != ENOENT) {
        return RB_STORAGE;
    }
    if (lines.file != NULL) {
        wrong = ini_parse_stream(line_read, &lines, line_take, &lines);
        fclose(lines.file);
        wrong =
            lines.too_long != 0 && (wrong == 0 || lines.too_long < wrong) ? lines.too_long : wrong;
        if (wrong != 0) {
            *line = wrong;
            return wrong == lines.bad_lock ? RB_REFUSED : RB_MALFORMED;
        }
    }
    *config = lines.config;
    return RB_OK;
}
