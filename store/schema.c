/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/schema.h"

static const char migration_1[] =
    /* ---- Enduring: what cannot be made again ---- */
    "CREATE TABLE setting ("
    "  name  TEXT PRIMARY KEY,"
    "  value ANY NOT NULL"
    ") STRICT;"
    "CREATE TABLE secret ("
    "  sort   INTEGER NOT NULL,"
    "  name   BLOB NOT NULL,"
    "  sealed BLOB NOT NULL,"
    "  PRIMARY KEY (sort, name)"
    ") STRICT;"
    "CREATE TABLE contact ("
    "  id          INTEGER PRIMARY KEY,"
    "  person      BLOB NOT NULL UNIQUE,"
    "  transport   BLOB NOT NULL,"
    "  name        TEXT NOT NULL,"
    "  card        BLOB NOT NULL,"
    "  issued_ms   INTEGER NOT NULL,"
    "  verified    INTEGER NOT NULL DEFAULT 0,"
    "  address     TEXT," /* NULL: those of the card; '': none */
    "  seen_ms     INTEGER NOT NULL DEFAULT 0"
    ") STRICT;"
    "CREATE INDEX contact_transport ON contact (transport);"
    "CREATE TABLE number ("
    "  sort   INTEGER NOT NULL,"
    "  parent BLOB NOT NULL," /* posts: their thread; else empty */
    "  number INTEGER NOT NULL,"
    "  object BLOB NOT NULL,"
    "  PRIMARY KEY (sort, parent, number)"
    ") STRICT;"
    "CREATE UNIQUE INDEX number_object ON number (sort, object);"
    "CREATE TABLE circle ("
    "  id         INTEGER PRIMARY KEY,"
    "  circle     BLOB NOT NULL UNIQUE,"
    "  introducer BLOB,"                      /* NULL: founded here */
    "  opened     INTEGER NOT NULL DEFAULT 0" /* 1 once a key of it is held */
    ") STRICT;"
    "CREATE INDEX circle_introducer ON circle (introducer);"
    "CREATE TABLE guest (" /* what a person gave of a circle while we did not belong to it */
    "  circle INTEGER NOT NULL REFERENCES circle (id),"
    "  person BLOB NOT NULL,"
    "  bytes  INTEGER NOT NULL,"
    "  PRIMARY KEY (circle, person)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX guest_person ON guest (person);"
    "CREATE TABLE log ("
    "  id        INTEGER PRIMARY KEY,"
    "  pk        BLOB NOT NULL," /* the same may be offered for several circles: LOGCERT decides */
    "  circle    INTEGER NOT NULL REFERENCES circle (id),"
    "  head      INTEGER NOT NULL,"
    "  hash      BLOB NOT NULL,"
    "  signature BLOB NOT NULL,"
    "  missing   INTEGER NOT NULL DEFAULT 0," /* how many bodies */
    "  forked    INTEGER NOT NULL DEFAULT 0," /* 1 + the last seq of all known branches; 0: no */
    "  own       INTEGER NOT NULL DEFAULT 0,"
    "  ahead     INTEGER NOT NULL DEFAULT 0," /* own: seen at a peer up to here (rolled back) */
    "  UNIQUE (circle, pk)"
    ") STRICT;"
    "CREATE TABLE event ("
    "  rcv       INTEGER PRIMARY KEY,"
    "  log       INTEGER NOT NULL REFERENCES log (id),"
    "  seq       INTEGER NOT NULL,"
    "  state     INTEGER NOT NULL," /* enum event_state */
    "  control   INTEGER NOT NULL," /* 1: of class 1, opened before the others */
    "  stub      INTEGER NOT NULL," /* 1: the body is missing */
    "  arrived_s INTEGER NOT NULL," /* tells a clock that was far ahead, also at a rebuild */
    "  header    BLOB NOT NULL,"
    "  body      BLOB NOT NULL," /* or the hash of a missing body */
    "  UNIQUE (log, seq)"
    ") STRICT;"
    "CREATE INDEX event_waiting ON event (log, control, seq) WHERE state = 0;"
    "CREATE INDEX event_stub ON event (log, seq) WHERE stub = 1;"
    "CREATE TABLE checkpoint ("
    "  log       INTEGER NOT NULL REFERENCES log (id),"
    "  seq       INTEGER NOT NULL,"
    "  hash      BLOB NOT NULL,"
    "  signature BLOB NOT NULL,"
    "  PRIMARY KEY (log, seq)"
    ") STRICT;"
    "CREATE TABLE fork ("
    "  log   INTEGER PRIMARY KEY REFERENCES log (id),"
    "  proof BLOB NOT NULL" /* the one that freezes it earliest */
    ") STRICT;"
    "CREATE TABLE acked (" /* durable at the node of this person, up to seq */
    "  person BLOB NOT NULL,"
    "  log    INTEGER NOT NULL REFERENCES log (id),"
    "  seq    INTEGER NOT NULL,"
    "  PRIMARY KEY (log, person)"
    ") STRICT;"
    /* ---- Views: dropped and made again from the log with the same result (I12) ---- */
    "CREATE TABLE author (" /* whose log, by LOGCERT and certificate; empty: nobody's */
    "  log         INTEGER PRIMARY KEY REFERENCES log (id),"
    "  person      BLOB NOT NULL,"
    "  device_cert BLOB NOT NULL"
    ") STRICT;"
    "CREATE TABLE operation ("
    "  circle  INTEGER NOT NULL REFERENCES circle (id),"
    "  ref     BLOB NOT NULL,"
    "  log     INTEGER NOT NULL,"
    "  seq     INTEGER NOT NULL,"
    "  epoch   BLOB," /* of a key body */
    "  payload BLOB NOT NULL,"
    "  PRIMARY KEY (circle, ref)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX operation_log ON operation (log, seq);"
    "CREATE TABLE cert (" /* device certificates and their persons, from GENESIS and ADD */
    "  circle INTEGER NOT NULL REFERENCES circle (id),"
    "  device BLOB NOT NULL," /* cert id16 */
    "  person BLOB NOT NULL,"
    "  pk     BLOB NOT NULL," /* the device's signing key */
    "  name   TEXT NOT NULL,"
    "  PRIMARY KEY (circle, device)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX cert_person ON cert (person);"
    "CREATE TABLE member ("
    "  circle INTEGER NOT NULL REFERENCES circle (id),"
    "  person BLOB NOT NULL,"
    "  place  INTEGER NOT NULL," /* by seniority */
    "  role   INTEGER NOT NULL,"
    "  state  INTEGER NOT NULL," /* enum member_state */
    "  PRIMARY KEY (circle, person)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX member_person ON member (person);"
    "CREATE TABLE circle_view ("
    "  circle   INTEGER PRIMARY KEY REFERENCES circle (id),"
    "  kind     INTEGER NOT NULL,"
    "  leavings INTEGER NOT NULL DEFAULT 0," /* circle_leavings at the last fold */
    "  name     TEXT NOT NULL DEFAULT '',"
    "  name_hlc INTEGER NOT NULL DEFAULT 0,"
    "  name_ref BLOB NOT NULL DEFAULT x''"
    ") STRICT;"
    "CREATE TABLE thread ("
    "  ref    BLOB PRIMARY KEY,"
    "  circle INTEGER NOT NULL REFERENCES circle (id),"
    "  title  TEXT NOT NULL,"
    "  person BLOB NOT NULL,"
    "  hlc    INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX thread_circle ON thread (circle);"
    "CREATE TABLE post ("
    "  rcv      INTEGER PRIMARY KEY," /* of its event: new posts go to the end of the table */
    "  ref      BLOB NOT NULL,"
    "  thread   BLOB NOT NULL,"
    "  reply_to BLOB,"
    "  circle   INTEGER NOT NULL,"
    "  log      INTEGER NOT NULL,"
    "  seq      INTEGER NOT NULL,"
    "  person   BLOB NOT NULL,"
    "  hlc      INTEGER NOT NULL,"
    "  odd_time INTEGER NOT NULL DEFAULT 0,"
    "  quoted   TEXT,"
    "  text     TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX post_thread ON post (thread, circle, hlc);"
    "PRAGMA application_id = 0x524B4231;" /* SCHEMA_APPLICATION_ID */
    "PRAGMA user_version = 1;";

