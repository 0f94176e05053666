/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/key_requests.h"

#include "store/contacts.h"
#include "store/db.h"
#include "store/device_own.h"
#include "store/keyring.h"
#include "store/letters.h"
#include "store/operations.h"
#include "store/writing.h"

#include <stdlib.h>
#include <string.h>

/* ---- What was asked, and answered, lately ---- */

enum direction { KEY_ASKED_OF_US = 0, KEY_ASKED_BY_US = 1 }; /* stored */

struct asked_key {
    int64_t circle_row;
    uint8_t circle[HASH_BYTES];
    uint8_t eid8[EID8_BYTES];
};

static enum rb_status note(struct store *store, const struct asked_key *key, struct span whom,
                           enum direction direction, int64_t now_ms) {
    static const char sql[] =
        "INSERT INTO key_request (circle, eid8, person, by_us, at_s)"
        " VALUES (?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT (circle, eid8, person, by_us) DO UPDATE SET at_s = excluded.at_s";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_int(row, 1, key->circle_row);
    db_bind_blob(row, 2, span_of(key->eid8, sizeof key->eid8));
    db_bind_blob(row, 3, whom);
    db_bind_int(row, 4, direction);
    db_bind_int(row, 5, now_ms / 1000);
    return db_run(row);
}

/* A time in the future is of a clock that was wrong: that is not lately. */
static enum rb_status notes_forget(struct store *store, int64_t now_ms) {
    static const char sql[] =
        "DELETE FROM key_request"
        " WHERE at_s NOT BETWEEN ?1 AND ?2";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_int(row, 1, (now_ms - KEY_REQUEST_MS) / 1000 + 1);
    db_bind_int(row, 2, now_ms / 1000);
    return db_run(row);
}

static enum rb_status is_answered(struct store *store, const struct asked_key *key,
                                  struct span whom, int64_t now_ms, bool *noted) {
    static const char sql[] =
        "SELECT 1"
        " FROM key_request"
        " WHERE circle = ?1"
        "   AND eid8 = ?2"
        "   AND person = ?3"
        "   AND by_us = ?4"
        "   AND at_s BETWEEN ?5 AND ?6";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_int(row, 1, key->circle_row);
    db_bind_blob(row, 2, span_of(key->eid8, sizeof key->eid8));
    db_bind_blob(row, 3, whom);
    db_bind_int(row, 4, KEY_ASKED_OF_US);
    db_bind_int(row, 5, (now_ms - KEY_REQUEST_MS) / 1000 + 1);
    db_bind_int(row, 6, now_ms / 1000);
    *noted = db_step(row);
    return db_end(row);
}

/* How many keys of one circle one device has had of us lately. */
static enum rb_status answered_count(struct store *store, int64_t circle_row, struct span whom,
                                     int64_t now_ms, int64_t *count) {
    static const char sql[] =
        "SELECT count(*)"
        " FROM key_request"
        " WHERE circle = ?1"
        "   AND person = ?2"
        "   AND by_us = ?3"
        "   AND at_s BETWEEN ?4 AND ?5";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_int(row, 1, circle_row);
    db_bind_blob(row, 2, whom);
    db_bind_int(row, 3, KEY_ASKED_OF_US);
    db_bind_int(row, 4, (now_ms - KEY_REQUEST_MS) / 1000 + 1);
    db_bind_int(row, 5, now_ms / 1000);
    *count = db_step(row) ? db_int(row, 0) : 0;
    return db_end(row);
}

/* ---- Asking ---- */

enum { WAITING_KEYS_MAX = 1024 }; /* that are looked at, since not each is asked for */

/* Keys named by what waits in the circles of that person (or, while nothing is known of him there,
 * in those that he introduced), that are not held and that this computer of his has not been asked
 * for lately.  One of each circle comes before a second one of any, and which one is
 * left to chance: who writes under keys that nobody has puts off neither those of other circles nor
 * all those of this one. */
