/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/cbor.h"
#include "protocol/envelope.h"
#include "store/db.h"
#include "store/offices.h"
#include "store/revocations.h"
#include "store/self.h"
#include "tests/support/homes.h"

#include <stdio.h>
#include <string.h>

#define NOW_S (HOMES_NOW_MS / 1000)

/* Sari has founded a network with an office of the province; Budi has nothing. */
struct fixture {
    struct folder folder;
    struct store *sari, *budi;
    struct founding founding;
    struct office_row province;
};

static struct fixture fixture;

static struct office_facts facts_of(const char *name, const char *region) {
    const struct span area = span_text(region);

    return (struct office_facts) { span_text(name), area, office_rank_of(area) };
}

static int a_network(void **state) {
    const struct office_facts first = facts_of("Dinas Sosial Provinsi Contoh", "32");
    (void)state;

    folder_new(&fixture.folder);
    fixture.sari = home_new(folder_name(&fixture.folder, "sari"), "Sari Umpama");
    fixture.budi = home_new(folder_name(&fixture.folder, "budi"), "Budi Misal");
    memset(&fixture.founding, 0, sizeof fixture.founding);
    assert_int_equal(founding_make(&fixture.founding, span_text("Jaringan Contoh"), &first, NOW_S),
                     RB_OK);
    assert_int_equal(founding_save(fixture.sari, &fixture.founding, &fixture.province), RB_OK);
    return 0;
}

static int no_more(void **state) {
    (void)state;
    founding_clear(&fixture.founding);
    store_close(&fixture.sari);
    store_close(&fixture.budi);
    folder_remove(&fixture.folder);
    return 0;
}

/* ---- Helpers ---- */

static int64_t number_in(struct store *store, const char *sql) {
    struct db_row *row = db_query(store_db(store), sql);

    assert_true(db_step(row));
    const int64_t value = db_int(row, 0);
    assert_int_equal(db_end(row), RB_OK);
    return value;
}

static void ask(struct store *store, const char *name, const char *region, struct writer *bytes,
                struct office_request *request) {
    const struct office_facts facts = facts_of(name, region);

    writer_init(bytes, CERT_BYTES_MAX);
    assert_int_equal(office_ask(store, &facts, bytes), RB_OK);
    assert_int_equal(office_request_read(writer_view(bytes), request), RB_OK);
}

/* Budi asks for an office, Sari's signs it, Budi takes it in. */
static struct office_row budi_gets(const char *name, const char *region) {
    struct office_request request;
    struct writer bytes, chain;
    struct office_row office;

    ask(fixture.budi, name, region, &bytes, &request);
    writer_init(&chain, CHAIN_BYTES_MAX);
    assert_int_equal(office_grant(fixture.sari, &fixture.province, &request, NOW_S, &chain), RB_OK);
    assert_int_equal(office_join(fixture.budi, writer_view(&chain), &office), RB_OK);
    writer_clear(&chain);
    writer_clear(&bytes);
    return office;
}

static enum rb_status issue_to_budi(const struct office_row *by, const char *region,
                                    struct writer *file) {
    const struct person_facts facts = {
        .name = span_text("Budi Misal"),
        .role = ROLE_TKSK,
        .region = span_text(region),
    };
    const struct letter_facts letter = {
        .number = span_text("800/12/2026"),
        .date = span_text("2026-11-20"),
    };

    writer_init(file, LETTER_FILE_BYTES_MAX);
    return letter_issue(fixture.sari, by, store_self(fixture.budi)->identity->person.public, &facts,
                        &letter, HOMES_NOW_MS, file);
}

static enum rb_status budi_takes(struct span file) {
    struct span person, chain;
    enum rb_status status = letter_file_read(file, &person, &chain);

    return status == RB_OK ? self_take_letter(fixture.budi, person, chain) : status;
}

/* ---- Root keys on paper ---- */

static const char paper[] =
    "# rembuk: kunci akar 1 dari 3\n"
    "# abang abdi\n"
    "\n"
    "%s\n"
    "\n"
    "-----BEGIN REMBUK NETWORK-----\n"
    "abang abdi\n"
    "-----END REMBUK NETWORK-----\n";

