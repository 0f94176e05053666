/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fuzz/story.h"

#include "protocol/cbor.h"

#include <stdlib.h>
#include <string.h>

/* How an event is spoilt before it is signed; by `edit_place` and `edit_value`. */
enum edit {
    EDIT_NONE,
    EDIT_FLIP, /* bytes of the payload */
    EDIT_PUT,
    EDIT_INSERT,
    EDIT_DELETE,
    EDIT_CUT,
    EDIT_TYPE, /* another one over the same body */
    EDIT_BODY, /* another item under the same type */
    EDIT_REFS,
    EDIT_CLASS,
    EDIT_EID,      /* of the header */
    EDIT_KEY_BODY, /* the flag that it is one, or is none */
    EDIT_SEALED,   /* bytes of the sealed body */
    EDIT_SHORT,    /* a sealed body that is cut */
    EDIT_TIME,
    EDIT_COUNT
};

enum { HLC_FROM_MS = 16 };

void story_know_ref(struct refs *refs, const uint8_t ref[static REF_BYTES]) {
    for (size_t i = 0; i < refs->count; i++) {
        if (memcmp(refs->refs[i], ref, REF_BYTES) == 0) {
            return;
        }
    }
    if (refs->count < REFS_KEPT_MAX) {
        memcpy(refs->refs[refs->count++], ref, REF_BYTES);
    }
}

void story_know_epoch(struct story *story, const struct epoch_key *epoch) {
    for (size_t i = 0; i < story->epoch_count; i++) {
        if (memcmp(story->epochs[i].id, epoch->id, HASH_BYTES) == 0) {
            return;
        }
    }
    if (story->epoch_count < EPOCHS_KEPT_MAX) {
        story->epochs[story->epoch_count++] = *epoch;
    }
}

/* ---- Lines ---- */

struct line *story_line(struct story *story, const struct step *step) {
    struct line *line = &story->lines[step->who % STORY_LINES];
    const uint8_t seed[SIGN_SEED_BYTES] = { 0x4c, (uint8_t)(step->who % STORY_LINES) };

    if (line->count == 0) {
        line->person = step->who % CAST_PEOPLE;
        line->device = step->who / CAST_PEOPLE % CAST_DEVICES;
        crypt_sign_from_seed(&line->key, seed);
        log_hash_first(line->hashes[0], line->key.public);
    }
    return line;
}

static void line_append(struct line *line, const struct event *event) {
    struct log_head head = { .seq = line->count };
    struct run run = { .first = line->count + 1, .count = 1 };
    struct run_result result;
    uint8_t *body = rb_alloc(event->body.len, 1);

    memcpy(head.hash, line->hashes[line->count], sizeof head.hash);
    memcpy(run.log, line->key.public, sizeof run.log);
    run.events[0] = *event;
    event_body_hash(run.events[0].body_hash, event->body);
    log_append(&head, &line->key, &run, &result);
    memcpy(body, event->body.data, event->body.len);
    line->events[line->count] = run.events[0];
    line->events[line->count].body.data = body;
    line->count++;
    memcpy(line->hashes[line->count], result.head.hash, HASH_BYTES);
    memcpy(line->signatures[line->count], run.signature, SIGNATURE_BYTES);
}

/* ---- Payloads ---- */

static uint64_t time_of(struct story *story, const struct step *step) {
    const int64_t minutes = (int64_t)step->time - 128;

    story->hlc++;
    switch (step->time) {
    case 0:
        return ((uint64_t)story->now_ms << HLC_FROM_MS) + story->hlc;
    case 1:
        return 1;
    case 255:
        return UINT64_MAX;
    default:
        return (uint64_t)(story->now_ms + minutes * 60 * 1000) << HLC_FROM_MS;
    }
}

/* All heads, nothing, the last operation, one that does not exist, or any. */
static void ctl_put(const struct story *story, const struct step *step, struct payload *payload) {
    const struct refs *ops = &story->ops;
    size_t from = story->heads_from, upto = ops->count;

    if (step->ctl == 1 || ops->count == 0) {
        return;
    }
    if (step->ctl == 2) {
        from = upto - 1;
    } else if (step->ctl >= 4) {
        from = (step->ctl - 4U) % ops->count;
        upto = from + 1;
    }
    from = upto - from > DEPS_MAX ? upto - DEPS_MAX : from;
    for (size_t i = from; i < upto; i++) {
        memcpy(payload->ctl[payload->ctl_count++], ops->refs[i], REF_BYTES);
    }
    if (step->ctl == 3) {
        payload->ctl[0][0] ^= 0x80;
    }
}

