/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/store.h"

#include "store/db.h"
#include "store/home.h"
#include "store/ingest.h"
#include "store/keyfile.h"
#include "store/keyring.h"
#include "store/letters.h"
#include "store/notes.h"
#include "store/opening.h"
#include "store/search.h"
#include "store/self.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Lives in guarded memory. */
struct secrets {
    struct keyfile keyfile;
    struct identity identity;
};

struct store {
    struct db *db;
    struct secrets *secrets;
    struct self self;
    uint64_t hlc;
    uint64_t hlc_kept; /* as it stands in the database */
    struct keyring_cache *keyring_cache;
    struct opening *opening;
    int64_t indexed_upto;
    const struct store_observer *observers[OBSERVERS_MAX]; /* borrowed, in the order of coming */
    size_t observer_count;
    unsigned telling; /* how deep: an observer that is told may write, and be told of that */
    struct notes notes;
    size_t numbers_left; /* store_number_shown */
};

/* ---- Clock ---- */

static enum rb_status hlc_save(struct store *store) {
    static const char sql[] =
        "INSERT INTO setting (name, value)"
        " VALUES ('hlc', ?1)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    struct db_row *row = db_query(store->db, sql);

    db_bind_int(row, 1, (int64_t)store->hlc);
    return db_run(row);
}

static enum rb_status hlc_load(struct store *store) {
    static const char sql[] =
        "SELECT value"
        " FROM setting"
        " WHERE name = 'hlc'";
    struct db_row *row = db_query(store->db, sql);

    if (db_step(row)) {
        store->hlc = (uint64_t)db_int(row, 0);
        store->hlc_kept = store->hlc;
    }
    return db_end(row);
}

/* ---- Creating, opening, closing ---- */

/* What an older version passed over is made visible. */
static enum rb_status views_renew(struct store *store) {
    static const char sql[] =
        "SELECT count(*)"
        " FROM setting"
        " WHERE name = 'views_are_stale'";
    struct db_row *row = db_query(store->db, sql);
    bool are_stale = db_step(row) && db_int(row, 0) > 0;
    enum rb_status status = db_end(row);

    return status == RB_OK && are_stale ? views_rebuild(store) : status;
}

static struct store *store_empty(void) {
    struct store *store = rb_alloc(1, sizeof *store);

    store->secrets = crypt_secret_alloc(sizeof *store->secrets);
    self_init(&store->self, &store->secrets->identity);
    search_forget(store);
    return store;
}

static enum rb_status found(struct store *store) {
    const enum rb_status status = store_write_begin(store);
    return status == RB_OK ? store_write_end(store, self_save(&store->self, store)) : status;
}

enum rb_status store_create(const struct store_new *facts) {
    struct home home;
    struct store *store = store_empty();
    struct damage damage;
    bool made = false;
    enum rb_status status = home_at(&home, facts->home);

    if (status == RB_OK) {
        status = self_make(&store->self, &facts->facts, facts->now_ms);
    }
    if (status == RB_OK) {
        status = home_make(&home);
        made = status == RB_OK;
    }
    if (status == RB_OK) {
        status = keyfile_create(home.key_new, facts->passphrase, facts->passes,
                                &store->secrets->keyfile);
    }
    if (status == RB_OK) {
        status = db_create(home.db, &store->secrets->keyfile);
    }
    if (status == RB_OK) {
        status = db_open(&store->db, home.db, &store->secrets->keyfile, 0, &damage);
    }
    if (status == RB_OK) {
        status = found(store);
    }
    store_close(&store); /* All is on the disk before the last step says so. */
    if (status == RB_OK) {
        status = home_finish(&home);
    }
    if (status != RB_OK && made) {
        home_unmake(&home);
    }
    return status;
}

