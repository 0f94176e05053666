/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/control.h"

#include "node/node.h"
#include "protocol/crypt.h"
#include "protocol/text.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    NAME_BYTES = 8, /* of the hash, as 16 hex digits */
    FOLDER_BYTES_MAX = sizeof((struct sockaddr_un *)NULL)->sun_path - 2 * NAME_BYTES - 2,
    CLOSE_MS = 1000,
    MESSAGES_A_STEP = 16, /* of one client; then others get their turn */
    LEFT_BEHIND_S = 60,   /* a socket that is so old and refuses is nobody's */
    LOOKS_MAX = 1024,
    PROBES_MAX = 64
};

_Static_assert(CONTROL_SLOTS + 1 <= NODE_TASK_FDS_MAX, "a task may watch so many");

struct client {
    struct channel *channel; /* NULL: nobody */
    bool leaves;             /* as soon as nothing waits to be sent to him */
    bool has_more;           /* messages that have come and wait for the next step */
};

struct control {
    struct control_setup setup;
    struct sockaddr_un address;
    int listener;
    bool tired; /* the system has no descriptor for a new client: look again later */
    struct client clients[CONTROL_SLOTS];
};

/* ---- Where ---- */

/* A runtime folder that is not one's own, or that others may change, is as good as none. */
static const char *runtime_folder(void) {
    const char *path = getenv("XDG_RUNTIME_DIR");
    struct stat found;

    if (path == NULL || path[0] != '/' || stat(path, &found) != 0 || !S_ISDIR(found.st_mode) ||
        found.st_uid != geteuid() || (found.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return NULL;
    }
    return path;
}

static void folder_choose(char folder[static FOLDER_BYTES_MAX + 1]) {
    const char *runtime = runtime_folder();
    int len = FOLDER_BYTES_MAX + 1;

    if (runtime != NULL) {
        len = snprintf(folder, FOLDER_BYTES_MAX + 1, "%s/rembuk", runtime);
    }
    if (len > FOLDER_BYTES_MAX) {
        (void)snprintf(folder, FOLDER_BYTES_MAX + 1, "/tmp/rembuk-%lu", (unsigned long)geteuid());
    }
}

/* RB_OK if nobody but us can put something there; RB_NOT_FOUND: there is no such folder. */
static enum rb_status folder_check(const char *folder) {
    struct stat found;

    if (lstat(folder, &found) != 0) {
        return errno == ENOENT ? RB_NOT_FOUND : RB_STORAGE;
    }
    if (!S_ISDIR(found.st_mode) || found.st_uid != geteuid() ||
        (found.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return RB_UNSAFE;
    }
    return RB_OK;
}

/* The folder, and the address of the socket in it.  RB_NOT_FOUND: there is no such home. */
static enum rb_status place_find(const char *home, char folder[static FOLDER_BYTES_MAX + 1],
                                 struct sockaddr_un *address) {
    uint8_t hash[HASH_BYTES];
    char name[2 * NAME_BYTES + 1];
    char *path = realpath(home, NULL);

    if (path == NULL) {
        return errno == ENOENT || errno == ENOTDIR ? RB_NOT_FOUND : RB_STORAGE;
    }
    const struct span parts[] = { span_text(path) };
    crypt_hash(hash, sizeof hash, (struct span) { 0 }, "", parts, 1);
    free(path);
    hex_write(span_of(hash, NAME_BYTES), name);
    folder_choose(folder);
    *address = (struct sockaddr_un) { .sun_family = AF_UNIX };
    int len = snprintf(address->sun_path, sizeof address->sun_path, "%s/%s", folder, name);
    assert(len > 0 && (size_t)len < sizeof address->sun_path);
    return RB_OK;
}

/* ---- Connecting ---- */

static enum rb_status connect_failure(void) {
    switch (errno) {
    case ENOENT:
    case ECONNREFUSED: /* left behind by a process that was killed */
        return RB_NOT_FOUND;
    case EAGAIN:
        return RB_BUSY;
    default:
        return RB_STORAGE;
    }
}

enum rb_status control_connect(const char *home, struct channel **channel) {
    char folder[FOLDER_BYTES_MAX + 1];
    struct sockaddr_un address;
    struct channel *connecting = NULL;
    enum rb_status status = place_find(home, folder, &address);

    if (status == RB_OK) {
        status = folder_check(folder);
    }
    if (status != RB_OK) {
        return status;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0) {
        return RB_STORAGE;
    }
    connecting = channel_new(fd); /* First, since connecting must not wait for a stopped owner. */
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        status = connect_failure();
        channel_destroy(&connecting);
        return status;
    }
    *channel = connecting;
    return RB_OK;
}

/* ---- Listening ---- */

static enum rb_status folder_make(const char *folder) {
    if (mkdir(folder, S_IRWXU) != 0 && errno != EEXIST) {
        return RB_STORAGE;
    }
    enum rb_status status = folder_check(folder);
    return status == RB_NOT_FOUND ? RB_STORAGE : status;
}

/* 16 hex digits, as of every home. */
static bool is_socket_name(const char *name) {
    return strlen(name) == 2 * NAME_BYTES && strspn(name, "0123456789abcdef") == 2 * NAME_BYTES;
}

/* One that was bound just now may refuse because it does not listen yet. */
static bool is_old_socket(const char *path) {
    struct stat found;

    return lstat(path, &found) == 0 && S_ISSOCK(found.st_mode) && found.st_uid == geteuid() &&
           found.st_mtime < clock_now_ms() / 1000 - LEFT_BEHIND_S;
}

static bool is_refused(const struct sockaddr_un *address) {
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    if (fd < 0) {
        return false;
    }
    (void)fcntl(fd, F_SETFL, O_NONBLOCK); /* Never fails with an open descriptor. */
    bool refused = connect(fd, (const struct sockaddr *)address, sizeof *address) != 0 &&
                   errno == ECONNREFUSED;
    (void)close(fd); /* It holds nothing. */
    return refused;
}

/* Of homes that were deleted, nobody else would ever remove what a killed owner left.  What is
 * overlooked, or does not go, harms nobody. */
static void leftovers_remove(const char *folder) {
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    DIR *listing = opendir(folder);
    const struct dirent *entry;
    size_t probes = 0;

    if (listing == NULL) {
        return;
    }
    for (size_t i = 0; i < LOOKS_MAX && probes < PROBES_MAX && (entry = readdir(listing)); i++) {
        if (!is_socket_name(entry->d_name)) {
            continue;
        }
        (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/%.*s", folder, 2 * NAME_BYTES,
                       entry->d_name);
        if (is_old_socket(address.sun_path)) {
            probes++;
            if (is_refused(&address)) {
                (void)unlink(address.sun_path);
            }
        }
    }
    (void)closedir(listing); /* It was only read. */
}

static bool listener_bind(int fd, const struct sockaddr_un *address) {
    mode_t mask = umask(S_IXUSR | S_IRWXG | S_IRWXO);
    bool bound = bind(fd, (const struct sockaddr *)address, sizeof *address) == 0;

    (void)umask(mask); /* Never fails. */
    return bound;
}

static enum rb_status listener_open(const struct sockaddr_un *address, int *listener) {
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    if (fd < 0) {
        return RB_STORAGE;
    }
    (void)fcntl(fd, F_SETFL, O_NONBLOCK); /* Neither fails with an open descriptor. */
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    (void)unlink(address->sun_path); /* If something stays, binding tells. */
    if (!listener_bind(fd, address) || listen(fd, CONTROL_CLIENTS_MAX) != 0) {
        (void)close(fd); /* It holds nothing. */
        return RB_STORAGE;
    }
    *listener = fd;
    return RB_OK;
}

enum rb_status control_open(struct control **control, const char *home,
                            const struct control_setup *setup) {
    char folder[FOLDER_BYTES_MAX + 1];
    struct sockaddr_un address;
    int listener = -1;
    enum rb_status status = place_find(home, folder, &address);

    if (status == RB_OK) {
        status = folder_make(folder);
    }
    if (status == RB_OK) {
        leftovers_remove(folder);
        status = listener_open(&address, &listener);
    }
    if (status != RB_OK) {
        return status == RB_NOT_FOUND ? RB_STORAGE : status;
    }
    *control = rb_alloc(1, sizeof **control);
    (*control)->setup = *setup;
    (*control)->address = address;
    (*control)->listener = listener;
    return RB_OK;
}

/* ---- Clients ---- */

static struct client *client_of(struct control *control, control_client client) {
    assert(client < CONTROL_SLOTS && control->clients[client].channel != NULL);
    return &control->clients[client];
}

control_client control_adopt(struct control *control, struct channel *channel) {
    control_client client = CONTROL_SLOTS - 1;

    assert(control->clients[client].channel == NULL); /* A process has one console. */
    control->clients[client] = (struct client) { .channel = channel };
    return client;
}

void control_send(struct control *control, control_client client, const struct message *message) {
    channel_send(client_of(control, client)->channel, message);
}

void control_hang_up(struct control *control, control_client client) {
    client_of(control, client)->leaves = true;
}

void control_flush(struct control *control, control_client client) {
    channel_flush(client_of(control, client)->channel);
}

size_t control_waiting(const struct control *control, control_client client) {
    assert(client < CONTROL_SLOTS && control->clients[client].channel != NULL);
    return channel_waiting(control->clients[client].channel);
}

/* There is no room for more than CONTROL_CLIENTS_MAX: the others find their connection closed. */
static void client_add(struct control *control, int fd) {
    struct channel *channel = channel_new(fd);

    for (control_client i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        if (control->clients[i].channel == NULL) {
            control->clients[i] = (struct client) { .channel = channel };
            return;
        }
    }
    channel_destroy(&channel);
}

/* As many as can wait in line: whoever connects and hangs up all the time gets no further. */
static void clients_accept(struct control *control) {
    for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
        int fd = accept(control->listener, NULL, NULL);
        if (fd < 0) {
            control->tired =
                errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR && errno != ECONNABORTED;
            return;
        }
        client_add(control, fd);
    }
}

