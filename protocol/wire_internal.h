/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What wire.c and wire_run.c share.  For nobody else. */
#ifndef REMBUK_PROTOCOL_WIRE_INTERNAL_H
#define REMBUK_PROTOCOL_WIRE_INTERNAL_H

#include "protocol/wire.h"

/* Writes type and version. */
void wire_begin(struct writer *out, enum wire_type type);

/* `body` is a RUN without type and version: reads handle and rcv_upto, and no events. */
enum rb_status wire_run_head(struct span body, struct wire_frame *frame) RB_MUST_CHECK;

#endif
