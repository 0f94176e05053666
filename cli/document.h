/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Printed documents: a few sorts of part, each written at once in one of two ways.  All texts may
 * be anybody's: nothing unprintable and no markup of theirs gets into a document. */
#ifndef REMBUK_CLI_DOCUMENT_H
#define REMBUK_CLI_DOCUMENT_H

#include "cli/lang.h"
#include "protocol/bytes.h"

/* Who signs, under what: "Mengetahui", "Penyelia", "Budi Misal". */
struct signature {
    const char *above, *role, *name; /* name: "" leaves a blank to fill in */
};
enum { SIGNATURES = 2 };

struct document_style {
    void (*begin)(struct writer *out, enum language language, struct span title);
    void (*section)(struct writer *out, struct span title);
    void (*heading)(struct writer *out, struct span title); /* within a section */
    void (*field)(struct writer *out, struct span label, struct span value);
    void (*paragraph)(struct writer *out, struct span text); /* its line ends are kept */
    void (*sign)(struct writer *out, struct span place, const struct signature who[SIGNATURES]);
    void (*end)(struct writer *out);
};

/* Lines of at most 78 columns, for a plain printer. */
extern const struct document_style document_text;

/* One file of HTML, with the rules for paper in it, and nothing from elsewhere. */
extern const struct document_style document_html;

#endif
