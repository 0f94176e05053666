/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/vectors/json.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

static unsigned depth;
static bool has_sibling;

static void member(const char *name) {
    printf("%s%s%*s", has_sibling ? "," : "", depth > 0 ? "\n" : "", (int)(2 * depth), "");
    if (name != NULL) {
        printf("\"%s\": ", name);
    }
    has_sibling = true;
}

void json_open(const char *name, char bracket) {
    member(name);
    putchar(bracket);
    depth++;
    has_sibling = false;
}

void json_close(char bracket) {
    depth--;
    printf("\n%*s%c%s", (int)(2 * depth), "", bracket, depth == 0 ? "\n" : "");
    has_sibling = true;
}

void json_hex(const char *name, struct span bytes) {
    member(name);
    putchar('"');
    for (size_t i = 0; i < bytes.len; i++) {
        printf("%02x", bytes.data[i]);
    }
    putchar('"');
}

void json_text(const char *name, struct span text) {
    member(name);
    putchar('"');
    for (size_t i = 0; i < text.len; i++) {
        assert(text.data[i] >= ' ' && text.data[i] < 0x7F);
        assert(text.data[i] != '"' && text.data[i] != '\\');
        putchar(text.data[i]);
    }
    putchar('"');
}

void json_number(const char *name, uint64_t value) {
    member(name);
    printf("%" PRIu64, value);
}

void json_bool(const char *name, bool value) {
    member(name);
    printf("%s", value ? "true" : "false");
}
