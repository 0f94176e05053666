/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/devices.h"

#include "protocol/text.h"
#include "store/db.h"
#include "store/device_own.h"

#include <stdlib.h>
#include <string.h>

/* ---- Devices of a person ---- */

/* How many of another person are looked at: those that a circle grants keys to are not more. */
enum { OTHERS_DEVICES_MAX = 4 * CIRCLE_DEVICES_MAX };

struct device_list {
    struct device_row *items; /* owned */
    size_t count;
};

static struct device_row *list_add(struct device_list *list) {
    list->items = rb_realloc(list->items, list->count + 1, sizeof *list->items);
    struct device_row *row = &list->items[list->count++];
    *row = (struct device_row) { 0 };
    return row;
}

static struct device_row *list_find(const struct device_list *list,
                                    const uint8_t cert[static CERT_ID_BYTES]) {
    for (size_t i = 0; i < list->count; i++) {
        if (memcmp(list->items[i].cert, cert, CERT_ID_BYTES) == 0) {
            return &list->items[i];
        }
    }
    return NULL;
}

static int older_first(const void *a, const void *b) {
    const struct device_row *one = a, *other = b;

    if (one->from_s != other->from_s) {
        return one->from_s < other->from_s ? -1 : 1;
    }
    return memcmp(one->cert, other->cert, sizeof one->cert);
}

static enum rb_status this_one_list(struct store *store, struct device_list *list) {
    const struct cert *cert = &store_self(store)->device_cert;
    struct device_row *row = list_add(list);

    memcpy(row->cert, cert->id, sizeof row->cert);
    memcpy(row->pk, cert->subject, sizeof row->pk);
    memcpy(row->transport, cert->transport, sizeof row->transport);
    text_copy(row->name, sizeof row->name, cert->name);
    row->is_this = true;
    row->from_s = cert->not_before_s;
    return cert_is_known_revoked(store, cert->id, store_self(store)->person, &row->revoked);
}

static enum rb_status own_list(struct store *store, struct device_list *list) {
    struct own_device *devices = NULL;
    size_t count = 0;

    enum rb_status status = this_one_list(store, list);
    if (status == RB_OK) {
        status = own_devices_load(store, &devices, &count);
    }
    for (size_t i = 0; i < count; i++) {
        *list_add(list) = devices[i].row;
    }
    free(devices);
    return status;
}

/* Those that operations of circles name. */
static enum rb_status named_list(struct store *store, const uint8_t person[static HASH_BYTES],
                                 struct device_list *list) {
    static const char sql[] =
        "SELECT DISTINCT device, pk, transport, device_name, from_s,"
        "  EXISTS (SELECT 1 FROM revocation"
        "    WHERE revocation.cert = cert.device AND revocation.person = cert.person)"
        " FROM cert"
        " WHERE person = ?1"
        " ORDER BY from_s, device"
        " LIMIT ?2";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(person, HASH_BYTES));
    db_bind_int(query, 2, OTHERS_DEVICES_MAX);
    while (db_step(query)) {
        struct device_row *row = list_add(list);
        db_copy(query, 0, row->cert, sizeof row->cert);
        db_copy(query, 1, row->pk, sizeof row->pk);
        db_copy(query, 2, row->transport, sizeof row->transport);
        text_copy(row->name, sizeof row->name, db_text(query, 3));
        row->from_s = db_int(query, 4);
        row->revoked = db_int(query, 5) != 0;
    }
    return db_end(query);
}

static enum rb_status card_of_contact(struct store *store, const uint8_t person[static HASH_BYTES],
                                      struct writer *bytes, struct cert *device) {
    struct op_pair pair;
    const enum rb_status status = contact_pair(store, person, bytes, &pair);

    if (status != RB_OK) {
        return status;
    }
    return cert_decode(pair.device_cert, device) == RB_OK ? RB_OK : RB_DAMAGED;
}

