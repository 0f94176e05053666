/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HOME/key: the random store key, wrapped under the passphrase.  Changing the passphrase or raising
 * the parameters rewrites this file alone, atomically; the store key stays, so whoever kept a copy
 * of the old file still opens the store with the old passphrase.
 *
 *   off sz
 *     0  4  "RKK1"
 *     4  4  Argon2id memory, KiB (32768 at first)     8  4  passes (chosen at init for about 0.5 s)
 *    12 16  salt                                     28 24  nonce
 *    52 64  XChaCha20-Poly1305(Argon2id(passphrase), nonce, ad = bytes 0 to 51,
 *           store key32 ‖ vault id16) = 48 bytes and the tag of 16           116 bytes in all
 *
 * The memory is a power of two and with the passes within limits.h, or nothing is derived at all: a
 * flipped bit or a foreign file costs neither minutes nor the memory of this machine.
 *
 * No oracle: a wrong passphrase and a flipped bit of salt, nonce or wrapped key are the same answer
 * after the same derivation; the tag is compared by libsodium, in constant time.  Keys that are
 * derived or unwrapped here lie in guarded memory and are wiped on every path. */
#ifndef REMBUK_STORE_KEYFILE_H
#define REMBUK_STORE_KEYFILE_H

#include "protocol/crypt.h"

enum { KEYFILE_BYTES = 116, KEYFILE_MEMORY_KIB = 32768, VAULT_ID_BYTES = 16 };

struct keyfile {
    uint8_t store_key[KEY_BYTES]; /* secret: keep in crypt_secret_alloc memory, wipe */
    uint8_t vault_id[VAULT_ID_BYTES];
};

/* How many passes take about `target_ms` here (at least 1, at most KEYFILE_PASSES_MAX), by timing
 * one derivation with `clock_ms`. */
uint32_t keyfile_choose_passes(int64_t (*clock_ms)(void), int64_t target_ms);

/* Makes a new random key and writes the file (aside, fsync, rename, fsync of the folder; mode
 * 0600).  RB_EXISTS if there is one, RB_FULL, RB_STORAGE. */
enum rb_status keyfile_create(const char *path, struct span passphrase, uint32_t passes,
                              struct keyfile *key) RB_MUST_CHECK;

/* RB_WRONG_PASSPHRASE, RB_DAMAGED (wrong size, magic or parameters beyond limits.h), RB_NEWER
 * (magic of a later version), RB_NOT_FOUND, RB_STORAGE (also: this machine lacks the memory). */
enum rb_status keyfile_open(const char *path, struct span passphrase, struct keyfile *key)
    RB_MUST_CHECK;

/* Wraps the same store key and vault id anew under `to`, with a fresh salt and nonce; `to` may be
 * `from`, to raise the parameters alone.  These only ever rise: to KEYFILE_MEMORY_KIB and to
 * `passes` if the file has less (fewer, where both would go beyond limits.h).  As keyfile_open with
 * `from`, and RB_FULL, RB_BUSY (somebody else is changing it); afterwards, whatever happens, the
 * file is the old one or the new one. */
enum rb_status keyfile_change(const char *path, struct span from, struct span to, uint32_t passes)
    RB_MUST_CHECK;

#endif
