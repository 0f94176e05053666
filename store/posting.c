/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/posting.h"

#include "protocol/text.h"
#include "store/post_row.h"

#include <string.h>

enum rb_status post_check_text(struct span text) {
    if (text.len == 0 || !text_is_utf8(text)) {
        return RB_MALFORMED;
    }
    return text.len > TEXT_BYTES_MAX ? RB_TOO_LARGE : RB_OK;
}

enum rb_status post_write(struct store *store, const uint8_t circle[static HASH_BYTES],
                          const struct post_draft *post, int64_t now_ms,
                          uint8_t ref[static REF_BYTES]) {
    const struct post content = { .text = post->text, .quoted_author = post->quoted_author };
    struct new_content draft = { .type = KIND_POST };
    struct writer body;

    memcpy(draft.refs[draft.ref_count++], post->thread, REF_BYTES);
    if (post->reply_to != NULL) {
        memcpy(draft.refs[draft.ref_count++], post->reply_to, REF_BYTES);
    }
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    post_encode(&body, &content);
    draft.body = writer_view(&body);
    enum rb_status status = author_write(store, circle, &draft, now_ms, ref);
    writer_clear(&body);
    return status;
}

enum rb_status post_add(struct store *store, const uint8_t thread[static REF_BYTES],
                        const uint8_t *reply_to, struct span text, int64_t now_ms,
                        uint8_t ref[static REF_BYTES]) {
    const struct post_draft post = { .thread = thread, .reply_to = reply_to, .text = text };
    struct thread_row row;
    int64_t rcv;

    enum rb_status status = post_check_text(text);
    if (status == RB_OK) {
        status = thread_find(store, thread, &row);
    }
    if (status == RB_OK && reply_to != NULL) {
        status = post_find(store, thread, reply_to, &rcv);
    }
    if (status == RB_OK) {
        status = store_write_begin(store);
    }
    if (status != RB_OK) {
        return status;
    }
    status = post_write(store, row.circle, &post, now_ms, ref);
    if (status == RB_OK) {
        status = post_seen(store, thread, ref);
    }
    return store_write_end(store, status);
}
