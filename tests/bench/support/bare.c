/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/bench/support/bare.h"

#include "protocol/log.h"
#include "tests/bench/support/proxy.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

enum {
    RUN_BYTES = SIGNATURE_BYTES + BLOCK_EVENTS * BARE_BODY_BYTES,
    TRANSACTION_RUNS = 256 * 1024 / RUN_BYTES + 1,
    QUEUE_MESSAGES = 64
};

static void must(bool good, const char *what) {
    if (!good) {
        (void)fprintf(stderr, "bench: %s failed\n", what);
        exit(1);
    }
}

static double seconds(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- The chain ---- */

static const struct event_header header = { .body_len = BARE_BODY_BYTES };

static void chain(uint8_t hash[static HASH_BYTES], uint64_t seq, const void *body) {
    uint8_t body_hash[HASH_BYTES], event[HASH_BYTES];

    event_body_hash(body_hash, span_of(body, BARE_BODY_BYTES));
    event_hash(event, &header, body_hash);
    log_hash_next(hash, seq, hash, event);
}

/* ---- SQLite ---- */

static void run_sql(sqlite3 *db, const char *sql) {
    must(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
}

static sqlite3 *db_make(const char *folder, const char *name) {
    char path[512];
    sqlite3 *db = NULL;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    (void)remove(path);
    must(sqlite3_open(path, &db) == SQLITE_OK, path);
    run_sql(db,
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "PRAGMA locking_mode=EXCLUSIVE; PRAGMA wal_autocheckpoint=4000;"
            "CREATE TABLE event (rcv INTEGER PRIMARY KEY, log INTEGER, seq INTEGER,"
            "  body BLOB, UNIQUE (log, seq));"
            "CREATE TABLE checkpoint (seq INTEGER PRIMARY KEY, signature BLOB);");
    return db;
}

static sqlite3_stmt *prepared(sqlite3 *db, const char *sql) {
    sqlite3_stmt *stmt = NULL;

    must(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK, sql);
    return stmt;
}

static void insert(sqlite3_stmt *stmt, uint64_t seq, const void *blob, int len) {
    sqlite3_bind_int64(stmt, 1, (sqlite3_int64)seq);
    sqlite3_bind_blob(stmt, 2, blob, len, SQLITE_STATIC);
    must(sqlite3_step(stmt) == SQLITE_DONE, "insert");
    sqlite3_reset(stmt);
}

static const char event_sql[] = "INSERT INTO event (log, seq, body) VALUES (1, ?1, ?2)";
static const char checkpoint_sql[] = "INSERT INTO checkpoint (seq, signature) VALUES (?1, ?2)";

/* ---- The sender's store ---- */

static struct sign_key log_key;
static sqlite3 *sender_db;

void bare_fill(const char *folder, size_t count, void (*text)(char out[static BARE_TEXT_BYTES])) {
    uint8_t hash[HASH_BYTES], body[BARE_BODY_BYTES], signature[SIGNATURE_BYTES];

    must(count % BLOCK_EVENTS == 0, "count");
    crypt_sign_new(&log_key);
    log_hash_first(hash, log_key.public);
    sender_db = db_make(folder, "sender.db");
    sqlite3_stmt *event = prepared(sender_db, event_sql);
    sqlite3_stmt *checkpoint = prepared(sender_db, checkpoint_sql);
    run_sql(sender_db, "BEGIN");
    for (uint64_t seq = 1; seq <= count; seq++) {
        crypt_random(body, sizeof body);
        if (text != NULL) {
            text((char *)body);
        }
        chain(hash, seq, body);
        insert(event, seq, body, sizeof body);
        if (seq % BLOCK_EVENTS == 0) {
            log_head_sign(signature, &log_key, seq, hash);
            insert(checkpoint, seq, signature, sizeof signature);
        }
    }
    run_sql(sender_db, "COMMIT");
    sqlite3_finalize(event);
    sqlite3_finalize(checkpoint);
}

/* ---- Sockets ---- */

struct bare {
    void *context;
    void *server;
    struct box_key server_key, client_key;
    char endpoint[64];
    const char *folder, *index;
    size_t count;
};

static void *socket_make(struct bare *bare, const struct box_key *own, const uint8_t *server_key) {
    const int queue = QUEUE_MESSAGES, linger_ms = 0, yes = 1;
    void *socket = zmq_socket(bare->context, ZMQ_DEALER);

    must(zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, own->public, 32) == 0 &&
             zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, own->secret, 32) == 0,
         "CURVE");
    if (server_key == NULL) {
        must(zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &yes, sizeof yes) == 0, "CURVE server");
    } else {
        must(zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server_key, 32) == 0, "CURVE client");
    }
    zmq_setsockopt(socket, ZMQ_SNDHWM, &queue, sizeof queue);
    zmq_setsockopt(socket, ZMQ_RCVHWM, &queue, sizeof queue);
    zmq_setsockopt(socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    return socket;
}

