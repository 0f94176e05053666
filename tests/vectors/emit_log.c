/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints the vectors of logs, events, operations and records: log.json.  One invented author writes
 * one log with every kind of event in it; what they mean together is not the point here. */
#include "protocol/casework/case_record.h"
#include "protocol/casework/contact.h"
#include "protocol/casework/group.h"
#include "protocol/casework/thread.h"
#include "protocol/log.h"
#include "protocol/ops.h"
#include "tests/support/repeat.h"
#include "tests/support/sari.h"
#include "tests/vectors/json.h"

#include <stdlib.h>
#include <string.h>

enum { BODY_MAX = 16384, RECIPIENTS = 2 };

static const int64_t START_MS = SARI_NOW_MS;

/* The author, what he holds, and where his log is. */
static struct {
    struct sari sari;
    struct sign_key log_key;
    struct box_key boxes[RECIPIENTS];
    uint8_t box_ids[RECIPIENTS][CERT_ID_BYTES];
    struct epoch_key epochs[2];
    struct log_head head;
    uint64_t hlc;
    struct run written;       /* the whole log, bodies left out: it ends within its first block */
    struct fork_branch block; /* the same as hashes */
    uint8_t refs[BLOCK_EVENTS + 1][REF_BYTES];
} author;

static void must(enum rb_status status) {
    if (status != RB_OK) {
        abort();
    }
}

static void hex(const char *name, const void *bytes, size_t len) {
    json_hex(name, span_of(bytes, len));
}

/* ---- Keys and certificates ---- */

static void author_begin(void) {
    uint8_t seed[32];
    struct cert device;

    sari_make(&author.sari, 1);
    memset(seed, 0x04, sizeof seed);
    crypt_sign_from_seed(&author.log_key, seed);
    log_head_empty(&author.head, author.log_key.public);
    author.boxes[0] = author.sari.identity.seal;
    memset(seed, 0x05, sizeof seed);
    crypt_box_from_seed(&author.boxes[1], seed);
    must(cert_decode(writer_view(&author.sari.device), &device));
    memcpy(author.box_ids[0], device.id, CERT_ID_BYTES);
    memset(author.box_ids[1], 0x55, CERT_ID_BYTES);
    for (size_t i = 0; i < 2; i++) {
        memset(seed, (int)(0x06 + i), sizeof seed);
        epoch_key_from(&author.epochs[i], seed);
    }
}

static void print_keys(void) {
    json_open("keys", '{');
    hex("log_seed", author.log_key.seed, SIGN_SEED_BYTES);
    hex("log_public", author.log_key.public, SIGN_PUBLIC_BYTES);
    hex("log_first_hash", author.head.hash, HASH_BYTES);
    hex("device_seed", author.sari.identity.device.seed, SIGN_SEED_BYTES);
    hex("device_public", author.sari.identity.device.public, SIGN_PUBLIC_BYTES);
    json_hex("person_cert", writer_view(&author.sari.person));
    json_hex("device_cert", writer_view(&author.sari.device));
    json_hex("seal_key", writer_view(&author.sari.seal));
    json_open("epochs", '[');
    for (size_t i = 0; i < 2; i++) {
        json_open(NULL, '{');
        hex("key", author.epochs[i].key, KEY_BYTES);
        hex("id", author.epochs[i].id, HASH_BYTES);
        json_close('}');
    }
    json_close(']');
    json_open("recipients", '[');
    for (size_t i = 0; i < RECIPIENTS; i++) {
        json_open(NULL, '{');
        hex("cert_id", author.box_ids[i], CERT_ID_BYTES);
        hex("secret", author.boxes[i].secret, BOX_SECRET_BYTES);
        hex("public", author.boxes[i].public, BOX_PUBLIC_BYTES);
        json_close('}');
    }
    json_close(']');
    json_close('}');
}

/* ---- One event ---- */

/* How an event is to be written.  0 recipients: an ordinary body. */
struct plan {
    uint64_t type;
    enum event_class class;
    struct span body;
    uint64_t refs[2]; /* seqs; 0 ends */
    uint64_t ctl;     /* seq, or 0 */
    size_t epoch;
    size_t recipient; /* the first one */
    size_t recipients;
};

static struct payload payload_of(const struct plan *plan) {
    struct payload payload = { .type = plan->type, .hlc = author.hlc, .body = plan->body };

