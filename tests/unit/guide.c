/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/guide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct place in_thread = { .sort = PLACE_THREAD, .number = 12 };

/* ---- A guide about a line ---- */

struct fixture {
    struct line line;
    struct parsed parsed;
    struct guide *guide;
};

/* Reads a line as the console does. */
static void read_line(struct fixture *fixture, const char *typed, const struct place *place,
                      enum language language) {
    language_set(language, REMBUK_LOCALEDIR);
    line_split(&fixture->line, span_text(typed), place, language);
    parse_arguments(&fixture->parsed, fixture->line.count, fixture->line.words);
}

static struct fixture guided_in(const char *typed, const struct place *place,
                                enum language language) {
    struct fixture fixture = { 0 };

    read_line(&fixture, typed, place, language);
    assert_true(guide_can_help(&fixture.parsed, &fixture.line));
    fixture.guide = guide_new(&fixture.line, &fixture.parsed, place, language);
    line_clear(&fixture.line); /* The guide has copies. */
    return fixture;
}

static struct fixture guided(const char *typed) {
    return guided_in(typed, NULL, LANGUAGE_ENGLISH);
}

static void clear(struct fixture *fixture) {
    guide_destroy(&fixture->guide);
    line_clear(&fixture->line);
}

static bool is_helped(const char *typed) {
    struct fixture fixture = { 0 };

    read_line(&fixture, typed, NULL, LANGUAGE_ENGLISH);
    bool is_helped = guide_can_help(&fixture.parsed, &fixture.line);
    clear(&fixture);
    return is_helped;
}

static enum guide_step answer(struct fixture *fixture, const char *typed) {
    return guide_answer(fixture->guide, span_text(typed));
}

static void assert_label(const struct fixture *fixture, const char *expected) {
    assert_string_equal(guide_ask(fixture->guide)->label, expected);
}

static void assert_mentions(const char *text, const char *expected) {
    if (strstr(text, expected) == NULL) {
        fail_msg("\"%s\" does not mention \"%s\"", text, expected);
    }
}

static void assert_joined(size_t count, char *const *words, const char *expected) {
    struct writer joined;

    writer_init(&joined, 4096);
    for (size_t i = 0; i < count; i++) {
        writer_span(&joined, span_text(i > 0 ? "|" : ""));
        writer_span(&joined, span_text(words[i]));
    }
    writer_u8(&joined, '\0');
    assert_string_equal((const char *)writer_view(&joined).data, expected);
    writer_clear(&joined);
}

/* The last answer made the command whole: these are its words, and parse.h finds no fault. */
static void assert_ready(struct fixture *fixture, const char *last_answer, const char *expected) {
    char *const *words = NULL;
    struct parsed parsed;

    assert_int_equal(answer(fixture, last_answer), GUIDE_READY);
    size_t count = guide_words(fixture->guide, &words);
    assert_joined(count, words, expected);
    parse_arguments(&parsed, count, words);
    assert_int_equal(parsed.fault, FAULT_NONE);
}

static void assert_line(const struct fixture *fixture, const char *expected) {
    struct writer line;

    writer_init(&line, 4096);
    guide_line(fixture->guide, &line);
    writer_u8(&line, '\0');
    assert_string_equal((const char *)writer_view(&line).data, expected);
    writer_clear(&line);
}

/* ---- Who is helped ---- */

static void what_is_missing_can_be_asked_for(void **state) {
    (void)state;

    assert_true(is_helped("group"));
    assert_true(is_helped("group invite 1"));
    assert_true(is_helped("init --name Sari"));
    assert_true(is_helped("thread show 12 --since"));
    assert_true(is_helped("case new"));
}

static void what_is_whole_or_wrong_is_left_alone(void **state) {
    (void)state;

    assert_false(is_helped("group list"));
    assert_false(is_helped("thread list"));
    assert_false(is_helped("case new age=7"));
    assert_false(is_helped("case new --help"));
    assert_false(is_helped("gabut"));
    assert_false(is_helped("group inivte"));
    assert_false(is_helped("sync --aneh"));
    assert_false(is_helped("status --lang"));
    assert_false(is_helped("group invite \"Budi"));
    assert_false(is_helped(""));
}

/* ---- Arguments ---- */

static void arguments_are_asked_for_in_their_order(void **state) {
    struct fixture fixture = guided("group invite");
    (void)state;

    assert_label(&fixture, "GROUP");
    assert_int_equal(answer(&fixture, "1"), GUIDE_ASKS);
    assert_label(&fixture, "CONTACT");
    assert_ready(&fixture, "Budi Misal", "group|invite|--|1|Budi Misal");
    clear(&fixture);
}

