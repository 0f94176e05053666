/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layouts and formulas stand in event.h.
 *
 * Why the nonce is a hash of what is sealed.  A device that was restored from an old image writes
 * seq k of a log a second time, under the same key.  With counters or a broken generator two
 * messages would share a nonce; with this one only two equal messages can, and that is no news to
 * anybody.
 *
 * Why the reader recomputes it.  XChaCha20-Poly1305 does not commit to its key: one ciphertext can
 * be made that opens under two keys to two texts.  The check binds it to one key and one text, so
 * that nobody can show one event as two things to two halves of a circle. */
#include "protocol/event.h"

#include "protocol/cbor.h"

#include <assert.h>
#include <string.h>

enum {
    EVENT_VERSION = 1,
    EVENT_FLAG_KEY_BODY = 1 << 1,
    CODEC_CBOR = 0,
    PAD_MARK = 0x80,
    AD_BYTES_MAX = EVENT_HEADER_BYTES + LOG_PK_BYTES + 8 + 2 * HASH_BYTES + 1 +
                   SEALS_PER_KEY_BODY_MAX * BOX_SEAL_BYTES
};

/* A body in its parts, borrowed. */
struct body_parts {
    struct span eid;   /* key body, else empty */
    struct span seals; /* key body: u8 n and the seals, as they stand in `ad`; else empty */
    struct span nonce;
    struct span box;
};

/* ---- Keys ---- */

void epoch_key_from(struct epoch_key *epoch, const uint8_t key[static KEY_BYTES]) {
    struct span secret = span_of(epoch->key, sizeof epoch->key);

    memmove(epoch->key, key, KEY_BYTES);
    crypt_hash(epoch->id, sizeof epoch->id, (struct span) { 0 }, "rk.eid", &secret, 1);
    crypt_hash(epoch->body_key, sizeof epoch->body_key, secret, "rk.ev", NULL, 0);
    crypt_hash(epoch->nonce_key, sizeof epoch->nonce_key, secret, "rk.siv", NULL, 0);
}

void epoch_key_new(struct epoch_key *epoch) {
    crypt_random(epoch->key, sizeof epoch->key);
    epoch_key_from(epoch, epoch->key);
}

/* ---- Header ---- */

static void little_write(uint8_t *out, uint64_t value, size_t len) {
    for (size_t i = 0; i < len; i++) {
        out[i] = (uint8_t)(value >> (8 * i));
    }
}

void event_header_write(uint8_t out[static EVENT_HEADER_BYTES], const struct event_header *header) {
    assert(header->class < EVENT_CLASS_COUNT);
    assert(header->body_len <= EVENT_BODY_BYTES_MAX);
    out[0] = EVENT_VERSION;
    out[1] = (uint8_t)header->class;
    little_write(out + 2, header->key_body ? EVENT_FLAG_KEY_BODY : 0, 2);
    memcpy(out + 4, header->eid8, EID8_BYTES);
    little_write(out + 12, header->body_len, 4);
}

enum rb_status event_header_read(const uint8_t bytes[static EVENT_HEADER_BYTES],
                                 struct event_header *header) {
    struct reader reader = reader_of(span_of(bytes, EVENT_HEADER_BYTES));
    struct event_header value = { 0 };
    unsigned version, class, flags;

    version = reader_u8(&reader);
    class = reader_u8(&reader);
    flags = reader_u16(&reader);
    reader_copy(&reader, value.eid8, sizeof value.eid8);
    value.body_len = reader_u32(&reader);
    if (version != EVENT_VERSION || class >= EVENT_CLASS_COUNT ||
        (flags & ~(unsigned)EVENT_FLAG_KEY_BODY) != 0) {
        return RB_MALFORMED;
    }
    if (value.body_len == 0 || value.body_len > EVENT_BODY_BYTES_MAX) {
        return RB_MALFORMED;
    }
    value.class = (enum event_class) class;
    value.key_body = flags != 0;
    *header = value;
    return RB_OK;
}

/* ---- Chain ---- */

void event_body_hash(uint8_t out[static HASH_BYTES], struct span body) {
    crypt_hash(out, HASH_BYTES, (struct span) { 0 }, "", &body, 1);
}

void event_hash(uint8_t out[static HASH_BYTES], const struct event_header *header,
                const uint8_t body_hash[static HASH_BYTES]) {
    uint8_t bytes[EVENT_HEADER_BYTES];

    event_header_write(bytes, header);
    struct span parts[] = { span_of(bytes, sizeof bytes), span_of(body_hash, HASH_BYTES) };
    crypt_hash(out, HASH_BYTES, (struct span) { 0 }, "rk.e", parts, 2);
}

