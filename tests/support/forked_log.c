/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/forked_log.h"

#include <assert.h>
#include <string.h>

/* ---- Histories ---- */

/* How many events two histories share. */
static uint64_t common_count(const struct made_log *a, const struct made_log *b) {
    uint64_t count = 0;

    while (count < MADE_EVENTS_MAX &&
           memcmp(a->event_hashes[count], b->event_hashes[count], HASH_BYTES) == 0) {
        count++;
    }
    return count;
}

void forked_log_new(struct forked_log *log, uint8_t seed, const size_t *common, size_t count) {
    assert(count <= HISTORIES_MAX);
    *log = (struct forked_log) { .count = count };
    for (size_t i = 0; i < count; i++) {
        log->histories[i] = i == 0
                                ? made_log_new(seed, MADE_EVENTS_MAX)
                                : made_log_new_branch(seed, MADE_EVENTS_MAX, common[i], (uint8_t)i);
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            log->common[i][j] = common_count(log->histories[i], log->histories[j]);
        }
    }
}

void forked_log_clear(struct forked_log *log) {
    for (size_t i = 0; i < log->count; i++) {
        made_log_free(log->histories[i]);
    }
    *log = (struct forked_log) { 0 };
}

static const struct made_log *history_of(const struct forked_store *store, size_t history) {
    return store->log->histories[history];
}

static uint64_t common_of(const struct forked_store *store, size_t one, size_t other) {
    return store->log->common[one][other];
}

