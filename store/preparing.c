/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is written before the next event, so that the right people can read it and nobody else:
 * keys, grants, what is revoked, one's own new seal key.  Declared in writing.h. */
#include "store/writing_internal.h"

#include "store/control_event.h"
#include "store/db.h"
#include "store/device_own.h"
#include "store/keyring.h"
#include "store/letters.h"
#include "store/revocations.h"
#include "store/revokers.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { EPOCH_RECIPIENTS_MAX = 32 }; /* parents and wraps stand in the same body */

static const struct store_self *self_of(const struct writing *writing) {
    return store_self(writing->opening->store);
}

/* The key of that id, borrowed until the next call on the keyring; RB_OK and NULL if it is not
 * held. */
static enum rb_status epoch_find(const struct writing *writing,
                                 const uint8_t eid[static HASH_BYTES],
                                 const struct epoch_key **epoch) {
    const struct opening *opening = writing->opening;

    return keyring_epoch(opening->store, opening->circle.circle, eid, epoch);
}

/* What epoch_plan asks the keyring, and whether the keyring could answer. */
struct key_question {
    const struct writing *writing;
    enum rb_status status;
};

static bool epoch_is_held(void *context, const uint8_t eid[static HASH_BYTES]) {
    struct key_question *question = context;
    const struct epoch_key *epoch = NULL;

    enum rb_status status = epoch_find(question->writing, eid, &epoch);
    if (status != RB_OK) {
        question->status = status;
    }
    return status == RB_OK && epoch != NULL;
}

static enum rb_status plan_make(struct writing *writing, struct epoch_plan *plan) {
    struct key_question question = { writing, RB_OK };

    enum rb_status status =
        epoch_plan(writing->opening->members.fold, self_of(writing)->device_cert.id, epoch_is_held,
                   &question, writing->now_ms, plan);
    return question.status == RB_OK ? status : question.status;
}

/* Devices of a key body: what `to` names, and what the seals are made for, in one order. */
struct recipient_list {
    uint8_t to[SEALS_PER_KEY_BODY_MAX][CERT_ID_BYTES];
    uint8_t keys[SEALS_PER_KEY_BODY_MAX][BOX_PUBLIC_BYTES];
    size_t count;
};

static void recipient_append(struct recipient_list *list, const struct recipient *recipient) {
    assert(list->count < SEALS_PER_KEY_BODY_MAX);
    memcpy(list->to[list->count], recipient->device, CERT_ID_BYTES);
    memcpy(list->keys[list->count], recipient->seal_key, BOX_PUBLIC_BYTES);
    list->count++;
}

static enum rb_status key_body_append(struct writing *writing, enum op_type type,
                                      const struct epoch_key *epoch,
                                      const struct recipient_list *list, struct span body) {
    const struct sealing sealing = {
        .class = EVENT_CONTROL,
        .epoch = epoch,
        .recipients = list->keys,
        .recipient_count = list->count,
    };

    return writing_append_operation(writing, &sealing, type, body);
}

/* The keys of a plan's heads, as far as they are held.  The caller wipes them. */
static enum rb_status wraps_collect(const struct writing *writing, const struct epoch_plan *plan,
                                    struct epoch_key wraps[static EPOCH_HEADS_MAX], size_t *count) {
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < plan->head_count && status == RB_OK; i++) {
        const struct epoch_key *held = NULL;
        status = epoch_find(writing, plan->heads[i], &held);
        if (held != NULL) {
            wraps[*count] = *held;
            (*count)++;
        }
    }
    return status;
}

/* Whom a new key is sealed to: not who is revoked, also where that is written under this key. */
static enum rb_status recipients_collect(const struct writing *writing,
                                         struct recipient_list *list) {
    const struct opening *opening = writing->opening;
    const struct circle *fold = opening->members.fold;
    const struct recipient *recipients;
    const size_t count = circle_recipients(fold, &recipients);
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < count && list->count < EPOCH_RECIPIENTS_MAX && status == RB_OK; i++) {
        bool due = false;
        status =
            revocation_is_due_of(opening->store, opening->circle.id, fold, &recipients[i], &due);
        if (status == RB_OK && !due) {
            recipient_append(list, &recipients[i]);
        }
    }
    return status;
}

static enum rb_status epoch_append(struct writing *writing, const struct epoch_plan *plan) {
    struct epoch_key wraps[EPOCH_HEADS_MAX];
    struct recipient_list list = { 0 };
    size_t wrap_count = 0;
    struct writer body;

