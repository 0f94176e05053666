/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A dishonest author: the input is a list of edits to a good run, which he may sign
 * again.  Whatever comes, run_accept survives it, and what it accepts is what the formulas say and
 * the author signed. */
#include "tests/fuzz/fuzz.h"

#include "tests/support/log_maker.h"
#include "tests/support/repeat.h"

#include <assert.h>
#include <string.h>

enum edit {
    EDIT_FIRST,
    EDIT_COUNT,
    EDIT_PREVIOUS,
    EDIT_SIGNATURE,
    EDIT_CLASS,
    EDIT_BODY_LEN,
    EDIT_EID,
    EDIT_BODY_HASH,
    EDIT_STUB,
    EDIT_BODY,
    EDIT_SIGN_AGAIN,
    EDIT_COUNT_OF_EDITS
};

static struct made_log *made;
static uint8_t other_body[2] = { 1, 2 };

static void start(void) {
    if (made == NULL) {
        repeat_start(1);
        made = made_log_new(1, MADE_EVENTS_MAX);
    }
}

/* ---- The formulas, without event.c and log.c ---- */

static void chain_next(uint8_t hash[static HASH_BYTES], uint64_t seq,
                       const uint8_t event_hash[static HASH_BYTES]) {
    uint8_t little[8];

    for (size_t i = 0; i < sizeof little; i++) {
        little[i] = (uint8_t)(seq >> (8 * i));
    }
    struct span parts[] = { span_of(little, sizeof little), span_of(hash, HASH_BYTES),
                            span_of(event_hash, HASH_BYTES) };
    uint8_t next[HASH_BYTES];
    crypt_hash(next, sizeof next, span_of(NULL, 0), "rk.h", parts, 3);
    memcpy(hash, next, sizeof next);
}

static void entry_hash(uint8_t out[static HASH_BYTES], const struct event *event) {
    uint8_t header[EVENT_HEADER_BYTES], body_hash[HASH_BYTES];
    struct span parts[] = { event->body };

    event_header_write(header, &event->header);
    memcpy(body_hash, event->body_hash, sizeof body_hash);
    if (!event->stub) {
        crypt_hash(body_hash, sizeof body_hash, span_of(NULL, 0), "", parts, 1);
    }
    struct span all[] = { span_of(header, sizeof header), span_of(body_hash, sizeof body_hash) };
    crypt_hash(out, HASH_BYTES, span_of(NULL, 0), "rk.e", all, 2);
}

static bool head_is_signed(const struct log_head *head, const struct run *run) {
    struct writer message;

    writer_init(&message, LOG_PK_BYTES + 8 + HASH_BYTES);
    writer_span(&message, span_of(run->log, LOG_PK_BYTES));
    writer_u64(&message, head->seq);
    writer_span(&message, span_of(head->hash, HASH_BYTES));
    bool valid = crypt_verify(head->signature, run->log, "rk.head1", writer_view(&message));
    writer_clear(&message);
    return valid;
}

/* ---- Edits ---- */

static bool run_can_be_signed(const struct run *run) {
    if (run->first == 0 || run->first > made->count || run->count == 0 ||
        run->count > RUN_EVENTS_MAX) {
        return false;
    }
    for (size_t i = 0; i < run->count; i++) {
        if (run->events[i].header.class >= EVENT_CLASS_COUNT ||
            run->events[i].header.body_len > EVENT_BODY_BYTES_MAX) {
            return false; /* has no header to hash */
        }
    }
    return true;
}

static void sign_again(struct run *run) {
    uint8_t hash[HASH_BYTES], event_bytes[HASH_BYTES];

    if (!run_can_be_signed(run)) {
        return;
    }
    memcpy(hash, made->hashes[run->first - 1], sizeof hash);
    for (size_t i = 0; i < run->count; i++) {
        entry_hash(event_bytes, &run->events[i]);
        chain_next(hash, run->first + i, event_bytes);
    }
    log_head_sign(run->signature, &made->key, run->first + run->count - 1, hash);
}

static void edit_event(struct event *event, enum edit edit, uint32_t value) {
    switch (edit) {
    case EDIT_CLASS:
        event->header.class = (enum event_class)(value % (EVENT_CLASS_COUNT + 1));
        break;
    case EDIT_BODY_LEN:
        event->header.body_len = value;
        break;
    case EDIT_EID:
        event->header.eid8[value % EID8_BYTES] ^= (uint8_t)(1 + value / EID8_BYTES);
        event->header.key_body = value % 2 == 0;
        break;
    case EDIT_BODY_HASH:
        event->body_hash[value % HASH_BYTES] ^= (uint8_t)(1 + value / HASH_BYTES);
        break;
    case EDIT_STUB:
        event->stub = !event->stub;
        event->body.len = value % 2 == 0 ? 0 : event->body.len;
        break;
    default:
        event->body = span_of(other_body, sizeof other_body);
        event->header.body_len = sizeof other_body;
        event_body_hash(event->body_hash, event->body);
    }
}

