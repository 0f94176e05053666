/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/announce.h"

#include "cli/names.h"
#include "protocol/casework/kinds.h"
#include "store/cases.h"
#include "store/departures.h"
#include "store/event_log.h"
#include "store/invitations.h"
#include "store/roster.h"
#include "store/threads.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TELL_MS = 500,
    CONTACT_MS = 30000,
    NEWS_MS = 2000, /* more than NEWS_POSTS_MAX within that time are a flood */
    REFERENCE_BYTES = 48,
    NAMES_BYTES_MAX = 4 << 20,
    NEWS_BYTES_MAX = 16 << 20, /* NEWS_POSTS_MAX texts, and names for each event of a batch */
    NEWS_TEXTS = 5
};

/* Something that came and is still to be told. */
struct item {
    uint64_t type;      /* enum kind_type; 0: the members of a circle have changed, or */
    int64_t invitation; /* this invitation was answered; else 0 */
    bool is_own;        /* by a command of this person */
    uint8_t circle[HASH_BYTES];
    uint8_t ref[REF_BYTES];
};

/* Somebody who was removed from a group or case. */
struct removed {
    uint8_t circle[HASH_BYTES];
    uint8_t person[HASH_BYTES];
};

struct announcer {
    struct announce_setup setup;
    struct store_observer observer;
    struct item *items; /* owned */
    size_t count, room;
    struct writer news;             /* messages that wait for a commit */
    uint64_t more;                  /* further posts and entries, not kept by name */
    int64_t count_ms;               /* when counting began: for NEWS_MS */
    uint64_t arrived;               /* posts and entries of others since then */
    bool is_flood;                  /* so many before that now all are only counted */
    uint8_t (*invited)[HASH_BYTES]; /* circles whose invitation has been told; owned */
    size_t invited_count;
    struct removed *removed; /* who has been removed from where, as of the last look; owned */
    size_t removed_count;
    bool removed_known; /* all of them are in there */
    bool is_own;        /* what comes now is written by a command of this person */
    bool state_due, names_due;
    bool is_heard;                    /* at the last step */
    int64_t told_ms;                  /* state and names */
    uint8_t contacts_all[HASH_BYTES]; /* hash of their numbers and names, as looked at last */
    uint8_t names_hash[HASH_BYTES];
    bool names_told;
    struct message state; /* as told last */
};

/* ---- What the store says ---- */

static void keep(struct announcer *announcer, uint64_t type,
                 const uint8_t circle[static HASH_BYTES], const uint8_t *ref) {
    if (announcer->count == announcer->room) {
        announcer->room = 2 * announcer->room + 16;
        announcer->items = rb_realloc(announcer->items, announcer->room, sizeof *announcer->items);
    }
    struct item *item = &announcer->items[announcer->count++];
    *item = (struct item) { .type = type, .is_own = announcer->is_own };
    memcpy(item->circle, circle, sizeof item->circle);
    if (ref != NULL) {
        memcpy(item->ref, ref, sizeof item->ref);
    }
}

static void on_stored(void *context, const uint8_t circle[static HASH_BYTES],
                      const uint8_t log[static LOG_PK_BYTES], uint64_t first, uint64_t last) {
    struct announcer *announcer = context;
    (void)circle, (void)log, (void)first, (void)last; /* That something came is enough. */

    announcer->state_due = true;
}

static void on_members(void *context, const uint8_t circle[static HASH_BYTES]) {
    struct announcer *announcer = context;

    announcer->names_due = true;
    keep(announcer, 0, circle, NULL);
}

static void on_shown(void *context, uint64_t type, const uint8_t circle[static HASH_BYTES],
                     const uint8_t ref[static REF_BYTES]) {
    struct announcer *announcer = context;

    bool is_place = type == KIND_THREAD || type == KIND_CASE;

    announcer->names_due = announcer->names_due || is_place;
    announcer->arrived += is_place || announcer->is_own ? 0 : 1;
    if (type != KIND_THREAD) {
        keep(announcer, type, circle, ref);
    }
}

