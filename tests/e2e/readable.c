/* SPDX-License-Identifier: GPL-3.0-or-later */
/* readable HOME KEYS PASSPHRASE
 *
 * What stands in the store of HOME, and what of it the keys of the home KEYS open (the same folder,
 * or that of somebody else): no view and no column says so, every key is tried.  One JSON object a
 * line, each with its circle:
 *   circle  fp (of its heads), waiting (events, for a manager), unopened (events), keys (in the
 *           keyring of KEYS), more_keys (that these give beyond it, by own seals and wraps), stuck
 *           (operations that wait for another)
 *   log     log, origin, author, head, hash, missing, base, forked
 *   event   log, author, seq, ref, class, state, present (its body), open; if open, type and text
 *   member  person, role, rank, state: the operations of HOME folded
 * Both homes have the same passphrase, and nobody uses them. */
#include "protocol/casework/kinds.h"
#include "protocol/cbor.h"
#include "protocol/circle.h"
#include "store/db.h"
#include "store/keyring.h"
#include "store/operations.h"
#include "store/rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 512, SEALS_MAX = 32 };

struct keys {
    struct epoch_key epochs[KEYS_MAX];
    size_t epoch_count;
    struct box_key seals[SEALS_MAX];
    size_t seal_count;
};

struct log {
    int64_t id;
    uint8_t name[LOG_PK_BYTES];   /* of a branch: no key, see docs/protocol.md, 5 */
    uint8_t origin[LOG_PK_BYTES]; /* the key */
    uint8_t hash[HASH_BYTES];     /* of its head; of its base before events are read */
    struct span author;           /* owned; empty while it is not known */
    int64_t head, missing, base, forked;
};

struct stored {
    const struct log *log;
    struct event_header header;
    struct event_place place;
    uint8_t ref[REF_BYTES];
    int64_t state;
    bool present;
    uint8_t *body; /* owned */
    bool open;
    struct writer payload;
};

/* One circle of HOME. */
struct content {
    struct circle_row circle;
    struct log *logs;
    size_t log_count;
    struct stored *events;
    size_t event_count;
};

static void need(bool holds, const char *what) {
    if (!holds) {
        (void)fprintf(stderr, "readable: %s\n", what);
        exit(2);
    }
}

/* ---- JSON ---- */

static void put_hex(const char *name, const uint8_t *bytes, size_t len) {
    (void)printf(",\"%s\":\"", name);
    for (size_t i = 0; i < len; i++) {
        (void)printf("%02x", bytes[i]);
    }
    (void)printf("\"");
}

static void put_text(const char *name, struct span text) {
    (void)printf(",\"%s\":\"", name);
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.data[i];
        if (byte < ' ' || byte == '"' || byte == '\\') {
            (void)printf("\\u%04x", byte);
        } else {
            (void)putchar(byte);
        }
    }
    (void)printf("\"");
}

static void put_number(const char *name, int64_t value) {
    (void)printf(",\"%s\":%" PRId64, name, value);
}

static void put_bool(const char *name, bool value) {
    (void)printf(",\"%s\":%s", name, value ? "true" : "false");
}

static void begin_line(const char *sort, const struct content *content) {
    (void)printf("{\"line\":\"%s\"", sort);
    put_hex("circle", content->circle.circle, HASH_BYTES);
}

static void end_line(void) {
    (void)printf("}\n");
}

/* ---- Reading a circle ---- */

static struct span copied(struct span bytes) {
    uint8_t *copy = rb_alloc(bytes.len + 1, 1);

    if (bytes.len > 0) {
        memcpy(copy, bytes.data, bytes.len);
    }
    return span_of(copy, bytes.len);
}

static void read_logs(struct store *store, struct content *content) {
    static const char sql[] =
        "SELECT log.id, log.pk, log.origin, log.base_hash, log.head, log.missing, log.base,"
        " log.forked, author.person"
        " FROM log"
        " LEFT JOIN author ON author.log = log.id"
        " WHERE log.circle = ?1"
        " ORDER BY log.pk";
    struct db_row *row = db_query(store_db(store), sql);

    db_bind_int(row, 1, content->circle.id);
    while (db_step(row)) {
        content->logs = rb_realloc(content->logs, content->log_count + 1, sizeof *content->logs);
        struct log *log = &content->logs[content->log_count++];
        *log = (struct log) {
            .id = db_int(row, 0),
            .head = db_int(row, 4),
            .missing = db_int(row, 5),
            .base = db_int(row, 6),
            .forked = db_int(row, 7),
            .author = copied(db_blob(row, 8)),
        };
        db_copy(row, 1, log->name, sizeof log->name);
        db_copy(row, 2, log->origin, sizeof log->origin);
        if (log->base == 0) {
            log_hash_first(log->hash, log->origin);
        } else {
            db_copy(row, 3, log->hash, sizeof log->hash);
        }
    }
    need(db_end(row) == RB_OK, "the logs cannot be read");
}

