/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control socket in a runtime folder of the test's own: the owner is stepped here, clients are
 * channels of the same process, or children that are killed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "node/control.h"
#include "node/node.h"
#include "tests/support/homes.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SOON_MS = 5000, LARGE = 5 << 20 };

/* ---- Arranging ---- */

static struct folder folder; /* HOME is FOLDER/rumah, the runtime folder FOLDER/run */
static char home[HOMES_PATH_MAX], runtime[HOMES_PATH_MAX];
static struct control *control;

static struct heard {
    size_t messages, gone;
    uint64_t last_type;
    size_t last_len;
    control_client last_client;
    bool echo, flush, hang_up; /* what the owner does with each message */
} heard;

static int make_place(void **state) {
    (void)state;
    folder_new(&folder);
    (void)snprintf(home, sizeof home, "%s", folder_name(&folder, "rumah"));
    (void)snprintf(runtime, sizeof runtime, "%s", folder_name(&folder, "run"));
    heard = (struct heard) { 0 };
    return mkdir(home, 0700) == 0 && mkdir(runtime, 0700) == 0 &&
                   setenv("XDG_RUNTIME_DIR", runtime, 1) == 0
               ? 0
               : -1;
}

static int remove_place(void **state) {
    (void)state;
    control_close(&control);
    folder_remove(&folder);
    return 0;
}

static void on_message(void *context, control_client client, const struct message *message) {
    struct heard *to = context;

    to->messages++;
    to->last_type = message->type;
    to->last_len = message_text(message, 0).len;
    to->last_client = client;
    if (to->echo) {
        control_send(control, client, message);
    }
    if (to->flush) {
        control_flush(control, client);
        assert_int_equal(control_waiting(control, client), 0);
        assert_true(span_equal(message_text(message, 0), span_text("tunggu")));
    }
    if (to->hang_up) {
        control_hang_up(control, client);
    }
}

static void on_gone(void *context, control_client client) {
    struct heard *to = context;

    to->gone++;
    to->last_client = client;
}

static enum rb_status open_here(void) {
    const struct control_setup setup = { .message = on_message,
                                         .gone = on_gone,
                                         .context = &heard };

    return control_open(&control, home, &setup);
}

static struct channel *attach(void) {
    struct channel *channel = NULL;

    assert_int_equal(control_connect(home, &channel), RB_OK);
    return channel;
}

static void say(struct channel *channel, uint64_t type, struct span text) {
    struct message message = { .type = type };

    message_add_text(&message, text);
    channel_send(channel, &message);
    message_clear(&message);
}

static void owner_waits(int timeout_ms) {
    struct pollfd fds[NODE_TASK_FDS_MAX];
    size_t count = control_watch(control, fds);

    assert_true(count <= NODE_TASK_FDS_MAX);
    (void)poll(fds, (nfds_t)count, timeout_ms);
    control_step(control);
}

/* Steps the owner and `channel`, which may be NULL, until that number of messages and goings has
 * been heard. */
static void owner_hears(size_t messages, size_t gone, struct channel *channel) {
    int64_t deadline_ms = clock_steady_ms() + SOON_MS;

    while (heard.messages < messages || heard.gone < gone) {
        assert_true(clock_steady_ms() < deadline_ms);
        if (channel != NULL) {
            assert_int_equal(channel_step(channel), RB_OK);
        }
        owner_waits(2);
    }
    assert_int_equal(heard.messages, messages);
    assert_int_equal(heard.gone, gone);
}

static const struct message *client_hears(struct channel *channel) {
    int64_t deadline_ms = clock_steady_ms() + SOON_MS;
    const struct message *message = NULL;

    while (!channel_receive(channel, &message)) {
        enum rb_status status = channel_step(channel);
        assert_true(status == RB_OK || status == RB_UNREACHABLE);
        assert_true(clock_steady_ms() < deadline_ms);
        if (control != NULL) {
            owner_waits(0);
        }
    }
    return message;
}

