/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/posting.h"

#include "protocol/text.h"

#include <stdlib.h>

static struct span trimmed(struct span text) {
    while (text.len > 0 && text_is_blank(text.data[0])) {
        text = span_of(text.data + 1, text.len - 1);
    }
    while (text.len > 0 && text_is_blank(text.data[text.len - 1])) {
        text.len--;
    }
    return text;
}

static enum rb_status author_check(struct span typed) {
    struct span author = trimmed(typed);

    if (author.len == 0 || author.len > NAME_BYTES_MAX || !text_is_utf8(author) ||
        text_characters(author) > NAME_CHARACTERS_MAX) {
        return RB_MALFORMED;
    }
    return RB_OK;
}

static enum rb_status post_check(const struct import_post *posts, size_t count, size_t index) {
    int64_t reply = posts[index].reply_index;

    enum rb_status status = author_check(posts[index].author);
    if (status == RB_OK) {
        status = post_check_text(posts[index].text);
    }
    if (status != RB_OK) {
        return status;
    }
    if (reply < -1 || reply >= (int64_t)count) {
        return RB_MALFORMED;
    }
    /* What it replies to must have been written, and so have a ref. */
    return reply >= (int64_t)index ? RB_REFUSED : RB_OK;
}

/* All of it is checked before anything is written. */
static enum rb_status posts_check(const struct import_post *posts, size_t count, size_t *bad) {
    if (count > IMPORT_POSTS_MAX) {
        return RB_TOO_LARGE;
    }
    for (size_t i = 0; i < count; i++) {
        enum rb_status status = post_check(posts, count, i);
        if (status != RB_OK) {
            *bad = i;
            return status;
        }
    }
    return RB_OK;
}

static enum rb_status posts_write(struct store *store, const uint8_t circle[static HASH_BYTES],
                                  const uint8_t thread[static REF_BYTES],
                                  const struct import_list *list, int64_t now_ms, size_t *bad) {
    uint8_t(*refs)[REF_BYTES] = rb_alloc(list->count, sizeof *refs);
    enum rb_status status = RB_OK;

    for (size_t i = 0; i < list->count && status == RB_OK; i++) {
        const struct import_post *imported = &list->posts[i];
        struct post_draft post = {
            .thread = thread,
            .text = imported->text,
            .quoted_author = trimmed(imported->author),
        };
        if (imported->reply_index >= 0) {
            post.reply_to = refs[imported->reply_index];
        }
        if (list->tell != NULL) {
            list->tell(list->context, i, list->count);
        }
        status = post_write(store, circle, &post, now_ms, refs[i]);
        if (status != RB_OK) {
            *bad = i;
        }
    }
    free(refs);
    return status;
}

enum rb_status thread_import(struct store *store, const uint8_t circle[static HASH_BYTES],
                             struct span title, const struct import_list *list, int64_t now_ms,
                             uint8_t ref[static REF_BYTES], size_t *bad) {
    *bad = list->count;
    enum rb_status status = thread_check_new(store, circle, title);
    if (status == RB_OK) {
        status = posts_check(list->posts, list->count, bad);
    }
    if (status == RB_OK) {
        status = store_write_begin(store);
    }
    if (status != RB_OK) {
        return status;
    }
    status = thread_write(store, circle, title, now_ms, ref);
    if (status == RB_OK) {
        status = posts_write(store, circle, ref, list, now_ms, bad);
    }
    if (status == RB_OK) {
        status = posts_seen(store, ref);
    }
    return store_write_end(store, status);
}