    for (size_t i = 0; i < 2 && plan->refs[i] != 0; i++) {
        memcpy(payload.refs[payload.ref_count++], author.refs[plan->refs[i]], REF_BYTES);
    }
    if (plan->ctl != 0) {
        memcpy(payload.ctl[payload.ctl_count++], author.refs[plan->ctl], REF_BYTES);
    }
    return payload;
}

/* Seals the payload at the head of the log; the event's body goes to `body`. */
static void event_make(struct event *event, const struct plan *plan, struct span payload,
                       struct writer *body) {
    const struct epoch_key *epoch = &author.epochs[plan->epoch];
    struct event_place place = { .seq = author.head.seq + 1 };
    uint8_t recipients[RECIPIENTS][BOX_PUBLIC_BYTES];

    memcpy(place.log, author.log_key.public, sizeof place.log);
    memcpy(place.previous, author.head.hash, sizeof place.previous);
    *event = (struct event) { .header.class = plan->class };
    for (size_t i = 0; i < plan->recipients; i++) {
        memcpy(recipients[i], author.boxes[plan->recipient + i].public, BOX_PUBLIC_BYTES);
    }
    if (plan->recipients == 0) {
        must(event_seal(body, &event->header, &place, epoch, payload));
    } else {
        must(event_seal_key_body(body, &event->header, &place, epoch,
                                 (const uint8_t(*)[BOX_PUBLIC_BYTES])recipients, plan->recipients,
                                 payload));
    }
    event->body = writer_view(body);
    event_body_hash(event->body_hash, event->body);
}

static void print_refs(const char *name, const uint8_t (*refs)[REF_BYTES], size_t count) {
    json_open(name, '[');
    for (size_t i = 0; i < count; i++) {
        hex(NULL, refs[i], REF_BYTES);
    }
    json_close(']');
}

static void print_event(const char *name, const struct plan *plan, const struct payload *payload,
                        struct span encoded, const struct run *run) {
    const struct event *event = &run->events[0];
    uint8_t header[EVENT_HEADER_BYTES];
    size_t at = (size_t)run->first - 1;

    event_header_write(header, &event->header);
    json_open(NULL, '{');
    json_text("name", span_text(name));
    json_number("seq", run->first);
    json_number("class", event->header.class);
    json_number("epoch", plan->epoch);
    json_number("recipient", plan->recipient);
    json_number("recipients", plan->recipients);
    json_number("type", payload->type);
    json_number("hlc", payload->hlc);
    json_hex("body", payload->body);
    print_refs("refs", payload->refs, payload->ref_count);
    print_refs("ctl", payload->ctl, payload->ctl_count);
    json_hex("payload", encoded);
    hex("header", header, sizeof header);
    json_hex("sealed", event->body);
    hex("body_hash", event->body_hash, HASH_BYTES);
    hex("event_hash", author.block.event_hashes[at], HASH_BYTES);
    hex("hash", author.head.hash, HASH_BYTES);
    hex("signature", author.head.signature, SIGNATURE_BYTES);
    hex("ref", author.refs[run->first], REF_BYTES);
    json_close('}');
}

/* Remembers the event for its successors, their references and the fork. */
static void event_keep(const struct run *run, const struct run_result *result) {
    struct event *kept = &author.written.events[author.block.count];

    *kept = run->events[0];
    kept->stub = true;
    kept->body = (struct span) { 0 };
    event_hash(author.block.event_hashes[author.block.count], &kept->header, kept->body_hash);
    author.block.count++;
    memcpy(author.block.signature, run->signature, SIGNATURE_BYTES);
    event_ref(author.refs[run->first], run->log, run->first, result->head.hash);
    author.head = result->head;
}

static void write_event(const char *name, const struct plan *plan) {
    struct run run = { .first = author.head.seq + 1, .count = 1 };
    struct run_result result;
    struct writer encoded, body;

    author.hlc = hlc_next(author.hlc, START_MS + (int64_t)run.first / 3 * 1000);
    struct payload payload = payload_of(plan);
    writer_init(&encoded, BODY_MAX);
    payload_encode(&encoded, &payload);
    writer_init(&body, EVENT_BODY_BYTES_MAX);
    event_make(&run.events[0], plan, writer_view(&encoded), &body);
    memcpy(run.log, author.log_key.public, sizeof run.log);
    log_append(&author.head, &author.log_key, &run, &result);
    event_keep(&run, &result);
    print_event(name, plan, &payload, writer_view(&encoded), &run);
    writer_clear(&encoded);
    writer_clear(&body);
}

