/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/credential.h"

#include "protocol/cbor.h"
#include "protocol/envelope.h"
#include "protocol/text.h"

#include <assert.h>

enum { VERSION = 1, ROLES_MAX = 64, MAY_ISSUE_MAX = 16 };

#define SECONDS_END    (INT64_C(1) << 40) /* what is not below is no time, but an attack */
#define MILLIS_END     (INT64_C(1) << 48) /* the same for the clock of events, which has 48 bits */
#define DEVICE_VALID_S (CERT_VALID_MS / 1000)

/* Nobody can renew what nobody issued: the words of a person stay, devices are what expires.
 * Letters and offices have the same time: what ends them is revocation. */
#define PERSON_VALID_S (INT64_C(20) * 365 * 24 * 3600)

static const char cert_label[] = "rk.cert";
static const char seal_key_label[] = "rk.xkey";

/* ---- Certificates ---- */

enum cert_field {
    FIELD_VERSION = 0,
    FIELD_KIND = 1,
    FIELD_SUBJECT = 2,
    FIELD_TRANSPORT = 4,
    FIELD_NAME = 5,
    FIELD_ROLE = 6,
    FIELD_REGION = 7,
    FIELD_NOT_BEFORE = 8,
    FIELD_NOT_AFTER = 9,
    FIELD_MAY_ISSUE = 10,
    FIELD_SERIAL = 11,
    FIELD_ISSUER = 12,
    FIELD_PERSON = 13,
    FIELD_CLUSTER = 14,
    FIELD_RANK = 15,
    FIELD_END
};

#define BIT(field) (1U << (field))
#define COMMON_FIELDS                                                                              \
    (BIT(FIELD_SUBJECT) | BIT(FIELD_NAME) | BIT(FIELD_NOT_BEFORE) | BIT(FIELD_NOT_AFTER) |         \
     BIT(FIELD_MAY_ISSUE) | BIT(FIELD_SERIAL) | BIT(FIELD_ISSUER))
#define PERSON_FIELDS (COMMON_FIELDS | BIT(FIELD_ROLE) | BIT(FIELD_REGION) | BIT(FIELD_CLUSTER))
#define DEVICE_FIELDS (COMMON_FIELDS | BIT(FIELD_TRANSPORT) | BIT(FIELD_PERSON))
#define OFFICE_FIELDS (COMMON_FIELDS | BIT(FIELD_REGION) | BIT(FIELD_RANK))
#define KNOWN_FIELDS  (PERSON_FIELDS | DEVICE_FIELDS | OFFICE_FIELDS)

enum { PERSON_PAIRS = 12, DEVICE_PAIRS = 11, OFFICE_PAIRS = 11 };

static bool region_is_valid(struct span region) {
    for (size_t i = 0; i < region.len; i++) {
        if (region.data[i] < '0' || region.data[i] > '9') {
            return false;
        }
    }
    return region.len == 10 || (region.len <= 6 && region.len % 2 == 0);
}

enum rb_status cluster_check(struct span cluster) {
    static const char *const known[] = { "", "AJ", "ADK", "AMPK", "ABH", "BLT" };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (span_equal(cluster, span_text(known[i]))) {
            return RB_OK;
        }
    }
    for (size_t i = 0; i < cluster.len; i++) {
        if (cluster.data[i] < 'A' || cluster.data[i] > 'Z') {
            return RB_MALFORMED;
        }
    }
    return RB_UNKNOWN;
}

static enum rb_status facts_check(const struct person_facts *facts) {
    bool valid = text_is_name(facts->name) && region_is_valid(facts->region) &&
                 cluster_check(facts->cluster) == RB_OK && facts->role < ROLE_COUNT;

    return valid ? RB_OK : RB_MALFORMED;
}

static void write_key_bytes(struct writer *body, enum cert_field field,
                            const uint8_t bytes[static 32]) {
    cbor_write_uint(body, field);
    cbor_write_bytes(body, span_of(bytes, 32));
}

static void write_key_text(struct writer *body, enum cert_field field, struct span text) {
    cbor_write_uint(body, field);
    cbor_write_text(body, text);
}

static void write_key_uint(struct writer *body, enum cert_field field, uint64_t value) {
    cbor_write_uint(body, field);
    cbor_write_uint(body, value);
}

/* Fields 8 to 11 of those who issue for themselves: from now on, no roles to issue.  They keep no
 * count, so that the time serves as serial: it says which of two certificates is the later. */
