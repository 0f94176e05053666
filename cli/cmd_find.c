/* SPDX-License-Identifier: GPL-3.0-or-later */
/* find: full-text search over posts, entries and forms. */
#include "cli/cases.h"
#include "cli/form_words.h"
#include "cli/posts.h"
#include "cli/snippet.h"
#include "protocol/text.h"
#include "store/search.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- How many ---- */

static enum rb_status read_limit(const struct call *call, size_t *limit) {
    const char *typed = call_option(call, "more");

    *limit = SEARCH_HITS_DEFAULT;
    if (typed == NULL) {
        return RB_OK;
    }
    if (typed[0] == '\0' || strlen(typed) > 4 || strspn(typed, "0123456789") != strlen(typed)) {
        return RB_MALFORMED;
    }
    unsigned long number = strtoul(typed, NULL, 10);
    if (number < 1 || number > SEARCH_HITS_MAX) {
        return RB_MALFORMED;
    }
    *limit = number;
    return RB_OK;
}

static enum rb_status find_check(struct context *context, const struct call *call) {
    size_t ignored = 0;

    if (read_limit(call, &ignored) == RB_OK) {
        return RB_OK;
    }
    return failure_usage(&context->failure, "bad_number", _("\"%s\" is not a number from 1 to %d."),
                         call_option(call, "more"), SEARCH_HITS_MAX);
}

/* ---- The words, before anything is looked for ---- */

static enum rb_status find_run(struct context *context, const struct call *call) {
    struct span words = call->texts[0];

    switch (search_check(words)) {
    case RB_OK:
        return RB_OK;
    case RB_TOO_LARGE:
        return failure_say(&context->failure, RB_TOO_LARGE, "too_many_words",
                           _("These are too many words, or one is too long: at most %d words. "
                             "Fewer find more."),
                           SEARCH_WORDS_MAX);
    default:
        return failure_say(&context->failure, RB_MALFORMED, "bad_text",
                           text_is_utf8(words)
                               ? _("There are no words to look for. Type: rembuk find WORDS")
                               : _("The words have characters that cannot be read here."));
    }
}

/* ---- Hits ---- */

struct listing {
    struct output *out;
    size_t count;
};

static const struct {
    const char *word, *shown;
} kinds[] = {
    [SEARCH_POST] = { "post", N_("post") },
    [SEARCH_ENTRY] = { "entry", N_("entry") },
    [SEARCH_PART] = { "form", N_("form") },
};

/* What is found in a form is called by the form. */
static void put_kind(struct output *out, const struct search_hit *hit) {
    if (hit->sort != SEARCH_PART) {
        output_word(out, "kind", kinds[hit->sort].word, _(kinds[hit->sort].shown));
        return;
    }
    output_word(out, "kind", kinds[hit->sort].word, _(form_words(hit->form)->shown));
    output_string(out, "form", form_find((uint64_t)hit->form)->name);
}

static void put_reference(struct output *out, const struct search_hit *hit) {
    char reference[POST_REFERENCE_BYTES];

    if (hit->number == 0) {
        (void)snprintf(reference, sizeof reference, "%" PRId64, hit->place_number);
    } else {
        (void)snprintf(reference, sizeof reference, "%" PRId64 ".%" PRId64, hit->place_number,
                       hit->number);
    }
    output_string(out, "ref", reference);
    if (hit->number != 0) {
        output_hex(out, hit->sort == SEARCH_PART ? "item" : kinds[hit->sort].word,
                   span_of(hit->ref, sizeof hit->ref));
    }
}

static bool put_hit(void *opaque, const struct search_hit *hit) {
    struct listing *listing = opaque;
    struct output *out = listing->out;
    struct writer snippet;

    listing->count++;
    writer_init(&snippet, SNIPPET_BYTES_MAX);
    snippet_write(&snippet, hit->text, hit->match, hit->match_len);
    output_row_begin(out);
    put_kind(out, hit);
    put_reference(out, hit);
    output_string(out, "place", hit->place);
    post_put_author(out, hit->author_name, span_text(hit->quoted_author));
    output_time(out, "time", hit->time_ms);
    output_text(out, "snippet", writer_view(&snippet));
    output_row_end(out);
    writer_clear(&snippet);
    return true;
}

static void say_found(struct context *context, const struct call *call, size_t count, bool more) {
    struct output *out = context->out;

    if (count == 0) {
        output_say(out, _("Nothing was found for \"%s\"."), output_line(out, call->texts[0]));
        output_next(out, _("try fewer words, or only a part of one: rembuk find WORDS"));
        return;
    }
    output_gap(out);
    if (more) {
        output_say(out, _("There may be more. Add a word, or ask for more: --more %d"),
                   SEARCH_HITS_MAX);
    }
    output_next(out, _("read what is around it: rembuk thread show THREAD, rembuk case show CASE"));
}

static enum rb_status list_hits(struct context *context, const struct call *call,
                                bool is_complete) {
    static const struct column columns[] = {
        { "kind", N_("Kind") },     { "ref", N_("Reference") }, { "place", N_("Thread or case") },
        { "author", N_("Author") }, { "snippet", N_("Text") },
    };
    struct listing listing = { .out = context->out };
    size_t limit = 0;
    bool more = false;

    enum rb_status status = read_limit(call, &limit);
    if (status != RB_OK) {
        return status;
    }
    output_list_begin(context->out, "hits", columns, sizeof columns / sizeof columns[0]);
    status = search_find(context->store, call->texts[0], limit, put_hit, &listing, &more);
    output_list_end(context->out);
    if (status != RB_OK) {
        return status;
    }
    more = more || !is_complete;
    output_bool(context->out, "more", more);
    say_found(context, call, listing.count, more);
    return RB_OK;
}

/* The index first, a batch at a time; who does not wait for it is shown what is found so far. */
static enum rb_status find_go_on(struct context *context, const struct call *call, bool *done) {
    struct store_sizes sizes;
    uint64_t left = 0;

    enum rb_status status = context->cancelled ? search_left(context->store, &left)
                                               : search_index(context->store, &left);
    if (status != RB_OK) {
        return status;
    }
    if (left == 0 || context->cancelled) {
        *done = true;
        progress_end(&context->progress);
        return list_hits(context, call, left == 0);
    }
    status = store_sizes(context->store, &sizes);
    if (status == RB_OK) {
        uint64_t total = sizes.events > left ? sizes.events : left;
        progress_tell(&context->progress, total - left, total, _("Reading for the search"));
    }
    return status;
}

const struct command cmd_find = {
    .name = "find",
    .name_id = "cari",
    .arguments = { { .sort = ARGUMENT_TEXT,
                     .label = N_("WORDS"),
                     .question = N_("Which words are you looking for?") } },
    .options = { { .name = "more",
                   .name_id = "lebih",
                   .value = N_("COUNT"),
                   .help = N_("show up to so many (50)") } },
    .summary = N_("search everything"),
    .help = N_("Searches posts, entries and forms of cases for all of the words, in any order."),
    .more = N_("A part of a word counts: \"rujuk\" finds \"dirujuk\". Several words stand in "
               "quotes."),
    .examples = N_("rembuk find school\nrembuk find --more 200 \"school fees\""),
    .needs = NEEDS_STORE,
    .check = find_check,
    .run = find_run,
    .go_on = find_go_on,
};
