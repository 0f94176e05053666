/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints the vectors of offices, letters, revocations and the operations that carry them:
 * letters.json.  Sari of the other vectors gets a letter from the office of her town. */
#include "protocol/casework/roster.h"
#include "protocol/cbor.h"
#include "protocol/envelope.h"
#include "protocol/ops.h"
#include "tests/support/offices.h"
#include "tests/support/sari.h"
#include "tests/vectors/json.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { BODY_MAX = 16384, LETTER_AT = 7 };

static struct {
    struct sari sari;
    struct writer letter, chain;
    struct cert device;
    struct letter standing;
} holder;

static void must(enum rb_status status) {
    if (status != RB_OK) {
        abort();
    }
}

static void hex(const char *name, const void *bytes, size_t len) {
    json_hex(name, span_of(bytes, len));
}

/* ---- Offices and the letter ---- */

static struct letter_facts assignment(void) {
    return (struct letter_facts) {
        .number = span_text("094/117/Dinsos/2026"),
        .date = span_text("2026-02-28"),
        .scope = span_text("Pendampingan anak, Kecamatan Contoh"),
    };
}

static void holder_begin(void) {
    const struct person_facts facts = sari_facts();
    const struct letter_facts said = assignment();
    struct issuer issuer;
    struct cert person;

    sari_make(&holder.sari, 1);
    writer_init(&holder.letter, CERT_BYTES_MAX);
    writer_init(&holder.chain, CHAIN_BYTES_MAX);
    issuer_make(&issuer, offices_usual[0].fill);
    must(cert_issue_letter(&holder.letter, holder.sari.identity.person.public, &issuer.signer,
                           &facts, &said, SARI_NOW_S + LETTER_AT));
    offices_chain(&holder.chain, offices_usual, OFFICES_USUAL, SARI_NOW_S);
    must(cert_decode(writer_view(&holder.letter), &person));
    must(cert_decode(writer_view(&holder.sari.device), &holder.device));
    must(cert_verify_chain(&person, &holder.device, writer_view(&holder.chain), &holder.standing));
}

static void holder_end(void) {
    writer_clear(&holder.chain);
    writer_clear(&holder.letter);
    sari_clear(&holder.sari);
}

/* The seeds of an office's key or a root's three, in order. */
static void print_seeds(const char *name, uint8_t fill) {
    struct issuer issuer;

    issuer_make(&issuer, fill);
    json_open(name, '[');
    for (size_t i = 0; i < (issuer.signer.count == 1 ? 1 : ROOT_KEYS); i++) {
        hex(NULL, issuer.keys[i].seed, SIGN_SEED_BYTES);
    }
    json_close(']');
}

static void print_office(const struct office *office) {
    struct writer bytes;
    struct cert cert;

    writer_init(&bytes, CERT_BYTES_MAX);
    office_cert(&bytes, office, SARI_NOW_S);
    must(cert_decode(writer_view(&bytes), &cert));
    json_open(NULL, '{');
    print_seeds("seeds", office->fill);
    print_seeds("issuer_seeds", office->issuer);
    json_text("name", cert.name);
    json_text("region", cert.region);
    json_number("rank", cert.rank);
    json_number("not_before_s", (uint64_t)cert.not_before_s);
    json_number("not_after_s", (uint64_t)cert.not_after_s);
    json_hex("cert", writer_view(&bytes));
    hex("cert_id", cert.id, sizeof cert.id);
    hex("id", cert.person, HASH_BYTES);
    json_close('}');
    writer_clear(&bytes);
}

static void print_offices(void) {
    json_open("offices", '[');
    for (size_t i = 0; i < OFFICES_USUAL; i++) {
        print_office(&offices_usual[i]);
    }
    json_close(']');
    json_hex("chain", writer_view(&holder.chain));
}

static void print_letter(void) {
    const struct person_facts facts = sari_facts();
    const struct letter_facts said = assignment();
    struct cert cert;

    must(cert_decode(writer_view(&holder.letter), &cert));
    json_open("letter", '{');
    hex("person_seed", holder.sari.identity.person.seed, SIGN_SEED_BYTES);
    json_text("name", facts.name);
    json_number("role", facts.role);
    json_text("region", facts.region);
    json_text("cluster", facts.cluster);
    json_text("number", said.number);
    json_text("date", said.date);
    json_text("scope", said.scope);
    json_number("not_before_s", (uint64_t)cert.not_before_s);
    json_number("not_after_s", (uint64_t)cert.not_after_s);
    json_hex("cert", writer_view(&holder.letter));
    json_number("rank", holder.standing.rank);
    hex("root", holder.standing.root, HASH_BYTES);
    json_close('}');
}

