/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/key_book.h"

#include <string.h>

enum { PREPARE_STEPS_MAX = 4 };

/* ---- Findings ---- */

static struct finding findings[PROPERTIES];

void book_check(const struct book *book, enum property property, bool is_true) {
    struct finding *finding = &findings[property];

    finding->looked++;
    if (!is_true && finding->seed == 0) {
        finding->seed = book->seed;
    }
}

struct finding book_found(enum property property) {
    return findings[property];
}

void book_forget(void) {
    memset(findings, 0, sizeof findings);
}

/* ---- Names ---- */

size_t book_person(const struct book *book, size_t node) {
    return node % book->people;
}

size_t book_nodes(const struct book *book) {
    return 2 * book->people;
}

char book_letter(const struct book *book, size_t node) {
    if (node == STRANGER) {
        return 'z';
    }
    return (char)((node < book->people ? 'a' : 'A') + (int)book_person(book, node));
}

static size_t book_node(const struct book *book, char letter) {
    for (size_t n = 0; n < book_nodes(book); n++) {
        if (book_letter(book, n) == letter) {
            return n;
        }
    }
    return STRANGER;
}

int64_t book_clock(const struct book *book, size_t node) {
    switch (book->nodes[node].clock) {
    case CLOCK_LONG_AGO:
        return 0;
    case CLOCK_FAR_AHEAD:
        return book->now_ms + 20 * 365 * DAY_MS;
    default:
        return book->now_ms;
    }
}

/* ---- The book: who can open what ---- */

static bool is_opened(const struct line *line, uint64_t keys) {
    return has(keys, line->key != NO_KEY ? line->key : line->under);
}

uint64_t book_keys(const struct book *book, size_t node, uint64_t seen) {
    uint64_t keys = 0;
    uint64_t before = 1;

    while (keys != before) {
        before = keys;
        for (size_t i = 0; i < book->made->count; i++) {
            const struct line *line = &book->lines[i];
            if (!has(seen, i) || line->key == NO_KEY) {
                continue;
            }
            if ((line->to >> node & 1) != 0 || line->node == node) {
                keys |= bit_of(line->key);
            }
            keys |= has(keys, line->key) ? line->wraps : 0;
        }
    }
    return keys;
}

/* Operations of a log are taken in order: one that cannot be opened holds up those after it. */
static uint64_t opened_with(const struct book *book, uint64_t seen, uint64_t keys) {
    uint64_t held_up = 0; /* nodes */
    uint64_t opened = 0;

    for (size_t i = 0; i < book->made->count; i++) {
        const struct line *line = &book->lines[i];
        if (!has(seen, i) || !is_opened(line, keys)) {
            held_up |= bit_of(line->node);
        }
        opened |= has(held_up, line->node) ? 0 : bit_of(i);
    }
    return opened;
}

/* ---- What a device knows ---- */

struct circle *book_fold(struct book *book, uint64_t ops) {
    size_t count = 0;

    for (size_t i = 0; i < book->made->count; i++) {
        if (has(ops, i)) {
            book->known[count++] = book->made->ops[i];
        }
    }
    return circle_fold(book->known, count);
}

struct view view_make(struct book *book, size_t node) {
    uint64_t seen = book->nodes[node].knows;
    struct view view = { .keys = book_keys(book, node, seen) };

    view.opened = opened_with(book, seen, view.keys);
    view.circle = book_fold(book, view.opened);
    return view;
}

void view_renew(struct book *book, size_t node, struct view *view) {
    circle_destroy(&view->circle);
    *view = view_make(book, node);
}

/* The devices of present members, as far as the fold knows. */
static unsigned book_devices_in(const struct book *book, const struct circle *circle) {
    const struct recipient *recipients;
    size_t count = circle_recipients(circle, &recipients);
    unsigned devices = 0;

    for (size_t i = 0; i < count; i++) {
        devices |= 1U << book_node(book, (char)recipients[i].device[0]);
    }
    return devices;
}

