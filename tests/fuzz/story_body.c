/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fuzz/story.h"

#include "protocol/casework/case_record.h"
#include "protocol/casework/contact.h"
#include "protocol/casework/group.h"
#include "protocol/casework/roster.h"
#include "protocol/casework/thread.h"

#include <stdlib.h>
#include <string.h>

enum { WITH_LETTER = 0x80, WITH_PARENT = 0x40, WITH_ANCHOR = 0x20, SECOND_DEVICES = 0x20 };

static size_t aimed_person(const struct step *step) {
    return step->aim % CAST_PEOPLE;
}

static size_t aimed_device(const struct step *step) {
    return step->aim / CAST_PEOPLE % CAST_DEVICES;
}

static struct op_pair aimed_pair(const struct story *story, const struct step *step) {
    return cast_pair(story->cast, aimed_person(step), aimed_device(step),
                     (step->what & WITH_LETTER) != 0);
}

static const struct sign_key *device_key(struct story *story, const struct step *step) {
    const struct line *line = story_line(story, step);

    return &story->cast->people[line->person].devices[line->device].identity.device;
}

/* ---- Operations ---- */

static void logcert_body(struct story *story, const struct step *step, struct writer *body) {
    const struct line *line = story_line(story, step);
    struct logcert cert = { .number = 1U + step->who };

    memcpy(cert.device_cert, story->cast->people[line->person].devices[line->device].cert_id,
           sizeof cert.device_cert);
    memcpy(cert.circle, story->circle, sizeof cert.circle);
    memcpy(cert.log, line->key.public, sizeof cert.log);
    logcert_sign(&cert, device_key(story, step));
    logcert_encode(body, &cert);
}

static void genesis_body(struct story *story, const struct step *step, struct writer *body) {
    const struct line *line = story_line(story, step);
    const struct op_pair pair =
        cast_pair(story->cast, line->person, line->device, (step->what & WITH_LETTER) != 0);
    const struct op_genesis genesis = {
        .kind = (enum circle_kind)(1 + step->what % STORY_KINDS),
        .parent = (step->what & WITH_PARENT) != 0 ? story->circle : NULL,
        .anchor = (step->what & WITH_ANCHOR) != 0 ? story->cast->anchor : NULL,
        .nonce = { step->aim },
    };

    op_genesis_encode(body, &genesis, &pair);
}

/* The logs of the person aimed at, as they are on the lines. */
static size_t aimed_locks(const struct story *story, const struct step *step,
                          struct op_lock locks[static OP_LOCKS_MAX]) {
    size_t count = 0;

    for (size_t i = 0; i < STORY_LINES; i++) {
        const struct line *line = &story->lines[i];
        const size_t back = step->what / 4 % 8;
        if (line->count == 0 || line->person != aimed_person(step)) {
            continue;
        }
        struct op_lock *lock = &locks[count++];
        lock->seq = line->count > back ? line->count - back : 1;
        memcpy(lock->log, line->key.public, sizeof lock->log);
        memcpy(lock->hash, line->hashes[lock->seq], sizeof lock->hash);
    }
    return count;
}

/* By himself, by another device of his, by the office, or by a stranger. */
static void revoke_write(struct story *story, const struct step *step, struct writer *whole) {
    const struct cast_person *person = &story->cast->people[aimed_person(step)];
    const struct cast_device *device = &person->devices[aimed_device(step)];
    const struct sign_key *const issuers[] = { &person->devices[0].identity.person,
                                               &person->devices[1].identity.device,
                                               &story->cast->office, device_key(story, step) };
    const bool of_person = (step->what & 4) != 0;
    struct cert letter;

    if (step->what % 4 == 2) {
        story_must(cert_decode(writer_view(&person->letter), &letter));
        revoke_issue(whole, letter.id, person->id, issuers[2], story->now_ms / 1000);
        return;
    }
    revoke_issue(whole, of_person ? person->cert_id : device->cert_id, person->id,
                 issuers[step->what % 4], story->now_ms / 1000);
}

