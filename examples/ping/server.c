/* SPDX-License-Identifier: Apache-2.0 */
/* Answers the question whether a number is prime. */
#include <kaal/kaal.h>

#include "server_ports.h"

static kaal_word_t is_prime(kaal_word_t n)
{
    for (kaal_word_t d = 2; d * d <= n; d++) {
        if (n % d == 0) {
            return 0;
        }
    }
    return n >= 2;
}

int main(void)
{
    struct kaal_msg msg;
    kaal_printf("ready\n");
    kaal_serve(PORT_PRIME, &msg);
    for (;;) {
        msg = (struct kaal_msg){.info = kaal_msginfo(0, 0, 1), .w = {is_prime(msg.w[0])}};
        kaal_reply_and_serve(PORT_PRIME, &msg);
    }
}