/* Columns: seq, state, stub, header, body.  Follows the chain in log->hash. */
static void read_event(struct db_row *row, struct log *log, struct stored *event) {
    uint8_t header[EVENT_HEADER_BYTES], body_hash[HASH_BYTES], hash[HASH_BYTES];
    struct span body = db_blob(row, 4);

    *event =
        (struct stored) { .log = log, .state = db_int(row, 1), .present = db_int(row, 2) == 0 };
    db_copy(row, 3, header, sizeof header);
    need(event_header_read(header, &event->header) == RB_OK, "an event that is none");
    event->place.seq = (uint64_t)db_int(row, 0);
    memcpy(event->place.log, log->origin, sizeof event->place.log);
    memcpy(event->place.previous, log->hash, sizeof event->place.previous);
    if (event->present) {
        need(body.len == event->header.body_len, "a body of another length");
        event_body_hash(body_hash, body);
        event->body = (uint8_t *)copied(body).data;
    } else {
        db_copy(row, 4, body_hash, sizeof body_hash);
    }
    event_hash(hash, &event->header, body_hash);
    log_hash_next(log->hash, event->place.seq, log->hash, hash);
    event_ref(event->ref, log->origin, event->place.seq, log->hash);
    writer_init(&event->payload, EVENT_BODY_BYTES_MAX);
}

static void read_events(struct store *store, struct content *content, struct log *log) {
    static const char sql[] =
        "SELECT seq, state, stub, header, body"
        " FROM event"
        " WHERE log = ?1"
        " ORDER BY seq";
    struct db_row *row = db_query(store_db(store), sql);
    uint64_t expected = (uint64_t)log->base;

    db_bind_int(row, 1, log->id);
    while (db_step(row)) {
        content->events =
            rb_realloc(content->events, content->event_count + 1, sizeof *content->events);
        struct stored *event = &content->events[content->event_count++];
        read_event(row, log, event);
        expected++;
        need(event->place.seq == expected, "a gap in a log");
    }
    need(db_end(row) == RB_OK, "the events cannot be read");
    need(expected == (uint64_t)log->head, "a log that does not reach its head");
}

static void content_read(struct store *store, struct content *content) {
    read_logs(store, content);
    for (size_t i = 0; i < content->log_count; i++) {
        read_events(store, content, &content->logs[i]);
    }
}

static void content_clear(struct content *content) {
    for (size_t i = 0; i < content->log_count; i++) {
        free((void *)content->logs[i].author.data);
    }
    for (size_t i = 0; i < content->event_count; i++) {
        free(content->events[i].body);
        writer_clear(&content->events[i].payload);
    }
    free(content->logs);
    free(content->events);
}

/* ---- Keys ---- */

static void keys_add(struct keys *keys, const struct epoch_key *epoch) {
    for (size_t i = 0; i < keys->epoch_count; i++) {
        if (memcmp(keys->epochs[i].id, epoch->id, HASH_BYTES) == 0) {
            return;
        }
    }
    need(keys->epoch_count < KEYS_MAX, "too many keys");
    epoch_key_from(&keys->epochs[keys->epoch_count++], epoch->key);
}

static void read_seals(struct store *store, struct keys *keys) {
    static const char sql[] =
        "SELECT name"
        " FROM secret"
        " WHERE sort = ?1";
    struct db_row *row = db_query(store_db(store), sql);
    struct span names[SEALS_MAX];
    size_t count = 0;
    uint8_t secret[KEY_BYTES];

    db_bind_int(row, 1, SECRET_SEAL);
    while (db_step(row)) {
        need(count < SEALS_MAX, "too many seal keys");
        names[count++] = copied(db_blob(row, 0));
    }
    need(db_end(row) == RB_OK && count > 0, "no seal key can be read");
    for (; keys->seal_count < count; keys->seal_count++) {
        struct span name = names[keys->seal_count];
        need(keyring_get(store, SECRET_SEAL, name, secret, sizeof secret) == RB_OK,
             "a seal key cannot be read");
        crypt_box_from_secret(&keys->seals[keys->seal_count], secret);
        free((void *)name.data);
    }
}

