/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/serve.h"

#include "cli/announce.h"
#include "cli/client.h"
#include "cli/draft.h"
#include "cli/wording.h"
#include "store/console_memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum {
    GO_ON_MS = 10,               /* between two steps of a command that takes its time */
    WAITING_BYTES_MAX = 4 << 20, /* a client that does not read is told nothing more */
    WELCOME_BYTES_MAX = HISTORY_LINES_MAX * LINE_BYTES_MAX,
    LOCK_MS = 1000,           /* for the consoles to hand over what is being typed */
    OWN = CONTROL_CLIENTS_MAX /* the console of this process (control_adopt) */
};

/* What a console was not told because it did not read. */
struct missed {
    uint64_t news;
    bool is_any; /* also of state and names */
};

struct server {
    struct server_setup setup;
    struct control *control;
    struct announcer *announcer;
    struct client clients[CONTROL_SLOTS];
    struct missed missed[CONTROL_SLOTS];
    control_client speaking; /* whose command is being run */
    bool locks;
    int64_t lock_ms; /* then at the latest it is locked */
    void (*show_progress)(void *context);
    void *progress_context;
    enum rb_status status; /* the first failure of the store: ends the node */
};

/* ---- Messages ---- */

static void send_to(struct server *server, control_client client, const struct message *message) {
    control_send(server->control, client, message);
}

static void send_bytes(struct server *server, control_client at, enum talk type, uint64_t id,
                       struct span bytes) {
    struct message message = { .type = type };

    message_add_number(&message, id);
    message_add_text(&message, bytes);
    send_to(server, at, &message);
    message_clear(&message);
}

static void send_question(struct server *server, control_client at) {
    const struct job *job = server->clients[at].job;
    struct message message = { .type = TALK_QUESTION };

    message_add_number(&message, server->clients[at].id);
    message_add_text(&message, job_question(job));
    message_add_text(&message, span_text(job_unasked(job)));
    message_add_text(&message, span_text(job_declined(job)));
    send_to(server, at, &message);
    message_clear(&message);
}

static void send_done(struct server *server, control_client at) {
    const struct job *job = server->clients[at].job;
    struct message message = { .type = TALK_DONE };

    message_add_number(&message, server->clients[at].id);
    message_add_number(&message, (uint64_t)job_exit_code(job));
    if (job_context(job)->place_change != PLACE_STAYS) {
        place_write(&message, &job_context(job)->place);
    }
    send_to(server, at, &message);
    message_clear(&message);
}

/* ---- One command ---- */

static bool has_room(const struct server *server, control_client at) {
    return control_waiting(server->control, at) < WAITING_BYTES_MAX;
}

/* In pieces, as he reads them: an answer may be larger than any message.  False: there is more. */
static bool send_spool(struct server *server, control_client at, enum talk type,
                       struct spool *spool) {
    while (has_room(server, at)) {
        struct span piece = spool_take(spool);
        if (piece.len == 0) {
            return true;
        }
        send_bytes(server, at, type, server->clients[at].id, piece);
    }
    return false;
}

static bool send_written(struct server *server, control_client at) {
    struct client *client = &server->clients[at];

    return send_spool(server, at, TALK_OUT, &client->out) &&
           send_spool(server, at, TALK_ERR, &client->err);
}

/* A console of this process speaks too, and the command may have spoken another language. */
static void speak_to_self(const struct server *server) {
    language_set(server->setup.settings->language, server->setup.settings->locale_dir);
    wording_set_console(server->setup.settings->console);
}

static void speak_as_job(const struct job *job) {
    const struct settings *settings = job_context(job)->settings;

    language_set(settings->language, settings->locale_dir);
    wording_set_console(settings->console);
}

/* Tells the end once all that was written is on its way. */
static void conclude_job(struct server *server, control_client at) {
    if (send_written(server, at)) {
        bool locks = job_context(server->clients[at].job)->locks;
        send_done(server, at);
        client_end(&server->clients[at]);
        if (locks) {
            server_lock(server);
        }
    }
}