static void what_was_typed_is_not_asked_for(void **state) {
    struct fixture fixture = guided("group invite 1");
    (void)state;

    assert_label(&fixture, "CONTACT");
    assert_int_equal(guide_ask(fixture.guide)->argument->sort, ARGUMENT_CONTACT);
    assert_false(guide_ask(fixture.guide)->can_skip);
    assert_ready(&fixture, "2", "group|invite|--|1|2");
    clear(&fixture);
}

static void every_sort_of_argument_has_its_question(void **state) {
    static const struct {
        const char *typed, *question;
    } asked[] = {
        { "contact verify", "Which contact?" },
        { "group accept", "Which group?" },
        { "post", "Which thread?" },
        { "reply", "Which post?" },
        { "group new", "be called?" },
        { "contact add", "Which file?" },
        { "contact address 1", "tcp://" },
        { "post 12", "want to write?" },
        { "case share", "Which case?" },
    };
    (void)state;

    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        struct fixture fixture = guided(asked[i].typed);
        assert_mentions(guide_ask(fixture.guide)->sentence, asked[i].question);
        assert_true(strlen(guide_ask(fixture.guide)->help) > 0);
        clear(&fixture);
    }
}

static const char *any_answer(const struct guide_question *question) {
    static char choice[32];
    const char *choices =
        question->option != NULL ? option_choices(question->option, LANGUAGE_ENGLISH) : NULL;

    if (question->can_skip) {
        return "";
    }
    if (question->argument != NULL && question->argument->sort == ARGUMENT_ADDRESS) {
        return "192.0.2.7:7438";
    }
    if (choices == NULL) {
        return "--x";
    }
    (void)snprintf(choice, sizeof choice, "%.*s", (int)strcspn(choices, "|"), choices);
    return choice;
}

/* Every row, led through by answers that fit anything, ends in words without a fault. */
static void every_row_can_be_led_to_its_end(void **state) {
    (void)state;

    for (size_t i = 0; i < command_count; i++) {
        if (!is_helped(commands[i]->name)) {
            continue;
        }
        struct fixture fixture = guided(commands[i]->name);
        enum guide_step step = GUIDE_ASKS;
        for (size_t asked = 0; step == GUIDE_ASKS && asked <= ARGUMENTS_MAX + OPTIONS_MAX;
             asked++) {
            assert_non_null(guide_ask(fixture.guide)->sentence);
            assert_true(strlen(guide_ask(fixture.guide)->label) > 0);
            step = answer(&fixture, any_answer(guide_ask(fixture.guide)));
        }
        assert_int_equal(step, GUIDE_READY);
        char *const *words = NULL;
        size_t count = guide_words(fixture.guide, &words);
        parse_arguments(&fixture.parsed, count, words);
        assert_int_equal(fixture.parsed.fault, FAULT_NONE);
        assert_ptr_equal(fixture.parsed.call.command, commands[i]);
        clear(&fixture);
    }
}

static void blanks_and_quotes_around_a_name_are_taken_away(void **state) {
    struct fixture fixture = guided("group invite 1");
    (void)state;

    assert_int_equal(answer(&fixture, "\"\""), GUIDE_HELPS);
    assert_ready(&fixture, "  \"Budi Misal\" ", "group|invite|--|1|Budi Misal");
    clear(&fixture);
}

static void a_text_is_taken_as_it_stands(void **state) {
    struct fixture fixture = guided("post 12");
    (void)state;

    assert_label(&fixture, "TEXT");
    assert_ready(&fixture, " \"--json\" = 5\nbatal ", "post|--|12| \"--json\" = 5\nbatal ");
    clear(&fixture);
}

static void nothing_between_quotes_removes_an_address(void **state) {
    struct fixture fixture = guided("contact address 2");
    (void)state;

    assert_ready(&fixture, "\"\"", "contact|address|--|2|");
    clear(&fixture);
}

static void an_address_is_looked_at_before_the_next_question(void **state) {
    struct fixture fixture = guided("join words");
    (void)state;

    assert_int_equal(answer(&fixture, "192.0.2.7"), GUIDE_HELPS);
    assert_int_equal(answer(&fixture, "192.0.2.7:7438"), GUIDE_ASKS);
    assert_ready(&fixture, "one two", "join|words|--|tcp://192.0.2.7:7438|one two");
    clear(&fixture);
}

