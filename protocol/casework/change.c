/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/change.h"

#include "protocol/cbor.h"
#include "protocol/text.h"

enum { CHANGE_FORM, CHANGE_VALUES };
enum { CODE_BYTES_MAX = 16 };

/* ---- One value ---- */

uint64_t age_value(unsigned age, enum age_unit unit) {
    return 2 * (uint64_t)age + (uint64_t)unit;
}

unsigned age_of_value(uint64_t value, enum age_unit *unit) {
    *unit = (enum age_unit)(value % 2);
    return (unsigned)(value / 2);
}

static bool is_number(enum field_sort sort) {
    return sort == FIELD_NUMBER || sort == FIELD_AGE || sort == FIELD_CHOICE;
}

static bool is_bytes(enum field_sort sort) {
    return sort == FIELD_PERSON || sort == FIELD_THING || sort == FIELD_HASH;
}

bool field_value_equal(const struct field_value *a, const struct field_value *b) {
    if (a->is_empty || b->is_empty) {
        return a->is_empty == b->is_empty;
    }
    return a->number == b->number && span_equal(a->bytes, b->bytes);
}

static bool is_line(struct span text) {
    return text.len > 0 && text_is_utf8(text) && text_is_printable(text) &&
           text_characters(text) <= NAME_CHARACTERS_MAX;
}

static bool is_digit(uint8_t byte) {
    return byte >= '0' && byte <= '9';
}

static bool is_capital(uint8_t byte) {
    return byte >= 'A' && byte <= 'Z';
}

/* Capital letters, digits and what stands between them: "2012:07", "AMPK". */
static bool is_code(struct span text) {
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t byte = text.data[i];
        if (!is_capital(byte) && !is_digit(byte) && byte != ':' && byte != '.' && byte != '-') {
            return false;
        }
    }
    return text.len > 0 && text.len <= CODE_BYTES_MAX;
}

/* Digits as area_parse gives them: without dots. */
static bool is_area(struct span text) {
    struct writer digits;

    writer_init(&digits, text.len);
    const bool is_good = area_parse(text, &digits) == RB_OK && digits.len == text.len;
    writer_clear(&digits);
    return is_good;
}

static bool is_case_code(struct span text) {
    static const char shape[] = "9999-99-AAAA"; /* 9: a digit, A: of base32 */

    if (text.len != CASE_CODE_BYTES) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t byte = text.data[i];
        const bool is_base32 = is_capital(byte) || (byte >= '2' && byte <= '7');
        if (shape[i] == '9' ? !is_digit(byte) : shape[i] == 'A' ? !is_base32 : byte != '-') {
            return false;
        }
    }
    return true;
}

static bool is_age(uint64_t value) {
    enum age_unit unit;
    const unsigned age = age_of_value(value, &unit);

    return value <= age_value(CASE_AGE_YEARS_MAX, AGE_MONTHS) &&
           age <= (unit == AGE_MONTHS ? CASE_AGE_MONTHS_MAX : CASE_AGE_YEARS_MAX);
}

static bool is_good(const struct field *field, const struct field_value *value) {
    switch (field->sort) {
    case FIELD_LINE:
        return is_line(value->bytes);
    case FIELD_TEXT:
        return value->bytes.len > 0 && value->bytes.len <= FIELD_TEXT_BYTES_MAX &&
               text_is_utf8(value->bytes);
    case FIELD_DATE:
        return date_is_valid(value->bytes);
    case FIELD_NUMBER:
        return value->number <= FIELD_NUMBER_MAX;
    case FIELD_AGE:
        return is_age(value->number);
    case FIELD_CHOICE:
        return true;
    case FIELD_CODE:
        return is_code(value->bytes);
    case FIELD_AREA:
        return is_area(value->bytes);
    case FIELD_CASE:
        return is_case_code(value->bytes);
    case FIELD_PERSON:
    case FIELD_HASH:
        return value->bytes.len == HASH_BYTES;
    case FIELD_THING:
        return value->bytes.len == REF_BYTES;
    }
    return false;
}

enum rb_status field_value_check(const struct field *field, const struct field_value *value) {
    if (value->is_empty) {
        return RB_OK;
    }
    if (field->sort == FIELD_CHOICE && value->number >= field_choice_count(field)) {
        return RB_UNKNOWN;
    }
    return is_good(field, value) ? RB_OK : RB_MALFORMED;
}

/* ---- A change ---- */

const struct field_value *change_value(const struct change *change, uint64_t field) {
    for (size_t i = 0; i < change->value_count; i++) {
        if (change->values[i].field == field) {
            return &change->values[i];
        }
    }
    return NULL;
}

static void value_write(struct writer *out, enum field_sort sort, const struct field_value *value) {
    if (value->is_empty) {
        cbor_write_null(out);
    } else if (is_number(sort)) {
        cbor_write_uint(out, value->number);
    } else if (is_bytes(sort)) {
        cbor_write_bytes(out, value->bytes);
    } else {
        cbor_write_text(out, value->bytes);
    }
}