/* A key, but nothing that it opens, is damage too. */
static enum rb_status open_files(struct store *store, const struct home *home,
                                 struct span passphrase, int wait_ms, struct damage *damage) {
    struct keyfile *key = &store->secrets->keyfile;
    enum rb_status status = keyfile_open(home->key, passphrase, key);

    if (status != RB_OK) {
        damage->part = DAMAGE_KEY_FILE;
        return status;
    }
    status = db_open(&store->db, home->db, key, wait_ms, damage);
    if (status == RB_NOT_FOUND) {
        damage->part = DAMAGE_SIZE;
        return RB_DAMAGED;
    }
    return status;
}

enum rb_status store_open(struct store **out, const char *home_folder, struct span passphrase,
                          int wait_ms, struct damage *damage) {
    struct home home;
    struct damage found = { 0 };
    struct store *store = store_empty();
    enum rb_status status = home_at(&home, home_folder);

    if (status == RB_OK) {
        status = open_files(store, &home, passphrase, wait_ms, &found);
    }
    if (status == RB_OK) {
        status = self_load(&store->self, store);
    }
    if (status == RB_OK) {
        status = hlc_load(store);
    }
    if (status == RB_OK) {
        status = views_renew(store);
    }
    if (status == RB_OK) {
        *out = store;
        return RB_OK;
    }
    if (status == RB_DAMAGED && damage != NULL) {
        *damage = store->db == NULL ? found : db_damage(store->db);
    }
    store_close(&store);
    return status;
}

void store_close(struct store **store) {
    if (*store == NULL) {
        return;
    }
    opening_destroy(&(*store)->opening);
    keyring_forget(*store);
    notes_clear(&(*store)->notes);
    db_close(&(*store)->db);
    self_clear(&(*store)->self);
    crypt_secret_free((*store)->secrets);
    free(*store);
    *store = NULL;
}

/* ---- What others ask ---- */

const struct store_self *store_self(const struct store *store) {
    return &store->self.view;
}

enum rb_status store_card(struct store *store, const struct span *addresses, size_t count,
                          int64_t now_ms, struct writer *card) {
    const struct span no_telephone = { 0 };
    struct letter_row letter;
    struct op_pair pair;

    const enum rb_status status = letters_pair(store, NULL, now_ms, &letter, &pair);
    return status == RB_OK
               ? card_issue(card, store->self.identity, pair.person_cert, pair.device_cert,
                            pair.seal_key, pair.chain, addresses, count, no_telephone, now_ms)
               : status;
}

uint64_t store_hlc(const struct store *store) {
    return store->hlc;
}

void store_hlc_seen(struct store *store, uint64_t hlc, int64_t now_ms) {
    store->hlc = hlc_merge(store->hlc, hlc, now_ms);
}

int64_t store_written(const struct store *store) {
    return db_changes_ever(store->db);
}

/* A log has no gaps, and a branch begins after its base, so that they tell how many events it has.
 * */
enum rb_status store_sizes(struct store *store, struct store_sizes *sizes) {
    static const char sql[] =
        "SELECT (SELECT coalesce(sum(head - base), 0) FROM log), page_count * page_size"
        " FROM pragma_page_count(), pragma_page_size()";
    struct store_sizes value = { 0 };
    struct db_row *row = db_query(store->db, sql);

    if (db_step(row)) {
        value.events = (uint64_t)db_int(row, 0);
        value.bytes = (uint64_t)db_int(row, 1);
    }
    const enum rb_status status = db_end(row);
    if (status == RB_OK) {
        *sizes = value;
    }
    return status;
}

struct db *store_db(struct store *store) {
    return store->db;
}

const uint8_t *store_key(const struct store *store) {
    return store->secrets->keyfile.store_key;
}

struct self *store_own(struct store *store) {
    return &store->self;
}

struct keyring_cache **store_keyring_cache(struct store *store) {
    return &store->keyring_cache;
}

struct opening **store_opening(struct store *store) {
    return &store->opening;
}

int64_t *store_indexed_upto(struct store *store) {
    return &store->indexed_upto;
}

/* ---- The transaction door ---- */

