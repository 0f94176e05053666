/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/revocation_relay.h"

#include "store/db.h"
#include "store/revocation_proof.h"
#include "store/revocations.h"

#include <stdlib.h>
#include <string.h>

/* ---- Who is known here ---- */

enum relay_use { USE_NONE, USE_NETWORK, USE_PERSON };

static enum rb_status person_is_known(struct store *store, const uint8_t person[static HASH_BYTES],
                                      bool *known) {
    static const char sql[] =
        "SELECT 1"
        " FROM contact"
        " WHERE person = ?1"
        " UNION ALL"
        " SELECT 1"
        " FROM member"
        " WHERE person = ?1"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(person, HASH_BYTES));
    *known = db_step(query) || memcmp(store_self(store)->person, person, HASH_BYTES) == 0;
    return db_end(query);
}

static enum rb_status is_anchor(struct store *store, const uint8_t root[static HASH_BYTES],
                                bool *known) {
    static const char sql[] =
        "SELECT 1"
        " FROM circle_view"
        " WHERE anchor = ?1"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(root, HASH_BYTES));
    *known = db_step(query);
    return db_end(query);
}

/* Of a letter of one's own, or of an office whose key is here. */
static enum rb_status is_own_root(struct store *store, const uint8_t root[static HASH_BYTES],
                                  bool *known) {
    static const char sql[] =
        "SELECT chain"
        " FROM letter"
        " WHERE chain <> x''"
        " UNION ALL"
        " SELECT chain"
        " FROM office"
        " WHERE chain IS NOT NULL";
    struct db_row *query = db_query(store_db(store), sql);
    uint8_t own[HASH_BYTES];

    *known = false;
    while (!*known && db_step(query)) {
        *known = chain_root(db_blob(query, 0), own) == RB_OK && memcmp(own, root, sizeof own) == 0;
    }
    return db_end(query);
}

/* `root` NULL: he has no letter. */
static enum rb_status use_find(struct store *store, const uint8_t person[static HASH_BYTES],
                               const uint8_t *root, enum relay_use *use) {
    bool person_known = false, root_known = false;

    enum rb_status status = person_is_known(store, person, &person_known);
    if (status == RB_OK && !person_known && root != NULL) {
        status = is_anchor(store, root, &root_known);
    }
    if (status == RB_OK && !person_known && root != NULL && !root_known) {
        status = is_own_root(store, root, &root_known);
    }
    *use = person_known ? USE_PERSON : root_known ? USE_NETWORK : USE_NONE;
    return status;
}

/* ---- What was of no use ---- */

/* Beyond the bound nothing is noted: who brings so many people whom nobody here knows costs himself
 * that they are not asked for again. */
static enum rb_status passed_note(struct store *store, const struct relay_peer *from,
                                  const struct revoke_claim *claim) {
    static const char sql[] =
        "INSERT INTO revocation_passed (device, person, root)"
        " SELECT ?1, ?2, ?3"
        " WHERE (SELECT count(*) FROM revocation_passed WHERE device = ?1) < ?4"
        " ON CONFLICT (device, person) DO NOTHING";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(from->device, sizeof from->device));
    db_bind_blob(query, 2, span_of(claim->revocation.person, HASH_BYTES));
    db_bind_blob(query, 3, span_of(claim->root, claim->has_root ? HASH_BYTES : 0));
    db_bind_int(query, 4, REVOKES_PASSED_MAX);
    return db_run(query);
}

struct passed {
    uint8_t person[HASH_BYTES], root[HASH_BYTES];
    bool has_root;
};

static enum rb_status passed_load(struct store *store, const struct relay_peer *peer,
                                  struct passed **rows, size_t *count) {
    static const char sql[] =
        "SELECT person, root"
        " FROM revocation_passed"
        " WHERE device = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(peer->device, sizeof peer->device));
    while (db_step(query)) {
        *rows = rb_realloc(*rows, *count + 1, sizeof **rows);
        struct passed *passed = &(*rows)[(*count)++];
        db_copy(query, 0, passed->person, sizeof passed->person);
        passed->has_root = db_blob(query, 1).len > 0;
        if (passed->has_root) {
            db_copy(query, 1, passed->root, sizeof passed->root);
        }
    }
    return db_end(query);
}

enum rb_status relay_missed(struct store *store, const struct relay_peer *peer, bool *missed) {
    struct passed *rows = NULL;
    enum relay_use use = USE_NONE;
    size_t count = 0;

    enum rb_status status = passed_load(store, peer, &rows, &count);
    for (size_t i = 0; i < count && status == RB_OK && use == USE_NONE; i++) {
        status = use_find(store, rows[i].person, rows[i].has_root ? rows[i].root : NULL, &use);
    }
    if (status == RB_OK) {
        *missed = use != USE_NONE;
    }
    free(rows);
    return status;
}

