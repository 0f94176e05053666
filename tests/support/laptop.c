/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/laptop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/contacts.h"
#include "store/key_requests.h"

#include <string.h>

struct people people;
uint8_t circle[HASH_BYTES], thread[REF_BYTES];

int ayu_buys_a_laptop(void **state) {
    (void)state;
    people_new(&people, 2);
    people_group(&people, 2, circle);
    assert_int_equal(
        thread_new(people.stores[AYU], circle, span_text("Rapat"), people_now(&people), thread),
        RB_OK);
    people.stores[LAPTOP] = home_new(folder_name(&people.folder, "laptop"), "Ayu di rumah");
    people.count = 3;
    return 0;
}

int go_home(void **state) {
    (void)state;
    people_end(&people);
    return 0;
}

/* ---- Admission ---- */

static const char at_home[] = "tcp://192.0.2.7:7440";

void card_of(size_t who, struct writer *card) {
    const struct span address = span_text(at_home);

    writer_init(card, CARD_BYTES_MAX);
    assert_int_equal(store_card(people.stores[who], &address, 1, people_now(&people), card), RB_OK);
}

enum rb_status admit(size_t by, size_t whom, const char *name, struct writer *file) {
    const struct span address = span_text(at_home);
    struct writer card;

    card_of(whom, &card);
    writer_init(file, DEVICE_FILE_BYTES_MAX);
    const enum rb_status status =
        device_admit(people.stores[by], writer_view(&card), span_text(name), &address, 1,
                     people_now(&people), file);
    writer_clear(&card);
    return status;
}

enum rb_status admit_only(size_t by, size_t whom, const char *name) {
    struct writer file;

    const enum rb_status status = admit(by, whom, name, &file);
    writer_clear(&file);
    return status;
}

void laptop_is_admitted(void) {
    struct writer file;

    assert_int_equal(admit(AYU, LAPTOP, "laptop", &file), RB_OK);
    assert_int_equal(device_take(people.stores[LAPTOP], writer_view(&file), people_now(&people)),
                     RB_OK);
    writer_clear(&file);
}

/* ---- Meeting: events, and then what they do not open ---- */

struct asking {
    size_t who, whom;
};

static bool ask(void *context, const uint8_t id[static HASH_BYTES],
                const uint8_t eid8[static EID8_BYTES]) {
    const struct asking *asking = context;
    const struct store_self *self = store_self(people.stores[asking->who]);
    struct key_request request = { .seal_key = self->seal.whole };

    memcpy(request.circle, id, sizeof request.circle);
    memcpy(request.eid8, eid8, sizeof request.eid8);
    memcpy(request.person, self->person, sizeof request.person);
    memcpy(request.device, self->device_cert.id, sizeof request.device);
    assert_int_equal(key_request_answer(people.stores[asking->whom], &request, people_now(&people)),
                     RB_OK);
    return true;
}

void asks(size_t who, size_t whom) {
    struct asking asking = { who, whom };

    assert_int_equal(key_requests_each(people.stores[who], people_id(&people, whom),
                                       store_self(people.stores[whom])->device_cert.id,
                                       people_now(&people), ask, &asking),
                     RB_OK);
}

void devices_meet(size_t one, size_t other) {
    people_meet(&people, one, other);
    asks(one, other);
    asks(other, one);
    people_meet(&people, one, other);
}

void laptop_is_a_device(void) {
    laptop_is_admitted();
    devices_meet(AYU, LAPTOP);
    people_meet(&people, AYU, BAYU);
}

bool sees(size_t who, const char *line) {
    static char transcript[TRANSCRIPT_BYTES];

    people_transcript(&people, who, thread, transcript);
    return strstr(transcript, line) != NULL;
}

void posts(size_t who, const char *text) {
    uint8_t ref[REF_BYTES];

    people_post(&people, who, thread, text, ref);
}

enum rb_status tries_to_post(size_t who) {
    uint8_t ref[REF_BYTES];

    return post_add(people.stores[who], thread, NULL, span_text("boleh?"), people_now(&people),
                    ref);
}

uint64_t head_of(size_t who) {
    struct log_line line;

    assert_true(people_own_log(&people, who, circle, &line));
    return line.head;
}

const uint8_t *device_of(size_t who) {
    return store_self(people.stores[who])->device_cert.id;
}

static bool reach_one(void *context, const struct contact *contact) {
    struct reachable *reachable = context;

    reachable->count++;
    reachable->of_ayu += memcmp(contact->person, people_id(&people, AYU), HASH_BYTES) == 0;
    if (memcmp(contact->device_cert, device_of(LAPTOP), CERT_ID_BYTES) == 0) {
        reachable->laptop = true;
        reachable->addresses = contact->address_count;
    }
    return true;
}

struct reachable reach(size_t who) {
    struct reachable reachable = { 0 };

    assert_int_equal(devices_reachable(people.stores[who], reach_one, &reachable), RB_OK);
    return reachable;
}

size_t revoke(size_t by, size_t whom) {
    size_t circles = 0;

    assert_int_equal(
        device_revoke(people.stores[by], device_of(whom), people_now(&people), &circles), RB_OK);
    return circles;
}
