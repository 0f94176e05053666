/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The side that attaches, with an owner who says what the test has told him to say before. */
#include "cli/attach.h"

#include "cli/talk.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- Arranging ---- */

static struct channel *ours, *owner;
static struct settings settings;
static struct context context;
static int exit_code;

static int begin(void **state) {
    (void)state;
    settings = (struct settings) { .language = LANGUAGE_ENGLISH, .width = 80, .version = "1.0" };
    context = (struct context) { .settings = &settings };
    exit_code = -1;
    return channel_pair(&ours, &owner) == RB_OK ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    failure_clear(&context.failure);
    channel_destroy(&ours);
    channel_destroy(&owner);
    return 0;
}

static void owner_says(enum talk type, const char *text) {
    struct message message = { .type = type };

    message_add_number(&message, 1);
    message_add_text(&message, span_text(text));
    channel_send(owner, &message);
    channel_flush(owner);
    message_clear(&message);
}

static void owner_says_done(int exit) {
    struct message message = { .type = TALK_DONE };

    message_add_number(&message, 1);
    message_add_number(&message, (uint64_t)exit);
    channel_send(owner, &message);
    channel_flush(owner);
    message_clear(&message);
}

#define RUN(...) run((char *[]) { __VA_ARGS__, NULL })

/* What is written to standard output lies in `said` then. */
static char said[1024];

static enum rb_status run(char *const *words) {
    const struct call_inputs inputs = { .given = { false } };
    struct parsed parsed;
    FILE *file = tmpfile();
    int terminal = dup(STDOUT_FILENO);
    size_t count = 0;

    while (words[count] != NULL) {
        count++;
    }
    parse_arguments(&parsed, count, words);
    assert_int_equal(parsed.fault, FAULT_NONE);
    assert_true(file != NULL && fflush(stdout) == 0);
    assert_int_equal(dup2(fileno(file), STDOUT_FILENO), STDOUT_FILENO);
    enum rb_status status = attach_run(&context, ours, &parsed, &inputs, false, &exit_code);
    assert_int_equal(dup2(terminal, STDOUT_FILENO), STDOUT_FILENO);
    (void)close(terminal);
    rewind(file);
    said[fread(said, 1, sizeof said - 1, file)] = '\0';
    (void)fclose(file);
    return status;
}

/* The next message of this type that the owner has received; NULL: none. */
static const struct message *owner_received(enum talk type) {
    const struct message *message = NULL;

    do {
        channel_flush(ours); /* The answer was there before the question was sent. */
        (void)!channel_step(owner);
        if (!channel_receive(owner, &message) && channel_waiting(ours) == 0) {
            return NULL;
        }
    } while (message == NULL || message->type != type);
    return message;
}

/* ---- Answers ---- */

static void what_is_answered_is_printed_and_the_exit_code_kept(void **state) {
    (void)state;

    owner_says(TALK_WELCOME, "1.0");
    owner_says(TALK_OUT, "satu\n");
    owner_says(TALK_STATE, "");
    owner_says(TALK_OUT, "dua\n");
    owner_says_done(4);
    assert_int_equal(RUN("group", "list"), RB_OK);
    assert_int_equal(exit_code, 4);
    assert_string_equal(said, "satu\ndua\n");
}

static void the_call_is_sent_as_words_of_the_row(void **state) {
    struct talk_run sent;
    (void)state;

    owner_says(TALK_WELCOME, "1.0");
    owner_says_done(0);
    settings.yes = true;
    assert_int_equal(RUN("utas", "baru", "1", "--", "--judul"), RB_OK);
    const struct message *hello = owner_received(TALK_HELLO);
    assert_non_null(hello);
    assert_true(span_equal(message_text(hello, 0), span_text("1.0")));
    const struct message *message = owner_received(TALK_RUN);
    assert_non_null(message);
    assert_int_equal(talk_run_read(message, &sent), RB_OK);
    assert_int_equal(sent.flags, RUN_YES);
    assert_int_equal(sent.word_count, 5);
    assert_true(span_equal(sent.words[0], span_text("thread")));
    assert_true(span_equal(sent.words[1], span_text("new")));
    assert_true(span_equal(sent.words[2], span_text("--")));
    assert_true(span_equal(sent.words[3], span_text("1")));
    assert_true(span_equal(sent.words[4], span_text("--judul")));
}

static void the_path_of_an_option_is_made_whole(void **state) {
    struct talk_run sent;
    (void)state;

    owner_says(TALK_WELCOME, "1.0");
    owner_says_done(0);
    assert_int_equal(RUN("card", "--out", "kartu"), RB_OK);
    assert_int_equal(talk_run_read(owner_received(TALK_RUN), &sent), RB_OK);
    assert_true(sent.words[1].len > strlen("--out=/kartu"));
    assert_memory_equal(sent.words[1].data, "--out=/", strlen("--out=/"));
}

