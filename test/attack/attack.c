/* SPDX-License-Identifier: Apache-2.0 */
#include "attack.h"

enum { PORT_GO = 0 }; /* the only port of each attack */

int main(void)
{
    kaal_wait(PORT_GO);
    kaal_printf("attacking\n");
    kaal_printf("attack %s\n", attack() ? "succeeded" : "failed");
    return 1;
}
