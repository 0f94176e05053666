/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that offices, and the devices of a person, hand to each other, from strangers: requests,
 * letters, chains, admissions, and the words of root keys; what is read says the same again when it
 * is written. */
#include "tests/fuzz/fuzz.h"

#include "store/device_file.h"
#include "store/devices.h"
#include "store/office_files.h"

#include <assert.h>
#include <string.h>

static void words_of(struct span text) {
    uint8_t seed[SIGN_SEED_BYTES], again[SIGN_SEED_BYTES];
    struct writer words = { .max = ROOT_KEY_WORDS_BYTES };
    size_t nth = 0;

    const enum rb_status status = root_words_read(text, seed, &nth);
    assert(nth <= ROOT_KEY_WORDS);
    if (status == RB_OK) {
        root_words_write(&words, seed);
        const enum rb_status told = root_words_read(writer_view(&words), again, &nth);
        assert(told == RB_OK);
        assert(memcmp(seed, again, sizeof seed) == 0);
    }
    writer_clear(&words);
}

static void request_of(struct span bytes) {
    struct office_request request;

    if (office_request_read(bytes, &request) == RB_OK) {
        assert(request.facts.rank >= RANK_PROVINCE);
        assert(request.facts.rank <= RANK_WORKER);
        assert(request.facts.region.len <= REGION_BYTES_MAX);
    }
}

static void chain_of(struct span bytes) {
    struct cert offices[CHAIN_CERTS_MAX];
    struct writer longer = { .max = CHAIN_BYTES_MAX };
    size_t count = 0;

    if (chain_decode(bytes, offices, &count) == RB_OK) {
        assert(count <= CHAIN_CERTS_MAX);
        const enum rb_status status = chain_put_first(&longer, offices[0].whole, bytes);
        assert(status == RB_OK || status == RB_TOO_LARGE);
    }
    writer_clear(&longer);
}

static void device_of(struct span bytes) {
    struct writer again = { .max = DEVICE_FILE_BYTES_MAX };
    struct device_admission admission;

    if (device_file_read(bytes, &admission) == RB_OK) {
        device_file_write(&again, &admission.file);
        assert(span_equal(writer_view(&again), bytes));
        assert(memcmp(admission.device.person, admission.person.person, HASH_BYTES) == 0);
        assert(memcmp(admission.by.person.person, admission.person.person, HASH_BYTES) == 0);
    }
    writer_clear(&again);
}

static void letter_of(struct span bytes) {
    struct writer again = { .max = LETTER_FILE_BYTES_MAX };
    struct span person, chain;

    if (letter_file_read(bytes, &person, &chain) == RB_OK) {
        letter_file_write(&again, person, chain);
        assert(span_equal(writer_view(&again), bytes));
        chain_of(chain);
    }
    writer_clear(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    const struct span bytes = span_of(data, len);

    if (crypt_start() != RB_OK) {
        return 0;
    }
    words_of(bytes);
    request_of(bytes);
    chain_of(bytes);
    letter_of(bytes);
    device_of(bytes);
    return 0;
}
