/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fuzz/story.h"

#include "store/cases.h"
#include "store/db.h"
#include "store/ingest.h"
#include "store/key_requests.h"
#include "store/keyring.h"
#include "store/membership.h"
#include "store/revocations.h"
#include "store/sharing.h"
#include "store/threads.h"

#include <stdlib.h>
#include <string.h>

void story_must(enum rb_status status) {
    if (db_failed(status) || status == RB_NEWER) {
        abort();
    }
}

/* ---- Batches ---- */

static void batch_begin(struct story *story) {
    if (!story->in_batch && ingest_begin(story->store) != RB_OK) {
        abort();
    }
    story->in_batch = true;
}

static void refs_learn(struct story *story, const char *sql, struct refs *refs) {
    struct db_row *row = db_query(store_db(story->store), sql);
    uint8_t ref[REF_BYTES];

    db_bind_blob(row, 1, span_of(story->circle, HASH_BYTES));
    while (db_step(row)) {
        db_copy(row, 0, ref, sizeof ref);
        story_know_ref(refs, ref);
    }
    story_must(db_end(row));
}

/* What the home itself has written may be named by others, and read with its keys. */
static void home_learn(struct story *story) {
    static const char operations[] =
        "SELECT operation.ref"
        " FROM circle"
        " JOIN operation ON operation.circle = circle.id"
        " WHERE circle.circle = ?1"
        " ORDER BY operation.log, operation.seq";
    static const char threads[] =
        "SELECT thread.ref"
        " FROM circle"
        " JOIN thread ON thread.circle = circle.id"
        " WHERE circle.circle = ?1"
        " ORDER BY thread.ref";
    static const char posts[] =
        "SELECT post.ref"
        " FROM circle"
        " JOIN post ON post.circle = circle.id"
        " WHERE circle.circle = ?1"
        " ORDER BY post.rcv";
    const struct epoch_key *epochs;
    size_t count = 0;

    refs_learn(story, operations, &story->ops);
    refs_learn(story, threads, &story->threads);
    refs_learn(story, posts, &story->contents);
    story_must(keyring_epochs(story->store, story->circle, NULL, &epochs, &count));
    for (size_t i = 0; i < count; i++) {
        story_know_epoch(story, &epochs[i]);
    }
}

void story_commit(struct story *story) {
    if (story->in_batch && ingest_commit(story->store, story->now_ms) != RB_OK) {
        abort();
    }
    story->in_batch = false;
}

/* ---- Delivering ---- */

static void run_of(const struct line *line, size_t first, size_t last, struct run *run) {
    *run = (struct run) { .first = first, .count = last - first + 1 };
    memcpy(run->log, line->key.public, sizeof run->log);
    memcpy(run->previous8, line->hashes[first - 1], sizeof run->previous8);
    memcpy(run->signature, line->signatures[last], sizeof run->signature);
    memcpy(run->events, line->events + first - 1, run->count * sizeof run->events[0]);
}

/* The end of the block in which `seq` lies. */
static size_t block_end(size_t seq) {
    return (seq + BLOCK_EVENTS - 1) / BLOCK_EVENTS * BLOCK_EVENTS;
}

static struct ingest_result take(struct story *story, const struct run *run) {
    struct ingest_result result;

    batch_begin(story);
    if (ingest_run(story->store, story->circle, run, story->now_ms, &result) != RB_OK) {
        abort();
    }
    return result;
}

static bool is_told(enum rb_status status) {
    return status == RB_OK || status == RB_DUPLICATE || status == RB_GAP ||
           status == RB_MALFORMED || status == RB_SUSPECT || status == RB_BAD_SIGNATURE ||
           status == RB_REFUSED;
}

static void spoil(struct run *run, enum deliver how) {
    struct event *last = &run->events[run->count - 1];

    switch (how) {
    case DELIVER_STUB:
        last->stub = true;
        last->body = span_of(NULL, 0);
        break;
    case DELIVER_BAD_SIGNATURE:
        run->signature[run->first % SIGNATURE_BYTES] ^= 1;
        break;
    case DELIVER_SPOILT:
        last->header.class = (enum event_class)((last->header.class + 1) % EVENT_CLASS_COUNT);
        break;
    default:
        break;
    }
}

