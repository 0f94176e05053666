/* SPDX-License-Identifier: GPL-3.0-or-later */
/* group waiting, case waiting: what was written by people who had been removed, or by a computer
 * that exists twice, and is shown nowhere until a manager lets it count; group adopt, case adopt:
 * letting it count. */
#include "cli/circles.h"
#include "cli/next.h"
#include "cli/question.h"
#include "cli/snippet.h"
#include "cli/when.h"
#include "node/node.h"
#include "protocol/casework/kinds.h"
#include "store/contacts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- Words ---- */

struct words {
    const char *word, *shown; /* for scripts; for people */
};

static const struct words reasons[] = {
    [WAITING_REMOVED] = { "removed", N_("was removed") },
    [WAITING_FORK] = { "two_copies", N_("two copies") },
};

static const struct {
    uint16_t type;
    struct words words;
} kinds[] = {
    { KIND_GROUP, { "name", N_("name of the group") } },
    { KIND_THREAD, { "thread", N_("thread") } },
    { KIND_POST, { "post", N_("post") } },
    { KIND_EDIT, { "edit", N_("changed post") } },
    { KIND_RETRACT, { "retract", N_("post taken back") } },
    { KIND_CASE, { "case", N_("case record") } },
    { KIND_ENTRY, { "entry", N_("entry") } },
};

static const struct words *kind_words(uint16_t type) {
    static const struct words newer = { "unknown", N_("from a newer version") };

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].type == type) {
            return &kinds[i].words;
        }
    }
    return &newer;
}

/* ---- Of one group or case ---- */

struct listing {
    struct context *context;
    size_t count;
    bool is_used[sizeof reasons / sizeof reasons[0]];
};

static bool put_waiting(void *opaque, const struct waiting_row *row) {
    const struct words *kind = kind_words(row->type);
    struct listing *listing = opaque;
    struct output *out = listing->context->out;
    char shown[WHEN_BYTES];
    struct writer snippet;

    listing->count++;
    listing->is_used[row->reason] = true;
    when_show(row->time_ms, shown);
    output_row_begin(out);
    output_hex(out, "event", span_of(row->ref, sizeof row->ref));
    output_hex(out, "contact", span_of(row->person, sizeof row->person));
    output_string(out, "name", row->name);
    output_time(out, "time", row->time_ms);
    output_cell(out, "time", shown);
    output_word(out, "reason", reasons[row->reason].word, _(reasons[row->reason].shown));
    output_word(out, "kind", kind->word, _(kind->shown));
    output_text(out, "text", row->title);
    writer_init(&snippet, SNIPPET_BYTES_MAX);
    snippet_write(&snippet, row->title, 0, 0);
    output_cell(out, "text", output_line(out, writer_view(&snippet)));
    writer_clear(&snippet);
    output_row_end(out);
    return true;
}

static void say_reasons(struct output *out, const struct listing *listing) {
    if (listing->is_used[WAITING_REMOVED]) {
        output_say(out, _("was removed: written by somebody who had been removed or had left, "
                          "perhaps without knowing it yet."));
    }
    if (listing->is_used[WAITING_FORK]) {
        output_say(out, _("two copies: the computer has written two different histories, as when "
                          "a data folder was copied or brought back from an old copy."));
    }
}

static void say_after_waiting(struct context *context, const struct circle_facts *facts,
                              const struct listing *listing) {
    static const struct circle_hint hint = {
        N_("let it count: rembuk group adopt %" PRId64 "; of one person only: rembuk group adopt "
           "%" PRId64 " PERSON"),
        N_("let it count: rembuk case adopt %" PRId64 "; of one person only: rembuk case adopt "
           "%" PRId64 " PERSON"),
    };
    struct output *out = context->out;

    if (listing->count == 0) {
        output_say(out, _("Nothing waits in %s."), facts->shown);
        return;
    }
    output_gap(out);
    say_reasons(out, listing);
    output_say(out, _("It is kept, but shown nowhere else, until a manager lets it count."));
    output_next(out, circle_hint(facts, hint), facts->number, facts->number);
}

static enum rb_status list_waiting(struct context *context, const struct call *call) {
    static const struct column columns[] = {
        { "name", N_("Author") }, { "time", N_("Time") }, { "reason", N_("Why") },
        { "kind", N_("Kind") },   { "text", N_("Text") },
    };
    struct listing listing = { .context = context };
    struct circle_facts facts;

