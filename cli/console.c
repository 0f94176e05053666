/* SPDX-License-Identifier: GPL-3.0-or-later */
/* readline draws the line that is typed and nothing else: it reads no descriptor (bytes come from
 * keys.h, and it is called only while one is there), catches no signal, and leaves the terminal's
 * settings to us, which last from the first prompt to the last. */
#include "cli/console.h"

#include "cli/colour.h"
#include "cli/dialogue.h"
#include "cli/matches.h"
#include "cli/passphrase.h"
#include "cli/screen.h"
#include "cli/signals.h"
#include "cli/talk.h"
#include "cli/wording.h"
#include "node/node.h"
#include "protocol/crypt.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

enum {
    READ_BYTES = 4096,
    READS_A_STEP = 64, /* then the node gets its turn */
    PROMPT_AGAIN_MS = 2000,
    WIDTH_MIN = 20,
    MATCHES_BYTES_MAX = 1 << 20,
    SHOWN_BYTES_MAX = 1 << 20 /* that the terminal has not taken; then nothing is added */
};

struct console {
    struct console_setup setup;
    struct screen *screen;
    struct dialogue *dialogue;
    struct keys *keys;
    int signals; /* readable when one has come */
    bool is_dumb;
    bool is_silent; /* no bell is wanted */
    bool is_lost;   /* nothing comes from the terminal any more */

    bool has_byte; /* taken from `keys`, for readline */
    uint8_t byte;
    char *line;     /* entered, to be handed on; NULL: none */
    bool has_ended; /* Ctrl-D on an empty line */
    char *put;      /* stands behind the next prompt; NULL: nothing */

    bool has_gone_on;    /* after a stop whose SIGCONT still comes */
    bool has_more;       /* the channel was left while the screen had no room */
    unsigned steps_over; /* steps that ended with nothing left to be done */

    bool is_shown; /* a prompt */
    unsigned prompt_version;
    int64_t prompt_ms; /* when it was drawn */
};

/* readline knows no context: there is one terminal, and one console at it. */
static struct console *current;

/* ---- The terminal ---- */

static void write_text(const struct console *console, const char *text) {
    screen_write(console->screen, span_text(text));
}

static bool has_room(const struct console *console) {
    size_t waiting = screen_waiting(console->screen);

    return waiting + dialogue_text(console->dialogue).len < SHOWN_BYTES_MAX;
}

/* What a command says is left to the owner while it cannot be shown. */
static bool takes_messages(const struct console *console) {
    return has_room(console) || !dialogue_runs(console->dialogue);
}

/* Their echo needs room, too. */
static bool takes_keys(const struct console *console) {
    return dialogue_reads(console->dialogue) && has_room(console);
}

static void set_paste_marks(const struct console *console, bool on) {
    if (!console->is_dumb) {
        write_text(console, on ? "\033[?2004h" : "\033[?2004l");
    }
}

/* Nothing that is typed stops what is shown (Ctrl-S), or ends the program with the terminal as it
 * is now (Ctrl-\). */
static void switch_keys_off(void) {
    struct termios settings;

    if (tcgetattr(STDIN_FILENO, &settings) == 0) {
        settings.c_iflag &= ~(tcflag_t)(IXON | IXOFF);
        settings.c_cc[VQUIT] = _POSIX_VDISABLE;
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &settings); /* Else it is as it was. */
    }
}

static void take_terminal(const struct console *console) {
    rl_prep_terminal(1);
    switch_keys_off();
    set_paste_marks(console, true);
}

static void give_terminal(const struct console *console) {
    set_paste_marks(console, false);
    rl_deprep_terminal();
}

static void measure(struct console *console) {
    int rows = 0, columns = 0;

    rl_get_screen_size(&rows, &columns);
    dialogue_resize(console->dialogue, columns < WIDTH_MIN ? WIDTH_MIN : (size_t)columns);
}

/* ---- The line that is typed ---- */

static void on_line(char *line) {
    current->has_ended = line == NULL;
    current->line = line;
    current->is_shown = false;
    rl_callback_handler_remove();
}

