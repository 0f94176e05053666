/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/warnings.h"

#include "protocol/casework/consent.h"

#include <string.h>

struct telling {
    bool (*each)(void *context, const struct warning *);
    void *context;
    bool go_on;
};

static void tell(struct telling *telling, enum warning_sort sort, const struct record_item *item,
                 uint64_t field) {
    const struct warning warning = { sort, item, form_field(item->form, field) };

    if (telling->go_on) {
        telling->go_on = telling->each(telling->context, &warning);
    }
}

static void look_at_facts(struct telling *telling, const struct record_item *facts) {
    const struct span category = item_text(facts, FACTS_CATEGORY);
    const struct span cluster = item_text(facts, FACTS_CLUSTER);
    const struct list_row *row = list_find(LIST_CATEGORY, category);
    const char *helps = category_cluster(category);
    enum age_unit unit;
    uint64_t age;

    if (item_number(facts, FACTS_AGE, &age)) {
        if (row != NULL && !list_fits_age(row, age)) {
            tell(telling, WARNING_AGE, facts, FACTS_AGE);
        } else if (age_of_value(age, &unit) > ADULT_YEARS && unit == AGE_YEARS) {
            tell(telling, WARNING_ADULT, facts, FACTS_AGE);
        }
    }
    if (helps != NULL && cluster.len > 0 && !span_equal(cluster, span_text(helps))) {
        tell(telling, WARNING_CLUSTER, facts, FACTS_CLUSTER);
    }
}

/* Both are dates, whose text sorts like the days. */
static bool is_after(struct span date, struct span day) {
    return memcmp(date.data, day.data, DATE_BYTES) > 0;
}

static void look_at_value(struct telling *telling, const struct record_item *item,
                          const struct record_value *value, struct span day) {
    const struct field *field = form_field(item->form, value->value.field);

    if (value->value.is_empty) {
        return;
    }
    if (field->sort == FIELD_CODE && list_find(field->list, value->value.bytes) == NULL) {
        tell(telling, WARNING_CODE, item, field->number);
    }
    if (field->sort == FIELD_DATE && !field->is_ahead && is_after(value->value.bytes, day)) {
        tell(telling, WARNING_FUTURE, item, field->number);
    }
}

void warnings_each(const struct record *record, struct span day,
                   bool (*each)(void *context, const struct warning *), void *context) {
    struct telling telling = { each, context, true };
    const struct record_item *facts = record_single(record, FORM_FACTS);

    if (facts != NULL) {
        look_at_facts(&telling, facts);
    }
    for (size_t i = 0; i < record->item_count; i++) {
        const struct record_item *item = &record->items[i];
        for (size_t k = 0; k < item->value_count; k++) {
            look_at_value(&telling, item, &item->values[k], day);
        }
    }
}
