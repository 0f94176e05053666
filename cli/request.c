/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/request.h"

#include "cli/input.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_INPUT_BYTES_MAX = DRAFT_BYTES_MAX + 2 * LINE_BYTES_MAX };

void request_clear(struct request *request) {
    for (size_t i = 0; i < request->word_count; i++) {
        free(request->words[i]);
    }
    for (size_t i = 0; i < ARGUMENTS_MAX; i++) {
        writer_clear(&request->inputs[i]);
    }
    *request = (struct request) { 0 };
}

/* ---- Paths ---- */

/* NUL-terminated; the caller frees. */
static char *whole_path(struct span before, const char *path) {
    struct writer out;

    writer_init(&out, SIZE_MAX / 2);
    writer_span(&out, before);
    input_write_path(&out, path);
    char *whole = rb_strndup(writer_view(&out));
    writer_clear(&out);
    return whole;
}

/* ---- Words ---- */

/* `at` borrows from the word: it is the word, or stands behind "=" in it. */
static bool stands_in(const char *word, const char *at) {
    return at >= word && at <= word + strlen(word);
}

/* The value of an option that is a path, if it stands in this word; else NULL. */
static const char *path_in(const struct call *call, const char *word) {
    for (size_t i = 0; i < call->option_count; i++) {
        if (call->options[i].option->is_file && stands_in(word, call->options[i].value)) {
            return call->options[i].value;
        }
    }
    return NULL;
}

static bool is_text_word(const struct call *call, const char *word) {
    for (size_t i = 0; i < call->argument_count; i++) {
        if (call->typed[i] == word) {
            return call->command->arguments[i].sort == ARGUMENT_TEXT;
        }
    }
    return false;
}

static char *copy_word(const struct call *call, const char *word) {
    const char *path = path_in(call, word);

    if (path != NULL) {
        return whole_path(span_of(word, (size_t)(path - word)), path);
    }
    return rb_strndup(span_text(is_text_word(call, word) ? "-" : word));
}

/* ---- Inputs ---- */

static enum rb_status read_file(struct request *request, size_t at, const char *path,
                                struct failure *failure) {
    size_t max = request->command->arguments[at].bytes_max;

    if (strcmp(path, "-") == 0) {
        return failure_say(failure, RB_REFUSED, "no_standard_input",
                           _("In the console \"-\" is no file. Type the name of a file."));
    }
    char *whole = whole_path(span_of(NULL, 0), path);
    writer_init(&request->inputs[at], max);
    enum rb_status status = input_read_file(whole, max, &request->inputs[at]);
    if (status != RB_OK) {
        status = input_fail(failure, status, path);
    }
    free(whole);
    return status;
}

static enum rb_status read_inputs(struct request *request, const struct call *call,
                                  const struct span *text, struct failure *failure) {
    enum rb_status status = RB_OK;

    for (size_t at = 0; status == RB_OK && at < call->argument_count; at++) {
        enum argument_sort sort = call->command->arguments[at].sort;
        request->is_input[at] = sort == ARGUMENT_FILE || sort == ARGUMENT_TEXT;
        if (sort == ARGUMENT_FILE) {
            status = read_file(request, at, call->typed[at], failure);
        } else if (sort == ARGUMENT_TEXT) {
            writer_init(&request->inputs[at], TEXT_INPUT_BYTES_MAX);
            writer_span(&request->inputs[at], text != NULL ? *text : span_text(call->typed[at]));
            status = writer_end(&request->inputs[at]);
        }
    }
    return status;
}

/* ---- All of it ---- */

enum rb_status request_make(struct request *request, size_t count, char *const *words,
                            const struct span *text, struct failure *failure) {
    struct parsed parsed;

    *request = (struct request) { 0 };
    if (count > TALK_WORDS_MAX) {
        return failure_usage(failure, "too_many_words",
                             _("These are too many words for one command."));
    }
    parse_arguments(&parsed, count, words);
    assert(parsed.fault == FAULT_NONE);
    request->command = parsed.call.command;
    for (size_t i = 0; i < count; i++) {
        request->words[request->word_count++] = copy_word(&parsed.call, words[i]);
    }
    enum rb_status status = read_inputs(request, &parsed.call, text, failure);
    failure_complete(failure, status);
    if (status != RB_OK) {
        request_clear(request);
    }
    return status;
}

void request_fill(const struct request *request, struct talk_run *run) {
    for (size_t i = 0; i < request->word_count; i++) {
        run->words[run->word_count++] = span_text(request->words[i]);
    }
    for (size_t at = 0; at < ARGUMENTS_MAX; at++) {
        if (request->is_input[at]) {
            run->inputs[run->input_count].argument = at;
            run->inputs[run->input_count].bytes = writer_view(&request->inputs[at]);
            run->input_count++;
        }
    }
}