bool book_device_is_in(const struct book *book, const struct circle *circle, size_t node) {
    return (book_devices_in(book, circle) >> node & 1) != 0;
}

uint64_t view_heads(const struct book *book, const struct view *view, size_t node) {
    uint8_t heads[MADE_OPS_MAX][REF_BYTES];
    size_t count = circle_heads(view->circle, heads, MADE_OPS_MAX);
    uint64_t ops = book->nodes[node].last;

    for (size_t h = 0; h < count; h++) {
        for (size_t i = 0; i < book->made->count; i++) {
            if (memcmp(book->made->ops[i].ref, heads[h], REF_BYTES) == 0) {
                ops |= bit_of(i);
            }
        }
    }
    return ops;
}

uint8_t book_key(const struct book *book, const uint8_t *eid) {
    for (size_t i = 0; i < book->made->count; i++) {
        if (book->lines[i].key == i && memcmp(book->made->ops[i].epoch, eid, HASH_BYTES) == 0) {
            return (uint8_t)i;
        }
    }
    fail_msg("seed %llu: a plan names a key that nobody made", (unsigned long long)book->seed);
    return NO_KEY;
}

struct holder {
    const struct book *book;
    uint64_t keys;
};

static bool is_held(void *context, const uint8_t eid[static HASH_BYTES]) {
    const struct holder *holder = context;

    return has(holder->keys, book_key(holder->book, eid));
}

enum rb_status view_plan(const struct book *book, const struct view *view, size_t node,
                         struct epoch_plan *plan) {
    struct holder holder = { book, view->keys };
    uint8_t device[CERT_ID_BYTES];

    made_device(device, book_letter(book, node));
    return epoch_plan(view->circle, device, is_held, &holder, book_clock(book, node), plan);
}

/* ---- Writing ---- */

void book_enter(struct book *book, size_t node, uint64_t op, struct line line) {
    line.node = (uint8_t)node;
    book->lines[made_index(op)] = line;
    book->nodes[node].knows |= op;
    book->nodes[node].last = op;
}

void book_enter_plain(struct book *book, size_t node, uint64_t op, uint8_t under) {
    book_enter(book, node, op, (struct line) { .under = under, .key = NO_KEY });
}

char book_author(struct book *book, size_t node) {
    book->made->now_ms = book_clock(book, node);
    return book_letter(book, node);
}

static void letters_of(const struct book *book, unsigned nodes,
                       char letters[static NODES_MAX + 2]) {
    size_t count = 0;

    for (size_t n = 0; n <= STRANGER; n++) {
        if ((nodes >> n & 1) != 0) {
            letters[count++] = book_letter(book, n);
        }
    }
    letters[count] = '\0';
}

/* As many as an EPOCH has room for. */
static uint64_t keys_that_fit(uint64_t keys) {
    uint64_t fit = 0;

    for (size_t i = 0, count = 0; i < MADE_OPS_MAX && count < WRAPS_PER_EPOCH_MAX; i++) {
        fit |= keys & bit_of(i);
        count += has(keys, i) ? 1 : 0;
    }
    return fit;
}

void book_write_epoch(struct book *book, size_t node, unsigned to, uint64_t keys, uint64_t after) {
    char letters[NODES_MAX + 2];
    char author = book_author(book, node);

    letters_of(book, to, letters);
    keys = keys_that_fit(keys);
    uint64_t op = made_epoch(book->made, author, letters, keys, after);
    uint8_t key = (uint8_t)made_index(op);
    book_enter(book, node, op, (struct line) { .under = key, .key = key, .to = to, .wraps = keys });
}

void book_write_grant(struct book *book, size_t node, uint8_t key, unsigned to, uint64_t after) {
    char letters[NODES_MAX + 2];
    char author = book_author(book, node);

    letters_of(book, to, letters);
    uint64_t op = made_grant(book->made, author, bit_of(key), letters, after);
    book_enter(book, node, op, (struct line) { .under = key, .key = key, .to = to });
}

