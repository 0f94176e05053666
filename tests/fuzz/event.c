/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events from a stranger: headers, payloads, bodies; and what a member could seal, right or
 * wrong.  The first byte says which. */
#include "tests/fuzz/fuzz.h"

#include "protocol/event.h"
#include "tests/support/repeat.h"

#include <assert.h>
#include <string.h>

enum { MODES = 5, FRONT_BYTES = EVENT_HEADER_BYTES + LOG_PK_BYTES + 8 + 2 * HASH_BYTES };

static struct epoch_key epoch;
static struct box_key box;
static const struct event_place place = { .seq = 3 };

static void start(void) {
    static bool started;
    const uint8_t key[KEY_BYTES] = { 1 };

    if (!started) {
        repeat_start(1);
        epoch_key_from(&epoch, key);
        crypt_box_from_seed(&box, key);
        started = true;
    }
}

/* A header that is read is written as the same bytes. */
static void try_header(struct span bytes) {
    uint8_t again[EVENT_HEADER_BYTES];
    struct event_header header;

    if (bytes.len >= EVENT_HEADER_BYTES && event_header_read(bytes.data, &header) == RB_OK) {
        event_header_write(again, &header);
        assert(memcmp(again, bytes.data, sizeof again) == 0);
    }
}

/* A payload that is read and written is read as the same again. */
static void try_payload(struct span bytes) {
    struct payload payload, again;
    struct writer out;

    if (payload_decode(bytes, &payload) != RB_OK) {
        return;
    }
    writer_init(&out, bytes.len);
    payload_encode(&out, &payload);
    assert(writer_end(&out) == RB_OK);
    assert(payload_decode(writer_view(&out), &again) == RB_OK);
    assert(again.type == payload.type && again.hlc == payload.hlc);
    assert(span_equal(again.body, payload.body));
    assert(memcmp(again.refs, payload.refs, sizeof again.refs) == 0);
    assert(memcmp(again.ctl, payload.ctl, sizeof again.ctl) == 0);
    writer_clear(&out);
}

/* Nobody without the key can make a body that opens. */
static void try_stranger(struct span bytes) {
    struct event_header header = { .key_body = bytes.len % 2 == 0, .body_len = 1 };
    struct epoch_key found;
    struct writer out;

    if (bytes.len == 0 || bytes.len > EVENT_BODY_BYTES_MAX) {
        return;
    }
    header.body_len = (uint32_t)bytes.len;
    memcpy(header.eid8, epoch.id, EID8_BYTES);
    writer_init(&out, EVENT_PAYLOAD_BYTES_MAX);
    assert(event_open(&out, &header, &place, &epoch, bytes) != RB_OK);
    assert(event_key_body_open(&found, &header, bytes, &box) != RB_OK);
    assert(out.len == 0);
    writer_clear(&out);
}

/* Any P under the right key and nonce: what opens has one form only. */
static void try_member(struct span padded) {
    uint8_t body[EVENT_BODY_BYTES_MAX], ad[FRONT_BYTES] = { 0 }, key[KEY_BYTES], siv[KEY_BYTES];
    struct event_header header = { .body_len = 1 }, again = { 0 };
    struct writer out, sealed;

    if (padded.len > EVENT_BODY_BYTES_MAX - NONCE_BYTES - TAG_BYTES) {
        return;
    }
    header.body_len = (uint32_t)(NONCE_BYTES + padded.len + TAG_BYTES);
    memcpy(header.eid8, epoch.id, EID8_BYTES);
    event_header_write(ad, &header);
    ad[EVENT_HEADER_BYTES + LOG_PK_BYTES] = (uint8_t)place.seq;
    memcpy(ad + FRONT_BYTES - HASH_BYTES, epoch.id, HASH_BYTES);
    crypt_hash(key, sizeof key, span_of(epoch.key, KEY_BYTES), "rk.ev", NULL, 0);
    crypt_hash(siv, sizeof siv, span_of(epoch.key, KEY_BYTES), "rk.siv", NULL, 0);
    struct span parts[] = { span_of(ad, sizeof ad), padded };
    crypt_hash(body, NONCE_BYTES, span_of(siv, sizeof siv), "", parts, 2);
    crypt_seal(body + NONCE_BYTES, key, body, parts[0], padded);

    writer_init(&out, EVENT_PAYLOAD_BYTES_MAX);
    writer_init(&sealed, EVENT_BODY_BYTES_MAX);
    if (event_open(&out, &header, &place, &epoch, span_of(body, header.body_len)) == RB_OK) {
        assert(event_seal(&sealed, &again, &place, &epoch, writer_view(&out)) == RB_OK);
        assert(span_equal(writer_view(&sealed), span_of(body, header.body_len)));
    }
    writer_clear(&out);
    writer_clear(&sealed);
}

/* What is sealed opens, if it is a payload at all. */
static void try_round_trip(struct span payload) {
    struct event_header header = { 0 };
    struct writer body, out;

    writer_init(&body, EVENT_BODY_BYTES_MAX);
    writer_init(&out, EVENT_PAYLOAD_BYTES_MAX);
    if (event_seal(&body, &header, &place, &epoch, payload) == RB_OK &&
        event_open(&out, &header, &place, &epoch, writer_view(&body)) == RB_OK) {
        assert(span_equal(writer_view(&out), payload));
    }
    writer_clear(&body);
    writer_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    static void (*const tries[MODES])(struct span) = { try_header, try_payload, try_stranger,
                                                       try_member, try_round_trip };

    start();
    if (len > 0) {
        tries[data[0] % MODES](span_of(data + 1, len - 1));
    }
    return 0;
}
