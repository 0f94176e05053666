/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/question.h"

#include "cli/wording.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void question_say(struct writer *question, const char *sentence, ...) {
    char *said = wording_of(sentence);
    va_list values, again;

    va_start(values, sentence);
    va_copy(again, values);
    int len = vsnprintf(NULL, 0, said, again);
    va_end(again);
    assert(len >= 0);
    char *line = rb_alloc((size_t)len + 1, 1);
    (void)vsnprintf(line, (size_t)len + 1, said, values);
    va_end(values);
    if (question->len > 0) {
        writer_u8(question, '\n');
    }
    writer_span(question, span_text(line));
    free(line);
    free(said);
}
