/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/letters.h"

#include "store/db.h"
#include "store/offices.h"
#include "store/self.h"

#include <stdlib.h>
#include <string.h>

/* ---- One letter ---- */

struct span letter_row_cert(const struct letter_row *row) {
    return span_of(row->cert, row->cert_len);
}

struct span letter_row_chain(const struct letter_row *row) {
    return span_of(row->chain, row->chain_len);
}

bool letter_row_holds(const struct letter_row *row) {
    return row->validity == CERT_HOLDS && row->revoked_ms == 0;
}

/* ---- Keeping ---- */

/* The first that was taken goes; his own certificate and what is chosen stay. */
static enum rb_status room_make(struct store *store) {
    static const char sql[] =
        "DELETE FROM letter"
        " WHERE number = (SELECT number FROM letter"
        "     WHERE number > 0 AND whole <> ?1"
        "     ORDER BY number"
        "     LIMIT 1)"
        "   AND (SELECT count(*) FROM letter WHERE number > 0) > ?2";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, store_self(store)->person_cert.whole);
    db_bind_int(query, 2, LETTERS_MAX);
    return db_run(query);
}

/* A person has one certificate of his own at a time: the newest. */
static enum rb_status own_keep(struct store *store, struct span cert) {
    static const char sql[] =
        "INSERT INTO letter (number, whole, chain)"
        " VALUES (0, ?1, x'')"
        " ON CONFLICT (number) DO UPDATE SET whole = excluded.whole";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, cert);
    return db_run(query);
}

enum rb_status letters_keep(struct store *store, struct span cert, struct span chain) {
    static const char sql[] =
        "INSERT INTO letter (number, whole, chain)"
        " SELECT coalesce(max(number), 0) + 1, ?1, ?2"
        " FROM letter"
        " WHERE true" /* or ON would belong to a join */
        " ON CONFLICT (whole) DO UPDATE SET chain = excluded.chain";

    if (chain.len == 0) {
        return own_keep(store, cert);
    }
    struct db_row *query = db_query(store_db(store), sql);
    db_bind_blob(query, 1, cert);
    db_bind_blob(query, 2, chain);
    const enum rb_status status = db_run(query);
    return status == RB_OK ? room_make(store) : status;
}

enum rb_status letters_forget(struct store *store) {
    static const char sql[] = "DELETE FROM letter";

    return db_run(db_query(store_db(store), sql));
}

/* ---- Reading ---- */

static bool bytes_take(struct span from, uint8_t *to, size_t size, size_t *len) {
    if (from.len > size) {
        return false;
    }
    if (from.len > 0) {
        memcpy(to, from.data, from.len);
    }
    *len = from.len;
    return true;
}

/* Each was verified when it was taken. */
static enum rb_status row_conclude(struct store *store, int64_t now_ms, struct letter_row *row) {
    const struct store_self *self = store_self(store);
    struct cert cert;

    enum rb_status status = cert_decode(letter_row_cert(row), &cert);
    if (status == RB_OK) {
        status = cert_read_chain(&cert, &self->device_cert, letter_row_chain(row), &row->letter);
    }
    if (status != RB_OK) {
        return RB_DAMAGED;
    }
    row->from_s = cert.not_before_s;
    row->until_s = cert.not_after_s;
    row->serial = cert.serial;
    row->validity = cert_validity(&cert, now_ms / 1000);
    row->is_chosen = span_equal(letter_row_cert(row), self->person_cert.whole);
    return letter_revoked_ms(store, &cert, &row->revoked_ms);
}

/* By number, his own certificate first; the caller frees. */
static enum rb_status rows_load(struct store *store, int64_t now_ms, struct letter_row **rows,
                                size_t *count) {
    static const char sql[] =
        "SELECT number, whole, chain"
        " FROM letter"
        " ORDER BY number";
    struct db_row *query = db_query(store_db(store), sql);
    enum rb_status status = RB_OK;

    while (status == RB_OK && db_step(query)) {
        *rows = rb_realloc(*rows, *count + 1, sizeof **rows);
        struct letter_row *row = &(*rows)[(*count)++];
        *row = (struct letter_row) { .number = db_int(query, 0) };
        if (!bytes_take(db_blob(query, 1), row->cert, sizeof row->cert, &row->cert_len) ||
            !bytes_take(db_blob(query, 2), row->chain, sizeof row->chain, &row->chain_len)) {
            status = RB_DAMAGED;
        }
    }
    const enum rb_status ended = db_end(query);
    status = status == RB_OK ? ended : status;
    for (size_t i = 0; status == RB_OK && i < *count; i++) {
        status = row_conclude(store, now_ms, &(*rows)[i]);
    }
    return status;
}

enum rb_status letters_each(struct store *store, int64_t now_ms,
                            bool (*each)(void *context, const struct letter_row *), void *context) {
    struct letter_row *rows = NULL;
    size_t count = 0;

    enum rb_status status = rows_load(store, now_ms, &rows, &count);
    for (size_t i = 0; status == RB_OK && i < count; i++) {
        if (rows[i].letter.exists && !each(context, &rows[i])) {
            break;
        }
    }
    free(rows);
    return status;
}

