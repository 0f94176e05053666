/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Certificates that hold no more, and further devices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/support/circle_scene.h"

/* ---- Arranging: a founds, b and c manage, office 1 has issued the letters ---- */

static uint64_t g, b, c;

static void found(void) {
    made->anchored = true;
    made->office = '1';
    made->rank = RANK_WORKER;
    g = made_genesis(made, 'a', 0);
    b = made_add(made, 'a', 'b', CIRCLE_MANAGER, g);
    c = made_add(made, 'a', 'c', CIRCLE_MANAGER, b);
}

static uint64_t revoke_device(char author, char device, char signer, uint64_t after) {
    return made_revoked(made, author, (struct made_revocation) { .of = device, .signer = signer },
                        after);
}

static uint64_t revoke_person(char author, char person, char signer, uint64_t after) {
    struct made_revocation what = { .of = person, .of_person = true, .signer = signer };

    return made_revoked(made, author, what, after);
}

static bool is_granted(uint64_t op) {
    struct circle *circle = fold();
    bool granted = circle_grants(circle, made->ops[made_index(op)].ref);

    circle_destroy(&circle);
    return granted;
}

/* ---- Who may sign ---- */

static void a_revocation_is_signed_by_the_person_or_his_other_device(void **state) {
    (void)state;
    found();
    uint64_t second = made_device_op(made, 'b', 'B', c);
    assert_true(is_granted(revoke_device('a', 'b', MADE_HIMSELF, c)));
    assert_true(is_granted(revoke_device('a', 'b', 'B', second)));
    assert_true(is_granted(revoke_device('a', 'B', 'b', second)));
}

static void an_office_revokes_the_letter_that_it_signed_and_nothing_else(void **state) {
    (void)state;
    found();
    assert_true(is_granted(revoke_person('a', 'b', '1', c)));
    assert_false(is_granted(revoke_person('a', 'b', '2', c)));
    assert_false(is_granted(revoke_device('a', 'b', '1', c)));
}

/* c makes an office of his own, and by it a letter for each of the others. */
static void nobody_puts_others_out_by_an_office_of_his_own(void **state) {
    (void)state;
    found();
    made->office = '9';
    uint64_t a9 = made_add(made, 'c', 'a', CIRCLE_READER, c);
    uint64_t b9 = made_add(made, 'c', 'b', CIRCLE_READER, a9);
    made->office = '1';
    assert_false(is_granted(revoke_person('c', 'a', '9', b9)));
    assert_false(is_granted(revoke_person('c', 'b', '9', b9)));
    assert_false(is_granted(revoke_device('c', 'a', '9', b9)));
    assert_member('a', CIRCLE_OWNER, MEMBER_ACCEPTED);
    assert_member('b', CIRCLE_MANAGER, MEMBER_INVITED);
}

/* The thief of a device has the key of its owner too, and can certify another one. */
static void a_revoked_device_names_no_successor(void **state) {
    (void)state;
    found();
    uint64_t v = revoke_device('a', 'b', MADE_HIMSELF, c);
    made_device_op(made, 'b', 'B', v);
    assert_false(is_recipient('B'));
    made_device_op(made, 'b', 'B', c);
    assert_false(is_recipient('B'));
}

static void what_a_device_named_before_it_was_revoked_stays(void **state) {
    struct made_revocation what = { .of = 'b', .signer = MADE_HIMSELF, .numbers = 1, .seq = 60 };
    (void)state;

    found();
    uint64_t second = made_device_op(made, 'b', 'B', c);
    made_revoked(made, 'a', what, second);
    assert_false(is_recipient('b'));
    assert_true(is_recipient('B'));
}

/* The thief forks the log below the lock: a lock says where a log ended, not what stands in it. */
static void nor_does_it_name_one_below_a_lock_that_does_not_know_it(void **state) {
    struct made_revocation what = { .of = 'b', .signer = MADE_HIMSELF, .numbers = 1, .seq = 60 };
    (void)state;

    found();
    made_revoked(made, 'a', what, c);
    made_device_op(made, 'b', 'B', c);
    assert_false(is_recipient('B'));
}