static void step_job(struct server *server, control_client at) {
    struct client *client = &server->clients[at];

    if (client->has_ended) {
        conclude_job(server, at);
        return;
    }
    server->speaking = at;
    announcer_note_own(server->announcer, true);
    enum job_state state = job_step(client->job);
    announcer_note_own(server->announcer, false);
    switch (state) {
    case JOB_GOES_ON:
        (void)send_written(server, at); /* The rest goes with the next step. */
        break;
    case JOB_ASKS:
        send_question(server, at);
        client_end(client);
        break;
    case JOB_ENDED:
        announcer_note_change(server->announcer);
        client->has_ended = true;
        conclude_job(server, at);
        break;
    }
    speak_to_self(server);
}

/* The bar of a command that keeps the loop waiting goes out at once, as far as the socket takes
 * it. */
static void tell_progress(void *context, uint64_t done, uint64_t total, const char *what) {
    struct server *server = context;
    struct message message = { .type = TALK_PROGRESS };

    message_add_number(&message, server->clients[server->speaking].id);
    message_add_number(&message, done);
    message_add_number(&message, total);
    message_add_text(&message, span_text(what));
    send_to(server, server->speaking, &message);
    message_clear(&message);
    control_flush(server->control, server->speaking);
    if (server->show_progress != NULL) {
        server->show_progress(server->progress_context);
        speak_as_job(server->clients[server->speaking].job); /* The command goes on. */
    }
}

/* ---- What clients say ---- */

struct welcome {
    struct message message;
    struct writer bytes; /* of the lines, one behind the other */
    size_t lens[HISTORY_LINES_MAX];
    size_t count;
};

static bool keep_line(void *context, struct span line) {
    struct welcome *welcome = context;

    if (welcome->count < HISTORY_LINES_MAX) {
        writer_span(&welcome->bytes, line);
        welcome->lens[welcome->count++] = line.len;
    }
    return true;
}

/* Lines that are borrowed from a query only for a moment, as texts of the message. */
static void add_lines(struct welcome *welcome) {
    struct span rest = writer_view(&welcome->bytes);

    for (size_t i = 0; i < welcome->count; i++) {
        message_add_text(&welcome->message, span_of(rest.data, welcome->lens[i]));
        rest = span_of(rest.data + welcome->lens[i], rest.len - welcome->lens[i]);
    }
}

static void send_welcome(struct server *server, control_client at, struct welcome *welcome,
                         struct span draft) {
    message_add_number(&welcome->message, server->clients[at].draft + 1);
    message_add_text(&welcome->message, span_text(server->setup.settings->version));
    message_add_text(&welcome->message, store_self(server->setup.store)->person_cert.name);
    message_add_text(&welcome->message, draft);
    add_lines(welcome);
    send_to(server, at, &welcome->message);
    announcer_note_console(server->announcer);
}

static bool is_console(const struct client *client) {
    return client->is_here && client->greeted && client->is_console;
}

static bool has_draft(const struct server *server, size_t number) {
    bool has = false;

    for (size_t at = 0; at < CONTROL_SLOTS; at++) {
        has = has || (is_console(&server->clients[at]) && server->clients[at].draft == number);
    }
    return has;
}

/* How much a console that comes anew wants it: one that tells only where a locked console was is
 * for that one.  What cannot be read is a text of another version. */
enum draft_use { DRAFT_OF_A_PLACE, DRAFT_EMPTY, DRAFT_WITH_TEXT, DRAFT_USES };

static enum draft_use use_of(struct span bytes) {
    struct draft draft;

    if (bytes.len == 0) {
        return DRAFT_EMPTY;
    }
    bool has_text = draft_read(bytes, &draft) != RB_OK || !draft_is_empty(&draft);
    draft_clear(&draft);
    return has_text ? DRAFT_WITH_TEXT : DRAFT_OF_A_PLACE;
}

/* Each console has a draft of its own, from its coming to its going; what one left is for the next
 * who comes.  `wanted` counts from 1. */
