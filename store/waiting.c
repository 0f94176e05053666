/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/waiting.h"

#include "protocol/casework/area.h"
#include "protocol/casework/case_record.h"
#include "protocol/casework/thread.h"
#include "protocol/text.h"
#include "store/block.h"
#include "store/contacts.h"
#include "store/db.h"
#include "store/forks.h"
#include "store/opening.h"

#include <stdlib.h>
#include <string.h>

enum { TITLES_BYTES_MAX = 256 << 20 }; /* of more events than anybody will look through */

/* ---- Counting ---- */

enum rb_status waiting_count_of(struct store *store, const uint8_t circle[static HASH_BYTES],
                                const uint8_t *person, size_t *count) {
    static const char sql[] =
        "SELECT count(*)"
        " FROM circle"
        " JOIN log ON log.circle = circle.id"
        " JOIN event ON event.log = log.id AND event.state = 3"
        " JOIN author ON author.log = log.id"
        " WHERE circle.circle = ?1"
        "   AND (?2 IS NULL OR author.person = ?2)";
    struct db_row *query = db_query(store_db(store), sql);
    size_t value = 0;

    db_bind_blob(query, 1, span_of(circle, HASH_BYTES));
    if (person == NULL) {
        db_bind_null(query, 2);
    } else {
        db_bind_blob(query, 2, span_of(person, HASH_BYTES));
    }
    if (db_step(query)) {
        value = (size_t)db_int(query, 0);
    }
    enum rb_status status = db_end(query);
    if (status == RB_OK) {
        *count = value;
    }
    return status;
}

enum rb_status waiting_count(struct store *store, const uint8_t circle[static HASH_BYTES],
                             size_t *count) {
    return waiting_count_of(store, circle, NULL, count);
}

struct waiting_circle {
    uint8_t circle[HASH_BYTES];
    size_t waiting;
};

static enum rb_status circles_load(struct store *store, struct waiting_circle **circles,
                                   size_t *count) {
    static const char sql[] =
        "SELECT circle.circle, count(*)"
        " FROM event"
        " JOIN author ON author.log = event.log"
        " JOIN log ON log.id = event.log"
        " JOIN circle ON circle.id = log.circle"
        " JOIN circle_view ON circle_view.circle = circle.id"
        " WHERE event.state = 3"
        "   AND circle_view.kind IN (?1, ?2)"
        " GROUP BY circle.id"
        " ORDER BY circle.id";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, CIRCLE_GROUP);
    db_bind_int(query, 2, CIRCLE_CASE);
    while (db_step(query)) {
        *circles = rb_realloc(*circles, *count + 1, sizeof **circles);
        db_copy(query, 0, (*circles)[*count].circle, HASH_BYTES);
        (*circles)[*count].waiting = (size_t)db_int(query, 1);
        ++*count;
    }
    return db_end(query);
}

enum rb_status waiting_circles(struct store *store,
                               bool (*each)(void *context, const uint8_t circle[static HASH_BYTES],
                                            size_t waiting),
                               void *context) {
    struct waiting_circle *circles = NULL;
    size_t count = 0;

    enum rb_status status = circles_load(store, &circles, &count);
    for (size_t i = 0;
         i < count && status == RB_OK && each(context, circles[i].circle, circles[i].waiting);
         i++) {
    }
    free(circles);
    return status;
}

/* ---- Going through what waits ---- */

/* What is called for each waiting event, in the order of its log: `payload` is valid during the
 * call. */
typedef enum rb_status (*waiting_visitor)(void *context, const struct opening *opening,
                                          const struct sealed *sealed,
                                          const struct payload *payload);

struct walk {
    struct opening *opening;
    struct block block;
    waiting_visitor visit;
    void *context;
};

/* The first waiting event of a log from `seq` on; UINT64_MAX if there is none. */
static enum rb_status next_find(struct store *store, int64_t log, uint64_t seq, uint64_t *next) {
    static const char sql[] =
        "SELECT min(seq)"
        " FROM event"
        " WHERE log = ?1"
        "   AND state = 3"
        "   AND seq >= ?2";
    struct db_row *query = db_query(store_db(store), sql);

    *next = UINT64_MAX;
    db_bind_int(query, 1, log);
    db_bind_int(query, 2, (int64_t)seq);
    if (db_step(query) && !db_is_null(query, 0)) {
        *next = (uint64_t)db_int(query, 0);
    }
    return db_end(query);
}

