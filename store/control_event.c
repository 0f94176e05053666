/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/control_event.h"

#include "store/db.h"
#include "store/device_own.h"
#include "store/keyring.h"
#include "store/revocations.h"
#include "store/seals.h"

#include <assert.h>
#include <string.h>

enum {
    LOGCERT_SEQ = 1,
    GENESIS_SEQ = 2,
    CIRCLE_KEYS_MAX = 16384,         /* more than a circle sees in its life */
    CIRCLE_KEYS_OF_OTHERS_MAX = 1024 /* held in all, when one comes that no member gives */
};

/* ---- Keys ---- */

/* Whether the log in hand is written by somebody who belongs to the circle, as it was when it was
 * settled last: to fold it anew for each key would be an attack of its own. */
static enum rb_status author_is_in(struct opening *opening, bool *is_in) {
    static const char sql[] =
        "SELECT 1"
        " FROM member"
        " WHERE circle = ?1"
        "   AND person = ?2"
        "   AND state <= ?3";
    const struct log_author *author = &opening->log.author;

    *is_in = false;
    if (author->state != AUTHOR_KNOWN) {
        return RB_OK;
    }
    struct db_row *query = db_query(store_db(opening->store), sql);
    db_bind_int(query, 1, opening->circle.id);
    db_bind_blob(query, 2, span_of(author->person, sizeof author->person));
    db_bind_int(query, 3, MEMBER_ACCEPTED);
    *is_in = db_step(query);
    return db_end(query);
}

/* Whether a log waits for this key to say whose it is.  There are not more such keys than logs. */
static enum rb_status key_names_author(struct opening *opening,
                                       const uint8_t eid[static HASH_BYTES], bool *names) {
    static const char sql[] =
        "SELECT 1"
        " FROM log"
        " JOIN event ON event.log = log.id"
        " WHERE log.circle = ?1"
        "   AND event.seq = ?2"
        "   AND event.state = 0"
        "   AND substr(event.header, 5, 8) = ?3"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(opening->store), sql);

    db_bind_int(query, 1, opening->circle.id);
    db_bind_int(query, 2, LOGCERT_SEQ);
    db_bind_blob(query, 3, span_of(eid, EID8_BYTES));
    *names = db_step(query);
    return db_end(query);
}

/* Who is out, or nobody, may give keys (a founder is unknown until his first key is there), but
 * leaves most of the room to the members.  What is refused is asked for (key_requests.h) as long as
 * an event waits for it; what is granted then comes from a member. */
static enum rb_status key_has_room(struct opening *opening, const uint8_t eid[static HASH_BYTES],
                                   size_t held, bool *room) {
    *room = held < CIRCLE_KEYS_OF_OTHERS_MAX;
    if (*room || held >= CIRCLE_KEYS_MAX) {
        return RB_OK;
    }
    enum rb_status status = author_is_in(opening, room);
    return status == RB_OK && !*room ? key_names_author(opening, eid, room) : status;
}

/* `*wanted`: a key that is not held, and there is room for it. */
static enum rb_status key_is_wanted(struct opening *opening, const uint8_t eid[static HASH_BYTES],
                                    bool *wanted) {
    const uint8_t *circle = opening->circle.circle;
    const struct epoch_key *held, *all;
    size_t count = 0;

    *wanted = false;
    enum rb_status status = keyring_epoch(opening->store, circle, eid, &held);
    if (status != RB_OK || held != NULL) {
        return status;
    }
    status = keyring_epochs(opening->store, circle, NULL, &all, &count);
    return status == RB_OK ? key_has_room(opening, eid, count, wanted) : status;
}

/* The first key of the circle: from now on there is something to know about its logs. */
static enum rb_status circle_opened(struct opening *opening) {
    if (opening->circle.opened) {
        return RB_OK;
    }
    opening->circle.opened = true;
    enum rb_status status = circle_row_set_opened(opening->store, opening->circle.id);
    if (status == RB_OK && opening->log.row.id != 0) {
        status = opening_take_log(opening, &opening->log.row);
    }
    return status;
}

enum rb_status control_event_take_key(struct opening *opening, const struct epoch_key *epoch) {
    enum rb_status status = keyring_put_epoch(opening->store, opening->circle.circle, epoch);

    if (status == RB_OK) {
        status = circle_opened(opening);
    }
    opening_arrivals(opening)->material = true;
    return status;
}

enum rb_status control_event_try_seals(struct opening *opening, const struct event *event) {
    struct epoch_key epoch;
    uint8_t eid[HASH_BYTES];
    bool wanted = false;