static bool is_closed_soon(struct channel *channel) {
    int64_t deadline_ms = clock_steady_ms() + SOON_MS;
    enum rb_status status = RB_OK;

    while (status == RB_OK && clock_steady_ms() < deadline_ms) {
        owner_waits(0);
        channel_wait(channel, 2);
        status = channel_step(channel);
    }
    return status == RB_UNREACHABLE;
}

/* FOLDER/run/rembuk/<16 hex digits>, the only file there. */
static void socket_path(char path[static 2 * HOMES_PATH_MAX]) {
    char inner[2 * HOMES_PATH_MAX];
    const struct dirent *entry;
    DIR *listing;

    (void)snprintf(inner, sizeof inner, "%s/rembuk", runtime);
    assert_int_equal(folder_entries(inner), 1);
    listing = opendir(inner);
    do {
        entry = readdir(listing);
    } while (entry->d_name[0] == '.');
    assert_int_equal(strlen(entry->d_name), 16);
    assert_true(snprintf(path, 2 * HOMES_PATH_MAX, "%s/rembuk/%s", runtime, entry->d_name) <
                2 * HOMES_PATH_MAX);
    (void)closedir(listing);
}

/* ---- Attaching ---- */

static void a_client_speaks_with_the_owner(void **state) {
    struct channel *client;
    (void)state;

    assert_int_equal(open_here(), RB_OK);
    heard.echo = true;
    client = attach();
    say(client, 5, span_text("kabar?"));
    const struct message *answer = client_hears(client);
    assert_int_equal(answer->type, 5);
    assert_true(span_equal(message_text(answer, 0), span_text("kabar?")));
    assert_int_equal(heard.messages, 1);
    channel_destroy(&client);
    owner_hears(1, 1, NULL);
}

static void two_clients_are_told_apart(void **state) {
    struct channel *first, *second;
    control_client of_first;
    (void)state;

    assert_int_equal(open_here(), RB_OK);
    first = attach();
    say(first, 1, span_text("satu"));
    owner_hears(1, 0, first);
    of_first = heard.last_client;
    second = attach();
    say(second, 2, span_text("dua"));
    owner_hears(2, 0, second);
    assert_int_not_equal(heard.last_client, of_first);
    channel_destroy(&first);
    owner_hears(2, 1, NULL);
    assert_int_equal(heard.last_client, of_first);
    heard.echo = true;
    say(second, 3, span_text("masih di sini"));
    assert_int_equal(client_hears(second)->type, 3);
    channel_destroy(&second);
}

static void the_same_home_by_another_path_is_the_same_owner(void **state) {
    char link[HOMES_PATH_MAX];
    struct channel *client = NULL;
    (void)state;

    (void)snprintf(link, sizeof link, "%s", folder_name(&folder, "jalan-lain"));
    assert_int_equal(symlink(home, link), 0);
    assert_int_equal(open_here(), RB_OK);
    assert_int_equal(control_connect(link, &client), RB_OK);
    channel_destroy(&client);
}

static void a_large_message_goes_through_the_socket_and_back(void **state) {
    uint8_t *large = calloc(1, LARGE);
    struct channel *client;
    (void)state;

    assert_int_equal(open_here(), RB_OK);
    heard.echo = true;
    client = attach();
    say(client, 1, span_of(large, LARGE));
    assert_int_equal(message_text(client_hears(client), 0).len, LARGE);
    assert_int_equal(heard.last_len, LARGE);
    free(large);
    channel_destroy(&client);
}

static void what_is_flushed_goes_while_a_message_is_handled(void **state) {
    const struct message *answer = NULL;
    struct channel *client;
    (void)state;

    assert_int_equal(open_here(), RB_OK);
    heard.echo = heard.flush = true;
    client = attach();
    say(client, 4, span_text("tunggu"));
    owner_hears(1, 0, client);
    assert_int_equal(channel_step(client), RB_OK);
    assert_true(channel_receive(client, &answer));
    assert_int_equal(answer->type, 4);
    channel_destroy(&client);
}

