/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/help.h"

#include "cli/parse.h"
#include "cli/usage.h"
#include "cli/wording.h"
#include "store/home.h"

#include <stdlib.h>
#include <string.h>

enum { HELP_LINE_BYTES_MAX = 1024, SIDE_BY_SIDE_COLUMNS_MIN = 74 };

static const struct column command_columns[] = {
    { "usage", N_("Command") },
    { "help", N_("What it does") },
};
static const struct column option_columns[] = {
    { "option", N_("Option") },
    { "help", N_("What it does") },
};
enum { HELP_COLUMNS = 2 };

/* ---- Rows ---- */

static void show_usage(struct context *context, const struct command *command) {
    struct writer usage;

    writer_init(&usage, HELP_LINE_BYTES_MAX);
    usage_write(&usage, command, context->settings->language);
    output_text(context->out, "usage", writer_view(&usage));
    writer_clear(&usage);
}

/* Every command, or those of one family. */
static void list_commands(struct context *context, const char *family) {
    struct output *out = context->out;

    output_list_begin(out, "commands", command_columns, HELP_COLUMNS);
    for (size_t i = 0; i < command_count; i++) {
        if (family == NULL || command_has_word(commands[i], 0, family)) {
            output_row_begin(out);
            show_usage(context, commands[i]);
            output_string(out, "help", _(commands[i]->help));
            output_row_end(out);
        }
    }
    output_list_end(out);
}

static void list_option(struct context *context, const struct option *option) {
    struct writer form;

    writer_init(&form, HELP_LINE_BYTES_MAX);
    writer_span(&form, span_text("--"));
    writer_span(&form, span_text(option_name(option, context->settings->language)));
    if (option->value != NULL) {
        writer_u8(&form, ' ');
        writer_span(&form, span_text(_(option->value)));
    }
    output_row_begin(context->out);
    output_text(context->out, "option", writer_view(&form));
    output_string(context->out, "help", _(option->help));
    output_row_end(context->out);
    writer_clear(&form);
}

static void list_options(struct context *context, const struct option *options, size_t count) {
    output_list_begin(context->out, "options", option_columns, HELP_COLUMNS);
    for (size_t i = 0; i < count; i++) {
        list_option(context, &options[i]);
    }
    output_list_end(context->out);
}

/* What one needs on the first day, in this order; with the lines around it one screen of 24. */
static const struct command *const first_day[] = {
    &cmd_init,         &cmd_card,         &cmd_contact_add, &cmd_contact_verify, &cmd_group_new,
    &cmd_group_invite, &cmd_group_accept, &cmd_thread_new,  &cmd_thread_list,    &cmd_thread_show,
    &cmd_post,         &cmd_reply,        &cmd_case_new,    &cmd_note,           &cmd_case_share,
    &cmd_find,         &cmd_today,        &cmd_sync,        &cmd_node,
};

/* The same in the console, by where one is. */
static const struct command *const in_console[] = {
    &cmd_today,       &cmd_case_list,    &cmd_case_new,     &cmd_case_enter,   &cmd_thread_list,
    &cmd_thread_new,  &cmd_thread_enter, &cmd_post,         &cmd_reply,        &cmd_find,
    &cmd_contact_add, &cmd_group_new,    &cmd_group_invite, &cmd_group_accept, &cmd_sync,
    &cmd_status,      &cmd_lock,         &cmd_quit
};
static const struct command *const in_case[] = {
    &cmd_note,         &cmd_case_show,  &cmd_assess_fill,  &cmd_plan_add,   &cmd_service_add,
    &cmd_comment,      &cmd_case_share, &cmd_case_members, &cmd_thread_new, &cmd_thread_list,
    &cmd_thread_enter, &cmd_find,       &cmd_leave
};
static const struct command *const in_thread[] = { &cmd_post, &cmd_reply,   &cmd_thread_show,
                                                   &cmd_edit, &cmd_retract, &cmd_find,
                                                   &cmd_leave };

/* What one does every day. */
static const struct command *const every_day[] = {
    &cmd_today,     &cmd_sync,      &cmd_thread_list, &cmd_thread_show, &cmd_post,   &cmd_reply,
    &cmd_case_list, &cmd_case_show, &cmd_note,        &cmd_find,        &cmd_status,
};