/* All that the keyring has for a circle. */
static void keys_take(struct store *store, const uint8_t circle[static HASH_BYTES],
                      struct keys *keys) {
    const struct epoch_key *epochs;
    size_t count = 0;

    keys->epoch_count = 0;
    need(keyring_epochs(store, circle, NULL, &epochs, &count) == RB_OK, "the keyring is damaged");
    for (size_t i = 0; i < count; i++) {
        keys_add(keys, &epochs[i]);
    }
}

/* ---- Opening ---- */

static void try_seals(struct keys *keys, const struct stored *event) {
    struct span body = span_of(event->body, event->header.body_len);
    struct epoch_key epoch;

    for (size_t i = 0; i < keys->seal_count; i++) {
        if (event_key_body_open(&epoch, &event->header, body, &keys->seals[i]) == RB_OK) {
            keys_add(keys, &epoch);
        }
    }
}

static void take_wraps(struct keys *keys, const struct payload *payload) {
    static struct epoch_key wraps[WRAPS_PER_EPOCH_MAX];
    static struct op op;

    if (payload->type != OP_EPOCH || op_decode(payload, &op) != RB_OK) {
        return;
    }
    size_t count = op_wraps(&op, wraps, WRAPS_PER_EPOCH_MAX);
    for (size_t i = 0; i < count; i++) {
        keys_add(keys, &wraps[i]);
    }
}

static void try_epochs(struct keys *keys, struct stored *event) {
    static struct payload payload;
    struct span body = span_of(event->body, event->header.body_len);

    for (size_t i = 0; i < keys->epoch_count && !event->open; i++) {
        writer_reset(&event->payload);
        event->open = event_open(&event->payload, &event->header, &event->place, &keys->epochs[i],
                                 body) == RB_OK;
    }
    if (event->open && payload_decode(writer_view(&event->payload), &payload) == RB_OK) {
        take_wraps(keys, &payload);
    }
}

/* Until no event gives a further key. */
static void content_open(struct content *content, struct keys *keys) {
    size_t before;

    do {
        before = keys->epoch_count;
        for (size_t i = 0; i < content->event_count; i++) {
            struct stored *event = &content->events[i];
            if (event->present && event->header.key_body) {
                try_seals(keys, event);
            }
            if (event->present && !event->open) {
                try_epochs(keys, event);
            }
        }
    } while (keys->epoch_count > before);
}

/* ---- Telling ---- */

/* What a form says, among the bytes of its coding: enough to look for words. */
static struct span form_text_of(const struct payload *payload) {
    static uint8_t text[EVENT_PAYLOAD_BYTES_MAX];

    for (size_t i = 0; i < payload->body.len; i++) {
        const uint8_t byte = payload->body.data[i];
        text[i] = byte >= ' ' && byte < 0x7f ? byte : '.';
    }
    return span_of(text, payload->body.len);
}

/* The text or title of what people write: field 0 of its map. */
static struct span text_of(const struct payload *payload) {
    struct reader reader = reader_of(payload->body);
    struct cbor_map map = cbor_read_map(&reader);
    uint64_t key;

    if (payload->type < 64 || !cbor_map_next(&map, &reader, &key) || key != 0) {
        return (struct span) { 0 };
    }
    struct span text = cbor_read_text(&reader, TEXT_BYTES_MAX);
    return reader.failed ? (struct span) { 0 } : text;
}

static void tell_event(const struct content *content, const struct stored *event) {
    static struct payload payload;

    begin_line("event", content);
    put_hex("log", event->log->name, LOG_PK_BYTES);
    put_hex("author", event->log->author.data, event->log->author.len);
    put_number("seq", (int64_t)event->place.seq);
    put_hex("ref", event->ref, REF_BYTES);
    put_number("class", event->header.class);
    put_number("state", event->state);
    put_bool("present", event->present);
    put_bool("open", event->open);
    if (event->open && payload_decode(writer_view(&event->payload), &payload) == RB_OK) {
        put_number("type", (int64_t)payload.type);
        put_text("text", payload.type == KIND_RECORD ? form_text_of(&payload) : text_of(&payload));
    }
    end_line();
}

