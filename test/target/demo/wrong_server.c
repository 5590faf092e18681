/* SPDX-License-Identifier: Apache-2.0 */
/* The demo's server, but its answers are wrong. */
#include <kaal/kaal.h>

#include "demo_wrong_server_ports.h"

int main(void)
{
    struct kaal_msg msg;
    kaal_serve(PORT_ASK, &msg);
    for (;;) {
        msg = (struct kaal_msg){.info = kaal_msginfo(0, 0, 1), .w = {~msg.w[0]}};
        kaal_reply_and_serve(PORT_ASK, &msg);
    }
}