static void edit_payload(const struct step *step, struct payload *payload) {
    static const uint8_t bodies[][4] = { { 0xa0 }, { 0x80 }, { 0xf6 }, { 0x00 }, { 0x40 } };
    const size_t which = step->edit_value % (sizeof bodies / sizeof bodies[0]);

    switch ((enum edit)(step->edit % EDIT_COUNT)) {
    case EDIT_TYPE:
        payload->type = step->edit_value;
        break;
    case EDIT_BODY:
        payload->body = span_of(bodies[which], 1);
        break;
    case EDIT_REFS:
        payload->ref_count = step->edit_value % (REFS_MAX + 1);
        for (size_t i = 0; i < payload->ref_count; i++) {
            payload->refs[i][0] ^= (uint8_t)(step->edit_place >> (i % 8));
        }
        break;
    case EDIT_TIME:
        payload->hlc = (uint64_t)step->edit_place << (step->edit_value % 64);
        break;
    default:
        break;
    }
}

/* Bytes of the encoded payload; `bytes` has room for one more. */
static void edit_encoded(const struct step *step, struct writer *bytes) {
    const size_t at = bytes->len > 0 ? step->edit_place % bytes->len : 0;

    switch ((enum edit)(step->edit % EDIT_COUNT)) {
    case EDIT_FLIP:
        bytes->data[at] ^= step->edit_value;
        break;
    case EDIT_PUT:
        bytes->data[at] = step->edit_value;
        break;
    case EDIT_INSERT:
        writer_u8(bytes, 0);
        memmove(bytes->data + at + 1, bytes->data + at, bytes->len - at - 1);
        bytes->data[at] = step->edit_value;
        break;
    case EDIT_DELETE:
        memmove(bytes->data + at, bytes->data + at + 1, bytes->len - at - 1);
        bytes->len--;
        break;
    case EDIT_CUT:
        bytes->len = at;
        break;
    default:
        break;
    }
}

/* The header and the sealed body, which fit to each other in length. */
static void edit_sealed(const struct step *step, struct event_header *header, struct writer *body) {
    switch ((enum edit)(step->edit % EDIT_COUNT)) {
    case EDIT_CLASS:
        header->class = (enum event_class)(step->edit_value % EVENT_CLASS_COUNT);
        break;
    case EDIT_EID:
        header->eid8[step->edit_place % EID8_BYTES] ^= step->edit_value;
        break;
    case EDIT_KEY_BODY:
        header->key_body = !header->key_body;
        break;
    case EDIT_SEALED:
        body->data[step->edit_place % body->len] ^= step->edit_value;
        break;
    case EDIT_SHORT:
        body->len = 1 + step->edit_place % body->len;
        break;
    default:
        break;
    }
    header->body_len = (uint32_t)body->len;
}

/* ---- Events ---- */

static bool is_key_verb(uint8_t verb) {
    return verb == VERB_GENESIS || verb == VERB_EPOCH || verb == VERB_KEYGRANT;
}

static struct epoch_key epoch_of(struct story *story, const struct step *step) {
    const size_t count = story->epoch_count;
    struct epoch_key epoch;

    if (count == 0 || step->verb == VERB_EPOCH || step->key == UINT8_MAX) {
        epoch_key_new(&epoch);
        return epoch;
    }
    return story->epochs[step->key == 0 ? count - 1 : (step->key - 1U) % count];
}

static enum event_class class_of(uint64_t type) {
    const struct kind *kind = kind_find(type);

    if (kind != NULL) {
        return kind->class;
    }
    return type < KIND_GROUP ? EVENT_CONTROL : EVENT_CONTENT;
}

