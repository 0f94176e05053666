/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Discussion threads (utas).
 *   THREAD body = map { 0 title }                                    refs: none
 *   POST   body = map { 0 text, 1 quoted author (absent if none) }   refs: [ thread ] or
 *                                                                          [ thread, replied to ]
 *   EDIT    body = map { 0 text }                       refs: [ post ]   the text from now on
 *   RETRACT body = map { 0 reason (absent if none) }    refs: [ post ]   the text is shown no more
 * An EDIT or RETRACT counts only if its author wrote the post.  Of several EDITs the one with the
 * highest (hlc, ref) counts, the others are history; a RETRACT is not undone.
 * A quoted author is the name under which somebody else wrote the text elsewhere: the signer
 * vouches for the quotation, nobody for the name. */
#ifndef REMBUK_CASEWORK_THREAD_H
#define REMBUK_CASEWORK_THREAD_H

#include "protocol/casework/kinds.h"

struct thread {
    struct span title;
};
void thread_encode(struct writer *out, const struct thread *thread);
enum rb_status thread_decode(struct span body, struct thread *thread) RB_MUST_CHECK;

struct post {
    struct span text;          /* 1 to TEXT_BYTES_MAX bytes of UTF-8, any characters but NUL */
    struct span quoted_author; /* empty if none; else 1 to NAME_CHARACTERS_MAX characters */
};
void post_encode(struct writer *out, const struct post *post);
enum rb_status post_decode(struct span body, struct post *post) RB_MUST_CHECK;

struct edit {
    struct span text; /* as of a post */
};
void edit_encode(struct writer *out, const struct edit *edit);
enum rb_status edit_decode(struct span body, struct edit *edit) RB_MUST_CHECK;

struct retract {
    struct span reason; /* empty if none; else up to REASON_BYTES_MAX bytes of UTF-8 */
};
void retract_encode(struct writer *out, const struct retract *retract);
enum rb_status retract_decode(struct span body, struct retract *retract) RB_MUST_CHECK;

/* ---- Order on the screen: (hlc, ref), but never before what it replies to ---- */
struct post_order {
    uint64_t hlc;
    uint8_t ref[REF_BYTES];
    uint8_t reply_to[REF_BYTES];
    bool is_reply;
    size_t index; /* the caller's */
};

/* Sorts in place, without regard to the order before.  A reply whose clock is behind its target's
 * stands right after the target, with such replies to itself; several of one target in the order of
 * (hlc, ref).  A reply whose target is not among them stands by its own hlc. */
void post_order_sort(struct post_order *posts, size_t count);

#endif
