/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same job without the program: what the libraries cost when nothing else is done.
 *
 *   sender     reads bodies from SQLite, sends 64 of them with a signature as one message
 *   receiver   CURVE over loopback TCP, hashes every event into the chain, verifies one signature
 *              per message, inserts, commits every 256 KiB with synchronous=FULL; one reply at the
 *              end */
#ifndef REMBUK_BENCH_BARE_H
#define REMBUK_BENCH_BARE_H

#include <stddef.h>
#include <stdint.h>

enum { BARE_BODY_BYTES = 512, BARE_TEXT_BYTES = 400 };

/* Makes FOLDER/sender.db with `count` events, a multiple of 64: random ones, or beginning with what
 * `text` gives. */
void bare_fill(const char *folder, size_t count, void (*text)(char out[static BARE_TEXT_BYTES]));

/* Sends them all to a new FOLDER/receiver.db.  Seconds from the first connect to the reply that
 * says that everything is durable.  With `index`, the options of a table FTS5 (text), the receiver
 * also fills that with the texts, in the same transactions. */
double bare_pipeline(const char *folder, size_t count, const char *index);

/* Closes the sender's store, from which a pipeline may run more than once. */
void bare_empty(void);

/* Opens what the pipeline has received with an index, and looks up words in it: the texts of the 20
 * newest hits.  Seconds. */
void bare_search_open(const char *folder);
double bare_search(const char *word, size_t *hits);
void bare_search_close(void);

/* One CURVE connection, one byte there and one back: seconds from connect to the reply, and bytes
 * on the wire. */
double bare_reply(uint64_t *bytes);

#endif
