/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/revocations.h"

#include "store/block.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

/* ---- What circles say ---- */

enum rb_status person_cert_add(struct store *store, int64_t circle, const struct cert *person) {
    static const char sql[] =
        "INSERT INTO person_cert (circle, cert, person, issuer, from_s, until_s)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT (circle, cert) DO NOTHING";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_blob(query, 2, span_of(person->id, sizeof person->id));
    db_bind_blob(query, 3, span_of(person->person, sizeof person->person));
    db_bind_blob(query, 4, span_of(person->issuer, sizeof person->issuer));
    db_bind_int(query, 5, person->not_before_s);
    db_bind_int(query, 6, person->not_after_s);
    return db_run(query);
}

enum rb_status revoked_insert(struct store *store, int64_t circle, const struct op *op, bool own) {
    static const char sql[] =
        "INSERT INTO revoked (circle, ref, cert, whole, own)"
        " VALUES (?1, ?2, ?3, ?4, ?5)";
    const struct revocation *revocation = &op->revocation;
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_blob(query, 2, span_of(op->ref, sizeof op->ref));
    db_bind_blob(query, 3, span_of(revocation->cert_id, sizeof revocation->cert_id));
    db_bind_blob(query, 4, revocation->whole);
    db_bind_int(query, 5, own ? 1 : 0);
    return db_run(query);
}

/* ---- Keeping ---- */

enum rb_status revocation_has_room(struct store *store, const struct revocation *revocation,
                                   enum revocation_signer signer, bool *room) {
    static const char sql[] =
        "SELECT count(*) < ?3 AND (?4 = ?5 OR count(*) FILTER (WHERE issuer = ?2) < ?6)"
        " FROM revocation"
        " WHERE person = ?1"
        "   AND signer = ?4";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(revocation->person, sizeof revocation->person));
    db_bind_blob(query, 2, span_of(revocation->issuer, sizeof revocation->issuer));
    db_bind_int(query, 3, REVOCATIONS_PER_PERSON_MAX);
    db_bind_int(query, 4, signer);
    db_bind_int(query, 5, BY_PERSON);
    db_bind_int(query, 6, REVOCATIONS_PER_ISSUER_MAX);
    *room = db_step(query) && db_int(query, 0) != 0;
    return db_end(query);
}

/* Of those that no peer brought by itself. */
static enum rb_status signer_find(struct store *store, const struct revocation *revocation,
                                  enum revocation_signer *signer) {
    static const char sql[] =
        "SELECT 1"
        " FROM cert"
        " WHERE person = ?1"
        "   AND pk = ?2"
        " UNION ALL"
        " SELECT 1"
        " FROM own_device"
        " WHERE pk = ?2"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);
    const struct cert *own = &store_self(store)->device_cert;
    uint8_t issuer_id[HASH_BYTES];

    identity_person_id(revocation->issuer, issuer_id);
    db_bind_blob(query, 1, span_of(revocation->person, sizeof revocation->person));
    db_bind_blob(query, 2, span_of(revocation->issuer, sizeof revocation->issuer));
    const bool is_device =
        db_step(query) || memcmp(own->subject, revocation->issuer, SIGN_PUBLIC_BYTES) == 0;
    *signer = memcmp(issuer_id, revocation->person, sizeof issuer_id) == 0 ? BY_PERSON
              : is_device                                                  ? BY_DEVICE
                                                                           : BY_OFFICE;
    return db_end(query);
}

/* Nothing is kept beyond the room that there is.  `settled`: the circles are here as they were. */
static enum rb_status revocation_insert(struct store *store, const struct revocation *revocation,
                                        enum revocation_signer signer, bool settled,
                                        int64_t now_ms) {
    static const char sql[] =
        "INSERT INTO revocation"
        "   (cert, issuer, issuer_id, person, whole, known_ms, known_rcv, signer)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6,"
        "   iif(?7, (SELECT coalesce(max(rcv), 0) FROM event), NULL), ?8)"
        " ON CONFLICT (cert, issuer) DO NOTHING";
    uint8_t issuer_id[HASH_BYTES];
    bool room = false;

    enum rb_status status = revocation_has_room(store, revocation, signer, &room);
    if (status != RB_OK || !room) {
        return status;
    }
    struct db_row *query = db_query(store_db(store), sql);
    identity_person_id(revocation->issuer, issuer_id);
    db_bind_blob(query, 1, span_of(revocation->cert_id, sizeof revocation->cert_id));
    db_bind_blob(query, 2, span_of(revocation->issuer, sizeof revocation->issuer));
    db_bind_blob(query, 3, span_of(issuer_id, sizeof issuer_id));
    db_bind_blob(query, 4, span_of(revocation->person, sizeof revocation->person));
    db_bind_blob(query, 5, revocation->whole);
    db_bind_int(query, 6, now_ms);
    db_bind_int(query, 7, settled ? 1 : 0);
    db_bind_int(query, 8, signer);
    return db_run(query);
}

