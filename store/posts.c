/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/post_row.h"

#include "store/contacts.h"
#include "store/db.h"
#include "store/posting.h"

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
    const char *thread_title;
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
    memcpy(row->thread, screen->thread, sizeof row->thread);
    row->thread_number = showing->thread_number;
    row->thread_title = showing->thread_title;
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
        showing.thread_title = thread.title;
        status = screen_load(store, &screen);
    }
    if (status == RB_OK) {
        status = screen_show(&showing, &screen);
    }
    free(showing.names.names);
    free(screen.posts);
    return status;
}

enum rb_status posts_seen(struct store *store, const uint8_t thread[static REF_BYTES]) {
    struct screen screen = { .thread = thread };

    enum rb_status status = screen_load(store, &screen);
    free(screen.posts);
    return status;
}

/* How many posts of a thread have no number yet; less if numbers were given to some that do not
 * count any more. */
static enum rb_status unseen_count(struct store *store, const uint8_t thread[static REF_BYTES],
                                   int64_t *count) {
    static const char sql[] =
        "SELECT (SELECT count(*) FROM thread"
        "    JOIN post ON post.thread = thread.ref AND post.circle = thread.circle"
        "    WHERE thread.ref = ?1)"
        "  - (SELECT count(*) FROM number WHERE sort = ?2 AND parent = ?1)";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_blob(query, 1, span_of(thread, REF_BYTES));
    db_bind_int(query, 2, REF_POST);
    if (db_step(query)) {
        *count = db_int(query, 0);
    }
    return db_end(query);
}

enum rb_status post_seen(struct store *store, const uint8_t thread[static REF_BYTES],
                         const uint8_t written[static REF_BYTES]) {
    int64_t count = 0, number = 0;

    enum rb_status status = unseen_count(store, thread, &count);
    if (status != RB_OK) {
        return status;
    }
    return count == 1 ? post_number(store, thread, written, &number) : posts_seen(store, thread);
}