/* In the console, is one in the place that the row asks for first? */
static bool is_placed(const struct context *context, const struct command *command) {
    enum argument_sort first = command->arguments[0].sort;

    if (command->arguments[0].label == NULL || (command->needs & NEEDS_CONSOLE) != 0) {
        return false;
    }
    switch (context->where.sort) {
    case PLACE_CASE:
        return first == ARGUMENT_CASE || first == ARGUMENT_CIRCLE;
    case PLACE_THREAD:
        return first == ARGUMENT_THREAD;
    default:
        return false;
    }
}

static void write_brief_usage(struct context *context, const struct command *command,
                              struct writer *usage) {
    enum language language = context->settings->language;

    if (context->settings->console) {
        usage_write_here(usage, command, language, is_placed(context, command));
    } else {
        writer_span(usage, span_text("rembuk "));
        usage_write_short(usage, command, language);
    }
}

/* The command without what may be left out, at a shell behind the program's name, and a few
 * words. */
static void list_briefly(struct context *context, const struct command *command, bool is_stacked) {
    struct output *out = context->out;
    const char *summary = _(command->summary);
    struct writer usage;

    writer_init(&usage, HELP_LINE_BYTES_MAX);
    write_brief_usage(context, command, &usage);
    output_row_begin(out);
    output_text(out, "usage", writer_view(&usage));
    output_string(out, "help", summary);
    output_row_end(out);
    if (is_stacked) {
        output_say(out, "%s", output_line(out, writer_view(&usage)));
        output_paragraph(out, span_text(summary));
    }
    writer_clear(&usage);
}

/* Where two columns would break the commands, each stands above its words. */
static void list_short(struct context *context, const struct command *const *rows, size_t count) {
    bool is_stacked = context->settings->form == OUTPUT_TABLE &&
                      context->settings->width < SIDE_BY_SIDE_COLUMNS_MIN;

    output_list_begin(context->out, "commands", command_columns, is_stacked ? 0 : HELP_COLUMNS);
    for (size_t i = 0; i < count; i++) {
        list_briefly(context, rows[i], is_stacked);
    }
    output_list_end(context->out);
}

/* ---- Pages ---- */

/* In the console: what one does where one is. */
static void list_here(struct context *context) {
    switch (context->where.sort) {
    case PLACE_CASE:
        list_short(context, in_case, sizeof in_case / sizeof in_case[0]);
        break;
    case PLACE_THREAD:
        list_short(context, in_thread, sizeof in_thread / sizeof in_thread[0]);
        break;
    case PLACE_NONE:
        list_short(context, in_console, sizeof in_console / sizeof in_console[0]);
        break;
    }
}

static void help_short(struct context *context) {
    struct output *out = context->out;

    if (context->settings->console) {
        list_here(context);
    } else {
        list_short(context, first_day, sizeof first_day / sizeof first_day[0]);
    }
    output_gap(out);
    output_say(out, _("One command with examples: rembuk help COMMAND [VERB]"));
    output_say(out, _("All commands: rembuk help all"));
}

static void help_all(struct context *context) {
    struct output *out = context->out;

    output_say(out, _("rembuk COMMAND [VERB] ... [--option VALUE] [TEXT]"));
    output_gap(out);
    list_commands(context, NULL);
    output_gap(out);
    output_say(out, _("Options for every command, in front of TEXT:"));
    list_options(context, global_options, GLOBAL_COUNT);
    output_gap(out);
    output_say(out, _("TEXT and names of several words stand in quotes; \"-\" in the place of TEXT "
                      "or FILE reads what is typed at the keyboard or comes from another program; "
                      "\"--\" ends the options. Things are named by "
                      "their number (12, 12.3), their name, a case by its code (3273-26-K7QD), or "
                      "the first 8 digits of their identifier."));
    output_next(out, _("learn about one command: rembuk help COMMAND [VERB]"));
}

static size_t option_count(const struct command *command) {
    size_t count = 0;

    while (command_options(command)[count].name != NULL) {
        count++;
    }
    return count;
}