/* What the thief of a device does with it must not make its owner's guests junior to others. */
static void a_void_leaving_lowers_nobodys_grade(void **state) {
    (void)state;
    uint64_t founder = made_genesis(made, 'a', 0);
    uint64_t m = made_add(made, 'a', 'm', CIRCLE_MANAGER, founder);
    uint64_t second = made_device_op(made, 'm', 'M', m);
    uint64_t thief = made_leave(made, 'm', second);
    uint64_t v = revoke_device('a', 'm', MADE_HIMSELF, second);
    uint64_t p = made_add(made, 'M', 'p', CIRCLE_MANAGER, thief | v);
    made_add(made, 'a', 'n', CIRCLE_MANAGER, p);
    assert_int_equal(may_remove('n', 'p'), RULE_SENIOR);
    assert_int_equal(may_remove('p', 'n'), RULE_ALLOWED);
}

static void a_revocation_by_anybody_else_is_none(void **state) {
    (void)state;
    found();
    uint64_t second = made_device_op(made, 'b', 'B', c);
    assert_false(is_granted(revoke_device('a', 'b', '2', c)));
    assert_false(is_granted(revoke_device('a', 'b', 'c', c)));
    assert_false(is_granted(revoke_device('a', 'b', 'b', c)));
    assert_false(is_granted(revoke_device('a', 'b', 'B', c)));
    assert_false(is_granted(revoke_device('x', 'b', '1', second)));
    assert_false(is_granted(revoke_device('a', 'x', MADE_HIMSELF, second)));
}

/* c signs, as c, that the device b is revoked: a certificate is revoked for whom it names. */
static void nobody_revokes_what_is_not_his_by_naming_himself(void **state) {
    (void)state;
    found();
    uint64_t v = revoke_device('c', 'b', MADE_HIMSELF, c);
    struct op *op = &made->ops[made_index(v)];
    made_person(op->revocation.person, 'c');
    made_signer(op->revocation.issuer, MADE_HIMSELF, 'c');
    assert_true(is_granted(v));
    assert_true(is_recipient('b'));
    made_add(made, 'b', 'd', CIRCLE_READER, v);
    assert_member('d', CIRCLE_READER, MEMBER_INVITED);
}

/* ---- Devices ---- */

static void a_revoked_device_has_no_authority(void **state) {
    (void)state;
    found();
    uint64_t v = revoke_device('a', 'b', MADE_HIMSELF, c);
    made_add(made, 'b', 'd', CIRCLE_READER, v);
    made_add(made, 'b', 'e', CIRCLE_READER, c);
    made_remove(made, 'b', 'c', v);
    made_leave(made, 'b', v);
    assert_unheard_of('d');
    assert_unheard_of('e');
    assert_member('c', CIRCLE_MANAGER, MEMBER_INVITED);
    assert_member('b', CIRCLE_MANAGER, MEMBER_INVITED);
    made_add(made, 'B', 'f', CIRCLE_READER, v);
    assert_member('f', CIRCLE_READER, MEMBER_INVITED);
}

static void what_a_device_did_before_it_was_revoked_still_counts(void **state) {
    (void)state;
    found();
    uint64_t d = made_add(made, 'b', 'd', CIRCLE_READER, c);
    revoke_device('a', 'b', MADE_HIMSELF, d);
    assert_member('d', CIRCLE_READER, MEMBER_INVITED);
}

/* Whoever has a revocation in hand publishes it; that he could date it back gives him nothing. */
static void a_reader_who_brings_a_revocation_voids_nothing_beside_it(void **state) {
    (void)state;
    found();
    uint64_t r = made_add(made, 'a', 'r', CIRCLE_READER, c);
    made_add(made, 'b', 'd', CIRCLE_READER, r);
    uint64_t v = revoke_device('r', 'b', MADE_HIMSELF, r);
    assert_member('d', CIRCLE_READER, MEMBER_INVITED);
    made_add(made, 'b', 'e', CIRCLE_READER, v);
    assert_unheard_of('e');
}