static void print_card(void) {
    const struct sari *sari = &holder.sari;
    struct writer card;

    writer_init(&card, CARD_BYTES_MAX);
    must(card_issue(&card, &sari->identity, writer_view(&holder.letter), writer_view(&sari->device),
                    writer_view(&sari->seal), writer_view(&holder.chain), NULL, 0,
                    span_text("+62 811 0000 000"), SARI_NOW_MS));
    json_open("card", '{');
    hex("device_seed", sari->identity.device.seed, SIGN_SEED_BYTES);
    json_hex("device_cert", writer_view(&sari->device));
    json_hex("seal_key", writer_view(&sari->seal));
    json_text("telephone", span_text("+62 811 0000 000"));
    json_number("issued_ms", (uint64_t)SARI_NOW_MS);
    json_hex("card", writer_view(&card));
    json_close('}');
    writer_clear(&card);
}

/* ---- Chains that hold and chains that do not ---- */

struct chain_case {
    const char *name;
    uint8_t issuer; /* of the letter */
    enum person_role role;
    const char *region;
    size_t count;
    struct office offices[CHAIN_CERTS_MAX + 1];
};

#define WARD                                                                                       \
    { 5, 4, RANK_WORKER, "3273041002", "Kelurahan Contoh" }
#define SUBTOWN                                                                                    \
    { 4, 3, RANK_SUPERVISOR, "327304", "Kecamatan Contoh" }
#define TOWN                                                                                       \
    { 3, 2, RANK_DISTRICT, "3273", "Kota Contoh" }
#define PROVINCE                                                                                   \
    { 2, 1, RANK_PROVINCE, "32", "Provinsi Contoh" }
#define ROOT                                                                                       \
    { 1, 1, RANK_ROOT, "", "Jaringan Contoh" }

static const struct chain_case chain_cases[] = {
    { "root alone", 1, ROLE_SUPERVISOR, "", 1, { ROOT } },
    { "three offices", 3, ROLE_TKSK, "327304", 3, { TOWN, PROVINCE, ROOT } },
    { "a rank left out",
      3,
      ROLE_TKSK,
      "3273",
      2,
      { { 3, 1, RANK_DISTRICT, "3273", "Kota Contoh" }, ROOT } },
    { "five offices", 5, ROLE_VOLUNTEER, "3273041002", 5, { WARD, SUBTOWN, TOWN, PROVINCE, ROOT } },
    { "six offices",
      5,
      ROLE_VOLUNTEER,
      "3273041002",
      6,
      { WARD, SUBTOWN, TOWN, PROVINCE, ROOT, ROOT } },
    { "no office", 1, ROLE_TKSK, "", 0, { ROOT } },
    { "letter by another", 9, ROLE_TKSK, "3273", 3, { TOWN, PROVINCE, ROOT } },
    { "first office by another",
      3,
      ROLE_TKSK,
      "3273",
      3,
      { { 3, 9, RANK_DISTRICT, "3273", "Kota Contoh" }, PROVINCE, ROOT } },
    { "middle office by another",
      3,
      ROLE_TKSK,
      "3273",
      3,
      { TOWN, { 2, 9, RANK_PROVINCE, "32", "Provinsi Contoh" }, ROOT } },
    { "root by an office",
      3,
      ROLE_TKSK,
      "3273",
      3,
      { TOWN, PROVINCE, { 1, 9, RANK_ROOT, "", "Jaringan Contoh" } } },
    { "root by another root",
      3,
      ROLE_TKSK,
      "3273",
      3,
      { TOWN, PROVINCE, { 1, 0xd1, RANK_ROOT, "", "Jaringan Contoh" } } },
    { "first office by another root",
      3,
      ROLE_TKSK,
      "3273",
      2,
      { { 3, 0xd1, RANK_DISTRICT, "3273", "Kota Contoh" }, ROOT } },
    { "no root",
      3,
      ROLE_TKSK,
      "3273",
      2,
      { TOWN, { 2, 2, RANK_PROVINCE, "32", "Provinsi Contoh" } } },
    { "an equal issued",
      3,
      ROLE_TKSK,
      "3273",
      3,
      { { 3, 2, RANK_PROVINCE, "3273", "Kota Contoh" }, PROVINCE, ROOT } },
    { "a senior issued", 4, ROLE_SUPERVISOR, "327304", 4, { SUBTOWN, TOWN, PROVINCE, ROOT } },
    { "person outside the region", 3, ROLE_TKSK, "3274", 3, { TOWN, PROVINCE, ROOT } },
    { "person of no region", 3, ROLE_TKSK, "", 3, { TOWN, PROVINCE, ROOT } },
    { "office outside the region",
      3,
      ROLE_TKSK,
      "3373",
      3,
      { { 3, 2, RANK_DISTRICT, "3373", "Kota Lain" }, PROVINCE, ROOT } },
};