static void client_remove(struct control *control, control_client client) {
    channel_destroy(&control->clients[client].channel);
    control->clients[client] = (struct client) { 0 };
    control->setup.gone(control->setup.context, client);
}

/* What he sent before he went is still done; what he sent before he was hung up on is not. */
static void client_step(struct control *control, control_client client) {
    struct client *stepped = &control->clients[client];
    enum rb_status status = channel_step(stepped->channel);
    const struct message *message;

    for (size_t i = 0;
         i < MESSAGES_A_STEP && !stepped->leaves && channel_receive(stepped->channel, &message);
         i++) {
        control->setup.message(control->setup.context, client, message);
    }
    stepped->has_more = !stepped->leaves && channel_has_message(stepped->channel);
    if ((status != RB_OK && !stepped->has_more) ||
        (stepped->leaves && channel_waiting(stepped->channel) == 0)) {
        client_remove(control, client);
    }
}

/* ---- The loop ---- */

size_t control_watch(struct control *control, struct pollfd *fds) {
    size_t count = 0;

    if (!control->tired) {
        fds[count++] = (struct pollfd) { .fd = control->listener, .events = POLLIN };
    }
    for (control_client i = 0; i < CONTROL_SLOTS; i++) {
        if (control->clients[i].channel != NULL) {
            fds[count++] = channel_watch(control->clients[i].channel);
        }
    }
    return count;
}

