/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must be true of every circle, each a sentence, and a check that asks nothing but the fold:
 * it does not know by which rules the fold answers. */
#ifndef REMBUK_TESTS_CIRCLE_PROPERTIES_H
#define REMBUK_TESTS_CIRCLE_PROPERTIES_H

#include "tests/support/examination.h"

/* `holds` is also true where there is nothing to look at. */
struct circle_property {
    const char *sentence;
    bool (*holds)(struct examination *examination);
};

enum { CIRCLE_PROPERTIES = 16 };
extern const struct circle_property circle_properties[CIRCLE_PROPERTIES];

#endif
