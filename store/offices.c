/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/offices.h"

#include "protocol/cbor.h"
#include "protocol/text.h"
#include "store/db.h"
#include "store/keyring.h"
#include "store/revocations.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- Keys ---- */

static struct span key_name(const uint8_t pk[static SIGN_PUBLIC_BYTES]) {
    return span_of(pk, SIGN_PUBLIC_BYTES);
}

/* `key` in locked memory. */
static enum rb_status key_get(struct store *store, const struct office_row *office,
                              struct sign_key *key) {
    uint8_t seed[SIGN_SEED_BYTES];

    const enum rb_status status =
        keyring_get(store, SECRET_OFFICE, key_name(office->pk), seed, sizeof seed);
    if (status == RB_OK) {
        crypt_sign_from_seed(key, seed);
    }
    crypt_wipe(seed, sizeof seed);
    return status == RB_NOT_FOUND ? RB_DAMAGED : status;
}

/* ---- Rows ---- */

struct span office_row_chain(const struct office_row *office) {
    return span_of(office->chain, office->chain_len);
}

static void row_name(struct office_row *office, const struct office_facts *facts) {
    text_copy(office->name, sizeof office->name, facts->name);
    text_copy(office->region, sizeof office->region, facts->region);
    office->rank = facts->rank;
}

static bool row_fill_granted(struct office_row *office, struct span chain) {
    struct cert offices[CHAIN_CERTS_MAX];
    size_t count = 0;

    if (chain.len > sizeof office->chain || chain_decode(chain, offices, &count) != RB_OK) {
        return false;
    }
    const struct office_facts facts = { offices[0].name, offices[0].region, offices[0].rank };
    row_name(office, &facts);
    memcpy(office->chain, chain.data, chain.len);
    office->chain_len = chain.len;
    office->granted = true;
    return true;
}

static bool row_fill_asked(struct office_row *office, struct span bytes) {
    struct office_request request;

    if (office_request_read(bytes, &request) != RB_OK) {
        return false;
    }
    row_name(office, &request.facts);
    return true;
}

/* Our own rows: what does not verify is damage. */
static enum rb_status row_read(struct db_row *query, struct office_row *office) {
    *office = (struct office_row) { .number = db_int(query, 0) };
    db_copy(query, 1, office->pk, sizeof office->pk);
    const bool is_read = db_is_null(query, 3) ? row_fill_asked(office, db_blob(query, 2))
                                              : row_fill_granted(office, db_blob(query, 3));
    return is_read ? RB_OK : RB_DAMAGED;
}

/* By number; the caller frees. */
static enum rb_status rows_load(struct store *store, struct office_row **rows, size_t *count) {
    static const char sql[] =
        "SELECT number, pk, request, chain"
        " FROM office"
        " ORDER BY number";
    struct db_row *query = db_query(store_db(store), sql);
    enum rb_status status = RB_OK;

    while (status == RB_OK && db_step(query)) {
        *rows = rb_realloc(*rows, *count + 1, sizeof **rows);
        status = row_read(query, &(*rows)[*count]);
        *count += status == RB_OK ? 1 : 0;
    }
    const enum rb_status ended = db_end(query);
    return status == RB_OK ? ended : status;
}

static enum rb_status row_find(struct store *store, const uint8_t pk[static SIGN_PUBLIC_BYTES],
                               struct office_row *office) {
    struct office_row *rows = NULL;
    size_t count = 0, at = 0;

    enum rb_status status = rows_load(store, &rows, &count);
    while (at < count && memcmp(rows[at].pk, pk, SIGN_PUBLIC_BYTES) != 0) {
        at++;
    }
    if (status == RB_OK && at == count) {
        status = RB_NOT_FOUND;
    }
    if (status == RB_OK) {
        *office = rows[at];
    }
    free(rows);
    return status;
}

enum rb_status offices_each(struct store *store,
                            bool (*each)(void *context, const struct office_row *), void *context) {
    struct office_row *rows = NULL;
    size_t count = 0;

    enum rb_status status = rows_load(store, &rows, &count);
    for (size_t i = 0; status == RB_OK && i < count && each(context, &rows[i]); i++) {
    }
    free(rows);
    return status;
}

