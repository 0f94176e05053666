/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/sim/power_world.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *const power_phase_names[POWER_PHASES] = {
    [POWER_CREATION] = "creation",   [POWER_OPENING] = "opening", [POWER_READING] = "reading",
    [POWER_STATEMENT] = "statement", [POWER_COMMIT] = "commit",   [POWER_CHECKPOINT] = "checkpoint",
    [POWER_RESTART] = "WAL restart", [POWER_VACUUM] = "VACUUM",   [POWER_CLOSE] = "close",
    [POWER_IDLE] = "idle",
};

/* ---- What goes wrong ---- */

void power_fail(struct power *power, const char *what) {
    const struct disk_cut cut = disk_last_cut(power->disk);
    const struct damage damage =
        power->store.vault == NULL ? (struct damage) { 0 } : vault_damage(power->store.vault);

    if (!power->failed) {
        (void)printf("seed %" PRIu64
                     ", last cut in %s (call %u of %s at %zu): %s; SQLite: %s; "
                     "damage %d at %" PRIu64 "\n",
                     power->seed, power_phase_names[power->last_cut], cut.call,
                     cut.file == NULL ? "nothing" : cut.file, cut.at, what,
                     power->store.sqlite == NULL ? "closed" : sqlite3_errmsg(power->store.sqlite),
                     (int)damage.part, damage.place);
    }
    power->failed = true;
}

bool power_went(struct power *power, int result, const char *what) {
    if (result != SQLITE_OK && result != SQLITE_ROW && !disk_is_off(power->disk)) {
        power_fail(power, what);
    }
    return result == SQLITE_OK && !power->failed && !disk_is_off(power->disk);
}

bool power_do(struct power *power, const char *sql) {
    return power_went(power, power_store_do(&power->store, sql), sql);
}

void power_threaten(struct power *power, unsigned percent, unsigned changes_log2) {
    if (random_chance(&power->random, percent)) {
        const size_t most = (size_t)1 << random_below(&power->random, changes_log2 + 1U);
        disk_cut_after(power->disk, DISK_CHANGES, random_below(&power->random, most));
    }
}

/* The vault has seen that no recovery would find the commit. */
static bool is_refused(const struct power *power, int result) {
    return power->went_back && power->store.cache_pages != 0 && !disk_is_off(power->disk) &&
           (result == SQLITE_IOERR_FSYNC || result == SQLITE_IOERR_READ);
}

/* A commit is acknowledged even when power is cut in the checkpoint that follows it. */
bool power_commit(struct power *power) {
    power->phase = POWER_COMMIT;
    power->in_flight = true;
    const int result = power_store_do(&power->store, "COMMIT");
    if (result == SQLITE_OK) {
        power->in_flight = false;
        power->committed = power->pending;
        power->figures->commits++;
    }
    if (is_refused(power, result)) {
        power->in_flight = false;
        power->figures->refused++;
        return sqlite3_get_autocommit(power->store.sqlite) != 0 || power_do(power, "ROLLBACK");
    }
    return power_went(power, result, "COMMIT");
}

/* ---- Cuts ---- */

/* The marker that a checkpoint writes stands in the WAL, behind its headers. */
static enum power_phase phase_of_cut(const struct power *power) {
    enum { SLOTS_END = 1024, AREA_END = 4096 };
    const struct disk_cut cut = disk_last_cut(power->disk);

    if (cut.call == 0) {
        return POWER_IDLE;
    }
    if (power->phase != POWER_STATEMENT && power->phase != POWER_COMMIT) {
        return power->phase;
    }
    if (strcmp(cut.file, POWER_PATH) == 0) {
        return POWER_CHECKPOINT;
    }
    if (cut.call == DISK_WRITE && cut.at < SLOTS_END) {
        return POWER_RESTART;
    }
    const bool marker =
        cut.call == DISK_WRITE && power->store.below != POWER_PLAIN && cut.at < AREA_END;
    return marker ? POWER_CHECKPOINT : power->phase;
}

static void close_store(struct power *power) {
    if (power_store_close(&power->store) != SQLITE_OK) {
        power_fail(power, "the store does not close");
    }
}

/* The process ends without a warning, and the system goes on: nothing has been closed, and all that
 * was written is there, synchronised or not. */
static void kill_store(struct power *power) {
    struct disk_image *image = disk_save(power->disk);

    close_store(power);
    disk_restore(power->disk, image);
    disk_image_destroy(&image);
    power->figures->kills++;
}

void power_end_life(struct power *power) {
    const bool is_killed = power->store.sqlite != NULL && !disk_is_off(power->disk) &&
                           random_chance(&power->random, 50);

    if (is_killed) {
        disk_cut_never(power->disk);
        kill_store(power);
        return;
    }
    close_store(power);
    disk_cut_never(power->disk);
    if (disk_is_off(power->disk)) {
        power->last_cut = phase_of_cut(power);
        power->figures->cuts[power->last_cut]++;
        disk_power_up(power->disk);
    }
}

/* ---- Is all there? ---- */

static bool check(struct power *power) {
    struct model found;

    power->phase = POWER_READING;
    if (!power_went(power, model_load(&found, power->store.sqlite, &power->random),
                    "content does not read") ||
        !power_went(power, power_store_expect(&power->store, "PRAGMA integrity_check", "ok"),
                    "integrity_check finds something") ||
        !power_went(
            power,
            power_store_do(&power->store, "INSERT INTO search (search) VALUES ('integrity-check')"),
            "FTS5's own check finds something")) {
        return false;
    }
    if (!model_equal(&found, &power->committed) &&
        !(power->in_flight && model_equal(&found, &power->pending))) {
        power_fail(power, model_difference(&power->committed, &found));
        return false;
    }
    power->committed = found;
    power->in_flight = false;
    return true;
}

bool power_begin_life(struct power *power) {
    enum { TRIES = 8 };

    for (size_t i = 0; !power->failed; i++) {
        if (i < TRIES && random_chance(&power->random, 30)) {
            const size_t most = (size_t)1 << random_below(&power->random, 11);
            disk_cut_after(power->disk, DISK_ANY, random_below(&power->random, most));
        }
        power->phase = POWER_OPENING;
        const int result = power_store_open(&power->store);
        if (power_went(power, result, "the store does not open") && check(power)) {
            disk_cut_never(power->disk);
            return true;
        }
        power_end_life(power);
    }
    return false;
}
