/* SPDX-License-Identifier: GPL-3.0-or-later */
/* letters HOME PASSPHRASE --office SEED --rank supervisor|worker|volunteer [--over FOLDER]
 *
 * Gives the owner of HOME a letter of that rank by a root whose three keys come from the text SEED:
 * homes that are given letters with the same SEED stand in one network.  Prints
 * "person P root R" (ids in hex).  Nobody else uses the home meanwhile; cards that were given out
 * before know nothing of the letter.
 *
 * With --over the home stays as it is: FOLDER gets surat-berakhir.txt, such a letter that ended
 * yesterday, and kartu-berakhir.txt, a card of the owner with it; surat-luar.txt and kartu-luar.txt
 * likewise, by an office of the province 91 for somebody in 3273: no honest program makes those. */
#include "protocol/armour.h"
#include "protocol/cbor.h"
#include "protocol/envelope.h"
#include "store/office_files.h"
#include "store/self.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void need(bool holds, const char *what) {
    if (!holds) {
        (void)fprintf(stderr, "letters: %s\n", what);
        exit(2);
    }
}

static enum person_role role_of(const char *rank) {
    static const struct {
        const char *rank;
        enum person_role role;
    } known[] = {
        { "supervisor", ROLE_SUPERVISOR },
        { "worker", ROLE_TKSK },
        { "volunteer", ROLE_VOLUNTEER },
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(rank, known[i].rank) == 0) {
            return known[i].role;
        }
    }
    need(false, "--rank supervisor|worker|volunteer");
    return ROLE_COUNT;
}

/* A root that has all of its keys in one place; its first and second sign. */
struct root {
    struct sign_key secrets[ROOT_KEYS];
    struct root_keys keys;
    struct office_signer signer;
};

static void root_from(struct root *root, const char *text) {
    uint8_t seed[SIGN_SEED_BYTES];

    for (uint8_t i = 0; i < ROOT_KEYS; i++) {
        const struct span parts[] = { span_of(&i, 1), span_text(text) };
        crypt_hash(seed, sizeof seed, (struct span) { 0 }, "test root", parts, 2);
        crypt_sign_from_seed(&root->secrets[i], seed);
        memcpy(root->keys.publics[i], root->secrets[i].public, SIGN_PUBLIC_BYTES);
    }
    need(root_keys_sort(&root->keys) == RB_OK &&
             office_signer_root(&root->signer, &root->keys, &root->secrets[0], &root->secrets[1]) ==
                 RB_OK,
         "no root");
}

static void chain_write(struct writer *chain, const struct root *root, int64_t now_s) {
    struct writer cert;

    writer_init(&cert, CERT_BYTES_MAX);
    need(cert_issue_root(&cert, &root->keys, &root->signer, span_text("Jaringan Contoh"), now_s) ==
             RB_OK,
         "no root");
    cbor_write_array(chain, 1);
    cbor_write_bytes(chain, writer_view(&cert));
    writer_clear(&cert);
}

/* Name, region and cluster stay what the owner said of himself. */
static void letter_write(struct writer *letter, const struct store *store, const struct root *root,
                         enum person_role role, const struct letter_facts *says, int64_t now_s) {
    const struct cert *own = &store_self(store)->person_cert;
    const struct person_facts facts = { own->name, role, own->region, own->cluster };

    need(cert_issue_letter(letter, own->subject, &root->signer, &facts, says, now_s) == RB_OK,
         "no letter");
}

static void letter_give(struct store *store, const struct root *root, enum person_role role,
                        int64_t now_s) {
    const struct letter_facts none = { 0 };
    struct writer letter, chain;

    writer_init(&letter, CERT_BYTES_MAX);
    writer_init(&chain, CHAIN_BYTES_MAX);
    letter_write(&letter, store, root, role, &none, now_s);
    chain_write(&chain, root, now_s);
    need(self_take_letter(store, writer_view(&letter), writer_view(&chain)) == RB_OK,
         "the letter is not taken");
    writer_clear(&chain);
    writer_clear(&letter);
}

/* ---- Files with a letter that is over ---- */

static void file_write(const char *folder, const char *name, const struct writer *text) {
    char path[512];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    need(file != NULL && fwrite(text->data, 1, text->len, file) == text->len, "a file");
    need(fclose(file) == 0, "a file");
}

static void letter_file(const char *folder, const char *name, struct span letter,
                        struct span chain) {
    struct writer bytes, text;

    writer_init(&bytes, LETTER_FILE_BYTES_MAX);
    writer_init(&text, OFFICE_FILE_TEXT_BYTES_MAX);
    letter_file_write(&bytes, letter, chain);
    armour_write(&text, "LETTER", writer_view(&bytes));
    file_write(folder, name, &text);
    writer_clear(&text);
    writer_clear(&bytes);
}