/* `chain` may be empty: it is asked for. */
static enum rb_status row_insert(struct store *store, const struct sign_key *key,
                                 struct span request, struct span chain) {
    static const char sql[] =
        "INSERT INTO office (pk, request, chain)"
        " VALUES (?1, ?2, ?3)";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_blob(row, 1, key_name(key->public));
    db_bind_blob(row, 2, request);
    if (chain.len == 0) {
        db_bind_null(row, 3);
    } else {
        db_bind_blob(row, 3, chain);
    }
    const enum rb_status status = db_run(row);
    return status == RB_OK ? keyring_put(store, SECRET_OFFICE, key_name(key->public),
                                         span_of(key->seed, sizeof key->seed))
                           : status;
}

/* ---- Founding a network ---- */

void founding_clear(struct founding *founding) {
    writer_clear(&founding->root_cert);
    writer_clear(&founding->chain);
    crypt_wipe(founding, sizeof *founding);
}

/* Three new keys, each beside its public half in the order of the root. */
static enum rb_status root_make(struct founding *founding) {
    struct sign_key *made = crypt_secret_alloc(ROOT_KEYS * sizeof *made);

    for (size_t i = 0; i < ROOT_KEYS; i++) {
        crypt_sign_new(&made[i]);
        memcpy(founding->publics.publics[i], made[i].public, SIGN_PUBLIC_BYTES);
    }
    const enum rb_status status = root_keys_sort(&founding->publics);
    for (size_t i = 0; i < ROOT_KEYS; i++) {
        for (size_t at = 0; at < ROOT_KEYS; at++) {
            if (memcmp(founding->publics.publics[at], made[i].public, SIGN_PUBLIC_BYTES) == 0) {
                founding->root[at] = made[i];
            }
        }
    }
    crypt_secret_free(made);
    return status;
}

/* The chain of a root alone. */
static enum rb_status root_chain_write(struct writer *chain, struct span root_cert) {
    cbor_write_array(chain, 1);
    cbor_write_bytes(chain, root_cert);
    return writer_end(chain);
}

/* A certificate for that key by `signer`, in front of the chain of the signer. */
static enum rb_status office_certify(struct writer *chain,
                                     const uint8_t pk[static SIGN_PUBLIC_BYTES],
                                     const struct office_signer *signer,
                                     const struct office_facts *facts, struct span above,
                                     int64_t now_s) {
    struct writer cert;

    writer_init(&cert, CERT_BYTES_MAX);
    enum rb_status status = cert_issue_office(&cert, pk, signer, facts, now_s);
    if (status == RB_OK) {
        status = chain_put_first(chain, writer_view(&cert), above);
    }
    writer_clear(&cert);
    return status;
}

static enum rb_status founding_sign(struct founding *founding, struct span network,
                                    const struct office_facts *office, int64_t now_s) {
    struct office_signer signer;
    struct writer above;

    enum rb_status status =
        office_signer_root(&signer, &founding->publics, &founding->root[0], &founding->root[1]);
    if (status == RB_OK) {
        status = cert_issue_root(&founding->root_cert, &founding->publics, &signer, network, now_s);
    }
    if (status != RB_OK) {
        return status;
    }
    writer_init(&above, CHAIN_BYTES_MAX);
    status = root_chain_write(&above, writer_view(&founding->root_cert));
    if (status == RB_OK) {
        status = office_certify(&founding->chain, founding->office.public, &signer, office,
                                writer_view(&above), now_s);
    }
    writer_clear(&above);
    return status;
}

enum rb_status founding_make(struct founding *founding, struct span network,
                             const struct office_facts *office, int64_t now_s) {
    founding_clear(founding);
    writer_init(&founding->root_cert, CERT_BYTES_MAX);
    writer_init(&founding->chain, CHAIN_BYTES_MAX);
    enum rb_status status = root_make(founding);

    if (status == RB_OK) {
        crypt_sign_new(&founding->office);
        status = founding_sign(founding, network, office, now_s);
    }
    if (status != RB_OK) {
        founding_clear(founding);
    }
    return status;
}

enum rb_status founding_save(struct store *store, const struct founding *founding,
                             struct office_row *office) {
    enum rb_status status = store_write_begin(store);

    if (status != RB_OK) {
        return status;
    }
    status = row_insert(store, &founding->office, span_of(NULL, 0), writer_view(&founding->chain));
    status = store_write_end(store, status);
    return status == RB_OK ? row_find(store, founding->office.public, office) : status;
}

