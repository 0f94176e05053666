/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/posting.h"

#include "protocol/text.h"
#include "store/contacts.h"
#include "store/db.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- The posts of a thread in the order of the screen ---- */

struct shown {
    struct post_order order; /* order.index: of this post in the order of loading */
    int64_t rcv;
    int64_t number; /* 0: not given yet */
};

struct screen {
    const uint8_t *thread;
    struct shown *posts; /* owned, by order of the screen */
    size_t count;
};

/* Columns: rcv, ref, reply_to, hlc, second of arrival or NULL.  A clock that cannot be right says
 * nothing about order: such a post stands where it arrived. */
static void shown_read(struct db_row *query, struct shown *shown) {
    uint64_t hlc = (uint64_t)db_int(query, 3);

    *shown = (struct shown) { .rcv = db_int(query, 0) };
    db_copy(query, 1, shown->order.ref, sizeof shown->order.ref);
    shown->order.is_reply = !db_is_null(query, 2);
    if (shown->order.is_reply) {
        db_copy(query, 2, shown->order.reply_to, sizeof shown->order.reply_to);
    }
    shown->order.hlc = db_is_null(query, 4) ? hlc : hlc_next(0, db_int(query, 4) * 1000);
}

static enum rb_status posts_load(struct store *store, struct screen *screen) {
    static const char sql[] =
        "SELECT post.rcv, post.ref, post.reply_to, post.hlc,"
        "  CASE WHEN post.odd_time THEN"
        "    (SELECT event.arrived_s FROM event WHERE event.rcv = post.rcv) END"
        " FROM thread"
        " JOIN post ON post.thread = thread.ref AND post.circle = thread.circle"
        " WHERE thread.ref = ?1";
    struct db_row *query = db_query(store_db(store), sql);
    size_t room = 0;

    db_bind_blob(query, 1, span_of(screen->thread, REF_BYTES));
    while (db_step(query)) {
        if (screen->count == room) {
            room = room == 0 ? 64 : 2 * room;
            screen->posts = rb_realloc(screen->posts, room, sizeof *screen->posts);
        }
        shown_read(query, &screen->posts[screen->count]);
        screen->posts[screen->count].order.index = screen->count;
        screen->count++;
    }
    return db_end(query);
}

static void posts_sort(struct screen *screen) {
    struct post_order *orders = rb_alloc(screen->count, sizeof *orders);
    struct shown *sorted = rb_alloc(screen->count, sizeof *sorted);

    for (size_t i = 0; i < screen->count; i++) {
        orders[i] = screen->posts[i].order;
    }
    post_order_sort(orders, screen->count);
    for (size_t i = 0; i < screen->count; i++) {
        sorted[i] = screen->posts[orders[i].index];
    }
    free(orders);
    free(screen->posts);
    screen->posts = sorted;
}

/* ---- Numbers ---- */

struct numbered {
    uint8_t ref[REF_BYTES];
    int64_t number;
};

static int compare_refs(const void *a, const void *b) {
    return memcmp(a, b, REF_BYTES); /* a ref stands first in struct numbered */
}

static enum rb_status numbers_load(struct store *store, const uint8_t thread[static REF_BYTES],
                                   struct numbered **numbers, size_t *count) {
    static const char sql[] =
        "SELECT object, number"
        " FROM number"
        " WHERE sort = ?1"
        "   AND parent = ?2";
    struct db_row *query = db_query(store_db(store), sql);
    size_t room = 0;

    db_bind_int(query, 1, REF_POST);
    db_bind_blob(query, 2, span_of(thread, REF_BYTES));
    while (db_step(query)) {
        if (*count == room) {
            room = room == 0 ? 64 : 2 * room;
            *numbers = rb_realloc(*numbers, room, sizeof **numbers);
        }
        db_copy(query, 0, (*numbers)[*count].ref, REF_BYTES);
        (*numbers)[*count].number = db_int(query, 1);
        (*count)++;
    }
    if (*count > 0) {
        qsort(*numbers, *count, sizeof **numbers, compare_refs);
    }
    return db_end(query);
}

static int64_t number_find(const struct numbered *numbers, size_t count,
                           const uint8_t ref[static REF_BYTES]) {
    const struct numbered *found =
        count == 0 ? NULL : bsearch(ref, numbers, count, sizeof *numbers, compare_refs);

    return found == NULL ? 0 : found->number;
}

static enum rb_status post_number(struct store *store, const uint8_t thread[static REF_BYTES],
                                  const uint8_t ref[static REF_BYTES], int64_t *number) {
    return ref_number_in(store, REF_POST, span_of(thread, REF_BYTES), span_of(ref, REF_BYTES),
                         number);
}

