/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints tests/vectors/wire.json from fixed seeds: every frame, with what is in it, and the hashes
 * and signatures that both sides of a connection compute.  verify_wire.py makes the same without
 * this code. */
#include "protocol/wire.h"
#include "tests/support/log_maker.h"
#include "tests/vectors/json.h"

#include <assert.h>
#include <string.h>

/* ---- Writing ---- */

static void hex(const char *name, const void *bytes, size_t len) {
    json_hex(name, span_of(bytes, len));
}

/* Ends one frame's object. */
static void end_frame(struct writer *frame) {
    assert(writer_end(frame) == RB_OK);
    json_hex("frame", writer_view(frame));
    json_close('}');
    writer_reset(frame);
}

static void filled(uint8_t *out, size_t len, unsigned first) {
    for (size_t i = 0; i < len; i++) {
        out[i] = (uint8_t)(first + i);
    }
}

/* ---- Greeting: the HELLOs of two devices, and their PROOFs ---- */

struct side {
    enum wire_role role;
    struct sign_key device;
    uint8_t transport[BOX_PUBLIC_BYTES];
    struct wire_hello hello;
    struct writer frame;
};

static void side_init(struct side *side, enum wire_role role) {
    uint8_t seed[SIGN_SEED_BYTES];
    unsigned first = role == WIRE_DIALLED ? 0x10 : 0x50;

    *side = (struct side) { .role = role };
    filled(seed, sizeof seed, first);
    crypt_sign_from_seed(&side->device, seed);
    filled(side->transport, sizeof side->transport, first + 1);
    side->hello.protocol = WIRE_PROTOCOL;
    side->hello.role = role;
    filled(side->hello.device_cert, sizeof side->hello.device_cert, first + 2);
    filled(side->hello.nonce, sizeof side->hello.nonce, first + 3);
    filled(side->hello.store_inc, sizeof side->hello.store_inc, first + 4);
    side->hello.hlc = UINT64_C(0x019b76da0c000000) + first;
    side->hello.features = role == WIRE_DIALLED ? 0 : 5;
    writer_init(&side->frame, FRAME_BYTES_MAX);
    wire_hello(&side->frame, &side->hello);
}

static void emit_hello(const struct side *side) {
    const struct wire_hello *hello = &side->hello;

    json_open(NULL, '{');
    json_number("protocol", hello->protocol);
    hex("device_cert", hello->device_cert, sizeof hello->device_cert);
    hex("nonce", hello->nonce, sizeof hello->nonce);
    json_number("role", hello->role);
    hex("store_inc", hello->store_inc, sizeof hello->store_inc);
    json_number("hlc", hello->hlc);
    json_number("features", hello->features);
    json_hex("frame", writer_view(&side->frame));
    json_close('}');
}

static void emit_proof(const struct side *signer, const struct side *verifier) {
    uint8_t signature[SIGNATURE_BYTES];
    struct writer frame;

    writer_init(&frame, FRAME_BYTES_MAX);
    wire_proof_sign(signature, &signer->device, signer->role, signer->transport,
                    verifier->transport, writer_view(&signer->frame),
                    writer_view(&verifier->frame));
    wire_proof(&frame, signature);
    json_open(NULL, '{');
    json_number("role", signer->role);
    hex("device_seed", signer->device.seed, SIGN_SEED_BYTES);
    hex("device_public", signer->device.public, SIGN_PUBLIC_BYTES);
    hex("own_transport", signer->transport, sizeof signer->transport);
    hex("peer_transport", verifier->transport, sizeof verifier->transport);
    json_hex("own_hello", writer_view(&signer->frame));
    json_hex("peer_hello", writer_view(&verifier->frame));
    hex("signature", signature, sizeof signature);
    end_frame(&frame);
    writer_clear(&frame);
}

static void emit_rid(const struct side *dialler, const struct side *listener) {
    uint8_t circle[HASH_BYTES], rid[RID_BYTES], log8[LOG8_BYTES];

    filled(circle, sizeof circle, 0x80);
    wire_rid(rid, circle, dialler->hello.nonce, listener->hello.nonce);
    wire_short(log8, circle, dialler->hello.nonce, listener->hello.nonce);
    json_open("rid", '{');
    hex("circle", circle, sizeof circle);
    hex("dialler_nonce", dialler->hello.nonce, WIRE_NONCE_BYTES);
    hex("listener_nonce", listener->hello.nonce, WIRE_NONCE_BYTES);
    hex("rid", rid, sizeof rid);
    hex("log8", log8, sizeof log8); /* of a log that has the circle's name */
    json_close('}');
}