/* ---- Offices of other homes ---- */

static bool facts_are_same(const struct office_facts *one, const struct office_facts *other) {
    return span_equal(one->name, other->name) && span_equal(one->region, other->region) &&
           one->rank == other->rank;
}

/* The request that waits for an answer and says the same; RB_NOT_FOUND. */
static enum rb_status asked_find(struct store *store, const struct office_facts *facts,
                                 struct writer *request) {
    static const char sql[] =
        "SELECT request"
        " FROM office"
        " WHERE chain IS NULL"
        " ORDER BY number";
    struct db_row *query = db_query(store_db(store), sql);
    struct office_request asked;
    bool found = false;

    while (!found && db_step(query)) {
        const struct span bytes = db_blob(query, 0);
        found = office_request_read(bytes, &asked) == RB_OK && facts_are_same(&asked.facts, facts);
        if (found) {
            writer_span(request, bytes);
        }
    }
    const enum rb_status status = db_end(query);
    return status == RB_OK && !found ? RB_NOT_FOUND : status;
}

static enum rb_status ask_anew(struct store *store, const struct office_facts *facts,
                               struct writer *request) {
    struct sign_key *key = crypt_secret_alloc(sizeof *key);
    struct writer bytes;

    writer_init(&bytes, CERT_BYTES_MAX);
    crypt_sign_new(key);
    enum rb_status status = office_request_write(&bytes, key, facts);
    if (status != RB_OK) {
        goto done;
    }
    status = store_write_begin(store);
    if (status != RB_OK) {
        goto done;
    }
    status = store_write_end(store, row_insert(store, key, writer_view(&bytes), span_of(NULL, 0)));
    if (status == RB_OK) {
        writer_span(request, writer_view(&bytes));
    }
done:
    writer_clear(&bytes);
    crypt_secret_free(key);
    return status;
}

enum rb_status office_ask(struct store *store, const struct office_facts *facts,
                          struct writer *request) {
    const enum rb_status status = asked_find(store, facts, request);

    return status == RB_NOT_FOUND ? ask_anew(store, facts, request) : status;
}

/* Whether that office of ours may sign for that rank and area. */
static enum rb_status may_sign(const struct office_row *by, enum cert_rank rank,
                               struct span region) {
    const struct cert office = { .rank = by->rank, .region = span_text(by->region) };

    return by->granted && office_rule(&office, rank, region) == OFFICE_MAY ? RB_OK : RB_REFUSED;
}

enum rb_status office_grant(struct store *store, const struct office_row *by,
                            const struct office_request *request, int64_t now_s,
                            struct writer *chain) {
    struct sign_key *key = crypt_secret_alloc(sizeof *key);
    struct office_signer signer;

    enum rb_status status = may_sign(by, request->facts.rank, request->facts.region);
    if (status == RB_OK) {
        status = key_get(store, by, key);
    }
    if (status == RB_OK) {
        office_signer_one(&signer, key);
        status = office_certify(chain, request->pk, &signer, &request->facts, office_row_chain(by),
                                now_s);
    }
    crypt_secret_free(key);
    return status;
}

enum rb_status office_grant_by_root(struct span root_cert, const struct sign_key *one,
                                    const struct sign_key *other,
                                    const struct office_request *request, int64_t now_s,
                                    struct writer *chain) {
    struct cert offices[CHAIN_CERTS_MAX];
    struct office_signer signer;
    struct root_keys publics;
    struct writer above;
    size_t count = 0;

    writer_init(&above, CHAIN_BYTES_MAX);
    enum rb_status status = root_chain_write(&above, root_cert);
    if (status == RB_OK) {
        status = chain_decode(writer_view(&above), offices, &count);
    }
    if (status == RB_OK) {
        root_keys_read(&offices[0], &publics);
        status = office_signer_root(&signer, &publics, one, other);
    }
    if (status == RB_OK) {
        status = office_certify(chain, request->pk, &signer, &request->facts, writer_view(&above),
                                now_s);
    }
    writer_clear(&above);
    return status;
}

