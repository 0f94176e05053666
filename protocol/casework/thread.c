/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol/casework/thread.h"

#include "protocol/casework/body.h"
#include "protocol/cbor.h"
#include "protocol/text.h"

#include <stdlib.h>
#include <string.h>

enum { POST_TEXT, POST_QUOTED_AUTHOR };
enum { RETRACT_REASON };

/* ---- THREAD ---- */

void thread_encode(struct writer *out, const struct thread *thread) {
    body_text_encode(out, thread->title);
}

enum rb_status thread_decode(struct span body, struct thread *thread) {
    struct span title;

    enum rb_status status = body_text_decode(body, NAME_BYTES_MAX, &title);
    if (status != RB_OK || !text_is_name(title)) {
        return RB_MALFORMED;
    }
    thread->title = title;
    return RB_OK;
}

/* ---- POST ---- */

void post_encode(struct writer *out, const struct post *post) {
    cbor_write_map(out, post->quoted_author.len > 0 ? 2 : 1);
    cbor_write_uint(out, POST_TEXT);
    cbor_write_text(out, post->text);
    if (post->quoted_author.len > 0) {
        cbor_write_uint(out, POST_QUOTED_AUTHOR);
        cbor_write_text(out, post->quoted_author);
    }
}

/* Never empty: none is said by leaving the field out. */
static struct span quoted_author_read(struct reader *reader) {
    struct span name = cbor_read_text(reader, NAME_BYTES_MAX);

    if (name.len == 0 || text_characters(name) > NAME_CHARACTERS_MAX) {
        reader->failed = true;
        return (struct span) { 0 };
    }
    return name;
}

enum rb_status post_decode(struct span body, struct post *post) {
    struct reader reader = reader_of(body);
    struct post value = { 0 };
    uint64_t key;

    struct cbor_map map = cbor_read_map(&reader);
    while (cbor_map_next(&map, &reader, &key)) {
        switch (key) {
        case POST_TEXT:
            value.text = cbor_read_text(&reader, TEXT_BYTES_MAX);
            break;
        case POST_QUOTED_AUTHOR:
            value.quoted_author = quoted_author_read(&reader);
            break;
        default:
            cbor_skip(&reader);
        }
    }
    if (reader_end(&reader) != RB_OK || value.text.len == 0) {
        return RB_MALFORMED;
    }
    *post = value;
    return RB_OK;
}

/* ---- EDIT ---- */

void edit_encode(struct writer *out, const struct edit *edit) {
    body_text_encode(out, edit->text);
}

enum rb_status edit_decode(struct span body, struct edit *edit) {
    return body_text_decode(body, TEXT_BYTES_MAX, &edit->text);
}

/* ---- RETRACT ---- */

void retract_encode(struct writer *out, const struct retract *retract) {
    cbor_write_map(out, retract->reason.len > 0 ? 1 : 0);
    if (retract->reason.len > 0) {
        cbor_write_uint(out, RETRACT_REASON);
        cbor_write_text(out, retract->reason);
    }
}

/* Never empty: none is said by leaving the field out. */
static struct span reason_read(struct reader *reader) {
    struct span reason = cbor_read_text(reader, REASON_BYTES_MAX);

    if (reason.len == 0) {
        reader->failed = true;
    }
    return reason;
}

enum rb_status retract_decode(struct span body, struct retract *retract) {
    struct reader reader = reader_of(body);
    struct retract value = { 0 };
    uint64_t key;

    struct cbor_map map = cbor_read_map(&reader);
    while (cbor_map_next(&map, &reader, &key)) {
        switch (key) {
        case RETRACT_REASON:
            value.reason = reason_read(&reader);
            break;
        default:
            cbor_skip(&reader);
        }
    }
    if (reader_end(&reader) != RB_OK) {
        return RB_MALFORMED;
    }
    *retract = value;
    return RB_OK;
}

/* ---- Order ----
 * The posts are taken in the order of (hlc, ref).  One whose target has not been placed yet waits
 * in a list of that target; when a post is placed, those that wait for it follow at once, each
 * followed by those that wait for it in turn.  So only a reply from a clock behind its target's is
 * moved, and it moves no farther than it must. */

enum { NONE = -1 };

/* A post while it is being sorted.  Lists of posts are chained by `next`. */
struct place {
    struct post_order post;
    ptrdiff_t target; /* index of what it replies to, or NONE */
    ptrdiff_t first_waiting, last_waiting;
    ptrdiff_t next;
    bool placed;
};

static int compare_posts(const void *a, const void *b) {
    const struct post_order *left = a, *right = b;

    if (left->hlc != right->hlc) {
        return left->hlc < right->hlc ? -1 : 1;
    }
    return memcmp(left->ref, right->ref, sizeof left->ref);
}

struct post_ref {
    const uint8_t *ref;
    ptrdiff_t at;
};

static int compare_refs(const void *a, const void *b) {
    const struct post_ref *left = a, *right = b;

    return memcmp(left->ref, right->ref, REF_BYTES);
}

static void targets_find(struct place *places, size_t count) {
    struct post_ref *refs = rb_alloc(count, sizeof *refs);

    for (size_t i = 0; i < count; i++) {
        refs[i] = (struct post_ref) { .ref = places[i].post.ref, .at = (ptrdiff_t)i };
    }
    qsort(refs, count, sizeof *refs, compare_refs);
    for (size_t i = 0; i < count; i++) {
        struct post_ref wanted = { .ref = places[i].post.reply_to };
        struct post_ref *found = NULL;
        if (places[i].post.is_reply) {
            found = bsearch(&wanted, refs, count, sizeof *refs, compare_refs);
        }
        places[i].target = found == NULL ? NONE : found->at;
    }
    free(refs);
}

static void wait_for(struct place *places, ptrdiff_t target, ptrdiff_t reply) {
    struct place *place = &places[target];

    if (place->first_waiting == NONE) {
        place->first_waiting = reply;
    } else {
        places[place->last_waiting].next = reply;
    }
    place->last_waiting = reply;
}

/* Writes post `at` and all that wait for it to `out`; returns how many. */
static size_t place_with_waiting(struct place *places, ptrdiff_t at, struct post_order *out) {
    size_t written = 0;

    places[at].next = NONE;
    while (at != NONE) {
        struct place *place = &places[at];
        ptrdiff_t after = place->next;
        out[written++] = place->post;
        place->placed = true;
        if (place->first_waiting != NONE) {
            places[place->last_waiting].next = after;
            after = place->first_waiting;
        }
        at = after;
    }
    return written;
}

void post_order_sort(struct post_order *posts, size_t count) {
    struct place *places = rb_alloc(count, sizeof *places);
    size_t written = 0;

    if (count > 0) {
        qsort(posts, count, sizeof *posts, compare_posts);
    }
    for (size_t i = 0; i < count; i++) {
        places[i] = (struct place) {
            .post = posts[i],
            .first_waiting = NONE,
            .last_waiting = NONE,
            .next = NONE,
        };
    }
    targets_find(places, count);
    for (size_t i = 0; i < count; i++) {
        ptrdiff_t target = places[i].target;
        if (target != NONE && !places[target].placed) {
            wait_for(places, target, (ptrdiff_t)i);
        } else {
            written += place_with_waiting(places, (ptrdiff_t)i, posts + written);
        }
    }
    /* Two posts that reply to each other: a ref is a hash over its own event, so nobody can make
     * them, but nobody should be able to make a post disappear either. */
    for (size_t i = 0; i < count; i++) {
        if (!places[i].placed) {
            posts[written++] = places[i].post;
        }
    }
    free(places);
}
