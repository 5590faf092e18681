/* SPDX-License-Identifier: Apache-2.0 */
#include <kaal/kaal.h>

int main(void)
{
    kaal_printf("Hello from %s\n", "KaaL");
    return 0;
}
