/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/support/bare_post.h"

#include "protocol/crypt.h"
#include "tests/bench/support/meeting.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

enum {
    SEALED_BYTES = SCREEN_TEXT_BYTES + TAG_BYTES,
    FRAME_BYTES = SIGNATURE_BYTES + NONCE_BYTES + SEALED_BYTES,
    ENDPOINT_BYTES = 64,
    ROUTE_BYTES = 16,
    PATIENCE_ZMQ_MS = 120000
};

/* signature ‖ nonce ‖ sealed text */
struct frame {
    uint8_t signature[SIGNATURE_BYTES];
    uint8_t nonce[NONCE_BYTES];
    uint8_t sealed[SEALED_BYTES];
};
_Static_assert(sizeof(struct frame) == FRAME_BYTES, "no gaps");

struct bare_post {
    struct sign_key signer;
    uint8_t key[KEY_BYTES];
    struct box_key server, client;
    pid_t receiver;
    int endpoint_pipe;
    void *context, *socket;
    uint8_t route[ROUTE_BYTES];
    int route_len;
    sqlite3 *db;
    sqlite3_stmt *insert;
    struct frame frame; /* written last by the sender */
};

static struct span signed_part(const struct frame *frame) {
    return span_of(frame->nonce, NONCE_BYTES + SEALED_BYTES);
}

/* ---- SQLite ---- */

