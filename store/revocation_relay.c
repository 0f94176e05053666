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

/* Of the letters of one's own, and of the offices whose key is here; one may come twice. */
static enum rb_status own_roots_load(struct store *store, uint8_t (**roots)[HASH_BYTES],
                                     size_t *count) {
    static const char sql[] =
        "SELECT chain"
        " FROM letter"
        " WHERE chain <> x''"
        " UNION ALL"
        " SELECT chain"
        " FROM office"
        " WHERE chain IS NOT NULL";
    struct db_row *query = db_query(store_db(store), sql);
    uint8_t root[HASH_BYTES];

    while (db_step(query)) {
        if (chain_root(db_blob(query, 0), root) == RB_OK) {
            *roots = rb_realloc(*roots, *count + 1, sizeof **roots);
            memcpy((*roots)[(*count)++], root, sizeof root);
        }
    }
    return db_end(query);
}

static enum rb_status is_own_root(struct store *store, const uint8_t root[static HASH_BYTES],
                                  bool *known) {
    uint8_t(*roots)[HASH_BYTES] = NULL;
    size_t count = 0;

    enum rb_status status = own_roots_load(store, &roots, &count);
    *known = false;
    for (size_t i = 0; i < count && !*known; i++) {
        *known = memcmp(roots[i], root, sizeof roots[i]) == 0;
    }
    free(roots);
    return status;
}

/* A letter that an operation of a circle names. */
static enum rb_status is_named(struct store *store, const uint8_t cert[static CERT_ID_BYTES],
                               const uint8_t person[static HASH_BYTES], bool *named) {
    static const char sql[] =
        "SELECT 1"
        " FROM person_cert"
        " WHERE person = ?1"
        "   AND cert = ?2"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(person, HASH_BYTES));
    db_bind_blob(query, 2, span_of(cert, CERT_ID_BYTES));
    *named = db_step(query);
    return db_end(query);
}

/* An office that is not of a known network may be made up, and its letter with it: then it counts
 * only if somebody uses that letter. */
static enum rb_status use_find(struct store *store, const struct revoke_claim *claim,
                               enum relay_use *use) {
    const struct revocation *revocation = &claim->revocation;
    bool person_known = false, root_known = false, named = claim->signer != BY_OFFICE;

    enum rb_status status = person_is_known(store, revocation->person, &person_known);
    if (status == RB_OK && claim->has_root && !(person_known && named)) {
        status = is_anchor(store, claim->root, &root_known);
    }
    if (status == RB_OK && claim->has_root && !(person_known && named) && !root_known) {
        status = is_own_root(store, claim->root, &root_known);
    }
    if (status == RB_OK && person_known && !named && !root_known) {
        status = is_named(store, revocation->cert_id, revocation->person, &named);
    }
    *use = person_known && (named || root_known) ? USE_PERSON : root_known ? USE_NETWORK : USE_NONE;
    return status;
}

/* ---- What was of no use ---- */

/* What would have made it of use. */
struct passed {
    const uint8_t *person;
    struct span cert, root; /* may be empty */
};

/* Beyond the bound nothing is noted: who brings so many people whom nobody here knows costs himself
 * that they are not asked for again. */
static enum rb_status passed_note(struct store *store, const struct relay_peer *from,
                                  const struct passed *passed) {
    static const char sql[] =
        "INSERT INTO revocation_passed (device, person, cert, root)"
        " SELECT ?1, ?2, ?3, ?4"
        " WHERE (SELECT count(*) FROM revocation_passed WHERE device = ?1) < ?5"
        " ON CONFLICT (device, person, cert) DO NOTHING";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(from->device, sizeof from->device));
    db_bind_blob(query, 2, span_of(passed->person, HASH_BYTES));
    db_bind_blob(query, 3, passed->cert);
    db_bind_blob(query, 4, passed->root);
    db_bind_int(query, 5, REVOKES_PASSED_MAX);
    return db_run(query);
}

static enum rb_status unused_note(struct store *store, const struct relay_peer *from,
                                  const struct revoke_claim *claim) {
    const struct revocation *revocation = &claim->revocation;

    return passed_note(
        store, from,
        &(struct passed) {
            .person = revocation->person,
            .cert = span_of(revocation->cert_id, claim->signer == BY_OFFICE ? CERT_ID_BYTES : 0),
            .root = span_of(claim->root, claim->has_root ? HASH_BYTES : 0),
        });
}

/* Of whom only the network is known, and there is no room: once he is known himself, there is. */
static enum rb_status crowded_note(struct store *store, const struct relay_peer *from,
                                   const struct revoke_claim *claim) {
    struct revoke_claim unrooted = *claim;

    unrooted.has_root = false;
    return unused_note(store, from, &unrooted);
}

/* Rows of which somebody who is named there is known now.  What an office signed asks for the
 * letter. */
#define PASSED_PERSON_IS_KNOWN                                                                     \
    "(cert = x'' AND (EXISTS (SELECT 1 FROM contact"                                               \
    "    WHERE contact.person = revocation_passed.person)"                                         \
    "  OR EXISTS (SELECT 1 FROM member WHERE member.person = revocation_passed.person))"           \
    " OR cert <> x'' AND EXISTS (SELECT 1 FROM person_cert"                                        \
    "    WHERE person_cert.person = revocation_passed.person"                                      \
    "      AND person_cert.cert = revocation_passed.cert)"                                         \
    " OR root <> x'' AND EXISTS (SELECT 1 FROM circle_view"                                        \
    "    WHERE circle_view.anchor = revocation_passed.root))"