static void a_long_text_arrives_whole(void **state) {
    enum { TEXT_BYTES = 120000 }; /* about as much as a system lets one word be */
    static char text[TEXT_BYTES + 1];
    struct talk_run sent;
    (void)state;

    memset(text, 'a', TEXT_BYTES);
    owner_says(TALK_WELCOME, "1.0");
    owner_says_done(0);
    assert_int_equal(RUN("post", "1", text), RB_OK);
    assert_int_equal(talk_run_read(owner_received(TALK_RUN), &sent), RB_OK);
    assert_int_equal(sent.words[sent.word_count - 1].len, TEXT_BYTES);
}

/* ---- What goes wrong ---- */

static void an_owner_of_another_version_is_told_as_such(void **state) {
    (void)state;

    owner_says(TALK_REFUSED, "0.9");
    assert_int_equal(RUN("group", "list"), RB_BUSY);
    assert_string_equal(context.failure.code, "other_version");
}

static void an_owner_who_takes_nobody_has_done_nothing(void **state) {
    (void)state;

    channel_destroy(&owner);
    assert_int_equal(RUN("group", "list"), RB_NOT_FOUND);
    assert_null(context.failure.code);
}

static void owner_locks(uint64_t runs) {
    struct message message = { .type = TALK_LOCKED };

    message_add_number(&message, runs);
    channel_send(owner, &message);
    channel_flush(owner);
    message_clear(&message);
}

static void an_owner_who_locks_before_it_begins_has_done_nothing(void **state) {
    (void)state;

    owner_locks(0);
    assert_int_equal(RUN("group", "list"), RB_NOT_FOUND);
    assert_null(context.failure.code);
    owner_says(TALK_WELCOME, "1.0");
    owner_locks(0);
    assert_int_equal(RUN("group", "list"), RB_NOT_FOUND);
    assert_null(context.failure.code);
}

static void an_owner_who_locks_in_its_midst_may_have_acted(void **state) {
    (void)state;

    owner_says(TALK_WELCOME, "1.0");
    owner_locks(1);
    assert_int_equal(RUN("sync"), RB_WRONG_PASSPHRASE);
    assert_string_equal(context.failure.code, "locked");
}

static void a_lock_that_nobody_takes_is_told_as_such(void **state) {
    (void)state;

    assert_int_equal(attach_fail_unwelcome(&context, &cmd_lock), RB_BUSY);
    assert_string_equal(context.failure.code, "owner_busy");
    assert_non_null(strstr(context.failure.sentence, "It is not locked"));
}

static void an_owner_who_goes_before_the_answer_may_have_acted(void **state) {
    (void)state;

    owner_says(TALK_WELCOME, "1.0");
    owner_says(TALK_BYE, "");
    channel_destroy(&owner);
    assert_int_equal(RUN("group", "list"), RB_UNREACHABLE);
    assert_string_equal(context.failure.code, "owner_gone");
    assert_int_equal(exit_code, -1);
}

/* A child sends them to this process, the second one well after the first. */
static pid_t interrupt(size_t times) {
    const struct timespec pause = { .tv_nsec = 200000000 };
    pid_t child = fork();

    assert_true(child >= 0);
    for (size_t i = 0; child == 0 && i < times; i++) {
        (void)nanosleep(&pause, NULL);
        (void)kill(getppid(), SIGINT);
    }
    if (child == 0) {
        _exit(0);
    }
    return child;
}

static void who_interrupts_twice_waits_no_longer(void **state) {
    (void)state;

    owner_says(TALK_WELCOME, "1.0");
    pid_t child = interrupt(2);
    assert_int_equal(RUN("group", "list"), RB_UNREACHABLE);
    assert_string_equal(context.failure.code, "not_awaited");
    assert_int_equal(waitpid(child, NULL, 0), child);
    assert_non_null(owner_received(TALK_CANCEL));
    assert_null(owner_received(TALK_CANCEL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_answered_is_printed_and_the_exit_code_kept, begin,
                                        end),
        cmocka_unit_test_setup_teardown(the_call_is_sent_as_words_of_the_row, begin, end),
        cmocka_unit_test_setup_teardown(the_path_of_an_option_is_made_whole, begin, end),
        cmocka_unit_test_setup_teardown(a_long_text_arrives_whole, begin, end),
        cmocka_unit_test_setup_teardown(an_owner_of_another_version_is_told_as_such, begin, end),
        cmocka_unit_test_setup_teardown(an_owner_who_takes_nobody_has_done_nothing, begin, end),
        cmocka_unit_test_setup_teardown(an_owner_who_locks_before_it_begins_has_done_nothing, begin,
                                        end),
        cmocka_unit_test_setup_teardown(an_owner_who_locks_in_its_midst_may_have_acted, begin, end),
        cmocka_unit_test_setup_teardown(a_lock_that_nobody_takes_is_told_as_such, begin, end),
        cmocka_unit_test_setup_teardown(an_owner_who_goes_before_the_answer_may_have_acted, begin,
                                        end),
        cmocka_unit_test_setup_teardown(who_interrupts_twice_waits_no_longer, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