static void write_terms(struct writer *body, int64_t now_s, int64_t valid_s) {
    assert(now_s >= 0);
    assert(now_s < SECONDS_END - valid_s);
    write_key_uint(body, FIELD_NOT_BEFORE, (uint64_t)now_s);
    write_key_uint(body, FIELD_NOT_AFTER, (uint64_t)(now_s + valid_s));
    cbor_write_uint(body, FIELD_MAY_ISSUE);
    cbor_write_array(body, 0);
    write_key_uint(body, FIELD_SERIAL, (uint64_t)now_s);
}

/* Signs the finished body of a certificate and forgets it. */
static enum rb_status cert_finish(struct writer *out, const struct sign_key *issuer,
                                  struct writer *body) {
    enum rb_status status = writer_end(body);

    if (status == RB_OK) {
        envelope_write(out, issuer, cert_label, writer_view(body));
        status = writer_end(out);
    }
    writer_clear(body);
    return status;
}

/* The fields that every kind begins with. */
static void write_front(struct writer *body, uint64_t pairs, enum cert_kind kind,
                        const uint8_t subject[static SIGN_PUBLIC_BYTES]) {
    cbor_write_map(body, pairs);
    write_key_uint(body, FIELD_VERSION, VERSION);
    write_key_uint(body, FIELD_KIND, kind);
    write_key_bytes(body, FIELD_SUBJECT, subject);
}

enum rb_status cert_issue_letter(struct writer *out, const uint8_t person[static SIGN_PUBLIC_BYTES],
                                 const struct sign_key *issuer, const struct person_facts *facts,
                                 int64_t now_s) {
    struct writer body;
    uint8_t id[HASH_BYTES];
    enum rb_status status = facts_check(facts);

    if (status != RB_OK) {
        return status;
    }
    identity_person_id(issuer->public, id);
    writer_init(&body, CERT_BYTES_MAX);
    write_front(&body, PERSON_PAIRS, CERT_PERSON, person);
    write_key_text(&body, FIELD_NAME, facts->name);
    write_key_uint(&body, FIELD_ROLE, facts->role);
    write_key_text(&body, FIELD_REGION, facts->region);
    write_terms(&body, now_s, PERSON_VALID_S);
    write_key_bytes(&body, FIELD_ISSUER, id);
    write_key_text(&body, FIELD_CLUSTER, facts->cluster);
    return cert_finish(out, issuer, &body);
}

enum rb_status cert_issue_person(struct writer *out, const struct identity *identity,
                                 const struct person_facts *facts, int64_t now_s) {
    return cert_issue_letter(out, identity->person.public, &identity->person, facts, now_s);
}

enum rb_status cert_issue_office(struct writer *out,
                                 const uint8_t subject[static SIGN_PUBLIC_BYTES],
                                 const struct sign_key *issuer, const struct office_facts *facts,
                                 int64_t now_s) {
    struct writer body;
    uint8_t id[HASH_BYTES];

    if (!text_is_name(facts->name) || !region_is_valid(facts->region) ||
        facts->rank > RANK_WORKER) {
        return RB_MALFORMED;
    }
    identity_person_id(issuer->public, id);
    writer_init(&body, CERT_BYTES_MAX);
    write_front(&body, OFFICE_PAIRS, CERT_OFFICE, subject);
    write_key_text(&body, FIELD_NAME, facts->name);
    write_key_text(&body, FIELD_REGION, facts->region);
    write_terms(&body, now_s, PERSON_VALID_S);
    write_key_bytes(&body, FIELD_ISSUER, id);
    write_key_uint(&body, FIELD_RANK, facts->rank);
    return cert_finish(out, issuer, &body);
}

enum rb_status cert_issue_device(struct writer *out, const struct identity *identity,
                                 struct span name, int64_t now_s) {
    struct writer body;
    uint8_t id[HASH_BYTES];

    if (!text_is_name(name)) {
        return RB_MALFORMED;
    }
    identity_person_id(identity->person.public, id);
    writer_init(&body, CERT_BYTES_MAX);
    write_front(&body, DEVICE_PAIRS, CERT_DEVICE, identity->device.public);
    write_key_bytes(&body, FIELD_TRANSPORT, identity->transport.public);
    write_key_text(&body, FIELD_NAME, name);
    write_terms(&body, now_s, DEVICE_VALID_S);
    write_key_bytes(&body, FIELD_ISSUER, id);
    write_key_bytes(&body, FIELD_PERSON, id);
    return cert_finish(out, &identity->person, &body);
}

