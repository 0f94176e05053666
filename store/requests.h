/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking a colleague for a case that he holds (F22).  What one person asks of another stands in a
 * circle of the two, which one who asks founds at the first time.  He who is asked shares the case,
 * or says why not; whether he has it at all nobody but him learns. */
#ifndef REMBUK_STORE_REQUESTS_H
#define REMBUK_STORE_REQUESTS_H

#include "protocol/casework/area.h"
#include "store/records.h"

enum request_state {
    REQUEST_OPEN,
    REQUEST_DECLINED,
    REQUEST_SHARED /* who asked belongs to a case of that code, as far as is known here */
};

struct request {
    uint8_t circle[HASH_BYTES], ref[REF_BYTES];
    uint8_t asker[HASH_BYTES], asked[HASH_BYTES];
    char code[CASE_CODE_BYTES + 1];
    struct span why, declined_why; /* borrowed during the call of `each`; the latter may be empty */
    int64_t time_ms;
    enum request_state state;
};

/* By whom one is asked, or whom one has asked: circle by circle, in each the oldest first, until
 * `each` gives false. */
enum rb_status requests_each(struct store *store,
                             bool (*each)(void *context, const struct request *), void *context)
    RB_MUST_CHECK;

/* RB_NOT_FOUND: no such contact; RB_UNSAFE: he is not verified; RB_EXISTS: he is asked for it
 * already, and has not answered; RB_MALFORMED, RB_TOO_LARGE: the code or the reason. */
enum rb_status request_write(struct store *store, const uint8_t asked[static HASH_BYTES],
                             struct span code, struct span why, int64_t now_ms) RB_MUST_CHECK;

/* Answers the open request of that person for that code.  RB_NOT_FOUND: there is none. */
enum rb_status request_decline(struct store *store, const uint8_t asker[static HASH_BYTES],
                               struct span code, struct span why, int64_t now_ms) RB_MUST_CHECK;

#endif