static void on_more(void *context, uint64_t count) {
    struct announcer *announcer = context;

    if (!announcer->is_own) {
        announcer->more += count;
        announcer->arrived += count;
    }
}

static void on_answered(void *context, int64_t number) {
    static const uint8_t nowhere[HASH_BYTES];
    struct announcer *announcer = context;

    if (!announcer->is_own) {
        keep(announcer, 0, nowhere, NULL);
        announcer->items[announcer->count - 1].invitation = number;
    }
}

/* ---- News ---- */

static void tell(const struct announcer *announcer, const struct message *message) {
    announcer->setup.tell(announcer->setup.context, message);
}

static bool is_self(const struct announcer *announcer, const uint8_t person[static HASH_BYTES]) {
    return memcmp(store_self(announcer->setup.store)->person, person, HASH_BYTES) == 0;
}

static void tell_news(struct announcer *announcer, enum news_what what, int64_t time_ms,
                      int64_t place_number, const struct span texts[NEWS_TEXTS]) {
    struct message message = { .type = TALK_NEWS };

    message_add_number(&message, what);
    message_add_number(&message, (uint64_t)time_ms);
    message_add_number(&message, (uint64_t)place_number);
    for (size_t i = 0; i < NEWS_TEXTS; i++) {
        message_add_text(&message, texts[i]);
    }
    message_write(&announcer->news, &message);
    message_clear(&message);
}

void news_more_write(struct message *message, uint64_t count,
                     char digits[static NEWS_DIGITS_BYTES]) {
    (void)snprintf(digits, NEWS_DIGITS_BYTES, "%" PRIu64, count);
    message->type = TALK_NEWS;
    message_add_number(message, NEWS_MORE);
    message_add_number(message, 0);
    message_add_number(message, count);
    message_add_text(message, span_text(digits));
}

uint64_t news_count(const struct message *message) {
    if (message->type != TALK_NEWS) {
        return 0;
    }
    return message_number(message, 0) == NEWS_MORE ? message_number(message, 2) : 1;
}

static void send_news(const struct announcer *announcer) {
    struct span rest = writer_view(&announcer->news);
    struct message message = { 0 };
    size_t used = 0;

    while (message_read(rest, &message, &used) == RB_OK) {
        tell(announcer, &message);
        message_clear(&message);
        rest = span_of(rest.data + used, rest.len - used);
    }
}

static void write_reference(char out[static REFERENCE_BYTES], int64_t place, int64_t number) {
    (void)snprintf(out, REFERENCE_BYTES, "%" PRId64 ".%" PRId64, place, number);
}

struct telling {
    struct announcer *announcer;
    const struct thread_row *thread;
    const struct case_row *record;
    const uint8_t *ref;
};

static bool tell_post(void *context, const struct post_row *row) {
    const struct telling *telling = context;
    char reference[REFERENCE_BYTES];

    if (!is_self(telling->announcer, row->author) && !row->retracted) {
        write_reference(reference, row->thread_number, row->number);
        tell_news(telling->announcer, NEWS_POST, row->time_ms, row->thread_number,
                  (const struct span[NEWS_TEXTS]) {
                      span_text(reference),
                      span_text(row->author_name),
                      span_text(row->thread_title),
                      row->text,
                      row->quoted_author,
                  });
    }
    return true;
}

static bool tell_entry(void *context, const struct entry_row *row) {
    const struct telling *telling = context;
    char reference[REFERENCE_BYTES];

    if (!is_self(telling->announcer, row->author)) {
        write_reference(reference, row->case_number, row->number);
        tell_news(telling->announcer, NEWS_ENTRY, row->time_ms, row->case_number,
                  (const struct span[NEWS_TEXTS]) { span_text(reference),
                                                    span_text(row->author_name),
                                                    span_text(row->case_code), row->entry.text });
    }
    return true;
}

