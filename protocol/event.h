/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One signed, sealed log entry (docs/protocol.md, 4).
 *
 *   header   off sz
 *             0   1  version = 1
 *             1   1  class (enum event_class)
 *             2   2  flags: bit 1 key body; bit 0 stub (wire only: counts as 0 in hashes and in ad)
 *             4   8  eid8, the front of the epoch id
 *            12   4  blen, the length of the real body, <= EVENT_BODY_BYTES_MAX
 *   ordinary body = nonce24 ‖ XChaCha20-Poly1305(K_ev, nonce, ad, P)
 *   key body      = eid32 ‖ u8 n ‖ n x crypto_box_seal(K_e)[80] ‖ nonce24 ‖ XChaCha20-Poly1305(...)
 *   P     = pad(codec1 ‖ payload)   sodium_pad's form (0x80, zeros) to Padme(len + 1), at least 128
 *   ad    = header16 ‖ log_pk ‖ u64 seq ‖ H_{seq-1} ‖ eid32      (key body: ‖ u8 n ‖ the seals)
 *   K_ev  = BLAKE2b-256(key = K_e, "rk.ev")        eid32 = BLAKE2b-256("rk.eid" ‖ K_e)
 *   nonce = BLAKE2b-192(key = BLAKE2b-256(key = K_e, "rk.siv"), ad ‖ P), recomputed by the reader
 *
 *   bh_k  = BLAKE2b-256(body_k)                    e_k = BLAKE2b-256("rk.e" ‖ header16 ‖ bh_k)
 *   H_0   = BLAKE2b-256("rk.h0" ‖ log_pk)         H_k = BLAKE2b-256("rk.h" ‖ u64 k ‖ H_{k-1} ‖ e_k)
 *   S_k   = Ed25519_L("rk.head1" ‖ log_pk ‖ u64 k ‖ H_k)
 *   ref_k = BLAKE2b-128("rk.ref" ‖ log_pk ‖ u64 k ‖ H_k)
 *
 *   payload = map { 0 type, 1 hlc, 2 body (any item), 3 [refs], 4 [ctl] }; 3 and 4 absent if empty.
 *   hlc = 48-bit milliseconds ‖ 16-bit counter. */
#ifndef REMBUK_PROTOCOL_EVENT_H
#define REMBUK_PROTOCOL_EVENT_H

#include "protocol/crypt.h"
#include "protocol/limits.h"

enum { REF_BYTES = 16, EID8_BYTES = 8, LOG_PK_BYTES = SIGN_PUBLIC_BYTES };

enum event_class {
    EVENT_CONTENT = 0,
    EVENT_CONTROL = 1, /* membership and keys */
    EVENT_ERASE = 2,
    EVENT_URGENT = 3, /* urgent or carrying state: referral, approval, decision, hand-over */
    EVENT_BULK = 4,
    EVENT_CLASS_COUNT
};

struct event_header {
    enum event_class class;
    bool key_body;
    uint8_t eid8[EID8_BYTES];
    uint32_t body_len; /* of the real body, also where that is missing */
};

/* An event as it is stored and sent.  `body` is borrowed, and empty if the body is missing. */
struct event {
    struct event_header header;
    uint8_t body_hash[HASH_BYTES];
    struct span body;
    bool stub; /* the body is missing: body_hash stands for it */
};

/* Where an event stands: part of what its seal is bound to. */
struct event_place {
    uint8_t log[LOG_PK_BYTES];
    uint64_t seq;                 /* from 1 */
    uint8_t previous[HASH_BYTES]; /* H_{seq-1} */
};

/* An epoch key with what follows from it, so that it is not derived again for every body.  Secret
 * but for the id; always filled by one of the two functions. */
struct epoch_key {
    uint8_t key[KEY_BYTES];       /* K_e */
    uint8_t id[HASH_BYTES];       /* eid32 */
    uint8_t body_key[KEY_BYTES];  /* K_ev */
    uint8_t nonce_key[KEY_BYTES]; /* of the synthetic nonce */
};
void epoch_key_new(struct epoch_key *epoch);
void epoch_key_from(struct epoch_key *epoch, const uint8_t key[static KEY_BYTES]);

/* ---- Header ---- */

/* Here and below a header is an own one, or one that event_header_read or run_check (log.h)
 * accepted. */
void event_header_write(uint8_t out[static EVENT_HEADER_BYTES], const struct event_header *header);

/* RB_MALFORMED: unknown version, class or flag (the stub bit too: it lives in frames only),
 * body_len 0 or above its maximum. */