/* By hand: card_issue lets nothing out that others would not take. */
static void card_write(struct writer *card, const struct store *store, struct span letter,
                       struct span chain) {
    const struct store_self *self = store_self(store);
    struct writer body;

    writer_init(&body, CARD_BYTES_MAX);
    cbor_write_array(&body, 7);
    cbor_write_bytes(&body, letter);
    cbor_write_bytes(&body, self->device_cert.whole);
    cbor_write_bytes(&body, self->seal.whole);
    cbor_write_array(&body, 0);
    cbor_write_text(&body, span_text(""));
    cbor_write_uint(&body, (uint64_t)time(NULL) * 1000);
    writer_span(&body, chain);
    envelope_write(card, &self->identity->device, "rk.card", writer_view(&body));
    writer_clear(&body);
}

static void card_file(const char *folder, const char *name, const struct store *store,
                      struct span letter, struct span chain) {
    struct writer card, text;

    writer_init(&card, CARD_BYTES_MAX);
    writer_init(&text, OFFICE_FILE_TEXT_BYTES_MAX);
    card_write(&card, store, letter, chain);
    card_armour(&text, writer_view(&card));
    file_write(folder, name, &text);
    writer_clear(&text);
    writer_clear(&card);
}

static void ended_write(const struct store *store, const struct root *root, enum person_role role,
                        const char *folder, int64_t now_s) {
    const int64_t day_s = 24 * 3600;
    const struct letter_facts year = { .until_s = now_s - day_s };
    struct writer letter, chain;

    writer_init(&letter, CERT_BYTES_MAX);
    writer_init(&chain, CHAIN_BYTES_MAX);
    letter_write(&letter, store, root, role, &year, now_s - 366 * day_s);
    chain_write(&chain, root, now_s);
    letter_file(folder, "surat-berakhir.txt", writer_view(&letter), writer_view(&chain));
    card_file(folder, "kartu-berakhir.txt", store, writer_view(&letter), writer_view(&chain));
    writer_clear(&chain);
    writer_clear(&letter);
}

/* ---- One by an office of another province ---- */

static void outside_chain(struct writer *chain, const struct root *root,
                          const struct sign_key *office, int64_t now_s) {
    const struct office_facts facts = { span_text("Dinas Sosial Jauh"), span_text("91"),
                                        RANK_PROVINCE };
    struct writer cert, above;

    writer_init(&cert, CERT_BYTES_MAX);
    writer_init(&above, CHAIN_BYTES_MAX);
    need(cert_issue_office(&cert, office->public, &root->signer, &facts, now_s) == RB_OK,
         "no office");
    chain_write(&above, root, now_s);
    need(chain_put_first(chain, writer_view(&cert), writer_view(&above)) == RB_OK, "no chain");
    writer_clear(&above);
    writer_clear(&cert);
}

static void outside_write(const struct store *store, const struct root *root, enum person_role role,
                          const char *folder, int64_t now_s) {
    const struct cert *own = &store_self(store)->person_cert;
    const struct person_facts facts = { own->name, role, span_text("3273"), own->cluster };
    const struct letter_facts none = { 0 };
    struct office_signer signer;
    struct writer letter, chain;
    struct sign_key office;

    crypt_sign_new(&office);
    office_signer_one(&signer, &office);
    writer_init(&letter, CERT_BYTES_MAX);
    writer_init(&chain, CHAIN_BYTES_MAX);
    outside_chain(&chain, root, &office, now_s);
    need(cert_issue_letter(&letter, own->subject, &signer, &facts, &none, now_s) == RB_OK,
         "no letter");
    letter_file(folder, "surat-luar.txt", writer_view(&letter), writer_view(&chain));
    card_file(folder, "kartu-luar.txt", store, writer_view(&letter), writer_view(&chain));
    writer_clear(&chain);
    writer_clear(&letter);
}

static void print_id(const char *name, const uint8_t id[static HASH_BYTES]) {
    (void)printf("%s ", name);
    for (size_t i = 0; i < HASH_BYTES; i++) {
        (void)printf("%02x", id[i]);
    }
}

int main(int argc, char **argv) {
    struct store *store = NULL;
    struct root root;

    need((argc == 7 || (argc == 9 && strcmp(argv[7], "--over") == 0)) &&
             strcmp(argv[3], "--office") == 0 && strcmp(argv[5], "--rank") == 0,
         "HOME PASSPHRASE --office SEED --rank RANK [--over FOLDER]");
    const enum person_role role = role_of(argv[6]);
    need(crypt_start() == RB_OK &&
             store_open(&store, argv[1], span_text(argv[2]), 0, NULL) == RB_OK,
         "the home cannot be opened");
    root_from(&root, argv[4]);
    if (argc == 9) {
        ended_write(store, &root, role, argv[8], time(NULL));
        outside_write(store, &root, role, argv[8], time(NULL));
    } else {
        letter_give(store, &root, role, time(NULL));
    }
    print_id("person", store_self(store)->person);
    print_id(" root", store_self(store)->letter.root);
    (void)printf("\n");
    store_close(&store);
    return 0;
}