/* What was asked for is what has been granted. */
static bool is_as_asked(const struct office_row *office, const struct cert *granted) {
    return span_equal(granted->name, span_text(office->name)) &&
           span_equal(granted->region, span_text(office->region)) && granted->rank == office->rank;
}

static enum rb_status join_check(struct store *store, struct span chain,
                                 struct office_row *office) {
    struct cert offices[CHAIN_CERTS_MAX];
    size_t count = 0;

    enum rb_status status = chain_decode(chain, offices, &count);
    if (status == RB_OK) {
        status = row_find(store, offices[0].subject, office);
    }
    if (status != RB_OK) {
        return status;
    }
    if (office->granted) {
        return span_equal(office_row_chain(office), chain) ? RB_OK : RB_EXISTS;
    }
    return is_as_asked(office, &offices[0]) ? RB_OK : RB_REFUSED;
}

static enum rb_status chain_set(struct store *store, int64_t number, struct span chain) {
    static const char sql[] =
        "UPDATE office"
        " SET chain = ?2"
        " WHERE number = ?1";
    enum rb_status status = store_write_begin(store);

    if (status != RB_OK) {
        return status;
    }
    struct db_row *row = db_query(store_db(store), sql);
    db_bind_int(row, 1, number);
    db_bind_blob(row, 2, chain);
    return store_write_end(store, db_run(row));
}

enum rb_status office_join(struct store *store, struct span chain, struct office_row *office) {
    struct office_row found;

    enum rb_status status = join_check(store, chain, &found);
    if (status == RB_OK && !found.granted) {
        status = chain_set(store, found.number, chain);
    }
    return status == RB_OK ? row_find(store, found.pk, office) : status;
}

/* ---- Choosing ---- */

struct choosing {
    enum cert_rank rank;
    struct span region;
    struct office_row *office;
    enum office_rule rule;
    bool found;
};

/* One that may comes before one that may not; then the lowest; of refusals that for the area is the
 * nearer one. */
static bool is_nearer(const struct choosing *choosing, const struct office_row *office,
                      enum office_rule rule) {
    if (!choosing->found) {
        return true;
    }
    if (rule != choosing->rule) {
        return rule == OFFICE_MAY || (rule == OFFICE_REGION && choosing->rule == OFFICE_RANK);
    }
    return office->rank > choosing->office->rank;
}

static bool choose(void *opaque, const struct office_row *office) {
    struct choosing *choosing = opaque;
    const struct cert cert = { .rank = office->rank, .region = span_text(office->region) };
    const enum office_rule rule = office_rule(&cert, choosing->rank, choosing->region);

    if (office->granted && is_nearer(choosing, office, rule)) {
        *choosing->office = *office;
        choosing->rule = rule;
        choosing->found = true;
    }
    return true;
}

enum rb_status office_choose(struct store *store, enum cert_rank rank, struct span region,
                             struct office_row *office, enum office_rule *rule) {
    struct choosing choosing = { .rank = rank, .region = region, .office = office };

    const enum rb_status status = offices_each(store, choose, &choosing);
    if (status != RB_OK) {
        return status;
    }
    if (!choosing.found) {
        return RB_NOT_FOUND;
    }
    *rule = choosing.rule;
    return choosing.rule == OFFICE_MAY ? RB_OK : RB_REFUSED;
}

/* ---- The roster ---- */

enum rb_status office_sign_day(struct store *store, const struct office_row *office,
                               const uint8_t circle[static HASH_BYTES], int64_t at_s,
                               struct roster_day *day) {
    struct sign_key *key = crypt_secret_alloc(sizeof *key);

    const enum rb_status status = key_get(store, office, key);
    if (status == RB_OK) {
        *day = (struct roster_day) { .at_s = at_s, .chain = office_row_chain(office) };
        roster_day_sign(day, circle, key);
    }
    crypt_secret_free(key);
    return status;
}

/* ---- Letters ---- */

static enum rb_status issued_insert(struct store *store, int64_t office,
                                    const struct cert *letter) {
    static const char sql[] =
        "INSERT INTO letter_issued (cert, office, person, whole)"
        " VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (cert) DO NOTHING";
    enum rb_status status = store_write_begin(store);

    if (status != RB_OK) {
        return status;
    }
    struct db_row *row = db_query(store_db(store), sql);
    db_bind_blob(row, 1, span_of(letter->id, sizeof letter->id));
    db_bind_int(row, 2, office);
    db_bind_blob(row, 3, span_of(letter->person, sizeof letter->person));
    db_bind_blob(row, 4, letter->whole);
    return store_write_end(store, db_run(row));
}

