/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/revocation_proof.h"

#include "store/contacts.h"
#include "store/db.h"
#include "store/operations.h"

#include <stdlib.h>
#include <string.h>

enum {
    CIRCLES_SEARCHED_MAX = 2, /* what a circle has revoked can be proved by what it names */
    PROVED_AT_ONCE = 64
};

enum rb_status revocation_set_proof(struct store *store, const struct revocation *revocation,
                                    struct span proved) {
    static const char sql[] =
        "UPDATE revocation"
        " SET proof = ?3,"
        "   place = (SELECT coalesce(max(place), 0) + 1 FROM revocation WHERE place IS NOT NULL)"
        " WHERE cert = ?1"
        "   AND issuer = ?2"
        "   AND place IS NULL";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(revocation->cert_id, sizeof revocation->cert_id));
    db_bind_blob(query, 2, span_of(revocation->issuer, sizeof revocation->issuer));
    db_bind_blob(query, 3, proved);
    return db_run(query);
}

/* ---- Gathering ---- */

/* Copies of what has been found, empty if it has not. */
struct gathering {
    struct writer whole; /* `revocation` borrows from it */
    struct revocation revocation;
    struct writer person, device, issuer, chain;
    bool is_whole; /* `proved` proves it */
    struct writer proved;
};

static void gathering_init(struct gathering *gathering) {
    *gathering = (struct gathering) { .is_whole = false };
    writer_init(&gathering->whole, CERT_BYTES_MAX);
    writer_init(&gathering->person, CERT_BYTES_MAX);
    writer_init(&gathering->device, CERT_BYTES_MAX);
    writer_init(&gathering->issuer, CERT_BYTES_MAX);
    writer_init(&gathering->chain, CHAIN_BYTES_MAX);
    writer_init(&gathering->proved, REVOKE_PROOF_BYTES_MAX);
}

static void gathering_clear(struct gathering *gathering) {
    writer_clear(&gathering->whole);
    writer_clear(&gathering->person);
    writer_clear(&gathering->device);
    writer_clear(&gathering->issuer);
    writer_clear(&gathering->chain);
    writer_clear(&gathering->proved);
}

static void found(struct writer *kept, struct span bytes) {
    writer_reset(kept);
    writer_span(kept, bytes);
}

/* Any certificate of the person tells his key; but the one that is revoked is the one to show, and
 * is not replaced. */
static void person_take(struct gathering *gathering, const struct cert *cert, struct span chain) {
    const struct revocation *revocation = &gathering->revocation;

    if (cert->kind != CERT_PERSON || memcmp(cert->person, revocation->person, HASH_BYTES) != 0) {
        return;
    }
    if (gathering->person.len == 0 ||
        memcmp(cert->id, revocation->cert_id, sizeof revocation->cert_id) == 0) {
        found(&gathering->person, cert->whole);
        found(&gathering->chain, chain);
    }
}

static void device_take(struct gathering *gathering, const struct cert *cert) {
    const struct revocation *revocation = &gathering->revocation;

    if (cert->kind != CERT_DEVICE || memcmp(cert->person, revocation->person, HASH_BYTES) != 0) {
        return;
    }
    if (memcmp(cert->id, revocation->cert_id, sizeof revocation->cert_id) == 0) {
        found(&gathering->device, cert->whole);
    } else if (memcmp(cert->subject, revocation->issuer, SIGN_PUBLIC_BYTES) == 0) {
        found(&gathering->issuer, cert->whole);
    }
}

static void bytes_take(struct gathering *gathering, struct span bytes, struct span chain) {
    struct cert cert;

    if (cert_decode(bytes, &cert) == RB_OK) {
        person_take(gathering, &cert, chain);
        device_take(gathering, &cert);
    }
}

/* A chain that is not good proves nothing, and would make the rest look bad. */
static bool chain_holds(const struct revoke_proof *proof) {
    struct revoke_claim claim;

    return revoke_proof_claim(proof, &claim) == RB_OK &&
           revoke_proof_verify_chain(proof, &claim) == RB_OK;
}