void change_encode(struct writer *out, const struct change *change) {
    cbor_write_map(out, 2);
    cbor_write_uint(out, CHANGE_FORM);
    cbor_write_uint(out, (uint64_t)change->form->form);
    cbor_write_uint(out, CHANGE_VALUES);
    cbor_write_map(out, change->value_count);
    for (size_t i = 0; i < change->value_count; i++) {
        const struct field_value *value = &change->values[i];
        cbor_write_uint(out, value->field);
        value_write(out, form_field(change->form, value->field)->sort, value);
    }
}

static struct field_value value_read(struct reader *reader, const struct field *field) {
    struct field_value value = { .field = field->number };

    if (cbor_read_null(reader)) {
        value.is_empty = true;
    } else if (is_number(field->sort)) {
        value.number = cbor_read_uint(reader, UINT64_MAX);
    } else if (is_bytes(field->sort)) {
        value.bytes = cbor_read_bytes(reader, HASH_BYTES);
    } else {
        value.bytes = cbor_read_text(reader, FIELD_TEXT_BYTES_MAX);
    }
    return value;
}

static enum rb_status values_read(struct reader *reader, struct change *change) {
    enum rb_status status = RB_OK;
    uint64_t number;

    struct cbor_map map = cbor_read_map(reader);
    while (cbor_map_next(&map, reader, &number)) {
        const struct field *field = form_field(change->form, number);
        if (field == NULL) {
            cbor_skip(reader);
            continue;
        }
        struct field_value *value = &change->values[change->value_count++];
        *value = value_read(reader, field);
        if (status == RB_OK && !reader->failed) {
            status = field_value_check(field, value);
        }
    }
    return status;
}

/* The form stands in front of its values, whose sorts it tells. */
enum rb_status change_decode(struct span body, struct change *change) {
    struct reader reader = reader_of(body);
    struct change value = { 0 };
    enum rb_status status = RB_MALFORMED;
    bool has_form = false;
    uint64_t key;

    struct cbor_map map = cbor_read_map(&reader);
    while (cbor_map_next(&map, &reader, &key)) {
        if (key == CHANGE_FORM) {
            value.form = form_find(cbor_read_uint(&reader, UINT64_MAX));
            has_form = true;
        } else if (key == CHANGE_VALUES && value.form != NULL) {
            status = values_read(&reader, &value);
        } else {
            cbor_skip(&reader);
        }
    }
    if (reader_end(&reader) != RB_OK || !has_form) {
        return RB_MALFORMED;
    }
    if (value.form == NULL) {
        return RB_UNKNOWN;
    }
    if (status == RB_OK && value.value_count == 0) {
        return RB_MALFORMED;
    }
    if (status == RB_OK) {
        *change = value;
    }
    return status;
}

/* ---- What it may do ---- */

bool change_begins(const struct change *change, size_t ref_count) {
    return !change->form->is_single && ref_count == 0;
}

/* An item is begun with all that is first, and nothing is emptied that was never set. */
static bool is_good_beginning(const struct change *change) {
    for (size_t i = 0; i < change->form->field_count; i++) {
        const struct field *field = &change->form->fields[i];
        const struct field_value *value = change_value(change, field->number);
        if (value == NULL ? field->is_first : value->is_empty) {
            return false;
        }
    }
    return true;
}

static bool is_good_change(const struct change *change) {
    for (size_t i = 0; i < change->value_count; i++) {
        const struct field *field = form_field(change->form, change->values[i].field);
        if (field->is_fixed || (field->is_first && change->values[i].is_empty)) {
            return false;
        }
    }
    return true;
}

/* Who may write at all may change an item that only a higher role begins: he answers. */
static enum circle_role least_role(const struct change *change, bool begins) {
    const enum circle_role may = change->form->may;

    return change->form->is_single || begins || may < CIRCLE_WRITER ? may : CIRCLE_WRITER;
}

enum rb_status change_judge(const struct change *change, size_t ref_count, enum circle_kind circle,
                            enum circle_role role) {
    const bool begins = change_begins(change, ref_count);

    if (circle != form_circle(change->form) || role < least_role(change, begins)) {
        return RB_REFUSED;
    }
    return (begins ? is_good_beginning(change) : is_good_change(change)) ? RB_OK : RB_MALFORMED;
}

/* ---- Searching ---- */

void value_write_words(struct writer *out, const struct form_row *form,
                       const struct field_value *value) {
    const enum field_sort sort = form_field(form, value->field)->sort;
    const bool is_text = (sort == FIELD_TEXT || sort == FIELD_LINE) && !value->is_empty;

    if (!is_text || form->form == FORM_ACCESS || form_circle(form) != CIRCLE_CASE) {
        return;
    }
    if (out->len > 0) {
        writer_u8(out, '\n');
    }
    writer_span(out, value->bytes);
}

void change_write_words(struct writer *out, const struct change *change) {
    for (size_t i = 0; i < change->value_count; i++) {
        value_write_words(out, change->form, &change->values[i]);
    }
}
