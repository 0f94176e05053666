/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Devices that revoked another one of their person, and that a circle does not know: there it is of
 * no effect until somebody names them by a DEVICE, which is possible because other circles do.
 * Inside the store layer. */
#ifndef REMBUK_STORE_REVOKERS_H
#define REMBUK_STORE_REVOKERS_H

#include "protocol/circle.h"
#include "store/store.h"

/* The first of them, if what it revoked is still given keys there: appends the body of the DEVICE.
 * Only if what it revoked has written in the circle since that was learnt here, unless `always`.
 * None that is revoked itself as far as is known here.  RB_NOT_FOUND: there is none. */
enum rb_status revoker_find(struct store *store, int64_t circle, const struct circle *fold,
                            bool always, struct writer *body) RB_MUST_CHECK;

#endif
