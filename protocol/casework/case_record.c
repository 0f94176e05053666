/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/case_record.h"

#include "protocol/casework/body.h"
#include "protocol/cbor.h"

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

void entry_encode(struct writer *out, const struct entry *entry) {
    body_text_encode(out, entry->text);
}

enum rb_status entry_decode(struct span body, struct entry *entry) {
    return body_text_decode(body, TEXT_BYTES_MAX, &entry->text);
}
