/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/refs.h"

#include "protocol/casework/kinds.h"
#include "protocol/text.h"
#include "store/db.h"

#include <assert.h>
#include <string.h>

enum { HEX_DIGITS_MIN = 8, DECIMAL_DIGITS_MAX = 18 };

/* What a typed text can mean, in the order in which it is tried. */
enum form {
    FORM_NUMBER,
    FORM_HEX,
    FORM_NAME,
    FORM_FORMER_NAME, /* of a group or case that was left or declined */
    FORM_COUNT
};

/* A typed text, read in every way.  A zero or an empty span: not of that form. */
struct wanted {
    int64_t number;
    int64_t part; /* a post or entry; `number` is then that of its thread or case */
    struct span hex;
    struct span name;
};

/* One object that can be meant. */
struct visible {
    struct span id;
    struct span name;
    int64_t number;
    bool former;
};

struct hits {
    size_t count;
    struct object first;
    struct ref_candidates candidates;
};

/* ---- Reading what was typed ---- */

/* Digits only, no leading zero; 0 if it is anything else. */
static int64_t decimal_of(struct span text) {
    int64_t value = 0;

    if (text.len == 0 || text.len > DECIMAL_DIGITS_MAX || text.data[0] == '0') {
        return 0;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return 0;
        }
        value = value * 10 + (text.data[i] - '0');
    }
    return value;
}

static int hex_digit(uint8_t byte) {
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    if (byte >= 'a' && byte <= 'f') {
        return byte - 'a' + 10;
    }
    if (byte >= 'A' && byte <= 'F') {
        return byte - 'A' + 10;
    }
    return -1;
}

static bool is_hex(struct span text) {
    for (size_t i = 0; i < text.len; i++) {
        if (hex_digit(text.data[i]) < 0) {
            return false;
        }
    }
    return text.len >= HEX_DIGITS_MIN && text.len <= 2 * (size_t)HASH_BYTES;
}

/* "12", "#12", "12.3", "#12.3". */
static void numbers_read(struct span typed, struct wanted *wanted) {
    struct span text = typed;
    size_t dot = 0;

    if (text.data[0] == '#') {
        text = span_of(text.data + 1, text.len - 1);
    }
    while (dot < text.len && text.data[dot] != '.') {
        dot++;
    }
    wanted->number = decimal_of(span_of(text.data, dot));
    if (dot < text.len) {
        wanted->part = decimal_of(span_of(text.data + dot + 1, text.len - dot - 1));
    }
    if (dot < text.len && (wanted->number == 0 || wanted->part == 0)) {
        wanted->number = 0;
        wanted->part = 0;
    }
}

/* Parts are counted within something else, and have no name. */
static bool is_part(enum ref_sort sort) {
    return sort == REF_POST || sort == REF_ENTRY;
}

/* RB_MALFORMED if it can mean nothing of this sort. */
static enum rb_status typed_read(enum ref_sort sort, struct span typed, struct wanted *wanted) {
    *wanted = (struct wanted) { 0 };
    if (typed.len == 0 || typed.len > NAME_BYTES_MAX || !text_is_utf8(typed)) {
        return RB_MALFORMED;
    }
    numbers_read(typed, wanted);
    if (is_hex(typed)) {
        wanted->hex = typed;
    }
    if (is_part(sort)) {
        return wanted->part > 0 || wanted->hex.len > 0 ? RB_OK : RB_MALFORMED;
    }
    if (wanted->part > 0 && sort != REF_PART) {
        wanted->number = 0;
    }
    wanted->name = typed;
    return RB_OK;
}

/* ---- Comparing ---- */

static bool hex_begins(struct span id, struct span hex) {
    if (hex.len == 0 || hex.len > 2 * id.len) {
        return false;
    }
    for (size_t i = 0; i < hex.len; i++) {
        const int nibble = i % 2 == 0 ? id.data[i / 2] >> 4 : id.data[i / 2] & 15;
        if (hex_digit(hex.data[i]) != nibble) {
            return false;
        }
    }
    return true;
}

static int lower(uint8_t byte) {
    return byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte;
}

/* Folds the letters A to Z, as SQLite's NOCASE does. */
static bool name_is(struct span name, struct span typed) {
    if (name.len != typed.len) {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        if (lower(name.data[i]) != lower(typed.data[i])) {
            return false;
        }
    }
    return true;
}

static void hits_add(struct hits *hits, const struct visible *visible) {
    if (hits->count == 0) {
        assert(visible->id.len <= sizeof hits->first.id);
        hits->first.id_len = visible->id.len;
        memcpy(hits->first.id, visible->id.data, visible->id.len);
    }
    hits->count++;
    if (hits->candidates.count < CANDIDATES_MAX) {
        const size_t at = hits->candidates.count++;
        hits->candidates.rows[at].number = visible->number;
        text_copy(hits->candidates.rows[at].name, sizeof hits->candidates.rows[at].name,
                  visible->name);
    }
}