/* ---- The log ---- */

static void write_body(const char *name, struct plan plan, struct writer *body) {
    plan.body = writer_view(body);
    write_event(name, &plan);
    writer_clear(body);
}

static struct op_pair author_pair(void) {
    return (struct op_pair) {
        .person_cert = writer_view(&author.sari.person),
        .device_cert = writer_view(&author.sari.device),
        .seal_key = writer_view(&author.sari.seal),
    };
}

static void genesis_body(struct writer *out) {
    const struct op_pair pair = author_pair();
    struct op_genesis genesis = { .kind = CIRCLE_GROUP };

    memset(genesis.nonce, 0x66, sizeof genesis.nonce);
    op_genesis_encode(out, &genesis, &pair);
}

/* LOGCERT names the circle, whose id is over the payload of GENESIS, which comes second and so with
 * the clock that event 2 will have. */
static void logcert_body(struct writer *out) {
    struct logcert cert = { .number = UINT64_C(0x0123456789abcdef) };
    struct payload genesis = { .type = OP_GENESIS };
    struct writer body, payload;

    writer_init(&body, BODY_MAX);
    writer_init(&payload, BODY_MAX);
    genesis_body(&body);
    genesis.hlc = hlc_next(hlc_next(0, START_MS), START_MS);
    genesis.body = writer_view(&body);
    payload_encode(&payload, &genesis);
    circle_id(cert.circle, writer_view(&payload));
    memcpy(cert.device_cert, author.box_ids[0], sizeof cert.device_cert);
    memcpy(cert.log, author.log_key.public, sizeof cert.log);
    logcert_sign(&cert, &author.sari.identity.device);
    logcert_encode(out, &cert);
    hex("circle_id", cert.circle, HASH_BYTES);
    writer_clear(&body);
    writer_clear(&payload);
}

/* Another log of the author, named by one byte. */
static struct op_lock lock_of(uint8_t byte, uint64_t seq) {
    struct op_lock lock = { .seq = seq };

    memset(lock.log, byte, sizeof lock.log);
    memset(lock.hash, byte + 1, sizeof lock.hash);
    return lock;
}

static void write_operations(struct writer *body) {
    const struct op_lock locks[2] = { lock_of(0x77, 12), lock_of(0x88, 70000) };
    const struct op_pair pair = author_pair();
    const uint8_t(*ids)[CERT_ID_BYTES] = (const uint8_t(*)[CERT_ID_BYTES])author.box_ids;
    const uint8_t(*parent)[HASH_BYTES] = (const uint8_t(*)[HASH_BYTES]) & author.epochs[0].id;

    genesis_body(body);
    write_body("GENESIS",
               (struct plan) { .type = OP_GENESIS, .class = EVENT_CONTROL, .recipients = 1 }, body);
    op_add_encode(body, CIRCLE_MANAGER, &pair, 0);
    write_body("ADD", (struct plan) { .type = OP_ADD, .class = EVENT_CONTROL, .ctl = 2 }, body);
    op_empty_encode(body);
    write_body("ACCEPT", (struct plan) { .type = OP_ACCEPT, .class = EVENT_CONTROL, .ctl = 3 },
               body);
    op_keygrant_encode(body, author.epochs[0].id, ids + 1, 1);
    write_body("KEYGRANT",
               (struct plan) { .type = OP_KEYGRANT,
                               .class = EVENT_CONTROL,
                               .ctl = 4,
                               .recipient = 1,
                               .recipients = 1 },
               body);
    op_epoch_encode(body, parent, 1, ids, 2, &author.epochs[0], 1);
    write_body(
        "EPOCH",
        (struct plan) {
            .type = OP_EPOCH, .class = EVENT_CONTROL, .ctl = 5, .epoch = 1, .recipients = 2 },
        body);
    op_decline_encode(body, locks, 1);
    write_body("DECLINE",
               (struct plan) { .type = OP_DECLINE, .class = EVENT_CONTROL, .ctl = 6, .epoch = 1 },
               body);
    struct cert person;
    must(cert_decode(writer_view(&author.sari.person), &person));
    op_remove_encode(body, person.person, locks, 2);
    write_body("REMOVE",
               (struct plan) { .type = OP_REMOVE, .class = EVENT_CONTROL, .ctl = 7, .epoch = 1 },
               body);
}

