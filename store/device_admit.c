/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Another computer of one's own: admitting it, and being admitted. */
#include "store/devices.h"

#include "store/author.h"
#include "store/db.h"
#include "store/device_file.h"
#include "store/device_own.h"
#include "store/letters.h"
#include "store/own.h"
#include "store/self.h"

#include <stdlib.h>
#include <string.h>

/* ---- Admitting ---- */

static bool is_this_home(const struct store_self *self, const struct cert *device) {
    return memcmp(device->subject, self->device_cert.subject, sizeof device->subject) == 0 ||
           memcmp(device->transport, self->device_cert.transport, sizeof device->transport) == 0;
}

/* RB_REFUSED if a contact, or anybody whom a circle names, has this card's person or keys. */
static enum rb_status stranger_check(struct store *store, const struct card *card) {
    static const char sql[] =
        "SELECT 1"
        " FROM contact"
        " WHERE person = ?1"
        "    OR transport = ?2"
        " UNION ALL"
        " SELECT 1"
        " FROM cert"
        " WHERE person <> ?4"
        "   AND (person = ?1 OR transport = ?2 OR pk = ?3)"
        " LIMIT 1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(card->person.person, HASH_BYTES));
    db_bind_blob(query, 2, span_of(card->device.transport, BOX_PUBLIC_BYTES));
    db_bind_blob(query, 3, span_of(card->device.subject, SIGN_PUBLIC_BYTES));
    db_bind_blob(query, 4, span_of(store_self(store)->person, HASH_BYTES));
    const bool taken = db_step(query);
    const enum rb_status status = db_end(query);
    if (status != RB_OK) {
        return status;
    }
    return taken ? RB_REFUSED : RB_OK;
}

/* What is known of the card's device among the own ones. */
struct own_place {
    struct own_device *devices; /* owned */
    size_t count;
    size_t valid;                   /* that are not revoked, with this one */
    const struct own_device *known; /* with these keys, or NULL */
    bool is_named;                  /* another one is called so */
};

static bool has_key_of(const struct own_device *device, const struct cert *cert) {
    return memcmp(device->row.pk, cert->subject, sizeof device->row.pk) == 0 ||
           memcmp(device->row.transport, cert->transport, sizeof device->row.transport) == 0;
}

static enum rb_status place_find(struct store *store, const struct cert *device, struct span name,
                                 struct own_place *place) {
    const enum rb_status status = own_devices_load(store, &place->devices, &place->count);

    place->valid = 1;
    place->is_named = span_equal(store_self(store)->device_cert.name, name);
    for (size_t i = 0; i < place->count; i++) {
        const struct own_device *other = &place->devices[i];
        place->valid += !other->row.revoked;
        place->is_named = place->is_named ||
                          (!other->row.revoked && span_equal(span_text(other->row.name), name));
        if (has_key_of(other, device)) {
            place->known = other;
        }
    }
    return status;
}

static enum rb_status place_check(const struct own_place *place) {
    if (place->known != NULL) {
        return place->known->row.revoked ? RB_REFUSED : RB_OK;
    }
    if (place->valid >= CIRCLE_DEVICES_MAX) {
        return RB_TOO_LARGE;
    }
    return place->is_named ? RB_EXISTS : RB_OK;
}

/* A card with a certificate that was signed here before this store was put back. */
static enum rb_status signed_before(struct store *store, const struct card *card,
                                    struct writer *bytes) {
    bool revoked = false;

    const enum rb_status status =
        cert_is_known_revoked(store, card->device.id, card->person.person, &revoked);
    if (status != RB_OK || revoked) {
        return status == RB_OK ? RB_REFUSED : status;
    }
    writer_span(bytes, card->device.whole);
    return writer_end(bytes);
}

