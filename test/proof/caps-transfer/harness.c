/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passing capabilities with a message, of every number, kind and lookup: at
 * most three are looked at, at most one is derived, into the empty slot that
 * the receiver named, of what the sender's pointers lead to; those of the
 * endpoint arrive as badges; and the message info says which.
 */
#include "core/cspace.h"
#include "object/object.h"
#include "object/tcb.h"

unsigned nondet_unsigned(void);
bool nondet_bool(void);
struct cap nondet_cap(void);
word_t nondet_word(void);

static struct kaal_ipc_buffer source_buffer, target_buffer;
static struct tcb sender, receiver;
static bool sender_has_buffer, receiver_has_buffer;
static struct slot sent[KAAL_MSG_CAPS], node, place;
static unsigned looked_up, inserted;
static struct endpoint *endpoint;

struct kaal_ipc_buffer *tcb_ipc_buffer(const struct tcb *t)
{
    const bool has = t == &sender ? sender_has_buffer : receiver_has_buffer;
    return has ? t == &sender ? &source_buffer : &target_buffer : NULL;
}

struct slot *cspace_lookup(const struct tcb *t, cptr_t cptr, struct lookup_failure *failure)
{
    *failure = (struct lookup_failure){.kind = KAAL_LOOKUP_DEPTH};
    if (t == &receiver) {
        return nondet_bool() ? &node : NULL;
    }
    __CPROVER_assert(looked_up < KAAL_MSG_CAPS && cptr == looked_up, "the sender's pointers");
    return nondet_bool() ? &sent[looked_up++] : NULL;
}

struct slot *cspace_lookup_exact(const struct cap *root, cptr_t index, unsigned depth,
                                 struct lookup_failure *failure)
{
    (void)index;
    __CPROVER_assert(root == &node.cap && depth >= 1 && depth <= 64, "as cspace.h asks");
    *failure = (struct lookup_failure){.kind = KAAL_LOOKUP_DEPTH};
    return nondet_bool() ? &place : NULL;
}

enum kaal_err cap_derive(const struct slot *slot, struct cap *out)
{
    *out = slot->cap;
    out->type = nondet_bool() ? CAP_NULL : slot->cap.type;
    return nondet_bool() ? KAAL_OK : KAAL_ERR_REVOKE_FIRST;
}

void cap_insert_derived(struct slot *source, struct slot *slot, struct cap cap)
{
    __CPROVER_assert(slot == &place && slot->cap.type == CAP_NULL, "into the empty slot");
    __CPROVER_assert(cap.type != CAP_NULL && cap.obj == source->cap.obj, "what was derived");
    __CPROVER_assert(cap.rights == source->cap.rights && cap.data == source->cap.data, "as it is");
    slot->cap = cap;
    inserted++;
}

#include "core/ipc.c"

void harness(void)
{
    static struct endpoint ep;
    const unsigned count = nondet_unsigned();
    endpoint = nondet_bool() ? &ep : NULL;
    sender_has_buffer = nondet_bool();
    receiver_has_buffer = nondet_bool();
    place.cap = nondet_cap();
    target_buffer.receive_depth = nondet_word();
    __CPROVER_assume(count >= 1 && count <= KAAL_MSG_CAPS);
    for (unsigned i = 0; i < KAAL_MSG_CAPS; i++) {
        sent[i].cap = nondet_cap();
        sent[i].cap.obj = nondet_bool() ? &ep : NULL;
        source_buffer.caps_or_badges[i] = i;
        target_buffer.caps_or_badges[i] = 77;
    }
    const bool was_empty = place.cap.type == CAP_NULL;

    const bool can_grant = nondet_bool();
    sender.regs.x[2] = kaal_msginfo(0, count, 0);
    transfer_message(&sender, &receiver, endpoint, 0, can_grant);
    const word_t bits = receiver.regs.x[0];

    const unsigned passed = kaal_msginfo_caps(bits), unwrapped = kaal_msginfo_unwrapped(bits);
    __CPROVER_assert((bits & ~(word_t)0xf80) == 0, "only these bits");
    __CPROVER_assert(passed <= count && looked_up <= count, "no more than are sent");
    __CPROVER_assert(inserted <= 1 && (inserted == 0 || was_empty), "at most one arrives");
    __CPROVER_assert(can_grant || (bits == 0 && looked_up == 0), "with the right alone");
    __CPROVER_assert(bits == 0 || (sender_has_buffer && receiver_has_buffer), "between buffers");
    unsigned others = 0;
    for (unsigned i = 0; i < KAAL_MSG_CAPS; i++) {
        const bool is_badge = (unwrapped >> i & 1) != 0;
        const bool is_ep =
            endpoint != NULL && sent[i].cap.type == CAP_ENDPOINT && sent[i].cap.obj == endpoint;
        __CPROVER_assert(is_badge == (i < passed && is_ep), "the endpoint's own");
        __CPROVER_assert(target_buffer.caps_or_badges[i] == (is_badge ? sent[i].cap.data : 77),
                         "arrive as badges");
        others += i < passed && !is_badge ? 1 : 0;
    }
    __CPROVER_assert(others == inserted, "the other one in the slot");
}
