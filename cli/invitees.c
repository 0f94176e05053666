/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/invitees.h"

#include "node/node.h"
#include "store/file.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *invitation_word(enum invitation_state state) {
    switch (state) {
    case INVITATION_OPEN:
        return "open";
    case INVITATION_ANSWERED:
        return "answered";
    case INVITATION_SETTLED:
        return "used";
    case INVITATION_CANCELLED:
        return "cancelled";
    case INVITATION_EXPIRED:
        break;
    }
    return "expired";
}

const char *invitation_shown(enum invitation_state state) {
    switch (state) {
    case INVITATION_OPEN:
        return _("open");
    case INVITATION_ANSWERED:
        return _("answered: confirm");
    case INVITATION_SETTLED:
        return _("used");
    case INVITATION_CANCELLED:
        return _("cancelled");
    case INVITATION_EXPIRED:
        break;
    }
    return _("over");
}

/* ---- Who answered ---- */

struct list {
    struct context *context;
    char *out;
    size_t room; /* of `out`: what is left of it */
    bool has_one;
};

static void list_write(struct list *list, const char *separator, const char *text) {
    int written = snprintf(list->out, list->room, "%s%s", list->has_one ? separator : "", text);

    if (written > 0 && (size_t)written < list->room) {
        list->out += written;
        list->room -= (size_t)written;
        list->has_one = true;
    }
}

static bool list_add(void *opaque, const struct invitation_answer *answer) {
    struct list *list = opaque;

    list_write(list, ", ", output_name(list->context->out, answer->name));
    return true;
}

static bool list_add_words(void *opaque, const struct invitation_answer *answer) {
    struct list *list = opaque;
    char words[WORDS_BYTES_MAX], shown[8 * NAME_BYTES_MAX + WORDS_BYTES_MAX + 4];

    people_words(answer->person_pk, words);
    (void)snprintf(shown, sizeof shown, "%s (%s)", output_name(list->context->out, answer->name),
                   words);
    list_write(list, "; ", shown);
    return true;
}

void invitees_write(struct context *context, const struct invitation *invitation,
                    char out[static INVITEES_SHOWN_BYTES]) {
    struct list list = { context, out, INVITEES_SHOWN_BYTES, false };

    out[0] = '\0';
    if (invitation_answers_each(context->store, invitation->number, list_add, &list) != RB_OK) {
        out[0] = '\0'; /* What follows fails for the same reason, and says it. */
    }
}

void invitees_write_words(struct context *context, const struct invitation *invitation,
                          char out[static INVITEES_WORDS_BYTES]) {
    struct list list = { context, out, INVITEES_WORDS_BYTES, false };

    out[0] = '\0';
    if (invitation_answers_each(context->store, invitation->number, list_add_words, &list) !=
        RB_OK) {
        out[0] = '\0'; /* As above. */
    }
}

struct search {
    struct invitation *found;
    bool has_found;
};

static bool take_answered(void *opaque, const struct invitation *invitation) {
    struct search *search = opaque;

    if (invitation->state == INVITATION_ANSWERED) { /* The newest come first. */
        *search->found = *invitation;
        search->has_found = true;
    }
    return true;
}

enum rb_status invitee_waiting(struct context *context, struct invitation *invitation) {
    struct search search = { invitation, false };

    enum rb_status status =
        invitations_each(context->store, clock_now_ms(), take_answered, &search);
    return status == RB_OK && !search.has_found ? RB_NOT_FOUND : status;
}

/* ---- What was typed ---- */

/* "2" or "#2"; 0 if it is no number. */
static int64_t number_read(struct span typed) {
    size_t i = typed.len > 0 && typed.data[0] == '#' ? 1 : 0;
    int64_t number = 0;

    if (i == typed.len || typed.len - i > 9) {
        return 0;
    }
    for (; i < typed.len; i++) {
        if (typed.data[i] < '0' || typed.data[i] > '9') {
            return 0;
        }
        number = 10 * number + (typed.data[i] - '0');
    }
    return number;
}

enum rb_status invitation_read(struct context *context, struct span typed,
                               struct invitation *invitation) {
    enum rb_status status =
        invitation_get(context->store, number_read(typed), clock_now_ms(), invitation);

    if (status == RB_NOT_FOUND) {
        return failure_say(&context->failure, status, "no_invitation",
                           _("There is no invitation \"%s\". See which there are: rembuk invite "
                             "list"),
                           output_line(context->out, typed));
    }
    return status;
}

enum rb_status fail_settled(struct context *context, int64_t number) {
    return failure_say(&context->failure, RB_NOT_FOUND, "not_open",
                       _("Invitation %" PRId64 " is used, cancelled or over already. Make a new "
                         "one: rembuk invite new"),
                       number);
}

/* ---- Who is to be confirmed ---- */

struct choice {
    struct span name;  /* empty: any */
    const char *words; /* NULL: any */
    struct invitation_answer *chosen;
    size_t count;
    bool is_one_person; /* all of them */
};

static bool is_called(const struct invitation_answer *answer, struct span name) {
    return strlen(answer->name) == name.len &&
           strncasecmp(answer->name, (const char *)name.data, name.len) == 0;
}

