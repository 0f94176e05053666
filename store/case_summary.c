/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/case_summary.h"

#include "protocol/casework/access.h"
#include "protocol/casework/completeness.h"
#include "protocol/casework/dues.h"
#include "protocol/text.h"
#include "store/case_row.h"
#include "store/db.h"
#include "store/records.h"

#include <stdlib.h>
#include <string.h>

/* A case whose row is missing. */
struct stale {
    int64_t id;
    uint8_t circle[HASH_BYTES];
    uint8_t opener[HASH_BYTES];
    size_t members, entries, items;
    uint8_t owner[HASH_BYTES];
    uint64_t entry_hlc;           /* of the newest entry; 0: none */
    uint64_t last_hlc;            /* the same of those whose time is not odd */
    char next_by[DATE_BYTES + 1]; /* the day of its next step; "": none */
    struct case_record opened;
};

#define STALE                                                                                      \
    "SELECT circle.id, circle.circle,"                                                             \
    "  case_record.opener,"                                                                        \
    "  coalesce((SELECT max(entry.hlc) FROM entry WHERE entry.circle = circle.id), 0),"            \
    "  case_record.area, case_record.year, case_record.cluster, case_record.age,"                  \
    "  case_record.age_unit, case_record.age_on, case_record.sex,"                                 \
    "  (SELECT count(*) FROM member"                                                               \
    "    WHERE member.circle = circle.id AND member.state IN (0, 1)),"                             \
    "  (SELECT member.person FROM member WHERE member.circle = circle.id"                          \
    "    ORDER BY member.state IN (0, 1) DESC, member.role DESC, member.place LIMIT 1),"           \
    "  (SELECT count(*) FROM entry WHERE entry.circle = circle.id),"                               \
    "  (SELECT count(*) FROM record_event AS item"                                                 \
    "    WHERE item.circle = circle.id AND item.numbered = 1),"                                    \
    "  coalesce((SELECT entry.hlc FROM entry"                                                      \
    "    WHERE entry.circle = circle.id AND entry.odd_time = 0"                                    \
    "    ORDER BY entry.hlc DESC LIMIT 1), 0),"                                                    \
    "  (SELECT entry.next_by FROM entry"                                                           \
    "    WHERE entry.circle = circle.id AND entry.odd_time = 0"                                    \
    "    ORDER BY entry.hlc DESC, entry.ref DESC LIMIT 1)"                                         \
    " FROM case_record"                                                                            \
    " JOIN circle ON circle.id = case_record.circle"                                               \
    " WHERE NOT EXISTS (SELECT 1 FROM case_summary"                                                \
    "    WHERE case_summary.circle = case_record.circle)"

static enum rb_status stale_load(struct store *store, const uint8_t *circle, struct stale **rows,
                                 size_t *count) {
    struct db_row *query =
        db_query(store_db(store), circle == NULL ? STALE : STALE " AND circle.circle = ?1");

    if (circle != NULL) {
        db_bind_blob(query, 1, span_of(circle, HASH_BYTES));
    }
    while (db_step(query)) {
        *rows = rb_realloc(*rows, *count + 1, sizeof **rows);
        struct stale *stale = &(*rows)[(*count)++];
        *stale = (struct stale) { .id = db_int(query, 0), .entry_hlc = (uint64_t)db_int(query, 3) };
        db_copy(query, 1, stale->circle, sizeof stale->circle);
        db_copy(query, 2, stale->opener, sizeof stale->opener);
        case_record_read(query, 4, &stale->opened);
        stale->members = (size_t)db_int(query, 11);
        db_copy(query, 12, stale->owner, sizeof stale->owner);
        stale->entries = (size_t)db_int(query, 13);
        stale->items = (size_t)db_int(query, 14);
        stale->last_hlc = (uint64_t)db_int(query, 15);
        text_copy(stale->next_by, sizeof stale->next_by, db_text(query, 16));
    }
    return db_end(query);
}

static size_t count_flags(const struct record *record) {
    size_t count = 0;

    for (const struct record_item *item = record_next(record, FORM_FLAG, NULL); item != NULL;
         item = record_next(record, FORM_FLAG, item)) {
        count += item_value(item, FLAG_CLEARED_WHY) == NULL ? 1 : 0;
    }
    return count;
}

/* Of others, that nobody has settled. */
static size_t count_comments(const struct record *record, const uint8_t *self) {
    enum { SETTLED = 1 }; /* of yes and no */
    size_t count = 0;

    for (const struct record_item *item = record_next(record, FORM_COMMENT, NULL); item != NULL;
         item = record_next(record, FORM_COMMENT, item)) {
        const bool is_own = memcmp(item->first->person, self, HASH_BYTES) == 0;
        count += !is_own && !item_is(item, COMMENT_SETTLED, SETTLED) ? 1 : 0;
    }
    return count;
}