static void a_root_key_is_read_back_from_its_24_words(void **state) {
    char words[ROOT_KEY_WORDS_BYTES + 1], sheet[1024];
    uint8_t seed[SIGN_SEED_BYTES];
    struct writer out;
    size_t nth = 0;
    (void)state;

    writer_init(&out, ROOT_KEY_WORDS_BYTES);
    root_words_write(&out, fixture.founding.root[1].seed);
    (void)snprintf(words, sizeof words, "%.*s", (int)out.len, (const char *)out.data);
    (void)snprintf(sheet, sizeof sheet, paper, words);
    assert_int_equal(root_words_read(span_text(sheet), seed, &nth), RB_OK);
    assert_memory_equal(seed, fixture.founding.root[1].seed, sizeof seed);
    writer_clear(&out);
}

static void the_words_of_a_root_key_are_these(void **state) {
    static const uint8_t seed[SIGN_SEED_BYTES] = { 0 };
    struct writer out, expected;
    uint8_t hash[SHORT_HASH_BYTES];
    const struct span secret = span_of(seed, sizeof seed);
    (void)state;

    crypt_hash(hash, sizeof hash, (struct span) { 0 }, "rk.rootkey", &secret, 1);
    writer_init(&out, ROOT_KEY_WORDS_BYTES);
    writer_init(&expected, ROOT_KEY_WORDS_BYTES);
    root_words_write(&out, seed);
    for (size_t i = 0; i < ROOT_KEY_WORDS; i++) {
        writer_span(&expected, span_text(i > 0 ? " " : ""));
        writer_span(&expected, span_text(words_at(i + 1 < ROOT_KEY_WORDS ? 0 : hash[0])));
    }
    assert_true(span_equal(writer_view(&out), writer_view(&expected)));
    writer_clear(&expected);
    writer_clear(&out);
}

static void a_root_key_with_a_word_too_few_or_wrong_is_refused(void **state) {
    uint8_t seed[SIGN_SEED_BYTES], before[SIGN_SEED_BYTES];
    struct writer text;
    size_t nth = 0, fits = 0;
    (void)state;

    memset(seed, 0x5a, sizeof seed);
    memcpy(before, seed, sizeof before);
    writer_init(&text, 1024);
    for (size_t i = 0; i + 1 < ROOT_KEY_WORDS; i++) {
        writer_span(&text, span_text(words_at(0)));
        writer_u8(&text, ' ');
    }
    assert_int_equal(root_words_read(writer_view(&text), seed, &nth), RB_MALFORMED);
    const size_t len = text.len;
    for (unsigned word = 0; word < 256; word++) {
        text.len = len;
        writer_span(&text, span_text(words_at(word)));
        fits += root_words_read(writer_view(&text), before, &nth) == RB_OK ? 1 : 0;
    }
    assert_int_equal(fits, 1); /* of 256 words one has the checksum */
    text.len = len;
    writer_span(&text, span_text("qqqq"));
    assert_int_equal(root_words_read(writer_view(&text), seed, &nth), RB_NOT_FOUND);
    assert_int_equal(nth, ROOT_KEY_WORDS);
    assert_int_equal(root_words_read(span_text(""), seed, &nth), RB_MALFORMED);
    for (size_t i = 0; i < sizeof seed; i++) {
        assert_int_equal(seed[i], 0x5a);
    }
    writer_clear(&text);
}

/* ---- Founding ---- */

static void a_new_network_keeps_the_office_and_no_root_key(void **state) {
    struct cert offices[CHAIN_CERTS_MAX];
    size_t count = 0;
    (void)state;

    assert_int_equal(chain_decode(office_row_chain(&fixture.province), offices, &count), RB_OK);
    assert_int_equal(count, 2);
    assert_int_equal(offices[0].rank, RANK_PROVINCE);
    assert_int_equal(offices[1].rank, RANK_ROOT);
    assert_true(span_equal(offices[1].name, span_text("Jaringan Contoh")));
    assert_int_equal(number_in(fixture.sari, "SELECT count(*) FROM secret WHERE sort = 7"), 1);
    assert_int_equal(number_in(fixture.sari, "SELECT count(*) FROM office"), 1);
}