static bool is_by_this_device(const struct store_self *self, const struct revocation *revocation) {
    const struct cert *device = &self->device_cert;

    return memcmp(revocation->person, self->person, sizeof self->person) == 0 &&
           memcmp(revocation->issuer, device->subject, SIGN_PUBLIC_BYTES) == 0 &&
           memcmp(revocation->cert_id, device->id, CERT_ID_BYTES) != 0;
}

/* Whether the certificates of any circle say that this issuer may, or he is another own device, or
 * an office of this home: anybody can make an office and a letter for anybody, so an office revokes
 * nothing but what it signed itself.  What nobody may revoke would only fill the store. */
static enum rb_status issuer_check(struct store *store, const struct revocation *revocation) {
    static const char sql[] =
        "SELECT 1"
        " FROM cert"
        " WHERE person = ?1"
        "   AND pk = ?2"
        "   AND device <> ?4"
        " UNION ALL"
        " SELECT 1"
        " FROM person_cert"
        " WHERE person = ?1"
        "   AND issuer = ?3"
        "   AND cert = ?4"
        " UNION ALL"
        " SELECT 1" /* an office of this home: the letter may stand in no circle here */
        " FROM letter_issued"
        " JOIN office ON office.number = letter_issued.office"
        " WHERE letter_issued.person = ?1"
        "   AND letter_issued.cert = ?4"
        "   AND office.pk = ?5"
        " UNION ALL"
        " SELECT 1" /* of oneself: they may stand in no circle yet */
        " FROM own_device"
        " WHERE pk = ?5"
        "   AND cert <> ?4"
        "   AND ?1 = ?6"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);
    const struct store_self *self = store_self(store);
    uint8_t issuer_id[HASH_BYTES];

    identity_person_id(revocation->issuer, issuer_id);
    db_bind_blob(query, 1, span_of(revocation->person, sizeof revocation->person));
    db_bind_blob(query, 2, span_of(revocation->issuer, sizeof revocation->issuer));
    db_bind_blob(query, 3, span_of(issuer_id, sizeof issuer_id));
    db_bind_blob(query, 4, span_of(revocation->cert_id, sizeof revocation->cert_id));
    db_bind_blob(query, 5, span_of(revocation->issuer, sizeof revocation->issuer));
    db_bind_blob(query, 6, span_of(self->person, sizeof self->person));
    bool may = db_step(query) || memcmp(issuer_id, revocation->person, sizeof issuer_id) == 0 ||
               is_by_this_device(self, revocation);
    enum rb_status status = db_end(query);
    return status == RB_OK && !may ? RB_REFUSED : status;
}

enum rb_status revocation_is_kept(struct store *store, const struct revocation *revocation,
                                  bool *kept) {
    static const char sql[] =
        "SELECT 1"
        " FROM revocation"
        " WHERE cert = ?1"
        "   AND issuer = ?2";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(revocation->cert_id, sizeof revocation->cert_id));
    db_bind_blob(query, 2, span_of(revocation->issuer, sizeof revocation->issuer));
    *kept = db_step(query);
    return db_end(query);
}

static enum rb_status is_kept(struct store *store, const struct revocation *revocation) {
    bool kept = false;
    enum rb_status status = revocation_is_kept(store, revocation, &kept);

    return status == RB_OK && !kept ? RB_REFUSED : status;
}

enum rb_status revocation_keep(struct store *store, const struct revocation *revocation,
                               enum revocation_signer signer, int64_t now_ms) {
    enum rb_status status = revocation_insert(store, revocation, signer, false, now_ms);

    return status == RB_OK ? is_kept(store, revocation) : status;
}

/* By hand: then all is here that was there, as far as this home is asked. */
static enum rb_status given_keep(struct store *store, const struct revocation *revocation,
                                 int64_t now_ms) {
    enum revocation_signer signer = BY_PERSON;
    enum rb_status status = signer_find(store, revocation, &signer);

    if (status == RB_OK) {
        status = revocation_insert(store, revocation, signer, true, now_ms);
    }
    return status == RB_OK ? is_kept(store, revocation) : status;
}

enum rb_status revocation_add(struct store *store, struct span whole, int64_t now_ms) {
    struct revocation revocation;
    bool own = false;