static enum rb_status letter_sign(struct store *store, const struct office_row *by,
                                  const uint8_t person[static SIGN_PUBLIC_BYTES],
                                  const struct person_facts *facts,
                                  const struct letter_facts *letter, int64_t now_ms,
                                  struct writer *cert) {
    struct sign_key *key = crypt_secret_alloc(sizeof *key);
    struct office_signer signer;

    enum rb_status status = key_get(store, by, key);
    if (status == RB_OK) {
        office_signer_one(&signer, key);
        status = cert_issue_letter(cert, person, &signer, facts, letter, now_ms / 1000);
    }
    crypt_secret_free(key);
    return status;
}

enum rb_status letter_issue(struct store *store, const struct office_row *by,
                            const uint8_t person[static SIGN_PUBLIC_BYTES],
                            const struct person_facts *facts, const struct letter_facts *letter,
                            int64_t now_ms, struct writer *file) {
    struct writer bytes;
    struct cert cert;

    writer_init(&bytes, CERT_BYTES_MAX);
    enum rb_status status = letter_sign(store, by, person, facts, letter, now_ms, &bytes);
    if (status == RB_OK) {
        status = cert_decode(writer_view(&bytes), &cert); /* which also gives its rank and id */
    }
    if (status == RB_OK) {
        status = may_sign(by, cert.rank, cert.region);
    }
    if (status == RB_OK) {
        status = issued_insert(store, by->number, &cert);
    }
    if (status == RB_OK) {
        letter_file_write(file, writer_view(&bytes), office_row_chain(by));
        status = writer_end(file);
    }
    writer_clear(&bytes);
    return status;
}

/* ---- Revoking ---- */

struct issued {
    uint8_t cert[CERT_ID_BYTES];
    uint8_t office[SIGN_PUBLIC_BYTES];
    uint64_t serial;
    size_t circles; /* that name it */
};

static enum rb_status issued_read(struct db_row *query, struct issued *issued) {
    struct cert cert;

    if (cert_decode(db_blob(query, 3), &cert) != RB_OK) {
        return RB_DAMAGED;
    }
    *issued = (struct issued) { .serial = cert.serial, .circles = (size_t)db_int(query, 2) };
    db_copy(query, 0, issued->cert, sizeof issued->cert);
    db_copy(query, 1, issued->office, sizeof issued->office);
    return RB_OK;
}

static int newer_first(const void *a, const void *b) {
    const struct issued *one = a, *other = b;

    if (one->serial != other->serial) {
        return one->serial > other->serial ? -1 : 1;
    }
    return memcmp(one->cert, other->cert, sizeof one->cert);
}

/* Those of a person that nobody has revoked, the newest first; the caller frees. */
static enum rb_status issued_load(struct store *store, const uint8_t person[static HASH_BYTES],
                                  struct issued **rows, size_t *count) {
    static const char sql[] =
        "SELECT letter_issued.cert, office.pk,"
        "  (SELECT count(*) FROM person_cert"
        "    JOIN circle_view ON circle_view.circle = person_cert.circle"
        "    WHERE person_cert.cert = letter_issued.cert AND circle_view.kind IN (?2, ?3)),"
        "  letter_issued.whole"
        " FROM letter_issued"
        " JOIN office ON office.number = letter_issued.office"
        " WHERE letter_issued.person = ?1"
        "   AND letter_issued.revoked_ms IS NULL";
    struct db_row *query = db_query(store_db(store), sql);
    enum rb_status status = RB_OK;

    db_bind_blob(query, 1, span_of(person, HASH_BYTES));
    db_bind_int(query, 2, CIRCLE_GROUP);
    db_bind_int(query, 3, CIRCLE_CASE);
    while (status == RB_OK && db_step(query)) {
        *rows = rb_realloc(*rows, *count + 1, sizeof **rows);
        status = issued_read(query, &(*rows)[*count]);
        *count += status == RB_OK ? 1 : 0;
    }
    if (*count > 0) {
        qsort(*rows, *count, sizeof **rows, newer_first);
    }
    const enum rb_status ended = db_end(query);
    return status == RB_OK ? ended : status;
}

