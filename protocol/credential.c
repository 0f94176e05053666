/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/credential.h"

#include "protocol/cbor.h"
#include "protocol/text.h"

#include <assert.h>
#include <string.h>

enum { VERSION = 1, ROLES_MAX = 64, MAY_ISSUE_MAX = 16, DATE_BYTES = 10 };

#define DEVICE_VALID_S (CERT_VALID_MS / 1000)

/* Nobody can renew what nobody issued: the words of a person stay, devices are what expires.
 * Letters, if nothing else is said in them, and offices have the same time. */
#define PERSON_VALID_S (INT64_C(20) * 365 * 24 * 3600)

static const char cert_label[] = "rk.cert";

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
    FIELD_ROOT_KEYS = 16,
    FIELD_NUMBER = 17,
    FIELD_DATE = 18,
    FIELD_SCOPE = 19,
    FIELD_END
};

#define BIT(field) (1U << (field))
#define COMMON_FIELDS                                                                              \
    (BIT(FIELD_SUBJECT) | BIT(FIELD_NAME) | BIT(FIELD_NOT_BEFORE) | BIT(FIELD_NOT_AFTER) |         \
     BIT(FIELD_MAY_ISSUE) | BIT(FIELD_SERIAL) | BIT(FIELD_ISSUER))
#define PERSON_FIELDS (COMMON_FIELDS | BIT(FIELD_ROLE) | BIT(FIELD_REGION) | BIT(FIELD_CLUSTER))
#define DEVICE_FIELDS (COMMON_FIELDS | BIT(FIELD_TRANSPORT) | BIT(FIELD_PERSON))
#define OFFICE_FIELDS (COMMON_FIELDS | BIT(FIELD_REGION) | BIT(FIELD_RANK))
#define ROOT_FIELDS   (OFFICE_FIELDS | BIT(FIELD_ROOT_KEYS))
#define LETTER_FIELDS (BIT(FIELD_NUMBER) | BIT(FIELD_DATE) | BIT(FIELD_SCOPE))
#define KNOWN_FIELDS  (PERSON_FIELDS | DEVICE_FIELDS | ROOT_FIELDS | LETTER_FIELDS)

enum { PERSON_PAIRS = 12, DEVICE_PAIRS = 11, OFFICE_PAIRS = 11, ROOT_PAIRS = 12 };

/* ---- Facts ---- */

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
    bool valid = text_is_proper_name(facts->name) && region_is_valid(facts->region) &&
                 cluster_check(facts->cluster) == RB_OK && facts->role < ROLE_COUNT;

    return valid ? RB_OK : RB_MALFORMED;
}

/* Digits that say a number from 1 to `max`. */
static bool number_is_within(struct span digits, unsigned max, unsigned *number) {
    unsigned value = 0;

    for (size_t i = 0; i < digits.len; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9') {
            return false;
        }
        value = value * 10 + (unsigned)(digits.data[i] - '0');
    }
    *number = value;
    return value >= 1 && value <= max;
}

/* YYYY-MM-DD, a day that the calendar has. */
static bool date_is_valid(struct span date) {
    static const unsigned days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    unsigned year = 0, month = 0, day = 0;

    if (date.len != DATE_BYTES || date.data[4] != '-' || date.data[7] != '-' ||
        !number_is_within(span_of(date.data, 4), 9999, &year) ||
        !number_is_within(span_of(date.data + 5, 2), 12, &month)) {
        return false;
    }
    const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    const unsigned last = month == 2 && leap ? 29 : days[month - 1];
    return number_is_within(span_of(date.data + 8, 2), last, &day);
}

/* Of what may be missing: it is good if it is empty. */
static enum rb_status assignment_check(const struct letter_facts *letter) {
    bool valid = letter->number.len <= LETTER_NUMBER_BYTES_MAX &&
                 letter->scope.len <= LETTER_SCOPE_BYTES_MAX && text_is_printable(letter->number) &&
                 text_is_printable(letter->scope) &&
                 (letter->date.len == 0 || date_is_valid(letter->date));