/* The device of a contact's card, which alone is seen under the contact's name. */
static enum rb_status card_list(struct store *store, const uint8_t person[static HASH_BYTES],
                                struct device_list *list) {
    struct contact contact;
    struct writer bytes;
    struct cert device;

    writer_init(&bytes, CARD_BYTES_MAX);
    enum rb_status status = card_of_contact(store, person, &bytes, &device);
    if (status == RB_OK) {
        status = contact_get(store, person, &contact);
    }
    if (status != RB_OK) {
        goto done;
    }
    struct device_row *row = list_find(list, device.id);
    if (row == NULL) {
        row = list_add(list);
        memcpy(row->cert, device.id, sizeof row->cert);
        memcpy(row->pk, device.subject, sizeof row->pk);
        memcpy(row->transport, device.transport, sizeof row->transport);
        text_copy(row->name, sizeof row->name, device.name);
        row->from_s = device.not_before_s;
        status = cert_is_known_revoked(store, device.id, person, &row->revoked);
    }
    row->last_seen_ms = contact.last_seen_ms;
done:
    writer_clear(&bytes);
    return status == RB_NOT_FOUND ? RB_OK : status;
}

enum rb_status devices_each(struct store *store, const uint8_t person[static HASH_BYTES],
                            bool (*each)(void *context, const struct device_row *), void *context) {
    struct device_list list = { 0 };
    enum rb_status status;

    if (memcmp(person, store_self(store)->person, HASH_BYTES) == 0) {
        status = own_list(store, &list);
    } else {
        status = named_list(store, person, &list);
        if (status == RB_OK) {
            status = card_list(store, person, &list);
        }
    }
    if (status == RB_OK && list.count > 0) {
        qsort(list.items, list.count, sizeof *list.items, older_first);
    }
    for (size_t i = 0; i < list.count && status == RB_OK && each(context, &list.items[i]); i++) {
    }
    free(list.items);
    return status;
}

/* ---- Whoever can be reached ---- */

struct reach {
    struct store *store;
    struct contact *items; /* owned */
    size_t count;
};

/* A connection is told whose it is by its transport key: the first that claims one has it, and
 * nobody's is that of this home. */