/* Those of one block.  Each has been opened before: that one does not now is damage. */
static enum rb_status walk_block(struct walk *walk) {
    const struct block *block = &walk->block;
    enum rb_status status = RB_OK;
    struct payload payload;

    for (size_t i = 0; i < block->count && status == RB_OK; i++) {
        const struct event_row *row = &block->rows[i];
        struct sealed sealed = { row, block_previous(block, row->seq), block->hashes[i] };
        if (row->state != EVENT_QUARANTINED) {
            continue;
        }
        status = opening_decrypt(walk->opening, &sealed, &payload);
        if (status == RB_OK) {
            status = walk->visit(walk->context, walk->opening, &sealed, &payload);
        } else if (!db_failed(status)) {
            status = RB_DAMAGED;
        }
    }
    return status;
}

static enum rb_status walk_log(struct walk *walk, const struct log_row *row,
                               const uint8_t *person) {
    struct opening *opening = walk->opening;
    uint64_t seq = 0;

    enum rb_status status = opening_take_log(opening, row);
    if (status != RB_OK ||
        (person != NULL && memcmp(opening->log.author.person, person, HASH_BYTES) != 0)) {
        return status;
    }
    status = next_find(opening->store, row->id, 1, &seq);
    while (status == RB_OK && seq != UINT64_MAX) {
        status = block_load(opening->store, row, seq, &walk->block);
        if (status == RB_OK) {
            status = walk_block(walk);
        }
        if (status == RB_OK) {
            status = next_find(opening->store, row->id, block_last(&walk->block) + 1, &seq);
        }
    }
    return status;
}

static enum rb_status walk_circle(struct store *store, const uint8_t circle[static HASH_BYTES],
                                  const uint8_t *person, waiting_visitor visit, void *context) {
    struct walk walk = { .opening = opening_of(store), .visit = visit, .context = context };
    struct log_row *rows = NULL;
    size_t count = 0;

    block_init(&walk.block);
    enum rb_status status = opening_take_circle(walk.opening, circle);
    if (status == RB_OK) {
        status = log_rows_of_circle(store, walk.opening->circle.id, &rows, &count);
    }
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = walk_log(&walk, &rows[i], person);
    }
    writer_clear(&walk.opening->payload);
    block_clear(&walk.block);
    free(rows);
    return status;
}

/* ---- Heads ---- */

struct head_list {
    struct op_lock *heads; /* owned */
    size_t count;
    int64_t last_log; /* row of the last one */
};

/* In the order of the log, so that the last event of each stays. */
static enum rb_status head_take(void *context, const struct opening *opening,
                                const struct sealed *sealed, const struct payload *payload) {
    const struct log_row *row = &opening->log.row;
    struct head_list *list = context;
    (void)payload;

    if (list->last_log != row->id) {
        list->heads = rb_realloc(list->heads, list->count + 1, sizeof *list->heads);
        list->last_log = row->id;
        list->count++;
    }
    struct op_lock *head = &list->heads[list->count - 1];
    *head = (struct op_lock) { .seq = sealed->row->seq };
    memcpy(head->log, row->origin, sizeof head->log);
    memcpy(head->hash, sealed->hash, sizeof head->hash);
    return RB_OK;
}

enum rb_status waiting_heads(struct store *store, const uint8_t circle[static HASH_BYTES],
                             const uint8_t *person, struct op_lock **heads, size_t *count) {
    struct head_list list = { 0 };

    enum rb_status status = walk_circle(store, circle, person, head_take, &list);
    if (status != RB_OK) {
        free(list.heads);
        return status;
    }
    *heads = list.heads;
    *count = list.count;
    return RB_OK;
}

/* ---- Rows ---- */

struct waiting_item {
    struct waiting_row row; /* without title and name */
    uint64_t hlc;
    size_t title_at, title_len;
};

struct item_list {
    struct waiting_item *items; /* owned */
    size_t count;
    struct writer titles;
};

/* The name, title or text of what has one.  What waits has the right form, so nothing is told of
 * what does not decode. */
static struct span title_of(const struct payload *payload) {
    union {
        struct retract retract;
        struct thread thread;
        struct entry entry;
        struct group group;
        struct edit edit;
        struct post post;
    } as;

