/* SPDX-License-Identifier: GPL-3.0-or-later */
/* leave and quit: out of the place where one is, out of the console. */
#include "cli/context.h"

static enum rb_status leave_run(struct context *context, const struct call *call) {
    (void)call; /* No arguments. */
    context->place_change = PLACE_LEFT;
    return RB_OK;
}

const struct command cmd_leave = {
    .name = "leave",
    .name_id = "kembali",
    .summary = N_("go back"),
    .help = N_("Leaves the case or thread where you are."),
    .more = N_("In the console only."),
    .examples = N_("rembuk leave"),
    .needs = NEEDS_CONSOLE,
    .run = leave_run,
};

/* The console ends by itself and sends nothing; whoever sends it all the same is answered. */
static enum rb_status quit_run(struct context *context, const struct call *call) {
    (void)context;
    (void)call;
    return RB_OK;
}

const struct command cmd_quit = {
    .name = "quit",
    .name_id = "keluar",
    .summary = N_("end the console"),
    .help = N_("Ends the console; Ctrl-D does the same."),
    .more = N_("In the console only. Nothing is lost: what is not sent yet goes next time."),
    .examples = N_("rembuk quit"),
    .needs = NEEDS_CONSOLE,
    .run = quit_run,
};
