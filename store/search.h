/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Full-text search over posts, case entries and the forms of cases: a part of a word counts,
 * 'rujuk' finds 'dirujuk'.
 *
 * Documents are the texts of posts, of edits, of entries and of changes of forms (not of the
 * identity part, which is never found); a document is named by the rcv of its
 * event.  The index (FTS5, tokenizer trigram, contentless, without positions) narrows a search to
 * candidates; what decides is the text itself, as it stands in its view.  So a document that is no
 * longer in a view is never a hit, and nothing ever has to be deleted from the index.
 *
 * The index is filled in idle batches, off the path of replication, in the order of rcv; what is
 * projected late (it had waited for a key) is queued.  A search finishes the index first.  It is a
 * view: empty it, and it is made again.
 *
 * What is found is only what can be shown: posts of threads in accepted groups, posts and entries
 * and forms of cases that one belongs to, the text that counts now (the newest edit, what stands in
 * the form), nothing that was retracted. */
#ifndef REMBUK_STORE_SEARCH_H
#define REMBUK_STORE_SEARCH_H

#include "protocol/casework/form.h"
#include "store/store.h"

/* Indexes at most a batch, in a transaction of its own.  `*left` as below, after the batch. */
enum rb_status search_index(struct store *store, uint64_t *left) RB_MUST_CHECK;

/* The same without doing anything: 0 if and only if the index is complete, else at least as many
 * as there are documents left; events that are no documents are counted too, since telling them
 * apart would mean reading them. */
enum rb_status search_left(struct store *store, uint64_t *left) RB_MUST_CHECK;

/* Empties the index, damaged or not, so that it is made again.  What the store says if not even
 * that is possible. */
enum rb_status search_empty(struct store *store) RB_MUST_CHECK;

enum search_sort { SEARCH_POST, SEARCH_ENTRY, SEARCH_PART };

/* Borrowed during the call of `each`. */
struct search_hit {
    enum search_sort sort;
    uint8_t ref[REF_BYTES];
    enum form form;                 /* SEARCH_PART: what it stands in */
    int64_t place_number, number;   /* 12.3: of a thread and its post, or of a case and its part;
                                       number 0: a form that stands once */
    char place[NAME_BYTES_MAX + 1]; /* title of the thread, or code of the case */
    uint8_t author[HASH_BYTES];
    char author_name[NAME_BYTES_MAX + 1];
    char quoted_author[NAME_BYTES_MAX + 1]; /* whom the author names as the writer; empty: nobody */
    int64_t time_ms;                        /* of the post, also if its text is that of an edit */
    struct span text;
    size_t match, match_len; /* the word that stands leftmost in `text` */
};

/* Whether these words can be looked for at all; refuses as search_find does. */
enum rb_status search_check(struct span words) RB_MUST_CHECK;

/* At most `limit` hits with all the words, in any order and as parts of words; letters A to Z of
 * either case, all others as typed.  `words` are split at blanks and line ends.  Numbers are given
 * to what is seen for the first time, to posts with all of their thread (docs/decisions/004).
 *
 * Newest first, by the clock of posts and entries.  If there are more than `limit`, those that
 * arrived last are taken, and the newest are exact only among the SEARCH_WINDOW documents that
 * arrived last of those the index offers: to sort tens of thousands of hits, all would have to be
 * read.  Words of one or two characters are not in the index: without a longer one beside them, the
 * documents themselves are looked through, the last arrived first.  At most SEARCH_LOOKS_MAX
 * documents are looked at in any case.  `*more`: there are further hits, or may be, since the
 * search ended at one of these limits.
 *
 * RB_MALFORMED: no words, or not UTF-8; RB_TOO_LARGE: more or longer ones than SEARCH_WORDS_MAX,
 * SEARCH_WORD_BYTES_MAX. */
enum { SEARCH_WINDOW = 512, SEARCH_LOOKS_MAX = 50000 };
enum rb_status search_find(struct store *store, struct span words, size_t limit,
                           bool (*each)(void *context, const struct search_hit *), void *context,
                           bool *more) RB_MUST_CHECK;

/* ---- Inside the store layer ---- */

/* For the views: a document was projected.  Queues it if it stands before what is indexed already;
 * of any other the index will come by. */
enum rb_status search_note_late(struct store *store, int64_t rcv) RB_MUST_CHECK;

/* What is kept in memory of the index is read again: after a roll-back, or when views are emptied
 * (store_indexed_upto). */
void search_forget(struct store *store);

#endif
