/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The code lists: whom help is for (PMKS), by whom (PSKS), and the clusters of child protection; as
 * versioned data.  A code says its version: "2012:07".  Versions stand beside each other, since
 * records keep the code under which they were written, and sources disagree about ages.
 * Sources: TKSK profile of Ciamis 2011 for 2009; Regulation of the Minister of Social Affairs
 * 8/2012; terms of reference of the Bandung discussion group 2013 for the clusters. */
#ifndef REMBUK_CASEWORK_LISTS_H
#define REMBUK_CASEWORK_LISTS_H

#include "protocol/casework/change.h"

enum { AGE_ANY = -1 };

struct list_row {
    enum code_list list;
    const char *code;
    const char *name;        /* the official Indonesian term, where there is one today's */
    const char *name_before; /* the term of the source, if that is no longer used; or NULL */
    const char *english;
    const char *before;   /* the code of the version before that it comes from, or NULL */
    int age_min, age_max; /* in completed years, both included; AGE_ANY: no bound */
    bool is_sensitive;    /* shows more than the person may want others to see */
};

size_t lists_all(const struct list_row **rows);

/* NULL: of a newer version, or a slip. */
const struct list_row *list_find(enum code_list list, struct span code);

/* The cluster that helps children of that category, or NULL: none in particular. */
const char *category_cluster(struct span category);

/* `age` is a value of FIELD_AGE. */
bool list_fits_age(const struct list_row *row, uint64_t age);

#endif
