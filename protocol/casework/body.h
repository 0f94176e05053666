/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body that several kinds share: one text, map { 0 text }. */
#ifndef REMBUK_CASEWORK_BODY_H
#define REMBUK_CASEWORK_BODY_H

#include "protocol/bytes.h"

void body_text_encode(struct writer *out, struct span text);

/* RB_MALFORMED if there is no text, or one that is empty or longer than `len_max` bytes. */
enum rb_status body_text_decode(struct span body, size_t len_max, struct span *text) RB_MUST_CHECK;

#endif
