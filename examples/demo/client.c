/* SPDX-License-Identifier: Apache-2.0 */
/* Calls a server in another address space. */
#include "demo.h"
#include "demo_client_ports.h"

int main(void)
{
    const kaal_word_t nonce = demo_begin(PORT_GO, PORT_REPORT);
    struct kaal_msg msg = {.info = kaal_msginfo(0, 0, 1), .w = {nonce}};
    kaal_call(PORT_ASK, &msg);
    kaal_printf("call: the server's answer to 0x%016lx is 0x%016lx\n", nonce, msg.w[0]);
    demo_end(PORT_REPORT, msg.w[0], 0);
    return 0;
}
