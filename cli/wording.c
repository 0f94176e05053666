/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/wording.h"

#include "cli/command.h"

#include <ctype.h>
#include <string.h>

static const char program_name[] = "rembuk ";

/* One person is spoken to at a time, as in one language at a time. */
static bool to_console;

void wording_set_console(bool is_console) {
    to_console = is_console;
}

/* What follows the program's name in a command: its word, or a place for one (%s, COMMAND). */
static bool is_command_word(const char *text) {
    char word[COMMAND_WORD_BYTES_MAX + 1];
    size_t len = strcspn(text, " \n\"");

    if (text[0] == '%' || isupper((unsigned char)text[0])) {
        return true;
    }
    if (len >= sizeof word) {
        return false;
    }
    memcpy(word, text, len);
    word[len] = '\0';
    return command_family(word) != NULL;
}

char *wording_of(const char *sentence) {
    size_t len = strlen(sentence), used = 0;
    char *said = rb_alloc(len + 1, 1);

    for (const char *at = sentence; *at != '\0'; at++) {
        size_t name_len = sizeof program_name - 1;
        bool is_command = to_console && strncmp(at, program_name, name_len) == 0 &&
                          is_command_word(at + name_len);
        at += is_command ? name_len : 0;
        said[used++] = *at;
    }
    said[used] = '\0';
    return said;
}
