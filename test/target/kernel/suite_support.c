/* SPDX-License-Identifier: Apache-2.0 */
#include "suite.h"

kaal_err_t suite_invoke(kaal_cptr_t object, kaal_word_t label, unsigned caps, unsigned length,
                        const kaal_word_t *words, struct kaal_msg *answer)
{
    struct kaal_msg msg = {0};
    for (unsigned i = 0; i < length; i++) {
        kaal_msg_set(&msg, i, words[i]);
    }
    const kaal_err_t err = kaal_invoke(object, (enum kaal_invocation)label, caps, length, &msg);
    if (answer != NULL) {
        *answer = msg;
    }
    return err;
}

kaal_word_t suite_fault_of(struct thread *thread, void (*entry)(struct thread *), kaal_cptr_t reply,
                           struct kaal_msg *msg)
{
    const kaal_cptr_t ep = make(KAAL_OBJ_ENDPOINT, 0);
    const kaal_cptr_t handler = make_badged(ep, KAAL_RIGHT_WRITE | KAAL_RIGHT_GRANT_REPLY, 0xbad);
    *msg = (struct kaal_msg){0};
    if (!thread_start(thread, entry, &(struct thread_how){.priority = 150, .fault_ep = handler})) {
        return 0;
    }
    const kaal_badge_t badge = sys_nbrecv(ep, msg, reply == 0 ? make(KAAL_OBJ_REPLY, 0) : reply);
    return badge == 0xbad ? kaal_msginfo_label(msg->info) : 0;
}

void suite_spin(struct thread *self)
{
    for (;;) {
        self->result[0]++;
    }
}

void suite_wait_once(struct thread *self)
{
    self->result[0] = sys_wait(self->arg[0], NULL);
}

void suite_wait_loop(struct thread *self)
{
    for (;;) {
        self->result[0] = sys_wait(self->arg[0], NULL);
        self->result[1]++;
    }
}

void suite_send_once(struct thread *self)
{
    const struct kaal_msg msg = message(self->arg[1], 1, self->arg[2], 0, 0, 0);
    sys_send(self->arg[0], &msg);
}

void suite_call_once(struct thread *self)
{
    struct kaal_msg msg = message(self->arg[1], 1, self->arg[2], 0, 0, 0);
    sys_call(self->arg[0], &msg);
    self->result[0] = msg.info;
    self->result[1] = msg.w[0];
}

void suite_serve(struct thread *self)
{
    struct kaal_msg msg;
    sys_recv(self->arg[0], &msg, self->reply);
    for (;;) {
        self->result[0]++;
        msg = message(0, 1, msg.w[0] + 1, 0, 0, 0);
        sys_reply_recv(self->arg[0], &msg, self->reply);
    }
}

void suite_read(struct thread *self)
{
    self->result[0] = *at(self->arg[0]);
}

void suite_write(struct thread *self)
{
    *at(self->arg[0]) = self->arg[1];
}

bool suite_make_passive(struct thread *server)
{
    const kaal_err_t err = sys_sc_unbind(server->sc);
    if (err != KAAL_OK) {
        test_fail_equal(__FILE__, __LINE__, "sys_sc_unbind() succeeds", err, KAAL_OK);
    }
    return err == KAAL_OK;
}

bool suite_is_empty(kaal_cptr_t cap)
{
    const struct kaal_slot src = slot_of(cap);
    const struct kaal_slot dest = slot_of(empty_slot());
    const kaal_err_t err = sys_cnode_move(&dest, &src);
    if (err == KAAL_OK && sys_cnode_move(&src, &dest) != KAAL_OK) {
        test_fail(__FILE__, __LINE__, "what was moved can be moved back");
    }
    return err == KAAL_ERR_FAILED_LOOKUP;
}

bool suite_tables(kaal_cptr_t vspace, uint64_t vaddr)
{
    for (unsigned i = 0; i < 3; i++) {
        const kaal_err_t err = sys_pt_map(make(KAAL_OBJ_PAGE_TABLE, 0), vspace, vaddr);
        if (err == KAAL_ERR_DELETE_FIRST) {
            return true;
        }
        if (err != KAAL_OK) {
            test_fail_equal(__FILE__, __LINE__, "sys_pt_map() succeeds", err, KAAL_OK);
            return false;
        }
    }
    return true;
}