/* Whether anything for which one asked for approval was returned, and not asked for again. */
static bool is_returned(const struct record *record, const uint8_t *self) {
    for (int of = APPROVAL_ASSESSMENT; of <= APPROVAL_ENDING; of++) {
        const struct approval approval = approval_look(record, (enum approval_of)of);
        if (approval.state == APPROVAL_RETURNED &&
            memcmp(approval.item->first->person, self, HASH_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether anybody but oneself has asked for an approval that one may give. */
static bool asks_for_approval(const struct record *record, const uint8_t *self) {
    bool asks = false;

    for (int of = APPROVAL_ASSESSMENT; of <= APPROVAL_ENDING; of++) {
        const struct record_item *open = approval_open(record, (enum approval_of)of);
        asks = asks || (open != NULL && memcmp(open->first->person, self, HASH_BYTES) != 0);
    }
    return asks && record_has_duty(record, self, DUTY_SUPERVISOR);
}

/* Who is responsible, and who supervises, is told of an emergency opening: its hlc, or 0. */
static uint64_t glass_told(const struct record *record, const uint8_t *opener,
                           const uint8_t *self) {
    const struct record_item *glass = access_glass(record, self);
    const bool is_told = record_is_responsible(record, opener, self) ||
                         record_has_duty(record, self, DUTY_SUPERVISOR);

    return glass != NULL && is_told ? glass->first->hlc : 0;
}

static void bind_number(struct db_row *query, int index, const struct record_item *item,
                        uint64_t field) {
    uint64_t number;

    if (item_number(item, field, &number)) {
        db_bind_int(query, index, (int64_t)number);
    } else {
        db_bind_null(query, index);
    }
}

static void bind_text(struct db_row *query, int index, struct span text) {
    if (text.len > 0) {
        db_bind_text(query, index, text);
    } else {
        db_bind_null(query, index);
    }
}

/* Of forms, or the next step of the newest entry; empty: no day. */
static struct span next_due(const struct stale *stale, const struct record *record) {
    const struct span next_by = span_text(stale->next_by);
    struct due due = { 0 };

    if (!dues_next(record, &due)) {
        return record_stage(record) == STAGE_CLOSED ? (struct span) { 0 } : next_by;
    }
    const bool is_earlier = next_by.len > 0 && memcmp(next_by.data, due.day.data, DATE_BYTES) < 0;
    return is_earlier ? next_by : due.day;
}

static enum rb_status summary_save(struct store *store, const struct stale *stale,
                                   const struct record *record) {
    static const char sql[] =
        "INSERT OR REPLACE INTO case_summary (circle, category, cluster, age, age_on, sex, stage,"
        "  risk, responsible, percent, conflicts, flags, news_after_end, due, approval, takeover,"
        "  glass, members, owner, entries, items, last_hlc, comments, returned)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,"
        "  ?18, ?19, ?20, ?21, nullif(?22, 0), ?23, ?24)";
    const uint8_t *self = store_self(store)->person;
    const struct record_item *facts = record_single(record, FORM_FACTS);
    const uint8_t *responsible[RESPONSIBLE_MAX];
    struct db_row *query = db_query(store_db(store), sql);

    (void)record_responsible(record, stale->opener, responsible); /* there is always one */
    db_bind_int(query, 1, stale->id);
    bind_text(query, 2, item_text(facts, FACTS_CATEGORY));
    bind_text(query, 3, item_text(facts, FACTS_CLUSTER));
    bind_number(query, 4, facts, FACTS_AGE);
    bind_text(query, 5, item_text(facts, FACTS_AGE_ON));
    bind_number(query, 6, facts, FACTS_SEX);
    db_bind_int(query, 7, record_stage(record));
    bind_number(query, 8, record_single(record, FORM_RISK), RISK_LEVEL);
    db_bind_blob(query, 9, span_of(responsible[0], HASH_BYTES));
    db_bind_int(query, 10, completeness_look(record, &stale->opened).percent);
    db_bind_int(query, 11, (int64_t)record_conflicts(record));
    db_bind_int(query, 12, (int64_t)count_flags(record));
    db_bind_int(query, 13, record_has_news_after_end(record, stale->entry_hlc) ? 1 : 0);
    bind_text(query, 14, next_due(stale, record));
    db_bind_int(query, 15, asks_for_approval(record, self) ? 1 : 0);
    db_bind_int(query, 16, record_handover_open(record, stale->opener, self) != NULL ? 1 : 0);
    db_bind_int(query, 17, (int64_t)glass_told(record, stale->opener, self));
    db_bind_int(query, 18, (int64_t)stale->members);
    db_bind_blob(query, 19, span_of(stale->owner, HASH_BYTES));
    db_bind_int(query, 20, (int64_t)stale->entries);
    db_bind_int(query, 21, (int64_t)stale->items);
    db_bind_int(query, 22, (int64_t)stale->last_hlc);
    db_bind_int(query, 23, (int64_t)count_comments(record, self));
    db_bind_int(query, 24, is_returned(record, self) ? 1 : 0);
    return db_run(query);
}

static enum rb_status summary_make(struct store *store, const struct stale *stale) {
    struct standing standing;

    enum rb_status status = standing_load(store, stale->circle, &standing);
    if (status == RB_OK) {
        status = summary_save(store, stale, &standing.record);
        standing_clear(&standing);
    }
    return status;
}

static enum rb_status summaries_make(struct store *store, const struct stale *rows, size_t count) {
    bool own = false;

    enum rb_status status = store_write_enter(store, &own);
    if (status != RB_OK) {
        return status;
    }
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = summary_make(store, &rows[i]);
    }
    return store_write_leave(store, own, status);
}

enum rb_status case_summaries_make(struct store *store, const uint8_t *circle) {
    struct stale *rows = NULL;
    size_t count = 0;

    enum rb_status status = stale_load(store, circle, &rows, &count);
    if (status == RB_OK && count > 0) {
        status = summaries_make(store, rows, count);
    }
    free(rows);
    return status;
}

enum rb_status case_summary_forget(struct store *store, int64_t circle) {
    static const char sql[] =
        "DELETE FROM case_summary"
        " WHERE circle = ?1";
    struct db_row *query = db_query(store_db(store), sql);

    db_bind_int(query, 1, circle);
    return db_run(query);
}