static void ending_body(struct story *story, const struct step *step, struct writer *body) {
    const struct cast_person *person = &story->cast->people[aimed_person(step)];
    struct op_lock locks[OP_LOCKS_MAX];
    size_t count = aimed_locks(story, step, locks);
    struct writer whole;

    switch ((enum verb)step->verb) {
    case VERB_REMOVE:
        op_remove_encode(body, person->id, locks, count);
        break;
    case VERB_DECLINE:
        op_decline_encode(body, locks, (step->what & 1) != 0 ? count : 0);
        break;
    case VERB_ADOPT:
        op_adopt_encode(body, locks, count);
        break;
    default:
        writer_init(&whole, CERT_BYTES_MAX);
        revoke_write(story, step, &whole);
        op_revoked_encode(body, writer_view(&whole), locks, count);
        writer_clear(&whole);
        break;
    }
}

/* ---- Keys ---- */

static void recipient_add(const struct story *story, struct recipients *to, size_t person,
                          size_t device) {
    const struct cast_device *whose = &story->cast->people[person].devices[device];

    memcpy(to->certs[to->count], whose->cert_id, CERT_ID_BYTES);
    memcpy(to->keys[to->count], whose->identity.seal.public, BOX_PUBLIC_BYTES);
    to->count++;
}

/* The bits of `aim` say for whom it is; nobody is everybody. */
static void recipients_find(const struct story *story, const struct step *step,
                            struct recipients *to) {
    const uint8_t everybody = (1U << CAST_PEOPLE) - 1;
    const unsigned whom = (step->aim & everybody) == 0 ? everybody : step->aim;

    to->count = 0;
    for (size_t i = 0; i < CAST_PEOPLE; i++) {
        if ((whom >> i & 1) == 0) {
            continue;
        }
        recipient_add(story, to, i, 0);
        if ((whom & SECOND_DEVICES) != 0) {
            recipient_add(story, to, i, 1);
        }
    }
}

static void epoch_body(const struct story *story, const struct step *step, struct writer *body,
                       const struct recipients *to) {
    uint8_t parents[WRAPS_PER_EPOCH_MAX][HASH_BYTES];
    const size_t known =
        story->epoch_count < WRAPS_PER_EPOCH_MAX ? story->epoch_count : WRAPS_PER_EPOCH_MAX;
    const size_t wrap_count = (step->what & 0x10) != 0 ? step->what % (known + 1) : known;
    const size_t parent_count = (step->what & 0x20) != 0 ? step->what / 4 % (known + 1) : known;
    const struct epoch_key *newest = story->epochs + story->epoch_count - known;

    for (size_t i = 0; i < parent_count; i++) {
        memcpy(parents[i], newest[i].id, HASH_BYTES);
    }
    op_epoch_encode(body, parents, parent_count, to->certs, to->count, newest, wrap_count);
}

/* ---- Content ---- */

static const char *const texts[] = { "kabar dari lapangan", "", "Diskusi Bandung 1",
                                     "\xC3\xA9\xE2\x80\xAE\x1B[2J", "baris satu\nbaris dua" };
enum { TEXTS = sizeof texts / sizeof texts[0] };

static struct span text_of(const struct step *step) {
    return span_text(texts[step->what % TEXTS]);
}

static void ref_put(struct payload *payload, const struct refs *refs, size_t which) {
    if (refs->count > 0) {
        memcpy(payload->refs[payload->ref_count++], refs->refs[which % refs->count], REF_BYTES);
    }
}

static void post_body(const struct story *story, const struct step *step, struct payload *payload,
                      struct writer *body) {
    const struct post post = { .text = text_of(step),
                               .quoted_author = (step->what & 0x20) != 0 ? span_text("Asep")
                                                                         : span_of(NULL, 0) };

    ref_put(payload, &story->threads, step->aim % 8);
    if (step->aim >= 8) {
        ref_put(payload, &story->contents, step->aim / 8);
    }
    post_encode(body, &post);
}

static void case_body(const struct step *step, struct writer *body) {
    struct case_record record = { .area = "3273",
                                  .year = 2026,
                                  .cluster = "ABH",
                                  .has_age = true,
                                  .age = step->what,
                                  .age_on = "2026-01-01",
                                  .sex = SEX_FEMALE };

    case_record_encode(body, &record);
}

static void contact_body(const struct story *story, const struct step *step, struct writer *body) {
    struct contact_record record = { .standing = (enum contact_standing)(step->what % 3),
                                     .card = text_of(step) };

    memcpy(record.person, story->cast->people[aimed_person(step)].id, sizeof record.person);
    contact_record_encode(body, &record);
}