    return valid ? RB_OK : RB_MALFORMED;
}

static bool assignment_exists(const struct letter_facts *letter) {
    return letter->number.len > 0 || letter->date.len > 0 || letter->scope.len > 0;
}

/* ---- Writing ---- */

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

struct terms {
    int64_t now_s, from_s, until_s;
};

static struct terms terms_from_now(int64_t now_s, int64_t valid_s) {
    return (struct terms) { now_s, now_s, now_s + valid_s };
}

/* What a letter says, or leaves open. */
static enum rb_status terms_of_letter(const struct letter_facts *letter, int64_t now_s,
                                      struct terms *terms) {
    struct terms value = terms_from_now(now_s, PERSON_VALID_S);

    if (letter->until_s > value.until_s) {
        return RB_MALFORMED;
    }
    value.from_s = letter->from_s != 0 ? letter->from_s : value.from_s;
    value.until_s = letter->until_s != 0 ? letter->until_s : value.until_s;
    if (value.from_s < 0 || value.until_s <= value.from_s || value.until_s <= now_s) {
        return RB_MALFORMED;
    }
    *terms = value;
    return RB_OK;
}

/* Fields 8 to 11 of those who issue for themselves: no roles to issue.  They keep no count, so that
 * the time serves as serial: it says which of two certificates is the later. */
static void write_terms(struct writer *body, const struct terms *terms) {
    assert(terms->from_s >= 0);
    assert(terms->until_s < SECONDS_END);
    write_key_uint(body, FIELD_NOT_BEFORE, (uint64_t)terms->from_s);
    write_key_uint(body, FIELD_NOT_AFTER, (uint64_t)terms->until_s);
    cbor_write_uint(body, FIELD_MAY_ISSUE);
    cbor_write_array(body, 0);
    write_key_uint(body, FIELD_SERIAL, (uint64_t)terms->now_s);
}