static void write_records(struct writer *body) {
    const struct group group = { .name = span_text("Pendamping PKH Pacitan") };
    const struct thread thread = { .title = span_text("Jadwal kunjungan") };
    const struct post post = { .text = span_text("Besok pagi ke Arjosari.\nSiapa ikut?") };
    const struct post quotation = { .text = span_text("Saya ikut."),
                                    .quoted_author = span_text("Budi Santoso") };

    group_encode(body, &group);
    write_body("group", (struct plan) { .type = KIND_GROUP, .epoch = 1, .ctl = 8 }, body);
    thread_encode(body, &thread);
    write_body("thread", (struct plan) { .type = KIND_THREAD, .epoch = 1, .ctl = 8 }, body);
    post_encode(body, &post);
    write_body("post", (struct plan) { .type = KIND_POST, .epoch = 1, .refs = { 10 }, .ctl = 8 },
               body);
    post_encode(body, &quotation);
    write_body("post with a quoted author",
               (struct plan) { .type = KIND_POST, .epoch = 1, .refs = { 10, 11 }, .ctl = 8 }, body);
}

/* What becomes of the two posts, events 11 and 12. */
static void write_changes(struct writer *body) {
    const struct edit edit = { .text = span_text("Lusa pagi ke Arjosari.") };
    const struct retract bare = { 0 };
    const struct retract reasoned = { .reason = span_text("Salah utas.") };

    edit_encode(body, &edit);
    write_body("edit", (struct plan) { .type = KIND_EDIT, .epoch = 1, .refs = { 11 }, .ctl = 8 },
               body);
    retract_encode(body, &bare);
    write_body("retract",
               (struct plan) { .type = KIND_RETRACT, .epoch = 1, .refs = { 11 }, .ctl = 8 }, body);
    retract_encode(body, &reasoned);
    write_body("retract with a reason",
               (struct plan) { .type = KIND_RETRACT, .epoch = 1, .refs = { 12 }, .ctl = 8 }, body);
}

static void write_case(struct writer *body) {
    const struct case_record full = { .area = "3501",
                                      .year = 2024,
                                      .cluster = "AMPK",
                                      .has_age = true,
                                      .age = 30,
                                      .age_unit = AGE_MONTHS,
                                      .age_on = "2024-02-29",
                                      .sex = SEX_FEMALE };
    const struct case_record bare = { .area = "0000", .year = 2026 };
    const struct entry entry = { .text = span_text("Ibu sudah ditemui.\nAkta belum ada.") };
    const struct entry visit = { .text = span_text("Bersama kader."),
                                 .sort = ENTRY_VISIT,
                                 .on = span_text("2024-02-29"),
                                 .outcome = span_text("Setuju."),
                                 .next_step = span_text("Urus akta."),
                                 .next_by = span_text("2024-03-07") };

    case_record_encode(body, &full);
    write_body("case", (struct plan) { .type = KIND_CASE, .epoch = 1, .ctl = 8 }, body);
    case_record_encode(body, &bare);
    write_body("case of which little is told",
               (struct plan) { .type = KIND_CASE, .epoch = 1, .ctl = 8 }, body);
    entry_encode(body, &entry);
    write_body("entry", (struct plan) { .type = KIND_ENTRY, .epoch = 1, .ctl = 8 }, body);
    entry_encode(body, &visit);
    write_body("entry of a visit", (struct plan) { .type = KIND_ENTRY, .epoch = 1, .ctl = 8 },
               body);
}

/* Stands in a circle of another kind than this log's, as the case does: only the bytes count. */
static void write_contacts(struct writer *body) {
    struct contact_record record = { .standing = CONTACT_VERIFIED };

    memset(record.person, 0x55, sizeof record.person);
    record.card = span_text("(card)");
    contact_record_encode(body, &record);
    write_body("contact", (struct plan) { .type = KIND_CONTACT, .epoch = 1, .ctl = 8 }, body);
    record.standing = CONTACT_REMOVED;
    record.card.len = 0;
    contact_record_encode(body, &record);
    write_body("contact who was removed",
               (struct plan) { .type = KIND_CONTACT, .epoch = 1, .ctl = 8 }, body);
}