static void a_thief_does_not_put_the_owner_of_a_device_out(void **state) {
    (void)state;
    found();
    made_leave(made, 'b', c);
    revoke_device('B', 'b', MADE_HIMSELF, c);
    assert_member('b', CIRCLE_MANAGER, MEMBER_INVITED);
}

static void a_further_device_is_a_recipient_until_it_is_revoked(void **state) {
    (void)state;
    found();
    uint64_t second = made_device_op(made, 'b', 'B', c);
    assert_int_equal(recipient_count(), 4);
    assert_true(is_recipient('B'));
    revoke_device('b', 'B', MADE_HIMSELF, second);
    assert_false(is_recipient('B'));
    assert_true(is_recipient('b'));
}

static void a_device_of_who_is_not_in_is_no_recipient(void **state) {
    (void)state;
    found();
    uint64_t second = made_device_op(made, 'b', 'B', c);
    made_device_op(made, 'b', 'X', c);
    made_remove(made, 'a', 'b', second);
    assert_int_equal(recipient_count(), 2);
    assert_false(is_recipient('B'));
    assert_false(is_recipient('X'));
}

static void a_new_seal_key_takes_the_place_of_the_old(void **state) {
    const struct recipient *recipients;
    (void)state;

    found();
    uint64_t renewed = made_device_op(made, 'b', 'b', c);
    struct op *op = &made->ops[made_index(renewed)];
    op->seal.generation = 2;
    struct circle *circle = fold();
    assert_int_equal(circle_recipients(circle, &recipients), 3);
    assert_memory_equal(recipients[1].seal_key, op->seal.public, BOX_PUBLIC_BYTES);
    circle_destroy(&circle);
}

/* ---- Persons ---- */

static void whose_letter_is_revoked_is_out(void **state) {
    (void)state;
    found();
    revoke_person('a', 'b', '1', c);
    assert_member('b', CIRCLE_MANAGER, MEMBER_REVOKED);
    assert_false(is_recipient('b'));
}

static void what_a_revoked_supervisor_did_before_still_counts(void **state) {
    (void)state;
    found();
    made->rank = RANK_SUPERVISOR;
    uint64_t s = made_add(made, 'a', 's', CIRCLE_MANAGER, c);
    uint64_t gone = made_remove(made, 's', 'b', s);
    uint64_t d = made_add(made, 's', 'd', CIRCLE_READER, gone);
    revoke_person('a', 's', '1', d);
    assert_out('s', MEMBER_REVOKED);
    assert_out('b', MEMBER_REMOVED);
    assert_member('d', CIRCLE_READER, MEMBER_INVITED);
}

static void what_he_does_beside_or_after_the_revocation_does_not(void **state) {
    (void)state;
    found();
    uint64_t v = revoke_person('a', 'b', '1', c);
    made_add(made, 'b', 'd', CIRCLE_READER, c);
    made_add(made, 'b', 'e', CIRCLE_READER, v);
    made_remove(made, 'b', 'c', c);
    assert_unheard_of('d');
    assert_unheard_of('e');
    assert_member('c', CIRCLE_MANAGER, MEMBER_INVITED);
}

static void a_certificate_that_was_revoked_is_not_added_again(void **state) {
    (void)state;
    found();
    uint64_t v = revoke_person('a', 'b', '1', c);
    made_add(made, 'a', 'b', CIRCLE_READER, v);
    made_add(made, 'a', 'b', CIRCLE_READER, c);
    assert_out('b', MEMBER_REVOKED);
    made->serial = 2;
    uint64_t again = made_add(made, 'a', 'b', CIRCLE_MANAGER, v);
    assert_member('b', CIRCLE_MANAGER, MEMBER_INVITED);
    made_add(made, 'b', 'd', CIRCLE_READER, again);
    assert_member('d', CIRCLE_READER, MEMBER_INVITED);
}

