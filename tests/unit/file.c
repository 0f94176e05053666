/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files in folders that are not our own: nothing of anybody else's is touched.  (What a power cut
 * leaves of a file: keyfile_cuts.c.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "protocol/crypt.h"
#include "store/file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/rembuk-file-XXXXXX";

/* PATH_BYTES_MAX, valid until the fourth call after this. */
static const char *in_folder(const char *name) {
    static char paths[4][PATH_BYTES_MAX];
    static size_t turn;
    char *path = paths[turn++ % 4];

    assert_int_equal(file_path(path, folder, name), RB_OK);
    return path;
}

/* Calls for every name in the folder; gives how many there are. */
static size_t names_each(void (*each)(const char *path)) {
    DIR *names = opendir(folder);
    size_t count = 0;

    assert_non_null(names);
    for (struct dirent *name = readdir(names); name != NULL; name = readdir(names)) {
        if (name->d_name[0] != '.') {
            each(in_folder(name->d_name));
            count++;
        }
    }
    closedir(names);
    return count;
}

static void take_away(const char *path) {
    assert_int_equal(unlink(path), 0);
}

static void leave(const char *path) {
    (void)path;
}

static int empty_the_folder(void **state) {
    (void)state;
    (void)names_each(take_away);
    return 0;
}

static void assert_holds(const char *name, const char *text) {
    uint8_t bytes[64];
    size_t len = 0;

    assert_int_equal(file_read(in_folder(name), bytes, sizeof bytes, &len), RB_OK);
    assert_true(span_equal(span_of(bytes, len), span_text(text)));
}

static void a_new_file_is_for_its_owner_only(void **state) {
    struct stat facts;
    (void)state;

    assert_int_equal(file_write_new(in_folder("undangan"), span_text("isi")), RB_OK);
    assert_holds("undangan", "isi");
    assert_int_equal(lstat(in_folder("undangan"), &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0600);
    assert_int_equal(names_each(leave), 1);
}

static void what_is_there_already_stays_as_it_is(void **state) {
    (void)state;
    assert_int_equal(file_write_new(in_folder("undangan"), span_text("lama")), RB_OK);
    assert_int_equal(file_write_new(in_folder("undangan"), span_text("baru")), RB_EXISTS);
    assert_holds("undangan", "lama");
    assert_int_equal(symlink("entah", in_folder("rantai")), 0);
    assert_int_equal(file_write_new(in_folder("rantai"), span_text("baru")), RB_EXISTS);
    assert_false(file_exists(in_folder("entah")));
    assert_int_equal(names_each(leave), 2);
}

static void without_its_folder_there_is_no_file(void **state) {
    (void)state;
    assert_int_equal(file_write_new(in_folder("tidak/ada"), span_text("isi")), RB_NOT_FOUND);
    assert_int_equal(names_each(leave), 0);
}

static void a_neighbour_is_never_touched(void **state) {
    (void)state;
    assert_int_equal(file_write_new(in_folder("kartu.part"), span_text("punya orang")), RB_OK);
    assert_int_equal(file_write_new(in_folder("kartu"), span_text("lama")), RB_OK);
    assert_int_equal(file_replace(in_folder("kartu"), span_text("baru")), RB_OK);
    assert_holds("kartu", "baru");
    assert_holds("kartu.part", "punya orang");
    assert_int_equal(names_each(leave), 2);
}

static void a_pipe_is_not_waited_for(void **state) {
    uint8_t bytes[4];
    size_t len = 9;
    (void)state;

    assert_int_equal(mkfifo(in_folder("pipa"), 0600), 0);
    alarm(10); /* It would wait for ever. */
    assert_int_equal(file_read(in_folder("pipa"), bytes, sizeof bytes, &len), RB_OK);
    alarm(0);
    assert_int_equal(len, 0);
    assert_int_equal(file_write_new(in_folder("pipa"), span_text("isi")), RB_EXISTS);
}

static int start(void **state) {
    (void)state;
    return crypt_start() == RB_OK && mkdtemp(folder) != NULL ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    return rmdir(folder);
}

#define FILE_TEST(name) cmocka_unit_test_teardown(name, empty_the_folder)

int main(void) {
    const struct CMUnitTest tests[] = {
        FILE_TEST(a_new_file_is_for_its_owner_only),
        FILE_TEST(what_is_there_already_stays_as_it_is),
        FILE_TEST(without_its_folder_there_is_no_file),
        FILE_TEST(a_neighbour_is_never_touched),
        FILE_TEST(a_pipe_is_not_waited_for),
    };

    return cmocka_run_group_tests(tests, start, end);
}
