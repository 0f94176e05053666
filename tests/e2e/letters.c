/* SPDX-License-Identifier: GPL-3.0-or-later */
/* letters HOME PASSPHRASE --office SEED --rank supervisor|worker|volunteer
 *
 * Gives the owner of HOME a letter of that rank by a root whose three keys come from the text SEED:
 * homes that are given letters with the same SEED stand in one network.  Prints
 * "person P root R" (ids in hex).  Nobody else uses the home meanwhile; cards that were given out
 * before know nothing of the letter. */
#include "protocol/cbor.h"
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
static void letter_give(struct store *store, const struct root *root, enum person_role role,
                        int64_t now_s) {
    const struct cert *own = &store_self(store)->person_cert;
    const struct person_facts facts = { own->name, role, own->region, own->cluster };
    const struct letter_facts none = { 0 };
    struct writer letter, chain;

    writer_init(&letter, CERT_BYTES_MAX);
    writer_init(&chain, CHAIN_BYTES_MAX);
    need(cert_issue_letter(&letter, own->subject, &root->signer, &facts, &none, now_s) == RB_OK,
         "no letter");
    chain_write(&chain, root, now_s);
    need(self_take_letter(store, writer_view(&letter), writer_view(&chain)) == RB_OK,
         "the letter is not taken");
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

    need(argc == 7 && strcmp(argv[3], "--office") == 0 && strcmp(argv[5], "--rank") == 0,
         "HOME PASSPHRASE --office SEED --rank RANK");
    const enum person_role role = role_of(argv[6]);
    need(crypt_start() == RB_OK &&
             store_open(&store, argv[1], span_text(argv[2]), 0, NULL) == RB_OK,
         "the home cannot be opened");
    root_from(&root, argv[4]);
    letter_give(store, &root, role, time(NULL));
    print_id("person", store_self(store)->person);
    print_id(" root", store_self(store)->letter.root);
    (void)printf("\n");
    store_close(&store);
    return 0;
}
