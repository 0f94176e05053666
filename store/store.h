/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One worker's home: HOME/key (keyfile.h) and HOME/rembuk.db.  Truth is the log of sealed events
 * and the keyring; everything else is a view that can be dropped and rebuilt (views.h).
 *
 * The database lies in the vault (vault.h).  Secrets (person, device, seal, log and epoch keys,
 * invitations) are besides sealed one by one under the store key, so that no page in memory shows
 * them.
 *
 * One process opens a home at a time.  Nothing here reads a clock: `now_ms` comes from above. */
#ifndef REMBUK_STORE_STORE_H
#define REMBUK_STORE_STORE_H

#include "protocol/credential.h"
#include "protocol/identity.h"
#include "protocol/wire.h"
#include "store/vault.h"

struct store;

struct store_new {
    const char *home;
    struct span passphrase;
    uint32_t passes; /* Argon2id; keyfile_choose_passes */
    struct person_facts facts;
    int64_t now_ms;
};

/* Makes HOME (mode 0700, parents too) and its files.  RB_EXISTS if HOME exists and is not empty;
 * what a failed creation made is removed again, also what one that was cut off left (home.h).
 * RB_MALFORMED for facts that are not valid, RB_FULL, RB_STORAGE. */
enum rb_status store_create(const struct store_new *facts) RB_MUST_CHECK;

/* RB_NOT_FOUND (no home there), RB_WRONG_PASSPHRASE, RB_BUSY (after wait_ms), RB_NEWER, RB_DAMAGED,
 * RB_FULL, RB_STORAGE.  An unclean stop needs nothing: SQLite recovers.  `damage` (NULL is fine) is
 * filled on RB_DAMAGED: where, as far as it is known. */
enum rb_status store_open(struct store **store, const char *home, struct span passphrase,
                          int wait_ms, struct damage *damage) RB_MUST_CHECK;
void store_close(struct store **store); /* wipes secrets; NULL is fine */

/* Own identity, borrowed from the store. */
struct store_self {
    const struct identity *identity;
    uint8_t person[HASH_BYTES];
    uint8_t store_inc[STORE_INC_BYTES];
    struct cert person_cert, device_cert; /* borrowed bytes */
    struct seal_key seal;
    struct span chain; /* of the letter, or empty */
    struct letter letter;
    struct span region; /* digits or "" */
};
const struct store_self *store_self(const struct store *store);

/* The current card, newly signed, with the addresses given and the letter that is used now
 * (letters.h). */
enum rb_status store_card(struct store *store, const struct span *addresses, size_t count,
                          int64_t now_ms, struct writer *card) RB_MUST_CHECK;

/* Own clock: the last hlc used or seen, kept in the store. */
uint64_t store_hlc(const struct store *store);
void store_hlc_seen(struct store *store, uint64_t hlc, int64_t now_ms);

/* A number that is another one whenever something was written since: for who would look again. */
int64_t store_written(const struct store *store);

struct store_sizes {
    uint64_t events, bytes; /* events in the log; size of the database file */
};
enum rb_status store_sizes(struct store *store, struct store_sizes *sizes) RB_MUST_CHECK;

/* ---- Inside the store layer ---- */
struct db;
struct db *store_db(struct store *store);
const uint8_t *store_key(const struct store *store);
struct self;
struct self *store_own(struct store *store); /* for self.c alone */

/* What keyring.c, opening.c and search_index.c keep in memory, each for itself alone.  The store
 * has them forget it after a roll-back and at the end. */
struct keyring_cache;
struct keyring_cache **store_keyring_cache(struct store *store);
struct opening;
struct opening **store_opening(struct store *store);
int64_t *store_indexed_upto(struct store *store);

/* The one transaction door: `store_write_begin`; on RB_OK exactly one of commit and abort.  After
 * commit the changes that were noted are told to the observers. */
enum rb_status store_write_begin(struct store *store) RB_MUST_CHECK;
enum rb_status store_write_commit(struct store *store) RB_MUST_CHECK;
void store_write_abort(struct store *store);

/* `done:` of a writing function: commits if `status` is RB_OK, else aborts; gives the outcome. */
enum rb_status store_write_end(struct store *store, enum rb_status status) RB_MUST_CHECK;

/* For small writes that take part in the caller's transaction if there is one, else make their own:
 * enter says in `*own` which it is, and leave ends only an own one. */
enum rb_status store_write_enter(struct store *store, bool *own) RB_MUST_CHECK;
enum rb_status store_write_leave(struct store *store, bool own, enum rb_status status)
    RB_MUST_CHECK;

/* ---- Observer: the node learns what has been committed, to push it ---- */
struct store_observer {
    void (*stored)(void *context, const uint8_t circle[static HASH_BYTES],
                   const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last);
    void (*cut)(void *context, const uint8_t circle[static HASH_BYTES]); /* a log, into branches */
    void (*members)(void *context,
                    const uint8_t circle[static HASH_BYTES]); /* who belongs changed */
    /* Threads, posts, cases and entries, own ones too, that were not here before: `type` is the
     * kind (casework/kinds.h).  Posts and entries only if they may be shown and have their number
     * (store_number_shown); whether a case may be shown says who shows it.  `more` counts what is
     * not told one by one, and comes last. */
    void (*shown)(void *context, uint64_t type, const uint8_t circle[static HASH_BYTES],
                  const uint8_t ref[static REF_BYTES]);
    void (*more)(void *context, uint64_t count);
    /* Somebody who had not yet answered this invitation has (store/invitations.h). */
    void (*answered)(void *context, int64_t number);
    void (*contacts)(void *context); /* another device of ours has changed them (own.h) */
    void *context;
};

/* At most OBSERVERS_MAX at a time, told in the order of coming; `observer` is borrowed until it is
 * taken away (one that is not there is no error).  Each call may be NULL.  An observer may write to
 * the store, but neither comes nor goes while one is being told. */
enum { OBSERVERS_MAX = 2 };
void store_observe(struct store *store, const struct store_observer *observer);
void store_observe_no_more(struct store *store, const struct store_observer *observer);

/* Somebody shows at once what comes: the next `count` posts and entries that may be shown get their
 * numbers in the transaction that brings them, one commit for both, at most NEWS_POSTS_MAX in one.
 * What comes beyond is only counted (`more`) and stays without a number, as all does at first. */
void store_number_shown(struct store *store, size_t count);

/* Notes a change of the open transaction; runs of one log are joined. */
void store_note_stored(struct store *store, const uint8_t circle[static HASH_BYTES],
                       const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last);
void store_note_cut(struct store *store, const uint8_t circle[static HASH_BYTES]);
void store_note_members(struct store *store, const uint8_t circle[static HASH_BYTES]);
void store_note_answered(struct store *store, int64_t number);
void store_note_contacts(struct store *store);

/* Costs nothing if no observer has `shown`, and a counter after the first ones (notes.h). */
struct shown_note {
    uint64_t type;
    int64_t rcv; /* of the event */
    uint8_t circle[HASH_BYTES];
    uint8_t ref[REF_BYTES];
};
void store_note_shown(struct store *store, const struct shown_note *note);

#endif
