/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the dialogue share: dialogue.c (keys and prompt), dialogue_enter.c (a line
 * becomes a command), dialogue_owner.c (what the owner says), dialogue_secret.c (another
 * passphrase), dialogue_lock.c (nobody types). */
#ifndef REMBUK_CLI_DIALOGUE_INTERNAL_H
#define REMBUK_CLI_DIALOGUE_INTERNAL_H

#include "cli/dialogue.h"
#include "cli/draft.h"
#include "cli/errors.h"
#include "cli/guide.h"
#include "cli/idle.h"
#include "cli/request.h"
#include "cli/secret.h"

enum dialogue_state {
    DIALOGUE_WAITS, /* for WELCOME */
    DIALOGUE_READY,
    DIALOGUE_GUIDED,
    DIALOGUE_RUNS,
    DIALOGUE_ASKED,  /* by the owner: `question` */
    DIALOGUE_SECRET, /* for a passphrase: `secrets` */
    DIALOGUE_OVER
};

/* What was entered and is not done yet. */
struct errand {
    struct request request;
    struct writer line;      /* as it was typed, to be put back */
    bool has_block;          /* the pasted block goes with it */
    bool keeps_line;         /* refused, it stands behind the prompt again */
    struct writer confirmed; /* the question that was answered with yes */
    struct writer question, declined;
};

/* What was typed for `passphrase change`. */
struct secrets {
    struct secret *typed; /* now */
    struct passphrase from, to;
};

/* News that are not shown yet. */
struct held_news {
    struct writer lines;
    size_t count;
    uint64_t more; /* only counted */
};

struct dialogue {
    struct dialogue_setup setup;
    enum dialogue_state state;
    struct place place;
    struct place outer; /* the case from which one has entered a thread; or nowhere */
    struct prompt_state prompt;
    unsigned prompt_version;
    struct names names;

    struct writer typed; /* what stands behind the prompt */
    struct draft block;  /* its line is unused: what was pasted */
    int64_t keep_ms;     /* when the draft is to be kept; INT64_MAX: nothing has changed */
    bool keeps_nothing;  /* the owner keeps no draft, as far as we know */
    int64_t restored_ms; /* when the draft that was found had been kept; 0: none, or told */
    bool restored_may_be_done;

    struct guide *guide; /* GUIDED */
    bool answer_is_block;
    struct errand errand;   /* RUNS, ASKED */
    uint64_t id;            /* of the command that runs */
    struct secrets secrets; /* SECRET */

    struct held_news held;
    bool has_no_room; /* on the screen */

    struct writer out;
    uint8_t last_shown;  /* byte; a new line begins behind '\n' */
    size_t bar_columns;  /* 0: none is shown */
    int64_t bar_told_ms; /* of a dumb terminal; 0: not yet */

    int64_t over_ms; /* OVER: then at the latest */
    bool waits_for_done;
    bool may_be_done; /* the command that ran when the owner locked */
    enum rb_status why;
    struct idle idle;
    struct lock_note lock;
};

/* ---- dialogue.c ---- */

/* A translated sentence, printf form, as a paragraph of printable text. */
void dialogue_say(struct dialogue *dialogue, const char *sentence, ...)
    __attribute__((format(printf, 2, 3)));
void dialogue_say_failure(struct dialogue *dialogue, const struct failure *failure);
void dialogue_show(struct dialogue *dialogue, struct span bytes); /* printable already */
void dialogue_end_line(struct dialogue *dialogue);                /* if one is open */

/* The prompt of the question that stands; false: it does not hold all of its last line. */
bool dialogue_write_question(const struct dialogue *dialogue, char out[static PROMPT_BYTES_MAX]);

void dialogue_send(struct dialogue *dialogue, enum talk type, struct span text);
void dialogue_set_state(struct dialogue *dialogue, enum dialogue_state state);
void dialogue_put_line(struct dialogue *dialogue, struct span line);
void dialogue_changed(struct dialogue *dialogue, int64_t now_ms); /* what is typed or pasted */
void dialogue_keep_draft(struct dialogue *dialogue, bool by_lock);
void dialogue_leave(struct dialogue *dialogue, enum rb_status why, int64_t now_ms);
void dialogue_say_cancelled(struct dialogue *dialogue);

/* ---- dialogue_owner.c ---- */

/* Shows the question that stands, but for what its prompt shows of it. */
void dialogue_show_question(struct dialogue *dialogue);
void dialogue_explain_question(struct dialogue *dialogue); /* and what the answers do */

/* What was held, unless it still has to be. */
void dialogue_show_held_news(struct dialogue *dialogue);

/* ---- dialogue_secret.c ---- */

/* State READY. */
void dialogue_change_passphrase(struct dialogue *dialogue);
void secrets_clear(struct secrets *secrets); /* wipes */
void dialogue_end_secret(struct dialogue *dialogue);

/* Of what is pasted, or typed ahead, each line is an answer, up to one that is refused. */
void dialogue_paste_secret(struct dialogue *dialogue, struct span text, int64_t now_ms);

/* Its prompt anew, where something else was shown below it; what is typed by now stays.  In another
 * state nothing. */
void dialogue_ask_secret_again(struct dialogue *dialogue);

/* ---- dialogue_lock.c ---- */

/* What is not sent is kept, and where one is; nothing more is done here. */
void dialogue_lock(struct dialogue *dialogue, int64_t now_ms);

/* ---- dialogue_enter.c ---- */

void errand_clear(struct errand *errand);

/* Sends the errand, from its beginning or with what has been confirmed. */
void dialogue_run(struct dialogue *dialogue);

/* Words of ours, typed by nobody: not remembered. */
void dialogue_run_words(struct dialogue *dialogue, size_t count, const char *const *words);

/* Appends what the guide has been told, as a line. */
void dialogue_guided_line(const struct dialogue *dialogue, struct writer *out);

/* Nothing of the errand was done: what belongs to it stands behind the prompt again. */
void dialogue_take_back(struct dialogue *dialogue, int64_t now_ms);

#endif
