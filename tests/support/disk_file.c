/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/disk_file.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- Bytes ---- */

static void bytes_resize(struct disk_bytes *bytes, size_t len) {
    assert(len <= DISK_FILE_BYTES_MAX);
    if (len > bytes->room) {
        bytes->room = len + len / 2 + 4096;
        bytes->data = rb_realloc(bytes->data, bytes->room, 1);
    }
    if (len > bytes->len) {
        memset(bytes->data + bytes->len, 0, len - bytes->len);
    }
    bytes->len = len;
}

static struct disk_bytes bytes_copy(const struct disk_bytes *from) {
    struct disk_bytes copy = { 0 };

    bytes_resize(&copy, from->len);
    if (from->len > 0) {
        memcpy(copy.data, from->data, from->len);
    }
    return copy;
}

static void bytes_apply(struct disk_bytes *bytes, const struct disk_change *change) {
    if (change->data == NULL) {
        bytes_resize(bytes, change->at);
        return;
    }
    if (change->at + change->len > bytes->len) {
        bytes_resize(bytes, change->at + change->len);
    }
    memcpy(bytes->data + change->at, change->data, change->len);
}

static size_t len_after(size_t len, const struct disk_change *change) {
    const size_t end = change->at + change->len;
    return change->data == NULL || end > len ? end : len;
}

/* ---- The file ---- */

struct disk_file *disk_file_new(void) {
    return rb_alloc(1, sizeof(struct disk_file));
}

struct disk_file *disk_file_copy(const struct disk_file *file) {
    struct disk_file *copy = disk_file_new();

    copy->now = bytes_copy(&file->now);
    copy->safe = bytes_copy(&file->safe);
    copy->change_count = file->change_count;
    copy->change_room = file->change_count;
    copy->changes = rb_alloc(file->change_count + 1, sizeof *copy->changes);
    for (size_t i = 0; i < file->change_count; i++) {
        const struct disk_change *change = &file->changes[i];
        copy->changes[i] = *change;
        if (change->data != NULL) {
            copy->changes[i].data = rb_alloc(change->len, 1);
            memcpy(copy->changes[i].data, change->data, change->len);
        }
    }
    return copy;
}

static void changes_clear(struct disk_file *file) {
    for (size_t i = 0; i < file->change_count; i++) {
        free(file->changes[i].data);
    }
    file->change_count = 0;
}

void disk_file_destroy(struct disk_file **file) {
    if (*file == NULL) {
        return;
    }
    changes_clear(*file);
    free((*file)->changes);
    free((*file)->now.data);
    free((*file)->safe.data);
    free(*file);
    *file = NULL;
}

static void change_add(struct disk_file *file, const struct disk_change *change) {
    if (file->change_count == file->change_room) {
        file->change_room = file->change_room * 2 + 16;
        file->changes = rb_realloc(file->changes, file->change_room, sizeof *file->changes);
    }
    file->changes[file->change_count++] = *change;
    bytes_apply(&file->now, change);
}

void disk_file_write(struct disk_file *file, uint64_t serial, size_t at, struct span bytes) {
    struct disk_change change = { .serial = serial, .at = at, .len = bytes.len };

    if (bytes.len == 0) {
        return;
    }
    change.data = rb_alloc(bytes.len, 1);
    memcpy(change.data, bytes.data, bytes.len);
    change_add(file, &change);
}

void disk_file_truncate(struct disk_file *file, uint64_t serial, size_t len) {
    const struct disk_change change = { .serial = serial, .at = len };
    change_add(file, &change);
}

void disk_file_sync(struct disk_file *file) {
    for (size_t i = 0; i < file->change_count; i++) {
        bytes_apply(&file->safe, &file->changes[i]);
    }
    changes_clear(file);
}

/* ---- A power cut ---- */

/* For each sector: how many changes touch it, how many of them stay, of these how many at least,
 * how many were looked at. */
struct sector {
    uint32_t touched, kept, kept_least, seen;
};

struct cut {
    struct random *random;
    const struct disk_loss *loss;
    struct sector *sectors;
    size_t longest;      /* length that the file ever had since it was synchronised */
    size_t changes_kept; /* at least these: up to the last truncation that stays */
};

static size_t last_sector(const struct cut *cut, const struct disk_change *change) {
    const size_t end = change->data == NULL ? cut->longest : change->at + change->len;
    return end == 0 ? 0 : (end - 1) / cut->loss->grain;
}

static bool comes_before(const struct cut *cut, const struct disk_change *change) {
    return change->serial < cut->loss->serial;
}

static bool truncation_stays(const struct cut *cut, const struct disk_change *change) {
    switch (cut->loss->kind) {
    case DISK_LOSS_ALL:
        return false;
    case DISK_LOSS_NOTHING:
        return true;
    case DISK_LOSS_AFTER:
        return comes_before(cut, change);
    case DISK_LOSS_TORN:
        break;
    }
    return random_chance(cut->random, cut->loss->newest_percent);
}

/* Those that do not stay are taken out, as if they had never been. */
static void truncations_choose(struct cut *cut, struct disk_file *file) {
    bool stays = true;
    size_t count = 0;

    for (size_t i = 0; i < file->change_count; i++) {
        const struct disk_change *change = &file->changes[i];
        const bool is_truncation = change->data == NULL;
        stays = stays && (!is_truncation || truncation_stays(cut, change));
        if (is_truncation && stays) {
            cut->changes_kept = count + 1;
        }
        if (!is_truncation || stays) {
            file->changes[count++] = *change;
        }
    }
    file->change_count = count;
}