static void say_usage(struct context *context, const struct command *command) {
    enum language other =
        context->settings->language == LANGUAGE_ENGLISH ? LANGUAGE_INDONESIAN : LANGUAGE_ENGLISH;
    struct writer usage;

    writer_init(&usage, HELP_LINE_BYTES_MAX);
    usage_write(&usage, command, context->settings->language);
    output_say(context->out, "rembuk %s", output_line(context->out, writer_view(&usage)));
    writer_clear(&usage);
    if (strcmp(command->name, command->name_id) != 0) {
        output_say(context->out, _("In the other language: rembuk %s"),
                   command_name(command, other));
    }
}

/* In the console without those that only a shell understands. */
static void say_examples(struct context *context, const char *examples) {
    char *lines = wording_of(examples);

    for (const char *line = lines; *line != '\0';) {
        size_t len = strcspn(line, "\n");
        bool is_shells = memchr(line, '<', len) != NULL;
        if (!is_shells || !context->settings->console) {
            output_example(context->out, span_of(line, len));
        }
        line += len + (line[len] == '\n' ? 1 : 0);
    }
    free(lines);
}

void help_command(struct context *context, const struct command *command) {
    struct output *out = context->out;

    output_string(out, "command", command->name);
    output_string(out, "command_id", command->name_id);
    output_string(out, "help", _(command->help));
    say_usage(context, command);
    output_gap(out);
    output_say(out, "%s", _(command->help));
    if (command->more != NULL) {
        output_say(out, "%s", _(command->more));
    }
    if (command->question != NULL) {
        output_say(out, _("Asks before anything changes; --yes answers in advance."));
    }
    if (option_count(command) > 0) {
        output_gap(out);
        list_options(context, command_options(command), option_count(command));
    }
    output_gap(out);
    output_say(out, _("Examples:"));
    say_examples(context, _(command->examples));
}

void help_version(struct context *context) {
    output_string(context->out, "version", context->settings->version);
    output_say(context->out, "rembuk %s", context->settings->version);
    output_quiet(context->out, "%s", context->settings->version);
}

bool help_has_home(const struct settings *settings) {
    struct home home;

    return home_at(&home, settings->home) == RB_OK && file_exists(home.key);
}

void help_begin(struct context *context) {
    struct output *out = context->out;
    bool begun = help_has_home(context->settings);

    output_bool(out, "home", begun);
    output_say(out, _("rembuk: confer about cases and supervision, also without a network."));
    output_gap(out);
    if (!begun) {
        output_say(out, _("You have no data folder on this computer yet. Begin like this:"));
        output_example(out, span_text(_("rembuk init --name \"Your Name\" --role tksk")));
    } else {
        list_short(context, every_day, sizeof every_day / sizeof every_day[0]);
    }
    output_gap(out);
    output_next(out, _("see what else there is: rembuk help"));
}

/* People get a short page first; programs get everything at once. */
static bool means_all(const struct context *context, const char *word) {
    return word == NULL ? context->settings->form != OUTPUT_TABLE
                        : strcmp(word, "all") == 0 || strcmp(word, "semua") == 0;
}

enum rb_status help_words(struct context *context, const char *word, const char *verb) {
    if (means_all(context, word)) {
        help_all(context);
        return RB_OK;
    }
    if (word == NULL) {
        help_short(context);
        return RB_OK;
    }
    const struct command *command = command_find(word, verb);
    if (command != NULL) {
        help_command(context, command);
        return RB_OK;
    }
    if (verb != NULL || command_family(word) == NULL) {
        return failure_usage(&context->failure, "unknown_command",
                             _("There is no command \"%s%s%s\". All commands: rembuk help all"),
                             word, verb != NULL ? " " : "", verb != NULL ? verb : "");
    }
    list_commands(context, word);
    output_next(context->out, _("learn about one command: rembuk help %s VERB"), word);
    return RB_OK;
}

static enum rb_status help_run(struct context *context, const struct call *call) {
    return help_words(context, call->argument_count > 0 ? call->typed[0] : NULL,
                      call->argument_count > 1 ? call->typed[1] : NULL);
}

const struct command cmd_help = {
    .name = "help",
    .name_id = "bantuan",
    .arguments = { { .sort = ARGUMENT_WORD, .label = N_("COMMAND"), .optional = true },
                   { .sort = ARGUMENT_WORD, .label = N_("VERB"), .optional = true } },
    .help = N_("Explains the most important commands, all of them, or one with examples."),
    .examples = N_("rembuk help\nrembuk help all\nrembuk help group\nrembuk help thread import"),
    .run = help_run,
};