/* Numbers for the posts that are seen for the first time, from the top of the screen downwards. */
static enum rb_status new_posts_number(struct store *store, struct screen *screen) {
    bool own = false;

    enum rb_status status = store_write_enter(store, &own);
    if (status != RB_OK) {
        return status;
    }
    for (size_t i = 0; i < screen->count && status == RB_OK; i++) {
        struct shown *shown = &screen->posts[i];
        if (shown->number == 0) {
            status = post_number(store, screen->thread, shown->order.ref, &shown->number);
        }
    }
    return store_write_leave(store, own, status);
}

static enum rb_status posts_number(struct store *store, struct screen *screen) {
    struct numbered *numbers = NULL;
    size_t count = 0;
    bool complete = true;

    enum rb_status status = numbers_load(store, screen->thread, &numbers, &count);
    for (size_t i = 0; i < screen->count && status == RB_OK; i++) {
        struct shown *shown = &screen->posts[i];
        shown->number = number_find(numbers, count, shown->order.ref);
        complete = complete && shown->number != 0;
    }
    free(numbers);
    return status == RB_OK && !complete ? new_posts_number(store, screen) : status;
}

/* The numbers of all posts, by ref: for what replies name. */
static struct numbered *numbers_of(const struct screen *screen) {
    struct numbered *numbers = rb_alloc(screen->count, sizeof *numbers);

    for (size_t i = 0; i < screen->count; i++) {
        memcpy(numbers[i].ref, screen->posts[i].order.ref, REF_BYTES);
        numbers[i].number = screen->posts[i].number;
    }
    if (screen->count > 0) {
        qsort(numbers, screen->count, sizeof *numbers, compare_refs);
    }
    return numbers;
}

/* ---- One post ---- */

/* A post with the bytes that its spans borrow. */
struct post_bytes {
    struct post_row row;
    struct writer text, quoted;
};

static void post_bytes_init(struct post_bytes *post) {
    *post = (struct post_bytes) { 0 };
    writer_init(&post->text, TEXT_BYTES_MAX);
    writer_init(&post->quoted, NAME_BYTES_MAX);
}

static void post_bytes_clear(struct post_bytes *post) {
    writer_clear(&post->text);
    writer_clear(&post->quoted);
}

/* Columns: ref, reply_to, person, hlc, odd_time, quoted, text, whether it is elsewhere too. */
static void post_read(struct db_row *query, struct post_bytes *post) {
    struct post_row *row = &post->row;
    struct span reply_to = db_blob(query, 1);

    *row = (struct post_row) {
        .is_reply = reply_to.len > 0,
        .time_ms = hlc_ms((uint64_t)db_int(query, 3)),
        .odd_time = db_int(query, 4) != 0,
        .state = db_int(query, 7) != 0 ? POST_DELIVERED : POST_QUEUED,
    };
    db_copy(query, 0, row->ref, sizeof row->ref);
    if (row->is_reply) {
        db_copy(query, 1, row->reply_to, sizeof row->reply_to);
    }
    db_copy(query, 2, row->author, sizeof row->author);
    writer_reset(&post->quoted);
    writer_span(&post->quoted, db_text(query, 5));
    row->quoted_author = writer_view(&post->quoted);
    writer_reset(&post->text);
    writer_span(&post->text, db_text(query, 6));
    row->text = writer_view(&post->text);
}

/* What others wrote has come from elsewhere; what was written here is there when somebody says
 * so. */
static enum rb_status post_load(struct store *store, int64_t rcv, struct post_bytes *post) {
    static const char sql[] =
        "SELECT post.ref, post.reply_to, post.person, post.hlc, post.odd_time, post.quoted,"
        "  post.text, log.own = 0 OR EXISTS (SELECT 1 FROM acked"
        "    WHERE acked.log = log.id AND acked.seq >= post.seq)"
        " FROM post"
        " JOIN log ON log.id = post.log"
        " WHERE post.rcv = ?1";
    struct db_row *query = db_query(store_db(store), sql);
    bool found = false;

    db_bind_int(query, 1, rcv);
    if (db_step(query)) {
        found = true;
        post_read(query, post);
    }
    enum rb_status status = db_end(query);
    return status == RB_OK && !found ? RB_NOT_FOUND : status;
}

/* ---- Showing a thread ---- */

/* Names that have been looked up already: a thread has few authors and many posts. */
struct name_cache {
    struct known_name {
        uint8_t person[HASH_BYTES];
        char name[NAME_BYTES_MAX + 1];
    } * names; /* owned */
    size_t count;
};