static enum rb_status choose_draft(const struct server *server, uint64_t wanted, size_t *number,
                                   struct writer *draft) {
    size_t found[DRAFT_USES] = { DRAFTS_MAX, DRAFTS_MAX, DRAFTS_MAX };
    enum rb_status status = RB_OK;
    enum draft_use best = DRAFT_OF_A_PLACE;

    if (wanted > 0 && wanted <= DRAFTS_MAX && !has_draft(server, wanted - 1)) {
        *number = wanted - 1;
        return draft_load(server->setup.store, *number, draft);
    }
    for (size_t i = 0; status == RB_OK && best != DRAFT_WITH_TEXT && i < DRAFTS_MAX; i++) {
        if (!has_draft(server, i)) {
            writer_reset(draft);
            status = draft_load(server->setup.store, i, draft);
            enum draft_use use = use_of(writer_view(draft));
            found[use] = found[use] == DRAFTS_MAX ? i : found[use];
            best = use > best ? use : best;
        }
    }
    assert(status != RB_OK || found[best] < DRAFTS_MAX); /* As many as consoles can be. */
    if (status == RB_OK && best != DRAFT_WITH_TEXT) {
        writer_reset(draft);
    }
    *number = status == RB_OK ? found[best] : 0;
    return status;
}

static enum rb_status welcome_console(struct server *server, control_client at, uint64_t wanted) {
    struct welcome *welcome = rb_alloc(1, sizeof *welcome);
    struct client *client = &server->clients[at];
    struct writer draft;
    size_t number = 0;

    writer_init(&draft, DRAFT_BYTES_MAX + LINE_BYTES_MAX);
    writer_init(&welcome->bytes, WELCOME_BYTES_MAX);
    welcome->message.type = TALK_WELCOME;
    enum rb_status status = choose_draft(server, wanted, &number, &draft);
    client->draft = number;
    client->greeted = client->is_console = true;
    if (status == RB_OK) {
        status = history_each(server->setup.store, keep_line, welcome);
    }
    if (status == RB_OK) {
        send_welcome(server, at, welcome, writer_view(&draft));
    }
    message_clear(&welcome->message);
    writer_clear(&welcome->bytes);
    writer_clear(&draft);
    free(welcome);
    return status;
}

static void say_version(struct server *server, control_client at, enum talk type) {
    struct message message = { .type = type };

    message_add_text(&message, span_text(server->setup.settings->version));
    send_to(server, at, &message);
    message_clear(&message);
}

/* Commands of another version could mean something else than they say. */
static enum rb_status greet(struct server *server, control_client at,
                            const struct message *message) {
    struct client *client = &server->clients[at];

    if (!span_equal(message_text(message, 0), span_text(server->setup.settings->version))) {
        say_version(server, at, TALK_REFUSED);
        control_hang_up(server->control, at);
        return RB_OK;
    }
    if (message_number(message, 0) != 0) {
        return welcome_console(server, at, message_number(message, 1));
    }
    client->greeted = true;
    say_version(server, at, TALK_WELCOME);
    return RB_OK;
}

static void run(struct server *server, control_client at, const struct message *message) {
    const struct client_tools tools = {
        .settings = server->setup.settings,
        .store = server->setup.store,
        .node = server->setup.node,
        .progress = { .show = tell_progress, .context = server },
    };

    if (client_begin(&server->clients[at], message, &tools) != RB_OK) {
        control_hang_up(server->control, at); /* Not of our making. */
        return;
    }
    step_job(server, at);
}

/* What the console remembers is lost if the disk is full: it is told so, and nothing else ends.
 * What is no text, or too long to be remembered, is not. */
static void say_kept(struct server *server, control_client at, enum rb_status status) {
    if (status == RB_OK || status == RB_MALFORMED || status == RB_TOO_LARGE) {
        return;
    }
    language_set(server->clients[at].language, server->setup.settings->locale_dir);
    send_bytes(server, at, TALK_ERR, 0, /* of no command */
               span_text(_("What you typed could not be kept: the disk is full or cannot be "
                           "written.\n")));
    speak_to_self(server);
}

static enum rb_status keep_draft(struct server *server, control_client at, struct span draft) {
    const struct client *client = &server->clients[at];