/* Two managers bring the same revocation; one does not know that b has a new letter. */
static void a_revocation_of_the_old_letter_leaves_the_new_one_alone(void **state) {
    (void)state;
    found();
    uint64_t v = revoke_person('a', 'b', '1', c);
    revoke_person('c', 'b', '1', c);
    made->serial = 2;
    uint64_t again = made_add(made, 'a', 'b', CIRCLE_MANAGER, v);
    made_add(made, 'b', 'd', CIRCLE_READER, again);
    assert_member('b', CIRCLE_MANAGER, MEMBER_INVITED);
    assert_member('d', CIRCLE_READER, MEMBER_INVITED);
}

/* ---- Content ---- */

static void content_beyond_the_locks_of_a_revocation_waits(void **state) {
    struct made_revocation what = { .of = 'b', .signer = MADE_HIMSELF, .numbers = 1, .seq = 5 };
    enum circle_role role = CIRCLE_READER;
    (void)state;

    found();
    uint64_t v = made_revoked(made, 'a', what, c);
    assert_int_equal(role_of_event('b', 0, 5, c, &role), RB_OK);
    assert_int_equal(role_of_event('b', 0, 6, c, &role), RB_REFUSED);
    assert_int_equal(role_of_event('b', 1, 1, c, &role), RB_REFUSED);
    assert_int_equal(role_of_event('b', 0, 5, v, &role), RB_REFUSED);
    assert_int_equal(role_of_event('B', 0, 9, c, &role), RB_OK);
    assert_int_equal(role_of_event('B', 0, 9, v, &role), RB_OK);
    assert_int_equal(role, CIRCLE_MANAGER);
}

static void content_under_a_revoked_letter_waits(void **state) {
    struct made_revocation what = {
        .of = 'b', .of_person = true, .signer = '1', .numbers = 1, .seq = 5
    };
    enum circle_role role = CIRCLE_READER;
    (void)state;

    found();
    uint64_t v = made_revoked(made, 'a', what, c);
    assert_int_equal(role_of_event('b', 0, 5, c, &role), RB_OK);
    assert_int_equal(role_of_event('b', 0, 6, c, &role), RB_REFUSED);
    assert_int_equal(role_of_event('b', 0, 5, v, &role), RB_REFUSED);
    made->serial = 2;
    uint64_t again = made_add(made, 'a', 'b', CIRCLE_WRITER, v);
    assert_int_equal(role_of_event('b', 0, 9, again, &role), RB_OK);
    assert_int_equal(role, CIRCLE_WRITER);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scene_begin, scene_end)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_revocation_is_signed_by_the_person_or_his_other_device),
        TEST(an_office_revokes_the_letter_that_it_signed_and_nothing_else),
        TEST(nobody_puts_others_out_by_an_office_of_his_own),
        TEST(a_revoked_device_names_no_successor),
        TEST(nor_does_it_name_one_below_a_lock_that_does_not_know_it),
        TEST(what_a_device_named_before_it_was_revoked_stays),
        TEST(a_void_leaving_lowers_nobodys_grade),
        TEST(a_revocation_by_anybody_else_is_none),
        TEST(nobody_revokes_what_is_not_his_by_naming_himself),
        TEST(a_revoked_device_has_no_authority),
        TEST(what_a_device_did_before_it_was_revoked_still_counts),
        TEST(a_reader_who_brings_a_revocation_voids_nothing_beside_it),
        TEST(a_thief_does_not_put_the_owner_of_a_device_out),
        TEST(a_further_device_is_a_recipient_until_it_is_revoked),
        TEST(a_device_of_who_is_not_in_is_no_recipient),
        TEST(a_new_seal_key_takes_the_place_of_the_old),
        TEST(whose_letter_is_revoked_is_out),
        TEST(what_a_revoked_supervisor_did_before_still_counts),
        TEST(what_he_does_beside_or_after_the_revocation_does_not),
        TEST(a_certificate_that_was_revoked_is_not_added_again),
        TEST(a_revocation_of_the_old_letter_leaves_the_new_one_alone),
        TEST(content_beyond_the_locks_of_a_revocation_waits),
        TEST(content_under_a_revoked_letter_waits),
    };

    assert_int_equal(crypt_start(), RB_OK);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