static enum rb_status tell_case(struct announcer *announcer, const struct item *item) {
    struct case_row row;

    enum rb_status status = case_get(announcer->setup.store, item->circle, &row);
    if (status == RB_OK && row.is_member && !is_self(announcer, row.owner)) {
        tell_news(announcer, NEWS_CASE, 0, row.number,
                  (const struct span[NEWS_TEXTS]) {
                      [1] = span_text(row.owner_name),
                      [2] = span_text(row.code),
                  });
    }
    return status;
}

static bool was_told(struct announcer *announcer, const uint8_t circle[static HASH_BYTES]) {
    for (size_t i = 0; i < announcer->invited_count; i++) {
        if (memcmp(announcer->invited[i], circle, HASH_BYTES) == 0) {
            return true;
        }
    }
    announcer->invited =
        rb_realloc(announcer->invited, announcer->invited_count + 1, sizeof *announcer->invited);
    memcpy(announcer->invited[announcer->invited_count++], circle, HASH_BYTES);
    return false;
}

/* Who has let oneself into a circle. */
struct inviter {
    const struct announcer *announcer;
    char name[NAME_BYTES_MAX + 1];
    enum rb_status status;
};

static bool find_inviter(void *context, const struct group_person *person) {
    struct inviter *inviter = context;

    if (is_self(inviter->announcer, person->person)) {
        inviter->status = person_name(inviter->announcer->setup.store, person->by, inviter->name);
    }
    return inviter->status == RB_OK;
}

static enum rb_status tell_invitation(struct announcer *announcer, const struct item *item) {
    struct inviter inviter = { .announcer = announcer };
    struct group_row row;

    enum rb_status status = group_get(announcer->setup.store, item->circle, &row);
    if (status != RB_OK || row.state != GROUP_INVITED || row.name[0] == '\0' ||
        was_told(announcer, item->circle)) {
        return status;
    }
    status = people_each(announcer->setup.store, item->circle, find_inviter, &inviter);
    status = status == RB_OK ? inviter.status : status;
    if (status == RB_OK) {
        tell_news(announcer, NEWS_INVITED, 0, row.number,
                  (const struct span[NEWS_TEXTS]) {
                      [1] = span_text(inviter.name), [2] = span_text(row.name) });
    }
    return status;
}

/* ---- News about who answered an invitation ---- */

static bool take_last(void *last, const struct invitation_answer *answer) {
    *(struct invitation_answer *)last = *answer;
    return true;
}

static enum rb_status tell_answer(struct announcer *announcer, int64_t number) {
    struct invitation_answer last = { .name = "" };

    enum rb_status status =
        invitation_answers_each(announcer->setup.store, number, take_last, &last);
    if (status == RB_OK && last.name[0] != '\0') {
        tell_news(announcer, NEWS_ANSWERED, 0, number,
                  (const struct span[NEWS_TEXTS]) { [1] = span_text(last.name) });
    }
    return status;
}

/* ---- News about who was removed ---- */

