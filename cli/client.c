/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/client.h"

#include <stdlib.h>
#include <string.h>

/* ---- What a command writes ---- */

static enum rb_status spool_open(struct spool *spool) {
    spool->file = open_memstream(&spool->bytes, &spool->len);
    return spool->file != NULL ? RB_OK : RB_STORAGE;
}

static void spool_close(struct spool *spool) {
    if (spool->file != NULL) {
        (void)fclose(spool->file); /* Into memory: nothing to lose. */
    }
    free(spool->bytes);
    *spool = (struct spool) { 0 };
}

struct span spool_take(struct spool *spool) {
    if (spool->file == NULL || fflush(spool->file) != 0) {
        return (struct span) { 0 };
    }
    size_t len = spool->len - spool->taken;
    struct span piece =
        span_of(spool->bytes + spool->taken, len < SPOOL_PIECE_BYTES ? len : SPOOL_PIECE_BYTES);
    spool->taken += piece.len;
    return piece;
}

/* ---- One command ---- */

/* The message's bytes belong to the channel; a command may outlive them. */
static enum rb_status keep_message(struct client *client, const struct message *message) {
    size_t used = 0;

    writer_init(&client->bytes, CONTROL_MESSAGE_BYTES_MAX + sizeof(uint32_t));
    message_write(&client->bytes, message);
    return message_read(writer_view(&client->bytes), &client->run, &used);
}

/* Words as the parser takes them.  A word with a NUL in it is none that was typed; one that is too
 * long for its purpose is refused by the command, which can say so. */
static enum rb_status copy_words(struct client *client, const struct talk_run *run) {
    for (size_t i = 0; i < run->word_count; i++) {
        struct span word = run->words[i];
        if (word.len > STANDARD_INPUT_BYTES_MAX ||
            (word.len > 0 && memchr(word.data, '\0', word.len) != NULL)) {
            return RB_MALFORMED;
        }
        client->words[client->word_count++] = rb_strndup(word);
    }
    return RB_OK;
}

static void start_job(struct client *client, const struct talk_run *run,
                      const struct client_tools *tools) {
    struct settings settings = *tools->settings;
    struct job_setup setup = {
        .settings = &settings,
        .store = tools->store,
        .node = tools->node,
        .out = client->out.file,
        .err = client->err.file,
        .progress = tools->progress,
        .word_count = client->word_count,
        .words = client->words,
        .confirmed = run->confirmed,
        .place = run->place,
        .look = (run->flags & RUN_LOOK) != 0,
    };

    settings.language = run->language;
    settings.form = run->form;
    settings.width = run->width;
    settings.colour = (run->flags & RUN_COLOUR) != 0;
    settings.yes = (run->flags & RUN_YES) != 0;
    settings.can_ask = (run->flags & RUN_CAN_ASK) != 0;
    settings.console = (run->flags & RUN_CONSOLE) != 0;
    for (size_t i = 0; i < run->input_count; i++) {
        setup.inputs[run->inputs[i].argument] = run->inputs[i].bytes;
    }
    client->job = job_new(&setup);
}

enum rb_status client_begin(struct client *client, const struct message *message,
                            const struct client_tools *tools) {
    struct talk_run run;

    if (client->job != NULL) {
        return RB_BUSY;
    }
    enum rb_status status = keep_message(client, message);
    if (status == RB_OK) {
        status = talk_run_read(&client->run, &run);
    }
    if (status == RB_OK) {
        status = copy_words(client, &run);
    }
    if (status == RB_OK) {
        status = spool_open(&client->out);
    }
    if (status == RB_OK) {
        status = spool_open(&client->err);
    }
    if (status != RB_OK) {
        client_end(client);
        return status;
    }
    client->id = run.id;
    client->language = run.language;
    start_job(client, &run, tools);
    return RB_OK;
}

void client_end(struct client *client) {
    job_destroy(&client->job);
    spool_close(&client->out);
    spool_close(&client->err);
    message_clear(&client->run);
    writer_clear(&client->bytes); /* wipes */
    for (size_t i = 0; i < client->word_count; i++) {
        free(client->words[i]);
    }
    client->word_count = 0;
    client->has_ended = false;
}

void client_clear(struct client *client) {
    client_end(client);
    *client = (struct client) { 0 };
}