    return client->is_console ? draft_keep(server->setup.store, client->draft, draft) : RB_OK;
}

static void take_message(struct server *server, control_client at, const struct message *message) {
    struct client *client = &server->clients[at];

    switch (message->type) {
    case TALK_RUN:
        run(server, at, message);
        break;
    case TALK_CANCEL:
        if (client->job != NULL && message_number(message, 0) == client->id) {
            job_cancel(client->job);
        }
        break;
    case TALK_HISTORY:
        say_kept(server, at, history_add(server->setup.store, message_text(message, 0)));
        break;
    case TALK_DRAFT:
        say_kept(server, at, keep_draft(server, at, message_text(message, 0)));
        client->has_handed_over = server->locks;
        break;
    case TALK_LOCK:
        server_lock(server);
        break;
    default:
        control_hang_up(server->control, at);
        break;
    }
}

/* A command that has not begun by now never does. */
static void say_locked(struct server *server, control_client at) {
    struct message message = { .type = TALK_LOCKED };
    const char *const *listening = NULL;

    message_add_number(&message, server->clients[at].job != NULL ? 1 : 0);
    size_t count = node_listening(server->setup.node, &listening);
    for (size_t i = 0; i < count; i++) {
        message_add_text(&message, span_text(listening[i]));
    }
    send_to(server, at, &message);
    message_clear(&message);
}

/* Who runs two commands greets twice; a console, whose greeting is answered with much, does not. */
static bool may_greet(const struct client *client, const struct message *message) {
    return !client->greeted || (!client->is_console && message_number(message, 0) == 0);
}

static void on_message(void *context, control_client at, const struct message *message) {
    struct server *server = context;
    struct client *client = &server->clients[at];
    enum rb_status status = RB_OK;

    client->is_here = true;
    client->heard_ms = clock_elapsed_ms();
    if (server->locks && message->type == TALK_HELLO) {
        say_locked(server, at);
        control_hang_up(server->control, at);
    } else if (server->locks && message->type == TALK_RUN) {
        /* It begins nothing more, and has told so; the line comes back as a draft. */
    } else if (message->type == TALK_HELLO && may_greet(client, message)) {
        status = greet(server, at, message);
    } else if (message->type != TALK_HELLO && client->greeted) {
        take_message(server, at, message);
    } else {
        control_hang_up(server->control, at);
    }
    if (status != RB_OK && server->status == RB_OK) {
        server->status = status;
    }
}

static void on_gone(void *context, control_client at) {
    struct server *server = context;

    client_clear(&server->clients[at]);
    server->missed[at] = (struct missed) { 0 };
}

/* ---- In the loop ---- */

static void tell_consoles(void *context, const struct message *message) {
    struct server *server = context;

    for (size_t at = 0; at < CONTROL_SLOTS; at++) {
        if (!is_console(&server->clients[at])) {
            continue;
        }
        if (has_room(server, at)) {
            send_to(server, at, message);
        } else {
            server->missed[at].is_any = true;
            server->missed[at].news += news_count(message);
        }
    }
}

/* He reads again: how much he missed, and how things stand now. */
static void make_up(struct server *server, control_client at) {
    struct missed *missed = &server->missed[at];
    struct message message = { 0 };
    char digits[NEWS_DIGITS_BYTES];

    if (!missed->is_any || !has_room(server, at)) {
        return;
    }
    if (missed->news > 0) {
        news_more_write(&message, missed->news, digits);
        send_to(server, at, &message);
        message_clear(&message);
    }
    announcer_note_console(server->announcer);
    *missed = (struct missed) { 0 };
}

static size_t watch(void *context, struct pollfd *fds) {
    struct server *server = context;

    return control_watch(server->control, fds);
}