enum rb_status relay_forget_missed(struct store *store, const struct relay_peer *peer) {
    static const char sql[] =
        "DELETE FROM revocation_passed"
        " WHERE device = ?1";
    bool own = false;
    enum rb_status status = store_write_enter(store, &own);

    if (status != RB_OK) {
        return status;
    }
    struct db_row *query = db_query(store_db(store), sql);
    db_bind_blob(query, 1, span_of(peer->device, sizeof peer->device));
    return store_write_leave(store, own, db_run(query));
}

/* ---- Taking ---- */

static enum rb_status is_placed(struct store *store, const struct revocation *revocation,
                                bool *placed) {
    static const char sql[] =
        "SELECT 1"
        " FROM revocation"
        " WHERE cert = ?1"
        "   AND issuer = ?2"
        "   AND place IS NOT NULL";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(revocation->cert_id, sizeof revocation->cert_id));
    db_bind_blob(query, 2, span_of(revocation->issuer, sizeof revocation->issuer));
    *placed = db_step(query);
    return db_end(query);
}

static enum rb_status has_room(struct store *store, const struct relay_peer *from, bool *room) {
    static const char sql[] =
        "SELECT (SELECT count(*) FROM revocation WHERE stranger = 1) < ?2"
        "   AND (SELECT count(*) FROM revocation WHERE stranger = 1 AND source = ?1) < ?3";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(from->device, sizeof from->device));
    db_bind_int(query, 2, REVOKES_STRANGERS_MAX);
    db_bind_int(query, 3, REVOKES_STRANGERS_PER_PEER_MAX);
    *room = db_step(query) && db_int(query, 0) != 0;
    return db_end(query);
}

static enum rb_status source_set(struct store *store, const struct revocation *revocation,
                                 const struct relay_peer *from, enum relay_use use) {
    static const char sql[] =
        "UPDATE revocation"
        " SET source = ?3, source_inc = ?4, stranger = ?5"
        " WHERE cert = ?1"
        "   AND issuer = ?2";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(revocation->cert_id, sizeof revocation->cert_id));
    db_bind_blob(query, 2, span_of(revocation->issuer, sizeof revocation->issuer));
    db_bind_blob(query, 3, span_of(from->device, sizeof from->device));
    db_bind_blob(query, 4, span_of(from->store_inc, sizeof from->store_inc));
    db_bind_int(query, 5, use == USE_NETWORK ? 1 : 0);
    return db_run(query);
}

/* One that was known from a circle, without proof, keeps its row and gets a place. */
static enum rb_status proved_keep(struct store *store, const struct relay_peer *from,
                                  const struct revocation *revocation, struct span proved,
                                  enum relay_use use, int64_t now_ms) {
    bool room = true;
    enum rb_status status = use == USE_NETWORK ? has_room(store, from, &room) : RB_OK;

    if (status != RB_OK || !room) {
        return status;
    }
    status = revocation_keep(store, revocation, now_ms);
    if (status == RB_REFUSED) {
        return RB_OK; /* so many of that person are known already */
    }
    if (status == RB_OK) {
        status = source_set(store, revocation, from, use);
    }
    return status == RB_OK ? revocation_set_proof(store, revocation, proved) : status;
}

/* What a newer version signs is of no use here, and no fault. */
static enum rb_status fault_of(enum rb_status status) {
    return status == RB_UNKNOWN ? RB_OK : status;
}

static enum rb_status proved_check(const struct revoke_proof *proof,
                                   const struct revoke_claim *claim) {
    enum rb_status status = revoke_proof_verify(proof, claim);

    return status == RB_OK && claim->has_root ? revoke_proof_verify_chain(proof, claim) : status;
}

/* Signatures are looked at last: most of what comes is known, or of no use. */
static enum rb_status take_one(struct store *store, const struct relay_peer *from,
                               const struct revoke_proof *proof, struct span proved,
                               int64_t now_ms) {
    enum relay_use use = USE_NONE;
    struct revoke_claim claim;
    bool placed = false;

    enum rb_status status = revoke_proof_claim(proof, &claim);
    if (status != RB_OK) {
        return fault_of(status);
    }
    status = is_placed(store, &claim.revocation, &placed);
    if (status != RB_OK || placed) {
        return status;
    }
    status = use_find(store, claim.revocation.person, claim.has_root ? claim.root : NULL, &use);
    if (status == RB_OK && use == USE_NONE) {
        return passed_note(store, from, &claim);
    }
    if (status == RB_OK) {
        status = proved_check(proof, &claim);
        if (status != RB_OK) {
            return fault_of(status);
        }
        status = proved_keep(store, from, &claim.revocation, proved, use, now_ms);
    }
    return status;
}