    enum rb_status status = revoke_decode(whole, &revocation);
    if (status == RB_OK) {
        status = issuer_check(store, &revocation);
    }
    if (status == RB_OK) {
        status = store_write_enter(store, &own);
    }
    if (status != RB_OK) {
        return status;
    }
    return store_write_leave(store, own, given_keep(store, &revocation, now_ms));
}

/* ---- Lists: what is loaded has to be kept, since what follows asks the database again ---- */

struct revoked {
    uint8_t name[REF_BYTES]; /* ref of an operation, or id of a certificate */
    uint8_t person[HASH_BYTES];
    uint8_t whole[CERT_BYTES_MAX];
    size_t len;
};

_Static_assert((int)REF_BYTES == (int)CERT_ID_BYTES, "struct revoked holds either");

struct revoked_list {
    struct revoked *items; /* owned */
    size_t count;
};

/* Columns: name, whole, person.  Ends the query. */
static enum rb_status revoked_load(struct db_row *query, struct revoked_list *list) {
    while (db_step(query)) {
        struct span whole = db_blob(query, 1);
        if (whole.len > CERT_BYTES_MAX) {
            continue; /* revoke_decode takes none so long */
        }
        list->items = rb_realloc(list->items, list->count + 1, sizeof *list->items);
        struct revoked *revoked = &list->items[list->count];
        db_copy(query, 0, revoked->name, sizeof revoked->name);
        memcpy(revoked->whole, whole.data, whole.len);
        revoked->len = whole.len;
        db_copy(query, 2, revoked->person, sizeof revoked->person);
        list->count++;
    }
    return db_end(query);
}

/* Both sorts of certificates that the operations of a circle name. */
#define CERTS_OF_CIRCLE                                                                            \
    "WITH named AS ("                                                                              \
    "  SELECT device AS cert, person FROM cert WHERE circle = ?1"                                  \
    "  UNION ALL"                                                                                  \
    "  SELECT cert, person FROM person_cert WHERE circle = ?1)"

/* ---- Learning from a circle ---- */

/* By its author's clock, which is all that is known of when. */
static enum rb_status learn_one(struct store *store, const struct revoked *revoked) {
    enum revocation_signer signer = BY_PERSON;
    struct revocation revocation;

    if (revoke_decode(span_of(revoked->whole, revoked->len), &revocation) != RB_OK) {
        return RB_DAMAGED; /* it was decoded before it was stored */
    }
    const enum rb_status status = signer_find(store, &revocation, &signer);
    return status == RB_OK
               ? revocation_insert(store, &revocation, signer, false, revocation.at_s * 1000)
               : status;
}

enum rb_status revocations_learn(struct store *store, int64_t circle, const struct circle *fold) {
    static const char sql[] = CERTS_OF_CIRCLE
        " SELECT revoked.ref, revoked.whole, named.person"
        " FROM revoked"
        " JOIN named ON named.cert = revoked.cert"
        " WHERE revoked.circle = ?1"
        "   AND revoked.whole NOT IN"
        "     (SELECT whole FROM revocation WHERE revocation.cert = revoked.cert)";
    struct db_row *query = db_query(store_db(store), sql);
    struct revoked_list unknown = { 0 };

    db_bind_int(query, 1, circle);
    enum rb_status status = revoked_load(query, &unknown);
    for (size_t i = 0; i < unknown.count && status == RB_OK; i++) {
        if (circle_grants(fold, unknown.items[i].name)) {
            status = learn_one(store, &unknown.items[i]);
        }
    }
    free(unknown.items);
    return status;
}

/* ---- Writing into a circle ---- */

/* Certificates of a circle that are known to be revoked, by whom the circle lets revoke them, and
 * not written there from here yet.  One's own are left to others: who revokes them can write
 * nothing more.  At most REVOCATIONS_PER_PERSON_MAX of each person and sort of signer, since no
 * more are kept. */