    if (event_key_body_id(&event->header, event->body, eid) != RB_OK) {
        return RB_OK;
    }
    enum rb_status status = key_is_wanted(opening, eid, &wanted);
    if (status != RB_OK || !wanted) {
        return status;
    }
    /* RB_NO_KEY: not for us.  RB_MALFORMED: its author cheats; the key may come from another. */
    status = seals_open(opening->store, event, &epoch);
    if (status != RB_OK) {
        return db_failed(status) ? status : RB_OK;
    }
    status = control_event_take_key(opening, &epoch);
    crypt_wipe(&epoch, sizeof epoch);
    return status;
}

/* ---- The log is nobody's ---- */

static enum rb_status log_disown(struct opening *opening, enum event_state *state) {
    static const char sql[] =
        "UPDATE event"
        " SET state = 2"
        " WHERE log = ?1";
    struct open_log *log = &opening->log;

    log->author = (struct log_author) { .state = AUTHOR_NOBODY };
    enum rb_status status = log_author_save(opening->store, log->row.id, &log->author);
    if (status != RB_OK) {
        return status;
    }
    struct db_row *query = db_query(store_db(opening->store), sql);
    db_bind_int(query, 1, log->row.id);
    status = db_run(query);
    *state = EVENT_UNREADABLE;
    return status;
}

/* ---- LOGCERT ---- */

static enum rb_status logcert_judge(struct opening *opening, const struct logcert *cert,
                                    struct log_author *author) {
    uint8_t device_pk[SIGN_PUBLIC_BYTES];

    if (memcmp(cert->circle, opening->circle.circle, HASH_BYTES) != 0 ||
        memcmp(cert->log, opening->log.row.origin, LOG_PK_BYTES) != 0) {
        return RB_REFUSED;
    }
    enum rb_status status = cert_row_find(opening->store, opening->circle.id, cert->device_cert,
                                          author->person, device_pk);
    if (status != RB_OK) {
        return status;
    }
    if (!logcert_verify(cert, device_pk)) {
        return RB_BAD_SIGNATURE;
    }
    author->state = AUTHOR_KNOWN;
    memcpy(author->device, cert->device_cert, sizeof author->device);
    return RB_OK;
}

static bool is_logcert(const struct payload *payload, struct logcert *cert) {
    return payload->type == OP_LOGCERT && logcert_decode(payload->body, cert) == RB_OK;
}

static enum rb_status logcert_open(struct opening *opening, const struct payload *payload,
                                   enum event_state *state) {
    struct log_author author = { .state = AUTHOR_UNKNOWN };
    struct logcert cert;

    if (!is_logcert(payload, &cert)) {
        return log_disown(opening, state);
    }
    enum rb_status status = logcert_judge(opening, &cert, &author);
    if (status == RB_NOT_FOUND) {
        return RB_OK; /* waits for the operation that names this device */
    }
    if (status == RB_REFUSED || status == RB_BAD_SIGNATURE) {
        return log_disown(opening, state);
    }
    if (status != RB_OK) {
        return status;
    }
    opening->log.author = author;
    *state = EVENT_DONE;
    return log_author_save(opening->store, opening->log.row.id, &author);
}

/* ---- Operations ---- */

/* A GENESIS stands at one place of a log only, and its hash is the circle's name. */
static bool genesis_fits(const struct opening *opening, const struct sealed *sealed) {
    uint8_t id[HASH_BYTES];

    circle_id(id, writer_view(&opening->payload));
    return sealed->row->seq == GENESIS_SEQ && memcmp(id, opening->circle.circle, sizeof id) == 0;
}

static bool is_key_operation(enum op_type type) {
    return type == OP_GENESIS || type == OP_EPOCH || type == OP_KEYGRANT;
}

/* The right form of body, and the right key in it.  Fills op->epoch. */
static bool body_fits(const struct event *event, struct op *op) {
    uint8_t eid[HASH_BYTES];

    if (event->header.key_body != is_key_operation(op->type)) {
        return false;
    }
    if (!event->header.key_body) {
        return true;
    }
    if (event_key_body_id(&event->header, event->body, eid) != RB_OK) {
        return false;
    }
    if (op->type == OP_KEYGRANT) {
        return memcmp(op->epoch, eid, sizeof eid) == 0;
    }
    memcpy(op->epoch, eid, sizeof op->epoch);
    return true;
}

static bool genesis_is_by(const struct op *op, const struct log_author *author) {
    return memcmp(op->person.person, author->person, HASH_BYTES) == 0 &&
           memcmp(op->device.id, author->device, CERT_ID_BYTES) == 0;
}

