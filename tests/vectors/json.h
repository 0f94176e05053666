/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes golden vectors to standard output: JSON of strings, numbers and truths, one member a line.
 * Inside an array the name is NULL. */
#ifndef REMBUK_TESTS_JSON_H
#define REMBUK_TESTS_JSON_H

#include "protocol/bytes.h"

void json_open(const char *name, char bracket); /* '{' or '[' */
void json_close(char bracket);                  /* '}' or ']' */
void json_hex(const char *name, struct span bytes);
void json_text(const char *name, struct span text); /* ASCII without quotes and backslashes */
void json_number(const char *name, uint64_t value);
void json_bool(const char *name, bool value);

#endif