static void write_log(void) {
    struct writer body;

    writer_init(&body, BODY_MAX);
    logcert_body(&body);
    json_open("events", '[');
    write_body("LOGCERT", (struct plan) { .type = OP_LOGCERT, .class = EVENT_CONTROL }, &body);
    write_operations(&body);
    write_records(&body);
    write_changes(&body);
    write_case(&body);
    write_contacts(&body);
    json_close(']');
}

/* ---- Fork: after event 10 the author wrote two things ---- */

static void print_branch(const char *name, const struct fork *fork, size_t index) {
    const struct fork_branch *branch = &fork->branches[index];
    uint8_t log_name[LOG_PK_BYTES];

    fork_branch_name(fork, index, log_name);
    json_open(name, '{');
    hex("log_name", log_name, sizeof log_name);
    json_open("event_hashes", '[');
    for (size_t i = 0; i < branch->count; i++) {
        hex(NULL, branch->event_hashes[i], HASH_BYTES);
    }
    json_close(']');
    hex("signature", branch->signature, SIGNATURE_BYTES);
    json_close('}');
}

/* The first 10 events as they are, then another one. */
static void other_branch(struct run *run) {
    struct event *event = &run->events[10];
    uint8_t hash[HASH_BYTES], event_hash_bytes[HASH_BYTES];

    *run = author.written;
    memcpy(run->log, author.log_key.public, sizeof run->log);
    run->first = 1;
    run->count = 11;
    event->header.body_len = 168;
    event_body_hash(event->body_hash, span_text("other"));
    log_hash_first(hash, run->log);
    memcpy(run->previous8, hash, sizeof run->previous8);
    for (size_t i = 0; i < run->count; i++) {
        event_hash(event_hash_bytes, &run->events[i].header, run->events[i].body_hash);
        log_hash_next(hash, i + 1, hash, event_hash_bytes);
    }
    log_head_sign(run->signature, &author.log_key, run->count, hash);
}

static void print_fork(void) {
    uint8_t first[HASH_BYTES];
    struct writer proof;
    struct fork fork;
    struct run run;

    other_branch(&run);
    log_hash_first(first, run.log);
    if (run_contradicts(first, &author.block, &run, &fork) != RB_FORK) {
        abort();
    }
    writer_init(&proof, BODY_MAX);
    fork_encode(&proof, &fork);
    json_open("fork", '{');
    json_number("common_seq", fork.common_seq);
    hex("common_hash", fork.common_hash, HASH_BYTES);
    print_branch("first", &fork, 0);
    print_branch("second", &fork, 1);
    json_hex("proof", writer_view(&proof));
    json_close('}');
    writer_clear(&proof);
}

/* ---- Numbers ---- */

static void print_padded_lengths(void) {
    static const size_t lengths[] = { 0,   1,    126,  127,  128,  143,  144,  255,  256, 311,
                                      312, 1023, 1024, 2943, 2944, 4095, 7167, 7679, 7935 };

    json_open("padded_lengths", '[');
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        json_open(NULL, '{');
        json_number("content", lengths[i]);
        json_number("padded", event_padded_len(lengths[i]));
        json_close('}');
    }
    json_close(']');
}

static void print_clock(const char *name, uint64_t last, uint64_t seen, int64_t now_ms,
                        uint64_t result) {
    json_open(NULL, '{');
    json_text("call", span_text(name));
    json_number("last", last);
    json_number("seen", seen);
    json_number("now_ms", (uint64_t)now_ms);
    json_number("result", result);
    json_close('}');
}

static void print_clocks(void) {
    const uint64_t now = (uint64_t)START_MS << 16;
    const int64_t offsets[] = { -5000, 0, 5000, CLOCK_AHEAD_MS_MAX, CLOCK_AHEAD_MS_MAX + 1 };

    json_open("clocks", '[');
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        uint64_t other = (uint64_t)(START_MS + offsets[i]) << 16 | 7;
        print_clock("next", other, 0, START_MS, hlc_next(other, START_MS));
        print_clock("merge", now, other, START_MS, hlc_merge(now, other, START_MS));
    }
    json_close(']');
}

int main(void) {
    repeat_start(1);
    author_begin();
    json_open(NULL, '{');
    print_keys();
    write_log();
    print_fork();
    print_padded_lengths();
    print_clocks();
    json_close('}');
    sari_clear(&author.sari);
    return 0;
}