/* The console's memory, cases, changed posts, search. */
static const char migration_2[] =
    /* ---- Enduring ---- */
    "CREATE TABLE history (" /* lines typed at the console */
    "  id   INTEGER PRIMARY KEY,"
    "  line TEXT NOT NULL"
    ") STRICT;"
    /* ---- Views ---- */
    "CREATE TABLE case_record (" /* its code is the name in circle_view */
    "  circle   INTEGER PRIMARY KEY REFERENCES circle (id),"
    "  hlc      INTEGER NOT NULL,"
    "  area     TEXT NOT NULL,"
    "  year     INTEGER NOT NULL,"
    "  cluster  TEXT NOT NULL,"
    "  age      INTEGER," /* NULL: not told, and so the next two */
    "  age_unit INTEGER,"
    "  age_on   TEXT,"
    "  sex      INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE entry ("
    "  rcv      INTEGER PRIMARY KEY,"
    "  ref      BLOB NOT NULL,"
    "  circle   INTEGER NOT NULL,"
    "  log      INTEGER NOT NULL,"
    "  seq      INTEGER NOT NULL,"
    "  person   BLOB NOT NULL,"
    "  hlc      INTEGER NOT NULL,"
    "  odd_time INTEGER NOT NULL DEFAULT 0,"
    "  text     TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX entry_circle ON entry (circle, hlc);"
    "CREATE TABLE post_edit (" /* counts if the post stands in that circle and is of that person */
    "  rcv    INTEGER PRIMARY KEY,"
    "  ref    BLOB NOT NULL,"
    "  post   BLOB NOT NULL,"
    "  circle INTEGER NOT NULL,"
    "  person BLOB NOT NULL,"
    "  hlc    INTEGER NOT NULL,"
    "  text   TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX post_edit_post ON post_edit (post, circle, person);"
    "CREATE TABLE post_retract ("
    "  rcv    INTEGER PRIMARY KEY,"
    "  ref    BLOB NOT NULL,"
    "  post   BLOB NOT NULL,"
    "  circle INTEGER NOT NULL,"
    "  person BLOB NOT NULL,"
    "  hlc    INTEGER NOT NULL,"
    "  reason TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX post_retract_post ON post_retract (post, circle, person);"
    /* Documents are texts of posts, edits and entries, by the rcv of their event.  Without
     * positions the index is a quarter of the size and takes half the time. */
    "CREATE VIRTUAL TABLE search USING fts5(text, content = '', tokenize = 'trigram',"
    "  detail = 'none');"
    "CREATE TABLE search_upto (" /* everything up to this rcv is indexed or stands in search_late */
    "  id  INTEGER PRIMARY KEY CHECK (id = 1),"
    "  rcv INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE search_late ("
    "  rcv INTEGER PRIMARY KEY"
    ") STRICT;"
    "CREATE TABLE search_post (" /* where a post is, for its edits */
    "  ref BLOB PRIMARY KEY,"
    "  rcv INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "PRAGMA user_version = 2;";

