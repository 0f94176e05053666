/* SPDX-License-Identifier: GPL-3.0-or-later */
/* device: further computers of one's own.  The drill for a lost one is in cmd_device_lost.c. */
#include "cli/addresses.h"
#include "cli/devices.h"
#include "cli/invitees.h"
#include "cli/next.h"
#include "cli/offices.h"
#include "cli/question.h"
#include "cli/refer.h"
#include "node/node.h"
#include "store/device_file.h"

#include <stdio.h>
#include <string.h>

static enum rb_status own_devices(struct context *context, struct devices *devices) {
    return devices_read(context, store_self(context->store)->person, devices);
}

/* The computer with that key; `devices->count` if there is none. */
static size_t find_key(const struct devices *devices, const uint8_t pk[static SIGN_PUBLIC_BYTES]) {
    size_t i = 0;

    while (i < devices->count && memcmp(devices->rows[i].pk, pk, SIGN_PUBLIC_BYTES) != 0) {
        i++;
    }
    return i;
}

/* ---- add ---- */

/* The card that was given, and the computers that one has already. */
struct adding {
    struct writer bytes;
    struct card card;
    struct devices devices;
    size_t known; /* the one of that card; devices.count: it is new */
    char name[NAME_BYTES_MAX + 1];
};

static void adding_clear(struct adding *adding) {
    writer_clear(&adding->bytes);
    devices_clear(&adding->devices);
}

static enum rb_status fail_add(struct context *context, enum rb_status status) {
    switch (status) {
    case RB_MALFORMED:
        return failure_say(&context->failure, status, "bad_card",
                           _("This is not a whole card. Make it again on the new computer: rembuk "
                             "card --out FILE"));
    case RB_BAD_SIGNATURE:
        return fail_forged_card(context);
    case RB_REFUSED:
        return failure_say(&context->failure, status, "not_a_new_computer",
                           _("This is not the card of a new computer: it is of this one, of a "
                             "contact, or of a computer that was revoked. Make the card on the new "
                             "computer. Nothing was changed."));
    case RB_EXISTS:
        return failure_say(&context->failure, status, "name_taken",
                           _("Another of your computers is called that already. Choose another "
                             "name: --name NAME"));
    case RB_TOO_LARGE:
        return failure_say(&context->failure, RB_REFUSED, "too_many_devices",
                           _("You have %d computers already, and more cannot be added."),
                           (int)CIRCLE_DEVICES_MAX);
    case RB_NO_KEY:
        return failure_say(&context->failure, status, "not_the_first",
                           _("Only your first computer can add another one. Type it there."));
    default:
        return status;
    }
}

/* As it was called, else as it is to be called. */
static enum rb_status read_name(struct context *context, const struct call *call,
                                struct adding *adding) {
    const char *typed = call_option(call, "name");

    if (adding->known < adding->devices.count) {
        memcpy(adding->name, adding->devices.rows[adding->known].name, sizeof adding->name);
        return RB_OK;
    }
    if (typed == NULL) {
        (void)snprintf(adding->name, sizeof adding->name, _("computer %zu"),
                       adding->devices.count + 1);
        return RB_OK;
    }
    const enum rb_status status = refer_check_person_name(context, span_text(typed));
    if (status == RB_OK) {
        (void)snprintf(adding->name, sizeof adding->name, "%s", typed);
    }
    return status;
}

/* The caller clears `adding`, whatever comes back. */
static enum rb_status read_adding(struct context *context, const struct call *call,
                                  struct adding *adding) {
    *adding = (struct adding) { .known = 0 };
    writer_init(&adding->bytes, CARD_BYTES_MAX);
    if (store_self(context->store)->identity->is_further) {
        return fail_add(context, RB_NO_KEY);
    }
    enum rb_status status = card_unarmour(call->texts[0], &adding->bytes);
    if (status == RB_OK) {
        status = card_decode(writer_view(&adding->bytes), &adding->card);
    }
    if (status != RB_OK) {
        return fail_add(context, status);
    }
    status = own_devices(context, &adding->devices);
    if (status != RB_OK) {
        return status;
    }
    adding->known = find_key(&adding->devices, adding->card.device.subject);
    if (adding->known < adding->devices.count && adding->devices.rows[adding->known].is_this) {
        return fail_add(context, RB_REFUSED);
    }
    return read_name(context, call, adding);
}

