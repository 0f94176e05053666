/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An invented person with fixed keys: certificates, seal key and card that are the same bytes in
 * every run, for unit tests and for the golden vectors. */
#ifndef REMBUK_TESTS_SARI_H
#define REMBUK_TESTS_SARI_H

#include "protocol/credential.h"

#define SARI_NOW_S  INT64_C(1700000000)
#define SARI_NOW_MS (SARI_NOW_S * 1000)

/* Keys from bytes of `fill`, fill + 1 and fill + 2. */
void sari_identity(struct identity *identity, uint8_t fill);

struct person_facts sari_facts(void);

/* The parts of one card; clear with sari_clear. */
struct sari {
    struct identity identity;
    struct writer person, device, seal, card;
};

void sari_make(struct sari *sari, uint8_t fill);
void sari_clear(struct sari *sari);

/* The card of `sari` made again, with these parts in place of its own; an empty chain: none. */
enum rb_status sari_card(struct sari *sari, struct span person, struct span device,
                         struct span seal, struct span chain) RB_MUST_CHECK;

#endif
