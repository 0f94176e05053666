/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REMBUK_TESTS_WORLD_HOME_H
#define REMBUK_TESTS_WORLD_HOME_H

#include "protocol/status.h"

/* Makes what every home begins as, once for all worlds; after world_clock_start, and before there
 * is any disk. */
enum rb_status world_home_first(void) RB_MUST_CHECK;

#endif
