/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a command line, as a shell gives them: the input is cut at its NULs.  Whatever they
 * are, they are understood, or the sentence that says why not is text, with the exit code of wrong
 * usage.  What is understood stands in the words, and nothing is missing of what must be there. */
#include "tests/fuzz/fuzz.h"

#include "cli/parse.h"
#include "cli/usage.h"
#include "protocol/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 24, BYTES_MAX = 4096 };

struct words {
    char bytes[BYTES_MAX + 1];
    char *at[WORDS_MAX];
    size_t count;
};

static void words_split(struct words *words, struct span bytes) {
    const size_t len = bytes.len < BYTES_MAX ? bytes.len : BYTES_MAX;

    words->count = 0;
    memcpy(words->bytes, len > 0 ? bytes.data : (const uint8_t *)"", len);
    words->bytes[len] = '\0';
    for (size_t at = 0; at < len && words->count < WORDS_MAX; at += strlen(words->bytes + at) + 1) {
        words->at[words->count++] = words->bytes + at;
    }
}

/* Borrowed from one of the words. */
static bool is_of(const struct words *words, const char *typed) {
    return typed >= words->bytes && typed <= words->bytes + BYTES_MAX;
}

static void check_call(const struct words *words, const struct call *call) {
    assert(call->argument_count <= ARGUMENTS_MAX);
    assert(call->option_count <= CALL_OPTIONS_MAX);
    for (size_t i = 0; i < call->argument_count; i++) {
        assert(is_of(words, call->typed[i]));
    }
    for (size_t i = 0; i < call->option_count; i++) {
        const char *value = call->options[i].value;
        assert(is_of(words, value) || *value == '\0');
        assert(call_option(call, call->options[i].option->name) != NULL);
    }
}

/* Every argument that must be there is, and every option that must. */
static void check_complete(const struct call *call) {
    const struct command *row = call->command;

    for (size_t i = 0; i < ARGUMENTS_MAX && row->arguments[i].label != NULL; i++) {
        assert(row->arguments[i].optional || call->argument_count > i);
    }
    for (const struct option *option = row->options; option->name != NULL; option++) {
        assert(!option->required || call_option(call, option->name) != NULL);
    }
}

static void check_refusal(const struct words *words, const struct parsed *parsed,
                          enum language language) {
    struct failure failure = { 0 };
    bool is_text = true;

    for (size_t i = 0; i < words->count; i++) {
        is_text = is_text && text_is_utf8(span_text(words->at[i]));
    }
    assert(usage_fail(&failure, parsed, language) != RB_OK);
    assert(failure.exit == EXIT_USAGE && failure.code != NULL && failure.sentence != NULL);
    assert(!is_text || text_is_utf8(span_text(failure.sentence)));
    failure_clear(&failure);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    static struct words words;
    struct parsed parsed;

    if (len == 0) {
        return 0;
    }
    const enum language language = (data[0] & 1) != 0 ? LANGUAGE_ENGLISH : LANGUAGE_INDONESIAN;
    words_split(&words, span_of(data + 1, len - 1));
    parse_arguments(&parsed, words.count, words.at);
    check_call(&words, &parsed.call);
    if (parsed.fault != FAULT_NONE) {
        check_refusal(&words, &parsed, language);
    } else if (parsed.call.command != NULL && parsed.globals[GLOBAL_HELP] == NULL &&
               parsed.globals[GLOBAL_VERSION] == NULL) {
        check_complete(&parsed.call);
    }
    return 0;
}
