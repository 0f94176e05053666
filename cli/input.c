/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/input.h"

#include "cli/lang.h"
#include "protocol/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE_BYTES = 16384 };

static enum rb_status read_stream(FILE *file, size_t max, struct writer *out) {
    uint8_t piece[PIECE_BYTES];
    size_t total = 0, len = sizeof piece;

    /* A terminal can be read again after its end: then that would be the next line typed, perhaps a
     * passphrase.  A piece that is not full is the last one. */
    while (len == sizeof piece) {
        len = fread(piece, 1, sizeof piece, file);
        total += len;
        if (total > max) {
            return RB_TOO_LARGE;
        }
        writer_span(out, span_of(piece, len));
    }
    return ferror(file) ? RB_STORAGE : writer_end(out);
}

static enum rb_status fault_of_open(int error) {
    return error == ENOENT || error == ENOTDIR ? RB_NOT_FOUND : RB_STORAGE;
}

bool input_is_typed(const char *path) {
    return strcmp(path, "-") == 0 && isatty(STDIN_FILENO);
}

enum rb_status input_read(const char *path, size_t max, struct writer *out) {
    if (strcmp(path, "-") == 0) {
        return read_stream(stdin, max, out);
    }
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return fault_of_open(errno);
    }
    enum rb_status status = read_stream(file, max, out);
    (void)fclose(file); /* Only read from. */
    return status;
}

enum rb_status input_read_file(const char *path, size_t max, struct writer *out) {
    struct stat facts;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

    if (fd < 0) {
        return fault_of_open(errno);
    }
    FILE *file = fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) ? fdopen(fd, "rb") : NULL;
    if (file == NULL) {
        (void)close(fd); /* Nothing was written. */
        return RB_STORAGE;
    }
    enum rb_status status = read_stream(file, max, out);
    (void)fclose(file); /* Only read from. */
    return status;
}

enum rb_status input_fail(struct failure *failure, enum rb_status status, const char *path) {
    const char *shown = strcmp(path, "-") == 0 ? _("Standard input") : path;

    switch (status) {
    case RB_NOT_FOUND:
        return failure_say(failure, status, "no_file", _("There is no file %s."), shown);
    case RB_TOO_LARGE:
        return failure_say(failure, status, NULL,
                           _("%s is too large to be what is asked for here. Nothing was read."),
                           shown);
    default:
        return failure_say(
            failure, RB_REFUSED, "file_unreadable",
            _("%s cannot be read. Check whether it is a file and whether you may read it."), shown);
    }
}

void input_write_path(struct writer *out, const char *path) {
    char folder[PATH_BYTES_MAX];
    const char *home = getenv("HOME");

    if (strncmp(path, "~/", 2) == 0 && home != NULL) {
        writer_span(out, span_text(home));
        path++;
    } else if (path[0] != '/' && strcmp(path, "-") != 0 && getcwd(folder, sizeof folder) != NULL) {
        writer_span(out, span_text(folder));
        writer_u8(out, '/');
    }
    writer_span(out, span_text(path));
}
