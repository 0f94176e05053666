/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a supervisor of many cases waits for what a running node answers.
 *
 * usage: casework [CASES=4000]
 *
 * The cases are of a worker who has shared each with the supervisor: 50 events in each, of its
 * circle, of forms and of entries with 400 bytes of text.  The supervisor's node fetches them over
 * loopback TCP, and is rembuk itself from then on; each answer is that of a rembuk of its own,
 * which attaches to the node, from its start to its end. */
#include "tests/bench/support/meeting.h"
#include "tests/bench/support/process.h"
#include "tests/bench/support/speech.h"

#include "protocol/casework/change.h"
#include "store/cases.h"
#include "store/contacts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    CASES = 4000,
    CASE_EVENTS = 50,
    TRIES = 21,
    LINE_BYTES = 60,
    LATER_DAYS = 400, /* what is to be done falls due within so many days */
    READY_MS = 3000   /* more than a node takes to start */
};
#define DAY_MS INT64_C(86400000)

struct filling {
    struct store *store;
    const uint8_t *supervisor;
    uint8_t circle[HASH_BYTES];
    size_t events; /* of the case so far */
    int64_t now_ms;
};

/* ---- One case ---- */

static void append(struct filling *filling, enum kind_type type, struct writer *body) {
    struct new_content draft = { .type = type, .body = writer_view(body) };
    uint8_t ref[REF_BYTES];

    filling->now_ms += 1000;
    filling->events++;
    must(author_write(filling->store, filling->circle, &draft, filling->now_ms, ref) == RB_OK,
         "event");
}

static void write_form(struct filling *filling, enum form form, const struct field_value *values,
                       size_t count) {
    struct change change = { .form = form_find((uint64_t)form), .value_count = count };
    struct writer body;

    memcpy(change.values, values, count * sizeof *values);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    change_encode(&body, &change);
    append(filling, KIND_RECORD, &body);
    writer_clear(&body);
}

#define WRITE(filling, form, ...)                                                                  \
    write_form((filling), (form), (const struct field_value[]) { __VA_ARGS__ },                    \
               sizeof((const struct field_value[]) { __VA_ARGS__ }) / sizeof(struct field_value))

static struct field_value number(uint8_t field, uint64_t number) {
    return (struct field_value) { .field = field, .number = number };
}

/* A few words, kept until the next but three. */
static struct field_value line(uint8_t field) {
    static char lines[4][LINE_BYTES];
    static size_t next;
    char *text = lines[next++ % 4];

    speech_text(text, LINE_BYTES);
    return (struct field_value) { .field = field, .bytes = span_of(text, LINE_BYTES) };
}

/* A day from now on, or one that has been. */
static struct field_value day(uint8_t field, const struct filling *filling, int64_t days) {
    static char texts[2][DATE_BYTES + 1];
    static size_t next;
    char *text = texts[next++ % 2];

    date_at(filling->now_ms + days * DAY_MS, text);
    return (struct field_value) { .field = field, .bytes = span_of(text, DATE_BYTES) };
}

static void share(struct filling *filling) {
    must(author_invite(filling->store, filling->circle, filling->supervisor, CIRCLE_MANAGER, 0,
                       filling->now_ms) == RB_OK,
         "share");
    filling->events += 4; /* LOGCERT, GENESIS, CASE and ADD */
    WRITE(filling, FORM_DUTY,
          { .field = DUTY_PERSON, .bytes = span_of(filling->supervisor, HASH_BYTES) },
          number(DUTY_AS, DUTY_SUPERVISOR));
}

static void ask(struct filling *filling) {
    static const uint8_t hash[HASH_BYTES] = { 1 };

    WRITE(filling, FORM_APPROVAL, number(APPROVAL_OF, APPROVAL_PLAN),
          day(APPROVAL_ASKED_ON, filling, 0),
          { .field = APPROVAL_STATE_HASH, .bytes = span_of(hash, sizeof hash) });
    WRITE(filling, FORM_FLAG, line(FLAG_WHY));
}

static void forms_fill(struct filling *filling, size_t at) {
    WRITE(filling, FORM_CONSENT, number(CONSENT_BASIS, BASIS_GUARDIAN),
          day(CONSENT_ON, filling, -10), line(CONSENT_PURPOSE),
          number(CONSENT_RECIPIENTS, RECIPIENTS_TEAM));
    WRITE(filling, FORM_FACTS, line(FACTS_SUMMARY));
    WRITE(filling, FORM_ASSESSMENT, line(0));
    WRITE(filling, FORM_RISK, number(RISK_LEVEL, at % 4));
    for (size_t i = 0; i < 4; i++) {
        WRITE(filling, FORM_PROBLEM, line(PROBLEM_WHAT));
        WRITE(filling, FORM_SERVICE, line(0));
    }
    for (size_t i = 0; i < 8; i++) {
        WRITE(filling, FORM_STEP, line(STEP_WHAT),
              day(STEP_BY, filling, (int64_t)((at + i * 37) % LATER_DAYS)));
    }
    if (at % 100 == 1) {
        ask(filling);
    }
}

