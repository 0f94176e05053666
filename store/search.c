/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding: candidates from the index, the last arrived first; each is looked at in the views; what
 * may be shown and has all words goes into a window, which is sorted by time. */
#include "store/search.h"

#include "protocol/text.h"
#include "store/cases.h"
#include "store/contacts.h"
#include "store/db.h"
#include "store/records.h"
#include "store/search_words.h"

#include <stdlib.h>
#include <string.h>

/* ---- One document in the views ---- */

/* Borrowed from the query that found it. */
struct document {
    enum search_sort sort;
    struct span ref;
    struct span place;      /* ref of the thread, or the case's circle */
    struct span place_name; /* title, or code */
    struct span person, quoted, text;
    uint64_t hlc;
    uint64_t
        order; /* hlc, or where a clock cannot be right, the time of arrival: as on the screen */
    enum form form;     /* of a part */
    struct span change; /* the same: ref of the change of a form */
    bool is_touched;    /* it may not stand: replaced since, or by another hand */
};

/* A change of a form. */
#define PART_DOCUMENT                                                                              \
    "SELECT ?8, coalesce(part.item, zeroblob(16)), circle.circle, place.name, part.person,"        \
    "  NULL, part.text, part.hlc, CASE WHEN part.odd_time THEN"                                    \
    "    (SELECT event.arrived_s FROM event WHERE event.rcv = part.rcv) END,"                      \
    "  part.form, part.ref, EXISTS (SELECT 1 FROM record_event AS newer"                           \
    "    WHERE newer.circle = part.circle AND newer.item IS part.item"                             \
    "      AND instr(substr(newer.refs, iif(part.item IS NULL, 1, 17)), part.ref) > 0)"            \
    "  OR (part.item IS NOT NULL AND NOT EXISTS (SELECT 1 FROM record_event AS first"              \
    "    WHERE first.ref = part.item AND first.numbered = 1"                                       \
    "      AND first.person = part.person))"                                                       \
    " FROM record_event AS part"                                                                   \
    " JOIN circle ON circle.id = part.circle"                                                      \
    " JOIN circle_view AS place ON place.circle = part.circle AND place.kind = ?7"                 \
    " JOIN member AS own ON own.circle = part.circle AND own.person = ?2"                          \
    " WHERE part.rcv = ?1"                                                                         \
    "   AND part.text IS NOT NULL"                                                                 \
    "   AND own.state IN (?3, ?4)"

/* What document `rcv` is, if it may be shown and its text counts: a post without edits of its
 * author, the newest of these edits, an entry, or a change of a form. */