/* Circles that change: removals, revocations, adoption, guests, circles within circles. */
static const char migration_3[] =
    /* ---- Enduring ---- */
    "CREATE TABLE revocation (" /* certificates known to hold no more, whatever circles have them */
    "  cert      BLOB NOT NULL," /* id16 */
    "  issuer    BLOB NOT NULL," /* signing key */
    "  issuer_id BLOB NOT NULL," /* its id */
    "  person    BLOB NOT NULL,"
    "  whole     BLOB NOT NULL,"
    "  known_ms  INTEGER NOT NULL,"
    "  PRIMARY KEY (cert, issuer)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE farewell (" /* what a removed person is still given: he has then heard of it */
    "  circle INTEGER NOT NULL REFERENCES circle (id),"
    "  person BLOB NOT NULL,"
    "  log    INTEGER NOT NULL,"
    "  seq    INTEGER NOT NULL,"
    "  PRIMARY KEY (circle, person, log)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX event_quarantined ON event (log, seq) WHERE state = 3;"
    /* ---- Views ---- */
    "CREATE TABLE person_cert (" /* person certificates that operations name */
    "  circle INTEGER NOT NULL REFERENCES circle (id),"
    "  cert   BLOB NOT NULL,"
    "  person BLOB NOT NULL,"
    "  issuer BLOB NOT NULL," /* id of the key that signed it */
    "  PRIMARY KEY (circle, cert)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX person_cert_person ON person_cert (person);"
    "CREATE TABLE revoked (" /* REVOKED operations, granted or not */
    "  circle INTEGER NOT NULL REFERENCES circle (id),"
    "  ref    BLOB NOT NULL,"
    "  cert   BLOB NOT NULL,"
    "  whole  BLOB NOT NULL,"
    "  own    INTEGER NOT NULL," /* written here */
    "  PRIMARY KEY (circle, ref)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE adopted (" /* heads up to which ADOPTs that count adopt */
    "  circle INTEGER NOT NULL REFERENCES circle (id),"
    "  log    BLOB NOT NULL,"
    "  seq    INTEGER NOT NULL,"
    "  PRIMARY KEY (circle, log, seq)"
    ") STRICT, WITHOUT ROWID;"
    "DROP TABLE member;"
    "CREATE TABLE member ("
    "  circle  INTEGER NOT NULL REFERENCES circle (id),"
    "  person  BLOB NOT NULL,"
    "  place   INTEGER NOT NULL," /* by seniority */
    "  role    INTEGER NOT NULL,"
    "  rank    INTEGER NOT NULL," /* enum cert_rank */
    "  state   INTEGER NOT NULL," /* enum member_state */
    "  until_s INTEGER NOT NULL," /* a guest's end; 0: none */
    "  by      BLOB NOT NULL,"    /* who added him, or removed him */
    "  PRIMARY KEY (circle, person)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX member_person ON member (person);"
    "CREATE INDEX member_until ON member (until_s) WHERE until_s > 0;"
    "DROP TABLE circle_view;"
    "CREATE TABLE circle_view ("
    "  circle   INTEGER PRIMARY KEY REFERENCES circle (id),"
    "  kind     INTEGER NOT NULL,"
    "  parent   BLOB,"                      /* the circle that it is a part of */
    "  formal   INTEGER NOT NULL,"          /* 1: letters give rank in it */
    "  verdict  BLOB NOT NULL DEFAULT x''," /* circle_verdict at the last fold */
    "  own_seal BLOB NOT NULL DEFAULT x''," /* the seal key by which it knows this device */
    "  name     TEXT NOT NULL DEFAULT '',"
    "  name_hlc INTEGER NOT NULL DEFAULT 0,"
    "  name_ref BLOB NOT NULL DEFAULT x''"
    ") STRICT;"
    "PRAGMA user_version = 3;";