static void roster_day_body(struct story *story, const struct step *step, struct writer *body) {
    struct roster_day day = { .at_s = story->now_ms / 1000 + (int64_t)step->what * 3600,
                              .chain = writer_view(&story->cast->chain) };

    roster_day_sign(&day, story->circle,
                    (step->aim & 1) != 0 ? device_key(story, step) : &story->cast->office);
    roster_day_encode(body, &day);
}

static void content_body(struct story *story, const struct step *step, struct payload *payload,
                         struct writer *body) {
    const struct thread thread = { .title = text_of(step) };
    const struct group group = { .name = text_of(step) };
    const struct retract retract = { .reason = text_of(step) };
    const struct entry entry = { .text = text_of(step) };
    const struct edit edit = { .text = text_of(step) };

    switch ((enum verb)step->verb) {
    case VERB_GROUP:
        group_encode(body, &group);
        break;
    case VERB_THREAD:
        thread_encode(body, &thread);
        break;
    case VERB_EDIT:
        ref_put(payload, &story->contents, step->aim);
        edit_encode(body, &edit);
        break;
    case VERB_RETRACT:
        ref_put(payload, &story->contents, step->aim);
        retract_encode(body, &retract);
        break;
    case VERB_CASE:
        case_body(step, body);
        break;
    case VERB_ENTRY:
        entry_encode(body, &entry);
        break;
    case VERB_CONTACT:
        contact_body(story, step, body);
        break;
    case VERB_ROSTER_DAY:
        roster_day_body(story, step, body);
        break;
    default:
        post_body(story, step, payload, body);
        break;
    }
}

/* ---- The table ---- */

static const uint64_t types[VERBS_OF_EVENTS] = {
    [VERB_LOGCERT] = OP_LOGCERT,   [VERB_GENESIS] = OP_GENESIS,
    [VERB_ADD] = OP_ADD,           [VERB_REMOVE] = OP_REMOVE,
    [VERB_ACCEPT] = OP_ACCEPT,     [VERB_DECLINE] = OP_DECLINE,
    [VERB_EPOCH] = OP_EPOCH,       [VERB_KEYGRANT] = OP_KEYGRANT,
    [VERB_DEVICE] = OP_DEVICE,     [VERB_REVOKED] = OP_REVOKED,
    [VERB_ADOPT] = OP_ADOPT,       [VERB_GROUP] = KIND_GROUP,
    [VERB_THREAD] = KIND_THREAD,   [VERB_POST] = KIND_POST,
    [VERB_EDIT] = KIND_EDIT,       [VERB_RETRACT] = KIND_RETRACT,
    [VERB_CASE] = KIND_CASE,       [VERB_ENTRY] = KIND_ENTRY,
    [VERB_CONTACT] = KIND_CONTACT, [VERB_ROSTER_DAY] = KIND_ROSTER_DAY,
    [VERB_MANY_POSTS] = KIND_POST,
};

void story_body(struct story *story, const struct step *step, const struct epoch_key *epoch,
                struct payload *payload, struct writer *body, struct recipients *to) {
    const struct op_pair pair = aimed_pair(story, step);

    payload->type = types[step->verb];
    recipients_find(story, step, to);
    switch ((enum verb)step->verb) {
    case VERB_LOGCERT:
        logcert_body(story, step, body);
        break;
    case VERB_GENESIS:
        genesis_body(story, step, body);
        break;
    case VERB_ADD:
        op_add_encode(body, (enum circle_role)(step->what % 4), &pair,
                      (step->what & 0x10) != 0 ? story->now_ms / 1000 + step->what : 0);
        break;
    case VERB_DEVICE:
        op_device_encode(body, &pair);
        break;
    case VERB_ACCEPT:
        op_empty_encode(body);
        break;
    case VERB_EPOCH:
        epoch_body(story, step, body, to);
        break;
    case VERB_KEYGRANT:
        op_keygrant_encode(body, epoch->id, to->certs, to->count);
        break;
    case VERB_REMOVE:
    case VERB_DECLINE:
    case VERB_REVOKED:
    case VERB_ADOPT:
        ending_body(story, step, body);
        break;
    default:
        content_body(story, step, payload, body);
        break;
    }
    payload->body = writer_view(body);
}
