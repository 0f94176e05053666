/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/disk_folder.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void disk_folder_init(struct disk_folder *folder, uint64_t seed) {
    *folder = (struct disk_folder) { .random.state = seed };
}

void disk_folder_clear(struct disk_folder *folder) {
    for (size_t i = 0; i < folder->file_count; i++) {
        disk_file_destroy(&folder->files[i]);
    }
    free(folder->files);
    for (size_t i = 0; i < folder->name_count; i++) {
        free(folder->names[i]);
    }
    free(folder->names);
    free(folder->namings);
    *folder = (struct disk_folder) { 0 };
}

/* ---- Files ---- */

static struct disk_file *file_add(struct disk_folder *folder, struct disk_file *file) {
    if (folder->file_count == folder->file_room) {
        folder->file_room = folder->file_room * 2 + 8;
        folder->files = rb_realloc(folder->files, folder->file_room, sizeof(struct disk_file *));
    }
    folder->files[folder->file_count++] = file;
    return file;
}

static bool file_is_needed(const struct disk_folder *folder, const struct disk_file *file) {
    bool needed = file->handles > 0;

    for (size_t i = 0; i < folder->name_count; i++) {
        needed |= folder->names[i]->now == file || folder->names[i]->safe == file;
    }
    for (size_t i = 0; i < folder->naming_count; i++) {
        needed |= folder->namings[i].file == file;
    }
    return needed;
}

static void files_forget(struct disk_folder *folder) {
    size_t kept = 0;

    for (size_t i = 0; i < folder->file_count; i++) {
        if (file_is_needed(folder, folder->files[i])) {
            folder->files[kept++] = folder->files[i];
        } else {
            disk_file_destroy(&folder->files[i]);
        }
    }
    folder->file_count = kept;
}

/* ---- Names ---- */

static size_t name_index(struct disk_folder *folder, const char *text) {
    assert(strlen(text) < DISK_NAME_BYTES_MAX);
    for (size_t i = 0; i < folder->name_count; i++) {
        if (strcmp(folder->names[i]->text, text) == 0) {
            return i;
        }
    }
    if (folder->name_count == folder->name_room) {
        folder->name_room = folder->name_room * 2 + 8;
        folder->names = rb_realloc(folder->names, folder->name_room, sizeof(struct disk_name *));
    }
    struct disk_name *name = rb_alloc(1, sizeof *name);
    memcpy(name->text, text, strlen(text));
    folder->names[folder->name_count] = name;
    return folder->name_count++;
}

struct disk_file *disk_folder_find(const struct disk_folder *folder, const char *name) {
    for (size_t i = 0; i < folder->name_count; i++) {
        if (strcmp(folder->names[i]->text, name) == 0) {
            return folder->names[i]->now;
        }
    }
    return NULL;
}

static void naming_add(struct disk_folder *folder, size_t name, size_t old_name,
                       struct disk_file *file) {
    if (folder->naming_count == folder->naming_room) {
        folder->naming_room = folder->naming_room * 2 + 8;
        folder->namings = rb_realloc(folder->namings, folder->naming_room, sizeof *folder->namings);
    }
    folder->namings[folder->naming_count++] = (struct disk_naming) {
        .serial = disk_folder_serial(folder), .name = name, .old_name = old_name, .file = file
    };
    folder->names[old_name]->now = NULL;
    folder->names[name]->now = file;
}

struct disk_file *disk_folder_create(struct disk_folder *folder, const char *name) {
    const size_t index = name_index(folder, name);
    struct disk_file *file = file_add(folder, disk_file_new());

    assert(folder->names[index]->now == NULL);
    naming_add(folder, index, index, file);
    return file;
}

void disk_folder_unlink(struct disk_folder *folder, const char *name) {
    const size_t index = name_index(folder, name);

    assert(folder->names[index]->now != NULL);
    naming_add(folder, index, index, NULL);
}

void disk_folder_rename(struct disk_folder *folder, const char *from, const char *to) {
    const size_t old_name = name_index(folder, from);

    assert(folder->names[old_name]->now != NULL);
    naming_add(folder, name_index(folder, to), old_name, folder->names[old_name]->now);
}

static void naming_keep(struct disk_folder *folder, const struct disk_naming *naming) {
    folder->names[naming->old_name]->safe = NULL;
    folder->names[naming->name]->safe = naming->file;
}