/* Keys asked of others, and by them (key_requests.h). */
static const char migration_4[] =
    "CREATE TABLE key_request ("
    "  circle INTEGER NOT NULL REFERENCES circle (id),"
    "  eid8   BLOB NOT NULL,"
    "  person BLOB NOT NULL,"    /* which computer of his (key_requests.h) */
    "  by_us  INTEGER NOT NULL," /* 1: we asked it */
    "  at_s   INTEGER NOT NULL,"
    "  PRIMARY KEY (circle, eid8, person, by_us)"
    ") STRICT, WITHOUT ROWID;"
    "PRAGMA user_version = 4;";

/* Branches of forked logs.  A log that was frozen before becomes an open one: its
 * proof, which comes again with the other branch, cuts it. */
static const char migration_5[] =
    "ALTER TABLE log ADD COLUMN origin BLOB NOT NULL DEFAULT x'';"   /* the log's public key */
    "ALTER TABLE log ADD COLUMN parent INTEGER REFERENCES log (id);" /* of a branch */
    "ALTER TABLE log ADD COLUMN base INTEGER NOT NULL DEFAULT 0;"    /* the seq before its first */
    "ALTER TABLE log ADD COLUMN base_hash BLOB NOT NULL DEFAULT x'';"
    "ALTER TABLE log ADD COLUMN proof INTEGER;" /* of a branch: fork.id */
    "UPDATE log SET origin = pk, forked = 0;"
    "CREATE INDEX log_origin ON log (circle, origin);"
    "CREATE INDEX log_parent ON log (parent) WHERE parent IS NOT NULL;"
    "DROP TABLE fork;"
    "CREATE TABLE fork ("
    "  id    INTEGER PRIMARY KEY,"
    "  proof BLOB NOT NULL"
    ") STRICT;"
    "DROP TABLE operation;"
    "CREATE TABLE operation ("
    "  circle   INTEGER NOT NULL REFERENCES circle (id),"
    "  ref      BLOB NOT NULL,"
    "  log      INTEGER NOT NULL,"
    "  seq      INTEGER NOT NULL,"
    "  nth      INTEGER NOT NULL," /* from 1, on the chain of its log */
    "  previous BLOB,"             /* ref of the one before it there */
    "  epoch    BLOB,"             /* of a key body */
    "  payload  BLOB NOT NULL,"
    "  PRIMARY KEY (circle, ref)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX operation_log ON operation (log, seq);"
    "PRAGMA user_version = 5;";