static void edit_run(struct run *run, uint8_t what, uint8_t where, uint32_t value) {
    enum edit edit = (enum edit)(what % EDIT_COUNT_OF_EDITS);

    switch (edit) {
    case EDIT_FIRST:
        run->first = where == 0 ? UINT64_MAX - value : value;
        break;
    case EDIT_COUNT:
        run->count = value % (RUN_EVENTS_MAX + 2);
        break;
    case EDIT_PREVIOUS:
        run->previous8[where % 8] ^= (uint8_t)value;
        break;
    case EDIT_SIGNATURE:
        run->signature[where % SIGNATURE_BYTES] ^= (uint8_t)value;
        break;
    case EDIT_SIGN_AGAIN:
        sign_again(run);
        break;
    default:
        edit_event(&run->events[where % RUN_EVENTS_MAX], edit, value);
    }
}

/* ---- Checks ---- */

static void reader_of_made(struct log_reader *reader, uint64_t head_seq) {
    log_reader_init(reader, made->key.public);
    memcpy(reader->event_hashes, made->event_hashes, head_seq * HASH_BYTES);
    memcpy(reader->hashes, made->hashes, (head_seq + 1) * HASH_BYTES);
    made_log_head(made, head_seq, &reader->head);
}

/* Everything the reader has, chained from H_0, is what its head says and what was signed. */
static void check_chain(const struct log_reader *reader, const struct run *run) {
    uint8_t hash[HASH_BYTES], event_bytes[HASH_BYTES];

    memcpy(hash, made->hashes[0], sizeof hash);
    for (uint64_t seq = 1; seq <= reader->head.seq; seq++) {
        if (seq >= run->first && seq - run->first < run->count) {
            entry_hash(event_bytes, &run->events[seq - run->first]);
            assert(memcmp(event_bytes, reader->event_hashes[seq - 1], HASH_BYTES) == 0);
        }
        chain_next(hash, seq, reader->event_hashes[seq - 1]);
        assert(memcmp(hash, reader->hashes[seq], HASH_BYTES) == 0);
    }
    assert(memcmp(hash, reader->head.hash, HASH_BYTES) == 0);
    assert(reader->head.seq == 0 || head_is_signed(&reader->head, run));
}

static void check_acceptance(struct log_reader *reader, const struct run *run) {
    struct log_head before = reader->head;
    enum rb_status status = log_reader_take(reader, run);

    if (status == RB_OK) {
        assert(reader->head.seq == run->first + run->count - 1);
        assert(reader->head.seq > before.seq);
    } else {
        assert(memcmp(&reader->head, &before, sizeof before) == 0);
    }
    if (status == RB_OK || status == RB_DUPLICATE) {
        check_chain(reader, run);
    }
}

/* A proof that is found is a proof for everybody. */
static void check_contradiction(uint64_t head_seq, const struct run *run) {
    struct fork_branch known;
    struct fork fork, again;
    struct writer out;

    if (head_seq == 0 || run->first == 0 || run->first > made->count ||
        (head_seq - 1) / BLOCK_EVENTS != (run->first - 1) / BLOCK_EVENTS) {
        return;
    }
    made_log_block(made, head_seq, &known);
    if (run_contradicts(made->hashes[run->first - 1], &known, run, &fork) == RB_FORK) {
        writer_init(&out, 8192);
        fork_encode(&out, &fork);
        assert(fork_decode(writer_view(&out), &again) == RB_OK);
        assert(memcmp(&again, &fork, sizeof fork) == 0);
        writer_clear(&out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    static struct log_reader reader;
    struct reader bytes = reader_of(span_of(data, len));
    struct run run;

    start();
    uint64_t head_seq = reader_u8(&bytes) % (2 * BLOCK_EVENTS + 1);
    uint64_t first = 1 + reader_u8(&bytes) % (3 * BLOCK_EVENTS);
    size_t count = 1 + reader_u8(&bytes) % RUN_EVENTS_MAX;
    made_log_run(made, first, count, &run);
    while (bytes.rest.len > 0 && !bytes.failed) {
        uint8_t what = reader_u8(&bytes);
        uint8_t where = reader_u8(&bytes);
        uint32_t value = reader_u16(&bytes);
        edit_run(&run, what, where, value);
    }
    reader_of_made(&reader, head_seq);
    check_acceptance(&reader, &run);
    check_contradiction(head_seq, &run);
    return 0;
}
