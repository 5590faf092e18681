/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transition checks: scenarios in which every kernel entry is checked, and
 * for each KT steps faked by hand that must be named.
 */
#include "support/transition.h"

#include <string.h>

#include "support/kt.h"

enum { HIGH = 150 };

/* A step by the root task, done by hand. */
static void expect(const char *id, struct snapshot *before, const struct tcb *subject,
                   bool is_error)
{
    struct snapshot *after = snapshot_take(subject);
    const char *broken = transition_check(before, after, is_error);
    snapshot_free(before);
    snapshot_free(after);
    if (id == NULL) {
        assert_null(broken);
        return;
    }
    assert_non_null(broken);
    if (strncmp(broken, id, 4) != 0) {
        fail_msg("%s is named: %s", id, broken);
    }
}

static void test_scenario(void **state)
{
    (void)state;
    kt.transitions = true;
    struct kt_thread server = kt_thread(HIGH), client = kt_thread(HIGH + 1);
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0), reply = kt_object(CAP_REPLY, 0);
    const cptr_t node = kt_object(CAP_CNODE, 3), badged = kt_badged(ep, KAAL_RIGHTS_ALL, 9);
    kt_unpark(&server);
    kt_recv(&server, ep, reply);
    kt_unpark(&client);
    kt_call(&client, badged, &(struct kt_msg){.length = 1, .w = {7}});
    assert_true(kt_is_current(&server));
    kt_reply_recv(&server, ep, reply, &(struct kt_msg){.length = 1, .w = {8}});
    assert_true(kt_is_current(&client));
    kt_park(&client);
    assert_int_not_equal(kt_copy(badged, ep, KAAL_RIGHTS_ALL), KAAL_OK);
    assert_int_not_equal(kt_mint(kt_new_slot(), badged, KAAL_RIGHTS_ALL, 4), KAAL_OK);
    assert_int_not_equal(kt_retype_to(kt.untyped, CAP_PAGE, 47, kt_new_slot(), 1), KAAL_OK);
    kt_ok(kt_copy(kt_new_slot(), node, KAAL_RIGHTS_ALL));
    kt_ok(kt_delete(node));
    kt_ok(kt_revoke(ep));
    kt_ok(kt_delete(server.cap));
    kt_advance(20000);
    kt_ok(kt_revoke(kt.untyped));
}

static void test_kt1(void **state)
{
    (void)state;
    const cptr_t n = kt_object(CAP_NOTIFICATION, 0);
    struct kt_thread t = kt_thread(HIGH);
    struct snapshot *before = snapshot_take(kt.root.tcb);
    expect(NULL, before, kt.root.tcb, true);
    before = snapshot_take(kt.root.tcb);
    kt_ntfn_of(n)->pending = 1;
    expect("KT-1", before, kt.root.tcb, true);
    before = snapshot_take(kt.root.tcb);
    t.tcb->mcp++;
    expect("KT-1", before, kt.root.tcb, true);
    before = snapshot_take(kt.root.tcb);
    slot_insert_derived(kt_slot(n), kt_slot(kt_new_slot()), *kt_cap(n));
    expect("KT-1", before, kt.root.tcb, true);
}

static void test_kt2(void **state)
{
    (void)state;
    const cptr_t ep = kt_object(CAP_ENDPOINT, 0);
    const cptr_t weak = kt_badged(ep, KAAL_RIGHT_WRITE, 5);
    kt_ok(kt_delete(ep)); /* only the weak one is left */
    struct snapshot *before = snapshot_take(kt.root.tcb);
    kt_cap(weak)->rights |= KAAL_RIGHT_READ;
    expect("KT-2", before, kt.root.tcb, false);
    before = snapshot_take(kt.root.tcb);
    kt_cap(weak)->data = 6;
    expect("KT-2", before, kt.root.tcb, false);
    before = snapshot_take(kt.root.tcb);
    slot_set_root(kt_slot(kt_new_slot()), cap_page(host_ram(0x2000), 12, false));
    expect("KT-2", before, kt.root.tcb, false);
}

/* A thread with a CSpace of its own that holds one notification. */
static void test_kt3(void **state)
{
    (void)state;
    struct kt_thread t = kt_thread(HIGH);
    const cptr_t node = kt_object(CAP_CNODE, 3), mine = kt_object(CAP_NOTIFICATION, 0);
    const cptr_t other = kt_object(CAP_NOTIFICATION, 0), ep = kt_object(CAP_ENDPOINT, 0);
    struct slot *inside = kt_cap(node)->obj;
    kt_ok(kt_invoke(t.cap, KAAL_INV_TCB_SET_SPACE, KT_WORDS(0),
                    KT_CAPS(KAAL_ROOT_NULL, node, KAAL_ROOT_VSPACE)));
    slot_insert_derived(kt_slot(mine), &inside[1], *kt_cap(mine));
    slot_insert_derived(kt_slot(ep), &inside[2], cap_mask_rights(*kt_cap(ep), KAAL_RIGHT_GRANT));
    struct snapshot *before = snapshot_take(t.tcb);
    kt_ntfn_of(mine)->pending ^= 2;
    expect(NULL, before, t.tcb, false);
    before = snapshot_take(t.tcb);
    kt_ntfn_of(other)->pending ^= 2;
    expect("KT-3", before, t.tcb, false);
    kt_ntfn_of(mine)->pending = kt_ntfn_of(other)->pending = 0;
    before = snapshot_take(t.tcb);
    const struct cap taken = *kt_cap(other);
    slot_clear(kt_slot(other));
    expect("KT-3", before, t.tcb, false);
    slot_insert_original(kt_slot(kt.untyped), kt_slot(other), taken);
    before = snapshot_take(t.tcb);
    kt.root.tcb->mcp--;
    expect("KT-3", before, t.tcb, false);
    kt.root.tcb->mcp++;
    struct kt_thread sender = kt_thread(HIGH);
    kt_unpark(&sender);
    before = snapshot_take(t.tcb);
    kt_send(&sender, ep, NULL); /* not that of t, which can neither send nor receive there */
    expect("KT-3", before, t.tcb, false);
}

static void test_kt4(void **state)
{
    (void)state;
    const cptr_t first = kt_object(CAP_ENDPOINT, 0), second = kt_object(CAP_UNTYPED, 12);
    struct snapshot *before = snapshot_take(kt.root.tcb);
    kt_cap(kt.untyped)->a--; /* half of it */
    expect("KT-4", before, kt.root.tcb, false);
    kt_cap(kt.untyped)->a++;
    before = snapshot_take(kt.root.tcb);
    kt_cap(second)->a--;
    expect("KT-4", before, kt.root.tcb, false);
    kt_cap(second)->a++;
    before = snapshot_take(kt.root.tcb);
    slot_clear(kt_slot(first)); /* it is gone: its memory waits for the reset */
    expect(NULL, before, kt.root.tcb, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_scenario, kt_boot), cmocka_unit_test_setup(test_kt1, kt_boot),
        cmocka_unit_test_setup(test_kt2, kt_boot),      cmocka_unit_test_setup(test_kt3, kt_boot),
        cmocka_unit_test_setup(test_kt4, kt_boot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
