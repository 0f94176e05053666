/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times as people type and read them.  The zone is that of this computer (WIB, WITA, WIT). */
#ifndef REMBUK_CLI_WHEN_H
#define REMBUK_CLI_WHEN_H

#include "protocol/bytes.h"

enum { WHEN_BYTES = 48 };

/* A moment that lies back, as `--since` takes it; a day means its beginning.
 *   2026-11-25   2026-11-25T14:05   2026-11-25T14:05:00+07:00   2026-11-25T07:05Z
 *   25/11/2026   25/11 (the last one)   senin, monday (the last one, today counts)
 *   kemarin, hari-ini, besok   yesterday, today, tomorrow
 *   3hari, 2jam, 30menit, 3days, 2hours, 30min: that long before now
 * RB_REFUSED: a number with a bare letter, since `h` and `j` mean different units in the two
 * languages.  RB_MALFORMED: none of these. */
enum rb_status when_parse(struct span typed, int64_t now_ms, int64_t *ms) RB_MUST_CHECK;

/* A moment that lies ahead, as `--until` takes it: the same words.  A day means its last second;
 * 25/11 is the next one, senin the next one (not today), 3hari that long from now.  A day or time
 * that is over is understood, too. */
enum rb_status when_parse_end(struct span typed, int64_t now_ms, int64_t *ms) RB_MUST_CHECK;

/* Seconds, 1 to a day; an `s` behind them is allowed. */
enum rb_status when_seconds(struct span typed, int64_t *seconds) RB_MUST_CHECK;

/* RFC 3339 with the offset: 2026-11-25T14:05:00+07:00. */
void when_exact(int64_t ms, char out[static WHEN_BYTES]);

/* For people: 25/11/2026 14:05 WIB. */
void when_show(int64_t ms, char out[static WHEN_BYTES]);

/* The day, as case records have it: 2026-11-25. */
void when_day(int64_t ms, char out[static WHEN_BYTES]);

/* For people, as short as it can be told: 14:05 (today), 25/11 14:05 (this year), 25/11/2025 14:05;
 * in the zone of this computer, which is not named. */
void when_brief(int64_t ms, int64_t now_ms, char out[static WHEN_BYTES]);

/* For people, in the language set: "just now" (also for what lies ahead), "20 minutes ago",
 * "2 hours ago", "3 days ago". */
void when_ago(int64_t ms, int64_t now_ms, char out[static WHEN_BYTES]);

#endif
