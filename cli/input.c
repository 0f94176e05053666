/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
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

bool input_is_typed(const char *path) {
    return strcmp(path, "-") == 0 && isatty(STDIN_FILENO);
}

enum rb_status input_read(const char *path, size_t max, struct writer *out) {
    if (strcmp(path, "-") == 0) {
        return read_stream(stdin, max, out);
    }
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return errno == ENOENT || errno == ENOTDIR ? RB_NOT_FOUND : RB_STORAGE;
    }
    enum rb_status status = read_stream(file, max, out);
    (void)fclose(file); /* Only read from. */
    return status;
}
