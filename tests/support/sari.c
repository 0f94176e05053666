/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/sari.h"

#include "protocol/limits.h"

#include <stdlib.h>
#include <string.h>

void sari_identity(struct identity *identity, uint8_t fill) {
    *identity = (struct identity) { .seal_generation = 1 };
    memset(identity->person.seed, fill, sizeof identity->person.seed);
    memset(identity->device_seed, fill + 1, sizeof identity->device_seed);
    memset(identity->seal.secret, fill + 2, sizeof identity->seal.secret);
    identity_derive(identity);
}

struct person_facts sari_facts(void) {
    return (struct person_facts) {
        .name = span_text("Sari Contoh"),
        .role = ROLE_TKSK,
        .region = span_text("327304"),
        .cluster = span_text("AJ"),
    };
}

static void must(enum rb_status status) {
    if (status != RB_OK) {
        abort();
    }
}

enum rb_status sari_card(struct sari *sari, struct span person, struct span device,
                         struct span seal, struct span chain) {
    const struct span addresses[] = { span_text("tcp://contoh.example:7437"),
                                      span_text("tcp://[2001:db8::1]:7437") };

    writer_reset(&sari->card);
    return card_issue(&sari->card, &sari->identity, person, device, seal, chain, addresses, 2,
                      span_text("+62 811 0000 000"), SARI_NOW_MS);
}

void sari_make(struct sari *sari, uint8_t fill) {
    const struct person_facts facts = sari_facts();
    struct cert device;

    sari_identity(&sari->identity, fill);
    writer_init(&sari->person, CERT_BYTES_MAX);
    writer_init(&sari->device, CERT_BYTES_MAX);
    writer_init(&sari->seal, CERT_BYTES_MAX);
    writer_init(&sari->card, CARD_BYTES_MAX);
    must(cert_issue_person(&sari->person, &sari->identity, &facts, SARI_NOW_S));
    must(cert_issue_device(&sari->device, &sari->identity, span_text("laptop"), SARI_NOW_S));
    must(cert_decode(writer_view(&sari->device), &device));
    must(seal_key_issue(&sari->seal, &sari->identity, device.id, SARI_NOW_MS));
    must(sari_card(sari, writer_view(&sari->person), writer_view(&sari->device),
                   writer_view(&sari->seal), (struct span) { 0 }));
}

void sari_clear(struct sari *sari) {
    writer_clear(&sari->card);
    writer_clear(&sari->seal);
    writer_clear(&sari->device);
    writer_clear(&sari->person);
    crypt_wipe(&sari->identity, sizeof sari->identity);
}