static void write_entry(struct filling *filling) {
    char text[POST_TEXT_BYTES];
    struct writer body;

    speech_text(text, sizeof text);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    entry_encode(&body, &(struct entry) { .text = span_of(text, sizeof text) });
    append(filling, KIND_ENTRY, &body);
    writer_clear(&body);
}

static void case_fill(struct filling *filling, size_t at) {
    const struct case_record record = { .has_age = true, .age = 9, .age_on = "2024-05-01" };

    filling->events = 0;
    must(case_new(filling->store, &record, filling->now_ms, filling->circle) == RB_OK, "case");
    must(store_write_begin(filling->store) == RB_OK, "begin");
    share(filling);
    forms_fill(filling, at);
    while (filling->events < CASE_EVENTS) {
        write_entry(filling);
    }
    must(store_write_commit(filling->store) == RB_OK, "commit");
}

/* ---- The supervisor's home ---- */

static size_t cases_count(struct store *store) {
    struct store_sizes sizes;

    must(store_sizes(store, &sizes) == RB_OK, "sizes");
    return (size_t)sizes.events;
}

static void cases_make(struct worker *worker, struct worker *supervisor, size_t cases) {
    const double started = seconds();
    struct filling filling = {
        .store = worker->store,
        .supervisor = store_self(supervisor->store)->person,
        .now_ms = clock_now_ms() - 30 * DAY_MS,
    };

    must(contact_set_verified(worker->store, filling.supervisor, filling.now_ms) == RB_OK,
         "verify");
    for (size_t i = 0; i < cases; i++) {
        case_fill(&filling, i);
    }
    (void)printf("%zu cases of %d events, written in %.0f s\n", cases, CASE_EVENTS,
                 seconds() - started);
    (void)fflush(stdout);
}

static void cases_fetch(struct worker *worker, struct worker *supervisor) {
    struct runner runner;
    double took = 0;

    runner_start(&runner, worker);
    for (size_t before = 0, now = 1; now > before; now = cases_count(supervisor->store)) {
        before = cases_count(supervisor->store);
        took += sync_time(supervisor);
    }
    runner_stop(&runner);
    (void)printf("%zu events fetched in %.0f s\n", cases_count(supervisor->store), took);
    (void)fflush(stdout);
}

/* The supervisor has read all of them but one in a hundred. */
static bool read_most(void *context, const struct case_row *row) {
    struct store *store = context;

    must(row->number % 100 == 0 || case_seen(store, row->circle) == RB_OK, "read");
    return true;
}

/* ---- Answers ---- */

static void sleep_ms(int64_t ms) {
    const struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

    (void)nanosleep(&time, NULL);
}

static void answer_print(const struct folder *folder, const char *what, const char *const *words) {
    double times[TRIES];

    const double first = process_answer(folder, words);
    for (size_t i = 0; i < TRIES; i++) {
        times[i] = process_answer(folder, words);
    }
    const double median = quantile(times, TRIES, 0.5);
    (void)printf("%-28s first %8.1f ms, then %6.1f ms (%.1f to %.1f; at most 100)\n", what,
                 1000 * first, 1000 * median, 1000 * times[0], 1000 * times[TRIES - 1]);
    (void)fflush(stdout);
}

static void answers_print(const struct folder *folder, size_t cases) {
    char number[32];

    (void)snprintf(number, sizeof number, "%zu", (cases + 1) / 2);
    answer_print(folder, "status, beside them", (const char *const[]) { "status", NULL });
    answer_print(folder, "today", (const char *const[]) { "today", NULL });
    answer_print(folder, "case list", (const char *const[]) { "case", "list", NULL });
    answer_print(folder, "case show", (const char *const[]) { "case", "show", number, NULL });
    for (size_t i = 0; i < SPEECH_WORDS; i += SPEECH_WORDS / 4) {
        answer_print(folder, speech_word(i),
                     (const char *const[]) { "find", speech_word(i), NULL });
    }
}

int main(int argc, char **argv) {
    const size_t cases = argc > 1 ? strtoul(argv[1], NULL, 10) : CASES;
    struct worker worker, supervisor;

    must(crypt_start() == RB_OK && cases > 0, "start");
    speech_begin(1);
    worker_new(&worker, "Sari Umpama");
    worker_new(&supervisor, "Budi Misal");
    workers_meet(&worker, &supervisor);
    worker_choose_address(&worker);
    worker_knows_address(&supervisor, &worker);
    cases_make(&worker, &supervisor, cases);
    cases_fetch(&worker, &supervisor);
    const double started = seconds();
    must(case_each(supervisor.store, false, read_most, supervisor.store) == RB_OK, "cases");
    (void)printf("all cases listed for the first time, and read: %.1f s\n", seconds() - started);
    store_close(&supervisor.store); /* the program opens it */
    const pid_t node =
        process_start_rembuk(&supervisor.folder, (const char *const[]) { "node", NULL });
    sleep_ms(READY_MS);
    (void)printf("the first search, with what of the index was left: %.0f s\n",
                 process_answer(&supervisor.folder, (const char *const[]) { "find", "x", NULL }));
    answers_print(&supervisor.folder, cases);
    process_end(node);
    worker_remove(&worker);
    worker_remove(&supervisor);
    return 0;
}