void log_hash_first(uint8_t out[static HASH_BYTES], const uint8_t log[static LOG_PK_BYTES]) {
    struct span parts[] = { span_of(log, LOG_PK_BYTES) };

    crypt_hash(out, HASH_BYTES, (struct span) { 0 }, "rk.h0", parts, 1);
}

void log_hash_next(uint8_t out[static HASH_BYTES], uint64_t seq,
                   const uint8_t previous[static HASH_BYTES],
                   const uint8_t event_hash[static HASH_BYTES]) {
    uint8_t place[8];
    uint8_t next[HASH_BYTES]; /* `out` may be `previous` */

    little_write(place, seq, sizeof place);
    struct span parts[] = { span_of(place, sizeof place), span_of(previous, HASH_BYTES),
                            span_of(event_hash, HASH_BYTES) };
    crypt_hash(next, sizeof next, (struct span) { 0 }, "rk.h", parts, 3);
    memcpy(out, next, sizeof next);
}

/* log_pk ‖ u64 seq ‖ H_seq: what a head signature and a ref are made over. */
enum { HEAD_BYTES = LOG_PK_BYTES + 8 + HASH_BYTES };

static void head_write(uint8_t out[static HEAD_BYTES], const uint8_t log[static LOG_PK_BYTES],
                       uint64_t seq, const uint8_t hash[static HASH_BYTES]) {
    memcpy(out, log, LOG_PK_BYTES);
    little_write(out + LOG_PK_BYTES, seq, 8);
    memcpy(out + LOG_PK_BYTES + 8, hash, HASH_BYTES);
}

void log_head_sign(uint8_t signature[static SIGNATURE_BYTES], const struct sign_key *log_key,
                   uint64_t seq, const uint8_t hash[static HASH_BYTES]) {
    uint8_t head[HEAD_BYTES];

    head_write(head, log_key->public, seq, hash);
    crypt_sign(signature, log_key, "rk.head1", span_of(head, sizeof head));
}

bool log_head_verify(const uint8_t signature[static SIGNATURE_BYTES],
                     const uint8_t log[static LOG_PK_BYTES], uint64_t seq,
                     const uint8_t hash[static HASH_BYTES]) {
    uint8_t head[HEAD_BYTES];

    head_write(head, log, seq, hash);
    return crypt_verify(signature, log, "rk.head1", span_of(head, sizeof head));
}

void event_ref(uint8_t out[static REF_BYTES], const uint8_t log[static LOG_PK_BYTES], uint64_t seq,
               const uint8_t hash[static HASH_BYTES]) {
    uint8_t head[HEAD_BYTES];

    head_write(head, log, seq, hash);
    struct span parts[] = { span_of(head, sizeof head) };
    crypt_hash(out, REF_BYTES, (struct span) { 0 }, "rk.ref", parts, 1);
}

/* ---- Padding ---- */

static unsigned log2_floor(size_t value) {
    unsigned bits = 0;

    assert(value > 0);
    while (value > 1) {
        value >>= 1;
        bits++;
    }
    return bits;
}

/* Padme (PURBs, 2019): as many zero bits at the end as leave a mantissa of log2(log2(len)) bits, so
 * that a length tells O(log log) bits of itself and costs at most 12 % more. */
size_t event_padded_len(size_t len) {
    size_t marked = len + 1;

    assert(len < SIZE_MAX / 2);
    if (marked <= EVENT_PADDED_BYTES_MIN) {
        return EVENT_PADDED_BYTES_MIN;
    }
    unsigned exponent = log2_floor(marked);
    unsigned mantissa_bits = log2_floor(exponent) + 1;
    size_t mask = ((size_t)1 << (exponent - mantissa_bits)) - 1;
    return (marked + mask) & ~mask;
}

/* P of a payload in codec 0. */
static void padded_write(struct writer *padded, struct span payload) {
    size_t content_len = 1 + payload.len;

    writer_u8(padded, CODEC_CBOR);
    writer_span(padded, payload);
    writer_u8(padded, PAD_MARK);
    (void)writer_reserve(padded, event_padded_len(content_len) - content_len - 1); /* stays zeros */
}

/* codec and payload out of P.  RB_MALFORMED if P is not exactly what padded_write would have made.
 * */
static enum rb_status padded_read(struct span padded, struct span *content) {
    size_t len = padded.len;

    while (len > 0 && padded.data[len - 1] == 0) {
        len--;
    }
    if (len < 2 || padded.data[len - 1] != PAD_MARK) {
        return RB_MALFORMED; /* no mark, or no room for a codec before it */
    }
    if (event_padded_len(len - 1) != padded.len) {
        return RB_MALFORMED;
    }
    *content = span_of(padded.data, len - 1);
    return RB_OK;
}