static bool is_claimed(const struct reach *reach,
                       const uint8_t transport[static BOX_PUBLIC_BYTES]) {
    if (memcmp(store_self(reach->store)->device_cert.transport, transport, BOX_PUBLIC_BYTES) == 0) {
        return true;
    }
    for (size_t i = 0; i < reach->count; i++) {
        if (memcmp(reach->items[i].transport, transport, BOX_PUBLIC_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

static struct contact *reach_add(struct reach *reach, const struct contact *contact) {
    if (is_claimed(reach, contact->transport)) {
        return NULL;
    }
    reach->items = rb_realloc(reach->items, reach->count + 1, sizeof *reach->items);
    reach->items[reach->count] = *contact;
    return &reach->items[reach->count++];
}

static enum rb_status addresses_fill(struct store *store, struct contact *contact) {
    struct writer bytes;
    struct card card;

    writer_init(&bytes, CARD_BYTES_MAX);
    enum rb_status status = own_device_card(store, contact->device_cert, &bytes);
    if (status == RB_OK && bytes.len > 0) {
        status = card_decode(writer_view(&bytes), &card) == RB_OK ? RB_OK : RB_DAMAGED;
        for (size_t i = 0; status == RB_OK && i < card.address_count; i++) {
            text_copy(contact->addresses[i], sizeof contact->addresses[i], card.addresses[i]);
            contact->address_count = i + 1;
        }
    }
    writer_clear(&bytes);
    return status;
}

static struct contact device_as_contact(const struct contact *person,
                                        const struct device_row *device) {
    struct contact contact = *person;

    contact.revoked = false;
    contact.address_count = 0;
    contact.last_seen_ms = device->last_seen_ms;
    memcpy(contact.device_cert, device->cert, sizeof contact.device_cert);
    memcpy(contact.device_pk, device->pk, sizeof contact.device_pk);
    memcpy(contact.transport, device->transport, sizeof contact.transport);
    return contact;
}

static struct contact self_as_contact(const struct store_self *self) {
    struct contact contact = { .verified = true, .role = self->person_cert.role };

    memcpy(contact.person, self->person, sizeof contact.person);
    memcpy(contact.person_pk, self->person_cert.subject, sizeof contact.person_pk);
    text_copy(contact.name, sizeof contact.name, self->person_cert.name);
    text_copy(contact.region, sizeof contact.region, self->person_cert.region);
    text_copy(contact.cluster, sizeof contact.cluster, self->person_cert.cluster);
    return contact;
}

/* A device that knows itself to be revoked has no business with the others. */
static enum rb_status own_reach(struct reach *reach) {
    const struct contact self = self_as_contact(store_self(reach->store));
    struct own_device *devices = NULL;
    bool revoked = false;
    size_t count = 0;

    enum rb_status status = cert_is_known_revoked(
        reach->store, store_self(reach->store)->device_cert.id, self.person, &revoked);
    if (status == RB_OK && !revoked) {
        status = own_devices_load(reach->store, &devices, &count);
    }
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        struct contact device = device_as_contact(&self, &devices[i].row);
        memcpy(device.name, devices[i].row.name, sizeof device.name);
        status = addresses_fill(reach->store, &device);
        if (status == RB_OK && !devices[i].row.revoked) {
            (void)reach_add(reach, &device); /* NULL: its key is another's */
        }
    }
    free(devices);
    return status;
}

struct all_contacts {
    struct contact *items; /* owned */
    size_t count;
};

static bool contact_keep(void *context, const struct contact *contact) {
    struct all_contacts *all = context;

    all->items = rb_realloc(all->items, all->count + 1, sizeof *all->items);
    all->items[all->count++] = *contact;
    return true;
}

static enum rb_status further_reach(struct reach *reach, const struct contact *contact) {
    struct device_list list = { 0 };
    size_t taken = 0;

    enum rb_status status = named_list(reach->store, contact->person, &list);
    for (size_t i = 0; i < list.count && status == RB_OK && taken < CIRCLE_DEVICES_MAX; i++) {
        const struct contact device = device_as_contact(contact, &list.items[i]);
        if (!list.items[i].revoked &&
            memcmp(device.device_cert, contact->device_cert, CERT_ID_BYTES) != 0) {
            taken += reach_add(reach, &device) != NULL;
        }
    }
    free(list.items);
    return status;
}

/* The devices of cards come before those that only circles name, so that nobody takes the place of
 * a contact by naming his key. */
static enum rb_status all_reach(struct reach *reach, const struct all_contacts *all) {
    enum rb_status status = own_reach(reach);

    for (size_t i = 0; i < all->count; i++) {
        if (!all->items[i].revoked) {
            (void)reach_add(reach, &all->items[i]); /* NULL: its key is another's */
        }
    }
    for (size_t i = 0; i < all->count && status == RB_OK; i++) {
        if (!all->items[i].person_revoked) {
            status = further_reach(reach, &all->items[i]);
        }
    }
    return status;
}

enum rb_status devices_reachable(struct store *store,
                                 bool (*each)(void *context, const struct contact *),
                                 void *context) {
    struct reach reach = { .store = store };
    struct all_contacts all = { 0 };

    enum rb_status status = contact_each(store, contact_keep, &all);
    if (status == RB_OK) {
        status = all_reach(&reach, &all);
    }
    for (size_t i = 0; i < reach.count && status == RB_OK && each(context, &reach.items[i]); i++) {
    }
    free(all.items);
    free(reach.items);
    return status;
}

enum rb_status devices_known(struct store *store, uint64_t *count) {
    static const char sql[] =
        "SELECT (SELECT count(*) FROM own_device)"
        "  + (SELECT count(DISTINCT device) FROM cert JOIN contact USING (person))";
    struct db_row *query = db_query(store_db(store), sql);

    const uint64_t found = db_step(query) ? (uint64_t)db_int(query, 0) : 0;
    const enum rb_status status = db_end(query);
    if (status == RB_OK) {
        *count = found;
    }
    return status;
}

enum rb_status device_seen(struct store *store, const uint8_t device[static CERT_ID_BYTES],
                           int64_t now_ms) {
    static const char sql[] =
        "UPDATE own_device"
        " SET seen_ms = ?2"
        " WHERE cert = ?1";
    bool own = false;
    const enum rb_status status = store_write_enter(store, &own);

    if (status != RB_OK) {
        return status;
    }
    struct db_row *query = db_query(store_db(store), sql);
    db_bind_blob(query, 1, span_of(device, CERT_ID_BYTES));
    db_bind_int(query, 2, now_ms);
    return store_write_leave(store, own, db_run(query));
}
