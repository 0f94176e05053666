/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The body of any record kind: the first byte chooses the kind, the rest is the body.  What passes
 * its check reads the same after it has been written again, and then no byte changes any more. */
#include "tests/fuzz/fuzz.h"

#include "protocol/casework/change.h"
#include "protocol/casework/contact.h"
#include "protocol/casework/group.h"
#include "protocol/casework/roster.h"
#include "protocol/casework/thread.h"
#include "protocol/cbor.h"

#include <assert.h>

/* Decodes a body and writes what it says; on failure what is written means nothing. */
static enum rb_status rewrite(enum kind_type type, struct span body, struct writer *out) {
    enum rb_status status = RB_UNKNOWN;
    struct contact_record contact = { 0 };
    struct case_record record = { 0 };
    struct change change = { 0 };
    struct roster_day day = { 0 };
    struct retract retract = { 0 };
    struct thread thread = { 0 };
    struct group group = { 0 };
    struct entry entry = { 0 };
    struct post post = { 0 };
    struct edit edit = { 0 };

    switch (type) {
    case KIND_GROUP:
        status = group_decode(body, &group);
        group_encode(out, &group);
        break;
    case KIND_THREAD:
        status = thread_decode(body, &thread);
        thread_encode(out, &thread);
        break;
    case KIND_POST:
        status = post_decode(body, &post);
        post_encode(out, &post);
        break;
    case KIND_EDIT:
        status = edit_decode(body, &edit);
        edit_encode(out, &edit);
        break;
    case KIND_RETRACT:
        status = retract_decode(body, &retract);
        retract_encode(out, &retract);
        break;
    case KIND_CASE:
        status = case_record_decode(body, &record);
        case_record_encode(out, &record);
        break;
    case KIND_ENTRY:
        status = entry_decode(body, &entry);
        entry_encode(out, &entry);
        break;
    case KIND_CONTACT:
        status = contact_record_decode(body, &contact);
        contact_record_encode(out, &contact);
        break;
    case KIND_ROSTER_DAY:
        status = roster_day_decode(body, &day);
        roster_day_encode(out, &day);
        break;
    case KIND_RECORD:
        status = change_decode(body, &change);
        if (status == RB_OK) {
            change_encode(out, &change);
        }
        break;
    }
    return status;
}

static void case_is_within_bounds(struct span body) {
    struct case_record record;

    if (case_record_decode(body, &record) != RB_OK) {
        return;
    }
    assert(record.year >= CASE_YEAR_MIN && record.year <= CASE_YEAR_MAX);
    assert(record.has_age == date_is_valid(span_text(record.age_on)));
    assert(record.has_age || record.age == 0);
    assert(record.age <= CASE_AGE_YEARS_MAX);
    assert(span_text(record.area).len == CASE_AREA_BYTES);
}

static void body_has_one_meaning(const struct kind *kind, struct span body) {
    const struct payload payload = { .type = (uint64_t)kind->type, .body = body };
    const enum rb_status status = kind->check(&payload);
    struct writer once, twice;

    writer_init(&once, EVENT_PAYLOAD_BYTES_MAX);
    writer_init(&twice, EVENT_PAYLOAD_BYTES_MAX);
    assert(rewrite(kind->type, body, &once) == status);
    if (status == RB_OK) {
        assert(cbor_check(writer_view(&once)) == RB_OK);
        assert(once.len <= body.len); /* only fields of newer versions are lost */
        assert(rewrite(kind->type, writer_view(&once), &twice) == RB_OK);
        assert(span_equal(writer_view(&once), writer_view(&twice)));
    }
    writer_clear(&twice);
    writer_clear(&once);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len) {
    const struct kind *kinds;
    const size_t count = kinds_all(&kinds);

    if (len == 0) {
        return 0;
    }
    const struct span body = span_of(data + 1, len - 1);
    /* payload_decode lets only CBOR through. */
    if (cbor_check(body) == RB_OK) {
        body_has_one_meaning(&kinds[data[0] % count], body);
        case_is_within_bounds(body);
    }
    return 0;
}
