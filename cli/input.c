/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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