void disk_folder_sync(struct disk_folder *folder) {
    for (size_t i = 0; i < folder->naming_count; i++) {
        naming_keep(folder, &folder->namings[i]);
    }
    folder->naming_count = 0;
    files_forget(folder);
}

uint64_t disk_folder_serial(struct disk_folder *folder) {
    return folder->serial++;
}

/* ---- Copying ---- */

/* Pointers into `folder` become those of the same files in `copy`. */
static struct disk_file *same_file(const struct disk_folder *copy, const struct disk_folder *folder,
                                   const struct disk_file *file) {
    for (size_t i = 0; i < folder->file_count && file != NULL; i++) {
        if (folder->files[i] == file) {
            return copy->files[i];
        }
    }
    return NULL;
}

void disk_folder_copy(struct disk_folder *copy, const struct disk_folder *folder) {
    disk_folder_init(copy, folder->random.state);
    copy->serial = folder->serial;
    for (size_t i = 0; i < folder->file_count; i++) {
        (void)file_add(copy, disk_file_copy(folder->files[i]));
    }
    for (size_t i = 0; i < folder->name_count; i++) {
        const struct disk_name *name = folder->names[i];
        const size_t index = name_index(copy, name->text);
        copy->names[index]->now = same_file(copy, folder, name->now);
        copy->names[index]->safe = same_file(copy, folder, name->safe);
    }
    copy->naming_count = copy->naming_room = folder->naming_count;
    copy->namings = rb_alloc(folder->naming_count + 1, sizeof *copy->namings);
    for (size_t i = 0; i < folder->naming_count; i++) {
        copy->namings[i] = folder->namings[i];
        copy->namings[i].file = same_file(copy, folder, folder->namings[i].file);
    }
    files_forget(copy);
}

/* ---- A power cut ---- */

/* The oldest change that is not durable; the serial of the next one if all are. */
static uint64_t oldest_serial(const struct disk_folder *folder) {
    uint64_t oldest = folder->serial;

    for (size_t i = 0; i < folder->file_count; i++) {
        const struct disk_file *file = folder->files[i];
        if (file->change_count > 0 && file->changes[0].serial < oldest) {
            oldest = file->changes[0].serial;
        }
    }
    if (folder->naming_count > 0 && folder->namings[0].serial < oldest) {
        oldest = folder->namings[0].serial;
    }
    return oldest;
}

static struct disk_loss choose_loss(struct disk_folder *folder) {
    struct random *random = &folder->random;
    const uint64_t oldest = oldest_serial(folder);
    const size_t span = (size_t)(folder->serial - oldest);
    const size_t choice = random_below(random, 100);
    struct disk_loss loss = { .kind = DISK_LOSS_TORN, .grain = DISK_SECTOR_BYTES };

    if (choice < 10) {
        loss.kind = DISK_LOSS_ALL;
    } else if (choice < 20) {
        loss.kind = DISK_LOSS_NOTHING;
    } else if (choice < 40) {
        loss.kind = DISK_LOSS_AFTER;
    }
    loss.serial = oldest + random_below(random, span + 1);
    loss.newest_percent = (unsigned)random_below(random, 101);
    loss.grain *= random_chance(random, 25) ? 8 : 1;
    return loss;
}

static bool naming_stays(struct disk_folder *folder, const struct disk_loss *loss,
                         const struct disk_naming *naming) {
    switch (loss->kind) {
    case DISK_LOSS_ALL:
        return false;
    case DISK_LOSS_NOTHING:
        return true;
    case DISK_LOSS_AFTER:
        return naming->serial < loss->serial;
    case DISK_LOSS_TORN:
        break;
    }
    return random_chance(&folder->random, 50);
}

void disk_folder_lose_power(struct disk_folder *folder) {
    const struct disk_loss loss = choose_loss(folder);

    for (size_t i = 0; i < folder->file_count; i++) {
        disk_file_lose(folder->files[i], &folder->random, &loss);
        folder->files[i]->handles = 0;
    }
    for (size_t i = 0; i < folder->naming_count; i++) {
        if (naming_stays(folder, &loss, &folder->namings[i])) {
            naming_keep(folder, &folder->namings[i]);
        }
    }
    folder->naming_count = 0;
    for (size_t i = 0; i < folder->name_count; i++) {
        folder->names[i]->now = folder->names[i]->safe;
    }
    files_forget(folder);
}