static void a_network_without_a_name_is_not_founded(void **state) {
    const struct office_facts office = facts_of("Dinas", "32"), outside = facts_of("Dinas", "3");
    struct founding founding = { .office = { .seed = { 0 } } };
    (void)state;

    assert_int_equal(founding_make(&founding, span_text(""), &office, NOW_S), RB_MALFORMED);
    assert_int_equal(founding_make(&founding, span_text("Jaringan"), &outside, NOW_S),
                     RB_MALFORMED);
    founding_clear(&founding);
}

static bool count_one(void *count, const struct office_row *office) {
    assert_true(office->granted);
    assert_string_equal(office->name, "Dinas Sosial Provinsi Contoh");
    ++*(size_t *)count;
    return true;
}

static void an_office_is_there_when_the_home_is_opened_again(void **state) {
    struct writer file;
    size_t count = 0;
    (void)state;

    store_close(&fixture.sari);
    fixture.sari = home_open(folder_name(&fixture.folder, "sari"));
    assert_int_equal(offices_each(fixture.sari, count_one, &count), RB_OK);
    assert_int_equal(count, 1);
    assert_int_equal(issue_to_budi(&fixture.province, "3273", &file), RB_OK);
    writer_clear(&file);
}

/* ---- Requests ---- */

static void a_request_says_what_was_asked(void **state) {
    struct office_request request;
    struct writer bytes;
    (void)state;

    ask(fixture.budi, "Dinas Sosial Kota Contoh", "3273", &bytes, &request);
    assert_true(span_equal(request.facts.name, span_text("Dinas Sosial Kota Contoh")));
    assert_true(span_equal(request.facts.region, span_text("3273")));
    assert_int_equal(request.facts.rank, RANK_DISTRICT);
    writer_clear(&bytes);
}

static void who_asks_for_the_same_again_gets_the_same_request(void **state) {
    struct office_request request, again, other;
    struct writer bytes, more;
    (void)state;

    ask(fixture.budi, "Dinas Sosial Kota Contoh", "3273", &bytes, &request);
    ask(fixture.budi, "Dinas Sosial Kota Contoh", "3273", &more, &again);
    assert_true(span_equal(writer_view(&bytes), writer_view(&more)));
    writer_clear(&more);
    ask(fixture.budi, "Dinas Sosial Kota Contoh", "3274", &more, &other);
    assert_memory_not_equal(other.pk, request.pk, sizeof request.pk);
    assert_int_equal(number_in(fixture.budi, "SELECT count(*) FROM office"), 2);
    writer_clear(&more);
    writer_clear(&bytes);
}

