/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/dispatch.h"
#include "protocol/crypt.h"

#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* Nobody else reads what we write, no memory with secrets lands on the disk, and a reader that goes
 * away or a file that may not grow is an error of writing, not our end. */
static void protect_process(void) {
    const struct rlimit none = { 0, 0 };

    (void)umask(077);
    (void)setrlimit(RLIMIT_CORE, &none); /* Lowering a limit is always allowed. */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
}

int main(int argc, char **argv) {
    static const struct program program = {
        .version = REMBUK_VERSION,
        .locale_dir = REMBUK_LOCALEDIR,
    };

    protect_process();
    if (crypt_start() != RB_OK) {
        (void)fputs("rembuk: libsodium cannot start on this computer.\n", stderr);
        return 1;
    }
    return program_run(&program, argc - 1, argv + 1);
}
