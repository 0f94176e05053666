/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/refer.h"

#include "cli/suggest.h"
#include "protocol/text.h"
#include "store/cases.h"
#include "store/contacts.h"
#include "store/groups.h"
#include "store/threads.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { LIST_BYTES_MAX = 8 * (NAME_BYTES_MAX * 8 + 64) };

/* What to say when nothing of that sort fits. */
static const char *not_found_sentence(enum ref_sort sort) {
    switch (sort) {
    case REF_CONTACT:
        return N_("There is no contact \"%s\". See who there is: rembuk contact list");
    case REF_GROUP:
        return N_("There is no group \"%s\". See what there is: rembuk group list");
    case REF_THREAD:
        return N_("There is no thread \"%s\". See what there is: rembuk thread list");
    case REF_POST:
        return N_(
            "There is no post \"%s\". Its reference, such as 12.3, stands in: "
            "rembuk thread show THREAD");
    case REF_CASE:
        return N_("There is no case \"%s\". See what there is: rembuk case list");
    case REF_CIRCLE:
        return N_(
            "There is no group or case \"%s\". See what there is: rembuk group list, "
            "rembuk case list");
    case REF_PART:
        return N_(
            "There is nothing that is called \"%s\". The number of a part, such as 12.3, stands "
            "in: rembuk case show CASE");
    case REF_ENTRY:
        break; /* No command asks for one. */
    }
    assert(false);
    return "";
}

/* ---- Names that are near ---- */

struct guess {
    const char *typed;
    size_t distance;
    bool is_near; /* else only a part of the name, or nothing */
    char name[NAME_BYTES_MAX + 1];
};

enum { PART_LETTERS_MIN = 3 };

static bool is_part(const char *part, const char *whole) {
    size_t len = strlen(part);

    if (len < PART_LETTERS_MIN) {
        return false;
    }
    for (; strlen(whole) >= len; whole++) {
        if (strncasecmp(part, whole, len) == 0) {
            return true;
        }
    }
    return false;
}

static void offer_name(struct guess *guess, const char *name) {
    struct suggestion near = { 0 };

    suggest_offer(&near, guess->typed, name, strlen(name));
    bool nearer = near.word != NULL && (!guess->is_near || near.distance < guess->distance);
    if (nearer || (guess->name[0] == '\0' && is_part(guess->typed, name))) {
        guess->distance = near.distance;
        guess->is_near = near.word != NULL;
        memcpy(guess->name, name, strlen(name) + 1);
    }
}

static bool offer_contact(void *guess, const struct contact *contact) {
    offer_name(guess, contact->name);
    return true;
}

static bool offer_group(void *guess, const struct group_row *row) {
    offer_name(guess, row->name);
    return true;
}

static bool offer_thread(void *guess, const struct thread_row *row) {
    offer_name(guess, row->title);
    return true;
}

static bool offer_case(void *guess, const struct case_row *row) {
    offer_name(guess, row->code);
    return true;
}

static enum rb_status guess_name(struct context *context, enum ref_sort sort, struct guess *guess) {
    switch (sort) {
    case REF_CONTACT:
        return contact_each(context->store, offer_contact, guess);
    case REF_GROUP:
        return group_each(context->store, false, offer_group, guess);
    case REF_THREAD:
        return thread_each(context->store, NULL, offer_thread, guess);
    case REF_CASE:
        return case_each(context->store, false, offer_case, guess);
    case REF_CIRCLE: {
        enum rb_status status = group_each(context->store, false, offer_group, guess);
        return status == RB_OK ? case_each(context->store, false, offer_case, guess) : status;
    }
    case REF_POST:
    case REF_ENTRY:
    case REF_PART:
        return RB_OK; /* They have no names. */
    }
    assert(false);
    return RB_OK;
}

/* "12", "#12" */
static bool is_number(const char *typed) {
    typed += typed[0] == '#' ? 1 : 0;
    return typed[0] != '\0' && strspn(typed, "0123456789") == strlen(typed);
}

/* Groups and cases count in series of their own, and a number alone could mean both: it means the
 * group.  Whoever typed that of a case is told its code; false: it is none either. */
static bool say_case_code(struct context *context, const char *typed) {
    struct ref_candidates candidates;
    struct object object;
    struct case_row row;

    if (ref_find(context->store, REF_CASE, span_text(typed), &object, &candidates) != RB_OK ||
        case_get(context->store, object.id, &row) != RB_OK || row.code[0] == '\0') {
        return false;
    }
    typed += typed[0] == '#' ? 1 : 0;
    (void)failure_say(&context->failure, RB_NOT_FOUND, NULL,
                      _("There is no group %s; case %s is named by its code here: %s"), typed,
                      typed, row.code); /* What it gives is known. */
    return true;
}

static enum rb_status fail_unknown(struct context *context, enum ref_sort sort, const char *typed) {
    struct guess guess = { .typed = typed };

