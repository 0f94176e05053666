/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fuzz/cast.h"

#include "store/contacts.h"
#include "tests/support/homes.h"
#include "tests/support/offices.h"
#include "tests/support/sari.h"

#include <stdlib.h>
#include <string.h>

enum { FILL_FIRST = 0x10, FILL_STEP = 0x08, FILL_FURTHER = 0x04, OFFICE_FILL = 0xd3 };

static const char *const names[CAST_PEOPLE] = { "Sari Umpama", "Budi Misal", "Dewi Andaikan",
                                                "Rudi Seumpama", "Tuti Misalkan" };
static const enum person_role roles[CAST_PEOPLE] = { ROLE_SAKTI_PEKSOS, ROLE_SUPERVISOR,
                                                     ROLE_OPERATOR, ROLE_TKSK, ROLE_VOLUNTEER };

static void must(enum rb_status status) {
    if (status != RB_OK) {
        abort();
    }
}

static struct person_facts facts_of(size_t person) {
    return (struct person_facts) { .name = span_text(names[person]),
                                   .role = roles[person],
                                   .region = span_text("3273") };
}

static void device_make(struct cast_device *device, size_t person) {
    struct cert cert;

    writer_init(&device->cert, CERT_BYTES_MAX);
    writer_init(&device->seal_key, CERT_BYTES_MAX);
    must(cert_issue_device(&device->cert, &device->identity, span_text(names[person]),
                           HOMES_NOW_MS / 1000));
    must(cert_decode(writer_view(&device->cert), &cert));
    memcpy(device->cert_id, cert.id, sizeof device->cert_id);
    must(seal_key_issue(&device->seal_key, &device->identity, cert.id, HOMES_NOW_MS));
}

/* The device of the home is known already: its certificates are those that the store shows. */
static void device_of_home(struct cast_device *device, const struct store_self *self) {
    device->identity = *self->identity;
    writer_init(&device->cert, CERT_BYTES_MAX);
    writer_init(&device->seal_key, CERT_BYTES_MAX);
    writer_span(&device->cert, self->device_cert.whole);
    writer_span(&device->seal_key, self->seal.whole);
    memcpy(device->cert_id, self->device_cert.id, sizeof device->cert_id);
}

static void person_certify(struct cast_person *person, size_t which, struct span known) {
    const struct person_facts facts = facts_of(which);
    const struct identity *identity = &person->devices[0].identity;
    struct cert cert;

    writer_init(&person->cert, CERT_BYTES_MAX);
    writer_init(&person->letter, CERT_BYTES_MAX);
    if (known.len > 0) {
        writer_span(&person->cert, known);
    } else {
        must(cert_issue_person(&person->cert, identity, &facts, HOMES_NOW_MS / 1000));
    }
    must(cert_decode(writer_view(&person->cert), &cert));
    memcpy(person->cert_id, cert.id, sizeof person->cert_id);
    must(office_letter(&person->letter, identity->person.public, OFFICE_FILL, &facts,
                       HOMES_NOW_MS / 1000));
    identity_person_id(identity->person.public, person->id);
}

static void person_make(struct cast_person *person, size_t which, const struct store_self *home) {
    const uint8_t fill = (uint8_t)(FILL_FIRST + FILL_STEP * which);

    if (home != NULL) {
        device_of_home(&person->devices[0], home);
    } else {
        sari_identity(&person->devices[0].identity, fill);
        device_make(&person->devices[0], which);
    }
    sari_identity(&person->devices[1].identity, (uint8_t)(fill + FILL_FURTHER));
    person->devices[1].identity.person = person->devices[0].identity.person;
    device_make(&person->devices[1], which);
    person_certify(person, which, home == NULL ? span_of(NULL, 0) : home->person_cert.whole);
}

void cast_make(struct cast *cast, const struct store *own) {
    for (size_t i = 0; i < CAST_PEOPLE; i++) {
        person_make(&cast->people[i], i, i == CAST_OWNER ? store_self(own) : NULL);
    }
    writer_init(&cast->chain, CHAIN_BYTES_MAX);
    offices_chain(&cast->chain, offices_usual, OFFICES_USUAL, HOMES_NOW_MS / 1000);
    office_id(cast->anchor, offices_usual[OFFICES_USUAL - 1].fill);
    office_key(&cast->office, OFFICE_FILL);
}

void cast_introduce(const struct cast *cast, struct store *own) {
    const struct span none = { 0 };
    struct contact contact;
    struct writer card;
    bool renewed;

    writer_init(&card, CARD_BYTES_MAX);
    for (size_t i = 1; i < CAST_PEOPLE; i++) {
        const struct cast_person *person = &cast->people[i];
        const struct cast_device *device = &person->devices[0];
        writer_reset(&card);
        must(card_issue(&card, &device->identity, writer_view(&person->cert),
                        writer_view(&device->cert), writer_view(&device->seal_key), none, NULL, 0,
                        none, HOMES_NOW_MS));
        must(contact_add(own, writer_view(&card), HOMES_NOW_MS, &contact, &renewed));
    }
    must(contact_set_verified(own, cast->people[1].id, HOMES_NOW_MS));
    writer_clear(&card);
}

struct op_pair cast_pair(const struct cast *cast, size_t person, size_t device, bool letter) {
    const struct cast_person *whose = &cast->people[person];

    return (struct op_pair) {
        .person_cert = writer_view(letter ? &whose->letter : &whose->cert),
        .device_cert = writer_view(&whose->devices[device].cert),
        .seal_key = writer_view(&whose->devices[device].seal_key),
        .chain = letter ? writer_view(&cast->chain) : span_of(NULL, 0),
    };
}