/* A run, and what is asked for then: the block before, as often as it goes back. */
static void run_deliver(struct story *story, const struct line *line, size_t first, size_t last,
                        enum deliver how) {
    struct run run;

    run_of(line, first, last, &run);
    spoil(&run, how);
    struct ingest_result result = take(story, &run);
    for (size_t tries = 0; tries < 3 && result.status == RB_SUSPECT; tries++) {
        const size_t from = result.head == 0 ? 1 : block_end(result.head) - BLOCK_EVENTS + 1;
        const size_t upto = block_end(from) < line->count ? block_end(from) : line->count;
        if (from > upto) {
            break;
        }
        run_of(line, from, upto, &run);
        result = take(story, &run);
    }
    if (!is_told(result.status)) {
        abort();
    }
}

static void range_deliver(struct story *story, const struct line *line, size_t first, size_t last,
                          enum deliver how) {
    while (first <= last) {
        const size_t upto = block_end(first) < last ? block_end(first) : last;
        run_deliver(story, line, first, upto, upto == last ? how : DELIVER_NOW);
        first = upto + 1;
    }
}

void story_deliver(struct story *story, struct line *line, enum deliver how) {
    size_t first = line->delivered + 1;

    if (how == DELIVER_HOLD || line->count == 0) {
        return;
    }
    if (how == DELIVER_BLOCK) {
        first = block_end(line->count) - BLOCK_EVENTS + 1;
    }
    if (how == DELIVER_GAP && first < line->count) {
        first++;
    }
    range_deliver(story, line, first, line->count, how);
    line->delivered = how == DELIVER_GAP ? line->delivered : line->count;
    if (how == DELIVER_AND_COMMIT) {
        story_commit(story);
    }
}

static void deliver_part(struct story *story, const struct step *step) {
    struct line *line = story_line(story, step);

    if (line->count > 0) {
        const size_t first = 1 + step->aim % line->count;
        const size_t last = first + step->what % (line->count - first + 1);
        range_deliver(story, line, first, last, (enum deliver)(step->deliver % DELIVER_COUNT));
    }
}

/* ---- Forks ---- */

/* The line goes on after `common` events; what came after them stays as a branch, as far as it lies
 * in one block. */
static void line_fork(struct line *line, size_t common) {
    const size_t upto = block_end(common + 1) < line->count ? block_end(common + 1) : line->count;

    line->common = common;
    line->former = (struct fork_branch) { .count = upto - common };
    for (size_t i = common; i < upto; i++) {
        event_hash(line->former.event_hashes[i - common], &line->events[i].header,
                   line->events[i].body_hash);
    }
    memcpy(line->former.signature, line->signatures[upto], SIGNATURE_BYTES);
    while (line->count > common) {
        free((void *)line->events[--line->count].body.data);
    }
    line->delivered = line->delivered < common ? line->delivered : common;
}

static void proof_write(const struct line *line, struct writer *proof) {
    const size_t end = block_end(line->common + 1);
    const size_t upto = end < line->count ? end : line->count;
    struct fork_branch now = { .count = upto - line->common };
    struct fork fork;

    for (size_t i = line->common; i < upto; i++) {
        event_hash(now.event_hashes[i - line->common], &line->events[i].header,
                   line->events[i].body_hash);
    }
    memcpy(now.signature, line->signatures[upto], SIGNATURE_BYTES);
    if (fork_make(&fork, line->key.public, line->common, line->hashes[line->common], &line->former,
                  &now) == RB_OK) {
        fork_encode(proof, &fork);
    }
}

static void prove(struct story *story, const struct step *step) {
    const struct line *line = story_line(story, step);
    struct writer proof;

    if (line->former.count == 0 || line->count <= line->common) {
        return;
    }
    story_commit(story);
    writer_init(&proof, FRAME_BYTES_MAX);
    proof_write(line, &proof);
    if (proof.len > 0) {
        proof.data[step->edit_place % proof.len] ^= step->edit_value;
    }
    story_must(ingest_fork(story->store, story->circle, writer_view(&proof)));
    writer_clear(&proof);
}

/* ---- The home ---- */

static const uint8_t *any_ref(const struct refs *refs, size_t which) {
    static const uint8_t none[REF_BYTES];

    return refs->count == 0 ? none : refs->refs[which % refs->count];
}

static enum rb_status home_writes(struct story *story, const struct step *step) {
    const uint8_t *thread = any_ref(&story->threads, step->aim);
    const uint8_t *post = any_ref(&story->contents, step->aim);
    const struct span text = span_text("dari rumah sendiri");
    uint8_t ref[REF_BYTES];