    if (sort == REF_POST && is_number(typed)) {
        return failure_say(
            &context->failure, RB_NOT_FOUND, NULL,
            _("\"%s\" is the number of a thread. Name the post in it, for example %s.2"), typed,
            typed);
    }
    if (sort == REF_THREAD && context->where.sort == PLACE_CASE && !is_number(typed)) {
        return failure_say(&context->failure, RB_NOT_FOUND, NULL,
                           _("There is no thread \"%s\". You are in case %" PRId64
                             "; an entry is written with: rembuk note TEXT"),
                           typed, context->where.number);
    }
    if (sort == REF_CIRCLE && is_number(typed) && say_case_code(context, typed)) {
        return RB_NOT_FOUND;
    }
    enum rb_status status = is_number(typed) ? RB_OK : guess_name(context, sort, &guess);
    if (status != RB_OK) {
        return status;
    }
    if (guess.name[0] != '\0') {
        return failure_say(&context->failure, RB_NOT_FOUND, NULL,
                           _("There is no \"%s\" here. Perhaps \"%s\" is meant: type the whole "
                             "name."),
                           typed, output_name(context->out, guess.name));
    }
    return failure_say(&context->failure, RB_NOT_FOUND, NULL, _(not_found_sentence(sort)), typed);
}

/* Appends one line "  12  name" for each candidate. */
static void write_candidates(struct context *context, const struct ref_candidates *candidates,
                             struct writer *out) {
    char number[32];

    for (size_t i = 0; i < candidates->count; i++) {
        (void)snprintf(number, sizeof number, "\n  %" PRId64 "  ", candidates->rows[i].number);
        writer_span(out, span_text(number));
        writer_span(out, span_text(output_name(context->out, candidates->rows[i].name)));
    }
    writer_u8(out, '\0');
}

static enum rb_status fail_ambiguous(struct context *context, const char *typed,
                                     const struct ref_candidates *candidates) {
    struct writer list;

    writer_init(&list, LIST_BYTES_MAX);
    write_candidates(context, candidates, &list);
    enum rb_status status =
        failure_say(&context->failure, RB_AMBIGUOUS, NULL,
                    _("More than one fits \"%s\". Use the number of the one you mean:%s"), typed,
                    (const char *)writer_view(&list).data);
    writer_clear(&list);
    return status;
}

enum rb_status refer_find(struct context *context, enum ref_sort sort, const char *typed,
                          struct object *object) {
    struct ref_candidates candidates = { 0 };

    enum rb_status status = ref_find(context->store, sort, span_text(typed), object, &candidates);
    if (status == RB_AMBIGUOUS) {
        return fail_ambiguous(context, typed, &candidates);
    }
    if (status == RB_NOT_FOUND || status == RB_MALFORMED) {
        return fail_unknown(context, sort, typed);
    }
    return status;
}

/* ---- People of a group or case ---- */

enum { PEOPLE_FOUND_MAX = 8, HEX_DIGITS_MIN = 8 };

struct person_found {
    uint8_t person[HASH_BYTES];
    char name[NAME_BYTES_MAX + 1];
};

struct people_search {
    struct context *context;
    const char *typed;
    struct span circle;
    struct object contact; /* the contact of the number that was typed; id_len 0: none */
    struct person_found found[PEOPLE_FOUND_MAX];
    size_t count;
    bool is_in; /* those found belong to it; else they have left */
    struct guess guess;
};

static bool is_hex_of(const char *typed, const uint8_t person[static HASH_BYTES]) {
    char hex[2 * HASH_BYTES + 1];
    size_t len = strlen(typed);

    hex_write(span_of(person, HASH_BYTES), hex);
    return len >= HEX_DIGITS_MIN && len < sizeof hex && strncasecmp(typed, hex, len) == 0;
}

static bool is_meant(const struct people_search *search, const struct group_person *person) {
    if (search->contact.id_len > 0) {
        return memcmp(person->person, search->contact.id, HASH_BYTES) == 0;
    }
    return strcasecmp(search->typed, person->name) == 0 || is_hex_of(search->typed, person->person);
}

/* Who belongs to it goes before who has left. */
static bool look_at_person(void *opaque, const struct group_person *person) {
    struct people_search *search = opaque;
    bool is_in = person->state == MEMBER_INVITED || person->state == MEMBER_ACCEPTED;

    offer_name(&search->guess, person->name);
    if (!is_meant(search, person) || (search->is_in && !is_in)) {
        return true;
    }
    if (is_in && !search->is_in) {
        search->is_in = true;
        search->count = 0;
    }
    if (search->count < PEOPLE_FOUND_MAX) {
        struct person_found *found = &search->found[search->count++];
        memcpy(found->person, person->person, sizeof found->person);
        memcpy(found->name, person->name, sizeof found->name);
    }
    return true;
}