static enum rb_status lacked_keys(struct store *store, const uint8_t person[static HASH_BYTES],
                                  const uint8_t device[static CERT_ID_BYTES], int64_t now_ms,
                                  struct asked_key *keys, size_t *count) {
    static const char sql[] =
        "WITH named AS ("
        "  SELECT DISTINCT circle.id, circle.circle, substr(event.header, 5, 8) AS eid8"
        "  FROM event"
        "  JOIN log ON log.id = event.log"
        "  JOIN circle ON circle.id = log.circle"
        "  WHERE event.state = 0"
        "    AND event.stub = 0"
        "    AND coalesce((SELECT member.state <= ?2"
        "                  FROM member"
        "                  WHERE member.circle = circle.id"
        "                    AND member.person = ?1),"
        "                 circle.introducer = ?1)"
        " ), lacked AS ("
        "  SELECT *, row_number() OVER (PARTITION BY id ORDER BY random()) AS turn"
        "  FROM named"
        "  WHERE (circle, eid8) NOT IN (SELECT substr(name, 1, 32), substr(name, 33, 8)"
        "                               FROM secret"
        "                               WHERE sort = ?3)"
        "    AND (id, eid8) NOT IN (SELECT circle, eid8"
        "                           FROM key_request"
        "                           WHERE person = ?9"
        "                             AND by_us = ?4"
        "                             AND at_s BETWEEN ?5 AND ?6)"
        " )"
        " SELECT id, circle, eid8"
        " FROM lacked"
        " WHERE turn <= ?7"
        " ORDER BY turn, id"
        " LIMIT ?8";
    struct db_row *row = db_query(store_db(store), sql);

    *count = 0;
    db_bind_blob(row, 1, span_of(person, HASH_BYTES));
    db_bind_int(row, 2, MEMBER_ACCEPTED);
    db_bind_int(row, 3, SECRET_EPOCH);
    db_bind_int(row, 4, KEY_ASKED_BY_US);
    db_bind_int(row, 5, (now_ms - KEY_REQUEST_MS) / 1000 + 1);
    db_bind_int(row, 6, now_ms / 1000);
    db_bind_int(row, 7, KEY_REQUESTS_MAX);
    db_bind_int(row, 8, WAITING_KEYS_MAX);
    db_bind_blob(row, 9, span_of(device, CERT_ID_BYTES));
    while (*count < WAITING_KEYS_MAX && db_step(row)) {
        struct asked_key *key = &keys[*count];
        key->circle_row = db_int(row, 0);
        db_copy(row, 1, key->circle, sizeof key->circle);
        db_copy(row, 2, key->eid8, sizeof key->eid8);
        (*count)++;
    }
    return db_end(row);
}

/* Asks for the keys and moves those that were asked for to the front; how many they are. */
static size_t keys_ask(key_asker ask, void *context, struct asked_key *keys, size_t count) {
    size_t asked = 0;

    for (size_t i = 0; i < count && asked < KEY_REQUESTS_MAX; i++) {
        if (ask(context, keys[i].circle, keys[i].eid8)) {
            keys[asked++] = keys[i];
        }
    }
    return asked;
}

static enum rb_status notes_write(struct store *store, const uint8_t device[static CERT_ID_BYTES],
                                  int64_t now_ms, const struct asked_key *keys, size_t count) {
    enum rb_status status = store_write_begin(store);

    if (status != RB_OK) {
        return status;
    }
    status = notes_forget(store, now_ms);
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = note(store, &keys[i], span_of(device, CERT_ID_BYTES), KEY_ASKED_BY_US, now_ms);
    }
    return store_write_end(store, status);
}

enum rb_status key_requests_each(struct store *store, const uint8_t person[static HASH_BYTES],
                                 const uint8_t device[static CERT_ID_BYTES], int64_t now_ms,
                                 key_asker ask, void *context) {
    struct asked_key *keys = rb_alloc(WAITING_KEYS_MAX, sizeof *keys);
    size_t count = 0;

    enum rb_status status = lacked_keys(store, person, device, now_ms, keys, &count);
    if (status == RB_OK) {
        count = keys_ask(ask, context, keys, count);
    }
    if (status == RB_OK && count > 0) {
        status = notes_write(store, device, now_ms, keys, count);
    }
    free(keys);
    return status;
}