static void bare_open(struct bare *bare) {
    size_t len = sizeof bare->endpoint;

    bare->context = zmq_ctx_new();
    crypt_box_new(&bare->server_key);
    crypt_box_new(&bare->client_key);
    bare->server = socket_make(bare, &bare->server_key, NULL);
    must(zmq_bind(bare->server, "tcp://127.0.0.1:*") == 0, "bind");
    must(zmq_getsockopt(bare->server, ZMQ_LAST_ENDPOINT, bare->endpoint, &len) == 0, "endpoint");
}

static void bare_close(struct bare *bare) {
    zmq_close(bare->server);
    zmq_ctx_term(bare->context);
}

/* ---- The pipeline ---- */

struct receiver {
    uint8_t hash[HASH_BYTES];
    sqlite3_stmt *event, *checkpoint;
    sqlite3_stmt *text; /* NULL: no index */
};

static void text_index(sqlite3_stmt *stmt, uint64_t rcv, const uint8_t *body) {
    sqlite3_bind_int64(stmt, 1, (sqlite3_int64)rcv);
    sqlite3_bind_text(stmt, 2, (const char *)body, BARE_TEXT_BYTES, SQLITE_STATIC);
    must(sqlite3_step(stmt) == SQLITE_DONE, "index");
    sqlite3_reset(stmt);
}

static void run_receive(struct bare *bare, struct receiver *receiver, uint64_t first) {
    uint64_t last = first + BLOCK_EVENTS - 1;
    zmq_msg_t message;

    zmq_msg_init(&message);
    must(zmq_msg_recv(&message, bare->server, 0) == RUN_BYTES, "receive");
    const uint8_t *signature = zmq_msg_data(&message);
    const uint8_t *bodies = signature + SIGNATURE_BYTES;
    for (uint64_t i = 0; i < BLOCK_EVENTS; i++) {
        chain(receiver->hash, first + i, bodies + i * BARE_BODY_BYTES);
    }
    must(log_head_verify(signature, log_key.public, last, receiver->hash), "signature");
    for (uint64_t i = 0; i < BLOCK_EVENTS; i++) {
        insert(receiver->event, first + i, bodies + i * BARE_BODY_BYTES, BARE_BODY_BYTES);
        if (receiver->text != NULL) {
            text_index(receiver->text, first + i, bodies + i * BARE_BODY_BYTES);
        }
    }
    insert(receiver->checkpoint, last, signature, SIGNATURE_BYTES);
    zmq_msg_close(&message);
}

static sqlite3_stmt *index_make(sqlite3 *db, const char *index) {
    char sql[256];

    (void)snprintf(sql, sizeof sql, "CREATE VIRTUAL TABLE search USING fts5(text, %s)", index);
    run_sql(db, sql);
    return prepared(db, "INSERT INTO search (rowid, text) VALUES (?1, ?2)");
}

static void *receiver_run(void *context) {
    struct bare *bare = context;
    sqlite3 *db = db_make(bare->folder, "receiver.db");
    struct receiver receiver = { .event = prepared(db, event_sql),
                                 .checkpoint = prepared(db, checkpoint_sql) };
    size_t runs = bare->count / BLOCK_EVENTS;

    if (bare->index != NULL) {
        receiver.text = index_make(db, bare->index);
    }
    log_hash_first(receiver.hash, log_key.public);
    for (size_t i = 0; i < runs; i++) {
        if (i % TRANSACTION_RUNS == 0) {
            run_sql(db, "BEGIN");
        }
        run_receive(bare, &receiver, i * BLOCK_EVENTS + 1);
        if ((i + 1) % TRANSACTION_RUNS == 0 || i + 1 == runs) {
            run_sql(db, "COMMIT");
        }
    }
    must(zmq_send(bare->server, "k", 1, 0) == 1, "reply");
    sqlite3_finalize(receiver.event);
    sqlite3_finalize(receiver.checkpoint);
    sqlite3_finalize(receiver.text);
    sqlite3_close(db);
    return NULL;
}

