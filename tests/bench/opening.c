/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long a large store takes to open, and how much memory the program holds.
 *
 * usage: opening [EVENTS=1000000]
 *
 * The store is one worker's, written over three years in ten groups of twenty threads and fifty
 * cases, with views and index complete.  Each opening is a process of its own; the same key file is
 * opened before and after it, which is the derivation that is left out.  Memory of the node is that
 * of rembuk itself, with another home of 100,000 events. */
#include "tests/bench/support/meeting.h"
#include "tests/bench/support/process.h"

#include "store/cases.h"
#include "store/db.h"
#include "store/home.h"
#include "store/search.h"
#include "tests/support/random.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    EVENTS = 1000000,
    GROUPS = 10,
    GROUP_THREADS = 20,
    THREADS = GROUPS * GROUP_THREADS,
    CASES = 50,
    CASE_NOTES = 20,
    CONTACTS = 10,
    POSTS_AT_ONCE = 1024,
    YEARS = 3,
    NODE_EVENTS = 100000,
    TRIES = 21,
    SHOWN_THREADS = 3,
    HITS = 20,
    POLL_MS = 10,
    INDEX_MS = 15000, /* more than 100,000 texts take */
    SETTLE_MS = 3000
};
#define DAY_MS  INT64_C(86400000)
#define YEAR_MS (365 * DAY_MS)

static struct random words_random = { 1 };

static void text_plain(char text[static POST_TEXT_BYTES]) {
    static const char *const words[] = { "anak",      "ibu",    "rumah",   "sekolah", "dampingi",
                                         "kunjungan", "rapat",  "catatan", "dinas",   "balai",
                                         "rujuk",     "besok",  "sehat",   "guru",    "laporan",
                                         "keluarga",  "dan",    "dengan",  "sudah",   "belum",
                                         "akan",      "perlu",  "kembali", "kemarin", "kantor",
                                         "petugas",   "bantuan" };
    memset(text, ' ', POST_TEXT_BYTES);
    for (size_t at = 0;;) {
        const char *word = words[random_below(&words_random, sizeof words / sizeof *words)];
        const size_t len = strlen(word);
        if (at + len > POST_TEXT_BYTES) {
            return;
        }
        memcpy(text + at, word, len);
        at += len + 1;
    }
}

/* ---- Filling ---- */

struct filling {
    struct store *store;
    int64_t now_ms, step_ms; /* posts come evenly */
    uint8_t circles[GROUPS][HASH_BYTES], threads[THREADS][REF_BYTES];
};

static void groups_make(struct filling *filling) {
    char name[32];

    for (size_t i = 0; i < THREADS; i++) {
        uint8_t *circle = filling->circles[i % GROUPS];
        if (i < GROUPS) {
            (void)snprintf(name, sizeof name, "Kelompok %zu", i + 1);
            must(group_new(filling->store, span_text(name), NULL, filling->now_ms, circle) == RB_OK,
                 "group");
        }
        (void)snprintf(name, sizeof name, "Pertemuan %zu", i + 1);
        must(thread_new(filling->store, circle, span_text(name), filling->now_ms,
                        filling->threads[i]) == RB_OK,
             "thread");
    }
}

static void posts_write(struct filling *filling, size_t thread, size_t posts) {
    char bytes[POST_TEXT_BYTES];
    uint8_t ref[REF_BYTES];
    struct writer body;
    struct new_content draft = { .type = KIND_POST, .ref_count = 1 };

    memcpy(draft.refs[0], filling->threads[thread], REF_BYTES);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    must(store_write_begin(filling->store) == RB_OK, "begin");
    for (size_t i = 0; i < posts; i++) {
        text_plain(bytes);
        writer_reset(&body);
        post_encode(&body, &(struct post) { .text = span_of(bytes, sizeof bytes) });
        draft.body = writer_view(&body);
        filling->now_ms += filling->step_ms;
        must(author_write(filling->store, filling->circles[thread % GROUPS], &draft,
                          filling->now_ms, ref) == RB_OK,
             "post");
    }
    must(store_write_commit(filling->store) == RB_OK, "commit");
    writer_clear(&body);
}

