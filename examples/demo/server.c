/* SPDX-License-Identifier: Apache-2.0 */
/* Answers each number with another one. */
#include "demo.h"
#include "demo_server_ports.h"

int main(void)
{
    struct kaal_msg msg;
    kaal_serve(PORT_ASK, &msg);
    for (;;) {
        msg = (struct kaal_msg){.info = kaal_msginfo(0, 0, 1), .w = {mix(~msg.w[0])}};
        kaal_reply_and_serve(PORT_ASK, &msg);
    }
}
