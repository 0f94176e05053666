/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/roster.h"

#include "store/contacts.h"
#include "store/db.h"
#include "store/device_own.h"
#include "store/letters.h"
#include "store/revocations.h"
#include "store/writing.h"

#include <stdlib.h>
#include <string.h>

/* ---- The offices of this home ---- */

struct office_list {
    struct office_row *rows; /* owned; granted ones alone */
    size_t count;
};

static bool office_collect(void *context, const struct office_row *office) {
    struct office_list *list = context;

    if (office->granted) {
        list->rows = rb_realloc(list->rows, list->count + 1, sizeof *list->rows);
        list->rows[list->count++] = *office;
    }
    return true;
}

/* One office while its roster is looked after. */
struct keeping {
    struct store *store;
    const struct office_row *office;
    int64_t now_ms;
    uint8_t circle[HASH_BYTES]; /* zeros: it has no roster that one could write to */
    bool is_founded;
    struct waiting_letter *letters; /* owned: those to be taken in */
    size_t letter_count;
    size_t taken_in;
    size_t without_room; /* of the letters, as many as were left out for want of it */
    bool is_spent;       /* the roster that it has takes no more (roster_is_spent) */
};

/* ---- Letters that stand in no roster yet ---- */

struct waiting_letter {
    uint8_t person[HASH_BYTES];
    uint8_t cert[CERT_BYTES_MAX];
    size_t cert_len;
    uint8_t id[CERT_ID_BYTES];
    uint64_t serial;
    bool stands; /* an ADD of the roster that counts names it */
};

/* Our own rows: what does not decode is damage.  Whoever is given his letter before it begins is
 * taken in when it does; and he may have revoked it himself. */
static enum rb_status letter_read(const struct keeping *keeping, struct db_row *query,
                                  struct waiting_letter *letter, bool *holds) {
    const struct span whole = db_blob(query, 1);
    int64_t revoked_ms = 0;
    struct cert cert;

    if (whole.len > sizeof letter->cert || cert_decode(whole, &cert) != RB_OK) {
        return RB_DAMAGED;
    }
    *letter = (struct waiting_letter) {
        .cert_len = whole.len,
        .serial = cert.serial,
    };
    db_copy(query, 0, letter->person, sizeof letter->person);
    memcpy(letter->id, cert.id, sizeof letter->id);
    memcpy(letter->cert, whole.data, whole.len);
    const enum rb_status status = letter_revoked_ms(keeping->store, &cert, &revoked_ms);
    *holds = revoked_ms == 0 && cert_validity(&cert, keeping->now_ms / 1000) == CERT_HOLDS;
    return status;
}

/* Of somebody who has several letters of one office the last counts. */
static void letter_keep(struct keeping *keeping, const struct waiting_letter *letter) {
    struct waiting_letter *last =
        keeping->letter_count > 0 ? &keeping->letters[keeping->letter_count - 1] : NULL;

    if (last == NULL || memcmp(last->person, letter->person, HASH_BYTES) != 0) {
        keeping->letters =
            rb_realloc(keeping->letters, keeping->letter_count + 1, sizeof *keeping->letters);
        keeping->letters[keeping->letter_count++] = *letter;
    } else if (letter->serial >= last->serial) {
        *last = *letter;
    }
}

/* By person.  What stands in the roster already is left out at the end: until then it hides what
 * came before it. */
static enum rb_status letters_load(struct keeping *keeping) {
    static const char sql[] =
        "SELECT person, whole"
        " FROM letter_issued"
        " WHERE office = ?1"
        "   AND revoked_ms IS NULL"
        " ORDER BY person";
    struct db_row *query = db_query(store_db(keeping->store), sql);
    struct waiting_letter letter;
    enum rb_status status = RB_OK;
    bool holds = false;

    db_bind_int(query, 1, keeping->office->number);
    while (status == RB_OK && db_step(query)) {
        status = letter_read(keeping, query, &letter, &holds);
        if (status == RB_OK && holds) {
            letter_keep(keeping, &letter);
        }
    }
    const enum rb_status ended = db_end(query);
    return status == RB_OK ? ended : status;
}

/* ---- What the roster has already ---- */

static int compare_person(const void *person, const void *letter) {
    return memcmp(person, ((const struct waiting_letter *)letter)->person, HASH_BYTES);
}

/* An ADD that does not count may name any letter: it keeps nobody out. */
static void letter_mark(struct keeping *keeping, const struct op *add) {
    struct waiting_letter *letter =
        keeping->letter_count == 0
            ? NULL
            : bsearch(add->person.person, keeping->letters, keeping->letter_count,
                      sizeof *keeping->letters, compare_person);

    if (letter != NULL && memcmp(letter->id, add->person.id, CERT_ID_BYTES) == 0) {
        letter->stands = true;
    }
}