static void an_area_that_is_none_is_asked_for_again(void **state) {
    struct fixture fixture = guided("init --name Sari --role tksk --area");
    (void)state;

    assert_int_equal(answer(&fixture, "Bandung"), GUIDE_HELPS);
    assert_ready(&fixture, "32.73", "init|--name=Sari|--role=tksk|--area=32.73|--");
    clear(&fixture);
}

static void a_bare_number_is_a_post_of_the_thread_one_is_in(void **state) {
    struct fixture inside = guided_in("reply", &in_thread, LANGUAGE_ENGLISH);
    struct fixture outside = guided("reply");
    (void)state;

    assert_int_equal(answer(&inside, "3"), GUIDE_ASKS);
    assert_ready(&inside, "Yes.", "reply|--|12.3|Yes.");
    assert_int_equal(answer(&outside, "3"), GUIDE_ASKS);
    assert_ready(&outside, "Yes.", "reply|--|3|Yes.");
    clear(&inside);
    clear(&outside);
}

/* ---- The verb ---- */

static void a_missing_verb_is_chosen_from_those_of_the_language(void **state) {
    struct fixture english = guided("group");
    struct fixture indonesian = guided_in("kelompok", NULL, LANGUAGE_INDONESIAN);
    (void)state;

    assert_mentions(guide_ask(english.guide)->sentence, "new, invite, accept");
    assert_mentions(guide_ask(indonesian.guide)->sentence, "baru, undang, terima");
    assert_mentions(guide_ask(english.guide)->help, "invite: Invites a contact to a group.");
    assert_null(guide_ask(english.guide)->argument);
    clear(&english);
    clear(&indonesian);
}

static void the_verb_decides_what_is_asked_next(void **state) {
    struct fixture fixture = guided("group --quiet");
    (void)state;

    assert_int_equal(answer(&fixture, "gabut"), GUIDE_HELPS);
    assert_int_equal(answer(&fixture, "undang"), GUIDE_ASKS);
    assert_label(&fixture, "GROUP");
    assert_int_equal(answer(&fixture, "1"), GUIDE_ASKS);
    assert_ready(&fixture, "2", "group|invite|--quiet|--|1|2");
    clear(&fixture);
}

static void a_verb_that_lacks_nothing_is_the_end(void **state) {
    struct fixture fixture = guided("group");
    (void)state;

    assert_ready(&fixture, "list", "group|list|--");
    clear(&fixture);
}

static void a_verb_may_be_shortened_unless_it_is_confirmed(void **state) {
    struct fixture group = guided("group");
    struct fixture contact = guided("case");
    (void)state;

    assert_int_equal(answer(&group, "le"), GUIDE_ASKS);
    assert_label(&group, "GROUP");
    assert_int_equal(answer(&contact, "sha"), GUIDE_HELPS);
    assert_int_equal(answer(&contact, "s"), GUIDE_HELPS);
    assert_int_equal(answer(&contact, "share"), GUIDE_ASKS);
    clear(&group);
    clear(&contact);
}

/* ---- Options ---- */

static void required_options_cannot_be_left_out(void **state) {
    struct fixture fixture = guided("init area=32.73");
    (void)state;

    assert_label(&fixture, "name");
    assert_false(guide_ask(fixture.guide)->can_skip);
    assert_int_equal(answer(&fixture, ""), GUIDE_ASKS);
    assert_label(&fixture, "name");
    assert_int_equal(answer(&fixture, "--Sari Umpama"), GUIDE_ASKS);
    assert_label(&fixture, "role");
    assert_ready(&fixture, "tksk", "init|--area=32.73|--name=--Sari Umpama|--role=tksk|--");
    clear(&fixture);
}

static void an_option_without_its_value_is_asked_for(void **state) {
    struct fixture fixture = guided("thread show --since --quiet");
    (void)state;

    assert_int_equal(answer(&fixture, "12"), GUIDE_ASKS);
    assert_label(&fixture, "since");
    assert_false(guide_ask(fixture.guide)->can_skip);
    assert_ready(&fixture, "yesterday", "thread|show|--quiet|--since=yesterday|--|12");
    clear(&fixture);
}

static void offered_options_may_be_left_out(void **state) {
    struct fixture fixture = guided("case new");
    (void)state;

    assert_true(guide_ask(fixture.guide)->can_skip);
    assert_int_equal(answer(&fixture, "  "), GUIDE_ASKS);
    assert_label(&fixture, "age");
    assert_int_equal(answer(&fixture, "7"), GUIDE_ASKS);
    assert_ready(&fixture, "", "case|new|--age=7|--");
    clear(&fixture);
}

