/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the vault, for store/vault*.c alone:
 *
 *   vault_seal.c   one sealed unit: a page, a frame, a sector
 *   vault.c        the VFS: what may be opened, and by what name
 *   vault_db.c     the database file: pages
 *   vault_wal.c    the WAL: frames;  vault_header.c: its first 4096 bytes
 *   vault_recovery.c   what a frame is worth that was found after a stop
 *
 * A function that SQLite calls, and what it calls, gives one of SQLite's result codes. */
#ifndef REMBUK_STORE_VAULT_INTERNAL_H
#define REMBUK_STORE_VAULT_INTERNAL_H

#include "store/vault.h"

#include <sqlite3.h>

enum {
    UNIT_SEAL_BYTES = TAG_BYTES + NONCE_BYTES,
    PAGE_BYTES = 4096,
    PAGE_FREE_BYTES = UNIT_SEAL_BYTES, /* of each page, kept zero by SQLite ("reserved space") */
    PAGE_CONTENT_BYTES = PAGE_BYTES - PAGE_FREE_BYTES
};

/* ---- One sealed unit (vault_seal.c) ---- */

enum unit_kind { UNIT_PAGE = 1, UNIT_FRAME, UNIT_WAL_SLOT, UNIT_WAL_MARKER };

/* `out` has room for len + UNIT_SEAL_BYTES. */
void unit_seal(const struct vault *vault, enum unit_kind kind, uint64_t place, const uint8_t *plain,
               size_t len, uint8_t *out);

/* The other way; `len` is that of the plain bytes.  False: it does not authenticate here, and `out`
 * is zeroed. */
bool unit_open(const struct vault *vault, enum unit_kind kind, uint64_t place,
               const uint8_t *sealed, size_t len, uint8_t *out);

/* Little-endian numbers in fixed places. */
void number_put(uint8_t *out, size_t bytes, uint64_t value);
uint64_t number_get(const uint8_t *in, size_t bytes);

bool bytes_are_zero(const uint8_t *bytes, size_t len);

/* ---- The VFS (vault.c) ---- */

struct wal_file;

struct vault {
    sqlite3_vfs vfs; /* SQLite gives its address to vault_* functions */
    sqlite3_vfs *below;
    uint8_t *page_key; /* KEY_BYTES in guarded memory */
    uint8_t id[VAULT_ID_BYTES];
    char name[32];
    bool db_is_open;
    struct wal_file *wal; /* while it is open */
    struct damage damage;
};

/* Keeps the first damage; gives SQLITE_IOERR_DATA. */
int vault_damaged(struct vault *vault, enum damage_part part, uint64_t place);

/* What both kinds of files begin with. */
struct vault_file {
    sqlite3_file file; /* SQLite's; first */
    struct vault *vault;
    sqlite3_file *below;
};

/* Reads all of `len` bytes.  `*got` is what the file has of them; the rest is zero. */
int below_read(struct vault_file *file, uint8_t *out, int len, int64_t offset, int *got);
int below_write(struct vault_file *file, const uint8_t *bytes, int len, int64_t offset);
int below_size(struct vault_file *file, int64_t *bytes);

/* Calls that need no more than the file below. */
int vault_file_lock(sqlite3_file *file, int level);
int vault_file_unlock(sqlite3_file *file, int level);
int vault_file_check_lock(sqlite3_file *file, int *reserved);
int vault_file_control(sqlite3_file *file, int op, void *argument);
int vault_file_sector_size(sqlite3_file *file);
int vault_file_characteristics(sqlite3_file *file);

/* ---- The database (vault_db.c) ---- */

struct db_file {
    struct vault_file base;
    uint8_t page[PAGE_BYTES];
    uint8_t sealed[PAGE_BYTES];
};

/* Takes the file below over, which is open, or leaves it to the caller. */
int db_file_start(struct db_file *file);

/* The first page of an empty database. */
void page_template(uint8_t out[static PAGE_BYTES]);

/* ---- The WAL (vault_wal.c) ---- */

enum {
    WAL_HEADER_BYTES = 32,   /* SQLite's */
    FRAME_HEADER_BYTES = 24, /* SQLite's */
    FRAME_BYTES = FRAME_HEADER_BYTES + PAGE_BYTES,
    FRAME_COMMIT_AT = 4, /* in its header: not 0 in the last frame of a commit */

    STAMP_BYTES = 8, /* generation, synced */
    FRAME_PLAIN_BYTES = STAMP_BYTES + FRAME_HEADER_BYTES + PAGE_CONTENT_BYTES,
    FRAME_SEALED_BYTES = FRAME_PLAIN_BYTES + UNIT_SEAL_BYTES,
    WAL_AREA_BYTES = 4096 /* before the first sealed frame */
};

/* Which frames SQLite takes for valid: its checksum runs through all of them. */
struct frame_chain {
    uint32_t sum[2];
    uint32_t next; /* the frame that comes next; 0: the chain has ended */
};

struct wal_file {
    struct vault_file base;

    /* The area (vault_header.c). */
    uint32_t generation; /* of the header; 0: there is none */
    unsigned slot;       /* where it stands */
    unsigned slot_safe;  /* where the last one stands that was synchronised: not written over */
    uint8_t header[WAL_HEADER_BYTES];
    uint32_t marker_generation; /* of the last checkpoint that began, or 0 */
    uint32_t marker_commit;     /* what it copied */

    /* Frames, from 1; 0: none. */
    uint32_t written;   /* the highest that this opening has written */
    uint32_t commit;    /* the last one that ends a transaction and counts */
    uint32_t candidate; /* the same, perhaps not yet synchronised */
    uint32_t synced;    /* up to here all have been */
    bool is_rewritten;  /* behind `commit`: some have been written more than once */
    struct frame_chain chain;

    /* SQLite writes a frame in two calls: this header waits for its page. */
    uint32_t pending; /* 0: none */
    uint8_t pending_header[FRAME_HEADER_BYTES];

    /* The frame worked on: its stamp, then 4120 bytes as SQLite knows them. */
    uint8_t plain[FRAME_PLAIN_BYTES + PAGE_FREE_BYTES];
    uint8_t sealed[FRAME_SEALED_BYTES];
};

/* As db_file_start; reads the area. */
int wal_file_start(struct wal_file *file);

/* Before a checkpoint changes a page of the database: what it copies can no more be undone. */
int wal_mark_checkpoint(struct wal_file *wal);

/* Reads frame `number` into wal->plain.  `*opens`: it is all there and authenticates. */
int wal_frame_load(struct wal_file *wal, uint32_t number, bool *opens);
uint32_t wal_frame_generation(const struct wal_file *wal); /* of the frame in wal->plain */
uint32_t wal_frame_synced(const struct wal_file *wal);
/* Whole ones in the file; above WAL_FRAMES_MAX, one more than that. */
int wal_frames(struct wal_file *wal, uint32_t *count);

/* ---- Its area (vault_header.c) ---- */

/* Reads and checks the area.  Damage: a header that was there cannot be read, or a marker says that
 * more has been here. */
int wal_header_load(struct wal_file *wal);

/* A new header begins a new generation. */
int wal_header_write(struct wal_file *wal, const uint8_t header[static WAL_HEADER_BYTES]);
int wal_marker_write(struct wal_file *wal);

/* ---- After a stop (vault_recovery.c) ---- */

/* Would a recovery come to the commit that `candidate` ends? */
int recovery_foresee(struct wal_file *wal, bool *comes_through);

/* Frame `number` is read to be recovered: leaves it in wal->plain, or zeros, which end the
 * recovery, or damage. */
int recovery_read(struct wal_file *wal, uint32_t number);

#endif