static uint64_t lesser(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static void known_raise(struct forked_store *store, size_t history, uint64_t head) {
    for (size_t i = 0; i < store->log->count; i++) {
        uint64_t shared = lesser(head, common_of(store, i, history));
        store->known[i] = store->known[i] > shared ? store->known[i] : shared;
    }
}

/* ---- Cuts ---- */

/* The first cut of a history at or above `from`, where a proof says that it and another part, or
 * two others with which it has been up to there; false: none. */
static bool cut_find(const struct forked_store *store, size_t history, uint64_t from,
                     uint64_t *cut) {
    *cut = MADE_EVENTS_MAX;
    for (size_t i = 0; i < store->log->count; i++) {
        for (size_t j = 0; j < store->log->count; j++) {
            uint64_t seq = common_of(store, i, j);
            if (store->apart[i][j] && common_of(store, history, i) >= seq && seq >= from &&
                seq < *cut) {
                *cut = seq;
            }
        }
    }
    return *cut < MADE_EVENTS_MAX;
}

/* The next event of this history after a cut is known from events or from a proof. */
static bool branch_is_known(const struct forked_store *store, size_t history, uint64_t cut) {
    bool known = store->known[history] > cut;

    for (size_t i = 0; i < store->log->count; i++) {
        for (size_t j = 0; j < store->log->count; j++) {
            known = known || (store->apart[i][j] && common_of(store, i, j) == cut &&
                              common_of(store, history, i) > cut);
        }
    }
    return known;
}

static void name_of(const struct forked_store *store, size_t history, uint64_t base, bool trunk,
                    uint8_t name[static LOG_PK_BYTES]) {
    const struct made_log *made = history_of(store, history);

    if (trunk) {
        memcpy(name, made->key.public, LOG_PK_BYTES);
    } else {
        branch_name(name, made->key.public, base + 1, made->hashes[base + 1]);
    }
}

/* What a node that holds a third branch can prove by itself. */
static void forks_complete(struct forked_store *store) {
    for (size_t h = 0; h < store->log->count; h++) {
        for (size_t i = 0; i < store->log->count; i++) {
            for (size_t j = 0; j < store->log->count; j++) {
                uint64_t cut = common_of(store, i, j);
                if (store->apart[i][j] && common_of(store, h, i) == cut && store->known[h] > cut &&
                    common_of(store, h, j) == cut) {
                    store->apart[h][i] = store->apart[i][h] = true;
                }
            }
        }
    }
}

void forked_give(struct forked_store *store, size_t history, uint64_t head) {
    known_raise(store, history, head);
    forks_complete(store);
}

bool forked_may_write(const struct forked_store *store, size_t history) {
    for (size_t i = 0; i < store->log->count; i++) {
        if (i != history && store->known[i] > common_of(store, i, history)) {
            return false;
        }
    }
    return true;
}

/* Of what two histories share there is at least one event, which others have taken in. */
static bool has_common(const struct forked_store *store, size_t history, uint64_t common) {
    for (size_t i = 0; i < store->log->count; i++) {
        if (common == 0 && store->known[i] > 0) {
            return true;
        }
    }
    return common > 0 && store->known[history] >= common;
}

void forked_prove_apart(struct forked_store *store, size_t one, size_t other) {
    if (one != other && has_common(store, one, common_of(store, one, other))) {
        store->apart[one][other] = store->apart[other][one] = true;
        forks_complete(store);
    }
}

/* ---- Segments ---- */

struct segment {
    struct log_line line;
    size_t history; /* one of those that have it */
    bool trunk;
};

static size_t segment_find(const struct segment *segments, size_t count, const uint8_t *name) {
    size_t i = 0;

    while (i < count && memcmp(segments[i].line.log, name, LOG_PK_BYTES) != 0) {
        i++;
    }
    return i;
}

/* The number of a proof: which two histories, as well as the cut, so that it is one for both. */
static uint64_t proof_number(const struct forked_store *store, size_t history, uint64_t cut) {
    for (size_t i = 0; i < store->log->count; i++) {
        for (size_t j = 0; j < store->log->count; j++) {
            if (store->apart[i][j] && common_of(store, i, j) == cut &&
                common_of(store, history, i) > cut) {
                return 1 + (i < j ? i * HISTORIES_MAX + j : j * HISTORIES_MAX + i);
            }
        }
    }
    assert(store == NULL); /* forks_complete has left one out. */
    return 0;
}

static void segment_make(const struct forked_store *store, size_t history, uint64_t base,
                         bool trunk, struct segment *segment) {
    const struct made_log *made = history_of(store, history);
    uint64_t cut = 0;

    *segment = (struct segment) { .history = history, .trunk = trunk };
    struct log_line *line = &segment->line;
    name_of(store, history, base, trunk, line->log);
    line->cut = cut_find(store, history, trunk ? 0 : base + 1, &cut);
    line->base = base;
    line->head = line->cut ? cut : store->known[history];
    line->head = line->head > base ? line->head : base;
    line->proof = trunk ? 0 : proof_number(store, history, base);
    memcpy(line->hash, made->hashes[line->head], HASH_BYTES);
}

static size_t segments_of(const struct forked_store *store, struct segment *segments) {
    size_t count = 0;

    for (size_t h = 0; h < store->log->count; h++) {
        struct segment segment;
        uint64_t base = 0;
        bool trunk = true, more = true;
        uint8_t parent[LOG_PK_BYTES] = { 0 };
        while (more) {
            segment_make(store, h, base, trunk, &segment);
            memcpy(segment.line.parent, parent, LOG_PK_BYTES);
            size_t at = segment_find(segments, count, segment.line.log);
            assert(count < SEGMENTS_MAX);
            if (at == count) {
                segments[count++] = segment;
            } else if (!segment.line.cut && segment.line.head > segments[at].line.head) {
                segments[at] = segment;
            }
            memcpy(parent, segment.line.log, LOG_PK_BYTES);
            base = segment.line.head;
            trunk = false;
            more = segment.line.cut && branch_is_known(store, h, base);
        }
    }
    return count;
}

size_t forked_lines(const struct forked_store *store, struct log_line *lines) {
    struct segment segments[SEGMENTS_MAX];
    size_t all = segments_of(store, segments), count = 0;

    for (size_t i = 0; i < all; i++) {
        if (!segments[i].trunk || segments[i].line.head > 0 || segments[i].line.cut) {
            lines[count++] = segments[i].line;
        }
    }
    return count;
}

uint64_t forked_held(const struct forked_store *store, const uint8_t name[static LOG_PK_BYTES],
                     const struct forked_store *other) {
    struct segment segments[SEGMENTS_MAX];
    size_t count = segments_of(store, segments);
    size_t at = segment_find(segments, count, name);

    assert(at < count);
    uint64_t first = segments[at].trunk ? 0 : segments[at].line.base + 1;
    uint64_t held = 0;
    for (size_t h = 0; h < store->log->count; h++) {
        if (common_of(store, h, segments[at].history) >= first && other->known[h] > held) {
            held = other->known[h];
        }
    }
    return held;
}

/* ---- Runs ---- */

/* The branch with the smallest name that goes on with events after the cut of a segment. */
static bool segment_goes_on(const struct segment *segments, size_t count, const struct segment *cut,
                            struct segment *next) {
    bool found = false;

    for (size_t i = 0; i < count; i++) {
        const struct log_line *line = &segments[i].line;
        bool follows = !segments[i].trunk && line->head > line->base &&
                       memcmp(line->parent, cut->line.log, LOG_PK_BYTES) == 0;
        if (follows && (!found || memcmp(line->log, next->line.log, LOG_PK_BYTES) < 0)) {
            *next = segments[i];
            found = true;
        }
    }
    return found;
}

/* From the block of `seq` to the first signature: the history, and where it ends. */
static uint64_t signed_end(const struct forked_store *store, struct segment *segment,
                           uint64_t seq) {
    struct segment segments[SEGMENTS_MAX];
    size_t count = segments_of(store, segments);
    uint64_t block_end = (seq - 1) / BLOCK_EVENTS * BLOCK_EVENTS + BLOCK_EVENTS;
    struct segment next;

    while (segment->line.head < block_end && segment->line.cut &&
           segment_goes_on(segments, count, segment, &next)) {
        *segment = next;
    }
    return lesser(segment->line.head, block_end);
}

bool forked_run(const struct forked_store *store, const uint8_t name[static LOG_PK_BYTES],
                uint64_t first, struct run *run) {
    struct segment segments[SEGMENTS_MAX];
    size_t count = segments_of(store, segments);
    size_t at = segment_find(segments, count, name);

    if (at == count) {
        return false;
    }
    bool in_branches = segments[at].line.cut && segments[at].line.head == 0 && first == 1;
    if (first > segments[at].line.head && !in_branches) {
        return false;
    }
    uint64_t last = signed_end(store, &segments[at], first);
    made_log_run(history_of(store, segments[at].history), first, (size_t)(last - first + 1), run);
    memcpy(run->log, name, LOG_PK_BYTES);
    return true;
}

/* The history that a run is a piece of; `count` of them if it is of none. */
static size_t history_of_run(const struct forked_store *store, const struct run *run) {
    uint8_t hash[HASH_BYTES];
    size_t history = 0;

    for (; history < store->log->count; history++) {
        const struct made_log *made = history_of(store, history);
        bool same = memcmp(made->hashes[run->first - 1], run->previous8, 8) == 0;
        for (size_t i = 0; i < run->count && same; i++) {
            event_hash(hash, &run->events[i].header, run->events[i].body_hash);
            same = memcmp(hash, made->event_hashes[run->first - 1 + i], HASH_BYTES) == 0;
        }
        if (same) {
            break;
        }
    }
    return history;
}

/* A run that contradicts what is held: whole blocks prove it, others are asked for. */
static enum rb_status forked_contradict(struct forked_store *store, const struct run *run,
                                        size_t history, struct segment *segment, uint64_t *head) {
    uint64_t last = run->first + run->count - 1;

    *head = run->first <= segment->line.head ? run->first : segment->line.head;
    if (run->first > segment->line.head || run->first % BLOCK_EVENTS != 1) {
        return RB_SUSPECT;
    }
    uint64_t end = signed_end(store, segment, run->first);
    uint64_t common = common_of(store, history, segment->history);
    assert(common < end);
    if (common < run->first - 1) {
        *head = run->first - 1;
        return RB_SUSPECT;
    }
    store->apart[history][segment->history] = store->apart[segment->history][history] = true;
    forked_give(store, history, last);
    return RB_OK;
}

static void head_after(const struct forked_store *store, const uint8_t *name, uint64_t *head) {
    struct segment segments[SEGMENTS_MAX];
    size_t count = segments_of(store, segments);
    size_t at = segment_find(segments, count, name);

    *head = at < count ? segments[at].line.head : 0;
}

/* A run that goes on beyond a cut goes on in the branch that has its history. */
static void segment_follow(const struct forked_store *store, size_t history, uint64_t last,
                           const struct segment *segments, size_t count, struct segment *segment) {
    uint8_t name[LOG_PK_BYTES];

    while (segment->line.cut && last > segment->line.head) {
        name_of(store, history, segment->line.head, false, name);
        size_t at = segment_find(segments, count, name);
        if (at == count || common_of(store, history, segment->history) < segment->line.head) {
            return;
        }
        *segment = segments[at];
    }
}

enum rb_status forked_take(struct forked_store *store, const struct run *run, uint64_t *head) {
    struct segment segments[SEGMENTS_MAX];
    size_t count = segments_of(store, segments);
    size_t at = segment_find(segments, count, run->log);
    size_t history = history_of_run(store, run);
    uint64_t last = run->first + run->count - 1;

    assert(history < store->log->count);
    *head = at < count ? segments[at].line.head : 0;
    if (at == count || run->first > *head + 1) {
        return RB_GAP;
    }
    struct segment segment = segments[at];
    segment_follow(store, history, last, segments, count, &segment);
    if (common_of(store, history, segment.history) < lesser(last, segment.line.head)) {
        enum rb_status status = forked_contradict(store, run, history, &segment, head);
        if (status == RB_OK) {
            head_after(store, run->log, head);
        }
        return status;
    }
    bool news = store->known[history] < last;
    forked_give(store, history, last);
    head_after(store, run->log, head);
    return news ? RB_OK : RB_DUPLICATE;
}

/* ---- Proofs ---- */

static void branch_fill(const struct made_log *made, uint64_t common, struct fork_branch *branch) {
    uint64_t last = common + 1;
    struct run run;

    made_log_run(made, last, 1, &run);
    branch->count = 1;
    memcpy(branch->event_hashes[0], made->event_hashes[common], HASH_BYTES);
    memcpy(branch->signature, run.signature, sizeof branch->signature);
}

void forked_proof(const struct forked_store *store, const uint8_t name[static LOG_PK_BYTES],
                  struct writer *proof) {
    struct segment segments[SEGMENTS_MAX];
    size_t count = segments_of(store, segments);
    size_t at = segment_find(segments, count, name);
    struct fork_branch one, other;
    struct fork fork;

    if (at == count || segments[at].line.proof == 0) {
        return;
    }
    size_t pair = (size_t)segments[at].line.proof - 1;
    const struct made_log *a = history_of(store, pair / HISTORIES_MAX);
    uint64_t common = common_of(store, pair / HISTORIES_MAX, pair % HISTORIES_MAX);
    branch_fill(a, common, &one);
    branch_fill(history_of(store, pair % HISTORIES_MAX), common, &other);
    assert(fork_make(&fork, a->key.public, common, a->hashes[common], &one, &other) == RB_OK);
    fork_encode(proof, &fork);
}

static size_t history_of_branch(const struct forked_store *store, const struct fork *fork,
                                size_t branch) {
    size_t history = 0;

    while (memcmp(history_of(store, history)->hashes[fork->common_seq], fork->common_hash,
                  HASH_BYTES) != 0 ||
           memcmp(history_of(store, history)->event_hashes[fork->common_seq],
                  fork->branches[branch].event_hashes[0], HASH_BYTES) != 0) {
        history++;
        assert(history < store->log->count);
    }
    return history;
}

enum rb_status forked_prove(struct forked_store *store, struct span proof) {
    struct fork fork;

    enum rb_status status = fork_decode(proof, &fork);
    if (status != RB_OK) {
        return status;
    }
    size_t one = history_of_branch(store, &fork, 0), other = history_of_branch(store, &fork, 1);
    if (!has_common(store, one, fork.common_seq)) {
        return RB_GAP;
    }
    if (store->refuses_forks) {
        return RB_REFUSED;
    }
    forked_prove_apart(store, one, other);
    return RB_OK;
}
