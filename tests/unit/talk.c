/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/talk.h"

#include "cli/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* ---- Arranging ---- */

/* The places of the numbers of RUN (talk.h). */
enum { FLAGS = 1, LANGUAGE, FORM, WIDTH, WORDS, PLACE_SORT_AT, PLACE_NUMBER_AT, NUMBERS };

static struct talk_run whole_run(void) {
    static const uint8_t text[] = { 'a', 0, 'b' };

    return (struct talk_run) {
        .id = UINT64_MAX,
        .flags = RUN_YES | RUN_CONSOLE,
        .language = LANGUAGE_ENGLISH,
        .form = OUTPUT_JSON,
        .width = WIDTH_UNLIMITED,
        .confirmed = span_text("Take it back? [y/n]"),
        .words = { span_text("post"), span_text(""), span_text("-") },
        .word_count = 3,
        .inputs = { { 1, span_of(text, sizeof text) }, { 0, { 0 } } },
        .input_count = 2,
    };
}

/* Through bytes, as it goes over the channel; `bytes` and `message` keep what the run borrows. */
static enum rb_status carry(const struct talk_run *run, struct writer *bytes,
                            struct message *message, struct talk_run *came) {
    struct message sent = { 0 };
    size_t used = 0;

    writer_init(bytes, CONTROL_MESSAGE_BYTES_MAX);
    talk_run_write(&sent, run);
    message_write(bytes, &sent);
    message_clear(&sent);
    assert_int_equal(message_read(writer_view(bytes), message, &used), RB_OK);
    assert_int_equal(used, bytes->len);
    return talk_run_read(message, came);
}

/* What becomes of a whole run of which one number is another. */
static enum rb_status read_with_number(size_t at, uint64_t number) {
    const struct talk_run run = whole_run();
    struct message message = { 0 };
    struct talk_run came = { .id = 7 };

    talk_run_write(&message, &run);
    message.numbers[at] = number;
    enum rb_status status = talk_run_read(&message, &came);
    assert_int_equal(came.id, status == RB_OK ? run.id : 7);
    message_clear(&message);
    return status;
}

/* The same of a run without words to which these texts are added. */
static enum rb_status read_with_texts(size_t count, const struct span *texts) {
    const struct talk_run run = { .width = 80 };
    struct message message = { 0 };
    struct talk_run came = { .id = 7 };

    talk_run_write(&message, &run);
    for (size_t i = 0; i < count; i++) {
        message_add_text(&message, texts[i]);
    }
    enum rb_status status = talk_run_read(&message, &came);
    assert_int_equal(came.id, status == RB_OK ? 0 : 7);
    message_clear(&message);
    return status;
}

/* ---- Tests ---- */

static void a_command_arrives_as_it_was_sent(void **state) {
    const struct talk_run run = whole_run();
    struct message message = { 0 };
    struct writer bytes;
    struct talk_run came;
    (void)state;

    assert_int_equal(carry(&run, &bytes, &message, &came), RB_OK);
    assert_true(came.id == run.id && came.flags == run.flags && came.language == run.language);
    assert_true(came.form == run.form && came.width == run.width);
    assert_true(span_equal(came.confirmed, run.confirmed));
    assert_int_equal(came.word_count, run.word_count);
    for (size_t i = 0; i < run.word_count; i++) {
        assert_true(span_equal(came.words[i], run.words[i]));
    }
    assert_int_equal(came.input_count, run.input_count);
    for (size_t i = 0; i < run.input_count; i++) {
        assert_int_equal(came.inputs[i].argument, run.inputs[i].argument);
        assert_true(span_equal(came.inputs[i].bytes, run.inputs[i].bytes));
    }
    message_clear(&message);
    writer_clear(&bytes);
}

static void as_many_words_as_fit_arrive(void **state) {
    struct talk_run run = { .width = 1, .word_count = TALK_WORDS_MAX };
    struct message message = { 0 };
    struct writer bytes;
    struct talk_run came;
    (void)state;

    for (size_t i = 0; i < TALK_WORDS_MAX; i++) {
        run.words[i] = span_text("kata");
    }
    assert_int_equal(carry(&run, &bytes, &message, &came), RB_OK);
    assert_int_equal(came.word_count, TALK_WORDS_MAX);
    assert_true(span_equal(came.words[TALK_WORDS_MAX - 1], span_text("kata")));
    message_clear(&message);
    writer_clear(&bytes);
}