static struct db_row *document_query(struct store *store, int64_t rcv) {
    static const char sql[] =
        "SELECT ?5, post.ref, thread.ref, thread.title, post.person, post.quoted, post.text,"
        "  post.hlc, CASE WHEN post.odd_time THEN"
        "    (SELECT event.arrived_s FROM event WHERE event.rcv = post.rcv) END, 0, NULL, 0"
        " FROM post"
        " JOIN thread ON thread.ref = post.thread AND thread.circle = post.circle"
        " JOIN circle_view AS place ON place.circle = post.circle"
        " JOIN member AS own ON own.circle = post.circle AND own.person = ?2"
        " WHERE post.rcv = ?1"
        "   AND (own.state = ?3 OR (own.state = ?4 AND place.kind = ?7))"
        "   AND NOT EXISTS (SELECT 1 FROM post_edit AS edit WHERE edit.post = post.ref"
        "     AND edit.circle = post.circle AND edit.person = post.person)"
        "   AND NOT EXISTS (SELECT 1 FROM post_retract AS gone WHERE gone.post = post.ref"
        "     AND gone.circle = post.circle AND gone.person = post.person)"
        " UNION ALL "
        "SELECT ?5, post.ref, thread.ref, thread.title, post.person, post.quoted, this.text,"
        "  post.hlc, CASE WHEN post.odd_time THEN"
        "    (SELECT event.arrived_s FROM event WHERE event.rcv = post.rcv) END, 0, NULL, 0"
        " FROM post_edit AS this"
        " CROSS JOIN search_post ON search_post.ref = this.post"
        " CROSS JOIN post ON post.rcv = search_post.rcv AND post.ref = this.post"
        "   AND post.circle = this.circle AND post.person = this.person"
        " JOIN thread ON thread.ref = post.thread AND thread.circle = post.circle"
        " JOIN circle_view AS place ON place.circle = post.circle"
        " JOIN member AS own ON own.circle = post.circle AND own.person = ?2"
        " WHERE this.rcv = ?1"
        "   AND (own.state = ?3 OR (own.state = ?4 AND place.kind = ?7))"
        "   AND NOT EXISTS (SELECT 1 FROM post_edit AS newer WHERE newer.post = this.post"
        "     AND newer.circle = this.circle AND newer.person = this.person"
        "     AND (newer.hlc, newer.ref) > (this.hlc, this.ref))"
        "   AND NOT EXISTS (SELECT 1 FROM post_retract AS gone WHERE gone.post = post.ref"
        "     AND gone.circle = post.circle AND gone.person = post.person)"
        " UNION ALL "
        "SELECT ?6, entry.ref, circle.circle, place.name, entry.person, NULL, entry.text,"
        "  entry.hlc, CASE WHEN entry.odd_time THEN"
        "    (SELECT event.arrived_s FROM event WHERE event.rcv = entry.rcv) END, 0, NULL, 0"
        " FROM entry"
        " JOIN circle ON circle.id = entry.circle"
        " JOIN circle_view AS place ON place.circle = entry.circle AND place.kind = ?7"
        " JOIN member AS own ON own.circle = entry.circle AND own.person = ?2"
        " WHERE entry.rcv = ?1"
        "   AND own.state IN (?3, ?4)"
        " UNION ALL " PART_DOCUMENT;
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, rcv);
    db_bind_blob(query, 2, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(query, 3, MEMBER_ACCEPTED);
    db_bind_int(query, 4, MEMBER_INVITED);
    db_bind_int(query, 5, SEARCH_POST);
    db_bind_int(query, 6, SEARCH_ENTRY);
    db_bind_int(query, 7, CIRCLE_CASE);
    db_bind_int(query, 8, SEARCH_PART);
    return query;
}

/* Takes a row of document_query. */
static struct document document_read(struct db_row *query) {
    const uint64_t hlc = (uint64_t)db_int(query, 7);

    return (struct document) {
        .sort = (enum search_sort)db_int(query, 0),
        .ref = db_blob(query, 1),
        .place = db_blob(query, 2),
        .place_name = db_text(query, 3),
        .person = db_blob(query, 4),
        .quoted = db_text(query, 5),
        .text = db_text(query, 6),
        .hlc = hlc,
        .order = db_is_null(query, 8) ? hlc : hlc_next(0, db_int(query, 8) * 1000),
        .form = (enum form)db_int(query, 9),
        .change = db_blob(query, 10),
        .is_touched = db_int(query, 11) != 0,
    };
}

/* Appends what of the document's text counts now: of a change of a form, what of it still stands
 * there. */
static enum rb_status document_text(struct store *store, const struct document *document,
                                    struct writer *text) {
    struct standing standing;

    if (document->sort != SEARCH_PART || !document->is_touched) {
        writer_span(text, document->text);
        return RB_OK;
    }
    if (document->place.len != HASH_BYTES || document->change.len != REF_BYTES) {
        return RB_DAMAGED;
    }
    enum rb_status status = standing_load(store, document->place.data, &standing);
    if (status == RB_OK) {
        record_write_words(text, &standing.record, document->change.data);
        standing_clear(&standing);
    }
    return status;
}

/* ---- The window ---- */

struct found {
    int64_t rcv;
    uint64_t order;
    enum search_sort sort;
    uint8_t ref[REF_BYTES];
    uint8_t place[HASH_BYTES]; /* of a thread the first REF_BYTES */
    bool is_single;            /* in a form that stands once: nothing has a number */
    int64_t place_number, number;
};

struct window {
    struct store *store;
    struct words words;
    size_t limit;
    struct found *found; /* owned; room for SEARCH_WINDOW and for `limit` + 1 */
    size_t count;
    size_t looks; /* candidates that were looked at */
};

static size_t place_len(enum search_sort sort) {
    return sort == SEARCH_POST ? REF_BYTES : HASH_BYTES;
}