/* The certificate of the card's device: the one that it has, or a new one. */
static enum rb_status certificate_make(struct store *store, const struct card *card,
                                       const struct own_place *place, struct span name,
                                       int64_t now_ms, struct writer *bytes) {
    const struct store_self *self = store_self(store);

    if (place->known != NULL) {
        writer_span(bytes, span_of(place->known->whole, place->known->whole_len));
        return writer_end(bytes);
    }
    if (memcmp(card->person.person, self->person, HASH_BYTES) == 0) {
        return signed_before(store, card, bytes);
    }
    return cert_issue_further(bytes, self->identity, card->device.subject, card->device.transport,
                              name, now_ms / 1000);
}

/* The seal key in a card is of the certificate that is in it: it counts once that is the own
 * person's. */
static enum rb_status admission_keep(struct store *store, const struct cert *device,
                                     const struct card *card, struct span card_bytes,
                                     int64_t now_ms) {
    const bool is_own = memcmp(card->device.id, device->id, CERT_ID_BYTES) == 0;
    const int64_t card_ms = card->issued_ms < now_ms ? card->issued_ms : now_ms;
    uint8_t circle[HASH_BYTES];
    bool own = false;

    enum rb_status status = store_write_enter(store, &own);
    if (status != RB_OK) {
        return status;
    }
    status = own_device_keep(store, device, is_own ? &card->seal : NULL, &card_bytes, card_ms);
    if (status == RB_OK) {
        status = own_circle(store, now_ms, circle);
    }
    return store_write_leave(store, own, status);
}

/* With the letter that is on the card: nobody takes one that has ended or is revoked. */
static enum rb_status file_make(struct store *store, struct span device,
                                const struct span *addresses, size_t address_count, int64_t now_ms,
                                struct writer *file) {
    struct letter_row letter;
    struct writer card;

    writer_init(&card, CARD_BYTES_MAX);
    enum rb_status status = store_card(store, addresses, address_count, now_ms, &card);
    if (status == RB_OK) {
        status = letters_choose(store, NULL, now_ms, &letter);
    }
    if (status == RB_OK) {
        const struct device_file parts = {
            .person_cert = letter_row_cert(&letter),
            .chain = letter_row_chain(&letter),
            .device_cert = device,
            .card = writer_view(&card),
        };
        device_file_write(file, &parts);
        status = writer_end(file);
    }
    writer_clear(&card);
    return status;
}

static enum rb_status admit(struct store *store, const struct card *card, struct span card_bytes,
                            const struct own_place *place, struct span name, int64_t now_ms,
                            struct writer *bytes) {
    struct cert device;

    enum rb_status status = place_check(place);
    if (status == RB_OK) {
        status = certificate_make(store, card, place, name, now_ms, bytes);
    }
    if (status == RB_OK) {
        status = cert_decode(writer_view(bytes), &device);
    }
    return status == RB_OK ? admission_keep(store, &device, card, card_bytes, now_ms) : status;
}

enum rb_status device_admit(struct store *store, struct span card_bytes, struct span name,
                            const struct span *addresses, size_t address_count, int64_t now_ms,
                            struct writer *file) {
    const struct store_self *self = store_self(store);
    struct own_place place = { 0 };
    struct writer bytes;
    struct card card;

    if (self->identity->is_further) {
        return RB_NO_KEY;
    }
    writer_init(&bytes, CERT_BYTES_MAX);
    enum rb_status status = card_decode(card_bytes, &card);
    if (status == RB_OK) {
        status = is_this_home(self, &card.device) ? RB_REFUSED : stranger_check(store, &card);
    }
    if (status == RB_OK) {
        status = place_find(store, &card.device, name, &place);
    }
    if (status == RB_OK) {
        status = admit(store, &card, card_bytes, &place, name, now_ms, &bytes);
    }
    if (status == RB_OK) {
        status = file_make(store, writer_view(&bytes), addresses, address_count, now_ms, file);
    }
    free(place.devices);
    writer_clear(&bytes);
    return status;
}

/* ---- Being admitted ---- */