/* Whether what has been found is enough. */
static void gathering_try(struct gathering *gathering) {
    struct revoke_proof proof = {
        .revoke = gathering->revocation.whole,
        .person = writer_view(&gathering->person),
        .device = writer_view(&gathering->device),
        .issuer = writer_view(&gathering->issuer),
        .chain = writer_view(&gathering->chain),
    };
    struct revoke_claim claim;

    if (proof.person.len == 0) {
        return;
    }
    if (proof.chain.len > 0 && !chain_holds(&proof)) {
        proof.chain = (struct span) { 0 };
    }
    if (revoke_proof_claim(&proof, &claim) == RB_OK &&
        revoke_proof_verify(&proof, &claim) == RB_OK) {
        revoke_proof_write(&gathering->proved, &proof);
        gathering->is_whole = writer_end(&gathering->proved) == RB_OK;
    }
}

/* ---- Where certificates are ---- */

/* One's own: every letter, and every device. */
static enum rb_status own_search(struct store *store, struct gathering *gathering) {
    static const char sql[] =
        "SELECT whole, chain"
        " FROM letter"
        " UNION ALL"
        " SELECT whole, x''"
        " FROM own_device";
    const struct store_self *self = store_self(store);

    if (memcmp(self->person, gathering->revocation.person, HASH_BYTES) != 0) {
        return RB_OK;
    }
    device_take(gathering, &self->device_cert);
    person_take(gathering, &self->person_cert, self->chain);
    struct db_row *query = db_query(store_db(store), sql);
    while (db_step(query)) {
        bytes_take(gathering, db_blob(query, 0), db_blob(query, 1));
    }
    return db_end(query);
}

static enum rb_status contact_search(struct store *store, struct gathering *gathering) {
    struct op_pair pair;
    struct writer card;

    writer_init(&card, CARD_BYTES_MAX);
    enum rb_status status = contact_pair(store, gathering->revocation.person, &card, &pair);
    if (status == RB_OK) {
        bytes_take(gathering, pair.person_cert, pair.chain);
        bytes_take(gathering, pair.device_cert, (struct span) { 0 });
    }
    writer_clear(&card);
    return status == RB_NOT_FOUND ? RB_OK : status;
}

/* Letters by offices of this home; the chain of a letter is that of its office. */
static enum rb_status letter_search(struct store *store, struct gathering *gathering) {
    static const char sql[] =
        "SELECT letter_issued.whole, office.chain"
        " FROM letter_issued"
        " JOIN office ON office.number = letter_issued.office"
        " WHERE letter_issued.cert = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(gathering->revocation.cert_id, CERT_ID_BYTES));
    if (db_step(query)) {
        bytes_take(gathering, db_blob(query, 0), db_blob(query, 1));
    }
    return db_end(query);
}

static enum rb_status hands_search(struct store *store, struct gathering *gathering) {
    enum rb_status status = own_search(store, gathering);

    if (status == RB_OK) {
        status = contact_search(store, gathering);
    }
    if (status == RB_OK) {
        status = letter_search(store, gathering);
    }
    if (status == RB_OK) {
        gathering_try(gathering);
    }
    return status;
}

/* ---- Circles: each is read once for all that it may prove ---- */

struct gatherings {
    struct gathering *items; /* owned */
    size_t count;
};

static void operation_take(const struct gatherings *all, const struct op *op) {
    if (!op_has_pair(op)) {
        return;
    }
    for (size_t i = 0; i < all->count; i++) {
        if (!all->items[i].is_whole) {
            person_take(&all->items[i], &op->person, op->chain);
            device_take(&all->items[i], &op->device);
        }
    }
}

static enum rb_status circle_search(struct store *store, const struct gatherings *all,
                                    int64_t circle) {
    struct operation_list list = { 0 };

    enum rb_status status = operations_load(store, circle, &list);
    for (size_t i = 0; i < list.count && status == RB_OK; i++) {
        operation_take(all, &list.ops[i]);
    }
    for (size_t i = 0; i < all->count && status == RB_OK; i++) {
        if (!all->items[i].is_whole) {
            gathering_try(&all->items[i]);
        }
    }
    operations_clear(&list);
    return status;
}

