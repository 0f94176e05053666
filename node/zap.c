/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "node/zap.h"

#include "protocol/text.h"

#include <assert.h>
#include <string.h>

static const char zap_version[] = "1.0";

void zap_domain_write(char domain[static ZAP_DOMAIN_CHARS + 1], size_t place) {
    assert(place < ZAP_PLACES_MAX);
    memcpy(domain, ZAP_DOMAIN, sizeof ZAP_DOMAIN);
    domain[ZAP_DOMAIN_CHARS - 1] = (char)('0' + place);
    domain[ZAP_DOMAIN_CHARS] = '\0';
}

/* ZAP_PLACES_MAX: none of ours. */
static size_t domain_place(struct span domain) {
    char ours[ZAP_DOMAIN_CHARS + 1];
    size_t place = 0;

    for (; place < ZAP_PLACES_MAX; place++) {
        zap_domain_write(ours, place);
        if (span_equal(domain, span_text(ours))) {
            break;
        }
    }
    return place;
}

bool zap_request_read(const struct span *parts, size_t count, struct zap_request *request) {
    enum { VERSION, ID, DOMAIN, ADDRESS, ROUTE, MECHANISM, CREDENTIALS };

    if (count != ZAP_REQUEST_PARTS || !span_equal(parts[VERSION], span_text(zap_version)) ||
        domain_place(parts[DOMAIN]) == ZAP_PLACES_MAX ||
        !span_equal(parts[MECHANISM], span_text("CURVE")) ||
        parts[CREDENTIALS].len != BOX_PUBLIC_BYTES) {
        return false;
    }
    request->place = domain_place(parts[DOMAIN]);
    memcpy(request->peer, parts[CREDENTIALS].data, BOX_PUBLIC_BYTES);
    return true;
}

void zap_reply_write(struct zap_reply *reply, struct span id, const uint8_t *admitted) {
    reply->user_id[0] = '\0';
    if (admitted != NULL) {
        hex_write(span_of(admitted, BOX_PUBLIC_BYTES), reply->user_id);
    }
    reply->parts[0] = span_text(zap_version);
    reply->parts[1] = id;
    reply->parts[2] = span_text(admitted != NULL ? "200" : "400");
    reply->parts[3] = (struct span) { 0 };
    reply->parts[4] = span_text(reply->user_id);
    reply->parts[5] = (struct span) { 0 };
}

static int hex_digit(uint8_t character) {
    if (character >= '0' && character <= '9') {
        return character - '0';
    }
    if (character >= 'a' && character <= 'f') {
        return character - 'a' + 10;
    }
    return -1;
}

enum rb_status zap_user_id_read(struct span text, uint8_t peer[static BOX_PUBLIC_BYTES]) {
    uint8_t value[BOX_PUBLIC_BYTES];

    if (text.len != ZAP_USER_ID_CHARS) {
        return RB_MALFORMED;
    }
    for (size_t i = 0; i < BOX_PUBLIC_BYTES; i++) {
        int high = hex_digit(text.data[2 * i]);
        int low = hex_digit(text.data[2 * i + 1]);
        if (high < 0 || low < 0) {
            return RB_MALFORMED;
        }
        value[i] = (uint8_t)(high << 4 | low);
    }
    memcpy(peer, value, sizeof value);
    return RB_OK;
}