    enum rb_status status = recipients_collect(writing, &list);
    if (status == RB_OK) {
        status = wraps_collect(writing, plan, wraps, &wrap_count);
    }
    if (status != RB_OK) {
        crypt_wipe(wraps, sizeof wraps);
        return status;
    }
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_epoch_encode(&body, plan->heads, plan->head_count, list.to, list.count, wraps, wrap_count);
    status = writer_end(&body);
    if (status == RB_OK) {
        status = key_body_append(writing, OP_EPOCH, &writing->epoch, &list, writer_view(&body));
    }
    crypt_wipe(wraps, sizeof wraps);
    writer_clear(&body);
    return status;
}

/* A new key, sealed to the devices of the present members: the first of them, grants do the
 * rest. */
static enum rb_status rotate(struct writing *writing, const struct epoch_plan *plan) {
    epoch_key_new(&writing->epoch);
    enum rb_status status = control_event_take_key(writing->opening, &writing->epoch);

    if (status == RB_OK) {
        status = writing_take_log(writing);
    }
    return status == RB_OK ? epoch_append(writing, plan) : status;
}

static enum rb_status grant_append(struct writing *writing, const struct epoch_grant *grant) {
    struct recipient_list list = { 0 };
    const struct recipient *recipients;
    struct epoch_key epoch;
    const struct epoch_key *held = NULL;
    struct writer body;

    enum rb_status status = epoch_find(writing, grant->epoch, &held);
    if (status != RB_OK || held == NULL) {
        return status == RB_OK ? RB_NO_KEY : status;
    }
    epoch = *held;
    (void)circle_recipients(writing->opening->members.fold, &recipients);
    for (size_t i = 0; i < grant->missing_count; i++) {
        recipient_append(&list, &recipients[grant->missing[i]]);
    }
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_keygrant_encode(&body, epoch.id, list.to, list.count);
    status = key_body_append(writing, OP_KEYGRANT, &epoch, &list, writer_view(&body));
    crypt_wipe(&epoch, sizeof epoch);
    writer_clear(&body);
    return status;
}

/* The first grant of a plan that is due, or NULL. */
static const struct epoch_grant *grant_due(const struct epoch_plan *plan,
                                           enum writing_grants grants) {
    for (size_t i = 0; i < plan->grant_count; i++) {
        const struct epoch_grant *grant = &plan->grants[i];
        bool is_used = memcmp(grant->epoch, plan->use, sizeof plan->use) == 0;
        if (grants == GRANTS_ALL || (grants != GRANTS_NONE && grant->authored_here) ||
            (grants == GRANTS_USED && is_used)) {
            return grant;
        }
    }
    return NULL;
}

bool writing_grants_due(struct writing *writing) {
    struct epoch_plan plan;

    return plan_make(writing, &plan) == RB_OK && !plan.rotate &&
           grant_due(&plan, GRANTS_OWN) != NULL;
}

/* One event of what is missing, or `*ready`. */
static enum rb_status prepare_step(struct writing *writing, enum writing_grants grants,
                                   bool *ready) {
    const struct epoch_key *held = NULL;
    struct epoch_plan plan;

    enum rb_status status = plan_make(writing, &plan);
    if (status != RB_OK) {
        return status;
    }
    if (plan.rotate) {
        return rotate(writing, &plan);
    }
    status = epoch_find(writing, plan.use, &held);
    if (status != RB_OK || held == NULL) {
        return status == RB_OK ? RB_NO_KEY : status;
    }
    writing->epoch = *held;
    status = writing_take_log(writing);
    if (status != RB_OK) {
        return status;
    }
    const struct epoch_grant *grant = grant_due(&plan, grants);
    *ready = grant == NULL;
    return grant == NULL ? RB_OK : grant_append(writing, grant);
}

static enum rb_status keys_prepare(struct writing *writing, enum writing_grants grants) {
    bool ready = false;

    for (int step = 0; step < PREPARE_STEPS_MAX; step++) {
        enum rb_status status = prepare_step(writing, grants, &ready);
        if (status != RB_OK || ready) {
            return status;
        }
    }
    return RB_REFUSED; /* members come faster than keys can be granted */
}

/* ---- Revocations ---- */