static void a_channel_of_this_process_is_a_client_too(void **state) {
    struct channel *ours = NULL, *theirs = NULL;
    (void)state;

    assert_int_equal(open_here(), RB_OK);
    assert_int_equal(channel_pair(&ours, &theirs), RB_OK);
    control_client adopted = control_adopt(control, theirs);
    heard.echo = true;
    say(ours, 8, span_text("dari konsol"));
    assert_int_equal(client_hears(ours)->type, 8);
    assert_int_equal(heard.last_client, adopted);
    channel_destroy(&ours);
    owner_hears(1, 1, NULL);
}

/* ---- The end of a client ---- */

static void who_is_hung_up_on_hears_what_was_queued(void **state) {
    struct channel *client;
    (void)state;

    assert_int_equal(open_here(), RB_OK);
    heard.echo = heard.hang_up = true;
    client = attach();
    say(client, 1, span_text("pertama"));
    say(client, 2, span_text("tak didengar"));
    assert_int_equal(client_hears(client)->type, 1);
    assert_true(is_closed_soon(client));
    assert_int_equal(heard.messages, 1);
    assert_int_equal(heard.gone, 1);
    channel_destroy(&client);
}

static void no_more_than_the_maximum_are_attached(void **state) {
    struct channel *clients[CONTROL_CLIENTS_MAX], *late;
    (void)state;

    assert_int_equal(open_here(), RB_OK);
    heard.echo = true;
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        clients[i] = attach();
        say(clients[i], i, (struct span) { 0 });
        assert_int_equal(client_hears(clients[i])->type, i);
    }
    late = attach();
    assert_true(is_closed_soon(late));
    channel_destroy(&late);
    channel_destroy(&clients[3]);
    owner_hears(CONTROL_CLIENTS_MAX, 1, NULL);
    clients[3] = attach();
    say(clients[3], 99, (struct span) { 0 });
    assert_int_equal(client_hears(clients[3])->type, 99);
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        channel_destroy(&clients[i]);
    }
}

/* The descriptors that this process may still open. */
static struct rlimit descriptors_end_here(void) {
    struct rlimit before, limit;
    int next = dup(0);

    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    limit = before;
    limit.rlim_cur = (rlim_t)next;
    close(next);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    return before;
}

static void a_client_waits_while_there_are_no_descriptors(void **state) {
    struct pollfd fds[NODE_TASK_FDS_MAX];
    struct channel *client;
    (void)state;

    assert_int_equal(open_here(), RB_OK);
    client = attach();
    say(client, 6, (struct span) { 0 });
    const struct rlimit before = descriptors_end_here();
    control_step(control);
    size_t watched = control_watch(control, fds);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(watched, 0); /* Else the loop would spin. */
    owner_hears(1, 0, client);
    assert_int_equal(heard.last_type, 6);
    channel_destroy(&client);
}

