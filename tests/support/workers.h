/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Invented workers with real stores and real nodes on the loopback, all in one process: their loops
 * are stepped in turn until something holds, or time is up. */
#ifndef REMBUK_TESTS_WORKERS_H
#define REMBUK_TESTS_WORKERS_H

#include "node/node.h"
#include "store/threads.h"
#include "tests/support/homes.h"

enum { WORKERS_SOON_MS = 10000, WORKERS_MAX = 4 };

struct worker {
    struct folder folder;
    const char *name;
    struct store *store;
    struct node *node; /* NULL: not running */
    char address[ADDRESS_BYTES_MAX + 1];
    size_t opened, closed, refused; /* log lines */
};

void worker_new(struct worker *worker, const char *name);
void worker_remove(struct worker *worker);

/* Each gets the other's card; neither has an address. */
void workers_meet(struct worker *a, struct worker *b);

/* `from` will dial `to` at the address that `to` has, or will have, been listening at. */
void worker_knows_address(struct worker *from, const struct worker *to);

/* An address on the loopback that was free a moment ago. */
void worker_choose_address(struct worker *worker);

/* Opens the node, listening at the chosen address if there is one. */
void worker_start(struct worker *worker);
void worker_stop(struct worker *worker);

/* How many exchanges are open: opened less closed. */
size_t worker_open_exchanges(const struct worker *worker);

/* Steps the running nodes of `workers` in turn until `holds`; false if it never did within `ms`. */
bool workers_until(struct worker *const *workers, size_t count, int64_t ms,
                   bool (*holds)(void *context), void *context);
void workers_for(struct worker *const *workers, size_t count, int64_t ms);

/* ---- What they do ---- */
void worker_found_group(struct worker *worker, const char *name, uint8_t circle[static HASH_BYTES]);
void worker_invite(struct worker *worker, const uint8_t circle[static HASH_BYTES],
                   const struct worker *guest);
void worker_accept(struct worker *worker, const uint8_t circle[static HASH_BYTES]);
void worker_new_thread(struct worker *worker, const uint8_t circle[static HASH_BYTES],
                       const char *title, uint8_t thread[static REF_BYTES]);
void worker_post(struct worker *worker, const uint8_t thread[static REF_BYTES], const char *text);

/* ---- What they see ---- */
bool worker_sees_invitation(struct worker *worker, const uint8_t circle[static HASH_BYTES]);
bool worker_sees_post(struct worker *worker, const uint8_t thread[static REF_BYTES],
                      const char *text);
bool worker_sees_delivered(struct worker *worker, const uint8_t thread[static REF_BYTES],
                           const char *text);

#endif