static void show_prompt(struct console *console) {
    char prompt[DIALOGUE_PROMPT_BYTES_MAX];

    dialogue_prompt(console->dialogue, prompt);
    console->prompt_version = dialogue_prompt_version(console->dialogue);
    console->prompt_ms = clock_steady_ms();
    console->is_shown = true;
    rl_callback_handler_install(prompt, on_line);
    if (console->put != NULL) {
        (void)rl_insert_text(console->put); /* How many bytes it was. */
        rl_redisplay();
        free(console->put);
        console->put = NULL;
    }
}

/* What is being typed makes room, and stands below what is written then. */
static void clear_prompt(const struct console *console) {
    if (console->is_dumb) {
        write_text(console, "\n");
    } else {
        (void)rl_clear_visible_line(); /* Always 0. */
    }
}

/* Nothing but the line is searched for or typed now. */
static bool is_plain_typing(void) {
    return !RL_ISSTATE(RL_STATE_ISEARCH | RL_STATE_NSEARCH | RL_STATE_NUMERICARG);
}

static void draw_prompt_again(struct console *console) {
    char prompt[DIALOGUE_PROMPT_BYTES_MAX];

    if (is_plain_typing()) {
        dialogue_prompt(console->dialogue, prompt);
        console->prompt_version = dialogue_prompt_version(console->dialogue);
        (void)rl_set_prompt(prompt); /* Always 0. */
    }
    console->prompt_ms = clock_steady_ms();
    (void)rl_on_new_line(); /* Always 0. */
    rl_redisplay();
}

/* Ends the line on the screen as it is, and forgets it. */
static void abandon_line(struct console *console) {
    if (!console->is_shown) {
        return;
    }
    rl_callback_sigcleanup();
    rl_point = rl_end;
    rl_redisplay();
    rl_free_line_state();
    rl_callback_handler_remove();
    rl_replace_line("", 1);
    console->is_shown = false;
    write_text(console, "^C\n");
}

static bool is_prompt_due(const struct console *console) {
    return console->is_shown && !console->is_dumb && is_plain_typing() &&
           console->prompt_version != dialogue_prompt_version(console->dialogue);
}

/* Shows what there is to be shown, then the prompt where it belongs. */
static void show(struct console *console) {
    struct span text = dialogue_text(console->dialogue);
    bool reads = takes_keys(console);
    bool is_due =
        is_prompt_due(console) && clock_steady_ms() - console->prompt_ms >= PROMPT_AGAIN_MS;

    if (console->is_shown && (text.len > 0 || is_due)) {
        clear_prompt(console);
        screen_write(console->screen, text);
        draw_prompt_again(console);
    } else {
        screen_write(console->screen, text);
    }
    dialogue_text_shown(console->dialogue);
    if (reads && !console->is_shown && !dialogue_asks_secret(console->dialogue)) {
        show_prompt(console);
    }
}

/* ---- Keys ---- */

static bool byte_is_there(struct console *console) {
    if (!console->has_byte) {
        console->has_byte = keys_next(console->keys, &console->byte);
    }
    return console->has_byte;
}

static int input_is_there(void) {
    return byte_is_there(current) ? 1 : 0;
}

/* readline is called while a byte is there.  If it wants more than has come (the rest of a
 * character in a search), it gets an end, and gives that up. */
static int next_byte(FILE *file) {
    (void)file; /* Never read: keys.h has what came. */
    if (!byte_is_there(current)) {
        return EOF;
    }
    current->has_byte = false;
    return current->byte;
}

static void tell_edited(struct console *console) {
    dialogue_edited(console->dialogue, span_of(rl_line_buffer, (size_t)rl_end), clock_steady_ms());
}

static void paste(struct console *console, const struct block *block) {
    struct span text = block->text;

    if (dialogue_paste(console->dialogue, block, clock_steady_ms())) {
        console->prompt_ms = 0; /* It is told at once. */
        return;
    }
    text.len -= text.len > 0 && text.data[text.len - 1] == '\n' ? 1 : 0;
    char *line = rb_strndup(text);
    (void)rl_insert_text(line); /* How many bytes it was. */
    rl_redisplay();
    free(line);
    tell_edited(console);
}