enum rb_status writing_locks(const struct writing *writing, const uint8_t person[static HASH_BYTES],
                             const uint8_t *device, struct op_lock locks[static OP_LOCKS_MAX],
                             size_t *count) {
    static const char sql[] =
        "SELECT log.origin, log.head, log.hash"
        " FROM log"
        " JOIN author ON author.log = log.id"
        " WHERE log.circle = ?1"
        "   AND log.parent IS NULL"
        "   AND author.person = ?2"
        "   AND (?3 IS NULL OR author.device_cert = ?3)"
        "   AND log.id <> ?4"
        " ORDER BY log.id DESC"
        " LIMIT ?5";
    struct opening *opening = writing->opening;
    struct db_row *query = db_query(store_db(opening->store), sql);

    *count = 0;
    db_bind_int(query, 1, opening->circle.id);
    db_bind_blob(query, 2, span_of(person, HASH_BYTES));
    if (device == NULL) {
        db_bind_null(query, 3);
    } else {
        db_bind_blob(query, 3, span_of(device, CERT_ID_BYTES));
    }
    db_bind_int(query, 4, opening->log.row.id);
    db_bind_int(query, 5, OP_LOCKS_MAX);
    while (db_step(query)) {
        struct op_lock *lock = &locks[*count];
        db_copy(query, 0, lock->log, sizeof lock->log);
        lock->seq = (uint64_t)db_int(query, 1);
        db_copy(query, 2, lock->hash, sizeof lock->hash);
        (*count)++;
    }
    return db_end(query);
}

/* Of a person certificate, all logs of the person are locked. */
static enum rb_status revoked_append(struct writing *writing, struct span whole) {
    struct op_lock locks[OP_LOCKS_MAX];
    uint8_t pk[SIGN_PUBLIC_BYTES], person[HASH_BYTES];
    struct revocation revocation;
    size_t count = 0;
    struct writer body;

    if (revoke_decode(whole, &revocation) != RB_OK) {
        return RB_DAMAGED; /* it was decoded before it was stored */
    }
    enum rb_status status = cert_row_find(writing->opening->store, writing->opening->circle.id,
                                          revocation.cert_id, person, pk);
    if (status != RB_OK && status != RB_NOT_FOUND) {
        return status;
    }
    status = writing_locks(writing, revocation.person, status == RB_OK ? revocation.cert_id : NULL,
                           locks, &count);
    if (status == RB_OK) {
        status = revocation_set_back(writing->opening->store, writing->opening->circle.id,
                                     &revocation, locks, &count);
    }
    if (status != RB_OK) {
        return status;
    }
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_revoked_encode(&body, whole, locks, count);
    status = writing_operation(writing, OP_REVOKED, writer_view(&body));
    writer_clear(&body);
    return status;
}

/* The next revocation that is due, or `*done`.  `whole` holds the one before: if that one is due
 * again, it cannot be written. */
static enum rb_status revocation_next(const struct writing *writing, struct writer *whole,
                                      bool *done) {
    struct opening *opening = writing->opening;
    struct writer next;

    writer_init(&next, CERT_BYTES_MAX);
    enum rb_status status =
        revocation_due(opening->store, opening->circle.id, opening->members.fold, &next);
    *done = status == RB_NOT_FOUND;
    if (status == RB_OK && span_equal(writer_view(&next), writer_view(whole))) {
        status = RB_REFUSED;
    } else if (status == RB_OK) {
        writer_reset(whole);
        writer_span(whole, writer_view(&next));
        status = writer_end(whole);
    }
    writer_clear(&next);
    return *done ? RB_OK : status;
}

/* Whom the circle must know for a revocation to count in it.  It ends, since who is named is found
 * no more. */
static enum rb_status revokers_write(struct writing *writing) {
    const struct opening *opening = writing->opening;
    enum rb_status status = RB_OK;
    struct writer body;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    while (status == RB_OK) {
        writer_reset(&body);
        status =
            revoker_find(opening->store, opening->circle.id, opening->members.fold, true, &body);
        if (status == RB_OK) {
            status = keys_prepare(writing, GRANTS_NONE);
        }
        if (status == RB_OK) {
            status = writing_operation(writing, OP_DEVICE, writer_view(&body));
        }
    }
    writer_clear(&body);
    return status == RB_NOT_FOUND ? RB_OK : status;
}

/* All that are due, before anything else, so that what is known to be stolen gets no key and no
 * further event: if one cannot be written, nothing is.  It ends, since each is written once. */
static enum rb_status revocations_write(struct writing *writing) {
    enum rb_status status = revokers_write(writing);
    bool done = false;
    struct writer whole;