/* Who comes is heard in the next step: all who went before he came have been told of by then. */
void control_step(struct control *control) {
    for (control_client i = 0; i < CONTROL_SLOTS; i++) {
        if (control->clients[i].channel != NULL) {
            client_step(control, i);
        }
    }
    clients_accept(control);
}

bool control_is_behind(const struct control *control) {
    for (control_client i = 0; i < CONTROL_SLOTS; i++) {
        if (control->clients[i].has_more) {
            return true;
        }
    }
    return false;
}

void control_send_waiting(struct control *control) {
    for (control_client i = 0; i < CONTROL_SLOTS; i++) {
        struct client *client = &control->clients[i];
        if (client->channel == NULL) {
            continue;
        }
        channel_flush(client->channel);
        if (client->leaves && channel_waiting(client->channel) == 0) {
            client_remove(control, i);
        }
    }
}

/* ---- The end ---- */

/* Gives how many are still to be waited for, and in `fds` what for. */
static size_t last_words_send(struct control *control, struct pollfd fds[static CONTROL_SLOTS]) {
    size_t count = 0;

    for (control_client i = 0; i < CONTROL_SLOTS; i++) {
        struct channel *channel = control->clients[i].channel;
        if (channel == NULL || channel_waiting(channel) == 0) {
            continue;
        }
        if (channel_step(channel) == RB_OK && channel_waiting(channel) > 0) {
            fds[count] = channel_watch(channel);
            fds[count++].events = POLLOUT; /* What he says now is not heard. */
        }
    }
    return count;
}

void control_close(struct control **control) {
    struct control *closing = *control;
    int64_t deadline_ms = clock_steady_ms() + CLOSE_MS;
    int64_t left_ms = CLOSE_MS;
    struct pollfd fds[CONTROL_SLOTS];
    size_t count;

    if (closing == NULL) {
        return;
    }
    (void)unlink(closing->address.sun_path); /* What stays is replaced by the next one. */
    (void)close(closing->listener);
    while (left_ms > 0 && (count = last_words_send(closing, fds)) > 0) {
        (void)poll(fds, (nfds_t)count, (int)left_ms); /* The next step looks for itself. */
        left_ms = deadline_ms - clock_steady_ms();
    }
    for (control_client i = 0; i < CONTROL_SLOTS; i++) {
        channel_destroy(&closing->clients[i].channel);
    }
    free(closing);
    *control = NULL;
}
