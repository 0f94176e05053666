/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/world_office.h"

#include "store/letters.h"
#include "store/offices.h"

#include <stdio.h>
#include <stdlib.h>

enum { LETTER_PERCENT = 85 };

static void must(enum rb_status status) {
    if (status != RB_OK) {
        (void)fprintf(stderr, "the office cannot be made: status %d\n", (int)status);
        abort();
    }
}

static void office_found(struct sim_node *node, struct office_row *office) {
    const struct office_facts facts = { span_text("Dinas Sosial Kota Contoh"), span_text("3273"),
                                        RANK_DISTRICT };
    struct founding founding = { .office = { .seed = { 0 } } };

    must(founding_make(&founding, span_text("Jaringan Contoh"), &facts, sim_now_ms(node) / 1000));
    must(founding_save(node->store, &founding, office));
    founding_clear(&founding);
}

static void letter_give(struct sim_node *by, const struct office_row *office, struct sim_node *to,
                        enum person_role role) {
    const struct cert *self = &store_self(to->store)->person_cert;
    const struct person_facts facts = { self->name, role, span_text("327304"), span_text("") };
    const struct letter_facts letter = { .number = span_text("800/1"),
                                         .date = span_text("2026-01-02") };
    struct span person, chain;
    struct writer file;

    writer_init(&file, LETTER_FILE_BYTES_MAX);
    world_enter(by->world, by);
    must(letter_issue(by->store, office, self->subject, &facts, &letter, sim_now_ms(by), &file));
    world_enter(to->world, to);
    must(letter_file_read(writer_view(&file), &person, &chain));
    must(letters_take(to->store, person, chain, sim_now_ms(to)));
    world_enter(to->world, NULL);
    writer_clear(&file);
}

void office_gives_letters(struct world *world) {
    static const enum person_role roles[] = { ROLE_SUPERVISOR, ROLE_SAKTI_PEKSOS, ROLE_TKSK };
    struct random random = { .state = world->seed ^ UINT64_C(0x6C62272E07BB0142) };
    struct sim_node *keeper = &world->nodes[0];
    struct office_row office;

    world_enter(world, keeper);
    office_found(keeper, &office);
    world_enter(world, NULL);
    for (size_t i = 0; i < world->acquainted; i++) {
        const enum person_role role = roles[random_below(&random, sizeof roles / sizeof roles[0])];
        if (random_chance(&random, LETTER_PERCENT) || i == 0) {
            letter_give(keeper, &office, &world->nodes[i], role);
        }
    }
}

enum rb_status office_revokes(struct world *world, const struct sim_node *whom) {
    struct sim_node *keeper = &world->nodes[0];
    size_t circles = 0;

    if (!world->crowd.has_office || keeper->state != SIM_ON) {
        return world->crowd.has_office ? RB_BUSY : RB_NOT_FOUND;
    }
    world_enter(world, keeper);
    const enum rb_status status = letters_revoke(keeper->store, whom->person, span_text("hilang"),
                                                 sim_now_ms(keeper), &circles);
    world_enter(world, NULL);
    (void)sim_did(keeper, status);
    return status;
}
