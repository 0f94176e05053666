/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every maximum in one table, with its reason.  Whatever comes from a peer, a file, the disk or the
 * keyboard is compared with these before it is allocated, multiplied or stored. */
#ifndef REMBUK_PROTOCOL_LIMITS_H
#define REMBUK_PROTOCOL_LIMITS_H

enum rb_limits {
    /* Text */
    NAME_CHARACTERS_MAX = 80,    /* a name or a title fits one line of a terminal */
    NAME_BYTES_MAX = 320,        /* the same in UTF-8 */
    TEXT_BYTES_MAX = 6144,       /* a post fits an event with DEPS_MAX heads and a quoted author */
    FIELD_TEXT_BYTES_MAX = 2048, /* of a form: half a printed page; three such fit an event */
    FIELD_NUMBER_MAX = 1000000000, /* of a form: grams, rupiah, hours */
    REASON_BYTES_MAX = 1024,       /* why something was taken back: a few sentences */
    ADDRESS_BYTES_MAX = 128,       /* tcp://HOST:PORT, a host name of sane length */
    ADDRESSES_MAX = 4,             /* on one card */
    TELEPHONE_BYTES_MAX = 32,      /* E.164 has 15 digits; room for blanks and an extension */
    PASSPHRASE_BYTES_MIN = 8,      /* characters, so at least as many bytes */
    PASSPHRASE_BYTES_MAX = 1024,
    STANDARD_INPUT_BYTES_MAX = 1 << 20, /* TEXT given as '-' is read no further */
    PATH_BYTES_MAX = 4096,

    /* Identity */
    CERT_BYTES_MAX = 1024,        /* the longest letter by a root takes 857 bytes */
    CHAIN_BYTES_MAX = 3072,       /* five offices with the longest names take 2,752 */
    LETTER_NUMBER_BYTES_MAX = 64, /* the number of a letter of assignment, as offices write them */
    LETTER_SCOPE_BYTES_MAX = 200, /* what it is for: a line or two */
    CARD_BYTES_MAX = 8192,        /* two certificates, a seal key, a chain, addresses */
    CARD_TEXT_BYTES_MAX = 16384,  /* armoured, with a generous margin for line ends; offers and
                                    answers too */

    /* Invitation (docs/protocol.md, 12) */
    OFFER_BYTES_MAX = 8192 + 640, /* a card, and addresses of the greatest length beside it */
    INVITE_TEXT_BYTES_MAX = 600,  /* grouped text: a few short messages of a telephone */
    INVITE_ANSWER_BYTES_MAX = 8192 + 128,
    INVITATIONS_OPEN_MAX = 8,   /* of one home at a time: each is a listener, and a door */
    INVITATION_ANSWERS_MAX = 8, /* who have the words of one: more is noise */

    /* Event (docs/protocol.md, 4) */
    EVENT_HEADER_BYTES = 16,
    EVENT_BODY_BYTES_MAX = 8192,
    EVENT_PAYLOAD_BYTES_MAX = 7935, /* codec byte and payload: the Padme length still fits a body */
    EVENT_PADDED_BYTES_MIN = 128,   /* short events are not told apart by their size */
    SEALS_PER_KEY_BODY_MAX = 64,
    WRAPS_PER_EPOCH_MAX = 16,
    REFS_MAX = 16,     /* references of one event */
    DEPS_MAX = 64,     /* control heads named by one event */
    BLOCK_EVENTS = 64, /* a signature at every 64th event splits a log into blocks */
    SEQ_MAX = 1 << 30, /* a log of a billion events is an attack */

    /* Circle */
    CIRCLE_OPERATIONS_MAX = 65536,
    CIRCLE_PEOPLE_MAX = 1024,       /* decided by the fold, also those who are out again */
    CIRCLE_GUESTS_MAX = 512,        /* of these, by one guest and all who came through him */
    CIRCLE_ADDS_GRANTED_MAX = 4096, /* with the next line: past() then fits 64 MiB */
    CIRCLE_REMOVALS_MAX = 2048,     /* of others */
    CIRCLE_ENDINGS_MAX = 2048,      /* leavings, revocations */
    CIRCLE_REMOVALS_OWN_MAX = 512,  /* by one author */
    CIRCLE_REVOKEDS_OWN_MAX = 256,  /* by one author, a manager, of somebody else's certificates */
    CIRCLE_ENDINGS_OWN_MAX = 64,    /* by one author, all other leavings and revocations */
    CIRCLE_DOUBTFUL_MAX = 1024,     /* ADDs, removals, ADOPTs by who may be owner by default, */
    CIRCLE_DOUBTFUL_OWN_MAX = 64,   /* and of these by one such person and all whom he brought */
    CIRCLE_TRACES_MAX = 4096,       /* DEVICEs that matter to REVOKEDs, */
    CIRCLE_TRACES_OWN_MAX = 64,     /* and by one author */
    CIRCLE_DEVICES_MAX = 16,        /* of one person, by DEVICEs: the first in the order */
    OP_LOCKS_MAX = 64,              /* logs of one person in one circle, named by one operation */
    CIRCLE_LOGS_MAX = 4096,

