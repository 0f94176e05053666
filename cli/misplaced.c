/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/misplaced.h"

#include "cli/question.h"
#include "protocol/text.h"
#include "store/records.h"
#include "store/cases.h"
#include "store/threads.h"

#include <inttypes.h>
#include <string.h>

const char misplaced_declined[] = N_("To write elsewhere, leave this place first: leave");

/* Where a text goes: the circle whose members will read it, and words for people. */
struct target {
    uint8_t circle[HASH_BYTES];
    enum circle_kind kind;
    int64_t number;                 /* of the thread, or of the case */
    bool is_thread;                 /* else an entry of the case */
    char title[NAME_BYTES_MAX + 1]; /* of the thread */
    char place[NAME_BYTES_MAX + 1]; /* name of the group, or code of the case */
};

static enum rb_status thread_target(struct context *context, const uint8_t ref[static REF_BYTES],
                                    struct target *target) {
    struct thread_row row;

    enum rb_status status = thread_get(context->store, ref, &row);
    if (status != RB_OK) {
        return status;
    }
    *target = (struct target) { .kind = row.kind, .number = row.number, .is_thread = true };
    memcpy(target->circle, row.circle, sizeof target->circle);
    text_copy(target->title, sizeof target->title, span_text(row.title));
    text_copy(target->place, sizeof target->place, span_text(row.group));
    return RB_OK;
}

static enum rb_status case_target(struct context *context, const uint8_t circle[static HASH_BYTES],
                                  struct target *target) {
    struct case_row row;

    enum rb_status status = case_get(context->store, circle, &row);
    if (status != RB_OK) {
        return status;
    }
    *target = (struct target) { .kind = CIRCLE_CASE, .number = row.number };
    memcpy(target->circle, circle, sizeof target->circle);
    text_copy(target->place, sizeof target->place, span_text(row.code));
    return RB_OK;
}

/* RB_NOT_FOUND: the first argument is nothing that a text goes to. */
static enum rb_status call_target(struct context *context, const struct call *call,
                                  struct target *target) {
    const struct object *first = &call->objects[0];
    uint8_t circle[HASH_BYTES];
    struct post_row post;
    enum rb_status status;

    switch (call->command->arguments[0].sort) {
    case ARGUMENT_THREAD:
        return thread_target(context, call->objects[0].id, target);
    case ARGUMENT_CASE:
        return case_target(context, call->objects[0].id, target);
    case ARGUMENT_POST:
        status = post_get(context->store, call->objects[0].id, &post);
        return status == RB_OK ? thread_target(context, post.thread, target) : status;
    case ARGUMENT_PART:
        if (first->id_len == HASH_BYTES) {
            return case_target(context, first->id, target);
        }
        status = part_case(context->store, first->id, circle);
        return status == RB_OK ? case_target(context, circle, target) : status;
    default:
        return RB_NOT_FOUND;
    }
}

static enum rb_status place_target(struct context *context, const struct place *place,
                                   struct target *target) {
    return place->sort == PLACE_THREAD ? thread_target(context, place->object.id, target)
                                       : case_target(context, place->object.id, target);
}

/* ---- The text leaves the case ---- */

static void ask_about_leaving(struct context *context, const struct target *from,
                              const struct target *to, struct writer *question) {
    const char *place = output_name(context->out, to->place);

    question_say(question, _("You are in case %s, and this text would leave it:"),
                 output_name(context->out, from->place));
    if (!to->is_thread) {
        question_say(question, _("it goes to case %" PRId64 " (%s)."), to->number, place);
    } else if (to->kind == CIRCLE_CASE) {
        question_say(question, _("it goes to thread %" PRId64 " \"%s\" of case %s."), to->number,
                     output_name(context->out, to->title), place);
    } else {
        question_say(question,
                     _("it goes to thread %" PRId64 " \"%s\", which all of the group \"%s\" read."),
                     to->number, output_name(context->out, to->title), place);
    }
    question_say(question, _("Write it there? [y/n]"));
}

/* ---- The text begins like a reference ---- */

static bool is_digit(uint8_t byte) {
    return byte >= '0' && byte <= '9';
}

/* "5", "#5", "3273-26-K7QD": what people type for a thing; names are not meant, since many begin
 * like a sentence. */