/* ---- Choosing ---- */

/* NULL: nothing fits yet. */
static bool is_better(const struct letter_row *row, const struct letter_row *best) {
    if (best == NULL || row->letter.rank != best->letter.rank) {
        return best == NULL || row->letter.rank < best->letter.rank;
    }
    return row->serial > best->serial;
}

/* Of the letters that hold, and, `anchor` not NULL, are of that network. */
static const struct letter_row *best_of(const struct letter_row *rows, size_t count,
                                        const uint8_t *anchor) {
    const struct letter_row *best = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct letter *letter = &rows[i].letter;
        const bool fits = anchor == NULL || memcmp(letter->root, anchor, sizeof letter->root) == 0;
        if (letter->exists && fits && letter_row_holds(&rows[i]) && is_better(&rows[i], best)) {
            best = &rows[i];
        }
    }
    return best;
}

/* NULL only if the rows are not those of this home. */
static const struct letter_row *choose(const struct letter_row *rows, size_t count,
                                       const uint8_t *anchor) {
    const struct letter_row *best = anchor != NULL ? best_of(rows, count, anchor) : NULL;
    const struct letter_row *chosen = NULL;

    for (size_t i = 0; i < count; i++) {
        if (rows[i].is_chosen) {
            chosen = &rows[i];
        }
    }
    if (best == NULL && chosen != NULL && letter_row_holds(chosen)) {
        best = chosen;
    }
    if (best == NULL) {
        best = best_of(rows, count, NULL);
    }
    if (best == NULL && count > 0 && rows[0].number == 0) {
        best = &rows[0];
    }
    return best != NULL ? best : chosen;
}

enum rb_status letters_choose(struct store *store, const uint8_t *anchor, int64_t now_ms,
                              struct letter_row *row) {
    struct letter_row *rows = NULL;
    size_t count = 0;

    enum rb_status status = rows_load(store, now_ms, &rows, &count);
    const struct letter_row *best = status == RB_OK ? choose(rows, count, anchor) : NULL;
    if (best != NULL) {
        *row = *best;
    } else if (status == RB_OK) {
        status = RB_DAMAGED;
    }
    free(rows);
    return status;
}

enum rb_status letters_pair(struct store *store, const uint8_t *anchor, int64_t now_ms,
                            struct letter_row *row, struct op_pair *pair) {
    const struct store_self *self = store_self(store);

    const enum rb_status status = letters_choose(store, anchor, now_ms, row);
    if (status == RB_OK) {
        *pair = (struct op_pair) {
            .person_cert = letter_row_cert(row),
            .device_cert = self->device_cert.whole,
            .seal_key = self->seal.whole,
            .chain = letter_row_chain(row),
        };
    }
    return status;
}

/* ---- Taking and choosing ---- */

enum rb_status letters_take(struct store *store, struct span cert, struct span chain,
                            int64_t now_ms) {
    const uint8_t *person = store_self(store)->person;
    int64_t revoked_ms = 0;
    struct cert decoded;

    enum rb_status status = cert_decode(cert, &decoded);
    if (status == RB_OK && !crypt_equal(decoded.person, person, HASH_BYTES)) {
        return RB_REFUSED;
    }
    /* A forged one is told as forged, whatever it says of its time. */
    if (status == RB_OK) {
        struct letter ignored;
        status = cert_verify_chain(&decoded, &store_self(store)->device_cert, chain, &ignored);
    }
    if (status == RB_OK && cert_validity(&decoded, now_ms / 1000) != CERT_HOLDS) {
        return RB_EXPIRED;
    }
    if (status == RB_OK) {
        status = letter_revoked_ms(store, &decoded, &revoked_ms);
    }
    if (status == RB_OK && revoked_ms > 0) {
        return RB_REFUSED;
    }
    return status == RB_OK ? self_take_letter(store, cert, chain) : status;
}

static enum rb_status row_find(struct store *store, int64_t number, int64_t now_ms,
                               struct letter_row *row) {
    struct letter_row *rows = NULL;
    size_t count = 0, at = 0;

    enum rb_status status = rows_load(store, now_ms, &rows, &count);
    while (at < count && rows[at].number != number) {
        at++;
    }
    if (status == RB_OK && at == count) {
        status = RB_NOT_FOUND;
    }
    if (status == RB_OK) {
        *row = rows[at];
    }
    free(rows);
    return status;
}

enum rb_status letters_use(struct store *store, int64_t number, int64_t now_ms) {
    struct letter_row row;

    const enum rb_status status = row_find(store, number, now_ms, &row);
    if (status != RB_OK) {
        return status;
    }
    if (row.revoked_ms > 0) {
        return RB_REFUSED;
    }
    return row.validity == CERT_HOLDS
               ? self_take_letter(store, letter_row_cert(&row), letter_row_chain(&row))
               : RB_EXPIRED;
}