    /* Wire (docs/protocol.md, 8) */
    FRAME_BYTES_MAX = 1 << 20, /* also ZMQ_MAXMSGSIZE */
    RUN_EVENTS_MAX = 64,       /* a run lies in one block */
    RUN_FRAME_BYTES_MAX = 64 * (8192 + 32) + 256,
    LIST_ITEMS_MAX = 16384,   /* circles in one LIST frame */
    LIST_CIRCLES_MAX = 65536, /* circles one peer may offer */
    VECTOR_LOGS_MAX = 4096,
    ACK_ITEMS_MAX = 4096,
    WANT_ITEMS_MAX = 1024,
    CREDIT_START_BYTES = 512 * 1024,
    CREDIT_BYTES_MAX = 4 << 20,
    UNOPENED_CIRCLES_PER_PEER_MAX = 64, /* circles introduced to us whose key has not come yet */
    UNOPENED_BYTES_PER_PEER_MAX = 256 << 20, /* of circles that we do not belong to (yet) */
    REVOKES_ITEMS_MAX = 64,                  /* revocations in one frame, */
    REVOKES_SESSION_MAX = 1 << 16,           /* in one session, or since all were asked for in it */
    REVOKES_AGAIN_MAX = 64,                  /* how often all are asked for in one session */
    REVOKES_STRANGERS_MAX = 8192,            /* kept of people of whom only the network is known, */
    REVOKES_STRANGERS_PER_PEER_MAX = 2048,   /* of these by one device that brought them */
    REVOKES_PASSED_MAX = 1 << 14, /* noted of those of one device that are of no use here */
    REVOKE_PROOF_BYTES_MAX = 4 * 1024 + 3072 + 32, /* four certificates and a chain */
    BAD_FRAMES_MAX = 3, /* then the peer is dropped and not dialled for a while */

    /* Console and control socket */
    CONTROL_MESSAGE_BYTES_MAX = (64 << 20) + (1 << 20), /* an import file and the words around it */
    CONTROL_NUMBERS_MAX = 16,
    CONTROL_TEXTS_MAX = 16384, /* one for each name that can be completed, and more */
    CONTROL_CLIENTS_MAX = 16,
    LINE_BYTES_MAX = 16384,    /* typed at the console: a text and the command in front */
    DRAFT_BYTES_MAX = 1 << 20, /* pasted and not sent yet: as much as standard input */
    HISTORY_LINES_MAX = 500,   /* older ones are forgotten */
    NEWS_POSTS_MAX = 256, /* of one commit, and within 2 s, told by name; the rest as a count */
    NAMES_MAX = 4096,     /* that can be completed: contacts, groups, cases, then threads */

    /* Search */
    SEARCH_WORDS_MAX = 8,
    SEARCH_WORD_BYTES_MAX = 128,
    SEARCH_HITS_DEFAULT = 50,
    SEARCH_HITS_MAX = 1000,

    /* Store and node */
    BATCH_BYTES = 256 * 1024, /* a receiving transaction; FULL then costs nothing */
    BATCH_MS = 50,
    PEERS_MAX = 512,
    LISTENERS_MAX = 8,
    IMPORT_POSTS_MAX = 10000,
    IMPORT_LINE_BYTES_MAX = 65536,
    IMPORT_FILE_BYTES_MAX = 64 << 20,
    KEYFILE_MEMORY_KIB_MAX = 1 << 18, /* 256 MiB: an old laptop can give that much */
    KEYFILE_PASSES_MAX = 64,
    WAL_FRAMES_MAX = 1 << 22, /* 16 GiB: no transaction is so long, and a hole of a file that long
                                 would be searched for minutes */
    KEYFILE_WORK_KIB_MAX = 1 << 22 /* memory times passes, 4 GiB: some seconds on an old laptop; a
                                      flipped bit must not look like a program that hangs */
};

/* Times; 64 bits, so not in the table above. */
#define EPOCH_AGE_MS_MAX   (INT64_C(90) * 24 * 3600 * 1000) /* then the next writer rotates */
#define SECONDS_END        (INT64_C(1) << 40)     /* in seconds: what is not below is no time */
#define CLOCK_AHEAD_MS_MAX (INT64_C(3600) * 1000) /* a later clock never moves ours */
#define CERT_VALID_MS                                                                              \
    (INT64_C(400) * 24 * 3600 * 1000) /* device certificates: areas without a link */

#endif
