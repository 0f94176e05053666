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
    { "invite new", "undang buat" },
    { "invite list", "undang daftar" },
    { "invite confirm", "undang konfirmasi" },
    { "invite cancel", "undang batal" },
    { "invite answer", "undang jawaban" },
    { "join words", "gabung kata" },
    { "join file", "gabung berkas" },
    { "join text", "gabung teks" },
    { "node", "layani" },
    { "sync", "sinkron" },
    { "group new", "kelompok baru" },
    { "group invite", "kelompok undang" },
    { "group accept", "kelompok terima" },
    { "group decline", "kelompok tolak" },
    { "group leave", "kelompok tinggalkan" },
    { "group list", "kelompok daftar" },
    { "group show", "kelompok lihat" },
    { "group members", "kelompok anggota" },
    { "group remove", "kelompok keluarkan" },
    { "group waiting", "kelompok menunggu" },
    { "group adopt", "kelompok akui" },
    { "thread new", "utas baru" },
    { "thread list", "utas daftar" },
    { "thread show", "utas lihat" },
    { "thread import", "utas impor" },
    { "post", "tulis" },
    { "thread enter", "utas masuk" },
    { "reply", "balas" },
    { "edit", "ubah" },
    { "retract", "tarik" },
    { "case new", "kasus baru" },
    { "case list", "kasus daftar" },
    { "case show", "kasus lihat" },
    { "case share", "kasus bagikan" },
    { "case enter", "kasus masuk" },
    { "case members", "kasus anggota" },
    { "case remove", "kasus keluarkan" },
    { "case leave", "kasus tinggalkan" },
    { "case waiting", "kasus menunggu" },
    { "case adopt", "kasus akui" },
    { "note", "catat" },
    { "case facts", "kasus data" },
    { "case contract", "kasus kontrak" },
    { "assess fill", "asesmen isi" },
    { "assess problem", "asesmen masalah" },
    { "assess need", "asesmen kebutuhan" },
    { "assess strength", "asesmen kekuatan" },
    { "assess resource", "asesmen potensi" },
    { "assess child", "asesmen anak" },
    { "assess family", "asesmen keluarga" },
    { "assess risk", "asesmen risiko" },
    { "assess street", "asesmen jalanan" },
    { "assess disability", "asesmen disabilitas" },
    { "assess protection", "asesmen perlindungan" },
    { "assess law", "asesmen hukum" },
    { "assess infant", "asesmen balita" },
    { "plan goal", "rencana tujuan" },
    { "plan add", "rencana tambah" },
    { "service add", "layanan catat" },
    { "family link", "keluarga hubungkan" },
    { "support add", "dukungan tambah" },
    { "partner add", "mitra tambah" },
    { "evaluation add", "evaluasi tambah" },
    { "case ending", "kasus pengakhiran" },
    { "aftercare add", "bimbingan-lanjut tambah" },
    { "case fill", "kasus isi" },
    { "change", "ganti" },
    { "conflict list", "beda-isi daftar" },
    { "choose", "pakai" },
    { "comment", "komentar" },
    { "flag", "tandai" },
    { "unflag", "lepas-tanda" },
    { "case check", "kasus periksa" },
    { "case stage", "kasus tahap" },
    { "case end", "kasus akhiri" },
    { "case resume", "kasus lanjutkan" },
    { "case duty", "kasus tugas" },
    { "case hand-over", "kasus serahkan" },
    { "case ask", "kasus minta" },
    { "inbox", "kotak-masuk" },
    { "case print", "kasus cetak" },
    { "case refuse", "kasus tolak" },
    { "case requests", "kasus permintaan" },
    { "hand-over accept", "serah-terima terima" },
    { "hand-over decline", "serah-terima tolak" },
    { "consent add", "izin catat" },
    { "consent withdraw", "izin cabut" },
    { "consent show", "izin lihat" },
    { "approval request", "pengesahan minta" },
    { "approve", "sahkan" },
    { "return", "kembalikan" },
    { "identity fill", "identitas isi" },
    { "identity relative", "identitas kerabat" },
    { "identity share", "identitas bagikan" },
    { "identity show", "buka identitas" },
    { "access-log", "riwayat-akses" },
    { "network new", "jaringan baru" },
    { "network request", "jaringan minta" },
    { "network grant", "jaringan beri" },
    { "network join", "jaringan ikut" },
    { "network show", "jaringan lihat" },
    { "network people", "jaringan petugas" },
    { "credential issue", "surat terbitkan" },
    { "credential take", "surat terima" },
    { "credential show", "surat lihat" },
    { "credential use", "surat pakai" },
    { "credential revoke", "surat cabut" },
    { "device add", "perangkat tambah" },
    { "device take", "perangkat ambil" },
    { "device list", "perangkat daftar" },
    { "device lost", "perangkat hilang" },
    { "device block", "perangkat blokir" },
    { "find", "cari" },
    { "today", "hari-ini" },
    { "lock", "kunci" },
    { "passphrase change", "sandi ganti" },
    { "vault check", "brankas periksa" },
    { "leave", "kembali" },
    { "quit", "keluar" },
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
        for (const struct option *at = command_options(commands[i]); at->name != NULL; at++) {
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

    assert_usage("group accept", LANGUAGE_ENGLISH, "group accept GROUP");
    assert_usage("group invite", LANGUAGE_INDONESIAN,
                 "kelompok undang KELOMPOK REKAN [--sampai WAKTU]");
    assert_usage("group adopt", LANGUAGE_ENGLISH, "group adopt GROUP [PERSON]");
    assert_usage("post", LANGUAGE_ENGLISH, "post THREAD \"TEXT\"");
    assert_usage("thread list", LANGUAGE_ENGLISH, "thread list [GROUP|CASE]");
    assert_usage("sync", LANGUAGE_INDONESIAN, "sinkron [--batas DETIK]");
    assert_usage("node", LANGUAGE_ENGLISH, "node [--listen tcp://ADDR:PORT]...");
    assert_usage("init", LANGUAGE_ENGLISH,
                 "init --name NAME --role ROLE [--cluster CLUSTER] [--area CODE]");
}