/* A computer that is known is only given its file again. */
static enum rb_status add_question(struct context *context, const struct call *call,
                                   struct writer *question) {
    struct adding adding;
    char words[WORDS_BYTES_MAX];

    enum rb_status status = read_adding(context, call, &adding);
    if (status == RB_OK) {
        status = check_file_is_new(context, call_option(call, "out"));
    }
    if (status == RB_OK && adding.known == adding.devices.count) {
        people_words(adding.card.person.subject, words);
        question_say(question, _("A new computer is to be yours, called \"%s\"."),
                     output_name(context->out, adding.name));
        question_say(question, _("It will read all your groups and cases, and write in your name. "
                                 "So be sure that it is the one that stands before you."));
        question_say(question, _("The eight words of the new computer:"));
        question_say(question, "  %s", words);
        question_say(question, _("The new computer shows its words when you type there: rembuk "
                                 "card"));
        question_say(question, _("Are they the same words? [y/n]"));
        status = writer_end(question);
    }
    adding_clear(&adding);
    return status;
}

static void show_added(struct context *context, const struct adding *adding, size_t index,
                       const char *path, bool can_meet) {
    const struct device_row *row = &adding->devices.rows[index];
    struct output *out = context->out;

    device_put(out, &adding->devices, index);
    output_string(out, "file", path);
    output_quiet(out, "%s", path);
    output_say(out, _("\"%s\" is computer %zu of yours. The file for it: %s (it is not secret)."),
               output_name(out, row->name), index + 1, path);
    if (!can_meet) {
        output_say(out, _("The file has no address, so with it the new computer cannot call this "
                          "one. Let this one listen first, in a window of its own: rembuk node "
                          "--listen tcp://0.0.0.0:7437"));
        output_next(out, _("after that make the file again, with the same card and under another "
                           "name: rembuk device add FILE"));
        return;
    }
    output_next(out, _("take the file to the new computer, and type there: rembuk device take "
                       "FILE"));
}

static enum rb_status add_device(struct context *context, const struct adding *adding,
                                 const struct own_addresses *own, const char *path) {
    struct writer file;

    writer_init(&file, DEVICE_FILE_BYTES_MAX);
    enum rb_status status = fail_add(
        context, device_admit(context->store, writer_view(&adding->bytes), span_text(adding->name),
                              own->addresses, own->count, clock_now_ms(), &file));
    if (status == RB_OK) {
        status = armoured_write(context, path, DEVICE_FILE_ARMOUR, writer_view(&file));
    }
    writer_clear(&file);
    return status == RB_OK ? contacts_changed(context) : status;
}

static enum rb_status device_add_run(struct context *context, const struct call *call) {
    const char *path = call_option(call, "out");
    struct own_addresses own;
    struct adding adding;

    enum rb_status status = read_adding(context, call, &adding);
    if (status == RB_OK) {
        status = check_file_is_new(context, path);
    }
    if (status == RB_OK) {
        addresses_now(context, &own);
        status = add_device(context, &adding, &own, path);
    }
    if (status == RB_OK) {
        devices_clear(&adding.devices);
        status = own_devices(context, &adding.devices);
    }
    if (status == RB_OK) {
        const size_t index = find_key(&adding.devices, adding.card.device.subject);
        if (index == adding.devices.count) {
            status = RB_DAMAGED; /* It has just been written. */
        } else {
            show_added(context, &adding, index, path,
                       own.count > 0 || adding.card.address_count > 0);
        }
    }
    adding_clear(&adding);
    return status;
}

const struct command cmd_device_add = {
    .name = "device add",
    .name_id = "perangkat tambah",
    .arguments = { { .sort = ARGUMENT_FILE,
                     .label = N_("FILE"),
                     .bytes_max = CARD_TEXT_BYTES_MAX,
                     .typing = N_("Paste the card of the new computer, then press Enter and "
                                  "Ctrl-D."),
                     .question = N_("Which file has the card of the new computer?") } },
    .options = { { .name = "name",
                   .name_id = "nama",
                   .value = N_("NAME"),
                   .help = N_("what the new computer is called; your colleagues can see it"),
                   .question = N_("What shall the new computer be called? For example: office "
                                  "laptop") },
                 { .name = "out",
                   .name_id = "ke-berkas",
                   .value = N_("FILE"),
                   .help = N_("write the answer for the new computer into this file"),
                   .required = true,
                   .is_file = true,
                   .question = N_("Into which file shall the answer for it be written?") } },
    .help = N_("Makes a new computer one of yours: the same person, groups and cases."),
    .more =
        N_("On the new computer, make a home of its own (rembuk init) and its card (rembuk card "
           "--out FILE). Bring that file here, compare the eight words, and take the answer "
           "back: rembuk device take FILE. Only your first computer can add others."),
    .examples = N_("rembuk device add new.card --name \"office laptop\" --out answer.txt"),
    .needs = NEEDS_STORE,
    .question = add_question,
    .run = device_add_run,
};

/* ---- take ---- */