/* Widths that our own file does not keep are damage, as in db_copy. */
static enum rb_status found_add(struct window *window, int64_t rcv,
                                const struct document *document) {
    struct found *found = &window->found[window->count];

    if (document->ref.len != REF_BYTES || document->place.len != place_len(document->sort)) {
        return RB_DAMAGED;
    }
    *found = (struct found) { .rcv = rcv, .order = document->order, .sort = document->sort };
    if (document->sort == SEARCH_PART) {
        const struct form_row *form = form_find((uint64_t)document->form);
        found->is_single = form == NULL || form->is_single;
    }
    memcpy(found->ref, document->ref.data, REF_BYTES);
    memcpy(found->place, document->place.data, document->place.len);
    window->count++;
    return RB_OK;
}

static enum rb_status document_look(struct window *window, int64_t rcv,
                                    const struct document *document) {
    struct writer text;

    if (!document->is_touched) {
        return found_add(window, rcv, document);
    }
    writer_init(&text, EVENT_PAYLOAD_BYTES_MAX);
    enum rb_status status = document_text(window->store, document, &text);
    if (status == RB_OK && words_are_in(&window->words, writer_view(&text))) {
        status = found_add(window, rcv, document);
    }
    writer_clear(&text);
    return status;
}

/* Most candidates fail by their text, which is at hand: only the others are looked up. */
static enum rb_status candidate_look(struct window *window, struct db_row *candidates) {
    const int64_t rcv = db_int(candidates, 0);
    enum rb_status status = RB_OK;

    window->looks++;
    if (!words_are_in(&window->words, db_text(candidates, 1))) {
        return RB_OK;
    }
    struct db_row *query = document_query(window->store, rcv);
    if (db_step(query)) {
        const struct document document = document_read(query);
        status = document_look(window, rcv, &document);
    }
    const enum rb_status query_status = db_end(query);
    return query_status == RB_OK ? status : query_status;
}

/* Rcv and text of documents that may have the words, the last arrived first.  A text that is not in
 * the views any more is NULL. */
static struct db_row *candidates_query(struct store *store, struct span indexed) {
    static const char from_index[] =
        "SELECT search.rowid,"
        "  coalesce(post.text, post_edit.text, entry.text, record_event.text)"
        " FROM search"
        " LEFT JOIN post ON post.rcv = search.rowid"
        " LEFT JOIN post_edit ON post_edit.rcv = search.rowid"
        " LEFT JOIN entry ON entry.rcv = search.rowid"
        " LEFT JOIN record_event ON record_event.rcv = search.rowid"
        " WHERE search MATCH ?1"
        " ORDER BY search.rowid DESC";
    static const char from_all[] =
        "SELECT rcv, text FROM post"
        " UNION ALL"
        " SELECT rcv, text FROM post_edit"
        " UNION ALL"
        " SELECT rcv, text FROM entry"
        " UNION ALL"
        " SELECT rcv, text FROM record_event WHERE text IS NOT NULL"
        " ORDER BY rcv DESC";

    if (indexed.len == 0) {
        return db_query(store_db(store), from_all);
    }
    struct db_row *query = db_query(store_db(store), from_index);
    db_bind_text(query, 1, indexed);
    return query;
}

static int compare_newest(const void *a, const void *b) {
    const struct found *left = a, *right = b;

    if (left->order != right->order) {
        return left->order > right->order ? -1 : 1;
    }
    return memcmp(right->ref, left->ref, REF_BYTES);
}

/* Once there are enough hits and one for `more`, only the rest of SEARCH_WINDOW is worth a look. */
static bool window_has_room(const struct window *window) {
    return window->looks < SEARCH_WINDOW ||
           (window->count <= window->limit && window->looks < SEARCH_LOOKS_MAX);
}

/* Fills the window and sorts it; `*cut`: there may be more than it could take. */
static enum rb_status window_fill(struct window *window, bool *cut) {
    struct writer indexed;
    enum rb_status status = RB_OK;
    bool ended = false;

    words_write_query(&window->words, &indexed);
    struct db_row *candidates = candidates_query(window->store, writer_view(&indexed));
    while (status == RB_OK && !ended && window_has_room(window)) {
        ended = !db_step(candidates);
        if (!ended) {
            status = candidate_look(window, candidates);
        }
    }
    const enum rb_status candidates_status = db_end(candidates);
    writer_clear(&indexed);
    if (window->count > 0) {
        qsort(window->found, window->count, sizeof *window->found, compare_newest);
    }
    *cut = !ended;
    return status == RB_OK ? candidates_status : status;
}

/* ---- Numbers ---- */