/* Invitations that were given out (invitations.h); their secrets are in the keyring. */
static const char migration_6[] =
    "CREATE TABLE invitation ("
    "  number   INTEGER PRIMARY KEY,"
    "  name     BLOB NOT NULL UNIQUE,"
    "  state    INTEGER NOT NULL," /* enum invitation_state */
    "  made_ms  INTEGER NOT NULL,"
    "  until_ms INTEGER NOT NULL,"
    "  circle   BLOB," /* the group into which he is invited, or NULL */
    "  person   BLOB"  /* for whom it was confirmed */
    ") STRICT;"
    "CREATE TABLE invitation_answer ("
    "  id         INTEGER PRIMARY KEY,"
    "  invitation INTEGER NOT NULL REFERENCES invitation (number),"
    "  person     BLOB NOT NULL,"
    "  card       BLOB NOT NULL,"
    "  issued_ms  INTEGER NOT NULL,"
    "  at_ms      INTEGER NOT NULL,"
    "  UNIQUE (invitation, person)"
    ") STRICT;"
    "PRAGMA user_version = 6;";

/* Offices of networks whose keys are in the keyring, and what they have signed (offices.h). */
static const char migration_7[] =
    "CREATE TABLE office ("
    "  number  INTEGER PRIMARY KEY,"
    "  pk      BLOB NOT NULL UNIQUE,"
    "  request BLOB NOT NULL," /* what was asked for it; x'': it was founded here */
    "  chain   BLOB"           /* its certificate and those above it; NULL: not granted yet */
    ") STRICT;"
    "CREATE TABLE letter_issued ("
    "  cert       BLOB PRIMARY KEY,"
    "  office     INTEGER NOT NULL REFERENCES office (number),"
    "  person     BLOB NOT NULL,"
    "  whole      BLOB NOT NULL,"
    "  revoked_ms INTEGER," /* NULL: it holds */
    "  reason     TEXT"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX letter_issued_person ON letter_issued (person);"
    "PRAGMA user_version = 7;";

/* The place of an open invitation among those of its home; and an answer for each device. */
static const char migration_8[] =
    "ALTER TABLE invitation ADD COLUMN slot INTEGER NOT NULL DEFAULT 0;"
    "UPDATE invitation SET slot = (number - 1) % 8;"
    "ALTER TABLE invitation_answer RENAME TO invitation_answer_7;"
    "CREATE TABLE invitation_answer ("
    "  id         INTEGER PRIMARY KEY,"
    "  invitation INTEGER NOT NULL REFERENCES invitation (number),"
    "  person     BLOB NOT NULL,"
    "  device     BLOB NOT NULL," /* id of its certificate; x'' of answers that came before this */
    "  card       BLOB NOT NULL,"
    "  issued_ms  INTEGER NOT NULL,"
    "  at_ms      INTEGER NOT NULL,"
    "  UNIQUE (invitation, person, device)"
    ") STRICT;"
    "INSERT INTO invitation_answer (id, invitation, person, device, card, issued_ms, at_ms)"
    " SELECT id, invitation, person, x'', card, issued_ms, at_ms FROM invitation_answer_7;"
    "DROP TABLE invitation_answer_7;"
    "PRAGMA user_version = 8;";

