/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one way from a command to the reader.  A command states its facts once, by key; the form
 * decides what becomes of them:
 *
 *   OUTPUT_JSON   every fact, in one object, written by output_finish
 *   OUTPUT_TABLE  for people: lists that have columns become tables fitted to the terminal; other
 *                 facts are left to the sentences of output_say
 *   OUTPUT_QUIET  for pipes: lists become lines with tabs between the cells; no sentences
 *
 * Nothing unprintable gets out, whoever wrote it: people see it escaped, JSON has it as \uXXXX. */
#ifndef REMBUK_CLI_OUTPUT_H
#define REMBUK_CLI_OUTPUT_H

#include "cli/errors.h"
#include "protocol/bytes.h"

#include <stdio.h>

enum output_form { OUTPUT_TABLE, OUTPUT_QUIET, OUTPUT_JSON };

enum { WIDTH_UNLIMITED = 1 << 20, COLUMNS_MAX = 8 };

struct output;

struct output_setup {
    FILE *out, *err; /* borrowed */
    enum output_form form;
    size_t width; /* in columns */
    bool colour;  /* headings and failures stand out */
};
struct output *output_new(const struct output_setup *setup);
void output_destroy(struct output **output);
enum output_form output_form(const struct output *output);

/* Writes what is still to be written.  RB_FULL or RB_STORAGE if the reader did not get
 * everything.  A command that answers before it ends (node) or answers although it fails (sync)
 * calls it itself. */
enum rb_status output_finish(struct output *output) RB_MUST_CHECK;

/* What was said so far becomes visible, before a question or a long wait. */
void output_flush(struct output *output);

/* What went wrong, on standard error: a sentence, or {"error":{...}}. */
void output_failure(struct output *output, const struct failure *failure);

/* ---- Facts; `key` is NULL inside a list ---- */
void output_text(struct output *output, const char *key, struct span text);
void output_string(struct output *output, const char *key, const char *text);
void output_hex(struct output *output, const char *key, struct span identifier);
void output_integer(struct output *output, const char *key, int64_t value);
void output_count(struct output *output, const char *key, uint64_t value);
void output_bool(struct output *output, const char *key, bool value);
void output_time(struct output *output, const char *key, int64_t ms); /* 0: never */
void output_null(struct output *output, const char *key);

/* A stable word for scripts and what people see in its place. */
void output_word(struct output *output, const char *key, const char *word, const char *shown);

/* What stands in a column, for people only; replaces what a fact of that key put there. */
void output_cell(struct output *output, const char *key, const char *shown);

/* ---- Containers ---- */
struct column {
    const char *key;
    const char *heading; /* English; translated where it is shown */
};

/* A list of rows.  No columns: it is for JSON only.  A list inside a row is for JSON only, too. */
void output_list_begin(struct output *output, const char *key, const struct column *columns,
                       size_t count);
void output_list_end(struct output *output);
void output_row_begin(struct output *output);
void output_row_end(struct output *output);
void output_object_begin(struct output *output, const char *key);
void output_object_end(struct output *output);

/* ---- Sentences, translated, printf form; OUTPUT_TABLE only ---- */
void output_say(struct output *output, const char *sentence, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for a line above what belongs to it. */
void output_heading(struct output *output, const char *sentence, ...)
    __attribute__((format(printf, 2, 3)));

void output_gap(struct output *output); /* an empty line */

/* What can be done next; the last line of a command. */
void output_next(struct output *output, const char *sentence, ...)
    __attribute__((format(printf, 2, 3)));

/* A paragraph of foreign text, lines kept, indented. */
void output_paragraph(struct output *output, struct span text);

/* Commands to type, one a line, indented; never wrapped, so that they can be copied. */
void output_example(struct output *output, struct span lines);

/* The thing itself, one line or several, neither wrapped nor left out when quiet; not in JSON. */
void output_plain(struct output *output, struct span text);

/* A line that stands for the result when quiet: a reference, an identifier. */
void output_quiet(struct output *output, const char *line, ...)
    __attribute__((format(printf, 2, 3)));

/* `text` on one line and printable, for use in a sentence.  Valid until the eighth call after
 * this. */
const char *output_line(struct output *output, struct span text);
const char *output_name(struct output *output, const char *name);

#endif
