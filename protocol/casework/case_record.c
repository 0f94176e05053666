/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/case_record.h"

#include "protocol/cbor.h"
#include "protocol/text.h"

#include <string.h>

enum case_field {
    CASE_AREA,
    CASE_YEAR,
    CASE_CLUSTER,
    CASE_AGE,
    CASE_AGE_UNIT,
    CASE_AGE_DATE,
    CASE_SEX
};

/* ---- CASE ---- */

unsigned case_year_at(int64_t now_ms) {
    char date[DATE_BYTES + 1];
    unsigned year = 0;

    date_at(now_ms, date);
    for (size_t i = 0; i < 4; i++) {
        year = year * 10 + (unsigned)(date[i] - '0');
    }
    return year;
}

void case_area(char out[static CASE_AREA_BYTES + 1], struct span region) {
    const size_t len = region.len < CASE_AREA_BYTES ? region.len : CASE_AREA_BYTES;

    memset(out, '0', CASE_AREA_BYTES);
    if (len > 0) {
        memcpy(out, region.data, len);
    }
    out[CASE_AREA_BYTES] = '\0';
}

static void write_text(struct writer *out, enum case_field field, const char *text) {
    cbor_write_uint(out, field);
    cbor_write_text(out, span_text(text));
}

static void write_uint(struct writer *out, enum case_field field, unsigned value) {
    cbor_write_uint(out, field);
    cbor_write_uint(out, value);
}

void case_record_encode(struct writer *out, const struct case_record *record) {
    const bool has_cluster = record->cluster[0] != '\0';
    const bool has_sex = record->sex != SEX_UNKNOWN;

    cbor_write_map(out,
                   2 + (has_cluster ? 1u : 0u) + (record->has_age ? 3u : 0u) + (has_sex ? 1u : 0u));
    write_text(out, CASE_AREA, record->area);
    write_uint(out, CASE_YEAR, record->year);
    if (has_cluster) {
        write_text(out, CASE_CLUSTER, record->cluster);
    }
    if (record->has_age) {
        write_uint(out, CASE_AGE, record->age);
        write_uint(out, CASE_AGE_UNIT, record->age_unit);
        write_text(out, CASE_AGE_DATE, record->age_on);
    }
    if (has_sex) {
        write_uint(out, CASE_SEX, record->sex);
    }
}

/* The text of a field, NUL-terminated.  Empty is said by leaving the field out. */
static void text_read(struct reader *reader, char *out, size_t len_max) {
    const struct span text = cbor_read_text(reader, len_max);

    if (text.len == 0) {
        reader->failed = true;
        return;
    }
    memcpy(out, text.data, text.len);
    out[text.len] = '\0';
}

static void field_read(struct reader *reader, uint64_t key, struct case_record *record) {
    switch (key) {
    case CASE_AREA:
        text_read(reader, record->area, CASE_AREA_BYTES);
        break;
    case CASE_YEAR:
        record->year = (unsigned)cbor_read_uint(reader, CASE_YEAR_MAX);
        break;
    case CASE_CLUSTER:
        text_read(reader, record->cluster, CLUSTER_BYTES_MAX);
        break;
    case CASE_AGE:
        record->age = (unsigned)cbor_read_uint(reader, CASE_AGE_YEARS_MAX);
        break;
    case CASE_AGE_UNIT:
        record->age_unit = (enum age_unit)cbor_read_uint(reader, AGE_MONTHS);
        break;
    case CASE_AGE_DATE:
        text_read(reader, record->age_on, DATE_BYTES);
        break;
    case CASE_SEX:
        record->sex = (enum case_sex)cbor_read_uint(reader, SEX_FEMALE);
        break;
    default:
        cbor_skip(reader);
    }
}

static bool area_is_valid(const char *area) {
    return strlen(area) == CASE_AREA_BYTES && strspn(area, "0123456789") == CASE_AREA_BYTES;
}

#define BIT(field) (1u << (field))
#define AGE_FIELDS (BIT(CASE_AGE) | BIT(CASE_AGE_UNIT) | BIT(CASE_AGE_DATE))

/* All of the age or nothing of it. */
static bool age_is_valid(const struct case_record *record, unsigned fields) {
    const unsigned age_max =
        record->age_unit == AGE_MONTHS ? CASE_AGE_MONTHS_MAX : CASE_AGE_YEARS_MAX;

    if (!record->has_age) {
        return (fields & AGE_FIELDS) == 0;
    }
    return record->age <= age_max && date_is_valid(span_text(record->age_on));
}

static enum rb_status record_check(const struct case_record *record, unsigned fields) {
    if (!area_is_valid(record->area) || record->year < CASE_YEAR_MIN ||
        !age_is_valid(record, fields) ||
        ((fields & BIT(CASE_SEX)) != 0 && record->sex == SEX_UNKNOWN)) {
        return RB_MALFORMED;
    }
    return cluster_check(span_text(record->cluster));
}