static enum rb_status fail_take(struct context *context, enum rb_status status) {
    switch (status) {
    case RB_EXISTS:
        return failure_say(&context->failure, status, "home_is_used",
                           _("rembuk has been used here already: it has contacts, groups, cases "
                             "or an office of its own. Only a new home can become another computer "
                             "of somebody. Nothing was changed."));
    case RB_NOT_FOUND:
        return failure_say(&context->failure, RB_REFUSED, "another_computer",
                           _("This file is for another computer. Make the card of this one (rembuk "
                             "card --out FILE), and add that on your first computer: rembuk device "
                             "add FILE. Nothing was changed."));
    default:
        return fail_content(context, status);
    }
}

/* Refuses what would be refused after the answer. */
static enum rb_status read_file(struct context *context, const struct call *call,
                                struct writer *file, struct device_admission *parts) {
    writer_init(file, DEVICE_FILE_BYTES_MAX);
    enum rb_status status =
        armoured_read(context, call->texts[0], DEVICE_FILE_ARMOUR, DEVICE_FILE_BYTES_MAX, file);
    if (status == RB_OK) {
        status = fail_take(context, device_file_read(writer_view(file), parts));
    }
    if (status == RB_OK) {
        status = fail_take(context, device_check_take(context->store, writer_view(file)));
    }
    return status;
}

static enum rb_status take_question(struct context *context, const struct call *call,
                                    struct writer *question) {
    struct device_admission parts;
    char words[WORDS_BYTES_MAX];
    struct writer file;

    enum rb_status status = read_file(context, call, &file, &parts);
    const bool is_taken =
        status == RB_OK &&
        memcmp(parts.person.person, store_self(context->store)->person, HASH_BYTES) == 0;
    if (status == RB_OK && !is_taken) {
        people_words(parts.person.subject, words);
        question_say(question, _("This computer is to be \"%s\", a computer of %s (%s)."),
                     output_line(context->out, parts.device.name),
                     output_line(context->out, parts.person.name), role_shown(parts.person.role));
        question_say(question,
                     _("The eight words of %s, which the first computer shows with "
                       "\"rembuk card\":"),
                     output_line(context->out, parts.person.name));
        question_say(question, "  %s", words);
        question_say(question, _("The name and the words that this computer was given when it was "
                                 "made are dropped."));
        question_say(question, _("Are you that person, and are these your words? [y/n]"));
        status = writer_end(question);
    }
    writer_clear(&file);
    return status;
}

/* Whether one of the others has an address, so that a sync can begin here. */
static bool look_for_address(void *opaque, const struct contact *contact) {
    bool *found = opaque;

    *found = *found || contact->address_count > 0;
    return !*found;
}

static enum rb_status show_taken(struct context *context) {
    const struct cert *person = &store_self(context->store)->person_cert;
    struct output *out = context->out;
    struct devices devices = { 0 };
    bool can_call = false;

    enum rb_status status = own_devices(context, &devices);
    if (status == RB_OK) {
        status = devices_reachable(context->store, look_for_address, &can_call);
    }
    if (status != RB_OK) {
        goto done;
    }
    output_hex(out, "person", span_of(person->person, sizeof person->person));
    output_text(out, "name", person->name);
    for (size_t i = 0; i < devices.count; i++) {
        if (devices.rows[i].is_this) {
            device_put(out, &devices, i);
            output_say(out, _("This is a computer of %s now, called \"%s\"."),
                       output_line(out, person->name), output_name(out, devices.rows[i].name));
        }
    }
    output_say(out, _("Your contacts, groups and cases come from the other computer."));
    if (can_call) {
        output_next(out, _("start rembuk node on the other computer, and type here: rembuk sync"));
    } else {
        output_say(out, _("The file has no address, so this computer cannot call the first one. "
                          "Type there, in a window of its own: rembuk node --listen "
                          "tcp://0.0.0.0:7437"));
        output_next(out, _("make the file there again, with the same card, and take it in here: "
                           "rembuk device take FILE"));
    }
done:
    devices_clear(&devices);
    return status;
}

static enum rb_status device_take_run(struct context *context, const struct call *call) {
    struct device_admission parts;
    struct writer file;

    enum rb_status status = read_file(context, call, &file, &parts);
    if (status == RB_OK) {
        status =
            fail_take(context, device_take(context->store, writer_view(&file), clock_now_ms()));
    }
    writer_clear(&file);
    if (status == RB_OK) {
        status = contacts_changed(context);
    }
    return status == RB_OK ? show_taken(context) : status;
}

const struct command cmd_device_take = {
    .name = "device take",
    .name_id = "perangkat ambil",
    .arguments = { { .sort = ARGUMENT_FILE,
                     .label = N_("FILE"),
                     .bytes_max = DEVICE_FILE_TEXT_BYTES_MAX,
                     .typing = N_("Paste the answer, then press Enter and Ctrl-D."),
                     .question = N_("Which file came from your first computer?") } },
    .help = N_("On a new computer: takes in the answer of your first one, and is yours then."),
    .more = N_("Only a home that has not been used can become another computer of somebody. The "
               "first computer makes the answer: rembuk device add FILE."),
    .examples = N_("rembuk device take answer.txt"),
    .needs = NEEDS_STORE,
    .question = take_question,
    .run = device_take_run,
};