/* Revocations that go from node to node by themselves (revocations.h). */
static const char migration_9[] =
    "ALTER TABLE revocation ADD COLUMN known_rcv INTEGER;" /* the newest event when it was learnt;
                                                              NULL: what was there comes still */
    "ALTER TABLE revocation ADD COLUMN signer INTEGER"     /* enum revocation_signer */
    "  NOT NULL DEFAULT 0;"
    "UPDATE revocation"
    " SET signer = CASE WHEN issuer_id = person THEN 0"
    "   WHEN EXISTS (SELECT 1 FROM cert"
    "     WHERE cert.person = revocation.person AND cert.pk = revocation.issuer) THEN 1"
    "   ELSE 2 END;"
    "CREATE INDEX revocation_unsettled ON revocation (cert) WHERE known_rcv IS NULL;"
    "ALTER TABLE revocation ADD COLUMN place INTEGER;"   /* 1, 2, ... as they came to be proved */
    "ALTER TABLE revocation ADD COLUMN proof BLOB;"      /* NULL: it goes in circles only */
    "ALTER TABLE revocation ADD COLUMN source BLOB;"     /* device that brought it, or NULL, */
    "ALTER TABLE revocation ADD COLUMN source_inc BLOB;" /* and its store incarnation */
    "ALTER TABLE revocation ADD COLUMN stranger INTEGER" /* 1: kept for its network alone */
    "  NOT NULL DEFAULT 0;"
    "CREATE UNIQUE INDEX revocation_place ON revocation (place) WHERE place IS NOT NULL;"
    "ALTER TABLE revocation ADD COLUMN tried INTEGER NOT NULL DEFAULT 0;" /* 1: to prove it */
    "CREATE INDEX revocation_untried ON revocation (cert) WHERE place IS NULL AND tried = 0;"
    "CREATE INDEX revocation_person ON revocation (person);"
    "CREATE INDEX revocation_stranger ON revocation (source) WHERE stranger = 1;"
    "CREATE TABLE revocation_peer (" /* what other devices have of ours */
    "  device    BLOB PRIMARY KEY,"
    "  store_inc BLOB NOT NULL,"
    "  got       INTEGER NOT NULL" /* up to this place */
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE revocation_passed (" /* what they brought of people who were not known here */
    "  device BLOB NOT NULL,"
    "  person BLOB NOT NULL,"
    "  cert   BLOB NOT NULL," /* of use only with this letter, of him who may be known; or x'' */
    "  root   BLOB NOT NULL," /* of his letter, or x'' */
    "  PRIMARY KEY (device, person, cert)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX revocation_passed_root ON revocation_passed (device, root) WHERE root <> x'';"
    "ALTER TABLE circle_view ADD COLUMN anchor BLOB NOT NULL DEFAULT x'';" /* x'': it has none */
    "PRAGMA user_version = 9;";

/* Further devices, of oneself and of others (devices.h). */
static const char migration_10[] =
    /* ---- Enduring ---- */
    "CREATE TABLE own_device ("      /* of oneself, but for this one; admitted here, or heard of */
    "  cert       BLOB PRIMARY KEY," /* id16 of its certificate */
    "  pk         BLOB NOT NULL,"
    "  transport  BLOB NOT NULL,"
    "  name       TEXT NOT NULL,"
    "  from_s     INTEGER NOT NULL,"
    "  whole      BLOB NOT NULL," /* its certificate */
    "  seal       BLOB,"          /* its newest XKEY; NULL: it has not come */
    "  generation INTEGER NOT NULL DEFAULT 0,"
    "  card       BLOB," /* for its addresses; NULL: none is here */
    "  card_ms    INTEGER NOT NULL DEFAULT 0,"
    "  seen_ms    INTEGER NOT NULL DEFAULT 0"
    ") STRICT;"
    /* ---- Views ---- */
    "DROP TABLE cert;"
    "CREATE TABLE cert (" /* device certificates and their persons, from GENESIS, ADD and DEVICE */
    "  circle      INTEGER NOT NULL REFERENCES circle (id),"
    "  device      BLOB NOT NULL," /* cert id16 */
    "  person      BLOB NOT NULL,"
    "  pk          BLOB NOT NULL," /* the device's signing key */
    "  transport   BLOB NOT NULL,"
    "  name        TEXT NOT NULL," /* the person's */
    "  device_name TEXT NOT NULL,"
    "  from_s      INTEGER NOT NULL,"
    "  PRIMARY KEY (circle, device)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX cert_person ON cert (person);"
    "PRAGMA user_version = 10;";

/* What stands in one's own circle (own.h). */
static const char migration_11[] =
    /* 1: another device of oneself has brought the contact, and nobody has added it here. */
    "ALTER TABLE contact ADD COLUMN brought INTEGER NOT NULL DEFAULT 0;"
    /* ---- Views; contact.verified is what a store says of which nothing stands there yet ---- */
    "CREATE TABLE contact_state (" /* the newest record of each standing */
    "  circle   INTEGER NOT NULL REFERENCES circle (id),"
    "  person   BLOB NOT NULL,"
    "  standing INTEGER NOT NULL," /* enum contact_standing */
    "  hlc      INTEGER NOT NULL,"
    "  ref      BLOB NOT NULL,"
    "  card     BLOB," /* NULL: left out */
    "  PRIMARY KEY (person, standing, circle)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE VIEW contact_present AS" /* what no removal has undone */
    " SELECT person, standing, hlc, ref, card"
    " FROM contact_state AS state"
    " WHERE standing <> 2"
    "   AND NOT EXISTS (SELECT 1 FROM contact_state AS gone"
    "     WHERE gone.person = state.person AND gone.standing = 2"
    "       AND (gone.hlc, gone.ref) > (state.hlc, state.ref));"
    "PRAGMA user_version = 11;";

/* The roster of an office (roster.h). */
static const char migration_12[] =
    "ALTER TABLE office ADD COLUMN roster BLOB;" /* its circle; NULL: it has none yet */
    /* ---- Views ---- */
    "CREATE TABLE roster_day (" /* that an office kept its roster: what it has signed */
    "  rcv    INTEGER PRIMARY KEY,"
    "  circle INTEGER NOT NULL REFERENCES circle (id),"
    "  office BLOB NOT NULL," /* its key */
    "  root   BLOB NOT NULL," /* of its network */
    "  name   TEXT NOT NULL,"
    "  region TEXT NOT NULL,"
    "  rank   INTEGER NOT NULL,"
    "  at_s   INTEGER NOT NULL" /* by its clock */
    ") STRICT;"
    "CREATE INDEX roster_day_circle ON roster_day (circle);"
    "PRAGMA user_version = 12;";

/* Several letters of one person (letters.h). */
static const char migration_13[] =
    "CREATE TABLE letter ("
    "  number INTEGER PRIMARY KEY," /* 0: his own certificate, from before the first letter */
    "  whole  BLOB NOT NULL UNIQUE,"
    "  chain  BLOB NOT NULL" /* x'': his own */
    ") STRICT;"
    "INSERT INTO letter (number, whole, chain)"
    " SELECT iif(length(held.chain) > 0, 1, 0), held.whole, held.chain"
    " FROM (SELECT setting.value AS whole,"
    "         coalesce((SELECT value FROM setting WHERE name = 'chain'), x'') AS chain"
    "       FROM setting"
    "       WHERE setting.name = 'person_cert') AS held;"
    "ALTER TABLE person_cert ADD COLUMN from_s INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE person_cert ADD COLUMN until_s INTEGER NOT NULL DEFAULT 0;"
    "PRAGMA user_version = 13;";

/* The case record (records.h). */
static const char migration_14[] =
    /* ---- Views ---- */
    "CREATE TABLE record_event (" /* changes of forms */
    "  rcv      INTEGER PRIMARY KEY,"
    "  ref      BLOB NOT NULL,"
    "  circle   INTEGER NOT NULL REFERENCES circle (id),"
    "  person   BLOB NOT NULL,"
    "  hlc      INTEGER NOT NULL,"
    "  odd_time INTEGER NOT NULL,"
    "  form     INTEGER NOT NULL,"
    "  numbered INTEGER NOT NULL," /* 1: begins an item that has a number */
    "  refs     BLOB NOT NULL,"    /* 16 bytes each */
    "  body     BLOB NOT NULL"
    ") STRICT;"
    "CREATE INDEX record_event_circle ON record_event (circle, numbered);"
    "CREATE INDEX record_event_item ON record_event (ref) WHERE numbered = 1;"
    "ALTER TABLE case_record ADD COLUMN opener BLOB NOT NULL DEFAULT x'';" /* its author */
    "CREATE TABLE case_summary (" /* case_summary.h; NULL: not told in a form */
    "  circle         INTEGER PRIMARY KEY REFERENCES circle (id),"
    "  category       TEXT,"
    "  cluster        TEXT,"
    "  age            INTEGER," /* FIELD_AGE */
    "  age_on         TEXT,"
    "  sex            INTEGER,"
    "  stage          INTEGER NOT NULL,"
    "  risk           INTEGER,"
    "  responsible    BLOB NOT NULL,"
    "  percent        INTEGER NOT NULL,"
    "  conflicts      INTEGER NOT NULL,"
    "  flags          INTEGER NOT NULL," /* not cleared */
    "  news_after_end INTEGER NOT NULL,"
    "  approval       INTEGER NOT NULL," /* 1: asked of oneself */
    "  takeover       INTEGER NOT NULL," /* 1: the same */
    "  glass          INTEGER NOT NULL," /* hlc of the newest emergency opening to be told of; 0 */
    "  due            TEXT"              /* the earliest day */
    ") STRICT;"
    "CREATE VIEW case_part AS" /* what has a number in its case */
    " SELECT rcv, ref, circle, hlc, odd_time, 0 AS is_item"
    " FROM entry"
    " UNION ALL"
    " SELECT rcv, ref, circle, hlc, odd_time, 1 AS is_item"
    " FROM record_event"
    " WHERE numbered = 1;"
    "PRAGMA user_version = 14;";

/* Lists of thousands of cases; entries that tell more than a text. */
static const char migration_15[] =
    "DROP INDEX cert_person;"
    "CREATE INDEX cert_person ON cert (person, name);"
    "DROP TABLE case_summary;"
    "CREATE TABLE case_summary (" /* case_summary.h; NULL: not told in a form */
    "  circle         INTEGER PRIMARY KEY REFERENCES circle (id),"
    "  category       TEXT,"
    "  cluster        TEXT,"
    "  age            INTEGER," /* FIELD_AGE */
    "  age_on         TEXT,"
    "  sex            INTEGER,"
    "  stage          INTEGER NOT NULL,"
    "  risk           INTEGER,"
    "  responsible    BLOB NOT NULL,"
    "  percent        INTEGER NOT NULL,"
    "  conflicts      INTEGER NOT NULL,"
    "  flags          INTEGER NOT NULL," /* not cleared */
    "  news_after_end INTEGER NOT NULL,"
    "  approval       INTEGER NOT NULL," /* 1: asked of oneself */
    "  takeover       INTEGER NOT NULL," /* 1: the same */
    "  glass          INTEGER NOT NULL," /* hlc of the newest emergency opening to be told of; 0 */
    "  due            TEXT,"             /* the earliest day */
    "  members        INTEGER NOT NULL,"
    "  owner          BLOB NOT NULL,"
    "  entries        INTEGER NOT NULL,"
    "  items          INTEGER NOT NULL,"
    "  last_hlc       INTEGER,"          /* of the newest entry; NULL: none */
    "  comments       INTEGER NOT NULL," /* of others, not settled */
    "  returned       INTEGER NOT NULL"  /* 1: an approval was returned to oneself */
    ") STRICT;"
    "ALTER TABLE record_event ADD COLUMN item BLOB;" /* its name; NULL: a form that stands once */
    "ALTER TABLE record_event ADD COLUMN text TEXT;" /* what is found of it; NULL: nothing */
    "ALTER TABLE entry ADD COLUMN body BLOB;"    /* of ENTRY, where it tells more than the text */
    "ALTER TABLE entry ADD COLUMN next_by TEXT;" /* the day of its next step */
    "PRAGMA user_version = 15;";

const char *const schema_migrations[] = { migration_1,  migration_2,  migration_3,  migration_4,
                                          migration_5,  migration_6,  migration_7,  migration_8,
                                          migration_9,  migration_10, migration_11, migration_12,
                                          migration_13, migration_14, migration_15 };
const int schema_version = sizeof schema_migrations / sizeof *schema_migrations;

const char *const schema_views_are_stale =
    "INSERT INTO setting (name, value)"
    " VALUES ('views_are_stale', 1)"
    " ON CONFLICT (name) DO NOTHING";
const char *const schema_views_are_made =
    "DELETE FROM setting"
    " WHERE name = 'views_are_stale'";

const char *const schema_empty_views =
    "INSERT INTO search (search) VALUES ('delete-all');"
    "DELETE FROM search_upto;"
    "DELETE FROM search_late;"
    "DELETE FROM search_post;"
    "DELETE FROM contact_state;"
    "DELETE FROM roster_day;"
    "DELETE FROM post_retract;"
    "DELETE FROM post_edit;"
    "DELETE FROM case_summary;"
    "DELETE FROM record_event;"
    "DELETE FROM entry;"
    "DELETE FROM case_record;"
    "DELETE FROM post;"
    "DELETE FROM thread;"
    "DELETE FROM circle_view;"
    "DELETE FROM member;"
    "DELETE FROM adopted;"
    "DELETE FROM revoked;"
    "DELETE FROM person_cert;"
    "DELETE FROM cert;"
    "DELETE FROM operation;"
    "DELETE FROM author;"
    "UPDATE event SET state = 0;";