static void hand_on_line(struct console *console) {
    int64_t now_ms = clock_steady_ms();
    char *line = console->line;

    console->line = NULL;
    if (console->has_ended) {
        console->has_ended = false;
        write_text(console, "\n");
        dialogue_end(console->dialogue, now_ms);
    } else {
        dialogue_enter(console->dialogue, span_text(line), now_ms);
        crypt_wipe(line, strlen(line));
    }
    free(line);
}

/* One key or one block; false: there is none. */
static bool take_key(struct console *console) {
    struct block block;

    if (!byte_is_there(console)) {
        if (!keys_block(console->keys, &block)) {
            return false;
        }
        paste(console, &block);
        keys_drop_block(console->keys);
        return true;
    }
    if (dialogue_asks_secret(console->dialogue)) {
        console->has_byte = false;
        dialogue_secret_key(console->dialogue, console->byte, clock_steady_ms());
        return true;
    }
    rl_callback_read_char();
    if (console->line != NULL || console->has_ended) {
        hand_on_line(console);
    } else {
        tell_edited(console);
    }
    return true;
}

static void take_keys(struct console *console) {
    show(console);
    while (takes_keys(console) && take_key(console)) {
        if (!console->is_shown) {
            show(console);
        }
    }
}

/* True if something has come; `*lost`: nothing will any more. */
static bool read_bytes(struct console *console, bool *lost) {
    uint8_t bytes[READ_BYTES];

    ssize_t came = read(STDIN_FILENO, bytes, sizeof bytes);
    if (came > 0) {
        keys_feed(console->keys, span_of(bytes, (size_t)came), clock_steady_ms());
        crypt_wipe(bytes, (size_t)came);
        dialogue_somebody_is_there(console->dialogue, clock_elapsed_ms());
    }
    *lost = came == 0 || (came < 0 && errno != EINTR && errno != EAGAIN);
    return came > 0;
}