static void print_verdict(const char *name, struct span letter, struct span chain) {
    struct letter standing;
    struct cert person;
    enum rb_status status = cert_decode(letter, &person);

    if (status == RB_OK) {
        status = cert_verify_chain(&person, &holder.device, chain, &standing);
    }
    json_open(NULL, '{');
    json_text("name", span_text(name));
    json_hex("cert", letter);
    json_hex("chain", chain);
    json_bool("accepted", status == RB_OK);
    json_bool("signature", status == RB_BAD_SIGNATURE); /* that is what is wrong */
    json_close('}');
}

static void print_chain_case(const struct chain_case *told) {
    struct person_facts facts = sari_facts();
    struct writer letter, chain;

    facts.role = told->role;
    facts.region = span_text(told->region);
    writer_init(&letter, CERT_BYTES_MAX);
    writer_init(&chain, 2 * CHAIN_BYTES_MAX);
    must(office_letter(&letter, holder.sari.identity.person.public, told->issuer, &facts,
                       SARI_NOW_S));
    offices_chain(&chain, told->offices, told->count, SARI_NOW_S);
    print_verdict(told->name, writer_view(&letter), writer_view(&chain));
    writer_clear(&chain);
    writer_clear(&letter);
}

/* ---- A root by hand, and a letter by it ---- */

enum { PLACE_LAST = ROOT_KEYS - 1 };

/* Who signs a certificate: which of the keys, said to be at which place. */
struct hand {
    size_t count;
    struct {
        uint8_t place, key;
    } parts[ROOT_KEYS];
    bool bare; /* without places: the signature of an office */
};

struct root_case {
    const char *name;
    struct hand root, letter;
    size_t keys;      /* how many the root names */
    uint8_t order[3]; /* which, of the three */
    bool first_key;   /* field 2 and field 12 are of its first key */
};

#define BOTH                                                                                       \
    { 2, { { 0, 0 }, { PLACE_LAST, PLACE_LAST } }, false }
#define ALL                                                                                        \
    3, {                                                                                           \
        0, 1, 2                                                                                    \
    }

static const struct root_case root_cases[] = {
    { "first and last key", BOTH, BOTH, ALL, false },
    { "first and second key", { 2, { { 0, 0 }, { 1, 1 } }, false }, BOTH, ALL, false },
    { "second and last key", BOTH, { 2, { { 1, 1 }, { 2, 2 } }, false }, ALL, false },
    { "root by one key", { 1, { { 0, 0 } }, true }, BOTH, ALL, false },
    { "letter by one key", BOTH, { 1, { { 0, 0 } }, true }, ALL, false },
    { "root by one key and its place", { 1, { { 0, 0 } }, false }, BOTH, ALL, false },
    { "the same key twice", { 2, { { 0, 0 }, { 0, 0 } }, false }, BOTH, ALL, false },
    { "one key at two places", { 2, { { 0, 0 }, { 1, 0 } }, false }, BOTH, ALL, false },
    { "letter by one key at two places", BOTH, { 2, { { 1, 1 }, { 2, 1 } }, false }, ALL, false },
    { "places in the wrong order", { 2, { { 2, 2 }, { 0, 0 } }, false }, BOTH, ALL, false },
    { "keys in the wrong order", { 2, { { 0, 2 }, { 2, 0 } }, false }, BOTH, ALL, false },
    { "a place that does not exist", { 2, { { 0, 0 }, { 3, 2 } }, false }, BOTH, ALL, false },
    { "a third signature", { 3, { { 0, 0 }, { 1, 1 }, { 2, 2 } }, false }, BOTH, ALL, false },
    { "no signature", { 0, { { 0, 0 } }, false }, BOTH, ALL, false },
    { "a root of one key", BOTH, BOTH, 1, { 0 }, false },
    { "a root of no key", BOTH, BOTH, 0, { 0 }, false },
    { "a root of two keys", BOTH, BOTH, 3, { 0, 0, 2 }, false },
    { "a root of keys out of order", BOTH, BOTH, 3, { 1, 0, 2 }, false },
    { "a root that is its first key", BOTH, BOTH, ALL, true },
};