/* ---- list ---- */

static void say_next(struct output *out, const struct devices *devices, bool is_own) {
    if (!is_own) {
        return;
    }
    if (devices->count < 2) {
        output_next(out, _("add another computer of yours: rembuk device add FILE"));
    } else {
        output_next(out, _("is one lost or stolen: rembuk device lost NUMBER; sold or given back: "
                           "rembuk device block NUMBER"));
    }
}

static enum rb_status device_list_run(struct context *context, const struct call *call) {
    const struct store_self *self = store_self(context->store);
    const bool is_own = call->argument_count == 0;
    const uint8_t *person = is_own ? self->person : call->objects[0].id;
    struct output *out = context->out;
    char name[NAME_BYTES_MAX + 1];
    struct devices devices = { 0 };

    enum rb_status status = devices_read(context, person, &devices);
    if (status == RB_OK) {
        status = person_name(context->store, person, name);
    }
    if (status == RB_OK) {
        output_hex(out, "person", span_of(person, HASH_BYTES));
        output_string(out, "name", name);
        if (!is_own) {
            output_heading(out, _("Computers of %s, as far as they are known here"),
                           output_name(out, name));
        }
        devices_put(out, &devices);
        say_next(out, &devices, is_own);
    }
    devices_clear(&devices);
    return status;
}

const struct command cmd_device_list = {
    .name = "device list",
    .name_id = "perangkat daftar",
    .arguments = { { .sort = ARGUMENT_CONTACT, .label = N_("CONTACT"), .optional = true } },
    .help = N_("Lists your computers, or those of a contact: which, since when, last seen."),
    .examples = N_("rembuk device list\nrembuk device list \"Budi Misal\""),
    .needs = NEEDS_STORE,
    .run = device_list_run,
};

/* ---- block ---- */

static enum rb_status read_block(struct context *context, const struct call *call,
                                 struct devices *devices, size_t *index) {
    enum rb_status status = own_devices(context, devices);

    if (status == RB_OK) {
        status = device_find(context, devices, call->typed[0], index);
    }
    if (status == RB_OK) {
        status = device_check_other(context, &devices->rows[*index]);
    }
    if (status == RB_OK && devices->rows[*index].revoked) {
        status = failure_say(&context->failure, RB_EXISTS, "revoked_already",
                             _("Computer %zu, \"%s\", is shut out already. Nothing was changed."),
                             *index + 1, output_name(context->out, devices->rows[*index].name));
    }
    return status;
}

static enum rb_status block_question(struct context *context, const struct call *call,
                                     struct writer *question) {
    struct devices devices = { 0 };
    size_t index = 0;

    enum rb_status status = read_block(context, call, &devices, &index);
    if (status == RB_OK) {
        question_say(question, _("Computer %zu, \"%s\", is to be shut out."), index + 1,
                     output_name(context->out, devices.rows[index].name));
        device_ask_revoke(question);
        question_say(question, _("What is on its disk stays there: delete rembuk's folder on it "
                                 "before it goes to somebody else."));
        question_say(question, _("Shut it out? [y/n]"));
        status = writer_end(question);
    }
    devices_clear(&devices);
    return status;
}

static enum rb_status device_block_run(struct context *context, const struct call *call) {
    struct devices devices = { 0 };
    size_t index = 0, circles = 0;

    enum rb_status status = read_block(context, call, &devices, &index);
    if (status == RB_OK) {
        status = device_shut_out(context, &devices, index, &circles);
    }
    if (status == RB_OK) {
        device_put(context->out, &devices, index);
        output_count(context->out, "circles", circles);
        output_quiet(context->out, "%zu", index + 1);
        device_say_shut_out(context, &devices.rows[index], index + 1, circles);
        status = next_send(context, _("tell the others: rembuk sync"));
    }
    devices_clear(&devices);
    return status;
}

const struct command cmd_device_block = {
    .name = "device block",
    .name_id = "perangkat blokir",
    .arguments = { { .sort = ARGUMENT_WORD,
                     .label = N_("NUMBER"),
                     .question = N_("Which computer is to be shut out? Its number stands in: "
                                    "rembuk device list") } },
    .help = N_("Shuts out a computer of yours that you do not use any more: sold, broken, given "
               "back."),
    .more = N_("If it was lost or stolen, use \"device lost\": that also tells what it could read, "
               "and writes the notice that the law asks for."),
    .examples = N_("rembuk device block 2"),
    .needs = NEEDS_STORE,
    .question = block_question,
    .run = device_block_run,
};