    enum rb_status status = circle_read(context, call, &facts);
    if (status != RB_OK) {
        return status;
    }
    circle_put(context->out, &facts);
    output_list_begin(context->out, "events", columns, sizeof columns / sizeof columns[0]);
    status = waiting_each(context->store, facts.id, put_waiting, &listing);
    output_list_end(context->out);
    if (status != RB_OK) {
        return fail_reading(context, &facts, status);
    }
    say_after_waiting(context, &facts, &listing);
    return RB_OK;
}

/* ---- Of all ---- */

struct overview {
    struct context *context;
    size_t count;
    enum rb_status status;
};

static void put_overview(struct overview *overview, const struct circle_facts *facts,
                         size_t waiting) {
    struct output *out = overview->context->out;

    if (waiting > 0) {
        overview->count++;
        output_row_begin(out);
        circle_put(out, facts);
        output_count(out, "waiting", waiting);
        output_row_end(out);
    }
}

static bool look_at_group(void *opaque, const struct group_row *row) {
    struct overview *overview = opaque;
    struct circle_facts facts;

    circle_facts_of_group(overview->context, row, &facts);
    put_overview(overview, &facts, row->waiting);
    return true;
}

static bool look_at_case(void *opaque, const struct case_row *row) {
    struct overview *overview = opaque;
    struct circle_facts facts;
    size_t waiting = 0;

    overview->status = waiting_count(overview->context->store, row->circle, &waiting);
    circle_facts_of_case(overview->context, row, &facts);
    put_overview(overview, &facts, waiting);
    return overview->status == RB_OK;
}

static enum rb_status list_all(struct context *context, bool is_case) {
    static const struct column group_columns[] = { { "number", N_("No.") },
                                                   { "name", N_("Name") },
                                                   { "waiting", N_("Waiting") } };
    static const struct column case_columns[] = { { "number", N_("No.") },
                                                  { "code", N_("Code") },
                                                  { "waiting", N_("Waiting") } };
    struct overview overview = { .context = context };
    struct output *out = context->out;

    output_list_begin(out, is_case ? "cases" : "groups", is_case ? case_columns : group_columns, 3);
    enum rb_status status = is_case ? case_each(context->store, false, look_at_case, &overview)
                                    : group_each(context->store, false, look_at_group, &overview);
    output_list_end(out);
    if (status != RB_OK || overview.status != RB_OK) {
        return status != RB_OK ? status : overview.status;
    }
    if (overview.count == 0) {
        output_say(out, is_case ? _("Nothing waits in your cases.")
                                : _("Nothing waits in your groups."));
    } else {
        output_next(out, is_case ? _("see it: rembuk case waiting CASE")
                                 : _("see it: rembuk group waiting GROUP"));
    }
    return RB_OK;
}

static enum rb_status waiting_run(struct context *context, const struct call *call) {
    return call->argument_count > 0
               ? list_waiting(context, call)
               : list_all(context, call->command->arguments[0].sort == ARGUMENT_CASE);
}

const struct command cmd_group_waiting = {
    .name = "group waiting",
    .name_id = "kelompok menunggu",
    .arguments = { { .sort = ARGUMENT_GROUP, .label = N_("GROUP"), .optional = true } },
    .summary = N_("what waits for a manager"),
    .help = N_("Lists what waits for a manager in a group; without GROUP, in which groups."),
    .more = N_("What a removed person wrote, or a computer of which there are two copies, is kept "
               "and shown nowhere until a manager lets it count."),
    .examples = N_("rembuk group waiting\nrembuk group waiting 1"),
    .needs = NEEDS_STORE,
    .run = waiting_run,
};

const struct command cmd_case_waiting = {
    .name = "case waiting",
    .name_id = "kasus menunggu",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE"), .optional = true } },
    .summary = N_("what waits for a manager"),
    .help = N_("Lists what waits for a manager in a case; without CASE, in which cases."),
    .more = N_("What a removed person wrote, or a computer of which there are two copies, is kept "
               "and shown nowhere until a manager lets it count."),
    .examples = N_("rembuk case waiting\nrembuk case waiting 3273-26-K7QD"),
    .needs = NEEDS_STORE,
    .run = waiting_run,
};

/* ---- adopt ---- */

struct adoption {
    struct circle_facts facts;
    const uint8_t *person; /* NULL: everybody */
    char name[NAME_BYTES_MAX + 1];
    size_t count;
};

static bool count_waiting(void *opaque, const struct waiting_row *row) {
    struct adoption *adoption = opaque;

    adoption->count +=
        adoption->person == NULL || memcmp(row->person, adoption->person, sizeof row->person) == 0;
    return true;
}