static void a_choice_is_taken_in_any_letter_case(void **state) {
    struct fixture fixture = guided("case new --sex");
    (void)state;

    assert_label(&fixture, "sex");
    assert_int_equal(answer(&fixture, "x"), GUIDE_HELPS);
    assert_int_equal(answer(&fixture, "L|P"), GUIDE_HELPS);
    assert_ready(&fixture, "p", "case|new|--sex=P|--");
    clear(&fixture);
}

/* ---- Help, back, out ---- */

static void a_question_mark_explains_and_the_question_stands(void **state) {
    struct fixture fixture = guided("post");
    (void)state;

    assert_int_equal(answer(&fixture, " ? "), GUIDE_HELPS);
    assert_label(&fixture, "THREAD");
    assert_mentions(guide_ask(fixture.guide)->help, "thread list");
    assert_int_equal(answer(&fixture, "12"), GUIDE_ASKS);
    assert_int_equal(answer(&fixture, "?"), GUIDE_HELPS);
    assert_ready(&fixture, "? or not?", "post|--|12|? or not?");
    clear(&fixture);
}

static void back_asks_the_question_before_again(void **state) {
    struct fixture fixture = guided("group invite");
    (void)state;

    assert_int_equal(answer(&fixture, "1"), GUIDE_ASKS);
    assert_line(&fixture, "group invite 1");
    assert_int_equal(answer(&fixture, "<"), GUIDE_ASKS);
    assert_line(&fixture, "group invite");
    assert_label(&fixture, "GROUP");
    assert_int_equal(answer(&fixture, "2"), GUIDE_ASKS);
    assert_ready(&fixture, "3", "group|invite|--|2|3");
    clear(&fixture);
}

static void back_at_the_first_question_is_out(void **state) {
    struct fixture fixture = guided("thread new 1");
    (void)state;

    assert_int_equal(answer(&fixture, "<"), GUIDE_OUT);
    clear(&fixture);
}

static void back_at_the_verb_forgets_what_it_asked_for(void **state) {
    struct fixture fixture = guided("group");
    (void)state;

    assert_int_equal(answer(&fixture, "invite"), GUIDE_ASKS);
    assert_int_equal(answer(&fixture, "1"), GUIDE_ASKS);
    assert_int_equal(answer(&fixture, "<"), GUIDE_ASKS);
    assert_int_equal(answer(&fixture, "<"), GUIDE_ASKS);
    assert_line(&fixture, "group");
    assert_int_equal(answer(&fixture, "new"), GUIDE_ASKS);
    assert_label(&fixture, "NAME");
    assert_ready(&fixture, "Discussion", "group|new|--|Discussion");
    clear(&fixture);
}

static void calling_it_off_is_out_but_may_be_a_name_or_a_text(void **state) {
    struct fixture thread = guided("post");
    struct fixture name = guided("group new");
    struct fixture text = guided("post 12");
    (void)state;

    assert_int_equal(answer(&thread, "Batal"), GUIDE_OUT);
    assert_int_equal(answer(&thread, "cancel"), GUIDE_OUT);
    assert_int_equal(answer(&thread, "\"batal\""), GUIDE_ASKS);
    assert_ready(&name, "Batal", "group|new|--|Batal");
    assert_ready(&text, "cancel", "post|--|12|cancel");
    clear(&thread);
    clear(&name);
    clear(&text);
}

/* ---- The draft ---- */

/* The line that keeps what was told says the same as the guide. */
static void assert_reads(struct fixture *fixture, const char *expected_line,
                         const struct place *place, enum language language) {
    char *const *words = NULL;
    struct fixture again = { 0 };
    struct parsed told;

    assert_line(fixture, expected_line);
    read_line(&again, expected_line, place, language);
    size_t count = guide_words(fixture->guide, &words);
    parse_arguments(&told, count, words);
    assert_int_equal(again.parsed.fault, FAULT_NONE);
    assert_ptr_equal(again.parsed.call.command, told.call.command);
    assert_int_equal(again.parsed.call.argument_count, told.call.argument_count);
    for (size_t i = 0; i < told.call.argument_count; i++) {
        assert_string_equal(again.parsed.call.typed[i], told.call.typed[i]);
    }
    assert_int_equal(again.parsed.call.option_count, told.call.option_count);
    for (size_t i = 0; i < told.call.option_count; i++) {
        assert_ptr_equal(again.parsed.call.options[i].option, told.call.options[i].option);
        assert_string_equal(again.parsed.call.options[i].value, told.call.options[i].value);
    }
    clear(&again);
}