static void run_sql(sqlite3 *db, const char *sql) {
    must(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
}

static void db_make(struct bare_post *bare, const char *folder, const char *name) {
    char path[512];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    must(sqlite3_open(path, &bare->db) == SQLITE_OK, path);
    run_sql(bare->db,
            "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE post (seq INTEGER PRIMARY KEY, frame BLOB)");
    must(sqlite3_prepare_v2(bare->db, "INSERT INTO post (frame) VALUES (?1)", -1, &bare->insert,
                            NULL) == SQLITE_OK,
         "prepare");
}

static void store_frame(struct bare_post *bare, const struct frame *frame) {
    run_sql(bare->db, "BEGIN IMMEDIATE");
    must(sqlite3_bind_blob(bare->insert, 1, frame, sizeof *frame, SQLITE_STATIC) == SQLITE_OK &&
             sqlite3_step(bare->insert) == SQLITE_DONE && sqlite3_reset(bare->insert) == SQLITE_OK,
         "insert");
    run_sql(bare->db, "COMMIT");
}

static void db_close(struct bare_post *bare) {
    sqlite3_finalize(bare->insert);
    sqlite3_close(bare->db);
}

/* ---- Sockets ---- */

static void socket_make(struct bare_post *bare, int type, const struct box_key *own) {
    const int linger_ms = 0, yes = 1, patience_ms = PATIENCE_ZMQ_MS;
    const bool is_server = own == &bare->server;

    bare->context = zmq_ctx_new();
    bare->socket = zmq_socket(bare->context, type);
    must(zmq_setsockopt(bare->socket, ZMQ_CURVE_PUBLICKEY, own->public, 32) == 0 &&
             zmq_setsockopt(bare->socket, ZMQ_CURVE_SECRETKEY, own->secret, 32) == 0,
         "CURVE");
    if (is_server) {
        must(zmq_setsockopt(bare->socket, ZMQ_CURVE_SERVER, &yes, sizeof yes) == 0, "CURVE server");
    } else {
        must(zmq_setsockopt(bare->socket, ZMQ_CURVE_SERVERKEY, bare->server.public, 32) == 0,
             "CURVE client");
    }
    zmq_setsockopt(bare->socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    zmq_setsockopt(bare->socket, ZMQ_RCVTIMEO, &patience_ms, sizeof patience_ms);
}

static void socket_close(struct bare_post *bare) {
    zmq_close(bare->socket);
    zmq_ctx_term(bare->context);
}

/* ---- The receiver ---- */

static void show(const char text[static SCREEN_TEXT_BYTES]) {
    char line[SCREEN_TEXT_BYTES + 1];
    const int len = snprintf(line, sizeof line, "%s\n", text);

    must(write(STDOUT_FILENO, line, (size_t)len) == len, "write");
}

static void receive_all(struct bare_post *bare) {
    struct frame frame;
    char text[SCREEN_TEXT_BYTES];

    while (zmq_recv(bare->socket, &frame, sizeof frame, 0) == FRAME_BYTES) {
        must(crypt_verify(frame.signature, bare->signer.public, "bare", signed_part(&frame)),
             "verify");
        must(crypt_open((uint8_t *)text, bare->key, frame.nonce, (struct span) { 0 },
                        span_of(frame.sealed, sizeof frame.sealed)) == RB_OK,
             "open");
        store_frame(bare, &frame);
        show(text);
    }
}

static void receiver_run(struct bare_post *bare, const char *folder, int endpoint_pipe) {
    char endpoint[ENDPOINT_BYTES];

    must(read(endpoint_pipe, endpoint, sizeof endpoint) == sizeof endpoint, "endpoint");
    db_make(bare, folder, "receiver.db");
    socket_make(bare, ZMQ_DEALER, &bare->client);
    must(zmq_connect(bare->socket, endpoint) == 0 && zmq_send(bare->socket, "?", 1, 0) == 1,
         "connect");
    receive_all(bare);
    socket_close(bare);
    db_close(bare);
}

/* ---- The sender ---- */

struct bare_post *bare_post_open(const char *folder, const struct screen *screen) {
    struct bare_post *bare = calloc(1, sizeof *bare);
    int ends[2];

    must(bare != NULL && pipe(ends) == 0, "begin");
    crypt_sign_new(&bare->signer);
    crypt_random(bare->key, sizeof bare->key);
    crypt_box_new(&bare->server);
    crypt_box_new(&bare->client);
    bare->receiver = fork();
    must(bare->receiver >= 0, "fork");
    if (bare->receiver == 0) {
        close(ends[1]);
        screen_take(screen);
        receiver_run(bare, folder, ends[0]);
        _exit(0);
    }
    close(ends[0]);
    bare->endpoint_pipe = ends[1];
    db_make(bare, folder, "sender.db");
    return bare;
}

void bare_post_connect(struct bare_post *bare) {
    char endpoint[ENDPOINT_BYTES] = { 0 };
    size_t len = sizeof endpoint;
    char byte;

    socket_make(bare, ZMQ_ROUTER, &bare->server);
    must(zmq_bind(bare->socket, "tcp://127.0.0.1:*") == 0 &&
             zmq_getsockopt(bare->socket, ZMQ_LAST_ENDPOINT, endpoint, &len) == 0,
         "bind");
    must(write(bare->endpoint_pipe, endpoint, sizeof endpoint) == sizeof endpoint, "endpoint");
    bare->route_len = zmq_recv(bare->socket, bare->route, sizeof bare->route, 0);
    must(bare->route_len > 0 && zmq_recv(bare->socket, &byte, 1, 0) == 1, "connect");
}

static void frame_send(struct bare_post *bare, const void *frame, size_t len) {
    must(zmq_send(bare->socket, bare->route, (size_t)bare->route_len, ZMQ_SNDMORE) >= 0 &&
             zmq_send(bare->socket, frame, len, 0) == (int)len,
         "send");
}

void bare_post_write(struct bare_post *bare, const char text[static SCREEN_TEXT_BYTES]) {
    struct frame *frame = &bare->frame;

    crypt_random(frame->nonce, sizeof frame->nonce);
    crypt_seal(frame->sealed, bare->key, frame->nonce, (struct span) { 0 },
               span_of(text, SCREEN_TEXT_BYTES));
    crypt_sign(frame->signature, &bare->signer, "bare", signed_part(frame));
    store_frame(bare, frame);
}

void bare_post_push(struct bare_post *bare) {
    frame_send(bare, &bare->frame, sizeof bare->frame);
}

void bare_post_close(struct bare_post **bare) {
    int how = 0;

    frame_send(*bare, "", 0); /* The end. */
    must(waitpid((*bare)->receiver, &how, 0) == (*bare)->receiver && how == 0, "bare receiver");
    close((*bare)->endpoint_pipe);
    socket_close(*bare);
    db_close(*bare);
    free(*bare);
    *bare = NULL;
}
