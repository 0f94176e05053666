/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/talk.h"

#include "cli/command.h"

#include <assert.h>

enum {
    RUN_ID,
    RUN_FLAGS,
    RUN_LANGUAGE,
    RUN_FORM,
    RUN_WIDTH,
    RUN_WORDS,
    RUN_PLACE,
    RUN_NUMBERS = RUN_PLACE + 2
};

enum { RUN_CONFIRMED, RUN_PLACE_TEXTS, RUN_FIRST_WORD = RUN_PLACE_TEXTS + 2 };

enum { RUN_FLAGS_ALL = RUN_YES | RUN_CAN_ASK | RUN_LOOK | RUN_COLOUR | RUN_CONSOLE };

/* The argument of an input is a text of one byte. */
static const uint8_t argument_bytes[] = { 0, 1, 2, 3 };
_Static_assert(sizeof argument_bytes > ARGUMENTS_MAX, "every argument can be an input");

void talk_run_write(struct message *message, const struct talk_run *run) {
    assert(run->word_count <= TALK_WORDS_MAX);
    message->type = TALK_RUN;
    message_add_number(message, run->id);
    message_add_number(message, run->flags);
    message_add_number(message, run->language);
    message_add_number(message, run->form);
    message_add_number(message, run->width);
    message_add_number(message, run->word_count);
    message_add_text(message, run->confirmed);
    place_write(message, &run->place);
    for (size_t i = 0; i < run->word_count; i++) {
        message_add_text(message, run->words[i]);
    }
    for (size_t i = 0; i < run->input_count; i++) {
        assert(run->inputs[i].argument < sizeof argument_bytes);
        message_add_text(message, span_of(&argument_bytes[run->inputs[i].argument], 1));
        message_add_text(message, run->inputs[i].bytes);
    }
}

static bool numbers_are_valid(const struct message *message) {
    return message->number_count == RUN_NUMBERS &&
           (message->numbers[RUN_FLAGS] & ~(uint64_t)RUN_FLAGS_ALL) == 0 &&
           message->numbers[RUN_LANGUAGE] <= LANGUAGE_ENGLISH &&
           message->numbers[RUN_FORM] <= OUTPUT_JSON && message->numbers[RUN_WIDTH] > 0 &&
           message->numbers[RUN_WIDTH] <= WIDTH_UNLIMITED &&
           message->numbers[RUN_WORDS] <= TALK_WORDS_MAX;
}

/* The texts behind the words, in pairs. */
static enum rb_status inputs_read(const struct message *message, size_t first,
                                  struct talk_run *run) {
    size_t room = sizeof run->inputs / sizeof run->inputs[0];

    if ((message->text_count - first) % 2 != 0 || message->text_count - first > 2 * room) {
        return RB_MALFORMED;
    }
    for (size_t at = first; at < message->text_count; at += 2) {
        struct span argument = message->texts[at];
        if (argument.len != 1 || argument.data[0] >= ARGUMENTS_MAX) {
            return RB_MALFORMED;
        }
        run->inputs[run->input_count].argument = argument.data[0];
        run->inputs[run->input_count].bytes = message->texts[at + 1];
        run->input_count++;
    }
    return RB_OK;
}

enum rb_status talk_run_read(const struct message *message, struct talk_run *run) {
    struct talk_run value = { 0 };

    if (!numbers_are_valid(message)) {
        return RB_MALFORMED;
    }
    value.id = message->numbers[RUN_ID];
    value.flags = (unsigned)message->numbers[RUN_FLAGS];
    value.language = (enum language)message->numbers[RUN_LANGUAGE];
    value.form = (enum output_form)message->numbers[RUN_FORM];
    value.width = (size_t)message->numbers[RUN_WIDTH];
    value.word_count = (size_t)message->numbers[RUN_WORDS];
    if (message->text_count < RUN_FIRST_WORD + value.word_count ||
        place_read(message, RUN_PLACE, RUN_PLACE_TEXTS, &value.place) != RB_OK) {
        return RB_MALFORMED;
    }
    value.confirmed = message->texts[RUN_CONFIRMED];
    for (size_t i = 0; i < value.word_count; i++) {
        value.words[i] = message->texts[RUN_FIRST_WORD + i];
    }
    enum rb_status status = inputs_read(message, RUN_FIRST_WORD + value.word_count, &value);
    if (status == RB_OK) {
        *run = value;
    }
    return status;
}
