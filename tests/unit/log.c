/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/log_maker.h"
#include "tests/support/random.h"

#include <string.h>

/* ---- Arranging: one log of 200 events, and what a reader of `head_seq` of them says ---- */

static struct made_log *made;

static int make_the_log(void **state) {
    (void)state;
    made = made_log_new(1, 200);
    return 0;
}

static int free_the_log(void **state) {
    (void)state;
    made_log_free(made);
    return 0;
}

static enum rb_status accept_at(uint64_t head_seq, const struct run *run,
                                struct run_result *result) {
    struct log_overlap overlap = { 0 };
    struct log_head head;

    made_log_head(made, head_seq, &head);
    if (run->first > 0 && run->first <= made->count) {
        made_log_overlap(made, head_seq, run, &overlap);
    }
    return run_accept(&head, run, overlap.count > 0 ? &overlap : NULL, result);
}

static void assert_result_is(const struct run_result *result, uint64_t head_seq,
                             uint64_t new_first) {
    struct log_head head;

    made_log_head(made, head_seq, &head);
    assert_memory_equal(&result->head, &head, sizeof head);
    assert_int_equal(result->new_first, new_first);
}

static void assert_run_is(enum rb_status expected, uint64_t head_seq, const struct run *run) {
    struct run_result result, untouched;

    memset(&result, 0x5a, sizeof result);
    memset(&untouched, 0x5a, sizeof untouched);
    assert_int_equal(accept_at(head_seq, run, &result), expected);
    assert_memory_equal(&result, &untouched, sizeof result);
}

static void assert_event_malformed(const struct event *event) {
    struct run run;

    made_log_run(made, 1, 3, &run);
    run.events[1] = *event;
    assert_run_is(RB_MALFORMED, 0, &run);
}

/* ---- Accepting ---- */

static void the_first_run_of_a_log_is_accepted(void **state) {
    struct run_result result;
    struct run run;
    (void)state;

    made_log_run(made, 1, 5, &run);
    assert_int_equal(accept_at(0, &run, &result), RB_OK);
    assert_result_is(&result, 5, 1);
    assert_memory_equal(result.hashes, made->hashes[1], 5 * HASH_BYTES);
    assert_false(result.fill[0]);
}

static void a_whole_block_is_one_run(void **state) {
    struct run_result result;
    struct run run;
    (void)state;

    made_log_run(made, BLOCK_EVENTS + 1, BLOCK_EVENTS, &run);
    assert_int_equal(accept_at(BLOCK_EVENTS, &run, &result), RB_OK);
    assert_result_is(&result, 2 * BLOCK_EVENTS, BLOCK_EVENTS + 1);
    assert_memory_equal(result.hashes, made->hashes[BLOCK_EVENTS + 1], sizeof result.hashes);
}

static void a_run_that_overlaps_brings_only_its_new_part(void **state) {
    struct run_result result;
    struct run run;
    (void)state;

    made_log_run(made, 3, 8, &run);
    assert_int_equal(accept_at(5, &run, &result), RB_OK);
    assert_result_is(&result, 10, 6);
    assert_memory_equal(result.hashes, made->hashes[3], 8 * HASH_BYTES);
    for (size_t i = 0; i < run.count; i++) {
        assert_int_equal(result.fill[i], i < 3);
    }
}

static void a_run_that_is_known_is_a_duplicate_that_may_fill(void **state) {
    struct run_result result;
    struct run run;
    (void)state;

    made_log_run(made, 3, 4, &run);
    run_make_stub(&run, 2);
    assert_int_equal(accept_at(9, &run, &result), RB_DUPLICATE);
    assert_result_is(&result, 9, 7);
    for (size_t i = 0; i < run.count; i++) {
        assert_int_equal(result.fill[i], i != 2);
    }
    assert_memory_equal(result.hashes, made->hashes[3], 4 * HASH_BYTES);
}

/* An honest resend after a cut may end elsewhere; what is known needs no signature. */
static void a_duplicate_needs_no_signature(void **state) {
    struct run_result result;
    struct run run;
    (void)state;

    made_log_run(made, 3, 4, &run);
    memset(run.signature, 0, sizeof run.signature);
    assert_int_equal(accept_at(6, &run, &result), RB_DUPLICATE);
}