static void compare(const struct wanted *wanted, const struct visible *visible,
                    struct hits hits[static FORM_COUNT]) {
    if (wanted->number > 0 && visible->number == wanted->number) {
        hits_add(&hits[FORM_NUMBER], visible);
    }
    if (hex_begins(visible->id, wanted->hex)) {
        hits_add(&hits[FORM_HEX], visible);
    }
    if (wanted->name.len > 0 && name_is(visible->name, wanted->name)) {
        hits_add(&hits[visible->former ? FORM_FORMER_NAME : FORM_NAME], visible);
    }
}

/* ---- What is visible: columns id, name, number, former ---- */

static enum rb_status compare_all(struct db_row *row, size_t id_len, const struct wanted *wanted,
                                  struct hits hits[static FORM_COUNT]) {
    uint8_t id[HASH_BYTES];

    assert(id_len <= sizeof id);
    while (db_step(row)) {
        db_copy(row, 0, id, id_len);
        const struct visible visible = { .id = span_of(id, id_len),
                                         .name = db_text(row, 1),
                                         .number = db_int(row, 2),
                                         .former = db_int(row, 3) != 0 };
        compare(wanted, &visible, hits);
    }
    return db_end(row);
}

static enum rb_status find_contacts(struct store *store, const struct wanted *wanted,
                                    struct hits hits[static FORM_COUNT]) {
    static const char sql[] =
        "SELECT contact.person, contact.name, number.number, 0"
        " FROM contact"
        " JOIN number ON number.sort = ?1 AND number.object = contact.person"
        " ORDER BY number.number";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_int(row, 1, REF_CONTACT);
    return compare_all(row, HASH_BYTES, wanted, hits);
}