static void write_hand(struct writer *out, const struct hand *hand, const struct issuer *root,
                       struct span body) {
    uint8_t bytes[SIGNATURE_BYTES];
    struct writer signature;

    writer_init(&signature, CERT_BYTES_MAX);
    for (size_t i = 0; i < hand->count; i++) {
        crypt_sign(bytes, &root->keys[hand->parts[i].key], "rk.cert", body);
        if (!hand->bare) {
            writer_u8(&signature, hand->parts[i].place);
        }
        writer_span(&signature, span_of(bytes, sizeof bytes));
    }
    cbor_write_array(out, 2);
    cbor_write_bytes(out, body);
    cbor_write_bytes(out, writer_view(&signature));
    writer_clear(&signature);
}

static void write_uint(struct writer *body, uint64_t key, uint64_t value) {
    cbor_write_uint(body, key);
    cbor_write_uint(body, value);
}

static void write_bytes(struct writer *body, uint64_t key, struct span bytes) {
    cbor_write_uint(body, key);
    cbor_write_bytes(body, bytes);
}

static void write_text(struct writer *body, uint64_t key, const char *text) {
    cbor_write_uint(body, key);
    cbor_write_text(body, span_text(text));
}

/* Fields 8 to 12. */
static void write_terms(struct writer *body, struct span issuer) {
    write_uint(body, 8, 10);
    write_uint(body, 9, 20);
    cbor_write_uint(body, 10);
    cbor_write_array(body, 0);
    write_uint(body, 11, 10);
    write_bytes(body, 12, issuer);
}

static void write_root(struct writer *body, struct span id, struct span keys) {
    cbor_write_map(body, keys.len == 0 ? 11 : 12);
    write_uint(body, 0, 1);
    write_uint(body, 1, CERT_OFFICE);
    write_bytes(body, 2, id);
    write_text(body, 5, "Jaringan Contoh");
    write_text(body, 7, "");
    write_terms(body, id);
    write_uint(body, 15, RANK_ROOT);
    if (keys.len > 0) {
        write_bytes(body, 16, keys);
    }
}

static void write_person(struct writer *body, struct span id) {
    cbor_write_map(body, 12);
    write_uint(body, 0, 1);
    write_uint(body, 1, CERT_PERSON);
    write_bytes(body, 2, span_of(holder.sari.identity.person.public, SIGN_PUBLIC_BYTES));
    write_text(body, 5, "Sari Contoh");
    write_uint(body, 6, ROLE_TKSK);
    write_text(body, 7, "3273");
    write_terms(body, id);
    write_text(body, 14, "");
}

static void print_root_case(const struct root_case *told) {
    struct issuer root;
    struct writer body, cert, chain, letter, keys;
    uint8_t id[HASH_BYTES];

    issuer_make(&root, 1);
    writer_init(&body, CERT_BYTES_MAX);
    writer_init(&cert, CERT_BYTES_MAX);
    writer_init(&chain, CHAIN_BYTES_MAX);
    writer_init(&letter, CERT_BYTES_MAX);
    writer_init(&keys, sizeof root.root);
    for (size_t i = 0; i < told->keys; i++) {
        writer_span(&keys, span_of(root.keys[told->order[i]].public, SIGN_PUBLIC_BYTES));
    }
    const struct span part = writer_view(&keys);
    crypt_hash(id, sizeof id, (struct span) { 0 }, "rk.root", &part, 1);
    const struct span named =
        told->first_key ? span_of(root.keys[0].public, SIGN_PUBLIC_BYTES) : span_of(id, sizeof id);
    write_root(&body, named, part);
    write_hand(&cert, &told->root, &root, writer_view(&body));
    cbor_write_array(&chain, 1);
    cbor_write_bytes(&chain, writer_view(&cert));
    writer_reset(&body);
    write_person(&body, named);
    write_hand(&letter, &told->letter, &root, writer_view(&body));
    print_verdict(told->name, writer_view(&letter), writer_view(&chain));
    writer_clear(&keys);
    writer_clear(&letter);
    writer_clear(&chain);
    writer_clear(&cert);
    writer_clear(&body);
}

static void print_chain_cases(void) {
    json_open("chain_cases", '[');
    for (size_t i = 0; i < COUNT(chain_cases); i++) {
        print_chain_case(&chain_cases[i]);
    }
    for (size_t i = 0; i < COUNT(root_cases); i++) {
        print_root_case(&root_cases[i]);
    }
    json_close(']');
}