static enum rb_status missed_person(struct store *store, const struct relay_peer *peer,
                                    bool *missed) {
    static const char sql[] =
        "SELECT 1"
        " FROM revocation_passed"
        " WHERE device = ?1"
        "   AND " PASSED_PERSON_IS_KNOWN " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(peer->device, sizeof peer->device));
    *missed = db_step(query);
    return db_end(query);
}

static enum rb_status missed_of_root(struct store *store, const struct relay_peer *peer,
                                     const uint8_t root[static HASH_BYTES], bool *missed) {
    static const char sql[] =
        "SELECT 1"
        " FROM revocation_passed"
        " WHERE device = ?1"
        "   AND root = ?2"
        "   AND root <> x''" /* as its index has it */
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(peer->device, sizeof peer->device));
    db_bind_blob(query, 2, span_of(root, HASH_BYTES));
    *missed = db_step(query);
    return db_end(query);
}

/* Of one's own letters and offices there are so few that each is asked for. */
static enum rb_status missed_own_root(struct store *store, const struct relay_peer *peer,
                                      bool *missed) {
    uint8_t(*roots)[HASH_BYTES] = NULL;
    size_t count = 0;

    enum rb_status status = own_roots_load(store, &roots, &count);
    for (size_t i = 0; i < count && status == RB_OK && !*missed; i++) {
        status = missed_of_root(store, peer, roots[i], missed);
    }
    free(roots);
    return status;
}

enum rb_status relay_missed(struct store *store, const struct relay_peer *peer, bool *missed) {
    bool found = false;

    enum rb_status status = missed_person(store, peer, &found);
    if (status == RB_OK && !found) {
        status = missed_own_root(store, peer, &found);
    }
    if (status == RB_OK) {
        *missed = found;
    }
    return status;
}

static enum rb_status forget_person(struct store *store, const struct relay_peer *peer) {
    static const char sql[] =
        "DELETE FROM revocation_passed"
        " WHERE device = ?1"
        "   AND " PASSED_PERSON_IS_KNOWN;
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(peer->device, sizeof peer->device));
    return db_run(query);
}

static enum rb_status forget_of_root(struct store *store, const struct relay_peer *peer,
                                     const uint8_t root[static HASH_BYTES]) {
    static const char sql[] =
        "DELETE FROM revocation_passed"
        " WHERE device = ?1"
        "   AND root = ?2"
        "   AND root <> x''";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(peer->device, sizeof peer->device));
    db_bind_blob(query, 2, span_of(root, HASH_BYTES));
    return db_run(query);
}

static enum rb_status forget_known(struct store *store, const struct relay_peer *peer) {
    uint8_t(*roots)[HASH_BYTES] = NULL;
    size_t count = 0;

    enum rb_status status = own_roots_load(store, &roots, &count);
    if (status == RB_OK) {
        status = forget_person(store, peer);
    }
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = forget_of_root(store, peer, roots[i]);
    }
    free(roots);
    return status;
}

enum rb_status relay_forget_missed(struct store *store, const struct relay_peer *peer) {
    bool own = false;
    enum rb_status status = store_write_enter(store, &own);

    return status == RB_OK ? store_write_leave(store, own, forget_known(store, peer)) : status;
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
                                  const struct revoke_claim *claim, struct span proved,
                                  enum relay_use use, int64_t now_ms) {
    const struct revocation *revocation = &claim->revocation;
    enum rb_status status = revocation_keep(store, revocation, claim->signer, now_ms);

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

/* Before the trouble of verifying; what was known from a circle needs no room. */
static enum rb_status room_find(struct store *store, const struct relay_peer *from,
                                const struct revoke_claim *claim, enum relay_use use, bool *room) {
    enum rb_status status = use == USE_NETWORK ? has_room(store, from, room) : RB_OK;

    if (status != RB_OK) {
        return status;
    }
    if (use == USE_NETWORK && !*room) {
        return crowded_note(store, from, claim);
    }
    status = revocation_is_kept(store, &claim->revocation, room);
    return status == RB_OK && !*room
               ? revocation_has_room(store, &claim->revocation, claim->signer, room)
               : status;
}

/* Signatures are looked at last: most of what comes is known, or of no use. */
static enum rb_status take_one(struct store *store, const struct relay_peer *from,
                               const struct revoke_proof *proof, struct span proved,
                               int64_t now_ms) {
    enum relay_use use = USE_NONE;
    struct revoke_claim claim;
    bool placed = false, room = false;

    enum rb_status status = revoke_proof_claim(proof, &claim);
    if (status != RB_OK) {
        return fault_of(status);
    }
    status = is_placed(store, &claim.revocation, &placed);
    if (status != RB_OK || placed) {
        return status;
    }
    status = use_find(store, &claim, &use);
    if (status == RB_OK && use == USE_NONE) {
        return unused_note(store, from, &claim);
    }
    if (status == RB_OK) {
        status = room_find(store, from, &claim, use, &room);
    }
    if (status != RB_OK || !room) {
        return status;
    }
    status = proved_check(proof, &claim);
    return status == RB_OK ? proved_keep(store, from, &claim, proved, use, now_ms)
                           : fault_of(status);
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

    if (items.len == 0) {
        return RB_OK;
    }
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
