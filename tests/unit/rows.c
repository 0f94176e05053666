/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"
#include "cli/parse.h"
#include "cli/usage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The commands that scripts may rely on, in both languages. */
static const struct {
    const char *english, *indonesian;
} promised[] = {
    { "init", "mulai" },
    { "card", "kartu-nama" },
    { "contact add", "rekan tambah" },
    { "contact verify", "rekan cocokkan" },
    { "contact list", "rekan daftar" },
    { "contact address", "rekan alamat" },
    { "contact remove", "rekan hapus" },
    { "node", "layani" },
    { "sync", "sinkron" },
    { "group new", "kelompok baru" },
    { "group invite", "kelompok undang" },
    { "group accept", "kelompok terima" },
    { "group decline", "kelompok tolak" },
    { "group leave", "kelompok tinggalkan" },
    { "group list", "kelompok daftar" },
    { "group show", "kelompok lihat" },
    { "thread new", "utas baru" },
    { "thread list", "utas daftar" },
    { "thread show", "utas lihat" },
    { "thread import", "utas impor" },
    { "post", "tulis" },
    { "reply", "balas" },
    { "status", "status" },
    { "help", "bantuan" },
};

/* The row of "word" or "word verb". */
static const struct command *find(const char *name) {
    char words[64];
    char *verb = NULL;

    (void)snprintf(words, sizeof words, "%s", name);
    verb = strchr(words, ' ');
    if (verb != NULL) {
        *verb++ = '\0';
    }
    return command_find(words, verb);
}

static void every_promised_command_is_there_in_both_languages(void **state) {
    (void)state;

    for (size_t i = 0; i < sizeof promised / sizeof promised[0]; i++) {
        const struct command *command = find(promised[i].english);
        assert_non_null(command);
        assert_ptr_equal(find(promised[i].indonesian), command);
    }
    assert_int_equal(command_count, sizeof promised / sizeof promised[0]);
}

static void no_two_rows_share_their_words(void **state) {
    (void)state;

    for (size_t i = 0; i < command_count; i++) {
        assert_ptr_equal(find(commands[i]->name), commands[i]);
        assert_ptr_equal(find(commands[i]->name_id), commands[i]);
        for (size_t j = i + 1; j < command_count; j++) {
            assert_string_not_equal(commands[i]->name, commands[j]->name);
            assert_string_not_equal(commands[i]->name_id, commands[j]->name_id);
        }
    }
}

static void both_names_have_equally_many_words(void **state) {
    (void)state;

    for (size_t i = 0; i < command_count; i++) {
        assert_int_equal(strchr(commands[i]->name, ' ') != NULL,
                         strchr(commands[i]->name_id, ' ') != NULL);
    }
}

static void assert_translated(const char *text) {
    assert_non_null(text);
    language_set(LANGUAGE_ENGLISH, REMBUK_LOCALEDIR);
    assert_string_equal(_(text), text);
    language_set(LANGUAGE_INDONESIAN, REMBUK_LOCALEDIR);
    assert_true(strlen(_(text)) > 0);
}

static void every_row_is_explained(void **state) {
    (void)state;

    for (size_t i = 0; i < command_count; i++) {
        assert_translated(commands[i]->help);
        assert_translated(commands[i]->examples);
        assert_non_null(commands[i]->run);
    }
}

/* The first line of a row's examples uses the row's own words in that language. */
static void assert_example(const struct command *command, enum language language) {
    char expected[96];

    language_set(language, REMBUK_LOCALEDIR);
    (void)snprintf(expected, sizeof expected, "rembuk %s", command_name(command, language));
    assert_memory_equal(_(command->examples), expected, strlen(expected));
}

static void examples_use_the_words_of_the_language(void **state) {
    (void)state;

    for (size_t i = 0; i < command_count; i++) {
        assert_example(commands[i], LANGUAGE_ENGLISH);
        assert_example(commands[i], LANGUAGE_INDONESIAN);
    }
}

static void every_option_is_documented_and_has_its_own_words(void **state) {
    (void)state;

    for (size_t i = 0; i < command_count; i++) {
        for (const struct option *at = commands[i]->options; at->name != NULL; at++) {
            assert_non_null(at->name_id);
            assert_translated(at->help);
            for (size_t j = 0; j < GLOBAL_COUNT; j++) {
                assert_string_not_equal(at->name, global_options[j].name);
                assert_string_not_equal(at->name_id, global_options[j].name_id);
            }
        }
    }
    for (size_t j = 0; j < GLOBAL_COUNT; j++) {
        assert_translated(global_options[j].help);
    }
}

static void text_is_always_the_last_argument(void **state) {
    (void)state;

    for (size_t i = 0; i < command_count; i++) {
        for (const struct argument *at = commands[i]->arguments; at->label != NULL; at++) {
            assert_true(at->sort != ARGUMENT_TEXT || at[1].label == NULL);
            assert_true(at->sort != ARGUMENT_FILE || at->bytes_max > 0);
        }
    }
}

static void assert_usage(const char *name, enum language language, const char *expected) {
    struct writer usage;

    writer_init(&usage, 512);
    language_set(language, REMBUK_LOCALEDIR);
    usage_write(&usage, find(name), language);
    writer_u8(&usage, '\0');
    assert_string_equal((const char *)writer_view(&usage).data, expected);
    writer_clear(&usage);
}

static void usage_is_made_from_the_row(void **state) {
    (void)state;

    assert_usage("group invite", LANGUAGE_ENGLISH, "group invite GROUP CONTACT");
    assert_usage("group invite", LANGUAGE_INDONESIAN, "kelompok undang KELOMPOK REKAN");
    assert_usage("post", LANGUAGE_ENGLISH, "post THREAD TEXT|-");
    assert_usage("thread list", LANGUAGE_ENGLISH, "thread list [GROUP]");
    assert_usage("sync", LANGUAGE_INDONESIAN, "sinkron [--batas DETIK]");
    assert_usage("node", LANGUAGE_ENGLISH, "node [--listen tcp://ADDR:PORT]...");
    assert_usage("init", LANGUAGE_ENGLISH,
                 "init --name NAME --role ROLE [--cluster CLUSTER] [--area CODE]");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_promised_command_is_there_in_both_languages),
        cmocka_unit_test(no_two_rows_share_their_words),
        cmocka_unit_test(both_names_have_equally_many_words),
        cmocka_unit_test(every_row_is_explained),
        cmocka_unit_test(examples_use_the_words_of_the_language),
        cmocka_unit_test(every_option_is_documented_and_has_its_own_words),
        cmocka_unit_test(text_is_always_the_last_argument),
        cmocka_unit_test(usage_is_made_from_the_row),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
