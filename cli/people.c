/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/people.h"

#include "node/node.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *word, *other_word, *shown;
} roles[] = {
    [ROLE_SAKTI_PEKSOS] = { "sakti-peksos", "sakti-peksos", N_("Sakti Peksos") },
    [ROLE_TKSK] = { "tksk", "tksk", N_("TKSK") },
    [ROLE_SUPERVISOR] = { "supervisor", "supervisor", N_("supervisor") },
    [ROLE_OPERATOR] = { "operator", "operator", N_("operator") },
    [ROLE_VOLUNTEER] = { "relawan", "volunteer", N_("volunteer") },
};
_Static_assert(sizeof roles / sizeof roles[0] == ROLE_COUNT, "every role has its words");

const char *role_word(enum person_role role) {
    assert(role < ROLE_COUNT);
    return roles[role].word;
}

const char *role_shown(enum person_role role) {
    assert(role < ROLE_COUNT);
    return _(roles[role].shown);
}

bool role_parse(const char *word, enum person_role *role) {
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        if (strcasecmp(word, roles[i].word) == 0 || strcasecmp(word, roles[i].other_word) == 0 ||
            strcasecmp(word, roles[i].shown) == 0 || strcasecmp(word, _(roles[i].shown)) == 0) {
            *role = (enum person_role)i;
            return true;
        }
    }
    return false;
}

const char *cluster_parse(const char *word) {
    static const char *const clusters[] = { "AJ", "ADK", "AMPK", "ABH", "BLT" };

    for (size_t i = 0; i < sizeof clusters / sizeof clusters[0]; i++) {
        if (strcasecmp(word, clusters[i]) == 0) {
            return clusters[i];
        }
    }
    return NULL;
}

void people_words(const uint8_t person_pk[static SIGN_PUBLIC_BYTES],
                  char words[static WORDS_BYTES_MAX]) {
    struct writer out;

    writer_init(&out, WORDS_BYTES_MAX - 1);
    identity_words(&out, person_pk);
    struct span written = writer_view(&out);
    memcpy(words, written.data, written.len);
    words[written.len] = '\0';
    writer_clear(&out);
}

bool address_has_scheme(struct span address) {
    struct span scheme = span_text("tcp://");

    return address.len >= scheme.len && span_equal(span_of(address.data, scheme.len), scheme);
}

struct span address_whole(struct span typed, char out[static ADDRESS_BYTES_MAX + 1]) {
    const int len = snprintf(out, ADDRESS_BYTES_MAX + 1, "tcp://%.*s", (int)typed.len,
                             (const char *)typed.data);

    return len > 0 && len <= ADDRESS_BYTES_MAX && address_is_valid(span_text(out)) ? span_text(out)
                                                                                   : typed;
}

enum rb_status fail_scheme(struct context *context, struct span address) {
    const char *typed = output_line(context->out, address);

    return failure_say(&context->failure, RB_MALFORMED, "bad_address",
                       _("\"%s\" is not whole: an address begins with tcp:// and ends in a port, "
                         "for example tcp://192.0.2.7:7437."),
                       typed);
}

enum rb_status check_address(struct context *context, struct span address) {
    if (address_is_valid(address)) {
        return RB_OK;
    }
    if (!address_has_scheme(address)) {
        return fail_scheme(context, address);
    }
    return failure_say(&context->failure, RB_MALFORMED, "bad_address",
                       _("\"%s\" is not an address. It looks like tcp://192.0.2.7:7437, "
                         "tcp://name.example:7437 or tcp://[2001:db8::7]:7437."),
                       output_line(context->out, address));
}

enum rb_status fail_name_taken(struct context *context) {
    return failure_say(&context->failure, RB_EXISTS, "name_taken",
                       _("You have a contact of this name already, and this is another person. Ask "
                         "one of the two for a card with another name, or remove the old contact: "
                         "rembuk contact remove NAME"));
}

/* A name is chosen by whom it names: what a shell reads as more than a word is not repeated. */
static bool is_plain(const char *name) {
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ";

    return strspn(name, plain) == strlen(name);
}

void contact_typed(const struct contact *contact, char out[static CONTACT_TYPED_BYTES]) {
    const char *quote = strchr(contact->name, ' ') != NULL ? "\"" : "";

    if (is_plain(contact->name)) {
        (void)snprintf(out, CONTACT_TYPED_BYTES, "%s%s%s", quote, contact->name, quote);
    } else {
        (void)snprintf(out, CONTACT_TYPED_BYTES, "%" PRId64, contact->number);
    }
}

enum rb_status contacts_changed(struct context *context) {
    return context->node != NULL ? node_contacts_changed(context->node) : RB_OK;
}

const char *contact_address(const struct contact *contact) {
    return contact->address_count > 0 ? contact->addresses[0] : NULL;
}

enum rb_status fail_forged_card(struct context *context) {
    return failure_say(
        &context->failure, RB_BAD_SIGNATURE, NULL,
        _("The signature on this card is not right: it was changed or forged. Do not "
          "use it; ask for it again another way."));
}

enum rb_status fail_revoked_card(struct context *context, const char *name) {
    return failure_say(&context->failure, RB_REFUSED, "revoked",
                       _("The card of %s is revoked: its keys may be in the hands of somebody "
                         "else. Nothing was changed. Ask your colleague, by telephone."),
                       name);
}

enum rb_status fail_revoked_contact(struct context *context, const struct contact *contact) {
    const char *name = output_name(context->out, contact->name);

    if (contact->person_revoked) {
        return fail_revoked_card(context, name);
    }
    return failure_say(&context->failure, RB_REFUSED, "revoked",
                       _("The computer that the card of %s names is shut out; it may have been "
                         "lost. Nothing was changed. Ask for the card of another computer of that "
                         "person, and add it: rembuk contact add FILE"),
                       name);
}