static enum rb_status candidates_load(struct store *store, int64_t circle, bool only_pressing,
                                      struct revoked_list *list) {
    static const char sql[] = CERTS_OF_CIRCLE
        " SELECT known.cert, known.whole, known.person"
        " FROM named"
        " JOIN revocation AS known ON known.cert = named.cert AND known.person = named.person"
        " WHERE known.cert <> ?2"
        "   AND NOT (known.person = ?3"
        "     AND EXISTS (SELECT 1 FROM person_cert WHERE person_cert.circle = ?1"
        "       AND person_cert.cert = known.cert AND person_cert.person = ?3))"
        "   AND (known.issuer_id = known.person"
        "     OR EXISTS (SELECT 1 FROM cert WHERE cert.circle = ?1"
        "       AND cert.person = known.person AND cert.pk = known.issuer"
        "       AND cert.device <> known.cert)"
        "     OR EXISTS (SELECT 1 FROM person_cert WHERE person_cert.circle = ?1"
        "       AND person_cert.cert = known.cert AND person_cert.person = known.person"
        "       AND person_cert.issuer = known.issuer_id))"
        "   AND NOT EXISTS (SELECT 1 FROM revoked WHERE revoked.circle = ?1"
        "     AND revoked.whole = known.whole AND revoked.own = 1)"
        "   AND (?4 = 0 OR EXISTS (SELECT 1 FROM author" /* he has written since it was learnt */
        "     JOIN log ON log.id = author.log AND log.circle = ?1"
        "     JOIN event ON event.log = log.id AND event.seq = log.head"
        "     WHERE author.person = known.person AND event.rcv > known.known_rcv"
        "       AND (author.device_cert = known.cert OR NOT EXISTS (SELECT 1 FROM cert"
        "         WHERE cert.circle = ?1 AND cert.device = known.cert))))"
        " ORDER BY known.cert, known.issuer";
    const struct store_self *self = store_self(store);
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_blob(query, 2, span_of(self->device_cert.id, CERT_ID_BYTES));
    db_bind_blob(query, 3, span_of(self->person, HASH_BYTES));
    db_bind_int(query, 4, only_pressing ? 1 : 0);
    return revoked_load(query, list);
}

static enum rb_status cert_is_revoked(struct store *store, int64_t circle,
                                      const struct circle *fold,
                                      const uint8_t cert[static CERT_ID_BYTES], bool *is_revoked) {
    static const char sql[] =
        "SELECT ref"
        " FROM revoked"
        " WHERE circle = ?1"
        "   AND cert = ?2";
    struct db_row *query = db_query(store_db(store), sql);
    uint8_t ref[REF_BYTES];

    *is_revoked = false;
    db_bind_int(query, 1, circle);
    db_bind_blob(query, 2, span_of(cert, CERT_ID_BYTES));
    while (!*is_revoked && db_step(query)) {
        db_copy(query, 0, ref, sizeof ref);
        *is_revoked = circle_grants(fold, ref);
    }
    return db_end(query);
}

/* Of who has no ADD that stands, nothing is to be revoked: anybody can name certificates of people
 * whom he made up. */
static enum rb_status is_due(struct store *store, int64_t circle, const struct circle *fold,
                             const struct revoked *candidate, bool *due) {
    bool is_revoked = false;

    *due = false;
    if (circle_member(fold, candidate->person) == NULL) {
        return RB_OK;
    }
    enum rb_status status = cert_is_revoked(store, circle, fold, candidate->name, &is_revoked);
    *due = status == RB_OK && !is_revoked;
    return status;
}

static enum rb_status due_find(struct store *store, int64_t circle, const struct circle *fold,
                               bool only_pressing, struct writer *whole) {
    struct revoked_list list = { 0 };
    bool due = false;
    size_t next = 0;

    enum rb_status status = candidates_load(store, circle, only_pressing, &list);
    while (status == RB_OK && !due && next < list.count) {
        status = is_due(store, circle, fold, &list.items[next], &due);
        next++;
    }
    if (status == RB_OK && due) {
        writer_span(whole, span_of(list.items[next - 1].whole, list.items[next - 1].len));
        status = writer_end(whole);
    } else if (status == RB_OK) {
        status = RB_NOT_FOUND;
    }
    free(list.items);
    return status;
}

enum rb_status revocation_due(struct store *store, int64_t circle, const struct circle *fold,
                              struct writer *whole) {
    return due_find(store, circle, fold, false, whole);
}

/* A certificate that no device has is the person's. */
static bool takes_out(const struct circle *fold, const struct revoked *revoked,
                      const struct recipient *recipient) {
    return memcmp(revoked->person, recipient->person, HASH_BYTES) == 0 &&
           (memcmp(revoked->name, recipient->device, CERT_ID_BYTES) == 0 ||
            circle_recipient(fold, revoked->name) == NULL);
}

enum rb_status revocation_is_due_of(struct store *store, int64_t circle, const struct circle *fold,
                                    const struct recipient *recipient, bool *due) {
    struct revoked_list list = { 0 };

    *due = false;
    enum rb_status status = candidates_load(store, circle, false, &list);
    for (size_t i = 0; i < list.count && status == RB_OK && !*due; i++) {
        if (takes_out(fold, &list.items[i], recipient)) {
            status = is_due(store, circle, fold, &list.items[i], due);
        }
    }
    free(list.items);
    return status;
}