static int64_t deadline_ms(void *context) {
    const struct server *server = context;
    int64_t deadline_ms = INT64_MAX;

    if (control_is_behind(server->control)) {
        return 0;
    }
    if (server->locks) {
        return server->lock_ms;
    }
    for (size_t at = 0; at < CONTROL_SLOTS; at++) {
        const struct client *client = &server->clients[at];
        if (client->job != NULL && !client->has_ended) { /* An answer goes when it is read. */
            return clock_steady_ms() + GO_ON_MS;
        }
        if (is_console(client)) {
            deadline_ms = announcer_deadline_ms(server->announcer);
        }
    }
    return deadline_ms;
}

static enum rb_status step(void *context) {
    struct server *server = context;
    bool is_heard = false;

    control_step(server->control);
    for (size_t at = 0; at < CONTROL_SLOTS; at++) {
        if (server->clients[at].job != NULL) {
            step_job(server, at);
        }
        if (is_console(&server->clients[at])) {
            make_up(server, at);
            is_heard = true;
        }
    }
    enum rb_status status = announcer_step(server->announcer, is_heard);
    control_send_waiting(server->control);
    return server->status != RB_OK ? server->status : status;
}

/* ---- Locked ---- */

void server_lock(struct server *server) {
    if (server->locks) {
        return;
    }
    server->locks = true;
    server->lock_ms = clock_steady_ms() + LOCK_MS;
    for (size_t at = 0; at < CONTROL_SLOTS; at++) {
        if (server->clients[at].is_here && server->clients[at].greeted) {
            say_locked(server, at);
        }
    }
}

bool server_locks(const struct server *server) {
    return server->locks;
}

bool server_is_locked(const struct server *server) {
    bool is_awaited = false;

    for (size_t at = 0; at < CONTROL_SLOTS; at++) {
        const struct client *client = &server->clients[at];
        is_awaited = is_awaited || (is_console(client) && !client->has_handed_over);
    }
    return server->locks && (!is_awaited || clock_steady_ms() >= server->lock_ms);
}

int64_t server_active_ms(const struct server *server) {
    int64_t active_ms = 0;

    for (size_t at = 0; at < CONTROL_SLOTS; at++) {
        const struct client *client = &server->clients[at];
        if (at == OWN || !client->is_here) {
            continue;
        }
        if (client->job != NULL) {
            return INT64_MAX;
        }
        if (client->is_console && client->heard_ms > active_ms) {
            active_ms = client->heard_ms;
        }
    }
    return active_ms;
}

/* ---- From beginning to end ---- */

enum rb_status server_open(struct server **server, const struct server_setup *setup) {
    struct server *opened = rb_alloc(1, sizeof *opened);
    const struct control_setup control = {
        .message = on_message,
        .gone = on_gone,
        .context = opened,
    };
    const struct announce_setup announce = {
        .store = setup->store,
        .node = setup->node,
        .tell = tell_consoles,
        .context = opened,
    };
    const struct node_task task = {
        .watch = watch,
        .deadline_ms = deadline_ms,
        .step = step,
        .context = opened,
    };

    opened->setup = *setup;
    enum rb_status status = control_open(&opened->control, setup->settings->home, &control);
    if (status != RB_OK) {
        free(opened);
        return status;
    }
    opened->announcer = announcer_new(&announce);
    node_add_task(setup->node, &task);
    *server = opened;
    return RB_OK;
}

void server_close(struct server **server) {
    struct server *closing = *server;
    const struct message bye = { .type = TALK_BYE };

    if (closing == NULL) {
        return;
    }
    for (size_t at = 0; at < CONTROL_SLOTS; at++) {
        if (closing->clients[at].is_here) {
            send_to(closing, at, &bye);
        }
    }
    control_close(&closing->control);
    for (size_t at = 0; at < CONTROL_SLOTS; at++) {
        client_clear(&closing->clients[at]);
    }
    announcer_destroy(&closing->announcer);
    free(closing);
    *server = NULL;
}

enum rb_status server_adopt(struct server *server, struct channel **channel) {
    struct channel *own = NULL;

    enum rb_status status = channel_pair(&own, channel);
    if (status == RB_OK) {
        (void)control_adopt(server->control, own);
    }
    return status;
}

void server_on_progress(struct server *server, void (*show)(void *context), void *context) {
    server->show_progress = show;
    server->progress_context = context;
}