/* An own circle (own.h) comes from oneself, or from another device of one's own: from nobody else,
 * even if it looks like one that such a device has founded, which may have been stolen. */
static bool genesis_is_taken(const struct opening *opening, const struct op *op,
                             const struct log_author *author) {
    const uint8_t *self = store_self(opening->store)->person;
    const struct circle_row *circle = &opening->circle;

    if (op->kind != CIRCLE_OWN) {
        return true;
    }
    return memcmp(author->person, self, HASH_BYTES) == 0 &&
           (!circle->introduced || memcmp(circle->introducer, self, HASH_BYTES) == 0);
}

/* ---- A new log ---- */

/* The founder's log is known by its second event, which names him. */
static enum rb_status peek_founder(struct opening *opening, const struct run *run,
                                   const struct run_result *result, struct log_author *author) {
    struct event_row row = { .seq = GENESIS_SEQ };
    struct sealed sealed = { &row, result->hashes[0], result->hashes[1] };
    struct payload payload;
    struct op op;

    if (run->count < GENESIS_SEQ || run->events[1].stub) {
        return RB_NOT_FOUND;
    }
    row.event = run->events[1];
    enum rb_status status = opening_decrypt(opening, &sealed, &payload);
    if (db_failed(status)) {
        return status;
    }
    if (status != RB_OK || payload.type != OP_GENESIS || !genesis_fits(opening, &sealed) ||
        op_decode(&payload, &op) != RB_OK) {
        return RB_NOT_FOUND;
    }
    author->state = AUTHOR_KNOWN;
    memcpy(author->person, op.person.person, sizeof author->person);
    memcpy(author->device, op.device.id, sizeof author->device);
    return RB_OK;
}

enum rb_status control_event_peek_author(struct opening *opening, const struct run *run,
                                         const struct run_result *result,
                                         struct log_author *author) {
    struct log_author value = { .state = AUTHOR_UNKNOWN };
    const struct log_head *head = &opening->log.row.head;
    struct event_row row = { .seq = LOGCERT_SEQ, .event = run->events[0] };
    struct sealed sealed = { &row, head->hash, result->hashes[0] };
    struct payload payload;
    struct logcert cert;

    assert(head->seq == 0 && run->first == LOGCERT_SEQ);
    if (row.event.stub) {
        return RB_NOT_FOUND;
    }
    enum rb_status status = opening_decrypt(opening, &sealed, &payload);
    if (db_failed(status)) {
        return status;
    }
    if (status != RB_OK || !is_logcert(&payload, &cert)) {
        return RB_NOT_FOUND;
    }
    status = logcert_judge(opening, &cert, &value);
    if (status == RB_NOT_FOUND) {
        status = peek_founder(opening, run, result, &value);
    }
    if (status == RB_OK) {
        *author = value;
    }
    return status == RB_REFUSED || status == RB_BAD_SIGNATURE ? RB_NOT_FOUND : status;
}

/* ---- Material ---- */

/* Only a key that the EPOCH follows: nothing else that it wraps will ever be asked for, and who
 * wraps at random fills nobody's keyring. */