/* Signs the finished body of a certificate and forgets it. */
static enum rb_status cert_finish(struct writer *out, const struct office_signer *signer,
                                  struct writer *body) {
    enum rb_status status = writer_end(body);

    if (status == RB_OK) {
        struct writer signature;
        writer_init(&signature, ROOT_SIGNATURE_BYTES);
        office_sign(&signature, signer, cert_label, writer_view(body));
        cbor_write_array(out, 2);
        cbor_write_bytes(out, writer_view(body));
        cbor_write_bytes(out, writer_view(&signature));
        writer_clear(&signature);
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

static uint64_t assignment_pairs(const struct letter_facts *letter) {
    return (uint64_t)(letter->number.len > 0) + (letter->date.len > 0) + (letter->scope.len > 0);
}

static void write_stated(struct writer *body, enum cert_field field, struct span text) {
    if (text.len > 0) {
        write_key_text(body, field, text);
    }
}

static enum rb_status issue_person(struct writer *out,
                                   const uint8_t person[static SIGN_PUBLIC_BYTES],
                                   const struct office_signer *signer,
                                   const struct person_facts *facts,
                                   const struct letter_facts *letter, const struct terms *terms) {
    struct writer body;

    writer_init(&body, CERT_BYTES_MAX);
    write_front(&body, PERSON_PAIRS + assignment_pairs(letter), CERT_PERSON, person);
    write_key_text(&body, FIELD_NAME, facts->name);
    write_key_uint(&body, FIELD_ROLE, facts->role);
    write_key_text(&body, FIELD_REGION, facts->region);
    write_terms(&body, terms);
    write_key_bytes(&body, FIELD_ISSUER, signer->id);
    write_key_text(&body, FIELD_CLUSTER, facts->cluster);
    write_stated(&body, FIELD_NUMBER, letter->number);
    write_stated(&body, FIELD_DATE, letter->date);
    write_stated(&body, FIELD_SCOPE, letter->scope);
    return cert_finish(out, signer, &body);
}

enum rb_status cert_issue_letter(struct writer *out, const uint8_t person[static SIGN_PUBLIC_BYTES],
                                 const struct office_signer *signer,
                                 const struct person_facts *facts,
                                 const struct letter_facts *letter, int64_t now_s) {
    uint8_t id[HASH_BYTES];
    struct terms terms;

    identity_person_id(person, id);
    if (facts_check(facts) != RB_OK || assignment_check(letter) != RB_OK ||
        crypt_equal(id, signer->id, sizeof id)) {
        return RB_MALFORMED;
    }
    const enum rb_status status = terms_of_letter(letter, now_s, &terms);
    return status == RB_OK ? issue_person(out, person, signer, facts, letter, &terms) : status;
}

enum rb_status cert_issue_person(struct writer *out, const struct identity *identity,
                                 const struct person_facts *facts, int64_t now_s) {
    const struct terms terms = terms_from_now(now_s, PERSON_VALID_S);
    const struct letter_facts none = { 0 };
    struct office_signer himself;

    if (facts_check(facts) != RB_OK) {
        return RB_MALFORMED;
    }
    if (identity->is_further) {
        return RB_NO_KEY;
    }
    office_signer_one(&himself, &identity->person);
    return issue_person(out, identity->person.public, &himself, facts, &none, &terms);
}

/* The certificate of an office up to its rank; a root's goes on. */
static void write_office(struct writer *body, uint64_t pairs,
                         const uint8_t subject[static SIGN_PUBLIC_BYTES],
                         const struct office_signer *signer, const struct office_facts *facts,
                         int64_t now_s) {
    const struct terms terms = terms_from_now(now_s, PERSON_VALID_S);

    write_front(body, pairs, CERT_OFFICE, subject);
    write_key_text(body, FIELD_NAME, facts->name);
    write_key_text(body, FIELD_REGION, facts->region);
    write_terms(body, &terms);
    write_key_bytes(body, FIELD_ISSUER, signer->id);
    write_key_uint(body, FIELD_RANK, facts->rank);
}

enum rb_status cert_issue_office(struct writer *out,
                                 const uint8_t subject[static SIGN_PUBLIC_BYTES],
                                 const struct office_signer *signer,
                                 const struct office_facts *facts, int64_t now_s) {
    struct writer body;

    if (!text_is_proper_name(facts->name) || !region_is_valid(facts->region) ||
        facts->rank == RANK_ROOT || facts->rank > RANK_WORKER) {
        return RB_MALFORMED;
    }
    writer_init(&body, CERT_BYTES_MAX);
    write_office(&body, OFFICE_PAIRS, subject, signer, facts, now_s);
    return cert_finish(out, signer, &body);
}

enum rb_status cert_issue_root(struct writer *out, const struct root_keys *root,
                               const struct office_signer *signer, struct span name,
                               int64_t now_s) {
    const struct office_facts facts = { .name = name, .rank = RANK_ROOT };
    struct writer body;
    uint8_t id[HASH_BYTES];

    if (!text_is_proper_name(name) || !root_keys_are_sorted(root)) {
        return RB_MALFORMED;
    }
    root_id(root, id);
    if (!crypt_equal(id, signer->id, sizeof id)) {
        return RB_REFUSED;
    }
    writer_init(&body, CERT_BYTES_MAX);
    write_office(&body, ROOT_PAIRS, id, signer, &facts, now_s);
    cbor_write_uint(&body, FIELD_ROOT_KEYS);
    cbor_write_bytes(&body, span_of(root->publics, sizeof root->publics));
    return cert_finish(out, signer, &body);
}

enum rb_status cert_issue_device(struct writer *out, const struct identity *identity,
                                 struct span name, int64_t now_s) {
    return cert_issue_further(out, identity, identity->device.public, identity->transport.public,
                              name, now_s);
}

enum rb_status cert_issue_further(struct writer *out, const struct identity *identity,
                                  const uint8_t subject[static SIGN_PUBLIC_BYTES],
                                  const uint8_t transport[static BOX_PUBLIC_BYTES],
                                  struct span name, int64_t now_s) {
    const struct terms terms = terms_from_now(now_s, DEVICE_VALID_S);
    struct writer body;
    struct office_signer person;

    if (!text_is_proper_name(name)) {
        return RB_MALFORMED;
    }
    if (identity->is_further) {
        return RB_NO_KEY;
    }
    office_signer_one(&person, &identity->person);
    writer_init(&body, CERT_BYTES_MAX);
    write_front(&body, DEVICE_PAIRS, CERT_DEVICE, subject);
    write_key_bytes(&body, FIELD_TRANSPORT, transport);
    write_key_text(&body, FIELD_NAME, name);
    write_terms(&body, &terms);
    write_key_bytes(&body, FIELD_ISSUER, person.id);
    write_key_bytes(&body, FIELD_PERSON, person.id);
    return cert_finish(out, &person, &body);
}

/* ---- Reading ---- */

/* A certificate is an envelope (envelope.h) whose signature may be that of a root. */
struct signed_body {
    struct span body, signature;
};

static enum rb_status signed_decode(struct span bytes, struct signed_body *out) {
    struct reader reader = reader_of(bytes);
    struct signed_body value = { 0 };

    const uint64_t items = cbor_read_array(&reader, 2);
    value.body = cbor_read_bytes(&reader, CERT_BYTES_MAX);
    value.signature = cbor_read_bytes(&reader, ROOT_SIGNATURE_BYTES);
    if (reader_end(&reader) != RB_OK || items != 2 || bytes.len > CERT_BYTES_MAX) {
        return RB_MALFORMED;
    }
    if (value.signature.len != SIGNATURE_BYTES && !root_signature_is_formed(value.signature)) {
        return RB_MALFORMED;
    }
    *out = value;
    return cbor_check(value.body);
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

/* A text that is left out if it is empty, so that there is one way to say nothing. */
static struct span read_stated(struct reader *reader, size_t len_max) {
    const struct span text = cbor_read_text(reader, len_max);

    if (text.len == 0) {
        reader->failed = true;
    }
    return text;
}

/* An unknown key is skipped. */
static void cert_read_letter_field(struct reader *reader, uint64_t key,
                                   struct letter_facts *letter) {
    switch (key) {
    case FIELD_NUMBER:
        letter->number = read_stated(reader, LETTER_NUMBER_BYTES_MAX);
        break;
    case FIELD_DATE:
        letter->date = read_stated(reader, DATE_BYTES);
        break;
    case FIELD_SCOPE:
        letter->scope = read_stated(reader, LETTER_SCOPE_BYTES_MAX);
        break;
    default:
        cbor_skip(reader);
        break;
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
    case FIELD_ROOT_KEYS:
        cert->root_keys = cbor_read_bytes(reader, sizeof(struct root_keys));
        break;
    default:
        cert_read_letter_field(reader, key, &cert->assignment);
        break;
    }
}

static unsigned fields_wanted(const struct cert *cert) {
    switch (cert->kind) {
    case CERT_PERSON:
        return PERSON_FIELDS;
    case CERT_DEVICE:
        return DEVICE_FIELDS;
    default:
        return cert->rank == RANK_ROOT ? ROOT_FIELDS : OFFICE_FIELDS;
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
    seen &= cert->kind == CERT_PERSON ? KNOWN_FIELDS & ~LETTER_FIELDS : KNOWN_FIELDS;
    bool is_whole = seen == fields_wanted(cert);
    return reader_end(&reader) == RB_OK && is_whole ? RB_OK : RB_MALFORMED;
}

/* Field 2 of a root is its id, and nobody has a key for it: what takes the subject of an office for
 * the key that signs can never be content with one of three. */
static bool root_is_valid(const struct cert *cert) {
    struct root_keys keys;
    uint8_t id[HASH_BYTES];

    if (cert->root_keys.len != sizeof keys || cert->region.len != 0) {
        return false;
    }
    root_keys_read(cert, &keys);
    root_id(&keys, id);
    return root_keys_are_sorted(&keys) && crypt_equal(id, cert->subject, sizeof id);
}

static bool is_root(const struct cert *cert) {
    return cert->kind == CERT_OFFICE && cert->rank == RANK_ROOT;
}

static enum rb_status cert_check_values(const struct cert *cert) {
    if (!text_is_proper_name(cert->name) || !region_is_valid(cert->region) ||
        cert->not_after_s < cert->not_before_s || assignment_check(&cert->assignment) != RB_OK ||
        (is_root(cert) && !root_is_valid(cert))) {
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

/* What follows from the fields. */
static void cert_conclude(struct cert *cert) {
    crypt_hash(cert->id, sizeof cert->id, (struct span) { 0 }, "rk.cid", &cert->whole, 1);
    if (is_root(cert)) {
        memcpy(cert->person, cert->subject, sizeof cert->person);
    } else if (cert->kind != CERT_DEVICE) {
        identity_person_id(cert->subject, cert->person);
    }
    if (cert->kind != CERT_OFFICE) {
        cert->rank = cert->kind == CERT_PERSON ? rank_of(cert->role) : RANK_NONE;
    }
}

enum rb_status cert_decode(struct span bytes, struct cert *cert) {
    struct signed_body whole;
    struct cert value = { .whole = bytes };

    enum rb_status status = signed_decode(bytes, &whole);
    if (status == RB_OK) {
        status = cert_read_body(whole.body, &value);
    }
    if (status == RB_OK) {
        status = cert_check_values(&value);
    }
    if (status != RB_OK) {
        return status;
    }
    cert_conclude(&value);
    if (assignment_exists(&value.assignment) &&
        crypt_equal(value.issuer, value.person, sizeof value.issuer)) {
        return RB_MALFORMED; /* Nobody assigns himself. */
    }
    *cert = value;
    return RB_OK;
}

/* ---- Time ---- */

enum cert_validity letter_validity(int64_t not_before_s, int64_t not_after_s, int64_t now_s) {
    if (now_s > not_after_s) {
        return CERT_ENDED;
    }
    return now_s < not_before_s - CLOCK_AHEAD_MS_MAX / 1000 ? CERT_NOT_YET : CERT_HOLDS;
}

enum cert_validity cert_validity(const struct cert *cert, int64_t now_s) {
    const int64_t slack_s = cert->kind == CERT_DEVICE ? DEVICE_VALID_S : 0;
    const bool is_own =
        cert->kind == CERT_PERSON && crypt_equal(cert->issuer, cert->person, sizeof cert->issuer);

    return is_own ? CERT_HOLDS
                  : letter_validity(cert->not_before_s, cert->not_after_s + slack_s, now_s);
}

void root_keys_read(const struct cert *root, struct root_keys *keys) {
    assert(root->root_keys.len == sizeof *keys);
    memcpy(keys, root->root_keys.data, sizeof *keys);
}

enum rb_status cert_verify(const struct cert *cert,
                           const uint8_t issuer[static SIGN_PUBLIC_BYTES]) {
    uint8_t id[HASH_BYTES];

    identity_person_id(issuer, id);
    if (!crypt_equal(id, cert->issuer, sizeof id)) {
        return RB_BAD_SIGNATURE;
    }
    struct signed_body whole;
    enum rb_status status = signed_decode(cert->whole, &whole);
    if (status != RB_OK) {
        return status;
    }
    return whole.signature.len == SIGNATURE_BYTES &&
                   crypt_verify(whole.signature.data, issuer, cert_label, whole.body)
               ? RB_OK
               : RB_BAD_SIGNATURE;
}

enum rb_status cert_verify_office(const struct cert *cert, const struct cert *office) {
    struct signed_body whole;
    struct root_keys keys;

    if (!is_root(office)) {
        return cert_verify(cert, office->subject);
    }
    if (!crypt_equal(office->person, cert->issuer, sizeof cert->issuer)) {
        return RB_BAD_SIGNATURE;
    }
    enum rb_status status = signed_decode(cert->whole, &whole);
    if (status != RB_OK) {
        return status;
    }
    root_keys_read(office, &keys);
    return root_verify(&keys, whole.signature, cert_label, whole.body);
}
