/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/secret.h"

#include "protocol/crypt.h"
#include "protocol/limits.h"

#include <stdlib.h>

enum {
    CTRL_D = 0x04,
    CTRL_H = 0x08,
    CTRL_U = 0x15,
    ESCAPE = 0x1B,
    BLANK = 0x20,
    DELETE = 0x7F,
    CONTINUES = 0x80, /* 10xxxxxx: a further byte of a character */
    CONTINUES_MASK = 0xC0
};

/* Of a key that sends more than one byte: ESC x, ESC [ ... letter, ESC O letter. */
enum sequence { NO_SEQUENCE, AFTER_ESCAPE, IN_SEQUENCE };

struct secret {
    uint8_t *bytes; /* crypt_secret_alloc */
    size_t len;
    bool too_long;
    enum sequence sequence;
};

struct secret *secret_new(void) {
    struct secret *secret = rb_alloc(1, sizeof *secret);

    secret->bytes = crypt_secret_alloc(PASSPHRASE_BYTES_MAX);
    return secret;
}

void secret_destroy(struct secret **secret) {
    if (*secret == NULL) {
        return;
    }
    crypt_secret_free((*secret)->bytes);
    free(*secret);
    *secret = NULL;
}

void secret_forget(struct secret *secret) {
    crypt_wipe(secret->bytes, PASSPHRASE_BYTES_MAX);
    secret->len = 0;
    secret->too_long = false;
    secret->sequence = NO_SEQUENCE;
}

struct span secret_typed(const struct secret *secret, bool *too_long) {
    *too_long = secret->too_long;
    return span_of(secret->bytes, secret->len);
}

static void put(struct secret *secret, uint8_t byte) {
    if (secret->len == PASSPHRASE_BYTES_MAX) {
        secret->too_long = true;
        return;
    }
    secret->bytes[secret->len++] = byte;
}

static void take_back(struct secret *secret) {
    bool is_within = secret->len > 0;

    while (is_within) {
        uint8_t byte = secret->bytes[--secret->len];
        secret->bytes[secret->len] = 0;
        is_within = (byte & CONTINUES_MASK) == CONTINUES && secret->len > 0;
    }
}

static bool is_of_sequence(struct secret *secret, uint8_t byte) {
    switch (secret->sequence) {
    case NO_SEQUENCE:
        secret->sequence = byte == ESCAPE ? AFTER_ESCAPE : NO_SEQUENCE;
        return byte == ESCAPE;
    case AFTER_ESCAPE:
        secret->sequence = byte == '[' || byte == 'O' ? IN_SEQUENCE : NO_SEQUENCE;
        return byte >= BLANK;
    case IN_SEQUENCE:
        secret->sequence = byte >= '@' || byte < BLANK ? NO_SEQUENCE : IN_SEQUENCE;
        return byte >= BLANK;
    }
    return false;
}

enum secret_step secret_key(struct secret *secret, uint8_t byte) {
    if (is_of_sequence(secret, byte)) {
        return SECRET_GOES_ON;
    }
    switch (byte) {
    case '\r':
    case '\n':
        return SECRET_ENTERED;
    case CTRL_D:
        return secret->len == 0 ? SECRET_ENDED : SECRET_GOES_ON;
    case CTRL_H:
    case DELETE:
        take_back(secret);
        break;
    case CTRL_U:
        secret_forget(secret);
        break;
    default:
        if (byte >= BLANK || byte == '\t') {
            put(secret, byte);
        }
        break;
    }
    return SECRET_GOES_ON;
}

void secret_paste(struct secret *secret, struct span text) {
    for (size_t i = 0; i < text.len && text.data[i] != '\n'; i++) {
        put(secret, text.data[i]);
    }
}
