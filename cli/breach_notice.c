/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/breach_notice.h"

#include "cli/layout.h"
#include "cli/when.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* As wide as a sheet of paper in a plain editor. */
enum { PAGE_COLUMNS = 76, LIST_INDENT = 3 };

#define BLANK "______________________"

static void write_gap(struct writer *out) {
    writer_u8(out, '\n');
}

/* A paragraph, translated, printf form. */
static void __attribute__((format(printf, 3, 4)))
write_lines(struct writer *out, size_t indent, const char *sentence, ...) {
    va_list values, again;

    va_start(values, sentence);
    va_copy(again, values);
    const int len = vsnprintf(NULL, 0, sentence, again);
    va_end(again);
    assert(len >= 0);
    char *text = rb_alloc((size_t)len + 1, 1);
    (void)vsnprintf(text, (size_t)len + 1, sentence, values);
    va_end(values);
    layout_wrap(out, span_of(text, (size_t)len), PAGE_COLUMNS - indent, indent);
    free(text);
}

/* What a person fills in. */
static void write_blank(struct writer *out, const char *what) {
    write_lines(out, LIST_INDENT, "%s: %s", what, BLANK);
}

int64_t breach_notice_until(int64_t now_ms) {
    return now_ms + (int64_t)BREACH_NOTICE_HOURS * 60 * 60 * 1000;
}

static void write_head(struct writer *out, const struct breach_notice *notice) {
    char made[WHEN_BYTES], until[WHEN_BYTES];

    when_show(notice->now_ms, made);
    when_show(breach_notice_until(notice->now_ms), until);
    write_lines(out, 0, "%s", _("DRAFT: NOTICE OF A FAILURE TO PROTECT PERSONAL DATA"));
    write_lines(out, 0, "%s", _("(Law 27 of 2022 on the Protection of Personal Data, article 46)"));
    write_gap(out);
    write_lines(out, 0,
                _("TIME LIMIT: %s. That is 3 x 24 hours after this draft was made (%s). If "
                  "you knew of the loss earlier, the time counts from then."),
                until, made);
    write_gap(out);
    write_lines(out, 0, "%s",
                _("What this computer knows is filled in. Fill in each blank (____), and strike "
                  "out what does not fit. Your office decides what is sent and to whom; this draft "
                  "is no legal advice."));
    write_gap(out);
    write_lines(out, 0, "%s",
                _("Write to each family in a letter of its own, with the code of its own case "
                  "alone. Make sure that the letter does not come into the hands of the one from "
                  "whom the child or the client is protected."));
    write_gap(out);
    write_blank(out, _("To (the person whose data it is; of a child the parent or guardian)"));
    write_blank(out, _("To (the institution for the protection of personal data)"));
    write_blank(out, _("From (office, address)"));
    write_blank(out, _("Who answers questions (name, telephone)"));
    write_gap(out);
}

static void write_case(struct writer *out, const struct device_held *row) {
    write_lines(out, LIST_INDENT,
                _("- case %s (records: %" PRIu64 ", people in the team: %" PRIu64 ")"),
                row->name[0] != '\0' ? row->name : _("(its code is not known here)"), row->records,
                row->people);
}

/* Cases by code, groups as numbers. */
static void write_held(struct writer *out, const struct held *held) {
    uint64_t posts = 0;

    if (held->count == 0) {
        write_lines(out, LIST_INDENT, "%s", _("- as far as is known here: no case and no group"));
    }
    for (size_t i = 0; i < held->count; i++) {
        const struct device_held *row = &held->rows[i];
        if (row->kind == CIRCLE_CASE) {
            write_case(out, row);
        } else if (row->kind == CIRCLE_GROUP) {
            posts += row->records;
        } else if (row->kind == CIRCLE_ROSTER) {
            write_lines(out, LIST_INDENT,
                        _("- a list of workers of an office (people: %" PRIu64 ")"), row->people);
        } else {
            write_lines(out, LIST_INDENT, "%s",
                        _("- the owner's list of contacts (names and areas of colleagues)"));
        }
    }
    if (held->groups > 0) {
        write_lines(out, LIST_INDENT,
                    _("- talks between workers (groups: %zu, posts: %" PRIu64 ")"), held->groups,
                    posts);
    }
}