static void cases_make(struct filling *filling) {
    const struct case_record record = { .cluster = "ABH" };
    char text[POST_TEXT_BYTES];
    uint8_t circle[HASH_BYTES], ref[REF_BYTES];

    for (size_t i = 0; i < CASES; i++) {
        must(case_new(filling->store, &record, filling->now_ms, circle) == RB_OK, "case");
        for (size_t k = 0; k < CASE_NOTES; k++) {
            text_plain(text);
            must(case_note(filling->store, circle, span_of(text, sizeof text), filling->now_ms,
                           ref) == RB_OK,
                 "note");
        }
    }
}

static void contacts_make(struct filling *filling) {
    char name[32];

    for (size_t i = 0; i < CONTACTS; i++) {
        struct stranger stranger;
        struct contact contact;
        struct writer card;
        bool renewed = false;
        (void)snprintf(name, sizeof name, "Budi Misal %zu", i + 1);
        stranger_new(&stranger, name);
        writer_init(&card, CARD_BYTES_MAX);
        stranger_card(&stranger, HOMES_NOW_MS, NULL, &card);
        must(contact_add(filling->store, writer_view(&card), HOMES_NOW_MS, &contact, &renewed) ==
                 RB_OK,
             "contact");
        writer_clear(&card);
        stranger_clear(&stranger);
    }
}

static void index_finish(struct store *store) {
    uint64_t left = 1;

    while (left > 0) {
        must(search_index(store, &left) == RB_OK, "index");
    }
}

static void home_fill(const char *home, size_t events) {
    const double started = seconds();
    struct store_sizes sizes;
    struct filling filling = {
        .store = home_new(home, "Sari Umpama"),
        .now_ms = clock_now_ms() - YEARS * YEAR_MS,
        .step_ms = YEARS * YEAR_MS / (int64_t)events,
    };

    groups_make(&filling);
    contacts_make(&filling);
    for (size_t i = 0; events > 0; i++) {
        const size_t part = events < POSTS_AT_ONCE ? events : POSTS_AT_ONCE;
        posts_write(&filling, i % THREADS, part);
        events -= part;
    }
    cases_make(&filling);
    index_finish(filling.store);
    must(store_sizes(filling.store, &sizes) == RB_OK, "sizes");
    store_close(&filling.store);
    (void)printf("%llu events in %.0f MB, written in %.0f s\n", (unsigned long long)sizes.events,
                 (double)sizes.bytes / 1e6, seconds() - started);
}

/* ---- In a process of its own: opening ---- */

static double key_time(const char *home) {
    struct home place;
    struct keyfile *key = crypt_secret_alloc(sizeof *key);

    must(home_at(&place, home) == RB_OK, "home");
    const double started = seconds();
    must(keyfile_open(place.key, span_text(HOMES_PASSPHRASE), key) == RB_OK, "key");
    const double took = seconds() - started;
    crypt_secret_free(key);
    return took;
}

static double open_timed(struct store **store, const char *home) {
    struct damage damage;
    const double started = seconds();

    must(store_open(store, home, span_text(HOMES_PASSPHRASE), 0, &damage) == RB_OK, "open");
    return seconds() - started;
}

/* Has the system forget the pages of a file. */
static void cache_drop(const char *home) {
    struct home place;

    must(home_at(&place, home) == RB_OK, "home");
    const int file = open(place.db, O_RDONLY);
    must(file >= 0 && posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) == 0, "fadvise");
    close(file);
}

/* The database by itself, with the key at hand. */
static double db_time(const char *home) {
    struct home place;
    struct damage damage;
    struct db *db = NULL;
    struct keyfile *key = crypt_secret_alloc(sizeof *key);

    must(home_at(&place, home) == RB_OK, "home");
    must(keyfile_open(place.key, span_text(HOMES_PASSPHRASE), key) == RB_OK, "key");
    const double started = seconds();
    must(db_open(&db, place.db, key, 0, &damage) == RB_OK, "database");
    const double took = seconds() - started;
    db_close(&db);
    crypt_secret_free(key);
    return took;
}

/* The derivation takes some milliseconds more or less each time, so that what is left of the
 * opening of the store without it scatters; the database by itself does not. */
static void open_once(const char *home, bool cold) {
    struct store *store = NULL;
    const double before = key_time(home);

    if (cold) {
        cache_drop(home);
    }
    const double db = db_time(home);
    if (cold) {
        cache_drop(home);
    }
    const double took = open_timed(&store, home);
    const double memory = process_memory(getpid(), "VmRSS");
    store_close(&store);
    const double key = (before + key_time(home)) / 2;
    (void)printf("%f %f %f %f\n", 1000 * key, 1000 * (took - key), 1000 * db, memory);
}