    switch (step->what % 6) {
    case 0:
        return post_add(story->store, thread, (step->aim & 0x80) != 0 ? post : NULL, text,
                        story->now_ms, ref);
    case 1:
        return post_edit(story->store, post, text, story->now_ms);
    case 2:
        return post_retract(story->store, post, text, story->now_ms);
    case 3:
        return thread_new(story->store, story->circle, text, story->now_ms, ref);
    case 4:
        return case_note(story->store, story->circle, text, story->now_ms, ref);
    default:
        return case_share(story->store, story->circle,
                          story->cast->people[step->aim % CAST_PEOPLE].id, story->now_ms);
    }
}

static enum rb_status home_changes(struct story *story, const struct step *step) {
    const uint8_t *person = story->cast->people[step->aim % CAST_PEOPLE].id;
    struct refusal refusal = { 0 };
    enum rb_status status = RB_OK;
    size_t count = 0;

    switch (step->what % 6) {
    case 0:
        status = membership_add(story->store, story->circle, person,
                                (enum circle_role)(step->what / 6 % 4), 0, story->now_ms, &refusal);
        break;
    case 1:
        status = membership_remove(story->store, story->circle, person, story->now_ms, &refusal);
        break;
    case 2:
        status = waiting_adopt(story->store, story->circle, NULL, story->now_ms, &count, &refusal);
        break;
    case 3:
        status = group_accept(story->store, story->circle, story->now_ms);
        break;
    case 4:
        status = group_leave(story->store, story->circle, story->now_ms);
        break;
    default:
        status = group_decline(story->store, story->circle, story->now_ms);
        break;
    }
    refusal_clear(&refusal);
    return status;
}

static enum rb_status home_revokes(struct story *story, const struct step *step) {
    const struct cast_person *person = &story->cast->people[step->aim % CAST_PEOPLE];
    struct writer whole;

    writer_init(&whole, CERT_BYTES_MAX);
    revoke_issue(&whole, (step->aim & 0x80) != 0 ? person->cert_id : person->devices[0].cert_id,
                 person->id, &person->devices[0].identity.person, story->now_ms / 1000);
    const enum rb_status status = revocation_add(story->store, writer_view(&whole), story->now_ms);
    writer_clear(&whole);
    return status;
}

static enum rb_status home_answers(struct story *story, const struct step *step) {
    const struct cast_person *person = &story->cast->people[step->aim % CAST_PEOPLE];
    const struct cast_device *device = &person->devices[step->aim / CAST_PEOPLE % CAST_DEVICES];
    struct key_request request = { .seal_key = writer_view(&device->seal_key) };

    memcpy(request.circle, story->circle, sizeof request.circle);
    memcpy(request.person, person->id, sizeof request.person);
    memcpy(request.device, device->cert_id, sizeof request.device);
    if (story->epoch_count > 0) {
        memcpy(request.eid8, story->epochs[step->key % story->epoch_count].id, EID8_BYTES);
    }
    return key_request_answer(story->store, &request, story->now_ms);
}

static void home_acts(struct story *story, const struct step *step) {
    bool written = false;

    story_commit(story);
    switch (step->key % 6) {
    case 0:
        story_must(home_writes(story, step));
        break;
    case 1:
        story_must(home_changes(story, step));
        break;
    case 2:
        story_must(author_upkeep(story->store, story->circle, story->now_ms));
        break;
    case 3:
        story_must(home_revokes(story, step));
        break;
    case 4:
        story_must(home_answers(story, step));
        break;
    default:
        story_must(author_devices(story->store, story->circle, story->now_ms, &written));
        break;
    }
    home_learn(story);
}

/* ---- What happens ---- */

void story_happening(struct story *story, const struct step *step) {
    struct line *line = story_line(story, step);

    switch ((enum verb)step->verb) {
    case VERB_FORK:
        if (line->count > 0) {
            line_fork(line, step->aim % line->count);
        }
        break;
    case VERB_PROOF:
        prove(story, step);
        break;
    case VERB_DELIVER:
        deliver_part(story, step);
        break;
    case VERB_FLUSH:
        story_commit(story);
        home_learn(story);
        break;
    case VERB_CLOCK:
        story->now_ms += (int64_t)step->what * step->what * 60 * 1000;
        break;
    case VERB_LOCAL:
        home_acts(story, step);
        break;
    default:
        break;
    }
}