/* ---- Sealing ---- */

static void ad_write(struct writer *ad, const struct event_header *header,
                     const struct event_place *place, const uint8_t eid[static HASH_BYTES],
                     struct span seals) {
    uint8_t bytes[EVENT_HEADER_BYTES];

    event_header_write(bytes, header);
    writer_span(ad, span_of(bytes, sizeof bytes));
    writer_span(ad, span_of(place->log, sizeof place->log));
    writer_u64(ad, place->seq);
    writer_span(ad, span_of(place->previous, sizeof place->previous));
    writer_span(ad, span_of(eid, HASH_BYTES));
    writer_span(ad, seals);
    assert(!ad->failed);
}

static void nonce_make(uint8_t nonce[static NONCE_BYTES], const struct epoch_key *epoch,
                       struct span ad, struct span padded) {
    struct span key = span_of(epoch->nonce_key, sizeof epoch->nonce_key);
    struct span parts[] = { ad, padded };

    crypt_hash(nonce, NONCE_BYTES, key, "", parts, 2);
}

/* Both forms of body; `seals` is u8 n and the seals, or empty. */
static enum rb_status body_seal(struct writer *body, struct event_header *header,
                                const struct event_place *place, const struct epoch_key *epoch,
                                struct span seals, struct span payload) {
    size_t front_len = seals.len == 0 ? 0 : HASH_BYTES + seals.len;
    struct event_header value = { .class = header->class, .key_body = seals.len != 0 };
    struct writer ad, padded;
    uint8_t nonce[NONCE_BYTES];
    uint8_t *box = NULL;

    if (payload.len > EVENT_PAYLOAD_BYTES_MAX - 1) {
        return RB_TOO_LARGE;
    }
    size_t padded_len = event_padded_len(1 + payload.len);
    size_t body_len = front_len + NONCE_BYTES + padded_len + TAG_BYTES;
    if (body_len > EVENT_BODY_BYTES_MAX) {
        return RB_TOO_LARGE;
    }
    memcpy(value.eid8, epoch->id, sizeof value.eid8);
    value.body_len = (uint32_t)body_len;

    writer_init(&ad, AD_BYTES_MAX);
    writer_init(&padded, padded_len);
    ad_write(&ad, &value, place, epoch->id, seals);
    padded_write(&padded, payload);
    nonce_make(nonce, epoch, writer_view(&ad), writer_view(&padded));

    writer_span(body, span_of(epoch->id, front_len == 0 ? 0 : HASH_BYTES));
    writer_span(body, seals);
    writer_span(body, span_of(nonce, sizeof nonce));
    box = writer_reserve(body, padded_len + TAG_BYTES);
    if (box != NULL) {
        crypt_seal(box, epoch->body_key, nonce, writer_view(&ad), writer_view(&padded));
        *header = value;
    }
    writer_clear(&ad);
    writer_clear(&padded);
    return writer_end(body);
}

enum rb_status event_seal(struct writer *body, struct event_header *header,
                          const struct event_place *place, const struct epoch_key *epoch,
                          struct span payload) {
    return body_seal(body, header, place, epoch, (struct span) { 0 }, payload);
}

enum rb_status event_seal_key_body(struct writer *body, struct event_header *header,
                                   const struct event_place *place, const struct epoch_key *epoch,
                                   const uint8_t (*recipients)[BOX_PUBLIC_BYTES],
                                   size_t recipient_count, struct span payload) {
    enum rb_status status = RB_OK;
    struct writer seals;

    assert(recipient_count > 0);
    assert(recipient_count <= SEALS_PER_KEY_BODY_MAX);
    writer_init(&seals, 1 + SEALS_PER_KEY_BODY_MAX * BOX_SEAL_BYTES);
    writer_u8(&seals, (uint8_t)recipient_count);
    for (size_t i = 0; i < recipient_count && status == RB_OK; i++) {
        status = crypt_box_seal(writer_reserve(&seals, BOX_SEAL_BYTES), recipients[i], epoch->key);
    }
    if (status == RB_OK) {
        status = body_seal(body, header, place, epoch, writer_view(&seals), payload);
    }
    writer_clear(&seals);
    return status;
}

/* ---- Opening ---- */

/* u8 n and n seals from the front of a key body, as they stand in `ad`. */
static struct span seals_read(struct reader *reader) {
    struct reader ahead = *reader;
    size_t count = reader_u8(&ahead);

    if (count == 0 || count > SEALS_PER_KEY_BODY_MAX) {
        reader->failed = true;
        return (struct span) { 0 };
    }
    return reader_span(reader, 1 + count * BOX_SEAL_BYTES);
}