/* Version and kind, the first two fields: they decide whether the others can be understood. */
static enum rb_status cert_read_kind(struct reader *reader, struct cbor_map *map,
                                     struct cert *cert) {
    uint64_t key = 0;

    if (!cbor_map_next(map, reader, &key) || key != FIELD_VERSION) {
        return RB_MALFORMED;
    }
    uint64_t version = cbor_read_uint(reader, UINT64_MAX);
    if (version != VERSION) {
        return version > VERSION ? RB_UNKNOWN : RB_MALFORMED;
    }
    if (!cbor_map_next(map, reader, &key) || key != FIELD_KIND) {
        return RB_MALFORMED;
    }
    uint64_t kind = cbor_read_uint(reader, UINT64_MAX);
    if (kind != CERT_PERSON && kind != CERT_DEVICE && kind != CERT_OFFICE) {
        return kind == 0 ? RB_MALFORMED : RB_UNKNOWN;
    }
    cert->kind = (enum cert_kind)kind;
    return RB_OK;
}

/* Roles that the subject may issue.  An office is bound by its rank and region, so that only the
 * form counts. */
static void cert_read_may_issue(struct reader *reader) {
    uint64_t roles = cbor_read_array(reader, MAY_ISSUE_MAX);

    for (uint64_t i = 0; i < roles; i++) {
        (void)cbor_read_uint(reader, ROLES_MAX); /* Only its form counts. */
    }
}

static void cert_read_field(struct reader *reader, uint64_t key, struct cert *cert) {
    switch (key) {
    case FIELD_SUBJECT:
        cbor_read_fixed(reader, cert->subject, sizeof cert->subject);
        break;
    case FIELD_TRANSPORT:
        cbor_read_fixed(reader, cert->transport, sizeof cert->transport);
        break;
    case FIELD_NAME:
        cert->name = cbor_read_text(reader, NAME_BYTES_MAX);
        break;
    case FIELD_ROLE:
        cert->role = (enum person_role)cbor_read_uint(reader, ROLES_MAX);
        break;
    case FIELD_REGION:
        cert->region = cbor_read_text(reader, REGION_BYTES_MAX);
        break;
    case FIELD_NOT_BEFORE:
        cert->not_before_s = (int64_t)cbor_read_uint(reader, SECONDS_END - 1);
        break;
    case FIELD_NOT_AFTER:
        cert->not_after_s = (int64_t)cbor_read_uint(reader, SECONDS_END - 1);
        break;
    case FIELD_MAY_ISSUE:
        cert_read_may_issue(reader);
        break;
    case FIELD_SERIAL:
        cert->serial = cbor_read_uint(reader, UINT64_MAX);
        break;
    case FIELD_ISSUER:
        cbor_read_fixed(reader, cert->issuer, sizeof cert->issuer);
        break;
    case FIELD_PERSON:
        cbor_read_fixed(reader, cert->person, sizeof cert->person);
        break;
    case FIELD_CLUSTER:
        cert->cluster = cbor_read_text(reader, CLUSTER_BYTES_MAX);
        break;
    case FIELD_RANK:
        cert->rank = (enum cert_rank)cbor_read_uint(reader, RANK_WORKER);
        break;
    default:
        cbor_skip(reader);
        break;
    }
}

static unsigned fields_wanted(enum cert_kind kind) {
    switch (kind) {
    case CERT_PERSON:
        return PERSON_FIELDS;
    case CERT_DEVICE:
        return DEVICE_FIELDS;
    default:
        return OFFICE_FIELDS;
    }
}

static enum rb_status cert_read_body(struct span body, struct cert *cert) {
    struct reader reader = reader_of(body);
    struct cbor_map map = cbor_read_map(&reader);
    unsigned seen = 0;
    uint64_t key = 0;

    enum rb_status status = cert_read_kind(&reader, &map, cert);
    if (status != RB_OK) {
        return status;
    }
    while (cbor_map_next(&map, &reader, &key)) {
        cert_read_field(&reader, key, cert);
        seen |= key < FIELD_END ? BIT(key) : 0;
    }
    bool is_whole = (seen & KNOWN_FIELDS) == fields_wanted(cert->kind);
    return reader_end(&reader) == RB_OK && is_whole ? RB_OK : RB_MALFORMED;
}

static enum rb_status cert_check_values(const struct cert *cert) {
    if (!text_is_name(cert->name) || !region_is_valid(cert->region) ||
        cert->not_after_s < cert->not_before_s) {
        return RB_MALFORMED;
    }
    return cert->role < ROLE_COUNT ? cluster_check(cert->cluster) : RB_UNKNOWN;
}

static enum cert_rank rank_of(enum person_role role) {
    switch (role) {
    case ROLE_SUPERVISOR:
        return RANK_SUPERVISOR;
    case ROLE_VOLUNTEER:
        return RANK_NONE;
    default:
        return RANK_WORKER;
    }
}

enum rb_status cert_decode(struct span bytes, struct cert *cert) {
    struct envelope envelope;
    struct cert value = { .whole = bytes };