static void the_draft_is_a_line_that_says_the_same(void **state) {
    struct fixture text = guided("tulis --senyap");
    struct fixture option = guided_in("init", NULL, LANGUAGE_INDONESIAN);
    (void)state;

    assert_line(&text, "post --quiet");
    assert_int_equal(answer(&text, "Who goes first?"), GUIDE_ASKS);
    assert_line(&text, "post --quiet \"Who goes first?\"");
    assert_ready(&text, "a=b is \"right\"", "post|--quiet|--|Who goes first?|a=b is \"right\"");
    assert_reads(&text, "post --quiet \"Who goes first?\" -- a=b is \"right\"", NULL,
                 LANGUAGE_ENGLISH);
    assert_int_equal(answer(&option, "Sari Umpama"), GUIDE_ASKS);
    assert_int_equal(answer(&option, "tksk"), GUIDE_ASKS);
    assert_int_equal(answer(&option, ""), GUIDE_ASKS);
    assert_ready(&option, "", "init|--name=Sari Umpama|--role=tksk|--");
    assert_reads(&option, "mulai nama=\"Sari Umpama\" peran=tksk", NULL, LANGUAGE_INDONESIAN);
    clear(&text);
    clear(&option);
}

static void nothing_in_the_draft_turns_into_an_option(void **state) {
    struct fixture fixture = guided("post");
    (void)state;

    assert_int_equal(answer(&fixture, "json=1"), GUIDE_ASKS);
    assert_ready(&fixture, "--json", "post|--|json=1|--json");
    assert_reads(&fixture, "post \"json=1\" -- --json", NULL, LANGUAGE_ENGLISH);
    clear(&fixture);
}

static void the_draft_leaves_out_the_place(void **state) {
    struct place place = in_thread;
    (void)state;

    place.object.id_len = 16;
    struct fixture fixture = guided_in("post", &place, LANGUAGE_ENGLISH);
    assert_label(&fixture, "TEXT");
    assert_ready(&fixture, "5 children", "post|--|00000000000000000000000000000000|5 children");
    assert_reads(&fixture, "post 5 children", &place, LANGUAGE_ENGLISH);
    clear(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_missing_can_be_asked_for),
        cmocka_unit_test(what_is_whole_or_wrong_is_left_alone),
        cmocka_unit_test(arguments_are_asked_for_in_their_order),
        cmocka_unit_test(what_was_typed_is_not_asked_for),
        cmocka_unit_test(every_sort_of_argument_has_its_question),
        cmocka_unit_test(every_row_can_be_led_to_its_end),
        cmocka_unit_test(blanks_and_quotes_around_a_name_are_taken_away),
        cmocka_unit_test(a_text_is_taken_as_it_stands),
        cmocka_unit_test(nothing_between_quotes_removes_an_address),
        cmocka_unit_test(an_address_is_looked_at_before_the_next_question),
        cmocka_unit_test(an_area_that_is_none_is_asked_for_again),
        cmocka_unit_test(a_bare_number_is_a_post_of_the_thread_one_is_in),
        cmocka_unit_test(a_missing_verb_is_chosen_from_those_of_the_language),
        cmocka_unit_test(the_verb_decides_what_is_asked_next),
        cmocka_unit_test(a_verb_that_lacks_nothing_is_the_end),
        cmocka_unit_test(a_verb_may_be_shortened_unless_it_is_confirmed),
        cmocka_unit_test(required_options_cannot_be_left_out),
        cmocka_unit_test(an_option_without_its_value_is_asked_for),
        cmocka_unit_test(offered_options_may_be_left_out),
        cmocka_unit_test(a_choice_is_taken_in_any_letter_case),
        cmocka_unit_test(a_question_mark_explains_and_the_question_stands),
        cmocka_unit_test(back_asks_the_question_before_again),
        cmocka_unit_test(back_at_the_first_question_is_out),
        cmocka_unit_test(back_at_the_verb_forgets_what_it_asked_for),
        cmocka_unit_test(calling_it_off_is_out_but_may_be_a_name_or_a_text),
        cmocka_unit_test(the_draft_is_a_line_that_says_the_same),
        cmocka_unit_test(nothing_in_the_draft_turns_into_an_option),
        cmocka_unit_test(the_draft_leaves_out_the_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