/* ---- Answering ---- */

/* What is asked and answered is noted by device: each has seal keys of its own, and not what the
 * others of its person have. */
static struct span asker(const struct key_request *request) {
    return span_of(request->device, CERT_ID_BYTES);
}

static const struct recipient *recipient_find(const struct circle *circle,
                                              const struct key_request *request) {
    const struct recipient *found = circle_recipient(circle, request->device);

    return found != NULL && memcmp(found->person, request->person, HASH_BYTES) == 0 ? found : NULL;
}

/* What a pair borrows. */
struct asker_bytes {
    struct writer card, device;
    struct letter_row letter;
};

/* Whether the XKEY would be another than the circle names; it is not verified yet. */
static bool seal_key_is_new(const struct recipient *known, const struct key_request *request,
                            struct seal_key *key) {
    return known != NULL && seal_key_decode(request->seal_key, key) == RB_OK &&
           !crypt_equal(key->public, known->seal_key, BOX_PUBLIC_BYTES);
}

/* True if the XKEY is one of that device. */
static bool seal_key_is_his(const struct op_pair *pair, const struct key_request *request,
                            const struct seal_key *key) {
    struct cert device;

    return cert_decode(pair->device_cert, &device) == RB_OK &&
           memcmp(device.id, request->device, CERT_ID_BYTES) == 0 &&
           seal_key_verify(key, &device) == RB_OK;
}

/* Appends the certificate of a device as an operation of the circle names it; RB_NOT_FOUND. */
static enum rb_status named_device(struct writing *writing,
                                   const uint8_t device[static CERT_ID_BYTES],
                                   struct writer *bytes) {
    struct operation_list list = { 0 };

    enum rb_status status =
        operations_load(writing->opening->store, writing->opening->circle.id, &list);
    for (size_t i = 0; i < list.count && status == RB_OK && bytes->len == 0; i++) {
        const struct op *op = &list.ops[i];
        if (op_has_pair(op) && memcmp(op->device.id, device, CERT_ID_BYTES) == 0) {
            writer_span(bytes, op->device.whole);
        }
    }
    operations_clear(&list);
    if (status == RB_OK) {
        status = bytes->len > 0 ? writer_end(bytes) : RB_NOT_FOUND;
    }
    return status;
}

/* What is to stand around the new seal key: his letter, as it is known here, and that device. */
static enum rb_status asker_pair(struct writing *writing, const struct key_request *request,
                                 struct asker_bytes *bytes, struct op_pair *pair) {
    const struct members *members = &writing->opening->members;
    struct store *store = writing->opening->store;
    enum rb_status status;

    if (memcmp(request->person, store_self(store)->person, HASH_BYTES) == 0) {
        status = letters_pair(store, members->formal ? members->anchor : NULL, writing->now_ms,
                              &bytes->letter, pair);
    } else {
        status = contact_pair(store, request->person, &bytes->card, pair);
    }
    if (status == RB_OK) {
        status = named_device(writing, request->device, &bytes->device);
    }
    if (status == RB_OK) {
        pair->device_cert = writer_view(&bytes->device);
    }
    return status;
}

/* The circle's operations name an older seal key of his, which he may no longer hold.  Mostly they
 * do not, and nothing of them need be loaded. */
static enum rb_status device_renew(struct writing *writing, const struct key_request *request) {
    const struct recipient *known = recipient_find(writing->opening->members.fold, request);
    struct asker_bytes bytes;
    struct writer body;
    struct op_pair pair;
    struct seal_key key;

    if (!seal_key_is_new(known, request, &key)) {
        return RB_OK;
    }
    writer_init(&bytes.card, CARD_BYTES_MAX);
    writer_init(&bytes.device, CERT_BYTES_MAX);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    enum rb_status status = asker_pair(writing, request, &bytes, &pair);
    if (status == RB_OK && seal_key_is_his(&pair, request, &key)) {
        pair.seal_key = request->seal_key;
        op_device_encode(&body, &pair);
        status = writing_operation(writing, OP_DEVICE, writer_view(&body));
    }
    writer_clear(&body);
    writer_clear(&bytes.device);
    writer_clear(&bytes.card);
    return status == RB_NOT_FOUND ? RB_OK : status; /* a contact no more */
}