/* Nobody who is out, as far as the writer knows, gets a key from him. */
static void check_given(const struct book *book, const struct view *view, unsigned to) {
    book_check(book, GIVEN_TO_NOBODY_OUTSIDE, (to & ~book_devices_in(book, view->circle)) == 0);
}

void view_rotate(struct book *book, size_t node, const struct view *view,
                 const struct epoch_plan *plan) {
    unsigned to = book_devices_in(book, view->circle);
    uint64_t keys = 0;

    for (size_t i = 0; i < plan->head_count; i++) {
        keys |= bit_of(book_key(book, plan->heads[i]));
    }
    book_check(book, WRAPS_WHAT_IS_HELD, (keys & ~view->keys) == 0);
    check_given(book, view, to);
    book_write_epoch(book, node, to, keys, view_heads(book, view, node));
    book->counts.rotations++;
}

void view_grant(struct book *book, size_t node, const struct view *view,
                const struct epoch_plan *plan, enum granting granting) {
    const struct recipient *recipients;

    (void)circle_recipients(view->circle, &recipients); /* Their number is known by the indexes. */
    for (size_t i = 0; i < plan->grant_count && book->made->count < BOOK_OPS_MAX; i++) {
        const struct epoch_grant *due = &plan->grants[i];
        bool is_used = memcmp(due->epoch, plan->use, HASH_BYTES) == 0;
        unsigned to = 0;
        if (granting != GRANT_ALL && !due->authored_here && !(granting == GRANT_USED && is_used)) {
            continue;
        }
        for (size_t m = 0; m < due->missing_count; m++) {
            to |= 1U << book_node(book, (char)recipients[due->missing[m]].device[0]);
        }
        check_given(book, view, to);
        book_write_grant(book, node, book_key(book, due->epoch), to, view_heads(book, view, node));
        book->counts.grants++;
    }
}

/* The operations that do not wait, of those that are opened. */
static uint64_t ready_ops(const struct book *book, const struct view *view) {
    uint64_t ready = 0;

    for (size_t i = 0; i < book->made->count; i++) {
        const struct op *op = &book->made->ops[i];
        struct event_author author = { .seq = op->seq };
        enum circle_role role;
        memcpy(author.person, op->author, HASH_BYTES);
        memcpy(author.device, op->author_device, CERT_ID_BYTES);
        memcpy(author.log, op->log, LOG_PK_BYTES);
        enum rb_status status = circle_role_at(view->circle, &author,
                                               (const uint8_t(*)[REF_BYTES]) & op->ref, 1, &role);
        ready |= has(view->opened, i) && status != RB_NOT_FOUND ? bit_of(i) : 0;
    }
    return ready;
}

void view_check_use(const struct book *book, size_t node, const struct view *view, uint8_t key) {
    unsigned in = book_devices_in(book, view->circle);
    uint64_t ready = ready_ops(book, view);
    int64_t made_ms = hlc_ms(book->made->ops[key].hlc);

    book_check(book, UNDER_A_KEY_OF_TODAY, book_clock(book, node) - made_ms <= EPOCH_AGE_MS_MAX);

    for (size_t n = 0; n <= STRANGER; n++) {
        bool is_out = n >= book_nodes(book) || (in >> n & 1) == 0;
        if (is_out) {
            book_check(book, UNDER_A_KEY_OF_MEMBERS, !has(book_keys(book, n, ready), key));
        }
    }
}

uint8_t view_prepare(struct book *book, size_t node, struct view *view, enum granting granting) {
    struct epoch_plan plan;

    for (int step = 0; step < PREPARE_STEPS_MAX; step++) {
        if (view_plan(book, view, node, &plan) != RB_OK) {
            return NO_KEY;
        }
        if (!plan.rotate) {
            uint8_t use = book_key(book, plan.use);
            view_check_use(book, node, view, use);
            view_grant(book, node, view, &plan, granting);
            return use;
        }
        view_rotate(book, node, view, &plan);
        view_renew(book, node, view);
    }
    fail_msg("seed %llu: one writer rotates for ever", (unsigned long long)book->seed);
    return NO_KEY;
}