enum rb_status event_header_read(const uint8_t bytes[static EVENT_HEADER_BYTES],
                                 struct event_header *header) RB_MUST_CHECK;

/* ---- Chain ---- */
void event_body_hash(uint8_t out[static HASH_BYTES], struct span body);
void event_hash(uint8_t out[static HASH_BYTES], const struct event_header *header,
                const uint8_t body_hash[static HASH_BYTES]); /* e_k */
void log_hash_first(uint8_t out[static HASH_BYTES],
                    const uint8_t log[static LOG_PK_BYTES]); /* H_0 */
void log_hash_next(uint8_t out[static HASH_BYTES], uint64_t seq,
                   const uint8_t previous[static HASH_BYTES],
                   const uint8_t event_hash[static HASH_BYTES]); /* `out` may be `previous` */
void log_head_sign(uint8_t signature[static SIGNATURE_BYTES], const struct sign_key *log_key,
                   uint64_t seq, const uint8_t hash[static HASH_BYTES]);
bool log_head_verify(const uint8_t signature[static SIGNATURE_BYTES],
                     const uint8_t log[static LOG_PK_BYTES], uint64_t seq,
                     const uint8_t hash[static HASH_BYTES]);
void event_ref(uint8_t out[static REF_BYTES], const uint8_t log[static LOG_PK_BYTES], uint64_t seq,
               const uint8_t hash[static HASH_BYTES]); /* hash = H_seq */

/* ---- Sealing ---- */

/* The Padme length of `len` content bytes + 1, at least EVENT_PADDED_BYTES_MIN. */
size_t event_padded_len(size_t len);

/* Appends the ordinary body of `payload` to `body` and completes `header` (eid8, body_len,
 * key_body); header->class is given.  RB_TOO_LARGE if codec byte and payload exceed
 * EVENT_PAYLOAD_BYTES_MAX. */
enum rb_status event_seal(struct writer *body, struct event_header *header,
                          const struct event_place *place, const struct epoch_key *epoch,
                          struct span payload) RB_MUST_CHECK;

/* The same for a key body, sealed to `recipients` X25519 keys, 0 < n <= SEALS_PER_KEY_BODY_MAX. */
enum rb_status event_seal_key_body(struct writer *body, struct event_header *header,
                                   const struct event_place *place, const struct epoch_key *epoch,
                                   const uint8_t (*recipients)[BOX_PUBLIC_BYTES],
                                   size_t recipient_count, struct span payload) RB_MUST_CHECK;

/* Appends the payload (without codec byte and padding) to `payload`.  For both forms of body.
 * RB_MALFORMED if it does not authenticate, its nonce, padding or CBOR is wrong; RB_UNKNOWN if the
 * codec is newer; RB_NO_KEY if eid8 is not this epoch's. */
enum rb_status event_open(struct writer *payload, const struct event_header *header,
                          const struct event_place *place, const struct epoch_key *epoch,
                          struct span body) RB_MUST_CHECK;

/* The epoch id that a key body states; RB_MALFORMED if the body is no key body or contradicts
 * eid8. */
enum rb_status event_key_body_id(const struct event_header *header, struct span body,
                                 uint8_t eid[static HASH_BYTES]) RB_MUST_CHECK;

/* Tries every seal of a key body with `seal_key`.  RB_NO_KEY if none is for it, RB_MALFORMED if one
 * opens to a key that is not the stated epoch's. */
enum rb_status event_key_body_open(struct epoch_key *epoch, const struct event_header *header,
                                   struct span body, const struct box_key *seal_key) RB_MUST_CHECK;

/* ---- Payload ---- */
struct payload {
    uint64_t type;
    uint64_t hlc;
    struct span body; /* one CBOR item, borrowed */
    uint8_t refs[REFS_MAX][REF_BYTES];
    size_t ref_count;
    uint8_t ctl[DEPS_MAX][REF_BYTES];
    size_t ctl_count;
};
void payload_encode(struct writer *out, const struct payload *payload);
enum rb_status payload_decode(struct span bytes, struct payload *payload) RB_MUST_CHECK;

/* ---- Hybrid logical clock ---- */

/* The next value for an own event: above `last`, not below `now_ms`. */
uint64_t hlc_next(uint64_t last, int64_t now_ms);

/* `last` after `seen` has been seen at `now_ms`: never moved by what is over CLOCK_AHEAD_MS_MAX
 * ahead. */
uint64_t hlc_merge(uint64_t last, uint64_t seen, int64_t now_ms);
int64_t hlc_ms(uint64_t hlc);

#endif