static enum rb_status name_find(struct store *store, struct name_cache *cache,
                                const uint8_t person[static HASH_BYTES], const char **name) {
    for (size_t i = 0; i < cache->count; i++) {
        if (memcmp(cache->names[i].person, person, HASH_BYTES) == 0) {
            *name = cache->names[i].name;
            return RB_OK;
        }
    }
    cache->names = rb_realloc(cache->names, cache->count + 1, sizeof *cache->names);
    struct known_name *known = &cache->names[cache->count];
    memcpy(known->person, person, sizeof known->person);
    enum rb_status status = person_name(store, person, known->name);
    if (status == RB_OK) {
        cache->count++;
        *name = known->name;
    }
    return status;
}

struct showing {
    struct store *store;
    int64_t thread_number, since_ms;
    const struct numbered *numbers;
    struct name_cache names;
    bool (*each)(void *context, const struct post_row *);
    void *context;
};

/* `*go_on` becomes false if the caller has seen enough. */
static enum rb_status post_show(struct showing *showing, const struct screen *screen, size_t index,
                                struct post_bytes *post, bool *go_on) {
    struct post_row *row = &post->row;
    const char *name;

    enum rb_status status = post_load(showing->store, screen->posts[index].rcv, post);
    if (status != RB_OK || row->time_ms < showing->since_ms) {
        return status;
    }
    status = name_find(showing->store, &showing->names, row->author, &name);
    if (status != RB_OK) {
        return status;
    }
    memcpy(row->author_name, name, sizeof row->author_name);
    row->thread_number = showing->thread_number;
    row->number = screen->posts[index].number;
    if (row->is_reply) {
        row->reply_number = number_find(showing->numbers, screen->count, row->reply_to);
    }
    *go_on = showing->each(showing->context, row);
    return RB_OK;
}

static enum rb_status screen_load(struct store *store, struct screen *screen) {
    enum rb_status status = posts_load(store, screen);

    if (status == RB_OK) {
        posts_sort(screen);
        status = posts_number(store, screen);
    }
    return status;
}

static enum rb_status screen_show(struct showing *showing, const struct screen *screen) {
    struct numbered *numbers = numbers_of(screen);
    enum rb_status status = RB_OK;
    struct post_bytes post;
    bool go_on = true;

    showing->numbers = numbers;
    post_bytes_init(&post);
    for (size_t i = 0; i < screen->count && status == RB_OK && go_on; i++) {
        status = post_show(showing, screen, i, &post, &go_on);
    }
    post_bytes_clear(&post);
    free(numbers);
    return status;
}

enum rb_status thread_posts(struct store *store, const uint8_t ref[static REF_BYTES],
                            int64_t since_ms, bool (*each)(void *context, const struct post_row *),
                            void *context) {
    struct showing showing = {
        .store = store, .since_ms = since_ms, .each = each, .context = context
    };
    struct screen screen = { .thread = ref };
    struct thread_row thread;

    enum rb_status status = thread_get(store, ref, &thread);
    if (status == RB_OK) {
        showing.thread_number = thread.number;
        status = screen_load(store, &screen);
    }
    if (status == RB_OK) {
        status = screen_show(&showing, &screen);
    }
    free(showing.names.names);
    free(screen.posts);
    return status;
}

/* ---- A post by its ref ----
 * There is no index on refs (event_log.h, 5): a post that has been seen is found by its number's
 * thread, any other by looking through all of them. */

static enum rb_status thread_of_post(struct store *store, const uint8_t ref[static REF_BYTES],
                                     uint8_t thread[static REF_BYTES]) {
    static const char sql[] =
        "SELECT coalesce((SELECT parent FROM number WHERE sort = ?1 AND object = ?2),"
        "  (SELECT thread FROM post WHERE ref = ?2))";
    struct db_row *query = db_query(store_db(store), sql);
    bool found = false;

    db_bind_int(query, 1, REF_POST);
    db_bind_blob(query, 2, span_of(ref, REF_BYTES));
    if (db_step(query) && !db_is_null(query, 0)) {
        found = true;
        db_copy(query, 0, thread, REF_BYTES);
    }
    enum rb_status status = db_end(query);
    return status == RB_OK && !found ? RB_NOT_FOUND : status;
}

/* The row of a post of a known thread; RB_NOT_FOUND. */
static enum rb_status post_find(struct store *store, const uint8_t thread[static REF_BYTES],
                                const uint8_t ref[static REF_BYTES], int64_t *rcv) {
    static const char sql[] =
        "SELECT post.rcv"
        " FROM thread"
        " JOIN post ON post.thread = thread.ref AND post.circle = thread.circle"
        " WHERE thread.ref = ?1"
        "   AND post.ref = ?2";
    struct db_row *query = db_query(store_db(store), sql);
    int64_t value = 0;

    db_bind_blob(query, 1, span_of(thread, REF_BYTES));
    db_bind_blob(query, 2, span_of(ref, REF_BYTES));
    if (db_step(query)) {
        value = db_int(query, 0);
    }
    enum rb_status status = db_end(query);
    if (status == RB_OK && value == 0) {
        status = RB_NOT_FOUND;
    }
    if (status == RB_OK) {
        *rcv = value;
    }
    return status;
}