static void tell_log(const struct content *content, const struct log *log) {
    begin_line("log", content);
    put_hex("log", log->name, sizeof log->name);
    put_hex("origin", log->origin, sizeof log->origin);
    put_hex("author", log->author.data, log->author.len);
    put_number("head", log->head);
    put_hex("hash", log->hash, sizeof log->hash);
    put_number("missing", log->missing);
    put_number("base", log->base);
    put_number("forked", log->forked);
    end_line();
}

/* Gives how many operations wait for what they name. */
static size_t tell_members(struct store *store, const struct content *content) {
    struct operation_list list = { 0 };
    const struct member *people;

    need(operations_load(store, content->circle.id, &list) == RB_OK, "operations cannot be read");
    struct circle *fold = circle_fold(list.ops, list.count);
    size_t count = circle_people(fold, &people);
    for (size_t i = 0; i < count; i++) {
        begin_line("member", content);
        put_hex("person", people[i].person, HASH_BYTES);
        put_number("role", people[i].role);
        put_number("rank", people[i].rank);
        put_number("state", people[i].state);
        end_line();
    }
    size_t stuck = circle_waiting(fold);
    circle_destroy(&fold);
    operations_clear(&list);
    return stuck;
}

static int64_t count_in_state(const struct content *content, enum event_state state) {
    int64_t count = 0;

    for (size_t i = 0; i < content->event_count; i++) {
        count += content->events[i].state == (int64_t)state;
    }
    return count;
}

static void tell_circle(struct store *store, const struct content *content, size_t keys,
                        size_t more_keys) {
    struct log_line *lines = NULL;
    size_t count = 0;
    uint8_t fp[FP_BYTES];

    size_t stuck = tell_members(store, content);
    need(circle_lines(store, content->circle.circle, &lines, &count) == RB_OK,
         "the heads cannot be read");
    circle_fingerprint(fp, lines, count);
    free(lines);
    begin_line("circle", content);
    put_hex("fp", fp, sizeof fp);
    put_number("waiting", count_in_state(content, EVENT_QUARANTINED));
    put_number("unopened", count_in_state(content, EVENT_WAITING));
    put_number("keys", (int64_t)keys);
    put_number("more_keys", (int64_t)more_keys);
    put_number("stuck", (int64_t)stuck);
    end_line();
}

static void tell(struct store *store, struct store *holder, const struct circle_row *circle,
                 struct keys *keys) {
    struct content content = { .circle = *circle };

    content_read(store, &content);
    keys_take(holder, circle->circle, keys);
    size_t in_keyring = keys->epoch_count;
    content_open(&content, keys);
    tell_circle(store, &content, in_keyring, keys->epoch_count - in_keyring);
    for (size_t i = 0; i < content.log_count; i++) {
        tell_log(&content, &content.logs[i]);
    }
    for (size_t i = 0; i < content.event_count; i++) {
        tell_event(&content, &content.events[i]);
    }
    content_clear(&content);
}

static struct store *open_home(const char *home, const char *passphrase) {
    struct store *store = NULL;

    need(store_open(&store, home, span_text(passphrase), 0, NULL) == RB_OK,
         "a home cannot be opened");
    return store;
}

int main(int count, char **words) {
    static struct keys keys;
    struct circle_row *circles = NULL;
    size_t circle_count = 0;

    need(count == 4 && crypt_start() == RB_OK, "usage: readable HOME KEYS PASSPHRASE");
    bool is_own = strcmp(words[1], words[2]) == 0;
    struct store *store = open_home(words[1], words[3]);
    struct store *holder = is_own ? store : open_home(words[2], words[3]);
    read_seals(holder, &keys);
    need(circle_rows_all(store, &circles, &circle_count) == RB_OK, "the circles cannot be read");
    for (size_t i = 0; i < circle_count; i++) {
        tell(store, holder, &circles[i], &keys);
    }
    free(circles);
    if (!is_own) {
        store_close(&holder);
    }
    store_close(&store);
    crypt_wipe(&keys, sizeof keys);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