static bool choose(void *opaque, const struct invitation_answer *answer) {
    struct choice *choice = opaque;

    if ((choice->name.len > 0 && !is_called(answer, choice->name)) ||
        (choice->words != NULL &&
         !identity_words_match(span_text(choice->words), answer->person_pk))) {
        return true;
    }
    choice->is_one_person =
        choice->count == 0 ||
        (choice->is_one_person &&
         crypt_equal(choice->chosen->person, answer->person, sizeof answer->person));
    *choice->chosen = *answer;
    choice->count++;
    return true;
}

/* None of those who answered. */
static enum rb_status fail_nobody(struct context *context, const struct invitation *invitation,
                                  const struct choice *choice) {
    char who[INVITEES_SHOWN_BYTES];

    invitees_write(context, invitation, who);
    if (who[0] == '\0') {
        return failure_say(&context->failure, RB_NOT_FOUND, "no_answer",
                           _("Nobody has answered invitation %" PRId64 " yet. See: rembuk invite "
                             "list"),
                           invitation->number);
    }
    if (choice->words != NULL) {
        return failure_say(&context->failure, RB_REFUSED, "words_differ",
                           _("These are not the eight words of anybody who has answered invitation "
                             "%" PRId64 ". Have them read out again; if they still differ, "
                             "somebody else has heard the twelve words: rembuk invite cancel "
                             "%" PRId64),
                           invitation->number, invitation->number);
    }
    return failure_say(&context->failure, RB_NOT_FOUND, "no_answer",
                       _("Nobody called \"%s\" has answered invitation %" PRId64 ". Answered "
                         "by: %s."),
                       output_line(context->out, choice->name), invitation->number, who);
}

/* More than one: somebody else has heard the words. */
static enum rb_status fail_several(struct context *context, const struct invitation *invitation,
                                   const struct choice *choice) {
    char who[INVITEES_WORDS_BYTES];

    if (choice->is_one_person) {
        return failure_say(&context->failure, RB_AMBIGUOUS, "several_answers",
                           _("Careful: %s has answered invitation %" PRId64 " from %zu different "
                             "devices. One of them may be in the hands of somebody else. Cancel "
                             "it, talk to your colleague, and make a new one: rembuk invite cancel "
                             "%" PRId64),
                           output_name(context->out, choice->chosen->name), invitation->number,
                           choice->count, invitation->number);
    }
    if (choice->name.len > 0) { /* Somebody poses as the one who was meant. */
        return failure_say(&context->failure, RB_AMBIGUOUS, "several_answers",
                           _("Careful: %zu different people called \"%s\" have answered invitation "
                             "%" PRId64 ", so somebody else has heard the words. Cancel it, and "
                             "make a new one: rembuk invite cancel %" PRId64),
                           choice->count, output_line(context->out, choice->name),
                           invitation->number, invitation->number);
    }
    invitees_write_words(context, invitation, who);
    return failure_say(&context->failure, RB_AMBIGUOUS, "several_answers",
                       _("Careful: several people have answered invitation %" PRId64 ": %s. "
                         "Somebody else has heard the words. Cancel it (rembuk invite cancel "
                         "%" PRId64 "), or name the one whose eight words are right: rembuk invite "
                         "confirm %" PRId64 " \"NAME\""),
                       invitation->number, who, invitation->number, invitation->number);
}

enum rb_status invitee_read(struct context *context, const struct call *call,
                            struct invitee *invitee) {
    struct choice choice = {
        .name = call->argument_count > 1 ? call->texts[1] : span_of(NULL, 0),
        .words = call_option(call, "words"),
        .chosen = &invitee->answer,
    };

    enum rb_status status = invitation_read(context, call->texts[0], &invitee->invitation);
    if (status != RB_OK) {
        return status;
    }
    const struct invitation *invitation = &invitee->invitation;
    if (invitation->state != INVITATION_OPEN && invitation->state != INVITATION_ANSWERED) {
        return fail_settled(context, invitation->number);
    }
    status = invitation_answers_each(context->store, invitation->number, choose, &choice);
    if (status != RB_OK) {
        return status;
    }
    if (choice.count != 1) {
        return choice.count == 0 ? fail_nobody(context, invitation, &choice)
                                 : fail_several(context, invitation, &choice);
    }
    return invitation->has_group ? circle_find(context, invitation->group, &invitee->group) : RB_OK;
}

enum rb_status check_file_is_new(struct context *context, const char *path) {
    return file_exists(path) ? fail_file(context, RB_EXISTS, path) : RB_OK;
}

enum rb_status fail_file(struct context *context, enum rb_status status, const char *path) {
    if (status == RB_EXISTS) {
        return failure_say(&context->failure, status, "file_exists",
                           _("The file %s is there already and was left as it is. Choose another "
                             "name."),
                           path);
    }
    if (status == RB_NOT_FOUND || status == RB_STORAGE) {
        return failure_say(
            &context->failure, RB_REFUSED, "file_not_written",
            _("The file %s could not be written. Check the folder and your rights to it."), path);
    }
    return status;
}