/* The number of what a post replies to, which stays 0 if that is not here. */
static enum rb_status reply_number(struct store *store, const uint8_t thread[static REF_BYTES],
                                   struct post_row *row) {
    int64_t rcv;

    if (!row->is_reply) {
        return RB_OK;
    }
    enum rb_status status = post_find(store, thread, row->reply_to, &rcv);
    if (status == RB_NOT_FOUND) {
        return RB_OK;
    }
    return status == RB_OK ? post_number(store, thread, row->reply_to, &row->reply_number) : status;
}

static enum rb_status post_describe(struct store *store, const uint8_t thread[static REF_BYTES],
                                    struct post_row *row) {
    struct thread_row thread_row;

    enum rb_status status = thread_get(store, thread, &thread_row);
    if (status == RB_OK) {
        row->thread_number = thread_row.number;
        status = reply_number(store, thread, row);
    }
    if (status == RB_OK) {
        status = post_number(store, thread, row->ref, &row->number);
    }
    if (status == RB_OK) {
        status = person_name(store, row->author, row->author_name);
    }
    return status;
}

enum rb_status post_get(struct store *store, const uint8_t ref[static REF_BYTES],
                        struct post_row *row) {
    uint8_t thread[REF_BYTES];
    struct post_bytes post;
    int64_t rcv;

    post_bytes_init(&post);
    enum rb_status status = thread_of_post(store, ref, thread);
    if (status == RB_OK) {
        status = post_find(store, thread, ref, &rcv);
    }
    if (status == RB_OK) {
        status = post_load(store, rcv, &post);
    }
    if (status == RB_OK) {
        status = post_describe(store, thread, &post.row);
    }
    if (status == RB_OK) {
        post.row.text = (struct span) { 0 };
        post.row.quoted_author = (struct span) { 0 };
        *row = post.row;
    }
    post_bytes_clear(&post);
    return status;
}

/* ---- Writing ---- */

enum rb_status post_check_text(struct span text) {
    if (text.len == 0 || !text_is_utf8(text)) {
        return RB_MALFORMED;
    }
    return text.len > TEXT_BYTES_MAX ? RB_TOO_LARGE : RB_OK;
}

enum rb_status post_write(struct store *store, const uint8_t circle[static HASH_BYTES],
                          const struct post_draft *post, int64_t now_ms,
                          uint8_t ref[static REF_BYTES]) {
    const struct post content = { .text = post->text, .quoted_author = post->quoted_author };
    struct draft draft = { .type = KIND_POST };
    struct writer body;

    memcpy(draft.refs[draft.ref_count++], post->thread, REF_BYTES);
    if (post->reply_to != NULL) {
        memcpy(draft.refs[draft.ref_count++], post->reply_to, REF_BYTES);
    }
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    post_encode(&body, &content);
    draft.body = writer_view(&body);
    enum rb_status status = author_write(store, circle, &draft, now_ms, ref);
    writer_clear(&body);
    return status;
}

/* Who writes into a thread has it before him: its posts get their numbers in the same step, so that
 * a number is never missing for what was written (docs/decisions/004). */
static enum rb_status posts_seen(struct store *store, const uint8_t thread[static REF_BYTES]) {
    struct screen screen = { .thread = thread };

    enum rb_status status = screen_load(store, &screen);
    free(screen.posts);
    return status;
}

enum rb_status post_add(struct store *store, const uint8_t thread[static REF_BYTES],
                        const uint8_t *reply_to, struct span text, int64_t now_ms,
                        uint8_t ref[static REF_BYTES]) {
    const struct post_draft post = { .thread = thread, .reply_to = reply_to, .text = text };
    struct thread_row row;
    int64_t rcv;

    enum rb_status status = post_check_text(text);
    if (status == RB_OK) {
        status = thread_get(store, thread, &row);
    }
    if (status == RB_OK && reply_to != NULL) {
        status = post_find(store, thread, reply_to, &rcv);
    }
    if (status == RB_OK) {
        status = store_write_begin(store);
    }
    if (status != RB_OK) {
        return status;
    }
    status = post_write(store, row.circle, &post, now_ms, ref);
    if (status == RB_OK) {
        status = posts_seen(store, thread);
    }
    return store_write_end(store, status);
}