    enum rb_status status = envelope_decode(bytes, CERT_BYTES_MAX, &envelope);
    if (status == RB_OK) {
        status = cert_read_body(envelope.body, &value);
    }
    if (status == RB_OK) {
        status = cert_check_values(&value);
    }
    if (status != RB_OK) {
        return status;
    }
    crypt_hash(value.id, sizeof value.id, (struct span) { 0 }, "rk.cid", &bytes, 1);
    if (value.kind != CERT_DEVICE) {
        identity_person_id(value.subject, value.person);
    }
    if (value.kind != CERT_OFFICE) {
        value.rank = value.kind == CERT_PERSON ? rank_of(value.role) : RANK_NONE;
    }
    *cert = value;
    return RB_OK;
}

enum rb_status cert_verify(const struct cert *cert,
                           const uint8_t issuer[static SIGN_PUBLIC_BYTES]) {
    uint8_t id[HASH_BYTES];

    identity_person_id(issuer, id);
    if (!crypt_equal(id, cert->issuer, sizeof id)) {
        return RB_BAD_SIGNATURE;
    }
    return envelope_verify(cert->whole, CERT_BYTES_MAX, cert_label, issuer);
}

/* ---- Seal keys ---- */

enum seal_key_field {
    SEAL_KEY_CERT = 0,
    SEAL_KEY_GENERATION = 1,
    SEAL_KEY_PUBLIC = 2,
    SEAL_KEY_FROM = 3,
    SEAL_KEY_PAIRS
};

enum rb_status seal_key_issue(struct writer *out, const struct identity *identity,
                              const uint8_t device_cert[static CERT_ID_BYTES], int64_t now_ms) {
    assert(now_ms >= 0);
    assert(now_ms < MILLIS_END);
    struct writer body;

    writer_init(&body, CERT_BYTES_MAX);
    cbor_write_map(&body, SEAL_KEY_PAIRS);
    cbor_write_uint(&body, SEAL_KEY_CERT);
    cbor_write_bytes(&body, span_of(device_cert, CERT_ID_BYTES));
    cbor_write_uint(&body, SEAL_KEY_GENERATION);
    cbor_write_uint(&body, identity->seal_generation);
    cbor_write_uint(&body, SEAL_KEY_PUBLIC);
    cbor_write_bytes(&body, span_of(identity->seal.public, BOX_PUBLIC_BYTES));
    cbor_write_uint(&body, SEAL_KEY_FROM);
    cbor_write_uint(&body, (uint64_t)now_ms);
    envelope_write(out, &identity->device, seal_key_label, writer_view(&body));
    writer_clear(&body);
    return writer_end(out);
}

static void seal_key_read_field(struct reader *reader, uint64_t field, struct seal_key *key) {
    switch (field) {
    case SEAL_KEY_CERT:
        cbor_read_fixed(reader, key->device_cert, sizeof key->device_cert);
        break;
    case SEAL_KEY_GENERATION:
        key->generation = (uint32_t)cbor_read_uint(reader, UINT32_MAX);
        break;
    case SEAL_KEY_PUBLIC:
        cbor_read_fixed(reader, key->public, sizeof key->public);
        break;
    case SEAL_KEY_FROM:
        key->from_ms = (int64_t)cbor_read_uint(reader, MILLIS_END - 1);
        break;
    default:
        cbor_skip(reader);
        break;
    }
}

enum rb_status seal_key_decode(struct span bytes, struct seal_key *key) {
    struct envelope envelope;
    struct seal_key value = { .whole = bytes };
    unsigned seen = 0;
    uint64_t field = 0;

    enum rb_status status = envelope_decode(bytes, CERT_BYTES_MAX, &envelope);
    if (status != RB_OK) {
        return status;
    }
    struct reader reader = reader_of(envelope.body);
    struct cbor_map map = cbor_read_map(&reader);
    while (cbor_map_next(&map, &reader, &field)) {
        seal_key_read_field(&reader, field, &value);
        seen |= field < SEAL_KEY_PAIRS ? BIT(field) : 0;
    }
    bool is_whole = seen == BIT(SEAL_KEY_PAIRS) - 1;
    if (reader_end(&reader) != RB_OK || !is_whole || value.generation == 0) {
        return RB_MALFORMED;
    }
    *key = value;
    return RB_OK;
}

enum rb_status seal_key_verify(const struct seal_key *key, const struct cert *device) {
    if (!crypt_equal(key->device_cert, device->id, sizeof device->id)) {
        return RB_BAD_SIGNATURE;
    }
    enum rb_status status =
        envelope_verify(key->whole, CERT_BYTES_MAX, seal_key_label, device->subject);
    if (status == RB_OK && !crypt_box_is_usable(key->public)) {
        return RB_MALFORMED;
    }
    return status;
}
