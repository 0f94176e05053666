/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the console says and answers, without a terminal: lines that were typed and messages of the
 * owner (talk.h) go in; messages to the owner, and text to be shown, come out.  The states are
 * those of console.h.
 *
 * A pasted block of several lines stands with the draft until a command that takes a text is
 * entered, goes to the owner behind the text of that line, and is dropped only when the owner has
 * done it.
 *
 * Times `now_ms` are by clock_steady_ms.  Never waits. */
#ifndef REMBUK_CLI_DIALOGUE_H
#define REMBUK_CLI_DIALOGUE_H

#include "cli/complete.h"
#include "cli/keys.h"
#include "cli/lang.h"
#include "cli/lock.h"
#include "cli/prompt.h"
#include "node/channel.h"

struct dialogue;

struct dialogue_setup {
    struct channel *channel; /* to the owner; borrowed, and stepped by the caller */
    const char *version;
    uint64_t draft;                    /* the number of the one that is wanted; 0: any */
    int64_t lock_after_ms, elapsed_ms; /* 0: never; and what time it is for that */

    /* Of an owner in this process: when others were busy with him last.  He is asked to lock all,
     * where nobody types.  NULL: he is in another process, and this console locks itself. */
    int64_t (*active_ms)(const void *owner);
    const void *owner;

    enum language language;
    size_t width;
    bool colour;
    bool yes;
    bool is_dumb; /* no control characters may be shown: no bar that is drawn over */

    /* To the line editor: a line for its history; the line that stands behind the next prompt. */
    void (*remember)(void *context, const char *line);
    void (*put)(void *context, const char *line);

    /* To whoever has the keys: what was typed by now was meant for something else, forget it. */
    void (*drop_keys)(void *context);

    /* Of the home, as passphrase.h; only what `passphrase change` asks for unseen gets here. */
    enum rb_status (*check_passphrase)(void *context, struct span passphrase);
    enum rb_status (*change_passphrase)(void *context, struct span from, struct span to);
    void *context;
};

struct dialogue *dialogue_new(const struct dialogue_setup *setup); /* says HELLO; never NULL */
void dialogue_destroy(struct dialogue **dialogue);                 /* wipes; NULL is fine */

/* ---- What the person does ---- */
void dialogue_enter(struct dialogue *dialogue, struct span line, int64_t now_ms);
void dialogue_edited(struct dialogue *dialogue, struct span line, int64_t now_ms);
void dialogue_interrupt(struct dialogue *dialogue, int64_t now_ms); /* Ctrl-C */
void dialogue_end(struct dialogue *dialogue, int64_t now_ms);       /* Ctrl-D on an empty line */
void dialogue_resize(struct dialogue *dialogue, size_t width);

/* False: the block is one line without an end, to be inserted like typed text. */
bool dialogue_paste(struct dialogue *dialogue, const struct block *block, int64_t now_ms);

/* The terminal is lost, or the end was asked for from outside: what is not sent is kept at once. */
void dialogue_lost(struct dialogue *dialogue, int64_t now_ms);

/* The process is about to be stopped: what is typed is not kept in a second, but now. */
void dialogue_stops(struct dialogue *dialogue);

/* ---- Nobody types (idle.h) ---- Times `elapsed_ms` are by clock_elapsed_ms. ---- */

void dialogue_somebody_is_there(struct dialogue *dialogue, int64_t elapsed_ms); /* a key */
int64_t dialogue_idle_deadline_ms(const struct dialogue *dialogue); /* INT64_MAX: never */

/* Before a key that has come is told.  Tells that it is about to lock; then locks, and drops the
 * keys that wait: nobody who comes late stays in.  A command that runs is waited for by the person,
 * and is not idle.  What is not sent is kept, and where one is. */
void dialogue_look_for_idle(struct dialogue *dialogue, int64_t elapsed_ms, int64_t now_ms);

/* When it is over: whether it is locked, and what the lock screen has to know then. */
const struct lock_note *dialogue_lock_note(const struct dialogue *dialogue);

/* ---- What is completed ---- */

/* What the word at the end of `typed` can become. */
void dialogue_complete(struct dialogue *dialogue, struct span typed,
                       struct completions *completions, bool *is_path);

/* ---- What the owner says ---- */
void dialogue_receive(struct dialogue *dialogue, const struct message *message, int64_t now_ms);
void dialogue_gone(struct dialogue *dialogue); /* the channel has ended */

/* While there is no room on the screen, news are not shown, but kept for later; above
 * DIALOGUE_NEWS_HELD_MAX they are only counted.  So they are while a question for yes or no stands,
 * which nothing may come between. */
enum { DIALOGUE_NEWS_HELD_MAX = 64 };
void dialogue_hold_news(struct dialogue *dialogue, bool holds);

/* ---- Time ---- */
int64_t dialogue_deadline_ms(const struct dialogue *dialogue); /* INT64_MAX: never */
void dialogue_timeout(struct dialogue *dialogue, int64_t now_ms);

/* ---- What is shown ---- */

/* Whole lines, unless work is being shown that goes on (dialogue_reads is false then). */
struct span dialogue_text(const struct dialogue *dialogue);
void dialogue_text_shown(struct dialogue *dialogue); /* it has been written: forgotten here */

/* A command runs, which may have much to say. */
bool dialogue_runs(const struct dialogue *dialogue);

/* Keys are to be read, behind a prompt. */
bool dialogue_reads(const struct dialogue *dialogue);

/* They are not to be shown, nor to come near a line editor: they go to dialogue_secret_key one by
 * one, and the prompt stands in the text. */
bool dialogue_asks_secret(const struct dialogue *dialogue);
void dialogue_secret_key(struct dialogue *dialogue, uint8_t byte, int64_t now_ms);
enum { DIALOGUE_PROMPT_BYTES_MAX = 2 * PROMPT_BYTES_MAX };
void dialogue_prompt(const struct dialogue *dialogue, char out[static DIALOGUE_PROMPT_BYTES_MAX]);

/* Grows whenever the prompt tells something else than before. */
unsigned dialogue_prompt_version(const struct dialogue *dialogue);

/* `*why`: RB_OK; RB_UNREACHABLE, the owner is gone; RB_REFUSED, he went without a welcome: he takes
 * nobody now; RB_BUSY, he is of another version. */
bool dialogue_is_over(const struct dialogue *dialogue, int64_t now_ms, enum rb_status *why);

#endif
