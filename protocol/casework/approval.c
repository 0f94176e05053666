/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/approval.h"

#include "protocol/crypt.h"

#include <stdlib.h>
#include <string.h>

/* ---- The hash ---- */

static bool belongs(const struct form_row *form, enum approval_of of) {
    switch (of) {
    case APPROVAL_ASSESSMENT:
        return form->section == SECTION_ASSESSMENT;
    case APPROVAL_PLAN:
        return form->section == SECTION_PLAN;
    case APPROVAL_ENDING:
        return form->section == SECTION_ENDING;
    }
    return false;
}

static int compare_names(const void *a, const void *b) {
    const struct record_item *left = *(const struct record_item *const *)a;
    const struct record_item *right = *(const struct record_item *const *)b;

    if (left->form->form != right->form->form) {
        return left->form->form < right->form->form ? -1 : 1;
    }
    return memcmp(left->first->ref, right->first->ref, REF_BYTES); /* only items come again */
}

static void value_bytes(struct writer *out, const struct record_item *item,
                        const struct field_value *value) {
    static const uint8_t once[REF_BYTES];

    writer_u8(out, (uint8_t)item->form->form);
    writer_span(out, span_of(item->first != NULL ? item->first->ref : once, REF_BYTES));
    writer_u8(out, value->field);
    writer_u8(out, value->is_empty ? 1 : 0);
    writer_u64(out, value->number);
    writer_u32(out, (uint32_t)value->bytes.len);
    writer_span(out, value->bytes);
}

static int compare_values(const void *a, const void *b) {
    const struct field_value *left = &((const struct record_value *)a)->value;
    const struct field_value *right = &((const struct record_value *)b)->value;

    if (left->is_empty != right->is_empty) {
        return left->is_empty ? 1 : -1;
    }
    if (left->number != right->number) {
        return left->number < right->number ? -1 : 1;
    }
    if (left->bytes.len != right->bytes.len) {
        return left->bytes.len < right->bytes.len ? -1 : 1;
    }
    return left->bytes.len == 0 ? 0 : memcmp(left->bytes.data, right->bytes.data, left->bytes.len);
}

/* In the order of the values themselves, whoever wrote them and when. */
static void field_bytes(struct writer *out, const struct record_item *item, uint8_t field) {
    size_t count;
    const struct record_value *live = item_live(item, field, &count);

    if (count == 0) {
        return;
    }
    struct record_value *sorted = rb_alloc(count, sizeof *sorted);
    memcpy(sorted, live, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_values);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || !field_value_equal(&sorted[i].value, &sorted[i - 1].value)) {
            value_bytes(out, item, &sorted[i].value);
        }
    }
    free(sorted);
}

static void item_bytes(struct writer *out, const struct record_item *item) {
    for (size_t i = 0; i < item->form->field_count; i++) {
        if (!item->form->fields[i].is_progress) {
            field_bytes(out, item, item->form->fields[i].number);
        }
    }
}

void approval_hash(const struct record *record, enum approval_of of,
                   uint8_t hash[static HASH_BYTES]) {
    const struct record_item **items = rb_alloc(record->item_count + 1, sizeof *items);
    struct writer content;
    size_t count = 0;

    for (size_t i = 0; i < record->item_count; i++) {
        if (belongs(record->items[i].form, of)) {
            items[count++] = &record->items[i];
        }
    }
    qsort(items, count, sizeof *items, compare_names);
    writer_init(&content, SIZE_MAX); /* of a record that stands in memory already */
    for (size_t i = 0; i < count; i++) {
        item_bytes(&content, items[i]);
    }
    const struct span part = writer_view(&content);
    crypt_hash(hash, HASH_BYTES, (struct span) { 0 }, "rk.approved", &part, 1);
    writer_clear(&content);
    free(items);
}

/* ---- What it has come to ---- */

/* That answer, if it stands and a supervisor who did not ask has given it; NULL: none.  The hand
 * of the field keeps out who asked. */
static const struct record_value *answer_find(const struct record *record,
                                              const struct record_item *request,
                                              enum approval_answer answer) {
    size_t count;
    const struct record_value *live = item_live(request, APPROVAL_ANSWER, &count);

    for (size_t i = 0; i < count; i++) {
        if (!live[i].value.is_empty && live[i].value.number == (uint64_t)answer &&
            record_has_duty(record, live[i].by->person, DUTY_SUPERVISOR)) {
            return &live[i];
        }
    }
    return NULL;
}

static bool has_answer(const struct record *record, const struct record_item *request,
                       enum approval_answer answer) {
    return answer_find(record, request, answer) != NULL;
}

/* Whether two requests are about the same content of the same part. */
static bool is_same(const struct record_item *a, const struct record_item *b) {
    uint64_t of = 0;

    return item_number(a, APPROVAL_OF, &of) && item_is(b, APPROVAL_OF, of) &&
           span_equal(item_text(a, APPROVAL_STATE_HASH), item_text(b, APPROVAL_STATE_HASH));
}

static enum approval_state request_state(const struct record *record,
                                         const struct record_item *request,
                                         const uint8_t now[static HASH_BYTES]) {
    const struct span asked = item_text(request, APPROVAL_STATE_HASH);

    if (has_answer(record, request, ANSWER_RETURNED)) {
        return APPROVAL_RETURNED;
    }
    if (!span_equal(asked, span_of(now, HASH_BYTES))) {
        return APPROVAL_OUTDATED;
    }
    return has_answer(record, request, ANSWER_APPROVED) ? APPROVAL_GIVEN : APPROVAL_ASKED;
}

/* A return that stands, of the content that was approved on `request`, and that who asked for that
 * had not heard of yet: the approval does not answer it.  NULL: none. */
static const struct record_item *returned_beside(const struct record *record,
                                                 const struct record_item *request) {
    for (const struct record_item *item = record_next(record, FORM_APPROVAL, NULL); item != NULL;
         item = record_next(record, FORM_APPROVAL, item)) {
        const struct record_value *answer = answer_find(record, item, ANSWER_RETURNED);
        if (answer != NULL && answer->by->hlc > request->first->hlc && is_same(item, request)) {
            return item;
        }
    }
    return NULL;
}

/* What is approved stays so, unless the same content was returned beside it; otherwise the newest
 * request tells. */
struct approval approval_look(const struct record *record, enum approval_of of) {
    struct approval found = { .state = APPROVAL_NONE };
    uint8_t now[HASH_BYTES];

    approval_hash(record, of, now);
    for (const struct record_item *item = record_next(record, FORM_APPROVAL, NULL); item != NULL;
         item = record_next(record, FORM_APPROVAL, item)) {
        if (!item_is(item, APPROVAL_OF, of)) {
            continue;
        }
        found = (struct approval) { request_state(record, item, now), item };
        if (found.state == APPROVAL_GIVEN) {
            const struct record_item *returned = returned_beside(record, item);
            if (returned == NULL) {
                break;
            }
            found = (struct approval) { APPROVAL_RETURNED, returned };
        }
    }
    return found;
}

const struct record_item *approval_open(const struct record *record, enum approval_of of) {
    const struct record_item *open = NULL;

    for (const struct record_item *item = record_next(record, FORM_APPROVAL, NULL); item != NULL;
         item = record_next(record, FORM_APPROVAL, item)) {
        if (item_is(item, APPROVAL_OF, of) && !has_answer(record, item, ANSWER_APPROVED) &&
            !has_answer(record, item, ANSWER_RETURNED)) {
            open = item;
        }
    }
    return open;
}