/* False if what is left of it after the edits cannot be sealed. */
static bool event_sealed(const struct step *step, const struct event_place *place,
                         const struct epoch_key *epoch, const struct recipients *to,
                         struct span payload, struct event *event, struct writer *body) {
    const enum rb_status status =
        is_key_verb(step->verb)
            ? event_seal_key_body(body, &event->header, place, epoch, to->keys, to->count, payload)
            : event_seal(body, &event->header, place, epoch, payload);

    if (status != RB_OK) {
        return false;
    }
    edit_sealed(step, &event->header, body);
    event->body = writer_view(body);
    return true;
}

/* Where its author, and whoever names what there is, may name it. */
static void remember(struct story *story, const struct step *step, const struct line *line) {
    uint8_t ref[REF_BYTES];

    event_ref(ref, line->key.public, line->count, line->hashes[line->count]);
    if (step->verb == VERB_LOGCERT) {
        return;
    }
    if (step->verb < VERB_GROUP) {
        story->heads_from = step->ctl == 0 ? story->ops.count : story->heads_from;
        story_know_ref(&story->ops, ref);
    } else {
        story_know_ref(step->verb == VERB_THREAD ? &story->threads : &story->contents, ref);
    }
}

static void payload_write(struct story *story, const struct step *step,
                          const struct epoch_key *epoch, struct writer *bytes,
                          struct recipients *to) {
    struct payload payload = { .hlc = time_of(story, step) };
    struct writer body;

    writer_init(&body, EVENT_BODY_BYTES_MAX);
    story_body(story, step, epoch, &payload, &body, to);
    if (step->verb != VERB_LOGCERT && step->verb != VERB_GENESIS) {
        ctl_put(story, step, &payload);
    }
    edit_payload(step, &payload);
    payload_encode(bytes, &payload);
    edit_encoded(step, bytes);
    writer_clear(&body);
}

/* The next event of a line with that payload. */
static void event_append(struct story *story, const struct step *step, struct span payload,
                         const struct epoch_key *epoch, const struct recipients *to) {
    struct line *line = story_line(story, step);
    struct event_place place = { .seq = line->count + 1 };
    struct event event = { .header.class = EVENT_CONTROL };
    struct payload decoded;
    struct writer sealed;

    if (line->count == LINE_EVENTS_MAX) {
        return;
    }
    memcpy(place.log, line->key.public, sizeof place.log);
    memcpy(place.previous, line->hashes[line->count], sizeof place.previous);
    if (payload_decode(payload, &decoded) == RB_OK) {
        event.header.class = class_of(decoded.type);
    }
    writer_init(&sealed, EVENT_BODY_BYTES_MAX);
    if (event_sealed(step, &place, epoch, to, payload, &event, &sealed)) {
        line_append(line, &event);
        remember(story, step, line);
        if (is_key_verb(step->verb)) {
            story_know_epoch(story, epoch);
        }
    }
    writer_clear(&sealed);
}

static void event_make(struct story *story, const struct step *step,
                       const struct epoch_key *epoch) {
    struct recipients to;
    struct writer bytes;

    writer_init(&bytes, EVENT_BODY_BYTES_MAX);
    payload_write(story, step, epoch, &bytes, &to);
    event_append(story, step, writer_view(&bytes), epoch, &to);
    writer_clear(&bytes);
}

static void logcert_make(struct story *story, const struct step *step,
                         const struct epoch_key *epoch) {
    const struct step logcert = { .verb = VERB_LOGCERT, .who = step->who };

    event_make(story, &logcert, epoch);
}

void story_found(struct story *story, const struct step *genesis) {
    const struct epoch_key epoch = epoch_of(story, genesis);
    struct recipients to;

    payload_write(story, genesis, &epoch, &story->genesis, &to);
    circle_id(story->circle, writer_view(&story->genesis));
    logcert_make(story, genesis, &epoch);
    event_append(story, genesis, writer_view(&story->genesis), &epoch, &to);
}

void story_event(struct story *story, const struct step *step) {
    const struct epoch_key epoch = epoch_of(story, step);
    const struct line *line = story_line(story, step);

    if (line->count == 0 && step->verb != VERB_LOGCERT) {
        logcert_make(story, step, &epoch);
    }
    do {
        event_make(story, step, &epoch);
    } while (step->verb == VERB_MANY_POSTS && line->count < LINE_EVENTS_MAX - 4);
}