/* An observer may begin a transaction of its own, so the notes leave the store first. */
static void tell_observers(struct store *store) {
    struct notes notes = store->notes;

    store->notes = (struct notes) { 0 };
    store->telling++;
    for (size_t i = 0; i < store->observer_count; i++) {
        notes_tell(&notes, store->observers[i]);
    }
    store->telling--;
    notes_clear(&notes);
}

/* Whatever is kept in memory may tell of what has just been undone. */
static void forget_undone(struct store *store) {
    opening_forget(store->opening);
    keyring_forget(store);
    search_forget(store);
    notes_clear(&store->notes);
}

enum rb_status store_write_begin(struct store *store) {
    return db_begin(store->db);
}

enum rb_status store_write_commit(struct store *store) {
    const uint64_t hlc = store->hlc;
    size_t numbers_left = store->numbers_left;
    enum rb_status status = hlc == store->hlc_kept ? RB_OK : hlc_save(store);

    if (status == RB_OK) {
        status = notes_number(&store->notes, store, &numbers_left);
    }
    if (status != RB_OK) {
        store_write_abort(store);
        return status;
    }
    status = db_commit(store->db);
    if (status != RB_OK) {
        forget_undone(store);
        return status;
    }
    store->hlc_kept = hlc;
    store->numbers_left = numbers_left;
    tell_observers(store);
    return RB_OK;
}

void store_write_abort(struct store *store) {
    db_rollback(store->db);
    forget_undone(store);
}

enum rb_status store_write_end(struct store *store, enum rb_status status) {
    if (status == RB_OK) {
        return store_write_commit(store);
    }
    store_write_abort(store);
    return status;
}

enum rb_status store_write_enter(struct store *store, bool *own) {
    *own = !db_in_transaction(store->db);
    return *own ? store_write_begin(store) : RB_OK;
}

enum rb_status store_write_leave(struct store *store, bool own, enum rb_status status) {
    assert(db_in_transaction(store->db));
    return own ? store_write_end(store, status) : status;
}

/* ---- Observers ---- */

void store_observe(struct store *store, const struct store_observer *observer) {
    assert(store->telling == 0);
    assert(store->observer_count < OBSERVERS_MAX);
    store->observers[store->observer_count++] = observer;
}

void store_observe_no_more(struct store *store, const struct store_observer *observer) {
    size_t kept = 0;

    assert(store->telling == 0);
    for (size_t i = 0; i < store->observer_count; i++) {
        if (store->observers[i] != observer) {
            store->observers[kept++] = store->observers[i];
        }
    }
    store->observer_count = kept;
}

void store_number_shown(struct store *store, size_t count) {
    store->numbers_left = count;
}

void store_note_stored(struct store *store, const uint8_t circle[static HASH_BYTES],
                       const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last) {
    assert(db_in_transaction(store->db));
    notes_add_stored(&store->notes, circle, log, first, last);
}

void store_note_cut(struct store *store, const uint8_t circle[static HASH_BYTES]) {
    assert(db_in_transaction(store->db));
    notes_add_cut(&store->notes, circle);
}

void store_note_members(struct store *store, const uint8_t circle[static HASH_BYTES]) {
    assert(db_in_transaction(store->db));
    notes_add_members(&store->notes, circle);
}

void store_note_answered(struct store *store, int64_t number) {
    assert(db_in_transaction(store->db));
    notes_add_answered(&store->notes, number);
}

void store_note_contacts(struct store *store) {
    assert(db_in_transaction(store->db));
    store->notes.contacts = true;
}

static bool is_shown_to_anybody(const struct store *store) {
    for (size_t i = 0; i < store->observer_count; i++) {
        if (store->observers[i]->shown != NULL) {
            return true;
        }
    }
    return false;
}

void store_note_shown(struct store *store, const struct shown_note *note) {
    assert(db_in_transaction(store->db));
    if (is_shown_to_anybody(store)) {
        notes_add_shown(&store->notes, note);
    }
}