enum rb_status case_record_decode(struct span body, struct case_record *record) {
    struct reader reader = reader_of(body);
    struct case_record value = { 0 };
    unsigned fields = 0;
    uint64_t key;

    struct cbor_map map = cbor_read_map(&reader);
    while (cbor_map_next(&map, &reader, &key)) {
        fields |= key <= CASE_SEX ? BIT(key) : 0;
        field_read(&reader, key, &value);
    }
    value.has_age = (fields & AGE_FIELDS) == AGE_FIELDS;
    enum rb_status status = reader_end(&reader);
    if (status == RB_OK) {
        status = record_check(&value, fields);
    }
    if (status == RB_OK) {
        *record = value;
    }
    return status;
}

/* ---- ENTRY ---- */

enum entry_field {
    ENTRY_TEXT,
    ENTRY_SORT,
    ENTRY_ON,
    ENTRY_OUTCOME,
    ENTRY_NEXT_STEP,
    ENTRY_NEXT_BY,
    ENTRY_FIELDS
};

static struct span *entry_text_of(struct entry *entry, uint64_t key) {
    struct span *const texts[ENTRY_FIELDS] = { &entry->text,      NULL,
                                               &entry->on,        &entry->outcome,
                                               &entry->next_step, &entry->next_by };

    return key < ENTRY_FIELDS ? texts[key] : NULL;
}

static size_t entry_len_max(uint64_t key) {
    switch (key) {
    case ENTRY_TEXT:
        return TEXT_BYTES_MAX;
    case ENTRY_ON:
    case ENTRY_NEXT_BY:
        return DATE_BYTES;
    default:
        return FIELD_TEXT_BYTES_MAX;
    }
}

static enum rb_status entry_text_check(struct span text, uint64_t key) {
    if (text.len > entry_len_max(key)) {
        return RB_TOO_LARGE;
    }
    return text_is_utf8(text) ? RB_OK : RB_MALFORMED;
}

static bool day_is_valid(struct span day) {
    return day.len == 0 || date_is_valid(day);
}

bool entry_tells_more(const struct entry *entry) {
    return entry->sort != ENTRY_PLAIN || entry->on.len > 0 || entry->outcome.len > 0 ||
           entry->next_step.len > 0;
}

enum rb_status entry_check(const struct entry *entry) {
    struct entry copy = *entry;
    enum rb_status status = RB_OK;

    for (uint64_t key = 0; key < ENTRY_FIELDS && status == RB_OK; key++) {
        const struct span *text = entry_text_of(&copy, key);
        status = text == NULL ? RB_OK : entry_text_check(*text, key);
    }
    if (status != RB_OK) {
        return status;
    }
    const bool is_good = entry->text.len > 0 && day_is_valid(entry->on) &&
                         day_is_valid(entry->next_by) &&
                         (entry->next_by.len == 0 || entry->next_step.len > 0);
    return is_good ? RB_OK : RB_MALFORMED;
}

void entry_encode(struct writer *out, const struct entry *entry) {
    struct entry copy = *entry;
    size_t count = entry->sort != ENTRY_PLAIN ? 1 : 0;

    for (uint64_t key = 0; key < ENTRY_FIELDS; key++) {
        const struct span *text = entry_text_of(&copy, key);
        count += text != NULL && text->len > 0 ? 1 : 0;
    }
    cbor_write_map(out, count);
    for (uint64_t key = 0; key < ENTRY_FIELDS; key++) {
        const struct span *text = entry_text_of(&copy, key);
        if (text != NULL && text->len > 0) {
            cbor_write_uint(out, key);
            cbor_write_text(out, *text);
        } else if (key == ENTRY_SORT && entry->sort != ENTRY_PLAIN) {
            cbor_write_uint(out, key);
            cbor_write_uint(out, (uint64_t)entry->sort);
        }
    }
}

static void entry_field_read(struct reader *reader, uint64_t key, struct entry *entry) {
    struct span *text = entry_text_of(entry, key);

    if (text != NULL) {
        *text = cbor_read_text(reader, entry_len_max(key));
        reader->failed = reader->failed || text->len == 0; /* left out if empty */
    } else if (key == ENTRY_SORT) {
        entry->sort = (enum entry_sort)cbor_read_uint(reader, ENTRY_AID);
        reader->failed = reader->failed || entry->sort == ENTRY_PLAIN;
    } else {
        cbor_skip(reader);
    }
}

enum rb_status entry_decode(struct span body, struct entry *entry) {
    struct reader reader = reader_of(body);
    struct entry value = { .sort = ENTRY_PLAIN };
    uint64_t key;

    struct cbor_map map = cbor_read_map(&reader);
    while (cbor_map_next(&map, &reader, &key)) {
        entry_field_read(&reader, key, &value);
    }
    if (reader_end(&reader) != RB_OK || entry_check(&value) != RB_OK) {
        return RB_MALFORMED;
    }
    *entry = value;
    return RB_OK;
}