static void a_run_after_a_gap_is_not_taken(void **state) {
    struct run run;
    (void)state;

    made_log_run(made, 7, 2, &run);
    assert_run_is(RB_GAP, 5, &run);
    assert_run_is(RB_GAP, 0, &run);
}

/* ---- Suspecting ---- */

static void a_run_with_a_bad_signature_is_suspect(void **state) {
    struct run run;
    (void)state;

    made_log_run(made, 6, 5, &run);
    for (size_t bit = 0; bit < 8 * sizeof run.signature; bit += 7) {
        run.signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_run_is(RB_SUSPECT, 5, &run);
        run.signature[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void a_run_with_another_previous_is_suspect(void **state) {
    struct run run;
    (void)state;

    made_log_run(made, 6, 5, &run);
    run.previous8[7] ^= 1;
    assert_run_is(RB_SUSPECT, 5, &run);  /* new */
    assert_run_is(RB_SUSPECT, 8, &run);  /* in part */
    assert_run_is(RB_SUSPECT, 20, &run); /* known */
}

static void a_run_with_another_known_event_is_suspect(void **state) {
    struct made_log *branch = made_log_new_branch(1, 20, 4, 9);
    struct run run;
    (void)state;

    made_log_run(branch, 3, 8, &run);
    assert_run_is(RB_SUSPECT, 10, &run);
    assert_run_is(RB_SUSPECT, 6, &run);
    made_log_free(branch);
}

static void a_run_that_is_moved_to_another_seq_is_suspect(void **state) {
    struct run run;
    (void)state;

    made_log_run(made, 6, 5, &run);
    run.first = 7;
    memcpy(run.previous8, made->hashes[6], sizeof run.previous8);
    assert_run_is(RB_SUSPECT, 6, &run);
}

static void a_run_of_another_log_is_suspect(void **state) {
    struct made_log *other = made_log_new(2, 10);
    struct run run;
    (void)state;

    made_log_run(other, 1, 5, &run);
    assert_run_is(RB_SUSPECT, 0, &run);
    made_log_free(other);
}

/* Every bit that the run's events carry: header, stub's hash and body. */
static void a_flipped_bit_of_an_event_is_never_accepted(void **state) {
    struct run run;
    (void)state;

    made_log_run(made, 1, 3, &run);
    run_make_stub(&run, 1);
    for (size_t bit = 0; bit < 8 * HASH_BYTES; bit++) {
        run.events[1].body_hash[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_run_is(RB_SUSPECT, 0, &run);
        run.events[1].body_hash[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t bit = 0; bit < 8 * EID8_BYTES; bit++) {
        run.events[0].header.eid8[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_run_is(RB_SUSPECT, 0, &run);
        run.events[0].header.eid8[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    run.events[1].header.body_len ^= 1;
    assert_run_is(RB_SUSPECT, 0, &run);
    run.events[1].header.body_len ^= 1;
    run.events[2].header.key_body = true;
    assert_run_is(RB_SUSPECT, 0, &run);
}

static void a_cut_run_is_suspect(void **state) {
    struct run run;
    (void)state;

    made_log_run(made, 6, 10, &run);
    for (run.count = 1; run.count < 10; run.count++) {
        assert_run_is(RB_SUSPECT, 5, &run);
    }
}

/* ---- Form ---- */

static void an_empty_run_is_malformed(void **state) {
    struct run run;
    (void)state;

    made_log_run(made, 6, 1, &run);
    run.count = 0;
    assert_run_is(RB_MALFORMED, 5, &run);
    run.count = RUN_EVENTS_MAX + 1;
    assert_run_is(RB_MALFORMED, 5, &run);
    run.count = SIZE_MAX;
    assert_run_is(RB_MALFORMED, 5, &run);
}

static void a_run_across_the_end_of_a_block_is_malformed(void **state) {
    struct run run;
    (void)state;

    made_log_run(made, BLOCK_EVENTS, 2, &run);
    assert_run_is(RB_MALFORMED, BLOCK_EVENTS - 1, &run);
    made_log_run(made, 2, BLOCK_EVENTS, &run);
    assert_run_is(RB_MALFORMED, 1, &run);
}

static void an_impossible_seq_is_malformed(void **state) {
    const uint64_t seqs[] = { 0, (uint64_t)SEQ_MAX + 1, UINT64_MAX, UINT64_MAX - 1 };
    struct run run;
    (void)state;

    made_log_run(made, 1, 2, &run);
    for (size_t i = 0; i < sizeof seqs / sizeof seqs[0]; i++) {
        run.first = seqs[i];
        assert_run_is(RB_MALFORMED, 0, &run);
    }
    run.first = SEQ_MAX; /* the last seq there is; the second event would be after it */
    assert_run_is(RB_MALFORMED, 0, &run);
}

static void a_body_that_is_not_what_its_header_and_hash_say_is_malformed(void **state) {
    struct event event = made->events[1];
    (void)state;

    event.body.len--;
    assert_event_malformed(&event);
    event.body = span_of("salah", MADE_BODY_BYTES);
    assert_event_malformed(&event);
    event = made->events[1];
    event.header.body_len = 0;
    event.body.len = 0;
    assert_event_malformed(&event);
    event = made->events[1];
    event.stub = true; /* and a body nevertheless */
    assert_event_malformed(&event);
}

static void a_header_beyond_its_limits_is_malformed(void **state) {
    struct event event = made->events[1];
    (void)state;

    event.stub = true;
    event.body = (struct span) { 0 };
    event.header.body_len = EVENT_BODY_BYTES_MAX + 1;
    assert_event_malformed(&event);
    event.header.body_len = 0;
    assert_event_malformed(&event);
    event.header.body_len = MADE_BODY_BYTES;
    event.header.class = EVENT_CLASS_COUNT;
    assert_event_malformed(&event);
}

/* ---- Stubs ---- */

static void a_run_of_stubs_verifies(void **state) {
    struct log_reader reader;
    struct run run;
    (void)state;

    log_reader_init(&reader, made->key.public);
    made_log_run(made, 1, 5, &run);
    for (size_t i = 0; i < run.count; i++) {
        run_make_stub(&run, i);
    }
    assert_int_equal(log_reader_take(&reader, &run), RB_OK);
    assert_int_equal(reader.head.seq, 5);
    assert_memory_equal(reader.head.hash, made->hashes[5], HASH_BYTES);
    assert_false(reader.present[0]);
}

static void a_missing_body_is_filled_by_a_later_copy(void **state) {
    struct log_reader reader;
    struct run run;
    (void)state;

    log_reader_init(&reader, made->key.public);
    made_log_run(made, 1, 5, &run);
    run_make_stub(&run, 2);
    assert_int_equal(log_reader_take(&reader, &run), RB_OK);
    assert_false(reader.present[2]);
    made_log_run(made, 3, 1, &run);
    assert_int_equal(log_reader_take(&reader, &run), RB_DUPLICATE);
    assert_true(reader.present[2]);
}

static void a_missing_body_is_not_filled_by_another_body(void **state) {
    struct log_reader reader;
    struct run run;
    (void)state;

    log_reader_init(&reader, made->key.public);
    made_log_run(made, 1, 5, &run);
    run_make_stub(&run, 2);
    assert_int_equal(log_reader_take(&reader, &run), RB_OK);
    made_log_run(made, 3, 1, &run);
    run.events[0].body = span_of("palsu", MADE_BODY_BYTES);
    assert_int_equal(log_reader_take(&reader, &run), RB_MALFORMED); /* under the right hash */
    event_body_hash(run.events[0].body_hash, run.events[0].body);
    assert_int_equal(log_reader_take(&reader, &run), RB_SUSPECT); /* under its own */
    assert_false(reader.present[2]);
}

/* ---- Appending ---- */

static void what_is_appended_is_accepted_elsewhere(void **state) {
    struct run_result written;
    struct log_reader reader;
    struct log_head head;
    struct run run;
    (void)state;

    log_head_empty(&head, made->key.public);
    log_reader_init(&reader, made->key.public);
    for (uint64_t seq = 1; seq <= 2 * BLOCK_EVENTS; seq++) {
        made_log_run(made, seq, 1, &run);
        memset(run.signature, 0, sizeof run.signature);
        memset(run.previous8, 0, sizeof run.previous8);
        log_append(&head, &made->key, &run, &written);
        head = written.head;
        assert_int_equal(log_reader_take(&reader, &run), RB_OK);
        assert_memory_equal(&reader.head, &head, sizeof head);
    }
    assert_memory_equal(head.hash, made->hashes[2 * BLOCK_EVENTS], HASH_BYTES);
}

static void several_events_are_appended_under_one_signature(void **state) {
    struct run_result written;
    struct log_head head;
    struct run run;
    (void)state;

    made_log_head(made, 10, &head);
    made_log_run(made, 11, 6, &run);
    log_append(&head, &made->key, &run, &written);
    assert_result_is(&written, 16, 11);
    assert_memory_equal(run.signature, written.head.signature, SIGNATURE_BYTES);
    assert_memory_equal(written.hashes, made->hashes[11], 6 * HASH_BYTES);
    assert_false(written.fill[0]);
}

/* ---- LOGCERT ---- */

static struct logcert logcert_example(struct sign_key *device) {
    struct logcert cert = { .number = UINT64_C(0x123456789abcdef0) };
    const uint8_t seed[SIGN_SEED_BYTES] = { 5 };

    crypt_sign_from_seed(device, seed);
    memset(cert.device_cert, 0xd1, sizeof cert.device_cert);
    memset(cert.circle, 0xc2, sizeof cert.circle);
    memcpy(cert.log, made->key.public, sizeof cert.log);
    logcert_sign(&cert, device);
    return cert;
}

static void a_logcert_reads_back_and_verifies(void **state) {
    struct sign_key device;
    struct logcert cert = logcert_example(&device), again;
    struct writer out;
    (void)state;

    writer_init(&out, 512);
    logcert_encode(&out, &cert);
    assert_int_equal(logcert_decode(writer_view(&out), &again), RB_OK);
    assert_memory_equal(&again, &cert, sizeof cert);
    assert_true(logcert_verify(&again, device.public));
    assert_false(logcert_verify(&again, made->key.public));
    for (size_t cut = 0; cut < out.len; cut++) {
        assert_int_equal(logcert_decode(span_of(out.data, cut), &again), RB_MALFORMED);
    }
    writer_clear(&out);
}

static void a_flipped_bit_of_a_logcert_is_refused(void **state) {
    struct sign_key device;
    struct logcert cert = logcert_example(&device), again;
    struct writer out;
    (void)state;

    writer_init(&out, 512);
    logcert_encode(&out, &cert);
    for (size_t bit = 0; bit < 8 * out.len; bit++) {
        out.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (logcert_decode(writer_view(&out), &again) == RB_OK) {
            assert_false(logcert_verify(&again, device.public));
        }
        out.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    writer_clear(&out);
}

static void a_logcert_without_one_of_its_fields_is_malformed(void **state) {
    const uint8_t without_signature[] = { 0xa1, 0x02, 0x07 };
    const uint8_t empty[] = { 0xa0 };
    struct logcert cert;
    (void)state;

    assert_int_equal(logcert_decode(span_of(empty, sizeof empty), &cert), RB_MALFORMED);
    assert_int_equal(logcert_decode(span_of(without_signature, sizeof without_signature), &cert),
                     RB_MALFORMED);
}

/* ---- Rule V against a naive model ----
 * The model is the rule itself, said about the set of good signatures and nothing else: no order of
 * arrival, no head, no hash. */

struct signatures {
    bool good[MADE_EVENTS_MAX + 1]; /* by seq */
};

static bool model_block_is_open(const struct signatures *set, uint64_t block) {
    for (uint64_t earlier = 1; earlier <= block; earlier++) {
        if (!set->good[earlier * BLOCK_EVENTS]) {
            return false;
        }
    }
    return true;
}

static bool model_is_valid(const struct signatures *set, uint64_t seq) {
    uint64_t block = (seq - 1) / BLOCK_EVENTS;

    for (uint64_t head = seq; head <= (block + 1) * BLOCK_EVENTS; head++) {
        if (set->good[head]) {
            return model_block_is_open(set, block);
        }
    }
    return false;
}

/* The reader has exactly what the model calls valid, as the author wrote it. */
static void assert_reader_has_the_valid_events(const struct log_reader *reader,
                                               const struct made_log *log,
                                               const struct signatures *set) {
    for (uint64_t seq = 1; seq <= log->count; seq++) {
        assert_int_equal(seq <= reader->head.seq, model_is_valid(set, seq));
    }
    assert_memory_equal(reader->head.hash, log->hashes[reader->head.seq], HASH_BYTES);
    assert_memory_equal(reader->event_hashes, log->event_hashes, reader->head.seq * HASH_BYTES);
}

/* What the reader has, it has by a signature: nothing above a good one, or out of the chain. */
static void assert_reader_is_within(const struct log_reader *reader, const struct made_log *log,
                                    const struct signatures *set) {
    assert_true(reader->head.seq == 0 || set->good[reader->head.seq]);
    assert_memory_equal(reader->head.hash, log->hashes[reader->head.seq], HASH_BYTES);
}

/* The author signs at some seqs, badly at others: one history, some signatures over another. */
static void author_chooses(struct random *random, const struct made_log *log,
                           struct signatures *good, struct signatures *bad) {
    unsigned percent = (unsigned)(1 + random_below(random, 60));

    *good = (struct signatures) { 0 };
    *bad = (struct signatures) { 0 };
    for (uint64_t seq = 1; seq <= log->count; seq++) {
        bool ends_block = seq % BLOCK_EVENTS == 0;
        good->good[seq] = random_chance(random, ends_block ? 90 : percent);
        bad->good[seq] = random_chance(random, percent);
    }
}

/* A run that ends in `seq`, from anywhere in its block. */
static void run_to(struct random *random, const struct made_log *log, uint64_t seq,
                   struct run *run) {
    uint64_t in_block = (seq - 1) % BLOCK_EVENTS + 1;
    size_t count = 1 + random_below(random, (size_t)in_block);

    made_log_run(log, seq - count + 1, count, run);
    for (size_t i = 0; i < count; i++) {
        if (random_chance(random, 10)) {
            run_make_stub(run, i);
        }
    }
}

/* Makes the run one that a dishonest author signed over another prefix, or nobody signed. */
static void run_spoil(struct random *random, struct run *run) {
    struct made_log *other = made_log_new_branch(1, run->first + run->count - 1, 0, 77);
    struct run signed_elsewhere;

    if (random_chance(random, 50)) {
        made_log_run(other, run->first, run->count, &signed_elsewhere);
        memcpy(run->signature, signed_elsewhere.signature, sizeof run->signature);
    } else {
        random_fill(random, run->signature, sizeof run->signature);
    }
    made_log_free(other);
}

/* Random resends, repetitions and reorderings of some of what was signed. */
static void deliver_at_random(struct random *random, struct log_reader *reader,
                              const struct made_log *log, const struct signatures *good,
                              const struct signatures *bad) {
    size_t deliveries = random_below(random, 40);
    struct run run;

    for (size_t i = 0; i < deliveries; i++) {
        uint64_t seq = 1 + random_below(random, log->count);
        bool spoiled = bad->good[seq] && random_chance(random, 50);
        if (!spoiled && !good->good[seq]) {
            continue;
        }
        run_to(random, log, seq, &run);
        if (spoiled) {
            run_spoil(random, &run);
        }
        (void)log_reader_take(reader, &run); /* any status is right here; the head is checked */
        assert_reader_is_within(reader, log, good);
    }
}

/* In the end every good signature arrives, each with its block from the first event. */
static void deliver_the_rest(struct log_reader *reader, const struct made_log *log,
                             const struct signatures *good) {
    struct run run;

    for (uint64_t seq = 1; seq <= log->count; seq++) {
        if (good->good[seq]) {
            uint64_t first = (seq - 1) / BLOCK_EVENTS * BLOCK_EVENTS + 1;
            made_log_run(log, first, (size_t)(seq - first + 1), &run);
            (void)log_reader_take(reader, &run); /* a GAP, where an earlier block is not signed */
            assert_reader_is_within(reader, log, good);
        }
    }
}

static void readers_converge_on_the_valid_events_in_any_order(void **state) {
    (void)state;

    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct random random = { seed };
        struct made_log *log = made_log_new(1, 1 + random_below(&random, MADE_EVENTS_MAX));
        struct signatures good, bad;
        author_chooses(&random, log, &good, &bad);
        for (int reader_number = 0; reader_number < 3; reader_number++) {
            struct log_reader reader;
            log_reader_init(&reader, log->key.public);
            deliver_at_random(&random, &reader, log, &good, &bad);
            deliver_the_rest(&reader, log, &good);
            assert_reader_has_the_valid_events(&reader, log, &good);
        }
        made_log_free(log);
    }
}

/* Bad at 5, good at 10: whoever hears of the bad one is not behind whoever does not. */
static void a_bad_prefix_does_not_split_two_readers(void **state) {
    struct made_log *other = made_log_new_branch(1, 10, 0, 9);
    struct log_reader hears_both, hears_good;
    struct run bad, good, wrongly_signed;
    (void)state;

    log_reader_init(&hears_both, made->key.public);
    log_reader_init(&hears_good, made->key.public);
    made_log_run(made, 1, 5, &bad);
    made_log_run(other, 1, 5, &wrongly_signed);
    memcpy(bad.signature, wrongly_signed.signature, sizeof bad.signature);
    made_log_run(made, 1, 10, &good);
    assert_int_equal(log_reader_take(&hears_both, &bad), RB_SUSPECT);
    assert_int_equal(log_reader_take(&hears_both, &good), RB_OK);
    assert_int_equal(log_reader_take(&hears_good, &good), RB_OK);
    assert_memory_equal(&hears_both, &hears_good, sizeof hears_both);
    assert_int_equal(hears_both.head.seq, 10);
    made_log_free(other);
}

/* Without a good signature at 64 nobody enters the second block, however good those in it are. */
static void a_block_without_its_last_signature_stops_everybody(void **state) {
    struct log_reader reader;
    struct run run;
    (void)state;

    log_reader_init(&reader, made->key.public);
    made_log_run(made, 1, BLOCK_EVENTS - 1, &run);
    assert_int_equal(log_reader_take(&reader, &run), RB_OK);
    made_log_run(made, BLOCK_EVENTS + 1, 5, &run);
    assert_int_equal(log_reader_take(&reader, &run), RB_GAP);
    made_log_run(made, BLOCK_EVENTS, 2, &run); /* over the end, with a signature beyond it */
    assert_int_equal(log_reader_take(&reader, &run), RB_MALFORMED);
    assert_int_equal(reader.head.seq, BLOCK_EVENTS - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_run_of_a_log_is_accepted),
        cmocka_unit_test(a_whole_block_is_one_run),
        cmocka_unit_test(a_run_that_overlaps_brings_only_its_new_part),
        cmocka_unit_test(a_run_that_is_known_is_a_duplicate_that_may_fill),
        cmocka_unit_test(a_duplicate_needs_no_signature),
        cmocka_unit_test(a_run_after_a_gap_is_not_taken),
        cmocka_unit_test(a_run_with_a_bad_signature_is_suspect),
        cmocka_unit_test(a_run_with_another_previous_is_suspect),
        cmocka_unit_test(a_run_with_another_known_event_is_suspect),
        cmocka_unit_test(a_run_that_is_moved_to_another_seq_is_suspect),
        cmocka_unit_test(a_run_of_another_log_is_suspect),
        cmocka_unit_test(a_flipped_bit_of_an_event_is_never_accepted),
        cmocka_unit_test(a_cut_run_is_suspect),
        cmocka_unit_test(an_empty_run_is_malformed),
        cmocka_unit_test(a_run_across_the_end_of_a_block_is_malformed),
        cmocka_unit_test(an_impossible_seq_is_malformed),
        cmocka_unit_test(a_body_that_is_not_what_its_header_and_hash_say_is_malformed),
        cmocka_unit_test(a_header_beyond_its_limits_is_malformed),
        cmocka_unit_test(a_run_of_stubs_verifies),
        cmocka_unit_test(a_missing_body_is_filled_by_a_later_copy),
        cmocka_unit_test(a_missing_body_is_not_filled_by_another_body),
        cmocka_unit_test(what_is_appended_is_accepted_elsewhere),
        cmocka_unit_test(several_events_are_appended_under_one_signature),
        cmocka_unit_test(a_logcert_reads_back_and_verifies),
        cmocka_unit_test(a_flipped_bit_of_a_logcert_is_refused),
        cmocka_unit_test(a_logcert_without_one_of_its_fields_is_malformed),
        cmocka_unit_test(readers_converge_on_the_valid_events_in_any_order),
        cmocka_unit_test(a_bad_prefix_does_not_split_two_readers),
        cmocka_unit_test(a_block_without_its_last_signature_stops_everybody),
    };

    if (crypt_start() != RB_OK) {
        return 1;
    }
    return cmocka_run_group_tests(tests, make_the_log, free_the_log);
}