    switch (payload->type) {
    case KIND_GROUP:
        return group_decode(payload->body, &as.group) == RB_OK ? as.group.name : span_text("");
    case KIND_THREAD:
        return thread_decode(payload->body, &as.thread) == RB_OK ? as.thread.title : span_text("");
    case KIND_POST:
        return post_decode(payload->body, &as.post) == RB_OK ? as.post.text : span_text("");
    case KIND_EDIT:
        return edit_decode(payload->body, &as.edit) == RB_OK ? as.edit.text : span_text("");
    case KIND_RETRACT:
        return retract_decode(payload->body, &as.retract) == RB_OK ? as.retract.reason
                                                                   : span_text("");
    case KIND_ENTRY:
        return entry_decode(payload->body, &as.entry) == RB_OK ? as.entry.text : span_text("");
    default:
        return span_text("");
    }
}

/* A case is called by its code. */
static void title_write(struct writer *titles, const struct opening *opening,
                        const struct payload *payload) {
    char code[CASE_CODE_BYTES + 1];
    struct case_record record;

    if (payload->type == KIND_CASE && case_record_decode(payload->body, &record) == RB_OK) {
        case_code(code, span_text(record.area), record.year, opening->circle.circle);
        writer_span(titles, span_text(code));
    } else {
        writer_span(titles, text_truncate(title_of(payload), NAME_BYTES_MAX));
    }
}

static enum rb_status item_take(void *context, const struct opening *opening,
                                const struct sealed *sealed, const struct payload *payload) {
    const struct open_log *log = &opening->log;
    struct item_list *list = context;

    list->items = rb_realloc(list->items, list->count + 1, sizeof *list->items);
    struct waiting_item *item = &list->items[list->count++];
    *item = (struct waiting_item) {
        .hlc = payload->hlc,
        .title_at = list->titles.len,
        .row = { .reason = log_is_branch(&log->row) ? WAITING_FORK : WAITING_REMOVED,
                 .time_ms = hlc_ms(payload->hlc),
                 .type = payload->type > UINT16_MAX ? UINT16_MAX : (uint16_t)payload->type },
    };
    event_ref(item->row.ref, log->row.origin, sealed->row->seq, sealed->hash);
    memcpy(item->row.person, log->author.person, sizeof item->row.person);
    title_write(&list->titles, opening, payload);
    item->title_len = list->titles.len - item->title_at;
    return writer_end(&list->titles);
}

static int compare_items(const void *a, const void *b) {
    const struct waiting_item *left = a, *right = b;

    if (left->hlc != right->hlc) {
        return left->hlc < right->hlc ? -1 : 1;
    }
    return memcmp(left->row.ref, right->row.ref, sizeof left->row.ref);
}

/* RB_NOT_MEMBER if we do not belong to it. */
static enum rb_status self_check(struct store *store, const uint8_t circle[static HASH_BYTES]) {
    struct opening *opening = opening_of(store);

    enum rb_status status = opening_take_circle(opening, circle);
    if (status == RB_OK) {
        status = opening_members(opening);
    }
    if (status != RB_OK) {
        return status;
    }
    return member_is_in(circle_member(opening->members.fold, store_self(store)->person))
               ? RB_OK
               : RB_NOT_MEMBER;
}

static enum rb_status names_find(struct store *store, struct item_list *list) {
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < list->count && status == RB_OK; i++) {
        struct waiting_item *item = &list->items[i];
        status = person_name(store, item->row.person, item->row.name);
        if (item->title_len > 0) { /* without any title there are no bytes at all */
            item->row.title = span_of(list->titles.data + item->title_at, item->title_len);
        }
    }
    return status;
}

enum rb_status waiting_each(struct store *store, const uint8_t circle[static HASH_BYTES],
                            bool (*each)(void *context, const struct waiting_row *),
                            void *context) {
    struct item_list list = { 0 };

    writer_init(&list.titles, TITLES_BYTES_MAX);
    enum rb_status status = self_check(store, circle);
    if (status == RB_OK) {
        status = walk_circle(store, circle, NULL, item_take, &list);
    }
    if (status == RB_OK) {
        status = names_find(store, &list);
    }
    if (status == RB_OK && list.count > 0) {
        qsort(list.items, list.count, sizeof *list.items, compare_items);
        for (size_t i = 0; i < list.count && each(context, &list.items[i].row); i++) {
        }
    }
    writer_clear(&list.titles);
    free(list.items);
    return status;
}