    writer_init(&whole, CERT_BYTES_MAX);
    while (status == RB_OK && !done) {
        status = revocation_next(writing, &whole, &done);
        if (status == RB_OK && !done) {
            status = keys_prepare(writing, GRANTS_NONE);
        }
        if (status == RB_OK && !done) {
            status = revoked_append(writing, writer_view(&whole));
        }
    }
    writer_clear(&whole);
    return status;
}

/* ---- Devices ---- */

bool writing_device_due(const struct writing *writing) {
    const struct store_self *self = self_of(writing);
    const struct recipient *known =
        circle_recipient(writing->opening->members.fold, self->device_cert.id);

    return known != NULL && !crypt_equal(known->seal_key, self->seal.public, BOX_PUBLIC_BYTES);
}

/* This device with its newest seal key, or another one of oneself. */
static enum rb_status device_append(struct writing *writing, const struct own_device *other) {
    const struct members *members = &writing->opening->members;
    struct letter_row letter;
    struct op_pair pair;
    struct writer body;

    enum rb_status status =
        letters_pair(writing->opening->store, members->formal ? members->anchor : NULL,
                     writing->now_ms, &letter, &pair);
    if (status != RB_OK) {
        return status;
    }
    if (other != NULL) {
        pair.device_cert = span_of(other->whole, other->whole_len);
        pair.seal_key = span_of(other->seal, other->seal_len);
    }
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    op_device_encode(&body, &pair);
    status = writing_operation(writing, OP_DEVICE, writer_view(&body));
    writer_clear(&body);
    return status;
}

/* What the circle knows of one's own devices. */
struct own_recipients {
    size_t count;
    bool is_first; /* this one has the smallest id of them */
    bool has;      /* the one that is asked for */
};

static struct own_recipients own_recipients_find(const struct writing *writing,
                                                 const uint8_t device[static CERT_ID_BYTES]) {
    const struct store_self *self = self_of(writing);
    struct own_recipients found = { .is_first = true };
    const struct recipient *recipients;
    size_t count = circle_recipients(writing->opening->members.fold, &recipients);

    for (size_t i = 0; i < count; i++) {
        const uint8_t *id = recipients[i].device;
        if (memcmp(recipients[i].person, self->person, HASH_BYTES) == 0) {
            found.count++;
            found.has = found.has || memcmp(id, device, CERT_ID_BYTES) == 0;
            found.is_first = found.is_first && memcmp(id, self->device_cert.id, CERT_ID_BYTES) >= 0;
        }
    }
    return found;
}

/* The next of the own devices that the circle does not know and that keys can be sealed to, as far
 * as there is room for one more; from `*at` on, which moves behind it. */
static const struct own_device *further_next(const struct writing *writing,
                                             const struct own_device *devices, size_t count,
                                             size_t *at, bool *is_first) {
    while (*at < count) {
        const struct own_device *device = &devices[(*at)++];
        const struct own_recipients known = own_recipients_find(writing, device->row.cert);
        if (!device->row.revoked && device->seal_len > 0 && !known.has &&
            known.count < CIRCLE_DEVICES_MAX) {
            *is_first = known.is_first;
            return device;
        }
    }
    return NULL;
}

enum rb_status writing_further_due(const struct writing *writing, bool *due, bool *is_first) {
    struct own_device *devices = NULL;
    size_t count = 0, at = 0;

    const enum rb_status status = own_devices_load(writing->opening->store, &devices, &count);
    if (status == RB_OK) {
        *is_first = false;
        *due = further_next(writing, devices, count, &at, is_first) != NULL;
    }
    free(devices);
    return status;
}

/* DEVICE for each of them, and then the keys for all. */
static enum rb_status further_prepare(struct writing *writing) {
    struct own_device *devices = NULL;
    const struct own_device *next;
    size_t count = 0, at = 0, written = 0;
    bool is_first;

    enum rb_status status = own_devices_load(writing->opening->store, &devices, &count);
    while (status == RB_OK &&
           (next = further_next(writing, devices, count, &at, &is_first)) != NULL) {
        status = device_append(writing, next);
        written++;
    }
    free(devices);
    return status == RB_OK && written > 0 ? keys_prepare(writing, GRANTS_ALL) : status;
}

/* A device that knows itself to be revoked writes nothing, also where nobody has heard of it. */
static enum rb_status self_check(const struct writing *writing) {
    const struct store_self *self = self_of(writing);
    bool revoked = false;