/* As of news, only what was found has been seen by it: the rest of the thread stays unread. */
static enum rb_status found_number(struct store *store, struct found *found) {
    const bool is_post = found->sort == SEARCH_POST;
    const struct span place = span_of(found->place, place_len(found->sort));

    enum rb_status status =
        ref_number(store, is_post ? REF_THREAD : REF_CASE, place, &found->place_number);
    if (status == RB_OK && !found->is_single) {
        status = ref_number_in(store, is_post ? REF_POST : REF_ENTRY, place,
                               span_of(found->ref, REF_BYTES), &found->number);
    }
    return status;
}

static enum rb_status numbers_give(struct store *store, struct found *found, size_t count) {
    bool own = false;

    enum rb_status status = store_write_enter(store, &own);
    if (status != RB_OK) {
        return status;
    }
    for (size_t i = count; i > 0 && status == RB_OK; i--) { /* the oldest first */
        status = found_number(store, &found[i - 1]);
    }
    return store_write_leave(store, own, status);
}

/* ---- Showing ---- */

static void match_find(const struct words *words, struct search_hit *hit) {
    hit->match = hit->text.len;
    for (size_t i = 0; i < words->count; i++) {
        const size_t at = word_find(&words->words[i], hit->text);
        if (at < hit->match) {
            hit->match = at;
            hit->match_len = words->words[i].len;
        }
    }
}

/* `text` keeps the words of the hit: nothing is being read while `each` runs. */
static enum rb_status hit_read(struct store *store, struct db_row *query, struct search_hit *hit,
                               struct writer *text) {
    const struct document document = document_read(query);

    hit->form = document.form;
    hit->time_ms = hlc_ms(document.hlc);
    db_copy(query, 4, hit->author, sizeof hit->author);
    text_copy(hit->place, sizeof hit->place, document.place_name);
    text_copy(hit->quoted_author, sizeof hit->quoted_author, document.quoted);
    writer_reset(text);
    const enum rb_status status = document_text(store, &document, text);
    hit->text = writer_view(text);
    return status;
}

/* `*here` is false if `each` has changed what the views hold. */
static enum rb_status hit_load(struct window *window, const struct found *found,
                               struct search_hit *hit, struct writer *text, bool *here) {
    struct db_row *query = document_query(window->store, found->rcv);

    *hit = (struct search_hit) { .sort = found->sort,
                                 .place_number = found->place_number,
                                 .number = found->number };
    memcpy(hit->ref, found->ref, REF_BYTES);
    enum rb_status read = RB_OK;
    *here = db_step(query);
    if (*here) {
        read = hit_read(window->store, query, hit, text);
        match_find(&window->words, hit);
    }
    enum rb_status status = db_end(query);
    status = status == RB_OK ? read : status;
    if (status == RB_OK && *here) {
        status = person_name(window->store, hit->author, hit->author_name);
    }
    return status;
}

static enum rb_status hits_show(struct window *window, size_t count,
                                bool (*each)(void *context, const struct search_hit *),
                                void *context) {
    enum rb_status status = RB_OK;
    struct search_hit hit;
    struct writer text;
    bool go_on = true;

    writer_init(&text, EVENT_PAYLOAD_BYTES_MAX);
    for (size_t i = 0; i < count && status == RB_OK && go_on; i++) {
        bool here = false;
        status = hit_load(window, &window->found[i], &hit, &text, &here);
        if (status == RB_OK && here) {
            go_on = each(context, &hit);
        }
    }
    writer_clear(&text);
    return status;
}

enum rb_status search_check(struct span words) {
    struct words ignored;

    return words_split(words, &ignored);
}

enum rb_status search_find(struct store *store, struct span words, size_t limit,
                           bool (*each)(void *context, const struct search_hit *), void *context,
                           bool *more) {
    const size_t room = limit < SEARCH_WINDOW ? SEARCH_WINDOW : limit + 1;
    struct window window = { .store = store, .limit = limit };
    bool cut = false;

    enum rb_status status = words_split(words, &window.words);
    if (status != RB_OK) {
        return status;
    }
    window.found = rb_alloc(room, sizeof *window.found);
    status = window_fill(&window, &cut);
    const size_t shown = window.count < limit ? window.count : limit;
    if (status == RB_OK) {
        status = numbers_give(store, window.found, shown);
    }
    if (status == RB_OK) {
        status = hits_show(&window, shown, each, context);
    }
    free(window.found);
    if (status == RB_OK) {
        *more = cut || window.count > shown;
    }
    return status;
}
