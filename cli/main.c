/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/dispatch.h"
#include "cli/hardening.h"
#include "protocol/crypt.h"

#include <stdio.h>

int main(int argc, char **argv) {
    static const struct program program = {
        .version = REMBUK_VERSION,
        .locale_dir = REMBUK_LOCALEDIR,
    };

    process_harden();
    if (crypt_start() != RB_OK) {
        (void)fputs("rembuk: libsodium cannot start on this computer.\n", stderr);
        return 1;
    }
    return program_run(&program, argc, argv);
}
