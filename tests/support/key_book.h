/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Devices of a few people that write operations (circle_maker.h), and a book of who wrote what
 * under which key for whom.  From the book alone it follows which device can open what: never from
 * what circle.h says of it, which is what the book is there to check.
 *
 * A node is a device: 0 to people - 1 are the first devices of 'a', 'b', ..., the next as many are
 * the second ones, 'A', 'B', ...  Keys and operations are bits, a key that of the operation that
 * made it. */
#ifndef REMBUK_TESTS_KEY_BOOK_H
#define REMBUK_TESTS_KEY_BOOK_H

#include "tests/support/circle_maker.h"
#include "tests/support/random.h"

enum {
    BOOK_PEOPLE_MAX = 5,
    NODES_MAX = 2 * BOOK_PEOPLE_MAX,
    STRANGER = NODES_MAX,            /* who belongs nowhere and has no node */
    BOOK_OPS_MAX = MADE_OPS_MAX - 6, /* then no grants any more: the test gives up a full book */
    NO_KEY = 0xFF
};

#define DAY_MS (INT64_C(24) * 3600 * 1000)

/* 2009, when the others write 2026, or twenty years on. */
enum clock { CLOCK_RIGHT, CLOCK_LONG_AGO, CLOCK_FAR_AHEAD };

/* What is true of an operation, beside what it says. */
struct line {
    uint8_t node;
    uint8_t under; /* the key that it is sealed under */
    uint8_t key;   /* the key that it carries, or NO_KEY */
    unsigned to;   /* the nodes for which it has seals */
    uint64_t wraps;
};

struct node {
    uint64_t knows; /* operations that have come */
    uint64_t last;  /* its own last operation */
    uint64_t wrote; /* keys under which it wrote content */
    enum clock clock;
    bool stolen;
};

struct book {
    uint64_t seed; /* from 1 */
    struct random random;
    struct made_circle *made;
    struct line lines[MADE_OPS_MAX];
    size_t people;
    struct node nodes[NODES_MAX];
    uint8_t serials[BOOK_PEOPLE_MAX]; /* of the person certificates of now */
    size_t stolen_count, stolen_max, odd_clocks;
    bool is_flooded; /* somebody makes keys by hand */
    int64_t now_ms;
    struct {
        size_t rotations, grants;
    } counts;
    struct op known[MADE_OPS_MAX]; /* for one fold */
};

/* What must be true, each told by a test of its own. */
enum property {
    GIVEN_TO_NOBODY_OUTSIDE, /* who writes gives keys only to whom he knows as a member's device */
    WRAPS_WHAT_IS_HELD,
    UNDER_A_KEY_OF_MEMBERS, /* nothing is written under a key that somebody outside can open */
    UNDER_A_KEY_OF_TODAY,   /* nor under one that is too old */
    ASKED_BECAUSE_OF_THIEVES,
    WRITTEN_KEYS_ARE_SHARED,
    HEADS_ARE_SHARED,
    ALL_USE_ONE,
    ROTATION_STOPS,
    ALL_COMES_TO_REST,
    PROPERTIES
};

/* Notes that it was looked at, and the first seed where it was not true. */
void book_check(const struct book *book, enum property property, bool is_true);

/* Of all books since the last call of book_forget. */
struct finding {
    size_t looked;
    uint64_t seed; /* 0: it was always true */
};
struct finding book_found(enum property property);
void book_forget(void);

static inline uint64_t bit_of(size_t i) {
    return UINT64_C(1) << i;
}

static inline bool has(uint64_t set, size_t i) {
    return (set >> i & 1) != 0;
}

size_t book_person(const struct book *book, size_t node);
size_t book_nodes(const struct book *book);
char book_letter(const struct book *book, size_t node);
int64_t book_clock(const struct book *book, size_t node);

/* The key of an eid; the test fails if nobody made it. */
uint8_t book_key(const struct book *book, const uint8_t *eid);

/* The keys of a device to which the operations in `seen` have come. */
uint64_t book_keys(const struct book *book, size_t node, uint64_t seen);

struct circle *book_fold(struct book *book, uint64_t ops);
bool book_device_is_in(const struct book *book, const struct circle *circle, size_t node);

/* ---- What a device knows ---- */

struct view {
    uint64_t keys, opened;
    struct circle *circle; /* owned */
};
struct view view_make(struct book *book, size_t node);
void view_renew(struct book *book, size_t node, struct view *view);

/* The control heads, and the own last operation. */
uint64_t view_heads(const struct book *book, const struct view *view, size_t node);
enum rb_status view_plan(const struct book *book, const struct view *view, size_t node,
                         struct epoch_plan *plan) RB_MUST_CHECK;

/* ---- Writing ---- */

/* The letter by which a node writes next, by its clock. */
char book_author(struct book *book, size_t node);

/* Enters an operation that was just made.  Whoever wrote it has it. */
void book_enter(struct book *book, size_t node, uint64_t op, struct line line);
void book_enter_plain(struct book *book, size_t node, uint64_t op, uint8_t under);

void book_write_epoch(struct book *book, size_t node, unsigned to, uint64_t keys, uint64_t after);
void book_write_grant(struct book *book, size_t node, uint8_t key, unsigned to, uint64_t after);

/* What a plan asks for; nobody who is out, as far as the writer knows, gets a key by it. */
enum granting { GRANT_OWN, GRANT_USED, GRANT_ALL };
void view_rotate(struct book *book, size_t node, const struct view *view,
                 const struct epoch_plan *plan);
void view_grant(struct book *book, size_t node, const struct view *view,
                const struct epoch_plan *plan, enum granting granting);

/* The one safety rule: of all that the writer knows, nothing gives the key to somebody who is out.
 * (Whoever has not heard yet that somebody left can still give him a key; that cannot be known
 * before it arrives.)  And the key is not too old by the writer's clock. */
void view_check_use(const struct book *book, size_t node, const struct view *view, uint8_t key);

/* Writes what the plan asks for, and checks it; the key to write under, or NO_KEY: he can only
 * wait. */
uint8_t view_prepare(struct book *book, size_t node, struct view *view, enum granting granting);

#endif