static void sectors_count(struct cut *cut, const struct disk_file *file) {
    for (size_t i = 0; i < file->change_count; i++) {
        const struct disk_change *change = &file->changes[i];
        const size_t last = last_sector(cut, change);
        for (size_t s = change->at / cut->loss->grain; s <= last; s++) {
            struct sector *sector = &cut->sectors[s];
            const bool torn_here =
                change->serial == cut->loss->serial && random_chance(cut->random, 50);
            sector->touched++;
            sector->kept += comes_before(cut, change) || torn_here ? 1 : 0;
            sector->kept_least = change->data == NULL ? sector->touched : sector->kept_least;
        }
    }
}

/* Counting has found what DISK_LOSS_AFTER keeps; the other kinds decide here. */
static uint32_t sector_choose(const struct cut *cut, const struct sector *sector) {
    switch (cut->loss->kind) {
    case DISK_LOSS_AFTER:
        return sector->kept;
    case DISK_LOSS_ALL:
        return 0;
    case DISK_LOSS_NOTHING:
        return sector->touched;
    case DISK_LOSS_TORN:
        break;
    }
    return random_chance(cut->random, cut->loss->newest_percent)
               ? sector->touched
               : (uint32_t)random_below(cut->random, sector->touched + 1U);
}

static void sectors_choose(struct cut *cut, size_t count) {
    for (size_t s = 0; s < count; s++) {
        struct sector *sector = &cut->sectors[s];
        const uint32_t chosen = sector_choose(cut, sector);
        sector->kept = chosen > sector->kept_least ? chosen : sector->kept_least;
    }
}

static size_t changes_choose(const struct cut *cut, const struct disk_file *file) {
    size_t count = 0;

    switch (cut->loss->kind) {
    case DISK_LOSS_ALL:
        return 0;
    case DISK_LOSS_NOTHING:
        return file->change_count;
    case DISK_LOSS_AFTER:
        while (count < file->change_count && comes_before(cut, &file->changes[count])) {
            count++;
        }
        return count;
    case DISK_LOSS_TORN:
        break;
    }
    return random_chance(cut->random, cut->loss->newest_percent)
               ? file->change_count
               : random_below(cut->random, file->change_count + 1);
}

/* After the truncations that stay the file only grows. */
static size_t choose_len(const struct cut *cut, const struct disk_file *file) {
    const size_t chosen = changes_choose(cut, file);
    const size_t keep = chosen > cut->changes_kept ? chosen : cut->changes_kept;
    const size_t grain = cut->loss->grain;
    size_t len = file->safe.len;

    for (size_t i = 0; i < keep; i++) {
        len = len_after(len, &file->changes[i]);
    }
    const bool torn = cut->loss->kind == DISK_LOSS_AFTER || cut->loss->kind == DISK_LOSS_TORN;
    if (!torn || keep == file->change_count || random_chance(cut->random, 25)) {
        return len;
    }
    const size_t next = len_after(len, &file->changes[keep]);
    const size_t between =
        (len / grain + random_below(cut->random, (next - len) / grain + 2)) * grain;
    return between < len ? len : between > next ? next : between;
}

/* The part of a change that lies in sector `s`. */
static void sector_apply(struct disk_bytes *bytes, const struct disk_change *change, size_t s,
                         size_t grain) {
    const size_t begin = change->at > s * grain ? change->at : s * grain;
    const size_t sector_end = (s + 1) * grain < bytes->len ? (s + 1) * grain : bytes->len;

    if (change->data == NULL) {
        memset(bytes->data + begin, 0, sector_end > begin ? sector_end - begin : 0);
        return;
    }
    const size_t change_end = change->at + change->len;
    const size_t end = change_end < sector_end ? change_end : sector_end;
    memcpy(bytes->data + begin, change->data + (begin - change->at), end - begin);
}

static void changes_apply(struct cut *cut, struct disk_file *file) {
    bytes_resize(&file->safe, cut->longest);
    for (size_t i = 0; i < file->change_count && cut->longest > 0; i++) {
        const struct disk_change *change = &file->changes[i];
        const size_t last = last_sector(cut, change);
        for (size_t s = change->at / cut->loss->grain; s <= last; s++) {
            if (cut->sectors[s].seen++ < cut->sectors[s].kept) {
                sector_apply(&file->safe, change, s, cut->loss->grain);
            }
        }
    }
}

void disk_file_lose(struct disk_file *file, struct random *random, const struct disk_loss *loss) {
    struct cut cut = { .random = random, .loss = loss, .longest = file->safe.len };

    truncations_choose(&cut, file);
    for (size_t i = 0; i < file->change_count; i++) {
        const size_t end = file->changes[i].at + file->changes[i].len;
        cut.longest = end > cut.longest ? end : cut.longest;
    }
    const size_t sector_count = cut.longest / loss->grain + 1;
    cut.sectors = rb_alloc(sector_count, sizeof *cut.sectors);
    sectors_count(&cut, file);
    sectors_choose(&cut, sector_count);
    const size_t len = choose_len(&cut, file);
    changes_apply(&cut, file);
    bytes_resize(&file->safe, len);
    changes_clear(file);
    free(cut.sectors);
    free(file->now.data);
    file->now = bytes_copy(&file->safe);
}
