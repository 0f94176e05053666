/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lock: nobody sees or types anything any more without the passphrase. */
#include "cli/context.h"

static enum rb_status lock_run(struct context *context, const struct call *call) {
    (void)call; /* No arguments. */
    output_bool(context->out, "locked", true);
    if (context->node == NULL) { /* It would have gone to the process that has one. */
        output_say(context->out, _("Nothing is open here, so there is nothing to lock."));
        return RB_OK;
    }
    context->locks = true;
    output_say(context->out, _("Locked."));
    return RB_OK;
}

const struct command cmd_lock = {
    .name = "lock",
    .name_id = "kunci",
    .summary = N_("lock, when you go away"),
    .help = N_("Locks every console of yours; a node without one ends."),
    .more = N_("Closes the data, wipes the keys from the memory and clears the screens. The "
               "passphrase goes on where you were; what you were typing is kept. A console where "
               "nobody types for 10 minutes locks itself. For another time put a line into the "
               "file config.ini of your data folder, for example lock_after = 5 (minutes; 0: "
               "never)."),
    .examples = N_("rembuk lock"),
    .needs = NEEDS_OWNER,
    .run = lock_run,
};