enum rb_status revocation_presses(struct store *store, int64_t circle, const struct circle *fold,
                                  bool *presses) {
    struct writer whole;

    writer_init(&whole, CERT_BYTES_MAX);
    enum rb_status status = due_find(store, circle, fold, true, &whole);
    writer_clear(&whole);
    if (status == RB_OK || status == RB_NOT_FOUND) {
        *presses = status == RB_OK;
        status = RB_OK;
    }
    return status;
}

enum rb_status revocation_touches(struct store *store, const uint8_t circle[static HASH_BYTES],
                                  const uint8_t log[static LOG_PK_BYTES], bool *touches) {
    static const char sql[] =
        "SELECT 1"
        " FROM circle"
        " JOIN log ON log.circle = circle.id AND log.pk = ?2"
        " JOIN author ON author.log = log.id"
        " JOIN revocation ON revocation.person = author.person"
        " WHERE circle.circle = ?1"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(circle, HASH_BYTES));
    db_bind_blob(query, 2, span_of(log, LOG_PK_BYTES));
    *touches = db_step(query);
    return db_end(query);
}

/* ---- What was here when it was learnt ---- */

enum rb_status revocations_are_unsettled(struct store *store, bool *unsettled) {
    static const char sql[] =
        "SELECT 1"
        " FROM revocation"
        " WHERE known_rcv IS NULL"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);

    *unsettled = db_step(query);
    return db_end(query);
}

enum rb_status revocations_settle(struct store *store) {
    static const char sql[] =
        "UPDATE revocation"
        " SET known_rcv = (SELECT coalesce(max(rcv), 0) FROM event)"
        " WHERE known_rcv IS NULL";
    bool own = false;
    enum rb_status status = store_write_enter(store, &own);

    return status == RB_OK ? store_write_leave(store, own, db_run(db_query(store_db(store), sql)))
                           : status;
}

/* 0: nothing was. */
static enum rb_status seq_before(struct store *store, const struct log_row *log, int64_t known_rcv,
                                 uint64_t *seq) {
    static const char sql[] =
        "SELECT seq"
        " FROM event"
        " WHERE log = ?1"
        "   AND rcv <= ?2"
        " ORDER BY seq DESC"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, log->id);
    db_bind_int(query, 2, known_rcv);
    *seq = db_step(query) ? (uint64_t)db_int(query, 0) : 0;
    return db_end(query);
}

static enum rb_status known_rcv_find(struct store *store, const struct revocation *revocation,
                                     int64_t *known_rcv) {
    static const char sql[] =
        "SELECT known_rcv"
        " FROM revocation"
        " WHERE cert = ?1"
        "   AND issuer = ?2"
        "   AND known_rcv IS NOT NULL";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(revocation->cert_id, sizeof revocation->cert_id));
    db_bind_blob(query, 2, span_of(revocation->issuer, sizeof revocation->issuer));
    *known_rcv = db_step(query) ? db_int(query, 0) : INT64_MAX;
    return db_end(query);
}

/* `lock->seq` becomes 0 if nothing was here. */
static enum rb_status lock_set_back(struct store *store, int64_t circle, int64_t known_rcv,
                                    struct op_lock *lock) {
    struct log_row log;
    struct block block;
    uint64_t seq = 0;

    enum rb_status status = log_row_find(store, circle, lock->log, &log);
    if (status == RB_OK) {
        status = seq_before(store, &log, known_rcv, &seq);
    }
    if (status != RB_OK || seq >= lock->seq || seq == 0) {
        lock->seq = status == RB_OK && seq == 0 ? 0 : lock->seq;
        return status;
    }
    block_init(&block);
    status = block_load(store, &log, seq, &block);
    if (status == RB_OK) {
        lock->seq = seq;
        memcpy(lock->hash, block.hashes[block_index(&block, seq)], sizeof lock->hash);
    }
    block_clear(&block);
    return status;
}

enum rb_status revocation_set_back(struct store *store, int64_t circle,
                                   const struct revocation *revocation,
                                   struct op_lock locks[static OP_LOCKS_MAX], size_t *count) {
    int64_t known_rcv = INT64_MAX;
    size_t kept = 0;

    enum rb_status status = known_rcv_find(store, revocation, &known_rcv);
    for (size_t i = 0; i < *count && status == RB_OK; i++) {
        status = lock_set_back(store, circle, known_rcv, &locks[i]);
        if (status == RB_OK && locks[i].seq > 0) {
            locks[kept++] = locks[i];
        }
    }
    if (status == RB_OK) {
        *count = kept;
    }
    return status;
}
