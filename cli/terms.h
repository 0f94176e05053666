/* SPDX-License-Identifier: GPL-3.0-or-later */
/* On what terms somebody is added to a group or a case: --role and --until. */
#ifndef REMBUK_CLI_TERMS_H
#define REMBUK_CLI_TERMS_H

#include "cli/context.h"
#include "protocol/ops.h"

struct terms {
    enum circle_role role;
    int64_t until_s; /* 0: he may stay */
};

/* What the options say, `terms` as it is where they say nothing.  Wrong words are wrong usage. */
enum rb_status terms_read(struct context *context, const struct call *call, struct terms *terms)
    RB_MUST_CHECK;

/* The same, for the rows' check. */
enum rb_status terms_check(struct context *context, const struct call *call) RB_MUST_CHECK;

#endif