    const enum rb_status status = cert_is_known_revoked(
        writing->opening->store, self->device_cert.id, self->person, &revoked);
    return status == RB_OK && revoked ? RB_REFUSED : status;
}

enum rb_status writing_prepare(struct writing *writing, enum writing_grants grants) {
    enum rb_status status = self_check(writing);

    if (status == RB_OK) {
        status = revocations_write(writing);
    }
    if (status == RB_OK) {
        status = keys_prepare(writing, grants);
    }
    if (status == RB_OK && writing_device_due(writing)) {
        status = device_append(writing, NULL);
    }
    return status == RB_OK && grants != GRANTS_NONE ? further_prepare(writing) : status;
}

/* ---- Granting one device ---- */

static bool is_missing(const struct epoch_grant *grant, size_t index) {
    for (size_t i = 0; i < grant->missing_count; i++) {
        if (grant->missing[i] == index) {
            return true;
        }
    }
    return false;
}

/* Its place among the recipients, or their number. */
static size_t device_place(const struct writing *writing,
                           const uint8_t device[static CERT_ID_BYTES]) {
    const struct recipient *recipients;
    size_t count = circle_recipients(writing->opening->members.fold, &recipients);
    size_t index = 0;

    while (index < count && memcmp(recipients[index].device, device, CERT_ID_BYTES) != 0) {
        index++;
    }
    return index;
}

/* One event of what the device lacks, or `*ready`. */
static enum rb_status grant_step(struct writing *writing,
                                 const uint8_t device[static CERT_ID_BYTES], bool *ready) {
    const struct recipient *recipients;
    struct epoch_plan plan;

    enum rb_status status = plan_make(writing, &plan);
    if (status != RB_OK) {
        return status;
    }
    size_t index = device_place(writing, device);
    if (index == circle_recipients(writing->opening->members.fold, &recipients)) {
        return RB_NOT_MEMBER;
    }
    if (plan.rotate) {
        return rotate(writing, &plan); /* the new key wraps all that is held */
    }
    for (size_t i = 0; i < plan.grant_count; i++) {
        if (is_missing(&plan.grants[i], index)) {
            plan.grants[i].missing[0] = index;
            plan.grants[i].missing_count = 1;
            status = writing_take_log(writing);
            return status == RB_OK ? grant_append(writing, &plan.grants[i]) : status;
        }
    }
    *ready = true;
    return RB_OK;
}

enum rb_status writing_grant(struct writing *writing, const uint8_t device[static CERT_ID_BYTES]) {
    enum rb_status status = self_check(writing);
    bool ready = false;

    if (status == RB_OK) {
        status = revocations_write(writing);
    }

    for (int step = 0; step < PREPARE_STEPS_MAX && status == RB_OK && !ready; step++) {
        status = grant_step(writing, device, &ready);
    }
    return status;
}

/* Two keys of a circle share 8 bytes only if somebody went to the trouble of making them so. */
enum { SAME_EID8_MAX = 4 };

/* The ids of the keys that are held and begin with eid8. */
static enum rb_status epoch_ids(const struct writing *writing,
                                const uint8_t eid8[static EID8_BYTES],
                                uint8_t ids[static SAME_EID8_MAX][HASH_BYTES], size_t *count) {
    const struct opening *opening = writing->opening;
    const struct epoch_key *epochs;
    size_t held = 0;

    enum rb_status status =
        keyring_epochs(opening->store, opening->circle.circle, eid8, &epochs, &held);
    for (*count = 0; status == RB_OK && *count < held && *count < SAME_EID8_MAX; (*count)++) {
        memcpy(ids[*count], epochs[*count].id, HASH_BYTES);
    }
    return status;
}

enum rb_status writing_grant_again(struct writing *writing, const uint8_t eid8[static EID8_BYTES],
                                   const uint8_t device[static CERT_ID_BYTES]) {
    struct epoch_grant grant = { .missing_count = 1 };
    uint8_t ids[SAME_EID8_MAX][HASH_BYTES];
    const struct recipient *recipients;
    size_t count = 0;

    grant.missing[0] = device_place(writing, device);
    if (grant.missing[0] == circle_recipients(writing->opening->members.fold, &recipients)) {
        return RB_NOT_MEMBER;
    }
    enum rb_status status = epoch_ids(writing, eid8, ids, &count);
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        memcpy(grant.epoch, ids[i], sizeof grant.epoch);
        status = grant_append(writing, &grant);
    }
    return status;
}