static void emit_greeting(void) {
    struct side dialler, listener;

    side_init(&dialler, WIRE_DIALLED);
    side_init(&listener, WIRE_LISTENED);
    json_open("hello", '[');
    emit_hello(&dialler);
    emit_hello(&listener);
    json_close(']');
    json_open("proof", '[');
    emit_proof(&dialler, &listener);
    emit_proof(&listener, &dialler);
    json_close(']');
    emit_rid(&dialler, &listener);
    writer_clear(&dialler.frame);
    writer_clear(&listener.frame);
}

/* ---- Circles ---- */

static void emit_list(struct writer *frame, size_t count, bool last) {
    struct wire_list_item items[3];

    json_open(NULL, '{');
    json_bool("last", last);
    json_open("items", '[');
    for (size_t i = 0; i < count; i++) {
        filled(items[i].rid, RID_BYTES, (unsigned)(0x20 + i));
        filled(items[i].fp, FP_BYTES, (unsigned)(0x60 + i));
        json_open(NULL, '{');
        hex("rid", items[i].rid, RID_BYTES);
        hex("fp", items[i].fp, FP_BYTES);
        json_close('}');
    }
    json_close(']');
    wire_list(frame, items, count, last);
    end_frame(frame);
}

static void emit_vector(struct writer *frame, const uint8_t *circle, size_t count) {
    static const uint64_t heads[] = { 1, 23, 24, 65536, SEQ_MAX };
    struct wire_log logs[sizeof heads / sizeof heads[0]];
    uint8_t rid[RID_BYTES];

    filled(rid, sizeof rid, 0x20);
    json_open(NULL, '{');
    hex("rid", rid, sizeof rid);
    json_hex("circle", span_of(circle, circle != NULL ? HASH_BYTES : 0));
    json_open("logs", '[');
    for (size_t i = 0; i < count; i++) {
        logs[i].head = heads[i];
        logs[i].missing = i;
        filled(logs[i].log8, LOG8_BYTES, (unsigned)(0x30 + i));
        filled(logs[i].hash8, 8, (unsigned)(0x70 + i));
        json_open(NULL, '{');
        hex("log8", logs[i].log8, LOG8_BYTES);
        json_number("head", logs[i].head);
        hex("hash8", logs[i].hash8, 8);
        json_number("missing", logs[i].missing);
        json_close('}');
    }
    json_close(']');
    wire_vector(frame, rid, circle, logs, count);
    end_frame(frame);
}

static void emit_want(struct writer *frame) {
    struct wire_want wants[2] = { { .from = 1, .to = 64 }, { .from = 1000, .to = 1000 } };
    uint8_t rid[RID_BYTES];

    filled(rid, sizeof rid, 0x20);
    json_open(NULL, '{');
    hex("rid", rid, sizeof rid);
    json_open("wants", '[');
    for (size_t i = 0; i < 2; i++) {
        filled(wants[i].log8, LOG8_BYTES, (unsigned)(0x30 + i));
        json_open(NULL, '{');
        hex("log8", wants[i].log8, LOG8_BYTES);
        json_number("from", wants[i].from);
        json_number("to", wants[i].to);
        json_close('}');
    }
    json_close(']');
    wire_want(frame, rid, wants, 2);
    end_frame(frame);
}

static void emit_ack(struct writer *frame) {
    struct wire_ack acks[2] = { { .handle = 0, .seq = 1 }, { .handle = 4000, .seq = SEQ_MAX } };

    json_open(NULL, '{');
    json_number("cursor", 123456789);
    json_open("acks", '[');
    for (size_t i = 0; i < 2; i++) {
        filled(acks[i].log8, LOG8_BYTES, (unsigned)(0x30 + i));
        json_open(NULL, '{');
        json_number("handle", acks[i].handle);
        hex("log8", acks[i].log8, LOG8_BYTES);
        json_number("seq", acks[i].seq);
        json_close('}');
    }
    json_close(']');
    wire_ack(frame, acks, 2, 123456789);
    end_frame(frame);
}

static void emit_circles(struct writer *frame) {
    uint8_t circle[HASH_BYTES];

    filled(circle, sizeof circle, 0x80);
    json_open("list", '[');
    emit_list(frame, 0, true);
    emit_list(frame, 3, false);
    json_close(']');
    json_open("vector", '[');
    emit_vector(frame, NULL, 5);
    emit_vector(frame, circle, 1);
    emit_vector(frame, circle, 0);
    json_close(']');
    json_open("want", '[');
    emit_want(frame);
    json_close(']');
    json_open("ack", '[');
    emit_ack(frame);
    json_close(']');
}