static void operation_look(struct keeping *keeping, struct roster_use *use, const struct op *op) {
    switch (op->type) {
    case OP_GENESIS:
        letter_mark(keeping, op);
        break;
    case OP_ADD:
        use->adds++;
        letter_mark(keeping, op);
        break;
    case OP_REVOKED:
        use->revokeds++;
        break;
    default:
        break;
    }
}

bool roster_is_spent(const struct roster_use *use) {
    return use->people + ROSTER_ADDS_AT_ONCE > CIRCLE_PEOPLE_MAX ||
           use->adds + ROSTER_ADDS_AT_ONCE > CIRCLE_ADDS_GRANTED_MAX ||
           use->revokeds + ROSTER_REVOKEDS_LEFT > CIRCLE_REVOKEDS_OWN_MAX;
}

static enum rb_status roster_look(struct keeping *keeping, const struct opening *opening) {
    const struct circle *fold = opening->members.fold;
    struct operation_list operations = { 0 };
    const struct member *ignored;
    struct roster_use use = { .people = circle_people(fold, &ignored) };

    const enum rb_status status = operations_load(keeping->store, opening->circle.id, &operations);
    for (size_t i = 0; status == RB_OK && i < operations.count; i++) {
        if (circle_grants(fold, operations.ops[i].ref)) {
            operation_look(keeping, &use, &operations.ops[i]);
        }
    }
    keeping->is_spent = operations.is_cut || roster_is_spent(&use);
    operations_clear(&operations);
    return status;
}

static void letters_leave_out(struct keeping *keeping) {
    size_t left = 0;

    for (size_t i = 0; i < keeping->letter_count; i++) {
        if (!keeping->letters[i].stands) {
            keeping->letters[left++] = keeping->letters[i];
        }
    }
    keeping->letter_count = left;
}

/* ---- The roster ---- */

/* Whether a circle that is founded now is anchored at the root of the office: it is at that of the
 * letter that is used. */
static enum rb_status is_of_own_network(const struct keeping *keeping, bool *is_own) {
    struct cert offices[CHAIN_CERTS_MAX];
    struct letter_row used;
    size_t count = 0;

    enum rb_status status = chain_decode(office_row_chain(keeping->office), offices, &count);
    if (status == RB_OK) {
        status = letters_choose(keeping->store, NULL, keeping->now_ms, &used);
    }
    if (status == RB_OK) {
        *is_own = used.letter.exists && letter_row_holds(&used) &&
                  memcmp(offices[count - 1].person, used.letter.root, HASH_BYTES) == 0;
    }
    return status;
}

/* Somebody whose own letter was revoked is out of the roster that he founded, and founds another
 * when he has a new one. */
static enum rb_status circle_find(struct keeping *keeping) {
    static const char sql[] =
        "SELECT office.roster"
        " FROM office"
        " JOIN circle ON circle.circle = office.roster"
        " JOIN member AS own ON own.circle = circle.id"
        " WHERE office.number = ?1"
        "   AND own.person = ?2"
        "   AND own.state IN (0, 1)"
        "   AND own.role >= ?3";
    struct db_row *query = db_query(store_db(keeping->store), sql);

    db_bind_int(query, 1, keeping->office->number);
    db_bind_blob(query, 2, span_of(store_self(keeping->store)->person, HASH_BYTES));
    db_bind_int(query, 3, CIRCLE_MANAGER);
    if (db_step(query)) {
        db_copy(query, 0, keeping->circle, sizeof keeping->circle);
        keeping->is_founded = true;
    }
    return db_end(query);
}

static enum rb_status circle_set(struct keeping *keeping) {
    static const char sql[] =
        "UPDATE office"
        " SET roster = ?2"
        " WHERE number = ?1";
    struct db_row *query = db_query(store_db(keeping->store), sql);

    db_bind_int(query, 1, keeping->office->number);
    db_bind_blob(query, 2, span_of(keeping->circle, sizeof keeping->circle));
    return db_run(query);
}

static enum rb_status circle_found(struct keeping *keeping) {
    const enum rb_status status =
        author_found(keeping->store, CIRCLE_ROSTER, NULL, keeping->now_ms, keeping->circle);

    return status == RB_OK ? circle_set(keeping) : status;
}

/* ---- What is due ---- */

/* The last day that was signed here, not the newest: a clock that ran ahead would stop it. */
static enum rb_status day_is_due(const struct keeping *keeping, bool *due) {
    static const char sql[] =
        "SELECT roster_day.at_s"
        " FROM circle"
        " JOIN roster_day ON roster_day.circle = circle.id"
        " WHERE circle.circle = ?1"
        "   AND roster_day.office = ?2"
        " ORDER BY roster_day.rcv DESC"
        " LIMIT 1";
    const int64_t now_s = keeping->now_ms / 1000;
    struct db_row *query = db_query(store_db(keeping->store), sql);