static void a_request_that_was_changed_anywhere_is_refused(void **state) {
    struct office_request request, other;
    struct writer bytes;
    (void)state;

    ask(fixture.budi, "Dinas Sosial Kota Contoh", "3273", &bytes, &request);
    for (size_t len = 0; len < bytes.len; len++) {
        assert_int_not_equal(office_request_read(span_of(bytes.data, len), &other), RB_OK);
    }
    for (size_t bit = 0; bit < 8 * bytes.len; bit++) {
        bytes.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
        assert_int_not_equal(office_request_read(writer_view(&bytes), &other), RB_OK);
        bytes.data[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    assert_int_equal(office_request_read(writer_view(&bytes), &other), RB_OK);
    writer_clear(&bytes);
}

/* A request of any version and rank, signed as it should be. */
static enum rb_status read_made(uint64_t version, uint64_t rank, const char *region) {
    struct office_request request;
    struct writer body, bytes;
    struct sign_key key;

    crypt_sign_new(&key);
    writer_init(&body, CERT_BYTES_MAX);
    writer_init(&bytes, CERT_BYTES_MAX);
    cbor_write_map(&body, 5);
    cbor_write_uint(&body, 0);
    cbor_write_uint(&body, version);
    cbor_write_uint(&body, 1);
    cbor_write_bytes(&body, span_of(key.public, sizeof key.public));
    cbor_write_uint(&body, 2);
    cbor_write_text(&body, span_text("Dinas"));
    cbor_write_uint(&body, 3);
    cbor_write_text(&body, span_text(region));
    cbor_write_uint(&body, 4);
    cbor_write_uint(&body, rank);
    envelope_write(&bytes, &key, "rk.office", writer_view(&body));
    const enum rb_status status = office_request_read(writer_view(&bytes), &request);
    writer_clear(&bytes);
    writer_clear(&body);
    return status;
}

static void nobody_can_ask_to_be_a_root_or_for_an_area_that_is_none(void **state) {
    (void)state;

    assert_int_equal(read_made(1, RANK_DISTRICT, "3273"), RB_OK);
    assert_int_equal(read_made(1, RANK_ROOT, "3273"), RB_MALFORMED);
    assert_int_equal(read_made(1, RANK_NONE, "3273"), RB_MALFORMED);
    assert_int_equal(read_made(1, RANK_DISTRICT, "327"), RB_MALFORMED);
    assert_int_equal(read_made(1, RANK_DISTRICT, "32a3"), RB_MALFORMED);
    assert_int_equal(read_made(0, RANK_DISTRICT, "3273"), RB_MALFORMED);
    assert_int_equal(read_made(2, RANK_DISTRICT, "3273"), RB_UNKNOWN);
}

/* ---- Granting and joining ---- */

static void an_office_may_sign_below_its_rank_and_within_its_area(void **state) {
    const struct cert district = { .rank = RANK_DISTRICT, .region = span_text("3273") };
    (void)state;

    assert_int_equal(office_rule(&district, RANK_SUPERVISOR, span_text("327304")), OFFICE_MAY);
    assert_int_equal(office_rule(&district, RANK_SUPERVISOR, span_text("3273")), OFFICE_MAY);
    assert_int_equal(office_rule(&district, RANK_DISTRICT, span_text("3273")), OFFICE_RANK);
    assert_int_equal(office_rule(&district, RANK_PROVINCE, span_text("32")), OFFICE_RANK);
    assert_int_equal(office_rule(&district, RANK_WORKER, span_text("3274")), OFFICE_REGION);
    assert_int_equal(office_rule(&district, RANK_WORKER, span_text("32")), OFFICE_REGION);
    assert_int_equal(office_rule(&district, RANK_WORKER, span_text("")), OFFICE_REGION);
    assert_int_equal(office_rank_of(span_text("")), RANK_PROVINCE);
    assert_int_equal(office_rank_of(span_text("3273041002")), RANK_WORKER);
}

static void an_office_that_was_granted_holds_the_chain_up_to_the_root(void **state) {
    struct cert offices[CHAIN_CERTS_MAX];
    size_t count = 0;
    (void)state;

    const struct office_row office = budi_gets("Dinas Sosial Kota Contoh", "3273");
    assert_int_equal(chain_decode(office_row_chain(&office), offices, &count), RB_OK);
    assert_int_equal(count, 3);
    assert_true(office.granted);
    assert_int_equal(office.rank, RANK_DISTRICT);
    assert_memory_equal(offices[0].subject, office.pk, sizeof office.pk);
}

static void an_office_grants_nothing_above_itself_or_elsewhere(void **state) {
    struct office_request request;
    struct writer bytes, chain;
    (void)state;

    writer_init(&chain, CHAIN_BYTES_MAX);
    ask(fixture.budi, "Dinas Sosial Provinsi Lain", "32", &bytes, &request);
    assert_int_equal(office_grant(fixture.sari, &fixture.province, &request, NOW_S, &chain),
                     RB_REFUSED);
    writer_clear(&bytes);
    ask(fixture.budi, "Dinas Sosial Kota Lain", "3374", &bytes, &request);
    assert_int_equal(office_grant(fixture.sari, &fixture.province, &request, NOW_S, &chain),
                     RB_REFUSED);
    writer_clear(&bytes);
    assert_int_equal(chain.len, 0);
}

static void two_keys_of_the_root_grant_and_no_others_do(void **state) {
    const struct sign_key *root = fixture.founding.root;
    const struct span network = writer_view(&fixture.founding.root_cert);
    struct office_request request;
    struct writer bytes, chain;
    struct office_row office;
    (void)state;

    writer_init(&chain, CHAIN_BYTES_MAX);
    ask(fixture.budi, "Dinas Sosial Provinsi Lain", "33", &bytes, &request);
    assert_int_equal(office_grant_by_root(network, &root[2], &root[2], &request, NOW_S, &chain),
                     RB_EXISTS);
    assert_int_equal(
        office_grant_by_root(network, &root[2], &fixture.founding.office, &request, NOW_S, &chain),
        RB_NOT_FOUND);
    assert_int_not_equal(office_grant_by_root(office_row_chain(&fixture.province), &root[2],
                                              &root[0], &request, NOW_S, &chain),
                         RB_OK);
    assert_int_equal(chain.len, 0);
    assert_int_equal(office_grant_by_root(network, &root[2], &root[0], &request, NOW_S, &chain),
                     RB_OK);
    assert_int_equal(office_join(fixture.budi, writer_view(&chain), &office), RB_OK);
    writer_clear(&chain);
    writer_clear(&bytes);
}

static void a_chain_is_taken_only_by_who_asked_and_as_asked(void **state) {
    const struct span network = writer_view(&fixture.founding.root_cert);
    struct office_request request, renamed;
    struct writer bytes, chain;
    struct office_row office;
    (void)state;

    writer_init(&chain, CHAIN_BYTES_MAX);
    ask(fixture.budi, "Dinas Sosial Kota Contoh", "3273", &bytes, &request);
    assert_int_equal(office_grant(fixture.sari, &fixture.province, &request, NOW_S, &chain), RB_OK);
    assert_int_equal(office_join(fixture.sari, writer_view(&chain), &office), RB_NOT_FOUND);
    renamed = request;
    renamed.facts.name = span_text("Dinas Sosial Kota Lain");
    writer_reset(&chain);
    assert_int_equal(office_grant_by_root(network, &fixture.founding.root[0],
                                          &fixture.founding.root[1], &renamed, NOW_S, &chain),
                     RB_OK);
    assert_int_equal(office_join(fixture.budi, writer_view(&chain), &office), RB_REFUSED);
    writer_clear(&chain);
    writer_clear(&bytes);
    assert_int_equal(number_in(fixture.budi, "SELECT count(*) FROM office WHERE chain IS NULL"), 1);
}

static void an_office_has_one_chain_that_is_not_replaced(void **state) {
    const struct span network = writer_view(&fixture.founding.root_cert);
    struct office_request request;
    struct writer bytes, chain;
    struct office_row office, again;
    (void)state;

    writer_init(&chain, CHAIN_BYTES_MAX);
    ask(fixture.budi, "Dinas Sosial Kota Contoh", "3273", &bytes, &request);
    assert_int_equal(office_grant(fixture.sari, &fixture.province, &request, NOW_S, &chain), RB_OK);
    assert_int_equal(office_join(fixture.budi, writer_view(&chain), &office), RB_OK);
    assert_int_equal(office_join(fixture.budi, writer_view(&chain), &again), RB_OK);
    assert_int_equal(again.number, office.number);
    writer_reset(&chain);
    assert_int_equal(office_grant_by_root(network, &fixture.founding.root[0],
                                          &fixture.founding.root[1], &request, NOW_S, &chain),
                     RB_OK);
    assert_int_equal(office_join(fixture.budi, writer_view(&chain), &again), RB_EXISTS);
    writer_clear(&chain);
    writer_clear(&bytes);
}

static void a_chain_that_was_changed_anywhere_is_not_taken(void **state) {
    struct office_request request;
    struct writer bytes, chain;
    struct office_row office;
    (void)state;

    writer_init(&chain, CHAIN_BYTES_MAX);
    ask(fixture.budi, "Dinas Sosial Kota Contoh", "3273", &bytes, &request);
    assert_int_equal(office_grant(fixture.sari, &fixture.province, &request, NOW_S, &chain), RB_OK);
    for (size_t at = 0; at < chain.len; at++) {
        chain.data[at] ^= (uint8_t)(1U << at % 8);
        assert_int_not_equal(office_join(fixture.budi, writer_view(&chain), &office), RB_OK);
        chain.data[at] ^= (uint8_t)(1U << at % 8);
        assert_int_not_equal(office_join(fixture.budi, span_of(chain.data, at), &office), RB_OK);
    }
    assert_int_equal(office_join(fixture.budi, writer_view(&chain), &office), RB_OK);
    writer_clear(&chain);
    writer_clear(&bytes);
}

static void the_lowest_office_that_may_sign_is_chosen(void **state) {
    enum office_rule rule = OFFICE_MAY;
    struct office_row chosen;
    (void)state;

    assert_int_equal(office_choose(fixture.budi, RANK_WORKER, span_text("327304"), &chosen, &rule),
                     RB_NOT_FOUND);
    (void)budi_gets("Dinas Sosial Kota Contoh", "3273");
    (void)budi_gets("Kantor Kecamatan Contoh", "327304");
    assert_int_equal(office_choose(fixture.budi, RANK_WORKER, span_text("327304"), &chosen, &rule),
                     RB_OK);
    assert_string_equal(chosen.name, "Kantor Kecamatan Contoh");
    assert_int_equal(
        office_choose(fixture.budi, RANK_SUPERVISOR, span_text("327304"), &chosen, &rule), RB_OK);
    assert_string_equal(chosen.name, "Dinas Sosial Kota Contoh");
    assert_int_equal(
        office_choose(fixture.budi, RANK_SUPERVISOR, span_text("3374"), &chosen, &rule),
        RB_REFUSED);
    assert_int_equal(rule, OFFICE_REGION);
    assert_string_equal(chosen.name, "Dinas Sosial Kota Contoh");
    assert_int_equal(office_choose(fixture.budi, RANK_PROVINCE, span_text("32"), &chosen, &rule),
                     RB_REFUSED);
    assert_int_equal(rule, OFFICE_RANK);
}

/* ---- Letters ---- */

static void a_letter_gives_its_person_standing(void **state) {
    struct writer file;
    (void)state;

    assert_int_equal(issue_to_budi(&fixture.province, "3273", &file), RB_OK);
    assert_int_equal(budi_takes(writer_view(&file)), RB_OK);
    writer_clear(&file);
    const struct store_self *budi = store_self(fixture.budi);
    assert_true(budi->letter.exists);
    assert_int_equal(budi->letter.rank, RANK_WORKER);
    assert_true(span_equal(budi->person_cert.assignment.number, span_text("800/12/2026")));
}

static void a_letter_outside_the_area_is_neither_made_nor_remembered(void **state) {
    struct writer file;
    (void)state;

    assert_int_equal(issue_to_budi(&fixture.province, "3374", &file), RB_REFUSED);
    assert_int_equal(file.len, 0);
    assert_int_equal(number_in(fixture.sari, "SELECT count(*) FROM letter_issued"), 0);
    writer_clear(&file);
}

/* What a program that was changed could make: signed by the office, against the rules. */
static void a_letter_against_the_rules_is_not_taken_though_it_is_signed(void **state) {
    const struct person_facts outside = { span_text("Budi"), ROLE_TKSK, span_text("3374"),
                                          span_text("") };
    const struct letter_facts letter = { .number = span_text("1") };
    struct office_signer signer;
    struct writer cert, file;
    (void)state;

    writer_init(&cert, CERT_BYTES_MAX);
    writer_init(&file, LETTER_FILE_BYTES_MAX);
    office_signer_one(&signer, &fixture.founding.office);
    assert_int_equal(cert_issue_letter(&cert, store_self(fixture.budi)->identity->person.public,
                                       &signer, &outside, &letter, NOW_S),
                     RB_OK);
    letter_file_write(&file, writer_view(&cert), office_row_chain(&fixture.province));
    assert_int_equal(budi_takes(writer_view(&file)), RB_MALFORMED);
    assert_false(store_self(fixture.budi)->letter.exists);
    writer_clear(&file);
    writer_clear(&cert);
}

static void a_letter_that_was_changed_anywhere_is_not_taken(void **state) {
    struct writer file;
    (void)state;

    assert_int_equal(issue_to_budi(&fixture.province, "3273", &file), RB_OK);
    for (size_t at = 0; at < file.len; at++) {
        file.data[at] ^= (uint8_t)(1U << at % 8);
        assert_int_not_equal(budi_takes(writer_view(&file)), RB_OK);
        file.data[at] ^= (uint8_t)(1U << at % 8);
        assert_int_not_equal(budi_takes(span_of(file.data, at)), RB_OK);
    }
    assert_false(store_self(fixture.budi)->letter.exists);
    writer_clear(&file);
}

static void the_file_of_a_letter_is_an_array_of_two(void **state) {
    static const uint8_t expected[] = { 0x82, 0x41, 0xaa, 0x42, 0xbb, 0xcc };
    struct span cert, chain;
    struct writer file;
    (void)state;

    writer_init(&file, LETTER_FILE_BYTES_MAX);
    letter_file_write(&file, span_of("\xaa", 1), span_of("\xbb\xcc", 2));
    assert_int_equal(file.len, sizeof expected);
    assert_memory_equal(file.data, expected, sizeof expected);
    assert_int_equal(letter_file_read(writer_view(&file), &cert, &chain), RB_OK);
    assert_int_equal(cert.len, 1);
    assert_int_equal(chain.len, 2);
    writer_clear(&file);
}

/* ---- Revoking ---- */

static void a_letter_is_revoked_once_though_no_group_knows_it(void **state) {
    const uint8_t *budi = store_self(fixture.budi)->person;
    size_t circles = 7, count = 0;
    struct span person, chain;
    struct writer file;
    struct cert letter;
    int64_t since = 7;
    (void)state;

    assert_int_equal(issue_to_budi(&fixture.province, "3273", &file), RB_OK);
    assert_int_equal(letter_file_read(writer_view(&file), &person, &chain), RB_OK);
    assert_int_equal(cert_decode(person, &letter), RB_OK);
    assert_int_equal(letters_issued(fixture.sari, budi, &count), RB_OK);
    assert_int_equal(count, 1);
    assert_int_equal(letter_revoked_ms(fixture.sari, &letter, &since), RB_OK);
    assert_int_equal(since, 0);
    assert_int_equal(
        letters_revoke(fixture.sari, budi, span_text("selesai"), HOMES_NOW_MS + 1, &circles),
        RB_OK);
    assert_int_equal(circles, 0);
    assert_int_equal(letter_revoked_ms(fixture.sari, &letter, &since), RB_OK);
    assert_int_equal(since, HOMES_NOW_MS + 1);
    assert_int_equal(letters_issued(fixture.sari, budi, &count), RB_OK);
    assert_int_equal(count, 0);
    assert_int_equal(
        letters_revoke(fixture.sari, budi, span_text("lagi"), HOMES_NOW_MS + 2, &circles),
        RB_NOT_FOUND);
    writer_clear(&file);
}

/* One that counted as never would not count at all. */
static void a_letter_is_revoked_also_by_a_clock_that_stands_at_the_beginning(void **state) {
    const uint8_t *budi = store_self(fixture.budi)->person;
    struct span person, chain;
    struct writer file;
    struct cert letter;
    int64_t since = 0;
    size_t circles;
    (void)state;

    assert_int_equal(issue_to_budi(&fixture.province, "3273", &file), RB_OK);
    assert_int_equal(letter_file_read(writer_view(&file), &person, &chain), RB_OK);
    assert_int_equal(cert_decode(person, &letter), RB_OK);
    assert_int_equal(letters_revoke(fixture.sari, budi, span_text("selesai"), 0, &circles), RB_OK);
    assert_int_equal(letter_revoked_ms(fixture.sari, &letter, &since), RB_OK);
    assert_true(since > 0);
    writer_clear(&file);
}

/* The n-th, made n seconds later; its certificate is kept in `cert`. */
static void issue_nth(int nth, struct writer *cert) {
    const struct person_facts facts = { span_text("Budi Misal"), ROLE_TKSK, span_text("3273"),
                                        span_text("") };
    const struct letter_facts letter = { .date = span_text("2026-11-20") };
    struct span person, chain;
    struct writer file;

    writer_init(&file, LETTER_FILE_BYTES_MAX);
    writer_init(cert, CERT_BYTES_MAX);
    assert_int_equal(letter_issue(fixture.sari, &fixture.province,
                                  store_self(fixture.budi)->identity->person.public, &facts,
                                  &letter, HOMES_NOW_MS + nth * 1000, &file),
                     RB_OK);
    assert_int_equal(letter_file_read(writer_view(&file), &person, &chain), RB_OK);
    writer_span(cert, person);
    writer_clear(&file);
}

static bool is_revoked(const struct writer *cert) {
    struct cert letter;
    int64_t since = 0;

    assert_int_equal(cert_decode(writer_view(cert), &letter), RB_OK);
    assert_int_equal(letter_revoked_ms(fixture.sari, &letter, &since), RB_OK);
    return since > 0;
}

static void of_more_letters_than_anybody_keeps_revoked_the_newest_are(void **state) {
    struct writer certs[REVOCATIONS_PER_ISSUER_MAX + 1];
    const uint8_t *budi = store_self(fixture.budi)->person;
    const int64_t now_ms = HOMES_NOW_MS + 100000;
    size_t circles = 7, count = 0;
    (void)state;

    for (int i = 0; i <= REVOCATIONS_PER_ISSUER_MAX; i++) {
        issue_nth(i, &certs[i]);
    }
    assert_int_equal(letters_revoke(fixture.sari, budi, span_text("selesai"), now_ms, &circles),
                     RB_OK);
    for (int i = 0; i <= REVOCATIONS_PER_ISSUER_MAX; i++) {
        assert_int_equal(is_revoked(&certs[i]), i > 0);
        writer_clear(&certs[i]);
    }
    assert_int_equal(letters_issued(fixture.sari, budi, &count), RB_OK);
    assert_int_equal(count, 1);
    assert_int_equal(letters_revoke(fixture.sari, budi, span_text("selesai"), now_ms, &circles),
                     RB_REFUSED);
    assert_int_equal(circles, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_root_key_is_read_back_from_its_24_words, a_network,
                                        no_more),
        cmocka_unit_test(the_words_of_a_root_key_are_these),
        cmocka_unit_test(a_root_key_with_a_word_too_few_or_wrong_is_refused),
        cmocka_unit_test_setup_teardown(a_new_network_keeps_the_office_and_no_root_key, a_network,
                                        no_more),
        cmocka_unit_test(a_network_without_a_name_is_not_founded),
        cmocka_unit_test_setup_teardown(an_office_is_there_when_the_home_is_opened_again, a_network,
                                        no_more),
        cmocka_unit_test_setup_teardown(a_request_says_what_was_asked, a_network, no_more),
        cmocka_unit_test_setup_teardown(who_asks_for_the_same_again_gets_the_same_request,
                                        a_network, no_more),
        cmocka_unit_test_setup_teardown(a_request_that_was_changed_anywhere_is_refused, a_network,
                                        no_more),
        cmocka_unit_test(nobody_can_ask_to_be_a_root_or_for_an_area_that_is_none),
        cmocka_unit_test(an_office_may_sign_below_its_rank_and_within_its_area),
        cmocka_unit_test_setup_teardown(an_office_that_was_granted_holds_the_chain_up_to_the_root,
                                        a_network, no_more),
        cmocka_unit_test_setup_teardown(an_office_grants_nothing_above_itself_or_elsewhere,
                                        a_network, no_more),
        cmocka_unit_test_setup_teardown(two_keys_of_the_root_grant_and_no_others_do, a_network,
                                        no_more),
        cmocka_unit_test_setup_teardown(a_chain_is_taken_only_by_who_asked_and_as_asked, a_network,
                                        no_more),
        cmocka_unit_test_setup_teardown(an_office_has_one_chain_that_is_not_replaced, a_network,
                                        no_more),
        cmocka_unit_test_setup_teardown(a_chain_that_was_changed_anywhere_is_not_taken, a_network,
                                        no_more),
        cmocka_unit_test_setup_teardown(the_lowest_office_that_may_sign_is_chosen, a_network,
                                        no_more),
        cmocka_unit_test_setup_teardown(a_letter_gives_its_person_standing, a_network, no_more),
        cmocka_unit_test_setup_teardown(a_letter_outside_the_area_is_neither_made_nor_remembered,
                                        a_network, no_more),
        cmocka_unit_test_setup_teardown(a_letter_against_the_rules_is_not_taken_though_it_is_signed,
                                        a_network, no_more),
        cmocka_unit_test_setup_teardown(a_letter_that_was_changed_anywhere_is_not_taken, a_network,
                                        no_more),
        cmocka_unit_test(the_file_of_a_letter_is_an_array_of_two),
        cmocka_unit_test_setup_teardown(a_letter_is_revoked_once_though_no_group_knows_it,
                                        a_network, no_more),
        cmocka_unit_test_setup_teardown(
            a_letter_is_revoked_also_by_a_clock_that_stands_at_the_beginning, a_network, no_more),
        cmocka_unit_test_setup_teardown(of_more_letters_than_anybody_keeps_revoked_the_newest_are,
                                        a_network, no_more),
    };

    return crypt_start() == RB_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