static bool read_once(struct console *console, bool wanted, bool *lost) {
    struct pollfd watch = { .fd = STDIN_FILENO, .events = POLLIN };

    if (console->is_lost || poll(&watch, 1, 0) <= 0) {
        return false;
    }
    if (!wanted) {
        *lost = (watch.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
        return false;
    }
    return read_bytes(console, lost);
}

static void drop_keys(struct console *console) {
    keys_drop(console->keys);
    console->has_byte = false;
}

/* Before it is locked: what has come of a paste is a block, also if its end has not; keys are not
 * waited for. */
static void take_pastes(struct console *console) {
    int64_t end_ms = clock_steady_ms() + PASTE_MS_MAX;
    struct block block;
    bool lost = false; /* That is found by the next step. */

    if (!console->is_shown || !takes_keys(console)) {
        return;
    }
    for (int i = 0; i < READS_A_STEP && read_once(console, true, &lost); i++) {
    }
    keys_timeout(console->keys, end_ms);
    while (byte_is_there(console) || keys_block(console->keys, &block)) {
        if (console->has_byte) {
            console->has_byte = false;
        } else {
            paste(console, &block);
            keys_drop_block(console->keys);
        }
    }
}

/* A paste ends by time only if nothing of it has come: while keys are not read, much may wait. */
static void read_terminal(struct console *console) {
    bool lost = false;

    for (int i = 0; i < READS_A_STEP && read_once(console, takes_keys(console), &lost); i++) {
    }
    if (lost) {
        console->is_lost = true;
        dialogue_lost(console->dialogue, clock_steady_ms());
    }
    if (takes_keys(console)) {
        keys_timeout(console->keys, clock_steady_ms());
    }
}

/* ---- Completion ---- */

static void replace_word(size_t begin, const char *insert, size_t len) {
    char *text = rb_strndup(span_of(insert, len));

    (void)rl_begin_undo_group();                /* These give counts */
    (void)rl_delete_text((int)begin, rl_point); /* that say nothing here. */
    rl_point = (int)begin;
    (void)rl_insert_text(text);
    (void)rl_end_undo_group();
    free(text);
}

static void show_matches(const struct completions *found) {
    int rows = 0, columns = 0;
    struct writer out;

    rl_get_screen_size(&rows, &columns);
    writer_init(&out, MATCHES_BYTES_MAX);
    matches_write(found, columns < WIDTH_MIN ? WIDTH_MIN : (size_t)columns, &out);
    clear_prompt(current);
    screen_write(current->screen, writer_view(&out));
    (void)rl_on_new_line(); /* Always 0. */
    rl_redisplay();
    writer_clear(&out);
}

/* readline's own, with the quotes that our line takes. */
static void complete_path(struct completions *found, struct span word) {
    char *typed = rb_strndup(
        word.len > 0 && word.data[0] == '"' ? span_of(word.data + 1, word.len - 1) : word);
    char *path = NULL;

    found->rows = rb_alloc(COMPLETIONS_MAX, sizeof *found->rows);
    for (int i = 0; found->count < COMPLETIONS_MAX; i++) {
        path = rl_filename_completion_function(typed, i);
        if (path == NULL) {
            break;
        }
        matches_add_path(found, path);
        free(path);
    }
    found->more = path != NULL;
    free(typed);
}

/* Tab. */
static int complete_word(int count, int key) {
    struct span typed = span_of(rl_line_buffer, (size_t)rl_point);
    struct completions found;
    bool is_path = false;

    (void)count;
    (void)key;
    dialogue_complete(current->dialogue, typed, &found, &is_path);
    if (is_path) {
        complete_path(&found, span_of(typed.data + found.word_begin, typed.len - found.word_begin));
    }
    size_t common = found.count > 0 ? matches_common_bytes(&found) : 0;
    if (found.count > 0 && (found.count == 1 || common > typed.len - found.word_begin)) {
        replace_word(found.word_begin, found.rows[0].insert, common);
    } else if (found.count > 1) {
        show_matches(&found);
    } else {
        write_text(current, current->is_silent ? "" : "\a");
    }
    completions_clear(&found);
    return 0;
}

/* Whatever else completes in readline would offer file names. */
static char **complete_nothing(const char *text, int begin, int end) {
    (void)text;
    (void)begin;
    (void)end;
    rl_attempted_completion_over = 1;
    return NULL;
}

/* ---- Signals ---- */

static void look_for_idle(struct console *console) {
    dialogue_look_for_idle(console->dialogue, clock_elapsed_ms(), clock_steady_ms());
}

static void stop_here(struct console *console) {
    if (console->is_shown) {
        clear_prompt(console);
    }
    give_terminal(console);
    screen_wait(console->screen);
    dialogue_stops(console->dialogue);
    channel_flush(console->setup.channel);
    signals_stop_here();
    look_for_idle(console);
}

/* Whoever had the terminal in between has left it as he liked. */
static void go_on(struct console *console) {
    give_terminal(console);
    take_terminal(console);
    rl_reset_screen_size();
    measure(console);
    if (console->is_shown) {
        draw_prompt_again(console);
    }
}

static void resize(struct console *console) {
    if (console->is_shown) {
        rl_resize_terminal();
    } else {
        rl_reset_screen_size();
    }
    measure(console);
    console->prompt_ms = 0; /* The prompt fits itself to the width at once. */
}

static void interrupt(struct console *console) {
    if (console->is_shown) {
        abandon_line(console);
    }
    drop_keys(console);
    dialogue_interrupt(console->dialogue, clock_steady_ms());
}

static void take_signal(struct console *console, int number) {
    switch (number) {
    case SIGINT:
        interrupt(console);
        break;
    case SIGTSTP:
        stop_here(console);
        go_on(console);
        console->has_gone_on = true;
        break;
    case SIGCONT:
        if (!console->has_gone_on) { /* From a stop that cannot be caught. */
            write_text(console, "\n");
            go_on(console);
        }
        break;
    case SIGWINCH:
        resize(console);
        break;
    default: /* SIGHUP, SIGTERM, SIGQUIT */
        dialogue_lost(console->dialogue, clock_steady_ms());
        break;
    }
}

/* ---- Life ---- */

static void on_remember(void *context, const char *line) {
    HIST_ENTRY *last = history_length > 0 ? history_get(history_base + history_length - 1) : NULL;

    (void)context;
    if (last == NULL || strcmp(last->line, line) != 0) {
        add_history(line);
    }
}

/* What waits in the terminal is read and not flushed: the beginning of a paste may be among it, and
 * its rest must not be taken for keys. */
static void on_drop_keys(void *context) {
    struct console *console = context;
    bool lost = false; /* That is found by the next step. */

    for (int i = 0; i < READS_A_STEP && read_once(console, true, &lost); i++) {
    }
    drop_keys(console);
}

static void on_put(void *context, const char *line) {
    struct console *console = context;

    free(console->put);
    console->put = rb_strndup(span_text(line));
}

static enum rb_status on_check_passphrase(void *context, struct span passphrase) {
    const struct console *console = context;

    return passphrase_check(console->setup.settings->home, passphrase);
}

static enum rb_status on_change_passphrase(void *context, struct span from, struct span to) {
    const struct console *console = context;

    return passphrase_change(console->setup.settings->home, from, to);
}

/* It would ring on standard error, which may make us wait. */
static void take_bell(struct console *console) {
    const char *style = rl_variable_value("bell-style");

    console->is_silent = style != NULL && strcmp(style, "none") == 0;
    (void)rl_variable_bind("bell-style", "none"); /* This exists. */
}

static void set_up_readline(struct console *console) {
    (void)setenv("LC_ALL", "C.UTF-8", 1); /* It asks the environment, and we always speak UTF-8. */
    rl_readline_name = "rembuk";
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_change_environment = 0;
    rl_getc_function = next_byte;
    rl_input_available_hook = input_is_there;
    rl_attempted_completion_function = complete_nothing;
    using_history();
    stifle_history(HISTORY_LINES_MAX);
    rl_outstream = screen_stream(console->screen);
    (void)rl_initialize(); /* Always 0; reads the person's own settings, and what follows stands. */
    rl_prep_term_function = NULL;
    rl_deprep_term_function = NULL;
    take_bell(console);
    (void)rl_variable_bind("enable-bracketed-paste", "off"); /* These exist. */
    (void)rl_variable_bind("keyseq-timeout", "0");
    (void)rl_variable_bind("convert-meta", "off");
    (void)rl_bind_key('\t', complete_word);
}

enum rb_status console_open(struct console **console, const struct console_setup *setup) {
    struct console *opened;
    struct channel *channel = setup->channel;
    struct screen *screen = NULL;
    int signals = -1;

    bool is_terminal = isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
    enum rb_status status = is_terminal ? screen_open(&screen, STDOUT_FILENO) : RB_NOT_FOUND;
    if (status == RB_OK) {
        status = signals_watch(&signals);
    }
    if (status != RB_OK) {
        screen_close(&screen);
        channel_destroy(&channel);
        return status;
    }
    (void)fflush(stdout); /* What was said before comes first. */
    opened = rb_alloc(1, sizeof *opened);
    opened->screen = screen;
    opened->setup = *setup;
    opened->signals = signals;
    opened->is_dumb = colour_is_dumb();
    opened->keys = keys_new();
    const struct dialogue_setup dialogue = {
        .channel = channel,
        .version = setup->settings->version,
        .draft = setup->draft,
        .lock_after_ms = setup->settings->config.lock_after_ms,
        .elapsed_ms = clock_elapsed_ms(),
        .active_ms = setup->active_ms,
        .owner = setup->owner,
        .language = setup->settings->language,
        .width = setup->settings->width,
        .colour = setup->settings->colour,
        .yes = setup->settings->yes,
        .is_dumb = opened->is_dumb,
        .remember = on_remember,
        .put = on_put,
        .drop_keys = on_drop_keys,
        .check_passphrase = on_check_passphrase,
        .change_passphrase = on_change_passphrase,
        .context = opened,
    };
    opened->dialogue = dialogue_new(&dialogue);
    current = opened;
    set_up_readline(opened);
    measure(opened);
    take_terminal(opened);
    *console = opened;
    return RB_OK;
}

void console_close(struct console **console) {
    struct console *going = *console;

    if (going == NULL) {
        return;
    }
    if (going->is_shown) {
        rl_callback_handler_remove();
        write_text(going, "\n");
    }
    screen_write(going->screen, dialogue_text(going->dialogue));
    give_terminal(going);
    screen_close(&going->screen);
    rl_outstream = NULL;
    signals_unwatch();
    clear_history();
    dialogue_destroy(&going->dialogue);
    keys_destroy(&going->keys);
    channel_destroy(&going->setup.channel);
    free(going->put);
    free(going);
    current = NULL;
    *console = NULL;
}

/* One more pass of the loop, in which an owner in this process takes what was sent last. */
bool console_is_over(const struct console *console, enum rb_status *why) {
    return console->steps_over > 1 && dialogue_is_over(console->dialogue, clock_steady_ms(), why);
}

void console_note_lock(const struct console *console, struct lock_note *note) {
    *note = *dialogue_lock_note(console->dialogue);
}

/* ---- In the loop ---- */

/* Without its messages only what is still to be sent. */
static struct pollfd watch_channel(const struct console *console) {
    struct pollfd watch = channel_watch(console->setup.channel);

    if (!takes_messages(console)) {
        watch.events &= POLLOUT;
        watch.fd = watch.events != 0 ? watch.fd : -1;
    }
    return watch;
}

size_t console_watch(void *context, struct pollfd *fds) {
    const struct console *console = context;

    fds[0] = (struct pollfd) { .fd = console->is_lost ? -1 : STDIN_FILENO,
                               .events = takes_keys(console) ? POLLIN : 0 };
    fds[1] = (struct pollfd) { .fd = console->signals, .events = POLLIN };
    fds[2] = watch_channel(console);
    fds[3] = screen_watch(console->screen);
    return 4;
}

int64_t console_deadline_ms(void *context) {
    const struct console *console = context;
    int64_t keys_ms = takes_keys(console) ? keys_deadline_ms(console->keys) : INT64_MAX;
    int64_t deadline_ms = dialogue_deadline_ms(console->dialogue);
    int64_t idle_ms = dialogue_idle_deadline_ms(console->dialogue);

    if (console->steps_over == 1 || (console->has_more && takes_messages(console))) {
        return 0;
    }
    deadline_ms = keys_ms < deadline_ms ? keys_ms : deadline_ms;
    if (idle_ms != INT64_MAX) { /* By another clock. */
        idle_ms += clock_steady_ms() - clock_elapsed_ms();
        deadline_ms = idle_ms < deadline_ms ? idle_ms : deadline_ms;
    }
    if (is_prompt_due(console) && console->prompt_ms + PROMPT_AGAIN_MS < deadline_ms) {
        deadline_ms = console->prompt_ms + PROMPT_AGAIN_MS;
    }
    return deadline_ms;
}

/* Others may have been spoken to in another language meanwhile, by commands of this process. */
static void speak(const struct console *console) {
    language_set(console->setup.settings->language, console->setup.settings->locale_dir);
    wording_set_console(true);
}

/* Up to where the screen is full. */
static void receive_all(struct console *console) {
    const struct message *message = NULL;

    while (takes_messages(console) && channel_receive(console->setup.channel, &message)) {
        if (message->type == TALK_LOCKED) {
            take_pastes(console);
        }
        dialogue_receive(console->dialogue, message, clock_steady_ms());
        dialogue_hold_news(console->dialogue, !has_room(console));
    }
    console->has_more = !takes_messages(console);
}

static void receive(struct console *console) {
    dialogue_hold_news(console->dialogue, !has_room(console));
    if (!takes_messages(console)) {
        channel_flush(console->setup.channel);
        return;
    }
    enum rb_status status = channel_step(console->setup.channel);
    receive_all(console);
    if (status != RB_OK && !console->has_more) {
        dialogue_gone(console->dialogue);
    }
}

enum rb_status console_step(void *context) {
    struct console *console = context;
    enum rb_status why;
    int number = 0;

    speak(console);
    look_for_idle(console);
    console->has_gone_on = false;
    while (signals_next(&number)) {
        take_signal(console, number);
    }
    screen_flush(console->screen);
    receive(console);
    read_terminal(console);
    take_keys(console);
    dialogue_timeout(console->dialogue, clock_steady_ms());
    show(console);
    receive(console); /* Also sends at once what was entered. */
    show(console);
    screen_flush(console->screen);
    if (dialogue_is_over(console->dialogue, clock_steady_ms(), &why)) {
        console->steps_over++;
    }
    return RB_OK;
}

void console_show_progress(struct console *console) {
    speak(console);
    receive(console);
    show(console);
    screen_flush(console->screen);
}