static enum rb_status body_split(const struct event_header *header, struct span body,
                                 struct body_parts *parts) {
    struct reader reader = reader_of(body);
    struct body_parts value = { 0 };

    if (body.len != header->body_len || body.len > EVENT_BODY_BYTES_MAX) {
        return RB_MALFORMED;
    }
    if (header->key_body) {
        value.eid = reader_span(&reader, HASH_BYTES);
        value.seals = seals_read(&reader);
    }
    value.nonce = reader_span(&reader, NONCE_BYTES);
    value.box = reader.rest;
    if (reader.failed || value.box.len < EVENT_PADDED_BYTES_MIN + TAG_BYTES) {
        return RB_MALFORMED;
    }
    if (value.eid.len > 0 && memcmp(value.eid.data, header->eid8, EID8_BYTES) != 0) {
        return RB_MALFORMED;
    }
    *parts = value;
    return RB_OK;
}

/* P out of a body, appended to `padded`, with its nonce recomputed. */
static enum rb_status box_open(struct writer *padded, const struct body_parts *parts,
                               struct span ad, const struct epoch_key *epoch) {
    uint8_t *out = writer_reserve(padded, parts->box.len - TAG_BYTES);
    uint8_t nonce[NONCE_BYTES];

    assert(out != NULL);
    enum rb_status status = crypt_open(out, epoch->body_key, parts->nonce.data, ad, parts->box);
    if (status == RB_OK) {
        nonce_make(nonce, epoch, ad, writer_view(padded));
        if (!crypt_equal(nonce, parts->nonce.data, sizeof nonce)) {
            status = RB_MALFORMED;
        }
    }
    return status;
}

/* Appends the payload of P. */
static enum rb_status content_read(struct writer *payload, struct span padded) {
    struct span content;

    enum rb_status status = padded_read(padded, &content);
    if (status != RB_OK) {
        return status;
    }
    if (content.data[0] != CODEC_CBOR) {
        return RB_UNKNOWN;
    }
    struct span item = span_of(content.data + 1, content.len - 1);
    status = cbor_check(item);
    if (status != RB_OK) {
        return status;
    }
    writer_span(payload, item);
    return writer_end(payload);
}

enum rb_status event_open(struct writer *payload, const struct event_header *header,
                          const struct event_place *place, const struct epoch_key *epoch,
                          struct span body) {
    struct body_parts parts;
    struct writer ad, padded;

    if (memcmp(header->eid8, epoch->id, EID8_BYTES) != 0) {
        return RB_NO_KEY;
    }
    enum rb_status status = body_split(header, body, &parts);
    if (status != RB_OK) {
        return status;
    }
    if (parts.eid.len > 0 && memcmp(parts.eid.data, epoch->id, HASH_BYTES) != 0) {
        return RB_NO_KEY; /* another epoch with the same first 8 bytes */
    }
    writer_init(&ad, AD_BYTES_MAX);
    writer_init(&padded, EVENT_BODY_BYTES_MAX);
    ad_write(&ad, header, place, epoch->id, parts.seals);
    status = box_open(&padded, &parts, writer_view(&ad), epoch);
    if (status == RB_OK) {
        status = content_read(payload, writer_view(&padded));
    }
    writer_clear(&padded);
    writer_clear(&ad);
    return status;
}

enum rb_status event_key_body_id(const struct event_header *header, struct span body,
                                 uint8_t eid[static HASH_BYTES]) {
    struct body_parts parts;

    if (!header->key_body || body_split(header, body, &parts) != RB_OK) {
        return RB_MALFORMED;
    }
    memcpy(eid, parts.eid.data, HASH_BYTES);
    return RB_OK;
}

enum rb_status event_key_body_open(struct epoch_key *epoch, const struct event_header *header,
                                   struct span body, const struct box_key *seal_key) {
    enum rb_status status = RB_NO_KEY;
    struct body_parts parts;
    struct epoch_key found;
    uint8_t key[KEY_BYTES];

    if (!header->key_body || body_split(header, body, &parts) != RB_OK) {
        return RB_MALFORMED;
    }
    struct reader reader = reader_of(parts.seals);
    size_t count = reader_u8(&reader);
    for (size_t i = 0; i < count && status == RB_NO_KEY; i++) {
        status = crypt_box_open(key, seal_key, reader_span(&reader, BOX_SEAL_BYTES).data);
    }
    if (status == RB_OK) {
        epoch_key_from(&found, key);
        if (memcmp(found.id, parts.eid.data, HASH_BYTES) == 0) {
            *epoch = found;
        } else {
            status = RB_MALFORMED;
        }
        crypt_wipe(&found, sizeof found);
    }
    crypt_wipe(key, sizeof key);
    return status;
}