static void write_data(struct writer *out, const struct breach_notice *notice) {
    write_lines(out, 0, "%s", _("1. Personal data that has been disclosed, or may be"));
    write_lines(out, LIST_INDENT, "%s", _("The lost computer could read:"));
    write_held(out, notice->held);
    write_lines(out, LIST_INDENT, _("Number of cases: %zu"), notice->held->cases);
    write_blank(out, _("Number of people whose data it is"));
    write_blank(out, _("Sorts of data (name, address, family, health, photographs, ...)"));
    write_gap(out);
}

static void write_computer(struct writer *out, const struct breach_notice *notice) {
    char since[WHEN_BYTES], seen[WHEN_BYTES];

    if (notice->computer == NULL) {
        write_lines(out, LIST_INDENT, _("Computer: one of %s"), notice->owner);
        return;
    }
    when_show(notice->from_s * 1000, since);
    write_lines(out, LIST_INDENT, _("Computer: \"%s\" of %s, in use since %s"), notice->computer,
                notice->owner, since);
    if (notice->last_seen_ms > 0) {
        when_show(notice->last_seen_ms, seen);
        write_lines(out, LIST_INDENT, _("Last connected with the computer of this draft: %s"),
                    seen);
    }
}

static void write_how(struct writer *out, const struct breach_notice *notice) {
    write_lines(out, 0, "%s", _("2. When and how it happened"));
    write_computer(out, notice);
    write_blank(out, _("Lost or stolen on (date, hour)"));
    write_blank(out, _("Where"));
    if (notice->how != NULL) {
        write_lines(out, LIST_INDENT, _("How: %s"), notice->how);
    } else {
        write_blank(out, _("How"));
    }
    write_blank(out, _("Was it switched off, or was rembuk locked? (yes/no/not known)"));
    write_blank(out, _("Number of the police report"));
    write_gap(out);
}

static void write_act(struct writer *out, const struct breach_notice *notice) {
    char now[WHEN_BYTES];

    when_show(notice->now_ms, now);
    switch (notice->act) {
    case BREACH_OPEN:
        write_blank(out, _("- The computer was shut out of all groups and cases on"));
        return;
    case BREACH_REVOKED_BEFORE:
        write_blank(out, _("- The computer was revoked, and is shut out, since"));
        break;
    case BREACH_REVOKED_NOW:
        write_lines(out, LIST_INDENT,
                    _("- %s: the computer was revoked. The other computers refuse it as soon as "
                      "they hear of it."),
                    now);
        break;
    case BREACH_LETTER_REVOKED:
        write_lines(out, LIST_INDENT,
                    _("- %s: the letter of assignment of %s was revoked. That shuts all computers "
                      "of this person out as soon as the others hear of it."),
                    now, notice->owner);
        break;
    }
    write_lines(out, LIST_INDENT, "%s",
                _("- The keys are changed before anything new is written, in each of the groups "
                  "and cases: the computer cannot read what is written under the new keys."));
}

static void write_efforts(struct writer *out, const struct breach_notice *notice) {
    write_lines(out, 0, "%s", _("3. What was done, and what will be done"));
    write_act(out, notice);
    write_lines(out, LIST_INDENT, "%s",
                _("- All that rembuk keeps on the disk is encrypted (XChaCha20-Poly1305, key from "
                  "the passphrase by Argon2id). Who has the computer, switched off or locked, "
                  "cannot read it without the passphrase, as long as that is a strong one."));
    write_blank(out, _("- Could somebody else know or guess the passphrase? (yes/no)"));
    write_lines(out, LIST_INDENT, "%s",
                _("- What was written is still with the colleagues of the groups and cases; the "
                  "work goes on from there."));
    write_blank(out, _("- What else was done (search, police, new passwords)"));
    write_blank(out, _("- What will be done so that it does not happen again"));
    write_blank(out, _("- What we ask of you, and where you get help"));
    write_gap(out);
    write_blank(out, _("Place and date"));
    write_blank(out, _("Name, office, signature"));
}

void breach_notice_write(struct writer *out, const struct breach_notice *notice) {
    write_head(out, notice);
    write_data(out, notice);
    write_how(out, notice);
    write_efforts(out, notice);
}
