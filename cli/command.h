/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command is a row: its words in both languages, typed arguments, options, help, what it needs
 * and what it runs.  Parsing, completion, guided entry, help and the dispatcher read the row;
 * nothing about a command stands elsewhere.
 *
 * Adding a command is one row in a cmd_*.c file, one line in command.c, and its texts in
 * po/id.po. */
#ifndef REMBUK_CLI_COMMAND_H
#define REMBUK_CLI_COMMAND_H

#include "cli/lang.h"
#include "protocol/casework/form.h"
#include "store/refs.h"

struct context; /* cli/context.h */
struct call;

enum {
    ARGUMENTS_MAX = 3,
    OPTIONS_MAX = 12,
    CALL_OPTIONS_MAX = 16,
    COMMAND_WORDS_MAX = 2,
    COMMAND_WORD_BYTES_MAX = 24
};

enum argument_sort {
    ARGUMENT_CONTACT, /* the first eight are references: job.c finds the object */
    ARGUMENT_GROUP,
    ARGUMENT_CIRCLE, /* a group or a case (REF_CIRCLE) */
    ARGUMENT_CASE,
    ARGUMENT_THREAD,
    ARGUMENT_POST,
    ARGUMENT_PART,   /* of a case: 12.3; or a case (REF_PART) */
    ARGUMENT_PERSON, /* of the group or case that the first argument names */
    ARGUMENT_NAME,   /* of a new object: checked by job.c */
    ARGUMENT_ADDRESS,
    ARGUMENT_WORD,
    ARGUMENT_FILE, /* read where the command was typed; "-" is standard input */
    ARGUMENT_TEXT  /* always the last; "-" is standard input to its end */
};

struct argument {
    enum argument_sort sort;
    const char *label; /* "GROUP"; NULL ends the list */
    bool optional;
    size_t bytes_max;     /* FILE */
    const char *typing;   /* TEXT, FILE: what is told to who types it at a terminal; may be NULL */
    const char *question; /* what the console asks if it is missing; NULL: what its sort asks */
};

struct option {
    const char *name;       /* without the two dashes; NULL ends the list */
    const char *name_id;    /* the Indonesian word; may be the same */
    const char *value;      /* "SECONDS"; NULL: a switch */
    const char *choices;    /* "AJ|ADK": the only values, translated; NULL: others, or `value` lists
                            them */
    const char *choices_id; /* the same in Indonesian words that both languages take; NULL: as
                               translated */
    const char *help;
    bool required, repeated;
    bool names_circle;  /* the value is a reference to a group or case */
    bool names_contact; /* ... to a contact */
    bool is_file;       /* the value is a path: of whoever typed it, wherever the command runs */
    bool (*takes)(struct span); /* what may be answered when it is asked; NULL: anything */
    const char *question; /* a required one: as above.  Another one: the console asks for it too, if
                             no option was given, and Enter leaves it out; NULL: it is not asked */
};

enum needs {
    NEEDS_STORE = 1,   /* the passphrase is asked for, the store opened */
    NEEDS_NODE = 2,    /* this process becomes the node of the home */
    NEEDS_LINKS = 4,   /* a node, one of its own if none is running */
    NEEDS_CONSOLE = 8, /* has a meaning in the console only */
    NEEDS_SHELL = 16,  /* has none there */
    NEEDS_OWNER = 32,  /* goes to the process that owns the home; without one it is run here, and
                          nothing is opened */
};

struct command {
    const char *name;    /* "group new" */
    const char *name_id; /* "kelompok baru" */
    struct argument arguments[ARGUMENTS_MAX + 1];
    struct option options[OPTIONS_MAX + 1];
    enum form form;       /* its fields are the options (form_words.h); 0: those above */
    const char *help;     /* one line */
    const char *summary;  /* a few words, for the short pages; NULL: it does not stand there */
    const char *more;     /* a paragraph for the help of this command alone; may be NULL */
    const char *examples; /* lines to type */
    unsigned needs;

    /* Looks at the options' values before anything is opened or asked; may be NULL. */
    enum rb_status (*check)(struct context *context, const struct call *call);

    /* A row that is confirmed: writes what is to be confirmed, a question at the end, from what is
     * stored; nothing: there is nothing to ask.  Acts on nothing.  A refusal is noted as in `run`.
     * Whoever says yes confirms these very words: if they would be others when he has answered, he
     * is asked again.  Never reached by a shortened word.  NULL: the row asks nothing. */
    enum rb_status (*question)(struct context *context, const struct call *call,
                               struct writer *question);
    bool asks_seldom;     /* most calls of the row ask nothing, so it may be shortened */
    const char *unasked;  /* what to type where nobody can be asked; NULL: --yes */
    const char *declined; /* what follows "Nothing was changed." after a no; NULL: nothing */

    /* Acts and states the result.  What `needs` and the arguments ask for has been done. */
    enum rb_status (*run)(struct context *context, const struct call *call);

    /* For work that takes its time: after `run`, called again and again, the loop going on in
     * between, until `*done`.  It states the result.  NULL: `run` does it all. */
    enum rb_status (*go_on)(struct context *context, const struct call *call, bool *done);