/* What a person is told who types words that cannot be carried out; up to a NULL. */
#define ASSERT_USAGE_SAYS(language, expected, ...)                                                 \
    assert_usage_says(language, expected, (char *[]) { __VA_ARGS__, NULL })

static void assert_usage_says(enum language language, const char *expected, char *const *words) {
    struct failure failure = { 0 };
    struct parsed parsed;
    size_t count = 0;

    while (words[count] != NULL) {
        count++;
    }
    language_set(language, REMBUK_LOCALEDIR);
    parse_arguments(&parsed, count, words);
    assert_int_equal(usage_fail(&failure, &parsed, language), RB_REFUSED);
    assert_int_equal(failure.exit, EXIT_USAGE);
    if (strstr(failure.sentence, expected) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", failure.sentence, expected);
    }
    failure_clear(&failure);
}

static void suggestions_prefer_the_language_that_is_spoken(void **state) {
    (void)state;

    ASSERT_USAGE_SAYS(LANGUAGE_INDONESIAN, "rembuk utas lihat", "utas", "liat");
    ASSERT_USAGE_SAYS(LANGUAGE_ENGLISH, "rembuk thread list", "thread", "liat");
    ASSERT_USAGE_SAYS(LANGUAGE_INDONESIAN, "rembuk kelompok\"", "kelompk", "baru");
    ASSERT_USAGE_SAYS(LANGUAGE_INDONESIAN, "rembuk group invite", "group", "inivte");
    ASSERT_USAGE_SAYS(LANGUAGE_INDONESIAN, "--batas", "sinkron", "--bata", "5");
}