enum rb_status letters_issued(struct store *store, const uint8_t person[static HASH_BYTES],
                              size_t *count) {
    struct issued *rows = NULL;
    size_t found = 0;

    const enum rb_status status = issued_load(store, person, &rows, &found);
    if (status == RB_OK) {
        *count = found;
    }
    free(rows);
    return status;
}

static enum rb_status issued_set_revoked(struct store *store, const struct issued *issued,
                                         struct span reason, int64_t now_ms) {
    static const char sql[] =
        "UPDATE letter_issued"
        " SET revoked_ms = ?2, reason = ?3"
        " WHERE cert = ?1";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_blob(row, 1, span_of(issued->cert, sizeof issued->cert));
    db_bind_int(row, 2, now_ms);
    db_bind_text(row, 3, reason);
    return db_run(row);
}

/* In the caller's transaction. */
static enum rb_status revoke_one(struct store *store, const uint8_t person[static HASH_BYTES],
                                 const struct issued *issued, struct span reason, int64_t now_ms) {
    struct sign_key *key = crypt_secret_alloc(sizeof *key);
    struct office_row office;
    struct writer whole;

    writer_init(&whole, CERT_BYTES_MAX);
    enum rb_status status = row_find(store, issued->office, &office);
    if (status == RB_OK) {
        status = key_get(store, &office, key);
    }
    if (status == RB_OK) {
        revoke_issue(&whole, issued->cert, person, key, now_ms / 1000);
        status = revocation_add(store, writer_view(&whole), now_ms);
    }
    if (status == RB_OK) {
        status = issued_set_revoked(store, issued, reason, now_ms);
    }
    writer_clear(&whole);
    crypt_secret_free(key);
    return status;
}

/* No more are revoked than anybody would keep (REVOCATIONS_PER_ISSUER_MAX): then the newest are,
 * which he uses.  `*named` counts the circles of those that were. */
static enum rb_status revoke_all(struct store *store, const uint8_t person[static HASH_BYTES],
                                 const struct issued *rows, size_t count, struct span reason,
                                 int64_t now_ms, size_t *named) {
    enum rb_status status = store_write_begin(store);
    size_t done = 0;

    if (status != RB_OK) {
        return status;
    }
    while (status == RB_OK && done < count) {
        status = revoke_one(store, person, &rows[done], reason, now_ms);
        *named += status == RB_OK ? rows[done].circles : 0;
        done += status == RB_OK ? 1 : 0;
    }
    return store_write_end(store, status == RB_REFUSED && done > 0 ? RB_OK : status);
}

enum rb_status letters_revoke(struct store *store, const uint8_t person[static HASH_BYTES],
                              struct span reason, int64_t now_ms, size_t *circles) {
    struct issued *rows = NULL;
    size_t count = 0, named = 0;

    enum rb_status status = issued_load(store, person, &rows, &count);
    if (status == RB_OK && count == 0) {
        status = RB_NOT_FOUND;
    }
    if (status == RB_OK) {
        status = revoke_all(store, person, rows, count, reason, now_ms, &named);
    }
    if (status == RB_OK) {
        *circles = named;
    }
    free(rows);
    return status;
}

enum rb_status letter_revoked_ms(struct store *store, const struct cert *letter, int64_t *ms) {
    static const char sql[] =
        "SELECT min(max(known_ms, 1))" /* a clock may have stood at the beginning of all time */
        " FROM revocation"
        " WHERE cert = ?1"
        "   AND issuer_id IN (?2, ?3)";
    struct db_row *query = db_query(store_db(store), sql);
    int64_t known = 0;

    db_bind_blob(query, 1, span_of(letter->id, sizeof letter->id));
    db_bind_blob(query, 2, span_of(letter->issuer, sizeof letter->issuer));
    db_bind_blob(query, 3, span_of(letter->person, sizeof letter->person));
    if (db_step(query)) {
        known = db_int(query, 0);
    }
    const enum rb_status status = db_end(query);
    if (status == RB_OK) {
        *ms = known;
    }
    return status;
}