static void runs_send(void *client, size_t count) {
    sqlite3_stmt *bodies = prepared(sender_db, "SELECT body FROM event WHERE log = 1 ORDER BY seq");
    sqlite3_stmt *signatures = prepared(sender_db, "SELECT signature FROM checkpoint ORDER BY seq");
    uint8_t run[RUN_BYTES];

    for (size_t i = 0; i < count / BLOCK_EVENTS; i++) {
        must(sqlite3_step(signatures) == SQLITE_ROW, "read");
        memcpy(run, sqlite3_column_blob(signatures, 0), SIGNATURE_BYTES);
        for (size_t k = 0; k < BLOCK_EVENTS; k++) {
            must(sqlite3_step(bodies) == SQLITE_ROW, "read");
            memcpy(run + SIGNATURE_BYTES + k * BARE_BODY_BYTES, sqlite3_column_blob(bodies, 0),
                   BARE_BODY_BYTES);
        }
        must(zmq_send(client, run, sizeof run, 0) == RUN_BYTES, "send");
    }
    sqlite3_finalize(bodies);
    sqlite3_finalize(signatures);
}

double bare_pipeline(const char *folder, size_t count, const char *index) {
    struct bare bare = { .folder = folder, .index = index, .count = count };
    pthread_t receiver;
    char reply;

    bare_open(&bare);
    must(pthread_create(&receiver, NULL, receiver_run, &bare) == 0, "thread");
    double started = seconds();
    void *client = socket_make(&bare, &bare.client_key, bare.server_key.public);
    must(zmq_connect(client, bare.endpoint) == 0, "connect");
    runs_send(client, count);
    must(zmq_recv(client, &reply, 1, 0) == 1, "reply");
    double took = seconds() - started;
    must(pthread_join(receiver, NULL) == 0, "thread");
    zmq_close(client);
    bare_close(&bare);
    return took;
}

void bare_empty(void) {
    sqlite3_close(sender_db);
    sender_db = NULL;
}

/* ---- Searching ---- */

static sqlite3 *search_db;
static sqlite3_stmt *search_stmt;

void bare_search_open(const char *folder) {
    char path[512];

    (void)snprintf(path, sizeof path, "%s/receiver.db", folder);
    must(sqlite3_open(path, &search_db) == SQLITE_OK, path);
    run_sql(search_db, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-8192");
    search_stmt = prepared(search_db,
                           "SELECT event.body FROM search"
                           " JOIN event ON event.rcv = search.rowid"
                           " WHERE search MATCH ?1 ORDER BY search.rowid DESC LIMIT 20");
}

double bare_search(const char *word, size_t *hits) {
    char phrase[64];
    uint8_t sum = 0;

    (void)snprintf(phrase, sizeof phrase, "\"%s\"", word);
    double started = seconds();
    *hits = 0;
    sqlite3_bind_text(search_stmt, 1, phrase, -1, SQLITE_STATIC);
    while (sqlite3_step(search_stmt) == SQLITE_ROW) {
        const uint8_t *body = sqlite3_column_blob(search_stmt, 0);
        sum = (uint8_t)(sum + body[0]); /* read, as whoever shows it would */
        (*hits)++;
    }
    const double took = seconds() - started;
    must(sqlite3_reset(search_stmt) == SQLITE_OK && (*hits > 0 || sum == 0), "search");
    return took;
}

void bare_search_close(void) {
    sqlite3_finalize(search_stmt);
    sqlite3_close(search_db);
}

/* ---- One reply ---- */

static void *reply_run(void *context) {
    struct bare *bare = context;
    char byte;

    must(zmq_recv(bare->server, &byte, 1, 0) == 1 && zmq_send(bare->server, "k", 1, 0) == 1,
         "reply");
    return NULL;
}

static double reply_time(const char *endpoint, struct bare *bare) {
    pthread_t replier;
    char byte;

    must(pthread_create(&replier, NULL, reply_run, bare) == 0, "thread");
    double started = seconds();
    void *client = socket_make(bare, &bare->client_key, bare->server_key.public);
    must(zmq_connect(client, endpoint) == 0 && zmq_send(client, "?", 1, 0) == 1 &&
             zmq_recv(client, &byte, 1, 0) == 1,
         "round trip");
    double took = seconds() - started;
    must(pthread_join(replier, NULL) == 0, "thread");
    zmq_close(client);
    return took;
}

double bare_reply(uint64_t *bytes) {
    struct bare bare = { 0 };
    char endpoint[64];

    bare_open(&bare);
    double took = reply_time(bare.endpoint, &bare);
    bare_close(&bare);
    bare_open(&bare);
    struct proxy *proxy = proxy_open((uint16_t)strtoul(strrchr(bare.endpoint, ':') + 1, NULL, 10));
    (void)snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", (unsigned)proxy_port(proxy));
    (void)reply_time(endpoint, &bare);
    *bytes = proxy_bytes(proxy);
    bare_close(&bare);
    proxy_close(&proxy);
    return took;
}