    *due = true;
    db_bind_blob(query, 1, span_of(keeping->circle, sizeof keeping->circle));
    db_bind_blob(query, 2, span_of(keeping->office->pk, sizeof keeping->office->pk));
    if (db_step(query)) {
        const int64_t at_s = db_int(query, 0);
        *due = at_s - now_s >= ROSTER_DAY_S || now_s - at_s >= ROSTER_DAY_S;
    }
    return db_end(query);
}

static enum rb_status is_revocation_due(const struct writing *writing, bool *due) {
    struct writer whole;

    writer_init(&whole, CERT_BYTES_MAX);
    const enum rb_status status =
        revocation_due(writing->opening->store, writing->opening->circle.id,
                       writing->opening->members.fold, &whole);
    writer_clear(&whole);
    *due = status == RB_OK;
    return status == RB_NOT_FOUND ? RB_OK : status;
}

/* ---- Writing ---- */

/* His certificates: the letter that this office has signed, with what his card says of his
 * device.  RB_NOT_FOUND: there is no card; RB_REFUSED: the device is revoked.  The letter on the
 * card may be: this one stands in its place. */
static enum rb_status pair_make(const struct keeping *keeping, const struct waiting_letter *letter,
                                struct writer *card, struct op_pair *pair) {
    struct store *store = keeping->store;
    struct contact contact;
    enum rb_status status = RB_OK;
    bool revoked = false;

    if (memcmp(letter->person, store_self(store)->person, HASH_BYTES) == 0) {
        const struct store_self *self = store_self(store);
        pair->device_cert = self->device_cert.whole;
        pair->seal_key = self->seal.whole;
    } else {
        status = contact_get(store, letter->person, &contact);
        if (status == RB_OK) {
            status = cert_is_known_revoked(store, contact.device_cert, letter->person, &revoked);
        }
        status = status == RB_OK && revoked ? RB_REFUSED : status;
        if (status == RB_OK) {
            status = contact_pair(store, letter->person, card, pair);
        }
    }
    if (status == RB_OK) {
        pair->person_cert = span_of(letter->cert, letter->cert_len);
        pair->chain = office_row_chain(keeping->office);
    }
    return status;
}

/* Whoever is there already is added again: what counts is the letter that the ADD names. */
static enum rb_status letter_take_in(struct keeping *keeping, struct writing *writing,
                                     const struct waiting_letter *letter) {
    const bool is_self =
        memcmp(letter->person, store_self(keeping->store)->person, HASH_BYTES) == 0;
    struct writer card, body;
    struct op_pair pair;

    writer_init(&card, CARD_BYTES_MAX);
    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    enum rb_status status = pair_make(keeping, letter, &card, &pair);
    if (status == RB_OK) {
        op_add_encode(&body, is_self ? CIRCLE_OWNER : CIRCLE_READER, &pair, 0);
        status = writing_operation(writing, OP_ADD, writer_view(&body));
        keeping->taken_in += status == RB_OK ? 1 : 0;
    } else if (!db_failed(status)) {
        status = RB_OK; /* it waits */
    }
    writer_clear(&body);
    writer_clear(&card);
    return status;
}

static enum rb_status letters_take_in(struct keeping *keeping, struct writing *writing) {
    enum rb_status status = RB_OK;

    for (size_t i = keeping->without_room; i < keeping->letter_count && status == RB_OK; i++) {
        if (keeping->taken_in < ROSTER_ADDS_AT_ONCE) {
            status = letter_take_in(keeping, writing, &keeping->letters[i]);
        }
    }
    return status == RB_OK && keeping->taken_in > 0 ? writing_prepare(writing, GRANTS_ALL) : status;
}

static enum rb_status day_write(const struct keeping *keeping, struct writing *writing) {
    struct new_content draft = { .type = KIND_ROSTER_DAY };
    uint8_t ref[REF_BYTES];
    struct roster_day day;
    struct writer body;

    writer_init(&body, EVENT_PAYLOAD_BYTES_MAX);
    enum rb_status status = office_sign_day(keeping->store, keeping->office, keeping->circle,
                                            keeping->now_ms / 1000, &day);
    if (status == RB_OK) {
        roster_day_encode(&body, &day);
        draft.body = writer_view(&body);
        status = writing_prepare(writing, GRANTS_USED);
    }
    if (status == RB_OK) {
        status = writing_content(writing, &draft, ref);
    }
    writer_clear(&body);
    return status;
}