/* ---- Certificates of a letter of assignment, good and bad ---- */

struct cert_case {
    const char *name;
    bool himself;                      /* signed by himself, not by an office */
    const char *number, *date, *scope; /* NULL: not there */
};

static const struct cert_case cert_cases[] = {
    { "a letter that says nothing", false, NULL, NULL, NULL },
    { "a letter that says all", false, "094/117", "2026-02-28", "Kec. Contoh" },
    { "a leap day", false, NULL, "2024-02-29", NULL },
    { "a day that is none", false, NULL, "2026-02-29", NULL },
    { "a date of another form", false, NULL, "28-02-2026", NULL },
    { "an empty number", false, "", NULL, NULL },
    { "an empty date", false, NULL, "", NULL },
    { "an empty scope", false, NULL, NULL, "" },
    { "a number of two lines", false, "094\n117", NULL, NULL },
    { "a number too long", false,
      "0123456789012345678901234567890123456789012345678901234567890123x", NULL, NULL },
    { "a number for himself", true, "094/117", NULL, NULL },
    { "a date for himself", true, NULL, "2026-02-28", NULL },
    { "a scope for himself", true, NULL, NULL, "Kec. Contoh" },
    { "himself", true, NULL, NULL, NULL },
};

static void print_cert_case(const struct cert_case *told) {
    const char *const texts[] = { told->number, told->date, told->scope };
    const struct sign_key *himself = &holder.sari.identity.person;
    struct sign_key office;
    struct writer body, whole;
    uint8_t id[HASH_BYTES];
    struct cert cert;

    office_key(&office, 3);
    identity_person_id(told->himself ? himself->public : office.public, id);
    writer_init(&body, CERT_BYTES_MAX);
    writer_init(&whole, CERT_BYTES_MAX);
    write_person(&body, span_of(id, sizeof id));
    for (uint64_t i = 0; i < COUNT(texts); i++) {
        if (texts[i] != NULL) {
            body.data[0]++; /* one pair more */
            write_text(&body, 17 + i, texts[i]);
        }
    }
    envelope_write(&whole, told->himself ? himself : &office, "rk.cert", writer_view(&body));
    json_open(NULL, '{');
    json_text("name", span_text(told->name));
    json_hex("cert", writer_view(&whole));
    json_bool("accepted", cert_decode(writer_view(&whole), &cert) == RB_OK);
    json_close('}');
    writer_clear(&whole);
    writer_clear(&body);
}

static void print_cert_cases(void) {
    json_open("cert_cases", '[');
    for (size_t i = 0; i < COUNT(cert_cases); i++) {
        print_cert_case(&cert_cases[i]);
    }
    json_close(']');
}

static void print_ranks(void) {
    struct person_facts facts = sari_facts();
    struct writer bytes;
    struct cert cert;

    writer_init(&bytes, CERT_BYTES_MAX);
    json_open("ranks", '[');
    for (unsigned role = 0; role < ROLE_COUNT; role++) {
        facts.role = (enum person_role)role;
        writer_reset(&bytes);
        must(cert_issue_person(&bytes, &holder.sari.identity, &facts, SARI_NOW_S));
        must(cert_decode(writer_view(&bytes), &cert));
        json_number(NULL, cert.rank);
    }
    json_close(']');
    writer_clear(&bytes);
}

/* ---- Revocations ---- */

static void print_revoke(const char *name, const uint8_t cert_id[static CERT_ID_BYTES],
                         const struct sign_key *issuer) {
    struct writer revoke;

    writer_init(&revoke, CERT_BYTES_MAX);
    revoke_issue(&revoke, cert_id, holder.device.person, issuer, SARI_NOW_S + LETTER_AT + 1);
    json_open(NULL, '{');
    json_text("name", span_text(name));
    hex("cert_id", cert_id, CERT_ID_BYTES);
    hex("person", holder.device.person, HASH_BYTES);
    hex("issuer_seed", issuer->seed, SIGN_SEED_BYTES);
    json_number("at_s", (uint64_t)SARI_NOW_S + LETTER_AT + 1);
    json_hex("revoke", writer_view(&revoke));
    json_close('}');
    writer_clear(&revoke);
}

