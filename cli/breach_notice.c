/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/breach_notice.h"

#include "cli/layout.h"
#include "cli/when.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As wide as a sheet of paper in a plain editor. */
enum { PAGE_COLUMNS = 76, LIST_INDENT = 3 };

#define BLANK "______________________"

static void write_gap(struct writer *out) {
    writer_u8(out, '\n');
}

/* What follows the dash of an item stands below its first word. */
static void write_wrapped(struct writer *out, size_t indent, struct span text) {
    static const char dash[] = "- ";

    if (text.len > sizeof dash && memcmp(text.data, dash, sizeof dash - 1) == 0) {
        layout_wrap(out, layout_line(&text, PAGE_COLUMNS - indent), PAGE_COLUMNS, indent);
        indent += sizeof dash - 1;
    }
    if (text.len > 0) {
        layout_wrap(out, text, PAGE_COLUMNS, indent);
    }
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
    write_wrapped(out, indent, span_of(text, (size_t)len));
    free(text);
}

/* What a person fills in. */
static void write_blank(struct writer *out, const char *what) {
    write_lines(out, LIST_INDENT, "%s: %s", what, BLANK);
}

int64_t breach_notice_until(int64_t since_ms) {
    return since_ms + (int64_t)BREACH_NOTICE_HOURS * 60 * 60 * 1000;
}

static void write_limit(struct writer *out, const struct breach_notice *notice) {
    const bool is_late = notice->since_ms > 0;
    const int64_t since_ms = is_late ? notice->since_ms : notice->now_ms;
    char since[WHEN_BYTES], until[WHEN_BYTES];

    when_show(since_ms, since);
    when_show(breach_notice_until(since_ms), until);
    write_lines(out, 0,
                is_late
                    ? _("TIME LIMIT: at the latest %s, which is 3 x 24 hours after the computer "
                        "was shut out (%s); or earlier: 3 x 24 hours from when you knew of the "
                        "loss.")
                    : _("TIME LIMIT: at the latest %s, which is 3 x 24 hours after this draft "
                        "was made (%s); or earlier: 3 x 24 hours from when you knew of the "
                        "loss."),
                until, since);
}

static void write_head(struct writer *out, const struct breach_notice *notice) {
    write_lines(out, 0, "%s", _("DRAFT: NOTICE OF A FAILURE TO PROTECT PERSONAL DATA"));
    write_lines(out, 0, "%s", _("(Law 27 of 2022 on the Protection of Personal Data, article 46)"));
    write_gap(out);
    write_limit(out, notice);
    write_gap(out);
    write_lines(out, 0, "%s", _("Order: 1. your office, 2. the police, 3. fill in, 4. send."));
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
    if (notice->held->cases > 0) {
        write_lines(out, LIST_INDENT, "%s",
                    _("- of these cases also: age, sex and cluster of the client"));
    }
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

static void write_revoked(struct writer *out, int64_t at_ms) {
    char when[WHEN_BYTES];

    when_show(at_ms, when);
    write_lines(out, LIST_INDENT,
                _("- %s: the computer was shut out. The other computers refuse it as soon as "
                  "they hear of it."),
                when);
}

static void write_letter(struct writer *out, const struct breach_notice *notice) {
    char now[WHEN_BYTES];

    when_show(notice->now_ms, now);
    write_lines(out, LIST_INDENT,
                _("- %s: the letter of assignment of %s was revoked. In the groups and cases that "
                  "were joined with this letter, all computers of this person are shut out as "
                  "soon as the others hear of it."),
                now, notice->owner);
}

static void write_act(struct writer *out, const struct breach_notice *notice) {
    switch (notice->act) {
    case BREACH_OPEN:
        write_blank(out, _("- The computer was shut out of all groups and cases on"));
        return;
    case BREACH_REVOKED_BEFORE:
        if (notice->since_ms > 0) {
            write_revoked(out, notice->since_ms);
        } else {
            write_blank(out, _("- The computer has been shut out since"));
        }
        break;
    case BREACH_REVOKED_NOW:
        write_revoked(out, notice->now_ms);
        break;
    case BREACH_LETTER_REVOKED:
        write_letter(out, notice);
        break;
    }
    write_lines(out, LIST_INDENT, "%s",
                _("- Whoever has heard of it changes the keys there before writing anything new: "
                  "the computer cannot read what is written under the new keys. Who has not heard "
                  "of it yet is told as soon as both are connected."));
}

static void write_efforts(struct writer *out, const struct breach_notice *notice) {
    write_lines(out, 0, "%s", _("3. What was done, and what will be done"));
    write_act(out, notice);
    write_lines(out, LIST_INDENT, "%s",
                _("- All that rembuk keeps on the disk is locked with the passphrase (for experts: "
                  "XChaCha20-Poly1305, Argon2id). Who has the computer, switched off or locked, "
                  "cannot read it without the passphrase, as long as that is a strong one."));
    write_blank(out, _("- Could somebody else know or guess the passphrase? (yes/no)"));
    write_lines(out, LIST_INDENT, "%s",
                _("- What was sent before the loss is still with the other members; what was not "
                  "sent, and cases that only that computer had, are lost. (Strike out what does "
                  "not fit.)"));
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
