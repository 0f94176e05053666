/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/passphrase.h"

#include "cli/lang.h"
#include "node/node.h"
#include "protocol/text.h"
#include "store/home.h"
#include "store/keyfile.h"

enum { DERIVATION_MS = 500 };

const char passphrase_changed[] =
    N_("The new passphrase is in force. Keep it safe: without it nobody can open this again.");

uint32_t passphrase_passes(void) {
    return keyfile_choose_passes(clock_steady_ms, DERIVATION_MS);
}

enum rb_status passphrase_check(const char *home, struct span passphrase) {
    struct home paths;

    enum rb_status status = home_at(&paths, home);
    if (status != RB_OK) {
        return status;
    }
    struct keyfile *key = crypt_secret_alloc(sizeof *key);
    status = keyfile_open(paths.key, passphrase, key);
    crypt_secret_free(key);
    return status;
}

enum rb_status passphrase_change(const char *home, struct span from, struct span to) {
    struct home paths;

    enum rb_status status = home_at(&paths, home);
    return status == RB_OK ? keyfile_change(paths.key, from, to, passphrase_passes()) : status;
}

bool passphrase_is_long_enough(struct span passphrase) {
    return text_characters(passphrase) >= PASSPHRASE_BYTES_MIN;
}