static enum rb_status roster_write(struct keeping *keeping, bool is_day_due) {
    struct writing writing;

    enum rb_status status =
        writing_begin(&writing, keeping->store, keeping->circle, keeping->now_ms);
    if (status == RB_OK) {
        status = writing_may_act(&writing);
    }
    if (status == RB_OK) {
        status = writing_prepare(&writing, GRANTS_OWN);
    }
    if (status == RB_OK) {
        status = letters_take_in(keeping, &writing);
    }
    if (status == RB_OK && is_day_due) {
        status = day_write(keeping, &writing);
    }
    writing_end(&writing);
    return status;
}

/* ---- Upkeep ---- */

static enum rb_status found_and_write(struct keeping *keeping, bool is_day_due) {
    enum rb_status status = store_write_begin(keeping->store);

    if (status != RB_OK) {
        return status;
    }
    status = keeping->is_founded ? RB_OK : circle_found(keeping);
    if (status == RB_OK) {
        status = roster_write(keeping, is_day_due);
    }
    status = store_write_end(keeping->store, status);
    keeping->taken_in = status == RB_OK ? keeping->taken_in : 0;
    return status;
}

/* A revocation goes with a new day, so that everybody sees how fresh it is. */
static enum rb_status look_at_founded(struct keeping *keeping, bool *is_day_due) {
    struct writing writing;
    bool is_revoked = false;

    enum rb_status status =
        writing_begin(&writing, keeping->store, keeping->circle, keeping->now_ms);
    if (status == RB_OK) {
        status = is_revocation_due(&writing, &is_revoked);
    }
    if (status == RB_OK) {
        status = roster_look(keeping, writing.opening);
    }
    writing_end(&writing);
    if (status == RB_OK) {
        status = day_is_due(keeping, is_day_due);
    }
    *is_day_due = *is_day_due || is_revoked;
    return status;
}

/* Who has no letter any more is not in the next one, and nothing is revoked there yet.  If all fill
 * it again soon, it stays, and takes nobody more. */
static void roster_turn(struct keeping *keeping) {
    if (!keeping->is_spent) {
        letters_leave_out(keeping);
    } else if (keeping->letter_count <= ROSTER_LETTERS_ANEW_MAX) {
        keeping->is_founded = false;
        memset(keeping->circle, 0, sizeof keeping->circle);
    } else {
        letters_leave_out(keeping);
        keeping->without_room = keeping->letter_count;
    }
}

/* Contacts alone can be taken in: for the others nothing need be begun. */
static enum rb_status can_take_in(const struct keeping *keeping, bool *can) {
    enum rb_status status = RB_OK;

    *can = false;
    for (size_t i = keeping->without_room; i < keeping->letter_count && status == RB_OK && !*can;
         i++) {
        struct writer card;
        struct op_pair pair;
        writer_init(&card, CARD_BYTES_MAX);
        status = pair_make(keeping, &keeping->letters[i], &card, &pair);
        *can = status == RB_OK;
        status = db_failed(status) ? status : RB_OK;
        writer_clear(&card);
    }
    return status;
}

static enum rb_status roster_keep(struct keeping *keeping) {
    bool is_day_due = true, can = false, is_own = false;

    enum rb_status status = letters_load(keeping);
    if (status == RB_OK) {
        status = circle_find(keeping);
    }
    if (status == RB_OK && keeping->is_founded) {
        status = look_at_founded(keeping, &is_day_due);
        roster_turn(keeping);
    }
    if (status == RB_OK && !keeping->is_founded) {
        is_day_due = true;
        status = is_of_own_network(keeping, &is_own);
    }
    if (status == RB_OK && !keeping->is_founded && (keeping->letter_count == 0 || !is_own)) {
        return RB_OK; /* there is nothing to found, or it has to wait */
    }
    if (status == RB_OK) {
        status = can_take_in(keeping, &can);
    }
    return status == RB_OK && (is_day_due || can) ? found_and_write(keeping, is_day_due) : status;
}

enum rb_status roster_upkeep(struct store *store, int64_t now_ms, struct roster_waiting *waiting) {
    struct roster_waiting found = { 0 };
    struct office_list list = { 0 };

    enum rb_status status = offices_each(store, office_collect, &list);
    for (size_t i = 0; i < list.count && status == RB_OK; i++) {
        struct keeping keeping = { .store = store, .office = &list.rows[i], .now_ms = now_ms };
        status = roster_keep(&keeping);
        status = db_failed(status) ? status : RB_OK;
        found.letters += keeping.letter_count - keeping.taken_in;
        found.without_room += keeping.without_room;
        free(keeping.letters);
    }
    free(list.rows);
    if (status == RB_OK) {
        *waiting = found;
    }
    return status;
}