static bool is_parent(const struct op *op, const struct epoch_key *wrap) {
    uint8_t parents[WRAPS_PER_EPOCH_MAX][HASH_BYTES];
    size_t count = op_parents(op, parents, WRAPS_PER_EPOCH_MAX);

    for (size_t i = 0; i < count; i++) {
        if (memcmp(parents[i], wrap->id, HASH_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

static enum rb_status wrap_take(struct opening *opening, const struct op *op,
                                const struct epoch_key *wrap, bool *progress) {
    bool wanted = false;

    enum rb_status status = RB_OK;
    if (is_parent(op, wrap)) {
        status = key_is_wanted(opening, wrap->id, &wanted);
    }
    if (status != RB_OK || !wanted) {
        return status;
    }
    *progress = true;
    return control_event_take_key(opening, wrap);
}

/* Certificates that a GENESIS, ADD or DEVICE names. */
static enum rb_status certs_take(struct opening *opening, const struct op *op, bool *added) {
    enum rb_status status = person_cert_add(opening->store, opening->circle.id, &op->person);

    if (status == RB_OK) {
        status = cert_row_add(opening->store, opening->circle.id, &op->person, &op->device, added);
    }
    return status == RB_OK ? own_device_heard(opening->store, &op->device, &op->seal) : status;
}

/* A device more than a member was added with is one that a node may have to let in. */
static enum rb_status device_take_in(struct opening *opening, const struct op *op) {
    bool added = false;
    enum rb_status status = certs_take(opening, op, &added);

    if (status == RB_OK && added) {
        store_note_members(opening->store, opening->circle.circle);
    }
    return status;
}

/* What an operation gives whoever its author is: the keys that it wraps (a key is its own proof),
 * and the creator's certificates, which the circle's name covers. */
static enum rb_status material_take(struct opening *opening, const struct op *op, bool *progress) {
    struct epoch_key wraps[WRAPS_PER_EPOCH_MAX];
    enum rb_status status = RB_OK;
    bool added = false;

    if (op->type == OP_GENESIS) {
        status = certs_take(opening, op, &added);
        *progress = *progress || added;
        return status;
    }
    size_t count = op_wraps(op, wraps, WRAPS_PER_EPOCH_MAX);
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = wrap_take(opening, op, &wraps[i], progress);
    }
    crypt_wipe(wraps, sizeof wraps);
    return status;
}

/* What an operation says beside who belongs. */
static enum rb_status operation_note(struct opening *opening, const struct op *op) {
    bool added;

    switch (op->type) {
    case OP_ADD:
        return certs_take(opening, op, &added);
    case OP_DEVICE:
        return device_take_in(opening, op);
    case OP_REVOKED:
        return revoked_insert(opening->store, opening->circle.id, op, opening->log.row.own);
    default:
        return RB_OK;
    }
}

static enum rb_status operation_keep(struct opening *opening, const struct sealed *sealed,
                                     struct op *op) {
    const struct log_row *log = &opening->log.row;
    struct operation_row row = {
        .circle = opening->circle.id,
        .log = log->id,
        .seq = sealed->row->seq,
        .epoch = is_key_operation(op->type) ? op->epoch : NULL,
        .payload = writer_view(&opening->payload),
    };

    event_ref(op->ref, log->origin, row.seq, sealed->hash);
    memcpy(row.ref, op->ref, sizeof row.ref);
    enum rb_status status = operation_note(opening, op);
    if (status == RB_OK) {
        status = operation_insert(opening->store, &row);
    }
    members_clear(&opening->members);
    return status;
}

static enum rb_status operation_open(struct opening *opening, const struct sealed *sealed,
                                     const struct payload *payload, bool held_up,
                                     enum event_state *state, bool *progress) {
    const struct log_author *author = &opening->log.author;
    size_t before = 0;
    struct op op;

    enum rb_status status = op_decode(payload, &op);
    if (status != RB_OK) {
        *state = status == RB_UNKNOWN ? EVENT_DONE : EVENT_UNREADABLE;
        return RB_OK;
    }
    *state = EVENT_UNREADABLE;
    if (!body_fits(&sealed->row->event, &op)) {
        return RB_OK;
    }
    if (op.type == OP_GENESIS && !genesis_fits(opening, sealed)) {
        /* At its place it shows that the log began in another circle. */
        return sealed->row->seq == GENESIS_SEQ ? log_disown(opening, state) : RB_OK;
    }
    status = material_take(opening, &op, progress);
    if (status != RB_OK) {
        return status;
    }
    if (held_up || author->state != AUTHOR_KNOWN) {
        *state = EVENT_WAITING;
        return RB_OK;
    }
    if (op.type == OP_GENESIS &&
        !(genesis_is_by(&op, author) && genesis_is_taken(opening, &op, author))) {
        return RB_OK;
    }
    status = operations_before(opening->store, opening->log.row.id, sealed->row->seq, &before);
    if (status != RB_OK || before >= LOG_OPERATIONS_MAX) {
        return status;
    }
    *state = EVENT_DONE;
    return operation_keep(opening, sealed, &op);
}

enum rb_status control_event_open(struct opening *opening, const struct sealed *sealed,
                                  bool held_up, enum event_state *state, bool *progress) {
    struct payload payload;

    *state = EVENT_WAITING;
    enum rb_status status = opening_decrypt(opening, sealed, &payload);
    switch (status) {
    case RB_OK:
        break;
    case RB_NO_KEY:
        return RB_OK;
    case RB_UNKNOWN:
        *state = EVENT_DONE; /* a newer codec */
        return RB_OK;
    default:
        if (db_failed(status)) {
            return status;
        }
        if (sealed->row->seq == LOGCERT_SEQ) {
            return log_disown(opening, state);
        }
        *state = EVENT_UNREADABLE;
        return RB_OK;
    }
    if (sealed->row->seq == LOGCERT_SEQ) {
        return logcert_open(opening, &payload, state);
    }
    return operation_open(opening, sealed, &payload, held_up, state, progress);
}