static bool is_known_removed(const struct announcer *announcer,
                             const uint8_t circle[static HASH_BYTES],
                             const uint8_t person[static HASH_BYTES]) {
    for (size_t i = 0; i < announcer->removed_count; i++) {
        const struct removed *known = &announcer->removed[i];
        if (memcmp(known->circle, circle, HASH_BYTES) == 0 &&
            memcmp(known->person, person, HASH_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

static void note_removed(struct announcer *announcer, const uint8_t circle[static HASH_BYTES],
                         const uint8_t person[static HASH_BYTES]) {
    announcer->removed =
        rb_realloc(announcer->removed, announcer->removed_count + 1, sizeof *announcer->removed);
    struct removed *row = &announcer->removed[announcer->removed_count++];
    memcpy(row->circle, circle, sizeof row->circle);
    memcpy(row->person, person, sizeof row->person);
}

static void forget_removed(struct announcer *announcer) {
    free(announcer->removed);
    announcer->removed = NULL;
    announcer->removed_count = 0;
    announcer->removed_known = false;
}

struct removal_telling {
    struct announcer *announcer;
    const struct item *item;
    enum news_what removed, guest; /* what it is called */
    int64_t number;
    const char *name; /* of the group, code of the case */
    enum rb_status status;
};

/* To who is out himself nothing is known of others. */
static enum rb_status find_departure(const struct removal_telling *telling,
                                     const uint8_t person[static HASH_BYTES],
                                     struct departure *departure) {
    enum rb_status status =
        departure_find(telling->announcer->setup.store, telling->item->circle, person, departure);

    return status == RB_NOT_FOUND ? RB_OK : status;
}

static bool tell_removed(void *context, const struct group_person *person) {
    struct removal_telling *telling = context;
    struct announcer *announcer = telling->announcer;
    struct departure departure = { .is_guest_over = false };
    char by[NAME_BYTES_MAX + 1];

    if (person->state != MEMBER_REMOVED ||
        is_known_removed(announcer, telling->item->circle, person->person)) {
        return true;
    }
    telling->status = person_name(announcer->setup.store, person->by, by);
    if (telling->status == RB_OK) {
        telling->status = find_departure(telling, person->person, &departure);
    }
    if (telling->status != RB_OK) {
        return false;
    }
    note_removed(announcer, telling->item->circle, person->person);
    tell_news(announcer, departure.is_guest_over ? telling->guest : telling->removed, 0,
              telling->number,
              (const struct span[NEWS_TEXTS]) {
                  [1] = span_text(by),
                  [2] = span_text(telling->name),
                  [3] = span_text(is_self(announcer, person->person) ? "" : person->name),
              });
    return true;
}

/* What one has done oneself is no news. */
static enum rb_status tell_removals(struct announcer *announcer, const struct item *item) {
    struct removal_telling telling = { .announcer = announcer, .item = item };
    struct group_row group;
    struct case_row row;

    if (item->is_own || !announcer->removed_known) {
        return RB_OK;
    }
    enum rb_status status = group_get(announcer->setup.store, item->circle, &group);
    if (status == RB_OK) {
        telling.removed = NEWS_GROUP_REMOVED;
        telling.guest = NEWS_GROUP_GUEST;
        telling.number = group.number;
        telling.name = group.name;
    } else if (status == RB_NOT_FOUND) {
        status = case_get(announcer->setup.store, item->circle, &row);
        telling.removed = NEWS_CASE_REMOVED;
        telling.guest = NEWS_CASE_GUEST;
        telling.number = row.number;
        telling.name = row.code;
    }
    if (status == RB_OK) {
        status = people_each(announcer->setup.store, item->circle, tell_removed, &telling);
    }
    return status == RB_OK ? telling.status : status;
}

static enum rb_status tell_members(struct announcer *announcer, const struct item *item) {
    enum rb_status status = tell_invitation(announcer, item);

    return status == RB_OK || status == RB_NOT_FOUND ? tell_removals(announcer, item) : status;
}

static enum rb_status tell_item(struct announcer *announcer, const struct item *item) {
    struct telling telling = { .announcer = announcer };
    enum rb_status status = RB_OK;

    switch (item->type) {
    case KIND_POST:
        status = post_show_one(announcer->setup.store, item->ref, tell_post, &telling);
        break;
    case KIND_ENTRY:
        status = entry_show_one(announcer->setup.store, item->ref, tell_entry, &telling);
        break;
    case KIND_CASE:
        status = tell_case(announcer, item);
        break;
    case 0:
        status = item->invitation != 0 ? tell_answer(announcer, item->invitation)
                                       : tell_members(announcer, item);
        break;
    case KIND_GROUP:
        status = tell_invitation(announcer, item);
        break;
    default:
        break;
    }
    return status == RB_NOT_FOUND ? RB_OK : status; /* It may be gone, or hidden, by now. */
}

/* Cases and groups that are shown for the first time get their numbers, all with one commit; posts
 * and entries have them. */
static enum rb_status describe(struct announcer *announcer, const struct item *items,
                               size_t count) {
    enum rb_status status = store_write_begin(announcer->setup.store);

    if (status != RB_OK) {
        return status;
    }
    for (size_t i = 0; i < count && status == RB_OK; i++) {
        status = tell_item(announcer, &items[i]);
    }
    return store_write_end(announcer->setup.store, status);
}

static enum rb_status tell_items(struct announcer *announcer) {
    struct item *items = announcer->items;
    size_t count = announcer->count;

    if (count == 0) {
        return RB_OK;
    }
    /* What is heard of the commit belongs to the next time. */
    announcer->items = NULL;
    announcer->count = announcer->room = 0;
    writer_init(&announcer->news, NEWS_BYTES_MAX);
    enum rb_status status = describe(announcer, items, count);
    free(items);
    if (status == RB_OK) {
        send_news(announcer); /* Numbers that are shown are committed. */
    }
    writer_clear(&announcer->news);
    return status;
}

static void tell_more(struct announcer *announcer) {
    struct message message = { 0 };
    char digits[NEWS_DIGITS_BYTES];

    if (announcer->more > 0) {
        news_more_write(&message, announcer->more, digits);
        tell(announcer, &message);
        message_clear(&message);
    }
    announcer->more = 0;
}

/* A new stretch of time.  As long as more come than somebody can read, all of them are only
 * counted: else the first of each stretch would fill the screen in the end. */
static void count_anew(struct announcer *announcer, int64_t now_ms) {
    announcer->is_flood = announcer->arrived > NEWS_POSTS_MAX;
    store_number_shown(announcer->setup.store, announcer->is_flood ? 0 : NEWS_POSTS_MAX);
    announcer->arrived = 0;
    announcer->count_ms = now_ms;
}

/* ---- State ---- */

struct contacts_look {
    int64_t last_ms;
    struct writer all; /* numbers and names */
};

static bool look_at_contact(void *context, const struct contact *contact) {
    struct contacts_look *look = context;

    look->last_ms = contact->last_seen_ms > look->last_ms ? contact->last_seen_ms : look->last_ms;
    writer_u64(&look->all, (uint64_t)contact->number);
    writer_span(&look->all, span_text(contact->name));
    return true;
}

/* Also whether others are called by other names than before. */
static enum rb_status look_at_contacts(struct announcer *announcer, int64_t *last_ms) {
    struct contacts_look look = { 0 };
    uint8_t hash[HASH_BYTES];

    writer_init(&look.all, NAMES_BYTES_MAX);
    enum rb_status status = contact_each(announcer->setup.store, look_at_contact, &look);
    if (status == RB_OK) {
        event_body_hash(hash, writer_view(&look.all));
        announcer->names_due =
            announcer->names_due || memcmp(hash, announcer->contacts_all, sizeof hash) != 0;
        memcpy(announcer->contacts_all, hash, sizeof hash);
        *last_ms = look.last_ms;
    }
    writer_clear(&look.all);
    return status;
}

static enum rb_status tell_state(struct announcer *announcer, int64_t last_ms) {
    struct message state = { .type = TALK_STATE };
    uint64_t waiting = 0;
    unsigned days = 0;

    enum rb_status status = events_waiting(announcer->setup.store, &waiting);
    if (status == RB_OK) {
        status = roster_age(announcer->setup.store, clock_now_ms(), &days);
    }
    if (status != RB_OK) {
        return status;
    }
    message_add_number(&state, waiting);
    message_add_number(&state, (uint64_t)last_ms);
    message_add_number(&state, node_connected(announcer->setup.node));
    message_add_number(&state, days);
    if (announcer->state.number_count == 0 ||
        memcmp(state.numbers, announcer->state.numbers, sizeof state.numbers) != 0) {
        tell(announcer, &state);
        announcer->state = state; /* It has no texts. */
    }
    return RB_OK;
}

/* ---- Names ---- */

/* One look at all that can be named, and at who was removed. */
struct names_look {
    struct announcer *announcer;
    struct names *names;
    enum ref_sort sort; /* of the circle whose people are looked at, with the next two */
    const uint8_t *circle;
    int64_t number;
    enum rb_status status;
};

static bool add_contact(void *look, const struct contact *row) {
    names_add(((struct names_look *)look)->names, REF_CONTACT, row->number, row->name);
    return true;
}

static bool add_group(void *look, const struct group_row *row) {
    names_add(((struct names_look *)look)->names, REF_GROUP, row->number, row->name);
    return true;
}

static bool add_case(void *look, const struct case_row *row) {
    names_add(((struct names_look *)look)->names, REF_CASE, row->number, row->code);
    return true;
}

static bool add_thread(void *look, const struct thread_row *row) {
    names_add(((struct names_look *)look)->names, REF_THREAD, row->number, row->title);
    return true;
}

/* Also who was removed: what he wrote may be adopted.  Not oneself: one does not remove oneself. */
static bool add_person(void *context, const struct group_person *person) {
    struct names_look *look = context;

    if (!is_self(look->announcer, person->person)) {
        names_add_member(look->names, look->sort, look->number, person->name);
    }
    if (person->state == MEMBER_REMOVED) {
        note_removed(look->announcer, look->circle, person->person);
    }
    return true;
}

/* When there is no more room for names, nobody else is looked up either: in a home of thousands of
 * circles that would take its time.  False: it is full, or has failed. */
static bool add_people(struct names_look *look, enum ref_sort sort,
                       const uint8_t circle[static HASH_BYTES], int64_t number) {
    if (look->names->count == NAMES_MAX) {
        look->announcer->removed_known = false;
        return false;
    }
    look->sort = sort;
    look->circle = circle;
    look->number = number;
    look->status = people_each(look->announcer->setup.store, circle, add_person, look);
    return look->status == RB_OK;
}

static bool add_people_of_group(void *look, const struct group_row *row) {
    return add_people(look, REF_GROUP, row->circle, row->number);
}

static bool add_people_of_case(void *look, const struct case_row *row) {
    return add_people(look, REF_CASE, row->circle, row->number);
}

static enum rb_status people_collect(struct store *store, struct names_look *look) {
    forget_removed(look->announcer);
    look->announcer->removed_known = true;
    enum rb_status status = group_each(store, true, add_people_of_group, look);
    if (status == RB_OK && look->status == RB_OK) {
        status = case_each(store, true, add_people_of_case, look);
    }
    return status == RB_OK ? look->status : status;
}

static enum rb_status names_collect(struct announcer *announcer, struct names *names) {
    struct names_look look = { .announcer = announcer, .names = names };
    struct store *store = announcer->setup.store;

    enum rb_status status = contact_each(store, add_contact, &look);
    if (status == RB_OK) {
        status = group_each(store, false, add_group, &look);
    }
    if (status == RB_OK) {
        status = case_each(store, false, add_case, &look);
    }
    if (status == RB_OK) {
        status = thread_each(store, NULL, add_thread, &look);
    }
    return status == RB_OK ? people_collect(store, &look) : status;
}

static void names_tell(struct announcer *announcer, const struct names *names) {
    struct message message = { .type = TALK_NAMES };
    uint8_t hash[HASH_BYTES];
    struct writer bytes;

    writer_init(&bytes, NAMES_BYTES_MAX);
    names_write(names, &message, &bytes);
    event_body_hash(hash, writer_view(&bytes));
    if (!announcer->names_told || memcmp(hash, announcer->names_hash, sizeof hash) != 0) {
        tell(announcer, &message);
        memcpy(announcer->names_hash, hash, sizeof hash);
        announcer->names_told = true;
    }
    message_clear(&message);
    writer_clear(&bytes);
}

static enum rb_status tell_names(struct announcer *announcer) {
    struct names names = { 0 };

    enum rb_status status = names_collect(announcer, &names);
    if (status == RB_OK) {
        names_tell(announcer, &names);
    }
    names_clear(&names);
    return status;
}

/* ---- Steps ---- */

static enum rb_status tell_what_is_due(struct announcer *announcer, int64_t now_ms) {
    int64_t last_ms = 0;

    announcer->told_ms = now_ms;
    announcer->state_due = false;
    enum rb_status status = look_at_contacts(announcer, &last_ms);
    if (status == RB_OK && announcer->names_due) {
        announcer->names_due = false;
        status = tell_names(announcer);
    }
    return status == RB_OK ? tell_state(announcer, last_ms) : status;
}

/* Who is connected changes without a commit, so the state is looked at now and then anyway. */
static int64_t due_ms(const struct announcer *announcer) {
    bool is_due = announcer->names_due || announcer->state_due;

    return announcer->told_ms + (is_due ? TELL_MS : CONTACT_MS);
}

static void forget_news(struct announcer *announcer) {
    store_number_shown(announcer->setup.store, 0);
    announcer->count = 0;
    announcer->more = announcer->arrived = 0;
    announcer->is_flood = false;
    forget_removed(announcer); /* Whoever comes next has not seen what was. */
}

static bool is_time_to_count_anew(const struct announcer *announcer, int64_t now_ms) {
    bool is_quiet = announcer->arrived == 0 && !announcer->is_flood;

    return !announcer->is_heard || is_quiet || now_ms >= announcer->count_ms + NEWS_MS;
}

enum rb_status announcer_step(struct announcer *announcer, bool is_heard) {
    int64_t now_ms = clock_steady_ms();

    if (!is_heard) {
        announcer->is_heard = false;
        forget_news(announcer);
        return RB_OK;
    }
    enum rb_status status = tell_items(announcer);
    if (is_time_to_count_anew(announcer, now_ms)) {
        tell_more(announcer);
        count_anew(announcer, now_ms);
    }
    announcer->is_heard = true;
    if (status == RB_OK && now_ms >= due_ms(announcer)) {
        status = tell_what_is_due(announcer, now_ms);
    }
    return status;
}

int64_t announcer_deadline_ms(const struct announcer *announcer) {
    int64_t deadline_ms = due_ms(announcer);

    if (announcer->count > 0) {
        return 0;
    }
    return announcer->more > 0 && announcer->count_ms + NEWS_MS < deadline_ms
               ? announcer->count_ms + NEWS_MS
               : deadline_ms;
}

void announcer_note_own(struct announcer *announcer, bool is_own) {
    announcer->is_own = is_own;
}

void announcer_note_change(struct announcer *announcer) {
    announcer->state_due = true;
}

void announcer_note_console(struct announcer *announcer) {
    announcer->names_told = false;
    announcer->state.number_count = 0;
    announcer->told_ms = clock_steady_ms() - TELL_MS; /* at once */
    announcer->names_due = announcer->state_due = true;
}

struct announcer *announcer_new(const struct announce_setup *setup) {
    struct announcer *announcer = rb_alloc(1, sizeof *announcer);

    announcer->setup = *setup;
    announcer->observer = (struct store_observer) {
        .stored = on_stored,
        .members = on_members,
        .shown = on_shown,
        .more = on_more,
        .answered = on_answered,
        .context = announcer,
    };
    store_observe(setup->store, &announcer->observer);
    return announcer;
}

void announcer_destroy(struct announcer **announcer) {
    if (*announcer == NULL) {
        return;
    }
    store_number_shown((*announcer)->setup.store, 0);
    store_observe_no_more((*announcer)->setup.store, &(*announcer)->observer);
    free((*announcer)->items);
    free((*announcer)->invited);
    free((*announcer)->removed);
    free(*announcer);
    *announcer = NULL;
}
