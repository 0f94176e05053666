/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as what an attached process sends to the owner of a home.  A command that is accepted
 * lies within the bytes and its limits, and writing it again gives the same message. */
#include "tests/fuzz/fuzz.h"

#include "cli/command.h"
#include "cli/talk.h"

#include <assert.h>

/* The type is not looked at by talk_run_read. */
static void write_again(const struct message *message, const struct talk_run *run) {
    struct message again = { 0 };

    talk_run_write(&again, run);
    assert(again.number_count == message->number_count);
    for (size_t i = 0; i < again.number_count; i++) {
        assert(again.numbers[i] == message->numbers[i]);
    }
    assert(again.text_count == message->text_count);
    for (size_t i = 0; i < again.text_count; i++) {
        assert(span_equal(again.texts[i], message->texts[i]));
    }
    message_clear(&again);
}

static void check_limits(const struct talk_run *run) {
    assert(run->language <= LANGUAGE_ENGLISH && run->form <= OUTPUT_JSON);
    assert(run->width > 0 && run->width <= WIDTH_UNLIMITED);
    assert(run->word_count <= TALK_WORDS_MAX);
    for (size_t i = 0; i < run->input_count; i++) {
        assert(run->inputs[i].argument < ARGUMENTS_MAX);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    struct message message = { 0 };
    struct talk_run run;
    size_t used = 0;

    if (message_read(span_of(data, len), &message, &used) != RB_OK) {
        return 0;
    }
    if (talk_run_read(&message, &run) == RB_OK) {
        check_limits(&run);
        write_again(&message, &run);
    }
    message_clear(&message);
    return 0;
}
