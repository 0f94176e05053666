/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/revokers.h"

#include "store/db.h"
#include "store/operations.h"

#include <stdlib.h>
#include <string.h>

/* Who revoked what, and another circle that names the former. */
struct revoker {
    uint8_t revoked[CERT_ID_BYTES];
    uint8_t person[HASH_BYTES];
    uint8_t device[CERT_ID_BYTES];
    int64_t named_in;
};

struct revoker_list {
    struct revoker *items; /* owned */
    size_t count;
};

static enum rb_status revokers_load(struct store *store, int64_t circle, bool always,
                                    struct revoker_list *list) {
    static const char sql[] =
        "SELECT known.cert, known.person, elsewhere.device, min(elsewhere.circle)"
        " FROM cert AS here"
        " JOIN revocation AS known ON known.cert = here.device AND known.person = here.person"
        " JOIN cert AS elsewhere ON elsewhere.person = known.person"
        "   AND elsewhere.pk = known.issuer AND elsewhere.device <> known.cert"
        " WHERE here.circle = ?1"
        "   AND NOT EXISTS (SELECT 1 FROM cert WHERE cert.circle = ?1"
        "     AND cert.person = known.person AND cert.pk = known.issuer)"
        "   AND NOT EXISTS (SELECT 1 FROM revocation AS other"
        "     WHERE other.cert = elsewhere.device AND other.person = elsewhere.person)"
        "   AND (?2 = 1 OR EXISTS (SELECT 1 FROM author"
        "     JOIN log ON log.id = author.log AND log.circle = ?1"
        "     JOIN event ON event.log = log.id AND event.seq = log.head"
        "     WHERE author.person = known.person AND author.device_cert = known.cert"
        "       AND event.rcv > known.known_rcv))"
        " GROUP BY known.cert, elsewhere.device"
        " ORDER BY known.cert, elsewhere.device";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    db_bind_int(query, 2, always ? 1 : 0);
    while (db_step(query)) {
        list->items = rb_realloc(list->items, list->count + 1, sizeof *list->items);
        struct revoker *revoker = &list->items[list->count++];
        db_copy(query, 0, revoker->revoked, sizeof revoker->revoked);
        db_copy(query, 1, revoker->person, sizeof revoker->person);
        db_copy(query, 2, revoker->device, sizeof revoker->device);
        revoker->named_in = db_int(query, 3);
    }
    return db_end(query);
}

static bool names(const struct op *op, const struct revoker *revoker) {
    return op_has_pair(op) && memcmp(op->device.id, revoker->device, CERT_ID_BYTES) == 0 &&
           memcmp(op->person.person, revoker->person, HASH_BYTES) == 0;
}

/* With the newest seal key that the other circle knows. */
static enum rb_status device_encode(struct store *store, const struct revoker *revoker,
                                    struct writer *body) {
    struct operation_list list = { 0 };
    const struct op *found = NULL;

    enum rb_status status = operations_load(store, revoker->named_in, &list);
    for (size_t i = 0; i < list.count && status == RB_OK; i++) {
        const struct op *op = &list.ops[i];
        if (names(op, revoker) && (found == NULL || op->seal.generation > found->seal.generation)) {
            found = op;
        }
    }
    if (status == RB_OK && found == NULL) {
        status = RB_NOT_FOUND;
    }
    if (status == RB_OK) {
        const struct op_pair pair = {
            .person_cert = found->person.whole,
            .device_cert = found->device.whole,
            .seal_key = found->seal.whole,
            .chain = found->chain,
        };
        op_device_encode(body, &pair);
        status = writer_end(body);
    }
    operations_clear(&list);
    return status;
}

enum rb_status revoker_find(struct store *store, int64_t circle, const struct circle *fold,
                            bool always, struct writer *body) {
    struct revoker_list list = { 0 };
    enum rb_status found = RB_NOT_FOUND;

    const enum rb_status status = revokers_load(store, circle, always, &list);
    for (size_t i = 0; i < list.count && status == RB_OK && found == RB_NOT_FOUND; i++) {
        if (circle_recipient(fold, list.items[i].revoked) != NULL) {
            found = device_encode(store, &list.items[i], body);
        }
    }
    free(list.items);
    return status == RB_OK ? found : status;
}
