/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/lang.h"

#include <assert.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static const char *const language_codes[] = {
    [LANGUAGE_INDONESIAN] = "id",
    [LANGUAGE_ENGLISH] = "en",
};

bool language_parse(const char *word, enum language *language) {
    for (int i = LANGUAGE_INDONESIAN; i <= LANGUAGE_ENGLISH; i++) {
        if (strcmp(word, language_codes[i]) == 0) {
            *language = (enum language)i;
            return true;
        }
    }
    return false;
}

void language_set(enum language language, const char *locale_dir) {
    assert(locale_dir != NULL);

    /* gettext looks at LANGUAGE only under a locale that exists and is not "C"; C.UTF-8 is in every
     * Debian, an Indonesian locale is not. */
    (void)setlocale(LC_ALL, "C.UTF-8"); /* Without it texts stay English: still usable. */
    (void)setenv("LANGUAGE", language_codes[language], 1);
    (void)bindtextdomain("rembuk", locale_dir);
    (void)bind_textdomain_codeset("rembuk", "UTF-8");
    (void)textdomain("rembuk"); /* Also makes gettext forget what it found in another language. */
}