static void words_that_people_type_instead_are_understood(void **state) {
    (void)state;

    ASSERT_USAGE_SAYS(LANGUAGE_INDONESIAN, "rembuk utas lihat", "baca", "1");
    ASSERT_USAGE_SAYS(LANGUAGE_INDONESIAN, "rembuk utas lihat", "utas", "baca", "1");
    ASSERT_USAGE_SAYS(LANGUAGE_INDONESIAN, "rembuk kelompok lihat", "kelompok", "baca", "1");
    ASSERT_USAGE_SAYS(LANGUAGE_INDONESIAN, "rembuk sinkron", "kirim");
    ASSERT_USAGE_SAYS(LANGUAGE_INDONESIAN, "rembuk sinkron", "sinkronkan");
    ASSERT_USAGE_SAYS(LANGUAGE_INDONESIAN, "rembuk kelompok tinggalkan", "kelompok", "keluar");
    ASSERT_USAGE_SAYS(LANGUAGE_INDONESIAN, "rembuk kasus masuk", "pindah", "1");
    ASSERT_USAGE_SAYS(LANGUAGE_INDONESIAN, "rembuk utas masuk", "utas", "pindah");
    ASSERT_USAGE_SAYS(LANGUAGE_INDONESIAN, "rembuk kasus lihat", "kasus", "baca");
    ASSERT_USAGE_SAYS(LANGUAGE_INDONESIAN, "rembuk tarik", "hapus", "1.2");
    ASSERT_USAGE_SAYS(LANGUAGE_INDONESIAN, "rembuk kelompok keluarkan", "kelompok", "hapus", "1");
    ASSERT_USAGE_SAYS(LANGUAGE_INDONESIAN, "rembuk kasus keluarkan", "kasus", "hapus", "1");
    ASSERT_USAGE_SAYS(LANGUAGE_ENGLISH, "rembuk group invite", "group", "add", "1");
    ASSERT_USAGE_SAYS(LANGUAGE_ENGLISH, "rembuk case share", "case", "add", "1");
    ASSERT_USAGE_SAYS(LANGUAGE_ENGLISH, "rembuk find", "search", "x");
    ASSERT_USAGE_SAYS(LANGUAGE_INDONESIAN, "rembuk bantuan", "-h");
    ASSERT_USAGE_SAYS(LANGUAGE_ENGLISH, "rembuk help", "-h");
}

static void a_missing_text_is_asked_for_behind_what_was_typed(void **state) {
    (void)state;

    ASSERT_USAGE_SAYS(LANGUAGE_INDONESIAN, "Teksnya belum ada. Ketik: rembuk tulis 1 \"TEKS\"",
                      "tulis", "1");
    ASSERT_USAGE_SAYS(LANGUAGE_ENGLISH, "Type: rembuk post \"Case one\" \"TEXT\"", "tulis",
                      "Case one");
    ASSERT_USAGE_SAYS(LANGUAGE_INDONESIAN, "rembuk tulis UTAS \"TEKS\"", "tulis");
}

/* Longer ones would be folded by a terminal of 80 columns, and could not be copied. */
static void examples_fit_a_terminal(void **state) {
    enum { COLUMNS = 78 };
    (void)state;

    for (size_t i = 0; i < command_count; i++) {
        for (int language = LANGUAGE_INDONESIAN; language <= LANGUAGE_ENGLISH; language++) {
            language_set((enum language)language, REMBUK_LOCALEDIR);
            for (const char *line = _(commands[i]->examples); *line != '\0';) {
                size_t len = strcspn(line, "\n");
                assert_true(len <= COLUMNS);
                line += len + (line[len] == '\n' ? 1 : 0);
            }
        }
    }
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
        cmocka_unit_test(suggestions_prefer_the_language_that_is_spoken),
        cmocka_unit_test(words_that_people_type_instead_are_understood),
        cmocka_unit_test(a_missing_text_is_asked_for_behind_what_was_typed),
        cmocka_unit_test(examples_fit_a_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
