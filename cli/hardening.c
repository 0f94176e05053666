/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/hardening.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

void process_harden(void) {
    const struct rlimit none = { 0, 0 };

    (void)umask(077);
    (void)setrlimit(RLIMIT_CORE, &none); /* Lowering a limit is always allowed, */
    (void)prctl(PR_SET_DUMPABLE, 0);     /* and so is this. */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
}
