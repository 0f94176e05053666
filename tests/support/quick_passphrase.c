/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Argon2id at the least cost under the name that libsodium has for any cost, so that opening a home
 * takes a test no time, or as many milliseconds as PASSPHRASE_TAKES_MS says.  Linked into a test,
 * or preloaded into the programs that the end-to-end tests start; the homes that are made so open
 * in no other way.  The cost that was asked for goes into the salt: another one gives another key.
 */
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Neither a signal nor a stop makes it shorter. */
static void take_time(void) {
    const char *told = getenv("PASSPHRASE_TAKES_MS");
    const long ms = told == NULL ? 0 : strtol(told, NULL, 10);
    struct timespec until;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += ms % 1000 * 1000000;
    until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    while (ms > 0 && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR) {
    }
}

int crypto_pwhash(unsigned char *const out, unsigned long long out_len,
                  const char *const passphrase, unsigned long long passphrase_len,
                  const unsigned char *const salt, unsigned long long passes, size_t memory,
                  int algorithm) {
    unsigned char own[crypto_pwhash_SALTBYTES];

    memcpy(own, salt, sizeof own);
    for (size_t i = 0; i < 8; i++) {
        own[i] ^= (unsigned char)(passes >> (8 * i));
        own[8 + i] ^= (unsigned char)((unsigned long long)memory >> (8 * i));
    }
    take_time();
    return crypto_pwhash_argon2id(out, out_len, passphrase, passphrase_len, own,
                                  crypto_pwhash_argon2id_OPSLIMIT_MIN,
                                  crypto_pwhash_argon2id_MEMLIMIT_MIN, algorithm);
}