    /* Who typed it is gone before `*done`: gives back what `run` took of the node.  NULL: nothing
     * was taken. */
    void (*abandon)(struct context *context, const struct call *call);
};

/* One use of a command. */
struct call {
    const struct command *command; /* NULL: none was named */
    size_t argument_count;
    const char *typed[ARGUMENTS_MAX];
    size_t option_count;
    struct {
        const struct option *option;
        const char *value;
    } options[CALL_OPTIONS_MAX];

    /* Filled by job.c, by place of the argument. */
    struct object objects[ARGUMENTS_MAX]; /* references */
    struct span texts[ARGUMENTS_MAX];     /* everything else: what was typed, or the input read */
};

/* True if this argument is read where the command is typed: a file, or standard input. */
bool argument_is_input(const struct argument *argument, const char *typed);

/* The value of the option `name` (English word), the last one if there are several; NULL if it was
 * not given. */
const char *call_option(const struct call *call, const char *name);

/* ---- The table ---- */
extern const struct command *const commands[];
extern const size_t command_count;

/* True if `typed` is word number `index` (0: command, 1: verb) of the row in either language. */
bool command_has_word(const struct command *command, size_t index, const char *typed);

/* Word number `index` of the row in that language, borrowed; empty if it has fewer. */
struct span command_word(const struct command *command, size_t index, enum language language);

/* 1 or 2. */
size_t command_words(const struct command *command);

/* The row of these words; `verb` is NULL for a command of one word.  NULL if there is none. */
const struct command *command_find(const char *word, const char *verb);

/* The first row whose command is `word`, whatever its verb; NULL if there is none. */
const struct command *command_family(const char *word);

/* The options of the row; a NULL name ends them. */
const struct option *command_options(const struct command *command);

/* The words of the row in that language. */
const char *command_name(const struct command *command, enum language language);
const char *option_name(const struct option *option, enum language language);

/* "AJ|ADK": the only values that the option takes, in that language, which is set; NULL: others,
 * too. */
const char *option_choices(const struct option *option, enum language language);

/* True if `name`, without dashes, is the option's word in either language. */
bool option_is_called(const struct option *option, struct span name);

extern const struct command cmd_init, cmd_card, cmd_node, cmd_sync, cmd_status, cmd_help, cmd_today,
    cmd_inbox, cmd_find;
extern const struct command cmd_contact_add, cmd_contact_verify, cmd_contact_list,
    cmd_contact_address, cmd_contact_remove;
extern const struct command cmd_group_new, cmd_group_invite, cmd_group_accept, cmd_group_decline,
    cmd_group_leave, cmd_group_list, cmd_group_show, cmd_group_members, cmd_group_remove,
    cmd_group_waiting, cmd_group_adopt;
extern const struct command cmd_thread_new, cmd_thread_list, cmd_thread_show, cmd_thread_import,
    cmd_thread_enter, cmd_post, cmd_reply, cmd_edit, cmd_retract;
extern const struct command cmd_case_new, cmd_case_list, cmd_case_show, cmd_case_enter,
    cmd_case_share, cmd_case_members, cmd_case_remove, cmd_case_leave, cmd_case_waiting,
    cmd_case_adopt, cmd_note;
extern const struct command cmd_case_facts, cmd_case_contract, cmd_assess_fill, cmd_assess_problem,
    cmd_assess_need, cmd_assess_strength, cmd_assess_resource, cmd_assess_child, cmd_assess_family,
    cmd_assess_risk, cmd_assess_street, cmd_assess_disability, cmd_assess_protection,
    cmd_assess_law, cmd_assess_infant, cmd_plan_goal, cmd_plan_add, cmd_service_add,
    cmd_family_link, cmd_support_add, cmd_partner_add, cmd_evaluation_add, cmd_case_ending,
    cmd_aftercare_add, cmd_change, cmd_conflict_list, cmd_choose, cmd_comment, cmd_flag, cmd_unflag;
extern const struct command cmd_case_check, cmd_case_stage, cmd_case_end, cmd_case_resume,
    cmd_case_print, cmd_case_ask, cmd_case_refuse, cmd_case_requests, cmd_case_duty,
    cmd_case_handover, cmd_handover_accept, cmd_handover_decline, cmd_consent_add,
    cmd_consent_withdraw, cmd_consent_show, cmd_approval_request, cmd_approve, cmd_return;
extern const struct command cmd_identity_fill, cmd_identity_relative, cmd_identity_share,
    cmd_identity_show, cmd_access_log;
extern const struct command cmd_case_fill;
extern const struct command cmd_invite_new, cmd_invite_list, cmd_invite_confirm, cmd_invite_cancel,
    cmd_invite_answer, cmd_join_words, cmd_join_file, cmd_join_text;
extern const struct command cmd_network_new, cmd_network_request, cmd_network_grant,
    cmd_network_join, cmd_network_show, cmd_network_people;
extern const struct command cmd_credential_issue, cmd_credential_take, cmd_credential_show,
    cmd_credential_use, cmd_credential_revoke;
extern const struct command cmd_device_add, cmd_device_take, cmd_device_list, cmd_device_lost,
    cmd_device_block;
extern const struct command cmd_lock, cmd_passphrase_change;
extern const struct command cmd_vault_check;
extern const struct command cmd_leave, cmd_quit;

#endif