/* ---- Runs: of a log by a known key, with two epochs, a stub and a key body's flag ---- */

static void run_vary(struct run *run) {
    for (size_t i = 0; i < run->count; i++) {
        struct event *event = &run->events[i];
        event->header.class = (enum event_class)(i % EVENT_CLASS_COUNT);
        event->header.key_body = i == 1;
        memset(event->header.eid8, i < 2 ? 0xe1 : 0xe2, EID8_BYTES);
        if (i == 2) {
            event->stub = true;
            event->body = span_of(NULL, 0);
        }
    }
}

static void emit_event(const struct event *event) {
    json_open(NULL, '{');
    json_number("class", event->header.class);
    json_bool("key_body", event->header.key_body);
    json_bool("stub", event->stub);
    hex("eid8", event->header.eid8, EID8_BYTES);
    json_number("body_len", event->header.body_len);
    json_hex("body", event->body);
    hex("body_hash", event->body_hash, HASH_BYTES);
    json_close('}');
}

static void emit_run(struct writer *frame, const struct made_log *log, uint64_t first, size_t count,
                     uint64_t handle) {
    struct run run;

    made_log_run(log, first, count, &run);
    run_vary(&run);
    json_open(NULL, '{');
    json_number("handle", handle);
    hex("log", run.log, LOG_PK_BYTES);
    json_number("first", run.first);
    hex("previous8", run.previous8, sizeof run.previous8);
    json_number("rcv_upto", first * 1000);
    hex("signature", run.signature, SIGNATURE_BYTES);
    json_open("events", '[');
    for (size_t i = 0; i < run.count; i++) {
        emit_event(&run.events[i]);
    }
    json_close(']');
    wire_run(frame, handle, first * 1000, &run);
    end_frame(frame);
}

static void emit_runs(struct writer *frame) {
    struct made_log *log = made_log_new(1, 2 * BLOCK_EVENTS);

    json_open("run", '[');
    emit_run(frame, log, 1, 1, 0);
    emit_run(frame, log, 60, 5, 127);
    emit_run(frame, log, 65, 7, 65535);
    json_close(']');
    made_log_free(log);
}

/* ---- Small frames ---- */

static void emit_small(struct writer *frame) {
    uint8_t rid[RID_BYTES];

    filled(rid, sizeof rid, 0x20);
    json_open("credit", '{');
    json_number("bytes", CREDIT_START_BYTES / 4);
    wire_credit(frame, CREDIT_START_BYTES / 4);
    end_frame(frame);
    json_open("fork", '{');
    hex("rid", rid, sizeof rid);
    json_hex("proof", span_text("the bytes of a proof"));
    wire_fork(frame, rid, span_text("the bytes of a proof"));
    end_frame(frame);
    json_open("keyreq", '{');
    hex("rid", rid, sizeof rid);
    hex("eid8", rid + 4, EID8_BYTES);
    json_hex("seal_key", span_text("the bytes of an XKEY"));
    wire_keyreq(frame, rid, rid + 4, span_text("the bytes of an XKEY"));
    end_frame(frame);
    json_open("ping", '{');
    json_number("hlc", 987654321);
    json_number("queue", 3);
    wire_ping(frame, WIRE_PING, 987654321, 3);
    end_frame(frame);
    json_open("pong", '{');
    json_number("hlc", 0);
    json_number("queue", 300);
    wire_ping(frame, WIRE_PONG, 0, 300);
    end_frame(frame);
    json_open("err", '{');
    json_number("code", WIRE_ERR_LIMIT);
    json_number("retry_s", 60);
    wire_err(frame, WIRE_ERR_LIMIT, 60);
    end_frame(frame);
    json_open("bye", '{');
    json_number("reason", WIRE_BYE_STOPPING);
    wire_bye(frame, WIRE_BYE_STOPPING);
    end_frame(frame);
    json_open("join", '{');
    json_hex("answer", span_text("the bytes of an ANSWER"));
    wire_join(frame, span_text("the bytes of an ANSWER"));
    end_frame(frame);
    json_open("joined", '{');
    json_hex("card", span_text("the bytes of a CARD"));
    json_number("port", 7437);
    wire_joined(frame, span_text("the bytes of a CARD"), 7437);
    end_frame(frame);
}