static enum rb_status take_all(struct store *store, const struct relay_peer *from,
                               struct span items, int64_t now_ms, enum rb_status *fault) {
    struct reader reader = reader_of(items);
    enum rb_status status = RB_OK;

    while (status == RB_OK && *fault == RB_OK && reader.rest.len > 0) {
        struct reader before = reader;
        struct revoke_proof proof = revoke_proof_read(&reader);
        if (reader.failed) {
            *fault = RB_MALFORMED;
            break;
        }
        struct span proved = span_of(before.rest.data, before.rest.len - reader.rest.len);
        status = take_one(store, from, &proof, proved, now_ms);
        if (status != RB_OK && !db_failed(status)) {
            *fault = status;
            status = RB_OK;
        }
    }
    return status;
}

enum rb_status relay_take(struct store *store, const struct relay_peer *from, struct span items,
                          int64_t now_ms) {
    enum rb_status fault = RB_OK;
    enum rb_status status = store_write_begin(store);

    if (status != RB_OK) {
        return status;
    }
    status = store_write_end(store, take_all(store, from, items, now_ms, &fault));
    return status == RB_OK ? fault : status;
}

/* ---- Giving ---- */

enum rb_status relay_place(struct store *store, uint64_t *place) {
    static const char sql[] =
        "SELECT coalesce(max(place), 0)"
        " FROM revocation"
        " WHERE place IS NOT NULL";
    struct db_row *query = db_query(store_db(store), sql);

    *place = db_step(query) ? (uint64_t)db_int(query, 0) : 0;
    return db_end(query);
}

enum rb_status relay_give(struct store *store, const struct relay_peer *peer, uint64_t from,
                          struct writer *items, size_t *count, uint64_t *upto) {
    static const char sql[] =
        "SELECT place, proof"
        " FROM revocation"
        " WHERE place >= ?1"
        "   AND (source IS NOT ?2 OR source_inc IS NOT ?3)"
        " ORDER BY place"
        " LIMIT ?4";
    size_t given = 0;
    uint64_t last = 0;

    enum rb_status status = relay_place(store, &last);
    if (status != RB_OK) {
        return status;
    }
    struct db_row *query = db_query(store_db(store), sql);
    db_bind_int(query, 1, (int64_t)from);
    db_bind_blob(query, 2, span_of(peer->device, sizeof peer->device));
    db_bind_blob(query, 3, span_of(peer->store_inc, sizeof peer->store_inc));
    db_bind_int(query, 4, REVOKES_ITEMS_MAX);
    while (db_step(query)) {
        writer_span(items, db_blob(query, 1));
        given++;
        last = given == REVOKES_ITEMS_MAX ? (uint64_t)db_int(query, 0) : last;
    }
    status = db_end(query);
    if (status == RB_OK && writer_end(items) != RB_OK) {
        status = RB_DAMAGED; /* each was as long as REVOKE_PROOF_BYTES_MAX when it was kept */
    }
    if (status == RB_OK) {
        *count = given;
        *upto = last;
    }
    return status;
}

/* ---- What peers have ---- */

enum rb_status relay_got(struct store *store, const struct relay_peer *peer, uint64_t *got) {
    static const char sql[] =
        "SELECT got"
        " FROM revocation_peer"
        " WHERE device = ?1"
        "   AND store_inc = ?2";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(peer->device, sizeof peer->device));
    db_bind_blob(query, 2, span_of(peer->store_inc, sizeof peer->store_inc));
    *got = db_step(query) ? (uint64_t)db_int(query, 0) : 0;
    return db_end(query);
}

enum rb_status relay_set_got(struct store *store, const struct relay_peer *peer, uint64_t got) {
    static const char sql[] =
        "INSERT INTO revocation_peer (device, store_inc, got)"
        " VALUES (?1, ?2, ?3)"
        " ON CONFLICT (device) DO UPDATE SET store_inc = excluded.store_inc, got = excluded.got";
    bool own = false;
    enum rb_status status = store_write_enter(store, &own);

    if (status != RB_OK) {
        return status;
    }
    struct db_row *query = db_query(store_db(store), sql);
    db_bind_blob(query, 1, span_of(peer->device, sizeof peer->device));
    db_bind_blob(query, 2, span_of(peer->store_inc, sizeof peer->store_inc));
    db_bind_int(query, 3, (int64_t)got);
    return store_write_leave(store, own, db_run(query));
}