static void numbers_that_nobody_sends_are_malformed(void **state) {
    (void)state;

    assert_int_equal(read_with_number(FLAGS, 31), RB_OK);
    assert_int_equal(read_with_number(FLAGS, 32), RB_MALFORMED);
    assert_int_equal(read_with_number(FLAGS, UINT64_C(1) << 32), RB_MALFORMED);
    assert_int_equal(read_with_number(LANGUAGE, 2), RB_MALFORMED);
    assert_int_equal(read_with_number(LANGUAGE, UINT64_C(1) << 32), RB_MALFORMED);
    assert_int_equal(read_with_number(FORM, OUTPUT_JSON + 1), RB_MALFORMED);
    assert_int_equal(read_with_number(WIDTH, 0), RB_MALFORMED);
    assert_int_equal(read_with_number(WIDTH, WIDTH_UNLIMITED + 1), RB_MALFORMED);
    assert_int_equal(read_with_number(WIDTH, UINT64_MAX), RB_MALFORMED);
}

static void a_false_number_of_words_is_malformed(void **state) {
    (void)state;

    assert_int_equal(read_with_number(WORDS, 3), RB_OK);
    assert_int_equal(read_with_number(WORDS, TALK_WORDS_MAX + 1), RB_MALFORMED);
    assert_int_equal(read_with_number(WORDS, UINT64_MAX), RB_MALFORMED);
    assert_int_equal(read_with_number(WORDS, 8),
                     RB_MALFORMED); /* there are seven texts for words */
    assert_int_equal(read_with_number(WORDS, 4), RB_MALFORMED); /* then inputs are no pairs */
    assert_int_equal(read_with_number(WORDS, 1), RB_MALFORMED); /* then "" is a place */
}

static void every_other_number_of_numbers_is_malformed(void **state) {
    const struct talk_run run = whole_run();
    (void)state;

    for (size_t count = 0; count <= CONTROL_NUMBERS_MAX; count++) {
        struct message message = { 0 };
        struct talk_run came;
        talk_run_write(&message, &run);
        message.number_count = count;
        assert_int_equal(talk_run_read(&message, &came), count == NUMBERS ? RB_OK : RB_MALFORMED);
        message_clear(&message);
    }
}

static void a_place_that_nobody_is_in_is_malformed(void **state) {
    (void)state;

    assert_int_equal(read_with_number(PLACE_SORT_AT, PLACE_THREAD), RB_OK);
    assert_int_equal(read_with_number(PLACE_SORT_AT, PLACE_THREAD + 1), RB_MALFORMED);
    assert_int_equal(read_with_number(PLACE_NUMBER_AT, UINT64_MAX), RB_MALFORMED);
}

static void without_the_text_of_a_question_it_is_malformed(void **state) {
    struct message message = { .number_count = NUMBERS };
    struct talk_run came;
    (void)state;

    message.numbers[WIDTH] = 80;
    assert_int_equal(talk_run_read(&message, &came), RB_MALFORMED);
}

static void an_input_of_no_argument_is_malformed(void **state) {
    static const uint8_t places[] = { ARGUMENTS_MAX - 1, ARGUMENTS_MAX, 255, 0 };
    const struct span text = span_text("isi");
    (void)state;

    assert_int_equal(read_with_texts(2, (struct span[]) { span_of(&places[0], 1), text }), RB_OK);
    assert_int_equal(read_with_texts(2, (struct span[]) { span_of(&places[1], 1), text }),
                     RB_MALFORMED);
    assert_int_equal(read_with_texts(2, (struct span[]) { span_of(&places[2], 1), text }),
                     RB_MALFORMED);
    assert_int_equal(read_with_texts(2, (struct span[]) { span_of(&places[2], 2), text }),
                     RB_MALFORMED);
    assert_int_equal(read_with_texts(2, (struct span[]) { { 0 }, text }), RB_MALFORMED);
    assert_int_equal(read_with_texts(1, (struct span[]) { span_of(&places[0], 1) }), RB_MALFORMED);
}

static void more_inputs_than_a_command_has_are_malformed(void **state) {
    enum { PAIRS = 64 };
    static const uint8_t place = 0;
    struct span texts[2 * PAIRS];
    (void)state;

    for (size_t i = 0; i < PAIRS; i++) {
        texts[2 * i] = span_of(&place, 1);
        texts[2 * i + 1] = span_text("isi");
    }
    assert_int_equal(read_with_texts(2 * ARGUMENTS_MAX, texts), RB_OK);
    assert_int_equal(read_with_texts((size_t)2 * PAIRS, texts), RB_MALFORMED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_arrives_as_it_was_sent),
        cmocka_unit_test(as_many_words_as_fit_arrive),
        cmocka_unit_test(numbers_that_nobody_sends_are_malformed),
        cmocka_unit_test(a_false_number_of_words_is_malformed),
        cmocka_unit_test(every_other_number_of_numbers_is_malformed),
        cmocka_unit_test(a_place_that_nobody_is_in_is_malformed),
        cmocka_unit_test(without_the_text_of_a_question_it_is_malformed),
        cmocka_unit_test(an_input_of_no_argument_is_malformed),
        cmocka_unit_test(more_inputs_than_a_command_has_are_malformed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