static bool looks_like_reference(struct span word) {
    size_t at = word.len > 1 && word.data[0] == '#' ? 1 : 0;

    if (at == word.len || !is_digit(word.data[at])) {
        return false;
    }
    while (at < word.len && (is_digit(word.data[at]) || word.data[at] == '-' ||
                             (word.data[at] >= 'A' && word.data[at] <= 'Z'))) {
        at++;
    }
    return at == word.len;
}

static struct span first_word(struct span text) {
    size_t len = 0;

    while (len < text.len && text.data[len] != ' ' && text.data[len] != '\n') {
        len++;
    }
    return span_of(text.data, len);
}

static bool is_place(const struct call *call, const struct place *place) {
    return call->objects[0].id_len == place->object.id_len &&
           memcmp(call->objects[0].id, place->object.id, place->object.id_len) == 0;
}

/* RB_NOT_FOUND: it names nothing.  `*is_here`: the place itself. */
static enum rb_status find_named(struct context *context, const struct place *place,
                                 struct span word, bool *is_here) {
    enum ref_sort sort = place->sort == PLACE_CASE ? REF_CASE : REF_THREAD;
    struct ref_candidates candidates;
    struct object named;

    if (!looks_like_reference(word)) {
        return RB_NOT_FOUND;
    }
    enum rb_status status = ref_find(context->store, sort, word, &named, &candidates);
    *is_here = status == RB_OK && named.id_len == place->object.id_len &&
               memcmp(named.id, place->object.id, named.id_len) == 0;
    switch (status) {
    case RB_AMBIGUOUS:
        return RB_OK;
    case RB_MALFORMED:
        return RB_NOT_FOUND;
    default:
        return status;
    }
}

static void ask_about_own_number(const struct place *place, const char *shown,
                                 struct writer *question) {
    question_say(question,
                 place->sort == PLACE_CASE
                     ? _("You are in case %" PRId64 " already; nothing has to be named here.")
                     : _("You are in thread %" PRId64 " already; nothing has to be named here."),
                 place->number);
    question_say(question, _("Is \"%s\" a part of your text? [y/n]"), shown);
}

static enum rb_status ask_about_beginning(struct context *context, const struct call *call,
                                          const struct place *place, struct writer *question) {
    struct span word = first_word(call->texts[call->argument_count - 1]);
    bool is_here = false;

    enum rb_status status = find_named(context, place, word, &is_here);
    if (status != RB_OK) {
        return status == RB_NOT_FOUND ? RB_OK : status;
    }
    const char *shown = output_line(context->out, word);
    if (is_here) {
        ask_about_own_number(place, shown, question);
    } else if (place->sort == PLACE_CASE) {
        question_say(question, _("You are in case %" PRId64 ", and \"%s\" is another case."),
                     place->number, shown);
        question_say(question, _("Write this text into case %" PRId64 " all the same? [y/n]"),
                     place->number);
    } else {
        question_say(question, _("You are in thread %" PRId64 ", and \"%s\" is another thread."),
                     place->number, shown);
        question_say(question, _("Write this text into thread %" PRId64 " all the same? [y/n]"),
                     place->number);
    }
    return RB_OK;
}

/* ---- Either ---- */

static bool takes_text(const struct call *call) {
    return call->argument_count > 1 &&
           call->command->arguments[call->argument_count - 1].sort == ARGUMENT_TEXT;
}

enum rb_status misplaced_question(struct context *context, const struct call *call,
                                  struct writer *question) {
    const struct place *place = &context->where;
    struct target from, to;

    if (place->sort == PLACE_NONE || !takes_text(call)) {
        return RB_OK;
    }
    if (is_place(call, place)) {
        return ask_about_beginning(context, call, place, question);
    }
    enum rb_status status = place_target(context, place, &from);
    if (status == RB_OK) {
        status = call_target(context, call, &to);
    }
    if (status != RB_OK) {
        return status == RB_NOT_FOUND ? RB_OK : status; /* A place that is no longer there. */
    }
    if (from.kind == CIRCLE_CASE && memcmp(from.circle, to.circle, sizeof to.circle) != 0) {
        ask_about_leaving(context, &from, &to, question);
    }
    return RB_OK;
}