static void print_revokes(void) {
    struct sign_key office;
    struct cert letter;

    office_key(&office, offices_usual[0].fill);
    must(cert_decode(writer_view(&holder.letter), &letter));
    json_open("revokes", '[');
    print_revoke("device by its person", holder.device.id, &holder.sari.identity.person);
    print_revoke("letter by its office", letter.id, &office);
    print_revoke("device by a device", holder.device.id, &holder.sari.identity.device);
    json_close(']');
}

/* ---- Operations ---- */

static void print_operation(const char *name, enum op_type type, struct writer *body) {
    const struct payload payload = { .type = (uint64_t)type, .body = writer_view(body) };
    struct op op;

    must(op_decode(&payload, &op));
    json_open(NULL, '{');
    json_text("name", span_text(name));
    json_number("type", type);
    json_hex("body", writer_view(body));
    json_close('}');
    writer_reset(body);
}

static struct op_lock lock_of(uint8_t byte, uint64_t seq) {
    struct op_lock lock = { .seq = seq };

    memset(lock.log, byte, sizeof lock.log);
    memset(lock.hash, byte + 1, sizeof lock.hash);
    return lock;
}

static void print_genesis(struct writer *body, const struct op_pair *pair) {
    uint8_t parent[HASH_BYTES];
    struct op_genesis genesis = { .kind = CIRCLE_CASE, .anchor = holder.standing.root };

    memset(parent, 0x99, sizeof parent);
    memset(genesis.nonce, 0x66, sizeof genesis.nonce);
    op_genesis_encode(body, &genesis, pair);
    print_operation("GENESIS with an anchor", OP_GENESIS, body);
    genesis.parent = parent;
    op_genesis_encode(body, &genesis, pair);
    print_operation("GENESIS with a parent and an anchor", OP_GENESIS, body);
}

static void print_operations(void) {
    const struct op_lock locks[2] = { lock_of(0x77, 12), lock_of(0x88, 70000) };
    const struct op_pair pair = {
        .person_cert = writer_view(&holder.letter),
        .device_cert = writer_view(&holder.sari.device),
        .seal_key = writer_view(&holder.sari.seal),
        .chain = writer_view(&holder.chain),
    };
    struct writer body, revoke;

    writer_init(&body, BODY_MAX);
    writer_init(&revoke, CERT_BYTES_MAX);
    json_open("operations", '[');
    print_genesis(&body, &pair);
    op_add_encode(&body, CIRCLE_WRITER, &pair, 0);
    print_operation("ADD with a letter", OP_ADD, &body);
    op_add_encode(&body, CIRCLE_READER, &pair, SARI_NOW_S + 86400);
    print_operation("ADD of a guest", OP_ADD, &body);
    op_device_encode(&body, &pair);
    print_operation("DEVICE", OP_DEVICE, &body);
    revoke_issue(&revoke, holder.device.id, holder.device.person, &holder.sari.identity.person,
                 SARI_NOW_S + LETTER_AT + 1);
    op_revoked_encode(&body, writer_view(&revoke), locks, 2);
    print_operation("REVOKED", OP_REVOKED, &body);
    op_adopt_encode(&body, locks, 2);
    print_operation("ADOPT", OP_ADOPT, &body);
    json_close(']');
    writer_clear(&revoke);
    writer_clear(&body);
}

/* ---- Rosters ---- */

static void print_roster_day(void) {
    struct roster_day day = { .at_s = SARI_NOW_S + LETTER_AT, .chain = writer_view(&holder.chain) };
    struct cert offices[CHAIN_CERTS_MAX];
    uint8_t circle[HASH_BYTES];
    struct sign_key office;
    struct writer body;
    size_t count = 0;

    memset(circle, 0xa5, sizeof circle);
    office_key(&office, offices_usual[0].fill);
    roster_day_sign(&day, circle, &office);
    must(roster_day_verify(&day, circle, offices, &count));
    writer_init(&body, BODY_MAX);
    roster_day_encode(&body, &day);
    json_open("roster_day", '{');
    json_number("type", KIND_ROSTER_DAY);
    hex("circle", circle, sizeof circle);
    json_number("at_s", (uint64_t)day.at_s);
    hex("office_seed", office.seed, sizeof office.seed);
    json_hex("body", writer_view(&body));
    json_close('}');
    writer_clear(&body);
}

int main(void) {
    must(crypt_start());
    holder_begin();
    json_open(NULL, '{');
    print_offices();
    print_letter();
    print_card();
    print_ranks();
    print_chain_cases();
    print_cert_cases();
    print_revokes();
    print_operations();
    print_roster_day();
    json_close('}');
    holder_end();
    return 0;
}
