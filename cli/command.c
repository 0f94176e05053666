/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/command.h"

#include "cli/form_words.h"

#include <string.h>

/* In the order in which help lists them: as a newcomer needs them. */
const struct command *const commands[] = {
    &cmd_init,
    &cmd_card,
    &cmd_contact_add,
    &cmd_contact_verify,
    &cmd_contact_list,
    &cmd_contact_address,
    &cmd_contact_remove,
    &cmd_invite_new,
    &cmd_invite_list,
    &cmd_invite_confirm,
    &cmd_invite_cancel,
    &cmd_invite_answer,
    &cmd_join_words,
    &cmd_join_file,
    &cmd_join_text,
    &cmd_group_new,
    &cmd_group_invite,
    &cmd_group_accept,
    &cmd_group_decline,
    &cmd_group_leave,
    &cmd_group_list,
    &cmd_group_show,
    &cmd_group_members,
    &cmd_group_remove,
    &cmd_group_waiting,
    &cmd_group_adopt,
    &cmd_thread_new,
    &cmd_thread_list,
    &cmd_thread_show,
    &cmd_thread_import,
    &cmd_thread_enter,
    &cmd_post,
    &cmd_reply,
    &cmd_edit,
    &cmd_retract,
    &cmd_case_new,
    &cmd_case_list,
    &cmd_case_show,
    &cmd_case_share,
    &cmd_case_members,
    &cmd_case_remove,
    &cmd_case_leave,
    &cmd_case_waiting,
    &cmd_case_adopt,
    &cmd_case_enter,
    &cmd_note,
    &cmd_case_facts,
    &cmd_case_contract,
    &cmd_assess_fill,
    &cmd_assess_problem,
    &cmd_assess_need,
    &cmd_assess_strength,
    &cmd_assess_resource,
    &cmd_assess_child,
    &cmd_assess_family,
    &cmd_assess_risk,
    &cmd_assess_street,
    &cmd_assess_disability,
    &cmd_assess_protection,
    &cmd_assess_law,
    &cmd_assess_infant,
    &cmd_plan_goal,
    &cmd_plan_add,
    &cmd_service_add,
    &cmd_family_link,
    &cmd_support_add,
    &cmd_partner_add,
    &cmd_evaluation_add,
    &cmd_case_ending,
    &cmd_aftercare_add,
    &cmd_case_fill,
    &cmd_change,
    &cmd_conflict_list,
    &cmd_choose,
    &cmd_comment,
    &cmd_flag,
    &cmd_unflag,
    &cmd_case_check,
    &cmd_case_stage,
    &cmd_case_end,
    &cmd_case_resume,
    &cmd_case_duty,
    &cmd_case_handover,
    &cmd_case_print,
    &cmd_case_ask,
    &cmd_case_refuse,
    &cmd_case_requests,
    &cmd_handover_accept,
    &cmd_handover_decline,
    &cmd_consent_add,
    &cmd_consent_withdraw,
    &cmd_consent_show,
    &cmd_approval_request,
    &cmd_approve,
    &cmd_return,
    &cmd_identity_fill,
    &cmd_identity_relative,
    &cmd_identity_share,
    &cmd_identity_show,
    &cmd_access_log,
    &cmd_network_new,
    &cmd_network_request,
    &cmd_network_grant,
    &cmd_network_join,
    &cmd_network_show,
    &cmd_network_people,
    &cmd_credential_issue,
    &cmd_credential_take,
    &cmd_credential_show,
    &cmd_credential_use,
    &cmd_credential_revoke,
    &cmd_device_add,
    &cmd_device_take,
    &cmd_device_list,
    &cmd_device_lost,
    &cmd_device_block,
    &cmd_find,
    &cmd_today,
    &cmd_inbox,
    &cmd_status,
    &cmd_vault_check,
    &cmd_sync,
    &cmd_node,
    &cmd_passphrase_change,
    &cmd_lock,
    &cmd_leave,
    &cmd_quit,
    &cmd_help,
};
const size_t command_count = sizeof commands / sizeof commands[0];

/* Word number `index` of a row's name; empty if it has fewer. */
static struct span word_at(const char *name, size_t index) {
    size_t len = strcspn(name, " ");

    if (index == 0) {
        return span_of(name, len);
    }
    return span_text(name[len] == ' ' ? name + len + 1 : "");
}

static bool is_word(const char *name, size_t index, const char *typed) {
    return typed[0] != '\0' && span_equal(word_at(name, index), span_text(typed));
}

bool command_has_word(const struct command *command, size_t index, const char *typed) {
    return is_word(command->name, index, typed) || is_word(command->name_id, index, typed);
}

struct span command_word(const struct command *command, size_t index, enum language language) {
    return word_at(command_name(command, language), index);
}

size_t command_words(const struct command *command) {
    return strchr(command->name, ' ') != NULL ? 2 : 1;
}

const struct command *command_find(const char *word, const char *verb) {
    size_t words = verb != NULL ? 2 : 1;

    for (size_t i = 0; i < command_count; i++) {
        if (command_words(commands[i]) == words && command_has_word(commands[i], 0, word) &&
            (verb == NULL || command_has_word(commands[i], 1, verb))) {
            return commands[i];
        }
    }
    return NULL;
}

const struct command *command_family(const char *word) {
    for (size_t i = 0; i < command_count; i++) {
        if (command_has_word(commands[i], 0, word)) {
            return commands[i];
        }
    }
    return NULL;
}

const char *command_name(const struct command *command, enum language language) {
    return language == LANGUAGE_ENGLISH ? command->name : command->name_id;
}

const char *option_name(const struct option *option, enum language language) {
    return language == LANGUAGE_ENGLISH ? option->name : option->name_id;
}

bool argument_is_input(const struct argument *argument, const char *typed) {
    return argument->sort == ARGUMENT_FILE ||
           (argument->sort == ARGUMENT_TEXT && strcmp(typed, "-") == 0);
}

bool option_is_called(const struct option *option, struct span name) {
    return span_equal(name, span_text(option->name)) ||
           span_equal(name, span_text(option->name_id));
}

const char *call_option(const struct call *call, const char *name) {
    for (size_t i = call->option_count; i > 0; i--) {
        if (strcmp(call->options[i - 1].option->name, name) == 0) {
            return call->options[i - 1].value;
        }
    }
    return NULL;
}

const struct option *command_options(const struct command *command) {
    return command->form == 0 ? command->options : form_words(command->form)->options;
}

const char *option_choices(const struct option *option, enum language language) {
    if (option->names_circle) {
        return NULL;
    }
    if (option->choices_id != NULL) {
        return language == LANGUAGE_INDONESIAN ? option->choices_id : option->choices;
    }
    if (option->choices != NULL) {
        return _(option->choices);
    }
    return option->value != NULL && strchr(option->value, '|') != NULL ? _(option->value) : NULL;
}