static enum rb_status fail_nothing(struct context *context, const struct adoption *adoption) {
    if (adoption->person == NULL) {
        return failure_say(&context->failure, RB_NOT_FOUND, "nothing_waits",
                           _("Nothing waits in %s. Nothing was changed."), adoption->facts.shown);
    }
    return failure_say(&context->failure, RB_NOT_FOUND, "nothing_waits",
                       _("Nothing of %s waits in %s. Nothing was changed."),
                       output_name(context->out, adoption->name), adoption->facts.shown);
}

static enum rb_status read_adoption(struct context *context, const struct call *call,
                                    struct adoption *adoption) {
    *adoption = (struct adoption) { 0 };
    enum rb_status status = circle_read(context, call, &adoption->facts);
    if (status == RB_OK && call->argument_count > 1) {
        adoption->person = call->objects[1].id;
        status = person_name(context->store, adoption->person, adoption->name);
    }
    if (status != RB_OK) {
        return status;
    }
    status = waiting_each(context->store, adoption->facts.id, count_waiting, adoption);
    if (status != RB_OK) {
        return fail_change(context, &adoption->facts, status);
    }
    return adoption->count == 0 ? fail_nothing(context, adoption) : RB_OK;
}

static enum rb_status adopt_question(struct context *context, const struct call *call,
                                     struct writer *question) {
    struct adoption adoption;

    enum rb_status status = read_adoption(context, call, &adoption);
    if (status != RB_OK) {
        return status;
    }
    if (adoption.person == NULL) {
        question_say(question, _("Waiting in %s, of everybody: %zu."), adoption.facts.shown,
                     adoption.count);
    } else {
        question_say(question, _("Waiting in %s, of %s: %zu."), adoption.facts.shown,
                     output_name(context->out, adoption.name), adoption.count);
    }
    question_say(question, _("If it counts, everybody there reads it, as if it had never waited. "
                             "That cannot be undone."));
    question_say(question, _("Whoever was removed stays removed."));
    question_say(question, _("Let it count? [y/n]"));
    return writer_end(question);
}

static enum rb_status adopt(struct context *context, struct adoption *adoption) {
    struct refusal refusal = { 0 };

    enum rb_status status = waiting_adopt(context->store, adoption->facts.id, adoption->person,
                                          clock_now_ms(), &adoption->count, &refusal);
    if (status == RB_REFUSED) {
        status = fail_rule(context, &adoption->facts, ACT_ADOPT, NULL, &refusal);
    } else if (status == RB_NOT_FOUND) {
        status = fail_nothing(context, adoption);
    } else {
        status = fail_change(context, &adoption->facts, status);
    }
    refusal_clear(&refusal);
    return status;
}

static enum rb_status adopt_run(struct context *context, const struct call *call) {
    struct output *out = context->out;
    struct adoption adoption;

    enum rb_status status = read_adoption(context, call, &adoption);
    if (status == RB_OK) {
        status = adopt(context, &adoption);
    }
    if (status != RB_OK) {
        return status;
    }
    circle_put(out, &adoption.facts);
    output_count(out, "adopted", adoption.count);
    output_quiet(out, "%zu", adoption.count);
    output_say(out, _("Counts now in %s: %zu."), adoption.facts.shown, adoption.count);
    return next_send(context, _("tell the others: rembuk sync"));
}

const struct command cmd_group_adopt = {
    .name = "group adopt",
    .name_id = "kelompok akui",
    .arguments = { { .sort = ARGUMENT_GROUP, .label = N_("GROUP") },
                   { .sort = ARGUMENT_PERSON, .label = N_("PERSON"), .optional = true } },
    .help = N_("Lets count what waits in a group: of everybody, or of one person."),
    .more = N_("For managers. See first what it is: rembuk group waiting GROUP"),
    .examples = N_("rembuk group adopt 1\nrembuk group adopt 1 \"Budi Misal\""),
    .needs = NEEDS_STORE,
    .question = adopt_question,
    .run = adopt_run,
};

const struct command cmd_case_adopt = {
    .name = "case adopt",
    .name_id = "kasus akui",
    .arguments = { { .sort = ARGUMENT_CASE, .label = N_("CASE") },
                   { .sort = ARGUMENT_PERSON, .label = N_("PERSON"), .optional = true } },
    .help = N_("Lets count what waits in a case: of everybody, or of one person."),
    .more = N_("For managers. See first what it is: rembuk case waiting CASE"),
    .examples = N_("rembuk case adopt 3273-26-K7QD\nrembuk case adopt 4 \"Budi Misal\""),
    .needs = NEEDS_STORE,
    .question = adopt_question,
    .run = adopt_run,
};