/* The child is killed while half of a message has gone. */
static void a_client_killed_in_mid_message_harms_nobody(void **state) {
    struct channel *other;
    pid_t child;
    (void)state;

    assert_int_equal(open_here(), RB_OK);
    other = attach();
    child = fork();
    if (child == 0) {
        uint8_t *large = calloc(1, LARGE);
        struct channel *client = attach();
        say(client, 1, span_of(large, LARGE));
        assert_int_equal(channel_step(client), RB_OK);
        (void)kill(getpid(), SIGKILL);
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    owner_hears(0, 1, NULL);
    heard.echo = true;
    say(other, 2, span_text("baik"));
    assert_int_equal(client_hears(other)->type, 2);
    channel_destroy(&other);
}

static void a_client_that_sends_garbage_is_let_go(void **state) {
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    char path[2 * HOMES_PATH_MAX];
    int raw = socket(AF_UNIX, SOCK_STREAM, 0);
    uint8_t byte;
    (void)state;

    assert_int_equal(open_here(), RB_OK);
    socket_path(path);
    assert_true(strlen(path) < sizeof address.sun_path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    assert_int_equal(connect(raw, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(send(raw, "\xff\xff\xff\xff", 4, 0), 4);
    owner_hears(0, 1, NULL);
    assert_int_equal(recv(raw, &byte, 1, 0), 0);
    close(raw);
}

/* ---- Taking turns ---- */

/* Let in, but not heard yet. */
static struct channel *attach_and_say(size_t count) {
    struct channel *client = attach();

    control_step(control);
    for (size_t i = 0; i < count; i++) {
        say(client, i, span_text("pendek"));
    }
    channel_flush(client);
    return client;
}

static void who_says_much_at_once_is_heard_in_turns(void **state) {
    enum { MESSAGES = 40 };
    struct channel *many, *other;
    (void)state;

    assert_int_equal(open_here(), RB_OK);
    many = attach_and_say(MESSAGES);
    other = attach_and_say(1);
    assert_int_equal(heard.messages, 16);
    assert_true(control_is_behind(control));
    control_step(control);
    assert_int_equal(heard.messages, 32 + 1);
    assert_int_equal(heard.last_type, 0); /* the other's first one */
    assert_true(control_is_behind(control));
    control_step(control);
    assert_int_equal(heard.messages, MESSAGES + 1);
    assert_false(control_is_behind(control));
    channel_destroy(&many);
    channel_destroy(&other);
}

static void what_somebody_said_before_he_went_is_heard_to_the_end(void **state) {
    enum { MESSAGES = 40 };
    struct channel *client;
    (void)state;

    assert_int_equal(open_here(), RB_OK);
    client = attach_and_say(MESSAGES);
    channel_destroy(&client);
    owner_hears(MESSAGES, 1, NULL);
    assert_false(control_is_behind(control));
}

/* Else a console that is opened again at once would find its place taken by itself. */
static void who_went_is_gone_before_the_next_is_heard(void **state) {
    struct channel *first, *second, *next;
    (void)state;

    assert_int_equal(open_here(), RB_OK);
    first = attach_and_say(0);
    second = attach_and_say(1);
    control_step(control);
    channel_destroy(&first);
    control_step(control); /* The first place is free. */
    channel_destroy(&second);
    next = attach();
    say(next, 1, span_text("kembali"));
    channel_flush(next);
    while (heard.messages < 2) {
        size_t gone = heard.gone;
        control_step(control);
        assert_true(heard.messages < 2 || gone == 2);
    }
    channel_destroy(&next);
}

static void sending_hears_nobody_and_lets_go_who_was_hung_up_on(void **state) {
    struct channel *client, *other;
    (void)state;

    assert_int_equal(open_here(), RB_OK);
    heard.hang_up = true;
    client = attach_and_say(1);
    other = attach_and_say(1); /* hears the first one, too */
    assert_int_equal(heard.messages, 1);
    say(other, 2, span_text("pendek"));
    control_send_waiting(control);
    assert_int_equal(heard.messages, 1);
    assert_int_equal(heard.gone, 1);
    channel_destroy(&client);
    channel_destroy(&other);
}

/* ---- The end of the owner ---- */

static void what_is_queued_at_the_end_is_still_sent(void **state) {
    uint8_t *large = calloc(1, LARGE);
    struct channel *client;
    pid_t child;
    int ended;
    (void)state;

    assert_int_equal(open_here(), RB_OK);
    child = fork();
    if (child == 0) {
        const struct message *message = NULL;
        client = attach();
        say(client, 1, span_text("minta"));
        while (!channel_receive(client, &message)) {
            channel_wait(client, SOON_MS);
            if (channel_step(client) != RB_OK && !channel_receive(client, &message)) {
                break;
            }
        }
        _exit(message != NULL && message_text(message, 0).len == LARGE ? 0 : 1);
    }
    owner_hears(1, 0, NULL);
    struct message answer = { .type = 2 };
    message_add_text(&answer, span_of(large, LARGE));
    control_send(control, heard.last_client, &answer);
    assert_true(control_waiting(control, heard.last_client) > LARGE);
    message_clear(&answer);
    control_close(&control);
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
    free(large);
}

static void a_client_that_does_not_read_delays_the_end_by_a_second(void **state) {
    uint8_t *large = calloc(1, LARGE);
    struct channel *client;
    (void)state;

    assert_int_equal(open_here(), RB_OK);
    heard.echo = true;
    client = attach();
    say(client, 1, span_of(large, LARGE));
    owner_hears(1, 0, client);
    int64_t started_ms = clock_steady_ms();
    control_close(&control);
    assert_true(clock_steady_ms() - started_ms >= 900);
    assert_true(clock_steady_ms() - started_ms < 2000);
    channel_destroy(&client);
    free(large);
}

static void after_the_end_nobody_listens(void **state) {
    char inner[2 * HOMES_PATH_MAX];
    struct channel *client = NULL;
    (void)state;

    assert_int_equal(control_connect(home, &client), RB_NOT_FOUND);
    assert_int_equal(open_here(), RB_OK);
    control_close(&control);
    assert_null(control);
    (void)snprintf(inner, sizeof inner, "%s/rembuk", runtime);
    assert_int_equal(folder_entries(inner), 0);
    assert_int_equal(control_connect(home, &client), RB_NOT_FOUND);
    assert_null(client);
}

static void the_socket_of_a_killed_owner_is_replaced(void **state) {
    char path[2 * HOMES_PATH_MAX];
    struct channel *client = NULL;
    pid_t child = fork();
    (void)state;

    if (child == 0) {
        _exit(open_here() == RB_OK ? 0 : 1); /* Without control_close, as if killed. */
    }
    assert_int_equal(waitpid(child, NULL, 0), child);
    socket_path(path);
    assert_int_equal(control_connect(home, &client), RB_NOT_FOUND);
    assert_int_equal(open_here(), RB_OK);
    client = attach();
    channel_destroy(&client);
}

/* ---- What other owners left ---- */

/* FOLDER/run/rembuk/NAME. */
static const char *leftover_path(const char *name) {
    static char path[2 * HOMES_PATH_MAX];

    (void)snprintf(path, sizeof path, "%s/rembuk/%s", runtime, name);
    return path;
}

static bool leftover_stays(const char *name) {
    struct stat found;

    return lstat(leftover_path(name), &found) == 0;
}

/* Made two minutes ago; the descriptor, which listens if wanted. */
static int leave_socket(const char *name, bool listens) {
    const struct timespec times[] = { { .tv_sec = time(NULL) - 120 },
                                      { .tv_sec = time(NULL) - 120 } };
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    assert_true(snprintf(address.sun_path, sizeof address.sun_path, "%s", leftover_path(name)) <
                (int)sizeof address.sun_path);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_true(!listens || listen(fd, 1) == 0);
    assert_int_equal(utimensat(AT_FDCWD, address.sun_path, times, AT_SYMLINK_NOFOLLOW), 0);
    return fd;
}

static void old_sockets_that_refuse_are_removed_and_nothing_else(void **state) {
    static const char dead[] = "0123456789abcdef", live[] = "fedcba9876543210",
                      new[] = "00000000000000aa", named[] = "bukan-punya-kita",
                      file[] = "00000000000000bb", link[] = "00000000000000cc";
    (void)state;

    assert_int_equal(mkdir(leftover_path(""), 0700), 0);
    close(leave_socket(dead, false));
    close(leave_socket(named, false));
    close(leave_socket(new, false));
    assert_int_equal(utimensat(AT_FDCWD, leftover_path(new), NULL, AT_SYMLINK_NOFOLLOW), 0);
    int listener = leave_socket(live, true);
    file_store(leftover_path(file), "x", 1);
    assert_int_equal(symlink(named, leftover_path(link)), 0);
    assert_int_equal(open_here(), RB_OK);
    assert_false(leftover_stays(dead));
    assert_true(leftover_stays(live));
    assert_true(leftover_stays(new)); /* It may not listen yet. */
    assert_true(leftover_stays(named));
    assert_true(leftover_stays(file));
    assert_true(leftover_stays(link));
    close(listener);
}

/* ---- Who may be there ---- */

static void the_folder_and_the_socket_are_for_nobody_else(void **state) {
    char path[2 * HOMES_PATH_MAX];
    struct stat found;
    mode_t mask = umask(0);
    (void)state;

    assert_int_equal(open_here(), RB_OK);
    assert_int_equal(umask(mask), 0);
    socket_path(path);
    assert_int_equal(lstat(path, &found), 0);
    assert_true(S_ISSOCK(found.st_mode));
    assert_int_equal(found.st_mode & 07777, 0600);
    *strrchr(path, '/') = '\0';
    assert_int_equal(lstat(path, &found), 0);
    assert_int_equal(found.st_mode & 07777, 0700);
}

static void assert_refused(enum rb_status expected) {
    struct channel *client = NULL;

    assert_int_equal(open_here(), expected);
    assert_null(control);
    assert_int_equal(control_connect(home, &client), expected);
    assert_null(client);
}

static void a_folder_that_is_open_to_others_is_refused(void **state) {
    static const mode_t open_modes[] = { 0710, 0701, 0770, 0702, 01777 };
    char inner[2 * HOMES_PATH_MAX];
    (void)state;

    (void)snprintf(inner, sizeof inner, "%s/rembuk", runtime);
    assert_int_equal(mkdir(inner, 0700), 0);
    for (size_t i = 0; i < sizeof open_modes / sizeof *open_modes; i++) {
        assert_int_equal(chmod(inner, open_modes[i]), 0);
        assert_refused(RB_UNSAFE);
    }
    assert_int_equal(chmod(inner, 0700), 0);
    assert_int_equal(open_here(), RB_OK);
}

static void a_folder_that_is_a_symbolic_link_is_refused(void **state) {
    char inner[2 * HOMES_PATH_MAX], elsewhere[HOMES_PATH_MAX];
    (void)state;

    (void)snprintf(inner, sizeof inner, "%s/rembuk", runtime);
    (void)snprintf(elsewhere, sizeof elsewhere, "%s", folder_name(&folder, "lain"));
    assert_int_equal(mkdir(elsewhere, 0700), 0);
    assert_int_equal(symlink(elsewhere, inner), 0);
    assert_refused(RB_UNSAFE);
}

static void a_file_in_place_of_the_folder_is_refused(void **state) {
    char inner[2 * HOMES_PATH_MAX];
    (void)state;

    (void)snprintf(inner, sizeof inner, "%s/rembuk", runtime);
    file_store(inner, "x", 1);
    assert_refused(RB_UNSAFE);
}

/* Only root can make a folder that belongs to somebody else; others find that the link to one is
 * refused, by the test above. */
static void a_folder_of_somebody_else_is_refused(void **state) {
    char inner[2 * HOMES_PATH_MAX];
    (void)state;

    if (geteuid() != 0) {
        skip();
    }
    (void)snprintf(inner, sizeof inner, "%s/rembuk", runtime);
    assert_int_equal(mkdir(inner, 0700), 0);
    assert_int_equal(chown(inner, 12345, 12345), 0);
    assert_refused(RB_UNSAFE);
}

/* ---- Runtime folders that cannot be used: /tmp/rembuk-<uid> is then ---- */

/* The folder stays: somebody else of this name may be about to listen there. */
static void assert_found_in_tmp(void) {
    char inner[2 * HOMES_PATH_MAX], path[64];
    struct channel *client;
    struct stat found;

    assert_int_equal(open_here(), RB_OK);
    client = attach();
    channel_destroy(&client);
    (void)snprintf(path, sizeof path, "/tmp/rembuk-%lu", (unsigned long)geteuid());
    assert_true(folder_entries(path) >= 1);
    control_close(&control);
    (void)snprintf(inner, sizeof inner, "%s/rembuk", runtime);
    assert_int_not_equal(lstat(inner, &found), 0);
}

static void without_a_runtime_folder_tmp_is_used(void **state) {
    (void)state;
    assert_int_equal(unsetenv("XDG_RUNTIME_DIR"), 0);
    assert_found_in_tmp();
    assert_int_equal(setenv("XDG_RUNTIME_DIR", "run", 1), 0);
    assert_found_in_tmp();
    assert_int_equal(setenv("XDG_RUNTIME_DIR", folder_name(&folder, "tidak-ada"), 1), 0);
    assert_found_in_tmp();
}

static void a_runtime_folder_that_others_can_change_is_not_used(void **state) {
    (void)state;
    assert_int_equal(chmod(runtime, 0777), 0);
    assert_found_in_tmp();
}

static void a_runtime_folder_with_a_long_name_is_not_used(void **state) {
    char name[100] = "";
    (void)state;

    memset(name, 'a', sizeof name - 1);
    (void)snprintf(runtime, sizeof runtime, "%s", folder_name(&folder, name));
    assert_int_equal(mkdir(runtime, 0700), 0);
    assert_int_equal(setenv("XDG_RUNTIME_DIR", runtime, 1), 0);
    assert_found_in_tmp();
}

static void a_home_that_is_not_there_has_no_owner(void **state) {
    struct channel *client = NULL;
    (void)state;

    (void)snprintf(home, sizeof home, "%s", folder_name(&folder, "tidak-ada"));
    assert_int_equal(control_connect(home, &client), RB_NOT_FOUND);
    assert_int_equal(open_here(), RB_STORAGE);
}

static int start(void **state) {
    (void)state;
    return crypt_start() == RB_OK ? 0 : -1;
}

#define CONTROL_TEST(name) cmocka_unit_test_setup_teardown(name, make_place, remove_place)

int main(void) {
    const struct CMUnitTest tests[] = {
        CONTROL_TEST(a_client_speaks_with_the_owner),
        CONTROL_TEST(two_clients_are_told_apart),
        CONTROL_TEST(the_same_home_by_another_path_is_the_same_owner),
        CONTROL_TEST(a_large_message_goes_through_the_socket_and_back),
        CONTROL_TEST(what_is_flushed_goes_while_a_message_is_handled),
        CONTROL_TEST(a_channel_of_this_process_is_a_client_too),
        CONTROL_TEST(who_is_hung_up_on_hears_what_was_queued),
        CONTROL_TEST(no_more_than_the_maximum_are_attached),
        CONTROL_TEST(a_client_waits_while_there_are_no_descriptors),
        CONTROL_TEST(a_client_killed_in_mid_message_harms_nobody),
        CONTROL_TEST(a_client_that_sends_garbage_is_let_go),
        CONTROL_TEST(who_says_much_at_once_is_heard_in_turns),
        CONTROL_TEST(what_somebody_said_before_he_went_is_heard_to_the_end),
        CONTROL_TEST(who_went_is_gone_before_the_next_is_heard),
        CONTROL_TEST(sending_hears_nobody_and_lets_go_who_was_hung_up_on),
        CONTROL_TEST(what_is_queued_at_the_end_is_still_sent),
        CONTROL_TEST(a_client_that_does_not_read_delays_the_end_by_a_second),
        CONTROL_TEST(after_the_end_nobody_listens),
        CONTROL_TEST(the_socket_of_a_killed_owner_is_replaced),
        CONTROL_TEST(old_sockets_that_refuse_are_removed_and_nothing_else),
        CONTROL_TEST(the_folder_and_the_socket_are_for_nobody_else),
        CONTROL_TEST(a_folder_that_is_open_to_others_is_refused),
        CONTROL_TEST(a_folder_that_is_a_symbolic_link_is_refused),
        CONTROL_TEST(a_file_in_place_of_the_folder_is_refused),
        CONTROL_TEST(a_folder_of_somebody_else_is_refused),
        CONTROL_TEST(without_a_runtime_folder_tmp_is_used),
        CONTROL_TEST(a_runtime_folder_that_others_can_change_is_not_used),
        CONTROL_TEST(a_runtime_folder_with_a_long_name_is_not_used),
        CONTROL_TEST(a_home_that_is_not_there_has_no_owner),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