static enum rb_status answer_write(struct writing *writing, const struct key_request *request,
                                   const struct asked_key *key) {
    struct store *store = writing->opening->store;
    enum rb_status status = notes_forget(store, writing->now_ms);

    if (status == RB_OK) {
        status = note(store, key, asker(request), KEY_ASKED_OF_US, writing->now_ms);
    }
    if (status == RB_OK) {
        status = writing_prepare(writing, GRANTS_OWN);
    }
    if (status == RB_OK) {
        status = device_renew(writing, request);
    }
    return status == RB_OK ? writing_grant_again(writing, request->eid8, request->device) : status;
}

/* Whether there is anything to say to him. */
static enum rb_status answer_is_due(struct writing *writing, const struct key_request *request,
                                    const struct asked_key *key, bool *due) {
    const struct circle *circle = writing->opening->members.fold;
    const struct member *self = writing_self(writing);
    struct store *store = writing->opening->store;
    const struct epoch_key *epochs;
    int64_t answered = 0;
    bool noted = true;
    size_t held = 0;

    if (self == NULL || self->state != MEMBER_ACCEPTED || recipient_find(circle, request) == NULL) {
        return RB_OK;
    }
    enum rb_status status = keyring_epochs(store, key->circle, key->eid8, &epochs, &held);
    if (status == RB_OK && held > 0) {
        status = is_answered(store, key, asker(request), writing->now_ms, &noted);
    }
    if (status == RB_OK) {
        status = answered_count(store, key->circle_row, asker(request), writing->now_ms, &answered);
    }
    *due = status == RB_OK && held > 0 && !noted && answered < KEY_REQUESTS_MAX;
    return status;
}

/* Another device of oneself says here for the first time which seal key it has (devices.h), or a
 * newer one: then the circle is told of it, since it cannot say so itself. */
static enum rb_status own_device_ask(struct store *store, const struct key_request *request,
                                     int64_t now_ms) {
    struct own_device device;
    struct seal_key seal;
    struct cert cert;
    bool own = false;

    enum rb_status status = own_device_find(store, request->device, &device);
    if (status != RB_OK || cert_decode(span_of(device.whole, device.whole_len), &cert) != RB_OK ||
        seal_key_decode(request->seal_key, &seal) != RB_OK ||
        seal_key_verify(&seal, &cert) != RB_OK) {
        return status == RB_NOT_FOUND ? RB_OK : status;
    }
    status = store_write_enter(store, &own);
    if (status != RB_OK) {
        return status;
    }
    status = store_write_leave(store, own, own_device_keep(store, &cert, &seal, NULL, 0));
    return status == RB_OK ? author_devices(store, request->circle, now_ms, &own) : status;
}

enum rb_status key_request_answer(struct store *store, const struct key_request *request,
                                  int64_t now_ms) {
    struct writing writing;
    struct asked_key key;
    bool due = false, revoked = false;

    enum rb_status status =
        cert_is_known_revoked(store, request->device, request->person, &revoked);
    if (status != RB_OK || revoked) {
        return status; /* whatever the circle says so far */
    }
    if (memcmp(request->person, store_self(store)->person, HASH_BYTES) == 0) {
        status = own_device_ask(store, request, now_ms);
    }
    if (db_failed(status)) {
        return status;
    }
    status = writing_begin(&writing, store, request->circle, now_ms);
    if (status == RB_OK) {
        key.circle_row = writing.opening->circle.id;
        memcpy(key.circle, request->circle, sizeof key.circle);
        memcpy(key.eid8, request->eid8, sizeof key.eid8);
        status = answer_is_due(&writing, request, &key, &due);
    }
    if (status == RB_OK && due) {
        status = store_write_begin(store);
        if (status == RB_OK) {
            status = store_write_end(store, answer_write(&writing, request, &key));
        }
    }
    writing_end(&writing);
    if (status == RB_OK && due) {
        status = author_grant(store, request->circle, request->device, now_ms);
    }
    return status;
}