static enum rb_status home_is_used(struct store *store, bool *used) {
    static const char sql[] =
        "SELECT EXISTS (SELECT 1 FROM contact)"
        "  OR EXISTS (SELECT 1 FROM circle)"
        "  OR EXISTS (SELECT 1 FROM invitation)"
        "  OR EXISTS (SELECT 1 FROM office)"
        "  OR EXISTS (SELECT 1 FROM own_device)";
    struct db_row *query = db_query(store_db(store), sql);

    *used = db_step(query) && db_int(query, 0) != 0;
    return db_end(query);
}

/* Taken before: only where the other one is may be news. */
static enum rb_status admitter_renew(struct store *store, const struct device_admission *admission,
                                     int64_t now_ms) {
    const struct card *by = &admission->by;
    const int64_t card_ms = by->issued_ms < now_ms ? by->issued_ms : now_ms;
    bool own = false;
    enum rb_status status = store_write_enter(store, &own);

    if (status != RB_OK) {
        return status;
    }
    status = own_device_keep(store, &by->device, &by->seal, &admission->file.card, card_ms);
    return store_write_leave(store, own, status);
}

/* `*taken`: it was taken before. */
static enum rb_status take_check(struct store *store, const struct device_admission *admission,
                                 bool *taken) {
    const struct cert *own = &store_self(store)->device_cert;
    const struct cert *device = &admission->device;
    bool used = false;

    if (memcmp(device->subject, own->subject, sizeof own->subject) != 0 ||
        memcmp(device->transport, own->transport, sizeof own->transport) != 0) {
        return RB_NOT_FOUND;
    }
    *taken = memcmp(device->id, own->id, sizeof own->id) == 0;
    if (*taken) {
        return RB_OK;
    }
    const enum rb_status status = home_is_used(store, &used);
    return status == RB_OK && used ? RB_EXISTS : status;
}

enum rb_status device_check_take(struct store *store, struct span file) {
    struct device_admission admission;
    bool taken = false;

    const enum rb_status status = device_file_read(file, &admission);
    return status == RB_OK ? take_check(store, &admission, &taken) : status;
}

enum rb_status device_take(struct store *store, struct span file, int64_t now_ms) {
    struct device_admission admission;
    bool taken = false;

    enum rb_status status = device_file_read(file, &admission);
    if (status == RB_OK) {
        status = take_check(store, &admission, &taken);
    }
    if (status != RB_OK) {
        return status;
    }
    return taken ? admitter_renew(store, &admission, now_ms)
                 : self_become_further(store, &admission, now_ms);
}

/* ---- Telling the circles ---- */

struct circle_ids {
    uint8_t (*items)[HASH_BYTES]; /* owned */
    size_t count;
};

/* Where an own device is missing that keys could be sealed to. */
static enum rb_status circles_load(struct store *store, struct circle_ids *circles) {
    static const char sql[] =
        "SELECT circle.circle"
        " FROM member"
        " JOIN circle ON circle.id = member.circle"
        " WHERE member.person = ?1"
        "   AND member.state <= ?2"
        "   AND " CIRCLE_LACKS_OWN_DEVICE " ORDER BY circle.id";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(query, 2, MEMBER_ACCEPTED);
    while (db_step(query)) {
        circles->items = rb_realloc(circles->items, circles->count + 1, sizeof *circles->items);
        db_copy(query, 0, circles->items[circles->count++], HASH_BYTES);
    }
    return db_end(query);
}

enum rb_status devices_announce(struct store *store, int64_t now_ms, size_t *circles) {
    struct circle_ids ids = { 0 };
    size_t done = 0;

    enum rb_status status = circles_load(store, &ids);
    for (size_t i = 0; i < ids.count && status == RB_OK; i++) {
        bool written = false;
        status = author_devices(store, ids.items[i], now_ms, &written);
        done += written;
        if (status != RB_OK && !db_failed(status)) {
            status = RB_OK; /* it could not be done there: no key yet, for one */
        }
    }
    free(ids.items);
    if (status == RB_OK) {
        *circles = done;
    }
    return status;
}
