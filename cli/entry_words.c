/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/entry_words.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *word, *word_id;
} sorts[] = {
    [ENTRY_PLAIN] = { "", "" },
    [ENTRY_VISIT] = { "visit", "kunjungan" },
    [ENTRY_CALL] = { "call", "telepon" },
    [ENTRY_OBSERVATION] = { "observation", "pengamatan" },
    [ENTRY_SERVICE] = { "service", "layanan" },
    [ENTRY_AID] = { "aid", "bantuan" },
};

static bool is_called(const char *word, struct span typed) {
    return strlen(word) == typed.len && strncasecmp(word, (const char *)typed.data, typed.len) == 0;
}

enum entry_sort entry_sort_typed(struct span typed) {
    for (int sort = ENTRY_VISIT; sort <= ENTRY_AID; sort++) {
        if (is_called(sorts[sort].word, typed) || is_called(sorts[sort].word_id, typed)) {
            return (enum entry_sort)sort;
        }
    }
    return ENTRY_PLAIN;
}

static void put_if_told(struct output *out, const char *key, struct span text) {
    if (text.len > 0) {
        output_text(out, key, text);
    }
}

void entry_put_details(struct output *out, const struct entry *entry) {
    if (entry->sort != ENTRY_PLAIN) {
        output_string(out, "type", sorts[entry->sort].word);
    }
    put_if_told(out, "on", entry->on);
    put_if_told(out, "outcome", entry->outcome);
    put_if_told(out, "next", entry->next_step);
    put_if_told(out, "next_by", entry->next_by);
}

/* "2026-11-25" as people write it: 25/11/2026; nothing stays nothing. */
static struct span day_shown(struct span day, char out[static DATE_BYTES + 1]) {
    if (day.len == 0) {
        return day;
    }
    (void)snprintf(out, DATE_BYTES + 1, "%.2s/%.2s/%.4s", (const char *)day.data + 8,
                   (const char *)day.data + 5, (const char *)day.data);
    return span_text(out);
}

void entry_details_each(const struct context *context, const struct entry *entry,
                        void (*each)(void *opaque, const char *label, struct span value),
                        void *opaque) {
    const bool is_english = context->settings->language == LANGUAGE_ENGLISH;
    char on[DATE_BYTES + 1], next_by[DATE_BYTES + 1];
    const struct {
        const char *label;
        struct span value;
    } details[] = {
        { _("Type"), span_text(is_english ? sorts[entry->sort].word : sorts[entry->sort].word_id) },
        { _("On"), day_shown(entry->on, on) },
        { _("Outcome"), entry->outcome },
        { _("Next step"), entry->next_step },
        { _("By"), day_shown(entry->next_by, next_by) },
    };

    for (size_t i = 0; i < sizeof details / sizeof details[0]; i++) {
        if (details[i].value.len > 0) {
            each(opaque, details[i].label, details[i].value);
        }
    }
}