/* ---- In a process of its own: a day's screens ---- */

struct seen {
    uint8_t threads[SHOWN_THREADS][REF_BYTES];
    size_t count, rows;
};

static bool see_group(void *context, const struct group_row *row) {
    struct seen *seen = context;

    seen->rows += row->members > 0;
    return true;
}

static bool see_case(void *context, const struct case_row *row) {
    struct seen *seen = context;

    seen->rows += row->members > 0;
    return true;
}

static bool see_thread(void *context, const struct thread_row *row) {
    struct seen *seen = context;

    seen->rows++;
    memcpy(seen->threads[seen->count++ % SHOWN_THREADS], row->ref, REF_BYTES);
    return true;
}

static bool see_contact(void *context, const struct contact *contact) {
    struct seen *seen = context;

    seen->rows += contact->name[0] != '\0';
    return true;
}

static bool see_post(void *context, const struct post_row *row) {
    struct seen *seen = context;

    seen->rows += row->text.len > 0;
    return true;
}

static bool see_hit(void *context, const struct search_hit *hit) {
    struct seen *seen = context;

    seen->rows += hit->text.len > 0;
    return true;
}

/* What `rembuk today` reads. */
static void see_today(struct store *store, struct seen *seen) {
    must(group_each(store, false, see_group, seen) == RB_OK, "groups");
    must(case_each(store, false, see_case, seen) == RB_OK, "cases");
    must(thread_each(store, NULL, see_thread, seen) == RB_OK, "threads");
    must(contact_each(store, see_contact, seen) == RB_OK, "contacts");
    must(seen->rows >= GROUPS + CASES + THREADS + CONTACTS, "today");
}

/* Threads of the last month, and one search. */
static void see_posts(struct store *store, struct seen *seen) {
    const int64_t since_ms = clock_now_ms() - 30 * DAY_MS;
    bool more = false;

    for (size_t i = 0; i < SHOWN_THREADS; i++) {
        must(thread_posts(store, seen->threads[i], since_ms, see_post, seen) == RB_OK, "posts");
    }
    must(search_find(store, span_text("kunjung rumah"), HITS, see_hit, seen, &more) == RB_OK,
         "search");
}

/* `sql`: a PRAGMA, or "" for what the store has chosen. */
static void cache_set(struct store *store, const char *sql) {
    must(sql[0] == '\0' || db_run(db_query(store_db(store), sql)) == RB_OK, "cache");
}

static void screens_once(const char *home, const char *cache) {
    struct store *store = NULL;
    struct seen seen = { 0 };

    (void)open_timed(&store, home);
    cache_set(store, cache);
    process_forget_peak(getpid());
    const double opened = process_memory(getpid(), "VmRSS");
    double started = seconds();
    see_today(store, &seen);
    const double today = seconds() - started;
    started = seconds();
    see_today(store, &seen);
    const double again = seconds() - started;
    started = seconds();
    see_posts(store, &seen);
    const double posts = seconds() - started;
    const double after = process_memory(getpid(), "VmRSS");
    const double peak = process_memory(getpid(), "VmHWM");
    store_close(&store);
    (void)printf("%f %f %f %f %f %f\n", 1000 * today, 1000 * again, 1000 * posts, opened, after,
                 peak);
}

/* ---- The large store ---- */

static void opening_print(const char *what, const char *home, const char *how) {
    enum { KEY, STORE, DATABASE, MEMORY, NUMBERS };
    const char *const words[] = { "open", home, how, NULL };
    double all[NUMBERS][TRIES];

    for (size_t i = 0; i < TRIES; i++) {
        double numbers[NUMBERS];
        process_run(words, numbers, NUMBERS);
        for (size_t k = 0; k < NUMBERS; k++) {
            all[k][i] = numbers[k];
        }
    }
    const double store = quantile(all[STORE], TRIES, 0.5); /* sorts them */
    (void)printf(
        "%-12s %6.2f ms (%.2f to %.2f; at most 50), the database alone %.2f ms; the key "
        "before it %.1f ms; then %.1f MiB resident\n",
        what, store, all[STORE][0], all[STORE][TRIES - 1], quantile(all[DATABASE], TRIES, 0.5),
        quantile(all[KEY], TRIES, 0.5), quantile(all[MEMORY], TRIES, 0.5));
    (void)fflush(stdout);
}