/* Those that name a certificate of the person: first those with the one that is revoked. */
static enum rb_status circles_load(struct store *store, const struct revocation *revocation,
                                   int64_t circles[static CIRCLES_SEARCHED_MAX], size_t *count) {
    static const char sql[] =
        "SELECT circle, max(cert = ?2) AS is_named"
        " FROM (SELECT circle, device AS cert FROM cert WHERE person = ?1"
        "   UNION ALL"
        "   SELECT circle, cert FROM person_cert WHERE person = ?1)"
        " GROUP BY circle"
        " ORDER BY is_named DESC, circle"
        " LIMIT ?3";
    struct db_row *query = db_query(store_db(store), sql);

    *count = 0;
    db_bind_blob(query, 1, span_of(revocation->person, HASH_BYTES));
    db_bind_blob(query, 2, span_of(revocation->cert_id, CERT_ID_BYTES));
    db_bind_int(query, 3, CIRCLES_SEARCHED_MAX);
    while (db_step(query)) {
        circles[(*count)++] = db_int(query, 0);
    }
    return db_end(query);
}

static enum rb_status circles_search(struct store *store, const struct gatherings *all,
                                     const struct gathering *gathering) {
    int64_t circles[CIRCLES_SEARCHED_MAX];
    size_t count = 0;

    enum rb_status status = circles_load(store, &gathering->revocation, circles, &count);
    for (size_t i = 0; i < count && status == RB_OK && !gathering->is_whole; i++) {
        status = circle_search(store, all, circles[i]);
    }
    return status;
}

/* ---- All of it ---- */

/* In the order in which they were learnt, as far as that is known. */
static enum rb_status untried_load(struct store *store, struct gatherings *all) {
    static const char sql[] =
        "SELECT whole"
        " FROM revocation"
        " WHERE place IS NULL"
        "   AND tried = 0"
        " ORDER BY known_ms"
        " LIMIT ?1";
    struct db_row *query = db_query(store_db(store), sql);
    enum rb_status status = RB_OK;

    db_bind_int(query, 1, PROVED_AT_ONCE);
    while (status == RB_OK && db_step(query)) {
        all->items = rb_realloc(all->items, all->count + 1, sizeof *all->items);
        struct gathering *gathering = &all->items[all->count++];
        gathering_init(gathering);
        writer_span(&gathering->whole, db_blob(query, 0));
        if (revoke_decode(writer_view(&gathering->whole), &gathering->revocation) != RB_OK) {
            status = RB_DAMAGED; /* it was decoded before it was stored */
        }
    }
    const enum rb_status ended = db_end(query);
    return status == RB_OK ? ended : status;
}

static enum rb_status tried_set(struct store *store, const struct revocation *revocation) {
    static const char sql[] =
        "UPDATE revocation"
        " SET tried = 1"
        " WHERE cert = ?1"
        "   AND issuer = ?2";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(revocation->cert_id, sizeof revocation->cert_id));
    db_bind_blob(query, 2, span_of(revocation->issuer, sizeof revocation->issuer));
    return db_run(query);
}

static enum rb_status proofs_save(struct store *store, const struct gatherings *all) {
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < all->count && status == RB_OK; i++) {
        const struct gathering *gathering = &all->items[i];
        status = tried_set(store, &gathering->revocation);
        if (status == RB_OK && gathering->is_whole) {
            status = revocation_set_proof(store, &gathering->revocation,
                                          writer_view(&gathering->proved));
        }
    }
    return status;
}

static enum rb_status proofs_gather(struct store *store, const struct gatherings *all) {
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < all->count && status == RB_OK; i++) {
        status = hands_search(store, &all->items[i]);
    }
    for (size_t i = 0; i < all->count && status == RB_OK; i++) {
        if (!all->items[i].is_whole) {
            status = circles_search(store, all, &all->items[i]);
        }
    }
    return status;
}

enum rb_status revocations_prove(struct store *store) {
    struct gatherings all = { 0 };
    bool own = false;

    enum rb_status status = untried_load(store, &all);
    if (status == RB_OK && all.count > 0) {
        status = proofs_gather(store, &all);
    }
    if (status == RB_OK && all.count > 0) {
        status = store_write_enter(store, &own);
        if (status == RB_OK) {
            status = store_write_leave(store, own, proofs_save(store, &all));
        }
    }
    for (size_t i = 0; i < all.count; i++) {
        gathering_clear(&all.items[i]);
    }
    free(all.items);
    return status;
}