/* ---- Revocations ---- */

static void emit_proved(struct writer *items, struct revoke_proof proof) {
    json_open(NULL, '{');
    json_hex("revoke", proof.revoke);
    json_hex("person", proof.person);
    json_hex("device", proof.device);
    json_hex("issuer", proof.issuer);
    json_hex("chain", proof.chain);
    json_close('}');
    revoke_proof_write(items, &proof);
}

static void emit_revokes(struct writer *frame) {
    struct revoke_proof of_person = {
        .revoke = span_text("the bytes of a REVOKE"),
        .person = span_text("the bytes of a person CERT"),
        .chain = span_text("the bytes of a chain"),
    };
    struct revoke_proof of_device = {
        .revoke = span_text("the bytes of a REVOKE"),
        .person = span_text("the bytes of a person CERT"),
        .device = span_text("the bytes of a device CERT"),
        .issuer = span_text("the bytes of the CERT of another device"),
    };
    struct writer items;

    writer_init(&items, REVOKES_ITEMS_MAX * REVOKE_PROOF_BYTES_MAX);
    json_open("revokes", '{');
    json_number("upto", 300);
    json_bool("last", false);
    json_open("items", '[');
    emit_proved(&items, of_person);
    emit_proved(&items, of_device);
    json_close(']');
    wire_revokes(frame, 300, writer_view(&items), 2, false);
    end_frame(frame);
    json_open("revokes_got", '{');
    json_number("upto", 300);
    wire_revokes_got(frame, 300);
    end_frame(frame);
    writer_clear(&items);
}

/* ---- Hashes ---- */

static void emit_fingerprint(size_t count) {
    struct log_line lines[3];
    uint8_t fp[FP_BYTES];

    json_open(NULL, '{');
    json_open("lines", '[');
    for (size_t i = 0; i < count; i++) {
        lines[i].head = 70 * i + 1;
        lines[i].missing = i % 2;
        filled(lines[i].log, LOG_PK_BYTES, (unsigned)(0x90 - i)); /* Not in their order. */
        filled(lines[i].hash, HASH_BYTES, (unsigned)(0xa0 + i));
        json_open(NULL, '{');
        hex("log", lines[i].log, LOG_PK_BYTES);
        json_number("head", lines[i].head);
        hex("hash", lines[i].hash, HASH_BYTES);
        json_number("missing", lines[i].missing);
        json_close('}');
    }
    json_close(']');
    circle_fingerprint(fp, lines, count);
    hex("fp", fp, sizeof fp);
    json_close('}');
}

static void emit_arrivals(void) {
    uint8_t hash[16] = { 0 };
    uint8_t log[LOG_PK_BYTES];

    json_open("arrival", '[');
    for (uint64_t rcv = 1; rcv <= 3; rcv++) {
        filled(log, sizeof log, (unsigned)rcv);
        arrival_hash_next(hash, rcv, log, 100 + rcv);
        json_open(NULL, '{');
        json_number("rcv", rcv);
        hex("log", log, sizeof log);
        json_number("seq", 100 + rcv);
        hex("hash", hash, sizeof hash);
        json_close('}');
    }
    json_close(']');
}

static void emit_subscription(size_t count) {
    uint8_t circles[3][HASH_BYTES];
    uint8_t hash[8];

    json_open(NULL, '{');
    json_open("circles", '[');
    for (size_t i = 0; i < count; i++) {
        filled(circles[i], HASH_BYTES, (unsigned)(0xc0 - i)); /* Not in their order. */
        hex(NULL, circles[i], HASH_BYTES);
    }
    json_close(']');
    subscription_hash(hash, (const uint8_t(*)[HASH_BYTES])circles, count);
    hex("hash", hash, sizeof hash);
    json_close('}');
}

static void emit_hashes(void) {
    json_open("fingerprint", '[');
    emit_fingerprint(0);
    emit_fingerprint(3);
    json_close(']');
    emit_arrivals();
    json_open("subscription", '[');
    emit_subscription(0);
    emit_subscription(3);
    json_close(']');
}

int main(void) {
    struct writer frame;

    if (crypt_start() != RB_OK) {
        return 1;
    }
    writer_init(&frame, FRAME_BYTES_MAX);
    json_open(NULL, '{');
    emit_greeting();
    emit_circles(&frame);
    emit_runs(&frame);
    emit_small(&frame);
    emit_revokes(&frame);
    emit_hashes();
    json_close('}');
    writer_clear(&frame);
    return 0;
}