/* Groups or cases, also those that one was in. */
static enum rb_status find_circles(struct store *store, enum circle_kind kind, enum ref_sort sort,
                                   const struct wanted *wanted,
                                   struct hits hits[static FORM_COUNT]) {
    static const char sql[] =
        "SELECT circle.circle, circle_view.name, coalesce(number.number, 0),"
        "       member.state NOT IN (?4, ?5)"
        " FROM circle_view"
        " JOIN circle ON circle.id = circle_view.circle"
        " JOIN member ON member.circle = circle_view.circle AND member.person = ?1"
        " LEFT JOIN number ON number.sort = ?2 AND number.object = circle.circle"
        " WHERE circle_view.kind = ?3"
        " ORDER BY number.number";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_blob(row, 1, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(row, 2, sort);
    db_bind_int(row, 3, kind);
    db_bind_int(row, 4, MEMBER_INVITED);
    db_bind_int(row, 5, MEMBER_ACCEPTED);
    return compare_all(row, HASH_BYTES, wanted, hits);
}

/* Where somebody goes or writes: a bare number is that of a group. */
static enum rb_status find_places(struct store *store, const struct wanted *wanted,
                                  struct hits hits[static FORM_COUNT]) {
    struct wanted of_cases = *wanted;

    of_cases.number = 0;
    enum rb_status status = find_circles(store, CIRCLE_GROUP, REF_GROUP, wanted, hits);
    return status == RB_OK ? find_circles(store, CIRCLE_CASE, REF_CASE, &of_cases, hits) : status;
}

static enum rb_status find_threads(struct store *store, const struct wanted *wanted,
                                   struct hits hits[static FORM_COUNT]) {
    static const char sql[] =
        "SELECT thread.ref, thread.title, coalesce(number.number, 0), 0"
        " FROM thread"
        " JOIN circle_view ON circle_view.circle = thread.circle"
        " JOIN member ON member.circle = thread.circle AND member.person = ?1"
        " LEFT JOIN number ON number.sort = ?2 AND number.object = thread.ref"
        " WHERE member.state = ?3"
        "    OR (member.state = ?4 AND circle_view.kind = ?5)"
        " ORDER BY number.number";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_blob(row, 1, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(row, 2, REF_THREAD);
    db_bind_int(row, 3, MEMBER_ACCEPTED);
    db_bind_int(row, 4, MEMBER_INVITED);
    db_bind_int(row, 5, CIRCLE_CASE);
    return compare_all(row, REF_BYTES, wanted, hits);
}

/* The column `number` is the thread's, which was given to the query: it always fits. */
static enum rb_status find_post_by_number(struct store *store, const struct wanted *wanted,
                                          struct hits hits[static FORM_COUNT]) {
    static const char sql[] =
        "SELECT post.ref, '', ?2, 0"
        " FROM number AS thread_number"
        " JOIN number AS post_number ON post_number.sort = ?6"
        "                           AND post_number.parent = thread_number.object"
        "                           AND post_number.number = ?3"
        " JOIN post ON post.thread = thread_number.object AND post.ref = post_number.object"
        " JOIN circle_view ON circle_view.circle = post.circle"
        " JOIN member ON member.circle = post.circle AND member.person = ?1"
        " WHERE thread_number.sort = ?5"
        "   AND thread_number.parent = x''"
        "   AND thread_number.number = ?2"
        "   AND (member.state = ?4 OR (member.state = ?7 AND circle_view.kind = ?8))";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_blob(row, 1, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(row, 2, wanted->number);
    db_bind_int(row, 3, wanted->part);
    db_bind_int(row, 4, MEMBER_ACCEPTED);
    db_bind_int(row, 5, REF_THREAD);
    db_bind_int(row, 6, REF_POST);
    db_bind_int(row, 7, MEMBER_INVITED);
    db_bind_int(row, 8, CIRCLE_CASE);
    return compare_all(row, REF_BYTES, wanted, hits);
}

/* Looks at every post: this form is for scripts, and rare. */
static enum rb_status find_posts(struct store *store, const struct wanted *wanted,
                                 struct hits hits[static FORM_COUNT]) {
    static const char sql[] =
        "SELECT post.ref, thread.title, coalesce(number.number, 0), 0"
        " FROM post"
        " JOIN circle_view ON circle_view.circle = post.circle"
        " JOIN member ON member.circle = post.circle AND member.person = ?1"
        " JOIN thread ON thread.ref = post.thread AND thread.circle = post.circle"
        " LEFT JOIN number ON number.sort = ?2 AND number.object = post.ref"
        " WHERE member.state = ?3"
        "    OR (member.state = ?4 AND circle_view.kind = ?5)";

    if (wanted->hex.len == 0) {
        return find_post_by_number(store, wanted, hits);
    }
    struct db_row *row = db_query(store_db(store), sql);
    db_bind_blob(row, 1, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(row, 2, REF_POST);
    db_bind_int(row, 3, MEMBER_ACCEPTED);
    db_bind_int(row, 4, MEMBER_INVITED);
    db_bind_int(row, 5, CIRCLE_CASE);
    return compare_all(row, REF_BYTES, wanted, hits);
}

/* As for posts, the column `number` is that which was given. */
static enum rb_status find_entry_by_number(struct store *store, const struct wanted *wanted,
                                           struct hits hits[static FORM_COUNT]) {
    static const char sql[] =
        "SELECT part_number.object, '', ?2, 0"
        " FROM number AS case_number"
        " JOIN number AS part_number ON part_number.sort = ?6"
        "                           AND part_number.parent = case_number.object"
        "                           AND part_number.number = ?3"
        " JOIN circle ON circle.circle = case_number.object"
        " JOIN member ON member.circle = circle.id AND member.person = ?1"
        " WHERE case_number.sort = ?5"
        "   AND case_number.parent = x''"
        "   AND case_number.number = ?2"
        "   AND member.state IN (?4, ?7)"
        "   AND (EXISTS (SELECT 1 FROM entry"
        "       WHERE entry.circle = circle.id AND entry.ref = part_number.object)"
        "     OR EXISTS (SELECT 1 FROM record_event AS item"
        "       WHERE item.ref = part_number.object AND item.numbered = 1))";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_blob(row, 1, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(row, 2, wanted->number);
    db_bind_int(row, 3, wanted->part);
    db_bind_int(row, 4, MEMBER_ACCEPTED);
    db_bind_int(row, 5, REF_CASE);
    db_bind_int(row, 6, REF_ENTRY);
    db_bind_int(row, 7, MEMBER_INVITED);
    return compare_all(row, REF_BYTES, wanted, hits);
}

/* Entries, and items of forms.  Looks at every one, as find_posts does. */
static enum rb_status find_entries(struct store *store, const struct wanted *wanted,
                                   struct hits hits[static FORM_COUNT]) {
    static const char sql[] =
        "SELECT part.ref, circle_view.name, coalesce(number.number, 0), 0"
        " FROM case_part AS part"
        " JOIN circle_view ON circle_view.circle = part.circle"
        " JOIN member ON member.circle = part.circle AND member.person = ?1"
        " LEFT JOIN number ON number.sort = ?2 AND number.object = part.ref"
        " WHERE member.state IN (?3, ?4)";

    if (wanted->hex.len == 0) {
        return find_entry_by_number(store, wanted, hits);
    }
    struct db_row *row = db_query(store_db(store), sql);
    db_bind_blob(row, 1, span_of(store_self(store)->person, HASH_BYTES));
    db_bind_int(row, 2, REF_ENTRY);
    db_bind_int(row, 3, MEMBER_ACCEPTED);
    db_bind_int(row, 4, MEMBER_INVITED);
    return compare_all(row, REF_BYTES, wanted, hits);
}

/* 12.3 is a part of case 12; whatever has no dot may be the case. */
static enum rb_status find_parts(struct store *store, const struct wanted *wanted,
                                 struct hits hits[static FORM_COUNT]) {
    enum rb_status status = RB_OK;

    if (wanted->part > 0 || wanted->hex.len > 0) {
        status = find_entries(store, wanted, hits);
    }
    return status == RB_OK && wanted->part == 0
               ? find_circles(store, CIRCLE_CASE, REF_CASE, wanted, hits)
               : status;
}

static enum rb_status find_all(struct store *store, enum ref_sort sort, const struct wanted *wanted,
                               struct hits hits[static FORM_COUNT]) {
    switch (sort) {
    case REF_CONTACT:
        return find_contacts(store, wanted, hits);
    case REF_GROUP:
        return find_circles(store, CIRCLE_GROUP, REF_GROUP, wanted, hits);
    case REF_THREAD:
        return find_threads(store, wanted, hits);
    case REF_POST:
        return find_posts(store, wanted, hits);
    case REF_CASE:
        return find_circles(store, CIRCLE_CASE, REF_CASE, wanted, hits);
    case REF_ENTRY:
        return find_entries(store, wanted, hits);
    case REF_CIRCLE:
        return find_places(store, wanted, hits);
    case REF_PART:
        return find_parts(store, wanted, hits);
    }
    assert(false);
    return RB_NOT_FOUND;
}

enum rb_status ref_find(struct store *store, enum ref_sort sort, struct span typed,
                        struct object *object, struct ref_candidates *candidates) {
    struct wanted wanted;
    struct hits hits[FORM_COUNT] = { { 0 } };
    enum rb_status status = typed_read(sort, typed, &wanted);

    if (status == RB_OK) {
        status = find_all(store, sort, &wanted, hits);
    }
    if (status != RB_OK) {
        return status;
    }
    for (size_t form = 0; form < FORM_COUNT; form++) {
        if (hits[form].count == 1) {
            *object = hits[form].first;
            return RB_OK;
        }
        if (hits[form].count > 1) {
            *candidates = hits[form].candidates;
            return RB_AMBIGUOUS;
        }
    }
    return RB_NOT_FOUND;
}

/* ---- Numbers ---- */

static enum rb_status number_get(struct store *store, enum ref_sort sort, struct span id,
                                 int64_t *number) {
    static const char sql[] =
        "SELECT number"
        " FROM number"
        " WHERE sort = ?1"
        "   AND object = ?2";
    enum rb_status found = RB_NOT_FOUND;
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_int(row, 1, sort);
    db_bind_blob(row, 2, id);
    if (db_step(row)) {
        *number = db_int(row, 0);
        found = RB_OK;
    }
    const enum rb_status status = db_end(row);
    return status == RB_OK ? found : status;
}

/* No row is ever removed, so the next of a series is always new. */
static enum rb_status number_give(struct store *store, enum ref_sort sort, struct span parent,
                                  struct span id) {
    static const char sql[] =
        "INSERT INTO number (sort, parent, number, object)"
        " SELECT ?1, ?2, coalesce(max(number), 0) + 1, ?3"
        " FROM number"
        " WHERE sort = ?1"
        "   AND parent = ?2";
    bool own = false;
    const enum rb_status status = store_write_enter(store, &own);

    if (status != RB_OK) {
        return status;
    }
    struct db_row *row = db_query(store_db(store), sql);
    db_bind_int(row, 1, sort);
    db_bind_blob(row, 2, parent);
    db_bind_blob(row, 3, id);
    return store_write_leave(store, own, db_run(row));
}

enum rb_status ref_number_in(struct store *store, enum ref_sort sort, struct span parent,
                             struct span id, int64_t *number) {
    assert(sort != REF_CIRCLE && sort != REF_PART);
    assert(is_part(sort) == (parent.len > 0));
    enum rb_status status = number_get(store, sort, id, number);

    if (status != RB_NOT_FOUND) {
        return status;
    }
    status = number_give(store, sort, parent, id);
    return status == RB_OK ? number_get(store, sort, id, number) : status;
}

enum rb_status ref_number(struct store *store, enum ref_sort sort, struct span id,
                          int64_t *number) {
    const struct span no_parent = { 0 };
    return ref_number_in(store, sort, no_parent, id, number);
}
