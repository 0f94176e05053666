/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What search costs beside FTS5 alone, in one run on one machine.
 *
 * usage: search [EVENTS=100000] */
#include "tests/bench/support/bare.h"
#include "tests/bench/support/meeting.h"
#include "tests/bench/support/speech.h"

#include "store/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EVENTS = 100000, QUERIES = 1000, HITS = 20, TRIES = 3 };

_Static_assert((int)BARE_TEXT_BYTES == (int)POST_TEXT_BYTES, "both index the same text");

static void text_words(char text[static POST_TEXT_BYTES]) {
    speech_text(text, POST_TEXT_BYTES);
}

/* ---- The figures ---- */

struct figures {
    size_t events;
    double usual_s, same_s; /* bare pipeline with an index as it usually is, and one like ours */
    double times[QUERIES], bare_times[QUERIES];
    size_t hits, bare_hits;
};

static void bulk_print(const struct figures *figures, const char *what, double took) {
    (void)printf("%-52s %8.2f s %9.0f events/s\n", what, took, (double)figures->events / took);
}

/* Of several tries the best counts: what else runs on the machine is not measured. */
static void best(double *time, double took) {
    if (*time == 0 || took < *time) {
        *time = took;
    }
}

static void bare_measure(struct figures *figures) {
    struct folder folder;

    folder_new(&folder);
    bare_fill(folder.path, figures->events, text_words);
    figures->same_s = bare_pipeline(folder.path, figures->events,
                                    "content = '', tokenize = 'trigram', detail = 'none'");
    figures->usual_s =
        bare_pipeline(folder.path, figures->events, "content = '', tokenize = 'trigram'");
    bare_empty();
    bare_search_open(folder.path);
    for (size_t i = 0; i < QUERIES; i++) {
        const char *word = speech_word(i * (SPEECH_WORDS / QUERIES));
        size_t hits = 0;
        for (size_t k = 0; k < TRIES; k++) {
            best(&figures->bare_times[i], bare_search(word, &hits));
        }
        figures->bare_hits += hits;
    }
    bare_search_close();
    folder_remove(&folder);
    bulk_print(figures, "bare pipeline with FTS5 (trigram)", figures->usual_s);
    bulk_print(figures, "bare pipeline with FTS5 (trigram, without positions)", figures->same_s);
}

static bool hit_count(void *context, const struct search_hit *hit) {
    *(size_t *)context += hit->text.len > 0 ? 1 : 0;
    return true;
}

static double find_time(struct store *store, const char *word, size_t *hits) {
    bool more;
    const double started = seconds();

    must(search_find(store, span_text(word), HITS, hit_count, hits, &more) == RB_OK, "search");
    return seconds() - started;
}

static double index_time(struct store *store) {
    const double started = seconds();
    uint64_t left = 1;

    while (left > 0) {
        must(search_index(store, &left) == RB_OK, "index");
    }
    return seconds() - started;
}

static void queries_print(struct figures *figures) {
    const double bare_median = quantile(figures->bare_times, QUERIES, 0.5);
    const double bare_p99 = quantile(figures->bare_times, QUERIES, 0.99);
    const double p50 = quantile(figures->times, QUERIES, 0.5);
    const double p99 = quantile(figures->times, QUERIES, 0.99);

    (void)printf("%-52s %8.2f ms, p99 %8.2f ms   %zu hits\n", "bare FTS5, the 20 newest hits",
                 1000 * bare_median, 1000 * bare_p99, figures->bare_hits);
    (void)printf("%-52s %8.2f ms, p99 %8.2f ms   %zu hits   p99 %.2f x bare (at most 3)\n",
                 "search, the 20 newest hits", 1000 * p50, 1000 * p99, figures->hits,
                 p99 / bare_p99);
}

static void member_measure(struct figures *figures) {
    struct meeting meeting;
    size_t hits = 0;

    meeting_begin(&meeting, figures->events, text_words);
    const double synced = meeting_sync(&meeting);
    const double indexed = index_time(meeting.guest.store);
    bulk_print(figures, "into a member's store, with views", synced);
    bulk_print(figures, "... and the index after it", indexed);
    (void)printf("%-52s %8.2f s   %.2f and %.2f x bare (at least 0.60)\n", "both", synced + indexed,
                 figures->usual_s / (synced + indexed), figures->same_s / (synced + indexed));
    for (size_t i = 0; i < QUERIES; i++) {
        const char *word = speech_word(i * (SPEECH_WORDS / QUERIES));
        for (size_t k = 0; k < TRIES; k++) {
            hits = 0;
            best(&figures->times[i], find_time(meeting.guest.store, word, &hits));
        }
        figures->hits += hits;
    }
    queries_print(figures);
    meeting_end(&meeting);
}

int main(int argc, char **argv) {
    static struct figures figures = { .events = EVENTS };

    if (argc > 1) {
        figures.events = strtoul(argv[1], NULL, 10);
    }
    figures.events -= figures.events % BLOCK_EVENTS;
    must(crypt_start() == RB_OK && figures.events > 0, "start");
    speech_begin(2);
    bare_measure(&figures);
    speech_begin(2);
    member_measure(&figures);
    return 0;
}
