/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The passphrase of a home: is it this one, and another one in its place.  Only HOME/key is read
 * and written; whoever has the store open goes on. */
#ifndef REMBUK_CLI_PASSPHRASE_H
#define REMBUK_CLI_PASSPHRASE_H

#include "protocol/bytes.h"

/* How many passes a new passphrase is worth on this computer. */
uint32_t passphrase_passes(void);

/* Both as of store/keyfile.h, RB_WRONG_PASSPHRASE first of all.  They take as long as opening. */
enum rb_status passphrase_check(const char *home, struct span passphrase) RB_MUST_CHECK;
enum rb_status passphrase_change(const char *home, struct span from, struct span to) RB_MUST_CHECK;

/* What is told when it is done; not translated. */
extern const char passphrase_changed[];

/* It has PASSPHRASE_BYTES_MIN characters. */
bool passphrase_is_long_enough(struct span passphrase);

#endif