/* Those of one name are told apart by number, or by identifier if one is no contact. */
static enum rb_status fail_ambiguous_person(const struct people_search *search) {
    char label[2 * HASH_BYTES + 1];
    struct contact contact;
    struct writer list;

    writer_init(&list, LIST_BYTES_MAX);
    for (size_t i = 0; i < search->count; i++) {
        const struct person_found *found = &search->found[i];
        enum rb_status status = contact_get(search->context->store, found->person, &contact);
        hex_write(span_of(found->person, HASH_BYTES), label);
        label[HEX_DIGITS_MIN] = '\0';
        if (status == RB_OK) {
            (void)snprintf(label, sizeof label, "%" PRId64, contact.number);
        } else if (status != RB_NOT_FOUND) {
            writer_clear(&list);
            return status;
        }
        writer_span(&list, span_text("\n  "));
        writer_span(&list, span_text(label));
        writer_span(&list, span_text("  "));
        writer_span(&list, span_text(output_name(search->context->out, found->name)));
    }
    writer_u8(&list, '\0');
    enum rb_status status =
        failure_say(&search->context->failure, RB_AMBIGUOUS, NULL,
                    _("More than one fits \"%s\". Use the number of the one you mean:%s"),
                    search->typed, (const char *)writer_view(&list).data);
    writer_clear(&list);
    return status;
}

static enum rb_status fail_no_person(const struct people_search *search, enum ref_sort sort) {
    struct context *context = search->context;
    int64_t number = 0;

    if (search->guess.name[0] != '\0' && !is_number(search->typed)) {
        return failure_say(&context->failure, RB_NOT_FOUND, NULL,
                           _("There is no \"%s\" here. Perhaps \"%s\" is meant: type the whole "
                             "name."),
                           search->typed, output_name(context->out, search->guess.name));
    }
    enum rb_status status = ref_number(context->store, sort, search->circle, &number);
    if (status != RB_OK) {
        return status;
    }
    const char *sentence =
        is_number(search->typed)
            ? (sort == REF_GROUP ? _("No contact has the number %s. See who is in it: rembuk group "
                                     "members %" PRId64)
                                 : _("No contact has the number %s. See who is in it: rembuk case "
                                     "members %" PRId64))
            : (sort == REF_GROUP
                   ? _("There is nobody called \"%s\" in it. See who is: rembuk group "
                       "members %" PRId64)
                   : _("There is nobody called \"%s\" in it. See who is: rembuk case "
                       "members %" PRId64));
    return failure_say(&context->failure, RB_NOT_FOUND, NULL, sentence, search->typed, number);
}

enum rb_status refer_person(struct context *context, enum ref_sort sort,
                            const uint8_t circle[static HASH_BYTES], const char *typed,
                            struct object *object) {
    struct people_search search = {
        .context = context,
        .typed = typed,
        .circle = span_of(circle, HASH_BYTES),
        .guess.typed = typed,
    };
    struct ref_candidates candidates;
    struct object contact = { .id_len = 0 };

    enum rb_status status =
        ref_find(context->store, REF_CONTACT, span_text(typed), &contact, &candidates);
    bool is_contact = status == RB_OK;
    if (status == RB_NOT_FOUND || status == RB_MALFORMED || status == RB_AMBIGUOUS) {
        status = RB_OK; /* He need not be a contact. */
    }
    search.contact = is_contact && is_number(typed) ? contact : search.contact;
    if (status == RB_OK) {
        status = people_each(context->store, circle, look_at_person, &search);
    }
    if (status != RB_OK) {
        return status;
    }
    if (search.count > 1) {
        return fail_ambiguous_person(&search);
    }
    if (search.count == 0 && !is_contact) {
        return fail_no_person(&search, sort);
    }
    *object = contact;
    if (search.count == 1) {
        object->id_len = HASH_BYTES;
        memcpy(object->id, search.found[0].person, HASH_BYTES);
    }
    return RB_OK;
}

enum rb_status refer_check_person_name(struct context *context, struct span name) {
    if (!text_is_name(name) || text_is_proper_name(name)) {
        return refer_check_name(context, name);
    }
    return failure_say(&context->failure, RB_MALFORMED, "bad_name",
                       _("\"%s\" has characters that cannot be seen, or unusual blanks. Type the "
                         "name letter by letter."),
                       output_line(context->out, name));
}

enum rb_status refer_check_name(struct context *context, struct span name) {
    if (text_is_name(name)) {
        return RB_OK;
    }
    return failure_say(
        &context->failure, RB_MALFORMED, "bad_name",
        _("\"%s\" cannot be a name. A name has 1 to %d characters, not only digits, no "
          "blank at its ends and no \"-\" at its beginning."),
        output_line(context->out, name), NAME_CHARACTERS_MAX);
}
