/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rosters (daftar petugas): the people to whom an office has given letters, known to all of
 * them, with the network down.  The roster of an office is a circle of kind CIRCLE_ROSTER, anchored
 * at the root of the office's network.  Its people are readers; each ADD names the letter by which
 * its person is there, so that the circle itself is the directory, and a revoked letter takes its
 * person out of it.  It is no group: nobody is asked, nothing is discussed in it, no list names it.
 *
 *   in the home that holds the office      roster_upkeep: founds, adds, writes what is revoked,
 *                                          and signs the day (casework/roster.h)
 *   at everybody whom it names             rosters_each, roster_people_each, roster_age
 *
 * The home of an office founds its roster when the person whose home it is has a letter of the same
 * network himself; until then letters are given, and wait for it. */
#ifndef REMBUK_STORE_ROSTER_H
#define REMBUK_STORE_ROSTER_H

#include "store/offices.h"

enum {
    ROSTER_DAY_S = 24 * 3600, /* between two signed days */
    ROSTER_OLD_DAYS = 7,      /* older than that people are told */
    ROSTER_REVOKED_DAYS = 30, /* for so long who is revoked is shown as such */
    ROSTER_ADDS_AT_ONCE = 32, /* letters that one call of roster_upkeep takes in */
    ROSTER_REVOKEDS_LEFT = 64,
    ROSTER_LETTERS_ANEW_MAX = CIRCLE_PEOPLE_MAX - 128 /* of a roster that is founded anew */
};

/* What a circle has room for is spent at last (protocol/circle.h): people who are out again count,
 * too.  Then the office founds its roster anew, of those who have a letter, and where these alone
 * are too many, it takes nobody in any more. */
struct roster_use {
    size_t people, adds, revokeds;
};
bool roster_is_spent(const struct roster_use *use);

struct roster_waiting {
    size_t letters;      /* that are still to be taken in, of contacts and others */
    size_t without_room; /* of these: the roster is full */
};

/* For each office of this home whatever is due, in a transaction for each: its roster is founded,
 * people whose letter holds and stands in it nowhere are added (a contact, whose card has the keys;
 * others wait until they are one), what is known to be revoked is written, and the day is signed if
 * that was more than ROSTER_DAY_S ago.  What cannot be done now is left for the next time; only
 * damage and a full disk fail. */
enum rb_status roster_upkeep(struct store *store, int64_t now_ms, struct roster_waiting *waiting)
    RB_MUST_CHECK;

/* ---- Looking ---- */

/* A copy: a roster in which one stands, of a network of whose one has a letter or an office. */
struct roster_row {
    uint8_t circle[HASH_BYTES];
    char name[NAME_BYTES_MAX + 1]; /* of the office, with the next two */
    char region[REGION_BYTES_MAX + 1];
    enum cert_rank rank;
    uint8_t root[HASH_BYTES];
    bool is_ours;  /* this home holds the office */
    int64_t at_ms; /* of the newest day that is known here; by its own clock, or, if that is ahead
                      of ours, as of when it came */
    unsigned days; /* since then; 0 also if that lies ahead */
};

/* One for each office, the newest, by name, until `each` gives false. */
enum rb_status rosters_each(struct store *store, int64_t now_ms,
                            bool (*each)(void *context, const struct roster_row *), void *context)
    RB_MUST_CHECK;

/* The days of the oldest of them that is not kept here; 0: none is so old as a day. */
enum rb_status roster_age(struct store *store, int64_t now_ms, unsigned *days) RB_MUST_CHECK;

/* Somebody in a roster, by his newest letter there.  A copy. */
struct roster_person {
    uint8_t person[HASH_BYTES];
    char name[NAME_BYTES_MAX + 1];
    enum person_role role;
    char region[REGION_BYTES_MAX + 1];
    char number[LETTER_NUMBER_BYTES_MAX + 1]; /* "": his letter says none */
    int64_t from_ms, until_ms;                /* of his letter */
    bool is_self;
    bool is_contact, is_verified;
    bool is_revoked;
    int64_t revoked_ms; /* since when that is known; 0: it is not known since when */
};

/* The people of a roster, by name, until `each` gives false.  RB_NOT_FOUND: there is no such
 * circle. */
enum rb_status roster_people_each(struct store *store, const struct roster_row *roster,
                                  int64_t now_ms,
                                  bool (*each)(void *context, const struct roster_person *),
                                  void *context) RB_MUST_CHECK;

#endif