static void screens_print(const char *home, const char *what, const char *cache) {
    const char *const words[] = { "screens", home, cache, NULL };
    double numbers[6];

    process_run(words, numbers, 6);
    (void)printf(
        "%-12s today %7.1f ms, again %7.1f ms; three threads and a search %7.1f ms; "
        "resident %.1f MiB, then %.1f, at most %.1f\n",
        what, numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
    (void)fflush(stdout);
}

static void large_measure(size_t events) {
    struct folder folder;
    char home[2 * HOMES_PATH_MAX];

    folder_new(&folder);
    (void)snprintf(home, sizeof home, "%s", folder_name(&folder, "rumah"));
    home_fill(home, events);
    opening_print("open, warm", home, "warm");
    opening_print("open, cold", home, "cold");
    screens_print(home, "(first time)", "");
    screens_print(home, "as it is", "");
    screens_print(home, "2 MiB", "PRAGMA cache_size = -2048");
    screens_print(home, "4 MiB", "PRAGMA cache_size = -4096");
    screens_print(home, "8 MiB", "PRAGMA cache_size = -8192");
    screens_print(home, "16 MiB", "PRAGMA cache_size = -16384");
    screens_print(home, "64 MiB", "PRAGMA cache_size = -65536");
    folder_remove(&folder);
}

/* ---- The node ---- */

static void host_for(struct worker *host, int64_t ms) {
    struct worker *const hosts[] = { host };

    workers_for(hosts, 1, ms);
}

/* Everything is durable at the guest, and he has said so. */
static bool is_done(const struct worker *host) {
    struct db_row *row = db_query(store_db(host->store), "SELECT max(seq) FROM acked");
    const bool done = db_step(row) && db_int(row, 0) >= NODE_EVENTS;

    must(db_end(row) == RB_OK, "acknowledgements");
    return done;
}

static pid_t guest_start(struct worker *host, const struct folder *guest) {
    static const char *const words[] = { "node", NULL };
    const pid_t process = process_start_rembuk(guest, words);

    for (int i = 0; host->opened == 0; i++) {
        must(i < PATIENCE_MS / POLL_MS, "connection");
        host_for(host, POLL_MS);
    }
    return process;
}

/* The node of the program, with what it fetched and what it indexed then.  From the moment on when
 * it is connected: the derivation of the key is left out. */
static void node_measure(void) {
    struct meeting meeting;

    meeting_begin(&meeting, NODE_EVENTS, text_plain);
    store_close(&meeting.guest.store); /* The program opens it. */
    worker_start(&meeting.host);
    pid_t process = guest_start(&meeting.host, &meeting.guest.folder);
    process_forget_peak(process);
    for (int i = 0; !is_done(&meeting.host); i++) {
        must(i < PATIENCE_MS / POLL_MS, "that all events come");
        host_for(&meeting.host, POLL_MS);
    }
    const double bulk = process_memory(process, "VmHWM");
    host_for(&meeting.host, INDEX_MS);
    const double peak = process_memory(process, "VmHWM");
    const double full = process_memory(process, "VmRSS");
    process_end(process);
    worker_stop(&meeting.host);
    worker_start(&meeting.host);
    process = guest_start(&meeting.host, &meeting.guest.folder);
    host_for(&meeting.host, SETTLE_MS);
    const double idle = process_memory(process, "VmRSS");
    process_end(process);
    (void)printf(
        "node, %d events: at most %.1f MiB while they come (at most 40), %.1f with the "
        "index; idle then %.1f, after a new start %.1f (at most 24)\n",
        NODE_EVENTS, bulk, peak, full, idle);
    (void)fflush(stdout);
    meeting_end(&meeting);
}

int main(int argc, char **argv) {
    must(crypt_start() == RB_OK, "start");
    if (argc == 4 && strcmp(argv[1], "open") == 0) {
        open_once(argv[2], strcmp(argv[3], "cold") == 0);
        return 0;
    }
    if (argc == 4 && strcmp(argv[1], "screens") == 0) {
        screens_once(argv[2], argv[3]);
        return 0;
    }
    const size_t events = argc > 1 ? strtoul(argv[1], NULL, 10) : EVENTS;
    must(events > 0, "number of events");
    node_measure();
    large_measure(events);
    return 0;
}
